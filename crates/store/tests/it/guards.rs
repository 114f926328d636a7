//! Guards, idempotency keys and jobs inside a set.

use guanxi_model::change::{ChangeSet, Guard, Idempotency, NewJob, Op};
use guanxi_store::WriteError;

use crate::reading::records;
use crate::world::{CONTACT, DAY, USER, World, account, all, authorized, both, change, contact, create, named};

both!(references_must_exist, sets_at_once_keep_what_is_theirs, what_is_referenced_stays, a_key_works_once, jobs_come_with_their_set);

fn exists(change: usize, n: i64) -> Guard {
    Guard::Exists { change, field: "account_id".into(), target: account(n) }
}

async fn references_must_exist(w: World) {
    let child = |n, of: i64| create(contact(n), vec![("name", "c".into()), ("account_id", account(of).0.into())]);
    let missing = w.guarded(1, vec![child(1, 1)], vec![exists(0, 1)]).await;
    assert!(matches!(&missing, Err(WriteError::Missing { change: 0, field }) if field == "account_id"), "{missing:?}");
    // Both in one set, whatever the order.
    w.guarded(2, vec![child(1, 1), named(account(1), "a")], vec![exists(0, 1)]).await.unwrap();
    let more: Vec<_> = (2..=300).map(|n| named(account(n), "a")).collect();
    w.write(w.set(3, more)).await.unwrap();
    let children: Vec<_> = (2..=300).map(|n| child(n, n)).collect();
    let guards: Vec<_> = (2..=300).map(|n| exists((n - 2) as usize, n)).collect();
    w.guarded(4, children, guards).await.unwrap();
    w.write(w.set(5, vec![change(Op::Delete, account(150), 1, vec![])])).await.unwrap();
    let children: Vec<_> = (402..=700).map(|n| child(n, n - 400)).collect();
    let guards: Vec<_> = (2..=300).map(|n| exists((n - 2) as usize, n)).collect();
    let deleted = w.guarded(6, children, guards).await;
    assert!(matches!(deleted, Err(WriteError::Missing { change: 148, .. })), "{deleted:?}");
}

/// Many sets that are committed together: each has its own values, and what refuses one refuses no other.
async fn sets_at_once_keep_what_is_theirs(w: World) {
    w.write(w.set(1, (1..=6).map(|n| named(account(n), "a")).collect())).await.unwrap();
    let tries = (1..=210_i64).map(|n| {
        // Every seventh points at an account that is not there.
        let target = account((n - 1) % 7 + 1);
        let (name, code) = (format!("联系人 {n}"), format!("K{n}"));
        let mut changes = vec![create(contact(n), vec![("name", name.into()), ("account_id", target.0.into())])];
        if n % 2 == 0 {
            changes.push(create(account(1_000 + n), vec![("code", code.into()), ("name", "b".into())]));
        }
        if n % 3 == 0 {
            changes.push(create(account(2_000 + n), vec![("name", "c".into())]));
        }
        let guard = Guard::Exists { change: 0, field: "account_id".into(), target };
        let (store, schema, set) = (w.store.clone(), w.schema.clone(), ChangeSet { guards: vec![guard], ..w.set(n + 1, changes) });
        async move { (n, store.write(&schema, authorized(set)).await) }
    });
    let mut written = 6;
    for (n, result) in all(tries.collect::<Vec<_>>()).await {
        let made = 1 + i64::from(n % 2 == 0) + i64::from(n % 3 == 0);
        match result {
            Ok(done) => {
                assert!(n % 7 != 0, "{n}");
                assert_eq!(done.last_seq - done.first_seq + 1, made);
                written += made;
            }
            Err(error) => assert!(n % 7 == 0 && matches!(error, WriteError::Missing { change: 0, .. }), "{n}: {error:?}"),
        }
    }
    assert_eq!(written, w.store.log_after(1, 1_000).await.unwrap().len() as i64);
    let accounts = records(&w, "SELECT code FROM account WHERE code != null").await;
    assert_eq!(accounts.len(), (1..=210).filter(|n| n % 2 == 0 && n % 7 != 0).count());
    for contact in records(&w, "SELECT name, account_id FROM contact").await {
        let n: i64 = contact["name"].as_str().and_then(|name| name.strip_prefix("联系人 ")).and_then(|n| n.parse().ok()).unwrap();
        assert_eq!(contact["account_id"], w.schema.id_text(account((n - 1) % 7 + 1)).as_str(), "{n}");
    }
}

