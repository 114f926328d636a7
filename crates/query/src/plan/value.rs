//! Literals of a condition as values of the field they are compared with.

use guanxi_model::meta::FieldType;
use guanxi_model::money::{DecimalError, exponent, parse_scaled};
use guanxi_model::{Cell, Ctx, Error, Result, Schema};
use jiff::Timestamp;
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::joins::Operand;
use crate::dates::{Calendar, Days, is_time};
use crate::tree::Literal;

/// The longest pattern of `LIKE` in characters.
const MAX_PATTERN: usize = 1_000;

/// What a literal means for a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Empty.
    Null,
    /// One value.
    One(Cell),
    /// From the first, before the second.
    Range(Cell, Cell),
    /// A phone number: in E.164, or as typed.
    Phone(Cell, Cell),
    /// A value the field cannot have.
    Nothing,
}

/// Turns literals into values.
#[derive(Debug)]
pub(crate) struct Values<'a> {
    ctx: &'a Ctx,
    schema: &'a Schema,
    calendar: Option<Calendar>,
}

impl<'a> Values<'a> {
    pub(crate) fn new(ctx: &'a Ctx, schema: &'a Schema) -> Values<'a> {
        Values { ctx, schema, calendar: None }
    }

    pub(crate) fn ctx(&self) -> &'a Ctx {
        self.ctx
    }

    pub(crate) fn schema(&self) -> &'a Schema {
        self.schema
    }

    fn calendar(&mut self) -> &Calendar {
        self.calendar.get_or_insert_with(|| Calendar::new(self.ctx, self.schema))
    }

    /// The value of a literal, or `bad_value` saying what the field is compared with.
    pub(crate) fn value(&mut self, operand: &Operand, literal: &Literal) -> Result<Value> {
        if *literal == Literal::Null {
            return Ok(Value::Null);
        }
        if let Literal::Json(text) = literal {
            return self.value(operand, &typed(&operand.ty, text));
        }
        match &operand.ty {
            FieldType::Id | FieldType::Lookup { .. } | FieldType::User | FieldType::File => self.id(operand, literal),
            FieldType::Text { .. } | FieldType::Picklist { .. } | FieldType::Url | FieldType::AutoNumber { .. } => {
                Ok(Value::One(text(operand, literal)?.into()))
            }
            FieldType::Email => Ok(Value::One(text(operand, literal)?.to_lowercase().into())),
            FieldType::Phone => phone(operand, literal),
            FieldType::Integer { .. } | FieldType::Duration | FieldType::Rating { .. } => number(operand, literal, 0),
            FieldType::Decimal { scale } | FieldType::Percent { scale } => number(operand, literal, *scale),
            FieldType::Money => number(operand, literal, exponent(self.schema.settings.currency)),
            FieldType::Boolean => match literal {
                Literal::Bool(b) => Ok(Value::One((*b).into())),
                _ => Err(bad(operand, "true 或 false", "true or false")),
            },
            FieldType::Date => self.date(operand, literal),
            FieldType::DateTime => self.date_time(operand, literal),
            FieldType::MultiPicklist { .. } | FieldType::Tags => Err(bad(
                operand,
                "null；查找其中的值请用 INCLUDES ('a', 'b') 或 EXCLUDES",
                "null; to look for its values use INCLUDES ('a', 'b') or EXCLUDES",
            )),
            FieldType::LongText { .. } | FieldType::RichText => {
                Err(bad(operand, "null，或用 LIKE '%…%' 查找", "null, or searched with LIKE '%…%'"))
            }
            FieldType::Json => Err(bad(operand, "null", "null")),
            FieldType::Address => Err(bad(operand, "null；请比较其组成部分，如 .city", "null; compare its parts instead, as .city")),
        }
    }

    fn id(&self, operand: &Operand, literal: &Literal) -> Result<Value> {
        let id = match literal {
            Literal::Id(id) => return Ok(Value::One((*id).into())),
            Literal::Me => self.ctx.user,
            Literal::Text(text) => match self.schema.parse_id(text) {
                Some((_, id)) => id,
                None => return Err(bad(operand, "18 位（或 15 位）的记录编号", "a record id of 18 (or 15) characters")),
            },
            _ => return Err(bad(operand, "单引号中的记录编号或 ME", "a record id in single quotes, or ME")),
        };
        Ok(if operand.objects.contains(&id.object()) { Value::One(id.0.into()) } else { Value::Nothing })
    }

    fn date(&mut self, operand: &Operand, literal: &Literal) -> Result<Value> {
        let wrong = || bad(operand, "日期，如 2026-11-21 或 THIS_MONTH", "a date, as 2026-11-21 or THIS_MONTH");
        let calendar = self.calendar();
        let (from, to) = match literal {
            Literal::Date(date) => date.parse::<Date>().ok().and_then(|d| calendar.day(d)),
            Literal::Relative(name, count) => calendar.days(name, *count),
            _ => None,
        }
        .ok_or_else(wrong)?;
        let (from, to) = (calendar.stored(from), calendar.stored(to));
        Ok(if to == from + 1 { Value::One(from.into()) } else { Value::Range(from.into(), to.into()) })
    }

    fn date_time(&mut self, operand: &Operand, literal: &Literal) -> Result<Value> {
        let wrong = || {
            bad(
                operand,
                "时间或日期，如 2026-11-21T08:30:00Z、2026-11-21 或 TODAY",
                "a time or a date, as 2026-11-21T08:30:00Z, 2026-11-21 or TODAY",
            )
        };
        let calendar = self.calendar();
        let days: Option<Days> = match literal {
            Literal::DateTime(time) => {
                let time: Timestamp = time.parse().map_err(|e: jiff::Error| wrong().because(e))?;
                let us = time.as_microsecond();
                return if is_time(us) { Ok(Value::One(us.into())) } else { Err(wrong()) };
            }
            Literal::Date(date) => date.parse::<Date>().ok().and_then(|d| calendar.day(d)),
            Literal::Relative(name, count) => calendar.days(name, *count),
            _ => None,
        };
        let (from, to) = days.ok_or_else(wrong)?;
        let (Some(from), Some(to)) = (calendar.instant(from), calendar.instant(to)) else { return Err(wrong()) };
        Ok(Value::Range(from.into(), to.into()))
    }

    /// The pattern of a `LIKE`, in the form both engines read: a backslash only before `%`, `_` and itself.
    pub(crate) fn pattern(&self, operand: &Operand, literal: &Literal) -> Result<Cell> {
        use FieldType as T;
        let like = matches!(
            operand.ty,
            T::Text { .. } | T::LongText { .. } | T::RichText | T::Picklist { .. } | T::Email | T::Phone | T::Url | T::AutoNumber { .. }
        );
        if !like {
            let (zh, en) = (
                format!("字段“{}”不是文本，不能用 LIKE。", operand.path),
                format!("The field “{}” is no text and cannot be used with LIKE.", operand.path),
            );
            return Err(Error::bad_request("bad_value", zh, en).at(operand.path.position));
        }
        let pattern = text(operand, literal)?;
        if pattern.chars().count() > MAX_PATTERN {
            let (zh, en) =
                (format!("LIKE 的模式最长 {MAX_PATTERN} 个字符。"), format!("A pattern of LIKE has at most {MAX_PATTERN} characters."));
            return Err(Error::bad_request("bad_value", zh, en).at(operand.path.position));
        }
        let mut out = String::with_capacity(pattern.len());
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next().unwrap_or('\\') {
                    c @ ('%' | '_' | '\\') => out.extend(['\\', c]),
                    c => out.push(c),
                },
                c => out.push(c),
            }
        }
        Ok(out.into())
    }

    /// The members that a value of `INCLUDES` asks for together, as they stand in a stored set.
    pub(crate) fn members(&self, operand: &Operand, literal: &Literal) -> Result<Vec<Cell>> {
        if !operand.ty.is_multi() {
            let path = &operand.path;
            let (zh, en) = (
                format!("字段“{path}”不是多值字段，请用 IN 代替 INCLUDES。"),
                format!("The field “{path}” is no set; use IN instead of INCLUDES."),
            );
            return Err(Error::bad_request("bad_value", zh, en).at(path.position));
        }
        let members: Vec<Cell> =
            text(operand, literal)?.split(';').map(str::trim).filter(|m| !m.is_empty()).map(|m| format!(";{m};").into()).collect();
        if members.is_empty() { Err(bad(operand, "单引号中的值", "a value in single quotes")) } else { Ok(members) }
    }
}

