//! The change log: its order, its head, counters.

use std::time::Duration;

use guanxi_model::change::Op;

use crate::world::{Engine, NOW, USER, World, account, all, authorized, both, named, open};

both!(order_under_concurrent_writers, paging, the_head_moves, numbers_are_given_once);

/// A reader that follows the log while eight writers work sees every entry once, in order, and none appears behind it.
async fn order_under_concurrent_writers(w: World) {
    const SETS: i64 = 60;
    let follower = {
        let store = w.store.clone();
        tokio::spawn(async move {
            let mut seen: Vec<i64> = Vec::new();
            while seen.len() < (8 * SETS * 2 + 1) as usize {
                let entries = store.log_after(seen.last().copied().unwrap_or(0), 50).await.unwrap();
                seen.extend(entries.iter().map(|e| e.seq));
            }
            seen
        })
    };
    let second = open(&w.place, &w.clock).await.ok();
    let writers = (0..8).map(|writer| {
        // On PostgreSQL half of the writers belong to another node.
        let store = if writer % 2 == 0 { second.clone().unwrap_or_else(|| w.store.clone()) } else { w.store.clone() };
        let schema = w.schema.clone();
        let sets: Vec<_> = (0..SETS)
            .map(|n| {
                let first = (writer * SETS + n) * 2 + 1;
                w.set(writer * SETS + n + 1, vec![named(account(first), "a"), named(account(first + 1), "b")])
            })
            .collect();
        async move {
            let mut last = 0;
            for set in sets {
                let done = store.write(&schema, authorized(set)).await.unwrap();
                assert!(done.first_seq > last && done.last_seq == done.first_seq + 1);
                last = done.last_seq;
            }
        }
    });
    all(writers.collect::<Vec<_>>()).await;
    let seen = tokio::time::timeout(Duration::from_secs(20), follower).await.unwrap().unwrap();
    assert_eq!(seen, (1..=8 * SETS * 2 + 1).collect::<Vec<_>>());
}

async fn paging(w: World) {
    for set in 1..=4 {
        w.write(w.set(set, vec![named(account(set * 2), "a"), named(account(set * 2 + 1), "b")])).await.unwrap();
    }
    let schema = &w.store.log_after(0, 1).await.unwrap()[0];
    assert_eq!((schema.seq, schema.object, schema.op, schema.version, schema.change_set), (1, 0, Op::Update, 1, 0));
    let page = w.store.log_after(3, 3).await.unwrap();
    assert_eq!(page.iter().map(|e| e.seq).collect::<Vec<_>>(), [4, 5, 6]);
    let entry = &page[0];
    assert_eq!((entry.at, entry.user, entry.door.as_str(), entry.id, entry.diff.as_str()), (NOW, USER, "rest", account(4), "{}"));
    let set = w.store.log_of_set(4, 8, 10).await.unwrap();
    assert_eq!(set.iter().map(|e| e.seq).collect::<Vec<_>>(), [9]);
    assert!(w.store.log_of_record(account(4), Some(4), 10).await.unwrap().is_empty());
}

async fn the_head_moves(mut w: World) {
    let mut head = w.store.log_head();
    assert_eq!(*head.borrow_and_update(), 1);
    w.write(w.set(1, vec![named(account(1), "a")])).await.unwrap();
    tokio::time::timeout(Duration::from_secs(3), head.changed()).await.unwrap().unwrap();
    assert_eq!(*head.borrow(), 2);
    if let Ok(other) = open(&w.place, &w.clock).await {
        other.write(&w.schema, authorized(w.set(2, vec![named(account(2), "a")]))).await.unwrap();
        tokio::time::timeout(Duration::from_secs(3), head.wait_for(|seq| *seq == 3)).await.unwrap().unwrap();
        other.close().await;
    } else {
        assert_eq!(w.store.dialect(), guanxi_store::Dialect::Sqlite, "{:?}", Engine::Sqlite);
        w.write(w.set(2, vec![named(account(2), "a")])).await.unwrap();
    }
    w.reopen().await;
    assert_eq!(*w.store.log_head().borrow(), 3);
}

async fn numbers_are_given_once(mut w: World) {
    assert_eq!(w.store.allocate("ticket_number", 1).await.unwrap(), 1);
    assert_eq!(w.store.allocate("ticket_number", 5).await.unwrap(), 2);
    assert_eq!(w.store.allocate("ticket_number", 1).await.unwrap(), 7);
    let takers = (0..8).map(|_| {
        let store = w.store.clone();
        async move {
            let mut mine = Vec::new();
            for n in [1, 3, 700, 1, 2_000] {
                let first = store.allocate("record_id", n).await.unwrap();
                mine.extend(first..first + n);
            }
            mine
        }
    });
    let mut given: Vec<i64> = all(takers.collect::<Vec<_>>()).await.concat();
    w.reopen().await;
    let next = w.store.allocate("record_id", 1).await.unwrap();
    assert!(given.iter().all(|n| *n < next && *n > 0));
    given.sort_unstable();
    given.dedup();
    assert_eq!(given.len(), 8 * 2_705);
    assert_eq!(w.store.allocate("ticket_number", 1).await.unwrap(), 8);
}
