//! What becomes of cells that the relay refuses: parked, sent again in time, or stamped anew.

use std::time::Duration;

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{CellKey, Clock, Code, Refused, Retry, Role, STAMP_AHEAD_MS, Stamp};

use super::line::Line;
use super::outbox::{Group, Outbox, Sent};
use super::{Event, Parked, Session};
use crate::client::record::{CellState, Reason};

/// The shortest wait before a refused write goes again, whatever the relay says.
const MIN_DELAY: Duration = Duration::from_millis(100);

impl Session {
    pub(super) fn on_refused_write(&mut self, id: u64, refused: &Refused) {
        let Some(sent) = self.take_sent(id) else {
            return;
        };
        for (key, stamp) in &sent.cells {
            if self.replica.get(key).is_some_and(|entry| entry.stamp == *stamp) {
                self.replica.set_sent(key, 0);
            }
        }
        let named = refused
            .cell
            .clone()
            .map(CellKey::from)
            .and_then(|named| sent.cells.iter().find(|(key, _)| *key == named).cloned());
        let group = Group {
            keys: sent.cells.iter().map(|(key, _)| key.clone()).collect(),
            ends: sent.ends.clone(),
        };
        if let Line::Up(up) = &mut self.line {
            up.held_up = None;
        }
        match refused.retry {
            Retry::After(ms) => {
                let wait = Duration::from_millis(ms).max(MIN_DELAY);
                let until = self.now.mono.saturating_add(wait);
                if refused.code == Code::StampAhead {
                    self.on_stamp_ahead(group, &sent, named, until);
                } else {
                    if let Line::Up(up) = &mut self.line {
                        up.held_up = Some(Reason {
                            code: refused.code,
                            message: refused.message.clone(),
                        });
                    }
                    self.outbox(|outbox| outbox.delay(until, group));
                }
            }
            Retry::Never | Retry::Changed => {
                let only = match sent.cells.as_slice() {
                    [only] => Some(only.clone()),
                    _ => None,
                };
                self.on_never(group, named.or(only), refused);
            }
        }
    }

    fn outbox(&mut self, change: impl FnOnce(&mut Outbox)) {
        if let Line::Up(up) = &mut self.line {
            change(&mut up.outbox);
        }
    }

    /// Parks the cell that was refused and sends the rest without it.
    fn on_never(&mut self, mut group: Group, culprit: Option<(CellKey, Stamp)>, refused: &Refused) {
        if refused.code == Code::ReadOnly {
            // Nothing is wrong with the cells: they wait until this person may write.
            self.outbox(|outbox| {
                outbox.read_only = true;
                outbox.push_front(group);
            });
            return;
        }
        if refused.code == Code::BoardLocked {
            return self.on_locked(group, refused);
        }
        if let Some((key, stamp)) = culprit {
            // A newer value has not been refused yet.
            if self.replica.get(&key).is_some_and(|entry| entry.stamp == stamp) {
                let reason = Reason {
                    code: refused.code,
                    message: refused.message.clone(),
                };
                self.replica.edit(&key, |entry| {
                    if fault::is_planted(Fault::ParkedForgotten) {
                        entry.state = CellState::Settled;
                    } else if !fault::is_planted(Fault::RefusedLoop) {
                        entry.parked = Some(reason);
                    }
                });
                self.save_soon();
            }
            self.outbox(|outbox| outbox.push_front(group));
        } else {
            // It names none: halves find it.
            let second = Group {
                keys: group.keys.split_off(group.keys.len() / 2),
                ends: std::mem::take(&mut group.ends),
            };
            self.outbox(|outbox| {
                outbox.push_front(second);
                outbox.push_front(group);
            });
        }
    }

    /// The board is locked: the cells wait here until it isn't. Where it isn't said to be, nothing would wake them, so their
    /// person has to.
    fn on_locked(&mut self, group: Group, refused: &Refused) {
        if self.is_barred() {
            return self.outbox(|outbox| outbox.push_front(group));
        }
        for key in &group.keys {
            self.replica.edit(key, |entry| {
                if entry.state != CellState::Settled {
                    entry.parked = Some(Reason {
                        code: refused.code,
                        message: refused.message.clone(),
                    });
                }
            });
        }
        self.outbox(|outbox| outbox.push_front(group));
        self.save_soon();
    }

    /// Own cells that were never acknowledged are stamped anew; anybody else's wait for their time.
    fn on_stamp_ahead(
        &mut self,
        mut group: Group,
        sent: &Sent,
        named: Option<(CellKey, Stamp)>,
        until: Duration,
    ) {
        let suspects = match &named {
            Some(one) => std::slice::from_ref(one),
            None => &sent.cells,
        };
        let fresh = |session: &Self, key: &CellKey| {
            session
                .replica
                .get(key)
                .is_some_and(|entry| entry.state == CellState::Fresh)
        };
        if suspects.iter().any(|(key, _)| fresh(self, key)) {
            self.restamp();
        }
        let moved = |(key, stamp): &(CellKey, Stamp)| {
            self.replica.get(key).is_some_and(|entry| entry.stamp != *stamp)
        };
        let mended = suspects.iter().any(moved);
        match named {
            Some((key, _)) if !mended => {
                group.keys.retain(|held| *held != key);
                // What is wet stays so until the last of its cells has gone.
                let alone = Group {
                    keys: vec![key],
                    ends: std::mem::take(&mut group.ends),
                };
                self.outbox(|outbox| {
                    outbox.delay(until, alone);
                    outbox.push_front(group);
                });
            }
            None if !mended => self.outbox(|outbox| outbox.delay(until, group)),
            _ => self.outbox(|outbox| outbox.push_front(group)),
        }
    }

