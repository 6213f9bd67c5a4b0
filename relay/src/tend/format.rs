//! A board as a text that can be kept, looked through and brought to another relay: one JSON object a line. First what
//! board it is, then its cells, then its images, and at last how many of both there were, so that a text that was cut off
//! is recognised.
//!
//! ```text
//! {"board":{"version":1,"id":"plan","created":1790000000000,"exported":1790000100000,"access":{…}}}
//! {"cell":{"element":"…","prop":"base","stamp":[1790000000000,0,"…"],"value":{…}}}
//! {"image":{"hash":"9f86…","type":"image/png","data":"BASE64"}}
//! {"end":{"cells":1,"images":1}}
//! ```

use std::io::BufRead;

use data_encoding::BASE64;
use drawbridge_protocol::{Access, BoardId, Cell, ImageHash, ImageType, Limits};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::TendError;
use crate::hello;

/// The version of the form.
pub(super) const VERSION: u32 = 1;
/// What stands around a cell or an image on its line, at most.
const AROUND: usize = 1 << 10;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Board(Header),
    Cell(Cell),
    Image(Image),
    End(End),
}

/// What board it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) version: u32,
    pub(super) id: BoardId,
    /// When it came to the relay, in milliseconds since the Unix epoch.
    pub(super) created: u64,
    /// When this was written.
    pub(super) exported: u64,
    /// Who may do what: hashes of keys, which open nothing.
    pub(super) access: Access,
}

/// An image and its bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Image {
    pub(super) hash: ImageHash,
    #[serde(rename = "type")]
    pub(super) kind: ImageType,
    /// In base64.
    pub(super) data: String,
}

/// How many there were.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) cells: u64,
    pub(super) images: u64,
}

impl Image {
    pub(super) fn new(hash: ImageHash, kind: ImageType, bytes: &[u8]) -> Self {
        Self {
            hash,
            kind,
            data: BASE64.encode(bytes),
        }
    }

    /// Its bytes, if they are those that its name says.
    fn bytes(&self) -> Result<Vec<u8>, String> {
        let bytes = BASE64
            .decode(self.data.as_bytes())
            .map_err(|error| format!("the image's data isn't base64: {error}"))?;
        if Sha256::digest(&bytes).as_slice() != self.hash.as_bytes() {
            return Err(format!(
                "the bytes of image {} are not those that its name says",
                self.hash
            ));
        }
        Ok(bytes)
    }
}

/// What a text holds, line by line, checked.
#[derive(Debug)]
pub(super) enum Part {
    Cell(Cell),
    Image {
        hash: ImageHash,
        kind: ImageType,
        bytes: Vec<u8>,
    },
}

/// Reads a text to its end, whoever wrote it: no line takes more memory than the largest image may.
pub(super) struct Reader<R> {
    text: R,
    what: String,
    line: u64,
    limits: Limits,
    seen: End,
    bytes: u64,
    ended: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line. `what` is how the text is called in messages.
    pub(super) fn new(text: R, what: &str, limits: &Limits) -> Result<(Self, Header), TendError> {
        let mut reader = Self {
            text,
            what: what.to_owned(),
            line: 0,
            limits: limits.clone(),
            seen: End::default(),
            bytes: 0,
            ended: false,
        };
        let header = match reader.read()? {
            Some(Line::Board(header)) if header.version == VERSION => header,
            Some(Line::Board(header)) => {
                let why = format!("this is version {}; this program reads {VERSION}", header.version);
                return Err(reader.wrong(why));
            }
            _ => return Err(reader.wrong("an exported board begins with a line {\"board\":…}")),
        };
        Ok((reader, header))
    }

    /// The next part. `None` after the last, when all that was announced has come.
    pub(super) fn next(&mut self) -> Result<Option<Part>, TendError> {
        let line = self.read()?;
        match line {
            Some(_) if self.ended => Err(self.wrong("something follows the line {\"end\":…}")),
            Some(Line::Board(_)) => Err(self.wrong("a second line {\"board\":…}")),
            Some(Line::Cell(cell)) => self.cell(cell).map(Some),
            Some(Line::Image(image)) => self.image(&image).map(Some),
            Some(Line::End(end)) if end != self.seen => {
                let why = format!(
                    "{} cells and {} images are said to be here, but {} and {} are",
                    end.cells, end.images, self.seen.cells, self.seen.images
                );
                Err(self.wrong(why))
            }
            Some(Line::End(_)) => {
                self.ended = true;
                self.next()
            }
            None if !self.ended => Err(self.wrong("it is cut off: the line {\"end\":…} is missing")),
            None => Ok(None),
        }
    }

    /// How much there was so far.
    pub(super) fn seen(&self) -> End {
        self.seen
    }

    fn cell(&mut self, cell: Cell) -> Result<Part, TendError> {
        if self.seen.images > 0 {
            return Err(self.wrong("cells come before images"));
        }
        if let Err(refused) = hello::check_cells(std::slice::from_ref(&cell), &self.limits) {
            return Err(self.wrong(refused.message));
        }
        self.seen.cells += 1;
        self.grow(cell.size() as u64)?;
        Ok(Part::Cell(cell))
    }

    fn image(&mut self, image: &Image) -> Result<Part, TendError> {
        let bytes = image.bytes().map_err(|why| self.wrong(why))?;
        if bytes.len() > self.limits.image {
            let why = format!(
                "an image may have at most {} bytes here (max-image)",
                self.limits.image
            );
            return Err(self.wrong(why));
        }
        self.seen.images += 1;
        self.grow(bytes.len() as u64)?;
        Ok(Part::Image {
            hash: image.hash,
            kind: image.kind,
            bytes,
        })
    }

    fn grow(&mut self, bytes: u64) -> Result<(), TendError> {
        self.bytes += bytes;
        let Limits {
            board_cells,
            board_bytes,
            ..
        } = self.limits;
        if self.seen.cells > board_cells as u64 || self.bytes > board_bytes as u64 {
            let why = format!("a board may have at most {board_cells} cells and {board_bytes} bytes here");
            return Err(self.wrong(why));
        }
        Ok(())
    }

    fn read(&mut self) -> Result<Option<Line>, TendError> {
        let most = AROUND + self.limits.cell.max(self.limits.image / 3 * 4 + 4);
        self.line += 1;
        let mut line = Vec::new();
        loop {
            let buffer = match self.text.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.wrong(error)),
            };
            if buffer.is_empty() {
                break;
            }
            let (taken, is_whole) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), false),
            };
            line.extend_from_slice(&buffer[..taken]);
            self.text.consume(taken);
            if line.len() > most {
                return Err(self.wrong(format!(
                    "the line is longer than {most} bytes, which nothing needs here"
                )));
            }
            if is_whole {
                break;
            }
        }
        if line.is_empty() {
            return Ok(None);
        }
        let read = serde_json::from_slice(&line);
        read.map(Some).map_err(|error| {
            // It is one line of many.
            self.wrong(error.to_string().replace(" at line 1 column", " at column"))
        })
    }

    fn wrong(&self, why: impl std::fmt::Display) -> TendError {
        TendError::Line {
            what: self.what.clone(),
            line: self.line,
            why: why.to_string(),
        }
    }
}
