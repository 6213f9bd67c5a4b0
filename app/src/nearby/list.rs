//! The boards of others that are there: bounded, one's own left out. When one goes, mDNS says so: by its good-bye, or because it
//! hasn't been heard of for as long as it said it would be.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use drawbridge_protocol::BoardId;
use mdns_sd::ResolvedService;

use super::announcement;
use crate::reach::Reach;

/// How many are listed.
const MOST: usize = 50;
/// How many addresses of one are tried.
const ADDRESSES: usize = 4;

/// A board that somebody on the network hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The full name of its service.
    pub name: String,
    /// Which board.
    pub board: BoardId,
    /// Its title; may be empty.
    pub title: String,
    /// Who hosts it; may be empty.
    pub by: String,
    /// Where its relay is, the likeliest first.
    pub addresses: Vec<Ipv4Addr>,
    /// At which port.
    pub port: u16,
}

impl Found {
    /// What mDNS found, if it is a board that can be reached.
    #[must_use]
    pub fn of(service: &ResolvedService) -> Option<Self> {
        let (board, title, by) = announcement::read(&service.txt_properties)?;
        Self::at(
            &service.fullname,
            board,
            title,
            by,
            service.get_addresses_v4(),
            service.port,
        )
    }

    fn at(
        name: &str,
        board: BoardId,
        title: String,
        by: String,
        addresses: impl IntoIterator<Item = Ipv4Addr>,
        port: u16,
    ) -> Option<Self> {
        // Nobody's relay is at these.
        let some = |address: &Ipv4Addr| {
            !address.is_multicast() && !address.is_broadcast() && !address.is_unspecified()
        };
        let mut addresses: Vec<Ipv4Addr> = addresses.into_iter().filter(some).collect();
        // A home's or an office's before others; this computer's own last.
        let rank = |address: &Ipv4Addr| match Reach::of(IpAddr::V4(*address)) {
            Reach::Network => 0,
            Reach::Overlay => 1,
            Reach::Internet => 2,
            Reach::Computer => 3,
        };
        addresses.sort_by_key(|address| (rank(address), *address));
        addresses.truncate(ADDRESSES);
        (!addresses.is_empty() && port > 0).then(|| Self {
            name: name.to_owned(),
            board,
            title,
            by,
            addresses,
            port,
        })
    }
}

/// What is there.
#[derive(Debug)]
pub struct List {
    /// The full name of this run's own service.
    mine: String,
    found: BTreeMap<String, Found>,
}

impl List {
    /// An empty one. `mine`: the full name of this run's own service, which is never listed.
    #[must_use]
    pub fn new(mine: &str) -> Self {
        Self {
            mine: mine.to_ascii_lowercase(),
            found: BTreeMap::new(),
        }
    }

    /// Something was found under a name, or what is there under it has changed; `None` if it is no board. Says whether the list is
    /// another one now.
    pub fn take(&mut self, found: Option<Found>, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let Some(found) = found.filter(|_| name != self.mine) else {
            return self.found.remove(&name).is_some();
        };
        // A flood shall not push out what is there.
        if self.found.len() >= MOST && !self.found.contains_key(&name) {
            return false;
        }
        let before = self.found.insert(name.clone(), found);
        before.as_ref() != self.found.get(&name)
    }

    /// What was there under a name has gone. Says whether it was listed.
    pub fn remove(&mut self, name: &str) -> bool {
        self.found.remove(&name.to_ascii_lowercase()).is_some()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.found.clear();
    }

    /// What is there, by title.
    #[must_use]
    pub fn found(&self) -> Vec<Found> {
        let mut all: Vec<Found> = self.found.values().cloned().collect();
        all.sort_by_cached_key(|found| {
            (
                found.title.to_lowercase(),
                found.by.to_lowercase(),
                found.name.clone(),
            )
        });
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, title: &str, addresses: &[[u8; 4]]) -> Option<Found> {
        let board = BoardId::new("plan").expect("a name");
        let addresses = addresses.iter().map(|octets| Ipv4Addr::from(*octets));
        Found::at(name, board, title.to_owned(), "Ada".to_owned(), addresses, 7411)
    }

    fn take(list: &mut List, name: &str, title: &str) -> bool {
        list.take(found(name, title, &[[10, 0, 0, 1]]), name)
    }

    fn titles(list: &List) -> Vec<String> {
        list.found().into_iter().map(|found| found.title).collect()
    }

    #[test]
    fn what_comes_changes_and_goes_is_listed_by_title() {
        let mut list = List::new("me._drawbridge._tcp.local.");
        assert!(take(&mut list, "b", "zebra") && take(&mut list, "a", "Apple"));
        assert!(!take(&mut list, "a", "Apple"), "heard again, it is no news");
        assert_eq!(titles(&list), ["Apple", "zebra"]);
        assert!(take(&mut list, "a", "Yak"));
        assert!(take(&mut list, "A", "Yak2"), "names differ not by their case");
        assert_eq!(titles(&list), ["Yak2", "zebra"]);
        assert!(list.remove("b") && !list.remove("b"));
        assert!(list.take(None, "a"), "what is no board any more goes");
        assert!(list.found().is_empty());
    }

    #[test]
    fn ones_own_is_not_listed_and_a_flood_is_bounded() {
        let mut list = List::new("me._drawbridge._tcp.local.");
        assert!(!take(&mut list, "ME._drawbridge._tcp.local.", "mine"));
        for n in 0..10 * MOST {
            take(&mut list, &format!("n{n}"), "flood");
        }
        assert_eq!(list.found().len(), MOST);
        assert!(take(&mut list, "n0", "still heard"));
    }

    #[test]
    fn only_addresses_that_a_relay_can_have_are_tried_the_nearest_first() {
        let all = [
            [127, 0, 0, 1],
            [224, 0, 0, 251],
            [255, 255, 255, 255],
            [0, 0, 0, 0],
            [203, 0, 113, 9],
            [100, 64, 0, 1],
            [192, 168, 1, 5],
            [10, 0, 0, 1],
        ];
        let board = found("a", "", &all).expect("a board");
        let expected = [[10, 0, 0, 1], [192, 168, 1, 5], [100, 64, 0, 1], [203, 0, 113, 9]];
        assert_eq!(board.addresses, expected.map(Ipv4Addr::from));
        assert_eq!(found("a", "", &[[224, 0, 0, 251]]), None);
    }
}
