//! The store of one organisation: opening it, reading, writing.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use guanxi_access::Authorized;
use guanxi_model::change::ChangeSet;
use guanxi_model::{Cell, Clock, Ctx, Error, Object, RecordId, Result, Schema};
use guanxi_query::plan::count_reach;
use guanxi_query::{Dialect, Page, PageRows, Query, plan};
use tokio::sync::{Mutex, watch};

use crate::commits::Commits;
use crate::error::WriteError;
use crate::fence::fenced;
use crate::figures::Figures;
use crate::heads::{Moves, raise};
use crate::log::Committed;
use crate::plan::unit_of;
use crate::pool::PgPool;
use crate::postgres::Postgres;
use crate::sqlite::{self, Sqlite};
use crate::sys::step;
use crate::unit::{Done, Expect, Part, Row, Rows, SqlText, Step, Unit, cells};

/// One organisation's database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    head: watch::Sender<i64>,
    /// How many units with events of the audit log this process has written.
    events: watch::Sender<u64>,
    clock: Arc<dyn Clock>,
    /// Reserved numbers by counter: the next one, and the one after the last.
    blocks: Mutex<HashMap<String, (i64, i64)>>,
    /// Held while the schema changes.
    schema_change: Mutex<()>,
    /// [`crate::Heads::people`] and [`crate::Heads::members`] on SQLite.
    people: (AtomicI64, AtomicI64),
    figures: Figures,
    commits: Arc<Commits>,
}

pub(crate) enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// Counters whose numbers are taken in blocks, and how many at a time.
const BLOCKS: [(&str, i64); 2] = [("record_id", 1_000), ("job", 100)];

/// How a SQLite file is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Connections for reading (default 4).
    pub readers: usize,
    /// How much of the file may be mapped into memory, in bytes, per connection (default 32 MiB).
    pub mmap_bytes: u64,
    /// Page cache of each reader in KiB (default 2,048).
    pub reader_cache_kib: u32,
    /// Page cache of the writer in KiB (default 16,384).
    pub writer_cache_kib: u32,
    /// The file's greatest size in bytes; writes beyond it are refused with `no_space` (default: as large as the disk).
    pub max_bytes: Option<u64>,
}

impl Default for SqliteOptions {
    fn default() -> SqliteOptions {
        SqliteOptions { readers: 4, mmap_bytes: 32 << 20, reader_cache_kib: 2_048, writer_cache_kib: 16_384, max_bytes: None }
    }
}

impl Store {
    /// Opens an organisation's SQLite file; makes it if it is not there, and migrates it.
    ///
    /// # Errors
    /// `conflict` (code `store_in_use`) if another process has it open; `conflict` (code `newer_schema`) if a newer version of
    /// the product wrote it; `unavailable`, `no_space` and `internal` from the file system.
    pub async fn open_sqlite(path: &Path, options: SqliteOptions, clock: Arc<dyn Clock>) -> Result<Store> {
        let commits = Arc::<Commits>::default();
        let (engine, head) = sqlite::blocking(|| Sqlite::open(path, &options, &*clock, Arc::clone(&commits)))?;
        Ok(Store::new(Engine::Sqlite(engine), head, clock, commits))
    }

    /// Opens an organisation's PostgreSQL schema; makes it in one transaction if it is not there, and migrates it.
    ///
    /// # Errors
    /// `unavailable` if the server cannot be reached; `conflict` (code `newer_schema`) as above.
    pub async fn open_postgres(pool: PgPool, schema_name: &str, clock: Arc<dyn Clock>) -> Result<Store> {
        let commits = Arc::<Commits>::default();
        let (engine, head) = Postgres::open(pool, schema_name, &*clock, Arc::clone(&commits)).await?;
        Ok(Store::new(Engine::Postgres(engine), head, clock, commits))
    }

    fn new(engine: Engine, head: watch::Sender<i64>, clock: Arc<dyn Clock>, commits: Arc<Commits>) -> Store {
        Store {
            inner: Arc::new(Inner {
                engine,
                head,
                events: watch::Sender::new(0),
                clock,
                blocks: Mutex::default(),
                schema_change: Mutex::default(),
                people: Default::default(),
                figures: Figures::default(),
                commits,
            }),
        }
    }

