//! Data scopes by team: a manager sees what the team and the teams below it own, by every door, and only as long as they are the
//! manager's.

use guanxi_engine::write::{self, Operation, Options};
use guanxi_engine::{changes, recycle, roles, schema_change};
use guanxi_model::meta::{RoleDef, Scope};
use guanxi_model::{Ctx, ErrorKind, RecordId};
use guanxi_query::Page;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::{Value, json};

/// East with a team below it, and West.
struct World {
    east: RecordId,
    west: RecordId,
    manager: Ctx,
    /// In the team below East.
    anna: Ctx,
    /// In West.
    bert: Ctx,
    /// In no team; reports to the manager.
    dora: Ctx,
    /// Accounts: the manager's own, Anna's, Bert's, Dora's.
    accounts: [RecordId; 4],
}

async fn world(t: &TestOrg) -> World {
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.expect("narrowed");
    let east = t.create("team", json!({"name": "华东"})).await;
    let below = t.create("team", json!({"name": "华东一组", "parent_id": t.id(east)})).await;
    let west = t.create("team", json!({"name": "华西"})).await;
    let [manager, anna, bert, dora] = [
        t.user("manager", "sales_manager").await,
        t.user("anna", "standard").await,
        t.user("bert", "standard").await,
        t.user("dora", "standard").await,
    ];
    put(t, &manager, json!({"team_id": t.id(east)})).await;
    put(t, &anna, json!({"team_id": t.id(below)})).await;
    put(t, &bert, json!({"team_id": t.id(west)})).await;
    put(t, &dora, json!({"manager_id": t.id(manager.user)})).await;
    let mut accounts = [RecordId(0); 4];
    for (account, (owner, name)) in accounts.iter_mut().zip([(&manager, "m"), (&anna, "a"), (&bert, "b"), (&dora, "d")]) {
        *account = t.create("account", json!({"name": name, "owner_id": t.id(owner.user), "employees": 10})).await;
    }
    let manager = t.ctx_of(manager.user).await;
    World { east, west, manager, anna, bert, dora, accounts }
}

async fn put(t: &TestOrg, user: &Ctx, values: Value) {
    t.update_as(&t.admin(), user.user, values).await.expect("changed");
}

async fn names(t: &TestOrg, ctx: &Ctx) -> Vec<String> {
    let rows = t.query_as(ctx, "SELECT name FROM account ORDER BY name").await.expect("accounts");
    rows.iter().map(|r| r["name"].as_str().unwrap_or_default().to_owned()).collect()
}

both_engines!(a_manager_sees_the_team_and_those_below, |t: TestOrg| async move {
    let w = world(&t).await;
    assert_eq!(names(&t, &w.manager).await, ["a", "d", "m"]);
    assert_eq!(names(&t, &w.anna).await, ["a"]);
    assert_eq!(names(&t, &w.bert).await, ["b"]);
    assert_eq!(names(&t, &w.dora).await, ["d"]);
    assert_eq!(names(&t, &t.admin()).await, ["a", "b", "d", "m"]);
    let sum = t.query_as(&w.manager, "SELECT COUNT(id) n, SUM(employees) s FROM account").await.expect("a sum");
    assert_eq!(sum, [json!({"n": 3, "s": 30})]);
    let page = Page { limit: 1, total: true, ..Page::default() };
    let rows = guanxi_engine::read::query(&t.org, &w.manager, "SELECT id FROM account WHERE name != 'm'", &page).await.expect("a page");
    assert_eq!(rows.total, Some(2));
    let theirs = t.query_as(&w.manager, "SELECT name, owner.name FROM account WHERE owner.name = 'bert'").await.expect("none");
    assert!(theirs.is_empty(), "{theirs:?}");
    let told = changes::after(&t.org, &w.manager, 0, 2_000).await.expect("the log").0;
    let seen = |id: RecordId| told.iter().any(|c| c.id == t.id(id));
    assert_eq!(w.accounts.map(seen), [true, true, false, true]);
});

both_engines!(a_manager_writes_what_the_team_owns, |t: TestOrg| async move {
    let w = world(&t).await;
    let [_, annas, berts, _] = w.accounts;
    t.update_as(&w.manager, annas, json!({"employees": 11})).await.expect("a colleague's");
    let refused = t.update_as(&w.manager, berts, json!({"employees": 11})).await.expect_err("not the manager's");
    assert_eq!(refused.kind, ErrorKind::NotFound, "as if it did not exist");
    let refused = t.delete_as(&w.manager, berts).await.expect_err("not the manager's");
    assert_eq!(refused.kind, ErrorKind::NotFound);
    let for_bert = json!({"name": "x", "owner_id": t.id(w.bert.user)});
    assert_eq!(t.create_as(&w.manager, "account", for_bert).await.expect_err("for somebody else").kind, ErrorKind::Forbidden);
    t.create_as(&w.manager, "account", json!({"name": "x", "owner_id": t.id(w.anna.user)})).await.expect("for a colleague");
    let child = json!({"name": "y", "account_id": t.id(berts)});
    assert!(t.create_as(&w.manager, "contact", child).await.is_err(), "a lookup to a record out of reach");
    t.delete_as(&t.admin(), annas).await.expect("deleted");
    t.delete_as(&t.admin(), berts).await.expect("deleted");
    let bin = recycle::list(&t.org, &w.manager, None, None, 50).await.expect("the bin").0;
    let binned: Vec<&str> = bin.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(binned, [t.id(annas)]);
});

