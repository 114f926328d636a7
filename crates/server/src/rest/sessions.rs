//! Signing in and out.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use guanxi_engine::sign_in::{Credentials, SignedIn};
use guanxi_engine::{Organisation, preview, sessions, sign_in, users};
use guanxi_model::{Error, ErrorKind, FieldError, RecordId, render};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::{IntoParams, ToSchema};

use super::problems::{Acting, Reading, Writing};
use super::records::record_id;
use super::shapes::people::Me;
use super::{answer, shapes};
use crate::extract::{Body, Params, Path};
use crate::problem::Result;
use crate::session::{self, Client, Session};
use crate::{App, request};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// E-mail.
    #[schema(max_length = 320)]
    email: String,
    /// Password.
    #[schema(max_length = 1024)]
    password: String,
    /// A code of the second factor or a recovery code, where the user has one.
    #[serde(default)]
    #[schema(max_length = 64)]
    code: Option<String>,
    /// Name of the organisation, where the server has several.
    #[serde(default)]
    organisation: Option<String>,
}

/// A session that has begun.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub struct Begun {
    /// The token, for `Authorization: Bearer`.
    token: String,
    /// When it ends, RFC 3339.
    expires_at: String,
    /// The user.
    #[schema(value_type = Me)]
    user: Value,
}

/// The session of this request.
#[derive(Serialize, ToSchema)]
pub struct CurrentSession {
    /// The user.
    #[schema(value_type = shapes::people::Me)]
    user: Value,
}

/// Signs in: answers a token and sets it as a cookie too. Where the user has a second factor, the answer without a `code` is 401
/// `second_factor_required`: send the same again with it.
#[utoipa::path(
    post, path = "/api/v1/sessions", tag = "sessions", security(()),
    request_body = NewSession,
    responses(
        (status = 201, description = "Signed in; the cookie `guanxi_session` is set.", body = Begun),
        Writing,
    ),
)]
pub async fn create_session(
    State(app): State<App>,
    Client(client): Client,
    headers: HeaderMap,
    Body(new): Body<NewSession>,
) -> Result<Response> {
    if session::from_elsewhere(&headers) {
        return Err(session::cross_origin().into());
    }
    let org = organisation(&app, new.organisation.as_deref())?;
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("");
    let _turn = turn().await?;
    let told = Credentials { email: &new.email, password: &new.password, code: new.code.as_deref() };
    let signed_in = sign_in::sign_in(&org, told, &client, agent, request::asked_language()).await?;
    begun(&org, signed_in, &headers).await
}

/// The answer to a sign-in.
pub(super) async fn begun(org: &Organisation, signed_in: SignedIn, headers: &HeaderMap) -> Result<Response> {
    request::set_caller(org, &Arc::new(signed_in.ctx.clone()));
    // A browser keeps it as long as the session may last with use; how long it lasts without is for the server to say.
    let max_age = org.schema().settings.sign_in.longest_us() / 1_000_000;
    let cookie = session::set_cookie(&signed_in.token, max_age, session::is_https(headers));
    let user = users::me(org, &signed_in.ctx).await?;
    let begun = Begun { token: signed_in.token, expires_at: render::time_text(signed_in.expires_at), user };
    let mut response = answer::json(StatusCode::CREATED, &begun);
    answer::set(response.headers_mut(), header::SET_COOKIE, cookie);
    Ok(response)
}

/// Sign-ins whose passwords are hashed at the same time. Each takes 19 MB and a core for a while, so a flood of them waits here.
static SIGN_INS: Semaphore = Semaphore::const_new(4);

/// How long a sign-in waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn turn() -> Result<SemaphorePermit<'static>> {
    match tokio::time::timeout(PATIENCE, SIGN_INS.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => Err(Error::new(
            ErrorKind::Unavailable,
            "busy",
            "当前登录人数过多，请稍后再试。",
            "Too many people are signing in at the moment; please try again shortly.",
        )
        .into()),
    }
}

pub(super) fn organisation(app: &App, name: Option<&str>) -> Result<Organisation> {
    let unknown = |name: &str| {
        Error::field(FieldError::new(
            "organisation",
            "unknown_organisation",
            format!("没有组织“{name}”"),
            format!("there is no organisation “{name}”"),
        ))
    };
    let found = match name {
        Some(name) => app.organisation(name).ok_or_else(|| unknown(name)),
        None => app.only_organisation().ok_or_else(|| {
            Error::field(FieldError::new("organisation", "required", "此服务器有多个组织，请指明", "this server has several; name one"))
        }),
    };
    Ok(found?)
}

/// A session of a user.
#[derive(ToSchema)]
pub struct UserSession {
    /// What it is named by; worth nothing for signing in.
    pub id: String,
    /// When it began, RFC 3339.
    pub created_at: String,
    /// When it was last used, RFC 3339.
    pub seen_at: String,
    /// When it ends without use, RFC 3339.
    pub expires_at: String,
    /// The address it began from.
    pub address: String,
    /// What the client calls itself.
    pub agent: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The sessions of a user.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    /// The last used first.
    #[schema(value_type = Vec<UserSession>)]
    sessions: Vec<sessions::Shown>,
}

