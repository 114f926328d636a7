//! The store of one organisation: opening it, reading, writing.

use std::path::Path;
use std::sync::Arc;

use guanxi_access::Authorized;
use guanxi_model::change::ChangeSet;
use guanxi_model::{Cell, Clock, Ctx, Error, Result, Schema};
use guanxi_query::{Dialect, Page, PageRows, Query};
use tokio::sync::watch;

use crate::error::WriteError;
use crate::log::Committed;
use crate::pool::PgPool;
use crate::unit::{Row, Rows, SqlText, Step};

/// One organisation's database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    dialect: Dialect,
    head: watch::Sender<i64>,
    clock: Arc<dyn Clock>,
}

/// How a SQLite file is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Connections for reading (default 4).
    pub readers: usize,
    /// How much of the file may be mapped into memory, in bytes, per connection (default 128 MiB).
    pub mmap_bytes: u64,
    /// Page cache of each reader in KiB (default 2,048).
    pub reader_cache_kib: u32,
    /// Page cache of the writer in KiB (default 16,384).
    pub writer_cache_kib: u32,
}

impl Default for SqliteOptions {
    fn default() -> SqliteOptions {
        SqliteOptions { readers: 4, mmap_bytes: 128 << 20, reader_cache_kib: 2_048, writer_cache_kib: 16_384 }
    }
}

impl Store {
    /// Opens an organisation's SQLite file; makes it if it is not there, and migrates it.
    ///
    /// # Errors
    /// `conflict` (code `store_in_use`) if another process has it open; `conflict` (code `newer_schema`) if a newer version of
    /// the product wrote it; `unavailable`, `no_space` and `internal` from the file system.
    pub async fn open_sqlite(path: &Path, options: SqliteOptions, clock: Arc<dyn Clock>) -> Result<Store> {
        let _ = (path, options, clock);
        Err(Error::internal("unwritten"))
    }

    /// Opens an organisation's PostgreSQL schema; makes it in one transaction if it is not there, and migrates it.
    ///
    /// # Errors
    /// `unavailable` if the server cannot be reached; `conflict` (code `newer_schema`) as above.
    pub async fn open_postgres(pool: PgPool, schema_name: &str, clock: Arc<dyn Clock>) -> Result<Store> {
        let _ = (pool, schema_name, clock);
        Err(Error::internal("unwritten"))
    }

    /// The engine.
    pub fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    /// Finishes the writes that wait, then refuses further ones with `unavailable`. Returns when everything is on disk.
    pub async fn close(&self) {}

    /// Runs an authorised query. The total, if the page asks for it, is counted in the same way.
    ///
    /// # Errors
    /// Those of [`guanxi_query::plan`]; `unavailable`.
    pub async fn select(&self, ctx: &Ctx, schema: &Schema, query: &Authorized<Query>, page: &Page) -> Result<PageRows> {
        let _ = (ctx, schema, query, page);
        Err(Error::internal("unwritten"))
    }

    /// Writes an authorised change set and appends it to the change log, together with its idempotency key and its jobs, or does
    /// nothing. When this returns `Ok` the set is flushed to disk.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn write(&self, schema: &Arc<Schema>, set: Authorized<ChangeSet>) -> Result<Committed, WriteError> {
        let _ = (schema, set);
        Err(Error::internal("unwritten").into())
    }

    /// Reserves `n` numbers of a counter and returns the first; a counter starts at 1. Numbers of `record_id` and `job` are taken
    /// from a block that this store has reserved, so that most calls cost nothing; after a restart the rest of a block is lost.
    pub async fn allocate(&self, counter: &str, n: i64) -> Result<i64> {
        let _ = (counter, n);
        Err(Error::internal("unwritten"))
    }

    /// The last committed place in the change log, as it moves. On PostgreSQL, commits of other nodes show within a second.
    pub fn log_head(&self) -> watch::Receiver<i64> {
        self.inner.head.subscribe()
    }

    /// Now, by the store's clock, in microseconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        self.inner.clock.now_us()
    }

    /// Reads rows.
    pub(crate) async fn rows(&self, sql: impl Into<SqlText>, params: Vec<Cell>) -> Result<Rows> {
        let _ = (sql.into(), params);
        Err(Error::internal("unwritten"))
    }

    /// Reads rows and makes something of each.
    pub(crate) async fn rows_as<T>(&self, sql: impl Into<SqlText>, params: Vec<Cell>, each: impl FnMut(&mut Row) -> Result<T>) -> Result<Vec<T>> {
        self.rows(sql, params).await?.read(each)
    }

    /// Runs statements in one transaction; gives the rows of those that expect some, and the count of changed rows.
    pub(crate) async fn run(&self, steps: Vec<Step>) -> Result<(Vec<Rows>, u64), WriteError> {
        let _ = steps;
        Err(Error::internal("unwritten").into())
    }
}
