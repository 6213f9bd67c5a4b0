//! A relay that is stopped as an operator stops it, while people draw, and started again at once at the same place. It ends
//! well and in time whatever its clients do, and nothing is lost.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use drawbridge_engine::client::{PersonChange, apply_slots};
use drawbridge_protocol::{Cell, ElementId, SlotName, Value};
use drawbridge_tests::{Person, RelayProcess, agree, relay_program};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// A stop takes this long at most: the relay's own grace time, what those take that it drops then, and the disk.
const IN_TIME: Duration = Duration::from_secs(15);
/// Nothing that comes takes this long.
const PATIENCE: Duration = Duration::from_secs(60);
const RESTARTS: usize = 5;
/// How many strokes everybody draws between two restarts.
const STROKES: usize = 15;

/// Somebody draws until they are told to end, and says of each stroke that it is drawn.
fn draw(person: Person, drawn: &Sender<()>, ends: &AtomicBool) -> (Person, Vec<Cell>) {
    let mut cells = Vec::new();
    while !ends.load(Ordering::Acquire) {
        let id = person.pen_down();
        (0..5).for_each(|_| person.pen_move(&id));
        cells.push(person.pen_up(&id));
        drawn.send(()).expect("somebody counts");
        // They draw on while the relay is away, but no faster than their client takes it in, and not without end.
        person.client().sync();
        person.wait("room", |status| status.unstored == 0 && status.waiting < 100);
    }
    (person, cells)
}

/// Waits until somebody sees that a wet stroke has so many chunks.
fn wait_wet(person: &Person, slots: &mut BTreeMap<SlotName, Vec<Value>>, id: &ElementId, chunks: usize) {
    let seen = |slots: &mut BTreeMap<SlotName, Vec<Value>>| {
        for change in person.client().drain().people {
            match change {
                PersonChange::Reset(here) => {
                    slots.clear();
                    here.into_iter().for_each(|person| slots.extend(person.slots));
                }
                PersonChange::Live { slots: ops, .. } => apply_slots(slots, &ops),
                PersonChange::Joined(here) => slots.extend(here.slots),
                PersonChange::Left { .. } => {}
            }
        }
        slots.get(&id.slot()).map(Vec::len)
    };
    let start = Instant::now();
    while seen(slots) != Some(chunks) {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{chunks} chunks never came"
        );
        std::thread::yield_now();
    }
}

#[test]
fn a_rolling_restart_under_load_loses_nothing_and_wet_ink_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut relay = RelayProcess::start(relay_program!(), &folder.path().join("relay"));
    let ann = Person::join("ann", relay.remote("b"));
    ann.wait_live();
    let first = ann.draw();
    let people = ["bea", "cem", "dan", "eve"].map(|name| Person::join(name, relay.invited("b")));
    let watcher = Person::join("wim", relay.invited("b"));
    watcher.wait_for(std::slice::from_ref(&first));

    // Ann keeps her pen down all the while.
    let held = ann.pen_down();
    let mut slots = BTreeMap::new();
    let ends = AtomicBool::new(false);
    let (people, mut written) = std::thread::scope(|scope| {
        let start = |person| {
            let (tell, drawn) = channel();
            let ends = &ends;
            (scope.spawn(move || draw(person, &tell, ends)), drawn)
        };
        let drawing: Vec<_> = people.into_iter().map(start).collect();
        for round in 0..RESTARTS {
            ann.pen_move(&held);
            wait_wet(&watcher, &mut slots, &held, 2 + round);
            for (_, drawn) in &drawing {
                drawn.try_iter().for_each(drop);
                for _ in 0..STROKES {
                    drawn.recv_timeout(PATIENCE).expect("everybody draws on");
                }
            }
            let start = Instant::now();
            let (status, log) = relay.stop();
            assert!(status.success(), "{status}\n{}", log.join("\n"));
            assert!(start.elapsed() < IN_TIME, "it took {:?}", start.elapsed());
            let complains = |line: &&String| line.contains("in time") || line.contains("ERROR");
            assert_eq!(log.iter().find(complains), None);
            relay.restart();
        }
        for person in [&ann, &watcher] {
            person.wait_live();
        }
        ends.store(true, Ordering::Release);
        let mut written = Vec::new();
        let ended = drawing.into_iter().map(|(thread, drawn)| {
            let (person, cells) = thread.join().expect("no panic");
            drop(drawn);
            written.extend(cells);
            person
        });
        (ended.collect::<Vec<Person>>(), written)
    });
    ann.pen_move(&held);
    wait_wet(&watcher, &mut slots, &held, 2 + RESTARTS);
    written.extend([first, ann.pen_up(&held)]);
    assert!(written.len() > people.len() * RESTARTS * STROKES);
    let all: Vec<&Person> = people.iter().chain([&ann, &watcher]).collect();
    let board = agree(&all, relay.data(), "b", &written);
    assert_eq!(board.len(), written.len());
}

