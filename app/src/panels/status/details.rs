//! All of how the board stands with disk and relay, in one place: what is saved where, what waits and why, what was refused, and
//! what to do about each.

use std::time::Duration;

use drawbridge_engine::client::Reason;
use egui::{
    Context, Id, LayerId, Popup, PopupCloseBehavior, Rect, RectAlign, RichText, Role, Ui, WidgetInfo,
};

use super::words::{changes, pictures_words, things};
use super::{Connection, StatusView, Tone};
use crate::command::{Command, find};
use crate::panels::{Asked, refusal, widgets};
use crate::theme::{Theme, size, space};
use crate::words::capital;
use crate::{fonts, icons};

/// How often it is said anew in how long the relay is tried again.
const TICK: Duration = Duration::from_secs(1);

/// One thing that is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// From [`crate::icons`].
    pub icon: char,
    /// How much a person should care.
    pub tone: Tone,
    /// What is so.
    pub what: String,
    /// What that means for the drawing, and what to do, as sentences; may be empty.
    pub then: String,
    /// What can be done about it.
    pub acts: Vec<Command>,
}

fn id() -> Id {
    Id::unique("status")
}

/// Opens it, or closes it.
pub fn open(ctx: &Context) {
    Popup::toggle_id(ctx, id());
}

pub(super) fn is_open(ctx: &Context) -> bool {
    Popup::is_id_open(ctx, id())
}

/// Everything that is to be said, the drawing on this computer first.
#[must_use]
pub fn items(view: &StatusView) -> Vec<Item> {
    let mut items = vec![here(view), there(view)];
    items.extend(pictures(view));
    items.extend(refused(view));
    items.extend(view.bar.map(|bar| Item {
        icon: icons::LOCK,
        tone: Tone::Quiet,
        what: "You can't change this board now".to_owned(),
        then: refusal::not_drawing(bar).to_owned(),
        acts: Vec::new(),
    }));
    items
}

fn here(view: &StatusView) -> Item {
    let item = |icon, tone, what: &str, then: String| Item {
        icon,
        tone,
        what: what.to_owned(),
        then,
        acts: Vec::new(),
    };
    if let Some(why) = &view.unsaved {
        let mut then = sentence(why);
        then += " What was drawn since is on the screen only until then: leave the app open.";
        return item(icons::WARNING, Tone::Wrong, "Not saved on this computer", then);
    }
    if view.saving {
        let then = "The disk takes longer than usual.".to_owned();
        return item(icons::CONNECTING, Tone::Quiet, "Saving on this computer…", then);
    }
    item(
        icons::SAVED_HERE,
        Tone::Good,
        "Saved on this computer",
        "Each change is on the disk as soon as it is made.".to_owned(),
    )
}

fn there(view: &StatusView) -> Item {
    let name = match view.relay.name.as_str() {
        "" => "the relay",
        name => name,
    };
    let waiting = match view.waiting {
        0 => "Nothing waits for it.".to_owned(),
        1 => "1 change waits for it on this computer.".to_owned(),
        n => format!("{n} changes wait for it on this computer."),
    };
    let item = |icon, tone, what: String, then: String, acts: Vec<Command>| Item {
        icon,
        tone,
        what,
        then,
        acts,
    };
    match &view.connection {
        Connection::Alone => item(
            icons::SHARE,
            Tone::Quiet,
            "Not shared".to_owned(),
            "The board is on this computer only.".to_owned(),
            vec![Command::ShowShare],
        ),
        Connection::Connecting => item(
            icons::CONNECTING,
            Tone::Quiet,
            format!("Connecting to {name}…"),
            join(&[&since(view), &waiting]),
            Vec::new(),
        ),
        Connection::CatchingUp(percent) => item(
            icons::CONNECTING,
            Tone::Quiet,
            format!("Catching up with {name}: {percent} %"),
            waiting,
            Vec::new(),
        ),
        Connection::Live => live(view, name),
        Connection::Offline(why) => {
            let why = why.as_ref().map(refusal::words);
            let why = why.map(|why| join(&[&sentence(&why.what), why.then]));
            item(
                icons::OFFLINE,
                Tone::Care,
                format!("Not connected to {name}"),
                join(&[&why.unwrap_or_default(), &since(view), &waiting, &next_try(view)]),
                vec![Command::Reconnect],
            )
        }
        Connection::Refused(why) => {
            let words = refusal::words(why);
            let act = words.act.filter(|act| *act != Command::Reconnect);
            item(
                icons::REFUSED,
                Tone::Wrong,
                format!("Not let in by {name}"),
                join(&[&sentence(&words.what), words.then, &waiting]),
                act.into_iter().chain([Command::Reconnect]).collect(),
            )
        }
        Connection::Insecure(why) => item(
            icons::REFUSED,
            Tone::Wrong,
            format!("No safe way to {name}"),
            join(&[&sentence(why), &waiting, &next_try(view)]),
            vec![Command::ShowTrust],
        ),
    }
}

