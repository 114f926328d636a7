//! Opening, closing, migrations.

use std::sync::Arc;

use guanxi_model::ErrorKind;
use guanxi_store::{SqliteOptions, Store};

use crate::world::{Engine, Place, World, account, all, authorized, both, named, open};

both!(a_closed_store_refuses, what_was_written_is_there_again, migrations_resume, a_newer_schema_is_refused);

async fn a_closed_store_refuses(w: World) {
    w.store.close().await;
    let refused = w.write(w.set(1, vec![named(account(1), "a")])).await.unwrap_err();
    assert_eq!(refused.into_error().kind, ErrorKind::Unavailable);
    assert_eq!(w.store.log_after(0, 1).await.unwrap_err().kind, ErrorKind::Unavailable);
    open(&w.place, &w.clock).await.unwrap();
}

async fn what_was_written_is_there_again(mut w: World) {
    w.write(w.set(1, vec![named(account(1), "a")])).await.unwrap();
    if let Place::Folder(..) = w.place {
        assert_eq!(open(&w.place, &w.clock).await.err().map(|e| e.code), Some("store_in_use"));
    }
    w.reopen().await;
    assert_eq!(w.store.log_of_set(1, 0, 10).await.unwrap().len(), 1);
    let (version, meta) = w.store.load_meta().await.unwrap();
    assert_eq!((version, meta.len()), (1, 3));
    w.write(w.set(2, vec![named(account(2), "a")])).await.unwrap();
    assert_eq!(w.store.log_after(2, 10).await.unwrap()[0].seq, 3);
}

/// Runs statements on the database itself.
async fn raw(place: &Place, sql: &str) {
    match place {
        Place::Folder(path) => rusqlite::Connection::open(path.join("org.db")).unwrap().execute_batch(sql).unwrap(),
        Place::Schema(pool, schema) => pool.execute_script(schema, sql).await.unwrap(),
    }
}

/// A run that stopped after the first migration goes on with the second.
async fn migrations_resume(mut w: World) {
    w.write(w.set(1, vec![named(account(1), "a")])).await.unwrap();
    w.store.close().await;
    raw(
        &w.place,
        "DROP TABLE sys_session; DROP TABLE sys_credential; DROP TABLE sys_job; DROP TABLE sys_idempotency; DROP TABLE sys_import; \
         DROP TABLE sys_view; DROP TABLE sys_setting; DROP TABLE sys_user_setting; DROP TABLE sys_file_version; DROP TABLE sys_cursor; \
         DROP TABLE sys_notification; DROP TABLE sys_audit_event; DROP TABLE sys_audit_leaf; DROP TABLE sys_audit_salt; \
         DROP TABLE sys_audit_tile; DROP TABLE sys_audit_tree; DROP TABLE sys_share; DROP TABLE sys_api_token; DROP TABLE sys_second_factor; \
         DROP TABLE sys_recovery_code; DROP TABLE sys_mail_link; DROP TABLE sys_mail; DROP TABLE sys_passkey; DROP TABLE sys_challenge; \
         DELETE FROM sys_migration WHERE version >= 2;",
    )
    .await;
    w.reopen().await;
    w.store.setting_set("a", Some("1")).await.unwrap();
    assert_eq!(w.store.log_after(0, 10).await.unwrap().len(), 2);
    w.reopen().await;
    assert_eq!(w.store.settings().await.unwrap(), [("a".to_owned(), "1".to_owned())]);
}

async fn a_newer_schema_is_refused(w: World) {
    w.store.close().await;
    raw(&w.place, "INSERT INTO sys_migration (version, name, applied_at) VALUES (9999, 'future', 0);").await;
    let refused = open(&w.place, &w.clock).await.err().unwrap();
    assert_eq!((refused.kind, refused.code), (ErrorKind::Conflict, "newer_schema"));
}

/// A full file refuses writes, answers queries, and takes writes again when there is room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_file_heals() {
    let mut w = World::new(Engine::Sqlite).await.unwrap();
    w.store.close().await;
    let Place::Folder(folder) = &w.place else { unreachable!() };
    let path = folder.join("org.db");
    let limited = |max_bytes| SqliteOptions { max_bytes, ..SqliteOptions::default() };
    w.store = Store::open_sqlite(&path, limited(Some(400_000)), Arc::new(w.clock.clone())).await.unwrap();
    let big = |n: i64| vec![named(account(n), &"字".repeat(2_000))];
    let mut written = 0;
    let error = loop {
        match w.write(w.set(written + 1, big(written + 1))).await {
            Ok(_) => written += 1,
            Err(error) => break error.into_error(),
        }
    };
    assert_eq!((error.kind, error.code), (ErrorKind::NoSpace, "no_space"));
    // Sets that come together: each is whole or refused.
    let tries = (0..20).map(|n| {
        let (store, schema, set) = (w.store.clone(), w.schema.clone(), authorized(w.set(1_000 + n, big(1_000 + n))));
        async move { store.write(&schema, set).await.map_err(|e| e.into_error().kind) }
    });
    let refused = all(tries.collect::<Vec<_>>()).await;
    assert!(refused.iter().all(|r| *r == Err(ErrorKind::NoSpace)), "{refused:?}");
    assert_eq!(w.store.log_after(0, 10_000).await.unwrap().len() as i64, written + 1);
    w.store.close().await;
    w.store = Store::open_sqlite(&path, limited(None), Arc::new(w.clock.clone())).await.unwrap();
    let done = w.write(w.set(5_000, big(5_000))).await.unwrap();
    assert_eq!(done.last_seq, written + 2);
    w.store.maintain(&w.schema).await.unwrap();
}
