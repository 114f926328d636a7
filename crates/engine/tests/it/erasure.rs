//! Erasing a person: no table and no file has a value of hers any more, and the audit log verifies as before.

use std::path::Path;

use guanxi_engine::export::{self, ExportFormat, ExportRequest, Headers};
use guanxi_engine::jobs::Worker;
use guanxi_engine::notifications::Reader;
use guanxi_engine::search::{self, Follower};
use guanxi_engine::write::{self, Operation, Options, Outcome};
use guanxi_engine::{audit, changes, erasure, files, import, read, undo, views};
use guanxi_model::{Ctx, ErrorKind, RecordId};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::{Value, json};

use crate::import::body;

const NAME: &str = "金丝雀七三九";
const OLD_NAME: &str = "画眉鸟八四零";

/// What must be gone: of now, and of before.
const CANARIES: [&str; 8] =
    [NAME, OLD_NAME, "13900007391", "canary7391@example.com", "old7391@example.com", "说话算数7391", "金雀巷7391号", "7391附件"];

/// Whether any table or file of the organisation has a text.
async fn holds(t: &TestOrg, text: &str) -> bool {
    for key in t.org.files().keys(None).await.expect("keys") {
        let mut stream = t.org.files().get(&key).await.expect("a file");
        let mut bytes = Vec::new();
        while let Some(piece) = futures_util::StreamExt::next(&mut stream).await {
            bytes.extend(piece.expect("bytes"));
        }
        if contains(&bytes, text) {
            return true;
        }
    }
    in_folder(t.folder(), text) || t.tables_hold(text).await
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn in_folder(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).any(|path| {
        // A file of the search index may go between its name and its content.
        if path.is_dir() { in_folder(&path, text) } else { std::fs::read(&path).is_ok_and(|bytes| contains(&bytes, text)) }
    })
}

async fn person(t: &TestOrg) -> RecordId {
    let values = json!({
        "name": OLD_NAME, "mobile": "13900007391", "email": "old7391@example.com", "description": "说话算数7391", "department": "采购经理部",
        "address": {"country": "CN", "street": "金雀巷7391号"},
    });
    let operation = Operation::Create { object: "contact".to_owned(), values: values.as_object().expect("values").clone() };
    let options = Options { idempotency: Some(("once".to_owned(), vec![7])), ..Options::default() };
    let made = write::write_one(&t.org, &t.admin(), operation, options).await.expect("made");
    match made.outcomes.into_iter().next() {
        Some(Outcome::Created(row)) => row.id(),
        other => panic!("not made: {other:?}"),
    }
}

