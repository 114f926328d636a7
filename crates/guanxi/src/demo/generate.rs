//! The demo organisation's content: an invented supplier of industrial gateways, sensors and software with a year of history. The same seed
//! and end give the same company. All records go through the write door with the clock moved, so that versions, change log and
//! times are what a year of work would have left.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_engine::{Organisation, users};
use guanxi_model::clock::ManualClock;
use guanxi_model::{Door, Result};

use super::bulk::Bulk;
use super::calendar::Calendar;
use super::catalog::Catalog;
use super::customers::{self, Register};
use super::people::{self, People};
use super::play::Played;
use super::rng::Rng;
use super::sales::Desk;
use super::script::Script;
use super::size::Amounts;
use super::{catalog, marketing, play, service};

/// The seed of the demo company.
const SEED: u64 = 0x6775_616E_7869;

/// Accounts, those that leads become included.
const ACCOUNTS: usize = 2_000;

/// Of these, the accounts that were there when the year began.
const OPENING_ACCOUNTS: usize = 1_250;

/// Leads of the year.
const LEADS: usize = 1_700;

/// Opportunities beside those of converted leads.
const OPPORTUNITIES: usize = 1_150;

/// Tickets.
const TICKETS: usize = 520;

/// E-mail of a standard user for trying rights.
pub(super) const SALES_EMAIL: &str = "sales1@demo.example";

/// E-mail of a sales manager.
pub(super) const MANAGER_EMAIL: &str = "manager1@demo.example";

/// The password of both.
pub(super) const USER_PASSWORD: &str = "guanxi-demo";

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Records by object.
    pub records: BTreeMap<String, u64>,
    /// Later changes of records.
    pub updates: u64,
}

impl Summary {
    /// All records.
    pub fn total(&self) -> u64 {
        self.records.values().sum()
    }
}

/// Writes the year before now into a fresh organisation: the demo company, and what many others enter beside it. `progress` is told
/// the days that are done and the records there are.
///
/// # Errors
/// Those of the write door.
pub(crate) async fn generate(org: &Organisation, bulk: Option<Amounts>, mut progress: impl FnMut(i64, u64)) -> Result<Summary> {
    let end_us = org.now_us();
    let clock = ManualClock::at(end_us);
    let moved = org.with_clock(Arc::new(clock.clone()));
    let Written { script, people, catalog } = write_script(end_us);
    let mut played = Played::default();
    let bulk = match bulk {
        Some(amounts) => Some(Bulk::hire((&moved, &clock), &script.calendar, &catalog, amounts, &mut played).await?),
        None => None,
    };
    let told = &mut |day, played: &Played| progress(day, played.created.values().sum());
    let played = play::play(&moved, &clock, script, (bulk, played), told).await?;
    for actor in [people.teams[0].sales[0], people.teams[0].manager] {
        if let Some(user) = actor.user {
            users::set_password(org, &org.system_ctx(Door::System), played.id(user)?, USER_PASSWORD).await?;
        }
    }
    let records = played.created.iter().map(|(object, n)| ((*object).to_owned(), *n)).collect();
    Ok(Summary { records, updates: played.updates })
}

/// The demo company's year before it happens.
pub(super) struct Written {
    /// Who does what and when.
    pub(super) script: Script,
    /// Who.
    pub(super) people: People,
    /// What they sell.
    pub(super) catalog: Catalog,
}

/// Makes up the year before a moment.
pub(super) fn write_script(end_us: i64) -> Written {
    let seed = Rng::new(SEED);
    let mut script = Script::new(Calendar::until(end_us));
    let people = people::hire(&mut script, seed.fork(1));
    let catalog = catalog::stock(&mut script);
    let campaigns = marketing::campaigns(&mut script, &mut seed.fork(2), &people);
    let mut register = Register::new(&people);
    let mut rng = seed.fork(3);
    let mut accounts: Vec<_> = (0..OPENING_ACCOUNTS).map(|_| register.opening(&mut script, &mut rng)).collect();
    let mut desk = Desk { script: &mut script, rng: seed.fork(4), catalog: &catalog, installed: Vec::new() };
    let leads = desk.leads(LEADS, &mut register, &mut accounts, &campaigns);
    let (from, to) = (desk.script.calendar.start, desk.script.calendar.end);
    while accounts.len() < ACCOUNTS {
        let day = desk.script.calendar.seasonal_day(&mut rng, from, to);
        let region = customers::region(&mut rng);
        let owner = (people.seller(&mut rng, region), region);
        accounts.extend(register.found(desk.script, &mut rng, owner, day, None));
    }
    for _ in 0..OPPORTUNITIES {
        let place = rng.between(0, accounts.len() as i64 - 1) as usize;
        let day = desk.script.calendar.seasonal_day(&mut rng, from, to);
        desk.opportunity(&accounts, place, day);
    }
    let installed = std::mem::take(&mut desk.installed);
    customers::group(&mut script, &mut seed.fork(5), &accounts);
    let mut rng = seed.fork(6);
    let assets = service::assets(&mut script, &mut rng, &people, &accounts, &installed);
    service::tickets(&mut script, &mut rng, &people, &accounts, &assets, TICKETS);
    service::articles(&mut script, &mut rng, &people);
    marketing::members(&mut script, &mut seed.fork(7), &people, &campaigns, &accounts, &leads);
    Written { script, people, catalog }
}
