//! Values in API form to cells in standard form, or the error that says what would be right.

use std::str::FromStr;

use guanxi_model::column::ADDRESS_PARTS;
use guanxi_model::meta::{FieldType, TextFormat};
use guanxi_model::money::{self, Currency, DecimalError, currency, parse_scaled};
use guanxi_model::render::days_of;
use guanxi_model::{Cell, Field, FieldError, Object, Schema};
use serde_json::{Map, Value};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::phone;

type Cells = Result<Vec<Cell>, FieldError>;

/// The longest e-mail address (RFC 5321 §4.5.3.1.3, less the angle brackets).
const MAX_EMAIL: usize = 254;

/// The longest web address.
const MAX_URL: usize = 2_000;

/// The most members of a set and the longest of them, in characters.
const MAX_MEMBERS: usize = 200;
const MAX_MEMBER: usize = 100;

/// The most possible values that an error names.
const MAX_NAMED: usize = 12;

/// The most bytes of a JSON value.
const MAX_JSON: usize = 262_144;

/// Turns a value into the cells of a field.
///
/// # Errors
/// What is wrong with the value and what would be right.
pub fn cells(schema: &Schema, object: &Object, field: &Field, value: &Value) -> Cells {
    let name = field.name();
    if value.is_null() || value.as_str().is_some_and(|t| t.trim().is_empty()) {
        return Ok(empty(field));
    }
    match &field.def.ty {
        FieldType::Id | FieldType::AutoNumber { .. } => {
            Err(error(name, "read_only", "此字段由系统填写", "this field is set by the system"))
        }
        FieldType::Text { max_length, format } => one_line(name, value, *max_length as usize, *format),
        FieldType::LongText { max_length } => long(name, value, *max_length as usize),
        FieldType::RichText => rich(name, value),
        FieldType::Integer { min, max } => integer(name, value, min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX)),
        FieldType::Duration => integer(name, value, 0, i64::MAX),
        FieldType::Rating { max } => integer(name, value, 0, i64::from(*max)),
        FieldType::Decimal { scale } | FieldType::Percent { scale } => Ok(vec![Cell::Int(scaled(name, value, *scale)?)]),
        FieldType::Money => money_cells(schema, name, value),
        FieldType::Boolean => value
            .as_bool()
            .map(|b| vec![Cell::Bool(b)])
            .ok_or_else(|| error(name, "invalid_boolean", "须为 true 或 false", "must be true or false")),
        FieldType::Date => date(name, value),
        FieldType::DateTime => date_time(name, value),
        FieldType::Picklist { restricted, .. } => picklist(schema, object, field, value, *restricted),
        FieldType::MultiPicklist { restricted, .. } => multi(schema, object, field, value, *restricted),
        FieldType::Tags => Ok(vec![set_cell(&members(name, value)?)]),
        FieldType::Email => email(name, value),
        FieldType::Phone => phone_cells(name, value),
        FieldType::Url => url(name, value),
        FieldType::Address => address(name, value),
        FieldType::Lookup { .. } | FieldType::User | FieldType::File => reference(schema, field, value),
        FieldType::Json => json(name, value),
    }
}

/// The cells of a field without a value.
pub fn empty(field: &Field) -> Vec<Cell> {
    match field.def.ty {
        FieldType::Boolean => vec![Cell::Bool(false)],
        _ => vec![Cell::Null; field.columns.len()],
    }
}

fn error(field: &str, code: &'static str, zh: &str, en: &str) -> FieldError {
    FieldError::new(field, code, zh, en)
}

fn text<'a>(name: &str, value: &'a Value) -> Result<&'a str, FieldError> {
    value.as_str().ok_or_else(|| error(name, "not_text", "须为文字", "must be a text"))
}

/// NFC, without leading and trailing white space.
fn clean(text: &str) -> String {
    let text = text.trim();
    if is_nfc_quick(text.chars()) == IsNormalized::Yes { text.to_owned() } else { text.nfc().collect() }
}

fn check_length(name: &str, text: &str, max: usize) -> Result<(), FieldError> {
    if text.len() <= max {
        return Ok(());
    }
    let length = text.chars().count();
    if length <= max {
        return Ok(());
    }
    Err(FieldError::new(
        name,
        "too_long",
        format!("最多 {max} 个字符，这里有 {length} 个"),
        format!("at most {max} characters; there are {length}"),
    ))
}

