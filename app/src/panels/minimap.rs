//! Bottom right: all of the board, what oneself and everybody else sees of it, and where their pointers are.

use std::sync::Arc;

use drawbridge_engine::geometry::{Point, Rect as BoardRect, Vec2 as BoardVec2};
use egui::{
    Align2, Context, CursorIcon, EventFilter, Key, Painter, Rect, Response, Role, Sense, Stroke, StrokeKind,
    TextureId, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::people::{Person, initials_of};
use super::{Asked, widgets};
use crate::command::{self, Command};
use crate::fonts;
use crate::icons;
use crate::minimap::map::{Map, area, share};
use crate::theme::{self, Theme, size, space};

/// How much of the view an arrow key moves it by.
const STEP: f64 = 0.25;
/// How opaque the picture is: it steps back behind the views.
const QUIET: f32 = 0.85;
/// A view nearer than this to where it is wanted is there, in points of the minimap.
const THERE: f64 = 0.05;

/// Somebody else, as the minimap shows them.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    /// Who it is.
    pub person: Arc<Person>,
    /// What they see, in board units, if that is known.
    pub view: Option<BoardRect>,
    /// Where their pointer is, in board units, if it is on the board.
    pub pointer: Option<Point>,
}

/// What the panel shows.
#[derive(Debug, Clone, PartialEq)]
pub struct MinimapView {
    /// Whether it is unfolded.
    pub open: bool,
    /// What one sees oneself, in board units.
    pub seen: BoardRect,
    /// A box around everything on the board; `None` when it is empty.
    pub everything: Option<BoardRect>,
    /// Everybody else.
    pub others: Vec<Other>,
}

/// Where a hand holds the minimap, and what that showed when it was pressed: the ground must not move away under the hand.
#[derive(Debug, Clone, Copy)]
struct Held {
    area: BoardRect,
    grip: BoardVec2,
}

/// Whether the window is wide enough for it.
#[must_use]
pub fn fits(ctx: &Context) -> bool {
    ctx.content_rect().width() >= size::NARROW
}

/// Shows the panel, `above` points over the window's bottom; nothing where it doesn't fit. `picture` gives one of the elements
/// for so many points a board unit, with the part of the board that it shows. Says where in the window it lies.
pub fn show(
    ctx: &Context,
    view: &MinimapView,
    above: f32,
    picture: impl FnOnce(f64) -> Option<(TextureId, BoardRect)>,
    asked: &mut Asked,
) -> Option<Rect> {
    if !fits(ctx) {
        return None;
    }
    let corner = vec2(-space::M, -above);
    let shown = widgets::floating(ctx, "Minimap", Align2::RIGHT_BOTTOM, corner, |ui| {
        if view.open {
            map(ui, view, picture, asked);
        } else if let Some(entry) = command::find(&Command::Minimap) {
            let button = widgets::IconButton::new(entry.icon, entry.label);
            widgets::entry_button(ui, entry, button, asked);
        }
    });
    Some(shown.response.rect)
}

/// Smaller in a narrow window, where messages need the middle.
fn wanted(ctx: &Context) -> Vec2 {
    let beside = (ctx.content_rect().width() - size::MESSAGE) / 2.0 - 2.0 * space::M;
    let width = beside.min(size::MINIMAP.x);
    vec2(width, (width * size::MINIMAP.y / size::MINIMAP.x).round())
}

fn map(
    ui: &mut Ui,
    view: &MinimapView,
    picture: impl FnOnce(f64) -> Option<(TextureId, BoardRect)>,
    asked: &mut Asked,
) {
    let theme = Theme::of(ui.ctx());
    let (place, response) = ui.allocate_exact_size(wanted(ui.ctx()), Sense::click_and_drag());
    let id = response.id.with("held");
    let held = ui.data(|data| data.get_temp::<Option<Held>>(id)).flatten();
    let shown = held.map_or_else(|| area(view.everything, view.seen), |held| held.area);
    let map = Map::new(shown, place);
    let fresh = |at: Point| Held {
        area: shown,
        grip: if view.seen.contains(at) {
            view.seen.center() - at
        } else {
            BoardVec2::ZERO
        },
    };
    let (held, to) = pulled(&response, &map, held, fresh);
    ui.data_mut(|data| data.insert_temp(id, held));
    let far = |to: &Point| to.distance(view.seen.center()) * map.scale() > THERE;
    let to = to.filter(far).or_else(|| stepped(ui, &response, view.seen));
    asked.extend(to.map(Command::LookAt));
    describe(ui, &response, view);

    let painter = ui.painter().with_clip_rect(place);
    painter.rect_filled(place, size::CONTROL_RADIUS, theme.board);
    if let Some((texture, part)) = picture(map.scale()) {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(
            texture,
            map.rect(part),
            whole,
            theme::UNTINTED.gamma_multiply(QUIET),
        );
    }
    for other in &view.others {
        show_other(ui, &painter, &map, place, other);
    }
    let mine = map.view(view.seen);
    painter.rect(
        mine,
        2.0,
        theme.accent.gamma_multiply(0.08),
        Stroke::new(1.5, theme.accent),
        StrokeKind::Inside,
    );
    painter.rect_stroke(
        place,
        size::CONTROL_RADIUS,
        Stroke::new(1.0, theme.line),
        StrokeKind::Inside,
    );
    widgets::focus_ring(ui, place, &response);
    fold(ui, place, asked);
    if response.dragged() {
        response.on_hover_cursor(CursorIcon::Grabbing);
    }
}

