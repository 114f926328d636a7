//! The migrations of the system tables: pairs of files, one for each engine, applied in order, each in a transaction of its own,
//! so that a run that was cut off goes on where it stopped.

use guanxi_model::{Error, ErrorKind, Result};
use guanxi_query::Dialect;

/// One migration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    /// 1, 2, 3 …
    pub(crate) version: i64,
    /// The file's name without its number.
    pub(crate) name: &'static str,
    /// Statements.
    pub(crate) sql: &'static str,
}

macro_rules! migrations {
    ($engine:literal: $($version:literal $name:literal),* $(,)?) => {
        &[$(Migration { version: $version, name: $name, sql: include_str!(concat!("../migrations/", $engine, "/000", $version, "_", $name, ".sql")) }),*]
    };
}

const SQLITE: &[Migration] =
    migrations!("sqlite": 1 "log", 2 "system", 3 "notifications", 4 "audit", 5 "sharing", 6 "audit_pairs", 7 "sign_in", 8 "preview");
const POSTGRES: &[Migration] =
    migrations!("postgres": 1 "log", 2 "system", 3 "notifications", 4 "audit", 5 "sharing", 6 "audit_pairs", 7 "sign_in", 8 "preview");

/// The table that says which migrations were applied; the same text on both engines.
pub(crate) const VERSION_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS sys_migration (version bigint PRIMARY KEY, name text NOT NULL, applied_at bigint NOT NULL)";

/// Records a migration.
pub(crate) const RECORD: &str = "INSERT INTO sys_migration (version, name, applied_at) VALUES ($1, $2, $3)";

/// The version a database has.
pub(crate) const CURRENT: &str = "SELECT COALESCE(MAX(version), 0) FROM sys_migration";

/// All migrations of an engine, in order.
pub(crate) fn all(dialect: Dialect) -> &'static [Migration] {
    match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    }
}

/// The migrations that a database of version `current` lacks.
///
/// # Errors
/// `conflict` (code `newer_schema`) if the database is newer than this program.
pub(crate) fn missing(dialect: Dialect, current: i64) -> Result<&'static [Migration]> {
    let known = all(dialect);
    let done = known.iter().take_while(|m| m.version <= current).count();
    if current > known.last().map_or(0, |m| m.version) {
        return Err(Error::new(
            ErrorKind::Conflict,
            "newer_schema",
            format!("该数据库由更新版本的关系写入（第 {current} 版），请升级程序后再打开。"),
            format!("This database was written by a newer version of Guanxi (schema {current}); please upgrade the program to open it."),
        ));
    }
    Ok(&known[done..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_come_in_pairs_and_in_order() {
        let names = |d| all(d).iter().map(|m| (m.version, m.name)).collect::<Vec<_>>();
        assert_eq!(names(Dialect::Sqlite), names(Dialect::Postgres));
        assert!(all(Dialect::Sqlite).windows(2).all(|pair| pair[0].version < pair[1].version));
    }

    #[test]
    fn a_newer_database_is_refused() {
        let newest = all(Dialect::Sqlite).last().map_or(0, |m| m.version);
        assert_eq!(missing(Dialect::Sqlite, 0).unwrap().len(), all(Dialect::Sqlite).len());
        assert!(missing(Dialect::Sqlite, newest).unwrap().is_empty());
        assert_eq!(missing(Dialect::Sqlite, newest + 1).unwrap_err().code, "newer_schema");
    }
}
