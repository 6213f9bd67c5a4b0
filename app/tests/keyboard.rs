//! All of it by keyboard and by name: what Tab reaches and what it is called, that each command can be had, and that keys
//! go to whatever they are meant for.

mod shared;

use std::collections::BTreeSet;

use drawbridge::command::{Back, Command, Now, Speed, TABLE, find, for_event, search};
use drawbridge_engine::document::{Color, Ink};
use drawbridge_engine::geometry::Kind;
use drawbridge_engine::tools::Tool;
use egui::accesskit::{Action, Role};
use egui::{Event, Key, Modifiers, PointerButton, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use shared::{Window, app, window};

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run_ok();
}

const CTRL: Modifiers = Modifiers::COMMAND;

/// A control as a screen reader is told of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Control {
    /// Of the panel it is in.
    panel: String,
    role: String,
    name: String,
}

/// What the keyboard can be on, and what it is on.
fn controls(window: &Window) -> (Vec<Control>, Option<Control>) {
    let (mut all, mut focused) = (Vec::new(), None);
    for node in window.root().children_recursive() {
        let node = node.accesskit_node();
        if !node.data().supports_action(Action::Focus) {
            continue;
        }
        let mut panel = String::new();
        let mut above = node.parent();
        while let Some(each) = above.filter(|_| panel.is_empty()) {
            panel = each.data().label().unwrap_or_default().to_owned();
            above = each.parent();
        }
        let control = Control {
            panel,
            role: format!("{:?}", node.role()),
            name: node.label().unwrap_or_default(),
        };
        if node.is_focused() {
            focused = Some(control.clone());
        }
        all.push(control);
    }
    (all, focused)
}

/// Fails unless each has a role, and a name that nothing alike beside it has.
fn check_names(controls: &[Control], state: &str) {
    let mut seen = BTreeSet::new();
    for control in controls {
        assert!(
            !control.name.trim().is_empty(),
            "{state}: {control:?} has no name"
        );
        let plain = ["Unknown", "GenericContainer", "Label", "TextRun"].contains(&control.role.as_str());
        assert!(!plain, "{state}: {control:?} is nothing in particular");
        assert!(seen.insert(control), "{state}: there are two of {control:?}");
    }
}

/// Presses Tab until it must have come round, and gives what it came by.
fn walk(window: &mut Window, all: usize) -> BTreeSet<Control> {
    let mut reached = BTreeSet::new();
    for _ in 0..=all {
        press(window, Modifiers::NONE, Key::Tab);
        reached.extend(controls(window).1);
    }
    reached
}

#[test]
fn tab_reaches_every_control_and_each_has_a_role_and_a_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    for tool in [Tool::Pen, Tool::Shape(Kind::Rectangle), Tool::Arrow, Tool::Hand] {
        let entry = find(&Command::Tool(tool)).expect("an entry");
        for size in [vec2(1280.0, 720.0), vec2(800.0, 600.0)] {
            window.set_size(size);
            window.run_ok();
            press(&mut window, Modifiers::NONE, entry.keys[0].logical_key);
            let state = format!("{} at {size}", entry.label);
            let all = controls(&window).0;
            check_names(&all, &state);
            assert!(all.len() >= 19, "{state}: {all:?}");
            let reached = walk(&mut window, all.len());
            let missed: Vec<&Control> = all.iter().filter(|control| !reached.contains(control)).collect();
            assert!(missed.is_empty(), "{state}: not reached: {missed:?}");
            press(&mut window, Modifiers::NONE, Key::Escape);
        }
    }
}

