//! What is said of boards: what they are called, when they were changed, where they are shared; and finding them by that.

use drawbridge_engine::client::{BoardFile, KEPT_MS};
use drawbridge_protocol::Role;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::when;

/// What a board without a title is called.
const UNTITLED: &str = "Untitled";

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// A title, or else the day of a time in milliseconds since the Unix epoch.
pub(super) fn title(title: Option<&str>, ms: u64) -> String {
    match title {
        Some(title) => title.to_owned(),
        None => format!("{UNTITLED}, {}", when::date(ms)),
    }
}

/// How long before `now_ms` something was, in words; both in milliseconds since the Unix epoch.
pub(super) fn ago(now_ms: u64, ms: u64) -> String {
    let since = now_ms.saturating_sub(ms);
    let count = |n: u64, what: &str| match n {
        1 => format!("1 {what} ago"),
        n => format!("{n} {what}s ago"),
    };
    match since {
        0..MINUTE => "just now".to_owned(),
        MINUTE..HOUR => count(since / MINUTE, "minute"),
        HOUR..DAY => count(since / HOUR, "hour"),
        _ if since / DAY < 2 => "yesterday".to_owned(),
        _ if since / DAY < 7 => count(since / DAY, "day"),
        _ if since / DAY < 28 => count(since / DAY / 7, "week"),
        _ => when::date(ms),
    }
}

/// Where a board is shared, if it is, and whether one may only look at it there.
pub(super) fn shared(file: &BoardFile) -> Vec<String> {
    let mut said = Vec::new();
    match &file.relay {
        Some(_) if file.hosted => said.push("shared from here".to_owned()),
        Some(relay) => said.push(format!("shared on {relay}")),
        None => {}
    }
    if file.role == Some(Role::View) {
        said.push("view only".to_owned());
    }
    said
}

/// When a board was deleted, and how long it is kept.
pub(super) fn thrown(now_ms: u64, thrown_ms: u64) -> String {
    let left = (thrown_ms + KEPT_MS).saturating_sub(now_ms).div_ceil(DAY);
    let left = match left {
        0 | 1 => "kept for a day".to_owned(),
        days => format!("kept for {days} days"),
    };
    format!("deleted {} · {left}", ago(now_ms, thrown_ms))
}

/// Whether each word of a query is in a title, whatever the case and the accents.
pub(super) fn finds(query: &str, title: &str) -> bool {
    let title = plain(title);
    query.split_whitespace().all(|word| title.contains(&plain(word)))
}

fn plain(text: &str) -> String {
    let bare = text.nfkd().filter(|c| !is_combining_mark(*c));
    bare.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let now = 1_790_000_000_000;
        for (before, words) in [
            (0, "just now"),
            (59_999, "just now"),
            (MINUTE, "1 minute ago"),
            (59 * MINUTE, "59 minutes ago"),
            (HOUR, "1 hour ago"),
            (23 * HOUR, "23 hours ago"),
            (DAY, "yesterday"),
            (3 * DAY, "3 days ago"),
            (13 * DAY, "1 week ago"),
            (27 * DAY, "3 weeks ago"),
        ] {
            assert_eq!(ago(now, now - before), words);
        }
        assert_eq!(ago(now, now - 28 * DAY), when::date(now - 28 * DAY));
        assert_eq!(ago(now, now + HOUR), "just now", "a clock that was set back");
    }

    #[test]
    fn a_title_is_found_by_words_in_any_order_whatever_case_and_accents() {
        for (query, title) in [
            ("", "Plan"),
            ("plan", "The PLAN"),
            ("cafe", "Café"),
            ("CAFÉ", "cafe"),
            ("release autumn", "Autumn release"),
            ("ｐｌａｎ", "Plan"),
            ("untitled", &super::title(None, 0)),
        ] {
            assert!(finds(query, title), "{query} in {title}");
        }
        assert!(!finds("plan b", "Plan"));
    }

    #[test]
    fn what_is_deleted_says_how_long_it_is_kept() {
        let now = 1_790_000_000_000;
        assert_eq!(thrown(now, now), "deleted just now · kept for 30 days");
        assert_eq!(
            thrown(now, now - KEPT_MS + 1),
            "deleted 24 August 2026 · kept for a day".replace("24 August 2026", &ago(now, now - KEPT_MS + 1))
        );
    }
}
