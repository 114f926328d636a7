//! The same values for many records: previewed, written in chunks under one change set, taken back together.

use guanxi_engine::bulk_edit::{self, BulkEdit};
use guanxi_engine::jobs::{self, Worker};
use guanxi_engine::undo::{self, Begun};
use guanxi_engine::write::{self, Operation, Options, Outcome};
use guanxi_model::{ErrorKind, RecordId};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::{Value, json};

fn edit(what: Value) -> BulkEdit {
    serde_json::from_value(what).expect("an edit")
}

async fn many(t: &TestOrg, count: usize) -> Vec<RecordId> {
    let values = |n: usize| json!({"name": format!("公司{n:04}"), "employees": n, "region": "旧"}).as_object().cloned().expect("an object");
    let operations = (0..count).map(|n| Operation::Create { object: "account".into(), values: values(n) }).collect();
    let made = write::write(&t.org, &t.admin(), operations, Options { all_or_none: true, ..Options::default() }).await.expect("made");
    let id = |outcome| if let Outcome::Created(row) = outcome { row.id() } else { panic!("made") };
    made.outcomes.into_iter().map(id).collect()
}

async fn count(t: &TestOrg, condition: &str) -> Value {
    t.query(&format!("SELECT COUNT(id) n FROM account WHERE {condition}")).await[0]["n"].clone()
}

both_engines!(all_that_a_query_finds_is_edited_and_comes_back, |t: TestOrg| async move {
    many(&t, 450).await;
    let what = edit(json!({"q": "SELECT name FROM account WHERE employees >= 20 ORDER BY name", "values": {"region": "新"}}));
    let preview = bulk_edit::preview(&t.org, &t.admin(), "account", &what).await.expect("a preview");
    assert_eq!((preview.total, preview.rows.len()), (430, 20));
    let first = &preview.rows[0];
    assert_eq!(first.changes, [("region".to_owned(), json!("旧"), json!("新"))]);
    assert_eq!((first.name.as_str(), first.error.is_none()), ("公司0020", true));
    assert_eq!(count(&t, "region = '新'").await, json!(0));
    let (job, change_set) = bulk_edit::start(&t.org, &t.admin(), "account", what).await.expect("queued");
    Worker::new().run_pending(&t.org).await.expect("ran");
    let done = jobs::get(&t.org, &t.admin(), &job.id).await.expect("the job");
    assert_eq!((done.state.as_str(), done.done, done.total), ("succeeded", 430, Some(430)), "{:?}", done.error);
    let result = done.result.expect("a result");
    assert_eq!(result["updated"], json!(430));
    assert_eq!(result["change_set"], json!(change_set.to_string()));
    let log = guanxi_engine::changes::after(&t.org, &t.admin(), 0, 2_000).await.expect("the log").0;
    let mine = log.iter().filter(|c| c.change_set == change_set.to_string() && c.door == "rest");
    assert_eq!(mine.count(), 430, "it is the user's own edit");
    assert_eq!((count(&t, "region = '新'").await, count(&t, "region = '旧'").await), (json!(430), json!(20)));
    let undone = undo::undo(&t.org, &t.admin(), change_set, |_, _| true).await.expect("undone");
    assert_eq!((undone.reverted, undone.conflicts.len()), (430, 0));
    assert_eq!(count(&t, "region = '旧'").await, json!(450));
});

both_engines!(a_large_edit_is_taken_back_by_a_job, |t: TestOrg| async move {
    many(&t, 2_050).await;
    let what = edit(json!({"q": "SELECT id FROM account", "values": {"region": "新"}}));
    let (_, change_set) = bulk_edit::start(&t.org, &t.admin(), "account", what).await.expect("queued");
    Worker::new().run_pending(&t.org).await.expect("ran");
    assert_eq!(count(&t, "region = '新'").await, json!(2_050));
    for expected in [2_050, 0] {
        // The second time nothing is left to do, and nothing is in the way either: so it is after a crash.
        let Begun::Queued(job) = undo::begin(&t.org, &t.admin(), change_set).await.expect("begun") else { panic!("not at once") };
        assert_eq!(undo::begin(&t.org, &t.admin(), change_set).await.err().map(|e| e.code), Some("undo_running"), "one is enough");
        Worker::new().run_pending(&t.org).await.expect("ran");
        let done = jobs::get(&t.org, &t.admin(), &job.id).await.expect("the job");
        assert_eq!((done.state.as_str(), done.done), ("succeeded", 2_050), "{:?}", done.error);
        let result = done.result.expect("a result");
        assert_eq!((&result["reverted"], &result["conflict_count"]), (&json!(expected), &json!(0)));
        assert_eq!(count(&t, "region = '旧'").await, json!(2_050));
    }
});

