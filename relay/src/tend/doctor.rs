//! `doctor`: looks whether everything is well, and says what to do if not. It changes nothing, unless it is told to repair
//! what can be repaired without losing anything: what apps have, they bring again.

mod disk;
mod images;
mod store;

use std::process::ExitCode;

use serde::Serialize;

use super::way::Way;
use super::{Place, TendError, say};
use crate::committer::What;
use crate::store::{ImageFiles, Look};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Read all images, too, and look whether they are what their names say
    #[arg(long)]
    deep: bool,
    /// Count boards' totals anew where they are wrong, and drop images that are lost or damaged, so that apps bring them again
    #[arg(long)]
    repair: bool,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

/// How bad it is. The program ends with 0, 1 or 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    Warning,
    Error,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    /// What was looked at.
    of: &'static str,
    state: State,
    /// What was seen.
    seen: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    todo: Option<String>,
}

impl Finding {
    fn ok(of: &'static str, seen: impl Into<String>) -> Self {
        Self {
            of,
            state: State::Ok,
            seen: seen.into(),
            todo: None,
        }
    }

    fn warning(of: &'static str, seen: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            of,
            state: State::Warning,
            seen: seen.into(),
            todo: Some(todo.into()),
        }
    }

    fn error(of: &'static str, seen: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            state: State::Error,
            ..Self::warning(of, seen, todo)
        }
    }
}

/// What can be repaired.
#[derive(Debug, Default)]
struct Broken {
    totals: Vec<drawbridge_protocol::BoardId>,
    images: Vec<drawbridge_protocol::ImageHash>,
}

/// Looks at everything.
pub(super) async fn run(args: &Args, place: &Place) -> Result<ExitCode, TendError> {
    let (mut findings, broken) = look(args, place).await;
    if args.repair {
        match repair(&broken, place).await {
            Ok(repaired) => findings.extend(repaired),
            Err(error) => findings.push(Finding::error("repair", error.to_string(), "see above")),
        }
    }
    let worst = findings
        .iter()
        .map(|finding| finding.state)
        .max()
        .unwrap_or(State::Ok);
    if args.json {
        let text =
            serde_json::to_string_pretty(&findings).map_err(|error| TendError::Other(error.to_string()))?;
        say(format_args!("{text}"));
    } else {
        for finding in &findings {
            let state = match finding.state {
                State::Ok => "ok",
                State::Warning => "warning",
                State::Error => "ERROR",
            };
            say(format_args!("{state:8} {:9} {}", finding.of, finding.seen));
            if let Some(todo) = &finding.todo {
                say(format_args!("{:18} -> {todo}", ""));
            }
        }
    }
    Ok(ExitCode::from(worst as u8))
}

async fn look(args: &Args, place: &Place) -> (Vec<Finding>, Broken) {
    let mut broken = Broken::default();
    let mut findings = settings(place);
    findings.extend(disk::folder(place));
    findings.push(disk::relay(place).await);
    findings.extend(disk::space(place));
    findings.push(disk::files());
    let whole = store::whole(place);
    let is_whole = whole.state != State::Error;
    findings.push(whole);
    if is_whole {
        match Look::open(&place.data) {
            Ok(look) => {
                findings.extend(store::rows(&look, place, &mut broken));
                findings.push(images::images(&look, place, args.deep, &mut broken));
            }
            Err(error) => findings.push(Finding::error("store", error.to_string(), "see above")),
        }
    }
    findings.extend(disk::left_over(place));
    (findings, broken)
}

/// What is wrong with the settings keeps every command from its work, so here are only doubts left.
fn settings(place: &Place) -> Vec<Finding> {
    let doubts = place.doubts.iter();
    let findings: Vec<_> = doubts
        .map(|doubt| Finding::warning("settings", doubt, "see SETTINGS.md"))
        .collect();
    match findings.is_empty() {
        true => vec![Finding::ok("settings", "nothing is wrong with them")],
        false => findings,
    }
}

async fn repair(broken: &Broken, place: &Place) -> Result<Vec<Finding>, TendError> {
    if broken.totals.is_empty() && broken.images.is_empty() {
        return Ok(vec![Finding::ok("repair", "there is nothing to repair")]);
    }
    let way = Way::find(place).await?;
    let done = repair_by(&way, broken, place).await;
    let is_running = way.is_running();
    way.close().await?;
    let (totals, rows) = done?;
    let mut findings = Vec::new();
    if totals > 0 {
        findings.push(Finding::ok(
            "repair",
            format!("the totals of {totals} boards are counted anew"),
        ));
    }
    if rows > 0 {
        let seen = format!("{rows} boards' claims to lost or damaged images are dropped");
        findings.push(if is_running {
            let todo = "restart the relay: from then on every app that comes offers its images again";
            Finding::warning("repair", seen, todo)
        } else {
            Finding::ok(
                "repair",
                format!("{seen}; when the relay runs, every app that comes offers its images again"),
            )
        });
    }
    Ok(findings)
}

async fn repair_by(way: &Way, broken: &Broken, place: &Place) -> Result<(u64, u64), TendError> {
    let (mut totals, mut rows) = (0, 0);
    for board in &broken.totals {
        totals += way.chore(board, What::Recount).await?.did;
    }
    let files = ImageFiles::of(&place.data);
    for hash in &broken.images {
        let boards = Look::open(&place.data)?.boards_with(hash)?;
        for board in &boards {
            rows += way.chore(board, What::Lose { image: *hash }).await?.did;
        }
        if let Some(board) = boards.first() {
            files.remove(&[*hash]);
            way.chore(board, What::ForgetStarts).await?;
        }
    }
    Ok((totals, rows))
}
