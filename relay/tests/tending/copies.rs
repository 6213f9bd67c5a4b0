//! `boards export` and `boards import`.

use serde_json::{Value, json};

use crate::rig::{Guest, Host, KEY, hash, head_image, put_image};

const PNG: &[u8] = b"a picture, or so it says";

/// A host with a board that has cells and an image.
fn filled() -> Host {
    let host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    ann.write(&[
        ("e1", "base", json!({"kind": "stroke", "text": "Grüße \u{1F30D}"})),
        ("e1", "color", json!("red")),
        ("board", "title", json!("A plan")),
    ]);
    assert_eq!(put_image(host.address(), "plan", &hash(PNG), PNG), 201);
    host
}

#[test]
fn a_board_goes_to_another_relay_with_its_images_and_its_links() {
    let from = filled();
    let path = from.path("plan.jsonl");
    from.tool(&["boards", "export", "plan", &path]).fine();
    let text = std::fs::read_to_string(&path).expect("the file");
    assert!(!text.contains(KEY), "no key");
    for mut to in [Host::running(), Host::new()] {
        std::fs::create_dir_all(to.data()).expect("a folder");
        let said = to.tool(&["boards", "import", &path]).fine();
        assert!(said.contains("3 cells, 1 images"), "{said}");
        assert_eq!(to.cells("plan"), from.cells("plan"));
        let again = to.tool(&["boards", "import", &path]).refused();
        assert!(again.contains("--merge"), "{again}");
        let exported = to.tool(&["boards", "export", "plan", "-"]).fine();
        let without_head = |text: &str| text.split_once('\n').map(|(_, rest)| rest.to_owned());
        assert_eq!(without_head(&exported), without_head(&text));
        if std::fs::exists(to.data().join("control.json")).expect("known") {
            to.stop();
        }
        to.start();
        assert_eq!(head_image(to.address(), "plan", &hash(PNG)), 200);
        drop(Guest::join(to.address(), "plan", 'b'));
        let wrong = Guest::try_join(to.address(), "plan", 'b', "wrong-wrong-wrong").err();
        assert_eq!(wrong.expect("refused")["code"], json!("bad_key"));
    }
}

#[test]
fn merging_loses_nothing_and_those_on_the_board_see_it() {
    let host = filled();
    let path = host.path("plan.jsonl");
    host.tool(&["boards", "export", "plan", &path]).fine();
    let mut ann = Guest::join(host.address(), "plan", 'b');
    ann.write(&[("e1", "color", json!("blue")), ("e2", "base", json!(2))]);
    let said = host.tool(&["boards", "import", &path, "--merge"]).fine();
    assert!(said.contains("0 of 3 cells"), "{said}");
    assert_eq!(host.value("plan", "e1", "color").as_deref(), Some("\"blue\""));
    let other = Host::running();
    let mut bea = Guest::join(other.address(), "plan", 'c');
    bea.write_at(5, &[("e1", "color", json!("green")), ("mine", "base", json!(1))]);
    let said = other.tool_given(
        &["boards", "import", "-", "--merge"],
        &std::fs::read(&path).expect("a file"),
    );
    assert!(said.fine().contains("3 of 3 cells"));
    assert_eq!(other.value("plan", "mine", "base").as_deref(), Some("1"));
    assert_eq!(other.value("plan", "e1", "color").as_deref(), Some("\"red\""));
    loop {
        let cells = bea.until("cells");
        let cells = cells["cells"].as_array().expect("a list");
        if cells.iter().any(|cell| cell["value"] == json!("red")) {
            break;
        }
    }
}

#[test]
fn a_board_comes_in_under_another_name_and_with_another_key() {
    let host = filled();
    let (path, key) = (host.path("plan.jsonl"), host.path("key"));
    host.tool(&["boards", "export", "plan", &path]).fine();
    let said = host
        .tool(&["boards", "import", &path, "--as", "copy", "--key-file", &key])
        .fine();
    let secret = std::fs::read_to_string(&key).expect("a key");
    assert!(said.contains(&key) && !said.contains(secret.trim()), "{said}");
    assert!(
        Guest::try_join(host.address(), "copy", 'b', KEY).is_err(),
        "the old key opens it no more"
    );
    drop(Guest::try_join(host.address(), "copy", 'b', secret.trim()).expect("let in"));
    let shown: Value =
        serde_json::from_str(&host.tool(&["boards", "show", "copy", "--json"]).fine()).expect("JSON");
    assert_eq!(shown["links"][0]["role"], json!("owner"));
    assert_eq!(host.cells("copy"), host.cells("plan"));
}

