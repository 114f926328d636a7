//! Organisations for tests: on either engine, with a clock that moves when told and randomness from a seed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt;
use guanxi_engine::files::{Files, Opened};
use guanxi_engine::organisation::NewOrganisation;
use guanxi_engine::outside::Outside;
use guanxi_engine::write::{self, Operation, Options, Outcome, Row};
use guanxi_engine::{Organisation, Services};
use guanxi_model::clock::ManualClock;
use guanxi_model::{Ctx, Door, Lang, Random, RecordId, Result};
use guanxi_query::{Dialect, Page};
use guanxi_store::{SqliteOptions, Store};
use serde_json::{Value, json};

/// 2026-11-21T08:00:00Z, when every test begins.
pub const START_US: i64 = 1_795_248_000_000_000;

/// The administrator's e-mail of a test organisation.
pub const ADMIN_EMAIL: &str = "admin@example.com";

/// The administrator's password of a test organisation.
pub const ADMIN_PASSWORD: &str = "correct horse battery";

/// Numbers that look random and are the same in every run (SplitMix64 over a counter).
#[derive(Debug, Default)]
pub struct SeededRandom(AtomicU64);

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed).wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let word = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

async fn sqlite(folder: &Path, clock: &ManualClock) -> Store {
    Store::open_sqlite(&folder.join("org.db"), SqliteOptions::default(), Arc::new(clock.clone())).await.expect("a store")
}

async fn postgres(schema: &str, clock: &ManualClock) -> Option<Store> {
    let pool = guanxi_store::PgPool::new(&crate::postgres::url().await?, 8).expect("a pool");
    Some(Store::open_postgres(pool, schema, Arc::new(clock.clone())).await.expect("a store"))
}

fn services(clock: &ManualClock, folder: &Path) -> Services {
    Services {
        clock: Arc::new(clock.clone()),
        random: Arc::new(SeededRandom::default()),
        files: Files::memory(),
        search: Some(folder.join("search")),
        outside: Outside::unguarded_for_tests(),
        audit: Some(folder.to_owned()),
        public_url: Some("https://crm.example".to_owned()),
        breached_passwords: None,
        mailer: Arc::new(guanxi_engine::mail::Sandbox),
    }
}

/// An organisation of its own for one test.
pub struct TestOrg {
    /// The organisation.
    pub org: Organisation,
    /// Its clock.
    pub clock: ManualClock,
    /// The schema on PostgreSQL.
    schema: Option<String>,
    folder: tempfile::TempDir,
}

