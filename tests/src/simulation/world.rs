//! Virtual time: what is going to happen, in order, and who is to be looked after then.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_engine::client::{Input, Now, Output, Store as _};
use drawbridge_protocol::{ClientMessage, Limits, Window, decode};
use drawbridge_relay::{Rate, Settings};

use super::hand::cells_of;
use super::line::{Link, Parcel};
use super::model::{Model, Violation};
use super::person::{Person, board_of};
use super::random::Random;
use super::relay::RelaySide;
use super::schedule::{Act, Schedule};
use crate::tally::Tally;

/// More than any schedule needs, by far: beyond it something goes round in circles.
const MAX_EVENTS: u64 = 400_000;
/// How often a person's window draws.
const FRAME: Duration = Duration::from_millis(16);

/// What is going to happen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// Something arrives at the relay.
    Up(usize),
    /// Something arrives at the client.
    Down(usize),
    /// The relay hears that a connection is broken.
    HungUp(usize),
    /// The relay looks after a connection that may be dead.
    Heartbeat(usize),
    /// A person's disk is done, in this run.
    Stored(usize, u64),
    /// A person's window draws, in this run.
    Frame(usize, u64),
    /// The relay's disk is done, in this life.
    Committed(u64),
    /// The relay tells of it.
    Told(u64),
}

pub(super) type Result<T = ()> = std::result::Result<T, Box<Violation>>;

/// Everything.
pub(super) struct World {
    pub(super) now: Duration,
    pub(super) zero: Instant,
    events: BTreeMap<(Duration, u64), Event>,
    serial: u64,
    pub(super) random: Random,
    pub(super) people: Vec<Person>,
    pub(super) links: Vec<Link>,
    pub(super) relay: RelaySide,
    pub(super) model: Model,
    pub(super) tally: Tally,
    pub(super) runs: u64,
}

impl World {
    /// Everybody at their machines, the relay up, nothing drawn.
    pub(super) fn new(schedule: &Schedule) -> Self {
        let mut random = Random::new(schedule.seed ^ 0x5eed);
        let people = (0..schedule.people)
            .map(|n| {
                let mut person = Person::new(n, random.chance(30));
                if random.chance(25) {
                    // Some clocks are wrong from the beginning: by ten minutes, a day, a year.
                    person.jump(random.pick(&[-600_000, 600_000, -86_400_000, -31_536_000_000]));
                }
                person
            })
            .collect();
        let settings = Settings {
            limits: Limits {
                frame: 40_000,
                cell: 3000,
                write_cells: 5,
                slot: 6000,
                slots: 4,
                about: 200,
                board_cells: schedule.room,
                ..Limits::default()
            },
            window: Window {
                writes: 4,
                bytes: 6000,
            },
            // A busy hour comes early here too.
            writing: Rate {
                per_second: 4,
                burst: 12,
            },
            batch_bytes: 400,
            ring_bytes: 2500,
            ..Settings::default()
        };
        let mut world = Self {
            now: Duration::from_secs(1),
            zero: Instant::now(),
            events: BTreeMap::new(),
            serial: 0,
            random,
            people,
            links: Vec::new(),
            relay: RelaySide::new(Arc::new(settings)),
            model: Model::default(),
            tally: Tally::default(),
            runs: 0,
        };
        world.start_relay();
        for n in 0..world.people.len() {
            world.start(n);
        }
        world
    }

    pub(super) fn fail<T>(&self, rule: &'static str, detail: impl Into<String>) -> Result<T> {
        Err(Box::new(Violation {
            rule,
            detail: detail.into(),
            at: self.now,
        }))
    }

    pub(super) fn at(&mut self, time: Duration, event: Event) {
        self.serial += 1;
        self.events.insert((time.max(self.now), self.serial), event);
    }

    /// The time as a person's machine has it.
    pub(super) fn now_of(&self, n: usize) -> Now {
        Now {
            mono: self.now,
            wall_ms: self.people[n].wall_ms(self.now),
        }
    }

