//! Pages of an object's records.

use axum::http::StatusCode;
use axum::response::Response;
use guanxi_engine::read;
use serde::Deserialize;
use utoipa::IntoParams;

use super::paths;
use crate::extract::{Params, Path};
use crate::problem::Result;
use crate::rest::answer;
use crate::rest::problems::Reading;
use crate::rest::query::page;
use crate::rest::shapes::Page;
use crate::session::Session;

/// Which records, and what of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Field paths, separated by commas; all readable fields if absent.
    #[serde(default)]
    #[param(nullable = false)]
    fields: Option<String>,
    /// A saved view: its filter and order.
    #[serde(default)]
    #[param(nullable = false)]
    view: Option<String>,
    /// Records a page, 50 by default.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 2000)]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default)]
    #[param(nullable = false)]
    cursor: Option<String>,
    /// Whether the exact total is wanted.
    #[serde(default)]
    #[param(nullable = false)]
    total: Option<bool>,
}

/// A page of an object's records.
#[utoipa::path(
    get, path = "/api/v1/records/{object}", tag = "records",
    params(("object" = String, Path, description = "API name of the object."), ListParams),
    responses((status = 200, description = "The page.", body = Page), Reading),
)]
pub async fn list_records(session: Session, Path(object): Path<String>, Params(params): Params<ListParams>) -> Result<Response> {
    let page = page(params.limit, params.cursor, params.total)?;
    let fields = paths(params.fields.as_deref());
    let rows = read::list(&session.org, &session.ctx, &object, fields.as_deref(), params.view.as_deref(), &page).await?;
    Ok(answer::json_bytes(StatusCode::OK, read::page_json(&session.org.schema(), &rows)))
}
