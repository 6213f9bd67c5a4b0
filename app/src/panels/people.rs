//! Top right: who is here, and the one filled button.

use std::sync::Arc;

use drawbridge_engine::presence::Doing;
use drawbridge_protocol::Role;
use egui::{
    Align2, Context, Popup, PopupCloseBehavior, Rect, Response, Role as Control, Sense, Stroke, Ui, Vec2,
    WidgetInfo,
};

use super::{Asked, widgets};
use crate::command::{Command, find};
use crate::fonts;
use crate::icons;
use crate::settings::{NAME_MAX, clean_name};
use crate::theme::{self, Theme, size, space};

/// How many initials are shown before the rest becomes a number.
const SHOWN: usize = 4;
/// The same where the chat's button stands beside them and there is little room.
const FEW: usize = 2;

/// The list's height in points, from which on it scrolls.
const LIST_HEIGHT: f32 = 300.0;

/// How wide the list is, in points, ...
const WIDTH: f32 = 320.0;
/// ... how high a line of it, ...
const LINE: f32 = 40.0;
/// ... how wide the button in it by which somebody is sent away, ...
const REMOVE: f32 = 92.0;
/// ... and how much room the one by which somebody is followed takes.
const FOLLOW: f32 = size::TARGET + space::S;
/// How much of their colour is left of who is idle or away.
const PALE: f32 = 0.45;

/// Somebody on the board.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The connection's number; `None` for oneself.
    pub conn: Option<u64>,
    /// What they are called.
    pub name: String,
    /// What they say their colour is, `#rrggbb`.
    pub color: String,
    /// What they may do, where that is known.
    pub role: Option<Role>,
    /// Whether they came by a link that can be ended.
    pub came_by_link: bool,
    /// What they do.
    pub doing: Doing,
    /// Whether they follow one's view.
    pub follows_me: bool,
    /// Whether they ask everybody to follow them.
    pub presents: bool,
}

/// Somebody who left a short while ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// What they are called.
    pub name: String,
    /// What they said their colour is, `#rrggbb`.
    pub color: String,
}

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleView {
    /// Oneself.
    pub me: Person,
    /// The others, in the order they came.
    pub others: Vec<Arc<Person>>,
    /// Those who left a short while ago, the last first.
    pub absent: Vec<Absent>,
    /// Whose view one follows.
    pub following: Option<u64>,
    /// Whether a relay inside this app shares the board.
    pub sharing: bool,
    /// Whether this person can send others away.
    pub manages: bool,
    /// The chat's button, where there is one.
    pub chat: Option<super::chat::Badge>,
}

/// What is being typed and chosen in the panel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleDraft {
    /// One's own name as far as it is typed.
    pub name: String,
    /// Who is about to be sent away.
    pub removing: Option<u64>,
}

/// Shows the initials and Share.
pub fn show(ctx: &Context, view: &PeopleView, draft: &mut PeopleDraft, asked: &mut Asked) {
    let corner = Vec2::new(-space::M, space::M + 4.0);
    widgets::bare(ctx, "People", Align2::RIGHT_TOP, corner, |ui| {
        ui.horizontal(|ui| {
            let list = initials(ui, view);
            Popup::from_toggle_button_response(&list)
                .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
                .align(egui::RectAlign::BOTTOM_END)
                .gap(space::S)
                .accessible_name("People on this board")
                .show(|ui| people_list(ui, view, draft, asked));
            // Here it stays where it is when people come and go.
            if let Some(badge) = view.chat {
                super::chat::button(ui, badge, asked);
            }
            if let Some(entry) = find(&Command::ShowShare) {
                let word = if view.sharing { "Sharing" } else { "Share" };
                let button = widgets::word_button(ui, Some(entry.icon), word, true);
                if button.clicked() {
                    asked.push(Command::ShowShare);
                }
                button.on_hover_text(entry.hint);
            }
        });
    });
}

