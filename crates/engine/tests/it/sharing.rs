//! Sharing: defaults, the hierarchy, rules, shares of single records, and records that go with others, by reading and by writing.

use guanxi_engine::jobs::Worker;
use guanxi_engine::shares::{self, Terms};
use guanxi_engine::write::{self, Operation, Options};
use guanxi_engine::{read, schema_change, search, sharing, undo};
use guanxi_model::meta::{DefaultAccess, Filter, FilterOp, ParentAccess, ParentGives, Scope, ShareAccess, SharingDef, SharingRule};
use guanxi_model::{Ctx, ErrorKind, Label, RecordId};
use guanxi_query::Page;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::{Value, json};

/// Everyone sees only what is one's own; Ann reports to the manager.
struct World {
    manager: Ctx,
    ann: Ctx,
    bob: Ctx,
    /// Ann's and Bob's.
    accounts: [RecordId; 2],
}

async fn world(t: &TestOrg) -> World {
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.expect("narrowed");
    let [manager, ann, bob] = [t.user("manager", "standard").await, t.user("ann", "standard").await, t.user("bob", "standard").await];
    t.update_as(&t.admin(), ann.user, json!({"manager_id": t.id(manager.user)})).await.expect("set");
    let a = t.create("account", json!({"name": "a", "owner_id": t.id(ann.user), "employees": 10, "region": "华东"})).await;
    let b = t.create("account", json!({"name": "b", "owner_id": t.id(bob.user), "employees": 500, "region": "华西"})).await;
    World { manager, ann, bob, accounts: [a, b] }
}

/// What a user finds now, with the rights of now.
async fn names(t: &TestOrg, user: &Ctx) -> String {
    let ctx = t.ctx_of(user.user).await;
    let rows = t.query_as(&ctx, "SELECT name FROM account ORDER BY name").await.expect("accounts");
    let names: Vec<&str> = rows.iter().map(|r| r["name"].as_str().unwrap_or_default()).collect();
    let page = Page { limit: 100, total: true, ..Page::default() };
    let counted = read::query(&t.org, &ctx, "SELECT id FROM account", &page).await.expect("a page");
    assert_eq!(counted.total, Some(names.len() as i64), "the total is that of the list");
    let summed = t.query_as(&ctx, "SELECT COUNT(id) n FROM account").await.expect("a count");
    assert_eq!(summed, [json!({"n": names.len()})]);
    names.join("")
}

async fn may_edit(t: &TestOrg, user: &Ctx, record: RecordId) -> bool {
    let ctx = t.ctx_of(user.user).await;
    match t.update_as(&ctx, record, json!({"description": format!("by {}", user.user)})).await {
        Ok(_) => true,
        Err(error) => {
            assert!([ErrorKind::NotFound, ErrorKind::Forbidden].contains(&error.kind), "{error:?}");
            false
        }
    }
}

async fn set(t: &TestOrg, def: SharingDef) {
    sharing::replace(&t.org, &t.admin(), &def.object.clone(), def, None).await.expect("shared");
}

fn rule(name: &str, with: &[String]) -> SharingRule {
    SharingRule {
        name: name.to_owned(),
        label: Label::new("规则", "Rule"),
        owned_by: Vec::new(),
        filter: None,
        with: with.to_vec(),
        access: ShareAccess::Read,
        number: 0,
    }
}

fn large() -> Option<Filter> {
    Some(Filter::Field { field: "employees".to_owned(), op: FilterOp::Ge, value: json!(100) })
}

async fn share(
    t: &TestOrg,
    ctx: &Ctx,
    record: RecordId,
    with: RecordId,
    access: ShareAccess,
    expires_at: Option<i64>,
) -> guanxi_model::Result<()> {
    let terms = Terms { access, part: Some("售前".to_owned()), expires_at };
    shares::share(&t.org, ctx, "account", &t.id(record), &t.id(with), terms).await
}

