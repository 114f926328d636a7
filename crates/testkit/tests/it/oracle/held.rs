//! A world in an organisation: put there through the product's own doors, and taken away for the next one.

use std::cell::RefCell;
use std::collections::HashMap;

use guanxi_engine::shares::{self, Terms};
use guanxi_engine::write::{self, Operation, Options, Outcome};
use guanxi_engine::{admission, breadth, changes, recycle, roles, schema_change, sharing};
use guanxi_model::meta::{Filter, FilterOp, ParentAccess, ParentGives, RoleDef, RoleKind, Scope, ShareAccess, SharingDef, SharingRule};
use guanxi_model::{Ctx, Door, Error, ErrorKind, Label, Lang, RecordId};
use guanxi_query::tree::Order;
use guanxi_testkit::oracle::{GROUPS, Member, OBJECTS, POSITIONS, Rule, Sharing, Sight, TERRITORIES, Value, Which, World};
use guanxi_testkit::org::TestOrg;
use serde_json::{Map, Value as Json, json};

/// Users and teams that an organisation has for its worlds, the most that one needs.
const USERS: usize = 12;
const TEAMS: usize = 5;

/// What was compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub worlds: usize,
    pub cells: usize,
    pub answers: usize,
    pub bytes: usize,
    pub writes: usize,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.worlds += other.worlds;
        self.cells += other.cells;
        self.answers += other.answers;
        self.bytes += other.bytes;
        self.writes += other.writes;
    }
}

/// An organisation that holds one world after the other.
pub struct Host {
    pub t: TestOrg,
    users: Vec<RecordId>,
    teams: Vec<RecordId>,
    positions: Vec<RecordId>,
    groups: Vec<RecordId>,
    territories: Vec<RecordId>,
    /// Who is in which group or territory now.
    members: Vec<(RecordId, Member, Member)>,
    sharing: Vec<Sharing>,
    setting: Scope,
}

impl Host {
    pub async fn new(t: TestOrg) -> Host {
        for kind in [RoleKind::Profile, RoleKind::PermissionSet] {
            for n in 0..3 {
                roles::create(&t.org, &t.admin(), nothing(kind, n)).await.expect("a role");
            }
        }
        let user = |n: usize| json!({"name": format!("u{n}"), "email": format!("u{n}@example.org"), "role": "x_profile_0"});
        let users = created(&t, (0..USERS).map(|n| ("user", user(n))).collect()).await;
        let teams = created(&t, (0..TEAMS).map(|n| ("team", json!({"name": format!("t{n}")}))).collect()).await;
        let positions = created(&t, (0..POSITIONS).map(|n| ("position", json!({"name": format!("p{n}")}))).collect()).await;
        let groups = created(&t, (0..GROUPS).map(|n| ("public_group", json!({"name": format!("g{n}")}))).collect()).await;
        let territory = |n: usize| json!({"name": format!("r{n}")});
        let territories = created(&t, (0..TERRITORIES).map(|n| ("territory", territory(n))).collect()).await;
        let setting = t.org.schema().settings.standard_user_scope;
        Host { setting, t, users, teams, positions, groups, territories, members: Vec::new(), sharing: Vec::new() }
    }

