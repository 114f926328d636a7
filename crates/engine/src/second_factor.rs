//! The second factor: time-based codes of an authenticator app, and recovery codes for the day it is lost.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use guanxi_access::{Policy, sensitive};
use guanxi_model::render::time_text;
use guanxi_model::{Ctx, Error, ErrorKind, FieldError, RecordId, Result, Schema};
use guanxi_store::sys::SecondFactor;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::admission::token_hash;
use crate::attempts::{CODES, CODES_FROM_ALL, Key};
use crate::audit::events::{self, About, Kind};
use crate::sign_in::{check_own_password, too_many_attempts};
use crate::{Organisation, totp, users};

/// The code of the error that asks for a code.
pub(crate) const REQUIRED: &str = "second_factor_required";

/// The code of the error of a wrong code.
pub(crate) const WRONG: &str = "wrong_code";

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;

/// Letters of a recovery code, in groups of four: 80 bits, so that a plain hash of it tells nothing.
const RECOVERY_LETTERS: usize = 16;

/// By what a user got past the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Factor {
    /// The user has none.
    None,
    /// A time-based code.
    Code,
    /// A recovery code, which is used up.
    Recovery,
}

impl Factor {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Factor::None => "none",
            Factor::Code => "code",
            Factor::Recovery => "recovery_code",
        }
    }
}

/// How it stands with a user's second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct State {
    /// Since when it holds, RFC 3339; absent if the user has none.
    pub since: Option<String>,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
    /// Whether the user's role asks for one.
    pub required: bool,
}

/// What an authenticator app needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Enrolment {
    /// The secret, base32, for typing it in.
    pub secret: String,
    /// The same as a link, for a QR code.
    pub uri: String,
}

/// How it stands with one's own second factor.
///
/// # Errors
/// Those of the store.
pub async fn state(org: &Organisation, ctx: &Ctx) -> Result<State> {
    let since = confirmed(org, ctx.user).await?.and_then(|factor| factor.confirmed_at).map(time_text);
    Ok(State { since, recovery_codes: org.store().recovery_codes(ctx.user).await?, required: required(&org.schema(), &ctx.role) })
}

/// Whether a role asks for a second factor.
pub(crate) fn required(schema: &Schema, role: &str) -> bool {
    schema.roles.get(role).is_some_and(|role| role.second_factor)
}

/// A user's second factor, if it holds.
pub(crate) async fn confirmed(org: &Organisation, user: RecordId) -> Result<Option<SecondFactor>> {
    Ok(org.store().second_factor(user).await?.filter(|factor| factor.confirmed_at.is_some()))
}

/// Begins to set one up: it holds once a first code has shown that the app has the secret.
///
/// # Errors
/// Those of [`sensitive::require`]; 409 `second_factor_on` if there is one.
pub async fn begin(org: &Organisation, ctx: &Ctx) -> Result<Enrolment> {
    sensitive::require(ctx)?;
    if confirmed(org, ctx.user).await?.is_some() {
        return Err(already_on());
    }
    let user = users::by_id(org, ctx.user).await?.ok_or_else(Error::no_record)?;
    let mut secret = [0u8; 20];
    org.random().fill(&mut secret);
    let secret = totp::base32(&secret);
    org.store().second_factor_begin(ctx.user, &secret).await?;
    let label = format!("Guanxi:{}", user.email);
    let uri = format!("otpauth://totp/{}?secret={secret}&issuer=Guanxi&algorithm=SHA1&digits=6&period=30", percent(&label));
    Ok(Enrolment { secret, uri })
}

/// Sets it up by a first code. Gives the recovery codes, which are shown this once.
///
/// # Errors
/// Those of [`sensitive::require`]; validation for a wrong code; 409 if there is one already, or none was begun; 429.
pub async fn confirm(org: &Organisation, ctx: &Ctx, code: &str) -> Result<Vec<String>> {
    sensitive::require(ctx)?;
    let factor = org.store().second_factor(ctx.user).await?.ok_or_else(not_begun)?;
    if factor.confirmed_at.is_some() {
        return Err(already_on());
    }
    let key = Key::of(&format!("enrol:{}", ctx.user.0), "");
    if !org.attempts().allowed(&key, org.now_us(), CODES) {
        return Err(too_many_attempts());
    }
    let Some(step) = step_of(&factor, code, org.now_us()) else {
        org.attempts().failed(key, org.now_us(), CODES);
        let wrong = wrong_code();
        return Err(Error::field(FieldError { field: "code".to_owned(), code: wrong.code, message: wrong.message }));
    };
    let (codes, hashes) = new_codes(org, ctx.user);
    let event = events::event(org, ctx, Kind::SecondFactorOn, About::Record(ctx.user), json!({}));
    if org.store().second_factor_confirm(ctx.user, &factor.secret, step, &hashes, &event).await? { Ok(codes) } else { Err(already_on()) }
}

/// Gives new recovery codes; the old ones are worth nothing any more.
///
/// # Errors
/// Those of [`sensitive::require`]; 409 `second_factor_off` if there is no second factor.
pub async fn renew_codes(org: &Organisation, ctx: &Ctx) -> Result<Vec<String>> {
    sensitive::require(ctx)?;
    if confirmed(org, ctx.user).await?.is_none() {
        return Err(off());
    }
    let (codes, hashes) = new_codes(org, ctx.user);
    let event = events::event(org, ctx, Kind::RecoveryCodes, About::Record(ctx.user), json!({}));
    org.store().recovery_codes_set(ctx.user, &hashes, &event).await?;
    Ok(codes)
}

