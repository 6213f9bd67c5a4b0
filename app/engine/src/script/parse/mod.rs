//! Reads a scenario's text, line by line. A line that isn't understood doesn't keep the others from being read, so that all mistakes
//! are said at once.

mod conditions;
mod deeds;
#[cfg(test)]
mod tests;

use std::time::Duration;

use super::expression::Template;
use super::line::{Line, Sort, Word, words};
use super::mistake::{Fault, Mistake, listed};
use super::scenario::{Act, Newcomers, RelayDeed, Scenario, Step, Who};

/// How long a wait takes at most where nothing is said.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// Blocks within blocks.
const DEEP: usize = 32;
/// A variable that every deed has: which of those addressed does it, from 1.
pub(super) const ME: &str = "me";
/// What a line can begin with, beside a client's name.
const HEADS: [&str; 11] = [
    "relay", "client", "clients", "all", "wait", "expect", "print", "log", "repeat", "measure", "end",
];

/// Reads a scenario. `name` is the file's, for messages.
///
/// # Errors
/// Every line that isn't understood.
pub fn parse(name: &str, text: &str) -> Result<Scenario, Vec<Mistake>> {
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    let mut reading = Reading::default();
    let mut mistakes = Vec::new();
    let mut mistaken = |line: usize, fault: Fault| {
        mistakes.push(Mistake {
            file: name.to_owned(),
            line,
            column: fault.start + 1,
            width: fault.width,
            shown: lines
                .get(line - 1)
                .map_or_else(String::new, |line| (*line).to_owned()),
            what: fault.what,
            help: fault.help,
        });
    };
    for (number, line) in (1..).zip(&lines) {
        if let Err(fault) = reading.line(number, line) {
            mistaken(number, fault);
        }
    }
    for block in reading.blocks.drain(1..) {
        let what = "this block has no end; expected a line with end";
        mistaken(block.line, Fault::new(block.start, block.width, what));
    }
    let steps = reading.blocks.pop().map_or_else(Vec::new, |block| block.steps);
    if steps.is_empty() && mistakes.is_empty() {
        let mut fault = Fault::new(0, 1, "there is nothing to do in here");
        fault.help = Some("a scenario begins with relay and client NAME".to_owned());
        mistakes.push(Mistake {
            file: name.to_owned(),
            line: 1,
            column: 1,
            width: 1,
            shown: lines.first().map_or_else(String::new, |line| (*line).to_owned()),
            what: fault.what,
            help: fault.help,
        });
    }
    if mistakes.is_empty() {
        Ok(Scenario {
            name: name.to_owned(),
            steps,
        })
    } else {
        mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        Err(mistakes)
    }
}

/// What a block does with its lines.
enum Opening {
    /// All of the file.
    File,
    Repeat(super::expression::Expression, Option<String>),
    Measure(String),
    /// One whose first line isn't understood: its end still ends it.
    Unread,
}

struct Block {
    opening: Opening,
    line: usize,
    text: String,
    start: usize,
    width: usize,
    steps: Vec<Step>,
}

/// Names that were given so far, to find those that are misspelt.
#[derive(Default)]
struct Names {
    known: Vec<String>,
    /// Some are reckoned only when it runs.
    open: bool,
}

impl Names {
    fn give(&mut self, name: &Template) {
        match name.plain() {
            Some(name) => self.known.push(name.to_owned()),
            None => self.open = true,
        }
    }

    fn has(&self, name: &str) -> bool {
        self.open || self.known.iter().any(|known| known == name)
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(String::as_str)
    }
}

struct Reading {
    blocks: Vec<Block>,
    clients: Names,
    sorts: Vec<String>,
    elements: Names,
    measures: Vec<String>,
    variables: Vec<String>,
}

impl Default for Reading {
    fn default() -> Self {
        let file = Block {
            opening: Opening::File,
            line: 1,
            text: String::new(),
            start: 0,
            width: 1,
            steps: Vec::new(),
        };
        Self {
            blocks: vec![file],
            clients: Names::default(),
            sorts: Vec::new(),
            elements: Names::default(),
            measures: Vec::new(),
            variables: Vec::new(),
        }
    }
}

impl Reading {
    fn line(&mut self, number: usize, text: &str) -> Result<(), Fault> {
        let words = words(text)?;
        let Some(first) = words.first() else {
            return Ok(());
        };
        let variables = self.variables.clone();
        let mut line = Line::new(&words, &variables);
        let text = text.trim().to_owned();
        if first.sort == Sort::Word && matches!(first.text.as_str(), "repeat" | "measure") {
            return self.open(number, text, first, &mut line);
        }
        if first.sort == Sort::Word && first.text == "end" {
            line.take("end");
            let ended = self.end(first);
            return ended.and(line.ends(""));
        }
        let act = self.act(first, &mut line)?;
        self.push(Step {
            line: number,
            text,
            act,
        });
        Ok(())
    }

