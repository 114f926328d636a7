//! Writing the index: one thread of the library's, a small memory, and only as long as there is something to write.

use std::time::Duration;

use guanxi_model::RecordId;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexWriter, TantivyDocument, TantivyError, Term};

use crate::index::{Index, IndexError, Mark};

/// What the index holds of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The record.
    pub id: i64,
    /// Its owner; 0 for none.
    pub owner: i64,
    /// When it changed last, microseconds since the epoch.
    pub updated: i64,
    /// Its name.
    pub name: String,
    /// Short texts: mail addresses, numbers, tags.
    pub details: Vec<String>,
    /// Long texts.
    pub texts: Vec<String>,
    /// Phone numbers.
    pub phones: Vec<String>,
}

/// Memory in which new documents are gathered, in bytes; the least that the library takes.
const MEMORY: usize = 15_000_000;

/// So many segments of about the same size become one.
const SEGMENTS: usize = 4;

/// How often, and after which pause, everything is tried to be merged while another merge is under way.
const MERGE_TRIES: u32 = 600;
const MERGE_PAUSE: Duration = Duration::from_millis(100);

/// The one who writes an index.
pub struct Writer {
    index: Index,
    writer: IndexWriter,
}

impl Writer {
    /// Begins to write.
    ///
    /// # Errors
    /// [`IndexError::Busy`] if another process, or another writer of this one, does so already.
    pub fn open(index: &Index) -> Result<Writer, IndexError> {
        let options = IndexWriterOptions::builder().num_worker_threads(1).num_merge_threads(1).memory_budget_per_thread(MEMORY).build();
        let writer = index.index.writer_with_options(options)?;
        let mut policy = LogMergePolicy::default();
        // A record that changes often leaves dead documents behind.
        policy.set_del_docs_ratio_before_merge(0.3);
        // A search asks every segment; half as many as the library would keep cost half as much again to write.
        policy.set_min_num_segments(SEGMENTS);
        writer.set_merge_policy(Box::new(policy));
        Ok(Writer { index: index.clone(), writer })
    }

    /// Takes everything out.
    ///
    /// # Errors
    /// [`IndexError::System`].
    pub fn clear(&mut self) -> Result<(), IndexError> {
        self.writer.delete_all_documents()?;
        Ok(())
    }

    /// Puts a record in that is not in it yet.
    ///
    /// # Errors
    /// [`IndexError::System`].
    pub fn add(&mut self, document: &Document) -> Result<(), IndexError> {
        let fields = self.index.fields;
        let mut new = TantivyDocument::new();
        new.add_i64(fields.id, document.id);
        new.add_i64(fields.owner, document.owner);
        // Seconds are enough to tell what is newer, and take less room.
        new.add_i64(fields.updated, document.updated / 1_000_000);
        new.add_text(fields.name, &document.name);
        for (field, texts) in [(fields.detail, &document.details), (fields.text, &document.texts), (fields.phone, &document.phones)] {
            texts.iter().for_each(|text| new.add_text(field, text));
        }
        self.writer.add_document(new)?;
        Ok(())
    }

    /// Takes a record out, or what was known of it before [`Writer::add`].
    pub fn remove(&mut self, id: RecordId) {
        self.writer.delete_term(Term::from_field_i64(self.index.fields.id, id.0));
    }

    /// Writes everything to the disk together with the mark, and shows it to those who search.
    ///
    /// # Errors
    /// [`IndexError::System`].
    pub fn commit(&mut self, mark: &Mark) -> Result<(), IndexError> {
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&serde_json::to_string(mark).map_err(|e| IndexError::System(e.to_string()))?);
        prepared.commit()?;
        self.index.reload()
    }

    /// Writes everything that was committed into one segment and removes the others: it is searched fastest, and nothing is left on the disk
    /// of what was taken out.
    ///
    /// # Errors
    /// [`IndexError::System`].
    pub fn merge(&mut self) -> Result<(), IndexError> {
        let mut tries = 0;
        loop {
            let segments = self.index.index.searchable_segment_ids()?;
            if segments.is_empty() {
                break;
            }
            match self.writer.merge(&segments).wait() {
                Ok(_) => break,
                // One that began after the last commit has taken some of them: what it makes is merged next.
                Err(TantivyError::InvalidArgument(_)) if tries < MERGE_TRIES => {
                    std::thread::sleep(MERGE_PAUSE);
                    tries += 1;
                }
                Err(TantivyError::InvalidArgument(why)) => return Err(IndexError::System(why)),
                Err(error) => return Err(error.into()),
            }
        }
        self.index.reload()?;
        self.writer.garbage_collect_files().wait()?;
        Ok(())
    }

    /// Ends, after merging what is being merged.
    ///
    /// # Errors
    /// [`IndexError::System`].
    pub fn close(self) -> Result<(), IndexError> {
        Ok(self.writer.wait_merging_threads()?)
    }
}
