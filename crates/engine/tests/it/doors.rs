//! The two doors: what is written is read back, rights hold, bad values are refused with their reason.

use guanxi_engine::write::{self, Operation, Options, Outcome};
use guanxi_engine::{changes, read, recycle, roles, schema_change, timeline, undo};
use guanxi_model::meta::{RoleDef, Scope};
use guanxi_model::{ErrorKind, RecordId};
use guanxi_query::Page;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::{Value, json};

fn values(value: Value) -> serde_json::Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

both_engines!(a_record_comes_back_as_it_was_written, |t: TestOrg| async move {
    let id = t
        .create(
            "account",
            json!({
                "name": " 杭州云栖科技有限公司 ", "email": "Sales@Example.COM", "phone": "0571-8888 6666", "website": "example.com",
                "annual_revenue": "1054.5", "tags": ["重点", "老客户", "重点"], "address": {"province": "浙江省", "city": "杭州市"}, "rating": 4,
            }),
        )
        .await;
    let record = read::get(&t.org, &t.admin(), "account", &t.id(id), None).await.expect("the record");
    let json: Value = serde_json::from_slice(&record.json).expect("JSON");
    assert_eq!(record.version, 1);
    assert_eq!(json["name"], "杭州云栖科技有限公司");
    assert_eq!(json["email"], "sales@example.com");
    assert_eq!(json["phone"], json!({"e164": "+8657188886666", "typed": "0571-8888 6666"}));
    assert_eq!(json["website"], "https://example.com");
    assert_eq!(json["annual_revenue"], json!({"amount": "1054.50", "currency": "CNY"}));
    assert_eq!(json["tags"], json!(["重点", "老客户"]));
    assert_eq!(json["address"]["city"], "杭州市");
    assert_eq!(json["owner_id"], t.id(t.admin().user));
    assert_eq!(json["created_at"], "2026-11-21T08:00:00.000000Z");
});

both_engines!(bad_values_are_refused_field_by_field, |t: TestOrg| async move {
    let error = t
        .create_as(
            &t.admin(),
            "account",
            json!({"name": "", "email": "x", "rating": 9, "nonsense": 1, "created_at": "2020-01-01T00:00:00Z"}),
        )
        .await
        .expect_err("refused");
    let mut found: Vec<(&str, &str)> = error.fields.iter().map(|f| (f.field.as_str(), f.code)).collect();
    found.sort_unstable();
    assert_eq!(error.kind, ErrorKind::Validation);
    assert_eq!(
        found,
        [
            ("created_at", "read_only"),
            ("email", "invalid_email"),
            ("name", "required"),
            ("nonsense", "unknown_field"),
            ("rating", "out_of_range")
        ]
    );
    assert!(t.query("SELECT id FROM account").await.is_empty(), "nothing was half-written");
});

both_engines!(an_update_needs_the_version_that_was_seen, |t: TestOrg| async move {
    let id = t.create("account", json!({"name": "甲"})).await;
    let update = |version, name: &str| Operation::Update { id, values: values(json!({"name": name})), version };
    let admin = t.admin();
    write::write_one(&t.org, &admin, update(Some(1), "乙"), Options::default()).await.expect("the first wins");
    let error =
        write::write_one(&t.org, &admin, update(Some(1), "丙"), Options::default()).await.expect_err("the second has seen too little");
    assert_eq!(error.kind, ErrorKind::VersionConflict);
    assert_eq!(error.current.expect("the record as it is")["name"], "乙");
    let same = write::write_one(&t.org, &admin, update(None, "乙"), Options::default()).await.expect("no change");
    assert!(matches!(same.outcomes[0], Outcome::Unchanged(_)));
});