/// Overlapping circles, one control.
fn initials(ui: &mut Ui, view: &PeopleView) -> Response {
    let theme = Theme::of(ui.ctx());
    let most = if view.chat.is_some() && ui.ctx().content_rect().width() < size::ROOMY {
        FEW
    } else {
        SHOWN
    };
    let others: Vec<&Arc<Person>> = if view.others.len() < most {
        view.others.iter().collect()
    } else {
        by_doing(&view.others)
    };
    let everyone: Vec<&Person> = std::iter::once(&view.me)
        .chain(others.into_iter().map(AsRef::as_ref))
        .collect();
    let shown = if everyone.len() > most {
        most - 1
    } else {
        everyone.len()
    };
    let more = everyone.len() - shown;
    let circles = shown + usize::from(more > 0);
    let step = size::AVATAR - 8.0;
    let wanted = Vec2::new(
        size::AVATAR + step * (circles.saturating_sub(1)) as f32,
        size::TARGET,
    );
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    let words = match view.others.len() {
        0 => "People: only you".to_owned(),
        n => format!("People: you and {n} more"),
    };
    response.widget_info(|| WidgetInfo::labeled(Control::Button, true, &words));
    let first = egui::pos2(rect.left() + size::AVATAR / 2.0, rect.center().y);
    let place = |i: usize| first + Vec2::new(step * i as f32, 0.0);
    if more > 0 {
        circle(ui, place(shown), theme.pressed, theme.text, &format!("+{more}"));
    }
    for (i, person) in everyone.iter().enumerate().take(shown).rev() {
        let (fill, letters) = ink_of(theme, person);
        circle(ui, place(i), fill, letters, &initials_of(&person.name));
    }
    if response.has_focus() {
        let ring = Stroke::new(2.0, theme.accent);
        ui.painter().rect_stroke(
            rect.expand(3.0),
            size::AVATAR / 2.0,
            ring,
            egui::StrokeKind::Inside,
        );
    }
    response.on_hover_text(words)
}

/// Those who do most first: who draws, who is there, who is idle, who is away; else in the order in which they came.
fn by_doing(others: &[Arc<Person>]) -> Vec<&Arc<Person>> {
    let mut all: Vec<&Arc<Person>> = others.iter().collect();
    all.sort_by_key(|person| person.doing);
    all
}

/// The colours of a person's disc and of the letters on it. Who isn't there is paler.
fn ink_of(theme: &Theme, person: &Person) -> (egui::Color32, egui::Color32) {
    let color = theme::person(&person.color, person.conn.unwrap_or_default());
    match person.doing {
        Doing::Drawing | Doing::Active => (color, Theme::letters_on(color)),
        Doing::Idle | Doing::Away => (theme.panel.lerp_to_gamma(color, PALE), theme.text),
    }
}

fn circle(ui: &Ui, center: egui::Pos2, fill: egui::Color32, letters: egui::Color32, words: &str) {
    let theme = Theme::of(ui.ctx());
    ui.painter()
        .circle_filled(center, size::AVATAR / 2.0, theme.board);
    ui.painter().circle_filled(center, size::AVATAR / 2.0 - 2.0, fill);
    ui.painter()
        .text(center, Align2::CENTER_CENTER, words, fonts::strong(11.0), letters);
}

