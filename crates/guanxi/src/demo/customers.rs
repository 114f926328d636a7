//! Accounts and their contacts.

use std::collections::HashSet;

use serde_json::json;

use super::calendar::Calendar;
use super::catalog::yuan;
use super::names::{self, Company, Person};
use super::people::People;
use super::places::{self, City, REGIONS};
use super::rng::Rng;
use super::script::{Actor, Handle, Made, Script};

/// An account in the script.
#[derive(Clone, Debug)]
pub struct Account {
    /// The record.
    pub handle: Handle,
    /// The day on which it was entered.
    pub day: i64,
    /// Its owner.
    pub owner: Actor,
    /// What people call it.
    pub short: String,
    /// Domain without the ending.
    pub domain: String,
    /// Whether it was a customer before the year began.
    pub old: bool,
    /// Contacts with their names.
    pub contacts: Vec<(Handle, String)>,
}

/// Makes accounts whose names do not repeat.
pub struct Register<'a> {
    people: &'a People,
    companies: Companies,
}

/// Companies whose names and numbers do not repeat.
pub struct Companies {
    names: HashSet<String>,
    number: i64,
}

/// Titles with departments and buying roles.
const TITLES: [(&str, &str, &str); 14] = [
    ("总经理", "总经办", "decision_maker"),
    ("副总经理", "总经办", "approver"),
    ("采购经理", "采购部", "purchaser"),
    ("采购主管", "采购部", "purchaser"),
    ("设备部经理", "设备部", "influencer"),
    ("设备工程师", "设备部", "user"),
    ("生产总监", "生产部", "approver"),
    ("生产经理", "生产部", "user"),
    ("信息部经理", "信息中心", "influencer"),
    ("IT 工程师", "信息中心", "user"),
    ("厂长", "生产部", "decision_maker"),
    ("质量经理", "质量部", "influencer"),
    ("财务总监", "财务部", "approver"),
    ("行政助理", "总经办", "gatekeeper"),
];

/// Where customers come from.
pub const SOURCES: [(&str, i64); 9] = [
    ("exhibition", 22),
    ("referral", 18),
    ("web_form", 16),
    ("cold_call", 14),
    ("partner", 10),
    ("paid_search", 8),
    ("phone", 6),
    ("event", 4),
    ("social", 2),
];

impl<'a> Register<'a> {
    /// An empty register.
    pub fn new(people: &'a People) -> Register<'a> {
        Register { people, companies: Companies::after(0) }
    }

    /// The people who own the accounts.
    pub fn people(&self) -> &'a People {
        self.people
    }

    /// A company in a region whose name is new.
    pub fn company(&mut self, rng: &mut Rng, region: usize) -> (Company, &'static City) {
        self.companies.company(rng, region)
    }

    /// An account that was there when the year began.
    pub fn opening(&mut self, script: &mut Script, rng: &mut Rng) -> Account {
        let region = region(rng);
        let owner = self.people.seller(rng, region);
        let (company, city) = self.company(rng, region);
        let old = rng.chance(45);
        let (class, life) = standing(rng, old);
        let mut values = self.companies.values(rng, &company, city, region);
        values["classification"] = json!(class);
        values["lifecycle"] = json!(life);
        let handle = script.open_with("account", values, &owner_link(owner));
        let mut account =
            Account { handle, day: script.calendar.start, owner, short: company.short, domain: company.domain, old, contacts: Vec::new() };
        for _ in 0..contact_count(rng) {
            let person = names::person(rng);
            let values = contact_values(rng, &person, &account.domain, city);
            let links = [("account_id", account.handle), owner_link(owner)[0]];
            account.contacts.push((script.open_with("contact", values, &links), person.name));
        }
        account
    }

    /// An account found during the year, entered by its owner with its contacts; `None` if that lies beyond the end.
    pub fn found(
        &mut self,
        script: &mut Script,
        rng: &mut Rng,
        owner: (Actor, usize),
        day: i64,
        known: Option<(Company, &'static City, Person)>,
    ) -> Option<Account> {
        let (owner, region) = owner;
        let (company, city, first) = match known {
            Some((company, city, person)) => (company, city, Some(person)),
            None => {
                let (company, city) = self.company(rng, region);
                (company, city, None)
            }
        };
        let mut values = self.companies.values(rng, &company, city, region);
        values["classification"] = json!("potential");
        values["lifecycle"] = json!("prospect");
        let made: Made = script.create(owner, day, "account", values, &[])?;
        let mut account = Account {
            handle: made.handle,
            day: made.day,
            owner,
            short: company.short,
            domain: company.domain,
            old: false,
            contacts: Vec::new(),
        };
        let persons = first.into_iter().chain((0..contact_count(rng)).map(|_| names::person(rng))).take(4).collect::<Vec<_>>();
        for person in persons {
            let values = contact_values(rng, &person, &account.domain, city);
            if let Some(contact) = script.create(owner, made.day, "contact", values, &[("account_id", account.handle)]) {
                account.contacts.push((contact.handle, person.name));
            }
        }
        Some(account)
    }
}

impl Companies {
    /// None so far; their numbers begin after this one.
    pub fn after(number: i64) -> Companies {
        Companies { names: HashSet::new(), number }
    }

