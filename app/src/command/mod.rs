//! Everything a person can ask for. The table gives each its words, icon, keys and section; menus, toolbar, palette,
//! shortcut sheet and tooltips are made from it.

mod history;
mod keys;
mod now;
mod search;
mod table;
mod typing;

use std::path::PathBuf;
use std::sync::Arc;

use drawbridge_engine::client::Thrown;
use drawbridge_engine::editor::Edit;
use drawbridge_engine::geometry::Point;
use drawbridge_engine::tools::{Keystroke, Tool};
use drawbridge_protocol::{BoardId, ElementId, KeyHash, Password, RelayAddress, Role};
use egui::{ColorImage, KeyboardShortcut};

use crate::open::Given;
use crate::panels::links::Ends;
use crate::panels::nearby::Let;

pub use history::{Past, Speed, while_looking_back};
pub use keys::{for_event, is_of_controls, keys_text, letter, while_presenting};
pub use now::{Back, Now};
pub use search::search;
pub use table::TABLE;
pub use typing::for_typing;

/// Which mode the window shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// Whatever the system says.
    #[default]
    System,
    /// Paper.
    Light,
    /// Night.
    Dark,
}

/// What a panel, a key or a menu asks the app to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Take this tool.
    Tool(Tool),
    /// Keep a tool in the hand after its use, or go back to selecting.
    KeepTool,
    /// Do this to the selection, or to what the tool draws with.
    Edit(Edit),
    /// Do this to the text that is being typed.
    Type(Keystroke),
    /// Take back one's own last step.
    Undo,
    /// Do it again.
    Redo,
    /// Put the selection on the clipboard.
    Copy,
    /// The same, and delete it.
    Cut,
    /// Ask the system for what is on the clipboard; it comes back as one of the two below.
    Paste,
    /// Put what this text says on the board.
    PasteText(String),
    /// Put this picture on the board.
    PastePicture(Arc<ColorImage>),
    /// Let the person choose pictures and drawings to put on the board.
    ChoosePictures,
    /// Put these on the board, which were dropped on it.
    DropPictures(Vec<Given>),
    /// Put a picture of the selection, or else of the board, on the clipboard.
    CopyPng,
    /// The same as the text of an SVG file.
    CopySvg,
    /// The same as the text of a scene for Excalidraw.
    CopyExcalidraw,
    /// Have the system's viewer print the board.
    Print,
    /// Open the dialog in which the board is exported as a file.
    ShowExport,
    /// Let the person choose where what that dialog shows goes.
    SaveExport,
    /// Put what it shows on the clipboard.
    CopyExport,
    /// Write what is to be saved to the file at this path.
    SaveAt(String),
    /// Closer, around the middle of the window.
    ZoomIn,
    /// Further away.
    ZoomOut,
    /// One board unit a point.
    ZoomReset,
    /// Show everything.
    ZoomFit,
    /// Show all of the selection.
    ZoomSelection,
    /// Show the next frame as large as the window.
    NextFrame,
    /// Show the one before.
    PreviousFrame,
    /// Show the first one.
    FirstFrame,
    /// Show the last one.
    LastFrame,
    /// Show the frames one after the other and hide all else, or end that.
    Present,
    /// Open the field in which the selected frame is named.
    ShowFrameName,
    /// Open the palette of emoji to react with.
    ShowReactions,
    /// Show this emoji to all, where the palette was opened.
    React(&'static str),
    /// Open the chat, or close it.
    ShowChat,
    /// Say this in the chat.
    SendMessage(String),
    /// Take back what one has said there.
    Unsay(ElementId),
    /// All that was said there was read.
    ReadChat,
    /// Show the grid, or hide it.
    Grid,
    /// Snap to other elements, or don't.
    Snapping,
    /// Unfold the minimap, or fold it.
    Minimap,
    /// Bring this point of the board into the middle of the window.
    LookAt(Point),
    /// Open the menu of what lies on the canvas.
    ContextMenu,
    /// Give up what is under way, or close what is open.
    Cancel,
    /// Show all boards of this computer, or go back to the one that is open.
    Home,
    /// Do this with a board's file; of the open board's where none is named.
    OfBoard(Option<BoardId>, Deed),
    /// Bring back this deleted board, or the one that was deleted last.
    Restore(Option<Thrown>),
    /// Let the person choose a board's file, or another program's drawing, to open.
    ChooseFile,
    /// Open this file.
    OpenFile(PathBuf),
    /// Begin an empty board.
    NewBoard,
    /// Begin a board with the sample on it.
    OpenSample,
    /// Open a board kept on this computer, by its number in the list of recent boards.
    OpenRecent(usize),
    /// Call the board this.
    Rename(String),
    /// Open the dialog for sharing.
    ShowShare,
    /// Open the dialog for joining.
    ShowJoin,
    /// Open the list of boards nearby, which is in the same dialog.
    ShowNearby,
    /// Ask to be let in to the board nearby with this name in the list.
    KnockAt(String),
    /// Don't ask any more.
    StopKnocking,
    /// Have a board that is kept here move to where one was let in.
    GoElsewhere,
    /// Answer whoever asks to be let in.
    AnswerKnock(Let),
    /// Look for boards nearby, or don't.
    LookNearby,
    /// Let people nearby find boards that are shared here, or don't.
    BeFound,
    /// Open the command palette.
    ShowPalette,
    /// Open the shortcut sheet.
    ShowShortcuts,
    /// Start a relay inside the app and put the board on it.
    StartSharing,
    /// Put the board on the relay at this address.
    ShareThrough(String),
    /// Open the dialog for handing the board over to another relay.
    ShowHandOver,
    /// Hand the board over from the relay inside the app to the one at this address.
    HandOver {
        /// Where it goes.
        address: String,
        /// That relay's password, where it asks for one.
        password: Option<Password>,
    },
    /// Don't go on with that.
    StopHandingOver,
    /// Open the list of relays that were used before.
    ShowRelays,
    /// Look again how they are.
    LookAtRelays,
    /// Take this one out of the list.
    ForgetRelay(RelayAddress),
    /// Take the board off its relay; if that is the one inside the app, stop it.
    StopSharing,
    /// Lock the board, so that only its owners can change it, or unlock it.
    LockBoard,
    /// Make a link to the board.
    MakeLink {
        /// What it lets people do.
        role: Role,
        /// What it is called.
        name: String,
        /// When it ends.
        ends: Ends,
    },
    /// Give a link another name, and another end if that is wanted.
    ChangeLink {
        /// Which.
        hash: KeyHash,
        /// What it is called.
        name: String,
        /// When it ends; `None`: as before.
        ends: Option<Ends>,
    },
    /// End the link with this hash.
    EndLink(KeyHash),
    /// Send somebody away, by connection number.
    Remove {
        /// Whom.
        conn: u64,
        /// Whether the link they came by ends too.
        end_link: bool,
    },
    /// Open the dialog for the relay's password.
    ShowPassword,
    /// Give the relay this password.
    GivePassword(Password),
    /// Open the board behind this text, which should be a link.
    Join(String),
    /// Put this text on the clipboard.
    CopyText(String),
    /// Show what this person sees, by connection number.
    GoTo(u64),
    /// Go where somebody draws, or moved last.
    GoToActive,
    /// Show what this person sees, by connection number, until one moves oneself.
    Follow(u64),
    /// Don't follow anybody any more.
    StopFollowing,
    /// Ask everybody to follow, or end that.
    AskToFollow,
    /// Don't follow this person, who asks everybody to.
    NotNow(u64),
    /// Open the field in which one types at the pointer.
    ShowSay,
    /// What was typed there stays for some seconds.
    Say,
    /// Be called this.
    MyName(String),
    /// Be seen in this colour, `#rrggbb`.
    MyColor(String),
    /// Show this mode.
    Appearance(Appearance),
    /// Show words and controls this big, of 100.
    Scale(u16),
    /// Let nothing move by itself, or let it.
    ReducedMotion,
    /// Try to reach the relay at once.
    Reconnect,
    /// Offer the relay again what it did not take.
    OfferAgain,
    /// Open what says how the board stands with disk and relay, or close it.
    ShowStatus,
    /// Select what the relay did not take, and bring it into view.
    ShowRefused,
    /// Open the dialog for whom to trust.
    ShowTrust,
    /// Let the person choose a certificate authority's file.
    ChooseAuthority,
    /// Trust what was chosen.
    TrustChosen,
    /// Don't.
    LeaveChosen,
    /// Trust the authority with this fingerprint no longer.
    Distrust(String),
    /// Show what isn't as it was in the drawing that came last from another program.
    ShowImported,
    /// Show the first steps.
    ShowHints,
    /// Take them away.
    HideHints,
    /// Do this with the board's past.
    Past(Past),
    /// Take the message away.
    Dismiss,
    /// Hide or show everything but the board.
    FocusMode,
    /// Close the window.
    Quit,
    /// The same, whoever draws through this app.
    QuitAnyway,
}