    /// The engine.
    pub fn dialect(&self) -> Dialect {
        match self.inner.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Finishes the writes that wait, then refuses further ones, and reads, with `unavailable`. Returns when everything is on disk.
    pub async fn close(&self) {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.close().await,
            Engine::Postgres(engine) => engine.close().await,
        }
    }

    /// Runs an authorised query. The total, if the page asks for it, is of the same state of the database as the rows.
    ///
    /// # Errors
    /// Those of [`guanxi_query::plan()`]; `unavailable`.
    pub async fn select(&self, ctx: &Ctx, schema: &Schema, query: &Authorized<Query>, page: &Page) -> Result<PageRows> {
        let plan = plan(ctx, schema, query.get(), page, self.dialect())?;
        let (cells, total) = match &plan.count {
            None if plan.page.is_none() && !plan.passing => (Box::pin(self.figures(&plan)).await?, None),
            None => (self.rows_of(&plan.sql, &plan.params).await?.cells, None),
            Some((sql, params)) => {
                let mut both = self.rows_together(&[(&plan.sql, &plan.params), (sql, params)]).await?;
                let count = both.pop().and_then(|count| count.first_int());
                (both.pop().map_or_else(Vec::new, |rows| rows.cells), count)
            }
        };
        plan.finish(cells, total)
    }

