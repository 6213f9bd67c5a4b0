//! When something was, in local words: "14:05", "yesterday 14:05", "3 March, 14:05".

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The time now, in milliseconds since the Unix epoch.
#[must_use]
pub fn now_ms() -> u64 {
    u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default()
}

/// When something was that was at `ms`, as it is said at `now_ms`, both in milliseconds since the Unix epoch.
#[must_use]
pub fn words(ms: u64, now_ms: u64) -> String {
    words_in(ms, now_ms, &TimeZone::system())
}

/// The day of a time in milliseconds since the Unix epoch: "3 March 2026".
#[must_use]
pub fn date(ms: u64) -> String {
    date_in(ms, &TimeZone::system())
}

fn date_in(ms: u64, zone: &TimeZone) -> String {
    match at(ms, zone) {
        Some(then) => format!("{} {} {}", then.day(), month(&then), then.year()),
        None => "some day".to_owned(),
    }
}

/// `None` after the year 9999: somebody's clock is far off.
fn at(ms: u64, zone: &TimeZone) -> Option<ZonedDateTime> {
    let stamp = Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok()?;
    Some(stamp.to_zoned_datetime(zone.clone()))
}

fn month(then: &ZonedDateTime) -> &'static str {
    MONTHS[usize::try_from(then.month() - 1).unwrap_or_default() % 12]
}

fn words_in(ms: u64, now_ms: u64, zone: &TimeZone) -> String {
    let (Some(then), Some(now)) = (at(ms, zone), at(now_ms, zone)) else {
        return "some time".to_owned();
    };
    let time = format!("{:02}:{:02}", then.hour(), then.minute());
    let days = now
        .date()
        .since(then.date())
        .map_or(i32::MAX, |span| span.get_days());
    let month = month(&then);
    match days {
        0 => time,
        1 => format!("yesterday {time}"),
        2..=6 => {
            let day = usize::try_from(then.weekday().to_monday_zero_offset()).unwrap_or_default();
            format!("{} {time}", DAYS[day % 7])
        }
        _ if then.year() == now.year() => format!("{} {month}, {time}", then.day()),
        _ => format!("{} {month} {}, {time}", then.day(), then.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_far_as_they_need_be() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let ms = |text: &str| {
            let stamp: Timestamp = text.parse().expect("a time");
            u64::try_from(stamp.as_millisecond()).expect("after 1970")
        };
        // A Wednesday; it is two hours later here.
        let now = ms("2026-03-18T12:00:00Z");
        for (then, words) in [
            ("2026-03-18T11:59:00Z", "13:59"),
            ("2026-03-17T22:05:00Z", "00:05"),
            ("2026-03-17T12:05:00Z", "yesterday 14:05"),
            ("2026-03-16T12:05:00Z", "Monday 14:05"),
            ("2026-03-12T12:05:00Z", "Thursday 14:05"),
            ("2026-03-11T12:05:00Z", "11 March, 14:05"),
            ("2025-12-31T12:05:00Z", "31 December 2025, 14:05"),
            // From a clock that is ahead.
            ("2026-03-20T12:05:00Z", "20 March, 14:05"),
        ] {
            assert_eq!(words_in(ms(then), now, &zone), words);
        }
        assert_eq!(words_in(u64::MAX, now, &zone), "some time");
        assert_eq!(words_in((1 << 53) - 1, now, &zone), "some time");
    }

    #[test]
    fn a_day_is_one_of_the_calendar_here() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        for (ms, words) in [
            (0, "1 January 1970"),
            (951_782_400_000, "29 February 2000"),
            // Two hours later here.
            (1_798_761_599_999, "1 January 2027"),
            (u64::MAX, "some day"),
        ] {
            assert_eq!(date_in(ms, &zone), words);
        }
    }
}
