//! Search through the doors: what is found, by whom, how soon, and what becomes of a damaged index.

use std::time::Duration;

use guanxi_engine::search::{self, Answer, Follower};
use guanxi_engine::write::{self, Operation, Options};
use guanxi_engine::{recycle, schema_change};
use guanxi_model::meta::Scope;
use guanxi_model::{Ctx, Lang, RecordId};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

/// How long a test waits for the index; far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until the index has everything that is in the log.
async fn caught_up(t: &TestOrg) {
    let end = Instant::now() + PATIENCE;
    while search::behind(&t.org) != Some(0) || !find(t, &t.admin(), "x").await.complete {
        assert!(Instant::now() < end, "the index is {:?} behind", search::behind(&t.org));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn find(t: &TestOrg, ctx: &Ctx, text: &str) -> Answer {
    search::find(&t.org, ctx, text, None, 5).await.expect("an answer")
}

/// Names of what is found, the best first.
async fn names(t: &TestOrg, ctx: &Ctx, text: &str) -> Vec<String> {
    find(t, ctx, text).await.groups.into_iter().flat_map(|g| g.records).map(|r| r.name).collect()
}

/// Waits until a search gives this.
async fn expect(t: &TestOrg, ctx: &Ctx, text: &str, expected: &[&str]) {
    let end = Instant::now() + PATIENCE;
    loop {
        let found = names(t, ctx, text).await;
        if found == expected {
            return;
        }
        assert!(Instant::now() < end, "{text:?} gives {found:?}, not {expected:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn contact(t: &TestOrg, name: &str) -> RecordId {
    t.create("contact", json!({"name": name})).await
}

fn named(name: &str) -> Map<String, Value> {
    [("name".to_owned(), json!(name))].into_iter().collect()
}

both_engines!(amounts_and_times_of_hits_are_shown_as_lists_show_them, |t: TestOrg| async move {
    let follower = Follower::start(&t.org);
    t.create("opportunity", json!({"name": "网关扩容", "amount": "18000", "close_date": "2027-02-03"})).await;
    t.create("meeting", json!({"name": "网关评审", "start_at": "2027-02-03T01:30:00Z", "end_at": "2027-02-03T03:00:00Z", "place": "三楼"}))
        .await;
    expect(&t, &t.admin(), "网关扩容", &["网关扩容"]).await;
    expect(&t, &t.admin(), "网关评审", &["网关评审"]).await;
    let detail = async |text: &str| find(&t, &t.admin(), text).await.groups[0].records[0].detail.clone().unwrap_or_default();
    assert!(detail("网关扩容").await.starts_with("¥18,000.00 · Feb 03, 2027"), "{}", detail("网关扩容").await);
    assert_eq!(detail("网关评审").await, "Feb 03, 2027, 09:30 · Feb 03, 2027, 11:00 · 三楼");
    let in_chinese = find(&t, &Ctx { lang: Lang::Zh, ..t.admin() }, "网关评审").await;
    assert_eq!(in_chinese.groups[0].records[0].detail.as_deref(), Some("2027/02/03 09:30 · 2027/02/03 11:00 · 三楼"));
    follower.stop().await;
});

both_engines!(everything_is_found_as_people_type_it, |t: TestOrg| async move {
    let follower = Follower::start(&t.org);
    let account = t.create("account", json!({"name": "上海云帆科技有限公司", "website": "https://yunfan.example/about"})).await;
    t.create(
        "contact",
        json!({"name": "单雄信", "account_id": t.id(account), "mobile": "138 0013 8000", "email": "shan.xx@wagang.example",
            "title": "采购经理", "description": "在瓦岗认识，谈过年度采购会议"}),
    )
    .await;
    t.create("account", json!({"name": "Acme Salesforce Ltd", "tags": ["战略客户"]})).await;
    caught_up(&t).await;
    let admin = t.admin();
    for (text, expected) in [
        ("云帆", "上海云帆科技有限公司"),
        ("雲帆", "上海云帆科技有限公司"),
        ("yunfan", "上海云帆科技有限公司"),
        ("yfkj", "上海云帆科技有限公司"),
        ("shanxiongxin", "单雄信"),
        ("0138", "单雄信"),
        ("wagang", "单雄信"),
        ("年度会议", "单雄信"),
        ("采购经理", "单雄信"),
        ("salesf", "Acme Salesforce Ltd"),
        ("salseforce", "Acme Salesforce Ltd"),
        ("战略客户", "Acme Salesforce Ltd"),
    ] {
        assert_eq!(names(&t, &admin, text).await, [expected], "{text}");
    }
    let answer = find(&t, &admin, "采购会议").await;
    let hit = &answer.groups[0].records[0];
    assert_eq!((answer.groups[0].object.as_str(), answer.groups[0].label.as_str(), hit.object.as_str()), ("contact", "Contact", "contact"));
    assert_eq!(hit.detail.as_deref(), Some("上海云帆科技有限公司 · 采购经理 · 138 0013 8000"));
    let highlight = hit.highlight.as_ref().expect("where it was found");
    assert_eq!(highlight.field, "title");
    assert_eq!(highlight.pieces.iter().filter(|p| p.hit).map(|p| p.text.as_str()).collect::<Vec<_>>(), ["采购"]);
    follower.stop().await;
});

both_engines!(a_hit_is_what_the_record_is_now, |t: TestOrg| async move {
    let follower = Follower::start(&t.org);
    let id = contact(&t, "张伟").await;
    let admin = t.admin();
    expect(&t, &admin, "张伟", &["张伟"]).await;
    t.update_as(&admin, id, json!({"name": "李强"})).await.unwrap();
    // The old name is gone at once: a hit is compared with the record.
    assert!(names(&t, &admin, "张伟").await.is_empty());
    expect(&t, &admin, "李强", &["李强"]).await;
    t.delete_as(&admin, id).await.unwrap();
    assert!(names(&t, &admin, "李强").await.is_empty(), "a deleted record is not found from that moment");
    caught_up(&t).await;
    recycle::restore(&t.org, &admin, &[t.id(id)]).await.unwrap();
    expect(&t, &admin, "李强", &["李强"]).await;
    follower.stop().await;
});

both_engines!(nobody_finds_what_he_may_not_see, |t: TestOrg| async move {
    let follower = Follower::start(&t.org);
    let (wang, li) = (t.user("wang", "standard").await, t.user("li", "standard").await);
    for i in 0..30 {
        t.create("contact", json!({"name": format!("张伟{i}"), "owner_id": t.id(li.user)})).await;
    }
    let own = t.create("contact", json!({"name": "张伟甲", "owner_id": t.id(wang.user)})).await;
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.unwrap();
    caught_up(&t).await;
    assert_eq!(names(&t, &wang, "张伟").await, ["张伟甲"]);
    assert!(!find(&t, &wang, "张伟").await.groups[0].more, "not even that there are more");
    let all = find(&t, &li, "张伟").await;
    assert_eq!((all.groups[0].records.len(), all.groups[0].more), (5, true));
    // The owner changes: before the index knows, and after.
    t.update_as(&t.admin(), own, json!({"owner_id": t.id(li.user)})).await.unwrap();
    assert!(names(&t, &wang, "张伟").await.is_empty());
    caught_up(&t).await;
    assert!(names(&t, &wang, "张伟").await.is_empty());
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::All).await.unwrap();
    assert_eq!(find(&t, &wang, "张伟").await.groups[0].records.len(), 5);
    assert!(names(&t, &Ctx { role: "nobody".to_owned(), ..wang }, "张伟").await.is_empty());
    follower.stop().await;
});

both_engines!(a_manager_finds_what_the_team_owns, |t: TestOrg| async move {
    let follower = Follower::start(&t.org);
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.unwrap();
    let team = t.create("team", json!({"name": "华东"})).await;
    let (wang, li) = (t.user("wang", "sales_manager").await, t.user("li", "standard").await);
    for user in [&wang, &li] {
        t.update_as(&t.admin(), user.user, json!({"team_id": t.id(team)})).await.unwrap();
    }
    contact(&t, "张伟甲").await;
    t.create("contact", json!({"name": "张伟乙", "owner_id": t.id(li.user)})).await;
    caught_up(&t).await;
    assert_eq!(names(&t, &t.ctx_of(wang.user).await, "张伟").await, ["张伟乙"]);
    assert!(names(&t, &t.ctx_of(li.user).await, "张伟甲").await.is_empty());
    // The query that was planned for the manager before is not asked again.
    t.update_as(&t.admin(), li.user, json!({"team_id": null})).await.unwrap();
    assert!(names(&t, &t.ctx_of(wang.user).await, "张伟").await.is_empty());
    follower.stop().await;
});

both_engines!(an_index_that_was_left_behind_catches_up, |t: TestOrg| async move {
    let admin = t.admin();
    let first = contact(&t, "张伟").await;
    let follower = Follower::start(&t.org);
    caught_up(&t).await;
    follower.stop().await;
    // While nobody keeps the index.
    contact(&t, "李强").await;
    t.update_as(&admin, first, json!({"name": "赵敏"})).await.unwrap();
    assert!(names(&t, &admin, "李强").await.is_empty());
    let follower = Follower::start(&t.org);
    caught_up(&t).await;
    for (text, expected) in [("李强", vec!["李强"]), ("赵敏", vec!["赵敏"]), ("张伟", vec![])] {
        assert_eq!(names(&t, &admin, text).await, expected, "{text}");
    }
    follower.stop().await;
});

both_engines!(an_index_that_is_not_good_is_made_anew, |t: TestOrg| async move {
    let admin = t.admin();
    // More than one page of the rebuild.
    let operations = (0..700).map(|i| Operation::Create { object: "contact".to_owned(), values: named(&format!("张伟{i}")) });
    write::write(&t.org, &admin, operations.collect(), Options { all_or_none: true, ..Options::default() }).await.unwrap();
    let place = t.search_folder();
    type Harm = fn(&std::path::Path);
    let damage: [(&str, Harm); 4] = [
        ("nothing", |_| {}),
        ("gone", |place| std::fs::remove_dir_all(place).unwrap()),
        ("other content", |place| std::fs::write(place.join("meta.json"), "{").unwrap()),
        ("another format", |place| {
            let meta = std::fs::read_to_string(place.join("meta.json")).unwrap();
            std::fs::write(place.join("meta.json"), meta.replace("\\\"format\\\":1", "\\\"format\\\":0")).unwrap();
        }),
    ];
    for (what, damage) in damage {
        let follower = Follower::start(&t.org);
        caught_up(&t).await;
        assert_eq!(names(&t, &admin, "张伟650").await, ["张伟650"], "before: {what}");
        follower.stop().await;
        damage(&place);
        let follower = Follower::start(&t.org);
        caught_up(&t).await;
        assert_eq!(names(&t, &admin, "张伟650").await, ["张伟650"], "after: {what}");
        follower.stop().await;
    }
    assert_eq!(search::rebuild(&t.org).await.unwrap(), 701, "contacts and the administrator");
});

both_engines!(an_index_of_another_database_is_not_taken, |t: TestOrg| async move {
    contact(&t, "张伟").await;
    let follower = Follower::start(&t.org);
    caught_up(&t).await;
    follower.stop().await;
    let meta = t.search_folder().join("meta.json");
    let text = std::fs::read_to_string(&meta).unwrap();
    // As if the database had been put back to another state: the log says something else at this place.
    let broken = text.replace("\\\"proof\\\":\\\"", "\\\"proof\\\":\\\"9");
    assert_ne!(text, broken);
    std::fs::write(&meta, broken).unwrap();
    let follower = Follower::start(&t.org);
    caught_up(&t).await;
    assert_eq!(names(&t, &t.admin(), "张伟").await, ["张伟"]);
    follower.stop().await;
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_node_finds_what_any_node_wrote() {
    let Some(here) = TestOrg::open(guanxi_testkit::Dialect::Postgres).await else { return };
    let there = here.another_node().await.expect("another node");
    let followers = [Follower::start(&here.org), Follower::start(&there.org)];
    contact(&here, "张伟").await;
    contact(&there, "李强").await;
    for node in [&here, &there] {
        expect(node, &node.admin(), "张伟", &["张伟"]).await;
        expect(node, &node.admin(), "李强", &["李强"]).await;
    }
    for follower in followers {
        follower.stop().await;
    }
}

both_engines!(two_processes_may_share_a_folder, |t: TestOrg| async move {
    // One writes the index, the other one reads it, until the first one ends.
    let other = t.org.with_clock(t.org.clock().clone());
    let first = Follower::start(&t.org);
    caught_up(&t).await;
    let second = Follower::start(&other);
    let (other, t) = (&other, &t);
    let other_finds = |text: &'static str| async move {
        let end = Instant::now() + PATIENCE;
        while search::find(other, &t.admin(), text, None, 5).await.expect("an answer").groups.is_empty() {
            assert!(Instant::now() < end, "the other process does not find {text}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    contact(t, "张伟").await;
    other_finds("张伟").await;
    first.stop().await;
    contact(t, "李强").await;
    other_finds("李强").await;
    second.stop().await;
});
