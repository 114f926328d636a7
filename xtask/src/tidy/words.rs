//! What no file of the project may hold: paths of somebody's machine, and settings that tie it to one package registry.

use std::path::Path;

use super::Report;
use crate::repo::{files, read};

const PATHS: [&str; 4] = ["/root/", "/home/runner/", "/Users/", "C:\\Users\\"];
const HOST_MARKS: [&str; 6] = ["mirror", "artifactory", "nexus", "verdaccio", "registry", "proxy."];
const SELF: &str = "xtask/src/tidy/words.rs";

pub(super) fn check(root: &Path, report: &mut Report) -> Result<(), String> {
    for file in files(root)?.iter().filter(|f| *f != SELF) {
        let Some(text) = read(root, file) else { continue };
        if file.ends_with(".npmrc") && text.contains("registry") {
            report.error(format!("{file}: names a package registry"));
        }
        if file.ends_with(".cargo/config.toml") && text.contains("[source.") {
            report.error(format!("{file}: replaces a package source"));
        }
        for (number, line) in text.lines().enumerate() {
            if let Some(word) = forbidden(line) {
                report.error(format!("{file}:{}: `{word}`", number + 1));
            }
        }
    }
    Ok(())
}

fn forbidden(line: &str) -> Option<String> {
    for path in PATHS {
        for (at, _) in line.match_indices(path) {
            let inside = line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._-*~}".contains(c));
            if !inside {
                return Some(path.to_owned());
            }
        }
    }
    for scheme in ["http://", "https://"] {
        for (at, _) in line.match_indices(scheme) {
            let host: String = line[at + scheme.len()..].chars().take_while(|c| c.is_ascii_alphanumeric() || ".-:".contains(*c)).collect();
            if HOST_MARKS.iter().any(|m| host.contains(m)) {
                return Some(host);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::forbidden;

    #[test]
    fn machine_paths_and_registry_hosts_are_found() {
        assert!(forbidden("see /root/main/x").is_some());
        assert!(forbidden("resolved: https://npm-mirror.example.com/a.tgz").is_some());
        assert!(forbidden("http://proxy.example:8081/").is_some());
        for good in ["frame/root/x", "./root/x", "registry+https://github.com/rust-lang/crates.io-index", "a /home/crm/data folder"] {
            assert_eq!(forbidden(good), None, "{good}");
        }
    }
}