    /// Lets everything happen up to a moment.
    pub(super) fn run_until(&mut self, end: Duration) -> Result {
        self.settle()?;
        let mut seen = (Duration::ZERO, 0);
        while let Some(next) = self.next().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            let due = self.events.first_key_value().map(|((at, _), _)| *at);
            if due.is_some_and(|due| due <= self.now)
                && let Some((_, event)) = self.events.pop_first()
            {
                self.happen(event)?;
            }
            for n in 0..self.people.len() {
                self.wake(n);
            }
            self.settle()?;
            seen = if seen.0 == self.now {
                (self.now, seen.1 + 1)
            } else {
                (self.now, 0)
            };
            self.serial += 1;
            if seen.1 > 5000 || self.serial > MAX_EVENTS {
                return self.fail("everything comes to rest", "it goes on without end");
            }
        }
        self.now = self.now.max(end);
        Ok(())
    }

    fn next(&self) -> Option<Duration> {
        let events = self.events.first_key_value().map(|((at, _), _)| *at);
        let timers = self.people.iter().filter_map(|person| {
            let run = person.run.as_ref()?;
            let own = run.hand.next_timeout(self.now);
            own.into_iter().chain(run.quitting).min()
        });
        let relay = self.relay.next_wake();
        timers.chain(events).chain(relay).min()
    }

    fn wake(&mut self, n: usize) {
        let now = self.now_of(n);
        if let Some(run) = &mut self.people[n].run {
            let due = run.hand.next_timeout(self.now).is_some_and(|at| at <= self.now);
            if due {
                run.hand.handle(now, Input::Timeout);
            }
            run.stirred |= due || run.quitting.is_some_and(|at| at <= self.now);
        }
    }

    fn happen(&mut self, event: Event) -> Result {
        match event {
            Event::Up(link) => self.arrive_at_relay(link),
            Event::Down(link) => self.arrive_at_client(link),
            Event::HungUp(link) => {
                self.relay_loses(link);
                Ok(())
            }
            Event::Heartbeat(link) => {
                self.heartbeat(link);
                Ok(())
            }
            Event::Stored(n, run) => self.stored(n, run),
            Event::Frame(n, run) => self.frame(n, run),
            Event::Committed(life) => self.committed(life),
            Event::Told(life) => self.told(life),
        }
    }

    /// Looks after everybody to whom something happened, until nothing more does.
    pub(super) fn settle(&mut self) -> Result {
        loop {
            let mut moved = false;
            for n in 0..self.people.len() {
                if self.people[n]
                    .run
                    .as_mut()
                    .is_some_and(|run| std::mem::take(&mut run.stirred))
                {
                    moved = true;
                    self.look_after(n, true)?;
                }
            }
            moved |= self.run_relay()?;
            if !moved {
                return Ok(());
            }
        }
    }

    /// Does for a client what its threads would. `shows` says that the window may have something new to show then.
    pub(super) fn look_after(&mut self, n: usize, shows: bool) -> Result {
        let now = self.now_of(n);
        let lag = self.people[n].lag_ms;
        let Some(run) = &mut self.people[n].run else {
            return Ok(());
        };
        run.hand.set_wall(now.wall_ms);
        run.hand.take_in(now, lag > 1000);
        let mut outputs = Vec::new();
        while let Some(output) = run.hand.poll() {
            outputs.push(output);
        }
        let number = run.number;
        if shows && !std::mem::replace(&mut run.frame_due, true) {
            self.at(self.now + FRAME, Event::Frame(n, number));
        }
        self.restamped(n)?;
        for output in outputs {
            self.obey(n, output)?;
        }
        self.check_status(n)?;
        self.quit_if_done(n)
    }

    fn obey(&mut self, n: usize, output: Output) -> Result {
        match output {
            Output::Event(_) => {}
            Output::Open { .. } => self.open(n),
            Output::Ping => self.send_up(n, Parcel::Ping),
            Output::Close { code } => {
                self.send_up(n, Parcel::Closed(Some(code.number())));
                if let Some(link) = self.link_of(n) {
                    self.links[link].client_gone = true;
                    self.people[n]
                        .run
                        .as_mut()
                        .into_iter()
                        .for_each(|run| run.link = None);
                }
            }
            Output::Send(text) => {
                let write = match text.starts_with("{\"write\"") {
                    true => match decode::<ClientMessage>(&text) {
                        Ok(ClientMessage::Write(write)) => Some(std::rc::Rc::new(write)),
                        other => return self.fail("a client sends what can be read", format!("{other:?}")),
                    },
                    false => None,
                };
                if let Some(write) = &write {
                    self.check_write(n, write, text.len())?;
                }
                let text = self.as_newer(n, text);
                let parcel = match write {
                    Some(write) => Parcel::Write(text, write),
                    None => Parcel::Frame(text, None),
                };
                self.send_up(n, parcel);
            }
            Output::Store { id, batch } => {
                let wait = self.people[n].store_ms;
                let at = self.now + self.random.millis(0, wait);
                if let Some(run) = &mut self.people[n].run {
                    if run.storing.is_some() {
                        return self.fail("there is never a second batch under way", format!("person {n}"));
                    }
                    run.storing = Some((id, batch));
                    let number = run.number;
                    self.at(at, Event::Stored(n, number));
                }
            }
        }
        Ok(())
    }

    /// What a client of a version to come would send: more than this version knows.
    fn as_newer(&mut self, n: usize, text: String) -> String {
        if !self.people[n].is_newer {
            return text;
        }
        if self.random.chance(10) && text.starts_with("{\"live\"") {
            self.send_up(n, Parcel::Frame("{\"tomorrow\":{\"a\":1}}".to_owned(), None));
        }
        for name in ["{\"hello\":{", "{\"write\":{"] {
            if let Some(rest) = text.strip_prefix(name) {
                self.tally.count("messages with members of a version to come");
                return format!("{name}\"tomorrow\":[{{\"x\":1.5}}],{rest}");
            }
        }
        text
    }

    /// A person's disk is done with a batch.
    fn stored(&mut self, n: usize, number: u64) -> Result {
        let now = self.now_of(n);
        let full = self.people[n].is_full;
        let Some(run) = self.people[n].run.as_mut().filter(|run| run.number == number) else {
            return Ok(());
        };
        let Some((id, batch)) = run.storing.take() else {
            return Ok(());
        };
        if full {
            self.tally.count("commits of clients that failed");
            let result = Err("the disk is full".to_owned());
            run.hand.handle(now, Input::Stored { id, result });
        } else {
            // A model store takes everything.
            let committed = self.people[n].disk.commit(&batch).is_ok();
            self.check_batch(n, &batch)?;
            if let Some(run) = &mut self.people[n].run {
                let result = if committed { Ok(()) } else { Err("no".to_owned()) };
                run.hand.handle(now, Input::Stored { id, result });
            }
        }
        self.stir(n);
        Ok(())
    }

    /// A person's window draws.
    fn frame(&mut self, n: usize, number: u64) -> Result {
        let now_ms = self.now.as_secs_f64() * 1e3;
        let person = &mut self.people[n];
        let (Some(run), Some(board)) = (&mut person.run, &mut person.board) else {
            return Ok(());
        };
        if run.number != number {
            return Ok(());
        }
        run.frame_due = false;
        if person.is_hidden {
            return Ok(());
        }
        board.pump();
        // Letters become dry after a pause.
        let typed = board.editor().is_typing().then(|| cells_of(board));
        let again = board.flush(now_ms);
        if let Some(before) = typed {
            let after = cells_of(board);
            self.watch_pen(n, Act::Move);
            self.check_hand(n, Act::Move, &before, after)?;
        }
        self.look_after(n, again)
    }

    pub(super) fn stir(&mut self, n: usize) {
        if let Some(run) = &mut self.people[n].run {
            run.stirred = true;
        }
    }

    pub(super) fn board(&self, n: usize) -> drawbridge_protocol::BoardId {
        board_of(n)
    }
}
