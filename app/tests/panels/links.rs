//! The dialog in which a board is shared: its links, and what each person may do.

use std::sync::Arc;

use drawbridge::command::Command;
use drawbridge::panels::dialogs;
use drawbridge::panels::links::{Ends, Give, LinkView, NewLink};
use drawbridge::panels::people::{PeopleView, Person};
use drawbridge::panels::sharing::{AccessView, Mine, Place, ShareDraft, ShareView};
use drawbridge::panels::{people, sharing};
use drawbridge_engine::client::Reason;
use drawbridge_protocol::{Code, Key, KeyHash, Link, Password, Role as Right};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::who::person;
use super::{State, click, window};

fn key(name: &str) -> Key {
    Key::new(&name.repeat(4)).expect("a key")
}

fn hash(name: &str) -> KeyHash {
    KeyHash::of(&key(name))
}

fn link(name: &str, role: Right) -> LinkView {
    LinkView {
        hash: hash(name),
        role,
        name: name.to_owned(),
        end: "never ends".to_owned(),
        over: false,
        own: false,
        people: Vec::new(),
        link: Some(Link {
            secure: false,
            relay: "relay:7411".to_owned(),
            board: "b".parse().expect("a name"),
            key: key(name),
        }),
    }
}

fn access(mine: Mine) -> AccessView {
    AccessView {
        mine,
        locked: false,
        links: Vec::new(),
        given: None,
        found: Some(true),
        live: true,
        problem: None,
        refused: None,
    }
}

fn share<'a>(view: ShareView, access: AccessView) -> Harness<'a, State> {
    window(move |ctx, state| sharing::share(ctx, &view, &access, &mut state.share, None, &mut state.asked))
}

fn joined() -> ShareView {
    ShareView::Joined(Place {
        relay: "relay:7411".to_owned(),
        who: "People who can reach relay".to_owned(),
    })
}

#[test]
fn an_owner_sees_each_link_with_its_role_and_people_and_ends_one_on_a_second_word() {
    let mut all = access(Mine::Owner);
    all.links = vec![
        LinkView {
            own: true,
            name: String::new(),
            link: None,
            ..link("owner", Right::Owner)
        },
        LinkView {
            people: vec!["Lin".to_owned(), "Bob".to_owned()],
            ..link("class", Right::View)
        },
        LinkView {
            over: true,
            end: "ended".to_owned(),
            ..link("past", Right::Edit)
        },
    ];
    let mut harness = share(joined(), all);
    harness.get_by_label("owns the board · never ends · you");
    harness.get_by_label("can view · never ends · Lin, Bob");
    harness.get_by_label("can draw · ended");
    let ends = harness.query_all_by_label_contains("End the link “").count();
    assert_eq!(ends, 1, "neither one's own nor what has ended");
    assert!(harness.query_by_label("Copy the link “past”").is_none());
    click(&mut harness, Role::Button, "Copy the link “class”");
    click(&mut harness, Role::Button, "End the link “class”…");
    harness.get_by_label_contains("Lin, Bob are sent away");
    click(&mut harness, Role::Button, "Keep it");
    assert_eq!(
        std::mem::take(&mut harness.state_mut().asked),
        [Command::CopyText(
            "drawbridge://relay:7411/b#classclassclassclass".to_owned()
        )]
    );
    click(&mut harness, Role::Button, "End the link “class”…");
    click(&mut harness, Role::Button, "End the link");
    click(&mut harness, Role::CheckBox, "Only owners can change the board");
    assert_eq!(
        harness.state().asked,
        [Command::EndLink(hash("class")), Command::LockBoard]
    );
}

