//! People who are there and do nothing: what each takes of memory.

use std::io;
use std::time::Duration;

use super::figures::{Bar, Figures};
use super::line::Fresh;
use super::many::{self, Gate};
use super::server::{Memory, Server};
use super::{Aim, Options};

/// How many are on a board.
const TOGETHER: usize = 10;
/// How many one board takes.
const CROWD: usize = 1000;
/// How many come over TLS: each of their handshakes takes a while.
const OVER_TLS: usize = 2000;
/// How long the server has to settle at most, in seconds.
const SETTLE: u64 = 3;

pub(super) fn run(options: &Options, figures: &mut Figures) -> io::Result<()> {
    let boards = options.connections.div_ceil(TOGETHER);
    measure(
        options,
        figures,
        "",
        options.relay()?,
        options.connections,
        boards,
    )?;
    let crowd = options.connections.min(CROWD);
    measure(options, figures, "one board: ", options.relay()?, crowd, 1)?;
    if options.relay.is_some() {
        return Ok(());
    }
    let some = options.connections.min(OVER_TLS);
    let boards = some.div_ceil(TOGETHER);
    measure(options, figures, "TLS: ", options.secure_relay()?, some, boards)
}

fn measure(
    options: &Options,
    figures: &mut Figures,
    which: &str,
    (aim, server): (Aim, Option<Server>),
    count: usize,
    boards: usize,
) -> io::Result<()> {
    let server = server.as_ref();
    // Whatever is only made for the first few is there.
    stay(options, &aim, TOGETHER.min(count), 1, server)?;
    let before = server.and_then(Server::memory);
    let after = stay(options, &aim, count, boards, server)?;
    figures.add(format!("{which}connections"), count as f64, "", None);
    if let Some((before, after)) = before.zip(after) {
        let each = |what: fn(Memory) -> f64| (what(after) - what(before)) / count as f64;
        let resident = each(|memory| memory.resident);
        let bar = (which != "TLS: ").then_some(Bar::AtMost(12.0));
        figures.add(format!("{which}memory a connection"), resident, "KiB", bar);
        let own = each(|memory| memory.own);
        figures.add(format!("{which}memory a connection, Pss"), own, "KiB", None);
        figures.add(
            format!("{which}the relay's memory"),
            after.resident / 1024.0,
            "MiB",
            None,
        );
    }
    Ok(())
}

/// Has so many come in and stay for a while; returns what the server has in memory then.
fn stay(
    options: &Options,
    aim: &Aim,
    count: usize,
    boards: usize,
    server: Option<&Server>,
) -> io::Result<Option<Memory>> {
    let boards: Vec<Fresh> = (0..boards).map(|_| Fresh::new()).collect();
    let task = async |who: usize, gate: &'static Gate| {
        let mut line = gate.join(aim, &boards[who % boards.len()], who).await?;
        let window = gate.ready(&mut line).await?;
        let measured = (who == 0).then(|| tokio::time::sleep_until(window.until.into()));
        let mut memory = None;
        if let Some(measured) = measured {
            measured.await;
            memory = server.and_then(Server::memory);
        }
        let end = tokio::time::sleep_until((window.until + Duration::from_millis(500)).into());
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return Ok(memory),
                heard = line.next() => { heard?; }
            }
        }
    };
    let settle = Duration::from_secs(options.seconds.min(SETTLE));
    let outcome = many::run(options.threads, count, settle, server, task)?;
    Ok(outcome.all.into_iter().flatten().next())
}
