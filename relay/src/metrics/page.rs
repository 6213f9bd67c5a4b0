//! The page at `/metrics`.

use std::sync::Arc;
use std::time::Instant;

use super::text::Text;
use super::{Labelled, Metrics, RECEIVED, SENT, Tally, Volume, process};
use crate::hub::Hub;
use crate::store::Contents;

/// All that is known of the relay now.
pub(crate) async fn page(hub: &Arc<Hub>) -> String {
    let contents = hub.figures.get(&hub.readers).await;
    let contents = contents
        .map_err(|error| tracing::debug!(%error, "/metrics can't read the store"))
        .ok();
    let mut text = Text::default();
    about(&mut text, &hub.core.metrics);
    connections(&mut text, hub);
    writing(&mut text, &hub.core.metrics);
    images(&mut text, &hub.core.metrics);
    store(&mut text, hub, contents);
    system(&mut text);
    text.done()
}

fn about(text: &mut Text, metrics: &Metrics) {
    let version = [(env!("CARGO_PKG_VERSION"), 1)];
    let help = "The relay's version; always 1.";
    text.by("gauge", "drawbridge_build_info", help, "version", version);
    let help = "When the relay was started, in seconds since the Unix epoch.";
    text.gauge("drawbridge_start_time_seconds", help, metrics.started_s());
    let (help, reloads) = ("Certificates that were read anew.", metrics.tls_reloads.get());
    text.counter("drawbridge_tls_reloads_total", help, reloads);
    let errors = metrics.tls_reload_errors.get();
    let help = "Certificates that couldn't be read anew; the old one stays in use.";
    text.counter("drawbridge_tls_reload_errors_total", help, errors);
}

/// What is counted by connection, added up.
struct Sum {
    counted: Tally,
    open: usize,
    people: usize,
    slow: usize,
    reading: usize,
}

fn connections(text: &mut Text, hub: &Hub) {
    let metrics = &hub.core.metrics;
    let now = Instant::now();
    let sum = hub.tallies(|tallies| {
        let mut sum = Sum {
            counted: Tally::default(),
            open: 0,
            people: 0,
            slow: 0,
            reading: 0,
        };
        sum.counted.add(&metrics.past);
        for tally in tallies {
            sum.counted.add(tally);
            sum.open += 1;
            sum.people += usize::from(tally.is_in());
            sum.slow += usize::from(tally.is_slow(now));
            sum.reading += usize::from(tally.reads_store());
        }
        sum
    });
    let help = "WebSocket connections, also those that haven't said hello.";
    text.gauge("drawbridge_connections", help, sum.open);
    text.gauge(
        "drawbridge_people",
        "Connections that are on a board.",
        sum.people,
    );
    let help = "Boards that somebody is on.";
    text.gauge("drawbridge_boards_open", help, metrics.boards_open.get());
    let help = "WebSocket connections that were opened.";
    text.counter("drawbridge_connections_opened_total", help, metrics.opened.get());
    let help = "WebSocket connections that ended, by the code with which the relay closed them; none: the other side was gone.";
    let ended = metrics.ended.all().into_iter().map(|(code, count)| {
        let code = code.map_or("none".to_owned(), |code| code.to_string());
        (code, count)
    });
    text.by(
        "counter",
        "drawbridge_connections_ended_total",
        help,
        "code",
        ended,
    );
    let help = "TCP connections that couldn't be accepted: too many open files, most likely.";
    text.counter("drawbridge_accept_errors_total", help, metrics.not_accepted.get());
    let help = "Connections that haven't taken all that they were sent for a second.";
    text.gauge("drawbridge_slow_readers", help, sum.slow);
    let help = "Connections that read the store now: they came just now, or are too far behind.";
    text.gauge("drawbridge_store_readers", help, sum.reading);
    let help = "Pages of the store that were read for such connections.";
    text.counter("drawbridge_store_pages_total", help, sum.counted.pages.get());
    let help = "Refusals that were sent, by code, those over HTTP too.";
    let refused = name_codes(&metrics.refused);
    text.by("counter", "drawbridge_refusals_total", help, "code", refused);
    messages(text, &sum.counted);
}

fn name_codes(refused: &Labelled<drawbridge_protocol::Code>) -> Vec<(String, u64)> {
    let name = |code| serde_json::to_string(&code).unwrap_or_default();
    let named = refused.all().into_iter().map(|(code, count)| (name(code), count));
    named
        .map(|(name, count)| (name.trim_matches('"').to_owned(), count))
        .collect()
}

