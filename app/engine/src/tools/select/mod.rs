//! The select tool: a press becomes a click, a drag of what is selected or grabbed, or a marquee.

mod drag;
mod grip;
mod marquee;
mod points;

use drawbridge_protocol::ElementId;

use super::typing::Typing;
use super::{Context, DRAG, Event, Outcome, Pointer, Selection, State};
use crate::arrange::outermost;
use crate::document::{Color, Document, Kind};
use crate::geometry::{Camera, Point, Rect};
use crate::scene::{Item, Scene};
pub(super) use drag::go_on as drag;
pub use drag::{Act, Drag};
pub(crate) use drag::{BY, SLOT, property};
pub(crate) use grip::line;
pub use grip::{Grip, grips};
pub use marquee::Marquee;
pub(super) use marquee::go_on as marquee;
pub use points::LineEdit;
pub(super) use points::go_on as bend;
pub(crate) use points::{rewritten, without};

/// How near to an element a press must be, in screen points.
const NEAR: f64 = 5.0;
/// How near things must come to fall into place, in screen points.
pub(super) const SNAP: f64 = 6.0;
/// So many others are looked at for that.
const OTHERS: usize = 500;
/// Two clicks within so many milliseconds, and so many screen points, are a double click.
pub(super) const DOUBLE: (f64, f64) = (400.0, 5.0);

/// Where a frame's name stands on the screen: to press on it is to press on the frame.
#[derive(Debug, Clone, PartialEq)]
pub struct NameTag {
    /// Whose name.
    pub frame: ElementId,
    /// In screen points.
    pub rect: Rect,
}

/// A press that isn't a drag yet.
#[derive(Debug)]
pub struct Press {
    pointer: Pointer,
    /// What was hit; `None` for bare board.
    hit: Option<ElementId>,
    /// What a drag does to what is selected; `None` where it selects.
    drags: Option<Act>,
    before: Selection,
    now: Selection,
}

/// The topmost element near a point of the screen that isn't locked (or is, if `locked`); a frame also where its name stands.
#[must_use]
pub fn pick(
    scene: &Scene,
    document: &Document,
    camera: &Camera,
    names: &[NameTag],
    screen: Point,
    locked: bool,
) -> Option<ElementId> {
    let dry = |item: &&Item| document.has_base(item.element.as_str()) && (locked || !item.locked);
    let named = names.iter().filter(|tag| tag.rect.contains(screen));
    let named = named.filter_map(|tag| scene.get(&tag.frame)).filter(dry);
    if let Some(frame) = named.max_by_key(|item| item.rank) {
        return Some(frame.element.clone());
    }
    let at = camera.board_from_screen(screen);
    let hits = scene.hits(document, at, at, NEAR / camera.zoom());
    // Between the lines of a hatching is inside, too.
    let hatched = |item: &&Item| item.style.fill.is_some() && item.style.shade.is_lines();
    let near = scene.near(Rect::from_points(at, at)).map(|(_, item)| item);
    let open = near.filter(|item| hatched(item) && scene.is_open(item, at));
    let around = open.filter(|item| {
        let element = scene.element(document, &item.element);
        element.is_some_and(|element| element.figure().contains(at))
    });
    let items = hits.iter().filter_map(|id| scene.get(id)).chain(around);
    items
        .filter(dry)
        .max_by_key(|item| item.rank)
        .map(|item| item.element.clone())
}

fn picked(at: Point, locked: bool, cx: &Context<'_>) -> Option<ElementId> {
    pick(
        cx.scene,
        cx.document,
        cx.camera,
        cx.names,
        cx.camera.screen_from_board(at),
        locked,
    )
}

/// The least box around a point, unlocked, whose inside isn't filled: a click selects it too.
fn hollow(at: Point, cx: &Context<'_>) -> Option<ElementId> {
    let near = cx.scene.near(Rect::from_points(at, at));
    // A frame is no box in this: one draws in it as on the board.
    let boxes = near.filter(|(_, item)| cx.is_free(item) && item.kind.can_be_filled());
    let open = boxes.filter(|(_, item)| cx.scene.is_open(item, at));
    let around = open.filter(|(_, item)| {
        let element = cx.element(&item.element);
        element.is_some_and(|element| element.figure().contains(at))
    });
    let least = around.min_by(|(_, a), (_, b)| a.bounds.area().total_cmp(&b.bounds.area()));
    least.map(|(_, item)| item.element.clone())
}

