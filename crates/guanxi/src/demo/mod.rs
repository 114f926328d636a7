//! `guanxi demo`: an organisation to try, made and served at once.

mod activities;
pub(crate) mod bulk;
mod calendar;
mod catalog;
mod customers;
pub(crate) mod generate;
mod marketing;
pub(crate) mod names;
mod people;
pub(crate) mod places;
mod play;
mod portfolio;
pub(crate) mod rng;
mod sales;
mod script;
mod service;
pub(crate) mod size;
#[cfg(test)]
mod tests;
mod texts;

use std::path::{Path, PathBuf};

use guanxi_engine::organisation::NewOrganisation;
use guanxi_engine::{Organisation, users};
use guanxi_model::Door;

use crate::cli::DemoArgs;
use crate::config::Config;
use crate::data::Data;
use crate::failure::Failure;
use crate::{random, serve};

use calendar::DAYS;
use generate::{MANAGER_EMAIL, SALES_EMAIL, Summary, USER_PASSWORD, generate};
use size::Size;

/// The demo organisation and its administrator.
const NAME: &str = "demo";
const EMAIL: &str = "admin@demo.example";

/// A file in the data folder while the demo organisation is being made.
const UNFINISHED: &str = "demo.unfinished";

/// Makes the demo organisation if it is not there yet, and serves it.
pub(crate) async fn run(mut config: Config, args: DemoArgs) -> Result<(), Failure> {
    let temporary = match &config.data {
        Some(_) => None,
        None => Some(TemporaryFolder::new()?),
    };
    if let Some(folder) = &temporary {
        config.data = Some(folder.0.clone());
    }
    let data = Data::of(&config)?;
    let password = args.password.clone().unwrap_or_else(|| random::password(data.random().as_ref()));
    let unfinished = config.folder().join(UNFINISHED);
    let org = match data.names().await?.iter().any(|name| name == NAME) {
        true if unfinished.exists() => return Err(half(config.folder())),
        true => reopen(&data, &password, args.size.is_some()).await?,
        false => create(&data, &password, &args, &unfinished).await?,
    };
    let empty = args.empty;
    let greeting = move |address: &str| {
        println!("\n  Guanxi 关系 demo\n\n  Address   {address}\n  E-mail    {EMAIL}\n  Password  {password}\n");
        if !empty {
            println!("  Others    {SALES_EMAIL} (sales), {MANAGER_EMAIL} (manager): {USER_PASSWORD}\n");
        }
        println!("  Ctrl-C ends it.\n");
    };
    let folder = config.folder().display().to_string();
    println!("Data in {folder}{}", if temporary.is_some() { ", removed at the end" } else { "" });
    serve::serve(&config, &data, vec![(NAME.to_owned(), org)], greeting).await
}

async fn create(data: &Data, password: &str, args: &DemoArgs, unfinished: &Path) -> Result<Organisation, Failure> {
    let new = NewOrganisation {
        name: NAME.to_owned(),
        admin_email: EMAIL.to_owned(),
        admin_password: password.to_owned(),
        admin_name: None,
        currency: "CNY".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
    };
    let told = |e: std::io::Error| Failure::new(format!("{}: {e}", unfinished.display()));
    std::fs::create_dir_all(unfinished.parent().unwrap_or(unfinished)).and_then(|()| std::fs::write(unfinished, "")).map_err(told)?;
    let org = data.create(new).await?;
    if !args.empty {
        let size = args.size.unwrap_or(Size::S);
        println!("Making the demo organisation, size {} …", size.name());
        let made = fill(&org, size).await?;
        println!("{} records and {} changes of a year", made.total(), made.updates);
    }
    std::fs::remove_file(unfinished).map_err(told)?;
    Ok(org)
}

/// What is said of a demo organisation whose making was cut off.
fn half(folder: &Path) -> Failure {
    Failure::new(format!(
        "the demo organisation in {} was not finished; remove the folder, or name another one with --data",
        folder.display()
    ))
}

/// Fills a fresh organisation, and says how far it has come where that takes long.
pub(crate) async fn fill(org: &Organisation, size: Size) -> Result<Summary, Failure> {
    let began = org.now_us();
    let told = |days: i64, records: u64| {
        if size != Size::S {
            println!("  {days} of {DAYS} days, {records} records, {} s", (org.now_us() - began) / 1_000_000);
        }
    };
    Ok(generate(org, size.bulk(), told).await?)
}

/// The demo organisation of an earlier run, with the password of this one.
async fn reopen(data: &Data, password: &str, sized: bool) -> Result<Organisation, Failure> {
    if sized {
        println!("The demo organisation is there already; its size stays as it is.");
    }
    let org = data.open(NAME).await?;
    let ctx = org.system_ctx(Door::Cli);
    users::set_password(&org, &ctx, ctx.user, password).await?;
    Ok(org)
}

/// A folder of its own that goes when the program ends.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new() -> Result<TemporaryFolder, Failure> {
        let name = format!("guanxi-demo-{}", random::password(&random::OsRandom));
        let path = std::env::temp_dir().join(name);
        private(&path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
        Ok(TemporaryFolder(path))
    }
}

/// Makes a folder that only its owner can read.
fn private(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
