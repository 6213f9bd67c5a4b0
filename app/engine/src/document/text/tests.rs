//! Texts that several people change at once.

use drawbridge_protocol::{Peer, Value};
use proptest::prelude::*;

use super::*;

fn peer(n: u8) -> Peer {
    Peer::from_bits([n; 12])
}

/// Somebody with a copy of one text.
#[derive(Debug, Clone)]
struct Typist {
    me: Peer,
    base: String,
    own: Ops,
    others: Vec<(Peer, Ops)>,
}

impl Typist {
    fn new(n: u8, base: &str) -> Self {
        Self {
            me: peer(n),
            base: base.to_owned(),
            own: Ops::default(),
            others: Vec::new(),
        }
    }

    fn letters(&self) -> Sequence {
        let mut cells = self.others.clone();
        cells.push((self.me, self.own.clone()));
        Sequence::of(&self.base, &cells)
    }

    fn text(&self) -> String {
        self.letters().text().to_owned()
    }

    fn insert(&mut self, at: usize, text: &str) {
        let letters = self.letters();
        let after = letters.before(at);
        let _ = self.own.insert(self.me, &letters, after, text);
    }

    fn delete(&mut self, range: std::ops::Range<usize>) {
        let letters = self.letters();
        self.own.delete(self.me, &letters, &range);
    }

    /// Takes up another one's cell as it is now, by way of its JSON.
    fn hear(&mut self, other: &Self) {
        let value = other.own.value(other.me);
        let ops = Ops::read(&value, other.me).expect("operations");
        self.others.retain(|(held, _)| *held != other.me);
        self.others.push((other.me, ops));
    }
}

fn meet(a: &mut Typist, b: &mut Typist) -> String {
    a.hear(b);
    b.hear(a);
    assert_eq!(a.text(), b.text());
    a.text()
}

#[test]
fn d20_what_is_typed_and_deleted_reads_as_in_any_editor() {
    let mut ada = Typist::new(1, "Hello");
    ada.insert(5, ", world");
    ada.delete(0..1);
    ada.insert(0, "J");
    assert_eq!(ada.text(), "Jello, world");
    ada.delete(4..7);
    ada.insert(4, "y f");
    assert_eq!(ada.text(), "Jelly fworld");
    ada.delete(0..ada.text().len());
    assert_eq!(ada.text(), "");
    ada.insert(0, "né😀");
    ada.insert(3, "e");
    assert_eq!(ada.text(), "née😀");
}

#[test]
fn d21_two_texts_typed_at_one_place_stay_two_forwards_and_backwards() {
    for backwards in [false, true] {
        for base in ["", "()"] {
            let (mut ada, mut bob) = (Typist::new(1, base), Typist::new(2, base));
            for (who, word) in [(&mut ada, "abcdef"), (&mut bob, "uvwxyz")] {
                for n in 0..6 {
                    let (at, letter) = if backwards { (0, 5 - n) } else { (n, n) };
                    who.insert(base.len() / 2 + at, &word[letter..=letter]);
                }
            }
            let text = meet(&mut ada, &mut bob);
            let both = ["abcdefuvwxyz", "uvwxyzabcdef"];
            assert!(both.iter().any(|both| text.contains(both)), "{text}");
        }
    }
}

#[test]
fn d21_what_is_typed_into_what_somebody_deletes_stays() {
    let (mut ada, mut bob) = (Typist::new(1, "a brown fox"), Typist::new(2, "a brown fox"));
    ada.delete(2..8);
    bob.insert(7, "ish");
    assert_eq!(meet(&mut ada, &mut bob), "a ishfox");
}

