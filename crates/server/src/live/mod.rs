//! Live updates: server-sent events out of the change log.

pub mod events;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_model::{Error, ErrorKind};
use tokio::sync::watch;

/// How many event streams one user may hold.
const PER_USER: usize = 16;

/// How many event streams the server holds.
const IN_ALL: usize = 10_000;

/// Counts the open event streams and tells them when the server closes. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    open: Mutex<HashMap<(String, i64), usize>>,
    closing: watch::Sender<bool>,
}

impl Default for Hub {
    fn default() -> Hub {
        Hub(Arc::new(Inner { open: Mutex::default(), closing: watch::Sender::new(false) }))
    }
}

impl Hub {
    /// Ends all streams.
    pub fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// Turns true when the server closes.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    /// How many streams are open.
    pub fn count(&self) -> usize {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// A place for one more stream.
    ///
    /// # Errors
    /// 429 when the user, or the server, holds as many as it may.
    pub fn enter(&self, organisation: &str, user: i64) -> Result<Place, Error> {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let in_all: usize = open.values().sum();
        let key = (organisation.to_owned(), user);
        let own = open.entry(key.clone()).or_default();
        if *own >= PER_USER || in_all >= IN_ALL {
            return Err(Error::new(
                ErrorKind::RateLimited,
                "too_many_streams",
                format!("同时打开的实时连接过多（每个用户最多 {PER_USER} 个）。"),
                format!("Too many open event streams (at most {PER_USER} for each user)."),
            ));
        }
        *own += 1;
        Ok(Place { hub: self.clone(), key })
    }
}

/// The place of an open stream; given back when dropped.
pub struct Place {
    hub: Hub,
    key: (String, i64),
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.hub.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_holds_so_many_streams_and_no_more() {
        let hub = Hub::default();
        let held: Vec<_> = (0..PER_USER).map(|_| hub.enter("acme", 1)).collect();
        assert!(held.iter().all(Result::is_ok));
        assert!(hub.enter("acme", 1).is_err());
        assert!(hub.enter("acme", 2).is_ok());
        assert!(hub.enter("other", 1).is_ok());
        drop(held);
        assert!(hub.enter("acme", 1).is_ok());
        assert_eq!(hub.count(), 0);
    }
}
