//! Users: the administrator of a new organisation, passwords, and what the signed-in user is told about herself.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use guanxi_access::{Policy, Purpose, on_behalf_of_product};
use guanxi_model::change::{Change, Op};
use guanxi_model::{Cell, Ctx, Door, Entry, Error, FieldError, Lang, RecordId, Result, Schema};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use serde_json::{Value, json};

use crate::audit::events::{self, About, Kind};
use crate::organisation::NewOrganisation;
use crate::write::{self, Operation, Options};
use crate::{Organisation, passwords};

/// The Argon2id hash of a password in PHC form.
pub(crate) fn hash_password(org: &Organisation, password: &str) -> Result<String> {
    let mut salt = [0u8; 16];
    org.random().fill(&mut salt);
    Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|h| h.to_string()).map_err(Error::internal)
}

/// Whether a password matches its hash.
pub(crate) fn verify_password(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
}

/// A user as sign-in needs it.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub id: RecordId,
    pub name: String,
    pub email: String,
    pub role: String,
    pub permission_sets: Arc<[String]>,
    /// Whether the user may come in: a queue never does.
    pub active: bool,
    pub language: Option<Lang>,
    pub time_zone: Option<String>,
}

const FIELDS: [&str; 9] = ["id", "name", "email", "role", "active", "language", "time_zone", "permission_sets", "served_by_id"];

/// The live user that satisfies a condition.
pub(crate) async fn find(org: &Organisation, condition: Expr) -> Result<Option<User>> {
    let query = on_behalf_of_product(Purpose::SignIn, Query::fields("user", &FIELDS).and(condition));
    let rows = org.store().select(&org.system_ctx(Door::System), &org.schema(), &query, &Page { limit: 1, ..Page::default() }).await?;
    Ok(rows.rows().next().map(user_of))
}

/// The live user with this id.
pub(crate) async fn by_id(org: &Organisation, id: RecordId) -> Result<Option<User>> {
    find(org, Expr::Compare("id".into(), Comparison::Eq, Literal::Id(id.0))).await
}

fn user_of(row: &[Cell]) -> User {
    let text = |i: usize| row.get(i).and_then(Cell::as_text).map(str::to_owned);
    User {
        id: RecordId(row.first().and_then(Cell::as_int).unwrap_or(0)),
        name: text(1).unwrap_or_default(),
        email: text(2).unwrap_or_default(),
        role: text(3).unwrap_or_default(),
        active: row.get(4).and_then(Cell::as_bool).unwrap_or(false) && row.get(8).is_none_or(Cell::is_null),
        language: text(5).and_then(|t| Lang::from_accept(&t)),
        time_zone: text(6),
        permission_sets: text(7).iter().flat_map(|sets| sets.split(';')).filter(|set| !set.is_empty()).map(str::to_owned).collect(),
    }
}

/// The administrator with the lowest id.
pub(crate) async fn first_administrator(org: &Organisation) -> Result<Option<RecordId>> {
    let schema = org.schema();
    let roles = administrator_roles(&schema).map(|name| Literal::Text(name.to_owned())).collect();
    let active = Expr::Compare("active".into(), Comparison::Eq, Literal::Bool(true));
    Ok(find(org, Expr::And(vec![Expr::In("role".into(), roles, false), active])).await?.map(|u| u.id))
}

/// The names of the roles that may do everything.
fn administrator_roles(schema: &Schema) -> impl Iterator<Item = &str> {
    schema.roles.values().filter(|role| role.administrator).map(|role| role.name.as_str())
}