#[test]
fn in_what_opens_over_the_board_tab_reaches_everything_and_esc_closes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    let by_button = |window: &mut Window, name: &str| {
        window.get_by_role_and_label(Role::Button, name).click();
        window.run_ok();
    };
    let bare = controls(&window).0;
    for (state, inside) in [
        ("shortcuts", "Close"),
        ("palette", "Find a command"),
        ("share", "Start sharing"),
        ("trust", "Trust a certificate authority…"),
        ("menu", "New board"),
        ("menu on the board", "Paste"),
        ("more tools", "Laser pointer"),
        ("reactions", "Heart"),
        ("picker", "Hue"),
    ] {
        match state {
            "shortcuts" => press(&mut window, Modifiers::SHIFT, Key::Questionmark),
            "palette" => press(&mut window, CTRL, Key::K),
            "share" => by_button(&mut window, "Share"),
            "trust" => {
                press(&mut window, CTRL, Key::K);
                window.event(egui::Event::Text("trusted authorities".to_owned()));
                window.run_ok();
                press(&mut window, Modifiers::NONE, Key::Enter);
            }
            "menu" => by_button(&mut window, "Menu"),
            "menu on the board" => press(&mut window, Modifiers::SHIFT, Key::F10),
            "reactions" => press(&mut window, Modifiers::NONE, Key::Y),
            "more tools" => by_button(&mut window, "More tools"),
            _ => by_button(&mut window, "Other stroke colour"),
        }
        let all = controls(&window).0;
        check_names(&all, state);
        let fresh: Vec<&Control> = all.iter().filter(|control| !bare.contains(control)).collect();
        assert!(
            fresh.iter().any(|control| control.name == inside),
            "{state}: {fresh:?}"
        );
        let reached = walk(&mut window, all.len());
        let missed: Vec<_> = fresh
            .iter()
            .filter(|control| !reached.contains(**control))
            .collect();
        assert!(missed.is_empty(), "{state}: not reached: {missed:?}");
        // The first takes the keyboard off a field.
        press(&mut window, Modifiers::NONE, Key::Escape);
        press(&mut window, Modifiers::NONE, Key::Escape);
        assert_eq!(controls(&window).0, bare, "{state} was closed");
    }
}

#[test]
fn every_command_is_in_the_palette_when_it_can_be_done() {
    let busy = Now {
        tool: Tool::Shape(Kind::Ellipse),
        selected: 3,
        groups: true,
        empty: false,
        can_undo: true,
        can_redo: true,
        cut_off: true,
        parked: true,
        hints: true,
        message: true,
        manages: true,
        asks_password: true,
        knocked: true,
        ..Now::default()
    };
    let shared = Now {
        shared: true,
        others: true,
        following: true,
        hosting: true,
        ..busy
    };
    let framed = Now {
        selected: 1,
        frames: 1,
        any_frames: true,
        imported: true,
        ..busy
    };
    let line = Now {
        selected: 1,
        lines: true,
        points: true,
        ..busy
    };
    let back = Now {
        back: Some(Back {
            playing: false,
            speed: Speed::default(),
            by_author: false,
            before: true,
            after: true,
        }),
        ..busy
    };
    for entry in TABLE {
        let listed = [busy, shared, framed, line, back].iter().any(|now| {
            search(now, entry.label)
                .iter()
                .any(|found| found.label == entry.label)
        });
        assert!(listed, "{}", entry.label);
    }
}

#[test]
fn every_key_of_the_table_does_what_the_table_says() {
    for entry in TABLE {
        for keys in entry.keys {
            let mut modifiers = keys.modifiers;
            // As a window reports it where Ctrl is the command key.
            modifiers.ctrl = modifiers.command;
            let event = Event::Key {
                key: keys.logical_key,
                physical_key: Some(keys.logical_key),
                pressed: true,
                repeat: false,
                modifiers,
            };
            assert_eq!(for_event(&event), Some(entry.command.clone()), "{}", entry.label);
        }
    }
}

#[test]
fn a_command_is_found_and_done_without_a_pointer_and_its_letters_take_no_tool() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    press(&mut window, CTRL, Key::K);
    for (key, letter) in [(Key::E, "e"), (Key::L, "l"), (Key::L, "l")] {
        window.key_press(key);
        window.event(Event::Text(letter.to_owned()));
    }
    window.run_ok();
    assert_eq!(app(&window).board().editor().tool(), Tool::Pen);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(app(&window).board().editor().tool(), Tool::Shape(Kind::Ellipse));
    assert!(window.query_by_label("Find a command").is_none());
    // At once keys are the board's again.
    press(&mut window, Modifiers::NONE, Key::P);
    assert_eq!(app(&window).board().editor().tool(), Tool::Pen);
}

