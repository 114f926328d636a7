//! A disk that fails to flush, a server that drops its connections: nothing is acknowledged that is lost, and the errors say `unavailable`.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use guanxi_model::ErrorKind;
use guanxi_model::clock::ManualClock;
use guanxi_store::{PgPool, SqliteOptions, Store};

use crate::world::{Engine, NOW, Place, World, account, all, authorized, contact, named, open, schema, set_at};

const FOLDER: &str = "GUANXI_FAULT_FOLDER";

/// `strace` makes every flush after the first thirty fail: the store refuses to write until it is opened again. Skipped where a process may
/// not be traced.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_flush_is_not_acknowledged() {
    let mut w = World::new(Engine::Sqlite).await.unwrap();
    let Place::Folder(folder) = &w.place else { unreachable!() };
    let traced = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    if !traced.is_ok_and(|status| status.success()) {
        eprintln!("skipped: strace is missing or not permitted");
        return;
    }
    w.store.close().await;
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=31+"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "faults::child", "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let acknowledged: Vec<i64> = said.lines().filter_map(|line| line.strip_prefix("ack ")).map(|n| n.parse().unwrap()).collect();
    assert!(acknowledged.len() >= 10, "{said}");
    w.reopen().await;
    for set in &acknowledged {
        assert_eq!(w.store.log_of_set(*set, 0, 5).await.unwrap().len(), 1, "set {set}");
    }
    // What was refused may be there or not (the log had it, the disk was asked in vain), but nothing after it.
    let there = w.store.log_after(1, 1_000).await.unwrap().len();
    assert!(there <= acknowledged.len() + 1, "{there} sets, {} acknowledged", acknowledged.len());
}

/// Writes until a write fails; then expects that nothing is written any more, while reading works. Does nothing when run as a test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let path = std::path::Path::new(&folder).join("org.db");
    let store = Store::open_sqlite(&path, SqliteOptions::default(), Arc::new(ManualClock::at(NOW))).await.unwrap();
    let schema = Arc::new(schema());
    let mut refused = 0;
    for n in 1..1_000 {
        let set = set_at(NOW, n, vec![named(account(n), "a")]);
        match store.write(&schema, authorized(set)).await {
            Ok(_) => {
                assert_eq!(refused, 0, "nothing is written after a failed flush");
                writeln!(std::io::stdout(), "ack {n}").unwrap();
            }
            Err(error) => {
                assert_eq!(error.into_error().kind, ErrorKind::Unavailable);
                refused += 1;
            }
        }
        if refused == 4 {
            break;
        }
    }
    assert_eq!(refused, 4);
    assert!(store.log_after(0, 1_000).await.unwrap().len() > 1, "reading works");
}

/// All connections are cut again and again under four writers and a reader.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_connections_lose_nothing() {
    let Some(mut w) = World::new(Engine::Postgres).await else { return };
    let Place::Schema(_, name) = &w.place else { unreachable!() };
    let name = name.clone();
    let url = crate::postgres::url().await.unwrap();
    let admin = PgPool::new(&url, 1).unwrap();
    w.store.close().await;
    let mark = name.chars().take(60).collect::<String>();
    w.place = Place::Schema(PgPool::new(&format!("{url}?application_name={mark}"), 6).unwrap(), name.clone());
    w.store = open(&w.place, &w.clock).await.unwrap();
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{mark}'");
    let cutting = tokio::spawn(async move {
        for _ in 0..15 {
            tokio::time::sleep(std::time::Duration::from_millis(40)).await;
            admin.execute_script("public", &cut).await.unwrap();
        }
    });
    let writers = (0..4i64).map(|writer| {
        let (store, schema, until) = (w.store.clone(), Arc::clone(&w.schema), cutting.abort_handle());
        async move {
            let (mut acknowledged, mut refused, mut n) = (Vec::new(), 0, writer * 1_000_000);
            while !until.is_finished() {
                n += 1;
                match store.write(&schema, authorized(set_at(NOW, n, vec![named(account(n), "a"), named(contact(n), "c")]))).await {
                    Ok(_) => acknowledged.push(n),
                    Err(error) => {
                        assert_eq!(error.into_error().kind, ErrorKind::Unavailable);
                        refused += 1;
                    }
                }
                if let Err(error) = store.log_after(0, 1).await {
                    assert_eq!(error.kind, ErrorKind::Unavailable);
                }
            }
            (acknowledged, refused)
        }
    });
    let results = all(writers.collect::<Vec<_>>()).await;
    cutting.await.unwrap();
    let log = w.store.log_after(0, 1_000_000).await.unwrap();
    assert!(log.iter().map(|e| e.seq).eq(1..=log.len() as i64), "the log has no gap");
    let refused: usize = results.iter().map(|r| r.1).sum();
    let acknowledged: Vec<i64> = results.into_iter().flat_map(|r| r.0).collect();
    assert!(!acknowledged.is_empty() && refused > 0, "{} acknowledged, {refused} refused", acknowledged.len());
    for set in &acknowledged {
        assert_eq!(log.iter().filter(|e| e.change_set == *set).count(), 2, "set {set}");
    }
}
