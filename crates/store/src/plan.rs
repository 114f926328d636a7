//! From a change set to the unit that carries it out. Pure.
//!
//! Guards come after the changes: they speak about the state that would be committed, so that a record and what points at it can
//! be made, or go, in one set.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use guanxi_model::change::{Change, ChangeSet, Guard, Op};
use guanxi_model::column::ColumnType;
use guanxi_model::{Cell, Error, Object, Result, Schema};
use guanxi_query::{Dialect, dml, shares};

use crate::error::WriteError;
use crate::sqltext;
use crate::sys;
use crate::unit::{Expect, InsertRun, LogRow, OnFail, Part, SqlText, Step, Target, Unit, cells};

/// Columns that every new record gets from the store, after those of its values.
const STAMPS: [&str; 6] = ["id", "created_at", "created_by_id", "updated_at", "updated_by_id", "version"];

/// The unit of a change set.
pub(crate) fn unit_of(dialect: Dialect, schema: &Schema, set: ChangeSet) -> Result<Unit> {
    let mut planner = Planner { dialect, schema, at: set.at, user: set.user.0, parts: Vec::new(), texts: HashMap::new() };
    if let Some(answer) = &set.idempotency {
        planner.parts.extend(sys::remember(set.user, set.at, answer).map(Part::Step));
    }
    let mut log = Vec::with_capacity(set.changes.len());
    let shared = Shared::of(schema, &set.changes);
    for (index, mut change) in set.changes.into_iter().enumerate() {
        let version = change.before.map_or(0, |b| b.version) + i64::from(change.op != Op::Purge);
        log.push(LogRow {
            change_set: set.id,
            at: set.at,
            user: set.user.0,
            door: set.door.name(),
            op: change.op.code(),
            object: i64::from(change.object()),
            record: change.id.0,
            version,
            diff: std::mem::take(&mut change.diff),
        });
        planner.change(index, change)?;
    }
    planner.parts.extend(shared.steps(dialect, schema, set.at)?.into_iter().map(Part::Step));
    planner.guards(set.guards)?;
    planner.parts.extend(set.jobs.iter().map(|job| Part::Step(sys::enqueue(set.user, set.at, job))));
    Ok(Unit { parts: planner.parts, log, ..Unit::default() })
}

/// What a change set means for the table of shares.
#[derive(Default)]
struct Shared {
    /// Records, by object, for which the sharing rules have to be looked at.
    written: BTreeMap<u16, Vec<i64>>,
    /// Records that are gone for good.
    gone: Vec<i64>,
}

impl Shared {
    fn of(schema: &Schema, changes: &[Change]) -> Shared {
        let mut shared = Shared::default();
        for change in changes {
            if change.op == Op::Purge {
                shared.gone.push(change.id.0);
                continue;
            }
            let Some(sharing) = schema.by_no(change.object()).and_then(|object| schema.sharing.get(object.name())) else { continue };
            let touches =
                |field: &str| change.op == Op::Create || change.fields.iter().any(|f| f == field.split('.').next().unwrap_or(field));
            if sharing.conditions().any(|(_, filter)| filter.fields().into_iter().any(touches)) {
                shared.written.entry(change.object()).or_default().push(change.id.0);
            }
        }
        shared
    }

    fn steps(&self, dialect: Dialect, schema: &Schema, at: i64) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        for (no, ids) in &self.written {
            if let Some(object) = schema.by_no(*no) {
                steps.extend(sys::rules_of_written(dialect, schema, object, ids, at)?);
            }
        }
        if !self.gone.is_empty() {
            let (sql, params) = shares::forget_all(&self.gone, dialect);
            steps.push(sys::step(sql, params));
        }
        Ok(steps)
    }
}

struct Planner<'a> {
    dialect: Dialect,
    schema: &'a Schema,
    at: i64,
    user: i64,
    parts: Vec<Part>,
    /// Texts made so far, by object, operation and columns.
    texts: HashMap<(u16, Op, String), SqlText>,
}

