//! How the board stands with disk and relay, in a line.

use drawbridge_engine::client::Bar;

use super::{Connection, PicturesView, StatusView, Tone};
use crate::icons;
use crate::panels::refusal;

pub(super) fn changes(n: usize) -> String {
    if n == 1 {
        "1 change".to_owned()
    } else {
        format!("{n} changes")
    }
}

/// The state's icon, words and tone.
#[must_use]
pub fn words(view: &StatusView) -> (char, String, Tone) {
    if let Some(why) = &view.unsaved {
        return (
            icons::WARNING,
            format!("Not saved on this computer: {why}"),
            Tone::Wrong,
        );
    }
    if view.saving {
        return (
            icons::CONNECTING,
            "Saving on this computer…".to_owned(),
            Tone::Quiet,
        );
    }
    match (&view.connection, view.waiting) {
        (Connection::Alone, _) if view.brief => (
            icons::CONNECTING,
            "Saving on this computer…".to_owned(),
            Tone::Quiet,
        ),
        (Connection::Alone, _) => (
            icons::SAVED_HERE,
            "Saved on this computer".to_owned(),
            Tone::Quiet,
        ),
        (Connection::Connecting, 0) => (
            icons::CONNECTING,
            "Connecting to the relay…".to_owned(),
            Tone::Quiet,
        ),
        (Connection::Connecting, n) => {
            let text = format!("Connecting: {} waiting for the relay", changes(n));
            (icons::CONNECTING, text, Tone::Quiet)
        }
        (Connection::CatchingUp(percent), 0) => (
            icons::CONNECTING,
            format!("Catching up: {percent} %"),
            Tone::Quiet,
        ),
        (Connection::CatchingUp(percent), n) => {
            let text = format!("Catching up: {percent} %, {} waiting for the relay", changes(n));
            (icons::CONNECTING, text, Tone::Quiet)
        }
        (Connection::Live, n) if n > 0 && view.held_up.is_some() => {
            let why = view.held_up.as_ref().map(refusal::words);
            let text = format!(
                "{}. {} kept on this computer, tried again by itself",
                why.map(|why| why.what).unwrap_or_default(),
                changes(n)
            );
            (icons::WARNING, text, Tone::Care)
        }
        (Connection::Live, n) if n > 0 && view.bar.is_some() => {
            let until = match view.bar {
                Some(Bar::Locked) => "until the board is unlocked",
                _ => "until you may draw here",
            };
            let waits = if n == 1 { "waits" } else { "wait" };
            let text = format!("Live: {} {waits} on this computer {until}", changes(n));
            (icons::SENDING, text, Tone::Care)
        }
        (Connection::Live, _) if view.brief => (icons::SENDING, "Live: saving…".to_owned(), Tone::Quiet),
        (Connection::Live, 0) if view.pictures.sending => (
            icons::SENDING,
            "Live: everything but pictures saved on the relay".to_owned(),
            Tone::Quiet,
        ),
        (Connection::Live, 0) => (
            icons::LIVE,
            "Live: everything saved on the relay".to_owned(),
            Tone::Good,
        ),
        (Connection::Live, n) => (
            icons::SENDING,
            format!("Live: {} on the way to the relay", changes(n)),
            Tone::Quiet,
        ),
        (Connection::Offline(Some(why)), n) => {
            let words = refusal::words(why);
            let text = format!("Not connected: {}. {}{}", words.what, words.then, kept(n));
            (icons::OFFLINE, text, Tone::Care)
        }
        (Connection::Offline(None), 0) if view.pictures.sending => (
            icons::OFFLINE,
            "Offline: saved on this computer".to_owned(),
            Tone::Care,
        ),
        (Connection::Offline(None), 0) => (
            icons::OFFLINE,
            "Offline: saved on this computer, nothing waiting".to_owned(),
            Tone::Care,
        ),
        (Connection::Offline(None), n) => (
            icons::OFFLINE,
            format!("Offline: {} waiting for the relay", changes(n)),
            Tone::Care,
        ),
        (Connection::Insecure(why), n) => {
            let why = why.trim_end_matches('.');
            let text = format!("Not connected: {why}.{}", kept(n));
            (icons::REFUSED, text, Tone::Wrong)
        }
        (Connection::Refused(why), n) => {
            let words = refusal::words(why);
            let text = format!("Not connected: {}. {}{}", words.what, words.then, kept(n));
            (icons::REFUSED, text, Tone::Wrong)
        }
    }
}

