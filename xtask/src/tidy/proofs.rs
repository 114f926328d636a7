//! The table of security requirements names tests and files: each of them must be there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Report;
use crate::repo::{files, read};

const FOLDER: &str = "docs/security/";

pub(super) fn check(root: &Path, report: &mut Report) -> Result<(), String> {
    let all = files(root)?;
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for file in all.iter().filter(|f| f.ends_with(".rs")) {
        let path = Path::new(file);
        let module = match path.file_stem().and_then(|s| s.to_str()) {
            Some("mod" | "lib" | "main") => path.parent().and_then(Path::file_name).and_then(|s| s.to_str()),
            other => other,
        };
        if let (Some(module), Some(text)) = (module, read(root, file)) {
            sources.entry(module.to_owned()).or_default().push_str(&text);
        }
    }
    let known: BTreeSet<&str> = all.iter().map(String::as_str).collect();
    for file in all.iter().filter(|f| f.starts_with(FOLDER) && f.ends_with(".md")) {
        let Some(text) = read(root, file) else { continue };
        for (number, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with("| ")) {
            for word in line.split('`').skip(1).step_by(2) {
                let there = match word.split_once("::") {
                    Some((module, test)) => sources.get(module).is_some_and(|text| is_test(text, test)),
                    None if word.contains('/') && !word.contains(char::is_whitespace) && !word.starts_with('/') => {
                        known.iter().any(|f| *f == word || f.starts_with(&format!("{}/", word.trim_end_matches('/'))))
                    }
                    None => true,
                };
                if !there {
                    report.error(format!("{file}:{}: there is no `{word}`", number + 1));
                }
            }
        }
    }
    Ok(())
}

/// Whether a source has a test of this name: a function, or the first argument of a macro that makes tests of it.
fn is_test(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let ends = after.starts_with(['(', ',', ')']);
        ends && (before.ends_with("fn ") || before.trim_end().ends_with(['(', ',']))
    })
}

#[cfg(test)]
mod tests {
    use super::is_test;

    #[test]
    fn tests_are_found_by_their_whole_name() {
        assert!(is_test("fn one_thing() {", "one_thing"));
        assert!(is_test("both_engines!(one_thing, |t: TestOrg| async move {", "one_thing"));
        assert!(is_test("both!(\n    another,\n    one_thing,\n);", "one_thing"));
        assert!(!is_test("fn one_thing_more() {", "one_thing"));
        assert!(!is_test("fn no_one_thing() {", "one_thing"));
        assert!(!is_test("// one_thing", "one_thing"));
    }
}
