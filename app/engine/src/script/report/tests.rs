use super::*;

fn report(outcome: Outcome) -> Report {
    Report {
        name: "a <b>.scene".to_owned(),
        outcome: outcome.clone(),
        took: Duration::from_millis(1500),
        seed: 7,
        steps: vec![
            StepReport {
                line: 1,
                text: "relay".to_owned(),
                times: 1,
                took: Duration::from_millis(20),
                outcome: Outcome::Passed,
            },
            StepReport {
                line: 4,
                text: "expect ada sees R.text = \"a & b\"".to_owned(),
                times: 3,
                took: Duration::from_millis(2),
                outcome,
            },
        ],
        measured: vec![Measured {
            name: "merge".to_owned(),
            took: [5, 1, 3].map(Duration::from_millis).to_vec(),
        }],
    }
}

#[test]
fn a_failure_says_line_step_and_what_was_seen() {
    let text = report(Outcome::Failed("ada sees R.text = \"b\"".to_owned())).to_string();
    assert_eq!(
        text,
        "     20 ms  ok        1  relay\n   \
         2.00 ms  FAILED    4  expect ada sees R.text = \"a & b\"  (3 times)\n\
         merge: 3 times, 1.00 ms at least, 3.00 ms in the middle, 5.00 ms at most\n\
         a <b>.scene:4: expect ada sees R.text = \"a & b\"\n    \
         ada sees R.text = \"b\"\n\
         a <b>.scene: failed after 1500 ms (seed 7)\n"
    );
}

#[test]
fn junit_counts_and_escapes() {
    let why = "x < \"y\" \u{1}&\nz".to_owned();
    let xml = junit(&[
        report(Outcome::Passed),
        report(Outcome::Failed(why.clone())),
        report(Outcome::CouldNot("no relay".to_owned())),
    ]);
    let read = roxmltree::Document::parse(&xml).expect("well-formed XML");
    let suite = read
        .descendants()
        .find(|node| node.has_tag_name("testsuite"))
        .expect("a suite");
    let counts = ["tests", "failures", "errors"].map(|name| suite.attribute(name));
    assert_eq!(counts, [Some("3"), Some("1"), Some("1")]);
    let cases: Vec<_> = suite
        .children()
        .filter(|node| node.has_tag_name("testcase"))
        .collect();
    assert_eq!(cases[0].attribute("name"), Some("a <b>.scene"));
    assert_eq!(cases[0].attribute("file"), Some("a <b>.scene"));
    assert_eq!(cases[0].attribute("time"), Some("1.500"));
    let failure = |n: usize, tag| {
        let found = cases[n].children().find(move |node| node.has_tag_name(tag));
        found.and_then(|node| node.attribute("message").map(str::to_owned))
    };
    assert_eq!(failure(0, "failure"), None);
    assert_eq!(failure(1, "failure"), Some(why.replace('\u{1}', "")));
    assert_eq!(failure(2, "error").as_deref(), Some("no relay"));
}