both_engines!(nothing_is_left_of_an_erased_person_and_the_log_verifies, |t: TestOrg| async move {
    let admin = t.admin();
    let follower = Follower::start(&t.org);
    Reader::new(&t.org).catch_up().await.expect("told");
    let li = t.user("li", "standard").await;
    let id = person(&t).await;
    t.update_as(&admin, id, json!({"name": NAME, "email": "canary7391@example.com", "owner_id": t.id(li.user)})).await.expect("changed");
    t.create_as(&li, "task", json!({"name": "回访", "related_to_id": t.id(id), "owner_id": t.id(li.user)})).await.expect("made");
    files::upload(&t.org, &admin, "7391附件.txt", Some(&t.id(id)), body("说话算数7391")).await.expect("a file");
    let other = t.create("contact", json!({"name": "旁人", "mobile": "13800001111", "description": "旁人的备注"})).await;
    let filter = json!({"field": "email", "op": "=", "value": "canary7391@example.com"});
    let view = json!({"object": "contact", "label": "她", "columns": ["name"], "filter": filter, "scope": "shared"});
    views::create(&t.org, &admin, serde_json::from_value(view).expect("a view")).await.expect("saved");
    let filter = json!({"field": "department", "op": "=", "value": "采购经理部"});
    let view = json!({"object": "contact", "label": "采购", "columns": ["name"], "filter": filter, "scope": "shared"});
    views::create(&t.org, &admin, serde_json::from_value(view).expect("a view")).await.expect("saved");
    let q = format!("SELECT name, email, mobile FROM contact WHERE name = '{NAME}'");
    let request = ExportRequest { q, format: ExportFormat::Csv, title: Some(NAME.to_owned()), headers: Headers::Names };
    export::start(&t.org, &admin, request).await.expect("queued");
    let csv = format!("name,mobile\n{OLD_NAME}又一人,13900007391\n");
    let upload = import::create(&t.org, &admin, "contact", &format!("{NAME}.csv"), body(csv)).await.expect("an import");
    import::dry_run(&t.org, &admin, &upload.id).await.expect("queued");
    Worker::new().run_pending(&t.org).await.expect("run");
    Reader::new(&t.org).catch_up().await.expect("told");
    while search::behind(&t.org) != Some(0) || search::find(&t.org, &admin, NAME, None, 5).await.expect("an answer").groups.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    audit::catch_up(&t.org).await.expect("caught up");
    let key = audit::Verifier::parse(&audit::verifier(&t.org, &admin).await.expect("signed")).expect("a key");
    let older = audit::checkpoint(&t.org, &admin).await.expect("signed");
    for canary in CANARIES {
        assert!(holds(&t, canary).await, "{canary} is there to be found");
    }

    for (ctx, name, kind) in
        [(&li, NAME, ErrorKind::Forbidden), (&admin, OLD_NAME, ErrorKind::Validation), (&admin, "", ErrorKind::Validation)]
    {
        let refused = erasure::erase(&t.org, ctx, "contact", &t.id(id), name).await.expect_err("refused");
        assert_eq!(refused.kind, kind, "{name}");
    }
    let before: Value =
        serde_json::from_slice(&read::get(&t.org, &admin, "contact", &t.id(id), None).await.expect("there").json).expect("JSON");
    assert_eq!((before["name"].as_str(), before["email"].as_str()), (Some(NAME), Some("canary7391@example.com")), "refused is as it was");
    erasure::erase(&t.org, &admin, "contact", &t.id(id), &format!(" {NAME} ")).await.expect("erased");
    Worker::new().run_pending(&t.org).await.expect("run");
    while search::behind(&t.org) != Some(0) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    audit::catch_up(&t.org).await.expect("caught up");

    let after: Value =
        serde_json::from_slice(&read::get(&t.org, &admin, "contact", &t.id(id), None).await.expect("there").json).expect("JSON");
    assert_eq!((after["name"].as_str(), &after["email"], &after["mobile"]), (Some("已清除 / Erased"), &json!(null), &json!(null)));
    assert_eq!(after["owner_id"], before["owner_id"], "what is not hers stays");
    let history = changes::history(&t.org, &admin, "contact", &t.id(id), None, 50).await.expect("a history").0;
    let owner = history.iter().flat_map(|change| &change.fields).find(|f| f.field == "owner_id");
    assert!(owner.is_some() && history.len() >= 3, "that something was done stays: {history:?}");
    let checked = audit::check(&t.org, &admin, Some(&key), Some(&older)).await.expect("checked");
    assert_eq!((checked.faults, &checked.told), (0, &vec![]));
    assert!(checked.erased >= 3 && checked.log.expect("verified").since.is_some());
    let entries =
        audit::list(&t.org, &admin, &audit::Filter { record: Some(t.id(id)), ..audit::Filter::default() }, None, 50).await.expect("it").0;
    assert_eq!((entries[0].entry["kind"].as_str(), entries[0].text), (Some("erasure"), audit::Text::Kept));
    assert_eq!(entries.last().map(|e| e.text), Some(audit::Text::Erased));
    undo::undo(&t.org, &admin, history[0].change_set.parse().expect("a number"), |_, _| true).await.ok();
    let again = read::get(&t.org, &admin, "contact", &t.id(id), Some(&["name"])).await.expect("there").json;
    assert!(!contains(&again, NAME), "undo does not bring her back");
    let bystander = read::get(&t.org, &admin, "contact", &t.id(other), None).await.expect("there").json;
    assert!(contains(&bystander, "旁人的备注"), "others are as they were");

    let seen = views::list(&t.org, &admin, Some("contact")).await.expect("views");
    let filters = |label: &str| serde_json::to_string(&seen.iter().find(|v| v.label == label).expect("the view").filter).expect("JSON");
    assert!(filters("采购").contains("采购经理部"), "a word that she shares with others stays where others use it");
    assert!(!filters("她").contains("canary"));

    follower.stop().await;
    t.org.close().await;
    let t = t.restarted().await;
    for canary in CANARIES {
        assert!(!holds(&t, canary).await, "{canary} is still there");
    }
});

both_engines!(only_persons_are_erased, |t: TestOrg| async move {
    let admin = t.admin();
    let deal = t.create("opportunity", json!({"name": "网关"})).await;
    let erase = async |ctx: &Ctx, object: &str, id: RecordId, name: &str| erasure::erase(&t.org, ctx, object, &t.id(id), name).await;
    assert_eq!(erase(&admin, "opportunity", deal, "网关").await.expect_err("no person").fields[0].code, "no_person");
    assert_eq!(erase(&admin, "user", admin.user, "管理员").await.expect_err("no person").fields[0].code, "no_person");
    let lead = t.create("lead", json!({"name": "王一", "company": "甲公司", "phone": "13900007391"})).await;
    assert_eq!(erase(&admin, "contact", lead, "王一").await.expect_err("another object").kind, ErrorKind::NotFound);
    t.delete_as(&admin, lead).await.expect("deleted");
    assert_eq!(erase(&admin, "lead", lead, "王一").await.expect_err("in the bin").code, "in_recycle_bin");
    guanxi_engine::recycle::restore(&t.org, &admin, &[t.id(lead)]).await.expect("restored");
    erase(&admin, "lead", lead, "王一").await.expect("erased");
    assert!(!holds(&t, "13900007391").await || t.schema_name().is_none(), "at once on PostgreSQL; on SQLite when the file was rewritten");
    Worker::new().run_pending(&t.org).await.expect("run");
    assert!(!holds(&t, "13900007391").await);
});
