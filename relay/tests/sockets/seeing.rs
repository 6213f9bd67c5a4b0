//! What whoever runs a relay sees of it: `/healthz`, `/readyz` and `/metrics`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use drawbridge_relay::Settings;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Client, PATIENCE, cell, fresh, hello, relay, write};

const NOW: u64 = 1_700_000_000_000;

/// Status, head and body of a `GET`.
async fn get(address: SocketAddr, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    tokio::time::timeout(PATIENCE, read)
        .await
        .expect("in time")
        .expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).expect("a status");
    (
        status.parse().expect("a number"),
        head.to_owned(),
        body.to_owned(),
    )
}

/// A page of metrics, read as strictly as Prometheus' text format 0.0.4 is written.
#[derive(Debug, Default)]
struct Page {
    kinds: BTreeMap<String, String>,
    /// By name and labels, as they stand there.
    samples: BTreeMap<String, f64>,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut family: Option<(String, String)> = None;
        assert!(text.ends_with('\n'), "the last line ends, too");
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, words) = help.split_once(' ').expect("a help");
                assert!(is_name(name) && words.ends_with('.'), "{line}");
                let kind = lines.next().and_then(|line| line.strip_prefix("# TYPE "));
                let (of, kind) = kind.expect("its type").split_once(' ').expect("a type");
                assert_eq!(of, name);
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
                let twice = page.kinds.insert(name.to_owned(), kind.to_owned());
                assert_eq!(twice, None, "{name} stands there once");
                family = Some((name.to_owned(), kind.to_owned()));
                continue;
            }
            let (family, kind) = family.as_ref().expect("no sample before its type");
            let (key, value) = line.rsplit_once(' ').expect("a sample");
            let name = key.split('{').next().expect("a name");
            let suffix = name
                .strip_prefix(family.as_str())
                .expect("a sample of its family");
            let suffixes: &[&str] = if kind == "histogram" {
                &["_bucket", "_sum", "_count"]
            } else {
                &[""]
            };
            assert!(suffixes.contains(&suffix), "{line}");
            labels(key);
            let value: f64 = value.parse().expect("a number");
            assert!(value >= 0.0, "{line}");
            assert_eq!(page.samples.insert(key.to_owned(), value), None, "{key} twice");
        }
        for name in page.kinds.iter().filter(|(_, kind)| *kind == "histogram") {
            page.check_histogram(name.0);
        }
        page
    }

    /// Buckets grow, and the last has everything.
    fn check_histogram(&self, name: &str) {
        let prefix = format!("{name}_bucket{{le=\"");
        let mut buckets: Vec<(f64, f64)> = self
            .samples
            .iter()
            .filter_map(|(key, &count)| {
                let bound = key.strip_prefix(&prefix)?.strip_suffix("\"}").expect("one label");
                Some((bound.parse().expect("a bound"), count))
            })
            .collect();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(
            buckets.len() > 2 && buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1),
            "{buckets:?}"
        );
        let last = buckets.last().expect("buckets");
        assert_eq!(*last, (f64::INFINITY, self.get(&format!("{name}_count"))));
        assert!(self.samples.contains_key(&format!("{name}_sum")));
    }

    fn get(&self, key: &str) -> f64 {
        *self
            .samples
            .get(key)
            .unwrap_or_else(|| panic!("no {key} in {:#?}", self.samples))
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn labels(key: &str) {
    let Some((_, labels)) = key.split_once('{') else {
        return;
    };
    for label in labels.strip_suffix('}').expect("closed").split(',') {
        let (name, value) = label.split_once("=\"").expect("a label");
        assert!(is_name(name), "{key}");
        let value = value.strip_suffix('"').expect("closed");
        assert!(
            !value.contains(['"', '\\', '\n']),
            "none of ours needs to be escaped: {key}"
        );
    }
}

async fn metrics(address: SocketAddr) -> Page {
    let (status, head, body) = get(address, "/metrics").await;
    assert_eq!(status, 200);
    assert!(head.contains("text/plain; version=0.0.4"), "{head}");
    Page::read(&body)
}

/// A relay that shows its metrics, and where.
async fn seen(folder: &TempDir) -> (drawbridge_relay::Relay, SocketAddr) {
    let settings = Settings {
        metrics_listen: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let address = relay.metrics_addr().expect("an address");
    (relay, address)
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let folder = TempDir::new().expect("a folder");
    let (relay, address) = seen(&folder).await;
    let before = metrics(address).await;
    assert_eq!(before.get("drawbridge_connections"), 0.0);
    assert_eq!(before.get("drawbridge_writes_total"), 0.0);

    let (mut a, _) = Client::join(relay.local_addr(), "b", 'a').await;
    let (mut b, _) = Client::join(relay.local_addr(), "b", 'b').await;
    a.until("joined").await;
    let cells = [cell("e1", NOW, &json!(1)), cell("e2", NOW, &json!(2))];
    a.send(&write(7, &cells, &[])).await;
    a.until("ack").await;
    b.until("cells").await;
    a.send(&json!({"live": {"cursor": {"put": [[1, 2]]}}})).await;
    b.until("live").await;
    a.send(&json!({"write": {"id": 8, "cells": []}})).await;
    a.until("refused").await;
    a.send(&json!({"manage": {"id": 9, "do": {"lock": true}}})).await;
    assert_eq!(a.until("refused").await["code"], "not_owner");
    let mut stranger = Client::connect(relay.local_addr(), "nowhere").await;
    let mut uninvited = hello('c');
    uninvited["hello"]["create"] = json!(false);
    stranger.send(&uninvited).await;
    stranger.turned_away().await;
    let wrong = format!(
        "GET /boards/b/images/{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "0".repeat(64)
    );
    let mut http = TcpStream::connect(relay.local_addr()).await.expect("connected");
    http.write_all(wrong.as_bytes()).await.expect("sent");
    http.read_to_string(&mut String::new()).await.expect("an answer");

    let page = metrics(address).await;
    for (key, value) in [
        ("drawbridge_people", 2.0),
        ("drawbridge_boards_open", 1.0),
        ("drawbridge_connections_opened_total", 3.0),
        ("drawbridge_messages_received_total{message=\"hello\"}", 3.0),
        ("drawbridge_messages_received_total{message=\"write\"}", 2.0),
        ("drawbridge_messages_received_total{message=\"live\"}", 1.0),
        ("drawbridge_messages_received_total{message=\"other\"}", 0.0),
        ("drawbridge_messages_sent_total{message=\"welcome\"}", 2.0),
        ("drawbridge_messages_sent_total{message=\"cells\"}", 2.0),
        ("drawbridge_messages_sent_total{message=\"ack\"}", 1.0),
        ("drawbridge_messages_sent_total{message=\"joined\"}", 1.0),
        ("drawbridge_messages_sent_total{message=\"refused\"}", 3.0),
        ("drawbridge_messages_received_total{message=\"manage\"}", 1.0),
        ("drawbridge_refusals_total{code=\"not_owner\"}", 1.0),
        ("drawbridge_messages_sent_total{message=\"other\"}", 0.0),
        ("drawbridge_writes_total", 1.0),
        ("drawbridge_cells_total", 2.0),
        ("drawbridge_write_seconds_count", 1.0),
        ("drawbridge_refusals_total{code=\"bad_write\"}", 1.0),
        ("drawbridge_refusals_total{code=\"no_board\"}", 1.0),
        ("drawbridge_refusals_total{code=\"bad_key\"}", 1.0),
        ("drawbridge_ready", 1.0),
        ("drawbridge_slow_readers", 0.0),
    ] {
        assert_eq!(page.get(key), value, "{key}");
    }
    // A shared frame may go to its author, too.
    assert!([1.0, 2.0].contains(&page.get("drawbridge_messages_sent_total{message=\"live\"}")));
    let bytes = page.get("drawbridge_sent_bytes_total{message=\"ack\"}");
    assert_eq!(bytes, r#"{"ack":{"id":7}}"#.len() as f64);
    let transactions = page.get("drawbridge_commit_seconds_count");
    assert!(transactions >= 2.0, "one made the board, one brought the cells");
    assert_eq!(page.get("drawbridge_fsync_seconds_count"), transactions);
    assert!(page.get("drawbridge_fsync_seconds_sum") <= page.get("drawbridge_commit_seconds_sum"));

    drop((a, b, stranger));
    // What connections counted stays when they are gone.
    let after = until(address, |page| page.get("drawbridge_connections") == 0.0).await;
    assert_eq!(
        after.get("drawbridge_messages_received_total{message=\"hello\"}"),
        3.0
    );
    assert_eq!(after.get("drawbridge_people"), 0.0);
    assert_eq!(
        after.get("drawbridge_connections_ended_total{code=\"1008\"}"),
        1.0
    );
    assert_eq!(
        after.get("drawbridge_connections_ended_total{code=\"none\"}"),
        2.0
    );
}

/// Asks until it is so.
async fn until(address: SocketAddr, so: impl Fn(&Page) -> bool) -> Page {
    let asking = async {
        loop {
            let page = metrics(address).await;
            if so(&page) {
                return page;
            }
        }
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .expect("it comes to be so")
}

#[tokio::test]
async fn who_takes_nothing_counts_as_a_slow_reader() {
    let folder = TempDir::new().expect("a folder");
    let (relay, address) = seen(&folder).await;
    let (mut writer, _) = Client::join(relay.local_addr(), "b", 'w').await;
    let (slow, _) = Client::join(relay.local_addr(), "b", 's').await;
    writer.until("joined").await;
    // More than what lies between the two takes.
    let value = json!("x".repeat(1 << 19));
    for n in 0..24 {
        writer
            .send(&write(n, &[cell(&format!("e{n}"), NOW, &value)], &[]))
            .await;
        writer.until("ack").await;
    }
    let page = until(address, |page| page.get("drawbridge_slow_readers") == 1.0).await;
    assert_eq!(page.get("drawbridge_people"), 2.0);
    assert_eq!(
        (page.get("drawbridge_boards"), page.get("drawbridge_board_cells")),
        (1.0, 24.0)
    );
    drop(slow);
    until(address, |page| page.get("drawbridge_slow_readers") == 0.0).await;
}

#[tokio::test]
async fn metrics_are_not_served_where_boards_are() {
    let folder = TempDir::new().expect("a folder");
    let (relay, _) = seen(&folder).await;
    assert_eq!(get(relay.local_addr(), "/metrics").await.0, 404);
    let (_folder, usual) = fresh().await;
    assert_eq!(
        usual.metrics_addr(),
        None,
        "nor anywhere, unless somebody says so"
    );
}

#[tokio::test]
async fn a_relay_is_ready_until_it_stops() {
    let folder = TempDir::new().expect("a folder");
    let (relay, private) = seen(&folder).await;
    for address in [relay.local_addr(), private] {
        assert_eq!(get(address, "/healthz").await.0, 200);
        let (status, _, body) = get(address, "/readyz").await;
        assert_eq!((status, body.as_str()), (200, r#"{"ready":true}"#));
    }
    // Somebody who doesn't say goodbye keeps it in the state of stopping.
    let (_lingering, _) = Client::join(relay.local_addr(), "b", 'a').await;
    let stopping = tokio::spawn(relay.stop());
    let seen = tokio::time::timeout(PATIENCE, async {
        loop {
            let (status, _, body) = get(private, "/readyz").await;
            if status != 200 {
                return (status, body);
            }
        }
    });
    let (status, body) = seen.await.expect("it says so");
    assert_eq!(
        (status, body.as_str()),
        (503, r#"{"ready":false,"reason":"stopping"}"#)
    );
    assert_eq!(
        get(private, "/healthz").await.0,
        200,
        "the process is still there"
    );
    stopping.await.expect("no panic").expect("a clean stop");
}

/// The names of metrics in a text: of ours, and of the process.
fn names(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = words.filter(|word| word.starts_with("drawbridge_") || word.starts_with("process_"));
    ours.map(str::to_owned).collect()
}

#[tokio::test]
async fn dashboard_and_alerts_name_metrics_that_there_are() {
    let folder = TempDir::new().expect("a folder");
    let (_relay, address) = seen(&folder).await;
    let page = metrics(address).await;
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    let read = |name| std::fs::read_to_string(deploy.join(name)).expect("the file");
    let dashboard: Value = serde_json::from_str(&read("grafana.json")).expect("JSON");
    assert!(
        dashboard["panels"]
            .as_array()
            .is_some_and(|panels| panels.len() > 20)
    );
    let mut count = 0;
    for file in ["grafana.json", "alerts.yml"] {
        for name in names(&read(file)) {
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| {
                let family = name.strip_suffix(end)?;
                (page.kinds.get(family)? == "histogram").then_some(family)
            });
            assert!(
                page.kinds.contains_key(family.unwrap_or(&name)),
                "{name} in {file}"
            );
            count += 1;
        }
    }
    assert!(count > 30, "only {count} names");
}

#[tokio::test]
async fn prometheus_itself_reads_metrics_and_alerts() {
    let Ok(version) = std::process::Command::new("promtool").arg("--version").output() else {
        println!("SKIPPED: there is no promtool; on Debian it is in the package prometheus");
        return;
    };
    assert!(version.status.success());
    let folder = TempDir::new().expect("a folder");
    let (relay, address) = seen(&folder).await;
    let (mut a, _) = Client::join(relay.local_addr(), "b", 'a').await;
    a.send(&write(7, &[cell("e1", NOW, &json!(1))], &[])).await;
    a.until("ack").await;
    let page = get(address, "/metrics").await.2;
    let file = folder.path().join("page");
    std::fs::write(&file, page).expect("written");
    let file = std::fs::File::open(&file).expect("it is there");
    promtool(
        std::process::Command::new("promtool")
            .args(["check", "metrics"])
            .stdin(file),
    );
    let alerts = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/alerts.yml");
    promtool(
        std::process::Command::new("promtool")
            .args(["check", "rules"])
            .arg(alerts),
    );
}

fn promtool(command: &mut std::process::Command) {
    let output = command.output().expect("it runs");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    println!("{}", said.concat());
    assert!(output.status.success());
    assert!(
        !said[1].contains("error") && !said.concat().contains("warn"),
        "{said:?}"
    );
}

#[tokio::test]
async fn asking_whether_it_is_ready_costs_the_disk_next_to_nothing() {
    let folder = TempDir::new().expect("a folder");
    let (relay, address) = seen(&folder).await;
    let asking = (0..200).map(|_| get(relay.local_addr(), "/readyz"));
    for (status, ..) in futures_util::future::join_all(asking).await {
        assert_eq!(status, 200);
    }
    let page = metrics(address).await;
    assert!(page.get("drawbridge_fsync_seconds_count") <= 1.0);
}
