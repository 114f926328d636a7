//! Looking as another user does: an administrator sees what the user sees, by the user's rights, and changes nothing. It is the administrator's
//! own session that looks so, until it says otherwise or ends; whatever ends that session ends the preview.

use guanxi_access::{Policy, sensitive};
use guanxi_model::{Ctx, Entry, Error, FieldError, RecordId, Result};
use serde_json::json;

pub use guanxi_access::sensitive::only_looking;

use crate::admission::token_hash;
use crate::audit::events::{self, About, Kind};
use crate::{Organisation, users};

/// The session of this token looks as a user does from the next request on.
///
/// # Errors
/// 403 unless it is an administrator's, and fresh; validation of `user` for oneself and for who is not active; 404.
pub async fn begin(org: &Organisation, ctx: &Ctx, token: &str, user: RecordId) -> Result<()> {
    if !Policy::of(ctx, &org.schema()).administrator() {
        return Err(Error::forbidden("只有系统管理员可以以他人身份预览。", "Only an administrator may look as another user."));
    }
    sensitive::require(ctx)?;
    let other = users::by_id(org, user).await?.ok_or_else(Error::no_record)?;
    if other.id == ctx.user {
        return Err(Error::field(FieldError::new("user", "own", "请选择他人", "choose somebody else")));
    }
    if !other.active {
        return Err(Error::field(FieldError::new("user", "inactive", "该用户已停用", "this user is not active")));
    }
    let event = events::event(org, ctx, Kind::PreviewBegin, About::Record(user), json!({}));
    tracing::info!(user = user.0, by = ctx.user.0, "an administrator looks as a user");
    org.store().session_view(&token_hash(token), Some(user), &event).await
}

/// The session of this token no longer looks as anybody else. Nothing happens if it does not.
///
/// # Errors
/// Those of the store.
pub async fn end(org: &Organisation, ctx: &Ctx, token: &str) -> Result<()> {
    let Entry::Preview { by } = ctx.entry else { return Ok(()) };
    let event = events::of(org, by, ctx.door, Kind::PreviewEnd, About::Record(ctx.user), json!({}));
    org.store().session_view(&token_hash(token), None, &event).await
}
