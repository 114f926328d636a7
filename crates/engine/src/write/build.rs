//! One operation to one change: values normalised, defaults filled, stage applied, required fields checked, difference taken. Pure.

use std::sync::Arc;

use guanxi_access::Policy;
use guanxi_model::change::{Before, Change, Op};
use guanxi_model::meta::FieldType;
use guanxi_model::render::{days_of, string, write_value};
use guanxi_model::{Cell, Ctx, Error, Field, FieldError, Object, RecordId, Result, Schema};
use serde_json::{Map, Value};

use super::normalise;
use super::row::Row;
use super::stage;

/// A change ready to be checked against other records.
#[derive(Clone, Debug)]
pub struct Built {
    /// The change; `None` if the values are those already there.
    pub change: Option<Change>,
    /// The record after it.
    pub row: Row,
    /// The fields it sets, as places in `row.object.fields`.
    pub touched: Vec<usize>,
}

/// The auto-number fields of an object, with their formats.
pub fn auto_fields(object: &Object) -> impl Iterator<Item = (&Field, &str)> {
    object.fields.iter().filter_map(|f| match &f.def.ty {
        FieldType::AutoNumber { format } => Some((f, format.as_str())),
        _ => None,
    })
}

/// Builds a new record.
///
/// # Errors
/// One validation error with all fields that are wrong.
pub fn create(
    ctx: &Ctx,
    schema: &Schema,
    object: &Arc<Object>,
    id: RecordId,
    values: &Map<String, Value>,
    numbers: &[i64],
) -> Result<Built> {
    let mut row = Row::empty(object);
    let mut errors = Vec::new();
    assign(ctx, schema, &mut row, values, &mut errors);
    for (place, field) in object.fields.iter().enumerate() {
        if !values.contains_key(field.name())
            && let Some(default) = &field.def.default
        {
            match default_cells(ctx, schema, object, field, default) {
                Ok(cells) => row.cells[place] = cells,
                Err(error) => errors.push(error),
            }
        }
    }
    if row.first("owner_id").is_null() {
        row.set("owner_id", vec![Cell::Int(ctx.user.0)]);
    }
    check_writable(ctx, schema, &row, values, &mut errors);
    for ((field, format), number) in auto_fields(object).zip(numbers) {
        row.set(field.name(), vec![Cell::Text(format_number(format, *number))]);
    }
    finish(ctx, schema, &mut row, None, errors)?;
    for (field, value) in [("id", id.0), ("created_at", ctx.now_us), ("created_by_id", ctx.user.0), ("version", 1)] {
        row.set(field, vec![Cell::Int(value)]);
    }
    stamp(ctx, &mut row);
    let own = |f: &Field| !f.system || f.name() == "owner_id";
    let touched: Vec<usize> = (0..object.fields.len()).filter(|i| own(&object.fields[*i])).collect();
    let change = Change {
        op: Op::Create,
        id,
        before: None,
        values: columns(&row, &touched),
        fields: values.keys().cloned().collect(),
        owner: row.owner(),
        diff: created(schema, &row, &touched),
    };
    Ok(Built { change: Some(change), row, touched })
}

/// Builds the change of a record.
///
/// # Errors
/// One validation error with all fields that are wrong.
pub fn update(ctx: &Ctx, schema: &Schema, before: &Row, values: &Map<String, Value>) -> Result<Built> {
    let mut row = before.clone();
    let mut errors = Vec::new();
    assign(ctx, schema, &mut row, values, &mut errors);
    check_writable(ctx, schema, before, values, &mut errors);
    errors.extend(check_owner(ctx, schema, before, &row));
    if row.first("owner_id").is_null() {
        errors.push(FieldError::new("owner_id", "required", "负责人不能为空", "a record must have an owner"));
    }
    finish(ctx, schema, &mut row, Some(before), errors)?;
    Ok(difference(ctx, schema, before, row))
}

