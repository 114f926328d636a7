//! Queries with aggregates: groups, sums, and what is worked out from their rows.

use std::collections::HashSet;
use std::sync::Arc;

use guanxi_model::column::ColumnType;
use guanxi_model::meta::FieldType;
use guanxi_model::{Cell, Error, Result, Schema};

use super::filter::Writer;
use super::joins::{Operand, Tables, too_large};
use super::order::{Key, order_by, sortable};
use super::parts::{Join, Parts};
use super::rows::{Output, PageRows, Wanted, arrange};
use super::{Columns, MAX_COLUMNS, Plan, Tail, source};
use crate::dialect::quote;
use crate::tree::{Aggregate, Order, Path, Query, Select};

/// The most groups of an answer.
const MAX_GROUPS: u32 = 2_000;

/// What an output's cells are made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Finish {
    /// So many cells of the statement, as they are.
    Cells(usize),
    /// An amount of which the currency is known.
    Amount(Cell),
    /// An amount, then the least and the greatest currency: they must be the same. Carries the field's path for the message.
    Mixed(String),
    /// Sum and count, to be divided with so many digits more than the sum has; then what follows the amount of money.
    Mean(u32, Option<Box<Finish>>),
}

impl Finish {
    /// How many cells of the statement it takes.
    fn takes(&self) -> usize {
        match self {
            Finish::Cells(n) => *n,
            Finish::Amount(_) => 1,
            Finish::Mixed(_) => 3,
            Finish::Mean(_, then) => 1 + then.as_ref().map_or(1, |t| t.takes()),
        }
    }

    /// How many cells it gives.
    fn gives(&self) -> usize {
        match self {
            Finish::Cells(n) => *n,
            Finish::Amount(_) | Finish::Mixed(_) => 2,
            Finish::Mean(_, then) => then.as_ref().map_or(1, |t| t.gives()),
        }
    }
}

/// One selected thing: its columns, how it is written, how its cells are worked out.
struct Item {
    columns: Vec<String>,
    /// How each column of two parts becomes one; `None` if that cannot be done.
    joins: Option<Vec<Join>>,
    ty: FieldType,
    finish: Finish,
}

pub(crate) fn plan(schema: &Schema, query: &Query, mut tables: Tables<'_>, mut writer: Writer<'_>) -> Result<Plan> {
    let mut groups = Vec::new();
    for path in &query.group_by {
        let operand = tables.operand(path)?;
        sortable(&operand)?;
        groups.push(operand);
    }
    let wanted = arrange(items(schema, query, &groups, &mut tables, &writer)?);
    let mut columns = Columns::default();
    let mut joins = Some(Vec::new());
    for item in &wanted {
        item.what.columns.iter().for_each(|c| _ = columns.push(c));
        joins = joins.zip(item.what.joins.as_ref()).map(|(all, more)| [all, more.clone()].concat());
    }
    let mut group_columns: Vec<String> = Vec::new();
    for column in groups.iter().flat_map(|g| &g.columns) {
        if !group_columns.contains(column) {
            group_columns.push(column.clone());
        }
    }
    let keys = keys(query, &groups, &mut tables, &writer)?;
    let mut outputs = Vec::new();
    let mut finishes = Vec::new();
    for item in wanted {
        // A group has no record behind it: its key's members are printed even if they are empty.
        let parents = vec![None; item.path.len() - 1];
        outputs.push(Output { path: item.path, ty: item.what.ty, cells: item.what.finish.gives(), parents, veil: None });
        finishes.push(item.what.finish);
    }
    if columns.0.len() > MAX_COLUMNS {
        return Err(too_large(0));
    }
    let source = source(&mut writer, &mut tables, query)?;
    // The order of aggregates is not known from the parts; nor which groups a limit keeps.
    let by_groups = query.limit.is_none() && keys.iter().all(|key| group_columns.contains(&key.sql));
    let whole = group_columns.iter().all(|c| columns.0.contains(c));
    let parts = joins.filter(|_| by_groups && whole).and_then(|joins| parts(&writer, &tables, &columns, &source, &group_columns, joins));
    let mut sql = format!("SELECT {}{source}", columns.0.join(", "));
    if !group_columns.is_empty() {
        sql.push_str(&format!(" GROUP BY {}", group_columns.join(", ")));
    }
    if !keys.is_empty() {
        sql.push_str(&format!(" ORDER BY {}", order_by(&keys, writer.dialect)));
    }
    sql.push_str(&format!(" LIMIT {}", query.limit.unwrap_or(u32::MAX).min(MAX_GROUPS + 1)));
    let (params, objects, tail) = (writer.params, tables.objects(), Tail::Groups(finishes));
    Ok(Plan { sql, params, outputs, width: columns.0.len(), count: None, objects, page: None, passing: super::passing(query), parts, tail })
}

