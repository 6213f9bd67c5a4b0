//! The one table of settings. Flags, environment variables, keys of the file, `--help`, `check-config` and SETTINGS.md all
//! come from it.
//!
//! **To add a setting**: give it a field with a default in [`Settings`](super::Settings) (or in [`Config`](super::Config),
//! if it is the program's and not the relay's), and a row here. Then write the reference page anew:
//! `cargo run -p drawbridge-relay -- settings > relay/SETTINGS.md`. What two settings must be to each other stands in
//! `check.rs`.

use std::time::Duration;

use tracing_subscriber::EnvFilter;

use super::form::{Form, address, choice, duration, list, number, optional, path, size, text, yes_no};
use super::row::{LogFormat, Row, Section, row};
use crate::address::ProxyHeader;
use crate::origin;
use crate::password::{PasswordFor, PasswordHash};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// All settings.
pub(crate) fn table() -> Vec<Section> {
    let sections = [
        ("The program", program()),
        ("TLS", tls()),
        ("The log", log()),
        ("Proxies and web pages", proxies()),
        ("Connections", connections()),
        ("Who may come", password()),
        ("Boards", boards()),
        ("Messages", messages()),
        ("Rates of a connection", rates()),
        ("Images", images()),
        ("History", history()),
        ("Times", times()),
        ("Wet ink", wet_ink()),
    ];
    sections.map(|(title, rows)| Section { title, rows }).into()
}

fn program() -> Vec<Row> {
    vec![
        row(
            "config",
            optional(path("FILE")),
            |c| &mut c.file,
            "A TOML file of settings.",
        )
        .not_in_a_file(),
        row(
            "listen",
            address(),
            |c| &mut c.listen,
            "Where to listen; port 0 takes a free one.",
        ),
        row(
            "data",
            optional(path("FOLDER")),
            |c| &mut c.data,
            "Where boards are kept.",
        )
        .default_is("the place that this system gives programs"),
        row(
            "metrics-listen",
            optional(address()),
            |c| &mut c.settings.metrics_listen,
            "Where `/metrics` is served for Prometheus, with `/healthz` and `/readyz` beside it. Without it there is no \
             `/metrics`. Whoever reaches it reads numbers only, and needs no password: keep it off the open internet.",
        )
        .default_is("nowhere"),
        row(
            "app-page",
            optional(text(
                "URL",
                "an address such as https://draw.example.org/app",
                |text| {
                    ["https://", "http://"]
                        .iter()
                        .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
                },
            )),
            |c| &mut c.settings.app_page,
            "Where people get the app: the page that a board's address shows in a browser leads there.",
        ),
    ]
}

fn tls() -> Vec<Row> {
    let pem = || optional(path("FILE"));
    let line = |name, expected| -> Form<String> {
        text(name, expected, |text| {
            !text.is_empty() && !text.contains(char::is_whitespace)
        })
    };
    vec![
        row(
            "tls-cert",
            pem(),
            |c| &mut c.settings.tls_cert,
            "The certificate to show, and those that lead from it to its authority, as PEM: the relay then speaks TLS (`https`, `wss`) on its port. It and its \
             key are read again within 5 s when they change; what can't be used is logged, and the one before goes on.",
        ),
        row(
            "tls-key",
            pem(),
            |c| &mut c.settings.tls_key,
            "Its key, as PEM without a passphrase: PKCS#8, SEC1 or PKCS#1.",
        ),
        row(
            "acme-domains",
            list("LIST", line("NAME", "a name such as draw.example.org")),
            |c| &mut c.settings.acme_domains,
            "Names for which a certificate is asked for by ACME and renewed in time. They are proven on the relay's own port (TLS-ALPN-01), which must be reached as port 443 from outside.",
        ),
        row(
            "acme-email",
            optional(line("ADDRESS", "an address such as you@example.org")),
            |c| &mut c.settings.acme_email,
            "Whom the ACME server may write to.",
        ),
        row(
            "acme-cache",
            optional(path("FOLDER")),
            |c| &mut c.settings.acme_cache,
            "Where the account's key and the last certificate are kept, readable by their owner only.",
        )
        .default_is("`acme` in the data folder"),
        row(
            "acme-directory",
            optional(line("URL", "an address that begins with https://")),
            |c| &mut c.settings.acme_directory,
            "The directory of the ACME server.",
        )
        .default_is("Let's Encrypt's"),
        row(
            "acme-staging",
            yes_no(),
            |c| &mut c.settings.acme_staging,
            "Whether to ask Let's Encrypt's server for trying out, which has wide limits and whose certificates nobody trusts.",
        ),
        row(
            "acme-root",
            pem(),
            |c| &mut c.settings.acme_root,
            "The authority of the ACME server itself, as PEM, beside those that the system knows.",
        ),
        row(
            "max-handshakes",
            number(1..=100_000),
            |c| &mut c.settings.handshakes,
            "TLS handshakes under way at once; more wait their turn.",
        )
        .why("Each has some 30 KiB and time of a processor; a crowd that comes back at once is through within seconds."),
    ]
}

