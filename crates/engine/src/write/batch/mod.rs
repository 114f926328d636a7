//! A list of operations to one transaction: the records they touch are read, each operation is built and checked, and what passes
//! is committed. If a record changed in between, all is read again.

mod checks;
mod commit;
mod gather;
mod hierarchy;

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_access::{Policy, check_change};
use guanxi_model::change::Op;
use guanxi_model::{Cell, Ctx, Error, ErrorKind, FieldError, RecordId, Result, Schema};
use guanxi_query::Page;
use guanxi_query::tree::Literal;

use super::build::{self, Built};
use super::row::Row;
use super::{Operation, Options, Outcome, Written, normalise};
use crate::Organisation;

/// How often a write is tried again when records change under it.
const ATTEMPTS: usize = 8;

/// How many ids one query looks up.
const CHUNK: usize = 1_000;

pub async fn write(org: &Organisation, ctx: &Ctx, operations: Vec<Operation>, options: Options) -> Result<Written> {
    let mut turn = None;
    for _ in 0..ATTEMPTS {
        let mut batch = Batch::new(org, ctx, &operations, &options);
        if let Some(written) = batch.replay().await? {
            return Ok(written);
        }
        if let Some(written) = batch.run().await? {
            return Ok(written);
        }
        // Those who met on a record go on one after the other.
        if turn.is_none() {
            turn = Some(org.turn(first_record(&operations)).await);
        }
    }
    drop(turn);
    Err(Error::new(
        ErrorKind::Unavailable,
        "busy",
        "该记录正被频繁修改，请重试。",
        "The record is being changed too often just now; please try again.",
    ))
}

fn first_record(operations: &[Operation]) -> i64 {
    let id = |o: &Operation| if let Operation::Update { id, .. } | Operation::Delete { id, .. } = o { Some(id.0) } else { None };
    operations.iter().find_map(id).unwrap_or(0)
}

/// The state of one attempt.
struct Batch<'a> {
    org: &'a Organisation,
    ctx: &'a Ctx,
    schema: Arc<Schema>,
    operations: &'a [Operation],
    options: &'a Options,
    outcomes: Vec<Option<Outcome>>,
    rows: HashMap<RecordId, Row>,
    keys: HashMap<(u16, usize, Cell), RecordId>,
    built: Vec<(usize, Built)>,
    /// Whether an operation was refused after another one had been built on what it would have made.
    built_on_sand: bool,
}