fn one_line(name: &str, value: &Value, max: usize, format: Option<TextFormat>) -> Cells {
    let mut text = clean(text(name, value)?);
    if text.chars().any(char::is_control) {
        text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    }
    check_length(name, &text, max)?;
    if format == Some(TextFormat::UnifiedSocialCreditCode) {
        text = text.to_ascii_uppercase();
        if !is_credit_code(&text) {
            return Err(error(
                name,
                "invalid_credit_code",
                "不是有效的统一社会信用代码（18 位，末位为校验码）",
                "is no valid unified social credit code (18 characters, the last one a check character)",
            ));
        }
    }
    Ok(vec![Cell::Text(text)])
}

/// Whether a 统一社会信用代码 is right: GB 32100-2015, weights 3^i mod 31 over the first 17 characters.
fn is_credit_code(text: &str) -> bool {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let place = |byte: &u8| ALPHABET.iter().position(|c| c == byte);
    let bytes = text.as_bytes();
    if bytes.len() != 18 {
        return false;
    }
    let mut sum = 0;
    let mut weight = 1;
    for byte in &bytes[..17] {
        let Some(digit) = place(byte) else { return false };
        sum += digit * weight;
        weight = weight * 3 % 31;
    }
    place(&bytes[17]) == Some((31 - sum % 31) % 31)
}

fn long(name: &str, value: &Value, max: usize) -> Cells {
    let text = clean(text(name, value)?).replace('\0', "");
    check_length(name, &text, max)?;
    Ok(vec![Cell::Text(text)])
}

/// HTML without anything active; at most 256 KB.
fn rich(name: &str, value: &Value) -> Cells {
    let html = clean(text(name, value)?);
    check_length(name, &html, MAX_JSON)?;
    Ok(vec![Cell::Text(ammonia::clean(&html))])
}

fn integer(name: &str, value: &Value, min: i64, max: i64) -> Cells {
    let number = match value {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as i64)),
        Value::String(t) => i64::from_str(t.trim()).ok(),
        _ => None,
    };
    let number = number.ok_or_else(|| error(name, "not_integer", "须为整数", "must be a whole number"))?;
    if number < min || number > max {
        return Err(match (min, max) {
            (i64::MIN, max) => FieldError::new(name, "out_of_range", format!("不得大于 {max}"), format!("must be at most {max}")),
            (min, i64::MAX) => FieldError::new(name, "out_of_range", format!("不得小于 {min}"), format!("must be at least {min}")),
            (min, max) => {
                FieldError::new(name, "out_of_range", format!("须在 {min} 与 {max} 之间"), format!("must be between {min} and {max}"))
            }
        });
    }
    Ok(vec![Cell::Int(number)])
}

fn scaled(name: &str, value: &Value, scale: u32) -> Result<i64, FieldError> {
    let text = match value {
        Value::Number(n) => n.to_string(),
        Value::String(t) => t.clone(),
        _ => return Err(error(name, "not_number", "须为数字", "must be a number")),
    };
    parse_scaled(&text, scale).map_err(|e| match e {
        DecimalError::Syntax => error(name, "not_number", "须为数字，如 1234.50", "must be a number such as 1234.50"),
        DecimalError::Scale(n) => FieldError::new(name, "too_precise", format!("最多 {n} 位小数"), format!("at most {n} decimal digits")),
        DecimalError::Range => error(name, "out_of_range", "数值过大", "the number is too large"),
    })
}

fn money_cells(schema: &Schema, name: &str, value: &Value) -> Cells {
    let (amount, code) = match value {
        Value::Object(parts) => {
            known_keys(name, parts, &["amount", "currency"])?;
            match parts.get("amount") {
                None | Some(Value::Null) => return Ok(vec![Cell::Null; 2]),
                Some(amount) => (amount, parts.get("currency").filter(|c| !c.is_null())),
            }
        }
        amount => (amount, None),
    };
    let code = match code {
        None => schema.settings.currency,
        Some(code) => enabled_currency(schema, name, code)?,
    };
    let minor = scaled(name, amount, money::exponent(code))?;
    Ok(vec![Cell::Int(minor), Cell::Text(code.code().to_owned())])
}

fn enabled_currency(schema: &Schema, name: &str, code: &Value) -> Result<Currency, FieldError> {
    let text = text(name, code)?;
    currency(text).filter(|c| schema.settings.currencies.contains(c)).ok_or_else(|| {
        let enabled = schema.settings.currencies.iter().map(|c| c.code()).collect::<Vec<_>>().join(", ");
        FieldError::new(
            format!("{name}.currency"),
            "currency_not_enabled",
            format!("币种“{text}”未启用；已启用：{enabled}"),
            format!("the currency “{text}” is not switched on; these are: {enabled}"),
        )
    })
}

