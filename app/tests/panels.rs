//! Each panel by role and label: what it shows, and what it asks for.

use drawbridge::command::{Appearance, Command, Now};
use drawbridge::panels::dialogs::{self, RelayDraft, ShareLink, ShareView};
use drawbridge::panels::menu::{self, MenuView};
use drawbridge::panels::message::{self, Message};
use drawbridge::panels::palette::Sought;
use drawbridge::panels::people::{self, PeopleView, Person};
use drawbridge::panels::status::{self, Connection, StatusView};
use drawbridge::panels::style::{self, StyleView};
use drawbridge::panels::zoom::{self, ZoomView};
use drawbridge::panels::{Asked, palette, shortcuts, toolbar};
use drawbridge::theme;
use drawbridge_engine::document::{Color, Corners, Dash, Head, Ink, Shade};
use drawbridge_engine::editor::{Align, Edit, Held, StyleChange, StyleHeld};
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
    name: String,
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
fn what_is_at_the_top_of_the_window_never_overlaps() {
    let menu = MenuView {
        title: "A long title that somebody gave to a board of many things".to_owned(),
        recent: Vec::new(),
        now: Now::default(),
    };
    let people = PeopleView {
        me: person(None, "Ada"),
        others: (1..=6).map(|n| person(Some(n), "Guest")).collect(),
        sharing: true,
    };
    let mut harness = window(move |ctx, state| {
        menu::show(ctx, &menu, &mut state.draft, &mut state.asked);
        toolbar::show(ctx, &menu.now, &mut state.asked);
        people::show(ctx, &people, &mut state.name, &mut state.asked);
        style::show(
            ctx,
            &StyleView {
                held: all_held(),
                now: menu.now,
            },
            &mut state.asked,
        );
    });
    for width in [640.0, 899.0, 900.0, 1280.0, 1920.0] {
        harness.set_size(egui::vec2(width, 720.0));
        harness.run();
        let rects = ["Board", "Tools", "People", "Style"].map(|name| {
            let id = egui::Id::unique(("panel", name));
            harness
                .ctx
                .memory(|memory| memory.area_rect(id))
                .expect("it is shown")
        });
        for (i, a) in rects.iter().enumerate() {
            assert!(a.left() >= 0.0 && a.right() <= width, "{width}: {a}");
            for b in &rects[i + 1..] {
                assert!(!a.intersects(*b), "{width}: {a} and {b}");
            }
        }
    }
}

/// Everything that a style can say.
fn all_held() -> StyleHeld {
    StyleHeld {
        color: Held::One(Color::Ink(Ink::Green)),
        width: Held::One(8.0),
        opacity: Held::One(0.5),
        dash: Held::One(Dash::Dotted),
        fill: Held::One(Some(Color::Ink(Ink::Red))),
        shade: Held::One(Shade::Hatch),
        corners: Held::One(Corners::Sharp),
        start: Held::One(Head::None),
        end: Held::One(Head::Dot),
    }
}

/// In a window so high that nothing has to be scrolled.
fn style_panel(held: StyleHeld, now: Now) -> Harness<'static, State> {
    let mut harness = window(move |ctx, state| style::show(ctx, &StyleView { held, now }, &mut state.asked));
    harness.set_size(egui::vec2(1280.0, 1000.0));
    harness.run();
    harness
}

fn changed(change: StyleChange) -> Command {
    Command::Edit(Edit::Style(change))
}

#[test]
fn the_style_panel_shows_what_is_chosen_and_offers_the_rest() {
    let mut harness = style_panel(all_held(), Now::default());
    for on in [
        "Green",
        "Fill: Vermilion",
        "Hatched fill",
        "Bold",
        "Dotted line",
        "Sharp corners",
        "Start: plain",
        "End: dot",
    ] {
        assert!(is_on(&harness, Role::RadioButton, on), "{on}");
    }
    for off in [
        "Ink",
        "No fill",
        "Solid fill",
        "Fine",
        "Solid line",
        "Round corners",
        "End: plain",
    ] {
        assert!(!is_on(&harness, Role::RadioButton, off), "{off}");
    }
    for (label, change) in [
        ("Vermilion", StyleChange::Color(Color::Ink(Ink::Red))),
        ("Fill: Green", StyleChange::Fill(Some(Color::Ink(Ink::Green)))),
        ("No fill", StyleChange::Fill(None)),
        ("Solid fill", StyleChange::Shade(Shade::Solid)),
        ("Broad", StyleChange::Width(16.0)),
        ("Dashed line", StyleChange::Dash(Dash::Dashed)),
        ("Round corners", StyleChange::Corners(Corners::Round)),
        ("Start: bar", StyleChange::Start(Head::Bar)),
        ("End: arrow", StyleChange::End(Head::Arrow)),
    ] {
        click(&mut harness, Role::RadioButton, label);
        assert_eq!(std::mem::take(&mut harness.state_mut().asked), [changed(change)]);
    }
}

#[test]
fn the_style_panel_shows_only_what_there_is() {
    let held = StyleHeld {
        color: Held::One(Color::default()),
        ..StyleHeld::default()
    };
    let harness = style_panel(held, Now::default());
    harness.get_by_role_and_label(Role::RadioButton, "Ink");
    for absent in [
        "No fill",
        "Bold",
        "Solid line",
        "Round corners",
        "End: plain",
        "Delete",
    ] {
        assert!(harness.query_by_label(absent).is_none(), "{absent}");
    }
    let nothing = style_panel(StyleHeld::default(), Now::default());
    assert!(nothing.query_by_role(Role::RadioButton).is_none());
}

