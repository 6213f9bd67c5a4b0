//! Others on the canvas: their pointers with names, what they say there, what they have selected, and where at the window's
//! edge it is shown that they do something out of view.

use std::collections::BTreeMap;

use drawbridge_engine::geometry::{Point, Rect as BoardRect, Size};
use drawbridge_engine::presence::{Doing, Saying};
use egui::{Context, Painter, Pos2, Rect, Stroke, Vec2};

use super::overlay::{self, Look};
use super::paint;
use crate::open::OpenBoard;
use crate::panels::hints::{self, EdgeHint};
use crate::pointers::Pointers;
use crate::theme;

/// What is said at pointers by more people than this isn't shown: by those who moved last.
const SAYINGS: usize = 12;
/// Seconds for which what was said fades.
const FADE: f64 = 0.5;
/// At most so many hints are shown at the edge.
const HINTS: usize = 3;
/// Seconds for which something is hinted at after it ended.
const HINTED: f64 = 4.0;
/// How far a hint is from the canvas's edge, in points.
const EDGE: f32 = 28.0;
/// How far it is moved along the edge at a time, to where no panel is, ...
const STEP: f32 = 20.0;
/// ... and how often that is tried to either side.
const STEPS: i32 = 30;
/// Outlines of others' selections beyond this many are not shown.
const OUTLINES: usize = 400;
/// Of more elements than this, selected by one, only a box around all is outlined.
const EACH: usize = 40;

/// Others, between frames.
#[derive(Debug, Default)]
pub(super) struct Company {
    pub(super) pointers: Pointers,
    sayings: BTreeMap<u64, Said>,
    /// Whose hints were shown last.
    hinted: Vec<u64>,
}

/// What somebody says or has just said.
#[derive(Debug)]
struct Said {
    saying: Saying,
    /// When it was taken away, in seconds.
    gone: Option<f64>,
}

impl Company {
    /// Paints what others have selected: outlines in their colours.
    pub(super) fn paint_selections(painter: &Painter, board: &OpenBoard, look: Look<'_>, seen: BoardRect) {
        let scene = board.editor().scene();
        let mut left = OUTLINES;
        for (conn, ids) in board.selections() {
            let Some(person) = board.other(conn) else { continue };
            let line = Stroke::new(1.5, theme::person(&person.color, conn));
            if ids.len() > EACH {
                let items = ids.iter().filter_map(|id| scene.get(id));
                let around = items.map(|item| item.bounds).reduce(|a, b| a.union(b));
                if let Some(around) = around {
                    overlay::boxed(painter, look, around, line);
                }
                continue;
            }
            for id in ids {
                let near = scene.get(id).is_some_and(|item| item.bounds.overlaps(seen));
                if near && left > 0 {
                    left -= 1;
                    overlay::outlined(painter, look, board.editor(), id, line);
                }
            }
        }
    }

    /// Paints others' pointers, and what is said there: by them, and by oneself at a place of the window.
    pub(super) fn paint(
        &mut self,
        painter: &Painter,
        board: &OpenBoard,
        canvas: Rect,
        mine: Option<(Pos2, &str)>,
        now: f64,
    ) {
        let ctx = painter.ctx();
        let camera = *board.editor().camera();
        let moving = self.pointers.update(&board.pointers(), now, camera.zoom());
        let look = Look::new(&camera, canvas.min);
        let seen = camera.visible(Size::new(f64::from(canvas.width()), f64::from(canvas.height())));
        for shown in self.pointers.shown(now, seen) {
            let Some(person) = board.other(shown.conn) else {
                continue;
            };
            let (tip, color) = (look.at(shown.at), theme::person(&person.color, shown.conn));
            if !shown.arrow {
                paint::dot(painter, tip, color);
                continue;
            }
            let says = self
                .sayings
                .get(&shown.conn)
                .is_some_and(|said| said.gone.is_none());
            // Who says something is named with it.
            let name = if says { 1.0 } else { shown.name };
            paint::pointer(painter, tip, &person.name, color, name);
        }
        let fading = self.paint_sayings(painter, board, look, now);
        if let Some((at, text)) = mine {
            let color = theme::person(board.my_color(), 0);
            paint::saying(painter, at, text, color, 1.0, false);
        }
        if moving || fading {
            ctx.request_repaint();
        } else if let Some(seconds) = self.pointers.next_fade(now) {
            ctx.request_repaint_after_secs(seconds as f32);
        }
    }

    /// Says whether any fades.
    fn paint_sayings(&mut self, painter: &Painter, board: &OpenBoard, look: Look<'_>, now: f64) -> bool {
        for said in self.sayings.values_mut() {
            said.gone = said.gone.or(Some(now));
        }
        for (conn, saying) in board.sayings() {
            let saying = saying.clone();
            self.sayings.insert(conn, Said { saying, gone: None });
        }
        let still = !theme::moves(painter.ctx());
        let over = |since: f64| still || now - since >= FADE;
        self.sayings.retain(|_, said| !said.gone.is_some_and(over));
        let mut shown: Vec<(u64, &Said, Option<Point>)> = self
            .sayings
            .iter()
            .map(|(conn, said)| (*conn, said, self.pointers.find(*conn, now)))
            .collect();
        // Those that are said now are shown first.
        shown.sort_by_key(|(_, said, _)| said.gone.is_some());
        shown.truncate(SAYINGS);
        for (conn, said, pointer) in &shown {
            let Some(person) = board.other(*conn) else {
                continue;
            };
            let at = look.at(pointer.unwrap_or(said.saying.at));
            let color = theme::person(&person.color, *conn);
            let seen = said.gone.map_or(1.0, |since| 1.0 - (now - since) / FADE);
            let named = pointer.is_some();
            paint::saying(painter, at, &said.saying.text, color, seen as f32, named);
        }
        self.sayings.values().any(|said| said.gone.is_some())
    }