/// Whose sessions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SessionParams {
    /// Another user's id, for administrators; else one's own.
    #[serde(default)]
    #[param(nullable = false)]
    user: Option<String>,
}

impl SessionParams {
    fn user(&self, session: &Session) -> Result<RecordId> {
        match &self.user {
            Some(id) => record_id(&session.org.schema(), "user", id),
            None => Ok(session.ctx.user),
        }
    }
}

/// The sessions of the signed-in user or, for administrators, of another: where somebody is signed in.
#[utoipa::path(
    get, path = "/api/v1/sessions", tag = "sessions",
    params(SessionParams),
    responses((status = 200, description = "The sessions that have not ended.", body = SessionList), Reading),
)]
pub async fn list_sessions(session: Session, Params(params): Params<SessionParams>) -> Result<Response> {
    let user = params.user(&session)?;
    Ok(answer::ok(&SessionList { sessions: sessions::list(&session.org, &session.ctx, user, &session.token).await? }))
}

/// How many sessions were ended.
#[derive(Serialize, ToSchema)]
pub struct EndedSessions {
    /// The count.
    ended: u64,
}

/// Ends all sessions of a user but the one that asks.
#[utoipa::path(
    delete, path = "/api/v1/sessions", tag = "sessions",
    params(SessionParams),
    responses((status = 200, description = "They are ended.", body = EndedSessions), Acting),
)]
pub async fn end_other_sessions(session: Session, Params(params): Params<SessionParams>) -> Result<Response> {
    let user = params.user(&session)?;
    let ended = sessions::end_others(&session.org, &session.ctx, user, &session.token).await?;
    Ok(answer::ok(&EndedSessions { ended }))
}

/// Ends one session of a user.
#[utoipa::path(
    delete, path = "/api/v1/sessions/{id}", tag = "sessions",
    params(("id" = String, Path, description = "The session, as the list names it."), SessionParams),
    responses((status = 204, description = "It is ended."), Acting),
)]
pub async fn end_session(session: Session, Path(id): Path<String>, Params(params): Params<SessionParams>) -> Result<Response> {
    let user = params.user(&session)?;
    sessions::end(&session.org, &session.ctx, user, &id).await?;
    Ok(answer::no_content())
}

/// Who is signed in.
#[utoipa::path(
    get, path = "/api/v1/sessions/current", tag = "sessions",
    responses((status = 200, description = "The session.", body = CurrentSession), Reading),
)]
pub async fn current_session(session: Session) -> Result<Response> {
    Ok(answer::ok(&CurrentSession { user: users::me(&session.org, &session.ctx).await? }))
}

/// Who sits there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The user's password.
    #[serde(default)]
    #[schema(max_length = 1024, nullable = false)]
    password: Option<String>,
    /// Or a code of the second factor.
    #[serde(default)]
    #[schema(max_length = 64, nullable = false)]
    code: Option<String>,
}

/// Shows once more that it is the user who sits there: for the next 15 minutes this session may do what otherwise answers 403
/// `step_up_required`.
#[utoipa::path(
    post, path = "/api/v1/sessions/current/proof", tag = "sessions",
    request_body = Proof,
    responses((status = 204, description = "It is shown."), Writing),
)]
pub async fn prove_session(session: Session, Body(proof): Body<Proof>) -> Result<Response> {
    let _turn = turn().await?;
    let Session { org, ctx, token, address } = &session;
    sign_in::prove(org, ctx, token, proof.password.as_deref(), proof.code.as_deref(), address).await?;
    Ok(answer::no_content())
}

/// As whom to look.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPreview {
    /// The user's id.
    #[schema(max_length = 18)]
    user: String,
}

/// This session of an administrator sees from the next request on what the user sees, and changes nothing (403 `preview_reads_only`). It is
/// in the audit log.
#[utoipa::path(
    put, path = "/api/v1/sessions/current/preview", tag = "sessions",
    request_body = NewPreview,
    responses((status = 204, description = "It looks as the user."), Writing),
)]
pub async fn begin_preview(session: Session, Body(new): Body<NewPreview>) -> Result<Response> {
    let user = record_id(&session.org.schema(), "user", &new.user)?;
    preview::begin(&session.org, &session.ctx, &session.token, user).await?;
    Ok(answer::no_content())
}

/// This session looks as its own user again.
#[utoipa::path(
    delete, path = "/api/v1/sessions/current/preview", tag = "sessions",
    responses((status = 204, description = "It does."), Acting),
)]
pub async fn end_preview(session: Session) -> Result<Response> {
    preview::end(&session.org, &session.ctx, &session.token).await?;
    Ok(answer::no_content())
}

/// Signs out: the token is worth nothing from now on.
#[utoipa::path(
    delete, path = "/api/v1/sessions/current", tag = "sessions",
    responses((status = 204, description = "Signed out."), Acting),
)]
pub async fn delete_session(session: Session, headers: HeaderMap) -> Result<Response> {
    sign_in::sign_out(&session.org, &session.token).await?;
    let mut response = answer::no_content();
    answer::set(response.headers_mut(), header::SET_COOKIE, session::set_cookie("", 0, session::is_https(&headers)));
    Ok(response)
}
