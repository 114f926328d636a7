//! Licences, bans and sources of the dependencies, read from `deny.toml`: the quick half of cargo-deny, in every test run. The
//! advisories need cargo-deny itself (`make deny`).

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::{Report, spdx};
use crate::repo::{files, items, metadata, read};

#[derive(Deserialize)]
struct Deny {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Banned>,
}

#[derive(Deserialize)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
    #[serde(default)]
    wrappers: Vec<String>,
}

const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(root: &Path, report: &mut Report) -> Result<(), String> {
    for file in files(root)?.iter().filter(|f| f.ends_with("/Cargo.toml")) {
        let text = read(root, file).unwrap_or_default();
        for line in ["license.workspace = true", "publish.workspace = true", "[lints]\nworkspace = true"] {
            if !text.contains(line) {
                report.error(format!("{file}: `{}` is missing", line.replace('\n', " ")));
            }
        }
    }
    let deny: Deny = toml::from_str(&read(root, "deny.toml").unwrap_or_default()).map_err(|e| format!("deny.toml: {e}"))?;
    let metadata = metadata(root, true)?;
    for package in items(&metadata, "packages") {
        check_package(package, &deny, report);
    }
    check_bans(&metadata, &deny.bans, report);
    Ok(())
}

fn check_package(package: &Value, deny: &Deny, report: &mut Report) {
    let (name, version) = (package["name"].as_str().unwrap_or_default(), package["version"].as_str().unwrap_or_default());
    let Some(source) = package["source"].as_str() else { return };
    if source != SOURCE {
        report.error(format!("{name} {version}: comes from {source}"));
    }
    let extra: Vec<&String> = deny.licenses.exceptions.iter().filter(|e| e.name == name).flat_map(|e| &e.allow).collect();
    let accept = |licence: &str| deny.licenses.allow.iter().chain(extra.iter().copied()).any(|a| a == licence);
    let licence = package["license"].as_str().unwrap_or_default();
    if !spdx::accepted(licence, &accept) {
        report.error(format!("{name} {version}: licence `{licence}` is not on the list of deny.toml"));
    }
}

/// A banned crate may be there only below its wrappers.
fn check_bans(metadata: &Value, bans: &Bans, report: &mut Report) {
    let name_of = |id: &str| {
        items(metadata, "packages").iter().find(|p| p["id"] == id).and_then(|p| p["name"].as_str()).unwrap_or_default().to_owned()
    };
    let banned: BTreeSet<&str> = bans.deny.iter().map(|b| b.name.as_str()).collect();
    for node in items(&metadata["resolve"], "nodes") {
        let user = name_of(node["id"].as_str().unwrap_or_default());
        for dependency in items(node, "deps") {
            let name = name_of(dependency["pkg"].as_str().unwrap_or_default());
            let Some(ban) = banned.get(name.as_str()).and_then(|b| bans.deny.iter().find(|d| d.name == *b)) else { continue };
            if !ban.wrappers.contains(&user) {
                report.error(format!("{user} depends on {name}, which deny.toml bans"));
            }
        }
    }
}
