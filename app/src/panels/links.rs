//! A board's links, as its owner sees them in the dialog for sharing: who comes in by which, making one, ending one, the lock.

use drawbridge_protocol::{BoardLink, KeyHash, Role};
use egui::{Align, Layout, RichText, TextEdit, Ui};

use super::dialogs::{WIDTH, muted};
use super::sharing::{AccessView, ShareDraft};
use super::{Asked, widgets};
use crate::command::Command;
use crate::theme::{Theme, size, space};
use crate::{fonts, icons};

/// One way onto the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// Which.
    pub hash: KeyHash,
    /// What it lets people do.
    pub role: Role,
    /// What its owner calls it; may be empty.
    pub name: String,
    /// When it ends, in words.
    pub end: String,
    /// Whether nobody comes in by it any more.
    pub over: bool,
    /// Whether it is the owner's own.
    pub own: bool,
    /// Who is here by it.
    pub people: Vec<String>,
    /// What is copied, where its key is known here.
    pub link: Option<String>,
}

impl LinkView {
    /// What it is called.
    fn title(&self) -> &str {
        match (self.name.as_str(), self.role) {
            ("", Role::Owner) => "Owners",
            ("", Role::View) => "Link for looking",
            ("", _) => "Link for drawing",
            (name, _) => name,
        }
    }
}

/// A role in words.
#[must_use]
pub fn role_words(role: Role) -> &'static str {
    match role {
        Role::Owner => "owns the board",
        Role::Edit => "can edit",
        Role::View => "can view",
        Role::Unknown => "may do something that this version doesn't know",
    }
}

/// When a link is to end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// In an hour.
    Hour,
    /// In a day.
    Day,
    /// In a week.
    Week,
    /// Not by itself.
    Never,
}

impl Ends {
    /// All of them, in words.
    const ALL: [(Self, &'static str); 4] = [
        (Self::Hour, "In 1 hour"),
        (Self::Day, "In 1 day"),
        (Self::Week, "In 1 week"),
        (Self::Never, "Never"),
    ];

    /// In how many milliseconds; `None` for never.
    #[must_use]
    pub fn after_ms(self) -> Option<u64> {
        const HOUR: u64 = 3_600_000;
        match self {
            Self::Hour => Some(HOUR),
            Self::Day => Some(24 * HOUR),
            Self::Week => Some(7 * 24 * HOUR),
            Self::Never => None,
        }
    }
}

/// A link that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// What it will let people do.
    pub role: Role,
    /// What it will be called.
    pub name: String,
    /// When it will end.
    pub ends: Ends,
}

/// Shows the links and the lock.
pub fn show(
    ui: &mut Ui,
    access: &AccessView,
    draft: &mut ShareDraft,
    copied: Option<&str>,
    asked: &mut Asked,
) {
    widgets::hairline(ui);
    widgets::section(ui, "Links to this board");
    for link in &access.links {
        row(ui, link, access.live, draft, copied, asked);
    }
    ui.add_enabled_ui(access.live, |ui| {
        match &mut draft.making {
            Some(_) => making(ui, draft, asked),
            None => {
                if widgets::word_button(ui, Some(icons::PLUS), "New link…", false).clicked() {
                    draft.ending = None;
                    draft.making = Some(NewLink {
                        role: Role::View,
                        name: String::new(),
                        ends: Ends::Never,
                    });
                }
            }
        }
        ui.add_space(space::XS);
        let mut locked = access.locked;
        if ui
            .checkbox(&mut locked, "Only owners can change the board")
            .changed()
        {
            asked.push(Command::LockBoard);
        }
    });
    if !access.live {
        muted(
            ui,
            "Links and the lock can be changed while the relay is reached.",
        );
    }
}

