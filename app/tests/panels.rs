//! Each panel by role and label: what it shows, and what it asks for.

use drawbridge::command::{Appearance, Command, Now};
use drawbridge::panels::links::{Ends, LinkView, NewLink};
use drawbridge::panels::menu::{self, MenuView};
use drawbridge::panels::message::{self, Message};
use drawbridge::panels::palette::Sought;
use drawbridge::panels::people::{self, PeopleDraft, PeopleView, Person};
use drawbridge::panels::sharing::{self, AccessView, Mine, ShareDraft, ShareLink, ShareView};
use drawbridge::panels::status::{self, Connection, StatusView};
use drawbridge::panels::trust::{self, TrustView};
use drawbridge::panels::zoom::{self, ZoomView};
use drawbridge::panels::{Asked, dialogs, palette, shortcuts, toolbar};
use drawbridge::theme;
use drawbridge_engine::client::{Authority, Bar, Flaw, Reason};
use drawbridge_engine::geometry::Kind;
use drawbridge_engine::tools::Tool;
use drawbridge_protocol::{Code, Key, KeyHash, Password, Role as Right};
use egui::accesskit::{Role, Toggled};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// What was asked for so far, and a text being typed.
#[derive(Debug, Default)]
struct State {
    asked: Asked,
    draft: String,
    share: ShareDraft,
    people: PeopleDraft,
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
        role: None,
        came_by_link: false,
    }
}

#[test]
fn who_is_here_is_listed_on_a_click() {
    let view = PeopleView {
        me: person(None, "Ada"),
        others: (1..=6).map(|n| person(Some(n), &format!("Guest {n}"))).collect(),
        sharing: false,
        manages: false,
    };
    let mut harness = window(move |ctx, state| people::show(ctx, &view, &mut state.people, &mut state.asked));
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
        manages: false,
    };
    let mut harness = window(move |ctx, state| people::show(ctx, &view, &mut state.people, &mut state.asked));
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

fn hash(name: &str) -> KeyHash {
    KeyHash::of(&Key::new(&format!("a-key-for-the-{name}")).expect("a key"))
}

fn link(name: &str, role: Right) -> LinkView {
    LinkView {
        hash: hash(name),
        role,
        name: name.to_owned(),
        end: "never ends".to_owned(),
        over: false,
        own: false,
        people: Vec::new(),
        link: Some(format!("drawbridge://relay:7411/b#{name}")),
    }
}

fn access(mine: Mine) -> AccessView {
    AccessView {
        mine,
        locked: false,
        links: Vec::new(),
        live: true,
        problem: None,
        refused: None,
    }
}

fn share<'a>(view: ShareView, access: AccessView) -> Harness<'a, State> {
    window(move |ctx, state| sharing::share(ctx, &view, &access, &mut state.share, None, &mut state.asked))
}

fn joined() -> ShareView {
    ShareView::Joined(Some(ShareLink {
        link: "drawbridge://relay:7411/b#0123456789abcdef".to_owned(),
        reach: "People who can reach relay:7411".to_owned(),
    }))
}

#[test]
fn an_owner_sees_each_link_with_its_role_and_people_and_ends_one_on_a_second_word() {
    let mut all = access(Mine::Owner);
    all.links = vec![
        LinkView {
            own: true,
            name: String::new(),
            link: None,
            ..link("owner", Right::Owner)
        },
        LinkView {
            people: vec!["Lin".to_owned(), "Bob".to_owned()],
            ..link("class", Right::View)
        },
        LinkView {
            over: true,
            end: "ended".to_owned(),
            ..link("old", Right::Edit)
        },
    ];
    let mut harness = share(joined(), all);
    harness.get_by_label("owns the board · never ends · you");
    harness.get_by_label("can view · never ends · Lin, Bob");
    harness.get_by_label("can edit · ended");
    let ends = harness.query_all_by_label_contains("End the link “").count();
    assert_eq!(ends, 1, "neither one's own nor what has ended");
    assert!(harness.query_by_label("Copy the link “old”").is_none());
    click(&mut harness, Role::Button, "Copy the link “class”");
    click(&mut harness, Role::Button, "End the link “class”…");
    harness.get_by_label_contains("Lin, Bob are sent away");
    click(&mut harness, Role::Button, "Keep it");
    assert_eq!(
        std::mem::take(&mut harness.state_mut().asked),
        [Command::CopyText("drawbridge://relay:7411/b#class".to_owned())]
    );
    click(&mut harness, Role::Button, "End the link “class”…");
    click(&mut harness, Role::Button, "End the link");
    click(&mut harness, Role::CheckBox, "Only owners can change the board");
    assert_eq!(
        harness.state().asked,
        [Command::EndLink(hash("class")), Command::LockBoard]
    );
}

