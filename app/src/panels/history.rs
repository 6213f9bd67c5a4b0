//! Along the bottom: the board's past, drawn along the time that people drew, and what can be done with it. At the top: that it is
//! the past which is shown.

use egui::{
    Align, Align2, Area, Color32, Context, CursorIcon, EventFilter, Id, Key, Layout, Order, Painter, Popup,
    Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::{Asked, toolbar, widgets};
use crate::command::{Command, Now, Past, Speed};
use crate::fonts;
use crate::icons;
use crate::theme::{Theme, size, space};

/// What hasn't come yet is drawn this much fainter.
const LATER: f32 = 0.35;
/// A panel this wide has everything in one row, in points.
const BESIDE: f32 = 860.0;
/// So many authors are named in the legend, the first ones.
const NAMED: usize = 12;

/// Somebody who drew.
#[derive(Debug, Clone, PartialEq)]
pub struct Author {
    /// What they are called.
    pub name: String,
    /// Their colour.
    pub color: Color32,
}

/// What the panel shows of a past that is read.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryView<'a> {
    /// The number of the moment that is shown, ...
    pub moment: usize,
    /// ... and of the last one.
    pub last: usize,
    /// Where it lies on the track, in seconds, ...
    pub at: f64,
    /// ... and how long that is.
    pub length: f64,
    /// How much happened in each of equal parts of it, by author.
    pub density: &'a [Vec<(usize, u32)>],
    /// Pauses: from, to, and how long in words.
    pub pauses: Vec<(f64, f64, String)>,
    /// Everybody who drew.
    pub authors: &'a [Author],
    /// When the moment was, in words; empty for the empty board before all.
    pub when: String,
    /// Whose it was.
    pub who: String,
    /// How far back it reaches, in a sentence; empty where that is all.
    pub since: &'a str,
}

impl HistoryView<'_> {
    /// The moment in words.
    #[must_use]
    pub fn words(&self) -> String {
        if self.moment == 0 {
            return "The empty board".to_owned();
        }
        format!(
            "{}, {}, change {} of {}",
            self.when, self.who, self.moment, self.last
        )
    }
}

/// How wide the track is, in points.
#[must_use]
pub fn track_width(ctx: &Context) -> f32 {
    panel_width(ctx) - 2.0 * space::S
}

fn panel_width(ctx: &Context) -> f32 {
    (ctx.content_rect().width() - 2.0 * space::M - 2.0 * space::XS).min(size::HISTORY)
}

/// Says how much of the past is read.
pub fn reading(ctx: &Context, share: f64) {
    let edge = vec2(0.0, -(space::M + size::TARGET + space::L));
    widgets::floating(ctx, "History", Align2::CENTER_BOTTOM, edge, |ui| {
        let theme = Theme::of(ui.ctx());
        let words = "Reading what was…";
        ui.horizontal(|ui| {
            ui.add_space(space::S);
            let label = ui.label(egui::RichText::new(words).size(size::HINT).color(theme.muted));
            label.widget_info(|| WidgetInfo::labeled(Role::Status, true, words));
            let (rect, _) = ui.allocate_exact_size(vec2(size::OPENING, size::TARGET), Sense::hover());
            let rail = Rect::from_center_size(rect.center(), vec2(rect.width() - space::L, space::XS));
            ui.painter().rect_filled(rail, 2.0, theme.rail);
            let done = Rect::from_min_size(rail.min, vec2(rail.width() * share as f32, rail.height()));
            ui.painter().rect_filled(done, 2.0, theme.accent);
        });
    });
}

/// Shows the panel, and how much room it takes above what stands at the bottom.
pub fn show(ctx: &Context, view: &HistoryView<'_>, now: &Now, asked: &mut Asked) -> f32 {
    banner(ctx, view);
    let edge = vec2(0.0, -(space::M + size::TARGET + space::L));
    let shown = widgets::floating(ctx, "History", Align2::CENTER_BOTTOM, edge, |ui| {
        ui.set_width(panel_width(ui.ctx()));
        ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
        if panel_width(ui.ctx()) >= BESIDE {
            // What changes the board stands at the right.
            ui.horizontal(|ui| {
                controls(ui, view, now, asked);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    Act::ALL.iter().rev().for_each(|act| act.show(ui, now, asked));
                });
            });
        } else {
            ui.horizontal(|ui| controls(ui, view, now, asked));
            ui.horizontal(|ui| {
                Act::ALL.iter().for_each(|act| act.show(ui, now, asked));
            });
        }
        ui.horizontal(|ui| {
            ui.add_space(space::S);
            track(ui, view, asked);
        });
        legend(ui, view, now);
    });
    shown.response.rect.height() + space::S
}

