//! Who else is here, and wet slots: how operations on them are applied and put together.

use std::collections::BTreeMap;

use drawbridge_protocol::{Here, SlotName, SlotOp, Slots, Value};

use super::api::PersonChange;

/// Applies operations to the slots that they were made for.
pub fn apply_slots(slots: &mut BTreeMap<SlotName, Vec<Value>>, ops: &Slots) {
    for (name, op) in ops {
        match op {
            SlotOp::Put(chunks) => {
                slots.insert(name.clone(), chunks.clone());
            }
            SlotOp::Add(chunks) => slots
                .entry(name.clone())
                .or_default()
                .extend(chunks.iter().cloned()),
            SlotOp::Clear => {
                slots.remove(name);
            }
        }
    }
}

/// Makes `first` do what `first` and then `then` would do, one operation a slot.
pub fn combine_slots(first: &mut Slots, then: Slots) {
    for (name, op) in then {
        match (first.get_mut(&name), op) {
            (Some(SlotOp::Put(held) | SlotOp::Add(held)), SlotOp::Add(more)) => held.extend(more),
            // An `add` to a slot that was just ended starts it anew.
            (Some(held @ SlotOp::Clear), SlotOp::Add(more)) => *held = SlotOp::Put(more),
            (_, op) => {
                first.insert(name, op);
            }
        }
    }
}

/// The bytes of a slot's chunks.
pub(super) fn slot_size(chunks: &[Value]) -> usize {
    chunks.iter().map(|chunk| chunk.as_str().len() + 1).sum()
}

/// The other connections on the board.
#[derive(Debug, Default)]
pub(super) struct People(BTreeMap<u64, Here>);

impl People {
    /// Takes a change in. Says whether it changed anything: a late word about somebody who isn't
    /// here does not.
    pub(super) fn apply(&mut self, change: &PersonChange) -> bool {
        match change {
            PersonChange::Reset(here) => {
                let before = self.0.len();
                self.0 = here.iter().map(|person| (person.conn, person.clone())).collect();
                before + self.0.len() > 0
            }
            PersonChange::Joined(person) => {
                self.0.insert(person.conn, person.clone());
                true
            }
            PersonChange::Live { conn, slots } => match self.0.get_mut(conn) {
                Some(person) => {
                    apply_slots(&mut person.slots, slots);
                    true
                }
                None => false,
            },
            PersonChange::Left { conn } => self.0.remove(conn).is_some(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Here> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ops() -> impl Strategy<Value = Slots> {
        let value = (0u8..9).prop_map(|n| Value::from_text(n.to_string()).expect("json"));
        let chunks = proptest::collection::vec(value, 0..3);
        let op = prop_oneof![
            chunks.clone().prop_map(SlotOp::Put),
            chunks.prop_map(SlotOp::Add),
            Just(SlotOp::Clear)
        ];
        let name = (0u8..3).prop_map(|n| SlotName::new(&format!("s{n}")).expect("a name"));
        proptest::collection::btree_map(name, op, 0..3)
    }

    proptest! {
        #[test]
        fn combined_slot_operations_do_what_they_do_one_by_one(
            before in ops(),
            steps in proptest::collection::vec(ops(), 0..6),
        ) {
            let mut one_by_one = BTreeMap::new();
            apply_slots(&mut one_by_one, &before);
            let mut at_once = one_by_one.clone();
            let mut combined = Slots::new();
            for step in steps {
                apply_slots(&mut one_by_one, &step);
                combine_slots(&mut combined, step);
            }
            apply_slots(&mut at_once, &combined);
            prop_assert_eq!(one_by_one, at_once);
        }
    }
}
