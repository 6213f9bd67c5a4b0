//! Coming and going: hello, catching up, waits, heartbeat, refusals of a connection.

use drawbridge_protocol::{Code, RelayMessage, Retry, Stopping};
use proptest::prelude::*;

use super::*;

#[test]
fn c4_a_client_says_hello_catches_up_and_is_live() {
    let mut rig = Rig::new();
    assert_eq!(rig.opened, ["ws://relay:7411/boards/board-1"]);
    assert_eq!(rig.status().phase, Phase::Connecting);
    let hello = rig.welcome(false, |welcome| welcome.more = 3);
    assert_eq!(
        (hello.versions, hello.create, hello.cursor),
        (vec![1], false, None)
    );
    assert_eq!(rig.status().phase, Phase::CatchingUp { done: 0, total: 3 });
    let others: Vec<Cell> = (0..2)
        .map(|n| cell(&format!("e{n}"), "base", at(5, 9), "{}"))
        .collect();
    rig.cells("e-2", others.clone());
    assert_eq!(rig.status().phase, Phase::CatchingUp { done: 2, total: 3 });
    assert!(rig.events.contains(&Event::Cells(others)));
    rig.caught_up("e-3");
    assert!(rig.live_phase());
    assert_eq!(rig.status().waiting, 0);
}

#[test]
fn c2_h4_a_client_resumes_with_the_cursor_it_stored_and_may_bring_the_board_back() {
    let mut rig = Rig::new();
    rig.join();
    rig.cells("e-9", vec![cell("a", "base", at(5, 9), "{}")]);
    rig.pass_ms(100);
    let with_cells = rig
        .batches
        .iter()
        .find(|batch| !batch.cells.is_empty())
        .expect("stored");
    assert_eq!(
        with_cells.cursor.as_deref(),
        Some("e-9"),
        "cells and cursor go in one batch"
    );
    let mut again = Rig::over(rig.store, 2);
    let hello = again.welcome(true, |_| {});
    assert_eq!(hello.cursor.as_deref(), Some("e-9"));
    assert!(hello.create, "who holds the board may create it anew");
}

#[test]
fn s4_the_clock_follows_the_relay_and_remembers_it() {
    let mut rig = Rig::new();
    rig.join();
    let drawn = rig.draw("a", "base", "{}", &[]);
    assert_eq!(drawn.stamp.ms, RELAY_MS);
    rig.pass_ms(100);
    let mut offline = Rig::over(rig.store, 2);
    let drawn = offline.draw("b", "base", "{}", &[]);
    assert!(drawn.stamp.ms < RELAY_MS + 1_000, "also before the next welcome");
}

proptest! {
    #[test]
    fn e4_waits_between_attempts_have_full_jitter_and_a_cap(seed: u64) {
        let now = Now { mono: Duration::ZERO, wall_ms: WALL_MS };
        let mut rig = Rig::over_at(MemoryStore::new(meta(false)), 1, seed, now);
        let mut waits = Vec::new();
        for _ in 0..12 {
            rig.drop_line();
            let Phase::Offline { retry_at: Some(at), .. } = rig.status().phase else {
                panic!("not waiting")
            };
            waits.push(at - rig.now.mono);
            rig.pass(at - rig.now.mono);
            prop_assert_eq!(rig.status().phase, Phase::Connecting);
        }
        for (n, wait) in waits.iter().enumerate() {
            let most = Duration::from_millis(250 << n).min(Duration::from_secs(15));
            prop_assert!(*wait <= most, "attempt {} waited {:?}", n, wait);
        }
        prop_assert!(waits.iter().any(|wait| *wait > Duration::from_millis(500)), "{:?}", waits);
    }
}

#[test]
fn e4_waits_start_over_only_after_a_stable_connection() {
    let mut rig = Rig::new();
    for _ in 0..8 {
        rig.reconnect();
    }
    rig.join();
    rig.pass(Duration::from_secs(6));
    rig.drop_line();
    let Phase::Offline {
        retry_at: Some(at),
        reason,
        code: None,
    } = rig.status().phase
    else {
        panic!("not waiting")
    };
    assert!(at - rig.now.mono <= Duration::from_millis(250));
    assert_eq!(reason, "the line broke");
}

