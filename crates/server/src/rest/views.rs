//! Saved lists, boards and calendars.

use std::collections::BTreeMap;

use axum::response::Response;
use guanxi_engine::views;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::answer;
use super::problems::{Acting, Reading, Writing};
use super::shapes::Filter;
use super::shapes::metadata::{BoardOptions, CalendarOptions, OwnViewScope, SortKey, View, ViewKind};
use crate::extract::{Body, Params, Path};
use crate::problem::Result;
use crate::session::Session;

/// Which views.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ViewParams {
    /// Only those of this object.
    #[serde(default)]
    #[param(nullable = false)]
    object: Option<String>,
}

/// Saved views.
#[derive(Serialize, ToSchema)]
pub struct ViewList {
    /// The views.
    #[schema(value_type = Vec<View>)]
    views: Vec<views::View>,
}

/// A view to be saved.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// Label.
    pub label: String,
    /// API name.
    pub name: Option<String>,
    /// The object.
    pub object: String,
    /// Table, board or calendar.
    pub kind: ViewKind,
    /// Columns, or fields on the card.
    pub columns: Vec<String>,
    /// Widths of columns in pixels.
    #[schema(nullable = false)]
    pub widths: Option<BTreeMap<String, u16>>,
    /// How many of the first columns stay in view.
    #[schema(nullable = false)]
    pub pinned: Option<u16>,
    /// Which records.
    pub filter: Option<Filter>,
    /// Order.
    pub sort: Vec<SortKey>,
    /// For a board.
    pub board: Option<BoardOptions>,
    /// For a calendar.
    pub calendar: Option<CalendarOptions>,
    /// Whether the object opens with it.
    #[schema(nullable = false)]
    pub default: Option<bool>,
    /// Who shall have it.
    pub scope: OwnViewScope,
}

/// A change of a view: only the members given.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateView {
    /// Label.
    #[schema(nullable = false)]
    pub label: Option<String>,
    /// Table, board or calendar.
    #[schema(nullable = false)]
    pub kind: Option<ViewKind>,
    /// Columns, or fields on the card.
    #[schema(nullable = false)]
    pub columns: Option<Vec<String>>,
    /// Widths of columns in pixels.
    #[schema(nullable = false)]
    pub widths: Option<BTreeMap<String, u16>>,
    /// How many of the first columns stay in view.
    #[schema(nullable = false)]
    pub pinned: Option<u16>,
    /// Which records.
    pub filter: Option<Filter>,
    /// Order.
    #[schema(nullable = false)]
    pub sort: Option<Vec<SortKey>>,
    /// For a board.
    pub board: Option<BoardOptions>,
    /// For a calendar.
    pub calendar: Option<CalendarOptions>,
    /// Whether the object opens with it.
    #[schema(nullable = false)]
    pub default: Option<bool>,
    /// Who shall have it.
    #[schema(nullable = false)]
    pub scope: Option<OwnViewScope>,
}

/// Saved views that the user may use.
#[utoipa::path(
    get, path = "/api/v1/views", tag = "views",
    params(ViewParams),
    responses((status = 200, description = "The views.", body = ViewList), Reading),
)]
pub async fn list_views(session: Session, Params(params): Params<ViewParams>) -> Result<Response> {
    let views = views::list(&session.org, &session.ctx, params.object.as_deref()).await?;
    Ok(answer::ok(&ViewList { views }))
}

/// Saves a view.
#[utoipa::path(
    post, path = "/api/v1/views", tag = "views",
    request_body = NewView,
    responses((status = 201, description = "The view.", body = View), Writing),
)]
pub async fn create_view(session: Session, Body(new): Body<views::NewView>) -> Result<Response> {
    let view = views::create(&session.org, &session.ctx, new).await?;
    Ok(answer::created(format!("/api/v1/views/{}", view.id), &view))
}

/// Changes a view.
#[utoipa::path(
    patch, path = "/api/v1/views/{id}", tag = "views",
    params(("id" = String, Path, description = "The view.")),
    request_body = UpdateView,
    responses((status = 200, description = "The view as it is now.", body = View), Writing),
)]
pub async fn update_view(session: Session, Path(id): Path<String>, Body(patch): Body<Value>) -> Result<Response> {
    Ok(answer::ok(&views::update(&session.org, &session.ctx, &id, &patch).await?))
}

/// Removes a view.
#[utoipa::path(
    delete, path = "/api/v1/views/{id}", tag = "views",
    params(("id" = String, Path, description = "The view.")),
    responses((status = 204, description = "It is gone."), Acting),
)]
pub async fn delete_view(session: Session, Path(id): Path<String>) -> Result<Response> {
    views::delete(&session.org, &session.ctx, &id).await?;
    Ok(answer::no_content())
}
