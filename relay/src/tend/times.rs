//! Times and sizes as people write and read them. What is shown is in UTC.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// A moment, in milliseconds since the Unix epoch: RFC 3339 with its offset, or so long `ago`.
///
/// # Errors
/// What is expected.
pub(crate) fn read(text: &str, now_ms: u64) -> Result<u64, String> {
    let expected = || {
        format!(
            "{text:?} is no time; write it as 2026-05-04T13:30:00Z, with an offset as 2026-05-04T13:30:00+02:00, or as \"10m ago\""
        )
    };
    let text = text.trim();
    let ms = match text.strip_suffix("ago") {
        Some(span) => {
            let span = span_ms(span.trim()).ok_or_else(expected)?;
            now_ms.saturating_sub(span)
        }
        None => {
            let at: Timestamp = text.parse().map_err(|_| expected())?;
            u64::try_from(at.as_millisecond()).map_err(|_| expected())?
        }
    };
    if ms > now_ms {
        return Err(format!("{} lies ahead", show(ms)));
    }
    Ok(ms)
}

/// A span such as `10m`, `2h 30m` or `3 days`, in milliseconds. A day has 24 hours, a week 7 days.
fn span_ms(text: &str) -> Option<u64> {
    let span: Span = text.parse().ok()?;
    if span.get_months() != 0 || span.get_years() != 0 {
        return None;
    }
    let span: SignedDuration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    u64::try_from(span.as_millis()).ok()
}

/// A moment, as RFC 3339: the second that it is in, so never later than it is.
pub(crate) fn show(ms: u64) -> String {
    let second = i64::try_from(ms / 1000).ok();
    let at = second.and_then(|second| Timestamp::from_second(second).ok());
    at.map_or_else(|| format!("{ms} ms"), |at| at.to_string())
}

/// A moment as the name of a file or folder: `20260504T133000Z`.
pub(crate) fn name(ms: u64) -> String {
    show(ms).replace(['-', ':'], "")
}

/// How long ago, in the largest unit that it has at least one of: `5m`.
pub(crate) fn ago(ms: u64, now_ms: u64) -> String {
    let seconds = now_ms.saturating_sub(ms) / 1000;
    let units = [(86_400, "d"), (3600, "h"), (60, "m")];
    let unit = units.iter().find(|(unit, _)| seconds >= *unit);
    unit.map_or_else(
        || format!("{seconds}s"),
        |(unit, name)| format!("{}{name}", seconds / unit),
    )
}

/// Bytes, short: `1.4 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let mut size = bytes as f64 / 1024.0;
    let mut unit = 0;
    while size >= 1000.0 && unit + 1 < units.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{size:.1} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_790_000_000_000;

    #[test]
    fn a_time_is_rfc_3339_with_its_offset_or_so_long_ago() {
        let zulu = read("2026-05-04T13:30:00Z", NOW).expect("a time");
        assert_eq!(zulu, 1_777_901_400_000);
        for same in [
            "2026-05-04T15:30:00+02:00",
            "2026-05-04T06:00:00-07:30",
            " 2026-05-04t13:30:00.000z ",
        ] {
            assert_eq!(read(same, NOW), Ok(zulu), "{same}");
        }
        for (text, ms) in [
            ("10m ago", 600_000),
            ("2h 30m ago", 9_000_000),
            ("3 days ago", 259_200_000),
            ("1w ago", 604_800_000),
            ("90 seconds ago", 90_000),
        ] {
            assert_eq!(read(text, NOW), Ok(NOW - ms), "{text}");
        }
        assert_eq!(read("1970-01-01T00:00:00Z", NOW), Ok(0));
    }

    #[test]
    fn what_could_mean_several_times_is_refused() {
        // Without an offset, by a month's length, before time, or ahead.
        for bad in [
            "2026-05-04T13:30:00",
            "2026-05-04",
            "13:30",
            "1 month ago",
            "-5m ago",
            "ago",
            "",
            "yesterday",
            "1969-12-31T23:59:59Z",
            "2126-05-04T13:30:00Z",
        ] {
            assert!(read(bad, NOW).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_and_sizes_are_shown_short() {
        assert_eq!(show(1_777_901_400_999), "2026-05-04T13:30:00Z");
        assert_eq!(show(1_777_901_400_000), "2026-05-04T13:30:00Z");
        assert_eq!(name(1_777_901_400_000), "20260504T133000Z");
        assert_eq!(show(u64::MAX), format!("{} ms", u64::MAX));
        assert_eq!(
            [0, 1023, 1024, 1_500_000, 1 << 40].map(size),
            ["0 B", "1023 B", "1.0 KiB", "1.4 MiB", "1.0 TiB"]
        );
        let ages = [0, 59_999, 60_000, 7_200_000, 3 * 86_400_000];
        assert_eq!(
            ages.map(|age| ago(NOW - age, NOW)),
            ["0s", "59s", "1m", "2h", "3d"]
        );
    }
}
