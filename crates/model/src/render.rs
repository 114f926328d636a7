//! Stored cells to the JSON that the API shows. Written straight into a byte buffer: it is the hot path of every read.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::cell::Cell;
use crate::column::ADDRESS_PARTS;
use crate::id::RecordId;
use crate::meta::FieldType;
use crate::money::{self, currency, format_scaled};
use crate::schema::Schema;

/// Writes the JSON of one field's value; `cells` are its columns in the order of [`crate::meta::FieldDef::columns`].
pub fn write_value(out: &mut Vec<u8>, schema: &Schema, ty: &FieldType, cells: &[Cell]) {
    match ty {
        FieldType::Address => return write_address(out, cells),
        FieldType::Phone => return write_phone(out, cells),
        FieldType::Money => return write_money(out, cells),
        _ => {}
    }
    let Some(cell) = cells.first() else { return out.extend_from_slice(b"null") };
    match (ty, cell) {
        (_, Cell::Null) => out.extend_from_slice(b"null"),
        (FieldType::Boolean, cell) => out.extend_from_slice(if cell.as_bool() == Some(true) { b"true" } else { b"false" }),
        (FieldType::Id | FieldType::Lookup { .. } | FieldType::User | FieldType::File, Cell::Int(i)) => {
            quoted_bytes(out, &schema.id_bytes(RecordId(*i)));
        }
        (FieldType::Decimal { scale } | FieldType::Percent { scale }, Cell::Int(i)) => quoted(out, &format_scaled(*i, *scale)),
        (FieldType::Date, Cell::Int(days)) => quoted(out, &date_text(*days)),
        (FieldType::DateTime, Cell::Int(us)) => {
            out.push(b'"');
            write_time(out, *us);
            out.push(b'"');
        }
        (FieldType::MultiPicklist { .. } | FieldType::Tags, Cell::Text(set)) => write_set(out, set),
        (FieldType::Json, Cell::Text(text)) => out.extend_from_slice(text.as_bytes()),
        (_, Cell::Int(i)) => out.extend_from_slice(i.to_string().as_bytes()),
        (_, Cell::Bool(b)) => out.extend_from_slice(if *b { b"true" } else { b"false" }),
        (_, Cell::Text(text)) => string(out, text),
    }
}

/// The JSON of one field's value.
pub fn value(schema: &Schema, ty: &FieldType, cells: &[Cell]) -> serde_json::Value {
    let mut out = Vec::new();
    write_value(&mut out, schema, ty, cells);
    serde_json::from_slice(&out).unwrap_or_default()
}

/// Writes a JSON string with its escapes (RFC 8259 §7).
pub fn string(out: &mut Vec<u8>, text: &str) {
    // Without an early end, so that many bytes are looked at together: next to no text has anything to escape.
    if !text.bytes().fold(false, |found, b| found | (b < 0x20) | (b == b'"') | (b == b'\\')) {
        return quoted(out, text);
    }
    out.push(b'"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..=0x1f => b"",
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[from..at]);
        if escape.is_empty() {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
        } else {
            out.extend_from_slice(escape);
        }
        from = at + 1;
    }
    out.extend_from_slice(&text.as_bytes()[from..]);
    out.push(b'"');
}

/// A date as `2026-11-21` from its days since 1970-01-01.
pub fn date_text(days: i64) -> String {
    let mut out = Vec::with_capacity(10);
    if let Some(date) = date_from_days(days) {
        write_date(&mut out, date);
    }
    String::from_utf8(out).unwrap_or_default()
}

/// Writes a date as `2026-11-21` (years outside 0 to 9999 in the library's form).
fn write_date(out: &mut Vec<u8>, date: Date) {
    let (Ok(year @ 0..), month, day) = (u32::try_from(date.year()), date.month(), date.day()) else {
        return out.extend_from_slice(date.to_string().as_bytes());
    };
    digits(out, year, 4);
    out.push(b'-');
    digits(out, month.unsigned_abs().into(), 2);
    out.push(b'-');
    digits(out, day.unsigned_abs().into(), 2);
}

/// Writes a number with leading zeros.
fn digits(out: &mut Vec<u8>, number: u32, width: u32) {
    for place in (0..width).rev() {
        out.push(b'0' + (number / 10_u32.pow(place) % 10) as u8);
    }
}

/// Days since 1970-01-01 as a date; `None` outside the calendar's range (years −9999 to 9999).
pub fn date_from_days(days: i64) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// A date as days since 1970-01-01.
pub fn days_of(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from((date - epoch).get_days())
}

