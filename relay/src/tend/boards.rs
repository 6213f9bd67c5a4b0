//! `boards`: what there is, and what is done with one board.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use drawbridge_protocol::{BoardId, RelayAddress};

use super::way::Way;
use super::{Place, TendError, export, import, say, show, times};
use crate::committer::What;
use crate::store::Look;

/// How long people may take to be gone, until a board that is to be forgotten is.
const GOING: Duration = Duration::from_secs(30);

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List all boards
    List(show::ListArgs),
    /// Show all about one board: links without their keys, and who is on it
    Show(show::ShowArgs),
    /// Write a board to a file, as it is at one moment: a JSON object a line, with its images
    Export {
        /// The board
        #[arg(allow_hyphen_values = true)]
        board: BoardId,
        /// Where to; `-` for standard output
        file: PathBuf,
    },
    /// Bring in a board that was exported
    Import(import::Args),
    /// Delete a board: people on it are told, and nobody can bring it back by coming to it
    Delete {
        /// The board
        #[arg(allow_hyphen_values = true)]
        board: BoardId,
        /// Don't ask
        #[arg(long)]
        yes: bool,
        /// Forget that it ever was: the first who still has it, and comes to it, brings it back
        #[arg(long)]
        forget: bool,
    },
    /// Send everybody who is on a board, or comes to it, to another relay, which has it already (an import brings it there)
    Move {
        /// The board
        #[arg(allow_hyphen_values = true)]
        board: BoardId,
        /// Where it lives from now on: `https://draw.example`, `http://192.168.1.5:7411`
        #[arg(long, value_name = "ADDRESS", required_unless_present = "back")]
        to: Option<RelayAddress>,
        /// It lives here again
        #[arg(long, conflicts_with = "to")]
        back: bool,
    },
    /// Let only owners change a board
    Lock {
        /// The board
        #[arg(allow_hyphen_values = true)]
        board: BoardId,
    },
    /// Let everybody who may edit change it again
    Unlock {
        /// The board
        #[arg(allow_hyphen_values = true)]
        board: BoardId,
    },
}

impl Command {
    /// Adds these commands to `boards`.
    pub(crate) fn augment(command: clap::Command) -> clap::Command {
        Self::augment_subcommands(command)
            .subcommand_required(true)
            .arg_required_else_help(true)
    }
}

pub(super) async fn run(command: Command, place: &Place) -> Result<(), TendError> {
    match command {
        Command::List(args) => show::list(&args, place).await,
        Command::Show(args) => show::show(&args, place).await,
        Command::Export { board, file } => export::run(&board, &file, place),
        Command::Import(args) => import::run(args, place).await,
        Command::Delete { board, yes, forget } => delete(&board, yes, forget, place).await,
        Command::Move { board, to, .. } => send_on(&board, to, place).await,
        Command::Lock { board } => lock(&board, true, place).await,
        Command::Unlock { board } => lock(&board, false, place).await,
    }
}

async fn lock(board: &BoardId, locked: bool, place: &Place) -> Result<(), TendError> {
    let way = Way::find(place).await?;
    let done = way.lock(board, locked).await;
    way.close().await?;
    done?;
    let state = if locked {
        "locked: only its owners may change it"
    } else {
        "unlocked"
    };
    say(format_args!("board {board} is {state}"));
    Ok(())
}

async fn send_on(board: &BoardId, to: Option<RelayAddress>, place: &Place) -> Result<(), TendError> {
    let way = Way::find(place).await?;
    let done = way.chore(board, What::Move { to: to.clone() }).await;
    way.close().await?;
    done?;
    match to {
        Some(to) => say(format_args!(
            "whoever is on board {board}, or comes to it, is sent to {to}"
        )),
        None => say(format_args!("board {board} lives here")),
    }
    Ok(())
}

async fn delete(board: &BoardId, yes: bool, forget: bool, place: &Place) -> Result<(), TendError> {
    let way = Way::find(place).await?;
    let done = delete_by(&way, board, yes, forget, place).await;
    way.close().await?;
    done
}

async fn delete_by(
    way: &Way,
    board: &BoardId,
    yes: bool,
    forget: bool,
    place: &Place,
) -> Result<(), TendError> {
    let look = Look::open(&place.data)?;
    let row = look.board(board)?;
    let row = row.ok_or_else(|| TendError::NoBoard(board.clone()))?;
    // The snapshot would keep the log from being emptied.
    drop(look);
    if !row.gone && !yes {
        let here = way
            .people()
            .await?
            .iter()
            .filter(|person| person.board == *board)
            .count();
        let question = format!(
            "Delete board {board} ({} cells, {} images, {}, {here} people on it now)? It can't be undone. Type yes: ",
            row.cells,
            row.images,
            times::size(row.bytes)
        );
        if !confirmed(&question)? {
            return Err(TendError::Other("nothing was deleted".to_owned()));
        }
    }
    let buried = way.chore(board, What::Bury).await?.did;
    let mut rows = 0;
    loop {
        let swept = way.chore(board, What::Sweep).await?;
        rows += swept.did;
        if !swept.more {
            break;
        }
    }
    if buried > 0 || rows > 0 {
        say(format_args!("board {board} is deleted ({rows} rows)"));
    } else {
        say(format_args!("board {board} was deleted already"));
    }
    if !forget {
        return Ok(());
    }
    let until = std::time::Instant::now() + GOING;
    while way.chore(board, What::Forget).await?.more {
        if std::time::Instant::now() > until {
            let why = "somebody is still on their way out; run it again with --forget in a moment";
            return Err(TendError::Other(why.to_owned()));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    say(format_args!("and forgotten: who comes to it makes it anew"));
    Ok(())
}

/// Asks whoever sits there.
fn confirmed(question: &str) -> Result<bool, TendError> {
    if !std::io::stdin().is_terminal() {
        let why = "nobody is there to be asked whether to delete it; --yes does it without asking";
        return Err(TendError::Other(why.to_owned()));
    }
    let mut out = std::io::stderr();
    // Without a terminal to ask on nobody answers either.
    let _ = out.write_all(question.as_bytes()).and_then(|()| out.flush());
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.map_err(|error| TendError::Other(error.to_string()))?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}