fn log() -> Vec<Row> {
    const FORMATS: [(&str, LogFormat); 2] = [("plain", LogFormat::Plain), ("json", LogFormat::Json)];
    vec![
        row(
            "log",
            text(
                "LEVEL",
                "a level (error, warn, info, debug, trace), or a filter such as info,drawbridge_relay::images=debug",
                |text| EnvFilter::try_new(text).is_ok(),
            ),
            |c| &mut c.log,
            "How much is logged. A level alone is of the relay's own lines; of the libraries' lines nothing below `info` is \
             logged unless a filter names them.",
        ),
        row(
            "log-format",
            choice("FORMAT", &FORMATS),
            |c| &mut c.log_format,
            "How lines are logged: `plain`, for people, or `json`, an object a line, for programs.",
        ),
    ]
}

fn proxies() -> Vec<Row> {
    const HEADERS: [(&str, ProxyHeader); 2] = [
        ("x-forwarded-for", ProxyHeader::XForwardedFor),
        ("forwarded", ProxyHeader::Forwarded),
    ];
    vec![
        row(
            "trusted-proxies",
            number(0..=16),
            |c| &mut c.settings.trusted_proxies,
            "How many proxies of yours a request passes before it comes here. A client's address is then the one that the first of them saw; \
             with 0 no header is believed, and the address is that of whoever connects.",
        )
        .why("A header that nobody of yours wrote could say anything."),
        row(
            "proxy-header",
            choice("HEADER", &HEADERS),
            |c| &mut c.settings.proxy_header,
            "The header to which each of those proxies adds an address: `x-forwarded-for` or `forwarded`. The other one is never believed.",
        ),
        row(
            "allowed-origins",
            list(
                "LIST",
                text("ORIGIN", "origins such as https://draw.example, or * for all", origin::is_origin),
            ),
            |c| &mut c.settings.allowed_origins,
            "Web pages of which origins may open boards in a browser, besides those of the relay's own address. Apps and scripts aren't concerned.",
        ),
    ]
}

fn connections() -> Vec<Row> {
    vec![
        row(
            "max-connections",
            number(1..=10_000_000),
            |c| &mut c.settings.max_connections,
            "Connections in all.",
        )
        .why("Some 12 KiB each while nothing happens, so 240 MiB."),
        row(
            "max-connections-per-address",
            number(1..=10_000_000),
            |c| &mut c.settings.max_connections_per_address,
            "Connections from one address; of IPv6 that is its first half (/64). Those from this computer itself are not counted.",
        )
        .why("An office of 200 people has one address, and each app has one connection a board and two for images."),
        row(
            "joining-rate-per-address",
            number(1..=1_000_000),
            |c| &mut c.settings.address_joining.per_second,
            "How many may come in to boards a second from one address.",
        )
        .why("Nobody opens so many boards."),
        row(
            "joining-burst-per-address",
            number(1..=1_000_000),
            |c| &mut c.settings.address_joining.burst,
            "How many may come in at once before that rate holds.",
        )
        .why("When the line of an office is back, 200 people with several boards each are back at once."),
        row(
            "wrong-keys-per-minute",
            number(1..=1_000_000),
            |c| &mut c.settings.wrong_keys.per_minute,
            "Wrong keys and passwords a minute from one address; whoever gives more waits.",
        )
        .why("A key can't be guessed at any rate; a password that somebody chose can't at this one."),
        row(
            "wrong-keys-burst",
            number(1..=1_000_000),
            |c| &mut c.settings.wrong_keys.burst,
            "How many may come at once before that rate holds.",
        )
        .why("A class that opens a link that was ended."),
    ]
}

