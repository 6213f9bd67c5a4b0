//! What comes of a board, and where it goes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use drawbridge_engine::client::{CopyError, Shelf, ShelfError, is_board};
use drawbridge_engine::document::{Color, Element};
use drawbridge_engine::export::{Exported, Format, Look, Wanted, file};
use drawbridge_engine::images::StoredImage;
use drawbridge_protocol::ImageHash;

use super::reading::{Drawing, what};
use super::{Arguments, Done, TaskError};
use crate::{theme, whole};

/// Writes a copy of a board's file.
pub(super) fn copy(arguments: &Arguments, path: &Path, shelf: &Shelf) -> Result<Done, TaskError> {
    let out = &arguments.out;
    not_itself(out, path)?;
    match is_board(path) {
        Ok(()) => {}
        Err(ShelfError::NoBoard) => return Err(TaskError::NoBoardToCopy(path.to_owned())),
        Err(error) => return Err(TaskError::board(path, error)),
    }
    shelf.copy_file(path, out).map_err(|error| match error {
        CopyError::Read(error) => TaskError::board(path, error),
        CopyError::Write(error) => TaskError::board(out, error),
    })?;
    Ok(Done {
        files: vec![out.clone()],
        notes: Vec::new(),
    })
}

/// Writes what a board shows.
pub(super) fn picture(arguments: &Arguments, format: Format, path: &Path) -> Result<Done, TaskError> {
    let Drawing {
        elements,
        images,
        notes: mut said,
    } = Drawing::read(path)?;
    // Excalidraw darkens colours by itself.
    let theme = if arguments.dark && format != Format::Excalidraw {
        &theme::DARK
    } else {
        &theme::LIGHT
    };
    let rgb = |color: egui::Color32| [color.r(), color.g(), color.b()];
    let ink = |color: Color| rgb(theme.color(color));
    let board = rgb(theme.board);
    let look = Look {
        ink: &ink,
        paper: None,
        board,
        images: &*images,
        clip: &|_: &Element| None,
    };
    let wanted = Wanted {
        what: what(arguments, &elements)?,
        scale: arguments.scale.unwrap_or(2.0),
        paper: !arguments.transparent,
        embed: !arguments.no_embed,
        ..Wanted::new(format)
    };
    let exported = file(&elements, &look, &wanted)?;
    said.extend(notes(&exported, &wanted, &elements, &*images));
    let count = exported.files.len();
    let name = |number: usize| match count {
        1 => arguments.out.clone(),
        count => numbered(&arguments.out, number, count),
    };
    let files: Vec<(PathBuf, &[u8])> = (1..)
        .map(name)
        .zip(exported.files.iter().map(|file| &*file.bytes))
        .collect();
    // Before any of them is written.
    for (to, _) in &files {
        not_itself(to, path)?;
    }
    whole::write_all(&files)?;
    Ok(Done {
        files: files.into_iter().map(|(to, _)| to).collect(),
        notes: said,
    })
}

/// A file isn't written over the one that it is made of.
fn not_itself(to: &Path, source: &Path) -> Result<(), TaskError> {
    let same = to
        .canonicalize()
        .is_ok_and(|to| source.canonicalize().is_ok_and(|source| source == to));
    if same {
        return Err(TaskError::Itself(to.to_owned()));
    }
    Ok(())
}

fn notes(
    exported: &Exported,
    wanted: &Wanted,
    elements: &[Element],
    images: &dyn Fn(&ImageHash) -> Option<StoredImage>,
) -> Vec<String> {
    let pictures = elements.iter().filter_map(|element| element.picture);
    let all: BTreeMap<ImageHash, ()> = pictures.map(|picture| (picture.image, ())).collect();
    let missing = all.keys().filter(|hash| images(hash).is_none()).count();
    let mut notes = Vec::new();
    let pictures = |count: usize| match count {
        1 => "1 picture".to_owned(),
        count => format!("{count} pictures"),
    };
    if missing > 0 {
        notes.push(format!(
            "{} of this board did not come to this computer yet: in place of that there is grey",
            pictures(missing)
        ));
    }
    if wanted.format == Format::Png && exported.scale < wanted.scale {
        notes.push(format!(
            "so many pixels have no room in a picture: it has {:.2} a board unit in place of {}",
            exported.scale, wanted.scale
        ));
    }
    if wanted.embed && wanted.format.can_embed() && !exported.opens_again {
        notes.push("there is too much on the board for the file to be opened again as one".to_owned());
    } else if exported.images_left_out > missing {
        let count = exported.images_left_out - missing;
        notes.push(format!(
            "when it is opened again, {} will be missing: there was no room",
            pictures(count)
        ));
    }
    notes
}

/// The name of one of several files: `plan.png` becomes `plan-1.png`, or `plan-01.png` where there are ten or more.
pub(super) fn numbered(out: &Path, number: usize, count: usize) -> PathBuf {
    let digits = count.to_string().len();
    let mut name = out.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number:0digits$}."));
    name.push(out.extension().unwrap_or_default());
    out.with_file_name(name)
}
