//! The write door held against the oracle: what is refused leaves everything as it was, what is allowed happens.

use guanxi_engine::undo;
use guanxi_engine::write::{self, Operation, Options, Outcome, Row};
use guanxi_model::{Ctx, Error, ErrorKind, RecordId, Result};
use guanxi_testkit::oracle::{Act, Kind, OBJECTS, Record, Seed, Sight, Value, fields_of, kind_of};
use serde_json::{Map, Value as Json, json};

use super::doors::field_names;
use super::held::Held;

/// Something that a user tries.
#[derive(Clone, Debug, PartialEq)]
pub enum Attempt {
    Update {
        record: usize,
        field: &'static str,
        value: Value,
    },
    /// A lookup to another record.
    Point {
        record: usize,
        field: &'static str,
        to: usize,
    },
    Delete {
        record: usize,
    },
    Create {
        object: &'static str,
        owner: Option<usize>,
        values: Vec<(&'static str, Value)>,
    },
}

/// What a user might try. `n` tells its values from all others.
pub fn attempt(held: &Held<'_>, r: &mut Seed, n: usize) -> Attempt {
    let record = r.below(held.ids.len());
    match r.below(6) {
        0 => Attempt::Delete { record },
        1 if fields_of(held.world.records[record].object).iter().any(|(_, kind)| *kind == Kind::Link("account")) => {
            let accounts: Vec<usize> = (0..held.ids.len()).filter(|to| held.world.records[*to].object == "account").collect();
            if accounts.is_empty() {
                return Attempt::Delete { record };
            }
            Attempt::Point { record, field: "account_id", to: r.one(&accounts) }
        }
        1 | 2 => {
            let object = r.one(&OBJECTS);
            let name = ("name", Value::Text(format!("q{n:05}zx")));
            let others: Vec<&'static str> = field_names(object).filter(|field| *field != "name" && !is_link(object, field)).collect();
            let field = r.one(&others);
            let like = held.world.records.iter().find_map(|record| (record.object == object).then(|| record.value(field)).flatten());
            let mut values = vec![name];
            values.extend(like.filter(|_| r.percent(70)).map(|like| (field, like.other(n + 1_000))));
            Attempt::Create { object, owner: r.percent(90).then(|| r.below(held.world.users.len())), values }
        }
        _ => {
            let object = held.world.records[record].object;
            let fields: Vec<&'static str> = field_names(object).filter(|field| !is_link(object, field)).collect();
            let field = r.one(&fields);
            let known = held.world.records.iter().find_map(|record| (record.object == object).then(|| record.value(field)).flatten());
            let value = known.map_or_else(|| Value::Text(format!("q{n:05}zx")), |known| known.other(n));
            let field = if known.is_some() { field } else { "name" };
            Attempt::Update { record, field, value }
        }
    }
}

fn is_link(object: &str, field: &str) -> bool {
    matches!(kind_of(object, field), Kind::Link(_))
}

impl Attempt {
    pub fn allowed(&self, held: &Held<'_>, user: usize) -> bool {
        let world = &held.world;
        match self {
            Attempt::Update { record, field, .. } => !world.records[*record].deleted && world.may_write(user, *record, field),
            Attempt::Point { record, field, to } => {
                let there = world.visible(user, *to) && !world.records[*to].deleted;
                let known = world.records[*record].value(field) == Some(&Value::Link(*to));
                !world.records[*record].deleted && world.may_write(user, *record, field) && (there || known)
            }
            Attempt::Delete { record } => !world.records[*record].deleted && world.may(user, *record, Act::Delete),
            Attempt::Create { object, owner, values } => {
                let writable = |field: &&'static str| world.field_writable(user, object, field, *owner);
                world.may_create(user, object, *owner) && values.iter().all(|(field, _)| writable(field))
            }
        }
    }

