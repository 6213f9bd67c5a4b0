//! What one does with others: follows somebody's view, asks all to follow, says something at the pointer; and what others are
//! told of whether one is there.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use drawbridge_engine::geometry::{Camera, Point, Rect};
use drawbridge_engine::presence::{Saying, State};
use drawbridge_engine::tools::Event;
use drawbridge_protocol::Peer;
use egui::{Context, Pos2};

use super::App;
use crate::glide::Glide;
use crate::panels::message::Message;
use crate::panels::say::SayDraft;
use crate::panels::together::TogetherView;
use crate::theme;

/// Whoever does nothing for so long is idle, ...
const IDLE: Duration = Duration::from_secs(60);
/// ... and for so long, away.
const AWAY: Duration = Duration::from_secs(300);
/// Seconds for which it is waited for somebody one follows whose line broke.
const PATIENCE: f64 = 10.0;
/// A followed view is shown where it is within so many seconds.
const LONGEST: f64 = 0.16;
/// Seconds for which what was said can be read.
const SAID: f64 = 6.0;
/// Seconds for which who came or went is shown, ...
const NEWS: f64 = 4.0;
/// ... of whom no more than so many lines wait.
const WAITING: usize = 4;
/// Seconds after which it is forgotten that somebody who is gone asked to be followed.
const ASKED: f64 = 60.0;

/// Whom one follows.
#[derive(Debug)]
struct Following {
    /// This run of their program: they keep it when their line breaks.
    peer: Peer,
    /// What they are called.
    name: String,
    /// Whether that is because they asked everybody to.
    asked: bool,
    /// The connection of which others were told.
    told: Option<u64>,
    /// Where one looked at last because of that: whoever looks elsewhere has moved by themselves.
    set: Option<Camera>,
    /// The view that is followed, and whose that is.
    view: Option<(u64, Glide<4>)>,
    /// Since when they can't be found, in seconds.
    lost: Option<f64>,
}

/// What one does with others.
#[derive(Debug)]
pub(super) struct Together {
    following: Option<Following>,
    /// Whether everybody is asked to follow.
    pub(super) asking: bool,
    /// Who asked this person to follow and was answered, and when they were last seen asking.
    answered: BTreeMap<Peer, f64>,
    /// What is being typed at the pointer.
    pub(super) say: Option<SayDraft>,
    /// What others read there, as they were told.
    told: Option<Saying>,
    /// Where on the board that began.
    say_at: Point,
    /// Where the field is in the window.
    pub(super) say_pos: Pos2,
    /// Until when what was said can be read, in seconds.
    until: Option<f64>,
    /// When the last key was pressed or the pointer moved.
    input: Instant,
    hidden: bool,
    /// Who came or went: what is shown, until when, and what waits.
    news: Option<(String, f64)>,
    waiting: VecDeque<String>,
    /// Who follows this person, as far as it was said.
    followers: BTreeSet<u64>,
}

impl Default for Together {
    fn default() -> Self {
        Self {
            following: None,
            asking: false,
            answered: BTreeMap::new(),
            say: None,
            told: None,
            say_at: Point::ORIGIN,
            say_pos: Pos2::ZERO,
            until: None,
            input: Instant::now(),
            hidden: false,
            news: None,
            waiting: VecDeque::new(),
            followers: BTreeSet::new(),
        }
    }
}

impl Together {
    /// Whether somebody is followed.
    pub(super) fn follows(&self) -> bool {
        self.following.is_some()
    }
}

/// Whether somebody is there whose window is seen or hidden, and who did something last so long ago.
fn state_of(hidden: bool, quiet: Duration) -> State {
    match quiet {
        _ if hidden => State::Away,
        quiet if quiet >= AWAY => State::Away,
        quiet if quiet >= IDLE => State::Idle,
        _ => State::Active,
    }
}

