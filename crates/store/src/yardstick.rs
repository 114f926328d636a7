//! Baselines of the benchmark: the same work with the bare driver and nothing of the product around it. The product does not use
//! this module; it is here because only this crate may have a database driver.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use crate::store::SqliteOptions;
use bytes::BytesMut;
use futures_util::TryStreamExt;
use guanxi_model::{Cell, Error, Result};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use tokio::sync::{Mutex, oneshot};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, NoTls, Statement};

/// The most inserts of one commit of [`group_commit`], and connections to PostgreSQL (as many as the product takes).
const GROUP: usize = 512;
const CLIENTS: usize = 16;

/// A database to measure on.
#[derive(Clone, Debug)]
pub enum Source {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A schema of a PostgreSQL database.
    Postgres {
        /// `postgres://…`
        url: String,
        /// The schema.
        schema: String,
    },
}

/// The table that inserts go to.
#[derive(Clone, Debug)]
pub struct Table {
    /// The SQLite file to begin with, which is copied; without it an empty one.
    pub file: Option<PathBuf>,
    /// Statements that make it with its indexes.
    pub create: Vec<String>,
    /// `INSERT` of one row.
    pub insert: String,
    /// `INSERT` of `many` rows.
    pub insert_many: String,
    /// Rows of `insert_many`.
    pub many: usize,
}

/// Connections for reading.
pub struct Reader(Readers);

enum Readers {
    Sqlite(Vec<Arc<Mutex<Connection>>>),
    Postgres(Vec<Client>),
}

impl Reader {
    /// Opens connections for reading.
    ///
    /// # Errors
    /// Internal, with the driver's text.
    pub async fn open(source: &Source, connections: usize) -> Result<Reader> {
        Ok(Reader(match source {
            Source::Sqlite(path) => {
                let open = |_| -> Result<_> { Ok(Arc::new(Mutex::new(sqlite(path, true)?))) };
                Readers::Sqlite((0..connections).map(open).collect::<Result<_>>()?)
            }
            Source::Postgres { url, schema } => {
                let mut clients = Vec::new();
                for _ in 0..connections {
                    clients.push(postgres(url, schema).await?);
                }
                Readers::Postgres(clients)
            }
        }))
    }

    /// Prepares a statement for [`Reader::run`]; SQLite keeps its own cache.
    ///
    /// # Errors
    /// Internal, with the driver's text.
    pub async fn prepare(&self, sql: &str) -> Result<Prepared> {
        let mut statements = Vec::new();
        if let Readers::Postgres(all) = &self.0 {
            for client in all {
                statements.push(client.prepare(sql).await.map_err(Error::internal)?);
            }
        }
        Ok(Prepared { sql: sql.to_owned(), statements })
    }

    /// Runs a statement on connection `which` and writes its rows as JSON objects with the columns' own names.
    ///
    /// # Errors
    /// Internal, with the driver's text.
    pub async fn run(&self, which: usize, prepared: &Prepared, params: &[Cell]) -> Result<Vec<u8>> {
        match &self.0 {
            Readers::Sqlite(all) => {
                let connection = all[which % all.len()].lock().await;
                tokio::task::block_in_place(|| sqlite_json(&connection, &prepared.sql, params)).map_err(Error::internal)
            }
            Readers::Postgres(all) => {
                let params = params.iter().cloned().map(Param);
                let rows =
                    all[which % all.len()].query_raw(&prepared.statements[which % all.len()], params).await.map_err(Error::internal)?;
                let rows: Vec<_> = rows.try_collect().await.map_err(Error::internal)?;
                Ok(postgres_json(&rows))
            }
        }
    }
}

/// A connection that changes a SQLite file between two reads of it, flushed as the product's changes are.
pub struct Changer(Connection);

impl Changer {
    /// Opens the file.
    ///
    /// # Errors
    /// Internal, with the driver's text.
    pub fn open(path: &Path) -> Result<Changer> {
        sqlite(path, false).map(Changer)
    }

    /// Runs a statement and commits.
    ///
    /// # Errors
    /// Internal, with the driver's text.
    pub fn run(&self, sql: &str, params: &[Cell]) -> Result<()> {
        self.0.execute(sql, params_from_iter(params.iter().map(lite))).map(drop).map_err(Error::internal)
    }
}

/// A statement prepared on every connection.
pub struct Prepared {
    sql: String,
    statements: Vec<Statement>,
}

/// Single inserts by `callers` at once, each acknowledged when it is on disk, as fast as they go for some time: inserts a second.
/// SQLite has one writer thread that commits together what has come in meanwhile; PostgreSQL commits each statement by itself.
///
/// # Errors
/// Internal, with the driver's text.
pub async fn group_commit<R>(source: &Source, table: &Table, callers: usize, time: Duration, row: R) -> Result<f64>
where
    R: Fn(i64) -> Vec<Cell> + Clone + Send + 'static,
{
    let stop = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicI64::new(0));
    let inserter = Inserter::open(source, table).await?;
    let mut tasks = Vec::new();
    for caller in 0..callers {
        let (stop, count, inserter, row) = (Arc::clone(&stop), Arc::clone(&count), inserter.clone(), row.clone());
        tasks.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let number = count.fetch_add(1, Ordering::Relaxed) + 1;
                inserter.insert(caller, row(number)).await?;
            }
            Ok::<_, Error>(())
        }));
    }
    tokio::time::sleep(time).await;
    let made = count.load(Ordering::Relaxed);
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.map_err(Error::internal)??;
    }
    Ok(made as f64 / time.as_secs_f64())
}

