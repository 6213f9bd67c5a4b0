//! Reads a scenario's text, line by line. A line that isn't understood doesn't keep the others from being read, so that all mistakes
//! are said at once.

mod acts;
mod conditions;
mod deeds;
mod names;
#[cfg(test)]
mod tests;

use std::time::Duration;

use super::expression::Template;
use super::line::{Line, Sort, Word, words};
use super::mistake::{Fault, Mistake};
use super::scenario::{Act, Scenario, Step, TURNS};
use acts::count;
use names::{Crowd, Names, name, variable};

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
            reading.mistaken = true;
            mistaken(number, fault);
        }
    }
    for block in reading.blocks.drain(1..) {
        reading.mistaken = true;
        let what = "this block has no end; expected a line with end";
        mistaken(block.line, Fault::new(block.start, block.width, what));
    }
    let steps = reading.blocks.pop().map_or_else(Vec::new, |block| block.steps);
    if steps.is_empty() && !reading.mistaken {
        let mut fault = Fault::new(0, 1, "there is nothing to do in here");
        fault.help = Some("a scenario begins with relay and client NAME".to_owned());
        mistaken(1, fault);
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
    /// One whose first line isn't understood: its end still ends it, and its variable is one.
    Unread(Option<String>),
}

struct Block {
    opening: Opening,
    line: usize,
    text: String,
    start: usize,
    width: usize,
    steps: Vec<Step>,
}

struct Reading {
    blocks: Vec<Block>,
    clients: Names,
    /// Those who came many at once.
    crowds: Vec<Crowd>,
    elements: Names,
    measures: Vec<String>,
    variables: Vec<String>,
    /// Something wasn't understood.
    mistaken: bool,
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
            crowds: Vec::new(),
            elements: Names::default(),
            measures: Vec::new(),
            variables: Vec::new(),
            mistaken: false,
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
            Err(fault) => {
                // What uses it isn't mistaken too.
                let counter = line.behind("as").map(|word| word.text.clone());
                (Opening::Unread(counter), Err(fault))
            }
        };
        if let Opening::Repeat(_, Some(counter)) | Opening::Unread(Some(counter)) = &opening {
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
            self.measures.push(word.text.clone());
            line.ends("")?;
            return Ok(Opening::Measure(word.text.clone()));
        }
        line.take("repeat");
        let times = count(line, "how often, such as 20", TURNS)?;
        let mut counter = None;
        if line.take("as") {
            let word = line.word("a name for the number of the turn, such as i")?;
            variable(word)?;
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
            Opening::Unread(counter) => {
                if counter.is_some() {
                    self.variables.pop();
                }
                return Ok(());
            }
            Opening::File => return Ok(()),
        };
        self.push(Step { line, text, act });
        Ok(())
    }
}
