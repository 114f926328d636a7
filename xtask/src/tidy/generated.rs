//! Generated files are what their generators make: the JSON Schemas, and the web client's types from the OpenAPI file. (That the
//! OpenAPI file is what the server says is a test of the server crate.)

use std::path::Path;

use super::Report;
use crate::repo::run;
use crate::schema;

const OPENAPI: &str = "web/src/api/openapi.json";
const CLIENT: &str = "web/src/api/generated.ts";
const GENERATOR: &str = "web/node_modules/.bin/openapi-typescript";

pub(super) fn check(root: &Path, report: &mut Report) -> Result<(), String> {
    for file in schema::stale(root)? {
        report.error(format!("{file} is not up to date: run `cargo run -p xtask -- schema`"));
    }
    if !root.join(OPENAPI).exists() || !root.join(CLIENT).exists() {
        return Ok(());
    }
    if !root.join(GENERATOR).exists() {
        report.warn(format!("{CLIENT} not checked: `pnpm install` has not run in web/"));
        return Ok(());
    }
    let made = std::env::temp_dir().join(format!("guanxi-generated-{}.ts", std::process::id()));
    let made_text = made.to_string_lossy().into_owned();
    run(root, GENERATOR, &[OPENAPI, "--output", &made_text])?;
    let fresh = std::fs::read_to_string(&made).map_err(|e| e.to_string());
    // A leftover in the temporary folder does no harm.
    let _ = std::fs::remove_file(&made);
    let kept = std::fs::read_to_string(root.join(CLIENT)).map_err(|e| e.to_string())?;
    if fresh? != kept {
        report.error(format!("{CLIENT} does not match {OPENAPI}: run `make generate`"));
    }
    Ok(())
}
