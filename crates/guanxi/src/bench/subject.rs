//! The organisation that is measured: made once, with a token and some ids for the requests.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use guanxi_access::authorize_query;
use guanxi_engine::organisation::NewOrganisation;
use guanxi_engine::sign_in::Credentials;
use guanxi_engine::{Organisation, read, search, sign_in};
use guanxi_model::{Cell, Ctx, Door, Error, Schema};
use guanxi_query::{Dialect, Page, ddl, dml, parse, plan};
use guanxi_store::yardstick::{Source, Table};
use serde_json::Value;

use super::bare::{Bare, param};
use super::measure::timed;
use super::process::Place;
use crate::config::Config;
use crate::data::Data;
use crate::demo;
use crate::demo::size::Size;
use crate::failure::Failure;

const EMAIL: &str = "admin@bench.example";
const PASSWORD: &str = "bench password";

/// How many records are read in turn.
const SAMPLE: u32 = 2_000;

/// An organisation of a size, closed; what requests to it need.
pub(crate) struct Subject {
    /// Its size.
    pub(crate) size: Size,
    /// Where it lies.
    pub(crate) place: Place,
    /// A session's token.
    pub(crate) token: String,
    /// Ids of contacts.
    pub(crate) contacts: Arc<Vec<String>>,
    /// The id of an opportunity.
    pub(crate) opportunity: String,
    /// Ids of accounts.
    pub(crate) accounts: Arc<Vec<Arc<str>>>,
    /// Ids of users.
    pub(crate) users: Arc<Vec<Arc<str>>>,
    /// The bare server's answers.
    pub(crate) bare: Bare,
    /// The statement of [`SUM`] with its parameters.
    pub(crate) sum: (String, Vec<Cell>),
    /// The statements of raw inserts of contacts.
    pub(crate) contact_table: Table,
    /// The statements of raw inserts of accounts.
    pub(crate) account_table: Table,
    /// How many records it holds, by object.
    counts: BTreeMap<String, usize>,
    /// How many writes made it, and the seconds they took; `None` if it was there.
    pub(crate) filled: Option<(u64, f64)>,
}

/// The list that is measured; the owner comes in the place of `OWNER`.
const LIST: &str = "SELECT id, name, title, email, account_id, account.name FROM contact WHERE owner_id = 'OWNER' ORDER BY name";

/// The sum that is measured.
pub(crate) const SUM: &str = "SELECT stage, SUM(amount) total, COUNT(id) n FROM opportunity GROUP BY stage";

/// The columns of raw inserts beside the stamps.
pub(crate) const CONTACT_COLUMNS: [&str; 13] = [
    "id",
    "created_at",
    "created_by_id",
    "updated_at",
    "updated_by_id",
    "version",
    "owner_id",
    "name",
    "account_id",
    "title",
    "mobile",
    "mobile_typed",
    "email",
];

/// The same for accounts, as the import brings them.
pub(crate) const ACCOUNT_COLUMNS: [&str; 14] = [
    "id",
    "created_at",
    "created_by_id",
    "updated_at",
    "updated_by_id",
    "version",
    "owner_id",
    "name",
    "account_number",
    "industry",
    "phone",
    "phone_typed",
    "region",
    "employees",
];

impl Subject {
    /// Makes the organisation, or takes the one of an earlier run.
    pub(crate) async fn prepare(config: &mut Config, folder: PathBuf, size: Size) -> Result<Subject, Failure> {
        let place = Place { folder: folder.clone(), database_url: config.database_url.clone() };
        config.data = Some(folder.clone());
        let data = Data::of(config)?;
        let name = format!("bench_{}", size.name().to_lowercase());
        let known = data.names().await?.contains(&name);
        let mut filled = None;
        let org = if known {
            data.open(&name).await?
        } else {
            let org = data.create(new(&name)).await?;
            let (done, seconds) = timed(demo::fill(&org, size)).await;
            let made = done?;
            // Servers shall not be measured while they make the index.
            search::rebuild(&org).await?;
            place.analyse(&name).await?;
            filled = Some((made.total() + made.updates, seconds));
            org
        };
        let subject = Subject::of(&org, place, size, filled).await;
        org.close().await;
        if let Ok(Subject { bare: Bare { sqlite: Some(copy), .. }, .. }) = &subject {
            // The store keeps its file for itself while it is open; once it is closed, one file holds everything.
            let file = subject_file(&folder, &name);
            for ending in ["-wal", "-shm"] {
                // Those of an earlier run do not belong to the copy.
                let mut old = copy.clone().into_os_string();
                old.push(ending);
                let _ = std::fs::remove_file(old);
            }
            std::fs::copy(&file, copy).map_err(|e| Failure::new(format!("{}: {e}", file.display())))?;
        }
        subject
    }

