//! Letters: every face and many scripts, from near and from afar, on notes, in boxes and on lines, beside the reference.

use drawbridge::theme::{DARK, LIGHT};
use drawbridge_protocol::Cell;

use super::{board, camera, compare, compare_letters, element};

fn text(name: &str, place: [f64; 6], words: &str, rest: &str) -> Cell {
    element(
        "text",
        name,
        &format!(r#","place":{place:?},"text":"{words}"{rest}"#),
    )
}

/// A line in each face, and scripts that are written otherwise.
fn page() -> Vec<Cell> {
    let faces = ["hand", "plain", "serif", "mono"].into_iter().enumerate();
    let mut cells: Vec<Cell> = faces
        .map(|(n, face)| {
            let place = [1.0, 0.0, 0.0, 1.0, 20.0, 20.0 + 45.0 * n as f64];
            let rest = format!(r#","font":"{face}","size":{},"color":"blue""#, 20 + 4 * n);
            text(&format!("a{n}"), place, "Hamburgefonstiv 0123 & Qjpy", &rest)
        })
        .collect();
    let words = "שלום עולם · مرحبا بالعالم · हिन्दी · 漢字かな 한글 · e\u{301}o\u{308} · 😀👍❤️";
    cells.push(text(
        "b",
        [1.0, 0.0, 0.0, 1.0, 20.0, 210.0],
        words,
        r#","size":24"#,
    ));
    cells.push(text(
        "c",
        [0.9, 0.4, -0.4, 0.9, 420.0, 20.0],
        "turned\\nand two lines",
        r#","align":"center","size":30,"color":"red""#,
    ));
    cells
}

#[test]
fn letters_of_every_face_and_script_are_drawn_as_they_are_outlined() {
    let editor = board(&page());
    for (zoom, theme) in [
        (1.0, &LIGHT),
        (1.0, &DARK),
        (1.7, &LIGHT),
        (6.0, &DARK),
        (0.5, &LIGHT),
        (0.15, &LIGHT),
    ] {
        let name = format!("letters at {zoom} {}", if theme.dark { "dark" } else { "light" });
        compare_letters(&name, &editor, &camera(0.0, 0.0, zoom), 1.0, theme);
    }
    compare_letters(
        "letters on a fine screen",
        &editor,
        &camera(0.0, 0.0, 0.8),
        2.0,
        &LIGHT,
    );
}

#[test]
fn letters_that_shine_through_have_no_darker_seams() {
    let mut cells = page();
    cells.truncate(4);
    let big = r#","size":90,"font":"hand","opacity":0.5,"color":"black""#;
    cells.push(text("z", [1.0, 0.0, 0.0, 1.0, 20.0, 180.0], "Translucent", big));
    compare_letters(
        "translucent letters",
        &board(&cells),
        &camera(0.0, 0.0, 1.0),
        1.0,
        &LIGHT,
    );
}

#[test]
fn notes_and_labels_are_drawn_as_they_are_outlined() {
    let note = r#","place":[180,0,0,120,20,20],"text":"A note that has more words than it has room for, and so it grows downwards.","fill":"green""#;
    let turned =
        r#","place":[160,60,-50,140,260,20],"text":"turned with its box","color":"red","font":"serif""#;
    let round = r#","place":[200,0,0,120,400,40],"text":"in an ellipse","color":"blue","fill":"yellow","font":"plain""#;
    let line = r#","points":"30 330 300 20 280-60","text":"label of a line","end":"arrow","color":"purple""#;
    let cells = [
        element("note", "a", note),
        element("rectangle", "b", turned),
        element("ellipse", "c", round),
        element("line", "d", line),
    ];
    for (zoom, theme) in [(1.0, &LIGHT), (1.0, &DARK), (2.5, &LIGHT), (0.3, &LIGHT)] {
        let name = format!("labels at {zoom} {}", if theme.dark { "dark" } else { "light" });
        compare(&name, &board(&cells), &camera(0.0, 0.0, zoom), 1.0, theme);
    }
}
