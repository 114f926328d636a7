//! Changes of tables on SQLite, none of which holds up writers for long. What reads or writes a whole large table is done in slices, each
//! a transaction of its own that other units go between; see [`guanxi_query::side`]. What a process that died left of this is
//! cleared away when the file is opened again.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use guanxi_model::Cell;
use guanxi_query::Dialect;
use guanxi_query::ddl::{add_column, create_index, drop_index};
use guanxi_query::side::{self, Side};
use rusqlite::Connection;
use tokio::time::Instant;

use super::{CHECKPOINT_PAGES, Sqlite};
use crate::ddl::{self, Work};
use crate::error::WriteError;
use crate::schema::INDEX;
use crate::sys::step;
use crate::unit::{Expect, OnFail, Part, Rows, SqlText, Step, Unit, cells};

/// A table with more rows than this is changed in slices.
const LARGE: i64 = 10_000;

/// How long a slice should take, its flush included.
const SLICE: Duration = Duration::from_millis(30);

/// The least and the greatest count of rows in a slice.
const ROWS: (i64, i64) = (400, 10_000);

/// After how many pages the log is brought into the file while there are slices: seldom enough means too much at a time.
const SLICE_PAGES: i64 = 1_000;

const SIDE_NAMES: &str = "SELECT name FROM sqlite_schema WHERE type = $1 AND name GLOB 'sys_side_*'";

/// What happens to tables, made ready so that the last transaction is short.
struct Plan<'a> {
    work: &'a Work,
    /// Indexes that are made at once.
    small: Vec<String>,
    /// Indexes of large tables.
    sides: Vec<Side<'a>>,
    /// Numbers of the objects with large tables.
    large: Vec<u16>,
    /// Tables that go, and whether they are large.
    gone: Vec<(&'a str, bool)>,
    /// A number that no plan before had.
    number: i64,
}

impl Sqlite {
    /// Changes tables, and carries out `unit` in the same transaction; its first step says whether that may be. The caller lets no two changes run at a time.
    pub(crate) async fn change(&self, work: &Work, mut unit: Unit) -> Result<(), WriteError> {
        if !self.ask(SIDE_NAMES, cells!["table"]).await?.cells.is_empty() {
            // Somebody stopped waiting for an earlier change.
            self.clear_away().await?;
        }
        let plan = self.plan(work).await?;
        let done = async {
            self.build(&plan).await?;
            for index in &work.dropped {
                self.read_through(&index.name).await?;
            }
            let cookie = self.rows("PRAGMA schema_version", &[]).await?.first_int().unwrap_or(0);
            unit.parts.splice(1..1, plan.steps(cookie).into_iter().map(Part::Step));
            self.submit(unit).await
        };
        let done = done.await;
        if done.is_err() && plan.edits() {
            // The setting is no part of the transaction that was taken back.
            let _ = self.submit(Unit::of(vec![pragma("writable_schema = RESET")])).await;
        }
        if !plan.sides.is_empty() || plan.gone.iter().any(|(_, large)| *large) {
            self.clear_away().await.unwrap_or_else(|error| tracing::warn!(?error, "side tables are left"));
        }
        done.map(|_| ())
    }

    async fn plan<'a>(&self, work: &'a Work) -> Result<Plan<'a>, WriteError> {
        let mut plan = Plan { work, small: Vec::new(), sides: Vec::new(), large: Vec::new(), gone: Vec::new(), number: number() };
        for name in &work.gone {
            let there = self.ask("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1", cells![name.as_str()]).await?;
            plan.gone.push((name, !there.cells.is_empty() && self.is_large(name).await?));
        }
        let changed = work.columns.iter().map(|(object, _)| object).chain(work.indexes.iter().map(|(object, _)| object));
        for object in changed {
            if !plan.large.contains(&object.no) && self.is_large(object.name()).await? {
                plan.large.push(object.no);
            }
        }
        let there = texts(self.rows("SELECT name FROM sqlite_schema WHERE type = 'index'", &[]).await?);
        for (object, index) in work.indexes.iter().filter(|(_, index)| !there.contains(&index.name)) {
            if plan.large.contains(&object.no) {
                let of_object = work.columns.iter().filter(|(o, _)| o.no == object.no);
                let fresh: Vec<String> = of_object.flat_map(|(_, field)| &field.columns).map(|c| c.name.clone()).collect();
                plan.sides.push(Side::new(object, index, &fresh, plan.sides.len() + 1));
            } else {
                plan.small.push(create_index(object, index, Dialect::Sqlite, false));
            }
        }
        Ok(plan)
    }

    /// Reads an index that will be dropped, if it is there.
    async fn read_through(&self, index: &str) -> Result<(), WriteError> {
        let found = self.ask("SELECT tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND name = $1", cells![index]).await?;
        if let [table, definition] = texts(found).as_slice()
            && let Some(sql) = side::read_through(table, index, definition)
        {
            self.rows(&sql, &[]).await?;
        }
        Ok(())
    }

    async fn ask(&self, sql: &str, params: Vec<Cell>) -> Result<Rows, WriteError> {
        Ok(self.rows(sql, &params).await?)
    }

    async fn is_large(&self, table: &str) -> Result<bool, WriteError> {
        Ok(!self.ask(&side::is_larger(table), cells![LARGE]).await?.cells.is_empty())
    }

    /// Makes and fills the side tables that are not empty for certain.
    async fn build(&self, plan: &Plan<'_>) -> Result<(), WriteError> {
        for side in plan.sides.iter().filter(|side| !side.is_empty()) {
            let mut steps: Vec<Step> = side.make().into_iter().chain(side.follow()).map(|sql| step(sql, Vec::new())).collect();
            steps.push(checkpoint_after(SLICE_PAGES));
            self.submit(Unit::of(steps)).await?;
            let (next, copy): (String, SqlText) = (side.next(), side.copy().into());
            let (mut after, mut rows) = (i64::MIN, ROWS.0);
            while let Some(last) = self.ask(&next, cells![after, rows]).await?.first_int() {
                let began = Instant::now();
                self.submit(Unit::of(vec![Step { change: Some(INDEX), ..step(copy.clone(), cells![after, last]) }])).await?;
                (after, rows) = (last, paced(rows, began.elapsed()));
            }
        }
        Ok(())
    }

    /// Empties and drops all side tables, and drops their triggers.
    async fn clear_away(&self) -> Result<(), WriteError> {
        let triggers = texts(self.ask(SIDE_NAMES, cells!["trigger"]).await?);
        let steps = triggers.iter().map(|name| step(side::drop_side("TRIGGER", name), Vec::new()));
        self.submit(Unit::of(steps.chain([checkpoint_after(SLICE_PAGES)]).collect())).await?;
        for table in texts(self.ask(SIDE_NAMES, cells!["table"]).await?) {
            let indexes = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = $1";
            for index in texts(self.ask(indexes, cells![table.as_str()]).await?) {
                self.read_through(&index).await?;
                self.submit(Unit::of(vec![step(side::drop_side("INDEX", &index), Vec::new())])).await?;
            }
            let (shorten, mut rows, mut changed): (SqlText, _, _) = (side::shorten(&table).into(), ROWS.0, 1);
            while changed > 0 {
                let began = Instant::now();
                changed = self.submit(Unit::of(vec![step(shorten.clone(), cells![rows])])).await?.changed;
                rows = paced(rows, began.elapsed());
            }
            self.submit(Unit::of(vec![step(side::drop_side("TABLE", &table), Vec::new())])).await?;
        }
        self.submit(Unit::of(vec![checkpoint_after(CHECKPOINT_PAGES)])).await?;
        Ok(())
    }
}

