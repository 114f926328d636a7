//! Roles made and changed by administrators: profiles and permission sets. They are part of the schema, so that a change holds from the
//! next request of everybody on, on every node, and stands in the change log with what was there before.

use guanxi_access::{Purpose, on_behalf_of_product, sensitive};
use guanxi_model::meta::{RoleDef, RoleKind, check};
use guanxi_model::network::in_one_of;
use guanxi_model::{Ctx, Door, Entry, Error, ErrorKind, FieldError, Result};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use serde::Serialize;

use crate::Organisation;
use crate::metadata::row;
use crate::schema_change::{apply, begin, gone, own_name, valid};

/// Roles that cannot be changed: somebody must always be able to do everything.
const FIXED: &str = "administrator";

/// A role with what is known of its use.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Role {
    /// The definition.
    #[serde(flatten)]
    pub def: RoleDef,
    /// How many users have it, deactivated ones too.
    pub users: u64,
    /// Whether a pack brought it: then it cannot be deleted.
    pub standard: bool,
    /// Whether it can be changed.
    pub editable: bool,
}

/// All roles, profiles first, each kind by name.
///
/// # Errors
/// 403 unless an administrator asks.
pub async fn list(org: &Organisation, ctx: &Ctx) -> Result<Vec<Role>> {
    check_administrator(org, ctx)?;
    let schema = org.schema();
    let mut roles = Vec::new();
    for def in schema.roles_of(RoleKind::Profile).chain(schema.roles_of(RoleKind::PermissionSet)) {
        roles.push(shown(org, def).await?);
    }
    Ok(roles)
}

/// One role.
///
/// # Errors
/// 403 unless an administrator asks; 404.
pub async fn get(org: &Organisation, ctx: &Ctx, name: &str) -> Result<Role> {
    check_administrator(org, ctx)?;
    let schema = org.schema();
    shown(org, schema.roles.get(name).ok_or_else(no_role)?).await
}

async fn shown(org: &Organisation, def: &RoleDef) -> Result<Role> {
    let standard = is_standard(&def.name);
    Ok(Role { users: used(org, def).await?, standard, editable: def.name != FIXED, def: def.clone() })
}

fn is_standard(name: &str) -> bool {
    !name.starts_with("x_")
}

/// Makes a role.
///
/// # Errors
/// 403 unless an administrator asks; validation of the definition; 409 if there is a role of that name.
pub async fn create(org: &Organisation, ctx: &Ctx, def: RoleDef) -> Result<()> {
    sensitive::require(ctx)?;
    let (_lock, schema) = begin(org, ctx).await?;
    own_name("name", &def.name)?;
    if schema.roles.contains_key(&def.name) {
        let name = &def.name;
        return Err(Error::new(ErrorKind::Conflict, "exists", format!("“{name}”已存在。"), format!("“{name}” exists already.")));
    }
    valid(check::check_role(&def, schema.as_ref()))?;
    apply(org, ctx, &[], &[row("role", &def.name, &def)]).await
}

/// Puts a definition in the place of a role's. `seen` is the one the caller has seen, if it says.
///
/// # Errors
/// 403 unless an administrator asks; 404; validation, of networks without one's own address among others; 409 for the role of administrators (but for what signing in
/// needs), a new name or kind; 412 if it is no longer
/// as it was seen.
pub async fn replace(org: &Organisation, ctx: &Ctx, name: &str, def: RoleDef, seen: Option<&str>) -> Result<()> {
    sensitive::require(ctx)?;
    let (_lock, schema) = begin(org, ctx).await?;
    let known = schema.roles.get(name).ok_or_else(no_role)?;
    if name == FIXED && (def == *known || !is_same_but_for_sign_in(&def, known)) {
        return Err(fixed());
    }
    if seen.is_some_and(|seen| seen != tag(known)) {
        return Err(Error {
            current: serde_json::to_value(known).ok().map(Box::new),
            ..Error::new(
                ErrorKind::VersionConflict,
                "version_conflict",
                "该角色已被他人修改，请核对后再保存。",
                "The role has been changed by someone else; look at it again before saving.",
            )
        });
    }
    let mut errors = check::check_role(&def, schema.as_ref());
    for (field, changed) in [("name", def.name != name), ("kind", def.kind != known.kind)] {
        if changed {
            errors.push(FieldError::new(field, "not_changeable", "此项不能修改", "this cannot be changed"));
        }
    }
    valid(errors)?;
    check_own_way_in(ctx, name, &def)?;
    if def == *known { Ok(()) } else { apply(org, ctx, &[], &[row("role", name, &def)]).await }
}

