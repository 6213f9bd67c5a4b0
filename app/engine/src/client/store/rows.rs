//! Rows of a board's file, written and read.

use std::collections::BTreeMap;

use drawbridge_protocol::{Access, BoardId, Cell, ElementId, Key, Peer, Property, SlotName, Stamp, Value};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Row, Transaction, params};

use super::{StoreError, past};
use crate::client::record::{
    CellState, ChatMark, DraftOp, Loaded, Meta, Reason, Remote, Standing, StoredCell,
};

pub(super) fn set(tx: &Transaction<'_>, name: &str, value: Option<&str>) -> Result<(), StoreError> {
    match value {
        Some(value) => tx
            .prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
            .execute([name, value])?,
        None => tx
            .prepare_cached("DELETE FROM meta WHERE name = ?1")?
            .execute([name])?,
    };
    Ok(())
}

pub(super) fn set_remote(tx: &Transaction<'_>, remote: Option<&Remote>) -> Result<(), StoreError> {
    let link = remote.map(|remote| remote.link.to_string());
    set(tx, "remote", link.as_deref())?;
    let create = remote.is_some_and(|remote| remote.create);
    set(tx, "create", create.then_some("yes"))
}

pub(super) fn set_standing(tx: &Transaction<'_>, standing: &Standing) -> Result<(), StoreError> {
    let json = |error: serde_json::Error| StoreError::Other(error.to_string());
    set(tx, "owner", standing.owner.as_ref().map(Key::reveal))?;
    let role = standing.role.map(|role| serde_json::to_string(&role)).transpose();
    set(tx, "role", role.map_err(json)?.as_deref())?;
    let access = serde_json::to_string(&standing.access).map_err(json)?;
    set(
        tx,
        "access",
        (standing.access != Access::default()).then_some(access.as_str()),
    )?;
    let keys = serde_json::to_string(&standing.keys).map_err(json)?;
    set(tx, "keys", (!standing.keys.is_empty()).then_some(keys.as_str()))
}

pub(super) fn set_chat(tx: &Transaction<'_>, mark: &ChatMark) -> Result<(), StoreError> {
    let text = serde_json::to_string(mark).map_err(|error| StoreError::Other(error.to_string()))?;
    set(
        tx,
        "chat",
        (*mark != ChatMark::default()).then_some(text.as_str()),
    )
}

