//! One board's card: its picture, what it is called, when it was changed and where it is shared; and what can be done with it.

use egui::{
    Align2, Key, Modifiers, Popup, PopupCloseBehavior, Rect, Response, Role, Sense, Stroke, StrokeKind,
    TextEdit, TextureId, Ui, UiBuilder, Vec2, WidgetInfo,
};

use super::{HomeDraft, HomeView, Of, RATIO, opens, words};
use crate::command::{Command, Deed};
use crate::panels::menu::TITLE_MAX;
use crate::panels::{Asked, widgets};
use crate::theme::{self, Theme, size, space};
use crate::{fonts, icons};

/// What of a picture is shown.
const WHOLE: Rect = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));

pub(super) struct Card<'a> {
    pub(super) of: Of<'a>,
    pub(super) view: &'a HomeView<'a>,
    /// Whether keys mean this one.
    pub(super) marked: bool,
    pub(super) picture: Option<TextureId>,
}

impl Card<'_> {
    /// What it is called, and what is said below that.
    fn words(&self) -> (String, String) {
        let now_ms = self.view.now_ms;
        match self.of {
            Of::Board(file) => {
                let mut said = vec![words::ago(now_ms, file.modified_ms)];
                if file.id == *self.view.open {
                    said.insert(0, "open now".to_owned());
                }
                said.extend(words::shared(file));
                (
                    words::title(file.title.as_deref(), file.modified_ms),
                    said.join(" · "),
                )
            }
            Of::Thrown(thrown) => {
                let title = words::title(thrown.title.as_deref(), thrown.thrown_ms);
                (title, words::thrown(now_ms, thrown.thrown_ms))
            }
        }
    }

    pub(super) fn show(self, ui: &mut Ui, rect: Rect, draft: &mut HomeDraft, asked: &mut Asked) -> Response {
        let (title, said) = self.words();
        let id = ui.scope_id().with(("card", self.of.id()));
        // Tab leads to the marked one only; arrows lead on from there.
        let sense = if self.marked { Sense::click() } else { Sense::CLICK };
        let card = ui.interact(rect, id, sense);
        let name = format!("{title}, {}", said.replace(" · ", ", "));
        card.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        if card.clicked() {
            asked.push(opens(self.of));
        }
        let renames = draft.renaming.as_ref().is_some_and(|(id, _)| id == self.of.id());
        // The field takes the place of both lines.
        self.paint(ui, rect, &card, if renames { ["", ""] } else { [&title, &said] });
        self.actions(ui, rect, &card, &title, draft, asked);
        if renames {
            rename(ui, words_rect(rect), draft, asked);
        }
        card
    }

    fn paint(&self, ui: &Ui, rect: Rect, card: &Response, [title, said]: [&str; 2]) {
        if !ui.is_rect_visible(rect) {
            return;
        }
        let theme = Theme::of(ui.ctx());
        let painter = ui.painter();
        let radius = f32::from(size::PANEL_RADIUS);
        let fill = if card.is_pointer_button_down_on() {
            theme.pressed
        } else if card.hovered() {
            theme.hover
        } else {
            theme.panel
        };
        painter.rect(
            rect,
            radius,
            fill,
            Stroke::new(1.0, theme.line),
            StrokeKind::Inside,
        );
        let picture =
            Rect::from_min_size(rect.min, Vec2::new(rect.width(), rect.width() / RATIO)).shrink(1.0);
        let corners = egui::CornerRadius {
            nw: size::PANEL_RADIUS - 1,
            ne: size::PANEL_RADIUS - 1,
            ..egui::CornerRadius::ZERO
        };
        match self.picture {
            Some(texture) => {
                let image = egui::epaint::RectShape::filled(picture, corners, theme::UNTINTED);
                painter.add(image.with_texture(texture, WHOLE));
            }
            None => {
                painter.rect_filled(picture, corners, theme.board);
            }
        }
        painter.hline(rect.x_range(), picture.bottom(), Stroke::new(1.0, theme.line));
        let below = words_rect(rect);
        let line = |text: &str, font, color, width: f32| {
            let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
            job.wrap = egui::text::TextWrapping::truncate_at_width(width);
            painter.layout_job(job)
        };
        // Beside the button with three dots.
        let title = line(
            title,
            fonts::strong(size::TEXT),
            theme.text,
            below.width() - size::SMALL,
        );
        painter.galley(below.min, title, theme.text);
        let said = line(said, fonts::plain(size::HINT), theme.muted, below.width());
        painter.galley(
            below.left_bottom() - Vec2::new(0.0, said.size().y),
            said,
            theme.muted,
        );
        if card.has_focus() {
            painter.rect_stroke(rect, radius, Stroke::new(2.0, theme.accent), StrokeKind::Inside);
        }
    }

    /// The button with what can be done, and the same at the pointer.
    fn actions(
        &self,
        ui: &mut Ui,
        rect: Rect,
        card: &Response,
        title: &str,
        draft: &mut HomeDraft,
        asked: &mut Asked,
    ) {
        let at = Rect::from_min_size(
            words_rect(rect).right_top() - Vec2::new(size::SMALL - space::XS, space::XS + 2.0),
            Vec2::splat(size::SMALL),
        );
        let builder = UiBuilder::new().max_rect(at).id_salt(("actions", self.of.id()));
        let button = ui.scope_builder(builder, |ui| {
            let name = format!("What can be done with {title}");
            let button = widgets::IconButton {
                side: size::SMALL,
                ..widgets::IconButton::new(icons::MORE_ACTIONS, &name)
            };
            button.show(ui)
        });
        let button = button.inner;
        let menu_key = |ui: &Ui| ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::F10));
        if card.has_focus() && menu_key(ui) {
            Popup::open_id(ui.ctx(), Popup::default_response_id(&button));
        }
        for popup in [Popup::menu(&button), Popup::context_menu(card)] {
            popup
                .close_behavior(PopupCloseBehavior::CloseOnClick)
                .accessible_name("What can be done with the board")
                .show(|ui| widgets::lines(ui, |ui| self.items(ui, draft, asked)));
        }
    }

    fn items(&self, ui: &mut Ui, draft: &mut HomeDraft, asked: &mut Asked) {
        let item = |ui: &mut Ui, icon: char, word: &str, keys: &str| {
            let line = widgets::Item {
                keys,
                ..widgets::Item::new(Some(icon), word)
            };
            line.show(ui).clicked()
        };
        let file = match self.of {
            Of::Board(file) => file,
            Of::Thrown(thrown) => {
                if item(ui, icons::UNDO, "Bring back", "") {
                    asked.push(Command::Restore(Some(thrown.clone())));
                }
                return;
            }
        };
        if item(ui, icons::HOME, "Open", "Enter") {
            asked.push(opens(self.of));
        }
        if item(ui, icons::FRAME_NAME, "Rename", "F2") {
            draft.renaming = Some((file.id.clone(), file.title.clone().unwrap_or_default()));
        }
        let shortcut = egui::KeyboardShortcut::new(Modifiers::COMMAND, Key::D);
        let duplicate = ui.ctx().format_shortcut(&shortcut);
        for (icon, word, keys, deed) in [
            (icons::DUPLICATE, "Duplicate", duplicate.as_str(), Deed::Duplicate),
            (icons::SAVE_COPY, "Save a copy…", "", Deed::SaveCopy),
            (icons::FOLDER, "Show the board's file", "", Deed::ShowInFolder),
            (icons::DELETE, "Delete", "Delete", Deed::Delete),
        ] {
            if item(ui, icon, word, keys) {
                asked.push(Command::OfBoard(Some(file.id.clone()), deed));
            }
        }
    }
}

