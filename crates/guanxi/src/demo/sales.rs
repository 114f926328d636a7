//! Leads and opportunities with their course through the stages.

use guanxi_model::render::time_text;
use serde_json::{Value, json};

use super::activities;
use super::calendar::Calendar;
use super::catalog::{Catalog, Product, yuan};
use super::customers::{Account, Register, SOURCES, region};
use super::names;
use super::rng::Rng;
use super::script::{Actor, Handle, Made, Script};
use super::texts::About;

/// The open stages, in order, with the days that a deal spends in each.
const STAGES: [(&str, i64, i64); 4] = [("prospecting", 5, 26), ("engaging", 8, 40), ("proposal", 10, 45), ("negotiation", 6, 38)];

/// Of a hundred deals that end, so many are won.
const WON_PERCENT: i64 = 32;

/// Why deals are lost.
const REASONS: [(&str, i64); 8] = [
    ("price", 26),
    ("competitor", 20),
    ("budget", 17),
    ("no_decision", 14),
    ("timing", 10),
    ("features", 7),
    ("lost_contact", 5),
    ("other", 1),
];

/// Invented competitors.
const COMPETITORS: [&str; 6] = ["云序科技", "联测智能", "矩道软件", "北辰自动化", "数擎工业", "安捷物联"];

/// What the sales part needs.
pub struct Desk<'a> {
    /// The script.
    pub script: &'a mut Script,
    /// Randomness.
    pub rng: Rng,
    /// The products.
    pub catalog: &'a Catalog,
    /// What was installed at customers: account's place, product, day.
    pub installed: Vec<(usize, Product, i64)>,
}

/// How a deal begins.
struct Start<'a> {
    account: &'a Account,
    place: usize,
    day: i64,
    kind: &'static str,
    source: &'static str,
    campaign: Option<Handle>,
}