impl App {
    /// Tells others whether this person is there. Also while the window is hidden.
    pub(super) fn note_presence(&mut self, ctx: &Context) {
        let hidden = ctx.input(|input| input.viewport().visible() == Some(false));
        if self.together.hidden != hidden {
            self.together.hidden = hidden;
            if hidden {
                // Nobody points at anything in a window that isn't seen.
                self.board.handle(&Event::Leave);
                let now = ctx.input(|input| input.time);
                self.board.flush(now * 1000.0);
            } else {
                self.together.input = Instant::now();
            }
        }
        let quiet = self.together.input.elapsed();
        self.board.set_state(state_of(hidden, quiet));
        let next = [IDLE, AWAY].into_iter().find(|limit| *limit > quiet);
        // Where nobody is who would be told, it is soon enough when somebody comes.
        if let Some(next) = next.filter(|_| !hidden && !self.board.others().is_empty()) {
            ctx.request_repaint_after(next.saturating_sub(quiet));
        }
        if let Some(due) = self.board.people_due() {
            ctx.request_repaint_after(due);
        }
    }

    /// Once a frame, before the board is shown.
    pub(super) fn look_after_others(&mut self, ctx: &Context) {
        let did = |event: &egui::Event| {
            use egui::Event as E;
            matches!(
                event,
                E::PointerMoved(_)
                    | E::PointerButton { .. }
                    | E::Key { .. }
                    | E::Text(_)
                    | E::Touch { .. }
                    | E::MouseWheel { .. }
            )
        };
        if ctx.input(|input| input.events.iter().any(did)) {
            self.together.input = Instant::now();
        }
        self.note_presence(ctx);
        let now = ctx.input(|input| input.time);
        self.follow_on(ctx, now);
        self.note_presenters(now);
        self.note_news(ctx, now);
        self.say_on(ctx, now);
    }

    /// Follows somebody, by connection.
    pub(super) fn follow(&mut self, ctx: &Context, conn: u64) {
        let (Some(peer), Some(person)) = (self.board.peer_of(conn), self.board.other(conn)) else {
            return;
        };
        let (name, asked) = (person.name.clone(), person.presents);
        if self.board.leader(conn).is_none() {
            self.say(
                ctx,
                Message::hint(format!("{name} sees what you see: they follow you")),
            );
            return;
        }
        if self.presenting.is_some() {
            self.present(ctx);
        }
        self.together.following = Some(Following {
            peer,
            name,
            asked,
            told: None,
            set: None,
            view: None,
            lost: None,
        });
        ctx.request_repaint();
    }

    /// Follows nobody any more. Says whether somebody was followed.
    pub(super) fn stop_following(&mut self) -> bool {
        let was = self.together.following.take().is_some();
        if was {
            self.board.follow(None);
        }
        was
    }

    /// Shows what is seen by whom one follows, unless one has moved oneself.
    fn follow_on(&mut self, ctx: &Context, now: f64) {
        let Some(following) = &mut self.together.following else {
            return;
        };
        let camera = *self.board.editor().camera();
        if following.set.is_some_and(|set| set != camera) {
            self.stop_following();
            return;
        }
        let Some(conn) = self.board.conn_of(following.peer) else {
            // Who can't be heard of hasn't left.
            if self.board.hears_of_people() {
                let since = *following.lost.get_or_insert(now);
                ctx.request_repaint_after(Duration::from_secs(1));
                if now - since > PATIENCE {
                    let words = format!("{} has left", following.name);
                    self.stop_following();
                    self.say(ctx, Message::hint(words));
                }
            }
            return;
        };
        following.lost = None;
        if following.told != Some(conn) {
            following.told = Some(conn);
            self.board.follow(Some(conn));
        }
        let presents = self.board.other(conn).is_some_and(|person| person.presents);
        if following.asked && !presents {
            let words = format!("{} no longer asks to be followed", following.name);
            self.stop_following();
            self.say(ctx, Message::hint(words));
            return;
        }
        let Some(leader) = self.board.leader(conn) else {
            let words = format!("{} follows you now", following.name);
            self.stop_following();
            self.say(ctx, Message::hint(words));
            return;
        };
        // What is in the hand is finished first: the board mustn't move under it.
        if !self.board.editor().state().is_idle() {
            return;
        }
        let Some(seen) = self.board.view_of(leader) else {
            return;
        };
        let to = [seen.x0, seen.y0, seen.x1, seen.y1];
        let glide = match &mut following.view {
            Some((whose, glide)) if *whose == leader => glide,
            view => &mut view.insert((leader, Glide::new(to, now))).1,
        };
        if glide.target() != to {
            let [x0, y0, x1, y1] = glide.target();
            if theme::moves(ctx) && Rect::new(x0, y0, x1, y1).overlaps(seen) {
                glide.tell(to, now, LONGEST);
            } else {
                glide.leap(to, now);
            }
        }
        let [x0, y0, x1, y1] = glide.at(now);
        let moves = glide.moves(now);
        let size = self.canvas.size();
        let mut looks = camera;
        looks.fill(Rect::new(x0, y0, x1, y1), size, 0.0);
        following.set = Some(looks);
        if looks != camera {
            *self.board.camera_mut() = looks;
            ctx.request_repaint();
        }
        if moves {
            ctx.request_repaint();
        }
    }

