//! What people do: with the pen, to elements, to their program and their machine.

use std::collections::BTreeMap;
use std::time::Duration;

use drawbridge_engine::board::Board;
use drawbridge_engine::client::testing::ByHand;
use drawbridge_engine::client::{Input, Phase, SessionConfig, Store as _, Timings};
use drawbridge_engine::editor::{Editor, SeededRandom};
use drawbridge_engine::geometry::Point;
use drawbridge_engine::tools::{Button, Event as Gesture, Pointer, State};
use drawbridge_protocol::{CellKey, ElementId, Peer, Property, Stamp, Value};

use super::person::{Drawing, Run, remote_of};
use super::schedule::{Act, Step};
use super::world::{Result, World};
use super::{letters, tools};

/// How long a program that is closed waits for its disk.
const QUIT: Duration = Duration::from_secs(5);

type Cells = BTreeMap<CellKey, (Stamp, Value)>;

impl World {
    /// Lets time pass, and then something happen.
    pub(super) fn step(&mut self, step: Step) -> Result {
        self.run_until(self.now + Duration::from_millis(step.after))?;
        let n = step.who.min(self.people.len() - 1);
        let size = u64::try_from(step.arg).unwrap_or(0);
        match step.act {
            Act::Wait => self.run_until(self.now + Duration::from_millis(size))?,
            Act::Start => self.start(n),
            Act::Kill => self.kill(n)?,
            Act::Quit => self.quit(n),
            Act::Copy => self.people[n].copy = Some(self.people[n].disk.clone()),
            Act::OldCopy => self.put_back(n)?,
            Act::DiskFull => (self.people[n].is_full, self.people[n].was_full) = (true, true),
            Act::DiskWell => self.people[n].is_full = false,
            Act::DiskSlow => {
                let person = &mut self.people[n];
                person.store_ms = size;
                person.slowest_ms = person.slowest_ms.max(size);
            }
            Act::Jump => self.people[n].jump(step.arg),
            Act::Drift => {
                let now = self.now;
                self.people[n].set_drift(now, step.arg);
            }
            Act::Lag => self.people[n].lag_ms = size,
            Act::Slow => self.people[n].slow_ms = size,
            Act::Block => self.people[n].is_blocked = true,
            Act::Unblock => self.people[n].is_blocked = false,
            Act::Hide => {
                // Whoever looks away has lifted the pen.
                self.by_hand(n, Act::Lose, size)?;
                self.people[n].is_hidden = true;
            }
            Act::Show => self.people[n].is_hidden = false,
            Act::Unshare => self.tell(n, Input::SetRemote(None)),
            Act::Share => self.tell(n, Input::SetRemote(Some(remote_of(n)))),
            Act::Offline => self.tell(n, Input::SetOnline(false)),
            Act::Online => self.tell(n, Input::SetOnline(true)),
            Act::NetworkBack => self.tell(n, Input::NetworkBack),
            Act::Retry => {
                self.model.refusals.retain(|(who, ..), _| *who != n);
                self.tell(n, Input::RetryParked);
            }
            Act::Cut | Act::DeafRelay | Act::DeafClient => self.harm_line(n, step.act),
            Act::RelayKill
            | Act::RelayStart
            | Act::RelayCopy
            | Act::RelayOld
            | Act::RelayEmpty
            | Act::RelayFull
            | Act::RelayRoom
            | Act::RelaySlow
            | Act::RelayJump
            | Act::Bury => self.relay_act(step)?,
            act => self.by_hand(n, act, size)?,
        }
        self.tally.count(step.act.name());
        self.stir(n);
        self.settle()
    }

    fn tell(&mut self, n: usize, input: Input) {
        let now = self.now_of(n);
        if let Some(run) = &mut self.people[n].run {
            run.hand.handle(now, input);
        }
    }

