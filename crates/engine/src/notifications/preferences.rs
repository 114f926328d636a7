//! Which kinds a user wants to be told of. All, unless the user said otherwise.

use std::collections::BTreeMap;

use guanxi_model::{Ctx, Error, FieldError, RecordId, Result};

use super::Kind;
use crate::Organisation;

/// The key in the user's settings.
const SETTING: &str = "notifications";

/// The signed-in user's choice for each kind.
///
/// # Errors
/// Those of the store.
pub async fn preferences(org: &Organisation, ctx: &Ctx) -> Result<BTreeMap<Kind, bool>> {
    of(org, ctx.user).await
}

/// Changes the signed-in user's choice.
///
/// # Errors
/// 422 for an unknown kind.
pub async fn set_preferences(org: &Organisation, ctx: &Ctx, patch: &BTreeMap<String, bool>) -> Result<BTreeMap<Kind, bool>> {
    let mut chosen = of(org, ctx.user).await?;
    for (name, wanted) in patch {
        let kind = Kind::parse(name).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::name).join("、");
            Error::field(FieldError::new(
                name.clone(),
                "unknown_kind",
                format!("没有这种通知；可选：{known}"),
                format!("there is no such kind of notification; there are {}", known.replace('、', ", ")),
            ))
        })?;
        chosen.insert(kind, *wanted);
    }
    let body = serde_json::to_string(&chosen).map_err(Error::internal)?;
    org.store().user_setting_set(ctx.user, SETTING, Some(&body)).await?;
    Ok(chosen)
}

/// Whether a user wants to be told of a kind.
pub(super) async fn wants(org: &Organisation, user: RecordId, kind: Kind) -> Result<bool> {
    Ok(of(org, user).await?.get(&kind).copied().unwrap_or(true))
}

async fn of(org: &Organisation, user: RecordId) -> Result<BTreeMap<Kind, bool>> {
    let stored = org.store().user_settings(user).await?;
    let chosen: BTreeMap<String, bool> =
        stored.iter().find(|(key, _)| key == SETTING).and_then(|(_, body)| serde_json::from_str(body).ok()).unwrap_or_default();
    Ok(Kind::ALL.into_iter().map(|kind| (kind, chosen.get(kind.name()).copied().unwrap_or(true))).collect())
}
