//! The connections to a PostgreSQL server, shared by the organisations on it.

use guanxi_model::{Error, Result};

/// A pool of connections to one PostgreSQL database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PgPool;

impl PgPool {
    /// A pool for a URL `postgres://user:password@host:port/database?sslmode=…`, with at most `size` connections. Connections are
    /// made when they are needed; a server that is away shows as `unavailable` then.
    ///
    /// # Errors
    /// `bad_request` (code `database_url`) if the URL cannot be read.
    pub fn new(url: &str, size: usize) -> Result<PgPool> {
        let _ = (url, size);
        Err(Error::internal("unwritten"))
    }

    /// The organisations on it: names of schemas that begin with `org_`.
    ///
    /// # Errors
    /// `unavailable` if the server cannot be reached.
    pub async fn schemas(&self) -> Result<Vec<String>> {
        Err(Error::internal("unwritten"))
    }
}

impl PgPool {
    /// Runs statements in a schema; for tests and for maintenance.
    pub async fn execute_script(&self, schema: &str, sql: &str) -> Result<()> {
        let _ = (schema, sql);
        Err(Error::internal("unwritten"))
    }
}