impl Plan<'_> {
    /// Whether the schema's own table is written to.
    fn edits(&self) -> bool {
        !self.sides.is_empty() || self.work.columns.iter().any(|(object, _)| self.large.contains(&object.no))
    }

    /// The steps of the last transaction.
    fn steps(&self, cookie: i64) -> Vec<Step> {
        let (mut sql, mut edits) = (Vec::new(), Vec::new());
        for (name, large) in &self.gone {
            sql.push(if *large { side::set_aside(name, self.number) } else { ddl::drop_table(name) });
        }
        sql.extend(self.work.tables.iter().flat_map(|object| ddl::create_object(object, Dialect::Sqlite)));
        for (object, field) in &self.work.columns {
            if self.large.contains(&object.no) {
                edits.extend(side::column_definitions(field).into_iter().map(|text| (side::ADD_COLUMN, cells![text, object.name()])));
            } else {
                sql.extend(add_column(object, field, Dialect::Sqlite));
            }
        }
        sql.extend(self.work.dropped.iter().map(|index| drop_index(index, Dialect::Sqlite, false)));
        sql.extend(self.small.iter().cloned());
        for side in &self.sides {
            sql.extend(if side.is_empty() { side.make() } else { side.leave() });
            let [name, table, text, old] = side.hand_over();
            edits.push((side::HAND_OVER, cells![name, table, text, old]));
        }
        let mut steps: Vec<Step> = sql.into_iter().map(|sql| Step { change: Some(INDEX), ..step(sql, Vec::new()) }).collect();
        if !edits.is_empty() {
            steps.push(pragma("writable_schema = ON"));
            steps.extend(
                edits.into_iter().map(|(sql, params)| Step { expect: Expect::OneChange(OnFail::Is(edit_failed())), ..step(sql, params) }),
            );
            // Tells the readers that the schema is another one; RESET makes this connection load it again.
            steps.push(pragma(&format!("schema_version = {}", cookie + 1_000)));
            steps.push(pragma("writable_schema = RESET"));
        }
        steps
    }
}

/// Clears away what a process that died in the middle of a change left; nobody else uses the file yet.
pub(super) fn tidy(conn: &mut Connection) -> rusqlite::Result<()> {
    let transaction = conn.transaction()?;
    for (kind, word) in [("trigger", "TRIGGER"), ("table", "TABLE")] {
        let mut statement = transaction.prepare(SIDE_NAMES)?;
        let names = statement.query_map([kind], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        for name in names {
            transaction.execute_batch(&side::drop_side(word, &name))?;
        }
    }
    transaction.commit()
}

/// The size of the next slice after one of `rows` that took so long.
fn paced(rows: i64, took: Duration) -> i64 {
    let next = if took > SLICE {
        rows / 2
    } else if took < SLICE / 2 {
        rows * 3 / 2
    } else {
        rows
    };
    next.clamp(ROWS.0, ROWS.1)
}

fn number() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A setting of the connection. It takes effect when the statement is prepared, hence a text of its own each time.
fn pragma(what: &str) -> Step {
    Step { expect: Expect::Rows, ..step(format!("PRAGMA {what} -- {}", number()), Vec::new()) }
}

fn checkpoint_after(pages: i64) -> Step {
    pragma(&format!("wal_autocheckpoint = {pages}"))
}

fn edit_failed() -> WriteError {
    guanxi_model::Error::internal("a row of sqlite_schema is not as expected").into()
}

fn texts(rows: Rows) -> Vec<String> {
    rows.cells.into_iter().filter_map(|cell| if let Cell::Text(text) = cell { Some(text) } else { None }).collect()
}
