//! Cursors: where the next page starts. A cursor says nothing but the position; rights are checked again for every page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guanxi_model::column::ColumnType;
use guanxi_model::{Cell, Error, Result};
use serde_json::{Value, json};

use super::order::Key;
use crate::dates::{is_date, is_time};
use crate::hash::fnv64;
use crate::print::print;
use crate::tree::Query;

/// The longest cursor read, in bytes.
const MAX_CURSOR: usize = 256 * 1024;

/// A position in a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cursor {
    /// The values of the last row's keys.
    pub(crate) values: Vec<Cell>,
    /// How many records the query's own limit still allows.
    pub(crate) remaining: Option<u32>,
}

/// What a cursor belongs to: the same object, condition and order.
pub(crate) fn shape(query: &Query) -> String {
    let same = Query { select: Vec::new(), limit: None, ..query.clone() };
    format!("{:016x}", fnv64(format!("{}{}", print(&same), if query.deleted { " bin" } else { "" }).as_bytes()))
}

impl Cursor {
    /// The cursor's text.
    pub(crate) fn encode(&self, shape: &str) -> String {
        let values: Vec<Value> = self
            .values
            .iter()
            .map(|cell| match cell {
                Cell::Null => Value::Null,
                Cell::Bool(b) => json!(b),
                Cell::Int(i) => json!(i),
                Cell::Text(t) => json!(t),
            })
            .collect();
        URL_SAFE_NO_PAD.encode(json!({"q": shape, "k": values, "r": self.remaining}).to_string())
    }

    /// Reads a cursor of a query of this shape with these keys.
    pub(crate) fn decode(text: &str, shape: &str, keys: &[Key]) -> Result<Cursor> {
        if text.len() > MAX_CURSOR {
            return Err(bad_cursor());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|e| bad_cursor().because(e))?;
        let json: Value = serde_json::from_slice(&bytes).map_err(|e| bad_cursor().because(e))?;
        let values = json["k"].as_array().filter(|v| v.len() == keys.len()).ok_or_else(bad_cursor)?;
        if json["q"] != shape {
            return Err(bad_cursor());
        }
        let values = values.iter().zip(keys).map(|(value, key)| cell(value, key)).collect::<Option<Vec<Cell>>>().ok_or_else(bad_cursor)?;
        let remaining = match &json["r"] {
            Value::Null => None,
            value => Some(value.as_u64().and_then(|r| u32::try_from(r).ok()).ok_or_else(bad_cursor)?),
        };
        Ok(Cursor { values, remaining })
    }
}

/// The value of a key, if it can be one.
fn cell(value: &Value, key: &Key) -> Option<Cell> {
    match (value, key.ty) {
        (Value::Null, _) if key.nullable => Some(Cell::Null),
        (Value::String(text), ColumnType::Text | ColumnType::Json) if !text.contains('\0') => Some(text.as_str().into()),
        (Value::Bool(b), ColumnType::Boolean) => Some((*b).into()),
        (Value::Number(n), ColumnType::Boolean) => n.as_i64().map(|i| Cell::Bool(i != 0)),
        (Value::Number(n), ColumnType::Integer) => n.as_i64().map(Cell::Int),
        (Value::Number(n), ColumnType::Date) => n.as_i64().filter(|days| is_date(*days)).map(Cell::Int),
        (Value::Number(n), ColumnType::Timestamp) => n.as_i64().filter(|us| is_time(*us)).map(Cell::Int),
        _ => None,
    }
}

fn bad_cursor() -> Error {
    Error::bad_request(
        "bad_cursor",
        "分页标记无效，或不属于这个查询；请从第一页重新读取。",
        "The cursor is not valid, or not of this query; please start at the first page.",
    )
}
