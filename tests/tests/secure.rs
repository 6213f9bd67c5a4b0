//! Over TLS, between real processes: the relay shows a certificate, and the app's client takes only a good one.

use std::path::Path;

use drawbridge_engine::board::Board;
use drawbridge_engine::client::{Client, ClientConfig, Flaw, Phase, Remote, Timings, Trust};
use drawbridge_engine::document::Picture;
use drawbridge_engine::images::StoredImage;
use drawbridge_protocol::{ImageType, Value};
use drawbridge_tests::authority::Authority;
use drawbridge_tests::desk::Desk;
use drawbridge_tests::{RelayProcess, relay_program};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A relay that shows what the authority gave last.
fn relay(folder: &Path, authority: &Authority) -> RelayProcess {
    let [cert, key] = authority.files().map(|path| path.display().to_string());
    let args = ["--tls-cert", &cert, "--tls-key", &key];
    RelayProcess::start_with(relay_program!(), &folder.join("relay"), &args)
}

fn over_tls(mut remote: Remote) -> Remote {
    remote.link.secure = true;
    remote
}

/// So many bytes, which stand for a picture.
fn image(bytes: usize) -> StoredImage {
    StoredImage {
        kind: ImageType::Jpeg,
        bytes: (0..bytes)
            .map(|at| (at.wrapping_mul(2_654_435_761) >> 7) as u8)
            .collect(),
    }
}

fn put(desk: &mut Desk, image: &StoredImage) {
    let hash = desk.board().images().put(image).expect("it is kept");
    let picture = Picture {
        image: hash,
        kind: image.kind,
        pixels: [40, 30],
    };
    desk.board_mut().put_images(&[picture], None);
}

fn has(desk: &mut Desk, image: &StoredImage) {
    let hash = image.hash();
    desk.until("the image", |board: &Board| board.images().has(&hash));
    let held = desk.board().images().get(&hash).expect("a disk");
    assert!(held.as_ref() == Some(image), "whole");
}

#[test]
fn people_draw_over_tls_images_go_both_ways_and_a_renewal_disturbs_nobody() {
    let folder = folder();
    let authority = Authority::new(folder.path());
    authority.issue(&["127.0.0.1"]);
    let mut relay = relay(folder.path(), &authority);
    let trust = authority.trust();
    let mut ada = Desk::join_trusting("ada", over_tls(relay.remote("b")), trust.clone());
    let mut bob = Desk::join_trusting("bob", over_tls(relay.invited("b")), trust.clone());
    let photo = image(3_000_000);
    put(&mut ada, &photo);
    has(&mut bob, &photo);
    bob.until_same(&ada);

    authority.issue(&["127.0.0.1", "relay.example"]);
    relay.wait_log("TLS certificate");
    let mut cem = Desk::join_trusting("cem", over_tls(relay.invited("b")), trust);
    has(&mut cem, &photo);
    let other = image(100_000);
    put(&mut cem, &other);
    has(&mut ada, &other);
    ada.until_saved();
    relay.kill();
    relay.restart();
    ada.until("back", |board| board.status().phase == Phase::Live);
    bob.until_same(&ada);
}

fn config(remote: Remote, trust: Trust) -> ClientConfig {
    ClientConfig {
        path: None,
        board: remote.link.board.clone(),
        key: None,
        remote: Some(remote),
        about: Value::from_text("{}".to_owned()).expect("JSON"),
        online: true,
        timings: Timings::default(),
        trust,
    }
}

fn open(remote: Remote, trust: Trust) -> Client {
    let opened = Client::open(config(remote, trust), std::sync::Arc::new(|| {}));
    opened.expect("the board opens").client
}

fn expect_flaw(client: &Client, expected: Flaw) {
    let came = client.wait_until(
        std::time::Duration::from_secs(60),
        |status| matches!(&status.phase, Phase::Insecure { flaw, .. } if *flaw == expected),
    );
    assert!(came, "{expected:?}: {:?}", client.status());
}

#[test]
fn a_relay_that_nobody_vouches_for_is_not_spoken_to_until_it_is_trusted() {
    let folder = folder();
    let authority = Authority::new(folder.path());
    authority.issue(&["127.0.0.1"]);
    let relay = relay(folder.path(), &authority);
    let trust = Trust::default();
    let client = open(over_tls(relay.remote("b")), trust.clone());
    expect_flaw(&client, Flaw::UnknownIssuer);
    trust.set(authority.known());
    client.set_online(true);
    let live = client.wait_until(std::time::Duration::from_secs(60), |status| {
        status.phase == Phase::Live
    });
    assert!(live, "{:?}", client.status());
    assert!(!relay.log().iter().any(|line| line.contains("turned away")));

    // Its name is no other's.
    let mut elsewhere = over_tls(relay.remote("b"));
    elsewhere.link.relay = format!("localhost:{}", relay.address().port());
    expect_flaw(&open(elsewhere, trust), Flaw::OtherName);
}

#[test]
fn a_link_that_says_otherwise_than_the_relay_is_refused_in_words_and_nothing_is_sent_in_plain() {
    let folder = folder();
    let authority = Authority::new(folder.path());
    authority.issue(&["127.0.0.1"]);
    let secure = relay(folder.path(), &authority);
    expect_flaw(&open(secure.remote("b"), authority.trust()), Flaw::NeedsTls);
    let plain = RelayProcess::start(relay_program!(), &folder.path().join("plain"));
    expect_flaw(&open(over_tls(plain.remote("b")), authority.trust()), Flaw::NoTls);
    assert!(!plain.log().iter().any(|line| line.contains("joined")));
}
