//! What can be done now, and what is chosen: of the app's state just what decides that.

use drawbridge_engine::client::Bar;
use drawbridge_engine::editor::{Edit, StyleChange};
use drawbridge_engine::geometry::Route;
use drawbridge_engine::tools::Tool;

use super::{Appearance, Command, Entry, Past, Speed};
use crate::icons;
use crate::settings::Meeting;

/// How the board's past is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Back {
    /// Whether it is played.
    pub playing: bool,
    /// How fast.
    pub speed: Speed,
    /// Whether everything is in the colour of who made it.
    pub by_author: bool,
    /// Whether there is something before what is shown, ...
    pub before: bool,
    /// ... and after it.
    pub after: bool,
}

/// The app's state as far as commands depend on it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Now {
    /// The tool in the hand.
    pub tool: Tool,
    /// Whether it stays there after its use.
    pub keep_tool: bool,
    /// How many elements are selected.
    pub selected: usize,
    /// Whether a group is among them.
    pub groups: bool,
    /// How many frames are among them.
    pub frames: usize,
    /// Whether there are frames on the board.
    pub any_frames: bool,
    /// Whether frames are shown one after the other.
    pub presenting: bool,
    /// Whether all of them are locked.
    pub locked: bool,
    /// How the selected lines go, or those that the tool draws; `None` where there are none, or they differ.
    pub route: Option<Route>,
    /// Whether the points of a single line can be taken one by one.
    pub points: bool,
    /// Whether there are lines.
    pub lines: bool,
    /// Whether just one is selected, and it can have letters.
    pub lettered: bool,
    /// Whether letters are being typed.
    pub typing: bool,
    /// Whether nothing is on the board.
    pub empty: bool,
    /// Whether there is a step to take back.
    pub can_undo: bool,
    /// Whether there is a step to do again.
    pub can_redo: bool,
    /// Whether the grid is shown.
    pub grid: bool,
    /// Whether what is dragged snaps to other elements.
    pub snapping: bool,
    /// Whether the minimap is unfolded.
    pub minimap: bool,
    /// Whether the chat is open.
    pub chat: bool,
    /// Whether everything but the board is hidden.
    pub alone: bool,
    /// Which mode is in force.
    pub appearance: Appearance,
    /// How big words and controls are, of 100.
    pub scale: u16,
    /// Whether nothing moves by itself.
    pub still: bool,
    /// Whether the board is on a relay, or to be.
    pub shared: bool,
    /// Whether it is on the relay inside this app, from which it can be handed over.
    pub hosting: bool,
    /// Whether the relay can't be reached or lets nobody in.
    pub cut_off: bool,
    /// Whether the relay did not take something.
    pub parked: bool,
    /// Whether another program's drawing came that isn't as it was.
    pub imported: bool,
    /// Whether the first steps are shown.
    pub hints: bool,
    /// Whether a message is shown.
    pub message: bool,
    /// Why this person may not change the board, if they may not.
    pub bar: Option<Bar>,
    /// Whether only its owners may change the board.
    pub board_locked: bool,
    /// Whether this person can say now who else may do what.
    pub manages: bool,
    /// Whether the relay asks for a password.
    pub asks_password: bool,
    /// Whether somebody asks to be let in.
    pub knocked: bool,
    /// Whether others on the network are met.
    pub meeting: Meeting,
    /// Whether anybody else is on the board.
    pub others: bool,
    /// Whether this person follows somebody.
    pub following: bool,
    /// Whether they ask everybody to follow them.
    pub asking: bool,
    /// Set while the board is shown as it was.
    pub back: Option<Back>,
}

impl Default for Now {
    /// An empty board, just opened by somebody who changed no setting.
    fn default() -> Self {
        Self {
            tool: Tool::Pen,
            keep_tool: false,
            selected: 0,
            groups: false,
            frames: 0,
            any_frames: false,
            presenting: false,
            locked: false,
            route: None,
            points: false,
            lines: false,
            lettered: false,
            typing: false,
            empty: true,
            can_undo: false,
            can_redo: false,
            grid: false,
            snapping: true,
            minimap: false,
            chat: false,
            alone: false,
            appearance: Appearance::System,
            scale: 100,
            still: false,
            shared: false,
            hosting: false,
            cut_off: false,
            parked: false,
            imported: false,
            hints: false,
            message: false,
            bar: None,
            board_locked: false,
            manages: false,
            asks_password: false,
            knocked: false,
            meeting: Meeting::default(),
            others: false,
            following: false,
            asking: false,
            back: None,
        }
    }
}