/// Turns one's own second factor off, which needs the password. Ends the user's other sessions.
///
/// # Errors
/// Those of [`sensitive::require`]; validation for a wrong password; 409 `second_factor_off`; 429.
pub async fn turn_off(org: &Organisation, ctx: &Ctx, token: &str, password: &str) -> Result<()> {
    sensitive::require(ctx)?;
    check_own_password(org, ctx, "password", password).await?;
    let event = events::event(org, ctx, Kind::SecondFactorOff, About::Record(ctx.user), json!({}));
    if org.store().second_factor_end(ctx.user, Some(&token_hash(token)), &event).await? { Ok(()) } else { Err(off()) }
}

/// Takes another user's second factor away, who has lost it, and ends that user's sessions: an administrator's act.
///
/// # Errors
/// Those of [`sensitive::require`]; 403 unless an administrator asks, about another user; 404; 409 `second_factor_off`.
pub async fn reset(org: &Organisation, ctx: &Ctx, user: RecordId) -> Result<()> {
    if !Policy::of(ctx, &org.schema()).administrator() {
        return Err(Error::forbidden(
            "只有系统管理员可以重置他人的两步验证。",
            "Only an administrator may reset another user's second factor.",
        ));
    }
    sensitive::require(ctx)?;
    if user == ctx.user {
        let (zh, en) = ("自己的两步验证请在设置中用密码关闭。", "Turn your own second factor off in the settings, by your password.");
        return Err(Error::new(ErrorKind::Forbidden, "own_second_factor", zh, en));
    }
    users::by_id(org, user).await?.ok_or_else(Error::no_record)?;
    let event = events::event(org, ctx, Kind::SecondFactorOff, About::Record(user), json!({"by": "administrator"}));
    if org.store().second_factor_end(user, None, &event).await? { Ok(()) } else { Err(off()) }
}

/// Checks what a user typed as a code, who has proved to know the password. A user without a second factor passes.
///
/// # Errors
/// 401 `second_factor_required` without a code, `wrong_code` for a wrong one; 429 after too many.
pub(crate) async fn check(org: &Organisation, user: RecordId, typed: Option<&str>, client: &str) -> Result<Factor> {
    let Some(factor) = confirmed(org, user).await? else { return Ok(Factor::None) };
    let Some(typed) = typed.map(tidy).filter(|typed| !typed.is_empty()) else {
        return Err(Error::new(
            ErrorKind::Unauthenticated,
            REQUIRED,
            "请输入验证器应用中的六位验证码，或一个恢复码。",
            "Please enter the six digits that your authenticator app shows, or a recovery code.",
        ));
    };
    let now = org.now_us();
    let whom = format!("code:{}", user.0);
    let (here, all) = (Key::of(&whom, client), Key::of(&whom, "*"));
    if !org.attempts().allowed(&here, now, CODES) {
        return Err(too_many_attempts());
    }
    // Who guesses from many places is stopped; the user goes on where a session of theirs began.
    if !org.attempts().allowed(&all, now, CODES_FROM_ALL) && !has_session_from(org, user, client).await? {
        return Err(too_many_attempts());
    }
    let taken = match step_of(&factor, &typed, now) {
        Some(step) if org.store().second_factor_take(user, step).await? => Some(Factor::Code),
        Some(_) => None,
        None if org.store().recovery_code_take(user, &code_hash(user, &typed)).await? => Some(Factor::Recovery),
        None => None,
    };
    let Some(taken) = taken else {
        org.attempts().failed(here, now, CODES);
        org.attempts().failed(all, now, CODES_FROM_ALL);
        return Err(wrong_code());
    };
    org.attempts().succeeded(&here);
    org.attempts().succeeded(&all);
    Ok(taken)
}

async fn has_session_from(org: &Organisation, user: RecordId, client: &str) -> Result<bool> {
    let sessions = org.store().sessions_of_user(user, org.now_us()).await?;
    Ok(sessions.iter().any(|s| s.client.split(' ').next() == Some(client)))
}

fn step_of(factor: &SecondFactor, typed: &str, now_us: i64) -> Option<i64> {
    totp::step_of(&totp::from_base32(&factor.secret)?, &tidy(typed), now_us, factor.last_step)
}

/// What was typed without the blanks and dashes by which people read it.
fn tidy(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect()
}

/// New recovery codes and their hashes.
fn new_codes(org: &Organisation, user: RecordId) -> (Vec<String>, Vec<String>) {
    let code = |_| {
        let mut bytes = [0u8; RECOVERY_LETTERS * 5 / 8];
        org.random().fill(&mut bytes);
        totp::base32(&bytes)
    };
    let plain: Vec<String> = (0..RECOVERY_CODES).map(code).collect();
    let hashes = plain.iter().map(|code| code_hash(user, code)).collect();
    let shown = plain.iter().map(|code| [&code[..4], &code[4..8], &code[8..12], &code[12..]].join("-")).collect();
    (shown, hashes)
}

fn code_hash(user: RecordId, code: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{}:{code}", user.0)))
}

/// Percent-encoding of all but unreserved characters.
fn percent(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn wrong_code() -> Error {
    Error::new(
        ErrorKind::Unauthenticated,
        WRONG,
        "验证码不正确或已用过；请等待应用显示下一个。",
        "The code is wrong or was used before; wait for the next one of the app.",
    )
}

fn already_on() -> Error {
    Error::new(ErrorKind::Conflict, "second_factor_on", "两步验证已经开启。", "The second factor is on already.")
}

fn not_begun() -> Error {
    Error::new(ErrorKind::Conflict, "second_factor_not_begun", "请先开始设置两步验证。", "Begin to set the second factor up first.")
}

fn off() -> Error {
    Error::new(ErrorKind::Conflict, "second_factor_off", "没有开启两步验证。", "There is no second factor.")
}
