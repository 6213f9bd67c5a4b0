//! What is near what is seen, from the lowest to the topmost, and how it is drawn. It is kept in pieces, so that a change of
//! one shape costs the same however many there are.

use drawbridge_engine::scene::Slot;

use super::target::Draw;

/// A piece is begun with so many, and has at most twice as many.
const PIECE: usize = 256;
/// A piece that is drawn in so many goes more than it need be is worth moving.
const SCATTERED: usize = 16;

#[derive(Debug, Default)]
struct Piece {
    /// Rank and slot, from the lowest to the topmost; never empty.
    slots: Vec<(u64, Slot)>,
    draws: Vec<Draw>,
    stale: bool,
}

impl Piece {
    /// Whether moving its shapes side by side, into blocks of so many corners, would save many draws.
    fn is_scattered(&self, block: u32) -> bool {
        let together = |pair: &[Draw]| pair[0].opaque && pair[1].opaque && pair[0].arena == pair[1].arena;
        let spared = self.draws.windows(2).filter(|pair| together(pair)).count();
        let corners: usize = self.draws.iter().map(|draw| draw.run.count as usize).sum();
        // Up to half of a block may be left empty at its end.
        !self.stale && spared > SCATTERED + 2 * corners / block as usize
    }
}

/// The list.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pieces: Vec<Piece>,
    len: usize,
    /// Those of all pieces, put together where they go on from one another.
    draws: Vec<Draw>,
    stale: bool,
}

impl Shown {
    /// Lists these and no others.
    pub(super) fn fill(&mut self, mut slots: Vec<(u64, Slot)>) {
        slots.sort_unstable();
        self.len = slots.len();
        self.stale = true;
        let piece = |slots: &[(u64, Slot)]| Piece {
            slots: slots.to_vec(),
            draws: Vec::new(),
            stale: true,
        };
        self.pieces = slots.chunks(PIECE).map(piece).collect();
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// From the lowest to the topmost.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        let all = self.pieces.iter().flat_map(|piece| &piece.slots);
        all.map(|(_, slot)| *slot)
    }

    /// Where it is, or would be: piece and place in it.
    fn find(&self, of: (u64, Slot)) -> (usize, Result<usize, usize>) {
        let after = self.pieces.partition_point(|piece| piece.slots[0] <= of);
        let at = after.saturating_sub(1);
        let place = self
            .pieces
            .get(at)
            .map_or(Err(0), |piece| piece.slots.binary_search(&of));
        (at, place)
    }

    pub(super) fn insert(&mut self, rank: u64, slot: Slot) {
        let (at, Err(place)) = self.find((rank, slot)) else {
            return;
        };
        if self.pieces.is_empty() {
            self.pieces.push(Piece::default());
        }
        let piece = &mut self.pieces[at];
        piece.slots.insert(place, (rank, slot));
        (piece.stale, self.stale) = (true, true);
        self.len += 1;
        if piece.slots.len() >= 2 * PIECE {
            let slots = piece.slots.split_off(PIECE);
            let upper = Piece {
                slots,
                draws: Vec::new(),
                stale: true,
            };
            self.pieces.insert(at + 1, upper);
        }
    }

    /// Says whether it was there.
    pub(super) fn remove(&mut self, rank: u64, slot: Slot) -> bool {
        let (at, Ok(place)) = self.find((rank, slot)) else {
            return false;
        };
        let piece = &mut self.pieces[at];
        piece.slots.remove(place);
        (piece.stale, self.stale) = (true, true);
        self.len -= 1;
        if piece.slots.is_empty() {
            self.pieces.remove(at);
        }
        true
    }

    /// It is drawn otherwise from now on.
    pub(super) fn touch(&mut self, rank: u64, slot: Slot) {
        if let (at, Ok(_)) = self.find((rank, slot)) {
            (self.pieces[at].stale, self.stale) = (true, true);
        }
    }

    /// All are.
    pub(super) fn touch_all(&mut self) {
        self.pieces.iter_mut().for_each(|piece| piece.stale = true);
        self.stale = true;
    }

