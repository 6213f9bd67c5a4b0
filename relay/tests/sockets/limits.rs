//! What one address may hold and do, where it comes from behind proxies, which web pages may come, and how many boards
//! there are.

use std::net::SocketAddr;
use std::time::Duration;

use drawbridge_relay::Settings;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, http::HeaderValue};

use crate::client::{Client, KEY, PATIENCE, hello, relay};

/// A WebSocket with one header more, or the status and text that came in its place.
async fn open(address: SocketAddr, name: &'static str, value: &str) -> Result<Client, (u16, String)> {
    let mut request = format!("ws://{address}/boards/b")
        .into_client_request()
        .expect("a request");
    request
        .headers_mut()
        .insert(name, HeaderValue::from_str(value).expect("a value"));
    match connect_async(request).await {
        Ok((socket, _)) => Ok(Client { socket }),
        Err(Error::Http(answer)) => {
            let text = answer
                .body()
                .as_deref()
                .map(String::from_utf8_lossy)
                .unwrap_or_default();
            Err((answer.status().as_u16(), text.into_owned()))
        }
        Err(error) => panic!("{error}"),
    }
}

/// A WebSocket of a client that a proxy saw at this address.
async fn from(address: SocketAddr, client: &str) -> Client {
    open(address, "x-forwarded-for", &format!("6.6.6.6, {client}"))
        .await
        .expect("an upgrade")
}

/// Comes in from there, or is refused with this.
async fn join(address: SocketAddr, client: &str, key: &str) -> Result<Client, (Value, u16)> {
    let mut client = from(address, client).await;
    let mut hello = hello('a');
    hello["hello"]["key"] = json!(key);
    client.send(&hello).await;
    match client.message().await {
        (name, _) if name == "welcome" => Ok(client),
        (_, refused) => Err((refused, client.closed().await.0)),
    }
}

async fn http(address: SocketAddr, path: &str, headers: &str) -> String {
    let mut tcp = TcpStream::connect(address).await.expect("a connection");
    let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    tcp.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = vec![0; 4096];
    let n = tokio::time::timeout(PATIENCE, tcp.read(&mut answer))
        .await
        .expect("in time")
        .expect("an answer");
    String::from_utf8_lossy(&answer[..n]).into_owned()
}

fn behind_a_proxy() -> Settings {
    Settings {
        trusted_proxies: 1,
        ..Settings::default()
    }
}

fn is_too_many((refused, code): &(Value, u16)) {
    assert_eq!(
        (refused["code"].as_str(), *code),
        (Some("too_many"), 1013),
        "{refused}"
    );
    assert!(
        refused["retry"]["after"].as_u64().is_some_and(|ms| ms >= 1000),
        "{refused}"
    );
    assert!(
        refused["message"]
            .as_str()
            .is_some_and(|text| text.contains("network address")),
        "{refused}"
    );
}

#[tokio::test]
async fn a10_too_many_connections_from_one_address_are_told_so() {
    let folder = TempDir::new().expect("a folder");
    let mut settings = behind_a_proxy();
    settings.max_connections_per_address = 2;
    let relay = relay(folder.path(), settings).await;
    let at = relay.local_addr();
    let one = join(at, "192.0.2.7", KEY).await.expect("in");
    let _two = join(at, "192.0.2.7", KEY).await.expect("in");
    let mut three = from(at, "192.0.2.7").await;
    is_too_many(&three.turned_away().await);
    let page = http(at, "/boards/b", "X-Forwarded-For: 192.0.2.7\r\n").await;
    assert!(
        page.starts_with("HTTP/1.1 429 ") && page.to_lowercase().contains("retry-after: 15"),
        "{page}"
    );
    let health = http(at, "/healthz", "X-Forwarded-For: 192.0.2.7\r\n").await;
    assert!(health.starts_with("HTTP/1.1 200 "), "{health}");
    let _other = join(at, "192.0.2.8", KEY)
        .await
        .expect("others are not concerned");
    drop((one, three));
    let again = async {
        while let Err(refused) = join(at, "192.0.2.7", KEY).await {
            is_too_many(&refused);
        }
    };
    tokio::time::timeout(PATIENCE, again)
        .await
        .expect("whoever leaves makes room");
    relay.stop().await.expect("stopped");
}

