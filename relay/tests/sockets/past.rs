//! What was before, page by page.

use std::net::SocketAddr;

use drawbridge_relay::Settings;
use futures_util::SinkExt as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, KEY, cell, fresh, hello, relay, write};

const NOW: u64 = 1_700_000_000_000;

/// Writes versions of one cell, each over the one before, and waits until they are on disk.
async fn overwrite(client: &mut Client, element: &str, versions: std::ops::Range<u64>) {
    for n in versions {
        client
            .send(&write(n, &[cell(element, NOW + n, &json!(n))], &[]))
            .await;
        client.until("ack").await;
    }
}

/// Asks for a page; other messages are passed over.
async fn page(client: &mut Client, id: u64, from: Option<&Value>) -> Value {
    let mut ask = json!({"past": {"id": id}});
    if let Some(from) = from {
        ask["past"]["from"] = from.clone();
    }
    client.send(&ask).await;
    let page = client.until("past").await;
    assert_eq!(page["id"], id);
    page
}

fn values(page: &Value) -> Vec<u64> {
    let cells = page["cells"].as_array().expect("cells").iter();
    cells
        .map(|cell| cell["value"].as_u64().expect("a number"))
        .collect()
}

/// All pages, from the latest on, and the last one's `since`.
async fn leaf(client: &mut Client) -> (Vec<Vec<u64>>, u64) {
    let (mut pages, mut from, mut reached) = (Vec::new(), None, u64::MAX);
    loop {
        let page = page(client, 1_000 + pages.len() as u64, from.as_ref()).await;
        pages.push(values(&page));
        let Some(next) = page.get("next") else {
            assert!(page.get("reached").is_none());
            return (pages, page["since"].as_u64().expect("a time"));
        };
        let now = page["reached"].as_u64().expect("a time");
        assert!(now <= reached, "later ones come first");
        reached = now;
        from = Some(next.clone());
    }
}

fn small_pages() -> Settings {
    Settings {
        batch_bytes: 2_000,
        ..Settings::default()
    }
}

async fn join(address: SocketAddr, letter: char) -> Client {
    Client::join(address, "b", letter).await.0
}

#[tokio::test]
async fn y1_what_was_overwritten_comes_last_first_in_pages_up_to_the_end_also_over_a_restart() {
    let folder = TempDir::new().expect("a folder");
    let first = relay(folder.path(), small_pages()).await;
    let mut a = join(first.local_addr(), 'a').await;
    let (empty, since) = leaf(&mut a).await;
    assert_eq!(empty, [Vec::<u64>::new()], "nothing was before");
    overwrite(&mut a, "e", 0..100).await;
    // What loses on arrival was never on the board.
    a.send(&write(200, &[cell("e", NOW - 1, &json!(7_777))], &[]))
        .await;
    a.until("ack").await;
    let (pages, later) = leaf(&mut a).await;
    assert!(pages.len() > 3, "{pages:?}");
    let all: Vec<u64> = pages.concat();
    assert_eq!(
        all,
        (0..99).rev().collect::<Vec<u64>>(),
        "all but the present one"
    );
    assert_eq!(later, since, "since the board was made, and nothing is missing");

    let page_one = page(&mut a, 1, None).await;
    drop(a);
    first.stop().await.expect("stopped");
    let second = relay(folder.path(), small_pages()).await;
    let mut a = join(second.local_addr(), 'a').await;
    let page_two = page(&mut a, 2, Some(&page_one["next"])).await;
    assert_eq!(values(&page_two), pages[1], "a place holds over a restart");
    let mut other = Client::join(second.local_addr(), "other", 'a').await.0;
    assert_eq!(
        leaf(&mut other).await.0,
        [Vec::<u64>::new()],
        "each board has its own"
    );
}

#[tokio::test]
async fn y1_a_cell_larger_than_a_page_comes_alone() {
    let folder = TempDir::new().expect("a folder");
    let relay = relay(folder.path(), small_pages()).await;
    let mut a = join(relay.local_addr(), 'a').await;
    let long = json!("x".repeat(5_000));
    for (n, value) in [json!(1), long, json!(3), json!(4)].iter().enumerate() {
        let n = n as u64;
        a.send(&write(n, &[cell("e", NOW + n, value)], &[])).await;
        a.until("ack").await;
    }
    let mut counts = Vec::new();
    let mut from = None;
    loop {
        let page = page(&mut a, 9, from.as_ref()).await;
        counts.push(page["cells"].as_array().expect("cells").len());
        match page.get("next") {
            Some(next) => from = Some(next.clone()),
            None => break,
        }
    }
    assert_eq!(counts, [1, 1, 1]);
}

#[tokio::test]
async fn y2_a_place_that_the_relay_never_named_is_refused_and_nothing_ends() {
    let (_folder, relay) = fresh().await;
    let mut a = join(relay.local_addr(), 'a').await;
    for (id, from) in (1..).zip(["", "x", "1", "1-", "-1", "1-2-3", "9007199254740992-1"]) {
        a.send(&json!({"past": {"id": id, "from": from}})).await;
        let refused = a.expect("refused").await;
        assert_eq!(
            (&refused["code"], &refused["id"], &refused["retry"]),
            (&json!("bad_past"), &json!(id), &json!("never")),
            "{from}"
        );
    }
    page(&mut a, 50, None).await;
}

