//! Background work.

use axum::response::Response;
use guanxi_engine::jobs::{self, Job};
use serde::Serialize;

use super::problems::{Acting, Reading};
use super::query::{PageParams, limit};
use super::{answer, shapes};
use crate::extract::{Params, Path};
use crate::problem::Result;
use crate::session::Session;

#[derive(Serialize)]
struct JobPage {
    jobs: Vec<Job>,
    next: Option<String>,
}

/// The user's jobs (an administrator's: all), newest first.
#[utoipa::path(
    get, path = "/api/v1/jobs", tag = "jobs",
    params(PageParams),
    responses((status = 200, description = "The jobs.", body = shapes::jobs::JobPage), Reading),
)]
pub async fn list_jobs(session: Session, Params(params): Params<PageParams>) -> Result<Response> {
    let (jobs, next) = jobs::list(&session.org, &session.ctx, params.cursor.as_deref(), limit(params.limit)?).await?;
    Ok(answer::ok(&JobPage { jobs, next }))
}

/// One job.
#[utoipa::path(
    get, path = "/api/v1/jobs/{id}", tag = "jobs",
    params(("id" = String, Path, description = "The job.")),
    responses((status = 200, description = "The job.", body = shapes::jobs::Job), Reading),
)]
pub async fn get_job(session: Session, Path(id): Path<String>) -> Result<Response> {
    Ok(answer::ok(&jobs::get(&session.org, &session.ctx, &id).await?))
}

/// Asks a job to stop.
#[utoipa::path(
    post, path = "/api/v1/jobs/{id}/cancel", tag = "jobs",
    params(("id" = String, Path, description = "The job.")),
    responses((status = 200, description = "The job as it is now.", body = shapes::jobs::Job), Acting),
)]
pub async fn cancel_job(session: Session, Path(id): Path<String>) -> Result<Response> {
    Ok(answer::ok(&jobs::cancel(&session.org, &session.ctx, &id).await?))
}
