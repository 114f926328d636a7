//! An organisation at work: its store, its compiled schema, its clock and its id blocks.

use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, PoisonError, RwLock};

use guanxi_access::{ADMINISTERED, Authorized};
use guanxi_model::change::ChangeSet;
use guanxi_model::meta::is_api_name;
use guanxi_model::money::currency;
use guanxi_model::schema::Settings;
use guanxi_model::{Clock, Ctx, Door, Error, FieldError, Lang, ObjectNo, Random, RecordId, Result, Schema};
use guanxi_store::{Committed, Heads, Store, WriteError};

use crate::files::Files;
use crate::mail::Mailer;
use crate::outside::Outside;
use crate::{metadata, packs, passwords, users};

/// What an organisation needs from outside.
#[derive(Clone)]
pub struct Services {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness for tokens and salts.
    pub random: Arc<dyn Random>,
    /// Where file contents lie.
    pub files: Files,
    /// Folder of the search index; without one nothing is indexed and nothing found.
    pub search: Option<PathBuf>,
    /// Requests to addresses that users chose.
    pub outside: Outside,
    /// Folder of the key that signs the audit log, outside the database; without one the log is kept and not signed.
    pub audit: Option<PathBuf>,
    /// The address under which people reach the server, without a slash at the end: links in mails begin with it.
    pub public_url: Option<String>,
    /// The list of breached passwords: a folder of ranges, or a sorted file.
    pub breached_passwords: Option<PathBuf>,
    /// Delivers mail.
    pub mailer: Arc<dyn Mailer>,
}

/// A new organisation.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// API name: folder or schema name.
    pub name: String,
    /// The administrator's e-mail, for sign-in.
    pub admin_email: String,
    /// The administrator's password.
    pub admin_password: String,
    /// The administrator's name as people write it.
    pub admin_name: Option<String>,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA time zone.
    pub time_zone: String,
}

/// One organisation, open. Cheap to clone.
#[derive(Clone)]
pub struct Organisation(Arc<Inner>);

struct Inner {
    store: Store,
    services: Services,
    schema: RwLock<Arc<Schema>>,
    ids: tokio::sync::Mutex<IdBlock>,
    schema_changes: tokio::sync::Mutex<()>,
    administrator: RwLock<Option<RecordId>>,
    attempts: crate::attempts::Attempts,
    sessions: crate::admission::Known,
    planned: crate::planned::PlannedQueries,
    colleagues: crate::colleagues::Kept,
    breadth: crate::breadth::Known,
    search: crate::search::Keeper,
    audited: AtomicI64,
    turns: [tokio::sync::Mutex<()>; TURNS],
    told: tokio::sync::broadcast::Sender<crate::notifications::Told>,
}

/// How many tellings an event stream may lag behind before it only knows that it missed some.
const TOLD: usize = 256;

/// How many records can be contended for at the same time without waiting for each other.
const TURNS: usize = 64;

/// Record numbers reserved and not yet used.
#[derive(Default)]
struct IdBlock {
    next: i64,
    end: i64,
}

/// How many record numbers are reserved at a time; a restart loses at most these.
const ID_BLOCK: i64 = 1024;

impl Organisation {
    /// Makes an organisation in an empty store: packs, settings, administrator.
    ///
    /// # Errors
    /// Validation errors for the values of `new`; `organisation_exists` if the store has one already.
    pub async fn create(store: Store, services: Services, new: NewOrganisation) -> Result<Organisation> {
        let settings = check(&new)?;
        let (_, rows) = store.load_meta().await?;
        if rows.iter().any(|r| r.kind == "settings") {
            return Err(Error::new(
                guanxi_model::ErrorKind::Conflict,
                "organisation_exists",
                format!("组织“{}”已存在。", new.name),
                format!("The organisation “{}” exists already.", new.name),
            ));
        }
        let org = Organisation::assemble(store, services, Schema::default());
        packs::install(&org, Some(&settings)).await?;
        users::create_administrator(&org, &new).await?;
        org.find_administrator().await?;
        Ok(org)
    }

    /// Opens an organisation and brings its packs up to those of this program.
    ///
    /// # Errors
    /// `no_organisation` if the store has none.
    pub async fn open(store: Store, services: Services) -> Result<Organisation> {
        let schema = metadata::load(&store).await?;
        if schema.roles.is_empty() {
            return Err(
                Error::not_found("这里没有组织，请先创建。", "There is no organisation here; create one first.").because("no settings row")
            );
        }
        let org = Organisation::assemble(store, services, schema);
        packs::install(&org, None).await?;
        org.find_administrator().await?;
        Ok(org)
    }

