//! Tables, columns and indexes of a schema change. Each statement waits only a moment for its lock and tries again, so that nobody
//! else waits long behind it; indexes on tables that exist are built concurrently.

use std::collections::HashSet;
use std::time::Duration;

use guanxi_model::{Error, Result};
use guanxi_query::Dialect;
use guanxi_query::ddl::{add_column, create_index, drop_index};
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

impl Postgres {
    /// What must be there before the metadata says so: tables, columns, indexes.
    pub(crate) async fn build(&self, work: &Work) -> Result<()> {
        let mut conn = self.place().checkout().await?;
        for object in &work.tables {
            // What a change that was cut off left behind; the metadata does not know of it.
            let mut script = format!("{};", ddl::drop_table(object.name()));
            script.push_str(&ddl::create_object(object, Dialect::Postgres).join(";"));
            briefly(&mut conn, &script).await?;
        }
        for (object, field) in &work.columns {
            let there = names(
                &mut conn,
                "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass($1) AND NOT attisdropped",
                object.name(),
            )
            .await?;
            for (column, sql) in field.columns.iter().zip(add_column(object, field, Dialect::Postgres)) {
                if !there.contains(&column.name) {
                    briefly(&mut conn, &sql).await?;
                }
            }
        }
        let valid = "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass($1) AND i.indisvalid";
        for (object, index) in &work.indexes {
            if names(&mut conn, valid, object.name()).await?.contains(&index.name) {
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
    pub(crate) async fn clear(&self, work: &Work) -> Result<()> {
        let mut conn = self.place().checkout().await?;
        for index in &work.dropped {
            conn.client().batch_execute(&drop_index(index, Dialect::Postgres, true)).await.map_err(fault)?;
        }
        for name in &work.gone {
            briefly(&mut conn, &ddl::drop_table(name)).await?;
        }
        Ok(())
    }
}

/// The names that a statement over one table gives.
async fn names(conn: &mut Checkout, sql: &str, table: &str) -> Result<HashSet<String>> {
    let rows = conn.client().query(sql, &[&table]).await.map_err(fault)?;
    rows.iter().map(|row| row.try_get(0).map_err(fault)).collect()
}

/// Runs statements in one transaction that gives up when a lock is not to be had at once, and tries again.
async fn briefly(conn: &mut Checkout, script: &str) -> Result<()> {
    let script = format!("BEGIN; SET LOCAL lock_timeout = '80ms'; {script}; COMMIT");
    for _ in 0..TRIES {
        conn.set_dirty(true);
        let result = conn.client().batch_execute(&script).await;
        if result.is_err() {
            conn.client().batch_execute("ROLLBACK").await.map_err(fault)?;
        }
        conn.set_dirty(false);
        match result {
            Ok(()) => return Ok(()),
            Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => sleep(PAUSE).await,
            Err(error) => return Err(fault(error)),
        }
    }
    Err(Error { code: "table_locked", ..unavailable() }.because("a table stays locked by a long transaction"))
}
