//! Changes of records: versions, the recycle bin, unique values, atomicity.

use guanxi_model::Cell;
use guanxi_model::change::Op;
use guanxi_store::WriteError;

use crate::world::{World, account, all, authorized, both, change, contact, create, named};

both!(
    life_of_a_record,
    versions_are_checked,
    equal_unique_values_are_refused,
    a_set_is_all_or_nothing,
    a_failed_set_harms_no_other,
    many_at_once
);

async fn life_of_a_record(w: World) {
    let id = account(7);
    let values = vec![
        ("name", "华星科技".into()),
        ("amount", Cell::Int(105_400)),
        ("amount_currency", "CNY".into()),
        ("founded", Cell::Int(-3_000)),
        ("seen", Cell::Int(1_795_219_200_123_456)),
        ("extra", r#"{"a": [1, "二"]}"#.into()),
    ];
    let done = w.write(w.set(1, vec![create(id, values)])).await.unwrap();
    assert_eq!((done.first_seq, done.last_seq), (2, 2), "1 is the schema's");
    w.clock.advance(5);
    w.write(w.set(2, vec![change(Op::Update, id, 1, vec![("name", "新名".into()), ("founded", Cell::Null)])])).await.unwrap();
    w.write(w.set(3, vec![change(Op::Delete, id, 2, vec![])])).await.unwrap();
    let gone = w.write(w.set(4, vec![change(Op::Update, id, 3, vec![("name", "x".into())])])).await;
    assert!(matches!(gone, Err(WriteError::Gone { change: 0 })), "{gone:?}");
    w.write(w.set(5, vec![change(Op::Restore, id, 3, vec![])])).await.unwrap();
    w.write(w.set(6, vec![change(Op::Update, id, 4, vec![("name", "再来".into())])])).await.unwrap();
    let live = w.write(w.set(7, vec![change(Op::Purge, id, 5, vec![])])).await;
    assert!(matches!(live, Err(WriteError::Gone { change: 0 })), "{live:?}");
    w.write(w.set(7, vec![change(Op::Delete, id, 5, vec![])])).await.unwrap();
    w.write(w.set(8, vec![change(Op::Purge, id, 6, vec![])])).await.unwrap();
    let gone = w.write(w.set(9, vec![change(Op::Purge, id, 6, vec![])])).await;
    assert!(matches!(gone, Err(WriteError::Gone { change: 0 })), "{gone:?}");
    let log = w.store.log_of_record(id, None, 10).await.unwrap();
    let seen: Vec<_> = log.iter().map(|e| (e.seq, e.change_set, e.op, e.version)).collect();
    let expected = [
        (8, 8, Op::Purge, 6),
        (7, 7, Op::Delete, 6),
        (6, 6, Op::Update, 5),
        (5, 5, Op::Restore, 4),
        (4, 3, Op::Delete, 3),
        (3, 2, Op::Update, 2),
        (2, 1, Op::Create, 1),
    ];
    assert_eq!(seen, expected);
}

async fn versions_are_checked(w: World) {
    w.write(w.set(1, vec![named(account(1), "a")])).await.unwrap();
    for op in [Op::Update, Op::Delete] {
        let stale = w.write(w.set(2, vec![change(op, account(1), 4, vec![])])).await;
        assert!(matches!(stale, Err(WriteError::Version { change: 0 })), "{op:?}: {stale:?}");
    }
    let live = w.write(w.set(2, vec![change(Op::Restore, account(1), 1, vec![])])).await;
    assert!(matches!(live, Err(WriteError::Gone { change: 0 })), "{live:?}");
    let none = w.write(w.set(2, vec![named(account(2), "b"), change(Op::Update, account(9), 1, vec![])])).await;
    assert!(matches!(none, Err(WriteError::Gone { change: 1 })), "{none:?}");
    // Of many writers that saw the same version one wins.
    let tries = (0..12).map(|n| {
        let (store, schema) = (w.store.clone(), w.schema.clone());
        let set = w.set(10 + n, vec![change(Op::Update, account(1), 1, vec![("name", format!("n{n}").into())])]);
        async move { store.write(&schema, authorized(set)).await }
    });
    let results = all(tries.collect::<Vec<_>>()).await;
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1, "{results:?}");
    assert!(results.iter().all(|r| matches!(r, Ok(_) | Err(WriteError::Version { change: 0 }))), "{results:?}");
}

