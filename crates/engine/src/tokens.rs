//! Tokens with which programs act for a user: made by the user, shown once, with the user's rights or fewer, for a limited time.

pub use guanxi_access::sensitive::not_by_token;
use guanxi_access::{Policy, sensitive};
use guanxi_model::render::time_text;
use guanxi_model::{Ctx, Entry, Error, ErrorKind, FieldError, RecordId, Result, TokenScope};
use guanxi_store::sys::ApiToken;
use serde::Serialize;
use serde_json::json;

use crate::Organisation;
use crate::admission::{self, token_hash};
use crate::audit::events::{self, About, Kind};

/// How long a token lasts if nothing else is said, in days.
pub const DAYS: u32 = 90;

/// How long a token may last, in days.
pub const MAX_DAYS: u32 = 365;

/// How many tokens a user may have.
const MAX_TOKENS: usize = 50;

/// How many objects a token may name.
const MAX_OBJECTS: usize = 50;

/// How long an expired token is still listed, in microseconds (30 days).
pub(crate) const KEPT_US: i64 = 30 * DAY_US;

const DAY_US: i64 = 86_400 * 1_000_000;

/// How much of a token's hash names it.
const ID: usize = 16;

/// The longest name, in characters.
const MAX_NAME: usize = 80;

/// What a new token is to be.
#[derive(Clone, Debug, Default)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// Whether it writes; else it only reads.
    pub write: bool,
    /// The objects whose records it reaches; all if none is named.
    pub objects: Vec<String>,
    /// After how many days it ends; [`DAYS`] if that is not said.
    pub days: Option<u32>,
}

/// A token as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// What it is named by; worth nothing for getting in.
    pub id: String,
    /// The user for whom it acts.
    pub user: String,
    /// What it is for.
    pub name: String,
    /// Whether it writes.
    pub write: bool,
    /// The objects whose records it reaches; all if none is named.
    pub objects: Vec<String>,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// When it ends, RFC 3339.
    pub expires_at: String,
    /// Whether it has ended.
    pub expired: bool,
    /// When it was last used, RFC 3339; recorded once a minute.
    pub used_at: Option<String>,
    /// From which address it was last used.
    pub used_from: Option<String>,
}

/// The tokens of a user, the newest first; those of all users if none is named.
///
/// # Errors
/// 403 for another's, unless an administrator asks.
pub async fn list(org: &Organisation, ctx: &Ctx, user: Option<RecordId>) -> Result<Vec<Shown>> {
    check(org, ctx, user)?;
    Ok(org.store().tokens(user).await?.into_iter().map(|token| shown(org, token)).collect())
}

/// Makes a token for the user who asks. Gives the token, which is not kept anywhere, and how it is listed.
///
/// # Errors
/// Those of [`sensitive::require`]; validation of the name, the objects and the days; 409 with too many tokens.
pub async fn create(org: &Organisation, ctx: &Ctx, new: NewToken) -> Result<(String, Shown)> {
    sensitive::require(ctx)?;
    let new = valid(org, ctx, new)?;
    if org.store().tokens(Some(ctx.user)).await?.len() >= MAX_TOKENS {
        return Err(Error::new(
            ErrorKind::Conflict,
            "too_many_tokens",
            format!("每名用户最多 {MAX_TOKENS} 个令牌，请先吊销不用的。"),
            format!("A user has {MAX_TOKENS} tokens at most; revoke one that is not used any more."),
        ));
    }
    let secret = admission::new_token(org, admission::PROGRAM);
    let now = org.now_us();
    let scope = TokenScope { write: new.write, objects: new.objects };
    let token = ApiToken {
        token_hash: token_hash(&secret),
        user: ctx.user,
        name: new.name,
        scope: serde_json::to_string(&scope).map_err(Error::internal)?,
        created_at: now,
        expires_at: now + i64::from(new.days.unwrap_or(DAYS)) * DAY_US,
        used_at: None,
        used_from: None,
    };
    let body = json!({"token": id_of(&token), "name": token.name, "scope": scope, "expires_at": time_text(token.expires_at)});
    org.store().token_add(&token, &events::event(org, ctx, Kind::TokenMade, About::Record(ctx.user), body)).await?;
    Ok((secret, shown(org, token)))
}

