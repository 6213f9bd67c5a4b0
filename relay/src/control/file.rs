//! The file that says where a running relay can be asked, and with which secret.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// The form of the file, and of what is said.
pub(super) const VERSION: u32 = 1;

/// What it says. It has no `Debug`: the token is a secret.
#[derive(Serialize, Deserialize)]
pub(super) struct Said {
    pub(super) version: u32,
    pub(super) address: SocketAddr,
    pub(super) token: String,
    /// The process that wrote it, for people who wonder.
    pub(super) pid: u32,
}

impl Said {
    /// With a fresh secret of 256 bits.
    pub(super) fn fresh(address: SocketAddr) -> std::io::Result<Self> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).map_err(std::io::Error::other)?;
        Ok(Self {
            version: VERSION,
            address,
            token: BASE64URL_NOPAD.encode(&bits),
            pid: std::process::id(),
        })
    }

    /// Writes it, so that it is there whole or not at all, and nobody else can read it at any moment.
    pub(super) fn write(&self, data: &Path) -> std::io::Result<()> {
        let fresh = data.join("control.json.new");
        found(fs::remove_file(&fresh))?;
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&fresh)?;
        file.write_all(serde_json::to_string(self)?.as_bytes())?;
        drop(file);
        fs::rename(fresh, path(data))
    }

    /// Reads what a relay wrote, which may be gone.
    pub(super) fn read(data: &Path) -> std::io::Result<Option<Self>> {
        let Some(text) = found(fs::read_to_string(path(data)))? else {
            return Ok(None);
        };
        Ok(Some(serde_json::from_str(&text)?))
    }
}

/// Removes the file.
pub(super) fn remove(data: &Path) -> std::io::Result<()> {
    found(fs::remove_file(path(data))).map(|_| ())
}

fn path(data: &Path) -> PathBuf {
    data.join("control.json")
}

fn found<T>(result: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}
