//! Who comes in by a token: a session's, or one that a program has. Checked on every request: a deactivated user, an ended session or a
//! revoked token is out at once, on every node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use guanxi_model::network::in_one_of;
use guanxi_model::{Colleagues, Ctx, Door, Entry, Error, ErrorKind, Lang, RecordId, Result, Schema, TokenScope};
use guanxi_store::sys::{ApiToken, Session};
use sha2::{Digest, Sha256};

use crate::{Organisation, colleagues, second_factor, users};

/// How old a session's last sign of life may be before it is written down again, in microseconds (10 minutes).
const TOUCH_US: i64 = 600 * 1_000_000;

/// How old the last use of a program's token may be before it is written down again, in microseconds (a minute).
const TOUCH_TOKEN_US: i64 = 60 * 1_000_000;

/// The most tokens that are remembered.
const MAX_REMEMBERED: usize = 10_000;

/// What the tokens of sessions begin with.
pub(crate) const SESSION: &str = "gx_";

/// What the tokens of programs begin with: scanners of code find those that were checked in by mistake.
pub(crate) const PROGRAM: &str = "gxt_";

/// What the secrets of links sent by mail begin with.
pub(crate) const LINK: &str = "gxl_";

/// Sessions and tokens that were looked up, so that a request need not ask the store who sends it. Each holds for the number of
/// [`guanxi_store::Heads::people`] it was looked up with: whatever ends one or changes a user raises it.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<String, (Arc<Admitted>, i64)>>);

/// A session or token and its user.
#[derive(Clone)]
struct Admitted {
    by: By,
    user: users::User,
    /// The administrator whose session it is, where that one looks as `user` does.
    administrator: Option<Arc<users::User>>,
    colleagues: Arc<Colleagues>,
    /// Whether the user has a second factor.
    factor: bool,
    /// The version of the schema, which holds the roles.
    schema: i64,
}

/// By what.
#[derive(Clone)]
enum By {
    Session(Session),
    Token(ApiToken, Arc<TokenScope>),
}

impl By {
    fn hash(&self) -> &str {
        match self {
            By::Session(session) => &session.token_hash,
            By::Token(token, _) => &token.token_hash,
        }
    }

    fn ends_at(&self, schema: &Schema) -> i64 {
        match self {
            By::Session(session) => ends_at(schema, session),
            By::Token(token, _) => token.expires_at,
        }
    }

    /// Whether its use was not written down lately.
    fn is_to_touch(&self, now: i64) -> bool {
        match self {
            By::Session(session) => now - session.seen_at > TOUCH_US,
            By::Token(token, _) => token.used_at.is_none_or(|at| now - at >= TOUCH_TOKEN_US),
        }
    }
}

impl Known {
    fn get(&self, hash: &str, people: i64, schema: i64) -> Option<Arc<Admitted>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(hash).filter(|(known, of)| *of == people && known.schema == schema).map(|(known, _)| Arc::clone(known))
    }

    fn put(&self, admitted: Arc<Admitted>, people: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(admitted.by.hash().to_owned(), (admitted, people));
    }
}

/// The context of a token's user. `address` is where the request comes from.
///
/// # Errors
/// 401 `not_signed_in`; 403 `address_not_allowed` where the user's profile names networks and this address is in none of them.
pub async fn authenticate(org: &Organisation, token: &str, lang: Option<Lang>, address: &str) -> Result<Ctx> {
    let hash = token_hash(token);
    let people = org.heads().await?.people;
    let now = org.now_us();
    let schema = org.schema();
    // One that another node has used since may last longer than is known here.
    let known = match org.sessions().get(&hash, people, schema.version).filter(|known| known.by.ends_at(&schema) > now) {
        Some(known) => known,
        None => Box::pin(look_up(org, token, &hash, people)).await?,
    };
    if known.by.ends_at(&schema) <= now {
        return Err(not_signed_in());
    }
    let person = known.administrator.as_deref().unwrap_or(&known.user);
    if !may_come_from(&schema, &person.role, address) {
        return Err(address_not_allowed(address));
    }
    let (door, entry) = match &known.by {
        By::Session(_) if known.administrator.is_some() => (Door::Rest, Entry::Preview { by: person.id }),
        By::Session(session) => {
            let enrol = !known.factor && second_factor::required(&schema, &person.role);
            (Door::Rest, Entry::Session { proved_at: session.proved_at, address: address.parse().ok(), enrol })
        }
        By::Token(_, scope) => (Door::Token, Entry::Token(Arc::clone(scope))),
    };
    if known.by.is_to_touch(now) {
        let by = Box::pin(touch(org, &known.by, now, address)).await?;
        org.sessions().put(Arc::new(Admitted { by, ..Admitted::clone(&known) }), people);
    }
    Ok(ctx_of(org, &known.user, &known.colleagues, lang, door, entry))
}

/// Writes down that a session or token is used; gives it as it is now.
async fn touch(org: &Organisation, by: &By, now: i64, address: &str) -> Result<By> {
    match by {
        By::Session(session) => {
            let ends = org.schema().settings.sign_in.ends_at(session.created_at, now);
            org.store().session_touch(&session.token_hash, now, ends).await?;
            Ok(By::Session(Session { seen_at: now, expires_at: ends, ..session.clone() }))
        }
        By::Token(token, scope) => {
            org.store().token_touch(&token.token_hash, now, address, now - TOUCH_TOKEN_US).await?;
            let used = ApiToken { used_at: Some(now), used_from: Some(address.to_owned()), ..token.clone() };
            Ok(By::Token(used, Arc::clone(scope)))
        }
    }
}

