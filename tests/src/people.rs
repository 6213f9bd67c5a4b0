//! People who draw without a window: the app's own client, driven by hand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use drawbridge_engine::client::{Client, ClientConfig, Phase, Remote, Status};
use drawbridge_protocol::{
    BoardId, Cell, CellKey, CellSet, ElementId, Property, SlotName, SlotOp, Slots, Stamp, Value,
};

/// How long anything may take before a test gives up: far above what it takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody with a client of their own.
#[derive(Debug)]
pub struct Person {
    name: &'static str,
    client: Client,
    drawn: AtomicUsize,
}

impl Person {
    /// Opens `remote`'s board in memory and connects.
    #[must_use]
    pub fn join(name: &'static str, remote: Remote) -> Self {
        Self::open(name, None, &remote.link.board.clone(), Some(remote))
    }

    /// Opens a board that is kept in `folder`, and connects if it is shared.
    #[must_use]
    pub fn open_in(name: &'static str, folder: &Path, remote: Remote) -> Self {
        let board = remote.link.board.clone();
        Self::open(
            name,
            Some(folder.join(format!("{board}.board"))),
            &board,
            Some(remote),
        )
    }

    fn open(name: &'static str, path: Option<PathBuf>, board: &BoardId, remote: Option<Remote>) -> Self {
        let about = Value::from_json(&serde_json::json!({ "name": name })).expect("JSON");
        let config = ClientConfig {
            path,
            remote,
            ..ClientConfig::in_memory(board.clone(), about)
        };
        let opened = Client::open(config, Arc::new(|| {})).expect("the board opens");
        assert!(opened.damaged.is_none(), "{name}'s store is damaged");
        Self {
            name,
            client: opened.client,
            drawn: AtomicUsize::new(0),
        }
    }

    /// The client itself.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    fn fresh_id(&self) -> ElementId {
        let n = self.drawn.fetch_add(1, Ordering::Relaxed);
        let peer = self.client.peer();
        let run = &peer.as_str()[..6];
        ElementId::new(&format!("{}-{run}-{n}", self.name)).expect("an id")
    }

    /// Starts a stroke: others see its first points.
    pub fn pen_down(&self) -> ElementId {
        let id = self.fresh_id();
        self.live(id.slot(), SlotOp::Put(vec![base_of("0 0")]));
        id
    }

    /// Grows a stroke by a point.
    pub fn pen_move(&self, id: &ElementId) {
        let chunk = Value::from_text(r#"{"points":"3-2"}"#.to_owned()).expect("JSON");
        self.live(id.slot(), SlotOp::Add(vec![chunk]));
    }

    /// Finishes a stroke.
    pub fn pen_up(&self, id: &ElementId) -> Cell {
        self.write(id, Property::BASE, base_of("0 0 3-2 3-2"), vec![id.slot()])
    }

    /// Draws a whole stroke.
    pub fn draw(&self) -> Cell {
        let id = self.pen_down();
        self.pen_move(&id);
        self.pen_up(&id)
    }

    /// Deletes an element, or takes that back.
    pub fn set_deleted(&self, id: &ElementId, deleted: bool) -> Cell {
        let value = Value::from_text(deleted.to_string()).expect("JSON");
        self.write(id, Property::DELETED, value, Vec::new())
    }

    /// Writes one property of one element.
    pub fn set(&self, id: &ElementId, prop: &str, json: &str) -> Cell {
        self.write(
            id,
            prop,
            Value::from_text(json.to_owned()).expect("JSON"),
            Vec::new(),
        )
    }

    fn write(&self, id: &ElementId, prop: &str, value: Value, ends: Vec<SlotName>) -> Cell {
        let prop = Property::new(prop).expect("a property");
        let cell = Cell {
            element: id.clone(),
            prop,
            stamp: self.client.stamp(),
            value,
        };
        self.client.write(vec![cell.clone()], ends);
        cell
    }

    fn live(&self, slot: SlotName, op: SlotOp) {
        self.client.live(Slots::from([(slot, op)]));
    }

    /// Waits for a status, and fails the test if it doesn't come.
    pub fn wait(&self, what: &str, wanted: impl Fn(&Status) -> bool) {
        let came = self.client.wait_until(PATIENCE, wanted);
        assert!(came, "{}: no {what}; now {:?}", self.name, self.client.status());
    }

    /// Waits until the client is in step with the relay.
    pub fn wait_live(&self) {
        self.wait("connection", |status| status.phase == Phase::Live);
    }

    /// Waits until the client has noticed that there is no relay.
    pub fn wait_offline(&self) {
        self.wait("break", |status| {
            matches!(status.phase, Phase::Offline { .. } | Phase::Connecting)
        });
    }

    /// Waits until the relay says that it has everything written so far.
    pub fn wait_saved(&self) {
        self.client.sync();
        self.wait("acknowledgement", |status| {
            status.waiting == 0 && status.unstored == 0
        });
    }

    /// Waits until this client holds every one of `cells`, or greater ones.
    pub fn wait_for(&self, cells: &[Cell]) {
        let came = self
            .client
            .wait_cells(PATIENCE, |held| missing(held, cells.iter().cloned()).is_empty());
        assert!(
            came,
            "{} never got {:?}",
            self.name,
            missing(&self.client.snapshot(), cells.iter().cloned())
        );
    }

    /// What it holds now, everything written before included.
    #[must_use]
    pub fn board(&self) -> CellSet {
        self.client.snapshot()
    }

    /// Ends the client; what it wrote is on disk afterwards.
    pub fn close(self) {
        self.client.close().expect("everything is stored");
    }
}

