//! The chat: its panel by role and label, and two people who talk through a relay.

mod shared;

use std::time::Duration;

use drawbridge::command::Command;
use drawbridge::panels::chat::{self, ChatDraft, ChatView, Line, Sending};
use drawbridge::panels::{Asked, refusal};
use drawbridge::theme;
use drawbridge_engine::client::{Bar, Reason};
use drawbridge_protocol::{Code, ElementId};
use egui::accesskit::{Live, Role};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use shared::{app, window};

/// Nobody waits that long for a disk.
const LONG: Duration = Duration::from_secs(60);

#[derive(Default)]
struct State {
    asked: Asked,
    draft: ChatDraft,
    view: Option<ChatView>,
}

fn panel(view: ChatView) -> Harness<'static, State> {
    let state = State {
        view: Some(view),
        ..State::default()
    };
    let mut harness = Harness::builder()
        .with_size([1280.0, 720.0])
        .with_context_setup(theme::apply)
        .build_ui_state(
            |ui, state: &mut State| {
                if let Some(view) = &state.view {
                    chat::show(ui.ctx(), view, 100.0, &mut state.draft, &mut state.asked);
                }
            },
            state,
        );
    harness.run();
    harness
}

fn line(number: u8, name: &str, text: &str) -> Line {
    Line {
        id: ElementId::from_bits([number; 12]),
        name: name.to_owned(),
        initials: "A".to_owned(),
        color: "#2f6fde".to_owned(),
        when: "14:05".to_owned(),
        said_ms: 1_000_000 + u64::from(number),
        text: text.to_owned(),
        mine: name == "You",
        sending: Sending::Done,
        first_new: false,
    }
}

fn view(lines: Vec<Line>) -> ChatView {
    ChatView {
        lines,
        earlier: false,
        unread: 0,
        shared: true,
        bar: None,
    }
}

#[test]
fn messages_are_a_live_log_with_author_time_and_how_far_they_have_come() {
    let mut lines = vec![
        line(1, "Ada", "Shall we begin?"),
        line(2, "You", "Yes"),
        line(3, "You", "Wait for Lin"),
        line(4, "You", "Long"),
    ];
    lines[2].sending = Sending::Waiting;
    lines[3].sending = Sending::Refused(Reason {
        code: Code::BoardFull,
        message: "The board is full.".to_owned(),
    });
    lines[1].first_new = true;
    let mut harness = panel(view(lines));
    let log = harness.get_by_role_and_label(Role::Log, "Messages");
    assert_eq!(log.accesskit_node().live(), Live::Polite);
    harness.get_by_label("Ada, 14:05: Shall we begin?");
    harness.get_by_label("New messages");
    harness.get_by_label("You, 14:05: Wait for Lin (waiting)");
    harness.get_by_label_contains("You, 14:05: Long (not taken by the relay: The board is as full");
    // Only what one has said oneself can be taken back.
    assert!(
        harness
            .query_by_label_contains("Delete your message “Shall")
            .is_none()
    );
    harness
        .get_by_role_and_label(Role::Button, "Delete your message “Yes”")
        .click();
    harness.run();
    assert_eq!(
        harness.state().asked,
        [Command::Unsay(ElementId::from_bits([2; 12]))]
    );
}

#[test]
fn enter_sends_shift_enter_begins_a_line_and_escape_closes() {
    let mut harness = panel(view(Vec::new()));
    harness.state_mut().draft.begin();
    harness.run();
    let field = harness.get_by_label("Message");
    assert!(field.is_focused(), "the keyboard is in the field when it opens");
    field.type_text("one");
    harness.run();
    harness.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    harness.run();
    assert_eq!(harness.state().asked, []);
    harness.get_by_label("Message").type_text("two");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(
        harness.state().asked,
        [Command::SendMessage("one\ntwo".to_owned())]
    );
    assert_eq!(harness.state().draft.text, "");
    assert!(harness.get_by_label("Message").is_focused(), "for the next one");
    // Blanks are nothing to say.
    harness.get_by_label("Message").type_text("  ");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(harness.state().asked[1..], [Command::ShowChat]);
}

#[test]
fn who_may_not_write_reads_why_in_place_of_the_field() {
    let mut view = view(vec![line(1, "Ada", "Look here")]);
    view.bar = Some(refusal::barred(Bar::ViewOnly));
    let harness = panel(view);
    assert!(harness.query_by_label("Message").is_none());
    harness.get_by_role_and_label(Role::Status, refusal::barred(Bar::ViewOnly));
    harness.get_by_label("Ada, 14:05: Look here");
}

#[test]
fn reading_older_ones_keeps_its_place_and_new_ones_are_read_at_the_end() {
    let many = |n: u8| {
        (0..n)
            .map(|i| line(i, "Ada", &format!("number {i}")))
            .collect::<Vec<_>>()
    };
    let mut long = view(many(60));
    long.unread = 2;
    let mut harness = panel(long);
    assert_eq!(harness.state().asked.last(), Some(&Command::ReadChat));
    // Up, to older ones.
    let at = harness.get_by_label("Ada, 14:05: number 59").rect().center();
    harness.event(egui::Event::PointerMoved(at));
    for _ in 0..5 {
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, 150.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        harness.run();
    }
    let place = |harness: &Harness<'_, State>| harness.get_by_label("Ada, 14:05: number 30").rect();
    let before = place(&harness);
    harness.state_mut().asked.clear();
    let mut more = view(many(62));
    more.unread = 2;
    harness.state_mut().view = Some(more);
    harness.run();
    assert_eq!(place(&harness), before, "what is read stays where it is");
    assert_eq!(harness.state().asked, [], "and what comes isn't read");
    harness
        .get_by_role_and_label(Role::Button, "2 new messages")
        .click();
    harness.run();
    assert_eq!(harness.state().asked.last(), Some(&Command::ReadChat));
}

#[test]
fn what_is_said_stays_with_the_board_and_is_no_drawing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = window(folder.path());
    let press = |window: &mut shared::Window, key| {
        window.key_press(key);
        window.run_ok();
    };
    assert!(
        first.query_by_label("Chat").is_none(),
        "nobody to talk to, nothing said"
    );
    press(&mut first, Key::C);
    first.get_by_label("Message").type_text("remember the milk");
    first.run_ok();
    press(&mut first, Key::Enter);
    first.get_by_label_contains("You, ").rect();
    press(&mut first, Key::Escape);
    assert!(first.query_by_label("Message").is_none());
    let board = app(&first).board();
    assert!(board.is_empty() && !board.editor().can_undo() && board.unread() == 0);
    let client = board.board().client();
    assert!(client.wait_until(LONG, |status| status.unstored == 0));
    drop(first);
    let mut again = window(folder.path());
    again.get_by_role_and_label(Role::Button, "Chat").click();
    again.run_ok();
    again
        .get_by_role_and_label(Role::Button, "Delete your message “remember the milk”")
        .click();
    again.run_ok();
    again.get_by_label("The message is deleted");
    assert_eq!(app(&again).board().said_in_all(), 0);
}
