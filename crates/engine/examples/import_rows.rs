//! How fast a large CSV file goes in: `cargo run --release -p guanxi-engine --example import_rows -- 1000000`. Prints rows per second
//! and the peak of memory, with a unique key checked and the change log written, on SQLite with every commit flushed to disk.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use guanxi_engine::files::Files;
use guanxi_engine::organisation::NewOrganisation;
use guanxi_engine::{Organisation, Services, import};
use guanxi_model::Door;
use guanxi_model::clock::SystemClock;
use guanxi_store::{SqliteOptions, Store};
use guanxi_testkit::org::SeededRandom;
use serde_json::json;

fn write_rows(path: &Path, rows: u64) -> std::io::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "客户编号,客户名称,行业,年营业额,邮箱,电话,员工人数,备注")?;
    for i in 0..rows {
        let (industry, phone) = (["制造业", "零售", "software", "金融"][(i % 4) as usize], 13_800_000_000 + i);
        writeln!(
            file,
            "K{i:08},测试公司{i},{industry},\"{},{:03}.50\",a{i}@example.com,{phone},{},第 {i} 行",
            i % 900 + 1,
            i % 1000,
            i % 5000
        )?;
    }
    file.flush()
}

fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with(field)).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0) / 1024
}

#[tokio::main]
#[expect(clippy::disallowed_methods, reason = "it measures")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("rows.csv");
    write_rows(&path, rows)?;
    let clock = Arc::new(SystemClock);
    let store = Store::open_sqlite(&folder.path().join("org.db"), SqliteOptions::default(), clock.clone()).await?;
    let services = Services {
        clock,
        random: Arc::new(SeededRandom::default()),
        files: Files::local(&folder.path().join("files"))?,
        search: None,
        outside: guanxi_engine::outside::Outside::default(),
        audit: None,
        public_url: None,
        breached_passwords: None,
        mailer: Arc::new(guanxi_engine::mail::Sandbox),
    };
    let new = NewOrganisation {
        name: "bench".to_owned(),
        admin_email: "admin@example.com".to_owned(),
        admin_password: "correct horse battery".to_owned(),
        admin_name: None,
        currency: "CNY".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
    };
    let org = Organisation::create(store, services, new).await?;
    let ctx = org.system_ctx(Door::Import);
    println!("before: {} MB resident; file: {} MB", memory("VmRSS"), std::fs::metadata(&path)?.len() / 1_048_576);
    for mode in ["create", "upsert"] {
        let mut map: import::MappingFile = serde_json::from_value(json!({"columns": [
            {"header": "客户编号", "field": "account_number"}, {"header": "客户名称", "field": "name"}, {"header": "行业", "field": "industry"},
            {"header": "年营业额", "field": "annual_revenue"}, {"header": "邮箱", "field": "email"}, {"header": "电话", "field": "phone"},
            {"header": "员工人数", "field": "employees"}, {"header": "备注", "field": "description"}]}))?;
        if mode == "upsert" {
            (map.mode, map.key) = (import::Mode::Upsert, Some("account_number".to_owned()));
        }
        let start = Instant::now();
        let result = import::local(&org, &ctx, "account", &path, Some(map), false, &mut |_, _| {}).await?;
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{mode}: {} rows ({} created, {} unchanged, {} failed) in {seconds:.1} s: {:.0} rows/s; peak {} MB",
            result.rows,
            result.created,
            result.unchanged,
            result.failed,
            result.rows as f64 / seconds,
            memory("VmHWM")
        );
    }
    org.close().await;
    Ok(())
}