impl Now {
    /// Whether a command can be done.
    #[must_use]
    pub fn allows(&self, command: &Command) -> bool {
        !self.bars(command) && self.can(command)
    }

    /// Whether a command changes the board, and this person may not. That is decided here for all panels and keys; the
    /// editor refuses the same to whatever else asks.
    #[must_use]
    pub fn bars(&self, command: &Command) -> bool {
        let restores = matches!(command, Command::Past(_));
        command.changes_board() && (self.bar.is_some() || self.back.is_some() && !restores)
    }

    fn can_look_back(&self, past: Past) -> bool {
        let Some(back) = self.back else {
            return past == Past::Show && !self.presenting;
        };
        match past {
            Past::Next | Past::Later | Past::End => back.after,
            Past::Previous | Past::Earlier | Past::Begin => back.before,
            Past::Made | Past::ChangedNext | Past::ChangedBefore | Past::Gone | Past::RestoreSelected => {
                self.selected > 0
            }
            Past::Restore => back.after,
            Past::Show | Past::Play | Past::Speed(_) | Past::To(_) | Past::ByAuthor => true,
        }
    }

    fn can(&self, command: &Command) -> bool {
        match command {
            Command::Edit(edit) => self.allows_edit(edit),
            Command::Past(past) => self.can_look_back(*past),
            // Nobody would see it.
            Command::Tool(Tool::Laser) | Command::ShowReactions | Command::React(_) => self.back.is_none(),
            Command::Present => self.back.is_none() && (self.any_frames || self.presenting),
            Command::Undo => self.can_undo,
            Command::Redo => self.can_redo,
            Command::Copy | Command::Cut => self.selected > 0 || self.typing,
            Command::ZoomSelection => self.selected > 0,
            Command::CopyPng
            | Command::CopySvg
            | Command::CopyExcalidraw
            | Command::ShowExport
            | Command::Print
            | Command::ZoomFit => !self.empty,
            Command::NextFrame | Command::PreviousFrame | Command::FirstFrame | Command::LastFrame => {
                self.any_frames || self.presenting
            }
            Command::ShowFrameName => self.is_frame() && !self.locked,
            Command::StartSharing => !self.shared,
            Command::StopSharing => self.shared,
            Command::ShowHandOver | Command::HandOver { .. } => self.hosting,
            Command::Reconnect => self.cut_off,
            Command::OfferAgain | Command::ShowRefused => self.parked,
            Command::LockBoard
            | Command::MakeLink { .. }
            | Command::ChangeLink { .. }
            | Command::EndLink(_)
            | Command::Remove { .. } => self.manages,
            Command::ShowPassword => self.asks_password,
            Command::ShowImported => self.imported,
            Command::HideHints => self.hints,
            Command::AnswerKnock(_) => self.knocked,
            Command::ShowSay => self.shared,
            Command::AskToFollow => self.shared || self.asking,
            Command::GoToActive => self.others,
            Command::StopFollowing => self.following,
            Command::Dismiss => self.message,
            _ => true,
        }
    }

    /// Whether just a frame is selected.
    #[must_use]
    pub fn is_frame(&self) -> bool {
        self.selected == 1 && self.frames == 1
    }

    /// Whether Enter would begin to type.
    #[must_use]
    pub fn begins_to_type(&self) -> bool {
        let tool = matches!(self.tool, Tool::Text | Tool::Note);
        (tool || self.tool == Tool::Select) && self.allows(&Command::Edit(Edit::Insert))
    }

