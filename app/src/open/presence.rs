//! Who else is on the board, as the window shows them, and what they are told of this person.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_engine::client::Phase;
use drawbridge_engine::geometry::{Point, Rect};
use drawbridge_engine::presence::{self, About, Comings, Doing, News, Saying, State};
use drawbridge_protocol::{Access, ElementId, Peer, Role};

use super::OpenBoard;
use crate::panels::people::{Absent, Person};
use crate::settings::Settings;

/// Whoever drew so short a while ago is said to draw still: between two strokes nothing flickers.
const STILL_DRAWS: Duration = Duration::from_millis(1500);

/// What the window knows of people beyond what the engine does.
#[derive(Debug)]
pub(super) struct Crowd {
    me: About,
    /// Everybody else, by ascending connection, as panels show them.
    others: Vec<Arc<Person>>,
    /// What they were made of.
    made_of: (u64, Option<u64>, Arc<Access>),
    /// Who has or had something under way, and when that was.
    drew: BTreeMap<u64, Instant>,
    comings: Comings,
    news: Vec<News>,
    /// When this board was opened: the clock of `comings`.
    since: Instant,
}

impl Crowd {
    pub(super) fn new(me: &Settings) -> Self {
        Self::of(super::about(me))
    }

    fn of(me: About) -> Self {
        Self {
            me,
            others: Vec::new(),
            made_of: Default::default(),
            drew: BTreeMap::new(),
            comings: Comings::default(),
            news: Vec::new(),
            since: Instant::now(),
        }
    }

    /// What this person says of themselves.
    pub(super) fn me(&self) -> &About {
        &self.me
    }

    /// The same person comes to another board.
    pub(super) fn elsewhere(&self) -> Self {
        Self::of(About {
            state: State::Active,
            ..self.me.clone()
        })
    }
}

impl OpenBoard {
    /// Takes in who came, went, and does what.
    pub(super) fn note_people(&mut self) {
        let now = Instant::now();
        let live = matches!(self.board.status().phase, Phase::Live | Phase::CatchingUp { .. });
        if live {
            let seconds = (now - self.crowd.since).as_secs_f64();
            let news = self.crowd.comings.update(self.board.people(), seconds);
            self.crowd.news.extend(news);
        }
        let status = self.board.status();
        let made_of = (
            self.board.presence().revision(),
            status.conn,
            Arc::clone(&status.access),
        );
        for person in self
            .board
            .people()
            .filter(|person| person.doing() == Doing::Drawing)
        {
            self.crowd.drew.insert(person.conn, now);
        }
        let drew = self.crowd.drew.len();
        self.crowd.drew.retain(|_, at| now - *at < STILL_DRAWS);
        if drew != self.crowd.drew.len() || made_of != self.crowd.made_of {
            self.crowd.made_of = made_of;
            let others: Vec<Arc<Person>> = self
                .board
                .people()
                .map(|person| Arc::new(self.seen(person)))
                .collect();
            self.crowd.others = others;
        }
    }

    /// Somebody, as panels show them.
    fn seen(&self, person: &presence::Person) -> Person {
        let status = self.board.status();
        let mut links = status.access.links.iter();
        let endable = links.any(|link| {
            link.role != Role::Owner && status.link != Some(link.hash) && link.hash.short() == person.via
        });
        let draws = self.crowd.drew.contains_key(&person.conn);
        Person {
            conn: Some(person.conn),
            name: Self::name_of(person),
            color: person.about.color.clone(),
            role: Some(person.role),
            came_by_link: endable,
            doing: if draws { Doing::Drawing } else { person.doing() },
            follows_me: person.follows.is_some() && person.follows == status.conn,
            presents: person.presents,
        }
    }

    /// What somebody is called.
    pub(super) fn name_of(person: &presence::Person) -> String {
        match person.about.name.as_str() {
            "" => format!("Guest {}", person.conn),
            name => name.to_owned(),
        }
    }

    /// Who else is here, by ascending connection.
    #[must_use]
    pub fn others(&self) -> &[Arc<Person>] {
        &self.crowd.others
    }

    /// Who has this connection.
    #[must_use]
    pub fn other(&self, conn: u64) -> Option<&Arc<Person>> {
        let others = &self.crowd.others;
        let at = others.binary_search_by_key(&Some(conn), |person| person.conn);
        others.get(at.ok()?)
    }

    /// Who left a short while ago, the last first.
    #[must_use]
    pub fn absent(&self) -> Vec<Absent> {
        let gone = self.crowd.comings.gone();
        gone.map(|gone| Absent {
            name: called(&gone.about),
            color: gone.about.color.clone(),
        })
        .collect()
    }

    /// Who came and went since this was asked last, in words.
    pub fn take_comings(&mut self) -> Vec<String> {
        let news = std::mem::take(&mut self.crowd.news);
        news.iter().map(in_words).collect()
    }

    /// When something may be to be said or shown otherwise of people, with nothing new from the relay; `None` if nothing.
    #[must_use]
    pub fn people_due(&self) -> Option<Duration> {
        let seconds = self.crowd.since.elapsed().as_secs_f64();
        let comings = self.crowd.comings.due(seconds).map(Duration::from_secs_f64);
        let draws = self.crowd.drew.values().min();
        let draws = draws.map(|at| STILL_DRAWS.saturating_sub(at.elapsed()));
        comings.into_iter().chain(draws).min()
    }

