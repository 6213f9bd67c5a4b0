//! Letters as text: what somebody searches for is found, and what is copied is a text. The fonts go along, with just the letters that
//! are used, each drawn as it is on the board; each character says where it stands, so that lines are as long as there.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use data_encoding::BASE64;
use kurbo::{BezPath, Point};

use super::font::{Letter, font};
use super::letters::name_of;
use super::path::{length, transform};
use super::xml::escaped;
use crate::document::{Font, Lettered};
use crate::geometry::{Affine, Glyph};
use crate::lettering::Cluster;

/// So many units are an em where letters are told apart.
const UNITS: f64 = 1000.0;

/// A font has no more letters than that, and those of one cluster: it numbers them with 16 bits.
const MOST: usize = 60_000;

/// What a character looks like: glyphs, each so far from where it begins. None for what comes after the first of a cluster.
type Drawn = Vec<(*const Glyph, [i64; 2])>;

/// What of a cluster stands in one font.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Part {
    font: Font,
    text: String,
    /// What its first character looks like.
    drawn: Drawn,
    /// Whether the cluster begins with it. All that is to be seen of a cluster, its first character shows.
    begins: bool,
}

/// A font under way. One in which a character would have to look in two ways is continued in another.
struct Face {
    font: Font,
    drawn: HashMap<char, Drawn>,
    letters: BTreeMap<char, Letter>,
    name: String,
}

/// The fonts of a drawing.
#[derive(Default)]
pub(super) struct Words {
    faces: Vec<Face>,
    /// In which of them each part of a cluster stands.
    known: HashMap<Part, usize>,
}

impl Words {
    /// Takes up the letters of a text.
    pub(super) fn take(&mut self, font: Font, lettered: &Lettered) {
        let size = lettered.layout.size();
        for cluster in lettered.layout.clusters() {
            for part in parts(font, &cluster, size) {
                if !self.known.contains_key(&part) {
                    let face = self.put(&part, &cluster, size);
                    self.known.insert(part, face);
                }
            }
        }
    }

    /// Puts the letters of a cluster's part into a font, and gives the font's number.
    fn put(&mut self, part: &Part, cluster: &Cluster<'_>, size: f64) -> usize {
        let looks = || {
            let chars = part.text.chars().enumerate();
            chars.map(|(n, c)| (c, if n == 0 { &part.drawn[..] } else { &[] }))
        };
        let takes = |face: &Face| {
            let same = |(c, look): (char, &[_])| face.drawn.get(&c).is_none_or(|held| held[..] == *look);
            face.font == part.font && face.letters.len() < MOST && looks().all(same)
        };
        let number = self.faces.iter().position(takes).unwrap_or_else(|| {
            self.faces.push(Face {
                font: part.font,
                drawn: HashMap::new(),
                letters: BTreeMap::new(),
                name: String::new(),
            });
            self.faces.len() - 1
        });
        let face = &mut self.faces[number];
        for (n, (c, look)) in looks().enumerate() {
            if face.drawn.contains_key(&c) {
                continue;
            }
            face.drawn.insert(c, look.to_vec());
            let mut letter = Letter::default();
            if n == 0 && part.begins {
                letter.width = cluster.width / size;
                letter.outline = outline(cluster, size);
            }
            face.letters.insert(c, letter);
        }
        number
    }

    /// The fonts as a style says them. From here on nothing new is taken up.
    pub(super) fn finish(&mut self) -> String {
        let mut out = String::new();
        for face in &mut self.faces {
            // Named by what it is, so that two drawings in one page don't take each other's letters.
            let name = name_of(&font("", &face.letters), |_| true);
            let bytes = BASE64.encode(&font(&name, &face.letters));
            write!(
                out,
                "@font-face{{font-family:{name};src:url(data:font/ttf;base64,{bytes})}}"
            )
            .expect("a string takes all");
            face.name = name;
        }
        out
    }

