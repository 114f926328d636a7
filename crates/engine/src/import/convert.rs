//! Prepared rows to operations of the write door: references set, unknown picklist values found, keys looked up.

use std::collections::{HashMap, HashSet};

use guanxi_model::{Cell, Error, Label, RecordId, Result};
use guanxi_query::tree::{Expr, Literal, Path};
use guanxi_query::{Page, Query};
use serde_json::{Map, Value};

use super::lookup::{self, Around, Found, Lookups};
use super::model::{Missing, Mode, Refusal, UnknownValues};
use super::plan::{Plan, Target};
use super::prepare::{Prepared, fill_defaults};
use crate::picklist_values::AddedValue;
use crate::read;
use crate::write::{Operation, normalise};

/// A row with its operation, or without one if it is refused.
pub(crate) struct Ready {
    /// The row.
    pub(crate) row: Prepared,
    /// What to write.
    pub(crate) operation: Option<Operation>,
    /// References to rows of this file that are set when all are there: the binding and the name.
    pub(crate) deferred: Vec<(usize, String)>,
    /// Fields that only stay empty because this is a dry run.
    pub(crate) pending: Vec<String>,
}

/// What is remembered between chunks.
#[derive(Default)]
pub(crate) struct Memory {
    /// Names of records.
    pub(crate) lookups: Lookups,
    /// Picklist values that were not known, by field.
    pub(crate) added: HashSet<(String, String)>,
    /// What rows of this file will be called: hashes, by binding.
    pub(crate) own_names: HashMap<usize, HashSet<u64>>,
}

impl Memory {
    /// Whether a row of this file has the name that a lookup asks for.
    fn in_file(&self, binding: usize, name: &str) -> bool {
        self.own_names.get(&binding).is_some_and(|names| names.contains(&hash(name)))
    }
}

/// A hash of a name; 64 bits, so that a million names meet by chance once in ten million files.
pub(crate) fn hash(name: &str) -> u64 {
    use std::hash::{DefaultHasher, Hasher};
    let mut hasher = DefaultHasher::new();
    hasher.write(lookup::standard(name).as_bytes());
    hasher.finish()
}

/// Makes rows ready to be written.
///
/// # Errors
/// Those of the store; refusals of rows are in the rows.
pub(crate) async fn ready(around: &Around<'_>, plan: &Plan, memory: &mut Memory, rows: Vec<Prepared>) -> Result<Vec<Ready>> {
    resolve(around, plan, memory, &rows).await?;
    let keys = existing(around, plan, &rows).await?;
    let mut seen = HashSet::new();
    Ok(rows.into_iter().map(|row| one(around, plan, memory, &keys, &mut seen, row)).collect())
}

async fn resolve(around: &Around<'_>, plan: &Plan, memory: &mut Memory, rows: &[Prepared]) -> Result<()> {
    let mut wanted: HashMap<usize, HashSet<String>> = HashMap::new();
    for (binding, text) in rows.iter().flat_map(|r| &r.lookups) {
        if memory.lookups.get(*binding, text).is_none() {
            wanted.entry(*binding).or_default().insert(text.clone());
        }
    }
    for (binding, names) in wanted {
        let own = memory.own_names.get(&binding);
        memory.lookups.resolve(around, plan, binding, names, |name| own.is_some_and(|own| own.contains(&hash(name)))).await?;
    }
    Ok(())
}

/// Picklist values of rows that are to be added to their fields' lists, each once.
pub(crate) fn new_values(around: &Around<'_>, plan: &Plan, memory: &mut Memory, rows: &[Prepared]) -> Vec<AddedValue> {
    let mut fresh = Vec::new();
    if plan.unknown != UnknownValues::Accept || around.dry_run {
        return fresh;
    }
    let schema = around.org.schema();
    for (binding, value) in rows.iter().flat_map(|r| &r.unknown) {
        let field = &plan.bindings[*binding].field;
        if memory.added.insert((field.name().to_owned(), value.clone())) && !schema.has_value(&plan.object, &field.def, value) {
            fresh.push(AddedValue { field: field.name().to_owned(), value: value.clone() });
        }
    }
    fresh
}

/// The records of the rows' keys, where they have to be known beforehand: for updates, and for upserts with defaults.
async fn existing(around: &Around<'_>, plan: &Plan, rows: &[Prepared]) -> Result<HashMap<Cell, RecordId>> {
    let needed = plan.mode == Mode::Update || (plan.mode == Mode::Upsert && !plan.defaults.is_empty());
    let Some(key) = plan.key.as_deref().filter(|k| needed && *k != "id") else { return Ok(HashMap::new()) };
    let cells: HashSet<Cell> = rows.iter().filter_map(|r| key_cell(around, plan, key, &r.values)).collect();
    let literals: Vec<Literal> = cells.iter().filter_map(literal).collect();
    let mut found = HashMap::new();
    for part in literals.chunks(1_000) {
        let query = Query::fields(plan.object.name(), &["id", key]).and(Expr::In(Path::from(key), part.to_vec(), false));
        let page = read::run(around.org, around.ctx, query, &Page { limit: 2_000, ..Page::default() }).await?;
        let pair = |row: &[Cell]| Some((row.get(1)?.clone(), RecordId(row.first()?.as_int()?)));
        found.extend(page.rows().filter_map(pair));
    }
    Ok(found)
}

