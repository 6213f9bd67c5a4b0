//! Boards nearby: what is shown of them, and two apps of which one finds the other's board and knocks. They meet on the loopback
//! interface alone.

#[path = "shared/woken.rs"]
mod woken;

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use drawbridge::command::Command;
use drawbridge::hosting::{Hosted, Hosting};
use drawbridge::nearby::{Announcement, Nearby, Networks, State as Knock};
use drawbridge::open::OpenBoard;
use drawbridge::panels::elsewhere::{self, ElsewhereView};
use drawbridge::panels::nearby::{self, Let, NearbyBoard, NearbyView, Question};
use drawbridge::panels::{Asked, dialogs};
use drawbridge::theme;
use drawbridge_protocol::{Key, Link, RelayAddress, Role as Right};
use drawbridge_relay::Answer;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use woken::{LIMIT, Window, board, live};

fn shown<'a>(show: impl Fn(&egui::Context, &mut Asked) + 'a) -> Harness<'a, Asked> {
    let mut harness = Harness::builder()
        .with_size([1280.0, 720.0])
        .with_context_setup(theme::apply)
        .build_ui_state(
            move |ui, asked: &mut Asked| show(&ui.ctx().clone(), asked),
            Asked::new(),
        );
    // What spins wants frames for ever.
    harness.run_steps(4);
    harness
}

fn list(view: NearbyView) -> Harness<'static, Asked> {
    shown(move |ctx, asked| dialogs::join(ctx, &mut String::new(), None, Some(&view), asked))
}

fn view(knock: Option<Knock>) -> NearbyView {
    let board = |name: &str, title: &str, by: &str| NearbyBoard {
        name: name.to_owned(),
        title: title.to_owned(),
        by: by.to_owned(),
        here: false,
    };
    NearbyView {
        look: true,
        found: true,
        boards: vec![
            board("a", "Kitchen", "Ada"),
            board("b", "", ""),
            NearbyBoard {
                here: true,
                ..board("c", "Mine", "Me")
            },
        ],
        knock: knock.map(|state| ("Ada".to_owned(), state)),
    }
}

fn press(harness: &mut Harness<'_, Asked>, role: Role, label: &str, key: egui::Key) {
    harness.get_by_role_and_label(role, label).focus();
    harness.run_steps(2);
    harness.key_press(key);
    harness.run_steps(2);
}

#[test]
fn boards_nearby_are_asked_for_by_keyboard_and_what_is_told_can_be_turned_off() {
    let mut harness = list(view(None));
    harness.get_by_label("by Ada");
    harness.get_by_label("Open here");
    press(
        &mut harness,
        Role::Button,
        "Ask to join “Untitled board”",
        egui::Key::Enter,
    );
    press(
        &mut harness,
        Role::Button,
        "Ask Ada to join “Kitchen”",
        egui::Key::Space,
    );
    press(
        &mut harness,
        Role::CheckBox,
        "Look for boards nearby",
        egui::Key::Space,
    );
    press(
        &mut harness,
        Role::CheckBox,
        "Be found by people nearby",
        egui::Key::Space,
    );
    let expected = [
        Command::KnockAt("b".to_owned()),
        Command::KnockAt("a".to_owned()),
        Command::LookNearby,
        Command::BeFound,
    ];
    assert_eq!(*harness.state(), expected);
    let mut off = view(None);
    off.look = false;
    let harness = list(off);
    assert!(
        harness.query_by_label("by Ada").is_none(),
        "nobody looks, so nothing is shown"
    );
}

#[test]
fn how_far_a_knock_is_is_said_kindly_and_it_can_be_given_up() {
    for (state, words, word) in [
        (Knock::Reaching, "Asking Ada…", "Don't ask"),
        (Knock::Waiting(1_001), "stands for 2 more seconds", "Don't ask"),
        (Knock::Declined, "Ada would rather not just now", "OK"),
        (Knock::Over, "Ada hasn't answered", "OK"),
        (Knock::Crowded, "Try again in a minute", "OK"),
        (Knock::Gone, "Ask for a link", "OK"),
        (Knock::Unreachable, "can't be reached", "OK"),
    ] {
        let mut harness = list(view(Some(state)));
        harness.get_by(|node| {
            node.role() == Role::Status && node.label().is_some_and(|label| label.contains(words))
        });
        harness
            .get_by_role_and_label(Role::Button, "Ask Ada to join “Kitchen”")
            .click();
        harness.get_by_role_and_label(Role::Button, word).click();
        harness.run_steps(2);
        assert_eq!(*harness.state(), [Command::StopKnocking], "one at a time");
    }
}

