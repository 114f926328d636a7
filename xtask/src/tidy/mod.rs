//! The checks of the repository. Each is a module with one function that adds its findings to a [`Report`].

mod generated;
mod imports;
mod licences;
mod migrations;
mod packs;
mod proofs;
mod sizes;
mod sources;
mod spdx;
mod words;

use std::path::Path;

/// What the checks found.
#[derive(Default)]
pub(crate) struct Report {
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Report {
    fn error(&mut self, text: impl Into<String>) {
        self.errors.push(text.into());
    }

    fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }
}

type Check = fn(&Path, &mut Report) -> Result<(), String>;

const CHECKS: [(&str, Check); 9] = [
    ("imports", imports::check),
    ("sizes", sizes::check),
    ("generated", generated::check),
    ("licences", licences::check),
    ("migrations", migrations::check),
    ("packs", packs::check),
    ("proofs", proofs::check),
    ("sources", sources::check),
    ("words", words::check),
];

/// Runs the named checks, or all.
pub(crate) fn run(root: &Path, names: &[&str]) -> Result<(), String> {
    if let Some(unknown) = names.iter().find(|n| CHECKS.iter().all(|(name, _)| name != *n)) {
        return Err(format!("there is no check named {unknown}"));
    }
    let mut failed = 0;
    for (name, check) in CHECKS.iter().filter(|(name, _)| names.is_empty() || names.contains(name)) {
        let mut report = Report::default();
        if let Err(error) = check(root, &mut report) {
            report.error(error);
        }
        println!("tidy {name}: {}", if report.errors.is_empty() { "ok".to_owned() } else { format!("{} errors", report.errors.len()) });
        report.warnings.iter().for_each(|w| println!("  warning: {w}"));
        report.errors.iter().for_each(|e| println!("  error: {e}"));
        failed += report.errors.len();
    }
    if failed == 0 { Ok(()) } else { Err(format!("tidy: {failed} errors")) }
}
