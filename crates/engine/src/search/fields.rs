//! Which values of a record are searched, and how they become text. The same code serves the index and the comparison of what it finds.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_model::meta::FieldType;
use guanxi_model::render::set_members;
use guanxi_model::{Cell, Field, Object};
use guanxi_query::PageRows;
use guanxi_search::{Document, Kind};

/// How much a value says about its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// It is the name.
    Name,
    /// Mail addresses, numbers, tags, short texts.
    Detail,
    /// Long texts.
    Text,
    /// A phone number.
    Phone,
}

impl Weight {
    /// How the value is looked through.
    pub(super) fn kind(self) -> Kind {
        match self {
            Weight::Name => Kind::Name,
            Weight::Detail | Weight::Text => Kind::Text,
            Weight::Phone => Kind::Phone,
        }
    }
}

/// The searched fields of an object, the name first.
pub(super) fn searched(object: &Object) -> Vec<(&Field, Weight)> {
    let name = object.name_field();
    let mut fields: Vec<(&Field, Weight)> = weight(&name.def.ty).map(|_| (name, Weight::Name)).into_iter().collect();
    let others = object.fields.iter().filter(|f| f.name() != name.name());
    fields.extend(others.filter_map(|field| Some((field, weight(&field.def.ty)?))));
    fields
}

fn weight(ty: &FieldType) -> Option<Weight> {
    match ty {
        FieldType::Text { .. } | FieldType::Email | FieldType::Url | FieldType::AutoNumber { .. } | FieldType::Tags => Some(Weight::Detail),
        FieldType::LongText { .. } | FieldType::RichText | FieldType::Address => Some(Weight::Text),
        FieldType::Phone => Some(Weight::Phone),
        FieldType::Id
        | FieldType::Integer { .. }
        | FieldType::Decimal { .. }
        | FieldType::Money
        | FieldType::Percent { .. }
        | FieldType::Boolean
        | FieldType::Date
        | FieldType::DateTime
        | FieldType::Duration
        | FieldType::Picklist { .. }
        | FieldType::MultiPicklist { .. }
        | FieldType::Lookup { .. }
        | FieldType::User
        | FieldType::File
        | FieldType::Rating { .. }
        | FieldType::Json => None,
    }
}

/// The text of a value; empty where there is none.
pub(super) fn text(ty: &FieldType, cells: &[Cell]) -> String {
    let texts = || cells.iter().filter_map(Cell::as_text);
    match ty {
        FieldType::Address => texts().collect::<Vec<_>>().join(" "),
        // As typed, which is what the reader sees.
        FieldType::Phone => cells.get(1).and_then(Cell::as_text).or_else(|| texts().next()).unwrap_or_default().to_owned(),
        FieldType::Tags => texts().flat_map(set_members).collect::<Vec<_>>().join(", "),
        FieldType::RichText => texts().map(plain).collect(),
        _ => texts().next().unwrap_or_default().to_owned(),
    }
}

/// The text of cleaned HTML.
fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        // Words of two paragraphs are two words; a bold letter does not cut its word.
        if !["<b>", "</b>", "<i>", "</i>", "<em", "</em", "<strong", "</strong", "<a ", "</a", "<span", "</span"]
            .iter()
            .any(|tag| rest[at..].starts_with(tag))
        {
            out.push(' ');
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")] {
        if out.contains(entity) {
            out = out.replace(entity, character);
        }
    }
    out
}

/// Where the values of a query's answer are in its rows, by dotted path.
pub(super) struct Columns(HashMap<String, (usize, usize)>);

impl Columns {
    pub(super) fn of(rows: &PageRows) -> Columns {
        let mut at = 0;
        let place = |output: &guanxi_query::Output| {
            at += output.cells;
            (output.path.join("."), (at - output.cells, at))
        };
        Columns(rows.outputs.iter().map(place).collect())
    }

    /// The cells of a path; none if it was not asked for.
    pub(super) fn cells<'a>(&self, row: &'a [Cell], path: &str) -> &'a [Cell] {
        self.0.get(path).and_then(|(from, to)| row.get(*from..*to)).unwrap_or_default()
    }

    pub(super) fn int(&self, row: &[Cell], path: &str) -> i64 {
        self.cells(row, path).first().and_then(Cell::as_int).unwrap_or_default()
    }
}

/// The fields that a document is made of.
pub(super) fn document_fields(object: &Object) -> Vec<&str> {
    let searched = searched(object).into_iter().map(|(field, _)| field.name());
    ["id", "owner_id", "updated_at"].into_iter().chain(searched).collect()
}

/// What the index holds of a row that has [`document_fields`].
pub(super) fn document(object: &Arc<Object>, columns: &Columns, row: &[Cell]) -> Document {
    let mut document = Document {
        id: columns.int(row, "id"),
        owner: columns.int(row, "owner_id"),
        updated: columns.int(row, "updated_at"),
        ..Document::default()
    };
    for (field, weight) in searched(object) {
        let cells = columns.cells(row, field.name());
        let text = text(&field.def.ty, cells);
        if text.is_empty() {
            continue;
        }
        match weight {
            Weight::Name => document.name = text,
            Weight::Detail => document.details.push(text),
            Weight::Text => document.texts.push(text),
            Weight::Phone => document.phones.push(text),
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rich_text_is_read_as_text() {
        assert_eq!(plain("<p>采<b>购</b>部</p><p>A &amp; B</p>"), " 采购部  A & B ");
        assert_eq!(plain("a < b"), "a  ");
    }
}
