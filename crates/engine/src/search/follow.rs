//! The search index reads the change log. How far it has come is part of each of its commits, so that an end at any moment loses nothing
//! and does nothing twice. What a record is now is read from the database, not from the log: to read a change again does no harm.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use guanxi_access::{Purpose, on_behalf_of_product};
use guanxi_model::{Cell, Door, Error, ObjectNo, RecordId, Result};
use guanxi_query::tree::{Expr, Literal, Order as By};
use guanxi_query::{Page, PageRows, Query};
use guanxi_search::{FORMAT, Index, IndexError, Mark};
use guanxi_store::LogEntry;
use tokio::sync::watch;
use tokio::time::Instant;

use super::fields::{Columns, document, document_fields};
use super::thread::{Order, WriterThread};
use super::unavailable;
use crate::{Organisation, changes, erasure};

/// Changes that come within this time are committed together.
const GATHER: Duration = Duration::from_millis(150);

/// The longest pause between two commits while changes come in: an index that has been slow shall not be all that the machine does.
const MAX_GATHER: Duration = Duration::from_millis(750);

/// How many entries of the log, or records of an object, are read at a time.
const BATCH: u32 = 500;

/// At the latest after so many records there is a commit.
const COMMIT: usize = 10_000;

/// After this time without changes the writer's memory is given back.
const IDLE: Duration = Duration::from_secs(15);

/// How often an index that another process writes is looked at, and how long to wait after a failure.
const LOOK: Duration = Duration::from_millis(250);
const RETRY: Duration = Duration::from_secs(5);

/// Keeps the search index of an organisation like its records, in the background, until it is stopped.
pub struct Follower {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Follower {
    /// Begins; nothing happens for an organisation that has no place for an index.
    pub fn start(org: &Organisation) -> Follower {
        let (stop, stopped) = watch::channel(false);
        Follower { stop, task: tokio::spawn(keep(org.clone(), stopped)) }
    }

    /// Ends after the commit that is being made.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the search index's reader of the log ended badly");
        }
    }
}

/// Why keeping the index was interrupted.
enum Failure {
    Index(IndexError),
    Store(Error),
}

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Failure {
        Failure::Index(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Store(error)
    }
}

async fn keep(org: Organisation, mut stopped: watch::Receiver<bool>) {
    let Some(folder) = org.search().folder().cloned() else { return };
    while !*stopped.borrow() {
        let ended = match open(&folder).await {
            Ok(index) => {
                // How far this one has come is not known yet.
                org.search().set_progress(0, false);
                org.search().set_index(Some(index.clone()));
                let mut keeping = Keeping { org: &org, index, writer: None, mark: None, stopped: stopped.clone() };
                let ended = keeping.run().await;
                if let Some(writer) = keeping.writer.take() {
                    writer.close().await;
                }
                ended
            }
            Err(error) => Err(error.into()),
        };
        match ended {
            Ok(()) => break,
            Err(Failure::Index(IndexError::Broken(why))) => {
                tracing::warn!(why, "the search index is damaged; it is made anew");
                org.search().set_index(None);
                if let Err(error) = anew(&folder).await {
                    tracing::error!(%error, "cannot make a new search index");
                    wait(RETRY, &mut stopped).await;
                }
            }
            Err(Failure::Index(error)) => {
                tracing::error!(%error, "cannot write the search index");
                wait(RETRY, &mut stopped).await;
            }
            Err(Failure::Store(error)) => {
                tracing::warn!(%error, "the search index cannot read the database");
                wait(RETRY, &mut stopped).await;
            }
        }
    }
    // Nobody keeps it any more: what is known of it would soon be untrue.
    org.search().set_progress(0, false);
    org.search().set_index(None);
}

async fn wait(time: Duration, stopped: &mut watch::Receiver<bool>) {
    let _ = tokio::time::timeout(time, stopped.wait_for(|stop| *stop)).await;
}

async fn open(folder: &Path) -> Result<Index, IndexError> {
    let folder = folder.to_owned();
    blocking(move || match Index::open(&folder) {
        Err(IndexError::Broken(why)) => {
            tracing::warn!(why, "the search index is of another form; it is made anew");
            Index::anew(&folder)
        }
        opened => opened,
    })
    .await
}

async fn anew(folder: &Path) -> Result<(), IndexError> {
    let folder = folder.to_owned();
    blocking(move || Index::anew(&folder).map(drop)).await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, IndexError> + Send + 'static) -> Result<T, IndexError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(IndexError::Broken(error.to_string())))
}

