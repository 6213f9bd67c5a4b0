//! The store: whether its file is whole, and whether its rows fit together.

use super::{Broken, Finding, Place, State};
use crate::clock::wall_ms;
use crate::store::{Look, StoreError, check_file, file_in};
use crate::tend::times;

/// So far may the clock be behind what the relay once read.
const BEHIND_MS: u64 = 60_000;
/// Before this the machine's clock was certainly never set: the beginning of 2025.
const NEVER_SET_MS: u64 = 1_735_689_600_000;

/// Reads the whole file.
pub(super) fn whole(place: &Place) -> Finding {
    let path = file_in(&place.data);
    match path.try_exists() {
        Ok(false) => {
            return Finding::error(
                "store",
                format!("there is none at {}", path.display()),
                "start the relay once, or restore a backup",
            );
        }
        Ok(true) => {}
        Err(error) => {
            return Finding::error(
                "store",
                format!("{}: {error}", path.display()),
                "run this as the relay's user",
            );
        }
    }
    match check_file(&path) {
        Ok(()) => Finding::ok("store", format!("{} is whole", path.display())),
        Err(error @ StoreError::Damaged { .. }) => Finding::error(
            "store",
            error.to_string(),
            "drawbridge-relay restore FOLDER puts a backup in its place",
        ),
        Err(error) => Finding::error("store", error.to_string(), "see there"),
    }
}

/// Counts what is in it.
pub(super) fn rows(look: &Look, place: &Place, broken: &mut Broken) -> Vec<Finding> {
    let mut findings = Vec::new();
    for looked in [boards(look, broken), past(look, place), clock(look)] {
        findings.push(
            looked.unwrap_or_else(|error| Finding::error("store", error.to_string(), "restore a backup")),
        );
    }
    findings
}

fn boards(look: &Look, broken: &mut Broken) -> Result<Finding, StoreError> {
    let (mut live, mut gone, mut unswept) = (0, 0, Vec::new());
    for board in look.boards()? {
        if board.gone {
            gone += 1;
            if look.has_rows(board.n)? {
                unswept.push(board.id.to_string());
            }
            continue;
        }
        live += 1;
        let counted = look.count(board.n)?;
        if (counted.cells, counted.bytes) != (board.cells, board.bytes) || counted.max_ms > board.max_ms {
            broken.totals.push(board.id);
        }
    }
    if !broken.totals.is_empty() {
        let names: Vec<_> = broken.totals.iter().take(5).map(ToString::to_string).collect();
        let seen = format!(
            "the totals of {} boards are wrong: {}",
            broken.totals.len(),
            names.join(", ")
        );
        return Ok(Finding::warning(
            "boards",
            seen,
            "doctor --repair counts them anew",
        ));
    }
    if let Some(first) = unswept.first() {
        let seen = format!("{} deleted boards still have rows", unswept.len());
        let todo = format!(
            "drawbridge-relay boards delete {first}, and so on; a relay that starts does it by itself"
        );
        return Ok(Finding::warning("boards", seen, todo));
    }
    Ok(Finding::ok(
        "boards",
        format!("{live}, and {gone} deleted; their totals are right"),
    ))
}

fn past(look: &Look, place: &Place) -> Result<Finding, StoreError> {
    let (noted, counted, oldest) = look.past()?;
    let since = match oldest {
        Some(oldest) => format!("it goes back to {}", times::show(oldest)),
        None => "all of it is there".to_owned(),
    };
    let seen = format!("{} of overwritten cells; {since}", times::size(counted));
    if noted != counted {
        let seen = format!("{seen}; {} are noted", times::size(noted));
        return Ok(Finding::warning(
            "history",
            seen,
            "harmless, but it is kept shorter or longer than past-bytes says",
        ));
    }
    if counted > place.settings.past_bytes {
        let todo = "it is above past-bytes; it shrinks with every write";
        return Ok(Finding::warning("history", seen, todo));
    }
    Ok(Finding::ok("history", seen))
}

fn clock(look: &Look) -> Result<Finding, StoreError> {
    let (now, stored) = (wall_ms(), look.clock_ms()?);
    if now < NEVER_SET_MS {
        let seen = format!("this machine takes it for {}", times::show(now));
        return Ok(Finding::error(
            "clock",
            seen,
            "set the clock (NTP): stamps, and so whose edit is the later one, come from it",
        ));
    }
    if stored > now + BEHIND_MS {
        let seen = format!(
            "it reads {}, but the relay has been at {}",
            times::show(now),
            times::show(stored)
        );
        let todo = "look whether it is right; the relay goes on from the later time, so nothing is lost";
        return Ok(Finding::warning("clock", seen, todo));
    }
    let ahead = look
        .boards()?
        .into_iter()
        .filter(|board| board.max_ms > now + 24 * 3_600_000)
        .count();
    let seen = match ahead {
        0 => times::show(now),
        ahead => format!(
            "{}; {ahead} boards live in a later time, from their first writers' clocks",
            times::show(now)
        ),
    };
    Ok(Finding {
        state: State::Ok,
        ..Finding::ok("clock", seen)
    })
}
