//! Passkeys (WebAuthn): registered by a signed-in user, they let in without a password. The owner is verified by the device, so that a passkey
//! is both steps in one.

mod cbor;
mod verify;

use guanxi_access::sensitive;
use guanxi_model::render::time_text;
use guanxi_model::{Ctx, Door, Error, ErrorKind, FieldError, Lang, RecordId, Result};
use guanxi_store::sys::Passkey;
use serde::Serialize;
use serde_json::json;

use crate::admission::{self, token_hash};
use crate::attempts::{Key, PASSKEYS};
use crate::audit::events::{self, About, Kind};
use crate::sign_in::{SignedIn, new_session, too_many_attempts};
use crate::{Organisation, users};
use verify::{Expected, bytes_of, text_of};

/// How long a challenge is good for, in microseconds (5 minutes).
const CHALLENGE_US: i64 = 300 * 1_000_000;

/// How many passkeys a user may have.
const MAX_PASSKEYS: usize = 20;

/// The longest name, in characters.
const MAX_NAME: usize = 80;

/// A passkey as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The credential's id.
    pub id: String,
    /// What its user calls it.
    pub name: String,
    /// When it was registered, RFC 3339.
    pub created_at: String,
    /// When it was last used, RFC 3339.
    pub used_at: Option<String>,
}

/// What the browser needs to make a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Creation {
    /// Base64url.
    pub challenge: String,
    /// The site's id.
    pub rp_id: String,
    /// What names the user to the authenticator, base64url.
    pub user_id: String,
    /// The user's e-mail.
    pub user_name: String,
    /// The user's name.
    pub user_display_name: String,
    /// Credentials that are there already.
    pub exclude: Vec<String>,
}

/// What the browser needs to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Challenge {
    /// Base64url.
    pub challenge: String,
    /// The site's id.
    pub rp_id: String,
}

/// What the authenticator answers to a registration, base64url.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    /// What the user calls it.
    pub name: &'a str,
    /// `clientDataJSON`.
    pub client_data: &'a str,
    /// `attestationObject`.
    pub attestation: &'a str,
}

/// What the authenticator answers to a sign-in, base64url.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    /// The credential's id.
    pub id: &'a str,
    /// `clientDataJSON`.
    pub client_data: &'a str,
    /// `authenticatorData`.
    pub authenticator_data: &'a str,
    /// `signature`.
    pub signature: &'a str,
}

/// One's own passkeys, the newest first.
///
/// # Errors
/// Those of the store.
pub async fn list(org: &Organisation, ctx: &Ctx) -> Result<Vec<Shown>> {
    Ok(org.store().passkeys(ctx.user).await?.into_iter().map(shown).collect())
}

/// Begins to register a passkey.
///
/// # Errors
/// Those of [`sensitive::require`]; 409 with too many of them; 503 `no_public_url`.
pub async fn begin(org: &Organisation, ctx: &Ctx) -> Result<Creation> {
    sensitive::require(ctx)?;
    let there = org.store().passkeys(ctx.user).await?;
    if there.len() >= MAX_PASSKEYS {
        let (zh, en) = (format!("最多 {MAX_PASSKEYS} 个通行密钥。"), format!("There are {MAX_PASSKEYS} passkeys at most."));
        return Err(Error::new(ErrorKind::Conflict, "too_many_passkeys", zh, en));
    }
    let user = users::by_id(org, ctx.user).await?.ok_or_else(Error::no_record)?;
    let (_, rp_id) = site(org)?;
    Ok(Creation {
        challenge: challenge(org, ctx.user).await?,
        rp_id,
        user_id: text_of(&ctx.user.0.to_be_bytes()),
        user_name: user.email,
        user_display_name: user.name,
        exclude: there.into_iter().map(|passkey| passkey.credential_id).collect(),
    })
}

/// Registers a passkey.
///
/// # Errors
/// Those of [`sensitive::require`]; validation of the name; 422 `passkey_refused` for an answer that does not hold; 409 for one that is there
/// already.
pub async fn register(org: &Organisation, ctx: &Ctx, answer: Registration<'_>) -> Result<Shown> {
    sensitive::require(ctx)?;
    let name = answer.name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME {
        let (zh, en) = (format!("名称须为 1 到 {MAX_NAME} 个字符"), format!("a name has 1 to {MAX_NAME} characters"));
        return Err(Error::field(FieldError::new("name", "length", zh, en)));
    }
    let (origin, rp_id) = site(org)?;
    let (client_data, attestation) =
        bytes_of(answer.client_data).zip(bytes_of(answer.attestation)).ok_or_else(|| refused("no base64url"))?;
    let challenge = taken_challenge(org, &client_data, ctx.user).await?;
    let expected = Expected { ceremony: "webauthn.create", challenge: &challenge, origin: &origin, rp_id: &rp_id };
    let made = verify::registration(&client_data, &attestation, expected).map_err(refused)?;
    let passkey = Passkey {
        credential_id: text_of(&made.id),
        user: ctx.user,
        name: name.to_owned(),
        public_key: text_of(&made.public_key),
        counter: i64::from(made.counter),
        created_at: org.now_us(),
        used_at: None,
    };
    let event =
        events::event(org, ctx, Kind::PasskeyAdded, About::Record(ctx.user), json!({"passkey": passkey.credential_id, "name": name}));
    if !org.store().passkey_add(&passkey, &event).await? {
        return Err(Error::new(ErrorKind::Conflict, "exists", "此通行密钥已注册。", "This passkey is registered already."));
    }
    Ok(shown(passkey))
}