/// Where the drawing is while the relay lets nobody in, with so many changes that it doesn't have.
fn kept(n: usize) -> String {
    match n {
        0 => " Your drawing is saved on this computer".to_owned(),
        n => format!(
            " Your drawing is saved on this computer; {} waiting for the relay",
            changes(n)
        ),
    }
}

/// That the relay did not take something, if it didn't. Why, and what to do, stands with the details.
#[must_use]
pub fn refused_words(view: &StatusView) -> Option<String> {
    let things = things(view.parked.len(), view.pictures.refused.len())?;
    let verb = if view.parked.len() + view.pictures.refused.len() == 1 {
        "was"
    } else {
        "were"
    };
    Some(format!("{things} {verb} not taken by the relay"))
}

/// So many changes and pictures; `None` for none.
pub(super) fn things(parked: usize, images: usize) -> Option<String> {
    match (parked, images) {
        (0, 0) => None,
        (0, n) => Some(pictures(n)),
        (n, 0) => Some(changes(n)),
        (n, m) => Some(format!("{} and {}", changes(n), pictures(m))),
    }
}

fn pictures(n: usize) -> String {
    match n {
        1 => "1 picture".to_owned(),
        n => format!("{n} pictures"),
    }
}

/// What is to be said of pictures, if anything.
#[must_use]
pub fn pictures_words(view: &StatusView) -> Option<String> {
    let PicturesView {
        reading,
        waiting,
        percent,
        ..
    } = view.pictures;
    match (&view.connection, waiting) {
        _ if reading => Some("Reading pictures…".to_owned()),
        (_, 0) | (Connection::Alone, _) => None,
        (Connection::Live, n) => Some(format!("{} on the way: {percent} %", pictures(n))),
        (_, n) => Some(format!("{} waiting for the relay", pictures(n))),
    }
}

#[cfg(test)]
mod tests {
    use drawbridge_engine::client::Reason;
    use drawbridge_protocol::Code;

    use super::*;
    use crate::panels::status::RelayView;

    fn reason(code: Code) -> Reason {
        Reason {
            code,
            message: "As the relay says.".to_owned(),
        }
    }

    fn view(connection: Connection, waiting: usize) -> StatusView {
        StatusView {
            connection,
            saving: false,
            brief: false,
            waiting,
            parked: Vec::new(),
            unsaved: None,
            held_up: None,
            bar: None,
            pictures: PicturesView::default(),
            relay: RelayView::default(),
        }
    }

    #[test]
    fn pictures_on_their_way_have_their_words() {
        let said = |connection, waiting, reading| {
            let mut view = view(connection, 0);
            view.pictures = PicturesView {
                waiting,
                reading,
                percent: 40,
                ..PicturesView::default()
            };
            pictures_words(&view)
        };
        assert_eq!(said(Connection::Live, 0, false), None);
        assert_eq!(
            said(Connection::Live, 2, false).as_deref(),
            Some("2 pictures on the way: 40 %")
        );
        assert_eq!(
            said(Connection::Offline(None), 1, false).as_deref(),
            Some("1 picture waiting for the relay")
        );
        assert_eq!(said(Connection::Alone, 3, false), None, "there is no relay");
        let mut sending = view(Connection::Live, 0);
        sending.pictures.sending = true;
        assert_eq!(
            words(&sending).1,
            "Live: everything but pictures saved on the relay"
        );
        assert_eq!(
            said(Connection::Alone, 0, true).as_deref(),
            Some("Reading pictures…")
        );
    }

