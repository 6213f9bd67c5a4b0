//! What happens in a simulation and when: made from a seed, written as text, read back.

use std::fmt;
use std::str::FromStr;

use super::random::Random;

/// Something that happens to somebody. The names are also its text form.
macro_rules! acts {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal),+ $(,)?) => {
        /// What happens.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Act { $($(#[doc = $doc])* $name),+ }

        impl Act {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name in a schedule.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

acts! {
    /// A person puts the pen down.
    Down = "down",
    /// They move it.
    Move = "move",
    /// They lift it.
    Up = "up",
    /// They press escape.
    Cancel = "cancel",
    /// They press enter.
    Enter = "enter",
    /// Their window loses the focus.
    Lose = "lose",
    /// They take another tool, and mostly begin to use it; `arg` says which.
    Tool = "tool",
    /// They begin to drag what is selected; as with all that is done to a selection, something is selected if nothing
    /// is, and put there if there is nothing.
    Grab = "grab",
    /// They select something, everything or nothing.
    Select = "select",
    /// They move what is selected by the arrow keys.
    Nudge = "nudge",
    /// They give it another style.
    Style = "style",
    /// They move it in the stack.
    Stack = "stack",
    /// They make a group of it, or dissolve one.
    Group = "group",
    /// They lock it, or unlock everything.
    Lock = "lock",
    /// They align, distribute or mirror it.
    Align = "align",
    /// They copy it.
    Duplicate = "duplicate",
    /// They delete it.
    Erase = "erase",
    /// They type: in a text that is there or in a new one, if they don't already.
    Type = "type",
    /// What they have typed becomes dry.
    Settle = "settle",
    /// They put a shape into the middle of what they see.
    Insert = "insert",
    /// They move an element, of those they see; `arg` says which.
    Place = "place",
    /// They give it a colour.
    Color = "color",
    /// They delete it.
    Delete = "delete",
    /// They bring it back.
    Restore = "restore",
    /// They write a property that this version doesn't know.
    Unknown = "unknown",
    /// They make an element of a kind that this version doesn't know, with a property in the same write.
    Strange = "strange",
    /// They change several elements in one write.
    Several = "several",
    /// They write something above the relay's limit.
    Big = "big",
    /// They write something far in the future: their program's clock is broken.
    Early = "early",
    /// They undo.
    Undo = "undo",
    /// They do again.
    Redo = "redo",
    /// They name the board.
    Title = "title",
    /// They stop sharing: the board is theirs alone.
    Unshare = "unshare",
    /// They share it again where it was.
    Share = "share",
    /// They choose to be offline.
    Offline = "offline",
    /// And online again.
    Online = "online",
    /// Their machine says that the network is back.
    NetworkBack = "network-back",
    /// They ask for what was refused to be offered again.
    Retry = "retry",
    /// Their window is hidden: nobody looks at what comes.
    Hide = "hide",
    /// It is seen again.
    Show = "show",
    /// Their program dies.
    Kill = "kill",
    /// They close it.
    Quit = "quit",
    /// It is started.
    Start = "start",
    /// Somebody copies their board's file.
    Copy = "copy",
    /// Their program dies, and the copy is put back.
    OldCopy = "old-copy",
    /// Their disk is full, or fails otherwise.
    DiskFull = "disk-full",
    /// It is well again.
    DiskWell = "disk-well",
    /// Their disk takes `arg` milliseconds a commit from here on.
    DiskSlow = "disk-slow",
    /// Their wall clock jumps by `arg` milliseconds.
    Jump = "jump",
    /// Their wall clock drifts by `arg` in a thousand.
    Drift = "drift",
    /// Their line breaks, and both sides hear of it sooner or later.
    Cut = "cut",
    /// Nothing that they send arrives any more on their line.
    DeafRelay = "deaf-relay",
    /// Nothing that is sent to them arrives any more on their line.
    DeafClient = "deaf-client",
    /// They can't connect.
    Block = "block",
    /// They can again.
    Unblock = "unblock",
    /// From here on what they send and get takes up to `arg` milliseconds.
    Lag = "lag",
    /// They take what is sent to them slowly: `arg` milliseconds a frame.
    Slow = "slow",
    /// The relay's machine loses its power.
    RelayKill = "relay-kill",
    /// The relay is started.
    RelayStart = "relay-start",
    /// Somebody copies the relay's disk.
    RelayCopy = "relay-copy",
    /// The relay dies, and the copy is put back.
    RelayOld = "relay-old",
    /// The relay dies, and its disk is lost.
    RelayEmpty = "relay-empty",
    /// The relay's disk is full.
    RelayFull = "relay-full",
    /// There is room again.
    RelayRoom = "relay-room",
    /// The relay's disk takes `arg` milliseconds a commit from here on.
    RelaySlow = "relay-slow",
    /// The relay's wall clock jumps by `arg` milliseconds.
    RelayJump = "relay-jump",
    /// The board is deleted while the relay is down.
    Bury = "bury",
    /// Nothing, for a while.
    Wait = "wait",
}

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Milliseconds after the step before.
    pub after: u64,
    /// What.
    pub act: Act,
    /// To whom, where it happens to a person.
    pub who: usize,
    /// How much, which, how far.
    pub arg: i64,
}

/// A whole simulation: with the same program it always goes the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Fixes delays, names and whatever else is left open.
    pub seed: u64,
    /// How many people there are.
    pub people: usize,
    /// How many cells the relay takes on a board.
    pub room: usize,
    /// What happens.
    pub steps: Vec<Step>,
}

