//! What a host does with a relay, and what people's own client makes of it: a disk that is lost and restored, and a board
//! that is led back while people are on it.

use std::path::Path;
use std::process::Command;

use drawbridge_engine::document::{Document, Picture};
use drawbridge_engine::images::StoredImage;
use drawbridge_protocol::{CellSet, ElementId, ImageType, Property, Value};
use drawbridge_tests::desk::Desk;
use drawbridge_tests::{Person, RelayProcess, agree, board_of, relay_program};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Runs one of the program's commands over a data folder.
fn tool(data: &Path, args: &[&str]) -> String {
    let output = Command::new(relay_program!())
        .args(args)
        .arg("--data")
        .arg(data)
        .output()
        .expect("the program starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn what_was_drawn_after_a_backup_is_there_after_its_restoration() {
    let folder = folder();
    let backups = folder.path().join("backups").display().to_string();
    let mut relay = RelayProcess::start(relay_program!(), &folder.path().join("relay"));
    let ann = Person::join("ann", relay.remote("b"));
    let bea = Person::open_in("bea", folder.path(), relay.remote("b"));
    let mut cem = Desk::join("cem", relay.remote("b"));
    ann.wait_live();
    bea.wait_live();
    let mut drawn: Vec<_> = (0..20).flat_map(|_| [ann.draw(), bea.draw()]).collect();
    ann.wait_saved();
    bea.wait_saved();
    tool(relay.data(), &["backup", &backups]);
    drawn.extend((0..20).flat_map(|_| [ann.draw(), bea.draw()]));
    drawn.push(ann.set_deleted(&drawn[3].element, true));
    let photo = StoredImage {
        kind: ImageType::Jpeg,
        bytes: (0..200_000_u32).map(|n| n.to_le_bytes()[1]).collect(),
    };
    let picture = Picture {
        image: cem.board().images().put(&photo).expect("it is kept"),
        kind: photo.kind,
        pixels: [40, 30],
    };
    cem.board_mut().put_images(&[picture], None);
    cem.until_saved();
    cem.until("the image is sent", |board| board.images().status().up == 0);
    let before = agree(&[&ann, &bea], relay.data(), "b", &drawn);
    // One is not there when it happens, and has the rest on disk.
    bea.close();
    let on_disk = relay.data().join("images").join(photo.hash().to_string());
    assert!(on_disk.exists());
    relay.kill();
    std::fs::remove_dir_all(relay.data()).expect("the disk is lost");
    tool(relay.data(), &["restore", &backups]);
    assert!(board_of(relay.data(), "b").len() < before.len() && !on_disk.exists());
    relay.restart();
    let bea = Person::open_in("bea", folder.path(), relay.remote("b"));
    drawn.extend([ann.draw(), bea.draw()]);
    let after = agree(&[&ann, &bea], relay.data(), "b", &drawn);
    assert_eq!(after.len(), before.len() + 2);
    cem.until("the image is there again", |_| on_disk.exists());
}

/// The text that people see of an element.
fn text_of(board: &CellSet, element: &ElementId) -> String {
    let mut document = Document::default();
    board.iter().for_each(|cell| {
        let _ = document.merge(&cell);
    });
    let sequence = document.sequence(element, false).expect("it has letters");
    sequence.text().to_owned()
}

#[test]
fn letters_that_were_typed_over_come_back_and_those_typed_later_go() {
    let folder = folder();
    let relay = RelayProcess::start(relay_program!(), &folder.path().join("relay"));
    let ann = Person::join("ann", relay.remote("b"));
    let eve = Person::join("eve", relay.remote("b"));
    ann.wait_live();
    eve.wait_live();
    let note = ElementId::new("note").expect("an id");
    let (ann_ops, eve_ops) = (
        format!("text/{}", ann.client().peer()),
        format!("text/{}", eve.client().peer()),
    );
    let born = r#"{"kind":"note","order":"a0","place":[200,0,0,200,0,0],"text":"Hello"}"#;
    ann.set(&note, Property::BASE, born);
    let good = ann.set(
        &note,
        &ann_ops,
        r#"{"peers":["base"],"runs":[["0>4",", dear all"]]}"#,
    );
    ann.wait_saved();
    eve.wait_for(std::slice::from_ref(&good));
    assert_eq!(text_of(&ann.board(), &note), "Hello, dear all");
    let then = time(good.stamp.ms);
    // Their clocks may read the same millisecond still.
    while eve.client().stamp().ms <= good.stamp.ms {}
    let bad = [
        eve.set(
            &note,
            &eve_ops,
            &format!(
                r#"{{"peers":["base","{}"],"runs":[["1>3","!!!"]],"cut":[[0,0,5],[1,2,4]]}}"#,
                ann.client().peer()
            ),
        ),
        ann.set(
            &note,
            &ann_ops,
            r#"{"peers":["base"],"runs":[["0>4",", d",8],[">",""]]}"#,
        ),
    ];
    eve.wait_saved();
    ann.wait_saved();
    ann.wait_for(&bad);
    eve.wait_for(&bad);
    assert_ne!(text_of(&ann.board(), &note), "Hello, dear all");
    tool(relay.data(), &["revert", "b", "--to", &then]);
    let board = agree(&[&ann, &eve], relay.data(), "b", &[]);
    assert_eq!(text_of(&board, &note), "Hello, dear all");
    // Whoever types on types in what is there now.
    let more = ann.set(
        &note,
        &ann_ops,
        r#"{"peers":["base"],"runs":[["0>4",", dear all!"]]}"#,
    );
    let board = agree(&[&ann, &eve], relay.data(), "b", &[more]);
    assert_eq!(text_of(&board, &note), "Hello, dear all!");
    let shown = Value::from_text("null".to_owned()).expect("JSON");
    let of_eve = board
        .iter()
        .find(|cell| cell.prop.as_str() == eve_ops)
        .expect("her cell");
    assert_eq!(
        of_eve.value, shown,
        "what she had no letters in is as in base: none"
    );
}

/// A time as the program takes it, of milliseconds since the Unix epoch.
fn time(ms: u64) -> String {
    let at = jiff::Timestamp::from_millisecond(i64::try_from(ms).expect("not that late")).expect("a time");
    at.to_string()
}
