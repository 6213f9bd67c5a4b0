//! Images on a board that people share, over real sockets: they come to everybody, also after breaks, restarts and lost disks.

use std::path::Path;
use std::sync::atomic::Ordering;

use drawbridge_engine::board::Board;
use drawbridge_engine::document::Picture;
use drawbridge_engine::images::StoredImage;
use drawbridge_protocol::{Code, ImageHash, ImageType, Limits};
use drawbridge_relay::{Relay, Settings};
use drawbridge_tests::desk::Desk;
use drawbridge_tests::proxy::{Cut, Fault, Proxy};
use drawbridge_tests::{RelayProcess, fresh_link, relay_program};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn relay(folder: &Path) -> RelayProcess {
    RelayProcess::start(relay_program!(), &folder.join("relay"))
}

/// So many bytes, which stand for a picture: nobody looks into it on the way.
fn image(number: u8, bytes: usize) -> StoredImage {
    let stir = |at: usize| (at.wrapping_mul(2_654_435_761) >> 7) as u8 ^ number;
    StoredImage {
        kind: ImageType::Jpeg,
        bytes: (0..bytes).map(stir).collect(),
    }
}

/// Puts an image on somebody's board.
fn put(desk: &mut Desk, image: &StoredImage) -> ImageHash {
    let hash = desk.board().images().put(image).expect("it is kept");
    let picture = Picture {
        image: hash,
        kind: image.kind,
        pixels: [40, 30],
    };
    desk.board_mut().put_images(&[picture], None);
    hash
}

fn has(desk: &mut Desk, image: &StoredImage) {
    let hash = image.hash();
    desk.until("the image", |board| board.images().has(&hash));
    let held = desk.board().images().get(&hash).expect("a disk");
    assert!(held.as_ref() == Some(image), "whole");
}

fn all_sent(board: &Board) -> bool {
    let status = board.images().status();
    (status.up, status.down) == (0, 0)
}

