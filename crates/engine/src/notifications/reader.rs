//! Follows the change log and tells users what concerns them.

use std::time::Duration;

use guanxi_model::Result;
use tokio::sync::watch;

use super::{tell, told};
use crate::Organisation;

/// The cursor's name.
const CURSOR: &str = "notifications";

/// How many entries are read at a time.
const BATCH: u32 = 500;

/// What comes within this time is told together.
const GATHER: Duration = Duration::from_millis(150);

/// How long it waits after the store was away.
const AGAIN: Duration = Duration::from_secs(5);

/// A reader of the change log. Any number of them may run, on any node.
#[derive(Clone)]
pub struct Reader {
    org: Organisation,
}

/// A reader at work until it is stopped.
pub struct Running {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Stops after the batch under way.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the reader for notifications ended badly");
        }
    }
}

impl Reader {
    /// A reader for an organisation.
    pub fn new(org: &Organisation) -> Reader {
        Reader { org: org.clone() }
    }

    /// Reads on to the end of the log; gives the place it has come to. A reader that never ran begins at the end: nobody is told
    /// of what was there before.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn catch_up(&self) -> Result<i64> {
        let store = self.org.store();
        let mut place = store.cursor(CURSOR).await?;
        if place == 0 {
            place = *store.log_head().borrow();
            if place > 0 {
                store.notifications_put(&[], Some((CURSOR, place))).await?;
            }
            return Ok(place);
        }
        loop {
            let entries = store.log_after(place, BATCH).await?;
            let Some(last) = entries.last() else { return Ok(place) };
            place = last.seq;
            let schema = self.org.schema();
            if entries.iter().any(|e| e.object == 0 || schema.by_no(e.object).is_none()) {
                // Another process may have made what the entries speak of.
                self.org.refresh_schema().await?;
            }
            let new = told::of(&self.org, &entries).await?;
            tell(&self.org, new, Some((CURSOR, place))).await?;
            if entries.len() < BATCH as usize {
                return Ok(place);
            }
        }
    }

    /// Follows the log in the background.
    pub fn start(self) -> Running {
        let (stop, mut stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            let mut head = self.org.store().log_head();
            while !*stopped.borrow() {
                head.mark_unchanged();
                let pause = match self.catch_up().await {
                    Ok(_) => GATHER,
                    Err(error) => {
                        tracing::warn!(%error, "notifications wait");
                        AGAIN
                    }
                };
                let _ = tokio::time::timeout(pause, stopped.wait_for(|stop| *stop)).await;
                if pause == GATHER {
                    tokio::select! {
                        moved = head.changed() => if moved.is_err() { return },
                        _ = stopped.wait_for(|stop| *stop) => {}
                    }
                }
            }
        });
        Running { stop, task }
    }
}