    fn assemble(store: Store, services: Services, schema: Schema) -> Organisation {
        let search = crate::search::Keeper::new(services.search.clone());
        Organisation(Arc::new(Inner {
            store,
            services,
            schema: RwLock::new(Arc::new(schema)),
            ids: tokio::sync::Mutex::default(),
            schema_changes: tokio::sync::Mutex::default(),
            administrator: RwLock::new(None),
            attempts: crate::attempts::Attempts::default(),
            sessions: crate::admission::Known::default(),
            planned: crate::planned::PlannedQueries::default(),
            colleagues: crate::colleagues::Kept::default(),
            breadth: crate::breadth::Known::default(),
            search,
            audited: AtomicI64::new(0),
            turns: std::array::from_fn(|_| tokio::sync::Mutex::default()),
            told: tokio::sync::broadcast::Sender::new(TOLD),
        }))
    }

    /// The same organisation with another clock: history is written with the clock moved.
    #[must_use]
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Organisation {
        let services = Services { clock, ..self.0.services.clone() };
        let org = Organisation::assemble(self.0.store.clone(), services, Schema::clone(&self.schema()));
        org.set_administrator(self.administrator());
        org
    }

    /// The schema as it is now.
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.0.schema.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The store.
    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// Where file contents lie.
    pub fn files(&self) -> &Files {
        &self.0.services.files
    }

    /// The search index.
    pub(crate) fn search(&self) -> &crate::search::Keeper {
        &self.0.search
    }

    /// The last place in the change log that the audit log has, as far as this process keeps it; 0 if it does not.
    pub(crate) fn audited(&self) -> &AtomicI64 {
        &self.0.audited
    }

    /// Where requests to addresses that users chose go through.
    pub(crate) fn outside(&self) -> &Outside {
        &self.0.services.outside
    }

    /// The folder of the key that signs the audit log.
    pub(crate) fn audit_folder(&self) -> Option<&std::path::Path> {
        self.0.services.audit.as_deref()
    }