async fn look_up(org: &Organisation, token: &str, hash: &str, people: i64) -> Result<Arc<Admitted>> {
    let (by, user) = if token.starts_with(PROGRAM) {
        let token = org.store().token_find(hash).await?.ok_or_else(not_signed_in)?;
        let scope = Arc::new(serde_json::from_str(&token.scope).map_err(Error::internal)?);
        let user = token.user;
        (By::Token(token, scope), user)
    } else {
        let session = org.store().session_find(hash).await?.ok_or_else(not_signed_in)?;
        let user = session.user;
        (By::Session(session), user)
    };
    let mut user = users::by_id(org, user).await?.filter(|u| u.active).ok_or_else(not_signed_in)?;
    let schema = org.schema();
    let factor = second_factor::confirmed(org, user.id).await?.is_some();
    let mut administrator = None;
    if let By::Session(Session { viewing: Some(other), .. }) = &by
        && schema.roles.get(&user.role).is_some_and(|role| role.administrator)
        && (factor || !second_factor::required(&schema, &user.role))
        && let Some(other) = users::by_id(org, *other).await?.filter(|other| other.active)
    {
        administrator = Some(Arc::new(std::mem::replace(&mut user, other)));
    }
    let colleagues = colleagues::of(org, &user).await?;
    let known = Arc::new(Admitted { by, user, administrator, colleagues, factor, schema: schema.version });
    org.sessions().put(Arc::clone(&known), people);
    Ok(known)
}

/// The context of a user without a session: jobs act again as who started them.
///
/// # Errors
/// 401 if the user was deactivated or deleted.
pub async fn act_as(org: &Organisation, user: RecordId, door: Door) -> Result<Ctx> {
    org.heads().await?;
    let user = users::by_id(org, user).await?.filter(|u| u.active).ok_or_else(not_signed_in)?;
    let colleagues = colleagues::of(org, &user).await?;
    Ok(ctx_of(org, &user, &colleagues, None, door, Entry::Product))
}

/// The organisation a token belongs to: tokens are `gx_`, `gxt_` or `gxl_` + organisation + `_` + 43 characters.
pub fn organisation_of_token(token: &str) -> Option<&str> {
    let rest = [SESSION, PROGRAM, LINK].iter().find_map(|prefix| token.strip_prefix(prefix))?;
    let at = rest.len().checked_sub(44)?;
    rest.is_char_boundary(at)
        .then(|| rest.split_at(at))
        .filter(|(name, secret)| !name.is_empty() && secret.starts_with('_'))
        .map(|(name, _)| name)
}

/// A new token of 256 random bits.
pub(crate) fn new_token(org: &Organisation, prefix: &str) -> String {
    let mut secret = [0u8; 32];
    org.random().fill(&mut secret);
    format!("{prefix}{}_{}", org.schema().settings.organisation, BASE64_URL_SAFE_NO_PAD.encode(secret))
}

/// When a session ends if it is not used: as the policy was when it was last used, or earlier as the policy is now.
pub(crate) fn ends_at(schema: &Schema, session: &Session) -> i64 {
    session.expires_at.min(schema.settings.sign_in.ends_at(session.created_at, session.seen_at))
}

/// What is stored of a token.
pub(crate) fn token_hash(token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

pub(crate) fn ctx_of(
    org: &Organisation,
    user: &users::User,
    colleagues: &Arc<Colleagues>,
    lang: Option<Lang>,
    door: Door,
    entry: Entry,
) -> Ctx {
    Ctx {
        user: user.id,
        role: user.role.clone(),
        permission_sets: Arc::clone(&user.permission_sets),
        colleagues: Arc::clone(colleagues),
        door,
        entry,
        lang: lang.or(user.language).unwrap_or_default(),
        now_us: org.now_us(),
        time_zone: user.time_zone.clone().unwrap_or_else(|| org.schema().settings.time_zone.clone()),
    }
}

/// Whether users of a profile may come in from an address. Where the profile names networks, one that is not known is in none.
pub(crate) fn may_come_from(schema: &Schema, role: &str, address: &str) -> bool {
    let Some(networks) = schema.roles.get(role).map(|role| &role.addresses).filter(|networks| !networks.is_empty()) else { return true };
    address.parse().is_ok_and(|address| in_one_of(networks, address))
}

pub(crate) fn address_not_allowed(address: &str) -> Error {
    Error::new(
        ErrorKind::Forbidden,
        "address_not_allowed",
        format!("您的角色不允许从此地址（{address}）登录，请联系管理员。"),
        format!("Your role may not come in from this address ({address}); ask an administrator."),
    )
}

pub(crate) fn not_signed_in() -> Error {
    Error::new(ErrorKind::Unauthenticated, "not_signed_in", "请先登录。", "Please sign in.")
}

#[cfg(test)]
mod tests {
    use super::organisation_of_token;

    #[test]
    fn a_token_names_its_organisation() {
        let secret = "a_".repeat(21) + "b";
        for prefix in ["gx_", "gxt_"] {
            assert_eq!(organisation_of_token(&format!("{prefix}acme_china_{secret}")), Some("acme_china"));
            assert_eq!(organisation_of_token(&format!("{prefix}_{secret}")), None);
        }
        assert_eq!(organisation_of_token("gx_short"), None);
    }
}
