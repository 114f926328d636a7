//! Exports: both formats, harmless cells, rights, the way back in.

use guanxi_engine::export::{self, ExportFormat, ExportRequest, Headers};
use guanxi_engine::jobs::{self, Worker};
use guanxi_engine::{import, schema_change};
use guanxi_model::meta::Scope;
use guanxi_model::{Ctx, ErrorKind};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::{TestOrg, text_of};
use serde_json::json;

use crate::import::body;

fn request(q: &str, headers: Headers) -> ExportRequest {
    ExportRequest { q: q.to_owned(), format: ExportFormat::Csv, title: Some("客户".to_owned()), headers }
}

async fn exported(t: &TestOrg, ctx: &Ctx, request: ExportRequest) -> String {
    let job = export::start(&t.org, ctx, request).await.unwrap();
    assert_eq!(export::file(&t.org, ctx, &job.id).await.err().unwrap().code, "export_not_ready");
    Worker::new().run_pending(&t.org).await.unwrap();
    let done = jobs::get(&t.org, ctx, &job.id).await.unwrap();
    assert_eq!(done.state, "succeeded", "{:?}", done.error);
    let opened = export::file(&t.org, ctx, &job.id).await.unwrap();
    assert_eq!(opened.name, "客户.csv");
    text_of(opened).await
}

both_engines!(an_export_is_harmless_and_comes_back_in, |t: TestOrg| async move {
    let ctx = t.admin();
    t.create("account", json!({"name": "=1+1|cmd", "industry": "retail", "annual_revenue": "-12.50", "description": "a \"b\"\nc,d"})).await;
    t.create("account", json!({"name": "甲", "employees": 3})).await;
    let q = "SELECT name, industry, annual_revenue, employees, description FROM account ORDER BY name";
    let text = exported(&t, &ctx, request(q, Headers::Labels)).await;
    assert_eq!(
        text,
        "\u{feff}Account name,Industry,Annual revenue,Employees,Description\r\n'=1+1|cmd,Retail,-12.50,,\"a \"\"b\"\"\nc,d\"\r\n甲,,,3,\r\n"
    );
    let back = import::create(&t.org, &ctx, "account", "back.csv", body(text)).await.unwrap();
    import::run(&t.org, &ctx, &back.id).await.unwrap();
    Worker::new().run_pending(&t.org).await.unwrap();
    let twice = t.query("SELECT name, annual_revenue, description FROM account WHERE industry = 'retail'").await;
    assert_eq!(twice.len(), 2);
    assert_eq!(twice[0], twice[1]);
    let names =
        exported(&t, &ctx, request("SELECT industry, COUNT(id) n FROM account WHERE industry != NULL GROUP BY industry", Headers::Names))
            .await;
    assert_eq!(names, "\u{feff}industry,n\r\nretail,2\r\n");
});

both_engines!(an_export_is_its_owners, |t: TestOrg| async move {
    let (ann, bob, reader) = (t.user("ann", "standard").await, t.user("bob", "standard").await, t.user("eve", "read_only").await);
    let job = export::start(&t.org, &ann, request("SELECT name FROM account", Headers::Names)).await.unwrap();
    Worker::new().run_pending(&t.org).await.unwrap();
    assert!(export::file(&t.org, &ann, &job.id).await.is_ok());
    assert_eq!(export::file(&t.org, &bob, &job.id).await.err().unwrap().kind, ErrorKind::NotFound);
    assert!(export::file(&t.org, &t.admin(), &job.id).await.is_ok());
    let refused = export::start(&t.org, &reader, request("SELECT name FROM account", Headers::Names)).await;
    assert_eq!(refused.unwrap_err().kind, ErrorKind::Forbidden);
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.unwrap();
    let narrowed = t.ctx_of(ann.user).await;
    assert_eq!(export::file(&t.org, &narrowed, &job.id).await.err().unwrap().code, "rights_changed");
    assert!(export::file(&t.org, &t.admin(), &job.id).await.is_ok());
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::All).await.unwrap();
    assert!(export::file(&t.org, &t.ctx_of(ann.user).await, &job.id).await.is_ok());
    let wrong = export::start(&t.org, &ann, request("SELECT nonsense FROM account", Headers::Names)).await;
    assert_eq!(wrong.unwrap_err().kind, ErrorKind::BadRequest);
});

both_engines!(a_workbook_comes_back_in, |t: TestOrg| async move {
    let ctx = t.admin();
    t.create("account", json!({"name": "=1+1", "employees": 12_345})).await;
    for i in 0..4_500 {
        if i % 1_500 == 0 {
            t.create("account", json!({"name": format!("A{i}")})).await;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    let q = "SELECT name, employees, created_at FROM account ORDER BY name".to_owned();
    let request = ExportRequest { q, format: ExportFormat::Xlsx, title: None, headers: Headers::Labels };
    assert_eq!(export::local(&t.org, &ctx, &request, &path, &mut |_, _| {}).await.unwrap(), 4);
    let import = import::create(&t.org, &ctx, "account", "a.xlsx", body(std::fs::read(&path).unwrap())).await.unwrap();
    assert_eq!((import.sheets.len(), import.rows_estimate, import.columns[0].samples[0].as_str()), (1, 4, "=1+1"));
    import::run(&t.org, &ctx, &import.id).await.unwrap();
    Worker::new().run_pending(&t.org).await.unwrap();
    assert_eq!(t.query("SELECT name FROM account WHERE employees = 12345").await.len(), 2);
});
