use super::*;

#[test]
fn messages_are_counted_by_their_name_however_they_are_written() {
    for (message, name) in [
        (r#"{"live":{"cursor":"clear"}}"#, "live"),
        ("\n { \"write\" : {}}", "write"),
        (r#"{"lively":1}"#, "other"),
        (r#"{"hello""#, "hello"),
        ("", "other"),
        ("[]", "other"),
    ] {
        assert_eq!(RECEIVED[kind(message.as_bytes(), &RECEIVED)], name, "{message}");
    }
}

#[test]
fn a_connection_is_slow_while_its_queue_has_not_been_empty_for_a_second() {
    let (tally, now) = (Tally::default(), Instant::now());
    tally.busy(now);
    assert!(!tally.is_slow(now + SLOW / 2));
    assert!(tally.is_slow(now + SLOW));
    tally.idle();
    assert!(!tally.is_slow(now + SLOW));
}

#[test]
fn a_time_lies_in_the_first_bucket_that_is_not_below_it() {
    let times = Histogram::default();
    for us in [0, 500, 501, 10_000_000, 10_000_001] {
        times.observe(Duration::from_micros(us));
    }
    let counts: Vec<u64> = times.buckets.iter().map(|bucket| bucket.load(Relaxed)).collect();
    assert_eq!((counts[0], counts[1], counts[13], counts[14]), (2, 1, 1, 1));
    assert_eq!(times.sum_us.load(Relaxed), 20_001_002);
}
