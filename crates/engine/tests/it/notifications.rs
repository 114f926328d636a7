//! Who is told what, once, and only what they may see.

use guanxi_engine::jobs::Worker;
use guanxi_engine::notifications::{self, Kind, Reader, Shown};
use guanxi_engine::schema_change;
use guanxi_model::meta::Scope;
use guanxi_model::{Ctx, Door};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::json;

async fn caught_up(t: &TestOrg) {
    Reader::new(&t.org).catch_up().await.unwrap();
}

async fn told(t: &TestOrg, ctx: &Ctx) -> Vec<Shown> {
    notifications::list(&t.org, ctx, None, false, 50).await.unwrap().notifications
}

fn texts(shown: &[Shown]) -> Vec<String> {
    let text = |n: &Shown| {
        let by = n.by.as_ref().map_or("", |p| p.name.as_str());
        let (op, name) = (n.op.as_deref().unwrap_or(""), n.record_name.as_deref().unwrap_or(""));
        format!("{} {by} {op} {name} {} {}", n.kind.name(), n.fields.join("+"), n.activity.as_deref().unwrap_or("")).trim().to_owned()
    };
    shown.iter().map(text).collect()
}

both_engines!(users_are_told_what_concerns_them, |t: TestOrg| async move {
    let (ann, bob) = (t.user("ann", "standard").await, t.user("bob", "standard").await);
    caught_up(&t).await;
    let account = t.create_as(&ann, "account", json!({"name": "甲", "owner_id": t.id(bob.user)})).await.unwrap().id();
    caught_up(&t).await;
    assert_eq!(texts(&told(&t, &bob).await), ["assigned ann create 甲"]);
    assert!(told(&t, &ann).await.is_empty(), "nobody is told of her own doing");

    t.update_as(&ann, account, json!({"phone": "13800138000"})).await.unwrap();
    t.update_as(&ann, account, json!({"website": "https://a.example"})).await.unwrap();
    t.update_as(&bob, account, json!({"description": "mine"})).await.unwrap();
    caught_up(&t).await;
    let bobs = told(&t, &bob).await;
    assert_eq!(texts(&bobs), ["changed ann update 甲 Website", "assigned ann create 甲"], "changes of one record are told together");

    let note = json!({"body": "请 @bob 和 @ann 看一下，@nobody 不用", "related_to_id": t.id(account)});
    t.create_as(&ann, "note", note).await.unwrap();
    t.create_as(&ann, "task", json!({"name": "回访", "related_to_id": t.id(account)})).await.unwrap();
    caught_up(&t).await;
    let bobs = texts(&told(&t, &bob).await);
    assert_eq!(bobs[..2], ["changed ann create 甲  task", "mentioned ann create"]);
    let about = told(&t, &bob).await[1].about_id.clone();
    assert_eq!(about.as_deref(), Some(t.id(account).as_str()));
    assert!(told(&t, &ann).await.is_empty());
});

both_engines!(a_place_in_the_log_is_told_once, |t: TestOrg| async move {
    let (ann, bob) = (t.user("ann", "standard").await, t.user("bob", "standard").await);
    caught_up(&t).await;
    for n in 0..3 {
        t.create_as(&ann, "account", json!({"name": format!("A{n}"), "owner_id": t.id(bob.user)})).await.unwrap();
    }
    let readers: Vec<_> = (0..4).map(|_| Reader::new(&t.org)).collect();
    futures_util::future::join_all(readers.iter().map(|reader| async { reader.catch_up().await.unwrap() })).await;
    assert_eq!(told(&t, &bob).await.len(), 3);
    notifications::mark_read(&t.org, &bob, None, None).await.unwrap();
    caught_up(&t).await;
    assert_eq!(notifications::unread(&t.org, &bob).await.unwrap(), 0, "what was read stays read");
    let quiet = Ctx { door: Door::Import, ..ann };
    t.create_as(&quiet, "account", json!({"name": "imported", "owner_id": t.id(bob.user)})).await.unwrap();
    caught_up(&t).await;
    assert_eq!(told(&t, &bob).await.len(), 3, "an import is told by its job alone");
});