/// What can be done with a board as a whole, be it open or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Open it.
    Open,
    /// Call it this.
    Rename(String),
    /// Make another one with all that is on it.
    Duplicate,
    /// Put it into the trash.
    Delete,
    /// Write a copy of it that can be mailed, to a file that the person chooses.
    SaveCopy,
    /// Show the folder in which its file lies.
    ShowInFolder,
}

impl Command {
    /// Whether it changes what is on the board.
    #[must_use]
    pub fn changes_board(&self) -> bool {
        match self {
            Self::Tool(tool) => !tool.only_looks(),
            Self::Edit(edit) => edit.changes(),
            Self::Past(past) => past.changes_board(),
            Self::KeepTool
            | Self::Type(_)
            | Self::Undo
            | Self::Redo
            | Self::Cut
            | Self::Paste
            | Self::PasteText(_)
            | Self::PastePicture(_)
            | Self::ChoosePictures
            | Self::DropPictures(_)
            | Self::ShowFrameName
            | Self::Rename(_)
            | Self::SendMessage(_)
            | Self::Unsay(_) => true,
            _ => false,
        }
    }
}

/// Where a command stands in the shortcut sheet, and what is said of it in the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Section {
    Tools,
    Edit,
    Arrange,
    View,
    Together,
    Appearance,
    Board,
    History,
    Help,
}

