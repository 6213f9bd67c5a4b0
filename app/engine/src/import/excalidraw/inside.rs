//! The scene that Excalidraw puts into its PNG and SVG pictures: in a text chunk of the one, in comments of the other, as a rule
//! compressed. No more is unpacked than a scene may be long.

use std::io::Read as _;

use data_encoding::BASE64;
use flate2::read::ZlibDecoder;

use super::{FORMAT, ImportError};
use crate::document::{Members, read};
use crate::import::alike::{MAX_TEXT, text, too_large};

/// The name of the chunk, and the type that the comment names.
const TYPE: &str = "application/vnd.excalidraw+json";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What a comment of an SVG says.
const SVG_TYPE: &str = "payload-type:application/vnd.excalidraw+json";
const START: &str = "payload-start";
const END: &str = "payload-end";

/// Whether a file is such a picture.
pub(super) fn is_picture(file: &[u8]) -> bool {
    if file.starts_with(PNG) {
        return chunk(file).is_some();
    }
    text(file).is_some_and(|text| text.starts_with('<') && text.contains(SVG_TYPE))
}

/// The scene's text, if a file is such a picture.
pub(super) fn scene(file: &[u8]) -> Option<Result<String, ImportError>> {
    if file.starts_with(PNG) {
        let (kind, data) = chunk(file)?;
        return Some(from_chunk(kind, data));
    }
    let svg = text(file).filter(|text| text.starts_with('<') && text.contains(SVG_TYPE))?;
    Some(from_svg(svg))
}

fn damaged(why: &str) -> ImportError {
    ImportError::Damaged {
        format: FORMAT,
        why: why.to_owned(),
    }
}

/// The text chunk of a PNG that holds a scene: which sort of chunk it is, and what stands behind its name.
fn chunk(png: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = png.strip_prefix(PNG)?;
    loop {
        let (head, after) = rest.split_first_chunk::<8>()?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let kind = &rest[4..8];
        let data = after.get(..length)?;
        if matches!(kind, b"tEXt" | b"zTXt" | b"iTXt")
            && let Some(named) = data.strip_prefix(TYPE.as_bytes())
            && let Some(value) = named.strip_prefix(b"\0")
        {
            return Some((kind, value));
        }
        // Its checksum is behind it.
        rest = after.get(length.checked_add(4)?..)?;
    }
}

fn from_chunk(kind: &[u8], value: &[u8]) -> Result<String, ImportError> {
    let cut = || damaged("the drawing in the picture is cut off");
    let text = match kind {
        b"tEXt" => latin(value),
        b"zTXt" => latin(&inflated(value.get(1..).ok_or_else(cut)?)?),
        _ => {
            let (flags, rest) = value.split_first_chunk::<2>().ok_or_else(cut)?;
            // Two more texts, a language and the name in it, stand before the value.
            let mut parts = rest.splitn(3, |byte| *byte == 0);
            let value = parts.nth(2).ok_or_else(cut)?;
            let bytes = if flags[0] == 1 {
                inflated(value)?
            } else {
                value.to_vec()
            };
            String::from_utf8(bytes).map_err(|_| damaged("the drawing in the picture is no text"))?
        }
    };
    unwrapped(text)
}

fn from_svg(svg: &str) -> Result<String, ImportError> {
    let cut = || damaged("the drawing in the picture is cut off");
    let (before, rest) = svg.split_once(START).ok_or_else(cut)?;
    let (rest, _) = rest.split_once(END).ok_or_else(cut)?;
    // Between the ends of the two comments.
    let mark = |c: char| c.is_whitespace() || matches!(c, '<' | '!' | '-' | '>');
    let data = rest.trim_matches(mark);
    let data: Vec<u8> = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = BASE64
        .decode(&data)
        .map_err(|_| damaged("the drawing in the picture can't be unpacked"))?;
    if before.contains("payload-version:1") || !before.contains("payload-version") {
        let text = String::from_utf8(bytes);
        return text.map_err(|_| damaged("the drawing in the picture is no text"));
    }
    unwrapped(latin(&bytes))
}

/// A text of which each byte is one character.
fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// What is in the envelope that a scene is packed in; a text that is none is the scene.
fn unwrapped(text: String) -> Result<String, ImportError> {
    let envelope = Members::read(text.trim());
    let Some(envelope) = envelope.filter(|members| members.get("encoded").is_some()) else {
        return Ok(text);
    };
    let encoded = envelope
        .text("encoded")
        .ok_or_else(|| damaged("the drawing in the picture can't be unpacked"))?;
    let bytes: Option<Vec<u8>> = encoded.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    let compressed = envelope.get("compressed").and_then(read).unwrap_or(false);
    let bytes = match bytes {
        Some(bytes) if compressed => inflated(&bytes)?,
        Some(bytes) => bytes,
        // Letters as they are.
        None => return Ok(encoded.into_owned()),
    };
    String::from_utf8(bytes).map_err(|_| damaged("the drawing in the picture is no text"))
}

/// Unpacks, but no more than a scene may be long.
fn inflated(bytes: &[u8]) -> Result<Vec<u8>, ImportError> {
    let mut out = Vec::new();
    let most = MAX_TEXT as u64 + 1;
    let read = ZlibDecoder::new(bytes).take(most).read_to_end(&mut out);
    if out.len() > MAX_TEXT {
        return Err(too_large(FORMAT, "the drawing in it is longer than that"));
    }
    match read {
        Ok(_) => Ok(out),
        Err(_) => Err(damaged("the drawing in the picture can't be unpacked")),
    }
}
