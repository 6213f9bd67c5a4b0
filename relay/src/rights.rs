//! What somebody may do on a board: decisions over its links and its lock, and nothing else.

use drawbridge_protocol::{
    Access, BoardLink, Code, KeyHash, Limits, MAX_INTEGER, Refused, Retry, Role, SlotName, SlotOp,
};
use subtle::ConstantTimeEq as _;

/// The slots that viewers have too: they say where somebody is and what they look at, and change nothing.
const VIEWERS: [&str; 9] = [
    "about",
    "cursor",
    "view",
    "laser",
    "reaction",
    "selection",
    "follow",
    "present",
    "say",
];

/// By which link somebody came, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pass {
    /// The hash of its key.
    pub(crate) via: KeyHash,
    /// What it let them do when they came.
    pub(crate) role: Role,
}

/// What a refusal says, with no word yet of what it refuses.
pub(crate) type No = Box<Refused>;

fn no(code: Code, text: &str, retry: Retry) -> No {
    Box::new(Refused::new(code, text, retry))
}

/// The refusal of everything that is to be done with a deleted board.
pub(crate) fn gone() -> No {
    no(Code::BoardGone, "The board was deleted.", Retry::Never)
}

fn ended() -> No {
    let text = "The link by which you came was ended, or its time is over. Ask for a new one.";
    no(Code::LinkEnded, text, Retry::Changed)
}

/// The refusal of somebody whom an owner has sent away.
pub(crate) fn removed() -> No {
    let text = "An owner of the board has sent you away.";
    no(Code::Removed, text, Retry::Never)
}

/// The refusal of what is to be written to a board that lives on another relay: whoever wrote it is told which one.
pub(crate) fn moved() -> No {
    let text = "The board lives on another relay now.";
    no(Code::Moved, text, Retry::After(1000))
}

/// The refusal to send somebody away.
pub(crate) fn not_here() -> No {
    let text = "Nobody else of this number is on the board.";
    no(Code::BadManage, text, Retry::Never)
}

/// Whether whoever has the key with this hash comes in. Every link is compared, each in constant time, so that neither a key nor
/// its place among the links can be guessed piece by piece.
pub(crate) fn admit(access: &Access, hash: &KeyHash, now_ms: u64) -> Result<Pass, No> {
    let mut found = None;
    for link in &access.links {
        if bool::from(link.hash.as_bytes().ct_eq(hash.as_bytes())) {
            found = Some(link);
        }
    }
    match found {
        None => Err(no(Code::BadKey, "This key doesn't open the board.", Retry::Never)),
        Some(link) if link.is_over(now_ms) => Err(ended()),
        Some(link) => Ok(Pass {
            via: link.hash,
            role: link.role,
        }),
    }
}

/// Whether somebody who came in may still be here.
pub(crate) fn stay(access: &Access, pass: &Pass, now_ms: u64) -> Result<(), No> {
    // A board always has a link, until it is deleted.
    if access.links.is_empty() {
        return Err(gone());
    }
    let link = access.links.iter().find(|link| link.hash == pass.via);
    match link {
        Some(link) if link.is_over(now_ms) => Err(ended()),
        Some(link) if link.role != pass.role => {
            let text = "What your link lets you do has changed.";
            Err(no(Code::LinkEnded, text, Retry::After(0)))
        }
        Some(_) => Ok(()),
        None => Err(ended()),
    }
}

/// Whether somebody may change the board now.
pub(crate) fn write(access: &Access, pass: &Pass, now_ms: u64) -> Result<(), No> {
    stay(access, pass, now_ms)?;
    change(access.locked, pass.role)
}

/// Whether this role may change a board.
pub(crate) fn change(locked: bool, role: Role) -> Result<(), No> {
    match role {
        Role::Owner => Ok(()),
        Role::Edit if locked => {
            let text = "The board is locked: only its owners may change it at present.";
            Err(no(Code::BoardLocked, text, Retry::Changed))
        }
        Role::Edit => Ok(()),
        Role::View | Role::Unknown => Err(no(
            Code::ReadOnly,
            "You may view this board, not change it.",
            Retry::Changed,
        )),
    }
}

/// Whether this role may say who else may do what.
pub(crate) fn manage(role: Role) -> Result<(), No> {
    match role {
        Role::Owner => Ok(()),
        Role::Edit => {
            let text = "Only an owner of the board may ask for this.";
            Err(no(Code::NotOwner, text, Retry::Changed))
        }
        Role::View | Role::Unknown => change(false, role),
    }
}

/// Whether a slot is one that everybody may have.
pub(crate) fn is_viewers(slot: &SlotName) -> bool {
    VIEWERS.contains(&slot.as_str())
}

/// Whether an operation on a slot may be done by this role. A slot may always be ended.
pub(crate) fn slot(locked: bool, role: Role, name: &SlotName, op: &SlotOp) -> Result<(), No> {
    if is_viewers(name) || matches!(op, SlotOp::Clear) {
        return Ok(());
    }
    change(locked, role)
}

/// What this role is told of who may do what.
pub(crate) fn told(access: &Access, role: Role) -> Access {
    match role {
        Role::Owner | Role::Edit => access.clone(),
        Role::View | Role::Unknown => Access {
            locked: access.locked,
            links: Vec::new(),
        },
    }
}

/// Checks one link by itself; says what is wrong with it.
pub(crate) fn check_link(link: &BoardLink) -> Result<(), String> {
    if link.role == Role::Unknown {
        return Err("This relay knows the roles owner, edit and view.".to_owned());
    }
    if link.name.len() > BoardLink::NAME {
        return Err(format!("A link's name has at most {} bytes.", BoardLink::NAME));
    }
    if link.until.max(link.ended).is_some_and(|ms| ms > MAX_INTEGER) {
        return Err("A link's end lies before 2^53 milliseconds.".to_owned());
    }
    Ok(())
}

/// What is to hold on a board that somebody makes with this key, who says `access` of it.
pub(crate) fn founding(
    access: Option<&Access>,
    key: KeyHash,
    limits: &Limits,
    now_ms: u64,
) -> Result<Access, No> {
    let bad = |text: &str| no(Code::BadAccess, text, Retry::Never);
    let Some(access) = access else {
        return Ok(Access {
            locked: false,
            links: vec![BoardLink::new(key, Role::Edit)],
        });
    };
    let links = &access.links;
    if links.len() > limits.links {
        let text = format!("A board has at most {} links.", limits.links);
        return Err(bad(&text));
    }
    for (at, link) in links.iter().enumerate() {
        check_link(link).map_err(|why| bad(&why))?;
        if links[..at].iter().any(|other| other.hash == link.hash) {
            return Err(bad("Two links of the board are of the same key."));
        }
    }
    let own = links.iter().find(|link| link.hash == key);
    if !own.is_some_and(|own| own.role != Role::View && !own.is_over(now_ms)) {
        return Err(bad(
            "Whoever makes a board comes by one of its links, with which one may draw.",
        ));
    }
    Ok(access.clone())
}
