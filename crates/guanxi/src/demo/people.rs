//! The company's own people: three sales teams, service, marketing.

use serde_json::json;

use super::names;
use super::places::REGIONS;
use super::rng::Rng;
use super::script::{Actor, Handle, Script};

/// Salespeople of each team.
const PER_TEAM: usize = 5;

/// A sales team.
#[derive(Debug)]
pub struct Team {
    /// Its manager.
    pub manager: Actor,
    /// Its salespeople.
    pub sales: Vec<Actor>,
}

/// Everyone.
#[derive(Debug)]
pub struct People {
    /// The sales teams, in the order of the regions.
    pub teams: Vec<Team>,
    /// The service team, its head first.
    pub service: Vec<Actor>,
    /// Marketing, its head first.
    pub marketing: Vec<Actor>,
}

impl People {
    /// A salesperson of a region; the first ones have somewhat more.
    pub fn seller(&self, rng: &mut Rng, region: usize) -> Actor {
        let sales = &self.teams[region % self.teams.len()].sales;
        let weights: Vec<(usize, i64)> = (0..sales.len()).map(|i| (i, 12 - i as i64)).collect();
        sales[rng.weighted(&weights)]
    }
}

struct Hiring<'a> {
    script: &'a mut Script,
    rng: Rng,
    number: usize,
}

impl Hiring<'_> {
    fn team(&mut self, name: &str, parent: Option<Handle>, region: Option<&str>) -> Handle {
        let links: Vec<_> = parent.map(|p| ("parent_id", p)).into_iter().collect();
        self.script.open_with("team", json!({"name": name, "region": region}), &links)
    }

    fn user(&mut self, team: Handle, manager: Option<Actor>, role: &str, title: &str, address: &str) -> Actor {
        self.number += 1;
        let person = names::person(&mut self.rng);
        let mut links = vec![("team_id", team)];
        links.extend(manager.and_then(|m| m.user).map(|m| ("manager_id", m)));
        let values = json!({
            "name": person.name, "email": format!("{address}@demo.example"), "phone": names::mobile(&mut self.rng), "title": title,
            "role": role, "active": true, "language": "zh-CN", "time_zone": "Asia/Shanghai",
        });
        let user = self.script.open_with("user", values, &links);
        Actor { number: self.number, user: Some(user) }
    }

    fn position(&mut self, name: &str, above: Option<Handle>) -> Handle {
        let links: Vec<_> = above.map(|above| ("parent_id", above)).into_iter().collect();
        self.script.open_with("position", json!({"name": name}), &links)
    }

    fn holds(&mut self, actor: Actor, position: Handle) {
        if let Some(user) = actor.user {
            self.script.open_update(user, json!({}), &[("position_id", position)]);
        }
    }

    /// A region as a territory, with its team.
    fn territory(&mut self, name: &str, within: Handle, team: Handle) {
        let territory = self.script.open_with("territory", json!({"name": name}), &[("parent_id", within)]);
        self.script.open_with("territory_member", json!({}), &[("territory_id", territory), ("member_id", team)]);
    }

    /// A queue that a team serves.
    fn queue(&mut self, name: &str, team: Handle) {
        let values = json!({"name": name, "role": "standard", "active": true});
        self.script.open_with("user", values, &[("served_by_id", team)]);
    }

    fn lead(&mut self, team: Handle, head: Actor) {
        if let Some(user) = head.user {
            self.script.open_update(team, json!({}), &[("lead_id", user)]);
        }
    }
}

/// Hires everyone at the opening.
pub fn hire(script: &mut Script, rng: Rng) -> People {
    let mut hiring = Hiring { script, rng, number: 0 };
    let sales = hiring.team("销售中心", None, None);
    let mut teams = Vec::new();
    let director = hiring.position("销售总监", None);
    let country = hiring.script.open_with("territory", json!({"name": "全国"}), &[]);
    for (i, (region, _)) in REGIONS.iter().enumerate() {
        let team = hiring.team(&format!("{region}销售部"), Some(sales), Some(region));
        let manager = hiring.user(team, None, "sales_manager", "大区销售经理", &format!("manager{}", i + 1));
        hiring.lead(team, manager);
        let seller = |k: usize| if k == 0 { "高级客户经理" } else { "客户经理" };
        let sales: Vec<Actor> = (0..PER_TEAM)
            .map(|k| hiring.user(team, Some(manager), "standard", seller(k), &format!("sales{}", i * PER_TEAM + k + 1)))
            .collect();
        let managing = hiring.position(&format!("{region}大区经理"), Some(director));
        let selling = hiring.position(&format!("{region}客户经理"), Some(managing));
        hiring.holds(manager, managing);
        sales.iter().for_each(|one| hiring.holds(*one, selling));
        hiring.territory(region, country, team);
        teams.push(Team { manager, sales });
    }
    let (service, marketing) = (hiring.team("客户服务部", None, None), hiring.team("市场部", None, None));
    let head = hiring.user(service, None, "standard", "客服主管", "service1");
    hiring.lead(service, head);
    let mut staff = vec![head];
    staff.extend((2..=4).map(|k| hiring.user(service, Some(head), "standard", "技术支持工程师", &format!("service{k}"))));
    hiring.queue("待分配工单", service);
    let chief = hiring.user(marketing, None, "sales_manager", "市场经理", "marketing1");
    hiring.lead(marketing, chief);
    let second = hiring.user(marketing, Some(chief), "standard", "市场专员", "marketing2");
    People { teams, service: staff, marketing: vec![chief, second] }
}