/// A stroke's `base` over these points.
#[must_use]
pub fn base_of(points: &str) -> Value {
    let base = format!(
        r#"{{"kind":"stroke","order":"a0","color":"black","width":4,"step":0.25,"points":"{points}"}}"#
    );
    Value::from_text(base).expect("JSON")
}

/// What a relay's data folder holds of a board.
#[must_use]
pub fn board_of(data: &Path, board: &str) -> CellSet {
    let board = BoardId::new(board).expect("a board's name");
    let cells = drawbridge_relay::store::dump(data, &board).expect("the relay's store");
    let mut set = CellSet::default();
    for cell in &cells {
        set.merge(cell);
    }
    set
}

/// Which of `cells` are not held, nor anything greater.
pub(crate) fn missing(held: &CellSet, cells: impl IntoIterator<Item = Cell>) -> Vec<(CellKey, Stamp)> {
    let lacks = |cell: &Cell| {
        held.get(&cell.key())
            .is_none_or(|(stamp, value)| cell.beats(stamp, value.as_str()))
    };
    cells
        .into_iter()
        .filter(lacks)
        .map(|cell| (cell.key(), cell.stamp))
        .collect()
}

/// Waits until everybody is live, has everything saved, and everybody and the relay's store hold the
/// same board, on which nothing of `acknowledged` is missing. Returns the board.
pub fn agree(people: &[&Person], data: &Path, board: &str, acknowledged: &[Cell]) -> CellSet {
    let start = Instant::now();
    loop {
        for person in people {
            person.wait_live();
            person.wait_saved();
        }
        let seen: Vec<_> = people.iter().map(|person| person.board()).collect();
        let relay = board_of(data, board);
        if seen.iter().all(|held| *held == relay) {
            let lost = missing(&relay, acknowledged.iter().cloned());
            assert_eq!(lost, [], "acknowledged and lost");
            return relay;
        }
        if start.elapsed() > PATIENCE {
            let keys = |set: &CellSet| {
                set.iter()
                    .map(|cell| (cell.key(), cell.stamp))
                    .collect::<BTreeSet<_>>()
            };
            for (person, held) in people.iter().zip(&seen) {
                let (here, there) = (keys(held), keys(&relay));
                eprintln!(
                    "{}: only here {:?}, only on the relay {:?}",
                    person.name,
                    here.difference(&there).collect::<Vec<_>>(),
                    there.difference(&here).collect::<Vec<_>>()
                );
            }
            panic!("they never agreed");
        }
        // What is still under way arrives at the first whose board lacks something.
        let target: Vec<Cell> = relay.iter().collect();
        people.iter().for_each(|person| person.wait_for(&target));
    }
}