    /// Gives everybody the rights of a world.
    pub async fn set_rights(&mut self, world: &World) {
        let admin = self.t.admin();
        if self.setting != world.setting {
            schema_change::set_standard_user_scope(&self.t.org, &admin, world.setting).await.expect("set");
            self.setting = world.setting;
        }
        for role in &world.roles {
            if self.t.org.schema().roles[&role.name] != *role {
                roles::replace(&self.t.org, &admin, &role.name, role.clone(), None).await.expect("a role of the world");
            }
        }
        let id = |ids: &[RecordId], place: Option<usize>| place.map_or(Json::Null, |place| json!(self.t.id(ids[place])));
        let team = |n: usize| {
            let team = world.teams.get(n);
            let (parent, lead) = (team.and_then(|t| t.parent), team.and_then(|t| t.lead));
            json!({"parent_id": id(&self.teams, parent), "lead_id": id(&self.users, lead)})
        };
        let user = |n: usize| match world.users.get(n) {
            Some(user) => json!({
                "role": world.roles[user.profile].name,
                "permission_sets": user.sets.iter().map(|set| world.roles[*set].name.clone()).collect::<Vec<_>>(),
                "team_id": id(&self.teams, user.team), "manager_id": id(&self.users, user.manager),
                "position_id": id(&self.positions, user.position), "active": user.active || user.served_by.is_some(),
                "served_by_id": user.served_by.map(|by| self.t.id(self.member(by))),
            }),
            None => json!({
                "role": "x_profile_0", "permission_sets": [], "team_id": null, "manager_id": null, "position_id": null,
                "served_by_id": null,
            }),
        };
        let territory = |n: usize| json!({"parent_id": id(&self.territories, world.territories[n].parent)});
        let territories = self.territories.iter().enumerate().map(|(n, id)| update(*id, territory(n)));
        let position = |n: usize| json!({"parent_id": id(&self.positions, world.positions[n])});
        let teams = self.teams.iter().enumerate().map(|(n, id)| update(*id, team(n)));
        let users = self.users.iter().enumerate().map(|(n, id)| update(*id, user(n)));
        let positions = self.positions.iter().enumerate().map(|(n, id)| update(*id, position(n)));
        all(&self.t, teams.chain(users).chain(positions).chain(territories).collect()).await;
        self.set_members(world).await;
        self.set_sharing(world).await;
    }

    async fn set_members(&mut self, world: &World) {
        let groups = world.groups.iter().enumerate().map(|(n, members)| (Member::Group(n), members));
        let territories = world.territories.iter().enumerate().map(|(n, territory)| (Member::Territory(n), &territory.members));
        let wanted: Vec<(Member, Member)> =
            groups.chain(territories).flat_map(|(of, members)| members.iter().map(move |member| (of, *member))).collect();
        let (kept, gone): (Vec<_>, Vec<_>) = self.members.drain(..).partition(|(_, of, member)| wanted.contains(&(*of, *member)));
        let ids: Vec<String> = gone.iter().map(|(id, ..)| self.t.id(*id)).collect();
        all(&self.t, gone.into_iter().map(|(id, ..)| Operation::Delete { id, version: None }).collect()).await;
        recycle::purge(&self.t.org, &self.t.admin(), &ids).await.expect("purged");
        let new: Vec<(Member, Member)> =
            wanted.into_iter().filter(|one| kept.iter().all(|(_, of, member)| (*of, *member) != *one)).collect();
        let membership = |(of, member): &(Member, Member)| {
            let (object, field) =
                if matches!(of, Member::Territory(_)) { ("territory_member", "territory_id") } else { ("group_member", "public_group_id") };
            (object, json!({field: self.t.id(self.member(*of)), "member_id": self.t.id(self.member(*member))}))
        };
        let made = created(&self.t, new.iter().map(membership).collect()).await;
        self.members = kept;
        self.members.extend(made.into_iter().zip(new).map(|(id, (of, member))| (id, of, member)));
    }

    fn member(&self, member: Member) -> RecordId {
        match member {
            Member::User(n) => self.users[n],
            Member::Team(n) => self.teams[n],
            Member::Position(n) => self.positions[n],
            Member::Group(n) => self.groups[n],
            Member::Territory(n) => self.territories[n],
        }
    }

    async fn set_sharing(&mut self, world: &World) {
        let admin = self.t.admin();
        for object in OBJECTS {
            let find = |all: &[Sharing]| all.iter().find(|sharing| sharing.object == object).cloned();
            let (now, then) = (find(&self.sharing), find(&world.sharing));
            if now != then {
                let def = then.map_or_else(|| SharingDef::of(object), |sharing| self.definition(&sharing));
                sharing::replace(&self.t.org, &admin, object, def, None).await.expect("shared");
            }
        }
        self.sharing = world.sharing.clone();
        sharing::take_up(&self.t.org).await.expect("taken up");
    }