#[test]
fn an_owner_makes_a_link_with_role_name_and_end_by_keyboard_alone() {
    let mut harness = share(joined(), access(Mine::Owner));
    let press = |harness: &mut Harness<'_, State>, role, label: &str| {
        harness.get_by_role_and_label(role, label).focus();
        harness.run();
        harness.key_press(egui::Key::Space);
        harness.run();
    };
    press(&mut harness, Role::DisclosureTriangle, "More links");
    press(&mut harness, Role::Button, "New link…");
    let expected = NewLink {
        role: Right::View,
        name: String::new(),
        ends: Ends::Never,
    };
    let making = harness.state().share.making.as_ref();
    assert_eq!(making, Some(&expected), "the least is offered first");
    press(&mut harness, Role::RadioButton, "Can draw");
    press(&mut harness, Role::RadioButton, "In 1 day");
    let field = harness.get_by_role_and_label(Role::TextInput, "Name, so that you know it again");
    field.focus();
    field.type_text(&"é".repeat(40));
    harness.run();
    press(&mut harness, Role::Button, "Make the link");
    let link = Command::MakeLink {
        role: Right::Edit,
        name: "é".repeat(32),
        ends: Ends::Day,
    };
    assert_eq!(harness.state().asked, [link], "as long a name as the relay takes");
    assert!(harness.state().share.making.is_none());
}

#[test]
fn what_was_not_done_is_said_and_nothing_is_asked_of_a_relay_that_is_away() {
    let mut away = access(Mine::Owner);
    away.live = false;
    away.links = vec![link("class", Right::View)];
    away.problem = Some(Reason {
        code: Code::BadManage,
        message: "No.".to_owned(),
    });
    let mut harness = share(joined(), away);
    harness.get_by_label_contains("That wasn't done");
    harness.get_by_label_contains("while the relay is reached");
    for (role, label) in [
        (Role::Button, "New link…"),
        (Role::CheckBox, "Only owners can change the board"),
        (Role::Button, "End the link “class”…"),
    ] {
        click(&mut harness, role, label);
    }
    assert!(harness.state().asked.is_empty());
    assert_eq!(harness.state().share, ShareDraft::default());
}

#[test]
fn all_others_are_told_what_they_may_do_and_find_no_links_to_manage() {
    for (mine, locked, words) in [
        (Mine::Editor, false, "You can draw on this board"),
        (Mine::Editor, true, "The board is locked"),
        (Mine::Viewer, false, "You can look at this board"),
        (Mine::Unowned, false, "Nobody owns this board"),
    ] {
        let access = AccessView {
            locked,
            ..access(mine)
        };
        let harness = share(joined(), access);
        harness.get_by_label_contains(words);
        assert!(harness.query_by_label("New link…").is_none(), "{mine:?}");
    }
}

#[test]
fn an_owner_sends_somebody_away_and_ends_their_link_if_wanted() {
    let view = |manages| PeopleView {
        me: Person {
            role: Some(if manages { Right::Owner } else { Right::Edit }),
            ..person(None, "Ada")
        },
        others: vec![
            Arc::new(Person {
                role: Some(Right::View),
                came_by_link: true,
                ..person(Some(7), "Lin")
            }),
            Arc::new(person(Some(8), "Bob")),
        ],
        absent: Vec::new(),
        following: None,
        sharing: false,
        manages,
        chat: None,
    };
    let owner = view(true);
    let mut harness =
        window(move |ctx, state| people::show(ctx, &owner, &mut state.people, &mut state.asked));
    click(&mut harness, Role::Button, "People: you and 2 more");
    harness.get_by_label("You own this board");
    click(&mut harness, Role::Button, "Remove Lin…");
    click(&mut harness, Role::Button, "Remove and end their link: Lin");
    click(&mut harness, Role::Button, "Remove Bob…");
    assert!(harness.query_by_label("Remove and end their link: Bob").is_none());
    click(&mut harness, Role::Button, "Remove: Bob");
    let remove = |conn, end_link| Command::Remove { conn, end_link };
    assert_eq!(harness.state().asked, [remove(7, true), remove(8, false)]);
    let editor = view(false);
    let mut harness =
        window(move |ctx, state| people::show(ctx, &editor, &mut state.people, &mut state.asked));
    click(&mut harness, Role::Button, "People: you and 2 more");
    assert!(harness.query_by_label("Remove Lin…").is_none());
}

