//! What is told of a board, as the text record of a service (SPEC section 18), and how it is read again. What others tell is
//! believed as little as possible: it is short, one line, and steers nothing.

use drawbridge_protocol::{BoardId, plain_line};
use mdns_sd::TxtProperties;

/// The service's type, as DNS-SD names it.
pub const SERVICE: &str = "_drawbridge._tcp.local.";
/// The longest title, and the longest name of whoever hosts, in characters; in bytes a record of DNS takes 255 with its key.
const TITLE: usize = 80;
const NAME: usize = 40;
const BYTES: usize = 200;

/// What is told of a board that is hosted here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Which board.
    pub board: BoardId,
    /// Its title; may be empty.
    pub title: String,
    /// Who hosts it.
    pub by: String,
    /// Where its relay listens.
    pub port: u16,
}

impl Announcement {
    /// The text record. No key is in it.
    #[must_use]
    pub fn properties(&self) -> [(&'static str, String); 5] {
        [
            ("txtvers", "1".to_owned()),
            ("board", self.board.to_string()),
            ("title", short(&self.title, TITLE)),
            ("by", short(&self.by, NAME)),
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ]
    }
}

/// What a text record says: the board, its title, who hosts it. `None` if it is of another version, or names no board.
pub(super) fn read(text: &TxtProperties) -> Option<(BoardId, String, String)> {
    let value = |key| text.get_property_val_str(key);
    if value("txtvers") != Some("1") {
        return None;
    }
    let board = BoardId::new(value("board")?).ok()?;
    let line = |key, longest| plain_line(value(key).unwrap_or_default(), longest);
    Some((board, line("title", TITLE), line("by", NAME)))
}

fn short(text: &str, longest: usize) -> String {
    let mut line = plain_line(text, longest);
    while line.len() > BYTES {
        line.pop();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use mdns_sd::IntoTxtProperties as _;

    fn announcement(title: &str) -> Announcement {
        Announcement {
            board: BoardId::new("plan").expect("a name"),
            title: title.to_owned(),
            by: "Ada".to_owned(),
            port: 7411,
        }
    }

    #[test]
    fn k5_what_is_told_is_read_again_and_fits_into_a_record() {
        let told = announcement("Kitchen, 2nd floor");
        let text = told.properties().as_slice().into_txt_properties();
        let read = read(&text).expect("a board");
        assert_eq!(read, (told.board, told.title, told.by));
        let long = announcement(&"🏰".repeat(500));
        for (key, value) in long.properties() {
            assert!(key.len() + 1 + value.len() <= 255, "{key}");
        }
    }

    #[test]
    fn k5_what_strangers_tell_is_cut_and_cleaned_or_passed_over() {
        let text = |pairs: &[(&str, &str)]| read(&pairs.into_txt_properties());
        let long = "x".repeat(250);
        let (_, title, by) = text(&[
            ("txtvers", "1"),
            ("board", "b"),
            ("title", &long),
            ("by", "\u{202e}Eve\u{7}\n"),
        ])
        .expect("a board");
        assert_eq!((title.len(), by.as_str()), (TITLE, "Eve"));
        assert_eq!(text(&[("txtvers", "1"), ("board", "b")]).expect("a board").1, "");
        for bad in [
            &[("board", "b")][..],
            &[("txtvers", "2"), ("board", "b")],
            &[("txtvers", "1")],
            &[("txtvers", "1"), ("board", "../b")],
            &[("txtvers", "1"), ("board", "")],
        ] {
            assert_eq!(text(bad), None, "{bad:?}");
        }
    }
}