    /// Something that a person does on the board.
    fn by_hand(&mut self, n: usize, act: Act, arg: u64) -> Result {
        let types = |board: &Board| board.editor().is_typing();
        if matches!(act, Act::Undo | Act::Redo) && self.people[n].board.as_ref().is_some_and(types) {
            // What was typed becomes dry first, and is no undoing.
            self.by_hand(n, Act::Settle, 0)?;
            self.tally.count(Act::Settle.name());
        }
        let now = self.now_of(n);
        let person = &mut self.people[n];
        let (Some(run), Some(board)) = (&mut person.run, &mut person.board) else {
            return Ok(());
        };
        if run.quitting.is_some() || person.is_hidden {
            return Ok(());
        }
        let ahead = if act == Act::Early { 200_000 } else { 0 };
        run.hand.set_wall(now.wall_ms + ahead);
        board.pump();
        let before = cells_of(board);
        let was_dragging = matches!(board.editor().state(), State::Dragging(_) | State::Bending(_));
        let spot = Point::new(10.0 + (arg * 37 % 900) as f64, 10.0 + (arg * 61 % 600) as f64);
        let pointer = Pointer {
            pos: spot,
            pressure: Some(0.5),
            time_ms: self.now.as_secs_f64() * 1e3,
            modifiers: tools::keys(arg),
        };
        match act {
            Act::Down => {
                let _ = board.handle(&Gesture::Down(Button::Primary, pointer));
            }
            Act::Move => {
                let _ = board.handle(&Gesture::Move(pointer));
            }
            Act::Up => {
                let _ = board.handle(&Gesture::Up(Button::Primary, pointer));
            }
            Act::Cancel => {
                let _ = board.handle(&Gesture::Cancel);
            }
            Act::Enter => {
                let _ = board.handle(&Gesture::Confirm);
            }
            Act::Lose => {
                let _ = board.handle(&Gesture::Lost);
            }
            Act::Tool => tools::take(board, pointer, arg),
            Act::Grab => tools::grab(board, pointer, arg),
            Act::Undo => {
                let _ = board.undo();
            }
            Act::Redo => {
                let _ = board.redo();
            }
            Act::Settle => letters::settle(board),
            Act::Type => letters::act(board, pointer, arg),
            Act::Title => board.set_title(&format!("Plan {arg}")),
            act => match tools::edit(act, arg) {
                Some(edit) => tools::perform(board, &edit, arg),
                None => set(board, act, arg, &before, &mut self.random),
            },
        }
        let after = cells_of(board);
        if was_dragging && board.editor().state().is_idle() && after != before {
            self.tally.count("drags that ended in a write");
        }
        if let Some(run) = &mut person.run {
            run.hand.set_wall(now.wall_ms);
        }
        self.watch_pen(n, act);
        self.check_hand(n, act, &before, after)
    }

    /// Notes what is being drawn, and what ended how.
    pub(super) fn watch_pen(&mut self, n: usize, act: Act) {
        let (now, person) = (self.now, &mut self.people[n]);
        let (Some(run), Some(board)) = (&mut person.run, &person.board) else {
            return;
        };
        let editor = board.editor();
        let (drawn, is_ink) = match editor.state() {
            State::Drawing(_, stroke) => (Some(stroke.id().clone()), true),
            State::Shaping(_, shaping) => (Some(shaping.id().clone()), false),
            State::Lining(lining) => (Some(lining.id().clone()), false),
            State::Typing(typing) => (typing.element().map(|element| element.id.clone()), false),
            _ => (None, false),
        };
        if let Some(was) = run.drawing.take_if(|was| was.id != drawn)
            && let Some(id) = was.id
        {
            // A shape or line that never got anywhere is none.
            let is_none = !was.is_ink && !editor.document().has_base(id.as_str());
            if (act == Act::Cancel && was.is_ink) || is_none {
                self.model.cancelled.insert(id);
            } else {
                if !was.is_ink {
                    self.tally.count("shapes and lines drawn");
                }
                self.model.finished.insert(id);
            }
        }
        if drawn.is_some() && run.drawing.is_none() {
            run.drawing = Some(Drawing {
                id: drawn,
                is_ink,
                since: now,
            });
        }
    }

    /// Starts a person's program, if it doesn't run.
    pub(super) fn start(&mut self, n: usize) {
        if self.people[n].run.is_some() {
            return;
        }
        let now = self.now_of(n);
        let (bits, seed, ids) = (self.random.bits(), self.random.word(), self.random.word());
        self.runs += 1;
        let person = &mut self.people[n];
        person.was_full = person.is_full;
        person.slowest_ms = person.store_ms;
        let loaded = person.disk.load().expect("a model store loads");
        let config = SessionConfig {
            peer: Peer::from_bits(bits),
            about: Value::from_text(format!("{{\"name\":\"{n}\"}}")).expect("JSON"),
            remote: loaded.meta.remote.clone(),
            online: true,
            timings: Timings::default(),
        };
        let drafts: Vec<_> = loaded.drafts.keys().cloned().collect();
        let (opened, mut hand) = ByHand::open(config, loaded, seed, now);
        // Every second one looks at what was before.
        if n.is_multiple_of(2) {
            hand.handle(now, Input::FetchPast(true));
        }
        person.run = Some(Run {
            number: self.runs,
            peer: Peer::from_bits(bits),
            hand,
            storing: None,
            link: None,
            drawing: None,
            frame_due: false,
            quitting: None,
            handed: Vec::new(),
            said_saved: false,
            stirred: true,
        });
        let before: Cells = opened
            .cells
            .iter()
            .map(|cell| (cell.key(), (cell.stamp, cell.value.clone())))
            .collect();
        let board = Board::over(opened, Editor::new(Box::new(SeededRandom(ids))));
        let after = cells_of(&board);
        person.board = Some(board);
        for slot in drafts {
            self.tally.count("strokes recovered from a draft");
            if let Ok(id) = ElementId::new(slot.as_str()) {
                self.model.finished.insert(id);
            }
        }
        // Its own writes at the start, of recovered strokes, are a person's as any other.
        let checked = self.check_hand(n, Act::Up, &before, after);
        debug_assert!(checked.is_ok(), "a recovered stroke breaks no rule");
    }

