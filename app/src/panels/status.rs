//! Bottom right: where the drawing is kept, and how it stands with the relay, in words.

use drawbridge_engine::client::{Bar, Reason};
use egui::{Align2, Color32, Context, Rect, Role, Sense, Vec2, WidgetInfo};

use super::{Asked, refusal, widgets};
use crate::command::{Command, find};
use crate::fonts;
use crate::icons;
use crate::theme::{Theme, size, space};

/// How the board stands with its relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// The board is on this computer only.
    Alone,
    /// On the way to the relay.
    Connecting,
    /// Taking what others drew meanwhile; of 100.
    CatchingUp(u8),
    /// In step.
    Live,
    /// The relay can't be reached; tries go on. Why, where it was the relay that said so.
    Offline(Option<Reason>),
    /// The relay does not let us in, and why.
    Refused(Reason),
    /// There is no safe way to speak to the relay, and why.
    Insecure(String),
}

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusView {
    /// How the board stands with its relay.
    pub connection: Connection,
    /// Whether changes have been on their way to this computer's disk for longer than usual.
    pub saving: bool,
    /// Something is on its way to disk or relay since a moment only, or has just arrived.
    pub brief: bool,
    /// Own changes that the relay doesn't have yet.
    pub waiting: usize,
    /// Why the relay took some changes not at all, one for each.
    pub parked: Vec<Reason>,
    /// Why changes can't be saved on this computer, if they can't.
    pub unsaved: Option<String>,
    /// Why the relay takes no changes at present, if it doesn't.
    pub held_up: Option<Reason>,
    /// Why this person may not change the board, if they may not.
    pub bar: Option<Bar>,
    /// How pictures stand with disk and relay.
    pub pictures: PicturesView,
}

/// How pictures stand with disk and relay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PicturesView {
    /// Whether some are being read, to be put on the board.
    pub reading: bool,
    /// How many have to go to the relay, or come from it.
    pub waiting: usize,
    /// Whether some of them have to go there.
    pub sending: bool,
    /// How much of that is done, of 100.
    pub percent: u8,
    /// Why the relay doesn't take some, one for each.
    pub refused: Vec<Reason>,
}

/// How much a person should care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// All is as it should be.
    Good,
    /// It is under way.
    Quiet,
    /// Worth a look; nothing is lost.
    Care,
    /// Something has to be done.
    Wrong,
}

impl Tone {
    fn color(self, theme: &Theme) -> Color32 {
        match self {
            Self::Good => theme.good,
            Self::Quiet => theme.muted,
            Self::Care => theme.warning,
            Self::Wrong => theme.error,
        }
    }
}