    fn definition(&self, sharing: &Sharing) -> SharingDef {
        let ids = |members: &[Member]| members.iter().map(|member| self.t.id(self.member(*member))).collect::<Vec<String>>();
        let test = |field: &str, op, value| Filter::Field { field: field.to_owned(), op, value };
        let rule = |(n, rule): (usize, &Rule)| {
            let (owned_by, filter) = match &rule.which {
                Which::Owned(members) => (ids(members), None),
                Which::Begins(field, start) => (Vec::new(), Some(test(field, FilterOp::StartsWith, json!(start)))),
                Which::BeginsNot(field, start) => {
                    (Vec::new(), Some(Filter::Not { not: Box::new(test(field, FilterOp::StartsWith, json!(start))) }))
                }
                Which::AtLeast(field, least) => (Vec::new(), Some(test(field, FilterOp::Ge, json!(least)))),
                Which::Empty(field) => (Vec::new(), Some(test(field, FilterOp::IsNull, Json::Null))),
            };
            let access = if rule.edit { ShareAccess::Edit } else { ShareAccess::Read };
            SharingRule {
                name: format!("r{n}"),
                label: Label::new("规则", "Rule"),
                owned_by,
                filter,
                with: ids(&rule.with),
                access,
                number: 0,
            }
        };
        SharingDef {
            object: sharing.object.to_owned(),
            default: sharing.default,
            hierarchy: sharing.hierarchy,
            manual: sharing.manual,
            parent: sharing.parent.map(|(field, same)| ParentAccess {
                field: field.to_owned(),
                access: if same { ParentGives::Same } else { ParentGives::Read },
            }),
            by_children: sharing.by_children.iter().map(|(object, field)| format!("{object}.{field}")).collect(),
            rules: sharing.rules.iter().enumerate().map(rule).collect(),
        }
    }

    /// Shares the records of a world whose objects let them be shared; where one does not, the world knows of no shares.
    async fn share(&self, world: &mut World, ids: &[RecordId]) {
        let admin = self.t.admin();
        for (place, record) in world.records.iter_mut().enumerate() {
            if world.sharing.iter().any(|sharing| sharing.object == record.object && !sharing.manual) {
                record.shares.clear();
            }
            for share in &record.shares {
                let access = if share.edit { ShareAccess::Edit } else { ShareAccess::Read };
                let terms =
                    Terms { access, part: None, expires_at: Some(admin.now_us + if share.over { 1_000_000 } else { 3_600_000_000 }) };
                let (id, with) = (self.t.id(ids[place]), self.t.id(self.member(share.with)));
                shares::share(&self.t.org, &admin, record.object, &id, &with, terms).await.expect("shared");
            }
        }
        self.t.clock.advance(2_000_000);
    }

    /// Puts a world into the organisation.
    pub async fn hold(&mut self, world: World) -> Held<'_> {
        // Records in reach are looked up first in one half of the worlds, and looked for along the order in the other.
        breadth::count_as_few(&self.t.org, if world.seed.is_multiple_of(2) { 0 } else { breadth::FEW });
        self.set_rights(&world).await;
        let begin = changes::head(&self.t.org);
        let mut ids = vec![RecordId(0); world.records.len()];
        for object in OBJECTS {
            let places: Vec<usize> = (0..ids.len()).filter(|place| world.records[*place].object == object).collect();
            let values = |place: &usize| {
                let record = &world.records[*place];
                let values = record.values.iter().map(|(field, value)| ((*field).to_owned(), value.input(|to| self.t.id(ids[to]))));
                let owner = record.owner.map_or(self.t.admin().user, |owner| self.users[owner]);
                Json::Object(values.chain([("owner_id".to_owned(), json!(self.t.id(owner)))]).collect())
            };
            let made = created(&self.t, places.iter().map(|place| (object, values(place))).collect()).await;
            for (place, id) in places.iter().zip(made) {
                ids[*place] = id;
            }
        }
        let mut world = world;
        self.share(&mut world, &ids).await;
        let gone = (0..ids.len()).filter(|place| world.records[*place].deleted);
        all(&self.t, gone.map(|place| Operation::Delete { id: ids[place], version: None }).collect()).await;
        let mut held = Held { host: self, world, ids, words: HashMap::new(), begin, tally: RefCell::default() };
        held.tally.borrow_mut().worlds = 1;
        for place in 0..held.ids.len() {
            for (field, value) in held.world.records[place].values.clone() {
                held.know(place, field, &value);
            }
        }
        held
    }
}

fn nothing(kind: RoleKind, n: usize) -> RoleDef {
    let name = if kind == RoleKind::Profile { format!("x_profile_{n}") } else { format!("x_set_{n}") };
    let label = Label::new("角色", "Role");
    RoleDef {
        name,
        label,
        description: None,
        kind,
        administrator: false,
        objects: Default::default(),
        fields: Default::default(),
        import: false,
        export: false,
        view_audit: false,
        second_factor: false,
        addresses: Vec::new(),
    }
}