impl<'a> Batch<'a> {
    fn new(org: &'a Organisation, ctx: &'a Ctx, operations: &'a [Operation], options: &'a Options) -> Batch<'a> {
        let outcomes = operations.iter().map(|_| None).collect();
        Batch {
            org,
            ctx,
            schema: org.schema(),
            operations,
            options,
            outcomes,
            rows: HashMap::new(),
            keys: HashMap::new(),
            built: Vec::new(),
            built_on_sand: false,
        }
    }

    /// Tries once; `None` if a record changed under it.
    async fn run(&mut self) -> Result<Option<Written>> {
        loop {
            self.load_keys().await?;
            self.load_rows().await?;
            self.build().await?;
            self.check_references().await?;
            self.check_hierarchies().await?;
            self.check_unique().await?;
            self.stop_on_failure()?;
            if !self.built_on_sand {
                if self.options.dry_run {
                    return Ok(Some(self.written(0, 0)));
                }
                let done = self.commit().await?;
                if done.is_some() || !self.built_on_sand {
                    return Ok(done);
                }
            }
            self.built_on_sand = false;
            // What was refused stays refused, so this ends.
            self.built.clear();
            self.rows.clear();
            self.keys.clear();
        }
    }

    fn fail(&mut self, place: usize, error: Error) {
        let error = if self.operations.len() > 1 { numbered(place, error) } else { error };
        self.outcomes[place] = Some(Outcome::Failed(error));
        let refused = self.built.iter().find(|(p, _)| *p == place).map(|(_, built)| built.row.id());
        self.built_on_sand |= refused.is_some_and(|id| self.built.iter().any(|(p, built)| *p > place && built.row.id() == id));
        self.built.retain(|(p, _)| *p != place);
    }

    fn stop_on_failure(&self) -> Result<()> {
        if !self.options.all_or_none {
            return Ok(());
        }
        self.outcomes.iter().flatten().find_map(|o| if let Outcome::Failed(e) = o { Some(Err(e.clone())) } else { None }).unwrap_or(Ok(()))
    }

    async fn build(&mut self) -> Result<()> {
        let mut ids = self.new_ids().await?;
        let mut numbers = self.new_numbers().await?;
        let operations = self.operations;
        for (place, operation) in operations.iter().enumerate() {
            if self.outcomes[place].is_some() {
                continue;
            }
            if let Err(error) = self.build_one(place, operation, &mut ids, &mut numbers) {
                self.fail(place, error);
            }
        }
        Ok(())
    }

    fn build_one(
        &mut self,
        place: usize,
        operation: &Operation,
        ids: &mut HashMap<u16, Vec<RecordId>>,
        numbers: &mut HashMap<u16, Vec<Vec<i64>>>,
    ) -> Result<()> {
        let mut create = |schema: &Schema, object: &str, values| -> Result<Built> {
            let object = schema.require(object)?;
            let id = ids.get_mut(&object.no).and_then(Vec::pop).ok_or_else(|| Error::internal("too few ids reserved"))?;
            let number = numbers.get_mut(&object.no).and_then(Vec::pop).unwrap_or_default();
            build::create(self.ctx, schema, object, id, values, &number)
        };
        match operation {
            Operation::Create { object, values } => {
                let built = create(&self.schema, object, values)?;
                self.accept(place, built)
            }
            Operation::Update { id, values, version } => self.update(place, *id, values, *version),
            Operation::Upsert { object, key, values } => {
                let (no, field, cell) = upsert_key(self.ctx, &self.schema, object, key, values)?;
                match self.keys.get(&(no, field, cell.clone())).copied() {
                    Some(id) => self.update(place, id, values, None),
                    None => {
                        let built = create(&self.schema, object, values)?;
                        self.keys.insert((no, field, cell), built.row.id());
                        self.accept(place, built)
                    }
                }
            }
            Operation::Delete { id, version } => {
                let row = self.rows.get(id).ok_or_else(Error::no_record)?.clone();
                self.check_version(&row, *version)?;
                let change = build::bare(Op::Delete, &row);
                self.rows.remove(id);
                check_change(self.ctx, &self.schema, &change)?;
                self.built.push((place, Built { change: Some(change), row, touched: Vec::new() }));
                Ok(())
            }
        }
    }

    fn update(
        &mut self,
        place: usize,
        id: RecordId,
        values: &serde_json::Map<String, serde_json::Value>,
        version: Option<i64>,
    ) -> Result<()> {
        let before = self.rows.get(&id).ok_or_else(Error::no_record)?;
        self.check_version(before, version)?;
        let built = build::update(self.ctx, &self.schema, before, values)?;
        self.accept(place, built)
    }

    fn accept(&mut self, place: usize, built: Built) -> Result<()> {
        match &built.change {
            Some(change) => check_change(self.ctx, &self.schema, change)?,
            // Values that are there already need the right to write them no less.
            None => check_change(self.ctx, &self.schema, &build::bare(Op::Update, &built.row))?,
        }
        if self.operations.len() > 1 {
            // For the operations after it.
            self.rows.insert(built.row.id(), built.row.clone());
        }
        self.built.push((place, built));
        Ok(())
    }

    fn check_version(&self, row: &Row, version: Option<i64>) -> Result<()> {
        match version {
            Some(version) if version != row.version() => Err(conflict(self.ctx, &self.schema, row)),
            _ => Ok(()),
        }
    }

    /// Ids for all creates, and for upserts that find nothing.
    async fn new_ids(&self) -> Result<HashMap<u16, Vec<RecordId>>> {
        let mut ids = HashMap::new();
        for (no, count) in self.creates() {
            let mut reserved = match self.options.id {
                Some(id) => vec![id],
                None => self.org.new_ids(no, count).await?,
            };
            reserved.reverse();
            ids.insert(no, reserved);
        }
        Ok(ids)
    }

    async fn new_numbers(&self) -> Result<HashMap<u16, Vec<Vec<i64>>>> {
        let mut numbers = HashMap::new();
        for (no, count) in self.creates() {
            let Some(object) = self.schema.by_no(no) else { continue };
            let mut rows = vec![Vec::new(); count];
            for (field, _) in build::auto_fields(object) {
                let counter = format!("auto:{}.{}", object.name(), field.name());
                let first = if self.options.dry_run { 1 } else { self.org.store().allocate(&counter, count as i64).await? };
                for (row, number) in rows.iter_mut().rev().zip(first..) {
                    row.push(number);
                }
            }
            numbers.insert(no, rows);
        }
        Ok(numbers)
    }

    fn creates(&self) -> HashMap<u16, usize> {
        let mut counts = HashMap::new();
        for (operation, outcome) in self.operations.iter().zip(&self.outcomes) {
            if outcome.is_none()
                && let Operation::Create { object, .. } | Operation::Upsert { object, .. } = operation
                && let Some(object) = self.schema.object(object)
            {
                *counts.entry(object.no).or_insert(0) += 1;
            }
        }
        counts
    }

    fn written(&mut self, change_set: i64, last_seq: i64) -> Written {
        for (place, built) in self.built.drain(..) {
            self.outcomes[place] = Some(match built.change.map(|c| c.op) {
                Some(Op::Create) => Outcome::Created(built.row),
                Some(Op::Delete) => Outcome::Deleted(built.row.id()),
                Some(_) => Outcome::Updated(built.row),
                None => Outcome::Unchanged(built.row),
            });
        }
        let outcomes =
            self.outcomes.drain(..).map(|o| o.unwrap_or_else(|| Outcome::Failed(Error::internal("operation without outcome")))).collect();
        Written { change_set, outcomes, last_seq, replay: None }
    }
}

