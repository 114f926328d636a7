//! Rights on fields, by every door: what is hidden is not there, what is masked is seen in part and serves for nothing, what may not be
//! written is refused; permission sets open what the profile closes.

use guanxi_engine::bulk_edit::{self, BulkEdit};
use guanxi_engine::export::{self, ExportFormat, ExportRequest, Headers};
use guanxi_engine::jobs::{self, Worker};
use guanxi_engine::metadata::{self, Labels};
use guanxi_engine::notifications::{self, Reader};
use guanxi_engine::search::{self, Follower};
use guanxi_engine::write::{self, Operation, Options};
use guanxi_engine::{audit, changes, import, read, reveal, roles, schema_change, timeline, undo, views};
use guanxi_model::meta::{RoleDef, RoleKind};
use guanxi_model::{Ctx, Error, ErrorKind, RecordId};
use guanxi_query::Page;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::{TestOrg, text_of};
use serde_json::{Value, json};

use crate::import::{body, run};

fn full() -> Value {
    json!({"e164": "+8613812345678", "typed": MOBILE})
}

fn in_part() -> Value {
    json!({"e164": "+86138****5678", "typed": "138****5678"})
}

/// Ann and Bob in East, Carl in West. Of opportunities nobody but the administrator sees amounts; mobiles are seen in full within the
/// team; e-mail addresses in part; the department can be read only.
struct World {
    ann: Ctx,
    carl: RecordId,
    deal: RecordId,
    anns: RecordId,
    carls: RecordId,
}

const AMOUNT: &str = "987654.00";
const MOBILE: &str = "13812345678";

async fn world(t: &TestOrg) -> World {
    let admin = t.admin();
    let standard = t.org.schema().roles["standard"].clone();
    let sales = RoleDef {
        name: "x_sales".to_owned(),
        fields: serde_json::from_value(json!({
            "opportunity": {"amount": {"access": "hidden"}, "next_step": {"access": "hidden"}},
            "contact": {
                "mobile": {"access": "edit", "scope": "team"},
                "email": {"access": "masked"},
                "department": {"access": "read"},
            },
        }))
        .expect("rights"),
        ..standard
    };
    roles::create(&t.org, &admin, sales).await.expect("a profile");
    let east = t.create("team", json!({"name": "华东"})).await;
    let [ann, bob, carl] = [t.user("ann", "x_sales").await, t.user("bob", "x_sales").await, t.user("carl", "x_sales").await];
    for user in [&ann, &bob] {
        t.update_as(&admin, user.user, json!({"team_id": t.id(east)})).await.expect("in the team");
    }
    let deal = json!({"name": "网关", "amount": AMOUNT, "next_step": "压价", "owner_id": t.id(ann.user)});
    let deal = t.create("opportunity", deal).await;
    let mut contacts = Vec::new();
    for (name, owner) in [("王一", &ann), ("李二", &carl)] {
        let values =
            json!({"name": name, "mobile": MOBILE, "email": "secret@example.com", "department": "采购", "owner_id": t.id(owner.user)});
        contacts.push(t.create("contact", values).await);
    }
    let ann = t.ctx_of(ann.user).await;
    World { ann, carl: carl.user, deal, anns: contacts[0], carls: contacts[1] }
}

async fn code(t: &TestOrg, ctx: &Ctx, query: &str) -> &'static str {
    t.query_as(ctx, query).await.expect_err(query).code
}

async fn record(t: &TestOrg, ctx: &Ctx, object: &str, id: RecordId) -> Value {
    let record = read::get(&t.org, ctx, object, &t.id(id), None).await.expect("a record");
    serde_json::from_slice(&record.json).expect("JSON")
}

fn first_field(error: Error) -> (String, &'static str) {
    error.fields.first().map(|f| (f.field.clone(), f.code)).unwrap_or_default()
}

