//! The permission oracle: who may see and do what, said once more, as plainly as can be. Loops over plain data, no SQL, nothing of
//! `guanxi-access` and nothing of the engine: where the product and these words differ, one of them is wrong.
//!
//! The rules in words:
//! - A user has one profile and any number of permission sets. What one of them gives, another does not take away.
//! - A role gives rights on an object by its name, or else by `*`. A right covers the records of the role's scope, and those of the
//!   organisation's setting. “View all” opens all records to reading, “modify all” to everything the role may do at all.
//! - “Own” are the records the user owns; “team” also those of the members of the user's team and of the teams the user leads; “team and
//!   below” also those of the members of all teams under these, and of everyone who reports to the user, directly or not.
//! - Editing and deleting need a record that may be read. Making a record needs the right for its owner, and that
//!   the owner is somebody whose record the user may see.
//! - A field that the profile does not name is as open as its record. One that it names is as the profile says, and as the permission
//!   sets say, whichever is more: hidden, seen in part, read, or written. Reading and writing may have a scope; outside of it the field
//!   is seen in part.
//! - What is not open in every record serves for no question: no condition, order, group, sum, and no way to other records.
//! - Sharing opens records beyond that, to those who may do the thing with the object's records at all. By the organisation's default
//!   everyone sees, or edits, all of them. Where the hierarchy counts, a user may do with a record what somebody below may: below are those
//!   in positions under the user's, and everyone who reports to one of these or to the user. A rule opens records that somebody of a list
//!   owns, or whose own values fulfil a condition, to everyone of another list. A record is shared with users, teams, positions and groups;
//!   a team or position stands for those under it too. A record may go with its parent, which the user must be able to read, or to edit,
//!   and with records that lead to it and that the user owns.
//! - A queue is a user who never comes in, and is served by those of a list. What it owns is theirs as if they owned it, and so it is for
//!   those who see what they own. What is shared with it is shared with them.
//! - A territory has members. What is shared with it is shared with them and with the members of the territories above it; the records it
//!   owns are those of its members and of the members of the territories below it.
//! - Sharing lets nobody delete, but for the hierarchy, and where records go with a parent that the user may edit.
//! - What is in the recycle bin is seen there by those who saw it before.
//! - An administrator may do everything.

mod door;
mod members;
mod seed;
mod value;
mod world;

use guanxi_model::meta::{DefaultAccess, FieldAccess, FieldRight, ObjectRights, RoleDef, Scope};

pub use door::Door;
use members::Way;
pub use seed::Seed;
pub use value::Value;
pub use world::{ALWAYS_OPEN, FAMILY, GROUPS, Kind, OBJECTS, POSITIONS, TERRITORIES, fields_of, kind_of};

/// An organisation as plain data. Users, teams, roles and records are named by their places in the lists.
#[derive(Clone, Debug)]
pub struct World {
    /// What it was made of.
    pub seed: u64,
    /// The organisation's setting `standard_user_scope`.
    pub setting: Scope,
    /// Profiles and permission sets.
    pub roles: Vec<RoleDef>,
    /// Teams.
    pub teams: Vec<Team>,
    /// Users.
    pub users: Vec<User>,
    /// Positions, by the one above.
    pub positions: Vec<Option<usize>>,
    /// Public groups, by who is in them.
    pub groups: Vec<Vec<Member>>,
    /// Territories.
    pub territories: Vec<Territory>,
    /// How the objects are shared.
    pub sharing: Vec<Sharing>,
    /// Records.
    pub records: Vec<Record>,
}

/// With whom something is shared, or who is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// A user.
    User(usize),
    /// A team.
    Team(usize),
    /// A position.
    Position(usize),
    /// A group.
    Group(usize),
    /// A territory; never in a group.
    Territory(usize),
}

/// A territory.
#[derive(Clone, Debug)]
pub struct Territory {
    /// The territory above.
    pub parent: Option<usize>,
    /// Who is in it.
    pub members: Vec<Member>,
}

/// How an object is shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Sharing {
    /// The object.
    pub object: &'static str,
    /// What everyone may do.
    pub default: DefaultAccess,
    /// Whether the hierarchy counts.
    pub hierarchy: bool,
    /// Whether single records are shared.
    pub manual: bool,
    /// The lookup to the parent that records go with, and whether they may be edited and deleted with it.
    pub parent: Option<(&'static str, bool)>,
    /// Objects and their lookups to the records that their owners see.
    pub by_children: Vec<(&'static str, &'static str)>,
    /// Rules.
    pub rules: Vec<Rule>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Which records.
    pub which: Which,
    /// To whom.
    pub with: Vec<Member>,
    /// Whether they may edit them.
    pub edit: bool,
}

