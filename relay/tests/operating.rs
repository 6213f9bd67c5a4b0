//! What OPERATING.md and the files in `deploy` say is there: each command and flag, each setting, each file; and the settings
//! that they show are right ones.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(here().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Runs the relay's program with no settings from around.
fn relay<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drawbridge-relay"));
    let ours = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DRAWBRIDGE_"));
    ours.for_each(|(name, _)| {
        command.env_remove(name);
    });
    command.args(args).output().expect("the relay's program")
}

/// What `--help` says of a command, or of the program itself. `None` if there is no such command.
fn help(command: &[&str]) -> Option<String> {
    let said = relay(command.iter().copied().chain(["--help"]));
    said.status
        .success()
        .then(|| String::from_utf8_lossy(&said.stdout).into_owned())
}

/// The lines of the page's code blocks: those that are indented by so much.
fn code(page: &str) -> Vec<String> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("    "));
    lines.map(|line| line.trim().to_owned()).collect()
}

/// The words of a command line up to its comment, pipe or redirection.
fn words(line: &str) -> Vec<&str> {
    let ends = |word: &&str| !matches!(*word, "|" | ">" | "<" | "&&" | ";" | "#" | "2>&1" | "&");
    line.split_whitespace().take_while(ends).collect()
}

/// Each call of the program in the page's code blocks: what stands behind its name.
fn calls(page: &str) -> Vec<Vec<String>> {
    let is_program = |word: &&str| *word == "drawbridge-relay" || word.ends_with("/drawbridge-relay");
    let mut calls = Vec::new();
    for line in code(page) {
        let words = words(&line);
        // Others only name it: what they start, install or build.
        let runs = match words.first() {
            Some(&"sudo") => true,
            Some(&"docker") => words.get(1) == Some(&"exec"),
            Some(first) => first.contains('=') || is_program(first),
            None => false,
        };
        if !runs {
            continue;
        }
        // The last: `docker exec drawbridge /drawbridge-relay boards list`.
        if let Some(at) = words.iter().rposition(is_program) {
            calls.push(words[at + 1..].iter().map(|word| (*word).to_owned()).collect());
        }
    }
    calls
}

/// Every word of a text that is a setting's variable.
fn variables(text: &str) -> BTreeSet<String> {
    let is_part = |char: char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_';
    let words = text.split(|char| !is_part(char));
    let ours = words.filter(|word| word.len() > "DRAWBRIDGE_".len() && word.starts_with("DRAWBRIDGE_"));
    ours.map(str::to_owned).collect()
}

#[test]
fn every_command_and_flag_on_the_page_is_there() {
    let page = read("OPERATING.md");
    let calls = calls(&page);
    assert!(calls.len() > 10, "the page has lost its commands: {calls:?}");
    for call in calls {
        let mut command: Vec<&str> = Vec::new();
        for word in &call {
            let mut longer = command.clone();
            longer.push(word);
            if word.starts_with('-') || help(&longer).is_none() {
                break;
            }
            command = longer;
        }
        let help = help(&command).expect("the program's own help");
        let first = call.first().map(String::as_str);
        assert!(
            !command.is_empty() || first.is_none_or(|first| first.starts_with('-')),
            "no command {first:?}: {call:?}"
        );
        for flag in call.iter().filter(|word| word.starts_with('-')) {
            let flag = flag.split('=').next().unwrap_or_default();
            let is_there = help.split([' ', ',', '\n', '=']).any(|word| word == flag);
            assert!(is_there, "{command:?} has no {flag}: {call:?}");
        }
    }
}

