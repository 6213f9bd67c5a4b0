//! What goes over the lines: connections, frames, heartbeats, and what never arrives.

use std::collections::BTreeMap;
use std::time::Duration;

use drawbridge_engine::client::Input;
use drawbridge_protocol::CloseCode;

use super::line::{Link, Parcel, Way};
use super::schedule::Act;
use super::world::{Event, Result, World};

/// How often the relay pings, and how long it waits to hear something: as its settings say.
const PING: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_secs(45);

impl World {
    /// A client opens a connection.
    pub(super) fn open(&mut self, n: usize) {
        let Some(run) = self.people[n].run.as_mut() else {
            return;
        };
        let link = Link {
            who: n,
            line: None,
            life: 0,
            up: Way::default(),
            down: Way::default(),
            client_gone: false,
            heard: self.now,
            unanswered: BTreeMap::new(),
            unanswered_bytes: 0,
            untaken: 0,
        };
        run.link = Some(self.links.len());
        self.links.push(link);
        self.send_up(n, Parcel::Opened);
    }

    pub(super) fn link_of(&self, n: usize) -> Option<usize> {
        self.people[n].run.as_ref()?.link
    }

    /// Whether a client's connection leads to the relay as it runs now.
    pub(super) fn is_attached(&self, link: usize) -> bool {
        self.links[link].line.is_some()
            && self.links[link].life == self.relay.life
            && self.relay.by_hand.is_some()
    }

    fn delay(&mut self, n: usize) -> Duration {
        let lag = self.people[n].lag_ms;
        self.now + self.random.millis(0, lag.max(1))
    }

    pub(super) fn send_up(&mut self, n: usize, parcel: Parcel) {
        let at = self.delay(n);
        if let Some(link) = self.link_of(n) {
            let at = self.links[link].up.send(parcel, at);
            self.at(at, Event::Up(link));
        }
    }

    pub(super) fn send_down(&mut self, link: usize, parcel: Parcel) {
        let n = self.links[link].who;
        let slow = Duration::from_millis(self.people[n].slow_ms);
        let at = self.delay(n) + slow * u32::try_from(self.links[link].untaken).unwrap_or(1);
        let at = self.links[link].down.send(parcel, at);
        self.at(at, Event::Down(link));
    }

    /// A line breaks: what is on its way is lost, and whoever is left hears of it sooner or later.
    pub(super) fn break_line(&mut self, link: usize, by_client: bool) {
        let lost = self.links[link].up.lose() + self.links[link].down.lose();
        self.tally.add("parcels lost on broken lines", lost);
        let (soon, later) = (self.random.millis(0, 200), self.random.millis(0, 3000));
        self.at(self.now + later, Event::HungUp(link));
        if by_client {
            self.links[link].client_gone = true;
        } else {
            // The end of the line is heard all the same.
            self.links[link].down = Way::default();
            let at = self.links[link].down.send(Parcel::Closed(None), self.now + soon);
            self.at(at, Event::Down(link));
        }
    }

    pub(super) fn harm_line(&mut self, n: usize, act: Act) {
        let Some(link) = self.link_of(n) else { return };
        match act {
            Act::Cut => self.break_line(link, false),
            Act::DeafRelay => self.links[link].up.is_deaf = true,
            _ => self.links[link].down.is_deaf = true,
        }
    }

    /// The relay hears that a line is gone.
    pub(super) fn relay_loses(&mut self, link: usize) {
        if let Some(line) = self.links[link]
            .line
            .take()
            .filter(|_| self.links[link].life == self.relay.life)
        {
            self.relay.links.remove(&line);
            self.relay
                .by_hand
                .as_mut()
                .into_iter()
                .for_each(|relay| relay.hang_up(line));
            self.relay.stirred = true;
        }
    }

    pub(super) fn heartbeat(&mut self, link: usize) {
        if !self.is_attached(link) {
            return;
        }
        if self.now >= self.links[link].heard + SILENCE {
            self.tally.count("connections that the relay found dead");
            self.relay_loses(link);
            self.send_down(link, Parcel::Closed(Some(CloseCode::GoingAway.number())));
        } else {
            self.send_down(link, Parcel::Ping);
            self.at(self.now + PING, Event::Heartbeat(link));
        }
    }

