use super::super::scenario::{Condition, Deed, Newcomers, Who};
use super::*;

/// What is said of a text's one mistake: where it is, how wide, what, and what may have been meant.
fn mistake(text: &str) -> (usize, usize, usize, String, Option<String>) {
    let mistakes = parse("a.scene", text).expect_err(text);
    let [one] = mistakes.as_slice() else {
        panic!("{text}: {mistakes:?}");
    };
    let Mistake {
        line,
        column,
        width,
        what,
        help,
        ..
    } = one.clone();
    (line, column, width, what, help)
}

fn read(text: &str) -> Scenario {
    parse("a.scene", text).unwrap_or_else(|mistakes| {
        let all: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"))
    })
}

#[test]
fn a_mistake_is_shown_with_its_line_and_a_caret() {
    let mistakes = parse("plan.scene", "client ada\n\n\tada draws box R colour red").expect_err("a mistake");
    assert!(
        mistakes[0]
            .to_string()
            .starts_with("plan.scene:3:18: colour is no property; expected at, size,"),
        "{}",
        mistakes[0]
    );
    let shown = mistakes[0].to_string();
    let drawn: Vec<&str> = shown.lines().skip(1).collect();
    assert_eq!(
        drawn,
        [
            "  3 | \tada draws box R colour red",
            "    | \t                ^^^^^^ did you mean color?"
        ]
    );
}

#[test]
fn each_mistake_says_where_it_is_and_what_was_expected() {
    for (text, column, width, what, help) in [
        (
            "relay strat",
            7,
            5,
            "expected start, stop or restart",
            Some("start"),
        ),
        ("relay stop now", 12, 3, "expected the end of the line", None),
        (
            "client",
            7,
            1,
            "the line ends here; expected a client's name",
            None,
        ),
        ("client wait", 8, 4, "wait is a word of this language", None),
        ("client ada ada", 12, 3, "ada is here already", None),
        ("client a.b", 8, 3, "a.b is no name", None),
        ("clients many as bot", 9, 4, "many is no number", None),
        ("clients 5 is bot", 11, 2, "expected as", None),
        (
            "clients 5 as bot in 5s",
            18,
            2,
            "expected within TIME, or the end of the line",
            None,
        ),
        ("log hello", 5, 5, "expected what to say, in quotes", None),
        ("log \"hello", 5, 6, "this text has no end", None),
        ("log \"{i\"", 6, 1, "this { has no }", None),
        ("log \"{i}\"", 7, 1, "there is no variable i here", None),
        ("log \"{1/2}\"", 8, 1, "expected +, -, * or }, not /", None),
        ("log \"{1+}\"", 9, 1, "expected a number or a variable", None),
        ("print bord", 7, 4, "expected board", Some("board")),
        ("wiat all agree", 1, 4, "no client is called wiat", None),
        ("end", 1, 3, "there is no block to end here", None),
        ("repeat 3\nlog \"x\"", 1, 6, "this block has no end", None),
        (
            "repeat\nend",
            7,
            1,
            "the line ends here; expected how often",
            None,
        ),
        ("measure a b\nend", 11, 1, "expected the end of the line", None),
        ("= 5", 1, 1, "a line begins with a client's name", None),
        ("log ! \"x\"", 5, 1, "expected != here", None),
        ("", 1, 1, "there is nothing to do in here", None),
    ] {
        let found = mistake(text);
        assert_eq!((found.1, found.2), (column, width), "{text}: {found:?}");
        assert!(found.3.starts_with(what), "{text}: {}", found.3);
        if let Some(help) = help {
            assert_eq!(found.4, Some(format!("did you mean {help}?")), "{text}");
        }
    }
}