both_engines!(those_above_may_what_those_below_may, |t: TestOrg| async move {
    let w = world(&t).await;
    assert_eq!((names(&t, &w.manager).await, names(&t, &w.bob).await), ("a".into(), "b".into()), "by whom one reports to");
    assert!(may_edit(&t, &w.manager, w.accounts[0]).await && !may_edit(&t, &w.manager, w.accounts[1]).await);

    let high = t.create("position", json!({"name": "总监"})).await;
    let middle = t.create("position", json!({"name": "经理", "parent_id": t.id(high)})).await;
    let low = t.create("position", json!({"name": "专员", "parent_id": t.id(middle)})).await;
    t.update_as(&t.admin(), w.manager.user, json!({"position_id": t.id(high)})).await.expect("set");
    t.update_as(&t.admin(), w.bob.user, json!({"position_id": t.id(low)})).await.expect("set");
    assert_eq!(names(&t, &w.manager).await, "ab", "by position too");
    t.update_as(&t.admin(), low, json!({"parent_id": null})).await.expect("moved");
    assert_eq!(names(&t, &w.manager).await, "a", "from the next request on");

    set(&t, SharingDef { hierarchy: false, ..SharingDef::of("account") }).await;
    assert_eq!(names(&t, &w.manager).await, "", "not where the hierarchy does not count");
    let made = t.create_as(&t.ctx_of(w.manager.user).await, "account", json!({"name": "c", "owner_id": t.id(w.ann.user)})).await;
    assert_eq!(made.expect_err("not for others").kind, ErrorKind::Forbidden);
});

both_engines!(defaults_open_all_records, |t: TestOrg| async move {
    let w = world(&t).await;
    set(&t, SharingDef { default: DefaultAccess::Read, ..SharingDef::of("account") }).await;
    assert_eq!(names(&t, &w.ann).await, "ab");
    assert!(!may_edit(&t, &w.ann, w.accounts[1]).await);
    set(&t, SharingDef { default: DefaultAccess::Edit, ..SharingDef::of("account") }).await;
    assert!(may_edit(&t, &w.ann, w.accounts[1]).await);
    let ann = t.ctx_of(w.ann.user).await;
    let taken = t.update_as(&ann, w.accounts[1], json!({"owner_id": t.id(w.ann.user)})).await.expect_err("not hers to give");
    assert_eq!(taken.kind, ErrorKind::Forbidden);
    assert_eq!(t.delete_as(&ann, w.accounts[1]).await.expect_err("not hers").kind, ErrorKind::Forbidden);
});

both_engines!(a_record_is_shared_for_a_time, |t: TestOrg| async move {
    let w = world(&t).await;
    let (ann, bob) = (t.ctx_of(w.ann.user).await, t.ctx_of(w.bob.user).await);
    let refused = share(&t, &bob, w.accounts[0], w.bob.user, ShareAccess::Edit, None).await.expect_err("he does not see it");
    assert_eq!(refused.kind, ErrorKind::NotFound);
    let soon = t.org.clock().now_us() + 60_000_000;
    share(&t, &ann, w.accounts[0], w.bob.user, ShareAccess::Read, Some(soon)).await.expect("shared");
    assert_eq!(names(&t, &w.bob).await, "ab");
    assert!(!may_edit(&t, &w.bob, w.accounts[0]).await);
    let bob = t.ctx_of(w.bob.user).await;
    let refused = share(&t, &bob, w.accounts[0], w.manager.user, ShareAccess::Read, None).await.expect_err("not his to share");
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    let listed = shares::list(&t.org, &bob, "account", &t.id(w.accounts[0])).await.expect("a list");
    assert!(!listed.may_share && listed.shares.len() == 1);
    assert_eq!((listed.shares[0].with.name.as_str(), listed.shares[0].part.as_deref()), ("bob", Some("售前")));
    share(&t, &ann, w.accounts[0], w.bob.user, ShareAccess::Edit, Some(soon)).await.expect("on other terms");
    assert!(may_edit(&t, &w.bob, w.accounts[0]).await);
    let taken = t.update_as(&bob, w.accounts[0], json!({"owner_id": t.id(w.bob.user)})).await.expect_err("not his to take");
    assert_eq!(taken.kind, ErrorKind::Forbidden);

    t.clock.advance(61_000_000);
    assert_eq!(names(&t, &w.bob).await, "b", "its time is over");
    let late = t.ctx_of(w.ann.user).await;
    assert_eq!(
        share(&t, &late, w.accounts[0], w.bob.user, ShareAccess::Read, Some(soon)).await.expect_err("past").fields[0].code,
        "in_the_past"
    );
    assert_eq!(
        share(&t, &late, w.accounts[0], w.accounts[1], ShareAccess::Read, None).await.expect_err("an account").fields[0].code,
        "unknown_grantee"
    );

    // With a group, in which there is a team, in which Bob is.
    let team = t.create("team", json!({"name": "华东"})).await;
    let group = t.create("public_group", json!({"name": "项目组"})).await;
    t.create("group_member", json!({"public_group_id": t.id(group), "member_id": t.id(team)})).await;
    share(&t, &late, w.accounts[0], group, ShareAccess::Read, None).await.expect("shared");
    assert_eq!(names(&t, &w.bob).await, "b");
    t.update_as(&t.admin(), w.bob.user, json!({"team_id": t.id(team)})).await.expect("set");
    assert_eq!(names(&t, &w.bob).await, "ab");
    shares::unshare(&t.org, &late, "account", &t.id(w.accounts[0]), &t.id(group)).await.expect("ended");
    assert_eq!(names(&t, &w.bob).await, "b");

    set(&t, SharingDef { manual: false, ..SharingDef::of("account") }).await;
    assert_eq!(
        share(&t, &late, w.accounts[0], w.bob.user, ShareAccess::Read, None).await.expect_err("switched off").kind,
        ErrorKind::Forbidden
    );
});

