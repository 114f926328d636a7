//! The search index of an open organisation: where it lies, whether it is open, and how far it has come.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{PoisonError, RwLock};

use guanxi_search::Index;

/// What the process knows of an organisation's index.
#[derive(Default)]
pub(crate) struct Keeper {
    folder: Option<PathBuf>,
    index: RwLock<Option<Index>>,
    cursor: AtomicI64,
    complete: AtomicBool,
    damaged: AtomicBool,
}

impl Keeper {
    pub(crate) fn new(folder: Option<PathBuf>) -> Keeper {
        Keeper { folder, ..Keeper::default() }
    }

    /// Where the index lies; `None` for an organisation without one.
    pub(super) fn folder(&self) -> Option<&PathBuf> {
        self.folder.as_ref()
    }

    /// The index, if this process has it open.
    pub(super) fn index(&self) -> Option<Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_index(&self, index: Option<Index>) {
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = index;
        self.damaged.store(false, Ordering::Relaxed);
    }

    /// How far the index has come in the change log, and whether all records are in it.
    pub(super) fn progress(&self) -> (i64, bool) {
        (self.cursor.load(Ordering::Relaxed), self.complete.load(Ordering::Relaxed))
    }

    pub(super) fn set_progress(&self, cursor: i64, complete: bool) {
        self.cursor.store(cursor, Ordering::Relaxed);
        self.complete.store(complete, Ordering::Relaxed);
    }

    /// Says that a search has met damage: the index is made anew.
    pub(super) fn report_damage(&self) {
        self.damaged.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }
}
