//! What the signed-in user is told: assigned, mentioned, changed, a job has ended.

use std::collections::BTreeMap;

use axum::response::Response;
use guanxi_engine::notifications;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer;
use super::problems::{Reading, Writing};
use super::query::limit_within;
use super::shapes::jobs::NotificationPage;
use crate::extract::{Body, Params};
use crate::problem::Result;
use crate::session::Session;

/// Which ones.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationParams {
    /// The `next` of the page before.
    #[serde(default)]
    #[param(nullable = false)]
    cursor: Option<String>,
    /// Only those that are unread.
    #[serde(default)]
    #[param(nullable = false)]
    unread: Option<bool>,
    /// At most so many; 30 if absent.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// How many are unread.
#[derive(Serialize, ToSchema)]
pub struct UnreadCount {
    /// How many of the newest 100.
    unread: u32,
}

/// Which are read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    /// These; all if absent.
    #[serde(default)]
    #[schema(max_items = 500)]
    ids: Option<Vec<String>>,
    /// None newer than this one.
    #[serde(default)]
    up_to: Option<String>,
}

/// What the user wants to be told.
#[derive(Serialize, ToSchema)]
pub struct NotificationPreferences {
    /// By kind: `assigned`, `mentioned`, `changed`, `job`.
    #[schema(value_type = BTreeMap<String, bool>)]
    kinds: BTreeMap<notifications::Kind, bool>,
}

/// What the user wants to be told from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeNotificationPreferences {
    /// By kind; the others stay.
    kinds: BTreeMap<String, bool>,
}

/// The user's notifications, newest first.
#[utoipa::path(
    get, path = "/api/v1/notifications", tag = "notifications",
    params(NotificationParams),
    responses((status = 200, description = "The notifications that the user may see.", body = NotificationPage), Reading),
)]
pub async fn list_notifications(session: Session, Params(params): Params<NotificationParams>) -> Result<Response> {
    let (unread, limit) = (params.unread == Some(true), limit_within(params.limit, 30, 100)?);
    Ok(answer::ok(&notifications::list(&session.org, &session.ctx, params.cursor.as_deref(), unread, limit).await?))
}

/// How many of the user's notifications are unread.
#[utoipa::path(
    get, path = "/api/v1/notifications/unread", tag = "notifications",
    responses((status = 200, description = "The count.", body = UnreadCount), Reading),
)]
pub async fn count_unread(session: Session) -> Result<Response> {
    Ok(answer::ok(&UnreadCount { unread: notifications::unread(&session.org, &session.ctx).await? }))
}

/// Marks notifications as read.
#[utoipa::path(
    post, path = "/api/v1/notifications/read", tag = "notifications",
    request_body = MarkRead,
    responses((status = 200, description = "What is unread now.", body = UnreadCount), Writing),
)]
pub async fn read_notifications(session: Session, Body(which): Body<MarkRead>) -> Result<Response> {
    notifications::mark_read(&session.org, &session.ctx, which.ids.as_deref(), which.up_to.as_deref()).await?;
    Ok(answer::ok(&UnreadCount { unread: notifications::unread(&session.org, &session.ctx).await? }))
}

/// What the user wants to be told.
#[utoipa::path(
    get, path = "/api/v1/notifications/preferences", tag = "notifications",
    responses((status = 200, description = "The choice for each kind.", body = NotificationPreferences), Reading),
)]
pub async fn get_notification_preferences(session: Session) -> Result<Response> {
    Ok(answer::ok(&NotificationPreferences { kinds: notifications::preferences(&session.org, &session.ctx).await? }))
}

/// Changes what the user wants to be told.
#[utoipa::path(
    patch, path = "/api/v1/notifications/preferences", tag = "notifications",
    request_body = ChangeNotificationPreferences,
    responses((status = 200, description = "The choice for each kind.", body = NotificationPreferences), Writing),
)]
pub async fn change_notification_preferences(session: Session, Body(patch): Body<ChangeNotificationPreferences>) -> Result<Response> {
    let kinds = notifications::set_preferences(&session.org, &session.ctx, &patch.kinds).await?;
    Ok(answer::ok(&NotificationPreferences { kinds }))
}
