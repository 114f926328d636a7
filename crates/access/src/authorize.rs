//! The gate: a query gets its row predicates and masks, a change is checked record by record.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_model::change::{Before, Change, ChangeSet, Op};
use guanxi_model::meta::Scope;
use guanxi_model::{Ctx, Error, Object, RecordId, Result, Schema};
use guanxi_query::Query;
use guanxi_query::resolve::{Resolved, no_field, paths, resolve};
use guanxi_query::tree::{Comparison, Expr, Literal, Mask, Parent, Path, Reach, Select};

use crate::policy::{ADMINISTERED, FieldReach, Need, Owners, Policy};
use crate::sensitive;

/// What of a user gives rights or is a way in; the rest of a user's record is as any other's.
const SENSITIVE: [&str; 5] = ["role", "permission_sets", "active", "email", "served_by_id"];

/// A query or change that has passed the gate. Only this crate can make one.
#[derive(Clone, Debug)]
pub struct Authorized<T>(T);

impl<T> Authorized<T> {
    /// What was authorised.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// What was authorised, by value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl Authorized<Query> {
    /// Whether the records of the query's object are in the user's reach by more ways than a few owners.
    pub fn is_by_several_ways(&self, schema: &Schema) -> bool {
        let scope = schema.object(&self.0.object).and_then(|object| self.0.scopes.get(&object.no));
        matches!(scope, Some(Expr::Reach(_) | Expr::OneOf(..)))
    }

    /// The same with what is known of how many records are in reach: it changes how long the answer takes, not what it is.
    #[must_use]
    pub fn with_few(mut self, few: bool) -> Authorized<Query> {
        self.0.few = few;
        self
    }
}

/// Why the product itself reads or writes without a user's rights. Each is a reviewed exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Values must be unique over all records, those hidden from the user included; the answer names no record.
    Uniqueness,
    /// What hangs on a record that is deleted, restored or undone, so that nothing dangles.
    Consistency,
    /// Sign-in: the user of an e-mail address, before there is a user.
    SignIn,
    /// First content of an organisation, commands on the server's own machine, demo data.
    Setup,
    /// Who made a change, by name, for the change log.
    Attribution,
    /// Who owns a changed record, and who is called what, to tell them; what they are shown passes their own rights.
    Notification,
    /// What the search index holds; what it finds is read again with the rights of the one who searches.
    SearchIndex,
    /// Which team the signed-in user is in.
    Membership,
}

/// Passes a query of the product itself.
pub fn on_behalf_of_product(_purpose: Purpose, query: Query) -> Authorized<Query> {
    Authorized(query)
}

/// Passes a change of the product itself.
pub fn product_change(_purpose: Purpose, set: ChangeSet) -> Authorized<ChangeSet> {
    Authorized(set)
}

/// Checks a query against the user's rights and adds the row predicates of every object it touches, and the masks of the fields that are
/// given in part. A hidden field is one that does not exist; a masked one can be selected, but nothing can be found, sorted, grouped or
/// added up by it, nor can a reference be followed that is hidden or masked.
///
/// # Errors
/// `forbidden` if the object may not be read; `unknown_field` for paths that do not exist for this user; `masked_field`. Whether a record
/// has a value plays no part in it.
pub fn authorize_query(ctx: &Ctx, schema: &Schema, query: Query) -> Result<Authorized<Query>> {
    let masks = check_fields(ctx, schema, &query)?;
    authorize_rows(ctx, schema, query, masks)
}

/// Adds the row predicates to a query whose answer is shown to nobody: the write door reads what is there before it changes it.
///
/// # Errors
/// `forbidden` if the object may not be read; `unknown_field`.
pub fn authorize_own_reading(ctx: &Ctx, schema: &Schema, query: Query) -> Result<Authorized<Query>> {
    authorize_rows(ctx, schema, query, BTreeMap::new())
}

type Masks = BTreeMap<(guanxi_model::ObjectNo, String), Mask>;

fn authorize_rows(ctx: &Ctx, schema: &Schema, mut query: Query, masks: Masks) -> Result<Authorized<Query>> {
    let policy = Policy::of(ctx, schema);
    let main = readable(policy, schema, &query)?;
    let mut touched: Vec<Arc<Object>> = vec![Arc::clone(main)];
    for path in paths(&query) {
        touched.extend(resolve(schema, main, path)?.hops.into_iter().flat_map(|hop| hop.to));
    }
    query.masks = masks;
    query.scopes.clear();
    for object in touched {
        if let Some(scope) = scope_of(policy, schema, &object, Need::Read, 0) {
            query.scopes.insert(object.no, scope);
        }
    }
    Ok(Authorized(query))
}