pub(super) fn put_cell(tx: &Transaction<'_>, row: &StoredCell) -> Result<(), StoreError> {
    let StoredCell {
        cell,
        state,
        floor,
        parked,
    } = row;
    let json = |error: serde_json::Error| StoreError::Other(error.to_string());
    let floor = floor
        .map(|stamp| serde_json::to_string(&stamp))
        .transpose()
        .map_err(json)?;
    let code = parked.as_ref().map(|reason| serde_json::to_string(&reason.code));
    tx.prepare_cached("INSERT OR REPLACE INTO cells VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
        .execute(params![
            cell.element.as_str(),
            cell.prop.as_str(),
            // Below 2^53 by its type.
            i64::try_from(cell.stamp.ms).unwrap_or(i64::MAX),
            cell.stamp.counter,
            cell.stamp.peer.as_str(),
            cell.value.as_str(),
            match state {
                CellState::Settled => 0,
                CellState::Waiting => 1,
                CellState::Fresh => 2,
            },
            floor,
            code.transpose().map_err(json)?,
            parked.as_ref().map(|reason| &reason.message),
        ])?;
    Ok(())
}

pub(super) fn draft(tx: &Transaction<'_>, op: &DraftOp) -> Result<(), StoreError> {
    let (slot, chunks) = match op {
        DraftOp::Put(slot, chunks) | DraftOp::Add(slot, chunks) => (slot, chunks.as_slice()),
        DraftOp::End(slot) => (slot, [].as_slice()),
    };
    if !matches!(op, DraftOp::Add(..)) {
        tx.prepare_cached("DELETE FROM drafts WHERE slot = ?1")?
            .execute([slot.as_str()])?;
    }
    let mut insert = tx.prepare_cached(
        "INSERT INTO drafts (slot, n, chunk)
         SELECT ?1, coalesce(max(n) + 1, 0), ?2 FROM drafts WHERE slot = ?1",
    )?;
    for chunk in chunks {
        insert.execute([slot.as_str(), chunk.as_str()])?;
    }
    Ok(())
}

/// What a file says under a name.
pub(super) fn get(db: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    Ok(db
        .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

/// Everything that is in a file but its past. `told` is called after each row with how many bytes of values were read so far.
pub(super) fn load(db: &Connection, told: &dyn Fn(usize)) -> Result<Loaded, StoreError> {
    let get = |name: &str| get(db, name);
    let board = get("board")?.unwrap_or_default();
    let key = get("key")?.unwrap_or_default();
    let create = get("create")?.is_some();
    let remote = match get("remote")? {
        Some(link) => Some(Remote {
            link: link.parse().map_err(damaged)?,
            create,
        }),
        None => None,
    };
    let standing = Standing {
        owner: get("owner")?
            .map(|key| Key::new(&key).map_err(damaged))
            .transpose()?,
        role: read(get("role")?)?,
        access: read(get("access")?)?.unwrap_or_default(),
        keys: read(get("keys")?)?.unwrap_or_default(),
    };
    let meta = Meta {
        standing,
        // What can't be read costs nothing but that: messages count as new again.
        chat: get("chat")?
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default(),
        board: BoardId::new(&board).map_err(damaged)?,
        key: Key::new(&key).map_err(damaged)?,
        remote,
        hosted: get("hosted")?
            .map(|port| port.parse().map_err(damaged))
            .transpose()?,
    };

    let (mut cells, mut bytes) = (Vec::new(), 0);
    let mut select = db.prepare("SELECT * FROM cells")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let cell = cell(row)?;
        bytes += cell.cell.value.as_str().len();
        told(bytes);
        cells.push(cell);
    }
    let mut drafts: BTreeMap<SlotName, Vec<Value>> = BTreeMap::new();
    let mut select = db.prepare("SELECT slot, chunk FROM drafts ORDER BY slot, n")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let slot = SlotName::new(row.get_ref(0)?.as_str().map_err(damaged)?).map_err(damaged)?;
        let chunk = Value::from_text(row.get(1)?).map_err(damaged)?;
        drafts.entry(slot).or_default().push(chunk);
    }
    Ok(Loaded {
        cells,
        cursor: get("cursor")?,
        drafts,
        clock_offset_ms: get("clock_offset_ms")?
            .map(|offset| offset.parse().map_err(damaged))
            .transpose()?
            .unwrap_or_default(),
        fetched: past::rows::fetched(db)?,
        meta,
    })
}

pub(super) fn read<T: serde::de::DeserializeOwned>(json: Option<String>) -> Result<Option<T>, StoreError> {
    json.map(|json| serde_json::from_str(&json).map_err(damaged))
        .transpose()
}

pub(super) fn cell(row: &Row<'_>) -> Result<StoredCell, StoreError> {
    let floor: Option<String> = row.get(7)?;
    let code: Option<String> = row.get(8)?;
    let message: Option<String> = row.get(9)?;
    let parked = match code {
        Some(code) => Some(Reason {
            code: serde_json::from_str(&code).map_err(damaged)?,
            message: message.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(StoredCell {
        cell: cell_in(row)?,
        state: match row.get(6)? {
            0 => CellState::Settled,
            1 => CellState::Waiting,
            2 => CellState::Fresh,
            other => return Err(damaged(format!("a cell in state {other}"))),
        },
        floor: floor
            .map(|text| serde_json::from_str(&text).map_err(damaged))
            .transpose()?,
        parked,
    })
}

/// The cell in a row that begins with element, property, milliseconds, counter, peer and value.
pub(super) fn cell_in(row: &Row<'_>) -> Result<Cell, StoreError> {
    let text = |n: usize| -> Result<&str, StoreError> { row.get_ref(n)?.as_str().map_err(damaged) };
    let ms: i64 = row.get(2)?;
    let peer = Peer::new(text(4)?).map_err(damaged)?;
    Ok(Cell {
        element: ElementId::new(text(0)?).map_err(damaged)?,
        prop: Property::new(text(1)?).map_err(damaged)?,
        stamp: Stamp::try_from((u64::try_from(ms).map_err(damaged)?, row.get(3)?, peer)).map_err(damaged)?,
        value: Value::from_text(row.get(5)?).map_err(damaged)?,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
pub(super) fn damaged(error: impl ToString) -> StoreError {
    StoreError::Damaged(error.to_string())
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as Sql;
        match &error {
            Sql::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::Full,
                // No room for the log's index.
                _ if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => Self::Full,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Held,
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged(error.to_string()),
                // A table or column that should be there.
                ErrorCode::Unknown => Self::Damaged(error.to_string()),
                _ => Self::Other(error.to_string()),
            },
            Sql::SqlInputError { .. }
            | Sql::InvalidColumnType(..)
            | Sql::FromSqlConversionFailure(..)
            | Sql::IntegralValueOutOfRange(..)
            | Sql::Utf8Error(..) => Self::Damaged(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}
