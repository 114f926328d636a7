//! After the sale: installed devices, tickets, knowledge articles.

use guanxi_model::render::time_text;
use serde_json::json;

use super::calendar::Calendar;
use super::catalog::{Product, yuan};
use super::customers::Account;
use super::people::People;
use super::rng::Rng;
use super::script::{Handle, Script};
use super::texts::{ARTICLES, TICKETS};

/// Devices at customers; gives each with the place of its account and the day.
pub fn assets(
    script: &mut Script,
    rng: &mut Rng,
    people: &People,
    accounts: &[Account],
    installed: &[(usize, Product, i64)],
) -> Vec<(usize, Handle, i64)> {
    let mut assets = Vec::new();
    for (number, (place, product, day)) in installed.iter().enumerate() {
        let account = &accounts[*place];
        let engineer = rng.pick(&people.service);
        let values = json!({
            "name": format!("{} {}", account.short, product.name), "serial_number": format!("QH{:07}", 1_204_000 + number * 17), "status": "installed",
            "purchase_date": Calendar::date(day - 20), "install_date": Calendar::date(*day), "warranty_until": Calendar::date(day + 730),
            "price": yuan(product.price * 100), "quantity": rng.between(1, 12),
        });
        let links = [("account_id", account.handle), ("product_id", product.handle)];
        if let Some(made) = script.create(engineer, *day, "asset", values, &links) {
            assets.push((*place, made.handle, made.day));
        }
    }
    assets
}

/// Tickets of customers with their course.
pub fn tickets(script: &mut Script, rng: &mut Rng, people: &People, accounts: &[Account], assets: &[(usize, Handle, i64)], count: usize) {
    let (from, to) = (script.calendar.start + 3, script.calendar.end);
    let customers: Vec<usize> = accounts.iter().enumerate().filter(|(_, a)| a.old && !a.contacts.is_empty()).map(|(i, _)| i).collect();
    for _ in 0..count {
        let day = script.calendar.seasonal_day(rng, from, to);
        let asset = (!assets.is_empty() && rng.chance(35)).then(|| rng.pick(assets)).filter(|a| a.2 <= day);
        let place = asset.map_or_else(|| rng.pick(&customers), |a| a.0);
        ticket(script, rng, people, &accounts[place], asset.map(|a| a.1), day);
    }
}

fn ticket(script: &mut Script, rng: &mut Rng, people: &People, account: &Account, asset: Option<Handle>, day: i64) {
    let engineer = rng.pick(&people.service);
    let (subject, kind, description, resolution) = rng.pick(&TICKETS);
    let priority = rng.weighted(&[("low", 15), ("normal", 55), ("high", 22), ("urgent", 8)]);
    let days = match priority {
        "urgent" => 1,
        "high" => 3,
        "normal" => 7,
        _ => 14,
    };
    let Some(at) = script.moment(engineer, day) else { return };
    let values = json!({
        "name": subject, "kind": kind, "priority": priority, "description": description, "due_at": time_text(at + days * 86_400_000_000),
        "channel": rng.weighted(&[("phone", 38), ("email", 18), ("portal", 16), ("chat", 14), ("form", 8), ("device", 6)]),
    });
    let mut links = vec![("account_id", account.handle)];
    links.extend(account.contacts.first().map(|(contact, _)| ("contact_id", *contact)));
    links.extend(asset.map(|a| ("asset_id", a)));
    let Some(made) = script.create(engineer, day, "ticket", values, &links) else { return };
    let Some(opened) = script.update(engineer, made.day + rng.between(0, 1), made.handle, json!({"status": "open"}), &[]) else { return };
    let mut day = opened + rng.between(0, days);
    if rng.chance(18) {
        let Some(waited) = script.update(engineer, day, made.handle, json!({"status": "waiting"}), &[]) else { return };
        day = waited + rng.between(1, 9);
    }
    if rng.chance(3) {
        return;
    }
    let Some(at) = script.moment(engineer, day) else { return };
    let values = json!({"status": "resolved", "resolution": resolution, "resolved_at": time_text(at)});
    let Some(resolved) = script.update(engineer, day, made.handle, values, &[]) else { return };
    if rng.chance(85)
        && let Some(at) = script.moment(engineer, resolved + 3)
    {
        script.update(engineer, resolved + 3, made.handle, json!({"status": "closed", "closed_at": time_text(at)}), &[]);
    }
}

/// Knowledge articles.
pub fn articles(script: &mut Script, rng: &mut Rng, people: &People) {
    for (title, category, summary, body) in ARTICLES {
        let day = rng.between(script.calendar.start, script.calendar.end - 30);
        let author = rng.pick(&people.service);
        let values = json!({"name": title, "category": category, "summary": summary, "body": body, "tags": [category]});
        let Some(made) = script.create(author, day, "article", values, &[]) else { continue };
        if let Some(at) = script.moment(author, made.day + 4).filter(|_| rng.chance(85)) {
            script.update(author, made.day + 4, made.handle, json!({"status": "published", "published_at": time_text(at)}), &[]);
        }
    }
}