    /// Asks everybody to follow, or ends that.
    pub(super) fn ask_to_follow(&mut self) {
        self.together.asking = !self.together.asking;
        if self.together.asking {
            self.stop_following();
        }
        self.board.present_to_all(self.together.asking);
    }

    /// Doesn't follow somebody who asks everybody to.
    pub(super) fn not_now(&mut self, ctx: &Context, conn: u64) {
        if let Some(peer) = self.board.peer_of(conn) {
            let now = ctx.input(|input| input.time);
            self.together.answered.insert(peer, now);
        }
    }

    /// Each is asked once for each time that somebody presents.
    fn note_presenters(&mut self, now: f64) {
        let answered = &mut self.together.answered;
        let presenters: BTreeMap<Peer, u64> = self.board.presenters().collect();
        if answered.is_empty() && presenters.is_empty() {
            return;
        }
        for (peer, seen) in answered.iter_mut() {
            if presenters.contains_key(peer) {
                *seen = now;
            }
        }
        let board = &self.board;
        answered.retain(|peer, seen| {
            let stopped = !presenters.contains_key(peer) && board.conn_of(*peer).is_some();
            !stopped && now - *seen < ASKED
        });
        if let Some(following) = &self.together.following
            && presenters.contains_key(&following.peer)
        {
            answered.insert(following.peer, now);
        }
    }

    /// Who asks everybody to follow, and has no answer yet.
    fn unanswered(&self) -> Option<u64> {
        if self.together.asking {
            return None;
        }
        let mut presenters = self.board.presenters();
        let open = |peer: &Peer| !self.together.answered.contains_key(peer);
        presenters.find(|(peer, _)| open(peer)).map(|(_, conn)| conn)
    }

    /// Who came, went, and follows.
    fn note_news(&mut self, ctx: &Context, now: f64) {
        let mut fresh = self.board.take_comings();
        let together = &mut self.together;
        let others = self.board.others().iter();
        let follow: BTreeSet<u64> = others
            .filter(|person| person.follows_me)
            .filter_map(|person| person.conn)
            .collect();
        if follow != together.followers {
            if !together.asking {
                let came = follow.difference(&together.followers);
                let names = came.filter_map(|conn| self.board.other(*conn));
                fresh.extend(names.map(|person| format!("{} follows you", person.name)));
            }
            together.followers = follow;
        }
        together.waiting.extend(fresh);
        while together.waiting.len() > WAITING {
            together.waiting.pop_front();
        }
        if together.news.as_ref().is_some_and(|(_, until)| *until <= now) {
            together.news = None;
        }
        if together.news.is_none()
            && let Some(words) = together.waiting.pop_front()
        {
            together.news = Some((words, now + NEWS));
            ctx.request_repaint_after_secs(NEWS as f32);
        }
    }

    /// Opens the field in which one types at the pointer.
    pub(super) fn show_say(&mut self, ctx: &Context) {
        self.take_back();
        let canvas = self.canvas.rect();
        let pointer = ctx.pointer_hover_pos().filter(|at| canvas.contains(*at));
        self.together.say_pos = pointer.unwrap_or(canvas.center());
        let at = self.canvas.on_canvas(self.together.say_pos);
        self.together.say_at = self.board.editor().camera().board_from_screen(at);
        self.together.say = Some(SayDraft::default());
    }