/// Revokes a token of a user: it is worth nothing from the next request on.
///
/// # Errors
/// 403 by a token, and for another's, unless an administrator asks; 404.
pub async fn revoke(org: &Organisation, ctx: &Ctx, id: &str) -> Result<()> {
    if matches!(ctx.entry, Entry::Token(_)) {
        return Err(not_by_token());
    }
    let administrator = Policy::of(ctx, &org.schema()).administrator();
    let tokens = org.store().tokens((!administrator).then_some(ctx.user)).await?;
    let token = tokens.into_iter().find(|t| id_of(t) == id).ok_or_else(no_token)?;
    let body = json!({"token": id, "name": token.name});
    let event = events::event(org, ctx, Kind::TokenRevoked, About::Record(token.user), body);
    if org.store().token_revoke(&token.token_hash, &event).await? { Ok(()) } else { Err(no_token()) }
}

fn valid(org: &Organisation, ctx: &Ctx, new: NewToken) -> Result<NewToken> {
    let mut errors = Vec::new();
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > MAX_NAME {
        let (zh, en) = (format!("名称须为 1 到 {MAX_NAME} 个字符"), format!("a name has 1 to {MAX_NAME} characters"));
        errors.push(FieldError::new("name", "length", zh, en));
    }
    if !(1..=MAX_DAYS).contains(&new.days.unwrap_or(DAYS)) {
        let (zh, en) = (format!("有效期须为 1 到 {MAX_DAYS} 天"), format!("it lasts from 1 to {MAX_DAYS} days"));
        errors.push(FieldError::new("expires_in_days", "out_of_range", zh, en));
    }
    let schema = org.schema();
    let policy = Policy::of(ctx, &schema);
    let mut objects = new.objects;
    objects.sort();
    objects.dedup();
    for (place, object) in objects.iter().enumerate() {
        if !schema.object(object).is_some_and(|found| policy.reads(found)) {
            let (zh, en) = (format!("没有对象“{object}”"), format!("there is no object “{object}”"));
            errors.push(FieldError::new(format!("objects[{place}]"), "unknown_object", zh, en));
        }
    }
    if objects.len() > MAX_OBJECTS {
        let (zh, en) = (format!("最多指明 {MAX_OBJECTS} 个对象"), format!("at most {MAX_OBJECTS} objects can be named"));
        errors.push(FieldError::new("objects", "too_many", zh, en));
    }
    if errors.is_empty() { Ok(NewToken { name, objects, ..new }) } else { Err(Error::validation(errors)) }
}

fn shown(org: &Organisation, token: ApiToken) -> Shown {
    let scope: TokenScope = serde_json::from_str(&token.scope).unwrap_or_default();
    Shown {
        id: id_of(&token).to_owned(),
        user: org.schema().id_text(token.user),
        name: token.name,
        write: scope.write,
        objects: scope.objects,
        created_at: time_text(token.created_at),
        expires_at: time_text(token.expires_at),
        expired: token.expires_at <= org.now_us(),
        used_at: token.used_at.map(time_text),
        used_from: token.used_from,
    }
}

fn id_of(token: &ApiToken) -> &str {
    token.token_hash.get(..ID).unwrap_or_default()
}

fn check(org: &Organisation, ctx: &Ctx, user: Option<RecordId>) -> Result<()> {
    if user == Some(ctx.user) || Policy::of(ctx, &org.schema()).administrator() {
        return Ok(());
    }
    Err(Error::forbidden("只有系统管理员可以查看他人的令牌。", "Only an administrator may see another user's tokens."))
}

fn no_token() -> Error {
    Error {
        code: "no_token", ..Error::not_found("没有此令牌，可能已被吊销。", "There is no such token; it may have been revoked.")
    }
}