both_engines!(a_rule_by_owner_and_one_by_condition, |t: TestOrg| async move {
    let w = world(&t).await;
    let with = [t.id(w.manager.user)];
    let by_owner = SharingRule { owned_by: vec![t.id(w.bob.user)], ..rule("by_owner", &with) };
    set(&t, SharingDef { hierarchy: false, rules: vec![by_owner.clone()], ..SharingDef::of("account") }).await;
    assert_eq!(names(&t, &w.manager).await, "b");
    assert!(!may_edit(&t, &w.manager, w.accounts[1]).await);
    let edit = SharingRule { access: ShareAccess::Edit, ..by_owner };
    set(&t, SharingDef { hierarchy: false, rules: vec![edit], ..SharingDef::of("account") }).await;
    assert!(may_edit(&t, &w.manager, w.accounts[1]).await);

    let by_size = SharingRule { filter: large(), ..rule("large", &with) };
    let def = SharingDef { hierarchy: false, rules: vec![by_size.clone()], ..SharingDef::of("account") };
    set(&t, def.clone()).await;
    assert_eq!(names(&t, &w.manager).await, "", "the records that are there are looked for by a job");
    assert_eq!(sharing::get(&t.org, &t.admin(), "account").await.expect("known").pending, ["large"]);
    t.clock.advance(2_000_000);
    Worker::new().run_pending(&t.org).await.expect("ran");
    assert!(sharing::get(&t.org, &t.admin(), "account").await.expect("known").pending.is_empty());
    assert_eq!(names(&t, &w.manager).await, "b");
    // From then on as they are written.
    let c = t.create("account", json!({"name": "c", "owner_id": t.id(w.bob.user), "employees": 100})).await;
    assert_eq!(names(&t, &w.manager).await, "bc");
    t.update_as(&t.admin(), c, json!({"employees": 99})).await.expect("shrunk");
    t.update_as(&t.admin(), w.accounts[0], json!({"employees": 1000})).await.expect("grown");
    assert_eq!(names(&t, &w.manager).await, "ab");
    // A rule with another filter opens nothing of what the old one opened.
    let none = Some(Filter::Field { field: "employees".to_owned(), op: FilterOp::Ge, value: json!(1_000_000) });
    set(&t, SharingDef { rules: vec![SharingRule { filter: none, ..by_size.clone() }], ..def.clone() }).await;
    assert_eq!(names(&t, &w.manager).await, "");
    // What a program that ended at once has left is taken up.
    set(&t, def.clone()).await;
    assert_eq!(names(&t, &w.manager).await, "");
    sharing::take_up(&t.org).await.expect("taken up");
    assert_eq!(names(&t, &w.manager).await, "ab");
    set(&t, SharingDef { rules: Vec::new(), ..def }).await;
    assert_eq!(names(&t, &w.manager).await, "");
});