    /// What was typed there stays for some seconds.
    pub(super) fn finish_saying(&mut self, ctx: &Context) {
        let Some(draft) = self.together.say.take() else {
            return;
        };
        let said = Saying::new(&draft.text, self.together.say_at);
        if said.text.trim().is_empty() {
            self.take_back();
            return;
        }
        self.canvas.said = Some((said.at, said.text.to_string()));
        self.tell_saying(Some(said));
        let now = ctx.input(|input| input.time);
        self.together.until = Some(now + SAID);
        ctx.request_repaint_after_secs(SAID as f32);
    }

    /// Takes away what is typed or was said. Says whether it was being typed.
    pub(super) fn take_back(&mut self) -> bool {
        let typed = self.together.say.take().is_some();
        self.together.until = None;
        self.canvas.said = None;
        self.tell_saying(None);
        typed
    }

    fn tell_saying(&mut self, said: Option<Saying>) {
        if self.together.told != said {
            self.board.say(said.as_ref());
            self.together.told = said;
        }
    }

    fn say_on(&mut self, ctx: &Context, now: f64) {
        if self.together.until.is_some_and(|until| until <= now) {
            self.take_back();
        }
        let Some(draft) = &self.together.say else { return };
        let said = Saying::new(&draft.text, self.together.say_at);
        let said = Some(said).filter(|said| !said.text.trim().is_empty());
        self.tell_saying(said);
        let canvas = self.canvas.rect();
        if let Some(at) = ctx.pointer_hover_pos().filter(|at| canvas.contains(*at)) {
            self.together.say_pos = at;
        }
    }

    /// Another board is shown: nothing goes on from the one before.
    pub(super) fn leave_others(&mut self) {
        self.together = Together::default();
        self.canvas.said = None;
    }

    /// Whom one follows, for the list of people.
    pub(super) fn followed(&self) -> Option<u64> {
        self.board.conn_of(self.together.following.as_ref()?.peer)
    }

    /// What is shown of all that.
    pub(super) fn together_view(&self) -> TogetherView {
        let named = |conn: u64| {
            let person = self.board.other(conn)?;
            Some((person.name.clone(), theme::person(&person.color, conn)))
        };
        let following = self.together.following.as_ref().map(|following| {
            let color = self.followed().and_then(named).map(|(_, color)| color);
            (following.name.clone(), color.unwrap_or(theme::person("", 0)))
        });
        let question = self.unanswered().and_then(|conn| {
            let (name, color) = named(conn)?;
            Some((conn, name, color))
        });
        let asking = self
            .together
            .asking
            .then(|| (self.board.followers(), self.board.others().len()));
        TogetherView {
            following,
            question,
            asking,
            news: self.together.news.as_ref().map(|(words, _)| words.clone()),
        }
    }

    /// Shows what somebody sees, or at least where they point.
    pub(super) fn go_to(&mut self, ctx: &Context, conn: u64) {
        if let Some(view) = self.board.view_of(conn) {
            let size = self.canvas.size();
            self.board.camera_mut().fill(view, size, 0.0);
        } else if let Some(at) = self.board.pointer_of(conn) {
            self.look_at(at);
        } else {
            self.say(ctx, Message::hint("It isn't known yet where they look"));
        }
    }

    /// Goes to the pointer of whoever draws, or moved last.
    pub(super) fn go_to_active(&mut self, ctx: &Context) {
        let conn = self.canvas.liveliest(ctx, &self.board);
        match conn.and_then(|conn| self.board.pointer_of(conn)) {
            Some(at) => self.look_at(at),
            None => self.say(ctx, Message::hint("Nobody else points at the board just now")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_nothing_is_idle_and_then_away_and_whose_window_is_hidden_is_away_at_once() {
        let state = |hidden, seconds| state_of(hidden, Duration::from_secs(seconds));
        assert_eq!(state(false, 59), State::Active);
        assert_eq!(state(false, 60), State::Idle);
        assert_eq!(state(false, 299), State::Idle);
        assert_eq!(state(false, 300), State::Away);
        assert_eq!(state(true, 0), State::Away);
    }
}
