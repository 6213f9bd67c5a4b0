//! The checks of what a client sends, before anything is done with it.

use drawbridge_protocol::{
    Cell, ClientMessage, CloseCode, Code, DecodeError, Hello, Limits, Property, Refused, Retry, VERSION,
    Write, decode,
};
use serde::Deserialize;

use crate::password;
use crate::settings::Settings;
use crate::socket::Closing;

/// A refusal with which the connection ends.
pub(crate) type Ending = (Box<Refused>, Closing);

/// A refusal that ends the connection with 1008.
pub(crate) fn ending(code: Code, text: impl Into<String>, retry: Retry) -> Ending {
    let reason = match code {
        Code::HelloFirst => "the first message must be hello",
        Code::HelloAgain => "a second hello",
        Code::HelloLate => "no hello in time",
        Code::Version => "no common version",
        Code::BadBoard => "not a board's name",
        Code::BadMessage => "not a message",
        Code::BadAbout => "bad about",
        Code::BoardBusy => "too many people on the board",
        Code::StoreFull => "the relay's disk is full",
        Code::BadKey => "the key doesn't open the board",
        Code::BadAccess => "bad access",
        Code::BoardGone => "the board was deleted",
        Code::LinkEnded => "the link was ended",
        Code::Removed => "sent away by an owner",
        Code::Password => "the relay asks for its password",
        Code::TooMany => "too many from one address",
        Code::Moved => "the board lives on another relay",
        Code::RelayFull => "the relay has as many boards as it may",
        _ => "refused",
    };
    let close = match code {
        Code::BoardBusy | Code::StoreFull | Code::TooMany => CloseCode::TryLater,
        _ => CloseCode::Policy,
    };
    (
        Box::new(Refused::new(code, text, retry)),
        Closing::new(close, reason),
    )
}

/// The ending of a connection that the board doesn't take.
pub(crate) fn turned_away(refused: Box<Refused>) -> Ending {
    let (_, closing) = ending(refused.code, "", refused.retry);
    (refused, closing)
}

/// Reads the first message of a connection.
pub(crate) fn read(text: &str, limits: &Limits) -> Result<Hello, Ending> {
    let hello = match decode::<ClientMessage>(text) {
        Ok(ClientMessage::Hello(hello)) => hello,
        Ok(_) | Err(DecodeError::Unknown(_)) => {
            return Err(ending(
                Code::HelloFirst,
                "The first message must be hello.",
                Retry::Never,
            ));
        }
        Err(error) => return Err(malformed(text, &error)),
    };
    if !hello.versions.contains(&VERSION) {
        return Err(version());
    }
    let about = hello.about.as_str();
    if !about.starts_with('{') || about.len() > limits.about {
        let text = format!("about must be a JSON object of at most {} bytes.", limits.about);
        return Err(ending(Code::BadAbout, text, Retry::Never));
    }
    Ok(hello)
}

/// Whether a hello has the relay's password, if that asks for one.
pub(crate) fn check_password(hello: &Hello, settings: &Settings) -> Result<(), Box<Refused>> {
    let given = hello.password.as_ref().map(|given| given.reveal());
    password::check(settings.password.as_ref(), given)
}

fn version() -> Ending {
    let text = format!("This relay speaks version {VERSION} only.");
    ending(Code::Version, text, Retry::Changed)
}

/// A hello of another version may look different in everything but its versions.
fn malformed(text: &str, error: &DecodeError) -> Ending {
    #[derive(Deserialize)]
    struct Message {
        hello: Versions,
    }
    #[derive(Deserialize)]
    struct Versions {
        versions: Vec<u64>,
    }
    match serde_json::from_str::<Message>(text) {
        Ok(message) if !message.hello.versions.contains(&VERSION.into()) => version(),
        _ => bad_message(error),
    }
}

/// The refusal of a frame that can't be read.
pub(crate) fn bad_message(error: &DecodeError) -> Ending {
    let text: String = error.to_string().chars().take(200).collect();
    ending(Code::BadMessage, text, Retry::Never)
}

/// Checks a write's form; what depends on the board is checked in its transaction.
pub(crate) fn check_write(write: &Write, limits: &Limits) -> Result<(), Box<Refused>> {
    check_cells(&write.cells, limits).map_err(|mut refused| {
        refused.id = Some(write.id);
        refused
    })
}

/// Checks the form of cells that are to be written together, whoever writes them.
pub(crate) fn check_cells(cells: &[Cell], limits: &Limits) -> Result<(), Box<Refused>> {
    let refuse = |code, text: String, cell: Option<&Cell>| {
        let mut refused = Refused::new(code, text, Retry::Never);
        refused.cell = cell.map(|cell| cell.key().into());
        Err(Box::new(refused))
    };
    if cells.is_empty() || cells.len() > limits.write_cells {
        let text = format!(
            "A write has 1 to {} cells; this one has {}.",
            limits.write_cells,
            cells.len()
        );
        return refuse(Code::BadWrite, text, None);
    }
    for cell in cells {
        if cell.size() > limits.cell {
            let text = format!(
                "A cell may be at most {} bytes; this one has {}.",
                limits.cell,
                cell.size()
            );
            return refuse(Code::CellTooBig, text, Some(cell));
        }
        match cell.prop.as_str() {
            Property::PURGED => {
                let text = "The property purged is reserved.".to_owned();
                return refuse(Code::BadCell, text, Some(cell));
            }
            Property::DELETED if !matches!(cell.value.as_str(), "true" | "false") => {
                let text = "deleted must be true or false.".to_owned();
                return refuse(Code::BadCell, text, Some(cell));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The ending when the relay has failed.
pub(crate) fn stopped() -> Ending {
    let refused = Refused::new(Code::StoreFull, "The relay failed.", Retry::After(5000));
    (
        Box::new(refused),
        Closing::new(CloseCode::Internal, "the relay failed"),
    )
}
