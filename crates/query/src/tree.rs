//! The query tree: what REST lists, SOQL text, views, exports and (later) reports all become.

use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// Fields, by object and name, whose values are not given in full, set by `access`.
    pub masks: BTreeMap<(ObjectNo, String), Mask>,
    /// Whether the records of the main object that are in reach by [`Reach`] are known to be few: then they are looked up first, and not
    /// looked for along the order. It changes how long the answer takes, not what it is.
    pub few: bool,
}

/// In whose records a value is given in full; others give it in part (`138****5678`), or nothing of what has no parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Owners in whose records it is given in full, in ascending order.
    pub full_for: Arc<[i64]>,
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
    /// A reference to one of these records, given by number: how `access` says whose records are in reach.
    OneOf(Path, Arc<[i64]>),
    /// The record is in reach of a user by one of several ways: how `access` says it where owners alone do not. Only in row predicates.
    Reach(Arc<Reach>),
    /// Nothing satisfies it.
    Never,
}

/// The ways by which records of one object are in a user's reach; one is enough.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// They are owned by one of these, in ascending order.
    pub owners: Arc<[i64]>,
    /// They are shared.
    pub shares: Option<Shares>,
    /// The record that their lookup leads to is in reach.
    pub parent: Option<Parent>,
    /// A record of another object that leads to them is owned by one of these.
    pub children: Vec<Child>,
}

/// Records that are shared with a user: rows of the table of shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares {
    /// With one of these: users, teams, positions, groups; negative numbers are those of rules. In ascending order.
    pub with: Arc<[i64]>,
    /// Only those that may be edited.
    pub edit: bool,
}

/// Records that go with the record a lookup leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Parent {
    /// Physical name of the lookup's column.
    pub column: String,
    /// The objects it leads to, by API name, and what must hold for the parent; `None`: nothing.
    pub to: Vec<(String, Option<Expr>)>,
}

/// Records that a record of another object leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// API name of the other object.
    pub object: String,
    /// Physical name of its lookup's column.
    pub column: String,
    /// Its owners, in ascending order.
    pub owners: Arc<[i64]>,
}

/// Stands for a record id that is given when a planned query is run; no record has it.
pub const GIVEN: i64 = i64::MIN;

/// Stands for the time at which a planned query is run, in microseconds since the epoch.
pub const GIVEN_TIME: i64 = i64::MIN + 1;

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
    /// Text of a filter in JSON, where dates and times are texts too: read as the field that it is compared with has it.
    Json(String),
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
            masks: BTreeMap::new(),
            few: false,
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