/// Whether definitions differ in nothing but what signing in needs, which can be said of administrators, too.
fn is_same_but_for_sign_in(def: &RoleDef, known: &RoleDef) -> bool {
    RoleDef { second_factor: known.second_factor, addresses: known.addresses.clone(), ..def.clone() } == *known
}

/// Nobody shuts themselves out: the networks of one's own profile must have the address one comes from.
fn check_own_way_in(ctx: &Ctx, name: &str, def: &RoleDef) -> Result<()> {
    let Entry::Session { address, .. } = ctx.entry else { return Ok(()) };
    if ctx.role != name || def.addresses.is_empty() || address.is_some_and(|address| in_one_of(&def.addresses, address)) {
        return Ok(());
    }
    let here = address.map_or_else(|| "?".to_owned(), |address| address.to_string());
    let (zh, en) = (
        format!("您自己的地址 {here} 不在其中，保存后您将无法登录"),
        format!("your own address {here} is not among them; you could not come in any more"),
    );
    Err(Error::field(FieldError::new("addresses", "own_address", zh, en)))
}

/// Removes a role that nobody has.
///
/// # Errors
/// 403 unless an administrator asks; 404; 409 for a pack's role or one that users have.
pub async fn delete(org: &Organisation, ctx: &Ctx, name: &str) -> Result<()> {
    sensitive::require(ctx)?;
    let (_lock, schema) = begin(org, ctx).await?;
    let known = schema.roles.get(name).ok_or_else(no_role)?;
    if is_standard(name) {
        return Err(Error::new(ErrorKind::Conflict, "standard_role", "标准角色不能删除。", "A standard role cannot be removed."));
    }
    let users = used(org, known).await?;
    if users > 0 {
        return Err(Error::new(
            ErrorKind::Conflict,
            "role_in_use",
            format!("仍有 {users} 名用户使用此角色，请先更换。"),
            format!("{users} users still have this role; give them another one first."),
        ));
    }
    apply(org, ctx, &[], &[gone("role", name)]).await
}

/// What a client names to say which state of a role it has seen: the `ETag`.
pub fn tag(def: &RoleDef) -> String {
    use sha2::{Digest, Sha256};
    let body = serde_json::to_vec(def).unwrap_or_default();
    Sha256::digest(body)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn used(org: &Organisation, def: &RoleDef) -> Result<u64> {
    let value = || Literal::Text(def.name.clone());
    let mut users = 0;
    for deleted in [false, true] {
        let has = match def.kind {
            RoleKind::Profile => Expr::Compare("role".into(), Comparison::Eq, value()),
            RoleKind::PermissionSet => Expr::Includes("permission_sets".into(), vec![value()], false),
        };
        let mut query = Query::fields("user", &["id"]).and(has);
        query.deleted = deleted;
        let page = Page { limit: 1, total: true, ..Page::default() };
        let query = on_behalf_of_product(Purpose::Consistency, query);
        let rows = org.store().select(&org.system_ctx(Door::System), &org.schema(), &query, &page).await?;
        users += rows.total.unwrap_or(0).unsigned_abs();
    }
    Ok(users)
}

fn check_administrator(org: &Organisation, ctx: &Ctx) -> Result<()> {
    if guanxi_access::Policy::of(ctx, &org.schema()).administrator() {
        return Ok(());
    }
    Err(Error::forbidden("只有系统管理员可以查看角色和权限集。", "Only an administrator may see roles and permission sets."))
}

fn no_role() -> Error {
    Error { code: "unknown_role", ..Error::not_found("没有此角色。", "There is no such role.") }
}

fn fixed() -> Error {
    Error::new(ErrorKind::Conflict, "fixed_role", "系统管理员角色不能修改。", "The role of administrators cannot be changed.")
}