both_engines!(who_leaves_the_team_takes_the_records_along, |t: TestOrg| async move {
    let w = world(&t).await;
    put(&t, &w.anna, json!({"team_id": t.id(w.west)})).await;
    put(&t, &w.dora, json!({"manager_id": null})).await;
    assert_eq!(names(&t, &t.ctx_of(w.manager.user).await).await, ["m"]);
    // Who leads a team has it below, too; a circle that came to be somehow does no harm.
    t.behind_its_back(&format!("UPDATE team SET parent_id = {} WHERE id = {}", w.west.0, w.east.0)).await;
    t.update_as(&t.admin(), w.west, json!({"lead_id": t.id(w.manager.user)})).await.expect("changed");
    t.behind_its_back(&format!("UPDATE team SET parent_id = {} WHERE id = {}", w.east.0, w.west.0)).await;
    t.update_as(&t.admin(), w.east, json!({"name": "东"})).await.expect("changed");
    assert_eq!(names(&t, &t.ctx_of(w.manager.user).await).await, ["a", "b", "m"]);
});

both_engines!(the_setting_opens_records_to_everyone, |t: TestOrg| async move {
    let w = world(&t).await;
    put(&t, &w.anna, json!({"team_id": t.id(w.east)})).await;
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Team).await.expect("set");
    assert_eq!(names(&t, &t.ctx_of(w.anna.user).await).await, ["a", "m"]);
    assert_eq!(names(&t, &t.ctx_of(w.dora.user).await).await, ["d"], "who is in no team has only the own ones");
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::All).await.expect("set");
    for user in [&w.anna, &w.manager] {
        assert_eq!(names(&t, &t.ctx_of(user.user).await).await, ["a", "b", "d", "m"]);
    }
});

both_engines!(what_would_change_nothing_needs_the_right_too, |t: TestOrg| async move {
    let reader = RoleDef {
        name: "x_reader".to_owned(),
        objects: serde_json::from_value(json!({"account": {"read": true, "edit": true, "view_all": true, "scope": "own"}}))
            .expect("rights"),
        ..t.org.schema().roles["standard"].clone()
    };
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.expect("narrowed");
    roles::create(&t.org, &t.admin(), reader).await.expect("a profile");
    let eve = t.user("eve", "x_reader").await;
    let account = |owner: RecordId| json!({"name": "a", "employees": 10, "owner_id": t.id(owner)});
    let (own, other) = (t.create("account", account(eve.user)).await, t.create("account", account(t.admin().user)).await);
    t.update_as(&eve, own, json!({"employees": 10})).await.expect("nothing to do");
    for employees in [10, 11] {
        let refused = t.update_as(&eve, other, json!({"employees": employees})).await.expect_err("not hers");
        assert_eq!(refused.kind, ErrorKind::Forbidden);
    }
});

both_engines!(what_comes_back_from_the_bin_brings_nothing_else_back, |t: TestOrg| async move {
    let w = world(&t).await;
    let [_, annas, berts, _] = w.accounts;
    let child = t.create_as(&w.anna, "account", json!({"name": "分公司", "parent_id": t.id(annas)})).await.expect("made").id();
    let values = json!({"parent_id": null, "owner_id": t.id(w.bert.user)}).as_object().cloned().expect("values");
    let list = vec![Operation::Delete { id: annas, version: None }, Operation::Update { id: child, values, version: None }];
    let options = Options { all_or_none: true, ..Options::default() };
    write::write(&t.org, &w.anna, list, options).await.expect("given away in the same set");
    assert_eq!(names(&t, &w.bert).await, ["b", "分公司"]);
    t.update_as(&w.bert, child, json!({"description": "贝特的"})).await.expect("his now");
    recycle::restore(&t.org, &w.anna, &[t.id(annas)]).await.expect("restored");
    assert_eq!(names(&t, &w.anna).await, ["a"], "the other stays his");
    assert_eq!(names(&t, &w.bert).await, ["b", "分公司"]);
    assert_ne!(annas, berts);
});
