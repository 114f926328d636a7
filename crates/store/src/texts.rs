//! Texts of statements that are wanted again and again, so that they are not written anew for every record.

use std::cell::RefCell;
use std::sync::Arc;

use guanxi_model::Object;
use guanxi_query::{Dialect, dml};

/// How many texts a thread keeps.
const KEPT: usize = 64;

/// An `INSERT`, and what it was made of.
struct Known {
    table: String,
    columns: Vec<String>,
    rows: usize,
    dialect: Dialect,
    sql: Arc<str>,
}

thread_local! {
    static INSERTS: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
}

/// [`dml::insert`], kept.
pub(crate) fn insert(object: &Object, columns: &[String], rows: usize, dialect: Dialect) -> Arc<str> {
    INSERTS.with_borrow_mut(|all| {
        let same = |k: &Known| k.rows == rows && k.dialect == dialect && k.table == object.name() && k.columns == columns;
        if let Some(known) = all.iter().find(|k| same(k)) {
            return Arc::clone(&known.sql);
        }
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let sql: Arc<str> = dml::insert(object, &names, rows, dialect).into();
        if all.len() >= KEPT {
            all.clear();
        }
        all.push(Known { table: object.name().to_owned(), columns: columns.to_vec(), rows, dialect, sql: Arc::clone(&sql) });
        sql
    })
}
