//! Looking at the board's past: what is shown of it, playing, and having it again.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use drawbridge_engine::board::RestoreError;
use drawbridge_engine::document::Color;
use drawbridge_engine::history::Deed;
use egui::{Color32, Context};

use super::App;
use crate::command::{Back, Past, Speed};
use crate::open::{History, NotRestored, Reach};
use crate::panels::Asked;
use crate::panels::history::{self, Author, HistoryView};
use crate::panels::message::Message;
use crate::theme::{self, Theme, size};
use crate::when;

/// How long a frame may take to get to the moment that is to be shown.
const GOING: Duration = Duration::from_millis(8);
/// How much of the track a leap by keys is.
const LEAP: f64 = 0.05;
/// The longest time between two frames that counts when the past is played, in seconds.
const LONGEST_STEP: f64 = 0.25;

/// What of the past is shown how.
#[derive(Debug, Default)]
pub(super) struct LookingBack {
    /// Whether the canvas shows the past.
    turned: bool,
    /// Where on the track it is played, in seconds, while it is.
    playing: Option<f64>,
    speed: Speed,
    by_author: bool,
    /// What was reckoned for the panel, and for which timeline, width and colours that is true.
    drawn: Option<((u64, usize, bool), Drawn)>,
    /// The timeline and the colours for which everything has its author's colour.
    tinted: Option<(u64, bool)>,
}

#[derive(Debug, Default)]
struct Drawn {
    density: Vec<Vec<(usize, u32)>>,
    authors: Vec<Author>,
}

impl LookingBack {
    /// How it is looked at, for commands.
    pub(super) fn now(&self, history: &History) -> Back {
        Back {
            playing: self.playing.is_some(),
            speed: self.speed,
            by_author: self.by_author,
            before: history.moment() > 0,
            after: history.moment() < history.last(),
        }
    }

    fn draw(&mut self, history: &History, parts: usize, theme: &Theme) -> &Drawn {
        let key = (history.version(), parts, theme.dark);
        if self.drawn.as_ref().is_none_or(|(held, _)| *held != key) {
            let drawn = Drawn {
                density: history.track().density(history.timeline(), parts),
                authors: authors(history, theme),
            };
            self.drawn = Some((key, drawn));
        }
        match &self.drawn {
            Some((_, drawn)) => drawn,
            None => {
                const {
                    &Drawn {
                        density: Vec::new(),
                        authors: Vec::new(),
                    }
                }
            }
        }
    }

    /// Gives everything its author's colour, or its own again, where that isn't so yet.
    fn tint(&mut self, history: &mut History, theme: &Theme) {
        let wanted = self.by_author.then_some((history.version(), theme.dark));
        if self.tinted == wanted {
            return;
        }
        self.tinted = wanted;
        let mut tints = HashMap::new();
        if wanted.is_some() {
            let authors = authors(history, theme);
            let timeline = history.timeline();
            for (id, peer) in timeline.made() {
                if let Some(author) = timeline.author(peer).and_then(|number| authors.get(number)) {
                    let [r, g, b, _] = author.color.to_array();
                    tints.insert(id.clone(), Color::Rgb([r, g, b]));
                }
            }
        }
        history.stage_mut().tint(tints);
    }
}

/// Everybody who drew, as people read it.
fn authors(history: &History, theme: &Theme) -> Vec<Author> {
    let all = history.timeline().authors().iter();
    (0..)
        .zip(all)
        .map(|(number, author)| {
            let unknown = author.name.is_empty() && author.color.is_empty();
            let color: Color32 = if unknown {
                theme.muted
            } else {
                theme::person(&author.color, number)
            };
            let name = if author.name.is_empty() {
                "Somebody"
            } else {
                &author.name
            };
            Author {
                name: name.to_owned(),
                color,
            }
        })
        .collect()
}

fn name(history: &History, peer: drawbridge_protocol::Peer) -> &str {
    let number = history.timeline().author(peer);
    let author = number.and_then(|number| history.timeline().authors().get(number));
    author
        .map(|author| author.name.as_str())
        .filter(|name| !name.is_empty())
        .unwrap_or("Somebody")
}