impl TestOrg {
    /// An organisation on an engine; `None` where there is no PostgreSQL to test on (never in CI).
    pub async fn open(dialect: Dialect) -> Option<TestOrg> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = ManualClock::at(START_US);
        let schema = (dialect == Dialect::Postgres).then(crate::postgres::fresh_schema);
        let store = match &schema {
            None => sqlite(folder.path(), &clock).await,
            Some(schema) => postgres(schema, &clock).await?,
        };
        let new = NewOrganisation {
            name: "acme".to_owned(),
            admin_email: ADMIN_EMAIL.to_owned(),
            admin_password: ADMIN_PASSWORD.to_owned(),
            admin_name: Some("管理员".to_owned()),
            currency: "CNY".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
        };
        let org = Organisation::create(store, services(&clock, folder.path()), new).await.expect("an organisation");
        Some(TestOrg { org, clock, schema, folder })
    }

    /// The same organisation as another process on the same database has it; `None` on SQLite, where there can be no other.
    pub async fn another_node(&self) -> Option<TestOrg> {
        let schema = self.schema.clone()?;
        let store = postgres(&schema, &self.clock).await?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let org = Organisation::open(store, services(&self.clock, folder.path())).await.expect("an organisation");
        Some(TestOrg { org, clock: self.clock.clone(), schema: Some(schema), folder })
    }

    /// The same organisation after its program has ended and begun again.
    pub async fn restarted(self) -> TestOrg {
        self.org.close().await;
        let store = match &self.schema {
            None => sqlite(self.folder.path(), &self.clock).await,
            Some(schema) => postgres(schema, &self.clock).await.expect("the server is still there"),
        };
        let org = Organisation::open(store, services(&self.clock, self.folder.path())).await.expect("an organisation");
        TestOrg { org, ..self }
    }

    /// The schema on PostgreSQL; `None` on SQLite.
    pub fn schema_name(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// Whether any table has a row with this text; on SQLite never: there the file is what has to be looked at.
    pub async fn tables_hold(&self, text: &str) -> bool {
        let Some(schema) = &self.schema else { return false };
        let pool = guanxi_store::PgPool::new(&crate::postgres::url().await.expect("a server"), 1).expect("a pool");
        let text = text.replace('\'', "''");
        let look = format!(
            "DO $$ DECLARE place text; found boolean; BEGIN \
             FOR place IN SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}' LOOP \
             EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I AS t WHERE position(%L IN t::text) > 0)', '{schema}', place, '{text}') INTO found; \
             IF found THEN RAISE EXCEPTION 'it is in %', place; END IF; END LOOP; END $$"
        );
        pool.execute_script(schema, &look).await.is_err()
    }

    /// Does something to the database behind the product's back: statements with `;` between.
    pub async fn behind_its_back(&self, sql: &str) {
        if let Some(schema) = &self.schema {
            let pool = guanxi_store::PgPool::new(&crate::postgres::url().await.expect("a server"), 1).expect("a pool");
            return pool.execute_script(schema, sql).await.expect("done");
        }
        let changer = guanxi_store::yardstick::Changer::open(&self.folder.path().join("org.db")).expect("the file");
        for statement in sql.split(';').map(str::trim).filter(|s| !s.is_empty()) {
            changer.run(statement, &[]).expect(statement);
        }
    }

    /// Where the data of the organisation lies: the database on SQLite, and the key of the audit log.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the search index lies.
    pub fn search_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("search")
    }

    /// The administrator's context, in English so that messages are readable in failures.
    pub fn admin(&self) -> Ctx {
        Ctx { lang: Lang::En, ..self.org.system_ctx(Door::Rest) }
    }

    /// A user with a role; its context.
    pub async fn user(&self, name: &str, role: &str) -> Ctx {
        let id = self.create("user", json!({"name": name, "email": format!("{name}@example.com"), "role": role})).await;
        self.ctx_of(id).await
    }

    /// A user's context as it is now.
    pub async fn ctx_of(&self, user: RecordId) -> Ctx {
        let ctx = guanxi_engine::admission::act_as(&self.org, user, Door::Rest).await.expect("an active user");
        Ctx { lang: Lang::En, ..ctx }
    }

    /// Creates a record as the administrator.
    pub async fn create(&self, object: &str, values: Value) -> RecordId {
        self.create_as(&self.admin(), object, values).await.expect("a record").id()
    }

    /// Creates a record as a user.
    pub async fn create_as(&self, ctx: &Ctx, object: &str, values: Value) -> Result<Row> {
        let values = values.as_object().cloned().unwrap_or_default();
        self.one(ctx, Operation::Create { object: object.to_owned(), values }).await
    }

    /// Changes a record as a user.
    pub async fn update_as(&self, ctx: &Ctx, id: RecordId, values: Value) -> Result<Row> {
        let values = values.as_object().cloned().unwrap_or_default();
        self.one(ctx, Operation::Update { id, values, version: None }).await
    }

    /// Deletes a record as a user and gives the change set.
    pub async fn delete_as(&self, ctx: &Ctx, id: RecordId) -> Result<i64> {
        write::write_one(&self.org, ctx, Operation::Delete { id, version: None }, Options::default()).await.map(|w| w.change_set)
    }

    async fn one(&self, ctx: &Ctx, operation: Operation) -> Result<Row> {
        let written = write::write_one(&self.org, ctx, operation, Options::default()).await?;
        match written.outcomes.into_iter().next() {
            Some(Outcome::Created(row) | Outcome::Updated(row) | Outcome::Unchanged(row)) => Ok(row),
            other => panic!("unexpected outcome {other:?}"),
        }
    }

    /// The records a query text gives, as a user.
    pub async fn query_as(&self, ctx: &Ctx, text: &str) -> Result<Vec<Value>> {
        let page = Page { limit: 2_000, ..Page::default() };
        let rows = guanxi_engine::read::query(&self.org, ctx, text, &page).await?;
        let json = guanxi_engine::read::page_json(&self.org.schema(), &rows);
        let page: Value = serde_json::from_slice(&json).expect("JSON");
        Ok(page["records"].as_array().cloned().unwrap_or_default())
    }

    /// The records a query text gives, as the administrator.
    pub async fn query(&self, text: &str) -> Vec<Value> {
        self.query_as(&self.admin(), text).await.expect("an answer")
    }

    /// The id in its outside form.
    pub fn id(&self, id: RecordId) -> String {
        self.org.schema().id_text(id)
    }
}

/// The text of a file.
///
/// # Panics
/// If it cannot be read, or is no UTF-8.
pub async fn text_of(opened: Opened) -> String {
    let pieces: Vec<_> = opened.stream.collect().await;
    String::from_utf8(pieces.into_iter().flat_map(|piece| piece.expect("bytes")).collect()).expect("UTF-8")
}

/// Runs an async test body on both engines: `both_engines!(name, |t: TestOrg| async move { … });` makes the tests `name::sqlite` and
/// `name::postgres`.
#[macro_export]
macro_rules! both_engines {
    ($name:ident, $body:expr) => {
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let test = $crate::org::TestOrg::open($crate::Dialect::Sqlite).await.expect("SQLite is always there");
                ($body)(test).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                match $crate::org::TestOrg::open($crate::Dialect::Postgres).await {
                    Some(test) => ($body)(test).await,
                    None => eprintln!("skipped: no PostgreSQL server binaries on this machine"),
                }
            }
        }
    };
}
