//! Right: what people say on the board, and a field to say something. Its button stands beside the people.

use drawbridge_engine::client::Reason;
use drawbridge_engine::document::MESSAGE_MAX;
use drawbridge_protocol::ElementId;
use egui::accesskit::{Live, Role as Node};
use egui::{
    Align, Align2, Context, Key, KeyboardShortcut, Layout, Modifiers, Rect, Response, RichText, Role,
    ScrollArea, Sense, Stroke, TextEdit, Ui, UiBuilder, Vec2, WidgetInfo,
};

use super::{Asked, refusal, toolbar, widgets};
use crate::command::{Command, find, keys_text};
use crate::theme::{self, Theme, size, space};
use crate::{fonts, icons};

/// So many messages are shown at first, and so many more each time that somebody asks for earlier ones.
pub const PAGE: usize = 100;
/// Messages of one person that follow each other sooner than that have one heading, in milliseconds.
const TOGETHER_MS: u64 = 5 * 60 * 1000;
/// From so many on it isn't said how many are new.
const MANY: usize = 100;
/// Nearer than that to its end the list is at its end, in points.
const AT_END: f32 = 4.0;
/// The lowest list, in points.
const LOWEST: f32 = 72.0;
/// The most rows that the field has before it scrolls.
const ROWS: usize = 5;

/// How far a message has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// The relay has it, or there is none.
    Done,
    /// It is on its way.
    Waiting,
    /// The relay did not take it.
    Refused(Reason),
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The element.
    pub id: ElementId,
    /// Who said it.
    pub name: String,
    /// Their initials.
    pub initials: String,
    /// Their colour, `#rrggbb`.
    pub color: String,
    /// When, in words.
    pub when: String,
    /// The same in milliseconds since the Unix epoch.
    pub said_ms: u64,
    /// What.
    pub text: String,
    /// Whether one said it oneself.
    pub mine: bool,
    /// How far it has come.
    pub sending: Sending,
    /// Whether it is the first that is new.
    pub first_new: bool,
}

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatView {
    /// The latest messages, the oldest first.
    pub lines: Vec<Line>,
    /// Whether there are earlier ones.
    pub earlier: bool,
    /// How many of others are new.
    pub unread: usize,
    /// Whether others can read it now.
    pub shared: bool,
    /// Why nothing can be said, if nothing can.
    pub bar: Option<&'static str>,
}

/// What the button shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Badge {
    /// How many messages of others are new.
    pub unread: usize,
    /// Whether the chat is open.
    pub open: bool,
}

/// What is typed in the panel, and how far back it shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChatDraft {
    /// What is being typed.
    pub text: String,
    /// How many pages of earlier messages are shown.
    pub pages: usize,
    /// Whether everything was seen when it was last shown.
    pub seen: bool,
    /// Whether the keyboard is to go into the field.
    focus: bool,
    /// How high the list was before earlier messages came, ...
    before: Option<f32>,
    /// ... and how far down it is to be shown.
    offset: Option<f32>,
}

impl ChatDraft {
    /// The panel comes, or goes: what was typed stays.
    pub fn begin(&mut self) {
        self.focus = true;
        self.pages = 0;
        self.before = None;
        self.offset = None;
    }
}

/// How many are new, in a word.
fn count(unread: usize) -> String {
    if unread >= MANY {
        format!("{}+", MANY - 1)
    } else {
        unread.to_string()
    }
}

/// The button that opens and closes the chat.
pub fn button(ui: &mut Ui, badge: Badge, asked: &mut Asked) {
    let Some(entry) = find(&Command::ShowChat) else {
        return;
    };
    let theme = Theme::of(ui.ctx());
    let name = match badge.unread {
        0 => entry.label.to_owned(),
        n => format!("{}, {} new", entry.label, count(n)),
    };
    let button = widgets::IconButton {
        chosen: Some(badge.open),
        ..widgets::IconButton::new(entry.icon, &name)
    };
    let response = button.show(ui);
    if badge.unread > 0 {
        let words =
            ui.painter()
                .layout_no_wrap(count(badge.unread), fonts::strong(size::LETTER), theme.on_accent);
        let wide = (words.size().x + space::S).max(16.0);
        let at = Rect::from_min_size(
            egui::pos2(response.rect.right() + 2.0 - wide, response.rect.top() - 2.0),
            Vec2::new(wide, 16.0),
        );
        ui.painter().rect_filled(at, 8, theme.accent);
        ui.painter()
            .galley(at.center() - words.size() / 2.0, words, theme.on_accent);
    }
    if response.clicked() {
        asked.push(Command::ShowChat);
    }
    let keys = keys_text(ui.ctx(), entry);
    response.on_hover_ui(|ui| widgets::tooltip(ui, &name, &keys, entry.hint));
}

