//! Why a command failed, as it is printed.

use guanxi_model::{Error, Lang};

/// A message for the person at the command line.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure with its text.
    pub(crate) fn new(text: impl Into<String>) -> Failure {
        Failure(text.into())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Error> for Failure {
    /// The message in the shell's language; the command line runs on the server's own machine, so the internal half is told too.
    fn from(error: Error) -> Failure {
        let mut text = error.message.get(lang()).to_owned();
        if let Some(position) = error.position {
            text.push_str(&format!(" [{position}]"));
        }
        if let Some(detail) = &error.internal {
            text.push_str(&format!(" ({detail})"));
        }
        Failure(text)
    }
}

/// The shell's language: Chinese where `LC_ALL`, `LC_MESSAGES` or `LANG` says so, else English.
pub(crate) fn lang() -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    if set.is_some_and(|value| value.starts_with("zh")) { Lang::Zh } else { Lang::En }
}
