//! What a user's profile and permission sets mean together for an object and its fields, as one answer.

use std::sync::Arc;

use guanxi_model::change::Shared;
use guanxi_model::ctx::RuleReach;
use guanxi_model::meta::{DefaultAccess, FieldAccess, ObjectRights, ParentGives, RoleDef, RoleKind, Scope, SharingDef};
use guanxi_model::{Ctx, Object, RecordId, Schema};
use guanxi_query::resolve::resolve;
use guanxi_query::tree::{Child, Path, Shares};

/// The rights of one user, derived from the roles and the organisation's settings on every request: of every right the widest that
/// the profile or a permission set gives.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    ctx: &'a Ctx,
    schema: &'a Schema,
    profile: Option<&'a RoleDef>,
}

/// Whose records are in reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owners {
    /// Everybody's, and those that nobody owns.
    All,
    /// The user's own.
    Me(RecordId),
    /// Those of these users, in ascending order.
    These(Arc<[i64]>),
}

impl Owners {
    /// Those and these users, who are in ascending order.
    #[must_use]
    fn and(self, users: &Arc<[i64]>) -> Owners {
        let mut all: Vec<i64> = match &self {
            Owners::All => return self,
            _ if users.is_empty() => return self,
            Owners::Me(me) if **users == [me.0] => return self,
            Owners::Me(me) => vec![me.0],
            Owners::These(these) => these.to_vec(),
        };
        all.extend(users.iter());
        all.sort_unstable();
        all.dedup();
        Owners::These(all.into())
    }

    /// Whether a record of this owner is in reach.
    pub fn has(&self, owner: Option<RecordId>) -> bool {
        match self {
            Owners::All => true,
            Owners::Me(me) => owner == Some(*me),
            Owners::These(users) => owner.is_some_and(|owner| users.binary_search(&owner.0).is_ok()),
        }
    }
}

/// What a user wants to do with records that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// See them.
    Read,
    /// Edit them.
    Edit,
    /// Delete and restore them.
    Delete,
}

impl Need {
    /// Whether sharing gives it.
    pub fn is_given_by(self, shared: Shared) -> bool {
        match self {
            Need::Read => shared.read,
            Need::Edit => shared.edit,
            Need::Delete => shared.delete,
        }
    }
}

/// Ways to records beside their owner's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Beside {
    /// They are shared with the user, one by one or by a rule.
    pub shares: Option<Shares>,
    /// They go with their parent, for which the user needs this.
    pub parent: Option<(String, Need)>,
    /// The user owns a record that leads to them.
    pub children: Vec<Child>,
}

impl Beside {
    /// Whether there is no such way.
    pub fn is_none(&self) -> bool {
        *self == Beside::default()
    }
}

/// What may be done with an object's records, and with whose: `None` for nobody's. A scope is never [`Scope::Setting`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectReach {
    /// Making records for these owners.
    pub create: Option<Scope>,
    /// Reading.
    pub read: Option<Scope>,
    /// Editing.
    pub edit: Option<Scope>,
    /// Deleting and restoring.
    pub delete: Option<Scope>,
}

impl ObjectReach {
    const EVERYTHING: ObjectReach =
        ObjectReach { create: Some(Scope::All), read: Some(Scope::All), edit: Some(Scope::All), delete: Some(Scope::All) };

    fn of(rights: &ObjectRights, setting: Scope) -> ObjectReach {
        let scope = rights.scope.max(setting);
        let when = |allowed: bool, all: bool| allowed.then_some(if all { Scope::All } else { scope });
        ObjectReach {
            create: when(rights.create, rights.modify_all),
            read: when(rights.read, rights.view_all || rights.modify_all),
            edit: when(rights.edit, rights.modify_all),
            delete: when(rights.delete, rights.modify_all),
        }
    }

    fn or(self, other: ObjectReach) -> ObjectReach {
        ObjectReach {
            create: self.create.max(other.create),
            read: self.read.max(other.read),
            edit: self.edit.max(other.edit),
            delete: self.delete.max(other.delete),
        }
    }
}