both_engines!(many_writers_of_one_record_lose_nothing, |t: TestOrg| async move {
    let id = t.create("account", json!({"name": "甲"})).await;
    let writers: Vec<_> = (0..12)
        .map(|n| {
            let (org, ctx) = (t.org.clone(), t.admin());
            let field = ["employees", "rating"][n % 2];
            tokio::spawn(async move {
                let operation = Operation::Update { id, values: values(json!({field: n % 5 + 1})), version: None };
                write::write_one(&org, &ctx, operation, Options::default()).await
            })
        })
        .collect();
    let mut updated = 0;
    for writer in writers {
        let written = writer.await.expect("no panic").expect("no refusal");
        updated += i64::from(matches!(written.outcomes[0], Outcome::Updated(_)));
    }
    let record = read::get(&t.org, &t.admin(), "account", &t.id(id), None).await.expect("the record");
    assert_eq!(record.version, 1 + updated);
});

both_engines!(unique_values_stay_unique, |t: TestOrg| async move {
    let create = |code: &str| Operation::Create { object: "product".to_owned(), values: values(json!({"name": code, "code": code})) };
    let admin = t.admin();
    let written = write::write(&t.org, &admin, vec![create("A"), create("B"), create("A")], Options::default()).await.expect("partial");
    assert!(
        matches!(&written.outcomes[2], Outcome::Failed(e) if e.fields[0].field == "operations[2].code" && e.fields[0].code == "duplicate")
    );
    let error = write::write_one(&t.org, &admin, create("B"), Options::default()).await.expect_err("taken");
    assert_eq!(error.fields[0].code, "duplicate");
    let error = write::write(&t.org, &admin, vec![create("C"), create("B")], Options { all_or_none: true, ..Options::default() }).await;
    assert!(error.is_err());
    assert_eq!(t.query("SELECT id FROM product").await.len(), 2);
});

both_engines!(what_follows_a_refused_change_is_not_built_on_it, |t: TestOrg| async move {
    let id = t.create("account", json!({"name": "甲", "website": "https://old.example"})).await;
    // One that is nowhere is refused before the commit where some records are hidden, else by it.
    let nowhere = t.id(RecordId(id.0 + 4_096));
    let change = |what: Value| Operation::Update { id, values: values(what), version: None };
    let list = vec![
        change(json!({"website": "https://new.example", "parent_id": nowhere})),
        change(json!({"employees": 7})),
        change(json!({"website": "https://new.example"})),
    ];
    let written = write::write(&t.org, &t.admin(), list, Options::default()).await.expect("partly");
    assert!(
        matches!(&written.outcomes[0], Outcome::Failed(e) if e.fields[0].field == "operations[0].parent_id"),
        "{:?}",
        written.outcomes[0]
    );
    assert!(matches!(&written.outcomes[1], Outcome::Updated(row) if row.version() == 2));
    assert!(matches!(&written.outcomes[2], Outcome::Updated(row) if row.version() == 3), "not unchanged: {:?}", written.outcomes[2]);
    let now = t.query("SELECT website, employees FROM account").await;
    assert_eq!(now, [json!({"website": "https://new.example", "employees": 7})]);

    // The same where the target is there but hidden, which is found before the commit.
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.expect("narrowed");
    let ann = t.user("ann", "standard").await;
    let own = t.create_as(&ann, "account", json!({"name": "乙"})).await.expect("made").id();
    let change = |what: Value| Operation::Update { id: own, values: values(what), version: None };
    let list = vec![change(json!({"region": "新", "parent_id": t.id(id)})), change(json!({"region": "新"}))];
    let written = write::write(&t.org, &ann, list, Options::default()).await.expect("partly");
    assert!(matches!(&written.outcomes[0], Outcome::Failed(_)), "{:?}", written.outcomes[0]);
    assert!(matches!(&written.outcomes[1], Outcome::Updated(row) if row.version() == 2), "not unchanged: {:?}", written.outcomes[1]);
});

both_engines!(an_upsert_finds_its_record_by_key, |t: TestOrg| async move {
    let upsert = |code: &str, name: &str| Operation::Upsert {
        object: "product".to_owned(),
        key: "code".to_owned(),
        values: values(json!({"code": code, "name": name})),
    };
    let admin = t.admin();
    let written = write::write(&t.org, &admin, vec![upsert("A", "一"), upsert("B", "二"), upsert("A", "三")], Options::default())
        .await
        .expect("written");
    assert!(matches!(written.outcomes[..], [Outcome::Created(_), Outcome::Created(_), Outcome::Updated(_)]), "{:?}", written.outcomes);
    let names = t.query("SELECT name FROM product ORDER BY code").await;
    assert_eq!(names, [json!({"name": "三"}), json!({"name": "二"})]);
});