#[derive(Clone)]
enum Inserter {
    Sqlite(mpsc::Sender<(Vec<Cell>, oneshot::Sender<Result<()>>)>),
    Postgres(Arc<Vec<(Client, Statement)>>),
}

impl Inserter {
    async fn open(source: &Source, table: &Table) -> Result<Inserter> {
        match source {
            Source::Sqlite(path) => {
                let connection = fresh_sqlite(path, table)?;
                let insert = table.insert.clone();
                let (queue, work) = mpsc::channel();
                std::thread::spawn(move || writer(&connection, &insert, &work));
                Ok(Inserter::Sqlite(queue))
            }
            Source::Postgres { url, schema } => {
                fresh_postgres(url, schema, table).await?;
                let mut clients = Vec::new();
                for _ in 0..CLIENTS {
                    let client = postgres(url, schema).await?;
                    let statement = client.prepare(&table.insert).await.map_err(Error::internal)?;
                    clients.push((client, statement));
                }
                Ok(Inserter::Postgres(Arc::new(clients)))
            }
        }
    }

    async fn insert(&self, caller: usize, row: Vec<Cell>) -> Result<()> {
        match self {
            Inserter::Sqlite(queue) => {
                let (reply, answer) = oneshot::channel();
                queue.send((row, reply)).map_err(|_| Error::internal("the writer is gone"))?;
                answer.await.map_err(|_| Error::internal("the writer is gone"))?
            }
            Inserter::Postgres(clients) => {
                let (client, statement) = &clients[caller % clients.len()];
                client.execute_raw(statement, row.into_iter().map(Param)).await.map(|_| ()).map_err(Error::internal)
            }
        }
    }
}

type Work = (Vec<Cell>, oneshot::Sender<Result<()>>);

fn writer(connection: &Connection, insert: &str, work: &mpsc::Receiver<Work>) {
    while let Ok(first) = work.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(more) = work.try_recv()
        {
            group.push(more);
        }
        let done = (|| {
            connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            let mut statement = connection.prepare_cached(insert)?;
            for (row, _) in &group {
                statement.execute(params_from_iter(row.iter().map(lite)))?;
            }
            connection.prepare_cached("COMMIT")?.execute([])
        })();
        for (_, reply) in group {
            let _ = reply.send(done.as_ref().map(|_| ()).map_err(Error::internal));
        }
    }
}

/// Inserts rows in transactions of `batch` rows, and gives the rows a second.
///
/// # Errors
/// Internal, with the driver's text.
pub async fn batched(source: &Source, table: &Table, rows: &[Vec<Cell>], batch: usize, now: fn() -> Duration) -> Result<f64> {
    let began;
    match source {
        Source::Sqlite(path) => {
            let connection = fresh_sqlite(path, table)?;
            began = now();
            tokio::task::block_in_place(|| rows.chunks(batch).try_for_each(|chunk| sqlite_batch(&connection, table, chunk)))
                .map_err(Error::internal)?;
        }
        Source::Postgres { url, schema } => {
            fresh_postgres(url, schema, table).await?;
            let mut client = postgres(url, schema).await?;
            began = now();
            for chunk in rows.chunks(batch) {
                postgres_batch(&mut client, table, chunk).await.map_err(Error::internal)?;
            }
        }
    }
    Ok(rows.len() as f64 / (now() - began).as_secs_f64().max(1e-9))
}

fn sqlite_batch(connection: &Connection, table: &Table, rows: &[Vec<Cell>]) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    for chunk in rows.chunks(table.many) {
        let sql = if chunk.len() == table.many { &table.insert_many } else { &table.insert };
        let mut statement = connection.prepare_cached(sql)?;
        if chunk.len() == table.many {
            statement.execute(params_from_iter(chunk.iter().flatten().map(lite)))?;
        } else {
            for row in chunk {
                statement.execute(params_from_iter(row.iter().map(lite)))?;
            }
        }
    }
    connection.prepare_cached("COMMIT")?.execute([]).map(|_| ())
}

async fn postgres_batch(client: &mut Client, table: &Table, rows: &[Vec<Cell>]) -> std::result::Result<(), tokio_postgres::Error> {
    let transaction = client.transaction().await?;
    let (many, one) = (transaction.prepare(&table.insert_many).await?, transaction.prepare(&table.insert).await?);
    for chunk in rows.chunks(table.many) {
        if chunk.len() == table.many {
            transaction.execute_raw(&many, chunk.concat().into_iter().map(Param)).await?;
        } else {
            for row in chunk {
                transaction.execute_raw(&one, row.iter().cloned().map(Param)).await?;
            }
        }
    }
    transaction.commit().await
}