fn live(view: &StatusView, name: &str) -> Item {
    let (icon, tone, what, then) = match (&view.held_up, view.bar, view.waiting) {
        (_, _, 0) => (
            icons::LIVE,
            Tone::Good,
            format!("Saved on {name}"),
            "Whoever is on the board has it too.".to_owned(),
        ),
        (Some(why), _, n) => {
            let words = refusal::words(why);
            let kept = format!("{} kept on this computer.", changes(n));
            let then = join(&[&sentence(&words.what), &kept, words.then]);
            (
                icons::WARNING,
                Tone::Care,
                format!("Not all saved on {name}"),
                then,
            )
        }
        (None, Some(_), n) => {
            let then = "They go there by themselves once you may change the board.".to_owned();
            let what = format!("{} kept on this computer", changes(n));
            (icons::SENDING, Tone::Care, what, then)
        }
        (None, None, n) => (
            icons::SENDING,
            Tone::Quiet,
            format!("{} on the way to {name}", changes(n)),
            "They are saved on this computer.".to_owned(),
        ),
    };
    Item {
        icon,
        tone,
        what,
        then,
        acts: Vec::new(),
    }
}

fn pictures(view: &StatusView) -> Option<Item> {
    Some(Item {
        icon: icons::PICTURE,
        tone: Tone::Quiet,
        what: pictures_words(view)?,
        then: if view.pictures.reading {
            String::new()
        } else {
            "They go in the background, and on from where they were after a break.".to_owned()
        },
        acts: Vec::new(),
    })
}

/// What was refused, by why.
fn refused(view: &StatusView) -> Vec<Item> {
    let mut groups: Vec<(&Reason, usize, usize)> = Vec::new();
    let all = view.parked.iter().map(|why| (why, 1, 0));
    for (why, parked, images) in all.chain(view.pictures.refused.iter().map(|why| (why, 0, 1))) {
        let same = |group: &&mut (&Reason, usize, usize)| {
            group.0.code == why.code && refusal::words(group.0).what == refusal::words(why).what
        };
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.1 += parked;
                group.2 += images;
            }
            None => groups.push((why, parked, images)),
        }
    }
    let live = view.connection == Connection::Live;
    groups
        .into_iter()
        .map(|(why, parked, images)| {
            let words = refusal::words(why);
            let act = words.act.filter(|act| live && *act != Command::OfferAgain);
            let offer = live.then_some(Command::OfferAgain);
            let show = (parked > 0).then_some(Command::ShowRefused);
            Item {
                icon: icons::WARNING,
                tone: Tone::Care,
                what: format!(
                    "{} not taken by the relay",
                    things(parked, images).unwrap_or_default()
                ),
                then: join(&[&sentence(&words.what), words.then, "It is kept on this computer."]),
                acts: act.into_iter().chain(offer).chain(show).collect(),
            }
        })
        .collect()
}

fn since(view: &StatusView) -> String {
    match view.relay.since.as_str() {
        "" => String::new(),
        since => format!("Not reached since {since}."),
    }
}