fn map(values: Json) -> Map<String, Json> {
    values.as_object().cloned().unwrap_or_default()
}

fn update(id: RecordId, values: Json) -> Operation {
    Operation::Update { id, values: map(values), version: None }
}

async fn created(t: &TestOrg, of: Vec<(&str, Json)>) -> Vec<RecordId> {
    let create = |(object, values): (&str, Json)| Operation::Create { object: object.to_owned(), values: map(values) };
    let made = all(t, of.into_iter().map(create).collect()).await;
    let id = |outcome| match outcome {
        Outcome::Created(row) => row.id(),
        other => panic!("not made: {other:?}"),
    };
    made.into_iter().map(id).collect()
}

/// Writes as the administrator, all or nothing.
async fn all(t: &TestOrg, operations: Vec<Operation>) -> Vec<Outcome> {
    if operations.is_empty() {
        return Vec::new();
    }
    let options = Options { all_or_none: true, ..Options::default() };
    write::write(&t.org, &t.admin(), operations, options).await.expect("written").outcomes
}

/// An organisation with a world in it.
pub struct Held<'h> {
    pub host: &'h mut Host,
    pub world: World,
    /// Of each record of the world.
    pub ids: Vec<RecordId>,
    /// Where each word is from that a value of the world had at any time.
    words: HashMap<String, (usize, &'static str)>,
    /// The end of the change log before the world was there.
    pub begin: i64,
    pub tally: RefCell<Tally>,
}