impl Desk<'_> {
    /// An opportunity of an account that is there already.
    pub fn opportunity(&mut self, accounts: &[Account], place: usize, day: i64) {
        let account = &accounts[place];
        let kind =
            if account.old { self.rng.weighted(&[("expansion", 45), ("renewal", 25), ("new_business", 30)]) } else { "new_business" };
        let source = self.rng.weighted(&SOURCES);
        self.deal(&Start { account, place, day: day.max(account.day), kind, source, campaign: None });
    }

    fn deal(&mut self, start: &Start<'_>) -> Option<Made> {
        let account = start.account;
        let (contact, person) = account.contacts.first().cloned().map_or((None, "客户".to_owned()), |(h, n)| (Some(h), n));
        let count = self.rng.weighted(&[(1, 35), (2, 35), (3, 20), (4, 10)]);
        let products = self.catalog.several(&mut self.rng, count);
        let main = products[0];
        let lines: Vec<(Product, i64, i64)> = products.iter().map(|p| self.line(*p)).collect();
        let total: i64 = lines.iter().map(|(p, quantity, discount)| p.price * quantity * (10_000 - discount) / 100).sum();
        let course = Course::draw(&mut self.rng, start.day);
        let values = json!({
            "name": format!("{} {}", account.short, deal_name(&mut self.rng, main.name, start.kind)),
            "amount": yuan((total / 100_000 + 1) * self.rng.between(9, 12) * 10_000), "engage_date": Calendar::date(start.day),
            "close_date": Calendar::date(course.expected), "kind": start.kind, "source": start.source,
            "next_step": self.rng.pick(&["电话确认需求", "安排现场调研", "准备初步方案", "约见决策人"]),
        });
        let mut links = vec![("account_id", account.handle), ("product_id", main.handle)];
        links.extend(contact.map(|c| ("contact_id", c)));
        links.extend(start.campaign.map(|c| ("campaign_id", c)));
        let made = self.script.create(account.owner, start.day, "opportunity", values, &links)?;
        let about = About { account: &account.short, person: &person, product: main.name };
        self.follow(made, account, &course, &lines, about);
        if course.won_on().is_some_and(|day| day <= self.script.calendar.end) {
            self.won(start, &course, &lines);
        }
        Some(made)
    }

    fn line(&mut self, product: Product) -> (Product, i64, i64) {
        let (from, to) = product.usual;
        let quantity = self.rng.between(from, to).min(self.rng.between(from, to));
        (product, quantity, self.rng.weighted(&[(0, 40), (300, 20), (500, 20), (800, 12), (1_200, 8)]))
    }

    fn follow(&mut self, made: Made, account: &Account, course: &Course, lines: &[(Product, i64, i64)], about: About<'_>) {
        let owner = account.owner;
        for _ in 0..self.rng.between(0, 2) {
            activities::one(self.script, &mut self.rng, owner, made.day, made.handle, about);
        }
        for (stage, day) in &course.stages {
            let mut values = stage_values(&mut self.rng, stage);
            if *stage == "proposal" {
                values["amount"] = json!(self.quote(made, owner, *day, lines));
                values["next_step"] = json!("等待客户对报价的反馈");
            }
            let Some(day) = self.script.update(owner, *day, made.handle, values, &[]) else { return };
            for _ in 0..self.rng.between(0, 2) {
                let later = day + self.rng.between(0, 6);
                activities::one(self.script, &mut self.rng, owner, later, made.handle, about);
            }
        }
        if course.end == i64::MAX {
            return;
        }
        let closed = closed_values(&mut self.rng, course.won, course.end);
        if self.script.update(owner, course.end, made.handle, closed, &[]).is_some() && self.rng.chance(35) {
            activities::note(self.script, &mut self.rng, owner, course.end, made.handle, about);
        }
    }

    /// Enters the lines and gives the amount.
    fn quote(&mut self, made: Made, owner: Actor, day: i64, lines: &[(Product, i64, i64)]) -> String {
        let mut total = 0;
        for (i, (product, quantity, discount)) in lines.iter().enumerate() {
            let fen = product.price * quantity * (10_000 - discount) / 100;
            total += fen;
            let values = json!({
                "quantity": quantity.to_string(), "unit_price": yuan(product.price * 100), "discount": yuan(*discount), "amount": yuan(fen), "position": i + 1,
            });
            self.script.create(owner, day, "opportunity_line", values, &[("opportunity_id", made.handle), ("product_id", product.handle)]);
        }
        yuan(total)
    }

    fn won(&mut self, start: &Start<'_>, course: &Course, lines: &[(Product, i64, i64)]) {
        let account = start.account;
        if !account.old {
            let values = json!({"classification": "active", "lifecycle": "first_purchase"});
            self.script.update(account.owner, course.end, account.handle, values, &[]);
        }
        for (product, ..) in lines.iter().filter(|(p, ..)| p.device) {
            self.installed.push((start.place, *product, course.end + self.rng.between(12, 45)));
        }
    }

    /// Leads with their course; those that convert become accounts with a first deal.
    pub fn leads(
        &mut self,
        count: usize,
        register: &mut Register<'_>,
        accounts: &mut Vec<Account>,
        campaigns: &[(Handle, i64)],
    ) -> Vec<Made> {
        let (from, to) = (self.script.calendar.start, self.script.calendar.end);
        let mut made = Vec::new();
        for _ in 0..count {
            let day = self.script.calendar.seasonal_day(&mut self.rng, from, to);
            made.extend(self.lead(day, register, accounts, campaigns));
        }
        made
    }

    fn lead(&mut self, day: i64, register: &mut Register<'_>, accounts: &mut Vec<Account>, campaigns: &[(Handle, i64)]) -> Option<Made> {
        let region = region(&mut self.rng);
        let (company, city) = register.company(&mut self.rng, region);
        let person = names::person(&mut self.rng);
        let owner = register.people().seller(&mut self.rng, region);
        let recent = campaigns.iter().rev().find(|(_, began)| *began <= day && day - began < 60).filter(|_| self.rng.chance(45));
        let source = self.rng.weighted(&SOURCES);
        let catalog = self.catalog;
        let product = catalog.pick(&mut self.rng);
        let values = json!({
            "name": person.name, "company": company.name, "title": self.rng.pick(&["采购经理", "设备部经理", "信息部经理", "生产主管", "总经理助理"]),
            "phone": names::mobile(&mut self.rng), "email": format!("{}@{}.example", person.pinyin, company.domain), "industry": company.industry,
            "source": source, "rating": self.rng.around(1, 5), "score": self.rng.around(5, 98), "first_contact_date": Calendar::date(day),
            "needs": format!("咨询{}，{}", product.name, self.rng.pick(&["希望了解价格和交期。", "想看同行业案例。", "计划年内立项。", "需要上门勘察。"])),
            "budget": self.rng.chance(30).then(|| yuan(self.rng.between(3, 60) * 1_000_000)),
        });
        let links: Vec<_> = recent.map(|(campaign, _)| ("campaign_id", *campaign)).into_iter().collect();
        let lead = self.script.create(owner, day, "lead", values, &links)?;
        let working = self.script.update(owner, lead.day + self.rng.between(1, 5), lead.handle, json!({"status": "working"}), &[]);
        let Some(day) = working else { return Some(lead) };
        if self.rng.chance(30) {
            let about = About { account: &company.short, person: &person.name, product: product.name };
            activities::one(self.script, &mut self.rng, owner, day, lead.handle, about);
        }
        let next = day + self.rng.between(4, 30);
        match self.rng.between(1, 100) {
            1..=14 => {
                let known = Some((company, city, person));
                let campaign = recent.map(|(c, _)| *c);
                self.convert(
                    lead,
                    (owner, region),
                    next,
                    |script, rng, owner| register.found(script, rng, owner, next, known),
                    accounts,
                    (source, campaign),
                );
            }
            15..=26 => _ = self.script.update(owner, next, lead.handle, json!({"status": "qualified"}), &[]),
            27..=50 => _ = self.script.update(owner, next, lead.handle, json!({"status": "nurturing"}), &[]),
            51..=86 => {
                let reason = self.rng.pick(&["预算不符", "联系不上", "同行询价", "无实际需求", "已采购其他品牌", "信息有误"]);
                self.script.update(owner, next, lead.handle, json!({"status": "unqualified", "unqualified_reason": reason}), &[]);
            }
            _ => {}
        }
        Some(lead)
    }

    fn convert(
        &mut self,
        lead: Made,
        (owner, region): (Actor, usize),
        day: i64,
        found: impl FnOnce(&mut Script, &mut Rng, (Actor, usize)) -> Option<Account>,
        accounts: &mut Vec<Account>,
        (source, campaign): (&'static str, Option<Handle>),
    ) {
        let Some(account) = found(self.script, &mut self.rng, (owner, region)) else { return };
        let place = accounts.len();
        let start = Start { account: &account, place, day: account.day.max(day), kind: "new_business", source, campaign };
        let deal = self.deal(&start);
        let mut links = vec![("converted_account_id", account.handle)];
        links.extend(account.contacts.first().map(|(contact, _)| ("converted_contact_id", *contact)));
        links.extend(deal.map(|d| ("converted_opportunity_id", d.handle)));
        let at = self.script.moment(owner, account.day);
        let values = json!({"status": "converted", "converted": true, "converted_at": at.map(time_text)});
        self.script.update(owner, account.day, lead.handle, values, &links);
        accounts.push(account);
    }
}

