//! The answers of aggregates, kept until the change log speaks of one of their objects: a figure on many screens is worked out once. One
//! that is asked for again after a few records have changed is kept by ranges of record ids, and only theirs are worked out again.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use guanxi_model::{Cell, RecordId, Result};
use guanxi_query::Plan;
use guanxi_query::plan::{Parts, Split};
use tokio::sync::Mutex;

use crate::store::Store;
use crate::unit::{Rows, cells};

/// The most answers kept, and the most cells of one.
const MAX_ANSWERS: usize = 256;
const MAX_CELLS: usize = 4_096;

/// How many log entries are looked through for a change of the objects; beyond, the figure is worked out again.
const MAX_ENTRIES: usize = 2_000;

/// Ranges worked out anew for one answer; beyond, the figure is worked out as a whole.
const MAX_PARTS: usize = 32;

/// How often it is tried to work ranges out while others change them.
const TRIES: usize = 3;

/// What the log has of the objects since a place.
const NEWS: &str = "SELECT seq, object_no, record_id FROM sys_change WHERE seq > $1 ORDER BY seq LIMIT 2001";

/// A statement with its parameters: rights are part of it.
type Question = (String, Vec<Cell>);

/// An answer; who asks for it while it is worked out waits for it.
type Place = Arc<Mutex<Option<Figure>>>;

/// Answers by question.
#[derive(Default)]
pub(crate) struct Figures(std::sync::Mutex<HashMap<Question, Place>>);

/// An answer.
struct Figure {
    /// The place in the log up to which all of it is right.
    seq: i64,
    cells: Vec<Cell>,
    split: Option<Split>,
}

impl Figures {
    fn place(&self, question: Question) -> Place {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_ANSWERS && !all.contains_key(&question) {
            all.clear();
        }
        Arc::clone(all.entry(question).or_default())
    }
}

impl Store {
    /// The cells of an aggregate. It is as new as the last [`Store::heads`] that this process asked for; whoever makes the context of a
    /// request or a job asks for them.
    pub(crate) async fn figures(&self, plan: &Plan) -> Result<Vec<Cell>> {
        let place = self.kept_figures().place((plan.sql.clone(), plan.params.clone()));
        let mut kept = place.lock().await;
        // Before any statement: a commit meanwhile is seen, and then seen once more.
        let seq = self.last_seq();
        if let Some(figure) = kept.as_mut() {
            if figure.seq >= seq || self.brought_up(figure, plan).await? {
                return Ok(figure.cells.clone());
            }
            *kept = None;
        }
        let cells = self.rows_of(&plan.sql, &plan.params).await?.cells;
        if cells.len() <= MAX_CELLS {
            *kept = Some(Figure { seq, cells: cells.clone(), split: None });
        }
        Ok(cells)
    }

    /// Whether a figure could be brought to where the log stands without working all of it out. If not, it is of no more use.
    async fn brought_up(&self, figure: &mut Figure, plan: &Plan) -> Result<bool> {
        let Some((mut changed, mut until)) = news(&self.few_rows(NEWS, &[Cell::Int(figure.seq)]).await?, plan, figure.seq) else {
            return Ok(false);
        };
        if changed.is_empty() {
            figure.seq = until;
            return Ok(true);
        }
        let Some(parts) = plan.parts.as_ref() else { return Ok(false) };
        let Some(mut split) = figure.split.take() else {
            return if changed.len() <= MAX_PARTS { self.split(figure, plan, parts).await } else { Ok(false) };
        };
        for _ in 0..TRIES {
            let ranges = split.parts_of(changed.iter().copied());
            if ranges.len() > MAX_PARTS
                || !plan.objects.first().is_some_and(|main| changed.iter().all(|id| RecordId(*id).object() == *main))
            {
                return Ok(false);
            }
            let (mut rows, more) =
                self.ranges(parts, ranges.iter().map(|r| (r * split.width(), (r + 1) * split.width())), split.width(), until).await?;
            let Some((more, reached)) = news(&more, plan, until) else { return Ok(false) };
            until = reached;
            if !more.is_empty() {
                changed.extend(more);
                continue;
            }
            split.clear(&ranges);
            let taken = rows.drain(..).all(|rows| split.take(parts, &rows.cells).is_some());
            let Some(cells) = parts.whole(&mut split).filter(|_| taken) else { return Ok(false) };
            *figure = Figure { seq: until, cells, split: Some(split) };
            return Ok(true);
        }
        Ok(false)
    }

    /// Works a figure out by ranges of ids; whether they have the groups that the whole had.
    async fn split(&self, figure: &mut Figure, plan: &Plan, parts: &Parts) -> Result<bool> {
        let span = self.rows_of(&parts.span, &[]).await?;
        let [Cell::Int(least), Cell::Int(greatest)] = span.cells[..] else { return Ok(false) };
        let Some(mut split) = parts.split((least, greatest), &figure.cells) else { return Ok(false) };
        let (rows, log) = self.ranges(parts, std::iter::once((0, i64::MAX)), split.width(), figure.seq).await?;
        let Some((_, seq)) = news(&log, plan, figure.seq) else { return Ok(false) };
        let taken = rows.iter().all(|rows| split.take(parts, &rows.cells).is_some());
        let Some(cells) = parts.whole(&mut split).filter(|_| taken) else { return Ok(false) };
        *figure = Figure { seq, cells, split: Some(split) };
        Ok(true)
    }

    /// The rows of ranges of ids, and, of the same state, what the log has behind a place.
    async fn ranges(&self, parts: &Parts, ranges: impl Iterator<Item = (i64, i64)>, width: i64, after: i64) -> Result<(Vec<Rows>, Rows)> {
        let params: Vec<Vec<Cell>> = ranges.map(|(from, to)| parts.params(from, to, width)).collect();
        let after = cells![after];
        let of_range = params.iter().map(|params| (parts.sql.as_str(), params.as_slice()));
        let statements: Vec<(&str, &[Cell])> = std::iter::once((NEWS, after.as_slice())).chain(of_range).collect();
        let mut rows = self.rows_together(&statements).await?;
        let log = rows.remove(0);
        Ok((rows, log))
    }
}

/// The records of a plan's objects in rows of [`NEWS`], and the last place they tell of; `None` if they are too many or the schema changed.
fn news(log: &Rows, plan: &Plan, after: i64) -> Option<(Vec<i64>, i64)> {
    let mut records = Vec::new();
    let mut until = after;
    for row in log.cells.chunks_exact(3) {
        let (seq, object, id) = (row[0].as_int()?, row[1].as_int()?, row[2].as_int()?);
        until = seq;
        if object == 0 {
            return None;
        }
        if plan.objects.iter().any(|no| i64::from(*no) == object) {
            records.push(id);
        }
    }
    (log.cells.len() / 3 <= MAX_ENTRIES).then_some((records, until))
}
