//! `guanxi audit`: verify the audit log, from outside or with its database; export it; its key.

use std::path::{Path, PathBuf};
use std::time::Duration;

use guanxi_engine::Organisation;
use guanxi_engine::audit::{self, Checked, File, Source, Verified, Verifier};
use guanxi_model::Door;

use crate::cli::{AuditCheckArgs, AuditExportArgs, AuditKeyArgs, AuditVerifyArgs};
use crate::config::Config;
use crate::data::Data;
use crate::failure::Failure;

/// How long a server may take for one file.
const PATIENCE: Duration = Duration::from_secs(30);

/// Verifies a log from what it serves.
pub(crate) async fn verify(args: AuditVerifyArgs) -> Result<(), Failure> {
    let key = key_of(&args.key)?;
    let older = args.since.as_deref().map(read_note).transpose()?;
    let verified = if args.source.starts_with("http://") || args.source.starts_with("https://") {
        let server = Server::new(&args.source, args.token)?;
        audit::verify(&server, &key, older.as_deref()).await
    } else {
        audit::verify(&Folder(PathBuf::from(&args.source)), &key, older.as_deref()).await
    };
    report(&verified.map_err(|why| Failure::new(format!("the audit log does NOT verify 审计日志验证未通过: {why}")))?);
    Ok(())
}

/// Holds the database against its log.
pub(crate) async fn check(config: &Config, args: AuditCheckArgs) -> Result<(), Failure> {
    let key = args.key.as_deref().map(key_of).transpose()?;
    let older = args.since.as_deref().map(read_note).transpose()?;
    let org = Data::of(config)?.open_one(args.org.org.as_deref()).await?;
    let checked = audit::check(&org, &org.system_ctx(Door::Cli), key.as_ref(), older.as_deref()).await;
    org.close().await;
    let Checked { log, intact, erased, faults, told } = checked?;
    if let Some(log) = &log {
        report(log);
    }
    println!("{intact} texts are as they were logged, {erased} were taken away 原文一致 {intact} 条，已清除 {erased} 条");
    for fault in &told {
        println!("  {fault}");
    }
    if faults > 0 {
        return Err(Failure::new(format!("{faults} faults: the database is NOT what the audit log says 数据库与审计日志不一致")));
    }
    Ok(())
}

/// Brings the log up to date, signs it and writes it into a folder.
pub(crate) async fn export(config: &Config, args: AuditExportArgs) -> Result<(), Failure> {
    let org = Data::of(config)?.open_one(args.org.org.as_deref()).await?;
    let written = export_of(&org, &args.to).await;
    org.close().await;
    println!("{0} entries in {1} 审计日志已导出，共 {0} 个条目", written?, args.to.display());
    Ok(())
}

async fn export_of(org: &Organisation, to: &Path) -> guanxi_model::Result<u64> {
    audit::catch_up(org).await?;
    audit::export(org, &org.system_ctx(Door::Cli), to).await
}

/// Prints the public key.
pub(crate) async fn key(config: &Config, args: AuditKeyArgs) -> Result<(), Failure> {
    let org = Data::of(config)?.open_one(args.org.org.as_deref()).await?;
    let key = key_text(&org, args.renew).await;
    org.close().await;
    println!("{}", key?);
    Ok(())
}

async fn key_text(org: &Organisation, renew: bool) -> guanxi_model::Result<String> {
    let ctx = org.system_ctx(Door::Cli);
    if renew {
        return audit::renew_key(org, &ctx).await;
    }
    audit::catch_up(org).await?;
    audit::verifier(org, &ctx).await
}

fn key_of(text: &str) -> Result<Verifier, Failure> {
    Verifier::parse(text).ok_or_else(|| Failure::new("--key is no public key of an audit log; `guanxi audit key` prints one"))
}

fn read_note(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
}

fn report(log: &Verified) {
    println!("{} verifies: {} entries, root {} 审计日志验证通过，共 {1} 个条目", log.origin, log.size, log.root);
    if let Some(since) = log.since {
        println!("It continues the earlier checkpoint of {since} entries 与较早的检查点（{since} 个条目）一致");
    }
    if let Some(at) = &log.last_at {
        println!("Last entry at {at} 最后一个条目的时间");
    }
    for (kind, count) in &log.kinds {
        println!("  {kind}: {count}");
    }
}

/// A log in a folder.
struct Folder(PathBuf);

impl Source for Folder {
    async fn fetch(&self, file: File) -> Result<Option<Vec<u8>>, String> {
        let path = self.0.join(file.path());
        match tokio::fs::read(&path).await {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }
}

/// A log on a server.
struct Server {
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Server {
    fn new(url: &str, token: Option<String>) -> Result<Server, Failure> {
        let token = token.ok_or_else(|| Failure::new("a server wants the token of an administrator: --token or GUANXI_TOKEN"))?;
        #[expect(clippy::disallowed_methods, reason = "the command line asks the server that its user names")]
        let client = reqwest::Client::builder().timeout(PATIENCE).build();
        let client = client.map_err(|e| Failure::new(format!("{url}: {e}")))?;
        Ok(Server { client, base: format!("{}/api/v1/audit", url.trim_end_matches('/')), token })
    }
}

impl Source for Server {
    async fn fetch(&self, file: File) -> Result<Option<Vec<u8>>, String> {
        let url = format!("{}/{}", self.base, file.path());
        let failed = |error: reqwest::Error| format!("{url}: {error}");
        let answer = self.client.get(&url).bearer_auth(&self.token).send().await.map_err(failed)?;
        match answer.status() {
            reqwest::StatusCode::NOT_FOUND => Ok(None),
            status if status.is_success() => answer.bytes().await.map(|bytes| Some(bytes.to_vec())).map_err(failed),
            status => Err(format!("{url}: the server answers {status}")),
        }
    }
}
