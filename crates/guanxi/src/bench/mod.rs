//! `guanxi bench`: measures this build on this machine, every figure beside a baseline of the raw framework or driver, in turn.

mod altering;
mod bare;
mod http;
mod importing;
mod measure;
mod process;
mod reading;
mod report;
mod rights;
mod search;
mod subject;
mod writing;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::config::Config;
use crate::data::Data;
use crate::demo::size::Size;
use crate::failure::Failure;
use bare::Bare;
use process::Server;
use reading::Pair;
use report::Report;
use subject::Subject;

/// `guanxi bench`.
#[derive(Args)]
pub(crate) struct BenchArgs {
    /// How much data, made as `guanxi demo --size` makes it; with L, M is measured first
    #[arg(long, value_enum, ignore_case = true, default_value = "m")]
    size: Size,
    /// Only these figures
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Figure>,
    /// Seconds of each load
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Rounds; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Rows of the import [default: as many as the size has contacts]
    #[arg(long)]
    rows: Option<usize>,
    /// Write the report to this file, too
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Serve the baseline's answers of this settings file
    #[arg(long, hide = true, value_name = "FILE")]
    bare: Option<PathBuf>,
}

/// A figure of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Figure {
    /// Reading one record.
    Read,
    /// A list of 50.
    List,
    /// A sum by stage.
    Sum,
    /// Single creates.
    Create,
    /// Imports of a CSV file and of a workbook, and undo.
    Import,
    /// From the start to the first answer.
    Start,
    /// Memory.
    Memory,
    /// Search: answers, how soon a record is found, the index.
    Search,
    /// Changes of the schema under a writer; only if it is named.
    Schema,
    /// What rights and sharing cost; only if it is named. So many records as `--rows` says [default: 1,000,000].
    Rights,
}

/// When memory was looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Share {
    /// Nothing to do.
    Idle,
    /// After the loads.
    Loaded,
}

/// A run of the benchmark.
pub(crate) struct Run {
    /// The figures so far.
    report: Report,
    /// Rounds of every comparison.
    rounds: usize,
    /// The time of each load.
    time: Duration,
    only: Vec<Figure>,
}

impl Run {
    fn wants(&self, figure: Figure) -> bool {
        (self.only.is_empty() && ![Figure::Schema, Figure::Rights].contains(&figure)) || self.only.contains(&figure)
    }
}

/// Runs the benchmark and prints its table.
pub(crate) async fn run(mut config: Config, args: BenchArgs) -> Result<(), Failure> {
    if let Some(settings) = &args.bare {
        return bare::serve(settings, &config.listen, config.database_url).await;
    }
    let mut run = Run {
        report: Report::default(),
        rounds: args.rounds.max(1),
        time: Duration::from_secs_f64(args.seconds.clamp(0.1, 600.0)),
        only: args.only.clone(),
    };
    let temporary = config.data.is_none().then(temporary_folder);
    let folder = temporary.clone().or_else(|| config.data.clone()).unwrap_or_default();
    let measured = measure_all(&mut run, &mut config, &args, &folder).await;
    if let Some(folder) = temporary {
        let _ = std::fs::remove_dir_all(folder);
    }
    measured?;
    let text = run.report.markdown();
    println!("\n{text}");
    match args.out {
        Some(path) => std::fs::write(&path, text).map_err(|e| Failure::new(format!("{}: {e}", path.display()))),
        None => Ok(()),
    }
}

fn temporary_folder() -> PathBuf {
    std::env::temp_dir().join(format!("guanxi-bench-{}", std::process::id()))
}

