//! Who is in whose team, who stands above whom, and what is shared with whom: what scopes of teams, the hierarchy and sharing mean for a user.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use guanxi_access::{Purpose, on_behalf_of_product};
use guanxi_model::ctx::RuleReach;
use guanxi_model::meta::{ShareAccess, SharingDef, SharingRule};
use guanxi_model::{Cell, Colleagues, Ctx, Door, ObjectNo, RecordId, Result, Schema};
use guanxi_query::{Page, Query};
use tokio::sync::Mutex;

use crate::Organisation;
use crate::users::User;

/// Users and teams read at a time.
const PAGE: u32 = 2_000;

/// The directory as it was last read, with the number of [`guanxi_store::Heads::members`] that it holds for.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Option<(i64, Arc<Directory>)>>);

/// What a user is among the others. Where nothing of it can give the user a right it costs nothing.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn of(org: &Organisation, user: &User) -> Result<Arc<Colleagues>> {
    let schema = org.schema();
    if schema.roles.get(&user.role).is_none_or(|role| role.administrator) {
        return Ok(Arc::default());
    }
    Ok(Arc::new(directory(org).await?.colleagues(&schema, user.id.0)))
}

async fn directory(org: &Organisation) -> Result<Arc<Directory>> {
    // One reads, the others wait for it.
    let mut kept = org.colleagues().0.lock().await;
    let members = org.heads().await?.members;
    Ok(match kept.as_ref().filter(|(of, _)| *of == members) {
        Some((_, known)) => Arc::clone(known),
        None => Arc::clone(&kept.insert((members, Arc::new(Directory::read(org).await?))).1),
    })
}

/// How a user is related to another, the nearest way first: what explains that a scope covers the other's records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// It is the same user.
    Same,
    /// The other is in this team, which the user is in or leads.
    Team(i64),
    /// The other is in the last of these teams, each of which is below the one before; the user is in the first or leads it.
    TeamBelow(Vec<i64>),
    /// Each of these users reports to the one before; the user is the first, the other the last.
    Reports(Vec<i64>),
    /// The other is a queue that this one serves, who is the user or to whom the user is related.
    Queue(i64),
    /// None of that.
    None,
}

/// How `user` is related to `other`.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn relation(org: &Organisation, user: RecordId, other: RecordId) -> Result<Relation> {
    Ok(directory(org).await?.relation(user.0, other.0))
}

/// Names of the rules of an object that are for a user; of those that go by owner, only such as cover this one.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn rules_for(org: &Organisation, ctx: &Ctx, sharing: &SharingDef, owner: Option<RecordId>) -> Result<Vec<String>> {
    if sharing.rules.is_empty() {
        return Ok(Vec::new());
    }
    let (directory, schema) = (directory(org).await?, org.schema());
    let member_of = if sharing.hierarchy { &ctx.colleagues.below_member_of } else { &ctx.colleagues.member_of };
    let id = |text: &String| schema.parse_id(text).map(|(_, id)| id.0);
    let covers = |rule: &&SharingRule| {
        let for_user = rule.with.iter().filter_map(id).any(|with| member_of.binary_search(&with).is_ok());
        let owned =
            owner.is_some_and(|owner| rule.owned_by.iter().filter_map(id).any(|by| directory.users_of(by, &schema).contains(&owner.0)));
        for_user && (rule.filter.is_some() || owned)
    };
    Ok(sharing.rules.iter().filter(covers).map(|rule| rule.name.clone()).collect())
}

