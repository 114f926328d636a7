//! SQLite: one file, one writer thread with group commit, a few connections for reading.

mod convert;
mod execute;
mod readers;
mod tables;
mod writer;

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use guanxi_model::{Cell, Clock, Error, ErrorKind, Result};
use guanxi_query::Dialect;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::watch;

use crate::commits::Commits;
use crate::error::WriteError;
use crate::migrate;
use crate::store::SqliteOptions;
use crate::unit::{Done, Rows, Unit};

pub(crate) use convert::fault;
use readers::Readers;
use writer::Writer;

/// After how many pages of the log a commit brings them into the file.
const CHECKPOINT_PAGES: i64 = 4_000;

/// An open SQLite file.
pub(crate) struct Sqlite {
    readers: Readers,
    writer: Writer,
    mmap_bytes: u64,
}

impl Sqlite {
    /// Opens a file, see [`crate::Store::open_sqlite`].
    pub(crate) fn open(
        path: &Path,
        options: &SqliteOptions,
        clock: &dyn Clock,
        commits: Arc<Commits>,
    ) -> Result<(Sqlite, watch::Sender<i64>)> {
        let lock = lock(path)?;
        let mut conn = connect(path, options, options.writer_cache_kib, false)?;
        migrate(&mut conn, clock)?;
        tables::tidy(&mut conn).map_err(fault)?;
        let head = last_seq(&conn).map_err(fault)?;
        let (head_sender, _) = watch::channel(head);
        let readers = (0..options.readers.max(1))
            .map(|_| connect(path, options, options.reader_cache_kib, true))
            .collect::<Result<Vec<_>>>()
            .map(Readers::new)?;
        let writer = Writer::start(conn, lock, head, head_sender.clone(), commits)?;
        Ok((Sqlite { readers, writer, mmap_bytes: options.mmap_bytes }, head_sender))
    }

    /// How much of the file each connection maps into memory.
    pub(crate) fn mmap_bytes(&self) -> u64 {
        self.mmap_bytes
    }

    /// Reads rows.
    pub(crate) async fn rows(&self, sql: &str, params: &[Cell]) -> Result<Rows> {
        self.readers.rows(sql, params).await
    }

    /// Reads the rows of a statement that touches only a few pages.
    pub(crate) async fn few_rows(&self, sql: &str, params: &[Cell]) -> Result<Rows> {
        self.readers.few_rows(sql, params).await
    }

    /// Reads the rows of statements from one state of the file.
    pub(crate) async fn rows_together(&self, statements: &[(&str, &[Cell])]) -> Result<Vec<Rows>> {
        self.readers.rows_together(statements).await
    }

    /// Writes a unit; returns when it is on disk.
    pub(crate) async fn submit(&self, unit: Unit) -> Result<Done, WriteError> {
        self.writer.submit(unit).await
    }

    /// Writes the file anew, without what was deleted or overwritten in it.
    pub(crate) async fn rewrite(&self) -> Result<()> {
        self.writer.rewrite().await
    }

    /// Finishes what waits and closes the file.
    pub(crate) async fn close(&self) {
        self.readers.close();
        self.writer.close().await;
    }
}

/// Runs something that waits for the disk without holding up other tasks.
pub(crate) fn blocking<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|h| h.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Takes the lock that keeps other processes out. SQLite's own locks would let them in between two transactions.
fn lock(path: &Path) -> Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&name).map_err(|e| {
        Error::new(
            ErrorKind::Unavailable,
            "store_unavailable",
            format!("无法打开数据文件 {}。", path.display()),
            format!("The data file {} cannot be opened.", path.display()),
        )
        .because(e)
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            ErrorKind::Conflict,
            "store_in_use",
            format!("数据文件 {} 正被另一个进程使用。", path.display()),
            format!("The data file {} is in use by another process.", path.display()),
        )),
        Err(TryLockError::Error(e)) => Err(Error::internal(format!("lock {}: {e}", name.display()))),
    }
}

/// Opens a connection. Only this process uses the file (see [`lock`]), so that its connections need no locks of the system between
/// each other, which cost as much as a short read.
fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    if cfg!(unix) { Connection::open_with_flags_and_vfs(path, flags, c"unix-excl") } else { Connection::open_with_flags(path, flags) }
}

fn connect(path: &Path, options: &SqliteOptions, cache_kib: u32, read_only: bool) -> Result<Connection> {
    let access =
        if read_only { OpenFlags::SQLITE_OPEN_READ_ONLY } else { OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE };
    let conn = open(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(fault)?;
    let set = |name: &str, value: i64| conn.pragma_update(None, name, value).map_err(fault);
    if !read_only {
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0)).map_err(fault)?;
        conn.pragma_update(None, "synchronous", "FULL").map_err(fault)?;
        set("wal_autocheckpoint", CHECKPOINT_PAGES)?;
        set("journal_size_limit", 64 << 20)?;
        if let Some(bytes) = options.max_bytes {
            let page: i64 = conn.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(fault)?;
            let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1);
            conn.pragma_update_and_check(None, "max_page_count", pages.max(1), |row| row.get::<_, i64>(0)).map_err(fault)?;
        }
    }
    set("busy_timeout", 5_000)?;
    set("foreign_keys", 0)?;
    set("trusted_schema", 0)?;
    set("cache_size", -i64::from(cache_kib))?;
    set("mmap_size", i64::try_from(options.mmap_bytes).unwrap_or(i64::MAX))?;
    conn.pragma_update(None, "temp_store", "MEMORY").map_err(fault)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(conn)
}

fn migrate(conn: &mut Connection, clock: &dyn Clock) -> Result<()> {
    conn.execute_batch(migrate::VERSION_TABLE).map_err(fault)?;
    let current = conn.query_row(migrate::CURRENT, [], |row| row.get(0)).map_err(fault)?;
    for migration in migrate::missing(Dialect::Sqlite, current)? {
        let transaction = conn.transaction().map_err(fault)?;
        transaction.execute_batch(migration.sql).map_err(fault)?;
        transaction.execute(migrate::RECORD, (migration.version, migration.name, clock.now_us())).map_err(fault)?;
        transaction.commit().map_err(fault)?;
        tracing::info!(version = migration.version, name = migration.name, "migrated");
    }
    Ok(())
}

fn last_seq(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row(
        "SELECT MAX((SELECT COALESCE(MAX(seq), 0) FROM sys_change), (SELECT value FROM sys_counter WHERE name = 'seq'))",
        [],
        |row| row.get(0),
    )
}
