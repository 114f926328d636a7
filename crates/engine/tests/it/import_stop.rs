//! Imports and other jobs that are cancelled or overtaken: after that nothing more is written, and what was can be undone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use futures_util::FutureExt;
use guanxi_engine::import::{self, State};
use guanxi_engine::jobs::{self, Handler, JobCtx, NewJob, Worker};
use guanxi_engine::write::{self, Operation, Options};
use guanxi_model::{Ctx, Label};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::json;

use crate::import::{count, map, mapped};

const ACCOUNTS: &str = "SELECT COUNT(id) n FROM account";

fn job() -> NewJob {
    NewJob { kind: "test", title: Label::new("测试", "Test"), payload: json!({}), max_attempts: 5 }
}

fn named(rows: usize) -> String {
    std::iter::once("name\n".to_owned()).chain((0..rows).map(|i| format!("A{i}\n"))).collect()
}

/// Waits until something holds; fails after ten seconds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..2_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

async fn state(t: &TestOrg, ctx: &Ctx, id: &str) -> String {
    jobs::get(&t.org, ctx, id).await.expect("the job").state
}

/// Lets another worker take the job over from one that is frozen. The frozen worker's process still renews the lease, so that the
/// clock may have to be moved more than once.
async fn taken_over(t: &TestOrg, successor: &Worker) {
    until("the job was taken over", async || {
        t.clock.advance(60_000_000);
        successor.run_pending(&t.org).await.expect("a run") == 1
    })
    .await;
}

/// A handler that runs `work` and hands its outcome out.
fn watched<F>(work: impl Fn(JobCtx) -> F + Send + Sync + 'static) -> (Worker, mpsc::Receiver<guanxi_model::Result<()>>)
where
    F: Future<Output = guanxi_model::Result<()>> + Send + 'static,
{
    let (send, outcome) = mpsc::channel();
    let handler: Handler = Arc::new(move |job| {
        let (work, send) = (work(job), send.clone());
        async move {
            let done = work.await;
            send.send(done.clone()).expect("a listener");
            done.map(|()| json!(null))
        }
        .boxed()
    });
    (Worker::new().with("test", handler), outcome)
}

fn idle() -> Worker {
    Worker::new().with("test", Arc::new(|_| async { Ok(json!("successor")) }.boxed()))
}

both_engines!(a_worker_that_was_overtaken_writes_nothing, |t: TestOrg| async move {
    let ctx = t.admin();
    let gate = Arc::new(tokio::sync::Notify::new());
    let entered = Arc::new(AtomicBool::new(false));
    let (inside, opened) = (Arc::clone(&entered), Arc::clone(&gate));
    let (first, outcome) = watched(move |job| {
        let (inside, opened) = (Arc::clone(&inside), Arc::clone(&opened));
        async move {
            let make =
                |name: &str| Operation::Create { object: "account".into(), values: json!({ "name": name }).as_object().unwrap().clone() };
            write::write(&job.org, &job.ctx, vec![make("before")], Options::default()).await?;
            inside.store(true, Ordering::SeqCst);
            opened.notified().await;
            write::write(&job.org, &job.ctx, vec![make("after"), make("after too")], Options::default()).await.map(|_| ())
        }
    });
    let queued = jobs::enqueue(&t.org, &ctx, job()).await.unwrap();
    let org = t.org.clone();
    let frozen = tokio::spawn(async move { first.run_pending(&org).await });
    until("the first worker is inside", async || entered.load(Ordering::SeqCst)).await;
    taken_over(&t, &idle()).await;
    gate.notify_one();
    frozen.await.unwrap().unwrap();
    assert_eq!(outcome.recv().unwrap().unwrap_err().code, "job_stopped");
    assert_eq!(count(&t, ACCOUNTS).await, 1);
    let ended = jobs::get(&t.org, &ctx, &queued.id).await.unwrap();
    assert_eq!((ended.state.as_str(), ended.attempts, ended.result), ("succeeded", 2, Some(json!("successor"))));
});

both_engines!(the_next_chunk_of_an_overtaken_import_is_refused, |t: TestOrg| async move {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, named(5_000)).unwrap();
    let entered = Arc::new(AtomicBool::new(false));
    let (open, gate) = mpsc::channel::<()>();
    let (inside, gate) = (Arc::clone(&entered), Arc::new(Mutex::new(gate)));
    let (first, outcome) = watched(move |job| {
        let (inside, gate, path) = (Arc::clone(&inside), Arc::clone(&gate), path.clone());
        async move {
            let mapping = map(json!({"columns": [{"header": "name", "field": "name"}]}));
            // After the first chunk this worker stands still.
            let mut freeze = |_, _| {
                if !inside.swap(true, Ordering::SeqCst) {
                    tokio::task::block_in_place(|| gate.lock().unwrap_or_else(PoisonError::into_inner).recv().expect("the gate opens"));
                }
            };
            let done = import::local(&job.org, &job.ctx, "account", &path, Some(mapping), false, &mut freeze).await?;
            assert_eq!((done.rows, done.created), (2_000, 2_000));
            Ok(())
        }
    });
    jobs::enqueue(&t.org, &t.admin(), job()).await.unwrap();
    let org = t.org.clone();
    let frozen = tokio::spawn(async move { first.run_pending(&org).await });
    until("the first chunk is in", async || entered.load(Ordering::SeqCst)).await;
    taken_over(&t, &idle()).await;
    open.send(()).unwrap();
    frozen.await.unwrap().unwrap();
    outcome.recv().unwrap().unwrap();
    assert_eq!(count(&t, ACCOUNTS).await, 2_000);
    assert_eq!(import::list(&t.org, &t.admin()).await.unwrap()[0].state, State::Cancelled);
});