#[test]
fn each_mistake_of_a_client_says_where_it_is_and_what_was_expected() {
    for (text, column, width, what, help) in [
        ("adda undoes", 1, 4, "no client is called adda", Some("ada")),
        ("ada", 4, 1, "the line ends here; expected draws, moves", None),
        (
            "ada drwas box",
            5,
            5,
            "drwas is nothing that a client does",
            Some("draws"),
        ),
        (
            "ada draws rectangel",
            11,
            9,
            "expected rectangle, diamond",
            Some("rectangle"),
        ),
        (
            "ada draws box at 10",
            18,
            2,
            "expected a place, such as 10,20",
            None,
        ),
        ("ada draws box at 10,b", 21, 1, "b is no number", None),
        ("ada draws box size 10x", 23, 0, " is no number", None),
        (
            "ada draws box through 1,2",
            15,
            7,
            "through means nothing for a rectangle",
            None,
        ),
        (
            "ada draws line at 1,2",
            16,
            2,
            "at means nothing for a line",
            None,
        ),
        (
            "ada draws text size 10x10",
            16,
            4,
            "size means nothing for a text",
            None,
        ),
        (
            "ada draws box from R",
            15,
            4,
            "from means nothing for a rectangle",
            None,
        ),
        (
            "ada draws stroke \"x\"",
            18,
            3,
            "no letters stand in a stroke",
            None,
        ),
        (
            "ada draws box color rde",
            21,
            3,
            "color can't be rde; expected black",
            None,
        ),
        (
            "ada draws box color purpel",
            21,
            6,
            "color can't be purpel",
            Some("purple"),
        ),
        (
            "ada draws box dash dottd",
            20,
            5,
            "dash can't be dottd; expected solid",
            Some("dotted"),
        ),
        (
            "ada draws box opacity 2",
            23,
            1,
            "opacity lies between 0 and 1",
            None,
        ),
        ("ada draws box kind line", 20, 4, "line is no property", None),
        ("ada draws line from Q", 21, 1, "nothing is called Q", None),
        ("ada moves R 5,5", 13, 3, "5,5 is no name", None),
        ("ada moves R to 5", 16, 1, "expected a place", None),
        (
            "ada sets R to red",
            10,
            1,
            "expected an element and a property, such as R.color",
            None,
        ),
        (
            "ada sets R.colr = red",
            12,
            4,
            "colr is no property",
            Some("color"),
        ),
        ("ada sets R.x = 5", 10, 3, "x can only be looked at", None),
        (
            "ada sets R.color = ",
            19,
            1,
            "the line ends here; expected black",
            None,
        ),
        (
            "ada sets R.locked = maybe",
            21,
            5,
            "locked can't be maybe; expected yes or no",
            None,
        ),
        ("ada deletes S", 13, 1, "nothing is called S", None),
        (
            "ada types hello in R",
            11,
            5,
            "expected what is typed, in quotes",
            None,
        ),
        ("ada types \"x\" R", 15, 1, "expected in", None),
        ("ada goes home", 10, 4, "expected offline or online", None),
        ("ada undoes twice", 12, 5, "twice is no number", None),
        ("wait all agree within 10", 23, 2, "expected a time", None),
        ("wait all agree within 0s", 23, 2, "expected a time", None),
        ("wait all agreed", 10, 6, "expected agree", Some("agree")),
        ("expect all agree within 5s", 18, 6, "expect looks once", None),
        (
            "expect ada sees R.color > red",
            25,
            1,
            "color is no number; expected = or !=",
            None,
        ),
        (
            "expect ada sees R.color",
            24,
            1,
            "the line ends here; expected =",
            None,
        ),
        ("expect ada sees elements 5", 26, 1, "expected =, !=", None),
        (
            "expect ada is away",
            15,
            4,
            "expected offline, online or in",
            None,
        ),
        (
            "expect ada is in",
            17,
            1,
            "the line ends here; expected step",
            None,
        ),
    ] {
        let text = format!("client ada\nada draws box R\n{text}");
        let found = mistake(&text);
        assert_eq!(found.0, 3, "{text}");
        assert_eq!((found.1, found.2), (column, width.max(1)), "{text}: {found:?}");
        assert!(found.3.starts_with(what), "{text}: {}", found.3);
        if let Some(help) = help {
            assert_eq!(found.4, Some(format!("did you mean {help}?")), "{text}");
        }
    }
}

#[test]
fn all_mistakes_of_a_file_are_said_in_order() {
    let mistakes = parse("a", "clint ada\nrelay now\nrepeat 2\nclient ada\nada flies").expect_err("mistakes");
    let lines: Vec<usize> = mistakes.iter().map(|mistake| mistake.line).collect();
    assert_eq!(lines, [1, 2, 3, 5]);
}

#[test]
fn a_block_whose_first_line_is_wrong_still_ends() {
    let (line, .., what, _) = mistake("client ada\nrepeat often\nada draws box\nend\n");
    assert_eq!((line, what.starts_with("often is no number")), (2, true));
}

#[test]
fn remarks_colours_and_lists_are_read_as_people_write_them() {
    let scenario = read(
        "# a remark\n\n  client ada, bob # another\nada draws box R color #ff8800\n#ada undoes\nada sets R.fill = #00ff00 # green\n",
    );
    let lines: Vec<usize> = scenario.steps.iter().map(|step| step.line).collect();
    assert_eq!(lines, [3, 4, 6]);
    let Act::Clients {
        who: Newcomers::Named(names),
        ..
    } = &scenario.steps[0].act
    else {
        panic!("{scenario:?}");
    };
    assert_eq!(names.len(), 2);
}

