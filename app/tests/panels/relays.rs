//! Relays: which are known, what they ask for, and whom to trust.

use drawbridge::command::Command;
use drawbridge::panels::trust;
use drawbridge::panels::trust::TrustView;
use drawbridge_engine::client::{Authority, Flaw, Reason};
use drawbridge_protocol::{Code, Password};
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};

use super::{click, window};

fn authority(name: &str) -> Authority {
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let key = rcgen::KeyPair::generate().expect("a key");
    let cert = params.self_signed(&key).expect("a certificate");
    Authority::read(cert.der()).expect("an authority").remove(0)
}

#[test]
fn what_is_not_trusted_is_said_with_what_to_do_and_no_way_around_it() {
    let sentence = "This computer doesn't know who issued the certificate of draw.example.";
    let view = TrustView {
        problem: Some((Flaw::UnknownIssuer, sentence.to_owned())),
        ..TrustView::default()
    };
    let mut harness = window(move |ctx, state| trust::show(ctx, &view, &mut state.asked));
    harness.get_by_role_and_label(Role::Alert, sentence);
    harness.get_by_label_contains("fingerprint");
    click(&mut harness, Role::Button, "Trust a certificate authority…");
    click(&mut harness, Role::Button, "Try now");
    assert_eq!(
        harness.state().asked,
        [Command::ChooseAuthority, Command::Reconnect]
    );
    let buttons: Vec<String> = harness
        .get_all_by_role(Role::Button)
        .filter_map(|button| button.accesskit_node().label())
        .collect();
    assert_eq!(buttons.len(), 3, "those and Close: {buttons:?}");
}

#[test]
fn an_authority_is_compared_before_it_is_trusted() {
    let home = authority("Home");
    let view = TrustView {
        chosen: Some(Ok(vec![home.clone()])),
        ..TrustView::default()
    };
    let mut harness = window(move |ctx, state| trust::show(ctx, &view, &mut state.asked));
    harness.get_by_label_contains(&format!("CN=Home, from {} to {}", home.from, home.until));
    harness.get_by_label_contains(&format!("SHA-256 {}", home.fingerprint));
    click(&mut harness, Role::Button, "Trust it");
    click(&mut harness, Role::Button, "Don't trust it");
    assert_eq!(
        harness.state().asked,
        [Command::TrustChosen, Command::LeaveChosen]
    );
}

#[test]
fn authorities_that_were_added_are_listed_and_removed() {
    let (home, work) = (authority("Home"), authority("Work"));
    let view = TrustView {
        added: vec![home, work.clone()],
        chosen: Some(Err("the file holds no certificate".to_owned())),
        ..TrustView::default()
    };
    let refused = view.clone();
    let harness = window(move |ctx, state| trust::show(ctx, &refused, &mut state.asked));
    harness.get_by_role_and_label(
        Role::Alert,
        "That can't be trusted: the file holds no certificate.",
    );
    let view = TrustView { chosen: None, ..view };
    let mut harness = window(move |ctx, state| trust::show(ctx, &view, &mut state.asked));
    click(&mut harness, Role::Button, "Remove CN=Work");
    assert_eq!(harness.state().asked, [Command::Distrust(work.fingerprint)]);
}

#[test]
fn relays_are_shown_with_how_they_were_found_and_can_be_used_and_forgotten() {
    use drawbridge::panels::relays::{self, RelayView, RelaysView};
    use drawbridge_engine::client::Health;
    let relay = |address: &str, health| RelayView {
        address: address.parse().expect("an address"),
        health,
        password: false,
        boards: 0,
        here: false,
    };
    let view = RelaysView {
        relays: vec![
            RelayView {
                password: true,
                boards: 2,
                ..relay("https://draw.example", Some(Health::Up))
            },
            relay(
                "10.0.0.7:9000",
                Some(Health::Away("connection refused".to_owned())),
            ),
            RelayView {
                here: true,
                ..relay("10.0.0.8", None)
            },
            relay("mail.example:25", Some(Health::Stranger)),
        ],
        hosting: false,
    };
    let mut harness = window(move |ctx, state| relays::show(ctx, &view, &mut state.asked));
    for words in [
        "Reachable · encrypted (TLS) · asks for a password, which is kept here · 2 boards of yours",
        "Out of reach · not encrypted",
        "Can't be reached now: connection refused",
        "Looking… · not encrypted",
        "Something answers there that is no relay.",
        "This board is here",
    ] {
        assert!(harness.query_by_label(words).is_some(), "{words}");
    }
    click(
        &mut harness,
        Role::Button,
        "Share this board through https://draw.example:443",
    );
    click(&mut harness, Role::Button, "Forget http://10.0.0.7:9000");
    click(&mut harness, Role::Button, "Look again");
    assert_eq!(
        harness.state().asked,
        [
            Command::ShareThrough("https://draw.example:443".to_owned()),
            Command::ForgetRelay("http://10.0.0.7:9000".parse().expect("an address")),
            Command::LookAtRelays,
        ]
    );
}

#[test]
fn a_handover_that_failed_says_so_and_asks_for_the_password() {
    use drawbridge::panels::handover::{self, HandoverDraft, HandoverView};
    let view = HandoverView::Failed(
        "http://10.0.0.7:9000".to_owned(),
        Reason {
            code: Code::Password,
            message: "The relay asks for a password.".to_owned(),
        },
    );
    let known = [drawbridge::panels::relays::RelayView {
        address: "http://10.0.0.7:9000".parse().expect("an address"),
        health: None,
        password: false,
        boards: 0,
        here: false,
    }];
    let draft = std::cell::RefCell::new(HandoverDraft::default());
    let mut harness = window(|ctx, state| {
        handover::show(ctx, &view, &known, &mut draft.borrow_mut(), &mut state.asked);
    });
    let failed = harness.query_by_label_contains("It was not handed over to http://10.0.0.7:9000");
    assert!(failed.is_some());
    click(&mut harness, Role::Button, "Use http://10.0.0.7:9000: looking…");
    harness.get_by_label_contains("The relay's password").click();
    harness.run();
    draft.borrow_mut().password = "sesame".to_owned();
    click(&mut harness, Role::Button, "Hand over");
    assert_eq!(
        harness.state().asked,
        [Command::HandOver {
            address: "http://10.0.0.7:9000".to_owned(),
            password: Some(Password::new("sesame")),
        }]
    );
}
