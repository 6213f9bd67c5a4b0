//! Who is on the board: how they come, and who is meant.

use std::time::Duration;

use drawbridge_protocol::{BoardId, Key, Link, RelayAddress};

use super::super::crew::NotHere;
use super::super::scenario::{CLIENTS, Newcomers, Step, Who};
use super::{Halt, Place, Run};
use crate::tools::Random as _;

/// Somebody on the board.
pub(super) struct Client {
    pub(super) name: String,
    pub(super) sort: Option<String>,
    /// In the crew.
    pub(super) number: usize,
    pub(super) here: bool,
}

impl Run<'_> {
    pub(super) fn newcomers(&mut self, who: &Newcomers, within: Duration, step: &Step) -> Result<(), Halt> {
        let (names, sort): (Vec<String>, _) = match who {
            Newcomers::Named(names) => (
                names.iter().map(|name| name.value(&self.variables)).collect(),
                None,
            ),
            Newcomers::Many(count, sort) => {
                let count = count.count(&self.variables, CLIENTS).map_err(Halt::Failed)?;
                let names = (1..=count).map(|n| format!("{sort}{n}"));
                (names.collect(), Some(sort))
            }
        };
        let from = self.clients.len();
        for name in names {
            self.newcomer(name, sort.cloned(), step, within)?;
        }
        let new: Vec<usize> = (from..self.clients.len()).collect();
        let numbers = self.numbers(&new);
        self.until(within, step, &numbers, |run| run.all_live(&numbers))
    }

    fn newcomer(
        &mut self,
        name: String,
        sort: Option<String>,
        step: &Step,
        within: Duration,
    ) -> Result<(), Halt> {
        if self.clients.iter().any(|client| client.name == name) {
            return Err(Halt::Failed(format!("{name} is here already")));
        }
        if self.clients.len() >= CLIENTS as usize {
            let why = format!("there can be at most {CLIENTS} clients");
            return Err(Halt::CouldNot(why));
        }
        let could_not = |error: NotHere| Halt::CouldNot(error.to_string());
        let number = match (&self.link, &self.place) {
            (Some(link), _) | (None, Place::Board(link)) => self.crew.join(&name, link).map_err(could_not)?,
            (None, Place::Relay(_) | Place::Address(_)) => {
                let Some(address) = self.address.clone() else {
                    return Err(Halt::CouldNot(
                        "there is no relay yet; write relay before the first client".to_owned(),
                    ));
                };
                let link = fresh_link(address)?;
                let number = self.crew.make(&name, &link).map_err(could_not)?;
                self.link = Some(link);
                // The others need a board to come to.
                self.until(within, step, &[number], |run| run.all_live(&[number]))?;
                number
            }
        };
        self.clients.push(Client {
            name,
            sort,
            number,
            here: true,
        });
        Ok(())
    }

    fn all_live(&mut self, numbers: &[usize]) -> Result<(), String> {
        let hands = numbers.iter().filter_map(|number| self.crew.hand(*number));
        let mut absent = hands.filter(|hand| !hand.is_online());
        match absent.next() {
            None => Ok(()),
            Some(hand) => {
                let why = hand.in_step().err().unwrap_or_default();
                let others = absent.count();
                let more = if others > 0 {
                    format!(", and {others} more")
                } else {
                    String::new()
                };
                Err(format!("{} isn't on the board{more}: {why}", hand.name()))
            }
        }
    }

    /// Those who are meant, by their place in `clients`.
    pub(super) fn whom(&self, who: &Who) -> Result<Vec<usize>, Halt> {
        match who {
            Who::One(name) => {
                let name = name.value(&self.variables);
                let at = self.clients.iter().position(|client| client.name == name);
                let at = at.ok_or_else(|| Halt::Failed(format!("no client is called {name}")))?;
                if self.clients[at].here {
                    Ok(vec![at])
                } else {
                    Err(Halt::Failed(format!("{name} has left")))
                }
            }
            Who::All(sort) => {
                let meant = |client: &Client| client.here && (sort.is_none() || client.sort == *sort);
                let all = (0..self.clients.len()).filter(|at| meant(&self.clients[*at]));
                let all: Vec<usize> = all.collect();
                if all.is_empty() {
                    // Whatever is said of nobody would be true.
                    let nobody = sort
                        .as_ref()
                        .map_or_else(|| "nobody".to_owned(), |sort| format!("no {sort}"));
                    return Err(Halt::Failed(format!("{nobody} is here")));
                }
                Ok(all)
            }
        }
    }

    pub(super) fn numbers(&self, clients: &[usize]) -> Vec<usize> {
        clients.iter().map(|at| self.clients[*at].number).collect()
    }
}

/// A link to a board that nobody has yet.
fn fresh_link(address: RelayAddress) -> Result<Link, Halt> {
    let mut key = [0; 16];
    getrandom::fill(&mut key).map_err(|error| Halt::CouldNot(error.to_string()))?;
    // Boards' names must differ between runs, whatever the seed.
    let board = BoardId::from_bits(crate::editor::SystemRandom.bits());
    let RelayAddress { secure, relay } = address;
    Ok(Link {
        secure,
        relay,
        board,
        key: Key::from_bits(key),
    })
}