fn date(name: &str, value: &Value) -> Cells {
    let date = text(name, value)?.trim().parse::<jiff::civil::Date>();
    let date = date.map_err(|_| error(name, "invalid_date", "须为日期，如 2026-11-21", "must be a date such as 2026-11-21"))?;
    Ok(vec![Cell::Int(days_of(date))])
}

pub(crate) fn date_time(name: &str, value: &Value) -> Cells {
    let time = text(name, value)?.trim().parse::<jiff::Timestamp>();
    let time = time.map_err(|_| {
        error(
            name,
            "invalid_date_time",
            "须为带时区的时间，如 2026-11-21T08:30:00Z",
            "must be a time with its zone, such as 2026-11-21T08:30:00Z",
        )
    })?;
    Ok(vec![Cell::Int(time.as_microsecond())])
}

fn check_listed(schema: &Schema, object: &Object, field: &Field, chosen: &str) -> Result<(), FieldError> {
    if schema.has_value(object, &field.def, chosen) {
        return Ok(());
    }
    let values = schema.values_of(object, &field.def);
    // The label first, for people; the value behind it, for programs.
    let (zh, en): (Vec<_>, Vec<_>) =
        values.iter().take(MAX_NAMED).map(|v| (format!("{}（{}）", v.label.zh, v.value), format!("{} ({})", v.label.en, v.value))).unzip();
    let more = values.len() > MAX_NAMED;
    Err(FieldError::new(
        field.name(),
        "not_in_picklist",
        format!("“{chosen}”不在可选值中：{}{}", zh.join("、"), if more { "……" } else { "" }),
        format!("“{chosen}” is not one of the values: {}{}", en.join(", "), if more { ", …" } else { "" }),
    ))
}

fn picklist(schema: &Schema, object: &Object, field: &Field, value: &Value, restricted: bool) -> Cells {
    let chosen = clean(text(field.name(), value)?);
    if restricted {
        check_listed(schema, object, field, &chosen)?;
    }
    check_length(field.name(), &chosen, 255)?;
    Ok(vec![Cell::Text(chosen)])
}

fn multi(schema: &Schema, object: &Object, field: &Field, value: &Value, restricted: bool) -> Cells {
    let chosen = members(field.name(), value)?;
    if restricted {
        for one in &chosen {
            check_listed(schema, object, field, one)?;
        }
    }
    Ok(vec![set_cell(&chosen)])
}

/// The members of a set value: each once, in the order given.
fn members(name: &str, value: &Value) -> Result<Vec<String>, FieldError> {
    let not_list = || error(name, "not_list", "须为文字列表，如 [\"甲\", \"乙\"]", "must be a list of texts such as [\"a\", \"b\"]");
    let items = match value {
        Value::Array(items) => items.iter().map(|i| i.as_str().ok_or_else(not_list)).collect::<Result<Vec<_>, _>>()?,
        _ => return Err(not_list()),
    };
    let mut found: Vec<String> = Vec::with_capacity(items.len());
    for item in items {
        let item = clean(item);
        if item.contains(';') {
            return Err(error(name, "semicolon", "值中不能含分号", "a value may not contain a semicolon"));
        }
        check_length(name, &item, MAX_MEMBER)?;
        if !item.is_empty() && !found.contains(&item) {
            found.push(item);
        }
    }
    if found.len() > MAX_MEMBERS {
        return Err(FieldError::new(name, "too_many", format!("最多 {MAX_MEMBERS} 个值"), format!("at most {MAX_MEMBERS} values")));
    }
    Ok(found)
}

fn set_cell(members: &[String]) -> Cell {
    if members.is_empty() { Cell::Null } else { Cell::Text(format!(";{};", members.join(";"))) }
}

fn email(name: &str, value: &Value) -> Cells {
    email_address(name, text(name, value)?).map(|address| vec![Cell::Text(address)])
}

/// An e-mail address in its standard form.
pub(crate) fn email_address(name: &str, typed: &str) -> std::result::Result<String, FieldError> {
    let text = clean(typed).to_lowercase();
    let right = text.len() <= MAX_EMAIL
        && text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && user.len() <= 64
                && host.contains('.')
                && !host.starts_with(['.', '-'])
                && !host.ends_with(['.', '-'])
                && !host.contains("..")
                && host.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-')
        })
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>(),;:\"".contains(c));
    if right {
        Ok(text)
    } else {
        Err(error(name, "invalid_email", "须为电子邮箱，如 wang@example.com", "must be an e-mail address such as wang@example.com"))
    }
}

