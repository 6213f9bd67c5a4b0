//! Top left: the menu and the board's title.

use drawbridge_engine::client::Bar;
use drawbridge_engine::editor::{Align, Axis, Edit, Stacking};
use egui::{Align2, Context, Popup, PopupCloseBehavior, Role, Sense, Ui, Vec2, WidgetInfo};

use super::{Asked, toolbar, widgets};
use crate::command::{Appearance, Command, Deed, Now, Past};
use crate::theme::{Theme, size, space};
use crate::{fonts, icons};

/// The longest title, in characters.
pub const TITLE_MAX: usize = 120;
/// How many boards are offered to be opened again.
const RECENT: usize = 6;
/// The narrowest and the widest field for the title, in points.
const TITLE: std::ops::RangeInclusive<f32> = 78.0..=260.0;

const EDIT: &[&[Command]] = &[
    &[Command::Undo, Command::Redo],
    &[
        Command::Cut,
        Command::Copy,
        Command::Paste,
        Command::Edit(Edit::Duplicate),
        Command::Edit(Edit::Delete),
    ],
    &[Command::CopyPng, Command::CopySvg, Command::CopyExcalidraw],
    &[
        Command::Edit(Edit::SelectAll),
        Command::Edit(Edit::SelectNone),
        Command::Edit(Edit::SelectNext { back: false }),
        Command::Edit(Edit::SelectNext { back: true }),
    ],
    &[
        Command::Edit(Edit::NextPoint { back: false }),
        Command::Edit(Edit::NextPoint { back: true }),
        Command::Edit(Edit::AddPoint),
    ],
];

const ARRANGE: &[&[Command]] = &[
    &[
        Command::Edit(Edit::Group),
        Command::Edit(Edit::Ungroup),
        Command::Edit(Edit::ToggleLock),
        Command::Edit(Edit::UnlockAll),
    ],
    &[
        Command::ShowFrameName,
        Command::Edit(Edit::SelectFramed),
        Command::Edit(Edit::Unframe),
        Command::Edit(Edit::Turn { sooner: true }),
        Command::Edit(Edit::Turn { sooner: false }),
    ],
    &[
        Command::Edit(Edit::Stack(Stacking::Front)),
        Command::Edit(Edit::Stack(Stacking::Forward)),
        Command::Edit(Edit::Stack(Stacking::Backward)),
        Command::Edit(Edit::Stack(Stacking::Back)),
    ],
    &[
        Command::Edit(Edit::Align(Align::Left)),
        Command::Edit(Edit::Align(Align::Centre)),
        Command::Edit(Edit::Align(Align::Right)),
        Command::Edit(Edit::Align(Align::Top)),
        Command::Edit(Edit::Align(Align::Middle)),
        Command::Edit(Edit::Align(Align::Bottom)),
    ],
    &[
        Command::Edit(Edit::Distribute(Axis::Across)),
        Command::Edit(Edit::Distribute(Axis::Down)),
        Command::Edit(Edit::Flip(Axis::Across)),
        Command::Edit(Edit::Flip(Axis::Down)),
    ],
];

const VIEW: &[&[Command]] = &[
    &[Command::ZoomFit, Command::ZoomSelection, Command::ZoomReset],
    &[Command::ZoomIn, Command::ZoomOut],
    &[Command::Present, Command::NextFrame, Command::PreviousFrame],
    &[Command::Grid, Command::Snapping, Command::Minimap],
    &[Command::FocusMode],
];

const TOGETHER: &[&[Command]] = &[
    &[Command::ShowChat, Command::ShowSay, Command::ShowReactions],
    &[Command::AskToFollow, Command::StopFollowing, Command::GoToActive],
];

const APPEARANCE: &[&[Command]] = &[
    &[
        Command::Appearance(Appearance::System),
        Command::Appearance(Appearance::Light),
        Command::Appearance(Appearance::Dark),
    ],
    &[
        Command::Scale(100),
        Command::Scale(125),
        Command::Scale(150),
        Command::Scale(200),
    ],
    &[Command::ReducedMotion],
];

/// What the menu shows.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuView {
    /// The board's title; empty when it has none.
    pub title: String,
    /// The boards kept on this computer, the latest first, this one not among them.
    pub recent: Vec<String>,
    /// What can be done.
    pub now: Now,
}

/// Shows the menu's button and the title.
pub fn show(ctx: &Context, view: &MenuView, title_draft: &mut String, asked: &mut Asked) {
    widgets::floating(ctx, "Board", Align2::LEFT_TOP, Vec2::splat(space::M), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let button = widgets::IconButton::new(icons::MENU, "Menu").show(ui);
            Popup::menu(&button)
                .close_behavior(PopupCloseBehavior::CloseOnClick)
                .gap(space::S)
                .accessible_name("Menu")
                .show(|ui| widgets::lines(ui, |ui| items(ui, view, asked)));
            title(ui, view, title_draft, asked);
            standing(ui, &view.now);
        });
    });
}

