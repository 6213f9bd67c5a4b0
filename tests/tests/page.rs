//! What a browser is shown: the page of a board's address and the relay's own, and the board's title, of which strangers
//! learn nothing. Where a Chromium is installed it opens the page, as a person's browser would.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use drawbridge_protocol::Link;
use drawbridge_tests::desk::Desk;
use drawbridge_tests::{RelayProcess, relay_program};

/// The key of boards that [`RelayProcess::remote`] makes.
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBw";
const OTHER: &str = "CAgICAgICAgICAgICAgICA";

fn relay(folder: &tempfile::TempDir) -> RelayProcess {
    RelayProcess::start(relay_program!(), &folder.path().join("relay"))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// An answer, its head as it came.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }
}

fn ask(address: SocketAddr, method: &str, path: &str, key: Option<&str>) -> Answer {
    let mut tcp = TcpStream::connect(address).expect("a connection");
    let key = key.map_or_else(String::new, |key| format!("Authorization: Bearer {key}\r\n"));
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n{key}Connection: close\r\n\r\n");
    tcp.write_all(request.as_bytes()).expect("sent");
    let mut text = String::new();
    tcp.read_to_string(&mut text).expect("an answer");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head
        .split(' ')
        .nth(1)
        .expect("a status")
        .parse()
        .expect("a number");
    Answer {
        status,
        // When it was sent is no part of what is told.
        head: head
            .lines()
            .filter(|line| !line.starts_with("date:"))
            .fold(String::new(), |head, line| head + line + "\n"),
        body: body.to_owned(),
    }
}

#[test]
fn a_page_tells_nobody_whether_there_is_a_board() {
    let folder = folder();
    let relay = relay(&folder);
    let mut ada = Desk::join("ada", relay.remote("there"));
    ada.board_mut().set_title("Plans");
    ada.until_saved();
    let get = |path| ask(relay.address(), "GET", path, None);
    let page = get("/boards/there");
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    assert!(!page.body.contains("Plans"), "{}", page.body);
    for other in [
        "/boards/not-there",
        "/boards/",
        "/boards/a/b",
        "/boards/%3Cb%3E",
        "/boards/there?x",
    ] {
        assert_eq!(get(other), page, "{other}");
    }
    let own = get("/");
    assert_eq!(own.status, 200);
    assert!(!own.body.contains("there"), "no list of boards: {}", own.body);
    for page in [&page, &own] {
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(
            policy.starts_with("default-src 'none';") && !policy.contains("unsafe"),
            "{policy}"
        );
        for part in ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
    assert!(get("/robots.txt").body.contains("Disallow: /\n"));
    assert_eq!(get("/icon.svg").header("content-type"), Some("image/svg+xml"));
}

#[test]
fn p1_the_title_is_told_to_whoever_has_a_key_and_nobody_joins_for_it() {
    let folder = folder();
    let relay = relay(&folder);
    let title =
        |method, board: &str, key| ask(relay.address(), method, &format!("/boards/{board}/title"), key);
    let mut ada = Desk::join("ada", relay.remote("b"));
    assert_eq!(
        title("GET", "b", Some(KEY)).status,
        204,
        "a board without a title"
    );
    ada.board_mut().set_title("Plans");
    ada.board_mut().set_title("Plans for \"spring\" <3");
    ada.until_saved();
    let told = title("GET", "b", Some(KEY));
    assert_eq!(
        (told.status, told.body.as_str()),
        (200, r#""Plans for \"spring\" <3""#)
    );
    assert_eq!(told.header("content-type"), Some("application/json"));
    assert_eq!(told.header("cache-control"), Some("no-store"));
    let head = title("HEAD", "b", Some(KEY));
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let stranger = title("GET", "b", Some(OTHER));
    assert_eq!(stranger.status, 401);
    assert!(stranger.body.contains(r#""code":"bad_key""#), "{}", stranger.body);
    assert_eq!(title("GET", "b", None), stranger);
    assert_eq!(
        title("GET", "not-there", Some(KEY)),
        stranger,
        "it isn't told which boards there are"
    );
    assert_eq!(title("GET", "a%20b", Some(KEY)).status, 400);
    assert_eq!(title("PUT", "b", Some(KEY)).status, 405);
    // A page shows a line, no book.
    ada.board_mut().set_title(&"long ".repeat(4000));
    ada.until_saved();
    assert_eq!(title("GET", "b", Some(KEY)).status, 204);
    let log = relay.terminate().1;
    let joined = log.iter().filter(|line| line.contains(" joined")).count();
    assert_eq!(joined, 1, "{log:#?}");
    for line in &log {
        assert!(
            !line.contains(KEY) && !line.contains(OTHER),
            "a key in the log: {line}"
        );
    }
}

/// What a browser makes of a page, as HTML, and what it says of it.
fn browse(browser: &str, url: &str) -> (String, String) {
    let profile = folder();
    let mut command = Command::new(browser);
    // Without a sandbox, since root has none there; it sees no page but ours. It waits for what the page fetches.
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        "--dump-dom",
    ]);
    command.arg("--virtual-time-budget=30000");
    command.arg(format!("--user-data-dir={}", profile.path().display()));
    let output = command.arg(url).output().expect("a browser");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    (String::from_utf8_lossy(&output.stdout).into_owned(), said)
}

/// The first browser of these that is installed.
fn browser() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names.into_iter().find(|name| {
        let version = Command::new(name).arg("--version").output();
        version.is_ok_and(|version| version.status.success())
    });
    if found.is_none() {
        // Past the test's own output, which is only shown when it fails.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no Chromium is installed, so no browser opens the page"
        );
    }
    found
}

