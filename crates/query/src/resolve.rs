//! Paths of a tree against the schema.

use std::sync::{Arc, LazyLock};

use guanxi_model::meta::{FieldDef, FieldType};
use guanxi_model::{Error, Field, Label, Object, Result, Schema};

use crate::tree::{Expr, Path, Query, Select};

/// The most references a path follows.
pub const MAX_HOPS: usize = 5;

/// A path that exists: the references to follow and the field at the end.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The references followed, from the main object: each with the object it leads from.
    pub hops: Vec<Hop>,
    /// The object that has the field; where the last reference leads to several objects, the first of them.
    pub object: Arc<Object>,
    /// API name of the field: `id` or the name field of `object` where the last reference leads to several objects.
    pub field: String,
    /// The part of a compound value, empty for the whole.
    pub part: String,
}

/// One reference of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    /// The object it leads from.
    pub from: Arc<Object>,
    /// API name of the reference field.
    pub field: String,
    /// The object it leads to. A reference to several objects can only be followed to `name` and `id`: then these are all of them.
    pub to: Vec<Arc<Object>>,
}

impl Resolved {
    /// The field's definition.
    pub fn field(&self) -> &Field {
        field_of(&self.object, &self.field).unwrap_or_else(|| self.object.name_field())
    }

    /// The type of the value: that of the field, or text for a part.
    pub fn ty(&self) -> FieldType {
        if self.part.is_empty() { self.field().def.ty.clone() } else { FieldType::Text { max_length: 255, format: None } }
    }
}

impl Hop {
    /// Whether the reference can lead to several objects.
    pub fn is_polymorphic(&self) -> bool {
        field_of(&self.from, &self.field).is_some_and(|f| f.def.ty.targets().len() > 1)
    }
}

/// Whether records can be ordered and grouped by a field of this type.
pub fn is_sortable(ty: &FieldType) -> bool {
    !matches!(ty, FieldType::LongText { .. } | FieldType::RichText | FieldType::Json | FieldType::Address)
}

/// Whether a field of this type can be compared with more than null.
pub fn is_filterable(ty: &FieldType) -> bool {
    !matches!(ty, FieldType::Json | FieldType::Address)
}

/// Fields of records in the recycle bin, which only a query of the recycle bin may use.
static BIN_FIELDS: LazyLock<[Field; 2]> = LazyLock::new(|| {
    [("deleted_at", FieldType::DateTime, "删除时间", "Deleted at"), ("deleted_by_id", FieldType::User, "删除人", "Deleted by")].map(
        |(name, ty, zh, en)| {
            let def = FieldDef {
                name: name.to_owned(),
                label: Label::new(zh, en),
                help: None,
                ty,
                required: false,
                unique: false,
                external_key: false,
                indexed: false,
                read_only: true,
                default: None,
                aliases: Vec::new(),
                column: None,
            };
            Field { columns: def.columns(), def, system: true }
        },
    )
});

/// Whether the field is one of the recycle bin.
pub(crate) fn is_bin_field(name: &str) -> bool {
    BIN_FIELDS.iter().any(|f| f.name() == name)
}

/// A field of an object, those of the recycle bin included.
pub(crate) fn field_of<'a>(object: &'a Object, name: &str) -> Option<&'a Field> {
    object.field(name).or_else(|| BIN_FIELDS.iter().find(|f| f.name() == name))
}

/// Resolves a path. `name` is also the field that names a record of an object without a field of that name. The recycle bin's
/// fields resolve on the main object; the planner lets them through only for a query of the recycle bin.
///
/// # Errors
/// `unknown_field` with the path's position and, where one is near, a suggestion.
pub fn resolve(schema: &Schema, object: &Arc<Object>, path: &Path) -> Result<Resolved> {
    let mut at = Arc::clone(object);
    let mut hops: Vec<Hop> = Vec::new();
    let mut rest = path.segments.as_slice();
    while let [segment, _, ..] = rest {
        let Some(field) = reference(&at, segment, hops.is_empty()) else { break };
        if hops.len() == MAX_HOPS {
            return Err(too_far(path));
        }
        let targets = field.def.ty.targets();
        let to: Vec<Arc<Object>> = targets.iter().filter_map(|t| schema.object(t)).map(Arc::clone).collect();
        let hop = Hop { from: Arc::clone(&at), field: field.name().to_owned(), to };
        let Some(next) = hop.to.first().map(Arc::clone) else { return Err(unknown(&at, path, segment)) };
        let polymorphic = targets.len() > 1;
        hops.push(hop);
        rest = &rest[1..];
        at = next;
        if polymorphic {
            return several(hops, at, path, rest);
        }
    }
    let (name, part) = match rest {
        [name] => (name, ""),
        [name, part] => (name, part.as_str()),
        [name, ..] => return Err(unknown(&at, path, name)),
        [] => return Err(unknown(&at, path, "")),
    };
    let found = if hops.is_empty() { field_of(&at, name) } else { at.field(name) };
    let field = found.or_else(|| (name == "name").then(|| at.name_field())).ok_or_else(|| unknown(&at, path, name))?;
    if !part.is_empty() && field.column(part).is_none() {
        return Err(unknown_part(&at, field, path, part));
    }
    let (field, part) = (field.name().to_owned(), part.to_owned());
    Ok(Resolved { hops, object: at, field, part })
}

