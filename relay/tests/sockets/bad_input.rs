//! What a stranger, a bug or an attacker may send: each gets a refusal by name or the right code,
//! and the relay and everybody else go on.

use std::time::Duration;

use drawbridge_relay::Settings;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, KEY, cell, fresh, hello, peer, relay, write};

const NOW: u64 = 1_700_000_000_000;

#[tokio::test]
async fn h1_h3_h6_n1_a_bad_hello_is_refused_by_name() {
    let (_folder, relay) = fresh().await;
    let with = |name: &str, value: Value| {
        let mut message = hello('a');
        message["hello"][name] = value;
        message.to_string()
    };
    let long = "x".repeat(5000);
    let cases = [
        (
            write(1, &[cell("e", NOW, &json!(1))], &[]).to_string(),
            "hello_first",
            1008,
        ),
        (json!({"live": {}}).to_string(), "hello_first", 1008),
        (json!({"whatever": 1}).to_string(), "hello_first", 1008),
        ("garbage".to_owned(), "bad_message", 1008),
        ("[]".to_owned(), "bad_message", 1008),
        (with("key", json!("short")), "bad_message", 1008),
        (with("peer", json!("..")), "bad_message", 1008),
        (with("versions", json!([])), "version", 1008),
        (with("versions", json!([2, 3])), "version", 1008),
        (
            json!({"hello": {"versions": [9], "who": "knows"}}).to_string(),
            "version",
            1008,
        ),
        (with("about", json!([1])), "bad_about", 1008),
        (with("about", json!({"name": long})), "bad_about", 1008),
    ];
    for (text, code, close) in cases {
        let mut client = Client::connect(relay.local_addr(), "b").await;
        client.text(text.clone()).await;
        let (refused, closed) = client.turned_away().await;
        assert_eq!((refused["code"].as_str(), closed), (Some(code), close), "{text}");
    }
    Client::join(relay.local_addr(), "b", 'a').await;
}

#[tokio::test]
async fn n1_a_board_name_with_strange_characters_is_refused_where_a_browser_sees_it() {
    let (_folder, relay) = fresh().await;
    let long = "x".repeat(65);
    for name in ["", "a%20b", "a/b", "..%2F..%2Fetc", "%F0%9F%8E%A8", "a.b", &long] {
        let mut client = Client::connect(relay.local_addr(), name).await;
        let (refused, code) = client.turned_away().await;
        assert_eq!((&refused["code"], code), (&json!("bad_board"), 1008), "{name}");
    }
}

#[tokio::test]
async fn h1_a_second_hello_ends_the_connection() {
    let (_folder, relay) = fresh().await;
    let (mut client, _) = Client::join(relay.local_addr(), "b", 'a').await;
    client.send(&hello('a')).await;
    let (refused, code) = client.turned_away().await;
    assert_eq!((&refused["code"], code), (&json!("hello_again"), 1008));
}

#[tokio::test]
async fn h2_a_hello_must_come_in_time_and_be_small() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        hello_within: Duration::from_millis(50),
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let mut late = Client::connect(relay.local_addr(), "b").await;
    let (refused, code) = late.turned_away().await;
    assert_eq!(
        (&refused["code"], &refused["retry"], code),
        (&json!("hello_late"), &json!({"after": 1000}), 1008)
    );
    let (_folder, relay) = fresh().await;
    for size in [33_000, 60_000, 3_000_000] {
        let mut big = hello('a');
        big["hello"]["padding"] = json!("x".repeat(size));
        let mut client = Client::connect(relay.local_addr(), "b").await;
        // The relay may close while it is still being sent.
        let _ = futures_util::SinkExt::send(&mut client.socket, Message::text(big.to_string())).await;
        assert_eq!(client.closed().await.0, 1009, "{size}");
    }
    let mut fits = hello('a');
    fits["hello"]["padding"] = json!("x".repeat(32_000));
    let mut client = Client::connect(relay.local_addr(), "b").await;
    client.send(&fits).await;
    client.expect("welcome").await;
}