both_engines!(records_go_with_their_parent_and_their_children, |t: TestOrg| async move {
    let w = world(&t).await;
    let contact = t.create("contact", json!({"name": "张伟", "account_id": t.id(w.accounts[0]), "owner_id": t.id(w.bob.user)})).await;
    let sees = async |user: &Ctx, record: RecordId| {
        let ctx = t.ctx_of(user.user).await;
        let object = t.org.schema().object_of(record).expect("an object").name().to_owned();
        read::get(&t.org, &ctx, &object, &t.id(record), None).await.is_ok()
    };
    assert!(!sees(&w.ann, contact).await);
    let parent = |access| Some(ParentAccess { field: "account_id".to_owned(), access });
    set(&t, SharingDef { parent: parent(ParentGives::Read), ..SharingDef::of("contact") }).await;
    assert!(sees(&w.ann, contact).await && sees(&w.manager, contact).await && !may_edit(&t, &w.ann, contact).await);
    set(&t, SharingDef { parent: parent(ParentGives::Same), ..SharingDef::of("contact") }).await;
    assert!(may_edit(&t, &w.ann, contact).await);
    let other = t.create("contact", json!({"name": "李娜", "account_id": t.id(w.accounts[1])})).await;
    let bob = t.ctx_of(w.bob.user).await;
    for (access, edits) in [(ShareAccess::Read, false), (ShareAccess::Edit, true)] {
        share(&t, &bob, w.accounts[1], w.ann.user, access, None).await.expect("shared");
        assert!(sees(&w.ann, other).await);
        assert_eq!(may_edit(&t, &w.ann, other).await, edits, "as far as the account");
    }
    // Bob sees the contact he owns, but not yet its account.
    assert!(!sees(&w.bob, w.accounts[0]).await);
    set(&t, SharingDef { by_children: vec!["contact.account_id".to_owned()], ..SharingDef::of("account") }).await;
    assert!(sees(&w.bob, w.accounts[0]).await);
    t.update_as(&t.admin(), contact, json!({"owner_id": t.id(w.manager.user)})).await.expect("given");
    assert!(!sees(&w.bob, w.accounts[0]).await && !sees(&w.bob, contact).await);
    let ann = t.ctx_of(w.ann.user).await;
    t.delete_as(&ann, contact).await.expect("controlled by its parent");
});

both_engines!(undo_leads_nobody_to_a_record, |t: TestOrg| async move {
    let w = world(&t).await;
    set(&t, SharingDef { by_children: vec!["contact.account_id".to_owned()], ..SharingDef::of("account") }).await;
    let contact = t.create("contact", json!({"name": "张伟", "account_id": t.id(w.accounts[0]), "owner_id": t.id(w.bob.user)})).await;
    let moved = Operation::Update {
        id: contact,
        values: json!({"account_id": t.id(w.accounts[1])}).as_object().cloned().expect("values"),
        version: None,
    };
    let set = write::write_one(&t.org, &t.admin(), moved, Options::default()).await.expect("moved").change_set;
    let bob = t.ctx_of(w.bob.user).await;
    let undone = undo::undo(&t.org, &bob, set, |_, _| true).await.expect("tried");
    assert_eq!((undone.reverted, undone.conflicts.len()), (0, 1), "{:?}", undone.conflicts);
    assert_eq!(names(&t, &w.bob).await, "b");
    let undone = undo::undo(&t.org, &t.admin(), set, |_, _| true).await.expect("undone");
    assert_eq!((undone.reverted, undone.conflicts.len()), (1, 0), "{:?}", undone.conflicts);
    assert_eq!(names(&t, &w.bob).await, "ab");
});

both_engines!(a_team_in_the_bin_opens_nothing, |t: TestOrg| async move {
    let w = world(&t).await;
    let team = t.create("team", json!({"name": "项目", "lead_id": t.id(w.bob.user)})).await;
    let ann = t.ctx_of(w.ann.user).await;
    share(&t, &ann, w.accounts[0], team, ShareAccess::Read, None).await.expect("shared");
    assert_eq!(names(&t, &w.bob).await, "ab");
    t.delete_as(&t.admin(), team).await.expect("to the bin");
    assert_eq!(names(&t, &w.bob).await, "b");
});

