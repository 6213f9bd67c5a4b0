//! Who may do what on the open board, in the panels' terms, and what its owner asks the relay for.

use drawbridge_engine::client::{Bar, Phase, Reason};
use drawbridge_protocol::{BoardLink, Code, KeyHash, Link, Password, Role};

use super::OpenBoard;
use crate::panels::links::{Ends, LinkView};
use crate::panels::sharing::{AccessView, Mine};
use crate::when;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

impl OpenBoard {
    /// Why this person may not change the board, if they may not.
    #[must_use]
    pub fn bar(&self) -> Option<Bar> {
        self.board.bar()
    }

    /// What this person may do, as far as known; `None` alone with the board.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        let status = self.board.status();
        status.relay.as_ref()?;
        status.role
    }

    /// Whether this person can ask for what only an owner may ask for, now.
    #[must_use]
    pub fn can_manage(&self) -> bool {
        self.board.is_owner() && self.board.status().phase == Phase::Live
    }

    /// Whether only owners may change the board.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.board.status().access.locked
    }

    /// Who may do what. `problem`: why the relay didn't do what was asked for last.
    #[must_use]
    pub fn access(&self, problem: Option<Reason>) -> AccessView {
        let access = self.board.access();
        let now_ms = self.relay_ms();
        let mine = match self.board.status().role {
            Some(Role::Owner) => Mine::Owner,
            Some(Role::View) => Mine::Viewer,
            Some(_) if !access.has_owner(now_ms) => Mine::Unowned,
            _ => Mine::Editor,
        };
        let mut links: Vec<LinkView> = match mine {
            Mine::Owner => access
                .links
                .iter()
                .map(|link| self.link_view(link, now_ms))
                .collect(),
            _ => Vec::new(),
        };
        // One's own first; what is over last. The sort is stable.
        links.sort_by_key(|link| (link.over, !link.own));
        AccessView {
            mine,
            locked: access.locked,
            links,
            given: self.first_link(),
            found: None,
            live: self.can_manage(),
            problem,
            refused: match &self.board.status().phase {
                Phase::Refused { code, message } => Some(Reason {
                    code: *code,
                    message: message.clone(),
                }),
                _ => None,
            },
        }
    }

    fn link_view(&self, link: &BoardLink, now_ms: u64) -> LinkView {
        let short = link.hash.short();
        let people = self.board.people().filter(|person| person.via == short);
        LinkView {
            hash: link.hash,
            role: link.role,
            name: link.name.chars().filter(|c| !c.is_control()).collect(),
            end: end_words(link, now_ms),
            over: link.is_over(now_ms),
            own: self.board.status().link == Some(link.hash),
            people: people.map(Self::name_of).collect(),
            link: self.given_link(&link.hash),
        }
    }

    /// Whether the link that people are given first is of use to nobody.
    fn is_first_link_over(&self) -> bool {
        let Some(remote) = &self.board.meta().remote else {
            return false;
        };
        let hash = KeyHash::of(&remote.link.key);
        let now_ms = self.relay_ms();
        let access = self.board.access();
        access
            .links
            .iter()
            .any(|link| link.hash == hash && link.is_over(now_ms))
    }

    /// The link that people are given first, unless it is of use to nobody, or would make owners of them.
    fn first_link(&self) -> Option<Link> {
        let hash = KeyHash::of(&self.board.meta().remote.as_ref()?.link.key);
        let access = self.board.access();
        let mut links = access.links.iter();
        if self.is_first_link_over() || links.any(|link| link.hash == hash && link.role == Role::Owner) {
            return None;
        }
        self.given_link(&hash)
    }

    /// The time by the relay's clock, in milliseconds since the Unix epoch.
    pub(super) fn relay_ms(&self) -> u64 {
        let clock = self.board.client().clock();
        let offset = clock
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .offset_ms();
        when::now_ms().saturating_add_signed(offset)
    }

    /// Makes a link.
    pub fn make_link(&mut self, role: Role, name: &str, ends: Ends) {
        let until = ends.after_ms().map(|after| self.relay_ms().saturating_add(after));
        if let Err(error) = self.board.make_link(role, name, until) {
            self.problems.push(error.to_string());
        }
    }

    /// Gives a link another name, and another end if that is wanted.
    pub fn change_link(&mut self, hash: KeyHash, name: &str, ends: Option<Ends>) {
        let from_now = |ends: Ends| ends.after_ms().map(|after| self.relay_ms().saturating_add(after));
        let until = ends.map(from_now);
        self.board.change_link(hash, name, until);
    }

    /// Ends a link; whoever came by it is sent away.
    pub fn end_link(&mut self, hash: KeyHash) {
        self.board.end_link(hash);
    }

    /// Locks the board, or unlocks it.
    pub fn toggle_lock(&mut self) {
        self.board.set_locked(!self.is_locked());
    }

    /// Sends somebody away, and ends the link that they came by if that is wanted.
    pub fn remove(&mut self, conn: u64, end_link: bool) {
        let link = self.link_they_came_by(conn).filter(|_| end_link);
        self.board.remove(conn);
        if let Some(hash) = link {
            self.board.end_link(hash);
        }
    }

    /// The link that somebody came by, if it can be ended.
    pub(super) fn link_they_came_by(&self, conn: u64) -> Option<KeyHash> {
        let person = self.board.people().find(|person| person.conn == conn)?;
        let status = self.board.status();
        let links = status.access.links.iter();
        let mut endable = links.filter(|link| link.role != Role::Owner && status.link != Some(link.hash));
        let link = endable.find(|link| link.hash.short() == person.via)?;
        Some(link.hash)
    }

    /// Why the relay didn't do what was asked for, since this was asked last: the first reason. `None` where nothing was
    /// answered; `Some(None)` where all was done.
    pub fn take_answer(&mut self) -> Option<Option<Reason>> {
        let managed = self.board.take_managed();
        let answered = !managed.is_empty();
        let reason = managed.into_iter().find_map(|managed| managed.result.err());
        answered.then_some(reason)
    }

    /// What is to be said of something that this person was at when they might not go on, if that has just happened.
    pub fn take_cut_short(&mut self) -> Option<String> {
        let why = match self.board.take_cut_short()? {
            Bar::Locked => {
                "The board was locked while you were at something. What you did is kept on this computer, and \
                            goes to the others when the board is unlocked"
            }
            Bar::ViewOnly => {
                "Your link lets you look only from now on. What you were at is kept on this computer, and goes \
                              to the others if you may draw here again"
            }
        };
        Some(why.to_owned())
    }

    /// The relay that asks for its password, if one does.
    #[must_use]
    pub fn asks_for_password(&self) -> Option<String> {
        let status = self.board.status();
        let asks = matches!(
            &status.phase,
            Phase::Refused {
                code: Code::Password,
                ..
            }
        );
        status.relay.clone().filter(|_| asks)
    }

    /// Whether a password was given to that relay already.
    #[must_use]
    pub fn was_password_given(&self) -> bool {
        let given = |place: String| self.passwords.contains_key(&place);
        self.asks_for_password().is_some() && self.password_place().is_some_and(given)
    }

    /// Under which name the present relay's password is kept. What was typed for TLS never goes without it.
    #[must_use]
    pub fn password_place(&self) -> Option<String> {
        let link = &self.board.meta().remote.as_ref()?.link;
        let scheme = if link.secure { "https" } else { "http" };
        Some(format!("{scheme}://{}", link.relay))
    }

    /// Gives the present relay this password.
    pub fn give_password(&mut self, password: Password) {
        if let Some(place) = self.password_place() {
            self.passwords.insert(place, password);
        }
        self.give_known_password();
        self.reconnect();
    }

    /// Gives the present relay the password that is kept for it.
    pub(super) fn give_known_password(&self) {
        if let Some(place) = self.password_place() {
            let password = self.passwords.get(&place).cloned();
            self.board.client().set_password(password);
        }
    }
}

