//! The index of one organisation in its folder. It is a copy that can be thrown away: the database has everything.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use guanxi_model::{ObjectNo, RecordId};
use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::store::Compressor;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{IndexReader, IndexSettings, ReloadPolicy, TantivyError};

use crate::collect::{Best, Opened};
use crate::plan::{Plan, plan};
use crate::query::Query;
use crate::terms;

/// Raised whenever another index would come of the same records; an index of another number is made anew.
pub const FORMAT: u32 = 1;

/// Why the index could not do something.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// It is no index of this program, or it is damaged: it has to be made anew.
    #[error("the search index has to be made anew: {0}")]
    Broken(String),
    /// Another process writes it.
    #[error("another process writes the search index")]
    Busy,
    /// The disk or the system refused.
    #[error("the search index: {0}")]
    System(String),
}

impl From<TantivyError> for IndexError {
    fn from(error: TantivyError) -> IndexError {
        let text = error.to_string();
        match error {
            TantivyError::LockFailure(tantivy::directory::error::LockError::LockBusy, _) => IndexError::Busy,
            TantivyError::IoError(_) | TantivyError::ErrorInThread(_) | TantivyError::SystemError(_) | TantivyError::LockFailure(..) => {
                IndexError::System(text)
            }
            _ => IndexError::Broken(text),
        }
    }
}

/// How far the index has come; it is part of each commit, so that what is in the index and what the mark says are never apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// [`FORMAT`] when it was written.
    pub format: u32,
    /// The last place in the change log that is in the index.
    pub cursor: i64,
    /// What the log says at that place: another database under the same name does not say the same.
    pub proof: String,
    /// Whether all records are in it; `false` while it is being made.
    pub complete: bool,
}

/// The index's fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    pub(crate) id: Field,
    pub(crate) owner: Field,
    pub(crate) updated: Field,
    pub(crate) name: Field,
    /// Short texts: mail addresses, numbers, tags.
    pub(crate) detail: Field,
    /// Long texts.
    pub(crate) text: Field,
    pub(crate) phone: Field,
}

/// Names of the columns.
pub(crate) const ID: &str = "id";
pub(crate) const OWNER: &str = "owner";
pub(crate) const UPDATED: &str = "updated";

/// An open index. Cheap to clone.
#[derive(Clone)]
pub struct Index {
    pub(crate) index: tantivy::Index,
    pub(crate) fields: Fields,
    reader: IndexReader,
    opened: Arc<Opened>,
}

/// Which records of an object may be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All.
    All,
    /// Those of one owner.
    Own(RecordId),
    /// Those of these owners, in ascending order.
    OneOf(Arc<[i64]>),
    /// Those of these owners, in ascending order, and these records.
    OneOfOr(Arc<[i64]>, Arc<HashSet<i64>>),
}

/// The best records of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The object.
    pub object: ObjectNo,
    /// The records with their scores, the best first.
    pub hits: Vec<(RecordId, f32)>,
    /// Whether there are more than these.
    pub more: bool,
}

impl Index {
    /// Opens the index in a folder, or makes an empty one.
    ///
    /// # Errors
    /// [`IndexError::Broken`] where there is something else in the folder.
    pub fn open(folder: &Path) -> Result<Index, IndexError> {
        let system = |e: &dyn std::fmt::Display| IndexError::System(format!("{}: {e}", folder.display()));
        std::fs::create_dir_all(folder).map_err(|e| system(&e))?;
        let directory = MmapDirectory::open(folder).map_err(|e| system(&e))?;
        let (schema, fields) = schema();
        let settings =
            IndexSettings { docstore_compression: Compressor::None, docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
        let index = tantivy::Index::builder().schema(schema).settings(settings).tokenizers(tokenizers()).open_or_create(directory);
        let index = index.map_err(|e| IndexError::Broken(e.to_string()))?;
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(|e| IndexError::Broken(e.to_string()))?;
        Ok(Index { index, fields, reader, opened: Arc::default() })
    }

    /// Throws away what is in a folder and opens an empty index.
    ///
    /// # Errors
    /// [`IndexError::System`].
    pub fn anew(folder: &Path) -> Result<Index, IndexError> {
        match std::fs::remove_dir_all(folder) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(IndexError::System(format!("{}: {error}", folder.display()))),
        }
        Index::open(folder)
    }

    /// How far it has come; `None` for an empty index and for one of another format.
    ///
    /// # Errors
    /// [`IndexError::Broken`].
    pub fn mark(&self) -> Result<Option<Mark>, IndexError> {
        let meta = self.index.load_metas()?;
        let mark: Option<Mark> = meta.payload.and_then(|text| serde_json::from_str(&text).ok());
        Ok(mark.filter(|mark| mark.format == FORMAT))
    }

    /// Shows what was committed last.
    ///
    /// # Errors
    /// [`IndexError::Broken`].
    pub fn reload(&self) -> Result<(), IndexError> {
        Ok(self.reader.reload()?)
    }

    /// How many records it holds.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The best `limit` records of each object in reach: better kinds of match first, then those that changed last.
    ///
    /// # Errors
    /// [`IndexError::Broken`].
    pub fn search(&self, query: &Query, fuzzy: bool, reach: &BTreeMap<ObjectNo, Reach>, limit: usize) -> Result<Vec<Found>, IndexError> {
        let searcher = self.reader.searcher();
        let columns = self.opened.columns(&searcher)?;
        let best = Best::new(&searcher, &columns, reach, limit);
        Ok(match plan(&self.fields, query, fuzzy) {
            Plan::Kinds(kinds) => best.by_kinds(kinds)?,
            Plan::Scored(part) => best.scored(part.as_ref())?,
        })
    }
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let mut text = |name: &str, tokenizer: &str| {
        let indexing =
            TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(IndexRecordOption::Basic).set_fieldnorms(false);
        builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
    };
    let (name, detail, body, phone) = (text("name", "name"), text("detail", "text"), text("text", "text"), text("phone", "phone"));
    let fields = Fields {
        id: builder.add_i64_field(ID, INDEXED | FAST),
        owner: builder.add_i64_field(OWNER, FAST),
        updated: builder.add_i64_field(UPDATED, FAST),
        name,
        detail,
        text: body,
        phone,
    };
    (builder.build(), fields)
}

fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register("name", Terms(terms::of_name));
    manager.register("text", Terms(terms::of_text));
    manager.register("phone", Terms(terms::of_phone));
    manager
}

/// Makes terms of a text.
#[derive(Clone, Copy)]
struct Terms(fn(&str) -> Vec<String>);

struct TermStream {
    left: std::vec::IntoIter<String>,
    token: Token,
}

impl Tokenizer for Terms {
    type TokenStream<'a> = TermStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream {
        TermStream { left: self.0(text).into_iter(), token: Token { position: 0, ..Token::default() } }
    }
}

impl TokenStream for TermStream {
    fn advance(&mut self) -> bool {
        self.left.next().is_some_and(|text| {
            self.token.text = text;
            true
        })
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
