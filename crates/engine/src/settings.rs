//! The organisation's settings: their stored form, and changing them.

use guanxi_access::sensitive;
use guanxi_model::meta::Scope;
use guanxi_model::money::currency;
use guanxi_model::schema::Settings;
use guanxi_model::{Ctx, FieldError, Result};
use serde_json::json;

use crate::Organisation;
use crate::metadata::row;
use crate::schema_change::{apply, begin, valid};

/// What changes; what is `None` stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changes {
    /// Whose records everyone sees who may read their object.
    pub record_scope: Option<Scope>,
    /// The shortest password that can be set, in characters.
    pub password_min: Option<i64>,
    /// How long a session lasts without use, in hours.
    pub idle_hours: Option<i64>,
    /// How long a session lasts at most, in days.
    pub longest_days: Option<i64>,
}

/// Changes settings. They hold from everybody's next request on; sessions that are older than a new limit have ended.
///
/// # Errors
/// 403 unless an administrator asks, in a fresh session; validation of `sign_in.…` that is out of its bounds.
pub async fn update(org: &Organisation, ctx: &Ctx, changes: Changes) -> Result<()> {
    sensitive::require(ctx)?;
    let (_lock, schema) = begin(org, ctx).await?;
    let mut settings = schema.settings.clone();
    if let Some(scope) = changes.record_scope {
        settings.standard_user_scope = if scope == Scope::Setting { Scope::All } else { scope };
    }
    let policy = &mut settings.sign_in;
    let mut errors = Vec::new();
    for (name, told, kept, min, max) in [
        // NIST SP 800-63B 5.1.1.1 asks for at least 8, and for 64 to be possible.
        ("password_min", changes.password_min, &mut policy.password_min, 8, 64),
        ("idle_hours", changes.idle_hours, &mut policy.idle_hours, 1, 30 * 24),
        ("longest_days", changes.longest_days, &mut policy.longest_days, 1, 365),
    ] {
        let Some(told) = told else { continue };
        match u32::try_from(told).ok().filter(|n| (min..=max).contains(n)) {
            Some(n) => *kept = n,
            None => errors.push(FieldError::new(
                format!("sign_in.{name}"),
                "out_of_range",
                format!("须为 {min} 到 {max} 的整数"),
                format!("must be a whole number from {min} to {max}"),
            )),
        }
    }
    valid(errors)?;
    if settings == schema.settings {
        return Ok(());
    }
    tracing::info!(user = ctx.user.0, ?changes, "settings of the organisation were changed");
    apply(org, ctx, &[], &[row("settings", "organisation", &settings_json(&settings))]).await
}

/// The stored form of the settings.
pub(crate) fn settings_json(settings: &Settings) -> serde_json::Value {
    json!({
        "organisation": settings.organisation,
        "currency": settings.currency.code(),
        "currencies": settings.currencies.iter().map(|c| c.code()).collect::<Vec<_>>(),
        "time_zone": settings.time_zone,
        "standard_user_scope": settings.standard_user_scope,
        "sign_in": settings.sign_in,
    })
}

/// The settings of their stored form; what is missing has its default.
pub(crate) fn settings_of(body: &serde_json::Value) -> Settings {
    let mut settings = Settings::default();
    let text = |key: &str| body.get(key).and_then(|v| v.as_str());
    if let Some(name) = text("organisation") {
        name.clone_into(&mut settings.organisation);
    }
    if let Some(zone) = text("time_zone") {
        zone.clone_into(&mut settings.time_zone);
    }
    if let Some(code) = text("currency").and_then(currency) {
        settings.currency = code;
        settings.currencies = vec![code];
    }
    let more = body.get("currencies").and_then(|v| v.as_array()).into_iter().flatten();
    for code in more.filter_map(|v| v.as_str()).filter_map(currency) {
        if !settings.currencies.contains(&code) {
            settings.currencies.push(code);
        }
    }
    if let Some(scope) = body.get("standard_user_scope").and_then(|v| serde_json::from_value(v.clone()).ok()) {
        settings.standard_user_scope = scope;
    }
    if let Some(policy) = body.get("sign_in").and_then(|v| serde_json::from_value(v.clone()).ok()) {
        settings.sign_in = policy;
    }
    settings
}
