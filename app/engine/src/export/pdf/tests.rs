use std::process::Command;

use drawbridge_protocol::ElementId;

use super::super::alike::{BOARD, SCALE, differ, every_kind, look, made, pixels, shown};
use super::super::{Format, Wanted, What, file};
use super::images::tests::jpeg;
use crate::document::{Color, Element, Kind, Order, Picture, Style};
use crate::geometry::Affine;
use crate::images::Taken;

/// What a program of poppler makes of a PDF; `None` where there is none.
fn poppler(program: &str, arguments: &[&str], pdf: &[u8], out: &str) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, pdf).expect("a PDF is written");
    let made = folder.path().join(out);
    let mut command = Command::new(program);
    command.args(arguments).arg(&path);
    command.arg(if program == "pdftoppm" {
        made.with_extension("")
    } else {
        made.clone()
    });
    let Ok(done) = command.output() else {
        eprintln!("skipped: there is no {program} here (Debian: poppler-utils)");
        return None;
    };
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.is_empty(), "{program}: {said}");
    Some(std::fs::read(made).expect("something was made"))
}

fn wanted(format: Format, what: What) -> Wanted {
    Wanted {
        what,
        scale: SCALE,
        ..Wanted::new(format)
    }
}

#[test]
fn a_pdf_shows_pixel_by_pixel_what_our_own_png_shows() {
    let elements = every_kind("Ag 7");
    for what in [What::All, What::EachFrame] {
        let pdf = &made(&elements, &wanted(Format::Pdf, what.clone()))[0];
        let (size, own) = pixels(&made(&elements, &wanted(Format::Png, what.clone()))[0]);
        shown("own.pdf", pdf);
        // A board unit is a 96th of an inch.
        let dots = (96.0 * SCALE).to_string();
        let arguments = ["-r", &dots, "-png", "-singlefile"];
        let Some(png) = poppler("pdftoppm", &arguments, pdf, "page.png") else {
            return;
        };
        shown("poppler.png", &png);
        let (other_size, other) = pixels(&png);
        assert_eq!(size, other_size);
        let (mean, far) = differ(&own, &other, 96);
        // It tells four by four parts of a pixel.
        assert!(
            mean < 1.0 && far < 0.004,
            "{what:?}: {mean} on the average, {far} of the pixels are far off"
        );
    }
}

#[test]
fn letters_that_shine_through_and_lie_over_each_other_are_flat() {
    let style = Style {
        color: Color::Rgb([0, 0, 0]),
        size: 200.0,
        opacity: 0.5,
        ..Style::default()
    };
    let id = ElementId::new("t").expect("an id");
    let mut element = Element::new(id, Kind::Text, Order::default(), style);
    element.text = "بيت".into();
    let pdf = &made(&[element], &wanted(Format::Pdf, What::All))[0];
    let Some(png) = poppler("pdftoppm", &["-r", "192", "-png", "-singlefile"], pdf, "page.png") else {
        return;
    };
    let (_, pixels) = pixels(&png);
    let darkest = pixels.chunks_exact(4).map(|pixel| pixel[0]).min();
    // Half of black over the board.
    assert!(
        darkest.is_some_and(|red| red.abs_diff(BOARD[0] / 2) <= 2),
        "{darkest:?}"
    );
}

#[test]
fn photographs_of_any_colours_look_in_a_pdf_as_they_do_on_the_board() {
    for values in [&[100_i8][..], &[-80, 64, 70], &[100, -100, 64, 90]] {
        let image = jpeg(values);
        let taken = Taken {
            hash: image.hash(),
            pixels: [8, 8],
            image: image.clone(),
        };
        let mut element = Element::image(Picture::from(&taken));
        element.place = Affine::scale(50.0);
        let there = |_: &_| Some(image.clone());
        let made = |format| {
            let wanted = wanted(format, What::All);
            let exported = file(std::slice::from_ref(&element), &look(&there), &wanted);
            exported.expect("a file").files.remove(0).bytes
        };
        let (size, own) = pixels(&made(Format::Png));
        let dots = (96.0 * SCALE).to_string();
        let arguments = ["-r", &dots, "-png", "-singlefile"];
        let Some(png) = poppler("pdftoppm", &arguments, &made(Format::Pdf), "page.png") else {
            return;
        };
        let (other_size, other) = pixels(&png);
        assert_eq!(size, other_size);
        let (mean, _) = differ(&own, &other, 96);
        assert!(
            mean < 1.5,
            "{} values a pixel: {mean} on the average",
            values.len()
        );
    }
}

#[test]
fn letters_can_be_found_and_copied() {
    let elements = every_kind("Größe fi שלום e\u{301}\nzwei drei");
    let pdf = &made(&elements, &wanted(Format::Pdf, What::All))[0];
    let Some(text) = poppler("pdftotext", &["-raw"], pdf, "text.txt") else {
        return;
    };
    let text = String::from_utf8(text).expect("a text");
    for word in ["Größe", "fi", "שלום", "zwei drei"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(text.contains("e\u{301}") || text.contains('é'), "{text}");
}

#[test]
fn a_page_a_frame_and_as_large_as_it() {
    let elements = every_kind("a");
    let pdf =
        String::from_utf8_lossy(&made(&elements, &wanted(Format::Pdf, What::EachFrame))[0]).into_owned();
    assert!(pdf.starts_with("%PDF-1.7") && pdf.ends_with("%%EOF"), "{pdf}");
    assert_eq!(pdf.matches("/Type /Page\n").count(), 1);
    let twice: Vec<_> = elements
        .iter()
        .filter(|e| e.id.as_str() == "frame")
        .map(|e| e.id.clone())
        .collect();
    let two = What::Frames([twice.clone(), twice].concat());
    let pdf = String::from_utf8_lossy(&made(&elements, &wanted(Format::Pdf, two))[0]).into_owned();
    assert_eq!(pdf.matches("/Type /Page\n").count(), 2);
    assert_eq!(pdf.matches("/MediaBox [0 0 720 45]").count(), 2, "{pdf}");
}
