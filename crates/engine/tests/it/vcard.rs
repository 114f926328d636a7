//! Cards of address books: in, back out, and away again; cells with errors; files on objects made at run time.

use std::io::Write;

use guanxi_engine::export::{self, ExportFormat, ExportRequest, Headers};
use guanxi_engine::import::{self, Missing, State};
use guanxi_engine::jobs::Worker;
use guanxi_engine::{files, schema_change};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::{TestOrg, text_of};
use serde_json::json;

use crate::import::{body, count, mapped, run, uploaded};

const CARDS: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:张;三;;;\r\nFN:张三\r\nORG:上海关系科技有限公司;销售部\r\nTITLE:经理\r\n\
    TEL;type=CELL:13800138000\r\nTEL;type=WORK:021-62345678\r\nEMAIL:San@Example.com\r\nX-WECHAT:san_wx\r\nNOTE:老客户\r\nEND:VCARD\r\n\
    BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=9D=8E=E5=9B=9B\r\nORG:上海关系科技有限公司\r\n\
    TEL;CELL:not a number\r\nEND:VCARD\r\n\
    BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann Lee\r\nTEL;VALUE=uri;TYPE=cell:tel:+8613900139000\r\nEND:VCARD\r\n";

both_engines!(cards_become_contacts_and_go_again, |t: TestOrg| async move {
    let ctx = t.admin();
    let import = uploaded(&t, &ctx, "contact", "00001.vcf", CARDS).await;
    assert_eq!((import.format, import.rows_estimate), (import::Format::Vcard, 3));
    let fields: Vec<&str> = import.mapping.columns.iter().map(|m| m.field.as_str()).collect();
    for field in ["name", "account_id", "department", "title", "mobile", "phone", "email", "wechat", "address", "birthday", "description"] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    assert!(import.mapping.columns.iter().all(|m| m.missing == Missing::Create));
    let done = run(&t, &ctx, &import.id).await;
    assert_eq!((done.created, done.failed), (2, 1), "{:?}", done.first_errors);
    assert_eq!((done.first_errors[0].row, done.first_errors[0].field.as_str()), (3, "mobile"));
    let made = t.query("SELECT name, account.name, mobile, email, wechat, description FROM contact WHERE name = '张三'").await;
    assert_eq!(made[0]["account"], json!({"name": "上海关系科技有限公司"}));
    assert_eq!(
        (&made[0]["email"], &made[0]["wechat"], &made[0]["description"]),
        (&json!("san@example.com"), &json!("san_wx"), &json!("老客户"))
    );
    assert!(text_of(import::errors(&t.org, &ctx, &import.id).await.unwrap()).await.contains("李四"));
    import::undo(&t.org, &ctx, &import.id).await.unwrap();
    Worker::new().run_pending(&t.org).await.unwrap();
    assert_eq!(import::get(&t.org, &ctx, &import.id).await.unwrap().state, State::Undone);
    assert_eq!((count(&t, "SELECT COUNT(id) n FROM contact").await, count(&t, "SELECT COUNT(id) n FROM account").await), (0, 0));

    let leads = uploaded(&t, &ctx, "lead", "a.vcf", CARDS).await;
    assert_eq!(run(&t, &ctx, &leads.id).await.created, 2);
    assert_eq!(t.query("SELECT company FROM lead WHERE phone = '+8613800138000'").await, [json!({"company": "上海关系科技有限公司"})]);
});

