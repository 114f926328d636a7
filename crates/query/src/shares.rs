//! Which records fall under the sharing rules of their object, as statements over the table of shares.

use guanxi_model::meta::Filter;
use guanxi_model::{Cell, Ctx, Door, Lang, Object, RecordId, Result, Schema};

use crate::dialect::{Dialect, quote};
use crate::filter::filter_expr;
use crate::plan::row_condition;

/// Puts the records with these ids under the rules, given by number, whose filter holds for them.
///
/// # Errors
/// Those of the filters.
pub fn of_ids(
    schema: &Schema,
    object: &Object,
    rules: &[(i64, &Filter)],
    ids: &[i64],
    now: i64,
    dialect: Dialect,
) -> Result<(String, Vec<Cell>)> {
    insert(schema, object, rules, now, dialect, &dialect.among("t0.\"id\"", "$2", true), vec![list(ids)])
}

/// Puts the records with ids from the first on, before the second, under the rules whose filter holds for them.
///
/// # Errors
/// Those of the filters.
pub fn of_range(
    schema: &Schema,
    object: &Object,
    rules: &[(i64, &Filter)],
    (from, to): (i64, i64),
    now: i64,
    dialect: Dialect,
) -> Result<(String, Vec<Cell>)> {
    insert(schema, object, rules, now, dialect, "t0.\"id\" >= $2 AND t0.\"id\" < $3", vec![Cell::Int(from), Cell::Int(to)])
}

/// Takes the records with ids in a range from under a rule whose filter does not hold for them.
///
/// # Errors
/// Those of the filter.
pub fn stale_of_range(
    schema: &Schema,
    object: &Object,
    (number, filter): (i64, &Filter),
    (from, to): (i64, i64),
    now: i64,
    dialect: Dialect,
) -> Result<(String, Vec<Cell>)> {
    let params = vec![Cell::Int(-number), Cell::Int(from), Cell::Int(to)];
    let (condition, params) = row_condition(&nobody(schema, now), schema, object, &filter_expr(filter)?, dialect, params)?;
    let table = quote(object.name());
    let sql = format!(
        "DELETE FROM sys_share WHERE principal = $1 AND record_id >= $2 AND record_id < $3 \
         AND NOT EXISTS (SELECT 1 FROM {table} AS t0 WHERE t0.\"id\" = record_id AND ({condition}))"
    );
    Ok((sql, params))
}

/// Takes the records with these ids from under all rules.
pub fn forget(ids: &[i64], dialect: Dialect) -> (String, Vec<Cell>) {
    (format!("DELETE FROM sys_share WHERE {} AND principal < 0", dialect.among("record_id", "$1", true)), vec![list(ids)])
}

/// Removes everything that is shared of the records with these ids.
pub fn forget_all(ids: &[i64], dialect: Dialect) -> (String, Vec<Cell>) {
    (format!("DELETE FROM sys_share WHERE {}", dialect.among("record_id", "$1", true)), vec![list(ids)])
}

/// Gives the least and the greatest id of an object's records.
pub fn span(object: &Object) -> String {
    let table = quote(object.name());
    format!("SELECT (SELECT MIN(\"id\") FROM {table}), (SELECT MAX(\"id\") FROM {table})")
}

fn list(ids: &[i64]) -> Cell {
    Cell::Text(ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","))
}

fn insert(
    schema: &Schema,
    object: &Object,
    rules: &[(i64, &Filter)],
    now: i64,
    dialect: Dialect,
    which: &str,
    of_which: Vec<Cell>,
) -> Result<(String, Vec<Cell>)> {
    // SQLite counts parameters in the order in which they first stand in the text: the number of the first rule stands before them.
    let ctx = nobody(schema, now);
    // A record that is being changed is waited for, and looked at as it is then.
    let lock = if rules.len() == 1 && dialect == Dialect::Postgres { " FOR SHARE" } else { "" };
    let mut parts = Vec::with_capacity(rules.len());
    let mut params = Vec::new();
    for (number, filter) in rules {
        params.push(Cell::Int(-number));
        let number = params.len();
        if number == 1 {
            params.extend_from_slice(&of_which);
        }
        let (condition, with) = row_condition(&ctx, schema, object, &filter_expr(filter)?, dialect, params)?;
        params = with;
        parts.push(format!(
            "SELECT t0.\"id\" AS record_id, CAST(${number} AS bigint) AS principal FROM {} AS t0 WHERE {which} AND ({condition}){lock}",
            quote(object.name())
        ));
    }
    params.extend([Cell::Int(i64::from(object.no)), Cell::Int(now)]);
    let sql = format!(
        "WITH under AS ({}) INSERT INTO sys_share (record_id, principal, object_no, may_edit, given_by, given_at) \
         SELECT record_id, principal, CAST(${} AS bigint), 1, 0, CAST(${} AS bigint) FROM under WHERE TRUE \
         ON CONFLICT (record_id, principal) DO NOTHING",
        parts.join(" UNION ALL "),
        params.len() - 1,
        params.len()
    );
    Ok((sql, params))
}

/// A rule holds whoever asks: its filter speaks neither of the user nor of today.
fn nobody(schema: &Schema, now: i64) -> Ctx {
    Ctx {
        user: RecordId(0),
        role: String::new(),
        permission_sets: Default::default(),
        colleagues: Default::default(),
        door: Door::System,
        entry: Default::default(),
        lang: Lang::default(),
        now_us: now,
        time_zone: schema.settings.time_zone.clone(),
    }
}