#[test]
fn a_focused_slider_has_the_arrows_and_esc_only_takes_the_keyboard_off_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    window.get_by_role_and_label(Role::Slider, "Opacity").focus();
    window.run_ok();
    press(&mut window, Modifiers::NONE, Key::ArrowLeft);
    let opacity = app(&window).board().editor().style().opacity;
    assert!((opacity - 0.95).abs() < 1e-9, "{opacity}");
    press(&mut window, Modifiers::NONE, Key::Escape);
    press(&mut window, Modifiers::NONE, Key::ArrowLeft);
    let opacity = app(&window).board().editor().style().opacity;
    assert!((opacity - 0.95).abs() < 1e-9, "{opacity}");
}

#[test]
fn a_right_click_opens_the_menu_of_the_board_and_a_drag_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    let right = |window: &mut Window, from: egui::Pos2, to: egui::Pos2| {
        for (pos, pressed) in [(from, true), (to, false)] {
            window.event(Event::PointerMoved(pos));
            window.event(Event::PointerButton {
                pos,
                button: PointerButton::Secondary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            window.step();
        }
        window.run_ok();
    };
    right(&mut window, pos2(600.0, 400.0), pos2(640.0, 400.0));
    assert!(window.query_by_role(Role::MenuItem).is_none());
    right(&mut window, pos2(600.0, 400.0), pos2(601.0, 400.0));
    let grid = window.get_by_role_and_label(Role::MenuItem, "Grid");
    assert!(grid.rect().contains(pos2(620.0, grid.rect().center().y)));
    grid.click();
    window.run_ok();
    assert!(app(&window).settings().grid);
    assert!(window.query_by_role(Role::MenuItem).is_none());
}

#[test]
fn what_a_person_set_and_drew_with_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = window(folder.path());
    press(&mut first, CTRL, Key::Quote);
    press(&mut first, Modifiers::ALT, Key::S);
    press(&mut first, Modifiers::NONE, Key::M);
    press(&mut first, Modifiers::NONE, Key::Q);
    press(&mut first, Modifiers::SHIFT, Key::D);
    let marker = app(&first).board().editor().style();
    first.get_by_role_and_label(Role::RadioButton, "Pink").click();
    first.run_ok();
    press(&mut first, Modifiers::NONE, Key::P);
    first.get_by_role_and_label(Role::RadioButton, "Green").click();
    first.run_ok();
    drop(first);
    let mut second = window(folder.path());
    let settings = app(&second).settings();
    assert!(settings.grid && !settings.snapping && settings.minimap && settings.keep_tool);
    let color = |window: &Window| app(window).board().editor().style().color;
    assert_eq!(color(&second), Color::Ink(Ink::Green));
    press(&mut second, Modifiers::SHIFT, Key::D);
    assert_eq!(color(&second), Color::Ink(Ink::Pink));
    let again = app(&second).board().editor().style();
    assert!((again.width - marker.width).abs() < 1e-9 && again.width > 8.0);
}

#[test]
fn controls_are_as_big_as_a_person_wants() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut window = window(folder.path());
    for (label, factor) in [("Controls at 150 %", 1.5), ("Controls at 100 %", 1.0)] {
        for name in ["Menu", "Appearance", label] {
            // The menu may be longer than the window is high.
            window.get_by_label(name).click_accesskit();
            window.run_ok();
        }
        assert!((window.ctx.zoom_factor() - factor).abs() < 1e-6, "{label}");
        press(&mut window, Modifiers::NONE, Key::Escape);
        press(&mut window, Modifiers::NONE, Key::Escape);
    }
}