impl Section {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Tools,
        Self::Edit,
        Self::Arrange,
        Self::View,
        Self::Together,
        Self::Appearance,
        Self::Board,
        Self::History,
        Self::Help,
    ];

    /// Its heading.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Tools => "Tools",
            Self::Edit => "Edit",
            Self::Arrange => "Arrange",
            Self::View => "View",
            Self::Together => "Together",
            Self::Appearance => "Appearance",
            Self::Board => "Board",
            Self::History => "History",
            Self::Help => "Help",
        }
    }
}

/// A command's words, icon and keys.
#[derive(Debug)]
pub struct Entry {
    /// What it stands for.
    pub command: Command,
    /// Where it belongs.
    pub section: Section,
    /// Its name in menus, tooltips and for screen readers.
    pub label: &'static str,
    /// A sentence for its tooltip; may be empty.
    pub hint: &'static str,
    /// Its icon.
    pub icon: char,
    /// Its keys; the first is shown.
    pub keys: &'static [KeyboardShortcut],
}

/// The entry of a command, if it has one.
#[must_use]
pub fn find(command: &Command) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.command == *command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_share_a_key_or_a_name() {
        for (i, a) in TABLE.iter().enumerate() {
            for b in &TABLE[i + 1..] {
                assert_ne!(a.command, b.command);
                assert_ne!(a.label, b.label);
                assert!(
                    a.keys.iter().all(|keys| !b.keys.contains(keys)),
                    "{} and {}",
                    a.label,
                    b.label
                );
            }
        }
    }

    #[test]
    fn no_section_is_empty() {
        for section in Section::ALL {
            assert!(TABLE.iter().any(|entry| entry.section == section), "{section:?}");
        }
    }
}
