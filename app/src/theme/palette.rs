//! The inks to draw with, the colours of people, and how far colours are apart.

use drawbridge_engine::document::Ink;
use egui::Color32;

use super::LIGHT;

pub(super) const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// How one ink of the palette looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swatch {
    /// As it is stored on the board.
    pub ink: Ink,
    /// As people read it.
    pub label: &'static str,
    /// On the light board.
    pub light: Color32,
    /// On the dark board.
    pub dark: Color32,
}

const fn swatch(ink: Ink, label: &'static str, light: u32, dark: u32) -> Swatch {
    Swatch {
        ink,
        label,
        light: rgb(light),
        dark: rgb(dark),
    }
}

/// The twelve inks, from Okabe and Ito's eight, kept apart in lightness too. `black` is the ink and
/// `white` the paper of whichever board is shown, so that a drawing reads the same in both modes.
pub const INKS: [Swatch; 12] = [
    swatch(Ink::Black, "Ink", 0x1f1d1a, 0xece8e1),
    swatch(Ink::Grey, "Grey", 0x928c80, 0x957f86),
    swatch(Ink::Red, "Vermilion", 0xd1431a, 0xf76b35),
    swatch(Ink::Orange, "Orange", 0xe69200, 0xf5ad33),
    swatch(Ink::Yellow, "Yellow", 0xdcbf00, 0xf0e442),
    swatch(Ink::Green, "Green", 0x017e5e, 0x18bd87),
    swatch(Ink::Cyan, "Sky blue", 0x45a9e0, 0x6cc1f0),
    swatch(Ink::Blue, "Blue", 0x1461b6, 0x4994e3),
    swatch(Ink::Purple, "Purple", 0x8e368e, 0xbb6fbd),
    swatch(Ink::Brown, "Brown", 0x6b3f1d, 0xa96b4a),
    swatch(Ink::Pink, "Pink", 0xd97db0, 0xec97c7),
    swatch(Ink::White, "Paper", 0xffffff, 0x2e2b28),
];

/// Colours for people, apart from each other and readable on both boards with white words on them.
pub const PEOPLE: [&str; 10] = [
    "#2f6fde", "#ca4500", "#00873c", "#9934d1", "#007a80", "#c4088f", "#827300", "#de0125", "#6a49eb",
    "#b25b00",
];

/// The colour of a person: what they say of themselves if it is a colour, else one for their number.
#[must_use]
pub fn person(said: &str, number: u64) -> Color32 {
    let fallback = PEOPLE[usize::try_from(number % 10).unwrap_or_default()];
    parse_hex(said)
        .or_else(|| parse_hex(fallback))
        .unwrap_or(LIGHT.accent)
}

/// Reads `#rrggbb`.
#[must_use]
pub fn parse_hex(text: &str) -> Option<Color32> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok().map(rgb)
}

/// Hue, saturation and brightness of a colour, each 0 to 1.
#[must_use]
pub fn hsv(color: Color32) -> [f32; 3] {
    let [r, g, b] = [color.r(), color.g(), color.b()].map(|part| f32::from(part) / 255.0);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let span = most - least;
    if span <= 0.0 {
        return [0.0, 0.0, most];
    }
    let sixths = if most <= r {
        (g - b) / span
    } else if most <= g {
        (b - r) / span + 2.0
    } else {
        (r - g) / span + 4.0
    };
    [(sixths / 6.0).rem_euclid(1.0), span / most, most]
}

/// The colour of this hue, saturation and brightness.
#[must_use]
pub fn of_hsv([h, s, v]: [f32; 3]) -> Color32 {
    let part = |number: f32| {
        let k = (number + h * 6.0).rem_euclid(6.0);
        let share = v - v * s * k.min(4.0 - k).clamp(0.0, 1.0);
        (share * 255.0).round() as u8
    };
    Color32::from_rgb(part(5.0), part(3.0), part(1.0))
}

