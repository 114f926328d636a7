//! Holds the database against the log: the log itself, then every change and event against its leaf.

use guanxi_model::{Ctx, Result};
use guanxi_store::sys::{LeafNow, Source};

use super::events::check_right;
use super::leaf::Entry;
use super::note::Verifier;
use super::serve::Stored;
use super::verify::{Older, Verified, verify};
use crate::Organisation;

/// Leaves that are read at a time.
const PAGE: u32 = 500;

/// The most faults that are told one by one.
const MAX_FAULTS: usize = 100;

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The log, if it verifies.
    pub log: Option<Verified>,
    /// Changes and events whose text is as it was.
    pub intact: u64,
    /// Those whose text was taken away with its salt.
    pub erased: u64,
    /// How many faults there are.
    pub faults: u64,
    /// The first of them, in words.
    pub told: Vec<String>,
}

impl Checked {
    fn fault(&mut self, what: String) {
        self.faults += 1;
        if self.told.len() < MAX_FAULTS {
            self.told.push(what);
        }
    }
}

/// Checks the whole log and everything it is about. `key` is the public key as it was noted elsewhere; without one, that of the
/// database is taken, and only the log's agreement with itself is shown.
///
/// # Errors
/// 403; those of the store. Faults that are found are in the answer.
pub async fn check(org: &Organisation, ctx: &Ctx, key: Option<&Verifier>, older: Older<'_>) -> Result<Checked> {
    check_right(org, ctx)?;
    let mut checked = Checked::default();
    let tree = org.store().audit_tree().await?;
    let stored = tree.verifier.as_deref().and_then(Verifier::parse);
    match key.or(stored.as_ref()) {
        None => checked.fault("the log was never signed".to_owned()),
        Some(key) => match verify(&Stored(org), key, older).await {
            Ok(verified) => checked.log = Some(verified),
            Err(why) => checked.fault(why),
        },
    }
    let (mut next, mut change, mut event) = (0, 0, 0);
    while next < tree.size {
        let leaves = org.store().audit_leaves(next, PAGE).await?;
        for index in next..tree.size.min(next + i64::from(PAGE)) {
            let Some(found) = leaves.iter().find(|l| l.leaf.index == index) else {
                checked.fault(format!("leaf {index} is missing"));
                continue;
            };
            let (what, id, last) = match found.leaf.source {
                Source::Change(seq) => ("change", seq, &mut change),
                Source::Event(id) => ("event", id, &mut event),
            };
            if id != *last + 1 {
                checked.fault(format!("{what} {} was not in the database when the log reached it", *last + 1));
            }
            *last = id;
            hold(&mut checked, found, what, id);
        }
        next += i64::from(PAGE);
    }
    Ok(checked)
}

fn hold(checked: &mut Checked, found: &LeafNow, what: &str, id: i64) {
    let leaf = &found.leaf;
    let Some(entry) = Entry::parse(leaf.entry.as_bytes()) else {
        return checked.fault(format!("leaf {} cannot be read", leaf.index));
    };
    let named = match leaf.source {
        Source::Change(seq) => entry.change == Some(seq) && entry.event.is_none(),
        Source::Event(id) => entry.event == Some(id) && entry.change.is_none(),
    };
    if !named {
        return checked.fault(format!("leaf {} is not about {what} {id}", leaf.index));
    }
    match &found.now {
        None => checked.fault(format!("{what} {id} is not in the database any more")),
        Some(now) => match entry.differs(now, leaf.salt.as_deref()) {
            Some(member) => checked.fault(format!("{what} {id} was altered: its {member} is not what the log says")),
            None if leaf.salt.is_none() => checked.erased += 1,
            None => checked.intact += 1,
        },
    }
}