    #[test]
    fn each_state_has_its_words() {
        let cases = [
            (view(Connection::Alone, 7), "Saved on this computer"),
            (view(Connection::Connecting, 0), "Connecting to the relay…"),
            (
                view(Connection::Connecting, 2),
                "Connecting: 2 changes waiting for the relay",
            ),
            (view(Connection::CatchingUp(40), 0), "Catching up: 40 %"),
            (
                view(Connection::CatchingUp(40), 1),
                "Catching up: 40 %, 1 change waiting for the relay",
            ),
            (view(Connection::Live, 0), "Live: everything saved on the relay"),
            (
                view(Connection::Live, 1),
                "Live: 1 change on the way to the relay",
            ),
            (
                view(Connection::Offline(None), 3),
                "Offline: 3 changes waiting for the relay",
            ),
            (
                view(Connection::Offline(None), 0),
                "Offline: saved on this computer, nothing waiting",
            ),
            (
                view(Connection::Refused(reason(Code::BadKey)), 0),
                "Not connected: The link doesn't open this board. Ask whoever sent you the link for another one. Your \
                 drawing is saved on this computer",
            ),
            (
                view(Connection::Offline(Some(reason(Code::TooMany))), 1),
                "Not connected: Too many connections, or too many wrong keys, have come from your network. It is tried \
                 again by itself. Your drawing is saved on this computer; 1 change waiting for the relay",
            ),
        ];
        for (view, expected) in cases {
            assert_eq!(words(&view).1, expected);
        }
    }

    #[test]
    fn what_cannot_be_saved_is_said_before_all_else() {
        let mut bad = view(Connection::Live, 0);
        bad.unsaved = Some("the disk is full".to_owned());
        assert_eq!(words(&bad).1, "Not saved on this computer: the disk is full");
        assert_eq!(words(&bad).2, Tone::Wrong);
    }

    #[test]
    fn what_the_relay_cannot_take_at_present_is_said_with_its_reason() {
        let mut held = view(Connection::Live, 2);
        held.held_up = Some(reason(Code::StoreFull));
        let text = "The relay's disk is full. 2 changes kept on this computer, tried again by itself";
        assert_eq!((words(&held).1.as_str(), words(&held).2), (text, Tone::Care));
        held.waiting = 0;
        assert_eq!(words(&held).1, "Live: everything saved on the relay");
    }

    #[test]
    fn what_was_not_taken_is_counted() {
        let mut some = view(Connection::Live, 0);
        assert_eq!(refused_words(&some), None);
        some.parked = vec![reason(Code::BoardFull); 2];
        let said = refused_words(&some);
        assert_eq!(said.as_deref(), Some("2 changes were not taken by the relay"));
        some.pictures.refused = vec![reason(Code::ImageTooBig)];
        let said = refused_words(&some);
        assert_eq!(
            said.as_deref(),
            Some("2 changes and 1 picture were not taken by the relay")
        );
        some.parked.clear();
        assert_eq!(
            refused_words(&some).as_deref(),
            Some("1 picture was not taken by the relay")
        );
    }

    #[test]
    fn what_waits_because_one_may_not_draw_is_said_so() {
        let mut barred = view(Connection::Live, 2);
        barred.bar = Some(Bar::Locked);
        let text = "Live: 2 changes wait on this computer until the board is unlocked";
        assert_eq!((words(&barred).1.as_str(), words(&barred).2), (text, Tone::Care));
        barred.bar = Some(Bar::ViewOnly);
        barred.waiting = 1;
        assert_eq!(
            words(&barred).1,
            "Live: 1 change waits on this computer until you may draw here"
        );
        barred.waiting = 0;
        assert_eq!(words(&barred).1, "Live: everything saved on the relay");
    }
}