#[test]
fn whoever_knocks_is_asked_about_and_answered_by_keyboard() {
    let question = Question {
        name: "Bob".to_owned(),
        from: IpAddr::from(Ipv4Addr::new(192, 168, 1, 7)),
        title: "Plan".to_owned(),
        look: true,
    };
    let ask = question.clone();
    let mut harness = shown(move |ctx, asked| nearby::question(ctx, &ask, asked));
    harness.get_by_role_and_label(Role::Alert, "Bob would like to join “Plan”");
    harness.get_by_label_contains("192.168.1.7");
    for label in ["Let them draw", "Let them look", "Not now"] {
        press(&mut harness, Role::Button, label, egui::Key::Enter);
    }
    let all = [Let::Draw, Let::Look, Let::No].map(Command::AnswerKnock);
    assert_eq!(*harness.state(), all);
    let nameless = Question {
        name: String::new(),
        title: String::new(),
        look: false,
        ..question
    };
    let harness = shown(move |ctx, asked| nearby::question(ctx, &nameless, asked));
    harness.get_by_role_and_label(Role::Alert, "Somebody nearby would like to join this board");
    assert!(harness.query_by_label("Let them look").is_none());
}

#[test]
fn a_board_that_is_kept_here_moves_only_when_its_person_says_so() {
    let relay = |text: &str| text.parse::<RelayAddress>().expect("an address");
    let view = ElsewhereView {
        title: "Plan".to_owned(),
        home: Some(relay("https://relay.example")),
        hosted: false,
        by: "Ada".to_owned(),
        to: relay("192.168.1.7:7411"),
    };
    let ask = view.clone();
    let mut harness = shown(move |ctx, asked| elsewhere::show(ctx, &ask, asked));
    for address in ["relay.example:443 (encrypted)", "192.168.1.7:7411"] {
        harness.get_by(|node| {
            node.role() == Role::Alert && node.label().is_some_and(|label| label.contains(address))
        });
    }
    // Enter without looking lets it stay.
    harness.key_press(egui::Key::Enter);
    harness.run_steps(2);
    harness.key_press(egui::Key::Escape);
    harness.run_steps(2);
    press(
        &mut harness,
        Role::Button,
        "Move it to 192.168.1.7:7411",
        egui::Key::Enter,
    );
    let expected = [Command::Cancel, Command::Cancel, Command::GoElsewhere];
    assert_eq!(*harness.state(), expected);
    let alone = ElsewhereView {
        title: String::new(),
        home: None,
        by: String::new(),
        ..view
    };
    let harness = shown(move |ctx, asked| elsewhere::show(ctx, &alone, asked));
    harness
        .get_by_label_contains("This board is on this computer already, and is on no relay. Somebody nearby");
}

impl Window {
    fn open(folder: &Path, port: u16) -> Self {
        Self::furnished(folder, None, |window, waker| {
            window.meeting(Nearby::new(Networks::Loopback(port), waker.function()))
        })
    }

    fn board(&self) -> &OpenBoard {
        board(&self.harness)
    }

    fn sees(&self, label: &str) -> bool {
        self.harness.query_all_by_label_contains(label).next().is_some()
    }

    fn is_live(&self) -> bool {
        live(&self.harness)
    }
}

/// Draws frames of all, whenever one of them wants one or a tenth of a second has passed, until it is as wanted.
fn until(what: &str, windows: &mut [&mut Window], wanted: impl Fn(&[&mut Window]) -> bool) {
    let end = Instant::now() + LIMIT;
    loop {
        for window in windows.iter_mut() {
            window.harness.step();
        }
        if wanted(windows) {
            return;
        }
        assert!(Instant::now() < end, "not within a minute: {what}");
        // Who is asked about, and for how long, changes with time alone.
        let _ = windows[0].woken.recv_timeout(Duration::from_millis(100));
        for window in windows.iter_mut() {
            while window.woken.try_recv().is_ok() {}
        }
    }
}

/// A port that nobody uses just now.
fn free_port() -> u16 {
    let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    socket.local_addr().expect("its address").port()
}

#[test]
fn k1_a_board_nearby_is_found_and_whoever_knocks_is_let_in_to_look() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let port = free_port();
    let mut ada = Window::open(folders[0].path(), port);
    ada.click(Role::Button, "Share");
    ada.click(Role::Button, "Start sharing");
    until("the board is on the relay", &mut [&mut ada], |all| {
        all[0].is_live()
    });
    ada.close();

    let mut bob = Window::open(folders[1].path(), port);
    bob.harness
        .key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    bob.harness.run_steps(2);
    bob.harness.event(egui::Event::Text("boards nearby".to_owned()));
    bob.harness.run_steps(2);
    bob.harness.key_press(egui::Key::Enter);
    bob.harness.run_steps(4);
    until("he finds her board", &mut [&mut ada, &mut bob], |all| {
        all[1].sees("to join “Untitled board”")
    });
    let ask = bob.harness.get_by_label_contains("to join “Untitled board”");
    ask.click();
    until("she is asked", &mut [&mut bob, &mut ada], |all| {
        all[1].sees("would like to join this board")
    });
    ada.click(Role::Button, "Let them look");
    until("he is on her board", &mut [&mut ada, &mut bob], |all| {
        all[1].is_live() && all[1].board().board().meta().board == all[0].board().board().meta().board
    });
    assert_eq!(bob.board().role(), Some(Right::View));
    assert!(!ada.sees("would like to join"), "the question is answered");
}

