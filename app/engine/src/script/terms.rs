//! What can be said of an element: the names of its properties, what they can be, and what they are.

use serde_json::{Map, Value as Json, json};

use super::expression::Template;
use super::scenario::Wish;
use crate::document::{
    Color, Corners, Dash, Element, Font, Head, Ink, Kind, Route, SIZES, Shade, Sketch, Style, TextAlign,
    VAlign, WIDTHS, named_terms,
};

/// A property of elements.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// As it is stored, and written in scenarios.
    pub name: &'static str,
    /// What it can be.
    pub form: Form,
    /// Whether a client can set it.
    pub settable: bool,
}

impl PartialEq for Term {
    /// Names are given once.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// What a property can be.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// An ink's name or `#rrggbb`.
    Color,
    /// The same, or `none`.
    Paint,
    /// A number from one to another.
    Number(f64, f64),
    /// One of a few words.
    Word(fn() -> Vec<&'static str>),
    /// `yes` or `no`.
    Flag,
    /// Anything.
    Text,
}

macro_rules! names {
    ($($name:ident)::+) => { || $($name)::+::ALL.iter().map(|value| value.name()).collect() };
}

const fn term(name: &'static str, form: Form) -> Term {
    Term {
        name,
        form,
        settable: true,
    }
}

const fn seen(name: &'static str, form: Form) -> Term {
    Term {
        name,
        form,
        settable: false,
    }
}

const ANY: Form = Form::Number(f64::MIN, f64::MAX);

/// All of them.
pub(super) static TERMS: &[Term] = &[
    term("color", Form::Color),
    term("width", Form::Number(*WIDTHS.start(), *WIDTHS.end())),
    term("opacity", Form::Number(0.0, 1.0)),
    term("dash", Form::Word(names!(Dash))),
    term("sketch", Form::Word(names!(Sketch))),
    term("fill", Form::Paint),
    term("shade", Form::Word(names!(Shade))),
    term("corners", Form::Word(names!(Corners))),
    term("route", Form::Word(names!(Route))),
    term("start", Form::Word(names!(Head))),
    term("end", Form::Word(names!(Head))),
    term("font", Form::Word(names!(Font))),
    term("size", Form::Number(*SIZES.start(), *SIZES.end())),
    term("align", Form::Word(names!(TextAlign))),
    term("valign", Form::Word(names!(VAlign))),
    term("text", Form::Text),
    term("name", Form::Text),
    term("locked", Form::Flag),
    seen("kind", Form::Word(names!(Kind))),
    seen("x", ANY),
    seen("y", ANY),
    seen("wide", ANY),
    seen("high", ANY),
    seen("points", ANY),
];

impl Term {
    /// The one of this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        TERMS.iter().find(|term| term.name == name)
    }

    /// The words that it can be, where these are few.
    pub(super) fn words(&self) -> Vec<&'static str> {
        let inks = || Ink::ALL.into_iter().map(Ink::name);
        match self.form {
            Form::Color => inks().collect(),
            Form::Paint => inks().chain(["none"]).collect(),
            Form::Word(words) => words(),
            Form::Flag => vec!["yes", "no"],
            Form::Number(..) | Form::Text => Vec::new(),
        }
    }

    /// Whether a word is one of those.
    pub(super) fn takes(&self, word: &str) -> bool {
        let free = matches!(self.form, Form::Color | Form::Paint) && word.parse::<Color>().is_ok();
        matches!(self.form, Form::Text) || free || self.words().contains(&word)
    }

    /// What it is of an element.
    pub(super) fn of(&self, element: &Element) -> Json {
        if let Some(number) = self.number(element) {
            return rounded(number);
        }
        let Element { style, .. } = element;
        match self.name {
            "kind" => json!(element.kind.name()),
            "color" => json!(style.color.to_string()),
            "route" => json!(style.route().name()),
            "text" => json!(&*element.text),
            "name" => json!(&*element.name),
            "locked" => json!(element.locked),
            name => {
                let named = named_terms(style).into_iter().find(|(held, _)| *held == name);
                named.map_or(Json::Null, |(_, value)| json!(value))
            }
        }
    }

    /// What it is of an element, as exactly as that is known; `None` if it is no number.
    pub(super) fn number(&self, element: &Element) -> Option<f64> {
        Some(match self.name {
            "x" => element.frame().x0,
            "y" => element.frame().y0,
            "wide" => element.frame().width(),
            "high" => element.frame().height(),
            "points" => element.points.len() as f64,
            "width" => element.style.width,
            "opacity" => element.style.opacity,
            "size" => element.style.size,
            _ => return None,
        })
    }

    /// What is to be stored for a wish.
    ///
    /// # Errors
    /// In a sentence, when it can't be that.
    pub(super) fn stored(&self, wish: &Wish, variables: &[(String, f64)]) -> Result<Json, String> {
        Ok(match wish {
            Wish::Number(number) => {
                let value = number.value(variables);
                match self.form {
                    // What is no number at all lies in no range either.
                    Form::Number(least, most) if !(least..=most).contains(&value) => {
                        return Err(format!(
                            "{} lies between {least} and {most}, and not at {value}",
                            self.name
                        ));
                    }
                    _ => rounded(value),
                }
            }
            Wish::Text(text) => json!(Template::value(text, variables)),
            Wish::Flag(flag) => json!(flag),
        })
    }
}

/// A number to a thousandth, without a fraction where it has none.
fn rounded(v: f64) -> Json {
    let v = (v * 1000.0).round() / 1000.0;
    if v.fract() == 0.0 && v.abs() < 1e15 {
        json!(v as i64)
    } else {
        json!(v)
    }
}

/// An element as JSON: its id, what and where it is, and what is otherwise than usual. Coordinates are in board units, `x` and
/// `y` those of its upper left corner.
#[must_use]
pub fn described(element: &Element) -> Map<String, Json> {
    let plain = Element {
        points: std::sync::Arc::default(),
        ..Element::new(
            element.id.clone(),
            element.kind,
            element.order.clone(),
            Style::of(element.kind),
        )
    };
    let always = ["kind", "x", "y", "wide", "high", "color"];
    let mut map = Map::new();
    map.insert("id".to_owned(), json!(element.id.as_str()));
    for term in TERMS {
        let value = term.of(element);
        if always.contains(&term.name) || value != term.of(&plain) {
            map.insert(term.name.to_owned(), value);
        }
    }
    let named = |id: &drawbridge_protocol::ElementId| json!(id.as_str());
    if let Some(frame) = &element.framed_by {
        map.insert("frame".to_owned(), named(frame));
    }
    for (end, tie) in ["from", "to"].into_iter().zip(&element.ties) {
        if let Some(tie) = tie {
            map.insert(end.to_owned(), named(&tie.id));
        }
    }
    if !element.groups.is_empty() {
        let groups: Vec<&str> = element.groups.iter().map(AsRef::as_ref).collect();
        map.insert("groups".to_owned(), json!(groups));
    }
    map
}
