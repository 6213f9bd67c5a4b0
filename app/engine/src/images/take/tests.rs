use image::{Rgb, RgbImage, Rgba, RgbaImage};

use super::*;
use crate::images::Pixels;

const CORNERS: [[u8; 3]; 4] = [[200, 30, 30], [30, 200, 30], [30, 30, 200], [200, 200, 30]];

/// A picture with a colour in each quarter.
fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(CORNERS[usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)])
    })
}

fn as_jpeg(pixels: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    pixels.write_with_encoder(encoder).expect("it encodes");
    bytes
}

fn as_file(pixels: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, format).expect("it encodes");
    bytes.into_inner()
}

/// An EXIF part that says how a picture is to be turned, and where it was taken.
fn exif(orientation: u8) -> Vec<u8> {
    let mut part = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    part.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0, 0]);
    part.extend_from_slice(b"GPS 48.137 N 11.575 E");
    let mut segment = vec![0xff, 0xe1];
    segment.extend_from_slice(&(part.len() as u16 + 2).to_be_bytes());
    segment.extend_from_slice(&part);
    segment
}

fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    [&jpeg[..2], &exif(orientation), &jpeg[2..]].concat()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|at| at == part)
}

/// A PNG file whose header says another size than it has.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut file = as_file(&quarters(16, 16).into(), ImageFormat::Png);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = checksum(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

/// PNG's checksum.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(sum & 1))
        })
    })
}

#[test]
fn every_way_in_which_a_camera_was_held_comes_out_upright() {
    let (width, height) = (64, 32);
    let upright = quarters(width, height);
    for orientation in 1..=8 {
        // As EXIF 2.3 says it: on which side of the scene the file's first row and first column are.
        let turned = orientation > 4;
        let (columns, rows) = if turned { (height, width) } else { (width, height) };
        let stored = RgbImage::from_fn(columns, rows, |column, row| {
            let (x, y) = match orientation {
                1 => (column, row),
                2 => (width - 1 - column, row),
                3 => (width - 1 - column, height - 1 - row),
                4 => (column, height - 1 - row),
                5 => (row, column),
                6 => (width - 1 - row, column),
                7 => (width - 1 - row, height - 1 - column),
                _ => (row, height - 1 - column),
            };
            *upright.get_pixel(x, y)
        });
        let taken = take(&with_exif(&as_jpeg(&stored), orientation)).expect("a picture");
        assert_eq!(taken.pixels, [width, height], "{orientation}");
        let seen = Pixels::of(&taken.image, 4096).expect("pixels");
        for (n, color) in CORNERS.iter().enumerate() {
            let (x, y) = (16 + 32 * (n as u32 % 2), 8 + 16 * (n as u32 / 2));
            let at = (4 * (y * width + x)) as usize;
            let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) < 20;
            assert!(
                seen.rgba[at..at + 3].iter().zip(color).all(near),
                "{orientation}, quarter {n}: {:?}",
                &seen.rgba[at..at + 4]
            );
        }
    }
}

#[test]
fn where_a_photo_was_taken_is_not_shared_and_its_pixels_are_not_touched() {
    let plain = as_jpeg(&quarters(64, 32));
    let mut file = with_exif(&plain, 1);
    file.extend_from_slice(b"a film that belongs to it");
    let taken = take(&file).expect("a picture");
    assert!(contains(&file, b"48.137") && !contains(&taken.image.bytes, b"48.137"));
    assert!(!contains(&taken.image.bytes, b"film"));
    assert_eq!(*taken.image.bytes, plain, "the same file without that");
    assert_eq!(taken.hash, taken.image.hash());

    let png = as_file(&quarters(16, 16).into(), ImageFormat::Png);
    let text = b"tEXtComment\x0048.137 N";
    let mut part = (text.len() as u32 - 4).to_be_bytes().to_vec();
    part.extend_from_slice(text);
    part.extend_from_slice(&checksum(text).to_be_bytes());
    let file = [&png[..33], &part, &png[33..]].concat();
    assert_eq!(*take(&file).expect("a picture").image.bytes, png);
}

#[test]
fn what_claims_more_pixels_than_anybody_shows_is_refused_before_it_is_read() {
    let bomb = claiming(50_000, 50_000);
    assert!(bomb.len() < 1000);
    let error = take(&bomb).expect_err("a bomb");
    assert_eq!(
        error,
        ImageError::TooManyPixels {
            width: 50_000,
            height: 50_000
        }
    );
    assert!(error.to_string().contains("50000 x 50000 pixels"), "{error}");
    assert!(matches!(
        take(&claiming(1, 40_000)),
        Err(ImageError::TooManyPixels { .. })
    ));
    assert!(matches!(
        take(&vec![0; FILE + 1]),
        Err(ImageError::TooLarge { .. })
    ));
}

