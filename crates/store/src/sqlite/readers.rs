//! Connections for reading. A reader sees the last committed state; readers and the writer do not wait for each other.

use std::sync::{Mutex, MutexGuard, PoisonError};

use guanxi_model::{Cell, Error, Result};
use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::blocking;
use super::convert::{Param, cell, fault, unavailable};
use crate::unit::Rows;

/// A pool of connections.
pub(super) struct Readers {
    free: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Readers {
    /// A pool of these.
    pub(super) fn new(connections: Vec<Connection>) -> Readers {
        Readers { permits: Semaphore::new(connections.len()), free: Mutex::new(connections) }
    }

    /// Reads rows.
    pub(super) async fn rows(&self, sql: &str, params: &[Cell]) -> Result<Rows> {
        self.with(|conn| query(conn, sql, params)).await
    }

    /// Reads the rows of a statement that touches only a few pages, on the caller's thread.
    pub(super) async fn few_rows(&self, sql: &str, params: &[Cell]) -> Result<Rows> {
        self.on_a_reader(|conn| query(conn, sql, params)).await
    }

    /// Reads the rows of statements from one state.
    pub(super) async fn rows_together(&self, statements: &[(&str, &[Cell])]) -> Result<Vec<Rows>> {
        self.on_a_reader(|conn| {
            let transaction = conn.unchecked_transaction()?;
            let rows = statements.iter().map(|(sql, params)| query(&transaction, sql, params)).collect::<rusqlite::Result<_>>()?;
            transaction.commit()?;
            Ok(rows)
        })
        .await
    }

    /// Closes the connections that are free and lets no further one out.
    pub(super) fn close(&self) {
        self.permits.close();
        self.free().clear();
    }

    fn free(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        self.on_a_reader(|conn| blocking(|| work(conn))).await
    }

    async fn on_a_reader<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let _permit = self.permits.acquire().await.map_err(|_| unavailable().because("the store is closed"))?;
        let conn = self.free().pop().ok_or_else(|| Error::internal("no reader although there is a permit"))?;
        let result = work(&conn);
        if !self.permits.is_closed() {
            self.free().push(conn);
        }
        result.map_err(fault)
    }
}

/// Runs a statement and takes all its rows.
pub(super) fn query(conn: &Connection, sql: &str, params: &[Cell]) -> rusqlite::Result<Rows> {
    let mut statement = conn.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    let width = statement.column_count();
    let mut cells = Vec::with_capacity(width);
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        for column in 0..width {
            cells.push(cell(row.get_ref(column)?));
        }
    }
    Ok(Rows { width, cells })
}

/// Binds all parameters of a statement.
pub(super) fn bind(statement: &mut rusqlite::Statement<'_>, params: &[Cell]) -> rusqlite::Result<()> {
    if statement.parameter_count() != params.len() {
        return Err(rusqlite::Error::InvalidParameterCount(params.len(), statement.parameter_count()));
    }
    for (at, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, Param(param))?;
    }
    Ok(())
}