    /// Where to hint at what happens out of view: at those who draw first, then at those who moved last.
    pub(super) fn hints(
        &mut self,
        ctx: &Context,
        board: &OpenBoard,
        canvas: Rect,
        now: f64,
    ) -> Vec<EdgeHint> {
        let inside = canvas.shrink(EDGE);
        if !inside.is_positive() {
            return Vec::new();
        }
        let camera = *board.editor().camera();
        let look = Look::new(&camera, canvas.min);
        let out = self.out_of_view(board, look, canvas, now);
        let last = std::mem::take(&mut self.hinted);
        let bare = |at: Pos2| {
            let layer = ctx.layer_id_at(at);
            layer.is_none_or(|layer| {
                layer.order == egui::Order::Background || hints::is_hint(layer, last.iter().copied())
            })
        };
        let mut hints: Vec<EdgeHint> = Vec::new();
        for (conn, target, draws) in out.into_iter().take(HINTS) {
            let Some(person) = board.other(conn) else { continue };
            let free = |at: Pos2| {
                let apart = |hint: &EdgeHint| hint.at.distance(at) >= hints::SIDE;
                hints.iter().all(apart) && stands(at, &bare)
            };
            let Some(at) = place(inside, target, free) else {
                continue;
            };
            hints.push(EdgeHint {
                conn,
                name: person.name.clone(),
                color: theme::person(&person.color, conn),
                draws,
                at,
                way: (target - at).normalized(),
            });
        }
        self.hinted = hints.iter().map(|hint| hint.conn).collect();
        if !hints.is_empty() {
            // They go when what they hint at is over.
            ctx.request_repaint_after_secs(HINTED as f32 / 4.0);
        }
        hints
    }

    /// Who does something out of view: where that is in the window, and whether they draw. The most lively first.
    fn out_of_view(
        &self,
        board: &OpenBoard,
        look: Look<'_>,
        canvas: Rect,
        now: f64,
    ) -> Vec<(u64, Pos2, bool)> {
        let recent = self.pointers.recent(now, HINTED).into_iter();
        let mut out: Vec<(u64, Pos2, bool)> = recent
            .filter_map(|(conn, at, _)| {
                let at = look.at(at);
                let draws = board.other(conn)?.doing == Doing::Drawing;
                (!canvas.contains(at)).then_some((conn, at, draws))
            })
            .collect();
        // Stable: of those alike, the one that moved last.
        out.sort_by_key(|(.., draws)| !draws);
        out
    }

    /// Who draws out of view or, if nobody does, in view; else who moved last.
    pub(super) fn liveliest(&self, board: &OpenBoard, canvas: Rect, now: f64) -> Option<u64> {
        let camera = *board.editor().camera();
        let look = Look::new(&camera, canvas.min);
        let recent = self.pointers.recent(now, f64::INFINITY);
        let rank = |(conn, at, _): &&(u64, Point, f64)| {
            let draws = board
                .other(*conn)
                .is_some_and(|person| person.doing == Doing::Drawing);
            let seen = canvas.contains(look.at(*at));
            (!draws, seen)
        };
        recent.iter().min_by_key(rank).map(|(conn, ..)| *conn)
    }
}

/// Whether a hint that stands there covers no panel.
fn stands(at: Pos2, bare: &impl Fn(Pos2) -> bool) -> bool {
    let half = hints::SIDE / 2.0;
    let corners = [(-half, -half), (half, -half), (half, half), (-half, half)];
    bare(at) && corners.iter().all(|(x, y)| bare(at + Vec2::new(*x, *y)))
}

/// Where at the edge of `inside` one points from its middle to `target`, or the nearest free place along the edge.
fn place(inside: Rect, target: Pos2, free: impl Fn(Pos2) -> bool) -> Option<Pos2> {
    let middle = inside.center();
    let way = target - middle;
    let half = inside.size() / 2.0;
    let reach = (half.x / way.x.abs().max(1e-3)).min(half.y / way.y.abs().max(1e-3));
    let on_edge = middle + way * reach;
    // Along the side on which it stands.
    let upright = half.x * way.y.abs() < half.y * way.x.abs();
    let along = if upright { Vec2::Y } else { Vec2::X };
    let tries = (0..=STEPS).flat_map(|n| [n, -n]);
    tries
        .map(|n| on_edge + along * (n as f32 * STEP))
        .find(|at| inside.expand(1.0).contains(*at) && free(*at))
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    #[test]
    fn a_hint_stands_at_the_edge_on_the_way_and_beside_panels() {
        let inside = Rect::from_min_max(pos2(0.0, 0.0), pos2(1000.0, 600.0));
        let near = |a: Pos2, b: Pos2| a.distance(b) < 1.0;
        let right = place(inside, pos2(5000.0, 300.0), |_| true).expect("a place");
        assert!(near(right, pos2(1000.0, 300.0)), "{right}");
        let below = place(inside, pos2(500.0, 90_000.0), |_| true).expect("a place");
        assert!(near(below, pos2(500.0, 600.0)), "{below}");
        // A panel covers the middle of the top.
        let panel = Rect::from_min_max(pos2(300.0, -50.0), pos2(720.0, 60.0));
        let above = place(inside, pos2(500.0, -9000.0), |at| !panel.contains(at)).expect("a place");
        assert!(
            near(above, pos2(290.0, 0.0)) || near(above, pos2(280.0, 0.0)),
            "{above}"
        );
        assert_eq!(place(inside, pos2(500.0, -9000.0), |_| false), None);
    }
}