/// The key of a row as the store holds it.
fn key_cell(around: &Around<'_>, plan: &Plan, key: &str, values: &Map<String, Value>) -> Option<Cell> {
    let field = plan.object.field(key)?;
    let cells = normalise::cells(&around.org.schema(), &plan.object, field, values.get(key)?).ok()?;
    cells.into_iter().next().filter(|c| !c.is_null())
}

fn literal(cell: &Cell) -> Option<Literal> {
    match cell {
        Cell::Null => None,
        Cell::Bool(b) => Some(Literal::Bool(*b)),
        Cell::Int(i) => Some(Literal::Number(i.to_string())),
        Cell::Text(t) => Some(Literal::Text(t.clone())),
    }
}

fn one(
    around: &Around<'_>,
    plan: &Plan,
    memory: &Memory,
    keys: &HashMap<Cell, RecordId>,
    seen: &mut HashSet<Cell>,
    row: Prepared,
) -> Ready {
    let mut ready = Ready { row, operation: None, deferred: Vec::new(), pending: Vec::new() };
    set_references(plan, memory, &mut ready);
    set_unknown(around, plan, &mut ready);
    let operation = match plan.mode {
        Mode::Create => {
            fill_defaults(plan, &mut ready.row);
            Ok(create(plan, &ready))
        }
        Mode::Upsert => Ok(upsert(around, plan, keys, seen, &mut ready)),
        Mode::Update => update(around, plan, keys, &mut ready),
    };
    match operation {
        Ok(operation) if ready.row.refusals.is_empty() => ready.operation = Some(operation),
        Ok(_) => {}
        Err(refusal) => ready.row.refusals.push(refusal),
    }
    ready
}

fn set_references(plan: &Plan, memory: &Memory, ready: &mut Ready) {
    for (index, text) in std::mem::take(&mut ready.row.lookups) {
        let binding = &plan.bindings[index];
        let Target::Lookup(lookup) = &binding.target else { continue };
        let name = binding.field.name().to_owned();
        match memory.lookups.get(index, &text) {
            Some(Found::One(id)) => drop(ready.row.values.insert(name, Value::String(id.to_string()))),
            Some(Found::WouldBeMade) => ready.pending.push(name),
            Some(Found::Nothing) if lookup.missing == Missing::Empty => {}
            None if memory.in_file(index, &text) => ready.deferred.push((index, text)),
            other => ready.row.refusals.push(lookup::refusal(binding, &text, other.unwrap_or(&Found::Nothing))),
        }
    }
}

/// In a dry run, values that would be added to a picklist stay out. Where they are refused, the write door says so with the list.
fn set_unknown(around: &Around<'_>, plan: &Plan, ready: &mut Ready) {
    if plan.unknown != UnknownValues::Accept || !around.dry_run {
        return;
    }
    for (index, _) in std::mem::take(&mut ready.row.unknown) {
        let name = plan.bindings[index].field.name();
        ready.row.values.remove(name);
        ready.pending.push(name.to_owned());
    }
}

fn create(plan: &Plan, ready: &Ready) -> Operation {
    Operation::Create { object: plan.object.name().to_owned(), values: ready.row.values.clone() }
}

fn upsert(around: &Around<'_>, plan: &Plan, keys: &HashMap<Cell, RecordId>, seen: &mut HashSet<Cell>, ready: &mut Ready) -> Operation {
    let key = plan.key.clone().unwrap_or_default();
    if !plan.defaults.is_empty() {
        let cell = key_cell(around, plan, &key, &ready.row.values);
        let new = cell.is_none_or(|cell| !keys.contains_key(&cell) && seen.insert(cell));
        if new {
            fill_defaults(plan, &mut ready.row);
        }
    }
    if ready.row.values.get(&key).is_none_or(Value::is_null) {
        return create(plan, ready);
    }
    Operation::Upsert { object: plan.object.name().to_owned(), key, values: ready.row.values.clone() }
}

fn update(around: &Around<'_>, plan: &Plan, keys: &HashMap<Cell, RecordId>, ready: &mut Ready) -> Result<Operation, Refusal> {
    fill_defaults(plan, &mut ready.row);
    let key = plan.key.as_deref().unwrap_or("id");
    let found = if key == "id" {
        let text = ready.row.values.remove("id").and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        around.org.schema().parse_id(&text).filter(|(object, _)| object.no == plan.object.no).map(|(_, id)| id)
    } else {
        key_cell(around, plan, key, &ready.row.values).and_then(|cell| keys.get(&cell).copied())
    };
    let id = found.ok_or_else(|| {
        let shown = ready.row.values.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
        Refusal::new(
            key,
            format!("没有“{key}”为“{shown}”的记录可更新；如需新建请选择“有则更新，无则新建”"),
            format!("there is no record with {key} “{shown}” to update; choose “create or update” to make it"),
        )
    })?;
    Ok(Operation::Update { id, values: ready.row.values.clone(), version: None })
}

/// The refusals that an error of the write door means for a row.
pub(crate) fn refusals(error: &Error, pending: &[String]) -> Vec<Refusal> {
    let field = |name: &str| {
        name.split_once("].")
            .filter(|(head, _)| head.starts_with("operations["))
            .map_or_else(|| name.to_owned(), |(_, rest)| rest.to_owned())
    };
    if error.fields.is_empty() {
        let Label { zh, en, .. } = error.message.clone();
        return vec![Refusal::new("", zh, en)];
    }
    let all = error.fields.iter().map(|f| Refusal { field: field(&f.field), message: f.message.clone() });
    all.filter(|r| !pending.contains(&r.field)).collect()
}
