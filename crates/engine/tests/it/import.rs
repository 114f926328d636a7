//! Imports: the real files, the rules of mapping and cleaning, bad input, undo, resuming.

use std::path::PathBuf;

use bytes::Bytes;
use futures_util::stream;
use guanxi_engine::import::{self, Import, ImportPatch, ImportResult, MappingFile, State};
use guanxi_engine::jobs::{self, Worker};
use guanxi_model::{Ctx, Error, Lang};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::{TestOrg, text_of};
use serde_json::{Value, json};

type Body = stream::Iter<std::vec::IntoIter<std::io::Result<Bytes>>>;

pub(crate) fn body(bytes: impl Into<Vec<u8>>) -> Body {
    stream::iter(vec![Ok(Bytes::from(bytes.into()))])
}

pub(crate) async fn uploaded(t: &TestOrg, ctx: &Ctx, object: &str, name: &str, text: &str) -> Import {
    import::create(&t.org, ctx, object, name, body(text)).await.expect("an import")
}

pub(crate) fn map(value: Value) -> MappingFile {
    serde_json::from_value(value).expect("a mapping")
}

pub(crate) async fn mapped(t: &TestOrg, ctx: &Ctx, object: &str, text: &str, mapping: Value) -> Result<Import, Error> {
    let import = uploaded(t, ctx, object, "a.csv", text).await;
    import::update(&t.org, ctx, &import.id, ImportPatch { mapping: Some(map(mapping)), ..ImportPatch::default() }).await
}

pub(crate) async fn run(t: &TestOrg, ctx: &Ctx, id: &str) -> ImportResult {
    let job = import::run(&t.org, ctx, id).await.expect("a job");
    Worker::new().run_pending(&t.org).await.expect("a run");
    let job = jobs::get(&t.org, ctx, &job.id).await.expect("the job");
    assert_eq!(job.state, "succeeded", "{:?}", job.error);
    import::get(&t.org, ctx, id).await.expect("the import").result.expect("a result")
}

pub(crate) async fn count(t: &TestOrg, text: &str) -> i64 {
    t.query(text).await[0]["n"].as_i64().expect("a count")
}

/// The folder of the real data, if it is there.
fn data(folder: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let base = std::env::var_os("GUANXI_TEST_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
    let found = base.join(folder);
    if !found.is_dir() {
        eprintln!("skipped: {} is not there; set GUANXI_TEST_DATA to the folder of the test data", found.display());
        return None;
    }
    Some(found)
}

async fn real(t: &TestOrg, folder: &std::path::Path, object: &str, file: &str, example: &str) -> ImportResult {
    let example = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/import").join(example);
    let mapping = serde_json::from_slice(&std::fs::read(example).expect("a mapping file")).expect("a mapping");
    let ctx = t.admin();
    let result = import::local(&t.org, &ctx, object, &folder.join(file), Some(mapping), false, &mut |_, _| {}).await.expect("an import");
    assert_eq!(result.failed, 0, "{file}: {:?}", result.first_errors);
    result
}

both_engines!(the_real_pipeline_comes_out_exactly, |t: TestOrg| async move {
    let Some(folder) = data("crm-opportunities") else { return };
    assert_eq!(real(&t, &folder, "user", "sales_teams.csv", "agents.json").await.created, 35);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM user WHERE team_id != NULL").await, 35);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM user WHERE manager.name = 'Dustin Brinkmann'").await, 5);
    assert_eq!(real(&t, &folder, "account", "accounts.csv", "accounts.json").await.created, 85);
    let source = std::fs::read_to_string(folder.join("accounts.csv")).unwrap();
    let subsidiaries = source.lines().skip(1).filter(|l| !l.trim_end().ends_with(',')).count() as i64;
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM account WHERE parent_id != NULL").await, subsidiaries);
    assert_eq!(real(&t, &folder, "product", "products.csv", "products.json").await.created, 7);
    assert_eq!(real(&t, &folder, "opportunity", "sales_pipeline.csv", "deals.json").await.created, 8_800);
    let stages = t.query("SELECT stage, COUNT(id) n, SUM(amount) total FROM opportunity GROUP BY stage ORDER BY stage").await;
    let counts: Vec<(&str, i64)> = stages.iter().map(|s| (s["stage"].as_str().unwrap(), s["n"].as_i64().unwrap())).collect();
    assert_eq!(counts, [("engaging", 1_589), ("lost", 2_473), ("prospecting", 500), ("won", 4_238)]);
    let won = t.query("SELECT SUM(amount) total FROM opportunity WHERE stage = 'won' AND amount.currency = 'USD'").await;
    assert!(won[0]["total"].to_string().contains("10005534"), "{won:?}");
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM opportunity WHERE account_id = NULL").await, 1_425);
    let gtx = source_count(&folder, "sales_pipeline.csv", &[",GTXPro,", ",GTX Pro,"]);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM opportunity WHERE product.name = 'GTX Pro'").await, gtx);
    let again = real(&t, &folder, "opportunity", "sales_pipeline.csv", "deals.json").await;
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 8_800));
});

