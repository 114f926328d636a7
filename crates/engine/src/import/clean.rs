//! One cell's text to the value the write door takes, by the type of its field.

use guanxi_model::meta::FieldType;
use guanxi_model::{Field, Label};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::model::DateOrder;
use super::{address, dates, numbers};

/// What cleaning needs to know besides the field.
pub(crate) struct Rules {
    /// Order of day, month and year.
    pub(crate) order: DateOrder,
    /// Whether a bare number can be a spreadsheet's date.
    pub(crate) serial_dates: bool,
    /// The zone of times without one.
    pub(crate) zone: TimeZone,
    /// Currency of amounts without one.
    pub(crate) currency: Option<String>,
}

/// Cleans a cell that is not empty. Picklists and references are not done here.
///
/// # Errors
/// What is wrong and what would be right.
pub(crate) fn value(rules: &Rules, field: &Field, text: &str) -> Result<Value, Label> {
    match &field.def.ty {
        FieldType::Integer { .. } | FieldType::Rating { .. } => number(text).map(|n| Value::String(without_zero_fraction(&n.plain))),
        FieldType::Percent { .. } => number(text).map(|n| Value::String(n.plain)),
        FieldType::Decimal { .. } => number(text).map(|n| Value::String(n.value())),
        FieldType::Money => money(rules, text),
        FieldType::Duration => duration(text),
        FieldType::Boolean => boolean(text).map(Value::Bool),
        FieldType::Date => dates::date(text, rules.order, rules.serial_dates).map(Value::String).ok_or_else(|| not_a_date(text)),
        FieldType::DateTime => {
            dates::date_time(text, rules.order, rules.serial_dates, &rules.zone).map(Value::String).ok_or_else(|| not_a_date(text))
        }
        FieldType::Email => Ok(Value::String(email(text))),
        FieldType::Phone => phone(text),
        FieldType::Tags => Ok(Value::Array(members(text, true).map(|m| Value::String(m.to_owned())).collect())),
        FieldType::Address => Ok(address::parts(text)),
        FieldType::Json => Ok(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// The members of a cell that holds several values.
pub(crate) fn members(text: &str, commas: bool) -> impl Iterator<Item = &str> {
    text.split(move |c| matches!(c, ';' | '；' | '|' | '\n' | '、') || (commas && matches!(c, ',' | '，')))
        .map(str::trim)
        .filter(|m| !m.is_empty())
}

fn number(text: &str) -> Result<numbers::Number, Label> {
    numbers::parse(text)
        .ok_or_else(|| Label::new(format!("“{text}”不是数字，应如 1234.50"), format!("“{text}” is no number; write it as 1234.50")))
}

/// `12.0` as `12`; anything else unchanged.
fn without_zero_fraction(plain: &str) -> String {
    match plain.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b == b'0') => whole.to_owned(),
        _ => plain.to_owned(),
    }
}

fn money(rules: &Rules, text: &str) -> Result<Value, Label> {
    let number = number(text)?;
    Ok(match number.currency.or_else(|| rules.currency.clone()) {
        Some(code) => json!({ "amount": number.plain, "currency": code }),
        None => Value::String(number.plain),
    })
}

/// Seconds, or `h:mm` or `h:mm:ss`.
fn duration(text: &str) -> Result<Value, Label> {
    if let Some(n) = numbers::parse(text) {
        return Ok(Value::String(without_zero_fraction(&n.plain)));
    }
    let parts: Option<Vec<u64>> = text.split(':').map(|p| p.trim().parse().ok()).collect();
    match parts.as_deref() {
        Some([h, m]) if *m < 60 => Ok(json!(h * 3600 + m * 60)),
        Some([h, m, s]) if *m < 60 && *s < 60 => Ok(json!(h * 3600 + m * 60 + s)),
        _ => Err(Label::new(
            format!("“{text}”不是时长，应如 1:30:00 或秒数"),
            format!("“{text}” is no length of time; write 1:30:00 or seconds"),
        )),
    }
}

/// Reads a truth value.
///
/// # Errors
/// What would be right.
pub(crate) fn boolean(text: &str) -> Result<bool, Label> {
    const YES: [&str; 16] = ["是", "有", "对", "真", "启用", "yes", "y", "true", "t", "1", "on", "√", "✓", "active", "enabled", "1.0"];
    const NO: [&str; 16] = ["否", "无", "错", "假", "停用", "no", "n", "false", "f", "0", "off", "×", "✗", "inactive", "disabled", "0.0"];
    let lower = text.trim().to_lowercase();
    if YES.contains(&lower.as_str()) {
        Ok(true)
    } else if NO.contains(&lower.as_str()) {
        Ok(false)
    } else {
        Err(Label::new(format!("“{text}”应为 是 或 否"), format!("“{text}” should be yes or no")))
    }
}

fn not_a_date(text: &str) -> Label {
    Label::new(
        format!("“{text}”不是日期；应如 2026-11-21，其他写法请在映射中选择日期顺序"),
        format!("“{text}” is no date; write 2026-11-21, or choose the order of day and month in the mapping"),
    )
}

/// `Wang <wang@example.com>` and `mailto:wang@example.com` as the address alone.
fn email(text: &str) -> String {
    let text = text.replace('＠', "@");
    let inner = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(text.as_str(), |(inner, _)| inner);
    let inner = inner.trim();
    inner.get(..7).filter(|head| head.eq_ignore_ascii_case("mailto:")).map_or(inner, |_| &inner[7..]).to_owned()
}

fn phone(text: &str) -> Result<Value, Label> {
    let bytes = text.as_bytes();
    let damaged = bytes.first().is_some_and(u8::is_ascii_digit) && (text.contains("E+") || text.contains("e+"));
    if damaged {
        return Err(Label::new(
            format!("“{text}”已被电子表格改写为科学计数，号码不完整；请把该列设为文本后重新导出"),
            format!(
                "“{text}” was turned into a power of ten by a spreadsheet program and is incomplete; format that column as text and save again"
            ),
        ));
    }
    Ok(Value::String(text.strip_suffix(".0").unwrap_or(text).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_model::Object;

    fn clean(ty: &str, text: &str) -> Result<Value, Label> {
        let def = json!({"name": "thing", "label": {"zh": "物", "en": "Thing"}, "module": "sales", "fields": [
            {"name": "f", "label": {"zh": "值", "en": "Value"}, "type": ty, "scale": 2}]});
        let object = Object::new(1, "a00".to_owned(), serde_json::from_value(def).unwrap());
        let rules = Rules { order: DateOrder::Mdy, serial_dates: false, zone: TimeZone::UTC, currency: Some("USD".to_owned()) };
        value(&rules, object.field("f").unwrap(), text)
    }

    #[test]
    fn cells_become_what_the_write_door_takes() {
        for (ty, text, want) in [
            ("integer", "1,234.0", json!("1234")),
            ("decimal", "¥1,234.50", json!("1234.50")),
            ("percent", "12.5%", json!("12.5")),
            ("percent", "25", json!("25")),
            ("decimal", "25%", json!("0.25")),
            ("decimal", "-112.5%", json!("-1.125")),
            ("money", "1054", json!({"amount": "1054", "currency": "USD"})),
            ("money", "EUR 10", json!({"amount": "10", "currency": "EUR"})),
            ("boolean", "是", json!(true)),
            ("boolean", "False", json!(false)),
            ("date", "2/1/2018", json!("2018-02-01")),
            ("email", "Wang <Wang@Example.com>", json!("Wang@Example.com")),
            ("tags", "a; b、c,d", json!(["a", "b", "c", "d"])),
            ("duration", "1:30", json!(5400)),
            ("phone", "13800138000.0", json!("13800138000")),
        ] {
            assert_eq!(clean(ty, text), Ok(want), "{ty} {text}");
        }
        for (ty, text) in [("integer", "x"), ("boolean", "maybe"), ("date", "31/31/2018"), ("phone", "1.38E+10")] {
            assert!(clean(ty, text).is_err(), "{ty} {text}");
        }
    }
}
