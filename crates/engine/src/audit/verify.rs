//! Verifies a log from what it serves, wherever that comes from: the signature of the checkpoint, every entry up to its root, every tile.

use std::collections::BTreeMap;

use super::leaf::Entry;
use super::merkle::{Edge, TILE_WIDTH, Tile, leaf_hash};
use super::note::{Checkpoint, Verifier};
use super::path::{File, entries_of, tile_bytes};

/// Where the files of a log come from.
pub trait Source {
    /// A file; `None` if there is none.
    fn fetch(&self, file: File) -> impl Future<Output = Result<Option<Vec<u8>>, String>> + Send;
}

/// An earlier checkpoint that the log must continue.
pub type Older<'a> = Option<&'a str>;

/// A log that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Which log.
    pub origin: String,
    /// Its entries.
    pub size: u64,
    /// The root, in base64.
    pub root: String,
    /// How many entries of each kind.
    pub kinds: BTreeMap<String, u64>,
    /// The time of the last entry.
    pub last_at: Option<String>,
    /// The size of the earlier checkpoint that it continues.
    pub since: Option<u64>,
}

/// Verifies a log.
///
/// # Errors
/// What is wrong with it, in words.
pub async fn verify(source: &impl Source, key: &Verifier, older: Older<'_>) -> Result<Verified, String> {
    let note = source.fetch(File::Checkpoint).await?.ok_or("there is no checkpoint")?;
    let note = String::from_utf8(note).map_err(|_| "the checkpoint is no text")?;
    let checkpoint = key.open(&note).ok_or("the checkpoint has no valid signature of this key")?;
    let older = older.map(|note| key.open(note).ok_or("the earlier checkpoint has no valid signature of this key")).transpose()?;
    if let Some(older) = older.as_ref().filter(|older| older.size > checkpoint.size) {
        return Err(format!("the log has {} entries, the earlier checkpoint {}", checkpoint.size, older.size));
    }
    let mut walk = Walk { source, edge: Edge::default(), kinds: BTreeMap::new(), last_at: None };
    walk.until(&checkpoint, older.as_ref()).await?;
    Ok(Verified {
        size: checkpoint.size,
        root: checkpoint.text().lines().nth(2).unwrap_or_default().to_owned(),
        origin: checkpoint.origin,
        kinds: walk.kinds,
        last_at: walk.last_at,
        since: older.map(|older| older.size),
    })
}

struct Walk<'a, S> {
    source: &'a S,
    edge: Edge,
    kinds: BTreeMap<String, u64>,
    last_at: Option<String>,
}

impl<S: Source> Walk<'_, S> {
    async fn until(&mut self, checkpoint: &Checkpoint, older: Option<&Checkpoint>) -> Result<(), String> {
        self.hold_against(older)?;
        while self.edge.size() < checkpoint.size {
            let (n, left) = (self.edge.size() / TILE_WIDTH as u64, checkpoint.size - self.edge.size());
            let width = left.min(TILE_WIDTH as u64) as usize;
            let bundle = self.fetch(File::Entries(n, width)).await?;
            let entries = entries_of(&bundle).ok_or_else(|| format!("entry bundle {n} is cut off"))?;
            if entries.len() < width {
                return Err(format!("entry bundle {n} has {} entries instead of {width}", entries.len()));
            }
            for bytes in &entries[..width] {
                self.entry(bytes, older).await?;
            }
        }
        for tile in self.edge.partial() {
            self.compare(&tile).await?;
        }
        if self.edge.root() != checkpoint.root {
            return Err(format!("the entries do not make the root of the checkpoint of {} entries", checkpoint.size));
        }
        Ok(())
    }

    async fn entry(&mut self, bytes: &[u8], older: Option<&Checkpoint>) -> Result<(), String> {
        let index = self.edge.size();
        let full = self.edge.push(leaf_hash(bytes));
        let entry = Entry::parse(bytes).ok_or_else(|| format!("entry {index} cannot be read"))?;
        *self.kinds.entry(entry.kind).or_default() += 1;
        self.last_at = Some(entry.at);
        for tile in full {
            self.compare(&tile).await?;
        }
        self.hold_against(older)
    }

    /// At the size of the earlier checkpoint, the root must be that checkpoint's.
    fn hold_against(&self, older: Option<&Checkpoint>) -> Result<(), String> {
        match older.filter(|older| older.size == self.edge.size()) {
            Some(older) if older.root != self.edge.root() => {
                Err(format!("the first {} entries are not those of the earlier checkpoint", older.size))
            }
            _ => Ok(()),
        }
    }

    async fn compare(&self, tile: &Tile) -> Result<(), String> {
        let expected = tile_bytes(&tile.hashes);
        let served = self.fetch(File::Tile(tile.level, tile.n, tile.hashes.len())).await?;
        if served.get(..expected.len()) != Some(&expected[..]) {
            return Err(format!("tile {} of level {} does not have the hashes of the entries", tile.n, tile.level));
        }
        Ok(())
    }

    /// A file, or the full one of which it is a part.
    async fn fetch(&self, file: File) -> Result<Vec<u8>, String> {
        let found = match self.source.fetch(file).await? {
            None if file.full() != file => self.source.fetch(file.full()).await?,
            found => found,
        };
        found.ok_or_else(|| format!("{} is missing", file.path()))
    }
}