#[tokio::test]
async fn h2_a_hello_and_what_follows_it_may_come_in_one_go() {
    let (_folder, relay) = fresh().await;
    let mut client = Client::connect(relay.local_addr(), "b").await;
    client.send(&hello('a')).await;
    let text = "x".repeat(100_000);
    for n in 0..3 {
        client
            .send(&write(n, &[cell(&format!("e{n}"), NOW, &json!(text))], &[]))
            .await;
    }
    for n in 0..3 {
        assert_eq!(client.until("ack").await["id"], n);
    }
}

#[tokio::test]
async fn w2_an_unknown_message_is_refused_and_the_connection_goes_on() {
    let (_folder, relay) = fresh().await;
    let (mut client, _) = Client::join(relay.local_addr(), "b", 'a').await;
    client.send(&json!({"teleport": {"to": "mars"}})).await;
    assert_eq!(client.expect("refused").await["code"], "unknown_message");
    client.text(r#"{"write":{"id":1,"cells":[{"element":"e","prop":"base","stamp":[1,0,"wwwwwwwwwwwwwwww"],"value":1,"new":2}],"newer":3}}"#.to_owned()).await;
    assert_eq!(
        client.until("ack").await["id"],
        1,
        "w1: unknown members are ignored"
    );
}

#[tokio::test]
async fn w2_w3_bad_frames_end_the_connection_with_their_code_and_nobody_elses() {
    let (_folder, relay) = fresh().await;
    let (mut other, _) = Client::join(relay.local_addr(), "b", 'o').await;
    // Raw frames, masked with zeros.
    let raw: [(&[u8], u16); 7] = [
        (b"\x81\x87\0\0\0\0garbage", 1008),
        (b"\x82\x83\0\0\0\0bin", 1003),
        (b"\x81\x82\0\0\0\0\xff\xfe", 1007),
        (b"\x81\x02hi", 1002),
        (b"\xf1\x82\0\0\0\0hi", 1002),
        (b"\x80\x82\0\0\0\0hi", 1002),
        (b"\x81\xff\0\0\0\0\x10\0\0\0\0\0\0\0", 1009),
    ];
    for (bytes, code) in raw {
        let (mut client, _) = Client::join(relay.local_addr(), "b", 'a').await;
        match client.socket.get_mut() {
            MaybeTlsStream::Plain(tcp) => tcp.write_all(bytes).await.expect("sent"),
            _ => panic!("a plain stream"),
        }
        let (closed, reason) = client.closed().await;
        assert_eq!(closed, code, "{bytes:?}");
        assert!(!reason.is_empty());
    }
    other.send(&write(1, &[cell("e", NOW, &json!(1))], &[])).await;
    other.until("ack").await;
}

#[tokio::test]
async fn h1_w3_a_first_frame_of_the_wrong_kind_or_size_is_answered_with_its_code_alone() {
    let (_folder, relay) = fresh().await;
    let raw: [(&[u8], u16); 5] = [
        (b"\x82\x83\0\0\0\0bin", 1003),
        (b"\x81\x82\0\0\0\0\xff\xfe", 1007),
        (b"\x81\x02hi", 1002),
        (b"\x81\xff\0\0\0\0\x10\0\0\0\0\0\0\0", 1009),
        (
            &[b"\x81\xfe\x81\x00\0\0\0\0".as_slice(), &[b' '; 0x8100]].concat(),
            1009,
        ),
    ];
    for (bytes, code) in raw {
        let mut client = Client::connect(relay.local_addr(), "b").await;
        match client.socket.get_mut() {
            MaybeTlsStream::Plain(tcp) => tcp.write_all(bytes).await.expect("sent"),
            _ => panic!("a plain stream"),
        }
        match client.next().await {
            Message::Close(Some(frame)) => assert_eq!(u16::from(frame.code), code),
            other => panic!("{other:?} instead of the close {code}"),
        }
    }
}

#[tokio::test]
async fn r7_t2_b1_bad_writes_are_refused_by_name_and_the_rest_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let mut settings = Settings::default();
    settings.limits.cell = 100;
    settings.limits.write_cells = 3;
    settings.limits.board_cells = 3;
    let relay = relay(folder.path(), settings).await;
    let (mut client, welcome) = Client::join(relay.local_addr(), "b", 'a').await;
    assert_eq!(welcome["limits"]["cell"], 100);
    client.send(&write(0, &[cell("e", NOW, &json!(1))], &[])).await;
    client.until("cells").await;
    let with = |prop: &str, value: Value| {
        let mut cell = cell("x", NOW, &value);
        cell["prop"] = json!(prop);
        cell
    };
    let now = welcome["time"].as_u64().expect("a time");
    let ok = cell("ok", NOW, &json!(1));
    let cases = [
        (vec![], "bad_write", None),
        (vec![ok.clone(); 4], "bad_write", None),
        (
            vec![ok.clone(), with("base", json!("x".repeat(100)))],
            "cell_too_big",
            Some("x"),
        ),
        (vec![with("purged", json!(true))], "bad_cell", Some("x")),
        (vec![with("deleted", json!(1))], "bad_cell", Some("x")),
        (vec![with("deleted", json!("true"))], "bad_cell", Some("x")),
        (
            vec![ok.clone(), cell("x", now + 3_600_000, &json!(1))],
            "stamp_ahead",
            Some("x"),
        ),
        (
            vec![cell("x", (1 << 53) - 1, &json!(1))],
            "stamp_ahead",
            Some("x"),
        ),
        (
            vec![
                cell("x", NOW, &json!(1)),
                cell("y", NOW, &json!(1)),
                cell("z", NOW, &json!(1)),
            ],
            "board_full",
            Some("x"),
        ),
    ];
    for (n, (cells, code, named)) in cases.iter().enumerate() {
        client.send(&write(n as u64, cells, &[])).await;
        let refused = client.expect("refused").await;
        assert_eq!(
            (refused["code"].as_str(), refused["id"].as_u64()),
            (Some(*code), Some(n as u64))
        );
        assert_eq!(refused["cell"]["element"].as_str(), *named, "{refused}");
        assert!(refused["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
    client.send(&write(50, &[ok], &[])).await;
    client.until("ack").await;
    let after = client.until("cells").await;
    assert_eq!(
        after["cells"].as_array().map(Vec::len),
        Some(1),
        "of the refused nothing was kept"
    );
}

#[tokio::test]
async fn board_busy_says_when_to_come_back() {
    let folder = TempDir::new().expect("a folder");
    let mut settings = Settings::default();
    settings.limits.board_people = 1;
    let relay = relay(folder.path(), settings).await;
    let first = Client::join(relay.local_addr(), "b", 'a').await;
    let mut second = Client::connect(relay.local_addr(), "b").await;
    second.send(&hello('b')).await;
    let (refused, code) = second.turned_away().await;
    assert_eq!(
        (&refused["code"], &refused["retry"], code),
        (&json!("board_busy"), &json!({"after": 10000}), 1013)
    );
    Client::join(relay.local_addr(), "another", 'b').await;
    drop(first);
}

#[tokio::test]
async fn http_is_served_beside_the_boards() {
    let (_folder, relay) = fresh().await;
    let get = async |path: &str| {
        let mut tcp = TcpStream::connect(relay.local_addr()).await.expect("connected");
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        tcp.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).await.expect("an answer");
        answer
    };
    let health = get("/healthz").await;
    assert!(
        health.starts_with("HTTP/1.1 200") && health.ends_with("ok"),
        "{health}"
    );
    let page = get("/boards/some-board").await;
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("text/html"),
        "{page}"
    );
    assert!(get("/other").await.starts_with("HTTP/1.1 404"));
    assert!(!page.contains(KEY) && !page.contains(&peer('a')));
}

#[tokio::test]
async fn a_half_sent_request_is_dropped() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        head_within: Duration::from_millis(50),
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let mut tcp = TcpStream::connect(relay.local_addr()).await.expect("connected");
    tcp.write_all(b"GET /boards/b HT").await.expect("sent");
    let mut answer = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(10), tcp.read_to_end(&mut answer)).await;
    end.expect("dropped in time").expect("closed, not reset");
}