both_engines!(what_may_not_be_seen_is_neither_shown_nor_counted, |t: TestOrg| async move {
    let admin = t.admin();
    let (ann, bob) = (t.user("ann", "standard").await, t.user("bob", "standard").await);
    schema_change::set_standard_user_scope(&t.org, &admin, Scope::Own).await.unwrap();
    caught_up(&t).await;
    let account = t.create_as(&admin, "account", json!({"name": "canary", "owner_id": t.id(bob.user)})).await.unwrap().id();
    t.create_as(&ann, "note", json!({"body": "@bob hidden"})).await.unwrap();
    t.create_as(&admin, "task", json!({"name": "hidden", "related_to_id": t.id(account)})).await.unwrap();
    caught_up(&t).await;
    assert_eq!(notifications::unread(&t.org, &bob).await.unwrap(), 1, "nor does one hear of a task that one may not see");
    assert_eq!(texts(&told(&t, &bob).await), ["assigned 管理员 create canary"], "a note that one may not see mentions nobody");
    t.update_as(&admin, account, json!({"owner_id": t.id(ann.user)})).await.unwrap();
    caught_up(&t).await;
    let list = notifications::list(&t.org, &bob, None, false, 50).await.unwrap();
    assert_eq!((list.notifications.len(), list.unread, list.next), (0, 0, None));
    assert_eq!(texts(&told(&t, &ann).await), ["assigned 管理员 update canary"]);
});

both_engines!(users_choose_what_they_are_told, |t: TestOrg| async move {
    let (ann, bob) = (t.user("ann", "standard").await, t.user("bob", "standard").await);
    caught_up(&t).await;
    let off = std::collections::BTreeMap::from([("assigned".to_owned(), false)]);
    let chosen = notifications::set_preferences(&t.org, &bob, &off).await.unwrap();
    assert_eq!(chosen.get(&Kind::Assigned), Some(&false));
    let unknown = std::collections::BTreeMap::from([("gossip".to_owned(), false)]);
    assert_eq!(notifications::set_preferences(&t.org, &bob, &unknown).await.unwrap_err().fields[0].code, "unknown_kind");
    let account = t.create_as(&ann, "account", json!({"name": "甲", "owner_id": t.id(bob.user)})).await.unwrap().id();
    t.delete_as(&ann, account).await.unwrap();
    caught_up(&t).await;
    let bobs = told(&t, &bob).await;
    assert_eq!(texts(&bobs), ["changed ann delete 甲"]);
    assert!(bobs[0].deleted);
    assert_eq!(notifications::unread(&t.org, &bob).await.unwrap(), 1);
    let many = vec!["1".to_owned(); notifications::MAX_MARKED + 1];
    assert_eq!(notifications::mark_read(&t.org, &bob, Some(&many), None).await.unwrap_err().fields[0].field, "ids");
    notifications::mark_read(&t.org, &ann, Some(std::slice::from_ref(&bobs[0].id)), None).await.unwrap();
    assert_eq!(notifications::unread(&t.org, &bob).await.unwrap(), 1, "nobody reads for another");
    notifications::mark_read(&t.org, &bob, Some(std::slice::from_ref(&bobs[0].id)), None).await.unwrap();
    assert_eq!(notifications::unread(&t.org, &bob).await.unwrap(), 0);
});

both_engines!(the_end_of_a_job_is_told_to_its_creator, |t: TestOrg| async move {
    let ann = t.user("ann", "standard").await;
    let request = serde_json::from_value(json!({"q": "SELECT name FROM account", "title": "清单"})).unwrap();
    guanxi_engine::export::start(&t.org, &ann, request).await.unwrap();
    Worker::new().run_pending(&t.org).await.unwrap();
    let anns = told(&t, &ann).await;
    let job = anns[0].job.as_ref().unwrap();
    assert_eq!((anns.len(), job.title.as_str(), job.state.as_str()), (1, "Export: 清单", "succeeded"));
    assert!(told(&t, &t.admin()).await.is_empty());
});
