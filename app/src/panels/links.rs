//! A board's links, as its owner sees them in the dialog for sharing: who comes in by which, making one, ending one, the lock.

use drawbridge_protocol::{BoardLink, KeyHash, Link, Role};
use egui::{Align, Layout, RichText, TextEdit, Ui};

use super::dialogs::{WIDTH, muted};
use super::sharing::{AccessView, Mine, ShareDraft};
use super::{Asked, code, widgets};
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
    /// The link itself, where its key is known here.
    pub link: Option<Link>,
}

impl LinkView {
    /// What it is called.
    fn title(&self) -> &str {
        match (self.name.as_str(), self.role) {
            ("", Role::Owner) => "Owners",
            ("", Role::View) => "Can view",
            ("", _) => "Can draw",
            (name, _) => name,
        }
    }

    /// Whether its owner can change and end it.
    fn can_change(&self) -> bool {
        !self.own && !self.over && self.role != Role::Owner
    }
}

/// The link that is given to whoever is to have this role: one that has no name, so that it is for nobody in particular.
#[must_use]
pub fn general(links: &[LinkView], role: Role) -> Option<&LinkView> {
    links
        .iter()
        .find(|link| link.role == role && !link.over && link.name.is_empty() && link.link.is_some())
}

/// A role in words.
#[must_use]
pub fn role_words(role: Role) -> &'static str {
    match role {
        Role::Owner => "owns the board",
        Role::Edit => "can draw",
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

/// A link that is being given another name or end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedLink {
    /// Which.
    pub hash: KeyHash,
    /// What it will be called.
    pub name: String,
    /// When it will end; `None`: as before.
    pub ends: Option<Ends>,
}

/// What is to be done with a link as soon as the relay has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Give {
    /// It goes onto the clipboard.
    Copy,
    /// Its code is shown.
    Code,
}

/// What the rows have in common.
pub(super) struct Rows<'a> {
    /// Who may do what.
    pub(super) access: &'a AccessView,
    /// Where the links are to lead; `None`: as they are.
    pub(super) relay: Option<&'a str>,
    /// What was copied last.
    pub(super) copied: Option<&'a str>,
}

