//! System tables: sessions, passwords, settings, views, imports, files, readers of the log.

use guanxi_model::RecordId;
use guanxi_store::sys::{FileVersion, ImportRow, NewEvent, SavedView, Session};

use crate::world::{NOW, Place, USER, World, both};

both!(sessions, sessions_beside_a_new_password, passwords, settings, views, imports, files, cursors);

const OTHER: RecordId = RecordId(2 << 14 | 1);

fn event() -> NewEvent {
    NewEvent { at: NOW, user: USER, door: "rest", kind: "sign_in", object: 0, record: RecordId(0), body: "{}".into() }
}

async fn sessions(w: World) {
    let session = |hash: &str, user| Session {
        token_hash: hash.into(),
        user,
        created_at: NOW,
        seen_at: NOW,
        expires_at: NOW + 10,
        client: "浏览器".into(),
        proved_at: NOW,
        viewing: None,
    };
    for user in [USER, OTHER] {
        w.store.credential_set(user, "now", &event()).await.unwrap();
    }
    assert!(!w.store.session_begin(&session("a", USER), "before", &event()).await.unwrap(), "the password was another one by then");
    for (hash, user) in [("a", USER), ("b", USER), ("c", OTHER), ("d", USER)] {
        assert!(w.store.session_begin(&session(hash, user), "now", &event()).await.unwrap());
    }
    assert_eq!(w.store.session_find("a").await.unwrap(), Some(session("a", USER)));
    assert_eq!(w.store.session_find("z").await.unwrap(), None);
    w.store.session_touch("a", NOW + 1, NOW + 20).await.unwrap();
    let touched = w.store.session_find("a").await.unwrap().unwrap();
    assert_eq!((touched.seen_at, touched.expires_at), (NOW + 1, NOW + 20));
    assert!(w.store.session_delete("d", NOW, "rest").await.unwrap());
    assert!(!w.store.session_delete("d", NOW, "rest").await.unwrap());
    assert_eq!(w.store.session_purge(NOW + 15).await.unwrap(), 2);
    w.store.session_begin(&session("e", USER), "now", &event()).await.unwrap();
    assert_eq!(w.store.session_delete_of_user(USER, Some("e")).await.unwrap(), 1);
    assert_eq!(w.store.session_delete_of_user(USER, None).await.unwrap(), 1);
    w.store.session_begin(&session("f", USER), "now", &event()).await.unwrap();
    assert!(w.store.session_begin(&session("f", USER), "now", &event()).await.is_err());
    w.store.session_begin(&session("g", USER), "now", &event()).await.unwrap();
    w.store.password_change(USER, "new", Some("g"), &event()).await.unwrap();
    assert_eq!(w.store.session_find("f").await.unwrap(), None);
    assert_eq!(w.store.session_find("g").await.unwrap(), Some(session("g", USER)));
    assert_eq!(w.store.credential(USER).await.unwrap().unwrap().password_hash, "new");
    let events = w.store.audit_events_after(0, 100).await.unwrap();
    assert_eq!(events.iter().map(|e| e.id).collect::<Vec<_>>(), (1..=11).collect::<Vec<_>>(), "one for each that happened");
    assert_eq!(events.iter().filter(|e| e.kind == "sign_out" && e.user == USER).count(), 1);
}

/// A sign-in that comes between a change of the password and its commit, which only PostgreSQL has, waits and is refused.
async fn sessions_beside_a_new_password(w: World) {
    let Place::Schema(pool, schema) = &w.place else { return };
    w.store.credential_set(USER, "old", &event()).await.unwrap();
    let script = "BEGIN; UPDATE sys_credential SET password_hash = 'new'; SELECT pg_sleep(0.5); COMMIT";
    let change = pool.execute_script(schema, script);
    let session = Session {
        token_hash: "a".into(),
        user: USER,
        created_at: NOW,
        seen_at: NOW,
        expires_at: NOW + 10,
        client: String::new(),
        proved_at: NOW,
        viewing: None,
    };
    let sign_in = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        w.store.session_begin(&session, "old", &event()).await.unwrap()
    };
    let (changed, begun) = tokio::join!(change, sign_in);
    changed.unwrap();
    assert!(!begun, "the password had been changed by then");
}

async fn passwords(w: World) {
    assert_eq!(w.store.credential(USER).await.unwrap(), None);
    w.store.credential_set(USER, "$argon2id$1", &event()).await.unwrap();
    w.clock.advance(3);
    w.store.credential_set(USER, "$argon2id$2", &event()).await.unwrap();
    let credential = w.store.credential(USER).await.unwrap().unwrap();
    assert_eq!((credential.password_hash.as_str(), credential.changed_at), ("$argon2id$2", NOW + 3));
    w.store.credential_delete(USER).await.unwrap();
    assert_eq!(w.store.credential(USER).await.unwrap(), None);
}

