//! What is listed, thrown away, brought back and pictured.

use std::path::Path;

use drawbridge_protocol::BoardId;

use super::super::{KEPT_MS, Kept, Shelf, ShelfError};
use super::files::{board, id, shelf, title};

/// A time to delete things at, in milliseconds since the Unix epoch.
const NOW: u64 = 1_790_000_000_000;

fn titles(shelf: &Shelf) -> Vec<Option<String>> {
    let mut titles: Vec<_> = shelf
        .boards()
        .expect("listed")
        .into_iter()
        .map(|file| file.title)
        .collect();
    titles.sort();
    titles
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn boards_are_listed_by_their_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    assert_eq!(shelf.boards(), Ok(Vec::new()));
    drop(board(&shelf, "plan", &[title("Plan", 1)]));
    std::fs::write(folder.path().join("boards/strange name!.board"), "x").expect("written");
    std::fs::write(folder.path().join("boards/notes.txt"), "x").expect("written");
    std::fs::write(folder.path().join("boards/broken.board"), "x").expect("written");
    let found = shelf.boards().expect("listed");
    let found: Vec<_> = found
        .iter()
        .map(|file| (file.id.as_str(), file.title.as_deref()))
        .collect();
    assert_eq!(found.len(), 2);
    assert!(found.contains(&("plan", Some("Plan"))) && found.contains(&("broken", None)));
}

#[test]
fn the_index_holds_until_a_file_changes_also_one_that_is_open_and_is_made_anew_when_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    drop(board(&shelf, "plan", &[title("Plan", 1)]));
    let some = |title: &str| vec![Some(title.to_owned())];
    assert_eq!(titles(&shelf), some("Plan"));
    // It is believed as long as the file is as it was.
    let index = folder.path().join("boards.json");
    let text = std::fs::read_to_string(&index).expect("an index");
    std::fs::write(&index, text.replace("Plan", "Known")).expect("written");
    assert_eq!(titles(&shelf), some("Known"));
    let open = board(&shelf, "plan", &[title("Open", 2)]);
    assert_eq!(titles(&shelf), some("Open"), "it lies in the log still");
    drop(open);
    assert_eq!(titles(&shelf), some("Open"));
    for broken in ["", "[]", "{\"plan\":7}"] {
        std::fs::write(&index, broken).expect("written");
        assert_eq!(titles(&shelf), some("Open"));
    }
}

#[test]
fn what_is_deleted_can_be_brought_back_with_its_keys_for_a_month() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    drop(board(&shelf, "plan", &[title("Plan", 1)]));
    let before = shelf.glance(&id("plan")).and_then(|glance| {
        let loaded = glance.load();
        loaded.map_err(|error| ShelfError::Damaged(error.to_string()))
    });
    let thrown = shelf.throw_away(&id("plan"), NOW).expect("thrown away");
    assert_eq!((thrown.title.as_deref(), thrown.thrown_ms), (Some("Plan"), NOW));
    assert_eq!(shelf.boards(), Ok(Vec::new()));
    assert_eq!(
        names(&folder.path().join("boards")),
        [""; 0],
        "nothing is left of it"
    );
    assert_eq!(shelf.thrown(), std::slice::from_ref(&thrown));
    shelf.sweep(NOW + KEPT_MS - 1);
    shelf.restore(&thrown).expect("brought back");
    assert_eq!(shelf.thrown(), []);
    let after = shelf
        .glance(&id("plan"))
        .expect("a board")
        .load()
        .expect("it loads");
    assert_eq!(Ok(after), before);

    let thrown = shelf.throw_away(&id("plan"), NOW).expect("thrown away");
    drop(board(&shelf, "plan", &[title("Joined again", 5)]));
    assert_eq!(shelf.restore(&thrown), Err(ShelfError::Here));
    let second = shelf.throw_away(&id("plan"), NOW).expect("both are kept");
    assert_eq!(shelf.thrown().len(), 2);
    shelf.sweep(second.thrown_ms + KEPT_MS);
    assert_eq!(shelf.thrown(), []);
    assert_eq!(names(&folder.path().join("trash")), [""; 0]);
}

#[test]
fn a_board_that_is_open_is_not_thrown_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    let open = board(&shelf, "plan", &[title("Plan", 1)]);
    assert_eq!(
        shelf.throw_away(&id("plan"), NOW).map(|_| ()),
        Err(ShelfError::Busy)
    );
    drop(open);
    assert_eq!(titles(&shelf), [Some("Plan".to_owned())]);
}

#[test]
fn a_picture_stands_in_until_there_is_one_of_the_board_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = shelf(folder.path());
    drop(board(&shelf, "plan", &[]));
    let of = |modified_ms: u64| Kept {
        png: modified_ms.to_string().into_bytes(),
        modified_ms,
    };
    let (plan, other): (BoardId, BoardId) = (id("plan"), id("plan-b"));
    assert_eq!(shelf.picture(&plan, false, 7), None);
    shelf.keep_picture(&plan, false, &of(7)).expect("kept");
    assert!(shelf.has_picture(&plan, false, 7) && !shelf.has_picture(&plan, false, 8));
    assert_eq!(shelf.picture(&plan, false, 8), Some(of(7)), "the one of before");
    assert_eq!(shelf.picture(&plan, true, 7), None, "not on other paper");
    shelf.keep_picture(&plan, false, &of(8)).expect("kept");
    shelf.keep_picture(&other, false, &of(8)).expect("kept");
    let pictures = folder.path().join("pictures");
    assert_eq!(names(&pictures), ["plan-b.light.8.png", "plan.light.8.png"]);
    shelf.sweep(NOW);
    assert_eq!(names(&pictures), ["plan.light.8.png"], "of a board that is here");
}