impl Held<'_> {
    pub fn t(&self) -> &TestOrg {
        &self.host.t
    }

    /// Remembers what a value is from.
    pub fn know(&mut self, record: usize, field: &'static str, value: &Value) {
        self.words.extend(value.words().into_iter().map(|word| (word, (record, field))));
    }

    /// The users who may come in.
    pub fn active(&self) -> Vec<usize> {
        (0..self.world.users.len()).filter(|user| self.world.users[*user].active).collect()
    }

    /// The context of a user as it is made for a request that comes now.
    pub async fn ctx(&self, user: usize) -> Ctx {
        let ctx = admission::act_as(&self.t().org, self.host.users[user], Door::Rest).await.expect("an active user");
        Ctx { lang: Lang::En, ..ctx }
    }

    /// Those who were deactivated do not come in.
    pub async fn check_inactive(&self) {
        for user in (0..self.world.users.len()).filter(|user| !self.world.users[*user].active) {
            let refused = admission::act_as(&self.t().org, self.host.users[user], Door::Rest).await.expect_err("deactivated");
            assert_eq!(refused.kind, ErrorKind::Unauthenticated);
        }
    }

    pub fn id(&self, record: usize) -> String {
        self.t().id(self.ids[record])
    }

    /// The record of an id.
    pub fn place(&self, text: &str) -> Option<usize> {
        let id = self.t().org.schema().parse_id(text)?.1;
        let place = self.ids.iter().position(|of| *of == id)?;
        (self.id(place) == text).then_some(place)
    }

    pub fn user_id(&self, user: Option<usize>) -> String {
        self.t().id(user.map_or(self.t().admin().user, |user| self.host.users[user]))
    }

    /// The live records of an object that a user sees.
    pub fn seen(&self, user: usize, object: &str) -> Vec<usize> {
        let there = |place: &usize| self.world.records[*place].object == object && !self.world.records[*place].deleted;
        (0..self.ids.len()).filter(there).filter(|place| self.world.visible(user, *place)).collect()
    }

    /// What an answer shows must be what the user sees now. `past` is what the log tells: of a field that is not open in every record it
    /// tells no value in full.
    pub fn clean(&self, door: &str, user: usize, past: bool, answer: &[u8]) {
        let mut tally = self.tally.borrow_mut();
        tally.answers += 1;
        tally.bytes += answer.len();
        for word in answer.split(|byte| !byte.is_ascii_alphanumeric()).filter_map(|word| std::str::from_utf8(word).ok()) {
            let Some((record, field)) = self.words.get(word) else { continue };
            let open = !past || self.world.field(user, self.world.records[*record].object, field) == Sight::Full;
            let sight = self.world.cell(user, *record, field);
            assert!(
                open && sight == Sight::Full,
                "{door}: {word} of {field} of {} is {sight:?} to user {user}: {}",
                self.about(*record),
                String::from_utf8_lossy(answer)
            );
        }
    }

    pub fn clean_json(&self, door: &str, user: usize, answer: &impl serde::Serialize) {
        self.clean(door, user, false, &serde_json::to_vec(answer).expect("JSON"));
    }

    /// An error shows nothing either.
    pub fn clean_error(&self, door: &str, user: usize, error: &Error) {
        self.clean(door, user, false, error_text(error).as_bytes());
    }

    /// A record for a message.
    pub fn about(&self, record: usize) -> String {
        format!("{record} ({}): {:?}", self.id(record), self.world.records[record])
    }

    /// What a user is to be shown of a field: nothing where it is not there for the user.
    pub fn expected(&self, user: usize, record: usize, field: &str) -> Option<Json> {
        let sight = self.world.cell(user, record, field);
        let value = self.world.records[record].value(field);
        (sight != Sight::Hidden).then(|| value.map_or(Json::Null, |value| value.shown(sight, |to| self.id(to))))
    }

    /// Compares the fields of a record that an answer has with what the user is to be shown.
    pub fn compare<'f>(&self, door: &str, user: usize, record: usize, shown: &Json, fields: impl IntoIterator<Item = &'f str>) {
        for field in fields {
            let expected = self.expected(user, record, field);
            assert_eq!(shown.get(field), expected.as_ref(), "{door}: {field} of {} for user {user}", self.about(record));
            self.tally.borrow_mut().cells += 1;
        }
    }

    /// Changes records as the administrator; gives the change set.
    pub async fn change(&mut self, values: Vec<(usize, &'static str, Value)>) -> Option<i64> {
        let mut by_record: Vec<(usize, Map<String, Json>)> = Vec::new();
        for (record, field, value) in values {
            let input = value.input(|to| self.id(to));
            match by_record.last_mut().filter(|(of, _)| *of == record) {
                Some((_, map)) => drop(map.insert(field.to_owned(), input)),
                None => by_record.push((record, [(field.to_owned(), input)].into_iter().collect())),
            }
            self.set(record, field, value);
        }
        let operations: Vec<Operation> = by_record.into_iter().map(|(record, map)| update(self.ids[record], Json::Object(map))).collect();
        if operations.is_empty() {
            return None;
        }
        let options = Options { all_or_none: true, ..Options::default() };
        Some(write::write(&self.t().org, &self.t().admin(), operations, options).await.expect("written").change_set)
    }

    /// Notes a new value in the world.
    pub fn set(&mut self, record: usize, field: &'static str, value: Value) {
        self.know(record, field, &value);
        let values = &mut self.world.records[record].values;
        values.retain(|(name, _)| *name != field);
        values.push((field, value));
    }

    /// All records as they are in the database, those in the bin too.
    pub async fn records(&self) -> Vec<Json> {
        let mut all = Vec::new();
        for object in OBJECTS {
            for deleted in [false, true] {
                let schema = self.t().org.schema();
                let names = guanxi_engine::read::field_names(schema.require(object).expect("an object"));
                let mut query = guanxi_query::Query::fields(object, &names);
                query.deleted = deleted;
                query.order = vec![Order { path: "id".into(), desc: false, nulls_last: None }];
                let page = guanxi_query::Page { limit: 2_000, ..guanxi_query::Page::default() };
                let rows = guanxi_engine::read::run(&self.t().org, &self.t().admin(), query, &page).await.expect("rows");
                let page: Json = serde_json::from_slice(&guanxi_engine::read::page_json(&schema, &rows)).expect("JSON");
                all.extend(page["records"].as_array().cloned().unwrap_or_default());
            }
        }
        all
    }

    /// Takes the world's records away for good.
    pub async fn clear(self) -> Tally {
        let live = (0..self.ids.len()).filter(|place| !self.world.records[*place].deleted);
        all(self.t(), live.map(|place| Operation::Delete { id: self.ids[place], version: None }).collect()).await;
        let ids: Vec<String> = (0..self.ids.len()).map(|place| self.id(place)).collect();
        recycle::purge(&self.t().org, &self.t().admin(), &ids).await.expect("purged");
        self.tally.take()
    }
}

/// All that an error tells.
pub fn error_text(error: &Error) -> String {
    format!("{:?} {} {:?} {:?} {:?}", error.kind, error.code, error.message, error.fields, error.current)
}
