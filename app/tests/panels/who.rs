//! Who is here, as lists, hints at the edge and words at the pointer say it.

use std::sync::Arc;

use drawbridge::command::Command;
use drawbridge::panels::hints::EdgeHint;
use drawbridge::panels::people::{Absent, PeopleView, Person};
use drawbridge::panels::together::TogetherView;
use drawbridge::panels::{hints, people, say, together};
use drawbridge::theme;
use drawbridge_engine::presence::Doing;
use drawbridge_protocol::Role as Right;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};

use super::{click, is_on, window};

pub(super) fn person(conn: Option<u64>, name: &str) -> Person {
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
