//! Why somebody can see a record, or cannot: the chain of what gives the right and what does not, in words. It asks the same policy that the
//! doors ask; the words are about what that policy is made of.

use guanxi_access::{Need, Owners, Policy, Purpose, on_behalf_of_product};
use guanxi_model::meta::{DefaultAccess, FieldAccess, RoleDef, RoleKind, Scope, ShareAccess, SharingDef};
use guanxi_model::{Cell, Ctx, Door, Error, Label, Object, RecordId, Result};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use serde::Serialize;

use crate::changes::{Person, people};
use crate::colleagues::{self, Relation};
use crate::users::{self, User};
use crate::write::shared;
use crate::{Organisation, admission, read, sharing};

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Whether it gives the right to read; `None` where it only says how things are.
    pub grants: Option<bool>,
    /// What it says, in the reader's language.
    pub text: String,
}

/// How a field is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// In full.
    Full,
    /// In part.
    Masked,
    /// Not at all.
    Hidden,
}

/// What a user may do with a field of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldAnswer {
    /// API name.
    pub name: String,
    /// Label in the reader's language.
    pub label: String,
    /// How it is seen.
    pub shown: Shown,
    /// Whether it may be written.
    pub edit: bool,
    /// What the roles say of it.
    pub steps: Vec<Step>,
}

/// What a user may do with a record, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The user.
    pub user: Person,
    /// The record's owner.
    pub owner: Option<Person>,
    /// Whether the user may read it.
    pub read: bool,
    /// Whether the user may edit it.
    pub edit: bool,
    /// Whether the user may delete it.
    pub delete: bool,
    /// Why.
    pub steps: Vec<Step>,
    /// The field that was asked for.
    pub field: Option<FieldAnswer>,
}

/// Explains what `user` may do with a record, and with one of its fields.
///
/// # Errors
/// 403 unless an administrator asks, or a user about herself; 404 for a record that the asking user may not see, or no such user.
pub async fn explain(org: &Organisation, ctx: &Ctx, user: &str, record: &str, field: Option<&str>) -> Result<Explanation> {
    let schema = org.schema();
    let (object, id) = schema.parse_id(record).ok_or_else(Error::no_record)?;
    let user = match schema.parse_id(user) {
        Some((of, user)) if of.name() == "user" => user,
        _ => return Err(Error::no_record()),
    };
    if user != ctx.user && !Policy::of(ctx, &schema).administrator() {
        return Err(Error::forbidden("只有系统管理员可以查看他人的权限。", "Only an administrator may ask what another user may see."));
    }
    read::get(org, ctx, object.name(), record, Some(&["id"])).await?;
    let owner = owner_of(org, object, id).await?;
    let known = users::by_id(org, user).await?.ok_or_else(Error::no_record)?;
    let named = people(org, ctx, [user].into_iter().chain(owner)).await?;
    let person = |id: RecordId| named.get(&id).cloned().unwrap_or(Person { id: schema.id_text(id), name: String::new() });
    let mut told = Explanation {
        user: person(user),
        owner: owner.map(person),
        read: false,
        edit: false,
        delete: false,
        steps: Vec::new(),
        field: None,
    };
    if !known.active {
        let (zh, en) = (format!("{}已停用，不能登录。", known.name), format!("{} is deactivated and cannot sign in.", known.name));
        told.steps.push(step(ctx, Some(false), &zh, &en));
        return Ok(told);
    }
    let theirs = admission::act_as(org, user, Door::Rest).await?;
    let policy = Policy::of(&theirs, &schema);
    for (need, may) in [(Need::Read, &mut told.read), (Need::Edit, &mut told.edit), (Need::Delete, &mut told.delete)] {
        *may = match policy.whose(object, need) {
            None => false,
            Some(owners) if owners.has(owner) => true,
            Some(_) => shared::within(org, &theirs, object, &[id], false, need).await?.contains(&id),
        };
    }
    (told.edit, told.delete) = (told.read && told.edit, told.read && told.delete);
    told.steps = steps(org, ctx, &known, policy, object, owner, &told).await?;
    if !policy.administrator() && policy.reads(object) {
        told.steps.extend(sharing_steps(org, ctx, &theirs, object, id, owner).await?);
    }
    if let Some(name) = field {
        if !Policy::of(ctx, &schema).shows(object, name) {
            return Err(no_field(name));
        }
        told.field = Some(field_answer(ctx, policy, &roles(org, &known), object, name, owner, told.edit)?);
    }
    Ok(told)
}

fn step(ctx: &Ctx, grants: Option<bool>, zh: &str, en: &str) -> Step {
    Step { grants, text: Label::new(zh, en).get(ctx.lang).to_owned() }
}