    async fn of(org: &Organisation, place: Place, size: Size, filled: Option<(u64, f64)>) -> Result<Subject, Failure> {
        let token = sign_in::sign_in(org, Credentials::password(EMAIL, PASSWORD), "127.0.0.1", "bench", None).await?.token;
        let ctx = org.system_ctx(Door::Cli);
        let contacts = ids(org, &ctx, "SELECT id FROM contact").await?;
        let counts = counts(org, &ctx).await?;
        if counts.get("contact").copied().unwrap_or(0) < size.bulk().map_or(1_000, |bulk| bulk.contacts) {
            return Err(Failure::new(format!("{} holds an unfinished benchmark; remove it", place.folder.display())));
        }
        let opportunity = ids(org, &ctx, "SELECT id FROM opportunity LIMIT 1").await?.pop().unwrap_or_default();
        let shared = |ids: Vec<String>| Arc::new(ids.into_iter().map(Arc::from).collect::<Vec<Arc<str>>>());
        let users = shared(ids(org, &ctx, "SELECT id FROM user WHERE role = 'standard'").await?);
        let accounts = shared(ids(org, &ctx, "SELECT id FROM account").await?);
        let schema = org.schema();
        let dialect = place.dialect();
        let name = schema.settings.organisation.clone();
        let sqlite = (dialect == Dialect::Sqlite).then(|| place.folder.join("baseline.db"));
        let record = record_statement(org, &ctx, &contacts[0], dialect)?;
        let numbers = contacts.iter().filter_map(|id| Some(schema.parse_id(id)?.1.0)).collect();
        let list = statement(org, &ctx, &LIST.replace("OWNER", &users[0]), dialect)?;
        let bare = Bare {
            headers: Vec::new(),
            body: String::new(),
            record,
            ids: numbers,
            schema: sqlite.is_none().then(|| format!("org_{name}")),
            sqlite: sqlite.clone(),
            sql: list.0,
            params: list.1.iter().map(param).collect(),
        };
        // Single creates go to a table as full as the product's.
        let copy = [
            format!("CREATE TABLE contact (LIKE \"org_{name}\".contact INCLUDING ALL)"),
            format!("INSERT INTO contact SELECT * FROM \"org_{name}\".contact"),
        ];
        let create = if sqlite.is_none() { copy.to_vec() } else { Vec::new() };
        let contact_table = Table { file: sqlite.clone(), create, ..table(&schema, "contact", &CONTACT_COLUMNS, dialect)? };
        let account_table = table(&schema, "account", &ACCOUNT_COLUMNS, dialect)?;
        let sum = statement(org, &ctx, SUM, dialect)?;
        let contacts = Arc::new(contacts);
        Ok(Subject { size, place, token, contacts, opportunity, accounts, users, bare, sum, contact_table, account_table, counts, filled })
    }

    /// How many records of an object there were at the beginning.
    pub(crate) fn count(&self, object: &str) -> usize {
        self.counts.get(object).copied().unwrap_or(0)
    }

    /// How many records there were at the beginning.
    pub(crate) fn records(&self) -> usize {
        self.counts.values().sum()
    }

    /// The path of an opportunity.
    pub(crate) fn opportunity_path(&self) -> String {
        format!("/api/v1/records/opportunity/{}", self.opportunity)
    }

    /// The query text of the measured list.
    pub(crate) fn list_query(&self) -> String {
        LIST.replace("OWNER", &self.users[0])
    }