fn readable<'s>(policy: Policy<'_>, schema: &'s Schema, query: &Query) -> Result<&'s Arc<Object>> {
    let main = schema.require(&query.object)?;
    if policy.reads(main) {
        return Ok(main);
    }
    Err(Error::forbidden(
        format!("您没有查看“{}”的权限。", main.def.label.zh),
        format!("You may not see {}.", main.def.label.plural(guanxi_model::Lang::En)),
    ))
}

/// The predicate that the user's rights put on an object's records; `None` where there is no limit.
fn scope_of(policy: Policy<'_>, schema: &Schema, object: &Object, need: Need, depth: usize) -> Option<Expr> {
    let whose = match policy.whose(object, need) {
        None => return Some(Expr::Never),
        Some(Owners::All) => return None,
        Some(whose) => whose,
    };
    let beside = policy.beside(object, need);
    if beside.is_none() {
        return Some(match whose {
            Owners::These(users) => Expr::OneOf(Path::from("owner_id"), users),
            Owners::Me(me) => Expr::Compare(Path::from("owner_id"), Comparison::Eq, Literal::Id(me.0)),
            Owners::All => return None,
        });
    }
    let owners = match whose {
        Owners::These(users) => users,
        Owners::Me(me) => Arc::from([me.0]),
        Owners::All => return None,
    };
    let parent = beside.parent.filter(|_| depth < MAX_PARENTS).and_then(|(field, need)| {
        let field = object.field(&field)?;
        let column = field.columns.first()?.name.clone();
        // What is edited must be seen, too.
        let needs = if need == Need::Read { vec![Need::Read] } else { vec![Need::Read, need] };
        let scope = |to: &Object| {
            let all: Vec<Expr> = needs.iter().filter_map(|need| scope_of(policy, schema, to, *need, depth + 1)).collect();
            if all.len() > 1 { Some(Expr::And(all)) } else { all.into_iter().next() }
        };
        let to = field.def.ty.targets().into_iter().filter_map(|to| schema.object(to));
        Some(Parent { column, to: to.map(|to| (to.name().to_owned(), scope(to))).collect() })
    });
    Some(Expr::Reach(Arc::new(Reach { owners, shares: beside.shares, parent, children: beside.children })))
}

/// The query for the ids of those records of an object that the user may read whoever owns them; `None` if there is no such way.
///
/// # Errors
/// `forbidden` if the object may not be read.
pub fn authorize_beside(ctx: &Ctx, schema: &Schema, object: &Object) -> Result<Option<Authorized<Query>>> {
    let mut query = Query::fields(object.name(), &["id"]);
    let main = readable(Policy::of(ctx, schema), schema, &query)?;
    let Some(Expr::Reach(reach)) = scope_of(Policy::of(ctx, schema), schema, main, Need::Read, 0) else { return Ok(None) };
    query.scopes.insert(main.no, Expr::Reach(Arc::new(Reach { owners: Arc::default(), ..Reach::clone(&reach) })));
    query.few = true;
    Ok(Some(Authorized(query)))
}

/// How many parents above each other give rights on a record.
const MAX_PARENTS: usize = 3;

/// The query for those records of an object among `ids` that the user may read, edit or delete.
///
/// # Errors
/// As [`authorize_query`].
pub fn authorize_ids(
    ctx: &Ctx,
    schema: &Schema,
    object: &Object,
    ids: &[RecordId],
    deleted: bool,
    need: Need,
) -> Result<Authorized<Query>> {
    let literals = ids.iter().map(|id| Literal::Id(id.0)).collect();
    let mut query = Query::fields(object.name(), &["id"]).and(Expr::In("id".into(), literals, false));
    query.deleted = deleted;
    let policy = Policy::of(ctx, schema);
    let main = readable(policy, schema, &query)?;
    if let Some(scope) = scope_of(policy, schema, main, need, 0) {
        query.scopes.insert(main.no, scope);
    }
    Ok(Authorized(query))
}

/// Checks the fields of every path of a query, wherever it stands; gives the masks of those that are selected.
fn check_fields(ctx: &Ctx, schema: &Schema, query: &Query) -> Result<Masks> {
    let policy = Policy::of(ctx, schema);
    let mut masks = Masks::new();
    let main = readable(policy, schema, query)?;
    if schema.objects().iter().all(|object| !policy.restricts_fields(object)) {
        return Ok(masks);
    }
    for path in paths(query) {
        // The error of a path that does not exist names others that do: not to this user.
        let found =
            resolve(schema, main, path).map_err(|error| if error.code == "unknown_field" { no_field(main, path) } else { error })?;
        if found.hops.iter().any(|hop| !policy.field(&hop.from, &hop.field).is_open()) {
            return Err(no_field(main, path));
        }
        // What a reference to several objects leads to is their names and ids.
        let several = found.hops.last().filter(|hop| hop.is_polymorphic() && found.field != "id");
        if several.is_some_and(|hop| hop.to.iter().any(|to| !policy.field(to, to.name_field().name()).is_open())) {
            return Err(no_field(main, path));
        }
        let reach = policy.field(&found.object, &found.field);
        if reach.is_hidden() {
            return Err(no_field(main, path));
        }
        if reach.is_open() {
            continue;
        }
        if !query.select.iter().any(|item| matches!(item, Select::Field(selected) if std::ptr::eq(selected, path))) {
            return Err(masked(&found, path));
        }
        masks.insert((found.object.no, found.field), mask_of(policy, reach));
    }
    Ok(masks)
}

