//! The style panel by role and label, and the room that it leaves to the other panels.

use drawbridge::command::{Command, Now};
use drawbridge::panels::chat::Badge;
use drawbridge::panels::menu::{self, MenuView};
use drawbridge::panels::people::{self, PeopleDraft, PeopleView, Person};
use drawbridge::panels::style::{self, StyleView};
use drawbridge::panels::{Asked, toolbar};
use drawbridge::theme;
use drawbridge_engine::document::{Color, Corners, Dash, Font, Head, Ink, Shade, Sketch, TextAlign, VAlign};
use drawbridge_engine::editor::{Align, Edit, Held, StyleChange, StyleHeld};
use drawbridge_engine::tools::Tool;
use egui::accesskit::{Role, Toggled};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// What was asked for so far, and texts being typed.
#[derive(Debug, Default)]
struct State {
    asked: Asked,
    title: String,
    people: PeopleDraft,
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

/// Everything that a style can say.
fn all_held() -> StyleHeld {
    StyleHeld {
        color: Held::One(Color::Ink(Ink::Green)),
        width: Held::One(8.0),
        opacity: Held::One(0.5),
        dash: Held::One(Dash::Dotted),
        sketch: Held::One(Sketch::Light),
        fill: Held::One(Some(Color::Ink(Ink::Red))),
        shade: Held::One(Shade::Hatch),
        route: Held::Nowhere,
        corners: Held::One(Corners::Sharp),
        start: Held::One(Head::None),
        end: Held::One(Head::Dot),
        font: Held::One(Font::Serif),
        size: Held::One(28.0),
        align: Held::One(TextAlign::Center),
        valign: Held::One(VAlign::Top),
    }
}

/// In a window so high that nothing has to be scrolled.
fn style_panel(held: StyleHeld, now: Now) -> Harness<'static, State> {
    let mut harness = window(move |ctx, state| style::show(ctx, &StyleView { held, now }, &mut state.asked));
    harness.set_size(egui::vec2(1280.0, 1200.0));
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
        "Sketched line",
        "Start: plain",
        "End: dot",
        "Letters with serifs",
        "Large letters",
        "Lines in the middle",
        "Letters at the top of the box",
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
        ("Cross-hatched fill", StyleChange::Shade(Shade::Cross)),
        ("Zigzag fill", StyleChange::Shade(Shade::Zigzag)),
        ("Broad", StyleChange::Width(16.0)),
        ("Dashed line", StyleChange::Dash(Dash::Dashed)),
        ("Roughly sketched line", StyleChange::Sketch(Sketch::Strong)),
        ("Clean line", StyleChange::Sketch(Sketch::None)),
        ("Round corners", StyleChange::Corners(Corners::Round)),
        ("Start: bar", StyleChange::Start(Head::Bar)),
        ("End: arrow", StyleChange::End(Head::Arrow)),
        ("Start: one or many", StyleChange::Start(Head::CrowOneOrMany)),
        ("End: outlined diamond", StyleChange::End(Head::DiamondOutline)),
        ("Handwritten letters", StyleChange::Font(Font::Hand)),
        ("Very large letters", StyleChange::Size(40.0)),
        ("Lines at the right", StyleChange::Align(TextAlign::Right)),
        (
            "Letters at the bottom of the box",
            StyleChange::VAlign(VAlign::Bottom),
        ),
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
    let names = ["Stroke", "Fill", "Width", "Line", "Hand", "Ends", "Opacity"];
    let rects: Vec<_> = names
        .iter()
        .map(|name| harness.get_by_role_and_label(Role::Button, name).rect())
        .collect();
    for pair in rects.windows(2) {
        assert!(pair[0].right() <= pair[1].left(), "{pair:?}");
    }
    click(&mut harness, Role::Button, "Line");
    click(&mut harness, Role::RadioButton, "Dashed line");
    assert_eq!(
        std::mem::take(&mut harness.state_mut().asked),
        [changed(StyleChange::Dash(Dash::Dashed))]
    );
    // What opens from a popup doesn't close it.
    click(&mut harness, Role::Button, "Stroke");
    click(&mut harness, Role::Button, "Other stroke colour");
    let hue = harness.get_by_role_and_label(Role::Slider, "Hue").rect();
    harness.drag_at(hue.center());
    harness.run();
    harness.drop_at(hue.center());
    harness.run();
    assert!(matches!(
        harness.state().asked[..],
        [Command::Edit(Edit::Style(StyleChange::Color(Color::Rgb(_))))]
    ));
    harness.get_by_role_and_label(Role::Slider, "Hue");
}

#[test]
fn what_is_at_the_top_of_the_window_never_overlaps() {
    let menu = MenuView {
        title: "A long title that somebody gave to a board of many things".to_owned(),
        recent: Vec::new(),
        now: Now {
            board_locked: true,
            shared: true,
            ..Now::default()
        },
    };
    let person = |conn| Person {
        conn,
        name: "Somebody".to_owned(),
        color: "#ca4500".to_owned(),
        ..Person::default()
    };
    let people = PeopleView {
        me: person(None),
        others: (1..=6).map(|n| person(Some(n)).into()).collect(),
        absent: Vec::new(),
        following: None,
        sharing: true,
        manages: false,
        chat: Some(Badge {
            unread: 3,
            open: false,
        }),
    };
    let mut harness = window(move |ctx, state| {
        menu::show(ctx, &menu, &mut state.title, &mut state.asked);
        toolbar::show(ctx, &menu.now, &mut state.asked);
        people::show(ctx, &people, &mut state.people, &mut state.asked);
        style::show(
            ctx,
            &StyleView {
                held: all_held(),
                now: menu.now,
            },
            &mut state.asked,
        );
    });
    for width in [640.0, 899.0, 900.0, 1000.0, 1059.0, 1060.0, 1280.0, 1920.0] {
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
