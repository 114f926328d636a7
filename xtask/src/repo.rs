//! The repository as the checks see it: its root, its files, what cargo says of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The repository's root folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// All files that git has or would add, relative to the root; deleted ones left out.
pub(crate) fn files(root: &Path) -> Result<Vec<String>, String> {
    let out = run(root, "git", &["ls-files", "--cached", "--others", "--exclude-standard", "-z"])?;
    let mut files: Vec<String> = out.split('\0').filter(|f| !f.is_empty() && root.join(f).is_file()).map(str::to_owned).collect();
    files.sort();
    files.dedup();
    Ok(files)
}

/// The text of a file; `None` if it is not UTF-8.
pub(crate) fn read(root: &Path, file: &str) -> Option<String> {
    std::fs::read(root.join(file)).ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

/// `cargo metadata` for this platform, with or without dependencies.
pub(crate) fn metadata(root: &Path, dependencies: bool) -> Result<Value, String> {
    let mut args = vec!["metadata", "--format-version", "1"];
    if dependencies {
        args.extend(["--filter-platform", "x86_64-unknown-linux-gnu"]);
    } else {
        args.push("--no-deps");
    }
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    serde_json::from_str(&run(root, &cargo, &args)?).map_err(|e| format!("cargo metadata: {e}"))
}

/// The items of an array in a JSON value; empty where there is none.
pub(crate) fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// A program's output, or what it said when it failed.
pub(crate) fn run(root: &Path, program: &str, args: &[&str]) -> Result<String, String> {
    let out = Command::new(program).args(args).current_dir(root).output().map_err(|e| format!("{program}: {e}"))?;
    if !out.status.success() {
        return Err(format!("{program} {}: {}", args.join(" "), String::from_utf8_lossy(&out.stderr)));
    }
    String::from_utf8(out.stdout).map_err(|e| format!("{program}: {e}"))
}
