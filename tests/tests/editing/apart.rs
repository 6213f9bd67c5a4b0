//! One arranges what is on the board while her line is broken, another changes some of it meanwhile: both boards become the
//! same, and her undo takes back each of her steps, as far as nobody has changed it since.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use drawbridge_engine::client::Phase;
use drawbridge_engine::document::{Color, Ink};
use drawbridge_engine::editor::{Edit, Stacking, StyleChange};
use drawbridge_protocol::{CellKey, ElementId, Stamp};
use drawbridge_tests::board_of;
use drawbridge_tests::desk::{Desk, Held};

use super::{folder, relay};

/// What goes wrong while somebody is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Offline,
    RelayRestarted,
    ClockAhead,
}

/// What an interaction changed, and how it was before.
struct Step {
    what: &'static str,
    before: Held,
    changed: BTreeSet<CellKey>,
}

fn differ(before: &Held, after: &Held) -> BTreeSet<CellKey> {
    let other = |key: &&CellKey| before.get(*key) != after.get(*key);
    before.keys().chain(after.keys()).filter(other).cloned().collect()
}

/// Does something, and notes what it changed.
fn noted(steps: &mut Vec<Step>, ada: &mut Desk, what: &'static str, act: impl FnOnce(&mut Desk)) {
    let before = ada.held();
    act(ada);
    let changed = differ(&before, &ada.held());
    assert!(changed.len() > 1, "{what} changes several elements: {changed:?}");
    steps.push(Step {
        what,
        before,
        changed,
    });
}

/// Takes one step back, and looks that it takes back all that is one's own of it, and nothing else. Returns how much of it
/// was somebody else's.
fn undone(ada: &mut Desk, step: &Step) -> usize {
    let (peer, before) = (ada.board().client().peer(), ada.held());
    assert!(ada.board_mut().undo(), "{} can be undone", step.what);
    ada.frame();
    let after = ada.held();
    let own = |key: &&CellKey| before.get(*key).is_some_and(|(stamp, _)| stamp.peer == peer);
    let expected: BTreeSet<CellKey> = step.changed.iter().filter(own).cloned().collect();
    assert_eq!(differ(&before, &after), expected, "{}", step.what);
    for key in &expected {
        let was = step.before.get(key).map_or("", |(_, value)| value.as_str());
        let now = after[key].1.as_str();
        // What there was no cell for is taken back by what means nothing.
        let nothing = was.is_empty() && ["null", "false"].contains(&now);
        assert!(
            was == now || nothing,
            "{}: {key:?} was {was}, is {now}",
            step.what
        );
    }
    step.changed.len() - expected.len()
}

/// Lets the machine's clock go on until what one person does is later than what another did.
fn later(one: &Desk, other: &Desk) {
    let then = other.board().client().stamp();
    while one.board().client().stamp().ms <= then.ms {
        std::hint::spin_loop();
    }
}