both_engines!(a_stage_sets_what_follows_from_it, |t: TestOrg| async move {
    let account = t.create("account", json!({"name": "甲"})).await;
    let deal = t.create("opportunity", json!({"name": "大单", "account_id": t.id(account), "amount": "100"})).await;
    let first = t.query("SELECT stage, pipeline, is_closed, is_won FROM opportunity").await.remove(0);
    assert_eq!((&first["pipeline"], &first["is_closed"]), (&json!("standard"), &json!(false)));
    t.clock.advance(3_600_000_000);
    let row = t.update_as(&t.admin(), deal, json!({"stage": "won"})).await.expect("won");
    let json: Value = serde_json::from_slice(&row.json(&t.admin(), &t.org.schema())).expect("JSON");
    assert_eq!((&json["is_closed"], &json["is_won"], &json["probability"]), (&json!(true), &json!(true), &json!("100")));
    assert_eq!(json["stage_entered_at"], "2026-11-21T09:00:00.000000Z");
    let error = t.update_as(&t.admin(), deal, json!({"stage": "nowhere"})).await.expect_err("no such stage");
    assert_eq!(error.fields[0].field, "stage");
});

both_engines!(a_probability_that_is_given_stays_while_a_deal_is_open, |t: TestOrg| async move {
    let probability = async |text: &str| t.query(text).await[0]["probability"].clone();
    let of_all = "SELECT probability FROM opportunity";
    let deal = t.create("opportunity", json!({"name": "大单", "stage": "prospecting", "probability": "35"})).await;
    assert_eq!(probability(of_all).await, "35");
    t.update_as(&t.admin(), deal, json!({"stage": "engaging"})).await.expect("moved on");
    assert_ne!(probability(of_all).await, "35", "a new stage brings its own");
    t.update_as(&t.admin(), deal, json!({"stage": "prospecting", "probability": "45"})).await.expect("moved back");
    assert_eq!(probability(of_all).await, "45");
    t.update_as(&t.admin(), deal, json!({"stage": "lost", "probability": "80"})).await.expect("lost");
    assert_eq!(probability(of_all).await, "0", "what is lost is lost");
});

both_engines!(a_delete_takes_restricts_and_clears_as_the_lookups_say, |t: TestOrg| async move {
    let account = t.create("account", json!({"name": "甲"})).await;
    let note = t.create("note", json!({"body": "谈过了", "related_to_id": t.id(account)})).await;
    t.create("contact", json!({"name": "王芳", "account_id": t.id(account)})).await;
    let set = t.delete_as(&t.admin(), account).await.expect("deleted");
    assert!(t.query("SELECT id FROM note").await.is_empty(), "the note went with its account");
    assert_eq!(t.query("SELECT name, account_id FROM contact").await, [json!({"name": "王芳", "account_id": null})]);
    let (bin, _) = recycle::list(&t.org, &t.admin(), None, None, 50).await.expect("the bin");
    let mut ids: Vec<&str> = bin.iter().map(|d| d.id.as_str()).collect();
    ids.sort_unstable();
    let mut want = [t.id(account), t.id(note)];
    want.sort_unstable();
    assert_eq!(ids, want);
    let undone = undo::undo(&t.org, &t.admin(), set, |_, _| true).await.expect("undone");
    assert_eq!((undone.reverted, undone.conflicts.len()), (3, 0));
    assert_eq!(t.query("SELECT account.name FROM contact").await[0]["account"]["name"], "甲");
    assert_eq!(t.query("SELECT body FROM note").await.len(), 1);
});

