//! What clients do.

use std::sync::Arc;

use drawbridge_protocol::{ElementId, Property, Value};

use super::super::expression::{Expression, Template};
use super::super::parse::PATIENCE;
use super::super::scenario::{Deed, Drawing, Standing, Step, Who};
use super::super::terms::Term;
use super::{Halt, Run};
use crate::document::{Draft, Element, Kind, Order, Style};
use crate::geometry::{Affine, InkPoint, Point, Vec2};
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
                let to = self.place(to);
                for name in what {
                    let id = self.id(name)?;
                    let hand = self.hand(client)?;
                    let element = hand.element(&id);
                    let frame = element.map(|element| element.frame().origin());
                    let way = match (by, frame) {
                        (false, Some(from)) => to - from,
                        _ => to.to_vec2(),
                    };
                    let moved = hand.move_by(&id, way);
                    self.done(client, name, moved)?;
                }
            }
            Deed::Set(name, term, wish) => {
                let id = self.id(name)?;
                let json = term.stored(wish, &self.variables);
                let hand = self.hand(client)?;
                let set = match (term.name, &json) {
                    ("text", serde_json::Value::String(text)) => hand.type_in(&id, text, true),
                    _ => {
                        let (prop, value) = cell(term, &json)?;
                        hand.set(&id, prop, value)
                    }
                };
                self.done(client, name, set)?;
            }
            Deed::Delete(what) => {
                for name in what {
                    let id = self.id(name)?;
                    let deleted = self.hand(client)?.delete(&id);
                    self.done(client, name, deleted)?;
                }
            }
            Deed::Type(text, name) => {
                let (id, text) = (self.id(name)?, text.value(&self.variables));
                let typed = self.hand(client)?.type_in(&id, &text, false);
                self.done(client, name, typed)?;
            }
            Deed::Undo(times) => self.steps_back(client, times, "undo", Hand::undo)?,
            Deed::Redo(times) => self.steps_back(client, times, "redo", Hand::redo)?,
            Deed::Online => self.hand(client)?.set_online(true),
            Deed::Offline => {
                self.hand(client)?.set_online(false);
                let one = Who::One(self.called(client));
                return self.until(PATIENCE, step, move |run| run.standing(&one, Standing::Offline));
            }
            Deed::Leave => {
                let number = self.clients[client].number;
                self.clients[client].here = false;
                let left = self.crew.leave(number);
                left.map_err(|error| Halt::Failed(error.to_string()))?;
            }
        }
        Ok(())
    }

    fn called(&self, client: usize) -> Template {
        Template::of(&self.clients[client].name)
    }

    fn steps_back(
        &mut self,
        client: usize,
        times: &Expression,
        what: &str,
        step: fn(&mut Hand) -> Result<(), HandError>,
    ) -> Result<(), Halt> {
        let times = times.value(&self.variables).max(0.0) as u64;
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

    fn done(&self, client: usize, name: &Template, done: Result<(), HandError>) -> Result<(), Halt> {
        done.map_err(|error| {
            let (client, name) = (&self.clients[client].name, name.value(&self.variables));
            Halt::Failed(format!("{client} can't do that to {name}: {error}"))
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

    fn place(&self, pair: &[Expression; 2]) -> Point {
        let [x, y] = pair.each_ref().map(|number| number.value(&self.variables));
        Point::new(x, y)
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
                Some(at) => self.place(at),
                None => self.anywhere(),
            };
            let [wide, high] = match &drawing.size {
                Some(size) => size.each_ref().map(|number| number.value(&self.variables)),
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
            base.insert(term.name.to_owned(), term.stored(wish, &self.variables));
        }
        let base = Value::from_json(&base).map_err(|error| Halt::Failed(error.to_string()))?;
        let element = Draft::new(&id, &base).map(Draft::into_element);
        element.ok_or_else(|| Halt::Failed(format!("no {} can lie there", kind.name())))
    }

    fn points(&mut self, client: usize, drawing: &Drawing) -> Result<Arc<[InkPoint]>, Halt> {
        let mut points: Vec<Point> = Vec::new();
        let given = drawing.through.iter();
        points.extend(given.map(|pair| self.place(pair)));
        for (end, name) in drawing.ends.iter().enumerate() {
            let Some(name) = name else { continue };
            let id = self.id(name)?;
            let element = self.hand(client)?.element(&id);
            let Some(element) = element else {
                let client = &self.clients[client].name;
                let name = name.value(&self.variables);
                return Err(Halt::Failed(format!("{client} doesn't see {name}")));
            };
            let middle = element.frame().center();
            if end == 0 {
                points.insert(0, middle);
            } else {
                points.push(middle);
            }
        }
        let wanted = if drawing.kind == Kind::Line { 2 } else { POINTS };
        let mut at = match points.last() {
            Some(last) => *last,
            None => {
                let at = self.anywhere();
                points.push(at);
                at
            }
        };
        if drawing.through.is_empty() || points.len() < 2 && drawing.kind == Kind::Line {
            while points.len() < wanted {
                at += Vec2::new(self.any(LEAP * 2.0) - LEAP, self.any(LEAP * 2.0) - LEAP).round();
                points.push(at);
            }
        }
        Ok(points
            .into_iter()
            .map(|point| InkPoint::new(point, 0.5))
            .collect())
    }
}

/// A property and its value as they are stored.
fn cell(term: &Term, json: &serde_json::Value) -> Result<(Property, Value), Halt> {
    let failed = |error: &dyn std::fmt::Display| Halt::Failed(error.to_string());
    Ok((
        Property::new(term.name).map_err(|error| failed(&error))?,
        Value::from_json(json).map_err(|error| failed(&error))?,
    ))
}