impl Rows<'_> {
    /// A link as it is given away.
    fn given(&self, link: &Link) -> Link {
        Link {
            relay: self.relay.unwrap_or(&link.relay).to_owned(),
            ..link.clone()
        }
    }

    /// The two links that most people want: one to draw, one to look.
    pub(super) fn choices(&self, ui: &mut Ui, draft: &mut ShareDraft, asked: &mut Asked) {
        self.give_wanted(draft, asked);
        for (role, title, hint) in [
            (Role::Edit, "Can draw", "Draws with you"),
            (
                Role::View,
                "Can view",
                "Looks, points and copies, and changes nothing",
            ),
        ] {
            ui.add_space(space::S);
            match general(&self.access.links, role) {
                Some(link) => self.row(ui, link, hint, draft, asked),
                None => {
                    let wanted = draft.wanted.is_some_and(|(wanted, _)| wanted == role);
                    let words = if wanted { "The link is being made…" } else { hint };
                    let can = self.access.live && !wanted;
                    let act = line(ui, title, words, |ui| {
                        ui.add_enabled_ui(can, |ui| buttons(ui, title, false)).inner
                    });
                    if let Some(act) = act.filter(|_| can) {
                        draft.wanted = Some((role, act));
                        let (name, ends) = (String::new(), Ends::Never);
                        asked.push(Command::MakeLink { role, name, ends });
                    }
                }
            }
        }
    }

    /// A link that was asked for before there was one: once the relay has it, it is given.
    fn give_wanted(&self, draft: &mut ShareDraft, asked: &mut Asked) {
        let Some((role, give)) = draft.wanted else { return };
        if let Some(view) = general(&self.access.links, role)
            && let Some(link) = &view.link
        {
            draft.wanted = None;
            match give {
                Give::Copy => asked.push(Command::CopyText(self.given(link).to_string())),
                Give::Code => draft.code = Some(view.hash),
            }
        } else if self.access.problem.is_some() || !self.access.live {
            draft.wanted = None;
        }
    }

    /// The one link of somebody who doesn't own the board.
    pub(super) fn one(
        &self,
        ui: &mut Ui,
        link: &Link,
        mine: Mine,
        draft: &mut ShareDraft,
        asked: &mut Asked,
    ) {
        let role = if mine == Mine::Viewer {
            Role::View
        } else {
            Role::Edit
        };
        let view = LinkView {
            hash: KeyHash::of(&link.key),
            role,
            name: String::new(),
            end: String::new(),
            over: false,
            own: true,
            people: Vec::new(),
            link: Some(link.clone()),
        };
        self.row(ui, &view, "The link that you came by", draft, asked);
    }

    /// All other links, and the lock.
    pub(super) fn others(&self, ui: &mut Ui, draft: &mut ShareDraft, asked: &mut Asked) {
        let access = self.access;
        let chosen = [Role::Edit, Role::View].map(|role| general(&access.links, role).map(|link| link.hash));
        let others = || {
            access
                .links
                .iter()
                .filter(|link| !chosen.contains(&Some(link.hash)))
        };
        let heading = RichText::new("More links").size(size::TEXT);
        let fold = egui::CollapsingHeader::new(heading)
            .id_salt("more links")
            .default_open(others().any(|link| !link.name.is_empty() && !link.over));
        fold.show_unindented(ui, |ui| {
            for link in others() {
                self.row(ui, link, "", draft, asked);
                ui.add_space(space::XS);
            }
            ui.add_enabled_ui(access.live, |ui| match &mut draft.making {
                Some(_) => making(ui, draft, asked),
                None => {
                    if widgets::word_button(ui, Some(icons::PLUS), "New link…", false).clicked() {
                        draft.leave();
                        draft.making = Some(NewLink {
                            role: Role::View,
                            name: String::new(),
                            ends: Ends::Never,
                        });
                    }
                }
            });
        });
        ui.add_enabled_ui(access.live, |ui| {
            let mut locked = access.locked;
            let check = widgets::checkbox(ui, &mut locked, "Only owners can change the board");
            if check.changed() {
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

    /// A link: what it is for, until when, who came by it, and what can be done with it.
    fn row(&self, ui: &mut Ui, link: &LinkView, hint: &str, draft: &mut ShareDraft, asked: &mut Asked) {
        let title = link.title();
        let given = link
            .link
            .as_ref()
            .filter(|_| !link.over)
            .map(|link| self.given(link));
        let copied = given
            .as_ref()
            .is_some_and(|link| self.copied == Some(link.to_string().as_str()));
        let words = details(link, hint);
        let act = line(ui, title, &words, |ui| {
            given.as_ref().and_then(|_| buttons(ui, title, copied))
        });
        match (act, &given) {
            (Some(Give::Copy), Some(given)) => asked.push(Command::CopyText(given.to_string())),
            (Some(Give::Code), _) if draft.code == Some(link.hash) => draft.code = None,
            (Some(Give::Code), _) => draft.code = Some(link.hash),
            _ => {}
        }
        if let Some(given) = given.filter(|_| draft.code == Some(link.hash)) {
            code::show(ui, &given.web_url(), &format!("QR code of the link “{title}”"));
            muted(
                ui,
                "A camera that reads it opens the board's page, which says how to join from a computer. Whoever can see \
                 the code can use it.",
            );
        }
        if link.can_change() {
            ui.add_enabled_ui(self.access.live, |ui| {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = space::M;
                    if quiet(
                        ui,
                        "Name and end…",
                        &format!("Name and end of the link “{title}”…"),
                    ) {
                        draft.leave();
                        draft.changing = Some(ChangedLink {
                            hash: link.hash,
                            name: link.name.clone(),
                            ends: None,
                        });
                    }
                    if quiet(ui, "End it…", &format!("End the link “{title}”…")) {
                        draft.leave();
                        draft.ending = Some(link.hash);
                    }
                });
            });
        }
        if draft.ending == Some(link.hash) && !link.over {
            ending(ui, link, draft, asked);
        }
        if draft
            .changing
            .as_ref()
            .is_some_and(|changed| changed.hash == link.hash)
        {
            changing(ui, draft, asked);
        }
    }
}

/// A title with a few words below it, and what can be done at the right.
fn line<R>(ui: &mut Ui, title: &str, words: &str, acts: impl FnOnce(&mut Ui) -> R) -> R {
    let theme = Theme::of(ui.ctx());
    ui.horizontal(|ui| {
        ui.set_width(ui.available_width().min(WIDTH));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let done = acts(ui);
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let name = RichText::new(title).font(fonts::strong(size::TEXT));
                ui.add(egui::Label::new(name).truncate());
                let words = RichText::new(words).size(size::HINT).color(theme.muted);
                ui.add(egui::Label::new(words).wrap());
            });
            done
        })
        .inner
    })
    .inner
}

