//! Errors that the web UI met in somebody's browser, for the server's log. Anybody may report one, signed in or not, so it is bounded in
//! size and number, and what could be personal is taken out before it is written.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use guanxi_model::{Error, ErrorKind};
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::answer;
use super::problems::Writing;
use crate::App;
use crate::extract::Body;
use crate::problem::Result;
use crate::session::{self, Client};

/// Reports of one address, and of all, within [`WINDOW`].
const PER_CLIENT: u32 = 30;
const IN_ALL: u32 = 600;
const WINDOW: Duration = Duration::from_secs(60);

/// The most of a text that is written, in characters.
const MESSAGE: usize = 1_000;
const STACK: usize = 6_000;
const SHORT: usize = 200;

/// What went wrong.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientError {
    /// `error`, `rejection` or `crash`.
    kind: String,
    /// The error's message.
    message: String,
    /// Where in the program.
    #[serde(default)]
    stack: Option<String>,
    /// The route, with names in the place of values: `/o/$object/$id`.
    #[serde(default)]
    page: Option<String>,
    /// The build of the UI.
    #[serde(default)]
    build: Option<String>,
}

/// Takes the report of an error in the browser for the server's log.
#[utoipa::path(
    post, path = "/api/v1/client_errors", tag = "client_errors", security(()),
    request_body = ClientError,
    responses((status = 204, description = "Written."), Writing),
)]
pub async fn report_client_error(
    State(app): State<App>,
    Client(client): Client,
    headers: HeaderMap,
    Body(report): Body<ClientError>,
) -> Result<Response> {
    if session::from_elsewhere(&headers) {
        return Err(session::cross_origin().into());
    }
    if !app.client_errors().admit(&client, Instant::now()) {
        return Err(Error::new(
            ErrorKind::RateLimited,
            "too_many_reports",
            "错误报告过多，请稍后再试。",
            "Too many error reports; please try again later.",
        )
        .into());
    }
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("");
    report.write(agent);
    Ok(answer::no_content())
}

impl ClientError {
    fn write(&self, agent: &str) {
        let text = |text: &Option<String>, most: usize| text.as_deref().map(|t| clean(t, most)).unwrap_or_default();
        tracing::error!(
            target: "guanxi_client",
            kind = clean(&self.kind, SHORT),
            page = text(&self.page, SHORT),
            build = text(&self.build, SHORT),
            agent = clean(agent, SHORT),
            stack = text(&self.stack, STACK),
            "{}", clean(&self.message, MESSAGE)
        );
    }
}

/// A text without what could be personal or secret: what follows a `?` in an address, tokens, e-mail addresses, long numbers; on one
/// line, since a line of the log is one event.
fn clean(text: &str, most: usize) -> String {
    let cut: String = text.chars().take(most).collect();
    let mut out = String::with_capacity(cut.len());
    let breaks = |c: char| c.is_whitespace() || "\"'`()<>{}[],;，。；“”（）".contains(c);
    for piece in cut.split_inclusive(breaks) {
        let (word, end) = piece.char_indices().last().filter(|(_, c)| breaks(*c)).map_or((piece, None), |(at, c)| (&piece[..at], Some(c)));
        out.push_str(&clean_word(word));
        out.extend(end.map(|c| if c.is_control() { ' ' } else { c }));
    }
    out
}

fn clean_word(word: &str) -> String {
    if word.contains("gx_") {
        return "[token]".to_owned();
    }
    if word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains(['/', ':'])) {
        return "[e-mail]".to_owned();
    }
    let word = word
        .split_once('?')
        .filter(|(before, _)| before.contains('/'))
        .map_or_else(|| word.to_owned(), |(before, _)| format!("{before}?…"));
    let mut out = String::with_capacity(word.len());
    let mut digits = String::new();
    for c in word.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        out.push_str(if digits.len() >= 7 { "[number]" } else { &digits });
        digits.clear();
        if !c.is_control() {
            out.push(c);
        }
    }
    out
}

/// Counts reports, so that nobody fills the log.
#[derive(Default)]
pub struct ClientErrors(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    since: Option<Instant>,
    all: u32,
    by_client: HashMap<String, u32>,
}

impl ClientErrors {
    /// Whether one more report of this address is taken.
    fn admit(&self, client: &str, now: Instant) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.since.is_none_or(|since| now.duration_since(since) >= WINDOW) {
            *counts = Counts { since: Some(now), ..Counts::default() };
        }
        let own = counts.by_client.get(client).copied().unwrap_or(0);
        if own >= PER_CLIENT || counts.all >= IN_ALL {
            return false;
        }
        counts.by_client.insert(client.to_owned(), own + 1);
        counts.all += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn what_is_personal_stays_out() {
        for (given, kept) in [
            ("at https://crm.example/o/account?q=张三 (a.js:1:2)", "at https://crm.example/o/account?… (a.js:1:2)"),
            ("token gx_acme_abc123 refused", "token [token] refused"),
            ("no user \"ann@example.com\"\nhere", "no user \"[e-mail]\" here"),
            ("call 13800138000 or +86-755-26712345", "call [number] or +86-755-[number]"),
            ("f@https://crm.example/assets/a.js:10:22", "f@https://crm.example/assets/a.js:10:22"),
        ] {
            assert_eq!(clean(given, 500), kept);
        }
        assert_eq!(clean(&"长".repeat(5_000), 100).chars().count(), 100);
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_report_is_one_line_of_the_log() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let report: ClientError =
            serde_json::from_str(r#"{"kind": "crash", "message": "x is undefined\n2026 forged", "page": "/o/$object"}"#).unwrap();
        tracing::subscriber::with_default(subscriber, || report.write("Chromium"));
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        for part in ["ERROR", "guanxi_client", "x is undefined 2026 forged", "/o/$object", "Chromium", "crash"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn nobody_fills_the_log() {
        let (counts, start) = (ClientErrors::default(), Instant::now());
        assert_eq!((0..100).filter(|_| counts.admit("a", start)).count(), PER_CLIENT as usize);
        assert!(counts.admit("b", start));
        let later = start + WINDOW;
        assert!(counts.admit("a", later));
        assert_eq!((0..10_000).filter(|n| counts.admit(&n.to_string(), later)).count(), IN_ALL as usize - 1);
    }
}
