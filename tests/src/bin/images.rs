//! What images cost: how long 5 MB take to a relay on this machine and from there to another's file, and how much memory a
//! board of 50 photos takes.
//!
//! `cargo run --release -p drawbridge-tests --bin images`

use std::time::{Duration, Instant};

use drawbridge_engine::document::Picture;
use drawbridge_engine::images::{self, StoredImage};
use drawbridge_protocol::{ImageHash, ImageType};
use drawbridge_tests::desk::Desk;
use drawbridge_tests::{fresh_link, relay_within};

/// Pixels of a photo.
const PHOTO: [u32; 2] = [4000, 3000];
const PHOTOS: u32 = 50;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let relay = relay_within(&runtime, &folder.path().join("relay"));
    let remote = |board| drawbridge_engine::client::Remote {
        link: fresh_link(relay.local_addr(), board),
        create: true,
    };
    transfer(&folder, &remote("five"));
    memory(&folder, &remote("photos"));
    runtime.block_on(relay.stop()).expect("the relay stops");
}

fn put(desk: &mut Desk, image: &StoredImage, pixels: [u32; 2]) -> ImageHash {
    let hash = desk.board().images().put(image).expect("it is kept");
    let picture = Picture {
        image: hash,
        kind: image.kind,
        pixels,
    };
    desk.board_mut().put_images(&[picture], None);
    hash
}

fn transfer(folder: &tempfile::TempDir, remote: &drawbridge_engine::client::Remote) {
    let mut ada = Desk::open_in("ada", folder.path(), remote.clone());
    let mut bob = Desk::open_in("bob", folder.path(), remote.clone());
    let mut times: Vec<[Duration; 3]> = Vec::new();
    for n in 0..10u8 {
        let bytes = (0..5_000_000usize).map(|at| (at.wrapping_mul(2_654_435_761) >> 9) as u8 ^ n);
        let image = StoredImage {
            kind: ImageType::Png,
            bytes: bytes.collect(),
        };
        let start = Instant::now();
        let hash = put(&mut ada, &image, [100, 100]);
        let kept = start.elapsed();
        ada.until("the relay has it", |board| board.images().status().up == 0);
        let sent = start.elapsed();
        bob.until("he has it", |board| board.images().has(&hash));
        times.push([kept, sent, start.elapsed()]);
    }
    times.sort_unstable();
    let [kept, sent, got] = times[times.len() / 2].map(|time| time.as_secs_f64() * 1e3);
    println!(
        "5 MB, median of 10: on one's own disk after {kept:.0} ms, on the relay's after {sent:.0} ms, on another's after {got:.0} ms"
    );
}

/// What this process takes, in MiB, where the system tells.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: Option<f64> = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kib.unwrap_or_default() / 1024.0
}

fn memory(folder: &tempfile::TempDir, remote: &drawbridge_engine::client::Remote) {
    let mut ada = Desk::open_in("ada", folder.path(), remote.clone());
    let before = resident();
    let start = Instant::now();
    let mut bytes = 0;
    for n in 0..PHOTOS {
        let [width, height] = PHOTO;
        let pixel = |at: u32| {
            let (x, y) = (at % width, at / width);
            [(x / 16) as u8, (y / 12) as u8, (x ^ y) as u8 / 8 + n as u8, 255]
        };
        let taken = images::take_pixels(width, height, (0..width * height).flat_map(pixel).collect());
        let taken = taken.expect("a picture");
        bytes += taken.image.bytes.len();
        put(&mut ada, &taken.image, taken.pixels);
        ada.frame();
    }
    let took = start.elapsed();
    ada.until("all are sent", |board| board.images().status().up == 0);
    drop(ada);
    let ada = Desk::open_in("ada", folder.path(), remote.clone());
    println!(
        "{PHOTOS} photos of {} x {} pixels ({:.0} MB): taken in within {:.1} s; open, they take {:.0} MiB of memory beside the {before:.0} of the program and its relay (pixels are read for what is seen, at most 256 MiB on the card)",
        PHOTO[0],
        PHOTO[1],
        bytes as f64 / 1e6,
        took.as_secs_f64(),
        (resident() - before).max(0.0)
    );
    drop(ada);
}
