//! Where organisations live: one SQLite file each in the data folder, or one schema each in a PostgreSQL database.

use std::path::PathBuf;
use std::sync::Arc;

use guanxi_engine::files::Files;
use guanxi_engine::organisation::NewOrganisation;
use guanxi_engine::{Organisation, Services};
use guanxi_model::clock::SystemClock;
use guanxi_model::meta::is_api_name;
use guanxi_model::{Clock, Random};
use guanxi_store::{PgPool, SqliteOptions, Store};

use crate::config::Config;
use crate::failure::Failure;
use crate::random::OsRandom;

/// The schemas of organisations begin so.
const SCHEMA: &str = "org_";

/// The place of all organisations.
#[derive(Clone)]
pub(crate) struct Data {
    folder: PathBuf,
    pool: Option<PgPool>,
    s3: Option<guanxi_engine::files::S3>,
    max_upload: u64,
    public_url: Option<String>,
    breached_passwords: Option<PathBuf>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Data {
    /// The place the configuration names.
    pub(crate) fn of(config: &Config) -> Result<Data, Failure> {
        let pool = config.database_url.as_deref().map(|url| PgPool::new(url, config.database_connections)).transpose()?;
        Ok(Data {
            folder: config.folder().to_owned(),
            pool,
            s3: config.s3.clone(),
            max_upload: config.max_upload,
            public_url: config.public_url.clone(),
            breached_passwords: config.breached_passwords.clone(),
            clock: Arc::new(SystemClock),
            random: Arc::new(OsRandom),
        })
    }

    /// Randomness.
    pub(crate) fn random(&self) -> Arc<dyn Random> {
        Arc::clone(&self.random)
    }

    /// Names of the organisations there are.
    pub(crate) async fn names(&self) -> Result<Vec<String>, Failure> {
        let mut names: Vec<String> = match &self.pool {
            Some(pool) => pool.schemas().await?.iter().filter_map(|s| s.strip_prefix(SCHEMA)).map(str::to_owned).collect(),
            None => self.folders()?,
        };
        names.retain(|name| is_api_name(name));
        names.sort();
        Ok(names)
    }

    fn folders(&self) -> Result<Vec<String>, Failure> {
        let orgs = self.folder.join("orgs");
        let entries = match std::fs::read_dir(&orgs) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Failure::new(format!("{}: {error}", orgs.display()))),
        };
        let with_database = entries.flatten().filter(|entry| entry.path().join("org.db").is_file());
        Ok(with_database.filter_map(|entry| entry.file_name().into_string().ok()).collect())
    }

    /// Opens an organisation.
    pub(crate) async fn open(&self, name: &str) -> Result<Organisation, Failure> {
        if !self.names().await?.iter().any(|known| known == name) {
            return Err(Failure::new(format!(
                "there is no organisation {name:?} in {}; `guanxi org list` shows those there are",
                self.place()
            )));
        }
        let store = self.store(name).await?;
        Ok(Organisation::open(store, self.services(name)?).await?)
    }

    /// Opens the organisation named, or the only one there is.
    pub(crate) async fn open_one(&self, name: Option<&str>) -> Result<Organisation, Failure> {
        if let Some(name) = name {
            return self.open(name).await;
        }
        match self.names().await?.as_slice() {
            [only] => self.open(only).await,
            [] => Err(Failure::new(format!("there is no organisation in {}; make one with `guanxi org create`", self.place()))),
            several => Err(Failure::new(format!("there are several organisations, name one with --org: {}", several.join(", ")))),
        }
    }

    /// Makes an organisation.
    pub(crate) async fn create(&self, new: NewOrganisation) -> Result<Organisation, Failure> {
        if !is_api_name(&new.name) {
            return Err(Failure::new(format!(
                "{:?} cannot be the name of an organisation: a lower-case letter, then lower-case letters, digits and single underscores, 40 at most",
                new.name
            )));
        }
        if self.names().await?.contains(&new.name) {
            return Err(Failure::new(format!("the organisation {:?} exists already in {}", new.name, self.place())));
        }
        let store = self.store(&new.name).await?;
        let services = self.services(&new.name)?;
        let name = new.name.clone();
        match Organisation::create(store, services, new).await {
            Ok(org) => Ok(org),
            Err(error) => {
                self.forget(&name);
                Err(error.into())
            }
        }
    }

    /// Takes away the file of an organisation that could not be made, so that a second attempt finds a clean place.
    fn forget(&self, name: &str) {
        if self.pool.is_none() {
            let _ = std::fs::remove_dir_all(self.org_folder(name));
        }
    }

    async fn store(&self, name: &str) -> Result<Store, Failure> {
        if let Some(pool) = &self.pool {
            return Ok(Store::open_postgres(pool.clone(), &format!("{SCHEMA}{name}"), Arc::clone(&self.clock)).await?);
        }
        let folder = self.org_folder(name);
        std::fs::create_dir_all(&folder).map_err(|e| Failure::new(format!("{}: {e}", folder.display())))?;
        Ok(Store::open_sqlite(&folder.join("org.db"), SqliteOptions::default(), Arc::clone(&self.clock)).await?)
    }

    fn services(&self, name: &str) -> Result<Services, Failure> {
        let files = match &self.s3 {
            // As in the data folder: an organisation's files lie together and apart from all others.
            Some(s3) => Files::s3(s3)?.within(&format!("orgs/{name}")),
            None => Files::local(&self.org_folder(name).join("files"))?,
        };
        let limit = files.limit().min(self.max_upload);
        Ok(Services {
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            files: files.with_limit(limit),
            search: Some(self.org_folder(name).join("search")),
            outside: guanxi_engine::outside::Outside::default(),
            audit: Some(self.org_folder(name)),
            public_url: self.public_url.clone(),
            breached_passwords: self.breached_passwords.clone(),
            mailer: Arc::new(guanxi_engine::mail::Sandbox),
        })
    }

    fn org_folder(&self, name: &str) -> PathBuf {
        self.folder.join("orgs").join(name)
    }

    /// The place as people would name it.
    fn place(&self) -> String {
        match self.pool {
            Some(_) => "the database".to_owned(),
            None => self.folder.display().to_string(),
        }
    }
}
