//! Where an organisation's counters stand: what tells a reader with a memory whether it still knows the truth.

use std::sync::atomic::{AtomicU64, Ordering};

use guanxi_model::Result;
use guanxi_query::Dialect;
use tokio::sync::Mutex;

use crate::store::Store;
use crate::sys::step;
use crate::unit::{Expect, Rows, Step, cells};

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// The last committed place in the change log.
    pub seq: i64,
    /// The version of the schema; `None` where only this process can change it.
    pub schema: Option<i64>,
    /// Changes whenever a session ends, a password or a user changes: what is remembered of sign-ins holds only for this number.
    pub people: i64,
    /// Changes whenever who is in what may have: users, teams, positions, groups, territories, and which objects have shared records.
    pub members: i64,
}

/// What a unit moves of [`Heads`] beside the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Moves {
    /// Nothing.
    #[default]
    Nothing,
    /// [`Heads::people`].
    People,
    /// [`Heads::members`], and with it [`Heads::people`].
    Members,
}

/// The counters on PostgreSQL, by name.
pub(crate) const SELECT: &str = "SELECT name, value FROM sys_counter WHERE name IN ('seq', 'schema', 'people', 'members')";

impl Heads {
    /// Those of the rows of [`SELECT`].
    pub(crate) fn of(rows: Rows) -> Result<Heads> {
        let mut heads = Heads { schema: Some(0), ..Heads::default() };
        for (name, value) in rows.read(|row| Ok((row.text()?, row.int()?)))? {
            match name.as_str() {
                "seq" => heads.seq = value,
                "schema" => heads.schema = Some(value),
                "members" => heads.members = value,
                _ => heads.people = value,
            }
        }
        Ok(heads)
    }
}

/// Asks once for all who want to know at the same time: the answer to a question that was put after one came is good for one.
#[derive(Default)]
pub(crate) struct Lookout {
    /// Questions put so far.
    asked: AtomicU64,
    /// The last answer and the number of its question.
    last: Mutex<(u64, Heads)>,
}

impl Lookout {
    /// The counters as they are not before now.
    pub(crate) async fn heads(&self, ask: impl Future<Output = Result<Heads>>) -> Result<Heads> {
        let before = self.asked.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if last.0 > before {
            return Ok(last.1);
        }
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let heads = ask.await?;
        *last = (number, heads);
        Ok(heads)
    }
}

impl Store {
    /// The counters now. On SQLite it costs nothing; on PostgreSQL it is one short question, shared by all who ask at the same time.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn heads(&self) -> Result<Heads> {
        match self.postgres() {
            Some(postgres) => Box::pin(postgres.heads()).await,
            None => {
                let (people, members) = self.people();
                Ok(Heads { seq: self.last_seq(), schema: None, people, members })
            }
        }
    }
}

/// Moves the heads on PostgreSQL, where other processes have to learn of it. It gives rows, and so is not counted as a change.
pub(crate) fn raise(dialect: Dialect, moves: Moves) -> Option<Step> {
    let counters = match moves {
        Moves::Nothing => return None,
        Moves::People => "('people', 1)",
        Moves::Members => "('members', 1), ('people', 1)",
    };
    let sql = format!(
        "INSERT INTO sys_counter (name, value) VALUES {counters} \
         ON CONFLICT (name) DO UPDATE SET value = sys_counter.value + 1 RETURNING value"
    );
    (dialect == Dialect::Postgres).then(|| Step { expect: Expect::Rows, ..step(sql, cells![]) })
}
