//! Reading over HTTP: one record, a list, a sum; each against its baseline in turn.

use guanxi_model::{Cell, RecordId};
use guanxi_store::yardstick::{Changer, Reader};

use super::http::{self, Answer, Connection, Load, escaped, get, patch};
use super::measure::{median, timed};
use super::process::Server;
use super::report::{Cost, Line, rate};
use super::subject::{SUM, Subject};
use super::{Run, Share};
use crate::demo::rng::Rng;
use crate::demo::size::Size;
use crate::failure::Failure;

/// Connections of the reading loads.
const READERS: usize = 16;

/// The servers that are compared.
pub(crate) struct Pair<'a> {
    /// The organisation.
    pub(crate) subject: &'a Subject,
    /// The product.
    pub(crate) server: &'a Server,
    /// The bare server.
    pub(crate) bare: &'a Server,
}

/// Rounds of a load on the product and one on the bare server.
struct Rounds {
    ours: Vec<f64>,
    raw: Vec<f64>,
    ratios: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
    cpu_ms: Vec<f64>,
}

async fn rounds<A, B>(run: &Run, pair: &Pair<'_>, connections: usize, ours: A, raw: B) -> Result<Rounds, Failure>
where
    A: Fn(&mut Rng) -> Vec<u8> + Clone + Send + 'static,
    B: Fn(&mut Rng) -> Vec<u8> + Clone + Send + 'static,
{
    let mut all = Rounds { ours: Vec::new(), raw: Vec::new(), ratios: Vec::new(), p50: Vec::new(), p99: Vec::new(), cpu_ms: Vec::new() };
    // A round of each that does not count: until each connection has seen the pages, the first figures are those of page faults.
    http::load(&pair.server.address, connections, run.time, 200, ours.clone()).await?;
    http::load(&pair.bare.address, connections, run.time, 200, raw.clone()).await?;
    for _ in 0..run.rounds {
        let cpu = pair.server.cpu_ms();
        let one: Load = http::load(&pair.server.address, connections, run.time, 200, ours.clone()).await?;
        all.cpu_ms.push((pair.server.cpu_ms() - cpu) / one.requests.max(1) as f64);
        let other = http::load(&pair.bare.address, connections, run.time, 200, raw.clone()).await?;
        all.ours.push(one.rate);
        all.raw.push(other.rate);
        all.ratios.push(one.rate / other.rate.max(1e-9));
        all.p50.push(one.p50_ms);
        all.p99.push(one.p99_ms);
    }
    Ok(all)
}

/// One record by id.
pub(crate) async fn record(run: &mut Run, pair: &Pair<'_>) -> Result<(), Failure> {
    let (contacts, token) = (pair.subject.contacts.clone(), pair.subject.token.clone());
    let ours = move |rng: &mut Rng| {
        let id = &contacts[rng.between(0, contacts.len() as i64 - 1) as usize];
        get(&format!("/api/v1/records/contact/{id}"), &token)
    };
    // Over PostgreSQL the bar is against the raw driver, which has the database to ask, too.
    let sqlite = pair.subject.place.database_url.is_none();
    let bare = rounds(run, pair, READERS, ours.clone(), ours.clone()).await?;
    let driver = rounds(run, pair, READERS, ours, |_| get("/record", "x")).await?;
    let baselines =
        [(bare, "bare handler, same request, same bytes", sqlite), (driver, "bare handler, same select, raw driver, JSON", !sqlite)];
    let mut cpu = 0.0;
    for (all, name, counts) in baselines {
        cpu = median(&all.cpu_ms);
        let (ratio, p99) = (median(&all.ratios), median(&all.p99));
        run.report.add(Line {
            what: format!("read one record over HTTP with sign-in, {READERS} connections"),
            ours: format!("{}, p50 {:.2} ms, p99 {p99:.2} ms", rate(median(&all.ours)), median(&all.p50)),
            raw: format!("{} ({name})", rate(median(&all.raw))),
            ratio: format!("{:.0} %", ratio * 100.0),
            bar: if counts { "≥ 60 %, p99 ≤ 10 ms".to_owned() } else { "–".to_owned() },
            holds: counts.then_some(ratio >= 0.6 && p99 <= 10.0),
        });
    }
    run.report.costs.push(Cost { what: "read a record".to_owned(), ms: cpu, others_ms: 14.0 });
    Ok(())
}

/// A list of 50; gives the median answer time of one connection, for the comparison of sizes.
pub(crate) async fn list(run: &mut Run, pair: &Pair<'_>) -> Result<(), Failure> {
    let path = format!("/api/v1/query?limit=50&q={}", escaped(&pair.subject.list_query()));
    let request = get(&path, &pair.subject.token);
    let all = rounds(run, pair, READERS, move |_| request.clone(), |_| get("/list", "x")).await?;
    let (ratio, p99) = (median(&all.ratios), median(&all.p99));
    run.report.add(Line {
        what: format!("list of 50, owner filter, sorted by name, over HTTP, {READERS} connections"),
        ours: format!("{}, p50 {:.2} ms, p99 {p99:.2} ms", rate(median(&all.ours)), median(&all.p50)),
        raw: format!("{} (bare handler, same SQL, raw driver, JSON)", rate(median(&all.raw))),
        ratio: format!("{:.0} %", ratio * 100.0),
        bar: "≥ 50 %, p99 ≤ 15 ms".to_owned(),
        holds: Some(ratio >= 0.5 && p99 <= 15.0),
    });
    run.report.costs.push(Cost { what: "list of 50".to_owned(), ms: median(&all.cpu_ms), others_ms: 26.0 });
    Ok(())
}

/// The list at two sizes, in turn, each over one connection: the median answer times.
pub(crate) async fn list_at_sizes(run: &mut Run, medium: (&Subject, &Server), large: (&Subject, &Server)) -> Result<(), Failure> {
    let request = |subject: &Subject| get(&format!("/api/v1/query?limit=50&q={}", escaped(&subject.list_query())), &subject.token);
    let (at_m, at_l) = (request(medium.0), request(large.0));
    let (mut m, mut l, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..run.rounds {
        let (one, two) = (at_m.clone(), at_l.clone());
        let one = http::load(&medium.1.address, 1, run.time, 200, move |_| one.clone()).await?;
        let two = http::load(&large.1.address, 1, run.time, 200, move |_| two.clone()).await?;
        m.push(one.p50_ms);
        l.push(two.p50_ms);
        ratios.push(two.p50_ms / one.p50_ms.max(1e-9));
    }
    run.report.add(Line {
        what: "the same list at size L against size M, one connection".to_owned(),
        ours: format!("{:.3} ms at L", median(&l)),
        raw: format!("{:.3} ms at M", median(&m)),
        ratio: format!("{:.2} ×", median(&ratios)),
        bar: "≤ 1.5 ×".to_owned(),
        holds: Some(median(&ratios) <= 1.5),
    });
    Ok(())
}

/// The sum of amounts by stage over all opportunities: again and again, and each time after one of them has changed, when it has to be
/// worked out anew.
pub(crate) async fn sum(run: &mut Run, pair: &Pair<'_>) -> Result<(), Failure> {
    let request = get(&format!("/api/v1/query?q={}", escaped(SUM)), &pair.subject.token);
    let reader = Reader::open(&pair.subject.source(), 1).await?;
    let statement = reader.prepare(&pair.subject.sum.0).await?;
    let mut connection = Connection::open(&pair.server.address).await.map_err(lost)?;
    // On SQLite the baseline's file is another one, and changes in the same way; on PostgreSQL it is the same table.
    let changer = pair.subject.bare.sqlite.as_deref().map(Changer::open).transpose()?;
    let number = RecordId::decode(&pair.subject.opportunity).map_or(0, |(_, id)| id.0);
    let (mut ours, mut raw, mut ratios, mut cpu) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut again, mut again_cpu) = (Vec::new(), Vec::new());
    for round in 0..run.rounds {
        let (mut fresh, mut bare, mut spent, mut left) = (Vec::new(), Vec::new(), 0.0, run.time.as_secs_f64() * 2.0);
        while left > 0.0 {
            let change = patch(&pair.subject.opportunity_path(), &pair.subject.token, &format!(r#"{{"next_step":"{round} {left}"}}"#));
            expect(&connection.send(&change).await.map_err(lost)?, 200)?;
            let before = pair.server.cpu_ms();
            let (answer, seconds) = timed(connection.send(&request)).await;
            expect(&answer.map_err(lost)?, 200)?;
            spent += pair.server.cpu_ms() - before;
            if let Some(changer) = &changer {
                let values = [Cell::Text(format!("{round} {left}")), Cell::Int(number)];
                tokio::task::block_in_place(|| changer.run("UPDATE opportunity SET next_step = ? WHERE id = ?", &values))?;
            }
            let (done, bare_seconds) = timed(reader.run(0, &statement, &pair.subject.sum.1)).await;
            done?;
            fresh.push(seconds * 1000.0);
            bare.push(bare_seconds * 1000.0);
            left -= seconds + bare_seconds;
        }
        cpu.push(spent / fresh.len() as f64);
        ours.push(median(&fresh));
        raw.push(median(&bare));
        ratios.push(median(&fresh) / median(&bare).max(1e-9));
        let before = pair.server.cpu_ms();
        let sent = request.clone();
        let load = http::load(&pair.server.address, 1, run.time, 200, move |_| sent.clone()).await?;
        again_cpu.push((pair.server.cpu_ms() - before) / load.requests.max(1) as f64);
        again.push(load.p50_ms);
    }
    let line = |what: &str, ours: &[f64], bar: &str| Line {
        what: format!("sum of amount by stage over all opportunities, over HTTP, one connection, {what}"),
        ours: format!("{:.2} ms", median(ours)),
        raw: format!("{:.2} ms (same SQL, raw driver in process)", median(&raw)),
        ratio: format!("{:.2} ×", median(ours) / median(&raw).max(1e-9)),
        bar: bar.to_owned(),
        holds: None,
    };
    let ratio = median(&ratios);
    run.report.add(Line {
        ratio: format!("{ratio:.2} ×"),
        holds: Some(ratio <= 1.3),
        ..line("after a change of one of them", &ours, "≤ 1.3 ×")
    });
    run.report.add(line("asked again", &again, "–"));
    run.report.costs.push(Cost { what: "sum by stage after a change".to_owned(), ms: median(&cpu), others_ms: 13.0 });
    run.report.costs.push(Cost { what: "sum by stage asked again".to_owned(), ms: median(&again_cpu), others_ms: 13.0 });
    Ok(())
}

fn lost(error: std::io::Error) -> Failure {
    Failure::new(format!("the connection to the server: {error}"))
}

fn expect(answer: &Answer, status: u16) -> Result<(), Failure> {
    if answer.status == status {
        return Ok(());
    }
    Err(Failure::new(format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body))))
}

/// How long a fresh process needs to its first answer.
pub(crate) async fn cold_start(run: &mut Run, subject: &Subject) -> Result<(), Failure> {
    let request = get(&format!("/api/v1/records/contact/{}", subject.contacts[0]), &subject.token);
    let mut times = Vec::new();
    for _ in 0..run.rounds.max(3) {
        let (server, seconds) = Server::start(&subject.place, &request).await?;
        times.push(seconds * 1000.0);
        drop(server);
    }
    let middle = median(&times);
    let large = subject.size == Size::L;
    run.report.add(Line {
        what: format!("cold start to the first answered read, size {}", subject.size.name()),
        ours: format!("{middle:.0} ms"),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: if large { "≤ 500 ms".to_owned() } else { "≤ 500 ms at L".to_owned() },
        holds: (large || middle > 500.0).then_some(middle <= 500.0),
    });
    Ok(())
}

/// Memory before and under all loads.
pub(crate) fn memory(run: &mut Run, share: Share, mb: f64, bar: f64) {
    let what = match share {
        Share::Idle => "memory after the start and one answer",
        Share::Loaded => "most memory under the loads above",
    };
    run.report.add(Line {
        what: what.to_owned(),
        ours: format!("{mb:.0} MB"),
        raw: "–".to_owned(),
        ratio: "–".to_owned(),
        bar: format!("≤ {bar:.0} MB"),
        holds: Some(mb <= bar),
    });
}