    fn operation(&self, held: &Held<'_>) -> Operation {
        match self {
            Attempt::Update { record, field, value } => update(held.ids[*record], field, value, None),
            Attempt::Point { record, field, to } => {
                let values = [((*field).to_owned(), json!(held.id(*to)))].into_iter().collect();
                Operation::Update { id: held.ids[*record], values, version: None }
            }
            Attempt::Delete { record } => Operation::Delete { id: held.ids[*record], version: None },
            Attempt::Create { object, owner, values } => {
                let mut map: Map<String, Json> =
                    values.iter().map(|(field, value)| ((*field).to_owned(), value.input(|to| held.id(to)))).collect();
                map.insert("owner_id".to_owned(), json!(held.user_id(*owner)));
                Operation::Create { object: (*object).to_owned(), values: map }
            }
        }
    }
}

fn update(id: RecordId, field: &str, value: &Value, version: Option<i64>) -> Operation {
    let values = [(field.to_owned(), value.input(|_| String::new()))].into_iter().collect();
    Operation::Update { id, values, version }
}

async fn one(held: &Held<'_>, ctx: &Ctx, operation: Operation) -> Result<Outcome> {
    let written = write::write_one(&held.t().org, ctx, operation, Options::default()).await?;
    Ok(written.outcomes.into_iter().next().expect("an outcome"))
}

/// What may not be done is refused, one by one and together with others, and changes nothing.
pub async fn refused(held: &Held<'_>, user: usize, ctx: &Ctx, attempts: &[Attempt]) {
    if attempts.is_empty() {
        return;
    }
    let operations: Vec<Operation> = attempts.iter().map(|attempt| attempt.operation(held)).collect();
    let together = write::write(&held.t().org, ctx, operations.clone(), Options::default()).await;
    // An object that may not be read at all refuses the whole list.
    let errors: Vec<Error> = match together {
        Ok(written) => {
            let error = |(attempt, outcome): (&Attempt, Outcome)| match outcome {
                Outcome::Failed(error) => error,
                other => panic!("user {user} may not {attempt:?}, but: {other:?}"),
            };
            attempts.iter().zip(written.outcomes).map(error).collect()
        }
        Err(error) => vec![error],
    };
    let single = one(held, ctx, operations[0].clone()).await;
    let single = single.err().unwrap_or_else(|| panic!("user {user} may not {:?}", attempts[0]));
    for error in errors.iter().chain([&single]) {
        let kinds = [ErrorKind::Forbidden, ErrorKind::NotFound, ErrorKind::Validation];
        assert!(kinds.contains(&error.kind), "{error:?}");
        held.clean_error("write", user, error);
    }
    held.tally.borrow_mut().writes += attempts.len() + 1;
}

/// What may be done is done, and its answer shows what the user sees.
pub async fn done(held: &mut Held<'_>, user: usize, ctx: &Ctx, attempt: Attempt) {
    let operation = attempt.operation(held);
    if let Attempt::Update { record, field, value } = &attempt {
        stale(held, user, ctx, *record, field, value).await;
    }
    let outcome = one(held, ctx, operation).await;
    let outcome = outcome.unwrap_or_else(|error| panic!("user {user} may {attempt:?}, but: {error:?}"));
    held.tally.borrow_mut().writes += 1;
    match (attempt, outcome) {
        (Attempt::Update { record, field, value }, Outcome::Updated(row) | Outcome::Unchanged(row)) => {
            held.set(record, field, value);
            answer(held, user, ctx, record, &row);
        }
        (Attempt::Point { record, field, to }, Outcome::Updated(row) | Outcome::Unchanged(row)) => {
            held.set(record, field, Value::Link(to));
            answer(held, user, ctx, record, &row);
        }
        (Attempt::Delete { record }, Outcome::Deleted(_)) => {
            held.world.records[record].deleted = true;
            held.world.settle();
        }
        (Attempt::Create { object, owner, values }, Outcome::Created(row)) => {
            let record = held.ids.len();
            held.ids.push(row.id());
            held.world.records.push(Record { object, owner, deleted: false, values: Vec::new(), shares: Vec::new() });
            for (field, value) in values {
                held.set(record, field, value);
            }
            answer(held, user, ctx, record, &row);
        }
        (attempt, outcome) => panic!("{attempt:?}: {outcome:?}"),
    }
}

fn answer(held: &Held<'_>, user: usize, ctx: &Ctx, record: usize, row: &Row) {
    if !held.world.visible(user, record) {
        // By what was written no rule and no parent opens it any more: its last state is shown to who has written it.
        return;
    }
    let bytes = row.json(ctx, &held.t().org.schema());
    held.clean("write", user, false, &bytes);
    let shown: Json = serde_json::from_slice(&bytes).expect("JSON");
    held.compare("write", user, record, &shown, fields_of(held.world.records[record].object).iter().map(|(field, _)| *field));
}

/// Who has seen too little is shown the record as the user sees it.
async fn stale(held: &Held<'_>, user: usize, ctx: &Ctx, record: usize, field: &str, value: &Value) {
    let error = one(held, ctx, update(held.ids[record], field, value, Some(0))).await.expect_err("stale");
    assert_eq!(error.kind, ErrorKind::VersionConflict, "{error:?}");
    held.clean_error("write", user, &error);
    let current = error.current.expect("the record as it is");
    held.compare("412", user, record, &current, field_names(held.world.records[record].object));
}

/// Takes back what the administrator has changed, after some of it was changed again: nothing comes back that the user may not write,
/// and nothing is told of fields that are not there.
pub async fn taken_back(held: &mut Held<'_>, r: &mut Seed) {
    let live: Vec<usize> = (0..held.ids.len()).filter(|record| !held.world.records[*record].deleted).collect();
    let active = held.active();
    if live.is_empty() || active.is_empty() {
        return;
    }
    let user = r.one(&active);
    let mut records: Vec<usize> = (0..1 + r.below(3)).map(|_| r.one(&live)).collect();
    records.sort_unstable();
    records.dedup();
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for record in records {
        for (at, (field, value)) in held.world.records[record].values.iter().enumerate().filter(|(_, (_, value))| !is_a_link(value)) {
            if r.percent(50) {
                first.push((record, *field, value.other(6_000 + record * 10 + at)));
                again.extend(r.percent(50).then(|| (record, *field, value.other(8_000 + record * 10 + at))));
            }
        }
    }
    let Some(set) = held.change(first).await else { return };
    held.change(again).await;
    let before = held.records().await;
    let undone = undo::undo(&held.t().org, &held.ctx(user).await, set, |_, _| true).await;
    let after = held.records().await;
    for (record, field) in differences(held, &before, &after) {
        assert!(held.world.may_write(user, record, &field), "user {user} has set back {field} of {}", held.about(record));
    }
    match undone {
        Err(error) => {
            assert_eq!(before, after, "what was refused has changed something");
            held.clean_error("undo", user, &error);
        }
        Ok(undone) => {
            for conflict in &undone.conflicts {
                let record = held.place(&conflict.id).expect("of this world");
                let Some(field) = &conflict.field else { continue };
                let sight = held.world.cell(user, record, field);
                assert_ne!(sight, Sight::Hidden, "undo tells user {user} of {field} of {}", held.about(record));
            }
            held.clean_json("undo", user, &undone.conflicts);
        }
    }
    held.tally.borrow_mut().writes += 1;
}

fn is_a_link(value: &Value) -> bool {
    matches!(value, Value::Link(_))
}

/// The fields that differ, but for those that the product sets.
fn differences(held: &Held<'_>, before: &[Json], after: &[Json]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (before, after) in before.iter().zip(after) {
        let Some(record) = before["id"].as_str().and_then(|id| held.place(id)) else { continue };
        let fields = field_names(held.world.records[record].object).filter(|field| before[field] != after[field]);
        found.extend(fields.map(|field| (record, field.to_owned())));
    }
    found
}