/// Which records a rule is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    /// Those that one of these owns.
    Owned(Vec<Member>),
    /// Those whose text begins so.
    Begins(&'static str, String),
    /// Those whose text does not begin so, or that have none.
    BeginsNot(&'static str, String),
    /// Those whose number is at least this.
    AtLeast(&'static str, i64),
    /// Those without a value.
    Empty(&'static str),
}

/// A share of a single record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// With whom.
    pub with: Member,
    /// Whether they may edit it.
    pub edit: bool,
    /// Whether its time is over.
    pub over: bool,
}

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// The role that is the profile.
    pub profile: usize,
    /// The roles that are permission sets.
    pub sets: Vec<usize>,
    /// The team the user is in.
    pub team: Option<usize>,
    /// Whom the user reports to.
    pub manager: Option<usize>,
    /// The position the user has.
    pub position: Option<usize>,
    /// Whether the user may come in at all.
    pub active: bool,
    /// Who serves it, if it is a queue.
    pub served_by: Option<Member>,
}

/// A team.
#[derive(Clone, Debug)]
pub struct Team {
    /// The team above.
    pub parent: Option<usize>,
    /// Who leads it.
    pub lead: Option<usize>,
}

/// A record.
#[derive(Clone, Debug)]
pub struct Record {
    /// The object's API name.
    pub object: &'static str,
    /// The user who owns it; nobody of this world (the first administrator) if absent.
    pub owner: Option<usize>,
    /// Whether it is in the recycle bin.
    pub deleted: bool,
    /// The values by field. What is not here has no value.
    pub values: Vec<(&'static str, Value)>,
    /// With whom it is shared.
    pub shares: Vec<Share>,
}

impl Record {
    /// The value of a field.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.values.iter().find(|(name, _)| *name == field).map(|(_, value)| value)
    }
}

/// What can be done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Making it.
    Create,
    /// Reading it.
    Read,
    /// Editing it.
    Edit,
    /// Putting it into the recycle bin, or taking it out.
    Delete,
}

/// What is seen of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Nothing, not even that there is such a field.
    Hidden,
    /// A part.
    Masked,
    /// All of it.
    Full,
}

impl World {
    /// Whether the user may do everything.
    pub fn administrator(&self, user: usize) -> bool {
        self.roles[self.users[user].profile].administrator
    }

    /// Whether the user may export.
    pub fn exports(&self, user: usize) -> bool {
        self.administrator(user) || self.roles_of(user).iter().any(|role| role.export)
    }

    fn roles_of(&self, user: usize) -> Vec<&RoleDef> {
        let mut roles = vec![&self.roles[self.users[user].profile]];
        for set in &self.users[user].sets {
            roles.push(&self.roles[*set]);
        }
        roles
    }

    /// Whether two users are on one team: the owner is a member of a team that the user is in or leads.
    fn same_team(&self, user: usize, owner: usize) -> bool {
        let Some(team) = self.users[owner].team else { return false };
        self.users[user].team == Some(team) || self.teams[team].lead == Some(user)
    }

    /// Whether the owner's team lies under one that the user is in or leads. Goes up from the owner's.
    fn team_under(&self, user: usize, owner: usize) -> bool {
        let mut team = self.users[owner].team;
        for _ in 0..self.teams.len() {
            let Some(here) = team else { return false };
            if self.users[user].team == Some(here) || self.teams[here].lead == Some(user) {
                return true;
            }
            team = self.teams[here].parent;
        }
        false
    }

    /// Whether the owner reports to the user, directly or not. Goes up from the owner.
    fn reports_to(&self, user: usize, owner: usize) -> bool {
        let mut above = self.users[owner].manager;
        for _ in 0..self.users.len() {
            match above {
                Some(manager) if manager == user => return true,
                Some(manager) => above = self.users[manager].manager,
                None => return false,
            }
        }
        false
    }

    /// Whether a scope covers what this owner owns: its own records, or those of a queue that somebody serves whom it covers.
    fn covers(&self, user: usize, scope: Scope, owner: Option<usize>) -> bool {
        if scope == Scope::All {
            return true;
        }
        let Some(owner) = owner else { return false };
        if scope == Scope::Setting {
            return false;
        }
        self.covers_person(user, scope, owner)
            || (0..self.users.len()).any(|one| self.serves(one, owner) && self.covers_person(user, scope, one))
    }

    fn covers_person(&self, user: usize, scope: Scope, owner: usize) -> bool {
        if owner == user {
            return true;
        }
        match scope {
            Scope::Team => self.same_team(user, owner),
            Scope::TeamAndBelow => self.team_under(user, owner) || self.reports_to(user, owner),
            _ => false,
        }
    }

