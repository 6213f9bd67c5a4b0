//! Each panel by role and label: what it shows, and what it asks for.

use drawbridge::command::{Appearance, Command};
use drawbridge::panels::dialogs::{self, RelayDraft, ShareLink, ShareView};
use drawbridge::panels::menu::{self, MenuView};
use drawbridge::panels::message::{self, Message};
use drawbridge::panels::people::{self, PeopleView, Person};
use drawbridge::panels::status::{self, Connection, StatusView};
use drawbridge::panels::style::{self, StyleView};
use drawbridge::panels::zoom::{self, ZoomView};
use drawbridge::panels::{Asked, toolbar};
use drawbridge::theme;
use drawbridge_engine::document::{Color, Ink};
use drawbridge_engine::tools::Tool;
use egui::accesskit::{Role, Toggled};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// What was asked for so far, and a text being typed.
#[derive(Debug, Default)]
struct State {
    asked: Asked,
    draft: String,
    relay: RelayDraft,
}

fn window<'a>(show: impl Fn(&egui::Context, &mut State) + 'a) -> Harness<'a, State> {
    let mut harness = Harness::builder()
        .with_size([1280.0, 720.0])
        .with_context_setup(theme::apply)
        .build_ui_state(
            move |ui, state: &mut State| show(&ui.ctx().clone(), state),
            State::default(),
        );
    harness.run();
    harness
}

fn click(harness: &mut Harness<'_, State>, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run();
}

#[test]
fn the_toolbar_offers_the_tools_and_shows_the_one_in_the_hand() {
    let mut harness = window(|ctx, state| toolbar::show(ctx, Tool::Pen, &mut state.asked));
    let pen = harness.get_by_role_and_label(Role::Button, "Pen");
    assert_eq!(pen.accesskit_node().toggled(), Some(Toggled::True));
    let hand = harness.get_by_role_and_label(Role::Button, "Hand");
    assert_eq!(hand.accesskit_node().toggled(), Some(Toggled::False));
    click(&mut harness, Role::Button, "Eraser");
    assert_eq!(harness.state().asked, [Command::Tool(Tool::Eraser)]);
}

#[test]
fn the_style_panel_offers_inks_and_widths() {
    let view = StyleView {
        color: Color::Ink(Ink::Green),
        width: 8.0,
    };
    let mut harness = window(move |ctx, state| style::show(ctx, view, &mut state.asked));
    let on = |harness: &Harness<'_, State>, label: &str| {
        let node = harness.get_by_role_and_label(Role::RadioButton, label);
        node.accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(on(&harness, "Green") && on(&harness, "Bold"));
    assert!(!on(&harness, "Ink") && !on(&harness, "Fine"));
    click(&mut harness, Role::RadioButton, "Vermilion");
    click(&mut harness, Role::RadioButton, "Broad");
    assert_eq!(
        harness.state().asked,
        [Command::Color(Color::Ink(Ink::Red)), Command::Width(16.0)]
    );
    // In a narrow window the same controls are one row.
    harness.set_size(egui::vec2(700.0, 500.0));
    harness.run();
    let left = harness.get_by_role_and_label(Role::RadioButton, "Ink").rect();
    let right = harness.get_by_role_and_label(Role::RadioButton, "Broad").rect();
    assert!(
        (left.center().y - right.center().y).abs() < 4.0,
        "{left} and {right}"
    );
    assert!(left.left() >= 0.0 && right.right() <= 700.0, "{left} and {right}");
}

#[test]
fn undo_can_be_pressed_only_when_there_is_a_step() {
    let view = ZoomView {
        zoom: 0.25,
        can_undo: true,
        can_redo: false,
    };
    let mut harness = window(move |ctx, state| zoom::show(ctx, view, &mut state.asked));
    assert!(harness.get_by_label("Redo").accesskit_node().is_disabled());
    click(&mut harness, Role::Button, "Redo");
    click(&mut harness, Role::Button, "Undo");
    click(&mut harness, Role::Button, "Zoom 25 %");
    click(&mut harness, Role::Button, "Zoom in");
    click(&mut harness, Role::Button, "Zoom out");
    assert_eq!(
        harness.state().asked,
        [
            Command::Undo,
            Command::ZoomReset,
            Command::ZoomIn,
            Command::ZoomOut
        ]
    );
}

fn person(conn: Option<u64>, name: &str) -> Person {
    Person {
        conn,
        name: name.to_owned(),
        color: "#ca4500".to_owned(),
    }
}

#[test]
fn who_is_here_is_listed_on_a_click() {
    let view = PeopleView {
        me: person(None, "Ada"),
        others: (1..=6).map(|n| person(Some(n), &format!("Guest {n}"))).collect(),
        sharing: false,
    };
    let mut harness = window(move |ctx, state| people::show(ctx, &view, &mut state.draft, &mut state.asked));
    assert!(harness.query_by_label("Go to Guest 3").is_none());
    click(&mut harness, Role::Button, "People: you and 6 more");
    click(&mut harness, Role::Button, "Go to Guest 3");
    click(&mut harness, Role::RadioButton, "Your colour 4");
    assert_eq!(
        harness.state().asked,
        [Command::GoTo(3), Command::MyColor(theme::PEOPLE[3].to_owned())]
    );
}

#[test]
fn ones_own_name_is_changed_in_the_list() {
    let view = PeopleView {
        me: person(None, "Ada"),
        others: Vec::new(),
        sharing: false,
    };
    let mut harness = window(move |ctx, state| people::show(ctx, &view, &mut state.draft, &mut state.asked));
    click(&mut harness, Role::Button, "People: only you");
    let field = harness.get_by_role_and_label(Role::TextInput, "Your name");
    field.focus();
    field.type_text(" L");
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(
        harness.state().asked.first(),
        Some(&Command::MyName("Ada L".to_owned()))
    );
    harness.state_mut().asked.clear();
    click(&mut harness, Role::Button, "Share");
    assert_eq!(harness.state().asked, [Command::ShowShare]);
}

