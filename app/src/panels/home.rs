//! All boards of this computer, over the whole window: cards with pictures of them, the last written first.

mod card;
mod words;

use drawbridge_engine::client::{BoardFile, Thrown};
use drawbridge_protocol::BoardId;
use egui::accesskit::Action;
use egui::{
    CornerRadius, EventFilter, Key, Margin, Modifiers, Popup, Rect, RichText, ScrollArea, TextEdit,
    TextureId, Ui, UiBuilder, Vec2,
};

use super::{Asked, widgets};
use crate::command::{self, Command, Deed, Now};
use crate::icons;
use crate::theme::{Theme, size, space};
use card::Card;
use words::finds;

/// Between two cards, in points.
const GAP: f32 = space::L;
/// A picture's width to its height.
const RATIO: f32 = 1.6;

/// What is shown.
pub struct HomeView<'a> {
    /// The boards, the last written first.
    pub boards: &'a [BoardFile],
    /// The deleted ones, the last deleted first.
    pub thrown: &'a [Thrown],
    /// The board that is open.
    pub open: &'a BoardId,
    /// The time, in milliseconds since the Unix epoch.
    pub now_ms: u64,
    /// What can be done.
    pub now: Now,
}

/// What a person is at here.
#[derive(Debug, Clone, Default)]
pub struct HomeDraft {
    /// What is looked for.
    pub query: String,
    /// Whether the deleted boards are shown.
    pub deleted: bool,
    /// The card that keys mean, counted from the first that is shown, ...
    marked: usize,
    /// ... and the board it is of: it stays marked wherever it goes.
    marked_board: Option<BoardId>,
    /// The board that is being renamed, and what was typed so far.
    pub renaming: Option<(BoardId, String)>,
    /// Which boards' cards were seen in the last frame.
    pub seen: Vec<BoardId>,
    /// Whether the field has been given the keyboard.
    pub begun: bool,
    /// Whether the marked card is to have the keyboard.
    to_card: bool,
    /// Whether a menu was open in the last frame.
    menu: bool,
}

impl HomeDraft {
    /// Looks for these letters, and goes on typing them in the field.
    pub fn begin_with(&mut self, letters: &str) {
        self.query.push_str(letters);
        self.begun = false;
        self.mark(0);
    }

    fn mark(&mut self, number: usize) {
        (self.marked, self.marked_board) = (number, None);
    }

    /// Finds the marked board again. Where it is gone, the one in its place is marked.
    fn keep_marked(&mut self, found: &[Of<'_>]) {
        let at = |board: &BoardId| found.iter().position(|of| of.id() == board);
        let there = self.marked_board.as_ref().and_then(at);
        self.marked = there.unwrap_or(self.marked).min(found.len().saturating_sub(1));
        self.marked_board = found.get(self.marked).map(|of| of.id().clone());
    }
}

/// What a card is of.
#[derive(Clone, Copy)]
enum Of<'a> {
    Board(&'a BoardFile),
    Thrown(&'a Thrown),
}

impl Of<'_> {
    fn id(&self) -> &BoardId {
        match self {
            Self::Board(file) => &file.id,
            Self::Thrown(thrown) => &thrown.id,
        }
    }
}

/// Shows it. `picture` gives the picture of a board, where there is one.
pub fn show(
    ui: &mut Ui,
    view: &HomeView<'_>,
    draft: &mut HomeDraft,
    picture: &dyn Fn(&BoardId) -> Option<TextureId>,
    asked: &mut Asked,
) {
    let theme = Theme::of(ui.ctx());
    let window = ui.max_rect();
    ui.painter().rect_filled(window, CornerRadius::ZERO, theme.board);
    let margin = if window.width() < size::NARROW {
        space::L
    } else {
        space::XL
    };
    let inside = window.shrink2(Vec2::new(margin, space::L));
    ui.scope_builder(UiBuilder::new().max_rect(inside), |ui| {
        let found = found(view, draft);
        draft.keep_marked(&found);
        head(ui, view, draft, &found, asked);
        ui.add_space(space::M);
        to_cards(ui, draft);
        if found.is_empty() {
            nothing(ui, view, draft);
            draft.seen.clear();
            return;
        }
        cards(ui, view, draft, &found, picture, asked);
    });
}

/// Gives the keyboard to the marked card, where nothing else has it: after a menu, and when an arrow key is pressed.
fn to_cards(ui: &Ui, draft: &mut HomeDraft) {
    let open = Popup::is_any_open(ui.ctx());
    let closed = std::mem::replace(&mut draft.menu, open) && !open;
    let nowhere = ui.memory(|memory| memory.focused().is_none()) && draft.renaming.is_none();
    let arrows = [Key::ArrowDown, Key::ArrowUp, Key::ArrowLeft, Key::ArrowRight];
    let pressed = ui.input(|input| arrows.into_iter().any(|key| input.key_pressed(key)));
    draft.to_card |= nowhere && !open && (closed || pressed);
}

/// What is to be shown, in order.
fn found<'a>(view: &HomeView<'a>, draft: &HomeDraft) -> Vec<Of<'a>> {
    let query = draft.query.as_str();
    if draft.deleted {
        let all = view.thrown.iter();
        return all
            .filter(|thrown| finds(query, &words::title(thrown.title.as_deref(), thrown.thrown_ms)))
            .map(Of::Thrown)
            .collect();
    }
    let all = view.boards.iter();
    all.filter(|file| finds(query, &words::title(file.title.as_deref(), file.modified_ms)))
        .map(Of::Board)
        .collect()
}

