//! Plays a scenario: one step after the other, on one thread. What can't be done, or isn't as expected, ends it.

mod deeds;
mod looks;
mod people;

use std::collections::HashMap;
use std::time::Duration;

use drawbridge_protocol::{ElementId, Link, RelayAddress};

use super::crew::Crew;
use super::expression::Template;
use super::parse::{ME, PATIENCE};
use super::report::{Measured, Outcome, Report, StepReport};
use super::scenario::{Act, RelayDeed, Scenario, Step, TURNS, Who};
use super::{Stopwatch, described};
use crate::editor::SeededRandom;
use people::Client;

/// A relay that a scenario can start and stop. Started again it has the same boards and the same address.
pub trait Relays {
    /// Starts it, and says where it is.
    ///
    /// # Errors
    /// Why it doesn't start, in a sentence.
    fn start(&mut self) -> Result<RelayAddress, String>;

    /// Stops it.
    ///
    /// # Errors
    /// Why it can't be stopped, in a sentence.
    fn stop(&mut self) -> Result<(), String>;
}

/// Where a scenario is played.
pub enum Place<'a> {
    /// On a board that is there.
    Board(Link),
    /// On a new board of a relay that somebody else runs: it is there, and stays.
    Address(RelayAddress),
    /// On a new board, by this relay.
    Relay(&'a mut dyn Relays),
}

/// Who is told how it goes.
pub trait Watch {
    /// A step goes on, for so long now; told at its start, and at least once a second while it waits for
    /// something. What is done at once, and a relay that starts or stops, says nothing on the way.
    fn goes_on(&mut self, step: &Step, since: Duration) {
        let _ = (step, since);
    }

    /// Something is to be shown: what is logged, or a board.
    fn says(&mut self, text: &str) {
        let _ = text;
    }
}

impl Watch for () {}

/// Why a step doesn't go on.
enum Halt {
    Failed(String),
    CouldNot(String),
}

/// Plays a scenario. What it draws anywhere comes from the seed.
#[must_use]
pub fn run<'a>(scenario: &Scenario, place: Place<'a>, seed: u64, watch: &'a mut dyn Watch) -> Report {
    let whole = Stopwatch::start();
    let mut run = Run {
        crew: Crew::default(),
        clients: Vec::new(),
        link: None,
        address: None,
        place,
        elements: HashMap::new(),
        names: HashMap::new(),
        variables: Vec::new(),
        random: SeededRandom(seed),
        watch,
        steps: Vec::new(),
        noted: HashMap::new(),
        measured: Vec::new(),
    };
    let outcome = match run.steps(&scenario.steps) {
        Ok(()) => Outcome::Passed,
        Err(Halt::Failed(why)) => Outcome::Failed(why),
        Err(Halt::CouldNot(why)) => Outcome::CouldNot(why),
    };
    let Run { steps, measured, .. } = run;
    Report {
        name: scenario.name.clone(),
        outcome,
        took: whole.elapsed(),
        seed,
        steps,
        measured,
    }
}

struct Run<'a> {
    crew: Crew,
    clients: Vec<Client>,
    link: Option<Link>,
    /// Where the relay is, while it runs.
    address: Option<RelayAddress>,
    place: Place<'a>,
    elements: HashMap<String, ElementId>,
    /// The same the other way round.
    names: HashMap<ElementId, String>,
    variables: Vec<(String, f64)>,
    random: SeededRandom,
    watch: &'a mut dyn Watch,
    steps: Vec<StepReport>,
    /// Where a line stands among those.
    noted: HashMap<usize, usize>,
    measured: Vec<Measured>,
}

