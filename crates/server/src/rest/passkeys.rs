//! Passkeys: registering them, signing in by them.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use guanxi_engine::passkeys;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer;
use super::problems::{Acting, Reading, Writing};
use super::sessions::{Begun, begun, organisation};
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::session::{self, Client, Session};
use crate::{App, request};

/// A passkey as it is listed.
#[derive(ToSchema)]
pub struct Passkey {
    /// The credential's id.
    pub id: String,
    /// What its user calls it.
    pub name: String,
    /// When it was registered, RFC 3339.
    pub created_at: String,
    /// When it was last used, RFC 3339.
    #[schema(required)]
    pub used_at: Option<String>,
}

/// One's own passkeys.
#[derive(Serialize, ToSchema)]
pub struct PasskeyList {
    /// The newest first.
    #[schema(value_type = Vec<Passkey>)]
    passkeys: Vec<passkeys::Shown>,
}

/// What the browser needs to make a passkey. Bytes are base64url.
#[derive(ToSchema)]
pub struct PasskeyCreation {
    /// The challenge.
    pub challenge: String,
    /// The site's id.
    pub rp_id: String,
    /// What names the user to the authenticator.
    pub user_id: String,
    /// The user's e-mail.
    pub user_name: String,
    /// The user's name.
    pub user_display_name: String,
    /// Credentials that are there already.
    pub exclude: Vec<String>,
}

/// What the browser needs to sign in.
#[derive(ToSchema)]
pub struct PasskeyChallenge {
    /// The challenge.
    pub challenge: String,
    /// The site's id.
    pub rp_id: String,
}

/// What the authenticator answers to a registration. Bytes are base64url.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// What the user calls it.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// `clientDataJSON`.
    #[schema(max_length = 8192)]
    client_data: String,
    /// `attestationObject`.
    #[schema(max_length = 65536)]
    attestation: String,
}

/// Where to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskeyChallenge {
    /// Name of the organisation, where the server has several.
    #[serde(default)]
    organisation: Option<String>,
}

/// What the authenticator answers to a sign-in. Bytes are base64url.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAssertion {
    /// The credential's id.
    #[schema(max_length = 2048)]
    id: String,
    /// `clientDataJSON`.
    #[schema(max_length = 8192)]
    client_data: String,
    /// `authenticatorData`.
    #[schema(max_length = 8192)]
    authenticator_data: String,
    /// `signature`.
    #[schema(max_length = 1024)]
    signature: String,
    /// Name of the organisation, where the server has several.
    #[serde(default)]
    organisation: Option<String>,
}

/// One's own passkeys.
#[utoipa::path(
    get, path = "/api/v1/me/passkeys", tag = "sessions",
    responses((status = 200, description = "The passkeys.", body = PasskeyList), Reading),
)]
pub async fn list_passkeys(session: Session) -> Result<Response> {
    Ok(answer::ok(&PasskeyList { passkeys: passkeys::list(&session.org, &session.ctx).await? }))
}

/// Begins to register a passkey.
#[utoipa::path(
    post, path = "/api/v1/me/passkeys/challenge", tag = "sessions",
    responses((status = 200, description = "For `navigator.credentials.create`.", body = PasskeyCreation), Acting),
)]
pub async fn begin_passkey(session: Session) -> Result<Response> {
    Ok(answer::ok(&passkeys::begin(&session.org, &session.ctx).await?))
}

/// Registers a passkey (ES256, with the user verified by the device).
#[utoipa::path(
    post, path = "/api/v1/me/passkeys", tag = "sessions",
    request_body = NewPasskey,
    responses((status = 201, description = "It lets in from now on.", body = Passkey), Writing),
)]
pub async fn register_passkey(session: Session, Body(new): Body<NewPasskey>) -> Result<Response> {
    let answer = passkeys::Registration { name: &new.name, client_data: &new.client_data, attestation: &new.attestation };
    Ok(answer::json(StatusCode::CREATED, &passkeys::register(&session.org, &session.ctx, answer).await?))
}

/// Removes one of one's own passkeys.
#[utoipa::path(
    delete, path = "/api/v1/me/passkeys/{id}", tag = "sessions",
    params(("id" = String, Path, description = "The credential's id.")),
    responses((status = 204, description = "It lets nobody in any more."), Acting),
)]
pub async fn remove_passkey(session: Session, Path(id): Path<String>) -> Result<Response> {
    passkeys::remove(&session.org, &session.ctx, &id).await?;
    Ok(answer::no_content())
}

/// Begins to sign in by a passkey.
#[utoipa::path(
    post, path = "/api/v1/passkey_challenges", tag = "sessions", security(()),
    request_body = NewPasskeyChallenge,
    responses((status = 200, description = "For `navigator.credentials.get`.", body = PasskeyChallenge), Writing),
)]
pub async fn begin_passkey_sign_in(
    State(app): State<App>,
    Client(client): Client,
    headers: HeaderMap,
    Body(new): Body<NewPasskeyChallenge>,
) -> Result<Response> {
    if session::from_elsewhere(&headers) {
        return Err(session::cross_origin().into());
    }
    let org = organisation(&app, new.organisation.as_deref())?;
    Ok(answer::ok(&passkeys::begin_sign_in(&org, &client).await?))
}

/// Signs in by a passkey: answers a token and sets it as a cookie too.
#[utoipa::path(
    post, path = "/api/v1/passkey_sessions", tag = "sessions", security(()),
    request_body = PasskeyAssertion,
    responses((status = 201, description = "Signed in; the cookie `guanxi_session` is set.", body = Begun), Writing),
)]
pub async fn sign_in_by_passkey(
    State(app): State<App>,
    Client(client): Client,
    headers: HeaderMap,
    Body(new): Body<PasskeyAssertion>,
) -> Result<Response> {
    if session::from_elsewhere(&headers) {
        return Err(session::cross_origin().into());
    }
    let org = organisation(&app, new.organisation.as_deref())?;
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("");
    let answer = passkeys::Assertion {
        id: &new.id,
        client_data: &new.client_data,
        authenticator_data: &new.authenticator_data,
        signature: &new.signature,
    };
    let signed_in = passkeys::sign_in(&org, answer, &client, agent, request::asked_language()).await?;
    begun(&org, signed_in, &headers).await
}
