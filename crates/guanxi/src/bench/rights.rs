//! What rights cost where there are many records: lists and totals of a user who owns few, of a manager of many, of one covered by many
//! sharing rules; and how long a changed rule takes until it holds for all records.

use guanxi_engine::jobs::Worker;
use guanxi_engine::write::{self, MAX_OPERATIONS, Operation, Options, Outcome};
use guanxi_engine::{Organisation, admission, read, schema_change, sharing};
use guanxi_model::meta::{Filter, FilterOp, Scope, ShareAccess, SharingDef, SharingRule};
use guanxi_model::{Ctx, Door, Error, Label, RecordId};
use guanxi_query::Page;
use serde_json::{Value, json};

use super::Run;
use super::measure::{median, quantile, timed};
use super::report::Line;
use super::subject::Subject;
use crate::data::Data;
use crate::failure::Failure;

/// The object whose records are shared.
const OBJECT: &str = "x_bench_rights";

/// Who owns the records: the first user every thousandth, those who report to the second half of them, others the rest.
const REPORTS: usize = 500;
const OTHERS: usize = 500;

/// Rules, half of them by owner and half by condition.
const RULES: usize = 200;

/// How often each list is asked for.
const ASKED: usize = 300;

struct Scene {
    org: Organisation,
    admin: Ctx,
    users: Vec<RecordId>,
    records: usize,
}

/// Fills an object with so many records, and measures.
pub(crate) async fn rights(run: &mut Run, subject: &Subject, data: &Data, records: usize) -> Result<(), Failure> {
    let name = format!("bench_{}", subject.size.name().to_lowercase());
    let org = data.open(&name).await?;
    let admin = org.system_ctx(Door::Cli);
    let mut scene = Scene { org, admin, users: Vec::new(), records };
    let measured = async {
        prepare(&mut scene).await?;
        subject.place.analyse(&name).await?;
        measure(run, &scene).await
    };
    let measured = measured.await;
    schema_change::set_standard_user_scope(&scene.org, &scene.admin, Scope::All).await?;
    if scene.org.schema().object(OBJECT).is_some() {
        schema_change::delete_object(&scene.org, &scene.admin, OBJECT).await?;
    }
    scene.org.close().await;
    measured
}

async fn prepare(scene: &mut Scene) -> Result<(), Failure> {
    let (org, admin) = (&scene.org, &scene.admin);
    if org.schema().object(OBJECT).is_some() {
        schema_change::delete_object(org, admin, OBJECT).await?;
    }
    let field = |name: &str, rest: Value| {
        let mut field = json!({"name": name, "label": {"zh": name, "en": name}});
        if let (Value::Object(field), Value::Object(rest)) = (&mut field, rest) {
            field.extend(rest);
        }
        field
    };
    let object = json!({
        "name": OBJECT, "label": {"zh": OBJECT, "en": OBJECT}, "module": "customers",
        "fields": [
            field("name", json!({"type": "text", "required": true, "indexed": true})),
            field("x_number", json!({"type": "integer"})),
            field("x_tenth", json!({"type": "integer"})),
        ],
    });
    schema_change::create_object(org, admin, serde_json::from_value(object).map_err(Error::internal)?).await?;
    schema_change::set_standard_user_scope(org, admin, Scope::Own).await?;
    let tag = org.now_us();
    let user = |n: usize| json!({"name": format!("u{n}"), "email": format!("u{n}.{tag}@bench.example"), "role": "standard"});
    let mut users = Vec::new();
    let all = 3 + REPORTS + OTHERS;
    users.extend(create(scene, "user", 0..3, &user).await?);
    let manager = org.schema().id_text(users[1]);
    let reporting = |n: usize| {
        let mut values = user(n);
        if n < 3 + REPORTS {
            values["manager_id"] = json!(manager);
        }
        values
    };
    users.extend(create(scene, "user", 3..all, &reporting).await?);
    let ids: Vec<String> = users.iter().map(|id| org.schema().id_text(*id)).collect();
    let count = scene.records;
    let values = |i: usize| {
        let owner = if i.is_multiple_of(1_000) {
            0
        } else if i % 2 == 1 {
            3 + i / 2 % REPORTS
        } else {
            3 + REPORTS + i / 2 % OTHERS
        };
        let mixed = i * 7_919 % count;
        json!({"name": format!("记录 {mixed}"), "x_number": i * 31 % 1_000, "x_tenth": i / 7 % 10, "owner_id": ids[owner]})
    };
    for from in (0..count).step_by(MAX_OPERATIONS) {
        create(scene, OBJECT, from..(from + MAX_OPERATIONS).min(count), &values).await?;
    }
    scene.users = users;
    Ok(())
}

async fn create(
    scene: &Scene,
    object: &str,
    range: std::ops::Range<usize>,
    values: &impl Fn(usize) -> Value,
) -> Result<Vec<RecordId>, Failure> {
    let one = |i: usize| Operation::Create { object: object.to_owned(), values: values(i).as_object().cloned().unwrap_or_default() };
    let operations = range.map(one).collect();
    let written = write::write(&scene.org, &scene.admin, operations, Options { all_or_none: true, ..Options::default() }).await?;
    let id = |outcome| if let Outcome::Created(row) = outcome { Some(row.id()) } else { None };
    Ok(written.outcomes.into_iter().filter_map(id).collect())
}