/// A text of a JSON filter as the literal that a field of this type is compared with.
fn typed(ty: &FieldType, text: &str) -> Literal {
    let text = text.to_owned();
    match ty {
        FieldType::Date => Literal::Date(text),
        FieldType::DateTime if text.len() > 10 => Literal::DateTime(text),
        FieldType::DateTime => Literal::Date(text),
        FieldType::Integer { .. }
        | FieldType::Duration
        | FieldType::Rating { .. }
        | FieldType::Decimal { .. }
        | FieldType::Percent { .. }
        | FieldType::Money => Literal::Number(text),
        _ => Literal::Text(text),
    }
}

fn text(operand: &Operand, literal: &Literal) -> Result<String> {
    match literal {
        Literal::Text(text) | Literal::Json(text) if !text.contains('\0') => Ok(text.nfc().collect()),
        _ => Err(bad(operand, "单引号中的文本，如 'abc'", "text in single quotes, as 'abc'")),
    }
}

fn number(operand: &Operand, literal: &Literal, scale: u32) -> Result<Value> {
    let Literal::Number(number) = literal else {
        let (zh, en) =
            if scale == 0 { ("整数，如 1000", "a whole number, as 1000") } else { ("数字，如 1000.5", "a number, as 1000.5") };
        return Err(bad(operand, zh, en));
    };
    match parse_scaled(number, scale) {
        Ok(units) => Ok(Value::One(units.into())),
        Err(DecimalError::Scale(0)) => Err(bad(operand, "没有小数的数字", "a number without decimal digits")),
        Err(DecimalError::Scale(n)) => {
            Err(bad(operand, &format!("最多 {n} 位小数的数字"), &format!("a number of at most {n} decimal digits")))
        }
        Err(e) => Err(bad(operand, "范围内的数字", "a number within range").because(e)),
    }
}

/// A number as written, and its digits as they stand in E.164.
fn phone(operand: &Operand, literal: &Literal) -> Result<Value> {
    let typed = text(operand, literal)?;
    let digits: String = typed.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    Ok(Value::Phone(digits.into(), typed.into()))
}

/// The error that says what the field is compared with.
fn bad(operand: &Operand, zh: &str, en: &str) -> Error {
    let path = &operand.path;
    Error::bad_request("bad_value", format!("字段“{path}”应比较的是：{zh}。"), format!("The field “{path}” is compared with {en}."))
        .at(path.position)
}