fn away_and_back(trouble: Trouble) {
    let folder = folder();
    let mut relay = relay(folder.path());
    let mut ada = Desk::open_in("ada", folder.path(), relay.remote("b"));
    let ids: Vec<ElementId> = (0..6)
        .map(|n| f64::from(n) * 150.0)
        .map(|x| ada.rectangle((x + 50.0, 50.0), (x + 150.0, 150.0)))
        .collect();
    ada.until_saved();
    let mut bob = Desk::join("bob", relay.invited("b"));
    bob.until_same(&ada);

    ada.go_offline();
    if trouble == Trouble::ClockAhead {
        let clock = ada.board().client().clock();
        let Stamp { ms, peer, .. } = ada.board().client().stamp();
        let ahead = Stamp {
            ms: ms + 3_600_000,
            counter: 0,
            peer,
        };
        clock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .observe(ahead);
    }
    let mut steps = Vec::new();
    noted(&mut steps, &mut ada, "moving two", |ada| {
        ada.select(&[&ids[0], &ids[1]]);
        ada.drag((50.0, 75.0), (50.0, 275.0));
    });
    noted(&mut steps, &mut ada, "grouping them with a third", |ada| {
        ada.select(&[&ids[0], &ids[1], &ids[2]]);
        ada.edit(&Edit::Group);
    });
    noted(&mut steps, &mut ada, "recolouring two", |ada| {
        ada.select(&[&ids[3], &ids[4]]);
        ada.edit(&Edit::Style(StyleChange::Color(Color::Ink(Ink::Red))));
    });
    noted(&mut steps, &mut ada, "bringing the group to the front", |ada| {
        ada.select(&[&ids[0]]);
        ada.edit(&Edit::Stack(Stacking::Front));
    });
    noted(&mut steps, &mut ada, "deleting two", |ada| {
        ada.select(&[&ids[4], &ids[5]]);
        ada.edit(&Edit::Delete);
    });

    // Meanwhile Bob moves one of what she moved, gives another colour to one that she recoloured, and moves one that is gone.
    if trouble != Trouble::ClockAhead {
        later(&bob, &ada);
    }
    bob.select(&[&ids[1]]);
    bob.drag((200.0, 75.0), (200.0, 475.0));
    bob.select(&[&ids[3]]);
    bob.edit(&Edit::Style(StyleChange::Color(Color::Ink(Ink::Blue))));
    bob.select(&[&ids[5]]);
    bob.drag((800.0, 75.0), (800.0, 175.0));
    bob.until_saved();
    if trouble == Trouble::RelayRestarted {
        relay.kill();
        relay.restart();
        bob.board().client().network_back();
        bob.until("back at the relay", |board| board.status().phase == Phase::Live);
    }

    let latest = |held: &Held| held.values().map(|(stamp, _)| stamp.ms).max();
    let before = latest(&ada.held());
    ada.board().client().set_online(true);
    ada.until_saved();
    let mended = latest(&ada.held()) < before;
    assert_eq!(
        mended,
        trouble == Trouble::ClockAhead,
        "stamps of a wrong clock are mended"
    );
    bob.until_same(&ada);
    assert_eq!(
        bob.board().client().snapshot(),
        board_of(relay.data(), "b"),
        "and the relay's disk"
    );
    if trouble != Trouble::ClockAhead {
        // What he did later holds. (Her stamps were mended when she came back: then hers is the later one.)
        assert_eq!(ada.element(&ids[1]).frame().y0, 450.0, "he moved it later");
        assert_eq!(ada.element(&ids[3]).style.color, Color::Ink(Ink::Blue));
    }
    assert_eq!(ada.element(&ids[0]).frame().y0, 250.0, "her move holds");
    assert_eq!(
        ada.element(&ids[1]).groups,
        ada.element(&ids[0]).groups,
        "and so does her group"
    );
    assert!(
        ada.element(&ids[5]).deleted,
        "what she deleted stays deleted, although he moved it"
    );

    // With what she did before his eyes he changes some of it again.
    bob.select(&[&ids[2]]);
    bob.edit(&Edit::Ungroup);
    let ungrouped = bob.held();
    bob.select(&[&ids[1]]);
    bob.edit(&Edit::Stack(Stacking::Back));
    bob.until_saved();
    ada.until_same(&bob);

    let mut left_alone = 0;
    for step in steps.iter().rev().take(2) {
        left_alone += undone(&mut ada, step);
    }
    assert_eq!(left_alone, 1, "his place of one in the stack");
    // Also after another break the steps are there.
    relay.kill();
    ada.until("gone", |board| board.status().phase != Phase::Live);
    left_alone += undone(&mut ada, &steps[2]);
    relay.restart();
    ada.board().client().network_back();
    ada.until_saved();
    let groups = |held: &Held| {
        let all = held.iter().filter(|(key, _)| key.prop.as_str() == "groups");
        all.map(|(key, cell)| (key.clone(), cell.clone()))
            .collect::<Held>()
    };
    assert_eq!(groups(&ada.held()), groups(&ungrouped));
    // All of the group was dissolved by him: there is nothing left of that step, and the one before it is undone.
    left_alone += undone(&mut ada, &steps[0]);
    let expected = if trouble == Trouble::ClockAhead { 1 } else { 3 };
    assert_eq!(left_alone, expected, "{trouble:?}");
    assert!(!ada.element(&ids[4]).deleted && !ada.element(&ids[5]).deleted);
    ada.until_saved();
    bob.board().client().network_back();
    bob.until("back at the relay", |board| board.status().phase == Phase::Live);
    bob.until_same(&ada);
}

#[test]
fn what_is_arranged_offline_merges_and_is_undone_step_by_step() {
    away_and_back(Trouble::Offline);
}

#[test]
fn steps_can_be_undone_after_the_relay_was_restarted() {
    away_and_back(Trouble::RelayRestarted);
}

#[test]
fn r7_steps_of_a_clock_that_ran_ahead_can_be_undone_after_it_was_mended() {
    away_and_back(Trouble::ClockAhead);
}