fn source_count(folder: &std::path::Path, file: &str, any: &[&str]) -> i64 {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    text.lines().filter(|l| any.iter().any(|a| l.contains(a))).count() as i64
}

both_engines!(the_real_funnel_comes_out_exactly, |t: TestOrg| async move {
    let Some(folder) = data("olist-funnel") else { return };
    assert_eq!(real(&t, &folder, "lead", "marketing_qualified_leads.csv", "leads.json").await.created, 8_000);
    let conversions = real(&t, &folder, "lead", "closed_deals.csv", "conversions.json").await;
    assert_eq!((conversions.updated, conversions.created), (842, 0));
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM lead").await, 8_000);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM lead WHERE converted = true").await, 842);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM lead WHERE source = 'organic_search'").await, 2_296);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM lead WHERE source = 'paid_search'").await, 1_586);
    let first = t.query("SELECT first_contact_date FROM lead WHERE lead_key = 'dac32acd4db4c29c230538b72f8dd87d'").await;
    assert_eq!(first[0]["first_contact_date"], "2018-02-01");
});

both_engines!(the_suggested_mapping_imports_the_real_pipeline, |t: TestOrg| async move {
    let Some(folder) = data("crm-opportunities") else { return };
    let ctx = t.admin();
    for (object, file) in [("user", "sales_teams.csv"), ("account", "accounts.csv"), ("product", "products.csv")] {
        let mut text = std::fs::read_to_string(folder.join(file)).unwrap();
        if object == "user" {
            text = text.lines().map(|l| l.split(',').next().unwrap_or("").to_owned() + "\n").collect();
        }
        let import = uploaded(&t, &ctx, object, file, &text).await;
        let result = run(&t, &ctx, &import.id).await;
        assert_eq!(result.failed, 0, "{file}: {:?}", result.first_errors);
    }
    let text = std::fs::read_to_string(folder.join("sales_pipeline.csv")).unwrap();
    let import = uploaded(&t, &ctx, "opportunity", "sales_pipeline.csv", &text).await;
    let product = import.columns.iter().find(|c| c.header == "product").unwrap();
    assert_eq!(product.suggested.as_ref().unwrap().values.get("GTXPro").map(String::as_str), Some("GTX Pro"));
    assert_eq!(import.rows_estimate, 8_800);
    let preview = import::preview(&t.org, &ctx, &import.id).await.unwrap();
    assert_eq!(preview.rows.len(), 20);
    assert_eq!((preview.rows[0].row, preview.rows[0].action), (2, "create"), "{:?}", preview.rows[0]);
    assert_eq!(preview.rows[0].values["account"]["name"], "Cancity");
    let job = import::dry_run(&t.org, &ctx, &import.id).await.unwrap();
    Worker::new().run_pending(&t.org).await.unwrap();
    assert_eq!(jobs::get(&t.org, &ctx, &job.id).await.unwrap().result.unwrap()["created"], 8_800);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM opportunity").await, 0);
    let result = run(&t, &ctx, &import.id).await;
    assert_eq!((result.created, result.failed), (8_800, 0), "{:?}", result.first_errors);
    let job = import::undo(&t.org, &ctx, &import.id).await.unwrap();
    Worker::new().run_pending(&t.org).await.unwrap();
    let job = jobs::get(&t.org, &ctx, &job.id).await.unwrap();
    assert_eq!((job.state.as_str(), &job.result.as_ref().unwrap()["reverted"]), ("succeeded", &json!(8_800)), "{:?}", job.error);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM opportunity").await, 0);
    assert_eq!(import::get(&t.org, &ctx, &import.id).await.unwrap().state, State::Undone);
    assert_eq!(import::undo(&t.org, &ctx, &import.id).await.unwrap_err().code, "nothing_to_undo");
});

