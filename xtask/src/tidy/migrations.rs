//! Migrations come in pairs: what `sqlite/` has, `postgres/` has too, numbered without gaps.

use std::collections::BTreeSet;
use std::path::Path;

use super::Report;

const FOLDER: &str = "crates/store/migrations";

pub(super) fn check(root: &Path, report: &mut Report) -> Result<(), String> {
    if !root.join(FOLDER).exists() {
        return Ok(());
    }
    let (sqlite, postgres) = (names(root, "sqlite")?, names(root, "postgres")?);
    for name in sqlite.symmetric_difference(&postgres) {
        report.error(format!("{FOLDER}: {name} is there for one engine only"));
    }
    for (at, name) in sqlite.iter().enumerate() {
        if number(name) != Some(at + 1) {
            report.error(format!("{FOLDER}: {name} should have the number {}", at + 1));
        }
    }
    Ok(())
}

fn names(root: &Path, engine: &str) -> Result<BTreeSet<String>, String> {
    let folder = root.join(FOLDER).join(engine);
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(entries.filter_map(Result::ok).map(|e| e.file_name().to_string_lossy().into_owned()).filter(|n| n.ends_with(".sql")).collect())
}

fn number(name: &str) -> Option<usize> {
    let digits: String = name.trim_start_matches(['V', 'v']).chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_read_in_both_styles() {
        assert_eq!(number("0012_jobs.sql"), Some(12));
        assert_eq!(number("V3__jobs.sql"), Some(3));
        assert_eq!(number("jobs.sql"), None);
    }
}
