//! The audit log: nothing is missing from it, nothing in it can be altered unseen, and it goes on wherever it was left.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use guanxi_engine::audit::{self, File, Filter, Listed, Sequencer, Source, Text, Verifier};
use guanxi_engine::export::{self, ExportFormat, ExportRequest, Headers};
use guanxi_engine::jobs::Worker;
use guanxi_engine::sign_in::Credentials;
use guanxi_engine::{changes, import, recycle, schema_change, sign_in, users};
use guanxi_model::{Ctx, ErrorKind, Lang};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::{ADMIN_EMAIL, ADMIN_PASSWORD, TestOrg};
use serde_json::{Value, json};

use crate::import::body;

struct Folder(PathBuf);

impl Source for Folder {
    async fn fetch(&self, file: File) -> Result<Option<Vec<u8>>, String> {
        Ok(std::fs::read(self.0.join(file.path())).ok())
    }
}

async fn key(t: &TestOrg) -> Verifier {
    Verifier::parse(&audit::verifier(&t.org, &t.admin()).await.expect("signed")).expect("a key")
}

async fn page(t: &TestOrg, filter: Filter) -> Vec<Listed> {
    audit::list(&t.org, &t.admin(), &filter, None, 500).await.expect("entries").0
}

fn kind(kind: &str) -> Filter {
    Filter { kind: Some(kind.to_owned()), ..Filter::default() }
}

/// Brings the log up to date; everything must verify then. Gives the count of its entries.
async fn sound(t: &TestOrg) -> u64 {
    let size = audit::catch_up(&t.org).await.expect("caught up");
    let checked = audit::check(&t.org, &t.admin(), Some(&key(t).await), None).await.expect("checked");
    assert_eq!((checked.faults, checked.told), (0, vec![]));
    assert_eq!(checked.log.expect("verified").size, size);
    size
}

async fn enter(t: &TestOrg, email: &str, password: &str) -> guanxi_model::Result<String> {
    sign_in::sign_in(&t.org, Credentials::password(email, password), "192.0.2.7", "Browser", None).await.map(|s| s.token)
}

async fn accounts(t: &TestOrg, count: usize) {
    for i in 0..count {
        t.create("account", json!({"name": format!("客户{i}")})).await;
    }
}