    fn allows_edit(&self, edit: &Edit) -> bool {
        match edit {
            Edit::SelectAll | Edit::SelectNext { .. } | Edit::UnlockAll => !self.empty,
            Edit::SelectNone | Edit::ToggleLock => self.selected > 0,
            Edit::Delete
            | Edit::Duplicate
            | Edit::Nudge(_)
            | Edit::Resize(_)
            | Edit::Rotate(_)
            | Edit::Flip(_)
            | Edit::Stack(_) => self.selected > 0 && !self.locked,
            Edit::Group | Edit::Align(_) => self.selected > 1 && !self.locked,
            Edit::Ungroup => self.groups && !self.locked,
            Edit::Unframe => self.frames > 0 && !self.locked,
            Edit::SelectFramed => self.frames > 0,
            Edit::NameFrame(..) => true,
            Edit::Turn { .. } => self.is_frame() && !self.locked,
            Edit::Distribute(_) => self.selected > 2 && !self.locked,
            Edit::NextPoint { .. } | Edit::AddPoint => self.points,
            Edit::Style(StyleChange::Route(_)) => self.lines && !self.locked,
            Edit::Insert => match self.tool {
                Tool::Shape(_) | Tool::Line | Tool::Arrow | Tool::Text | Tool::Note => true,
                Tool::Select => self.lettered && !self.locked,
                _ => false,
            },
            Edit::Style(_) => true,
        }
    }

    /// Whether what a command chooses or turns on is chosen or on; `None` where it does neither.
    #[must_use]
    pub fn chosen(&self, command: &Command) -> Option<bool> {
        match command {
            Command::Tool(tool) => Some(self.tool == *tool),
            Command::KeepTool => Some(self.keep_tool),
            Command::Edit(Edit::Style(StyleChange::Route(route))) => Some(self.route == Some(*route)),
            Command::Grid => Some(self.grid),
            Command::Snapping => Some(self.snapping),
            Command::Minimap => Some(self.minimap),
            Command::ShowChat => Some(self.chat),
            Command::LockBoard => Some(self.board_locked),
            Command::FocusMode => Some(self.alone),
            Command::Present => Some(self.presenting),
            Command::AskToFollow => Some(self.asking),
            Command::Past(Past::Show) => Some(self.back.is_some()),
            Command::Past(Past::ByAuthor) => Some(self.back.is_some_and(|back| back.by_author)),
            Command::Past(Past::Speed(speed)) => Some(self.back.is_some_and(|back| back.speed == *speed)),
            Command::Appearance(mode) => Some(self.appearance == *mode),
            Command::Scale(scale) => Some(self.scale == *scale),
            Command::ReducedMotion => Some(self.still),
            Command::LookNearby => Some(self.meeting.look),
            Command::BeFound => Some(self.meeting.found),
            _ => None,
        }
    }

    /// A command's name and icon, which for some say what it would do now.
    #[must_use]
    pub fn face(&self, entry: &Entry) -> (&'static str, char) {
        match entry.command {
            Command::Edit(Edit::ToggleLock) if self.locked => ("Unlock", icons::UNLOCK),
            Command::Past(Past::Play) if self.back.is_some_and(|back| back.playing) => {
                ("Pause", icons::PAUSE)
            }
            Command::LockBoard if self.board_locked => ("Unlock the board", icons::UNLOCK),
            Command::AskToFollow if self.asking => ("Stop asking to follow", icons::CLOSE),
            Command::CopyPng if self.is_frame() => ("Copy the frame as PNG", entry.icon),
            Command::CopySvg if self.is_frame() => ("Copy the frame as SVG", entry.icon),
            Command::CopyExcalidraw if self.is_frame() => ("Copy the frame as Excalidraw", entry.icon),
            _ => (entry.label, entry.icon),
        }
    }
}

#[cfg(test)]
mod tests {
    use drawbridge_engine::editor::{Align, Axis};

    use super::*;
    use crate::command::{Section, TABLE};

    #[test]
    fn arranging_needs_as_many_elements_as_it_arranges() {
        let now = |selected| Now {
            selected,
            ..Now::default()
        };
        let cases = [
            (Edit::Delete, 1),
            (Edit::Align(Align::Left), 2),
            (Edit::Group, 2),
            (Edit::Distribute(Axis::Down), 3),
        ];
        for (edit, least) in cases {
            let command = Command::Edit(edit);
            assert!(now(least).allows(&command), "{command:?}");
            assert!(!now(least - 1).allows(&command), "{command:?}");
        }
    }

