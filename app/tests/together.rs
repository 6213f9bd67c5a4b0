//! Two apps without windows, joined through the relay inside the first.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use drawbridge::open::OpenBoard;
use drawbridge::panels::status::Connection;
use drawbridge::wake::Waker;
use drawbridge::window::{self, Beginning, Failure};
use drawbridge_engine::client::{Profile, Start};
use drawbridge_protocol::Link;
use egui::accesskit::Role;
use egui::{Event, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

/// No step takes this long on any machine; it only ends a test that hangs.
const LIMIT: Duration = Duration::from_secs(60);

struct Window {
    harness: Harness<'static, window::Window>,
    woken: Receiver<()>,
}

impl Window {
    fn open(folder: &Path, link: Option<Link>) -> Self {
        let (tell, woken): (Sender<()>, _) = channel();
        let waker = Waker::default();
        let profile = match Profile::open(folder, waker.function()).expect("the folder can be used") {
            Start::Opened(profile) => profile,
            Start::Running(_) => panic!("nobody else uses the folder"),
        };
        let mut harness = Harness::builder()
            .with_size([1280.0, 720.0])
            .build_eframe(|creation| {
                creation.egui_ctx.set_request_repaint_callback(move |_| {
                    // The test may have ended.
                    let _ = tell.send(());
                });
                let beginning = Beginning::start(&waker, profile, link, Instant::now());
                window::Window::new(&creation.egui_ctx, None, &waker, beginning, Failure::default())
            });
        while harness.state().app().is_none() {
            harness.step();
        }
        harness.run_ok();
        Self { harness, woken }
    }

    /// Draws frames, whenever something wants one, until it is as wanted.
    fn until(&mut self, what: &str, wanted: impl Fn(&Harness<'static, window::Window>) -> bool) {
        loop {
            self.harness.step();
            if wanted(&self.harness) {
                return;
            }
            self.woken
                .recv_timeout(LIMIT)
                .unwrap_or_else(|_| panic!("nothing happens any more, and not yet: {what}"));
        }
    }

    fn click(&mut self, role: Role, label: &str) {
        self.harness.get_by_role_and_label(role, label).click();
        self.harness.run_ok();
    }

    fn press(&mut self, at: Pos2, pressed: bool) {
        self.harness.event(Event::PointerMoved(at));
        self.harness.event(Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        self.harness.step();
    }

    fn shown(&self) -> usize {
        board(&self.harness).shown().len()
    }
}

fn board<'a>(harness: &'a Harness<'static, window::Window>) -> &'a OpenBoard {
    harness.state().app().expect("a board is open").board()
}

fn live(harness: &Harness<'static, window::Window>) -> bool {
    board(harness).status().connection == Connection::Live
}

#[test]
fn one_shares_another_joins_and_both_see_each_other_draw() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let mut ada = Window::open(folders[0].path(), None);
    ada.press(pos2(400.0, 500.0), true);
    ada.press(pos2(600.0, 500.0), false);
    ada.click(Role::Button, "Share");
    ada.click(Role::Button, "Start sharing");
    ada.until("the relay serves", |harness| {
        harness
            .query_by_label("Link for Other windows on this computer")
            .is_some()
    });
    let field = ada
        .harness
        .get_by_label("Link for Other windows on this computer");
    let link: Link = field.value().expect("a text").parse().expect("a link");
    ada.until("the board is on the relay", live);
    ada.click(Role::Button, "Close");

    let mut bob = Window::open(folders[1].path(), Some(link));
    bob.until("the board came", |harness| {
        live(harness) && board(harness).shown().len() == 1
    });
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
fn a_link_to_a_board_that_the_relay_does_not_have_says_so() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let mut ada = Window::open(folders[0].path(), None);
    ada.click(Role::Button, "Share");
    ada.click(Role::Button, "Start sharing");
    ada.until("the relay serves", |harness| {
        harness
            .query_by_label("Link for Other windows on this computer")
            .is_some()
    });
    let field = ada
        .harness
        .get_by_label("Link for Other windows on this computer");
    let mut link: Link = field.value().expect("a text").parse().expect("a link");
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
