//! What happened to a record and around it.

use axum::response::Response;
use guanxi_engine::changes::{self, Change};
use guanxi_engine::timeline::{self, Item};
use serde::Serialize;

use super::RecordPath;
use crate::extract::{Params, Path};
use crate::problem::Result;
use crate::rest::answer;
use crate::rest::problems::Reading;
use crate::rest::query::{PageParams, bad_cursor, limit};
use crate::rest::shapes;
use crate::session::Session;

#[derive(Serialize)]
struct HistoryPage {
    changes: Vec<Change>,
    next: Option<String>,
}

#[derive(Serialize)]
struct TimelinePage {
    items: Vec<Item>,
    next: Option<String>,
}

/// The changes of a record, newest first.
#[utoipa::path(
    get, path = "/api/v1/records/{object}/{id}/history", tag = "records",
    params(RecordPath, PageParams),
    responses((status = 200, description = "The changes.", body = shapes::changes::History), Reading),
)]
pub async fn record_history(
    session: Session,
    Path(RecordPath { object, id }): Path<RecordPath>,
    Params(params): Params<PageParams>,
) -> Result<Response> {
    let before = params.cursor.as_deref().map(|c| c.parse::<i64>().map_err(|_| bad_cursor())).transpose()?;
    let (changes, next) = changes::history(&session.org, &session.ctx, &object, &id, before, limit(params.limit)?).await?;
    Ok(answer::ok(&HistoryPage { changes, next: next.map(|n| n.to_string()) }))
}

/// Activities, files and changes around a record, newest first.
#[utoipa::path(
    get, path = "/api/v1/records/{object}/{id}/timeline", tag = "records",
    params(RecordPath, PageParams),
    responses((status = 200, description = "The items.", body = shapes::changes::Timeline), Reading),
)]
pub async fn record_timeline(
    session: Session,
    Path(RecordPath { object, id }): Path<RecordPath>,
    Params(params): Params<PageParams>,
) -> Result<Response> {
    let limit = limit(params.limit)?;
    let (items, next) = timeline::timeline(&session.org, &session.ctx, &object, &id, params.cursor.as_deref(), limit).await?;
    Ok(answer::ok(&TimelinePage { items, next }))
}
