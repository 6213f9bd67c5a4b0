//! Meeting others on the network: the board that is hosted here is told, whoever knocks is asked about, and one knocks oneself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_protocol::{BoardId, Link, Role};
use drawbridge_relay::{Answer, Door, Knocker};
use egui::{Context, UserAttentionType, ViewportCommand};

use super::App;
use crate::nearby::{Knocking, Nearby, State};
use crate::open::Invitation;
use crate::panels::dialogs::Dialog;
use crate::panels::elsewhere::ElsewhereView;
use crate::panels::message::Message;
use crate::panels::nearby::{Let, NearbyBoard, NearbyView, Question};

/// How soon a new title is told after the one before it.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// How long after one question the next one comes, so that no click that was meant for one meets the other.
const BETWEEN: Duration = Duration::from_millis(800);
/// How often it is looked whether a question still stands.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long a link may take until the relay has it.
const LINK_WITHIN: Duration = Duration::from_secs(10);

/// Somebody who is to be let in as soon as there is a link for them.
struct Guest {
    id: u64,
    /// To which board, ...
    board: BoardId,
    /// ... and at which door: another one counts its questions from the beginning.
    door: Arc<Door>,
    role: Role,
    asked: bool,
    since: Instant,
}

impl Guest {
    /// Whether they wait at this door, for this board.
    fn waits_at(&self, door: &Arc<Door>, board: &BoardId) -> bool {
        Arc::ptr_eq(&self.door, door) && self.board == *board
    }
}

/// Those nearby, as far as this window deals with them.
#[derive(Default)]
pub(super) struct Neighbours {
    /// The network; `None` where nobody is met at all.
    nearby: Option<Nearby>,
    told: Option<Instant>,
    /// Who is asked about.
    question: Option<Knocker>,
    /// When the last question went.
    asked: Option<Instant>,
    guests: Vec<Guest>,
    /// Where this person knocks themselves, ...
    knocking: Option<Knocking>,
    /// ... and whether it was found out that nobody is there.
    doubted: bool,
    /// Where they were let in, while they are asked whether the board that is kept here shall move there.
    elsewhere: Option<(Link, ElsewhereView)>,
}

impl App {
    /// Meets others by `nearby` from now on, as far as the settings let it.
    pub fn meet(&mut self, nearby: Nearby) {
        self.neighbours.nearby = Some(nearby);
    }

    /// Whether somebody is asked about.
    pub(super) fn is_asked_about(&self) -> bool {
        self.neighbours.question.is_some()
    }

    /// Whether people nearby find a board that is hosted here; `None` where nobody is met at all.
    pub(super) fn is_found(&self) -> Option<bool> {
        self.neighbours
            .nearby
            .as_ref()
            .map(|_| self.settings.meeting.found)
    }

    /// Tells, looks, hears who knocks, and what became of one's own knock.
    pub(super) fn tend_neighbours(&mut self, ctx: &Context) {
        let now = Instant::now();
        self.be_found(ctx, now);
        self.let_in(ctx, now);
        self.hear_knocks(ctx, now);
        self.hear_answer(ctx);
    }

    fn be_found(&mut self, ctx: &Context, now: Instant) {
        let Some(nearby) = &mut self.neighbours.nearby else {
            return;
        };
        let meeting = self.settings.meeting;
        let board = self.board.announcement(&self.settings.name);
        let board = board.filter(|_| meeting.found);
        if let Some(door) = self.board.door() {
            door.open(board.as_ref().map(|board| &board.board));
        }
        let is_other = nearby.told().map(|told| &told.board) != board.as_ref().map(|board| &board.board);
        let due = self.neighbours.told.map(|told| told + TELL_EVERY);
        match due.filter(|due| *due > now && !is_other) {
            Some(due) if nearby.told() != board.as_ref() => ctx.request_repaint_after(due - now),
            Some(_) => {}
            None => {
                if nearby.told() != board.as_ref() {
                    self.neighbours.told = Some(now);
                    nearby.tell(board);
                }
            }
        }
        nearby.look(meeting.look && self.dialog == Some(Dialog::Join));
    }

    /// Who is asked about, and whether they still wait.
    fn hear_knocks(&mut self, ctx: &Context, now: Instant) {
        let waiting = self
            .board
            .door()
            .map(|door| door.waiting(now))
            .unwrap_or_default();
        if !waiting.is_empty() {
            ctx.request_repaint_after(LOOK_EVERY);
        }
        let neighbours = &mut self.neighbours;
        if let Some(question) = &neighbours.question
            && !waiting.contains(question)
        {
            neighbours.question = None;
            neighbours.asked = Some(now);
            ctx.request_repaint();
        }
        let rests = neighbours.asked.is_some_and(|asked| now < asked + BETWEEN);
        if neighbours.question.is_none() && !rests {
            let guests = &neighbours.guests;
            let next = waiting
                .into_iter()
                .find(|one| guests.iter().all(|guest| guest.id != one.id));
            if next.is_some() {
                let attention = ViewportCommand::RequestUserAttention(UserAttentionType::Informational);
                ctx.send_viewport_cmd(attention);
                ctx.request_repaint();
            }
            neighbours.question = next;
        }
    }

    /// Answers whoever is asked about.
    pub(super) fn answer_knock(&mut self, answer: Let) {
        let now = Instant::now();
        let Some(one) = self.neighbours.question.take() else {
            return;
        };
        self.neighbours.asked = Some(now);
        let Some(door) = self.board.door() else {
            return;
        };
        let role = match answer {
            Let::Draw => Role::Edit,
            Let::Look => Role::View,
            Let::No => {
                door.answer(one.id, Answer::Declined, now);
                return;
            }
        };
        self.neighbours.guests.push(Guest {
            id: one.id,
            board: one.board,
            door,
            role,
            asked: false,
            since: now,
        });
    }