    /// A program dies.
    pub(super) fn kill(&mut self, n: usize) -> Result {
        let survives = self.random.chance(50);
        let Some(run) = self.people[n].run.take() else {
            return Ok(());
        };
        self.people[n].board = None;
        if let Some((_, batch)) = run.storing {
            self.tally.count("clients killed while they stored");
            if survives && !self.people[n].is_full {
                let _ = self.people[n].disk.commit(&batch);
                self.check_batch(n, &batch)?;
            }
        }
        if let Some(link) = run.link {
            self.break_line(link, true);
        }
        self.check_draft(n, run.drawing.as_ref())
    }

    fn quit(&mut self, n: usize) {
        let now = self.now_of(n);
        let person = &mut self.people[n];
        if let (Some(run), Some(board)) = (&mut person.run, &mut person.board)
            && run.quitting.is_none()
        {
            let before = cells_of(board);
            let _ = board.handle(&Gesture::Lost);
            let after = cells_of(board);
            run.quitting = Some(self.now + QUIT);
            self.watch_pen(n, Act::Up);
            // What it writes is a person's own.
            let _ = self.check_hand(n, Act::Up, &before, after);
            if let Some(run) = &mut self.people[n].run {
                run.hand.take_in(now, false);
                run.hand.handle(now, Input::Flush);
            }
        }
    }

    /// Ends a program that was closed, once its disk has everything or has had its time.
    pub(super) fn quit_if_done(&mut self, n: usize) -> Result {
        let Some(run) = &self.people[n].run else {
            return Ok(());
        };
        let stored = run.hand.session().is_stored();
        if run.quitting.is_none_or(|until| !stored && self.now < until) {
            return Ok(());
        }
        if stored && run.hand.session().status().unstored > 0 {
            return self.fail("what is stored is said to be", format!("person {n}"));
        }
        self.kill(n)
    }

    /// A person's program dies, and an older copy of its file is put back.
    fn put_back(&mut self, n: usize) -> Result {
        self.kill(n)?;
        if let Some(copy) = self.people[n].copy.clone() {
            self.people[n].disk = copy;
            self.people[n].saved.clear();
            self.model.client_lost = true;
            self.model.drafted.retain(|(who, _)| *who != n);
        }
        Ok(())
    }

    /// Whether a person's program is on its board, or was told for good that it can't be.
    pub(super) fn is_in_step(&self, n: usize) -> bool {
        let Some(run) = &self.people[n].run else {
            return false;
        };
        let status = run.hand.session().status();
        match status.phase {
            Phase::Live => status.waiting == 0 && status.unstored == 0 && run.hand.session().is_stored(),
            Phase::Refused { .. } => self.model.is_buried && run.hand.session().is_stored(),
            _ => false,
        }
    }
}

/// The cells of a board as its window has them.
pub(super) fn cells_of(board: &Board) -> Cells {
    let cells = board.editor().document().cells();
    cells.map(|cell| (cell.key(), (cell.stamp, cell.value))).collect()
}

/// Writes properties as a tool would.
fn set(board: &mut Board, act: Act, arg: u64, held: &Cells, random: &mut super::Random) {
    let elements: Vec<&ElementId> = held
        .keys()
        .filter(|key| key.prop.as_str() == Property::BASE)
        .map(|key| &key.element)
        .collect();
    let json = |text: String| Value::from_text(text).expect("JSON");
    let prop = |name: &str| Property::new(name).expect("a property");
    let mut fresh = || ElementId::from_bits(random.bits());
    let n = arg as usize;
    let some = (!elements.is_empty()).then(|| elements[n % elements.len().max(1)].clone());
    let sets = match (act, some) {
        (Act::Strange, _) => {
            let id = fresh();
            vec![
                (
                    id.clone(),
                    Property::base(),
                    json(format!("{{\"kind\":\"hologram\",\"n\":{arg}}}")),
                ),
                (id, prop("x-depth"), json(format!("[{arg}]"))),
            ]
        }
        (Act::Big, _) => {
            let id = fresh();
            vec![(id, Property::base(), json(format!("\"{}\"", "x".repeat(3100))))]
        }
        (_, None) => return,
        (Act::Place, Some(id)) => vec![(id, prop("place"), json(format!("[1,0,0,1,{arg},{}]", arg / 7)))],
        (Act::Color | Act::Early, Some(id)) => {
            vec![(
                id,
                prop("color"),
                json(format!("\"#{:06x}\"", arg * 7919 % 0xff_ffff)),
            )]
        }
        (Act::Delete, Some(id)) => vec![(id, Property::deleted(), json("true".to_owned()))],
        (Act::Restore, Some(id)) => vec![(id, Property::deleted(), json("false".to_owned()))],
        (Act::Unknown, Some(id)) => vec![(id, prop("x-glow"), json(format!("{{ \"a\" : {arg}.50 }}")))],
        (Act::Several, Some(_)) => (0..7)
            .map(|step| elements[(n + step) % elements.len()].clone())
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .map(|id| (id, prop("width"), json(format!("{}", arg + 1))))
            .collect(),
        _ => return,
    };
    board.set(sets);
}
