//! The JSON Schemas of the metadata kinds, generated from the types of `guanxi-model`.

use std::path::Path;

use guanxi_model::meta::{LayoutDef, ObjectDef, PackDef, PicklistDef, PipelineDef, RoleDef, ViewDef};
use schemars::{JsonSchema, schema_for};

const FOLDER: &str = "packs/schema";

/// The kinds of pack file and their schemas.
pub(crate) fn all() -> Vec<(&'static str, serde_json::Value)> {
    vec![
        one::<PackDef>("pack"),
        one::<ObjectDef>("object"),
        one::<PicklistDef>("picklist"),
        one::<PipelineDef>("pipeline"),
        one::<LayoutDef>("layout"),
        one::<ViewDef>("view"),
        one::<RoleDef>("role"),
    ]
}

fn one<T: JsonSchema>(kind: &'static str) -> (&'static str, serde_json::Value) {
    (kind, schema_for!(T).to_value())
}

fn text(schema: &serde_json::Value) -> Result<String, String> {
    serde_json::to_string_pretty(schema).map(|t| t + "\n").map_err(|e| e.to_string())
}

/// Writes the files.
pub(crate) fn write(root: &Path) -> Result<(), String> {
    let folder = root.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    for (kind, schema) in all() {
        std::fs::write(folder.join(format!("{kind}.json")), text(&schema)?).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// Fails where a file is not what the types say.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let stale = stale(root)?;
    if stale.is_empty() { Ok(()) } else { Err(format!("not up to date (run `cargo run -p xtask -- schema`): {}", stale.join(", "))) }
}

/// The files that are not what the types say.
pub(crate) fn stale(root: &Path) -> Result<Vec<String>, String> {
    let mut stale = Vec::new();
    for (kind, schema) in all() {
        let file = format!("{FOLDER}/{kind}.json");
        if std::fs::read_to_string(root.join(&file)).ok() != Some(text(&schema)?) {
            stale.push(file);
        }
    }
    Ok(stale)
}
