//! A picture's file without what tells of who took it, where and with what: only what is needed to show it. The pixels
//! are not touched.

use super::ImageError;

/// What of a PNG file is kept.
const PNG_PARTS: [&[u8; 4]; 9] = [
    b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"IDAT",
];
const PNG_START: usize = 8;

/// A PNG file's plain form. Of an animated one the still image is left.
pub(super) fn png(file: &[u8]) -> Result<Vec<u8>, ImageError> {
    let (start, mut rest) = file.split_at_checked(PNG_START).ok_or(ImageError::CutOff)?;
    let mut out = start.to_vec();
    loop {
        let (head, after) = rest.split_first_chunk::<8>().ok_or(ImageError::CutOff)?;
        let (len, name) = (
            u32::from_be_bytes([head[0], head[1], head[2], head[3]]),
            &head[4..],
        );
        // With its checksum behind it.
        let end = (len as usize).saturating_add(4);
        let part = after.get(..end).ok_or(ImageError::CutOff)?;
        let is_last = name == b"IEND";
        if is_last || PNG_PARTS.iter().any(|kept| *kept == name) {
            out.extend_from_slice(head);
            out.extend_from_slice(part);
        }
        if is_last {
            return Ok(out);
        }
        rest = &after[end..];
    }
}

/// A JPEG file's plain form. What stands behind its end, such as a film that belongs to it, is left out.
pub(super) fn jpeg(file: &[u8]) -> Result<Vec<u8>, ImageError> {
    const END: u8 = 0xd9;
    const SCAN: u8 = 0xda;
    let mut rest = file.strip_prefix(&[0xff, 0xd8]).ok_or(ImageError::CutOff)?;
    let mut out = vec![0xff, 0xd8];
    loop {
        // Any number of 0xff may stand before a marker.
        let at = rest
            .iter()
            .position(|byte| *byte != 0xff)
            .ok_or(ImageError::CutOff)?;
        if at == 0 {
            return Err(ImageError::Broken("a part of it has no name".to_owned()));
        }
        let marker = rest[at];
        rest = &rest[at + 1..];
        if marker == END {
            out.extend_from_slice(&[0xff, END]);
            return Ok(out);
        }
        let len = rest.first_chunk::<2>().ok_or(ImageError::CutOff)?;
        let len = usize::from(u16::from_be_bytes(*len));
        if len < 2 {
            return Err(ImageError::Broken("a part of it has no length".to_owned()));
        }
        let part = rest.get(..len).ok_or(ImageError::CutOff)?;
        rest = &rest[len..];
        let kept = match marker {
            // JFIF, colour profile, Adobe's colours; all else that programs add, and comments, go.
            0xe0 | 0xee => true,
            0xe2 => part[2..].starts_with(b"ICC_PROFILE\0"),
            0xe1..=0xef | 0xfe => false,
            _ => true,
        };
        if kept {
            out.extend_from_slice(&[0xff, marker]);
            out.extend_from_slice(part);
        }
        if marker == SCAN {
            let data = scan(rest).ok_or(ImageError::CutOff)?;
            out.extend_from_slice(&rest[..data]);
            rest = &rest[data..];
        }
    }
}

/// How long the coded data is before the next marker.
fn scan(data: &[u8]) -> Option<usize> {
    let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
    data.windows(2).position(is_marker)
}
