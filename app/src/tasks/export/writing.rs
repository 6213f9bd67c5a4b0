//! What comes of a board, and where it goes.

use std::path::{Path, PathBuf};

use drawbridge_engine::client::{CopyError, Shelf, ShelfError, is_board};
use drawbridge_engine::export::{Format, Lettering, Wanted, file};

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
    let theme = if arguments.dark {
        &theme::DARK
    } else {
        &theme::LIGHT
    };
    let look = theme.look(&*images);
    let wanted = Wanted {
        what: what(arguments, &elements)?,
        scale: arguments.scale.unwrap_or(2.0),
        paper: !arguments.transparent,
        lettering: if arguments.text {
            Lettering::Text
        } else {
            Lettering::Outlines
        },
        embed: !arguments.no_embed,
        ..Wanted::new(format)
    };
    let exported = file(&elements, &look, &wanted)?;
    said.extend(exported.notes(&wanted));
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

/// The name of one of several files: `plan.png` becomes `plan-1.png`, or `plan-01.png` where there are ten or more.
pub(super) fn numbered(out: &Path, number: usize, count: usize) -> PathBuf {
    let digits = count.to_string().len();
    let mut name = out.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number:0digits$}."));
    name.push(out.extension().unwrap_or_default());
    out.with_file_name(name)
}