/// A reference by its relationship name; `main` says whether the object is the query's own.
fn reference<'a>(object: &'a Object, relationship: &str, main: bool) -> Option<&'a Field> {
    let deleted_by = main && relationship == "deleted_by";
    object.relationship(relationship).or_else(|| if deleted_by { field_of(object, "deleted_by_id") } else { None })
}

/// The end of a path behind a reference to several objects.
fn several(hops: Vec<Hop>, object: Arc<Object>, path: &Path, rest: &[String]) -> Result<Resolved> {
    let field = match rest {
        [one] if one == "id" => "id".to_owned(),
        [one] if one == "name" => object.name_field().name().to_owned(),
        _ => {
            return Err(Error::bad_request(
                "unknown_field",
                format!("“{path}”：指向多种对象的关联只能取 name 和 id。"),
                format!("“{path}”: a reference to several objects leads only to name and id."),
            )
            .at(path.position));
        }
    };
    Ok(Resolved { hops, object, field, part: String::new() })
}

fn too_far(path: &Path) -> Error {
    Error::bad_request(
        "unknown_field",
        format!("“{path}”经过的关联超过 {MAX_HOPS} 层。"),
        format!("“{path}” follows more than {MAX_HOPS} references."),
    )
    .at(path.position)
}

/// The error for a name that the object does not have.
pub(crate) fn unknown(object: &Object, path: &Path, name: &str) -> Error {
    let relationships = object.fields.iter().filter_map(|f| f.def.relationship());
    let names = object.fields.iter().map(Field::name).chain(relationships);
    let (zh, en) = suggestion(name, names);
    Error::bad_request(
        "unknown_field",
        format!("对象“{}”没有字段“{name}”。{zh}", object.name()),
        format!("The object “{}” has no field “{name}”.{en}", object.name()),
    )
    .at(path.position)
}

/// The error for a path that leads to nothing a user may know of: it names nothing that is there.
pub fn no_field(object: &Object, path: &Path) -> Error {
    Error::bad_request(
        "unknown_field",
        format!("对象“{}”没有字段“{path}”。", object.name()),
        format!("The object “{}” has no field “{path}”.", object.name()),
    )
    .at(path.position)
}

fn unknown_part(object: &Object, field: &Field, path: &Path, part: &str) -> Error {
    let parts: Vec<&str> = field.columns.iter().map(|c| c.part).filter(|p| !p.is_empty()).collect();
    let (zh, en) = match parts.as_slice() {
        [] if field.def.ty.is_reference() => ("", String::new()),
        [] => ("该字段没有组成部分。", " The field has no parts.".to_owned()),
        parts => ("", format!(" ({})", parts.join(", "))),
    };
    let name = field.name();
    Error::bad_request(
        "unknown_field",
        format!("对象“{}”的字段“{name}”没有“{part}”。{zh}", object.name()),
        format!("The field “{name}” of the object “{}” has no “{part}”.{en}", object.name()),
    )
    .at(path.position)
}

/// «Did you mean …» where a name is near.
fn suggestion<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> (String, String) {
    let wanted: String = wanted.chars().take(80).collect::<String>().to_ascii_lowercase();
    let near = names
        .map(|name| (if name.starts_with(&wanted) && !wanted.is_empty() { 1 } else { distance(&wanted, name) }, name))
        .filter(|(d, name)| *d <= 1 + name.len() / 4)
        .min();
    near.map_or_else(Default::default, |(_, name)| (format!("是否指“{name}”？"), format!(" Did you mean “{name}”?")))
}

/// How many characters have to be put in, taken out or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// Every path of a query, wherever it stands (select, filter, group, order): what `access` has to check. Names of aggregates in the
/// order are no paths.
pub fn paths(query: &Query) -> Vec<&Path> {
    let mut found: Vec<&Path> = query
        .select
        .iter()
        .filter_map(|item| match item {
            Select::Field(path) => Some(path),
            Select::Aggregate { path, .. } => path.as_ref(),
        })
        .collect();
    if let Some(filter) = &query.filter {
        filter_paths(filter, &mut found);
    }
    found.extend(&query.group_by);
    let names = Select::aggregate_names(&query.select);
    found.extend(query.order.iter().map(|o| &o.path).filter(|p| !names.iter().flatten().any(|n| p.segments == [n.as_str()])));
    found
}

/// Every path of a condition.
pub fn filter_paths<'a>(expr: &'a Expr, found: &mut Vec<&'a Path>) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|p| filter_paths(p, found)),
        Expr::Not(inner) => filter_paths(inner, found),
        Expr::Compare(path, ..) | Expr::In(path, ..) | Expr::Includes(path, ..) | Expr::OneOf(path, _) => found.push(path),
        Expr::Never | Expr::Reach(_) => {}
    }
}
