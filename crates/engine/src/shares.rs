//! Single records shared with users, teams, positions and public groups, for a time or for good: the record's team is those it is shared
//! with and the part they play. The audit log notes each share.

use guanxi_access::Policy;
use guanxi_model::meta::ShareAccess;
use guanxi_model::render::time_text;
use guanxi_model::{Ctx, Error, ErrorKind, FieldError, Object, RecordId, Result};
use guanxi_store::sys::Share;
use serde::Serialize;
use serde_json::json;

use crate::audit::events::{self, About, Kind};
use crate::changes::{Person, people};
use crate::sharing::{grantee, unknown_grantee};
use crate::{Organisation, explain, read};

/// The most users, teams, positions and groups that one record is shared with.
const MAX_SHARES: usize = 200;

/// The longest name of a part.
const MAX_PART: usize = 40;

/// With whom something is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Grantee {
    /// Record id.
    pub id: String,
    /// `user`, `team`, `position`, `public_group` or `territory`.
    pub object: String,
    /// Name.
    pub name: String,
}

/// A share as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShareShown {
    /// With whom.
    pub with: Grantee,
    /// What they may do.
    pub access: ShareAccess,
    /// The part they play.
    pub part: Option<String>,
    /// Until when; `null`: for good.
    pub expires_at: Option<String>,
    /// Who shared it.
    pub by: Option<Person>,
    /// When.
    pub at: String,
}

/// The shares of a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shares {
    /// Whether the user may share it and end shares.
    pub may_share: bool,
    /// With whom it is shared, the oldest share first.
    pub shares: Vec<ShareShown>,
}

/// What is shared, and for how long.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// What they may do.
    pub access: ShareAccess,
    /// The part they play.
    pub part: Option<String>,
    /// Until when, microseconds since the epoch.
    pub expires_at: Option<i64>,
}

/// A time in RFC 3339 as microseconds since the epoch.
///
/// # Errors
/// Validation of `expires_at`.
pub fn time(text: &str) -> Result<i64> {
    let read = crate::write::normalise::date_time("expires_at", &json!(text)).map_err(Error::field)?;
    read.first().and_then(guanxi_model::Cell::as_int).ok_or_else(|| Error::internal("a time without a value"))
}

/// With whom a record is shared. Whoever sees the record sees that.
///
/// # Errors
/// 404 for a record the user may not see.
pub async fn list(org: &Organisation, ctx: &Ctx, object: &str, record: &str) -> Result<Shares> {
    let (id, may_share) = asked(org, ctx, object, record).await?;
    let now = org.now_us();
    let shares: Vec<Share> = org.store().shares_of(id).await?.into_iter().filter(|s| s.expires_at.is_none_or(|at| at > now)).collect();
    let by = people(org, ctx, shares.iter().map(|share| share.by)).await?;
    let mut shown = Vec::with_capacity(shares.len());
    for share in shares {
        let schema = org.schema();
        let text = schema.id_text(share.with);
        // One that is in the recycle bin is not named; the share holds again when it comes back.
        let Some((_, name)) = grantee(org, &text).await? else { continue };
        let with =
            Grantee { id: text, object: schema.object_of(share.with).map(|object| object.name().to_owned()).unwrap_or_default(), name };
        shown.push(ShareShown {
            with,
            access: if share.edit { ShareAccess::Edit } else { ShareAccess::Read },
            part: share.part,
            expires_at: share.expires_at.map(time_text),
            by: by.get(&share.by).cloned(),
            at: time_text(share.at),
        });
    }
    Ok(Shares { may_share, shares: shown })
}

