//! A person at an editor, for the tests: gestures in screen points, a clock that the test moves, and what went out.

use drawbridge_engine::document::{Element, Kind};
use drawbridge_engine::editor::{CURSOR_SLOT, Edit, Editor, Effects, SeededRandom, VIEW_SLOT};
use drawbridge_engine::geometry::Point;
use drawbridge_engine::presence::SELECTION_SLOT;
use drawbridge_engine::scene::Item;
use drawbridge_engine::tools::{Button, Event, Keystroke, Modifiers, Motion, Pointer, Tool};
use drawbridge_protocol::{Cell, Clock, Peer, SlotName, SlotOp, Stamp};

pub(crate) struct Person {
    pub(crate) editor: Editor,
    clock: Clock,
    pub(crate) now_ms: f64,
    pub(crate) keys: Modifiers,
    pub(crate) pressure: Option<f64>,
    /// Each write's cells and the slots that it ends.
    pub(crate) writes: Vec<(Vec<Cell>, Vec<SlotName>)>,
    pub(crate) live: Vec<(SlotName, SlotOp)>,
    pub(crate) cursor: Vec<SlotOp>,
    /// What others were told of the selection.
    pub(crate) selections: Vec<SlotOp>,
    /// What else others were told: what is dragged, and the laser's trail.
    pub(crate) told: Vec<(SlotName, SlotOp)>,
    /// Both, in the order in which they went out.
    pub(crate) sent: Vec<(SlotName, SlotOp)>,
}

impl Person {
    pub(crate) fn new(number: u8) -> Self {
        let peer = Peer::from_bits([number; 12]);
        let mut editor = Editor::new(Box::new(SeededRandom(u64::from(number))));
        editor.set_peer(peer);
        Self {
            editor,
            clock: Clock::new(peer),
            now_ms: 0.0,
            keys: Modifiers::default(),
            pressure: Some(0.5),
            writes: Vec::new(),
            live: Vec::new(),
            cursor: Vec::new(),
            selections: Vec::new(),
            told: Vec::new(),
            sent: Vec::new(),
        }
    }

    pub(crate) fn took(&mut self, effects: Effects) {
        if let Some(transaction) = effects.write {
            let wall = self.now_ms as u64;
            let cells = transaction.stamped(|| self.clock.tick(wall));
            self.editor.commit(&transaction, &cells);
            self.writes.push((cells, transaction.ends));
        }
        self.sent.extend(effects.live.iter().cloned());
        self.live.extend(effects.live);
        for (slot, op) in effects.told {
            match slot.as_str() {
                CURSOR_SLOT => self.cursor.push(op),
                SELECTION_SLOT => self.selections.push(op),
                VIEW_SLOT => {}
                _ => {
                    self.sent.push((slot.clone(), op.clone()));
                    self.told.push((slot, op));
                }
            }
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        let effects = self.editor.handle(&event);
        self.took(effects);
    }

    fn pointer(&mut self, x: f64, y: f64) -> Pointer {
        self.now_ms += 4.0;
        Pointer {
            pos: Point::new(x, y),
            pressure: self.pressure,
            time_ms: self.now_ms,
            modifiers: self.keys,
        }
    }

    pub(crate) fn down_with(&mut self, button: Button, x: f64, y: f64) {
        let pointer = self.pointer(x, y);
        self.event(Event::Down(button, pointer));
    }

    pub(crate) fn down(&mut self, x: f64, y: f64) {
        self.down_with(Button::Primary, x, y);
    }

    pub(crate) fn to(&mut self, x: f64, y: f64) {
        let pointer = self.pointer(x, y);
        self.event(Event::Move(pointer));
    }

    pub(crate) fn up_with(&mut self, button: Button, x: f64, y: f64) {
        let pointer = self.pointer(x, y);
        self.event(Event::Up(button, pointer));
    }

    pub(crate) fn up(&mut self, x: f64, y: f64) {
        self.up_with(Button::Primary, x, y);
    }

    /// A whole gesture through these points.
    pub(crate) fn drag(&mut self, points: &[(f64, f64)]) {
        let (first, last) = (points[0], points[points.len() - 1]);
        self.down(first.0, first.1);
        points[1..].iter().for_each(|p| self.to(p.0, p.1));
        self.up(last.0, last.1);
    }

    /// A gesture with a tool, after which the select tool is in the hand.
    pub(crate) fn with(&mut self, tool: Tool, points: &[(f64, f64)]) {
        self.editor.set_tool(tool);
        self.drag(points);
        self.frame();
        self.editor.set_tool(Tool::Select);
    }

    /// Draws a rectangle, and selects nothing.
    pub(crate) fn rectangle(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.with(Tool::Shape(Kind::Rectangle), &[from, to]);
        self.edit(&Edit::SelectNone);
    }

    /// A click, long after the one before.
    pub(crate) fn click(&mut self, x: f64, y: f64) {
        self.now_ms += 1000.0;
        self.down(x, y);
        self.up(x, y);
        self.frame();
    }

    /// Two clicks, one soon after the other.
    pub(crate) fn double_click(&mut self, x: f64, y: f64) {
        self.click(x, y);
        self.down(x, y);
        self.up(x, y);
        self.frame();
    }

    /// The frames of the shown elements, from the lowest to the topmost: left, top, right, bottom.
    pub(crate) fn frames(&self) -> Vec<[f64; 4]> {
        let frame = |e: &Element| {
            let r = e.frame();
            [r.x0, r.y0, r.x1, r.y1].map(|v| (v * 1000.0).round() / 1000.0)
        };
        self.shown().iter().map(frame).collect()
    }

    /// The numbers in the stack of what is selected.
    pub(crate) fn selected(&self) -> Vec<usize> {
        let ids = &self.editor.selection().ids;
        let shown = self.shown();
        (0..shown.len()).filter(|n| ids.contains(&shown[*n].id)).collect()
    }

    /// What is seen of the elements in the scene, from the lowest to the topmost: boxes around their shapes.
    pub(crate) fn seen(&self) -> Vec<[f64; 4]> {
        let bounds = |(_, item): (_, &Item)| {
            let r = item.bounds;
            [r.x0, r.y0, r.x1, r.y1].map(|v| (v * 1000.0).round() / 1000.0)
        };
        self.editor.scene().stacked().map(bounds).collect()
    }

    /// One frame, a sixtieth of a second later.
    pub(crate) fn frame(&mut self) -> bool {
        self.now_ms += 1000.0 / 60.0;
        self.flush()
    }

    pub(crate) fn flush(&mut self) -> bool {
        let effects = self.editor.flush(self.now_ms);
        let changed = effects.changed;
        self.took(effects);
        changed
    }

    pub(crate) fn edit(&mut self, edit: &Edit) {
        let effects = self.editor.edit(edit);
        self.took(effects);
    }

    pub(crate) fn took_paste(&mut self, elements: Vec<Element>) {
        let effects = self.editor.paste(elements);
        self.took(effects);
    }

    pub(crate) fn strike(&mut self, stroke: &Keystroke) {
        let effects = self.editor.settle_before(stroke);
        self.took(effects);
        let effects = self.editor.strike(stroke);
        self.took(effects);
    }

    /// Types letter by letter, a frame after each.
    pub(crate) fn types(&mut self, text: &str) {
        for letter in text.chars() {
            self.now_ms += 40.0;
            self.strike(&Keystroke::Insert(letter.to_string()));
            self.frame();
        }
    }

    /// Moves the caret, or selects.
    pub(crate) fn goes(&mut self, to: Motion, extend: bool) {
        self.strike(&Keystroke::Move { to, extend });
    }

    /// A pause so long that what was typed is dry.
    pub(crate) fn pauses(&mut self) {
        self.now_ms += 1500.0;
        self.frame();
    }

    /// The texts of the shown elements, from the lowest to the topmost.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.shown()
            .iter()
            .map(|element| element.text.to_string())
            .collect()
    }