both_engines!(everything_that_happened_is_in_it_and_no_text, |t: TestOrg| async move {
    let admin = t.admin();
    let li = t.user("li", "standard").await;
    users::set_password(&t.org, &admin, li.user, "first password").await.expect("set");
    enter(&t, "li@example.com", "wrong password").await.expect_err("wrong");
    enter(&t, "mole@example.com", "wrong password").await.expect_err("unknown");
    let token = enter(&t, "li@example.com", "first password").await.expect("in");
    let account = t.create_as(&li, "account", json!({"name": "金丝雀七三九一", "phone": "13800005678"})).await.expect("made").id();
    t.update_as(&li, account, json!({"name": "画眉八四零二"})).await.expect("renamed");
    let set = t.delete_as(&admin, account).await.expect("deleted");
    recycle::restore(&t.org, &admin, &[t.id(account)]).await.expect("restored");
    sign_in::sign_out(&t.org, &token).await.expect("out");
    sign_in::sign_out(&t.org, &token).await.expect("out already");
    let q = "SELECT name FROM account".to_owned();
    let request = ExportRequest { q: q.clone(), format: ExportFormat::Csv, title: None, headers: Headers::Names };
    export::start(&t.org, &admin, request.clone()).await.expect("queued");
    Worker::new().run_pending(&t.org).await.expect("run");
    export::local(&t.org, &admin, &request, &t.folder().join("out.csv"), &mut |_, _| {}).await.expect("exported");
    let upload = import::create(&t.org, &admin, "account", "秘密.csv", body("name\n甲\n乙\n")).await.expect("an import");
    import::run(&t.org, &admin, &upload.id).await.expect("queued");
    Worker::new().run_pending(&t.org).await.expect("run");
    import::undo(&t.org, &admin, &upload.id).await.expect("queued");
    Worker::new().run_pending(&t.org).await.expect("run");

    let size = sound(&t).await;
    let all = page(&t, Filter::default()).await;
    assert_eq!(all.len() as u64, size);
    let of = |member: &str| all.iter().filter_map(|l| l.entry[member].as_i64()).collect::<BTreeSet<_>>();
    assert_eq!(of("change"), (1..=changes::head(&t.org)).collect(), "every place of the change log");
    assert_eq!(of("event"), (1..=size as i64 - changes::head(&t.org)).collect(), "and every event");
    assert!(all.iter().all(|l| l.text == Text::Kept));
    for (name, count) in [
        ("sign_in", 1),
        ("sign_in_failed", 2),
        ("sign_out", 1),
        ("password_change", 2),
        ("export", 2),
        ("import_start", 1),
        ("import_undo", 1),
    ] {
        assert_eq!(page(&t, kind(name)).await.len(), count, "{name}");
    }
    let exported = &page(&t, kind("export")).await[0];
    assert_eq!((&exported.body["q"], &exported.body["rows"]), (&json!(q), &json!(1)));
    assert_eq!(exported.entry["object"], "account");
    let failed = page(&t, kind("sign_in_failed")).await;
    let reasons: Vec<&Value> = failed.iter().map(|f| &f.body["reason"]).collect();
    assert_eq!(reasons, ["unknown_or_inactive", "wrong_password"]);
    assert_eq!((failed[0].by.as_ref(), failed[1].by.as_ref().map(|by| by.name.as_str())), (None, Some("li")));

    let of_record = page(&t, Filter { record: Some(t.id(account)), ..Filter::default() }).await;
    let ops: Vec<&Value> = of_record.iter().map(|l| &l.entry["kind"]).collect();
    assert_eq!(ops, ["restore", "delete", "update", "create"]);
    assert_eq!(of_record[1].entry["set"], set.to_string());
    let renamed = of_record[2].fields.iter().find(|f| f.field == "name").expect("the name");
    assert_eq!((&renamed.old, &renamed.new), (&json!("金丝雀七三九一"), &json!("画眉八四零二")));
    let password = Filter { record: Some(t.id(li.user)), kind: Some("password_change".into()), ..Filter::default() };
    assert_eq!(page(&t, password).await.len(), 1);
    let by = Filter { user: Some(t.id(li.user)), object: Some("account".into()), ..Filter::default() };
    assert_eq!(page(&t, by).await.len(), 2);

    let folder = t.folder().join("log");
    audit::export(&t.org, &admin, &folder).await.expect("exported");
    for text in files(&folder).iter().map(|f| String::from_utf8_lossy(&std::fs::read(f).expect("read")).into_owned()) {
        for personal in ["金丝雀", "画眉", "13800005678", "example.com", "192.0.2.7", "SELECT", "秘密", "客户"] {
            assert!(!text.contains(personal), "{personal}");
        }
    }
});

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

both_engines!(pages_follow_each_other_and_filters_hold, |t: TestOrg| async move {
    for i in 0..7 {
        t.clock.advance(1_000_000);
        t.create("account", json!({"name": format!("客户{i}")})).await;
    }
    audit::catch_up(&t.org).await.expect("caught up");
    let filter = Filter { object: Some("account".into()), kind: Some("create".into()), ..Filter::default() };
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let (entries, next) = audit::list(&t.org, &t.admin(), &filter, cursor.as_deref(), 3).await.expect("a page");
        seen.extend(entries.iter().map(|e| e.index));
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "the latest first, each once: {seen:?}");
    let some = Filter { from: Some("2026-11-21T08:00:02Z".into()), to: Some("2026-11-21T16:00:05+08:00".into()), ..filter };
    assert_eq!(page(&t, some).await.len(), 3);
    for wrong in
        [Filter { from: Some("yesterday".into()), ..Filter::default() }, Filter { user: Some("nobody".into()), ..Filter::default() }]
    {
        let refused = audit::list(&t.org, &t.admin(), &wrong, None, 3).await.expect_err("refused");
        assert_eq!(refused.kind, ErrorKind::BadRequest);
    }
    assert_eq!(audit::list(&t.org, &t.admin(), &Filter::default(), Some("x"), 3).await.expect_err("refused").kind, ErrorKind::BadRequest);
});

