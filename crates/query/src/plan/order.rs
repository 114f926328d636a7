//! The order of a list, and the condition that a page starts after the last row of the page before.

use guanxi_model::column::ColumnType;
use guanxi_model::{Cell, Error, Result};

use super::filter::Writer;
use super::joins::{Operand, Tables};
use crate::dialect::Dialect;
use crate::resolve::is_sortable;
use crate::tree::{Order, Path};

/// One key of the order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// The column.
    pub(crate) sql: String,
    /// Whether greater values come first.
    pub(crate) desc: bool,
    /// Whether empty values come last.
    pub(crate) nulls_last: bool,
    /// Whether it can be empty.
    pub(crate) nullable: bool,
    /// What its cells are.
    pub(crate) ty: ColumnType,
}

/// The keys of a list of records; the last is the record's id, in the direction of the key before it, so that one index serves
/// both directions.
pub(crate) fn keys(tables: &mut Tables<'_>, order: &[Order]) -> Result<Vec<Key>> {
    let mut keys = Vec::new();
    for wanted in order {
        let operand = tables.operand(&wanted.path)?;
        let key = Key {
            sql: sortable(&operand)?.main().to_owned(),
            desc: wanted.desc,
            nulls_last: wanted.nulls_last.unwrap_or(wanted.desc),
            nullable: operand.nullable,
            ty: operand.column_type,
        };
        if keys.iter().all(|k: &Key| k.sql != key.sql) {
            keys.push(key);
        }
        if operand.main_id {
            return Ok(keys);
        }
    }
    let desc = keys.last().is_some_and(|k| k.desc);
    keys.push(Key { sql: "t0.\"id\"".to_owned(), desc, nulls_last: desc, nullable: false, ty: ColumnType::Integer });
    Ok(keys)
}

/// The operand, or the error that nothing can be ordered by it.
pub(crate) fn sortable(operand: &Operand) -> Result<&Operand> {
    if is_sortable(&operand.ty) { Ok(operand) } else { Err(not_sortable(&operand.path)) }
}

fn not_sortable(path: &Path) -> Error {
    Error::bad_request("not_sortable", format!("不能按字段“{path}”排序或分组。"), format!("Nothing can be ordered or grouped by “{path}”."))
        .at(path.position)
}

/// The text after `ORDER BY`.
pub(crate) fn order_by(keys: &[Key], dialect: Dialect) -> String {
    let text: Vec<String> = keys.iter().map(|k| format!("{}{}", k.sql, dialect.order(k.desc, k.nulls_last, k.nullable))).collect();
    text.join(", ")
}

/// The condition that a row stands after the one with these values.
pub(crate) fn after(writer: &mut Writer<'_>, keys: &[Key], values: &[Cell]) -> String {
    if as_one_row(keys, values) {
        let columns: Vec<&str> = keys.iter().map(|k| k.sql.as_str()).collect();
        let sign = if keys[0].desc { "<" } else { ">" };
        let params: Vec<String> = values.iter().map(|v| writer.param(v.clone())).collect();
        return match columns.as_slice() {
            [one] => format!("{one} {sign} {}", params[0]),
            several => format!("({}) {sign} ({})", several.join(", "), params.join(", ")),
        };
    }
    step(writer, keys, values)
}

/// The same condition in two halves: rows among which the last one stands, and, further on, those that differ from them in whether the
/// first key is empty. Each half is one stretch of an index over the first key, which their disjunction is not.
pub(crate) fn halves(writer: &mut Writer<'_>, keys: &[Key], values: &[Cell]) -> Option<(String, String)> {
    let ([first, others @ ..], [value, rest @ ..]) = (keys, values) else { return None };
    let column = &first.sql;
    if !first.nullable || first.nulls_last == value.is_null() {
        return None;
    }
    if value.is_null() {
        let among = format!("{column} IS NULL AND {}", after(writer, others, rest));
        return Some((among, format!("{column} IS NOT NULL")));
    }
    let mut filled = keys.to_vec();
    filled[0].nullable = false;
    Some((after(writer, &filled, values), format!("{column} IS NULL")))
}

/// The text after `ORDER BY` by the places of the keys' columns in the select list, counted from 0.
pub(crate) fn order_by_place(keys: &[Key], places: &[usize], dialect: Dialect) -> String {
    let text: Vec<String> =
        keys.iter().zip(places).map(|(k, place)| format!("{}{}", place + 1, dialect.order(k.desc, k.nulls_last, k.nullable))).collect();
    text.join(", ")
}

/// Whether a comparison of whole rows says it, which an index serves best: all in one direction, the row without empty values, and
/// rows with empty values, which such a comparison leaves out, standing before it.
fn as_one_row(keys: &[Key], values: &[Cell]) -> bool {
    keys.iter().zip(values).all(|(k, v)| k.desc == keys[0].desc && !v.is_null() && (!k.nullable || !k.nulls_last))
}

/// Key by key: beyond in the first, or equal in it and after in the others. The first key is bounded apart where that is possible, so
/// that an index can start there.
fn step(writer: &mut Writer<'_>, keys: &[Key], values: &[Cell]) -> String {
    let ([key, others @ ..], [value, rest @ ..]) = (keys, values) else { return "FALSE".to_owned() };
    let column = &key.sql;
    let beyond_sign = if key.desc { "<" } else { ">" };
    if value.is_null() {
        let among = if others.is_empty() { "FALSE".to_owned() } else { step(writer, others, rest) };
        let among = format!("{column} IS NULL AND {among}");
        return if key.nulls_last { format!("({among})") } else { format!("(({among}) OR {column} IS NOT NULL)") };
    }
    let nulls_follow = key.nullable && key.nulls_last;
    let param = writer.param(value.clone());
    if others.is_empty() {
        let beyond = format!("{column} {beyond_sign} {param}");
        return if nulls_follow { format!("({beyond} OR {column} IS NULL)") } else { beyond };
    }
    let among = step(writer, others, rest);
    if nulls_follow {
        return format!("({column} {beyond_sign} {param} OR {column} IS NULL OR ({column} = {param} AND {among}))");
    }
    format!("{column} {beyond_sign}= {param} AND ({column} {beyond_sign} {param} OR {among})")
}
