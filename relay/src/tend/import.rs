//! A board from a text. It is read twice: first to see whether it is whole and right, then to bring it in, so what is wrong
//! in it changes nothing.

use std::fs::{self, File};
use std::io::{BufReader, Read, Seek as _};
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use drawbridge_protocol::{Access, BoardId, BoardLink, Cell, Key, KeyHash, Role};

use super::format::{End, Header, Part, Reader};
use super::way::Way;
use super::{Place, TendError, acts, say};
use crate::committer::What;

#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// What `boards export` wrote; `-` for standard input
    file: PathBuf,
    /// Merge into the board if it is there already: of each cell the later one holds, so nothing is lost
    #[arg(long)]
    merge: bool,
    /// Bring it in under another name
    #[arg(long = "as", value_name = "BOARD", allow_hyphen_values = true)]
    name: Option<BoardId>,
    /// Open the board by the key in this file, as its owner, instead of by the links that it had; if there is no such file, it is
    /// made, with a fresh key
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// Removes a file that only served in between.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // If it stays, doctor says so.
        let _ = fs::remove_file(&self.0);
    }
}

/// Brings a board in.
pub(super) async fn run(args: Args, place: &Place) -> Result<(), TendError> {
    if !place.data.is_dir() {
        return Err(crate::store::StoreError::Missing(place.data.clone()).into());
    }
    let (mut file, what, _scratch) = open(&args.file, place)?;
    let (header, all) = check(&file, &what, place)?;
    let access = match &args.key_file {
        Some(path) => owned(&key(path)?),
        None => header.access,
    };
    let board = args.name.unwrap_or(header.id);
    file.rewind()
        .map_err(|error| TendError::file(&args.file, &error))?;
    let way = Way::find(place).await?;
    let making = What::Make {
        access,
        created_ms: header.created,
    };
    let made = way.chore(&board, making).await?.did > 0;
    if !made && !args.merge {
        let why = format!(
            "board {board} is here already; --merge brings in what it lacks, --as gives it another name"
        );
        way.close().await?;
        return Err(TendError::Other(why));
    }
    let done = bring(&way, &board, &file, &what, made, place).await;
    way.close().await?;
    let won = done?;
    if made {
        say(format_args!(
            "board {board} was made: {} cells, {} images",
            all.cells, all.images
        ));
        if let Some(path) = args.key_file {
            say(format_args!("its owner's key is in {}", path.display()));
        }
    } else {
        say(format_args!(
            "merged into board {board}: {won} of {} cells were later than its own; images: {}; who may do what stays as it was",
            all.cells, all.images
        ));
    }
    Ok(())
}

/// Opens the text so that it can be read twice.
fn open(path: &Path, place: &Place) -> Result<(File, String, Option<Scratch>), TendError> {
    if path != Path::new("-") {
        let file = File::open(path).map_err(|error| TendError::file(path, &error))?;
        return Ok((file, path.display().to_string(), None));
    }
    let path = place.data.join(format!("import-{}.part", std::process::id()));
    let failed = |error: std::io::Error| TendError::file(&path, &error);
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(failed)?;
    let scratch = Scratch(path.clone());
    // No board's text is longer: names and base64 around what a board may hold.
    let most =
        place.settings.limits.board_bytes as u64 * 2 + (place.settings.limits.board_cells as u64) * 512;
    let mut input = std::io::stdin().lock().take(most + 1);
    if std::io::copy(&mut input, &mut file).map_err(failed)? > most {
        return Err(TendError::Other(format!(
            "standard input has more than {most} bytes; no board has"
        )));
    }
    file.rewind().map_err(failed)?;
    Ok((file, "standard input".to_owned(), Some(scratch)))
}

/// Reads all of it.
fn check(file: &File, what: &str, place: &Place) -> Result<(Header, End), TendError> {
    let (mut reader, header) = Reader::new(BufReader::new(file), what, &place.settings.limits)?;
    while reader.next()?.is_some() {}
    Ok((header, reader.seen()))
}

/// Brings its parts in, in pieces. Says how many cells won.
async fn bring(
    way: &Way,
    board: &BoardId,
    file: &File,
    what: &str,
    fresh: bool,
    place: &Place,
) -> Result<u64, TendError> {
    let limits = &place.settings.limits;
    let (mut reader, _) = Reader::new(BufReader::new(file), what, limits)?;
    let mut won = 0;
    let (mut batch, mut bytes): (Vec<Cell>, usize) = (Vec::new(), 0);
    loop {
        let part = reader.next()?;
        let size = match &part {
            Some(Part::Cell(cell)) => cell.size(),
            _ => usize::MAX,
        };
        let is_full = batch.len() >= limits.write_cells || bytes.saturating_add(size) > acts::BATCH_BYTES;
        if is_full && !batch.is_empty() {
            let cells = std::mem::take(&mut batch);
            won += way.chore(board, What::Write { cells, fresh }).await?.did;
            bytes = 0;
        }
        match part {
            Some(Part::Cell(cell)) => {
                bytes += size;
                batch.push(cell);
            }
            Some(Part::Image { hash, kind, bytes }) => {
                way.image(board, hash, kind, bytes.into()).await?;
            }
            None => return Ok(won),
        }
    }
}

/// The key in a file, which is made if it isn't there.
fn key(path: &Path) -> Result<Key, TendError> {
    let failed = |error: std::io::Error| TendError::file(path, &error);
    match fs::read_to_string(path) {
        Ok(text) => Key::new(text.trim()).map_err(|error| TendError::file(path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut bits = [0; 16];
            getrandom::fill(&mut bits).map_err(|error| TendError::file(path, &error))?;
            let key = Key::from_bits(bits);
            let mut options = File::options();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path).map_err(failed)?;
            std::io::Write::write_all(&mut file, format!("{}\n", key.reveal()).as_bytes()).map_err(failed)?;
            Ok(key)
        }
        Err(error) => Err(failed(error)),
    }
}

fn owned(key: &Key) -> Access {
    Access {
        locked: false,
        links: vec![BoardLink::new(KeyHash::of(key), Role::Owner)],
    }
}