fn people_list(ui: &mut Ui, view: &PeopleView, draft: &mut PeopleDraft, asked: &mut Asked) {
    ui.set_width(WIDTH);
    egui::Frame::new().inner_margin(space::S).show(ui, |ui| {
        let label = widgets::section(ui, "Your name");
        let name_draft = &mut draft.name;
        let field = egui::TextEdit::singleline(name_draft)
            .char_limit(NAME_MAX)
            .desired_width(f32::INFINITY);
        let field = ui.add(field).labelled_by(label.id);
        if field.lost_focus() && *name_draft != view.me.name {
            *name_draft = clean_name(name_draft);
            asked.push(Command::MyName(name_draft.clone()));
        } else if !field.has_focus() {
            name_draft.clone_from(&view.me.name);
        }
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for (i, hex) in theme::PEOPLE.iter().enumerate() {
                my_color(ui, i, hex, view.me.color == *hex, asked);
            }
        });
        if let Some(role) = view.me.role {
            widgets::section(ui, role_of_me(role));
        }
        if view.others.is_empty() && view.absent.is_empty() {
            return;
        }
        widgets::hairline(ui);
        let heading = match view.others.len() {
            0 => "Nobody else is here".to_owned(),
            n => format!("Also here: {n}"),
        };
        widgets::section(ui, &heading);
        egui::ScrollArea::vertical()
            .max_height(LIST_HEIGHT)
            .min_scrolled_height(LIST_HEIGHT)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for person in by_doing(&view.others) {
                    row_with_actions(ui, person, view, &mut draft.removing, asked);
                }
                for absent in &view.absent {
                    absent_row(ui, absent);
                }
            });
    });
}

fn my_color(ui: &mut Ui, number: usize, hex: &str, chosen: bool, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(20.0), Sense::click());
    let words = format!("Your colour {}", number + 1);
    response.widget_info(|| WidgetInfo::selected(Control::RadioButton, true, chosen, &words));
    ui.painter()
        .circle_filled(rect.center(), 7.5, theme::person(hex, 0));
    if chosen || response.has_focus() {
        ui.painter()
            .circle_stroke(rect.center(), 9.0, Stroke::new(2.0, theme.accent));
    }
    if response.clicked() {
        asked.push(Command::MyColor(hex.to_owned()));
    }
}

/// What one may do, of oneself.
fn role_of_me(role: Role) -> &'static str {
    match role {
        Role::Owner => "You own this board",
        Role::Edit => "You can draw on this board",
        Role::View => "You can look at this board",
        Role::Unknown => "You are on this board",
    }
}

/// The same of others, in a word; nothing where it is what all may.
fn role_word(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::Owner) => "owner",
        Some(Role::Edit) => "can edit",
        Some(Role::View) => "can view",
        Some(Role::Unknown) | None => "",
    }
}

/// What somebody does, in a word; nothing where they are just there.
fn doing_word(doing: Doing) -> &'static str {
    match doing {
        Doing::Drawing => "drawing",
        Doing::Active => "",
        Doing::Idle => "idle",
        Doing::Away => "away",
    }
}

/// What is said of a person beside their name.
fn words_of(person: &Person) -> String {
    let words = [
        doing_word(person.doing),
        if person.presents { "asks all to follow" } else { "" },
        if person.follows_me { "follows you" } else { "" },
        role_word(person.role),
    ];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(", ")
}

/// A person, and what can be done about them.
fn row_with_actions(
    ui: &mut Ui,
    person: &Person,
    view: &PeopleView,
    removing: &mut Option<u64>,
    asked: &mut Asked,
) {
    let Some(conn) = person.conn else { return };
    let name = &person.name;
    let manages = view.manages;
    ui.horizontal(|ui| {
        let room = FOLLOW + if manages { REMOVE } else { 0.0 };
        if row(ui, person, ui.available_width() - room).clicked() {
            asked.push(Command::GoTo(conn));
        }
        let follows = view.following == Some(conn);
        let label = if follows {
            format!("Stop following {name}")
        } else {
            format!("Follow {name}")
        };
        let button = widgets::IconButton {
            chosen: Some(follows),
            ..widgets::IconButton::new(icons::FOLLOW, &label)
        };
        let button = button.show(ui);
        if button.clicked() {
            asked.push(if follows {
                Command::StopFollowing
            } else {
                Command::Follow(conn)
            });
        }
        button.on_hover_ui(|ui| widgets::tooltip(ui, &label, "", ""));
        if manages && widgets::named_button(ui, None, "Remove…", &format!("Remove {name}…")).clicked() {
            *removing = (*removing != Some(conn)).then_some(conn);
        }
    });
    if !manages || *removing != Some(conn) {
        return;
    }
    ui.add_space(space::XS);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        for (end_link, words) in [(false, "Remove"), (true, "Remove and end their link")] {
            if end_link && !person.came_by_link {
                continue;
            }
            if widgets::named_button(ui, None, words, &format!("{words}: {name}")).clicked() {
                asked.push(Command::Remove { conn, end_link });
                *removing = None;
            }
        }
    });
    ui.add_space(space::XS);
    let hint = "Who is removed can come back by their link, unless that ends too.";
    let theme = Theme::of(ui.ctx());
    ui.add(egui::Label::new(egui::RichText::new(hint).size(size::HINT).color(theme.muted)).wrap());
    ui.add_space(space::S);
}

