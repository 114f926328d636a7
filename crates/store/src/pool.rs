//! The connections to a PostgreSQL server, shared by the organisations on it. A connection remembers which organisation's schema
//! it looks at and which statements it has prepared there; one that already looks at the right schema is taken first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guanxi_model::{Error, ErrorKind, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_postgres::{Client, Config, NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::postgres::{fault, unavailable};
use crate::tls;

/// How long a connection, or a free place in the pool, is waited for.
const WAIT: Duration = Duration::from_secs(5);

/// How many statements a connection keeps prepared; beyond that it forgets all.
const MAX_STATEMENTS: usize = 600;

/// A pool of connections to one PostgreSQL database. Cheap to clone.
#[derive(Clone)]
pub struct PgPool {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

struct Connection {
    client: Client,
    schema: String,
    /// What is prepared, by schema.
    statements: HashMap<String, HashMap<Box<str>, Statement>>,
    /// Whether a transaction may be open.
    dirty: bool,
}

impl PgPool {
    /// A pool for a URL `postgres://user:password@host:port/database?sslmode=…`, with at most `size` connections. Connections are
    /// made when they are needed; a server that is away shows as `unavailable` then.
    ///
    /// `sslmode`: `disable`, or `require` (`verify-ca` and `verify-full` are the same): encrypted, and the server's certificate is
    /// checked against the system's authorities or those in the PEM file `sslrootcert`. Without `sslmode`, a server on this machine
    /// (Unix socket, `localhost`, loopback address) is spoken to in the clear and any other as with `require`.
    ///
    /// # Errors
    /// `bad_request` (code `database_url`) if the URL cannot be read, or there are no authorities.
    pub fn new(url: &str, size: usize) -> Result<PgPool> {
        let (mut config, tls) = tls::configure(url)?;
        config.connect_timeout(WAIT).tcp_user_timeout(WAIT).keepalives_idle(Duration::from_secs(30));
        if config.get_application_name().is_none() {
            config.application_name("guanxi");
        }
        let inner = Inner { config, tls, idle: Mutex::default(), permits: Arc::new(Semaphore::new(size.max(1))) };
        Ok(PgPool { inner: Arc::new(inner) })
    }

    /// The organisations on it: names of schemas that begin with `org_`, in order.
    ///
    /// # Errors
    /// `unavailable` if the server cannot be reached.
    pub async fn schemas(&self) -> Result<Vec<String>> {
        let conn = self.checkout("").await?;
        let sql = "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname::text, 'org_') ORDER BY 1";
        let rows = conn.client().query(sql, &[]).await.map_err(fault)?;
        rows.iter().map(|row| row.try_get(0).map_err(fault)).collect()
    }

    /// Removes a schema with everything in it: the organisation is gone.
    ///
    /// # Errors
    /// `unavailable` if the server cannot be reached.
    pub async fn drop_schema(&self, schema: &str) -> Result<()> {
        let conn = self.checkout("").await?;
        conn.client().batch_execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", quote(schema))).await.map_err(fault)
    }

    /// Runs a script in a schema; for maintenance and for tests.
    ///
    /// # Errors
    /// `unavailable`, or `internal` if a statement fails.
    pub async fn execute_script(&self, schema: &str, sql: &str) -> Result<()> {
        let conn = self.checkout(schema).await?;
        conn.client().batch_execute(sql).await.map_err(fault)
    }

    /// A connection that looks at a schema.
    pub(crate) async fn checkout(&self, schema: &str) -> Result<Checkout> {
        let permits = Arc::clone(&self.inner.permits);
        let permit = timeout(WAIT, permits.acquire_owned())
            .await
            .map_err(|_| unavailable().because("no connection became free"))?
            .map_err(|_| unavailable().because("the pool is closed"))?;
        let conn = match self.idle(schema) {
            Some(conn) => conn,
            None => self.connect().await?,
        };
        let mut checkout = Checkout { conn: Some(conn), pool: Arc::clone(&self.inner), _permit: permit };
        checkout.look_at(schema).await?;
        Ok(checkout)
    }