fn upsert_key(
    ctx: &Ctx,
    schema: &Schema,
    object: &str,
    key: &str,
    values: &serde_json::Map<String, serde_json::Value>,
) -> Result<(u16, usize, Cell)> {
    let object = schema.require(object)?;
    let open = Policy::of(ctx, schema).field(object, key).is_open();
    let place = object.fields.iter().position(|f| f.name() == key && f.def.is_unique() && open);
    let place = place.ok_or_else(|| {
        Error::field(FieldError::new(
            key,
            "not_a_key",
            "不是唯一字段，不能用来查找记录",
            "is no unique field, so records cannot be found by it",
        ))
    })?;
    let value = values.get(key).unwrap_or(&serde_json::Value::Null);
    let cells = normalise::cells(schema, object, &object.fields[place], value).map_err(Error::field)?;
    match cells.into_iter().next() {
        Some(cell) if !cell.is_null() => Ok((object.no, place, cell)),
        _ => Err(Error::field(FieldError::new(
            key,
            "required",
            "查找记录的字段必须有值",
            "the field that finds the record must have a value",
        ))),
    }
}

fn cell_literal(cell: &Cell) -> Option<Literal> {
    match cell {
        Cell::Null => None,
        Cell::Bool(b) => Some(Literal::Bool(*b)),
        Cell::Int(i) => Some(Literal::Number(i.to_string())),
        Cell::Text(t) => Some(Literal::Text(t.clone())),
    }
}

fn all_of(n: usize) -> Page {
    Page { limit: n.max(1) as u32, ..Page::default() }
}

fn conflict(ctx: &Ctx, schema: &Schema, row: &Row) -> Error {
    let current = serde_json::from_slice(&row.json(ctx, schema)).ok().map(Box::new);
    Error {
        current,
        ..Error::new(
            ErrorKind::VersionConflict,
            "version_conflict",
            "该记录已被他人修改，请核对后再保存。",
            "The record has been changed by someone else; look at it again before saving.",
        )
    }
}

/// The fields of an error of one operation of a list say which operation.
fn numbered(place: usize, mut error: Error) -> Error {
    for field in &mut error.fields {
        field.field = format!("operations[{place}].{}", field.field);
    }
    error
}
