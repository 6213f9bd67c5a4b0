//! A relay, people who draw, a faulty line between each of them and the relay, and what they said so far.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use drawbridge_protocol::CellSet;
use fastrand::Rng;
use tokio::runtime::Runtime;

use super::check::{left_in, read, relay_left};
use super::draw::Drawing;
use super::drawer::{Drawer, Heard};
use super::journal::{Journal, Line};
use super::plan::{Action, Folder, Plan};
use super::table::Table;
use super::{CLOSE, DRAW, Programs, REST, digest};
use crate::people::board_of;
use crate::process::{RelayProcess, fresh_link};
use crate::proxy::{Fault, Proxy};

/// How long anything may take before it counts as never: far above what it takes.
const PATIENCE: Duration = Duration::from_secs(120);
const BOARD: &str = "torment";
const NAMES: [&str; 4] = ["ann", "bea", "cem", "dan"];

/// See above.
#[derive(Debug)]
pub struct World {
    seed: u64,
    pub(super) rng: Rng,
    program: String,
    /// `None` once it was said where it is kept.
    folder: Option<tempfile::TempDir>,
    pub(super) data: PathBuf,
    copy: Option<PathBuf>,
    pub(super) relay: Option<RelayProcess>,
    pub(super) people: Vec<Drawer>,
    proxies: Vec<Proxy>,
    /// For each line, how many more actions its fault lasts.
    lasts: Vec<u8>,
    heard: Receiver<Heard>,
    resting: Vec<Option<u64>>,
    /// What each said last that stands against resting.
    pub(super) restless: Vec<String>,
    /// Who was heard to end.
    pub(super) gone: Vec<bool>,
    /// How often each has opened their board.
    pub(super) opened: Vec<u64>,
    pub(super) journal: Journal,
    /// The relay has whatever it acknowledged: it has lost nothing since all agreed.
    kept: bool,
    pub(super) table: Table,
    _runtime: Runtime,
}

impl World {
    /// A world that follows from `seed`, with a relay and nobody started yet.
    #[must_use]
    pub fn new(programs: &Programs, seed: u64) -> Self {
        Self::over(programs, seed, 0, |_| {})
    }

    /// A world in which strokes weigh `weight` bytes more. `ready` gets the relay's folder and each person's, by name,
    /// before anything is in them.
    pub(super) fn over(programs: &Programs, seed: u64, weight: usize, ready: impl Fn(&Path)) -> Self {
        let mut rng = Rng::with_seed(seed);
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let data = folder.path().join("relay");
        fs::create_dir(&data).expect("a folder");
        ready(&data);
        let program = programs.relay.to_str().expect("UTF-8").to_owned();
        let relay = RelayProcess::start(&program, &data);
        let (to_us, heard) = channel();
        let (mut people, mut proxies) = (Vec::new(), Vec::new());
        for (who, name) in NAMES.into_iter().enumerate() {
            let proxy = Proxy::start(runtime.handle(), relay.address(), rng.u64(..));
            let home = folder.path().join(name);
            fs::create_dir(&home).expect("a folder");
            ready(&home);
            let drawing = Drawing {
                file: home.join(format!("{BOARD}.board")),
                link: fresh_link(proxy.address(), BOARD),
                create: who == 0,
                name: name.to_owned(),
                seed: rng.u64(..),
                weight,
            };
            people.push(Drawer::new(who, programs.client.clone(), drawing, to_us.clone()));
            proxies.push(proxy);
        }
        Self {
            seed,
            rng,
            program,
            data,
            copy: None,
            relay: Some(relay),
            lasts: vec![0; people.len()],
            resting: vec![None; people.len()],
            restless: vec![String::new(); people.len()],
            gone: vec![false; people.len()],
            opened: vec![0; people.len()],
            journal: Journal::new(people.len()),
            people,
            proxies,
            heard,
            kept: true,
            table: Table::default(),
            folder: Some(folder),
            _runtime: runtime,
        }
    }

    /// Starts everybody.
    pub fn begin(&mut self) {
        self.people.iter_mut().for_each(Drawer::start);
    }