fn title(ui: &mut Ui, view: &MenuView, draft: &mut String, asked: &mut Asked) {
    let widest = widest(ui.ctx(), &view.now);
    let wanted = {
        let words = if draft.is_empty() {
            "Untitled board"
        } else {
            draft.as_str()
        };
        let galley = ui.painter().layout_no_wrap(
            words.to_owned(),
            fonts::strong(size::TITLE),
            egui::Color32::PLACEHOLDER,
        );
        galley.size().x + space::L
    };
    let width = wanted.clamp(*TITLE.start(), widest);
    let field = egui::TextEdit::singleline(draft)
        .hint_text("Untitled board")
        .font(fonts::strong(size::TITLE))
        .char_limit(TITLE_MAX)
        .frame(egui::Frame::new())
        .margin(egui::Margin::symmetric(4, 0))
        .align(egui::Align2::LEFT_CENTER)
        .min_size(Vec2::new(0.0, size::TARGET))
        .interactive(view.now.allows(&Command::Rename(String::new())))
        .desired_width(width);
    let field = ui.add(field).accessible_name("Board title");
    // What was changed while the caret stood there, by whom or by what board ever, is not what was typed.
    let begun = if field.gained_focus() {
        ui.data_mut(|data| data.insert_temp(field.id, draft.clone()));
        None
    } else {
        ui.data(|data| data.get_temp::<String>(field.id))
    };
    if field.lost_focus() && *draft != view.title && begun.as_ref() != Some(draft) {
        *draft = draft.trim().to_owned();
        asked.push(Command::Rename(draft.clone()));
    } else if !field.has_focus() {
        draft.clone_from(&view.title);
    }
    // One that has no room is said in full.
    let whole = if wanted > widest { &view.title } else { "" };
    field.on_hover_ui(|ui| widgets::tooltip(ui, "Rename the board", "", whole));
}

/// What is said beside the title of who may change the board, if not everybody may: in a word, and in a sentence.
fn standing_words(now: &Now) -> Option<(char, &'static str, &'static str)> {
    match now.bar {
        Some(Bar::ViewOnly) => Some((
            icons::VIEW,
            "View only",
            "You can look, point and copy; ask whoever sent you the link for one that lets you draw",
        )),
        Some(Bar::Locked) => Some((
            icons::LOCK,
            "Locked by its owner",
            "You can look, point and copy; it can be changed again once it is unlocked",
        )),
        None if now.board_locked && now.shared => {
            Some((icons::LOCK, "Locked", "Only you can change the board"))
        }
        None => None,
    }
}

/// Says so. Where there is no room for the word beside the tools, its icon has to do.
fn standing(ui: &mut Ui, now: &Now) {
    let Some((icon, words, hint)) = standing_words(now) else {
        return;
    };
    let theme = Theme::of(ui.ctx());
    let word = ui
        .painter()
        .layout_no_wrap(words.to_owned(), fonts::plain(size::HINT), theme.muted);
    let tools = (ui.ctx().content_rect().width() - size::TOOLBAR) / 2.0;
    let wide = toolbar::is_narrow(ui.ctx())
        || ui.next_widget_position().x + size::TARGET + word.size().x + space::M < tools;
    let room = if wide { word.size().x + space::S } else { 0.0 };
    let wanted = Vec2::new(size::TARGET + room, size::TARGET);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, words));
    let at = rect.left_center() + Vec2::new(size::TARGET / 2.0, 0.0);
    ui.painter().text(
        at,
        Align2::CENTER_CENTER,
        icon,
        fonts::icon(size::MENU_ICON),
        theme.muted,
    );
    if wide {
        let at = egui::pos2(
            rect.left() + size::TARGET - space::XS,
            rect.center().y - word.size().y / 2.0,
        );
        ui.painter().galley(at, word, theme.muted);
    }
    response.on_hover_ui(|ui| widgets::tooltip(ui, words, "", hint));
}

/// How wide the title may be beside the tools.
fn widest(ctx: &Context, now: &Now) -> f32 {
    let said = standing_words(now).map_or(0.0, |_| size::TARGET + space::XS);
    if toolbar::is_narrow(ctx) {
        return *TITLE.end();
    }
    let beside = (ctx.content_rect().width() - size::TOOLBAR) / 2.0;
    let taken = 2.0 * space::M + size::TARGET + 6.0 * space::XS;
    (beside - taken - said).clamp(*TITLE.start(), *TITLE.end())
}

fn items(ui: &mut Ui, view: &MenuView, asked: &mut Asked) {
    let now = &view.now;
    let start = [
        Command::Home,
        Command::NewBoard,
        Command::ShowJoin,
        Command::ShowNearby,
        Command::ShowShare,
        Command::Past(Past::Show),
    ];
    widgets::command_items(ui, &[&start], now, asked);
    widgets::submenu(ui, icons::OPEN_FILE, "File", |ui| {
        let files = [
            Command::ChooseFile,
            Command::OfBoard(None, Deed::SaveCopy),
            Command::ShowExport,
            Command::Print,
            Command::OpenSample,
        ];
        widgets::command_items(ui, &[&files, &[Command::LockBoard]], now, asked);
    });
    if !view.recent.is_empty() {
        widgets::submenu(ui, icons::RECENT, "Recent boards", |ui| recent(ui, view, asked));
    }
    widgets::hairline(ui);
    for (icon, words, groups) in [
        (icons::EDIT, "Edit", EDIT),
        (icons::ARRANGE, "Arrange", ARRANGE),
        (icons::VIEW, "View", VIEW),
        (icons::TOGETHER, "Together", TOGETHER),
        (icons::APPEARANCE, "Appearance", APPEARANCE),
    ] {
        widgets::submenu(ui, icon, words, |ui| {
            widgets::command_items(ui, groups, now, asked);
        });
    }
    widgets::hairline(ui);
    let end: [&[Command]; 2] = [
        &[Command::ShowPalette, Command::ShowShortcuts, Command::ShowHints],
        &[Command::Quit],
    ];
    widgets::command_items(ui, &end, now, asked);
}

fn recent(ui: &mut Ui, view: &MenuView, asked: &mut Asked) {
    for (i, title) in view.recent.iter().enumerate().take(RECENT) {
        let words = if title.is_empty() { "Untitled board" } else { title };
        if widgets::Item::new(None, words).show(ui).clicked() {
            asked.push(Command::OpenRecent(i));
        }
    }
}