both_engines!(a_cancelled_import_stops_at_once_says_what_it_did_and_can_be_undone, |t: TestOrg| async move {
    let ctx = t.admin();
    let import = mapped(&t, &ctx, "account", &named(30_000), json!({"columns": [{"header": "name", "field": "name"}]})).await.unwrap();
    let job = import::run(&t.org, &ctx, &import.id).await.unwrap();
    let running = Worker::new().start(&t.org);
    until("a chunk is in", async || count(&t, ACCOUNTS).await > 0).await;
    jobs::cancel(&t.org, &ctx, &job.id).await.unwrap();
    let written = count(&t, ACCOUNTS).await;
    until("it is cancelled", async || state(&t, &ctx, &job.id).await == "cancelled").await;
    assert_eq!(count(&t, ACCOUNTS).await, written, "nothing is written after the cancel");
    assert!(written > 0 && written < 30_000 && written % 2_000 == 0, "{written}");
    let stopped = import::get(&t.org, &ctx, &import.id).await.unwrap();
    let result = stopped.result.expect("a result");
    assert_eq!((stopped.state, result.rows as i64, result.created as i64), (State::Cancelled, written, written));
    assert!(result.change_set.is_some());
    let undo = import::undo(&t.org, &ctx, &import.id).await.unwrap();
    until("it is undone", async || state(&t, &ctx, &undo.id).await == "succeeded").await;
    running.stop().await;
    assert_eq!(count(&t, ACCOUNTS).await, 0);
    assert_eq!(import::get(&t.org, &ctx, &import.id).await.unwrap().state, State::Undone);
});

both_engines!(a_cancelled_import_can_go_on, |t: TestOrg| async move {
    let ctx = t.admin();
    let mapping = json!({"columns": [{"header": "name", "field": "name"}]});
    let import = mapped(&t, &ctx, "account", &named(9_000), mapping).await.unwrap();
    let job = import::run(&t.org, &ctx, &import.id).await.unwrap();
    let running = Worker::new().start(&t.org);
    until("a chunk is in", async || count(&t, ACCOUNTS).await > 0).await;
    let cancelled = jobs::cancel(&t.org, &ctx, &job.id).await.is_ok();
    until("it has ended", async || state(&t, &ctx, &job.id).await != "running").await;
    if cancelled && state(&t, &ctx, &job.id).await == "cancelled" {
        let again = import::run(&t.org, &ctx, &import.id).await.unwrap();
        until("it has gone on", async || state(&t, &ctx, &again.id).await == "succeeded").await;
    }
    running.stop().await;
    assert_eq!(count(&t, ACCOUNTS).await, 9_000);
    let result = import::get(&t.org, &ctx, &import.id).await.unwrap().result.unwrap();
    assert_eq!((result.rows, result.created, result.failed), (9_000, 9_000, 0));
});