    /// A plan that follows from the world's seed.
    #[must_use]
    pub fn plan(&mut self, loses: bool) -> Plan {
        Plan::round(&mut self.rng, loses)
    }

    /// Lets everything of a plan happen while people draw; then all faults end, and all must agree.
    pub fn round(&mut self, plan: Plan) {
        let mut actions = VecDeque::from(plan.actions);
        while let Some(action) = actions.pop_front() {
            if action == Action::KillRelay(Folder::Restored) && self.copy.is_none() {
                actions.push_back(action);
                continue;
            }
            self.work(plan.pause);
            self.fade();
            self.play(action);
        }
        self.work(plan.pause);
        self.agree();
        self.table.count("rounds at whose end all agreed");
    }

    /// Lets people draw for a random while: the load under which whatever follows happens.
    pub(super) fn work(&mut self, most: Duration) {
        // Now and then nothing at all, so that what has only just begun is hit too.
        let ms = if self.rng.u8(..4) == 0 {
            0..10
        } else {
            10..most.as_millis()
        };
        let ms = self
            .rng
            .u64(u64::try_from(ms.start).expect("small")..u64::try_from(ms.end).expect("small"));
        let until = Instant::now() + Duration::from_millis(ms);
        while self.hear_until(until) {}
    }

    /// Takes in one line; `false` when none came until then.
    pub(super) fn hear_until(&mut self, until: Instant) -> bool {
        match self
            .heard
            .recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            Ok(heard) => {
                self.note(heard);
                true
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => panic!("nobody is left"),
        }
    }

    fn note(&mut self, (who, line): Heard) {
        self.gone[who] = line.is_none();
        let Some(line) = line else {
            return;
        };
        self.journal.note(who, &line);
        self.opened[who] += u64::from(matches!(line, Line::Opened { .. }));
        match line {
            Line::Resting { digest } => self.resting[who] = Some(digest),
            Line::Restless { why } => {
                self.resting[who] = None;
                self.restless[who] = why;
            }
            Line::TurnedAway { code } => {
                self.table.count(if code.starts_with("NoBoard") {
                    "turned away, tried again by hand: the relay has no such board yet"
                } else {
                    "turned away, tried again by hand: the line had damaged what was sent"
                });
                self.restless[who] = code;
            }
            Line::Disk { error, unstored } => {
                if error.is_some() {
                    self.table
                        .count("times a person was told that their disk is full");
                }
                self.restless[who] = format!("{error:?}, {unstored} not on disk");
            }
            Line::Parked { cells, why } => panic!("{cells} cells of {} were refused: {why}", NAMES[who]),
            Line::Opened { .. } | Line::Wrote { .. } | Line::Acked { .. } | Line::Saved { .. } => {
                self.resting[who] = None;
            }
        }
    }

    /// Takes in what has been said by now.
    pub(super) fn catch_up(&mut self) {
        while let Ok(heard) = self.heard.try_recv() {
            self.note(heard);
        }
    }

    /// Ends faults whose time is over.
    fn fade(&mut self) {
        for (proxy, lasts) in self.proxies.iter().zip(&mut self.lasts) {
            *lasts = lasts.saturating_sub(1);
            if *lasts == 0 {
                proxy.set(Fault::None);
            }
        }
    }

    fn somebody(&mut self) -> usize {
        self.rng.usize(..self.people.len())
    }

    fn play(&mut self, action: Action) {
        match action {
            Action::KillRelay(folder) => {
                self.kill_relay();
                self.swap(folder);
                self.start_relay();
            }
            Action::KillRelayTwice => {
                self.kill_relay();
                let after = Duration::from_micros(self.rng.u64(..40_000));
                RelayProcess::start_and_kill(&self.program, &self.data, after);
                self.table.count("kills of the relay");
                self.check_relay();
                self.start_relay();
            }
            Action::StopRelay => {
                self.stop_relay();
                self.start_relay();
            }
            Action::KillClient => {
                let who = self.somebody();
                self.kill_client(who);
                self.work(Duration::from_millis(200));
                self.people[who].start();
            }
            Action::KillClientTwice => {
                let who = self.somebody();
                self.kill_client(who);
                self.people[who].start();
                self.work(Duration::from_millis(60));
                self.kill_client(who);
                self.people[who].start();
            }
            Action::CloseClient => {
                let who = self.somebody();
                self.close_client(who);
                self.people[who].start();
            }
            Action::Cut(how) => {
                let who = self.somebody();
                self.proxies[who].cut(how);
            }
            Action::Fault(fault) => {
                let who = self.somebody();
                self.proxies[who].set(fault);
                self.lasts[who] = self.rng.u8(2..5);
            }
        }
    }