both_engines!(rows_are_cleaned_and_what_is_wrong_is_told, |t: TestOrg| async move {
    let ctx = Ctx { lang: Lang::Zh, ..t.admin() };
    let text = "公司名称,行业,年营业额,邮箱,电话,员工人数\n\
                上海甲,制造业,\"1,234.50\",A@Example.COM,138 0013 8000,12\n\
                北京乙,technology,¥2万,bad-mail,,x\n\
                '=cmd,Retail,,,,\n";
    let import = uploaded(&t, &ctx, "account", "客户.csv", text).await;
    let fields: Vec<_> = import.mapping.columns.iter().map(|m| m.field.as_str()).collect();
    assert_eq!(fields, ["name", "industry", "annual_revenue", "email", "phone", "employees"]);
    let result = run(&t, &ctx, &import.id).await;
    assert_eq!((result.rows, result.created, result.failed), (3, 2, 1), "{:?}", result.first_errors);
    let wrong: Vec<_> = result.first_errors.iter().map(|e| (e.row, e.field.as_str())).collect();
    assert_eq!(wrong, [(3, "employees")]);
    let made = t.query("SELECT name, industry, annual_revenue, email, employees FROM account ORDER BY name").await;
    assert_eq!(made[0]["name"], "=cmd");
    assert_eq!(made[1]["industry"], "manufacturing");
    assert_eq!(made[1]["annual_revenue"], json!({"amount": "1234.50", "currency": "CNY"}));
    assert_eq!(made[1]["email"], "a@example.com");
    let failed = text_of(import::errors(&t.org, &ctx, &import.id).await.unwrap()).await;
    let lines: Vec<&str> = failed.split("\r\n").collect();
    assert_eq!(lines[0], "\u{feff}公司名称,行业,年营业额,邮箱,电话,员工人数,行号,失败原因");
    assert!(lines[1].starts_with("北京乙,technology,¥2万,bad-mail,,x,3,employees: “x”不是数字"), "{}", lines[1]);
});

both_engines!(rows_may_refer_to_later_rows, |t: TestOrg| async move {
    let ctx = t.admin();
    let text = "name,parent\nchild,head\norphan,nobody\nhead,\n";
    let mapping = json!({"columns": [{"header": "name", "field": "name"}, {"header": "parent", "field": "parent_id"}]});
    let import = mapped(&t, &ctx, "account", text, mapping).await.unwrap();
    let result = run(&t, &ctx, &import.id).await;
    assert_eq!((result.created, result.failed), (2, 1));
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM account WHERE name = 'child' AND parent.name = 'head'").await, 1);
    let job = import::undo(&t.org, &ctx, &import.id).await.unwrap();
    Worker::new().run_pending(&t.org).await.unwrap();
    assert_eq!(jobs::get(&t.org, &ctx, &job.id).await.unwrap().state, "succeeded");
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM account").await, 0);
});

both_engines!(undo_gives_old_values_back, |t: TestOrg| async move {
    let ctx = t.admin();
    t.create("account", json!({"name": "A", "account_number": "1", "employees": 5})).await;
    let mapping = json!({"columns": [{"header": "no", "field": "account_number"}, {"header": "n", "field": "employees"}, {"header": "name", "field": "name"}],
        "key": "account_number", "mode": "upsert", "defaults": {"kind": "person"}});
    let import = mapped(&t, &ctx, "account", "no,n,name\n1,7,A\n2,8,B\n1,9,A\n", mapping).await.unwrap();
    let result = run(&t, &ctx, &import.id).await;
    assert_eq!((result.created, result.updated, result.failed), (1, 2, 0), "{:?}", result.first_errors);
    let now = t.query("SELECT employees, kind FROM account ORDER BY account_number").await;
    assert_eq!(now, [json!({"employees": 9, "kind": "company"}), json!({"employees": 8, "kind": "person"})]);
    import::undo(&t.org, &ctx, &import.id).await.unwrap();
    assert_eq!(import::undo(&t.org, &ctx, &import.id).await.unwrap_err().code, "undo_running");
    Worker::new().run_pending(&t.org).await.unwrap();
    assert_eq!(t.query("SELECT employees FROM account").await, [json!({"employees": 5})]);
});

