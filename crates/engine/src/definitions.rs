//! Taking back a change of roles, of how an object is shared, or of the organisation's settings. The change log keeps what each was before
//! and after; it is taken back by the same ways by which it is changed, and only where nobody has changed it since.

use guanxi_access::{Policy, sensitive};
use guanxi_model::meta::{RoleDef, SharingDef};
use guanxi_model::schema::{Settings, SignInPolicy};
use guanxi_model::{Ctx, Error, ErrorKind, Result};
use serde_json::Value;

use crate::{Organisation, roles, settings, sharing};

/// Puts back what one entry of the change log says a role, the sharing of an object or the organisation's setting was before.
///
/// # Errors
/// 403 unless an administrator asks, in a fresh session; 404 if there is no such entry; 409 `not_undoable` if it is about anything else,
/// `changed_since` if it is no longer as the entry left it; those of changing the definition.
pub async fn undo(org: &Organisation, ctx: &Ctx, seq: i64) -> Result<()> {
    if !Policy::of(ctx, &org.schema()).administrator() {
        return Err(Error::forbidden("只有系统管理员可以撤销设置的修改。", "Only an administrator may take back changes of settings."));
    }
    sensitive::require(ctx)?;
    let entry = org.store().log_after(seq - 1, 1).await?.into_iter().find(|entry| entry.seq == seq && entry.object == 0);
    let entry = entry.ok_or_else(|| Error::not_found("没有这次修改。", "There is no such change."))?;
    let diff: Value = serde_json::from_str(&entry.diff).unwrap_or_default();
    let definitions = diff["definitions"].as_object().filter(|one| one.len() == 1).ok_or_else(not_undoable)?;
    let (key, pair) = definitions.iter().next().ok_or_else(not_undoable)?;
    let (kind, name) = key.split_once('/').ok_or_else(not_undoable)?;
    let (before, after) = (&pair[0], &pair[1]);
    match kind {
        "role" => role(org, ctx, name, before, after).await,
        "sharing" => {
            let known = org.schema().sharing.get(name).cloned().unwrap_or_else(|| SharingDef::of(name));
            as_left(&known, after)?;
            let earlier = if before.is_null() { SharingDef::of(name) } else { parsed(before)? };
            sharing::replace(org, ctx, name, earlier, Some(&sharing::tag(&known))).await
        }
        "settings" => {
            let [before, after] = [before, after].map(settings::settings_of);
            let taken_back = Settings { standard_user_scope: before.standard_user_scope, sign_in: before.sign_in, ..after.clone() };
            if taken_back != before {
                return Err(not_undoable());
            }
            if org.schema().settings != after {
                return Err(changed_since());
            }
            let SignInPolicy { password_min, idle_hours, longest_days } = before.sign_in;
            let [password_min, idle_hours, longest_days] = [password_min, idle_hours, longest_days].map(|n| Some(i64::from(n)));
            let record_scope = Some(before.standard_user_scope);
            settings::update(org, ctx, settings::Changes { record_scope, password_min, idle_hours, longest_days }).await
        }
        _ => Err(not_undoable()),
    }
}

async fn role(org: &Organisation, ctx: &Ctx, name: &str, before: &Value, after: &Value) -> Result<()> {
    let known = org.schema().roles.get(name).cloned();
    match (&known, after.is_null()) {
        (Some(known), false) => as_left(known, after)?,
        (None, true) => {}
        _ => return Err(changed_since()),
    }
    match known {
        None => roles::create(org, ctx, parsed(before)?).await,
        Some(_) if before.is_null() => roles::delete(org, ctx, name).await,
        Some(known) => roles::replace(org, ctx, name, parsed::<RoleDef>(before)?, Some(&roles::tag(&known))).await,
    }
}

/// Refuses what is no longer as the change left it.
fn as_left(known: &impl serde::Serialize, left: &Value) -> Result<()> {
    let known = serde_json::to_value(known).map_err(Error::internal)?;
    if known == *left { Ok(()) } else { Err(changed_since()) }
}

fn parsed<T: serde::de::DeserializeOwned>(body: &Value) -> Result<T> {
    serde_json::from_value(body.clone()).map_err(|_| not_undoable())
}

fn not_undoable() -> Error {
    Error::new(ErrorKind::Conflict, "not_undoable", "此项修改不能从这里撤销。", "This change cannot be taken back from here.")
}

fn changed_since() -> Error {
    Error::new(
        ErrorKind::Conflict,
        "changed_since",
        "此后又有人修改过，不能直接撤销；请先撤销之后的修改。",
        "It has been changed since; take back the later change first.",
    )
}
