//! From the window's events to what a hand does on the canvas: every event between two frames
//! counts, each with a time and, where the device gives it, a pressure.

use std::collections::BTreeSet;

use egui::{Event, Modifiers, PointerButton, Pos2, TouchPhase};

/// At most this much time before a frame is spread over the events that led to it, in milliseconds;
/// after a longer pause they are taken to have come at the end.
const SPREAD_MS: f64 = 40.0;

/// One thing that a hand did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Act {
    /// What.
    pub kind: Kind,
    /// Where, in window points.
    pub at: Pos2,
    /// 0 to 1, where the device says.
    pub pressure: Option<f64>,
    /// When, in milliseconds on the window's clock.
    pub time_ms: f64,
    /// The keys held.
    pub modifiers: Modifiers,
}

/// What a hand did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A button, finger or pen went down on the canvas.
    Down(PointerButton),
    /// It moved, pressed or not.
    Move,
    /// What went down came up.
    Up(PointerButton),
    /// What was under way is not to count: a second finger, or the system took the pointer away.
    Cancel,
    /// The window lost the pointer's attention: what is drawn so far counts.
    Lost,
    /// The pointer left the canvas, with nothing pressed.
    Away,
}

/// Remembers between frames what is pressed.
#[derive(Debug, Default)]
pub struct Gather {
    pressed: Option<PointerButton>,
    fingers: BTreeSet<u64>,
    force: Option<f64>,
    over: bool,
    /// Where the pointer was last, in window points.
    last: Pos2,
    last_ms: f64,
}

impl Gather {
    /// The button that is held down on the canvas.
    #[must_use]
    pub fn pressed(&self) -> Option<PointerButton> {
        self.pressed
    }

    /// Reads one frame's events. `on_canvas` says whether a window point is on the bare canvas.
    pub fn read(
        &mut self,
        events: &[Event],
        now_ms: f64,
        held: Modifiers,
        on_canvas: impl Fn(Pos2) -> bool,
    ) -> Vec<Act> {
        let from = self.last_ms.max(now_ms - SPREAD_MS).min(now_ms);
        self.last_ms = now_ms;
        let pointing = events.iter().filter(|event| is_pointing(event)).count().max(1);
        let mut acts = Vec::new();
        let mut seen = 0_usize;
        let mut modifiers = held;
        for event in events {
            if is_pointing(event) {
                seen += 1;
            }
            if let Event::PointerButton { modifiers: keys, .. }
            | Event::Key { modifiers: keys, .. }
            | Event::ModifiersChanged(keys) = event
            {
                modifiers = *keys;
            }
            let time_ms = from + (now_ms - from) * seen as f64 / pointing as f64;
            let act = |kind, at, pressure| Act {
                kind,
                at,
                pressure,
                time_ms,
                modifiers,
            };
            match event {
                Event::Touch {
                    phase,
                    id,
                    force,
                    pos,
                    ..
                } => {
                    // Some systems say 0 where they know no force.
                    self.force = force.filter(|force| *force > 0.0).map(f64::from);
                    match phase {
                        TouchPhase::Start => {
                            self.fingers.insert(id.0);
                        }
                        TouchPhase::End => {
                            self.fingers.remove(&id.0);
                        }
                        TouchPhase::Cancel => {
                            self.fingers.remove(&id.0);
                            if self.pressed.take().is_some() {
                                acts.push(act(Kind::Cancel, *pos, None));
                            }
                        }
                        TouchPhase::Move => {}
                    }
                    // Two fingers move the view; they don't draw.
                    if self.fingers.len() > 1 && self.pressed.take().is_some() {
                        acts.push(act(Kind::Cancel, *pos, None));
                    }
                }
                // A key that is held changes what a drag does, also where nothing moves.
                Event::ModifiersChanged(_) if self.pressed.is_some() => {
                    acts.push(act(Kind::Move, self.last, self.force));
                }
                Event::PointerMoved(at) => {
                    self.last = *at;
                    let over = on_canvas(*at);
                    if self.pressed.is_some() || over {
                        acts.push(act(Kind::Move, *at, self.force));
                    } else if self.over {
                        acts.push(act(Kind::Away, *at, None));
                    }
                    self.over = over;
                }
                Event::PointerButton {
                    pos,
                    button,
                    pressed: true,
                    ..
                } if self.pressed.is_none() && self.fingers.len() < 2 && on_canvas(*pos) => {
                    self.pressed = Some(*button);
                    self.last = *pos;
                    acts.push(act(Kind::Down(*button), *pos, self.force));
                }
                Event::PointerButton {
                    pos,
                    button,
                    pressed: false,
                    ..
                } => {
                    if self.pressed == Some(*button) {
                        self.pressed = None;
                        acts.push(act(Kind::Up(*button), *pos, self.force));
                    }
                    if self.fingers.is_empty() {
                        self.force = None;
                    }
                }
                // With a button held, the system goes on telling where the pointer is.
                Event::PointerGone if self.pressed.is_none() && self.over => {
                    self.over = false;
                    acts.push(act(Kind::Away, Pos2::ZERO, None));
                }
                Event::WindowFocused(false) => {
                    self.fingers.clear();
                    self.force = None;
                    self.pressed = None;
                    // Also with nothing pressed something may be under way: a line drawn point by point.
                    acts.push(act(Kind::Lost, Pos2::ZERO, None));
                }
                _ => {}
            }
        }
        acts
    }
}