/// A time as RFC 3339 in UTC with microseconds.
pub fn time_text(us: i64) -> String {
    let mut out = Vec::with_capacity(27);
    write_time(&mut out, us);
    String::from_utf8(out).unwrap_or_default()
}

/// Writes a time as RFC 3339 in UTC with microseconds; nothing outside the calendar's range.
fn write_time(out: &mut Vec<u8>, us: i64) {
    let Ok(time) = Timestamp::from_microsecond(us) else { return };
    let at = Offset::UTC.to_datetime(time);
    write_date(out, at.date());
    for (before, number) in [(b'T', at.hour()), (b':', at.minute()), (b':', at.second())] {
        out.push(before);
        digits(out, number.unsigned_abs().into(), 2);
    }
    out.push(b'.');
    digits(out, at.subsec_nanosecond().unsigned_abs() / 1_000, 6);
    out.push(b'Z');
}

/// The members of a stored set (`;a;b;`).
pub fn set_members(set: &str) -> impl Iterator<Item = &str> {
    set.split(';').filter(|m| !m.is_empty())
}

fn quoted(out: &mut Vec<u8>, text: &str) {
    quoted_bytes(out, text.as_bytes());
}

fn quoted_bytes(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

fn write_set(out: &mut Vec<u8>, set: &str) {
    out.push(b'[');
    for (i, member) in set_members(set).enumerate() {
        if i > 0 {
            out.push(b',');
        }
        string(out, member);
    }
    out.push(b']');
}

fn write_money(out: &mut Vec<u8>, cells: &[Cell]) {
    let (Some(Cell::Int(minor)), code) = (cells.first(), cells.get(1).and_then(Cell::as_text).unwrap_or("")) else {
        return out.extend_from_slice(b"null");
    };
    let exponent = currency(code).map_or(2, money::exponent);
    out.extend_from_slice(b"{\"amount\":");
    quoted(out, &format_scaled(*minor, exponent));
    out.extend_from_slice(b",\"currency\":");
    quoted(out, code);
    out.push(b'}');
}

fn write_phone(out: &mut Vec<u8>, cells: &[Cell]) {
    let typed = cells.get(1).and_then(Cell::as_text);
    let e164 = cells.first().and_then(Cell::as_text);
    if typed.is_none() && e164.is_none() {
        return out.extend_from_slice(b"null");
    }
    write_texts(out, [("e164", e164), ("typed", typed)].into_iter());
}

fn write_address(out: &mut Vec<u8>, cells: &[Cell]) {
    if cells.iter().all(Cell::is_null) {
        return out.extend_from_slice(b"null");
    }
    write_texts(out, ADDRESS_PARTS.iter().zip(cells).map(|(part, cell)| (*part, cell.as_text())));
}

fn write_texts<'a>(out: &mut Vec<u8>, parts: impl Iterator<Item = (&'a str, Option<&'a str>)>) {
    out.push(b'{');
    for (i, (key, text)) in parts.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        quoted(out, key);
        out.push(b':');
        match text {
            Some(text) => string(out, text),
            None => out.extend_from_slice(b"null"),
        }
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_look_as_the_api_promises() {
        let schema = Schema::default();
        let show = |ty: &FieldType, cells: &[Cell]| value(&schema, ty, cells);
        assert_eq!(show(&FieldType::Money, &[105_400.into(), "CNY".into()]), json!({"amount": "1054.00", "currency": "CNY"}));
        assert_eq!(show(&FieldType::Money, &[1054.into(), "JPY".into()]), json!({"amount": "1054", "currency": "JPY"}));
        assert_eq!(show(&FieldType::Date, &[20_778.into()]), json!("2026-11-21"));
        assert_eq!(show(&FieldType::DateTime, &[1_000_000.into()]), json!("1970-01-01T00:00:01.000000Z"));
        for us in [-62_167_219_200_000_001, -62_167_219_200_000_000, -1, 0, 1_795_000_012_345_678, 253_402_207_200_000_000] {
            let time = Timestamp::from_microsecond(us).expect("in range");
            assert_eq!(time_text(us), format!("{time:.6}"));
        }
        assert_eq!((date_text(-1), date_text(20_778)), ("1969-12-31".to_owned(), "2026-11-21".to_owned()));
        assert_eq!(show(&FieldType::Tags, &[";a;b\"c;".into()]), json!(["a", "b\"c"]));
        assert_eq!(show(&FieldType::Phone, &["+8613800138000".into(), Cell::Null]), json!({"e164": "+8613800138000", "typed": null}));
        assert_eq!(show(&FieldType::Text { max_length: 9, format: None }, &["a\u{1}\n".into()]), json!("a\u{1}\n"));
    }
}
