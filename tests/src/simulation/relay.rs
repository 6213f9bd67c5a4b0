//! The relay's side: its machine, its disk, and the lines to people.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use drawbridge_relay::Settings;
use drawbridge_relay::testing::{ByHand, Disk, Out};

use super::line::Parcel;
use super::person::{EPOCH_MS, board_of};
use super::schedule::{Act, Step};
use super::world::{Event, Result, World};

/// The relay and its machine.
pub(super) struct RelaySide {
    pub(super) settings: Arc<Settings>,
    pub(super) by_hand: Option<ByHand>,
    disk: Disk,
    copy: Option<Disk>,
    skew_ms: i64,
    commit_ms: u64,
    is_full: bool,
    /// Counts its starts.
    pub(super) life: u64,
    /// A commit is under way.
    committing: bool,
    pub(super) links: HashMap<u64, usize>,
    pub(super) stirred: bool,
}

impl RelaySide {
    pub(super) fn new(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            by_hand: None,
            disk: Disk::default(),
            copy: None,
            skew_ms: 0,
            commit_ms: 3,
            is_full: false,
            life: 0,
            committing: false,
            links: HashMap::new(),
            stirred: true,
        }
    }

    pub(super) fn next_wake(&self) -> Option<Duration> {
        self.by_hand.as_ref()?.next_wake()
    }

    pub(super) fn is_at_rest(&mut self) -> bool {
        self.by_hand.as_mut().is_some_and(ByHand::is_at_rest)
    }

    pub(super) fn heal(&mut self) {
        (self.commit_ms, self.is_full) = (3, false);
        if let Some(relay) = &mut self.by_hand {
            relay.set_full(false);
        }
    }
}

impl World {
    pub(super) fn relay_act(&mut self, step: Step) -> Result {
        let size = u64::try_from(step.arg).unwrap_or(0);
        match step.act {
            Act::RelayStart => return self.check_relay_start(),
            Act::RelayKill => self.kill_relay(),
            Act::RelayCopy => {
                let running = self.relay.by_hand.as_mut().map(ByHand::disk);
                self.relay.copy = Some(running.unwrap_or_else(|| self.relay.disk.clone()));
            }
            Act::RelayOld => {
                self.kill_relay();
                if let Some(copy) = self.relay.copy.clone() {
                    self.relay.disk = copy;
                }
            }
            Act::RelayEmpty => {
                self.kill_relay();
                self.relay.disk = Disk::default();
            }
            Act::Bury => {
                self.kill_relay();
                self.relay.disk.bury(&board_of(0));
                self.model.is_buried = self.relay.disk.has(&board_of(0));
            }
            Act::RelaySlow => self.relay.commit_ms = size,
            Act::RelayJump => self.relay.skew_ms += step.arg,
            Act::RelayFull | Act::RelayRoom => {
                self.relay.is_full = step.act == Act::RelayFull;
                let is_full = self.relay.is_full;
                self.relay
                    .by_hand
                    .as_mut()
                    .into_iter()
                    .for_each(|relay| relay.set_full(is_full));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_relay_start(&mut self) -> Result {
        if self.relay.by_hand.is_some() {
            return Ok(());
        }
        let stored = self.relay.disk.clock_ms();
        self.start_relay();
        let reads = self.relay.by_hand.as_ref().map_or(0, ByHand::now_ms);
        if reads < stored {
            return self.fail(
                "the relay's clock never steps back",
                format!("from {stored} to {reads}"),
            );
        }
        Ok(())
    }

    pub(super) fn start_relay(&mut self) {
        if self.relay.by_hand.is_some() {
            return;
        }
        let wall = EPOCH_MS + u64::try_from(self.now.as_millis()).unwrap_or(0);
        let side = &mut self.relay;
        let mut relay = ByHand::start(
            std::mem::take(&mut side.disk),
            &side.settings,
            self.zero,
            self.now,
            wall.saturating_add_signed(side.skew_ms),
            self.random.word(),
        );
        relay.set_full(side.is_full);
        side.by_hand = Some(relay);
        side.life += 1;
        side.committing = false;
        side.stirred = true;
    }

    /// The relay's machine loses its power.
    fn kill_relay(&mut self) {
        let (survives, silent) = (self.random.chance(50), self.random.chance(30));
        let Some(mut relay) = self.relay.by_hand.take() else {
            return;
        };
        if self.relay.committing {
            self.tally.count("relays killed while they committed");
            if survives {
                relay.commit();
            }
        }
        self.relay.disk = relay.crash();
        let mut links: Vec<usize> = std::mem::take(&mut self.relay.links).into_values().collect();
        links.sort_unstable();
        for link in links {
            self.links[link].line = None;
            if silent {
                // No word of it: the client has to find out.
                self.links[link].down.lose();
            } else {
                self.break_line(link, false);
            }
        }
    }

    /// Lets the relay do what it can; says whether it did anything.
    pub(super) fn run_relay(&mut self) -> Result<bool> {
        let due = self.relay.next_wake().is_some_and(|at| at <= self.now);
        if !std::mem::take(&mut self.relay.stirred) && !due {
            return Ok(false);
        }
        let Some(relay) = &mut self.relay.by_hand else {
            return Ok(false);
        };
        let out = relay.work(self.now);
        let is_writing = relay.is_writing();
        let asleep = relay.oversleepers();
        if !asleep.is_empty() {
            return self.fail(
                "nobody sleeps while there is something for them",
                format!("{asleep:?}"),
            );
        }
        if is_writing && !self.relay.committing {
            self.relay.committing = true;
            let wait = self.relay.commit_ms;
            let at = self.now + self.random.millis(0, wait);
            self.at(at, Event::Committed(self.relay.life));
        }
        let mut told = Vec::new();
        for (line, out) in out {
            let Some(link) = self.relay.links.get(&line).copied() else {
                continue;
            };
            match out {
                Out::Frame(bytes) => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let cells = self.check_told(link, &text)?.map(Rc::new);
                    self.links[link].untaken += 1;
                    told.push(link);
                    let text = self.as_from_newer(self.links[link].who, text);
                    self.send_down(link, Parcel::Frame(text, cells));
                }
                Out::Close(code) => {
                    self.relay.links.remove(&line);
                    self.links[link].line = None;
                    self.send_down(link, Parcel::Closed(Some(code.number())));
                }
            }
        }
        for link in told {
            // The system's buffers take what a slow reader doesn't.
            if self.people[self.links[link].who].slow_ms == 0 || self.links[link].down.is_deaf {
                self.links[link].untaken = 0;
                self.taken(link);
            }
        }
        Ok(true)
    }

    pub(super) fn committed(&mut self, life: u64) -> Result {
        if life != self.relay.life || self.relay.by_hand.is_none() {
            return Ok(());
        }
        if let Some(relay) = &mut self.relay.by_hand {
            relay.set_now(self.now);
            relay.commit();
        }
        let at = self.now + self.random.millis(0, 2);
        self.at(at, Event::Told(life));
        if self.model.is_buried {
            let held = self
                .relay
                .by_hand
                .as_mut()
                .map_or(0, |relay| relay.dump(&board_of(0)).count());
            if held > 0 {
                return self.fail("a deleted board stays deleted", format!("{held} cells"));
            }
        }
        Ok(())
    }

    pub(super) fn told(&mut self, life: u64) -> Result {
        if life == self.relay.life
            && let Some(relay) = &mut self.relay.by_hand
        {
            relay.set_now(self.now);
            relay.tell();
            self.relay.committing = false;
            self.relay.stirred = true;
        }
        Ok(())
    }
}
