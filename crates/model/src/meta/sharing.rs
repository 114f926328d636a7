//! How the records of an object are opened beyond what roles give: to everyone, up the hierarchy, by rules, one by one, with their parent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::Filter;
use crate::lang::Label;

/// How the records of one object are shared. Sharing says *which* records a user sees or edits; that the user may see or edit the object's
/// records at all is the role's to say, and sharing never takes away what a role's scope gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingDef {
    /// API name of the object.
    pub object: String,
    /// What everyone may do with every record.
    #[serde(default)]
    pub default: DefaultAccess,
    /// Whether those above in the hierarchy (of positions, and by whom one reports to) may do what those below them may.
    #[serde(default = "yes")]
    pub hierarchy: bool,
    /// Whether single records can be shared by those who answer for them.
    #[serde(default = "yes")]
    pub manual: bool,
    /// The record that these records go with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ParentAccess>,
    /// Whether whoever owns a record of another object may see the record of this one that it belongs to (the account of one's deal):
    /// lookups of other objects to this one, as `opportunity.account_id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_children: Vec<String>,
    /// The rules, each of which opens some records to some users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<SharingRule>,
}

fn yes() -> bool {
    true
}

impl SharingDef {
    /// How an object is shared of which nobody has said anything.
    pub fn of(object: &str) -> SharingDef {
        SharingDef {
            object: object.to_owned(),
            default: DefaultAccess::Private,
            hierarchy: true,
            manual: true,
            parent: None,
            by_children: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// The rules that go by the records' values, whose records are kept in a table.
    pub fn conditions(&self) -> impl Iterator<Item = (&SharingRule, &Filter)> {
        self.rules.iter().filter_map(|rule| rule.filter.as_ref().map(|filter| (rule, filter)))
    }
}

/// What everyone may do with every record of an object, as far as the role allows it at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DefaultAccess {
    /// Nothing: only what roles and sharing give.
    #[default]
    Private,
    /// See it.
    Read,
    /// See and edit it.
    Edit,
}

/// What a share gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShareAccess {
    /// To see the record.
    #[default]
    Read,
    /// To see and edit it.
    Edit,
}

/// How records go with their parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParentAccess {
    /// The lookup to the parent.
    pub field: String,
    /// What it gives.
    pub access: ParentGives,
}

/// What the right to a parent gives on its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParentGives {
    /// Who sees the parent sees the record.
    Read,
    /// Who sees the parent sees the record, and who edits the parent edits the record and deletes it: controlled by parent.
    Same,
}

/// A rule that opens records to users. One of `owned_by` and `filter` says which records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingRule {
    /// API name, one of its kind within the object.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Records that these own: ids of users, teams, positions, public groups and territories. Teams, positions and territories stand for
    /// those below them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owned_by: Vec<String>,
    /// Records for whose own values this holds. Neither paths nor dates relative to today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// To whom: ids of users, teams, positions, public groups and territories. Teams and positions stand for those below them too, a
    /// territory for those above it: whoever has a region has its cities.
    pub with: Vec<String>,
    /// What they may do.
    #[serde(default)]
    pub access: ShareAccess,
    /// By this number the product finds the records of a rule with a filter; whoever sends a rule leaves it out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub number: i64,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}