fn hosting() -> ShareView {
    let place = |relay: &str, who: &str| Place {
        relay: relay.to_owned(),
        who: who.to_owned(),
    };
    ShareView::Hosting(vec![
        place("192.168.1.5:7411", "People on this network (192.168.1.5)"),
        place("127.0.0.1:7411", "This computer only"),
    ])
}

#[test]
fn the_share_dialog_begins_with_a_link_to_draw_and_one_to_look_for_whom_one_chooses() {
    let mut all = access(Mine::Owner);
    all.links = vec![LinkView {
        name: String::new(),
        ..link("team", Right::Edit)
    }];
    let mut harness = share(hosting(), all);
    harness.get_by_label("Draws with you · never ends");
    click(&mut harness, Role::Button, "Copy the link “Can draw”");
    click(&mut harness, Role::RadioButton, "This computer only");
    click(&mut harness, Role::Button, "Copy the link “Can draw”");
    let copied = |host: &str| Command::CopyText(format!("drawbridge://{host}/b#teamteamteamteam"));
    assert_eq!(
        std::mem::take(&mut harness.state_mut().asked),
        [copied("192.168.1.5:7411"), copied("127.0.0.1:7411")]
    );
    // There is none to look yet: it is made, and not twice.
    click(&mut harness, Role::Button, "Copy the link “Can view”");
    click(&mut harness, Role::Button, "Copy the link “Can view”");
    let made = Command::MakeLink {
        role: Right::View,
        name: String::new(),
        ends: Ends::Never,
    };
    assert_eq!(std::mem::take(&mut harness.state_mut().asked), [made]);
    harness.get_by_label("The link is being made…");
    click(
        &mut harness,
        Role::CheckBox,
        "People nearby find it, and ask you to be let in",
    );
    click(&mut harness, Role::Button, "Stop sharing");
    click(&mut harness, Role::Button, "Close");
    assert_eq!(
        harness.state().asked,
        [Command::BeFound, Command::StopSharing, Command::Cancel]
    );
}

#[test]
fn a_link_that_was_made_on_demand_is_copied_or_shown_once_the_relay_has_it() {
    for give in [Give::Copy, Give::Code] {
        let mut all = access(Mine::Owner);
        all.links = vec![LinkView {
            name: String::new(),
            ..link("look", Right::View)
        }];
        let mut harness = share(hosting(), all);
        harness.state_mut().share.wanted = Some((Right::View, give));
        harness.run();
        let copied = Command::CopyText("drawbridge://192.168.1.5:7411/b#looklooklooklook".to_owned());
        match give {
            Give::Copy => assert_eq!(harness.state().asked, [copied]),
            Give::Code => {
                harness.get_by_role_and_label(Role::Image, "QR code of the link “Can view”");
            }
        }
        assert_eq!(harness.state().share.wanted, None);
    }
    let mut refused = access(Mine::Owner);
    refused.problem = Some(Reason {
        code: Code::BadManage,
        message: "No.".to_owned(),
    });
    let mut harness = share(hosting(), refused);
    harness.state_mut().share.wanted = Some((Right::View, Give::Copy));
    harness.run();
    assert_eq!(
        harness.state().share.wanted,
        None,
        "it doesn't come later as a surprise"
    );
}

#[test]
fn a_code_is_shown_and_hidden_by_keyboard() {
    let mut all = access(Mine::Owner);
    all.links = vec![LinkView {
        name: String::new(),
        ..link("team", Right::Edit)
    }];
    let mut harness = share(hosting(), all);
    let code = "QR code of the link “Can draw”";
    for shown in [true, false] {
        let button = harness.get_by_role_and_label(Role::Button, "Show the link “Can draw” as a QR code");
        button.focus();
        harness.run();
        harness.key_press(egui::Key::Enter);
        harness.run();
        assert_eq!(harness.query_by_label(code).is_some(), shown);
    }
}

