//! Each panel by role and label: what it shows, and what it asks for.

use drawbridge::command::{Appearance, Command, Now};
use drawbridge::panels::dialogs::{self, RelayDraft, ShareLink, ShareView};
use drawbridge::panels::menu::{self, MenuView};
use drawbridge::panels::message::{self, Message};
use drawbridge::panels::palette::Sought;
use drawbridge::panels::people::{self, PeopleView, Person};
use drawbridge::panels::status::{self, Connection, StatusView};
use drawbridge::panels::trust::{self, TrustView};
use drawbridge::panels::zoom::{self, ZoomView};
use drawbridge::panels::{Asked, palette, shortcuts, toolbar};
use drawbridge::theme;
use drawbridge_engine::client::{Authority, Flaw};
use drawbridge_engine::geometry::Kind;
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
    sought: Sought,
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

fn is_on(harness: &Harness<'_, State>, role: Role, label: &str) -> bool {
    let node = harness.get_by_role_and_label(role, label);
    node.accesskit_node().toggled() == Some(Toggled::True)
}

#[test]
fn the_toolbar_offers_the_tools_and_shows_the_one_in_the_hand() {
    let now = Now::default();
    let mut harness = window(move |ctx, state| toolbar::show(ctx, &now, &mut state.asked));
    assert!(is_on(&harness, Role::RadioButton, "Pen"));
    assert!(!is_on(&harness, Role::RadioButton, "Hand"));
    click(&mut harness, Role::RadioButton, "Eraser");
    click(&mut harness, Role::Button, "More tools");
    click(&mut harness, Role::MenuItem, "Laser pointer");
    click(&mut harness, Role::Button, "Keep the tool");
    assert_eq!(
        harness.state().asked,
        [
            Command::Tool(Tool::Eraser),
            Command::Tool(Tool::Laser),
            Command::KeepTool
        ]
    );
}

#[test]
fn the_palette_finds_by_letters_and_is_driven_by_keys() {
    let now = Now {
        tool: Tool::Shape(Kind::Ellipse),
        ..Now::default()
    };
    let mut harness = window(move |ctx, state| palette::show(ctx, &mut state.sought, &now, &mut state.asked));
    let field = harness.get_by_role_and_label(Role::TextInput, "Find a command");
    field.type_text("zoom");
    harness.run();
    assert!(harness.query_by_label("Grid").is_none());
    assert!(is_on(&harness, Role::ListBoxOption, "Zoom in"));
    harness.key_press(egui::Key::ArrowDown);
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(harness.state().asked, [Command::Cancel, Command::ZoomOut]);
    harness.state_mut().asked.clear();
    harness.key_press(egui::Key::Escape);
    harness.run();
    assert_eq!(harness.state().asked, [Command::Cancel]);
}

#[test]
fn the_shortcut_sheet_lists_what_has_keys() {
    let mut harness = window(|ctx, state| shortcuts::show(ctx, &mut state.asked));
    for line in [
        "Pen: P",
        "Undo: Ctrl+Z",
        "Bring to front: Ctrl+Shift+]",
        "Keyboard shortcuts: ?",
    ] {
        harness.get_by_label(line);
    }
    click(&mut harness, Role::Button, "Close");
    assert_eq!(harness.state().asked, [Command::Cancel]);
}

#[test]
fn undo_can_be_pressed_only_when_there_is_a_step() {
    let view = ZoomView {
        zoom: 0.25,
        now: Now {
            can_undo: true,
            ..Now::default()
        },
    };
    let mut harness = window(move |ctx, state| zoom::show(ctx, &view, &mut state.asked));
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
            Command::CopyText(link.to_owned()),
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

fn authority(name: &str) -> Authority {
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let key = rcgen::KeyPair::generate().expect("a key");
    let cert = params.self_signed(&key).expect("a certificate");
    Authority::read(cert.der()).expect("an authority").remove(0)
}

#[test]
fn what_is_not_trusted_is_said_with_what_to_do_and_no_way_around_it() {
    let sentence = "This computer doesn't know who issued the certificate of draw.example.";
    let view = TrustView {
        problem: Some((Flaw::UnknownIssuer, sentence.to_owned())),
        ..TrustView::default()
    };
    let mut harness = window(move |ctx, state| trust::show(ctx, &view, &mut state.asked));
    harness.get_by_role_and_label(Role::Alert, sentence);
    harness.get_by_label_contains("fingerprint");
    click(&mut harness, Role::Button, "Trust a certificate authority…");
    click(&mut harness, Role::Button, "Try now");
    assert_eq!(
        harness.state().asked,
        [Command::ChooseAuthority, Command::Reconnect]
    );
    let buttons: Vec<String> = harness
        .get_all_by_role(Role::Button)
        .filter_map(|button| button.accesskit_node().label())
        .collect();
    assert_eq!(buttons.len(), 3, "those and Close: {buttons:?}");
}

#[test]
fn an_authority_is_compared_before_it_is_trusted() {
    let home = authority("Home");
    let view = TrustView {
        chosen: Some(Ok(vec![home.clone()])),
        ..TrustView::default()
    };
    let mut harness = window(move |ctx, state| trust::show(ctx, &view, &mut state.asked));
    harness.get_by_label_contains(&format!("CN=Home, from {} to {}", home.from, home.until));
    harness.get_by_label_contains(&format!("SHA-256 {}", home.fingerprint));
    click(&mut harness, Role::Button, "Trust it");
    click(&mut harness, Role::Button, "Don't trust it");
    assert_eq!(
        harness.state().asked,
        [Command::TrustChosen, Command::LeaveChosen]
    );
}

#[test]
fn authorities_that_were_added_are_listed_and_removed() {
    let (home, work) = (authority("Home"), authority("Work"));
    let view = TrustView {
        added: vec![home, work.clone()],
        chosen: Some(Err("the file holds no certificate".to_owned())),
        ..TrustView::default()
    };
    let refused = view.clone();
    let harness = window(move |ctx, state| trust::show(ctx, &refused, &mut state.asked));
    harness.get_by_role_and_label(
        Role::Alert,
        "That can't be trusted: the file holds no certificate.",
    );
    let view = TrustView { chosen: None, ..view };
    let mut harness = window(move |ctx, state| trust::show(ctx, &view, &mut state.asked));
    click(&mut harness, Role::Button, "Remove CN=Work");
    assert_eq!(
        harness.state().asked,
        [Command::Distrust(work.fingerprint.clone())]
    );
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
        now: Now::default(),
    };
    let mut harness = window(move |ctx, state| menu::show(ctx, &view, &mut state.draft, &mut state.asked));
    for (inside, label, command) in [
        ("", "New board", Command::NewBoard),
        ("", "Join by link…", Command::ShowJoin),
        ("", "Share…", Command::ShowShare),
        ("Recent boards", "Garden", Command::OpenRecent(0)),
        ("Recent boards", "Untitled board", Command::OpenRecent(1)),
        ("Appearance", "Dark", Command::Appearance(Appearance::Dark)),
        ("View", "Grid", Command::Grid),
        ("", "Quit", Command::Quit),
    ] {
        click(&mut harness, Role::Button, "Menu");
        if !inside.is_empty() {
            click(&mut harness, Role::MenuItem, inside);
        }
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
        now: Now::default(),
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
        pictures: status::PicturesView::default(),
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