impl Schedule {
    /// The schedule of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let people = random.pick(&[2, 2, 2, 3, 3, 4]);
        // Rarely one on which there is hardly any room: a full board is small then, and full early.
        let is_small = random.chance(8);
        let room = if is_small { 20 } else { 1_000_000 };
        let length = if is_small {
            90
        } else {
            random.pick(&[10, 20, 30, 45, 70])
        };
        let mut menu = menu(&mut random);
        if is_small {
            menu.extend([Act::Strange, Act::Strange, Act::Delete, Act::Color, Act::Unknown]);
        }
        let hurry = random.pick(&[0, 1, 2]);
        let steps = (0..length)
            .map(|_| step(&mut random, &menu, people, hurry))
            .collect();
        Self {
            seed,
            people,
            room,
            steps,
        }
    }
}

/// What may happen in one schedule, each as often as it stands here. Not everything in every one: what is rare among all is
/// then often together (swarm testing: Groce et al., 2012).
fn menu(random: &mut Random) -> Vec<Act> {
    use Act::*;
    let mut menu = vec![Down, Down, Move, Move, Up, Up, Place, Delete, Wait];
    let sets: &[(u64, &[Act])] = &[
        (50, &[Color, Color, Place]),
        (50, &[Restore, Delete]),
        (30, &[Unknown, Strange]),
        (30, &[Several]),
        (50, &[Undo, Undo, Redo]),
        (20, &[Cancel, Title]),
        (10, &[Big, Retry]),
        (30, &[Early, Color, Early]),
        (40, &[Offline, Online, Online]),
        (30, &[NetworkBack]),
        (15, &[Unshare, Share, Share]),
        (15, &[Hide, Show]),
        (45, &[Kill, Start, Start]),
        (20, &[Quit, Start]),
        (15, &[DiskFull, DiskWell, DiskWell, Kill]),
        (20, &[DiskSlow]),
        (25, &[Jump, Drift]),
        (50, &[Cut, Cut]),
        (20, &[DeafRelay, DeafClient]),
        (15, &[Block, Unblock]),
        (30, &[Lag]),
        (30, &[Slow]),
        (50, &[RelayKill, RelayStart, RelayStart]),
        (15, &[RelayFull, RelayRoom, RelayRoom]),
        (25, &[RelaySlow]),
        (15, &[RelayJump, RelayKill, RelayStart]),
    ];
    // With much to do on the board, little else happens to it: so this isn't in all schedules.
    let edits: &[(u64, &[Act])] = &[
        (60, &[Tool, Tool, Down, Move, Up, Up, Enter, Insert]),
        (60, &[Grab, Grab, Move, Up, Up, Undo]),
        (40, &[Select, Nudge, Style, Stack]),
        (40, &[Group, Group, Lock, Align]),
        (40, &[Duplicate, Erase, Select]),
        (50, &[Type, Type, Type, Type, Enter, Cancel, Undo]),
        (20, &[Lose]),
    ];
    let edits = if random.chance(40) { edits } else { &[] };
    for (percent, acts) in sets.iter().chain(edits) {
        if random.chance(*percent) {
            menu.extend_from_slice(acts);
        }
    }
    // At most one of these: with both, what only lay on the disks that were lost is lost.
    match random.below(20) {
        0..=3 => menu.extend([RelayCopy, RelayOld, RelayStart]),
        4..=6 => menu.extend([RelayEmpty, RelayStart]),
        7 => menu.extend([Copy, OldCopy, Start]),
        8 => menu.extend([Bury, RelayStart]),
        _ => {}
    }
    menu
}

