//! Aggregates that are kept must be those of the records, whatever has changed meanwhile and whoever changes it.

use std::sync::atomic::{AtomicBool, Ordering};

use guanxi_engine::write::{self, Operation, Options};
use guanxi_engine::{admission, recycle};
use guanxi_model::{Ctx, Door, RecordId};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::{Value, json};

/// Each with a form that is never kept by ranges of ids, since it has a limit.
const FIGURES: [&str; 6] = [
    "SELECT stage, SUM(amount) total, COUNT(id) n FROM opportunity GROUP BY stage",
    "SELECT COUNT(id) n, SUM(amount) total, AVG(amount) mean, MIN(close_date) first, MAX(close_date) last, MAX(name) name FROM opportunity",
    "SELECT stage, MIN(amount) least, MAX(amount) most, AVG(probability) mean, COUNT(close_date) n FROM opportunity GROUP BY stage",
    "SELECT owner_id, stage, COUNT(id) n FROM opportunity WHERE amount > 500 GROUP BY owner_id, stage",
    "SELECT account.name, SUM(amount) total FROM opportunity WHERE stage = 'prospecting' GROUP BY account.name",
    "SELECT COUNT(id) n, SUM(amount) total FROM opportunity WHERE stage = 'lost'",
];

/// As every request does.
async fn context(t: &TestOrg) -> Ctx {
    admission::act_as(&t.org, t.admin().user, Door::Rest).await.expect("an administrator")
}

/// Numbers in no order that are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

both_engines!(kept_figures_follow_every_change, |t: TestOrg| async move {
    let accounts = [t.create("account", json!({"name": "甲"})).await, t.create("account", json!({"name": "乙"})).await];
    let mut dice = Dice(7);
    let values = |dice: &mut Dice| {
        let stage = ["prospecting", "engaging", "proposal"][dice.roll(3) as usize];
        let amount = if dice.roll(8) == 0 { Value::Null } else { json!(dice.roll(1_000).to_string()) };
        let account = t.id(accounts[dice.roll(2) as usize]);
        let day = format!("2026-0{}-1{}", 1 + dice.roll(9), dice.roll(10));
        json!({"name": format!("单{}", dice.roll(100)), "stage": stage, "amount": amount, "account_id": account, "close_date": day})
    };
    let mut live: Vec<RecordId> = Vec::new();
    let mut gone: Vec<RecordId> = Vec::new();
    for round in 0..120 {
        match dice.roll(10) {
            _ if round < 40 => live.push(t.create("opportunity", values(&mut dice)).await),
            0 | 1 => live.push(t.create("opportunity", values(&mut dice)).await),
            2 => {
                let id = live.swap_remove(dice.roll(live.len() as u64) as usize);
                t.delete_as(&t.admin(), id).await.expect("deleted");
                gone.push(id);
            }
            3 if !gone.is_empty() => {
                let id = gone.pop().expect("one");
                recycle::restore(&t.org, &t.admin(), &[t.id(id)]).await.expect("restored");
                live.push(id);
            }
            4 => _ = t.update_as(&t.admin(), accounts[0], json!({"name": format!("甲{round}")})).await.expect("renamed"),
            5 => _ = t.create("task", json!({"name": "别的对象"})).await,
            _ => {
                let id = live[dice.roll(live.len() as u64) as usize];
                t.update_as(&t.admin(), id, values(&mut dice)).await.expect("changed");
            }
        }
        // Not each time: then more than one record has changed.
        if round >= 30 && dice.roll(3) > 0 {
            let ctx = context(&t).await;
            for figure in FIGURES {
                let whole = t.query_as(&ctx, &format!("{figure} LIMIT 1999")).await.expect(figure);
                assert_eq!(t.query_as(&ctx, figure).await.expect(figure), whole, "{figure} after {round} changes");
            }
        }
    }
});

both_engines!(a_figure_is_of_one_state_while_others_write, |t: TestOrg| async move {
    let mut deals = Vec::new();
    for _ in 0..40 {
        deals.push(t.create("opportunity", json!({"name": "单", "stage": "prospecting", "amount": "1000"})).await);
    }
    let done = AtomicBool::new(false);
    // Money only moves from one deal to another: the sum of all is always the same.
    let mover = async {
        let ctx = context(&t).await;
        for n in 0..150_usize {
            let (from, to) = (deals[n % 40], deals[(n * 17 + 5) % 40]);
            if from == to {
                continue;
            }
            let (less, more) = (amount(&t, from).await - 100, amount(&t, to).await + 100);
            let set = [(from, less), (to, more)].map(|(id, amount)| update(id, amount));
            let written = write::write(&t.org, &ctx, set.into(), Options { all_or_none: true, ..Options::default() }).await;
            written.expect("moved");
        }
        done.store(true, Ordering::SeqCst);
    };
    let reader = async {
        let mut asked = 0;
        while !done.load(Ordering::SeqCst) {
            let ctx = context(&t).await;
            let sums = t.query_as(&ctx, "SELECT COUNT(id) n, SUM(amount) total FROM opportunity").await.expect("sums");
            assert_eq!((sums[0]["n"].as_i64(), sums[0]["total"]["amount"].as_str()), (Some(40), Some("40000.00")), "after {asked}");
            asked += 1;
            // On SQLite nothing of this waits.
            tokio::task::yield_now().await;
        }
        assert!(asked > 10, "asked {asked} times meanwhile");
    };
    tokio::join!(mover, reader);
});

fn update(id: RecordId, amount: i64) -> Operation {
    let values = json!({"amount": amount.to_string()}).as_object().cloned().unwrap_or_default();
    Operation::Update { id, values, version: None }
}

async fn amount(t: &TestOrg, id: RecordId) -> i64 {
    let rows = t.query(&format!("SELECT amount FROM opportunity WHERE id = '{}'", t.id(id))).await;
    rows[0]["amount"]["amount"].as_str().and_then(|a| a.trim_end_matches(".00").parse().ok()).expect("an amount")
}