#[test]
fn verbs_stand_with_and_without_their_s_and_sorts_with_and_without_theirs() {
    let scenario =
        read("clients 3 as bot\nall bots draw box\nall bot draws box\nwait all see elements = 6\n");
    let who = |n: usize| match &scenario.steps[n].act {
        Act::Deed(who, Deed::Draw(_)) => who.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(who(1), who(2));
    assert_eq!(who(1), Who::All(Some("bot".to_owned())));
    assert!(matches!(
        scenario.steps[3].act,
        Act::Wait(Condition::Count(..), _)
    ));
}

#[test]
fn numbers_are_reckoned_by_the_usual_rules() {
    let scenario = read("client ada\nrepeat 2 as i\nlog \"{1+2*i-1*2}\"\nend\n");
    let Act::Repeat { steps, .. } = &scenario.steps[1].act else {
        panic!("{scenario:?}");
    };
    let Act::Log(text) = &steps[0].act else {
        panic!("{steps:?}");
    };
    assert_eq!(text.value(&[("i".to_owned(), 5.0)]), "9");
}

#[test]
fn a_variable_ends_with_its_block() {
    let (line, column, ..) = mistake("client ada\nrepeat 2 as i\nlog \"{i}\"\nend\nlog \"{i}\"\n");
    assert_eq!((line, column), (5, 7));
}

#[test]
fn what_would_be_dropped_or_never_so_is_a_mistake() {
    let sum = ["1"; 66].join("+");
    let long = format!("log \"{{{sum}}}\"");
    for (text, line, what) in [
        ("ada draws stroke S text \"x\"", 3, "no letters stand in a stroke"),
        (
            "ada draws text T",
            3,
            "of a text without letters nothing is to be seen",
        ),
        (
            "ada draws text T \"\"",
            3,
            "of a text without letters nothing is to be seen",
        ),
        ("expect ada sees R.kind = arrow", 3, "kind can't be arrow"),
        (
            "expect ada sees R.kind != rectangel",
            3,
            "kind can't be rectangel",
        ),
        ("repeat 3 as a-b\nend", 3, "a-b is no variable"),
        ("repeat 3 as 2b\nend", 3, "2b is no variable"),
        ("client within 5s", 3, "within is a word of this language"),
        (
            "repeat 1.5\nend",
            3,
            "expected a whole number from 0 to 1000000, not 1.5",
        ),
        (
            "repeat 1000001\nend",
            3,
            "expected a whole number from 0 to 1000000, not 1000001",
        ),
        (
            "clients 1001 as bot",
            3,
            "expected a whole number from 0 to 1000, not 1001",
        ),
        (
            "ada undoes -1",
            3,
            "expected a whole number from 0 to 1000000, not -1",
        ),
        ("expect elements = 0.5", 3, "expected a whole number from 0"),
        ("clients 3 as bot\nclient bot2", 4, "bot2 is here already"),
        ("clients 3 as bot\nbot4 undoes", 4, "no client is called bot4"),
        (&long, 3, "at most 64 operations can stand in one pair of braces"),
    ] {
        let found = mistake(&format!("client ada\nada draws box R\n{text}"));
        assert_eq!(found.0, line, "{text}");
        assert!(found.3.starts_with(what), "{text}: {}", found.3);
    }
}

#[test]
fn so_much_can_be_reckoned_as_is_said() {
    let sum = ["1"; 65].join("+");
    read(&format!("log \"{{{sum}}} {{{sum}}}\""));
}

#[test]
fn a_repeat_that_isnt_understood_is_one_mistake() {
    let (line, ..) = mistake("client ada\nrepeat often as i\nada draws box at {i},0\nend\n");
    assert_eq!(line, 2);
    let (line, ..) = mistake("client ada\nmeasure a b\nada draws box\nend\nexpect a took < 5s\n");
    assert_eq!(line, 2);
}

#[test]
fn names_may_be_words_that_mean_something_elsewhere() {
    let scenario = read(
        "client ada\nmeasure all\nada draws box x\nend\nexpect all agree\nexpect all took < 5s\nexpect ada sees x\n\
         repeat 1 as max\nada draws note N \"a\" size {max}\nend\n",
    );
    let acts: Vec<&Act> = scenario.steps.iter().map(|step| &step.act).collect();
    assert!(matches!(acts[2], Act::Expect(Condition::Agree(_))), "{acts:?}");
    assert!(matches!(acts[3], Act::Expect(Condition::Took(..))), "{acts:?}");
    let Act::Repeat { steps, .. } = acts[5] else {
        panic!("{acts:?}");
    };
    let Act::Deed(_, Deed::Draw(drawing)) = &steps[0].act else {
        panic!("{steps:?}");
    };
    assert_eq!((drawing.size.is_none(), drawing.wishes.len()), (true, 1));
}

#[test]
fn a_colour_is_the_same_in_capitals() {
    let scenario = read("client ada\nada draws box R color #FF8800\n");
    let Act::Deed(_, Deed::Draw(drawing)) = &scenario.steps[1].act else {
        panic!("{scenario:?}");
    };
    assert_eq!(
        drawing.wishes[0].1,
        super::super::scenario::Wish::Text(Template::of("#ff8800"))
    );
}