#[test]
fn d22_a_run_with_corrections_stays_one_run() {
    let mut ada = Typist::new(1, "");
    ada.insert(0, "Helo");
    ada.delete(3..4);
    ada.insert(3, "lo");
    assert_eq!(ada.text(), "Hello");
    assert_eq!(ada.own.value(ada.me).as_str(), r#"{"runs":[["","Hel",1,"lo"]]}"#);
}

#[test]
fn d22_the_specs_example_reads_as_it_says() {
    let value = |text: &str| Value::from_text(text.to_owned()).expect("JSON");
    let ops = value(r#"{"peers":["base"],"runs":[["0>4",", dear"],["0<0","Oh! ",3,"!"]],"cut":[[0,1,3]]}"#);
    let ops = Ops::read(&ops, peer(1)).expect("operations");
    assert_eq!(Sequence::of("Hello", &[(peer(1), ops)]).text(), "Oh! !Ho, dear");
}

#[test]
fn d23_what_hangs_on_letters_that_are_not_here_stands_at_the_end() {
    let (mut ada, mut bob, mut cem) = (Typist::new(1, "x"), Typist::new(2, "x"), Typist::new(3, "x"));
    ada.insert(0, "12");
    bob.hear(&ada);
    bob.insert(1, "ab");
    cem.hear(&bob);
    assert_eq!(cem.text(), "xab");
    cem.insert(2, "-");
    cem.hear(&ada);
    assert_eq!(cem.text(), "1a-b2x");
}

#[test]
fn d23_hostile_operations_are_read_in_bounded_time() {
    let value = |text: &str| Value::from_text(text.to_owned()).expect("JSON");
    let (a, b) = (peer(1), peer(2));
    let read = |ops: &[(Peer, &str)]| {
        let ops: Vec<(Peer, Ops)> = ops
            .iter()
            .filter_map(|(peer, text)| Some((*peer, Ops::read(&value(text), *peer)?)))
            .collect();
        Sequence::of("base", &ops).text().to_owned()
    };
    // Both hang on each other, and a third one on itself.
    let on = |peer: Peer| format!(r#"{{"peers":["{peer}"],"runs":[["0>0","cd"]]}}"#);
    assert_eq!(read(&[(a, &on(b)), (b, &on(a))]), "basecdcd");
    assert_eq!(read(&[(a, r#"{"runs":[[">1","ab"]]}"#)]), "baseab");
    let many = r#"{"first":2147483000,"runs":[["",2147483647,"a"],["","b"]],"cut":[[0,1,4294967295]]}"#;
    assert_eq!(read(&[(a, many)]), "base");
    assert_eq!(
        read(&[(a, r#"{"peers":["base"],"cut":[[0,1,4294967295],[7,0,1]]}"#)]),
        "b"
    );
    for strange in [
        "null",
        "[]",
        "7",
        r#"{"runs":7}"#,
        r#"{"runs":[[]]}"#,
        r#"{"runs":[[5]]}"#,
        r#"{"cut":[[0,-1,2]]}"#,
    ] {
        assert_eq!(read(&[(a, strange)]), "base", "{strange}");
    }
    assert_eq!(
        read(&[(a, r#"{"runs":[["9>9","x"],["nonsense","y"]]}"#)]),
        "basexy"
    );
    let long = format!(r#"{{"runs":[["","{}"]]}}"#, "x".repeat(200_000));
    assert_eq!(read(&[(a, &long)]).len(), MAX_LETTERS);
    let comb: String = (0..100_000).map(|n| format!(r#",["<{n}","x"]"#)).collect();
    let comb = format!(r#"{{"runs":[["","x"]{comb}]}}"#);
    assert_eq!(read(&[(a, &comb)]).len(), MAX_LETTERS);
}

#[derive(Debug, Clone)]
enum Act {
    Insert(usize, usize, String),
    Delete(usize, usize, usize),
    Hear(usize, usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0usize..3, any::<usize>(), "[a-zé]{1,4}").prop_map(|(who, at, text)| Act::Insert(who, at, text)),
        2 => (0usize..3, any::<usize>(), 1usize..5).prop_map(|(who, at, len)| Act::Delete(who, at, len)),
        2 => (0usize..3, 0usize..3).prop_map(|(who, whom)| Act::Hear(who, whom)),
    ];
    proptest::collection::vec(act, 0..40)
}

fn boundary(text: &str, at: usize) -> usize {
    let ends: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    ends[at % ends.len()]
}

/// What everybody typed and nobody deleted, as far as each says of themselves.
fn play(acts: &[Act]) -> (Vec<Typist>, usize) {
    let mut all: Vec<Typist> = (1..4).map(|n| Typist::new(n, "base")).collect();
    let mut deleted = std::collections::HashSet::new();
    for act in acts {
        match act {
            Act::Insert(who, at, text) => {
                let before = all[*who].text();
                let at = boundary(&before, *at);
                all[*who].insert(at, text);
                assert_eq!(
                    all[*who].text(),
                    format!("{}{text}{}", &before[..at], &before[at..])
                );
            }
            Act::Delete(who, at, len) => {
                let before = all[*who].text();
                let from = boundary(&before, *at);
                let to = before[from..]
                    .char_indices()
                    .nth(*len)
                    .map_or(before.len(), |(at, _)| from + at);
                for span in all[*who].letters().spans(&(from..to)) {
                    let count = span.text.chars().count() as u32;
                    deleted.extend((span.first.n..span.first.n + count).map(|n| (span.first.by, n)));
                }
                all[*who].delete(from..to);
                assert_eq!(all[*who].text(), format!("{}{}", &before[..from], &before[to..]));
            }
            Act::Hear(who, whom) if who != whom => {
                let other = all[*whom].clone();
                all[*who].hear(&other);
            }
            Act::Hear(..) => {}
        }
    }
    let typed: usize = all.iter().map(|who| who.own.next() as usize).sum();
    (all, 4 + typed - deleted.len())
}

proptest! {
    #[test]
    fn d21_all_agree_and_no_letter_is_lost_that_nobody_deleted(acts in acts()) {
        let (mut all, left) = play(&acts);
        for who in 0..3 {
            for whom in 0..3 {
                if who != whom {
                    let other = all[whom].clone();
                    all[who].hear(&other);
                }
            }
        }
        prop_assert_eq!(all[0].text(), all[1].text());
        prop_assert_eq!(all[0].text(), all[2].text());
        prop_assert_eq!(all[0].text().chars().count(), left);
    }

    #[test]
    fn d23_any_subset_in_any_order_and_twice_is_a_text_with_all_of_its_letters(acts in acts(), which in 0u8..8, twice: bool) {
        let (all, _) = play(&acts);
        let mut cells: Vec<(Peer, Ops)> = (0..3).filter(|n| which & (1 << n) != 0).map(|n| (all[n].me, all[n].own.clone())).collect();
        let text = Sequence::of("base", &cells).text().to_owned();
        let mut gone = std::collections::HashSet::new();
        for (me, ops) in &cells {
            gone.extend(ops.gone(&(0..u32::MAX)).iter().flatten().map(|n| (Some(*me), n)));
            let cuts = ops.cuts.iter().flat_map(|(by, cut)| cut.iter().flatten().map(|n| (*by, n)));
            gone.extend(cuts);
        }
        gone.retain(|(by, _)| by.is_none() || cells.iter().any(|(me, _)| Some(*me) == *by));
        let typed: usize = cells.iter().map(|(_, ops)| ops.next() as usize).sum();
        prop_assert_eq!(text.chars().count(), 4 + typed - gone.len());
        cells.reverse();
        if twice {
            cells.extend(cells.clone());
        }
        prop_assert_eq!(Sequence::of("base", &cells).text().to_owned(), text);
    }

    #[test]
    fn d23_what_came_since_and_what_was_before_are_the_whole(acts in acts(), more in acts()) {
        let (before, _) = play(&acts);
        let (after, _) = play(&acts.iter().chain(&more).cloned().collect::<Vec<_>>());
        for n in 0..3 {
            let me = after[n].me;
            let since = after[n].own.since(&before[n].own, me);
            let since = Ops::read(&since.value(me), me).expect("operations");
            let mut parts = after[n].others.clone();
            parts.extend([(me, before[n].own.clone()), (me, since)]);
            prop_assert_eq!(Sequence::of("base", &parts).text().to_owned(), after[n].text());
        }
    }

    #[test]
    fn d22_operations_are_written_and_read_the_same(acts in acts()) {
        let (all, _) = play(&acts);
        for who in all {
            let value = who.own.value(who.me);
            prop_assert_eq!(Ops::read(&value, who.me), Some(who.own));
        }
    }

    #[test]
    fn d23_any_json_is_read_or_refused_and_never_harms(place in "[0-9<>]{0,4}", n in any::<u32>(), count in any::<u32>(), peers in proptest::collection::vec("base|x|AQEBAQEBAQEBAQEB", 0..3)) {
        let json = serde_json::json!({"peers": peers, "first": n % 5, "runs": [["", "ab"], [place, "cd", count, "ef"]], "cut": [[n % 4, n, count]]});
        let value = Value::from_json(&json).expect("JSON");
        if let Some(ops) = Ops::read(&value, peer(1)) {
            let letters = Sequence::of("base", &[(peer(1), ops)]);
            let text = letters.text();
            for (at, _) in text.char_indices() {
                let before = letters.before(at);
                prop_assert_eq!(letters.index(before), Some(at));
            }
        }
    }
}
