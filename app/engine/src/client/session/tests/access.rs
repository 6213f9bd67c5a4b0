//! Who may do what, as this client is told it, keeps it and heeds it.

use drawbridge_protocol::{BoardLink, Code, Managing, Password, Retry, SlotOp};

use super::*;
use crate::client::record::Standing;

const OWNER: &str = "owner-key-owner-key";

fn owner_key() -> Key {
    Key::new(OWNER).expect("a key")
}

fn link_key() -> Key {
    Key::new("0123456789abcdef").expect("a key")
}

fn owned() -> Rig {
    let standing = Standing {
        owner: Some(owner_key()),
        ..Standing::default()
    };
    let meta = Meta {
        standing,
        ..meta(true)
    };
    Rig::over(MemoryStore::new(meta), 1)
}

fn links(role: Role) -> Access {
    let mut access = Access::first(Some(&owner_key()), &link_key(), false);
    access.links[1].role = role;
    access
}

fn locked(locked: bool) -> Access {
    Access {
        locked,
        ..links(Role::Edit)
    }
}

fn manage(rig: &mut Rig, call: u64, what: Managing) -> Option<u64> {
    rig.input(Input::Manage { call, what });
    rig.take_sent().into_iter().find_map(|message| match message {
        ClientMessage::Manage(manage) => Some(manage.id),
        _ => None,
    })
}

fn answers(rig: &mut Rig) -> Vec<(u64, Option<Code>)> {
    let events = std::mem::take(&mut rig.events);
    let answer = |event: &Event| match event {
        Event::Managed(Managed { call, result }) => {
            Some((*call, result.as_ref().err().map(|reason| reason.code)))
        }
        _ => None,
    };
    let found = events.iter().filter_map(answer).collect();
    rig.events = events;
    rig.events.retain(|event| matches!(event, Event::Status(_)));
    found
}

#[test]
fn a2_whoever_made_the_board_comes_with_the_owners_key_and_says_who_may_do_what() {
    let mut rig = owned();
    assert_eq!(rig.status().role, Some(Role::Owner), "before any relay says so");
    let hello = rig.welcome(false, |welcome| {
        welcome.role = Role::Owner;
        welcome.access = links(Role::Edit);
    });
    assert_eq!((hello.key, hello.create), (owner_key(), true));
    assert_eq!(hello.access, Some(links(Role::Edit)));
    // Whoever came by a link has one key, and makes no board.
    let hello = Rig::new().welcome(false, |_| {});
    assert_eq!((hello.key, hello.create, hello.access), (link_key(), false, None));
}

#[test]
fn a3_what_was_told_last_is_kept_and_brought_back() {
    let mut rig = Rig::new();
    rig.join();
    let mut told = locked(true);
    told.links.push(BoardLink {
        ended: Some(RELAY_MS),
        name: "Old".to_owned(),
        ..BoardLink::new(
            KeyHash::of(&Key::new("another-key-of-it").expect("a key")),
            Role::View,
        )
    });
    rig.frame(&RelayMessage::Access(told.clone()));
    assert_eq!(*rig.status().access, told);
    rig.pass_ms(100);
    let mut again = Rig::over(rig.store, 2);
    assert_eq!(
        (&*again.status().access, again.status().role),
        (&told, Some(Role::Edit))
    );
    assert_eq!(again.status().bar(), Some(Bar::Locked), "with no network too");
    let hello = again.welcome(false, |_| {});
    assert_eq!((hello.create, hello.access), (true, Some(told)));
}

#[test]
fn a5_no_board_is_made_by_a_viewer_nor_by_a_link_that_is_over() {
    let over = |ended| {
        let mut access = links(Role::Edit);
        access.links[1].until = Some(RELAY_MS + 1_000);
        access.links[1].ended = ended;
        access
    };
    for (role, access) in [
        (Role::View, Access::default()),
        (Role::Edit, over(Some(RELAY_MS))),
        (Role::Edit, over(None)),
    ] {
        let mut rig = Rig::new();
        rig.welcome(false, |welcome| {
            welcome.role = role;
            welcome.access = access;
        });
        rig.caught_up("e-0");
        rig.pass_ms(1_000);
        rig.reconnect();
        let hello = rig.welcome(true, |_| {});
        assert!(!hello.create && hello.access.is_none(), "{hello:?}");
    }
}

