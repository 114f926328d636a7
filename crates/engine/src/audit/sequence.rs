//! Puts changes and events into the tree, in the background: a reader of the change log and of the table of events. Leaves, tiles and how far
//! it has come are one transaction, made for a tree of a certain size: of several nodes that try it, one succeeds. Then the tree is signed,
//! as far as it continues what was signed before.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use guanxi_model::Result;
use guanxi_store::LogEntry;
use guanxi_store::sys::{AuditBatch, AuditEvent, AuditTree, Leaf, Source};
use tokio::sync::watch;
use tokio::time::Instant;

use super::key::KeyFiles;
use super::leaf::{self, Entry};
use super::merkle::{Edge, Hash, Peaks, Tile, blocks, in_tile, leaf_hash, tile_of};
use super::note::Checkpoint;
use super::path::{hashes_of, tile_bytes};
use super::{damaged, refused};
use crate::{Organisation, changes};

/// The most leaves that are added at a time: a transaction of them takes a few milliseconds, and others wait for it.
const BATCH: u32 = 250;

/// What comes within this time is added together: each time the tree is written there are a tile and a checkpoint to write.
const GATHER: Duration = Duration::from_secs(1);

/// How often it looks for events of other processes: what wakes it is changes of all of them, and events of its own.
const LOOK: Duration = Duration::from_secs(30);

/// How long it waits after the store was away.
const AGAIN: Duration = Duration::from_secs(5);

/// Keeps the tree of an organisation, in the background, until it is stopped. Any number of them may run, on any node.
pub struct Sequencer {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Sequencer {
    /// Begins.
    pub fn start(org: &Organisation) -> Sequencer {
        let (stop, stopped) = watch::channel(false);
        Sequencer { stop, task: tokio::spawn(keep(org.clone(), stopped)) }
    }

    /// Ends after the batch that is being added.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the audit log's reader ended badly");
        }
    }
}

async fn keep(org: Organisation, mut stopped: watch::Receiver<bool>) {
    let (mut head, mut events) = (changes::follow(&org), org.store().audit_events());
    let mut keeping = Keeping::new(&org);
    while !*stopped.borrow() {
        head.mark_unchanged();
        events.mark_unchanged();
        let failed = match keeping.catch_up(Some(&stopped)).await {
            Ok(()) => {
                let failed = keeping.sign_or_complain().await.is_err();
                if let Err(error) = super::post::when_due(&org).await {
                    tracing::warn!(%error, "the checkpoint of the audit log could not be queued for posting");
                }
                failed
            }
            Err(error) => {
                tracing::warn!(%error, "the audit log waits");
                keeping.edge = None;
                true
            }
        };
        if failed {
            pause(AGAIN, &mut stopped).await;
            continue;
        }
        tokio::select! {
            moved = head.changed() => if moved.is_err() { return },
            moved = events.changed() => if moved.is_err() { return },
            () = tokio::time::sleep(LOOK) => continue,
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        pause(GATHER, &mut stopped).await;
    }
}

async fn pause(time: Duration, stopped: &mut watch::Receiver<bool>) {
    let _ = tokio::time::timeout(time, stopped.wait_for(|stop| *stop)).await;
}

/// Brings the tree to the end of the log at once and signs it; gives its size.
///
/// # Errors
/// Those of the store; `audit_refused` if it may not be signed.
pub async fn catch_up(org: &Organisation) -> Result<u64> {
    let mut keeping = Keeping::new(org);
    keeping.catch_up(None).await?;
    sign(org).await?;
    org.store().audit_tree().await.map(|tree| tree.size.unsigned_abs())
}

/// Brings the tree to the end of the log at once, and does not sign it.
///
/// # Errors
/// Those of the store.
pub(crate) async fn bring_up(org: &Organisation) -> Result<()> {
    Keeping::new(org).catch_up(None).await
}

/// How many changes are not in the log yet; `None` if this process does not keep it.
pub fn behind(org: &Organisation) -> Option<u64> {
    let audited = org.audited().load(Ordering::Relaxed);
    (audited > 0).then(|| (changes::head(org) - audited).max(0).unsigned_abs())
}

struct Keeping<'a> {
    org: &'a Organisation,
    /// The right edge of the tree as it was last written or read.
    edge: Option<Edge>,
    /// Why it was not signed the last time: said once.
    complaint: Option<String>,
}

