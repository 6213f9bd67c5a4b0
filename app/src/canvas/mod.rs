//! The board on the screen: paints what is visible, and hands what a hand does to the board.

mod company;
pub mod gather;
mod missing;
pub mod names;
pub mod overlay;
pub mod paint;
pub mod picture;
mod typing;

use drawbridge_engine::editor::Editor;
use drawbridge_engine::geometry::{Point, Rect as BoardRect, Size, Vec2};
use drawbridge_engine::tools::{Button, Event, Modifiers, Pointer, State, Tool};
use drawbridge_protocol::ElementId;
use eframe::egui_wgpu::RenderState;
use egui::{Context, CursorIcon, Id, Order, PointerButton, Popup, Pos2, Rect, Role, Sense, Ui, WidgetInfo};

use crate::open::OpenBoard;
use crate::panels::hints::EdgeHint;
use crate::theme::{self, Theme};
use company::Company;
use gather::{Act, Gather, Kind};
use names::Names;
use overlay::Look;
use picture::Picture;

/// A button that comes up nearer than that to where it went down has clicked, in points.
const CLICK: f32 = 4.0;

/// Whether a menu or a dialog is open: a press beside it closes it, and draws nothing.
#[must_use]
pub fn is_covered(ctx: &Context) -> bool {
    Popup::is_any_open(ctx) || ctx.memory(|memory| memory.top_modal_layer().is_some())
}

/// What of the frames is shown otherwise.
#[derive(Debug, Default)]
pub struct Shows {
    /// The one that is being renamed: a field stands where its name was.
    pub renamed: Option<ElementId>,
    /// The one that is presented: nothing outside of it is seen.
    pub presented: Option<ElementId>,
}

/// The canvas's own state between frames.
#[derive(Debug)]
pub struct Canvas {
    gather: Gather,
    company: Company,
    picture: Picture,
    names: Names,
    /// The frame whose name was clicked twice, until somebody takes it.
    pub renames: Option<ElementId>,
    /// The frame that is being renamed, and the one that is presented.
    pub shows: Shows,
    /// Whether the last frame had everything in it.
    painted: bool,
    rect: Rect,
    /// Its name among what can have the keyboard.
    id: Option<Id>,
    /// When the caret was last put somewhere else, and where: it doesn't blink then.
    caret: (f64, typing::Seen),
    /// What one has said oneself, and where on the board, while others see it.
    pub said: Option<(Point, String)>,
    /// Where the primary button went down, while it is held.
    primary: Option<Pos2>,
    /// The same of the secondary one.
    secondary: Option<Pos2>,
    /// Where in the window the secondary button was clicked on the bare canvas, until somebody takes it.
    pub menu_at: Option<Pos2>,
}

impl Canvas {
    /// A canvas painted by this graphics card.
    #[must_use]
    pub fn new(card: Option<&RenderState>) -> Self {
        Self {
            gather: Gather::default(),
            company: Company::default(),
            picture: Picture::new(card),
            names: Names::default(),
            renames: None,
            shows: Shows::default(),
            painted: false,
            rect: Rect::ZERO,
            id: None,
            caret: Default::default(),
            said: None,
            primary: None,
            secondary: None,
            menu_at: None,
        }
    }

    /// Another board comes: nothing of the one before stays.
    pub fn clear(&mut self) {
        self.gather = Gather::default();
        self.company = Company::default();
        self.said = None;
        self.picture.clear();
        self.names = Names::default();
        self.renames = None;
    }

    /// The board's past is shown from now on, or its present again.
    pub fn look_back(&mut self, past: bool) {
        self.picture.look_back(past);
        self.names = Names::default();
        self.renames = None;
    }

    /// Where a frame's name stands in the window, if it is to be seen.
    #[must_use]
    pub fn name_of(&self, frame: &ElementId) -> Option<Rect> {
        self.names.of(frame)
    }

    /// Whether the last frame had everything in it that was to be seen.
    #[must_use]
    pub fn is_painted(&self) -> bool {
        self.painted
    }

