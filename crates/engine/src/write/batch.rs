//! A list of operations to one transaction: the records they touch are read, each operation is built and checked, and what passes
//! is committed. If a record changed in between, all is read again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_access::{Purpose, authorize_with_consequences, check_change, on_behalf_of_product};
use guanxi_model::change::{Change, ChangeSet, Guard, Idempotency, Op};
use guanxi_model::{Cell, Ctx, Error, ErrorKind, FieldError, Object, RecordId, Result, Schema};
use guanxi_query::tree::{Expr, Literal};
use guanxi_query::{Page, Query};
use guanxi_store::WriteError;

use super::build::{self, Built};
use super::row::Row;
use super::{Operation, Options, Outcome, Written, delete, normalise};
use crate::{Organisation, read};

/// How often a write is tried again when records change under it.
const ATTEMPTS: usize = 8;

/// How many ids one query looks up.
const CHUNK: usize = 1_000;

pub async fn write(org: &Organisation, ctx: &Ctx, operations: Vec<Operation>, options: Options) -> Result<Written> {
    for _ in 0..ATTEMPTS {
        let mut batch = Batch::new(org, ctx, &operations, &options);
        if let Some(written) = batch.replay().await? {
            return Ok(written);
        }
        if let Some(written) = batch.run().await? {
            return Ok(written);
        }
    }
    Err(Error::new(
        ErrorKind::Unavailable,
        "busy",
        "该记录正被频繁修改，请重试。",
        "The record is being changed too often just now; please try again.",
    ))
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
        }
    }

    /// Tries once; `None` if a record changed under it.
    async fn run(&mut self) -> Result<Option<Written>> {
        self.load_keys().await?;
        self.load_rows().await?;
        self.build().await?;
        self.check_references().await?;
        self.check_unique().await?;
        self.stop_on_failure()?;
        if self.options.dry_run {
            return Ok(Some(self.written(0, 0)));
        }
        self.commit().await
    }

    fn fail(&mut self, place: usize, error: Error) {
        let error = if self.operations.len() > 1 { numbered(place, error) } else { error };
        self.outcomes[place] = Some(Outcome::Failed(error));
        self.built.retain(|(p, _)| *p != place);
    }

    fn stop_on_failure(&self) -> Result<()> {
        if !self.options.all_or_none {
            return Ok(());
        }
        self.outcomes.iter().flatten().find_map(|o| if let Outcome::Failed(e) = o { Some(Err(e.clone())) } else { None }).unwrap_or(Ok(()))
    }

    /// Finds the records that upserts mean.
    async fn load_keys(&mut self) -> Result<()> {
        let mut wanted: HashMap<(u16, usize), HashSet<Cell>> = HashMap::new();
        for place in 0..self.operations.len() {
            if let Operation::Upsert { object, key, values } = &self.operations[place] {
                match upsert_key(&self.schema, object, key, values) {
                    Ok((no, field, cell)) => drop(wanted.entry((no, field)).or_default().insert(cell)),
                    Err(error) => self.fail(place, error),
                }
            }
        }
        for ((no, field), cells) in wanted {
            let Some(object) = self.schema.by_no(no).cloned() else { continue };
            let cells: Vec<Cell> = cells.into_iter().collect();
            for chunk in cells.chunks(CHUNK) {
                let query = fields_in(&object, field, chunk);
                let rows = read::run(self.org, self.ctx, query, &all_of(chunk.len())).await?;
                for row in Row::from_page(&object, &rows) {
                    self.keys.insert((no, field, row.cells[field].first().cloned().unwrap_or_default()), row.id());
                    self.rows.insert(row.id(), row);
                }
            }
        }
        Ok(())
    }

    /// Reads the records that updates and deletes name, as far as the user may see them.
    async fn load_rows(&mut self) -> Result<()> {
        let mut wanted: HashMap<u16, Vec<RecordId>> = HashMap::new();
        for operation in self.operations {
            if let Operation::Update { id, .. } | Operation::Delete { id, .. } = operation {
                wanted.entry(id.object()).or_default().push(*id);
            }
        }
        for (no, ids) in wanted {
            let Some(object) = self.schema.by_no(no).cloned() else { continue };
            for chunk in ids.chunks(CHUNK) {
                let cells: Vec<Cell> = chunk.iter().map(|id| Cell::Int(id.0)).collect();
                let rows = read::run(self.org, self.ctx, fields_in(&object, 0, &cells), &all_of(chunk.len())).await?;
                self.rows.extend(Row::from_page(&object, &rows).into_iter().map(|row| (row.id(), row)));
            }
        }
        Ok(())
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
                let (no, field, cell) = upsert_key(&self.schema, object, key, values)?;
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
        if let Some(change) = &built.change {
            check_change(self.ctx, &self.schema, change)?;
        } else if !guanxi_access::Policy::of(self.ctx, &self.schema).rights(&built.row.object).edit {
            return Err(Error::forbidden("您没有编辑权限。", "You may not edit this record."));
        }
        self.rows.insert(built.row.id(), built.row.clone());
        self.built.push((place, built));
        Ok(())
    }

    fn check_version(&self, row: &Row, version: Option<i64>) -> Result<()> {
        match version {
            Some(version) if version != row.version() => Err(conflict(&self.schema, row)),
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

    /// The records that lookups point at must exist and be visible to the user.
    async fn check_references(&mut self) -> Result<()> {
        let mut wanted: HashMap<u16, HashSet<RecordId>> = HashMap::new();
        for (_, target) in self.references() {
            if !self.rows.contains_key(&target.2) && target.2 != self.ctx.user {
                wanted.entry(target.2.object()).or_default().insert(target.2);
            }
        }
        let mut missing: HashSet<RecordId> = HashSet::new();
        for (no, ids) in wanted {
            let Some(object) = self.schema.by_no(no).cloned() else { continue };
            let ids: Vec<RecordId> = ids.into_iter().collect();
            for chunk in ids.chunks(CHUNK) {
                let query = Query::fields(object.name(), &["id"]).and(Expr::In(
                    "id".into(),
                    chunk.iter().map(|id| Literal::Id(id.0)).collect(),
                    false,
                ));
                let found: HashSet<i64> = match read::run(self.org, self.ctx, query, &all_of(chunk.len())).await {
                    Ok(rows) => rows.rows().filter_map(|r| r.first().and_then(Cell::as_int)).collect(),
                    Err(error) if error.kind == ErrorKind::Forbidden => HashSet::new(),
                    Err(error) => return Err(error),
                };
                missing.extend(chunk.iter().filter(|id| !found.contains(&id.0)));
            }
        }
        for (place, (_, field, target)) in self.references() {
            if missing.contains(&target) {
                self.fail(place, Error::field(no_target(&field)));
            }
        }
        Ok(())
    }

    /// Every reference that is set: operation, (index in `built`, field, target).
    fn references(&self) -> Vec<(usize, (usize, String, RecordId))> {
        let mut found = Vec::new();
        for (index, (place, built)) in self.built.iter().enumerate() {
            for i in &built.touched {
                let field = &built.row.object.fields[*i];
                if let (true, Some(Cell::Int(target))) = (field.def.ty.is_reference(), built.row.cells[*i].first()) {
                    found.push((*place, (index, field.name().to_owned(), RecordId(*target))));
                }
            }
        }
        found
    }

    /// Looks for values that must be unique, among the records there are and within the list. For a single operation the store's
    /// unique index says it.
    async fn check_unique(&mut self) -> Result<()> {
        if self.operations.len() == 1 && !self.options.dry_run {
            return Ok(());
        }
        let mut wanted: HashMap<(u16, usize), Vec<(usize, Cell, RecordId)>> = HashMap::new();
        for (place, built) in &self.built {
            for i in &built.touched {
                let field = &built.row.object.fields[*i];
                let cell = built.row.cells[*i].first().unwrap_or(&Cell::Null);
                if field.def.is_unique() && !cell.is_null() {
                    wanted.entry((built.row.object.no, *i)).or_default().push((*place, cell.clone(), built.row.id()));
                }
            }
        }
        for ((no, field), entries) in wanted {
            let Some(object) = self.schema.by_no(no).cloned() else { continue };
            let taken = self.taken(&object, field, &entries).await?;
            let mut here: HashMap<&Cell, RecordId> = HashMap::new();
            for (place, cell, id) in &entries {
                let other = taken.get(cell).copied().or_else(|| here.insert(cell, *id)).filter(|o| o != id);
                if other.is_some() {
                    self.fail(*place, Error::field(duplicate(&object, object.fields[field].name())));
                }
            }
        }
        Ok(())
    }

    async fn taken(&self, object: &Arc<Object>, field: usize, entries: &[(usize, Cell, RecordId)]) -> Result<HashMap<Cell, RecordId>> {
        let mut taken = HashMap::new();
        for chunk in entries.chunks(CHUNK) {
            let cells: Vec<Cell> = chunk.iter().map(|e| e.1.clone()).collect();
            let name = object.fields[field].name();
            let query = Query::fields(object.name(), &[name, "id"]).and(Expr::In(
                name.into(),
                cells.iter().filter_map(cell_literal).collect(),
                false,
            ));
            let query = on_behalf_of_product(Purpose::Uniqueness, query);
            let rows = self.org.store().select(self.ctx, &self.schema, &query, &all_of(chunk.len())).await?;
            let id_at = object.fields[field].columns.len();
            for row in rows.rows() {
                if let (Some(cell), Some(Cell::Int(id))) = (row.first(), row.get(id_at)) {
                    taken.insert(cell.clone(), RecordId(*id));
                }
            }
        }
        Ok(taken)
    }

    async fn commit(&mut self) -> Result<Option<Written>> {
        loop {
            let (set, places) = self.change_set().await?;
            let id = set.id;
            if set.changes.is_empty() {
                return Ok(Some(self.written(id, 0)));
            }
            let consequences = self.consequences(&set).await?;
            let mut set = set;
            set.guards.extend(consequences.guards);
            let authorized = authorize_with_consequences(self.ctx, &self.schema, set, consequences.changes)?;
            match self.org.commit(&self.schema, authorized).await {
                Ok(committed) => return Ok(Some(self.written(id, committed.last_seq))),
                Err(error) => {
                    let place = |change: usize| places.get(change).copied();
                    match self.refused(error, place).await? {
                        Refusal::Retry => return Ok(None),
                        Refusal::Dropped => self.stop_on_failure()?,
                    }
                }
            }
        }
    }

    /// The change set of what is left, and the operation of each of its changes.
    async fn change_set(&self) -> Result<(ChangeSet, Vec<usize>)> {
        let id = self.options.change_set.unwrap_or_else(|| self.org.random().positive_i64());
        let mut changes: Vec<Change> = Vec::with_capacity(self.built.len());
        let mut places = Vec::with_capacity(self.built.len());
        let mut guards = Vec::new();
        let own: HashSet<RecordId> = self.built.iter().map(|(_, b)| b.row.id()).collect();
        for (place, built) in &self.built {
            let Some(change) = &built.change else { continue };
            for i in &built.touched {
                let field = &built.row.object.fields[*i];
                if let (true, Some(Cell::Int(target))) = (field.def.ty.is_reference(), built.row.cells[*i].first())
                    && !own.contains(&RecordId(*target))
                {
                    guards.push(Guard::Exists { change: changes.len(), field: field.name().to_owned(), target: RecordId(*target) });
                }
            }
            places.push(*place);
            changes.push(change.clone());
        }
        let idempotency =
            self.options.idempotency.as_ref().and_then(|(key, hash)| {
                self.answer().map(|(status, body)| Idempotency { key: key.clone(), hash: hash.clone(), status, body })
            });
        Ok((
            ChangeSet { id, user: self.ctx.user, door: self.ctx.door, at: self.ctx.now_us, changes, guards, idempotency, jobs: Vec::new() },
            places,
        ))
    }

    /// What a single operation will be answered with, for the replay.
    fn answer(&self) -> Option<(u16, String)> {
        let (_, built) = self.built.first()?;
        let op = built.change.as_ref().map_or(Op::Update, |c| c.op);
        let body = String::from_utf8(built.row.json(&self.schema)).unwrap_or_default();
        Some(match op {
            Op::Create => (201, body),
            Op::Delete => (204, String::new()),
            _ => (200, body),
        })
    }

    async fn consequences(&self, set: &ChangeSet) -> Result<delete::Consequences> {
        let mut all = delete::Consequences::default();
        let mut roots: HashMap<u16, Vec<(usize, &Row)>> = HashMap::new();
        let changed = self.built.iter().filter(|(_, b)| b.change.is_some());
        for (index, (_, built)) in changed.enumerate() {
            if set.changes.get(index).is_some_and(|c| c.op == Op::Delete) {
                roots.entry(built.row.object.no).or_default().push((index, &built.row));
            }
        }
        for group in roots.values() {
            let rows: Vec<&Row> = group.iter().map(|(_, r)| *r).collect();
            let mut more = delete::consequences(self.org, self.ctx, &self.schema, &rows).await?;
            for guard in &mut more.guards {
                if let Guard::Unreferenced { change, .. } = guard {
                    *change = group[*change].0;
                }
            }
            let roots: HashSet<RecordId> = set.changes.iter().map(|c| c.id).collect();
            all.changes.extend(more.changes.into_iter().filter(|c| !roots.contains(&c.id)));
            all.guards.extend(more.guards);
        }
        Ok(all)
    }

    async fn refused(&mut self, error: WriteError, place: impl Fn(usize) -> Option<usize>) -> Result<Refusal> {
        let of = |change: usize| place(change).ok_or_else(|| Error::internal("a consequence was refused"));
        match error {
            WriteError::Version { .. } | WriteError::Gone { .. } => return Ok(Refusal::Retry),
            WriteError::Duplicate { change, column } => {
                let place = of(change)?;
                let Some((_, built)) = self.built.iter().find(|(p, _)| *p == place) else { return Ok(Refusal::Retry) };
                let object = Arc::clone(&built.row.object);
                let field = object
                    .fields
                    .iter()
                    .find(|f| f.columns.iter().any(|c| c.name == column))
                    .map_or(column.as_str(), guanxi_model::Field::name)
                    .to_owned();
                self.fail(place, Error::field(duplicate(&object, &field)));
            }
            WriteError::Missing { change, field } => {
                let place = of(change)?;
                self.fail(place, Error::field(no_target(&field)));
            }
            WriteError::Referenced { .. } => return Ok(Refusal::Retry),
            WriteError::IdempotencyKey => return Ok(Refusal::Retry),
            WriteError::Other(error) => return Err(error),
        }
        Ok(Refusal::Dropped)
    }

    /// The answer that an earlier request with this key got, if there was one.
    async fn replay(&self) -> Result<Option<Written>> {
        let Some((key, hash)) = &self.options.idempotency else { return Ok(None) };
        let Some(found) = self.org.store().idempotency(self.ctx.user, key).await? else { return Ok(None) };
        if &found.hash != hash {
            return Err(Error::new(
                ErrorKind::Conflict,
                "idempotency_key_reused",
                "此 Idempotency-Key 已用于另一请求内容。",
                "This Idempotency-Key was used with another request body.",
            ));
        }
        Ok(Some(Written { change_set: 0, outcomes: Vec::new(), last_seq: 0, replay: Some((found.status, found.body)) }))
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

enum Refusal {
    Retry,
    Dropped,
}

fn upsert_key(schema: &Schema, object: &str, key: &str, values: &serde_json::Map<String, serde_json::Value>) -> Result<(u16, usize, Cell)> {
    let object = schema.require(object)?;
    let place = object.fields.iter().position(|f| f.name() == key && f.def.is_unique());
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

/// All fields of the records whose field has one of the values.
fn fields_in(object: &Arc<Object>, field: usize, cells: &[Cell]) -> Query {
    let name = object.fields[field].name();
    let is_id = field == 0;
    let literals = cells.iter().filter_map(|c| if is_id { c.as_int().map(Literal::Id) } else { cell_literal(c) }).collect();
    Query::fields(object.name(), &read::field_names(object)).and(Expr::In(name.into(), literals, false))
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

fn duplicate(object: &Object, field: &str) -> FieldError {
    let label = object.field(field).map(|f| f.def.label.clone()).unwrap_or_default();
    FieldError::new(
        field,
        "duplicate",
        format!("“{}”的值已被另一条{}使用", label.zh, object.def.label.zh),
        format!("another {} has this {} already", object.def.label.en, label.en),
    )
}

fn no_target(field: &str) -> FieldError {
    FieldError::new(
        field,
        "no_such_record",
        "所指的记录不存在，或者您无权查看",
        "the record it points to does not exist, or you may not see it",
    )
}

fn conflict(schema: &Schema, row: &Row) -> Error {
    let current = serde_json::from_slice(&row.json(schema)).ok().map(Box::new);
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
