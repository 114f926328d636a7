//! Tables, columns and indexes of a schema change. Each statement waits only a moment for its lock and tries again, so that nobody
//! else waits long behind it; indexes on tables that exist are built concurrently.

use std::collections::HashSet;
use std::time::Duration;

use guanxi_model::column::Column;
use guanxi_model::{Error, Result, Schema};
use guanxi_query::Dialect;
use guanxi_query::ddl::{add_column, create_index, drop_column, drop_index, indexes, is_index_name};
use tokio::time::sleep;
use tokio_postgres::error::SqlState;

use super::Postgres;
use super::convert::{fault, unavailable, unique_column};
use crate::ddl::{self, Work};
use crate::pool::Checkout;
use crate::schema::not_unique;

/// How often a lock is tried for, and how long is waited in between: ten seconds in all.
const TRIES: usize = 50;
const PAUSE: Duration = Duration::from_millis(150);

/// How often another node is waited for: five minutes, since it may be building indexes.
const TURN_TRIES: usize = 2_000;

impl Postgres {
    /// The right to change tables, which one node at a time has. It ends with the connection, which does not go back to the pool.
    pub(crate) async fn turn(&self) -> Result<Checkout> {
        let mut conn = self.place().checkout().await?;
        conn.set_dirty(true);
        // Asked for again and again: a statement that waits would keep concurrent builds of indexes waiting for it.
        let sql = "SELECT pg_try_advisory_lock(hashtext('guanxi schema change'), hashtext(current_schema()::text))";
        for _ in 0..TURN_TRIES {
            if conn.client().query_one(sql, &[]).await.and_then(|row| row.try_get(0)).map_err(fault)? {
                return Ok(conn);
            }
            sleep(PAUSE).await;
        }
        Err(Error { code: "table_locked", ..unavailable() }.because("another node is changing the schema"))
    }

    /// What must be there before the metadata says so: tables, columns, indexes.
    pub(crate) async fn build(&self, conn: &Checkout, work: &Work) -> Result<()> {
        for object in &work.tables {
            // What a change that was cut off left behind; the metadata does not know of it.
            let mut script = format!("{};", ddl::drop_table(object.name()));
            script.push_str(&ddl::create_object(object, Dialect::Postgres).join(";"));
            briefly(conn, &script).await?;
        }
        for (object, field) in &work.columns {
            for ((column, add), drop) in
                field.columns.iter().zip(add_column(object, field, Dialect::Postgres)).zip(drop_column(object, field))
            {
                // What a change that was cut off left behind.
                let there = left_over(conn, object.name(), column).await?;
                match there {
                    Some(true) => {}
                    Some(false) => briefly(conn, &format!("{drop}; {add}")).await?,
                    None => briefly(conn, &add).await?,
                }
            }
        }
        let valid = "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass($1) AND i.indisvalid";
        for (object, index) in &work.indexes {
            if names(conn, valid, object.name()).await?.contains(&index.name) {
                continue;
            }
            let drop = drop_index(index, Dialect::Postgres, true);
            conn.client().batch_execute(&drop).await.map_err(fault)?;
            if let Err(error) = conn.client().batch_execute(&create_index(object, index, Dialect::Postgres, true)).await {
                conn.client().batch_execute(&drop).await.map_err(fault)?;
                let column = index.columns.first().map(|c| c.0.clone()).unwrap_or_default();
                let twice = unique_column(&error).is_some() || error.code() == Some(&SqlState::UNIQUE_VIOLATION);
                return Err(if twice { not_unique(&column) } else { fault(error) });
            }
        }
        Ok(())
    }

    /// What goes after the metadata no longer says that it is there: tables, indexes.
    pub(crate) async fn clear(&self, conn: &Checkout, work: &Work) -> Result<()> {
        for index in &work.dropped {
            conn.client().batch_execute(&drop_index(index, Dialect::Postgres, true)).await.map_err(fault)?;
        }
        for name in &work.gone {
            briefly(conn, &ddl::drop_table(name)).await?;
        }
        Ok(())
    }

    /// Drops the indexes of records' tables that the schema does not ask for; those that an operator made stay.
    pub(crate) async fn sweep(&self, conn: &Checkout, schema: &Schema) -> Result<()> {
        let there = "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
                     WHERE i.indrelid = to_regclass($1) AND NOT i.indisprimary";
        for object in schema.objects() {
            let wanted = indexes(object);
            let left = |name: &&String| is_index_name(name) && wanted.iter().all(|index| index.name != **name);
            for name in names(conn, there, object.name()).await?.iter().filter(left) {
                tracing::info!(name, object = object.name(), "dropping an index that a change of the schema left behind");
                let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS \"{}\"", name.replace('"', "\"\""));
                conn.client().batch_execute(&drop).await.map_err(fault)?;
            }
        }
        Ok(())
    }
}

/// The names that a statement over one table gives.
async fn names(conn: &Checkout, sql: &str, table: &str) -> Result<HashSet<String>> {
    let rows = conn.client().query(sql, &[&table]).await.map_err(fault)?;
    rows.iter().map(|row| row.try_get(0).map_err(fault)).collect()
}

/// Whether a column is there, and has the type it should have.
async fn left_over(conn: &Checkout, table: &str, column: &Column) -> Result<Option<bool>> {
    let sql =
        "SELECT atttypid = to_regtype($3)::oid FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2 AND NOT attisdropped";
    let ty = Dialect::Postgres.column_type(column.ty).split(' ').next().unwrap_or_default();
    let row = conn.client().query_opt(sql, &[&table, &column.name, &ty]).await.map_err(fault)?;
    row.map(|row| row.try_get(0).map_err(fault)).transpose()
}

/// Runs statements in one transaction that gives up when a lock is not to be had at once, and tries again.
async fn briefly(conn: &Checkout, script: &str) -> Result<()> {
    let script = format!("BEGIN; SET LOCAL lock_timeout = '80ms'; {script}; COMMIT");
    for _ in 0..TRIES {
        let result = conn.client().batch_execute(&script).await;
        if result.is_err() {
            conn.client().batch_execute("ROLLBACK").await.map_err(fault)?;
        }
        match result {
            Ok(()) => return Ok(()),
            Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => sleep(PAUSE).await,
            Err(error) => return Err(fault(error)),
        }
    }
    Err(Error { code: "table_locked", ..unavailable() }.because("a table stays locked by a long transaction"))
}
