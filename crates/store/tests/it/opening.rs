//! Opening, closing, migrations.

use guanxi_model::ErrorKind;

use crate::world::{Place, World, account, both, named, open};

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
