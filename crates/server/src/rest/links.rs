//! Links by mail that set a password, and the mails that the sandbox keeps.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use guanxi_engine::{Organisation, admission, links, mail};
use guanxi_model::Error;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer;
use super::problems::{Acting, Reading, Writing};
use super::records::record_id;
use super::sessions::{organisation, turn};
use crate::App;
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::session::{self, Client, Session};

/// Who has forgotten the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReset {
    /// E-mail.
    email: String,
    /// Name of the organisation, where the server has several.
    #[serde(default)]
    organisation: Option<String>,
}

/// The secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkSecret {
    /// What stands behind the hash of the link.
    #[schema(max_length = 256)]
    token: String,
}

/// A password by a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordByLink {
    /// What stands behind the hash of the link.
    #[schema(max_length = 256)]
    token: String,
    /// The password from now on.
    #[schema(min_length = 8, max_length = 256)]
    password: String,
}

/// What a link is for.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// A password that was forgotten.
    Reset,
    /// The first password.
    Invitation,
}

/// What a link opens.
#[derive(ToSchema)]
pub struct PasswordLink {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whose password it sets.
    pub email: String,
    /// When it ends, RFC 3339.
    pub expires_at: String,
    /// The shortest password that can be set, in characters.
    pub password_min: u32,
}

/// A mail that the sandbox kept.
#[derive(ToSchema)]
pub struct SandboxMail {
    /// Its number.
    pub id: String,
    /// When it would have been sent, RFC 3339.
    pub at: String,
    /// To which address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// Mails.
#[derive(Serialize, ToSchema)]
pub struct MailList {
    /// The newest first, 200 at most.
    #[schema(value_type = Vec<SandboxMail>)]
    mails: Vec<mail::Shown>,
}

/// Sends a link for a new password, if there is such a user; the answer is the same if not.
#[utoipa::path(
    post, path = "/api/v1/password_resets", tag = "sessions", security(()),
    request_body = NewReset,
    responses((status = 202, description = "If there is such a user, a mail is on its way."), Writing),
)]
pub async fn ask_for_reset(
    State(app): State<App>,
    Client(client): Client,
    headers: HeaderMap,
    Body(new): Body<NewReset>,
) -> Result<Response> {
    check_origin(&headers)?;
    links::ask_for_reset(&organisation(&app, new.organisation.as_deref())?, &new.email, &client).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// What a link is for, and whose; it is not used up by this.
#[utoipa::path(
    post, path = "/api/v1/password_links", tag = "sessions", security(()),
    request_body = LinkSecret,
    responses((status = 200, description = "It is good.", body = PasswordLink), Writing),
)]
pub async fn open_password_link(
    State(app): State<App>,
    Client(client): Client,
    headers: HeaderMap,
    Body(link): Body<LinkSecret>,
) -> Result<Response> {
    check_origin(&headers)?;
    Ok(answer::ok(&links::open(&of_link(&app, &link.token)?, &link.token, &client).await?))
}

/// Sets a password by a link, which is used up then. All sessions of the user end.
#[utoipa::path(
    put, path = "/api/v1/password_links", tag = "sessions", security(()),
    request_body = PasswordByLink,
    responses((status = 204, description = "It holds from now on."), Writing),
)]
pub async fn use_password_link(
    State(app): State<App>,
    Client(client): Client,
    headers: HeaderMap,
    Body(new): Body<PasswordByLink>,
) -> Result<Response> {
    check_origin(&headers)?;
    let _turn = turn().await?;
    links::set_password(&of_link(&app, &new.token)?, &new.token, &new.password, &client).await?;
    Ok(answer::no_content())
}

/// Sends a user a link for the first password, good for seven days. For administrators.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/invitation", tag = "sessions",
    params(("id" = String, Path, description = "The user.")),
    responses((status = 204, description = "The mail is sent."), Acting),
)]
pub async fn invite_user(session: Session, Path(id): Path<String>) -> Result<Response> {
    let user = record_id(&session.org.schema(), "user", &id)?;
    links::invite(&session.org, &session.ctx, user).await?;
    Ok(answer::no_content())
}

/// The mails that the sandbox kept instead of sending them. For administrators.
#[utoipa::path(
    get, path = "/api/v1/mails", tag = "sessions",
    responses((status = 200, description = "The mails.", body = MailList), Reading),
)]
pub async fn list_mails(session: Session) -> Result<Response> {
    Ok(answer::ok(&MailList { mails: mail::list(&session.org, &session.ctx).await? }))
}

fn check_origin(headers: &HeaderMap) -> Result<()> {
    if session::from_elsewhere(headers) { Err(session::cross_origin().into()) } else { Ok(()) }
}

fn of_link(app: &App, secret: &str) -> Result<Organisation> {
    let found = admission::organisation_of_token(secret).and_then(|name| app.organisation(name));
    found.ok_or_else(|| {
        let expired =
            Error::not_found("此链接无效、已使用或已过期，请重新申请。", "This link is wrong, used or expired; ask for a new one.");
        Error { code: "link_expired", ..expired }.into()
    })
}
