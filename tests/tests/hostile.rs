//! Hostile clients, in small doses, against a relay on which honest people draw: nobody honest is disconnected, nothing
//! of theirs is lost, each attacker ends as SPEC.md says; and what the relay promises at its limits it keeps meanwhile.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use drawbridge_engine::client::{PersonChange, Phase, Remote};
use drawbridge_protocol::{Cell, Code};
use drawbridge_relay::{Relay, Settings};
use drawbridge_tests::hostile::{ATTACKS, Aim, Attack, Network, Tally, Where};
use drawbridge_tests::{Person, RelayProcess, agree, board_of, fresh_link};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// A relay inside this process, with settings of its own.
struct Host {
    runtime: Runtime,
    relay: Option<Relay>,
    folder: tempfile::TempDir,
    address: SocketAddr,
}

impl Host {
    fn new(settings: Settings) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let mut host = Self {
            runtime,
            relay: None,
            folder,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        host.start(settings);
        host
    }

    fn start(&mut self, settings: Settings) {
        let relay = self.runtime.block_on(async {
            let listener = TcpListener::bind(self.address).await.expect("a port");
            Relay::start(listener, self.folder.path(), settings).await
        });
        let relay = relay.expect("a relay");
        self.address = relay.local_addr();
        self.relay = Some(relay);
    }

    fn stop(&mut self) {
        let relay = self.relay.take().expect("it runs");
        self.runtime.block_on(relay.stop()).expect("it stops");
    }

    fn data(&self) -> &Path {
        self.folder.path()
    }

    fn remote(&self, board: &str, create: bool) -> Remote {
        let link = fresh_link(self.address, board);
        Remote { link, create }
    }

    /// A small dose of an attack on a board.
    fn aim(&self, board: &str, connections: usize, rounds: u64, time: Duration) -> Aim {
        let link = fresh_link(self.address, board);
        Aim {
            address: self.address,
            board: board.to_owned(),
            key: link.key,
            connections,
            rounds,
            until: tokio::time::Instant::now() + time,
            drip: Duration::from_millis(20),
            network: Network::new(12_500_000),
        }
    }

    fn attack(&self, name: &str, aim: Aim) -> Tally {
        let attack = Attack::named(name).expect("an attack");
        self.runtime.block_on(attack.run(aim))
    }

