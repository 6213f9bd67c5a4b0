//! `boards list` and `boards show`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs::TryLockError;
use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use drawbridge_protocol::{Access, BoardId, RelayAddress, Role};
use serde::Serialize;

use super::{Place, TendError, say, times};
use crate::clock::wall_ms;
use crate::control::{Client, Person};
use crate::store::{BoardLook, Look, Store};

/// How wide a terminal is that doesn't say.
const WIDTH: usize = 80;

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// What comes first
    #[arg(long, value_enum, default_value = "written")]
    sort: Sort,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sort {
    /// Those that were written to last
    Written,
    /// The largest
    Size,
    /// Those with the most people
    People,
    /// In the order of their names
    Id,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The board
    #[arg(allow_hyphen_values = true)]
    board: BoardId,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

/// A board, for programs.
#[derive(Debug, Serialize)]
struct Told {
    id: BoardId,
    state: &'static str,
    /// The address of the relay on which it lives now, if that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<RelayAddress>,
    cells: u64,
    bytes: u64,
    images: u64,
    /// How many people are on it; `null` where a relay runs that doesn't say.
    people: Option<usize>,
    created: String,
    /// The latest stamp; `null` where nothing was ever written.
    written: Option<String>,
    #[serde(skip)]
    row: BoardLook,
}

/// All about a board, for programs.
#[derive(Debug, Serialize)]
struct ToldMore {
    #[serde(flatten)]
    board: Told,
    links: Vec<Link>,
    here: Vec<Somebody>,
}

#[derive(Debug, Serialize)]
struct Link {
    /// The first characters of its hash.
    via: String,
    role: Role,
    name: String,
    until: Option<String>,
    ended: Option<String>,
}

#[derive(Debug, Serialize)]
struct Somebody {
    conn: u64,
    peer: String,
    role: Role,
    via: String,
    address: String,
    since: String,
}

impl Told {
    fn new(row: BoardLook, people: Option<&HashMap<BoardId, usize>>) -> Self {
        let state = match (row.gone, row.locked) {
            (true, _) => "deleted",
            _ if row.moved.is_some() => "moved",
            (_, true) => "locked",
            _ => "open",
        };
        Self {
            id: row.id.clone(),
            state,
            moved: row.moved.clone(),
            cells: row.cells,
            bytes: row.bytes,
            images: row.images,
            people: people.map(|people| people.get(&row.id).copied().unwrap_or(0)),
            created: times::show(row.created_ms),
            written: (row.max_ms > 0).then(|| times::show(row.max_ms)),
            row,
        }
    }
}

pub(super) async fn list(args: &ListArgs, place: &Place) -> Result<(), TendError> {
    let look = Look::open(&place.data)?;
    let people = people(place).await?;
    let counted = people.as_deref().map(count);
    let rows = look.boards()?.into_iter();
    let mut boards: Vec<Told> = rows.map(|row| Told::new(row, counted.as_ref())).collect();
    match args.sort {
        Sort::Written => boards.sort_by_key(|told| Reverse(told.row.max_ms)),
        Sort::Size => boards.sort_by_key(|told| Reverse(told.bytes)),
        Sort::People => boards.sort_by_key(|told| Reverse(told.people)),
        Sort::Id => boards.sort_by(|a, b| a.id.cmp(&b.id)),
    }
    if args.json {
        return json(&boards);
    }
    let now = wall_ms();
    let name = width().saturating_sub(58).max(12);
    let longest = boards
        .iter()
        .map(|told| told.id.as_str().len())
        .max()
        .unwrap_or(0);
    let name = if std::io::stdout().is_terminal() {
        name.min(longest.max(5))
    } else {
        longest.max(5)
    };
    say(format_args!(
        "{:name$} {:>8} {:>9} {:>4} {:>4} {:10} {:>7} STATE",
        "BOARD", "CELLS", "SIZE", "IMG", "HERE", "CREATED", "WRITTEN"
    ));
    for told in &boards {
        let here = told
            .people
            .map_or_else(|| "?".to_owned(), |people| people.to_string());
        let written = match told.row.max_ms {
            0 => "never".to_owned(),
            ms => times::ago(ms, now),
        };
        say(format_args!(
            "{:name$} {:>8} {:>9} {:>4} {here:>4} {:10} {written:>7} {}",
            cut(told.id.as_str(), name),
            told.cells,
            times::size(told.bytes),
            told.images,
            told.created.get(..10).unwrap_or(&told.created),
            told.state,
        ));
    }
    Ok(())
}

pub(super) async fn show(args: &ShowArgs, place: &Place) -> Result<(), TendError> {
    let look = Look::open(&place.data)?;
    let row = look.board(&args.board)?;
    let row = row.ok_or_else(|| TendError::NoBoard(args.board.clone()))?;
    let people = people(place).await?;
    let counted = people.as_deref().map(count);
    let access = look.access(row.n)?;
    let here = people.unwrap_or_default().into_iter();
    let told = ToldMore {
        here: here
            .filter(|person| person.board == row.id)
            .map(somebody)
            .collect(),
        links: links(&access),
        board: Told::new(row, counted.as_ref()),
    };
    if args.json {
        return json(&told);
    }
    let ToldMore { board, links, here } = told;
    let people = board
        .people
        .map_or_else(|| "unknown".to_owned(), |people| people.to_string());
    let written = board.written.unwrap_or_else(|| "never".to_owned());
    for (name, value) in [
        ("board", board.id.to_string()),
        (
            "state",
            match &board.moved {
                Some(to) => format!("moved to {to}"),
                None => board.state.to_owned(),
            },
        ),
        ("cells", board.cells.to_string()),
        (
            "size",
            format!("{} ({} bytes)", times::size(board.bytes), board.bytes),
        ),
        ("images", board.images.to_string()),
        ("created", board.created),
        ("written", written),
        ("people", people),
    ] {
        say(format_args!("{name:8} {value}"));
    }
    for link in &links {
        let until = link.until.as_ref().map(|at| format!(", until {at}"));
        let ended = link.ended.as_ref().map(|at| format!(", ended {at}"));
        say(format_args!(
            "link     {} {} {:?}{}{}",
            link.via,
            role(link.role),
            link.name,
            until.unwrap_or_default(),
            ended.unwrap_or_default()
        ));
    }
    for person in &here {
        say(format_args!(
            "here     {} {} by link {} from {} since {} (connection {})",
            person.peer,
            role(person.role),
            person.via,
            person.address,
            person.since,
            person.conn
        ));
    }
    Ok(())
}

/// Who is here. `None` where a relay runs that doesn't say.
async fn people(place: &Place) -> Result<Option<Vec<Person>>, TendError> {
    match Store::try_lock(&place.data) {
        // No relay runs, or else it would hold it.
        Ok(_) => Ok(Some(Vec::new())),
        Err(TryLockError::WouldBlock) => match Client::find(&place.data).await {
            Ok(client) => Ok(Some(client.people().await?)),
            Err(error) => {
                eprintln!("{error}");
                Ok(None)
            }
        },
        Err(TryLockError::Error(error)) => Err(TendError::file(&place.data, &error)),
    }
}

fn count(people: &[Person]) -> HashMap<BoardId, usize> {
    let mut counted = HashMap::new();
    for person in people {
        *counted.entry(person.board.clone()).or_default() += 1;
    }
    counted
}

fn links(access: &Access) -> Vec<Link> {
    let links = access.links.iter();
    links
        .map(|link| Link {
            via: link.hash.short(),
            role: link.role,
            name: link.name.clone(),
            until: link.until.map(times::show),
            ended: link.ended.map(times::show),
        })
        .collect()
}

fn somebody(person: Person) -> Somebody {
    Somebody {
        conn: person.conn,
        peer: person.peer.to_string(),
        role: person.role,
        via: person.via,
        address: person.address,
        since: times::show(person.since_ms),
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Edit => "edit",
        Role::View => "view",
        Role::Unknown => "unknown",
    }
}

fn json(value: &impl Serialize) -> Result<(), TendError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| TendError::Other(error.to_string()))?;
    say(format_args!("{text}"));
    Ok(())
}

fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok();
    columns.and_then(|columns| columns.parse().ok()).unwrap_or(WIDTH)
}

/// A name in so many characters; names are ASCII.
fn cut(name: &str, width: usize) -> String {
    match name.get(..width.saturating_sub(1)) {
        Some(start) if name.len() > width => format!("{start}…"),
        _ => name.to_owned(),
    }
}