impl Planner<'_> {
    fn change(&mut self, index: usize, change: Change) -> Result<()> {
        let object =
            Arc::clone(self.schema.object_of(change.id).ok_or_else(|| Error::internal(format!("{} belongs to no object", change.id)))?);
        if change.op == Op::Create {
            self.create(index, object, change);
            return Ok(());
        }
        let before = change.before.ok_or_else(|| Error::internal("a change of a record without what was before"))?;
        let (id, version) = (change.id.0, before.version);
        let (sql, params) = match change.op {
            Op::Create | Op::Update => {
                let names: Vec<&str> = change.values.iter().map(|(name, _)| name.as_str()).collect();
                let sql = self.text(&object, change.op, names.join(","), |d| dml::update(&object, &names, d));
                let mut params: Vec<Cell> = change.values.into_iter().map(|(_, cell)| cell).collect();
                params.extend(cells![self.at, self.user, id, version]);
                (sql, params)
            }
            Op::Delete => (self.fixed(&object, Op::Delete, dml::delete), cells![self.at, self.user, id, version]),
            Op::Restore => (self.fixed(&object, Op::Restore, dml::restore), cells![self.at, self.user, id, version]),
            Op::Purge => (self.fixed(&object, Op::Purge, dml::purge), cells![id, version]),
        };
        let on_fail = OnFail::Stale { change: index, probe: sqltext::probe(&object, change.op).into(), id };
        self.parts.push(Part::Step(Step { sql, params, expect: Expect::OneChange(on_fail), change: Some(index) }));
        Ok(())
    }

    /// Adds a record to the run of new records before it, if it is of the same object, or begins a run.
    fn create(&mut self, index: usize, object: Arc<Object>, change: Change) {
        let same = match self.parts.last() {
            Some(Part::Insert(run)) => run.object.no == object.no && run.first_change + run.cells.len() / run.columns.len() == index,
            _ => false,
        };
        if !same {
            let columns = STAMPS.iter().map(|s| (*s).to_owned()).chain(change.values.iter().map(|(name, _)| name.clone())).collect();
            let mut run = InsertRun { object, columns, first_change: index, cells: Vec::new() };
            add_booleans(&mut run);
            self.parts.push(Part::Insert(run));
        }
        let stamps = cells![change.id.0, self.at, self.user, self.at, self.user, 1];
        if let Some(Part::Insert(run)) = self.parts.last_mut() {
            append(run, stamps, change.values);
        }
    }

    fn guards(&mut self, guards: Vec<Guard>) -> Result<()> {
        let mut seen = HashSet::new();
        let mut exist: BTreeMap<u16, Vec<Target>> = BTreeMap::new();
        for guard in guards {
            match guard {
                Guard::Exists { change, field, target } => {
                    if seen.insert(target) {
                        exist.entry(target.object()).or_default().push(Target { change, field, id: target.0.into() });
                    }
                }
                Guard::Unreferenced { change, object, column, target } => {
                    let holder = self.schema.by_no(object).ok_or_else(|| Error::internal(format!("no object {object}")))?;
                    let expect = Expect::NoRow(WriteError::Referenced { change, object });
                    let sql = dml::referenced(holder, &column).into();
                    self.parts.push(Part::Step(Step { sql, params: cells![target.0], expect, change: None }));
                }
            }
        }
        for (no, targets) in exist {
            match self.schema.by_no(no) {
                Some(object) => self.parts.push(Part::Exist(Arc::clone(object), targets)),
                None => return Err(Error::internal(format!("a reference to an object {no} that does not exist"))),
            }
        }
        Ok(())
    }

    fn fixed(&mut self, object: &Object, op: Op, make: fn(&Object) -> String) -> SqlText {
        self.text(object, op, String::new(), |_| make(object))
    }

    fn text(&mut self, object: &Object, op: Op, columns: String, make: impl FnOnce(Dialect) -> String) -> SqlText {
        let dialect = self.dialect;
        self.texts.entry((object.no, op, columns)).or_insert_with(|| make(dialect).into()).clone()
    }
}

/// Columns of booleans that the values do not name: they are false, never NULL.
fn add_booleans(run: &mut InsertRun) {
    let all = run.object.fields.iter().flat_map(|f| &f.columns).filter(|c| c.ty == ColumnType::Boolean);
    let lacking: Vec<String> = all.filter(|c| !run.columns.contains(&c.name)).map(|c| c.name.clone()).collect();
    run.columns.extend(lacking);
}

/// Appends a record to a run; a column that the run does not have yet is added to all its records as empty.
fn append(run: &mut InsertRun, stamps: Vec<Cell>, values: Vec<(String, Cell)>) {
    let stamped = stamps.len();
    let in_order =
        values.iter().zip(&run.columns[stamped..]).all(|((name, _), column)| name == column) && values.len() + stamped <= run.columns.len();
    let mut row = stamps;
    if in_order {
        row.extend(values.into_iter().map(|(_, cell)| cell));
        for column in row.len()..run.columns.len() {
            row.push(empty(&run.object, &run.columns[column]));
        }
        run.cells.extend(row);
        return;
    }
    for column in stamped..run.columns.len() {
        row.push(empty(&run.object, &run.columns[column]));
    }
    for (name, cell) in values {
        match run.columns.iter().position(|c| *c == name) {
            Some(at) => row[at] = cell,
            None => {
                widen(run, &name);
                row.push(cell);
            }
        }
    }
    run.cells.extend(row);
}

fn widen(run: &mut InsertRun, name: &str) {
    let (width, filler) = (run.columns.len(), empty(&run.object, name));
    let old = std::mem::take(&mut run.cells);
    let mut cells = Vec::with_capacity(old.len() / width * (width + 1));
    for (at, cell) in old.into_iter().enumerate() {
        cells.push(cell);
        if (at + 1) % width == 0 {
            cells.push(filler.clone());
        }
    }
    run.cells = cells;
    run.columns.push(name.to_owned());
}

fn empty(object: &Object, column: &str) -> Cell {
    let boolean = object.fields.iter().flat_map(|f| &f.columns).any(|c| c.ty == ColumnType::Boolean && c.name == column);
    if boolean { Cell::Bool(false) } else { Cell::Null }
}
