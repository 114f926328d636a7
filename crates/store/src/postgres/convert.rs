//! Cells to and from PostgreSQL, by the type that the server says a parameter or a column has.

use std::error::Error as StdError;

use bytes::BytesMut;
use guanxi_model::{Cell, Error, ErrorKind};
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::error::WriteError;
use crate::unit::Rows;

/// PostgreSQL counts from 2000-01-01; so many days, and microseconds, after the epoch.
const DAYS: i64 = 10_957;
const MICROS: i64 = DAYS * 86_400_000_000;

type Fault = Box<dyn StdError + Sync + Send>;

/// A cell as a parameter.
#[derive(Debug)]
pub(super) struct Param<'a>(pub(super) &'a Cell);

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match self.0 {
            Cell::Null => Ok(IsNull::Yes),
            Cell::Bool(b) if *ty == Type::BOOL => b.to_sql(ty, out),
            Cell::Bool(b) => integer(i64::from(*b), ty, out),
            Cell::Int(i) if *ty == Type::BOOL => (*i != 0).to_sql(ty, out),
            Cell::Int(i) => integer(*i, ty, out),
            Cell::Text(t) => match *ty {
                Type::JSONB => {
                    out.extend_from_slice(&[1]);
                    out.extend_from_slice(t.as_bytes());
                    Ok(IsNull::No)
                }
                Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON => {
                    out.extend_from_slice(t.as_bytes());
                    Ok(IsNull::No)
                }
                _ => Err(format!("a text for a parameter of type {ty}").into()),
            },
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn integer(i: i64, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
    match *ty {
        Type::INT8 => i.to_sql(ty, out),
        Type::INT4 => i32::try_from(i)?.to_sql(ty, out),
        Type::INT2 => i16::try_from(i)?.to_sql(ty, out),
        Type::DATE => i32::try_from(i.saturating_sub(DAYS))?.to_sql(&Type::INT4, out),
        Type::TIMESTAMPTZ | Type::TIMESTAMP => i.saturating_sub(MICROS).to_sql(&Type::INT8, out),
        Type::FLOAT8 => (i as f64).to_sql(ty, out),
        _ => Err(format!("an integer for a parameter of type {ty}").into()),
    }
}

/// A cell out of a row.
struct Out(Cell);

impl<'a> FromSql<'a> for Out {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Out, Fault> {
        let cell = match *ty {
            Type::BOOL => Cell::Bool(bool::from_sql(ty, raw)?),
            Type::INT8 => Cell::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Cell::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Cell::Int(i16::from_sql(ty, raw)?.into()),
            Type::DATE => Cell::Int(i64::from(i32::from_sql(&Type::INT4, raw)?) + DAYS),
            Type::TIMESTAMPTZ | Type::TIMESTAMP => Cell::Int(i64::from_sql(&Type::INT8, raw)?.saturating_add(MICROS)),
            Type::JSONB => Cell::Text(std::str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned()),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON => {
                Cell::Text(std::str::from_utf8(raw)?.to_owned())
            }
            Type::NUMERIC => numeric(raw).ok_or("a number that cannot be read")?,
            Type::FLOAT8 => Cell::Text(f64::from_sql(ty, raw)?.to_string()),
            _ => return Err(format!("a column of type {ty}").into()),
        };
        Ok(Out(cell))
    }

    fn from_sql_null(_: &Type) -> Result<Out, Fault> {
        Ok(Out(Cell::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// An exact number in base 10,000: a whole one as integer, another one (a mean) as text.
fn numeric(raw: &[u8]) -> Option<Cell> {
    let word = |at: usize| raw.get(at * 2..at * 2 + 2).map(|b| i16::from_be_bytes([b[0], b[1]]));
    let (count, weight, sign, scale) = (word(0)?, word(1)?, word(2)?, word(3)?);
    if sign != 0 && sign != 0x4000 {
        return None;
    }
    let digit = |place: i16| if place >= 0 && place < count { word(4 + place as usize) } else { Some(0) };
    let (mut whole, mut text) = (0i64, String::new());
    for place in 0..=weight.max(-1) {
        whole = whole.checked_mul(10_000)?.checked_add(i64::from(digit(place)?))?;
    }
    let mut place = weight + 1;
    while text.len() < usize::try_from(scale).ok()? {
        text.push_str(&format!("{:04}", digit(place)?));
        place += 1;
    }
    text.truncate(usize::try_from(scale).ok()?);
    let fraction = text.trim_end_matches('0');
    let minus = sign == 0x4000;
    Some(if fraction.is_empty() {
        Cell::Int(if minus { -whole } else { whole })
    } else {
        Cell::Text(format!("{}{whole}.{fraction}", if minus { "-" } else { "" }))
    })
}

/// Rows as cells.
pub(super) fn rows(rows: &[Row]) -> Result<Rows, tokio_postgres::Error> {
    let width = rows.first().map_or(0, Row::len);
    let mut cells = Vec::with_capacity(rows.len() * width);
    for row in rows {
        for column in 0..width {
            cells.push(row.try_get::<_, Out>(column)?.0);
        }
    }
    Ok(Rows { width, cells })
}

/// An error that no caller can cause.
pub(crate) fn fault(error: tokio_postgres::Error) -> Error {
    let Some(state) = error.code() else {
        return if is_ours(&error) { Error::internal(detail(&error)) } else { unavailable().because(detail(&error)) };
    };
    match state.code() {
        "53100" => Error::new(ErrorKind::NoSpace, "no_space", "磁盘空间不足，无法保存。", "The disk is full; nothing was saved.")
            .because(detail(&error)),
        // Connection, resources, operator intervention, rollback for concurrency, lock not available, a standby, a wrong password.
        code if ["08", "53", "57", "40", "28"].contains(&&code[..2]) || code == "55P03" || code == "25006" => {
            unavailable().because(detail(&error))
        }
        _ => Error::internal(detail(&error)),
    }
}

/// Whether an error that is not from the server is about a value that does not fit, and not about the connection.
pub(super) fn is_ours(error: &tokio_postgres::Error) -> bool {
    let text = error.to_string();
    error.code().is_none() && (text.contains("serializ") || text.contains("parameters"))
}

fn detail(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{}: {} {}", db.code().code(), db.message(), db.detail().unwrap_or_default()),
        None => match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

/// The column of a unique violation.
pub(super) fn unique_column(error: &tokio_postgres::Error) -> Option<String> {
    let db = error.as_db_error().filter(|db| *db.code() == SqlState::UNIQUE_VIOLATION)?;
    // `Key (code)=(A1) already exists.`, in the server's language.
    let (_, rest) = db.detail()?.split_once('(')?;
    let (columns, _) = rest.split_once(")=(")?;
    columns.split(", ").next().map(|column| column.trim_matches('"').to_owned())
}

/// The error of a statement that carries out a change.
pub(super) fn refused(error: tokio_postgres::Error, change: Option<usize>) -> WriteError {
    match (unique_column(&error), change) {
        (Some(column), Some(change)) => WriteError::Duplicate { change, column },
        _ => fault(error).into(),
    }
}

/// The database is away for a moment.
pub(crate) fn unavailable() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "store_unavailable",
        "数据库暂时不可用，请稍后再试。",
        "The database is not available at the moment; please try again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(words: &[i16]) -> Option<Cell> {
        numeric(&words.iter().flat_map(|w| w.to_be_bytes()).collect::<Vec<_>>())
    }

    #[test]
    fn numbers_are_read() {
        assert_eq!(number(&[0, 0, 0, 0]), Some(Cell::Int(0)));
        assert_eq!(number(&[1, 0, 0, 0, 42]), Some(Cell::Int(42)));
        assert_eq!(number(&[1, 1, 0x4000, 0, 3]), Some(Cell::Int(-30_000)));
        assert_eq!(number(&[2, 0, 0, 2, 12, 5_000]), Some(Cell::Text("12.5".into())));
        assert_eq!(number(&[1, -1, 0, 4, 25]), Some(Cell::Text("0.0025".into())));
        assert_eq!(number(&[0, 0, -16_384, 0]), None);
    }
}
