//! What clients do.

use std::sync::Arc;

use drawbridge_protocol::{ElementId, Property, Value};

use super::super::expression::{Expression, Template};
use super::super::parse::PATIENCE;
use super::super::scenario::{Deed, Drawing, Step, TURNS};
use super::super::terms::Term;
use super::{Halt, Run};
use crate::document::{Draft, Element, Kind, Order, Style};
use crate::geometry::{Affine, InkPoint, MAX_COORDINATE, Point, Rect, Vec2};
use crate::script::{Hand, HandError};
use crate::tools::Random as _;

/// What is drawn anywhere lies in a square of so many board units.
const ANYWHERE: f64 = 2000.0;
/// How large a box is of which nothing is said, in board units.
const BOX: [f64; 2] = [160.0, 100.0];
/// The same of a note.
const NOTE: [f64; 2] = [160.0, 160.0];
/// A line of which nothing is said leads so far, a stroke's points lie so far apart, in board units.
const LEAP: f64 = 40.0;
/// A stroke of which nothing is said has so many points.
const POINTS: usize = 12;
/// Points are kept to so many board units.
const STEP: f64 = 1.0 / 64.0;

impl Run<'_> {
    pub(super) fn deed(&mut self, client: usize, deed: &Deed, step: &Step) -> Result<(), Halt> {
        match deed {
            Deed::Draw(drawing) => return self.draw(client, drawing),
            Deed::Move { what, by, to } => {
                let to = self.place(to)?;
                let (ids, corner) = self.free(client, what)?;
                let way = if *by { to.to_vec2() } else { to - corner };
                on_board(corner + way)?;
                let moved = self.hand(client)?.move_by(&ids, way);
                self.done(client, what, moved)?;
            }
            Deed::Set(name, term, wish) => {
                let id = self.id(name)?;
                let json = term.stored(wish, &self.variables).map_err(Halt::Failed)?;
                let hand = self.hand(client)?;
                let set = match (term.name, &json) {
                    ("text", serde_json::Value::String(text)) => hand.type_in(&id, text, true),
                    _ => {
                        let (prop, value) = cell(term, &json)?;
                        hand.set(&id, prop, value)
                    }
                };
                self.done(client, std::slice::from_ref(name), set)?;
            }
            Deed::Delete(what) => {
                let (ids, _) = self.free(client, what)?;
                let deleted = self.hand(client)?.delete(&ids);
                self.done(client, what, deleted)?;
            }
            Deed::Type(text, name) => {
                let (id, text) = (self.id(name)?, text.value(&self.variables));
                let typed = self.hand(client)?.type_in(&id, &text, false);
                self.done(client, std::slice::from_ref(name), typed)?;
            }
            Deed::Undo(times) => self.steps_back(client, times, "undo", Hand::undo)?,
            Deed::Redo(times) => self.steps_back(client, times, "redo", Hand::redo)?,
            Deed::Online => self.hand(client)?.set_online(true),
            Deed::Offline => {
                let hand = self.hand(client)?;
                hand.set_online(false);
                // The status of before may say offline too, while a next try is waited for.
                hand.settle();
                let number = self.clients[client].number;
                return self.until(PATIENCE, step, &[], move |run| match run.crew.hand(number) {
                    Some(hand) if !hand.stays_offline() => Err(format!("{} is online", hand.name())),
                    _ => Ok(()),
                });
            }
            Deed::Leave => {
                let number = self.clients[client].number;
                // What they did just now isn't lost with them, where there is a way.
                self.hand(client)?.settle();
                self.until(PATIENCE, step, &[number], move |run| {
                    match run.crew.hand(number) {
                        Some(hand) if hand.has_way_to_go() => hand.in_step(),
                        _ => Ok(()),
                    }
                })?;
                self.clients[client].here = false;
                let left = self.crew.leave(number);
                left.map_err(|error| Halt::Failed(error.to_string()))?;
            }
        }
        Ok(())
    }

    /// These elements, all of which the client may change, and the upper left corner of all of them together.
    fn free(&mut self, client: usize, what: &[Template]) -> Result<(Vec<ElementId>, Point), Halt> {
        let mut ids = Vec::new();
        let mut whole: Option<Rect> = None;
        for name in what {
            let id = self.id(name)?;
            let free = self.hand(client)?.free(&id);
            let frame = free.map(|element| element.frame());
            let frame = self.done(client, std::slice::from_ref(name), frame)?;
            whole = Some(whole.map_or(frame, |whole| whole.union(frame)));
            ids.push(id);
        }
        Ok((ids, whole.map_or(Point::ORIGIN, |whole| whole.origin())))
    }

    fn steps_back(
        &mut self,
        client: usize,
        times: &Expression,
        what: &str,
        step: fn(&mut Hand) -> Result<(), HandError>,
    ) -> Result<(), Halt> {
        let times = times.count(&self.variables, TURNS).map_err(Halt::Failed)?;
        for _ in 0..times {
            if let Err(error) = step(self.hand(client)?) {
                let name = &self.clients[client].name;
                return Err(Halt::Failed(format!("{name} can't {what}: {error}")));
            }
        }
        Ok(())
    }

    pub(super) fn hand(&mut self, client: usize) -> Result<&mut Hand, Halt> {
        let client = &self.clients[client];
        // What the hand doesn't know it can't act upon.
        self.crew.catch_up();
        let hand = self.crew.hand_mut(client.number);
        hand.ok_or_else(|| Halt::Failed(format!("{} has left", client.name)))
    }

    fn done<T>(&self, client: usize, what: &[Template], done: Result<T, HandError>) -> Result<T, Halt> {
        done.map_err(|error| {
            let names: Vec<String> = what.iter().map(|name| name.value(&self.variables)).collect();
            let client = &self.clients[client].name;
            Halt::Failed(format!("{client} can't do that to {}: {error}", names.join(" ")))
        })
    }

    /// The element of this name.
    pub(super) fn id(&self, name: &Template) -> Result<ElementId, Halt> {
        let name = name.value(&self.variables);
        let unknown = || Halt::Failed(format!("nothing has been drawn under the name {name}"));
        match name.strip_prefix('@') {
            Some(id) => ElementId::new(id).map_err(|error| Halt::Failed(error.to_string())),
            None => self.elements.get(&name).cloned().ok_or_else(unknown),
        }
    }

    fn place(&self, pair: &[Expression; 2]) -> Result<Point, Halt> {
        let [x, y] = pair.each_ref().map(|number| number.value(&self.variables));
        on_board(Point::new(x, y))
    }

    fn size(&self, pair: &[Expression; 2]) -> Result<[f64; 2], Halt> {
        let size = pair.each_ref().map(|number| number.value(&self.variables));
        let fits = size.iter().all(|side| *side > 0.0 && *side <= MAX_COORDINATE);
        let [wide, high] = size;
        let why = || format!("nothing is {wide}x{high} large: a side lies between 0 and {MAX_COORDINATE}");
        fits.then_some(size).ok_or_else(|| Halt::Failed(why()))
    }

    /// A number from 0 up to `below`.
    fn any(&mut self, below: f64) -> f64 {
        let [a, b, ..] = self.random.bits();
        f64::from(u16::from_le_bytes([a, b])) / 65536.0 * below
    }

    fn anywhere(&mut self) -> Point {
        Point::new(self.any(ANYWHERE).round(), self.any(ANYWHERE).round())
    }

    fn draw(&mut self, client: usize, drawing: &Drawing) -> Result<(), Halt> {
        let element = self.element(client, drawing)?;
        let drawn = self.hand(client)?.draw(element);
        let id = drawn
            .map_err(|error| Halt::Failed(format!("{} can't draw: {error}", self.clients[client].name)))?;
        if let Some(name) = &drawing.name {
            let name = name.value(&self.variables);
            self.names.insert(id.clone(), name.clone());
            self.elements.insert(name, id);
        }
        Ok(())
    }

    fn element(&mut self, client: usize, drawing: &Drawing) -> Result<Element, Halt> {
        let kind = drawing.kind;
        let id = ElementId::from_bits([0; 12]);
        let mut plain = Element::new(id.clone(), kind, Order::default(), Style::of(kind));
        plain.step = STEP;
        if kind.has_points() {
            plain.points = self.points(client, drawing)?;
        } else {
            let at = match &drawing.at {
                Some(at) => self.place(at)?,
                None => self.anywhere(),
            };
            let [wide, high] = match &drawing.size {
                Some(size) => self.size(size)?,
                None if kind == Kind::Note => NOTE,
                None => BOX,
            };
            plain.place = match kind {
                Kind::Text => Affine::translate(at.to_vec2()),
                _ => Affine::new([wide, 0.0, 0.0, high, at.x, at.y]),
            };
        }
        if drawing.arrow {
            plain.style.end = crate::document::Head::Arrow;
        }
        if let Some(text) = &drawing.text {
            plain.text = text.value(&self.variables).into();
        }
        for (tie, end) in plain.ties.iter_mut().zip(&drawing.ends) {
            if let Some(end) = end {
                let id = self.id(end)?;
                *tie = Some(crate::document::Tie::new(id, Point::new(0.5, 0.5)));
            }
        }
        // As it is stored it can have any property.
        let mut base: serde_json::Map<String, serde_json::Value> = plain
            .base()
            .read()
            .map_err(|error| Halt::Failed(error.to_string()))?;
        for (term, wish) in &drawing.wishes {
            let json = term.stored(wish, &self.variables).map_err(Halt::Failed)?;
            base.insert(term.name.to_owned(), json);
        }
        let base = Value::from_json(&base).map_err(|error| Halt::Failed(error.to_string()))?;
        let element = Draft::new(&id, &base).map(Draft::into_element);
        element.ok_or_else(|| Halt::Failed(format!("no {} can lie there", kind.name())))
    }

    fn points(&mut self, client: usize, drawing: &Drawing) -> Result<Arc<[InkPoint]>, Halt> {
        let given = drawing.through.iter();
        let mut points: Vec<Point> = given.map(|pair| self.place(pair)).collect::<Result<_, _>>()?;
        let mut held: [Option<Point>; 2] = [None, None];
        for (held, name) in held.iter_mut().zip(&drawing.ends) {
            let Some(name) = name else { continue };
            let id = self.id(name)?;
            let element = self.hand(client)?.element(&id);
            let Some(element) = element else {
                let client = &self.clients[client].name;
                let name = name.value(&self.variables);
                return Err(Halt::Failed(format!("{client} doesn't see {name}")));
            };
            *held = Some(element.frame().center());
        }
        let [from, to] = held;
        let wanted = if drawing.kind == Kind::Line { 2 } else { POINTS };
        let known = points.len() + usize::from(from.is_some()) + usize::from(to.is_some());
        if drawing.through.is_empty() || drawing.kind == Kind::Line {
            let mut at = points.last().copied().or(from).or(to);
            for _ in known..wanted {
                let next = match at {
                    Some(at) => {
                        at + Vec2::new(self.any(LEAP * 2.0) - LEAP, self.any(LEAP * 2.0) - LEAP).round()
                    }
                    None => self.anywhere(),
                };
                points.push(next);
                at = Some(next);
            }
        }
        // What isn't said lies between what the ends hold on to.
        Ok(from
            .into_iter()
            .chain(points)
            .chain(to)
            .map(|point| InkPoint::new(point, 0.5))
            .collect())
    }
}

/// A place that there is on a board.
fn on_board(at: Point) -> Result<Point, Halt> {
    let there = |v: f64| v.abs() <= MAX_COORDINATE;
    if there(at.x) && there(at.y) {
        return Ok(at);
    }
    Err(Halt::Failed(format!(
        "{},{} is no place on a board: they lie within {MAX_COORDINATE} of 0,0 each way",
        at.x, at.y
    )))
}

/// A property and its value as they are stored.
fn cell(term: &Term, json: &serde_json::Value) -> Result<(Property, Value), Halt> {
    let failed = |error: &dyn std::fmt::Display| Halt::Failed(error.to_string());
    Ok((
        Property::new(term.name).map_err(|error| failed(&error))?,
        Value::from_json(json).map_err(|error| failed(&error))?,
    ))
}
