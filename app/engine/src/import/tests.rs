//! Our own files, and SVGs, as another program's.

use super::*;
use crate::images::take_pixels;

fn read_text(text: &str) -> Import {
    read(text.as_bytes()).expect("it is read")
}

fn said(import: &Import) -> Vec<(&'static str, usize)> {
    import
        .summary
        .notes()
        .map(|(note, count)| (note.what, count))
        .collect()
}

#[test]
fn what_a_file_of_ours_lacks_is_said() {
    let taken = take_pixels(3, 2, vec![200; 24]).expect("an image");
    let element = Element::image(Picture::from(&taken));
    let elements = [element.clone(), element];
    let (whole, _) = clip::write_with_images(&elements, &|_| Some(taken.image.clone()));
    let honest = read_text(&whole);
    assert_eq!((said(&honest), honest.images), (vec![], vec![taken.image]));
    let bare = read_text(&clip::write(&elements));
    assert_eq!(said(&bare), [(NOT_HERE.what, 2)]);
    let broken =
        r#"{"type":"drawbridge/elements","version":1,"elements":[{"kind":"hologram"},{"kind":"ellipse"}]}"#;
    let broken = read_text(broken);
    assert_eq!(
        (broken.elements.len(), said(&broken)),
        (1, vec![(BROKEN.what, 1)])
    );
    let list = vec![r#"{"kind":"ellipse"}"#; clip::MAX_ELEMENTS + 2].join(",");
    let many = format!(r#"{{"type":"drawbridge/elements","version":1,"elements":[{list}]}}"#);
    assert_eq!(said(&read_text(&many)), [(TOO_MANY.what, 2)]);
}

#[test]
fn bytes_that_are_no_stored_image_are_not_taken_for_one() {
    let image = StoredImage {
        kind: drawbridge_protocol::ImageType::Png,
        bytes: b"GIF89a"[..].into(),
    };
    let element = Element::image(Picture {
        image: image.hash(),
        kind: image.kind,
        pixels: [1, 1],
    });
    let (text, _) = clip::write_with_images(&[element], &|_| Some(image.clone()));
    let import = read_text(&text);
    assert_eq!((import.images, import.summary.lost()), (vec![], 1));
}

#[test]
fn an_svg_that_looks_as_elements_cannot_is_an_image() {
    let svg = |fill: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9' fill='{fill}'/></svg>"
        )
    };
    assert!(read_text(&svg("steelblue")).images.is_empty());
    let gradient = read_text(&svg("url(#gradient)"));
    assert_eq!(
        (gradient.images.len(), said(&gradient)),
        (1, vec![(PICTURE.what, 1)])
    );
}