    /// Writes letters, which were taken up before, with such attributes.
    pub(super) fn write(
        &self,
        out: &mut String,
        (font, lettered): (Font, &Lettered),
        attributes: &str,
        origin: Point,
        digits: usize,
    ) {
        let layout = &lettered.layout;
        let size = layout.size();
        // A thousandth of an em.
        let near = ((UNITS / size).log10().ceil().max(0.0) as usize).min(8);
        let mut clusters: Vec<Cluster<'_>> = layout.clusters().collect();
        let start = |cluster: &Cluster<'_>| cluster.text.as_ptr() as usize;
        clusters.sort_by_key(|cluster| (cluster.line, start(cluster)));
        let mut runs: Vec<Run> = Vec::new();
        let all = clusters
            .iter()
            .flat_map(|cluster| parts(font, cluster, size).map(move |part| (cluster, part)));
        for (cluster, part) in all {
            let face = self.known[&part];
            // Programs don't agree on which place of a list is whose where one is more than a character of 16 bits.
            let alone = part.text.encode_utf16().count() > 1;
            let begins = runs.last().is_none_or(|run| run.line != cluster.line);
            if begins
                && let Some(run) = runs.last_mut()
                && !layout.lines()[run.line].soft
            {
                run.text.push('\n');
            }
            let right = if part.begins { 0.0 } else { cluster.width };
            let x = length(cluster.at.x + right, near);
            match runs.last_mut() {
                Some(run) if !begins && !alone && !run.alone && run.face == face => {
                    run.text.push_str(&part.text);
                    run.places.push(x);
                }
                _ => runs.push(Run {
                    face,
                    line: cluster.line,
                    baseline: begins.then_some(cluster.at.y),
                    alone,
                    text: part.text,
                    places: vec![x],
                }),
            }
        }
        let Some(first) = runs.first() else { return };
        let main = first.face;
        // Nothing is to be turned round again: each character stands where it is said.
        write!(
            out,
            "<text{attributes} font-size=\"{}\" font-family=\"{}\" xml:space=\"preserve\" style=\"white-space:pre\" direction=\"ltr\" unicode-bidi=\"bidi-override\"",
            length(size, near),
            self.families(main)
        )
        .expect("a string takes all");
        let place = lettered.place.then_translate(-origin.to_vec2());
        if place == Affine::IDENTITY {
            out.push('>');
        } else {
            transform(out, place, digits);
            out.push('>');
        }
        for run in &runs {
            out.push_str("<tspan");
            if run.face != main {
                write!(out, " font-family=\"{}\"", self.families(run.face)).expect("a string takes all");
            }
            write!(out, " x=\"{}\"", run.places.join(" ")).expect("a string takes all");
            if let Some(y) = run.baseline {
                write!(out, " y=\"{}\"", length(y, near)).expect("a string takes all");
            }
            write!(out, ">{}</tspan>", escaped(&run.text)).expect("a string takes all");
        }
        out.push_str("</text>");
    }

    /// The font, and those that come nearest to it for programs that take none from a file.
    fn families(&self, face: usize) -> String {
        let others = match self.faces[face].font {
            Font::Plain => "Inter,sans-serif",
            Font::Serif => "Noto Serif,serif",
            Font::Hand => "Shantell Sans,cursive",
            Font::Mono => "JetBrains Mono,monospace",
        };
        format!("{},{others}", self.faces[face].name)
    }
}

/// What stands in a row, in one font.
struct Run {
    face: usize,
    line: usize,
    /// Where its line stands, if it is the line's first.
    baseline: Option<f64>,
    alone: bool,
    text: String,
    places: Vec<String>,
}

/// The characters of a text that a file can have: of the others nothing is to be seen.
fn shown(text: &str) -> impl Iterator<Item = char> {
    let shown = |c: &char| (*c == '\t' || !c.is_control()) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(shown)
}

/// A cluster's parts. In one font a character looks in one way: where a cluster's first one comes again, as in `ff`, what is left of it
/// stands in another, in which nothing of it is to be seen.
fn parts(font: Font, cluster: &Cluster<'_>, size: f64) -> impl Iterator<Item = Part> {
    let mut text: String = shown(cluster.text).collect();
    let first = text.chars().next();
    let mut rest = String::new();
    if let Some(first) = first
        && let Some(again) = text[first.len_utf8()..].find(first)
    {
        rest = text.split_off(first.len_utf8() + again);
    }
    let drawn = cluster.glyphs.iter().map(|(glyph, at)| {
        let by = (*at - cluster.at) / size * UNITS;
        let by = [by.x.round() as i64, by.y.round() as i64];
        (Arc::as_ptr(glyph), by)
    });
    let both = [(text, drawn.collect(), true), (rest, Drawn::new(), false)];
    let parts = both.map(|(text, drawn, begins)| Part {
        font,
        text,
        drawn,
        begins,
    });
    parts.into_iter().filter(|part| !part.text.is_empty())
}

/// All that is to be seen of a cluster, from where it begins, in ems.
fn outline(cluster: &Cluster<'_>, size: f64) -> BezPath {
    let glyphs = cluster.glyphs.iter().flat_map(|(glyph, at)| {
        let by = (*at - cluster.at) / size;
        (Affine::translate(by) * glyph.outline().clone()).into_iter()
    });
    glyphs.collect()
}
