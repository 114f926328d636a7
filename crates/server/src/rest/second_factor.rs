//! The second factor: time-based codes and recovery codes.

use axum::response::Response;
use guanxi_engine::second_factor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer;
use super::problems::{Acting, Reading, Writing};
use super::records::record_id;
use super::sessions::turn;
use crate::extract::{Body, Path};
use crate::problem::Result;
use crate::session::Session;

/// How it stands with the user's second factor.
#[derive(ToSchema)]
#[schema(as = SecondFactor)]
pub struct SecondFactorState {
    /// Since when it holds, RFC 3339; null without one.
    #[schema(required)]
    pub since: Option<String>,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
    /// Whether the user's role asks for one.
    pub required: bool,
}

/// What an authenticator app needs.
#[derive(ToSchema)]
#[schema(as = SecondFactorEnrolment)]
pub struct Enrolment {
    /// The secret, base32, for typing it in.
    pub secret: String,
    /// The same as an `otpauth:` link, for a QR code.
    pub uri: String,
}

/// A first code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstCode {
    /// The six digits.
    #[schema(max_length = 32)]
    code: String,
}

/// Codes for the day the app is lost.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Each holds once. They are shown this once.
    codes: Vec<String>,
}

/// The password that holds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPassword {
    /// The user's password.
    #[schema(max_length = 1024)]
    password: String,
}

/// How it stands with one's own second factor.
#[utoipa::path(
    get, path = "/api/v1/me/second_factor", tag = "sessions",
    responses((status = 200, description = "Whether it holds.", body = SecondFactorState), Reading),
)]
pub async fn get_second_factor(session: Session) -> Result<Response> {
    Ok(answer::ok(&second_factor::state(&session.org, &session.ctx).await?))
}

/// Begins to set a second factor up. It holds once a first code has been sent.
#[utoipa::path(
    post, path = "/api/v1/me/second_factor", tag = "sessions",
    responses((status = 200, description = "For the authenticator app.", body = Enrolment), Acting),
)]
pub async fn begin_second_factor(session: Session) -> Result<Response> {
    Ok(answer::ok(&second_factor::begin(&session.org, &session.ctx).await?))
}

/// Sets the second factor up by a first code: from now on signing in needs one.
#[utoipa::path(
    put, path = "/api/v1/me/second_factor", tag = "sessions",
    request_body = FirstCode,
    responses((status = 200, description = "It holds; recovery codes for the day the app is lost.", body = RecoveryCodes), Writing),
)]
pub async fn confirm_second_factor(session: Session, Body(first): Body<FirstCode>) -> Result<Response> {
    Ok(answer::ok(&RecoveryCodes { codes: second_factor::confirm(&session.org, &session.ctx, &first.code).await? }))
}

/// Gives new recovery codes; the old ones are worth nothing any more.
#[utoipa::path(
    post, path = "/api/v1/me/second_factor/recovery_codes", tag = "sessions",
    responses((status = 200, description = "The codes, shown this once.", body = RecoveryCodes), Acting),
)]
pub async fn renew_recovery_codes(session: Session) -> Result<Response> {
    Ok(answer::ok(&RecoveryCodes { codes: second_factor::renew_codes(&session.org, &session.ctx).await? }))
}

/// Turns one's own second factor off, which needs the password, and ends the other sessions.
#[utoipa::path(
    post, path = "/api/v1/me/second_factor/off", tag = "sessions",
    request_body = OwnPassword,
    responses((status = 204, description = "It is off."), Writing),
)]
pub async fn turn_second_factor_off(session: Session, Body(own): Body<OwnPassword>) -> Result<Response> {
    let _turn = turn().await?;
    second_factor::turn_off(&session.org, &session.ctx, &session.token, &own.password).await?;
    Ok(answer::no_content())
}

/// Takes the second factor of a user away who has lost it, and ends that user's sessions. For administrators.
#[utoipa::path(
    delete, path = "/api/v1/users/{id}/second_factor", tag = "sessions",
    params(("id" = String, Path, description = "The user.")),
    responses((status = 204, description = "It is gone."), Acting),
)]
pub async fn reset_second_factor(session: Session, Path(id): Path<String>) -> Result<Response> {
    let user = record_id(&session.org.schema(), "user", &id)?;
    second_factor::reset(&session.org, &session.ctx, user).await?;
    Ok(answer::no_content())
}
