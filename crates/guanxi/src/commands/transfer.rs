//! `guanxi import` and `guanxi export`.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use guanxi_engine::export::{self, ExportFormat, ExportRequest, Headers};
use guanxi_engine::import::{self, ImportResult, MappingFile};
use guanxi_model::{Ctx, Door};

use crate::cli::{ExportArgs, Format, HeaderRow, ImportArgs};
use crate::config::Config;
use crate::data::Data;
use crate::failure::{Failure, lang};

/// The exit status of an import with refused rows.
const SOME_REFUSED: u8 = 2;

/// Imports a file.
pub(crate) async fn import(config: &Config, args: ImportArgs) -> Result<ExitCode, Failure> {
    let map = args.map.as_deref().map(read_map).transpose()?;
    let org = Data::of(config)?.open_one(args.org.org.as_deref()).await?;
    let ctx = Ctx { lang: lang(), ..org.system_ctx(Door::Cli) };
    let result = import::local(&org, &ctx, &args.object, &args.file, map, args.dry_run, &mut progress("rows")).await;
    org.close().await;
    finish_progress();
    let result = result?;
    report(&result, args.dry_run);
    Ok(if result.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) })
}

fn read_map(path: &std::path::Path) -> Result<MappingFile, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| Failure::new(format!("{}: {e}", path.display())))?;
    serde_json::from_str(&text).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
}

fn report(result: &ImportResult, dry_run: bool) {
    let head = if dry_run { "Dry run, nothing was written" } else { "Imported" };
    println!(
        "{head}: {} rows, {} created, {} updated, {} unchanged, {} refused",
        result.rows, result.created, result.updated, result.unchanged, result.failed
    );
    for error in &result.first_errors {
        println!("  row {}: {}{}{}", error.row, error.field, if error.field.is_empty() { "" } else { ": " }, error.message);
    }
    if let Some(set) = result.change_set.as_deref().filter(|_| result.created + result.updated > 0) {
        println!("Change set {set} (POST /api/v1/change_sets/{set}/undo takes it back)");
    }
}

/// Exports a query.
pub(crate) async fn export(config: &Config, args: ExportArgs) -> Result<(), Failure> {
    let org = Data::of(config)?.open_one(args.org.org.as_deref()).await?;
    let ctx = Ctx { lang: lang(), ..org.system_ctx(Door::Cli) };
    let request = ExportRequest {
        q: args.q,
        format: match args.format {
            Format::Csv => ExportFormat::Csv,
            Format::Xlsx => ExportFormat::Xlsx,
            Format::Vcf => ExportFormat::Vcf,
        },
        title: None,
        headers: match args.headers {
            HeaderRow::Labels => Headers::Labels,
            HeaderRow::Names => Headers::Names,
        },
    };
    let count = export::local(&org, &ctx, &request, &args.out, &mut progress("records")).await;
    org.close().await;
    finish_progress();
    println!("{} records in {}", count?, args.out.display());
    Ok(())
}

/// A line on standard error that says how far it is, where someone can see it.
fn progress(what: &'static str) -> impl FnMut(u64, Option<u64>) + Send {
    let shown = std::io::stderr().is_terminal();
    move |done, total| {
        if shown {
            let of = total.map_or_else(String::new, |total| format!(" of {total}"));
            let _ = write!(std::io::stderr(), "\r{done}{of} {what} ");
        }
    }
}

fn finish_progress() {
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
}