#[test]
fn a_link_gets_another_name_and_another_end() {
    let mut all = access(Mine::Owner);
    all.links = vec![link("class", Right::View)];
    let mut harness = share(joined(), all);
    click(&mut harness, Role::Button, "Name and end of the link “class”…");
    let field = harness.get_by_role_and_label(Role::TextInput, "Name, so that you know it again");
    assert_eq!(field.value().as_deref(), Some("class"));
    field.focus();
    field.type_text(" of 2027");
    harness.run();
    click(&mut harness, Role::Button, "Change the link");
    let changed = |name: &str, ends| Command::ChangeLink {
        hash: hash("class"),
        name: name.to_owned(),
        ends,
    };
    assert_eq!(
        std::mem::take(&mut harness.state_mut().asked),
        [changed("class of 2027", None)]
    );
    click(&mut harness, Role::Button, "Name and end of the link “class”…");
    click(&mut harness, Role::RadioButton, "Never");
    click(&mut harness, Role::Button, "Change the link");
    assert_eq!(harness.state().asked, [changed("class", Some(Ends::Never))]);
    assert_eq!(harness.state().share.changing, None);
}

#[test]
fn whoever_came_by_a_link_can_pass_it_on() {
    let given = AccessView {
        given: link("team", Right::Edit).link,
        ..access(Mine::Editor)
    };
    let mut harness = share(joined(), given);
    click(&mut harness, Role::Button, "Copy the link “Can draw”");
    let copied = Command::CopyText("drawbridge://relay:7411/b#teamteamteamteam".to_owned());
    assert_eq!(harness.state().asked, [copied]);
    harness.get_by_label("People who can reach relay");
}

#[test]
fn sharing_that_failed_says_why_and_offers_another_try() {
    let view = ShareView::Failed("port 7411 is taken".to_owned());
    let mut harness = share(view, access(Mine::Owner));
    harness.get_by_label_contains("port 7411 is taken");
    harness.get_by_label_contains("Nothing is lost");
    click(&mut harness, Role::Button, "Try again");
    assert_eq!(harness.state().asked, [Command::StartSharing]);
}

#[test]
fn a_relay_that_asks_for_a_password_gets_it_from_a_field_that_hides_it() {
    let mut asks = access(Mine::Editor);
    asks.refused = Some(Reason {
        code: Code::Password,
        message: "It asks for a password.".to_owned(),
    });
    let mut harness = share(joined(), asks);
    click(&mut harness, Role::Button, "Type the password…");
    assert_eq!(harness.state().asked, [Command::ShowPassword]);

    let mut harness = window(|ctx, state| {
        dialogs::password(ctx, "relay:7411", &mut state.draft, true, &mut state.asked);
    });
    harness.get_by_role_and_label(Role::Alert, "The relay doesn't take the password that was given.");
    let field = harness.get_by_role(Role::PasswordInput);
    field.focus();
    field.type_text("open sesame");
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    let given = Command::GivePassword(Password::new("open sesame"));
    assert_eq!(harness.state().asked, [given]);
}

#[test]
fn a_relay_is_named_by_its_address() {
    let mut harness = share(ShareView::Off, access(Mine::Owner));
    let field = harness.get_by_role_and_label(Role::TextInput, "Or share it through a relay that stays up:");
    field.focus();
    field.type_text("draw.example ");
    harness.run();
    click(&mut harness, Role::Button, "Share there");
    assert_eq!(
        harness.state().asked,
        [Command::ShareThrough("draw.example".to_owned())]
    );
    harness.state_mut().share.problem = Some("type its host".to_owned());
    harness.run();
    harness.get_by_role_and_label(Role::Alert, "That is no relay: type its host");
}
