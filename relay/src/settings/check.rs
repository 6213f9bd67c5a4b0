//! What settings must be to each other, and what is allowed but doubtful.

use super::row::Config;
use super::sources::{Found, Source, Wrong};
use crate::password::PasswordHash;

/// Two settings of which the first must not be above the second, and why.
struct AtMost {
    low: &'static str,
    high: &'static str,
    holds: fn(&Config) -> bool,
    why: &'static str,
}

const RULES: [AtMost; 7] = [
    AtMost {
        low: "max-cell",
        high: "max-frame",
        holds: |c| c.settings.limits.cell <= c.settings.limits.frame / 2,
        why: "a cell travels in a frame together with others, so it may be at most half as large",
    },
    AtMost {
        low: "max-slot",
        high: "max-frame",
        holds: |c| c.settings.limits.slot <= c.settings.limits.frame / 2,
        why: "a slot travels in a frame together with others, so it may be at most half as large",
    },
    AtMost {
        low: "max-cell",
        high: "max-bytes-per-board",
        holds: |c| c.settings.limits.cell <= c.settings.limits.board_bytes,
        why: "a board must have room for a cell",
    },
    AtMost {
        low: "max-image",
        high: "max-bytes-per-board",
        holds: |c| c.settings.limits.image <= c.settings.limits.board_bytes,
        why: "a board must have room for an image",
    },
    AtMost {
        low: "batch-bytes",
        high: "max-frame",
        holds: |c| c.settings.batch_bytes <= c.settings.limits.frame / 2,
        why: "a batch travels in a frame, with something around it",
    },
    AtMost {
        low: "ping-every",
        high: "silence",
        holds: |c| 2 * c.settings.ping_every <= c.settings.silence,
        why: "a connection that missed one ping is not dead yet, so it must be at least twice as long",
    },
    AtMost {
        low: "pace",
        high: "crowd-pace",
        holds: |c| c.settings.pace <= c.settings.crowd_pace,
        why: "a crowd is sent no more frames than a few are",
    },
];

/// Finds settings that are right by themselves and wrong or doubtful together.
pub(crate) fn together(found: &mut Found, wrong: &mut Vec<Wrong>) {
    for rule in RULES.iter().filter(|rule| !(rule.holds)(&found.config)) {
        // Where the person gave one of them; at least one isn't the default.
        let at = found.source(rule.low).max(found.source(rule.high));
        let why = format!("{} doesn't go with {}: {}", rule.low, rule.high, rule.why);
        wrong.push(Wrong::Together { at, why });
    }
    if let Err(why) = password(&mut found.config) {
        let at = found.source("password-file").max(found.source("password"));
        wrong.push(Wrong::Together { at, why });
    }
    doubts(found);
}

/// Reads the password where a file has it.
fn password(config: &mut Config) -> Result<(), String> {
    let Some(path) = &config.password_file else {
        return Ok(());
    };
    if config.settings.password.is_some() {
        return Err("password doesn't go with password-file: give one of them".to_owned());
    }
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| format!("the file of the password, {}: {error}", path.display()))?;
    let first = text.lines().next().unwrap_or_default();
    if first.trim().is_empty() {
        return Err(format!(
            "the file of the password, {}: its first line is empty",
            path.display()
        ));
    }
    config.settings.password = Some(PasswordHash::of(first));
    Ok(())
}

fn doubts(found: &mut Found) {
    let config = &found.config;
    if config.settings.ping_every.as_secs() >= 60 {
        found.doubts.push(
            "ping-every: proxies and routers cut off what is quiet for 60 s; they will drop people who only look".to_owned(),
        );
    }
    if config.settings.password.is_none() && found.source("password-for") != Source::Default {
        let doubt = "password-for: nobody is asked, since there is no password".to_owned();
        found.doubts.push(doubt);
    }
    if config.listen.port() == 0 && found.source("listen") != Source::Default {
        found
            .doubts
            .push("listen: port 0 is another one after each start".to_owned());
    }
}