fn lite(cell: &Cell) -> rusqlite::types::Value {
    match cell {
        Cell::Null => rusqlite::types::Value::Null,
        Cell::Bool(b) => i64::from(*b).into(),
        Cell::Int(i) => (*i).into(),
        Cell::Text(t) => t.clone().into(),
    }
}

/// Opens a file with the settings of the product's store.
fn sqlite(path: &Path, read_only: bool) -> Result<Connection> {
    let open = || {
        let access =
            if read_only { OpenFlags::SQLITE_OPEN_READ_ONLY } else { OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE };
        let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        if !read_only {
            connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;")?;
        }
        let options = SqliteOptions::default();
        let cache = if read_only { options.reader_cache_kib } else { options.writer_cache_kib };
        let mapped = options.mmap_bytes;
        connection.execute_batch(&format!("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -{cache}; PRAGMA mmap_size = {mapped};"))?;
        Ok::<_, rusqlite::Error>(connection)
    };
    open().map_err(Error::internal)
}

/// A new file with the table.
fn fresh_sqlite(path: &Path, table: &Table) -> Result<Connection> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let _ = std::fs::remove_file(name);
    }
    if let Some(file) = &table.file {
        std::fs::copy(file, path).map_err(Error::internal)?;
    }
    let connection = sqlite(path, false)?;
    table.create.iter().try_for_each(|sql| connection.execute_batch(sql)).map_err(Error::internal)?;
    Ok(connection)
}

fn sqlite_json(connection: &Connection, sql: &str, params: &[Cell]) -> rusqlite::Result<Vec<u8>> {
    let mut statement = connection.prepare_cached(sql)?;
    let names: Vec<String> = statement.column_names().map(|n| format!("\"{n}\":")).collect();
    let mut rows = statement.query(params_from_iter(params.iter().map(lite)))?;
    let mut out = Vec::with_capacity(16 << 10);
    out.extend_from_slice(b"{\"records\":[");
    let mut first = true;
    while let Some(row) = rows.next()? {
        out.extend_from_slice(if std::mem::take(&mut first) { b"{" } else { b",{" });
        for (i, name) in names.iter().enumerate() {
            out.extend_from_slice(if i == 0 { b"" } else { b"," });
            out.extend_from_slice(name.as_bytes());
            match row.get_ref(i)? {
                ValueRef::Null => out.extend_from_slice(b"null"),
                ValueRef::Integer(n) => out.extend_from_slice(n.to_string().as_bytes()),
                ValueRef::Real(r) => out.extend_from_slice(r.to_string().as_bytes()),
                ValueRef::Text(t) | ValueRef::Blob(t) => json_text(&mut out, std::str::from_utf8(t).unwrap_or_default()),
            }
        }
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
    Ok(out)
}

fn json_text(out: &mut Vec<u8>, text: &str) {
    if serde_json::to_writer(&mut *out, text).is_err() {
        out.extend_from_slice(b"null");
    }
}

async fn postgres(url: &str, schema: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.map_err(Error::internal)?;
    tokio::spawn(connection);
    client.batch_execute(&format!("SET search_path TO \"{}\"", schema.replace('"', "\"\""))).await.map_err(Error::internal)?;
    Ok(client)
}

/// A new schema with the table.
async fn fresh_postgres(url: &str, schema: &str, table: &Table) -> Result<()> {
    let client = postgres(url, schema).await?;
    let name = schema.replace('"', "\"\"");
    let script = format!("DROP SCHEMA IF EXISTS \"{name}\" CASCADE; CREATE SCHEMA \"{name}\"; {}", table.create.join(";"));
    client.batch_execute(&script).await.map_err(Error::internal)
}

fn postgres_json(rows: &[tokio_postgres::Row]) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 << 10);
    out.extend_from_slice(b"{\"records\":[");
    for (n, row) in rows.iter().enumerate() {
        out.extend_from_slice(if n == 0 { b"{" } else { b",{" });
        for (i, column) in row.columns().iter().enumerate() {
            out.extend_from_slice(if i == 0 { b"" } else { b"," });
            json_text(&mut out, column.name());
            out.push(b':');
            match *column.type_() {
                Type::INT8 => _ = serde_json::to_writer(&mut out, &row.get::<_, Option<i64>>(i)),
                Type::TEXT => _ = serde_json::to_writer(&mut out, &row.get::<_, Option<&str>>(i)),
                _ => out.extend_from_slice(b"null"),
            }
        }
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
    out
}

/// A cell as a parameter of PostgreSQL.
#[derive(Clone, Debug)]
struct Param(Cell);

/// Microseconds from 1970 to 2000, PostgreSQL's epoch.
const EPOCH_2000: i64 = 946_684_800_000_000;

impl ToSql for Param {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match &self.0 {
            Cell::Null => Ok(IsNull::Yes),
            Cell::Bool(b) => b.to_sql(ty, out),
            Cell::Int(us) if *ty == Type::TIMESTAMPTZ => (us - EPOCH_2000).to_sql(&Type::INT8, out),
            Cell::Int(i) => i.to_sql(&Type::INT8, out),
            Cell::Text(t) => t.as_str().to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
