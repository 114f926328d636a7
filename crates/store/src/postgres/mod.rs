//! PostgreSQL: one schema for each organisation, connections shared with the others on the server, one writer task with group
//! commit.

mod convert;
mod execute;
mod migrate;
mod tables;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{join_all, join3};
use guanxi_model::{Cell, Clock, Error, Result};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use crate::commits::Commits;
use crate::error::WriteError;
use crate::heads::{self, Heads, Lookout};
use crate::pool::{Checkout, PgPool, bad_url, quote};
use crate::unit::{Done, Rows, Unit};

use convert::{Param, rows};
pub(crate) use convert::{fault, unavailable};
use writer::Writer;

/// How long a query may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often other nodes' commits are looked for.
const POLL: Duration = Duration::from_millis(500);

/// An open organisation on PostgreSQL.
pub(crate) struct Postgres {
    place: Place,
    writer: Writer,
    poll: JoinHandle<()>,
    head: watch::Sender<i64>,
    lookout: Lookout,
    closed: AtomicBool,
}

/// Where it lies.
#[derive(Clone)]
pub(crate) struct Place {
    pool: PgPool,
    schema: String,
}

impl Place {
    async fn checkout(&self) -> Result<Checkout> {
        self.pool.checkout(&self.schema).await
    }
}

impl Postgres {
    /// Opens an organisation, see [`crate::Store::open_postgres`].
    pub(crate) async fn open(
        pool: PgPool,
        schema: &str,
        clock: &dyn Clock,
        commits: Arc<Commits>,
    ) -> Result<(Postgres, watch::Sender<i64>)> {
        let safe = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if schema.is_empty() || schema.len() > 63 || !schema.bytes().all(safe) {
            return Err(bad_url(format!("schema {schema:?}")));
        }
        let place = Place { pool, schema: schema.to_owned() };
        migrate::run(&place, clock).await?;
        let (head, _) = watch::channel(last_seq(&place).await?);
        let writer = Writer::start(place.clone(), head.clone(), commits);
        let poll = tokio::spawn(follow(place.clone(), head.clone()));
        let lookout = Lookout::default();
        Ok((Postgres { place, writer, poll, head: head.clone(), lookout, closed: AtomicBool::new(false) }, head))
    }

    /// Reads rows. A connection that turns out to be broken is replaced once.
    pub(crate) async fn rows(&self, sql: &str, params: &[Cell]) -> Result<Rows> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(unavailable().because("the store is closed"));
        }
        let mut conn = self.place.checkout().await?;
        match read(&mut conn, sql, params).await? {
            Ok(rows) => return Ok(rows),
            Err(error) if again(&error) => tracing::debug!(%error, "reading again"),
            Err(error) => return Err(fault(error)),
        }
        conn.forget();
        drop(conn);
        let mut conn = self.place.checkout().await?;
        conn.forget();
        read(&mut conn, sql, params).await?.map_err(fault)
    }

    /// Reads the rows of statements from one state, in one round trip if they are known.
    pub(crate) async fn rows_together(&self, statements: &[(&str, &[Cell])]) -> Result<Vec<Rows>> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(unavailable().because("the store is closed"));
        }
        let mut conn = self.place.checkout().await?;
        conn.set_dirty(true);
        let all = async {
            let mut prepared = Vec::with_capacity(statements.len());
            for (sql, _) in statements {
                prepared.push(conn.prepare(sql).await?);
            }
            let client = conn.client();
            let begin = client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            let queries = prepared.iter().zip(statements).map(|(statement, (_, params))| query(client, statement, params));
            let (begun, rows, ended) = join3(begin, join_all(queries), client.batch_execute("COMMIT")).await;
            begun?;
            let rows = rows.into_iter().collect::<Result<Vec<Rows>, _>>()?;
            ended.map(|()| rows)
        };
        let rows = timeout(PATIENCE, all).await.map_err(|_| slow())?.map_err(fault)?;
        conn.set_dirty(false);
        Ok(rows)
    }

    /// The counters as they are not before now.
    pub(crate) async fn heads(&self) -> Result<Heads> {
        let heads = self.lookout.heads(async { Heads::of(self.rows(heads::SELECT, &[]).await?) }).await?;
        raise(&self.head, heads.seq);
        Ok(heads)
    }

    /// Writes a unit; returns when it is committed.
    pub(crate) async fn submit(&self, unit: Unit) -> Result<Done, WriteError> {
        self.writer.submit(unit).await
    }

    /// Has the server look at how the rows of a table are spread.
    pub(crate) async fn analyse(&self, table: &str) -> Result<()> {
        let conn = self.place.checkout().await?;
        conn.client().batch_execute(&format!("ANALYZE {}", quote(table))).await.map_err(fault)
    }

    /// Where it lies, for changes of tables.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Finishes what waits.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        self.writer.close().await;
        self.poll.abort();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.poll.abort();
    }
}

/// Whether reading again on another connection may help: this one is broken, or a table has changed under a prepared statement.
fn again(error: &tokio_postgres::Error) -> bool {
    error.is_closed() || error.code().is_some_and(|state| ["0A000", "42804", "57P01", "57P02", "26000"].contains(&state.code()))
}

/// Runs a statement; the outer error is a time-out. A connection on which somebody stopped waiting is not used again.
async fn read(conn: &mut Checkout, sql: &str, params: &[Cell]) -> Result<Result<Rows, tokio_postgres::Error>> {
    conn.set_dirty(true);
    let work = async {
        let statement = conn.prepare(sql).await?;
        query(conn.client(), &statement, params).await
    };
    let result = timeout(PATIENCE, work).await.map_err(|_| slow())?;
    conn.set_dirty(false);
    Ok(result)
}

async fn query(client: &Client, statement: &Statement, params: &[Cell]) -> Result<Rows, tokio_postgres::Error> {
    let params: Vec<Param<'_>> = params.iter().map(Param).collect();
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as &(dyn ToSql + Sync)).collect();
    rows(&client.query(statement, &params).await?)
}

fn slow() -> Error {
    unavailable().because("a query took too long")
}

async fn last_seq(place: &Place) -> Result<i64> {
    let mut conn = place.checkout().await?;
    let found = read(&mut conn, "SELECT value FROM sys_counter WHERE name = 'seq'", &[]).await?.map_err(fault)?;
    Ok(found.first_int().unwrap_or(0))
}

/// Moves the head for commits of other nodes, while somebody looks at it.
async fn follow(place: Place, head: watch::Sender<i64>) {
    loop {
        sleep(POLL).await;
        if head.receiver_count() == 0 {
            continue;
        }
        match last_seq(&place).await {
            Ok(seq) => raise(&head, seq),
            Err(error) => tracing::warn!(?error, "cannot look for other nodes' commits"),
        }
    }
}

/// Moves the head forward, never back.
fn raise(head: &watch::Sender<i64>, seq: i64) {
    head.send_if_modified(|now| {
        let later = seq > *now;
        *now = seq.max(*now);
        later
    });
}
