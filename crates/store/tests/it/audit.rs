//! The tree of the audit log: what is added is added whole, and only to the tree it was made for.

use guanxi_model::RecordId;
use guanxi_store::sys::{AuditBatch, Leaf, LeafFilter, NewEvent, Source};

use crate::world::{NOW, USER, World, both};

both!(leaves_are_added_to_the_tree_they_were_made_for, events_are_numbered_in_the_order_of_their_commits);

fn leaf(index: i64) -> Leaf {
    let kind = if index % 2 == 0 { "sign_in" } else { "export" };
    Leaf {
        index,
        source: Source::Event(index + 1),
        at: NOW + index,
        user: USER,
        object: 0,
        kind: kind.into(),
        entry: format!("entry {index}"),
        salt: Some("c2FsdA==".into()),
    }
}

fn event(kind: &'static str) -> NewEvent {
    NewEvent { at: NOW, user: USER, door: "rest", kind, object: 0, record: RecordId(0), body: "{}".into() }
}

async fn leaves_are_added_to_the_tree_they_were_made_for(w: World) {
    let first =
        AuditBatch { before: 0, change_seq: 0, event_id: 77, leaves: (0..77).map(leaf).collect(), tiles: vec![(0, 0, "first".into())] };
    assert!(w.store.audit_append(&first).await.unwrap());
    assert!(!w.store.audit_append(&first).await.unwrap(), "somebody has added it meanwhile");
    let second = AuditBatch { before: 77, event_id: 78, leaves: vec![leaf(77)], tiles: vec![(0, 0, "second".into())], ..first.clone() };
    assert!(w.store.audit_append(&second).await.unwrap());
    let tree = w.store.audit_tree().await.unwrap();
    assert_eq!((tree.size, tree.change_seq, tree.event_id), (78, 0, 78));
    assert_eq!(w.store.audit_tile(0, 0).await.unwrap().as_deref(), Some("second"));
    assert_eq!(w.store.audit_entries(76, 100).await.unwrap(), ["entry 76", "entry 77"]);
    let exports = LeafFilter { kind: Some("export".into()), from: Some(NOW + 10), to: Some(NOW + 20), ..LeafFilter::default() };
    let found = w.store.audit_find(&exports, 2).await.unwrap();
    assert_eq!(found.iter().map(|f| f.leaf.index).collect::<Vec<_>>(), [19, 17]);
    let on = LeafFilter { before: Some((NOW + 17, 17)), user: Some(USER), ..exports };
    assert_eq!(w.store.audit_find(&on, 100).await.unwrap().iter().map(|f| f.leaf.index).collect::<Vec<_>>(), [15, 13, 11]);
    assert_eq!(w.store.audit_find(&LeafFilter { record: Some(USER), ..LeafFilter::default() }, 9).await.unwrap(), []);

    assert!(w.store.audit_sign(None, "key", "one").await.unwrap());
    assert!(!w.store.audit_sign(None, "key", "two").await.unwrap(), "signed by somebody else meanwhile");
    assert!(w.store.audit_sign(Some("one"), "key", "two").await.unwrap());
    assert_eq!(w.store.audit_tree().await.unwrap().checkpoint.as_deref(), Some("two"));
}

async fn events_are_numbered_in_the_order_of_their_commits(w: World) {
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let store = w.store.clone();
            tokio::spawn(async move { store.audit_record(&event("export")).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let events = w.store.audit_events_after(0, 100).await.unwrap();
    assert_eq!(events.iter().map(|e| e.id).collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
    assert_eq!(w.store.audit_events_after(39, 100).await.unwrap(), events[39..]);
}