async fn what_is_referenced_stays(w: World) {
    let child = create(contact(1), vec![("account_id", account(1).0.into())]);
    w.write(w.set(1, vec![named(account(1), "a"), child])).await.unwrap();
    let guard = || vec![Guard::Unreferenced { change: 0, object: CONTACT, column: "account_id".into(), target: account(1) }];
    let delete = || change(Op::Delete, account(1), 1, vec![]);
    let referenced = w.guarded(2, vec![delete()], guard()).await;
    assert!(matches!(referenced, Err(WriteError::Referenced { change: 0, object: CONTACT })), "{referenced:?}");
    w.guarded(3, vec![delete(), change(Op::Delete, contact(1), 1, vec![])], guard()).await.unwrap();
}

fn keyed(w: &World, n: i64, key: &str) -> ChangeSet {
    let idempotency = Some(Idempotency { key: key.into(), hash: vec![1, 2, 255], status: 201, body: format!("answer {n}") });
    ChangeSet { idempotency, ..w.set(n, vec![named(account(n), "a")]) }
}

async fn a_key_works_once(w: World) {
    let tries = (1..=20).map(|n| {
        let (store, schema, set) = (w.store.clone(), w.schema.clone(), keyed(&w, n, "k"));
        async move { store.write(&schema, authorized(set)).await }
    });
    let results = all(tries.collect::<Vec<_>>()).await;
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1);
    assert!(results.iter().all(|r| matches!(r, Ok(_) | Err(WriteError::IdempotencyKey))), "{results:?}");
    let winner = results.iter().position(Result::is_ok).unwrap() + 1;
    let answered = w.store.idempotency(USER, "k").await.unwrap().unwrap();
    assert_eq!((answered.hash, answered.status, answered.body), (vec![1, 2, 255], 201, format!("answer {winner}")));
    assert!(w.store.idempotency(account(1), "k").await.unwrap().is_none(), "another user's key is another key");
    assert_eq!(w.store.log_after(1, 100).await.unwrap().len(), 1);
    // A set that fails uses no key up.
    let failing = ChangeSet { changes: vec![change(Op::Update, account(99), 1, vec![])], ..keyed(&w, 50, "k2") };
    assert!(w.write(failing).await.is_err());
    w.write(keyed(&w, 51, "k2")).await.unwrap();
    w.clock.advance(DAY + 1);
    assert!(w.store.idempotency(USER, "k").await.unwrap().is_none());
    w.write(keyed(&w, 52, "k")).await.unwrap();
    assert_eq!(w.store.idempotency_purge().await.unwrap(), 1);
    assert!(w.store.idempotency(USER, "k").await.unwrap().is_some());
}

async fn jobs_come_with_their_set(w: World) {
    let job = |id| NewJob { id, kind: "k".into(), title: "{}".into(), payload: serde_json::json!({"a": 1}), run_at: 0, max_attempts: 3 };
    w.write(ChangeSet { jobs: vec![job(1), job(2)], ..w.set(1, vec![named(account(1), "a")]) }).await.unwrap();
    let failing = ChangeSet { jobs: vec![job(3)], ..w.set(2, vec![change(Op::Update, account(9), 1, vec![])]) };
    assert!(w.write(failing).await.is_err());
    assert_eq!(w.store.jobs_unfinished().await.unwrap(), 2);
    let job = w.store.job(1).await.unwrap().unwrap();
    assert_eq!((job.created_by, job.payload), (USER, serde_json::json!({"a": 1})));
    let alone = w.write(ChangeSet { jobs: vec![], ..w.set(3, vec![]) }).await.unwrap();
    assert_eq!(alone.first_seq, alone.last_seq + 1);
}
