//! Campaigns and who took part.

use std::collections::HashSet;

use guanxi_model::render::time_text;
use serde_json::json;

use super::calendar::{Calendar, DAYS};
use super::catalog::yuan;
use super::customers::Account;
use super::people::People;
use super::rng::Rng;
use super::script::{Handle, Made, Script};
use super::texts::CAMPAIGNS;

/// The campaigns of the year with the days on which they begin, in that order.
pub fn campaigns(script: &mut Script, rng: &mut Rng, people: &People) -> Vec<(Handle, i64)> {
    let chief = people.marketing[0];
    let mut made = Vec::new();
    for (name, kind, percent, length, budget, _) in CAMPAIGNS {
        let begins = script.calendar.start + DAYS * percent / 100;
        let ends = begins + length;
        let values = json!({
            "name": name, "kind": kind, "start_date": Calendar::date(begins), "end_date": Calendar::date(ends), "budget": yuan(budget * 100),
            "expected_revenue": yuan(budget * 100 * rng.between(5, 12)), "expected_response": yuan(rng.between(300, 2_500)), "audience": rng.between(200, 4_000),
        });
        let Some(campaign) = script.create(chief, begins - 25, "campaign", values, &[]) else { continue };
        made.push((campaign.handle, begins));
        script.update(chief, begins, campaign.handle, json!({"status": "active"}), &[]);
        let cost = yuan(budget * rng.between(82, 112));
        script.update(chief, ends + 3, campaign.handle, json!({"status": "completed", "actual_cost": cost}), &[]);
    }
    made
}

/// Contacts and leads who were invited, with their answers.
pub fn members(script: &mut Script, rng: &mut Rng, people: &People, campaigns: &[(Handle, i64)], accounts: &[Account], leads: &[Made]) {
    for ((campaign, begins), row) in campaigns.iter().zip(CAMPAIGNS) {
        let known: Vec<Handle> =
            accounts.iter().filter(|a| a.day <= *begins).flat_map(|a| a.contacts.first()).map(|(contact, _)| *contact).collect();
        let fresh: Vec<Handle> = leads.iter().filter(|l| l.day <= *begins + 5).map(|l| l.handle).collect();
        let mut seen = HashSet::new();
        for _ in 0..row.5 * 6 / 10 {
            let pool = if rng.chance(65) || fresh.is_empty() { &known } else { &fresh };
            let party = rng.pick(pool);
            if seen.insert(party) {
                member(script, rng, people, (*campaign, *begins), party);
            }
        }
    }
}

fn member(script: &mut Script, rng: &mut Rng, people: &People, (campaign, begins): (Handle, i64), party: Handle) {
    let officer = people.marketing[1];
    let links = [("campaign_id", campaign), ("party_id", party)];
    let Some(made) = script.create(officer, begins - 7, "campaign_member", json!({"status": "sent"}), &links) else { return };
    let answer = rng.weighted(&[("", 45), ("opened", 18), ("responded", 12), ("attended", 18), ("declined", 5), ("bounced", 2)]);
    if answer.is_empty() {
        return;
    }
    let day = begins.max(made.day) + rng.between(0, 4);
    let responded = script.moment(officer, day).filter(|_| matches!(answer, "responded" | "attended")).map(time_text);
    script.update(officer, day, made.handle, json!({"status": answer, "responded_at": responded}), &[]);
}
