//! The terms in which a figure is described, with the names under which they are stored.

/// A text for each value of a property, and back.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $value:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub enum $name { $($(#[$each])* $value),+ }

        impl $name {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// As it is stored.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $text),+ }
            }

            /// What is stored under this name.
            #[must_use]
            pub fn named(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == text)
            }
        }
    };
}

named! {
    /// What kind of thing an element is.
    Kind {
        /// A freehand line of varying width.
        #[default]
        Stroke = "stroke",
        /// A freehand line of the highlighter: of even width, translucent, born below the ink.
        Highlight = "highlight",
        /// A rectangle: `place` leads the unit square to it.
        Rectangle = "rectangle",
        /// A diamond: its corners are the middles of the sides of a rectangle.
        Diamond = "diamond",
        /// An ellipse in a rectangle.
        Ellipse = "ellipse",
        /// A line through two points or more, with heads at its ends: an arrow is a line.
        Line = "line",
        /// A picture of pixels: `place` leads the unit square to it.
        Image = "image",
        /// Letters on the bare board.
        Text = "text",
        /// A sheet of paper with letters on it.
        Note = "note",
        /// A region of the board with a name, to which elements belong: a rectangle that is never filled.
        Frame = "frame",
    }
}

impl Kind {
    /// Whether it is drawn freehand.
    #[must_use]
    pub fn is_ink(self) -> bool {
        matches!(self, Self::Stroke | Self::Highlight)
    }

    /// Whether the ends of lines can hold on to it.
    #[must_use]
    pub fn holds_lines(self) -> bool {
        !self.is_ink() && self != Self::Line
    }

    /// Whether it fills the unit square, has an inside, and no points.
    #[must_use]
    pub fn is_box(self) -> bool {
        self.can_be_filled() || self == Self::Frame
    }

    /// Whether its inside can be filled.
    #[must_use]
    pub fn can_be_filled(self) -> bool {
        matches!(
            self,
            Self::Rectangle | Self::Diamond | Self::Ellipse | Self::Image | Self::Note
        )
    }

    /// Whether it is drawn along points.
    #[must_use]
    pub fn has_points(self) -> bool {
        self.is_ink() || self == Self::Line
    }

    /// Whether it has a line of a width and not only letters.
    #[must_use]
    pub fn has_line(self) -> bool {
        !matches!(self, Self::Text | Self::Note | Self::Image)
    }

    /// Whether letters can stand in it, and not only on it or beside it.
    #[must_use]
    pub fn has_room(self) -> bool {
        self.bears_letters() && self.is_box()
    }

    /// Whether its line can be drawn as if by an unsteady hand.
    #[must_use]
    pub fn can_be_sketched(self) -> bool {
        matches!(self, Self::Rectangle | Self::Diamond | Self::Ellipse | Self::Line)
    }

    /// Whether it can bear letters.
    #[must_use]
    pub fn bears_letters(self) -> bool {
        !self.is_ink() && !matches!(self, Self::Image | Self::Frame)
    }
}

named! {
    /// How a line is broken.
    Dash {
        /// Not at all.
        #[default]
        Solid = "solid",
        /// Into dashes.
        Dashed = "dashed",
        /// Into dots.
        Dotted = "dotted",
    }
}

named! {
    /// How unsteady the hand seems that drew a line.
    Sketch {
        /// Not at all.
        #[default]
        None = "none",
        /// A little.
        Light = "light",
        /// Much.
        Strong = "strong",
    }
}

named! {
    /// How an inside is filled.
    Shade {
        /// With the colour, mixed with much of the paper's.
        #[default]
        Tint = "tint",
        /// With the colour.
        Solid = "solid",
        /// With parallel lines.
        Hatch = "hatch",
        /// With lines both ways.
        Cross = "cross",
        /// With one line to and fro.
        Zigzag = "zigzag",
    }
}

named! {
    /// How a rectangle's and a diamond's corners are, and the bends of a right-angled line.
    Corners {
        /// Rounded.
        #[default]
        Round = "round",
        /// Sharp.
        Sharp = "sharp",
    }
}

named! {
    /// How a line goes through its points.
    Route {
        /// Straight from each to the next.
        #[default]
        Straight = "straight",
        /// As a smooth curve.
        Curve = "curve",
        /// At right angles, around what its ends hold on to.
        Elbow = "elbow",
    }
}

named! {
    /// What is at an end of a line.
    Head {
        /// Nothing.
        #[default]
        None = "none",
        /// Two strokes.
        Arrow = "arrow",
        /// A filled triangle.
        Triangle = "triangle",
        /// A filled disc.
        Dot = "dot",
        /// A stroke across.
        Bar = "bar",
        /// A ring.
        Circle = "circle",
        /// The outline of a triangle.
        TriangleOutline = "triangle_outline",
        /// A filled diamond.
        Diamond = "diamond",
        /// The outline of a diamond.
        DiamondOutline = "diamond_outline",
        /// A stroke across, before the end: one, in a diagram of entities.
        CrowOne = "crow_one",
        /// Three strokes that spread out: many.
        CrowMany = "crow_many",
        /// Both: one or many.
        CrowOneOrMany = "crow_one_or_many",
    }
}

named! {
    /// In which face letters are set.
    Font {
        /// As if written by hand.
        #[default]
        Hand = "hand",
        /// Plain, without serifs.
        Plain = "plain",
        /// With serifs.
        Serif = "serif",
        /// All letters equally wide.
        Mono = "mono",
    }
}

named! {
    /// Where the lines of a text begin or end.
    TextAlign {
        /// At the left.
        #[default]
        Left = "left",
        /// In the middle.
        Center = "center",
        /// At the right.
        Right = "right",
    }
}

impl TextAlign {
    /// How much of a line lies to the left of where it is aligned, in parts of its width.
    #[must_use]
    pub fn part(self) -> f64 {
        match self {
            Self::Left => 0.0,
            Self::Center => 0.5,
            Self::Right => 1.0,
        }
    }
}

impl Shade {
    /// Whether it leaves something of what is below to be seen, between lines.
    #[must_use]
    pub fn is_lines(self) -> bool {
        matches!(self, Self::Hatch | Self::Cross | Self::Zigzag)
    }
}

named! {
    /// Where letters stand in a box that is higher than they are.
    VAlign {
        /// In the middle.
        #[default]
        Middle = "middle",
        /// At the top.
        Top = "top",
        /// At the bottom.
        Bottom = "bottom",
    }
}

impl VAlign {
    /// How much of the room that is left lies above the letters, in parts of it.
    #[must_use]
    pub fn part(self) -> f64 {
        match self {
            Self::Top => 0.0,
            Self::Middle => 0.5,
            Self::Bottom => 1.0,
        }
    }
}
