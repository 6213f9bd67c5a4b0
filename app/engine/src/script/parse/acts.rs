//! What a line does, but for what clients do.

use std::time::Duration;

use super::super::expression::Expression;
use super::super::line::{Line, Sort, Word};
use super::super::mistake::Fault;
use super::super::scenario::{Act, CLIENTS, Newcomers, RelayDeed};
use super::names::{Crowd, name};
use super::{ME, PATIENCE, Reading};

impl Reading {
    pub(super) fn act(&mut self, first: &Word, line: &mut Line<'_>) -> Result<Act, Fault> {
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
                let many = count(line, "how many, such as 50", CLIENTS)?;
                line.needs("as")?;
                let word = line.word("what they are called, such as bot")?;
                name(word)?;
                self.free(word)?;
                self.crowds.push(Crowd::new(&word.text, &many));
                let within = within(line)?;
                line.ends("within TIME")?;
                let who = Newcomers::Many(many, word.text.clone());
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
}

/// Takes how often or how many: a whole number from 0 to `most`. What is reckoned is looked at when it runs.
pub(super) fn count(line: &mut Line<'_>, expected: &str, most: u32) -> Result<Expression, Fault> {
    let word = line.peek();
    let number = line.number(expected)?;
    if let (Expression::Number(_), Some(word)) = (&number, word) {
        number.count(&[], most).map_err(|what| word.fault(what))?;
    }
    Ok(number)
}

/// `within TIME`, or the usual time.
pub(super) fn within(line: &mut Line<'_>) -> Result<Duration, Fault> {
    if !line.take("within") {
        return Ok(PATIENCE);
    }
    duration(line)
}

/// A time such as `10s`, `500ms` or `2min`.
pub(super) fn duration(line: &mut Line<'_>) -> Result<Duration, Fault> {
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
