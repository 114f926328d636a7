//! Field definitions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::column::{ADDRESS_PARTS, Column, ColumnType};
use crate::lang::Label;
use crate::meta::RoleKind;

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("unevaluatedProperties" = false))]
pub struct FieldDef {
    /// API name, unique in the object. A lookup's name ends in `_id`; a field made by a user starts with `x_`.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Help text shown beside the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Label>,
    /// Type and its options.
    #[serde(flatten)]
    pub ty: FieldType,
    /// Whether a value must be given.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Whether two live records may not have the same value (empty values are not compared).
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
    /// Whether imports and upserts may find records by this field; implies `unique`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub external_key: bool,
    /// Whether the store keeps an index, so that filters on it stay fast. Lookups always have one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub indexed: bool,
    /// Whether only the product itself sets it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Value of a new record where none is given: a JSON value of the field's type, or `"$today"`, `"$now"`, `"$me"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// Other headers under which this field is found in import files, lower-case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Physical column name where it differs from `name` (a name used again after the field was removed). Set by the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

fn is_false(b: &bool) -> bool {
    !b
}

/// What happens to a record when the record it looks up to is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookupDelete {
    /// The delete is refused.
    Restrict,
    /// The lookup is emptied.
    #[default]
    Clear,
    /// The record is deleted too.
    Cascade,
}

/// A value of a picklist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PicklistValue {
    /// The stored value.
    pub value: String,
    /// Label.
    pub label: Label,
    /// Colour name (`blue`, `green`, `amber`, `purple`, `cyan`, `grey`, `red`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Whether it can no longer be chosen; records that have it keep it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub inactive: bool,
}

/// Where a picklist's values come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueSource {
    /// Written in the field.
    Values(Vec<PicklistValue>),
    /// A picklist of the organisation, shared by several fields: its name.
    Picklist(String),
    /// The pipelines of the object (the field says which pipeline a record is in). Written `"pipelines": true`.
    Pipelines(bool),
    /// The stages of the record's pipeline. Written `"stages": true`.
    Stages(bool),
    /// The organisation's roles of this kind. Written `"roles": "profile"` or `"roles": "permission_set"`.
    Roles(RoleKind),
}

/// A form that one line of text must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextFormat {
    /// 统一社会信用代码: 18 characters, the last a check character (GB 32100-2015).
    UnifiedSocialCreditCode,
}

/// The type of a field and its options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldType {
    /// The record's own id. Every object has one; packs do not declare it.
    Id,
    /// One line of text.
    Text {
        /// Highest length in characters (default 255).
        #[serde(default = "text_length")]
        max_length: u32,
        /// A form that the text must have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<TextFormat>,
    },
    /// Several lines of text.
    LongText {
        /// Highest length in characters (default 32,000).
        #[serde(default = "long_text_length")]
        max_length: u32,
    },
    /// HTML, cleaned of everything active.
    RichText,
    /// A whole number.
    Integer {
        /// Lowest value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// Highest value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// A number with a fixed count of decimal digits.
    Decimal {
        /// Decimal digits, 0–9.
        scale: u32,
    },
    /// An amount in a currency.
    Money,
    /// A percentage: 12.5 means 12.5 %.
    Percent {
        /// Decimal digits, 0–9 (default 2).
        #[serde(default = "percent_scale")]
        scale: u32,
    },
    /// Yes or no; never empty.
    Boolean,
    /// A calendar date.
    Date,
    /// A point in time.
    DateTime,
    /// A length of time in seconds.
    Duration,
    /// One value of a list.
    Picklist {
        /// Where the values come from.
        #[serde(flatten)]
        source: ValueSource,
        /// Whether only listed values are accepted (default yes).
        #[serde(default = "yes")]
        restricted: bool,
    },
    /// Several values of a list.
    MultiPicklist {
        /// Where the values come from.
        #[serde(flatten)]
        source: ValueSource,
        /// Whether only listed values are accepted (default yes).
        #[serde(default = "yes")]
        restricted: bool,
    },
    /// An e-mail address, kept in lower case.
    Email,
    /// A phone number, kept in E.164 beside what was typed.
    Phone,
    /// A web address (http or https).
    Url,
    /// A postal address: country, province 省, city 市, district 区, street, postal code.
    Address,
    /// A link to a record of one of several objects.
    Lookup {
        /// The objects it can point to.
        to: Vec<String>,
        /// What happens when the target is deleted.
        #[serde(default)]
        on_delete: LookupDelete,
        /// Label of the list of these records on the target's page; none hides the list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        related_label: Option<Label>,
        /// Whether it makes a tree of the object's own records: no record may come to stand above itself.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hierarchy: bool,
    },
    /// A link to a user.
    User,
    /// A link to a file.
    File,
    /// A number given by the product.
    AutoNumber {
        /// The format, `T-{00000}`: the zeros give the least count of digits.
        format: String,
    },
    /// Free words.
    Tags,
    /// Stars.
    Rating {
        /// The highest (default 5).
        #[serde(default = "rating_max")]
        max: u8,
    },
    /// Any JSON.
    Json,
}

