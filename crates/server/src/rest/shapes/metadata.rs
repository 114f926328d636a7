//! Objects, fields, layouts, pipelines and views. Labels are in the language of the request.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::{AnyValue, Filter};

/// What the user may do with an object's records.
#[derive(ToSchema)]
pub struct ObjectRights {
    /// Create.
    pub create: bool,
    /// Read.
    pub read: bool,
    /// Edit.
    pub edit: bool,
    /// Delete.
    pub delete: bool,
}

/// A module of the product.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Module {
    /// Customer data.
    Customers,
    /// Sales.
    Sales,
    /// Service.
    Service,
    /// Marketing.
    Marketing,
    /// Analytics.
    Analytics,
    /// Platform.
    Platform,
}

/// An object in short.
#[derive(ToSchema)]
pub struct ObjectSummary {
    /// API name.
    pub name: String,
    /// Label.
    pub label: String,
    /// Label for several.
    pub label_plural: String,
    /// Module.
    pub module: Module,
    /// Name of a lucide icon.
    pub icon: String,
    /// First three characters of its records' ids.
    pub key_prefix: String,
    /// The field that names a record.
    pub name_field: String,
    /// Whether it appears in the navigation.
    pub in_navigation: bool,
    /// What the user may do.
    pub rights: ObjectRights,
}

/// The objects the user may see.
#[derive(ToSchema)]
pub struct ObjectList {
    /// The objects.
    pub objects: Vec<ObjectSummary>,
}

/// An object with everything its screens need.
#[derive(ToSchema)]
pub struct ObjectDetail {
    /// API name.
    pub name: String,
    /// Label.
    pub label: String,
    /// Label for several.
    pub label_plural: String,
    /// Module.
    pub module: Module,
    /// Name of a lucide icon.
    pub icon: String,
    /// First three characters of its records' ids.
    pub key_prefix: String,
    /// The field that names a record.
    pub name_field: String,
    /// Whether it appears in the navigation.
    pub in_navigation: bool,
    /// What the user may do.
    pub rights: ObjectRights,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The page of its records.
    pub layout: Layout,
    /// Saved views.
    pub views: Vec<View>,
    /// Pipelines, the default one first.
    pub pipelines: Vec<Pipeline>,
    /// Where its records move through stages.
    #[schema(required)]
    pub stage: Option<StageFields>,
    /// Whether its page has a timeline.
    pub timeline: bool,
    /// Whether the audit log notes who reads one of its records.
    pub sensitive: bool,
    /// Objects that look up to this one.
    pub related: Vec<RelatedList>,
}

/// A field.
#[derive(ToSchema)]
pub struct Field {
    /// API name.
    pub name: String,
    /// Label.
    pub label: String,
    /// Help text.
    #[schema(required)]
    pub help: Option<String>,
    /// Type.
    #[schema(rename = "type")]
    pub type_: String,
    /// Whether a value must be given.
    pub required: bool,
    /// Whether no two records may have the same value.
    pub unique: bool,
    /// Whether imports may find records by it.
    pub external_key: bool,
    /// Whether only the product sets it.
    pub read_only: bool,
    /// Whether the user sees its value in part, or in full only in some records. Nothing is found, sorted or added up by it.
    pub masked: bool,
    /// Whether the user may have what is masked revealed, one value at a time.
    pub revealable: bool,
    /// Whether every object has it.
    pub system: bool,
    /// Whether lists can be sorted by it.
    pub sortable: bool,
    /// Whether lists can be filtered by it.
    pub filterable: bool,
    /// Name of the relationship in query paths.
    #[schema(required)]
    pub relationship: Option<String>,
    /// Objects it may look up to.
    #[schema(required)]
    pub to: Option<Vec<String>>,
    /// Values of a picklist.
    #[schema(required)]
    pub values: Option<Vec<PicklistValue>>,
    /// Whether only the listed values are accepted.
    #[schema(required)]
    pub restricted: Option<bool>,
    /// Digits after the point.
    #[schema(required)]
    pub scale: Option<i32>,
    /// Highest value.
    #[schema(required)]
    pub max: Option<f64>,
    /// Highest length.
    #[schema(required)]
    pub max_length: Option<i64>,
    /// Value of new records.
    #[schema(required, value_type = AnyValue)]
    pub default: Option<AnyValue>,
}