/// Says at the top that the past is shown.
fn banner(ctx: &Context, view: &HistoryView<'_>) {
    let row = if toolbar::is_narrow(ctx) {
        size::TARGET + 2.0 * space::M
    } else {
        0.0
    };
    let words = if view.moment == view.last {
        "You look at the history. Nothing you do here changes the board".to_owned()
    } else if view.moment == 0 {
        "You look at the empty board before the first change. Nothing you do here changes it".to_owned()
    } else {
        format!(
            "You look at the board of {}. Nothing you do here changes it",
            view.when
        )
    };
    widgets::floating(
        ctx,
        "The past",
        Align2::CENTER_TOP,
        vec2(0.0, space::M + row),
        |ui| {
            let theme = Theme::of(ui.ctx());
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = space::S;
                ui.add_space(space::S);
                ui.label(
                    egui::RichText::new(icons::RECENT)
                        .font(fonts::icon(size::ICON))
                        .color(theme.accent),
                );
                let room = ctx.content_rect().width() - 2.0 * space::XL - size::TARGET;
                ui.scope(|ui| {
                    ui.set_max_width(room.min(size::TOOLBAR - 2.0 * size::TARGET));
                    ui.set_min_height(size::TARGET);
                    let label = ui.add(egui::Label::new(&words).wrap());
                    label.widget_info(|| WidgetInfo::labeled(Role::Status, true, &words));
                });
                ui.add_space(space::S);
            });
        },
    );
}

fn controls(ui: &mut Ui, view: &HistoryView<'_>, now: &Now, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    for past in [Past::Previous, Past::Play, Past::Next] {
        widgets::command_button(ui, &Command::Past(past), now, asked);
    }
    let speed = now.back.map(|back| back.speed).unwrap_or_default();
    let button = widgets::named_button(ui, None, speed.word(), "Speed");
    Popup::menu(&button)
        .gap(space::S)
        .accessible_name("Speed")
        .show(|ui| {
            widgets::lines(ui, |ui| {
                for speed in Speed::ALL {
                    widgets::command_item(ui, &Command::Past(Past::Speed(speed)), now, asked);
                }
            });
        });
    ui.add_space(space::S);
    let words = if view.moment == 0 {
        "The empty board".to_owned()
    } else {
        format!("{}, {}", view.when, view.who)
    };
    let job = egui::text::LayoutJob::simple_singleline(words, fonts::strong(size::TEXT), theme.text);
    let galley = ui.painter().layout_job(job);
    let (rect, _) = ui.allocate_exact_size(vec2(galley.size().x.max(220.0), size::TARGET), Sense::hover());
    let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, theme.text);
}

/// What can be done with what is shown, from left to right.
#[derive(Debug, Clone, Copy)]
enum Act {
    ByAuthor,
    GoTo,
    RestoreSelected,
    Restore,
    Close,
}

impl Act {
    const ALL: [Self; 5] = [
        Self::ByAuthor,
        Self::GoTo,
        Self::RestoreSelected,
        Self::Restore,
        Self::Close,
    ];

    fn show(self, ui: &mut Ui, now: &Now, asked: &mut Asked) {
        match self {
            Self::ByAuthor => widgets::command_button(ui, &Command::Past(Past::ByAuthor), now, asked),
            Self::GoTo => selection(ui, now, asked),
            Self::RestoreSelected if now.selected == 0 => {}
            Self::RestoreSelected => restore(ui, Past::RestoreSelected, "Restore the selection", now, asked),
            Self::Restore => restore(ui, Past::Restore, "Restore this moment", now, asked),
            Self::Close => {
                let button = widgets::IconButton::new(icons::CLOSE, "Back to now").show(ui);
                if button.clicked() {
                    asked.push(Command::Past(Past::Show));
                }
                button.on_hover_ui(|ui| widgets::tooltip(ui, "Back to now", "Esc", ""));
            }
        }
    }
}