    /// Others see this name and colour from now on.
    pub fn set_me(&mut self, me: &Settings) {
        let state = self.crowd.me.state;
        self.crowd.me = About {
            state,
            ..super::about(me)
        };
        self.board.set_about(&self.crowd.me);
    }

    /// Whether this person is there, as others are told.
    pub fn set_state(&mut self, state: State) {
        if self.crowd.me.state != state {
            self.crowd.me.state = state;
            self.board.set_about(&self.crowd.me);
        }
    }

    /// One's own colour, `#rrggbb`.
    #[must_use]
    pub fn my_color(&self) -> &str {
        &self.crowd.me.color
    }

    /// Where others' pointers are, in board units, by ascending connection. Nobody sees the pointer of who is away.
    #[must_use]
    pub fn pointers(&self) -> Vec<(u64, Point)> {
        // Nobody points at the past.
        if self.history().is_some() {
            return Vec::new();
        }
        let people = self.board.people().filter(|person| person.doing() != Doing::Away);
        people
            .filter_map(|person| Some((person.conn, person.cursor?)))
            .collect()
    }

    /// What others see of the board, in board units, by ascending connection.
    #[must_use]
    pub fn views(&self) -> Vec<(u64, Rect)> {
        let people = self.board.people();
        people
            .filter_map(|person| Some((person.conn, person.view?)))
            .collect()
    }

    /// What somebody sees of the board, in board units.
    #[must_use]
    pub fn view_of(&self, conn: u64) -> Option<Rect> {
        self.board.presence().get(conn)?.view
    }

    /// Where somebody's pointer is, in board units.
    #[must_use]
    pub fn pointer_of(&self, conn: u64) -> Option<Point> {
        self.board.presence().get(conn)?.cursor
    }

    /// What others have selected.
    pub fn selections(&self) -> impl Iterator<Item = (u64, &[ElementId])> {
        let now = self.history().is_none();
        let people = self
            .board
            .people()
            .filter(move |person| now && !person.selection.is_empty());
        people.map(|person| (person.conn, person.selection.as_slice()))
    }

    /// What others say at their pointers.
    pub fn sayings(&self) -> impl Iterator<Item = (u64, &Saying)> {
        let now = self.history().is_none();
        let people = self.board.people().filter(move |_| now);
        people.filter_map(|person| Some((person.conn, person.says.as_ref()?)))
    }

    /// This run of somebody's program: they keep it when their line breaks, and get another connection.
    #[must_use]
    pub fn peer_of(&self, conn: u64) -> Option<Peer> {
        Some(self.board.presence().get(conn)?.peer)
    }

    /// The connection of a run of somebody's program, if it is there.
    #[must_use]
    pub fn conn_of(&self, peer: Peer) -> Option<u64> {
        let mut people = self.board.people();
        Some(people.find(|person| person.peer == peer)?.conn)
    }

    /// Whether who is here can be known: the relay tells of them.
    #[must_use]
    pub fn hears_of_people(&self) -> bool {
        self.board.status().conn.is_some()
    }

    /// Whose view is to be shown to who follows this connection: the last of the chain; `None` if it leads back here.
    #[must_use]
    pub fn leader(&self, first: u64) -> Option<u64> {
        presence::leader(self.board.presence(), first, self.board.status().conn)
    }

    /// How many see what this person sees.
    #[must_use]
    pub fn followers(&self) -> usize {
        let me = self.board.status().conn;
        me.map_or(0, |me| presence::followers(self.board.presence(), me))
    }

    /// Who asks everybody to follow: this run of their program, and their connection.
    pub fn presenters(&self) -> impl Iterator<Item = (Peer, u64)> {
        let people = self.board.people().filter(|person| person.presents);
        people.map(|person| (person.peer, person.conn))
    }

    /// Tells others whose view one follows.
    pub fn follow(&self, conn: Option<u64>) {
        self.board.follow(conn);
    }

    /// Asks everybody to follow, or no longer.
    pub fn present_to_all(&self, on: bool) {
        self.board.present(on);
    }

    /// Shows others what is typed at one's pointer.
    pub fn say(&self, said: Option<&Saying>) {
        self.board.say(said);
    }
}

fn called(about: &About) -> String {
    match about.name.as_str() {
        "" => "A guest".to_owned(),
        name => name.to_owned(),
    }
}

/// "Ada joined", "Ada and Bob left", "Ada and 3 others joined".
fn in_words(news: &News) -> String {
    let (all, what) = match news {
        News::Joined(all) => (all, "joined"),
        News::Left(all) => (all, "left"),
    };
    let name = |n: usize| match all.get(n) {
        Some(about) if about.name.is_empty() && n > 0 => "another guest".to_owned(),
        about => about.map(called).unwrap_or_default(),
    };
    match all.len() {
        0 | 1 => format!("{} {what}", name(0)),
        2 => format!("{} and {} {what}", name(0), name(1)),
        n => format!("{} and {} others {what}", name(0), n - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_came_and_went_is_said_in_one_line() {
        let about = |name: &str| About {
            name: name.to_owned(),
            ..About::default()
        };
        let names = |names: &[&str]| names.iter().map(|name| about(name)).collect();
        assert_eq!(in_words(&News::Joined(names(&["Ada"]))), "Ada joined");
        assert_eq!(
            in_words(&News::Left(names(&["Ada", ""]))),
            "Ada and another guest left"
        );
        assert_eq!(
            in_words(&News::Joined(names(&["Ada", "Bob", "Cem", "Dov"]))),
            "Ada and 3 others joined"
        );
    }
}