both_engines!(unknown_values_are_refused_or_added, |t: TestOrg| async move {
    let ctx = t.admin();
    let text = "name,industry\nA,space\nB,Space\n";
    let columns = json!([{"header": "name", "field": "name"}, {"header": "industry", "field": "industry"}]);
    let import = mapped(&t, &ctx, "account", text, json!({"columns": columns})).await.unwrap();
    assert_eq!(run(&t, &ctx, &import.id).await.failed, 2);
    let import = mapped(&t, &ctx, "account", text, json!({"columns": columns, "unknown_values": "accept"})).await.unwrap();
    assert_eq!(run(&t, &ctx, &import.id).await.created, 2);
    let seller = t.user("seller", "standard").await;
    let import =
        mapped(&t, &seller, "account", "name,industry\nC,sea\n", json!({"columns": columns, "unknown_values": "accept"})).await.unwrap();
    import::run(&t.org, &seller, &import.id).await.unwrap();
    Worker::new().run_pending(&t.org).await.unwrap();
    assert_eq!(import::get(&t.org, &seller, &import.id).await.unwrap().state, State::Failed);
});

both_engines!(missing_records_are_made_or_left_out, |t: TestOrg| async move {
    let ctx = t.admin();
    let text = "name,account,owner\nD1,New Ltd,管理员\nD2,New Ltd,Nobody\nD3,,管理员\n";
    let columns = |missing: &str| {
        json!({"columns": [{"header": "name", "field": "name"},
        {"header": "account", "field": "account_id", "missing": missing}, {"header": "owner", "field": "owner_id"}]})
    };
    let import = mapped(&t, &ctx, "opportunity", text, columns("create")).await.unwrap();
    let result = run(&t, &ctx, &import.id).await;
    assert_eq!((result.created, result.failed), (2, 1), "{:?}", result.first_errors);
    assert_eq!(result.first_errors[0].field, "owner_id");
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM account WHERE name = 'New Ltd'").await, 1);
    let import = mapped(&t, &ctx, "opportunity", "name,account,owner\nE1,Old Ltd,\n", columns("empty")).await.unwrap();
    assert_eq!(run(&t, &ctx, &import.id).await.created, 1);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM opportunity WHERE name = 'E1' AND account_id = NULL").await, 1);
});

both_engines!(a_run_that_was_killed_goes_on_without_doubles, |t: TestOrg| async move {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    let ctx = t.admin();
    let text: String = std::iter::once("name\n".to_owned()).chain((0..7_000).map(|i| format!("A{i}\n"))).collect();
    let import = mapped(&t, &ctx, "account", &text, json!({"columns": [{"header": "name", "field": "name"}]})).await.unwrap();
    let job = import::run(&t.org, &ctx, &import.id).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let worker = Worker::new();
    let (org, flag) = (t.org.clone(), Arc::clone(&stop));
    // The task is dropped in the midst of its work, as a kill would do.
    let task = tokio::spawn(async move {
        worker.run_pending(&org).await.ok();
        flag.store(true, Ordering::Relaxed);
    });
    while count(&t, "SELECT COUNT(id) n FROM account").await == 0 && !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    task.abort();
    let _ = task.await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    t.clock.advance(60_000_000);
    Worker::new().run_pending(&t.org).await.unwrap();
    let job = jobs::get(&t.org, &ctx, &job.id).await.unwrap();
    assert_eq!(job.state, "succeeded", "{:?}", job.error);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM account").await, 7_000);
});