both_engines!(records_that_need_each_other_go_together, |t: TestOrg| async move {
    let product = t.create("product", json!({"name": "甲"})).await;
    let deal = t.create("opportunity", json!({"name": "大单", "product_id": t.id(product)})).await;
    assert_eq!(t.delete_as(&t.admin(), product).await.expect_err("the deal needs it").code, "referenced");
    let operations = [product, deal].map(|id| Operation::Delete { id, version: None }).to_vec();
    let written = write::write(&t.org, &t.admin(), operations, Options { all_or_none: true, ..Options::default() }).await.expect("deleted");
    assert!(matches!(written.outcomes[..], [Outcome::Deleted(_), Outcome::Deleted(_)]));
    let undone = undo::undo(&t.org, &t.admin(), written.change_set, |_, _| true).await.expect("undone");
    assert_eq!((undone.reverted, undone.conflicts.len()), (2, 0));
    let again = undo::undo(&t.org, &t.admin(), undone.change_set, |_, _| true).await.expect("undone again");
    assert_eq!((again.reverted, again.conflicts.len()), (2, 0));
});

both_engines!(what_still_refers_to_a_record_is_counted_as_far_as_it_is_seen, |t: TestOrg| async move {
    let own = json!({"read": true, "edit": true, "delete": true, "scope": "own"});
    let keeper = RoleDef {
        name: "x_keeper".to_owned(),
        objects: serde_json::from_value(json!({"product": own, "opportunity": own})).expect("rights"),
        ..t.org.schema().roles["standard"].clone()
    };
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.expect("narrowed");
    roles::create(&t.org, &t.admin(), keeper).await.expect("a profile");
    let ann = t.user("ann", "x_keeper").await;
    let product = t.create("product", json!({"name": "甲", "owner_id": t.id(ann.user)})).await;
    let refused = async || t.delete_as(&t.ctx_of(ann.user).await, product).await.expect_err("a deal needs it").message.en;
    t.create("opportunity", json!({"name": "别人的", "product_id": t.id(product)})).await;
    assert_eq!(refused().await, "Records that you may not see still refer to this one, so it cannot be deleted.");
    t.create("opportunity", json!({"name": "自己的", "product_id": t.id(product), "owner_id": t.id(ann.user)})).await;
    assert_eq!(refused().await, "Opportunities (1) still refer to this record, so it cannot be deleted.");
});

both_engines!(no_record_stands_above_itself, |t: TestOrg| async move {
    let admin = t.admin();
    let [top, middle, low] = [
        t.create("team", json!({"name": "上"})).await,
        t.create("team", json!({"name": "中"})).await,
        t.create("team", json!({"name": "下"})).await,
    ];
    let under = async |one: RecordId, other: RecordId| t.update_as(&admin, one, json!({"parent_id": t.id(other)})).await;
    for (one, other) in [(middle, top), (low, middle)] {
        under(one, other).await.expect("a tree");
    }
    for other in [low, middle, top] {
        let error = under(top, other).await.expect_err("a circle");
        assert_eq!((error.fields[0].field.as_str(), error.fields[0].code), ("parent_id", "circle"));
    }
    let update = |one: RecordId, other: Option<RecordId>| {
        let values = json!({"parent_id": other.map(|other| t.id(other))}).as_object().cloned().expect("values");
        Operation::Update { id: one, values, version: None }
    };
    // In one list the tree is as the operations leave it.
    let turned = vec![update(low, None), update(middle, None), update(top, Some(low))];
    write::write(&t.org, &admin, turned, Options { all_or_none: true, ..Options::default() }).await.expect("turned over");
    let both = vec![update(middle, Some(top)), update(low, Some(middle))];
    let written = write::write(&t.org, &admin, both, Options::default()).await.expect("an answer");
    assert!(
        written.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Failed(error) if error.fields[0].code == "circle")),
        "{:?}",
        written.outcomes
    );
    under(middle, top).await.expect("either of the two by itself is none");
});