/// What may be done with a field of records that may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldReach {
    /// In whose records its value is seen in full: `None` for nobody's.
    pub read: Option<Scope>,
    /// Whether it is seen in part in the others; else it is not there.
    pub masked: bool,
    /// In whose records it may be written, as far as those may be.
    pub edit: Option<Scope>,
    /// Whether what is masked may be revealed.
    pub reveal: bool,
}

impl FieldReach {
    const EVERYTHING: FieldReach = FieldReach { read: Some(Scope::All), masked: false, edit: Some(Scope::All), reveal: false };
    const NOTHING: FieldReach = FieldReach { read: None, masked: false, edit: None, reveal: false };

    fn of(right: guanxi_model::meta::FieldRight) -> FieldReach {
        let when = |least| (right.access >= least).then_some(right.scope);
        let masked = right.access >= FieldAccess::Masked;
        FieldReach { read: when(FieldAccess::Read), masked, edit: when(FieldAccess::Edit), reveal: masked && right.reveal }
    }

    fn or(self, other: FieldReach) -> FieldReach {
        FieldReach {
            read: self.read.max(other.read),
            masked: self.masked || other.masked,
            edit: self.edit.max(other.edit),
            reveal: self.reveal || other.reveal,
        }
    }

    /// Whether it is read in full wherever its record is.
    pub fn is_open(self) -> bool {
        self.read == Some(Scope::All)
    }

    /// Whether it is as if the field did not exist.
    pub fn is_hidden(self) -> bool {
        self.read.is_none() && !self.masked
    }
}

/// Objects whose records only administrators may write, whatever a role says: writing them would be a way to more rights. Who is in a
/// team or leads it sees what the team owns.
pub const ADMINISTERED: [&str; 7] = ["user", "team", "position", "public_group", "group_member", "territory", "territory_member"];