async fn measure(run: &mut Run, scene: &Scene) -> Result<(), Failure> {
    let records = scene.records;
    as_user(run, scene, 0, &format!("owns 0.1 % of {records} records")).await?;
    as_user(run, scene, 1, &format!("manager of {REPORTS}, who own half of {records} records")).await?;
    let ruled = scene.org.schema().id_text(scene.users[2]);
    let rule = |n: usize| SharingRule {
        name: format!("rule_{n}"),
        label: Label::new(format!("规则 {n}"), format!("Rule {n}")),
        owned_by: Vec::new(),
        filter: None,
        with: vec![ruled.clone()],
        access: ShareAccess::Read,
        number: 0,
    };
    let equals = |field: &str, n: usize| Some(Filter::Field { field: field.to_owned(), op: FilterOp::Eq, value: json!(n) });
    let owner = |n: usize| scene.org.schema().id_text(scene.users[3 + REPORTS + n]);
    let by_owner = (0..RULES / 2).map(|n| SharingRule { owned_by: vec![owner(n)], ..rule(n) });
    let by_value = (RULES / 2..RULES).map(|n| SharingRule { filter: equals("x_number", n), ..rule(n) });
    let def = SharingDef { rules: by_owner.chain(by_value).collect(), ..SharingDef::of(OBJECT) };
    applied(run, scene, def.clone(), &format!("{RULES} rules, half by owner, half by condition, {} records", records / 5), None).await?;
    as_user(run, scene, 2, &format!("covered by {RULES} sharing rules, {} records", records / 5)).await?;
    let tenth = SharingRule { filter: equals("x_tenth", 3), ..rule(RULES) };
    let with_tenth = SharingDef { rules: def.rules.iter().cloned().chain([tenth]).collect(), ..def };
    applied(run, scene, with_tenth, &format!("a changed rule over {} records, applied on line", records / 10), Some(30.0)).await?;
    as_user(run, scene, 2, &format!("covered by {} sharing rules, {} records", RULES + 1, records * 28 / 100)).await
}

/// Says how an object is shared, and waits until that holds for all records.
async fn applied(run: &mut Run, scene: &Scene, def: SharingDef, what: &str, bar: Option<f64>) -> Result<(), Failure> {
    let work = async {
        sharing::replace(&scene.org, &scene.admin, OBJECT, def, None).await?;
        while !sharing::get(&scene.org, &scene.admin, OBJECT).await?.pending.is_empty() {
            Worker::new().run_pending(&scene.org).await?;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Ok::<(), Error>(())
    };
    let (done, seconds) = timed(work).await;
    done?;
    run.report.add(Line {
        what: what.to_owned(),
        ours: format!("{seconds:.1} s"),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: bar.map_or_else(|| "–".to_owned(), |bar| format!("≤ {bar:.0} s")),
        holds: bar.map(|bar| seconds <= bar),
    });
    Ok(())
}

/// The lists and the total of a user.
async fn as_user(run: &mut Run, scene: &Scene, user: usize, what: &str) -> Result<(), Failure> {
    let texts = [
        ("newest first", format!("SELECT id, name, x_number, owner.name FROM {OBJECT} ORDER BY id DESC")),
        ("by name", format!("SELECT id, name, x_number, owner.name FROM {OBJECT} ORDER BY name")),
        ("a tenth of them, by name", format!("SELECT id, name, x_number, owner.name FROM {OBJECT} WHERE x_tenth = 5 ORDER BY name")),
    ];
    for (order, text) in &texts {
        let mut times = Vec::with_capacity(ASKED);
        for _ in 0..ASKED {
            let ctx = admission::act_as(&scene.org, scene.users[user], Door::Rest).await?;
            let ask = async {
                let page = read::query(&scene.org, &ctx, text, &Page { limit: 50, ..Page::default() }).await?;
                Ok::<usize, Error>(read::page_json(&scene.org.schema(), &page).len())
            };
            let (done, seconds) = timed(ask).await;
            done?;
            times.push((seconds * 1e6) as u32);
        }
        times.sort_unstable();
        let (middle, p99) = (quantile(&times, 0.5) / 1e3, quantile(&times, 0.99) / 1e3);
        run.report.add(Line {
            what: format!("{what}: list of 50, {order}"),
            ours: format!("p50 {middle:.1} ms, p99 {p99:.1} ms"),
            raw: "–".to_owned(),
            ratio: "–".to_owned(),
            bar: "p99 ≤ 20 ms".to_owned(),
            holds: Some(p99 <= 20.0),
        });
    }
    let mut times = Vec::new();
    let mut total = None;
    let first = Page { limit: 1, total: true, ..Page::default() };
    for _ in 0..5 {
        let ctx = admission::act_as(&scene.org, scene.users[user], Door::Rest).await?;
        let (page, seconds) = timed(read::query(&scene.org, &ctx, &texts[0].1, &first)).await;
        total = page?.total;
        times.push(seconds * 1e3);
    }
    let took = median(&times);
    run.report.add(Line {
        what: format!("{what}: the total"),
        ours: format!("{took:.0} ms ({})", total.unwrap_or(0)),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: "≤ 300 ms".to_owned(),
        holds: Some(took <= 300.0),
    });
    Ok(())
}