impl Run<'_> {
    fn steps(&mut self, steps: &[Step]) -> Result<(), Halt> {
        steps.iter().try_for_each(|step| self.step(step))
    }

    fn step(&mut self, step: &Step) -> Result<(), Halt> {
        match &step.act {
            Act::Repeat {
                times,
                counter,
                steps,
            } => {
                let times = match times.count(&self.variables, TURNS) {
                    Ok(times) => times,
                    Err(why) => {
                        let result = Err(Halt::Failed(why));
                        self.note(step, Duration::ZERO, &result);
                        return result;
                    }
                };
                for turn in 1..=times {
                    let variables = self.variables.len();
                    self.variables
                        .extend(counter.iter().map(|name| (name.clone(), f64::from(turn))));
                    self.steps(steps)?;
                    self.variables.truncate(variables);
                }
                Ok(())
            }
            Act::Measure(name, steps) => {
                let watch = Stopwatch::start();
                self.steps(steps)?;
                let took = watch.elapsed();
                match self.measured.iter_mut().find(|held| held.name == *name) {
                    Some(held) => held.took.push(took),
                    None => self.measured.push(Measured {
                        name: name.clone(),
                        took: vec![took],
                    }),
                }
                Ok(())
            }
            _ => {
                let watch = Stopwatch::start();
                self.watch.goes_on(step, Duration::ZERO);
                let result = self.act(step);
                self.note(step, watch.elapsed(), &result);
                result
            }
        }
    }

    fn note(&mut self, step: &Step, took: Duration, result: &Result<(), Halt>) {
        let outcome = match result {
            Ok(()) => Outcome::Passed,
            Err(Halt::Failed(why)) => Outcome::Failed(why.clone()),
            Err(Halt::CouldNot(why)) => Outcome::CouldNot(why.clone()),
        };
        let at = *self.noted.entry(step.line).or_insert(self.steps.len());
        match self.steps.get_mut(at) {
            Some(held) => {
                held.times += 1;
                held.took += took;
                held.outcome = outcome;
            }
            None => self.steps.push(StepReport {
                line: step.line,
                text: step.text.clone(),
                times: 1,
                took,
                outcome,
            }),
        }
    }

    fn act(&mut self, step: &Step) -> Result<(), Halt> {
        match &step.act {
            Act::Relay(deed) => self.relay(*deed, step),
            Act::Clients { who, within } => self.newcomers(who, *within, step),
            Act::Deed(who, deed) => {
                for (turn, client) in (1..).zip(self.whom(who)?) {
                    self.variables.push((ME.to_owned(), f64::from(turn)));
                    let done = self.deed(client, deed, step);
                    self.variables.pop();
                    done?;
                }
                Ok(())
            }
            Act::Wait(condition, within) => self.wait(condition, *within, step),
            Act::Expect(condition) => self.expect(condition),
            Act::Print(of) => self.print(of.as_ref()),
            Act::Log(text) => {
                let text = text.value(&self.variables);
                self.watch.says(&text);
                Ok(())
            }
            // They are no acts, but what is done with acts.
            Act::Repeat { .. } | Act::Measure(..) => Ok(()),
        }
    }

    fn relay(&mut self, deed: RelayDeed, step: &Step) -> Result<(), Halt> {
        let Place::Relay(relay) = &mut self.place else {
            return match deed {
                RelayDeed::Start => {
                    if let Place::Address(address) = &self.place {
                        self.address = Some(address.clone());
                    }
                    Ok(())
                }
                RelayDeed::Stop | RelayDeed::Restart => Err(Halt::CouldNot(
                    "the relay was not started by this run, so it isn't stopped by it".to_owned(),
                )),
            };
        };
        if deed != RelayDeed::Start {
            relay.stop().map_err(Halt::CouldNot)?;
            self.address = None;
        }
        let stops = deed != RelayDeed::Start;
        if stops {
            self.all_notice(step)?;
        }
        let Place::Relay(relay) = &mut self.place else {
            return Ok(());
        };
        if deed != RelayDeed::Stop && self.address.is_none() {
            self.address = Some(relay.start().map_err(Halt::CouldNot)?);
        }
        Ok(())
    }

    /// Waits until everybody knows that the relay is gone, so that what comes next finds them knowing it.
    fn all_notice(&mut self, step: &Step) -> Result<(), Halt> {
        self.until(PATIENCE, step, &[], |run| {
            let online = run.crew.hands().find(|hand| hand.is_online());
            match online {
                Some(hand) => Err(format!(
                    "{} doesn't notice that the relay has stopped",
                    hand.name()
                )),
                None => Ok(()),
            }
        })
    }

    /// Waits, and tells the watcher that it does. Ends early where a relay has refused one of these in the crew: that doesn't
    /// change.
    fn until(
        &mut self,
        within: Duration,
        step: &Step,
        whom: &[usize],
        wanted: impl Fn(&mut Run<'_>) -> Result<(), String>,
    ) -> Result<(), Halt> {
        // The crew waits, and what it waits for looks at all of the run.
        let mut crew = std::mem::take(&mut self.crew);
        let mut refused = None;
        let watch_cell = std::cell::RefCell::new(self);
        let result = crew.until(
            within,
            |crew| {
                let mut run = watch_cell.borrow_mut();
                std::mem::swap(&mut run.crew, crew);
                let held = wanted(&mut run);
                std::mem::swap(&mut run.crew, crew);
                if held.is_err() {
                    let mut concerned = whom.iter().filter_map(|number| crew.hand(*number));
                    refused = concerned
                        .find(|hand| hand.is_refused())
                        .map(|hand| format!("{}: {}", hand.name(), hand.in_step().err().unwrap_or_default()));
                }
                if refused.is_some() { Ok(()) } else { held }
            },
            &mut |since| watch_cell.borrow_mut().watch.goes_on(step, since),
        );
        let run = watch_cell.into_inner();
        run.crew = crew;
        match refused {
            Some(why) => Err(Halt::Failed(why)),
            None => result.map_err(Halt::Failed),
        }
    }

    fn print(&mut self, of: Option<&Template>) -> Result<(), Halt> {
        self.crew.catch_up();
        let at = match of {
            Some(name) => self.whom(&Who::One(name.clone()))?.first().copied(),
            None => self.whom(&Who::All(None))?.first().copied(),
        };
        let hand = at.and_then(|at| self.crew.hand(self.clients[at].number));
        let Some(hand) = hand else {
            return Err(Halt::Failed(
                "there is no client whose board could be shown".to_owned(),
            ));
        };
        let elements = hand.elements();
        let one = |element: &crate::document::Element| {
            let mut map = described(element);
            if let Some(name) = self.names.get(&element.id) {
                map.insert("called".to_owned(), name.as_str().into());
            }
            serde_json::Value::Object(map)
        };
        let board = serde_json::json!({
            "title": hand.board().editor().document().title(),
            "elements": elements.iter().map(one).collect::<Vec<_>>(),
        });
        self.watch.says(&format!("{board:#}"));
        Ok(())
    }
}
