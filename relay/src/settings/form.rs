//! The forms that a setting's value can have: how it is called, what is expected, how a text is read, and how a value
//! is shown. What [`Form::show`] gives, [`Form::read`] takes.

use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

type Read<T> = Box<dyn Fn(&str) -> Option<T> + Send + Sync>;
type Show<T> = Box<dyn Fn(&T) -> String + Send + Sync>;

/// One form.
pub(crate) struct Form<T> {
    /// As help and reference call it, such as `ADDRESS:PORT`.
    pub(crate) name: &'static str,
    /// What a value must be, for people: it follows "expected".
    pub(crate) expected: String,
    read: Read<T>,
    show: Show<T>,
}

impl<T> Form<T> {
    /// A form of one's own. `expected` follows the word "expected" in messages, and ends with an example.
    pub(crate) fn new(
        name: &'static str,
        expected: impl Into<String>,
        read: impl Fn(&str) -> Option<T> + Send + Sync + 'static,
        show: impl Fn(&T) -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            expected: expected.into(),
            read: Box::new(read),
            show: Box::new(show),
        }
    }

    /// The value that a text means. `None` if it isn't what is expected.
    pub(crate) fn read(&self, text: &str) -> Option<T> {
        (self.read)(text)
    }

    /// A value as a text.
    pub(crate) fn show(&self, value: &T) -> String {
        (self.show)(value)
    }
}

/// A form whose value may be missing, which is shown as `none` and given as `none` or an empty text.
pub(crate) fn optional<T: 'static>(form: Form<T>) -> Form<Option<T>> {
    let Form {
        name,
        expected,
        read,
        show,
    } = form;
    let read = move |text: &str| match text {
        "" | "none" => Some(None),
        text => read(text).map(Some),
    };
    let show = move |value: &Option<T>| value.as_ref().map_or_else(|| "none".to_owned(), &show);
    Form::new(name, expected, read, show)
}

/// Where to listen.
pub(crate) fn address() -> Form<SocketAddr> {
    let expected = "an address and a port, such as 0.0.0.0:7411 or [::]:7411";
    Form::new(
        "ADDRESS:PORT",
        expected,
        |text| text.parse().ok(),
        ToString::to_string,
    )
}

/// A folder or a file, as `name` says.
pub(crate) fn path(name: &'static str) -> Form<PathBuf> {
    let read = |text: &str| (!text.is_empty()).then(|| PathBuf::from(text));
    Form::new(name, "a path", read, |path| path.display().to_string())
}

/// A whole number within a range.
pub(crate) fn number<T>(range: RangeInclusive<T>) -> Form<T>
where
    T: TryFrom<u64> + Display + PartialOrd + Send + Sync + 'static,
{
    let expected = format!("a number from {} to {}", range.start(), range.end());
    let read = move |text: &str| {
        let number = digits(text)?;
        T::try_from(number).ok().filter(|number| range.contains(number))
    };
    Form::new("NUMBER", expected, read, ToString::to_string)
}

/// Bytes, within a range.
pub(crate) fn size<T>(range: RangeInclusive<u64>) -> Form<T>
where
    T: TryFrom<u64> + TryInto<u64> + Copy + Send + Sync + 'static,
{
    let (least, most) = (
        show_units(*range.start(), &SIZES),
        show_units(*range.end(), &SIZES),
    );
    let expected = format!("a size from {least} to {most}, such as 64KiB, 16MiB or 1GiB");
    let read = move |text: &str| {
        let bytes = match digits(text) {
            Some(bytes) => bytes,
            None => read_units(text, &SIZES)?,
        };
        range.contains(&bytes).then(|| T::try_from(bytes).ok())?
    };
    let show = |bytes: &T| show_units((*bytes).try_into().unwrap_or(u64::MAX), &SIZES);
    Form::new("SIZE", expected, read, show)
}

/// A time span, within a range of milliseconds.
pub(crate) fn duration(range: RangeInclusive<Duration>) -> Form<Duration> {
    let show = |span: &Duration| show_units(u64::try_from(span.as_millis()).unwrap_or(u64::MAX), &SPANS);
    let (least, most) = (show(range.start()), show(range.end()));
    let expected = format!("a duration from {least} to {most}, such as 500ms, 20s, 5m, 2h or 30d");
    let read = move |text: &str| {
        let span = Duration::from_millis(read_units(text, &SPANS)?);
        range.contains(&span).then_some(span)
    };
    Form::new("DURATION", expected, read, show)
}

/// One of several words.
pub(crate) fn choice<T: Copy + PartialEq + Send + Sync + 'static>(
    name: &'static str,
    words: &'static [(&'static str, T)],
) -> Form<T> {
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let expected = format!("one of: {}", names.join(", "));
    let read = |text: &str| {
        words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value)
    };
    let show = |value: &T| {
        let word = words.iter().find(|(_, of)| of == value);
        word.map_or_else(String::new, |(word, _)| (*word).to_owned())
    };
    Form::new(name, expected, read, show)
}

