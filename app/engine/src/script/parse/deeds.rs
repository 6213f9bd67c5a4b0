//! What a client does: the words behind its name.

use super::super::expression::{Expression, number};
use super::super::line::{Line, Sort, Word};
use super::super::mistake::{Fault, listed};
use super::super::scenario::{Deed, Drawing, TURNS, Wish};
use super::super::terms::{Form, TERMS, Term};
use super::Reading;
use super::acts::count;
use super::names::named;
use crate::document::{Color, Kind};

/// What clients do, as it is written of one and of several.
const VERBS: [&str; 16] = [
    "draws", "draw", "moves", "move", "sets", "set", "deletes", "delete", "types", "type", "undoes", "undo",
    "redoes", "redo", "leaves", "leave",
];
/// The same as people are told it.
const TOLD: [&str; 10] = [
    "draws", "moves", "sets", "deletes", "types", "undoes", "redoes", "offline", "online", "leaves",
];
/// What can be drawn.
const KINDS: [(&str, Kind); 11] = [
    ("rectangle", Kind::Rectangle),
    ("diamond", Kind::Diamond),
    ("ellipse", Kind::Ellipse),
    ("line", Kind::Line),
    ("arrow", Kind::Line),
    ("stroke", Kind::Stroke),
    ("highlight", Kind::Highlight),
    ("text", Kind::Text),
    ("note", Kind::Note),
    ("frame", Kind::Frame),
    // As people say.
    ("box", Kind::Rectangle),
];
/// What says where it is drawn.
const PLACES: [&str; 5] = ["at", "size", "through", "from", "to"];

impl Reading {
    pub(super) fn deed(&mut self, line: &mut Line<'_>) -> Result<Deed, Fault> {
        if line.take("goes") || line.take("go") {
            let word = line.one_of(&["offline", "online"])?;
            line.ends("")?;
            return Ok(if word.text == "online" {
                Deed::Online
            } else {
                Deed::Offline
            });
        }
        let verb = line.word(&listed(&TOLD))?;
        let verb_s = verb.text.as_str();
        let deed = match verb_s {
            "offline" => Deed::Offline,
            "online" => Deed::Online,
            "draws" | "draw" => return self.drawing(line),
            "moves" | "move" => {
                let what = self.elements_until(line, &["to", "by"])?;
                let by = line.one_of(&["to", "by"])?.text == "by";
                let to = line.pair(',', "a place, such as 10,20")?;
                Deed::Move { what, by, to }
            }
            "sets" | "set" => {
                let (element, term, word) = self.property(line)?;
                if !term.settable {
                    let settable: Vec<&str> = TERMS
                        .iter()
                        .filter(|term| term.settable)
                        .map(|term| term.name)
                        .collect();
                    let what = format!(
                        "{} can only be looked at; expected {}",
                        term.name,
                        listed(&settable)
                    );
                    return Err(word.fault(what));
                }
                if !line.take("to")
                    && line
                        .peek()
                        .is_some_and(|word| word.sort == Sort::Sign && word.text == "=")
                {
                    line.next("")?;
                }
                let wish = wish(term, line)?;
                Deed::Set(element, term, wish)
            }
            "deletes" | "delete" => Deed::Delete(self.elements_until(line, &[])?),
            "types" | "type" => {
                let text = line.text("what is typed")?;
                line.needs("in")?;
                Deed::Type(text, self.element(line)?)
            }
            "undoes" | "undo" => Deed::Undo(times(line)?),
            "redoes" | "redo" => Deed::Redo(times(line)?),
            "leaves" | "leave" => Deed::Leave,
            other => {
                let what = format!(
                    "{other} is nothing that a client does; expected {}",
                    listed(&TOLD)
                );
                return Err(verb.fault(what).or(other, VERBS.into_iter().chain(TOLD)));
            }
        };
        line.ends("")?;
        Ok(deed)
    }

    /// Elements up to one of these words.
    fn elements_until(&self, line: &mut Line<'_>, stops: &[&str]) -> Result<Vec<super::Template>, Fault> {
        let mut what = vec![self.element(line)?];
        while line.peek().is_some() && !stops.iter().any(|stop| line.is(stop)) {
            what.push(self.element(line)?);
        }
        Ok(what)
    }