#[test]
fn x5_a_client_comes_back_to_a_relay_that_restarts_when_it_was_asked_to() {
    let wait = |after: u64| {
        let mut rig = Rig::new();
        rig.join();
        rig.pass(Duration::from_secs(6));
        rig.frame(&RelayMessage::Stopping(Stopping { after }));
        assert!(rig.live_phase(), "it goes on until it is closed");
        rig.input(Input::Closed {
            code: Some(1012),
            reason: "the relay stops".to_owned(),
        });
        let Phase::Offline {
            retry_at: Some(at), ..
        } = rig.status().phase
        else {
            panic!("not waiting")
        };
        let wait = at - rig.now.mono;
        // The next break has nothing to do with it any more.
        rig.retry();
        rig.join();
        rig.pass(Duration::from_secs(6));
        rig.drop_line();
        let Phase::Offline {
            retry_at: Some(at), ..
        } = rig.status().phase
        else {
            panic!("not waiting")
        };
        assert!(at - rig.now.mono <= Duration::from_millis(250));
        wait
    };
    let ms = Duration::from_millis;
    assert!((ms(840)..=ms(840 + 250)).contains(&wait(840)));
    assert!(
        (ms(60_000)..=ms(60_250)).contains(&wait(1 << 50)),
        "no relay sends anybody away for ever"
    );
}

#[test]
fn a_network_that_comes_back_is_tried_at_once() {
    let mut rig = Rig::new();
    for _ in 0..8 {
        rig.reconnect();
    }
    rig.drop_line();
    let opened = rig.opened.len();
    rig.input(Input::NetworkBack);
    assert_eq!(rig.opened.len(), opened + 1);
    rig.join();
    rig.input(Input::NetworkBack);
    assert_eq!(rig.pings, 1, "a connection over the old network is asked");
}

#[test]
fn x3_a_half_open_connection_is_noticed_within_seconds() {
    let mut rig = Rig::new();
    rig.join();
    rig.pass(Duration::from_secs(11));
    assert_eq!((rig.pings, rig.live_phase()), (1, true));
    rig.input(Input::Heard);
    rig.pass(Duration::from_secs(9));
    assert_eq!((rig.pings, rig.live_phase()), (1, true), "an answer is enough");
    rig.pass(Duration::from_secs(2));
    assert_eq!(rig.pings, 2);
    rig.pass(Duration::from_secs(4));
    assert_eq!(rig.closed, [CloseCode::GoingAway]);
    assert_ne!(rig.status().phase, Phase::Live);
}

#[test]
fn an_opening_that_hangs_is_given_up() {
    let mut rig = Rig::new();
    rig.pass(Duration::from_secs(10));
    assert_eq!(rig.closed, [CloseCode::GoingAway]);
    rig.pass(Duration::from_secs(1));
    assert_eq!(rig.opened.len(), 2);
}

#[test]
fn x1_a_refusal_for_good_is_shown_and_not_tried_again() {
    let mut rig = Rig::new();
    rig.input(Input::Opened);
    rig.refuse(Refused::new(
        Code::BadKey,
        "The key does not open it.",
        Retry::Never,
    ));
    let refused = Phase::Refused {
        code: Code::BadKey,
        message: "The key does not open it.".to_owned(),
    };
    assert_eq!(rig.status().phase, refused);
    rig.input(Input::Closed {
        code: Some(1008),
        reason: String::new(),
    });
    rig.input(Input::NetworkBack);
    rig.pass(Duration::from_secs(3600));
    assert_eq!((rig.opened.len(), rig.status().phase), (1, refused));
    rig.input(Input::SetOnline(true));
    assert_eq!(rig.opened.len(), 2, "the person may try again");
}

#[test]
fn x1_a_busy_board_is_tried_again_when_the_relay_says_and_not_before() {
    let mut rig = Rig::new();
    rig.input(Input::Opened);
    rig.refuse(Refused::new(Code::BoardBusy, "Full house.", Retry::After(10_000)));
    rig.pass_ms(9_999);
    assert_eq!(rig.opened.len(), 1);
    rig.pass_ms(300);
    assert_eq!(rig.opened.len(), 2);
}

#[test]
fn x1_a_close_code_decides_whether_a_client_comes_back() {
    for (code, back) in [
        (1008, false),
        (1000, false),
        (1012, true),
        (1013, true),
        (1006, true),
    ] {
        let mut rig = Rig::new();
        rig.join();
        rig.input(Input::Closed {
            code: Some(code),
            reason: "so it is".to_owned(),
        });
        rig.pass(Duration::from_secs(20));
        assert_eq!(rig.opened.len() > 1, back, "{code}");
    }
}