both_engines!(a_write_that_knew_of_no_rule_is_put_right, |t: TestOrg| async move {
    let w = world(&t).await;
    let by_size = SharingRule { filter: large(), ..rule("large", &[t.id(w.manager.user)]) };
    set(&t, SharingDef { hierarchy: false, rules: vec![by_size], ..SharingDef::of("account") }).await;
    t.clock.advance(2_000_000);
    Worker::new().run_pending(&t.org).await.expect("ran");
    assert_eq!(names(&t, &w.manager).await, "b");
    // As such a write leaves it: values changed, and the table of shares as it was.
    t.behind_its_back("UPDATE account SET employees = 5 WHERE name = 'b'; UPDATE account SET employees = 900 WHERE name = 'a'").await;
    assert_eq!(names(&t, &w.manager).await, "b");
    t.clock.advance(31_000_000);
    Worker::new().run_pending(&t.org).await.expect("ran");
    assert_eq!(names(&t, &w.manager).await, "a");
});

both_engines!(what_makes_no_sense_is_refused, |t: TestOrg| async move {
    let w = world(&t).await;
    let with = [t.id(w.manager.user)];
    let wrong = async |def: SharingDef| {
        let object = def.object.clone();
        let error = sharing::replace(&t.org, &t.admin(), &object, def, None).await.expect_err("refused");
        error.fields.iter().map(|f| format!("{}: {}", f.field, f.code)).collect::<Vec<_>>().join(", ")
    };
    let account = |rules: Vec<SharingRule>| SharingDef { rules, ..SharingDef::of("account") };
    let field = |field: &str, value: Value| Some(Filter::Field { field: field.to_owned(), op: FilterOp::Eq, value });
    assert_eq!(wrong(account(vec![rule("none", &with)])).await, "rules[0].filter: required");
    assert_eq!(wrong(account(vec![SharingRule { filter: large(), ..rule("r", &[]) }])).await, "rules[0].with: required");
    let of_nobody = [t.id(w.accounts[0])];
    assert_eq!(wrong(account(vec![SharingRule { filter: large(), ..rule("r", &of_nobody) }])).await, "rules[0].with: unknown_grantee");
    let filtered = |filter| account(vec![SharingRule { filter, ..rule("r", &with) }]);
    assert_eq!(wrong(filtered(field("parent.name", json!("x")))).await, "rules[0].filter: not_own_field");
    assert_eq!(wrong(filtered(field("created_at", json!({"literal": "TODAY"})))).await, "rules[0].filter: relative_value");
    assert_eq!(wrong(filtered(field("nothing", json!(1)))).await, "rules[0].filter: unknown_name");
    assert_eq!(wrong(filtered(field("employees", json!("many")))).await, "rules[0].filter: bad_value");
    let parent = Some(ParentAccess { field: "parent_id".to_owned(), access: ParentGives::Read });
    assert_eq!(wrong(SharingDef { parent, ..SharingDef::of("account") }).await, "parent.field: own_object");
    assert_eq!(
        wrong(SharingDef { by_children: vec!["task.related_to_id".to_owned()], ..SharingDef::of("account") }).await,
        "by_children: not_a_reference"
    );
    assert_eq!(wrong(SharingDef::of("user")).await, "object: not_shared");
    let ann = t.ctx_of(w.ann.user).await;
    let refused = sharing::replace(&t.org, &ann, "account", SharingDef::of("account"), None).await.expect_err("no administrator");
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    assert_eq!(sharing::list(&t.org, &ann).await.expect_err("no administrator").kind, ErrorKind::Forbidden);
    let stale = sharing::replace(&t.org, &t.admin(), "account", SharingDef::of("account"), Some("0")).await.expect_err("stale");
    assert_eq!(stale.kind, ErrorKind::VersionConflict);
});