both_engines!(only_administrators_see_it, |t: TestOrg| async move {
    audit::catch_up(&t.org).await.expect("caught up");
    let others = [t.user("li", "standard").await, t.user("wang", "sales_manager").await, t.user("zhao", "read_only").await];
    for ctx in others.iter().chain(&[Ctx { role: "nonsense".into(), ..t.admin() }]) {
        let refused = [
            audit::checkpoint(&t.org, ctx).await.expect_err("refused"),
            audit::verifier(&t.org, ctx).await.expect_err("refused"),
            audit::tile(&t.org, ctx, "0/000").await.expect_err("refused"),
            audit::list(&t.org, ctx, &Filter::default(), None, 10).await.expect_err("refused"),
            audit::check(&t.org, ctx, None, None).await.expect_err("refused"),
            audit::export(&t.org, ctx, &t.folder().join("no")).await.expect_err("refused"),
            audit::renew_key(&t.org, ctx).await.expect_err("refused"),
        ];
        assert!(refused.iter().all(|error| error.kind == ErrorKind::Forbidden));
    }
});

both_engines!(a_flipped_byte_is_found_wherever_it_is, |t: TestOrg| async move {
    accounts(&t, 300).await;
    let early = audit::catch_up(&t.org).await.expect("caught up");
    let older = audit::checkpoint(&t.org, &t.admin()).await.expect("signed");
    accounts(&t, 10).await;
    audit::catch_up(&t.org).await.expect("caught up");
    let folder = Folder(t.folder().join("log"));
    audit::export(&t.org, &t.admin(), &folder.0).await.expect("exported");
    let key = key(&t).await;
    let verified = audit::verify(&folder, &key, Some(&older)).await.expect("sound");
    assert_eq!((verified.since, verified.kinds["create"] >= 310), (Some(early), true));
    for path in files(&folder.0) {
        let good = std::fs::read(&path).expect("read");
        for at in [0, good.len() / 2, good.len() - 2] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&path, &bad).expect("written");
            audit::verify(&folder, &key, None).await.expect_err(&format!("byte {at} of {}", path.display()));
        }
        std::fs::write(&path, &good).expect("written");
    }
    // A log that is sound, and signed by the right key, but another one than was seen before.
    std::fs::write(folder.0.join("checkpoint"), &older).expect("written");
    let newer = audit::checkpoint(&t.org, &t.admin()).await.expect("signed");
    audit::verify(&folder, &key, Some(&newer)).await.expect_err("shorter than it was");
    let other = t.restarted().await;
    let stranger = Verifier::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").expect("a key");
    audit::verify(&folder, &stranger, None).await.expect_err("not that key's");
    sound(&other).await;
});

/// The first fault that a check finds after something was done to the database.
async fn fault_after(t: &TestOrg, sql: &str) -> String {
    t.behind_its_back(sql).await;
    let checked = audit::check(&t.org, &t.admin(), Some(&key(t).await), None).await.expect("checked");
    checked.told.first().cloned().unwrap_or_default()
}

