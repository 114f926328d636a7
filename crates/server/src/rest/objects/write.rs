//! Changing objects and fields at run time.

use axum::http::StatusCode;
use axum::response::Response;
use guanxi_engine::metadata::{self, Labels};
use guanxi_engine::schema_change;
use guanxi_model::meta::{FieldDef, ObjectDef};
use serde_json::Value;

use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::rest::answer;
use crate::rest::problems::{Acting, Writing};
use crate::rest::shapes::Definition;
use crate::rest::shapes::metadata::ObjectDetail;
use crate::session::Session;

async fn detail(session: &Session, object: &str) -> Result<Value> {
    Ok(metadata::object(&session.org, &session.ctx, object, Labels::One(session.ctx.lang)).await?)
}

/// Makes a new object.
#[utoipa::path(
    post, path = "/api/v1/objects", tag = "metadata",
    request_body = Definition,
    responses((status = 201, description = "The new object.", body = ObjectDetail), Writing),
)]
pub async fn create_object(session: Session, Body(definition): Body<ObjectDef>) -> Result<Response> {
    let name = definition.name.clone();
    schema_change::create_object(&session.org, &session.ctx, definition).await?;
    Ok(answer::created(format!("/api/v1/objects/{name}"), &detail(&session, &name).await?))
}

/// Changes an object: only the members given.
#[utoipa::path(
    patch, path = "/api/v1/objects/{object}", tag = "metadata",
    params(("object" = String, Path, description = "API name of the object.")),
    request_body = Definition,
    responses((status = 200, description = "The object as it is now.", body = ObjectDetail), Writing),
)]
pub async fn update_object(session: Session, Path(object): Path<String>, Body(patch): Body<Value>) -> Result<Response> {
    schema_change::update_object(&session.org, &session.ctx, &object, &patch).await?;
    Ok(answer::ok(&detail(&session, &object).await?))
}

/// Removes an object of the user's own making, with its records.
#[utoipa::path(
    delete, path = "/api/v1/objects/{object}", tag = "metadata",
    params(("object" = String, Path, description = "API name of the object.")),
    responses((status = 204, description = "It is gone."), Acting),
)]
pub async fn delete_object(session: Session, Path(object): Path<String>) -> Result<Response> {
    schema_change::delete_object(&session.org, &session.ctx, &object).await?;
    Ok(answer::no_content())
}

/// Adds a field.
#[utoipa::path(
    post, path = "/api/v1/objects/{object}/fields", tag = "metadata",
    params(("object" = String, Path, description = "API name of the object.")),
    request_body = Definition,
    responses((status = 201, description = "The object as it is now.", body = ObjectDetail), Writing),
)]
pub async fn create_field(session: Session, Path(object): Path<String>, Body(definition): Body<FieldDef>) -> Result<Response> {
    schema_change::create_field(&session.org, &session.ctx, &object, definition).await?;
    Ok(answer::json(StatusCode::CREATED, &detail(&session, &object).await?))
}

/// Changes a field: only the members given.
#[utoipa::path(
    patch, path = "/api/v1/objects/{object}/fields/{field}", tag = "metadata",
    params(
        ("object" = String, Path, description = "API name of the object."),
        ("field" = String, Path, description = "API name of the field."),
    ),
    request_body = Definition,
    responses((status = 200, description = "The object as it is now.", body = ObjectDetail), Writing),
)]
pub async fn update_field(session: Session, Path((object, field)): Path<(String, String)>, Body(patch): Body<Value>) -> Result<Response> {
    schema_change::update_field(&session.org, &session.ctx, &object, &field, &patch).await?;
    Ok(answer::ok(&detail(&session, &object).await?))
}

/// Removes a field, with its values.
#[utoipa::path(
    delete, path = "/api/v1/objects/{object}/fields/{field}", tag = "metadata",
    params(
        ("object" = String, Path, description = "API name of the object."),
        ("field" = String, Path, description = "API name of the field."),
    ),
    responses((status = 204, description = "It is gone."), Acting),
)]
pub async fn delete_field(session: Session, Path((object, field)): Path<(String, String)>) -> Result<Response> {
    schema_change::delete_field(&session.org, &session.ctx, &object, &field).await?;
    Ok(answer::no_content())
}
