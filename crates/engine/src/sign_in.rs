//! Sign-in by password, sessions by token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use guanxi_model::{Ctx, Door, Error, ErrorKind, FieldError, Lang, RecordId, Result};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_store::sys::Session;
use sha2::{Digest, Sha256};

use crate::{Organisation, users};

/// How long a session lasts without use, in microseconds (7 days).
const IDLE_US: i64 = 7 * 24 * 3_600 * 1_000_000;

/// How old the last sign of life may be before it is written down again, in microseconds (10 minutes).
const TOUCH_US: i64 = 600 * 1_000_000;

/// Failed sign-ins for one e-mail from one client before it has to wait.
const MAX_FAILURES: u32 = 8;

/// How long it has to wait, in microseconds (5 minutes).
const WAIT_US: i64 = 300 * 1_000_000;

/// The most pairs of e-mail and client that are remembered.
const MAX_REMEMBERED: usize = 10_000;

/// The counts of failed sign-ins, by e-mail and client, so that nobody can lock others out from elsewhere.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<(String, String), (u32, i64)>>);

impl Attempts {
    fn allowed(&self, key: &(String, String), now: i64) -> bool {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(key).is_none_or(|(n, at)| *n < MAX_FAILURES || now - at > WAIT_US)
    }

    fn failed(&self, key: (String, String), now: i64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MAX_REMEMBERED {
            counts.retain(|_, (_, at)| now - *at <= WAIT_US);
        }
        let entry = counts.entry(key).or_insert((0, now));
        if now - entry.1 > WAIT_US {
            entry.0 = 0;
        }
        *entry = (entry.0 + 1, now);
    }

    fn succeeded(&self, key: &(String, String)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Sessions that were looked up, so that a request need not ask the store who sends it. Each holds for the number of
/// [`guanxi_store::Heads::people`] it was looked up with: whatever ends a session or changes a user raises it.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<String, (Arc<SignIn>, i64)>>);

/// A session and its user.
struct SignIn {
    session: Session,
    user: users::User,
}

impl Known {
    fn get(&self, hash: &str, people: i64) -> Option<Arc<SignIn>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(hash).filter(|(_, of)| *of == people).map(|(known, _)| Arc::clone(known))
    }

    fn put(&self, sign_in: Arc<SignIn>, people: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(sign_in.session.token_hash.clone(), (sign_in, people));
    }
}

/// A new session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The secret; only its hash is stored.
    pub token: String,
    /// When it ends without use, microseconds since the epoch.
    pub expires_at: i64,
    /// The user's context.
    pub ctx: Ctx,
}

/// Signs a user in. `client` is the peer's address, `agent` its software, for the list of sessions.
///
/// # Errors
/// 401 `invalid_credentials`, the same for an unknown address, a wrong password and a user who was deactivated; 429 after too many
/// failures.
pub async fn sign_in(org: &Organisation, email: &str, password: &str, client: &str, agent: &str, lang: Option<Lang>) -> Result<SignedIn> {
    let email = email.trim().to_lowercase();
    let now = org.now_us();
    let key = (email.clone(), client.to_owned());
    if !org.attempts().allowed(&key, now) {
        return Err(too_many_attempts());
    }
    let user = users::find(org, Expr::Compare("email".into(), Comparison::Eq, Literal::Text(email))).await?.filter(|u| u.active);
    let proved = is_password(org, user.as_ref().map(|u| u.id), password).await?;
    let Some((user, hash)) = user.zip(proved) else {
        org.attempts().failed(key, now);
        return Err(invalid_credentials());
    };
    org.attempts().succeeded(&key);
    let token = new_token(org);
    let session = Session {
        token_hash: token_hash(&token),
        user: user.id,
        created_at: now,
        seen_at: now,
        expires_at: now + IDLE_US,
        client: format!("{client} {agent}"),
    };
    if !org.store().session_begin(&session, &hash).await? {
        // It was changed while it was being checked.
        return Err(invalid_credentials());
    }
    Ok(SignedIn { expires_at: session.expires_at, ctx: ctx_of(org, &user, lang, Door::Rest), token })
}

fn invalid_credentials() -> Error {
    Error::new(ErrorKind::Unauthenticated, "invalid_credentials", "邮箱或密码不正确。", "The e-mail address or the password is wrong.")
}

/// Sets a password on request: another user's as an administrator, one's own by telling the one that holds. Ends the user's sessions,
/// but for the one of `token`.
///
/// # Errors
/// Validation for a wrong current password or a new one of the wrong length; 403; 404; 429 after too many wrong ones.
pub async fn change_password(org: &Organisation, ctx: &Ctx, token: &str, user: RecordId, current: Option<&str>, new: &str) -> Result<()> {
    if user == ctx.user {
        let key = (user.0.to_string(), "password".to_owned());
        let now = org.now_us();
        if !org.attempts().allowed(&key, now) {
            return Err(too_many_attempts());
        }
        if is_password(org, Some(user), current.unwrap_or_default()).await?.is_none() {
            org.attempts().failed(key, now);
            let wrong = FieldError::new("current", "wrong_password", "当前密码不正确", "the current password is wrong");
            return Err(Error::field(wrong));
        }
        org.attempts().succeeded(&key);
    }
    users::set_password_but(org, ctx, user, new, Some(&token_hash(token))).await
}

