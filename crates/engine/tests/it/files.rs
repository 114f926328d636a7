//! Files: versions, rights by way of the record they hang on, limits.

use guanxi_engine::files;
use guanxi_model::ErrorKind;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::json;

use crate::import::{body, read};

both_engines!(files_have_versions, |t: TestOrg| async move {
    let ctx = t.admin();
    let account = t.id(t.create("account", json!({"name": "A"})).await);
    let made = files::upload(&t.org, &ctx, "../报价.pdf", Some(&account), body("one")).await.unwrap();
    assert_eq!((made.name.as_str(), made.size, made.version, made.content_type.as_str()), ("报价.pdf", 3, 1, "application/pdf"));
    assert_eq!(made.sha256, "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed");
    assert_eq!(made.related_to_id.as_deref(), Some(account.as_str()));
    let second = files::new_version(&t.org, &ctx, &made.id, body("second")).await.unwrap();
    assert_eq!((second.version, second.size), (2, 6));
    assert_eq!(read(files::open(&t.org, &ctx, &made.id, None).await.unwrap()).await, "second");
    assert_eq!(read(files::open(&t.org, &ctx, &made.id, Some(1)).await.unwrap()).await, "one");
    assert_eq!(files::open(&t.org, &ctx, &made.id, Some(3)).await.err().unwrap().kind, ErrorKind::NotFound);
    let versions: Vec<i64> = files::versions(&t.org, &ctx, &made.id).await.unwrap().iter().map(|v| v.version).collect();
    assert_eq!(versions, [2, 1]);
    assert_eq!(files::info(&t.org, &ctx, &made.id).await.unwrap(), second);
    let listed = t.query("SELECT name, size, file_version FROM file").await;
    assert_eq!(listed, [json!({"name": "报价.pdf", "size": 6, "file_version": 2})]);
});

both_engines!(a_file_is_as_hidden_as_its_record, |t: TestOrg| async move {
    let admin = t.admin();
    guanxi_engine::schema_change::set_standard_user_scope(&t.org, &admin, guanxi_model::meta::Scope::Own).await.unwrap();
    let (ann, bob, reader) = (t.user("ann", "standard").await, t.user("bob", "standard").await, t.user("eve", "read_only").await);
    let hidden = t.id(t.create_as(&ann, "account", json!({"name": "A"})).await.unwrap().id());
    let made = files::upload(&t.org, &ann, "a.txt", Some(&hidden), body("x")).await.unwrap();
    for refused in [
        files::info(&t.org, &bob, &made.id).await.err(),
        files::open(&t.org, &bob, &made.id, None).await.err(),
        files::versions(&t.org, &bob, &made.id).await.err(),
        files::new_version(&t.org, &bob, &made.id, body("y")).await.err(),
        files::upload(&t.org, &bob, "b.txt", Some(&hidden), body("y")).await.err(),
        files::info(&t.org, &ann, &hidden).await.err(),
    ] {
        assert_eq!(refused.unwrap().kind, ErrorKind::NotFound);
    }
    // The file's record given to somebody else does not give away what it hangs on.
    let id = t.org.schema().parse_id(&made.id).map(|(_, id)| id).unwrap();
    t.update_as(&admin, id, json!({"owner_id": t.id(bob.user)})).await.unwrap();
    assert_eq!(files::open(&t.org, &bob, &made.id, None).await.err().unwrap().kind, ErrorKind::NotFound);
    assert_eq!(files::upload(&t.org, &reader, "a.txt", None, body("x")).await.err().unwrap().kind, ErrorKind::Forbidden);
});

both_engines!(a_file_purged_leaves_no_bytes, |t: TestOrg| async move {
    let ctx = t.admin();
    let made = files::upload(&t.org, &ctx, "a.txt", None, body("one")).await.unwrap();
    let mut keys = t.query("SELECT storage_key FROM file").await;
    files::new_version(&t.org, &ctx, &made.id, body("second")).await.unwrap();
    keys.extend(t.query("SELECT storage_key FROM file").await);
    let id = t.org.schema().parse_id(&made.id).map(|(_, id)| id).unwrap();
    t.delete_as(&ctx, id).await.unwrap();
    for key in &keys {
        assert!(t.org.files().get(key["storage_key"].as_str().unwrap()).await.is_ok());
    }
    guanxi_engine::recycle::purge(&t.org, &ctx, &[made.id]).await.unwrap();
    for key in &keys {
        assert_eq!(t.org.files().get(key["storage_key"].as_str().unwrap()).await.err().unwrap().kind, ErrorKind::NotFound);
    }
});