    fn is_healthy(&self) {
        let answer = self.runtime.block_on(async {
            let mut tcp = TcpStream::connect(self.address).await.expect("a connection");
            let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            tcp.write_all(request).await.expect("sent");
            let mut answer = String::new();
            tcp.read_to_string(&mut answer).await.expect("an answer");
            answer
        });
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

/// Fails if the client had to connect again since it was last asked.
fn still_on(person: &Person, after: &str) {
    assert_eq!(person.client().status().phase, Phase::Live, "after {after}");
    let people = person.client().drain().people;
    let again = people
        .iter()
        .any(|change| matches!(change, PersonChange::Reset(_)));
    assert!(!again, "disconnected by {after}");
}

/// How every connection of an attack ends, and what it is told.
fn expected(name: &str) -> &'static [&'static str] {
    match name {
        "unknown-message" => &["refused unknown_message", "still on"],
        "loris-head" | "tcp-silence" => &["hung up"],
        "loris-hello" | "crowd-upgraded" => &["closed 1008", "refused hello_late"],
        "fragments" | "giant-frames" => &["closed 1009"],
        "bad-utf8" => &["closed 1007"],
        "unmasked" => &["closed 1002"],
        "storm-tcp" | "storm-joined" => &["hung up by itself"],
        "wrong-keys" => &["closed 1008", "refused bad_key"],
        "names-as-paths" => &[
            "HTTP 400",
            "HTTP 404",
            "HTTP 431",
            "closed 1008",
            "refused bad_board",
        ],
        "stamps" => &["refused stamp_ahead", "still on"],
        "live-large" => &["refused slot_too_big", "still on"],
        _ => &["still on"],
    }
}

#[test]
fn under_each_attack_the_honest_stay_on_lose_nothing_and_agree() {
    let host = Host::new(Settings {
        head_within: Duration::from_millis(300),
        hello_within: Duration::from_millis(300),
        ..Settings::default()
    });
    let ann = Person::join("ann", host.remote("b", true));
    ann.wait_live();
    let bea = Person::join("bea", host.remote("b", false));
    bea.wait_live();
    let mut drawn: Vec<Cell> = vec![ann.draw()];
    ann.wait_saved();
    drop((ann.client().drain(), bea.client().drain()));
    for attack in ATTACKS {
        for &at in attack.at {
            let board = if at == Where::Same { "b" } else { "theirs" };
            let (connections, rounds) = match attack.name {
                "crowd-joined" | "crowd-upgraded" | "tcp-silence" => (40, 1),
                "loris-head" | "loris-hello" | "fragments" => (4, 1),
                "names-as-paths" => (2, 16),
                "live-tiny" | "ping" | "write-small" | "equal-stamps" => (3, 300),
                "write-big" | "write-many-cells" => (2, 3),
                "live-large" => (2, 6),
                _ => (3, 20),
            };
            // Those who stay do so until the time is over; the others end by themselves.
            let stays = matches!(attack.name, "crowd-joined" | "never-reading");
            let time = Duration::from_millis(if stays { 300 } else { 60_000 });
            let aim = host.aim(board, connections, rounds, time);
            let tally = std::thread::scope(|scope| {
                let attacking = scope.spawn(|| host.attack(attack.name, aim));
                while !attacking.is_finished() {
                    drawn.extend([ann.draw(), bea.draw()]);
                    bea.wait_for(&drawn[drawn.len() - 2..]);
                    ann.wait_for(&drawn[drawn.len() - 2..]);
                }
                attacking.join().expect("the attackers")
            });
            let ends: Vec<&str> = tally.ends.keys().map(String::as_str).collect();
            assert_eq!(ends, expected(attack.name), "{} at {board}", attack.name);
            still_on(&ann, attack.name);
            still_on(&bea, attack.name);
            host.is_healthy();
        }
    }
    agree(&[&ann, &bea], host.data(), "b", &drawn);
}

#[test]
fn t2_nobody_uses_up_the_stamps_of_an_empty_board() {
    let host = Host::new(Settings::default());
    let aim = host.aim("b", 2, 8, Duration::from_secs(60));
    host.attack("stamps", aim);
    let ann = Person::join("ann", host.remote("b", true));
    let bea = Person::join("bea", host.remote("b", false));
    ann.wait_live();
    bea.wait_live();
    let stroke = ann.draw();
    ann.set(&stroke.element, "color", "\"red\"");
    let color = ann.set(&stroke.element, "color", "\"blue\"");
    ann.set_deleted(&stroke.element, true);
    let back = ann.set_deleted(&stroke.element, false);
    let board = agree(
        &[&ann, &bea],
        host.data(),
        "b",
        &[stroke, color.clone(), back.clone()],
    );
    for last in [color, back] {
        let held = board.get(&last.key()).map(|(_, value)| value.as_str().to_owned());
        assert_eq!(held.as_deref(), Some(last.value.as_str()), "the last one wins");
    }
}

/// Settings of a relay whose boards are soon full.
fn small(cells: usize) -> Settings {
    let mut settings = Settings::default();
    settings.limits.board_cells = cells;
    settings
}

#[test]
fn b2_a_board_that_a_flood_has_filled_still_takes_deletes() {
    let host = Host::new(small(100));
    let ann = Person::join("ann", host.remote("b", true));
    ann.wait_live();
    let strokes: Vec<Cell> = (0..10).map(|_| ann.draw()).collect();
    ann.wait_saved();
    let aim = host.aim("b", 4, 100, Duration::from_secs(60));
    std::thread::scope(|scope| {
        let attacking = scope.spawn(|| host.attack("write-small", aim));
        while !attacking.is_finished() {
            ann.set(&strokes[0].element, "color", "\"red\"");
            ann.wait_saved();
        }
        let refused = attacking.join().expect("the attackers").of("refused board_full");
        assert!(refused > 0, "the flood filled it");
    });
    let late = ann.draw();
    ann.wait("refusal", |status| {
        status.parked.iter().any(|parked| parked.key == late.key())
    });
    let deleted: Vec<Cell> = strokes[..5]
        .iter()
        .map(|stroke| ann.set_deleted(&stroke.element, true))
        .collect();
    ann.wait_saved();
    let held = board_of(host.data(), "b");
    for cell in &deleted {
        assert!(held.get(&cell.key()).is_some(), "{cell:?}");
    }
    let parked: Vec<_> = ann.client().status().parked;
    assert!(
        parked.iter().all(|parked| parked.reason.code == Code::BoardFull),
        "{parked:?}"
    );
    assert!(
        !parked
            .iter()
            .any(|parked| deleted.iter().any(|cell| cell.key() == parked.key))
    );
}

#[test]
fn f1_a_parked_cell_is_never_forgotten() {
    let mut host = Host::new(small(20));
    let home = tempfile::tempdir().expect("a folder");
    let mut ann = Person::open_in("ann", home.path(), host.remote("b", true));
    ann.wait_live();
    let mut drawn: Vec<Cell> = (0..20).map(|_| ann.draw()).collect();
    ann.wait_saved();
    let parked: Vec<Cell> = (0..3).map(|_| ann.draw()).collect();
    drawn.extend(parked.clone());
    let keys: BTreeSet<_> = parked.iter().map(Cell::key).collect();
    let still = |person: &Person, after: &str| {
        person.wait(after, |status| {
            let held: BTreeSet<_> = status.parked.iter().map(|parked| parked.key.clone()).collect();
            status.phase == Phase::Live && status.unstored == 0 && status.waiting == 0 && held == keys
        });
    };
    still(&ann, "refusal");
    for round in 0..3 {
        // Strangers knock, the line breaks, the person asks again, the program ends and starts anew.
        host.attack("wrong-keys", host.aim("b", 2, 5, Duration::from_secs(60)));
        ann.client().set_online(false);
        ann.wait_offline();
        ann.client().set_online(true);
        still(&ann, "parked cells after a break");
        ann.client().retry_parked();
        ann.client().sync();
        still(&ann, "parked cells after another refusal");
        ann.close();
        if round == 1 {
            host.stop();
            host.start(small(20));
        }
        ann = Person::open_in("ann", home.path(), host.remote("b", true));
        still(&ann, "parked cells after a restart");
    }
    assert_eq!(board_of(host.data(), "b").len(), 20);
    host.stop();
    host.start(small(30));
    ann.wait_live();
    ann.client().retry_parked();
    ann.client().sync();
    ann.wait("way for the parked cells", |status| {
        status.parked.is_empty() && status.waiting == 0
    });
    let bea = Person::join("bea", host.remote("b", false));
    agree(&[&ann, &bea], host.data(), "b", &drawn);
}

#[test]
fn h5_gravestones_stay_dead_whatever_healing_clients_try() {
    let mut host = Host::new(Settings::default());
    let home = tempfile::tempdir().expect("a folder");
    let ann = Person::open_in("ann", home.path(), host.remote("b", true));
    ann.wait_live();
    let bea = Person::join("bea", host.remote("b", false));
    let drawn: Vec<Cell> = (0..5).flat_map(|_| [ann.draw(), bea.draw()]).collect();
    agree(&[&ann, &bea], host.data(), "b", &drawn);
    host.stop();
    let file = host.data().join("relay.sqlite");
    let bury = rusqlite::Connection::open(&file).expect("the store");
    assert_eq!(
        bury.execute("UPDATE boards SET gone = 1", [])
            .expect("a gravestone"),
        1
    );
    drop(bury);
    // What is drawn meanwhile stays with those who drew it.
    let late = ann.draw();
    host.start(Settings::default());
    let gone = |person: &Person| {
        person.wait(
            "gravestone",
            |status| matches!(&status.phase, Phase::Refused { code, .. } if *code == Code::BoardGone),
        );
    };
    for _ in 0..3 {
        for person in [&ann, &bea] {
            person.client().set_online(false);
            person.client().set_online(true);
            gone(person);
        }
        let tally = host.attack("storm-joined", host.aim("b", 3, 5, Duration::from_secs(60)));
        assert_eq!(
            (tally.of("refused board_gone"), tally.of("closed 1008")),
            (15, 15)
        );
    }
    ann.client().retry_parked();
    let held = ann.board();
    assert!(
        drawn
            .iter()
            .chain([&late])
            .all(|cell| held.get(&cell.key()).is_some())
    );
    ann.close();
    let ann = Person::open_in("ann", home.path(), host.remote("b", true));
    gone(&ann);
    assert!(ann.board() == held, "her own copy is hers");
    let cem = Person::join("cem", host.remote("b", true));
    gone(&cem);
    host.stop();
    let store = rusqlite::Connection::open(&file).expect("the store");
    let row = store.query_row("SELECT gone, cells FROM boards", [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    });
    assert_eq!(
        row.expect("one board"),
        (1, i64::try_from(drawn.len()).expect("few"))
    );
    assert_eq!(
        board_of(host.data(), "b").len(),
        drawn.len(),
        "nothing came to it"
    );
}

/// A relay whose system lets it open few files at first, as most do.
#[cfg(unix)]
#[test]
fn a_crowd_that_says_nothing_keeps_nobody_out() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("few-files");
    let script = format!(
        "#!/bin/sh\nulimit -S -n 100\nexec '{}' \"$@\"\n",
        drawbridge_tests::relay_program!()
    );
    std::fs::write(&program, script).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("made a program");
    let relay = RelayProcess::start(&program.to_string_lossy(), &folder.path().join("relay"));
    let ann = Person::join("ann", relay.remote("b"));
    ann.wait_live();
    let crowd: Vec<_> = (0..300)
        .map(|_| std::net::TcpStream::connect(relay.address()).expect("a connection"))
        .collect();
    let bea = Person::join("bea", relay.invited("b"));
    bea.wait_live();
    // The relay hangs up on the silent in time; had bea waited for that, this would read an end.
    let first = crowd.first().expect("one of them");
    first.set_nonblocking(true).expect("so");
    let read = std::io::Read::read(&mut &*first, &mut [0]);
    let waits = read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    assert!(waits, "bea came in while the crowd was there");
    let drawn = [ann.draw(), bea.draw()];
    agree(&[&ann, &bea], relay.data(), "b", &drawn);
}
