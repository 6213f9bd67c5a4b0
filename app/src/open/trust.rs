//! Whom the boards of this folder trust, when a relay is reached over TLS.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Instant;

use drawbridge_engine::client::{Authority, Phase};

use super::OpenBoard;
use super::pictures::{NO_DIALOG, no_dialog};
use crate::panels::trust::{Chosen, TrustView};

/// The largest file that is read as an authority's certificate, in bytes.
const LARGEST: u64 = 1 << 20;

/// What a person chooses to trust, while that goes on.
#[derive(Debug, Default)]
pub(super) struct Choosing {
    /// What the dialog of the system's says at its end; `None`: nothing was chosen.
    came: Option<Receiver<Option<Chosen>>>,
    /// What was chosen, and waits to be looked at.
    chosen: Option<Chosen>,
}

impl OpenBoard {
    /// What the dialog for trust shows.
    #[must_use]
    pub fn trust(&self) -> TrustView {
        let problem = match &self.board.status().phase {
            Phase::Insecure { flaw, message } => Some((*flaw, message.clone())),
            _ => None,
        };
        TrustView {
            problem,
            chosen: self.choosing.chosen.clone(),
            added: self.profile.trusted().added(),
        }
    }

    /// Lets the person choose an authority's file, in a dialog of the system's.
    pub fn choose_authority(&mut self) {
        // Made on the window's thread, as some systems want it, and waited for on another.
        let chosen = rfd::AsyncFileDialog::new()
            .set_title("Trust a certificate authority")
            .add_filter("Certificates", &["pem", "crt", "cer", "der"])
            .pick_file();
        let asked = Instant::now();
        let (tell, came) = channel();
        let wake = Arc::clone(&self.wake);
        let work = move || {
            let chosen = match pollster::block_on(chosen) {
                Some(file) => Some(read(file.path())),
                None if cfg!(target_os = "linux") && asked.elapsed() < NO_DIALOG => Some(Err(no_dialog(
                    "put the file into the folder trusted of your data folder",
                ))),
                None => None,
            };
            // The window may be gone.
            let _ = tell.send(chosen);
            wake();
        };
        match std::thread::Builder::new()
            .name("authority".to_owned())
            .spawn(work)
        {
            Ok(_) => self.choosing.came = Some(came),
            Err(error) => self.choosing.chosen = Some(Err(error.to_string())),
        }
    }

    /// Shows what is in this file, as if it had been chosen.
    pub fn look_at_authority(&mut self, path: &Path) {
        self.choosing.chosen = Some(read(path));
    }

    /// Trusts what was chosen from now on, and tries the relay again.
    pub fn trust_chosen(&mut self) {
        let Some(Ok(authorities)) = self.choosing.chosen.take() else {
            return;
        };
        for authority in &authorities {
            if let Err(error) = self.profile.trust(authority) {
                self.problems.push(error.to_string());
            }
        }
        if self.trust().problem.is_some() {
            self.reconnect();
        }
    }

    /// Leaves what was chosen untrusted.
    pub fn leave_chosen(&mut self) {
        self.choosing = Choosing::default();
    }

    /// Trusts an authority no longer that was added. What is connected stays so until it breaks.
    pub fn distrust(&mut self, fingerprint: &str) {
        if let Err(error) = self.profile.distrust(fingerprint) {
            self.problems.push(error.to_string());
        }
    }

    /// Takes in what was chosen.
    pub(super) fn take_chosen(&mut self) {
        let Some(came) = &self.choosing.came else {
            return;
        };
        match came.try_recv() {
            Ok(chosen) => {
                self.choosing = Choosing { came: None, chosen };
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => self.choosing.came = None,
        }
    }
}

fn read(path: &Path) -> Chosen {
    let long = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if long > LARGEST {
        return Err("the file is too large for a certificate".to_owned());
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    Authority::read(&bytes).map_err(|error| error.to_string())
}