/// The buttons that give a link away.
fn buttons(ui: &mut Ui, title: &str, copied: bool) -> Option<Give> {
    let (icon, word, name) = if copied {
        (icons::CHECK, "Copied", format!("Copied the link “{title}”"))
    } else {
        (icons::COPY, "Copy link", format!("Copy the link “{title}”"))
    };
    let copy = widgets::named_button(ui, Some(icon), word, &name).clicked();
    let name = format!("Show the link “{title}” as a QR code");
    let code = widgets::IconButton {
        enabled: ui.is_enabled(),
        ..widgets::IconButton::new(icons::CODE, &name)
    };
    let code = code
        .show(ui)
        .on_hover_ui(|ui| widgets::tooltip(ui, &name, "", ""))
        .clicked();
    match (copy, code) {
        (true, _) => Some(Give::Copy),
        (_, true) => Some(Give::Code),
        _ => None,
    }
}

/// A word that can be pressed.
fn quiet(ui: &mut Ui, word: &str, name: &str) -> bool {
    let theme = Theme::of(ui.ctx());
    let color = if ui.is_enabled() {
        theme.accent
    } else {
        theme.disabled
    };
    let text = RichText::new(word).size(size::HINT).color(color);
    let button = ui.add(
        egui::Button::new(text)
            .frame(false)
            .min_size(egui::vec2(0.0, size::SMALL)),
    );
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, ui.is_enabled(), name));
    widgets::focus_ring(ui, button.rect.expand(2.0), &button);
    button.clicked()
}

/// What it lets people do, until when, and who came by it.
fn details(link: &LinkView, hint: &str) -> String {
    let who = match (link.own, link.people.is_empty()) {
        (true, true) if link.role == Role::Owner => "you".to_owned(),
        (true, true) => String::new(),
        (true, false) => format!("you, {}", link.people.join(", ")),
        (false, true) => String::new(),
        (false, false) => link.people.join(", "),
    };
    let does = match (hint, link.name.is_empty(), link.role) {
        ("", false, _) | ("", true, Role::Owner | Role::Unknown) => role_words(link.role),
        _ => hint,
    };
    let parts = [does, link.end.as_str(), who.as_str()];
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
        widgets::radio_value(ui, &mut new.role, Role::View, "Can view");
        widgets::radio_value(ui, &mut new.role, Role::Edit, "Can draw");
    });
    name_field(ui, &mut new.name);
    widgets::section(ui, "When it ends");
    ui.horizontal_wrapped(|ui| {
        for (ends, words) in Ends::ALL {
            widgets::radio_value(ui, &mut new.ends, ends, words);
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

fn name_field(ui: &mut Ui, name: &mut String) {
    let label = widgets::section(ui, "Name, so that you know it again");
    let field = TextEdit::singleline(name)
        .hint_text("The class")
        .desired_width(WIDTH);
    ui.add(field).labelled_by(label.id);
    while name.len() > BoardLink::NAME {
        name.pop();
    }
}

fn changing(ui: &mut Ui, draft: &mut ShareDraft, asked: &mut Asked) {
    let Some(changed) = &mut draft.changing else {
        return;
    };
    name_field(ui, &mut changed.name);
    widgets::section(ui, "When it ends");
    ui.horizontal_wrapped(|ui| {
        widgets::radio_value(ui, &mut changed.ends, None, "As before");
        for (ends, words) in Ends::ALL {
            widgets::radio_value(ui, &mut changed.ends, Some(ends), words);
        }
    });
    let mut done = false;
    ui.horizontal(|ui| {
        if widgets::word_button(ui, None, "Change the link", true).clicked() {
            let ChangedLink { hash, name, ends } = changed.clone();
            asked.push(Command::ChangeLink {
                hash,
                name: name.trim().to_owned(),
                ends,
            });
            done = true;
        }
        done |= widgets::word_button(ui, None, "Keep it as it is", false).clicked();
    });
    if done {
        draft.leave();
    }
}
