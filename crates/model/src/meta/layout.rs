//! Layouts of record pages and saved views (lists, boards and calendars).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::Filter;
use crate::lang::Label;

/// The page of an object's records.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayoutDef {
    /// The object.
    pub object: String,
    /// Fields shown large under the name.
    #[serde(default)]
    pub highlights: Vec<String>,
    /// Sections of fields.
    pub sections: Vec<SectionDef>,
    /// Lists of records that look up to this one.
    #[serde(default)]
    pub related: Vec<RelatedDef>,
}

/// A section of a layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionDef {
    /// Heading.
    pub label: Label,
    /// Columns of fields, 1 or 2 (default 2).
    #[serde(default = "two")]
    pub columns: u8,
    /// Fields, in reading order.
    pub fields: Vec<String>,
}

fn two() -> u8 {
    2
}

/// A related list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelatedDef {
    /// The object listed.
    pub object: String,
    /// Its lookup field that points here.
    pub field: String,
    /// Columns.
    pub columns: Vec<String>,
    /// Order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<SortDef>,
}

/// One key of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SortDef {
    /// Field or path.
    pub field: String,
    /// Whether larger values come first.
    #[serde(default)]
    pub desc: bool,
}

/// The shape of a saved view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewKind {
    /// A table.
    #[default]
    List,
    /// Columns of cards.
    Board,
    /// Months, weeks and days.
    Calendar,
}

/// A saved view of an object's records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewDef {
    /// The object.
    pub object: String,
    /// API name, unique in the object.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Table, board or calendar.
    #[serde(default)]
    pub kind: ViewKind,
    /// Columns of the table, or fields on the card: fields or paths.
    pub columns: Vec<String>,
    /// Widths in pixels, 40 to 1,200, of columns that differ from what their type suggests.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub widths: BTreeMap<String, u16>,
    /// How many of the first columns stay in view while the others are scrolled.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pinned: u16,
    /// Which records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Order.
    #[serde(default)]
    pub sort: Vec<SortDef>,
    /// For a board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<BoardDef>,
    /// For a calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarDef>,
    /// Whether the object opens with it.
    #[serde(default)]
    pub default: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u16) -> bool {
    *number == 0
}

/// Where a calendar puts a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarDef {
    /// The date or date-time field on whose day a record is shown, and which changes when the record is moved.
    pub date: String,
}

/// How a board is cut into columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardDef {
    /// The picklist field whose values are the columns.
    pub group_by: String,
    /// The money or number field that is summed per column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
}