/// Where the words stand on a card.
fn words_rect(card: Rect) -> Rect {
    let top = card.top() + card.width() / RATIO;
    Rect::from_min_max(egui::pos2(card.left(), top), card.max).shrink2(Vec2::new(space::M, space::S))
}

/// The field for another title, over the one that is.
fn rename(ui: &mut Ui, rect: Rect, draft: &mut HomeDraft, asked: &mut Asked) {
    let Some((board, text)) = &mut draft.renaming else {
        return;
    };
    let id = ui.scope_id().with(("rename", &*board));
    let first = ui.memory(|memory| memory.focused() != Some(id));
    let field = TextEdit::singleline(text)
        .id(id)
        .hint_text("Untitled board")
        .char_limit(TITLE_MAX)
        .margin(egui::Margin::symmetric(6, 0))
        .align(Align2::LEFT_CENTER)
        .desired_width(rect.width() - 12.0);
    let at = Rect::from_min_size(rect.min - Vec2::splat(2.0), Vec2::new(rect.width(), size::SMALL));
    let field = ui.put(at, field).accessible_name("New title");
    let done = field.lost_focus();
    if first && !done {
        field.request_focus();
        widgets::select_all(ui, id, text);
    }
    if done {
        let given_up = ui.input(|input| input.key_pressed(Key::Escape));
        if !given_up {
            let deed = Deed::Rename(text.trim().to_owned());
            asked.push(Command::OfBoard(Some(board.clone()), deed));
        }
        draft.renaming = None;
        draft.to_card = true;
        ui.ctx().request_repaint();
    }
}