    /// The address under which people reach the server.
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.0.services.public_url.as_deref()
    }

    /// The list of breached passwords.
    pub(crate) fn breached_passwords(&self) -> Option<&std::path::Path> {
        self.0.services.breached_passwords.as_deref()
    }

    /// What delivers mail.
    pub(crate) fn mailer(&self) -> &dyn Mailer {
        self.0.services.mailer.as_ref()
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.services.clock
    }

    /// Now, in microseconds since the epoch.
    pub fn now_us(&self) -> i64 {
        self.0.services.clock.now_us()
    }

    /// Randomness.
    pub fn random(&self) -> &dyn Random {
        self.0.services.random.as_ref()
    }

    /// The counts of failed sign-ins.
    pub(crate) fn attempts(&self) -> &crate::attempts::Attempts {
        &self.0.attempts
    }

    /// The planned queries for records by their ids.
    pub(crate) fn planned(&self) -> &crate::planned::PlannedQueries {
        &self.0.planned
    }

    /// Who is in whose team.
    pub(crate) fn colleagues(&self) -> &crate::colleagues::Kept {
        &self.0.colleagues
    }

    /// Where it is said who was just told something.
    pub(crate) fn told(&self) -> &tokio::sync::broadcast::Sender<crate::notifications::Told> {
        &self.0.told
    }

    /// Whether only administrators may write the records of an object.
    pub(crate) fn is_administered(&self, object: &str) -> bool {
        guanxi_access::ADMINISTERED.contains(&object)
    }

    /// How many records are in whose reach.
    pub(crate) fn breadth(&self) -> &crate::breadth::Known {
        &self.0.breadth
    }

    /// The sessions known to be good.
    pub(crate) fn sessions(&self) -> &crate::admission::Known {
        &self.0.sessions
    }

    /// Commits an authorised change set: the one way from the engine to the store's writer.
    pub(crate) async fn commit(&self, schema: &Arc<Schema>, set: Authorized<ChangeSet>) -> Result<Committed, WriteError> {
        // Those whose changes may change what somebody is allowed.
        let people = ADMINISTERED.map(|name| schema.object(name).map(|o| o.no));
        if set.get().changes.iter().any(|c| people.contains(&Some(c.object()))) {
            let leaving = users::leaving(schema, &set.get().changes);
            return self.store().write_people(schema, set, &leaving).await;
        }
        self.store().write(schema, set).await
    }

    /// Where the store's counters stand. A schema that another process has changed is taken over before this returns, unless one
    /// is just being changed here.
    pub(crate) async fn heads(&self) -> Result<Heads> {
        let heads = self.store().heads().await?;
        if heads.schema.is_some_and(|version| version != self.schema().version)
            && let Ok(_lock) = self.0.schema_changes.try_lock()
        {
            Box::pin(self.load_schema()).await?;
        }
        Ok(heads)
    }

    /// A context of the product itself with the rights of the first administrator: set-up, the command line, clean-up.
    pub fn system_ctx(&self, door: Door) -> Ctx {
        Ctx {
            user: self.administrator().unwrap_or(RecordId(0)),
            role: "administrator".to_owned(),
            permission_sets: Arc::default(),
            colleagues: Arc::default(),
            door,
            entry: guanxi_model::Entry::default(),
            lang: Lang::Zh,
            now_us: self.now_us(),
            time_zone: self.schema().settings.time_zone.clone(),
        }
    }

    fn administrator(&self) -> Option<RecordId> {
        *self.0.administrator.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_administrator(&self, user: Option<RecordId>) {
        *self.0.administrator.write().unwrap_or_else(PoisonError::into_inner) = user;
    }

    async fn find_administrator(&self) -> Result<()> {
        let user = users::first_administrator(self).await?;
        self.set_administrator(user);
        Ok(())
    }

    /// Reserves `n` record numbers, not necessarily next to each other.
    pub(crate) async fn new_ids(&self, object: ObjectNo, n: usize) -> Result<Vec<RecordId>> {
        let mut block = self.0.ids.lock().await;
        let mut ids = Vec::with_capacity(n);
        while ids.len() < n {
            if block.next == block.end {
                let size = ID_BLOCK.max((n - ids.len()) as i64);
                block.next = self.store().allocate("record_id", size).await?;
                block.end = block.next + size;
            }
            ids.push(RecordId::new(block.next, object));
            block.next += 1;
        }
        Ok(ids)
    }

    /// Waits for one's turn at a record that several writers of this process want.
    pub(crate) async fn turn(&self, record: i64) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.turns[RecordId(record).sequence().unsigned_abs() as usize % TURNS].lock().await
    }

    /// One schema change at a time; held by `packs` and `schema_change`.
    pub(crate) async fn schema_lock(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.schema_changes.lock().await
    }

    /// Puts a new schema in place; requests under way keep theirs.
    pub(crate) fn set_schema(&self, schema: Schema) {
        *self.0.schema.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(schema);
    }

    /// Takes over schema changes made by other processes on the same database.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn refresh_schema(&self) -> Result<()> {
        let _lock = self.schema_lock().await;
        self.load_schema().await
    }

    /// Takes over the schema that the store has; the caller holds the lock.
    pub(crate) async fn load_schema(&self) -> Result<()> {
        if self.store().schema_version().await? != self.schema().version {
            self.set_schema(metadata::load(self.store()).await?);
        }
        Ok(())
    }

    /// Writes everything under way and closes the store.
    pub async fn close(&self) {
        self.0.store.close().await;
    }
}

fn check(new: &NewOrganisation) -> Result<Settings> {
    let mut errors = Vec::new();
    if !is_api_name(&new.name) {
        errors.push(FieldError::new(
            "name",
            "invalid_name",
            "名称须以小写字母开头，只含小写字母、数字和单个下划线，最长 40 个字符",
            "a name starts with a lower-case letter and has only lower-case letters, digits and single underscores, 40 at most",
        ));
    }
    let code = currency(&new.currency);
    if code.is_none() {
        errors.push(FieldError::new(
            "currency",
            "unknown_currency",
            "须为 ISO 4217 货币代码，如 CNY",
            "must be an ISO 4217 code such as CNY",
        ));
    }
    if jiff::tz::TimeZone::get(&new.time_zone).is_err() {
        errors.push(FieldError::new(
            "time_zone",
            "unknown_time_zone",
            "须为 IANA 时区，如 Asia/Shanghai",
            "must be an IANA time zone such as Asia/Shanghai",
        ));
    }
    errors.extend(passwords::check("admin_password", &new.admin_password, &[&new.admin_email]));
    match (errors.is_empty(), code) {
        (true, Some(code)) => Ok(Settings {
            organisation: new.name.clone(),
            currency: code,
            currencies: vec![code],
            time_zone: new.time_zone.clone(),
            ..Settings::default()
        }),
        _ => Err(Error::validation(errors)),
    }
}
