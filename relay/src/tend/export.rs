//! A board to a text, as it is at one moment.

use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use drawbridge_protocol::BoardId;
use sha2::{Digest as _, Sha256};

use super::format::{End, Header, Image, Line, VERSION};
use super::{Place, TendError};
use crate::clock::wall_ms;
use crate::store::{ImageFiles, Look};

/// Writes a board to `to`, or to standard output for `-`. What is at `to` is replaced only by what is whole.
pub(super) fn run(board: &BoardId, to: &Path, place: &Place) -> Result<(), TendError> {
    if to == Path::new("-") {
        let out = std::io::stdout().lock();
        let end = write(board, place, BufWriter::new(out), to)?;
        eprintln!(
            "{} cells and {} images of board {board} written",
            end.cells, end.images
        );
        return Ok(());
    }
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let done = File::create(&part)
        .map_err(|error| TendError::file(&part, &error))
        .and_then(|file| {
            let end = write(board, place, BufWriter::new(&file), &part)?;
            file.sync_all().map_err(|error| TendError::file(&part, &error))?;
            fs::rename(&part, to).map_err(|error| TendError::file(to, &error))?;
            Ok(end)
        });
    match done {
        Ok(end) => {
            eprintln!(
                "{} cells and {} images of board {board} are in {}",
                end.cells,
                end.images,
                to.display()
            );
            Ok(())
        }
        Err(error) => {
            // What is half is of no use to anybody.
            let _ = fs::remove_file(&part);
            Err(error)
        }
    }
}

fn write(board: &BoardId, place: &Place, mut to: impl Write, path: &Path) -> Result<End, TendError> {
    let files = ImageFiles::of(&place.data);
    let _keep = files
        .keep_all()
        .map_err(|error| TendError::file(&place.data, &error))?;
    let look = Look::open(&place.data)?;
    let row = look.board(board)?.filter(|row| !row.gone);
    let row = row.ok_or_else(|| TendError::NoBoard(board.clone()))?;
    let mut put = |line: &Line| -> Result<(), TendError> {
        let text = serde_json::to_string(line).map_err(|error| TendError::file(path, &error))?;
        writeln!(to, "{text}").map_err(|error| TendError::file(path, &error))
    };
    put(&Line::Board(Header {
        version: VERSION,
        id: row.id.clone(),
        created: row.created_ms,
        exported: wall_ms(),
        access: look.access(row.n)?,
    }))?;
    let mut end = End::default();
    look.cells::<TendError>(row.n, |cell| {
        end.cells += 1;
        put(&Line::Cell(cell))
    })?;
    for image in look.images(row.n)? {
        let mut bytes = Vec::new();
        let read = files
            .open_image(&image)
            .map(|mut file| file.read_to_end(&mut bytes));
        let is_whole =
            matches!(read, Some(Ok(_))) && Sha256::digest(&bytes).as_slice() == image.hash.as_bytes();
        if is_whole {
            end.images += 1;
            put(&Line::Image(Image::new(image.hash, image.kind, &bytes)))?;
        } else {
            eprintln!(
                "image {} is lost or damaged, and left out; see doctor",
                image.hash
            );
        }
    }
    put(&Line::End(end))?;
    to.flush().map_err(|error| TendError::file(path, &error))?;
    Ok(end)
}