/// Makes the index anew from the database; gives how many records it holds.
///
/// # Errors
/// `search_unavailable` if another process writes it, or the disk refuses; those of the store.
pub async fn rebuild(org: &Organisation) -> Result<u64> {
    let Some(folder) = org.search().folder() else { return Ok(0) };
    let work = async {
        let index = open(folder).await?;
        let (_, stopped) = watch::channel(false);
        let mut keeping = Keeping { org, index, writer: None, mark: None, stopped };
        let ended = match keeping.begin_writing().await {
            Ok(true) => keeping.make().await,
            Ok(false) => Err(Failure::Index(IndexError::Busy)),
            Err(error) => Err(error),
        };
        if let Some(writer) = keeping.writer.take() {
            writer.close().await;
        }
        ended.map(|()| keeping.index.len())
    };
    work.await.map_err(|failure| match failure {
        Failure::Store(error) => error,
        Failure::Index(IndexError::Busy) => Error::new(
            guanxi_model::ErrorKind::Conflict,
            "search_index_in_use",
            "另一个进程正在使用该搜索索引，请先停止它。",
            "Another process is writing this search index; stop it first.",
        ),
        Failure::Index(error) => unavailable(&error),
    })
}

struct Keeping<'a> {
    org: &'a Organisation,
    index: Index,
    writer: Option<WriterThread>,
    /// How far the index has come; `None` if it has to be made.
    mark: Option<Mark>,
    stopped: watch::Receiver<bool>,
}

