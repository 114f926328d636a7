//! The layers of `docs/ARCHITECTURE.md`: which crate may import which, and that only `store` has a database driver.

use std::path::Path;

use super::Report;
use crate::repo::{items, metadata};

/// A crate of ours and the crates of ours it may import. `*` stands for all but those after it.
const LAYERS: [(&str, &[&str]); 17] = [
    ("guanxi-model", &[]),
    ("guanxi-formula", &["guanxi-model"]),
    ("guanxi-query", &["guanxi-model", "guanxi-formula"]),
    ("guanxi-access", &["guanxi-model", "guanxi-query"]),
    ("guanxi-store", &["guanxi-model", "guanxi-query", "guanxi-access"]),
    ("guanxi-search", &["guanxi-model"]),
    ("guanxi-engine", &["guanxi-model", "guanxi-formula", "guanxi-query", "guanxi-access", "guanxi-store", "guanxi-search"]),
    ("guanxi-insight", &["guanxi-model"]),
    ("guanxi-maps", &["guanxi-model"]),
    ("guanxi-formats", &["guanxi-model"]),
    ("guanxi-channels", &["guanxi-model", "guanxi-formats"]),
    ("guanxi-automation", &["guanxi-model", "guanxi-engine"]),
    ("guanxi-crm", &["guanxi-model", "guanxi-engine", "guanxi-automation", "guanxi-channels", "guanxi-insight"]),
    ("guanxi-server", &["*", "guanxi-store", "guanxi", "guanxi-testkit"]),
    ("guanxi", &["*", "guanxi-testkit"]),
    ("guanxi-testkit", &["*", "guanxi"]),
    ("xtask", &["guanxi-model"]),
];

const DRIVERS: [&str; 9] =
    ["rusqlite", "libsqlite3-sys", "tokio-postgres", "postgres", "deadpool-postgres", "tokio-postgres-rustls", "sqlx", "diesel", "sea-orm"];

pub(super) fn check(root: &Path, report: &mut Report) -> Result<(), String> {
    let metadata = metadata(root, false)?;
    for package in items(&metadata, "packages") {
        let name = package["name"].as_str().unwrap_or_default();
        if !LAYERS.iter().any(|(layer, _)| *layer == name) {
            report.error(format!("{name}: not in the layer table (xtask/src/tidy/imports.rs and docs/ARCHITECTURE.md)"));
            continue;
        }
        for dependency in items(package, "dependencies") {
            let to = dependency["name"].as_str().unwrap_or_default();
            let dev = dependency["kind"].as_str() == Some("dev");
            if let Some(fault) = fault(name, to, dev) {
                report.error(format!("{name} → {to}: {fault}"));
            }
        }
    }
    Ok(())
}

fn fault(from: &str, to: &str, dev: bool) -> Option<&'static str> {
    if DRIVERS.contains(&to) {
        return (from != "guanxi-store").then_some("only guanxi-store may depend on a database driver");
    }
    let ours = LAYERS.iter().any(|(layer, _)| *layer == to) || to.starts_with("guanxi");
    if !ours || (dev && to == "guanxi-testkit") {
        return None;
    }
    if to == "guanxi-testkit" {
        return Some("the test kit is a dev-dependency only");
    }
    let allowed = LAYERS.iter().find(|(layer, _)| *layer == from).map_or(&[] as &[&str], |(_, allowed)| allowed);
    let good = match allowed {
        ["*", except @ ..] => !except.contains(&to),
        list => list.contains(&to),
    };
    (!good).then_some("not allowed by the layer table")
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn the_table_holds() {
        for (from, to, dev) in [
            ("guanxi-store", "rusqlite", false),
            ("guanxi-engine", "guanxi-store", false),
            ("guanxi-model", "guanxi-testkit", true),
            ("guanxi-server", "guanxi-engine", false),
            ("guanxi", "guanxi-store", false),
            ("guanxi-query", "serde", false),
        ] {
            assert_eq!(fault(from, to, dev), None, "{from} → {to}");
        }
        for (from, to) in [
            ("guanxi-engine", "rusqlite"),
            ("guanxi-server", "guanxi-store"),
            ("guanxi-engine", "guanxi-testkit"),
            ("guanxi-model", "guanxi-query"),
            ("guanxi-testkit", "guanxi"),
            ("guanxi-query", "guanxi-unheard-of"),
        ] {
            assert!(fault(from, to, false).is_some(), "{from} → {to}");
        }
    }
}
