//! Conditions as SQL. Two-valued: NOT is pushed down to the comparisons, and a negated comparison holds for empty values.

use guanxi_model::column::ColumnType;
use guanxi_model::{Cell, Ctx, Error, Result, Schema};

use super::joins::{Operand, Tables, too_large};
use super::value::{Value, Values};
use crate::dialect::Dialect;
use crate::parse::MAX_DEPTH;
use crate::tree::{Comparison, Expr, Literal, Path};

/// The most parameters of a query: what SQLite takes, less some for the rest of the statement; the same on both engines.
const MAX_PARAMS: usize = 32_000;

/// Up to so many owners an index on the owner is asked, see [`Dialect::among`].
const FEW_IDS: usize = 8;

/// Writes SQL text and collects its parameters in the order of the text.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) params: Vec<Cell>,
    /// Whether the statement reads records in the order of the list until a page is full.
    pub(crate) pages: bool,
    values: Values<'a>,
}

/// Which object a condition speaks of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// The main one; its paths may follow references.
    Main,
    /// The one with this alias; only its own fields.
    Alias(usize),
}

/// A condition's text, and what binds its parts.
struct Sql {
    text: String,
    joined_by: Option<&'static str>,
}

impl Sql {
    fn atom(text: impl Into<String>) -> Sql {
        Sql { text: text.into(), joined_by: None }
    }

    fn truth(truth: bool) -> Sql {
        Sql::atom(if truth { "TRUE" } else { "FALSE" })
    }

    /// Several conditions, joined.
    fn join(mut parts: Vec<Sql>, word: &'static str) -> Sql {
        match parts.len() {
            0 => Sql::truth(word == " AND "),
            1 => parts.swap_remove(0),
            // SQLite limits the depth of expressions, and a long chain is as deep as it is long: it becomes a balanced tree.
            n if n > 100 => {
                let right = parts.split_off(n / 2);
                let halves = [Sql::join(parts, word), Sql::join(right, word)];
                Sql { text: halves.map(|h| format!("({})", h.text)).join(word), joined_by: Some(word) }
            }
            _ => Sql { text: parts.into_iter().map(|p| p.inside(word)).collect::<Vec<_>>().join(word), joined_by: Some(word) },
        }
    }

    fn inside(self, word: &str) -> String {
        if self.joined_by.is_none_or(|by| by == word) { self.text } else { format!("({})", self.text) }
    }
}