fn password() -> Vec<Row> {
    const FOR: [(&str, PasswordFor); 2] = [("new", PasswordFor::New), ("all", PasswordFor::All)];
    vec![
        row(
            "password",
            optional(Form::new(
                "PASSWORD",
                "a password",
                |text| Some(PasswordHash::of(text)),
                |_| "(hidden)".to_owned(),
            )),
            |c| &mut c.settings.password,
            "The password that the relay asks for.",
        )
        .secret(),
        row(
            "password-file",
            optional(path("FILE")),
            |c| &mut c.password_file,
            "A file whose first line is the password, in place of `password`.",
        ),
        row(
            "password-for",
            choice("WHOM", &FOR),
            |c| &mut c.settings.password_for,
            "Of whom the password is asked: `new`, of everybody who makes a board; `all`, of everybody who comes in.",
        ),
    ]
}

fn boards() -> Vec<Row> {
    vec![
        row(
            "max-boards",
            number(1..=1_000_000_000),
            |c| &mut c.settings.max_boards,
            "Boards that the relay has; deleted ones don't count. Above it none is made, and those that it has go on.",
        )
        .why("Everybody who reaches the relay can make boards; an empty one takes some 200 bytes."),
        row(
            "max-cells-per-board",
            number(1..=1_000_000_000),
            |c| &mut c.settings.limits.board_cells,
            "Cells on one board. A full board takes up to a twentieth more of its owners, and deletes up to a tenth.",
        )
        .why("An element has some 5 cells, and apps draw boards of 1,000,000 strokes well."),
        row(
            "max-bytes-per-board",
            size((64 << 10)..=(1 << 50)),
            |c| &mut c.settings.limits.board_bytes,
            "Bytes of all cells and images on one board.",
        )
        .why("Whoever comes in with an empty disk takes all of it in; a gigabyte is some 60 large photos or millions of strokes."),
        row(
            "max-people-per-board",
            number(1..=1_000_000),
            |c| &mut c.settings.limits.board_people,
            "Connections on one board.",
        )
        .why("Everybody is told of everybody, so what the relay sends grows with the square of it."),
        row(
            "max-links-per-board",
            number(1..=50),
            |c| &mut c.settings.limits.links,
            "Links of one board, ended ones too.",
        )
        .why("Who brings a board back to the relay names all of them in one hello; a class needs one or two."),
        row(
            "ring-bytes",
            size((64 << 10)..=(1 << 40)),
            |c| &mut c.settings.ring_bytes,
            "Memory for the recent writes of a board that somebody is on. Whoever is further behind is served from the disk.",
        )
        .why("Some seconds of a busy board: who reads at a usual speed never needs the disk."),
    ]
}

fn messages() -> Vec<Row> {
    vec![
        row(
            "max-frame",
            size((64 << 10)..=(1 << 30)),
            |c| &mut c.settings.limits.frame,
            "The size of one message.",
        )
        .why("Takes the largest cell and much beside it, and is what one connection can have in memory at once."),
        row(
            "max-cell",
            size((4 << 10)..=(1 << 30)),
            |c| &mut c.settings.limits.cell,
            "The size of one cell.",
        )
        .why("A stroke of an hour without lifting the pen has less."),
        row(
            "max-write-cells",
            number(1..=100_000),
            |c| &mut c.settings.limits.write_cells,
            "Cells in one write.",
        )
        .why("A write is one transaction, for which everybody else waits; apps divide what is larger."),
        row(
            "max-slot",
            size((4 << 10)..=(1 << 30)),
            |c| &mut c.settings.limits.slot,
            "What one wet slot holds: a stroke under way, a drag. All slots of a connection hold up to four times as much.",
        )
        .why("As much as the cell that it becomes."),
        row(
            "max-slots",
            number(1..=100_000),
            |c| &mut c.settings.limits.slots,
            "Wet slots of one connection.",
        )
        .why("One person needs fewer than ten: a cursor, a view, a selection, what is in the hand."),
        row(
            "max-about",
            size(256..=(16 << 10)),
            |c| &mut c.settings.limits.about,
            "What a client says of itself.",
        )
        .why("A name and a colour, with room for more. Everybody who comes in is sent everybody's."),
        row(
            "window-writes",
            number(1..=100_000),
            |c| &mut c.settings.window.writes,
            "Writes of one connection that may wait for the disk before no more are read.",
        )
        .why("Enough to keep the disk busy over a slow line."),
        row(
            "window-bytes",
            size((64 << 10)..=(1 << 30)),
            |c| &mut c.settings.window.bytes,
            "Their bytes. A larger write goes alone.",
        )
        .why("Bounds what one connection holds in memory."),
        row(
            "batch-bytes",
            size((4 << 10)..=(64 << 20)),
            |c| &mut c.settings.batch_bytes,
            "About how many bytes of the board one message to a client carries.",
        )
        .why("Large enough that a whole board comes in few messages, small enough that wet ink between them doesn't wait."),
    ]
}