    /// The database for reading with the raw driver.
    pub(crate) fn source(&self) -> Source {
        match (&self.bare.sqlite, &self.place.database_url) {
            (None, Some(url)) => Source::Postgres { url: url.clone(), schema: self.bare.schema.clone().unwrap_or_default() },
            (path, _) => Source::Sqlite(path.clone().unwrap_or_default()),
        }
    }

    /// A database of its own for raw inserts.
    pub(crate) fn scratch(&self) -> Source {
        match &self.place.database_url {
            Some(url) => Source::Postgres { url: url.clone(), schema: "bench_raw".to_owned() },
            None => Source::Sqlite(self.place.folder.join("raw.db")),
        }
    }
}

fn subject_file(folder: &std::path::Path, organisation: &str) -> PathBuf {
    folder.join("orgs").join(organisation).join("org.db")
}

fn new(name: &str) -> NewOrganisation {
    NewOrganisation {
        name: name.to_owned(),
        admin_email: EMAIL.to_owned(),
        admin_password: PASSWORD.to_owned(),
        admin_name: None,
        currency: "CNY".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
    }
}

async fn ids(org: &Organisation, ctx: &Ctx, text: &str) -> Result<Vec<String>, Failure> {
    let rows = read::query(org, ctx, text, &Page { limit: SAMPLE, ..Page::default() }).await?;
    let page: Value = serde_json::from_slice(&read::page_json(&org.schema(), &rows)).map_err(Error::internal)?;
    let records = page["records"].as_array().cloned().unwrap_or_default();
    Ok(records.iter().filter_map(|r| r["id"].as_str().map(str::to_owned)).collect())
}

/// How many records of each object there are.
async fn counts(org: &Organisation, ctx: &Ctx) -> Result<BTreeMap<String, usize>, Failure> {
    let mut counts = BTreeMap::new();
    for object in org.schema().objects() {
        let rows = read::query(org, ctx, &format!("SELECT COUNT(id) n FROM {}", object.name()), &Page::default()).await?;
        let count = rows.rows().next().and_then(|row| row.first()).and_then(Cell::as_int);
        counts.insert(object.name().to_owned(), count.and_then(|n| usize::try_from(n).ok()).unwrap_or(0));
    }
    Ok(counts)
}

/// The statement that the product runs for a query.
fn statement(org: &Organisation, ctx: &Ctx, text: &str, dialect: Dialect) -> Result<(String, Vec<Cell>), Failure> {
    let schema = org.schema();
    let query = authorize_query(ctx, &schema, parse(text)?)?;
    let plan = plan(ctx, &schema, query.get(), &Page { limit: 50, ..Page::default() }, dialect)?;
    Ok((plan.sql, plan.params))
}

/// The statement that reads a whole contact, its parameters, and which of them is the contact's number.
fn record_statement(org: &Organisation, ctx: &Ctx, id: &str, dialect: Dialect) -> Result<(String, Vec<Value>, usize), Failure> {
    let schema = org.schema();
    let fields = read::field_names(schema.require("contact")?).join(", ");
    let (sql, params) = statement(org, ctx, &format!("SELECT {fields} FROM contact WHERE id = '{id}'"), dialect)?;
    let number = schema.parse_id(id).map_or(0, |(_, id)| id.0);
    let place = params.iter().position(|p| *p == Cell::Int(number)).ok_or_else(|| Failure::new("a statement without its id"))?;
    Ok((sql, params.iter().map(param).collect(), place))
}

fn table(schema: &Schema, object: &str, columns: &[&str], dialect: Dialect) -> Result<Table, Failure> {
    let object = schema.require(object)?;
    let known: Vec<&str> = object.fields.iter().flat_map(|f| &f.columns).map(|c| c.name.as_str()).filter(|c| columns.contains(c)).collect();
    if known.len() != columns.len() {
        return Err(Failure::new(format!("the benchmark names columns that {} does not have", object.name())));
    }
    let many = 16;
    Ok(Table {
        file: None,
        create: ddl::create_object(object, dialect),
        insert: dml::insert(object, columns, 1, dialect),
        insert_many: dml::insert(object, columns, many, dialect),
        many,
    })
}
