//! Worlds in which a disk is too small, or filled by others: the relay's, and somebody's own. Processes are killed and
//! started while it is full, room is made, and all agree.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tokio_tungstenite::tungstenite::{self, Message};

use super::CLOSE;
use super::Programs;
use super::world::{BOARD, World};
use crate::process::{ask_http, fresh_link, get};
use crate::tally::Tally;

/// How long anything may take before it counts as never.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many bytes a stroke has beside its points, so that disks fill soon.
const WEIGHT: usize = 6_000;
/// The size of a disk with room, in KiB.
const ROOM: u32 = 64 << 10;
/// How often processes are killed while the disk is full, at most.
const KILLS: usize = 3;
/// Who of the people has the small disk, and the name of its folder.
const WHO: (usize, &str) = (1, "bea");
/// What a relay says of itself while it is full.
const FULL: &str = r#""reason":"disk_full""#;
/// How large the image is that doesn't fit, in bytes.
const IMAGE: usize = 12 << 20;
const TOLD: &str = "times a person was told that their disk is full";

/// Fills the relay's disk, then that of one of its people, then both from outside. The process must be allowed to
/// mount: alone in a mount namespace of its own, so that nothing of it is left behind.
#[must_use]
pub fn run(programs: &Programs, seed: u64) -> Tally {
    let kib = fastrand::Rng::with_seed(seed).u32(700..2_500);
    let mut table = Tally::default();
    for world in [relay_fills, client_fills, others_fill] {
        table.merge(&world(programs, seed, kib));
    }
    table
}

/// Lays a file system of so many KiB over a folder.
fn mount(folder: &Path, kib: u32) {
    mount_with(folder, &format!("size={kib}k"));
}

/// Makes room on it.
fn enlarge(folder: &Path) {
    mount_with(folder, &format!("remount,size={ROOM}k"));
}

fn mount_with(folder: &Path, options: &str) {
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder);
    let status = command.status().expect("mount");
    assert!(status.success(), "mount over {}", folder.display());
}

/// Fills a folder's disk to the last byte.
fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("ballast");
    let mut file = std::fs::File::create(&path).expect("a file");
    for size in [4096, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    path
}

fn remove(ballast: &[PathBuf]) {
    for path in ballast {
        std::fs::remove_file(path).expect("removed");
    }
}

fn home(world: &World) -> PathBuf {
    let file = &world.people[WHO.0].drawing.file;
    file.parent().expect("a folder").to_owned()
}

fn relay_fills(programs: &Programs, seed: u64, kib: u32) -> Tally {
    let mut world = World::over(programs, seed, WEIGHT, |folder| {
        if folder.ends_with("relay") {
            mount(folder, kib);
        }
    });
    world.begin();
    wait_refusing(&mut world);
    refuses_by_name(&mut world);
    // People draw on; it waits with them.
    world.work(Duration::from_millis(800));
    for _ in 0..KILLS {
        if world.relay.is_some() {
            kill_relay(&mut world);
            start_relay(&mut world);
            world.work(Duration::from_millis(400));
        }
    }
    if let Some(relay) = world.relay.take() {
        // It may fail to tidy up, but not to keep.
        let (_, log) = relay.terminate();
        sensible(&log.join("\n"));
        world.table.count("stops of the relay while its disk was full");
        world.check_relay();
    }
    all_there(&mut world);
    enlarge(&world.data);
    world.start_relay();
    world.end()
}

fn client_fills(programs: &Programs, seed: u64, kib: u32) -> Tally {
    let mut world = World::over(programs, seed, WEIGHT, |folder| {
        if folder.ends_with(WHO.1) {
            mount(folder, kib);
        }
    });
    world.begin();
    wait_told(&mut world, 0);
    all_there(&mut world);
    // They draw on, and nothing of it reaches the relay before it is on their own disk.
    world.work(Duration::from_millis(800));
    for _ in 0..KILLS {
        if world.people[WHO.0].is_there() {
            kill_client(&mut world);
            open(&mut world);
            world.work(Duration::from_millis(400));
        }
    }
    if world.people[WHO.0].is_there() {
        // What isn't on disk can't be kept, and is told.
        world.people[WHO.0].tell(CLOSE);
        let (status, complaint) = world.people[WHO.0].ended();
        sensible(&complaint);
        assert!(
            status.success() || complaint.contains("full"),
            "it closed: {complaint}"
        );
        world.table.count("clients closed while their disk was full");
        world.check_client(WHO.0);
    }
    enlarge(&home(&world));
    world.people[WHO.0].start();
    world.end()
}