    fn push(&mut self, step: Step) {
        if let Some(block) = self.blocks.last_mut() {
            block.steps.push(step);
        }
    }

    fn open(&mut self, number: usize, text: String, first: &Word, line: &mut Line<'_>) -> Result<(), Fault> {
        if self.blocks.len() > DEEP {
            return Err(first.fault(format!("blocks can stand at most {DEEP} deep in each other")));
        }
        let opening = self.opening(line);
        let (opening, fault) = match opening {
            Ok(opening) => (opening, Ok(())),
            Err(fault) => (Opening::Unread, Err(fault)),
        };
        if let Opening::Repeat(_, Some(counter)) = &opening {
            self.variables.push(counter.clone());
        }
        self.blocks.push(Block {
            opening,
            line: number,
            text,
            start: first.start,
            width: first.width,
            steps: Vec::new(),
        });
        fault
    }

    fn opening(&mut self, line: &mut Line<'_>) -> Result<Opening, Fault> {
        if line.take("measure") {
            let word = line.word("what it is called, such as merge")?;
            name(word)?;
            line.ends("")?;
            self.measures.push(word.text.clone());
            return Ok(Opening::Measure(word.text.clone()));
        }
        line.take("repeat");
        let times = line.number("how often, such as 20")?;
        let mut counter = None;
        if line.take("as") {
            let word = line.word("a name for the number of the turn, such as i")?;
            name(word)?;
            counter = Some(word.text.clone());
        }
        line.take("times");
        line.ends("as NAME")?;
        Ok(Opening::Repeat(times, counter))
    }

    fn end(&mut self, first: &Word) -> Result<(), Fault> {
        if self.blocks.len() < 2 {
            return Err(first.fault("there is no block to end here; expected repeat or measure above"));
        }
        let Some(block) = self.blocks.pop() else {
            return Ok(());
        };
        let Block {
            line, text, steps, ..
        } = block;
        let act = match block.opening {
            Opening::Repeat(times, counter) => {
                if counter.is_some() {
                    self.variables.pop();
                }
                Act::Repeat {
                    times,
                    counter,
                    steps,
                }
            }
            Opening::Measure(name) => Act::Measure(name, steps),
            Opening::File | Opening::Unread => return Ok(()),
        };
        self.push(Step { line, text, act });
        Ok(())
    }

    fn act(&mut self, first: &Word, line: &mut Line<'_>) -> Result<Act, Fault> {
        if first.sort != Sort::Word {
            return Err(first.fault("a line begins with a client's name or a word such as wait"));
        }
        match first.text.as_str() {
            "relay" => {
                line.take("relay");
                let deed = match line.peek() {
                    None => RelayDeed::Start,
                    Some(_) => match line.one_of(&["start", "stop", "restart"])?.text.as_str() {
                        "start" => RelayDeed::Start,
                        "stop" => RelayDeed::Stop,
                        _ => RelayDeed::Restart,
                    },
                };
                line.ends("")?;
                Ok(Act::Relay(deed))
            }
            "client" => {
                line.take("client");
                let mut names = vec![self.newcomer(line)?];
                while line.peek().is_some() && !line.is("within") {
                    names.push(self.newcomer(line)?);
                }
                let within = within(line)?;
                line.ends("")?;
                let who = Newcomers::Named(names);
                Ok(Act::Clients { who, within })
            }
            "clients" => {
                line.take("clients");
                let count = line.number("how many, such as 50")?;
                line.needs("as")?;
                let word = line.word("what they are called, such as bot")?;
                name(word)?;
                self.free(word)?;
                self.sorts.push(word.text.clone());
                self.clients.open |= !matches!(count, super::expression::Expression::Number(_));
                if let super::expression::Expression::Number(count) = count {
                    let names = (1..=count.clamp(0.0, 1e4) as usize).map(|n| format!("{}{n}", word.text));
                    self.clients.known.extend(names);
                }
                let within = within(line)?;
                line.ends("within TIME")?;
                let who = Newcomers::Many(count, word.text.clone());
                Ok(Act::Clients { who, within })
            }
            "wait" => {
                line.take("wait");
                let condition = self.condition(line)?;
                let within = within(line)?;
                line.ends("within TIME")?;
                Ok(Act::Wait(condition, within))
            }
            "expect" => {
                line.take("expect");
                let condition = self.condition(line)?;
                if line.is("within") {
                    let word = line.word("")?;
                    let what = "expect looks once, at this moment; expected the end of the line";
                    let mut fault = word.fault(what);
                    fault.help = Some("wait ... within TIME waits until it is so".to_owned());
                    return Err(fault);
                }
                line.ends("")?;
                Ok(Act::Expect(condition))
            }
            "print" => {
                line.take("print");
                line.needs("board")?;
                let mut of = None;
                if line.take("of") {
                    of = Some(self.client(line)?);
                }
                line.ends("of CLIENT")?;
                Ok(Act::Print(of))
            }
            "log" => {
                line.take("log");
                let text = line.text("what to say")?;
                line.ends("")?;
                Ok(Act::Log(text))
            }
            _ => {
                let mut with_me = line.variables.to_vec();
                with_me.push(ME.to_owned());
                let who = self.who(line)?;
                line.with(&with_me, |line| {
                    let deed = self.deed(line)?;
                    Ok(Act::Deed(who, deed))
                })
            }
        }
    }