#[test]
fn the_share_dialog_shows_and_copies_the_link() {
    let link = "drawbridge://192.168.1.5:7411/b#0123456789abcdef";
    let view = ShareView::Hosting(vec![ShareLink {
        link: link.to_owned(),
        reach: "People on this network".to_owned(),
    }]);
    let mut harness =
        window(move |ctx, state| dialogs::share(ctx, &view, &mut state.relay, None, &mut state.asked));
    let field = harness.get_by_label("Link for People on this network");
    assert_eq!(field.value().as_deref(), Some(link));
    click(&mut harness, Role::Button, "Copy link");
    click(&mut harness, Role::Button, "Stop sharing");
    click(&mut harness, Role::Button, "Close");
    assert_eq!(
        harness.state().asked,
        [
            Command::Copy(link.to_owned()),
            Command::StopSharing,
            Command::Cancel
        ]
    );
}

#[test]
fn sharing_that_failed_says_why_and_offers_another_try() {
    let view = ShareView::Failed("port 7411 is taken".to_owned());
    let mut harness =
        window(move |ctx, state| dialogs::share(ctx, &view, &mut state.relay, None, &mut state.asked));
    harness.get_by_label_contains("port 7411 is taken");
    harness.get_by_label_contains("Nothing is lost");
    click(&mut harness, Role::Button, "Try again");
    assert_eq!(harness.state().asked, [Command::StartSharing]);
}

#[test]
fn a_relay_is_named_by_its_address() {
    let mut harness =
        window(|ctx, state| dialogs::share(ctx, &ShareView::Off, &mut state.relay, None, &mut state.asked));
    let field = harness.get_by_role_and_label(Role::TextInput, "Or share it through a relay that stays up:");
    field.focus();
    field.type_text("draw.example ");
    harness.run();
    click(&mut harness, Role::Button, "Share there");
    assert_eq!(
        harness.state().asked,
        [Command::ShareThrough("draw.example".to_owned())]
    );
    harness.state_mut().relay.problem = Some("type its host".to_owned());
    harness.run();
    harness.get_by_role_and_label(Role::Alert, "That is no relay: type its host");
}

#[test]
fn joining_takes_a_pasted_link() {
    let mut harness = window(|ctx, state| {
        let State { asked, draft, .. } = state;
        dialogs::join(ctx, draft, Some("the link has no key"), asked);
    });
    harness.get_by_role_and_label(Role::Alert, "That can't be joined: the link has no key");
    harness.event(egui::Event::Paste("drawbridge://h/b".to_owned()));
    harness.run();
    click(&mut harness, Role::Button, "Join");
    assert_eq!(
        harness.state().asked,
        [Command::Join("drawbridge://h/b".to_owned())]
    );
}

#[test]
fn the_menu_lists_what_can_be_done_and_closes() {
    let view = MenuView {
        title: "Kitchen".to_owned(),
        recent: vec!["Garden".to_owned(), String::new()],
        appearance: Appearance::Light,
    };
    let mut harness = window(move |ctx, state| menu::show(ctx, &view, &mut state.draft, &mut state.asked));
    for (label, command) in [
        ("New board", Command::NewBoard),
        ("Join by link…", Command::ShowJoin),
        ("Share…", Command::ShowShare),
        ("Garden", Command::OpenRecent(0)),
        ("Untitled board", Command::OpenRecent(1)),
        ("Dark", Command::Appearance(Appearance::Dark)),
        ("Quit", Command::Quit),
    ] {
        harness.get_by_role_and_label(Role::Button, "Menu").click();
        harness.run();
        click(&mut harness, Role::MenuItem, label);
        assert_eq!(harness.state().asked, [command]);
        assert!(
            harness.query_by_role_and_label(Role::MenuItem, label).is_none(),
            "the menu closed"
        );
        harness.state_mut().asked.clear();
    }
}

#[test]
fn the_title_is_changed_in_place() {
    let view = MenuView {
        title: String::new(),
        recent: Vec::new(),
        appearance: Appearance::System,
    };
    let mut harness = window(move |ctx, state| menu::show(ctx, &view, &mut state.draft, &mut state.asked));
    let field = harness.get_by_role_and_label(Role::TextInput, "Board title");
    field.focus();
    field.type_text("Kitchen ");
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(
        harness.state().asked.first(),
        Some(&Command::Rename("Kitchen".to_owned()))
    );
}

#[test]
fn states_and_messages_reach_a_screen_reader() {
    let view = StatusView {
        connection: Connection::Offline,
        saving: false,
        brief: false,
        waiting: 3,
        parked: vec!["the board is full".to_owned()],
        unsaved: None,
        held_up: None,
    };
    let message = Message::problem("The link could not be opened. Nothing is lost");
    let mut harness = window(move |ctx, state| {
        status::show(ctx, &view, &mut state.asked);
        message::show(ctx, &message, &mut state.asked);
    });
    harness.get_by_role_and_label(Role::Status, "Offline: 3 changes waiting for the relay");
    harness.get_by_role_and_label(
        Role::Status,
        "1 change was not taken by the relay (the board is full), kept on this computer",
    );
    harness.get_by_role_and_label(Role::Alert, "The link could not be opened. Nothing is lost");
    click(&mut harness, Role::Button, "Dismiss");
    assert_eq!(harness.state().asked, [Command::Dismiss]);
}