    /// Whether a role or another lets the user do something with a record of this owner.
    fn given(&self, user: usize, object: &str, act: Act, owner: Option<usize>) -> bool {
        for role in self.roles_of(user) {
            let Some(rights) = rights_on(role, object) else { continue };
            let allowed = match act {
                Act::Create => rights.create,
                Act::Read => rights.read,
                Act::Edit => rights.edit,
                Act::Delete => rights.delete,
            };
            if !allowed {
                continue;
            }
            if rights.modify_all || (act == Act::Read && rights.view_all) {
                return true;
            }
            if self.covers(user, self.setting, owner) || self.covers(user, rights.scope, owner) {
                return true;
            }
        }
        false
    }

    /// Whether the user may read any records of an object, were they the user's own.
    pub fn reads(&self, user: usize, object: &str) -> bool {
        self.given(user, object, Act::Read, Some(user)) || self.administrator(user)
    }

    /// Whether the user sees a record, alive or in the bin.
    pub fn visible(&self, user: usize, record: usize) -> bool {
        self.administrator(user) || self.reach(user, record, Act::Read)
    }

    fn sharing(&self, object: &str) -> Option<&Sharing> {
        self.sharing.iter().find(|sharing| sharing.object == object)
    }

    fn hierarchy(&self, object: &str) -> bool {
        self.sharing(object).is_none_or(|sharing| sharing.hierarchy)
    }

    /// Whether another user's position lies under the user's. Goes up from the other's.
    fn position_under(&self, user: usize, other: usize) -> bool {
        let (Some(high), Some(low)) = (self.users[user].position, self.users[other].position) else { return false };
        let mut above = self.positions[low];
        for _ in 0..self.positions.len() {
            match above {
                Some(position) if position == high => return true,
                Some(position) => above = self.positions[position],
                None => return false,
            }
        }
        false
    }

    /// Whether another user is below the user in the hierarchy, or is the user.
    fn below(&self, user: usize, other: usize) -> bool {
        let mut here = Some(other);
        for _ in 0..=self.users.len() {
            let Some(one) = here else { return false };
            if one == user || self.position_under(user, one) {
                return true;
            }
            here = self.users[one].manager;
        }
        false
    }

    /// Whether what this user owns is owned by somebody below in the hierarchy, or by a queue that somebody below serves.
    fn owns_below(&self, user: usize, owner: usize) -> bool {
        self.below(user, owner) || (0..self.users.len()).any(|one| self.serves(one, owner) && self.below(user, one))
    }

    /// Whether what is open to these is open to the user: of an object with hierarchy also if it is to somebody below.
    fn for_user(&self, user: usize, object: &str, members: &[Member]) -> bool {
        let is_one = |one: usize| members.iter().any(|member| self.is_in(one, *member, Way::With, 0));
        if self.hierarchy(object) { (0..self.users.len()).any(|one| self.below(user, one) && is_one(one)) } else { is_one(user) }
    }

    fn falls_under(&self, record: &Record, which: &Which) -> bool {
        let begins = |field: &str, start: &str| matches!(record.value(field), Some(Value::Text(text)) if text.starts_with(start));
        match which {
            Which::Owned(members) => {
                record.owner.is_some_and(|owner| members.iter().any(|member| self.is_in(owner, *member, Way::Owning, 0)))
            }
            Which::Begins(field, start) => begins(field, start),
            Which::BeginsNot(field, start) => !begins(field, start),
            Which::AtLeast(field, least) => matches!(record.value(field), Some(Value::Integer(n)) if n >= least),
            Which::Empty(field) => record.value(field).is_none(),
        }
    }