/// A change or an event.
enum Item {
    Change(LogEntry),
    Event(AuditEvent),
}

impl Keeping<'_> {
    fn new(org: &Organisation) -> Keeping<'_> {
        Keeping { org, edge: None, complaint: None }
    }

    /// Adds everything that is not in the tree yet. In the background it takes no more than a quarter of the time.
    async fn catch_up(&mut self, background: Option<&watch::Receiver<bool>>) -> Result<()> {
        loop {
            let began = Instant::now();
            if !self.step().await? || background.is_some_and(|stopped| *stopped.borrow()) {
                return Ok(());
            }
            if background.is_some() {
                // Whoever waits for an answer goes first.
                tokio::time::sleep(began.elapsed() * 3).await;
            }
        }
    }

    /// Adds a batch; says whether there may be more. What comes in while the last batch is added is gathered for the next time.
    async fn step(&mut self) -> Result<bool> {
        let store = self.org.store();
        let tree = store.audit_tree().await?;
        let items = merge(store.log_after(tree.change_seq, BATCH).await?, store.audit_events_after(tree.event_id, BATCH).await?);
        self.org.audited().store(tree.change_seq, Ordering::Relaxed);
        if items.is_empty() {
            return Ok(false);
        }
        let schema = self.org.schema();
        if items.iter().any(|item| matches!(item, Item::Change(change) if change.object == 0 || schema.by_no(change.object).is_none())) {
            // Another process may have made what the entries speak of.
            self.org.refresh_schema().await?;
        }
        let size = tree.size.unsigned_abs();
        let mut edge = match self.edge.take() {
            Some(edge) if edge.size() == size => edge,
            _ => load(self.org, size).await?,
        };
        let full = items.len() == BATCH as usize;
        let batch = self.batch(&tree, items, &mut edge);
        if !store.audit_append(&batch).await? {
            // Another process was faster.
            return Ok(true);
        }
        self.edge = Some(edge);
        self.org.audited().store(batch.change_seq, Ordering::Relaxed);
        Ok(full)
    }

    fn batch(&self, tree: &AuditTree, items: Vec<Item>, edge: &mut Edge) -> AuditBatch {
        let schema = self.org.schema();
        let mut batch = AuditBatch { before: tree.size, change_seq: tree.change_seq, event_id: tree.event_id, ..AuditBatch::default() };
        let (mut full, mut index) = (Vec::new(), tree.size);
        for item in items {
            let mut salt = [0u8; 16];
            self.org.random().fill(&mut salt);
            let (entry, source, at, user, object) = match &item {
                Item::Change(change) => {
                    if change.seq != batch.change_seq + 1 {
                        tracing::error!(after = batch.change_seq, next = change.seq, "changes are missing in the change log");
                    }
                    batch.change_seq = change.seq;
                    let entry = Entry::of_change(&schema, change, &salt);
                    (entry, Source::Change(change.seq), change.at, change.user, change.object)
                }
                Item::Event(event) => {
                    batch.event_id = event.id;
                    (Entry::of_event(&schema, event, &salt), Source::Event(event.id), event.at, event.user, event.object)
                }
            };
            let text = entry.text();
            full.extend(edge.push(leaf_hash(text.as_bytes())));
            let salt = Some(leaf::salt_text(&salt));
            batch.leaves.push(Leaf { index, source, at, user, object, kind: entry.kind, entry: text, salt });
            index += 1;
        }
        // Of the levels above the leaves, only those below which a tile was filled have grown.
        let grown = full.iter().map(|tile| tile.level + 1).max().unwrap_or(0);
        let partial = edge.partial().into_iter().filter(|tile| tile.level <= grown);
        batch.tiles = full.into_iter().chain(partial).map(|tile| stored(&tile)).collect();
        batch
    }

    /// Signs; a refusal is told once, until it is another one.
    async fn sign_or_complain(&mut self) -> Result<()> {
        match sign(self.org).await {
            Err(error) if error.code == super::REFUSED => {
                let complaint = error.to_string();
                if self.complaint.as_ref() != Some(&complaint) {
                    tracing::error!(%error, "the audit log is not signed");
                    self.complaint = Some(complaint);
                }
                Ok(())
            }
            Err(error) => {
                tracing::warn!(%error, "the audit log cannot be signed now");
                Err(error)
            }
            Ok(()) => {
                self.complaint = None;
                Ok(())
            }
        }
    }
}

