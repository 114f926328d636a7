//! File sizes: a source file above 400 lines is mentioned, above 600 it is an error unless `xtask/size-exceptions.txt` says why.

use std::collections::BTreeMap;
use std::path::Path;

use super::Report;
use crate::repo::{files, read};

const SOFT: usize = 400;
const HARD: usize = 600;
const EXCEPTIONS: &str = "xtask/size-exceptions.txt";

pub(super) fn check(root: &Path, report: &mut Report) -> Result<(), String> {
    let text = read(root, EXCEPTIONS).unwrap_or_default();
    let exceptions = exceptions(&text, report);
    let mut used = Vec::new();
    for file in files(root)?.iter().filter(|f| [".rs", ".ts", ".tsx"].iter().any(|e| f.ends_with(e))) {
        let lines = read(root, file).map_or(0, |t| t.lines().count());
        if exceptions.contains_key(file.as_str()) {
            used.push(file.clone());
        } else if lines > HARD {
            report.error(format!("{file}: {lines} lines, more than {HARD}; split it, or say in {EXCEPTIONS} why not"));
        } else if lines > SOFT {
            report.warn(format!("{file}: {lines} lines"));
        }
    }
    for file in exceptions.keys().filter(|f| !used.iter().any(|u| u == *f)) {
        report.error(format!("{EXCEPTIONS}: {file} does not exist"));
    }
    Ok(())
}

fn exceptions<'a>(text: &'a str, report: &mut Report) -> BTreeMap<&'a str, &'a str> {
    let mut found = BTreeMap::new();
    for line in text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')) {
        match line.split_once(": ") {
            Some((file, reason)) if !reason.trim().is_empty() => {
                found.insert(file.trim(), reason);
            }
            _ => report.error(format!("{EXCEPTIONS}: `{line}` is not `path: reason`")),
        }
    }
    found
}