/// Shows the panel, from below what stands at the top down to `bottom` points over the window's bottom.
pub fn show(ctx: &Context, view: &ChatView, bottom: f32, draft: &mut ChatDraft, asked: &mut Asked) {
    let window = ctx.content_rect();
    let rows = if toolbar::is_narrow(ctx) { 3.0 } else { 1.0 };
    let top = space::M + rows * (size::TARGET + 2.0 * space::M);
    let width = size::CHAT.min(window.width() - 2.0 * space::M) - 2.0 * space::M;
    let height = (window.height() - top - bottom).max(LOWEST + 2.0 * size::TARGET);
    let corner = Vec2::new(-space::M, top);
    widgets::floating(ctx, "Chat", Align2::RIGHT_TOP, corner, |ui| {
        egui::Frame::new().inner_margin(space::S).show(ui, |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = space::XS;
            heading(ui, asked);
            let field = field_height(ui, draft, width);
            let room = height - size::TARGET - field - 2.0 * space::S - 4.0 * space::XS - 10.0;
            let at_end = list(ui, view, room.max(LOWEST), draft, asked);
            if at_end && view.unread > 0 && ctx.input(|input| input.focused) {
                asked.push(Command::ReadChat);
            }
            match view.bar {
                Some(why) => {
                    said_why(ui, why);
                    draft.focus = false;
                }
                None => field_and_send(ui, field, draft, asked),
            }
        });
    });
}

fn heading(ui: &mut Ui, asked: &mut Asked) {
    ui.horizontal(|ui| {
        ui.heading("Chat");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = widgets::IconButton::new(icons::CLOSE, "Close the chat");
            if close.show(ui).clicked() {
                asked.push(Command::ShowChat);
            }
        });
    });
}

/// Shows the messages, `room` points high. Says whether the last one is in view.
fn list(ui: &mut Ui, view: &ChatView, room: f32, draft: &mut ChatDraft, asked: &mut Asked) -> bool {
    let mut asks_for_earlier = false;
    let mut scroll = ScrollArea::vertical()
        .id_salt("messages")
        .auto_shrink(false)
        .max_height(room)
        .min_scrolled_height(room)
        .stick_to_bottom(true);
    if let Some(offset) = draft.offset.take() {
        scroll = scroll.vertical_scroll_offset(offset);
    }
    let shown = scroll.show(ui, |ui| {
        let log = UiBuilder::new()
            .accessibility_role(Node::Log)
            .accessibility_label("Messages");
        ui.scope_builder(log, |ui| {
            ui.ctx()
                .accesskit_node_builder(ui.unique_id(), |node| node.set_live(Live::Polite));
            // Few messages stand at the bottom too.
            ui.spacing_mut().item_spacing.y = space::XS;
            if view.lines.is_empty() {
                nothing_yet(ui, view.shared);
            }
            if view.earlier && widgets::word_button(ui, None, "Show earlier messages", false).clicked() {
                draft.pages += 1;
                asks_for_earlier = true;
            }
            let mut before: Option<&Line> = None;
            for line in &view.lines {
                if line.first_new {
                    new_from_here(ui);
                }
                message(ui, line, before.filter(|_| !line.first_new), asked);
                before = Some(line);
            }
        });
    });
    let (offset, content) = (shown.state.clamped_offset().y, shown.content_size.y);
    let most = (content - shown.inner_rect.height()).max(0.0);
    // What one was reading stays where it was when earlier ones come above it.
    if let Some(before) = draft.before.filter(|before| content > before + 0.5) {
        draft.before = None;
        draft.offset = Some(offset + content - before);
        ui.ctx().request_discard("earlier messages came");
    }
    if asks_for_earlier {
        draft.before = Some(content);
    }
    let at_end = offset >= most - AT_END;
    if !at_end && to_the_latest(ui, shown.inner_rect, view.unread) {
        draft.offset = Some(most);
        ui.ctx().request_repaint();
    }
    at_end
}

