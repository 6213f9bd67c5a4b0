//! The names of clients and elements: those that are given, and those that are used.

use super::super::expression::{Expression, Template, template};
use super::super::line::{Line, Word};
use super::super::mistake::{Fault, listed};
use super::super::scenario::Who;
use super::{HEADS, Reading};

/// Names that were given so far, to find those that are misspelt.
#[derive(Default)]
pub(super) struct Names {
    pub(super) known: Vec<String>,
    /// Some are reckoned only when it runs.
    open: bool,
}

impl Names {
    pub(super) fn give(&mut self, name: &Template) {
        match name.plain() {
            Some(name) => self.known.push(name.to_owned()),
            None => self.open = true,
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.open || self.known.iter().any(|known| known == name)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(String::as_str)
    }
}

/// Clients who came many at once, called alike.
pub(super) struct Crowd {
    pub(super) name: String,
    /// How many; `None` where that is reckoned only when it runs.
    count: Option<u32>,
}

impl Crowd {
    pub(super) fn new(name: &str, count: &Expression) -> Self {
        Self {
            name: name.to_owned(),
            count: match count {
                Expression::Number(count) => Some(*count as u32),
                _ => None,
            },
        }
    }

    /// Whether one of them is called so; `None` where that isn't known yet.
    fn has(&self, name: &str) -> Option<bool> {
        let number = name.strip_prefix(self.name.as_str()).unwrap_or_default();
        let written = !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
        match number.parse::<u32>() {
            Ok(number) if written => self.count.map(|count| number <= count),
            _ => Some(false),
        }
    }

    /// The one of them who has the same number as somebody misspelt.
    fn alike(&self, name: &str) -> Option<String> {
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let alike = format!("{}{}", self.name, &name[bare.len()..]);
        (self.has(&alike) != Some(false)).then_some(alike)
    }
}

impl Reading {
    /// A name that a client gets.
    pub(super) fn newcomer(&mut self, line: &mut Line<'_>) -> Result<Template, Fault> {
        let word = line.word("a client's name, such as ada")?;
        let name = named(word, line.variables)?;
        self.free(word)?;
        self.clients.give(&name);
        Ok(name)
    }

    /// No client is called so yet, and it is no word of the language.
    pub(super) fn free(&self, word: &Word) -> Result<(), Fault> {
        let text = word.text.as_str();
        if HEADS.contains(&text) || matches!(text, "within" | "elements") {
            return Err(word.fault(format!("{} is a word of this language, and no name", word.text)));
        }
        let sort = self.crowds.iter().any(|crowd| crowd.name == text);
        if sort || self.knows(text) {
            return Err(word.fault(format!("{} is here already", word.text)));
        }
        Ok(())
    }

    /// Whether a client is surely called so.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.clients.known.iter().any(|known| known == name)
            || self.crowds.iter().any(|crowd| crowd.has(name) == Some(true))
    }

    /// Whether one may be.
    fn may_know(&self, name: &str) -> bool {
        self.clients.has(name) || self.crowds.iter().any(|crowd| crowd.has(name) != Some(false))
    }

    /// A client that is here.
    pub(super) fn client(&self, line: &mut Line<'_>) -> Result<Template, Fault> {
        let word = line.word("a client's name")?;
        let name = named(word, line.variables)?;
        match name.plain() {
            Some(plain) if !self.may_know(plain) => {
                let what = match self.clients.known.is_empty() && self.crowds.is_empty() {
                    true => format!("no client is called {plain}: a line client {plain} has to come first"),
                    false => format!(
                        "no client is called {plain}; a line begins with a client's name, or with {}",
                        listed(&HEADS)
                    ),
                };
                let alike: Vec<String> = self
                    .crowds
                    .iter()
                    .filter_map(|crowd| crowd.alike(plain))
                    .collect();
                let known = self.clients.all().chain(alike.iter().map(String::as_str));
                Err(word.fault(what).or(plain, known.chain(HEADS)))
            }
            _ => Ok(name),
        }
    }

    /// Clients that are here: a name, `all`, or `all` of a sort, whose name may have an s behind it.
    pub(super) fn who(&self, line: &mut Line<'_>) -> Result<Who, Fault> {
        if !line.take("all") {
            return Ok(Who::One(self.client(line)?));
        }
        let sort = line.peek().and_then(|word| {
            let one = word.text.strip_suffix('s').unwrap_or(&word.text);
            let mut sorts = self.crowds.iter().map(|crowd| &crowd.name);
            sorts.find(|sort| **sort == word.text || *sort == one)
        });
        if let Some(sort) = sort {
            line.next("")?;
            return Ok(Who::All(Some(sort.clone())));
        }
        Ok(Who::All(None))
    }

    /// An element that was drawn above, or `@` and an element's id.
    pub(super) fn element(&self, line: &mut Line<'_>) -> Result<Template, Fault> {
        let word = line.word("an element's name, such as R")?;
        self.element_of(word, &word.text, line.variables)
    }

    pub(super) fn element_of(
        &self,
        word: &Word,
        text: &str,
        variables: &[String],
    ) -> Result<Template, Fault> {
        let (start, bare) = match text.strip_prefix('@') {
            Some(id) => (word.start + 1, id),
            None => (word.start, text),
        };
        let width = text.chars().count();
        check(bare, start, width)?;
        let name = template(text, word.start, variables)?;
        match name.plain() {
            Some(plain) if bare == text && !self.elements.has(plain) => {
                let what = format!("nothing is called {plain}: it has to be drawn above, under that name");
                Err(Fault::new(word.start, width, what).or(plain, self.elements.all()))
            }
            _ => Ok(name),
        }
    }
}

/// Names have letters, digits, `_`, `-`, and numbers in braces.
fn check(text: &str, start: usize, width: usize) -> Result<(), Fault> {
    let mut depth = 0usize;
    let fits = text.chars().all(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => return depth > 0 || c.is_alphanumeric() || matches!(c, '_' | '-'),
        }
        true
    });
    if fits && !text.is_empty() {
        return Ok(());
    }
    let what = format!("{text} is no name; expected letters, digits, _ or -");
    Err(Fault::new(start, width, what))
}

/// A name in which nothing is reckoned.
pub(super) fn name(word: &Word) -> Result<(), Fault> {
    check(&word.text.replace(['{', '}'], "."), word.start, word.width)
}

/// A name in which something may be.
pub(super) fn named(word: &Word, variables: &[String]) -> Result<Template, Fault> {
    check(&word.text, word.start, word.width)?;
    template(&word.text, word.start, variables)
}

/// A name that can stand in braces, where `-` is a sign and digits begin a number.
pub(super) fn variable(word: &Word) -> Result<(), Fault> {
    let fits = |c: char| c.is_alphanumeric() || c == '_';
    if word.text.chars().all(fits)
        && !word.text.starts_with(|c: char| c.is_ascii_digit())
        && !word.text.is_empty()
    {
        return Ok(());
    }
    let what = format!(
        "{} is no variable; expected letters, digits or _, and no digit first",
        word.text
    );
    Err(word.fault(what))
}