/// The change from one state of a record to another.
pub fn difference(ctx: &Ctx, schema: &Schema, before: &Row, mut row: Row) -> Built {
    let touched: Vec<usize> = (0..row.cells.len()).filter(|i| row.cells[*i] != before.cells[*i]).collect();
    if touched.is_empty() {
        return Built { change: None, row, touched };
    }
    let values = columns(&row, &touched);
    let diff = updated(schema, before, &row, &touched);
    let fields = touched.iter().map(|i| row.object.fields[*i].name().to_owned()).collect();
    let owner = row.owner().filter(|o| Some(*o) != before.owner());
    row.set("version", vec![Cell::Int(before.version() + 1)]);
    stamp(ctx, &mut row);
    let change = Change { op: Op::Update, id: before.id(), before: Some(seen(before)), values, fields, owner, diff };
    Built { change: Some(change), row, touched }
}

/// The change that moves a record to another state of being (recycle bin and back, gone).
pub fn bare(op: Op, row: &Row) -> Change {
    Change { op, id: row.id(), before: Some(seen(row)), values: Vec::new(), fields: Vec::new(), owner: None, diff: String::new() }
}

fn seen(row: &Row) -> Before {
    Before { version: row.version(), owner: row.owner(), shared: row.shared }
}

fn stamp(ctx: &Ctx, row: &mut Row) {
    row.set("updated_at", vec![Cell::Int(ctx.now_us)]);
    row.set("updated_by_id", vec![Cell::Int(ctx.user.0)]);
}

/// The fields that are given must be ones that the user may write in a record of this owner.
fn check_writable(ctx: &Ctx, schema: &Schema, row: &Row, values: &Map<String, Value>, errors: &mut Vec<FieldError>) {
    let policy = Policy::of(ctx, schema);
    if !policy.restricts_fields(&row.object) {
        return;
    }
    let given = row.object.fields.iter().filter(|f| values.contains_key(f.name()) && policy.shows(&row.object, f.name()));
    for field in given {
        let writable = policy.field(&row.object, field.name()).edit.is_some_and(|scope| policy.owners(scope).has(row.owner()));
        if !writable && errors.iter().all(|e| e.field != field.name()) {
            errors.push(FieldError::new(
                field.name(),
                "not_writable",
                format!("您无权填写“{}”", field.def.label.zh),
                format!("you may not set “{}”", field.def.label.en),
            ));
        }
    }
}

/// Nobody takes a record over, or gives it to a colleague, to see in full what is masked in it.
pub fn check_owner(ctx: &Ctx, schema: &Schema, before: &Row, row: &Row) -> Option<FieldError> {
    let policy = Policy::of(ctx, schema);
    if before.owner() == row.owner() || !policy.restricts_fields(&row.object) {
        return None;
    }
    let opens = |field: &Field| {
        let owners = policy.field(&row.object, field.name()).read.map(|scope| policy.owners(scope));
        owners.is_some_and(|owners| owners.has(row.owner()) && !owners.has(before.owner()))
    };
    row.object.fields.iter().any(opens).then(|| {
        FieldError::new(
            "owner_id",
            "not_writable",
            "该记录中有对您部分隐藏的字段，不能转给此人",
            "fields of this record are shown to you in part only; you may not give it to this person",
        )
    })
}

fn assign(ctx: &Ctx, schema: &Schema, row: &mut Row, values: &Map<String, Value>, errors: &mut Vec<FieldError>) {
    let object = Arc::clone(&row.object);
    let policy = Policy::of(ctx, schema);
    for (name, value) in values {
        let Some(place) = row.index(name).filter(|_| policy.shows(&object, name)) else {
            errors.push(FieldError::new(
                name,
                "unknown_field",
                format!("“{}”没有此字段", object.def.label.zh),
                format!("{} has no such field", object.def.label.en),
            ));
            continue;
        };
        let field = &object.fields[place];
        if field.def.read_only || matches!(field.def.ty, FieldType::AutoNumber { .. } | FieldType::Id) {
            errors.push(FieldError::new(
                name,
                "read_only",
                "此字段由系统填写，不能修改",
                "this field is set by the system and cannot be written",
            ));
            continue;
        }
        match normalise::cells(schema, &object, field, value) {
            Ok(cells) => row.cells[place] = cells,
            Err(error) => errors.push(error),
        }
    }
}