    /// Where it lies in the window.
    #[must_use]
    pub fn rect(&self) -> Rect {
        self.rect
    }

    /// Its name among what can have the keyboard, once it was shown.
    #[must_use]
    pub fn id(&self) -> Option<Id> {
        self.id
    }

    /// How big the canvas is, in points.
    #[must_use]
    pub fn size(&self) -> Size {
        Size::new(f64::from(self.rect.width()), f64::from(self.rect.height()))
    }

    /// Takes this frame's input, then paints. `bare`: what [`is_covered`] denied when the frame began.
    pub fn show(&mut self, ui: &mut Ui, board: &mut OpenBoard, bare: bool) {
        self.rect = ui.max_rect();
        let id = ui.scope_id().with("canvas");
        self.id = Some(id);
        // Only what can be focused keeps the keyboard from one frame to the next.
        let sense = if board.editor().is_typing() {
            Sense::focusable_noninteractive()
        } else {
            Sense::hover()
        };
        let response = ui.interact(self.rect, id, sense);
        response.widget_info(|| {
            typing::info(board.editor()).unwrap_or_else(|| {
                let mut info = WidgetInfo::labeled(Role::Canvas, true, "Board");
                info.current_text_value = Some(in_words(board.editor()));
                info
            })
        });
        let ctx = ui.ctx().clone();
        board.editor_mut().set_names(self.names.tags(self.rect.min));
        self.hand(&ctx, board, bare);
        typing::hold_keyboard(&ctx, id, board.editor().is_typing());
        self.wheel(&ctx, board);
        board.editor_mut().set_size(self.size());
        let now = ctx.input(|input| input.time);
        if board.flush(now * 1000.0) {
            ctx.request_repaint();
        }
        self.paint(ui, board, now);
        self.cursor(&ctx, board);
    }

    /// Where a window point is on the canvas.
    #[must_use]
    pub fn on_canvas(&self, at: Pos2) -> Point {
        let at = at - self.rect.min;
        Point::new(f64::from(at.x), f64::from(at.y))
    }

    /// Whether a window point is on the canvas, with no panel over it.
    #[must_use]
    pub fn is_bare(&self, ctx: &Context, at: Pos2) -> bool {
        self.rect.contains(at)
            && ctx
                .layer_id_at(at)
                .is_none_or(|layer| layer.order == Order::Background)
    }

    /// Everything that was done with pointer and fingers since the last frame.
    fn hand(&mut self, ctx: &Context, board: &mut OpenBoard, bare: bool) {
        let (events, now, held) = ctx.input(|input| (input.events.clone(), input.time, input.modifiers));
        let mut gather = std::mem::take(&mut self.gather);
        let acts = gather.read(&events, now * 1000.0, held, |at| bare && self.is_bare(ctx, at));
        self.gather = gather;
        for act in acts {
            if let Kind::Down(_) = act.kind {
                // What was being typed is finished by a press on the board.
                ctx.memory_mut(|memory| {
                    if let Some(id) = memory.focused() {
                        memory.surrender_focus(id);
                    }
                });
            }
            match act.kind {
                Kind::Down(PointerButton::Primary) => self.primary = Some(act.at),
                Kind::Up(PointerButton::Primary) if board.editor().tool() == Tool::Select => {
                    let from = self.primary.take();
                    if from.is_some_and(|from| from.distance(act.at) < CLICK) {
                        self.renames = self.names.click(act.at, act.time_ms).or(self.renames.take());
                    }
                }
                Kind::Down(PointerButton::Secondary) => self.secondary = Some(act.at),
                Kind::Up(PointerButton::Secondary) => {
                    let from = self.secondary.take();
                    self.menu_at = from.filter(|from| from.distance(act.at) < CLICK);
                    if let Some(at) = self.menu_at {
                        board.editor_mut().select_at(self.on_canvas(at));
                        ctx.request_repaint();
                    }
                }
                _ => {}
            }
            let changed = board.handle(&self.event(&act, space_held(ctx)));
            // Panels, which were made before, may show something else now.
            if changed && act.kind != Kind::Move {
                ctx.request_repaint();
            }
        }
    }

