//! The shapes of answers that the engine writes, for the OpenAPI document only. A test compares them with real answers.

pub mod changes;
pub mod imports;
pub mod jobs;
pub mod metadata;
pub mod people;

use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A record: values by field name.
pub struct Record;

impl PartialSchema for Record {
    fn schema() -> RefOr<Schema> {
        free_form(
            "Values by field name. A record read without `fields` has id, owner_id, created_at, created_by_id, updated_at, updated_by_id and version.",
        )
    }
}

impl ToSchema for Record {}

/// Metadata in the form of a pack's files.
pub struct Definition;

impl PartialSchema for Definition {
    fn schema() -> RefOr<Schema> {
        free_form("A definition in the form of a pack's files; their JSON Schemas are in packs/schema.")
    }
}

impl ToSchema for Definition {}

/// A condition over a record's fields.
pub struct Filter;

impl PartialSchema for Filter {
    fn schema() -> RefOr<Schema> {
        free_form("{\"all\": [Filter]}, {\"any\": [Filter]}, {\"not\": Filter} or {\"field\", \"op\", \"value\"}.")
    }
}

impl ToSchema for Filter {}

/// Any JSON value.
pub struct AnyValue;

impl PartialSchema for AnyValue {
    fn schema() -> RefOr<Schema> {
        Schema::Object(
            ObjectBuilder::new().schema_type(utoipa::openapi::schema::SchemaType::AnyValue).description(Some("Any JSON value.")).build(),
        )
        .into()
    }
}

impl ToSchema for AnyValue {}

fn free_form(description: &str) -> RefOr<Schema> {
    let object = ObjectBuilder::new().description(Some(description)).additional_properties(Some(AdditionalProperties::FreeForm(true)));
    Schema::Object(object.build()).into()
}

/// A page of records.
#[derive(ToSchema)]
pub struct Page {
    /// The records.
    pub records: Vec<Record>,
    /// The cursor of the next page.
    #[schema(required)]
    pub next: Option<String>,
    /// How many records there are in all, if it was asked for.
    #[schema(required)]
    pub total: Option<i64>,
}

/// The bytes of a file.
pub struct Bytes;

impl PartialSchema for Bytes {
    fn schema() -> RefOr<Schema> {
        let format = utoipa::openapi::schema::SchemaFormat::KnownFormat(utoipa::openapi::schema::KnownFormat::Binary);
        Schema::Object(ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String).format(Some(format)).build()).into()
    }
}

impl ToSchema for Bytes {}
