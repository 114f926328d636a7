//! A row of cells to values of fields, as far as that goes without the database: cleaned, mapped, lookups noted.

use serde_json::{Map, Value, json};

use super::clean;
use super::model::Refusal;
use super::plan::{Binding, Default, Match, Piece, Plan, Target};
use super::table::RawRow;

/// A row on its way.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The row as it was.
    pub(crate) raw: RawRow,
    /// Values by field.
    pub(crate) values: Map<String, Value>,
    /// References still to be found: the binding and the cell.
    pub(crate) lookups: Vec<(usize, String)>,
    /// Picklist values that the field does not have: the binding and the cell.
    pub(crate) unknown: Vec<(usize, String)>,
    /// Why it cannot be written.
    pub(crate) refusals: Vec<Refusal>,
}

/// Prepares a row.
pub(crate) fn prepare(plan: &Plan, raw: RawRow) -> Prepared {
    let mut row = Prepared { values: Map::new(), lookups: Vec::new(), unknown: Vec::new(), refusals: Vec::new(), raw };
    if row.raw.cells.iter().skip(plan.width).any(|c| !c.trim().is_empty()) {
        let (have, want) = (row.raw.cells.len(), plan.width);
        row.refusals.push(Refusal::new(
            "",
            format!("此行有 {have} 个单元格，标题只有 {want} 列；请检查分隔符与引号"),
            format!("the row has {have} cells, the header {want}; check delimiters and quotes"),
        ));
        return row;
    }
    let cells = std::mem::take(&mut row.raw.cells);
    for (index, binding) in plan.bindings.iter().enumerate() {
        let text = cell(&cells, binding);
        if is_error(text) {
            row.refusals.push(Refusal::new(
                binding.field.name(),
                format!("单元格是公式错误 {text}；请在表格里更正，或在值对照里改成别的值（可以为空）"),
                format!(
                    "the cell is the error {text} of a formula; correct it in the sheet, or map it to another value, which may be empty"
                ),
            ));
        } else if !text.is_empty() {
            take(plan, &mut row, index, binding, text);
        }
    }
    row.raw.cells = cells;
    row
}

/// Whether a cell holds what spreadsheet programs show for a formula that failed; a CSV file saved by them has it as text.
fn is_error(text: &str) -> bool {
    const ERRORS: [&str; 10] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"];
    ERRORS.contains(&text)
}

/// The cell of a binding, trimmed, without the mark that an export puts before what could be a formula, after its value map.
fn cell<'a>(cells: &'a csv::StringRecord, binding: &'a Binding) -> &'a str {
    let text = cells.get(binding.column).unwrap_or("").trim();
    let text = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(text);
    if binding.values.is_empty() { text } else { binding.values.get(text).map_or(text, String::as_str) }
}

fn take(plan: &Plan, row: &mut Prepared, index: usize, binding: &Binding, text: &str) {
    let name = binding.field.name();
    match &binding.target {
        Target::Value => match clean::value(&plan.rules, &binding.field, text) {
            Ok(value) => put(&mut row.values, name, value),
            Err(message) => row.refusals.push(Refusal { field: name.to_owned(), message }),
        },
        Target::Part(part) => put(&mut row.values, name, json!({ part: text })),
        Target::Picklist { known, restricted, multi } => {
            let mut chosen = Vec::new();
            let members: Vec<&str> = if *multi { clean::members(text, false).collect() } else { vec![text] };
            for member in members {
                match known.get(&member.to_lowercase()) {
                    Some(value) => chosen.push(Value::String(value.clone())),
                    None => {
                        if *restricted {
                            row.unknown.push((index, member.to_owned()));
                        }
                        chosen.push(Value::String(member.to_owned()));
                    }
                }
            }
            let value = if *multi { Value::Array(chosen) } else { chosen.pop().unwrap_or_default() };
            put(&mut row.values, name, value);
        }
        Target::Lookup(lookup) => match lookup.by {
            Match::Id => put(&mut row.values, name, Value::String(text.to_owned())),
            _ => row.lookups.push((index, text.to_owned())),
        },
    }
}

/// Sets a value; parts of a compound value come together.
fn put(values: &mut Map<String, Value>, name: &str, value: Value) {
    match (values.get_mut(name), value) {
        (Some(Value::Object(have)), Value::Object(more)) => have.extend(more),
        (Some(amount @ Value::String(_)), Value::Object(mut more)) => {
            more.insert("amount".to_owned(), amount.take());
            *amount = Value::Object(more);
        }
        (Some(Value::Object(have)), amount @ Value::String(_)) if have.contains_key("currency") => {
            drop(have.insert("amount".to_owned(), amount))
        }
        (_, value) => drop(values.insert(name.to_owned(), value)),
    }
}

/// Fills the values that the file gave no cell for.
pub(crate) fn fill_defaults(plan: &Plan, row: &mut Prepared) {
    for (field, default) in &plan.defaults {
        let name = field.name();
        if row.values.contains_key(name) || row.lookups.iter().any(|(b, _)| plan.bindings[*b].field.name() == name) {
            continue;
        }
        match default {
            Default::Value(value) => put(&mut row.values, name, value.clone()),
            Default::Template(pieces) => {
                let text = compose(plan, pieces, &row.raw.cells);
                if text.is_empty() {
                    continue;
                }
                match clean::value(&plan.rules, field, &text) {
                    Ok(value) => put(&mut row.values, name, value),
                    Err(message) => row.refusals.push(Refusal { field: name.to_owned(), message }),
                }
            }
        }
    }
}

/// The text of a template; cells go through the value map of their column, and separators around empty cells go.
fn compose(plan: &Plan, pieces: &[Piece], cells: &csv::StringRecord) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(t) => {
                if !text.is_empty() || !t.chars().all(is_separator) {
                    text.push_str(t);
                }
            }
            Piece::Column(column) => {
                let raw = cells.get(*column).unwrap_or("").trim();
                let mapped = plan.bindings.iter().filter(|b| b.column == *column).find_map(|b| b.values.get(raw));
                text.push_str(mapped.map_or(raw, String::as_str));
            }
        }
    }
    text.trim_matches(is_separator).to_owned()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '·' | '-' | '–' | '—' | '/' | ',' | '，' | '|' | ':' | '：')
}
