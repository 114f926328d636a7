//! Every Rust file says what it is for, and every lint that is switched off says why.

use std::path::Path;

use super::Report;
use crate::repo::{files, read};

pub(super) fn check(root: &Path, report: &mut Report) -> Result<(), String> {
    for file in files(root)?.iter().filter(|f| f.ends_with(".rs")) {
        let text = read(root, file).ok_or_else(|| format!("{file}: not UTF-8"))?;
        if !text.trim_start_matches('\u{feff}').starts_with("//!") {
            report.error(format!("{file}: the first line does not say what the module is for (`//! …`)"));
        }
        for (line, kind) in silenced(&text) {
            report.error(format!("{file}:{line}: `{kind}` without a reason; write `#[expect(lint, reason = \"…\")]`"));
        }
    }
    Ok(())
}

/// Attributes that switch a lint off and give no reason, with their lines.
fn silenced(text: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for kind in ["allow", "expect"] {
        for open in ["#[", "#!["] {
            let start = format!("{open}{kind}(");
            for (at, _) in text.match_indices(&start) {
                let line_start = text[..at].rfind('\n').map_or(0, |n| n + 1);
                let body = text[at..].split(")]").next().unwrap_or_default();
                if text[line_start..at].trim().is_empty() && !body.contains("reason") {
                    found.push((text[..at].matches('\n').count() + 1, kind));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::silenced;

    #[test]
    fn a_silenced_lint_needs_a_reason() {
        let text = ["#[allow(dead_code)]", "#![allow(a, reason = \"b\")]", "    #[expect(c)]", "// #[allow(d)]"].join("\n");
        assert_eq!(silenced(&text), [(1, "allow"), (3, "expect")]);
    }
}