/// Which images lie in the relay's folder.
fn kept(data: &Path) -> Vec<String> {
    let entries =
        std::fs::read_dir(data.join("images")).map_or_else(|_| Vec::new(), |all| all.flatten().collect());
    entries
        .iter()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn i5_what_one_puts_on_a_board_all_others_get_and_it_counts_once() {
    let folder = folder();
    let relay = relay(folder.path());
    let mut ada = Desk::join("ada", relay.remote("b"));
    let mut bob = Desk::join("bob", relay.invited("b"));
    let photo = image(1, 700_000);
    let hash = put(&mut ada, &photo);
    put(&mut ada, &photo);
    has(&mut bob, &photo);
    bob.until_same(&ada);
    ada.until("all is there", all_sent);
    assert_eq!(kept(relay.data()), [hash.to_string()]);
    // One who comes later, too.
    let mut cem = Desk::join("cem", relay.invited("b"));
    has(&mut cem, &photo);
    // What is deleted everywhere is asked for by nobody.
    ada.board_mut().edit(&drawbridge_engine::editor::Edit::SelectAll);
    ada.board_mut().edit(&drawbridge_engine::editor::Edit::Delete);
    ada.until_saved();
    let mut dan = Desk::join("dan", relay.invited("b"));
    dan.until_same(&ada);
    assert_eq!(dan.board().images().status().down, 0);
}

#[test]
fn i3_i4_what_breaks_off_both_ways_goes_on_from_where_it_was() {
    let folder = folder();
    let relay = relay(folder.path());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let proxy = Proxy::start(runtime.handle(), relay.address(), 3);
    let mut through = relay.remote("b");
    through.link = fresh_link(proxy.address(), "b");
    let mut ada = Desk::join("ada", through);
    let photo = image(2, 3_000_000);
    let part = format!("1-{}.part", photo.hash());
    let part = relay.data().join("images").join(part);
    let arrived = || std::fs::metadata(&part).map_or(0, |meta| meta.len());
    proxy.set(Fault::Slow(2_000_000));
    put(&mut ada, &photo);
    let mut most = 0;
    for cut in 1..=3 {
        ada.until("a part of it", |_| arrived() > most + 200_000);
        let before = arrived();
        assert!(before >= most, "cut {cut}: it never begins anew");
        most = before;
        proxy.cut(Cut::Reset);
    }
    proxy.set(Fault::None);
    ada.until("all is there", |board| {
        board.images().status().up == 0 && !part.exists()
    });
    assert_eq!(kept(relay.data()), [photo.hash().to_string()]);

    // And down, into a file that is closed in between.
    proxy.set(Fault::Slow(2_000_000));
    let mut through = relay.invited("b");
    through.link = fresh_link(proxy.address(), "b");
    let mut bob = Desk::open_in("bob", folder.path(), through.clone());
    let share = |board: &Board| board.images().status().share;
    bob.until("a part of it", |board| share(board) > 0.3);
    drop(bob);
    let mut bob = Desk::open_in("bob", folder.path(), through);
    bob.until("it goes on", |board| share(board) > 0.0);
    assert!(
        share(bob.board()) > 0.15,
        "from where it was: {}",
        share(bob.board())
    );
    proxy.set(Fault::None);
    has(&mut bob, &photo);
}

#[test]
fn i5_a_relay_that_lost_its_disk_gets_images_again_from_whoever_has_them() {
    let folder = folder();
    let mut relay = relay(folder.path());
    let mut ada = Desk::open_in("ada", folder.path(), relay.remote("b"));
    let mut bob = Desk::join("bob", relay.remote("b"));
    let photo = image(3, 300_000);
    put(&mut ada, &photo);
    has(&mut bob, &photo);
    ada.until_saved();
    // She is gone, and so is the relay's disk; he has it only from the relay.
    drop(ada);
    relay.kill();
    std::fs::remove_dir_all(relay.data()).expect("the disk is lost");
    relay.restart();
    bob.until("the relay has it again", |_| {
        kept(relay.data()) == [photo.hash().to_string()]
    });
    let mut cem = Desk::join("cem", relay.invited("b"));
    has(&mut cem, &photo);
}

#[test]
fn d28_what_was_put_offline_is_on_the_board_after_a_restart_and_goes_out_later() {
    let folder = folder();
    let mut relay = relay(folder.path());
    let mut ada = Desk::open_in("ada", folder.path(), relay.remote("b"));
    ada.until_saved();
    ada.go_offline();
    let photo = image(4, 100_000);
    put(&mut ada, &photo);
    assert!(ada.board().images().has(&photo.hash()), "drawn from here");
    assert_eq!(kept(relay.data()), Vec::<String>::new());
    drop(ada);
    relay.kill();
    relay.restart();
    let mut ada = Desk::open_in("ada", folder.path(), relay.remote("b"));
    has(&mut ada, &photo);
    let mut bob = Desk::join("bob", relay.invited("b"));
    has(&mut bob, &photo);
}

#[test]
fn i5_what_the_relay_refuses_is_said_once_and_offered_again_when_somebody_asks() {
    let folder = folder();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let data = folder.path().join("relay");
    let start = |limits: Limits, at: &str| {
        let settings = Settings {
            limits,
            ..Settings::default()
        };
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind(at).await.expect("a port");
            Relay::start(listener, &data, settings).await.expect("a relay")
        })
    };
    let small = Limits {
        board_bytes: 50_000,
        image: 40_000,
        ..Limits::default()
    };
    let relay = start(small, "127.0.0.1:0");
    let address = relay.local_addr();
    let proxy = Proxy::start(runtime.handle(), address, 5);
    let remote = drawbridge_engine::client::Remote {
        link: fresh_link(proxy.address(), "b"),
        create: true,
    };
    let mut ada = Desk::open_in("ada", folder.path(), remote.clone());
    let (first, second, third) = (image(5, 30_000), image(6, 30_000), image(7, 45_000));
    put(&mut ada, &first);
    ada.until("the first is there", |_| {
        kept(&data) == [first.hash().to_string()]
    });
    put(&mut ada, &second);
    put(&mut ada, &third);
    let refused = |board: &Board| {
        let status = board.images().status();
        let mut codes: Vec<Code> = status.refused.iter().map(|(_, reason)| reason.code).collect();
        codes.sort_unstable();
        (status.up, codes)
    };
    let both = (0, vec![Code::BoardFull, Code::ImageTooBig]);
    ada.until("both are refused", |board| refused(board) == both);
    // It isn't tried again by itself, nor after a restart.
    let asked = proxy.counts().taken.load(Ordering::Relaxed);
    drop(ada);
    let mut ada = Desk::open_in("ada", folder.path(), remote);
    ada.until("both are refused still", |board| refused(board) == both);
    put(&mut ada, &first);
    ada.until_saved();
    let more = proxy.counts().taken.load(Ordering::Relaxed) - asked;
    assert_eq!(more, 1, "the board's own connection, and none for images");
    // The relay has more room, and somebody asks.
    runtime.block_on(relay.stop()).expect("it stops");
    let relay = start(Limits::default(), &address.to_string());
    ada.until("she is back", |board| {
        board.status().phase == drawbridge_engine::client::Phase::Live
    });
    ada.board().client().retry_parked();
    ada.until("all are there", |_| kept(&data).len() == 3);
    ada.until("nothing is refused", |board| refused(board) == (0, Vec::new()));
    runtime.block_on(relay.stop()).expect("it stops");
}