/// When a link ends, in words.
fn end_words(link: &BoardLink, now_ms: u64) -> String {
    if link.ended.is_some() {
        return "ended".to_owned();
    }
    let some = |n: u64, one: &str| match n {
        1 => format!("ends in 1 {one}"),
        n => format!("ends in {n} {one}s"),
    };
    match link.until.map(|until| until.saturating_sub(now_ms)) {
        None => "never ends".to_owned(),
        Some(0) => "its time is over".to_owned(),
        Some(left) if left < 2 * HOUR => some(left.div_ceil(MINUTE), "minute"),
        Some(left) if left < 2 * DAY => some(left.div_ceil(HOUR), "hour"),
        Some(left) => some(left.div_ceil(DAY), "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use drawbridge_protocol::Key;

    #[test]
    fn the_end_of_a_link_is_said_as_exactly_as_it_matters() {
        let key = Key::new("0123456789abcdef").expect("a key");
        let words = |until, ended| {
            let link = BoardLink {
                until,
                ended,
                ..BoardLink::new(KeyHash::of(&key), Role::View)
            };
            end_words(&link, 1_000)
        };
        assert_eq!(words(None, None), "never ends");
        assert_eq!(words(None, Some(7)), "ended");
        assert_eq!(words(Some(1_000), None), "its time is over");
        assert_eq!(words(Some(1_001), None), "ends in 1 minute");
        assert_eq!(words(Some(1_000 + HOUR), None), "ends in 60 minutes");
        assert_eq!(words(Some(1_000 + DAY), None), "ends in 24 hours");
        assert_eq!(words(Some(1_000 + 7 * DAY), None), "ends in 7 days");
    }
}