/// The start tag of the element with an id, and the text up to the next tag, as HTML.
fn element<'a>(dom: &'a str, id: &str) -> (&'a str, &'a str) {
    let at = dom
        .find(&format!(" id=\"{id}\""))
        .unwrap_or_else(|| panic!("no {id} in {dom}"));
    let start = dom[..at].rfind('<').expect("a tag");
    let (tag, rest) = dom[start..].split_once('>').expect("its end");
    (tag, rest.split('<').next().expect("a text").trim())
}

fn is_hidden(dom: &str, id: &str) -> bool {
    element(dom, id).0.contains(" hidden")
}

#[test]
fn a_browser_shows_the_boards_name_and_the_way_to_it() {
    let Some(browser) = browser() else { return };
    let folder = folder();
    let relay = relay(&folder);
    let mut ada = Desk::join("ada", relay.remote("b"));
    ada.board_mut().set_title("Ren\u{e9}e & <b>Bob</b>'s plans");
    ada.until_saved();
    let open = |what: &str| {
        let (dom, said) = browse(browser, &format!("http://{}/boards/{what}", relay.address()));
        assert!(!said.contains("CONSOLE") || what != format!("b#{KEY}"), "{said}");
        assert!(!said.contains("Content Security Policy"), "{said}");
        dom
    };
    let dom = open(&format!("b#{KEY}"));
    assert_eq!(
        element(&dom, "name").1,
        "Ren\u{e9}e &amp; &lt;b&gt;Bob&lt;/b&gt;'s plans"
    );
    assert_eq!(element(&dom, "say").1, "Open it in Drawbridge to draw together.");
    assert!(!is_hidden(&dom, "go") && !is_hidden(&dom, "by-hand"), "{dom}");
    // Both links are ones that the app reads, to this board.
    let (tag, _) = element(&dom, "open");
    let href = tag
        .split("href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a link");
    let wanted = relay.remote("b").link;
    assert_eq!(href.parse::<Link>().as_ref(), Ok(&wanted));
    assert_eq!(element(&dom, "link").1.parse::<Link>(), Ok(wanted));

    let dom = open(&format!("b#{OTHER}"));
    assert!(
        element(&dom, "say")
            .1
            .starts_with("This link doesn\u{2019}t open a board here."),
        "{dom}"
    );
    assert!(is_hidden(&dom, "go") && !dom.contains("plans"), "{dom}");
    let nowhere = open(&format!("not-there#{OTHER}"));
    for id in ["name", "say", "go"] {
        assert_eq!(
            element(&nowhere, id),
            element(&dom, id),
            "strangers learn nothing"
        );
    }
    for no_key in ["b", "b#short", "b#%3Cscript%3E"] {
        let dom = open(no_key);
        assert!(
            element(&dom, "say")
                .1
                .starts_with("To draw on this board you need its whole link"),
            "{dom}"
        );
        assert!(is_hidden(&dom, "go"), "{dom}");
    }
    let dom = open(&format!("a/b#{KEY}"));
    assert!(element(&dom, "say").1.starts_with("This is no board"), "{dom}");
    // Where no script runs, the page stays as it came.
    let dom = ask(relay.address(), "GET", "/boards/b", None).body;
    assert!(
        element(&dom, "say")
            .1
            .starts_with("Copy the whole address of this page"),
        "{dom}"
    );
    assert!(is_hidden(&dom, "go") && is_hidden(&dom, "by-hand"), "{dom}");
}