#[tokio::test]
async fn a10_whoever_gives_wrong_keys_again_and_again_waits_even_with_the_right_one() {
    let folder = TempDir::new().expect("a folder");
    let mut settings = behind_a_proxy();
    (settings.wrong_keys.per_minute, settings.wrong_keys.burst) = (1, 3);
    let relay = relay(folder.path(), settings).await;
    let at = relay.local_addr();
    let _owner = join(at, "192.0.2.1", KEY).await.expect("in");
    for _ in 0..4 {
        let (refused, code) = join(at, "192.0.2.7", "a-key-of-another-board")
            .await
            .err()
            .expect("not in");
        assert_eq!(
            (refused["code"].as_str(), code),
            (Some("bad_key"), 1008),
            "{refused}"
        );
    }
    is_too_many(&join(at, "192.0.2.7", KEY).await.err().expect("not in"));
    let image = format!("/boards/b/images/{}", "0".repeat(64));
    let asked = |client: &str| format!("X-Forwarded-For: {client}\r\nAuthorization: Bearer {KEY}\r\n");
    let answer = http(at, &image, &asked("192.0.2.7")).await;
    assert!(
        answer.starts_with("HTTP/1.1 429 ") && answer.contains("too_many"),
        "{answer}"
    );
    let answer = http(at, &image, &asked("192.0.2.8")).await;
    assert!(
        answer.starts_with("HTTP/1.1 404 "),
        "others are not concerned: {answer}"
    );
    for _ in 0..4 {
        let headers = "X-Forwarded-For: 192.0.2.9\r\nAuthorization: Bearer a-key-of-another-board\r\n";
        let answer = http(at, &image, headers).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
    is_too_many(
        &join(at, "192.0.2.9", KEY)
            .await
            .err()
            .expect("keys of images count too"),
    );
    relay.stop().await.expect("stopped");
}

#[tokio::test]
async fn a10_a_crowd_from_one_address_comes_in_one_after_the_other() {
    let folder = TempDir::new().expect("a folder");
    let mut settings = behind_a_proxy();
    (
        settings.address_joining.per_second,
        settings.address_joining.burst,
    ) = (1, 2);
    let relay = relay(folder.path(), settings).await;
    let at = relay.local_addr();
    let mut joined = Vec::new();
    let refused = loop {
        match join(at, "192.0.2.7", KEY).await {
            Ok(client) => joined.push(client),
            Err(refused) => break refused,
        }
        assert!(joined.len() < 20, "a rate of one a second is met");
    };
    assert!(joined.len() >= 3, "{}", joined.len());
    is_too_many(&refused);
    relay.stop().await.expect("stopped");
}

#[tokio::test]
async fn w6_a_web_page_of_another_address_is_refused_unless_it_is_allowed() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        allowed_origins: vec!["https://draw.example".to_owned()],
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let at = relay.local_addr();
    for origin in ["https://evil.example", "null", "http://127.0.0.1"] {
        let (status, text) = open(at, "origin", origin).await.err().expect("refused");
        assert_eq!(status, 403, "{origin}");
        assert!(text.contains("allowed-origins"), "{text}");
    }
    for origin in ["https://draw.example".to_owned(), format!("http://{at}")] {
        let mut client = open(at, "origin", &origin).await.expect("an upgrade");
        client.send(&hello('a')).await;
        client.expect("welcome").await;
    }
    relay.stop().await.expect("stopped");
}

#[tokio::test]
async fn a_relay_makes_only_so_many_boards_and_those_that_it_has_go_on() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        max_boards: 2,
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let at = relay.local_addr();
    Client::join(at, "one", 'a').await;
    Client::join(at, "two", 'a').await;
    let mut third = Client::connect(at, "three").await;
    third.send(&hello('a')).await;
    let (refused, code) = third.turned_away().await;
    assert_eq!(
        (refused["code"].as_str(), refused["retry"].as_str(), code),
        (Some("relay_full"), Some("changed"), 1008)
    );
    Client::join(at, "one", 'b').await;
    relay.stop().await.expect("stopped");
}

#[tokio::test]
async fn a_connection_on_which_nothing_more_is_asked_is_let_go() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        head_within: Duration::from_millis(200),
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let mut tcp = TcpStream::connect(relay.local_addr())
        .await
        .expect("a connection");
    for _ in 0..2 {
        tcp.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .expect("sent");
        let mut answer = [0; 1024];
        let n = tcp.read(&mut answer).await.expect("an answer");
        assert!(answer[..n].starts_with(b"HTTP/1.1 200"), "it is kept alive");
    }
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, tcp.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the relay ends it");
    relay.stop().await.expect("stopped");
}
