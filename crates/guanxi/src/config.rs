//! Configuration: command line and environment (both by clap) over the file over the defaults.

use std::path::{Path, PathBuf};

use guanxi_engine::files::S3;
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

use crate::cli::{Global, LogFormat, Role};
use crate::failure::Failure;

/// What the file may say. Every key is one of the long options, with underscores.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<String>,
    database_url: Option<String>,
    database_connections: Option<usize>,
    roles: Option<Vec<Role>>,
    behind_proxy: Option<bool>,
    max_upload_mb: Option<u64>,
    source_url: Option<String>,
    public_url: Option<String>,
    breached_passwords: Option<PathBuf>,
    log: Option<String>,
    log_format: Option<LogFormat>,
    s3: Option<S3File>,
}

/// A bucket for files instead of the data folder. The secret key can be given as GUANXI_S3_SECRET_KEY.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct S3File {
    endpoint: String,
    bucket: String,
    #[serde(default = "region")]
    region: String,
    access_key: String,
    #[serde(default)]
    secret_key: Option<String>,
}

fn region() -> String {
    "us-east-1".to_owned()
}

/// The configuration in force.
pub(crate) struct Config {
    /// The data folder, if one was named.
    pub(crate) data: Option<PathBuf>,
    /// Address to serve.
    pub(crate) listen: String,
    /// PostgreSQL, if it is used.
    pub(crate) database_url: Option<String>,
    /// Most connections to PostgreSQL.
    pub(crate) database_connections: usize,
    /// What this process does.
    pub(crate) roles: Vec<Role>,
    /// Whether a proxy in front is believed.
    pub(crate) behind_proxy: bool,
    /// Largest upload in bytes.
    pub(crate) max_upload: u64,
    /// Where the source of this program is, if that is known.
    pub(crate) source_url: Option<String>,
    /// The address under which people reach the server, without a slash at the end.
    pub(crate) public_url: Option<String>,
    /// The list of breached passwords.
    pub(crate) breached_passwords: Option<PathBuf>,
    /// A bucket for files.
    pub(crate) s3: Option<S3>,
    log: Option<String>,
    log_format: LogFormat,
}

impl Config {
    /// Puts the sources together.
    pub(crate) fn load(global: Global) -> Result<Config, Failure> {
        let named = global.config.clone();
        let beside = global.data.as_deref().unwrap_or(Path::new("data")).join("guanxi.toml");
        let file = match named {
            Some(path) => read(&path)?,
            None if beside.is_file() => read(&beside)?,
            None => File::default(),
        };
        Config::merge(global, file, std::env::var("GUANXI_S3_SECRET_KEY").ok())
    }

    fn merge(global: Global, file: File, s3_secret: Option<String>) -> Result<Config, Failure> {
        let s3 = file.s3.map(|s3| s3_of(s3, s3_secret)).transpose()?;
        let listen = global.listen.or(file.listen).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let behind_proxy = global.behind_proxy.or(file.behind_proxy).unwrap_or(false);
        Ok(Config {
            data: global.data,
            public_url: public_url(global.public_url.or(file.public_url), &listen, behind_proxy)?,
            breached_passwords: list(global.breached_passwords.or(file.breached_passwords))?,
            listen,
            database_url: global.database_url.or(file.database_url),
            database_connections: global.database_connections.or(file.database_connections).unwrap_or(16).max(1),
            roles: global.roles.or(file.roles).unwrap_or_else(|| vec![Role::Web, Role::Worker, Role::Scheduler]),
            behind_proxy,
            max_upload: global.max_upload_mb.or(file.max_upload_mb).unwrap_or(4096) << 20,
            source_url: source_url(global.source_url.or(file.source_url))?,
            s3,
            log: global.log.or(file.log),
            log_format: global.log_format.or(file.log_format).unwrap_or_default(),
        })
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.data.as_deref().unwrap_or(Path::new("data"))
    }

