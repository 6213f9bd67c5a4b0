//! Top right: who is here, and the one filled button.

use drawbridge_protocol::Role;
use egui::{
    Align2, Context, Popup, PopupCloseBehavior, Rect, Response, Role as Control, Sense, Stroke, Ui, Vec2,
    WidgetInfo,
};

use super::{Asked, widgets};
use crate::command::{Command, find};
use crate::fonts;
use crate::settings::{NAME_MAX, clean_name};
use crate::theme::{self, Theme, size, space};

/// How many initials are shown before the rest becomes a number.
const SHOWN: usize = 4;

/// The list's height in points, from which on it scrolls.
const LIST_HEIGHT: f32 = 280.0;

/// How wide the list is, in points, ...
const WIDTH: f32 = 300.0;
/// ... and the button in it by which somebody is sent away.
const REMOVE: f32 = 92.0;

/// Somebody on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleView {
    /// Oneself.
    pub me: Person,
    /// The others, in the order they came.
    pub others: Vec<Person>,
    /// Whether a relay inside this app shares the board.
    pub sharing: bool,
    /// Whether this person can send others away.
    pub manages: bool,
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
    let everyone: Vec<&Person> = std::iter::once(&view.me).chain(&view.others).collect();
    let shown = if everyone.len() > SHOWN {
        SHOWN - 1
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
        let color = theme::person(&person.color, person.conn.unwrap_or_default());
        circle(
            ui,
            place(i),
            color,
            Theme::letters_on(color),
            &initials_of(&person.name),
        );
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
        if view.others.is_empty() {
            return;
        }
        widgets::hairline(ui);
        widgets::section(ui, "Also here");
        egui::ScrollArea::vertical()
            .max_height(LIST_HEIGHT)
            .min_scrolled_height(LIST_HEIGHT)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for person in &view.others {
                    row_with_actions(ui, person, view.manages, &mut draft.removing, asked);
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

/// A person, and for an owner what can be done about them.
fn row_with_actions(
    ui: &mut Ui,
    person: &Person,
    manages: bool,
    removing: &mut Option<u64>,
    asked: &mut Asked,
) {
    let Some(conn) = person.conn else { return };
    let name = &person.name;
    ui.horizontal(|ui| {
        let room = if manages { REMOVE } else { 0.0 };
        if row(ui, person, ui.available_width() - room).clicked() {
            asked.push(Command::GoTo(conn));
        }
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
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 34.0), Sense::click());
    let role = role_word(person.role);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Control::Button, true, format!("Go to {}", person.name));
        info.hint_text = (!role.is_empty()).then(|| role.to_owned());
        info
    });
    if response.hovered() {
        ui.painter().rect_filled(rect, size::CONTROL_RADIUS, theme.hover);
    }
    let color = theme::person(&person.color, person.conn.unwrap_or_default());
    let center = egui::pos2(rect.left() + space::S + 11.0, rect.center().y);
    ui.painter().circle_filled(center, 11.0, color);
    let letters = Theme::letters_on(color);
    ui.painter().text(
        center,
        Align2::CENTER_CENTER,
        initials_of(&person.name),
        fonts::strong(9.5),
        letters,
    );
    let right = rect.right() - space::XS;
    let said = ui.painter().text(
        egui::pos2(right, rect.center().y),
        Align2::RIGHT_CENTER,
        role,
        fonts::plain(size::HINT),
        theme.muted,
    );
    let left = egui::pos2(center.x + 11.0 + space::S, rect.top());
    let words = Rect::from_min_max(left, egui::pos2(said.left() - space::XS, rect.bottom()));
    let painter = ui.painter().with_clip_rect(words.intersect(ui.clip_rect()));
    painter.text(
        words.left_center(),
        Align2::LEFT_CENTER,
        &person.name,
        fonts::plain(size::TEXT),
        theme.text,
    );
    widgets::focus_ring(ui, rect, &response);
    response
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