#[test]
fn what_is_mixed_is_called_so_and_nothing_is_chosen() {
    let held = StyleHeld {
        color: Held::Mixed,
        width: Held::Mixed,
        opacity: Held::Mixed,
        ..StyleHeld::default()
    };
    let harness = style_panel(held, Now::default());
    assert_eq!(harness.query_all_by_label("Mixed").count(), 3);
    let chosen = harness
        .query_all_by_role(Role::RadioButton)
        .filter(|node| node.accesskit_node().toggled() == Some(Toggled::True));
    assert_eq!(chosen.count(), 0);
}

#[test]
fn arranging_is_offered_for_as_many_as_it_needs() {
    let now = |selected| Now {
        tool: Tool::Select,
        selected,
        ..Now::default()
    };
    let one = style_panel(all_held(), now(1));
    one.get_by_role_and_label(Role::Button, "Delete");
    assert!(one.query_by_label("Group").is_none());
    assert!(one.query_by_label("Align left").is_none());
    let mut two = style_panel(all_held(), now(2));
    assert!(two.query_by_label("Distribute across").is_none());
    click(&mut two, Role::Button, "Align left");
    assert_eq!(two.state().asked, [Command::Edit(Edit::Align(Align::Left))]);
    style_panel(all_held(), now(3)).get_by_label("Distribute across");
}

#[test]
fn the_style_panel_leaves_room_for_what_is_above_and_below() {
    let now = Now {
        selected: 3,
        groups: true,
        ..Now::default()
    };
    for height in [420.0, 720.0] {
        let mut harness = style_panel(all_held(), now);
        harness.set_size(egui::vec2(1280.0, height));
        harness.run();
        let id = egui::Id::unique(("panel", "Style"));
        let panel = harness
            .ctx
            .memory(|memory| memory.area_rect(id))
            .expect("it is shown");
        assert!(panel.top() >= 60.0 && panel.bottom() <= height - 60.0, "{panel}");
        assert!(panel.width() <= 216.0, "{panel}");
    }
}

#[test]
fn no_two_controls_of_the_style_panel_are_called_the_same() {
    let now = Now {
        selected: 3,
        groups: true,
        ..Now::default()
    };
    let harness = style_panel(all_held(), now);
    let mut seen = std::collections::BTreeSet::new();
    for role in [Role::Button, Role::RadioButton, Role::Slider, Role::TextInput] {
        for node in harness.query_all_by_role(role) {
            let name = node.accesskit_node().label().unwrap_or_default();
            assert!(!name.is_empty(), "a {role:?} has no name");
            assert!(
                seen.insert((format!("{role:?}"), name.clone())),
                "two are {role:?} {name}"
            );
        }
    }
    assert!(seen.len() > 60, "{}", seen.len());
}

#[test]
fn an_opacity_is_chosen_once_when_the_hand_lets_go() {
    let mut harness = style_panel(all_held(), Now::default());
    let rect = harness.get_by_role_and_label(Role::Slider, "Opacity").rect();
    let at = |share: f32| egui::pos2(rect.left() + 7.0 + share * (rect.width() - 14.0), rect.center().y);
    harness.drag_at(at(0.5));
    harness.run();
    harness.hover_at(at(0.7));
    harness.run();
    assert!(harness.state().asked.is_empty());
    harness.get_by_label("70 %");
    harness.drop_at(at(1.0));
    harness.run();
    assert_eq!(harness.state().asked, [changed(StyleChange::Opacity(1.0))]);
}

#[test]
fn a_slider_goes_by_arrow_keys_too() {
    let mut harness = style_panel(all_held(), Now::default());
    harness.get_by_role_and_label(Role::Slider, "Opacity").focus();
    harness.run();
    harness.key_press(egui::Key::ArrowLeft);
    harness.run();
    assert_eq!(harness.state().asked, [changed(StyleChange::Opacity(0.45))]);
}

#[test]
fn any_width_and_any_colour_can_be_typed() {
    let mut harness = style_panel(all_held(), Now::default());
    let typed = |harness: &mut Harness<'_, State>, name: &str, text: &str| {
        harness.get_by_role_and_label(Role::TextInput, name).focus();
        harness.run();
        harness
            .get_by_role_and_label(Role::TextInput, name)
            .type_text(text);
        harness.run();
        harness.key_press(egui::Key::Enter);
        harness.run();
        std::mem::take(&mut harness.state_mut().asked)
    };
    let width = typed(&mut harness, "Width in board units", "3,5");
    assert_eq!(width, [changed(StyleChange::Width(3.5))]);
    assert_eq!(typed(&mut harness, "Width in board units", "wide"), []);
    click(&mut harness, Role::Button, "Other stroke colour");
    let color = typed(&mut harness, "Colour as a number", "ca4500");
    assert_eq!(color, [changed(StyleChange::Color(Color::Rgb([0xca, 0x45, 0])))]);
}

#[test]
fn in_a_narrow_window_the_style_is_a_row_of_buttons() {
    let mut harness = style_panel(all_held(), Now::default());
    harness.set_size(egui::vec2(700.0, 500.0));
    harness.run();
    let names = ["Stroke", "Fill", "Width", "Line", "Ends", "Opacity"];
    let rects: Vec<_> = names
        .iter()
        .map(|name| harness.get_by_role_and_label(Role::Button, name).rect())
        .collect();
    for pair in rects.windows(2) {
        assert!(pair[0].right() <= pair[1].left(), "{pair:?}");
    }
    click(&mut harness, Role::Button, "Line");
    click(&mut harness, Role::RadioButton, "Dashed line");
    assert_eq!(harness.state().asked, [changed(StyleChange::Dash(Dash::Dashed))]);
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
