//! A board that has moved to another relay.

use drawbridge_protocol::{Code, Moved};

use super::*;

impl Rig {
    fn moved(&mut self, to: &str) {
        let to = to.parse().expect("an address");
        self.frame(&RelayMessage::Moved(Moved { to }));
    }

    fn refusal(&self) -> Option<Code> {
        match self.status().phase {
            Phase::Refused { code, .. } => Some(code),
            _ => None,
        }
    }
}

#[test]
fn e5_a_client_goes_after_its_board_with_its_key_and_offers_all_that_it_has() {
    let mut rig = Rig::new();
    rig.input(Input::SetHosted(Some(7411)));
    rig.join();
    let theirs = cell("a", "base", at(RELAY_MS, 9), "1");
    rig.cells("e-1", vec![theirs.clone()]);
    let first = rig.draw("b", "base", "2", &[]);
    let id = rig.only_write().id;
    rig.ack(id);
    rig.cells("e-2", vec![first.clone()]);
    // Under way when the word comes.
    let late = rig.draw("c", "base", "3", &[]);
    rig.moved("https://other.example");
    assert_eq!(
        rig.opened.last().expect("a try"),
        "wss://other.example:443/boards/board-1"
    );
    assert!(
        rig.events
            .iter()
            .any(|event| matches!(event, Event::Moved(remote) if remote.link.relay == "other.example:443"))
    );
    // Drawn on the way.
    let between = rig.draw("d", "base", "4", &[]);
    rig.take_writes();
    let hello = rig.welcome(false, |_| {});
    assert_eq!(hello.key, meta(false).key);
    rig.caught_up("f-0");
    rig.pass(Timings::default().heal_wait);
    let offered: Vec<Cell> = rig
        .take_writes()
        .into_iter()
        .flat_map(|write| write.cells)
        .collect();
    for cell in [theirs, first, late, between] {
        assert!(offered.contains(&cell), "{cell:?} in {offered:?}");
    }
    // It is there after a restart too, and isn't hosted here any more.
    let loaded = rig.store.load().expect("memory");
    assert_eq!(
        loaded.meta.remote.expect("a remote").link.relay,
        "other.example:443"
    );
    assert_eq!(loaded.meta.hosted, None);
}

#[test]
fn e5_a_client_that_comes_late_is_sent_on_too() {
    let mut rig = Rig::new();
    rig.welcome(false, |_| {});
    rig.caught_up("e-0");
    rig.moved("http://10.0.0.7:9000");
    assert_eq!(
        rig.opened.last().expect("a try"),
        "ws://10.0.0.7:9000/boards/board-1"
    );
}

#[test]
fn e6_no_client_is_led_from_tls_to_a_plain_connection() {
    let mut store = MemoryStore::new(meta(false));
    let link = "https://draw.example/boards/board-1#0123456789abcdef"
        .parse()
        .expect("a link");
    let batch = StoreBatch {
        remote: Some(Some(Remote { link, create: false })),
        ..StoreBatch::default()
    };
    store.commit(&batch).expect("memory");
    let mut rig = Rig::over(store, 1);
    rig.join();
    let tries = rig.opened.len();
    rig.moved("http://draw.example:7411");
    rig.pass(Duration::from_secs(600));
    assert_eq!((rig.refusal(), rig.opened.len()), (Some(Code::Moved), tries));
    let remote = rig.store.load().expect("memory").meta.remote.expect("a remote");
    assert!(remote.link.secure, "it stays where it was");
    // Whoever asks tries the old address again.
    rig.input(Input::SetOnline(true));
    assert_eq!(
        rig.opened.last().expect("a try"),
        "wss://draw.example:443/boards/board-1"
    );
}

#[test]
fn e6_relays_that_send_visitors_in_circles_are_left_alone() {
    let mut rig = Rig::new();
    for turn in 0..10 {
        if rig.refusal().is_some() {
            break;
        }
        rig.welcome(false, |_| {});
        let to = if turn % 2 == 0 { "other" } else { "relay" };
        rig.moved(&format!("http://{to}:7411"));
    }
    assert_eq!(rig.refusal(), Some(Code::Moved));
    let tries = rig.opened.len();
    rig.pass(Duration::from_secs(600));
    assert_eq!(rig.opened.len(), tries);
    // However long it takes to be sent the board.
    let mut rig = Rig::new();
    for turn in 0..10 {
        if rig.refusal().is_some() {
            break;
        }
        rig.welcome(false, |_| {});
        rig.step(2 * Timings::default().stable);
        rig.input(Input::Heard);
        rig.caught_up("e-0");
        let to = if turn % 2 == 0 { "other" } else { "relay" };
        rig.moved(&format!("http://{to}:7411"));
    }
    assert_eq!(rig.refusal(), Some(Code::Moved));
    // Boards that move now and then, over days, are no circle.
    let mut rig = Rig::new();
    for turn in 0..10 {
        rig.welcome(false, |_| {});
        rig.caught_up("e-0");
        let until = rig.now.mono + Timings::default().stable;
        rig.step(until - rig.now.mono);
        rig.input(Input::Heard);
        let to = if turn % 2 == 0 { "other" } else { "relay" };
        rig.moved(&format!("http://{to}:7411"));
        assert_eq!(rig.refusal(), None);
    }
    // One that names itself is one.
    let mut rig = Rig::new();
    rig.join();
    rig.moved("http://relay:7411");
    assert_eq!(rig.refusal(), Some(Code::Moved));
}