    /// A name that a client gets.
    fn newcomer(&mut self, line: &mut Line<'_>) -> Result<Template, Fault> {
        let word = line.word("a client's name, such as ada")?;
        let name = named(word, line.variables)?;
        self.free(word)?;
        self.clients.give(&name);
        Ok(name)
    }

    /// No client is called so yet, and it is no word of the language.
    fn free(&self, word: &Word) -> Result<(), Fault> {
        if HEADS.contains(&word.text.as_str()) {
            return Err(word.fault(format!("{} is a word of this language, and no name", word.text)));
        }
        let taken = self.clients.known.contains(&word.text) || self.sorts.contains(&word.text);
        if taken {
            return Err(word.fault(format!("{} is here already", word.text)));
        }
        Ok(())
    }

    /// A client that is here.
    fn client(&self, line: &mut Line<'_>) -> Result<Template, Fault> {
        let word = line.word("a client's name")?;
        let name = named(word, line.variables)?;
        match name.plain() {
            Some(plain) if !self.clients.has(plain) => {
                let what = match self.clients.known.is_empty() {
                    true => format!("no client is called {plain}: a line client {plain} has to come first"),
                    false => format!(
                        "no client is called {plain}; a line begins with a client's name, or with {}",
                        listed(&HEADS)
                    ),
                };
                Err(word.fault(what).or(plain, self.clients.all().chain(HEADS)))
            }
            _ => Ok(name),
        }
    }

    /// Clients that are here: a name, `all`, or `all` of a sort, whose name may have an s behind it.
    fn who(&self, line: &mut Line<'_>) -> Result<Who, Fault> {
        if !line.take("all") {
            return Ok(Who::One(self.client(line)?));
        }
        let sort = line.peek().and_then(|word| {
            let one = word.text.strip_suffix('s').unwrap_or(&word.text);
            let mut sorts = self.sorts.iter();
            sorts.find(|sort| **sort == word.text || *sort == one)
        });
        if let Some(sort) = sort {
            line.next("")?;
            return Ok(Who::All(Some(sort.clone())));
        }
        Ok(Who::All(None))
    }

    /// An element that was drawn above, or `@` and an element's id.
    fn element(&self, line: &mut Line<'_>) -> Result<Template, Fault> {
        let word = line.word("an element's name, such as R")?;
        self.element_of(word, &word.text, line.variables)
    }

    fn element_of(&self, word: &Word, text: &str, variables: &[String]) -> Result<Template, Fault> {
        let (start, bare) = match text.strip_prefix('@') {
            Some(id) => (word.start + 1, id),
            None => (word.start, text),
        };
        let width = text.chars().count();
        check(bare, start, width)?;
        let name = super::expression::template(text, word.start, variables)?;
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
fn name(word: &Word) -> Result<(), Fault> {
    check(&word.text.replace(['{', '}'], "."), word.start, word.width)
}

/// A name in which something may be.
fn named(word: &Word, variables: &[String]) -> Result<Template, Fault> {
    check(&word.text, word.start, word.width)?;
    super::expression::template(&word.text, word.start, variables)
}

/// `within TIME`, or the usual time.
fn within(line: &mut Line<'_>) -> Result<Duration, Fault> {
    if !line.take("within") {
        return Ok(PATIENCE);
    }
    duration(line)
}

/// A time such as `10s`, `500ms` or `2min`.
fn duration(line: &mut Line<'_>) -> Result<Duration, Fault> {
    let word = line.word("a time, such as 10s, 500ms or 2min")?;
    let cut = word
        .text
        .find(|c: char| c.is_alphabetic())
        .unwrap_or(word.text.len());
    let (number, unit) = word.text.split_at(cut);
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "min" => 60.0,
        _ => f64::NAN,
    };
    let seconds = number.parse::<f64>().unwrap_or(f64::NAN) * factor;
    let sane = seconds > 0.0 && seconds <= 24.0 * 3600.0;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if sane => Ok(duration),
        _ => Err(word.fault("expected a time, such as 10s, 500ms or 2min")),
    }
}
