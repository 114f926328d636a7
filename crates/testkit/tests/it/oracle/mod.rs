//! The permission oracle against the product: random worlds, every door, both engines.
//!
//! Some worlds are tried in every run; `GUANXI_WORLDS=2000` tries so many, 39 of 40 on SQLite and the rest on PostgreSQL, where one
//! costs more; `GUANXI_WORLD=17` tries the one of that seed on both, which a failure names. In the first worlds, and in every 50th, three
//! users ask by every door and all others for the lists; in the others one asks by every third door, another for the
//! lists, two try writes, rights are taken away and writes taken back in every second, and what is unseen is not changed. So more worlds are
//! tried in the same time.

mod doors;
mod held;
mod writes;

use std::sync::atomic::{AtomicUsize, Ordering};

use guanxi_engine::export::{self, ExportFormat, ExportRequest, Headers};
use guanxi_engine::jobs::{self, Worker};
use guanxi_engine::notifications::Reader;
use guanxi_engine::search::{self, Follower};
use guanxi_model::Ctx;
use guanxi_testkit::Dialect;
use guanxi_testkit::oracle::{Door, FAMILY, Kind, OBJECTS, Seed, Sight, Value, World, fields_of, kind_of};
use guanxi_testkit::org::{self, TestOrg};

use doors::Asker;
use held::{Held, Host, Tally};
use writes::Attempt;

/// Worlds of an ordinary run.
const WORLDS: usize = 20;

/// Worlds that one organisation holds, one after the other.
const PER_ORGANISATION: usize = 20;

/// Users of a world who ask by every door; all others ask for the lists.
const ASKERS: usize = 3;

/// Whether all is asked of a world.
fn whole(world: &World) -> bool {
    world.seed < WORLDS as u64 || world.seed.is_multiple_of(50)
}

fn askers(world: &World) -> usize {
    if whole(world) { ASKERS } else { 1 }
}

#[test]
fn sqlite() {
    try_worlds(Dialect::Sqlite);
}

#[test]
fn postgres() {
    try_worlds(Dialect::Postgres);
}

fn number(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}

