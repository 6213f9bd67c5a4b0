//! What a host's chores leave on disk, on the real one and on the simulator's model alike.

use super::*;
use crate::committer::Fresh;
use crate::store::disk::Disk;
use crate::store::memory::MemoryDisk;

/// Sweeps a board in steps of at most `max` rows; returns the images that no board has any more.
fn sweep<D: Disk>(writer: &mut Writer<D>, board: i64, max: u32) -> Vec<ImageHash> {
    let mut orphans = Vec::new();
    loop {
        writer.begin().expect("begin");
        let swept = writer.disk_mut().sweep(board, max).expect("a disk");
        writer.commit(NOW).expect("commit");
        assert!(swept.rows <= u64::from(max), "a small step");
        orphans.extend(swept.orphans);
        if swept.rows == 0 {
            return orphans;
        }
    }
}

fn two_boards_go_one_after_the_other<D: Disk>(writer: &mut Writer<D>) {
    let ids = ["one", "two"].map(|id| BoardId::new(id).expect("an id"));
    let image = ImageRow {
        hash: ImageHash::from_bytes([3; 32]),
        kind: ImageType::Png,
        bytes: 100,
    };
    writer.begin().expect("begin");
    let [one, two] = [0, 1].map(|n| writer.create(&ids[n], &access(), NOW).expect("a board").n);
    for board in [one, two] {
        for ms in [NOW, NOW + 1] {
            let cells: Vec<Cell> = (0..50).map(|n| cell(&format!("e{n}"), "base", ms, "1")).collect();
            writer
                .write(board, &cells, Role::Edit, NOW)
                .expect("a disk")
                .expect("taken");
        }
        writer.keep_image(board, &image).expect("a disk").expect("taken");
    }
    writer.commit(NOW).expect("commit");

    writer.begin().expect("begin");
    writer.bury(one).expect("a disk");
    writer.commit(NOW).expect("commit");
    let row = writer.find(&ids[0]).expect("a disk").expect("its gravestone");
    assert!(row.gone && row.cells == 0);
    assert!(
        writer.access(one).expect("a disk").links.is_empty(),
        "nobody has a way in"
    );
    assert_eq!(sweep(writer, one, 7), [], "the other board has the image still");

    writer.begin().expect("begin");
    assert!(
        !writer.recount(two).expect("a disk"),
        "the other board is as it was"
    );
    assert!(writer.lose_image(one, &image.hash).is_ok_and(|lost| !lost));
    writer.bury(two).expect("a disk");
    writer.commit(NOW).expect("commit");
    assert_eq!(sweep(writer, two, 1000), [image.hash]);

    writer.begin().expect("begin");
    writer.disk_mut().forget(one).expect("a disk");
    writer.forget(one);
    writer.commit(NOW).expect("commit");
    assert_eq!(writer.find(&ids[0]).expect("a disk"), None);
    assert!(
        writer
            .find(&ids[1])
            .expect("a disk")
            .expect("its gravestone")
            .gone
    );
}

#[test]
fn a_deleted_board_goes_in_steps_and_its_images_with_the_last_that_has_them() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings::default();
    let mut real = writer(Store::open(folder.path()).expect("a store"), &settings);
    two_boards_go_one_after_the_other(&mut real);
    let noted: i64 = real
        .disk_mut()
        .db()
        .query_row("SELECT past_bytes FROM meta", [], |row| row.get(0))
        .expect("noted");
    assert_eq!(noted, 0, "what they had overwritten no longer counts");
    two_boards_go_one_after_the_other(&mut Writer::new(MemoryDisk::default(), settings.limits, 0));
}

#[test]
fn what_the_host_writes_is_above_everything_also_on_a_full_board() {
    let mut settings = Settings::default();
    settings.limits.board_cells = 2;
    let mut fixture = fixture(&settings);
    let Fixture { writer, board, .. } = &mut fixture;
    writer.begin().expect("begin");
    // It lives in a time of its own.
    let ahead = NOW * 2;
    let cells = [cell("a", "base", ahead, "1"), cell("b", "base", ahead, "1")];
    writer
        .write(*board, &cells, Role::Edit, NOW)
        .expect("a disk")
        .expect("taken");
    let peer = Peer::from_bits([9; 12]);
    let value = |element: &str, prop: &str, value: &str| {
        let cell = cell(element, prop, 0, value);
        Fresh::new(cell.key(), cell.value)
    };
    let values = [
        value("a", "base", "2"),
        value("a", "color", "null"),
        value("c", "deleted", "true"),
    ];
    let committed = writer
        .rewrite(*board, &values, peer, NOW)
        .expect("a disk")
        .expect("taken");
    assert_eq!(committed.won, 3);
    writer.commit(NOW).expect("commit");
    for (n, key) in values.iter().enumerate() {
        let stamp = format!("[{},{n},\"{peer}\"]", ahead + 1);
        assert!(
            committed.cells.contains(&stamp),
            "{key:?}: {} has no {stamp}",
            committed.cells
        );
    }
}
