//! The answers of aggregates, kept until the change log speaks of one of their objects: a figure on many screens is worked out once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use guanxi_model::{Cell, ObjectNo, Result};
use guanxi_query::Plan;

use crate::store::Store;
use crate::unit::cells;

/// The most answers kept, and the most cells of one.
const MAX_ANSWERS: usize = 256;
const MAX_CELLS: usize = 4_096;

/// How many log entries are looked through for a change of the objects; beyond, the figure is worked out again.
const MAX_ENTRIES: i64 = 2_000;

/// A statement with its parameters: rights are part of it.
type Question = (String, Vec<Cell>);

/// The cells of the answer, and the place in the log up to which they are right.
type Answer = (Vec<Cell>, i64);

/// Answers by question.
#[derive(Default)]
pub(crate) struct Figures(Mutex<HashMap<Question, Answer>>);

impl Figures {
    fn lock(&self) -> MutexGuard<'_, HashMap<Question, Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, question: Question, answer: Answer) {
        if answer.0.len() > MAX_CELLS {
            return;
        }
        let mut all = self.lock();
        if all.len() >= MAX_ANSWERS {
            all.clear();
        }
        all.insert(question, answer);
    }
}

impl Store {
    /// The cells of an aggregate. It is as new as the last [`Store::heads`] that this process asked for; whoever makes the context of a
    /// request or a job asks for them.
    pub(crate) async fn figures(&self, plan: &Plan) -> Result<Vec<Cell>> {
        // Before the statement: a commit meanwhile is seen, and then seen once more.
        let seq = self.last_seq();
        let question = (plan.sql.clone(), plan.params.clone());
        let known = self.kept_figures().lock().get(&question).cloned();
        if let Some((cells, of)) = known
            && (of == seq || self.silent(of, seq, &plan.objects).await?)
        {
            self.kept_figures().keep(question, (cells.clone(), seq));
            return Ok(cells);
        }
        let cells = self.rows_of(&plan.sql, &plan.params).await?.cells;
        self.kept_figures().keep(question, (cells.clone(), seq));
        Ok(cells)
    }

    /// Whether the log says nothing about these objects, nor about the schema, from one place to another.
    async fn silent(&self, after: i64, until: i64, objects: &[ObjectNo]) -> Result<bool> {
        if !(0..=MAX_ENTRIES).contains(&(until - after)) {
            return Ok(false);
        }
        let sql = "SELECT DISTINCT object_no FROM sys_change WHERE seq > $1 AND seq <= $2";
        let changed = self.rows(sql, cells![after, until]).await?.read(|row| row.int())?;
        Ok(changed.iter().all(|no| *no != 0 && objects.iter().all(|o| i64::from(*o) != *no)))
    }
}