#[test]
fn what_is_wrong_in_a_file_is_said_and_changes_nothing() {
    let host = filled();
    let path = host.path("plan.jsonl");
    host.tool(&["boards", "export", "plan", &path]).fine();
    let good = std::fs::read_to_string(&path).expect("the file");
    let lines: Vec<&str> = good.lines().collect();
    let (head, end) = (lines[0].replace("plan", "bad"), lines[lines.len() - 1]);
    let cell = |value: &str| {
        format!(
            r#"{{"cell":{{"element":"e","prop":"base","stamp":[1,0,"aaaaaaaaaaaaaaaa"],"value":{value}}}}}"#
        )
    };
    let one = r#"{"end":{"cells":1,"images":0}}"#;
    let image = lines
        .iter()
        .find(|line| line.contains("image\":{"))
        .expect("an image");
    let other = image.replace(&hash(PNG), &hash(b"other"));
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let table: [(&str, String, &str); 17] = [
        ("nothing", String::new(), "line 1: an exported board begins"),
        ("no board", "{}\n".to_owned(), "line 1:"),
        ("binary", "\u{0}\u{1}\u{2}".to_owned(), "line 1: expected value"),
        (
            "version",
            head.replace("\"version\":1", "\"version\":2"),
            "version 2",
        ),
        (
            "cut off",
            format!("{head}\n{}\n", cell("1")),
            "line 3: it is cut off",
        ),
        (
            "cut in a line",
            format!("{head}\n{}", &cell("1")[..40]),
            "line 2: EOF",
        ),
        (
            "too few",
            format!("{head}\n{end}\n"),
            "line 2: 3 cells and 1 images are said",
        ),
        (
            "goes on",
            format!("{head}\n{}\n{one}\n{}\n", cell("1"), cell("2")),
            "line 4: something follows",
        ),
        (
            "NaN",
            format!("{head}\n{}\n{one}\n", cell("NaN")),
            "line 2: expected value at column",
        ),
        ("deep", format!("{head}\n{}\n{one}\n", cell(&deep)), "line 2:"),
        (
            "a name",
            format!("{head}\n{}\n{one}\n", cell("1").replace("\"e\"", "\"../e\"")),
            "line 2:",
        ),
        (
            "deleted",
            format!("{head}\n{}\n{one}\n", cell("1").replace("base", "deleted")),
            "deleted must be",
        ),
        (
            "purged",
            format!("{head}\n{}\n{one}\n", cell("1").replace("base", "purged")),
            "reserved",
        ),
        (
            "a stamp",
            format!(
                "{head}\n{}\n{one}\n",
                cell("1").replace("[1,", "[9007199254740992,")
            ),
            "line 2:",
        ),
        (
            "large",
            format!(
                "{head}\n{}\n{one}\n",
                cell(&format!("\"{}\"", "x".repeat(1 << 20)))
            ),
            "at most 1048576 bytes",
        ),
        (
            "an image",
            format!("{head}\n{other}\n"),
            "are not those that its name says",
        ),
        (
            "base64",
            format!("{head}\n{}\n", image.replace("\"data\":\"", "\"data\":\"!")),
            "isn't base64",
        ),
    ];
    for (name, text, why) in table {
        let said = host
            .tool_given(&["boards", "import", "-"], text.as_bytes())
            .refused();
        assert!(
            said.contains(why) && said.contains("standard input"),
            "{name}: {said}"
        );
        assert!(said.len() < 500, "{name}: {said}");
    }
    let list = host.tool(&["boards", "list"]).fine();
    assert!(!list.contains("bad"), "{list}");
    let strays = std::fs::read_dir(host.data()).expect("the folder");
    let strays = strays.filter(|entry| {
        let name = entry.as_ref().expect("an entry").file_name();
        name.to_string_lossy().starts_with("import-")
    });
    assert_eq!(strays.count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_line_without_end_takes_no_memory_without_end() {
    use std::io::Write as _;
    let host = filled();
    let path = host.path("huge");
    let mut file = std::fs::File::create(&path).expect("a file");
    let chunk = vec![b'x'; 1 << 20];
    (0..300).for_each(|_| file.write_all(&chunk).expect("written"));
    // The program's own bound on its memory: twice the longest line is well below it, the file above.
    let script = r#"ulimit -v 600000; exec "$0" boards import "$1" --data "$2""#;
    let output = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_drawbridge-relay"), &path])
        .arg(host.data())
        .output()
        .expect("run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("line 1: the line is longer than"), "{said}");
}

#[test]
fn a_stamp_far_ahead_neither_spoils_a_board_nor_keeps_one_out_that_lives_then() {
    let host = filled();
    let line = |ms: u64| {
        format!(
            "{}\n{}\n{}\n",
            r#"{"board":{"version":1,"id":"plan","created":1,"exported":1,"access":{"links":[{"hash":"1f55b9dbb34db31ee615fea98af1b62ec6f169bb38355164364099813349e079","role":"edit"}]}}}"#,
            format_args!(
                r#"{{"cell":{{"element":"z","prop":"base","stamp":[{ms},0,"aaaaaaaaaaaaaaaa"],"value":1}}}}"#
            ),
            r#"{"end":{"cells":1,"images":0}}"#
        )
    };
    let far = line(4_000_000_000_000);
    let said = host
        .tool_given(&["boards", "import", "-", "--merge"], far.as_bytes())
        .refused();
    assert!(said.contains("ahead of the board's time"), "{said}");
    host.tool_given(&["boards", "import", "-", "--as", "future"], far.as_bytes())
        .fine();
    let past_all = line(1 << 53);
    assert_eq!(
        host.tool_given(&["boards", "import", "-", "--as", "never"], past_all.as_bytes())
            .code,
        Some(1)
    );
}