    /// What was done, as the board's tools read it.
    fn event(&self, act: &Act, space: bool) -> Event {
        let pointer = Pointer {
            pos: self.on_canvas(act.at),
            pressure: act.pressure,
            time_ms: act.time_ms,
            modifiers: Modifiers {
                shift: act.modifiers.shift,
                ctrl: act.modifiers.command,
                alt: act.modifiers.alt,
                space,
            },
        };
        match act.kind {
            Kind::Down(button) => Event::Down(board_button(button), pointer),
            Kind::Move => Event::Move(pointer),
            Kind::Up(button) => Event::Up(board_button(button), pointer),
            Kind::Cancel => Event::Cancel,
            Kind::Lost => Event::Lost,
            Kind::Away => Event::Leave,
        }
    }

    /// The wheel pans, with ctrl it zooms; two fingers do both.
    fn wheel(&self, ctx: &Context, board: &mut OpenBoard) {
        if let Some(touch) = ctx.multi_touch() {
            let camera = board.camera_mut();
            camera.zoom_by(self.on_canvas(touch.center_pos), f64::from(touch.zoom_delta));
            camera.pan(vector(touch.translation_delta));
            return;
        }
        let Some(at) = ctx.pointer_latest_pos().filter(|at| self.is_bare(ctx, *at)) else {
            return;
        };
        let (zoom, pan) = ctx.input(|input| (input.zoom_delta(), input.smooth_scroll_delta()));
        if (zoom - 1.0).abs() > f32::EPSILON {
            board.camera_mut().zoom_by(self.on_canvas(at), f64::from(zoom));
        }
        if pan != egui::Vec2::ZERO {
            board.camera_mut().pan(vector(pan));
        }
    }

    fn paint(&mut self, ui: &Ui, board: &OpenBoard, now: f64) {
        let theme = Theme::of(ui.ctx());
        let painter = ui.painter().with_clip_rect(self.rect);
        painter.rect_filled(self.rect, 0.0, theme.board);
        let editor = board.editor();
        let look = Look::new(editor.camera(), self.rect.min);
        if editor.snapping().grid.is_some() {
            overlay::grid(&painter, look, self.rect);
        }
        let drawn = self.picture.paint(&painter, board, self.rect);
        missing::paint(&painter, board, &self.picture, self.rect);
        self.painted = drawn.complete;
        if drawn.more {
            ui.ctx().request_repaint();
        }
        if board.history().is_some() {
            overlay::past(&painter, self.rect);
        } else if board.is_empty() {
            paint::invitation(&painter, self.rect);
        }
        if let Some(bounds) = self.hovered(ui.ctx(), board) {
            overlay::hovered(&painter, look, bounds);
        }
        match &self.shows.presented {
            Some(frame) => {
                overlay::stage(&painter, look, self.rect, editor.scene().area(frame));
                self.names.paint_number(&painter, editor, self.rect, frame);
            }
            None => {
                let typed = self.shows.renamed.as_ref();
                self.names.paint(&painter, editor, look, self.rect, typed);
            }
        }
        let color = |conn: Option<u64>| match conn.and_then(|conn| board.other(conn)) {
            Some(person) => theme::person(&person.color, conn.unwrap_or_default()),
            None => theme::person(board.my_color(), conn.unwrap_or_default()),
        };
        Company::paint_selections(&painter, board, look, editor.camera().visible(self.size()));
        overlay::paint(&painter, editor, look, color);
        self.paint_typing(&painter, board, look, now);
        let still = ui.style().animation_time == 0.0;
        for reaction in editor.reactions() {
            paint::reaction(
                &painter,
                look.at(reaction.at),
                reaction,
                color(reaction.conn),
                still,
            );
        }
        let said = self.said.as_ref().map(|(at, text)| {
            let pointer = ui.ctx().pointer_hover_pos().filter(|at| self.rect.contains(*at));
            (pointer.unwrap_or_else(|| look.at(*at)), text.as_str())
        });
        self.company.paint(&painter, board, self.rect, said, now);
        self.paint_held(ui.ctx(), &painter);
    }