both_engines!(a_hidden_field_is_not_there, |t: TestOrg| async move {
    let w = world(&t).await;
    let deal = record(&t, &w.ann, "opportunity", w.deal).await;
    assert_eq!(deal["name"], "网关");
    assert!(deal.get("amount").is_none() && deal.get("next_step").is_none(), "{deal}");
    for query in [
        "SELECT amount FROM opportunity",
        "SELECT amount.currency FROM opportunity",
        "SELECT id FROM opportunity WHERE amount > 1",
        "SELECT id FROM opportunity WHERE amount = NULL",
        "SELECT id FROM opportunity WHERE next_step LIKE '压%'",
        "SELECT id FROM opportunity WHERE NOT (name = 'x' OR next_step = 'y')",
        "SELECT id FROM opportunity ORDER BY amount",
        "SELECT SUM(amount) s FROM opportunity",
        "SELECT stage, MAX(amount) m FROM opportunity GROUP BY stage",
        "SELECT next_step, COUNT(id) n FROM opportunity GROUP BY next_step",
        "SELECT next_step FROM opportunity WHERE id = NULL",
    ] {
        assert_eq!(code(&t, &w.ann, query).await, "unknown_field", "{query}");
        t.query(query).await;
    }
    // The same words as of a field that nobody has, and no hint at its name.
    let [hidden, none] = ["amount", "amounts"].map(|field| format!("SELECT {field} FROM opportunity"));
    let said = |error: Error| error.message.en.replace("amounts", "amount");
    let (hidden, none) = (t.query_as(&w.ann, &hidden).await.unwrap_err(), t.query_as(&w.ann, &none).await.unwrap_err());
    assert_eq!(said(hidden), said(none));

    let list = read::list(&t.org, &w.ann, "opportunity", None, None, &Page { limit: 9, ..Page::default() }).await.expect("a list");
    let list = String::from_utf8(read::page_json(&t.org.schema(), &list)).expect("text");
    assert!(list.contains("网关") && !list.contains(AMOUNT) && !list.contains("压价"), "{list}");
    let meta = metadata::object(&t.org, &w.ann, "opportunity", Labels::One(w.ann.lang)).await.expect("metadata").to_string();
    // The lines of a deal have a field of that name, too.
    let named = |meta: &str| meta.replace("\"unit_price\",\"discount\",\"amount\"", "").contains("\"amount\"");
    assert!(!named(&meta) && !meta.contains("next_step"), "{meta}");
    let all = metadata::object(&t.org, &t.admin(), "opportunity", Labels::All).await.expect("metadata").to_string();
    assert!(named(&all) && all.contains("next_step"));
});

both_engines!(a_hidden_field_is_in_no_history, |t: TestOrg| async move {
    let w = world(&t).await;
    t.update_as(&t.admin(), w.deal, json!({"amount": "123456.00", "next_step": "再压价", "competitor": "甲"})).await.expect("changed");
    let (history, _) = changes::history(&t.org, &w.ann, "opportunity", &t.id(w.deal), None, 50).await.expect("a history");
    let fields: Vec<&str> = history.iter().flat_map(|c| &c.fields).map(|f| f.field.as_str()).collect();
    assert!(fields.contains(&"competitor") && !fields.contains(&"amount") && !fields.contains(&"next_step"), "{fields:?}");
    let feed = changes::after(&t.org, &w.ann, 0, 2_000).await.expect("the log").0;
    let feed = serde_json::to_string(&feed).expect("JSON");
    let line = timeline::timeline(&t.org, &w.ann, "opportunity", &t.id(w.deal), None, 50).await.expect("a timeline").0;
    let line = serde_json::to_string(&line).expect("JSON");
    for text in [feed, line] {
        assert!(!text.contains("987654") && !text.contains("123456.00") && !text.contains("压价") && !text.contains("secret@"), "{text}");
    }
    Reader::new(&t.org).catch_up().await.expect("told");
    t.update_as(&t.admin(), w.deal, json!({"amount": "1.00", "competitor": "乙"})).await.expect("changed");
    Reader::new(&t.org).catch_up().await.expect("told");
    let told = notifications::list(&t.org, &w.ann, None, false, 50).await.expect("notifications").notifications;
    assert!(told.iter().flat_map(|n| &n.fields).all(|label| label != "Amount"), "{told:?}");
});

both_engines!(a_masked_value_serves_for_nothing, |t: TestOrg| async move {
    let w = world(&t).await;
    let (own, other) = (record(&t, &w.ann, "contact", w.anns).await, record(&t, &w.ann, "contact", w.carls).await);
    assert_eq!((own["mobile"].clone(), own["email"].clone()), (full(), json!("s****@example.com")), "{own}");
    assert_eq!((other["mobile"].clone(), other["email"].clone()), (in_part(), json!("s****@example.com")), "{other}");
    let rows = t.query_as(&w.ann, "SELECT name, mobile FROM contact ORDER BY created_at").await.expect("rows");
    assert_eq!(rows, [json!({"name": "王一", "mobile": full()}), json!({"name": "李二", "mobile": in_part()})]);
    t.update_as(&t.admin(), w.deal, json!({"contact_id": t.id(w.carls)})).await.expect("linked");
    let over = t.query_as(&w.ann, "SELECT contact.mobile, contact.email FROM opportunity").await.expect("rows");
    assert_eq!(over, [json!({"contact": {"mobile": in_part(), "email": "s****@example.com"}})]);
    for query in [
        "SELECT id FROM contact WHERE email = 'secret@example.com'",
        "SELECT id FROM contact WHERE email = 'nobody@example.com'",
        "SELECT id FROM contact WHERE mobile LIKE '%5678'",
        "SELECT id FROM contact WHERE mobile = NULL",
        "SELECT id, email FROM contact ORDER BY email",
        "SELECT COUNT(email) n FROM contact",
        "SELECT email, COUNT(id) n FROM contact GROUP BY email",
        "SELECT id FROM opportunity WHERE contact.email = 'secret@example.com'",
        "SELECT id FROM opportunity ORDER BY contact.mobile",
    ] {
        assert_eq!(code(&t, &w.ann, query).await, "masked_field", "{query}");
        t.query(query).await;
    }
    let (history, _) = changes::history(&t.org, &w.ann, "contact", &t.id(w.carls), None, 50).await.expect("a history");
    let text = serde_json::to_string(&history).expect("JSON");
    assert!(text.contains("138****5678") && !text.contains("13812345678") && !text.contains("secret@"), "{text}");
});

