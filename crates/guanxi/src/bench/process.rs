//! Processes of their own for what is measured: the server, the bare handler, the import.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use guanxi_query::Dialect;
use guanxi_store::PgPool;

use super::http::Connection;
use super::measure::{cpu_ms, memory_mb, now, postgres_cpu_ms};
use crate::failure::Failure;

/// Where the organisation lies.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The data folder.
    pub(crate) folder: std::path::PathBuf,
    /// The PostgreSQL database, if it lies there.
    pub(crate) database_url: Option<String>,
}

impl Place {
    /// The engine it lies in.
    pub(crate) fn dialect(&self) -> Dialect {
        if self.database_url.is_some() { Dialect::Postgres } else { Dialect::Sqlite }
    }

    /// Has PostgreSQL look at what was written, as autovacuum does within a minute: without it the first figures are those of a planner
    /// that knows nothing.
    pub(crate) async fn analyse(&self, organisation: &str) -> Result<(), Failure> {
        if let Some(url) = &self.database_url {
            PgPool::new(url, 1)?.execute_script(&format!("org_{organisation}"), "ANALYZE").await?;
        }
        Ok(())
    }

    fn command(&self) -> Result<Command, Failure> {
        let program = std::env::current_exe().map_err(|e| Failure::new(format!("cannot find this program: {e}")))?;
        let mut command = Command::new(program);
        command.arg("--data").arg(&self.folder).stdin(Stdio::null()).stdout(Stdio::null());
        if let Some(url) = &self.database_url {
            command.env("GUANXI_DATABASE_URL", url);
        }
        Ok(command)
    }
}

/// A server under measurement; it is ended when this is dropped.
pub(crate) struct Server {
    child: Child,
    /// `host:port`.
    pub(crate) address: String,
    /// Whether PostgreSQL works for it.
    postgres: bool,
}

impl Server {
    /// Starts the product's own server; gives the seconds until it first answered `request`.
    pub(crate) async fn start(place: &Place, request: &[u8]) -> Result<(Server, f64), Failure> {
        let address = free_address()?;
        let began = now();
        let mut command = place.command()?;
        command.args(["serve", "--listen", &address, "--log", "error"]);
        let server = Server { child: spawn(command)?, address, postgres: place.database_url.is_some() };
        server.answers(request).await?;
        Ok((server, (now() - began).as_secs_f64()))
    }

    /// Starts the bare server of [`super::bare`].
    pub(crate) async fn start_bare(place: &Place, settings: &Path, request: &[u8]) -> Result<Server, Failure> {
        let address = free_address()?;
        let mut command = place.command()?;
        command.args(["bench", "--listen", &address]).arg("--bare").arg(settings);
        let server = Server { child: spawn(command)?, address, postgres: false };
        server.answers(request).await?;
        Ok(server)
    }

    async fn answers(&self, request: &[u8]) -> Result<(), Failure> {
        let end = now() + Duration::from_secs(120);
        let mut last = String::new();
        while now() < end {
            match Connection::open(&self.address).await {
                Ok(mut connection) => match connection.send(request).await {
                    Ok(answer) if answer.status == 200 => return Ok(()),
                    Ok(answer) => last = format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)),
                    Err(error) => last = error.to_string(),
                },
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Err(Failure::new(format!("the server at {} does not answer: {last}", self.address)))
    }

    /// Processor time so far in milliseconds, with that of PostgreSQL where it works for it.
    pub(crate) fn cpu_ms(&self) -> f64 {
        cpu_ms(self.child.id()) + if self.postgres { postgres_cpu_ms() } else { 0.0 }
    }

    /// Memory held now in MB.
    pub(crate) fn memory_mb(&self) -> f64 {
        memory_mb(self.child.id(), "VmRSS")
    }

    /// The most memory held so far in MB.
    pub(crate) fn peak_mb(&self) -> f64 {
        memory_mb(self.child.id(), "VmHWM")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Imports a file with a process of its own; gives seconds and peak memory in MB.
pub(crate) async fn import(place: &Place, object: &str, map: &Path, file: &Path) -> Result<(f64, f64), Failure> {
    let mut command = place.command()?;
    command.args(["import", "--object", object, "--map"]).arg(map).arg(file);
    watched("the import", command).await
}

/// Runs a command of this program in a process of its own; gives seconds and peak memory in MB.
pub(crate) async fn run(place: &Place, args: &[&str]) -> Result<(f64, f64), Failure> {
    let mut command = place.command()?;
    command.args(args);
    watched(&args.join(" "), command).await
}

async fn watched(what: &str, mut command: Command) -> Result<(f64, f64), Failure> {
    command.stderr(Stdio::piped());
    let began = now();
    let mut child = spawn(command)?;
    let mut peak = 0.0_f64;
    let status = loop {
        peak = peak.max(memory_mb(child.id(), "VmHWM"));
        match child.try_wait().map_err(|e| Failure::new(e.to_string()))? {
            Some(status) => break status,
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    let seconds = (now() - began).as_secs_f64();
    if status.success() {
        return Ok((seconds, peak));
    }
    let mut text = String::new();
    if let Some(mut errors) = child.stderr.take() {
        let _ = std::io::Read::read_to_string(&mut errors, &mut text);
    }
    Err(Failure::new(format!("{what} ended with {status}: {text}")))
}

fn spawn(mut command: Command) -> Result<Child, Failure> {
    command.spawn().map_err(|e| Failure::new(format!("cannot start a process: {e}")))
}

fn free_address() -> Result<String, Failure> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    listener.map(|a| a.to_string()).map_err(|e| Failure::new(format!("no free port: {e}")))
}
