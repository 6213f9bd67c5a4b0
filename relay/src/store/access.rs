//! Who may do what on boards, as the transaction under way has it, and what owners and the relay's host change about it.

use std::sync::Arc;

use drawbridge_protocol::{
    Access, BoardId, BoardLink, Code, KeyHash, Managing, Refused, RelayAddress, Retry,
};

use super::disk::{BoardRow, Disk, DiskError, Totals};
use super::write::Writer;
use crate::rights::{self, Pass};

impl<D: Disk> Writer<D> {
    /// Makes a board, with the links that `access` says.
    pub(crate) fn create(
        &mut self,
        id: &BoardId,
        access: &Access,
        now_ms: u64,
    ) -> Result<BoardRow, DiskError> {
        let n = self.disk.create(id, now_ms)?;
        for link in &access.links {
            self.disk.put_link(n, link, now_ms)?;
        }
        if access.locked {
            self.disk.set_locked(n, true)?;
        }
        Ok(BoardRow {
            n,
            gone: false,
            cells: 0,
            head: 0,
            moved: None,
        })
    }

    /// Who may do what on a board.
    pub(crate) fn access(&self, board: i64) -> Result<Arc<Access>, DiskError> {
        match self.access.get(&board) {
            Some(access) => Ok(Arc::clone(access)),
            None => Ok(Arc::new(self.disk.access(board)?)),
        }
    }

    /// Whether somebody may change a board now. It is asked for every write, so it is remembered, until [`Writer::forget`].
    pub(crate) fn may_write(
        &mut self,
        board: i64,
        pass: &Pass,
        now_ms: u64,
    ) -> Result<Result<(), Box<Refused>>, DiskError> {
        let access = self.access(board)?;
        let may = rights::write(&access, pass, now_ms);
        self.access.entry(board).or_insert(access);
        if may.is_ok() && self.has_moved(board)? {
            return Ok(Err(rights::moved()));
        }
        Ok(may)
    }

    /// Whether a board lives on another relay.
    pub(crate) fn has_moved(&mut self, board: i64) -> Result<bool, DiskError> {
        Ok(self.totals(board)?.moved)
    }

    /// The board lives on another relay from now on, or here again. Says whether that is new.
    pub(crate) fn set_moved(&mut self, row: &BoardRow, to: Option<&RelayAddress>) -> Result<bool, DiskError> {
        if row.moved.as_ref() == to {
            return Ok(false);
        }
        let totals = self.totals(row.n)?;
        self.disk.set_moved(row.n, to)?;
        let after = Totals {
            moved: to.is_some(),
            ..totals
        };
        self.change(row.n, totals, after);
        Ok(true)
    }

    /// Does what an owner asks for who came by the link `own`, or what the relay's host asks for, who came by none. Who is
    /// to be sent away is not for the disk. Returns who may do what then.
    pub(crate) fn manage(
        &mut self,
        board: i64,
        what: &Managing,
        own: Option<&KeyHash>,
        now_ms: u64,
    ) -> Result<Result<Arc<Access>, Box<Refused>>, DiskError> {
        let before = self.access(board)?;
        let held = |hash: &KeyHash| before.links.iter().find(|link| link.hash == *hash);
        match what {
            Managing::Link(BoardLink { hash, .. }) | Managing::End { hash } if own == Some(hash) => {
                return Ok(no("The link by which you came can be neither changed nor ended."));
            }
            Managing::Link(link) => {
                if let Err(why) = rights::check_link(link) {
                    return Ok(no(&why));
                }
                let link = BoardLink {
                    ended: held(&link.hash).and_then(|held| held.ended),
                    ..link.clone()
                };
                if held(&link.hash).is_none() && before.links.len() >= self.limits.links {
                    let over = before.links.iter().filter(|link| link.is_over(now_ms));
                    let Some(oldest) = over.min_by_key(|link| link.ended.or(link.until)) else {
                        let text = format!(
                            "A board has at most {} links; end one of them first.",
                            self.limits.links
                        );
                        return Ok(no(&text));
                    };
                    self.disk.drop_link(board, &oldest.hash)?;
                }
                self.disk.put_link(board, &link, now_ms)?;
            }
            Managing::End { hash } => {
                let Some(link) = held(hash) else {
                    return Ok(no("The board has no such link."));
                };
                let link = BoardLink {
                    ended: link.ended.or(Some(now_ms)),
                    ..link.clone()
                };
                self.disk.put_link(board, &link, now_ms)?;
            }
            Managing::Lock(locked) => self.disk.set_locked(board, *locked)?,
            Managing::Remove { .. } => return Ok(Ok(before)),
        }
        let after = Arc::new(self.disk.access(board)?);
        self.before.access.entry(board).or_insert(before);
        self.access.insert(board, Arc::clone(&after));
        Ok(Ok(after))
    }
}

fn no<T>(text: &str) -> Result<T, Box<Refused>> {
    Err(Box::new(Refused::new(Code::BadManage, text, Retry::Never)))
}
