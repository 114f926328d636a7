//! Failed attempts are counted by whom they are for and from where they come, so that nobody can lock others out from elsewhere.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The most pairs that are remembered.
const MAX_REMEMBERED: usize = 10_000;

/// How many failures are too many, and how long one has to wait then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// So many are allowed.
    pub(crate) most: u32,
    /// So long after the last one they are forgotten, in microseconds.
    wait_us: i64,
}

/// Passwords for one account from one client: 8, then 5 minutes.
pub(crate) const PASSWORDS: Limit = Limit { most: 8, wait_us: 300 * 1_000_000 };

/// Codes for one account from one client: 5, then 5 minutes.
pub(crate) const CODES: Limit = Limit { most: 5, wait_us: 300 * 1_000_000 };

/// Codes for one account from all clients that its user has no session from: 20, then an hour. Who comes so far knows the password.
pub(crate) const CODES_FROM_ALL: Limit = Limit { most: 20, wait_us: 3_600 * 1_000_000 };

/// Mails to one address: 3 in a row, then an hour. Nothing is said of it.
pub(crate) const MAILS: Limit = Limit { most: 3, wait_us: 3_600 * 1_000_000 };

/// Requests for mails by one client: 20, then an hour.
pub(crate) const MAIL_REQUESTS: Limit = Limit { most: 20, wait_us: 3_600 * 1_000_000 };

/// Challenges for passkeys by one client without a sign-in: 60, then 5 minutes.
pub(crate) const PASSKEYS: Limit = Limit { most: 60, wait_us: 300 * 1_000_000 };

/// Links tried by one client that are none: 20, then 5 minutes.
pub(crate) const LINKS: Limit = Limit { most: 20, wait_us: 300 * 1_000_000 };

/// Requests of one user that were refused and are noted in the audit log: 60, then not again until an hour without any has gone by.
pub(crate) const REFUSALS: Limit = Limit { most: 60, wait_us: 3_600 * 1_000_000 };

/// For whom, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(String, String);

impl Key {
    pub(crate) fn of(whom: &str, from: &str) -> Key {
        Key(whom.to_owned(), from.to_owned())
    }
}

/// The counts: how many, when the last, how long that counts.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<Counts>);

type Counts = HashMap<Key, (u32, i64, i64)>;

impl Attempts {
    pub(crate) fn allowed(&self, key: &Key, now: i64, limit: Limit) -> bool {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(key).is_none_or(|(n, at, _)| *n < limit.most || now - at > limit.wait_us)
    }

    /// Counts one of what is limited whether or not it fails; says whether it is still allowed.
    pub(crate) fn take(&self, key: Key, now: i64, limit: Limit) -> bool {
        self.failed(key, now, limit) <= limit.most
    }

    /// Counts one more; gives how many there are.
    pub(crate) fn failed(&self, key: Key, now: i64, limit: Limit) -> u32 {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        count(&mut counts, key, now, limit)
    }

    pub(crate) fn succeeded(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Counts one more; gives how many there are.
fn count(counts: &mut Counts, key: Key, now: i64, limit: Limit) -> u32 {
    if counts.len() >= MAX_REMEMBERED {
        counts.retain(|_, (_, at, wait)| now - *at <= *wait);
    }
    let (before, last, _) = counts.get(&key).copied().unwrap_or((0, now, 0));
    let n = if now - last > limit.wait_us { 1 } else { before.saturating_add(1) };
    counts.insert(key, (n, now, limit.wait_us));
    n
}