fn too_many_attempts() -> Error {
    Error::new(
        ErrorKind::RateLimited,
        "too_many_attempts",
        "密码输错次数过多，请五分钟后再试。",
        "Too many wrong passwords; please try again in five minutes.",
    )
}

/// The hash of the user's password, if this is it. An unknown user costs as much time as a known one.
async fn is_password(org: &Organisation, user: Option<RecordId>, typed: &str) -> Result<Option<String>> {
    let credential = match user {
        Some(user) => org.store().credential(user).await?,
        None => None,
    };
    let hash = credential.map(|c| c.password_hash);
    let typed = typed.to_owned();
    let checked = tokio::task::spawn_blocking(move || {
        let right = users::verify_password(hash.as_deref().unwrap_or(NOBODY), &typed);
        hash.filter(|_| right)
    });
    checked.await.map_err(Error::internal)
}

/// A hash of no password, to spend the same time on an unknown address.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The context of a token's user, checked on every request: a deactivated user or an ended session is out at once, on every node.
///
/// # Errors
/// 401 `not_signed_in`.
pub async fn authenticate(org: &Organisation, token: &str, lang: Option<Lang>, door: Door) -> Result<Ctx> {
    let hash = token_hash(token);
    let people = org.heads().await?.people;
    let now = org.now_us();
    // One that another node has used since may last longer than is known here.
    let known = match org.sessions().get(&hash, people).filter(|known| known.session.expires_at > now) {
        Some(known) => known,
        None => Box::pin(look_up(org, &hash, people)).await?,
    };
    if known.session.expires_at <= now {
        return Err(not_signed_in());
    }
    if now - known.session.seen_at > TOUCH_US {
        let session = Session { seen_at: now, expires_at: now + IDLE_US, ..known.session.clone() };
        Box::pin(org.store().session_touch(&hash, session.seen_at, session.expires_at)).await?;
        org.sessions().put(Arc::new(SignIn { session, user: known.user.clone() }), people);
    }
    Ok(ctx_of(org, &known.user, lang, door))
}

async fn look_up(org: &Organisation, hash: &str, people: i64) -> Result<Arc<SignIn>> {
    let session = org.store().session_find(hash).await?.ok_or_else(not_signed_in)?;
    let user = users::by_id(org, session.user).await?.filter(|u| u.active).ok_or_else(not_signed_in)?;
    let known = Arc::new(SignIn { session, user });
    org.sessions().put(Arc::clone(&known), people);
    Ok(known)
}

/// The context of a user without a session: jobs act again as who started them.
///
/// # Errors
/// 401 if the user was deactivated or deleted.
pub async fn act_as(org: &Organisation, user: guanxi_model::RecordId, door: Door) -> Result<Ctx> {
    org.heads().await?;
    let user = users::by_id(org, user).await?.filter(|u| u.active).ok_or_else(not_signed_in)?;
    Ok(ctx_of(org, &user, None, door))
}

/// Ends a session.
///
/// # Errors
/// Those of the store.
pub async fn sign_out(org: &Organisation, token: &str) -> Result<()> {
    org.store().session_delete(&token_hash(token)).await.map(|_| ())
}

/// The organisation a token belongs to: tokens are `gx_` + organisation + `_` + 43 characters.
pub fn organisation_of_token(token: &str) -> Option<&str> {
    let rest = token.strip_prefix("gx_")?;
    let at = rest.len().checked_sub(44)?;
    rest.is_char_boundary(at)
        .then(|| rest.split_at(at))
        .filter(|(name, secret)| !name.is_empty() && secret.starts_with('_'))
        .map(|(name, _)| name)
}

fn new_token(org: &Organisation) -> String {
    let mut secret = [0u8; 32];
    org.random().fill(&mut secret);
    format!("gx_{}_{}", org.schema().settings.organisation, BASE64_URL_SAFE_NO_PAD.encode(secret))
}

fn token_hash(token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

fn ctx_of(org: &Organisation, user: &users::User, lang: Option<Lang>, door: Door) -> Ctx {
    Ctx {
        user: user.id,
        role: user.role.clone(),
        door,
        lang: lang.or(user.language).unwrap_or_default(),
        now_us: org.now_us(),
        time_zone: user.time_zone.clone().unwrap_or_else(|| org.schema().settings.time_zone.clone()),
    }
}

fn not_signed_in() -> Error {
    Error::new(ErrorKind::Unauthenticated, "not_signed_in", "请先登录。", "Please sign in.")
}

#[cfg(test)]
mod tests {
    use super::organisation_of_token;

    #[test]
    fn a_token_names_its_organisation() {
        let secret = "a_".repeat(21) + "b";
        assert_eq!(organisation_of_token(&format!("gx_acme_china_{secret}")), Some("acme_china"));
        assert_eq!(organisation_of_token(&format!("gx__{secret}")), None);
        assert_eq!(organisation_of_token("gx_short"), None);
    }
}