/// Something else fills both disks, first while relay and client are down, then while they run.
fn others_fill(programs: &Programs, seed: u64, _: u32) -> Tally {
    let mut world = World::over(programs, seed, 0, |folder| {
        if folder.ends_with("relay") || folder.ends_with(WHO.1) {
            mount(folder, ROOM / 2);
        }
    });
    world.begin();
    world.work(Duration::from_millis(800));
    world.agree();
    world.stop_relay();
    world.close_client(WHO.0);
    let ballast = [fill(&world.data), fill(&home(&world))];
    start_relay(&mut world);
    open(&mut world);
    assert!(
        world.relay.is_none() && !world.people[WHO.0].is_there(),
        "there is not a byte left"
    );
    remove(&ballast);
    world.start_relay();
    world.people[WHO.0].start();
    world.agree();
    world.go_on();

    // While it runs, room goes and comes again.
    let ballast = [fill(&world.data)];
    wait_refusing(&mut world);
    refuses_by_name(&mut world);
    remove(&ballast);
    recovers(&mut world);

    // They may be told before the relay is full.
    let told = world.table.get(TOLD);
    let ballast = [fill(&world.data), fill(&home(&world))];
    wait_refusing(&mut world);
    wait_told(&mut world, told);
    kill_relay(&mut world);
    kill_client(&mut world);
    start_relay(&mut world);
    open(&mut world);
    remove(&ballast);
    if world.relay.is_none() {
        world.start_relay();
    }
    if !world.people[WHO.0].is_there() {
        world.people[WHO.0].start();
    }
    world.end()
}

