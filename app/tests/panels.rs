//! Each panel by role and label: what it shows, and what it asks for.

use std::sync::Arc;

use drawbridge::command::{Appearance, Command, Now};
use drawbridge::panels::export::{self, Came, Offer, Part};
use drawbridge::panels::hints::{self, EdgeHint};
use drawbridge::panels::links::{Ends, Give, LinkView, NewLink};
use drawbridge::panels::menu::{self, MenuView};
use drawbridge::panels::message::{self, Message};
use drawbridge::panels::palette::Sought;
use drawbridge::panels::people::{self, Absent, PeopleDraft, PeopleView, Person};
use drawbridge::panels::say::{self, SayDraft};
use drawbridge::panels::sharing::{self, AccessView, Mine, Place, ShareDraft, ShareView};
use drawbridge::panels::status::{self, Connection, StatusView};
use drawbridge::panels::together::{self, TogetherView};
use drawbridge::panels::trust::{self, TrustView};
use drawbridge::panels::zoom::{self, ZoomView};
use drawbridge::panels::{Asked, dialogs, palette, shortcuts, toolbar};
use drawbridge::settings::Export;
use drawbridge::theme;
use drawbridge_engine::client::{Authority, Bar, Flaw, Reason};
use drawbridge_engine::geometry::Kind;
use drawbridge_engine::presence::Doing;
use drawbridge_engine::tools::Tool;
use drawbridge_protocol::{Code, Key, KeyHash, Link, Password, Role as Right};
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
    say: SayDraft,
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
fn a_path_is_typed_where_the_system_has_no_dialog_and_enter_saves_there() {
    let show = |ctx: &egui::Context, state: &mut State| {
        let problem = (state.draft == "/taken").then_some("There is such a file already.");
        dialogs::save_as(ctx, &mut state.draft, problem, &mut state.asked);
    };
    let mut harness = window(show);
    harness.get_by_label_contains("no dialog to choose files");
    let field = harness.get_by_role(Role::TextInput);
    assert!(field.is_focused(), "one types at once");
    field.type_text("/taken");
    harness.run();
    harness.get_by_role_and_label(Role::Alert, "There is such a file already.");
    harness.key_press(egui::Key::Enter);
    harness.run();
    let saves = Command::SaveAt("/taken".to_owned());
    click(&mut harness, Role::Button, "Save");
    assert_eq!(harness.state().asked, [saves.clone(), saves]);
}

#[test]
fn enter_saves_what_is_exported_if_it_is_there_unless_a_choice_has_the_keyboard() {
    let made = |there| {
        move |ctx: &egui::Context, state: &mut State| {
            let came = match there {
                true => Came::There {
                    picture: None,
                    size: "9 kB",
                    notes: &[],
                    can_copy: true,
                },
                false => Came::Refused("There is no room for that."),
            };
            let offer = Offer {
                selected: false,
                frames: false,
            };
            let (mut chosen, mut part) = (Export::default(), Part::All);
            export::show(ctx, &came, offer, &mut chosen, &mut part, &mut state.asked);
        }
    };
    let mut harness = window(made(false));
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(harness.state().asked, []);
    let mut harness = window(made(true));
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(harness.state().asked, [Command::SaveExport]);
    harness.get_by_role_and_label(Role::RadioButton, "SVG").focus();
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(harness.state().asked, [Command::SaveExport]);
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
        ..Person::default()
    }
}

