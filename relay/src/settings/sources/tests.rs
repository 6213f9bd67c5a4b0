use std::time::Duration;

use tempfile::TempDir;

use super::*;

fn environment(of: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    of.iter().map(|(name, text)| (name.into(), text.into())).collect()
}

fn file(text: &str) -> (TempDir, String) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("relay.toml");
    std::fs::write(&path, text).expect("a file");
    (folder, path.display().to_string())
}

/// What is wrong, one text each, with the folder's name taken out.
fn wrong(text: &str, flags: &Flags, variables: &[(&str, &str)]) -> Vec<String> {
    let (folder, path) = file(text);
    let mut flags = flags.clone();
    flags.push(("config", path.into()));
    let wrong = read(&flags, environment(variables)).expect_err("something is wrong");
    let folder = format!("{}/", folder.path().display());
    wrong
        .iter()
        .map(|wrong| wrong.to_string().replace(&folder, ""))
        .collect()
}

#[test]
fn a_flag_goes_before_a_variable_and_that_before_the_file_and_that_before_the_default() {
    let (_folder, path) = file("max-slots = 11\nmax-image = \"2MiB\"\nsilence = \"50s\"\nlog = \"warn\"\n");
    let variables = [
        ("DRAWBRIDGE_CONFIG", path.as_str()),
        ("DRAWBRIDGE_MAX_SLOTS", "12"),
        ("DRAWBRIDGE_MAX_IMAGE", "3MiB"),
        ("DRAWBRIDGE_LOG", ""),
        ("PATH", "/bin"),
    ];
    let flags: Flags = vec![("max-slots", "13".into())];
    let found = read(&flags, environment(&variables)).expect("all is well");
    let settings = &found.config.settings;
    assert_eq!(
        (settings.limits.slots, found.source("max-slots")),
        (13, Source::Flag("max-slots"))
    );
    let variable = Source::Variable("DRAWBRIDGE_MAX_IMAGE".to_owned());
    assert_eq!(
        (settings.limits.image, found.source("max-image")),
        (3 << 20, variable)
    );
    let line = |line| Source::File {
        path: path.clone().into(),
        line,
    };
    assert_eq!(
        (settings.silence, found.source("silence")),
        (Duration::from_secs(50), line(3))
    );
    assert_eq!(
        (found.config.log.as_str(), found.source("log")),
        ("warn", line(4))
    );
    assert_eq!(
        (settings.uploads, found.source("max-uploads")),
        (32, Source::Default)
    );
    assert_eq!(found.doubts, [""; 0]);
}

#[test]
fn all_that_is_wrong_is_said_at_once_with_its_place_and_what_is_expected() {
    let text =
        "listen = \"here\"\n\nmax-imgae = 5\nconfig = \"x\"\nmax-image = 2.5\n[limits]\nmax-cell = 1\n";
    let flags: Flags = vec![("grace", "5".into())];
    let wrong = wrong(text, &flags, &[("DRAWBRIDGE_MAX_SLOTS", "many")]);
    let slots = "DRAWBRIDGE_MAX_SLOTS: \"many\" is no value of max-slots: expected a number from 1 to 100000";
    let expected = [
        "relay.toml, line 1: \"here\" is no value of listen: expected an address and a port, such as 0.0.0.0:7411 or [::]:7411",
        "relay.toml, line 3: there is no setting \"max-imgae\"; did you mean max-image?",
        "relay.toml, line 4: config can't stand in a file; give it as a flag or in the environment",
        "relay.toml, line 5: \"(float)\" is no value of max-image: expected a size from 64KiB to 1GiB, such as 64KiB, 16MiB or 1GiB",
        "relay.toml, line 6: there is no setting \"limits\"",
        slots,
        "--grace: \"5\" is no value of grace: expected a duration from 10ms to 1h, such as 500ms, 20s, 5m, 2h or 30d",
    ];
    assert_eq!(wrong, expected);
}

#[test]
fn a_file_that_is_no_toml_or_is_not_there_is_said() {
    let wrong = wrong("max-imgae = 5\nmax-cell 5\n", &Vec::new(), &[]);
    assert!(
        wrong
            .iter()
            .any(|wrong| wrong.starts_with("relay.toml, line 2: this is no TOML")),
        "{wrong:?}"
    );
    assert!(
        wrong.iter().any(|wrong| wrong.starts_with("relay.toml, line 1")),
        "with what else is wrong: {wrong:?}"
    );
    let flags: Flags = vec![("config", "/nowhere/relay.toml".into())];
    let wrong = read(&flags, Vec::new()).expect_err("no such file");
    assert!(
        wrong[0].to_string().contains("/nowhere/relay.toml"),
        "{}",
        wrong[0]
    );
}

#[test]
fn settings_that_are_wrong_together_are_said_where_one_was_given() {
    let wrong = wrong("max-frame = \"1MiB\"\n", &vec![("silence", "30s".into())], &[]);
    let places: Vec<&str> = wrong
        .iter()
        .map(|wrong| wrong.split(": ").next().unwrap_or_default())
        .collect();
    assert_eq!(
        places,
        ["relay.toml, line 1", "relay.toml, line 1", "--silence"],
        "{wrong:?}"
    );
    assert!(
        wrong[0].contains("max-cell doesn't go with max-frame"),
        "{wrong:?}"
    );
}

#[test]
fn a_strange_variable_is_passed_over_with_a_word() {
    let found = read(
        &Vec::new(),
        environment(&[
            ("DRAWBRIDGE_MAX_IMGAE", "5"),
            ("DRAWBRIDGE_PORT", "tcp://10.0.0.1"),
        ]),
    );
    let doubts = found.expect("it goes on").doubts;
    assert_eq!(doubts.len(), 2, "{doubts:?}");
    assert!(
        doubts[0].contains("did you mean DRAWBRIDGE_MAX_IMAGE?"),
        "{doubts:?}"
    );
}

#[test]
fn a_secret_is_neither_told_nor_taken_as_a_flag() {
    use super::super::form::Form;
    use super::super::row::row;
    let form = Form::new(
        "TEXT",
        "at least 8 characters",
        |text| (text.len() > 7).then(|| text.to_owned()),
        Clone::clone,
    );
    let mut secret = row("log", form, |c| &mut c.log, "A secret.").secret();
    let mut reader = Reader {
        rows: vec![],
        found: Found::default(),
        wrong: Vec::new(),
    };
    assert!(!secret.is_flag);
    assert!(secret.set(&mut reader.found.config, "correct horse"));
    assert_eq!(secret.show(&reader.found.config), "(hidden)");
    secret = secret.not_in_a_file();
    reader.rows.push(secret);
    reader.set(
        Source::Variable("DRAWBRIDGE_LOG".into()),
        "log",
        &"hunter2".into(),
    );
    let said = reader.wrong[0].to_string();
    assert!(!said.contains("hunter2"), "{said}");
}