both_engines!(what_is_done_behind_its_back_is_found, |t: TestOrg| async move {
    let account = t.create("account", json!({"name": "甲"})).await;
    t.update_as(&t.admin(), account, json!({"name": "乙"})).await.expect("renamed");
    enter(&t, ADMIN_EMAIL, "wrong password").await.expect_err("wrong");
    sound(&t).await;
    let last = changes::head(&t.org);
    let diff = format!("UPDATE sys_change SET diff = replace(diff, '乙', '丙') WHERE seq = {last}");
    assert_eq!(fault_after(&t, &diff).await, format!("change {last} was altered: its digest is not what the log says"));
    assert_eq!(page(&t, kind("update")).await[0].text, Text::Altered);
    t.behind_its_back(&format!("UPDATE sys_change SET diff = replace(diff, '丙', '乙') WHERE seq = {last}")).await;
    sound(&t).await;
    let user = format!("UPDATE sys_change SET user_id = user_id + 16384 WHERE seq = {last}");
    assert_eq!(fault_after(&t, &user).await, format!("change {last} was altered: its user is not what the log says"));
    t.behind_its_back(&format!("UPDATE sys_change SET user_id = user_id - 16384 WHERE seq = {last}")).await;
    // The text of a person goes, and its salt with it: the log still verifies.
    t.behind_its_back(&format!(
        "UPDATE sys_change SET diff = '' WHERE seq = {last}; DELETE FROM sys_audit_salt WHERE leaf = (SELECT leaf FROM sys_audit_leaf \
         WHERE source = 0 AND source_id = {last})"
    ))
    .await;
    sound(&t).await;
    assert_eq!(audit::check(&t.org, &t.admin(), None, None).await.expect("checked").erased, 1);
    assert_eq!(page(&t, kind("update")).await[0].text, Text::Erased);
    let event = "UPDATE sys_audit_event SET body = '{}' WHERE kind = 'sign_in_failed'";
    assert!(fault_after(&t, event).await.ends_with("its digest is not what the log says"));
    let event = "UPDATE sys_audit_event SET kind = 'sign_in' WHERE kind = 'sign_in_failed'";
    assert!(fault_after(&t, event).await.ends_with("its kind is not what the log says"));
    let gone = format!("DELETE FROM sys_change WHERE seq = {}", last - 1);
    assert_eq!(fault_after(&t, &gone).await, format!("change {} is not in the database any more", last - 1));
    let leaf = format!("UPDATE sys_audit_leaf SET entry = replace(entry, 'update', 'create') WHERE source = 0 AND source_id = {last}");
    let faults = fault_after(&t, &leaf).await;
    assert!(faults.contains("tile 0 of level 0") || faults.contains("root"), "{faults}");
});

both_engines!(it_signs_only_what_continues_what_it_signed, |t: TestOrg| async move {
    accounts(&t, 3).await;
    sound(&t).await;
    let signed = audit::checkpoint(&t.org, &t.admin()).await.expect("signed");
    let wrong = |tiles: &str| format!("UPDATE sys_audit_tile SET hashes = {tiles}");
    t.behind_its_back(&wrong("'BBBB' || substr(hashes, 5)")).await;
    accounts(&t, 1).await;
    let refused = audit::catch_up(&t.org).await.expect_err("refused");
    assert_eq!(refused.code, "audit_refused");
    assert!(refused.message.en.contains("not those that were signed"), "{}", refused.message.en);
    // Nor does it help to let it forget: the last checkpoint is kept beside the key, too.
    t.behind_its_back("UPDATE sys_audit_tree SET checkpoint = NULL").await;
    assert_eq!(audit::catch_up(&t.org).await.expect_err("refused").code, "audit_refused");
    t.behind_its_back(
        "DELETE FROM sys_audit_leaf; DELETE FROM sys_audit_salt; DELETE FROM sys_audit_tile; \
         UPDATE sys_audit_tree SET size = 0, change_seq = 0, event_id = 0, checkpoint = NULL, verifier = NULL",
    )
    .await;
    let t = t.restarted().await;
    let refused = audit::catch_up(&t.org).await.expect_err("another tree over the same changes");
    assert!(refused.message.en.contains("not those that were signed"), "{}", refused.message.en);
    // An administrator can begin anew with another key. Whoever noted the old one sees it, and the log says so.
    let new = audit::renew_key(&t.org, &t.admin()).await.expect("a new key");
    sound(&t).await;
    let checkpoint = audit::checkpoint(&t.org, &t.admin()).await.expect("signed");
    assert_ne!(checkpoint, signed);
    assert_eq!(page(&t, kind("audit_key")).await.len(), 1);
    assert_eq!(key(&t).await.text(), new);
});