fn mask_of(policy: Policy<'_>, reach: FieldReach) -> Mask {
    let full_for = match reach.read.map(|scope| policy.owners(scope)) {
        Some(Owners::Me(me)) => Arc::from([me.0]),
        Some(Owners::These(users)) => users,
        Some(Owners::All) | None => Arc::default(),
    };
    Mask { full_for }
}

fn masked(found: &Resolved, path: &Path) -> Error {
    let label = &found.field().def.label;
    let (zh, en) = (
        format!("“{}”对您部分隐藏，不能用来筛选、排序、分组或汇总。", label.zh),
        format!("“{}” is shown to you in part only; records cannot be filtered, sorted, grouped or added up by it.", label.en),
    );
    Error { code: "masked_field", ..Error::forbidden(zh, en) }.at(path.position)
}

/// Checks every change of a set against the user's rights: the operation on the object, and that the record lies in the user's scope
/// before; a new record must be of an owner in the user's scope. Rights on fields are the write door's to check: it knows which values the
/// user gave and which the product set.
///
/// # Errors
/// `forbidden` naming the object; `not_found` for a record outside the user's scope, as if it did not exist.
pub fn authorize_change(ctx: &Ctx, schema: &Schema, set: ChangeSet) -> Result<Authorized<ChangeSet>> {
    authorize_with_consequences(ctx, schema, set, Vec::new())
}

/// Checks the changes of a set as [`authorize_change`] does, then adds what follows from them by rule (records that hang on a
/// deleted one, lookups that are emptied): those are the product's doing and need no right of the user's.
///
/// # Errors
/// As [`authorize_change`].
pub fn authorize_with_consequences(
    ctx: &Ctx,
    schema: &Schema,
    mut set: ChangeSet,
    consequences: Vec<Change>,
) -> Result<Authorized<ChangeSet>> {
    for change in &set.changes {
        check_change(ctx, schema, change)?;
    }
    set.changes.extend(consequences);
    Ok(Authorized(set))
}

/// Whether a change decides who has which rights: who there is, as what, and in which teams, positions, groups and territories.
fn gives_rights(object: &Object, change: &Change) -> bool {
    ADMINISTERED.contains(&object.name())
        && (object.name() != "user" || change.op != Op::Update || change.fields.iter().any(|field| SENSITIVE.contains(&field.as_str())))
}

/// Checks one change; a caller that may leave out what is refused asks before it puts the set together.
///
/// # Errors
/// As [`authorize_change`].
pub fn check_change(ctx: &Ctx, schema: &Schema, change: &Change) -> Result<()> {
    let policy = Policy::of(ctx, schema);
    let object = schema.object_of(change.id).ok_or_else(Error::no_record)?;
    let may = |need: Need, before: Before| {
        policy.whose(object, need).is_some_and(|owners| owners.has(before.owner) || need.is_given_by(before.shared))
    };
    if change.before.is_some_and(|before| !may(Need::Read, before)) {
        return Err(Error::no_record());
    }
    let create = policy.reach(object).create;
    let allowed = match (change.op, change.before) {
        (Op::Create, _) => create.is_some(),
        (Op::Update, Some(before)) => may(Need::Edit, before),
        (Op::Delete | Op::Restore, Some(before)) => may(Need::Delete, before),
        (Op::Purge, _) => policy.administrator() && policy.reach(object).delete.is_some(),
        (_, None) => false,
    };
    if !allowed {
        return Err(Error::forbidden(
            format!("您没有对“{}”执行此操作的权限。", object.def.label.zh),
            format!("You may not {} {}.", change.op.name(), object.def.label.plural(guanxi_model::Lang::En)),
        ));
    }
    if gives_rights(object, change) {
        sensitive::require(ctx)?;
    }
    if change.op == Op::Update && change.owner.is_some() && change.before.is_some_and(|before| !policy.answers_for(object, before.owner)) {
        return Err(Error::forbidden(
            "只有负责人及其上级可以更换负责人。",
            "Only the owner, and those above, may give a record to someone else.",
        ));
    }
    if change.op == Op::Create && !policy.may_own(object, change.owner) {
        return Err(match create {
            Some(Scope::Team | Scope::TeamAndBelow) => {
                Error::forbidden("您只能创建由本团队成员负责的记录。", "You may only create records that someone of your team owns.")
            }
            _ => Error::forbidden("您只能创建由自己负责的记录。", "You may only create records that you own yourself."),
        });
    }
    Ok(())
}