fn text_length() -> u32 {
    255
}
fn long_text_length() -> u32 {
    32_000
}
fn percent_scale() -> u32 {
    2
}
fn rating_max() -> u8 {
    5
}
fn yes() -> bool {
    true
}

impl FieldType {
    /// The type's name in metadata and in the API.
    pub fn name(&self) -> &'static str {
        match self {
            FieldType::Id => "id",
            FieldType::Text { .. } => "text",
            FieldType::LongText { .. } => "long_text",
            FieldType::RichText => "rich_text",
            FieldType::Integer { .. } => "integer",
            FieldType::Decimal { .. } => "decimal",
            FieldType::Money => "money",
            FieldType::Percent { .. } => "percent",
            FieldType::Boolean => "boolean",
            FieldType::Date => "date",
            FieldType::DateTime => "date_time",
            FieldType::Duration => "duration",
            FieldType::Picklist { .. } => "picklist",
            FieldType::MultiPicklist { .. } => "multi_picklist",
            FieldType::Email => "email",
            FieldType::Phone => "phone",
            FieldType::Url => "url",
            FieldType::Address => "address",
            FieldType::Lookup { .. } => "lookup",
            FieldType::User => "user",
            FieldType::File => "file",
            FieldType::AutoNumber { .. } => "auto_number",
            FieldType::Tags => "tags",
            FieldType::Rating { .. } => "rating",
            FieldType::Json => "json",
        }
    }

    /// Whether the value is a record id.
    pub fn is_reference(&self) -> bool {
        matches!(self, FieldType::Lookup { .. } | FieldType::User | FieldType::File)
    }

    /// The objects a reference can point to; empty for other types.
    pub fn targets(&self) -> Vec<&str> {
        match self {
            FieldType::Lookup { to, .. } => to.iter().map(String::as_str).collect(),
            FieldType::User => vec!["user"],
            FieldType::File => vec!["file"],
            _ => Vec::new(),
        }
    }

    /// Whether it makes a tree of the object's own records.
    pub fn is_hierarchy(&self) -> bool {
        matches!(self, FieldType::Lookup { hierarchy: true, .. })
    }

    /// The decimal digits of a scaled number; money has those of its currency.
    pub fn scale(&self) -> Option<u32> {
        match self {
            FieldType::Decimal { scale } | FieldType::Percent { scale } => Some(*scale),
            _ => None,
        }
    }

    /// Whether the value is a delimited set (`;a;b;` in one text column).
    pub fn is_multi(&self) -> bool {
        matches!(self, FieldType::MultiPicklist { .. } | FieldType::Tags)
    }
}

impl FieldDef {
    /// The columns behind the field, the main one first. An address has no main column.
    pub fn columns(&self) -> Vec<Column> {
        let base = self.column.as_deref().unwrap_or(&self.name);
        let main = |ty| Column { name: base.to_owned(), part: "", ty };
        let part = |part: &'static str| Column { name: format!("{base}_{part}"), part, ty: ColumnType::Text };
        match &self.ty {
            FieldType::Boolean => vec![main(ColumnType::Boolean)],
            FieldType::Date => vec![main(ColumnType::Date)],
            FieldType::DateTime => vec![main(ColumnType::Timestamp)],
            FieldType::Json => vec![main(ColumnType::Json)],
            FieldType::Money => vec![main(ColumnType::Integer), part("currency")],
            FieldType::Phone => vec![main(ColumnType::Text), part("typed")],
            FieldType::Address => ADDRESS_PARTS.iter().map(|p| part(p)).collect(),
            FieldType::Id
            | FieldType::Integer { .. }
            | FieldType::Decimal { .. }
            | FieldType::Percent { .. }
            | FieldType::Duration
            | FieldType::Rating { .. }
            | FieldType::Lookup { .. }
            | FieldType::User
            | FieldType::File => vec![main(ColumnType::Integer)],
            FieldType::Text { .. }
            | FieldType::LongText { .. }
            | FieldType::RichText
            | FieldType::Picklist { .. }
            | FieldType::MultiPicklist { .. }
            | FieldType::Email
            | FieldType::Url
            | FieldType::AutoNumber { .. }
            | FieldType::Tags => vec![main(ColumnType::Text)],
        }
    }

    /// The name of the relationship in query paths: the name without `_id`; `None` where the field is no reference.
    pub fn relationship(&self) -> Option<&str> {
        if self.ty.is_reference() { self.name.strip_suffix("_id") } else { None }
    }

    /// Whether two live records may not share a value.
    pub fn is_unique(&self) -> bool {
        self.unique || self.external_key || matches!(self.ty, FieldType::AutoNumber { .. })
    }
}