both_engines!(the_bin_gives_back_what_went_together_and_purges_for_good, |t: TestOrg| async move {
    let account = t.create("account", json!({"name": "甲"})).await;
    t.create("note", json!({"body": "谈过了", "related_to_id": t.id(account)})).await;
    t.delete_as(&t.admin(), account).await.expect("deleted");
    let restored = recycle::restore(&t.org, &t.admin(), &[t.id(account)]).await.expect("an answer");
    assert_eq!((restored.restored, restored.errors.len()), (2, 0));
    t.delete_as(&t.admin(), account).await.expect("deleted again");
    assert_eq!(recycle::purge(&t.org, &t.admin(), &[t.id(account)]).await.expect("purged"), 1);
    let (bin, _) = recycle::list(&t.org, &t.admin(), Some("account"), None, 50).await.expect("the bin");
    assert!(bin.is_empty());
});

both_engines!(the_bin_gives_back_only_what_is_asked_for, |t: TestOrg| async move {
    let (one, two) = (t.create("account", json!({"name": "甲"})).await, t.create("account", json!({"name": "乙"})).await);
    t.create("note", json!({"body": "甲的", "related_to_id": t.id(one)})).await;
    t.create("note", json!({"body": "乙的", "related_to_id": t.id(two)})).await;
    t.create("contact", json!({"name": "王芳", "account_id": t.id(one)})).await;
    let operations = [one, two].map(|id| Operation::Delete { id, version: None }).to_vec();
    write::write(&t.org, &t.admin(), operations, Options::default()).await.expect("deleted together");
    let restored = recycle::restore(&t.org, &t.admin(), &[t.id(one)]).await.expect("an answer");
    assert_eq!((restored.restored, restored.errors.len()), (2, 0), "{:?}", restored.errors);
    assert_eq!(t.query("SELECT name FROM account").await, [json!({"name": "甲"})]);
    assert_eq!(t.query("SELECT body FROM note").await, [json!({"body": "甲的"})]);
    assert_eq!(t.query("SELECT account.name FROM contact").await[0]["account"]["name"], "甲", "the lookup that was emptied is back");
});

both_engines!(undo_leaves_alone_what_was_changed_since, |t: TestOrg| async move {
    let id = t.create("account", json!({"name": "甲", "employees": 5})).await;
    let operation = Operation::Update { id, values: values(json!({"name": "乙", "employees": 6})), version: None };
    let set = write::write_one(&t.org, &t.admin(), operation, Options::default()).await.expect("written").change_set;
    t.update_as(&t.admin(), id, json!({"name": "丙"})).await.expect("changed since");
    let undone = undo::undo(&t.org, &t.admin(), set, |_, _| true).await.expect("undone");
    assert_eq!(undone.conflicts.iter().map(|c| c.field.as_deref()).collect::<Vec<_>>(), [Some("name")]);
    assert_eq!(t.query("SELECT name, employees FROM account").await, [json!({"name": "丙", "employees": 5})]);
});

both_engines!(undo_takes_away_what_is_again_as_it_was_made, |t: TestOrg| async move {
    let operation = |name: &str| Operation::Create { object: "opportunity".to_owned(), values: values(json!({"name": name})) };
    let operations = vec![operation("甲"), operation("乙")];
    let written = write::write(&t.org, &t.admin(), operations, Options::default()).await.expect("made");
    let [Outcome::Created(moved), Outcome::Created(named)] = &written.outcomes[..] else { panic!("{:?}", written.outcomes) };
    t.clock.advance(1_000_000);
    t.update_as(&t.admin(), moved.id(), json!({"stage": "won"})).await.expect("moved");
    t.update_as(&t.admin(), moved.id(), json!({"stage": "prospecting"})).await.expect("and back");
    t.update_as(&t.admin(), named.id(), json!({"next_step": "回访"})).await.expect("worked on");
    let undone = undo::undo(&t.org, &t.admin(), written.change_set, |_, _| true).await.expect("undone");
    assert_eq!((undone.reverted, undone.conflicts.len()), (1, 1));
    assert_eq!(t.query("SELECT name FROM opportunity").await, [json!({"name": "乙"})]);
});