/// The colour at a point of the board: of a line, or of an inside.
#[must_use]
pub(super) fn color_at(at: Point, cx: &Context<'_>) -> Option<Color> {
    let id = picked(at, true, cx)?;
    let element = cx.element(&id)?;
    let line = element.figure();
    let on_line = crate::geometry::Figure { fill: None, ..line }.shape(None).mesh();
    let on_line = on_line.is_some_and(|mesh| mesh.touches(at, at, cx.length(NEAR)));
    match element.filled().filter(|_| !on_line) {
        Some(fill) => Some(fill),
        None => Some(element.style.color),
    }
}

/// All that is selected together with an element: its group, as far as that wasn't entered.
pub(crate) fn unit(
    id: &ElementId,
    entered: Option<&crate::document::Group>,
    scene: &Scene,
) -> Vec<ElementId> {
    let Some(item) = scene.get(id) else {
        return Vec::new();
    };
    match outermost(&item.groups, entered) {
        Some(group) => scene.members(group).cloned().collect(),
        None => vec![id.clone()],
    }
}

/// The frames of what is seen, is no ink and isn't skipped: what things fall into place at.
pub(super) fn others(cx: &Context<'_>, skip: &dyn Fn(&ElementId) -> bool) -> Vec<Rect> {
    let seen = cx.scene.near(cx.visible());
    let shapes = seen.filter(|(_, item)| !item.kind.is_ink() && !skip(&item.element));
    shapes.take(OTHERS).map(|(_, item)| item.frame).collect()
}

pub(super) fn begin(pointer: &Pointer, cx: &mut Context<'_>) -> (State, Outcome) {
    let mut outcome = Outcome::default();
    let at = cx.at(pointer);
    match grip::at(pointer.pos, cx) {
        Some(Grip::Handle(handle)) => {
            let press = Press {
                pointer: *pointer,
                hit: picked(at, false, cx),
                drags: Some(Act::of(handle)),
                before: cx.selection.clone(),
                now: cx.selection.clone(),
            };
            return (State::Pressing(Box::new(press)), outcome);
        }
        Some(grip @ (Grip::Point(_) | Grip::Middle(_))) => {
            return (points::begin(grip, pointer, cx), outcome);
        }
        None => {}
    }
    let hit = picked(at, false, cx);
    let before = cx.selection.clone();
    let mut now = before.clone();
    let mut moves = false;
    if let Some(id) = &hit {
        let inside = now.entered.as_ref().is_some_and(|group| {
            let item = cx.scene.get(id);
            item.is_some_and(|item| item.groups.contains(group))
        });
        if !inside {
            now.entered = None;
        }
        if !before.ids.contains(id) && !pointer.modifiers.shift {
            now.ids = unit(id, now.entered.as_ref(), cx.scene).into_iter().collect();
            outcome.select = Some(now.clone());
        }
        moves = true;
    } else if let Some(frame) = cx.frame
        && !pointer.modifiers.shift
    {
        moves = frame.contains(at);
    }
    let press = Press {
        pointer: *pointer,
        hit,
        drags: moves.then_some(Act::Move),
        before,
        now,
    };
    (State::Pressing(Box::new(press)), outcome)
}

pub(super) fn press(press: Press, event: &Event, cx: &mut Context<'_>) -> (State, Outcome) {
    let mut outcome = Outcome::default();
    match event {
        Event::Move(pointer) if pointer.pos.distance(press.pointer.pos) >= DRAG => {
            let Some(act) = press.drags else {
                let marquee = Marquee::begin(&press.pointer, press.before);
                return marquee::go_on(Box::new(marquee), event, cx);
            };
            // With shift an element that isn't selected yet is dragged along.
            let mut selection = cx.selection.clone();
            if act == Act::Move
                && let Some(id) = press.hit.as_ref().filter(|id| !selection.ids.contains(*id))
            {
                selection
                    .ids
                    .extend(unit(id, selection.entered.as_ref(), cx.scene));
            }
            let mut cx = Context {
                selection: &selection,
                random: &mut *cx.random,
                ..*cx
            };
            if let Some(mut drag) = Drag::begin(act, &press.pointer, &mut cx) {
                drag.gives_back(press.before);
                let (state, mut outcome) = drag::go_on(Box::new(drag), event, &cx);
                outcome.select.get_or_insert(selection);
                return (state, outcome);
            }
            return (State::Idle, outcome);
        }
        Event::Up(super::Button::Primary, pointer) => {
            let types = types(&press, pointer, cx);
            outcome.select = Some(click(&press, pointer, cx));
            outcome.clicked = Some(*pointer);
            return (types.unwrap_or_default(), outcome);
        }
        Event::Cancel => {
            outcome.select = Some(press.before);
            return (State::Idle, outcome);
        }
        Event::Lost => return (State::Idle, outcome),
        _ => {}
    }
    (State::Pressing(Box::new(press)), outcome)
}