/// A button over the end of the list. Says whether it was pressed.
fn to_the_latest(ui: &mut Ui, list: Rect, unread: usize) -> bool {
    let words = match unread {
        0 => "To the latest".to_owned(),
        1 => "1 new message".to_owned(),
        n => format!("{} new messages", count(n)),
    };
    let at = Rect::from_min_max(
        egui::pos2(list.left() + space::L, list.bottom() - size::TARGET - space::XS),
        egui::pos2(list.right() - space::L, list.bottom() - space::XS),
    );
    let layout = Layout::top_down(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(at).layout(layout), |ui| {
        widgets::word_button(ui, Some(icons::BACKWARD), &words, unread > 0).clicked()
    })
    .inner
}

fn nothing_yet(ui: &mut Ui, shared: bool) {
    let words = if shared {
        "Nothing was said yet. What is said here is kept with the board, and everybody on it can read it."
    } else {
        "Nothing was said yet. What is said here is kept with the board; others can read it once you share it."
    };
    let theme = Theme::of(ui.ctx());
    ui.add(egui::Label::new(RichText::new(words).size(size::HINT).color(theme.muted)).wrap());
}

/// A line above the first new message.
fn new_from_here(ui: &mut Ui) {
    let theme = Theme::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 18.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, "New messages"));
    let words = ui.painter().layout_no_wrap(
        "New messages".to_owned(),
        fonts::strong(size::LETTER),
        theme.accent,
    );
    let stroke = Stroke::new(1.0, theme.accent);
    let left = rect.right() - words.size().x - space::S;
    ui.painter()
        .hline(rect.left()..=left - space::XS, rect.center().y, stroke);
    let at = egui::pos2(left, rect.center().y - words.size().y / 2.0);
    ui.painter().galley(at, words, theme.accent);
}

/// A message, with its heading unless the one before has the same.
fn message(ui: &mut Ui, line: &Line, before: Option<&Line>, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    let goes_on = before.is_some_and(|before| {
        let soon = line.said_ms.saturating_sub(before.said_ms) < TOGETHER_MS;
        soon && (&before.name, &before.color, before.mine) == (&line.name, &line.color, line.mine)
    });
    let ground = if line.mine { theme.chosen } else { theme.hover };
    if !goes_on {
        ui.add_space(space::XS);
        who(ui, line);
    }
    let frame = egui::Frame::new()
        .fill(ground)
        .corner_radius(size::CONTROL_RADIUS)
        .inner_margin(egui::Margin::symmetric(8, 5));
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let words = RichText::new(&line.text).size(size::TEXT).color(theme.text);
        let label = ui.add(egui::Label::new(words).wrap().selectable(true));
        let mut said = format!("{}, {}: {}", line.name, line.when, line.text);
        match &line.sending {
            Sending::Done => {}
            Sending::Waiting => {
                said += " (waiting)";
                mark(ui, icons::WAITING, "waiting", theme.muted);
            }
            Sending::Refused(why) => {
                let words = refusal::words(why);
                said = format!("{said} (not taken by the relay: {})", words.what);
                mark(
                    ui,
                    icons::WARNING,
                    &format!("not taken by the relay: {}", words.what),
                    theme.warning,
                );
            }
        }
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    });
    if line.mine {
        delete(ui, shown.response.rect, line, asked);
    }
}

/// A word below a message.
fn mark(ui: &mut Ui, icon: char, words: &str, color: egui::Color32) {
    ui.spacing_mut().interact_size.y = size::HEADING;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.label(RichText::new(icon).font(fonts::icon(size::HINT)).color(color));
        ui.add(egui::Label::new(RichText::new(words).size(size::HINT).color(color)).wrap());
    });
}

/// Whose messages follow.
fn who(ui: &mut Ui, line: &Line) {
    let theme = Theme::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 20.0), Sense::hover());
    // Each message says it itself.
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, ""));
    let color = theme::person(&line.color, 0);
    let center = egui::pos2(rect.left() + 9.0, rect.center().y);
    ui.painter().circle_filled(center, 9.0, color);
    ui.painter().text(
        center,
        Align2::CENTER_CENTER,
        &line.initials,
        fonts::strong(8.0),
        Theme::letters_on(color),
    );
    let time = ui.painter().text(
        rect.right_center() - Vec2::new(space::XS, 0.0),
        Align2::RIGHT_CENTER,
        &line.when,
        fonts::plain(size::HINT),
        theme.muted,
    );
    let left = egui::pos2(center.x + 9.0 + space::S, rect.top());
    let words = Rect::from_min_max(left, egui::pos2(time.left() - space::XS, rect.bottom()));
    ui.painter().with_clip_rect(words.intersect(ui.clip_rect())).text(
        words.left_center(),
        Align2::LEFT_CENTER,
        &line.name,
        fonts::strong(size::HINT),
        theme.text,
    );
}