    /// How many live records of the query's object are in the user's reach, its filter apart; counted no further than `most`.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn count_in_reach(&self, ctx: &Ctx, schema: &Schema, query: &Authorized<Query>, most: u32) -> Result<i64> {
        let (sql, params) = count_reach(ctx, schema, query.get(), most, self.dialect())?;
        Ok(self.rows_of(&sql, &params).await?.first_int().unwrap_or(0))
    }

    /// Writes an authorised change set and appends it to the change log, together with its idempotency key and its jobs, or does
    /// nothing. When this returns `Ok` the set is flushed to disk. What a job writes is fenced by its lease ([`crate::under_lease`]).
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn write(&self, schema: &Arc<Schema>, set: Authorized<ChangeSet>) -> Result<Committed, WriteError> {
        self.submit(fenced(unit_of(self.dialect(), schema, set.into_inner())?)).await.map(Committed::of)
    }

    /// Writes an authorised change set that changes users: who is signed in has to be looked at anew, see [`crate::Heads::people`].
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn write_people(
        &self,
        schema: &Arc<Schema>,
        set: Authorized<ChangeSet>,
        leaving: &[RecordId],
    ) -> Result<Committed, WriteError> {
        let mut unit = fenced(unit_of(self.dialect(), schema, set.into_inner())?);
        unit.parts.extend(leaving.iter().flat_map(|user| crate::sys::ways_in_end(*user)).map(Part::Step));
        self.submit(Unit { moves: Moves::Members, ..unit }).await.map(Committed::of)
    }

    /// Reserves `n` numbers of a counter and returns the first; a counter starts at 1. Numbers of `record_id` and `job` are taken
    /// from a block that this store has reserved, so that most calls cost nothing; after a restart the rest of a block is lost.
    pub async fn allocate(&self, counter: &str, n: i64) -> Result<i64> {
        let n = n.max(1);
        let Some((_, block)) = BLOCKS.iter().find(|(name, _)| *name == counter) else {
            return self.reserve(counter, n).await;
        };
        let mut blocks = self.inner.blocks.lock().await;
        let (next, end) = blocks.get(counter).copied().unwrap_or((1, 1));
        if end - next >= n {
            blocks.insert(counter.to_owned(), (next + n, end));
            return Ok(next);
        }
        let first = self.reserve(counter, n + block).await?;
        blocks.insert(counter.to_owned(), (first + n, first + n + block));
        Ok(first)
    }

    async fn reserve(&self, counter: &str, n: i64) -> Result<i64> {
        let sql = "INSERT INTO sys_counter (name, value) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET value = sys_counter.value + excluded.value RETURNING value";
        let steps = vec![Step { expect: Expect::Rows, ..step(sql, cells![counter, n]) }];
        let done = self.submit(Unit::of(steps)).await.map_err(WriteError::into_error)?;
        let last = done.rows.first().and_then(Rows::first_int).ok_or_else(|| Error::internal("a counter gave no number"))?;
        Ok(last - n + 1)
    }

    /// The last committed place in the change log, as it moves. On PostgreSQL, commits of other nodes show within a second.
    pub fn log_head(&self) -> watch::Receiver<i64> {
        self.inner.head.subscribe()
    }

    /// Has PostgreSQL look at how the rows of an object's table, or of the table of shares, are spread, after many were written: until it has,
    /// it plans as for the table as it was. By itself it looks within a minute or so, so that a failure is only logged. SQLite's plans do
    /// not depend on it.
    pub async fn analyse(&self, object: Option<&Object>) {
        let table = object.map_or("sys_share", Object::name);
        let Engine::Postgres(engine) = &self.inner.engine else { return };
        if let Err(error) = engine.analyse(table).await {
            tracing::warn!(%error, internal = error.internal.as_deref(), table, "a table could not be analysed");
        }
    }

    /// Now, by the store's clock, in microseconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        self.inner.clock.now_us()
    }

    /// The engine, if it is PostgreSQL.
    pub(crate) fn postgres(&self) -> Option<&Postgres> {
        match &self.inner.engine {
            Engine::Sqlite(_) => None,
            Engine::Postgres(engine) => Some(engine),
        }
    }

    /// Held while the schema changes.
    pub(crate) fn schema_change(&self) -> &Mutex<()> {
        &self.inner.schema_change
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// Reads rows.
    pub(crate) async fn rows(&self, sql: impl Into<SqlText>, params: Vec<Cell>) -> Result<Rows> {
        self.rows_of(&sql.into(), &params).await
    }

    pub(crate) async fn rows_of(&self, sql: &str, params: &[Cell]) -> Result<Rows> {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.rows(sql, params).await,
            Engine::Postgres(engine) => Box::pin(engine.rows(sql, params)).await,
        }
    }

    /// Reads the rows of a statement that touches only a few pages.
    pub(crate) async fn few_rows(&self, sql: &str, params: &[Cell]) -> Result<Rows> {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.few_rows(sql, params).await,
            // In a box: what PostgreSQL needs would make the futures of every request large.
            Engine::Postgres(engine) => Box::pin(engine.rows(sql, params)).await,
        }
    }

    /// The rows of statements, one after another from the same state.
    pub(crate) async fn rows_together(&self, statements: &[(&str, &[Cell])]) -> Result<Vec<Rows>> {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.rows_together(statements).await,
            Engine::Postgres(engine) => Box::pin(engine.rows_together(statements)).await,
        }
    }

    /// Reads rows and makes something of each.
    pub(crate) async fn rows_as<T>(
        &self,
        sql: impl Into<SqlText>,
        params: Vec<Cell>,
        each: impl FnMut(&mut Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.rows(sql, params).await?.read(each)
    }

    /// Writes a unit; returns when it is on disk.
    pub(crate) async fn submit(&self, mut unit: Unit) -> Result<Done, WriteError> {
        let (moves, events) = (unit.moves, unit.events);
        unit.parts.extend(raise(self.dialect(), moves).map(Part::Step));
        let done = match &self.inner.engine {
            Engine::Sqlite(engine) => engine.submit(unit).await,
            Engine::Postgres(engine) => engine.submit(unit).await,
        };
        // Even if it failed: a commit whose answer was lost may have happened.
        if moves >= Moves::Members {
            self.inner.people.1.fetch_add(1, Ordering::SeqCst);
        }
        if moves >= Moves::People {
            self.inner.people.0.fetch_add(1, Ordering::SeqCst);
        }
        if events {
            self.inner.events.send_modify(|count| *count += 1);
        }
        done
    }

    /// Moves whenever this process has written an event of the audit log.
    pub fn audit_events(&self) -> watch::Receiver<u64> {
        self.inner.events.subscribe()
    }

    /// Commits so far.
    pub(crate) fn counted(&self) -> &Commits {
        &self.inner.commits
    }

    /// The answers of aggregates.
    pub(crate) fn kept_figures(&self) -> &Figures {
        &self.inner.figures
    }

    /// The last place in the change log that this process knows of.
    pub(crate) fn last_seq(&self) -> i64 {
        *self.inner.head.borrow()
    }

    /// [`crate::Heads::people`] and [`crate::Heads::members`] on SQLite.
    pub(crate) fn people(&self) -> (i64, i64) {
        (self.inner.people.0.load(Ordering::SeqCst), self.inner.people.1.load(Ordering::SeqCst))
    }
}