both_engines!(a_rule_by_date_and_amount, |t: TestOrg| async move {
    let w = world(&t).await;
    let test = |field: &str, value: Value| Filter::Field { field: field.to_owned(), op: FilterOp::Ge, value };
    let filter = Some(Filter::All { all: vec![test("close_date", json!("2031-01-01")), test("amount", json!("500000"))] });
    let def = SharingDef { rules: vec![SharingRule { filter, ..rule("large", &[t.id(w.bob.user)]) }], ..SharingDef::of("opportunity") };
    set(&t, def).await;
    for (name, amount, date) in [("a", "500000", "2031-01-01"), ("b", "499999.99", "2031-05-01"), ("c", "500000", "2030-12-31")] {
        t.create("opportunity", json!({"name": name, "amount": amount, "close_date": date, "owner_id": t.id(w.ann.user)})).await;
    }
    let bob = t.ctx_of(w.bob.user).await;
    assert_eq!(t.query_as(&bob, "SELECT name FROM opportunity").await.expect("deals"), [json!({"name": "a"})]);
});

both_engines!(a_field_of_a_rule_is_not_removed, |t: TestOrg| async move {
    let w = world(&t).await;
    let field = serde_json::from_value(json!({"name": "x_size", "label": {"zh": "规模", "en": "Size"}, "type": "text"})).expect("a field");
    schema_change::create_field(&t.org, &t.admin(), "account", field).await.expect("made");
    let filter = Some(Filter::Field { field: "x_size".to_owned(), op: FilterOp::Eq, value: json!("L") });
    let def = SharingDef { rules: vec![SharingRule { filter, ..rule("size", &[t.id(w.bob.user)]) }], ..SharingDef::of("account") };
    set(&t, def.clone()).await;
    let refused = schema_change::delete_field(&t.org, &t.admin(), "account", "x_size").await.expect_err("in use");
    assert_eq!(refused.code, "used_by_rule");
    set(&t, SharingDef { rules: Vec::new(), ..def }).await;
    schema_change::delete_field(&t.org, &t.admin(), "account", "x_size").await.expect("removed");
});

both_engines!(search_finds_what_is_shared, |t: TestOrg| async move {
    let w = world(&t).await;
    let follower = search::Follower::start(&t.org);
    t.update_as(&t.admin(), w.accounts[0], json!({"name": "星辰科技"})).await.expect("named");
    let finds = async |user: &Ctx| {
        let ctx = t.ctx_of(user.user).await;
        !search::find(&t.org, &ctx, "星辰", None, 5).await.expect("an answer").groups.is_empty()
    };
    while !finds(&t.admin()).await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(!finds(&w.bob).await);
    let ann = t.ctx_of(w.ann.user).await;
    share(&t, &ann, w.accounts[0], w.bob.user, ShareAccess::Read, None).await.expect("shared");
    assert!(finds(&w.bob).await);
    shares::unshare(&t.org, &ann, "account", &t.id(w.accounts[0]), &t.id(w.bob.user)).await.expect("ended");
    assert!(!finds(&w.bob).await);
    follower.stop().await;
});

both_engines!(a_territory_has_what_is_below_it, |t: TestOrg| async move {
    let w = world(&t).await;
    let east = t.create("territory", json!({"name": "华东"})).await;
    let city = t.create("territory", json!({"name": "上海", "parent_id": t.id(east)})).await;
    let member = async |territory: RecordId, who: &Ctx| {
        t.create("territory_member", json!({"territory_id": t.id(territory), "member_id": t.id(who.user)})).await
    };
    member(city, &w.bob).await;
    let managing = member(east, &w.manager).await;
    let in_east = Filter::Field { field: "region".to_owned(), op: FilterOp::Eq, value: json!("华东") };
    let by_region = SharingRule { filter: Some(in_east), access: ShareAccess::Edit, ..rule("shanghai", &[t.id(city)]) };
    set(&t, SharingDef { rules: vec![by_region.clone()], hierarchy: false, ..SharingDef::of("account") }).await;
    t.clock.advance(2_000_000);
    Worker::new().run_pending(&t.org).await.expect("ran");
    assert_eq!(names(&t, &w.bob).await, "ab", "the record of the region, and his own");
    assert_eq!(names(&t, &w.manager).await, "a", "whoever has the region above has its cities");
    assert!(may_edit(&t, &w.manager, w.accounts[0]).await);
    // A record that moves away goes at once.
    t.update_as(&t.admin(), w.accounts[0], json!({"region": "华北"})).await.expect("moved");
    assert_eq!((names(&t, &w.bob).await, names(&t, &w.manager).await), ("b".into(), String::new()));
    t.update_as(&t.admin(), w.accounts[0], json!({"region": "华东"})).await.expect("moved back");
    assert_eq!(names(&t, &w.manager).await, "a");

    // What a territory owns are the records of its members and of those below.
    let owned = SharingRule { owned_by: vec![t.id(east)], ..rule("owned", &[t.id(w.ann.user)]) };
    set(&t, SharingDef { rules: vec![owned], hierarchy: false, ..SharingDef::of("account") }).await;
    assert_eq!(names(&t, &w.ann).await, "ab", "those of Bob, who is in the city below");
    set(&t, SharingDef { rules: vec![by_region], hierarchy: false, ..SharingDef::of("account") }).await;
    t.clock.advance(2_000_000);
    Worker::new().run_pending(&t.org).await.expect("ran");
    assert_eq!(names(&t, &w.manager).await, "a");
    t.delete_as(&t.admin(), managing).await.expect("no longer a member");
    assert_eq!(names(&t, &w.manager).await, "");

    // A rule outlives a territory that it names, opens nothing to it, and can be changed.
    t.delete_as(&t.admin(), city).await.expect("given up");
    assert_eq!(names(&t, &w.bob).await, "b");
    let known = sharing::get(&t.org, &t.admin(), "account").await.expect("there").def;
    set(&t, SharingDef { default: DefaultAccess::Read, ..known }).await;
    let nobody = SharingDef { rules: vec![rule("x", &[t.id(city)])], ..SharingDef::of("contact") };
    assert_eq!(sharing::replace(&t.org, &t.admin(), "contact", nobody, None).await.expect_err("gone").kind, ErrorKind::Validation);
});