    pub(crate) fn undo(&mut self) {
        let effects = self.editor.settle();
        self.took(effects);
        let effects = self.editor.undo();
        self.took(effects);
    }

    pub(crate) fn redo(&mut self) {
        let effects = self.editor.settle();
        self.took(effects);
        let effects = self.editor.redo();
        self.took(effects);
    }

    /// Takes up what somebody else wrote.
    pub(crate) fn hear(&mut self, cells: &[Cell]) {
        cells.iter().for_each(|cell| self.clock.observe(cell.stamp));
        self.editor.merge(cells);
    }

    pub(crate) fn stamp(&mut self) -> Stamp {
        self.clock.tick(self.now_ms as u64)
    }

    /// The shown elements, from the lowest to the topmost.
    pub(crate) fn shown(&self) -> Vec<Element> {
        let document = self.editor.document();
        let mut all: Vec<Element> = document.elements().filter(|e| !e.deleted).collect();
        all.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
        assert_eq!(
            all.len(),
            self.editor.scene().len(),
            "the scene shows what the document says"
        );
        all
    }

    /// Where the points of a shown element are seen, in board units.
    pub(crate) fn seen_points(&self, index: usize) -> Vec<(f64, f64)> {
        let id = &self.shown()[index].id;
        let seen = self
            .editor
            .scene()
            .element(self.editor.document(), id)
            .expect("it is shown");
        let round = |v: f64| (v * 100.0).round() / 100.0;
        seen.placed()
            .iter()
            .map(|p| (round(p.pos.x), round(p.pos.y)))
            .collect()
    }

    /// Where the points of a shown element are, in board units.
    pub(crate) fn points(&self, index: usize) -> Vec<(f64, f64)> {
        self.shown()[index]
            .points
            .iter()
            .map(|p| (p.pos.x, p.pos.y))
            .collect()
    }

    /// The elements that have cells, whatever is seen of others' hands.
    pub(crate) fn shown_cells(&self) -> Vec<Element> {
        self.editor.document().elements().filter(|e| !e.deleted).collect()
    }

    pub(crate) fn cells(&self) -> Vec<Cell> {
        let mut cells: Vec<Cell> = self.editor.document().cells().collect();
        cells.sort_by_key(Cell::key);
        cells
    }

    /// How many wet strokes are shown.
    pub(crate) fn wet(&self) -> usize {
        self.editor.scene().wet().count()
    }
}
