//! A scenario as it was read: what is to be done, in which order.

use std::time::Duration;

use super::expression::{Expression, Template};
use super::terms::Term;
use crate::document::Kind;

/// So many clients can be in one scenario: each has two threads.
pub(super) const CLIENTS: u32 = 1000;
/// A block is done at most so often, and so many steps are undone at once.
pub(super) const TURNS: u32 = 1_000_000;

/// A file's worth of steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The file's name.
    pub name: String,
    /// What is to be done.
    pub steps: Vec<Step>,
}

/// A line, or a block with the lines in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The line, from 1.
    pub line: usize,
    /// As it stands there.
    pub text: String,
    /// What is to be done.
    pub act: Act,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Something about the relay.
    Relay(RelayDeed),
    /// These come to the board, one after the other.
    Clients {
        /// Who.
        who: Newcomers,
        /// How long each may take.
        within: Duration,
    },
    /// Each of these does this.
    Deed(Who, Deed),
    /// Goes on once it is so.
    Wait(Condition, Duration),
    /// It must be so now.
    Expect(Condition),
    /// Shows the board, as somebody has it or as the first client has.
    Print(Option<Template>),
    /// Says something.
    Log(Template),
    /// Does steps several times.
    Repeat {
        /// How often.
        times: Expression,
        /// What the number of the turn is called, from 1.
        counter: Option<String>,
        /// The steps.
        steps: Vec<Step>,
    },
    /// Measures how long steps take.
    Measure(String, Vec<Step>),
}

/// What happens to the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayDeed {
    /// It starts, the first time or again.
    Start,
    /// It stops.
    Stop,
    /// One after the other.
    Restart,
}

/// Who comes to the board.
#[derive(Debug, Clone, PartialEq)]
pub enum Newcomers {
    /// These.
    Named(Vec<Template>),
    /// So many, called by this name and a number from 1.
    Many(Expression, String),
}

/// Who does something, or is looked at.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// One client.
    One(Template),
    /// All of a sort, or all.
    All(Option<String>),
}

/// What a client does.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Draws something.
    Draw(Box<Drawing>),
    /// Moves elements.
    Move {
        /// Which.
        what: Vec<Template>,
        /// By so much; else their upper left corner to there.
        by: bool,
        /// In board units.
        to: [Expression; 2],
    },
    /// Gives a property another value.
    Set(Template, &'static Term, Wish),
    /// Deletes elements.
    Delete(Vec<Template>),
    /// Types in an element, behind what stands there.
    Type(Template, Template),
    /// Takes back so many steps.
    Undo(Expression),
    /// Does so many again.
    Redo(Expression),
    /// Comes back to the relay.
    Online,
    /// Works alone.
    Offline,
    /// Goes for good.
    Leave,
}

/// What is to be drawn. What isn't said lies anywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// What it is.
    pub kind: Kind,
    /// Whether a line has a head.
    pub arrow: bool,
    /// What it is called from now on.
    pub name: Option<Template>,
    /// Its upper left corner, in board units.
    pub at: Option<[Expression; 2]>,
    /// How wide and high it is, in board units.
    pub size: Option<[Expression; 2]>,
    /// The points of what is drawn along points.
    pub through: Vec<[Expression; 2]>,
    /// What a line's ends hold on to.
    pub ends: [Option<Template>; 2],
    /// What stands in it.
    pub text: Option<Template>,
    /// Properties that it is born with.
    pub wishes: Vec<(&'static Term, Wish)>,
}

/// What a property is to be, or compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// A number.
    Number(Expression),
    /// A word or a text.
    Text(Template),
    /// Yes or no.
    Flag(bool),
}

/// What is to be so.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// These hold the same board, and the relay has it too.
    Agree(Who),
    /// An element is there for these, or isn't.
    There(Who, Template, bool),
    /// A property of an element compares so, for these.
    Property {
        /// For whom.
        who: Who,
        /// Of which element.
        element: Template,
        /// Which.
        term: &'static Term,
        /// How.
        how: Comparison,
        /// With what.
        wish: Wish,
    },
    /// How many elements these have.
    Count(Who, Comparison, Expression),
    /// How these stand to the relay.
    Standing(Who, Standing),
    /// How long what was measured took, the longest if several times.
    Took(String, Comparison, Duration),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Equal,
        Self::Unequal,
        Self::Less,
        Self::AtMost,
        Self::More,
        Self::AtLeast,
    ];

    /// As it is written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether a number compares so with another; they are equal within a thousandth.
    #[must_use]
    pub fn holds(self, a: f64, b: f64) -> bool {
        let equal = (a - b).abs() <= 1e-3;
        match self {
            Self::Equal => equal,
            Self::Unequal => !equal,
            Self::Less => a < b && !equal,
            Self::AtMost => a < b || equal,
            Self::More => a > b && !equal,
            Self::AtLeast => a > b || equal,
        }
    }
}

/// How somebody stands to the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Connected, with all that others did.
    Online,
    /// Not connected.
    Offline,
    /// Online, and the relay has all that they did.
    InStep,
}