/// `yes` or `no`.
pub(crate) fn yes_no() -> Form<bool> {
    const WORDS: [(&str, bool); 4] = [("yes", true), ("no", false), ("true", true), ("false", false)];
    let mut form = choice("YES|NO", &WORDS);
    form.expected = "yes or no".to_owned();
    form
}

/// A text that `is_one` takes.
pub(crate) fn text(name: &'static str, expected: &str, is_one: fn(&str) -> bool) -> Form<String> {
    let read = move |text: &str| is_one(text).then(|| text.to_owned());
    Form::new(name, expected, read, Clone::clone)
}

/// Several values of a form with commas between them. None at all is shown as `none`.
pub(crate) fn list<T: 'static>(name: &'static str, of: Form<T>) -> Form<Vec<T>> {
    let Form {
        expected, read, show, ..
    } = of;
    let expected = format!("a list, with commas between, of {expected}");
    let read = move |text: &str| match text.trim() {
        "" | "none" => Some(Vec::new()),
        text => text.split(',').map(|item| read(item.trim())).collect(),
    };
    let show = move |values: &Vec<T>| match values.as_slice() {
        [] => "none".to_owned(),
        values => values.iter().map(&show).collect::<Vec<_>>().join(", "),
    };
    Form::new(name, expected, read, show)
}

/// Units and how many of the smallest each is, the largest first.
type Units = [(&'static str, u64)];

const SIZES: [(&str, u64); 5] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];
const SPANS: [(&str, u64); 5] = [
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// A number of digits alone; an underscore may stand between them, as TOML has it.
fn digits(text: &str) -> Option<u64> {
    let is_one = text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || c == '_')
        && !text.ends_with('_');
    is_one.then(|| text.replace('_', "").parse().ok())?
}

fn read_units(text: &str, units: &Units) -> Option<u64> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '_'))?;
    let (number, unit) = text.split_at(end);
    let (_, each) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    digits(number)?.checked_mul(*each)
}

fn show_units(n: u64, units: &Units) -> String {
    let fits = |each: u64| n.is_multiple_of(each) && (n > 0 || each == 1);
    let unit = units.iter().find(|(_, each)| fits(*each));
    unit.map_or_else(|| n.to_string(), |(name, each)| format!("{}{name}", n / each))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_have_units_and_are_shown_in_the_largest_that_fits() {
        let size = size::<usize>(0..=u64::MAX);
        for (text, bytes) in [
            ("4KiB", 4096),
            ("1 GiB", 1 << 30),
            ("7B", 7),
            ("1_000", 1000),
            ("0", 0),
        ] {
            assert_eq!(size.read(text), Some(bytes), "{text}");
        }
        for bad in [
            "",
            "KiB",
            "4 kb",
            "4KB",
            "-1",
            "1.5MiB",
            "99999999999TiB",
            "1_",
            "_1",
            "4KiBs",
        ] {
            assert_eq!(size.read(bad), None, "{bad}");
        }
        assert_eq!(
            [0, 1000, 1024, 1 << 20, 3 << 19].map(|n| size.show(&n)),
            ["0B", "1000B", "1KiB", "1MiB", "1536KiB"]
        );
        let span = duration(Duration::ZERO..=Duration::from_secs(365 * 86400));
        for (text, ms) in [
            ("20s", 20_000),
            ("500ms", 500),
            ("5m", 300_000),
            ("30d", 2_592_000_000),
        ] {
            assert_eq!(span.read(text), Some(Duration::from_millis(ms)), "{text}");
            assert_eq!(span.show(&Duration::from_millis(ms)), text);
        }
        for bad in ["20", "", "s", "20 sec", "-1s", "366d"] {
            assert_eq!(span.read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_number_outside_its_range_is_no_value() {
        let form = number::<u32>(1..=100);
        assert_eq!(
            ["1", "100", "0", "101", "4294967297", "x", ""].map(|text| form.read(text)),
            [Some(1), Some(100), None, None, None, None, None]
        );
        assert_eq!(form.expected, "a number from 1 to 100");
    }

    #[test]
    fn lists_choices_and_missing_values_are_read_as_they_are_shown() {
        let form = list("LIST", number::<u32>(0..=9));
        assert_eq!(form.read("1, 2,3"), Some(vec![1, 2, 3]));
        assert_eq!(form.show(&vec![1, 2, 3]), "1, 2, 3");
        assert_eq!(
            (form.read("none"), form.show(&vec![])),
            (Some(vec![]), "none".to_owned())
        );
        assert_eq!((form.read("1,,2"), form.read("1,10")), (None, None));
        let form = optional(address());
        assert_eq!(
            (form.read("none"), form.show(&None)),
            (Some(None), "none".to_owned())
        );
        assert_eq!(form.read("127.0.0.1:80"), Some("127.0.0.1:80".parse().ok()));
        assert_eq!(form.read("localhost"), None);
        assert_eq!(
            ["yes", "false", "on"].map(|text| yes_no().read(text)),
            [Some(true), Some(false), None]
        );
        assert_eq!(yes_no().show(&false), "no");
    }
}
