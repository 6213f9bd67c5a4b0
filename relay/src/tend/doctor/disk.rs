//! The data folder, the disk it is on, and the system around it.

use std::fs;
use std::path::Path;

use super::{Finding, Place};
use crate::control::Client;
use crate::store::{RESTORING, Store, file_in};
use crate::tend::times;

/// With less room than this nothing goes well any more.
const LITTLE: u64 = 64 << 20;
/// The log is moved into the file long before it has grown to this.
const LONG_LOG: u64 = 256 << 20;
/// So many connections and files are few for a relay.
#[cfg(unix)]
const FEW_FILES: u64 = 4096;

/// Whether the folder is there, and whose it and what is in it are.
pub(super) fn folder(place: &Place) -> Vec<Finding> {
    let data = &place.data;
    let meta = match fs::metadata(data) {
        Ok(meta) if meta.is_dir() => meta,
        Ok(_) => {
            let seen = format!("{} is no folder", data.display());
            return vec![Finding::error("folder", seen, "name the data folder with --data")];
        }
        Err(error) => {
            let seen = format!("{}: {error}", data.display());
            return vec![Finding::error("folder", seen, "name the data folder with --data")];
        }
    };
    let mut findings = permissions(data, &meta);
    if findings.is_empty() {
        findings.push(Finding::ok("folder", data.display().to_string()));
    }
    findings
}

#[cfg(unix)]
fn permissions(data: &Path, meta: &fs::Metadata) -> Vec<Finding> {
    use std::os::unix::fs::MetadataExt as _;
    let mut findings = Vec::new();
    if meta.mode() & 0o007 != 0 {
        let seen = format!(
            "everybody on this machine can look into {} (mode {:o})",
            data.display(),
            meta.mode() & 0o777
        );
        let todo = format!("chmod 700 {}: what people draw is theirs", data.display());
        findings.push(Finding::warning("folder", seen, todo));
    }
    let entries = fs::read_dir(data).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name() != "lost+found") {
        let Ok(of) = entry.metadata() else { continue };
        if of.uid() != meta.uid() {
            let seen = format!(
                "{} belongs to user {}, the folder to {}",
                entry.path().display(),
                of.uid(),
                meta.uid()
            );
            let todo = format!(
                "chown -R {} {}, and run commands as that user",
                meta.uid(),
                data.display()
            );
            findings.push(Finding::error("folder", seen, todo));
        }
        if entry.file_name() == "control.json" && of.mode() & 0o077 != 0 {
            let seen = "others can read control.json, and with it do everything a host can";
            findings.push(Finding::error(
                "folder",
                seen,
                "chmod 600 it, and restart the relay, which draws a new secret",
            ));
        }
    }
    findings
}

#[cfg(not(unix))]
fn permissions(_: &Path, _: &fs::Metadata) -> Vec<Finding> {
    Vec::new()
}

/// Whether a relay runs, and answers.
pub(super) async fn relay(place: &Place) -> Finding {
    if !place.data.is_dir() {
        return Finding::ok("relay", "none runs here");
    }
    match Store::try_lock(&place.data) {
        Ok(_) => Finding::ok("relay", "none runs here at present"),
        Err(fs::TryLockError::WouldBlock) => match Client::find(&place.data).await {
            Ok(client) => match client.people().await {
                Ok(people) => Finding::ok(
                    "relay",
                    format!("it runs; {} people are on its boards", people.len()),
                ),
                Err(error) => Finding::warning("relay", error.to_string(), "look at its log"),
            },
            Err(error) => Finding::warning("relay", error.to_string(), "look at its log"),
        },
        Err(fs::TryLockError::Error(error)) => Finding::error(
            "relay",
            format!("relay.lock: {error}"),
            "run this as the relay's user",
        ),
    }
}

/// Whether there is room for what is to come: writes, and a copy before an upgrade.
pub(super) fn space(place: &Place) -> Vec<Finding> {
    let size = |path: &Path| fs::metadata(path).map_or(0, |meta| meta.len());
    let store = size(&file_in(&place.data));
    let log = size(&place.data.join("relay.sqlite-wal"));
    let mut findings = Vec::new();
    match fs4::available_space(&place.data) {
        Ok(free) if free < LITTLE => {
            let seen = format!(
                "{} are free; writes are refused when it is full",
                times::size(free)
            );
            findings.push(Finding::error(
                "space",
                seen,
                "make room, or move the data folder to a larger disk",
            ));
        }
        Ok(free) if free < LITTLE + store => {
            let seen = format!(
                "{} are free, and the store has {}",
                times::size(free),
                times::size(store)
            );
            let todo = "make room: an upgrade copies the store first, and so does a backup to this disk";
            findings.push(Finding::warning("space", seen, todo));
        }
        Ok(free) => findings.push(Finding::ok(
            "space",
            format!(
                "{} are free; the store has {}",
                times::size(free),
                times::size(store)
            ),
        )),
        Err(error) => findings.push(Finding::warning("space", error.to_string(), "look with df")),
    }
    findings.push(if log > LONG_LOG {
        let seen = format!("the log has {}", times::size(log));
        let todo = "something reads for very long (an export, a backup), or the disk is slow; when the relay is stopped and started it is emptied";
        Finding::warning("log", seen, todo)
    } else {
        Finding::ok("log", times::size(log))
    });
    findings
}

/// How many files and connections the system lets a program have.
#[cfg(unix)]
pub(super) fn files() -> Finding {
    match rlimit::Resource::NOFILE.get() {
        Ok((_, most)) if most < FEW_FILES => {
            let seen = format!("a program here may open {most} files and connections");
            let todo = "raise it: LimitNOFILE= in the systemd unit, --ulimit nofile for a container";
            Finding::warning("limits", seen, todo)
        }
        Ok((_, most)) => Finding::ok("limits", format!("{most} files and connections may be open")),
        Err(error) => Finding::warning("limits", error.to_string(), "look with ulimit -n"),
    }
}

/// How many files and connections the system lets a program have.
#[cfg(not(unix))]
pub(super) fn files() -> Finding {
    Finding::ok("limits", "this system has none that matter")
}

/// What lies around.
pub(super) fn left_over(place: &Place) -> Vec<Finding> {
    let mut findings = Vec::new();
    let entries = fs::read_dir(&place.data).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    for name in names {
        let path = place.data.join(&name);
        let seen = path.display().to_string();
        if name == RESTORING {
            let todo = "a restore was broken off, and no relay starts until it is done: run it again";
            findings.push(Finding::error("files", seen, todo));
        } else if name.starts_with("replaced-") {
            let todo = "a restore put this aside; remove it when all is well";
            findings.push(Finding::warning("files", seen, todo));
        } else if name.ends_with(".backup") {
            findings.push(Finding::ok(
                "files",
                format!("{seen}, from before an upgrade; it may go when all is well"),
            ));
        } else if name.ends_with(".part") || name.ends_with(".new") {
            findings.push(Finding::warning(
                "files",
                seen,
                "something was broken off; it may go unless it is under way now",
            ));
        }
    }
    findings
}
