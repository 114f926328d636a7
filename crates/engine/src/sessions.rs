//! The sessions of a user: which devices are signed in, and ending them.

use guanxi_access::Policy;
use guanxi_model::render::time_text;
use guanxi_model::{Ctx, Error, RecordId, Result};
use serde::Serialize;
use serde_json::json;

use crate::Organisation;
use crate::admission::{self, token_hash};
use crate::audit::events::{self, About, Kind};

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// What it is named by; worth nothing for signing in.
    pub id: String,
    /// When it began, RFC 3339.
    pub created_at: String,
    /// When it was last used, RFC 3339; recorded every ten minutes.
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

/// How much of a token's hash names a session.
const ID: usize = 16;

/// The sessions of a user, the last used first. `token` is that of the session that asks.
///
/// # Errors
/// 403 for another's, unless an administrator asks.
pub async fn list(org: &Organisation, ctx: &Ctx, user: RecordId, token: &str) -> Result<Vec<Shown>> {
    check(org, ctx, user)?;
    let own = token_hash(token);
    let (schema, now) = (org.schema(), org.now_us());
    let sessions = org.store().sessions_of_user(user, now).await?;
    let shown = sessions.into_iter().filter(|session| admission::ends_at(&schema, session) > now).map(|session| {
        let (address, agent) = session.client.split_once(' ').unwrap_or((&session.client, ""));
        Shown {
            id: session.token_hash.chars().take(ID).collect(),
            created_at: time_text(session.created_at),
            seen_at: time_text(session.seen_at),
            expires_at: time_text(admission::ends_at(&schema, &session)),
            address: address.to_owned(),
            agent: agent.to_owned(),
            current: session.token_hash == own,
        }
    });
    Ok(shown.collect())
}

/// Ends one session of a user: its token is worth nothing from the next request on.
///
/// # Errors
/// 403 for another's, unless an administrator asks; 404.
pub async fn end(org: &Organisation, ctx: &Ctx, user: RecordId, id: &str) -> Result<()> {
    check(org, ctx, user)?;
    let sessions = org.store().sessions_of_user(user, org.now_us()).await?;
    let session = sessions.into_iter().find(|s| s.token_hash.get(..ID) == Some(id)).ok_or_else(no_session)?;
    let event = events::event(org, ctx, Kind::SessionEnd, About::Record(user), json!({"session": id, "client": session.client}));
    if org.store().session_end(&session.token_hash, &event).await? { Ok(()) } else { Err(no_session()) }
}

/// Ends all sessions of a user but the one that asks; gives their count.
///
/// # Errors
/// 403 for another's, unless an administrator asks.
pub async fn end_others(org: &Organisation, ctx: &Ctx, user: RecordId, token: &str) -> Result<u64> {
    check(org, ctx, user)?;
    let event = events::event(org, ctx, Kind::SessionEnd, About::Record(user), json!({"session": "others"}));
    org.store().session_end_others(user, &token_hash(token), &event).await
}

fn check(org: &Organisation, ctx: &Ctx, user: RecordId) -> Result<()> {
    if user == ctx.user || Policy::of(ctx, &org.schema()).administrator() {
        return Ok(());
    }
    Err(Error::forbidden("只有系统管理员可以查看和结束他人的登录。", "Only an administrator may see and end another user's sessions."))
}

fn no_session() -> Error {
    Error {
        code: "no_session", ..Error::not_found("没有此登录，可能已经结束。", "There is no such session; it may have ended.")
    }
}