both_engines!(a_queue_owns_what_those_who_serve_it_work_on, |t: TestOrg| async move {
    let w = world(&t).await;
    let group = t.create("public_group", json!({"name": "前台"})).await;
    let serving = t.create("group_member", json!({"public_group_id": t.id(group), "member_id": t.id(w.ann.user)})).await;
    let queue = t.create("user", json!({"name": "新线索", "role": "standard", "served_by_id": t.id(group)})).await;
    let c = t.create("account", json!({"name": "c", "owner_id": t.id(queue)})).await;
    assert_eq!((names(&t, &w.ann).await, names(&t, &w.bob).await), ("ac".into(), "b".into()));
    assert_eq!(names(&t, &w.manager).await, "ac", "those above have it too");
    assert!(may_edit(&t, &w.ann, c).await && !may_edit(&t, &w.bob, c).await);

    // Taken by one who serves it, and put back.
    let ann = t.ctx_of(w.ann.user).await;
    t.update_as(&ann, c, json!({"owner_id": t.id(w.ann.user)})).await.expect("taken");
    t.update_as(&ann, c, json!({"owner_id": t.id(queue)})).await.expect("put back");
    let bob = t.ctx_of(w.bob.user).await;
    assert!(t.update_as(&bob, c, json!({"owner_id": t.id(w.bob.user)})).await.is_err(), "not by one who does not");
    let made = t.create_as(&ann, "account", json!({"name": "d", "owner_id": t.id(queue)})).await.expect("made for the queue");
    t.delete_as(&ann, made.id()).await.expect("as her own");

    // What is shared with a queue is shared with those who serve it.
    share(&t, &t.ctx_of(w.bob.user).await, w.accounts[1], queue, ShareAccess::Read, None).await.expect("shared");
    assert_eq!(names(&t, &w.ann).await, "abc");

    // It cannot come in, not even with a password.
    t.update_as(&t.admin(), queue, json!({"email": "queue@example.com"})).await.expect("an address to reach it");
    guanxi_engine::users::set_password(&t.org, &t.admin(), queue, "a long enough passphrase").await.expect("set");
    let told = guanxi_engine::sign_in::Credentials { email: "queue@example.com", password: "a long enough passphrase", code: None };
    let refused = guanxi_engine::sign_in::sign_in(&t.org, told, "127.0.0.1", "test", None).await;
    assert_eq!(refused.map(drop).expect_err("a queue is nobody").kind, ErrorKind::Unauthenticated);

    t.delete_as(&t.admin(), serving).await.expect("no longer in the group");
    assert_eq!(names(&t, &w.ann).await, "a", "from the next request on");
});