fn rates() -> Vec<Row> {
    vec![
        row(
            "reading-rate",
            number(1..=1_000_000),
            |c| &mut c.settings.reading.per_second,
            "Messages a second that are read from one connection. Whoever sends more is read more slowly, and nothing is refused.",
        )
        .why("A pen sends 60 a second, so only programs meet it."),
        row(
            "reading-burst",
            number(1..=1_000_000),
            |c| &mut c.settings.reading.burst,
            "Messages that may come at once before that rate holds.",
        )
        .why("What gathered while a line was down comes at once."),
        row(
            "writing-rate",
            number(1..=1_000_000),
            |c| &mut c.settings.writing.per_second,
            "Cells a second of one connection that go to the disk before those of others who write less go first.",
        )
        .why("Nobody draws so many; a client that brings a whole board does, and waits behind those who draw."),
        row(
            "writing-burst",
            number(1..=1_000_000),
            |c| &mut c.settings.writing.burst,
            "Cells that may come at once before that rate holds.",
        )
        .why("A usual paste."),
        row(
            "rest",
            number(0..=1000),
            |c| &mut c.settings.rest,
            "How many times as long as the disk was busy with those who write more it then rests for the others.",
        )
        .why("Those who draw find the disk free four times out of five."),
        row(
            "large-rest",
            number(0..=10_000),
            |c| &mut c.settings.large_rest,
            "The same after one write that is large by itself.",
        )
        .why("Nobody draws such a thing, and everybody waits for it."),
        row(
            "joining-rate",
            number(1..=1_000_000),
            |c| &mut c.settings.joining.per_second,
            "Connections a second that come in to one board. A crowd waits a little at the door.",
        )
        .why("Everybody on the board is told of everybody who comes, and those who draw shall not notice."),
        row(
            "joining-burst",
            number(1..=1_000_000),
            |c| &mut c.settings.joining.burst,
            "Connections that come in at once before that rate holds.",
        )
        .why("A class that opens a link at the same moment."),
    ]
}

fn images() -> Vec<Row> {
    vec![
        row(
            "max-image",
            size((64 << 10)..=(1 << 30)),
            |c| &mut c.settings.limits.image,
            "The size of one image.",
        )
        .why("Apps scale down to 16 megapixels first; such a photo has 4 to 8 MiB."),
        row(
            "max-uploads",
            number(1..=100_000),
            |c| &mut c.settings.uploads,
            "Images on their way in at once.",
        )
        .why("Each has a file open, and the disk is slower with many than with few."),
        row(
            "max-uploads-each",
            number(1..=100_000),
            |c| &mut c.settings.uploads_each,
            "Of these, images from one address, and images to one board.",
        )
        .why("Half of them: nobody can take the ways of all others."),
        row(
            "max-downloads",
            number(1..=100_000),
            |c| &mut c.settings.downloads,
            "Images on their way out at once.",
        )
        .why("Each has a file open and some memory; an app loads one at a time."),
        row(
            "max-downloads-each",
            number(1..=100_000),
            |c| &mut c.settings.downloads_each,
            "Of these, images to one address, and images of one board.",
        )
        .why("Half of them: nobody can take the ways of all others."),
    ]
}

fn history() -> Vec<Row> {
    vec![
        row(
            "past-age",
            duration(Duration::ZERO..=24 * 3650 * HOUR),
            |c| &mut c.settings.past_age,
            "How long overwritten cells are kept, so that a board can be reverted.",
        )
        .why("Vandalism is noticed within days."),
        row(
            "past-bytes",
            size(0..=(1 << 50)),
            |c| &mut c.settings.past_bytes,
            "Bytes of overwritten cells that are kept, over all boards.",
        )
        .why("A bound for the disk that doesn't depend on what people do."),
    ]
}