/// A button in the corner of one's own message, seen when the pointer or the keyboard is there.
fn delete(ui: &mut Ui, message: Rect, line: &Line, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    let side = Vec2::splat(size::MINIMAP_FOLD);
    let corner = Rect::from_min_size(message.right_top() - Vec2::new(side.x, 0.0), side);
    let response = ui.interact(corner, ui.scope_id().with(("delete", &line.id)), Sense::click());
    let name = format!("Delete your message “{}”", short(&line.text));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let pointed = ui.rect_contains_pointer(message);
    if pointed || response.has_focus() {
        ui.painter()
            .rect_filled(corner, size::CONTROL_RADIUS, theme.panel);
        let color = if response.hovered() || response.has_focus() {
            theme.text
        } else {
            theme.muted
        };
        let font = fonts::icon(size::MENU_ICON);
        ui.painter()
            .text(corner.center(), Align2::CENTER_CENTER, icons::DELETE, font, color);
        widgets::focus_ring(ui, corner, &response);
    }
    if response.clicked() {
        asked.push(Command::Unsay(line.id.clone()));
    }
    response.on_hover_ui(|ui| widgets::tooltip(ui, "Delete this message", "", ""));
}

/// The beginning of a text, in one line.
fn short(text: &str) -> String {
    const MOST: usize = 30;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= MOST && line.len() == text.len() {
        return line.to_owned();
    }
    let begun: String = line.chars().take(MOST).collect();
    format!("{}…", begun.trim_end())
}

/// How high the field is for what is typed in it, in points.
fn field_height(ui: &Ui, draft: &ChatDraft, width: f32) -> f32 {
    let theme = Theme::of(ui.ctx());
    let room = width - size::TARGET - space::XS - 2.0 * space::S;
    let font = fonts::plain(size::TEXT);
    let set = ui.painter().layout(draft.text.clone(), font, theme.text, room);
    let row = set.size().y / set.rows.len().max(1) as f32;
    let rows = set.rows.len().clamp(1, ROWS) as f32;
    (rows * row + 14.0).max(size::TARGET)
}

fn field_and_send(ui: &mut Ui, height: f32, draft: &mut ChatDraft, asked: &mut Asked) {
    let mut send = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let width = ui.available_width() - size::TARGET - space::XS;
        let field = ScrollArea::vertical()
            .id_salt("field")
            .max_width(width)
            .max_height(height)
            .min_scrolled_height(height)
            .show(ui, |ui| {
                let field = TextEdit::multiline(&mut draft.text)
                    .hint_text("Say something")
                    .char_limit(MESSAGE_MAX)
                    .desired_rows(1)
                    .margin(egui::Margin::symmetric(8, 7))
                    .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter))
                    .desired_width(width);
                ui.add(field).accessible_name("Message")
            })
            .inner;
        if std::mem::take(&mut draft.focus) {
            field.request_focus();
        }
        let enter = |event: &egui::Event| {
            let pressed = matches!(
                event,
                egui::Event::Key {
                    key: Key::Enter,
                    pressed: true,
                    ..
                }
            );
            pressed && !matches!(event, egui::Event::Key { modifiers, .. } if modifiers.shift)
        };
        send = field.has_focus() && ui.input(|input| input.events.iter().any(enter));
        if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
            asked.push(Command::ShowChat);
        }
        let button = widgets::IconButton {
            enabled: !draft.text.trim().is_empty(),
            ..widgets::IconButton::new(icons::SEND, "Send")
        };
        let button = button.show(ui);
        send |= button.clicked();
        button.on_hover_ui(|ui| widgets::tooltip(ui, "Send", "Enter", "Shift+Enter begins a new line"));
    });
    if send && !draft.text.trim().is_empty() {
        asked.push(Command::SendMessage(std::mem::take(&mut draft.text)));
        draft.focus = true;
    }
}

fn said_why(ui: &mut Ui, why: &str) {
    let theme = Theme::of(ui.ctx());
    let words = RichText::new(why).size(size::HINT).color(theme.muted);
    let label: Response = ui.add(egui::Label::new(words).wrap());
    label.widget_info(|| WidgetInfo::labeled(Role::Status, true, why));
}
