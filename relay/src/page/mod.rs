//! What a browser is shown: a page for a board's address, one for the relay's own, and their icon. Each page is one piece with
//! nothing from elsewhere, and its policy names its script and its style by their hashes, so that nothing else runs on it.

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("board.js");
const BOARD: &str = include_str!("board.html");
const RELAY: &str = include_str!("relay.html");
const ICON: &str = include_str!("icon.svg");
/// What says how to get the app, where whoever runs the relay doesn't.
const ASK: &str = "Ask whoever sent you the link where they got theirs.";
/// Tells search engines to pass by.
const ROBOTS: &str = "User-agent: *\nDisallow: /\n";

/// The pages of one relay.
#[derive(Debug)]
pub(crate) struct Pages {
    board: Page,
    relay: Page,
}

#[derive(Debug)]
struct Page {
    html: Bytes,
    policy: HeaderValue,
}

impl Pages {
    /// `app` is the address of a page from which people get the app.
    pub(crate) fn new(app: Option<&str>) -> Self {
        let app = app.map_or_else(
            || ASK.to_owned(),
            |url| format!(r#"<a href="{}">Get it here</a>."#, escaped(url)),
        );
        let relay = RELAY.replace("{{version}}", env!("CARGO_PKG_VERSION"));
        Self {
            board: Page::new("A Drawbridge board", &BOARD.replace("{{app}}", &app), SCRIPT),
            relay: Page::new("Drawbridge relay", &relay.replace("{{app}}", &app), ""),
        }
    }

    /// What a person sees who opens a board's link in a browser: the same for every board, whether there is one or not. The
    /// key stays in the browser: it is in the fragment, which isn't sent.
    pub(crate) fn board(&self) -> Response {
        self.board.response()
    }

    /// What a person sees who opens the relay's own address.
    pub(crate) fn relay(&self) -> Response {
        self.relay.response()
    }
}

impl Page {
    fn new(title: &str, main: &str, script: &str) -> Self {
        let (script, runs) = if script.is_empty() {
            (String::new(), "'none'".to_owned())
        } else {
            (format!("<script>{script}</script>\n"), hash(script))
        };
        let html = format!(
            r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<link rel="icon" type="image/svg+xml" href="/icon.svg">
<title>{title}</title>
<style>{STYLE}</style>
<main>
<header><img src="/icon.svg" alt="">Drawbridge</header>
{main}</main>
{script}</html>
"#
        );
        let policy = format!(
            "default-src 'none'; script-src {runs}; style-src {}; img-src 'self'; connect-src 'self'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'",
            hash(STYLE)
        );
        Self {
            html: html.into(),
            policy: HeaderValue::try_from(policy)
                .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'")),
        }
    }

    fn response(&self) -> Response {
        let headers = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            ),
            (header::CONTENT_SECURITY_POLICY, self.policy.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
            (X_ROBOTS_TAG, HeaderValue::from_static("noindex, nofollow")),
        ];
        (headers, self.html.clone()).into_response()
    }
}

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// What search engines are told.
pub(crate) fn robots() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], ROBOTS).into_response()
}

/// The icon of the pages.
pub(crate) fn icon() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "max-age=86400"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, ICON).into_response()
}

/// How a policy names an inline script or style.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text)))
}

/// A text as it stands in an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            char => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands between two texts, once.
    fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
        let (_, rest) = text.split_once(from).expect(from);
        let (found, rest) = rest.split_once(to).expect(to);
        assert!(!rest.contains(from), "a second {from}");
        found
    }

    #[test]
    fn a_page_runs_what_its_policy_names_and_nothing_from_elsewhere() {
        let pages = Pages::new(None);
        for (page, has_script) in [(&pages.board, true), (&pages.relay, false)] {
            let html = std::str::from_utf8(&page.html).expect("text");
            let policy = page.policy.to_str().expect("text");
            assert!(policy.starts_with("default-src 'none';"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            let style = hash(between(html, "<style>", "</style>"));
            assert!(policy.contains(&format!("style-src {style};")), "{policy}");
            if has_script {
                let script = hash(between(html, "<script>", "</script>"));
                assert!(policy.contains(&format!("script-src {script};")), "{policy}");
            } else {
                assert!(policy.contains("script-src 'none';") && !html.contains("<script"));
            }
            // Neither anything from elsewhere, nor what the policy wouldn't let run, nor a place left empty.
            for never in ["http://", "https://", "\"//", " style=", " onclick=", "{{"] {
                assert!(!html.contains(never), "{never} in {html}");
            }
        }
    }

    #[test]
    fn where_people_get_the_app_is_a_link_that_cant_break_out() {
        let pages = Pages::new(Some(r#"https://draw.example/?a=1&b="><script>"#));
        let html = std::str::from_utf8(&pages.board.html).expect("text");
        assert!(html.contains(
            r#"<a href="https://draw.example/?a=1&amp;b=&quot;&gt;&lt;script&gt;">Get it here</a>"#
        ));
        assert!(!html.contains(ASK));
    }
}