    pub(super) fn start_relay(&mut self) {
        let relay = RelayProcess::start(&self.program, &self.data);
        self.aim(relay);
    }

    /// Starts the relay, if it starts.
    pub(super) fn try_start_relay(&mut self) -> Result<(), String> {
        RelayProcess::try_start(&self.program, &self.data).map(|relay| self.aim(relay))
    }

    fn aim(&mut self, relay: RelayProcess) {
        self.proxies
            .iter()
            .for_each(|proxy| proxy.set_target(relay.address()));
        self.relay = Some(relay);
    }

    pub(super) fn kill_relay(&mut self) {
        self.catch_up();
        self.relay.take().expect("a relay").kill();
        self.table.count("kills of the relay");
        self.check_relay();
    }

    pub(super) fn stop_relay(&mut self) {
        let (status, log) = self.relay.take().expect("a relay").terminate();
        assert!(status.success(), "{status}: {log:?}");
        self.table.count("stops of the relay");
        self.check_relay();
    }

    /// What the relay left: whole, nothing that nobody wrote, and whatever it acknowledged.
    pub(super) fn check_relay(&mut self) {
        let left = relay_left(&self.data, BOARD).unwrap_or_default();
        // What somebody wrote is announced before, but perhaps not heard yet.
        let until = Instant::now() + PATIENCE;
        while !self.journal.strange(&left).is_empty() && self.hear_until(until) {}
        assert_eq!(self.journal.strange(&left), [], "nobody wrote that");
        if self.kept {
            self.catch_up();
            let lost = self.journal.unkept(&left);
            assert_eq!(lost, [], "the relay acknowledged and lost");
            self.table
                .count("ends of the relay at which all it had acknowledged was asked for");
        }
    }

    /// Does to the relay's folder what happens to it while it is down.
    fn swap(&mut self, folder: Folder) {
        let copy = self.data.with_file_name("copy");
        match folder {
            Folder::Stays => {}
            Folder::Copied => {
                remove(&copy);
                copy_folder(&self.data, &copy);
                self.copy = Some(copy);
            }
            Folder::Restored => {
                remove(&self.data);
                copy_folder(&copy, &self.data);
                self.kept = false;
                self.table.count("relays restored from an older copy");
            }
            Folder::Emptied => {
                remove(&self.data);
                self.kept = false;
                self.table.count("relays emptied");
            }
        }
    }

    pub(super) fn kill_client(&mut self, who: usize) {
        self.people[who].kill();
        self.table.count("kills of clients");
        self.check_client(who);
    }

    /// What somebody's process left: whole, whatever it had called saved, no half write, every stroke under way.
    pub(super) fn check_client(&mut self, who: usize) {
        self.catch_up();
        let name = NAMES[who];
        let Some(left) = left_in(&self.people[who].drawing.file, BOARD) else {
            let lost = self.journal.unsaved(who, &CellSet::default());
            return assert_eq!(lost, [], "{name} has no file");
        };
        assert_eq!(
            self.journal.unsaved(who, &left.board),
            [],
            "saved by {name} and lost"
        );
        assert!(
            self.journal.torn(who, &left.board).is_empty(),
            "half of a write of {name}"
        );
        let undrafted = self.journal.undrafted(who, &left.drafts, &left.board);
        assert!(undrafted.is_empty(), "{name} had kept {undrafted:?}");
        let until = Instant::now() + PATIENCE;
        while !self.journal.strange(&left.board).is_empty() && self.hear_until(until) {}
        assert_eq!(self.journal.strange(&left.board), [], "nobody wrote that");
    }