/// The profile and the permission sets of a user, as far as they exist.
fn roles(org: &Organisation, user: &User) -> Vec<RoleDef> {
    let schema = org.schema();
    let of = |name: &String, kind| schema.roles.get(name).filter(|role| role.kind == kind).cloned();
    // Without a profile the permission sets give nothing either.
    let Some(profile) = of(&user.role, RoleKind::Profile) else { return Vec::new() };
    let sets = user.permission_sets.iter().filter_map(|name| of(name, RoleKind::PermissionSet));
    std::iter::once(profile).chain(sets).collect()
}

fn called(role: &RoleDef) -> (String, String) {
    match role.kind {
        RoleKind::Profile => (format!("角色“{}”", role.label.zh), format!("The role “{}”", role.label.en)),
        RoleKind::PermissionSet => (format!("权限集“{}”", role.label.zh), format!("The permission set “{}”", role.label.en)),
    }
}

async fn steps(
    org: &Organisation,
    ctx: &Ctx,
    user: &User,
    policy: Policy<'_>,
    object: &Object,
    owner: Option<RecordId>,
    told: &Explanation,
) -> Result<Vec<Step>> {
    let schema = org.schema();
    let setting = schema.settings.standard_user_scope;
    let mut steps = Vec::new();
    let plural = object.def.label.plural(guanxi_model::Lang::En);
    for role in roles(org, user) {
        let (zh, en) = called(&role);
        if role.administrator {
            steps.push(step(ctx, Some(true), &format!("{zh}可以做任何事。"), &format!("{en} may do everything.")));
            return Ok(steps);
        }
        let Some(rights) = role.objects.get(object.name()).or_else(|| role.objects.get("*")).filter(|rights| rights.read) else {
            let (zh, en) = (format!("{zh}不给予查看“{}”的权限。", object.def.label.zh), format!("{en} gives no right to see {plural}."));
            steps.push(step(ctx, Some(false), &zh, &en));
            continue;
        };
        let scope = if rights.view_all || rights.modify_all { Scope::All } else { rights.scope.max(setting) };
        let by_setting = scope == setting && rights.scope < setting && !rights.view_all && !rights.modify_all;
        let (whose_zh, whose_en) = whose(scope);
        let (why_zh, why_en) = if by_setting { ("（按组织设置）", " (by the organisation's setting)") } else { ("", "") };
        steps.push(step(
            ctx,
            Some(policy.owners(scope).has(owner)),
            &format!("{zh}可查看“{}”：{whose_zh}{why_zh}。", object.def.label.zh),
            &format!("{en} may see {plural}: {whose_en}{why_en}."),
        ));
    }
    if steps.is_empty() {
        let role = &user.role;
        steps.push(step(ctx, Some(false), &format!("角色“{role}”不存在。"), &format!("There is no role “{role}”.")));
    }
    if policy.reads(object) && policy.readable(object).is_some_and(|owners| owners != Owners::All) {
        steps.push(relation(org, ctx, user, owner, told).await?);
    }
    Ok(steps)
}

fn whose(scope: Scope) -> (&'static str, &'static str) {
    match scope {
        Scope::Setting | Scope::Own => ("本人负责的记录", "those the user owns"),
        Scope::Team => ("本团队负责的记录", "those of the user's team"),
        Scope::TeamAndBelow => ("本团队及下级负责的记录", "those of the user's team and of those below"),
        Scope::All => ("全部记录", "all of them"),
    }
}

