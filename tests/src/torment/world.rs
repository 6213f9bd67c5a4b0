//! A relay, people who draw, a faulty line between each of them and the relay, and what they said so far.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use fastrand::Rng;
use tokio::runtime::Runtime;

use super::check::{read, relay_left};
use super::draw::Drawing;
use super::drawer::{Drawer, Heard};
use super::journal::{Journal, Line};
use super::{DRAW, Programs, REST, digest};
use crate::people::board_of;
use crate::process::{RelayProcess, fresh_link};
use crate::proxy::Proxy;
use crate::tally::Tally;

/// How long anything may take before it counts as never: far above what it takes.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);
pub(super) const BOARD: &str = "torment";
pub(super) const NAMES: [&str; 4] = ["ann", "bea", "cem", "dan"];

/// A world.
#[derive(Debug)]
pub struct World {
    seed: u64,
    pub(super) rng: Rng,
    pub(super) program: String,
    /// `None` once it was said where it is kept.
    folder: Option<tempfile::TempDir>,
    pub(super) data: PathBuf,
    pub(super) copy: Option<PathBuf>,
    pub(super) relay: Option<RelayProcess>,
    pub(super) people: Vec<Drawer>,
    pub(super) proxies: Vec<Proxy>,
    /// For each line, how many more actions its fault lasts.
    pub(super) lasts: Vec<u8>,
    heard: Receiver<Heard>,
    pub(super) resting: Vec<Option<u64>>,
    /// What each said last that stands against resting.
    pub(super) restless: Vec<String>,
    /// Who was heard to end.
    pub(super) gone: Vec<bool>,
    /// How often each has opened their board.
    pub(super) opened: Vec<u64>,
    pub(super) journal: Journal,
    /// The relay has whatever it acknowledged: it has lost nothing since all agreed.
    pub(super) kept: bool,
    pub(super) table: Tally,
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
            table: Tally::default(),
            folder: Some(folder),
            _runtime: runtime,
        }
    }

    /// Starts everybody.
    pub fn begin(&mut self) {
        self.people.iter_mut().for_each(Drawer::start);
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

    /// Lets people go on.
    pub fn go_on(&mut self) {
        self.people.iter_mut().for_each(|person| person.tell(DRAW));
    }

    /// Closes everybody and the relay, compares what they left, cell by cell, and returns what was counted.
    pub fn end(mut self) -> Tally {
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