async fn settings(w: World) {
    w.store.setting_set("b", Some("{}")).await.unwrap();
    w.store.setting_set("a", Some("1")).await.unwrap();
    w.store.setting_set("a", Some("2")).await.unwrap();
    let pairs = |p: &[(&str, &str)]| p.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
    assert_eq!(w.store.settings().await.unwrap(), pairs(&[("a", "2"), ("b", "{}")]));
    w.store.setting_set("b", None).await.unwrap();
    assert_eq!(w.store.settings().await.unwrap(), pairs(&[("a", "2")]));
    w.store.user_setting_set(USER, "theme", Some("\"dark\"")).await.unwrap();
    w.store.user_setting_set(OTHER, "theme", Some("\"light\"")).await.unwrap();
    w.store.user_setting_set(USER, "theme", Some("\"system\"")).await.unwrap();
    assert_eq!(w.store.user_settings(USER).await.unwrap(), pairs(&[("theme", "\"system\"")]));
    w.store.user_setting_set(USER, "theme", None).await.unwrap();
    assert!(w.store.user_settings(USER).await.unwrap().is_empty());
}

async fn views(w: World) {
    let view = |id, owner, shared| SavedView { id, object: "account".into(), owner, shared, body: "{\"名\": 1}".into() };
    for v in [view(1, USER, false), view(2, OTHER, false), view(3, OTHER, true), view(4, USER, true)] {
        w.store.view_put(&v).await.unwrap();
    }
    let ids = |views: Vec<SavedView>| views.into_iter().map(|v| v.id).collect::<Vec<_>>();
    assert_eq!(ids(w.store.views("account", USER).await.unwrap()), [1, 3, 4]);
    assert!(w.store.views("contact", USER).await.unwrap().is_empty());
    w.store.view_put(&view(3, OTHER, false)).await.unwrap();
    assert_eq!(w.store.view(3).await.unwrap(), Some(view(3, OTHER, false)));
    assert!(w.store.view_delete(4).await.unwrap());
    assert!(!w.store.view_delete(4).await.unwrap());
    assert_eq!(ids(w.store.views("account", USER).await.unwrap()), [1]);
}

async fn imports(w: World) {
    for id in 1..=3 {
        w.store.import_put(&ImportRow { id, body: "{}".into(), created_at: NOW + id, user: USER }).await.unwrap();
    }
    w.store.import_put(&ImportRow { id: 2, body: "[]".into(), created_at: 0, user: OTHER }).await.unwrap();
    assert_eq!(w.store.import(2).await.unwrap(), Some(ImportRow { id: 2, body: "[]".into(), created_at: NOW + 2, user: USER }));
    let ids: Vec<_> = w.store.imports(None, 2).await.unwrap().into_iter().map(|i| i.id).collect();
    assert_eq!(ids, [3, 2]);
    assert_eq!(w.store.imports(Some(2), 10).await.unwrap().len(), 1);
}

async fn files(w: World) {
    let version = |version| FileVersion {
        file: RecordId(99),
        version,
        sha256: "ab".into(),
        size: 3,
        content_type: "text/plain".into(),
        blob_key: "ab/cd".into(),
        at: NOW,
        user: USER,
    };
    w.store.file_version_insert(&version(1)).await.unwrap();
    w.store.file_version_insert(&version(2)).await.unwrap();
    assert_eq!(w.store.file_version_insert(&version(2)).await.unwrap_err().code, "file_version_exists");
    assert_eq!(w.store.file_version(RecordId(99), None).await.unwrap(), Some(version(2)));
    assert_eq!(w.store.file_version(RecordId(99), Some(1)).await.unwrap(), Some(version(1)));
    assert_eq!(w.store.file_version(RecordId(98), None).await.unwrap(), None);
    assert_eq!(w.store.file_versions(RecordId(99)).await.unwrap(), [version(2), version(1)]);
}

async fn cursors(w: World) {
    assert_eq!(w.store.cursor("search").await.unwrap(), 0);
    w.store.cursor_set("search", 5).await.unwrap();
    w.store.cursor_set("search", 9).await.unwrap();
    assert_eq!((w.store.cursor("search").await.unwrap(), w.store.cursor("other").await.unwrap()), (9, 0));
}
