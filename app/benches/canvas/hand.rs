//! What a hand costs on a large board: single edits, and dragging few and many.

use drawbridge_engine::board::Board;
use drawbridge_engine::editor::Edit;
use drawbridge_engine::geometry::{Point, Size};
use drawbridge_engine::tools::{Button, Event, Modifiers, Pointer, Tool};
use drawbridge_protocol::{ElementId, Property, Value};

use super::{Bench, SIZE, Times};

fn pointer(x: f64, y: f64, now_ms: f64) -> Pointer {
    Pointer {
        pos: Point::new(x, y),
        pressure: None,
        time_ms: now_ms,
        modifiers: Modifiers::default(),
    }
}

impl Bench {
    /// One stroke after the other is changed.
    pub(super) fn edit(&mut self) {
        let editor = self.board.editor();
        let size = Size::new(f64::from(SIZE[0]), f64::from(SIZE[1]));
        let near = editor.scene().near(editor.camera().visible(size));
        let ids: Vec<_> = near.map(|(_, item)| item.element.clone()).take(60).collect();
        let (mut colour, mut place, mut gone) = (Times::default(), Times::default(), Times::default());
        for (prop, value, times) in [
            ("color", "\"red\"", &mut colour),
            ("place", "[1,0,0,1,5,5]", &mut place),
            ("deleted", "true", &mut gone),
        ] {
            for id in &ids {
                let prop = Property::new(prop).expect("a property");
                let value = Value::from_text(value.to_owned()).expect("json");
                let set = vec![(id.clone(), prop, value)];
                times.0.push(self.frame(|board, _| board.set(set)).1);
            }
        }
        colour.say("one stroke gets another colour");
        place.say("one stroke is moved");
        gone.say("one stroke is deleted");
    }

    /// A marquee over a part of what is seen; then what it selected is moved, resized, and all of the board as well.
    pub(super) fn arrange(&mut self) {
        self.settle();
        self.board.set_tool(Tool::Select);
        let (mut times, mut count) = (Times::default(), 0);
        // Begins beside the page, where nothing is under it.
        self.board.camera_mut().pan((300.0, 200.0).into());
        self.settle();
        self.frame(|board, now| {
            board.handle(&Event::Down(Button::Primary, pointer(4.0, 4.0, now)));
        });
        for n in 1..60 {
            let (x, y) = (4.0 + f64::from(n) * 16.0, 4.0 + f64::from(n) * 11.0);
            let (_, took) = self.frame(|board, now| {
                board.handle(&Event::Move(pointer(x, y, now)));
            });
            times.0.push(took);
            count = self.board.editor().selected();
        }
        self.frame(|board, now| {
            board.handle(&Event::Up(Button::Primary, pointer(950.0, 650.0, now)));
        });
        times.say(&format!("a marquee, in the end around {count}"));
        self.drag(&format!("move {count}"), false);
        self.drag(&format!("resize {count}"), true);
        let (_, took) = self.frame(|board, _| {
            board.edit(&Edit::SelectAll);
        });
        let all = self.board.editor().selected();
        Times(vec![took]).say(&format!("select all {all}"));
        self.drag(&format!("move {all}"), false);
        self.board.edit(&Edit::SelectNone);
        self.board.set_tool(Tool::Pen);
    }

    /// A box with a thousand arrows on it is moved: each of them follows.
    pub(super) fn held(&mut self) {
        for route in ["straight", "elbow"] {
            let editor = self.board.editor();
            let middle = Point::new(f64::from(SIZE[0]) / 2.0, f64::from(SIZE[1]) / 2.0);
            let at = editor.camera().board_from_screen(middle);
            let id = |name: String| ElementId::new(&name).expect("an id");
            let target = id(format!("target-{route}"));
            let (left, top) = (at.x - 50.0, at.y - 50.0);
            let boxed = format!(
                r#"{{"kind":"rectangle","order":"zz","place":[100,0,0,100,{left},{top}],"fill":"red"}}"#
            );
            let mut sets = vec![(target.clone(), boxed)];
            for n in 0..1000 {
                let angle = f64::from(n) * std::f64::consts::TAU / 1000.0;
                let (x, y) = (
                    (at.x + 400.0 * angle.cos()).round(),
                    (at.y + 400.0 * angle.sin()).round(),
                );
                let arrow = format!(
                    r#"{{"kind":"line","order":"zy","route":"{route}","end":"arrow","points":"{x} {y} 9 9","to":{{"id":"{target}","at":[0.5,0.5]}}}}"#
                );
                sets.push((id(format!("{route}-{n}")), arrow));
            }
            let set = |(id, json)| (id, Property::base(), Value::from_text(json).expect("json"));
            self.board.set(sets.into_iter().map(set).collect());
            self.board.set_tool(Tool::Select);
            self.settle();
            self.board.editor_mut().select_at(middle);
            self.drag(&format!("move a box with 1000 {route} arrows on it"), false);
            self.board.undo();
            self.settle();
        }
    }

    /// Drags the selection by its middle, or by its frame's lower right corner, and lets it go where it was taken.
    fn drag(&mut self, what: &str, resize: bool) {
        self.settle();
        let editor = self.board.editor();
        let Some(frame) = editor.frame() else { return };
        let corners = frame.corners().map(|p| editor.camera().screen_from_board(p));
        let size = Size::new(f64::from(SIZE[0]), f64::from(SIZE[1]));
        let middle = Point::new(size.width / 2.0, size.height / 2.0);
        let from = if resize { corners[2] } else { middle };
        let mut times = Times::default();
        self.frame(|board, now| {
            board.handle(&Event::Down(Button::Primary, pointer(from.x, from.y, now)));
        });
        let begin = |board: &mut Board, now: f64| {
            board.handle(&Event::Move(pointer(from.x + 9.0, from.y + 9.0, now)));
        };
        Times(vec![self.frame(begin).1]).say(&format!("{what}: the first frame"));
        for n in 1..60 {
            let by = f64::from(n % 30) * 2.0 + 10.0;
            let (_, took) = self.frame(|board, now| {
                board.handle(&Event::Move(pointer(from.x + by, from.y + by, now)));
            });
            times.0.push(took);
        }
        times.say(&format!("{what}: a frame"));
        let (_, took) = self.frame(|board, now| {
            board.handle(&Event::Up(
                Button::Primary,
                pointer(from.x + 20.0, from.y + 20.0, now),
            ));
        });
        Times(vec![took]).say(&format!("{what}: the release"));
        self.settle();
        self.board.undo();
        self.settle();
    }
}