fn restore(ui: &mut Ui, past: Past, word: &str, now: &Now, asked: &mut Asked) {
    let command = Command::Past(past);
    // Whoever may not restore is told why by trying.
    let can = now.allows(&command) || now.bars(&command);
    ui.add_enabled_ui(can, |ui| {
        if widgets::word_button(ui, None, word, past == Past::Restore && can).clicked() {
            asked.push(command);
        }
    });
}

/// Where one can go from what is selected.
fn selection(ui: &mut Ui, now: &Now, asked: &mut Asked) {
    if now.selected == 0 {
        return;
    }
    let button = widgets::named_button(ui, None, "Go to…", "Go to what became of the selection");
    Popup::menu(&button)
        .gap(space::S)
        .accessible_name("What became of the selection")
        .show(|ui| {
            widgets::lines(ui, |ui| {
                for past in [Past::Made, Past::ChangedBefore, Past::ChangedNext, Past::Gone] {
                    widgets::command_item(ui, &Command::Past(past), now, asked);
                }
            });
        });
}

fn track(ui: &mut Ui, view: &HistoryView<'_>, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    let wanted = vec2(track_width(ui.ctx()), size::TRACK + space::M);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click_and_drag());
    let rail = Rect::from_min_max(
        pos2(rect.left() + size::KNOB / 2.0, rect.top() + space::M),
        pos2(rect.right() - size::KNOB / 2.0, rect.bottom()),
    );
    let length = view.length.max(f64::MIN_POSITIVE);
    if let Some(at) = response.interact_pointer_pos() {
        let share = ((at.x - rail.left()) / rail.width()).clamp(0.0, 1.0);
        let to = Past::To(f64::from(share) * length);
        asked.push(Command::Past(to));
    }
    by_keys(ui, &response, asked);
    describe(ui, &response, view);
    let painter = ui.painter();
    let x = |seconds: f64| egui::lerp(rail.x_range(), (seconds / length) as f32);
    painter.rect_filled(rail, 2.0, theme.hover);
    for (from, to, words) in &view.pauses {
        pause(
            painter,
            theme,
            Rect::from_x_y_ranges(x(*from)..=x(*to), rail.y_range()),
            words,
        );
    }
    bars(painter, view, rail, x(view.at));
    let knob = x(view.at);
    painter.vline(knob, rail.y_range(), Stroke::new(2.0, theme.accent));
    let held = response.is_pointer_button_down_on() || response.hovered() || response.has_focus();
    let edge = if held { theme.accent } else { theme.muted };
    let top = pos2(knob, rail.top() - 1.0);
    painter.circle(top, size::KNOB / 2.0 - 1.0, theme.panel, Stroke::new(1.5, edge));
    widgets::focus_ring(ui, rect.expand(2.0), &response);
    response.on_hover_cursor(CursorIcon::ResizeHorizontal);
}

/// A pause on the track, with its length where there is room.
fn pause(painter: &Painter, theme: &Theme, rect: Rect, words: &str) {
    painter.rect_filled(rect, 0.0, theme.pressed);
    let galley = painter.layout_no_wrap(words.to_owned(), fonts::plain(size::LETTER), theme.muted);
    if galley.size().x + space::XS < rect.width() {
        painter.galley(rect.center() - galley.size() / 2.0, galley, theme.muted);
    }
}

