//! A board is handed over from the relay inside somebody's app to another one while people draw on it: nobody loses a stroke.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_engine::client::{Carried, Courier, Phase, Remote};
use drawbridge_engine::document::Picture;
use drawbridge_engine::images::StoredImage;
use drawbridge_protocol::{BoardId, Cell, Code, ImageType, Key, Link, Password, RelayAddress, Role};
use drawbridge_relay::{Relay, Settings};
use drawbridge_tests::desk::Desk;
use drawbridge_tests::{Person, RelayProcess, agree, ask_http, board_of, fresh_link, relay_program};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// No step takes this long on any machine; it only ends a test that hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// A relay inside somebody's app, and they at their board on it.
struct Host {
    runtime: Runtime,
    relay: Relay,
    desk: Desk,
    /// The link to draw that others were given.
    link: Link,
}

impl Host {
    fn new(folder: &Path) -> Self {
        let runtime = Runtime::new().expect("threads");
        let relay = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            Relay::start(listener, folder, Settings::default())
                .await
                .expect("a relay")
        });
        let link = fresh_link(relay.local_addr(), "b");
        let desk = Desk::make("host", &link);
        Self {
            runtime,
            relay,
            desk,
            link,
        }
    }

    fn send_copy(&self, to: &RelayProcess, password: Option<&str>) -> Courier {
        let to: RelayAddress = format!("http://{}", to.address()).parse().expect("an address");
        let password = password.map(Password::new);
        self.desk.board().send_copy(to, password, Arc::new(|| {}))
    }

    fn hand_over(&self, courier: &Courier) {
        let board = BoardId::new("b").expect("a name");
        let moving = self.relay.host();
        let moved = self
            .runtime
            .block_on(moving.move_board(&board, courier.to().clone()));
        moved.expect("it moves");
    }
}

/// Waits until the copy is there, or has failed.
fn carry(courier: &mut Courier) -> Result<(), Code> {
    let start = Instant::now();
    loop {
        match courier.look() {
            Carried::There => return Ok(()),
            Carried::Failed(why) => return Err(why.code),
            other => assert!(start.elapsed() < LIMIT, "it takes too long: {other:?}"),
        }
        std::thread::yield_now();
    }
}

/// Draws until they are on the relay at `new`, and a little on.
fn draw_through(person: Person, mut random: fastrand::Rng, new: &str) -> (Person, Vec<Cell>) {
    let start = Instant::now();
    let mut drawn: Vec<Cell> = Vec::new();
    let mut more = 20;
    while more > 0 {
        assert!(start.elapsed() < LIMIT, "nobody came along");
        let one = random.choice(&drawn).map(|cell| cell.element.clone());
        drawn.push(match (random.u8(..4), one) {
            (0, Some(element)) => person.set_deleted(&element, random.bool()),
            (1, Some(element)) => person.set(&element, "width", &random.u8(..).to_string()),
            _ => person.draw(),
        });
        // About as fast as a relay of its own machine takes it in.
        std::thread::park_timeout(Duration::from_micros(random.u64(..3_000)));
        let status = person.client().status();
        if status.relay.as_deref() == Some(new) && status.phase == Phase::Live {
            more -= 1;
        }
    }
    (person, drawn)
}

fn to_draw(link: &Link) -> Remote {
    Remote {
        link: link.clone(),
        create: false,
    }
}

