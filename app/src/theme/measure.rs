//! Distances and sizes, in points.

/// The spacing scale, in points.
pub mod space {
    /// Between an icon and its word.
    pub const XS: f32 = 4.0;
    /// Between controls.
    pub const S: f32 = 8.0;
    /// Between what floats and the window's edge.
    pub const M: f32 = 12.0;
    /// Inside dialogs, between sections.
    pub const L: f32 = 16.0;
    /// Around a dialog's contents.
    pub const XL: f32 = 24.0;
}

/// Sizes in points.
pub mod size {
    /// The corner of a control.
    pub const CONTROL_RADIUS: u8 = 6;
    /// The corner of a panel.
    pub const PANEL_RADIUS: u8 = 10;
    /// Text of controls.
    pub const TEXT: f32 = 13.0;
    /// Text of hints and states.
    pub const HINT: f32 = 12.0;
    /// Text of titles.
    pub const TITLE: f32 = 15.0;
    /// The letter of a shortcut in a tool's corner.
    pub const LETTER: f32 = 9.5;
    /// An icon.
    pub const ICON: f32 = 18.0;
    /// What a pointer has to hit.
    pub const TARGET: f32 = 32.0;
    /// An icon in a line of a menu.
    pub const MENU_ICON: f32 = 16.0;
    /// The minimap at its largest, ...
    pub const MINIMAP: egui::Vec2 = egui::vec2(200.0, 130.0);
    /// ... what bears somebody's initials in it, ...
    pub const MINIMAP_TAG: egui::Vec2 = egui::vec2(17.0, 12.0);
    /// ... the radius of a pointer's dot, ...
    pub const MINIMAP_DOT: f32 = 3.0;
    /// ... and the side of the button that folds it.
    pub const MINIMAP_FOLD: f32 = 24.0;
    /// How wide a message is at most, its icon and button included.
    pub const MESSAGE: f32 = 556.0;
    /// The chat's width, its edges included.
    pub const CHAT: f32 = 320.0;
    /// The width of what says where everything is saved.
    pub const STATUS: f32 = 340.0;
    /// The side of a grip of the selection.
    pub const GRIP: f32 = 9.0;
    /// The side of a colour swatch.
    pub const SWATCH: f32 = 22.0;
    /// The side of a button in the style panel.
    pub const SMALL: f32 = 28.0;
    /// The width of what is in the style panel.
    pub const STYLE_PANEL: f32 = 184.0;
    /// The height of a heading in the style panel.
    pub const HEADING: f32 = 16.0;
    /// The height of a slider, ...
    pub const SLIDER: f32 = 20.0;
    /// ... and the width of its knob.
    pub const KNOB: f32 = 14.0;
    /// A menu's width, ...
    pub const MENU: f32 = 252.0;
    /// ... and the height of its lines.
    pub const MENU_LINE: f32 = 30.0;
    /// The width of the tools.
    pub const TOOLBAR: f32 = 550.0;
    /// The palette's width, ...
    pub const PALETTE: f32 = 520.0;
    /// ... and the height of what it found.
    pub const FOUND: f32 = 336.0;
    /// The width of a column of the shortcut sheet.
    pub const SHEET_COLUMN: f32 = 264.0;
    /// The width of the bar that says how far the opening of a board is.
    pub const OPENING: f32 = 220.0;
    /// How wide a board's card is at least, ...
    pub const CARD: f32 = 216.0;
    /// ... and how high what is said of it below its picture.
    pub const CARD_WORDS: f32 = 50.0;
    /// How wide the field is in which boards are looked for.
    pub const SEARCH: f32 = 280.0;
    /// A dialog's width.
    pub const DIALOG: f32 = 420.0;
    /// The side of a code for cameras, its margin included.
    pub const CODE: f32 = 232.0;
    /// An emoji that somebody reacts with, ...
    pub const REACTION: f32 = 20.0;
    /// ... and the disc that it is shown on.
    pub const REACTION_DISC: f32 = 36.0;
    /// The edge of a board that is shown as it was.
    pub const PAST_EDGE: f32 = 3.0;
    /// The height of a board's past, drawn along the time, ...
    pub const TRACK: f32 = 40.0;
    /// ... how wide each of its bars is, ...
    pub const TRACK_BAR: f32 = 3.0;
    /// ... and how wide the panel with it is at most.
    pub const HISTORY: f32 = 1100.0;
    /// A person's round initials.
    pub const AVATAR: f32 = 30.0;
    /// Below this window width the tools stand below the menu and the people.
    pub const ONE_ROW: f32 = 990.0;
    /// Below this window width there is room for few people beside the chat's button.
    pub const ROOMY: f32 = 1060.0;
    /// Below this window width the style panel becomes a row.
    pub const NARROW: f32 = 900.0;
}
