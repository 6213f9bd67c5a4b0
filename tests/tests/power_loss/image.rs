//! What a power cut may leave of a file that was being written.

/// What a disk writes whole, or tears.
const SECTOR: usize = 512;

/// A file that was being written from `before` to `after`, without a sync in between: each sector that differs may be
/// the old one, the new one, or torn; what lies past the old end may be zeros or junk; and the length may be any in
/// between. (SQLite relies on no more of a disk than that bytes which aren't written stay.)
pub(super) fn torn(before: &[u8], after: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let (short, long) = (before.len().min(after.len()), before.len().max(after.len()));
    let length = match random.u8(..4) {
        0 => short,
        1 => random.usize(short..=long),
        _ => long,
    };
    // From nearly nothing that got through to everything.
    let share = *random.choice(&[2, 10, 50, 90, 98, 100, 100]).expect("a choice");
    let order = random.u8(..4);
    let place = random.usize(..=length);
    let tears = random.bool() && share < 100;
    let mut image = Vec::with_capacity(length);
    for start in (0..length).step_by(SECTOR) {
        let end = length.min(start + SECTOR);
        let written = match order {
            // In order, or from the end, up to some place; else anyhow.
            0 if share < 100 => start < place,
            1 if share < 100 => start >= place,
            _ => random.u8(..100) < share,
        };
        let tear = if tears && random.u8(..8) == 0 {
            random.usize(start..=end)
        } else {
            end
        };
        let junk = random.u8(..3);
        for at in start..end {
            let new = written == (at < tear);
            let lost = match junk {
                0 => 0,
                1 => random.u8(..),
                _ => 0xa5,
            };
            let byte = if new {
                after.get(at).or(before.get(at))
            } else {
                before.get(at)
            };
            image.push(byte.copied().unwrap_or(lost));
        }
    }
    image
}

/// How many images each test makes, and the seed of all of them, which it prints.
pub(super) fn images(short: usize) -> (usize, fastrand::Rng) {
    let number = |name: &str| {
        let text = std::env::var(name).ok()?;
        Some(
            text.parse::<u64>()
                .unwrap_or_else(|error| panic!("{name}={text}: {error}")),
        )
    };
    let seed = number("DRAWBRIDGE_CUTS_SEED").unwrap_or_else(|| fastrand::u64(..));
    let times = number("DRAWBRIDGE_CUTS").unwrap_or(1);
    println!("DRAWBRIDGE_CUTS_SEED={seed}");
    let times = usize::try_from(times).expect("a number of times");
    (short * times, fastrand::Rng::with_seed(seed))
}

#[test]
fn torn_images_are_old_new_and_everything_between() {
    let (before, after) = (vec![1; 2000], [vec![1; 700], vec![2; 3300]].concat());
    let mut random = fastrand::Rng::with_seed(4);
    let made: Vec<Vec<u8>> = (0..500).map(|_| torn(&before, &after, &mut random)).collect();
    assert!(made.iter().all(|image| (2000..=4000).contains(&image.len())));
    assert!(
        made.iter()
            .all(|image| image[..700].iter().all(|&byte| byte == 1)),
        "what stays, stays"
    );
    assert!(
        made.iter()
            .all(|image| image[700..2000].iter().all(|&byte| byte == 1 || byte == 2))
    );
    assert!(made.contains(&before) && made.contains(&after));
    assert!(
        made.iter().any(|image| image[2000..].contains(&0xa5)),
        "junk past the end"
    );
}
