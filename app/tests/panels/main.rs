//! Each panel by role and label: what it shows, and what it asks for.

use drawbridge::command::{Appearance, Command, Now};
use drawbridge::panels::export::{Came, Offer, Part};
use drawbridge::panels::menu::MenuView;
use drawbridge::panels::message::Message;
use drawbridge::panels::palette::Sought;
use drawbridge::panels::people::PeopleDraft;
use drawbridge::panels::say::SayDraft;
use drawbridge::panels::sharing::ShareDraft;
use drawbridge::panels::status::{Connection, StatusView};
use drawbridge::panels::zoom::ZoomView;
use drawbridge::panels::{Asked, dialogs, export, menu, message, palette, shortcuts, status, toolbar, zoom};
use drawbridge::settings::Export;
use drawbridge::theme;
use drawbridge_engine::client::{Bar, Reason};
use drawbridge_engine::geometry::Kind;
use drawbridge_engine::tools::Tool;
use drawbridge_protocol::Code;
use egui::accesskit::{Role, Toggled};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

mod links;
mod relays;
mod who;

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
