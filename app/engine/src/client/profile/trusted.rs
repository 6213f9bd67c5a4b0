//! The folder `trusted` of a profile: certificate authorities that the person added to the system's, a PEM file each.

use super::{Profile, ProfileError, create_private, write_private};
use crate::client::trust::{Authority, Trust};

/// The largest file that is read as an authority's certificate, in bytes.
const LARGEST: u64 = 1 << 20;

impl Profile {
    /// Whom the boards of this folder trust. The same for all of them, also after [`Profile::trust`] and
    /// [`Profile::distrust`].
    #[must_use]
    pub fn trusted(&self) -> Trust {
        self.trusted.clone()
    }

    /// Trusts an authority from now on.
    ///
    /// # Errors
    /// When it can't be kept.
    pub fn trust(&self, authority: &Authority) -> Result<(), ProfileError> {
        let folder = self.folder.join("trusted");
        let path = folder.join(file_name(authority));
        let in_file = |error| ProfileError {
            path: path.clone(),
            error,
        };
        create_private(&folder).map_err(in_file)?;
        write_private(&path, &authority.to_pem()).map_err(in_file)?;
        let mut added = self.trusted.added();
        if !added.contains(authority) {
            added.push(authority.clone());
            self.trusted.set(added);
        }
        Ok(())
    }

    /// Trusts it no longer, in whichever files it is.
    ///
    /// # Errors
    /// When a file can't be removed.
    pub fn distrust(&self, fingerprint: &str) -> Result<(), ProfileError> {
        for (path, held) in files(&self.folder.join("trusted")) {
            if !held.iter().any(|authority| authority.fingerprint == fingerprint) {
                continue;
            }
            std::fs::remove_file(&path).map_err(|error| ProfileError {
                path: path.clone(),
                error,
            })?;
            // Whoever put several into one file wants the others still.
            for other in held.iter().filter(|other| other.fingerprint != fingerprint) {
                self.trust(other)?;
            }
        }
        let mut added = self.trusted.added();
        added.retain(|authority| authority.fingerprint != fingerprint);
        self.trusted.set(added);
        Ok(())
    }
}

/// Those that a folder's files hold. What can't be read is said and passed over.
pub(super) fn read(folder: &std::path::Path) -> Trust {
    let mut added: Vec<Authority> = Vec::new();
    for authority in files(&folder.join("trusted"))
        .into_iter()
        .flat_map(|(_, held)| held)
    {
        if !added.contains(&authority) {
            added.push(authority);
        }
    }
    Trust::new(added)
}

fn files(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<Authority>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "pem" || end == "crt"));
    paths.sort();
    let read = |path: std::path::PathBuf| {
        let small = path.metadata().is_ok_and(|meta| meta.len() <= LARGEST);
        let bytes = small.then(|| std::fs::read(&path).ok()).flatten()?;
        match Authority::read(&bytes) {
            Ok(held) => Some((path, held)),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "not trusted");
                None
            }
        }
    };
    paths.into_iter().filter_map(read).collect()
}

fn file_name(authority: &Authority) -> String {
    let name: String = authority.fingerprint.replace(':', "").chars().take(32).collect();
    format!("{}.pem", name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};

    use super::super::Start;
    use super::*;

    fn authority(name: &str) -> String {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        params.self_signed(&key).expect("a certificate").pem()
    }

    fn open(folder: &std::path::Path) -> Profile {
        match Profile::open(folder, Arc::new(|| {})).expect("a folder") {
            Start::Opened(profile) => profile,
            Start::Running(_) => panic!("nobody else is here"),
        }
    }

    #[test]
    fn an_authority_is_kept_until_it_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (home, work) = (authority("Home"), authority("Work"));
        let read = |text: &str| Authority::read(text.as_bytes()).expect("authorities");
        let profile = open(folder.path());
        let trust = profile.trusted();
        assert_eq!(trust.added(), []);
        for one in read(&home) {
            profile.trust(&one).expect("kept");
            profile.trust(&one).expect("kept once");
        }
        assert_eq!(trust.added(), read(&home), "who asked before sees it too");
        drop(profile);
        // Put there by hand: two in one file, and things that are none.
        let trusted = folder.path().join("trusted");
        std::fs::write(trusted.join("both.pem"), format!("{home}{work}")).expect("written");
        std::fs::write(trusted.join("none.pem"), "no certificate").expect("written");
        std::fs::write(trusted.join("notes.txt"), authority("Notes")).expect("written");
        let profile = open(folder.path());
        let names = |profile: &Profile| {
            let mut names: Vec<String> = profile
                .trusted()
                .added()
                .into_iter()
                .map(|one| one.subject)
                .collect();
            names.sort();
            names
        };
        assert_eq!(names(&profile), ["CN=Home", "CN=Work"]);
        profile.distrust(&read(&home)[0].fingerprint).expect("removed");
        assert_eq!(names(&profile), ["CN=Work"]);
        drop(profile);
        assert_eq!(names(&open(folder.path())), ["CN=Work"], "for good");
    }
}