/// What sharing gives the user on a record.
async fn sharing_steps(
    org: &Organisation,
    ctx: &Ctx,
    theirs: &Ctx,
    object: &Object,
    id: RecordId,
    owner: Option<RecordId>,
) -> Result<Vec<Step>> {
    let schema = org.schema();
    let label = &object.def.label;
    let plural = label.plural(guanxi_model::Lang::En);
    let mut steps = Vec::new();
    let def = schema.sharing.get(object.name()).cloned().unwrap_or_else(|| SharingDef::of(object.name()));
    match def.default {
        DefaultAccess::Private => {}
        DefaultAccess::Read => {
            steps.push(step(
                ctx,
                Some(true),
                &format!("组织默认：所有人可查看“{}”。", label.zh),
                &format!("By the organisation's default everyone may see {plural}."),
            ));
        }
        DefaultAccess::Edit => {
            steps.push(step(
                ctx,
                Some(true),
                &format!("组织默认：所有人可查看和编辑“{}”。", label.zh),
                &format!("By the organisation's default everyone may see and edit {plural}."),
            ));
        }
    }
    if def.hierarchy && owner.is_some_and(|owner| owner != theirs.user && theirs.colleagues.below.binary_search(&owner.0).is_ok()) {
        steps.push(step(
            ctx,
            Some(true),
            "负责人在层级中位于其下，上级可查看和编辑下级的记录。",
            "The owner is below in the hierarchy; those above may do what those below may.",
        ));
    }
    let covering = colleagues::rules_for(org, theirs, &def, owner).await?;
    let under = org.store().rules_of(id).await?;
    for rule in def.rules.iter().filter(|rule| covering.contains(&rule.name)) {
        if rule.filter.is_some() && !under.contains(&rule.number) {
            continue;
        }
        let (what_zh, what_en) = gives(rule.access);
        steps.push(step(
            ctx,
            Some(true),
            &format!("共享规则“{}”允许{what_zh}。", rule.label.zh),
            &format!("The sharing rule “{}” lets the user {what_en} it.", rule.label.en),
        ));
    }
    let with = if def.hierarchy { &theirs.colleagues.below_member_of } else { &theirs.colleagues.member_of };
    for share in org.store().shares_of(id).await?.into_iter().filter(|_| def.manual) {
        if share.expires_at.is_some_and(|at| at <= org.now_us()) || with.binary_search(&share.with.0).is_err() {
            continue;
        }
        let Some((_, name)) = sharing::grantee(org, &schema.id_text(share.with)).await? else { continue };
        let (what_zh, what_en) = gives(if share.edit { ShareAccess::Edit } else { ShareAccess::Read });
        let until = share.expires_at.map(guanxi_model::render::time_text);
        let (until_zh, until_en) = until.map_or_else(Default::default, |at| (format!("，至 {at}"), format!(", until {at}")));
        steps.push(step(
            ctx,
            Some(true),
            &format!("该记录已共享给{name}，可{what_zh}{until_zh}。"),
            &format!("The record is shared with {name}, who may {what_en} it{until_en}."),
        ));
    }
    if let Some(parent) = &def.parent
        && let Some(up) = value(org, object.name(), id, &parent.field).await?.and_then(|cell| cell.as_int()).map(RecordId)
        && let Some(above) = schema.object_of(up)
        && Policy::of(theirs, &schema).reads(above)
        && !shared::within(org, theirs, above, &[up], false, Need::Read).await?.is_empty()
    {
        let (zh, en) = (
            format!("记录随上级“{}”共享，该用户可查看后者。", above.def.label.zh),
            format!("The record goes with its {}, which the user may see.", above.def.label.en),
        );
        steps.push(step(ctx, Some(true), &zh, &en));
    }
    for path in &def.by_children {
        let Some((child, field)) = path.split_once('.') else { continue };
        let own = Query::fields(child, &["id"]).and(Expr::Compare(field.into(), Comparison::Eq, Literal::Id(id.0))).and(Expr::Compare(
            "owner_id".into(),
            Comparison::Eq,
            Literal::Id(theirs.user.0),
        ));
        let found = read::run(org, theirs, own, &Page { limit: 1, ..Page::default() }).await;
        if found.is_ok_and(|rows| rows.rows().len() > 0) {
            let of = schema.require(child)?;
            let (zh, en) = (
                format!("该用户负责一条属于此记录的“{}”。", of.def.label.zh),
                format!("The user owns a {} of this record.", of.def.label.en),
            );
            steps.push(step(ctx, Some(true), &zh, &en));
        }
    }
    Ok(steps)
}

fn gives(access: ShareAccess) -> (&'static str, &'static str) {
    match access {
        ShareAccess::Read => ("查看", "see"),
        ShareAccess::Edit => ("查看和编辑", "see and edit"),
    }
}

/// How the user and the record's owner are related.
async fn relation(org: &Organisation, ctx: &Ctx, user: &User, owner: Option<RecordId>, told: &Explanation) -> Result<Step> {
    let Some(owner) = owner else { return Ok(step(ctx, None, "该记录没有负责人。", "The record has no owner.")) };
    let (user_name, owner_name) = (&told.user.name, told.owner.as_ref().map_or("", |owner| owner.name.as_str()));
    let found = colleagues::relation(org, user.id, owner).await?;
    let names = names(org, &found).await?;
    let chain = names.join(" → ");
    let (zh, en) = match found {
        Relation::Same => (format!("{user_name}是该记录的负责人。"), format!("{user_name} owns the record.")),
        Relation::Team(_) => (
            format!("负责人{owner_name}与{user_name}同在团队“{chain}”，或该团队由{user_name}带领。"),
            format!("The owner {owner_name} is in the team “{chain}”, which {user_name} is in or leads."),
        ),
        Relation::TeamBelow(_) => (
            format!("负责人{owner_name}所在的团队在{user_name}的团队之下：{chain}。"),
            format!("The owner {owner_name} is in a team below {user_name}'s: {chain}."),
        ),
        Relation::Reports(_) => (
            format!("负责人{owner_name}直接或间接向{user_name}汇报：{chain}。"),
            format!("The owner {owner_name} reports to {user_name}, directly or not: {chain}."),
        ),
        Relation::Queue(_) => {
            (format!("负责人是队列{owner_name}，由{chain}处理。"), format!("The owner is the queue {owner_name}, which {chain} serves."))
        }
        Relation::None => (
            format!("负责人{owner_name}不在{user_name}的团队或其下级中，也不向{user_name}汇报。"),
            format!("The owner {owner_name} is in no team of {user_name}'s or below it, and does not report to {user_name}."),
        ),
    };
    Ok(step(ctx, None, &zh, &en))
}

