//! Checkpoints outside: the newest is posted as it was signed, tried again where it did not arrive, and never to an inner address.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use guanxi_engine::audit::{self, Every, Sequencer};
use guanxi_engine::jobs::Worker;
use guanxi_engine::mail;
use guanxi_model::ErrorKind;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::json;

/// A server that answers each request with the next of these statuses, the last one for ever, and gives what it was sent.
fn server(statuses: &'static [u16]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/notes?token=geheim", listener.local_addr().expect("an address"));
    let (sent, received) = channel();
    std::thread::spawn(move || {
        for (i, stream) in listener.incoming().enumerate() {
            let mut stream = stream.expect("a connection");
            let mut bytes = Vec::new();
            let mut piece = [0; 4096];
            let text = loop {
                let n = stream.read(&mut piece).expect("bytes");
                bytes.extend(&piece[..n]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let length = text.to_ascii_lowercase().split("content-length: ").nth(1).and_then(|l| l.lines().next()?.trim().parse().ok());
                let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
                if n == 0 || length.zip(body).is_some_and(|(length, body): (usize, usize)| body >= length) {
                    break text;
                }
            };
            let status = statuses[i.min(statuses.len() - 1)];
            let place = if status == 302 { "Location: http://127.0.0.1:1/\r\n" } else { "" };
            write!(stream, "HTTP/1.1 {status} X\r\n{place}Content-Length: 0\r\nConnection: close\r\n\r\n").expect("answered");
            let _ = sent.send(text);
        }
    });
    (url, received)
}

async fn wait_for<T>(mut what: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..400 {
        if let Some(found) = what().await {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("it never came");
}

both_engines!(each_new_checkpoint_is_posted_as_it_was_signed, |t: TestOrg| async move {
    let (admin, worker) = (t.admin(), Worker::new());
    let (url, received) = server(&[503, 200]);
    audit::catch_up(&t.org).await.expect("signed");
    let set = audit::set_posting(&t.org, &admin, Some(&url), Every::Checkpoint).await.expect("set");
    assert_eq!((set.url.as_deref(), set.posted_at, set.error), (Some(url.as_str()), None, None));
    worker.run_pending(&t.org).await.expect("run");
    let first = received.try_recv().expect("posted");
    assert!(
        first.starts_with("POST /notes?token=geheim HTTP/1.1") && first.to_ascii_lowercase().contains("content-type: text/plain"),
        "{first}"
    );
    let failed = audit::posting(&t.org, &admin).await.expect("the state");
    let error = failed.error.expect("an error");
    assert_eq!((error["code"].as_str(), failed.failed_at.is_some()), (Some("outside_failed"), true));
    assert_eq!(error["messages"]["zh-CN"], "127.0.0.1 拒绝接收（503）。");
    // Again after a pause, by the same job.
    t.clock.advance(3_600_000_000);
    worker.run_pending(&t.org).await.expect("run");
    let second = received.try_recv().expect("posted again");
    let note = audit::checkpoint(&t.org, &admin).await.expect("signed");
    assert_eq!(second.split_once("\r\n\r\n").map(|(_, body)| body), Some(note.as_str()));
    let done = audit::posting(&t.org, &admin).await.expect("the state");
    assert_eq!((done.error, done.failed_at), (None, None));
    assert_eq!(done.posted_size, Some(audit::signed(&t.org, &admin).await.expect("signed")));

    // The next one by itself, from the sequencer.
    let sequencer = Sequencer::start(&t.org);
    t.create("account", json!({"name": "甲"})).await;
    let third = wait_for(async || {
        worker.run_pending(&t.org).await.expect("run");
        received.try_recv().ok()
    })
    .await;
    assert_ne!(third.lines().last(), second.lines().last());
    // Nothing new: nothing posted. And nowhere: nothing either.
    audit::set_posting(&t.org, &admin, None, Every::Hour).await.expect("off");
    t.create("account", json!({"name": "乙"})).await;
    sequencer.stop().await;
    audit::catch_up(&t.org).await.expect("signed");
    worker.run_pending(&t.org).await.expect("run");
    let later: Vec<String> = received.try_iter().filter(|text| text.lines().last() == third.lines().last()).collect();
    assert!(later.is_empty(), "the same checkpoint twice");

    let filter = audit::Filter { kind: Some("audit_posting".into()), ..audit::Filter::default() };
    let events = audit::list(&t.org, &admin, &filter, None, 9).await.expect("the log").0;
    assert_eq!((events.len(), &events[0].body["after"]), (2, &json!(null)));
    assert!(!serde_json::to_string(&events).expect("JSON").contains("geheim"), "{events:?}");
});

both_engines!(checkpoints_are_mailed, |t: TestOrg| async move {
    let (admin, worker) = (t.admin(), Worker::new());
    audit::catch_up(&t.org).await.expect("signed");
    let wrong = audit::set_posting(&t.org, &admin, Some("mailto:nobody"), Every::Hour).await.expect_err("no address");
    assert_eq!((wrong.fields[0].field.as_str(), wrong.fields[0].code), ("url", "invalid_email"));
    let to = Some(" mailto:Audit@Example.com");
    let wrong = audit::set_posting(&t.org, &admin, to, Every::Checkpoint).await.expect_err("too many mails");
    assert_eq!((wrong.fields[0].field.as_str(), wrong.fields[0].code), ("every", "too_often"));
    let set = audit::set_posting(&t.org, &admin, to, Every::Hour).await.expect("set");
    assert_eq!(set.url.as_deref(), Some("mailto:audit@example.com"));
    worker.run_pending(&t.org).await.expect("run");
    let note = audit::checkpoint(&t.org, &admin).await.expect("signed");
    let mails = mail::list(&t.org, &admin).await.expect("the sandbox");
    assert_eq!((mails.len(), mails[0].to.as_str(), &mails[0].body), (1, "audit@example.com", &note));
    let done = audit::posting(&t.org, &admin).await.expect("the state");
    assert_eq!((done.error, done.posted_size), (None, Some(audit::signed(&t.org, &admin).await.expect("signed"))));
});

both_engines!(what_does_not_arrive_is_given_up_and_told, |t: TestOrg| async move {
    let (admin, worker) = (t.admin(), Worker::new());
    audit::catch_up(&t.org).await.expect("signed");
    for (statuses, posts, code) in
        [(&[500][..], 5, "outside_failed"), (&[404][..], 1, "outside_refused"), (&[302][..], 1, "outside_refused")]
    {
        let (url, received) = server(statuses);
        audit::set_posting(&t.org, &admin, Some(&url), Every::Hour).await.expect("set");
        for _ in 0..8 {
            worker.run_pending(&t.org).await.expect("run");
            t.clock.advance(7_200_000_000);
        }
        assert_eq!(received.try_iter().count(), posts, "{code}: bounded, and no redirect is followed");
        let state = audit::posting(&t.org, &admin).await.expect("the state");
        assert_eq!((state.error.expect("an error")["code"].as_str(), state.posted_at), (Some(code), None));
    }
});

both_engines!(administrators_say_where_to_and_nobody_else, |t: TestOrg| async move {
    let li = t.user("li", "standard").await;
    let refused = audit::set_posting(&t.org, &li, Some("https://example.com/"), Every::Hour).await.expect_err("no right");
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    assert_eq!(audit::posting(&t.org, &li).await.expect_err("no right").kind, ErrorKind::Forbidden);
    let wrong = audit::set_posting(&t.org, &t.admin(), Some("ftp://example.com/"), Every::Hour).await.expect_err("no https");
    assert_eq!((wrong.fields[0].field.as_str(), wrong.fields[0].code), ("url", "https_only"));
    assert_eq!(audit::posting(&t.org, &t.admin()).await.expect("the state").url, None);
});