/// The first user of a new organisation, who made and owns herself.
pub(crate) async fn create_administrator(org: &Organisation, new: &NewOrganisation) -> Result<()> {
    let schema = org.schema();
    let user = org.new_ids(schema.require("user")?.no, 1).await?.first().copied();
    let ctx = Ctx { user: user.unwrap_or(RecordId(0)), ..org.system_ctx(Door::System) };
    let name = new.admin_name.clone().unwrap_or_else(|| "管理员".to_owned());
    let values = json!({"name": name, "email": new.admin_email, "role": "administrator", "active": true, "time_zone": new.time_zone});
    let operation = Operation::Create { object: "user".to_owned(), values: values.as_object().cloned().unwrap_or_default() };
    write::write_one(org, &ctx, operation, Options { id: user, ..Options::default() }).await?;
    let hash = hash_password(org, &new.admin_password)?;
    let event = events::event(org, &ctx, Kind::PasswordChange, About::Record(ctx.user), json!({}));
    org.store().credential_set(ctx.user, &hash, &event).await
}

/// Whether the user may set this user's password: an administrator anyone's, others their own.
///
/// # Errors
/// 403.
pub fn check_may_set_password(org: &Organisation, ctx: &Ctx, user: RecordId) -> Result<()> {
    if user == ctx.user || Policy::of(ctx, &org.schema()).administrator() {
        return Ok(());
    }
    Err(Error::forbidden("只有系统管理员可以设置他人的密码。", "Only an administrator may set another user's password."))
}

/// Sets a user's password and ends the user's sessions.
///
/// # Errors
/// Validation for a password of the wrong length; those of [`check_may_set_password`]; 404.
pub async fn set_password(org: &Organisation, ctx: &Ctx, user: RecordId, password: &str) -> Result<()> {
    set_password_but(org, ctx, user, password, None).await
}

/// The same, but for the session whose token has this hash.
pub(crate) async fn set_password_but(org: &Organisation, ctx: &Ctx, user: RecordId, password: &str, stays: Option<&str>) -> Result<()> {
    check_may_set_password(org, ctx, user)?;
    let known = by_id(org, user).await?.ok_or_else(Error::no_record)?;
    let hash = new_password_hash(org, &known, password).await?;
    let event = events::event(org, ctx, Kind::PasswordChange, About::Record(user), json!({}));
    org.store().password_change(user, &hash, stays, &event).await?;
    tracing::info!(user = user.0, by = ctx.user.0, "a password was set");
    Ok(())
}

/// The hash of a new password of a user.
///
/// # Errors
/// Validation of `password` for one that is refused.
pub(crate) async fn new_password_hash(org: &Organisation, user: &User, password: &str) -> Result<String> {
    let (org, user, password) = (org.clone(), user.clone(), password.to_owned());
    let hashed =
        tokio::task::spawn_blocking(move || match passwords::check_with_list(&org, "password", &password, &[&user.name, &user.email])? {
            Some(error) => Err(Error::field(error)),
            None => hash_password(&org, &password),
        });
    hashed.await.map_err(Error::internal)?
}

/// Users whom these changes deactivate or delete: with them go their sessions and tokens, in the same transaction.
pub(crate) fn leaving(schema: &Schema, changes: &[Change]) -> Vec<RecordId> {
    let Some(user) = schema.object("user") else { return Vec::new() };
    let active = user.field("active").and_then(|f| f.columns.first()).map(|c| c.name.as_str());
    let goes = |change: &&Change| match change.op {
        Op::Delete | Op::Purge => true,
        Op::Update => change.values.iter().any(|(column, cell)| Some(column.as_str()) == active && cell.as_bool() != Some(true)),
        Op::Create | Op::Restore => false,
    };
    changes.iter().filter(|c| c.object() == user.no).filter(goes).map(|c| c.id).collect()
}

/// Deactivates a user, which ends all sessions of that user.
///
/// # Errors
/// Those of the write door.
pub async fn deactivate(org: &Organisation, ctx: &Ctx, user: RecordId) -> Result<()> {
    let values = serde_json::Map::from_iter([("active".to_owned(), Value::Bool(false))]);
    write::write_one(org, ctx, Operation::Update { id: user, values, version: None }, Options::default()).await.map(drop)
}