/// All teams, positions, public groups, territories and queues, and all users, those in the recycle bin too: their records are still there.
#[derive(Debug, Default)]
struct Directory {
    /// Users by team.
    members: HashMap<i64, Vec<i64>>,
    /// Teams by the team above.
    below: HashMap<i64, Vec<i64>>,
    /// Teams by the one who leads them.
    led: HashMap<i64, Vec<i64>>,
    /// Users by the one they report to.
    reports: HashMap<i64, Vec<i64>>,
    /// The team of a user.
    team: HashMap<i64, i64>,
    /// The team above a team.
    above: HashMap<i64, i64>,
    /// The position of a user.
    position: HashMap<i64, i64>,
    /// Users by position.
    holders: HashMap<i64, Vec<i64>>,
    /// The position above a position.
    position_above: HashMap<i64, i64>,
    /// Positions by the one above.
    positions_below: HashMap<i64, Vec<i64>>,
    /// Public groups and territories by what is in them: users, teams, positions, groups. Whoever is in a territory is in those below.
    groups: HashMap<i64, Vec<i64>>,
    /// What is in a public group or territory; the territories below are in it, too.
    in_group: HashMap<i64, Vec<i64>>,
    /// The users who serve a queue, in ascending order of the queues.
    queues: BTreeMap<i64, BTreeSet<i64>>,
    /// Objects of which single records have ever been shared, in ascending order.
    shared: Arc<[ObjectNo]>,
}

impl Directory {
    async fn read(org: &Organisation) -> Result<Directory> {
        let mut directory = Directory::default();
        for row in rows(org, "user", &["id", "team_id", "manager_id", "position_id"]).await? {
            let [Some(id), team, manager, position] = row else { continue };
            if let Some(team) = team {
                directory.members.entry(team).or_default().push(id);
                directory.team.insert(id, team);
            }
            if let Some(manager) = manager {
                directory.reports.entry(manager).or_default().push(id);
            }
            if let Some(position) = position {
                directory.position.insert(id, position);
                directory.holders.entry(position).or_default().push(id);
            }
        }
        // Whoever leads a team in the recycle bin leads nobody.
        for row in live_rows(org, "team", &["id", "parent_id", "lead_id"], false).await? {
            let [Some(id), parent, lead] = row else { continue };
            if let Some(parent) = parent {
                directory.below.entry(parent).or_default().push(id);
                directory.above.insert(id, parent);
            }
            if let Some(lead) = lead {
                directory.led.entry(lead).or_default().push(id);
            }
        }
        for row in live_rows(org, "position", &["id", "parent_id"], false).await? {
            if let [Some(id), Some(parent)] = row {
                directory.position_above.insert(id, parent);
                directory.positions_below.entry(parent).or_default().push(id);
            }
        }
        // A membership in the recycle bin is none.
        for row in live_rows(org, "group_member", &["public_group_id", "member_id"], false).await? {
            if let [Some(group), Some(member)] = row {
                directory.groups.entry(member).or_default().push(group);
                directory.in_group.entry(group).or_default().push(member);
            }
        }
        for row in live_rows(org, "territory_member", &["territory_id", "member_id"], false).await? {
            if let [Some(territory), Some(member)] = row {
                directory.groups.entry(member).or_default().push(territory);
                directory.in_group.entry(territory).or_default().push(member);
            }
        }
        for row in live_rows(org, "territory", &["id", "parent_id"], false).await? {
            if let [Some(id), Some(parent)] = row {
                directory.groups.entry(parent).or_default().push(id);
                directory.in_group.entry(parent).or_default().push(id);
            }
        }
        let schema = org.schema();
        for row in rows(org, "user", &["id", "served_by_id"]).await? {
            if let [Some(queue), Some(by)] = row {
                directory.queues.insert(queue, directory.users_of(by, &schema));
            }
        }
        directory.shared = org.store().shared_objects().await?.into();
        Ok(directory)
    }

    /// The teams that a user is in or leads.
    fn teams_of(&self, user: i64) -> Vec<i64> {
        self.team.get(&user).into_iter().chain(self.led.get(&user).into_iter().flatten()).copied().collect()
    }

    fn members_of(&self, teams: &BTreeSet<i64>) -> impl Iterator<Item = i64> {
        teams.iter().flat_map(|team| self.members.get(team).into_iter().flatten().copied())
    }