/// A value of a picklist.
#[derive(ToSchema)]
pub struct PicklistValue {
    /// The stored value.
    pub value: String,
    /// Label.
    pub label: String,
    /// Colour name.
    #[schema(required)]
    pub color: Option<String>,
    /// Whether it can be chosen.
    pub active: bool,
}

/// The page of an object's records.
#[derive(ToSchema)]
pub struct Layout {
    /// Fields shown large.
    pub highlights: Vec<String>,
    /// Sections.
    pub sections: Vec<LayoutSection>,
    /// Related lists.
    pub related: Vec<RelatedList>,
}

/// A section of a layout.
#[derive(ToSchema)]
pub struct LayoutSection {
    /// Heading.
    pub label: String,
    /// Columns of fields.
    pub columns: i32,
    /// Fields in reading order.
    pub fields: Vec<String>,
}

/// A list of records that look up to this one.
#[derive(ToSchema)]
pub struct RelatedList {
    /// The object listed.
    pub object: String,
    /// Its lookup field.
    pub field: String,
    /// Heading.
    pub label: String,
    /// Columns.
    pub columns: Vec<String>,
}

/// A pipeline.
#[derive(ToSchema)]
pub struct Pipeline {
    /// API name.
    pub name: String,
    /// Label.
    pub label: String,
    /// Whether new records start here.
    pub default: bool,
    /// Stages in order.
    pub stages: Vec<Stage>,
}

/// A stage of a pipeline.
#[derive(ToSchema)]
pub struct Stage {
    /// The stored value.
    pub value: String,
    /// Label.
    pub label: String,
    /// Probability of winning in percent.
    pub probability: i32,
    /// `open`, `won` or `lost`.
    pub category: StageCategory,
    /// Colour name.
    #[schema(required)]
    pub color: Option<String>,
}

/// What a stage means.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum StageCategory {
    /// Still open.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// The fields by which records move through stages.
#[derive(ToSchema)]
pub struct StageFields {
    /// Picklist with the pipeline.
    pub pipeline_field: String,
    /// Picklist with the stage.
    pub stage_field: String,
    /// Money that boards sum.
    #[schema(required)]
    pub amount_field: Option<String>,
}

/// Table, board or calendar.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ViewKind {
    /// A table.
    List,
    /// Columns of cards.
    Board,
    /// Months, weeks and days.
    Calendar,
}

/// Who has a view.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ViewScope {
    /// It comes with a pack.
    Pack,
    /// Everybody.
    Shared,
    /// The team of its creator.
    Team,
    /// Its creator.
    Private,
}

/// Who shall have a view.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum OwnViewScope {
    /// Everybody.
    Shared,
    /// The team of its creator.
    Team,
    /// Its creator.
    Private,
}

/// One key of an order.
#[derive(ToSchema)]
pub struct SortKey {
    /// Field or path.
    pub field: String,
    /// Whether larger values come first.
    pub desc: bool,
}

/// How a board is cut into columns.
#[derive(ToSchema)]
pub struct BoardOptions {
    /// The picklist whose values are the columns.
    pub group_by: String,
    /// The field summed per column.
    pub total: Option<String>,
}

/// Where a calendar puts a record.
#[derive(ToSchema)]
pub struct CalendarOptions {
    /// The date or date-time field.
    pub date: String,
}

/// A saved list, board or calendar.
#[derive(ToSchema)]
pub struct View {
    /// Id.
    pub id: String,
    /// API name.
    #[schema(required)]
    pub name: Option<String>,
    /// Label.
    pub label: String,
    /// The object.
    pub object: String,
    /// Table, board or calendar.
    pub kind: ViewKind,
    /// Columns, or fields on the card.
    pub columns: Vec<String>,
    /// Widths in pixels of columns that differ from what their type suggests.
    pub widths: BTreeMap<String, u16>,
    /// How many of the first columns stay in view while the others are scrolled.
    pub pinned: u16,
    /// Which records.
    #[schema(required)]
    pub filter: Option<Filter>,
    /// Order.
    pub sort: Vec<SortKey>,
    /// For a board.
    #[schema(required)]
    pub board: Option<BoardOptions>,
    /// For a calendar.
    #[schema(required)]
    pub calendar: Option<CalendarOptions>,
    /// Whether the object opens with it.
    pub default: bool,
    /// Who has it.
    pub scope: ViewScope,
    /// Whether the user may change it.
    pub editable: bool,
}
