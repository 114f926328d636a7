//! The writer thread: takes the units that wait, runs them in one transaction, each under a savepoint of its own, flushes once,
//! then answers all of them. A unit that fails takes only itself back.

use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use guanxi_model::{Error, Result};
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::convert::{fault, is_doubtful, unavailable};
use super::execute;
use crate::commits::Commits;
use crate::error::WriteError;
use crate::unit::{Done, Unit};

/// Units and rows that one commit takes at most.
const MAX_UNITS: usize = 256;
const MAX_ROWS: usize = 20_000;

/// How often emptying the log is tried; each waits for readers as long as any statement does.
const REWRITE_TRIES: u32 = 5;

type Batch = Vec<(Box<Unit>, Reply)>;
type Reply = oneshot::Sender<Result<Done, WriteError>>;

enum Work {
    Unit(Box<Unit>, Reply),
    Rewrite(oneshot::Sender<Result<()>>),
    Close(oneshot::Sender<()>),
}

/// What is done after a batch.
enum Then {
    Next,
    Rewrite(oneshot::Sender<Result<()>>),
    Close(oneshot::Sender<()>),
}

/// How long the thread waits for the next unit, as long as fewer have come than the time before. Callers that were answered together
/// come back together: a flush for the first of them alone would make the others wait for it.
const LINGER: Duration = Duration::from_micros(60);

/// The way to the thread.
pub(super) struct Writer {
    queue: Sender<Work>,
}

impl Writer {
    /// Starts the thread; it owns the connection and the lock until it ends.
    pub(super) fn start(conn: Connection, lock: File, seq: i64, head: watch::Sender<i64>, commits: Arc<Commits>) -> Result<Writer> {
        let (queue, work) = channel();
        let mut thread = Thread { conn, head, seq, commits, broken: None };
        std::thread::Builder::new()
            .name("guanxi-writer".to_owned())
            .spawn(move || {
                let closed = thread.run(&work);
                drop(thread);
                drop(lock);
                if let Some(reply) = closed {
                    let _ = reply.send(());
                }
            })
            .map_err(Error::internal)?;
        Ok(Writer { queue })
    }

    /// Queues a unit and waits until it is on disk.
    pub(super) async fn submit(&self, unit: Unit) -> Result<Done, WriteError> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Work::Unit(Box::new(unit), reply)).map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Writes the file anew, without what was deleted or overwritten in it; what comes meanwhile waits.
    pub(super) async fn rewrite(&self) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Work::Rewrite(reply)).map_err(|_| closed().into_error())?;
        answer.await.map_err(|_| closed().into_error())?
    }

    /// Lets the thread finish what waits, and end.
    pub(super) async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.queue.send(Work::Close(reply)).is_ok() {
            let _ = answer.await;
        }
    }
}

fn closed() -> WriteError {
    unavailable().because("the store is closed").into()
}

/// Takes what waits.
fn collect(first: Work, work: &Receiver<Work>, expected: usize) -> (Batch, Then) {
    let (mut batch, mut rows, mut next) = (Vec::new(), 0, Some(first));
    while let Some(item) = next.take() {
        match item {
            Work::Close(reply) => return (batch, Then::Close(reply)),
            Work::Rewrite(reply) => return (batch, Then::Rewrite(reply)),
            Work::Unit(unit, reply) => {
                rows += unit.weight();
                batch.push((unit, reply));
            }
        }
        if batch.len() < MAX_UNITS && rows < MAX_ROWS {
            next = work.try_recv().ok();
            if next.is_none() && batch.len() < expected {
                // Asleep, and not in `recv`: otherwise each sender would have to wake this thread.
                std::thread::sleep(LINGER);
                next = work.try_recv().ok();
            }
        }
    }
    (batch, Then::Next)
}

struct Thread {
    conn: Connection,
    head: watch::Sender<i64>,
    seq: i64,
    commits: Arc<Commits>,
    /// Why nothing is written any more.
    broken: Option<String>,
}

impl Thread {
    /// Works until it is told to close, or until the last store is gone.
    fn run(&mut self, work: &Receiver<Work>) -> Option<oneshot::Sender<()>> {
        let mut expected = 0;
        while let Ok(first) = work.recv() {
            let (batch, then) = collect(first, work, expected);
            expected = batch.len();
            if !batch.is_empty() {
                self.commit(batch);
            }
            match then {
                Then::Next => {}
                Then::Rewrite(reply) => drop(reply.send(self.rewrite())),
                Then::Close(reply) => return Some(reply),
            }
        }
        None
    }