both_engines!(a_large_removal_is_taken_back_by_a_job, |t: TestOrg| async move {
    let ids = many(&t, 2_010).await;
    let operations = ids.into_iter().map(|id| Operation::Delete { id, version: None }).collect();
    let gone = write::write(&t.org, &t.admin(), operations, Options { all_or_none: true, ..Options::default() }).await.expect("removed");
    assert_eq!(count(&t, "name != null").await, json!(0));
    for expected in [2_010, 0] {
        let Begun::Queued(job) = undo::begin(&t.org, &t.admin(), gone.change_set).await.expect("begun") else { panic!("not at once") };
        Worker::new().run_pending(&t.org).await.expect("ran");
        let result = jobs::get(&t.org, &t.admin(), &job.id).await.expect("the job").result.expect("a result");
        assert_eq!((&result["reverted"], &result["conflict_count"]), (&json!(expected), &json!(0)));
        assert_eq!(count(&t, "name != null").await, json!(2_010));
    }
});

both_engines!(records_that_leave_the_query_by_the_edit_are_edited_once, |t: TestOrg| async move {
    many(&t, 230).await;
    let what = edit(json!({"q": "SELECT id FROM account WHERE region = '旧'", "values": {"region": "新"}}));
    let (job, _) = bulk_edit::start(&t.org, &t.admin(), "account", what).await.expect("queued");
    Worker::new().run_pending(&t.org).await.expect("ran");
    let result = jobs::get(&t.org, &t.admin(), &job.id).await.expect("the job").result.expect("a result");
    assert_eq!((&result["records"], &result["updated"], &result["unchanged"]), (&json!(230), &json!(230), &json!(0)));
});

both_engines!(what_is_refused_is_said_record_by_record, |t: TestOrg| async move {
    let li = t.user("li", "standard").await;
    let a = t.create("account", json!({"name": "甲", "employees": 5})).await;
    let b = t.create("account", json!({"name": "乙"})).await;
    let child = t.create("account", json!({"name": "丙", "parent_id": t.id(a)})).await;
    let ids = json!([t.id(a), t.id(b), t.id(child)]);
    let what = edit(json!({"ids": ids, "values": {"employees": -1}}));
    let preview = bulk_edit::preview(&t.org, &t.admin(), "account", &what).await.expect("a preview");
    assert_eq!(preview.rows.iter().filter(|row| row.error.is_some()).count(), 3);
    let (job, _) = bulk_edit::start(&t.org, &t.admin(), "account", what).await.expect("queued");
    Worker::new().run_pending(&t.org).await.expect("ran");
    let result = jobs::get(&t.org, &t.admin(), &job.id).await.expect("the job").result.expect("a result");
    assert_eq!((&result["failed"], &result["updated"], &result["change_set"]), (&json!(3), &json!(0), &Value::Null));
    assert_eq!(result["errors"][0]["id"], json!(t.id(a)));
    assert!(!result["errors"][0]["message"].as_str().unwrap_or_default().is_empty());
    for wrong in [
        json!({"ids": ids, "values": {}}),
        json!({"values": {"region": "x"}}),
        json!({"ids": ids, "q": "SELECT id FROM account", "values": {"region": "x"}}),
        json!({"ids": ids, "values": {"unified_social_credit_code": "91330000000000000X"}}),
        json!({"ids": [], "values": {"region": "x"}}),
        json!({"q": "SELECT id FROM contact", "values": {"region": "x"}}),
        json!({"q": "SELECT COUNT(id) n FROM account", "values": {"region": "x"}}),
    ] {
        assert!(bulk_edit::start(&t.org, &li, "account", edit(wrong.clone())).await.is_err(), "{wrong}");
    }
});

both_engines!(a_reader_edits_nothing, |t: TestOrg| async move {
    many(&t, 3).await;
    let reader = t.user("he", "read_only").await;
    let what = edit(json!({"q": "SELECT id FROM account", "values": {"region": "新"}}));
    let (job, _) = bulk_edit::start(&t.org, &reader, "account", what.clone()).await.expect("queued");
    Worker::new().run_pending(&t.org).await.expect("ran");
    let result = jobs::get(&t.org, &reader, &job.id).await.expect("the job").result.expect("a result");
    assert_eq!((&result["failed"], &result["updated"]), (&json!(3), &json!(0)));
    assert_eq!(count(&t, "region = '新'").await, json!(0));
    let unknown = bulk_edit::start(&t.org, &reader, "nothing", what).await.expect_err("no such object");
    assert_eq!(unknown.kind, ErrorKind::NotFound);
});
