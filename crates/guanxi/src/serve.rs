//! `guanxi serve`: the web server, the workers and the clean-up, until a signal ends them.

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt;
use guanxi_engine::Organisation;
use guanxi_engine::audit::Sequencer;
use guanxi_engine::jobs::{Running, Worker};
use guanxi_engine::search::Follower;
use guanxi_engine::upkeep::{self, Cleaned};
use guanxi_server::{App, Settings};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::cli::Role;
use crate::config::Config;
use crate::data::Data;
use crate::failure::Failure;

/// How long open requests may take after the signal to end.
const DRAIN: Duration = Duration::from_secs(30);

/// How often new organisations are looked for.
const LOOK: Duration = Duration::from_secs(15);

/// How often old keys and sessions are removed.
const CLEAN: Duration = Duration::from_secs(600);

/// Serves all organisations.
pub(crate) async fn run(config: Config) -> Result<(), Failure> {
    let data = Data::of(&config)?;
    let mut organisations = Vec::new();
    for name in data.names().await? {
        let org = data.open(&name).await?;
        organisations.push((name, org));
    }
    if organisations.is_empty() {
        eprintln!("There is no organisation yet; make one with `guanxi org create` (it is served within seconds) or try `guanxi demo`.");
    }
    serve(&config, &data, organisations, |address| println!("Guanxi 关系 serves {address}")).await
}

/// Serves these organisations, and those that come later, until a signal says to end.
pub(crate) async fn serve(
    config: &Config,
    data: &Data,
    organisations: Vec<(String, Organisation)>,
    greet: impl FnOnce(&str),
) -> Result<(), Failure> {
    if config.source_url.is_none() {
        tracing::warn!("source_url is not configured: the AGPL wants users to be shown where the source of this program is");
    }
    let app = App::new(Settings {
        behind_proxy: config.behind_proxy,
        max_upload: config.max_upload,
        source_url: config.source_url.clone(),
        ..Settings::new(data.random())
    });
    let mut working = Working::new(config);
    for (name, org) in organisations {
        working.take(&app, name, org);
    }
    let (end, ended) = watch::channel(false);
    let web = if config.has(Role::Web) { Some(listen(config, &app, ended.clone(), greet).await?) } else { None };
    let scheduler = config.has(Role::Scheduler).then(|| tokio::spawn(clean(app.clone(), ended)));
    working.until(&app, data, signal()).await;
    tracing::info!("ending");
    app.begin_closing();
    end.send_replace(true);
    if let Some(web) = web
        && tokio::time::timeout(DRAIN, web).await.is_err()
    {
        tracing::warn!("some requests took longer than {DRAIN:?} and were cut off");
    }
    if let Some(scheduler) = scheduler {
        let _ = scheduler.await;
    }
    working.stop(&app).await;
    Ok(())
}

async fn listen(
    config: &Config,
    app: &App,
    mut ended: watch::Receiver<bool>,
    greet: impl FnOnce(&str),
) -> Result<tokio::task::JoinHandle<()>, Failure> {
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|e| Failure::new(format!("cannot listen on {}: {e} (choose another address with --listen)", config.listen)))?;
    let address = listener.local_addr().map_err(|e| Failure::new(format!("{}: {e}", config.listen)))?;
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY");
        }
    });
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _ = ended.wait_for(|end| *end).await;
    });
    greet(&format!("http://{address}"));
    Ok(tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the web server ended");
        }
    }))
}

/// What works for one organisation: its jobs, its search index, its audit log.
type AtWork = (Option<Running>, Option<Follower>, Option<Sequencer>);

/// The organisations at work and their workers.
struct Working {
    worker: Option<Worker>,
    running: HashMap<String, AtWork>,
    /// Whether this process answers searches.
    searching: bool,
}

impl Working {
    fn new(config: &Config) -> Working {
        Working { worker: config.has(Role::Worker).then(Worker::new), running: HashMap::new(), searching: config.has(Role::Web) }
    }

    fn take(&mut self, app: &App, name: String, org: Organisation) {
        let running = self.worker.as_ref().map(|worker| worker.start(&org));
        let follower = self.searching.then(|| Follower::start(&org));
        let sequencer = self.worker.is_some().then(|| Sequencer::start(&org));
        app.add(name.clone(), org);
        self.running.insert(name, (running, follower, sequencer));
    }

    /// Waits for the end, taking in organisations that are made meanwhile.
    async fn until(&mut self, app: &App, data: &Data, end: impl Future<Output = ()>) {
        let mut end = std::pin::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return,
                () = tokio::time::sleep(LOOK) => self.look(app, data).await,
            }
        }
    }

    async fn look(&mut self, app: &App, data: &Data) {
        let names = match data.names().await {
            Ok(names) => names,
            Err(failure) => return tracing::warn!(%failure, "cannot look for organisations"),
        };
        for name in names {
            if self.running.contains_key(&name) {
                if let Some(org) = app.organisation(&name)
                    && let Err(error) = org.refresh_schema().await
                {
                    tracing::warn!(organisation = name, %error, "cannot look for changes of the schema");
                }
                continue;
            }
            match data.open(&name).await {
                Ok(org) => {
                    tracing::info!(organisation = name, "serving a new organisation");
                    self.take(app, name, org);
                }
                // Another process is just making it; it is there the next time.
                Err(failure) => tracing::debug!(organisation = name, %failure, "cannot open yet"),
            }
        }
    }

    /// Stops the workers and closes the stores.
    async fn stop(self, app: &App) {
        for (running, follower, sequencer) in self.running.into_values() {
            if let Some(running) = running {
                running.stop().await;
            }
            if let Some(follower) = follower {
                follower.stop().await;
            }
            if let Some(sequencer) = sequencer {
                sequencer.stop().await;
            }
        }
        for (_, org) in app.organisations() {
            org.close().await;
        }
    }
}

/// Removes what nobody needs any more, now and then.
async fn clean(app: App, mut ended: watch::Receiver<bool>) {
    loop {
        for (name, org) in app.organisations() {
            match upkeep::clean(&org).await {
                Ok(Cleaned { keys, sessions }) => tracing::debug!(organisation = name, keys, sessions, "cleaned up"),
                Err(error) => tracing::warn!(organisation = name, %error, "cannot clean up"),
            }
        }
        tokio::select! {
            _ = ended.wait_for(|end| *end) => return,
            () = tokio::time::sleep(CLEAN) => {}
        }
    }
}

/// Resolves when the process is told to end.
async fn signal() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot wait for Ctrl-C");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(error) => {
                tracing::error!(%error, "cannot wait for SIGTERM");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
