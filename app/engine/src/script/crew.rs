//! Several people at boards, who are waited for together: whoever hears something new wakes the one thread that plays them all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use drawbridge_protocol::{CellKey, Link, Stamp};

use super::{Hand, Stopwatch};

/// Whoever waits looks up at least so often, to say that it still waits.
const LOOK_UP: Duration = Duration::from_secs(1);
/// So many differences between two boards are named.
const NAMED: usize = 5;

/// Why somebody didn't come.
pub type NotHere = Box<dyn std::error::Error + Send + Sync>;

/// People at boards. They are numbered as they come, from 0.
pub struct Crew {
    hands: Vec<Option<Hand>>,
    tell: Sender<usize>,
    woken: Receiver<usize>,
}

impl Default for Crew {
    fn default() -> Self {
        let (tell, woken) = channel();
        Self {
            hands: Vec::new(),
            tell,
            woken,
        }
    }
}

impl Crew {
    /// Somebody makes the board that the link is to.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn make(&mut self, name: &str, link: &Link) -> Result<usize, NotHere> {
        let hand = Hand::make(name, link, self.waker())?;
        Ok(self.comes(hand))
    }

    /// Somebody follows a link to a board that is there.
    ///
    /// # Errors
    /// As of [`Crew::make`].
    pub fn join(&mut self, name: &str, link: &Link) -> Result<usize, NotHere> {
        let hand = Hand::join(name, link, self.waker())?;
        Ok(self.comes(hand))
    }

    fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        let (tell, number) = (self.tell.clone(), self.hands.len());
        Arc::new(move || {
            // The crew may be gone.
            let _ = tell.send(number);
        })
    }

    fn comes(&mut self, hand: Hand) -> usize {
        self.hands.push(Some(hand));
        self.hands.len() - 1
    }

    /// One of them; `None` once they have left.
    #[must_use]
    pub fn hand(&self, number: usize) -> Option<&Hand> {
        self.hands.get(number)?.as_ref()
    }

    /// The same, to do something.
    pub fn hand_mut(&mut self, number: usize) -> Option<&mut Hand> {
        self.hands.get_mut(number)?.as_mut()
    }

    /// Those who are here.
    pub fn hands(&self) -> impl Iterator<Item = &Hand> {
        self.hands.iter().flatten()
    }

    /// One of them leaves the board.
    ///
    /// # Errors
    /// When something could not be kept.
    pub fn leave(&mut self, number: usize) -> Result<(), NotHere> {
        match self.hands.get_mut(number).and_then(Option::take) {
            Some(hand) => Ok(hand.leave()?),
            None => Ok(()),
        }
    }

    /// Everybody takes in what has come.
    pub fn catch_up(&mut self) {
        while let Ok(number) = self.woken.try_recv() {
            self.wakes(number);
        }
    }

    fn wakes(&mut self, number: usize) {
        if let Some(hand) = self.hand_mut(number) {
            hand.frame();
        }
    }

    /// Waits until it is as wanted. `meanwhile` is called now and then, at least once a second, with how long it has taken.
    ///
    /// # Errors
    /// What still stood against it when the time was over.
    pub fn until(
        &mut self,
        within: Duration,
        mut wanted: impl FnMut(&mut Self) -> Result<(), String>,
        meanwhile: &mut dyn FnMut(Duration),
    ) -> Result<(), String> {
        let watch = Stopwatch::start();
        loop {
            self.catch_up();
            let Err(why) = wanted(self) else {
                return Ok(());
            };
            let elapsed = watch.elapsed();
            if elapsed >= within {
                return Err(why);
            }
            meanwhile(elapsed);
            // It holds a sender itself: what comes is a number or the end of the time.
            if let Ok(number) = self.woken.recv_timeout((within - elapsed).min(LOOK_UP)) {
                self.wakes(number);
            }
        }
    }

    /// Has the status of these tell of everything done so far.
    pub fn settle(&mut self, who: &[usize]) {
        for number in who {
            if let Some(hand) = self.hand_mut(*number) {
                hand.settle();
            }
        }
    }

    /// Whether these are in step with the relay and hold the same winning cells. `called` gives elements names in messages.
    ///
    /// # Errors
    /// Who isn't in step, or what the first two who differ have.
    pub fn agree(&mut self, who: &[usize], called: &dyn Fn(&str) -> String) -> Result<(), String> {
        for hand in who.iter().filter_map(|number| self.hand(*number)) {
            hand.in_step().map_err(|why| format!("{}: {why}", hand.name()))?;
        }
        let mut first: Option<(usize, u64)> = None;
        for number in who {
            let Some(hand) = self.hand_mut(*number) else {
                continue;
            };
            let print = hand.fingerprint();
            match first {
                None => first = Some((*number, print)),
                Some((_, other)) if other == print => {}
                Some((other, _)) => return Err(self.difference(other, *number, called)),
            }
        }
        Ok(())
    }

    fn difference(&self, a: usize, b: usize, called: &dyn Fn(&str) -> String) -> String {
        let (Some(a), Some(b)) = (self.hand(a), self.hand(b)) else {
            return String::new();
        };
        let (held_a, held_b) = (held(a), held(b));
        let differ = |(key, stamp): &(&CellKey, &Stamp)| held_b.get(*key) != Some(*stamp);
        let here = held_a.iter().filter(differ).map(|(key, _)| key);
        let there = held_b.keys().filter(|key| !held_a.contains_key(*key));
        let keys: Vec<&CellKey> = here.chain(there).collect();
        let name = |key: &&CellKey| format!("{}.{}", called(key.element.as_str()), key.prop);
        let mut named: Vec<String> = keys.iter().take(NAMED).map(name).collect();
        if keys.len() > NAMED {
            named.push(format!("{} more", keys.len() - NAMED));
        }
        format!("{} and {} differ in {}", a.name(), b.name(), named.join(", "))
    }
}