#[test]
fn an_owner_makes_a_link_with_role_name_and_end_by_keyboard_alone() {
    let mut harness = share(joined(), access(Mine::Owner));
    let press = |harness: &mut Harness<'_, State>, role, label: &str| {
        harness.get_by_role_and_label(role, label).focus();
        harness.run();
        harness.key_press(egui::Key::Space);
        harness.run();
    };
    press(&mut harness, Role::Button, "New link…");
    let expected = NewLink {
        role: Right::View,
        name: String::new(),
        ends: Ends::Never,
    };
    let making = harness.state().share.making.as_ref();
    assert_eq!(making, Some(&expected), "the least is offered first");
    press(&mut harness, Role::RadioButton, "Can edit");
    press(&mut harness, Role::RadioButton, "In 1 day");
    let field = harness.get_by_role_and_label(Role::TextInput, "Name, so that you know it again");
    field.focus();
    field.type_text(&"é".repeat(40));
    harness.run();
    press(&mut harness, Role::Button, "Make the link");
    let link = Command::MakeLink {
        role: Right::Edit,
        name: "é".repeat(32),
        ends: Ends::Day,
    };
    assert_eq!(harness.state().asked, [link], "as long a name as the relay takes");
    assert!(harness.state().share.making.is_none());
}

#[test]
fn what_was_not_done_is_said_and_nothing_is_asked_of_a_relay_that_is_away() {
    let mut away = access(Mine::Owner);
    away.live = false;
    away.links = vec![link("class", Right::View)];
    away.problem = Some(Reason {
        code: Code::BadManage,
        message: "No.".to_owned(),
    });
    let mut harness = share(joined(), away);
    harness.get_by_label_contains("That wasn't done");
    harness.get_by_label_contains("while the relay is reached");
    for (role, label) in [
        (Role::Button, "New link…"),
        (Role::CheckBox, "Only owners can change the board"),
        (Role::Button, "End the link “class”…"),
    ] {
        click(&mut harness, role, label);
    }
    assert!(harness.state().asked.is_empty());
    assert_eq!(harness.state().share, ShareDraft::default());
}

#[test]
fn all_others_are_told_what_they_may_do_and_find_no_links_to_manage() {
    for (mine, locked, words) in [
        (Mine::Editor, false, "You can draw on this board"),
        (Mine::Editor, true, "The board is locked"),
        (Mine::Viewer, false, "You can look at this board"),
        (Mine::Unowned, false, "Nobody owns this board"),
    ] {
        let access = AccessView {
            locked,
            ..access(mine)
        };
        let harness = share(joined(), access);
        harness.get_by_label_contains(words);
        assert!(harness.query_by_label("New link…").is_none(), "{mine:?}");
    }
}

#[test]
fn a_relay_that_asks_for_a_password_gets_it_from_a_field_that_hides_it() {
    let mut asks = access(Mine::Editor);
    asks.refused = Some(Reason {
        code: Code::Password,
        message: "It asks for a password.".to_owned(),
    });
    let mut harness = share(joined(), asks);
    click(&mut harness, Role::Button, "Type the password…");
    assert_eq!(harness.state().asked, [Command::ShowPassword]);

    let mut harness = window(|ctx, state| {
        dialogs::password(ctx, "relay:7411", &mut state.draft, true, &mut state.asked);
    });
    harness.get_by_role_and_label(Role::Alert, "The relay doesn't take the password that was given.");
    let field = harness.get_by_role(Role::PasswordInput);
    field.focus();
    field.type_text("open sesame");
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    let given = Command::GivePassword(Password::new("open sesame"));
    assert_eq!(harness.state().asked, [given]);
}

