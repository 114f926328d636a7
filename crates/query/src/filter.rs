//! The filter of a view or rule as a condition of the query tree.

use guanxi_model::meta::{Filter, FilterOp};
use guanxi_model::{Error, Result};
use serde_json::Value;

use crate::tree::{Comparison, Expr, Literal, Path};

/// A view's filter as a condition of the query tree.
///
/// # Errors
/// 400 `bad_filter` for a value that is neither a plain value, a list of them, nor a literal.
pub fn filter_expr(filter: &Filter) -> Result<Expr> {
    Ok(match filter {
        Filter::All { all } => Expr::And(all.iter().map(filter_expr).collect::<Result<_>>()?),
        Filter::Any { any } => Expr::Or(any.iter().map(filter_expr).collect::<Result<_>>()?),
        Filter::Not { not } => Expr::Not(Box::new(filter_expr(not)?)),
        Filter::Field { field, op, value } => comparison(Path::from(field.as_str()), *op, value)?,
    })
}

fn comparison(path: Path, op: FilterOp, value: &Value) -> Result<Expr> {
    let compare = |c| -> Result<Expr> { Ok(Expr::Compare(path.clone(), c, literal(value)?)) };
    match op {
        FilterOp::Eq => compare(Comparison::Eq),
        FilterOp::Ne => compare(Comparison::Ne),
        FilterOp::Lt => compare(Comparison::Lt),
        FilterOp::Le => compare(Comparison::Le),
        FilterOp::Gt => compare(Comparison::Gt),
        FilterOp::Ge => compare(Comparison::Ge),
        FilterOp::Contains => Ok(like(path, "%", value)),
        FilterOp::StartsWith => Ok(like(path, "", value)),
        FilterOp::In => Ok(Expr::In(path, literals(value)?, false)),
        FilterOp::NotIn => Ok(Expr::In(path, literals(value)?, true)),
        FilterOp::Includes => Ok(Expr::Includes(path, literals(value)?, false)),
        FilterOp::Excludes => Ok(Expr::Includes(path, literals(value)?, true)),
        FilterOp::IsNull => Ok(Expr::Compare(path, Comparison::Eq, Literal::Null)),
        FilterOp::NotNull => Ok(Expr::Compare(path, Comparison::Ne, Literal::Null)),
    }
}

fn like(path: Path, before: &str, value: &Value) -> Expr {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Expr::Compare(path, Comparison::Like, Literal::Text(format!("{before}{}%", escape_like(&text))))
}

/// Escapes `%`, `_` and `\` for a LIKE pattern.
pub fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn literals(value: &Value) -> Result<Vec<Literal>> {
    match value {
        Value::Array(items) => items.iter().map(literal).collect(),
        one => Ok(vec![literal(one)?]),
    }
}

fn literal(value: &Value) -> Result<Literal> {
    Ok(match value {
        Value::Null => Literal::Null,
        Value::Bool(b) => Literal::Bool(*b),
        Value::Number(n) => Literal::Number(n.to_string()),
        Value::String(text) => Literal::Json(text.clone()),
        Value::Object(object) => {
            let text = object.get("literal").and_then(Value::as_str).ok_or_else(bad_filter)?;
            if text == "ME" {
                return Ok(Literal::Me);
            }
            match text.split_once(':') {
                Some((name, n)) => Literal::Relative(name.to_owned(), Some(n.parse().map_err(|_| bad_filter())?)),
                None => Literal::Relative(text.to_owned(), None),
            }
        }
        Value::Array(_) => return Err(bad_filter()),
    })
}

fn bad_filter() -> Error {
    Error::bad_request("bad_filter", "筛选条件的值不正确。", "A value of the filter is not of a known form.")
}
