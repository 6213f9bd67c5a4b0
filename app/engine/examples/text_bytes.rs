//! Prints how many bytes a text takes after a thousand edits: what is seen, and the cells that hold it.
//! `cargo run -p drawbridge-engine --example text_bytes [SEED]`

use std::time::Instant;

use drawbridge_engine::document::text::{Ops, Sequence};
use drawbridge_engine::editor::SeededRandom;
use drawbridge_engine::tools::Random as _;
use drawbridge_protocol::Peer;

const EDITS: usize = 1000;
const PROSE: &str = "We keep the left side free, and draw the bridge over the river on the right. ";

/// Some people at one text, all of whom hear all.
struct Table {
    base: String,
    people: Vec<(Peer, Ops)>,
    random: SeededRandom,
}

impl Table {
    fn new(base: &str, people: u8, seed: u64) -> Self {
        let peers = (0..people).map(|n| (Peer::from_bits([n + 1; 12]), Ops::default()));
        Self {
            base: base.to_owned(),
            people: peers.collect(),
            random: SeededRandom(seed),
        }
    }

    fn below(&mut self, n: usize) -> usize {
        let [a, b, c, d, ..] = self.random.bits();
        u32::from_le_bytes([a, b, c, d]) as usize % n.max(1)
    }

    fn sequence(&self) -> Sequence {
        Sequence::of(&self.base, &self.people)
    }

    fn insert(&mut self, who: usize, at: usize, text: &str) {
        let letters = self.sequence();
        let (me, ops) = &mut self.people[who];
        ops.insert(*me, &letters, letters.before(at), text);
    }

    fn delete(&mut self, who: usize, range: std::ops::Range<usize>) {
        let letters = self.sequence();
        let (me, ops) = &mut self.people[who];
        ops.delete(*me, &letters, &range);
    }

    fn print(&self, what: &str) {
        let cells: usize = self
            .people
            .iter()
            .map(|(me, ops)| ops.value(*me).as_str().len())
            .sum();
        let begun = Instant::now();
        let read: Vec<(Peer, Ops)> = self
            .people
            .iter()
            .filter_map(|(me, ops)| Some((*me, Ops::read(&ops.value(*me), *me)?)))
            .collect();
        let text = Sequence::of(&self.base, &read).text().len();
        let micros = begun.elapsed().as_micros();
        println!(
            "{what:<58}{text:>10}{:>10}{cells:>10}{micros:>12}",
            self.base.len()
        );
    }
}

fn main() {
    let seed = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(1);
    println!("seed {seed}; bytes after {EDITS} edits, and microseconds to write and read them");
    println!("{:<58}{:>10}{:>10}{:>10}{:>12}", "", "seen", "base", "cells", "");
    let letters = || PROSE.chars().cycle().take(EDITS).map(String::from);

    let mut table = Table::new("", 1, seed);
    for (at, letter) in letters().enumerate() {
        table.insert(0, at, &letter);
    }
    table.print("typed in one go");

    let mut table = Table::new("", 1, seed);
    let mut at = 0;
    for letter in letters() {
        if at > 0 && table.below(8) == 0 {
            table.delete(0, at - 1..at);
            at -= 1;
        } else {
            table.insert(0, at, &letter);
            at += 1;
        }
    }
    table.print("the same, each eighth key a correction");

    let mut table = Table::new(&PROSE.repeat(20), 1, seed);
    for letter in letters() {
        let len = table.sequence().text().len();
        let at = table.below(len);
        if table.below(2) == 0 {
            table.insert(0, at, &letter);
        } else {
            table.delete(0, at..at + 1);
        }
    }
    table.print("single letters put in and taken out anywhere");

    let mut table = Table::new("", 1, seed);
    for _ in 0..EDITS / 20 {
        table.insert(0, 0, &PROSE[..18]);
        table.delete(0, 0..18);
    }
    table.print("typed and deleted again, all of it");

    let mut table = Table::new("", 2, seed);
    for letter in letters() {
        let (who, len) = (table.below(2), table.sequence().text().len());
        table.insert(who, if who == 0 { len } else { len / 2 }, &letter);
    }
    table.print("two who type at once, at the end and in the middle");

    let mut table = Table::new(&PROSE.repeat(20), 10, seed);
    for n in 0..EDITS / 10 {
        let (who, len) = (n % 10, table.sequence().text().len());
        let at = table.below(len - 12);
        table.delete(who, at..at + 5);
        table.insert(who, at, "words");
    }
    table.print("ten who replace words anywhere");
}