/// Removes one of one's own passkeys.
///
/// # Errors
/// Those of [`sensitive::require`]; 404.
pub async fn remove(org: &Organisation, ctx: &Ctx, id: &str) -> Result<()> {
    sensitive::require(ctx)?;
    let event = events::event(org, ctx, Kind::PasskeyRemoved, About::Record(ctx.user), json!({"passkey": id}));
    if org.store().passkey_remove(ctx.user, id, &event).await? {
        return Ok(());
    }
    Err(Error { code: "no_passkey", ..Error::not_found("没有此通行密钥。", "There is no such passkey.") })
}

/// Begins to sign in by a passkey.
///
/// # Errors
/// 429 after too many; 503 `no_public_url`.
pub async fn begin_sign_in(org: &Organisation, client: &str) -> Result<Challenge> {
    if !org.attempts().take(Key::of("passkey", client), org.now_us(), PASSKEYS) {
        return Err(too_many_attempts());
    }
    let (_, rp_id) = site(org)?;
    Ok(Challenge { challenge: challenge(org, RecordId(0)).await?, rp_id })
}

/// Signs in by a passkey.
///
/// # Errors
/// 401 `passkey_refused` for one that is not known or an answer that does not hold; 403 `address_not_allowed`.
pub async fn sign_in(org: &Organisation, answer: Assertion<'_>, client: &str, agent: &str, lang: Option<Lang>) -> Result<SignedIn> {
    let (origin, rp_id) = site(org)?;
    let parts = bytes_of(answer.client_data).zip(bytes_of(answer.authenticator_data)).zip(bytes_of(answer.signature));
    let ((client_data, data), signature) = parts.ok_or_else(|| not_let_in("no base64url"))?;
    let challenge = taken_challenge(org, &client_data, RecordId(0)).await.map_err(|_| not_let_in("an unknown challenge"))?;
    let passkey = org.store().passkey(answer.id).await?.ok_or_else(|| not_let_in("an unknown credential"))?;
    let user = users::by_id(org, passkey.user).await?.filter(|u| u.active).ok_or_else(|| not_let_in("its user is not active"))?;
    let key = bytes_of(&passkey.public_key).ok_or_else(|| Error::internal("a passkey without a key"))?;
    let expected = Expected { ceremony: "webauthn.get", challenge: &challenge, origin: &origin, rp_id: &rp_id };
    let verified = verify::assertion(&client_data, &data, &signature, &key, expected).map(i64::from).and_then(|counter| {
        // A counter that does not move on, where there is one, means that somebody has a copy.
        let copied = (counter != 0 || passkey.counter != 0) && counter <= passkey.counter;
        if copied { Err("its counter went back: there may be a copy of it") } else { Ok(counter) }
    });
    let counter = match verified {
        Ok(counter) if admission::may_come_from(&org.schema(), &user.role, client) => counter,
        held => {
            let why = held.err();
            let body = json!({"email": user.email, "client": client, "agent": agent, "reason": why.unwrap_or("address"), "by": "passkey"});
            events::record(org, &events::of(org, user.id, Door::Rest, Kind::SignInFailed, About::Nothing, body)).await?;
            return Err(why.map_or_else(|| admission::address_not_allowed(client), not_let_in));
        }
    };
    let (token, session) = new_session(org, user.id, client, agent);
    let body = json!({"client": client, "agent": agent, "by": "passkey", "passkey": passkey.credential_id});
    let event = events::of(org, user.id, Door::Rest, Kind::SignIn, About::Nothing, body);
    if !org.store().session_begin_by_passkey(&session, &passkey, counter, &event).await? {
        return Err(not_let_in("it was removed or used meanwhile"));
    }
    org.attempts().succeeded(&Key::of("passkey", client));
    let ctx = admission::authenticate(org, &token, lang, client).await?;
    Ok(SignedIn { token, expires_at: session.expires_at, ctx })
}

/// The site's origin and id, by the configured public address.
fn site(org: &Organisation) -> Result<(String, String)> {
    let url = org.public_url().ok_or_else(crate::links::no_public_url)?;
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let host = rest.split('/').next().unwrap_or(rest);
    let id = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(name, _)| name);
    Ok((format!("{scheme}://{host}"), id.to_owned()))
}

/// A new challenge, kept by its hash until it is answered or too old.
async fn challenge(org: &Organisation, user: RecordId) -> Result<String> {
    let mut bytes = [0u8; 32];
    org.random().fill(&mut bytes);
    let challenge = text_of(&bytes);
    org.store().challenge_add(&token_hash(&challenge), user, org.now_us() + CHALLENGE_US).await?;
    Ok(challenge)
}

/// The challenge that an answer names, which is used up by this.
async fn taken_challenge(org: &Organisation, client_data: &[u8], user: RecordId) -> Result<String> {
    let challenge = verify::challenge_of(client_data).ok_or_else(|| refused("the client data is none"))?;
    let good = org.store().challenge_take(&token_hash(&challenge), user, org.now_us()).await?;
    if good { Ok(challenge) } else { Err(refused("an unknown challenge")) }
}

fn shown(passkey: Passkey) -> Shown {
    Shown {
        id: passkey.credential_id,
        name: passkey.name,
        created_at: time_text(passkey.created_at),
        used_at: passkey.used_at.map(time_text),
    }
}

fn refused(why: &str) -> Error {
    let (zh, en) = ("通行密钥未通过检查，请重试。", "The passkey did not pass the check; please try again.");
    Error::new(ErrorKind::Validation, "passkey_refused", zh, en).because(why)
}

fn not_let_in(why: &str) -> Error {
    let (zh, en) = ("此通行密钥不能登录；请用密码登录。", "This passkey cannot sign in; use your password.");
    Error::new(ErrorKind::Unauthenticated, "passkey_refused", zh, en).because(why)
}
