//! The drawing half of the engine as a person uses it: a board before, gestures and keys, a board after. No window.

mod arranging;
mod at_once;
mod barred;
mod bound;
mod cut;
mod drags;
mod erase;
mod frames;
mod hand;
mod images;
mod letters;
mod lines;
mod live;
mod pen;
mod person;
mod select;
mod shapes;
#[path = "../../examples/point_bytes/strokes.rs"]
mod strokes;
mod style;
mod typing;
mod typing_together;
mod undo;

#[test]
fn d5_a_point_of_a_stroke_drawn_by_hand_takes_at_most_8_bytes() {
    for pen in &strokes::PENS {
        let count = strokes::measured(pen, 1);
        let [dry, _, wet, _] = count.each();
        assert!(
            count.points() > 10_000 && dry <= 8.0 && wet <= 8.0,
            "{}: {dry} dry, {wet} wet",
            pen.name
        );
    }
}