fn messages(text: &mut Text, counted: &Tally) {
    fn by<'a>(
        names: &'a [&str],
        volumes: &'a [Volume],
        of: impl Fn(&Volume) -> u64 + 'a,
    ) -> impl Iterator<Item = (&'a str, u64)> {
        names.iter().copied().zip(volumes.iter().map(of))
    }
    let of = |volume: &Volume| volume.messages.get();
    let help = "WebSocket messages that came in, by name.";
    let values = by(&RECEIVED, &counted.received, of);
    text.by(
        "counter",
        "drawbridge_messages_received_total",
        help,
        "message",
        values,
    );
    let help = "WebSocket messages that were sent, by name; live are deliveries of wet ink.";
    let values = by(&SENT, &counted.sent, of);
    text.by(
        "counter",
        "drawbridge_messages_sent_total",
        help,
        "message",
        values,
    );
    let of = |volume: &Volume| volume.bytes.get();
    let help = "Their bytes, as JSON.";
    let values = by(&RECEIVED, &counted.received, of);
    text.by(
        "counter",
        "drawbridge_received_bytes_total",
        help,
        "message",
        values,
    );
    let values = by(&SENT, &counted.sent, of);
    text.by("counter", "drawbridge_sent_bytes_total", help, "message", values);
}

fn writing(text: &mut Text, metrics: &Metrics) {
    let help = "Writes that are on disk.";
    text.counter("drawbridge_writes_total", help, metrics.writes.get());
    let help = "Cells in them.";
    text.counter("drawbridge_cells_total", help, metrics.cells.get());
    let help = "From a write's arrival to its acknowledgement.";
    text.histogram("drawbridge_write_seconds", help, &metrics.write_time);
    let help = "Transactions of the writing thread, until they are on disk. Each holds many writes.";
    text.histogram("drawbridge_commit_seconds", help, &metrics.commit_time);
    let help = "The disk's part of a transaction: its pages are written to the log, and fsync.";
    text.histogram("drawbridge_fsync_seconds", help, &metrics.sync_time);
    let help = "Connections that wait for the writing thread, by how much they write.";
    let lanes = ["light", "heavy", "large"]
        .into_iter()
        .zip(metrics.lanes.iter().map(|lane| lane.get()));
    text.by("gauge", "drawbridge_committer_queue", help, "lane", lanes);
}

fn images(text: &mut Text, metrics: &Metrics) {
    let help = "Images that came, whole and checked.";
    text.counter("drawbridge_images_received_total", help, metrics.images.get());
    let help = "Bytes of images that came in, also of those that broke off.";
    text.counter(
        "drawbridge_image_received_bytes_total",
        help,
        metrics.image_bytes_in.get(),
    );
    let help = "Bytes of images that went out.";
    text.counter(
        "drawbridge_image_sent_bytes_total",
        help,
        metrics.image_bytes_out.get(),
    );
}

fn store(text: &mut Text, hub: &Hub, contents: Option<Contents>) {
    let ready = u8::from(hub.is_ready_so_far());
    let help = "Whether writes are taken, as far as known without trying: 1 or 0. /readyz tries.";
    text.gauge("drawbridge_ready", help, ready);
    let folder = hub.readers.folder();
    if let Some(space) = process::space(folder) {
        text.gauge(
            "drawbridge_disk_bytes",
            "The size of the store's disk.",
            space.all,
        );
        let help = "What is free of it for this process.";
        text.gauge("drawbridge_disk_free_bytes", help, space.free);
    }
    let files = hub.readers.files().into_iter();
    let help = "The size of the store's files; the log is moved into the database from time to time.";
    text.by("gauge", "drawbridge_store_file_bytes", help, "file", files);
    let Some(contents) = contents else { return };
    text.gauge("drawbridge_boards", "Boards in the store.", contents.boards);
    text.gauge("drawbridge_board_cells", "Cells of all boards.", contents.cells);
    let help = "Bytes of all boards, cells and images, as their limits count them.";
    text.gauge("drawbridge_board_bytes", help, contents.bytes);
    let help = "Bytes of overwritten cells that are kept as history.";
    text.gauge("drawbridge_past_bytes", help, contents.past_bytes);
}

fn system(text: &mut Text) {
    let Some(process) = process::this() else { return };
    let help = "Processor time, user and system.";
    text.counter("process_cpu_seconds_total", help, process.cpu_s);
    let help = "Resident memory.";
    text.gauge("process_resident_memory_bytes", help, process.resident_bytes);
    text.gauge("process_open_fds", "Open file descriptors.", process.open_files);
    let help = "How many there may be.";
    text.gauge("process_max_fds", help, process.max_files);
}
