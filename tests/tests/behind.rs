//! Behind nginx and Caddy, with the files of `relay/deploy`: people draw, images go both ways, and all come back when the proxy
//! begins anew. What isn't installed is skipped, and that is said.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use drawbridge_engine::board::Board;
use drawbridge_engine::client::{Phase, Remote};
use drawbridge_engine::document::Picture;
use drawbridge_engine::images::StoredImage;
use drawbridge_protocol::ImageType;
use drawbridge_tests::authority::Authority;
use drawbridge_tests::desk::Desk;
use drawbridge_tests::{RelayProcess, relay_program};

/// How long a proxy may take for its start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A proxy in front of a relay. Dropped, it is ended.
struct Proxy {
    child: Child,
    again: Box<dyn Fn() -> Command>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // nginx's workers end with its master only where that is asked.
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// Whether a program can be run here; says so where it can't.
fn installed(program: &str) -> bool {
    let found = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        .iter()
        .map(PathBuf::from)
        .chain(
            std::env::var_os("PATH")
                .iter()
                .flat_map(std::env::split_paths)
                .collect::<Vec<_>>(),
        )
        .any(|folder| folder.join(program).is_file());
    if !found {
        eprintln!("SKIPPED: {program} is not installed");
    }
    found
}

fn free_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../relay/deploy")
        .join(name);
    std::fs::read_to_string(path).expect("an example")
}

/// The text with each of these put in the place of what is there, which must be there.
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "no {from} in the example");
        text.replace(from, to)
    })
}

fn start(mut command: Command, at: SocketAddr, again: Box<dyn Fn() -> Command>) -> Proxy {
    let child = command.stdin(Stdio::null()).spawn().expect("the proxy starts");
    let start = Instant::now();
    while TcpStream::connect(at).is_err() {
        assert!(start.elapsed() < PATIENCE, "the proxy never listens");
        std::thread::sleep(Duration::from_millis(20));
    }
    Proxy { child, again }
}

fn nginx(folder: &Path, authority: &Authority, relay: SocketAddr, at: SocketAddr) -> Proxy {
    let [cert, key] = authority.files().map(|path| path.display().to_string());
    // Where a machine has more than one address of its own, the proxy comes from another than people do.
    let from = if cfg!(target_os = "linux") {
        " proxy_bind 127.0.0.9;"
    } else {
        ""
    };
    let upstream = format!("{relay};{from}");
    let site = with(
        &example("nginx.conf"),
        &[
            ("    listen [::]:443 ssl http2;\n", ""),
            ("    listen [::]:80;\n", ""),
            ("listen 443 ssl http2", &format!("listen {at} ssl http2")),
            ("listen 80", &format!("listen {}", free_port())),
            ("relay.example;", "127.0.0.1;"),
            ("/etc/letsencrypt/live/relay.example/fullchain.pem", &cert),
            ("/etc/letsencrypt/live/relay.example/privkey.pem", &key),
            ("127.0.0.1:7411;", &upstream),
        ],
    );
    std::fs::write(folder.join("site.conf"), site).expect("written");
    let here = folder.display();
    let main = format!(
        "daemon off; worker_processes 1; pid {here}/nginx.pid; error_log {here}/error.log;\n\
         events {{ }}\nhttp {{ access_log off; client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;\n\
         fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u; scgi_temp_path {here}/s; include {here}/site.conf; }}\n"
    );
    std::fs::write(folder.join("main.conf"), main).expect("written");
    let run = {
        let folder = folder.to_owned();
        move |more: &[&str]| {
            let mut command = Command::new("nginx");
            command
                .arg("-p")
                .arg(&folder)
                .arg("-c")
                .arg(folder.join("main.conf"));
            command.arg("-e").arg(folder.join("error.log")).args(more);
            command
        }
    };
    let first = run(&[]);
    start(first, at, Box::new(move || run(&["-s", "reload"])))
}

