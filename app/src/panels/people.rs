//! Top right: who is here, and the one filled button.

use egui::{
    Align2, Context, Popup, PopupCloseBehavior, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo,
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

/// Somebody on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The connection's number; `None` for oneself.
    pub conn: Option<u64>,
    /// What they are called.
    pub name: String,
    /// What they say their colour is, `#rrggbb`.
    pub color: String,
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
}

/// Shows the initials and Share.
pub fn show(ctx: &Context, view: &PeopleView, name_draft: &mut String, asked: &mut Asked) {
    let corner = Vec2::new(-space::M, space::M + 4.0);
    widgets::bare(ctx, "People", Align2::RIGHT_TOP, corner, |ui| {
        ui.horizontal(|ui| {
            let list = initials(ui, view);
            Popup::from_toggle_button_response(&list)
                .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
                .align(egui::RectAlign::BOTTOM_END)
                .gap(space::S)
                .accessible_name("People on this board")
                .show(|ui| people_list(ui, view, name_draft, asked));
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
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
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

fn people_list(ui: &mut Ui, view: &PeopleView, name_draft: &mut String, asked: &mut Asked) {
    ui.set_width(260.0);
    egui::Frame::new().inner_margin(space::S).show(ui, |ui| {
        let label = widgets::section(ui, "Your name");
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
                    if row(ui, person).clicked()
                        && let Some(conn) = person.conn
                    {
                        asked.push(Command::GoTo(conn));
                    }
                }
            });
    });
}

fn my_color(ui: &mut Ui, number: usize, hex: &str, chosen: bool, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(20.0), Sense::click());
    let words = format!("Your colour {}", number + 1);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, &words));
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

fn row(ui: &mut Ui, person: &Person) -> Response {
    let theme = Theme::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 34.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Go to {}", person.name)));
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
    let words = Rect::from_min_max(egui::pos2(center.x + 11.0 + space::S, rect.top()), rect.max);
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