#[test]
fn an_owner_sends_somebody_away_and_ends_their_link_if_wanted() {
    let view = |manages| PeopleView {
        me: Person {
            role: Some(if manages { Right::Owner } else { Right::Edit }),
            ..person(None, "Ada")
        },
        others: vec![
            Person {
                role: Some(Right::View),
                came_by_link: true,
                ..person(Some(7), "Lin")
            },
            person(Some(8), "Bob"),
        ],
        sharing: false,
        manages,
    };
    let owner = view(true);
    let mut harness =
        window(move |ctx, state| people::show(ctx, &owner, &mut state.people, &mut state.asked));
    click(&mut harness, Role::Button, "People: you and 2 more");
    harness.get_by_label("You own this board");
    click(&mut harness, Role::Button, "Remove Lin…");
    click(&mut harness, Role::Button, "Remove and end their link: Lin");
    click(&mut harness, Role::Button, "Remove Bob…");
    assert!(harness.query_by_label("Remove and end their link: Bob").is_none());
    click(&mut harness, Role::Button, "Remove: Bob");
    let remove = |conn, end_link| Command::Remove { conn, end_link };
    assert_eq!(harness.state().asked, [remove(7, true), remove(8, false)]);
    let editor = view(false);
    let mut harness =
        window(move |ctx, state| people::show(ctx, &editor, &mut state.people, &mut state.asked));
    click(&mut harness, Role::Button, "People: you and 2 more");
    assert!(harness.query_by_label("Remove Lin…").is_none());
}

#[test]
fn who_may_only_look_finds_the_tools_that_change_disabled_and_reads_why() {
    for (bar, words) in [(Bar::ViewOnly, "View only"), (Bar::Locked, "Locked by its owner")] {
        let now = Now {
            bar: Some(bar),
            tool: Tool::Select,
            ..Now::default()
        };
        let menu = MenuView {
            title: "Kitchen".to_owned(),
            recent: Vec::new(),
            now,
        };
        let mut harness = window(move |ctx, state| {
            menu::show(ctx, &menu, &mut state.draft, &mut state.asked);
            toolbar::show(ctx, &now, &mut state.asked);
        });
        harness.get_by_role_and_label(Role::Status, words);
        for label in ["Pen", "Eraser", "Note", "Rectangle"] {
            click(&mut harness, Role::RadioButton, label);
        }
        assert_eq!(harness.state().asked, []);
        click(&mut harness, Role::RadioButton, "Hand");
        assert_eq!(harness.state().asked, [Command::Tool(Tool::Hand)]);
    }
}

#[test]
fn the_share_dialog_shows_and_copies_the_link() {
    let link = "drawbridge://192.168.1.5:7411/b#0123456789abcdef";
    let view = ShareView::Hosting(vec![ShareLink {
        link: link.to_owned(),
        reach: "People on this network".to_owned(),
    }]);
    let mut harness = share(view, access(Mine::Owner));
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
    let mut harness = share(view, access(Mine::Owner));
    harness.get_by_label_contains("port 7411 is taken");
    harness.get_by_label_contains("Nothing is lost");
    click(&mut harness, Role::Button, "Try again");
    assert_eq!(harness.state().asked, [Command::StartSharing]);
}

#[test]
fn a_relay_is_named_by_its_address() {
    let mut harness = share(ShareView::Off, access(Mine::Owner));
    let field = harness.get_by_role_and_label(Role::TextInput, "Or share it through a relay that stays up:");
    field.focus();
    field.type_text("draw.example ");
    harness.run();
    click(&mut harness, Role::Button, "Share there");
    assert_eq!(
        harness.state().asked,
        [Command::ShareThrough("draw.example".to_owned())]
    );
    harness.state_mut().share.problem = Some("type its host".to_owned());
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
    assert_eq!(harness.state().asked, [Command::Distrust(work.fingerprint)]);
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
        connection: Connection::Offline(None),
        saving: false,
        brief: false,
        waiting: 3,
        parked: vec![Reason {
            code: Code::BoardFull,
            message: "The board is full.".to_owned(),
        }],
        unsaved: None,
        held_up: None,
        bar: None,
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
        "1 change was not taken by the relay, kept on this computer: The board is as full as this relay lets it be. \
         Delete something, or share the board through another relay; then offer it again.",
    );
    harness.get_by_role_and_label(Role::Alert, "The link could not be opened. Nothing is lost");
    click(&mut harness, Role::Button, "Dismiss");
    assert_eq!(harness.state().asked, [Command::Dismiss]);
}