    pub(super) fn close_client(&mut self, who: usize) {
        self.people[who].tell(CLOSE);
        let (status, complaint) = self.people[who].ended();
        assert!(status.success(), "{} closed: {status}, {complaint}", NAMES[who]);
        self.table.count("clients closed");
        self.check_client(who);
    }

    /// Ends all faults, lets people rest, and waits until they and the relay have one board, on which nothing is
    /// missing and nothing strange.
    pub fn agree(&mut self) {
        self.lasts.fill(0);
        self.fade();
        self.resting.fill(None);
        self.people.iter_mut().for_each(|person| person.tell(REST));
        let until = Instant::now() + PATIENCE;
        let board = loop {
            if let Some(first) = self.resting[0]
                && self.resting.iter().all(|digest| *digest == Some(first))
            {
                let board = board_of(&self.data, BOARD);
                if digest(&board) == first {
                    break board;
                }
            }
            if !self.hear_until(until) {
                let relay = board_of(&self.data, BOARD);
                panic!(
                    "they never agreed: resting {:?}, the relay {} with {} cells; {:#?}",
                    self.resting,
                    digest(&relay),
                    relay.len(),
                    self.restless
                );
            }
        };
        assert_eq!(self.journal.lost(&board), [], "saved and lost");
        assert_eq!(self.journal.strange(&board), [], "nobody wrote that");
        let unfinished = self.journal.unfinished(&board);
        assert!(
            unfinished.is_empty(),
            "under way, on disk, and lost: {unfinished:?}"
        );
        self.kept = true;
    }

    /// Somebody's disk is lost, and they start over with their link. Only while all agree.
    pub fn lose_disk(&mut self) {
        let who = self.somebody();
        self.kill_client(who);
        self.journal.lost_disk(who);
        let home = self.people[who]
            .drawing
            .file
            .parent()
            .expect("a folder")
            .to_owned();
        remove(&home);
        fs::create_dir(&home).expect("a folder");
        self.table.count("clients that lost their disk");
        self.people[who].start();
    }

    /// Lets people go on.
    pub fn go_on(&mut self) {
        self.people.iter_mut().for_each(|person| person.tell(DRAW));
    }

    /// Closes everybody and the relay, compares what they left, cell by cell, and returns what was counted.
    pub fn end(mut self) -> Table {
        self.agree();
        for who in 0..self.people.len() {
            if self.people[who].is_there() {
                self.close_client(who);
            }
        }
        self.stop_relay();
        let board = relay_left(&self.data, BOARD).expect("a store");
        for person in &self.people {
            let left = read(&person.drawing.file, BOARD);
            assert!(
                left.board == board,
                "{} and the relay differ",
                person.drawing.name
            );
            assert_eq!(left.drafts.len(), 0, "a stroke is still under way");
            self.table.add("files compared with the relay's, cell by cell", 1);
            self.table
                .add("cells left unsettled in files", left.unsettled as u64);
        }
        assert_eq!(self.journal.lost(&board), [], "saved and lost");
        assert_eq!(self.journal.unkept(&board), [], "acknowledged and lost");
        self.table.add("cells written", self.journal.cells);
        self.table.add("cells on boards at the end", board.len() as u64);
        self.table
            .add("strokes under way found again", self.journal.recovered);
        for proxy in &self.proxies {
            let counts = proxy.counts();
            let get = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
            self.table.add("line: connections", get(&counts.taken));
            self.table.add("line: cut", get(&counts.cut));
            self.table.add("line: refused", get(&counts.refused));
            self.table.add("line: pieces held back", get(&counts.held_back));
            self.table
                .add("line: bytes passed one by one", get(&counts.single_bytes));
            self.table
                .add("line: gone dead without a word", get(&counts.half_open));
            self.table.add("line: damaged", get(&counts.damaged));
            self.table.add(
                "line: damaged and neither end left in 3 s",
                get(&counts.damaged_unnoticed),
            );
        }
        std::mem::take(&mut self.table)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(folder) = self.folder.take()
        {
            eprintln!(
                "seed {}; what is on disk stays in {}",
                self.seed,
                folder.keep().display()
            );
        }
    }
}

fn remove(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("removed");
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}