both_engines!(a_key_that_was_lost_or_is_another_signs_nothing, |t: TestOrg| async move {
    sound(&t).await;
    let file = t.folder().join("audit.key");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).expect("the key").permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::rename(&file, t.folder().join("elsewhere")).expect("moved");
    accounts(&t, 1).await;
    let before = audit::checkpoint(&t.org, &t.admin()).await.expect("signed");
    assert_eq!(audit::catch_up(&t.org).await.expect_err("refused").code, "audit_refused");
    assert!(!file.exists(), "no new key is made for a log that has one");
    assert_eq!(audit::checkpoint(&t.org, &t.admin()).await.expect("the old one"), before);
    std::fs::rename(t.folder().join("elsewhere"), &file).expect("back");
    sound(&t).await;
});

both_engines!(an_organisation_of_an_older_version_gets_its_whole_log, |t: TestOrg| async move {
    accounts(&t, 260).await;
    let head = changes::head(&t.org);
    t.org.close().await;
    t.behind_its_back(
        "DELETE FROM sys_audit_event; DELETE FROM sys_audit_leaf; DELETE FROM sys_audit_salt; DELETE FROM sys_audit_tile; \
         UPDATE sys_audit_tree SET size = 0, change_seq = 0, event_id = 0, verifier = NULL, checkpoint = NULL",
    )
    .await;
    let t = t.restarted().await;
    assert_eq!(sound(&t).await as i64, head, "all changes, and no events yet");
    assert!(!page(&t, kind("schema")).await.is_empty(), "those of the schema, too");
});