/// What a double click types in: what it is on, if that isn't a group as a whole; on bare board a new text.
fn types(press: &Press, pointer: &Pointer, cx: &mut Context<'_>) -> Option<State> {
    let on_handle = matches!(press.drags, Some(Act::Resize(_) | Act::Rotate));
    if !is_double(pointer, cx) || pointer.modifiers.shift || on_handle {
        return None;
    }
    let at = cx.at(pointer);
    let Some(id) = press.hit.clone().or_else(|| hollow(at, cx)) else {
        let bare = picked(at, true, cx).is_none();
        return (bare && at.is_finite()).then(|| super::text::fresh(Kind::Text, at, None, cx));
    };
    let item = cx.scene.get(&id)?;
    let whole = outermost(&item.groups, press.now.entered.as_ref()).is_some();
    if whole || !cx.is_free(item) || !item.kind.bears_letters() {
        return None;
    }
    let state = Typing::within(id, Some(at), cx);
    Some(Typing::after_double_click(state, pointer))
}

fn is_double(pointer: &Pointer, cx: &Context<'_>) -> bool {
    cx.last_click.is_some_and(|last| {
        let near = last.pos.distance(pointer.pos) <= DOUBLE.1;
        near && pointer.time_ms - last.time_ms <= DOUBLE.0
    })
}

/// Types in what is selected, if that is one element with letters.
pub(super) fn type_in_selected(cx: &mut Context<'_>) -> State {
    let mut ids = cx.selection.ids.iter();
    let (Some(id), None) = (ids.next().cloned(), ids.next()) else {
        return State::Idle;
    };
    let free = cx
        .scene
        .get(&id)
        .filter(|item| cx.is_free(item) && item.kind.bears_letters());
    match free {
        Some(_) => Typing::within(id, None, cx),
        None => State::Idle,
    }
}

/// The topmost element at a point of the board that has letters and may be changed.
pub(super) fn lettered_at(at: Point, cx: &Context<'_>) -> Option<ElementId> {
    let id = picked(at, false, cx)?;
    let free = cx
        .scene
        .get(&id)
        .filter(|item| cx.is_free(item) && item.kind.bears_letters());
    free.map(|_| id)
}

/// What a click selects.
fn click(press: &Press, pointer: &Pointer, cx: &Context<'_>) -> Selection {
    let shift = pointer.modifiers.shift;
    let at = cx.at(pointer);
    let on_handle = matches!(press.drags, Some(Act::Resize(_) | Act::Rotate));
    let inside = || hollow(at, cx).filter(|_| !on_handle);
    let Some(id) = press.hit.clone().or_else(inside) else {
        return if shift || on_handle {
            press.before.clone()
        } else {
            Selection::default()
        };
    };
    let double = is_double(pointer, cx);
    let mut entered = press.now.entered.clone();
    if double
        && !shift
        && let Some(item) = cx.scene.get(&id)
        && let Some(group) = outermost(&item.groups, entered.as_ref())
    {
        entered = Some(group.clone());
    }
    let unit = unit(&id, entered.as_ref(), cx.scene);
    let mut ids = if shift {
        press.before.ids.clone()
    } else {
        Default::default()
    };
    if shift && unit.iter().all(|id| ids.contains(id)) {
        unit.iter().for_each(|id| {
            ids.remove(id);
        });
    } else {
        ids.extend(unit);
    }
    Selection::of(ids, entered)
}