fn times() -> Vec<Row> {
    vec![
        row(
            "head-within",
            duration(SECOND..=HOUR),
            |c| &mut c.settings.head_within,
            "How long a client may take for its TLS handshake, and for the head of an HTTP request, and how long a connection without one is kept.",
        )
        .why("Long enough for the slowest line, short enough that idle ones don't gather."),
        row(
            "hello-within",
            duration(SECOND..=HOUR),
            |c| &mut c.settings.hello_within,
            "How long a client may take for its hello.",
        )
        .why("The protocol says so."),
        row(
            "ping-every",
            duration(SECOND..=HOUR),
            |c| &mut c.settings.ping_every,
            "How often a connection is pinged.",
        )
        .why("Well under the 60 seconds after which proxies cut off what is quiet."),
        row(
            "silence",
            duration(SECOND..=HOUR),
            |c| &mut c.settings.silence,
            "How long nothing may come in, or nothing go out while something waits, before a connection is dropped.",
        )
        .why("Two pings that were not answered."),
        row(
            "close-within",
            duration(Duration::from_millis(10)..=HOUR),
            |c| &mut c.settings.close_within,
            "How long a closing connection may take to read what it was sent.",
        )
        .why("A line that needs longer is as good as down."),
        row(
            "grace",
            duration(Duration::from_millis(10)..=HOUR),
            |c| &mut c.settings.grace,
            "How long a stop waits for connections.",
        )
        .why("Less than what systems wait for before they kill a program."),
    ]
}

fn wet_ink() -> Vec<Row> {
    vec![
        row(
            "pace",
            duration(Duration::from_millis(1)..=SECOND),
            |c| &mut c.settings.pace,
            "The shortest time between two shared frames of wet ink on a busy board.",
        )
        .why("No more than 60 frames a second, as screens show."),
        row(
            "crowd",
            number(1..=1_000_000),
            |c| &mut c.settings.crowd,
            "How many connections on a board are a crowd.",
        )
        .why("What is sent grows with those who draw times those who look."),
        row(
            "crowd-pace",
            duration(Duration::from_millis(1)..=SECOND),
            |c| &mut c.settings.crowd_pace,
            "The shortest time between two frames where a crowd is.",
        )
        .why("30 frames a second still look smooth."),
        row(
            "wet-burst",
            number(1..=1000),
            |c| &mut c.settings.burst,
            "Steps that may come to a quiet board at once before it counts as busy.",
        )
        .why("One person who draws is shown at once, however unevenly the points come."),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::Config;
    use super::*;

    #[test]
    fn every_setting_has_one_name_and_takes_its_own_default() {
        let mut names = BTreeSet::new();
        for row in table().iter().flat_map(|section| &section.rows) {
            let is_kebab = row.name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            assert!(is_kebab, "{}", row.name);
            assert!(names.insert(row.name), "{} twice", row.name);
            assert!(row.what.ends_with('.'), "{}: {}", row.name, row.what);
            let kubernetes = row.name == "port" || row.name.starts_with("service-");
            assert!(!kubernetes, "{}: Kubernetes sets that variable", row.name);
            let mut config = Config::default();
            let shown = row.show(&config);
            assert!(
                row.set(&mut config, &shown),
                "{}: its default {shown:?} isn't {}",
                row.name,
                row.expected()
            );
            assert_eq!(row.show(&config), shown, "{}", row.name);
        }
    }

    #[test]
    fn every_setting_goes_to_a_place_of_its_own() {
        // Each is set to another value than its default; only it must be shown as changed.
        let table = table();
        let rows: Vec<&Row> = table.iter().flat_map(|section| &section.rows).collect();
        let plain: Vec<String> = rows.iter().map(|row| row.show(&Config::default())).collect();
        let others = [
            "2s",
            "11ms",
            "65MiB",
            "5KiB",
            "7",
            "json",
            "debug",
            "127.0.0.1:7",
            "https://x",
            "/x",
            "forwarded",
            "*",
            "yes",
            "no",
            "all",
        ];
        for (n, row) in rows.iter().enumerate() {
            let mut config = Config::default();
            let is_other = |text: &&str| row.set(&mut config, text) && row.show(&config) != plain[n];
            assert!(others.iter().any(is_other), "{}: nothing else fits", row.name);
            for (m, other) in rows.iter().enumerate().filter(|(m, _)| *m != n) {
                assert_eq!(
                    other.show(&config),
                    plain[m],
                    "{} changes {}",
                    row.name,
                    other.name
                );
            }
        }
    }
}
