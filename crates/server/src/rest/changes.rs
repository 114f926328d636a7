//! The change feed.

use axum::response::Response;
use guanxi_engine::changes::{self, Change};
use guanxi_model::Error;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::problems::Reading;
use super::query::limit;
use super::{answer, shapes};
use crate::extract::Params;
use crate::problem::Result;
use crate::session::Session;

/// From where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangesParams {
    /// The last change already known; from the beginning if absent.
    #[serde(default)]
    #[param(nullable = false, minimum = 0)]
    after: Option<i64>,
    /// Changes a page, 50 by default.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 2000)]
    limit: Option<u32>,
}

#[derive(Serialize)]
struct Feed {
    changes: Vec<Change>,
    next: i64,
}

/// A place in the change log, if it is one.
pub(crate) fn place(after: Option<i64>) -> Result<i64> {
    match after.unwrap_or(0) {
        after @ 0.. => Ok(after),
        _ => Err(Error::bad_request("invalid_parameter", "after 不能为负数。", "after cannot be negative.").into()),
    }
}

/// Changes in the order of their commits, only those the user may see.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "changes",
    params(ChangesParams),
    responses((status = 200, description = "The changes.", body = shapes::changes::ChangeFeed), Reading),
)]
pub async fn list_changes(session: Session, Params(params): Params<ChangesParams>) -> Result<Response> {
    let (changes, next) = changes::after(&session.org, &session.ctx, place(params.after)?, limit(params.limit)?).await?;
    Ok(answer::ok(&Feed { changes, next }))
}
