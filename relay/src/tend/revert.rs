//! `revert`: a board as it was. What is written is fresh cells, above everything on the board, so that every client and every
//! later merge agrees.

use std::collections::BTreeSet;

use drawbridge_protocol::{BoardId, CellKey, Peer, Property, Value};

use super::way::Way;
use super::{Place, TendError, acts, say, times};
use crate::clock::wall_ms;
use crate::committer::{Fresh, What};
use crate::store::{Fix, Look, Target};

/// What people draw meanwhile is led back too, in another round; those who never stop have to be sent away first.
const ROUNDS: u32 = 5;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The board
    #[arg(allow_hyphen_values = true)]
    board: BoardId,
    /// To what it was then: 2026-05-04T13:30:00Z, with an offset as in 2026-05-04T13:30:00+02:00, or "10m ago"
    #[arg(long, value_name = "TIME")]
    to: String,
    /// Only what these peers wrote, as `boards show` names those who are here; others' later work stays
    #[arg(long, value_name = "PEER", allow_hyphen_values = true, value_parser = |text: &str| Peer::new(text))]
    by: Vec<Peer>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// How much of what.
#[derive(Debug, Default)]
struct Counts {
    gone: u64,
    back: u64,
    earlier: u64,
    as_born: u64,
    texts: u64,
    unsure: u64,
}

/// Leads a board back.
pub(super) async fn run(args: Args, place: &Place) -> Result<(), TendError> {
    let now = wall_ms();
    let to_ms = times::read(&args.to, now).map_err(TendError::Other)?;
    let target = Target {
        to_ms,
        by: args.by.into_iter().collect::<BTreeSet<_>>(),
    };
    if args.dry_run {
        let (_, counts) = plan(&args.board, &target, place)?;
        say(format_args!(
            "to lead board {} back to {}, this would be written:",
            args.board,
            times::show(to_ms)
        ));
        tell(&counts);
        return Ok(());
    }
    let way = Way::find(place).await?;
    let done = write(&way, &args.board, &target, place).await;
    way.close().await?;
    let (peer, counts) = done?;
    say(format_args!(
        "board {} is as it was at {}; this was written:",
        args.board,
        times::show(to_ms)
    ));
    tell(&counts);
    say(format_args!(
        "written by peer {peer}; `revert --to {} --by {peer}` takes it back",
        times::show(now)
    ));
    Ok(())
}

async fn write(
    way: &Way,
    board: &BoardId,
    target: &Target,
    place: &Place,
) -> Result<(Peer, Counts), TendError> {
    let mut bits = [0; 12];
    getrandom::fill(&mut bits).map_err(|error| TendError::Other(error.to_string()))?;
    let peer = Peer::from_bits(bits);
    let mut all = Counts::default();
    for _ in 0..ROUNDS {
        let (values, counts) = plan(board, target, place)?;
        if values.is_empty() {
            return Ok((peer, all));
        }
        all.add(&counts);
        let mut values = values.into_iter().peekable();
        while values.peek().is_some() {
            let (mut cells, mut bytes) = (Vec::new(), 0);
            while let Some(next) = values.next_if(|next: &Fresh| {
                cells.is_empty()
                    || (cells.len() < place.settings.limits.write_cells
                        && bytes + next.size() <= acts::BATCH_BYTES)
            }) {
                bytes += next.size();
                cells.push(next);
            }
            way.chore(board, What::Rewrite { cells, peer }).await?;
        }
    }
    Err(TendError::Other(format!(
        "board {board} was led back {ROUNDS} times, and each time somebody had changed it again meanwhile; lock it or send them away, then run it once more"
    )))
}

/// What has to be written now. Values are read here, so that no snapshot is held while they are written.
fn plan(board: &BoardId, target: &Target, place: &Place) -> Result<(Vec<Fresh>, Counts), TendError> {
    let look = Look::open(&place.data)?;
    let row = look.board(board)?.filter(|row| !row.gone);
    let row = row.ok_or_else(|| TendError::NoBoard(board.clone()))?;
    let age = u64::try_from(place.settings.past_age.as_millis()).unwrap_or(u64::MAX);
    let (_, _, oldest) = look.past()?;
    let past_from = wall_ms().saturating_sub(age).max(oldest.unwrap_or(0));
    let plan = look.plan(row.n, target, past_from)?;
    let mut counts = Counts {
        unsure: plan.unsure,
        ..Counts::default()
    };
    let mut values = Vec::with_capacity(plan.fixes.len());
    for (key, fix) in plan.fixes {
        let text = match fix {
            Fix::Earlier(n) => look.past_value(n)?,
            Fix::Delete => "true".to_owned(),
            Fix::Restore => "false".to_owned(),
            Fix::AsInBase => "null".to_owned(),
        };
        counts.count(&key, fix, &text);
        let value = Value::from_text(text).map_err(|error| TendError::Other(error.to_string()))?;
        values.push(Fresh::new(key, value));
    }
    Ok((values, counts))
}

impl Counts {
    fn count(&mut self, key: &CellKey, fix: Fix, value: &str) {
        let prop = key.prop.as_str();
        let of = match (prop, value) {
            (Property::DELETED, "true") => &mut self.gone,
            (Property::DELETED, _) => &mut self.back,
            _ if prop.starts_with("text/") => &mut self.texts,
            _ if fix == Fix::AsInBase => &mut self.as_born,
            _ => &mut self.earlier,
        };
        *of += 1;
    }

    fn add(&mut self, other: &Self) {
        self.gone += other.gone;
        self.back += other.back;
        self.earlier += other.earlier;
        self.as_born += other.as_born;
        self.texts += other.texts;
        self.unsure = self.unsure.max(other.unsure);
    }
}

fn tell(counts: &Counts) {
    let lines = [
        (counts.gone, "elements deleted"),
        (counts.back, "deleted elements brought back"),
        (counts.earlier, "properties set to what they had been"),
        (
            counts.as_born,
            "properties set to what their elements were born with",
        ),
        (
            counts.texts,
            "people's shares of a text set to what they had been",
        ),
    ];
    let mut nothing = true;
    for (count, what) in lines.iter().filter(|(count, _)| *count > 0) {
        say(format_args!("  {what}: {count}"));
        nothing = false;
    }
    if nothing {
        say(format_args!("  nothing: it is so already"));
    }
    if counts.unsure > 0 {
        say(format_args!(
            "  of these, {} may have had an earlier value that isn't kept any more (past-age, past-bytes): they count as made later",
            counts.unsure
        ));
    }
}