fn default_cells(ctx: &Ctx, schema: &Schema, object: &Object, field: &Field, default: &Value) -> Result<Vec<Cell>, FieldError> {
    match default.as_str() {
        Some("$me") => Ok(vec![Cell::Int(ctx.user.0)]),
        Some("$now") => Ok(vec![Cell::Int(ctx.now_us)]),
        Some("$today") => Ok(vec![Cell::Int(today(ctx))]),
        _ => normalise::cells(schema, object, field, default),
    }
}

/// Today in the user's time zone, as days since the epoch.
pub fn today(ctx: &Ctx) -> i64 {
    let zone = jiff::tz::TimeZone::get(&ctx.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let now = jiff::Timestamp::from_microsecond(ctx.now_us).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    days_of(zone.to_datetime(now).date())
}

fn finish(ctx: &Ctx, schema: &Schema, row: &mut Row, before: Option<&Row>, mut errors: Vec<FieldError>) -> Result<()> {
    if let Err(error) = stage::apply(ctx, schema, row, before)
        && errors.iter().all(|e| e.field != error.field)
    {
        errors.push(error);
    }
    for (field, cells) in row.object.fields.iter().zip(&row.cells) {
        let missing = field.def.required && cells.iter().all(Cell::is_null);
        if missing && errors.iter().all(|e| e.field != field.name()) {
            errors.push(FieldError::new(
                field.name(),
                "required",
                format!("“{}”必须填写", field.def.label.zh),
                format!("“{}” must be given", field.def.label.en),
            ));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::validation(errors)) }
}

fn columns(row: &Row, touched: &[usize]) -> Vec<(String, Cell)> {
    let mut out = Vec::with_capacity(touched.len() + 4);
    for place in touched {
        let field = &row.object.fields[*place];
        out.extend(field.columns.iter().zip(&row.cells[*place]).map(|(column, cell)| (column.name.clone(), cell.clone())));
    }
    out
}

fn created(schema: &Schema, row: &Row, touched: &[usize]) -> String {
    diff_text(touched.iter().filter(|i| !row.cells[**i].iter().all(Cell::is_null)).map(|i| {
        let field = &row.object.fields[*i];
        move |out: &mut Vec<u8>| {
            string(out, field.name());
            out.push(b':');
            write_value(out, schema, &field.def.ty, &row.cells[*i]);
        }
    }))
}

fn updated(schema: &Schema, before: &Row, row: &Row, touched: &[usize]) -> String {
    diff_text(touched.iter().map(|i| {
        let field = &row.object.fields[*i];
        move |out: &mut Vec<u8>| {
            string(out, field.name());
            out.extend_from_slice(b":[");
            write_value(out, schema, &field.def.ty, &before.cells[*i]);
            out.push(b',');
            write_value(out, schema, &field.def.ty, &row.cells[*i]);
            out.push(b']');
        }
    }))
}

fn diff_text<W: FnOnce(&mut Vec<u8>)>(members: impl Iterator<Item = W>) -> String {
    let mut out = vec![b'{'];
    for (i, write) in members.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write(&mut out);
    }
    out.push(b'}');
    String::from_utf8(out).unwrap_or_default()
}

/// `T-{00000}` with 42 is `T-00042`; a format without braces gets the number at its end.
pub fn format_number(format: &str, number: i64) -> String {
    match format.split_once('{').and_then(|(before, rest)| rest.split_once('}').map(|(zeros, after)| (before, zeros, after))) {
        Some((before, zeros, after)) => format!("{before}{number:0width$}{after}", width = zeros.len()),
        None => format!("{format}{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::format_number;

    #[test]
    fn auto_numbers_follow_their_format() {
        assert_eq!(format_number("T-{00000}", 42), "T-00042");
        assert_eq!(format_number("{0}号", 1234), "1234号");
        assert_eq!(format_number("N", 7), "N7");
    }
}