fn is_pointing(event: &Event) -> bool {
    matches!(event, Event::PointerMoved(_) | Event::PointerButton { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{TouchDeviceId, TouchId, pos2};

    fn button(at: Pos2, pressed: bool) -> Event {
        Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        }
    }

    fn touch(id: u64, phase: TouchPhase, at: Pos2, force: Option<f32>) -> Event {
        Event::Touch {
            device_id: TouchDeviceId(0),
            id: TouchId(id),
            phase,
            pos: at,
            force,
        }
    }

    fn kinds(acts: &[Act]) -> Vec<Kind> {
        acts.iter().map(|act| act.kind).collect()
    }

    const UP: Kind = Kind::Up(PointerButton::Primary);
    const DOWN: Kind = Kind::Down(PointerButton::Primary);

    #[test]
    fn every_event_between_two_frames_counts_and_has_its_time() {
        let mut gather = Gather::default();
        let _ = gather.read(&[], 1000.0, Modifiers::NONE, |_| true);
        let events = [
            button(pos2(0.0, 0.0), true),
            Event::PointerMoved(pos2(1.0, 0.0)),
            Event::PointerMoved(pos2(2.0, 0.0)),
            button(pos2(3.0, 0.0), false),
        ];
        let acts = gather.read(&events, 1016.0, Modifiers::NONE, |_| true);
        assert_eq!(kinds(&acts), [DOWN, Kind::Move, Kind::Move, UP]);
        let times: Vec<f64> = acts.iter().map(|act| act.time_ms).collect();
        assert_eq!(times, [1004.0, 1008.0, 1012.0, 1016.0]);
    }

    #[test]
    fn what_begins_on_a_panel_is_the_panels() {
        let mut gather = Gather::default();
        let panel = |at: Pos2| at.x > 100.0;
        let events = [
            button(pos2(10.0, 0.0), true),
            Event::PointerMoved(pos2(200.0, 0.0)),
            button(pos2(200.0, 0.0), false),
        ];
        assert_eq!(
            kinds(&gather.read(&events, 1.0, Modifiers::NONE, panel)),
            [Kind::Move]
        );
        // And what begins on the canvas goes on over a panel.
        let events = [
            button(pos2(200.0, 0.0), true),
            Event::PointerMoved(pos2(10.0, 0.0)),
            button(pos2(10.0, 0.0), false),
        ];
        let acts = gather.read(&events, 2.0, Modifiers::NONE, panel);
        assert_eq!(kinds(&acts), [DOWN, Kind::Move, UP]);
    }

    #[test]
    fn a_pens_force_reaches_each_point_and_not_the_next_mouse_stroke() {
        let mut gather = Gather::default();
        let at = pos2(5.0, 5.0);
        let events = [
            touch(1, TouchPhase::Start, at, Some(0.25)),
            Event::PointerMoved(at),
            button(at, true),
            touch(1, TouchPhase::Move, at, Some(0.75)),
            Event::PointerMoved(at),
            touch(1, TouchPhase::End, at, Some(0.5)),
            button(at, false),
            button(at, true),
        ];
        let acts = gather.read(&events, 1.0, Modifiers::NONE, |_| true);
        let forces: Vec<_> = acts.iter().map(|act| act.pressure).collect();
        assert_eq!(forces, [Some(0.25), Some(0.25), Some(0.75), Some(0.5), None]);
    }

    #[test]
    fn a_second_finger_takes_the_stroke_back() {
        let mut gather = Gather::default();
        let at = pos2(5.0, 5.0);
        let events = [
            touch(1, TouchPhase::Start, at, None),
            button(at, true),
            touch(2, TouchPhase::Start, at, None),
            touch(1, TouchPhase::End, at, None),
            button(at, false),
        ];
        let acts = gather.read(&events, 1.0, Modifiers::NONE, |_| true);
        assert_eq!(kinds(&acts), [DOWN, Kind::Cancel]);
    }

    #[test]
    fn a_lost_window_ends_the_stroke_and_a_mouse_outside_does_not() {
        let mut gather = Gather::default();
        let events = [
            button(pos2(5.0, 5.0), true),
            Event::PointerGone,
            Event::PointerMoved(pos2(-5.0, 5.0)),
            Event::WindowFocused(false),
            button(pos2(5.0, 5.0), false),
        ];
        let acts = gather.read(&events, 1.0, Modifiers::NONE, |at| at.x > 0.0);
        assert_eq!(kinds(&acts), [DOWN, Kind::Move, Kind::Lost]);
        assert_eq!(gather.pressed(), None);
    }
}
