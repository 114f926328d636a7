//! A tree to SOQL text; `parse(print(q)) == q`, positions aside. Scopes and the recycle bin have no text.

use guanxi_model::RecordId;

use crate::tree::{Aggregate, Comparison, Expr, Literal, Query, Select};

/// The text of a query.
pub fn print(query: &Query) -> String {
    let mut out = String::from("SELECT ");
    list(&mut out, &query.select, |out, item| match item {
        Select::Field(path) => out.push_str(&path.to_string()),
        Select::Aggregate { function, path, alias } => {
            out.push_str(aggregate_name(*function));
            out.push('(');
            out.push_str(&path.as_ref().map(ToString::to_string).unwrap_or_default());
            out.push(')');
            if let Some(alias) = alias {
                out.push(' ');
                out.push_str(alias);
            }
        }
    });
    out.push_str(" FROM ");
    out.push_str(&query.object);
    if let Some(filter) = &query.filter {
        out.push_str(" WHERE ");
        condition(&mut out, filter, false);
    }
    if !query.group_by.is_empty() {
        out.push_str(" GROUP BY ");
        list(&mut out, &query.group_by, |out, path| out.push_str(&path.to_string()));
    }
    if !query.order.is_empty() {
        out.push_str(" ORDER BY ");
        list(&mut out, &query.order, |out, key| {
            out.push_str(&key.path.to_string());
            out.push_str(if key.desc { " DESC" } else { "" });
            out.push_str(match key.nulls_last {
                Some(true) => " NULLS LAST",
                Some(false) => " NULLS FIRST",
                None => "",
            });
        });
    }
    if let Some(limit) = query.limit {
        out.push_str(&format!(" LIMIT {limit}"));
    }
    out
}

/// The text of a condition, as it stands after `WHERE`.
pub fn print_condition(expr: &Expr) -> String {
    let mut out = String::new();
    condition(&mut out, expr, false);
    out
}

fn list<T>(out: &mut String, items: &[T], each: impl Fn(&mut String, &T)) {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        each(out, item);
    }
}

/// A condition; `inside` another one, combinations stand in brackets.
fn condition(out: &mut String, expr: &Expr, inside: bool) {
    match expr {
        Expr::And(parts) => joined(out, parts, " AND ", "id != null", inside),
        Expr::Or(parts) => joined(out, parts, " OR ", "id = null", inside),
        Expr::Not(inner) => {
            out.push_str("NOT ");
            condition(out, inner, true);
        }
        Expr::Compare(path, comparison, literal) => {
            out.push_str(&format!("{path} {} ", comparison_name(*comparison)));
            match (comparison, literal) {
                (Comparison::Like, Literal::Text(pattern)) => quote_pattern(out, pattern),
                _ => value(out, literal),
            }
        }
        Expr::In(path, values, negated) => listed(out, &path.to_string(), if *negated { "NOT IN" } else { "IN" }, values),
        Expr::Includes(path, values, negated) => listed(out, &path.to_string(), if *negated { "EXCLUDES" } else { "INCLUDES" }, values),
        Expr::OneOf(path, ids) => listed(out, &path.to_string(), "IN", &ids.iter().map(|id| Literal::Id(*id)).collect::<Vec<_>>()),
        Expr::Never | Expr::Reach(_) => out.push_str("id = null"),
    }
}

/// `empty` stands for no parts at all: every record has an id.
fn joined(out: &mut String, parts: &[Expr], word: &str, empty: &str, inside: bool) {
    match parts {
        [] => out.push_str(empty),
        [one] => condition(out, one, inside),
        _ => {
            out.push_str(if inside { "(" } else { "" });
            for (i, part) in parts.iter().enumerate() {
                out.push_str(if i > 0 { word } else { "" });
                condition(out, part, true);
            }
            out.push_str(if inside { ")" } else { "" });
        }
    }
}

fn listed(out: &mut String, path: &str, word: &str, values: &[Literal]) {
    out.push_str(&format!("{path} {word} ("));
    list(out, values, value);
    out.push(')');
}

fn value(out: &mut String, literal: &Literal) {
    match literal {
        Literal::Null => out.push_str("null"),
        Literal::Text(text) | Literal::Json(text) => quote(out, text),
        Literal::Number(text) | Literal::Date(text) | Literal::DateTime(text) => out.push_str(text),
        Literal::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Literal::Relative(name, None) => out.push_str(name),
        Literal::Relative(name, Some(n)) => out.push_str(&format!("{name}:{n}")),
        Literal::Me => out.push_str("ME"),
        Literal::Id(id) => quote(out, &RecordId(*id).encode("000")),
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('\'');
    text.chars().for_each(|c| character(out, c));
    out.push('\'');
}

/// A pattern of `LIKE`: what a backslash protects stays protected.
fn quote_pattern(out: &mut String, pattern: &str) {
    out.push('\'');
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next().unwrap_or('\\') {
                c @ ('%' | '_' | '\\') => out.extend(['\\', c]),
                c => character(out, c),
            },
            c => character(out, c),
        }
    }
    out.push('\'');
}

fn character(out: &mut String, c: char) {
    match c {
        '\'' | '\\' => out.extend(['\\', c]),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        c => out.push(c),
    }
}

fn comparison_name(comparison: Comparison) -> &'static str {
    Comparison::SIGNS.iter().find(|(_, c)| *c == comparison).map_or("LIKE", |(sign, _)| sign)
}

fn aggregate_name(function: Aggregate) -> &'static str {
    Aggregate::NAMES.iter().find(|(_, f)| *f == function).map_or("COUNT", |(name, _)| name)
}