impl Keeping<'_> {
    async fn run(&mut self) -> Result<(), Failure> {
        let mut head = changes::follow(self.org);
        self.take_mark().await?;
        let mut pause = GATHER;
        while !self.is_stopped() {
            if self.org.search().is_damaged() {
                return Err(IndexError::Broken("a search failed".to_owned()).into());
            }
            let behind = self.mark.as_ref().is_none_or(|mark| *head.borrow_and_update() > mark.cursor);
            if !behind {
                self.wait_for_changes(&mut head).await;
                continue;
            }
            if !self.begin_writing().await? {
                // Another process keeps this index; what it writes is shown here.
                wait(LOOK, &mut self.stopped).await;
                self.take_mark().await?;
                continue;
            }
            if self.mark.is_none() {
                self.make().await?;
                continue;
            }
            wait(pause, &mut self.stopped).await;
            let began = Instant::now();
            self.catch_up().await?;
            pause = (began.elapsed() * 6).clamp(GATHER, MAX_GATHER);
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    async fn wait_for_changes(&mut self, head: &mut watch::Receiver<i64>) {
        tokio::select! {
            _ = head.changed() => return,
            _ = self.stopped.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(IDLE) => {}
        }
        if let Some(writer) = self.writer.take() {
            writer.close().await;
        }
    }

    /// Whether this process writes the index.
    async fn begin_writing(&mut self) -> Result<bool, Failure> {
        if self.writer.is_none() {
            match WriterThread::start(self.index.clone()).await {
                Ok(writer) => self.writer = Some(writer),
                Err(IndexError::Busy) => return Ok(false),
                Err(error) => return Err(error.into()),
            }
            // Another process may have written before.
            self.take_mark().await?;
        }
        Ok(true)
    }

    /// Reads how far the index has come, whether the log goes on from there, and shows what it holds. In this order: another process
    /// may commit in between, and what it marks as done must not be taken for shown.
    async fn take_mark(&mut self) -> Result<(), Failure> {
        let mark = self.index.mark()?;
        self.index.reload()?;
        let known = match mark {
            Some(mark) if mark.complete => proof(self.org, mark.cursor).await?.filter(|proof| *proof == mark.proof).map(|_| mark),
            _ => None,
        };
        self.set_mark(known);
        Ok(())
    }

    fn set_mark(&mut self, mark: Option<Mark>) {
        self.org.search().set_progress(mark.as_ref().map_or(0, |m| m.cursor), mark.is_some());
        self.mark = mark;
    }

    async fn order(&self, order: Order) -> Result<(), Failure> {
        match &self.writer {
            Some(writer) => Ok(writer.order(order).await?),
            None => Err(IndexError::Busy.into()),
        }
    }

    /// Puts what is in the log beyond the mark into the index. It ends where the log ended when it was read: what came in meanwhile is
    /// gathered for the next commit.
    async fn catch_up(&mut self) -> Result<(), Failure> {
        let Some(mark) = self.mark.clone() else { return Ok(()) };
        let (mut cursor, mut last, mut since) = (mark.cursor, mark.proof, 0);
        while !self.is_stopped() {
            let entries = self.org.store().log_after(cursor, BATCH).await?;
            let Some(entry) = entries.last() else { break };
            if entries[0].seq != cursor + 1 {
                // The log no longer holds what comes next.
                self.set_mark(None);
                return Ok(());
            }
            (cursor, last) = (entry.seq, proof_of(entry));
            since += entries.len();
            self.apply(&entries).await?;
            if entries.iter().any(erasure::is_erasure) {
                // Marked as done only when it is: an end in between must not leave it undone.
                if let Some(done) = self.mark.clone() {
                    self.commit(done.cursor, done.proof, true).await?;
                }
                self.order(Order::Merge).await?;
            }
            let end = entries.len() < BATCH as usize;
            if since >= COMMIT || end {
                self.commit(cursor, last.clone(), true).await?;
                since = 0;
            }
            if end {
                return Ok(());
            }
        }
        if since > 0 {
            self.commit(cursor, last, true).await?;
        }
        Ok(())
    }

    async fn commit(&mut self, cursor: i64, proof: String, complete: bool) -> Result<(), Failure> {
        let mark = Mark { format: FORMAT, cursor, proof, complete };
        self.order(Order::Commit(mark.clone())).await?;
        self.set_mark(Some(mark).filter(|_| complete));
        Ok(())
    }

    async fn apply(&mut self, entries: &[LogEntry]) -> Result<(), Failure> {
        let mut touched: BTreeMap<ObjectNo, BTreeSet<RecordId>> = BTreeMap::new();
        for entry in entries.iter().filter(|e| e.object != 0) {
            touched.entry(entry.object).or_default().insert(entry.id);
        }
        if touched.keys().any(|no| self.org.schema().by_no(*no).is_none()) {
            // Made by another process; or removed since.
            self.org.refresh_schema().await?;
        }
        for (no, ids) in touched {
            let gone: Vec<RecordId> = ids.iter().copied().collect();
            let literals = ids.into_iter().map(|id| Literal::Id(id.0)).collect();
            let documents = match self.org.schema().by_no(no) {
                Some(object) => {
                    let query = Query::fields(object.name(), &document_fields(object)).and(Expr::In("id".into(), literals, false));
                    let rows = read(self.org, query, &Page { limit: gone.len() as u32, ..Page::default() }).await?;
                    documents(object, &rows)
                }
                None => Vec::new(),
            };
            self.order(Order::Put { documents, gone }).await?;
        }
        Ok(())
    }

    /// Makes the index from the records as they are, then it goes on with the log from where it stood before.
    async fn make(&mut self) -> Result<(), Failure> {
        let began = Instant::now();
        let cursor = self.org.store().heads().await?.seq;
        let proof = proof(self.org, cursor).await?.unwrap_or_default();
        self.order(Order::Clear).await?;
        self.commit(0, String::new(), false).await?;
        let (mut records, mut since) = (0, 0);
        for object in self.org.schema().objects() {
            let mut page = Page { limit: BATCH, ..Page::default() };
            loop {
                if self.is_stopped() {
                    return Ok(());
                }
                let mut query = Query::fields(object.name(), &document_fields(object));
                query.order = vec![By { path: "id".into(), desc: false, nulls_last: None }];
                let rows = read(self.org, query, &page).await?;
                let documents = documents(object, &rows);
                records += documents.len();
                since += documents.len();
                self.order(Order::Put { documents, gone: Vec::new() }).await?;
                if since >= COMMIT * 5 {
                    self.commit(0, String::new(), false).await?;
                    since = 0;
                }
                page.cursor = rows.next;
                if page.cursor.is_none() {
                    break;
                }
            }
        }
        self.commit(0, String::new(), false).await?;
        self.order(Order::Merge).await?;
        self.commit(cursor, proof, true).await?;
        tracing::info!(records, seconds = began.elapsed().as_secs_f64(), "the search index was made");
        Ok(())
    }
}

async fn read(org: &Organisation, query: Query, page: &Page) -> Result<PageRows> {
    let query = on_behalf_of_product(Purpose::SearchIndex, query);
    org.store().select(&org.system_ctx(Door::System), &org.schema(), &query, page).await
}

fn documents(object: &Arc<guanxi_model::Object>, rows: &PageRows) -> Vec<guanxi_search::Document> {
    let columns = Columns::of(rows);
    rows.rows().map(|row: &[Cell]| document(object, &columns, row)).collect()
}

/// What the log says at a place; `None` if the place is not in it.
async fn proof(org: &Organisation, cursor: i64) -> Result<Option<String>> {
    if cursor == 0 {
        return Ok(Some(String::new()));
    }
    let entries = org.store().log_after(cursor - 1, 1).await?;
    Ok(entries.first().filter(|entry| entry.seq == cursor).map(proof_of))
}

fn proof_of(entry: &LogEntry) -> String {
    format!("{}-{}-{}", entry.change_set, entry.at, entry.id.0)
}