/// Shares a record with someone, or changes the terms of a share.
///
/// # Errors
/// 404 for a record the user may not see; 403 unless the user answers for it; validation of the terms.
pub async fn share(org: &Organisation, ctx: &Ctx, object: &str, record: &str, with: &str, terms: Terms) -> Result<()> {
    let (id, may_share) = asked(org, ctx, object, record).await?;
    check_right(org, id, may_share)?;
    let mut errors = Vec::new();
    let to = grantee(org, with).await?.filter(|(to, _)| *to != id);
    let schema = org.schema();
    let seen = match schema.parse_id(with) {
        Some((_, to)) if to == ctx.user => true,
        Some((of, _)) => read::get(org, ctx, of.name(), with, Some(&["id"])).await.is_ok(),
        None => false,
    };
    if to.is_none() || !seen {
        errors.push(unknown_grantee("with", with));
    }
    let part = terms.part.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty());
    if part.as_ref().is_some_and(|part| part.chars().count() > MAX_PART) {
        let (zh, en) = (format!("最多 {MAX_PART} 个字符"), format!("has at most {MAX_PART} characters"));
        errors.push(FieldError::new("part", "too_long", zh, en));
    }
    if terms.expires_at.is_some_and(|at| at <= org.now_us()) {
        errors.push(FieldError::new("expires_at", "in_the_past", "须晚于现在", "must be later than now"));
    }
    crate::schema_change::valid(errors)?;
    let Some((to, _)) = to else { return Err(Error::no_record()) };
    let known = org.store().shares_of(id).await?;
    if known.len() >= MAX_SHARES && known.iter().all(|share| share.with != to) {
        return Err(Error::new(
            ErrorKind::Conflict,
            "too_many_shares",
            format!("一条记录最多共享给 {MAX_SHARES} 个对象；请改用公共组。"),
            format!("A record is shared with at most {MAX_SHARES}; please use a public group."),
        ));
    }
    let share = Share {
        record: id,
        with: to,
        edit: terms.access == ShareAccess::Edit,
        expires_at: terms.expires_at,
        part,
        by: ctx.user,
        at: org.now_us(),
    };
    let body = json!({"with": org.schema().id_text(to), "access": terms.access, "part": share.part, "expires_at": share.expires_at.map(time_text)});
    let event = events::event(org, ctx, Kind::Share, About::Record(id), body);
    let first = !org.store().shared_objects().await?.contains(&id.object());
    org.store().share_put(&share, first, &event).await
}

/// Ends a share; nothing happens where there is none.
///
/// # Errors
/// 404 for a record the user may not see; 403 unless the user answers for it, or it is the user's own.
pub async fn unshare(org: &Organisation, ctx: &Ctx, object: &str, record: &str, with: &str) -> Result<()> {
    let (id, may_share) = asked(org, ctx, object, record).await?;
    let schema = org.schema();
    let Some((_, with)) = schema.parse_id(with) else { return Err(Error::no_record()) };
    if with != ctx.user {
        check_right(org, id, may_share)?;
    }
    if org.store().shares_of(id).await?.iter().all(|share| share.with != with) {
        return Ok(());
    }
    let event = events::event(org, ctx, Kind::Unshare, About::Record(id), json!({"with": schema.id_text(with)}));
    org.store().share_remove(id, with, &event).await
}

/// The record, which the user must see, and whether the user may share it.
async fn asked(org: &Organisation, ctx: &Ctx, object: &str, record: &str) -> Result<(RecordId, bool)> {
    read::get(org, ctx, object, record, Some(&["id"])).await?;
    let schema = org.schema();
    let (object, id) = schema.parse_id(record).ok_or_else(Error::no_record)?;
    let owner = explain::owner_of(org, object, id).await?;
    let policy = Policy::of(ctx, &schema);
    Ok((id, can_be_shared(org, policy, object) && policy.answers_for(object, owner)))
}

fn can_be_shared(org: &Organisation, policy: Policy<'_>, object: &Object) -> bool {
    policy.allows_manual(object) && !org.is_administered(object.name())
}

fn check_right(org: &Organisation, record: RecordId, may_share: bool) -> Result<()> {
    if may_share {
        return Ok(());
    }
    let schema = org.schema();
    let label = schema.object_of(record).map(|object| object.def.label.clone()).unwrap_or_default();
    Err(Error::forbidden(
        format!("只有负责人及其上级可以共享此“{}”，并且该对象须允许共享。", label.zh),
        format!("Only the owner, and those above, may share this {}, and only where its sharing is allowed.", label.en),
    ))
}
