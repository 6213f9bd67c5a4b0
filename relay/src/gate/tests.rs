use super::*;

fn gate(change: impl FnOnce(&mut Settings)) -> Arc<Gate> {
    let mut settings = Settings::default();
    change(&mut settings);
    Gate::new(Arc::new(settings))
}

fn ip(n: u32) -> IpAddr {
    IpAddr::V4((0xc000_0200 + n).into())
}

fn peer(n: u32) -> SocketAddr {
    (ip(n), 5000).into()
}

#[test]
fn a10_an_address_has_so_many_connections_then_is_told_and_then_not_even_that() {
    let gate = gate(|settings| settings.max_connections_per_address = 8);
    let mut places: Vec<_> = (0..8).map(|_| gate.accept(peer(1)).expect("in")).collect();
    assert!(places.iter().all(|place| place.refused.is_none()));
    let told: Vec<_> = std::iter::from_fn(|| gate.accept(peer(1))).take(1000).collect();
    assert_eq!(told.len(), 18, "a quarter and 16 more are told");
    assert!(told.iter().all(|place| {
        place
            .refused
            .as_ref()
            .is_some_and(|refused| refused.code == Code::TooMany)
    }));
    assert!(
        gate.accept(peer(2)).is_some_and(|place| place.refused.is_none()),
        "others come in"
    );
    drop(told);
    places.pop();
    assert!(
        gate.accept(peer(1)).is_some_and(|place| place.refused.is_none()),
        "whoever leaves makes room"
    );
    let near = |n: u16| SocketAddr::from(([0x2001, 0xdb8, 0, 7, n, 0, 0, 1], 5000));
    let half: Vec<_> = (0..9).map(|n| gate.accept(near(n)).expect("told")).collect();
    assert!(
        half[8].refused.is_some(),
        "an IPv6 address counts by its first half"
    );
    let here: Vec<_> = (0..50)
        .map(|_| gate.accept(([127, 0, 0, 1], 9).into()).expect("in"))
        .collect();
    assert!(
        here.iter().all(|place| place.refused.is_none()),
        "this computer isn't counted"
    );
}

#[test]
fn a_relay_has_so_many_connections_in_all() {
    let gate = gate(|settings| settings.max_connections = 8);
    let places: Vec<_> = (0..100).map_while(|n| gate.accept(peer(n))).collect();
    assert_eq!(places.iter().filter(|place| place.refused.is_none()).count(), 8);
    assert_eq!(places.len(), 26);
    drop(places);
    assert!(
        gate.accept(([127, 0, 0, 1], 9).into())
            .is_some_and(|place| place.refused.is_none())
    );
}

#[test]
fn behind_proxies_a_request_counts_for_the_client_that_they_name() {
    let gate = gate(|settings| (settings.trusted_proxies, settings.max_connections_per_address) = (1, 2));
    let proxy = peer(200);
    let accepted = gate.accept(proxy).expect("in");
    let from = |entry: &str| {
        let headers = HeaderMap::from_iter([(
            "x-forwarded-for".parse().expect("a name"),
            entry.parse().expect("a value"),
        )]);
        gate.from(proxy, &headers, &accepted)
    };
    let mut held: Vec<From> = (0..3).map(|n| from(&format!("{}, 192.0.2.7", ip(n)))).collect();
    let refused: Vec<bool> = held.iter().map(|from| from.place.refused.is_some()).collect();
    assert_eq!(
        refused,
        [false, false, true],
        "what the client wrote counts nothing"
    );
    assert!(from("192.0.2.8").place.refused.is_none());
    held.clear();
    assert!(from("192.0.2.7").place.refused.is_none());
}

#[test]
fn behind_proxies_a_connection_counts_as_long_as_its_request_lives() {
    let gate = gate(|settings| (settings.trusted_proxies, settings.max_connections) = (1, 1));
    let accepted = gate.accept(peer(1)).expect("in");
    let from = gate.from(peer(1), &HeaderMap::new(), &accepted);
    // What served the request is gone after the upgrade.
    drop(accepted);
    let next = gate.accept(peer(2)).expect("told");
    assert!(next.refused.is_some(), "one is in");
    drop((from, next));
    assert!(gate.accept(peer(2)).is_some_and(|place| place.refused.is_none()));
}

#[test]
fn a10_joins_and_wrong_keys_are_counted_by_address_and_forgiven_in_time() {
    let gate = gate(|settings| {
        (
            settings.address_joining.per_second,
            settings.address_joining.burst,
        ) = (10, 20);
        (settings.wrong_keys.per_minute, settings.wrong_keys.burst) = (6, 5);
    });
    let now = Instant::now();
    let joined = (0..100).filter(|_| gate.join(ip(1), now).is_ok()).count();
    assert_eq!(joined, 21, "the burst, and the one that overdraws");
    assert!(gate.join(ip(2), now).is_ok());
    assert!(gate.join(ip(1), now + Duration::from_millis(250)).is_ok());
    let tried = (0..100)
        .filter(|_| {
            gate.may_try(ip(1), now)
                .map(|()| gate.was_wrong(ip(1), now))
                .is_ok()
        })
        .count();
    assert_eq!(tried, 6);
    let refused = gate.may_try(ip(1), now).expect_err("enough");
    assert_eq!(
        (refused.code, refused.retry),
        (Code::TooMany, Retry::After(11_000))
    );
    assert!(gate.may_try(ip(2), now).is_ok());
    assert!(gate.may_try(ip(1), now + Duration::from_secs(11)).is_ok());
    let here = IpAddr::from([127, 0, 0, 1]);
    (0..100).for_each(|_| gate.was_wrong(here, now));
    assert!(gate.may_try(here, now).is_ok());
}

#[test]
fn neither_an_address_nor_a_board_holds_all_ways_for_images() {
    let gate = gate(|settings| settings.uploads_each = 2);
    let held = [
        gate.image(ip(1), 1, What::Upload),
        gate.image(ip(1), 2, What::Upload),
    ];
    assert!(held.iter().all(Option::is_some));
    assert!(
        gate.image(ip(1), 3, What::Upload).is_none(),
        "the address has two"
    );
    assert!(gate.image(ip(1), 3, What::Download).is_some(), "another way");
    let more = gate.image(ip(2), 1, What::Upload);
    assert!(more.is_some());
    assert!(gate.image(ip(3), 1, What::Upload).is_none(), "the board has two");
    drop(held);
    assert!(gate.image(ip(1), 1, What::Upload).is_some());
}

#[test]
fn an_attack_from_very_many_addresses_is_not_remembered_for_ever() {
    let gate = gate(|_| {});
    let now = Instant::now();
    let guilty = ip(u32::MAX - 0xc000_0200);
    (0..500).for_each(|_| gate.was_wrong(guilty, now));
    let _held = gate.hold(Who::Address(ip(0)), What::Connection, 5);
    for n in 0..3 * u32::try_from(REMEMBERED).expect("a small number") {
        gate.was_wrong(ip(n), now);
    }
    let accounts = gate.accounts.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(accounts.of.len() <= REMEMBERED, "{}", accounts.of.len());
    assert!(
        accounts.of.contains_key(&Who::Address(ip(0))),
        "who holds something stays"
    );
    drop(accounts);
    assert!(
        gate.may_try(guilty, now).is_err(),
        "and who owes most is remembered"
    );
}