    /// Says so while files are held over the window.
    fn paint_held(&self, ctx: &Context, painter: &egui::Painter) {
        let held = ctx.input(|input| input.raw.hovered_files.len());
        if held > 0 {
            missing::drop_here(painter, self.rect, held);
        }
    }

    /// Where at the window's edge to hint at what others do out of view.
    pub fn hints(&mut self, ctx: &Context, board: &OpenBoard) -> Vec<EdgeHint> {
        let now = ctx.input(|input| input.time);
        self.company.hints(ctx, board, self.rect, now)
    }

    /// Who draws, or moved last: those out of view first.
    #[must_use]
    pub fn liveliest(&self, ctx: &Context, board: &OpenBoard) -> Option<u64> {
        let now = ctx.input(|input| input.time);
        self.company.liveliest(board, self.rect, now)
    }

    /// What a press of the select tool would take, where that isn't selected yet: a box around it, on the board.
    fn hovered(&self, ctx: &Context, board: &OpenBoard) -> Option<BoardRect> {
        let editor = board.editor();
        let at = ctx.pointer_hover_pos().filter(|at| self.is_bare(ctx, *at))?;
        if editor.tool() != Tool::Select || !editor.state().is_idle() {
            return None;
        }
        let id = editor.pick(self.on_canvas(at))?;
        let taken = editor.selection().ids.contains(&id);
        let item = editor.scene().get(&id).filter(|_| !taken)?;
        editor.scene().seen(item)
    }

    /// The pointer's shape says what a press would do.
    fn cursor(&self, ctx: &Context, board: &OpenBoard) {
        let editor = board.editor();
        let bare = ctx.pointer_hover_pos().filter(|at| self.is_bare(ctx, *at));
        let at = bare.map(|at| self.on_canvas(at));
        let icon = match (editor.state(), editor.tool()) {
            (State::Panning(..), _) => CursorIcon::Grabbing,
            (State::Idle, _) if at.is_none() => return,
            (State::Idle, _) if space_held(ctx) => CursorIcon::Grab,
            (State::Idle, Tool::Hand) => CursorIcon::Grab,
            (State::Typing(_), _) if at.is_some_and(|at| editor.is_on_typed(at)) => CursorIcon::Text,
            (State::Idle | State::Placing(..), Tool::Text) => CursorIcon::Text,
            (_, Tool::Select) => overlay::cursor(editor, at).unwrap_or_else(|| {
                let over = at.is_some_and(|at| editor.pick(at).is_some());
                if over {
                    CursorIcon::Move
                } else {
                    CursorIcon::Default
                }
            }),
            _ => CursorIcon::Crosshair,
        };
        ctx.set_cursor_icon(icon);
    }
}

/// What is on the board and selected, for those who don't see it.
fn in_words(editor: &Editor) -> String {
    let count = |n: usize| match n {
        1 => "1 element".to_owned(),
        n => format!("{n} elements"),
    };
    match editor.selected() {
        0 => count(editor.scene().len()),
        selected => format!("{}, {selected} selected", count(editor.scene().len())),
    }
}

/// Whether the space bar is held for the board, not for a text field or a button.
fn space_held(ctx: &Context) -> bool {
    ctx.input(|input| input.key_down(egui::Key::Space)) && !ctx.egui_wants_keyboard_input()
}

fn board_button(button: PointerButton) -> Button {
    match button {
        PointerButton::Primary => Button::Primary,
        PointerButton::Middle => Button::Middle,
        // The others do nothing on the board.
        PointerButton::Secondary | PointerButton::Extra1 | PointerButton::Extra2 => Button::Secondary,
    }
}

fn vector(v: egui::Vec2) -> Vec2 {
    Vec2::new(f64::from(v.x), f64::from(v.y))
}