both_engines!(own_scope_hides_other_peoples_records_on_every_door, |t: TestOrg| async move {
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.expect("set");
    let user = t.user("xiao", "standard").await;
    let hidden = t.create("account", json!({"name": "秘密"})).await;
    let own = t.create_as(&user, "account", json!({"name": "自己的"})).await.expect("own").id();
    assert_eq!(t.query_as(&user, "SELECT name FROM account ORDER BY name").await.expect("list"), [json!({"name": "自己的"})]);
    assert_eq!(t.query_as(&user, "SELECT COUNT() FROM account").await.expect("count")[0]["expr0"], 1);
    assert_eq!(t.query_as(&user, "SELECT name FROM account WHERE name = '秘密'").await.expect("filter").len(), 0);
    let get = read::get(&t.org, &user, "account", &t.id(hidden), None).await.expect_err("hidden");
    assert_eq!(get.kind, ErrorKind::NotFound);
    assert_eq!(changes::history(&t.org, &user, "account", &t.id(hidden), None, 10).await.expect_err("hidden").kind, ErrorKind::NotFound);
    assert_eq!(t.update_as(&user, hidden, json!({"name": "我的"})).await.expect_err("hidden").kind, ErrorKind::NotFound);
    assert_eq!(t.delete_as(&user, hidden).await.expect_err("hidden").kind, ErrorKind::NotFound);
    let link =
        t.create_as(&user, "contact", json!({"name": "王", "account_id": t.id(hidden)})).await.expect_err("a link to what is hidden");
    assert_eq!(link.fields[0].code, "no_such_record");
    let (feed, _) = changes::after(&t.org, &user, 0, 1_000).await.expect("the feed");
    assert!(feed.iter().all(|c| c.id != t.id(hidden)) && feed.iter().any(|c| c.id == t.id(own)));
    t.delete_as(&t.admin(), hidden).await.expect("deleted");
    assert!(recycle::list(&t.org, &user, None, None, 50).await.expect("the bin").0.is_empty());
    let contact = t
        .create_as(&t.admin(), "contact", json!({"name": "李", "account_id": t.id(own), "owner_id": t.id(user.user)}))
        .await
        .expect("given")
        .id();
    t.update_as(&t.admin(), own, json!({"owner_id": t.id(t.admin().user)})).await.expect("taken away");
    let seen =
        t.query_as(&user, "SELECT id, account.name FROM contact WHERE account.name = '自己的'").await.expect("filter by a hidden parent");
    assert!(seen.is_empty(), "a hidden parent must not be an oracle: {seen:?}");
    assert_eq!(t.query_as(&user, "SELECT account.name FROM contact").await.expect("list").len(), 1);
    let _ = contact;
});

both_engines!(a_standard_user_cannot_make_users_or_change_the_schema, |t: TestOrg| async move {
    let user = t.user("xiao", "standard").await;
    let made = t.create_as(&user, "user", json!({"name": "我", "role": "administrator"})).await.expect_err("refused");
    assert_eq!(made.kind, ErrorKind::Forbidden);
    let raised = t.update_as(&user, user.user, json!({"role": "administrator"})).await.expect_err("refused");
    assert_eq!(raised.kind, ErrorKind::Forbidden);
    let field = serde_json::from_value(json!({"name": "x_a", "label": {"zh": "甲", "en": "A"}, "type": "text"})).expect("a field");
    let schema = schema_change::create_field(&t.org, &user, "account", field).await.expect_err("refused");
    assert_eq!(schema.kind, ErrorKind::Forbidden);
});

