//! The job queue: leases, fencing, back-off, cancelling.

use guanxi_model::change::NewJob;
use guanxi_store::sys::JobState;
use serde_json::json;

use crate::world::{NOW, USER, World, all, both};

both!(a_job_runs_once, a_lost_lease_is_refused, failures_back_off, jobs_can_be_cancelled, jobs_are_listed);

const LEASE: i64 = 60_000_000;
const KINDS: [&str; 2] = ["import", "export"];

fn job(id: i64) -> NewJob {
    NewJob { id, kind: "import".into(), title: "{}".into(), payload: json!({ "n": id }), run_at: NOW, max_attempts: 2 }
}

async fn queue(w: &World, n: i64) {
    for id in 1..=n {
        w.store.job_enqueue(USER, &job(id), None).await.unwrap();
    }
}

async fn a_job_runs_once(w: World) {
    queue(&w, 20).await;
    w.store.job_enqueue(USER, &NewJob { run_at: NOW + 1, ..job(21) }, None).await.unwrap();
    w.store.job_enqueue(USER, &NewJob { kind: "other".into(), ..job(22) }, None).await.unwrap();
    let workers = (0..6).map(|n| {
        let store = w.store.clone();
        async move {
            let mut mine = Vec::new();
            while let Some((lease, job)) = store.job_claim(&format!("w{n}"), &KINDS, LEASE).await.unwrap() {
                assert_eq!((job.state, job.attempts, job.worker.as_deref()), (JobState::Running, 1, Some(&*format!("w{n}"))));
                store.job_finish(lease, Some(&json!({ "done": job.id })), false).await.unwrap();
                mine.push(job.id);
            }
            mine
        }
    });
    let mut ran: Vec<i64> = all(workers.collect::<Vec<_>>()).await.concat();
    ran.sort_unstable();
    assert_eq!(ran, (1..=20).collect::<Vec<_>>());
    assert_eq!(w.store.jobs_unfinished().await.unwrap(), 2);
    let done = w.store.job(7).await.unwrap().unwrap();
    assert_eq!((done.state, done.result, done.finished_at), (JobState::Succeeded, Some(json!({ "done": 7 })), Some(NOW)));
}

async fn a_lost_lease_is_refused(w: World) {
    queue(&w, 1).await;
    let (first, _) = w.store.job_claim("a", &KINDS, LEASE).await.unwrap().unwrap();
    assert!(!w.store.job_renew(first, LEASE, 5, Some(10)).await.unwrap());
    assert!(w.store.job_claim("b", &KINDS, LEASE).await.unwrap().is_none());
    w.clock.advance(LEASE + 1);
    let (second, job) = w.store.job_claim("b", &KINDS, LEASE).await.unwrap().unwrap();
    assert_eq!((job.attempts, job.done, job.total), (2, 5, Some(10)));
    assert_eq!(w.store.job_renew(first, LEASE, 6, None).await.unwrap_err().code, "lease_lost");
    assert_eq!(w.store.job_finish(first, None, false).await.unwrap_err().code, "lease_lost");
    assert_eq!(w.store.job_fail(first, "{}", false).await.unwrap_err().code, "lease_lost");
    w.store.job_finish(second, None, false).await.unwrap();
    // The attempts are used up by a worker that dies each time.
    w.store.job_enqueue(USER, &job_of(2), None).await.unwrap();
    for _ in 0..2 {
        assert!(w.store.job_claim("c", &KINDS, LEASE).await.unwrap().is_some());
        w.clock.advance(LEASE + 1);
    }
    assert!(w.store.job_claim("c", &KINDS, LEASE).await.unwrap().is_none());
    assert_eq!(w.store.job(2).await.unwrap().unwrap().state, JobState::Failed);
}

fn job_of(id: i64) -> NewJob {
    job(id)
}

async fn failures_back_off(w: World) {
    queue(&w, 1).await;
    let (lease, _) = w.store.job_claim("a", &KINDS, LEASE).await.unwrap().unwrap();
    assert_eq!(w.store.job_fail(lease, r#"{"code": "x"}"#, false).await.unwrap(), JobState::Queued);
    assert!(w.store.job_claim("a", &KINDS, LEASE).await.unwrap().is_none());
    w.clock.advance(5_000_000);
    let (lease, job) = w.store.job_claim("a", &KINDS, LEASE).await.unwrap().unwrap();
    assert_eq!((job.attempts, job.error.as_deref()), (2, Some(r#"{"code": "x"}"#)));
    assert_eq!(w.store.job_fail(lease, r#"{"code": "y"}"#, false).await.unwrap(), JobState::Failed);
    let job = w.store.job(1).await.unwrap().unwrap();
    assert_eq!((job.state, job.finished_at), (JobState::Failed, Some(NOW + 5_000_000)));
    w.store.job_enqueue(USER, &job_of(2), None).await.unwrap();
    let (lease, _) = w.store.job_claim("a", &KINDS, LEASE).await.unwrap().unwrap();
    assert_eq!(w.store.job_fail(lease, "{}", true).await.unwrap(), JobState::Failed);
}

async fn jobs_can_be_cancelled(w: World) {
    queue(&w, 2).await;
    let (lease, running) = w.store.job_claim("a", &KINDS, LEASE).await.unwrap().unwrap();
    assert_eq!(running.id, 1);
    assert!(w.store.job_cancel(1).await.unwrap());
    assert!(w.store.job_cancel(2).await.unwrap());
    assert_eq!(w.store.job(2).await.unwrap().unwrap().state, JobState::Cancelled);
    assert!(w.store.job_claim("b", &KINDS, LEASE).await.unwrap().is_none());
    assert!(w.store.job_renew(lease, LEASE, 1, None).await.unwrap(), "the handler learns that it should stop");
    w.store.job_finish(lease, None, true).await.unwrap();
    assert_eq!(w.store.job(1).await.unwrap().unwrap().state, JobState::Cancelled);
    assert!(!w.store.job_cancel(1).await.unwrap());
    assert!(!w.store.job_cancel(77).await.unwrap());
}

async fn jobs_are_listed(w: World) {
    queue(&w, 5).await;
    let ids = |jobs: Vec<guanxi_store::sys::Job>| jobs.into_iter().map(|j| j.id).collect::<Vec<_>>();
    assert_eq!(ids(w.store.jobs(None, 2).await.unwrap()), [5, 4]);
    assert_eq!(ids(w.store.jobs(Some(4), 10).await.unwrap()), [3, 2, 1]);
    assert!(w.store.job(77).await.unwrap().is_none());
}