const KEY: &str = "0123456789abcdefABCDEF";
/// How many connections there are, on how many boards.
const CROWD: usize = 1000;
const BOARDS: usize = 25;

fn hello(n: usize) -> Message {
    let hello = json!({"hello": {"versions": [1], "peer": format!("{n:016}"), "key": KEY, "create": true}});
    Message::text(hello.to_string())
}

/// Begins an upload, and leaves it under way.
fn upload(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("connected");
    let head = format!(
        "PUT /boards/b0/images/{} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Type: image/png\r\n\
         Content-Length: 1000000\r\n\r\n",
        "0".repeat(64)
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(&[0; 4096]).expect("sent");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_connections_slow_readers_and_uploads_do_not_keep_a_relay_from_stopping() {
    rlimit::increase_nofile_limit(u64::MAX).expect("many files");
    let folder = tempfile::tempdir().expect("a folder");
    let relay = RelayProcess::start(relay_program!(), &folder.path().join("relay"));
    let address = relay.address();
    let mut crowd = Vec::with_capacity(CROWD);
    for n in 0..CROWD {
        let url = format!("ws://{address}/boards/b{}", n % BOARDS);
        let (mut socket, _) = connect_async(url).await.expect("an upgrade");
        socket.send(hello(n)).await.expect("sent");
        crowd.push(socket);
    }
    // All but two read what comes to the end. Those two are on a board, and take nothing any more, though much comes.
    let mut slow = crowd.split_off(CROWD - 2);
    for socket in &mut slow {
        assert!(next(socket).await.contains("welcome"));
    }
    let mut listening = tokio::task::JoinSet::new();
    let (is_in, mut in_now) = tokio::sync::mpsc::channel(CROWD);
    for mut socket in crowd {
        let is_in = is_in.clone();
        listening.spawn(async move {
            assert!(next(&mut socket).await.contains("welcome"));
            is_in.send(()).await.expect("somebody counts");
            last(socket).await
        });
    }
    for _ in 0..CROWD - 2 {
        in_now.recv().await.expect("everybody comes in");
    }
    // Somebody on the board of one of the two writes more than what lies between relay and reader takes.
    let url = format!("ws://{address}/boards/b{}", (CROWD - 1) % BOARDS);
    let (mut writer, _) = connect_async(url).await.expect("an upgrade");
    writer.send(hello(CROWD)).await.expect("sent");
    let value = "x".repeat(900_000);
    for n in 0..16 {
        let cell = json!({"element": format!("e{n}"), "prop": "base", "stamp": [1_700_000_000_000_u64, 0, format!("{n:016}")], "value": value});
        let write = json!({"write": {"id": n, "cells": [cell]}});
        writer.send(Message::text(write.to_string())).await.expect("sent");
        while !next(&mut writer).await.contains("\"ack\"") {}
    }
    let mut upload = upload(address);

    let start = Instant::now();
    let stopping = tokio::task::spawn_blocking(move || relay.terminate());
    let (status, log) = stopping.await.expect("no panic");
    assert!(status.success(), "{status}\n{}", log.join("\n"));
    assert!(start.elapsed() < IN_TIME, "it took {:?}", start.elapsed());

    // Each was told when to come back, not all at once, and then that the relay restarts.
    let farewells = listening.join_all().await;
    let spread = u64::try_from(2 * CROWD).expect("a number");
    let mut waits = Vec::new();
    for (stopping, code) in farewells {
        assert_eq!(code, Some(1012));
        let after = stopping.expect("when to come back")["stopping"]["after"].as_u64();
        waits.push(after.expect("milliseconds"));
    }
    assert!(waits.iter().all(|&wait| wait <= spread + 4));
    let early = waits.iter().filter(|&&wait| wait < spread / 2).count();
    assert!(
        (CROWD / 4..CROWD * 3 / 4).contains(&early),
        "{early} in the first half"
    );
    // The upload was cut off, and can go on where it was.
    let mut answer = Vec::new();
    let _ = upload.read_to_end(&mut answer);
    assert!(
        !String::from_utf8_lossy(&answer).contains(" 20"),
        "it was never whole"
    );
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// The next text.
async fn next(socket: &mut Socket) -> String {
    loop {
        match socket.next().await.expect("not the end").expect("no error") {
            Message::Text(text) => return text.to_string(),
            Message::Close(frame) => panic!("closed: {frame:?}"),
            _ => {}
        }
    }
}

/// Reads to the end; returns what was said of the relay's stopping, and the code of the goodbye.
async fn last(mut socket: Socket) -> (Option<serde_json::Value>, Option<u16>) {
    let (mut text, mut code) = (None, None);
    while let Some(Ok(message)) = socket.next().await {
        match message {
            // Others' leaving may be told behind it.
            Message::Text(said) if said.starts_with("{\"stopping\"") => text = Some(said.to_string()),
            Message::Close(frame) => code = frame.map(|frame| frame.code.into()),
            _ => {}
        }
    }
    (text.map(|text| serde_json::from_str(&text).expect("JSON")), code)
}
