//! What each of the relay's messages does.

use drawbridge_protocol::fault::{self, Fault};
use drawbridge_protocol::{
    Cells, CloseCode, Code, Cursor, DecodeError, Here, Refused, RelayMessage, Retry, Role, VERSION, Welcome,
    decode,
};

use super::access::Asks;
use super::line::{Line, Up};
use super::outbox::Outbox;
use super::{Event, PersonChange, Session};

impl Session {
    pub(super) fn on_frame(&mut self, text: &str) {
        if !matches!(self.line, Line::Greeting { .. } | Line::Up(_)) {
            return;
        }
        self.on_heard();
        let message = match decode::<RelayMessage>(text) {
            Ok(message) => message,
            // A message of a newer relay.
            Err(DecodeError::Unknown(_)) => return,
            // Passing over it could pass over cells: take them again from the cursor.
            Err(DecodeError::Malformed(reason)) => {
                self.fail(CloseCode::Protocol, &format!("the relay sent {reason}"));
                return;
            }
        };
        match (message, self.line.is_up()) {
            (RelayMessage::Welcome(welcome), false) => self.on_welcome(*welcome),
            (RelayMessage::Refused(refused), false) => self.on_refused_connection(*refused),
            (RelayMessage::Refused(refused), true) => self.on_refused(*refused),
            (RelayMessage::Cells(cells), true) => self.on_cells(cells),
            (RelayMessage::CaughtUp(at), true) => self.on_caught_up(at.cursor),
            (RelayMessage::Ack(ack), true) => {
                if !self.on_answer(ack.id, None) {
                    self.on_ack(ack.id);
                }
            }
            (RelayMessage::Access(access), true) => self.on_access(access),
            (RelayMessage::Past(page), true) => self.on_past_page(page),
            (RelayMessage::Live(live), true) => {
                let own = self.own_conn();
                for one in live.0.into_iter().filter(|one| Some(one.conn) != own) {
                    self.person(PersonChange::Live {
                        conn: one.conn,
                        slots: one.slots,
                    });
                }
            }
            (RelayMessage::Joined(joined), true) => {
                if Some(joined.conn) != self.own_conn() {
                    self.person(PersonChange::Joined(Here {
                        conn: joined.conn,
                        peer: joined.peer,
                        about: joined.about,
                        role: joined.role,
                        via: joined.via,
                        slots: Default::default(),
                    }));
                }
            }
            (RelayMessage::Left(left), true) => self.person(PersonChange::Left { conn: left.conn }),
            (RelayMessage::Stopping(stopping), _) => self.on_stopping(&stopping),
            (RelayMessage::Moved(moved), _) => self.on_moved(moved),
            (_, _) => self.fail(CloseCode::Protocol, "the relay spoke out of turn"),
        }
    }

    fn own_conn(&self) -> Option<u64> {
        match &self.line {
            Line::Up(up) => Some(up.conn),
            _ => None,
        }
    }

    fn on_welcome(&mut self, welcome: Welcome) {
        if welcome.version != VERSION {
            let message = format!(
                "The relay speaks version {} of the protocol, this app version {VERSION}.",
                welcome.version
            );
            self.on_refused_connection(Refused::new(Code::Version, message, Retry::Changed));
            return;
        }
        let wall_ms = self.now.wall_ms;
        let offset = {
            let mut clock = self.lock_clock();
            clock.correct(welcome.time, wall_ms);
            clock.offset_ms()
        };
        self.saving
            .set_offset(offset, self.now.mono + self.config.timings.store_lazy);

        let healing = !welcome.resumed && (self.cursor.is_some() || self.replica.has_settled());
        if healing {
            self.cursor = None;
            self.replica.unsettle();
            self.saving.unsettle();
            self.forget_fetched();
        }
        if self.standing.owner.is_some() && self.cursor.is_none() && !self.replica.knows_the_relay() {
            self.replica.lost.set_alone(welcome.time);
            self.save_soon();
        }
        self.leafing.reconnected();
        self.replica.forget_acks();
        let conn = welcome.conn;
        let mut outbox = Outbox::new(self.serial, welcome.limits, welcome.window);
        outbox.read_only = welcome.role == Role::View;
        outbox.locked = welcome.access.locked && welcome.role != Role::Owner;
        if healing {
            // Everybody who was here may hold what the relay lost: not all at once.
            outbox.hold_offers_until(self.now.mono + self.random.up_to(self.config.timings.heal_wait));
        }
        self.line = Line::Up(Box::new(Up {
            conn,
            role: welcome.role,
            since: self.now.mono,
            relay_ms: welcome.time,
            pulse: self.fresh_pulse(),
            progress: Some((0, welcome.more)),
            in_step: None,
            held_up: None,
            refused: None,
            outbox,
            asks: Asks::default(),
            past_asked: None,
        }));
        self.be_told(welcome.role, welcome.access);
        self.keep_within_bar();
        let others = welcome.here.into_iter().filter(|here| here.conn != conn);
        self.person(PersonChange::Reset(others.collect()));
        self.unpark_what_may_go(welcome.role);
        self.put_slots_again();
    }

    fn on_cells(&mut self, frame: Cells) {
        if frame.cursor.len() > Cursor::MAX {
            self.fail(CloseCode::Protocol, "the relay sent a cursor that is too long");
            return;
        }
        if let Line::Up(up) = &mut self.line
            && let Some((done, total)) = &mut up.progress
        {
            *done += frame.cells.len() as u64;
            *total = (*done).saturating_add(frame.more).max(*total);
        }
        {
            let mut clock = self.lock_clock();
            for cell in &frame.cells {
                clock.observe(cell.stamp);
            }
        }
        let mut winners = frame.cells;
        if fault::is_planted(Fault::UnknownDropped) {
            winners.retain(|cell| !cell.prop.as_str().starts_with("x-"));
        }
        winners.retain(|cell| self.replica.receive(cell));
        self.move_cursor(frame.cursor);
        if !winners.is_empty() {
            self.event(Event::Cells(winners));
        }
    }

    fn on_caught_up(&mut self, cursor: String) {
        if cursor.len() > Cursor::MAX {
            self.fail(CloseCode::Protocol, "the relay sent a cursor that is too long");
            return;
        }
        self.move_cursor(cursor);
        if let Line::Up(up) = &mut self.line {
            up.progress = None;
            up.in_step = Some(self.now.mono);
            up.outbox.caught_up(&self.replica);
        }
    }

    fn move_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
        let due = self.now.mono + self.config.timings.store_lazy;
        self.saving.cursor_moved(due);
    }

    fn on_refused(&mut self, refused: Refused) {
        if self.on_past_refused(&refused) {
            return;
        }
        if let Some(id) = refused.id {
            if !self.on_answer(id, Some(&refused)) {
                self.on_refused_write(id, &refused);
            }
        } else if let Some(slot) = &refused.slot {
            // It isn't taken: don't put it again after the next welcome either.
            self.slots.remove(slot);
        } else {
            match refused.code {
                Code::BadMessage
                | Code::HelloFirst
                | Code::HelloAgain
                | Code::HelloLate
                | Code::Version
                | Code::BadBoard
                | Code::NoBoard
                | Code::BadKey
                | Code::BoardGone
                | Code::BoardBusy
                | Code::BadAbout
                | Code::LinkEnded
                | Code::Removed
                | Code::Password
                | Code::TooMany
                | Code::RelayFull
                | Code::BadAccess => self.on_refused_connection(refused),
                Code::UnknownMessage => {}
                _ => {
                    if let Line::Up(up) = &mut self.line {
                        up.refused = Some(refused);
                    }
                }
            }
        }
    }
}