/// Both kinds by their times, each in its own order; at most [`BATCH`] of them.
fn merge(changes: Vec<LogEntry>, events: Vec<AuditEvent>) -> Vec<Item> {
    let mut items = Vec::with_capacity(BATCH as usize);
    let (mut changes, mut events) = (changes.into_iter().peekable(), events.into_iter().peekable());
    while items.len() < BATCH as usize {
        let event = match (changes.peek(), events.peek()) {
            (Some(change), Some(event)) => event.at < change.at,
            (change, _) => change.is_none(),
        };
        let item = if event { events.next().map(Item::Event) } else { changes.next().map(Item::Change) };
        let Some(item) = item else { break };
        items.push(item);
    }
    items
}

fn stored(tile: &Tile) -> (i64, i64, String) {
    (i64::from(tile.level), tile.n.cast_signed(), BASE64_STANDARD.encode(tile_bytes(&tile.hashes)))
}

/// The hashes of a stored tile, at least `width` of them, cut to `width`.
pub(super) async fn tile(org: &Organisation, level: u32, n: u64, width: usize) -> Result<Option<Vec<Hash>>> {
    let Ok(number) = i64::try_from(n) else { return Ok(None) };
    let Some(text) = org.store().audit_tile(i64::from(level), number).await? else { return Ok(None) };
    let hashes = BASE64_STANDARD.decode(text).ok().and_then(|bytes| hashes_of(&bytes));
    let mut hashes = hashes.ok_or_else(|| damaged(format!("tile {level}/{n} cannot be read")))?;
    hashes.truncate(width);
    Ok((hashes.len() == width).then_some(hashes))
}

async fn load(org: &Organisation, size: u64) -> Result<Edge> {
    let mut levels = Vec::new();
    for (level, n, width) in Edge::tiles_of(size) {
        levels.push(match width {
            0 => Vec::new(),
            _ => tile(org, level, n, width).await?.ok_or_else(|| damaged(format!("tile {level}/{n} is missing")))?,
        });
    }
    Ok(Edge::of(size, levels))
}

/// Signs the tree as it is stored, if it continues what was signed before; nothing happens if that was the same.
async fn sign(org: &Organisation) -> Result<()> {
    let tree = org.store().audit_tree().await?;
    let Some(files) = KeyFiles::of(org).filter(|_| tree.size > 0) else { return Ok(()) };
    let signer = match (files.signer()?, &tree.verifier) {
        (Some(signer), _) => signer,
        (None, None) => files.make(org)?,
        (None, Some(known)) => return Err(refused(format!("the key of the last checkpoint, {known}, is not on this machine"))),
    };
    let verifier = signer.verifier().text();
    if tree.verifier.as_ref().is_some_and(|known| *known != verifier) {
        return Err(refused(format!(
            "this machine's key {verifier} is not that of the last checkpoint, {}",
            tree.verifier.unwrap_or_default()
        )));
    }
    let size = tree.size.unsigned_abs();
    let notes = [files.signed()?, tree.checkpoint.clone()];
    let mut before = Vec::new();
    for note in notes.iter().flatten() {
        let opened = signer.verifier().open(note);
        before.push(opened.ok_or_else(|| refused("the last checkpoint was not signed by this machine's key"))?);
    }
    if tree.checkpoint.is_some() && !before.is_empty() && before.iter().all(|b| b.size == size && b.root == before[0].root) {
        return Ok(());
    }
    let root = grown(org, &before, size).await?;
    let note = signer.sign(&Checkpoint { origin: signer.origin().to_owned(), size, root });
    files.keep(&note)?;
    org.store().audit_sign(tree.checkpoint.as_deref(), &verifier, &note).await?;
    Ok(())
}