fn row(
    ui: &mut Ui,
    link: &LinkView,
    live: bool,
    draft: &mut ShareDraft,
    copied: Option<&str>,
    asked: &mut Asked,
) {
    let theme = Theme::of(ui.ctx());
    let title = link.title();
    ui.horizontal(|ui| {
        ui.set_width(ui.available_width().min(WIDTH));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !link.own && !link.over && link.role != Role::Owner {
                let end = widgets::named_button(ui, None, "End…", &format!("End the link “{title}”…"));
                if live && end.clicked() {
                    draft.making = None;
                    draft.ending = Some(link.hash);
                }
            }
            if let Some(text) = link.link.as_ref().filter(|_| !link.over) {
                let (icon, word) = if copied == Some(text.as_str()) {
                    (icons::CHECK, "Copied")
                } else {
                    (icons::COPY, "Copy")
                };
                let name = format!("{word} the link “{title}”");
                if widgets::named_button(ui, Some(icon), word, &name).clicked() {
                    asked.push(Command::CopyText(text.clone()));
                }
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let color = if link.over { theme.muted } else { theme.text };
                let name = RichText::new(title).font(fonts::strong(size::TEXT)).color(color);
                ui.add(egui::Label::new(name).truncate());
                let detail = RichText::new(details(link)).size(size::HINT).color(theme.muted);
                ui.add(egui::Label::new(detail).wrap());
            });
        });
    });
    if draft.ending == Some(link.hash) && !link.over {
        ending(ui, link, draft, asked);
    }
    ui.add_space(space::XS);
}

/// What it lets people do, until when, and who came by it.
fn details(link: &LinkView) -> String {
    let who = match (link.own, link.people.is_empty()) {
        (true, true) => "you".to_owned(),
        (true, false) => format!("you, {}", link.people.join(", ")),
        (false, true) => String::new(),
        (false, false) => link.people.join(", "),
    };
    let parts = [role_words(link.role), link.end.as_str(), who.as_str()];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

fn ending(ui: &mut Ui, link: &LinkView, draft: &mut ShareDraft, asked: &mut Asked) {
    let words = match link.people.as_slice() {
        [] => "Nobody comes in by it any more, and it can't be brought back.".to_owned(),
        [one] => format!("{one} is sent away, and nobody comes in by it any more. It can't be brought back."),
        all => format!(
            "{} are sent away, and nobody comes in by it any more. It can't be brought back.",
            all.join(", ")
        ),
    };
    muted(ui, &words);
    ui.horizontal(|ui| {
        if widgets::word_button(ui, None, "End the link", true).clicked() {
            asked.push(Command::EndLink(link.hash));
            draft.ending = None;
        }
        if widgets::word_button(ui, None, "Keep it", false).clicked() {
            draft.ending = None;
        }
    });
}

fn making(ui: &mut Ui, draft: &mut ShareDraft, asked: &mut Asked) {
    let Some(new) = &mut draft.making else { return };
    widgets::section(ui, "A new link: whoever has it");
    ui.horizontal(|ui| {
        ui.radio_value(&mut new.role, Role::View, "Can view");
        ui.radio_value(&mut new.role, Role::Edit, "Can edit");
    });
    let label = widgets::section(ui, "Name, so that you know it again");
    let field = TextEdit::singleline(&mut new.name)
        .hint_text("The class")
        .desired_width(WIDTH);
    ui.add(field).labelled_by(label.id);
    while new.name.len() > BoardLink::NAME {
        new.name.pop();
    }
    widgets::section(ui, "When it ends");
    ui.horizontal_wrapped(|ui| {
        for (ends, words) in Ends::ALL {
            ui.radio_value(&mut new.ends, ends, words);
        }
    });
    let mut done = false;
    ui.horizontal(|ui| {
        if widgets::word_button(ui, Some(icons::LINK), "Make the link", true).clicked() {
            let NewLink { role, name, ends } = new.clone();
            asked.push(Command::MakeLink {
                role,
                name: name.trim().to_owned(),
                ends,
            });
            done = true;
        }
        done |= widgets::word_button(ui, None, "Not now", false).clicked();
    });
    if done {
        draft.making = None;
    }
}
