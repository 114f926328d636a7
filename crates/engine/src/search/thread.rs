//! The thread that writes the index: it works through orders one by one, so that nothing of the library runs where requests are answered.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use guanxi_model::RecordId;
use guanxi_search::{Document, Index, IndexError, Mark, Writer};
use tokio::sync::oneshot;

/// What the thread shall do.
pub(super) enum Order {
    /// Throw everything away.
    Clear,
    /// Put these records in; `gone` are those that are no longer there or of which the index has an older state.
    Put { documents: Vec<Document>, gone: Vec<RecordId> },
    /// Write everything to the disk.
    Commit(Mark),
    /// Make one segment of what was committed, and leave nothing on the disk of what was taken out.
    Merge,
}

type Sent = (Order, oneshot::Sender<Result<(), IndexError>>);

/// A writer at work.
pub(super) struct WriterThread {
    orders: SyncSender<Sent>,
    ended: oneshot::Receiver<()>,
}

impl WriterThread {
    /// Begins to write an index.
    ///
    /// # Errors
    /// [`IndexError::Busy`] if another process does so already.
    pub(super) async fn start(index: Index) -> Result<WriterThread, IndexError> {
        let (orders, received) = sync_channel::<Sent>(1);
        let (opened, open) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let work = move || {
            match Writer::open(&index) {
                Ok(writer) => {
                    let _ = opened.send(Ok(()));
                    serve(writer, &received);
                }
                Err(error) => drop(opened.send(Err(error))),
            }
            let _ = end.send(());
        };
        std::thread::Builder::new().name("search".to_owned()).spawn(work).map_err(|e| IndexError::System(e.to_string()))?;
        open.await.unwrap_or_else(|_| Err(ended_badly()))?;
        Ok(WriterThread { orders, ended })
    }

    /// Gives an order and waits until it is done.
    ///
    /// # Errors
    /// Those of [`Writer`].
    pub(super) async fn order(&self, order: Order) -> Result<(), IndexError> {
        let (done, answer) = oneshot::channel();
        // The channel has room for one, and only one order is given at a time.
        self.orders.try_send((order, done)).map_err(|_| ended_badly())?;
        answer.await.unwrap_or_else(|_| Err(ended_badly()))
    }

    /// Ends; returns when others may write the index.
    pub(super) async fn close(self) {
        drop(self.orders);
        let _ = self.ended.await;
    }
}

fn serve(mut writer: Writer, orders: &Receiver<Sent>) {
    while let Ok((order, done)) = orders.recv() {
        let result = match order {
            Order::Clear => writer.clear(),
            Order::Put { documents, gone } => {
                gone.iter().for_each(|id| writer.remove(*id));
                documents.iter().try_for_each(|document| writer.add(document))
            }
            Order::Commit(mark) => writer.commit(&mark),
            Order::Merge => writer.merge(),
        };
        let _ = done.send(result);
    }
    if let Err(error) = writer.close() {
        tracing::warn!(%error, "the search index was not merged");
    }
}

fn ended_badly() -> IndexError {
    IndexError::System("the writer ended".to_owned())
}
