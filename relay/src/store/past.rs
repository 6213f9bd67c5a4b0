//! What was before, in pages: overwritten cells of one board, those of the latest time first.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::read::{cell, push_cell, signed, unsigned};

/// A place in a board's past: when a row was overwritten, and its number. A page that begins there has what lies before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PastPlace {
    pub(crate) until_ms: u64,
    pub(crate) n: i64,
}

impl PastPlace {
    /// Reads what [`std::fmt::Display`] writes; `None` if it is nothing of that kind.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (until, n) = text.split_once('-')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(until) || !digits(n) {
            return None;
        }
        Some(Self {
            until_ms: until
                .parse()
                .ok()
                .filter(|ms| *ms <= drawbridge_protocol::MAX_INTEGER)?,
            n: n.parse().ok()?,
        })
    }
}

impl std::fmt::Display for PastPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.until_ms, self.n)
    }
}

/// How much of the past is kept, and what time it is: that says how far a page may claim to reach.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PastBounds {
    /// [`crate::Settings::past_age`].
    pub(crate) age: Duration,
    /// [`crate::Settings::past_bytes`] is less than one cell may take: then a row may be given up at once.
    pub(crate) tight: bool,
    /// The relay's clock, in milliseconds since the Unix epoch.
    pub(crate) now_ms: u64,
}

/// A page of a board's past.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PastRows {
    /// Its cells as JSON, separated by commas.
    pub(crate) cells: String,
    /// Where the next one begins, if there is one: the last row of this.
    pub(crate) next: Option<PastPlace>,
    /// Since when everything is kept, in milliseconds since the Unix epoch.
    pub(crate) since_ms: u64,
}

/// The rows before `from`: at most `max_bytes`, but at least one.
pub(crate) fn rows(
    db: &Connection,
    board: i64,
    from: Option<PastPlace>,
    max_bytes: usize,
    bounds: PastBounds,
) -> Result<PastRows, rusqlite::Error> {
    let since_ms = since(db, board, bounds)?;
    let from = from.unwrap_or(PastPlace {
        until_ms: drawbridge_protocol::MAX_INTEGER,
        n: i64::MAX,
    });
    let sql = "SELECT element, prop, ms, counter, peer, value, until_ms, n FROM past \
               WHERE board = ? AND (until_ms, n) < (?, ?) ORDER BY until_ms DESC, n DESC";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query(params![board, signed(from.until_ms), from.n])?;
    let mut page = PastRows {
        since_ms,
        ..PastRows::default()
    };
    let mut last = None;
    while let Some(row) = rows.next()? {
        let cell = cell(row)?;
        // Names and stamps take less than this.
        let size = cell.size() + 128;
        if last.is_some() && page.cells.len() + size > max_bytes {
            page.next = last;
            break;
        }
        last = Some(PastPlace {
            until_ms: unsigned(row, 6)?,
            n: row.get(7)?,
        });
        let (element, prop) = (cell.element.as_str(), cell.prop.as_str());
        let stamp = (
            cell.stamp.ms,
            u64::from(cell.stamp.counter),
            cell.stamp.peer.as_str(),
        );
        push_cell(&mut page.cells, element, prop, stamp, cell.value.as_str());
    }
    Ok(page)
}

/// Since when all that was overwritten on a board is kept.
fn since(db: &Connection, board: i64, bounds: PastBounds) -> Result<u64, rusqlite::Error> {
    let sql = "SELECT created_ms FROM boards WHERE n = ?";
    let created = db
        .prepare_cached(sql)?
        .query_row([board], |row| unsigned(row, 0))
        .optional()?;
    // Of all boards: rows go from the oldest on. What is numbered 1 was never preceded, unless all may have gone.
    let sql = "SELECT n, until_ms FROM past ORDER BY n LIMIT 1";
    let oldest = db.prepare_cached(sql)?.query_row([], |row| {
        let n: i64 = row.get(0)?;
        Ok((n, unsigned(row, 1)?))
    });
    let kept = match oldest.optional()? {
        Some((n, until_ms)) if n > 1 || bounds.tight => until_ms,
        None if bounds.tight => bounds.now_ms,
        _ => 0,
    };
    let age = u64::try_from(bounds.age.as_millis()).unwrap_or(u64::MAX);
    let in_age = bounds.now_ms.saturating_sub(age);
    Ok(created.unwrap_or(bounds.now_ms).max(kept).max(in_age))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn y2_a_place_is_read_as_it_is_written_and_nothing_else_is() {
        let place = PastPlace {
            until_ms: 1_790_000_000_000,
            n: 17,
        };
        assert_eq!(PastPlace::read(&place.to_string()), Some(place));
        for bad in [
            "",
            "-",
            "1-",
            "-1",
            "1-2-3",
            "+1-2",
            "1--2",
            "a-b",
            "1-99999999999999999999",
            "9007199254740992-1",
        ] {
            assert_eq!(PastPlace::read(bad), None, "{bad}");
        }
    }
}
