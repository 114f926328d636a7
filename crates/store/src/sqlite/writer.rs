//! The writer thread: takes the units that wait, runs them in one transaction, each under a savepoint of its own, flushes once,
//! then answers all of them. A unit that fails takes only itself back.

use std::fs::File;
use std::sync::mpsc::{Receiver, Sender, channel};

use guanxi_model::{Error, Result};
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::convert::{fault, is_doubtful, unavailable};
use super::execute;
use crate::error::WriteError;
use crate::unit::{Done, Unit};

/// Units and rows that one commit takes at most.
const MAX_UNITS: usize = 256;
const MAX_ROWS: usize = 20_000;

type Reply = oneshot::Sender<Result<Done, WriteError>>;

enum Work {
    Unit(Box<Unit>, Reply),
    Close(oneshot::Sender<()>),
}

/// The way to the thread.
pub(super) struct Writer {
    queue: Sender<Work>,
}

impl Writer {
    /// Starts the thread; it owns the connection and the lock until it ends.
    pub(super) fn start(conn: Connection, lock: File, seq: i64, head: watch::Sender<i64>) -> Result<Writer> {
        let (queue, work) = channel();
        let mut thread = Thread { conn, head, seq, broken: None };
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

struct Thread {
    conn: Connection,
    head: watch::Sender<i64>,
    seq: i64,
    /// Why nothing is written any more.
    broken: Option<String>,
}

impl Thread {
    /// Works until it is told to close, or until the last store is gone.
    fn run(&mut self, work: &Receiver<Work>) -> Option<oneshot::Sender<()>> {
        while let Ok(first) = work.recv() {
            let mut batch = Vec::new();
            let mut rows = 0;
            let mut next = Some(first);
            let mut close = None;
            while let Some(item) = next.take() {
                match item {
                    Work::Close(reply) => {
                        close = Some(reply);
                        break;
                    }
                    Work::Unit(unit, reply) => {
                        rows += unit.weight();
                        batch.push((unit, reply));
                    }
                }
                if batch.len() < MAX_UNITS && rows < MAX_ROWS {
                    next = work.try_recv().ok();
                }
            }
            if !batch.is_empty() {
                self.commit(batch);
            }
            if close.is_some() {
                return close;
            }
        }
        None
    }

    /// Runs and commits a batch, then answers.
    fn commit(&mut self, batch: Vec<(Box<Unit>, Reply)>) {
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
        self.execute("BEGIN IMMEDIATE").map_err(fault)?;
        let mut results = Vec::with_capacity(batch.len());
        for (unit, _) in batch {
            results.push(self.unit(unit, batch.len() == 1)?);
        }
        if results.iter().all(|r| r.is_err()) {
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
        Ok(results)
    }

    /// Runs a unit; if it fails, takes it back. The outer error means that the whole transaction is gone.
    fn unit(&mut self, unit: &Unit, alone: bool) -> Result<Result<Done, WriteError>> {
        if !alone {
            self.execute("SAVEPOINT unit").map_err(fault)?;
        }
        let result = execute::run(&self.conn, unit, self.seq);
        match &result {
            Ok(done) => self.seq = done.last_seq,
            Err(WriteError::Other(error)) if self.conn.is_autocommit() => return Err(error.clone()),
            Err(_) if !alone => self.execute("ROLLBACK TO unit").map_err(fault)?,
            Err(_) => {}
        }
        if !alone {
            self.execute("RELEASE unit").map_err(fault)?;
        }
        Ok(result)
    }

    fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.conn.prepare_cached(sql)?.execute([]).map(|_| ())
    }
}