#[tokio::test]
async fn y3_where_something_was_given_up_the_gap_is_said() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        past_bytes: 2 << 20,
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let mut a = join(relay.local_addr(), 'a').await;
    let (_, since) = leaf(&mut a).await;
    let filler = "x".repeat(200_000);
    let mut present = 0;
    for n in 0..30_u64 {
        a.send(&write(n, &[cell("e", NOW + n, &json!([n, filler]))], &[]))
            .await;
        a.until("ack").await;
        present = n;
    }
    let (mut kept, mut from) = (Vec::new(), None);
    let later = loop {
        let page = page(&mut a, 99, from.as_ref()).await;
        for cell in page["cells"].as_array().expect("cells") {
            kept.push(cell["value"][0].as_u64().expect("a number"));
        }
        match page.get("next") {
            Some(next) => from = Some(next.clone()),
            None => break page["since"].as_u64().expect("a time"),
        }
    };
    assert!(kept.len() < 15 && kept[0] == present - 1, "{kept:?}");
    assert!(later > since, "{later} is after {since}");
}

#[tokio::test]
async fn y3_a_relay_that_keeps_nothing_doesnt_claim_to() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        past_bytes: 0,
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let (mut a, welcome) = Client::join(relay.local_addr(), "b", 'a').await;
    overwrite(&mut a, "e", 0..5).await;
    let (pages, since) = leaf(&mut a).await;
    assert_eq!(pages, [Vec::<u64>::new()]);
    assert!(since >= welcome["time"].as_u64().expect("a time"));
}

#[tokio::test]
async fn y4_a_second_page_at_once_is_refused_and_the_first_one_comes() {
    let (_folder, relay) = fresh().await;
    let mut a = join(relay.local_addr(), 'a').await;
    overwrite(&mut a, "e", 0..3).await;
    // Both in one write: the second is there before the first can be answered.
    for id in [11, 12] {
        let ask = json!({"past": {"id": id}});
        a.socket
            .feed(Message::text(ask.to_string()))
            .await
            .expect("taken");
    }
    a.socket.flush().await.expect("sent");
    let refused = a.until("refused").await;
    assert_eq!(
        (&refused["code"], &refused["id"]),
        (&json!("past_busy"), &json!(12))
    );
    assert_eq!(a.until("past").await["id"], 11);
    page(&mut a, 13, None).await;
}

#[tokio::test]
async fn y4_whoever_leafs_keeps_nobody_from_writing() {
    let folder = TempDir::new().expect("a folder");
    let relay = relay(folder.path(), small_pages()).await;
    let address = relay.local_addr();
    let mut a = join(address, 'a').await;
    overwrite(&mut a, "e", 0..150).await;
    let mut b = join(address, 'b').await;
    let leafing = tokio::spawn(async move { leaf(&mut b).await.0.concat() });
    let mut written = 150;
    while !leafing.is_finished() {
        overwrite(&mut a, "e", written..written + 1).await;
        written += 1;
    }
    assert!(written > 150, "acknowledged while somebody leafed");
    let all = leafing.await.expect("it went through");
    let old: Vec<u64> = all.into_iter().filter(|n| *n < 149).collect();
    assert_eq!(
        old,
        (0..149).rev().collect::<Vec<u64>>(),
        "none twice, none left out"
    );
}

#[tokio::test]
async fn y4_for_whoever_takes_nothing_no_pages_pile_up() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        batch_bytes: 2 << 20,
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let mut other = join(relay.local_addr(), 'b').await;
    let filler = "x".repeat(900_000);
    for n in 0..4_u64 {
        other
            .send(&write(n, &[cell("e", NOW + n, &json!([n, filler]))], &[]))
            .await;
        other.until("ack").await;
    }
    let mut idle = join(relay.local_addr(), 'a').await;
    const ASKS: u64 = 30;
    for n in 0..ASKS {
        idle.send(&json!({"past": {"id": n}})).await;
        // Those who ask take turns: when this one has its page, the other one had the time for its own.
        page(&mut other, 100 + 2 * n, None).await;
        page(&mut other, 101 + 2 * n, None).await;
    }
    // What the system's buffers take was sent; the rest never was made.
    let (mut pages, mut refused) = (0, 0);
    while pages + refused < ASKS {
        match idle.message().await.0.as_str() {
            "past" => pages += 1,
            "refused" => refused += 1,
            _ => {}
        }
    }
    assert!(pages < ASKS / 2, "{pages} pages for somebody who took none");
}

#[tokio::test]
async fn y1_whoever_may_only_view_sees_what_was_before_too() {
    let (_folder, relay) = fresh().await;
    let view = "view-view-view-view-vie";
    let hash = |key: &str| -> String {
        let digits = Sha256::digest(key);
        digits.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let mut owner = hello('a');
    owner["hello"]["access"] = json!({"locked": true, "links": [
        {"hash": hash(KEY), "role": "owner"}, {"hash": hash(view), "role": "view"}]});
    let mut a = Client::connect(relay.local_addr(), "b").await;
    a.send(&owner).await;
    a.until("caught_up").await;
    overwrite(&mut a, "e", 0..4).await;
    let mut viewer = hello('v');
    viewer["hello"]["key"] = json!(view);
    viewer["hello"]["create"] = json!(false);
    let mut v = Client::connect(relay.local_addr(), "b").await;
    v.send(&viewer).await;
    assert_eq!(v.expect("welcome").await["role"], "view");
    assert_eq!(leaf(&mut v).await.0.concat(), [2, 1, 0]);
}