/// What whoever runs the relay sees while its disk is full, and what others are told.
fn refuses_by_name(world: &mut World) {
    let relay = world.relay.as_ref().expect("it runs");
    let (address, metrics) = (relay.address(), relay.metrics());
    let ready = get(address, "/readyz");
    assert!(
        ready.starts_with("HTTP/1.1 503") && ready.contains(FULL),
        "{ready}"
    );
    assert!(get(address, "/healthz").contains("200 OK"), "it is alive");

    // Somebody else wants to make a board, and an image comes that is larger than the disk.
    let refused = hello(address, "another", true);
    // So little may fit into what is left of the log.
    let fits = refused.starts_with(r#"{"welcome""#);
    assert!(fits || refused.contains(r#""code":"store_full""#), "{refused}");
    let key = fresh_link(address, BOARD).key;
    let head = format!(
        "PUT /boards/{BOARD}/images/{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: image/png\r\nContent-Length: {IMAGE}\r\n\r\n",
        "0".repeat(64),
        key.reveal(),
    );
    let refused = ask_http(address, &head, &vec![0; IMAGE]);
    let says_so = refused.starts_with("HTTP/1.1 503") && refused.contains(r#""code":"store_full""#);
    assert!(says_so, "{refused}");
    assert!(
        refused.to_ascii_lowercase().contains("retry-after: 5"),
        "{refused}"
    );
    // Whoever wants to read the board still can.
    let welcome = hello(address, BOARD, false);
    assert!(welcome.starts_with(r#"{"welcome""#), "{welcome}");

    let page = get(metrics, "/metrics");
    assert!(page.contains("\ndrawbridge_ready 0\n"), "{page}");
    let refusals = r#"drawbridge_refusals_total{code="store_full"} "#;
    let line = page.lines().find_map(|line| line.strip_prefix(refusals));
    let count: u64 = line.expect("refusals").parse().expect("a number");
    let least = if fits { 2 } else { 3 };
    assert!(
        count >= least,
        "{count} refusals: of a write, an image, and a board unless that fitted"
    );
    world.table.count("relays on a full disk that said so by name");
}

/// Says hello to a board; returns the answer.
fn hello(address: SocketAddr, board: &str, create: bool) -> String {
    let stream = TcpStream::connect(address).expect("somebody listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let url = format!("ws://{address}/boards/{board}");
    let (mut socket, _) = tungstenite::client(url, stream).expect("an upgrade");
    let key = fresh_link(address, board).key;
    let hello = format!(
        r#"{{"hello":{{"versions":[1],"peer":"ffffffffffffffff","key":"{}","create":{create}}}}}"#,
        key.reveal()
    );
    socket.send(Message::text(hello)).expect("sent");
    loop {
        if let Message::Text(text) = socket.read().expect("an answer") {
            return text.to_string();
        }
    }
}

/// There is room again under a relay that runs: it takes writes again by itself.
fn recovers(world: &mut World) {
    let relay = world.relay.as_ref().expect("it runs");
    let start = Instant::now();
    loop {
        let ready = get(relay.address(), "/readyz");
        if ready.starts_with("HTTP/1.1 200") {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "it never took writes again: {ready}");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(get(relay.metrics(), "/metrics").contains("\ndrawbridge_ready 1\n"));
    let log = relay.log();
    let full = log.iter().filter(|line| line.contains("the disk is full"));
    assert!(
        full.count() <= 5,
        "its log says the same again and again: {log:?}"
    );
    world.table.count("relays that recovered by themselves");
}

/// Waits until the relay says that it refuses writes.
fn wait_refusing(world: &mut World) {
    let until = Instant::now() + PATIENCE;
    let says_so = |world: &World| {
        let relay = world.relay.as_ref().expect("it runs");
        get(relay.address(), "/readyz").contains(FULL)
    };
    while !says_so(world) {
        assert!(world.hear_until(until), "the relay's disk never filled");
    }
    world.table.count("relays whose disk filled");
}

/// Waits until the person has been told more than `before` times that their disk is full.
fn wait_told(world: &mut World, before: u64) {
    let until = Instant::now() + PATIENCE;
    while world.table.get(TOLD) == before {
        assert!(world.hear_until(until), "the disk never filled");
    }
    world.table.count("clients whose disk filled");
}

fn kill_relay(world: &mut World) {
    world.kill_relay();
    world.table.count("kills of the relay while its disk was full");
}

fn kill_client(world: &mut World) {
    world.kill_client(WHO.0);
    world.table.count("kills of clients while their disk was full");
}

/// Starts the relay on its full disk: it either serves what it has, or says what is wrong.
fn start_relay(world: &mut World) {
    match &world.try_start_relay() {
        Ok(()) => world.table.count("starts of the relay on a full disk: it serves"),
        Err(log) => {
            sensible(log);
            assert!(log.contains("full"), "it doesn't say why it won't start: {log}");
            world
                .table
                .count("starts of the relay on a full disk: it says that it is full");
            world.check_relay();
        }
    }
}

/// Opens the board on the full disk: it either goes on, or says what is wrong.
fn open(world: &mut World) {
    world.catch_up();
    let before = world.opened[WHO.0];
    world.gone[WHO.0] = false;
    world.people[WHO.0].start();
    let until = Instant::now() + PATIENCE;
    while world.opened[WHO.0] == before && !world.gone[WHO.0] {
        assert!(world.hear_until(until), "it neither opens nor ends");
    }
    if world.opened[WHO.0] > before {
        world.table.count("openings on a full disk: it goes on");
        return;
    }
    let (_, complaint) = world.people[WHO.0].ended();
    sensible(&complaint);
    assert!(
        complaint.contains("full"),
        "it doesn't say why it won't open: {complaint}"
    );
    world
        .table
        .count("openings on a full disk: it says that it is full");
    world.check_client(WHO.0);
}

/// Nobody who is told this would throw a store away.
fn sensible(said: &str) {
    for word in ["damaged", "panicked"] {
        assert!(!said.contains(word), "a full disk is no damage: {said}");
    }
}

/// Nobody of those who draw has died of it.
fn all_there(world: &mut World) {
    world.catch_up();
    assert_eq!(
        world.gone,
        vec![false; world.people.len()],
        "{:?}",
        world.restless
    );
}
