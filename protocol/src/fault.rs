//! Faults that a test can plant, to show that the tests would notice them. Without the feature `testing` there are none,
//! and what asks for one is compiled away.

/// Something that would be wrong if the program did it. Where each is planted, [`is_planted`] is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The relay acknowledges a write and tells others of it before it is on disk.
    AckBeforeCommit,
    /// The relay lets the cell that came last win, whatever its stamp.
    MergeByArrival,
    /// The client stores a cursor before the cells that it stands for.
    CursorTooEarly,
    /// The relay believes a cursor from before it lost part of its disk.
    StaleCursorBelieved,
    /// The client takes a cell for settled once it is sent.
    OutboxClearedOnSend,
    /// The acknowledgement of an older value counts for a newer one that was written meanwhile.
    AckOfOlderSettlesNewer,
    /// A lesser cell from the relay settles a greater one's place in the outbox.
    LesserCellSettles,
    /// A reader is told that a wet stroke ended before it has the dry one.
    WetClearedBeforeDry,
    /// A connection isn't woken when something is committed.
    LostWakeup,
    /// Undo doesn't look whether somebody else has changed the cell since.
    UndoOfOthers,
    /// A restarted relay goes on with the epoch that it had.
    EpochUnchanged,
    /// The client stamps cells anew without regard to what they overwrote.
    RestampBelowFloor,
    /// The client ends a stroke's draft before its cell is stored.
    DraftEndedBeforeStored,
    /// A refused cell is forgotten instead of parked.
    ParkedForgotten,
    /// A refused cell is offered again at once, and again.
    RefusedLoop,
    /// A deleted board is made anew by the first client that still holds it.
    GravestoneIgnored,
    /// The client doesn't notice that the relay lost what it had.
    UnsettleForgotten,
    /// The client sends what isn't on its own disk yet.
    SentBeforeStored,
    /// The relay's clock starts anew from the wall clock at each start.
    ClockStepsBack,
    /// A full board refuses deletes too.
    FullRefusesDeletes,
    /// A cell of a property that the program doesn't know is dropped.
    UnknownDropped,
    /// A reader that missed part of the board is sent only what is still in memory.
    GapSkipped,
    /// A refused write is committed in part.
    RefusedInPart,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::AckBeforeCommit,
        Self::MergeByArrival,
        Self::CursorTooEarly,
        Self::StaleCursorBelieved,
        Self::OutboxClearedOnSend,
        Self::AckOfOlderSettlesNewer,
        Self::LesserCellSettles,
        Self::WetClearedBeforeDry,
        Self::LostWakeup,
        Self::UndoOfOthers,
        Self::EpochUnchanged,
        Self::RestampBelowFloor,
        Self::DraftEndedBeforeStored,
        Self::ParkedForgotten,
        Self::RefusedLoop,
        Self::GravestoneIgnored,
        Self::UnsettleForgotten,
        Self::SentBeforeStored,
        Self::ClockStepsBack,
        Self::FullRefusesDeletes,
        Self::UnknownDropped,
        Self::GapSkipped,
        Self::RefusedInPart,
    ];
}

#[cfg(feature = "testing")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Fault>> = const { std::cell::Cell::new(None) };
}

/// Plants a fault in whatever this thread runs from here on, or takes it out again.
#[cfg(feature = "testing")]
pub fn plant(fault: Option<Fault>) {
    PLANTED.set(fault);
}

/// Whether this thread is to do wrong.
#[cfg(feature = "testing")]
#[must_use]
pub fn is_planted(fault: Fault) -> bool {
    PLANTED.get() == Some(fault)
}

/// Whether this thread is to do wrong: never, without the feature `testing`.
#[cfg(not(feature = "testing"))]
#[must_use]
pub const fn is_planted(_: Fault) -> bool {
    false
}
