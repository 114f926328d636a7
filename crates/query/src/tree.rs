//! The query tree: what REST lists, SOQL text, views, exports and (later) reports all become.

use std::collections::BTreeMap;

use guanxi_model::ObjectNo;

/// A query over one object and the objects its references lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// API name of the object.
    pub object: String,
    /// What is asked for, in order.
    pub select: Vec<Select>,
    /// Which records.
    pub filter: Option<Expr>,
    /// Keys of the groups; aggregates without keys make one group of everything.
    pub group_by: Vec<Path>,
    /// The order; the record id is always the last key.
    pub order: Vec<Order>,
    /// Caps the whole result.
    pub limit: Option<u32>,
    /// Whether records in the recycle bin are read instead of live ones.
    pub deleted: bool,
    /// Row predicates by object, set by `access`: each record of that object, main or joined, must satisfy it, or is not there.
    /// An object that is missing here has no restriction; `access` puts `Expr::Never` where nothing may be read.
    pub scopes: BTreeMap<ObjectNo, Expr>,
}

/// A field, by way of references: `["account", "name"]`, `["amount", "currency"]`, `["name"]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path {
    /// Relationship names, then the field, then perhaps a part of it.
    pub segments: Vec<String>,
    /// Where it stands in the text, in characters; 0 where there is no text.
    pub position: usize,
}

/// One thing asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Select {
    /// A field.
    Field(Path),
    /// An aggregate; `COUNT()` has no path.
    Aggregate {
        /// The function.
        function: Aggregate,
        /// Over what.
        path: Option<Path>,
        /// Name in the answer; without one `expr0`, `expr1` … by the count of nameless aggregates before.
        alias: Option<String>,
    },
}

/// An aggregate function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// Count of records, or of those with a value.
    Count,
    /// Count of different values.
    CountDistinct,
    /// Sum.
    Sum,
    /// Mean.
    Avg,
    /// Least.
    Min,
    /// Greatest.
    Max,
}

/// One key of the order.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// By what; in a query with aggregates also the name that an aggregate has in the answer.
    pub path: Path,
    /// Whether greater values come first.
    pub desc: bool,
    /// Whether empty values come last; `None`: first when ascending, last when descending.
    pub nulls_last: Option<bool>,
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// All hold.
    And(Vec<Expr>),
    /// One holds.
    Or(Vec<Expr>),
    /// It does not hold. Conditions are two-valued: a comparison with an empty value does not hold, so that its negation does
    /// (`NOT amount > 5` has the records without an amount too, as `stage != 'won'` and `NOT IN` have those without a stage).
    Not(Box<Expr>),
    /// A comparison.
    Compare(Path, Comparison, Literal),
    /// One (or, negated, none) of several. An empty value is none of them, unless null is listed.
    In(Path, Vec<Literal>, bool),
    /// The set has one (or, negated, none) of several. `'a;b'` stands for both together. An empty set has none.
    Includes(Path, Vec<Literal>, bool),
    /// Nothing satisfies it.
    Never,
}

/// Stands for a record id that is given when a planned query is run; no record has it.
pub const GIVEN: i64 = i64::MIN;

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Equal; with null: empty.
    Eq,
    /// Not equal: an empty value is not equal to any value. With null: not empty.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Like a pattern with `%` and `_`, ignoring the case of A–Z. In the pattern `\\` takes the next character as it is; see
    /// [`Literal::contains`].
    Like,
}

/// A value in a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// Empty.
    Null,
    /// Text: also ids, picklist values.
    Text(String),
    /// A number as it was written.
    Number(String),
    /// Truth value.
    Bool(bool),
    /// A date as `2026-11-21`.
    Date(String),
    /// A time in RFC 3339.
    DateTime(String),
    /// `TODAY`, `THIS_MONTH`, `LAST_N_DAYS` with 30 … (upper case; the names are those of [`crate::dates::is_literal`]).
    Relative(String, Option<i64>),
    /// The signed-in user's id.
    Me,
    /// A record id as the store holds it; only made inside the product.
    Id(i64),
}

impl Query {
    /// A query for fields of an object, by dotted paths.
    pub fn fields(object: &str, paths: &[&str]) -> Query {
        Query {
            object: object.to_owned(),
            select: paths.iter().map(|p| Select::Field(Path::from(*p))).collect(),
            filter: None,
            group_by: Vec::new(),
            order: Vec::new(),
            limit: None,
            deleted: false,
            scopes: BTreeMap::new(),
        }
    }

    /// With a further condition that must hold too.
    #[must_use]
    pub fn and(mut self, expr: Expr) -> Query {
        self.filter = Some(match self.filter.take() {
            Some(Expr::And(mut parts)) => {
                parts.push(expr);
                Expr::And(parts)
            }
            Some(old) => Expr::And(vec![old, expr]),
            None => expr,
        });
        self
    }

    /// Whether the answer is groups and not records.
    pub fn is_aggregate(&self) -> bool {
        !self.group_by.is_empty() || self.select.iter().any(|s| matches!(s, Select::Aggregate { .. }))
    }
}

impl Select {
    /// The names that the aggregates of a select list have in the answer, by their places in the list.
    pub fn aggregate_names(select: &[Select]) -> Vec<Option<String>> {
        let mut nameless = 0;
        select
            .iter()
            .map(|item| match item {
                Select::Field(_) => None,
                Select::Aggregate { alias: Some(alias), .. } => Some(alias.clone()),
                Select::Aggregate { alias: None, .. } => {
                    nameless += 1;
                    Some(format!("expr{}", nameless - 1))
                }
            })
            .collect()
    }
}

impl Literal {
    /// The pattern of `LIKE` for texts that contain `text`, whatever characters it has.
    pub fn contains(text: &str) -> Literal {
        Literal::Text(format!("%{}%", escape_pattern(text)))
    }

    /// The pattern of `LIKE` for texts that start with `text`, whatever characters it has.
    pub fn starts_with(text: &str) -> Literal {
        Literal::Text(format!("{}%", escape_pattern(text)))
    }
}

/// A text as a pattern of `LIKE` that only it fits.
fn escape_pattern(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

impl From<&str> for Path {
    fn from(dotted: &str) -> Path {
        Path { segments: dotted.split('.').map(str::to_owned).collect(), position: 0 }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.segments.join("."))
    }
}
