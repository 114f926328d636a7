//! The gate: a query gets its row predicates, a change is checked record by record.

use std::sync::Arc;

use guanxi_model::change::{Change, ChangeSet, Op};
use guanxi_model::meta::Scope;
use guanxi_model::{Ctx, Error, Object, RecordId, Result, Schema};
use guanxi_query::Query;
use guanxi_query::resolve::{paths, resolve};
use guanxi_query::tree::{Comparison, Expr, Literal, Path};

use crate::policy::Policy;

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

/// Checks a query against the user's rights and adds the row predicates of every object it touches.
///
/// # Errors
/// `forbidden` if the object may not be read; `unknown_field` for paths that do not exist.
pub fn authorize_query(ctx: &Ctx, schema: &Schema, mut query: Query) -> Result<Authorized<Query>> {
    let policy = Policy::of(ctx, schema);
    let main = schema.require(&query.object)?;
    if !policy.rights(main).read {
        return Err(Error::forbidden(
            format!("您没有查看“{}”的权限。", main.def.label.zh),
            format!("You may not see {}.", main.def.label.plural(guanxi_model::Lang::En)),
        ));
    }
    let mut touched: Vec<Arc<Object>> = vec![Arc::clone(main)];
    for path in paths(&query) {
        touched.extend(resolve(schema, main, path)?.hops.into_iter().flat_map(|hop| hop.to));
    }
    query.scopes.clear();
    for object in touched {
        if let Some(scope) = scope_of(ctx, policy, &object) {
            query.scopes.insert(object.no, scope);
        }
    }
    Ok(Authorized(query))
}

/// The predicate that the user's rights put on an object's records; `None` where there is no limit.
fn scope_of(ctx: &Ctx, policy: Policy<'_>, object: &Object) -> Option<Expr> {
    let rights = policy.rights(object);
    if !rights.read {
        return Some(Expr::Never);
    }
    (rights.scope != Scope::All).then(|| Expr::Compare(Path::from("owner_id"), Comparison::Eq, Literal::Id(ctx.user.0)))
}

/// Checks every change of a set against the user's rights: the operation on the object, and that the record lies in the user's
/// scope before and, where the owner changes, that the user may give it away.
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

/// Checks one change; a caller that may leave out what is refused asks before it puts the set together.
///
/// # Errors
/// As [`authorize_change`].
pub fn check_change(ctx: &Ctx, schema: &Schema, change: &Change) -> Result<()> {
    let policy = Policy::of(ctx, schema);
    let object = schema.object_of(change.id).ok_or_else(Error::no_record)?;
    let rights = policy.rights(object);
    let in_scope = |owner: Option<RecordId>| rights.scope == Scope::All || owner == Some(ctx.user);
    if let Some(before) = change.before
        && !(rights.read && in_scope(before.owner))
    {
        return Err(Error::no_record());
    }
    let allowed = match change.op {
        Op::Create => rights.create,
        Op::Update => rights.edit,
        Op::Delete | Op::Restore => rights.delete,
        Op::Purge => policy.administrator(),
    };
    if !allowed {
        return Err(Error::forbidden(
            format!("您没有对“{}”执行此操作的权限。", object.def.label.zh),
            format!("You may not {} {}.", change.op.name(), object.def.label.plural(guanxi_model::Lang::En)),
        ));
    }
    if change.op == Op::Create && !in_scope(change.owner) {
        return Err(Error::forbidden("您只能创建由自己负责的记录。", "You may only create records that you own yourself."));
    }
    Ok(())
}