/// The heading, the field to search in, and what can be done beside opening a board.
fn head(ui: &mut Ui, view: &HomeView<'_>, draft: &mut HomeDraft, found: &[Of<'_>], asked: &mut Asked) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(space::S);
        if let Some(entry) = command::find(&Command::Home) {
            let back = widgets::IconButton::new(icons::FRAME_BEFORE, "Back to the board");
            widgets::entry_button(ui, entry, back, asked);
        }
        ui.heading(if draft.deleted { "Deleted boards" } else { "Boards" });
        ui.add_space(space::S);
        search(ui, draft, found, asked);
        if widgets::word_button(ui, Some(icons::NEW_BOARD), "New board", true).clicked() {
            asked.push(Command::NewBoard);
        }
        for (icon, word, command) in [
            (icons::SAMPLE, "Sample", Command::OpenSample),
            (icons::OPEN_FILE, "Open a file…", Command::ChooseFile),
        ] {
            if widgets::word_button(ui, Some(icon), word, false).clicked() && view.now.allows(&command) {
                asked.push(command);
            }
        }
        if draft.deleted || !view.thrown.is_empty() {
            let word = if draft.deleted {
                "Show all boards".to_owned()
            } else {
                format!("Deleted ({})", view.thrown.len())
            };
            let icon = if draft.deleted { icons::HOME } else { icons::DELETE };
            if widgets::word_button(ui, Some(icon), &word, false).clicked() {
                *draft = HomeDraft {
                    deleted: !draft.deleted,
                    begun: true,
                    ..HomeDraft::default()
                };
            }
        }
    });
}

fn search(ui: &mut Ui, draft: &mut HomeDraft, found: &[Of<'_>], asked: &mut Asked) {
    let width = size::SEARCH.min(ui.available_width());
    let before = draft.query.clone();
    let field = TextEdit::singleline(&mut draft.query)
        .hint_text("Search by title")
        .margin(Margin::symmetric(8, 0))
        .align(egui::Align2::LEFT_CENTER)
        .min_size(Vec2::new(0.0, size::TARGET))
        .desired_width(width - 16.0);
    let field = ui.add(field).accessible_name("Search boards");
    if !std::mem::replace(&mut draft.begun, true) {
        field.request_focus();
        let end = egui::text::CCursor::new(draft.query.chars().count());
        let mut state = egui::text_edit::TextEditState::load(ui.ctx(), field.id).unwrap_or_default();
        state
            .cursor
            .set_char_range(Some(egui::text::CCursorRange::one(end)));
        state.store(ui.ctx(), field.id);
    }
    if draft.query != before {
        draft.mark(0);
    }
    let enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if enter && let Some(of) = found.get(draft.marked) {
        asked.push(opens(*of));
    }
    if field.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowDown)) {
        draft.to_card = !found.is_empty();
    }
}

fn nothing(ui: &mut Ui, view: &HomeView<'_>, draft: &HomeDraft) {
    let theme = Theme::of(ui.ctx());
    let words = if !draft.query.trim().is_empty() {
        "No board is called that"
    } else if draft.deleted {
        "Nothing was deleted in the last 30 days"
    } else if view.boards.is_empty() {
        "There is no board on this computer yet"
    } else {
        ""
    };
    ui.add_space(space::XL);
    ui.vertical_centered(|ui| ui.label(RichText::new(words).color(theme.muted)));
}

