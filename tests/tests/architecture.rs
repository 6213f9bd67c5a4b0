//! ARCHITECTURE.md's "must never be", held against the sources: who may import what, and where
//! sockets, clocks, files and colours may be touched.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

/// All Rust files below a folder (or the one file named), with their path from the root.
fn sources(place: &str) -> Vec<(String, String)> {
    fn walk(path: &Path, found: &mut Vec<PathBuf>) {
        if path.is_dir() {
            let entries = fs::read_dir(path).expect("a readable folder");
            entries.for_each(|entry| walk(&entry.expect("a readable entry").path(), found));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path.to_owned());
        }
    }
    let mut found = Vec::new();
    walk(&root().join(place), &mut found);
    found.sort();
    assert!(
        !found.is_empty(),
        "{place} has no sources: the rule below would hold of nothing"
    );
    let text = |path: &PathBuf| fs::read_to_string(path).expect("a readable source");
    let name = |path: &PathBuf| {
        path.strip_prefix(root())
            .expect("below the root")
            .display()
            .to_string()
    };
    found.iter().map(|path| (name(path), text(path))).collect()
}

/// The code of a file: comments and the unit tests at its end are free to name anything. A `mod tests;` on the way
/// ends nothing: what stands below it is code.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end]
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether `line` has `word` with no identifier character on either side.
fn names(line: &str, word: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let (starts, ends) = (
        word.starts_with(char::is_alphanumeric),
        word.ends_with(char::is_alphanumeric),
    );
    line.match_indices(word).any(|(at, _)| {
        let before = starts && inside(line[..at].chars().next_back());
        let after = ends && inside(line[at + word.len()..].chars().next());
        !before && !after
    })
}