    /// A company in a region whose name is new.
    pub fn company(&mut self, rng: &mut Rng, region: usize) -> (Company, &'static City) {
        loop {
            let city = places::city_in(rng, region);
            let company = names::company(rng, city.short);
            if self.names.insert(company.name.clone()) {
                return (company, city);
            }
        }
    }

    /// What is known of a company when it becomes an account.
    pub fn values(&mut self, rng: &mut Rng, company: &Company, city: &City, region: usize) -> serde_json::Value {
        self.number += 1;
        let staff = rng.weighted(&[(30, 20), (90, 30), (220, 25), (600, 15), (1_800, 8), (6_000, 2)]);
        let employees = rng.between(staff / 2, staff * 3 / 2);
        let revenue = employees * rng.between(30, 120) * 10_000;
        let tags: &[&str] =
            rng.weighted(&[(&[][..], 70), (&["重点行业"][..], 10), (&["专精特新"][..], 8), (&["上市公司"][..], 4), (&["渠道转介"][..], 8)]);
        json!({
            "name": company.name, "account_number": format!("C{:06}", self.number), "kind": "company", "industry": company.industry,
            "source": rng.weighted(&SOURCES), "rating": rng.around(1, 5), "phone": names::phone(rng, city.area),
            "website": format!("https://www.{}.example", company.domain), "unified_social_credit_code": names::credit_code(rng, city.division),
            "employees": employees, "annual_revenue": yuan(revenue * 100), "year_established": rng.between(1988, 2021),
            "region": REGIONS[region].0, "address": places::address(rng, city), "tags": tags,
        })
    }
}

/// Classification and lifecycle of an account that was a customer before the year began, or was not.
pub fn standing(rng: &mut Rng, old: bool) -> (&'static str, &'static str) {
    if !old {
        return ("potential", "prospect");
    }
    rng.weighted(&[(("active", "repeat"), 50), (("active", "first_purchase"), 25), (("key", "repeat"), 15), (("active", "dormant"), 10)])
}

/// The region of a new account.
pub fn region(rng: &mut Rng) -> usize {
    rng.weighted(&[(0, 42), (1, 33), (2, 25)])
}

/// Some accounts belong to groups: their parents are set later in the year.
pub fn group(script: &mut Script, rng: &mut Rng, accounts: &[Account]) {
    for (i, account) in accounts.iter().enumerate().skip(40) {
        if rng.chance(3) {
            let parent = &accounts[rng.between(0, i as i64 - 1) as usize];
            let day = rng.between(script.calendar.start + 20, script.calendar.end).max(parent.day);
            script.update(account.owner, day, account.handle, json!({}), &[("parent_id", parent.handle)]);
        }
    }
}

/// The link to the owner, for records that the administrator enters.
pub fn owner_link(owner: Actor) -> [(&'static str, Handle); 1] {
    [("owner_id", owner.user.unwrap_or(Handle(0)))]
}

fn contact_count(rng: &mut Rng) -> i64 {
    rng.weighted(&[(1, 60), (2, 28), (3, 10), (4, 2)])
}

/// What is known of a contact.
pub fn contact_values(rng: &mut Rng, person: &Person, domain: &str, city: &City) -> serde_json::Value {
    let (title, department, role) = rng.pick(&TITLES);
    let birthday = rng.chance(25).then(|| Calendar::date(rng.between(-730, 10_950)));
    let wechat = rng.chance(55).then(|| format!("{}{}", person.pinyin.replace('.', "_"), rng.between(10, 999)));
    json!({
        "name": person.name, "title": title, "department": department, "buying_role": role, "mobile": names::mobile(rng),
        "phone": rng.chance(40).then(|| names::phone(rng, city.area)), "email": format!("{}@{domain}.example", person.pinyin),
        "wechat": wechat, "birthday": birthday, "gender": if person.female { "female" } else { "male" }, "source": rng.weighted(&SOURCES),
    })
}