both_engines!(a_masked_value_is_revealed_to_those_who_may_and_that_is_noted, |t: TestOrg| async move {
    let w = world(&t).await;
    let reveal = async |ctx: &Ctx, id: RecordId, field: &str| reveal::reveal(&t.org, ctx, "contact", &t.id(id), field).await;
    assert_eq!(reveal(&w.ann, w.carls, "mobile").await.expect_err("not allowed").kind, ErrorKind::Forbidden);
    let hidden = reveal::reveal(&t.org, &w.ann, "opportunity", &t.id(w.deal), "amount").await.expect_err("hidden");
    assert_eq!(hidden.code, "unknown_field");
    let mut role = t.org.schema().roles["x_sales"].clone();
    role.fields.get_mut("contact").expect("contact").get_mut("mobile").expect("mobile").reveal = true;
    roles::replace(&t.org, &t.admin(), "x_sales", role.clone(), None).await.expect("changed");
    assert_eq!(reveal(&w.ann, w.carls, "mobile").await.expect("revealed"), full());
    assert_eq!(reveal(&w.ann, w.anns, "mobile").await.expect("her own needs no note"), full());
    assert_eq!(reveal(&w.ann, w.carls, "email").await.expect_err("that one not").kind, ErrorKind::Forbidden);
    assert_eq!(reveal(&w.ann, w.anns, "owner_id").await.expect("never masked"), json!(t.id(w.ann.user)));
    assert_eq!(record(&t, &w.ann, "contact", w.carls).await["mobile"], in_part(), "once revealed is not open");
    audit::catch_up(&t.org).await.expect("caught up");
    let filter = audit::Filter { kind: Some("reveal".to_owned()), ..audit::Filter::default() };
    let noted = audit::list(&t.org, &t.admin(), &filter, None, 50).await.expect("the log").0;
    assert_eq!(noted.len(), 1, "{noted:?}");
    assert_eq!((noted[0].body["field"].as_str(), noted[0].entry["record"].as_str()), (Some("mobile"), Some(t.id(w.carls).as_str())));
    role.fields.get_mut("opportunity").expect("opportunity").get_mut("amount").expect("amount").reveal = true;
    let wrong = roles::replace(&t.org, &t.admin(), "x_sales", role, None).await.expect_err("hidden things are not revealed");
    assert_eq!(first_field(wrong), ("fields.opportunity.amount".to_owned(), "invalid_reveal"));
});

