//! Packs: folders of metadata that an organisation starts with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::object::Module;
use crate::lang::Label;

/// A pack's `pack.json`. Its other files lie in `objects/`, `picklists/`, `pipelines/`, `layouts/`, `views/` and `roles/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackDef {
    /// API name, the folder's name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Version; a higher one in a newer binary upgrades the organisation.
    pub version: u32,
    /// Module.
    pub module: Module,
    /// Packs that must be there first.
    #[serde(default)]
    pub depends: Vec<String>,
}
