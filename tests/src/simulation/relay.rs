//! The relay's side: its machine, its disk, and the lines to people.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use drawbridge_engine::client::Input;
use drawbridge_protocol::{CloseCode, Code, Property, RelayMessage, Retry, decode};
use drawbridge_relay::Settings;
use drawbridge_relay::testing::{ByHand, Disk, Out};

use super::line::{Link, Parcel, Way};
use super::person::{EPOCH_MS, board_of};
use super::schedule::{Act, Step};
use super::world::{Event, Result, World};

/// How often the relay pings, and how long it waits to hear something: as its settings say.
const PING: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_secs(45);
/// More refusals of one cell than this, with nothing done about it, are a loop.
const PATIENCE: u32 = 4;

/// The relay and its machine.
pub(super) struct RelaySide {
    settings: Arc<Settings>,
    pub(super) by_hand: Option<ByHand>,
    disk: Disk,
    copy: Option<Disk>,
    skew_ms: i64,
    commit_ms: u64,
    is_full: bool,
    /// Counts its starts.
    life: u64,
    /// A commit is under way.
    committing: bool,
    links: HashMap<u64, usize>,
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
        self.by_hand.as_mut().is_some_and(|relay| !relay.wants_disk())
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

    fn send_down(&mut self, link: usize, parcel: Parcel) {
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
            Parcel::Frame(text, write) => {
                if let Some(write) = write {
                    let had = write.cells.iter().map(|cell| self.relay_has(n, cell)).collect();
                    if let Some(sent) = self.links[link].unanswered.get_mut(&write.id) {
                        sent.1 = had;
                    }
                }
                if text.len() > self.relay.settings.limits.frame {
                    return self.fail(
                        "no frame is above the limit",
                        format!("person {n}: {}", text.len()),
                    );
                }
                self.relay
                    .by_hand
                    .as_mut()
                    .into_iter()
                    .for_each(|relay| relay.receive(line, text.clone()));
            }
            Parcel::Ping => self.send_down(link, Parcel::Pong),
            Parcel::Closed(_) => self.relay_loses(link),
            Parcel::Pong | Parcel::Opened => {}
        }
        Ok(())
    }

    fn relay_has(&mut self, n: usize, cell: &drawbridge_protocol::Cell) -> bool {
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
            Parcel::Opened => Input::Opened,
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
            Parcel::Frame(text, _) => {
                self.check_frame(n, &text)?;
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

    fn taken(&mut self, link: usize) {
        if self.is_attached(link)
            && let (Some(line), Some(relay)) = (self.links[link].line, &mut self.relay.by_hand)
        {
            relay.sent(line);
            self.relay.stirred = true;
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
        let wants_disk = relay.wants_disk();
        let asleep = relay.oversleepers();
        if !asleep.is_empty() {
            return self.fail(
                "nobody sleeps while there is something for them",
                format!("{asleep:?}"),
            );
        }
        if wants_disk && !self.relay.committing {
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
                    self.check_told(link, &text)?;
                    self.links[link].untaken += 1;
                    told.push(link);
                    let text = self.as_from_newer(self.links[link].who, text);
                    self.send_down(link, Parcel::Frame(text, None));
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

    /// What a relay of a version to come would say: more than this one knows.
    fn as_from_newer(&mut self, n: usize, text: String) -> String {
        if !self.people[n].is_newer {
            return text;
        }
        if self.random.chance(5) {
            let link = self.link_of(n);
            link.into_iter()
                .for_each(|link| self.send_down(link, Parcel::Frame("{\"tomorrow\":[]}".to_owned(), None)));
        }
        for name in ["{\"welcome\":{", "{\"cells\":{", "{\"ack\":{", "{\"caught_up\":{"] {
            if let Some(rest) = text.strip_prefix(name) {
                return format!("{name}\"tomorrow\":{{\"x\":[]}},{rest}");
            }
        }
        text
    }

    /// The relay says something to a client.
    fn check_told(&mut self, link: usize, text: &str) -> Result {
        let n = self.links[link].who;
        if text.starts_with("{\"live\"") || text.starts_with("{\"joined\"") {
            return Ok(());
        }
        match decode::<RelayMessage>(text) {
            Ok(RelayMessage::Cells(cells)) => self.check_cells(n, &cells.cells),
            Ok(RelayMessage::Ack(ack)) => {
                let Some((write, _)) = self.answered(link, ack.id) else {
                    return self.fail("an ack answers a write", format!("to person {n}: {}", ack.id));
                };
                write.cells.iter().try_for_each(|cell| self.on_disk(n, cell))
            }
            Ok(RelayMessage::Refused(refused)) => {
                self.tally.count(name_of(refused.code));
                let Some((write, had)) = refused.id.and_then(|id| self.answered(link, id)) else {
                    return Ok(());
                };
                self.check_refused(n, &write, &had, &refused)
            }
            Ok(RelayMessage::Welcome(welcome)) => {
                let what = if welcome.resumed {
                    "connections resumed"
                } else {
                    "connections from the start"
                };
                self.tally.count(what);
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => self.fail("the relay says what can be read", error.to_string()),
        }
    }

    fn answered(&mut self, link: usize, id: u64) -> Option<(Rc<drawbridge_protocol::Write>, Vec<bool>)> {
        let sent = self.links[link].unanswered.remove(&id)?;
        let bytes =
            drawbridge_protocol::encode(&drawbridge_protocol::ClientMessage::Write((*sent.0).clone()));
        let link = &mut self.links[link];
        link.unanswered_bytes = link.unanswered_bytes.saturating_sub(bytes.len());
        Some(sent)
    }

    fn check_refused(
        &mut self,
        n: usize,
        write: &drawbridge_protocol::Write,
        had: &[bool],
        refused: &drawbridge_protocol::Refused,
    ) -> Result {
        for (cell, had) in write.cells.iter().zip(had) {
            let was_told = self.model.told.contains(&(cell.key(), cell.stamp));
            if !had && !was_told && self.relay_has(n, cell) {
                return self.fail("a refused write changes nothing", format!("person {n}: {cell:?}"));
            }
            if !matches!(refused.retry, Retry::After(_)) {
                let times = self
                    .model
                    .refusals
                    .entry((n, cell.key(), cell.stamp))
                    .or_default();
                *times += 1;
                if *times > PATIENCE + write.cells.len() as u32 {
                    return self.fail("a refusal never leads to a loop", format!("person {n}: {cell:?}"));
                }
            }
        }
        let only_deletes = write
            .cells
            .iter()
            .all(|cell| cell.prop.as_str() == Property::DELETED);
        let limit = self.relay.settings.limits.board_cells;
        let board = self.board(n);
        let held = self
            .relay
            .by_hand
            .as_mut()
            .map_or(0, |relay| relay.dump(&board).count());
        if refused.code == Code::BoardFull && only_deletes && held + write.cells.len() <= limit + limit / 20 {
            return self.fail(
                "a full board still takes deletes",
                format!("person {n}: {held} of {limit} cells"),
            );
        }
        Ok(())
    }

    pub(super) fn committed(&mut self, life: u64) -> Result {
        if life != self.relay.life || self.relay.by_hand.is_none() {
            return Ok(());
        }
        if let Some(relay) = &mut self.relay.by_hand {
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
            relay.tell();
            self.relay.committing = false;
            self.relay.stirred = true;
        }
        Ok(())
    }
}

fn name_of(code: Code) -> &'static str {
    match code {
        Code::UnknownMessage => "refused: unknown_message",
        Code::NoBoard => "refused: no_board",
        Code::BoardGone => "refused: board_gone",
        Code::StampAhead => "refused: stamp_ahead",
        Code::BoardFull => "refused: board_full",
        Code::StoreFull => "refused: store_full",
        Code::CellTooBig => "refused: cell_too_big",
        Code::SlotTooBig | Code::TooManySlots => "refused: a slot",
        _ => "refused: otherwise",
    }
}
