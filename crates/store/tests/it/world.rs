//! A fresh organisation with two objects, on either engine.

use std::sync::Arc;

use guanxi_access::{Authorized, Purpose, product_change};
use guanxi_model::change::{Before, Change, ChangeSet, Guard, Op};
use guanxi_model::clock::ManualClock;
use guanxi_model::meta::ObjectDef;
use guanxi_model::{Cell, Clock, Ctx, Door, Lang, Object, RecordId, Schema};
use guanxi_store::{Committed, MetaRow, PgPool, SchemaStep, SqliteOptions, Store, WriteError};
use serde_json::{Value, json};

/// 2026-11-21T00:00:00Z.
pub(crate) const NOW: i64 = 1_795_219_200_000_000;
pub(crate) const DAY: i64 = 86_400_000_000;
pub(crate) const USER: RecordId = RecordId(1 << 14 | 1);
pub(crate) const ACCOUNT: u16 = 2;
pub(crate) const CONTACT: u16 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Where the organisation lies, so that it can be opened again.
pub(crate) enum Place {
    Folder(std::path::PathBuf),
    Schema(PgPool, String),
}

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) schema: Arc<Schema>,
    pub(crate) clock: ManualClock,
    pub(crate) place: Place,
    _folder: tempfile::TempDir,
}

/// Makes a test function run on both engines.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(crate::world::World::new(crate::world::Engine::Sqlite).await.unwrap()).await
        })* }
        mod on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            if let Some(world) = crate::world::World::new(crate::world::Engine::Postgres).await { super::$name(world).await }
        })* }
    };
}
pub(crate) use both;

impl World {
    /// `None` where there is no PostgreSQL to test on; the test is skipped then.
    pub(crate) async fn new(engine: Engine) -> Option<World> {
        let clock = ManualClock::at(NOW);
        let folder = tempfile::tempdir().unwrap();
        let place = match engine {
            Engine::Sqlite => Place::Folder(folder.path().to_owned()),
            Engine::Postgres => {
                let url = crate::postgres::url().await?;
                Place::Schema(PgPool::new(&url, 6).unwrap(), crate::postgres::fresh_schema())
            }
        };
        let store = open(&place, &clock).await.unwrap();
        let schema = Arc::new(schema());
        let steps: Vec<_> = schema.objects().iter().cloned().map(SchemaStep::CreateTable).collect();
        let meta = |o: &Arc<Object>| MetaRow { kind: "object".into(), name: o.name().into(), body: Some("{}".into()) };
        let rows: Vec<_> = schema.objects().iter().map(meta).collect();
        let world = World { store, schema, clock, place, _folder: folder };
        world.store.apply_schema(&world.ctx(), &steps, &rows).await.unwrap();
        Some(world)
    }

    /// Closes the store and opens it again.
    pub(crate) async fn reopen(&mut self) {
        self.store.close().await;
        self.store = open(&self.place, &self.clock).await.unwrap();
    }

    pub(crate) fn ctx(&self) -> Ctx {
        Ctx {
            user: USER,
            permission_sets: Arc::default(),
            role: "administrator".into(),
            colleagues: Arc::default(),
            door: Door::Rest,
            entry: guanxi_model::Entry::default(),
            lang: Lang::En,
            now_us: self.clock.now_us(),
            time_zone: "Asia/Shanghai".into(),
        }
    }

    pub(crate) fn set(&self, id: i64, changes: Vec<Change>) -> ChangeSet {
        set_at(self.clock.now_us(), id, changes)
    }

    pub(crate) async fn write(&self, set: ChangeSet) -> Result<Committed, WriteError> {
        self.store.write(&self.schema, authorized(set)).await
    }

    pub(crate) async fn guarded(&self, id: i64, changes: Vec<Change>, guards: Vec<Guard>) -> Result<Committed, WriteError> {
        self.write(ChangeSet { guards, ..self.set(id, changes) }).await
    }
}

pub(crate) fn set_at(at: i64, id: i64, changes: Vec<Change>) -> ChangeSet {
    ChangeSet { id, user: USER, door: Door::Rest, at, changes, guards: Vec::new(), idempotency: None, jobs: Vec::new() }
}

pub(crate) fn authorized(set: ChangeSet) -> Authorized<ChangeSet> {
    product_change(Purpose::Setup, set)
}

pub(crate) async fn open(place: &Place, clock: &ManualClock) -> guanxi_model::Result<Store> {
    let clock = Arc::new(clock.clone());
    match place {
        Place::Folder(path) => Store::open_sqlite(&path.join("org.db"), SqliteOptions::default(), clock).await,
        Place::Schema(pool, name) => Store::open_postgres(pool.clone(), name, clock).await,
    }
}

pub(crate) fn field(name: &str, ty: &str, more: Value) -> Value {
    let mut field = json!({ "name": name, "label": { "zh": name, "en": name }, "type": ty });
    field.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    field
}

pub(crate) fn object(no: u16, prefix: &str, name: &str, fields: Vec<Value>) -> Object {
    let def = json!({ "name": name, "label": { "zh": name, "en": name }, "module": "customers", "fields": fields });
    Object::new(no, prefix.into(), serde_json::from_value::<ObjectDef>(def).unwrap())
}

pub(crate) fn schema() -> Schema {
    let mut schema = Schema::default();
    schema.put_object(object(1, "005", "user", vec![field("name", "text", json!({}))]));
    let fields = vec![
        field("name", "text", json!({})),
        field("code", "text", json!({ "unique": true })),
        field("active", "boolean", json!({})),
        field("amount", "money", json!({})),
        field("founded", "date", json!({})),
        field("seen", "date_time", json!({})),
        field("extra", "json", json!({})),
    ];
    schema.put_object(object(ACCOUNT, "001", "account", fields));
    let lookup = field("account_id", "lookup", json!({ "to": ["account"], "on_delete": "restrict" }));
    schema.put_object(object(CONTACT, "003", "contact", vec![field("name", "text", json!({})), lookup]));
    schema
}

pub(crate) fn account(n: i64) -> RecordId {
    RecordId::new(n, ACCOUNT)
}

pub(crate) fn contact(n: i64) -> RecordId {
    RecordId::new(n, CONTACT)
}

pub(crate) fn create(id: RecordId, values: Vec<(&str, Cell)>) -> Change {
    let values = values.into_iter().map(|(name, cell)| (name.to_owned(), cell)).collect();
    Change { op: Op::Create, id, before: None, values, fields: Vec::new(), owner: None, diff: "{}".into() }
}

pub(crate) fn named(id: RecordId, name: &str) -> Change {
    create(id, vec![("name", name.into())])
}

pub(crate) fn change(op: Op, id: RecordId, version: i64, values: Vec<(&str, Cell)>) -> Change {
    Change { op, before: Some(Before { version, owner: None, shared: Default::default() }), diff: String::new(), ..create(id, values) }
}

/// Does several things at once and waits for all.
pub(crate) async fn all<T: Send + 'static>(futures: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let tasks: Vec<_> = futures.into_iter().map(tokio::spawn).collect();
    let mut out = Vec::new();
    for task in tasks {
        out.push(task.await.unwrap());
    }
    out
}