/// The statement of the parts; `None` if a record's part depends on other records of its object.
fn parts(writer: &Writer<'_>, tables: &Tables<'_>, columns: &Columns, source: &str, groups: &[String], joins: Vec<Join>) -> Option<Parts> {
    if tables.joins().iter().any(|join| join.object.no == tables.main().no) {
        return None;
    }
    let n = writer.params.len();
    let groups: String = groups.iter().map(|g| format!(", {g}")).collect();
    let columns = columns.0.join(", ");
    let sql = format!(
        "SELECT MIN(t0.\"id\"), {columns}{source} AND t0.\"id\" >= ${} AND t0.\"id\" < ${} GROUP BY t0.\"id\" / ${}{groups}",
        n + 1,
        n + 2,
        n + 3
    );
    let span = format!("SELECT MIN(\"id\"), MAX(\"id\") FROM {}", quote(tables.main().name()));
    Some(Parts { sql, params: writer.params.clone(), span, columns: joins })
}

/// The selected things.
fn items(schema: &Schema, query: &Query, groups: &[Operand], tables: &mut Tables<'_>, writer: &Writer<'_>) -> Result<Vec<Wanted<Item>>> {
    let mut items = Vec::new();
    let mut names = HashSet::new();
    for (item, name) in query.select.iter().zip(Select::aggregate_names(&query.select)) {
        let wanted = match item {
            Select::Field(path) => {
                let key = groups.iter().find(|g| g.path.segments == path.segments).ok_or_else(|| not_grouped(path))?;
                let finish = Finish::Cells(key.columns.len());
                let joins = Some(vec![Join::Key; key.columns.len()]);
                let what = Item { columns: key.columns.clone(), joins, ty: key.ty.clone(), finish };
                Wanted { path: path.segments.clone(), what }
            }
            Select::Aggregate { function, path, .. } => {
                let name = name.unwrap_or_default();
                let position = path.as_ref().map_or(0, |p| p.position);
                let is_key = groups.iter().any(|g| g.path.segments[0] == name);
                if is_key || !names.insert(name.clone()) {
                    let (zh, en) = (
                        format!("结果中有两项都叫“{name}”，请用别名区分。"),
                        format!("Two results are called “{name}”; give one of them an alias."),
                    );
                    return Err(Error::bad_request("duplicate_name", zh, en).at(position));
                }
                let operand = path.as_ref().map(|p| tables.operand(p)).transpose()?;
                Wanted { path: vec![name], what: aggregate(schema, *function, operand.as_ref(), writer)? }
            }
        };
        items.push(wanted);
    }
    Ok(items)
}