/// Opening a board, or bringing it back.
fn opens(of: Of<'_>) -> Command {
    match of {
        Of::Board(file) => Command::OfBoard(Some(file.id.clone()), Deed::Open),
        Of::Thrown(thrown) => Command::Restore(Some(thrown.clone())),
    }
}

fn cards(
    ui: &mut Ui,
    view: &HomeView<'_>,
    draft: &mut HomeDraft,
    found: &[Of<'_>],
    picture: &dyn Fn(&BoardId) -> Option<TextureId>,
    asked: &mut Asked,
) {
    // Of a thousand boards only those are laid out that are seen.
    ScrollArea::vertical()
        .auto_shrink(false)
        .show_viewport(ui, |ui, seen| {
            // Room for the bar.
            let width = ui.available_width() - space::M;
            let columns = (((width + GAP) / (size::CARD + GAP)).floor() as usize).max(1);
            let wide = (width - GAP * (columns - 1) as f32) / columns as f32;
            let card = Vec2::new(wide, wide / RATIO + size::CARD_WORDS);
            let rows = found.len().div_ceil(columns);
            let high = card.y + GAP;
            ui.set_height(rows as f32 * high);
            let origin = ui.max_rect().min;
            let place = |number: usize| {
                let (row, column) = (number / columns, number % columns);
                let at = Vec2::new(column as f32 * (wide + GAP), row as f32 * high);
                Rect::from_min_size(origin + at, card)
            };
            let first = ((seen.min.y / high).floor().max(0.0) as usize).saturating_mul(columns);
            let last =
                (((seen.max.y / high).ceil().max(0.0) as usize).saturating_mul(columns)).min(found.len());
            draft.seen = found
                .get(first..last)
                .unwrap_or_default()
                .iter()
                .map(|of| of.id().clone())
                .collect();
            let moves = std::mem::take(&mut draft.to_card);
            // The marked card is there also where it isn't seen, so that the keyboard can go to it.
            let outside = (draft.marked < first || draft.marked >= last).then_some(draft.marked);
            for number in (first..last).chain(outside) {
                let Some(of) = found.get(number) else { continue };
                let shown = Card {
                    of: *of,
                    view,
                    marked: number == draft.marked,
                    picture: picture(of.id()),
                };
                let response = shown.show(ui, place(number), draft, asked);
                if number == draft.marked {
                    if moves {
                        response.request_focus();
                        ui.scroll_to_rect(place(number), None);
                    }
                    if response.has_focus() {
                        keys(ui, *of, (number, columns, found.len()), draft, &response, asked);
                    }
                } else if response.clicked() {
                    draft.mark(number);
                } else if ui.input(|input| input.has_accesskit_action_request(response.id, Action::Focus)) {
                    draft.mark(number);
                    draft.to_card = true;
                    ui.ctx().request_repaint();
                }
            }
        });
}

/// What keys do on the marked card.
fn keys(
    ui: &Ui,
    of: Of<'_>,
    (number, columns, count): (usize, usize, usize),
    draft: &mut HomeDraft,
    card: &egui::Response,
    asked: &mut Asked,
) {
    let arrows = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(card.id, arrows));
    let pressed = |key: Key| ui.input(|input| input.key_pressed(key) && input.modifiers.is_none());
    let last = count - 1;
    let page = 3 * columns;
    let to = [
        (Key::ArrowRight, (number + 1).min(last)),
        (Key::ArrowLeft, number.saturating_sub(1)),
        (Key::ArrowDown, (number + columns).min(last)),
        (Key::ArrowUp, number.checked_sub(columns).unwrap_or(number)),
        (Key::Home, 0),
        (Key::End, last),
        (Key::PageDown, (number + page).min(last)),
        (Key::PageUp, number.saturating_sub(page)),
    ];
    if let Some((_, to)) = to.into_iter().find(|(key, _)| pressed(*key))
        && to != number
    {
        draft.mark(to);
        draft.to_card = true;
        ui.ctx().request_repaint();
    }
    let Of::Board(file) = of else { return };
    let deed = |deed: Deed| Command::OfBoard(Some(file.id.clone()), deed);
    if pressed(Key::F2) {
        draft.renaming = Some((file.id.clone(), file.title.clone().unwrap_or_default()));
    }
    if pressed(Key::Delete) {
        asked.push(deed(Deed::Delete));
        draft.to_card = true;
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::D)) {
        asked.push(deed(Deed::Duplicate));
    }
}