both_engines!(imports_are_their_owners, |t: TestOrg| async move {
    let (ann, bob, reader) = (t.user("ann", "standard").await, t.user("bob", "standard").await, t.user("eve", "read_only").await);
    let import = uploaded(&t, &ann, "account", "a.csv", "name\nA\n").await;
    assert_eq!(import::get(&t.org, &bob, &import.id).await.unwrap_err().code, "not_found");
    assert!(import::list(&t.org, &bob).await.unwrap().is_empty());
    assert_eq!(import::list(&t.org, &t.admin()).await.unwrap().len(), 1);
    assert_eq!(import::create(&t.org, &reader, "account", "a.csv", body("name\nA\n")).await.unwrap_err().code, "forbidden");
    assert_eq!(import::create(&t.org, &ann, "user", "a.csv", body("name\nA\n")).await.unwrap_err().code, "forbidden");
    import::run(&t.org, &ann, &import.id).await.unwrap();
    t.update_as(&t.admin(), ann.user, json!({"active": false})).await.unwrap();
    Worker::new().run_pending(&t.org).await.unwrap();
    assert_eq!(import::get(&t.org, &t.admin(), &import.id).await.unwrap().state, State::Failed);
    assert_eq!(count(&t, "SELECT COUNT(id) n FROM account").await, 0);
});

both_engines!(a_currency_is_switched_on_by_running_not_by_choosing, |t: TestOrg| async move {
    let ctx = t.admin();
    let mapping =
        json!({"columns": [{"header": "name", "field": "name"}, {"header": "revenue", "field": "annual_revenue"}], "currency": "JPY"});
    let import = mapped(&t, &ctx, "account", "name,revenue\nA,1200\n", mapping).await.expect("a mapping");
    let currencies = || t.org.schema().settings.currencies.iter().map(|c| c.code()).collect::<Vec<_>>();
    assert_eq!(currencies(), ["CNY"]);
    assert_eq!(run(&t, &ctx, &import.id).await.created, 1);
    assert_eq!(currencies(), ["CNY", "JPY"]);
});

both_engines!(bad_files_and_mappings_are_refused, |t: TestOrg| async move {
    let ctx = t.admin();
    let wide: String = (0..1_500).map(|i| format!("c{i},")).collect();
    let long = format!("name\n{}\n", "x".repeat(2 << 20));
    for (bytes, code) in [
        (Vec::new(), "empty_file"),
        (wide.into_bytes(), "too_many_columns"),
        (long.into_bytes(), "line_too_long"),
        (b"name\n\"A\nB\n".to_vec(), "broken_quotes"),
        (b"PK\x03\x04nonsense".to_vec(), "bad_workbook"),
        (b"\x7fELF\x00\x00".to_vec(), "not_a_table"),
    ] {
        assert_eq!(import::create(&t.org, &ctx, "account", "a", body(bytes)).await.unwrap_err().code, code);
    }
    let refused = |mapping: Value| mapped(&t, &ctx, "account", "name,no\nA,1\n", mapping);
    for (mapping, code) in [
        (json!({"columns": []}), "nothing_mapped"),
        (json!({"columns": [{"header": "nam", "field": "name"}]}), "no_such_column"),
        (json!({"columns": [{"header": "name", "field": "nam"}]}), "unknown_field"),
        (json!({"columns": [{"header": "name", "field": "created_at"}]}), "read_only"),
        (json!({"columns": [{"header": "name", "field": "name"}, {"header": "no", "field": "name"}]}), "mapped_twice"),
        (json!({"columns": [{"header": "name", "field": "name"}], "mode": "upsert"}), "key_needed"),
        (json!({"columns": [{"header": "name", "field": "name"}], "mode": "upsert", "key": "name"}), "key_not_unique"),
        (json!({"columns": [{"header": "name", "field": "name"}], "mode": "upsert", "key": "account_number"}), "key_not_mapped"),
        (json!({"columns": [{"header": "name", "field": "parent_id", "match": "employees"}]}), "bad_match"),
        (json!({"columns": [{"header": "name", "field": "name"}], "currency": "XXZ"}), "currency_not_enabled"),
    ] {
        let error = refused(mapping.clone()).await.unwrap_err();
        assert_eq!(error.fields.first().map(|f| f.code), Some(code), "{mapping}");
    }
});