fn caddy(folder: &Path, authority: &Authority, relay: SocketAddr, at: SocketAddr) -> Proxy {
    let [cert, key] = authority.files().map(|path| path.display().to_string());
    let admin = free_port();
    let site = with(
        &example("Caddyfile"),
        &[
            (
                "\n{$DRAWBRIDGE_HOST:relay.example} {\n",
                &format!(
                    "\n{{\n\tadmin {admin}\n\tauto_https disable_redirects\n}}\n\nhttps://127.0.0.1:{} {{\n\ttls {cert} {key}\n",
                    at.port()
                ),
            ),
            ("{$DRAWBRIDGE_RELAY:127.0.0.1:7411}\n}", &format!("{relay}\n}}")),
        ],
    );
    let file = folder.join("Caddyfile");
    std::fs::write(&file, site).expect("written");
    let run = {
        let (folder, file) = (folder.to_owned(), file);
        move |what: &str, more: &[&str]| {
            let mut command = Command::new("caddy");
            command
                .arg(what)
                .arg("--config")
                .arg(&file)
                .args(["--adapter", "caddyfile"])
                .args(more);
            command
                .env("XDG_DATA_HOME", &folder)
                .env("XDG_CONFIG_HOME", &folder)
                .env("HOME", &folder);
            command.stderr(
                std::fs::File::options()
                    .append(true)
                    .create(true)
                    .open(folder.join("caddy.log"))
                    .expect("a log"),
            );
            command
        }
    };
    let first = run("run", &[]);
    let admin = admin.to_string();
    start(
        first,
        at,
        Box::new(move || run("reload", &["--force", "--address", &admin])),
    )
}

fn image(number: u8, bytes: usize) -> StoredImage {
    let stir = |at: usize| (at.wrapping_mul(2_654_435_761) >> 7) as u8 ^ number;
    StoredImage {
        kind: ImageType::Jpeg,
        bytes: (0..bytes).map(stir).collect(),
    }
}

fn put(desk: &mut Desk, image: &StoredImage) {
    let hash = desk.board().images().put(image).expect("it is kept");
    let picture = Picture {
        image: hash,
        kind: image.kind,
        pixels: [40, 30],
    };
    desk.board_mut().put_images(&[picture], None);
}

fn has(desk: &mut Desk, image: &StoredImage) {
    let hash = image.hash();
    desk.until("the image", |board: &Board| board.images().has(&hash));
    let held = desk.board().images().get(&hash).expect("a disk");
    assert!(held.as_ref() == Some(image), "whole");
}

type Start = fn(&Path, &Authority, SocketAddr, SocketAddr) -> Proxy;

fn behind(program: &str, proxy: Start) {
    if !installed(program) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let authority = Authority::new(folder.path());
    authority.issue(&["127.0.0.1"]);
    let relay = RelayProcess::start_with(relay_program!(), &folder.path().join("relay"), ARGS);
    let at = free_port();
    let running = proxy(folder.path(), &authority, relay.address(), at);
    let through = |mut remote: Remote| {
        remote.link.secure = true;
        remote.link.relay = at.to_string();
        remote
    };
    let trust = authority.trust();
    let mut ada = Desk::join_trusting("ada", through(relay.remote("b")), trust.clone());
    let mut bob = Desk::join_trusting("bob", through(relay.invited("b")), trust.clone());
    // Larger than what proxies take by themselves, and both ways.
    let photo = image(1, 6_000_000);
    put(&mut ada, &photo);
    has(&mut bob, &photo);
    bob.until_same(&ada);

    // The proxy reads its files again: with another certificate.
    authority.issue(&["127.0.0.1", "relay.example"]);
    let again = (running.again)().status().expect("the proxy's program");
    assert!(again.success(), "{program} reads its files again");
    let second = image(2, 200_000);
    put(&mut bob, &second);
    has(&mut ada, &second);
    let mut cem = Desk::join_trusting("cem", through(relay.invited("b")), trust);
    has(&mut cem, &photo);

    // And is gone for a while.
    drop(running);
    ada.until("cut off", |board| board.status().phase != Phase::Live);
    let third = image(3, 1000);
    put(&mut ada, &third);
    let _running = proxy(folder.path(), &authority, relay.address(), at);
    has(&mut bob, &third);
    ada.until_saved();
    cem.until_same(&ada);
    addresses_are_right(&relay);
}

#[test]
fn nginx_passes_on_all_that_a_board_needs() {
    behind("nginx", nginx);
}

#[test]
fn caddy_passes_on_all_that_a_board_needs() {
    behind("caddy", caddy);
}

/// One proxy, which says where people come from.
const ARGS: &[&str] = &["--trusted-proxies", "1"];

fn addresses_are_right(relay: &RelayProcess) {
    let log = relay.log();
    let joined: Vec<&String> = log.iter().filter(|line| line.contains("joined")).collect();
    assert!(!joined.is_empty(), "{log:?}");
    let right = |line: &&String| line.ends_with(" client=127.0.0.1");
    assert!(joined.iter().all(right), "{joined:?}");
}