    /// Gives those who are let in the key of a link, once there is one.
    fn let_in(&mut self, ctx: &Context, now: Instant) {
        let Some(door) = self.board.door() else {
            self.neighbours.guests.clear();
            return;
        };
        // Whoever waits for another board must not be given the key of this one; their question is over.
        let here = &self.board.board().meta().board;
        self.neighbours.guests.retain(|guest| guest.waits_at(&door, here));
        for mut guest in std::mem::take(&mut self.neighbours.guests) {
            let asked = guest.asked;
            match self.board.invitation(guest.role, asked) {
                Invitation::Ready(key) => {
                    let role = guest.role;
                    door.answer(guest.id, Answer::LetIn { key, role }, now);
                }
                Invitation::Coming if now < guest.since + LINK_WITHIN => {
                    guest.asked = true;
                    self.neighbours.guests.push(guest);
                    ctx.request_repaint_after(LOOK_EVERY);
                }
                Invitation::Coming | Invitation::Impossible => {
                    door.answer(guest.id, Answer::Declined, now);
                    let words =
                        "There is no link to let them in with. Make one in Share, and send it to them";
                    self.say(ctx, Message::problem(words));
                }
            }
        }
    }

    /// Knocks at the board with this name in the list.
    pub(super) fn knock(&mut self, name: &str) {
        let found = self
            .neighbours
            .nearby
            .as_ref()
            .map(Nearby::found)
            .unwrap_or_default();
        let Some(found) = found.into_iter().find(|found| found.name == name) else {
            return;
        };
        let wake = self.board.waker();
        self.neighbours.doubted = false;
        self.neighbours.knocking = Some(Knocking::start(found, &self.settings.name, &wake));
    }

    /// Doesn't want in any more.
    pub(super) fn stop_knocking(&mut self) {
        self.neighbours.knocking = None;
    }

    fn hear_answer(&mut self, ctx: &Context) {
        let neighbours = &mut self.neighbours;
        let Some(knocking) = &neighbours.knocking else {
            return;
        };
        match knocking.state() {
            // Whoever closes the list wants nothing from it any more.
            _ if self.dialog != Some(Dialog::Join) => neighbours.knocking = None,
            State::Welcome(link) => {
                let by = knocking.at.by.clone();
                neighbours.knocking = None;
                self.welcomed(ctx, link, by);
            }
            // Once: each doubt is a packet.
            State::Unreachable if !neighbours.doubted => {
                neighbours.doubted = true;
                if let Some(nearby) = &neighbours.nearby {
                    nearby.doubt(&knocking.at);
                }
            }
            _ => {}
        }
    }

    /// `by` let this person in. Anybody on the network can say that they share a board: one that is kept here goes nowhere else
    /// before its person has said so.
    fn welcomed(&mut self, ctx: &Context, link: Link, by: String) {
        match self.board.led_away(&link, by) {
            None => self.join(ctx, &link.to_string()),
            Some(view) => {
                self.neighbours.elsewhere = Some((link, view));
                self.dialog = Some(Dialog::Elsewhere);
                ctx.request_repaint();
            }
        }
    }

    /// What is asked before a board that is kept here moves.
    pub(super) fn elsewhere_view(&self) -> Option<&ElsewhereView> {
        self.neighbours.elsewhere.as_ref().map(|(_, view)| view)
    }

    /// Goes where this person was let in, although the board lived elsewhere.
    pub(super) fn go_elsewhere(&mut self, ctx: &Context) {
        let asked = self.dialog == Some(Dialog::Elsewhere);
        if let Some((link, _)) = self.neighbours.elsewhere.take().filter(|_| asked) {
            self.join(ctx, &link.to_string());
        }
    }

    /// The list of boards nearby; `None` where nobody is met at all.
    pub(super) fn nearby_view(&self) -> Option<NearbyView> {
        let nearby = self.neighbours.nearby.as_ref()?;
        let here = &self.board.board().meta().board;
        let boards = nearby.found().into_iter().map(|found| NearbyBoard {
            here: found.board == *here,
            name: found.name,
            title: found.title,
            by: found.by,
        });
        let knocking = self.neighbours.knocking.as_ref();
        Some(NearbyView {
            look: self.settings.meeting.look,
            found: self.settings.meeting.found,
            boards: boards.collect(),
            knock: knocking.map(|knocking| (knocking.at.by.clone(), knocking.state())),
        })
    }

    /// Who is to be asked about.
    pub(super) fn question(&self) -> Option<Question> {
        let one = self.neighbours.question.as_ref()?;
        Some(Question {
            name: one.name.clone(),
            from: one.from,
            title: self.board.title(),
            look: self.board.lets_look(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_waits_for_one_board_at_one_door() {
        let door = Arc::new(Door::new(Arc::new(|| {})));
        let board = |name| BoardId::new(name).expect("a name");
        let guest = Guest {
            id: 1,
            board: board("plan"),
            door: Arc::clone(&door),
            role: Role::Edit,
            asked: true,
            since: Instant::now(),
        };
        assert!(guest.waits_at(&door, &board("plan")));
        assert!(!guest.waits_at(&door, &board("diary")), "another board is open");
        let again = Arc::new(Door::new(Arc::new(|| {})));
        assert!(
            !guest.waits_at(&again, &board("plan")),
            "the first question there is another one"
        );
    }
}
