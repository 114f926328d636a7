//! Queries in SOQL form.

use axum::http::StatusCode;
use axum::response::Response;
use guanxi_engine::read;
use guanxi_model::Error;
use guanxi_query::Page;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::answer;
use super::problems::{Reading, Writing};
use super::shapes;
use crate::extract::{Body, Params};
use crate::problem::Result;
use crate::session::Session;

/// A query.
#[derive(Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueryRequest {
    /// The text: `SELECT id, name FROM account WHERE … ORDER BY …`.
    #[schema(max_length = 100_000)]
    q: String,
    /// The `next` of the page before.
    #[serde(default)]
    cursor: Option<String>,
    /// Whether the exact total is wanted.
    #[serde(default)]
    #[param(nullable = false)]
    total: Option<bool>,
    /// Records a page, 50 by default.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2000)]
    #[param(nullable = false, minimum = 1, maximum = 2000)]
    limit: Option<u32>,
}

/// Which page of a list that has no other parameters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// The `next` of the page before.
    #[serde(default)]
    #[param(nullable = false)]
    pub cursor: Option<String>,
    /// Entries a page, 50 by default.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 2000)]
    pub limit: Option<u32>,
}

/// The longest query text in bytes.
const MAX_TEXT: usize = 100_000;

/// Answers a query.
#[utoipa::path(
    get, path = "/api/v1/query", tag = "query",
    params(QueryRequest),
    responses((status = 200, description = "The page.", body = shapes::Page), Reading),
)]
pub async fn get_query(session: Session, Params(request): Params<QueryRequest>) -> Result<Response> {
    run(&session, request).await
}

/// Answers a query that is too long for an address.
#[utoipa::path(
    post, path = "/api/v1/query", tag = "query",
    request_body = QueryRequest,
    responses((status = 200, description = "The page.", body = shapes::Page), Writing),
)]
pub async fn run_query(session: Session, Body(request): Body<QueryRequest>) -> Result<Response> {
    run(&session, request).await
}

async fn run(session: &Session, request: QueryRequest) -> Result<Response> {
    if request.q.len() > MAX_TEXT {
        return Err(Error::bad_request("query_too_long", "查询文本过长。", "The query text is too long.").into());
    }
    let page = page(request.limit, request.cursor, request.total)?;
    let rows = read::query(&session.org, &session.ctx, &request.q, &page).await?;
    Ok(answer::json_bytes(StatusCode::OK, read::page_json(&session.org.schema(), &rows)))
}

/// The page asked for.
///
/// # Errors
/// 400 for a limit outside 1–2,000.
pub fn page(size: Option<u32>, cursor: Option<String>, total: Option<bool>) -> Result<Page> {
    Ok(Page { limit: limit(size)?, cursor, total: total.unwrap_or(false) })
}

/// The page size asked for, or the default.
///
/// # Errors
/// 400 outside 1–2,000.
pub fn limit(limit: Option<u32>) -> Result<u32> {
    limit_within(limit, read::DEFAULT_PAGE, read::MAX_PAGE)
}

/// A number of records asked for: the usual one, or one from 1 to the most.
///
/// # Errors
/// 400 outside of that.
pub fn limit_within(limit: Option<u32>, usual: u32, most: u32) -> Result<u32> {
    match limit {
        None => Ok(usual),
        Some(n) if (1..=most).contains(&n) => Ok(n),
        Some(_) => {
            let (zh, en) = (format!("limit 须在 1 到 {most} 之间。"), format!("limit must be from 1 to {most}."));
            Err(Error::bad_request("invalid_parameter", zh, en).into())
        }
    }
}

/// The error of a cursor that this API has not made.
pub fn bad_cursor() -> Error {
    Error::bad_request("bad_cursor", "分页游标无效。", "The cursor is not one of this API.")
}