/// One aggregate.
fn aggregate(schema: &Schema, function: Aggregate, operand: Option<&Operand>, writer: &Writer<'_>) -> Result<Item> {
    let count = |column, join: Option<Join>| Item {
        columns: vec![column],
        joins: join.map(|join| vec![join]),
        ty: FieldType::Integer { min: None, max: None },
        finish: Finish::Cells(1),
    };
    let Some(operand) = operand else { return Ok(count("COUNT(*)".to_owned(), Some(Join::Count))) };
    let call = call(function, operand, writer)?;
    let join = match function {
        Aggregate::Count => return Ok(count(call, Some(Join::Count))),
        Aggregate::CountDistinct => return Ok(count(call, None)),
        Aggregate::Sum | Aggregate::Avg => Join::Sum,
        Aggregate::Min => Join::Least,
        Aggregate::Max => Join::Greatest,
    };
    let mut joins = vec![join];
    let mut columns = vec![call];
    let (mut ty, mut finish) = (operand.ty.clone(), None);
    if operand.ty == FieldType::Money {
        finish = Some(Finish::Amount(schema.settings.currency.code().into()));
        if schema.multi_currency() {
            columns.extend([format!("MIN({})", operand.columns[1]), format!("MAX({})", operand.columns[1])]);
            joins.extend([Join::Least, Join::Greatest]);
            finish = Some(Finish::Mixed(operand.path.to_string()));
        }
    }
    if function == Aggregate::Avg {
        columns[0] = writer.dialect.sum(operand.main());
        columns.insert(1, format!("COUNT({})", operand.main()));
        joins.insert(1, Join::Count);
        let whole = matches!(operand.ty, FieldType::Integer { .. } | FieldType::Duration | FieldType::Rating { .. });
        if whole {
            ty = FieldType::Decimal { scale: 2 };
        }
        finish = Some(Finish::Mean(if whole { 2 } else { 0 }, finish.map(Box::new)));
    }
    Ok(Item { columns, joins: Some(joins), ty, finish: finish.unwrap_or(Finish::Cells(1)) })
}

/// The SQL of an aggregate; for a mean, what groups are ordered by.
fn call(function: Aggregate, operand: &Operand, writer: &Writer<'_>) -> Result<String> {
    use FieldType as T;
    let number =
        matches!(operand.ty, T::Integer { .. } | T::Decimal { .. } | T::Percent { .. } | T::Money | T::Duration | T::Rating { .. });
    let ordered = number
        || matches!(
            operand.ty,
            T::Date | T::DateTime | T::Text { .. } | T::Email | T::Url | T::AutoNumber { .. } | T::Picklist { .. } | T::Phone
        );
    let column = operand.main();
    let sound = match function {
        Aggregate::Count => operand.ty != T::Address,
        Aggregate::CountDistinct => crate::resolve::is_sortable(&operand.ty),
        Aggregate::Sum | Aggregate::Avg => number,
        Aggregate::Min | Aggregate::Max => ordered && operand.ty != T::Phone,
    };
    if !sound {
        let path = &operand.path;
        let (zh, en) = (format!("字段“{path}”的类型不能这样汇总。"), format!("The field “{path}” cannot be aggregated like that."));
        return Err(Error::bad_request("bad_aggregate", zh, en).at(path.position));
    }
    Ok(match function {
        Aggregate::Count if operand.main_id => "COUNT(*)".to_owned(),
        Aggregate::Count if operand.ty == T::Phone => format!("COUNT(COALESCE({}))", operand.columns.join(", ")),
        Aggregate::Count => format!("COUNT({column})"),
        Aggregate::CountDistinct => format!("COUNT(DISTINCT {column})"),
        Aggregate::Sum => writer.dialect.sum(column),
        Aggregate::Avg => format!("AVG({column})"),
        Aggregate::Min => format!("MIN({column})"),
        Aggregate::Max => format!("MAX({column})"),
    })
}

/// The keys of the order: aggregates by name or group keys, then the group keys that are not among them, so that the order is always
/// the same.
fn keys(query: &Query, groups: &[Operand], tables: &mut Tables<'_>, writer: &Writer<'_>) -> Result<Vec<Key>> {
    let names = Select::aggregate_names(&query.select);
    let mut keys: Vec<Key> = Vec::new();
    for wanted in &query.order {
        let place = names.iter().position(|n| n.as_ref().is_some_and(|n| wanted.path.segments == [n.as_str()]));
        let (sql, nullable, ty) = match place.map(|i| &query.select[i]) {
            Some(Select::Aggregate { path: None, .. }) => ("COUNT(*)".to_owned(), false, ColumnType::Integer),
            Some(Select::Aggregate { function, path: Some(path), .. }) => {
                let operand = tables.operand(path)?;
                let counts = matches!(function, Aggregate::Count | Aggregate::CountDistinct);
                (call(*function, &operand, writer)?, !counts, ColumnType::Integer)
            }
            _ => {
                let key = groups.iter().find(|g| g.path.segments == wanted.path.segments).ok_or_else(|| not_grouped(&wanted.path))?;
                (key.main().to_owned(), key.nullable, key.column_type)
            }
        };
        keys.push(key(sql, wanted, nullable, ty));
    }
    for group in groups {
        for (i, column) in group.columns.iter().enumerate() {
            if keys.iter().all(|k| k.sql != *column) {
                let order = Order { path: group.path.clone(), desc: false, nulls_last: None };
                keys.push(key(column.clone(), &order, group.nullable || i > 0, group.column_type));
            }
        }
    }
    Ok(keys)
}

