//! Two apps without windows, joined through the relay inside the first.

#[path = "shared/dropped.rs"]
mod dropped;
#[path = "shared/hand.rs"]
mod hand;
#[path = "shared/woken.rs"]
mod woken;

use drawbridge::panels::status::Connection;
use drawbridge::window;
use drawbridge_engine::geometry::{Rect, Size};
use drawbridge_engine::presence::Doing;
use drawbridge_protocol::{Link, Role as Right};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use dropped::drop_on;
use woken::{Window, board, live};

impl Window {
    /// The link for drawing, by which other windows on this computer come in, once the relay serves.
    fn link(&mut self) -> Link {
        self.until("the relay serves", |harness| {
            board(harness).link_here(Right::Edit).is_some()
        });
        board(&self.harness).link_here(Right::Edit).expect("a link")
    }

    fn shown(&self) -> usize {
        board(&self.harness).shown().len()
    }
}

/// A board with a stroke on it that Ada shares and Bob joins, each with the folder of their app.
fn two(folders: &[tempfile::TempDir; 2]) -> (Window, Window) {
    let mut ada = Window::open(folders[0].path(), None);
    ada.press(pos2(400.0, 500.0), true);
    ada.press(pos2(600.0, 500.0), false);
    let mut bob = joining(&mut ada, folders);
    bob.until("the board came", |harness| board(harness).shown().len() == 1);
    (ada, bob)
}

/// Has Ada share her board, and Bob join it by her link.
fn joining(ada: &mut Window, folders: &[tempfile::TempDir; 2]) -> Window {
    ada.click(Role::Button, "Share");
    ada.click(Role::Button, "Start sharing");
    let link = ada.link();
    ada.until("the board is on the relay", live);
    ada.close();
    let mut bob = Window::open(folders[1].path(), Some(link));
    bob.until("he is there", live);
    bob
}

fn folders() -> [tempfile::TempDir; 2] {
    [(); 2].map(|()| tempfile::tempdir().expect("a folder"))
}

/// What is seen of the board.
fn seen(harness: &Harness<'static, window::Window>) -> Rect {
    let camera = *board(harness).editor().camera();
    camera.visible(Size::new(1280.0, 720.0))
}

fn has(role: Role, label: &'static str) -> impl Fn(&Harness<'static, window::Window>) -> bool {
    move |harness| harness.query_by_role_and_label(role, label).is_some()
}

fn has_not(role: Role, label: &'static str) -> impl Fn(&Harness<'static, window::Window>) -> bool {
    move |harness| harness.query_by_role_and_label(role, label).is_none()
}

/// What the other one is called, in a window where just one is.
fn other(harness: &Harness<'static, window::Window>) -> Option<String> {
    board(harness).others().first().map(|person| person.name.clone())
}

/// Ada, who shares her board, and Bob, who is on it by her link.
fn sharing(folders: &[tempfile::TempDir; 2]) -> [Window; 2] {
    let mut ada = Window::open(folders[0].path(), None);
    let bob = joining(&mut ada, folders);
    [ada, bob]
}

#[test]
fn one_shares_another_joins_and_both_see_each_other_draw() {
    let folders = folders();
    let (mut ada, mut bob) = two(&folders);
    bob.until("he sees that she is here", |harness| {
        harness.query_by_label("People: you and 1 more").is_some()
    });

    // A stroke under way is seen before it ends, and its pointer.
    bob.press(pos2(500.0, 300.0), true);
    for x in [520.0, 560.0, 600.0, 640.0] {
        bob.harness.event(Event::PointerMoved(pos2(x, 320.0)));
        bob.harness.step();
    }
    ada.until("his wet ink", |harness| {
        let board = board(harness);
        board.editor().scene().wet().next().is_some() && board.pointers().len() == 1
    });
    assert_eq!(ada.shown(), 1, "it is not dry yet");
    bob.press(pos2(640.0, 320.0), false);
    ada.until("his dry ink", |harness| {
        let board = board(harness);
        board.shown().len() == 2 && board.editor().scene().wet().next().is_none()
    });

    // Undo takes back one's own stroke only.
    ada.click(Role::Button, "Undo");
    assert_eq!(ada.shown(), 1);
    bob.until("her undo", |harness| board(harness).shown().len() == 1);
    assert_eq!(board(&bob.harness).shown(), board(&ada.harness).shown());
}