fn step(random: &mut Random, menu: &[Act], people: usize, hurry: u64) -> Step {
    let act = random.pick(menu);
    let waits: &[(u64, u64)] = match hurry {
        0 => &[(0, 3), (0, 10), (0, 40), (5, 120)],
        1 => &[(0, 5), (0, 60), (20, 400), (100, 3000)],
        _ => &[(0, 20), (10, 300), (100, 4000), (1000, 20_000)],
    };
    let (least, most) = random.pick(waits);
    let after = least + random.below(most - least + 1);
    let minute = 60_000;
    let arg = match act {
        Act::Wait => random.pick(&[100, 1000, 8000, 30_000, 60_000]),
        Act::Jump | Act::RelayJump => random.pick(&[
            -5 * minute,
            -minute - 1,
            -2000,
            2000,
            minute - 1,
            minute + 5000,
            4 * minute,
        ]),
        Act::Drift => random.pick(&[-300, -20, 0, 20, 500]),
        Act::Lag => random.pick(&[0, 5, 100, 900, 6000]),
        Act::Slow => random.pick(&[0, 20, 300, 2000]),
        Act::DiskSlow | Act::RelaySlow => random.pick(&[1, 20, 300, 2500]),
        Act::Early => random.pick(&[50_000, 70_000, 200_000]),
        _ => i64::try_from(random.below(1000)).unwrap_or(0),
    };
    let who = usize::try_from(random.below(people as u64)).unwrap_or(0);
    Step { after, act, who, arg }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {} people {} room {}", self.seed, self.people, self.room)?;
        for step in &self.steps {
            writeln!(f, "{} {} {} {}", step.after, step.act.name(), step.who, step.arg)?;
        }
        Ok(())
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let head: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
        let ["seed", seed, "people", people, "room", room] = head.as_slice() else {
            return Err("a schedule begins with `seed N people N room N`".to_owned());
        };
        let bad = |what: &str| format!("not a number: {what}");
        let step = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [after, name, who, arg] = words.as_slice() else {
                return Err(format!("not `MILLISECONDS ACT WHO ARG`: {line}"));
            };
            let act = Act::ALL.iter().find(|act| act.name() == *name);
            Ok(Step {
                after: after.parse().map_err(|_| bad(after))?,
                act: *act.ok_or_else(|| format!("nothing is called {name}"))?,
                who: who.parse().map_err(|_| bad(who))?,
                arg: arg.parse().map_err(|_| bad(arg))?,
            })
        };
        Ok(Self {
            seed: seed.parse().map_err(|_| bad(seed))?,
            people: people.parse().map_err(|_| bad(people))?,
            room: room.parse().map_err(|_| bad(room))?,
            steps: lines.map(step).collect::<Result<_, _>>()?,
        })
    }
}
