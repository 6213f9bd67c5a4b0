//! What the fuzzers start from: the SPEC's examples and what they don't show.

use serde_json::Value;

use super::frames::frame;
use super::spec::examples;

fn is_of_client(name: &str, body: &Value) -> bool {
    matches!(name, "hello" | "write" | "manage") || (name == "live" && body.is_object())
}

fn lines(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn of_examples(wanted: impl Fn(&str, &Value) -> bool) -> Vec<Vec<u8>> {
    let with_one = |example: &&Value| {
        let members = example.as_object();
        let name = members.and_then(|members| members.keys().next().filter(|_| members.len() == 1));
        name.is_some_and(|name| wanted(name, &example[name]))
    };
    let found = examples().iter().filter(with_one);
    found.map(|example| example.to_string().into_bytes()).collect()
}

/// Frames of every kind, whole, in fragments, and broken.
pub(super) fn frames() -> Vec<Vec<u8>> {
    let hello = client_messages().swap_remove(0);
    let (first, rest) = hello.split_at(40);
    let all: [&[Vec<u8>]; 14] = [
        &[frame(0x81, &hello)],
        &[
            frame(0x01, first),
            frame(0x89, b"ping"),
            frame(0x00, b""),
            frame(0x80, rest),
        ],
        &[frame(0x82, b"binary")],
        &[frame(0x81, b"\xff\xfe")],
        &[frame(0x01, b"\xc3"), frame(0x80, b"\xa9")],
        &[frame(0x88, b"\x03\xe8bye"), frame(0x81, b"late")],
        &[frame(0x88, b"\x03")],
        &[frame(0x8a, b"pong"), frame(0x81, b"{}")],
        &[frame(0x80, b"goes on from nothing")],
        &[frame(0xc1, b"reserved bit")],
        &[frame(0x83, b"reserved code")],
        &[frame(0x09, b"a ping in fragments")],
        &[frame(0x81, &[b' '; 2_001])],
        &[vec![
            0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
        ]],
    ];
    let cuts = [[0, 63, 0], [7, 0, 0], [0, 5, 1]];
    let seed = |cut: &[u8; 3], frames: &[Vec<u8>]| [cut.as_slice(), &frames.concat()].concat();
    all.iter()
        .flat_map(|frames| cuts.iter().map(|cut| seed(cut, frames)))
        .collect()
}

pub(super) fn client_messages() -> Vec<Vec<u8>> {
    let mut seeds = of_examples(is_of_client);
    seeds.extend(lines(&[
        r#"{"manage":{"id":9007199254740991,"do":{"link":{"hash":"00","role":"king","name":"","until":18446744073709551615,"ended":0}}}}"#,
        r#"{"manage":{"id":1,"do":{"remove":{"conn":1},"lock":true}}}"#,
        r#"{"hello":{"versions":[1],"peer":"AAAAAAAAAAAAAAAA","key":"BwcHBwcHBwcHBwcHBwcHBw","password":"p","create":true,"access":{"links":[]}}}"#,
    ]));
    seeds
}

pub(super) fn relay_messages() -> Vec<Vec<u8>> {
    let mut seeds = of_examples(|name, body| !is_of_client(name, body));
    let all: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    let all = all.join(&b'\n');
    seeds.push(all);
    seeds.extend(lines(&[
        r#"{"refused":{"id":1,"code":"cell_too_big","message":"No.","retry":"never"}}"#,
        r#"{"refused":{"id":1,"cell":{"element":"c","prop":"base"},"code":"stamp_ahead","message":"No.","retry":{"after":250}}}"#,
        "{\"ack\":{\"id\":1}}\n{\"ack\":{\"id\":2}}\n{\"refused\":{\"id\":3,\"code\":\"read_only\",\"message\":\"\",\"retry\":\"changed\"}}",
        r#"{"welcome":{"version":1,"conn":1,"role":"view","time":5,"resumed":true,"more":0,"limits":{"frame":300,"cell":60,"write_cells":1,"slots":1,"slot":9},"window":{"writes":1,"bytes":1}}}"#,
        r#"{"welcome":{"version":2,"conn":1,"role":"edit","time":5,"resumed":true,"more":0}}"#,
        r#"{"cells":{"cursor":"x","cells":[{"element":"c","prop":"base","stamp":[9007199254740991,4294967295,"AAAAAAAAAAAAAAAA"],"value":null}]}}"#,
        "{\"access\":{\"locked\":true}}\n{\"refused\":{\"id\":1,\"code\":\"board_locked\",\"message\":\"\",\"retry\":\"changed\"}}\n{\"access\":{}}",
        r#"{"access":{"links":[{"hash":"9b54742c1f06ff9b8ebb19f3ea8e4e5e48a4a41c4c3a9ffbf5a4c6b9b1b1a0d1","role":"king","ended":0}]}}"#,
        r#"{"refused":{"code":"removed","message":"No.","retry":"never"}}"#,
        r#"{"moved":{"to":"drawbridge://a/b#c"}}"#,
        r#"{"refused":{"code":"too_tuesday","message":"No.","retry":{"at_noon":[]}}}"#,
        r#"{"dance":[]}"#,
    ]));
    seeds
}

pub(super) fn spec() -> Vec<Vec<u8>> {
    let count = u8::try_from(examples().len()).expect("few examples");
    let plain = (0..count).map(|n| vec![n, 0]);
    let changed =
        (0..count).flat_map(|n| (0..8).map(move |which| vec![n, 2, 3, 1, which, 1, 2, 5, 7, which, 4, 9]));
    plain.chain(changed).collect()
}

pub(super) fn document() -> Vec<Vec<u8>> {
    lines(&[
        r##"e base {"kind":"stroke","order":"a0","color":"#010203","width":4,"step":0.25,"points":"480 320 12-8 9-9 7 2","pressure":"50 2-1"}"##,
        "e base {\"kind\":\"stroke\",\"points\":\"0 0 100 0 0 100-100 0 0-100\",\"width\":40}\ne place [2,0,0,-2,1000,-5]\ne color \"red\"\ne order \"a0V\"\ne deleted false\ne width 12.5\ne step 2",
        "put s {\"kind\":\"stroke\",\"points\":\"0 0\",\"step\":0.0009765625}\nadd s {\"points\":\"12-8 9-9\",\"pressure\":\"1 0\"}\nadd s {\"points\":\"7 2\"}\ns base {\"kind\":\"stroke\",\"points\":\"0 0 12-8 9-9 7 2\"}",
        "board title \"Plan\"\nput cursor [120.5,80]\nput about {\"name\":\"Ada\",\"color\":\"#2f6fde\"}\ne deleted true",
        "e base {\"kind\":\"stroke\",\"points\":\"0 0 9007199254740991 0\",\"step\":1024}\ne base {\"kind\":\"stroke\",\"points\":\"976562 976562 1 1 1 1 1 1-1-1-1-1\",\"step\":1024,\"width\":10000,\"place\":[1e6,1e6,-1e6,1e6,0,0]}",
        r#"e base {"kind":"rectangle","order":"a1","place":[200,0,0,120,50,80],"fill":"yellow","shade":"hatch","dash":"dashed","groups":["g"]}
e corners "sharp"
e fill "none"
e place [0,0,0,0,1e9,-1e9]
e groups ["a","b"]
e locked true"#,
        r#"l base {"kind":"line","start":"dot","end":"triangle","dash":"dotted","points":"0 0 100 0 0 100","width":10000}
l points "0 0 1 1-1-1"
l corners "round"
l start "bar"
d base {"kind":"diamond","place":[1e9,0,0,1e-9,0,0],"width":0.01,"dash":"dotted"}"#,
        r#"e base {"kind":"ellipse","place":[50,5,-5,20,0,0]}
put drag.a {"ids":["e","l"],"as":["copy"]}
put drag.a.by [1,0,0,1,30,40]
put drag.a.by {"points":"0 0 9 9"}
put laser {"points":[[1,2],[1e300,5]]}
put view [0,0,100,50]
put q {"kind":"line","points":"0 0 5 5"}
e deleted true"#,
        r#"t base {"kind":"text","text":"Hello","wrap":80}
t text/AAAAAAAAAAAAAAAA {"peers":["base","BBBBBBBBBBBBBBBB"],"runs":[["0>4",", dear"],["1>0","Oh! ",3,"!"],["","x"]],"cut":[[0,1,3],[1,0,9]]}
t text/BBBBBBBBBBBBBBBB {"peers":["AAAAAAAAAAAAAAAA"],"runs":[["0<2","q"],[">0","r"]]}
t text/BBBBBBBBBBBBBBBB/x.1 {"first":2,"runs":[[">1","s",4294967295]]}
put text.t.5 {"peer":"CCCCCCCCCCCCCCCC","ops":{"peers":["base"],"runs":[["0>0","wet"]],"cut":[[0,3,1]]},"at":["base",2]}
put text.t.6 {"peer":"CCCCCCCCCCCCCCCC","ops":{"first":3,"runs":[[">2","ter"]]},"at":null}"#,
        "e base {\"kind\":\"hologram\",\"points\":\"1 1\"}\nf base null\ng base {\"kind\":\"stroke\",\"points\":\"5 5 0 0 0 0\",\"width\":1e-9,\"pressure\":\"100-100 100\"}",
    ])
}

pub(super) fn links() -> Vec<Vec<u8>> {
    lines(&[
        "drawbridge://127.0.0.1:7411/plan#0123456789abcdefABCDEF",
        "http://relay.example/boards/plan#0123456789abcdefABCDEF",
        "https://[::1]:443/boards/plan?x=1#0123456789abcdefABCDEF",
        "wss://a_b.c-d:65535/boards/boards/#0123456789abcdef",
        " WS://A/b/#0123456789abcdef\n",
    ])
}

/// Scripts of edits to a store's files.
pub(super) fn edits() -> Vec<Vec<u8>> {
    let mut seeds = vec![Vec::new()];
    for which in 0..8 {
        for (file, place) in [(0, 0x01), (0, 0x30), (0, 0x80), (1, 0x00), (1, 0x20), (1, 0xd0)] {
            seeds.push(vec![which, file, place, 0x40, 0x11, 3, 0xff, 0x00, 0x41]);
        }
    }
    seeds
}