fn changes(n: usize) -> String {
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

/// What is to be said of changes that the relay did not take.
#[must_use]
pub fn parked_words(view: &StatusView) -> Option<String> {
    let why = refusal::words(view.parked.first()?);
    let verb = if view.parked.len() == 1 { "was" } else { "were" };
    let kept = "kept on this computer";
    Some(format!(
        "{} {verb} not taken by the relay, {kept}: {}. {}",
        changes(view.parked.len()),
        why.what,
        why.then
    ))
}

/// What is to be said of pictures, if anything.
#[must_use]
pub fn pictures_words(view: &StatusView) -> Option<String> {
    let pictures = |n: usize| match n {
        1 => "1 picture".to_owned(),
        n => format!("{n} pictures"),
    };
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

/// What is to be said of pictures that the relay did not take.
#[must_use]
pub fn refused_words(view: &StatusView) -> Option<String> {
    let why = refusal::words(view.pictures.refused.first()?);
    let kept = "kept on this computer";
    Some(match view.pictures.refused.len() {
        1 => format!(
            "A picture was not taken by the relay, {kept}: {}. {}",
            why.what, why.then
        ),
        n => format!(
            "{n} pictures were not taken by the relay, {kept}: {}. {}",
            why.what, why.then
        ),
    })
}

/// Shows the panel; where a person can do something, with a button for it. Says where in the window it lies.
pub fn show(ctx: &Context, view: &StatusView, asked: &mut Asked) -> Rect {
    let corner = Vec2::new(-space::M, -space::M);
    let shown = widgets::bare(ctx, "Connection and saving", Align2::RIGHT_BOTTOM, corner, |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            let all = [
                (parked_words(view), &view.parked),
                (refused_words(view), &view.pictures.refused),
            ];
            let (mut any, mut act) = (false, None);
            for (words, reasons) in all {
                let Some(words) = words else { continue };
                any = true;
                act = act.or_else(|| refusal::words(reasons.first()?).act);
                let response = line(ui, icons::WARNING, &words, Tone::Care);
                response.on_hover_ui(|ui| {
                    for why in reasons {
                        ui.label(&why.message);
                    }
                });
            }
            if any && view.connection == Connection::Live {
                if let Some(act) = act.filter(|act| *act != Command::OfferAgain) {
                    action(ui, act, asked);
                }
                action(ui, Command::OfferAgain, asked);
            }
            if let Some(pictures) = pictures_words(view) {
                line(ui, icons::PICTURE, &pictures, Tone::Quiet);
            }
            let (icon, text, tone) = words(view);
            line(ui, icon, &text, tone);
            match &view.connection {
                Connection::Offline(_) => action(ui, Command::Reconnect, asked),
                Connection::Refused(why) => {
                    let act = refusal::words(why).act;
                    if let Some(act) = act.filter(|act| *act != Command::Reconnect) {
                        action(ui, act, asked);
                    }
                    action(ui, Command::Reconnect, asked);
                }
                // What to do about it, and another try, are there.
                Connection::Insecure(_) => action(ui, Command::ShowTrust, asked),
                _ => {}
            }
        });
    });
    shown.response.rect
}

fn action(ui: &mut egui::Ui, command: Command, asked: &mut Asked) {
    let Some(entry) = find(&command) else { return };
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
        if widgets::word_button(ui, None, entry.label, false).clicked() {
            asked.push(command);
        }
    });
}

fn line(ui: &mut egui::Ui, icon: char, text: &str, tone: Tone) -> egui::Response {
    let theme = Theme::of(ui.ctx());
    let color = if tone == Tone::Good {
        theme.muted
    } else {
        tone.color(theme)
    };
    let room = (ui.ctx().content_rect().width() * 0.45).max(240.0);
    let galley = ui
        .painter()
        .layout(text.to_owned(), fonts::plain(size::HINT), color, room);
    let ground = theme.board.gamma_multiply(0.9);
    let wanted = Vec2::new(
        galley.size().x + 20.0 + 2.0 * space::S,
        galley.size().y + space::S,
    );
    let right = ui.available_width() - wanted.x;
    let mut rect = ui
        .allocate_space(Vec2::new(wanted.x.max(ui.available_width()), wanted.y))
        .1;
    if right > 0.0 {
        rect.min.x = rect.max.x - wanted.x;
    }
    let response = ui.interact(rect, ui.scope_id().with(text), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, text));
    ui.painter().rect_filled(rect, size::CONTROL_RADIUS, ground);
    let left = rect.left() + space::S;
    let at = egui::pos2(left + 7.0, rect.center().y);
    ui.painter().text(
        at,
        Align2::CENTER_CENTER,
        icon,
        fonts::icon(15.0),
        tone.color(theme),
    );
    let at = egui::pos2(left + 20.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, color);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use drawbridge_protocol::Code;

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
    fn parked_changes_are_said_with_their_reason() {
        let mut some = view(Connection::Live, 0);
        assert_eq!(parked_words(&some), None);
        some.parked = vec![reason(Code::BoardFull); 2];
        assert_eq!(
            parked_words(&some).as_deref(),
            Some(
                "2 changes were not taken by the relay, kept on this computer: The board is as full as this relay lets it \
                 be. Delete something, or share the board through another relay; then offer it again."
            )
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
