//! Roles: the profiles and permission sets that say what users may do.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use axum::response::Response;
use guanxi_engine::roles;
use guanxi_model::meta::RoleDef;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::problems::{Acting, Reading, Writing};
use super::shapes::people::RecordScope;
use crate::extract::headers::if_match_tag;
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::session::Session;

/// A label in both languages.
#[derive(ToSchema)]
pub struct BothLabels {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// How users have a role.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RoleKind {
    /// Each user has one.
    Profile,
    /// A user has any number of them beside the profile; they add rights and take none away.
    PermissionSet,
}

/// Whose records a right covers.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RightScope {
    /// As the organisation's setting says.
    Setting,
    /// The user's own.
    Own,
    /// Those of the user's team.
    Team,
    /// Those of the user's team, of the teams below and of those who report to the user.
    TeamAndBelow,
    /// All.
    All,
}

/// What a role may do with the records of an object.
#[derive(ToSchema)]
#[schema(as = RoleObjectRights)]
pub struct ObjectRights {
    /// Create.
    #[schema(required = false)]
    pub create: bool,
    /// Read.
    #[schema(required = false)]
    pub read: bool,
    /// Edit.
    #[schema(required = false)]
    pub edit: bool,
    /// Delete.
    #[schema(required = false)]
    pub delete: bool,
    /// Read all records, beyond the scope.
    #[schema(required = false)]
    pub view_all: bool,
    /// Read, edit and delete all records, beyond the scope, as far as it may do so at all.
    #[schema(required = false)]
    pub modify_all: bool,
    /// Whose records.
    #[schema(required = false)]
    pub scope: RightScope,
}

/// What may be done with a field.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum FieldAccess {
    /// Nothing, as if it did not exist.
    Hidden,
    /// Its value is seen in part: `138****5678`.
    Masked,
    /// Read.
    Read,
    /// Read and write.
    Edit,
}

/// The right on one field.
#[derive(ToSchema)]
pub struct FieldRight {
    /// What may be done with it.
    pub access: FieldAccess,
    /// In whose records its value is seen in full, and written; in others it is masked. All if absent.
    #[schema(nullable = false)]
    pub scope: Option<RecordScope>,
    /// Whether a value that is masked may be revealed, one at a time, which the audit log notes.
    #[schema(required = false)]
    pub reveal: bool,
}

/// The definition of a role.
#[derive(ToSchema)]
pub struct RoleDefinition {
    /// API name; those of own roles begin with `x_`.
    pub name: String,
    /// Label.
    pub label: BothLabels,
    /// What it is for.
    #[schema(nullable = false)]
    pub description: Option<BothLabels>,
    /// How users have it; a profile if absent.
    #[schema(required = false)]
    pub kind: RoleKind,
    /// Whether it may do everything; only profiles.
    #[schema(required = false)]
    pub administrator: bool,
    /// Rights by object; `*` for those that are not named.
    #[schema(required = false)]
    pub objects: BTreeMap<String, ObjectRights>,
    /// Rights by object and field. Of a profile: fields that are not named are as open as their record.
    #[schema(required = false)]
    pub fields: BTreeMap<String, BTreeMap<String, FieldRight>>,
    /// Whether it may import.
    #[schema(required = false)]
    pub import: bool,
    /// Whether it may export.
    #[schema(required = false)]
    pub export: bool,
    /// Whether it may see the audit log.
    #[schema(required = false)]
    pub view_audit: bool,
    /// Whether its users need a second factor to sign in; only profiles.
    #[schema(required = false)]
    pub second_factor: bool,
    /// The networks from which its users may come in (`203.0.113.0/24`, `2001:db8::/32`); from everywhere if there is none; only profiles.
    #[schema(required = false)]
    pub addresses: Vec<String>,
}

/// A role as it is used.
#[derive(ToSchema)]
#[schema(as = Role)]
pub struct RoleInUse {
    /// The definition.
    #[serde(flatten)]
    pub definition: RoleDefinition,
    /// How many users have it, deactivated ones too.
    pub users: u64,
    /// Whether a pack brought it: then it cannot be deleted.
    pub standard: bool,
    /// Whether it can be changed.
    pub editable: bool,
}

/// All roles.
#[derive(Serialize, ToSchema)]
pub struct RoleList {
    /// Profiles first.
    #[schema(value_type = Vec<RoleInUse>)]
    roles: Vec<roles::Role>,
}

/// Roles, profiles first. For administrators.
#[utoipa::path(
    get, path = "/api/v1/roles", tag = "roles",
    responses((status = 200, description = "The roles.", body = RoleList), Reading),
)]
pub async fn list_roles(session: Session) -> Result<Response> {
    Ok(answer::ok(&RoleList { roles: roles::list(&session.org, &session.ctx).await? }))
}

/// One role. For administrators.
#[utoipa::path(
    get, path = "/api/v1/roles/{name}", tag = "roles",
    params(("name" = String, Path, description = "API name of the role.")),
    responses(
        (status = 200, description = "The role.", body = RoleInUse, headers(("ETag" = String, description = "Names this state."))),
        Reading,
    ),
)]
pub async fn get_role(session: Session, Path(name): Path<String>) -> Result<Response> {
    shown(&session, &name).await
}

async fn shown(session: &Session, name: &str) -> Result<Response> {
    let role = roles::get(&session.org, &session.ctx, name).await?;
    let mut response = answer::ok(&role);
    answer::set(response.headers_mut(), header::ETAG, format!("\"{}\"", roles::tag(&role.def)));
    Ok(response)
}

/// Makes a role. For administrators.
#[utoipa::path(
    post, path = "/api/v1/roles", tag = "roles",
    request_body = RoleDefinition,
    responses((status = 201, description = "The role.", body = RoleInUse), Writing),
)]
pub async fn create_role(session: Session, Body(def): Body<RoleDef>) -> Result<Response> {
    let name = def.name.clone();
    roles::create(&session.org, &session.ctx, def).await?;
    let role = roles::get(&session.org, &session.ctx, &name).await?;
    Ok(answer::created(format!("/api/v1/roles/{name}"), &role))
}

/// Puts a definition in the place of a role's. It holds from the next request of everybody on. With `If-Match` only if the role is still as
/// it was seen. For administrators.
#[utoipa::path(
    put, path = "/api/v1/roles/{name}", tag = "roles",
    params(
        ("name" = String, Path, description = "API name of the role."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the state the change is made for; 412 if it is another now."),
    ),
    request_body = RoleDefinition,
    responses(
        (status = 200, description = "The role as it is now.", body = RoleInUse, headers(("ETag" = String, description = "Names this state."))),
        Writing,
    ),
)]
pub async fn replace_role(session: Session, Path(name): Path<String>, headers: HeaderMap, Body(def): Body<RoleDef>) -> Result<Response> {
    roles::replace(&session.org, &session.ctx, &name, def, if_match_tag(&headers)?.as_deref()).await?;
    shown(&session, &name).await
}

/// Removes a role of the organisation's own making that no user has. For administrators.
#[utoipa::path(
    delete, path = "/api/v1/roles/{name}", tag = "roles",
    params(("name" = String, Path, description = "API name of the role.")),
    responses((status = 204, description = "It is gone."), Acting),
)]
pub async fn delete_role(session: Session, Path(name): Path<String>) -> Result<Response> {
    roles::delete(&session.org, &session.ctx, &name).await?;
    Ok(answer::no_content())
}
