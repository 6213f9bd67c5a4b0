//! The reference page of all settings, and what `check-config` shows.

use std::fmt::Write as _;

use super::row::Row;
use super::sources::Found;
use super::table::table;

const HEAD: &str = "# Settings of the relay

Printed by `drawbridge-relay settings`; made from the same table as `--help`.

A setting has one name. It is a flag (`--max-image 8MiB`), an environment variable (`DRAWBRIDGE_MAX_IMAGE=8MiB`), and a key of a TOML file
(`max-image = \"8MiB\"`) that `--config FILE` or `DRAWBRIDGE_CONFIG` names. A flag goes before a variable, a variable before the file, the file before
the default. A file has no tables, only keys:

```toml
listen = \"127.0.0.1:7411\"
data = \"/var/lib/drawbridge\"
max-image = \"8MiB\"
past-age = \"90d\"
```

`drawbridge-relay check-config` with the same flags says whether all is well and where each value comes from; it ends with 0, or with 1 if
something is wrong. A wrong setting, or a key that is none, stops the relay with exit code 2; it says where it stands and what is expected. An environment variable that begins with `DRAWBRIDGE_` and
is none is only warned of. An empty variable counts as none. A list has commas between its items; in a file it may be an array, and a flag may be given several times.
";

/// The page, as Markdown.
pub(crate) fn page() -> String {
    let mut page = HEAD.to_owned();
    for section in table() {
        let _ = write!(
            page,
            "\n## {}\n\n| setting | value | default | what it does |\n| --- | --- | --- | --- |\n",
            section.title
        );
        for row in section.rows {
            let name = if row.is_flag {
                row.name.to_owned()
            } else {
                row.variable()
            };
            let (form, default) = (row.form().replace('|', "\\|"), row.default().replace('|', "\\|"));
            let _ = writeln!(page, "| `{name}` | {form} | {default} | {} |", words(&row));
        }
    }
    page
}

/// What a setting does and why its default is what it is.
pub(crate) fn words(row: &Row) -> String {
    if row.why.is_empty() {
        row.what.to_owned()
    } else {
        format!("{} ({})", row.what, row.why.trim_end_matches('.'))
    }
}

/// All values with where each comes from.
pub(crate) fn values(found: &Found) -> String {
    let mut text = String::new();
    for row in table().iter().flat_map(|section| &section.rows) {
        let value = row.show(&found.config);
        let _ = writeln!(text, "{:24} {value:20} {}", row.name, found.source(row.name));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_md_is_what_the_program_prints() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/SETTINGS.md");
        let file = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            file.replace("\r\n", "\n") == page(),
            "SETTINGS.md is old: cargo run -p drawbridge-relay -- settings > relay/SETTINGS.md"
        );
    }
}
