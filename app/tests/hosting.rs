//! Somebody hosts a board from their app: quitting asks while others draw, and the board is handed over to a relay that stays up.

#[path = "shared/hand.rs"]
mod hand;
#[path = "shared/woken.rs"]
mod woken;

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use drawbridge::open::OpenBoard;
use drawbridge::panels::handover::HandoverView;
use drawbridge::panels::links::{Ends, general};
use drawbridge::panels::sharing::ShareView;
use drawbridge::wake::Waker;
use drawbridge::window;
use drawbridge_engine::client::{Profile, Start};
use drawbridge_engine::progress::Progress;
use drawbridge_protocol::{Link, Role as Right};
use drawbridge_relay::{Relay, Settings};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, ViewportCommand, ViewportEvent, ViewportId, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use woken::{LIMIT, Window, board, live};

impl Window {
    fn draw(&mut self, y: f32) {
        self.press(pos2(400.0, y), true);
        self.press(pos2(600.0, y), false);
    }

    /// Shares the board from here; returns the link for this computer.
    fn share(&mut self) -> Link {
        self.click(Role::Button, "Share");
        self.click(Role::Button, "Start sharing");
        self.until("the board is on the relay", |harness| {
            live(harness) && board(harness).link_here(Right::Edit).is_some()
        });
        board(&self.harness).link_here(Right::Edit).expect("a link")
    }

    /// The window manager asks the window to close; says whether it does.
    fn closes(&mut self) -> bool {
        self.close_event();
        self.harness.step();
        let output = &self.harness.output().viewport_output[&ViewportId::ROOT];
        !output.commands.contains(&ViewportCommand::CancelClose)
    }

    fn close_event(&mut self) {
        let viewports = &mut self.harness.input_mut().viewports;
        let root = viewports.entry(ViewportId::ROOT).or_default();
        root.events.push(ViewportEvent::Close);
    }
}

#[test]
fn quitting_asks_while_others_draw_and_not_else() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let mut ada = Window::open(folders[0].path(), None);
    assert!(ada.closes(), "alone");
    let link = ada.share();
    ada.close();
    assert!(ada.closes(), "nobody else is here");
    let mut bob = Window::open(folders[1].path(), Some(link));
    bob.until("he is there", live);
    ada.until("she sees him", |harness| {
        harness.query_by_label("People: you and 1 more").is_some()
    });
    assert!(bob.closes(), "he hosts nothing");
    assert!(!ada.closes());
    ada.harness.run_ok();
    let question = ada
        .harness
        .get_by_label_contains("draws on this board through this app.");
    assert!(question.value().is_none_or(|text| text.contains("share again")));
    ada.click(Role::Button, "Stay");
    assert!(ada.harness.query_by_label("Quit anyway").is_none());
    // It asks each time, also where all boards are shown.
    ada.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    ada.harness.run_ok();
    assert!(ada.harness.query_by_label("Share").is_none() && ada.harness.query_by_label("Sharing").is_none());
    assert!(!ada.closes());
    ada.harness.run_ok();
    ada.click(Role::Button, "Quit anyway");
    assert!(ada.closes());
    assert!(!ada.closes(), "it was said of that one time");
}

#[test]
fn a_board_is_handed_over_to_a_relay_and_guests_go_along() {
    let folders = [(); 3].map(|()| tempfile::tempdir().expect("a folder"));
    let runtime = Runtime::new().expect("threads");
    let relay = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Relay::start(listener, folders[2].path(), Settings::default()).await
    });
    let relay = relay.expect("a relay");
    let there = relay.local_addr().to_string();
    let mut ada = Window::open(folders[0].path(), None);
    ada.draw(500.0);
    let link = ada.share();
    ada.click(Role::Button, "Hand over to a relay…");
    // An address that is none stays in the field, and is said to be none.
    let field = "The relay takes over the board, with everything on it and all its links. Everybody draws on meanwhile, and this \
                 app need not stay open any more. Its address:";
    let typed = |ada: &mut Window, text: &str| {
        ada.harness.get_by_role_and_label(Role::TextInput, field).click();
        ada.harness.run_ok();
        ada.harness.event(Event::Text(text.to_owned()));
        ada.harness.run_ok();
        ada.click(Role::Button, "Hand over");
    };
    typed(&mut ada, "a b");
    assert!(ada.harness.query_by_label_contains("That can't be").is_some());
    ada.close();
    let mut bob = Window::open(folders[1].path(), Some(link.clone()));
    bob.until("the board came", |harness| {
        live(harness) && board(harness).shown().len() == 1
    });
    ada.click(Role::Button, "Sharing");
    ada.click(Role::Button, "Hand over to a relay…");
    typed(&mut ada, &there);
    let went = |harness: &Harness<'static, window::Window>| {
        let remote = board(harness).board().meta().remote.as_ref();
        live(harness) && remote.is_some_and(|remote| remote.link.relay == there)
    };
    bob.draw(300.0);
    ada.until("the board lives there", went);
    bob.until("he went along", went);
    bob.draw(350.0);
    ada.until("his strokes came along", |harness| {
        board(harness).shown().len() == 3
    });
    bob.until("so did hers", |harness| board(harness).shown().len() == 3);
    // What is copied from here on leads there, with the key that people had before.
    let links = board(&ada.harness).access(None).links;
    let fresh = general(&links, Right::Edit).and_then(|link| link.link.clone());
    let fresh = fresh.expect("a link to draw");
    assert_eq!((&fresh.relay, &fresh.key), (&there, &link.key));
    assert!(ada.closes(), "nobody draws through her app any more");
    assert_eq!(
        ada.harness.state().app().expect("open").settings().relays[0].relay,
        there
    );
    // The old link leads there too, as long as she is there.
    drop(bob);
    let late = tempfile::tempdir().expect("a folder");
    let mut cem = Window::open(late.path(), Some(link));
    cem.until("he was led there", went);
    cem.until("the board came", |harness| board(harness).shown().len() == 3);
    // Shared from her app again, the board lives there again.
    ada.click(Role::Button, "Leave the relay");
    ada.click(Role::Button, "Start sharing");
    ada.until("the board is back", |harness| {
        let remote = board(harness).board().meta().remote.as_ref();
        live(harness) && remote.is_some_and(|remote| remote.link.relay != there)
    });
    ada.harness.run_ok();
    assert!(live(&ada.harness));
    drop((ada, cem));
    runtime.block_on(relay.stop()).expect("it stops");
}