    /// Writes the file anew, and takes everything out of its log.
    fn rewrite(&self) -> Result<()> {
        if let Some(why) = &self.broken {
            return Err(unavailable().because(why));
        }
        self.conn.execute_batch("VACUUM").map_err(fault)?;
        // Who reads right now keeps the log; a moment later nobody does.
        for _ in 0..REWRITE_TRIES {
            let busy: i64 = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(fault)?;
            if busy == 0 {
                return Ok(());
            }
        }
        Err(unavailable().because("the log of the database is still being read"))
    }

    /// Runs and commits a batch, then answers.
    fn commit(&mut self, batch: Batch) {
        let before = self.seq;
        let mut results = match &self.broken {
            Some(why) => Err(unavailable().because(why)),
            None => self.transaction(&batch),
        };
        if results.is_err() {
            self.seq = before;
            if !self.conn.is_autocommit() {
                let _ = self.conn.execute_batch("ROLLBACK");
            }
        } else if self.seq > before {
            self.head.send_replace(self.seq);
        }
        for (at, (_, reply)) in batch.into_iter().enumerate() {
            let result = match &mut results {
                Ok(done) => std::mem::replace(&mut done[at], Err(closed())),
                Err(error) => Err(error.clone().into()),
            };
            let _ = reply.send(result);
        }
    }

    fn transaction(&mut self, batch: &[(Box<Unit>, Reply)]) -> Result<Vec<Result<Done, WriteError>>> {
        let results = match self.trusting(batch)? {
            Some(done) => done,
            None => self.careful(batch)?,
        };
        if results.iter().all(Result::is_err) {
            self.execute("ROLLBACK").map_err(fault)?;
            return Ok(results);
        }
        self.execute("COMMIT").map_err(|error| {
            if is_doubtful(&error) {
                tracing::error!(%error, "a commit failed; nothing is written any more until the store is opened again");
                self.broken = Some(error.to_string());
            }
            fault(error)
        })?;
        self.commits.add(batch.len());
        Ok(results)
    }

    /// Runs a batch in the hope that nothing fails, which is cheaper than savepoints. `None`: something did, and nothing has happened.
    fn trusting(&mut self, batch: &[(Box<Unit>, Reply)]) -> Result<Option<Vec<Result<Done, WriteError>>>> {
        self.execute("BEGIN IMMEDIATE").map_err(fault)?;
        let before = self.seq;
        let mut results = Vec::with_capacity(batch.len());
        for (unit, _) in batch {
            match execute::run(&self.conn, unit, self.seq) {
                Ok(done) => {
                    self.seq = done.last_seq;
                    results.push(Ok(done));
                }
                Err(WriteError::Other(error)) if self.conn.is_autocommit() => return Err(error),
                Err(error) if batch.len() == 1 => return Ok(Some(vec![Err(error)])),
                Err(_) => {
                    self.seq = before;
                    self.execute("ROLLBACK").map_err(fault)?;
                    return Ok(None);
                }
            }
        }
        Ok(Some(results))
    }

    /// Runs a batch with a savepoint for each unit.
    fn careful(&mut self, batch: &[(Box<Unit>, Reply)]) -> Result<Vec<Result<Done, WriteError>>> {
        self.execute("BEGIN IMMEDIATE").map_err(fault)?;
        batch.iter().map(|(unit, _)| self.unit(unit)).collect()
    }

    /// Runs a unit; if it fails, takes it back. The outer error means that the whole transaction is gone.
    fn unit(&mut self, unit: &Unit) -> Result<Result<Done, WriteError>> {
        self.execute("SAVEPOINT unit").map_err(fault)?;
        let result = execute::run(&self.conn, unit, self.seq);
        match &result {
            Ok(done) => self.seq = done.last_seq,
            Err(WriteError::Other(error)) if self.conn.is_autocommit() => return Err(error.clone()),
            Err(_) => self.execute("ROLLBACK TO unit").map_err(fault)?,
        }
        self.execute("RELEASE unit").map_err(fault)?;
        Ok(result)
    }

    fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.conn.prepare_cached(sql)?.execute([]).map(|_| ())
    }
}
