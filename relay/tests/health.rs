//! `drawbridge-relay health`, as a container's health check asks it.

use std::net::TcpListener;
use std::process::{Command, Output};

fn health(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drawbridge-relay"));
    command
        .arg("health")
        .args(args)
        .output()
        .expect("the relay's program")
}

/// Answers one request with this, and returns where.
fn answering(with: &'static str) -> (String, std::thread::JoinHandle<String>) {
    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let served = std::thread::spawn(move || {
        let (tcp, _) = listener.accept().expect("a connection");
        let mut lines = BufReader::new(&tcp).lines();
        let first = lines.next().expect("a line").expect("text");
        while lines
            .next()
            .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
        {}
        (&tcp).write_all(with.as_bytes()).expect("sent");
        first
    });
    (address, served)
}

#[test]
fn it_ends_with_0_only_when_the_relay_says_that_it_is_ready() {
    let answers = [
        ("HTTP/1.1 200 OK\r\n\r\n{\"ready\":true}", Some(0)),
        (
            "HTTP/1.1 503 Service Unavailable\r\n\r\n{\"ready\":false,\"reason\":\"disk_full\"}",
            Some(1),
        ),
        ("220 mail.example ESMTP\r\n", Some(1)),
        ("", Some(1)),
    ];
    for (answer, code) in answers {
        let (address, served) = answering(answer);
        let said = health(&["--listen", &address]);
        assert_eq!(said.status.code(), code, "{answer:?}: {said:?}");
        assert!(served.join().expect("asked").starts_with("GET /readyz "));
        if answer.contains("disk_full") {
            assert!(
                String::from_utf8_lossy(&said.stderr).contains("disk_full"),
                "{said:?}"
            );
        }
    }
}

#[test]
fn it_ends_with_1_where_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let said = health(&["--listen", &address]);
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    assert!(
        String::from_utf8_lossy(&said.stderr).contains(&address),
        "{said:?}"
    );
}