fn key(sql: String, order: &Order, nullable: bool, ty: ColumnType) -> Key {
    Key { sql, desc: order.desc, nulls_last: order.nulls_last.unwrap_or(order.desc), nullable, ty }
}

fn not_grouped(path: &Path) -> Error {
    Error::bad_request(
        "not_grouped",
        format!("使用汇总函数时，字段“{path}”必须出现在 GROUP BY 中。"),
        format!("In a query with aggregates, the field “{path}” has to stand in GROUP BY."),
    )
    .at(path.position)
}

/// Works out the answer's rows.
pub(crate) fn finish(finishes: &[Finish], outputs: Vec<Output>, width: usize, cells: Vec<Cell>, total: bool) -> Result<PageRows> {
    let rows = cells.len() / width;
    if rows > MAX_GROUPS as usize {
        let (zh, en) = (
            format!("分组超过 {MAX_GROUPS} 个，请缩小范围。"),
            format!("There are more than {MAX_GROUPS} groups; please narrow the query."),
        );
        return Err(Error::bad_request("too_many_groups", zh, en));
    }
    let given: usize = finishes.iter().map(Finish::gives).sum();
    let mut done = Vec::with_capacity(rows * given);
    for row in cells.chunks_exact(width) {
        let mut rest = row;
        for finish in finishes {
            let (mine, others) = rest.split_at(finish.takes());
            rest = others;
            work_out(finish, mine, &mut done)?;
        }
    }
    let total = total.then_some(i64::try_from(rows).unwrap_or(i64::MAX));
    Ok(PageRows { width: given, cells: done, outputs: Arc::new(outputs), next: None, total })
}

fn work_out(finish: &Finish, cells: &[Cell], out: &mut Vec<Cell>) -> Result<()> {
    match finish {
        Finish::Cells(_) => out.extend_from_slice(cells),
        Finish::Amount(currency) => out.extend([cells[0].clone(), currency.clone()]),
        Finish::Mixed(path) => {
            if cells[1] != cells[2] {
                return Err(Error::bad_request(
                    "mixed_currencies",
                    format!("“{path}”包含多种货币，不能相加；请按 {path}.currency 分组。"),
                    format!("“{path}” is in several currencies, which do not add up; group by {path}.currency."),
                ));
            }
            out.extend_from_slice(&cells[..2]);
        }
        Finish::Mean(digits, then) => {
            let mean = match (cells[0].as_int(), cells[1].as_int()) {
                (Some(sum), Some(count)) if count > 0 => Cell::Int(mean(sum, count, *digits)?),
                _ => Cell::Null,
            };
            match then {
                None => out.push(mean),
                Some(then) => {
                    let amount: Vec<Cell> = std::iter::once(mean).chain(cells[2..].iter().cloned()).collect();
                    work_out(then, &amount, out)?;
                }
            }
        }
    }
    Ok(())
}

/// The mean with so many digits more than the sum has, halves to the even digit.
fn mean(sum: i64, count: i64, digits: u32) -> Result<i64> {
    let (sum, count) = (i128::from(sum) * 10_i128.pow(digits), i128::from(count));
    let (whole, rest) = (sum.div_euclid(count), sum.rem_euclid(count));
    let up = 2 * rest > count || (2 * rest == count && whole % 2 != 0);
    i64::try_from(whole + i128::from(up)).map_err(Error::internal)
}
