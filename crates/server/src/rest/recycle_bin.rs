//! The recycle bin.

use axum::response::Response;
use guanxi_engine::recycle::{self, Deleted};
use guanxi_model::{Error, FieldError};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problems::{Reading, Writing};
use super::query::limit;
use super::{answer, shapes};
use crate::extract::{Body, Params};
use crate::problem::Result;
use crate::request;
use crate::session::Session;

/// Which deleted records.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecycleParams {
    /// Only those of this object.
    #[serde(default)]
    #[param(nullable = false)]
    object: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    #[param(nullable = false)]
    cursor: Option<String>,
    /// Records a page, 50 by default.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 2000)]
    limit: Option<u32>,
}

#[derive(Serialize)]
struct BinPage {
    records: Vec<Deleted>,
    next: Option<String>,
}

/// Some records.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ids {
    /// Their ids.
    #[schema(max_items = 10_000)]
    ids: Vec<String>,
}

/// How many records one call takes.
const MAX_IDS: usize = 10_000;

impl Ids {
    fn check(&self) -> Result<()> {
        if self.ids.len() <= MAX_IDS {
            return Ok(());
        }
        let (zh, en) = (format!("一次最多 {MAX_IDS} 条"), format!("at most {MAX_IDS} at a time"));
        Err(Error::field(FieldError::new("ids", "too_many", zh, en)).into())
    }
}

/// What came back.
#[derive(Serialize, ToSchema)]
pub struct RestoreResult {
    /// How many records.
    restored: u64,
    /// Those that did not.
    errors: Vec<RestoreError>,
}

/// Why a record did not come back.
#[derive(Serialize, ToSchema)]
pub struct RestoreError {
    /// The record.
    id: String,
    /// Why.
    message: String,
}

/// What is gone.
#[derive(Serialize, ToSchema)]
pub struct PurgeResult {
    /// How many records.
    purged: u64,
}

/// Deleted records, newest first.
#[utoipa::path(
    get, path = "/api/v1/recycle_bin", tag = "recycle bin",
    params(RecycleParams),
    responses((status = 200, description = "The records.", body = shapes::changes::RecycleBin), Reading),
)]
pub async fn list_recycle_bin(session: Session, Params(params): Params<RecycleParams>) -> Result<Response> {
    let limit = limit(params.limit)?;
    let (records, next) = recycle::list(&session.org, &session.ctx, params.object.as_deref(), params.cursor.as_deref(), limit).await?;
    Ok(answer::ok(&BinPage { records, next }))
}

/// Brings records back.
#[utoipa::path(
    post, path = "/api/v1/recycle_bin/restore", tag = "recycle bin",
    request_body = Ids,
    responses((status = 200, description = "What came back.", body = RestoreResult), Writing),
)]
pub async fn restore_records(session: Session, Body(request): Body<Ids>) -> Result<Response> {
    request.check()?;
    let restored = recycle::restore(&session.org, &session.ctx, &request.ids).await?;
    let lang = request::language();
    let errors = restored.errors.into_iter().map(|(id, error)| RestoreError { id, message: error.message.get(lang).to_owned() });
    Ok(answer::ok(&RestoreResult { restored: restored.restored as u64, errors: errors.collect() }))
}

/// Removes deleted records for good; for administrators.
#[utoipa::path(
    post, path = "/api/v1/recycle_bin/purge", tag = "recycle bin",
    request_body = Ids,
    responses((status = 200, description = "What is gone.", body = PurgeResult), Writing),
)]
pub async fn purge_records(session: Session, Body(request): Body<Ids>) -> Result<Response> {
    request.check()?;
    let purged = recycle::purge(&session.org, &session.ctx, &request.ids).await?;
    Ok(answer::ok(&PurgeResult { purged: purged as u64 }))
}
