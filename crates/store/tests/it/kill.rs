//! A process that is killed (SIGKILL) under eight writers, twenty times over the same organisation, loses nothing that it had
//! acknowledged and leaves nothing half done. The child is this test program itself, running [`child`].

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;

use guanxi_model::clock::ManualClock;
use guanxi_store::PgPool;

use crate::world::{NOW, Place, World, account, authorized, both, contact, named, open, schema};

both!(nothing_acknowledged_is_lost);

const ROUNDS: i64 = 20;
const PLACE: &str = "GUANXI_KILL_PLACE";
const ROUND: &str = "GUANXI_KILL_ROUND";

async fn nothing_acknowledged_is_lost(mut w: World) {
    let place = match &w.place {
        Place::Folder(path) => path.display().to_string(),
        Place::Schema(_, schema) => format!("{} {schema}", crate::postgres::url().await.unwrap()),
    };
    w.store.close().await;
    let mut acknowledged = Vec::new();
    for round in 1..=ROUNDS {
        acknowledged.extend(run_and_kill(&place, round));
    }
    w.reopen().await;
    let head = *w.store.log_head().borrow();
    let mut sets = std::collections::HashMap::new();
    let mut expected = 1;
    while expected <= head {
        for entry in w.store.log_after(expected - 1, 5_000).await.unwrap() {
            assert_eq!(entry.seq, expected, "the log has no gap");
            expected += 1;
            *sets.entry(entry.change_set).or_insert(0) += 1;
        }
    }
    sets.remove(&0);
    assert!(sets.values().all(|n| *n == 2), "every set is whole");
    for set in &acknowledged {
        assert!(sets.contains_key(set), "set {set} was acknowledged and is lost");
    }
    // Beyond the acknowledged ones at most those that were under way when the process died.
    assert!(sets.len() as i64 <= acknowledged.len() as i64 + 8 * ROUNDS, "{} sets, {} acknowledged", sets.len(), acknowledged.len());
    w.store.close().await;
    if let Place::Folder(path) = &w.place {
        let conn = rusqlite::Connection::open(path.join("org.db")).unwrap();
        let report: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(report, "ok");
        let records: i64 =
            conn.query_row("SELECT (SELECT COUNT(*) FROM account) + (SELECT COUNT(*) FROM contact)", [], |row| row.get(0)).unwrap();
        assert_eq!(records, sets.len() as i64 * 2);
    }
}

/// Runs the child until it has acknowledged enough; kills it; gives what it acknowledged.
fn run_and_kill(place: &str, round: i64) -> Vec<i64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture"])
        .env(PLACE, place)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let enough = 40 + (round * 37 % 160) as usize;
    let mut acknowledged = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).split(b'\n') {
        // A line that the kill cut off does not count: whether it was acknowledged is unknown.
        let line = String::from_utf8(line.unwrap()).unwrap();
        if let Some(set) = line.strip_prefix("ack ").and_then(|rest| rest.strip_suffix(" .")) {
            acknowledged.push(set.parse().unwrap());
        }
        if acknowledged.len() == enough {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= enough, "the child ended after {} acknowledgements", acknowledged.len());
    acknowledged
}

/// Eight writers that say on standard output what was acknowledged, until the process is killed. Does nothing when run as a test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let (Ok(place), Ok(round)) = (std::env::var(PLACE), std::env::var(ROUND)) else { return };
    let round: i64 = round.parse().unwrap();
    let clock = ManualClock::at(NOW);
    let place = match place.split_once(' ') {
        Some((url, schema)) => Place::Schema(PgPool::new(url, 4).unwrap(), schema.to_owned()),
        None => Place::Folder(place.into()),
    };
    let store = open(&place, &clock).await.unwrap();
    let schema = Arc::new(schema());
    let writers = (0..8).map(|writer| {
        let (store, schema) = (store.clone(), Arc::clone(&schema));
        async move {
            for n in 1.. {
                let id = (round * 8 + writer) * 1_000_000 + n;
                let set = crate::world::set_at(NOW, id, vec![named(account(id), "a"), named(contact(id), "c")]);
                store.write(&schema, authorized(set)).await.unwrap();
                let mut out = std::io::stdout().lock();
                out.write_all(format!("ack {id} .\n").as_bytes()).unwrap();
                out.flush().unwrap();
            }
        }
    });
    crate::world::all(writers.collect::<Vec<_>>()).await;
}
