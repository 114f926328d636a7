//! The many: salespeople in teams beside the demo company's own, who enter what makes an organisation large. Each sits down every second
//! week or so, and what she enters then is one moment; the moments of all come one after the other. Only ids and names are remembered.

use guanxi_engine::Organisation;
use guanxi_engine::write::{self, MAX_OPERATIONS, Operation, Options, Outcome};
use guanxi_model::clock::ManualClock;
use guanxi_model::{Ctx, Door, Error, RecordId, Result};
use serde_json::{Value, json};

use super::calendar::Calendar;
use super::catalog::Catalog;
use super::customers::Companies;
use super::names;
use super::places::REGIONS;
use super::play::Played;
use super::portfolio::{Entry, Portfolio, Session, World, map};
use super::rng::Rng;
use super::size::Amounts;

/// Salespeople of a team.
pub(crate) const PER_TEAM: usize = 10;

/// The seed.
const SEED: u64 = 0x6275_6C6B;

/// Their numbers among all people begin here.
const FIRST_NUMBER: usize = 100;

/// The account numbers of their customers come after this one.
const LAST_ACCOUNT: i64 = 99_999;

/// Days between two sessions of a person, at least.
const PAUSE: i64 = 9;

/// The many at work.
pub struct Bulk<'a> {
    org: &'a Organisation,
    clock: &'a ManualClock,
    catalog: &'a Catalog,
    companies: Companies,
    rng: Rng,
    portfolios: Vec<Portfolio>,
    /// All sessions with the place of their portfolio, the last one first.
    sessions: Vec<(Session, usize)>,
}

impl<'a> Bulk<'a> {
    /// Hires them at the opening of the year.
    ///
    /// # Errors
    /// Those of the write door.
    pub async fn hire(
        (org, clock): (&'a Organisation, &'a ManualClock),
        calendar: &Calendar,
        catalog: &'a Catalog,
        amounts: Amounts,
        played: &mut Played,
    ) -> Result<Bulk<'a>> {
        clock.set(calendar.opening());
        let rng = Rng::new(SEED);
        let mut bulk = Bulk {
            org,
            clock,
            catalog,
            companies: Companies::after(LAST_ACCOUNT),
            rng,
            portfolios: Vec::new(),
            sessions: sessions(calendar, amounts.teams * PER_TEAM),
        };
        for team in 0..amounts.teams {
            bulk.team(team, amounts, played).await?;
        }
        Ok(bulk)
    }

    /// Writes everything up to a moment.
    ///
    /// # Errors
    /// Those of the write door.
    pub async fn until(&mut self, at: i64, played: &mut Played) -> Result<()> {
        while let Some((session, place)) = self.sessions.pop_if(|(session, _)| session.at <= at) {
            self.clock.set(session.at);
            let schema = self.org.schema();
            let portfolio = &mut self.portfolios[place];
            for part in 0..2 {
                let mut world = World { schema: &schema, companies: &mut self.companies, catalog: self.catalog, played };
                let entries = match part {
                    0 => portfolio.accounts(&mut self.rng, &mut world, &session),
                    _ => portfolio.work(&mut self.rng, &world, &session),
                };
                enter(self.org, portfolio, entries, played).await?;
            }
        }
        Ok(())
    }

    /// A sales team with its manager and its salespeople.
    async fn team(&mut self, number: usize, amounts: Amounts, played: &mut Played) -> Result<()> {
        let region = number % REGIONS.len();
        let place = REGIONS[region].0;
        let name = format!("{place}销售{}部", number / REGIONS.len() + 2);
        let ctx = self.org.system_ctx(Door::System);
        let team = self.people("team", vec![json!({"name": name, "region": place})], &ctx, played).await?[0];
        let manager = self.user("sales_manager", "大区销售经理", &format!("lead{}", number + 1), team, None);
        let manager = self.people("user", vec![manager], &ctx, played).await?[0];
        let first = number * PER_TEAM;
        let sellers =
            (0..PER_TEAM).map(|i| self.user("standard", "客户经理", &format!("seller{}", first + i + 1), team, Some(manager))).collect();
        let users = self.people("user", sellers, &ctx, played).await?;
        let all = amounts.teams * PER_TEAM;
        for (i, user) in users.into_iter().enumerate() {
            self.portfolios.push(Portfolio::new(user, region, share(amounts, first + i, all)));
        }
        let lead = [("lead_id".to_owned(), json!(self.org.schema().id_text(manager)))].into_iter().collect();
        let lead = Operation::Update { id: team, values: lead, version: None };
        write::write_one(self.org, &ctx, lead, Options::default()).await?;
        played.updates += 1;
        Ok(())
    }

    fn user(&mut self, role: &str, title: &str, address: &str, team: RecordId, manager: Option<RecordId>) -> Value {
        let schema = self.org.schema();
        json!({
            "name": names::person(&mut self.rng).name, "email": format!("{address}@demo.example"), "phone": names::mobile(&mut self.rng),
            "title": title, "role": role, "active": true, "language": "zh-CN", "time_zone": "Asia/Shanghai",
            "team_id": schema.id_text(team), "manager_id": manager.map(|id| schema.id_text(id)),
        })
    }

    /// Makes records of which nothing but the id is remembered.
    async fn people(&self, object: &'static str, values: Vec<Value>, ctx: &Ctx, played: &mut Played) -> Result<Vec<RecordId>> {
        let create = |values: Value| Operation::Create { object: object.to_owned(), values: map(values) };
        let operations = values.into_iter().map(create).collect();
        let written = write::write(self.org, ctx, operations, Options { all_or_none: true, ..Options::default() }).await?;
        *played.created.entry(object).or_default() += written.outcomes.len() as u64;
        written.outcomes.into_iter().map(created).collect()
    }
}