/// The hash of the stored tree of `size` leaves, made of subtrees that also make every earlier checkpoint.
async fn grown(org: &Organisation, before: &[Checkpoint], size: u64) -> Result<Hash> {
    let mut tiles = HashMap::new();
    let mut root = None;
    let start = Checkpoint { origin: String::new(), size: 0, root: super::merkle::empty_root() };
    for old in before.iter().chain(before.is_empty().then_some(&start)) {
        if old.size > size {
            return Err(refused(format!("the log has {size} leaves, and {} were signed", old.size)));
        }
        let mut peaks = Peaks::default();
        put(org, &mut tiles, &mut peaks, 0, old.size).await?;
        if peaks.root() != old.root {
            return Err(refused(format!("the log's first {} leaves are not those that were signed", old.size)));
        }
        put(org, &mut tiles, &mut peaks, old.size, size).await?;
        if root.replace(peaks.root()).is_some_and(|other| other != peaks.root()) {
            return Err(refused("the log's tiles contradict each other"));
        }
    }
    Ok(root.unwrap_or_else(super::merkle::empty_root))
}

async fn put(org: &Organisation, tiles: &mut HashMap<(u32, u64), Vec<Hash>>, peaks: &mut Peaks, from: u64, to: u64) -> Result<()> {
    for (height, number) in blocks(from, to) {
        let (level, n) = tile_of(height, number);
        if let std::collections::hash_map::Entry::Vacant(place) = tiles.entry((level, n)) {
            let text = org.store().audit_tile(i64::from(level), n.cast_signed()).await?;
            let hashes = text.and_then(|text| BASE64_STANDARD.decode(text).ok()).and_then(|bytes| hashes_of(&bytes));
            place.insert(hashes.ok_or_else(|| refused(format!("tile {level}/{n} cannot be read")))?);
        }
        let hash = in_tile(&tiles[&(level, n)], height, number);
        peaks.push(height, hash.ok_or_else(|| refused(format!("tile {level}/{n} is too short")))?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use guanxi_model::RecordId;
    use guanxi_model::change::Op;

    use super::*;

    fn change(seq: i64, at: i64) -> LogEntry {
        let (user, id) = (RecordId(1), RecordId(2));
        LogEntry { seq, change_set: 1, at, user, door: "rest".into(), op: Op::Create, object: 1, id, version: 1, diff: String::new() }
    }

    fn event(id: i64, at: i64) -> AuditEvent {
        let (user, record) = (RecordId(1), RecordId(0));
        AuditEvent { id, at, user, door: "rest".into(), kind: "export".into(), object: 0, record, body: "{}".into() }
    }

    #[test]
    fn both_kinds_keep_their_own_order() {
        let merged = merge(vec![change(1, 10), change(2, 5), change(3, 30)], vec![event(1, 7), event(2, 20), event(3, 40)]);
        let names: Vec<String> = merged
            .iter()
            .map(|item| match item {
                Item::Change(change) => format!("c{}", change.seq),
                Item::Event(event) => format!("e{}", event.id),
            })
            .collect();
        assert_eq!(names, ["e1", "c1", "c2", "e2", "c3", "e3"]);
        assert_eq!(merge((1..=300).map(|i| change(i, i)).collect(), vec![]).len(), BATCH as usize);
    }
}
