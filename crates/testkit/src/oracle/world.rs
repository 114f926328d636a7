//! Random worlds.

use std::collections::BTreeMap;

use guanxi_model::Label;
use guanxi_model::meta::{DefaultAccess, FieldAccess, FieldRight, ObjectRights, RoleDef, RoleKind, Scope};

use super::{Member, Record, Rule, Seed, Share, Sharing, Team, Territory, User, Value, Which, World};

/// The objects whose records a world has.
pub const OBJECTS: [&str; 3] = ["account", "contact", "opportunity"];

/// The field of every object that is as open as its record.
pub const ALWAYS_OPEN: &str = "name";

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word.
    Text,
    /// A mobile phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A whole number.
    Integer,
    /// An amount.
    Money,
    /// A record of another object.
    Link(&'static str),
}

/// The fields of an object that a world fills.
pub fn fields_of(object: &str) -> &'static [(&'static str, Kind)] {
    match object {
        "account" => &[
            ("name", Kind::Text),
            ("phone", Kind::Phone),
            ("email", Kind::Email),
            ("employees", Kind::Integer),
            ("annual_revenue", Kind::Money),
            ("region", Kind::Text),
        ],
        "contact" => &[
            ("name", Kind::Text),
            ("account_id", Kind::Link("account")),
            ("mobile", Kind::Phone),
            ("email", Kind::Email),
            ("department", Kind::Text),
        ],
        _ => &[
            ("name", Kind::Text),
            ("account_id", Kind::Link("account")),
            ("contact_id", Kind::Link("contact")),
            ("amount", Kind::Money),
            ("next_step", Kind::Text),
            ("competitor", Kind::Text),
        ],
    }
}

/// What a field of an object holds.
pub fn kind_of(object: &str, field: &str) -> Kind {
    fields_of(object).iter().find(|(name, _)| *name == field).map_or(Kind::Text, |(_, kind)| *kind)
}

const SCOPES: [Scope; 5] = [Scope::Setting, Scope::Own, Scope::Team, Scope::TeamAndBelow, Scope::All];

/// Roles of a world: so many profiles, then permission sets.
const PROFILES: usize = 3;

/// Positions of a world.
pub const POSITIONS: usize = 4;
/// Public groups of a world.
pub const GROUPS: usize = 3;
/// Territories of a world.
pub const TERRITORIES: usize = 3;

/// So many worlds, one after the other, have the same roles, which cost more to change than all else.
pub const FAMILY: usize = 4;

impl World {
    /// The world of a seed.
    pub fn random(seed: u64) -> World {
        let mut random = Seed::new(seed);
        let r = &mut random;
        let setting = r.one(&[Scope::Own, Scope::Own, Scope::Own, Scope::Team, Scope::TeamAndBelow, Scope::All]);
        let of_family = &mut Seed::new((seed / FAMILY as u64) ^ 0x726F_6C65);
        let sets = of_family.below(4);
        let roles: Vec<RoleDef> = (0..PROFILES + sets).map(|place| role(of_family, place)).collect();
        let (n_users, n_teams) = (5 + r.below(8), 2 + r.below(4));
        let shared: Vec<&str> = OBJECTS.into_iter().filter(|_| of_family.percent(70)).collect();
        let sharing = shared.into_iter().map(|object| sharing(of_family, object)).collect();
        let teams: Vec<Team> = (0..n_teams)
            .map(|place| Team {
                parent: (place > 0 && r.percent(70)).then(|| r.below(place)),
                lead: r.percent(50).then(|| r.below(n_users)),
            })
            .collect();
        let users = (0..n_users).map(|_| user(r, n_users, n_teams, roles.len())).collect();
        let positions = (0..POSITIONS).map(|place| (place > 0 && r.percent(75)).then(|| r.below(place))).collect();
        let groups = (0..GROUPS).map(|_| members(r, 3)).collect();
        let territories = (0..TERRITORIES).map(|place| territory(r, place)).collect();
        let mut world = World { seed, setting, roles, teams, users, positions, groups, territories, sharing, records: Vec::new() };
        for _ in 0..15 + r.below(46) {
            let record = world.record(r);
            world.records.push(record);
        }
        world.settle();
        world
    }

    fn record(&self, r: &mut Seed) -> Record {
        let object = r.one(&OBJECTS);
        let place = self.records.len();
        let values = fields_of(object).iter().enumerate().filter_map(|(at, (field, kind))| {
            let value = match kind {
                Kind::Link(to) => self.one_of(r, to).map(Value::Link)?,
                kind => canary(*kind, place * 10 + at),
            };
            (*field == ALWAYS_OPEN || r.percent(85)).then_some((*field, value))
        });
        let values = values.collect();
        let owner = r.percent(92).then(|| r.below(self.users.len()));
        let shares = if r.percent(25) { grantees(r, 2) } else { Vec::new() };
        let shares = shares.into_iter().map(|with| Share { with, edit: r.percent(40), over: r.percent(20) }).collect();
        Record { object, owner, deleted: r.percent(12), values, shares }
    }