#[test]
fn w4_a_connection_closed_for_a_reason_of_a_newer_relay_comes_back_as_that_says() {
    for (retry, comes_back) in [(Retry::After(3_000), true), (Retry::Never, false)] {
        let mut rig = Rig::new();
        rig.join();
        rig.refuse(Refused::new(Code::Unknown, "Tuesday.", retry));
        assert!(rig.live_phase(), "it may be about anything");
        rig.input(Input::Closed {
            code: Some(CloseCode::Policy.number()),
            reason: "refused".to_owned(),
        });
        match rig.status().phase {
            Phase::Offline {
                retry_at: Some(at), ..
            } => assert!(comes_back && at >= rig.now.mono + Duration::from_secs(3)),
            Phase::Refused { message, .. } => assert!(!comes_back && message == "Tuesday."),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn w2_an_unknown_message_is_passed_over_and_a_broken_one_ends_the_connection() {
    let mut rig = Rig::new();
    rig.join();
    rig.input(Input::Frame(r#"{"dance":{}}"#.to_owned()));
    assert!(rig.live_phase());
    for garbage in ["", "{", "[]", r#"{"cells":{"cursor":7}}"#, r#"{"welcome":{}}"#] {
        let mut rig = Rig::new();
        rig.join();
        rig.input(Input::Frame(garbage.to_owned()));
        assert_eq!(rig.closed, [CloseCode::Protocol], "{garbage}");
        rig.pass(Duration::from_secs(1));
        assert_eq!(
            rig.opened.len(),
            2,
            "{garbage}: the cells are taken again from the cursor"
        );
    }
}

#[test]
fn a_message_before_the_welcome_ends_the_connection() {
    let mut rig = Rig::new();
    rig.input(Input::Opened);
    rig.cells("e-1", vec![cell("a", "base", at(1, 9), "{}")]);
    assert_eq!(rig.closed, [CloseCode::Protocol]);
    assert!(rig.session.cells().is_empty());
}

fn secure_rig() -> Rig {
    let mut store = meta(false);
    let remote = store.remote.as_mut().expect("a remote");
    remote.link = "https://relay/boards/board-1#0123456789abcdef"
        .parse()
        .expect("a link");
    Rig::over(MemoryStore::new(store), 1)
}

#[test]
fn a_link_with_tls_leads_there_and_nowhere_else() {
    let mut rig = secure_rig();
    for n in 1..20 {
        assert_eq!(rig.opened.len(), n);
        rig.input(Input::Closed {
            code: None,
            reason: "no way".to_owned(),
        });
        while rig.opened.len() == n {
            rig.pass_ms(100);
        }
    }
    let secure = |url: &String| url == "wss://relay:443/boards/board-1";
    assert!(rig.opened.iter().all(secure), "{:?}", rig.opened);
}

#[test]
fn a_relay_that_cannot_be_spoken_to_safely_is_tried_again_rarely_and_when_somebody_asks() {
    let insecure = || Input::Insecure {
        flaw: Flaw::UnknownIssuer,
        message: "Nobody knows them.".to_owned(),
    };
    let mut rig = secure_rig();
    rig.input(insecure());
    let phase = Phase::Insecure {
        flaw: Flaw::UnknownIssuer,
        message: "Nobody knows them.".to_owned(),
    };
    assert_eq!(rig.status().phase, phase);
    assert!(rig.sent.is_empty(), "no key was sent");
    rig.pass(Duration::from_secs(149));
    assert_eq!(rig.opened.len(), 1, "no loop");
    let start = rig.now.mono;
    while rig.opened.len() == 1 {
        rig.pass_ms(1000);
    }
    assert!(
        rig.now.mono - start < Duration::from_secs(153),
        "a renewed certificate is found in time"
    );
    rig.input(insecure());
    rig.input(Input::SetOnline(true));
    assert_eq!(rig.opened.len(), 3, "as when an authority was added");
    rig.input(insecure());
    rig.input(Input::NetworkBack);
    assert_eq!(rig.opened.len(), 4, "another network may have no one in between");
    rig.input(insecure());
    rig.input(Input::SetRemote(None));
    // A late word of a connection that was left.
    rig.input(insecure());
    assert_eq!(rig.status().phase, Phase::Local);
}

#[test]
fn going_offline_and_changing_the_relay_end_the_connection() {
    let mut rig = Rig::new();
    rig.join();
    rig.input(Input::SetOnline(false));
    assert_eq!(rig.closed, [CloseCode::Normal]);
    let offline = Phase::Offline {
        retry_at: None,
        reason: String::new(),
        code: None,
    };
    assert_eq!(rig.status().phase, offline);
    rig.pass(Duration::from_secs(60));
    assert_eq!(rig.opened.len(), 1);
    rig.input(Input::SetOnline(true));
    rig.join();
    rig.input(Input::SetRemote(None));
    assert_eq!((rig.closed.len(), rig.status().phase), (2, Phase::Local));
    rig.pass_ms(100);
    assert_eq!(
        rig.store.load().expect("memory").meta.remote,
        None,
        "and it is remembered"
    );
}