#[test]
fn everybody_draws_on_through_a_handover_and_every_stroke_is_on_the_other_relay() {
    let seed = std::env::var("SEED").ok().and_then(|text| text.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| fastrand::u64(..));
    println!("SEED={seed}");
    let folder = tempfile::tempdir().expect("a folder");
    let mut host = Host::new(&folder.path().join("host"));
    let target = RelayProcess::start(relay_program!(), &folder.path().join("target"));
    let picture = StoredImage {
        kind: ImageType::Jpeg,
        bytes: (0..300_000)
            .map(|at: u32| (at.wrapping_mul(2_654_435_761) >> 7) as u8)
            .collect(),
    };
    let kind = picture.kind;
    let picture = host.desk.board().images().put(&picture).expect("it is kept");
    let shown = Picture {
        image: picture,
        kind,
        pixels: [40, 30],
    };
    host.desk.board_mut().put_images(&[shown], None);
    let (looking, _) = host
        .desk
        .board_mut()
        .make_link(Role::View, "The class", None)
        .expect("a key");
    host.desk.until("the link", |board| {
        board
            .status()
            .access
            .links
            .iter()
            .any(|link| link.hash == looking)
    });
    let look = host.desk.board().link_of(&looking).expect("its key is known");

    // Somebody who is away when it happens, with strokes that nobody else has.
    let dan = Person::open_in("dan", folder.path(), to_draw(&host.link));
    dan.wait_live();
    let mut drawn: Vec<Cell> = (0..5).map(|_| dan.draw()).collect();
    dan.wait_saved();
    dan.client().set_online(false);
    drawn.extend((0..5).map(|_| dan.draw()));

    let people = ["ann", "bea", "cem"].map(|name| Person::join(name, to_draw(&host.link)));
    people.iter().for_each(Person::wait_live);
    let new = target.address().to_string();
    let mut random = fastrand::Rng::with_seed(seed);
    let drawers: Vec<_> = people
        .into_iter()
        .map(|person| {
            let (random, new) = (random.fork(), new.clone());
            std::thread::spawn(move || draw_through(person, random, &new))
        })
        .collect();
    let mut courier = host.send_copy(&target, None);
    assert_eq!(carry(&mut courier), Ok(()));
    host.hand_over(&courier);
    drop(courier);
    let people: Vec<Person> = drawers
        .into_iter()
        .map(|drawer| {
            let (person, cells) = drawer.join().expect("they draw");
            drawn.extend(cells);
            person
        })
        .collect();
    host.desk.until("its host went along", |board| {
        let status = board.status();
        status.phase == Phase::Live && status.relay.as_ref() == Some(&new)
    });
    assert_eq!(host.desk.board().status().role, Some(Role::Owner));

    // The old address leads on whoever was away.
    dan.client().set_online(true);
    dan.wait("the other relay", |status| {
        status.relay.as_ref() == Some(&new) && status.phase == Phase::Live
    });
    let all: Vec<&Person> = people.iter().chain([&dan]).collect();
    let board = agree(&all, target.data(), "b", &drawn);
    assert!(board.len() >= drawn.len() / 8, "{}", board.len());
    // Nothing that anybody had on the old relay is missing on the new one.
    let before = board_of(&folder.path().join("host"), "b");
    for cell in before.iter() {
        let held = board.get(&cell.key());
        assert!(
            held.is_some_and(|(stamp, value)| !cell.beats(stamp, value.as_str())),
            "{cell:?} was lost"
        );
    }
    // Links hold, with their roles, also where somebody follows an old one; and so do pictures.
    let mut vic = Desk::follow("vic", &look);
    vic.until("the other relay", |board| {
        let status = board.status();
        status.phase == Phase::Live && status.relay.as_ref() == Some(&new)
    });
    assert_eq!(vic.board().status().role, Some(Role::View));
    let head = format!(
        "HEAD /boards/b/images/{picture} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
        host.link.key.reveal()
    );
    let answer = ask_http(target.address(), &head, b"");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop((host, vic));
}

#[test]
fn a_relay_that_refuses_leaves_the_board_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut host = Host::new(&folder.path().join("host"));
    let ann = Person::join("ann", to_draw(&host.link));
    ann.wait_live();
    let mut drawn = vec![ann.draw(), ann.draw()];
    ann.wait_saved();
    host.desk
        .until("the stroke", |board| !board.editor().scene().is_empty());
    let hash = folder.path().join("password");
    std::fs::write(&hash, "sesame\n").expect("written");
    let hash = hash.display().to_string();
    let start = |name: &str, args: &[&str]| {
        RelayProcess::start_with(relay_program!(), &folder.path().join(name), args)
    };
    let full = start("full", &["--max-boards", "1"]);
    let first = Desk::make("first", &fresh_link(full.address(), "other"));
    assert_eq!(carry(&mut host.send_copy(&full, None)), Err(Code::RelayFull));
    let small = start("small", &["--max-cells-per-board", "1"]);
    assert_eq!(carry(&mut host.send_copy(&small, None)), Err(Code::BoardFull));
    let asks = start("asks", &["--password-file", &hash]);
    assert_eq!(carry(&mut host.send_copy(&asks, None)), Err(Code::Password));
    assert_eq!(
        carry(&mut host.send_copy(&asks, Some("open"))),
        Err(Code::Password)
    );
    // One that has a board of this name already, of somebody else.
    let taken = start("taken", &[]);
    let other = Link {
        key: Key::from_bits([9; 16]),
        ..fresh_link(taken.address(), "b")
    };
    let second = Desk::make("second", &other);
    assert_eq!(carry(&mut host.send_copy(&taken, None)), Err(Code::BadKey));
    // Nobody was sent anywhere, and all goes on.
    drawn.push(ann.draw());
    agree(&[&ann], &folder.path().join("host"), "b", &drawn);
    assert_eq!(host.desk.board().status().phase, Phase::Live);
    // With the password it goes.
    let mut courier = host.send_copy(&asks, Some("sesame"));
    assert_eq!(carry(&mut courier), Ok(()));
    // Again, with a link that was made meanwhile: what is there stays, what is new is added.
    drop(courier);
    let (later, _) = host
        .desk
        .board_mut()
        .make_link(Role::View, "Later", None)
        .expect("a key");
    host.desk.until("the link", |board| {
        board.status().access.links.iter().any(|link| link.hash == later)
    });
    let look = host.desk.board().link_of(&later).expect("its key is known");
    let mut courier = host.send_copy(&asks, Some("sesame"));
    assert_eq!(carry(&mut courier), Ok(()));
    host.hand_over(&courier);
    let new = asks.address().to_string();
    ann.wait("the other relay", |status| status.relay.as_ref() == Some(&new));
    let mut vic = Desk::follow("vic", &look);
    vic.until("the other relay", |board| {
        board.status().relay.as_ref() == Some(&new) && board.status().phase == Phase::Live
    });
    agree(&[&ann], asks.data(), "b", &drawn);
    drop((first, second));
}