#[test]
fn v10_one_follows_another_until_one_moves_oneself() {
    let folders = folders();
    let (mut ada, mut bob) = two(&folders);
    bob.until("she is here", |harness| other(harness).is_some());
    let name = other(&bob.harness).expect("she is here");
    bob.click(Role::Button, "People: you and 1 more");
    bob.click(Role::Button, &format!("Follow {name}"));
    bob.harness.key_press(Key::Escape);
    bob.harness.run_ok();
    // The list is closed by that, and nothing else.
    let following = format!("Following {name}");
    assert!(bob.harness.query_by_label(&following).is_some());
    // She looks at something else, closer.
    ada.harness.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    ada.harness.run_ok();
    ada.harness.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    ada.harness.run_ok();
    let wanted = seen(&ada.harness);
    let near = move |rect: Rect| {
        let apart = [
            rect.x0 - wanted.x0,
            rect.y0 - wanted.y0,
            rect.x1 - wanted.x1,
            rect.y1 - wanted.y1,
        ];
        apart.iter().all(|v| v.abs() < 2.0)
    };
    bob.until("he sees what she sees", |harness| near(seen(harness)));
    ada.until("she knows", |harness| board(harness).followers() == 1);
    // Following each other would be a circle.
    let he = other(&ada.harness).expect("he is here");
    ada.click(Role::Button, "People: you and 1 more");
    ada.click(Role::Button, &format!("Follow {he}"));
    assert!(has_not(Role::Button, "Stop following")(&ada.harness));
    // He moves.
    bob.harness.event(Event::PointerMoved(pos2(600.0, 400.0)));
    bob.harness.key_press_modifiers(Modifiers::COMMAND, Key::Minus);
    bob.harness.run_ok();
    assert!(bob.harness.query_by_label(&following).is_none());
    ada.until("she knows that, too", |harness| board(harness).followers() == 0);
}

#[test]
fn v11_everybody_is_asked_once_each_time_and_may_decline() {
    let folders = folders();
    let (mut ada, mut bob) = two(&folders);
    bob.until("she is here", |harness| other(harness).is_some());
    let ask = |ada: &mut Window| {
        ada.harness.key_press_modifiers(Modifiers::SHIFT, Key::F5);
        ada.harness.run_ok();
    };
    ask(&mut ada);
    ada.until(
        "how many follow",
        has(Role::Alert, "The other one doesn't follow you yet"),
    );
    bob.until("he is asked", has(Role::Button, "Not now"));
    bob.click(Role::Button, "Not now");
    assert!(has_not(Role::Button, "Follow")(&bob.harness));
    ask(&mut ada);
    bob.until("she has stopped", |harness| {
        board(harness).presenters().count() == 0
    });
    ask(&mut ada);
    bob.until("he is asked again", has(Role::Button, "Follow"));
    bob.harness.get_by_role_and_label(Role::Button, "Follow").focus();
    bob.harness.run_ok();
    bob.harness.key_press(Key::Enter);
    bob.harness.run_ok();
    bob.until("he follows", has(Role::Button, "Stop following"));
    ada.until("she reads that", has(Role::Alert, "1 of 1 follows you"));
    ada.click(Role::Button, "Stop asking");
    bob.until("he is let go", has_not(Role::Button, "Stop following"));
}