    /// Whether this process has a role.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Starts the log, on standard error. `default` is what is logged where nothing is configured.
    pub(crate) fn start_log(&self, default: &str) -> Result<(), Failure> {
        let wanted = self.log.as_deref().unwrap_or(default);
        let filter = EnvFilter::try_new(wanted).map_err(|e| Failure::new(format!("--log {wanted}: {e}")))?;
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        match self.log_format {
            LogFormat::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
            LogFormat::Json => log.json().init(),
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<File, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
    toml::from_str(&text).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
}

/// The address that is configured, else that of the project's repository. It becomes a link, so it must be one.
fn source_url(configured: Option<String>) -> Result<Option<String>, Failure> {
    let url = configured.unwrap_or_else(|| env!("CARGO_PKG_REPOSITORY").to_owned());
    if url.is_empty() {
        return Ok(None);
    }
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(Failure::new(format!("source_url must begin with https:// or http://: {url}")));
    }
    Ok(Some(url))
}

/// The address under which people reach the server. Where none is configured, a server that only its own machine reaches is known by where it
/// listens; what a request says of it is never believed.
fn public_url(configured: Option<String>, listen: &str, behind_proxy: bool) -> Result<Option<String>, Failure> {
    let Some(url) = configured else {
        let here = ["127.0.0.1:", "localhost:", "[::1]:"].iter().any(|host| listen.starts_with(host)) && !listen.ends_with(":0");
        return Ok((here && !behind_proxy).then(|| format!("http://{listen}")));
    };
    let url = url.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    if host.is_empty() || host.contains(['?', '#', ' ', '@']) {
        return Err(Failure::new(format!("public_url must be an address such as https://crm.example.com: {url}")));
    }
    Ok(Some(url.to_owned()))
}

/// A list that is configured must be there: else every password would be refused later.
fn list(path: Option<PathBuf>) -> Result<Option<PathBuf>, Failure> {
    match path {
        Some(path) if !path.exists() => Err(Failure::new(format!("breached_passwords: {} is not there", path.display()))),
        path => Ok(path),
    }
}

fn s3_of(file: S3File, secret: Option<String>) -> Result<S3, Failure> {
    let secret_key =
        secret.or(file.secret_key).ok_or_else(|| Failure::new("[s3] needs secret_key, or GUANXI_S3_SECRET_KEY in the environment"))?;
    Ok(S3 { endpoint: file.endpoint, region: file.region, bucket: file.bucket, access_key: file.access_key, secret_key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_file_over_the_defaults() {
        let file: File = toml::from_str("listen = \"0.0.0.0:80\"\nroles = [\"web\"]\nmax_upload_mb = 5").unwrap();
        let global = Global { listen: Some("127.0.0.1:1".to_owned()), ..Global::default() };
        let config = Config::merge(global, file, None).unwrap();
        assert_eq!((config.listen.as_str(), config.max_upload, config.behind_proxy), ("127.0.0.1:1", 5 << 20, false));
        assert!(config.has(Role::Web) && !config.has(Role::Worker));
    }

    #[test]
    fn the_address_of_the_source_must_be_one() {
        let of = |url: &str| Config::merge(Global { source_url: Some(url.to_owned()), ..Global::default() }, File::default(), None);
        assert_eq!(of("https://example.com/crm").unwrap().source_url.as_deref(), Some("https://example.com/crm"));
        assert!(of("javascript:alert(1)").is_err());
    }

    #[test]
    fn the_public_address_is_configured_or_local() {
        let of = |url: Option<&str>, listen: &str, proxy| public_url(url.map(str::to_owned), listen, proxy).ok().flatten();
        assert_eq!(of(Some("https://crm.example.com/"), "0.0.0.0:80", true).as_deref(), Some("https://crm.example.com"));
        assert_eq!(of(None, "127.0.0.1:8080", false).as_deref(), Some("http://127.0.0.1:8080"));
        assert_eq!((of(None, "127.0.0.1:8080", true), of(None, "0.0.0.0:8080", false), of(None, "127.0.0.1:0", false)), (None, None, None));
        assert!(public_url(Some("crm.example.com".to_owned()), "x", false).is_err());
        assert!(public_url(Some("https://a@b".to_owned()), "x", false).is_err());
    }

    #[test]
    fn unknown_keys_in_the_file_are_refused() {
        assert!(toml::from_str::<File>("lisen = \"x\"").is_err());
    }
}