impl<'a> Writer<'a> {
    pub(crate) fn new(ctx: &'a Ctx, schema: &'a Schema, dialect: Dialect) -> Writer<'a> {
        Writer { dialect, params: Vec::new(), pages: false, values: Values::new(ctx, schema) }
    }

    /// The place-holder of the time of the request.
    pub(crate) fn now(&mut self) -> String {
        self.param(Cell::Int(self.values.ctx().now_us))
    }

    /// The number of an object.
    pub(crate) fn object_no(&self, object: &str) -> Result<i64> {
        Ok(i64::from(self.values.schema().require(object)?.no))
    }

    /// The place-holder of a parameter.
    pub(crate) fn param(&mut self, cell: Cell) -> String {
        self.params.push(cell);
        format!("${}", self.params.len())
    }

    /// A condition, ready to stand beside others joined by AND.
    pub(crate) fn condition(&mut self, tables: &mut Tables<'_>, subject: Subject, expr: &Expr) -> Result<String> {
        let sql = self.expr(tables, subject, expr, false, 0)?.inside(" AND ");
        if self.params.len() > MAX_PARAMS { Err(too_large(0)) } else { Ok(sql) }
    }

    fn expr(&mut self, tables: &mut Tables<'_>, subject: Subject, expr: &Expr, negated: bool, depth: usize) -> Result<Sql> {
        if depth > MAX_DEPTH * 4 {
            return Err(too_large(0));
        }
        match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                let word = if matches!(expr, Expr::And(_)) != negated { " AND " } else { " OR " };
                let parts: Result<Vec<Sql>> = parts.iter().map(|p| self.expr(tables, subject, p, negated, depth + 1)).collect();
                Ok(Sql::join(parts?, word))
            }
            Expr::Not(inner) => self.expr(tables, subject, inner, !negated, depth + 1),
            Expr::Never => Ok(Sql::truth(negated)),
            leaf => self.leaf(tables, subject, leaf, negated),
        }
    }

    /// A condition that holds no others; apart from [`Writer::expr`], which needs a small frame on the stack.
    fn leaf(&mut self, tables: &mut Tables<'_>, subject: Subject, expr: &Expr, negated: bool) -> Result<Sql> {
        match expr {
            Expr::Compare(path, Comparison::Like, literal) => {
                let operand = operand(tables, subject, path)?;
                self.like(&operand, literal, negated)
            }
            Expr::Compare(path, comparison, literal) => {
                let operand = operand(tables, subject, path)?;
                let value = self.values.value(&operand, literal)?;
                let (comparison, negated) = if *comparison == Comparison::Ne { (Comparison::Eq, !negated) } else { (*comparison, negated) };
                self.compare(&operand, comparison, value, negated)
            }
            Expr::In(path, literals, none) => {
                let operand = operand(tables, subject, path)?;
                self.one_of(&operand, literals, *none != negated)
            }
            Expr::OneOf(path, ids) => {
                let operand = operand(tables, subject, path)?;
                Ok(self.among(&operand, ids, negated))
            }
            Expr::Includes(path, literals, none) => {
                let operand = operand(tables, subject, path)?;
                self.includes(&operand, literals, *none != negated)
            }
            Expr::Reach(reach) if !negated => {
                let Subject::Alias(alias) = subject else { return Err(Error::internal("a user's reach is a row predicate")) };
                Ok(Sql { text: self.in_reach(&format!("t{alias}"), reach, 0)?, joined_by: Some(" OR ") })
            }
            Expr::Reach(_) => Err(Error::internal("a user's reach is not negated")),
            Expr::And(_) | Expr::Or(_) | Expr::Not(_) | Expr::Never => Err(Error::internal("a condition of conditions is no leaf")),
        }
    }

    fn compare(&mut self, operand: &Operand, comparison: Comparison, value: Value, negated: bool) -> Result<Sql> {
        match value {
            Value::Null if comparison == Comparison::Eq => {
                let (test, word) = if negated { ("IS NOT NULL", " OR ") } else { ("IS NULL", " AND ") };
                let columns = if operand.column_type == ColumnType::Integer { &operand.columns[..1] } else { &operand.columns };
                Ok(Sql::join(columns.iter().map(|c| Sql::atom(format!("{c} {test}"))).collect(), word))
            }
            Value::Null => Err(order_of_null(&operand.path)),
            Value::Nothing => Ok(Sql::truth(negated)),
            Value::One(cell) => {
                let sign = sign(comparison, negated);
                let text = format!("{} {sign} {}", operand.main(), self.param(cell));
                Ok(or_empty(operand, Sql::atom(text), negated))
            }
            Value::Phone(digits, typed) if comparison == Comparison::Eq => Ok(self.phone(operand, digits, typed, negated)),
            Value::Phone(digits, _) => self.compare(operand, comparison, Value::One(digits), negated),
            Value::Range(from, to) => Ok(self.range(operand, comparison, from, to, negated)),
        }
    }

    /// Compares with a range of days: `=` is within, `<` before, `>` after.
    fn range(&mut self, operand: &Operand, comparison: Comparison, from: Cell, to: Cell, negated: bool) -> Sql {
        let column = operand.main();
        let sql = match (comparison, negated) {
            (Comparison::Lt, _) => Sql::atom(format!("{column} {} {}", if negated { ">=" } else { "<" }, self.param(from))),
            (Comparison::Le, _) => Sql::atom(format!("{column} {} {}", if negated { ">=" } else { "<" }, self.param(to))),
            (Comparison::Gt, _) => Sql::atom(format!("{column} {} {}", if negated { "<" } else { ">=" }, self.param(to))),
            (Comparison::Ge, _) => Sql::atom(format!("{column} {} {}", if negated { "<" } else { ">=" }, self.param(from))),
            (_, false) => {
                let (from, to) = (self.param(from), self.param(to));
                Sql { text: format!("{column} >= {from} AND {column} < {to}"), joined_by: Some(" AND ") }
            }
            (_, true) => {
                let (from, to) = (self.param(from), self.param(to));
                Sql { text: format!("{column} < {from} OR {column} >= {to}"), joined_by: Some(" OR ") }
            }
        };
        or_empty(operand, sql, negated)
    }

    fn phone(&mut self, operand: &Operand, digits: Cell, typed: Cell, negated: bool) -> Sql {
        let (sign, word) = if negated { ("<>", " AND ") } else { ("=", " OR ") };
        let mut parts = Vec::new();
        for (column, cell) in operand.columns.iter().zip([digits, typed]) {
            let text = format!("{column} {sign} {}", self.param(cell));
            parts.push(or_null(column, Sql::atom(text), negated));
        }
        Sql::join(parts, word)
    }

    fn like(&mut self, operand: &Operand, literal: &Literal, negated: bool) -> Result<Sql> {
        let pattern = self.values.pattern(operand, literal)?;
        let mut parts = Vec::new();
        for column in &operand.columns {
            let param = self.param(pattern.clone());
            let text = self.dialect.like(column, &param, negated);
            parts.push(if operand.nullable { or_null(column, Sql::atom(text), negated) } else { Sql::atom(text) });
        }
        Ok(Sql::join(parts, if negated { " AND " } else { " OR " }))
    }

    fn one_of(&mut self, operand: &Operand, literals: &[Literal], negated: bool) -> Result<Sql> {
        let (mut simple, mut others) = (Vec::new(), Vec::new());
        for literal in literals {
            match self.values.value(operand, literal)? {
                Value::One(cell) => simple.push(cell),
                Value::Nothing => {}
                other => others.push(other),
            }
        }
        let mut parts = Vec::new();
        if simple.len() == 1 {
            parts.push(self.compare(operand, Comparison::Eq, Value::One(simple.swap_remove(0)), negated)?);
        } else if !simple.is_empty() {
            let params: Vec<String> = simple.into_iter().map(|cell| self.param(cell)).collect();
            let not = if negated { "NOT " } else { "" };
            let text = format!("{} {not}IN ({})", operand.main(), params.join(", "));
            parts.push(or_empty(operand, Sql::atom(text), negated));
        }
        for other in others {
            parts.push(self.compare(operand, Comparison::Eq, other, negated)?);
        }
        if parts.is_empty() {
            return Ok(Sql::truth(negated));
        }
        Ok(Sql::join(parts, if negated { " AND " } else { " OR " }))
    }

    /// The ids travel as one parameter, so that the statement is the same for everyone.
    fn among(&mut self, operand: &Operand, ids: &[i64], negated: bool) -> Sql {
        let text = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let param = self.param(Cell::Text(text));
        let sql = self.dialect.among(operand.main(), &param, ids.len() <= FEW_IDS);
        let sql = if negated { format!("NOT ({sql})") } else { sql };
        or_empty(operand, Sql::atom(sql), negated)
    }

    fn includes(&mut self, operand: &Operand, literals: &[Literal], negated: bool) -> Result<Sql> {
        let mut alternatives = Vec::new();
        for literal in literals {
            let mut together = Vec::new();
            for member in self.values.members(operand, literal)? {
                let param = self.param(member);
                let place = self.dialect.place(operand.main(), &param);
                let text = format!("{place} {} 0", if negated { "=" } else { ">" });
                together.push(or_empty(operand, Sql::atom(text), negated));
            }
            alternatives.push(Sql::join(together, if negated { " OR " } else { " AND " }));
        }
        Ok(Sql::join(alternatives, if negated { " AND " } else { " OR " }))
    }
}

