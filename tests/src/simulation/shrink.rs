//! Makes a failing schedule short: what isn't needed for the failure goes.

use super::schedule::{Act, Schedule, Step};

/// The shortest schedule found for which `fails` still holds (delta debugging: Zeller and Hildebrandt, 2002).
pub fn shrink(schedule: &Schedule, fails: impl Fn(&Schedule) -> bool) -> Schedule {
    let mut best = schedule.clone();
    loop {
        let before = best.clone();
        drop_steps(&mut best, &fails);
        simplify(&mut best, &fails);
        if best == before {
            return best;
        }
    }
}

fn drop_steps(best: &mut Schedule, fails: &impl Fn(&Schedule) -> bool) {
    let mut size = best.steps.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < best.steps.len() {
            let end = (at + size).min(best.steps.len());
            let mut shorter = best.clone();
            let gone: u64 = shorter.steps.drain(at..end).map(|step| step.after).sum();
            // What comes after comes when it came, if need be.
            let mut later = shorter.clone();
            if let Some(next) = later.steps.get_mut(at) {
                next.after += gone;
            }
            if fails(&shorter) {
                *best = shorter;
            } else if fails(&later) {
                *best = later;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
}

fn simplify(best: &mut Schedule, fails: &impl Fn(&Schedule) -> bool) {
    let simpler = |step: &Step| {
        let mut all = vec![Step { after: 0, ..*step }, Step { who: 0, ..*step }];
        if !matches!(step.act, Act::Jump | Act::RelayJump) {
            all.push(Step { arg: 0, ..*step });
        }
        all
    };
    for at in 0..best.steps.len() {
        for step in simpler(&best.steps[at]) {
            let mut other = best.clone();
            other.steps[at] = step;
            if other != *best && fails(&other) {
                *best = other;
            }
        }
    }
    for people in 1..best.people {
        let other = Schedule {
            people,
            ..best.clone()
        };
        if best.steps.iter().all(|step| step.who < people) && fails(&other) {
            *best = other;
            break;
        }
    }
}