#[test]
fn v12_what_one_types_at_the_pointer_is_read_by_others_meanwhile_and_kept_by_nobody() {
    let folders = folders();
    let (mut ada, mut bob) = two(&folders);
    bob.until("she is here", |harness| other(harness).is_some());
    let said = |harness: &Harness<'static, window::Window>| {
        board(harness)
            .sayings()
            .next()
            .map(|(_, saying)| saying.text.to_string())
    };
    let steps = board(&ada.harness).board().client().snapshot().len();
    ada.harness.event(Event::PointerMoved(pos2(500.0, 300.0)));
    ada.harness.key_press(Key::Slash);
    ada.harness.run_ok();
    let field = ada
        .harness
        .get_by_role_and_label(Role::TextInput, "Say at the pointer");
    field.type_text("Look");
    ada.harness.run_ok();
    bob.until("he reads along", |harness| {
        said(harness).as_deref() == Some("Look")
    });
    ada.harness
        .get_by_role_and_label(Role::TextInput, "Say at the pointer")
        .type_text(" here");
    ada.harness.run_ok();
    ada.harness.key_press(Key::Enter);
    ada.harness.run_ok();
    assert!(has_not(Role::TextInput, "Say at the pointer")(&ada.harness));
    bob.until("all of it", |harness| {
        said(harness).as_deref() == Some("Look here")
    });
    ada.harness.key_press(Key::Escape);
    ada.harness.run_ok();
    bob.until("it is taken away", |harness| said(harness).is_none());
    assert_eq!(board(&ada.harness).board().client().snapshot().len(), steps);
}

#[test]
fn v8_v9_others_see_what_is_selected_and_whose_window_is_hidden_and_who_left() {
    let folders = folders();
    let (mut ada, mut bob) = two(&folders);
    ada.until("he is here", |harness| other(harness).is_some());
    bob.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    bob.harness.run_ok();
    ada.until("his selection", |harness| {
        board(harness).selections().count() == 1
    });
    bob.press(pos2(500.0, 300.0), false);
    ada.until("his pointer", |harness| board(harness).pointers().len() == 1);
    let hide = |who: &mut Window, hidden| {
        let info = who.harness.input_mut().viewports.entry(egui::ViewportId::ROOT);
        info.or_default().minimized = Some(hidden);
        who.harness.run_ok();
    };
    hide(&mut bob, true);
    let doing = |harness: &Harness<'static, window::Window>| {
        board(harness).others().first().map(|person| person.doing)
    };
    ada.until("he is away", |harness| doing(harness) == Some(Doing::Away));
    assert!(
        board(&ada.harness).pointers().is_empty(),
        "no pointer is left behind"
    );
    hide(&mut bob, false);
    ada.until("he is back", |harness| doing(harness) == Some(Doing::Active));
    drop(bob);
    ada.until("he is remembered", |harness| {
        board(harness).others().is_empty() && board(harness).absent().len() == 1
    });
    assert_eq!(board(&ada.harness).selections().count(), 0);
}

#[test]
fn a_link_to_a_board_that_the_relay_does_not_have_says_so() {
    let folders = folders();
    let mut ada = Window::open(folders[0].path(), None);
    ada.click(Role::Button, "Share");
    ada.click(Role::Button, "Start sharing");
    let mut link = ada.link();
    link.board = "another-board".parse().expect("a name");
    // The second time its empty file is there, and the link names the relay otherwise: still nothing to bring back.
    let port = link.relay.rsplit(':').next().expect("a port").to_owned();
    let again = Link {
        relay: format!("localhost:{port}"),
        ..link.clone()
    };
    for link in [link, again] {
        let mut bob = Window::open(folders[1].path(), Some(link));
        bob.until("the refusal is shown", |harness| {
            harness
                .query_by_label_contains("Your drawing is saved on this computer")
                .is_some()
        });
        let connection = board(&bob.harness).status().connection;
        assert!(matches!(connection, Connection::Refused(_)), "h4: {connection:?}");
    }
}

