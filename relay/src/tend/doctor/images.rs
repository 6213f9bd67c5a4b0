//! The images: whether each that a board has is there.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::str::FromStr as _;

use drawbridge_protocol::ImageHash;
use sha2::{Digest as _, Sha256};

use super::{Broken, Finding, Place};
use crate::store::{ImageFiles, ImageRow, Look};

/// Looks at each image's file; with `deep` reads them all.
pub(super) fn images(look: &Look, place: &Place, deep: bool, broken: &mut Broken) -> Finding {
    let rows = match look.all_images() {
        Ok(rows) => rows,
        Err(error) => return Finding::error("images", error.to_string(), "restore a backup"),
    };
    let files = ImageFiles::of(&place.data);
    for row in &rows {
        if !is_whole(&files, row, deep) {
            broken.images.push(row.hash);
        }
    }
    let held: HashSet<ImageHash> = rows.iter().map(|row| row.hash).collect();
    let known = |name: &str| ImageHash::from_str(name).is_ok_and(|hash| held.contains(&hash));
    let entries = fs::read_dir(place.data.join("images"))
        .into_iter()
        .flatten()
        .flatten();
    let strays = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| ImageHash::from_str(name).is_ok() && !known(name))
        .count();
    if !broken.images.is_empty() {
        let first = broken.images.first().map(ToString::to_string).unwrap_or_default();
        let seen = format!(
            "{} of {} are lost or damaged: {first}…",
            broken.images.len(),
            rows.len()
        );
        let todo =
            "restore them from a backup, or run doctor --repair, and apps that have them bring them again";
        return Finding::error("images", seen, todo);
    }
    let read = if deep {
        "each is what its name says"
    } else {
        "each is as long as it should be"
    };
    let strays = match strays {
        0 => String::new(),
        strays => format!("; {strays} that no board has go at the next start"),
    };
    Finding::ok("images", format!("{}; {read}{strays}", rows.len()))
}

fn is_whole(files: &ImageFiles, row: &ImageRow, deep: bool) -> bool {
    let Some(mut file) = files.open_image(row) else {
        return false;
    };
    let mut bytes = Vec::new();
    !deep
        || (file.read_to_end(&mut bytes).is_ok() && Sha256::digest(&bytes).as_slice() == row.hash.as_bytes())
}