/// A deal enters a stage.
pub fn stage_values(rng: &mut Rng, stage: &str) -> Value {
    let forecast = match stage {
        "negotiation" => rng.weighted(&[("commit", 3), ("best_case", 2)]),
        "proposal" => rng.weighted(&[("best_case", 1), ("pipeline", 2)]),
        _ => "pipeline",
    };
    json!({"stage": stage, "forecast": forecast})
}

/// A deal ends on a day.
pub fn closed_values(rng: &mut Rng, won: bool, day: i64) -> Value {
    let mut values = if won { json!({"stage": "won", "forecast": "commit", "next_step": null}) } else { loss(rng) };
    values["close_date"] = json!(Calendar::date(day));
    values
}

fn loss(rng: &mut Rng) -> Value {
    let reason = rng.weighted(&REASONS);
    let competitor = (reason == "competitor" || reason == "price" && rng.chance(50)).then(|| rng.pick(&COMPETITORS));
    json!({"stage": "lost", "forecast": "omitted", "loss_reason": reason, "competitor": competitor, "next_step": null})
}

/// What will become of a deal.
#[derive(Clone, Debug)]
pub struct Course {
    /// The stages after the first, with the day on which each is entered.
    pub stages: Vec<(&'static str, i64)>,
    /// The day on which it ends; `i64::MAX` if nobody closes it.
    pub end: i64,
    /// Whether it is won.
    pub won: bool,
    /// The day on which its owner expects it to end.
    pub expected: i64,
}

impl Course {
    /// Decides in advance when each stage is entered and how the deal ends.
    pub fn draw(rng: &mut Rng, day: i64) -> Course {
        let won = rng.chance(WON_PERCENT);
        let last = if won { STAGES.len() } else { rng.weighted(&[(1, 26), (2, 30), (3, 28), (4, 16)]) };
        let mut stages = Vec::new();
        let mut at = day;
        for (i, (stage, from, to)) in STAGES.iter().enumerate().take(last) {
            if i > 0 {
                stages.push((*stage, at));
            }
            at += rng.around(*from, *to);
        }
        // A few deals are forgotten: nobody closes them, and their date passes.
        let end = if rng.chance(5) { i64::MAX } else { at };
        let expected = (if end == i64::MAX { at } else { end }) + rng.between(-12, 25);
        Course { stages, end, won, expected }
    }

    fn won_on(&self) -> Option<i64> {
        (self.won && self.end < i64::MAX).then_some(self.end)
    }
}

/// What a deal is called, after its product.
pub fn deal_name(rng: &mut Rng, product: &str, kind: &str) -> String {
    match kind {
        "renewal" => format!("{product}续约"),
        "expansion" => format!("{}{product}增购", rng.pick(&["二期", "新车间", "分厂", ""])),
        _ => format!("{product}{}", rng.pick(&["项目", "采购", "试点", "改造项目"])),
    }
}
