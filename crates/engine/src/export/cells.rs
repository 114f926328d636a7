//! Values as cells of a table: readable, and never a formula.

use std::borrow::Cow;

use guanxi_model::meta::FieldType;
use guanxi_model::money::{self, currency, format_scaled};
use guanxi_model::render::{date_text, set_members};
use guanxi_model::{Cell, Ctx, RecordId, Schema};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A text that a spreadsheet program could take for a formula gets an apostrophe in front (OWASP, CSV injection); plain numbers
/// are left alone.
pub(crate) fn safe_cell(text: &str) -> Cow<'_, str> {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if risky && !is_plain_number(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut points = 0;
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| {
            points += usize::from(b == b'.');
            b.is_ascii_digit() || b == b'.'
        })
        && points <= 1
}

/// One cell of the table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Out {
    /// Nothing.
    Empty,
    /// A number, as plain decimal text.
    Number(String),
    /// Text.
    Text(String),
}

/// What the values of one output become.
pub(crate) struct Writer<'a> {
    schema: &'a Schema,
    zone: TimeZone,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(schema: &'a Schema, ctx: &Ctx) -> Writer<'a> {
        Writer { schema, zone: TimeZone::get(&ctx.time_zone).unwrap_or(TimeZone::UTC) }
    }

    /// The cell of a value; `labels` gives the words for picklist values.
    pub(crate) fn cell(&self, ty: &FieldType, cells: &[Cell], label: impl Fn(&str) -> Option<String>) -> Out {
        let Some(first) = cells.first() else { return Out::Empty };
        match (ty, first) {
            (FieldType::Address, _) => text(cells.iter().filter_map(Cell::as_text).collect::<Vec<_>>().join(" ")),
            (FieldType::Phone, _) => cells.get(1).and_then(Cell::as_text).or(first.as_text()).map_or(Out::Empty, |t| text(t.to_owned())),
            (_, Cell::Null) => Out::Empty,
            (FieldType::Money, Cell::Int(minor)) => {
                let code = cells.get(1).and_then(Cell::as_text).and_then(currency);
                Out::Number(format_scaled(*minor, code.map_or(2, money::exponent)))
            }
            (FieldType::Boolean, cell) => text(if cell.as_bool() == Some(true) { "true" } else { "false" }.to_owned()),
            (FieldType::Id | FieldType::Lookup { .. } | FieldType::User | FieldType::File, Cell::Int(id)) => {
                text(self.schema.id_text(RecordId(*id)))
            }
            (FieldType::Decimal { scale } | FieldType::Percent { scale }, Cell::Int(i)) => Out::Number(format_scaled(*i, *scale)),
            (FieldType::Date, Cell::Int(days)) => text(date_text(*days)),
            (FieldType::DateTime, Cell::Int(us)) => text(self.moment(*us)),
            (FieldType::MultiPicklist { .. } | FieldType::Tags, Cell::Text(set)) => {
                text(set_members(set).map(|m| label(m).unwrap_or_else(|| m.to_owned())).collect::<Vec<_>>().join("; "))
            }
            (_, Cell::Text(t)) => text(label(t).unwrap_or_else(|| t.clone())),
            (_, Cell::Int(i)) => Out::Number(i.to_string()),
            (_, Cell::Bool(b)) => text(b.to_string()),
        }
    }

    /// A time in the user's zone, as spreadsheets read it.
    fn moment(&self, us: i64) -> String {
        Timestamp::from_microsecond(us).map(|t| t.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
    }
}

fn text(text: String) -> Out {
    if text.is_empty() { Out::Empty } else { Out::Text(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_made_harmless() {
        for risky in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\rx", "＝1", "-"] {
            assert_eq!(safe_cell(risky), format!("'{risky}"), "{risky}");
        }
        for plain in ["-12.50", "+7", "12", "abc", "", "a=b", "'x"] {
            assert_eq!(safe_cell(plain), plain);
        }
    }
}
