//! What every disk must do, held against the real one: the simulator's model stands for it only if it does the same.

use super::*;
use drawbridge_protocol::{ImageHash, ImageType};

use crate::store::ImageRow;
use crate::store::disk::Disk;
use crate::store::memory::MemoryDisk;

/// Does the same to a disk as to another, and compares what comes of it: the model disk of the simulator stands for the real
/// one only if it does.
#[test]
fn a_disk_in_memory_and_one_on_disk_keep_one_contract() {
    let seed = std::env::var("DRAWBRIDGE_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    for seed in seed.map_or(1..41, |seed| seed..seed + 1) {
        println!("seed {seed}");
        let folder = TempDir::new().expect("a folder");
        let mut settings = Settings::default();
        (settings.limits.board_cells, settings.limits.board_bytes) = (20, 400);
        settings.limits.links = 4;
        let mut real = writer(Store::open(folder.path()).expect("a store"), &settings);
        let mut model = Writer::new(MemoryDisk::default(), settings.limits.clone(), 0);
        let mut word: u64 = seed;
        let mut random = |end: u64| {
            word = word
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (word >> 33) % end
        };
        let ids = ["a", "b"].map(|id| BoardId::new(id).expect("an id"));
        for _ in 0..30 {
            real.begin().expect("begin");
            model.begin().expect("begin");
            for _ in 0..random(4) {
                let id = &ids[random(2) as usize];
                let found = real.find(id).expect("a disk");
                assert_eq!(found, model.find(id).expect("a disk"));
                let Some(row) = found else {
                    let made = real.create(id, &access(), NOW).expect("a disk");
                    assert_eq!(made, model.create(id, &access(), NOW).expect("a disk"));
                    continue;
                };
                let cells: Vec<Cell> = (0..random(3) + 1)
                    .map(|_| {
                        let prop = ["base", "deleted", "x-odd"][random(3) as usize];
                        let value = ["1", "true", "\"abcdefgh\"", "{ }"][random(4) as usize];
                        let ms = NOW + random(3) * 40_000;
                        cell(&format!("e{}", random(9)), prop, ms, value)
                    })
                    .collect();
                let committed = real.write(row.n, &cells, Role::Edit, NOW).expect("a disk");
                assert_eq!(
                    committed,
                    model.write(row.n, &cells, Role::Edit, NOW).expect("a disk"),
                    "{cells:?}"
                );
                let image = ImageRow {
                    hash: ImageHash::from_bytes([random(4) as u8; 32]),
                    kind: ImageType::Png,
                    bytes: random(200),
                };
                if random(2) == 0 {
                    let hash = KeyHash::from_bytes([random(6) as u8; 32]);
                    let what = match random(4) {
                        0 => Managing::Lock(random(2) == 0),
                        1 => Managing::End { hash },
                        _ => Managing::Link(BoardLink {
                            name: ["", "The class"][random(2) as usize].to_owned(),
                            until: [None, Some(NOW + 2)][random(2) as usize],
                            ..BoardLink::new(hash, Role::ALL[random(3) as usize])
                        }),
                    };
                    let (own, now) = (KeyHash::from_bytes([1; 32]), NOW + random(5));
                    let managed = real.manage(row.n, &what, Some(&own), now).expect("a disk");
                    let other = model.manage(row.n, &what, Some(&own), now).expect("a disk");
                    assert_eq!(managed, other, "{what:?}");
                }
                if random(3) == 0 {
                    let kept = real.keep_image(row.n, &image).expect("a disk");
                    assert_eq!(
                        kept,
                        model.keep_image(row.n, &image).expect("a disk"),
                        "{image:?}"
                    );
                }
            }
            if random(4) == 0 {
                real.roll_back().expect("a disk");
                model.roll_back().expect("a disk");
            } else {
                real.commit(NOW).expect("a disk");
                model.commit(NOW).expect("a disk");
            }
            assert_eq!(real.head(), model.head());
            for n in 1..=2 {
                let totals = real.disk.totals(n).ok();
                assert_eq!(totals, model.disk.totals(n).ok());
                let (above, bytes) = (random(12), random(300) as usize);
                if totals.is_some() {
                    assert_eq!(real.disk.access(n), model.disk.access(n));
                    assert_eq!(real.access(n).ok().as_deref(), real.disk.access(n).ok().as_ref());
                    let page = real.disk.page(n, above, bytes).expect("a disk");
                    let other = model.disk.page(n, above, bytes).expect("a disk");
                    assert_eq!((page.to, page.count), (other.to, other.count));
                    let sorted = |cells: &str| {
                        let mut cells: Vec<String> = cells.split("},{").map(str::to_owned).collect();
                        cells
                            .iter_mut()
                            .for_each(|cell| *cell = cell.trim_matches(['{', '}']).to_owned());
                        cells.sort();
                        cells
                    };
                    assert_eq!(sorted(&page.cells), sorted(&other.cells));
                    let count = real.disk.count(n, above).expect("a disk");
                    assert_eq!(count, model.disk.count(n, above).expect("a disk"));
                }
            }
        }
        // What was committed is there after a power cut, and nothing else.
        let head = real.head();
        drop(real);
        model.disk.crash();
        for id in &ids {
            let kept = dump(folder.path(), id).unwrap_or_default();
            let model: Vec<Cell> = model.disk.dump(id).cloned().collect();
            assert_eq!(kept, model);
        }
        assert_eq!(Store::open(folder.path()).expect("a store").head, head);
    }
}