/// Fails with every line below `place` (files whose path contains one of `except` aside) that names one of `words`.
fn never(rule: &str, place: &str, except: &[&str], words: &[&str]) {
    let mut broken = Vec::new();
    for (path, text) in sources(place) {
        if except.iter().any(|part| path.contains(part)) {
            continue;
        }
        for (number, line) in code(&text) {
            for word in words.iter().filter(|word| names(line, word)) {
                broken.push(format!("{path}:{}: {word}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(broken.is_empty(), "{rule}\n{}", broken.join("\n"));
}

/// Fails if a package lists one of `packages` among its dependencies (those for its tests aside).
fn never_depends(rule: &str, manifest: &str, packages: &[&str]) {
    let text = fs::read_to_string(root().join(manifest)).expect("a manifest");
    let dependencies = text.split("[dependencies]").nth(1).expect("dependencies");
    for line in dependencies.lines().take_while(|line| !line.starts_with('[')) {
        let name = line.split('=').next().unwrap_or_default().trim();
        assert!(!packages.contains(&name), "{rule}: {manifest} depends on {name}");
    }
}

const OURS: [&str; 3] = ["drawbridge_engine", "drawbridge_relay", "drawbridge_protocol"];
const WINDOW: [&str; 4] = ["egui", "eframe", "wgpu", "winit"];
const SOCKETS: [&str; 3] = ["TcpStream", "TcpListener", "tokio_tungstenite"];
const CLOCK: [&str; 3] = ["SystemTime", "Instant::now", "tokio::time"];
const FILES: [&str; 4] = ["std::fs", "fs::", "File::", "rusqlite"];

#[test]
fn code_goes_on_below_a_test_module_in_a_file_of_its_own() {
    let text = "use a;\n// use b;\n#[cfg(test)]\nmod tests;\nuse c;\n#[cfg(test)]\nmod tests {\nuse d;\n}\n";
    let lines: Vec<&str> = code(text).map(|(_, line)| line).collect();
    assert_eq!(lines, ["use a;", "#[cfg(test)]", "mod tests;", "use c;"]);
}

#[test]
fn protocol_imports_none_of_ours_and_does_no_io() {
    let rule = "protocol imports none of ours and does no I/O";
    never(rule, "protocol/src", &[], &OURS[..2]);
    for words in [
        &SOCKETS[..],
        &CLOCK,
        &FILES,
        &["std::thread", "tokio", "getrandom", "std::net::TcpStream"],
    ] {
        never(rule, "protocol/src", &[], words);
    }
    never_depends(
        rule,
        "protocol/Cargo.toml",
        &["drawbridge-engine", "drawbridge-relay", "drawbridge", "tokio"],
    );
}

#[test]
fn relay_imports_neither_app_nor_engine_and_decodes_no_value() {
    let rule = "relay imports neither app nor engine and decodes no value";
    never(
        rule,
        "relay/src",
        &[],
        &[
            "drawbridge_engine",
            "serde_json::Value",
            "value.read",
            "value.read::",
        ],
    );
    never_depends(rule, "relay/Cargo.toml", &["drawbridge-engine", "drawbridge"]);
}

#[test]
fn engine_has_no_window() {
    let rule = "engine imports no egui, eframe, wgpu or winit";
    never(rule, "app/engine/src", &[], &WINDOW);
    never_depends(
        rule,
        "app/engine/Cargo.toml",
        &[
            "egui",
            "eframe",
            "wgpu",
            "winit",
            "drawbridge-relay",
            "drawbridge",
        ],
    );
}

#[test]
fn in_the_engine_only_the_driver_has_sockets_and_clock_and_only_the_store_files() {
    never(
        "only the driver opens sockets",
        "app/engine/src",
        &["client/driver", "client/profile"],
        &SOCKETS,
    );
    never(
        "only the driver reads the clock",
        "app/engine/src",
        &["client/driver"],
        &CLOCK,
    );
    never(
        "only the store touches files, and what reads the system's fonts",
        "app/engine/src",
        &[
            "client/store",
            "client/profile",
            "lettering/system.rs",
            // These only test: pdftoppm reads files.
            "export/alike.rs",
            "export/pdf/tests.rs",
        ],
        &FILES,
    );
    never(
        "the session is pure",
        "app/engine/src/client/session",
        &[],
        &["tokio", "std::thread", "rusqlite", "getrandom"],
    );
}

#[test]
fn geometry_imports_none_of_ours() {
    let rule = "geometry imports none of ours";
    never(rule, "app/engine/src/geometry", &[], &OURS);
    never(
        rule,
        "app/engine/src/geometry",
        &[],
        &[
            "crate::lettering",
            "crate::document",
            "crate::editor",
            "crate::tools",
            "crate::scene",
            "crate::client",
            "crate::board",
        ],
    );
}

#[test]
fn lettering_imports_only_geometry_of_ours() {
    let rule = "lettering imports only geometry of ours";
    never(rule, "app/engine/src/lettering", &[], &OURS);
    let others = [
        "crate::document",
        "crate::arrange",
        "crate::editor",
        "crate::tools",
        "crate::scene",
        "crate::client",
        "crate::board",
    ];
    never(rule, "app/engine/src/lettering", &[], &others);
}

#[test]
fn document_knows_no_editor_tools_scene_or_client() {
    let rule = "document knows no editor, tools, scene or client";
    never(
        rule,
        "app/engine/src/document",
        &[],
        &[
            "crate::editor",
            "crate::tools",
            "crate::scene",
            "crate::client",
            "crate::board",
        ],
    );
}

#[test]
fn arrange_knows_document_and_geometry_only() {
    let rule = "arrange knows document and geometry only";
    let others = [
        "crate::editor",
        "crate::tools",
        "crate::scene",
        "crate::client",
        "crate::board",
    ];
    never(rule, "app/engine/src/arrange", &[], &others);
}

#[test]
fn the_client_moves_cells_not_shapes_and_one_file_joins_it_with_the_editor() {
    let rule = "the client moves cells, not shapes";
    let shapes = [
        "crate::geometry",
        "crate::document",
        "crate::editor",
        "crate::tools",
        "crate::scene",
        "crate::board",
    ];
    never(rule, "app/engine/src/client", &[], &shapes);
    let except = ["src/client/", "src/board.rs", "src/lib.rs"];
    never(
        "one file joins editor and client",
        "app/engine/src",
        &except,
        &["crate::client"],
    );
}

#[test]
fn tools_change_the_document_only_through_a_transaction() {
    let rule = "tools change the document only through a transaction";
    never(
        rule,
        "app/engine/src/tools",
        &[],
        &["&mut Document", "document.merge", "document_mut"],
    );
}

#[test]
fn only_the_theme_holds_colours() {
    let colours = [
        "Color32::from_rgb",
        "Color32::from_rgba_unmultiplied",
        "Color32::from_gray",
        "Color32::from_hex",
        "Color32::WHITE",
        "Color32::BLACK",
        "Color32::RED",
        "hex_color!",
    ];
    never("only the theme holds colours", "app/src", &["theme"], &colours);
}

#[test]
fn panels_send_commands_and_change_nothing_themselves() {
    let rule = "panels send commands and change nothing themselves";
    never(
        rule,
        "app/src/panels",
        &[],
        &[
            "&mut Board",
            "drawbridge_engine::client::Client",
            "drawbridge_relay",
        ],
    );
}
