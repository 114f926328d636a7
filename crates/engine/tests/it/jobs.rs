//! Jobs: who sees them, retries, cancel, background work.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use guanxi_engine::jobs::{self, Handler, JobCtx, NewJob, Worker};
use guanxi_model::{Error, ErrorKind, Label};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::json;

fn job() -> NewJob {
    NewJob { kind: "test", title: Label::new("测试", "Test"), payload: json!({"n": 1}), max_attempts: 3 }
}

fn worker(handler: impl Fn(JobCtx) -> guanxi_model::Result<serde_json::Value> + Send + Sync + 'static) -> Worker {
    let handler: Handler = Arc::new(move |job| {
        let done = handler(job);
        async move { done }.boxed()
    });
    Worker::new().with("test", handler)
}

both_engines!(jobs_run_and_say_what_came_out, |t: TestOrg| async move {
    let ctx = t.admin();
    let queued = jobs::enqueue(&t.org, &ctx, job()).await.unwrap();
    assert_eq!((queued.state.as_str(), queued.title.as_str()), ("queued", "Test"));
    let worker = worker(|job| {
        job.progress(3, Some(4));
        Ok(job.payload)
    });
    assert_eq!(worker.run_pending(&t.org).await.unwrap(), 1);
    let done = jobs::get(&t.org, &ctx, &queued.id).await.unwrap();
    assert_eq!((done.state.as_str(), done.done, done.total, done.attempts), ("succeeded", 3, Some(4), 1));
    assert_eq!(done.result, Some(json!({"n": 1})));
    assert_eq!(done.created_by.unwrap().name, "管理员");
    assert_eq!(jobs::cancel(&t.org, &ctx, &queued.id).await.unwrap_err().code, "job_finished");
});

both_engines!(passing_failures_are_tried_again_and_others_not, |t: TestOrg| async move {
    let ctx = t.admin();
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tries);
    let flaky = worker(move |_| match counted.fetch_add(1, Ordering::Relaxed) {
        0 => Err(Error::new(ErrorKind::Unavailable, "away", "暂时不可用", "away for a moment")),
        _ => Ok(json!(null)),
    });
    let first = jobs::enqueue(&t.org, &ctx, job()).await.unwrap();
    assert_eq!(flaky.run_pending(&t.org).await.unwrap(), 1);
    let waiting = jobs::get(&t.org, &ctx, &first.id).await.unwrap();
    assert_eq!((waiting.state.as_str(), &waiting.error.unwrap()["code"]), ("queued", &json!("away")));
    t.clock.advance(10_000_000);
    assert_eq!(flaky.run_pending(&t.org).await.unwrap(), 1);
    assert_eq!(jobs::get(&t.org, &ctx, &first.id).await.unwrap().state, "succeeded");
    let second = jobs::enqueue(&t.org, &ctx, job()).await.unwrap();
    worker(|_| Err(Error::bad_request("wrong", "不对", "wrong"))).run_pending(&t.org).await.unwrap();
    let failed = jobs::get(&t.org, &ctx, &second.id).await.unwrap();
    assert_eq!((failed.state.as_str(), &failed.error.unwrap()["messages"]["zh-CN"]), ("failed", &json!("不对")));
});

both_engines!(users_see_their_own_jobs, |t: TestOrg| async move {
    let (admin, ann) = (t.admin(), t.user("ann", "standard").await);
    let mine = jobs::enqueue(&t.org, &ann, job()).await.unwrap();
    let other = jobs::enqueue(&t.org, &admin, job()).await.unwrap();
    assert_eq!(jobs::get(&t.org, &ann, &other.id).await.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(jobs::cancel(&t.org, &ann, &other.id).await.unwrap_err().kind, ErrorKind::NotFound);
    let ids = |jobs: Vec<jobs::Job>| jobs.into_iter().map(|j| j.id).collect::<Vec<_>>();
    assert_eq!(ids(jobs::list(&t.org, &ann, None, 10).await.unwrap().0), std::slice::from_ref(&mine.id));
    let (first, next) = jobs::list(&t.org, &admin, None, 1).await.unwrap();
    let (rest, _) = jobs::list(&t.org, &admin, next.as_deref(), 10).await.unwrap();
    assert_eq!((ids(first), ids(rest)), (vec![other.id], vec![mine.id.clone()]));
    assert_eq!(jobs::cancel(&t.org, &ann, &mine.id).await.unwrap().state, "cancelled");
    jobs::cancel(&t.org, &admin, &jobs::list(&t.org, &admin, None, 1).await.unwrap().0[0].id).await.unwrap();
    assert_eq!(worker(|_| Ok(json!(1))).run_pending(&t.org).await.unwrap(), 0);
});

both_engines!(a_running_job_can_be_stopped, |t: TestOrg| async move {
    let ctx = t.admin();
    let handler: Handler = Arc::new(|job: JobCtx| {
        async move {
            while !job.cancelled() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(job.was_cancelled())
        }
        .boxed()
    });
    let running = Worker::new().with("test", handler).start(&t.org);
    let queued = jobs::enqueue(&t.org, &ctx, job()).await.unwrap();
    let state = async |want: &str| {
        for _ in 0..1_000 {
            let now = jobs::get(&t.org, &ctx, &queued.id).await.unwrap().state;
            if now == want {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the job never was {want}");
    };
    state("running").await;
    jobs::cancel(&t.org, &ctx, &queued.id).await.unwrap();
    state("cancelled").await;
    running.stop().await;
});

both_engines!(a_running_job_ends_when_its_creator_loses_rights, |t: TestOrg| async move {
    let handler: Handler = Arc::new(|job: JobCtx| {
        async move {
            while !job.cancelled() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(job.was_cancelled())
        }
        .boxed()
    });
    let running = Worker::new().with("test", handler).start(&t.org);
    for (values, code) in [(json!({"role": "read_only"}), "rights_changed"), (json!({"active": false}), "forbidden")] {
        let li = t.user(code, "standard").await;
        let queued = jobs::enqueue(&t.org, &li, job()).await.unwrap();
        let until = async |want: &str| {
            for _ in 0..1_000 {
                let now = jobs::get(&t.org, &t.admin(), &queued.id).await.unwrap();
                if now.state == want {
                    return now.error;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            panic!("the job never was {want}");
        };
        until("running").await;
        t.update_as(&t.admin(), li.user, values).await.unwrap();
        assert_eq!(until("failed").await.expect("why")["code"], code);
    }
    running.stop().await;
});
