//! Objects flagged sensitive: the audit log notes who opened a record or took it out, and nothing of others.

use guanxi_engine::export::{self, ExportFormat, ExportRequest, Headers};
use guanxi_engine::{audit, changes, read, schema_change, timeline};
use guanxi_model::ErrorKind;
use guanxi_model::meta::Scope;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::json;

both_engines!(reading_a_sensitive_record_is_noted, |t: TestOrg| async move {
    let admin = t.admin();
    schema_change::set_standard_user_scope(&t.org, &admin, Scope::Own).await.expect("own");
    let li = t.user("li", "standard").await;
    let mine = t.create("contact", json!({"name": "甲", "owner_id": t.id(li.user)})).await;
    let other = t.create("contact", json!({"name": "乙"})).await;
    let account = t.create("account", json!({"name": "丙", "owner_id": t.id(li.user)})).await;
    let look = async || {
        read::open(&t.org, &li, "contact", &t.id(mine), None).await.expect("read");
        read::open(&t.org, &li, "account", &t.id(account), None).await.expect("read");
        assert_eq!(read::open(&t.org, &li, "contact", &t.id(other), None).await.expect_err("not hers").kind, ErrorKind::NotFound);
    };
    let noted = async || {
        audit::catch_up(&t.org).await.expect("caught up");
        let filter = audit::Filter { kind: Some("read".to_owned()), ..audit::Filter::default() };
        audit::list(&t.org, &admin, &filter, None, 50).await.expect("the log").0
    };
    look().await;
    assert_eq!(noted().await.len(), 0, "off by default");
    let refused = schema_change::update_object(&t.org, &li, "contact", &json!({"sensitive": true})).await.expect_err("no right");
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    schema_change::update_object(&t.org, &admin, "contact", &json!({"sensitive": true})).await.expect("flagged");
    look().await;
    let found = noted().await;
    assert_eq!(found.len(), 1, "not of other objects, nor where nothing was shown: {found:?}");
    let id = t.id(mine);
    let entry = &found[0];
    assert_eq!((entry.by.as_ref().map(|by| by.name.as_str()), entry.entry["record"].as_str()), (Some("li"), Some(id.as_str())));
    assert_eq!((entry.entry["door"].as_str(), &entry.body), (Some("rest"), &json!({"what": "record"})));
    changes::history(&t.org, &li, "contact", &id, None, 5).await.expect("a history");
    timeline::timeline(&t.org, &li, "contact", &id, None, 5).await.expect("a timeline");
    let whats: Vec<_> = noted().await.iter().map(|e| e.body["what"].as_str().map(str::to_owned)).collect();
    assert_eq!(whats, [Some("timeline".to_owned()), Some("history".to_owned()), Some("record".to_owned())]);
    let request =
        ExportRequest { q: "SELECT name FROM contact".to_owned(), format: ExportFormat::Csv, title: None, headers: Headers::Names };
    export::local(&t.org, &admin, &request, &t.folder().join("out.csv"), &mut |_, _| {}).await.expect("exported");
    audit::catch_up(&t.org).await.expect("caught up");
    let filter = audit::Filter { kind: Some("export".to_owned()), ..audit::Filter::default() };
    assert_eq!(audit::list(&t.org, &admin, &filter, None, 5).await.expect("the log").0[0].body["sensitive"], true);

    let t = t.restarted().await;
    assert!(t.org.schema().object("contact").expect("contact").def.sensitive, "an upgrade of packs keeps it");
    schema_change::update_object(&t.org, &t.admin(), "contact", &json!({"sensitive": false})).await.expect("off");
    let of_kind = |kind: &str| audit::Filter { kind: Some(kind.to_owned()), ..audit::Filter::default() };
    read::open(&t.org, &t.admin(), "contact", &id, None).await.expect("read");
    audit::catch_up(&t.org).await.expect("caught up");
    assert_eq!(audit::list(&t.org, &t.admin(), &of_kind("read"), None, 50).await.expect("the log").0.len(), 3);
});
