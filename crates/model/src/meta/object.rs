//! Object, picklist and pipeline definitions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::field::{FieldDef, PicklistValue};
use crate::lang::Label;

/// The module an object belongs to; decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Module {
    /// Customer data, blue.
    Customers,
    /// Sales, green.
    Sales,
    /// Service, amber.
    Service,
    /// Marketing, purple.
    Marketing,
    /// Analytics, cyan.
    Analytics,
    /// Platform, grey.
    Platform,
}

/// An object: a kind of record, stored in a table of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectDef {
    /// API name and table name. An object made by a user starts with `x_`.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Module.
    pub module: Module,
    /// Name of a lucide icon.
    #[serde(default = "box_icon")]
    pub icon: String,
    /// The first three characters of its records' ids, base 62. Required in packs; given by the product at run time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_prefix: Option<String>,
    /// The field that names a record in lists and lookups.
    #[serde(default = "name_field")]
    pub name_field: String,
    /// Fields, without those every object has (`id`, `owner_id`, `created_at`, …).
    pub fields: Vec<FieldDef>,
    /// Indexes over several fields, for the orders and filters of its lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Vec<String>>,
    /// Where the object moves through the stages of a pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageBinding>,
    /// Whether its page has a timeline (notes, tasks, calls, meetings, mails and changes).
    #[serde(default)]
    pub timeline: bool,
    /// Whether it appears in the navigation.
    #[serde(default)]
    pub in_navigation: bool,
    /// Whether the audit log notes who reads one of its records.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
}

fn box_icon() -> String {
    "box".to_owned()
}
fn name_field() -> String {
    "name".to_owned()
}

/// How an object's fields follow its pipeline. On every write the product sets the derived fields from the stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageBinding {
    /// Picklist field with the pipeline's name.
    pub pipeline_field: String,
    /// Picklist field with the stage.
    pub stage_field: String,
    /// Percent field that takes the stage's probability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability_field: Option<String>,
    /// Boolean field: the stage is won or lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_field: Option<String>,
    /// Boolean field: the stage is won.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub won_field: Option<String>,
    /// Date-time field: when the record entered its stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_field: Option<String>,
    /// Money field that boards and funnels sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_field: Option<String>,
}

/// A picklist shared by several fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PicklistDef {
    /// API name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Values in order.
    pub values: Vec<PicklistValue>,
}

/// A pipeline: the stages an object's records move through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineDef {
    /// API name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// The object.
    pub object: String,
    /// Whether new records start here.
    #[serde(default)]
    pub default: bool,
    /// Stages in order.
    pub stages: Vec<StageDef>,
}

/// A stage of a pipeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageDef {
    /// The stored value.
    pub value: String,
    /// Label.
    pub label: Label,
    /// Probability of winning in percent, 0–100.
    pub probability: u8,
    /// Open, won or lost.
    #[serde(default)]
    pub category: StageCategory,
    /// Colour name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// What a stage means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageCategory {
    /// Still open.
    #[default]
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
}
