//! Filters of saved views: the tree that the filter builder edits.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A condition over a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Filter {
    /// All of them hold.
    All {
        /// The parts.
        all: Vec<Filter>,
    },
    /// At least one holds.
    Any {
        /// The parts.
        any: Vec<Filter>,
    },
    /// It does not hold.
    Not {
        /// The part.
        not: Box<Filter>,
    },
    /// A field compared with a value.
    Field {
        /// Field or path (`account.industry`, `amount.currency`).
        field: String,
        /// Operator.
        op: FilterOp,
        /// The value: of the field's API form, an array for `in`, or `{"literal": "THIS_MONTH"}`.
        #[serde(default)]
        value: serde_json::Value,
    },
}

impl Filter {
    /// The fields and paths it compares.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Filter::All { all: parts } | Filter::Any { any: parts } => parts.iter().flat_map(Filter::fields).collect(),
            Filter::Not { not } => not.fields(),
            Filter::Field { field, .. } => vec![field],
        }
    }
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum FilterOp {
    /// Equal.
    #[serde(rename = "=")]
    Eq,
    /// Not equal.
    #[serde(rename = "!=")]
    Ne,
    /// Less.
    #[serde(rename = "<")]
    Lt,
    /// Less or equal.
    #[serde(rename = "<=")]
    Le,
    /// Greater.
    #[serde(rename = ">")]
    Gt,
    /// Greater or equal.
    #[serde(rename = ">=")]
    Ge,
    /// The text contains it.
    #[serde(rename = "contains")]
    Contains,
    /// The text starts with it.
    #[serde(rename = "starts_with")]
    StartsWith,
    /// One of several.
    #[serde(rename = "in")]
    In,
    /// None of several.
    #[serde(rename = "not_in")]
    NotIn,
    /// The set has one of several.
    #[serde(rename = "includes")]
    Includes,
    /// The set has none of several.
    #[serde(rename = "excludes")]
    Excludes,
    /// Empty.
    #[serde(rename = "is_null")]
    IsNull,
    /// Not empty.
    #[serde(rename = "not_null")]
    NotNull,
}