    pub(super) fn arrive_at_relay(&mut self, link: usize) -> Result {
        let Some(parcel) = self.links[link].up.arrive() else {
            return Ok(());
        };
        let n = self.links[link].who;
        if let Parcel::Opened = parcel {
            self.connect(link);
            return Ok(());
        }
        if !self.is_attached(link) {
            return Ok(());
        }
        self.links[link].heard = self.now;
        self.relay.stirred = true;
        let Some(line) = self.links[link].line else {
            return Ok(());
        };
        match parcel {
            Parcel::Write(text, write) => {
                let had = write.cells.iter().map(|cell| self.relay_has(n, cell)).collect();
                if let Some(sent) = self.links[link].unanswered.get_mut(&write.id) {
                    sent.1 = had;
                }
                self.relay_reads(link, line, text)?;
            }
            Parcel::Frame(text, _) => self.relay_reads(link, line, text)?,
            Parcel::Ping => self.send_down(link, Parcel::Pong),
            Parcel::Closed(_) => self.relay_loses(link),
            Parcel::Pong | Parcel::Opened => {}
        }
        Ok(())
    }

    fn relay_reads(&mut self, link: usize, line: u64, text: String) -> Result {
        if text.len() > self.relay.settings.limits.frame {
            let detail = format!("person {}: {}", self.links[link].who, text.len());
            return self.fail("no frame is above the limit", detail);
        }
        if let Some(relay) = &mut self.relay.by_hand {
            relay.receive(line, text);
        }
        Ok(())
    }

    pub(super) fn relay_has(&mut self, n: usize, cell: &drawbridge_protocol::Cell) -> bool {
        let board = self.board(n);
        let relay = self.relay.by_hand.as_mut();
        relay.is_some_and(|relay| relay.held(&board, &cell.key()) == Some(cell))
    }

    /// Somebody reaches the relay's address, or doesn't.
    fn connect(&mut self, link: usize) {
        let n = self.links[link].who;
        let board = self.board(n);
        if self.people[n].is_blocked || self.relay.by_hand.is_none() {
            if self.random.chance(70) {
                self.send_down(link, Parcel::Closed(None));
            } else {
                self.tally.count("connections that nobody answered");
            }
            return;
        }
        if let Some(relay) = &mut self.relay.by_hand {
            let line = relay.connect(board);
            self.relay.links.insert(line, link);
            (self.links[link].line, self.links[link].life) = (Some(line), self.relay.life);
        }
        self.links[link].heard = self.now;
        self.send_down(link, Parcel::Opened);
        self.at(self.now + PING, Event::Heartbeat(link));
    }

    pub(super) fn arrive_at_client(&mut self, link: usize) -> Result {
        let Some(parcel) = self.links[link].down.arrive() else {
            return Ok(());
        };
        let n = self.links[link].who;
        if let Parcel::Frame(..) = parcel {
            self.links[link].untaken = self.links[link].untaken.saturating_sub(1);
            if self.links[link].untaken == 0 {
                self.taken(link);
            }
        }
        let is_current = self.people[n]
            .run
            .as_ref()
            .is_some_and(|run| run.link == Some(link));
        if !is_current || self.links[link].client_gone {
            return Ok(());
        }
        let input = match parcel {
            Parcel::Opened | Parcel::Write(..) => Input::Opened,
            Parcel::Ping | Parcel::Pong => Input::Heard,
            Parcel::Closed(code) => {
                self.links[link].client_gone = true;
                self.people[n]
                    .run
                    .as_mut()
                    .into_iter()
                    .for_each(|run| run.link = None);
                let reason = "the line broke".to_owned();
                Input::Closed { code, reason }
            }
            Parcel::Frame(text, cells) => {
                self.check_frame(n, &text)?;
                let board = self.board(n);
                for cell in cells.iter().flat_map(|cells| cells.iter()) {
                    self.model.acknowledge(board.clone(), cell);
                    let run = self.people[n].run.as_ref().map_or(0, |run| run.number);
                    self.model.heard.insert((run, cell.key(), cell.stamp));
                }
                Input::Frame(text)
            }
        };
        let now = self.now_of(n);
        if let Some(run) = &mut self.people[n].run {
            run.hand.handle(now, input);
            run.stirred = true;
        }
        Ok(())
    }

    pub(super) fn taken(&mut self, link: usize) {
        if self.is_attached(link)
            && let (Some(line), Some(relay)) = (self.links[link].line, &mut self.relay.by_hand)
        {
            relay.sent(line);
            self.relay.stirred = true;
        }
    }
}
