//! What one of the many salespeople looks after, and what she enters when she sits down: new accounts, contacts and opportunities,
//! what was done about them, and what has become of opportunities and tasks since.

use guanxi_engine::write::Operation;
use guanxi_model::{RecordId, Schema};
use serde_json::{Map, Value, json};

use super::activities::{call_values, meeting_values, task_done, task_values};
use super::calendar::{Calendar, is_working};
use super::catalog::{Catalog, yuan};
use super::customers::{Companies, SOURCES, contact_values, standing};
use super::names;
use super::places::City;
use super::play::Played;
use super::rng::Rng;
use super::sales::{Course, closed_values, deal_name, stage_values};
use super::size::Amounts;
use super::texts::About;

/// Of a hundred accounts and contacts, so many were there when the year began.
const OPENING_PERCENT: usize = 45;

/// New accounts are entered in every so many sessions.
const ACCOUNTS_EVERY: usize = 3;

/// A session at the desk.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// The moment.
    pub at: i64,
    /// The day of the session before.
    pub since: i64,
    /// Which of the year's sessions it is, from 0.
    pub number: usize,
    /// How many sessions there are.
    pub of: usize,
}

/// What entries are made from.
pub struct World<'a> {
    /// The schema, for ids.
    pub schema: &'a Schema,
    /// Companies that are no accounts yet.
    pub companies: &'a mut Companies,
    /// The products.
    pub catalog: &'a Catalog,
    /// The records of the demo company.
    pub played: &'a Played,
}

/// One thing to be written, and what is remembered of it.
pub struct Entry {
    /// What is written.
    pub operation: Operation,
    /// What is remembered.
    pub note: Note,
}

/// What is remembered of an entry once it is written.
pub struct Note {
    /// The object of a new record; `None` for a change.
    pub object: Option<&'static str>,
    keep: Keep,
}

