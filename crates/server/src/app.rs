//! The state every handler sees, and the router with its layers.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use axum::response::Response;
use futures_util::future::{BoxFuture, Either};
use guanxi_engine::Organisation;
use guanxi_model::Random;
use tower::Service;
use tower::layer::{Layer, layer_fn};
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{Compression, CompressionLayer, CompressionLevel};

use crate::live::Hub;
use crate::metrics::Metrics;
use crate::request::Around;
use crate::rest::client_errors::ClientErrors;
use crate::{openapi, problem, rest, running, web};

/// What the binary decides about the server.
#[derive(Clone)]
pub struct Settings {
    /// Randomness for nonces and request ids.
    pub random: Arc<dyn Random>,
    /// Whether a proxy in front sets `X-Forwarded-For` and `X-Forwarded-Proto`.
    pub behind_proxy: bool,
    /// How long a handler may take, uploads excepted.
    pub timeout: Duration,
    /// How long an upload may take.
    pub upload_timeout: Duration,
    /// The largest file of an import or an upload, in bytes.
    pub max_upload: u64,
    /// Where the source of the running program is.
    pub source_url: Option<String>,
}

impl Settings {
    /// The defaults.
    pub fn new(random: Arc<dyn Random>) -> Settings {
        Settings {
            random,
            behind_proxy: false,
            timeout: Duration::from_secs(60),
            upload_timeout: Duration::from_secs(3600),
            max_upload: 4 << 30,
            source_url: None,
        }
    }
}

/// The running application. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    settings: Settings,
    organisations: RwLock<BTreeMap<String, Organisation>>,
    metrics: Metrics,
    hub: Hub,
    client_errors: ClientErrors,
    closing: AtomicBool,
}

impl App {
    /// An application without organisations; [`App::add`] brings them in.
    pub fn new(settings: Settings) -> App {
        App(Arc::new(Inner {
            settings,
            organisations: RwLock::default(),
            metrics: Metrics::new(),
            hub: Hub::default(),
            client_errors: ClientErrors::default(),
            closing: AtomicBool::new(false),
        }))
    }

    /// Serves an organisation under its name from now on.
    pub fn add(&self, name: impl Into<String>, organisation: Organisation) {
        self.0.organisations.write().unwrap_or_else(PoisonError::into_inner).insert(name.into(), organisation);
    }

    /// The organisation of a name.
    pub fn organisation(&self, name: &str) -> Option<Organisation> {
        self.0.organisations.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The only organisation there is; `None` with none or several.
    pub fn only_organisation(&self) -> Option<Organisation> {
        let organisations = self.0.organisations.read().unwrap_or_else(PoisonError::into_inner);
        if organisations.len() == 1 { organisations.values().next().cloned() } else { None }
    }

    /// All organisations by name.
    pub fn organisations(&self) -> Vec<(String, Organisation)> {
        let organisations = self.0.organisations.read().unwrap_or_else(PoisonError::into_inner);
        organisations.iter().map(|(name, org)| (name.clone(), org.clone())).collect()
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The counters of `/metrics`.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The readers that wait for changes.
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    /// The reports of errors in browsers.
    pub fn client_errors(&self) -> &ClientErrors {
        &self.0.client_errors
    }

    /// Whether the server is shutting down: open event streams end, `/readyz` says no.
    pub fn closing(&self) -> bool {
        self.0.closing.load(Ordering::Relaxed)
    }

    /// Tells event streams and `/readyz` that the server is shutting down.
    pub fn begin_closing(&self) {
        self.0.closing.store(true, Ordering::Relaxed);
        self.0.hub.close();
    }

    /// The router of everything the server answers.
    pub fn router(&self) -> Router {
        let api = openapi::api(rest::routes());
        let document = openapi::json(api.get_openapi());
        let (router, _) = api.split_for_parts();
        let app = self.clone();
        router
            .route("/api/v1/openapi.json", axum::routing::get(move || std::future::ready(openapi::answer(document.clone()))))
            .merge(running::routes())
            .method_not_allowed_fallback(problem::method_not_allowed)
            .fallback(web::serve)
            // One layer of two: each layer of a router costs every request copies of its services.
            .layer(layer_fn(move |inner| Around::new(app.clone(), Packed { packing: compression().layer(inner) })))
            .with_state(self.clone())
    }
}

/// Compresses answers for those who can read them; what others get is not touched.
#[derive(Clone)]
struct Packed<S, P> {
    packing: Compression<S, P>,
}

impl<S, P> Service<Request> for Packed<S, P>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
    P: Predicate + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<S::Future, BoxFuture<'static, Result<Response, Infallible>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.packing.get_mut().poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if !request.headers().contains_key(header::ACCEPT_ENCODING) {
            return Either::Left(self.packing.get_mut().call(request));
        }
        let answer = self.packing.call(request);
        Either::Right(Box::pin(async move { answer.await.map(|packed| packed.map(Body::new)) }))
    }
}

fn compression() -> CompressionLayer<impl Predicate> {
    let wanted = SizeAbove::new(1024)
        .and(NotForContentType::GRPC)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("application/octet-stream"));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(wanted)
}