    fn relation(&self, user: i64, other: i64) -> Relation {
        if user == other {
            return Relation::Same;
        }
        if let Some(serving) = self.queues.get(&other) {
            let related = |one: &i64| *one == user || !matches!(self.relation(user, *one), Relation::None | Relation::Queue(_));
            let by = serving.get(&user).or_else(|| serving.iter().find(|one| related(one)));
            return by.map_or(Relation::None, |by| Relation::Queue(*by));
        }
        let teams = self.teams_of(user);
        let team = self.team.get(&other).copied();
        if let Some(team) = team.filter(|team| teams.contains(team)) {
            return Relation::Team(team);
        }
        let below = team.and_then(|team| teams.iter().find_map(|from| path(*from, team, &self.below)));
        below.map(Relation::TeamBelow).or_else(|| path(user, other, &self.reports).map(Relation::Reports)).unwrap_or(Relation::None)
    }

    fn colleagues(&self, schema: &Schema, user: i64) -> Colleagues {
        let teams = self.teams_of(user);
        let team: BTreeSet<i64> = self.members_of(&teams.iter().copied().collect()).chain([user]).collect();
        let all_teams = reached(teams, &self.below);
        let team_and_below: BTreeSet<i64> = self.members_of(&all_teams).chain(reached(vec![user], &self.reports)).collect();
        let below = self.below(user);
        let member_of = self.member_of(user);
        let below_member_of: BTreeSet<i64> = below.iter().flat_map(|one| self.member_of(*one)).collect();
        let rules = schema.sharing.values().filter_map(|sharing| {
            let object = schema.object(&sharing.object)?;
            let reach = self.rules(schema, sharing, if sharing.hierarchy { &below_member_of } else { &member_of });
            (reach != RuleReach::default()).then_some((object.no, reach))
        });
        let with_queues = |mut users: BTreeSet<i64>| -> Arc<[i64]> {
            let queues = self.queues.iter().filter(|(_, serving)| !serving.is_disjoint(&users)).map(|(queue, _)| *queue);
            users.extend(queues.collect::<Vec<_>>());
            users.into_iter().collect()
        };
        Colleagues {
            rules: rules.collect::<BTreeMap<_, _>>(),
            own: with_queues(BTreeSet::from([user])),
            team: with_queues(team),
            team_and_below: with_queues(team_and_below),
            below: with_queues(below),
            member_of: member_of.into_iter().collect(),
            below_member_of: below_member_of.into_iter().collect(),
            shared: Arc::clone(&self.shared),
        }
    }

    /// A user and those below: in positions below the user's, and who report to any of them.
    fn below(&self, user: i64) -> BTreeSet<i64> {
        let under = self.position.get(&user).and_then(|position| self.positions_below.get(position)).cloned().unwrap_or_default();
        let positions = reached(under, &self.positions_below);
        let mut below: BTreeSet<i64> = positions.iter().flat_map(|one| self.holders.get(one).into_iter().flatten().copied()).collect();
        below.insert(user);
        reached(below.into_iter().collect(), &self.reports)
    }

    /// A user, and everything a share with which is one with the user.
    fn member_of(&self, user: i64) -> BTreeSet<i64> {
        let teams = self.teams_of(user).into_iter().flat_map(|team| chain(team, &self.above));
        let positions = self.position.get(&user).into_iter().flat_map(|position| chain(*position, &self.position_above));
        let queues = self.queues.iter().filter(|(_, serving)| serving.contains(&user)).map(|(queue, _)| *queue);
        let within: Vec<i64> = teams.chain(positions).chain(queues).chain([user]).collect();
        reached(within, &self.groups)
    }

    /// The users who are a user, in a team or position or below it, or in a group.
    fn users_of(&self, grantee: i64, schema: &Schema) -> BTreeSet<i64> {
        let mut users = BTreeSet::new();
        for one in reached(vec![grantee], &self.in_group) {
            match schema.object_of(RecordId(one)).map(|object| object.name()) {
                Some("user") => drop(users.insert(one)),
                Some("team") => {
                    let teams = reached(vec![one], &self.below);
                    users.extend(self.members_of(&teams));
                    users.extend(self.led.iter().filter(|(_, led)| led.iter().any(|team| teams.contains(team))).map(|(lead, _)| *lead));
                }
                Some("position") => {
                    let positions = reached(vec![one], &self.positions_below);
                    users.extend(positions.iter().flat_map(|one| self.holders.get(one).into_iter().flatten().copied()));
                }
                _ => {}
            }
        }
        users
    }

