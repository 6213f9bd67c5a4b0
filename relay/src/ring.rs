//! A board's recent writes, encoded once and shared by all its connections.

use std::collections::VecDeque;

use drawbridge_protocol::fault::{self, Fault};

use crate::frame::Frame;

/// How many finished frames are kept for other connections that are at the same place.
const SHARED_FRAMES: usize = 16;

/// One committed write.
#[derive(Debug)]
struct Commit {
    seq: u64,
    /// Its winning cells as JSON, separated by commas.
    cells: String,
}

/// All writes above [`Ring::start`], oldest first.
#[derive(Debug)]
pub(crate) struct Ring {
    epoch: String,
    start: u64,
    bytes: usize,
    max_bytes: usize,
    commits: VecDeque<Commit>,
    frames: VecDeque<(u64, u64, Frame)>,
}

impl Ring {
    /// An empty ring of a board whose last write was `head`.
    pub(crate) fn new(epoch: String, head: u64, max_bytes: usize) -> Self {
        Self {
            epoch,
            start: head,
            bytes: 0,
            max_bytes,
            commits: VecDeque::new(),
            frames: VecDeque::new(),
        }
    }

    /// Takes up a write. `cells` is its winning cells as JSON, separated by commas.
    pub(crate) fn push(&mut self, seq: u64, cells: String) {
        self.bytes += cells.len();
        self.commits.push_back(Commit { seq, cells });
        while self.bytes > self.max_bytes {
            self.pop();
        }
    }

    /// Lets go of what every connection has been sent up to `told`.
    pub(crate) fn forget(&mut self, told: u64) {
        while self.commits.front().is_some_and(|commit| commit.seq <= told) {
            self.pop();
        }
        self.frames.retain(|&(_, to, _)| to > told);
    }

    fn pop(&mut self) {
        if let Some(old) = self.commits.pop_front() {
            self.bytes -= old.cells.len();
            self.start = old.seq;
        }
    }

    /// Whether everything above `seq` is here.
    pub(crate) fn covers(&self, seq: u64) -> bool {
        seq >= self.start || fault::is_planted(Fault::GapSkipped)
    }

    /// The next frame above `seq`, of about `max_bytes` but at least one whole write, and where it
    /// ends. `None` if there is nothing above.
    pub(crate) fn above(&mut self, seq: u64, max_bytes: usize) -> Option<(u64, Frame)> {
        let first = self.commits.partition_point(|commit| commit.seq <= seq);
        let mut last = None;
        let mut bytes = 0;
        for commit in self.commits.range(first..) {
            bytes += commit.cells.len() + 1;
            if last.is_some() && bytes > max_bytes {
                break;
            }
            last = Some(commit.seq);
        }
        let last = last?;
        if let Some((_, _, frame)) = self
            .frames
            .iter()
            .find(|&&(from, to, _)| (from, to) == (seq, last))
        {
            return Some((last, frame.clone()));
        }
        let mut cells = String::with_capacity(bytes);
        for commit in self
            .commits
            .range(first..)
            .take_while(|commit| commit.seq <= last)
        {
            if !cells.is_empty() {
                cells.push(',');
            }
            cells.push_str(&commit.cells);
        }
        let frame = cells_frame(&self.epoch, last, &cells, 0);
        if self.frames.len() == SHARED_FRAMES {
            self.frames.pop_front();
        }
        // Only frames as large as a ring's batch are worth sharing, and what leaves the ring leaves here soon.
        if frame.bytes().len() <= 2 * max_bytes {
            self.frames.push_back((seq, last, frame.clone()));
        }
        Some((last, frame))
    }
}

/// A `cells` message around cells that are JSON already.
pub(crate) fn cells_frame(epoch: &str, seq: u64, cells: &str, more: u64) -> Frame {
    let more = if more == 0 {
        String::new()
    } else {
        format!(",\"more\":{more}")
    };
    Frame::from(format!(
        r#"{{"cells":{{"cursor":"{epoch}-{seq}","cells":[{cells}]{more}}}}}"#
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use drawbridge_protocol::{Cursor, RelayMessage, decode};

    fn cell(n: u64) -> String {
        format!(r#"{{"element":"e{n}","prop":"base","stamp":[{n},0,"AAAAAAAAAAAAAAAA"],"value":{n}}}"#)
    }

    fn elements(frame: &Frame) -> (Cursor, Vec<String>) {
        let message = frame.message();
        let text = std::str::from_utf8(&message).expect("utf-8");
        match decode::<RelayMessage>(text).expect("a message") {
            RelayMessage::Cells(cells) => (
                Cursor::parse(&cells.cursor).expect("a cursor"),
                cells.cells.iter().map(|cell| cell.element.to_string()).collect(),
            ),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn c1_a_reader_gets_what_is_above_its_cursor() {
        let mut ring = Ring::new("0123456789abcdef".to_owned(), 4, 1 << 20);
        assert!(ring.covers(4) && !ring.covers(3));
        assert!(ring.above(4, 1000).is_none());
        ring.push(7, cell(7));
        ring.push(9, format!("{},{}", cell(90), cell(91)));
        let (to, frame) = ring.above(4, 1000).expect("two writes");
        assert_eq!(to, 9);
        let (cursor, names) = elements(&frame);
        assert_eq!(
            (cursor.seq, names),
            (9, vec!["e7".into(), "e90".into(), "e91".into()])
        );
        assert_eq!(elements(&ring.above(7, 1000).expect("one").1).1, ["e90", "e91"]);
        assert!(ring.above(9, 1000).is_none());
    }

    #[test]
    fn c3_a_write_is_never_split_however_small_the_batch() {
        let mut ring = Ring::new("0123456789abcdef".to_owned(), 0, 1 << 20);
        ring.push(1, format!("{},{}", cell(10), cell(11)));
        ring.push(2, cell(2));
        let (to, frame) = ring.above(0, 1).expect("the first write alone");
        assert_eq!((to, elements(&frame).1.len()), (1, 2));
    }

    #[test]
    fn readers_in_step_share_one_frame() {
        let mut ring = Ring::new("0123456789abcdef".to_owned(), 0, 1 << 20);
        ring.push(1, cell(1));
        let (_, a) = ring.above(0, 1000).expect("a frame");
        let (_, b) = ring.above(0, 1000).expect("a frame");
        assert_eq!(a.bytes().as_ptr(), b.bytes().as_ptr());
    }

    #[test]
    fn c5_what_falls_out_of_the_ring_is_no_longer_covered() {
        let mut ring = Ring::new("0123456789abcdef".to_owned(), 0, 3 * cell(1).len());
        for seq in 1..=5 {
            ring.push(seq, cell(seq));
        }
        assert!(!ring.covers(1) && ring.covers(2));
        assert_eq!(ring.above(2, 1 << 20).map(|(to, _)| to), Some(5));
        ring.push(6, format!("{0},{0},{0},{0}", cell(6)));
        assert!(
            ring.covers(6) && !ring.covers(5),
            "a write above the ring's size leaves it empty"
        );
    }

    #[test]
    fn what_everybody_has_is_let_go() {
        let mut ring = Ring::new("0123456789abcdef".to_owned(), 0, 1 << 20);
        for seq in 1..=5 {
            ring.push(seq, cell(seq));
        }
        ring.above(0, 1 << 20).expect("a frame");
        ring.forget(3);
        assert!(ring.covers(3) && !ring.covers(2));
        assert_eq!(ring.above(3, 1 << 20).map(|(to, _)| to), Some(5));
        ring.forget(5);
        assert_eq!((ring.bytes, ring.frames.len()), (0, 0));
    }
}
