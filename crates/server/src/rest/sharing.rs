//! How objects are shared: defaults, hierarchy, rules.

use axum::http::{HeaderMap, header};
use axum::response::Response;
use guanxi_engine::sharing;
use guanxi_model::meta::SharingDef;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::problems::{Reading, Writing};
use super::roles::BothLabels;
use super::shapes::Filter;
use crate::extract::headers::if_match_tag;
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::session::Session;

/// What everyone may do with every record of an object, as far as the role allows it at all.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum DefaultAccess {
    /// Nothing.
    Private,
    /// See it.
    Read,
    /// See and edit it.
    Edit,
}

/// What a share gives.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ShareAccess {
    /// To see the record.
    Read,
    /// To see and edit it.
    Edit,
}

/// What the right to a parent gives on its children.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ParentGives {
    /// Who sees the parent sees the record.
    Read,
    /// Who sees the parent sees the record, and who edits the parent edits and deletes it: controlled by parent.
    Same,
}

/// How records go with their parent.
#[derive(ToSchema)]
pub struct ParentAccess {
    /// The lookup to the parent.
    pub field: String,
    /// What it gives.
    pub access: ParentGives,
}

/// A rule that opens records to users. One of `owned_by` and `filter` says which records.
#[derive(ToSchema)]
pub struct SharingRule {
    /// API name, one of its kind within the object.
    pub name: String,
    /// Label.
    pub label: BothLabels,
    /// Records that these own: ids of users, teams, positions and public groups. Teams and positions stand for those below them too.
    #[schema(required = false)]
    pub owned_by: Vec<String>,
    /// Records for whose own values this holds: no paths over references, and no values that depend on the day or on who asks.
    #[schema(nullable = false)]
    pub filter: Option<Filter>,
    /// To whom: ids of users, teams, positions and public groups.
    pub with: Vec<String>,
    /// What they may do; to see, if absent.
    #[schema(required = false)]
    pub access: ShareAccess,
    /// Set by the product; what is sent is not looked at.
    #[schema(required = false)]
    pub number: i64,
}

/// How the records of an object are shared.
#[derive(ToSchema)]
pub struct SharingDefinition {
    /// API name of the object.
    pub object: String,
    /// What everyone may do with every record; nothing, if absent.
    #[schema(required = false)]
    pub default: DefaultAccess,
    /// Whether those above in the hierarchy may do what those below them may; they may, if absent.
    #[schema(required = false)]
    pub hierarchy: bool,
    /// Whether single records can be shared by those who answer for them; they can, if absent.
    #[schema(required = false)]
    pub manual: bool,
    /// The record that these records go with.
    #[schema(nullable = false)]
    pub parent: Option<ParentAccess>,
    /// Lookups of other objects to this one, as `opportunity.account_id`: whoever owns such a record sees the one it leads to.
    #[schema(required = false)]
    pub by_children: Vec<String>,
    /// The rules.
    #[schema(required = false)]
    pub rules: Vec<SharingRule>,
}

/// How the records of an object are shared, and what is known of it.
#[derive(ToSchema)]
#[schema(as = Sharing)]
pub struct SharingNow {
    /// The definition.
    #[serde(flatten)]
    pub definition: SharingDefinition,
    /// Names of rules whose records are still being looked for.
    pub pending: Vec<String>,
}

/// How every object is shared.
#[derive(Serialize, ToSchema)]
pub struct SharingList {
    /// By object.
    #[schema(value_type = Vec<SharingNow>)]
    objects: Vec<sharing::Sharing>,
}

/// How every object is shared. For administrators.
#[utoipa::path(
    get, path = "/api/v1/sharing", tag = "sharing",
    responses((status = 200, description = "By object.", body = SharingList), Reading),
)]
pub async fn list_sharing(session: Session) -> Result<Response> {
    Ok(answer::ok(&SharingList { objects: sharing::list(&session.org, &session.ctx).await? }))
}

/// How an object is shared. For administrators.
#[utoipa::path(
    get, path = "/api/v1/sharing/{object}", tag = "sharing",
    params(("object" = String, Path, description = "API name of the object.")),
    responses(
        (status = 200, description = "How it is shared.", body = SharingNow, headers(("ETag" = String, description = "Names this state."))),
        Reading,
    ),
)]
pub async fn get_sharing(session: Session, Path(object): Path<String>) -> Result<Response> {
    shown(&session, &object).await
}

async fn shown(session: &Session, object: &str) -> Result<Response> {
    let sharing = sharing::get(&session.org, &session.ctx, object).await?;
    let mut response = answer::ok(&sharing);
    answer::set(response.headers_mut(), header::ETAG, format!("\"{}\"", sharing::tag(&sharing.def)));
    Ok(response)
}

/// Says how an object is shared. It holds from the next request of everybody on, but for the records of new rules with a filter, which a job
/// looks for. With `If-Match` only if it is still as it was seen. For administrators.
#[utoipa::path(
    put, path = "/api/v1/sharing/{object}", tag = "sharing",
    params(
        ("object" = String, Path, description = "API name of the object."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the state the change is made for; 412 if it is another now."),
    ),
    request_body = SharingDefinition,
    responses(
        (status = 200, description = "How it is shared now.", body = SharingNow, headers(("ETag" = String, description = "Names this state."))),
        Writing,
    ),
)]
pub async fn replace_sharing(
    session: Session,
    Path(object): Path<String>,
    headers: HeaderMap,
    Body(def): Body<SharingDef>,
) -> Result<Response> {
    sharing::replace(&session.org, &session.ctx, &object, def, if_match_tag(&headers)?.as_deref()).await?;
    shown(&session, &object).await
}
