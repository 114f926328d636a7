//! The `guanxi` program: configuration, wiring, and one command for each task.

mod bench;
mod cli;
mod commands;
mod config;
mod data;
mod demo;
mod failure;
mod random;
mod serve;

use std::process::ExitCode;

use clap::Parser;
use cli::{AuditCommand, Cli, Command, OrgCommand, SearchCommand, UserCommand};
use config::Config;
use failure::Failure;

/// Requests make many small values: a fifth of the time of a read went into the system's allocator. This one was not measured alone.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("guanxi: a TLS provider is installed already");
    }
    match start(cli) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("guanxi: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Threads for what waits for the disk. More than the readers and hashes that may run at once would only keep memory.
const BLOCKING_THREADS: usize = 16;

/// What a server logs by default.
const SERVER_LOG: &str = "warn,guanxi=info,guanxi_server=info,guanxi_engine=info,guanxi_store=info";

fn start(cli: Cli) -> Result<ExitCode, Failure> {
    let config = Config::load(cli.global)?;
    config.start_log(if matches!(cli.command, Command::Serve) { SERVER_LOG } else { "warn" })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .map_err(|e| Failure::new(format!("cannot start: {e}")))?;
    runtime.block_on(run(config, cli.command))
}

async fn run(config: Config, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo(args) => demo::run(config, args).await?,
        Command::Serve => serve::run(config).await?,
        Command::Org(OrgCommand::Create(args)) => commands::org::create(&config, args).await?,
        Command::Org(OrgCommand::List) => commands::org::list(&config).await?,
        Command::User(UserCommand::Add(args)) => commands::user::add(&config, args).await?,
        Command::User(UserCommand::List(args)) => commands::user::list(&config, args).await?,
        Command::User(UserCommand::SetPassword(args)) => commands::user::set_password(&config, args).await?,
        Command::User(UserCommand::Deactivate(args)) => commands::user::deactivate(&config, args).await?,
        Command::Import(args) => return commands::transfer::import(&config, args).await,
        Command::Export(args) => commands::transfer::export(&config, args).await?,
        Command::Search(SearchCommand::Rebuild(args)) => commands::search::rebuild(&config, args).await?,
        Command::Audit(AuditCommand::Verify(args)) => commands::audit::verify(args).await?,
        Command::Audit(AuditCommand::Check(args)) => commands::audit::check(&config, args).await?,
        Command::Audit(AuditCommand::Export(args)) => commands::audit::export(&config, args).await?,
        Command::Audit(AuditCommand::Key(args)) => commands::audit::key(&config, args).await?,
        Command::Openapi => print!("{}", guanxi_server::openapi::document()),
        Command::Bench(args) => bench::run(config, args).await?,
    }
    Ok(ExitCode::SUCCESS)
}