    fn idle(&self, schema: &str) -> Option<Connection> {
        let mut idle = self.inner.idle();
        idle.retain(|conn| !conn.client.is_closed());
        let at = idle.iter().rposition(|conn| conn.schema == schema).or(idle.len().checked_sub(1))?;
        Some(idle.swap_remove(at))
    }

    async fn connect(&self) -> Result<Connection> {
        let config = &self.inner.config;
        let client = match &self.inner.tls {
            Some(tls) => {
                let (client, connection) = timeout(WAIT, config.connect(tls.clone())).await.map_err(|_| slow())?.map_err(fault)?;
                tokio::spawn(async move { report(connection.await) });
                client
            }
            None => {
                let (client, connection) = timeout(WAIT, config.connect(NoTls)).await.map_err(|_| slow())?.map_err(fault)?;
                tokio::spawn(async move { report(connection.await) });
                client
            }
        };
        Ok(Connection { client, schema: String::new(), statements: HashMap::new(), dirty: false })
    }
}

impl std::fmt::Debug for PgPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PgPool").field("free", &self.inner.permits.available_permits()).finish_non_exhaustive()
    }
}

fn slow() -> Error {
    unavailable().because("connecting took too long")
}

fn report(ended: Result<(), tokio_postgres::Error>) {
    if let Err(error) = ended {
        tracing::warn!(%error, "a PostgreSQL connection ended");
    }
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection taken out of the pool; it goes back when this is dropped, unless a transaction may still be open on it.
pub(crate) struct Checkout {
    conn: Option<Connection>,
    pool: Arc<Inner>,
    _permit: OwnedSemaphorePermit,
}

impl Checkout {
    /// The client.
    pub(crate) fn client(&self) -> &Client {
        &self.get().client
    }

    /// Says that a transaction begins, or has ended for certain.
    pub(crate) fn set_dirty(&mut self, dirty: bool) {
        if let Some(conn) = &mut self.conn {
            conn.dirty = dirty;
        }
    }

    /// Forgets what was prepared for this schema: after a change of tables a statement's types may be others.
    pub(crate) fn forget(&mut self) {
        if let Some(conn) = &mut self.conn {
            conn.statements.remove(&conn.schema);
        }
    }

    /// Prepares a statement unless it is prepared.
    pub(crate) async fn prepare(&mut self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        let conn = self.get();
        if let Some(known) = conn.statements.get(&conn.schema).and_then(|all| all.get(sql)) {
            return Ok(known.clone());
        }
        let statement = self.client().prepare(sql).await?;
        if let Some(conn) = &mut self.conn {
            if conn.statements.values().map(HashMap::len).sum::<usize>() >= MAX_STATEMENTS {
                conn.statements.clear();
            }
            conn.statements.entry(conn.schema.clone()).or_default().insert(sql.into(), statement.clone());
        }
        Ok(statement)
    }

    #[expect(clippy::expect_used, reason = "the connection is only taken out when this is dropped")]
    fn get(&self) -> &Connection {
        self.conn.as_ref().expect("a checkout has a connection until it is dropped")
    }

    async fn look_at(&mut self, schema: &str) -> Result<()> {
        if self.get().schema == schema {
            return Ok(());
        }
        let path = if schema.is_empty() { "pg_catalog".to_owned() } else { quote(schema) };
        // A node that freezes in a transaction must not hold up the others for ever.
        let sql = format!("SET search_path TO {path}; SET idle_in_transaction_session_timeout = '10s'");
        let set = timeout(WAIT, self.client().batch_execute(&sql)).await.map_err(|_| slow());
        self.set_dirty(true);
        set?.map_err(fault)?;
        self.set_dirty(false);
        if let Some(conn) = &mut self.conn {
            schema.clone_into(&mut conn.schema);
        }
        Ok(())
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take()
            && !conn.dirty
            && !conn.client.is_closed()
        {
            self.pool.idle().push(conn);
        }
    }
}

/// An identifier in double quotes.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The error of a URL that cannot be used.
pub(crate) fn bad_url(detail: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::BadRequest,
        "database_url",
        format!("数据库地址无法使用：{detail}"),
        format!("The database URL cannot be used: {detail}"),
    )
}