/// Tries worlds in as many threads as the machine runs at once.
fn try_worlds(dialect: Dialect) {
    let one = number("GUANXI_WORLD");
    let many = number("GUANXI_WORLDS").map_or(WORLDS, |n| match dialect {
        Dialect::Sqlite => n - n / 40,
        Dialect::Postgres => n / 40,
    });
    let (first, end) = one.map_or((0, many), |one| (one, one + 1));
    let next = AtomicUsize::new(first);
    // One more than run at once: each waits for the disk now and then.
    let threads = (std::thread::available_parallelism().map_or(1, usize::from) + 1).min(end - first);
    let mut total = Tally::default();
    std::thread::scope(|scope| {
        let run = || {
            // A world is asked one thing after the other: more threads would only wake one another.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(worlds(dialect, &next, end))
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        for thread in running {
            total.add(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    println!("{dialect:?}: {total:?}");
}

async fn worlds(dialect: Dialect, next: &AtomicUsize, end: usize) -> Tally {
    let mut total = Tally::default();
    let mut host: Option<(Host, usize)> = None;
    loop {
        let first = next.fetch_add(FAMILY, Ordering::Relaxed);
        if first >= end {
            return total;
        }
        let (mut here, held) = match host.take().filter(|(_, held)| *held < PER_ORGANISATION) {
            Some(known) => known,
            None => match TestOrg::open(dialect).await {
                Some(t) => (Host::new(t).await, 0),
                None => return total,
            },
        };
        for seed in first..end.min(first + FAMILY) {
            let named = Named(seed);
            total.add(world(&mut here, seed as u64).await);
            drop(named);
        }
        host = Some((here, held + FAMILY));
    }
}

/// Names the world of a failure.
struct Named(usize);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the world of GUANXI_WORLD={}", self.0);
        }
    }
}

async fn world(host: &mut Host, seed: u64) -> Tally {
    let mut held = host.hold(World::random(seed)).await;
    let mut r = Seed::new(seed ^ 0x6F72_6163_6C65);
    held.check_inactive().await;
    Reader::new(&held.t().org).catch_up().await.expect("told");
    ask(&held, &mut r).await;
    if whole(&held.world) {
        unseen(&mut held, &mut r).await;
    }
    write(&mut held, &mut r).await;
    if whole(&held.world) || r.below(2) == 0 {
        after_revocation(&mut held, &mut r).await;
        writes::taken_back(&mut held, &mut r).await;
    }
    held.clear().await
}

/// Some ask by every door, the others for the lists.
async fn ask(held: &Held<'_>, r: &mut Seed) {
    let active = held.active();
    let first = r.below(active.len());
    for at in 0..active.len() {
        let user = active[(first + at) % active.len()];
        let mut asker = Asker { held, user, ctx: held.ctx(user).await, r: Seed::new(held.world.seed * 100 + user as u64) };
        if at < askers(&held.world) {
            for door in Door::ALL {
                if whole(&held.world) || door == Door::List || r.below(3) == 0 {
                    asker.ask(door).await;
                }
            }
        } else if whole(&held.world) || at == 1 {
            asker.ask(Door::List).await;
        }
    }
}

/// Where only what a user does not see changes, nothing that the user is shown does.
async fn unseen(held: &mut Held<'_>, r: &mut Seed) {
    let active = held.active();
    if active.is_empty() {
        return;
    }
    let user = r.one(&active);
    let before = shown(held, user).await;
    let mut changes: Vec<(usize, &'static str, Value)> = Vec::new();
    for (record, of) in held.world.records.iter().enumerate().filter(|(_, of)| !of.deleted) {
        for (at, (field, value)) in of.values.iter().enumerate() {
            let sight = held.world.cell(user, record, field);
            // Of what is seen in part, numbers show nothing, and texts show what all have in common.
            // What a rule goes by opens the record itself or closes it.
            let ruling = held.world.ruling_fields(of.object).contains(field);
            if sight != Sight::Full && !ruling && !matches!(value, Value::Link(_)) {
                changes.push((record, *field, value.other(2_000 + record * 10 + at)));
            }
        }
    }
    held.change(changes).await;
    let after = shown(held, user).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after, "user {user} is told of what is not seen");
    }
}

/// What a user is shown but for versions and times of changes, which tell of every change of a record that is seen.
async fn shown(held: &Held<'_>, user: usize) -> Vec<String> {
    let asker = Asker { held, user, ctx: held.ctx(user).await, r: Seed::new(0) };
    let mut texts = vec![];
    for object in OBJECTS {
        let there = asker.there(object).join(", ");
        texts.push(format!("SELECT id, {there}, owner_id, created_at FROM {object} ORDER BY id"));
        texts.push(format!("SELECT id, {there} FROM {object} ORDER BY name DESC"));
        texts.push(format!("SELECT owner_id, COUNT(id) n FROM {object} GROUP BY owner_id ORDER BY owner_id"));
        texts.extend(asker.there(object).iter().map(|field| format!("SELECT MIN({field}) a, COUNT({field}) n FROM {object}")));
        for (field, kind) in fields_of(object) {
            let Kind::Link(to) = kind else { continue };
            let name = field.trim_end_matches("_id");
            texts.extend(asker.there(to).iter().filter(|of| !matches!(kind_of(to, of), Kind::Link(_))).flat_map(|of| {
                let select = format!("SELECT id, {name}.{of} FROM {object}");
                [format!("{select} ORDER BY id"), format!("{select} ORDER BY {name}.{of}"), format!("{select} WHERE {name}.{of} != NULL")]
            }));
        }
    }
    let mut answers = Vec::new();
    for text in texts {
        let answer = match asker.bytes(&text).await {
            Ok(page) => String::from_utf8(page).expect("text"),
            Err(error) => held::error_text(&error),
        };
        held.clean("unseen", user, false, answer.as_bytes());
        answers.push(format!("{text}: {answer}"));
    }
    answers
}

/// Everyone tries some writes.
async fn write(held: &mut Held<'_>, r: &mut Seed) {
    let mut n = 4_000;
    let mut tried: Vec<(usize, Ctx, Vec<Attempt>)> = Vec::new();
    let active = held.active();
    let trying = if whole(&held.world) { active.len() } else { active.len().min(2) };
    let first = r.below(active.len().max(1));
    for at in 0..trying {
        let user = active[(first + at) % active.len()];
        let mut attempts = Vec::new();
        for _ in 0..6 {
            let attempt = writes::attempt(held, r, n);
            n += 1;
            // Of one list, an operation is compared with what those before it have made of the record, even if they are refused
            // afterwards: to try the same again would be to change nothing.
            if !attempts.contains(&attempt) {
                attempts.push(attempt);
            }
        }
        tried.push((user, held.ctx(user).await, attempts));
    }
    let before = held.records().await;
    for (user, ctx, attempts) in &tried {
        let refused: Vec<Attempt> = attempts.iter().filter(|attempt| !attempt.allowed(held, *user)).cloned().collect();
        writes::refused(held, *user, ctx, &refused).await;
    }
    assert_eq!(held.records().await, before, "what was refused has changed something");
    for (user, ctx, attempts) in tried.into_iter().take(ASKERS) {
        for attempt in attempts {
            if attempt.allowed(held, user) {
                writes::done(held, user, &ctx, attempt).await;
            }
        }
    }
}

/// An export that waits in the queue.
struct Waiting {
    user: usize,
    object: &'static str,
    fields: Vec<&'static str>,
    job: String,
}

/// After rights have changed, the next request goes by the new ones, and what waits in the queue too.
async fn after_revocation(held: &mut Held<'_>, r: &mut Seed) {
    let mut waiting = Vec::new();
    for user in held.active() {
        let asker = Asker { held, user, ctx: held.ctx(user).await, r: Seed::new(0) };
        let object = r.one(&OBJECTS);
        if waiting.len() < 2 && held.world.exports(user) && held.world.reads(user, object) {
            let fields = asker.there(object);
            let q = format!("SELECT id, {} FROM {object}", fields.join(", "));
            let request = ExportRequest { q, format: ExportFormat::Csv, title: None, headers: Headers::Names };
            let job = export::start(&held.t().org, &asker.ctx, request).await.expect("queued").id;
            waiting.push(Waiting { user, object, fields, job });
        }
    }
    if r.percent(80) {
        held.world.shuffle(r);
    }
    let world = held.world.clone();
    held.host.set_rights(&world).await;
    held.check_inactive().await;
    let active = held.active();
    for (at, user) in active.iter().enumerate() {
        let mut asker = Asker { held, user: *user, ctx: held.ctx(*user).await, r: Seed::new(held.world.seed) };
        if !whole(&held.world) && at >= ASKERS {
            continue;
        }
        asker.ask(Door::List).await;
        if (at + held.world.records.len()) % active.len() < askers(&held.world) {
            for door in [Door::Get, Door::Feed, Door::Metadata, Door::Recent, Door::Notifications] {
                asker.ask(door).await;
            }
        }
    }
    Worker::new().run_pending(&held.t().org).await.expect("ran");
    for export in waiting {
        exported(held, export).await;
    }
}

/// An export has what its user sees when it runs, or fails.
async fn exported(held: &Held<'_>, Waiting { user, object, fields, job }: Waiting) {
    let world = &held.world;
    let may =
        world.exports(user) && world.reads(user, object) && fields.iter().all(|field| world.field(user, object, field) != Sight::Hidden);
    let state = jobs::get(&held.t().org, &held.t().admin(), &job).await.expect("the job").state;
    assert_eq!(state == "succeeded", may, "{state}: export of {object} for user {user}");
    if !may {
        return;
    }
    let text = org::text_of(export::file(&held.t().org, &held.ctx(user).await, &job).await.expect("a file")).await;
    held.clean("export", user, false, text.as_bytes());
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let headers: Vec<&str> = lines.next().expect("headers").split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let seen = held.seen(user, object);
    assert_eq!(rows.len(), seen.len(), "export of {object} for user {user}");
    let at = |name: &str| headers.iter().position(|header| *header == name);
    for row in &rows {
        let record = held.place(row[at("id").expect("ids")]).filter(|record| seen.contains(record)).expect("a record that is seen");
        for field in &fields {
            let value = held.world.records[record].value(field);
            let Some(expected) = value.map_or(Some(String::new()), |value| value.exported(world.cell(user, record, field))) else {
                continue;
            };
            let found = row[at(field).unwrap_or_else(|| panic!("{field} in {headers:?}"))];
            assert_eq!(found, expected, "export: {field} of {} for user {user}", held.about(record));
            held.tally.borrow_mut().cells += 1;
        }
    }
}

/// Search has an index that is behind the records for a moment, so that fewer worlds are tried.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_finds_what_is_not_seen() {
    let mut host = Host::new(TestOrg::open(Dialect::Sqlite).await.expect("SQLite is always there")).await;
    for seed in 0..number("GUANXI_WORLDS").map_or(6, |n| n / 100 + 6) as u64 {
        let named = Named(seed as usize);
        let held = host.hold(World::random(seed)).await;
        let follower = Follower::start(&held.t().org);
        while search::behind(&held.t().org) != Some(0)
            || !search::find(&held.t().org, &held.t().admin(), "x", None, 5).await.expect("an answer").complete
        {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        for user in held.active() {
            let ctx = held.ctx(user).await;
            for (record, of) in held.world.records.iter().enumerate() {
                for (field, value) in &of.values {
                    let Some(word) = value.words().into_iter().next() else { continue };
                    let answer = search::find(&held.t().org, &ctx, &word, None, 50).await.expect("an answer");
                    let open = held.world.cell(user, record, field) == Sight::Full && !of.deleted;
                    let found = serde_json::to_string(&answer.groups).expect("JSON").contains(&held.id(record));
                    assert!(open || !found, "search: user {user} finds {} by {field} {word}: {answer:?}", held.about(record));
                    let indexed = *field == "name";
                    assert!(!open || found || !indexed, "search: user {user} does not find {} by {word}", held.about(record));
                    held.tally.borrow_mut().answers += 1;
                }
            }
        }
        follower.stop().await;
        println!("search: {:?}", held.clear().await);
        drop(named);
    }
}