#[test]
fn a1_the_owners_key_goes_to_no_relay_that_a_link_names() {
    let mut rig = owned();
    assert_eq!(rig.welcome(false, |_| {}).key, owner_key(), "where they put it");
    // Somebody on the board made a link to a relay of theirs.
    let link = "drawbridge://elsewhere:7411/board-1#fedcba9876543210";
    let link: drawbridge_protocol::Link = link.parse().expect("a link");
    let followed = Remote {
        link: link.clone(),
        create: false,
    };
    rig.input(Input::SetRemote(Some(followed)));
    rig.input(Input::Opened);
    let hello = rig.hello();
    assert_eq!(hello.key, link.key);
    assert!(hello.access.is_none() || !hello.create, "{hello:?}");
    // Their own wish is another thing.
    rig.input(Input::SetRemote(Some(Remote { link, create: true })));
    rig.input(Input::Opened);
    assert_eq!(rig.hello().key, owner_key());
}

#[test]
fn a5_a_viewer_shows_only_what_all_may_and_keeps_what_was_written_anyway() {
    let mut rig = Rig::new();
    rig.welcome(false, |welcome| welcome.role = Role::View);
    rig.caught_up("e-0");
    rig.take_sent();
    let put = || SlotOp::Put(vec![json("1")]);
    let names = [
        "about",
        "cursor",
        "view",
        "laser",
        "reaction",
        "selection",
        "follow",
        "present",
        "say",
        "stroke",
        "drag",
        "text.a.1",
    ];
    rig.live(names.iter().map(|name| (slot(name), put())).collect());
    let sent = rig.take_sent();
    let [ClientMessage::Live(shown)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    let shown: Vec<&str> = shown.keys().map(SlotName::as_str).collect();
    let expected = [
        "about",
        "cursor",
        "follow",
        "laser",
        "present",
        "reaction",
        "say",
        "selection",
        "view",
    ];
    assert_eq!(shown, expected);
    rig.draw("a", "base", "{}", &[]);
    rig.pass_ms(9_000);
    assert_eq!((rig.take_writes(), rig.status().waiting), (vec![], 1));
    assert_eq!(rig.status().bar(), Some(Bar::ViewOnly));
    // The link lets them draw from now on: they were sent away and came back.
    rig.refuse(Refused::new(
        Code::LinkEnded,
        "The link has another role.",
        Retry::After(0),
    ));
    rig.retry();
    rig.welcome(true, |_| {});
    rig.caught_up("e-0");
    assert_eq!((rig.only_write().cells.len(), rig.status().bar()), (1, None));
}

#[test]
fn a7_what_is_drawn_when_the_board_is_locked_waits_and_goes_when_it_is_unlocked() {
    let mut rig = Rig::new();
    rig.join();
    rig.live(Slots::from([(slot("a"), SlotOp::Put(vec![json("1")]))]));
    rig.draw("a", "base", "{}", &["a"]);
    let id = rig.only_write().id;
    rig.frame(&RelayMessage::Access(locked(true)));
    rig.refuse(Refused {
        id: Some(id),
        ..Refused::new(Code::BoardLocked, "It is locked.", Retry::Changed)
    });
    rig.draw("b", "base", "{}", &[]);
    rig.pass_ms(9_000);
    assert_eq!((rig.take_writes(), rig.status().waiting), (vec![], 2));
    assert_eq!(rig.status().bar(), Some(Bar::Locked));
    rig.frame(&RelayMessage::Access(locked(false)));
    let cells: usize = rig.take_writes().iter().map(|write| write.cells.len()).sum();
    assert_eq!((cells, rig.status().bar()), (2, None));

    // Over a restart too, and an owner is not held up.
    let mut rig = Rig::new();
    rig.welcome(false, |welcome| welcome.access = locked(true));
    rig.caught_up("e-0");
    rig.draw("a", "base", "{}", &[]);
    assert_eq!(rig.take_writes(), []);
    rig.pass_ms(100);
    let mut again = Rig::over(rig.store, 1);
    again.welcome(true, |welcome| welcome.access = locked(false));
    again.caught_up("e-0");
    assert_eq!(again.only_write().cells.len(), 1);
    let mut owner = owned();
    owner.welcome(false, |welcome| {
        welcome.role = Role::Owner;
        welcome.access = locked(true);
    });
    owner.caught_up("e-0");
    owner.draw("a", "base", "{}", &[]);
    assert_eq!((owner.only_write().cells.len(), owner.status().bar()), (1, None));
}

#[test]
fn a7_a_lock_that_was_not_told_of_parks_and_never_loops() {
    let mut rig = Rig::new();
    rig.join();
    let cells: Vec<Cell> = (0..8)
        .map(|n| cell(&format!("e{n}"), "base", at(RELAY_MS + n, 1), "{}"))
        .collect();
    rig.input(Input::Write { cells, ends: vec![] });
    let id = rig.only_write().id;
    let refused = |id| Refused {
        id: Some(id),
        ..Refused::new(Code::BoardLocked, "It is locked.", Retry::Changed)
    };
    rig.refuse(refused(id));
    rig.pass_ms(9_000);
    assert_eq!(
        (rig.take_writes(), rig.status().parked.len()),
        (vec![], 8),
        "all at once"
    );
    rig.frame(&RelayMessage::Access(locked(true)));
    assert_eq!(rig.take_writes(), []);
    rig.frame(&RelayMessage::Access(locked(false)));
    assert_eq!((rig.only_write().cells.len(), rig.status().parked.len()), (8, 0));
}

#[test]
fn a7_wet_ink_of_a_locked_board_is_not_put_again() {
    let mut rig = Rig::new();
    rig.join();
    let put = SlotOp::Put(vec![json("1")]);
    rig.live(Slots::from([(slot("a"), put.clone()), (slot("cursor"), put)]));
    rig.frame(&RelayMessage::Access(locked(true)));
    rig.take_sent();
    rig.live(Slots::from([(slot("a"), SlotOp::Add(vec![json("2")]))]));
    assert_eq!(rig.take_sent(), []);
    rig.reconnect();
    rig.welcome(true, |welcome| welcome.access = locked(true));
    let sent = rig.take_sent();
    let [ClientMessage::Live(again)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(again.keys().collect::<Vec<_>>(), [&slot("cursor")]);
}

#[test]
fn a4_what_an_owner_asks_for_is_answered_by_number() {
    let mut rig = owned();
    rig.welcome(false, |welcome| {
        welcome.role = Role::Owner;
        welcome.access = links(Role::Edit);
    });
    rig.caught_up("e-0");
    let hash = KeyHash::of(&link_key());
    let first = manage(&mut rig, 1, Managing::Lock(true)).expect("sent");
    let second = manage(&mut rig, 2, Managing::End { hash }).expect("sent");
    rig.draw("a", "base", "{}", &[]);
    let write = rig.only_write().id;
    assert!(
        first != second && write != first && write != second,
        "one count for all"
    );
    rig.ack(second);
    rig.refuse(Refused {
        id: Some(first),
        ..Refused::new(Code::BadManage, "No.", Retry::Never)
    });
    rig.ack(write);
    assert_eq!(answers(&mut rig), [(2, None), (1, Some(Code::BadManage))]);
    assert_eq!(rig.status().waiting, 0, "the write's own answer");
    // No answer comes any more, and without a connection none at all.
    manage(&mut rig, 3, Managing::Remove { conn: 9 });
    rig.drop_line();
    manage(&mut rig, 4, Managing::Lock(false));
    assert_eq!(
        answers(&mut rig),
        [(3, Some(Code::Unknown)), (4, Some(Code::Unknown))]
    );
}

#[test]
fn r5_what_an_owner_asks_for_stays_within_the_window() {
    let mut rig = owned();
    rig.welcome(false, |welcome| {
        welcome.role = Role::Owner;
        welcome.window.writes = 2;
    });
    let sent: Vec<Option<u64>> = (1..=3)
        .map(|call| manage(&mut rig, call, Managing::Lock(true)))
        .collect();
    assert!(sent[1].is_some() && sent[2].is_none(), "{sent:?}");
    rig.ack(sent[0].expect("sent"));
    assert!(matches!(rig.take_sent().as_slice(), [ClientMessage::Manage(_)]));
}

#[test]
fn h5_an_owner_whom_the_relay_does_not_know_comes_by_the_link_once() {
    let mut rig = owned();
    rig.input(Input::Opened);
    assert_eq!(rig.hello().key, owner_key());
    let refused = || Refused::new(Code::BadKey, "No.", Retry::Never);
    rig.refuse(refused());
    assert_eq!((rig.opened.len(), rig.closed.len()), (2, 1), "at once");
    rig.input(Input::Opened);
    assert_eq!(rig.hello().key, link_key());
    rig.refuse(refused());
    rig.pass_ms(60_000);
    assert_eq!(rig.opened.len(), 2, "and no more");
    assert!(matches!(
        rig.status().phase,
        Phase::Refused {
            code: Code::BadKey,
            ..
        }
    ));
}

#[test]
fn a9_the_password_goes_to_the_relay_that_asks_for_it_and_to_no_other() {
    let mut rig = Rig::new();
    rig.input(Input::Opened);
    assert_eq!(rig.hello().password, None);
    rig.refuse(Refused::new(
        Code::Password,
        "It asks for a password.",
        Retry::Changed,
    ));
    rig.pass_ms(60_000);
    assert_eq!(rig.opened.len(), 1, "nobody is asked again and again");
    rig.input(Input::SetPassword(Some(Password::new("open sesame"))));
    assert_eq!(rig.opened.len(), 2);
    let password = rig.welcome(false, |_| {}).password.expect("sent");
    assert_eq!(password.reveal(), "open sesame");
    let door = rig.session.door();
    assert_eq!(door, None, "not before it is in step");
    rig.caught_up("e-0");
    assert_eq!(rig.session.door().expect("live").password, Some(password));
    let link = "drawbridge://elsewhere:7411/board-1#0123456789abcdef"
        .parse()
        .expect("a link");
    rig.input(Input::SetRemote(Some(Remote { link, create: true })));
    assert_eq!(rig.welcome(false, |_| {}).password, None);
}

#[test]
fn f1_whoever_is_sent_away_stays_away_until_their_person_wants_back() {
    for code in [
        Code::LinkEnded,
        Code::Removed,
        Code::RelayFull,
        Code::BadAccess,
        Code::Password,
    ] {
        let mut rig = Rig::new();
        rig.join();
        rig.draw("a", "base", "{}", &[]);
        rig.refuse(Refused::new(code, "No.", Retry::Changed));
        rig.pass_ms(600_000);
        assert_eq!(rig.opened.len(), 1, "{code:?}");
        assert!(matches!(rig.status().phase, Phase::Refused { code: said, .. } if said == code));
        assert_eq!(rig.status().waiting, 1, "nothing is lost");
        rig.input(Input::SetOnline(true));
        assert_eq!(rig.opened.len(), 2, "{code:?}");
    }
    let mut rig = Rig::new();
    rig.input(Input::Opened);
    rig.refuse(Refused::new(Code::TooMany, "Wait.", Retry::After(5_000)));
    let Phase::Offline {
        retry_at: Some(at),
        code,
        ..
    } = rig.status().phase
    else {
        panic!("it is tried again");
    };
    assert_eq!(code, Some(Code::TooMany), "and said why");
    assert!(at >= rig.now.mono + Duration::from_secs(5));
}

#[test]
fn keys_of_links_that_were_made_are_kept() {
    let mut rig = owned();
    let key = Key::new("a-key-for-the-class").expect("a key");
    rig.input(Input::KeepKey(key.clone()));
    rig.pass_ms(100);
    let meta = rig.store.load().expect("memory").meta;
    assert_eq!(meta.key_of(&KeyHash::of(&key)), Some(&key));
    assert_eq!(meta.key_of(&KeyHash::of(&link_key())), Some(&link_key()));
    assert_eq!(
        meta.key_of(&KeyHash::of(&owner_key())),
        None,
        "it is given to nobody"
    );
}
