//! `restore`: a backup in the place of what is in the data folder. What was there is put aside, not removed.
//!
//! Clients have more than the backup: whatever was drawn since. So the restored store knows none of the relay's starts:
//! no client's cursor fits, each takes its boards anew and offers what is missing, images too.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::backup::{newest, private, sync};
use super::{Place, TendError, say, times};
use crate::clock::wall_ms;
use crate::store::{ImageFiles, Look, RESTORING, Store, StoreError, check_file, file_in};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A backup, or the folder of backups, of which the newest is taken
    from: PathBuf,
}

/// What is put aside, if it is there.
const PARTS: [&str; 4] = ["relay.sqlite", "relay.sqlite-wal", "relay.sqlite-shm", "images"];

/// Restores.
pub(super) fn run(args: &Args, place: &Place) -> Result<(), TendError> {
    let data = &place.data;
    fs::create_dir_all(data).map_err(|error| TendError::file(data, &error))?;
    let _lock = Store::try_lock(data).map_err(|error| match error {
        fs::TryLockError::WouldBlock => TendError::Store(StoreError::InUse(data.clone())),
        fs::TryLockError::Error(error) => TendError::file(data, &error),
    })?;
    let from = find(&args.from)?;
    say(format_args!("checking {}", from.display()));
    let images = check(&from)?;
    // As long as this folder is there, no relay starts: what is in the data folder may be half of one store and half of another.
    let fresh = data.join(RESTORING);
    if fresh
        .try_exists()
        .map_err(|error| TendError::file(&fresh, &error))?
    {
        fs::remove_dir_all(&fresh).map_err(|error| TendError::file(&fresh, &error))?;
    }
    if let Err(error) = copy(&from, &fresh, images) {
        // Nothing else has been touched.
        let _ = fs::remove_dir_all(&fresh);
        return Err(error);
    }
    let aside = put_aside(data)?;
    for name in ["images", "relay.sqlite"] {
        let to = data.join(name);
        fs::rename(fresh.join(name), &to).map_err(|error| TendError::file(&to, &error))?;
    }
    sync(data)?;
    fs::remove_dir(&fresh).map_err(|error| TendError::file(&fresh, &error))?;
    sync(data)?;
    say(format_args!("restored {}", from.display()));
    if let Some(aside) = aside {
        say(format_args!(
            "what was there before lies in {}; remove it when all is well",
            aside.display()
        ));
    }
    say(format_args!(
        "start the relay now: every app that comes back brings what was drawn since"
    ));
    Ok(())
}

fn find(from: &Path) -> Result<PathBuf, TendError> {
    let is_there = |path: &Path| path.try_exists().map_err(|error| TendError::file(path, &error));
    if is_there(&file_in(from))? {
        return Ok(from.to_owned());
    }
    if is_there(from)?
        && let Some(newest) = newest(from)?
    {
        return Ok(newest);
    }
    Err(TendError::Other(format!(
        "there is no backup at {}",
        from.display()
    )))
}

/// Reads all of a backup; returns the images that it has.
fn check(from: &Path) -> Result<Vec<String>, TendError> {
    check_file(&file_in(from))?;
    let rows = Look::open_any(from)?.all_images()?;
    let files = ImageFiles::of(from);
    let mut whole = Vec::new();
    for row in rows {
        // A backup says when it is made which were lost already. Apps bring them again.
        let Some(mut file) = files.open_image(&row) else {
            eprintln!("image {} is not in the backup", row.hash);
            continue;
        };
        let mut bytes = Vec::new();
        let path = files.path(&row.hash);
        file.read_to_end(&mut bytes)
            .map_err(|error| TendError::file(&path, &error))?;
        if Sha256::digest(&bytes).as_slice() != row.hash.as_bytes() {
            let why = format!(
                "{} is damaged: its bytes are not those that its name says; take another backup, or remove it: apps bring it again",
                path.display()
            );
            return Err(TendError::Other(why));
        }
        whole.push(row.hash.to_string());
    }
    Ok(whole)
}

fn copy(from: &Path, fresh: &Path, images: Vec<String>) -> Result<(), TendError> {
    let to = fresh.join("images");
    fs::create_dir_all(&to).map_err(|error| TendError::file(&to, &error))?;
    private(fresh)?;
    let mut parts = vec![(file_in(from), file_in(fresh))];
    parts.extend(
        images
            .into_iter()
            .map(|name| (from.join("images").join(&name), to.join(name))),
    );
    for (from, to) in parts {
        let copied = fs::copy(from, &to).and_then(|_| File::open(&to)?.sync_all());
        copied.map_err(|error| TendError::file(&to, &error))?;
    }
    let db = Connection::open(file_in(fresh))?;
    db.execute("DELETE FROM epochs", [])?;
    db.close().map_err(|(_, error)| error)?;
    sync(&to)?;
    sync(fresh)
}

/// Moves what is in the data folder to one in it with the time in its name.
fn put_aside(data: &Path) -> Result<Option<PathBuf>, TendError> {
    let mut aside = data.join(format!("replaced-{}", times::name(wall_ms())));
    while aside
        .try_exists()
        .map_err(|error| TendError::file(&aside, &error))?
    {
        aside.as_mut_os_string().push("+");
    }
    let mut is_made = false;
    for name in PARTS {
        let from = data.join(name);
        if !from
            .try_exists()
            .map_err(|error| TendError::file(&from, &error))?
        {
            continue;
        }
        if !is_made {
            fs::create_dir(&aside).map_err(|error| TendError::file(&aside, &error))?;
            private(&aside)?;
            is_made = true;
        }
        fs::rename(&from, aside.join(name)).map_err(|error| TendError::file(&from, &error))?;
    }
    Ok(is_made.then_some(aside))
}