/// Who is signed in, with settings and rights (`Me` of the API).
///
/// # Errors
/// Those of the store; 404 if the user was deleted meanwhile.
pub async fn me(org: &Organisation, ctx: &Ctx) -> Result<Value> {
    let user = by_id(org, ctx.user).await?.ok_or_else(Error::no_record)?;
    let schema = org.schema();
    let policy = Policy::of(ctx, &schema);
    let stored = org.store().user_settings(ctx.user).await?;
    let enrol = matches!(ctx.entry, Entry::Session { enrol: true, .. });
    let previewed_by = match ctx.entry {
        Entry::Preview { by } => by_id(org, by).await?,
        _ => None,
    };
    let number = |key: &str| stored.iter().find(|(k, _)| k == key).and_then(|(_, v)| v.parse::<i64>().ok()).unwrap_or(0);
    let kept = |key: &str| stored.iter().find(|(k, _)| k == key).and_then(|(_, v)| serde_json::from_str::<String>(v).ok());
    let settings = &schema.settings;
    Ok(json!({
        "id": schema.id_text(user.id),
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "administrator": policy.administrator(),
        "language": user.language.unwrap_or_default(),
        "theme": kept("theme").as_deref().unwrap_or("system"),
        "density": kept("density").as_deref().unwrap_or("comfortable"),
        "time_zone": user.time_zone.as_deref().unwrap_or(&settings.time_zone),
        "tour": number("tour"),
        "seq": crate::changes::head(org),
        "second_factor_due": enrol,
        "previewed_by": previewed_by.map(|by| json!({"id": schema.id_text(by.id), "name": by.name})),
        "organisation": {
            "name": settings.organisation,
            "currency": settings.currency.code(),
            "currencies": settings.currencies.iter().map(|c| c.code()).collect::<Vec<_>>(),
            "time_zone": settings.time_zone,
            "administrator_roles": administrator_roles(&schema).collect::<Vec<_>>(),
            "record_scope": settings.standard_user_scope,
            "sign_in": settings.sign_in,
        },
        "rights": {"import": policy.import(), "export": policy.export(), "customise": policy.administrator(), "manage_users": policy.administrator(), "view_audit": policy.view_audit()},
    }))
}

/// Changes the signed-in user's own language, theme, density, time zone and place in the tour.
///
/// # Errors
/// Validation naming the member that is unknown or wrong.
pub async fn update_me(org: &Organisation, ctx: &Ctx, patch: &Value) -> Result<Value> {
    let members = patch.as_object().cloned().unwrap_or_default();
    let mut record = serde_json::Map::new();
    let mut settings = Vec::new();
    for (key, value) in members {
        let text = value.as_str().unwrap_or_default();
        match key.as_str() {
            "language" if ["zh-CN", "en"].contains(&text) => drop(record.insert(key, value)),
            "time_zone" if jiff::tz::TimeZone::get(text).is_ok() => drop(record.insert(key, value)),
            "theme" if ["light", "dark", "system"].contains(&text) => settings.push((key, value.to_string())),
            "density" if ["comfortable", "compact"].contains(&text) => settings.push((key, value.to_string())),
            "tour" if value.as_i64().is_some_and(|step| (-1..=99).contains(&step)) => settings.push((key, value.to_string())),
            "language" | "time_zone" | "theme" | "density" | "tour" => {
                return Err(Error::field(FieldError::new(key, "invalid_value", "值不在可选范围内", "is not one of the possible values")));
            }
            _ => return Err(Error::field(FieldError::new(key, "unknown_field", "没有此设置", "there is no such setting"))),
        }
    }
    for (key, value) in settings {
        org.store().user_setting_set(ctx.user, &key, Some(&value)).await?;
    }
    if !record.is_empty() {
        // The user's own language and zone only: a right everyone has, so the product writes it.
        let product = Ctx { user: ctx.user, ..org.system_ctx(ctx.door) };
        let operation = Operation::Update { id: ctx.user, values: record, version: None };
        write::write_one(org, &product, operation, Options::default()).await?;
    }
    me(org, ctx).await
}