fn operand(tables: &mut Tables<'_>, subject: Subject, path: &Path) -> Result<Operand> {
    match subject {
        Subject::Main => tables.operand(path),
        Subject::Alias(alias) => tables.own_operand(alias, path),
    }
}

fn sign(comparison: Comparison, negated: bool) -> &'static str {
    match (comparison, negated) {
        (Comparison::Lt, false) | (Comparison::Ge, true) => "<",
        (Comparison::Le, false) | (Comparison::Gt, true) => "<=",
        (Comparison::Gt, false) | (Comparison::Le, true) => ">",
        (Comparison::Ge, false) | (Comparison::Lt, true) => ">=",
        (_, false) => "=",
        (_, true) => "<>",
    }
}

/// A negated comparison holds for empty values too.
fn or_empty(operand: &Operand, sql: Sql, negated: bool) -> Sql {
    if operand.nullable { or_null(operand.main(), sql, negated) } else { sql }
}

fn or_null(column: &str, sql: Sql, negated: bool) -> Sql {
    if !negated {
        return sql;
    }
    Sql { text: format!("{} OR {column} IS NULL", sql.inside(" OR ")), joined_by: Some(" OR ") }
}

fn order_of_null(path: &Path) -> Error {
    Error::bad_request("bad_value", "null 只能用 = 或 != 比较。", "null is only compared with = or !=.").at(path.position)
}