/// Names of the teams or users of a chain.
async fn names(org: &Organisation, relation: &Relation) -> Result<Vec<String>> {
    let (object, ids) = match relation {
        Relation::Team(team) => ("team", vec![*team]),
        Relation::TeamBelow(teams) => ("team", teams.clone()),
        Relation::Reports(users) => ("user", users.clone()),
        Relation::Queue(user) => ("user", vec![*user]),
        Relation::Same | Relation::None => return Ok(Vec::new()),
    };
    let mut names = Vec::with_capacity(ids.len());
    for id in ids {
        names.push(value(org, object, RecordId(id), "name").await?.and_then(|c| c.as_text().map(str::to_owned)).unwrap_or_default());
    }
    Ok(names)
}

pub(crate) async fn owner_of(org: &Organisation, object: &Object, id: RecordId) -> Result<Option<RecordId>> {
    Ok(value(org, object.name(), id, "owner_id").await?.and_then(|cell| cell.as_int()).map(RecordId))
}

async fn value(org: &Organisation, object: &str, id: RecordId, field: &str) -> Result<Option<Cell>> {
    let query = Query::fields(object, &[field]).and(Expr::Compare("id".into(), Comparison::Eq, Literal::Id(id.0)));
    let query = on_behalf_of_product(Purpose::Attribution, query);
    let page = Page { limit: 1, ..Page::default() };
    let rows = org.store().select(&org.system_ctx(Door::System), &org.schema(), &query, &page).await?;
    Ok(rows.rows().next().and_then(|row| row.first().cloned()))
}

fn no_field(name: &str) -> Error {
    Error::bad_request("unknown_field", format!("没有字段“{name}”。"), format!("There is no field “{name}”."))
}

fn field_answer(
    ctx: &Ctx,
    policy: Policy<'_>,
    roles: &[RoleDef],
    object: &Object,
    name: &str,
    owner: Option<RecordId>,
    edit: bool,
) -> Result<FieldAnswer> {
    let field = object.field(name).ok_or_else(|| no_field(name))?;
    let reach = policy.field(object, name);
    let within = |scope: Option<Scope>| scope.is_some_and(|scope| policy.owners(scope).has(owner));
    let shown = match (within(reach.read), reach.masked) {
        (true, _) => Shown::Full,
        (false, true) => Shown::Masked,
        (false, false) => Shown::Hidden,
    };
    let mut steps = Vec::new();
    for role in roles.iter().filter(|_| !policy.administrator()) {
        let (zh, en) = called(role);
        let said = role.fields.get(object.name()).and_then(|fields| fields.get(name));
        let Some(right) = said else {
            if role.kind == RoleKind::Profile {
                steps.push(step(ctx, Some(true), &format!("{zh}不限制此字段。"), &format!("{en} does not restrict the field.")));
            }
            continue;
        };
        let (what_zh, what_en) = match right.access {
            FieldAccess::Hidden => ("隐藏此字段", "hides the field"),
            FieldAccess::Masked => ("部分隐藏此字段", "shows the field in part"),
            FieldAccess::Read => ("可查看此字段", "lets the field be read"),
            FieldAccess::Edit => ("可查看和编辑此字段", "lets the field be read and edited"),
        };
        let (whose_zh, whose_en) = whose(right.scope);
        let (of_zh, of_en) = match right.scope {
            Scope::All => (String::new(), String::new()),
            _ => (format!("（{whose_zh}，其余部分隐藏）"), format!(" ({whose_en}; in part elsewhere)")),
        };
        let grants = right.access >= FieldAccess::Read && policy.owners(right.scope).has(owner);
        steps.push(step(ctx, Some(grants), &format!("{zh}{what_zh}{of_zh}。"), &format!("{en} {what_en}{of_en}.")));
    }
    let writable = edit && !field.def.read_only && within(reach.edit);
    Ok(FieldAnswer { name: name.to_owned(), label: field.def.label.get(ctx.lang).to_owned(), shown, edit: writable, steps })
}
