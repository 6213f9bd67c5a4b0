//! The local store: batches, failures, drafts, and a status that is true throughout.

use super::*;
use crate::client::record::DraftOp;
use crate::client::store::StoreError;

#[test]
fn a_full_disk_is_said_retried_and_loses_nothing() {
    let mut rig = Rig::new();
    rig.join();
    rig.pass_ms(100);
    rig.take_sent();
    rig.store.set_failing(Some(StoreError::Full));
    rig.draw("a", "base", "{}", &["a"]);
    assert_eq!(rig.status().unstored, 1);
    let error = rig.status().store_error.expect("said");
    assert!(error.contains("disk is full"), "{error}");
    rig.draw("b", "base", "{}", &[]);
    let before = rig.batches.len();
    rig.pass(Duration::from_secs(9));
    rig.input(Input::Heard);
    rig.pass(Duration::from_secs(9));
    let tries = rig.batches.len() - before;
    assert!((4..20).contains(&tries), "{tries} tries");
    assert_eq!(rig.take_writes(), [], "nothing dry goes out that isn't stored");
    assert_eq!(rig.session.cells().len(), 2, "drawing goes on");
    rig.store.set_failing(None);
    rig.pass(Duration::from_secs(5));
    let status = rig.status();
    assert_eq!((status.unstored, status.store_error), (0, None));
    assert_eq!(rig.store.load().expect("memory").cells.len(), 2);
    assert_eq!(rig.take_writes().len(), 2);
}

#[test]
fn what_happens_while_a_batch_is_under_way_goes_with_the_next() {
    let mut rig = Rig::new();
    rig.join();
    rig.pass_ms(100);
    rig.hold_store();
    rig.draw("a", "color", "1", &[]);
    rig.draw("a", "color", "2", &[]);
    rig.draw("b", "color", "3", &[]);
    assert_eq!(rig.held.as_ref().map(Vec::len), Some(1), "one at a time");
    assert_eq!(rig.status().unstored, 2);
    rig.batches.clear();
    rig.take_sent();
    rig.release_store();
    assert_eq!(rig.batches.len(), 2);
    assert_eq!((rig.batches[0].cells.len(), rig.batches[1].cells.len()), (1, 2));
    let values: Vec<String> = rig
        .take_writes()
        .iter()
        .flat_map(|write| &write.cells)
        .map(|cell| cell.value.as_str().to_owned())
        .collect();
    assert_eq!(values, ["2", "3"], "what was written over is not sent");
}

#[test]
fn a_draft_is_stored_soon_and_ends_in_the_transaction_of_its_write() {
    let mut rig = Rig::new();
    rig.input(Input::SetOnline(false));
    rig.input(Input::Draft(DraftOp::Put(slot("a"), vec![json("1")])));
    rig.pass_ms(30);
    rig.input(Input::Draft(DraftOp::Add(slot("a"), vec![json("2")])));
    rig.pass_ms(70);
    let drafts = rig.store.load().expect("memory").drafts;
    assert_eq!(drafts, [(slot("a"), vec![json("1"), json("2")])].into());
    rig.input(Input::Draft(DraftOp::Add(slot("a"), vec![json("3")])));
    rig.batches.clear();
    rig.draw("a", "base", "{}", &["a"]);
    assert_eq!((rig.batches.len(), rig.batches[0].cells.len()), (1, 1));
    assert_eq!(rig.batches[0].drafts, [DraftOp::End(slot("a"))]);
    assert!(rig.store.load().expect("memory").drafts.is_empty());
}

#[test]
fn a_failed_batch_keeps_the_order_of_its_drafts() {
    let mut rig = Rig::new();
    rig.input(Input::SetOnline(false));
    rig.pass_ms(100);
    rig.store.set_failing(Some(StoreError::Full));
    rig.input(Input::Draft(DraftOp::Put(slot("a"), vec![json("1")])));
    rig.input(Input::Draft(DraftOp::Put(slot("b"), vec![json("1")])));
    rig.pass_ms(100);
    rig.input(Input::Draft(DraftOp::Add(slot("a"), vec![json("2")])));
    rig.input(Input::Draft(DraftOp::End(slot("b"))));
    rig.store.set_failing(None);
    rig.pass(Duration::from_secs(1));
    let drafts = rig.store.load().expect("memory").drafts;
    assert_eq!(drafts, [(slot("a"), vec![json("1"), json("2")])].into());
}

#[test]
fn equal_inputs_and_an_equal_seed_give_equal_outputs() {
    let run = || {
        let mut rig = Rig::new();
        rig.join();
        for n in 0..20 {
            rig.draw(&format!("e{n}"), "base", "{}", &[]);
        }
        rig.reconnect();
        rig.join();
        rig.pass(Duration::from_secs(5));
        (rig.sent, rig.events, rig.batches)
    };
    assert_eq!(run(), run());
}