both_engines!(objects_and_fields_come_and_go_at_run_time, |t: TestOrg| async move {
    let def = json!({
        "name": "x_visit", "label": {"zh": "拜访", "en": "Visit"}, "module": "sales", "in_navigation": true,
        "fields": [
            {"name": "name", "label": {"zh": "主题", "en": "Subject"}, "type": "text", "required": true},
            {"name": "x_account_id", "label": {"zh": "客户", "en": "Account"}, "type": "lookup", "to": ["account"], "on_delete": "cascade"},
        ],
    });
    schema_change::create_object(&t.org, &t.admin(), serde_json::from_value(def).expect("a definition")).await.expect("made");
    let account = t.create("account", json!({"name": "甲"})).await;
    t.create("x_visit", json!({"name": "第一次", "x_account_id": t.id(account)})).await;
    let field = json!({"name": "x_cost", "label": {"zh": "费用", "en": "Cost"}, "type": "money"});
    schema_change::create_field(&t.org, &t.admin(), "x_visit", serde_json::from_value(field.clone()).expect("a field"))
        .await
        .expect("added");
    t.create("x_visit", json!({"name": "第二次", "x_cost": "12.30"})).await;
    let rows = t.query("SELECT name, x_cost, x_account.name FROM x_visit ORDER BY name DESC").await;
    assert_eq!(rows[0]["x_cost"]["amount"], "12.30");
    assert_eq!(rows[1]["x_account"]["name"], "甲");
    schema_change::delete_field(&t.org, &t.admin(), "x_visit", "x_cost").await.expect("removed");
    let retyped = json!({"name": "x_cost", "label": {"zh": "费用", "en": "Cost"}, "type": "text"});
    schema_change::create_field(&t.org, &t.admin(), "x_visit", serde_json::from_value(retyped).expect("a field"))
        .await
        .expect("added anew");
    assert_eq!(t.query("SELECT x_cost FROM x_visit").await, vec![json!({"x_cost": null}); 2], "the old values stay out of sight");
    schema_change::delete_object(&t.org, &t.admin(), "x_visit").await.expect("removed");
    assert!(t.query_as(&t.admin(), "SELECT id FROM x_visit").await.is_err());
});

both_engines!(the_timeline_tells_what_happened_newest_first, |t: TestOrg| async move {
    let account = t.create("account", json!({"name": "甲"})).await;
    t.clock.advance(1_000_000);
    t.create("note", json!({"body": "谈过了", "related_to_id": t.id(account)})).await;
    t.clock.advance(1_000_000);
    t.update_as(&t.admin(), account, json!({"name": "乙"})).await.expect("renamed");
    let mut kinds = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let (items, next) = timeline::timeline(&t.org, &t.admin(), "account", &t.id(account), cursor.as_deref(), 2).await.expect("a page");
        kinds.extend(items.into_iter().map(|i| (i.kind, i.by.map(|b| b.name))));
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    let by = Some("管理员".to_owned());
    assert_eq!(kinds, [("change".to_owned(), by.clone()), ("note".to_owned(), by.clone()), ("change".to_owned(), by)]);
});

both_engines!(pages_never_skip_or_repeat, |t: TestOrg| async move {
    let names = ["丙", "甲", "乙", "甲", "丁", "甲"];
    for name in names {
        t.create("account", json!({"name": name})).await;
    }
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = Page { limit: 2, cursor, total: true };
        let rows = read::query(&t.org, &t.admin(), "SELECT id, name FROM account ORDER BY name DESC", &page).await.expect("a page");
        assert_eq!(rows.total, Some(6));
        seen.extend(rows.rows().map(|r| (r[1].as_text().unwrap_or_default().to_owned(), RecordId(r[0].as_int().unwrap_or(0)))));
        cursor = rows.next.clone();
        if cursor.is_none() {
            break;
        }
    }
    let mut want = seen.clone();
    want.sort();
    want.dedup();
    want.reverse();
    assert_eq!(seen, want);
    assert_eq!(seen.len(), 6);
});

both_engines!(one_key_one_record_however_often_it_is_sent, |t: TestOrg| async move {
    let send = |body: &'static [u8]| {
        let (org, ctx) = (t.org.clone(), t.admin());
        let operation = Operation::Create { object: "account".to_owned(), values: values(json!({"name": "甲"})) };
        let options = Options { idempotency: Some(("key-1".to_owned(), body.to_vec())), ..Options::default() };
        async move { write::write_one(&org, &ctx, operation, options).await }
    };
    let racers: Vec<_> = (0..20).map(|_| tokio::spawn(send(b"same"))).collect();
    for racer in racers {
        racer.await.expect("no panic").expect("the first answer, or its replay");
    }
    assert_eq!(t.query("SELECT id FROM account").await.len(), 1);
    assert_eq!(send(b"other").await.expect_err("another body").kind, ErrorKind::Conflict);
});