#[test]
fn what_one_says_another_reads_and_sees_that_it_is_new() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let [mut ada, mut bob] = sharing(&folders);

    let say = |window: &mut Window, text: &str| {
        window.harness.get_by_label("Message").type_text(text);
        window.harness.run_ok();
        window.harness.key_press(Key::Enter);
        window.harness.run_ok();
    };
    ada.click(Role::Button, "Chat");
    say(&mut ada, "Hello Bob");
    bob.until("her message is new to him", |harness| {
        harness.query_by_label("Chat, 1 new").is_some()
    });
    bob.click(Role::Button, "Chat, 1 new");
    bob.harness.get_by_label_contains(": Hello Bob");
    bob.harness.get_by_label("New messages");
    assert_eq!(board(&bob.harness).unread(), 0, "he has seen it");
    assert!(
        bob.harness
            .query_by_label_contains("Delete your message")
            .is_none()
    );
    say(&mut bob, "Hello Ada");
    ada.until("his answer, which is read as it comes", |harness| {
        harness.query_by_label_contains(": Hello Ada").is_some() && board(harness).unread() == 0
    });
    // With no relay it waits, and says so.
    bob.until("the relay has it", |harness| {
        board(harness).status().waiting == 0 && harness.query_by_label_contains("(waiting)").is_none()
    });
    board(&bob.harness).board().client().set_online(false);
    bob.until("he is offline", |harness| !live(harness));
    say(&mut bob, "Still there?");
    bob.until("it is said that it waits", |harness| {
        harness
            .query_by_label_contains(": Still there? (waiting)")
            .is_some()
    });
    board(&bob.harness).board().client().set_online(true);
    ada.until("it came", |harness| {
        harness.query_by_label_contains(": Still there?").is_some()
    });
    bob.until("and waits no more", |harness| {
        harness.query_by_label_contains("(waiting)").is_none()
    });
    bob.harness
        .get_by_role_and_label(Role::Button, "Delete your message “Still there?”")
        .click();
    bob.harness.run_ok();
    ada.until("it is taken back", |harness| {
        harness.query_by_label_contains(": Still there?").is_none()
    });
    assert!(board(&ada.harness).is_empty() && board(&bob.harness).is_empty());
}

/// A drawing of one box, as Excalidraw writes it.
fn drawing(folder: &tempfile::TempDir) -> std::path::PathBuf {
    let path = folder.path().join("plan.excalidraw");
    let scene =
        r#"{"type":"excalidraw","elements":[{"type":"rectangle","x":1,"y":2,"width":90,"height":60}]}"#;
    std::fs::write(&path, scene).expect("written");
    path
}

#[test]
fn what_is_read_when_the_board_is_locked_waits_until_it_is_unlocked() {
    let (folders, files) = (folders(), tempfile::tempdir().expect("a folder"));
    let (mut ada, mut bob) = two(&folders);
    // It is read while his hand is at something, and the lock ends that.
    bob.press(pos2(300.0, 300.0), true);
    drop_on(&mut bob.harness, &[drawing(&files)]);
    bob.until("it is read", |harness| board(harness).reading().is_none());
    assert_eq!(board(&bob.harness).importing(), 1);
    let lock = |ada: &mut Window| {
        ada.click(Role::Button, "Sharing");
        ada.click(Role::CheckBox, "Only owners can change the board");
        ada.close();
    };
    lock(&mut ada);
    bob.until("it is locked", |harness| board(harness).bar().is_some());
    bob.press(pos2(300.0, 300.0), false);
    assert_eq!(board(&bob.harness).importing(), 1);
    let is_box = |element: &drawbridge_engine::document::Element| {
        element.kind == drawbridge_engine::document::Kind::Rectangle
    };
    assert!(!board(&bob.harness).shown().iter().any(is_box));
    lock(&mut ada);
    bob.until("it lands", |harness| board(harness).shown().iter().any(is_box));
    ada.until("she sees it", |harness| board(harness).shown().iter().any(is_box));
}

#[test]
fn a_drawing_that_is_opened_takes_no_empty_board_of_others() {
    let (folders, files) = (folders(), tempfile::tempdir().expect("a folder"));
    let [mut ada, mut bob] = sharing(&folders);
    for window in [&mut ada, &mut bob] {
        let shared = board(&window.harness).board().meta().board.clone();
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
        window.harness.run_ok();
        drop_on(&mut window.harness, &[drawing(&files)]);
        window.until("it is a board", |harness| board(harness).title() == "plan");
        assert!(!board(&window.harness).is(&shared));
    }
}