async fn equal_unique_values_are_refused(w: World) {
    let with = |n, code: &str| create(account(n), vec![("name", "a".into()), ("code", code.into())]);
    w.write(w.set(1, vec![with(1, "A"), with(2, "B"), named(account(3), "no code"), named(account(4), "no code")])).await.unwrap();
    let refused = |r: Result<_, WriteError>, at| {
        assert!(matches!(&r, Err(WriteError::Duplicate { change, column }) if *change == at && column == "code"), "{r:?}")
    };
    refused(w.write(w.set(2, vec![with(5, "C"), with(6, "A")])).await, 1);
    refused(w.write(w.set(2, vec![change(Op::Update, account(2), 1, vec![("code", "A".into())])])).await, 0);
    // In the middle of a long run, where records go in by many at a time.
    let mut run: Vec<_> = (100..200).map(|n| with(n, &format!("C{n}"))).collect();
    run.insert(77, with(500, "B"));
    refused(w.write(w.set(3, run)).await, 77);
    // The recycle bin holds no value, but a restore must not bring one back twice.
    w.write(w.set(4, vec![change(Op::Delete, account(1), 1, vec![])])).await.unwrap();
    w.write(w.set(5, vec![with(7, "A")])).await.unwrap();
    refused(w.write(w.set(6, vec![change(Op::Restore, account(1), 2, vec![])])).await, 0);
    let id_taken = w.write(w.set(7, vec![named(account(7), "again")])).await;
    assert!(matches!(&id_taken, Err(WriteError::Duplicate { change: 0, column }) if column == "id"), "{id_taken:?}");
}

async fn a_set_is_all_or_nothing(w: World) {
    let mut changes: Vec<_> = (1..=50).map(|n| named(account(n), "a")).collect();
    changes.push(change(Op::Update, account(99), 1, vec![]));
    let failed = w.write(w.set(1, changes.clone())).await;
    assert!(matches!(failed, Err(WriteError::Gone { change: 50 })), "{failed:?}");
    changes.pop();
    let done = w.write(w.set(2, changes)).await.unwrap();
    assert_eq!((done.first_seq, done.last_seq), (2, 51));
    assert!(w.store.log_of_set(1, 0, 10).await.unwrap().is_empty());
    assert_eq!(w.store.log_of_set(2, 0, 100).await.unwrap().len(), 50);
}

/// Sets that share a transaction fail alone.
async fn a_failed_set_harms_no_other(w: World) {
    let tries = (0..200).map(|n| {
        let (store, schema) = (w.store.clone(), w.schema.clone());
        let second = if n % 3 == 0 { change(Op::Update, account(9_999), 1, vec![]) } else { named(contact(n + 1), "c") };
        let set = w.set(n + 1, vec![named(account(n + 1), "a"), second]);
        async move { (n, store.write(&schema, authorized(set)).await) }
    });
    for (n, result) in all(tries.collect::<Vec<_>>()).await {
        assert_eq!(result.is_err(), n % 3 == 0, "{n}: {result:?}");
        assert_eq!(w.store.log_of_set(n + 1, 0, 10).await.unwrap().len(), if n % 3 == 0 { 0 } else { 2 });
    }
    assert_eq!(w.store.log_after(0, 1_000).await.unwrap().last().map(|e| e.seq), Some(1 + 133 * 2));
}

/// Records of one object with different columns, and of several objects, in one set.
async fn many_at_once(w: World) {
    let mut changes = Vec::new();
    for n in 1..=1_000 {
        let mut values = vec![("name", Cell::from(format!("账户 {n}")))];
        if n % 2 == 0 {
            values.push(("code", format!("K{n}").into()));
        }
        if n % 5 == 0 {
            values.insert(0, ("active", true.into()));
        }
        changes.push(create(account(n), values));
        if n % 100 == 0 {
            changes.push(create(contact(n), vec![("account_id", account(n).0.into())]));
        }
    }
    let done = w.write(w.set(1, changes)).await.unwrap();
    assert_eq!(done.last_seq - done.first_seq + 1, 1_010);
    let log = w.store.log_of_set(1, 0, 2_000).await.unwrap();
    assert_eq!(log.len(), 1_010);
    assert!(log.windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq));
    let taken = w.write(w.set(2, vec![create(account(5_000), vec![("code", "K998".into())])])).await;
    assert!(matches!(taken, Err(WriteError::Duplicate { .. })), "{taken:?}");
}