/// Writes what a salesperson enters.
async fn enter(org: &Organisation, portfolio: &mut Portfolio, mut entries: Vec<Entry>, played: &mut Played) -> Result<()> {
    let ctx = Ctx { user: portfolio.user, ..org.system_ctx(Door::System) };
    while !entries.is_empty() {
        let rest = entries.split_off(entries.len().min(MAX_OPERATIONS));
        let (operations, notes): (Vec<_>, Vec<_>) = entries.into_iter().map(|entry| (entry.operation, entry.note)).unzip();
        let written = write::write(org, &ctx, operations, Options { all_or_none: true, ..Options::default() }).await?;
        for (note, outcome) in notes.into_iter().zip(written.outcomes) {
            match note.object {
                Some(object) => {
                    *played.created.entry(object).or_default() += 1;
                    portfolio.keep(note, created(outcome)?);
                }
                None => played.updates += 1,
            }
        }
        entries = rest;
    }
    Ok(())
}

fn created(outcome: Outcome) -> Result<RecordId> {
    match outcome {
        Outcome::Created(row) => Ok(row.id()),
        other => Err(Error::internal(format!("demo record: {other:?}"))),
    }
}

/// All sessions of so many people, the last one first.
fn sessions(calendar: &Calendar, people: usize) -> Vec<(Session, usize)> {
    let mut all = Vec::new();
    for place in 0..people {
        let number = FIRST_NUMBER + place;
        let mut moments = Vec::new();
        let mut day = calendar.start;
        while let Some(at) = calendar.session(number, day, 0) {
            moments.push(at);
            day = Calendar::day_of(at) + PAUSE;
        }
        let of = moments.len();
        let since = |i: usize| if i == 0 { calendar.start } else { Calendar::day_of(moments[i - 1]) };
        all.extend(moments.iter().enumerate().map(|(i, at)| (Session { at: *at, since: since(i), number: i, of }, place)));
    }
    all.sort_by_key(|(session, _)| std::cmp::Reverse(session.at));
    all
}

/// The part of one of so many people.
fn share(all: Amounts, place: usize, people: usize) -> Amounts {
    let part = |total: usize| total * (place + 1) / people - total * place / people;
    Amounts {
        teams: 0,
        accounts: part(all.accounts),
        contacts: part(all.contacts),
        opportunities: part(all.opportunities),
        activities: part(all.activities),
    }
}