/// A board without a window.
struct Desk {
    board: OpenBoard,
    ctx: egui::Context,
    woken: Receiver<()>,
}

impl Desk {
    fn open(folder: &Path, link: Option<Link>) -> Self {
        let (tell, woken) = channel();
        let waker = Waker::default();
        let ctx = egui::Context::default();
        ctx.set_request_repaint_callback(move |_| {
            // The test may have ended.
            let _ = tell.send(());
        });
        waker.wakes(&ctx);
        let profile = match Profile::open(folder, waker.function()).expect("the folder can be used") {
            Start::Opened(profile) => profile,
            Start::Running(_) => panic!("nobody else uses the folder"),
        };
        let me = drawbridge::settings::Settings::default();
        let board = OpenBoard::start(&waker, profile, link, &me, &Progress::default());
        Self {
            board: board.expect("it opens"),
            ctx,
            woken,
        }
    }

    fn until(&mut self, what: &str, wanted: impl Fn(&OpenBoard) -> bool) {
        loop {
            self.board.pump();
            if wanted(&self.board) {
                return;
            }
            // What wakes a window once is told of again only after a frame.
            self.ctx
                .run_ui(egui::RawInput::default(), |_| {})
                .textures_delta
                .clear();
            self.woken
                .recv_timeout(LIMIT)
                .unwrap_or_else(|_| panic!("nothing happens any more, and not yet: {what}"));
        }
    }

    /// The link for whoever is to draw, or to own the board.
    fn link(&self, role: Right) -> Option<Link> {
        let links = self.board.access(None).links;
        let link = links.into_iter().find(|link| link.role == role && !link.own)?;
        let mut link = link.link?;
        let port = link.relay.rsplit(':').next().expect("a port");
        link.relay = format!("127.0.0.1:{port}");
        Some(link)
    }
}

#[test]
fn an_owners_link_is_not_what_is_offered_to_everybody() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let mut ada = Desk::open(folders[0].path(), None);
    ada.board.start_sharing();
    ada.until("the board is on the relay", OpenBoard::can_manage);
    ada.board.make_link(Right::Owner, "Second", Ends::Never);
    ada.until("the link", |board| board.access(None).links.len() == 3);
    let owners = ada.link(Right::Owner).expect("its key is known");
    let mut bob = Desk::open(folders[1].path(), Some(owners.clone()));
    bob.until("he owns it too", OpenBoard::can_manage);
    // He knows no other key yet, and doesn't give his own away.
    let access = bob.board.access(None);
    assert_eq!(access.given, None);
    assert!(general(&access.links, Right::Edit).is_none());
    bob.board.make_link(Right::Edit, "", Ends::Never);
    bob.until("the link", |board| board.access(None).links.len() == 4);
    let links = bob.board.access(None).links;
    let offered = general(&links, Right::Edit).and_then(|link| link.link.as_ref());
    assert_ne!(offered.expect("a link to draw").key, owners.key);
}

#[test]
fn a_board_is_not_handed_over_to_the_relay_that_has_it_by_another_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut ada = Desk::open(folder.path(), None);
    ada.board.start_sharing();
    ada.until("the board is on the relay", OpenBoard::can_hand_over);
    let relay = ada.board.link_here(Right::Edit).expect("a link").relay;
    assert!(ada.board.hand_over(&relay, None).is_err(), "its own address");
    let port = relay.rsplit(':').next().expect("a port");
    // The same computer, as its resolver reads it.
    assert!(ada.board.hand_over(&format!("127.1:{port}"), None).is_ok());
    ada.until("it is found out", |board| {
        matches!(board.handover(), HandoverView::Failed(..))
    });
    ada.until("the board stayed", OpenBoard::can_hand_over);
}

#[test]
fn a_link_to_another_relay_takes_a_board_off_the_one_in_the_app_and_one_to_that_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut ada = Desk::open(folder.path(), None);
    ada.board.start_sharing();
    ada.until("the board is on the relay", OpenBoard::can_manage);
    let here = ada.board.link_here(Right::Edit).expect("a link");
    assert!(ada.board.linked(here.clone()).is_none());
    ada.board.pump();
    assert!(matches!(ada.board.share(), ShareView::Hosting(_)));
    let elsewhere = Link {
        relay: "127.0.0.1:9".to_owned(),
        ..here
    };
    assert!(ada.board.linked(elsewhere.clone()).is_none());
    ada.board.pump();
    assert!(matches!(ada.board.share(), ShareView::Joined(_)));
    let remote = ada.board.board().meta().remote.clone();
    assert_eq!(remote.expect("a relay").link, elsewhere);
}
