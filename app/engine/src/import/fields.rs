//! The members of an object in another program's file, read leniently: numbers may be texts, and what can't be read is as if it weren't
//! there.

use std::cell::Cell;

use serde_json::value::RawValue;

use crate::document::{Members, read};
use crate::geometry::Point;

/// An object's members.
pub(super) struct Fields<'a> {
    members: Members<'a>,
    /// Whether something was there that could not be read.
    odd: Cell<bool>,
}

impl<'a> Fields<'a> {
    /// `None` if the text is no object.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        Some(Self {
            members: Members::read(text)?,
            odd: Cell::new(false),
        })
    }

    /// Whether something was there, and asked for, that could not be read.
    pub(super) fn is_odd(&self) -> bool {
        self.odd.get()
    }

    /// Whether there is a member of this name, be it `null`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some()
    }

    /// A member as it stands, unless it is `null`.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        self.members.get(name).filter(|text| *text != "null")
    }

    fn each<T>(&self, name: &str, read: impl FnOnce(&'a str) -> Option<T>) -> Option<T> {
        let value = read(self.raw(name)?);
        if value.is_none() {
            self.odd.set(true);
        }
        value
    }

    /// A number that is finite.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.each(name, number)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.each(name, read)
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.each(name, read)
    }

    /// An object's members.
    pub(super) fn object(&self, name: &str) -> Option<Fields<'a>> {
        self.each(name, Fields::read)
    }

    /// A list's members, each as it stands.
    pub(super) fn list(&self, name: &str) -> Option<Vec<&'a RawValue>> {
        self.each(name, |text| serde_json::from_str(text).ok())
    }

    /// A list of numbers; what is none in it is `None`.
    pub(super) fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        let list = self.list(name).unwrap_or_default();
        list.into_iter().map(|each| number(each.get())).collect()
    }

    /// A list of texts; what is none in it is passed over.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let list = self.list(name).unwrap_or_default();
        list.into_iter().filter_map(|each| read(each.get())).collect()
    }

    /// A point.
    pub(super) fn point(&self, name: &str) -> Option<Point> {
        self.each(name, point)
    }

    /// A list of points; what is none in it is passed over.
    pub(super) fn points(&self, name: &str) -> Vec<Point> {
        // As a rule they are numbers, and there are many.
        if let Some(points) = self.raw(name).and_then(read::<Vec<[f64; 2]>>) {
            return points.into_iter().map(|[x, y]| Point::new(x, y)).collect();
        }
        let list = self.list(name).unwrap_or_default();
        let points: Vec<Point> = list.iter().filter_map(|each| point(each.get())).collect();
        if points.len() < list.len() {
            self.odd.set(true);
        }
        points
    }
}

/// A number that is finite, also as a text.
fn number(text: &str) -> Option<f64> {
    let value = read::<f64>(text).or_else(|| read::<String>(text)?.trim().parse().ok());
    value.filter(|value| value.is_finite())
}

/// The first two numbers of a list, or `x` and `y` of an object.
pub(super) fn point(text: &str) -> Option<Point> {
    let pair: Option<Vec<&RawValue>> = serde_json::from_str(text).ok();
    match pair {
        Some(pair) => Some(Point::new(
            number(pair.first()?.get())?,
            number(pair.get(1)?.get())?,
        )),
        None => {
            let members = Members::read(text)?;
            Some(Point::new(number(members.get("x")?)?, number(members.get("y")?)?))
        }
    }
}
