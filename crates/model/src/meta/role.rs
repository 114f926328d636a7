//! Role definitions: what a user may do with each object.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lang::Label;

/// A role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleDef {
    /// API name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Whether it may do everything.
    #[serde(default)]
    pub administrator: bool,
    /// Rights by object; `*` for the others.
    #[serde(default)]
    pub objects: BTreeMap<String, ObjectRights>,
    /// Whether it may import files.
    #[serde(default)]
    pub import: bool,
    /// Whether it may export.
    #[serde(default)]
    pub export: bool,
}

/// Rights on one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectRights {
    /// May create.
    #[serde(default)]
    pub create: bool,
    /// May read.
    #[serde(default)]
    pub read: bool,
    /// May edit.
    #[serde(default)]
    pub edit: bool,
    /// May delete.
    #[serde(default)]
    pub delete: bool,
    /// Whose records.
    #[serde(default)]
    pub scope: Scope,
}

/// Whose records a right covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Those the user owns.
    Own,
    /// All.
    All,
    /// As the organisation's setting `standard_user_scope` says.
    #[default]
    Setting,
}
