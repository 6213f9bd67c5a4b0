//! Whose view somebody sees who follows somebody.

use super::People;

/// A chain longer than this many is not gone along: people would have to mean harm to make one.
const LONGEST: usize = 32;

/// The last of the chain that begins with whom one follows: their view is to be shown. `None` if the chain leads to `me`.
/// Where it leads to somebody who isn't here, or on for too long, it ends with the last before that; a circle ends with `first`.
#[must_use]
pub fn leader(people: &People, first: u64, me: Option<u64>) -> Option<u64> {
    let mut passed = vec![first];
    let mut last = first;
    while let Some(next) = people.get(last).and_then(|person| person.follows) {
        if Some(next) == me {
            return None;
        }
        if passed.contains(&next) {
            return Some(first);
        }
        if people.get(next).is_none() || passed.len() == LONGEST {
            break;
        }
        passed.push(next);
        last = next;
    }
    Some(last)
}

/// How many see what `me` sees: those who follow, and those who follow them.
#[must_use]
pub fn followers(people: &People, me: u64) -> usize {
    let follows = |first: u64| {
        people.get(first).is_some_and(|person| person.follows.is_some())
            && leader(people, first, Some(me)).is_none()
    };
    people.iter().filter(|person| follows(person.conn)).count()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use drawbridge_protocol::{Here, Peer, Role, SlotName, SlotOp, Value};

    use super::*;

    const ME: u64 = 1;

    /// People who follow each other so.
    fn people(follows: &[(u64, Option<u64>)]) -> People {
        let mut people = People::default();
        let json = |text: String| Value::from_text(text).expect("json");
        for (conn, whom) in follows {
            people.joined(&Here {
                conn: *conn,
                peer: Peer::from_bits([*conn as u8; 12]),
                about: json("{}".to_owned()),
                role: Role::Edit,
                via: String::new(),
                slots: BTreeMap::new(),
            });
            let slot = SlotName::new("follow").expect("a slot");
            if let Some(whom) = whom {
                people.hear(*conn, &slot, &SlotOp::Put(vec![json(whom.to_string())]));
            }
        }
        people
    }

    #[test]
    fn v10_the_last_of_the_chain_leads() {
        let people = people(&[(2, Some(3)), (3, Some(4)), (4, None), (5, Some(99))]);
        assert_eq!(leader(&people, 2, Some(ME)), Some(4));
        assert_eq!(leader(&people, 4, Some(ME)), Some(4));
        assert_eq!(leader(&people, 5, Some(ME)), Some(5), "whom they follow has gone");
    }

    #[test]
    fn v10_no_chain_is_endless() {
        let people = people(&[
            (2, Some(ME)),
            (3, Some(2)),
            (4, Some(5)),
            (5, Some(4)),
            (6, Some(4)),
            (7, Some(7)),
        ]);
        assert_eq!(leader(&people, 2, Some(ME)), None, "they see what I see");
        assert_eq!(leader(&people, 3, Some(ME)), None);
        assert_eq!(leader(&people, 6, Some(ME)), Some(6), "a circle of others");
        assert_eq!(leader(&people, 4, Some(ME)), Some(4));
        assert_eq!(
            leader(&people, 7, Some(ME)),
            Some(7),
            "whoever follows themselves"
        );
        assert_eq!(followers(&people, ME), 2);
    }
}
