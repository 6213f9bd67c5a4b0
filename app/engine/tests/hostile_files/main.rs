//! Files that mean harm, of every format that is read: each ends in an error that says what is wrong or in elements with a summary, in
//! bounded memory.

mod excalidraw;
mod others;
mod tldraw;

use std::io::Write as _;

use data_encoding::BASE64;
use drawbridge_engine::clip;
use drawbridge_engine::import::{self, Import, ImportError};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// A file may need so much memory, and so many times its own length beside that.
const MOST: (usize, usize) = (768 << 20, 24);

/// What is to become of a file.
enum Becomes {
    /// Nothing: no format is known that it could be of.
    Unknown,
    Damaged,
    TooLarge,
    /// Elements, at least and at most so many, with at least so many things that are said to be missing.
    Read(std::ops::RangeInclusive<usize>, usize),
}
use Becomes::{Damaged, Read, TooLarge, Unknown};

/// What a file is, the file, and what is to become of it.
type Row = (&'static str, Vec<u8>, Becomes);

fn svg(inside: &str) -> Vec<u8> {
    format!("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{inside}</svg>").into_bytes()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).expect("memory");
    out.finish().expect("memory")
}

fn png(parts: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in parts {
        let named = [name.as_slice(), data].concat();
        out.extend((data.len() as u32).to_be_bytes());
        out.extend(&named);
        let mut sum = flate2::Crc::new();
        sum.update(&named);
        out.extend(sum.sum().to_be_bytes());
    }
    out
}

/// The first part of a PNG file: width and height, one bit for a pixel.
fn head(side: u32) -> Vec<u8> {
    [
        side.to_be_bytes().as_slice(),
        &side.to_be_bytes(),
        &[1, 0, 0, 0, 0],
    ]
    .concat()
}

/// The address of an image of 81 megapixels, in 10 kB.
fn image() -> String {
    let side = 9_000;
    let row = 1 + side / 8;
    let pixels = zlib(&vec![0; row * side]);
    let file = png(&[
        (b"IHDR", head(side as u32)),
        (b"IDAT", pixels),
        (b"IEND", Vec::new()),
    ]);
    format!("data:image/png;base64,{}", BASE64.encode(&file))
}

/// Numbers and other values that are none.
const ODD: [&str; 8] = ["1e308", "-1e308", "1e999", "\"NaN\"", "null", "[]", "{}", "\"9\""];

/// Elements with one of those in each of some members.
fn odd(members: &[&str], rest: &str) -> String {
    let mut out = Vec::new();
    for member in members {
        out.extend(ODD.iter().map(|odd| format!(r#"{{"{member}":{odd},{rest}}}"#)));
    }
    out.join(",")
}

fn deep(times: usize) -> String {
    format!("{}{}", "[".repeat(times), "]".repeat(times))
}

/// What each of some numbers says, one after the other.
fn each(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().join(",")
}

fn is_whole(import: &Import) {
    let text = clip::write(&import.elements);
    for element in &import.elements {
        assert!(
            element.bounds().is_some_and(|part| part.is_finite()),
            "{element:?}"
        );
    }
    let back = clip::read(&text).expect("what came can be stored");
    assert_eq!(back.len(), import.elements.len(), "all that came can be stored");
}

#[test]
fn a_file_that_means_harm_ends_in_an_error_or_a_summary_in_bounded_memory() {
    let mut wrong = Vec::new();
    for (name, file, becomes) in excalidraw::files()
        .into_iter()
        .chain(tldraw::files())
        .chain(tldraw::first())
        .chain(tldraw::clips())
        .chain(others::files())
    {
        let since = std::time::Instant::now();
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let read = import::read(&file);
        let needed = MEMORY.peak_usage() - before;
        println!(
            "{name}: {} bytes, {} MB, {:?}",
            file.len(),
            needed >> 20,
            since.elapsed()
        );
        assert!(
            needed <= MOST.0 + MOST.1 * file.len(),
            "{name}: {needed} bytes of memory for {}",
            file.len()
        );
        let words = match &read {
            Ok(import) => format!("{} elements; {}", import.elements.len(), import.summary),
            Err(error) => error.to_string(),
        };
        let right = match (&read, &becomes) {
            (Err(ImportError::Unknown), Unknown)
            | (Err(ImportError::Damaged { .. }), Damaged)
            | (Err(ImportError::TooLarge { .. }), TooLarge) => true,
            (Ok(import), Read(count, lost)) => {
                is_whole(import);
                count.contains(&import.elements.len()) && import.summary.lost() >= *lost
            }
            _ => false,
        };
        if !right {
            wrong.push(format!("{name}: {words}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