    /// Lists anew how those are drawn that changed.
    pub(super) fn list(&mut self, of: impl Fn(Slot) -> Option<Draw>) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        self.draws.clear();
        for piece in &mut self.pieces {
            if std::mem::take(&mut piece.stale) {
                piece.draws.clear();
                let draws = piece.slots.iter().filter_map(|(_, slot)| of(*slot));
                draws.for_each(|draw| add(&mut piece.draws, draw));
            }
            piece.draws.iter().for_each(|draw| add(&mut self.draws, *draw));
        }
    }

    /// What lies scattered on the card, in blocks of so many corners, though it is drawn together: a few hundred slots, from
    /// the lowest to the topmost.
    pub(super) fn scattered(&self, block: u32) -> Option<impl Iterator<Item = (u64, Slot)>> {
        let piece = self.pieces.iter().find(|piece| piece.is_scattered(block))?;
        Some(piece.slots.iter().copied())
    }

    /// How all are drawn, as of the last [`Self::list`].
    pub(super) fn draws(&self) -> &[Draw] {
        &self.draws
    }
}

/// Adds a draw; what goes on where the last one ends is drawn in one go with it.
fn add(draws: &mut Vec<Draw>, draw: Draw) {
    match draws.last_mut() {
        Some(last)
            if draw.opaque
                && last.opaque
                && last.arena == draw.arena
                && last.run.block == draw.run.block
                && last.run.first + last.run.count == draw.run.first =>
        {
            last.run.count += draw.run.count;
        }
        _ => draws.push(draw),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use drawbridge_engine::editor::SeededRandom;
    use drawbridge_engine::tools::Random as _;

    use super::super::arena::Run;
    use super::*;

    /// A slot's shape is as long as its number, and lies where it was put.
    fn draw(slot: Slot, moved: u32) -> Draw {
        Draw {
            run: Run {
                block: slot / 100,
                first: (slot % 100 + moved) * 7,
                count: 7,
            },
            arena: 0,
            opaque: !slot.is_multiple_of(13),
            filled: false,
            joined: false,
            picture: None,
        }
    }

    #[test]
    fn after_any_changes_it_draws_what_a_plain_list_would() {
        let seed = 4;
        eprintln!("seed {seed}");
        let mut random = SeededRandom(seed);
        let mut below = |n: u32| {
            let [a, b, c, d, ..] = random.bits();
            u32::from_le_bytes([a, b, c, d]) % n
        };
        let (mut shown, mut plain) = (Shown::default(), BTreeSet::new());
        let mut moved = 0;
        for step in 0..20_000_u32 {
            let slot = below(3000);
            let rank = u64::from(slot.reverse_bits() >> 20);
            match below(100) {
                // It grows, then shrinks to nothing.
                n if n < if step < 9000 { 60 } else { 30 } => {
                    shown.insert(rank, slot);
                    plain.insert((rank, slot));
                }
                n if n < 99 => assert_eq!(shown.remove(rank, slot), plain.remove(&(rank, slot))),
                _ if step % 5 == 0 => shown.fill(plain.iter().rev().copied().collect()),
                _ => {
                    moved += 1;
                    shown.touch_all();
                }
            }
            if step % 50 == 0 {
                shown.list(|slot| Some(draw(slot, moved)));
                let mut expected = Vec::new();
                for (_, slot) in &plain {
                    add(&mut expected, draw(*slot, moved));
                }
                assert_eq!(shown.draws(), expected, "step {step}");
                assert_eq!(shown.len(), plain.len());
                assert!(shown.slots().eq(plain.iter().map(|(_, slot)| *slot)));
            }
        }
    }

    #[test]
    fn only_what_was_touched_is_asked_for_again() {
        let mut shown = Shown::default();
        shown.fill((0..10_000).map(|slot| (u64::from(slot), slot)).collect());
        shown.list(|slot| Some(draw(slot, 0)));
        let asked = std::cell::Cell::new(0);
        shown.touch(5000, 5000);
        shown.insert(10_000, 10_000);
        shown.list(|slot| {
            asked.set(asked.get() + 1);
            Some(draw(slot, 0))
        });
        assert!((2..=4 * PIECE).contains(&asked.get()), "{}", asked.get());
    }
}
