//! Plain data in quantity: users, accounts, contacts, opportunities and tasks, through the write door in large batches.

use std::sync::Arc;

use guanxi_engine::Organisation;
use guanxi_engine::write::{self, MAX_OPERATIONS, Operation, Options, Outcome};
use guanxi_model::render::date_text;
use guanxi_model::{Ctx, Door, Error, Result};
use serde_json::{Map, Value, json};

use crate::demo::names;
use crate::demo::places;
use crate::demo::rng::Rng;

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amounts {
    /// Users who own records.
    pub(crate) users: usize,
    /// Accounts.
    pub(crate) accounts: usize,
    /// Contacts.
    pub(crate) contacts: usize,
    /// Opportunities.
    pub(crate) opportunities: usize,
    /// Tasks.
    pub(crate) tasks: usize,
}

/// A size of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Size {
    /// 5,000 contacts: to see that it runs.
    S,
    /// 100,000 contacts.
    M,
    /// 1,000,000 contacts.
    L,
}

impl Size {
    /// What it holds.
    pub(crate) fn amounts(self) -> Amounts {
        match self {
            Size::S => Amounts { users: 10, accounts: 1_000, contacts: 5_000, opportunities: 2_500, tasks: 2_000 },
            Size::M => Amounts { users: 100, accounts: 20_000, contacts: 100_000, opportunities: 50_000, tasks: 100_000 },
            Size::L => Amounts { users: 1_000, accounts: 200_000, contacts: 1_000_000, opportunities: 300_000, tasks: 0 },
        }
    }

    /// Its letter.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Size::S => "S",
            Size::M => "M",
            Size::L => "L",
        }
    }
}

const STAGES: [(&str, i64); 6] = [("prospecting", 14), ("engaging", 12), ("proposal", 10), ("negotiation", 8), ("won", 18), ("lost", 38)];

/// Fills an organisation. The same size gives the same data.
///
/// # Errors
/// The first refusal of the write door.
pub(crate) async fn fill(org: &Organisation, amounts: Amounts) -> Result<()> {
    let mut maker = Maker { org, ctx: org.system_ctx(Door::System), rng: Rng::new(0x62_656E_6368) };
    let users = maker.make("user", amounts.users, user).await?;
    let accounts = maker.make("account", amounts.accounts, |rng, i| account(rng, i, &users)).await?;
    maker.make("contact", amounts.contacts, |rng, _| contact(rng, &accounts, &users)).await?;
    maker.make("opportunity", amounts.opportunities, |rng, i| opportunity(rng, i, &accounts, &users)).await?;
    maker.make("task", amounts.tasks, |rng, i| task(rng, i, &accounts, &users)).await?;
    Ok(())
}

struct Maker<'a> {
    org: &'a Organisation,
    ctx: Ctx,
    rng: Rng,
}

impl Maker<'_> {
    /// Makes records and gives their ids.
    async fn make(&mut self, object: &str, count: usize, values: impl Fn(&mut Rng, usize) -> Value) -> Result<Vec<Arc<str>>> {
        let schema = self.org.schema();
        let mut ids = Vec::with_capacity(count);
        while ids.len() < count {
            let upto = (ids.len() + MAX_OPERATIONS).min(count);
            let operations =
                (ids.len()..upto).map(|i| Operation::Create { object: object.to_owned(), values: map(values(&mut self.rng, i)) }).collect();
            let written = write::write(self.org, &self.ctx, operations, Options { all_or_none: true, ..Options::default() }).await?;
            for outcome in written.outcomes {
                match outcome {
                    Outcome::Created(row) => ids.push(schema.id_text(row.id()).into()),
                    other => return Err(Error::internal(format!("bench data: {other:?}"))),
                }
            }
        }
        Ok(ids)
    }
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn one(rng: &mut Rng, ids: &[Arc<str>]) -> String {
    ids[rng.between(0, ids.len() as i64 - 1) as usize].to_string()
}

fn user(rng: &mut Rng, i: usize) -> Value {
    json!({"name": names::person(rng).name, "email": format!("user{i}@bench.example"), "role": "standard", "active": true})
}

fn account(rng: &mut Rng, i: usize, users: &[Arc<str>]) -> Value {
    let region = rng.between(0, 2) as usize;
    let city = places::city_in(rng, region);
    let company = names::company(rng, city.short);
    json!({
        "name": company.name, "account_number": format!("B{i:07}"), "industry": company.industry, "phone": names::phone(rng, city.area),
        "region": city.province, "employees": rng.between(5, 5_000), "owner_id": one(rng, users),
    })
}

/// A contact, also the record that the benchmark creates.
pub(crate) fn contact(rng: &mut Rng, accounts: &[Arc<str>], users: &[Arc<str>]) -> Value {
    let person = names::person(rng);
    let title = rng.pick(&["采购经理", "设备部经理", "信息部经理", "生产经理", "总经理", "工程师"]);
    json!({
        "name": person.name, "account_id": one(rng, accounts), "title": title, "mobile": names::mobile(rng),
        "email": format!("{}{}@bench.example", person.pinyin, rng.between(1, 9_999)), "owner_id": one(rng, users),
    })
}

fn opportunity(rng: &mut Rng, i: usize, accounts: &[Arc<str>], users: &[Arc<str>]) -> Value {
    json!({
        "name": format!("商机 {i}"), "account_id": one(rng, accounts), "stage": rng.weighted(&STAGES), "owner_id": one(rng, users),
        "amount": (rng.between(1, 2_000) * 500).to_string(), "close_date": date_text(20_400 + rng.between(0, 700)),
    })
}

fn task(rng: &mut Rng, i: usize, accounts: &[Arc<str>], users: &[Arc<str>]) -> Value {
    let status = rng.weighted(&[("open", 20), ("done", 80)]);
    json!({
        "name": format!("回访 {i}"), "related_to_id": one(rng, accounts), "status": status, "owner_id": one(rng, users),
        "due_date": date_text(20_400 + rng.between(0, 700)),
    })
}