#[test]
fn k3_whoever_is_not_let_in_is_told_so_and_whoever_turned_it_off_is_not_found() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let port = free_port();
    let mut ada = Window::open(folders[0].path(), port);
    ada.click(Role::Button, "Share");
    ada.click(Role::Button, "Start sharing");
    until("the board is on the relay", &mut [&mut ada], |all| {
        all[0].is_live()
    });
    ada.close();
    let mut bob = Window::open(folders[1].path(), port);
    bob.click(Role::Button, "Menu");
    bob.click(Role::MenuItem, "Boards nearby…");
    until("he finds her board", &mut [&mut ada, &mut bob], |all| {
        all[1].sees("to join “Untitled board”")
    });
    bob.harness
        .get_by_label_contains("to join “Untitled board”")
        .click();
    until("she is asked", &mut [&mut bob, &mut ada], |all| {
        all[1].sees("would like to join")
    });
    ada.click(Role::Button, "Not now");
    until("he is told", &mut [&mut ada, &mut bob], |all| {
        all[1].sees("would rather not")
    });
    bob.click(Role::Button, "OK");

    ada.click(Role::Button, "Menu");
    ada.click(Role::MenuItem, "Boards nearby…");
    ada.click(Role::CheckBox, "Be found by people nearby");
    until("it isn't listed any more", &mut [&mut ada, &mut bob], |all| {
        !all[1].sees("to join “Untitled board”")
    });
}

/// Has `bob` ask to join what Eve tells of, and Eve let him in.
fn let_in_by_eve(bob: &mut Window, eve: &Hosting) {
    bob.click(Role::Button, "Menu");
    bob.click(Role::MenuItem, "Boards nearby…");
    until("he hears of it", &mut [&mut *bob], |all| {
        all[0].sees("Ask Eve to join")
    });
    bob.harness.get_by_label_contains("Ask Eve to join").click();
    until("he is asked", &mut [&mut *bob], |all| {
        let key = Key::from_bits([7; 16]);
        let now = Instant::now();
        for one in eve.door().waiting(now) {
            let role = Right::Edit;
            eve.door().answer(
                one.id,
                Answer::LetIn {
                    key: key.clone(),
                    role,
                },
                now,
            );
        }
        all[0].sees("Move the board to another relay?")
    });
    // The keyboard goes to it once the field that it was in is gone.
    bob.harness.run_steps(4);
}

#[test]
fn whoever_tells_of_a_board_that_is_kept_here_does_not_have_it_without_a_question() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let port = free_port();
    let mut bob = Window::open(folders[0].path(), port);
    bob.click(Role::Button, "Share");
    bob.click(Role::Button, "Start sharing");
    until("the board is on his relay", &mut [&mut bob], |all| {
        all[0].is_live()
    });
    bob.close();
    let his = bob.board().board().meta().clone();
    let home = his.remote.clone().expect("a relay").link;
    bob.click(Role::Button, "Menu");
    bob.click(Role::MenuItem, "New board");
    until("he begins another", &mut [&mut bob], |all| {
        all[0].board().board().meta().board != his.board
    });
    let other = bob.board().board().meta().board.clone();

    let (tell, told) = channel();
    let wake: std::sync::Arc<dyn Fn() + Send + Sync> = std::sync::Arc::new(move || {
        // The test may have ended.
        let _ = tell.send(());
    });
    let eve = Hosting::start(folders[1].path().to_owned(), Some(0), wake.clone());
    told.recv_timeout(LIMIT).expect("a word");
    let Hosted::Serving(eves) = eve.state() else {
        panic!("{:?}", eve.state())
    };
    eve.door().open(Some(&his.board));
    let mut nearby = Nearby::new(Networks::Loopback(port), wake);
    nearby.tell(Some(Announcement {
        board: his.board.clone(),
        title: "Plan".to_owned(),
        by: "Eve".to_owned(),
        port: eves,
    }));

    let_in_by_eve(&mut bob, &eve);
    assert!(bob.sees(&home.relay) && bob.sees(&format!("127.0.0.1:{eves}")));
    bob.harness.key_press(egui::Key::Enter);
    bob.harness.run_steps(4);
    assert!(!bob.sees("Move the board to another relay?"), "it stays");
    let app = bob.harness.state().app().expect("a board is open");
    assert!(!app.is_opening());
    assert_eq!(bob.board().board().meta().board, other);
    let kept = bob.board().profile().shelf().glance(&his.board).expect("a look");
    assert_eq!(kept.outline().expect("a look").relay, Some(home.address()));

    let_in_by_eve(&mut bob, &eve);
    bob.click(Role::Button, &format!("Move it to 127.0.0.1:{eves}"));
    until("it moves", &mut [&mut bob], |all| {
        let meta = all[0].board().board().meta();
        let relay = meta.remote.as_ref().map(|remote| &remote.link.relay);
        meta.board == his.board && relay == Some(&format!("127.0.0.1:{eves}"))
    });
    // The same of a board that is open.
    let there = bob.board().board().meta().remote.clone().expect("a relay").link;
    assert_eq!(bob.board().led_away(&there, String::new()), None);
    let back = Link {
        secure: true,
        ..there
    };
    assert!(bob.board().led_away(&back, String::new()).is_some());
    assert!(bob.board().led_away(&home, String::new()).is_some());
}