    /// What an object's rules give to someone who is in these.
    fn rules(&self, schema: &Schema, sharing: &SharingDef, member_of: &BTreeSet<i64>) -> RuleReach {
        let ids = |texts: &[String]| texts.iter().filter_map(|text| schema.parse_id(text)).map(|(_, id)| id.0).collect::<Vec<i64>>();
        let (mut read_owners, mut edit_owners) = (BTreeSet::new(), BTreeSet::new());
        let (mut read, mut edit) = (BTreeSet::new(), BTreeSet::new());
        for rule in sharing.rules.iter().filter(|rule| ids(&rule.with).iter().any(|id| member_of.contains(id))) {
            let (owners, numbers) = match rule.access {
                ShareAccess::Read => (&mut read_owners, &mut read),
                ShareAccess::Edit => (&mut edit_owners, &mut edit),
            };
            owners.extend(ids(&rule.owned_by).into_iter().flat_map(|grantee| self.users_of(grantee, schema)));
            if rule.filter.is_some() {
                numbers.insert(rule.number);
            }
        }
        RuleReach {
            read_owners: read_owners.into_iter().collect(),
            edit_owners: edit_owners.into_iter().collect(),
            read: read.into_iter().collect(),
            edit: edit.into_iter().collect(),
        }
    }
}

/// One and those above it; circles end.
fn chain(from: i64, above: &HashMap<i64, i64>) -> Vec<i64> {
    let mut all = vec![from];
    while let Some(next) = all.last().and_then(|last| above.get(last)).filter(|next| !all.contains(next)) {
        all.push(*next);
    }
    all
}

/// The shortest way from one to another, both included.
fn path(from: i64, to: i64, next: &HashMap<i64, Vec<i64>>) -> Option<Vec<i64>> {
    let mut ways = std::collections::VecDeque::from([vec![from]]);
    let mut seen = BTreeSet::from([from]);
    while let Some(way) = ways.pop_front() {
        let last = *way.last()?;
        if last == to {
            return Some(way);
        }
        for one in next.get(&last).into_iter().flatten().filter(|one| seen.insert(**one)) {
            ways.push_back(way.iter().copied().chain([*one]).collect());
        }
    }
    None
}

/// What can be reached from `from`, itself included; circles end.
fn reached(from: Vec<i64>, next: &HashMap<i64, Vec<i64>>) -> BTreeSet<i64> {
    let mut seen = BTreeSet::new();
    let mut open = from;
    while let Some(one) = open.pop() {
        if seen.insert(one) {
            open.extend(next.get(&one).into_iter().flatten());
        }
    }
    seen
}

/// Rows of an object as numbers, live ones and those in the recycle bin.
async fn rows<const N: usize>(org: &Organisation, object: &str, fields: &[&str; N]) -> Result<Vec<[Option<i64>; N]>> {
    let mut all = live_rows(org, object, fields, false).await?;
    all.extend(live_rows(org, object, fields, true).await?);
    Ok(all)
}

/// Rows of an object as numbers: live ones, or those in the recycle bin.
async fn live_rows<const N: usize>(org: &Organisation, object: &str, fields: &[&str; N], deleted: bool) -> Result<Vec<[Option<i64>; N]>> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let mut query = Query::fields(object, fields);
        query.deleted = deleted;
        let page = Page { limit: PAGE, cursor: cursor.take(), ..Page::default() };
        let query = on_behalf_of_product(Purpose::Membership, query);
        let rows = org.store().select(&org.system_ctx(Door::System), &org.schema(), &query, &page).await?;
        all.extend(rows.rows().map(|row| std::array::from_fn(|i| row.get(i).and_then(Cell::as_int))));
        match rows.next {
            Some(next) => cursor = Some(next),
            None => return Ok(all),
        }
    }
}
