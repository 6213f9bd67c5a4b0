//! What is held against the model when the relay says something.

use std::rc::Rc;

use drawbridge_protocol::{
    Cell, CellKey, ClientMessage, Code, Property, Refused, RelayMessage, Retry, Write, decode, encode,
};

use super::line::Parcel;
use super::world::{Result, World};

/// More refusals of one cell on one connection than this, with nothing done about it, are a loop.
const PATIENCE: u32 = 2;

impl World {
    /// What a relay of a version to come would say: more than this one knows.
    pub(super) fn as_from_newer(&mut self, n: usize, text: String) -> String {
        if !self.people[n].is_newer {
            return text;
        }
        if self.random.chance(5) {
            let link = self.link_of(n);
            link.into_iter()
                .for_each(|link| self.send_down(link, Parcel::Frame("{\"tomorrow\":[]}".to_owned(), None)));
        }
        for name in ["{\"welcome\":{", "{\"cells\":{", "{\"ack\":{", "{\"caught_up\":{"] {
            if let Some(rest) = text.strip_prefix(name) {
                return format!("{name}\"tomorrow\":{{\"x\":[]}},{rest}");
            }
        }
        text
    }

    /// The relay says something to a client. Returns the cells that it says are on its disk.
    pub(super) fn check_told(&mut self, link: usize, text: &str) -> Result<Option<Vec<Cell>>> {
        let n = self.links[link].who;
        if text.starts_with("{\"live\"") || text.starts_with("{\"joined\"") {
            return Ok(None);
        }
        match decode::<RelayMessage>(text) {
            Ok(RelayMessage::Cells(cells)) => {
                self.check_cells(n, &cells.cells)?;
                return Ok(Some(cells.cells));
            }
            Ok(RelayMessage::Ack(ack)) => {
                let Some((write, _)) = self.answered(link, ack.id) else {
                    return self.fail("an ack answers a write", format!("to person {n}: {}", ack.id));
                };
                write.cells.iter().try_for_each(|cell| self.on_disk(n, cell))?;
                return Ok(Some(write.cells.clone()));
            }
            Ok(RelayMessage::Refused(refused)) => {
                self.tally.count(name_of(refused.code));
                if let Some((write, had)) = refused.id.and_then(|id| self.answered(link, id)) {
                    self.check_refused(n, &write, &had, &refused)?;
                }
            }
            Ok(RelayMessage::Welcome(welcome)) => {
                let what = if welcome.resumed {
                    "connections resumed"
                } else {
                    "connections from the start"
                };
                self.tally.count(what);
                // A refusal that a broken line lost is heard again.
                self.model.refusals.retain(|(who, ..), _| *who != n);
            }
            Ok(_) => {}
            Err(error) => return self.fail("the relay says what can be read", error.to_string()),
        }
        Ok(None)
    }

    fn answered(&mut self, link: usize, id: u64) -> Option<(Rc<Write>, Vec<bool>)> {
        let sent = self.links[link].unanswered.remove(&id)?;
        let bytes = encode(&ClientMessage::Write((*sent.0).clone()));
        let link = &mut self.links[link];
        link.unanswered_bytes = link.unanswered_bytes.saturating_sub(bytes.len());
        Some(sent)
    }

    fn check_refused(&mut self, n: usize, write: &Write, had: &[bool], refused: &Refused) -> Result {
        for (cell, had) in write.cells.iter().zip(had) {
            let was_told = self.model.told.contains(&(cell.key(), cell.stamp));
            if !had && !was_told && self.relay_has(n, cell) {
                return self.fail("a refused write changes nothing", format!("person {n}: {cell:?}"));
            }
            let is_named = match &refused.cell {
                Some(named) => CellKey::from(named.clone()) == cell.key(),
                None => write.cells.len() == 1,
            };
            if is_named && !matches!(refused.retry, Retry::After(_)) {
                let times = self
                    .model
                    .refusals
                    .entry((n, cell.key(), cell.stamp))
                    .or_default();
                *times += 1;
                if *times > PATIENCE {
                    return self.fail("a refusal never leads to a loop", format!("person {n}: {cell:?}"));
                }
            }
        }
        let only_deletes = write
            .cells
            .iter()
            .all(|cell| cell.prop.as_str() == Property::DELETED);
        let limit = self.relay.settings.limits.board_cells;
        let board = self.board(n);
        let held = self
            .relay
            .by_hand
            .as_mut()
            .map_or(0, |relay| relay.dump(&board).count());
        if refused.code == Code::BoardFull && only_deletes && held + write.cells.len() <= limit + limit / 20 {
            return self.fail(
                "a full board still takes deletes",
                format!("person {n}: {held} of {limit} cells"),
            );
        }
        Ok(())
    }
}

fn name_of(code: Code) -> &'static str {
    match code {
        Code::UnknownMessage => "refused: unknown_message",
        Code::NoBoard => "refused: no_board",
        Code::BoardGone => "refused: board_gone",
        Code::StampAhead => "refused: stamp_ahead",
        Code::BoardFull => "refused: board_full",
        Code::StoreFull => "refused: store_full",
        Code::CellTooBig => "refused: cell_too_big",
        Code::SlotTooBig | Code::TooManySlots => "refused: a slot",
        _ => "refused: otherwise",
    }
}
