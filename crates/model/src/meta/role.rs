//! Role definitions: what a user may do with each object and each of its fields.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lang::Label;

/// A role: the profile of users, or a permission set that some of them have beside it. What one gives, another does not take away:
/// a user's rights are the widest of the profile's and of all permission sets'.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleDef {
    /// API name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Label>,
    /// Whether users have it as their only profile or beside it.
    #[serde(default)]
    pub kind: RoleKind,
    /// Whether it may do everything.
    #[serde(default)]
    pub administrator: bool,
    /// Rights by object; `*` for the others.
    #[serde(default)]
    pub objects: BTreeMap<String, ObjectRights>,
    /// Rights by object and field. Of a profile: a field that is not named here is as open as its record. Of a permission set: only
    /// fields named here are opened.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, BTreeMap<String, FieldRight>>,
    /// Whether it may import files.
    #[serde(default)]
    pub import: bool,
    /// Whether it may export.
    #[serde(default)]
    pub export: bool,
    /// Whether it may see the audit log.
    #[serde(default)]
    pub view_audit: bool,
    /// Whether its users need a second factor to sign in. Of profiles only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second_factor: bool,
    /// The networks from which its users may come in (CIDR, `203.0.113.0/24`); from everywhere if there is none. Of profiles only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// How users have a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    /// Each user has one.
    #[default]
    Profile,
    /// A user has any number of them, which add to the profile.
    PermissionSet,
}

/// The right on one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldRight {
    /// What may be done with it.
    pub access: FieldAccess,
    /// In whose records it may be read, or edited, in full; in others it is masked.
    #[serde(default = "everywhere", skip_serializing_if = "is_everywhere")]
    pub scope: Scope,
    /// Whether a value that is masked may be revealed, one at a time, which the audit log notes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reveal: bool,
}

fn everywhere() -> Scope {
    Scope::All
}

fn is_everywhere(scope: &Scope) -> bool {
    *scope == Scope::All
}

/// What may be done with a field, from the narrowest to the widest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldAccess {
    /// Nothing: as if the field did not exist.
    Hidden,
    /// Its value is seen in part: `138****5678`.
    Masked,
    /// It is read.
    Read,
    /// It is read and written.
    Edit,
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
    /// May read all records, beyond the scope.
    #[serde(default)]
    pub view_all: bool,
    /// May read, edit and delete all records, beyond the scope, as far as it may do so at all.
    #[serde(default)]
    pub modify_all: bool,
    /// Whose records.
    #[serde(default)]
    pub scope: Scope,
}

/// Whose records a right covers, from the narrowest to the widest. The organisation's setting `standard_user_scope` opens records to
/// everyone who may read their object at all; a role may go beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// As the organisation's setting says.
    #[default]
    Setting,
    /// Those the user owns.
    Own,
    /// Those of the user's team: of its members, and of everyone in the teams that the user leads.
    Team,
    /// Those of the user's team, of the teams below it, and of everyone who reports to the user, directly or not.
    TeamAndBelow,
    /// All.
    All,
}
