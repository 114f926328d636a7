//! Which records are in a user's reach, as SQL: by owner, by shares, with their parent, by their children.

use guanxi_model::{Cell, Error, Result};

use super::filter::Writer;
use crate::dialect::{Dialect, quote};
use crate::tree::{Child, Comparison, Expr, Literal, Parent, Reach, Shares};

/// How many parents above each other are followed.
const MAX_PARENTS: usize = 4;

impl Writer<'_> {
    /// That the record in the table with this alias is in reach; asked of one record after the other.
    pub(crate) fn in_reach(&mut self, alias: &str, reach: &Reach, depth: usize) -> Result<String> {
        let mut ways = Vec::new();
        if !reach.owners.is_empty() {
            ways.push(self.owned(alias, &reach.owners, false));
        }
        if let Some(shares) = &reach.shares {
            let condition = self.shared("s", shares, false);
            // Without it PostgreSQL reads the shares of all records before the first: it does not see that a page ends soon.
            let one = if self.pages && self.dialect == Dialect::Postgres { " OFFSET 0" } else { "" };
            ways.push(format!("EXISTS (SELECT 1 FROM sys_share AS s WHERE s.record_id = {alias}.\"id\" AND {condition}{one})"));
        }
        if let Some(parent) = &reach.parent {
            for (i, (to, scope)) in parent.to.iter().enumerate() {
                let up = format!("p{depth}_{i}");
                let mut sql = format!(
                    "EXISTS (SELECT 1 FROM {} AS {up} WHERE {up}.\"id\" = {alias}.{} AND {up}.\"deleted_at\" IS NULL",
                    quote(to),
                    quote(&parent.column)
                );
                if let Some(scope) = scope {
                    sql.push_str(" AND ");
                    sql.push_str(&self.row_predicate(to, &up, scope, depth + 1, false)?);
                }
                sql.push(')');
                ways.push(sql);
            }
        }
        for child in &reach.children {
            let owned = self.owned("c", &child.owners, true);
            ways.push(format!(
                "EXISTS (SELECT 1 FROM {} AS c WHERE c.{} = {alias}.\"id\" AND c.\"deleted_at\" IS NULL AND {owned})",
                quote(&child.object),
                quote(&child.column)
            ));
        }
        Ok(if ways.is_empty() { "FALSE".to_owned() } else { ways.join(" OR ") })
    }

    /// That a live record of `object` is in reach, where few are: those are looked up first.
    pub(crate) fn among_few(&mut self, object: &str, alias: &str, reach: &Reach, depth: usize) -> Result<String> {
        let branches = self.branches(object, reach, depth, "")?;
        if branches.is_empty() {
            return Ok("FALSE".to_owned());
        }
        Ok(format!("{alias}.\"id\" IN ({})", branches.join(" UNION ALL ")))
    }

    /// Statements that give the ids of the live records in reach, one for each way. `capped` ends what is read of parents.
    pub(crate) fn branches(&mut self, object: &str, reach: &Reach, depth: usize, capped: &str) -> Result<Vec<String>> {
        let table = quote(object);
        let mut all = Vec::new();
        if !reach.owners.is_empty() {
            let owned = self.owned("o", &reach.owners, true);
            all.push(format!("SELECT o.\"id\" FROM {table} AS o WHERE {owned} AND o.\"deleted_at\" IS NULL"));
        }
        if let Some(shares) = &reach.shares {
            let no = self.object_no(object)?;
            let condition = self.shared("s", shares, true);
            let no = self.param(Cell::Int(no));
            all.push(format!("SELECT s.record_id FROM sys_share AS s WHERE {condition} AND s.object_no = {no}"));
        }
        if let Some(Parent { column, to }) = &reach.parent {
            for (i, (to, scope)) in to.iter().enumerate() {
                let up = format!("p{depth}_{i}");
                let mut sql = format!("SELECT {up}.\"id\" FROM {} AS {up} WHERE {up}.\"deleted_at\" IS NULL", quote(to));
                if let Some(scope) = scope {
                    sql.push_str(" AND ");
                    sql.push_str(&self.row_predicate(to, &up, scope, depth + 1, true)?);
                }
                all.push(format!(
                    "SELECT x.\"id\" FROM {table} AS x WHERE x.{} IN ({sql}{capped}) AND x.\"deleted_at\" IS NULL",
                    quote(column)
                ));
            }
        }
        for Child { object, column, owners } in &reach.children {
            let (table, column, owned) = (quote(object), quote(column), self.owned("c", owners, true));
            all.push(format!("SELECT c.{column} FROM {table} AS c WHERE {owned} AND c.{column} IS NOT NULL AND c.\"deleted_at\" IS NULL"));
        }
        Ok(all)
    }

    /// A row predicate as `access` makes it; `few` says whether the records for which it holds are looked up first.
    pub(crate) fn row_predicate(&mut self, object: &str, alias: &str, scope: &Expr, depth: usize, few: bool) -> Result<String> {
        match scope {
            Expr::Never => Ok("FALSE".to_owned()),
            Expr::And(parts) => {
                let all: Result<Vec<String>> = parts.iter().map(|part| self.row_predicate(object, alias, part, depth, few)).collect();
                Ok(all?.join(" AND "))
            }
            Expr::Compare(path, Comparison::Eq, Literal::Id(id)) if path.segments == ["owner_id"] => {
                Ok(format!("{alias}.\"owner_id\" = {}", self.param(Cell::Int(*id))))
            }
            Expr::OneOf(path, owners) if path.segments == ["owner_id"] => Ok(self.owned(alias, owners, few)),
            Expr::Reach(_) if depth > MAX_PARENTS => Ok("FALSE".to_owned()),
            Expr::Reach(reach) if few => self.among_few(object, alias, reach, depth),
            Expr::Reach(reach) => self.in_reach(alias, reach, depth).map(|sql| format!("({sql})")),
            _ => Err(Error::internal("a row predicate of an unknown form")),
        }
    }

    fn owned(&mut self, alias: &str, owners: &[i64], by_index: bool) -> String {
        let param = self.numbers(owners);
        self.dialect.among(&format!("{alias}.\"owner_id\""), &param, by_index)
    }

    /// Of one record's few shares each is compared with the list; looked up by an index the list would be gone through for each record.
    fn shared(&mut self, alias: &str, shares: &Shares, by_index: bool) -> String {
        let param = self.numbers(&shares.with);
        let principal = if by_index { format!("{alias}.principal") } else { format!("({alias}.principal + 0)") };
        let with = self.dialect.among(&principal, &param, true);
        let now = self.now();
        let edit = if shares.edit { format!(" AND {alias}.may_edit = 1") } else { String::new() };
        format!("{with}{edit} AND ({alias}.expires_at IS NULL OR {alias}.expires_at > {now})")
    }

    /// The numbers travel as one parameter, so that the statement is the same for everyone.
    fn numbers(&mut self, numbers: &[i64]) -> String {
        let text = numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        self.param(Cell::Text(text))
    }
}
