//! Makes and migrates an organisation's schema. A new one is made in one transaction; a later migration has one of its own. Two
//! nodes that start together wait for each other on the version table.

use guanxi_model::{Clock, Error, Result};
use guanxi_query::Dialect;
use tokio_postgres::error::SqlState;

use super::Place;
use super::convert::fault;
use crate::migrate;
use crate::pool::{Checkout, quote};

/// How often another node may be ahead while the schema is made.
const TRIES: usize = 5;

/// Brings the schema to this program's version.
pub(super) async fn run(place: &Place, clock: &dyn Clock) -> Result<()> {
    let mut conn = place.checkout().await?;
    for _ in 0..TRIES {
        let there = conn.client().query_one("SELECT to_regclass('sys_migration') IS NOT NULL", &[]).await.map_err(fault)?;
        if there.try_get(0).map_err(fault)? {
            break;
        }
        match make(&mut conn, &place.schema, clock).await {
            Ok(()) => return Ok(()),
            Err(error) if ahead(&error) => continue,
            Err(error) => return Err(fault(error)),
        }
    }
    while step(&mut conn, clock).await? {}
    Ok(())
}

/// Another node has made the same thing meanwhile.
fn ahead(error: &tokio_postgres::Error) -> bool {
    let made = [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_SCHEMA, SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_OBJECT];
    error.code().is_some_and(|state| made.contains(state))
}

async fn make(conn: &mut Checkout, schema: &str, clock: &dyn Clock) -> Result<(), tokio_postgres::Error> {
    let mut script = format!("BEGIN; CREATE SCHEMA IF NOT EXISTS {}; {};", quote(schema), migrate::VERSION_TABLE);
    for migration in migrate::all(Dialect::Postgres) {
        script.push_str(migration.sql);
        script.push_str(&record(migration, clock));
    }
    script.push_str("COMMIT");
    transaction(conn, &script).await
}

/// Applies the next migration, if there is one.
async fn step(conn: &mut Checkout, clock: &dyn Clock) -> Result<bool> {
    let current = current(conn).await?;
    let Some(migration) = migrate::missing(Dialect::Postgres, current)?.first() else { return Ok(false) };
    // The primary key stops the second of two nodes that apply the same migration; it then goes on behind the first.
    let script = format!("BEGIN; LOCK TABLE sys_migration IN EXCLUSIVE MODE; {} {} COMMIT", record(migration, clock), migration.sql);
    match transaction(conn, &script).await {
        Ok(()) => tracing::info!(version = migration.version, name = migration.name, "migrated"),
        Err(error) if ahead(&error) && self::current(conn).await? > current => {}
        Err(error) => return Err(fault(error)),
    }
    Ok(true)
}

async fn current(conn: &Checkout) -> Result<i64> {
    let row = conn.client().query_one(migrate::CURRENT, &[]).await.map_err(fault)?;
    row.try_get(0).map_err(|e| Error::internal(format!("sys_migration: {e}")))
}

fn record(migration: &migrate::Migration, clock: &dyn Clock) -> String {
    // Names of migrations are file names of this repository.
    format!(
        " INSERT INTO sys_migration (version, name, applied_at) VALUES ({}, '{}', {});\n",
        migration.version,
        migration.name,
        clock.now_us()
    )
}

async fn transaction(conn: &mut Checkout, script: &str) -> Result<(), tokio_postgres::Error> {
    conn.set_dirty(true);
    let result = conn.client().batch_execute(script).await;
    if result.is_err() {
        conn.client().batch_execute("ROLLBACK").await?;
    }
    conn.set_dirty(false);
    result
}