/// How much happened when, each author's in their colour; what hasn't come yet, fainter.
fn bars(painter: &Painter, view: &HistoryView<'_>, rail: Rect, knob: f32) {
    let count = |part: &[(usize, u32)]| part.iter().map(|(_, count)| *count).sum::<u32>();
    let most = view
        .density
        .iter()
        .map(|part| count(part))
        .max()
        .unwrap_or(0)
        .max(1);
    let width = rail.width() / view.density.len().max(1) as f32;
    for (number, part) in view.density.iter().enumerate() {
        let all = count(part);
        if all == 0 {
            continue;
        }
        // Much stands out, and little can still be seen.
        let share = (all as f32 / most as f32).sqrt().max(0.12);
        let left = rail.left() + number as f32 * width;
        let mut bottom = rail.bottom();
        for (author, count) in part {
            let Some(author) = view.authors.get(*author) else {
                continue;
            };
            let height = share * rail.height() * *count as f32 / all as f32;
            let bar = Rect::from_min_max(
                pos2(left + 0.5, bottom - height),
                pos2((left + width - 0.5).max(left + 1.0), bottom),
            );
            let color = if left > knob {
                author.color.gamma_multiply(LATER)
            } else {
                author.color
            };
            painter.rect_filled(bar, 0.0, color);
            bottom -= height;
        }
    }
}

/// Arrows and a screen reader go from change to change, Space plays.
fn by_keys(ui: &Ui, response: &Response, asked: &mut Asked) {
    use egui::accesskit::Action;
    let focused = response.has_focus();
    if focused {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    }
    let (on, back, plays) = ui.input(|input| {
        let asked = |action| input.num_accesskit_action_requests(response.id, action);
        let pressed = |keys: [Key; 2]| {
            let all: usize = keys.into_iter().map(|key| input.num_presses(key)).sum();
            if focused { all } else { 0 }
        };
        (
            asked(Action::Increment) + pressed([Key::ArrowRight, Key::ArrowDown]),
            asked(Action::Decrement) + pressed([Key::ArrowLeft, Key::ArrowUp]),
            focused && input.num_presses(Key::Space) > 0,
        )
    });
    asked.extend(std::iter::repeat_n(Command::Past(Past::Next), on));
    asked.extend(std::iter::repeat_n(Command::Past(Past::Previous), back));
    asked.extend(plays.then_some(Command::Past(Past::Play)));
}

fn describe(ui: &Ui, response: &Response, view: &HistoryView<'_>) {
    response.widget_info(|| WidgetInfo::slider(true, view.moment as f64, "Moment"));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_value(view.words());
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(view.last as f64);
        node.set_numeric_value_step(1.0);
        node.add_action(egui::accesskit::Action::Increment);
        node.add_action(egui::accesskit::Action::Decrement);
    });
}

/// Who drew, and how far back the history reaches.
fn legend(ui: &mut Ui, view: &HistoryView<'_>, now: &Now) {
    let by_author = now.back.is_some_and(|back| back.by_author);
    if !by_author && view.since.is_empty() {
        return;
    }
    let theme = Theme::of(ui.ctx());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = size::HEADING;
        ui.add_space(space::S);
        for author in view.authors.iter().take(if by_author { NAMED } else { 0 }) {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(size::HEADING), Sense::hover());
            ui.painter().circle_filled(rect.center(), 4.5, author.color);
            ui.label(egui::RichText::new(&author.name).size(size::HINT));
            ui.add_space(space::S);
        }
        if by_author && view.authors.len() > NAMED {
            let more = format!("and {} more", view.authors.len() - NAMED);
            ui.label(egui::RichText::new(more).size(size::HINT).color(theme.muted));
        }
        if !view.since.is_empty() {
            ui.label(
                egui::RichText::new(view.since)
                    .size(size::HINT)
                    .color(theme.muted),
            );
        }
    });
}

/// Who made what is under the pointer, beside that.
pub fn made_by(ctx: &Context, pointer: Pos2, words: &str) {
    Area::new(Id::unique("who made it"))
        .order(Order::Tooltip)
        .fixed_pos(pointer + vec2(14.0, 18.0))
        .interactable(false)
        .accessible_name("Who made it")
        .show(ctx, |ui| {
            let theme = Theme::of(ui.ctx());
            theme
                .floating()
                .inner_margin(egui::Margin::symmetric(8, 4))
                .show(ui, |ui| {
                    ui.spacing_mut().interact_size.y = size::HEADING;
                    ui.add(egui::Label::new(egui::RichText::new(words).size(size::HINT)).extend());
                });
        });
}
