//! Signing in and out.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use guanxi_engine::{Organisation, sign_in, users};
use guanxi_model::{Error, ErrorKind, FieldError, render};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::ToSchema;

use super::problems::{Acting, Reading, Writing};
use super::shapes::people::Me;
use super::{answer, shapes};
use crate::extract::Body;
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

/// Signs in: answers a token and sets it as a cookie too.
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
    let signed_in = sign_in::sign_in(&org, &new.email, &new.password, &client, agent, request::asked_language()).await?;
    request::set_user_language(signed_in.ctx.lang);
    let max_age = (signed_in.expires_at - org.now_us()) / 1_000_000;
    let cookie = session::set_cookie(&signed_in.token, max_age, session::is_https(&headers));
    let user = users::me(&org, &signed_in.ctx).await?;
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

fn organisation(app: &App, name: Option<&str>) -> Result<Organisation> {
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

/// Who is signed in.
#[utoipa::path(
    get, path = "/api/v1/sessions/current", tag = "sessions",
    responses((status = 200, description = "The session.", body = CurrentSession), Reading),
)]
pub async fn current_session(session: Session) -> Result<Response> {
    Ok(answer::ok(&CurrentSession { user: users::me(&session.org, &session.ctx).await? }))
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
