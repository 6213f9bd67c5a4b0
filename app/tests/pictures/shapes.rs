//! Boxes and lines: every kind with every fill, dash and head, beside the reference.

use drawbridge::theme::{DARK, LIGHT};
use drawbridge_protocol::Cell;

use super::{board, camera, compare, element, stroke};

const BOXES: [&str; 3] = ["rectangle", "diamond", "ellipse"];
const DASHES: [&str; 3] = ["solid", "dashed", "dotted"];

type Place = dyn Fn(f64, f64) -> [f64; 6];

/// Nine boxes in rows by kind, each column with members of its own.
fn boxes(columns: [&str; 3], place: impl Fn(f64, f64) -> [f64; 6]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (row, kind) in BOXES.into_iter().enumerate() {
        for (column, rest) in columns.into_iter().enumerate() {
            let place = place(40.0 + 200.0 * column as f64, 30.0 + 125.0 * row as f64);
            let rest = format!(r#","place":{place:?}{rest}"#);
            cells.push(element(kind, &format!("{row}{column}"), &rest));
        }
    }
    cells
}

fn upright(x: f64, y: f64) -> [f64; 6] {
    [150.0, 0.0, 0.0, 90.0, x, y]
}

#[test]
fn boxes_are_tinted_filled_and_hatched_in_light_and_dark() {
    let columns = [
        r##","color":"blue","fill":"blue","shade":"tint""##,
        r##","color":"black","fill":"orange","shade":"solid","width":6"##,
        r##","color":"red","fill":"#2080c0","shade":"hatch","width":3"##,
    ];
    for (name, theme) in [("light", &LIGHT), ("dark", &DARK)] {
        let editor = board(&boxes(columns, upright));
        compare(
            &format!("filled boxes {name}"),
            &editor,
            &camera(0.0, 0.0, 1.0),
            1.0,
            theme,
        );
        for zoom in [0.06, 0.3, 2.7] {
            compare(
                &format!("filled boxes at {zoom} {name}"),
                &editor,
                &camera(20.0, 10.0, zoom),
                1.0,
                theme,
            );
        }
    }
}

#[test]
fn boxes_are_turned_sheared_and_flipped_and_their_lines_stay_as_wide() {
    let columns = [
        r##","color":"green","fill":"green","shade":"tint","corners":"sharp""##,
        r##","color":"purple","fill":"yellow","shade":"solid","width":8"##,
        r##","color":"black","fill":"red","shade":"hatch","dash":"dashed","width":2.5"##,
    ];
    let turned = |x: f64, y: f64| [110.0, 40.0, -45.0, 60.0, x + 45.0, y];
    let flipped = |x: f64, y: f64| [-140.0, 10.0, 30.0, -80.0, x + 120.0, y + 85.0];
    let thin = |x: f64, y: f64| [150.0, 20.0, -0.5, 5.0, x, y + 40.0];
    let cases: [(&str, &Place); 3] = [("turned", &turned), ("flipped", &flipped), ("thin", &thin)];
    for (name, place) in cases {
        let editor = board(&boxes(columns, place));
        compare(
            &format!("boxes {name}"),
            &editor,
            &camera(0.0, 0.0, 1.0),
            1.0,
            &LIGHT,
        );
    }
}

#[test]
fn lines_are_broken_into_dashes_and_dots() {
    let columns = [
        r##","dash":"dashed","width":4"##,
        r##","dash":"dotted","width":5"##,
        r##","dash":"dashed","width":1.5,"fill":"pink""##,
    ];
    compare(
        "dashed boxes",
        &board(&boxes(columns, upright)),
        &camera(0.0, 0.0, 1.0),
        1.0,
        &LIGHT,
    );
    let mut cells = Vec::new();
    for (n, dash) in DASHES.into_iter().enumerate() {
        let y = 60 + 110 * n;
        let rest = format!(r#","dash":"{dash}","width":7,"color":"blue""#);
        cells.push(stroke(
            &format!("a{n}"),
            &format!("40 {y} 20-20 20-6 20 10 20 22 20 18 20 8 20-6 20-20"),
            &format!(r#"{rest},"pressure":"20 10 10 10 10 10-10-10-10""#),
        ));
        let points = format!("300 {y} 100-30 60 60 120-20");
        cells.push(element(
            "line",
            &format!("b{n}"),
            &format!(r#","points":"{points}"{rest}"#),
        ));
        let points = format!("300 {} 100-30 60 60 120-20", y + 40);
        let rest = format!(r#","points":"{points}","corners":"sharp","dash":"{dash}","width":4"#);
        cells.push(element("line", &format!("c{n}"), &rest));
    }
    compare(
        "dashed lines",
        &board(&cells),
        &camera(0.0, 0.0, 1.0),
        1.0,
        &LIGHT,
    );
    compare(
        "dashed lines near",
        &board(&cells),
        &camera(20.0, 20.0, 3.0),
        1.0,
        &DARK,
    );
}

#[test]
fn lines_have_heads() {
    let mut cells = Vec::new();
    for (row, width) in [2.0, 4.0, 8.0].into_iter().enumerate() {
        for (column, head) in ["arrow", "triangle", "dot", "bar"].into_iter().enumerate() {
            let (x, y) = (40 + 150 * column, 50 + 130 * row);
            let start = if column % 2 == 0 { head } else { "none" };
            let rest = format!(r#","width":{width},"start":"{start}","end":"{head}""#);
            let straight = format!(r#","points":"{x} {y} 110 0"{rest}"#);
            cells.push(element("line", &format!("a{row}{column}"), &straight));
            let bent = format!(r#","points":"{x} {} 50-30 55 40","color":"red"{rest}"#, y + 60);
            cells.push(element("line", &format!("b{row}{column}"), &bent));
        }
    }
    for (zoom, theme) in [(1.0, &LIGHT), (1.0, &DARK), (0.3, &LIGHT), (4.0, &LIGHT)] {
        let name = format!("heads at {zoom} {}", if theme.dark { "dark" } else { "light" });
        compare(&name, &board(&cells), &camera(10.0, 10.0, zoom), 1.0, theme);
    }
}

#[test]
fn what_shines_through_shows_its_line_over_its_fill_and_both_once() {
    let columns = [
        r##","color":"blue","fill":"blue","shade":"solid","opacity":0.5,"width":6"##,
        r##","color":"red","fill":"green","shade":"hatch","opacity":0.6,"dash":"dashed""##,
        r##","color":"black","fill":"orange","shade":"tint","opacity":0.4,"width":1.5"##,
    ];
    let mut cells = boxes(columns, upright);
    cells.push(stroke(
        "0",
        "10 70 600 0 0 120-600 0 0 130 600 0",
        r#","width":10"#,
    ));
    let arrow = r#","points":"20 20 300 340 280-300","end":"triangle","start":"dot","opacity":0.5,"width":8"#;
    cells.push(element("line", "z", arrow));
    for theme in [&LIGHT, &DARK] {
        let name = format!("translucent boxes {}", if theme.dark { "dark" } else { "light" });
        compare(&name, &board(&cells), &camera(0.0, 0.0, 1.0), 1.0, theme);
    }
}

#[test]
fn sketched_boxes_and_closed_lines_are_drawn_from_near_and_from_afar() {
    let columns = [
        r##","color":"blue","sketch":"light","fill":"blue","shade":"cross""##,
        r##","color":"black","sketch":"strong","fill":"orange","shade":"zigzag","width":3,"corners":"sharp""##,
        r##","color":"red","sketch":"strong","fill":"yellow","shade":"solid","opacity":0.5,"width":2"##,
    ];
    let mut cells = boxes(columns, upright);
    for (n, shade) in ["solid", "tint", "hatch"].into_iter().enumerate() {
        // It has a bay, and crosses itself.
        let points = format!("{} 400 120 0-70 30 80 60-130-10 60-90", 20 + 190 * n);
        let rest = format!(
            r#","points":"{points}","route":"straight","fill":"green","shade":"{shade}","opacity":0.6"#
        );
        cells.push(element("line", &format!("c{n}"), &rest));
        let ring = format!(
            r#","points":"{} 420 50 40-60 60-50-60 57-40","sketch":"light","fill":"purple","shade":"{shade}""#,
            110 + 190 * n
        );
        cells.push(element("line", &format!("d{n}"), &ring));
    }
    for (zoom, theme) in [(1.0, &LIGHT), (1.0, &DARK), (0.2, &LIGHT), (3.0, &LIGHT)] {
        let name = format!("sketched at {zoom} {}", if theme.dark { "dark" } else { "light" });
        compare(&name, &board(&cells), &camera(10.0, 10.0, zoom), 1.0, theme);
    }
}