fn held(hand: &Hand) -> BTreeMap<CellKey, Stamp> {
    let cells = hand.board().editor().document().cells();
    cells.map(|cell| (cell.key(), cell.stamp)).collect()
}

#[cfg(test)]
mod tests {
    use drawbridge_protocol::{Property, Value};

    use super::*;
    use crate::board::HandError;
    use crate::document::{Element, Kind, Order, Style};
    use crate::geometry::Affine;

    fn element(kind: Kind) -> Element {
        let id = drawbridge_protocol::ElementId::from_bits([0; 12]);
        let mut element = Element::new(id, kind, Order::default(), Style::of(kind));
        element.place = Affine::new([10.0, 0.0, 0.0, 10.0, 0.0, 0.0]);
        element
    }

    /// A board that nobody can be reached from.
    fn nowhere() -> Link {
        let link = "http://127.0.0.1:1/boards/b#AAAAAAAAAAAAAAAAAAAAAA";
        link.parse().expect("a link")
    }

    #[test]
    fn what_is_not_to_be_seen_is_not_changed_in_silence() {
        let mut crew = Crew::default();
        let ada = crew.make("ada", &nowhere()).expect("a thread");
        let ada = crew.hand_mut(ada).expect("ada");
        let text = ada.draw(element(Kind::Text)).expect("drawn");
        let shape = ada.draw(element(Kind::Rectangle)).expect("drawn");
        let both = [shape.clone(), text.clone()];
        assert_eq!(ada.delete(&both), Err(HandError::Unseen));
        assert_eq!(ada.type_in(&text, "x", false), Err(HandError::Unseen));
        assert_eq!(ada.type_in(&shape, "x", false), Ok(()));
        assert_eq!(ada.count(), 2);
    }

    #[test]
    fn two_who_differ_are_named_with_what_differs() {
        let mut crew = Crew::default();
        let [ada, bob] = ["ada", "bob"].map(|name| crew.make(name, &nowhere()).expect("a thread"));
        let id = crew
            .hand_mut(ada)
            .expect("ada")
            .draw(element(Kind::Rectangle))
            .expect("drawn");
        let (prop, value) = (
            Property::new("width").expect("a name"),
            Value::from_json(&9).expect("JSON"),
        );
        crew.hand_mut(ada)
            .expect("ada")
            .set(&id, prop, value)
            .expect("set");
        let called = |other: &str| {
            if other == id.as_str() {
                "R".to_owned()
            } else {
                other.to_owned()
            }
        };
        let said = crew.difference(ada, bob, &called);
        assert!(said.starts_with("ada and bob differ in "), "{said}");
        assert!(said.contains("R.base") && said.contains("R.width"), "{said}");
        assert_eq!(crew.difference(ada, ada, &called), "ada and ada differ in ");
        for _ in 0..NAMED {
            crew.hand_mut(bob)
                .expect("bob")
                .draw(element(Kind::Rectangle))
                .expect("drawn");
        }
        // Beside what they drew, each of both has a cell that says who they are.
        let said = crew.difference(ada, bob, &called);
        assert!(said.ends_with(" 4 more"), "{said}");
    }
}
