//! What a relay refuses, in words for the person: what happened, what it means for their drawing, and what to do, with a button
//! where there is something to press. One table for all of them.

use drawbridge_engine::client::{Bar, Reason};
use drawbridge_protocol::Code;

use crate::command::Command;

/// A refusal in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// What happened. A sentence without its full stop.
    pub what: String,
    /// What there is to do, as sentences; empty where all goes by itself.
    pub then: &'static str,
    /// What a button beside it does.
    pub act: Option<Command>,
}

const UPDATE: &str = "Another version of the app, or of the relay, may help.";
const BY_ITSELF: &str = "It is tried again by itself.";
const ASK: &str = "Ask whoever sent you the link for another one.";
const ELSEWHERE: &str = "You can share it through another relay.";

/// The words for a refusal.
#[must_use]
pub fn words(reason: &Reason) -> Words {
    let (what, then, act) = of(reason.code);
    Words {
        what: if what.is_empty() {
            // Only what a later relay says, or this app itself.
            reason.message.trim_end_matches('.').to_owned()
        } else {
            what.to_owned()
        },
        then,
        act,
    }
}

/// Why somebody who may not change the board can say nothing in the chat either.
#[must_use]
pub fn barred(bar: Bar) -> &'static str {
    match bar {
        Bar::ViewOnly => {
            "Your link is for looking: you can read what is said, not write. Ask whoever sent you the link for another one."
        }
        Bar::Locked => "The board is locked by its owner: you can write here again once it is unlocked.",
    }
}

/// Why somebody may not change the board, and what to do.
#[must_use]
pub fn not_drawing(bar: Bar) -> &'static str {
    match bar {
        Bar::ViewOnly => {
            "Your link is for looking: you can point at things and copy them. Ask whoever sent you the link for one that lets you draw."
        }
        Bar::Locked => {
            "It is locked by its owner: you can point at things and copy them, and change them once it is unlocked."
        }
    }
}