both_engines!(search_finds_nobody_by_what_is_hidden, |t: TestOrg| async move {
    let w = world(&t).await;
    let follower = Follower::start(&t.org);
    while search::behind(&t.org) != Some(0) || !search::find(&t.org, &t.admin(), "x", None, 5).await.expect("an answer").complete {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let found = async |ctx: &Ctx, text: &str| {
        let answer = search::find(&t.org, ctx, text, None, 5).await.expect("an answer");
        serde_json::to_string(&answer.groups).expect("JSON")
    };
    assert!(found(&t.admin(), "压价").await.contains("网关"));
    assert_eq!(found(&w.ann, "压价").await, "[]");
    let by_number = found(&w.ann, MOBILE).await;
    assert!(by_number.contains("王一") && !by_number.contains("李二"), "{by_number}");
    assert_eq!(found(&w.ann, "secret@example.com").await, "[]");
    for part in ["5678", "1385678", "3856", "8****5"] {
        assert!(!found(&w.ann, part).await.contains("李二"), "nobody is found by a part of what is masked: {part}");
    }
    let by_name = found(&w.ann, "李二").await;
    assert!(by_name.contains("李二") && !by_name.contains(MOBILE) && !by_name.contains("secret@"), "{by_name}");
    follower.stop().await;
});

both_engines!(what_may_not_be_written_is_refused, |t: TestOrg| async move {
    let w = world(&t).await;
    let before = t.query("SELECT id, amount, version FROM opportunity").await;
    let refused = async |id, values| first_field(t.update_as(&w.ann, id, values).await.expect_err("refused"));
    assert_eq!(refused(w.deal, json!({"amount": "1.00"})).await, ("amount".to_owned(), "unknown_field"));
    assert_eq!(refused(w.deal, json!({"amount": "no number"})).await, ("amount".to_owned(), "unknown_field"), "its type is no secret told");
    assert_eq!(refused(w.anns, json!({"department": "财务"})).await, ("department".to_owned(), "not_writable"));
    assert_eq!(refused(w.anns, json!({"email": "s****@example.com"})).await, ("email".to_owned(), "not_writable"));
    assert_eq!(refused(w.carls, json!({"mobile": "13900000000"})).await, ("mobile".to_owned(), "not_writable"));
    t.update_as(&w.ann, w.anns, json!({"mobile": "13900000000"})).await.expect("the team's");
    // Nor is it taken over to be seen.
    assert_eq!(refused(w.carls, json!({"owner_id": t.id(w.ann.user)})).await, ("owner_id".to_owned(), "not_writable"));
    t.update_as(&w.ann, w.anns, json!({"owner_id": t.id(w.carl)})).await.expect("given away");
    assert_eq!(refused(w.anns, json!({"owner_id": t.id(w.ann.user)})).await.1, "not_writable", "given is given");
    t.update_as(&t.admin(), w.anns, json!({"owner_id": t.id(w.ann.user)})).await.expect("back");
    let made = t.create_as(&w.ann, "opportunity", json!({"name": "新", "amount": "5"})).await.expect_err("refused");
    assert_eq!(first_field(made), ("amount".to_owned(), "unknown_field"));
    let made = t.create_as(&w.ann, "contact", json!({"name": "新", "mobile": "13900000001"})).await.expect("made");
    let shown: Value = serde_json::from_slice(&made.json(&w.ann, &t.org.schema())).expect("JSON");
    assert_eq!((shown["mobile"]["typed"].clone(), shown.get("amount")), (json!("13900000001"), None));
    assert_eq!(t.query("SELECT id, amount, version FROM opportunity").await, before);

    // The answer of a write, and the state shown when another was faster, tell as little as reading does.
    let written = t.update_as(&w.ann, w.carls, json!({"title": "经理"})).await.expect("changed");
    let text = String::from_utf8(written.json(&w.ann, &t.org.schema())).expect("text");
    assert!(text.contains("138****5678") && !text.contains(MOBILE) && !text.contains("secret@"), "{text}");
    let values = json!({"title": "总监"}).as_object().cloned().expect("values");
    let late = Operation::Update { id: w.carls, values, version: Some(1) };
    let late = write::write_one(&t.org, &w.ann, late, Options::default()).await.expect_err("too late");
    let current = late.current.expect("the record as it is").to_string();
    assert!(current.contains("经理") && !current.contains(MOBILE) && !current.contains("secret@"), "{current}");

    let values = json!({"next_step": "让步", "competitor": "丙"}).as_object().cloned().expect("values");
    let update = Operation::Update { id: w.deal, values, version: None };
    let set = write::write_one(&t.org, &t.admin(), update, Options::default()).await.expect("changed").change_set;
    let back = undo::undo(&t.org, &w.ann, set, |_, _| true).await.expect_err("not hers to take back");
    assert_eq!(back.kind, ErrorKind::Forbidden);
    assert_eq!(t.query("SELECT next_step FROM opportunity").await, [json!({"next_step": "让步"})]);
});

both_engines!(undo_names_no_hidden_field, |t: TestOrg| async move {
    let w = world(&t).await;
    let values = json!({"amount": "2.00", "next_step": "让步", "competitor": "丙"}).as_object().cloned().expect("values");
    let update = Operation::Update { id: w.deal, values, version: None };
    let set = write::write_one(&t.org, &t.admin(), update, Options::default()).await.expect("changed").change_set;
    t.update_as(&t.admin(), w.deal, json!({"amount": "3.00", "next_step": "再让步"})).await.expect("changed again");
    let undone = undo::undo(&t.org, &w.ann, set, |_, _| true).await.expect("what is left of it is hers to take back");
    assert_eq!(undone.conflicts.iter().map(|c| (c.id.clone(), c.field.clone())).collect::<Vec<_>>(), [(t.id(w.deal), None)]);
    assert_eq!(t.query("SELECT next_step, competitor FROM opportunity").await, [json!({"next_step": "再让步", "competitor": null})]);
});

both_engines!(undo_is_no_way_to_take_a_record_over, |t: TestOrg| async move {
    let w = world(&t).await;
    let values = json!({"owner_id": t.id(w.carl)}).as_object().cloned().expect("values");
    let move_on = Operation::Update { id: w.anns, values, version: None };
    let set = write::write_one(&t.org, &t.admin(), move_on, Options::default()).await.expect("moved").change_set;
    t.update_as(&t.admin(), w.anns, json!({"mobile": "13700001111"})).await.expect("a new number");
    let back = undo::undo(&t.org, &w.ann, set, |_, _| true).await.expect_err("not hers any more");
    assert_eq!(back.kind, ErrorKind::Forbidden);
    assert_eq!(record(&t, &w.ann, "contact", w.anns).await["mobile"]["typed"], "137****1111");
});

both_engines!(bulk_doors_tell_no_more, |t: TestOrg| async move {
    let w = world(&t).await;
    let edit = |what: Value| serde_json::from_value::<BulkEdit>(what).expect("an edit");
    let by_hidden = edit(json!({"q": "SELECT id FROM opportunity WHERE amount > 5", "values": {"competitor": "x"}}));
    assert_eq!(bulk_edit::preview(&t.org, &w.ann, "opportunity", &by_hidden).await.expect_err("refused").code, "unknown_field");
    let set_hidden = edit(json!({"q": "SELECT id FROM opportunity", "values": {"amount": "1"}}));
    let preview = bulk_edit::preview(&t.org, &w.ann, "opportunity", &set_hidden).await.expect("a preview");
    assert!(preview.rows.iter().all(|row| row.changes.is_empty() && row.error.is_some()));
    let fine = edit(json!({"q": "SELECT id FROM contact ORDER BY name", "values": {"title": "专员"}}));
    let preview = bulk_edit::preview(&t.org, &w.ann, "contact", &fine).await.expect("a preview");
    assert_eq!(preview.rows.iter().map(|row| row.changes.len()).collect::<Vec<_>>(), [1, 1]);

    let request = |q: &str, format| ExportRequest { q: q.to_owned(), format, title: None, headers: Headers::Names };
    let hidden = request("SELECT name, amount FROM opportunity", ExportFormat::Csv);
    assert_eq!(export::start(&t.org, &w.ann, hidden).await.expect_err("refused").code, "unknown_field");
    for format in [ExportFormat::Csv, ExportFormat::Vcf] {
        let job = export::start(&t.org, &w.ann, request("SELECT name, mobile, email FROM contact", format)).await.expect("queued");
        Worker::new().run_pending(&t.org).await.expect("ran");
        assert_eq!(jobs::get(&t.org, &w.ann, &job.id).await.expect("the job").state, "succeeded");
        let text = text_of(export::file(&t.org, &w.ann, &job.id).await.expect("a file")).await;
        assert!(text.contains("138****5678") && text.contains("s****@example.com") && !text.contains("secret@"), "{text}");
        assert_eq!(text.matches(MOBILE).count(), 1, "the team's: {text}");
    }

    let file = "name,amount,competitor\n新商机,5,丁\n";
    let made = import::create(&t.org, &w.ann, "opportunity", "deals.csv", body(file.to_owned())).await.expect("an import");
    assert!(made.columns.iter().all(|c| c.suggested.as_ref().is_none_or(|m| m.field != "amount")), "nothing is suggested");
    let patch = json!({"mapping": {"columns": [{"header": "name", "field": "name"}, {"header": "amount", "field": "amount"}]}});
    let patch = serde_json::from_value(patch).expect("a patch");
    let mapped = match import::update(&t.org, &w.ann, &made.id, patch).await {
        Err(error) => Err(error),
        Ok(_) => import::run(&t.org, &w.ann, &made.id).await.map(drop),
    };
    assert_eq!(first_field(mapped.expect_err("refused")), ("amount".to_owned(), "unknown_field"));
});

both_engines!(a_permission_set_opens_what_the_profile_closes, |t: TestOrg| async move {
    let w = world(&t).await;
    let finance = RoleDef {
        name: "x_finance".to_owned(),
        kind: RoleKind::PermissionSet,
        objects: serde_json::from_value(json!({"opportunity": {"read": true, "view_all": true}})).expect("rights"),
        fields: serde_json::from_value(json!({"opportunity": {"amount": {"access": "read"}}})).expect("rights"),
        import: false,
        export: false,
        ..t.org.schema().roles["standard"].clone()
    };
    roles::create(&t.org, &t.admin(), finance.clone()).await.expect("a permission set");
    assert_eq!(code(&t, &w.ann, "SELECT amount FROM opportunity").await, "unknown_field", "nobody has it yet");
    t.update_as(&t.admin(), w.ann.user, json!({"permission_sets": ["x_finance"]})).await.expect("given");
    let ann = t.ctx_of(w.ann.user).await;
    assert_eq!(record(&t, &ann, "opportunity", w.deal).await["amount"]["amount"], AMOUNT);
    assert_eq!(code(&t, &ann, "SELECT next_step FROM opportunity").await, "unknown_field", "that one stays closed");
    let refused = t.update_as(&ann, w.deal, json!({"amount": "1.00"})).await.expect_err("read only");
    assert_eq!(first_field(refused), ("amount".to_owned(), "not_writable"));
    let unknown = t.update_as(&t.admin(), w.ann.user, json!({"permission_sets": ["x_nothing"]})).await.expect_err("no such set");
    assert_eq!(first_field(unknown).0, "permission_sets");

    // In use it cannot go; changed it holds at once, for those who have a planned query too.
    assert_eq!(roles::delete(&t.org, &t.admin(), "x_finance").await.expect_err("in use").code, "role_in_use");
    let empty = RoleDef { fields: Default::default(), ..finance };
    let stale = roles::replace(&t.org, &t.admin(), "x_finance", empty.clone(), Some("other")).await.expect_err("changed since");
    assert_eq!(stale.kind, ErrorKind::VersionConflict);
    let seen = roles::get(&t.org, &t.admin(), "x_finance").await.expect("the set");
    assert_eq!((seen.users, seen.standard, seen.editable), (1, false, true));
    roles::replace(&t.org, &t.admin(), "x_finance", empty, Some(&roles::tag(&seen.def))).await.expect("changed");
    assert!(record(&t, &ann, "opportunity", w.deal).await.get("amount").is_none());
    t.update_as(&t.admin(), w.ann.user, json!({"permission_sets": []})).await.expect("taken away");
    roles::delete(&t.org, &t.admin(), "x_finance").await.expect("gone");
});

both_engines!(roles_are_for_administrators, |t: TestOrg| async move {
    let ann = t.user("ann", "standard").await;
    let standard = t.org.schema().roles["standard"].clone();
    let own = RoleDef { name: "x_own".to_owned(), ..standard.clone() };
    for refused in [
        roles::list(&t.org, &ann).await.err(),
        roles::get(&t.org, &ann, "standard").await.err(),
        roles::create(&t.org, &ann, own.clone()).await.err(),
        roles::replace(&t.org, &ann, "standard", standard.clone(), None).await.err(),
        roles::delete(&t.org, &ann, "read_only").await.err(),
    ] {
        assert_eq!(refused.expect("refused").kind, ErrorKind::Forbidden);
    }
    let admin = t.admin();
    let all = t.org.schema().roles["administrator"].clone();
    assert_eq!(roles::replace(&t.org, &admin, "administrator", all, None).await.expect_err("fixed").code, "fixed_role");
    assert_eq!(roles::delete(&t.org, &admin, "standard").await.expect_err("a pack's").code, "standard_role");
    assert_eq!(
        roles::create(&t.org, &admin, RoleDef { name: "own".to_owned(), ..own.clone() }).await.expect_err("x_").kind,
        ErrorKind::Validation
    );
    let bad = RoleDef {
        fields: serde_json::from_value(json!({
            "opportunity": {"name": {"access": "hidden"}, "stage": {"access": "hidden"}, "nothing": {"access": "read"}},
            "contact": {"mobile": {"access": "masked", "scope": "team"}, "owner_id": {"access": "read"}},
        }))
        .expect("rights"),
        ..own.clone()
    };
    let errors = roles::create(&t.org, &admin, bad).await.expect_err("wrong").fields;
    let codes: Vec<(&str, &str)> = errors.iter().map(|f| (f.field.as_str(), f.code)).collect();
    assert_eq!(
        codes,
        [
            ("fields.contact.mobile", "invalid_scope"),
            ("fields.contact.owner_id", "always_open"),
            ("fields.opportunity.name", "always_open"),
            ("fields.opportunity.nothing", "unknown_name"),
            ("fields.opportunity.stage", "always_open"),
        ]
    );
    roles::create(&t.org, &admin, own.clone()).await.expect("made");
    assert_eq!(roles::create(&t.org, &admin, own.clone()).await.expect_err("twice").code, "exists");
    roles::replace(&t.org, &admin, "x_own", RoleDef { export: false, ..own }, None).await.expect("changed");
    audit::catch_up(&t.org).await.expect("caught up");
    let log = audit::list(&t.org, &admin, &audit::Filter { kind: Some("schema".to_owned()), ..audit::Filter::default() }, None, 50)
        .await
        .expect("the log")
        .0;
    assert!(log.iter().any(|l| l.body["definitions"]["role/x_own"][0]["export"] == true), "what was there before is in the log: {log:?}");
    let listed = roles::list(&t.org, &admin).await.expect("all");
    assert!(
        listed.iter().any(|r| r.def.name == "x_own" && r.users == 0) && listed.iter().any(|r| r.def.name == "standard" && r.users == 1)
    );
});

both_engines!(a_name_cannot_become_a_hidden_field, |t: TestOrg| async move {
    let w = world(&t).await;
    let patch = json!({"name_field": "next_step"});
    let refused = schema_change::update_object(&t.org, &t.admin(), "opportunity", &patch).await.expect_err("a role hides it");
    assert_eq!(first_field(refused), ("name_field".to_owned(), "restricted"));
    assert_eq!(record(&t, &w.ann, "opportunity", w.deal).await["name"], "网关");
});

both_engines!(notifications_do_without_a_hidden_lookup, |t: TestOrg| async move {
    let w = world(&t).await;
    let mut role = t.org.schema().roles["x_sales"].clone();
    let hidden = json!({"related_to_id": {"access": "hidden"}});
    role.fields.insert("task".to_owned(), serde_json::from_value(hidden).expect("rights"));
    roles::replace(&t.org, &t.admin(), "x_sales", role, None).await.expect("changed");
    Reader::new(&t.org).catch_up().await.expect("told");
    t.create("task", json!({"name": "回访", "related_to_id": t.id(w.deal), "owner_id": t.id(w.ann.user)})).await;
    Reader::new(&t.org).catch_up().await.expect("told");
    let told = notifications::list(&t.org, &w.ann, None, false, 50).await.expect("notifications").notifications;
    assert!(told.iter().any(|n| n.record_name.as_deref() == Some("回访") && n.about_id.is_none()), "{told:?}");
});

both_engines!(views_leave_out_what_is_hidden, |t: TestOrg| async move {
    let w = world(&t).await;
    let save = async |new: Value| views::create(&t.org, &t.admin(), serde_json::from_value(new).expect("a view")).await.expect("saved");
    save(json!({"object": "opportunity", "label": "甲", "columns": ["name", "amount"], "sort": [{"field": "amount", "desc": true}], "scope": "shared"})).await;
    let filter = json!({"field": "amount", "op": ">", "value": 5});
    save(json!({"object": "opportunity", "label": "乙", "columns": ["name"], "filter": filter, "scope": "shared"})).await;
    let seen = views::list(&t.org, &w.ann, Some("opportunity")).await.expect("views");
    let one = seen.iter().find(|v| v.label == "甲").expect("the first");
    assert_eq!((one.columns.as_slice(), one.sort.len()), (["name".to_owned()].as_slice(), 0));
    assert!(seen.iter().all(|v| v.label != "乙"), "a view that is made by a hidden field is none");
    assert!(seen.iter().filter_map(|v| v.board.as_ref()).all(|b| b.total.is_none()), "no totals of what is hidden");
    assert!(views::list(&t.org, &t.admin(), Some("opportunity")).await.expect("views").iter().any(|v| v.label == "乙"));
    // Saving tells a hidden field and one that does not exist apart no more than reading does.
    let mut refused = Vec::new();
    for field in ["amount", "nonsense"] {
        let filter = json!({"field": field, "op": ">", "value": 5});
        let new = json!({"object": "opportunity", "label": "丙", "columns": ["name", field], "filter": filter, "sort": [{"field": field}]});
        let error = views::create(&t.org, &w.ann, serde_json::from_value(new).expect("a view")).await.expect_err("no such field");
        refused.push(format!("{:?}", error.fields).replace(field, "…"));
    }
    assert_eq!(refused[0], refused[1]);
    // One that was saved while its maker saw more can still be changed.
    let closed = t.org.schema().roles["x_sales"].clone();
    let open = RoleDef { fields: std::collections::BTreeMap::default(), ..closed.clone() };
    roles::replace(&t.org, &t.admin(), "x_sales", open, None).await.expect("opened");
    let new = json!({"object": "opportunity", "label": "丁", "columns": ["name", "amount"], "pinned": 2, "sort": [{"field": "amount"}]});
    let ann = t.ctx_of(w.ann.user).await;
    let saved = views::create(&t.org, &ann, serde_json::from_value(new).expect("a view")).await.expect("saved");
    roles::replace(&t.org, &t.admin(), "x_sales", closed, None).await.expect("closed");
    let changed = views::update(&t.org, &t.ctx_of(w.ann.user).await, &saved.id, &json!({"label": "戊"})).await.expect("changed");
    assert_eq!((changed.label.as_str(), changed.columns.as_slice(), changed.sort.len()), ("戊", ["name".to_owned()].as_slice(), 0));
});

both_engines!(an_import_finds_nobody_by_a_closed_field, |t: TestOrg| async move {
    let w = world(&t).await;
    let mut role = t.org.schema().roles["x_sales"].clone();
    role.fields.insert("user".to_owned(), serde_json::from_value(json!({"email": {"access": "hidden"}})).expect("rights"));
    roles::replace(&t.org, &t.admin(), "x_sales", role, None).await.expect("changed");
    let ann = t.ctx_of(w.ann.user).await;
    let file = "name,owner\n甲,ann@example.com\n乙,ann\n";
    let made = import::create(&t.org, &ann, "opportunity", "deals.csv", body(file.to_owned())).await.expect("an import");
    let columns = |by: &str| {
        let owner = json!({"header": "owner", "field": "owner_id", "match": by});
        serde_json::from_value(json!({"mapping": {"columns": [{"header": "name", "field": "name"}, owner]}})).expect("a patch")
    };
    let by_email = match import::update(&t.org, &ann, &made.id, columns("email")).await {
        Err(error) => Err(error),
        Ok(_) => import::run(&t.org, &ann, &made.id).await.map(drop),
    };
    assert_eq!(first_field(by_email.expect_err("no such field")), ("owner_id.match".to_owned(), "bad_match"));
    import::update(&t.org, &ann, &made.id, columns("name")).await.expect("mapped");
    let result = run(&t, &ann, &made.id).await;
    assert_eq!((result.created, result.failed), (1, 1), "by name one is found, by address none: {:?}", result.first_errors);
});

/// A permission set with nothing but the right to see the audit log.
async fn auditor(t: &TestOrg, of: &Ctx) -> Ctx {
    let role = json!({"name": "x_auditor", "label": {"zh": "审计", "en": "Audit"}, "kind": "permission_set", "view_audit": true});
    roles::create(&t.org, &t.admin(), serde_json::from_value(role).expect("a role")).await.expect("made");
    t.update_as(&t.admin(), of.user, json!({"permission_sets": ["x_auditor"]})).await.expect("given");
    t.ctx_of(of.user).await
}

both_engines!(the_audit_log_tells_no_more_than_the_fields_and_records_that_its_reader_sees, |t: TestOrg| async move {
    let w = world(&t).await;
    let admin = t.admin();
    let mut role = t.org.schema().roles["x_sales"].clone();
    role.fields.get_mut("contact").expect("contact").get_mut("mobile").expect("mobile").reveal = true;
    roles::replace(&t.org, &admin, "x_sales", role, None).await.expect("changed");
    let other = t.create("opportunity", json!({"name": "别人的商机", "amount": AMOUNT, "owner_id": t.id(w.carl)})).await;
    for q in [
        "SELECT name FROM opportunity WHERE next_step = '压价'",
        "SELECT mobile FROM contact WHERE email = 'secret@example.com'",
        "SELECT name FROM opportunity WHERE name = '网关'",
    ] {
        let request = ExportRequest { q: q.to_owned(), format: ExportFormat::Csv, title: None, headers: Headers::Names };
        guanxi_engine::export::local(&t.org, &admin, &request, &t.folder().join("out.csv"), &mut |_, _| {}).await.expect("exported");
    }
    reveal::reveal(&t.org, &w.ann, "contact", &t.id(w.carls), "mobile").await.expect("revealed");
    schema_change::set_standard_user_scope(&t.org, &admin, guanxi_model::meta::Scope::Own).await.expect("own");
    let ann = auditor(&t, &w.ann).await;
    audit::catch_up(&t.org).await.expect("caught up");
    let of = async |ctx: &Ctx, id: RecordId| {
        let filter = audit::Filter { record: Some(t.id(id)), kind: Some("create".to_owned()), ..audit::Filter::default() };
        audit::list(&t.org, ctx, &filter, None, 5).await.expect("the log").0.remove(0)
    };
    let value = |entry: &audit::Listed, field: &str| entry.fields.iter().find(|f| f.field == field).map(|f| f.new.clone());

    let deal = of(&ann, w.deal).await;
    assert_eq!(
        (deal.closed, value(&deal, "name"), value(&deal, "amount"), value(&deal, "next_step")),
        (false, Some(json!("网关")), None, None)
    );
    assert!(value(&of(&admin, w.deal).await, "amount").is_some());
    let contact = of(&ann, w.carls).await;
    assert!(contact.closed || !serde_json::to_string(&contact.fields).expect("JSON").contains("13812345678"), "{contact:?}");
    let elsewhere = of(&ann, other).await;
    assert_eq!((elsewhere.closed, elsewhere.fields.len(), elsewhere.text), (true, 0, audit::Text::Kept), "that it was made, and no more");
    assert!(!of(&admin, other).await.closed);

    let exports = audit::Filter { kind: Some("export".to_owned()), ..audit::Filter::default() };
    let told = audit::list(&t.org, &ann, &exports, None, 9).await.expect("the log").0;
    let asked: Vec<_> = told.iter().map(|e| e.body["q"].as_str()).collect();
    assert_eq!(asked, [Some("SELECT name FROM opportunity WHERE name = '网关'"), None, None], "no values of hidden fields by the query");
    assert!(told.iter().all(|e| e.body["rows"].is_number()));
    let schema = audit::Filter { kind: Some("schema".to_owned()), ..audit::Filter::default() };
    assert!(audit::list(&t.org, &ann, &schema, None, 9).await.expect("the log").0.iter().all(|e| e.body.is_null()));
    assert!(audit::list(&t.org, &admin, &schema, None, 9).await.expect("the log").0.iter().all(|e| e.body.is_object()));

    // The table, too; and it cannot be made without the right.
    let table = async |ctx: &Ctx| {
        let opened = audit::table(&t.org, ctx, &audit::Filter::default()).await?;
        let pieces: Vec<bytes::Bytes> = futures_util::TryStreamExt::try_collect(opened.stream).await.expect("bytes");
        Ok::<_, Error>(String::from_utf8(pieces.concat()).expect("text"))
    };
    let text = table(&ann).await.expect("a table");
    for secret in ["13812345678", "secret@example.com", "压价", AMOUNT, "别人的商机"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let whole = table(&admin).await.expect("a table");
    assert!(whole.contains("别人的商机") && whole.contains("secret@example.com"));
    let mut role = t.org.schema().roles["x_sales"].clone();
    role.export = false;
    roles::replace(&t.org, &admin, "x_sales", role, None).await.expect("changed");
    let without = table(&t.ctx_of(ann.user).await).await.expect_err("sees it, and may not take it out");
    assert_eq!(without.kind, ErrorKind::Forbidden);
    let carl = t.ctx_of(w.carl).await;
    assert_eq!(table(&carl).await.expect_err("no right").kind, ErrorKind::Forbidden);
});