impl<'a> Policy<'a> {
    /// The policy of the request's user. A profile that does not exist gives no rights, and permission sets then give none either.
    pub fn of(ctx: &'a Ctx, schema: &'a Schema) -> Policy<'a> {
        Policy { ctx, schema, profile: schema.roles.get(&ctx.role).filter(|role| role.kind == RoleKind::Profile) }
    }

    /// The profile and the permission sets.
    fn roles(self) -> impl Iterator<Item = &'a RoleDef> {
        let sets = self.ctx.permission_sets.iter().filter_map(|name| self.schema.roles.get(name));
        let sets = sets.filter(move |role| role.kind == RoleKind::PermissionSet && self.profile.is_some());
        self.profile.into_iter().chain(sets)
    }

    /// Whether everything is allowed.
    pub fn administrator(self) -> bool {
        self.profile.is_some_and(|r| r.administrator)
    }

    /// May import files.
    pub fn import(self) -> bool {
        self.administrator() || self.roles().any(|r| r.import)
    }

    /// May export.
    pub fn export(self) -> bool {
        self.administrator() || self.roles().any(|r| r.export)
    }

    /// May see the audit log.
    pub fn view_audit(self) -> bool {
        self.administrator() || self.roles().any(|r| r.view_audit)
    }

    /// What may be done with an object's records: by the roles, as far as the way in carries it.
    pub fn reach(self, object: &Object) -> ObjectReach {
        let entry = &self.ctx.entry;
        if !entry.covers(object.name()) {
            return ObjectReach::default();
        }
        let reach = self.reach_by_roles(object);
        if entry.writes() { reach } else { ObjectReach { read: reach.read, ..ObjectReach::default() } }
    }

    fn reach_by_roles(self, object: &Object) -> ObjectReach {
        if self.administrator() {
            return ObjectReach::EVERYTHING;
        }
        let setting = self.schema.settings.standard_user_scope;
        let rights = self.roles().filter_map(|role| role.objects.get(object.name()).or_else(|| role.objects.get("*")));
        let reach = rights.map(|rights| ObjectReach::of(rights, setting)).fold(ObjectReach::default(), ObjectReach::or);
        if ADMINISTERED.contains(&object.name()) { ObjectReach { read: reach.read, ..ObjectReach::default() } } else { reach }
    }

    /// Whether the user may make records of an object that this user owns: of those in the scope, and of those below in the hierarchy.
    pub fn may_own(self, object: &Object, owner: Option<RecordId>) -> bool {
        self.reach(object).create.is_some_and(|scope| self.with_below(object, scope).has(owner))
    }

    /// Whether the user answers for the records of this owner as the owner does, and may share them and give them to others: by the role's
    /// scope or by the hierarchy. Who edits a record because it is shared does not.
    pub fn answers_for(self, object: &Object, owner: Option<RecordId>) -> bool {
        self.reach(object).edit.is_some_and(|scope| self.with_below(object, scope).has(owner))
    }

    /// The owners of a scope, and those below in the hierarchy.
    fn with_below(self, object: &Object, scope: Scope) -> Owners {
        let owners = self.owners(scope);
        if self.has_hierarchy(object) { owners.and(&self.ctx.colleagues.below) } else { owners }
    }

    /// Whether records of an object may be read at all.
    pub fn reads(self, object: &Object) -> bool {
        self.reach(object).read.is_some()
    }

    /// Whose records may be read; `None` for nobody's. There may be others beside them: [`Policy::beside`].
    pub fn readable(self, object: &Object) -> Option<Owners> {
        self.whose(object, Need::Read)
    }

    /// Whose records may be read, edited or deleted: by roles, by the hierarchy and by rules about owners. `None` if none may be, whoever
    /// owns them and whatever is shared. What is edited or deleted must also be read: that is to be asked beside.
    pub fn whose(self, object: &Object, need: Need) -> Option<Owners> {
        let reach = self.reach(object);
        let scope = match need {
            Need::Read => reach.read,
            Need::Edit => reach.edit,
            Need::Delete => reach.delete,
        }?;
        let default = self.sharing(object).map_or(DefaultAccess::Private, |sharing| sharing.default);
        let least = if need == Need::Read { DefaultAccess::Read } else { DefaultAccess::Edit };
        if need != Need::Delete && default >= least && !self.administrator() {
            return Some(Owners::All);
        }
        let owners = self.with_below(object, scope);
        let Some(rules) = self.rules(object) else { return Some(owners) };
        Some(match need {
            Need::Read => owners.and(&rules.read_owners).and(&rules.edit_owners),
            Need::Edit => owners.and(&rules.edit_owners),
            Need::Delete => owners,
        })
    }

    /// How else records may be read, edited or deleted that are not covered by [`Policy::whose`].
    pub fn beside(self, object: &Object, need: Need) -> Beside {
        if matches!(self.whose(object, need), None | Some(Owners::All)) {
            return Beside::default();
        }
        let Some(sharing) = self.schema.sharing.get(object.name()) else {
            return Beside { shares: self.shares(object, need), ..Beside::default() };
        };
        let parent = sharing.parent.as_ref().and_then(|parent| match (parent.access, need) {
            (_, Need::Read) => Some((parent.field.clone(), Need::Read)),
            (ParentGives::Same, _) => Some((parent.field.clone(), Need::Edit)),
            (ParentGives::Read, _) => None,
        });
        let children = sharing.by_children.iter().filter(|_| need == Need::Read).filter_map(|path| self.child(path)).collect();
        Beside { shares: self.shares(object, need), parent, children }
    }

    fn shares(self, object: &Object, need: Need) -> Option<Shares> {
        let colleagues = &self.ctx.colleagues;
        let mut with: Vec<i64> = Vec::new();
        if need != Need::Delete && self.allows_manual(object) && colleagues.shared.binary_search(&object.no).is_ok() {
            with.extend(if self.has_hierarchy(object) { colleagues.below_member_of.iter() } else { colleagues.member_of.iter() });
        }
        if let Some(rules) = self.rules(object) {
            match need {
                Need::Read => with.extend(rules.read.iter().chain(rules.edit.iter()).map(|number| -number)),
                Need::Edit => with.extend(rules.edit.iter().map(|number| -number)),
                Need::Delete => {}
            }
        }
        with.sort_unstable();
        with.dedup();
        (!with.is_empty()).then(|| Shares { with: with.into(), edit: need == Need::Edit })
    }

    /// The records of another object that are the user's own, whose lookup leads to the one that is asked about.
    fn child(self, path: &str) -> Option<Child> {
        let (object, field) = path.split_once('.')?;
        let object = self.schema.object(object).filter(|object| self.reads(object))?;
        let column = object.field(field).filter(|f| self.field(object, f.name()).is_open())?.columns.first()?.name.clone();
        let owners = match self.owners(Scope::Own) {
            Owners::These(own) => own,
            _ => Arc::from([self.ctx.user.0]),
        };
        Some(Child { object: object.name().to_owned(), column, owners })
    }

    fn rules(self, object: &Object) -> Option<&'a RuleReach> {
        self.ctx.colleagues.rules.get(&object.no)
    }

    fn sharing(self, object: &Object) -> Option<&'a SharingDef> {
        self.schema.sharing.get(object.name())
    }

    fn has_hierarchy(self, object: &Object) -> bool {
        self.sharing(object).is_none_or(|sharing| sharing.hierarchy)
    }

    /// Whether records of an object may be shared one by one.
    pub fn allows_manual(self, object: &Object) -> bool {
        self.sharing(object).is_none_or(|sharing| sharing.manual)
    }

    /// Whose records a scope covers.
    pub fn owners(self, scope: Scope) -> Owners {
        match scope {
            Scope::All => Owners::All,
            Scope::Own | Scope::Setting if self.ctx.colleagues.own.len() > 1 => Owners::These(Arc::clone(&self.ctx.colleagues.own)),
            Scope::Own | Scope::Setting => Owners::Me(self.ctx.user),
            Scope::Team => Owners::These(Arc::clone(&self.ctx.colleagues.team)),
            Scope::TeamAndBelow => Owners::These(Arc::clone(&self.ctx.colleagues.team_and_below)),
        }
    }

    /// Whether any field of an object is closed to the user in some record. Where not, [`Policy::field`] need not be asked.
    pub fn restricts_fields(self, object: &Object) -> bool {
        !self.administrator() && self.profile.is_none_or(|r| r.fields.contains_key(object.name()))
    }

    /// Whether a field is there for the user, be it in part.
    pub fn shows(self, object: &Object, field: &str) -> bool {
        !self.field(object, field).is_hidden()
    }

    /// The object as the user sees it: without the fields that are hidden.
    pub fn seen(self, object: &Arc<Object>) -> Arc<Object> {
        if self.restricts_fields(object) { Arc::new(object.only(|field| self.shows(object, field))) } else { Arc::clone(object) }
    }

    /// What may be done with the field at the end of a path (`account.phone`); nothing if a reference on the way may not be followed, or
    /// if there is no such path.
    pub fn path(self, object: &Arc<Object>, path: &str) -> FieldReach {
        match resolve(self.schema, object, &Path::from(path)) {
            Ok(found) if found.hops.iter().all(|hop| self.field(&hop.from, &hop.field).is_open()) => {
                self.field(&found.object, &found.field)
            }
            _ => FieldReach::NOTHING,
        }
    }

    /// What may be done with a field. What a permission set says of a field it opens; what it does not say it leaves as it is.
    pub fn field(self, object: &Object, field: &str) -> FieldReach {
        if !self.restricts_fields(object) {
            return FieldReach::EVERYTHING;
        }
        let Some(profile) = self.profile else { return FieldReach::NOTHING };
        let of = |role: &RoleDef| role.fields.get(object.name()).and_then(|fields| fields.get(field)).map(|right| FieldReach::of(*right));
        let own = of(profile).unwrap_or(FieldReach::EVERYTHING);
        self.roles().skip(1).filter_map(of).fold(own, FieldReach::or)
    }
}
