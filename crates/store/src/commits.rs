//! How many commits there were, and how many units they carried: how well group commit works.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::store::Store;

/// Counts since the store was opened.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    commits: AtomicU64,
    units: AtomicU64,
}

impl Commits {
    /// Counts a commit of so many units.
    pub(crate) fn add(&self, units: usize) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.units.fetch_add(units as u64, Ordering::Relaxed);
    }
}

impl Store {
    /// How many commits this process has made, and how many writes (change sets and statements of system tables) were in them.
    pub fn commits(&self) -> (u64, u64) {
        let commits = self.counted();
        (commits.commits.load(Ordering::Relaxed), commits.units.load(Ordering::Relaxed))
    }
}