enum Keep {
    Nothing,
    Customer { short: Box<str>, domain: Box<str>, city: &'static City },
    Contact { customer: u32, name: Box<str> },
    Deal { customer: u32, product: &'static str, course: Course },
    Task { done: i64 },
}

struct Customer {
    id: RecordId,
    short: Box<str>,
    domain: Box<str>,
    city: &'static City,
    /// The place of its first contact.
    first: Option<u32>,
}

struct Contact {
    id: RecordId,
    customer: u32,
    name: Box<str>,
}

/// An open opportunity.
struct Deal {
    id: RecordId,
    customer: u32,
    product: &'static str,
    course: Course,
    /// How many of the course's stages it has entered.
    entered: usize,
}

/// The records of one salesperson.
pub struct Portfolio {
    /// Her user record.
    pub user: RecordId,
    region: usize,
    share: Amounts,
    customers: Vec<Customer>,
    contacts: Vec<Contact>,
    /// How many customers have a contact.
    known: usize,
    deals: Vec<Deal>,
    /// Open tasks and the day on which each will be done.
    tasks: Vec<(i64, RecordId)>,
}

impl Portfolio {
    /// An empty one: who, where, and how much of everything she will have at the end of the year.
    pub fn new(user: RecordId, region: usize, share: Amounts) -> Portfolio {
        Portfolio { user, region, share, customers: Vec::new(), contacts: Vec::new(), known: 0, deals: Vec::new(), tasks: Vec::new() }
    }

    /// The accounts that are new in a session; only some sessions have any, since they have to be written before what refers to them.
    pub fn accounts(&mut self, rng: &mut Rng, world: &mut World<'_>, session: &Session) -> Vec<Entry> {
        if !session.number.is_multiple_of(ACCOUNTS_EVERY) && session.number < session.last() {
            return Vec::new();
        }
        let new = session.stock(self.share.accounts) - self.customers.len();
        let account = |_| {
            let (company, city) = world.companies.company(rng, self.region);
            let mut values = world.companies.values(rng, &company, city, self.region);
            let old = session.number == 0 && rng.chance(60);
            let (class, life) = standing(rng, old);
            values["classification"] = json!(class);
            values["lifecycle"] = json!(life);
            create("account", values, Keep::Customer { short: company.short.into(), domain: company.domain.into(), city })
        };
        (0..new).map(account).collect()
    }

    /// Everything else that is entered in a session; the new accounts are there.
    pub fn work(&mut self, rng: &mut Rng, world: &World<'_>, session: &Session) -> Vec<Entry> {
        let mut entries = self.progress(rng, session);
        let new = session.stock(self.share.contacts) - self.contacts.len();
        entries.extend((0..new).map(|_| self.contact(rng, world)));
        let new = session.flow(self.share.opportunities);
        entries.extend((0..new).map(|_| self.deal(rng, world, session)));
        let new = session.flow(self.share.activities);
        entries.extend((0..new).map(|_| self.activity(rng, world, session)));
        entries
    }

    /// Remembers what was written.
    pub fn keep(&mut self, note: Note, id: RecordId) {
        match note.keep {
            Keep::Nothing => {}
            Keep::Customer { short, domain, city } => self.customers.push(Customer { id, short, domain, city, first: None }),
            Keep::Contact { customer, name } => {
                let place = self.contacts.len() as u32;
                self.customers[customer as usize].first.get_or_insert(place);
                self.contacts.push(Contact { id, customer, name });
            }
            Keep::Deal { customer, product, course } => self.deals.push(Deal { id, customer, product, course, entered: 0 }),
            Keep::Task { done } => self.tasks.push((done, id)),
        }
    }

    /// Opportunities that have moved and tasks that were done.
    fn progress(&mut self, rng: &mut Rng, session: &Session) -> Vec<Entry> {
        let today = Calendar::day_of(session.at);
        let mut entries = Vec::new();
        self.deals.retain_mut(|deal| {
            if let Some((stage, _)) = deal.course.stages.get(deal.entered).filter(|(_, day)| *day <= today) {
                deal.entered += 1;
                entries.push(update(deal.id, stage_values(rng, stage)));
                return true;
            }
            let open = deal.course.end > today || deal.entered < deal.course.stages.len();
            if !open {
                entries.push(update(deal.id, closed_values(rng, deal.course.won, deal.course.end)));
            }
            open
        });
        self.tasks.retain(|(day, id)| {
            let open = *day > today;
            if !open {
                entries.push(update(*id, task_done(session.moment(*day))));
            }
            open
        });
        entries
    }

    fn contact(&mut self, rng: &mut Rng, world: &World<'_>) -> Entry {
        // Every account gets one before others get a second.
        let customer = if self.known < self.customers.len() { self.known } else { place(rng, self.customers.len()) };
        self.known = self.known.max(customer + 1);
        let account = &self.customers[customer];
        let person = names::person(rng);
        let mut values = contact_values(rng, &person, &account.domain, account.city);
        values["account_id"] = json!(world.schema.id_text(account.id));
        create("contact", values, Keep::Contact { customer: customer as u32, name: person.name.into() })
    }

    fn deal(&mut self, rng: &mut Rng, world: &World<'_>, session: &Session) -> Entry {
        let customer = place(rng, self.customers.len());
        let account = &self.customers[customer];
        let day = session.day(rng);
        let course = Course::draw(rng, day);
        let kind = rng.weighted(&[("new_business", 55), ("expansion", 30), ("renewal", 15)]);
        let product = world.catalog.pick(rng);
        let quantity = rng.between(product.usual.0, product.usual.1);
        let values = json!({
            "name": format!("{} {}", account.short, deal_name(rng, product.name, kind)), "account_id": world.schema.id_text(account.id),
            "contact_id": account.first.map(|place| world.schema.id_text(self.contacts[place as usize].id)),
            "product_id": world.played.id(product.handle).ok().map(|id| world.schema.id_text(id)),
            "amount": yuan(product.price * quantity * rng.between(70, 100)), "engage_date": Calendar::date(day),
            "close_date": Calendar::date(course.expected), "kind": kind, "source": rng.weighted(&SOURCES),
            "next_step": rng.pick(&["电话确认需求", "安排现场调研", "准备初步方案", "约见决策人"]),
        });
        create("opportunity", values, Keep::Deal { customer: customer as u32, product: product.name, course })
    }

    /// A call, a note, a meeting or a task about an opportunity, a contact or an account, her largest account more often.
    fn activity(&mut self, rng: &mut Rng, world: &World<'_>, session: &Session) -> Entry {
        let kind = rng.between(1, 100);
        let (record, customer, person, product) = match rng.between(1, 100) {
            1..=45 if !self.deals.is_empty() => {
                let deal = &self.deals[place(rng, self.deals.len())];
                (deal.id, deal.customer, None, deal.product)
            }
            46..=70 if !self.contacts.is_empty() => {
                let contact = &self.contacts[place(rng, self.contacts.len())];
                (contact.id, contact.customer, Some(&contact.name), world.catalog.pick(rng).name)
            }
            71..=75 => (self.customers[0].id, 0, None, world.catalog.pick(rng).name),
            _ => {
                let customer = place(rng, self.customers.len());
                (self.customers[customer].id, customer as u32, None, world.catalog.pick(rng).name)
            }
        };
        let account = &self.customers[customer as usize];
        let person = person.or(account.first.map(|place| &self.contacts[place as usize].name)).map_or("客户", |name| name);
        let about = About { account: &account.short, person, product };
        let day = session.day(rng);
        let (object, mut values, keep) = match kind {
            1..=36 => ("call", session.call(rng, day, about), Keep::Nothing),
            37..=62 => ("note", json!({"body": about.note(rng)}), Keep::Nothing),
            63..=80 => ("meeting", meeting_values(rng, day, about).0, Keep::Nothing),
            _ => session.task(rng, day, about),
        };
        values["related_to_id"] = json!(world.schema.id_text(record));
        create(object, values, keep)
    }
}

impl Session {
    /// How many of what was partly there at the beginning there are by now.
    fn stock(&self, total: usize) -> usize {
        let opening = total * OPENING_PERCENT / 100;
        opening + (total - opening) * self.number / self.last()
    }

    /// How many of what happens during the year are entered now.
    fn flow(&self, total: usize) -> usize {
        total * self.number / self.last() - total * self.number.saturating_sub(1) / self.last()
    }

    fn last(&self) -> usize {
        (self.of - 1).max(1)
    }

    /// A working day since the last session.
    fn day(&self, rng: &mut Rng) -> i64 {
        let today = Calendar::day_of(self.at);
        let mut day = rng.between((self.since + 1).min(today), today);
        while !is_working(day) && day > self.since {
            day -= 1;
        }
        day
    }

    /// A moment on a day, at the latest now.
    fn moment(&self, day: i64) -> i64 {
        Calendar::time(day, 16, 30).min(self.at)
    }

    fn call(&self, rng: &mut Rng, day: i64, about: About<'_>) -> Value {
        let to = Calendar::time(day, 17, 30).min(self.at - 300_000_000);
        call_values(rng, Calendar::time(day, 9, 0).min(to), to, about)
    }

    /// A task: every second one was made and done since the last session, most others will be done some day.
    fn task(&self, rng: &mut Rng, day: i64, about: About<'_>) -> (&'static str, Value, Keep) {
        let (mut values, due) = task_values(rng, day, about);
        if rng.chance(50) {
            let done = task_done(self.moment(self.day(rng)));
            values["status"] = done["status"].clone();
            values["completed_at"] = done["completed_at"].clone();
            return ("task", values, Keep::Nothing);
        }
        let keep = if rng.chance(95) { Keep::Task { done: due + rng.between(-3, 8) } } else { Keep::Nothing };
        ("task", values, keep)
    }
}

fn place(rng: &mut Rng, len: usize) -> usize {
    rng.between(0, len as i64 - 1) as usize
}

fn create(object: &'static str, values: Value, keep: Keep) -> Entry {
    Entry { operation: Operation::Create { object: object.to_owned(), values: map(values) }, note: Note { object: Some(object), keep } }
}

fn update(id: RecordId, values: Value) -> Entry {
    let operation = Operation::Update { id, values: map(values), version: None };
    Entry { operation, note: Note { object: None, keep: Keep::Nothing } }
}

/// The values of a record.
pub fn map(values: Value) -> Map<String, Value> {
    match values {
        Value::Object(values) => values,
        _ => Map::new(),
    }
}