both_engines!(contacts_become_cards_and_come_back, |t: TestOrg| async move {
    let ctx = t.admin();
    let account = t.create("account", json!({"name": "甲; 乙有限公司"})).await;
    let values = json!({"name": "欧阳明", "account_id": t.id(account), "mobile": "13800138000", "email": "a@example.com", "description": "x\nEND:VCARD\ny"});
    t.create("contact", values).await;
    t.create("contact", json!({"name": "other", "email": "b@example.com"})).await;
    let request = |q: &str| ExportRequest { q: q.to_owned(), format: ExportFormat::Vcf, title: None, headers: Headers::Labels };
    let path = tempfile::NamedTempFile::new().unwrap();
    let wanted = request("SELECT id FROM contact WHERE name LIKE '欧阳%'");
    assert_eq!(export::local(&t.org, &ctx, &wanted, path.path(), &mut |_, _| {}).await.unwrap(), 1);
    let text = std::fs::read_to_string(path.path()).unwrap();
    for line in ["FN:欧阳明", "N:欧阳;明;;;", "ORG:甲\\; 乙有限公司", "TEL;TYPE=CELL:13800138000", "NOTE:x\\nEND:VCARD\\ny"] {
        assert!(text.contains(&format!("{line}\r\n")), "{line} in {text}");
    }
    assert_eq!(text.matches("BEGIN:VCARD").count(), 1);
    let back = uploaded(&t, &ctx, "contact", "back.vcf", &text).await;
    assert_eq!(run(&t, &ctx, &back.id).await.created, 1);
    let twins = t.query("SELECT account_id, email, description FROM contact WHERE name = '欧阳明'").await;
    assert_eq!((twins.len(), &twins[0]), (2, &twins[1]));
    assert_eq!(export::start(&t.org, &ctx, request("SELECT id FROM opportunity")).await.unwrap_err().fields[0].code, "no_card");
    let (ann, bob) = (t.user("ann", "standard").await, t.user("bob", "standard").await);
    schema_change::set_standard_user_scope(&t.org, &ctx, guanxi_model::meta::Scope::Own).await.unwrap();
    t.create_as(&ann, "contact", json!({"name": "hers", "email": "c@example.com"})).await.unwrap();
    export::local(&t.org, &bob, &request("SELECT id FROM contact"), path.path(), &mut |_, _| {}).await.unwrap();
    assert_eq!(std::fs::read_to_string(path.path()).unwrap(), "", "rights hold");
});

/// A workbook with a cell that is an error, as spreadsheet programs write it.
fn workbook_with_error() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, (name, formula)) in [("甲", "=1/0"), ("乙", "=6/2")].into_iter().enumerate() {
        sheet.write_string(row as u32 + 1, 0, name).unwrap();
        let result = if name == "甲" { "#DIV/0!" } else { "3" };
        sheet.write_formula(row as u32 + 1, 1, rust_xlsxwriter::Formula::new(formula).set_result(result)).unwrap();
    }
    sheet.write_string(0, 0, "客户名称").unwrap();
    sheet.write_string(0, 1, "员工人数").unwrap();
    let mut file = Vec::new();
    file.write_all(&book.save_to_buffer().unwrap()).unwrap();
    file
}

both_engines!(a_cell_with_an_error_is_refused_where_it_is_mapped, |t: TestOrg| async move {
    let ctx = t.admin();
    let book = import::create(&t.org, &ctx, "account", "a.xlsx", body(workbook_with_error())).await.unwrap();
    let preview = import::preview(&t.org, &ctx, &book.id).await.unwrap();
    assert_eq!(preview.rows[0].action, "error");
    assert!(preview.rows[0].errors[0].message.contains("#DIV/0!"), "{:?}", preview.rows[0].errors);
    let done = run(&t, &ctx, &book.id).await;
    assert_eq!((done.created, done.failed), (1, 1));
    assert!(text_of(import::errors(&t.org, &ctx, &book.id).await.unwrap()).await.contains("#DIV/0!"));
    let values =
        json!({"columns": [{"header": "客户名称", "field": "name"}, {"header": "员工人数", "field": "employees", "values": {"#N/A": ""}}]});
    let csv = mapped(&t, &ctx, "account", "客户名称,员工人数\n丙,#N/A\n丁,#REF!\n", values).await.unwrap();
    let done = run(&t, &ctx, &csv.id).await;
    assert_eq!((done.created, done.failed), (1, 1));
});

both_engines!(files_hang_on_objects_made_at_run_time, |t: TestOrg| async move {
    let ctx = t.admin();
    let def = json!({"name": "x_visit", "label": {"zh": "拜访", "en": "Visit"}, "module": "sales", "fields": [
        {"name": "name", "label": {"zh": "名称", "en": "Name"}, "type": "text", "required": true}]});
    schema_change::create_object(&t.org, &ctx, serde_json::from_value(def).unwrap()).await.unwrap();
    let visit = t.id(t.create("x_visit", json!({"name": "V"})).await);
    let made = files::upload(&t.org, &ctx, "a.txt", Some(&visit), body("x")).await.unwrap();
    assert_eq!(made.related_to_id.as_deref(), Some(visit.as_str()));
    schema_change::delete_object(&t.org, &ctx, "x_visit").await.unwrap();
    assert!(files::open(&t.org, &ctx, &made.id, None).await.is_err());
});