fn next_try(view: &StatusView) -> String {
    match view.relay.next_try.map(|left| left.as_secs()) {
        None => String::new(),
        Some(0) => "It is tried again now.".to_owned(),
        Some(1) => "It is tried again in 1 second.".to_owned(),
        Some(n @ 2..=90) => format!("It is tried again in {n} seconds."),
        Some(n) => format!("It is tried again in {} minutes.", n.div_ceil(60)),
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    if text.is_empty() {
        return String::new();
    }
    format!("{}.", capital(text))
}

fn join(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// Shows it over what stands in the corner, if it is open.
pub(super) fn show(ctx: &Context, view: &StatusView, corner: Rect, asked: &mut Asked) {
    if !is_open(ctx) {
        return;
    }
    if view.relay.next_try.is_some() {
        ctx.request_repaint_after(TICK);
    }
    let most = ctx.content_rect();
    Popup::new(id(), ctx.clone(), corner, LayerId::background())
        .open_memory(None)
        .align(RectAlign::TOP_END)
        .gap(space::S)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name("Status")
        .show(|ui| {
            ui.set_width(size::STATUS.min(most.width() - 4.0 * space::L));
            let room = corner.top() - most.top() - 4.0 * space::L;
            let scroll = egui::ScrollArea::vertical()
                .max_height(room)
                .min_scrolled_height(room);
            scroll.show(ui, |ui| {
                egui::Frame::new().inner_margin(space::S).show(ui, |ui| {
                    for (i, said) in items(view).iter().enumerate() {
                        if i > 0 {
                            widgets::hairline(ui);
                        }
                        item(ui, said, asked);
                    }
                });
            });
        });
}

fn item(ui: &mut Ui, item: &Item, asked: &mut Asked) {
    let theme = Theme::of(ui.ctx());
    ui.spacing_mut().item_spacing.y = space::XS;
    ui.spacing_mut().interact_size.y = size::HEADING;
    ui.horizontal(|ui| {
        let icon = RichText::new(item.icon).font(fonts::icon(size::MENU_ICON));
        ui.label(icon.color(item.tone.color(theme)));
        let what = RichText::new(&item.what).font(fonts::strong(size::TEXT));
        let label = ui.add(egui::Label::new(what).wrap());
        label.widget_info(|| WidgetInfo::labeled(Role::Status, true, &item.what));
    });
    if !item.then.is_empty() {
        let then = RichText::new(&item.then).size(size::HINT).color(theme.muted);
        ui.add(egui::Label::new(then).wrap());
    }
    if item.acts.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        for act in &item.acts {
            let Some(entry) = find(act) else { continue };
            if widgets::word_button(ui, None, entry.label, false).clicked() {
                asked.push(act.clone());
                Popup::close_id(ui.ctx(), id());
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use drawbridge_engine::client::Bar;
    use drawbridge_protocol::Code;

    use super::super::{PicturesView, RelayView};
    use super::*;

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
            relay: RelayView {
                name: "the relay draw.example".to_owned(),
                since: "14:05".to_owned(),
                next_try: Some(Duration::from_millis(7400)),
            },
        }
    }

    #[test]
    fn who_is_cut_off_reads_since_when_what_waits_and_when_it_is_tried_again() {
        let items = items(&view(Connection::Offline(None), 3));
        assert_eq!(items[0].what, "Saved on this computer");
        assert_eq!(items[1].what, "Not connected to the relay draw.example");
        assert_eq!(
            items[1].then,
            "Not reached since 14:05. 3 changes wait for it on this computer. It is tried again in 7 seconds."
        );
        assert_eq!(
            (items[1].acts.as_slice(), items.len()),
            (&[Command::Reconnect][..], 2)
        );
    }

    #[test]
    fn what_was_refused_is_grouped_by_why_each_with_what_to_do() {
        let mut some = view(Connection::Live, 0);
        some.parked = vec![
            reason(Code::CellTooBig),
            reason(Code::BoardFull),
            reason(Code::CellTooBig),
        ];
        some.pictures.refused = vec![reason(Code::ImageTooBig), reason(Code::BoardFull)];
        let said = items(&some);
        assert_eq!(said[1].what, "Saved on the relay draw.example");
        let heads: Vec<&str> = said[2..].iter().map(|item| item.what.as_str()).collect();
        assert_eq!(
            heads,
            [
                "2 changes not taken by the relay",
                "1 change and 1 picture not taken by the relay",
                "1 picture not taken by the relay"
            ]
        );
        assert_eq!(
            said[2].acts,
            [Command::ShowShare, Command::OfferAgain, Command::ShowRefused]
        );
        assert_eq!(said[3].acts, [Command::OfferAgain, Command::ShowRefused]);
        // Without the relay there is nothing to offer it.
        some.connection = Connection::Offline(None);
        assert_eq!(items(&some)[2].acts, [Command::ShowRefused]);
    }

    #[test]
    fn nothing_is_said_to_be_saved_that_is_not() {
        let mut full = view(Connection::Live, 2);
        full.unsaved = Some("the disk is full; free some room".to_owned());
        let said = items(&full);
        assert_eq!(
            (said[0].what.as_str(), said[0].tone),
            ("Not saved on this computer", Tone::Wrong)
        );
        assert!(
            said[0].then.starts_with("The disk is full; free some room. "),
            "{}",
            said[0].then
        );
        assert_eq!(said[1].what, "2 changes on the way to the relay draw.example");
        full.held_up = Some(reason(Code::StoreFull));
        assert_eq!(items(&full)[1].what, "Not all saved on the relay draw.example");
        full.held_up = None;
        full.bar = Some(Bar::Locked);
        assert_eq!(items(&full)[1].what, "2 changes kept on this computer");
        assert_eq!(items(&full)[2].what, "You can't change this board now");
    }
}