fn of(code: Code) -> (&'static str, &'static str, Option<Command>) {
    let try_now = Some(Command::Reconnect);
    let offer = Some(Command::OfferAgain);
    let share = Some(Command::ShowShare);
    let join = Some(Command::ShowJoin);
    match code {
        Code::BadMessage => ("The relay doesn't understand this app", UPDATE, try_now),
        Code::UnknownMessage => (
            "The relay doesn't know something that this app asks for",
            UPDATE,
            None,
        ),
        Code::HelloFirst | Code::HelloAgain => (
            "The relay and this app talk at cross purposes",
            "Something between them may change what is said. Try again, also over another network.",
            try_now,
        ),
        Code::HelloLate => ("The line to the relay was too slow to come in", BY_ITSELF, None),
        Code::Version => (
            "The relay and this app speak different versions of the protocol",
            "Update whichever is older, then try again.",
            try_now,
        ),
        Code::BadBoard => ("The relay doesn't take this board's name", ELSEWHERE, share),
        Code::NoBoard => (
            "The relay doesn't have this board",
            "Ask whoever sent you the link to share the board there again, then try again.",
            try_now,
        ),
        Code::BadKey => ("The link doesn't open this board", ASK, join),
        Code::BoardGone => (
            "The board was deleted on the relay",
            "Your copy stays. You can share it through another relay.",
            share,
        ),
        Code::BoardBusy => ("As many people are on the board as it takes", BY_ITSELF, try_now),
        Code::BadAbout => (
            "The relay doesn't take your name or your colour",
            "Change them in the list of people, then try again.",
            try_now,
        ),
        Code::LinkEnded => ("The link that you came by has ended", ASK, join),
        Code::Removed => (
            "An owner of the board has sent you away",
            "If your link still works, you can come back.",
            try_now,
        ),
        Code::Password => (
            "The relay asks for its password",
            "Ask whoever runs the relay for it.",
            Some(Command::ShowPassword),
        ),
        Code::TooMany => (
            "Too many connections, or too many wrong keys, have come from your network",
            BY_ITSELF,
            None,
        ),
        Code::RelayFull => ("The relay has no room for another board", ELSEWHERE, share),
        Code::Moved => (
            "The board lives on another relay now, to which this app isn't led safely",
            ASK,
            try_now,
        ),
        Code::BadAccess => (
            "The relay doesn't take this board's links as they are",
            ELSEWHERE,
            share,
        ),
        Code::ReadOnly => (
            "Your link is for looking only",
            "Ask whoever sent you the link for one that lets you draw.",
            join,
        ),
        Code::BoardLocked => (
            "The board is locked by its owner",
            "It goes to the others when the board is unlocked.",
            None,
        ),
        Code::NotOwner => ("Only an owner of the board may do that", "Ask an owner.", None),
        Code::BadManage => (
            "The relay can't do that with the board's links or people as they are now",
            "Look at them again: somebody may have been faster.",
            None,
        ),
        Code::BadCell | Code::BadWrite => ("The relay doesn't take a change in this form", UPDATE, offer),
        Code::CellTooBig => (
            "Something is larger than this relay takes",
            "Cut it into smaller parts, or share the board through another relay.",
            share,
        ),
        Code::StampAhead => ("This computer's clock is ahead of the relay's", BY_ITSELF, None),
        Code::BoardFull => (
            "The board is as full as this relay lets it be",
            "Delete something, or share the board through another relay; then offer it again.",
            offer,
        ),
        Code::StoreFull => ("The relay's disk is full", BY_ITSELF, None),
        Code::SlotTooBig | Code::TooManySlots => (
            "What you are drawing is too much to be shown while it grows",
            "The others see it when it is finished.",
            None,
        ),
        Code::BadPast | Code::PastBusy => (
            "The relay doesn't show what was before just now",
            "Close the history and open it again.",
            None,
        ),
        Code::BadImage => ("The relay doesn't take a picture in this form", UPDATE, offer),
        Code::NoImage => (
            "The relay doesn't have a picture of this board yet",
            BY_ITSELF,
            None,
        ),
        Code::ImageOffset => ("The upload of a picture got out of step", BY_ITSELF, None),
        Code::ImageTooBig => (
            "A picture is larger than this relay takes",
            "Put a smaller one on the board, or share it through another relay.",
            share,
        ),
        Code::ImageType => (
            "The relay takes PNG and JPEG pictures only",
            "Put it on the board again: the app then writes it anew.",
            None,
        ),
        Code::ImageHash => (
            "A picture was damaged on its way to the relay",
            "Offer it again.",
            offer,
        ),
        Code::ImageBusy => ("Too many pictures are on their way to the relay", BY_ITSELF, None),
        Code::Unknown => (
            "",
            "Try again, or share the board through another relay.",
            try_now,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every code in the tables of the protocol's section on refusals.
    fn codes() -> BTreeSet<String> {
        let spec = include_str!("../../../protocol/SPEC.md");
        let section = spec
            .split("\n## ")
            .find(|part| part.starts_with("9. "))
            .expect("section 9");
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        let names = rows
            .filter_map(|row| row.split('|').nth(1))
            .flat_map(|cell| cell.split('`').skip(1).step_by(2));
        names.map(str::to_owned).collect()
    }

    #[test]
    fn every_refusal_of_the_protocol_has_words_of_its_own_and_something_to_expect() {
        let codes = codes();
        assert!(codes.len() >= 37, "{codes:?}");
        let mut said = BTreeSet::new();
        for name in &codes {
            let code: Code = serde_json::from_str(&format!("\"{name}\"")).expect("a code");
            assert_ne!(code, Code::Unknown, "{name}");
            let message = "What the relay says.".to_owned();
            let words = words(&Reason { code, message });
            assert!(!words.what.contains("What the relay says"), "{name} has no words");
            assert!(!words.then.is_empty(), "{name}: and then?");
            assert!(!words.what.ends_with('.') && words.then.ends_with('.'), "{name}");
            assert!(
                words
                    .act
                    .as_ref()
                    .is_none_or(|act| crate::command::find(act).is_some()),
                "{name}"
            );
            said.insert(words.what);
        }
        // Only those that mean the same to a person share their words.
        assert_eq!(said.len(), codes.len() - 4, "{said:?}");
    }

    #[test]
    fn what_a_later_relay_refuses_is_said_in_its_own_words() {
        let reason = Reason {
            code: Code::Unknown,
            message: "The moon is full.".to_owned(),
        };
        let words = words(&reason);
        assert_eq!(words.what, "The moon is full");
        assert!(words.act.is_some());
    }
}
