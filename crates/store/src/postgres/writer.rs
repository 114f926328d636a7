//! The writer task: takes the units that wait, runs them in one transaction with all statements sent without waiting for each
//! other, and answers when it is committed. If one of them fails, each is run again in a transaction of its own, so that it fails
//! alone.
//!
//! The places in the change log come from a counter that every transaction raises first. Its row is locked until the commit, so that
//! transactions of all nodes follow each other: the order of the log is the order of the commits, and a guard sees all that came before.

use std::sync::Arc;
use std::time::Duration;

use guanxi_model::{Error, Result};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::convert::unavailable;
use super::execute::{self, Failed};
use super::{Place, raise};
use crate::commits::Commits;
use crate::error::WriteError;
use crate::unit::{Done, Unit};

/// Units and rows that one commit takes at most.
const MAX_UNITS: usize = 256;
const MAX_ROWS: usize = 10_000;

/// How long a transaction may take: a basis, and more for every row.
const PATIENCE: Duration = Duration::from_secs(5);
const PATIENCE_PER_ROW: Duration = Duration::from_millis(2);

type Reply = oneshot::Sender<Result<Done, WriteError>>;

enum Work {
    Unit(Box<Unit>, Reply),
    Close(oneshot::Sender<()>),
}

/// The way to the task.
pub(super) struct Writer {
    queue: UnboundedSender<Work>,
}

impl Writer {
    /// Starts the task. It ends when it is told to, or when the last store is gone.
    pub(super) fn start(place: Place, head: watch::Sender<i64>, commits: Arc<Commits>) -> Writer {
        let (queue, work) = unbounded_channel();
        tokio::spawn(run(Target { place, head, commits }, work));
        Writer { queue }
    }

    /// Queues a unit and waits until it is committed.
    pub(super) async fn submit(&self, unit: Unit) -> Result<Done, WriteError> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Work::Unit(Box::new(unit), reply)).map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Lets the task finish what waits, and end.
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

/// Where it writes, and who is told.
struct Target {
    place: Place,
    head: watch::Sender<i64>,
    commits: Arc<Commits>,
}

async fn run(target: Target, mut work: UnboundedReceiver<Work>) {
    while let Some(first) = work.recv().await {
        let (mut units, mut replies, mut rows) = (Vec::new(), Vec::new(), 0);
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
                    units.push(*unit);
                    replies.push(reply);
                }
            }
            if units.len() < MAX_UNITS && rows < MAX_ROWS {
                next = work.try_recv().ok();
            }
        }
        for (result, reply) in commit(&target, &units).await.into_iter().zip(replies) {
            let _ = reply.send(result);
        }
        if let Some(reply) = close {
            let _ = reply.send(());
            return;
        }
    }
}

/// Commits a batch; gives a result for each unit.
async fn commit(target: &Target, units: &[Unit]) -> Vec<Result<Done, WriteError>> {
    if units.len() > 1 {
        match attempt(&target.place, units).await {
            Ok(done) => {
                target.commits.add(units.len());
                raise(&target.head, done.last().map_or(0, |d| d.last_seq));
                return done.into_iter().map(Ok).collect();
            }
            Err(Failed::Lost(error)) => return units.iter().map(|_| Err(error.clone().into())).collect(),
            Err(_) => {}
        }
    }
    let mut results = Vec::with_capacity(units.len());
    for unit in units {
        results.push(alone(target, unit).await);
    }
    results
}

async fn alone(target: &Target, unit: &Unit) -> Result<Done, WriteError> {
    // Twice: a deadlock, or a table that changed under a prepared statement, is no fault of the unit.
    for _ in 0..2 {
        match attempt(&target.place, std::slice::from_ref(unit)).await {
            Ok(mut done) => {
                target.commits.add(1);
                let done = done.pop().unwrap_or_default();
                raise(&target.head, done.last_seq);
                return Ok(done);
            }
            Err(Failed::Refused(error)) => return Err(error),
            Err(Failed::Lost(error)) => return Err(error.into()),
            Err(Failed::Stale(..) | Failed::Again) => {}
        }
    }
    Err(unavailable().because("the transaction failed twice").into())
}

async fn attempt(place: &Place, units: &[Unit]) -> Result<Vec<Done>, Failed> {
    let rows: usize = units.iter().map(Unit::weight).sum();
    let patience = PATIENCE + PATIENCE_PER_ROW * u32::try_from(rows).unwrap_or(u32::MAX);
    let work = async {
        let mut conn = place.checkout().await.map_err(Failed::Lost)?;
        execute::transaction(&mut conn, units).await
    };
    timeout(patience, work).await.unwrap_or_else(|_| Err(Failed::Lost(slow())))
}

fn slow() -> Error {
    unavailable().because("a transaction took too long")
}