    /// `R.color`: an element, and a property of it.
    pub(super) fn property<'a>(
        &self,
        line: &mut Line<'a>,
    ) -> Result<(super::Template, &'static Term, &'a Word), Fault> {
        let word = line.word("an element and a property, such as R.color")?;
        let Some((element, name)) = word.text.rsplit_once('.') else {
            return Err(word.fault("expected an element and a property, such as R.color"));
        };
        let element = self.element_of(word, element, line.variables)?;
        let start = word.start + word.width - name.chars().count();
        let term = term(name, start)?;
        Ok((element, term, word))
    }

    fn drawing(&mut self, line: &mut Line<'_>) -> Result<Deed, Fault> {
        let kinds: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        let kind_word = line.one_of(&kinds)?;
        let kind = KINDS.iter().find(|(name, _)| *name == kind_word.text);
        let kind = kind.map_or(Kind::Rectangle, |(_, kind)| *kind);
        let mut drawing = Drawing {
            kind,
            arrow: kind_word.text == "arrow",
            name: None,
            at: None,
            size: None,
            through: Vec::new(),
            ends: [None, None],
            text: None,
            wishes: Vec::new(),
        };
        let is_option = |word: &Word| {
            PLACES.contains(&word.text.as_str()) || Term::named(&word.text).is_some_and(|term| term.settable)
        };
        if let Some(word) = line
            .peek()
            .filter(|word| word.sort == Sort::Word && !is_option(word))
        {
            line.next("")?;
            drawing.name = Some(named(word, line.variables)?);
        }
        while let Some(word) = line.peek() {
            if word.sort == Sort::Text {
                drawing.text = Some(letters(kind, word, line)?);
            } else {
                line.next("")?;
                self.option(&mut drawing, word, line)?;
            }
        }
        if let Some(name) = &drawing.name {
            self.elements.give(name);
        }
        let empty = drawing.text.as_ref().is_none_or(|text| text.plain() == Some(""));
        if kind == Kind::Text && empty {
            let mut fault = kind_word.fault("of a text without letters nothing is to be seen");
            fault.help = Some("the letters stand in quotes".to_owned());
            return Err(fault);
        }
        Ok(Deed::Draw(Box::new(drawing)))
    }

    fn option(&self, drawing: &mut Drawing, word: &Word, line: &mut Line<'_>) -> Result<(), Fault> {
        let kind = drawing.kind;
        let means_nothing = || word.fault(format!("{} means nothing for a {}", word.text, kind.name()));
        match word.text.as_str() {
            "at" if kind.has_points() => {
                let mut fault = means_nothing();
                fault.help = Some("through 0,0 100,50 says where it lies".to_owned());
                return Err(fault);
            }
            "at" => drawing.at = Some(line.pair(',', "a place, such as 10,20")?),
            "size" if line.peek().is_some_and(is_size) => {
                let size = line.pair('x', "a size, such as 100x50")?;
                if kind.has_points() || kind == Kind::Text {
                    return Err(means_nothing());
                }
                drawing.size = Some(size);
            }
            "through" => {
                if !kind.has_points() {
                    return Err(means_nothing());
                }
                drawing.through.push(line.pair(',', "a point, such as 10,20")?);
                while line.peek().is_some_and(is_point) {
                    drawing.through.push(line.pair(',', "a point, such as 10,20")?);
                }
            }
            "from" | "to" => {
                if kind != Kind::Line {
                    return Err(means_nothing());
                }
                drawing.ends[usize::from(word.text == "to")] = Some(self.element(line)?);
            }
            _ => {
                let known = TERMS.iter().filter(|term| term.settable).map(|term| term.name);
                let term = Term::named(&word.text).filter(|term| term.settable);
                let Some(term) = term else {
                    let words: Vec<&str> = PLACES.into_iter().chain(known).collect();
                    let what = format!("{} is no property; expected {}", word.text, listed(&words));
                    return Err(word.fault(what).or(&word.text, words));
                };
                if term.name == "text" {
                    drawing.text = Some(letters(kind, word, line)?);
                } else {
                    drawing.wishes.push((term, wish(term, line)?));
                }
            }
        }
        Ok(())
    }
}

/// The text that stands in what is drawn.
fn letters(kind: Kind, word: &Word, line: &mut Line<'_>) -> Result<super::Template, Fault> {
    if !kind.bears_letters() {
        return Err(word.fault(format!("no letters stand in a {}", kind.name())));
    }
    line.text("the text")
}

fn is_size(word: &Word) -> bool {
    word.cut('x').is_some() && word.text.starts_with(|c: char| c.is_ascii_digit() || c == '{')
}

fn is_point(word: &Word) -> bool {
    let starts = |c: char| c.is_ascii_digit() || matches!(c, '-' | '{' | '.');
    word.sort == Sort::Word && word.text.starts_with(starts)
}

fn times(line: &mut Line<'_>) -> Result<Expression, Fault> {
    if line.peek().is_none() {
        return Ok(Expression::Number(1.0));
    }
    count(line, "how many steps", TURNS)
}

/// A property by its name.
pub(super) fn term(name: &str, start: usize) -> Result<&'static Term, Fault> {
    Term::named(name).ok_or_else(|| {
        let known: Vec<&str> = TERMS.iter().map(|term| term.name).collect();
        let what = format!("{name} is no property; expected {}", listed(&known));
        Fault::new(start, name.chars().count(), what).or(name, known)
    })
}

/// A value that the property can have.
pub(super) fn wish(term: &'static Term, line: &mut Line<'_>) -> Result<Wish, Fault> {
    if matches!(term.form, Form::Text) {
        if line.peek().is_some_and(|word| word.sort == Sort::Word) {
            // One word needs no quotes.
            let word = line.word("")?;
            let text = super::super::expression::template(&word.text, word.start, line.variables)?;
            return Ok(Wish::Text(text));
        }
        return line.text("a text").map(Wish::Text);
    }
    if let Form::Number(least, most) = term.form {
        let word = line.word(&format!("a number for {}", term.name))?;
        let value = number(&word.text, word.start, line.variables)?;
        if let Expression::Number(number) = value
            && !(least..=most).contains(&number)
        {
            return Err(word.fault(format!("{} lies between {least} and {most}", term.name)));
        }
        return Ok(Wish::Number(value));
    }
    let words = term.words();
    let more = if matches!(term.form, Form::Color | Form::Paint) {
        ", or one such as #ff8800"
    } else {
        ""
    };
    let word = line.next(&format!("{}{more}", listed(&words)))?;
    if !term.takes(&word.text) {
        let what = format!(
            "{} can't be {}; expected {}{more}",
            term.name,
            word.text,
            listed(&words)
        );
        return Err(word.fault(what).or(&word.text, words));
    }
    if matches!(term.form, Form::Flag) {
        return Ok(Wish::Flag(word.text == "yes"));
    }
    if let (Form::Color | Form::Paint, Ok(color)) = (term.form, word.text.parse::<Color>()) {
        // As it is read again, whatever its letters' case.
        return Ok(Wish::Text(super::Template::of(&color.to_string())));
    }
    let text = super::super::expression::template(&word.text, word.start, line.variables)?;
    Ok(Wish::Text(text))
}