fn phone_cells(name: &str, value: &Value) -> Cells {
    let typed = match value {
        Value::Object(parts) => {
            known_keys(name, parts, &["e164", "typed"])?;
            match parts.get("typed").filter(|v| !v.is_null()).or(parts.get("e164")) {
                None | Some(Value::Null) => return Ok(vec![Cell::Null; 2]),
                Some(typed) => text(name, typed)?,
            }
        }
        other => text(name, other)?,
    };
    let typed = clean(typed);
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    let strange = typed.chars().any(|c| !(c.is_ascii_digit() || " +-()./,;#*转分机extEXT　（）－".contains(c)));
    if digits < 3 || strange || typed.chars().count() > 40 {
        return Err(error(
            name,
            "invalid_phone",
            "须为电话号码，如 138 0013 8000 或 +1 650 253 0000",
            "must be a phone number such as 138 0013 8000 or +1 650 253 0000",
        ));
    }
    Ok(vec![phone::e164(&typed).into(), Cell::Text(typed)])
}

fn url(name: &str, value: &Value) -> Cells {
    let typed = clean(text(name, value)?);
    let full = if typed.contains("://") { typed } else { format!("https://{typed}") };
    let host = full.strip_prefix("https://").or_else(|| full.strip_prefix("http://"));
    let right = host.is_some_and(|h| !h.is_empty() && !h.starts_with(['/', '.', ':']))
        && !full.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"".contains(c));
    if !right {
        return Err(error(name, "invalid_url", "须为 http 或 https 网址", "must be an http or https address"));
    }
    check_length(name, &full, MAX_URL)?;
    Ok(vec![Cell::Text(full)])
}

fn known_keys(name: &str, parts: &Map<String, Value>, known: &[&str]) -> Result<(), FieldError> {
    match parts.keys().find(|k| !known.contains(&k.as_str())) {
        None => Ok(()),
        Some(key) => Err(FieldError::new(
            format!("{name}.{key}"),
            "unknown_part",
            format!("没有这一部分；可用：{}", known.join(", ")),
            format!("there is no such part; there are: {}", known.join(", ")),
        )),
    }
}

fn address(name: &str, value: &Value) -> Cells {
    let Value::Object(parts) = value else {
        return Err(error(
            name,
            "not_address",
            "须为地址对象（country、province、city、district、street、postal_code）",
            "must be an address object (country, province, city, district, street, postal_code)",
        ));
    };
    known_keys(name, parts, &ADDRESS_PARTS)?;
    ADDRESS_PARTS
        .iter()
        .map(|part| match parts.get(*part) {
            None | Some(Value::Null) => Ok(Cell::Null),
            Some(value) => {
                let path = format!("{name}.{part}");
                let text = clean(text(&path, value)?);
                check_length(&path, &text, 255)?;
                Ok(if text.is_empty() { Cell::Null } else { Cell::Text(text) })
            }
        })
        .collect()
}

fn reference(schema: &Schema, field: &Field, value: &Value) -> Cells {
    let name = field.name();
    let targets = field.def.ty.targets();
    let found = text(name, value).ok().and_then(|t| schema.parse_id(t.trim()));
    match found {
        Some((object, id)) if targets.contains(&object.name()) => Ok(vec![Cell::Int(id.0)]),
        _ => {
            let labels = |lang| {
                targets.iter().filter_map(|t| schema.object(t)).map(|o| o.def.label.get(lang).to_owned()).collect::<Vec<_>>().join(", ")
            };
            Err(FieldError::new(
                name,
                "invalid_reference",
                format!("须为记录编号（{}）", labels(guanxi_model::Lang::Zh)),
                format!("must be the id of a record ({})", labels(guanxi_model::Lang::En)),
            ))
        }
    }
}

fn json(name: &str, value: &Value) -> Cells {
    let text = value.to_string();
    if text.len() > MAX_JSON || text.contains("\\u0000") {
        return Err(error(name, "invalid_json", "JSON 最多 256 KB，且不能含空字符", "JSON of at most 256 KB without null characters"));
    }
    Ok(vec![Cell::Text(text)])
}

#[cfg(test)]
mod tests {
    use super::is_credit_code;

    #[test]
    fn credit_codes_are_checked() {
        // 91350100M000100Y43 is the worked example of GB 32100-2015.
        assert!(is_credit_code("91350100M000100Y43"));
        assert!(!is_credit_code("91350100M000100Y44"));
        assert!(!is_credit_code("91350100M000100I43"));
    }
}