/// How long a pause was.
fn lasted(ms: u64) -> String {
    let minutes = ms / 60_000;
    let (count, unit) = match minutes {
        0..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{s}")
}

impl App {
    /// Does what is asked of the past.
    pub(super) fn look_back(&mut self, ctx: &Context, past: Past) {
        let Some(history) = self.board.history_mut() else {
            if past == Past::Show && self.board.reads_history().is_none() {
                self.end_frame_name();
                self.board.open_history();
            } else if past == Past::Show {
                self.board.close_history();
            }
            return;
        };
        let track = history.track();
        let (moment, here) = (history.moment(), track.at(history.moment()));
        let leap = track.length() * LEAP;
        let to = match past {
            Past::Show => {
                self.close_history();
                return;
            }
            Past::Speed(speed) => {
                self.back.speed = speed;
                return;
            }
            Past::ByAuthor => {
                self.back.by_author = !self.back.by_author;
                return;
            }
            Past::Play => {
                self.back.playing = match self.back.playing {
                    Some(_) => None,
                    // From the beginning, where nothing is left to be played.
                    None if moment == history.last() => Some(0.0),
                    None => Some(here),
                };
                return;
            }
            Past::Restore | Past::RestoreSelected => {
                self.restore(ctx, past == Past::RestoreSelected);
                return;
            }
            Past::To(seconds) => Some(track.nearest(seconds)),
            Past::Next => Some(moment + 1),
            Past::Previous => Some(moment.saturating_sub(1)),
            Past::Later => Some(track.moment(here + leap).max(moment + 1)),
            Past::Earlier => Some(track.moment(here - leap).min(moment.saturating_sub(1))),
            Past::Begin => Some(0),
            Past::End => Some(usize::MAX),
            Past::Made => history.made(),
            Past::ChangedNext => history.changed(false),
            Past::ChangedBefore => history.changed(true),
            Past::Gone => history.gone(),
        };
        self.back.playing = None;
        if let Some(to) = to {
            history.show(to);
        } else {
            let words = match past {
                Past::Gone => "The selection isn't deleted",
                Past::ChangedBefore => "The selection wasn't changed before this moment",
                _ => "The selection wasn't changed after this moment",
            };
            self.say(ctx, Message::hint(words));
        }
    }

    /// Shows the present again. Says whether the past was shown.
    pub(super) fn close_history(&mut self) -> bool {
        let shown = self.board.history().is_some() || self.board.reads_history().is_some();
        self.board.close_history();
        self.back.playing = None;
        shown
    }

    fn restore(&mut self, ctx: &Context, selected: bool) {
        let when = self
            .board
            .history()
            .map(|history| self::when(history, history.moment()));
        self.back.playing = None;
        let brought = match self.board.restore_shown(selected) {
            Ok(brought) => brought,
            Err(NotRestored::Refused(RestoreError::Barred(_))) => {
                self.bar_said = None;
                self.say_barred(ctx);
                return;
            }
            Err(why) => {
                self.say(ctx, Message::hint(not_restored(&why)));
                return;
            }
        };
        let then = match when.as_deref() {
            None | Some("") => "as it was before the first change".to_owned(),
            Some(when) => format!("as of {when}"),
        };
        let words = match (brought.cells, selected) {
            (0, _) => "It is so already: nothing was changed".to_owned(),
            (_, false) => format!("The board is {then} again. Undo takes that back"),
            (_, true) => format!("What you selected is {then} again. Undo takes that back"),
        };
        let full = match brought.full {
            0 => "",
            _ => ". Some texts stay as they are: no more can be typed in them",
        };
        self.say(ctx, Message::hint(format!("{words}{full}")));
    }

    /// Once a frame: goes on to the moment that is to be shown, and plays.
    pub(super) fn look_after_history(&mut self, ctx: &Context) {
        let back = &mut self.back;
        let shown = self.board.history().is_some();
        if back.turned != shown {
            back.turned = shown;
            back.playing = None;
            (back.drawn, back.tinted) = (None, None);
            self.canvas.look_back(shown);
            self.minimap.clear();
        }
        let Some(history) = self.board.history_mut() else {
            return;
        };
        if let Some(at) = &mut back.playing {
            let track = history.track();
            let dt = ctx.input(|input| f64::from(input.stable_dt)).min(LONGEST_STEP);
            *at += dt * back.speed.rate(track.length());
            let (to, over) = (track.moment(*at), *at >= track.length());
            history.show(to);
            if over {
                back.playing = None;
            }
            ctx.request_repaint();
        }
        back.tint(history, Theme::of(ctx));
        let began = Instant::now();
        if !history.go(|| began.elapsed() < GOING) {
            ctx.request_repaint();
        }
    }

    /// Shows the panel; gives how much room it takes at the bottom.
    pub(super) fn history_panel(&mut self, ctx: &Context, asked: &mut Asked) -> f32 {
        if let Some(share) = self.board.reads_history() {
            history::reading(ctx, share);
            ctx.request_repaint_after(Duration::from_millis(100));
            return 0.0;
        }
        let now = self.now();
        let Some(history) = self.board.history() else {
            return 0.0;
        };
        let parts = (history::track_width(ctx) / size::TRACK_BAR).max(1.0) as usize;
        let track = history.track();
        let moment = history.moment();
        let who = history
            .timeline()
            .moment(moment)
            .map(|moment| name(history, moment.peer));
        let at = self.back.playing.unwrap_or_else(|| track.at(moment));
        let drawn = self.back.draw(history, parts, Theme::of(ctx));
        let view = HistoryView {
            moment,
            last: history.last(),
            at,
            length: track.length(),
            density: &drawn.density,
            pauses: track
                .pauses()
                .iter()
                .map(|pause| (pause.at.0, pause.at.1, lasted(pause.ms)))
                .collect(),
            authors: &drawn.authors,
            when: when(history, moment),
            who: who.unwrap_or_default().to_owned(),
            since: &reach_words(&self.board.reach()),
        };
        let room = history::show(ctx, &view, &now, asked);
        self.show_maker(ctx);
        room
    }

    /// Says who made what is under the pointer.
    fn show_maker(&self, ctx: &Context) {
        let Some(history) = self.board.history() else {
            return;
        };
        let pointer = ctx.pointer_hover_pos();
        let Some(at) = pointer.filter(|at| self.canvas.is_bare(ctx, *at)) else {
            return;
        };
        let Some(id) = history.stage().editor().pick(self.canvas.on_canvas(at)) else {
            return;
        };
        let life = history.timeline().life(&id, history.moment());
        let said = |deed: Deed| {
            format!(
                "{}, {}",
                name(history, deed.peer),
                when::words(deed.ms, when::now_ms())
            )
        };
        let Some(made) = life.made else { return };
        let words = match life.changed {
            Some(changed) => format!("{}; changed by {}", said(made), said(changed)),
            None => said(made),
        };
        history::made_by(ctx, at, &words);
    }
}

/// How far back the past reaches, in a sentence; empty where that is all.
fn reach_words(reach: &Reach) -> String {
    match reach {
        Reach::Whole => String::new(),
        Reach::Since(ms) => {
            let when = when::words(*ms, when::now_ms());
            format!("Earlier changes aren't kept: what was overwritten before {when} is missing")
        }
        Reach::Unknown => "What was overwritten before isn't kept on this computer".to_owned(),
        Reach::Coming(0) => "Earlier changes come from the relay…".to_owned(),
        Reach::Coming(1) => "Earlier changes come from the relay: 1 so far…".to_owned(),
        Reach::Coming(count) => format!("Earlier changes come from the relay: {count} so far…"),
        Reach::Waiting => "Earlier changes come when the relay can be reached".to_owned(),
        Reach::Refused(None) => "This relay doesn't show what was before".to_owned(),
        Reach::Refused(Some(why)) => format!("The relay doesn't show what was before: {why}"),
    }
}

/// Why a moment isn't restored, in words.
fn not_restored(why: &NotRestored) -> String {
    let missing = "Not all is known that was on the board then, so it isn't restored";
    match why {
        NotRestored::Refused(_) => {
            "Nothing was restored: something else is under way on the board".to_owned()
        }
        NotRestored::Missing(Reach::Since(ms)) => {
            let when = when::words(*ms, when::now_ms());
            format!("{missing}. From {when} on all is known")
        }
        NotRestored::Missing(Reach::Coming(_)) => {
            format!("{missing} yet: earlier changes are still coming from the relay")
        }
        NotRestored::Missing(Reach::Waiting) => {
            format!("{missing} yet: earlier changes come when the relay can be reached")
        }
        NotRestored::Missing(_) => missing.to_owned(),
    }
}

/// When a moment was, in words; empty for the empty board before all.
fn when(history: &History, moment: usize) -> String {
    let moment = history.timeline().moment(moment);
    moment.map_or_else(String::new, |moment| {
        let words = when::words(moment.ms, when::now_ms());
        // Changes follow each other within seconds.
        format!("{words}:{:02}", moment.ms / 1000 % 60)
    })
}