    #[test]
    fn whoever_may_only_look_can_look_point_select_and_copy() {
        let free = Now {
            selected: 3,
            groups: true,
            frames: 1,
            any_frames: true,
            empty: false,
            can_undo: true,
            can_redo: true,
            lettered: true,
            ..Now::default()
        };
        for bar in [Bar::ViewOnly, Bar::Locked] {
            let barred = Now {
                bar: Some(bar),
                ..free
            };
            let still =
                |entry: &&crate::command::Entry| free.allows(&entry.command) && barred.allows(&entry.command);
            let edits: Vec<&str> = TABLE
                .iter()
                .filter(still)
                .filter(|entry| matches!(entry.section, Section::Tools | Section::Edit | Section::Arrange))
                .map(|entry| entry.label)
                .collect();
            let expected = [
                "Select",
                "Hand",
                "Laser pointer",
                "Copy",
                "Copy as PNG",
                "Copy as SVG",
                "Copy as Excalidraw",
                "Select all",
                "Select nothing",
                "Select the next",
                "Select the previous",
                "Select what is in the frame",
            ];
            assert_eq!(edits, expected, "{bar:?}");
            assert!(!barred.begins_to_type());
            assert!(!barred.allows(&Command::Rename("Mine".to_owned())));
            assert!(!barred.allows(&Command::DropPictures(Vec::new())));
            for entry in TABLE.iter().filter(|entry| entry.section == Section::View) {
                assert_eq!(
                    barred.allows(&entry.command),
                    free.allows(&entry.command),
                    "{}",
                    entry.label
                );
            }
        }
    }

    #[test]
    fn what_is_locked_can_be_unlocked_and_copied_but_not_changed() {
        let now = Now {
            selected: 3,
            groups: true,
            locked: true,
            empty: false,
            ..Now::default()
        };
        assert!(now.allows(&Command::Edit(Edit::ToggleLock)) && now.allows(&Command::Copy));
        assert!(!now.allows(&Command::Edit(Edit::Delete)) && !now.allows(&Command::Edit(Edit::Ungroup)));
        let lock = crate::command::find(&Command::Edit(Edit::ToggleLock)).expect("an entry");
        assert_eq!(now.face(lock).0, "Unlock");
    }

    #[test]
    fn the_past_is_for_all_and_restored_by_those_who_may_change_the_board() {
        let back = Back {
            playing: false,
            speed: Speed::default(),
            by_author: false,
            before: true,
            after: true,
        };
        let looking = Now {
            selected: 1,
            empty: false,
            back: Some(back),
            ..Now::default()
        };
        let restores = [Past::Restore, Past::RestoreSelected].map(Command::Past);
        for command in &restores {
            assert!(looking.allows(command));
            assert!(!Now::default().allows(command), "there is nothing to restore");
        }
        for command in [
            Command::Edit(Edit::Delete),
            Command::Tool(Tool::Pen),
            Command::Paste,
            Command::Rename(String::new()),
        ] {
            assert!(looking.bars(&command), "{command:?}");
        }
        assert!(looking.allows(&Command::Copy) && looking.allows(&Command::Tool(Tool::Hand)));
        let barred = Now {
            bar: Some(Bar::ViewOnly),
            ..looking
        };
        for command in &restores {
            assert!(!barred.allows(command) && barred.bars(command));
        }
        assert!(barred.allows(&Command::Past(Past::Previous)));
        assert!(barred.allows(&Command::Past(Past::ByAuthor)));
    }

    #[test]
    fn of_each_choice_just_one_is_chosen() {
        let now = Now::default();
        for alike in [
            |command: &Command| matches!(command, Command::Tool(_)),
            |command: &Command| matches!(command, Command::Appearance(_)),
            |command: &Command| matches!(command, Command::Scale(_)),
        ] {
            let chosen = TABLE.iter().filter(|entry| alike(&entry.command));
            let chosen = chosen.filter(|entry| now.chosen(&entry.command) == Some(true));
            assert_eq!(chosen.count(), 1);
        }
    }
}
