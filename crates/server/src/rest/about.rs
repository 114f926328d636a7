//! What runs here, and where its source is.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::problems::Reading;
use crate::session::Session;
use crate::{App, web};

/// The running program.
#[derive(Serialize, ToSchema)]
pub struct About {
    /// Version of the program.
    version: &'static str,
    /// Which build of the web UI is served; a page that came from another one is to be loaded again. Null without a web UI.
    #[schema(required)]
    web_build: Option<String>,
    /// Where the source of just this version is to be had (AGPL §13); null if the operator has not said.
    #[schema(required)]
    source_url: Option<String>,
}

/// What runs here, and where its source is.
#[utoipa::path(
    get, path = "/api/v1/about", tag = "about",
    responses((status = 200, description = "The running program.", body = About), Reading),
)]
pub async fn get_about(State(app): State<App>, _session: Session) -> Response {
    let source_url = app.settings().source_url.clone();
    answer::ok(&About { version: env!("CARGO_PKG_VERSION"), web_build: web::build(), source_url })
}