/// The contrast of two opaque colours as WCAG defines it, from 1 to 21.
#[must_use]
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let luminance = |color: Color32| {
        let linear = egui::Rgba::from(color);
        0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::{DARK, Theme};
    use drawbridge_engine::document::Color;

    #[test]
    fn people_are_readable_on_both_boards() {
        for hex in PEOPLE {
            let color = parse_hex(hex).expect("a colour");
            assert!(contrast(color, LIGHT.board) >= 3.0, "{hex} on light");
            assert!(contrast(color, DARK.board) >= 3.0, "{hex} on dark");
            assert!(
                contrast(color, Theme::letters_on(color)) >= 4.5,
                "letters on {hex}"
            );
        }
    }

    #[test]
    fn colours_follow_the_board_and_strange_ones_fall_back() {
        for ink in Ink::ALL {
            assert_eq!(
                INKS.iter().filter(|swatch| swatch.ink == ink).count(),
                1,
                "{ink:?}"
            );
        }
        let black = Color::Ink(Ink::Black);
        assert_eq!((LIGHT.color(black), DARK.color(black)), (LIGHT.text, DARK.text));
        assert_eq!(
            DARK.color(Color::Rgb([16, 32, 48])),
            Color32::from_rgb(16, 32, 48)
        );
        let second = parse_hex(PEOPLE[1]).expect("a colour");
        assert_eq!(person("javascript:", 11), second);
        assert_eq!(person("#+12345", 1), second);
    }

    #[test]
    fn a_colour_is_the_same_after_going_through_hue_saturation_and_brightness() {
        for hex in PEOPLE
            .iter()
            .chain(&["#000000", "#ffffff", "#808080", "#ff0000", "#00ffff", "#010203"])
        {
            let color = parse_hex(hex).expect("a colour");
            assert_eq!(of_hsv(hsv(color)), color, "{hex}");
        }
    }

    /// Colours as somebody sees them who lacks one kind of cones (Machado, Oliveira and Fernandes, 2009, severity 1).
    fn seen_with(matrix: [[f32; 3]; 3], color: Color32) -> [f32; 3] {
        let c = egui::Rgba::from(color);
        let c = [c.r(), c.g(), c.b()];
        let lin = matrix.map(|row| (row[0] * c[0] + row[1] * c[1] + row[2] * c[2]).clamp(0.0, 1.0));
        let l = (0.412_221_5 * lin[0] + 0.536_332_5 * lin[1] + 0.051_446 * lin[2]).cbrt();
        let m = (0.211_903_5 * lin[0] + 0.680_699_5 * lin[1] + 0.107_397 * lin[2]).cbrt();
        let s = (0.088_302_5 * lin[0] + 0.281_718_8 * lin[1] + 0.629_978_7 * lin[2]).cbrt();
        [
            0.210_454_3 * l + 0.793_617_8 * m - 0.004_072_0 * s,
            1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            0.025_904 * l + 0.782_771_8 * m - 0.808_675_8 * s,
        ]
    }

    #[test]
    fn inks_stay_apart_for_colour_blind_people() {
        let eyes = [
            ("all cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
            (
                "no red cones",
                [
                    [0.152_286, 1.052_583, -0.204_868],
                    [0.114_503, 0.786_281, 0.099_216],
                    [-0.003_882, -0.048_116, 1.051_998],
                ],
            ),
            (
                "no green cones",
                [
                    [0.367_322, 0.860_646, -0.227_968],
                    [0.280_085, 0.672_501, 0.047_413],
                    [-0.011_820, 0.042_940, 0.968_881],
                ],
            ),
        ];
        for (eye, matrix) in eyes {
            for dark in [false, true] {
                let of = |swatch: &Swatch| seen_with(matrix, if dark { swatch.dark } else { swatch.light });
                for (i, a) in INKS.iter().enumerate() {
                    for b in &INKS[i + 1..] {
                        let (p, q) = (of(a), of(b));
                        let apart = (0..3).map(|k| (p[k] - q[k]).powi(2)).sum::<f32>().sqrt();
                        assert!(
                            apart > 0.07,
                            "{} and {}, {eye}, dark {dark}: {apart}",
                            a.label,
                            b.label
                        );
                    }
                }
            }
        }
    }
}