#[test]
fn who_is_here_is_listed_on_a_click() {
    let view = PeopleView {
        me: person(None, "Ada"),
        others: (1..=6)
            .map(|n| Arc::new(person(Some(n), &format!("Guest {n}"))))
            .collect(),
        absent: Vec::new(),
        following: None,
        sharing: false,
        manages: false,
        chat: None,
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
fn the_list_says_what_people_do_and_follows_them() {
    let does = |conn, name: &str, doing| Person {
        doing,
        ..person(Some(conn), name)
    };
    let view = PeopleView {
        me: person(None, "Ada"),
        others: vec![
            Arc::new(does(1, "Bob", Doing::Away)),
            Arc::new(does(2, "Cem", Doing::Active)),
            Arc::new(Person {
                role: Some(Right::Edit),
                follows_me: true,
                ..does(3, "Dov", Doing::Drawing)
            }),
            Arc::new(does(4, "Eve", Doing::Idle)),
        ],
        absent: vec![Absent {
            name: "Fay".to_owned(),
            color: String::new(),
        }],
        following: Some(4),
        sharing: false,
        manages: false,
        chat: None,
    };
    let mut harness = window(move |ctx, state| people::show(ctx, &view, &mut state.people, &mut state.asked));
    click(&mut harness, Role::Button, "People: you and 4 more");
    let top = |name: &str| harness.get_by_label(name).rect().top();
    let order = ["Go to Dov", "Go to Cem", "Go to Eve", "Go to Bob", "Fay, offline"].map(top);
    assert!(order.is_sorted(), "{order:?}");
    let words = |name: &str| {
        let node = harness.get_by_role_and_label(Role::Button, name);
        node.accesskit_node().data().description().map(str::to_owned)
    };
    assert_eq!(
        words("Go to Dov").as_deref(),
        Some("drawing, follows you, can edit")
    );
    assert_eq!(words("Go to Bob").as_deref(), Some("away"));
    assert!(is_on(&harness, Role::Button, "Stop following Eve"));
    click(&mut harness, Role::Button, "Follow Cem");
    click(&mut harness, Role::Button, "Stop following Eve");
    assert_eq!(
        harness.state().asked,
        [Command::Follow(2), Command::StopFollowing]
    );
}

#[test]
fn whoever_is_asked_to_follow_answers_by_keyboard_and_whoever_follows_reads_whom() {
    let view = TogetherView {
        question: Some((7, "Ada".to_owned(), theme::person("", 7))),
        following: Some(("Bob".to_owned(), theme::person("", 8))),
        asking: Some((1, 3)),
        news: Some("Cem and 3 others joined".to_owned()),
    };
    let mut harness = window(move |ctx, state| together::show(ctx, &view, 60.0, 0.0, &mut state.asked));
    for words in [
        "Ada asks everybody to follow",
        "Following Bob",
        "1 of 3 follows you",
    ] {
        harness.get_by_role_and_label(Role::Alert, words);
    }
    harness.get_by_role_and_label(Role::Label, "Cem and 3 others joined");
    for label in ["Not now", "Follow", "Stop following", "Stop asking"] {
        harness.get_by_role_and_label(Role::Button, label).focus();
        harness.run();
        harness.key_press(egui::Key::Enter);
        harness.run();
    }
    let expected = [
        Command::NotNow(7),
        Command::Follow(7),
        Command::StopFollowing,
        Command::AskToFollow,
    ];
    assert_eq!(harness.state().asked, expected);
}

#[test]
fn a_hint_at_the_edge_leads_to_whoever_does_something_there() {
    let hint = |conn, draws| EdgeHint {
        conn,
        name: "Ada".to_owned(),
        color: theme::person("", conn),
        draws,
        at: egui::pos2(1250.0, 100.0 * conn as f32),
        way: egui::Vec2::X,
    };
    let all = [hint(2, true), hint(3, false)];
    let mut harness = window(move |ctx, state| hints::show(ctx, &all, &mut state.asked));
    click(&mut harness, Role::Button, "Go to where Ada draws");
    click(&mut harness, Role::Button, "Go to the pointer of Ada");
    assert_eq!(harness.state().asked, [Command::GoTo(2), Command::GoTo(3)]);
}

#[test]
fn what_is_said_at_the_pointer_ends_with_enter_and_is_taken_away_with_esc() {
    for (key, command) in [
        (egui::Key::Enter, Command::Say),
        (egui::Key::Escape, Command::Cancel),
    ] {
        let mut harness = window(|ctx, state| {
            say::show(ctx, egui::pos2(600.0, 300.0), &mut state.say, &mut state.asked);
        });
        let field = harness.get_by_role_and_label(Role::TextInput, "Say at the pointer");
        field.type_text(&"Look here ".repeat(40));
        harness.run();
        assert_eq!(harness.state().say.text.chars().count(), 200);
        assert!(harness.state().asked.is_empty());
        harness.key_press(key);
        harness.step();
        assert_eq!(harness.state().asked.first(), Some(&command));
    }
}

#[test]
fn ones_own_name_is_changed_in_the_list() {
    let view = PeopleView {
        me: person(None, "Ada"),
        others: Vec::new(),
        absent: Vec::new(),
        following: None,
        sharing: false,
        manages: false,
        chat: None,
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

fn key(name: &str) -> Key {
    Key::new(&name.repeat(4)).expect("a key")
}

fn hash(name: &str) -> KeyHash {
    KeyHash::of(&key(name))
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
        link: Some(Link {
            secure: false,
            relay: "relay:7411".to_owned(),
            board: "b".parse().expect("a name"),
            key: key(name),
        }),
    }
}

fn access(mine: Mine) -> AccessView {
    AccessView {
        mine,
        locked: false,
        links: Vec::new(),
        given: None,
        found: Some(true),
        live: true,
        problem: None,
        refused: None,
    }
}

fn share<'a>(view: ShareView, access: AccessView) -> Harness<'a, State> {
    window(move |ctx, state| sharing::share(ctx, &view, &access, &mut state.share, None, &mut state.asked))
}

fn joined() -> ShareView {
    ShareView::Joined(Place {
        relay: "relay:7411".to_owned(),
        who: "People who can reach relay".to_owned(),
    })
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
            ..link("past", Right::Edit)
        },
    ];
    let mut harness = share(joined(), all);
    harness.get_by_label("owns the board · never ends · you");
    harness.get_by_label("can view · never ends · Lin, Bob");
    harness.get_by_label("can draw · ended");
    let ends = harness.query_all_by_label_contains("End the link “").count();
    assert_eq!(ends, 1, "neither one's own nor what has ended");
    assert!(harness.query_by_label("Copy the link “past”").is_none());
    click(&mut harness, Role::Button, "Copy the link “class”");
    click(&mut harness, Role::Button, "End the link “class”…");
    harness.get_by_label_contains("Lin, Bob are sent away");
    click(&mut harness, Role::Button, "Keep it");
    assert_eq!(
        std::mem::take(&mut harness.state_mut().asked),
        [Command::CopyText(
            "drawbridge://relay:7411/b#classclassclassclass".to_owned()
        )]
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
    press(&mut harness, Role::DisclosureTriangle, "More links");
    press(&mut harness, Role::Button, "New link…");
    let expected = NewLink {
        role: Right::View,
        name: String::new(),
        ends: Ends::Never,
    };
    let making = harness.state().share.making.as_ref();
    assert_eq!(making, Some(&expected), "the least is offered first");
    press(&mut harness, Role::RadioButton, "Can draw");
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
            Arc::new(Person {
                role: Some(Right::View),
                came_by_link: true,
                ..person(Some(7), "Lin")
            }),
            Arc::new(person(Some(8), "Bob")),
        ],
        absent: Vec::new(),
        following: None,
        sharing: false,
        manages,
        chat: None,
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

fn hosting() -> ShareView {
    let place = |relay: &str, who: &str| Place {
        relay: relay.to_owned(),
        who: who.to_owned(),
    };
    ShareView::Hosting(vec![
        place("192.168.1.5:7411", "People on this network (192.168.1.5)"),
        place("127.0.0.1:7411", "This computer only"),
    ])
}

#[test]
fn the_share_dialog_begins_with_a_link_to_draw_and_one_to_look_for_whom_one_chooses() {
    let mut all = access(Mine::Owner);
    all.links = vec![LinkView {
        name: String::new(),
        ..link("team", Right::Edit)
    }];
    let mut harness = share(hosting(), all);
    harness.get_by_label("Draws with you · never ends");
    click(&mut harness, Role::Button, "Copy the link “Can draw”");
    click(&mut harness, Role::RadioButton, "This computer only");
    click(&mut harness, Role::Button, "Copy the link “Can draw”");
    let copied = |host: &str| Command::CopyText(format!("drawbridge://{host}/b#teamteamteamteam"));
    assert_eq!(
        std::mem::take(&mut harness.state_mut().asked),
        [copied("192.168.1.5:7411"), copied("127.0.0.1:7411")]
    );
    // There is none to look yet: it is made, and not twice.
    click(&mut harness, Role::Button, "Copy the link “Can view”");
    click(&mut harness, Role::Button, "Copy the link “Can view”");
    let made = Command::MakeLink {
        role: Right::View,
        name: String::new(),
        ends: Ends::Never,
    };
    assert_eq!(std::mem::take(&mut harness.state_mut().asked), [made]);
    harness.get_by_label("The link is being made…");
    click(
        &mut harness,
        Role::CheckBox,
        "People nearby find it, and ask you to be let in",
    );
    click(&mut harness, Role::Button, "Stop sharing");
    click(&mut harness, Role::Button, "Close");
    assert_eq!(
        harness.state().asked,
        [Command::BeFound, Command::StopSharing, Command::Cancel]
    );
}

#[test]
fn a_link_that_was_made_on_demand_is_copied_or_shown_once_the_relay_has_it() {
    for give in [Give::Copy, Give::Code] {
        let mut all = access(Mine::Owner);
        all.links = vec![LinkView {
            name: String::new(),
            ..link("look", Right::View)
        }];
        let mut harness = share(hosting(), all);
        harness.state_mut().share.wanted = Some((Right::View, give));
        harness.run();
        let copied = Command::CopyText("drawbridge://192.168.1.5:7411/b#looklooklooklook".to_owned());
        match give {
            Give::Copy => assert_eq!(harness.state().asked, [copied]),
            Give::Code => {
                harness.get_by_role_and_label(Role::Image, "QR code of the link “Can view”");
            }
        }
        assert_eq!(harness.state().share.wanted, None);
    }
    let mut refused = access(Mine::Owner);
    refused.problem = Some(Reason {
        code: Code::BadManage,
        message: "No.".to_owned(),
    });
    let mut harness = share(hosting(), refused);
    harness.state_mut().share.wanted = Some((Right::View, Give::Copy));
    harness.run();
    assert_eq!(
        harness.state().share.wanted,
        None,
        "it doesn't come later as a surprise"
    );
}

#[test]
fn a_code_is_shown_and_hidden_by_keyboard() {
    let mut all = access(Mine::Owner);
    all.links = vec![LinkView {
        name: String::new(),
        ..link("team", Right::Edit)
    }];
    let mut harness = share(hosting(), all);
    let code = "QR code of the link “Can draw”";
    for shown in [true, false] {
        let button = harness.get_by_role_and_label(Role::Button, "Show the link “Can draw” as a QR code");
        button.focus();
        harness.run();
        harness.key_press(egui::Key::Enter);
        harness.run();
        assert_eq!(harness.query_by_label(code).is_some(), shown);
    }
}

#[test]
fn a_link_gets_another_name_and_another_end() {
    let mut all = access(Mine::Owner);
    all.links = vec![link("class", Right::View)];
    let mut harness = share(joined(), all);
    click(&mut harness, Role::Button, "Name and end of the link “class”…");
    let field = harness.get_by_role_and_label(Role::TextInput, "Name, so that you know it again");
    assert_eq!(field.value().as_deref(), Some("class"));
    field.focus();
    field.type_text(" of 2027");
    harness.run();
    click(&mut harness, Role::Button, "Change the link");
    let changed = |name: &str, ends| Command::ChangeLink {
        hash: hash("class"),
        name: name.to_owned(),
        ends,
    };
    assert_eq!(
        std::mem::take(&mut harness.state_mut().asked),
        [changed("class of 2027", None)]
    );
    click(&mut harness, Role::Button, "Name and end of the link “class”…");
    click(&mut harness, Role::RadioButton, "Never");
    click(&mut harness, Role::Button, "Change the link");
    assert_eq!(harness.state().asked, [changed("class", Some(Ends::Never))]);
    assert_eq!(harness.state().share.changing, None);
}

#[test]
fn whoever_came_by_a_link_can_pass_it_on() {
    let given = AccessView {
        given: link("team", Right::Edit).link,
        ..access(Mine::Editor)
    };
    let mut harness = share(joined(), given);
    click(&mut harness, Role::Button, "Copy the link “Can draw”");
    let copied = Command::CopyText("drawbridge://relay:7411/b#teamteamteamteam".to_owned());
    assert_eq!(harness.state().asked, [copied]);
    harness.get_by_label("People who can reach relay");
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
        dialogs::join(ctx, draft, Some("the link has no key"), None, asked);
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
        relay: status::RelayView::default(),
    };
    let message = Message::problem("The link could not be opened. Nothing is lost");
    let mut harness = window(move |ctx, state| {
        status::show(ctx, &view, &mut state.asked);
        message::show(ctx, &message, 0.0, &mut state.asked);
    });
    harness.get_by_role_and_label(Role::Status, "Offline: 3 changes waiting for the relay");
    harness.get_by_role_and_label(Role::Status, "1 change was not taken by the relay");
    harness.get_by_role_and_label(Role::Alert, "The link could not be opened. Nothing is lost");
    click(&mut harness, Role::Button, "Dismiss");
    assert_eq!(harness.state().asked, [Command::Dismiss]);
}

#[test]
fn relays_are_shown_with_how_they_were_found_and_can_be_used_and_forgotten() {
    use drawbridge::panels::relays::{self, RelayView, RelaysView};
    use drawbridge_engine::client::Health;
    let relay = |address: &str, health| RelayView {
        address: address.parse().expect("an address"),
        health,
        password: false,
        boards: 0,
        here: false,
    };
    let view = RelaysView {
        relays: vec![
            RelayView {
                password: true,
                boards: 2,
                ..relay("https://draw.example", Some(Health::Up))
            },
            relay(
                "10.0.0.7:9000",
                Some(Health::Away("connection refused".to_owned())),
            ),
            RelayView {
                here: true,
                ..relay("10.0.0.8", None)
            },
            relay("mail.example:25", Some(Health::Stranger)),
        ],
        hosting: false,
    };
    let mut harness = window(move |ctx, state| relays::show(ctx, &view, &mut state.asked));
    for words in [
        "Reachable · encrypted (TLS) · asks for a password, which is kept here · 2 boards of yours",
        "Out of reach · not encrypted",
        "Can't be reached now: connection refused",
        "Looking… · not encrypted",
        "Something answers there that is no relay.",
        "This board is here",
    ] {
        assert!(harness.query_by_label(words).is_some(), "{words}");
    }
    click(
        &mut harness,
        Role::Button,
        "Share this board through https://draw.example:443",
    );
    click(&mut harness, Role::Button, "Forget http://10.0.0.7:9000");
    click(&mut harness, Role::Button, "Look again");
    assert_eq!(
        harness.state().asked,
        [
            Command::ShareThrough("https://draw.example:443".to_owned()),
            Command::ForgetRelay("http://10.0.0.7:9000".parse().expect("an address")),
            Command::LookAtRelays,
        ]
    );
}

#[test]
fn a_handover_that_failed_says_so_and_asks_for_the_password() {
    use drawbridge::panels::handover::{self, HandoverDraft, HandoverView};
    let view = HandoverView::Failed(
        "http://10.0.0.7:9000".to_owned(),
        Reason {
            code: Code::Password,
            message: "The relay asks for a password.".to_owned(),
        },
    );
    let known = [drawbridge::panels::relays::RelayView {
        address: "http://10.0.0.7:9000".parse().expect("an address"),
        health: None,
        password: false,
        boards: 0,
        here: false,
    }];
    let draft = std::cell::RefCell::new(HandoverDraft::default());
    let mut harness = window(|ctx, state| {
        handover::show(ctx, &view, &known, &mut draft.borrow_mut(), &mut state.asked);
    });
    let failed = harness.query_by_label_contains("It was not handed over to http://10.0.0.7:9000");
    assert!(failed.is_some());
    click(&mut harness, Role::Button, "Use http://10.0.0.7:9000: looking…");
    harness.get_by_label_contains("The relay's password").click();
    harness.run();
    draft.borrow_mut().password = "sesame".to_owned();
    click(&mut harness, Role::Button, "Hand over");
    assert_eq!(
        harness.state().asked,
        [Command::HandOver {
            address: "http://10.0.0.7:9000".to_owned(),
            password: Some(Password::new("sesame")),
        }]
    );
}
