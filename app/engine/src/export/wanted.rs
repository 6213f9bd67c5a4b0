//! What somebody wants of a board as a file.

use std::collections::BTreeSet;

use drawbridge_protocol::ElementId;

/// Around what is shown, in board units, where nothing else is asked for.
pub const MARGIN: f64 = 16.0;
/// How many pixels a board unit may have in a PNG.
pub const SCALES: std::ops::RangeInclusive<f64> = 0.1..=4.0;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Pixels.
    Png,
    /// Outlines, for a page in the web.
    Svg,
    /// Outlines, for paper: several pages in one file.
    Pdf,
    /// A scene for Excalidraw: its elements themselves, which are no picture.
    Excalidraw,
}

impl Format {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Png, Self::Svg, Self::Pdf, Self::Excalidraw];

    /// As people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Svg => "SVG",
            Self::Pdf => "PDF",
            Self::Excalidraw => "Excalidraw",
        }
    }

    /// How such a file's name ends.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Pdf => "pdf",
            Self::Excalidraw => "excalidraw",
        }
    }

    /// Whether one file holds several pages.
    #[must_use]
    pub fn has_pages(self) -> bool {
        self == Self::Pdf
    }

    /// Whether the elements can go along in it, or not.
    #[must_use]
    pub fn can_embed(self) -> bool {
        matches!(self, Self::Png | Self::Svg)
    }
}

/// How letters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lettering {
    /// As they look, everywhere and for good.
    Outlines,
    /// As text that can be found, copied and read aloud, with the fonts that it needs.
    Text,
}

/// What of a board is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// All of it.
    All,
    /// These elements, and what lies in the frames among them. One that is a frame, and no more, is shown as [`What::Frames`] does.
    These(BTreeSet<ElementId>),
    /// What is in each of these frames, in this order: a page each.
    Frames(Vec<ElementId>),
    /// The same of every frame, in the order in which they are presented.
    EachFrame,
}

/// All that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// What the file is.
    pub format: Format,
    /// What it shows.
    pub what: What,
    /// Pixels a board unit in a PNG, within [`SCALES`].
    pub scale: f64,
    /// Whether the board's colour is under it; else nothing is.
    pub paper: bool,
    /// So many board units stay free around what is shown. A frame is shown up to its edge.
    pub margin: f64,
    /// How the letters of an SVG are written.
    pub lettering: Lettering,
    /// Whether the elements go along, so that the file opens again as a board; where that can be.
    pub embed: bool,
}

impl Wanted {
    /// All of a board, on its paper, to be opened again; twice as many pixels as board units.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            what: What::All,
            scale: 2.0,
            paper: true,
            margin: MARGIN,
            lettering: Lettering::Outlines,
            embed: true,
        }
    }

    /// Whether the file is to be opened again as a board. One for Excalidraw always is.
    #[must_use]
    pub fn opens_again(&self) -> bool {
        self.format == Format::Excalidraw || (self.embed && self.format.can_embed())
    }
}