    fn one_of(&self, r: &mut Seed, object: &str) -> Option<usize> {
        let there: Vec<usize> = (0..self.records.len()).filter(|i| self.records[*i].object == object).collect();
        (!there.is_empty()).then(|| r.one(&there))
    }

    /// A record that is in the bin is no longer pointed at by those that are not.
    pub fn settle(&mut self) {
        let gone: Vec<bool> = self.records.iter().map(|record| record.deleted).collect();
        for record in self.records.iter_mut().filter(|record| !record.deleted) {
            record.values.retain(|(_, value)| !matches!(value, Value::Link(to) if gone[*to]));
        }
    }

    /// A change of somebody's rights.
    pub fn shuffle(&mut self, r: &mut Seed) {
        let (users, teams, roles) = (self.users.len(), self.teams.len(), self.roles.len());
        for _ in 0..1 + r.below(3) {
            let one = r.below(users);
            match r.below(13) {
                0 => self.users[one].team = r.percent(70).then(|| r.below(teams)),
                1 => self.users[one].manager = r.percent(70).then(|| r.below(users)),
                2 => self.users[one].profile = r.below(PROFILES),
                3 => self.users[one].sets = some_sets(r, roles),
                7 => self.users[one].position = r.percent(70).then(|| r.below(POSITIONS)),
                8 => self.positions[1 + r.below(POSITIONS - 1)] = r.percent(70).then_some(0),
                9 => self.groups[r.below(GROUPS)] = members(r, 3),
                11 => {
                    let place = r.below(TERRITORIES);
                    self.territories[place] = territory(r, place);
                }
                12 if self.users[one].served_by.is_some() => self.users[one].served_by = members(r, 1).pop(),
                10 => {
                    let object = r.one(&OBJECTS);
                    self.sharing.retain(|sharing| sharing.object != object);
                    if r.percent(70) {
                        self.sharing.push(sharing(r, object));
                    }
                }
                4 => self.teams[r.below(teams)].lead = r.percent(60).then_some(one),
                5 => {
                    let place = r.below(roles);
                    self.roles[place] = role(r, place);
                }
                _ => self.setting = r.one(&SCOPES[1..]),
            }
        }
    }
}

/// The value of a place. What a mask shows of it is the same for all: they differ in what it does not show.
pub(super) fn canary(kind: Kind, n: usize) -> Value {
    match kind {
        Kind::Text => Value::Text(format!("q{n:05}zx")),
        Kind::Phone => Value::Phone(format!("139{n:04}1234")),
        Kind::Email => Value::Email(format!("m{n:05}kv@example.com")),
        Kind::Integer => Value::Integer(410_000_000 + n as i64 * 7),
        Kind::Money | Kind::Link(_) => Value::Money(620_000_000 + n as i64 * 11),
    }
}

impl Value {
    /// Another value that shows the same in part; `n` tells it from all others.
    pub fn other(&self, n: usize) -> Value {
        match self {
            Value::Text(_) => canary(Kind::Text, n),
            Value::Phone(_) => canary(Kind::Phone, n),
            Value::Email(_) => canary(Kind::Email, n),
            Value::Integer(_) => canary(Kind::Integer, n),
            Value::Money(_) => canary(Kind::Money, n),
            Value::Link(to) => Value::Link(*to),
        }
    }
}

fn user(r: &mut Seed, users: usize, teams: usize, roles: usize) -> User {
    let served_by = if r.percent(15) { members(r, 1).pop() } else { None };
    User {
        profile: r.below(PROFILES),
        sets: some_sets(r, roles),
        team: r.percent(80).then(|| r.below(teams)),
        manager: r.percent(35).then(|| r.below(users)),
        position: r.percent(60).then(|| r.below(POSITIONS)),
        active: r.percent(92) && served_by.is_none(),
        served_by,
    }
}

fn territory(r: &mut Seed, place: usize) -> Territory {
    let parent = (place > 0 && r.percent(75)).then(|| r.below(place));
    let members = if r.percent(80) { members(r, 2) } else { Vec::new() };
    Territory { parent, members }
}

/// Some with whom something can be shared: members, and territories.
fn grantees(r: &mut Seed, most: usize) -> Vec<Member> {
    let mut all = members(r, most);
    if r.percent(30) {
        all[0] = Member::Territory(r.below(TERRITORIES));
    }
    all
}