async fn measure_all(run: &mut Run, config: &mut Config, args: &BenchArgs, folder: &std::path::Path) -> Result<(), Failure> {
    let build = if cfg!(debug_assertions) { "a DEVELOPMENT build, figures mean little" } else { "release build" };
    run.report.head.push(format!("{}, {build}, Guanxi {}", measure::machine(), env!("CARGO_PKG_VERSION")));
    let engine = if config.database_url.is_some() { "PostgreSQL, tokio-postgres as baseline" } else { "SQLite, rusqlite as baseline" };
    run.report.head.push(format!(
        "{engine}; the client runs on the same machine; {} rounds of {:.1} s",
        run.rounds,
        run.time.as_secs_f64()
    ));
    if run.wants(Figure::Schema) {
        let subject = prepare(run, config, folder, args.size).await?;
        altering::schema(run, &subject, &Data::of(config)?).await?;
        if run.only == [Figure::Schema] {
            return Ok(());
        }
    }
    if run.wants(Figure::Rights) {
        let subject = prepare(run, config, folder, args.size).await?;
        rights::rights(run, &subject, &Data::of(config)?, args.rows.unwrap_or(1_000_000)).await?;
        if run.only == [Figure::Rights] {
            return Ok(());
        }
    }
    let first = if args.size == Size::L { Size::M } else { args.size };
    let subject = prepare(run, config, folder, first).await?;
    loads(run, &subject).await?;
    let large = if args.size == Size::L { Some(prepare(run, config, folder, Size::L).await?) } else { None };
    if let Some(large) = &large {
        let (lines, costs) = (run.report.lines.len(), run.report.costs.len());
        loads(run, large).await?;
        let named = run.report.lines[lines..].iter_mut().map(|line| &mut line.what);
        named.chain(run.report.costs[costs..].iter_mut().map(|cost| &mut cost.what)).for_each(|what| what.insert_str(0, "size L: "));
        let (at_m, _) = Server::start(&subject.place, &first_read(&subject)).await?;
        let (at_l, _) = Server::start(&large.place, &first_read(large)).await?;
        if run.wants(Figure::List) {
            reading::list_at_sizes(run, (&subject, &at_m), (large, &at_l)).await?;
        }
    }
    let last = large.as_ref().unwrap_or(&subject);
    if run.wants(Figure::Search) {
        if large.is_some() {
            search::search(run, &subject).await?;
        }
        search::search(run, last).await?;
    }
    if run.wants(Figure::Start) {
        reading::cold_start(run, last).await?;
    }
    if run.wants(Figure::Import) {
        let rows = args.rows.unwrap_or(last.size.bulk().map_or(5_000, |bulk| bulk.contacts));
        importing::import(run, &subject, rows).await?;
        importing::workbook_and_undo(run, &subject, rows).await?;
    }
    Ok(())
}

async fn prepare(run: &mut Run, config: &mut Config, folder: &std::path::Path, size: Size) -> Result<Subject, Failure> {
    println!("Preparing size {} …", size.name());
    let place = folder.join(format!("bench-{}", size.name().to_lowercase()));
    let subject = Subject::prepare(config, place, size).await?;
    let how = match subject.filled {
        Some((writes, seconds)) => {
            format!(
                "a year of {writes} writes through the write door in {seconds:.0} s: {}",
                report::rate(writes as f64 / seconds.max(1e-9))
            )
        }
        None => "from an earlier run".to_owned(),
    };
    let holds = ["account", "contact", "opportunity", "call", "meeting", "note", "task"].map(|o| format!("{} {o}", subject.count(o)));
    run.report.head.push(format!("size {}: {} and others, {} records, {how}", size.name(), holds.join(", "), subject.records()));
    Ok(subject)
}

fn first_read(subject: &Subject) -> Vec<u8> {
    http::get(&format!("/api/v1/records/contact/{}", subject.contacts[0]), &subject.token)
}

/// The loads over HTTP, on one server process.
async fn loads(run: &mut Run, subject: &Subject) -> Result<(), Failure> {
    if ![Figure::Read, Figure::List, Figure::Sum, Figure::Create, Figure::Memory].into_iter().any(|figure| run.wants(figure)) {
        return Ok(());
    }
    let (server, _) = Server::start(&subject.place, &first_read(subject)).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let idle = server.memory_mb();
    let told = |e: &dyn std::fmt::Display| Failure::new(format!("the baseline's settings: {e}"));
    let mut connection = http::Connection::open(&server.address).await.map_err(|e| told(&e))?;
    let answer = connection.exchange(&first_read(subject), true).await.map_err(|e| told(&e))?;
    let body = String::from_utf8(answer.body).map_err(|e| told(&e))?;
    let settings = subject.place.folder.join("bare.json");
    let text = serde_json::to_string(&Bare { headers: answer.headers, body, ..subject.bare.clone() }).map_err(|e| told(&e))?;
    std::fs::write(&settings, text).map_err(|e| told(&e))?;
    let bare = Server::start_bare(&subject.place, &settings, &first_read(subject)).await?;
    let pair = Pair { subject, server: &server, bare: &bare };
    if run.wants(Figure::Read) {
        reading::record(run, &pair).await?;
    }
    if run.wants(Figure::List) {
        reading::list(run, &pair).await?;
    }
    if run.wants(Figure::Sum) {
        reading::sum(run, &pair).await?;
    }
    if run.wants(Figure::Create) {
        writing::create(run, &pair).await?;
    }
    if run.wants(Figure::Memory) {
        reading::memory(run, Share::Idle, idle, 80.0);
        reading::memory(run, Share::Loaded, server.peak_mb(), 300.0);
    }
    Ok(())
}