/// What a hand holds from now on, and where it wants the middle of the view. Who takes the view by its own box pulls it along
/// from there; a press elsewhere, and a click, bring what is there into the middle.
fn pulled(
    response: &Response,
    map: &Map,
    held: Option<Held>,
    fresh: impl FnOnce(Point) -> Held,
) -> (Option<Held>, Option<Point>) {
    let Some(at) = response.interact_pointer_pos().map(|at| map.board(at)) else {
        return (None, None);
    };
    if response.clicked() {
        (None, Some(at))
    } else if response.is_pointer_button_down_on() {
        let held = held.unwrap_or_else(|| fresh(at));
        (Some(held), Some(at + held.grip))
    } else {
        (None, None)
    }
}

/// Where arrow keys want the middle of the view.
fn stepped(ui: &Ui, response: &Response, seen: BoardRect) -> Option<Point> {
    if !response.has_focus() {
        return None;
    }
    let arrows = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let steps = ui.input(|input| {
        let way = |on: Key, back: Key| input.num_presses(on) as f64 - input.num_presses(back) as f64;
        BoardVec2::new(
            way(Key::ArrowRight, Key::ArrowLeft),
            way(Key::ArrowDown, Key::ArrowUp),
        )
    });
    let by = BoardVec2::new(steps.x * seen.width(), steps.y * seen.height()) * STEP;
    (steps != BoardVec2::ZERO).then(|| seen.center() + by)
}

fn describe(ui: &Ui, response: &Response, view: &MinimapView) {
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Map of the board"));
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_value(words(view)));
}

/// How much of the board is seen.
#[must_use]
pub fn words(view: &MinimapView) -> String {
    let Some(everything) = view.everything else {
        return "Nothing is on the board".to_owned();
    };
    let share = share(everything, view.seen) * 100.0;
    if share >= 99.5 {
        "You see all of the board".to_owned()
    } else if share >= 1.0 {
        format!("You see about {share:.0} % of the board")
    } else if share > 0.0 {
        "You see less than 1 % of the board".to_owned()
    } else {
        "You see nothing of what is on the board".to_owned()
    }
}

/// A view's outline, with whose it is at its corner, and the pointer.
fn show_other(ui: &Ui, painter: &Painter, map: &Map, place: Rect, other: &Other) {
    let conn = other.person.conn.unwrap_or_default();
    let color = theme::person(&other.person.color, conn);
    if let Some(view) = other.view {
        let rect = map.view(view);
        painter.rect_stroke(rect, 2.0, Stroke::new(1.25, color), StrokeKind::Inside);
        let tag = size::MINIMAP_TAG;
        // What is too small for words is covered by them.
        let corner = rect.min.min(place.max - tag);
        let tag = Rect::from_min_size(corner, tag);
        let response = ui.interact(tag, ui.scope_id().with(("view", conn)), Sense::hover());
        let name = format!("What {} sees", other.person.name);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        painter.rect_filled(tag, 2.0, color);
        painter.text(
            tag.center(),
            Align2::CENTER_CENTER,
            initials_of(&other.person.name),
            fonts::strong(size::LETTER),
            Theme::letters_on(color),
        );
        response.on_hover_text(&other.person.name);
    }
    if let Some(at) = other
        .pointer
        .map(|at| map.at(at))
        .filter(|at| place.contains(*at))
    {
        let ring = Stroke::new(1.0, Theme::of(ui.ctx()).board);
        painter.circle(at, size::MINIMAP_DOT, color, ring);
    }
}

/// The button that folds it, in a corner.
fn fold(ui: &mut Ui, place: Rect, asked: &mut Asked) {
    let Some(entry) = command::find(&Command::Minimap) else {
        return;
    };
    let corner = Rect::from_min_size(
        pos2(place.right() - size::MINIMAP_FOLD, place.top()),
        Vec2::splat(size::MINIMAP_FOLD),
    );
    // A press on the button doesn't pull the map under it.
    ui.interact(corner, ui.scope_id().with("fold"), Sense::DRAG);
    let button = widgets::IconButton {
        side: size::MINIMAP_FOLD,
        ..widgets::IconButton::new(icons::FOLD, "Fold the minimap")
    };
    ui.scope_builder(egui::UiBuilder::new().max_rect(corner), |ui| {
        widgets::entry_button(ui, entry, button, asked);
    });
}
