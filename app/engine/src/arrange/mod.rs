//! How a selection is framed, snapped, aligned, stacked and grouped, and how lines hold on to elements.
//!
//! Pure functions: they read elements and give what is to be written. They change nothing, and know no editor, tools or
//! scene. All lengths are board units and all places are on the board, unless it says otherwise.

mod align;
mod frame;
mod groups;
mod snap;
mod stack;
mod tie;
mod turns;

pub use align::{align, distribute, flip, parts};
pub use frame::{Frame, Handle};
pub(crate) use groups::within;
pub use groups::{group, is_one_group, outermost, ungroup};
pub use snap::{Guide, Snapped, point_to_grid, snap, snap_point, to_grid};
pub use stack::restack;
pub use tie::{hold, hold_on, is_pulled_off, let_go, moved_points, tied_to};
pub use turns::{Turn, shift as shift_turn, sort as sort_turns};

/// Left to right, or top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Left to right.
    Across,
    /// Top to bottom.
    Down,
}

/// To which edge of the selection its parts are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Left edges.
    Left,
    /// Centres, moved sideways.
    Centre,
    /// Right edges.
    Right,
    /// Top edges.
    Top,
    /// Centres, moved up or down.
    Middle,
    /// Bottom edges.
    Bottom,
}

/// Where in the stack something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stacking {
    /// Above everything.
    Front,
    /// Over the next one above that it overlaps.
    Forward,
    /// Under the next one below that it overlaps.
    Backward,
    /// Below everything.
    Back,
}

#[cfg(test)]
mod testing;