#[test]
fn every_setting_that_is_named_is_there() {
    // The page is what the program prints; help leaves out what is no flag, as a password.
    let page = std::fs::read_to_string(here().join("SETTINGS.md")).expect("text");
    let names = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let known: BTreeSet<String> = names
        .map(|name| {
            name.trim_start_matches("DRAWBRIDGE_")
                .to_uppercase()
                .replace('-', "_")
        })
        .map(|name| format!("DRAWBRIDGE_{name}"))
        .collect();
    assert!(
        known.contains("DRAWBRIDGE_LISTEN") && known.contains("DRAWBRIDGE_DATA"),
        "{known:?}"
    );
    // Of Caddy's container.
    let others = ["DRAWBRIDGE_HOST", "DRAWBRIDGE_RELAY"];
    let mut named = BTreeSet::new();
    for file in files("deploy").into_iter().chain([PathBuf::from("OPERATING.md")]) {
        let text = std::fs::read_to_string(here().join(&file)).expect("text");
        for variable in variables(&text) {
            assert!(
                known.contains(&variable) || others.contains(&variable.as_str()),
                "{variable}, in {}, is no setting",
                file.display()
            );
            named.insert(variable);
        }
    }
    assert!(named.contains("DRAWBRIDGE_DATA"), "{named:?}");
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(here().join(folder)).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.is_file()).collect()
}

/// Whether the program takes a file of settings; what it says if not.
fn takes(toml: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("relay.toml");
    std::fs::write(&file, toml).expect("a file");
    let data = folder.path().join("data");
    let said = relay([
        "check-config".as_ref(),
        "--config".as_ref(),
        file.as_os_str(),
        "--data".as_ref(),
        data.as_os_str(),
    ]);
    if said.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&said.stderr).into_owned() + &String::from_utf8_lossy(&said.stdout))
    }
}

#[test]
fn the_sample_configuration_is_right_also_with_each_of_its_suggestions() {
    let sample = read("deploy/relay.toml");
    takes(&sample).expect("right as it stands");
    // A setting that is only suggested stands behind "#", without a blank.
    let suggested: Vec<&str> = sample
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .filter(|line| !line.starts_with([' ', '#']) && !line.is_empty())
        .collect();
    assert!(suggested.len() > 5, "{suggested:?}");
    for line in suggested {
        let name = line.split(" =").next().expect("a name");
        // Files of a certificate are read when the settings are checked.
        if !name.ends_with("-file") && !name.starts_with("tls-") {
            takes(line).unwrap_or_else(|said| panic!("{line}: {said}"));
        }
        let known = help(&[]).expect("help");
        assert!(known.contains(&format!("--{name} ")), "{name} is no setting");
    }
    takes("no-such-setting = 1").expect_err("a name that is none");
}

#[test]
fn the_settings_on_the_page_are_right() {
    let known = help(&[]).expect("help");
    let mut found = 0;
    for line in code(&read("OPERATING.md")) {
        let Some((name, value)) = line.split_once(" = ") else {
            continue;
        };
        assert!(
            known.contains(&format!("--{name} ")),
            "{name} is no setting: {line}"
        );
        let is_file = value.contains('/') && !value.contains("://");
        if !is_file {
            takes(&line).unwrap_or_else(|said| panic!("{line}: {said}"));
        }
        found += 1;
    }
    assert!(found > 0, "the page shows no setting");
}

#[test]
fn every_file_that_the_page_points_to_is_there() {
    let page = read("OPERATING.md");
    let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.starts_with('#') && !link.contains("://")) {
        assert!(here().join(link).exists(), "no {link}");
    }
    let words = page
        .split([' ', '\n', '`'])
        .filter(|word| word.starts_with("relay/deploy/"));
    for word in words {
        let path = word.trim_end_matches(['.', ',', ';', ')']);
        assert!(here().join("..").join(path).exists(), "no {path}");
    }
    let titles: BTreeSet<String> = page
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(anchor)
        .collect();
    for link in page
        .split("](#")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        assert!(titles.contains(link), "no section #{link}");
    }
}

/// How a page's title is pointed to.
fn anchor(title: &str) -> String {
    let title = title.trim_start_matches('#').trim().to_lowercase();
    let kept = title
        .chars()
        .filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-'));
    kept.map(|char| if char == ' ' { '-' } else { char }).collect()
}