#[test]
fn a_header_that_lies_is_a_damaged_file() {
    for file in [claiming(5000, 5000), claiming(0, 16)] {
        let error = take(&file).expect_err("it lies");
        assert!(
            matches!(error, ImageError::Broken(_) | ImageError::CutOff),
            "{error:?}"
        );
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_said_to_be() {
    let jpeg = as_jpeg(&quarters(64, 64));
    let png = as_file(&quarters(64, 64).into(), ImageFormat::Png);
    for file in [&jpeg, &png] {
        for part in [2, 3, 5, 8, 9] {
            let cut = &file[..file.len() * part / 10];
            let error = take(cut).expect_err("it is cut off");
            assert_eq!(error, ImageError::CutOff, "{part}/10 of it");
        }
    }
    // Whatever else becomes of a file, it is a picture or an error.
    for file in [jpeg, png] {
        for at in 0..file.len() {
            let mut file = file.clone();
            file[at] ^= 0x55;
            let _ = take(&file);
        }
    }
}

#[test]
fn what_is_no_picture_is_said_to_be_none() {
    for file in [&b""[..], b"hello", b"<html></html>", b"%PDF-1.7", b"BM\0\0\0\0"] {
        assert_eq!(take(file), Err(ImageError::Unknown), "{file:?}");
    }
}

#[test]
fn what_is_large_is_scaled_down_with_its_ratio() {
    let taken = take(&as_jpeg(&quarters(6000, 1500))).expect("a picture");
    assert_eq!((taken.pixels, taken.image.kind), ([4096, 1024], ImageType::Jpeg));
    assert_eq!(kept_size(4096, 4096), (4000, 4000), "16 megapixels");
    assert_eq!(kept_size(4096, 3000), (4096, 3000));
}

#[test]
fn a_webp_and_the_first_frame_of_a_gif_become_what_every_program_reads() {
    let see_through = RgbaImage::from_fn(20, 10, |x, _| Rgba([10, 20, 30, if x < 10 { 0 } else { 255 }]));
    for format in [ImageFormat::WebP, ImageFormat::Gif] {
        let taken = take(&as_file(&see_through.clone().into(), format)).expect("a picture");
        assert_eq!(
            (taken.image.kind, taken.pixels),
            (ImageType::Png, [20, 10]),
            "{format:?}"
        );
        let seen = Pixels::of(&taken.image, 4096).expect("pixels");
        assert_eq!((seen.rgba[3], seen.rgba[4 * 19 + 3]), (0, 255), "{format:?}");
    }
}

#[test]
fn a_drawing_is_drawn_and_looks_at_no_other_file() {
    let secret = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/screenshot.png");
    assert!(
        std::path::Path::new(secret).exists(),
        "there would be something to see"
    );
    let file = format!(
        r##"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">
        <rect width="20" height="20" fill="#00ff00"/><image href="{}" x="20" width="20" height="20"/></svg>"##,
        secret
    );
    let taken = take(file.as_bytes()).expect("a drawing");
    assert_eq!(taken.image.kind, ImageType::Png);
    let seen = Pixels::of(&taken.image, 4096).expect("pixels");
    assert_eq!(seen.width, 2 * seen.height);
    let at = |part: u32| (4 * (seen.height / 2 * seen.width + seen.width * part / 4)) as usize;
    assert_eq!(seen.rgba[at(1)..at(1) + 4], [0, 255, 0, 255]);
    assert_eq!(
        seen.rgba[at(3)..at(3) + 4],
        [0, 0, 0, 0],
        "nothing of the other file"
    );
    assert!(matches!(take(b"<svg><rect"), Err(ImageError::Broken(_))));
}

#[test]
fn letters_of_an_svg_are_seen_whatever_fonts_there_are() {
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><text x='2' y='16' font-size='16' font-family='No such font'>abc</text></svg>";
    let seen = Pixels::of(&take(svg.as_bytes()).expect("an SVG").image, 4096).expect("pixels");
    assert!(seen.rgba.chunks_exact(4).filter(|pixel| pixel[3] > 200).count() > 20);
}

#[test]
fn an_image_is_made_small_with_its_ratio() {
    let taken = take(&as_jpeg(&quarters(640, 320))).expect("a picture");
    let small = small(&taken.image, 160).expect("a picture");
    let seen = Pixels::of(&small, 4096).expect("pixels");
    assert_eq!((seen.width, seen.height), (160, 80));
    assert!(seen.rgba[0] > 180 && seen.rgba[1] < 60, "red in the first corner");
}

#[test]
fn pixels_are_halved_down_to_one() {
    let mut level =
        Pixels::of(&take(&as_jpeg(&quarters(60, 17))).expect("a picture").image, 30).expect("pixels");
    assert_eq!((level.width, level.height), (30, 9));
    let mut sizes = Vec::new();
    while (level.width, level.height) != (1, 1) {
        level = level.half();
        assert_eq!(level.rgba.len(), (4 * level.width * level.height) as usize);
        sizes.push((level.width, level.height));
    }
    assert_eq!(sizes, [(15, 4), (7, 2), (3, 1), (1, 1)]);
}

#[test]
fn an_svg_with_an_arc_without_end_is_refused() {
    let arc = |size: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><path d='M0 0A{size} {size} 0 0 1 {size} {size}'/></svg>"
        )
    };
    assert!(take(arc("9").as_bytes()).is_ok());
    assert!(matches!(take(arc("1e60").as_bytes()), Err(ImageError::Broken(_))));
}