fn row(ui: &mut Ui, person: &Person, width: f32) -> Response {
    let theme = Theme::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, LINE), Sense::click());
    let words = words_of(person);
    let label = format!("Go to {}", person.name);
    response.widget_info(|| WidgetInfo::labeled(Control::Button, true, &label));
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_description(words.as_str()));
    if ui.is_rect_visible(rect) || response.gained_focus() {
        if response.hovered() {
            ui.painter().rect_filled(rect, size::CONTROL_RADIUS, theme.hover);
        }
        let colors = ink_of(theme, person);
        line_of(ui, rect, &person.name, &words, colors, theme.text);
        if person.doing == Doing::Drawing {
            let at = egui::pos2(rect.left() + space::S + 20.0, rect.center().y + 8.0);
            ui.painter().circle_filled(at, 7.0, theme.panel);
            let pen = fonts::icon(11.0);
            ui.painter()
                .text(at, Align2::CENTER_CENTER, icons::PEN, pen, theme.text);
        }
        widgets::focus_ring(ui, rect, &response);
    }
    response
}

/// Somebody who was here: nothing can be done about them.
fn absent_row(ui: &mut Ui, absent: &Absent) {
    let theme = Theme::of(ui.ctx());
    let wanted = Vec2::new(ui.available_width(), LINE);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::hover());
    let words = format!("{}, offline", absent.name);
    response.widget_info(|| WidgetInfo::labeled(Control::Label, true, &words));
    if ui.is_rect_visible(rect) {
        line_of(
            ui,
            rect,
            &absent.name,
            "offline",
            (theme.pressed, theme.muted),
            theme.muted,
        );
    }
}

/// A disc with initials, a name, and what is said beside it.
fn line_of(
    ui: &Ui,
    rect: Rect,
    name: &str,
    words: &str,
    (fill, letters): (egui::Color32, egui::Color32),
    ink: egui::Color32,
) {
    let theme = Theme::of(ui.ctx());
    let center = egui::pos2(rect.left() + space::S + 12.0, rect.center().y);
    ui.painter().circle_filled(center, 12.0, fill);
    ui.painter().text(
        center,
        Align2::CENTER_CENTER,
        initials_of(name),
        fonts::strong(9.5),
        letters,
    );
    let left = egui::pos2(center.x + 12.0 + space::S, rect.top());
    let place = Rect::from_min_max(left, rect.max - Vec2::new(space::XS, 0.0));
    let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    let middle = place.left_center();
    let (lift, drop) = if words.is_empty() { (0.0, 0.0) } else { (8.0, 8.5) };
    painter.text(
        middle - Vec2::new(0.0, lift),
        Align2::LEFT_CENTER,
        name,
        fonts::plain(size::TEXT),
        ink,
    );
    painter.text(
        middle + Vec2::new(0.0, drop),
        Align2::LEFT_CENTER,
        words,
        fonts::plain(size::HINT - 0.5),
        theme.muted,
    );
}

/// The first letters of the first and the last word.
#[must_use]
pub fn initials_of(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back();
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .take(2)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::initials_of;

    #[test]
    fn initials_are_two_letters_at_most() {
        assert_eq!(initials_of("Ada"), "A");
        assert_eq!(initials_of("ada maria lovelace"), "AL");
        assert_eq!(initials_of("  "), "");
        assert_eq!(initials_of("ßa"), "SS");
    }
}