    /// This machine's clock ran ahead: gives the fresh cells that did too stamps of now, in their
    /// order, above what they overwrote.
    fn restamp(&mut self) {
        let Line::Up(up) = &self.line else {
            return;
        };
        // The relay's clock by the time that passed here since the welcome: the wall clock may have
        // jumped in between.
        let passed = u64::try_from((self.now.mono - up.since).as_millis()).unwrap_or(u64::MAX);
        let relay_ms = up.relay_ms.saturating_add(passed);
        let wall_ms = self.now.wall_ms;
        let mut clock = self.lock_clock();
        clock.correct(relay_ms, wall_ms);
        clock.reset();
        let mut ahead = Vec::new();
        let mut latest = relay_ms;
        let mut unanswered = Vec::new();
        let in_flight = up.outbox.in_flight();
        for (key, entry) in self.replica.iter() {
            match entry.state {
                CellState::Fresh if entry.stamp.ms > relay_ms => {
                    // What the relay has still to answer, it may take: below that, what was written over it since would
                    // lose. Its own stamp is mended when it is refused.
                    match in_flight.get(key).copied() {
                        Some(sent) if sent == entry.stamp => unanswered.push(sent),
                        sent => ahead.push((entry.stamp, key.clone(), entry.floor.max(sent))),
                    }
                }
                CellState::Waiting if !entry.acked => {}
                CellState::Settled | CellState::Fresh | CellState::Waiting => {
                    latest = latest.max(entry.stamp.ms);
                    clock.observe(entry.stamp);
                }
            }
        }
        ahead.sort();
        // Above what it overwrote a cell may be too early still. It waits then, and the clock doesn't
        // follow it: whatever else is written would wait too.
        let limit = latest.saturating_add(STAMP_AHEAD_MS);
        let taken = unanswered.into_iter().filter(|stamp| stamp.ms <= limit);
        taken.for_each(|stamp| clock.observe(stamp));
        let (later, now): (Vec<_>, Vec<_>) = ahead
            .into_iter()
            .partition(|(_, _, floor)| floor.is_some_and(|floor| floor.ms > limit));
        let mut restamped = Vec::new();
        let mut stamp_anew = |clock: &mut Clock, cells: Vec<(Stamp, CellKey, Option<Stamp>)>| {
            for (before, key, floor) in cells {
                if let Some(floor) = floor.filter(|_| !fault::is_planted(Fault::RestampBelowFloor)) {
                    clock.observe(floor);
                }
                let after = clock.tick(wall_ms);
                if after < before {
                    restamped.push((key, before, after));
                }
            }
        };
        stamp_anew(&mut clock, now);
        stamp_anew(&mut clock.clone(), later);
        let offset = clock.offset_ms();
        drop(clock);
        for (key, _, after) in &restamped {
            self.replica.restamp(key, *after);
        }
        self.saving.set_offset(offset, self.now.mono);
        if !restamped.is_empty() {
            self.event(Event::Restamped(restamped));
        }
    }

    /// A new connection's limits or role may take what an earlier one did not.
    pub(super) fn unpark_what_may_go(&mut self, role: Role) {
        let Line::Up(up) = &self.line else {
            return;
        };
        let limit = up.outbox.limits.cell;
        let may_go = |parked: &Parked| match parked.reason.code {
            Code::CellTooBig => self
                .replica
                .cell(&parked.key)
                .is_some_and(|cell| cell.size() <= limit),
            Code::ReadOnly => role != Role::View,
            Code::BoardLocked => !up.outbox.locked,
            _ => false,
        };
        let keys: Vec<CellKey> = self
            .replica
            .parked()
            .into_iter()
            .filter(may_go)
            .map(|parked| parked.key)
            .collect();
        self.unpark(&keys);
    }

    /// Somebody else may take what was refused.
    pub(super) fn unpark_all(&mut self) {
        let keys: Vec<CellKey> = self
            .replica
            .parked()
            .into_iter()
            .map(|parked| parked.key)
            .collect();
        self.unpark(&keys);
    }

    /// What was refused with these codes goes again.
    pub(super) fn unpark_of(&mut self, codes: &[Code]) {
        let parked = self.replica.parked().into_iter();
        let keys: Vec<CellKey> = parked
            .filter(|parked| codes.contains(&parked.reason.code))
            .map(|parked| parked.key)
            .collect();
        self.unpark(&keys);
    }

    pub(super) fn on_retry_parked(&mut self) {
        self.unpark_all();
        self.offer_all();
    }

    pub(super) fn offer_all(&mut self) {
        if let Line::Up(up) = &mut self.line {
            up.outbox.offer_all(&self.replica);
        }
    }

    fn unpark(&mut self, keys: &[CellKey]) {
        for key in keys {
            self.replica.edit(key, |entry| entry.parked = None);
        }
        if !keys.is_empty() {
            self.save_soon();
        }
    }
}