both_engines!(it_follows_in_the_background_and_goes_on_after_an_end, |t: TestOrg| async move {
    let first = Sequencer::start(&t.org);
    accounts(&t, 400).await;
    // In the middle of it, perhaps in the middle of a batch.
    first.stop().await;
    accounts(&t, 20).await;
    let t = t.restarted().await;
    let second = Sequencer::start(&t.org);
    enter(&t, ADMIN_EMAIL, ADMIN_PASSWORD).await.expect("in");
    let is_in = async || !page(&t, kind("sign_in")).await.is_empty();
    for _ in 0..200 {
        if is_in().await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(is_in().await, "an event wakes it");
    second.stop().await;
    let size = sound(&t).await;
    assert!(size as i64 > changes::head(&t.org));
});

both_engines!(two_nodes_keep_one_tree, |t: TestOrg| async move {
    let Some(other) = t.another_node().await else { return };
    sound(&t).await;
    let work = |t: &TestOrg| {
        let org = t.org.clone();
        tokio::spawn(async move {
            for _ in 0..30 {
                // A node without the key adds as well, and does not sign.
                match audit::catch_up(&org).await {
                    Ok(_) => {}
                    Err(error) => assert_eq!(error.code, "audit_refused", "{error}"),
                }
            }
        })
    };
    let running = [work(&t), work(&other), work(&other)];
    for i in 0..120 {
        let t = if i % 2 == 0 { &t } else { &other };
        t.create("account", json!({"name": format!("客户{i}")})).await;
        if i % 10 == 0 {
            enter(t, ADMIN_EMAIL, ADMIN_PASSWORD).await.expect("in");
        }
    }
    for task in running {
        task.await.expect("no fork");
    }
    assert_eq!(audit::catch_up(&other.org).await.map_err(|e| e.code), Err("audit_refused"), "the key is on the first node");
    sound(&t).await;
    assert_eq!(page(&other, kind("sign_in")).await.len(), 12);
    assert_eq!(key(&other).await, key(&t).await);
});

both_engines!(its_entries_go_out_as_a_table_that_is_noted_and_runs_nothing, |t: TestOrg| async move {
    let admin = Ctx { lang: Lang::Zh, ..t.admin() };
    let made = t.create("account", json!({"name": "=HYPERLINK(\"http://evil\")", "phone": "13800005678"})).await;
    t.update_as(&admin, made, json!({"name": "无害, \"引号\""})).await.expect("renamed");
    accounts(&t, 600).await;
    enter(&t, ADMIN_EMAIL, "wrong password").await.expect_err("wrong");
    audit::catch_up(&t.org).await.expect("caught up");
    let read = async |filter: Filter| {
        let opened = audit::table(&t.org, &admin, &filter).await.expect("a table");
        let pieces: Vec<bytes::Bytes> = futures_util::TryStreamExt::try_collect(opened.stream).await.expect("bytes");
        let text = String::from_utf8(pieces.concat()).expect("text");
        let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes()).into_records();
        let rows = rows.map(|r| r.expect("a row").iter().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>();
        (opened.name, rows)
    };
    let (name, rows) = read(Filter { record: Some(t.id(made)), ..Filter::default() }).await;
    assert_eq!(name, "审计日志 2026-11-21.csv");
    assert_eq!(rows[0][..6], ["时间", "人员", "事件", "入口", "对象", "记录"]);
    let renamed = rows.iter().find(|r| r[2] == "update" && r[6] == "客户名称").expect("the name");
    assert_eq!(renamed[..5], ["2026-11-21 16:00:00", "管理员", "update", "rest", "客户"]);
    assert_eq!(renamed[7..9], ["'=HYPERLINK(\"http://evil\")", "无害, \"引号\""]);
    let creates = Filter { object: Some("account".into()), ..kind("create") };
    let (_, rows) = read(creates).await;
    let records: BTreeSet<_> = rows[1..].iter().map(|r| r[5].clone()).collect();
    assert_eq!(records.len(), 601, "all pages, each record once");
    let (_, failed) = read(kind("sign_in_failed")).await;
    assert_eq!((failed.len(), failed[1][10].as_str()), (2, "192.0.2.7"));
    audit::catch_up(&t.org).await.expect("caught up");
    let noted = page(&t, kind("export")).await;
    assert_eq!(noted.len(), 3);
    assert_eq!((noted[2].body["audit"].as_bool(), noted[2].body["record"].as_str()), (Some(true), Some(t.id(made).as_str())));
    assert_eq!(noted[1].body["rows"], 601);
});

both_engines!(what_an_object_held_that_is_gone_is_told_to_those_who_see_everything, |t: TestOrg| async move {
    let admin = t.admin();
    let object = json!({"name": "x_yacht", "label": {"zh": "游艇", "en": "Yacht"}, "module": "customers", "fields": [{"name": "name", "label": {"zh": "名称", "en": "Name"}, "type": "text"}]});
    schema_change::create_object(&t.org, &admin, serde_json::from_value(object).expect("an object")).await.expect("made");
    let id = t.create("x_yacht", json!({"name": "海鸥号"})).await;
    let record = t.id(id);
    schema_change::delete_object(&t.org, &admin, "x_yacht").await.expect("removed");
    audit::catch_up(&t.org).await.expect("caught up");
    let found = page(&t, Filter { record: Some(record), ..Filter::default() }).await;
    assert_eq!((found.len(), found[0].closed, found[0].body["name"].as_str(), found[0].fields.len()), (1, false, Some("海鸥号"), 0));
});

both_engines!(who_reads_an_entry_learns_whether_it_is_signed, |t: TestOrg| async move {
    assert_eq!(audit::signed(&t.org, &t.admin()).await.expect("none yet"), 0);
    let size = audit::catch_up(&t.org).await.expect("caught up");
    assert_eq!(audit::signed(&t.org, &t.admin()).await.expect("signed"), size);
    let li = t.user("li", "standard").await;
    assert_eq!(audit::signed(&t.org, &li).await.expect_err("no right").kind, ErrorKind::Forbidden);
});