/// Some users, teams, positions and groups, none of them twice; mostly such as there are in every world.
fn members(r: &mut Seed, most: usize) -> Vec<Member> {
    let mut all: Vec<Member> = Vec::new();
    for _ in 0..1 + r.below(most) {
        let one = match r.below(5) {
            0 => Member::Team(r.below(2)),
            1 => Member::Position(r.below(POSITIONS)),
            2 => Member::Group(r.below(GROUPS)),
            _ => Member::User(r.below(5)),
        };
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

fn sharing(r: &mut Seed, object: &'static str) -> Sharing {
    let default = match r.below(20) {
        0 | 1 => DefaultAccess::Read,
        2 => DefaultAccess::Edit,
        _ => DefaultAccess::Private,
    };
    let parent = match object {
        "contact" => r.percent(40).then(|| ("account_id", r.percent(50))),
        "opportunity" => r.percent(40).then(|| (r.one(&["account_id", "contact_id"]), r.percent(50))),
        _ => None,
    };
    let mut by_children = Vec::new();
    if object == "account" {
        by_children.extend([("contact", "account_id"), ("opportunity", "account_id")].into_iter().filter(|_| r.percent(30)));
    } else if object == "contact" && r.percent(30) {
        by_children.push(("opportunity", "contact_id"));
    }
    let rules = (0..r.below(4)).map(|_| Rule { which: which(r, object), with: grantees(r, 2), edit: r.percent(40) }).collect();
    Sharing { object, default, hierarchy: r.percent(60), manual: r.percent(80), parent, by_children, rules }
}

fn which(r: &mut Seed, object: &str) -> Which {
    let texts: &[&'static str] = match object {
        "account" => &["name", "region"],
        "contact" => &["name", "department"],
        _ => &["name", "next_step", "competitor"],
    };
    let (field, start) = (r.one(texts), format!("q00{}", r.below(6)));
    match r.below(6) {
        0 | 1 => Which::Owned(grantees(r, 2)),
        2 => Which::BeginsNot(field, start),
        3 => Which::Empty(r.one(&texts[1..])),
        4 if object == "account" => Which::AtLeast("employees", 410_000_000 + 7 * (100 * r.below(6)) as i64),
        _ => Which::Begins(field, start),
    }
}

fn some_sets(r: &mut Seed, roles: usize) -> Vec<usize> {
    (PROFILES..roles).filter(|_| r.percent(35)).collect()
}

fn role(r: &mut Seed, place: usize) -> RoleDef {
    let kind = if place < PROFILES { RoleKind::Profile } else { RoleKind::PermissionSet };
    let profile = kind == RoleKind::Profile;
    let name = if profile { format!("x_profile_{place}") } else { format!("x_set_{}", place - PROFILES) };
    let mut objects = BTreeMap::new();
    for object in OBJECTS.iter().copied().chain(["*"]) {
        if r.percent(if profile { 80 } else { 40 }) {
            objects.insert(object.to_owned(), object_rights(r));
        }
    }
    let mut fields = BTreeMap::new();
    for object in OBJECTS {
        let mut of_object = BTreeMap::new();
        for (field, _) in fields_of(object) {
            if *field != ALWAYS_OPEN && r.percent(if profile { 40 } else { 20 }) {
                of_object.insert((*field).to_owned(), field_right(r));
            }
        }
        if !of_object.is_empty() && r.percent(80) {
            fields.insert(object.to_owned(), of_object);
        }
    }
    let label = Label::new("角色", "Role");
    let administrator = profile && r.percent(4);
    let export = r.percent(50);
    let (second_factor, addresses) = (false, Vec::new());
    RoleDef {
        name,
        label,
        description: None,
        kind,
        administrator,
        objects,
        fields,
        import: false,
        export,
        view_audit: false,
        second_factor,
        addresses,
    }
}

fn object_rights(r: &mut Seed) -> ObjectRights {
    let read = r.percent(92);
    let and = |yes: bool| read && yes;
    let widest = if r.percent(20) { 5 } else { 4 };
    ObjectRights {
        create: and(r.percent(60)),
        read,
        edit: and(r.percent(65)),
        delete: and(r.percent(50)),
        view_all: and(r.percent(6)),
        modify_all: and(r.percent(5)),
        scope: r.one(&SCOPES[..widest]),
    }
}

fn field_right(r: &mut Seed) -> FieldRight {
    let access = r.one(&[FieldAccess::Hidden, FieldAccess::Masked, FieldAccess::Read, FieldAccess::Edit]);
    let scope = if access >= FieldAccess::Read && r.percent(65) { r.one(&SCOPES[1..4]) } else { Scope::All };
    FieldRight { access, scope, reveal: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_world_and_no_canary_twice() {
        for seed in 0..50 {
            let world = World::random(seed);
            assert_eq!(format!("{world:?}"), format!("{:?}", World::random(seed)));
            let mut words: Vec<String> = world.records.iter().flat_map(|r| r.values.iter().flat_map(|(_, v)| v.words())).collect();
            let count = words.len();
            words.sort();
            words.dedup();
            assert_eq!(words.len(), count);
        }
    }
}