    /// The fields by which rules open records of an object.
    pub fn ruling_fields(&self, object: &str) -> Vec<&'static str> {
        let rules = self.sharing(object).map(|sharing| sharing.rules.as_slice()).unwrap_or_default();
        let field = |rule: &Rule| match rule.which {
            Which::Owned(_) => None,
            Which::Begins(field, _) | Which::BeginsNot(field, _) | Which::AtLeast(field, _) | Which::Empty(field) => Some(field),
        };
        rules.iter().filter_map(field).collect()
    }

    /// Whether a record is in the user's reach for something, by roles or by sharing.
    fn reach(&self, user: usize, place: usize, act: Act) -> bool {
        let record = &self.records[place];
        let object = record.object;
        if !self.given(user, object, act, Some(user)) {
            return false;
        }
        if self.given(user, object, act, record.owner) {
            return true;
        }
        if self.hierarchy(object) && record.owner.is_some_and(|owner| self.owns_below(user, owner)) {
            return true;
        }
        if act != Act::Delete && self.sharing(object).is_none_or(|sharing| sharing.manual) {
            for share in &record.shares {
                if !share.over && (share.edit || act == Act::Read) && self.for_user(user, object, &[share.with]) {
                    return true;
                }
            }
        }
        let Some(sharing) = self.sharing(object) else { return false };
        if act != Act::Delete {
            if sharing.default >= if act == Act::Read { DefaultAccess::Read } else { DefaultAccess::Edit } {
                return true;
            }
            for rule in &sharing.rules {
                let gives = rule.edit || act == Act::Read;
                if gives && self.falls_under(record, &rule.which) && self.for_user(user, object, &rule.with) {
                    return true;
                }
            }
        }
        if let Some((field, same)) = sharing.parent
            && let Some(Value::Link(parent)) = record.value(field)
            && !self.records[*parent].deleted
        {
            let with = if act == Act::Read { self.visible(user, *parent) } else { same && self.may(user, *parent, Act::Edit) };
            if with {
                return true;
            }
        }
        act == Act::Read
            && sharing.by_children.iter().any(|(child, field)| {
                let open = self.reads(user, child) && self.field(user, child, field) == Sight::Full;
                let leads = |one: &Record| {
                    one.object == *child
                        && !one.deleted
                        && self.covers(user, Scope::Own, one.owner)
                        && one.value(field) == Some(&Value::Link(place))
                };
                open && self.records.iter().any(leads)
            })
    }

    /// Whether the user may make a record for this owner.
    pub fn may_create(&self, user: usize, object: &str, owner: Option<usize>) -> bool {
        if self.administrator(user) {
            return true;
        }
        let below = self.hierarchy(object) && owner.is_some_and(|owner| self.owns_below(user, owner));
        let given = self.given(user, object, Act::Create, owner) || (below && self.given(user, object, Act::Create, Some(user)));
        given && self.knows(user, owner)
    }

    /// Whether the user may name another user in a record: that one's record, which the first administrator owns, must be seen.
    fn knows(&self, user: usize, other: Option<usize>) -> bool {
        other == Some(user) || self.given(user, "user", Act::Read, None)
    }

    /// Whether the user may do something with a record that is there.
    pub fn may(&self, user: usize, record: usize, act: Act) -> bool {
        self.administrator(user) || (self.visible(user, record) && self.reach(user, record, act))
    }

    /// What the roles say of a field; nothing if it is as open as its record.
    fn field_rights(&self, user: usize, object: &str, field: &str) -> Option<Vec<FieldRight>> {
        if self.administrator(user) {
            return None;
        }
        let mut all = Vec::new();
        for (place, role) in self.roles_of(user).into_iter().enumerate() {
            match role.fields.get(object).and_then(|fields| fields.get(field)) {
                Some(right) => all.push(*right),
                None if place == 0 => return None,
                None => {}
            }
        }
        Some(all)
    }

    /// What the user sees of a field in the records of an object in general: in full only if in all of them.
    pub fn field(&self, user: usize, object: &str, field: &str) -> Sight {
        let Some(rights) = self.field_rights(user, object, field) else { return Sight::Full };
        let mut sight = Sight::Hidden;
        for right in rights {
            match right.access {
                FieldAccess::Hidden => {}
                FieldAccess::Read | FieldAccess::Edit if right.scope == Scope::All => return Sight::Full,
                FieldAccess::Masked | FieldAccess::Read | FieldAccess::Edit => sight = Sight::Masked,
            }
        }
        sight
    }

    /// What the user sees of a field in one record.
    pub fn cell(&self, user: usize, record: usize, field: &str) -> Sight {
        if !self.visible(user, record) {
            return Sight::Hidden;
        }
        let Record { object, owner, .. } = self.records[record];
        let Some(rights) = self.field_rights(user, object, field) else { return Sight::Full };
        for right in &rights {
            if right.access >= FieldAccess::Read && self.covers(user, right.scope, owner) {
                return Sight::Full;
            }
        }
        self.field(user, object, field)
    }

    /// Whether the user may write a field in a record of this owner, as far as the record may be written.
    pub fn field_writable(&self, user: usize, object: &str, field: &str, owner: Option<usize>) -> bool {
        let Some(rights) = self.field_rights(user, object, field) else { return true };
        rights.iter().any(|right| right.access == FieldAccess::Edit && self.covers(user, right.scope, owner))
    }

    /// Whether the user may change a field of a record.
    pub fn may_write(&self, user: usize, record: usize, field: &str) -> bool {
        let Record { object, owner, .. } = self.records[record];
        self.may(user, record, Act::Edit) && self.field_writable(user, object, field, owner)
    }
}

/// What a role says of an object.
fn rights_on<'r>(role: &'r RoleDef, object: &str) -> Option<&'r ObjectRights> {
    match role.objects.get(object) {
        Some(rights) => Some(rights),
        None => role.objects.get("*"),
    }
}
