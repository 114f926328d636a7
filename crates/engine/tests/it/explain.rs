//! Why somebody sees a record, or does not: the chain in words, in step with what the doors do.

use guanxi_engine::explain::{Explanation, Shown, explain};
use guanxi_engine::{read, roles, schema_change};
use guanxi_model::meta::{RoleDef, RoleKind, Scope};
use guanxi_model::{Ctx, ErrorKind, Lang, RecordId};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::json;

async fn ask(t: &TestOrg, ctx: &Ctx, user: &Ctx, record: RecordId, field: Option<&str>) -> Explanation {
    let told = explain(&t.org, ctx, &t.id(user.user), &t.id(record), field).await.expect("an answer");
    let theirs = t.ctx_of(user.user).await;
    let object = t.org.schema().object_of(record).expect("an object").name().to_owned();
    let reads = read::get(&t.org, &theirs, &object, &t.id(record), Some(&["id"])).await.is_ok();
    assert_eq!(told.read, reads, "the words say what the door does: {told:?}");
    told
}

fn words(told: &Explanation) -> Vec<(Option<bool>, &str)> {
    told.steps.iter().map(|s| (s.grants, s.text.as_str())).collect()
}

both_engines!(the_chain_of_rights_in_words, |t: TestOrg| async move {
    let admin = t.admin();
    schema_change::set_standard_user_scope(&t.org, &admin, Scope::Own).await.expect("narrowed");
    let east = t.create("team", json!({"name": "East"})).await;
    let below = t.create("team", json!({"name": "East One", "parent_id": t.id(east)})).await;
    let [mia, ann, bob, zoe] = [
        t.user("mia", "sales_manager").await,
        t.user("ann", "standard").await,
        t.user("bob", "standard").await,
        t.user("zoe", "standard").await,
    ];
    t.update_as(&admin, east, json!({"lead_id": t.id(mia.user)})).await.expect("led");
    t.update_as(&admin, ann.user, json!({"team_id": t.id(below)})).await.expect("in the team");
    t.update_as(&admin, bob.user, json!({"manager_id": t.id(mia.user)})).await.expect("reports");
    t.update_as(&admin, zoe.user, json!({"manager_id": t.id(bob.user)})).await.expect("reports");
    let mut accounts = Vec::new();
    for owner in [&ann, &zoe] {
        accounts.push(t.create("account", json!({"name": "甲", "owner_id": t.id(owner.user)})).await);
    }
    let may = "The role “Sales manager” may see Accounts: those of the user's team and of those below.";
    let told = ask(&t, &admin, &mia, accounts[0], None).await;
    assert_eq!((told.read, told.edit, told.delete), (true, true, true));
    assert_eq!(words(&told), [(Some(true), may), (None, "The owner ann is in a team below mia's: East → East One.")]);
    let told = ask(&t, &admin, &mia, accounts[1], None).await;
    assert_eq!(words(&told)[1], (None, "The owner zoe reports to mia, directly or not: mia → bob → zoe."));
    let told = ask(&t, &admin, &bob, accounts[0], None).await;
    let own = "The role “Standard user” may see Accounts: those the user owns (by the organisation's setting).";
    let nothing = "The owner ann is in no team of bob's or below it, and does not report to bob.";
    assert_eq!((told.read, words(&told)), (false, vec![(Some(false), own), (None, nothing)]));
    let told = ask(&t, &admin, &ann, accounts[0], None).await;
    assert_eq!(words(&told)[1], (None, "ann owns the record."));
    assert_eq!(words(&ask(&t, &admin, &admin, accounts[0], None).await), [(Some(true), "The role “Administrator” may do everything.")]);
    let chinese = Ctx { lang: Lang::Zh, ..admin.clone() };
    let told = ask(&t, &chinese, &mia, accounts[0], None).await;
    assert_eq!(told.steps[1].text, "负责人ann所在的团队在mia的团队之下：East → East One。");

    // Oneself about oneself, as far as one sees it; about others administrators only.
    assert!(ask(&t, &ann, &ann, accounts[0], None).await.read);
    let id = |ctx: &Ctx| t.id(ctx.user);
    assert_eq!(explain(&t.org, &ann, &id(&bob), &t.id(accounts[0]), None).await.expect_err("hers").kind, ErrorKind::Forbidden);
    assert_eq!(explain(&t.org, &bob, &id(&bob), &t.id(accounts[0]), None).await.expect_err("unseen").kind, ErrorKind::NotFound);
    t.update_as(&admin, ann.user, json!({"active": false})).await.expect("deactivated");
    let told = explain(&t.org, &admin, &id(&ann), &t.id(accounts[0]), None).await.expect("an answer");
    assert_eq!((told.read, words(&told)), (false, vec![(Some(false), "ann is deactivated and cannot sign in.")]));
});

both_engines!(what_roles_say_of_a_field, |t: TestOrg| async move {
    let admin = t.admin();
    let standard = t.org.schema().roles["standard"].clone();
    let fields = json!({"contact": {"mobile": {"access": "edit", "scope": "own"}, "email": {"access": "hidden"}}});
    let sales = RoleDef { name: "x_sales".to_owned(), fields: serde_json::from_value(fields).expect("rights"), ..standard.clone() };
    roles::create(&t.org, &admin, sales).await.expect("a profile");
    let fields = json!({"contact": {"email": {"access": "read"}}});
    let mail = RoleDef {
        name: "x_mail".to_owned(),
        kind: RoleKind::PermissionSet,
        label: guanxi_model::Label::new("看邮箱", "Mail"),
        objects: Default::default(),
        fields: serde_json::from_value(fields).expect("rights"),
        ..standard
    };
    roles::create(&t.org, &admin, mail).await.expect("a permission set");
    let (ann, bob) = (t.user("ann", "x_sales").await, t.user("bob", "x_sales").await);
    t.update_as(&admin, bob.user, json!({"permission_sets": ["x_mail"]})).await.expect("given");
    let contact = t.create("contact", json!({"name": "王", "mobile": "13812345678", "owner_id": t.id(ann.user)})).await;
    let field = async |user: &Ctx, name: &str| {
        let field = ask(&t, &admin, user, contact, Some(name)).await.field.expect("a field");
        let words = field.steps.into_iter().map(|s| (s.grants, s.text)).collect::<Vec<_>>();
        (field.shown, field.edit, words)
    };
    let own = "The role “Standard user” lets the field be read and edited (those the user owns; in part elsewhere).".to_owned();
    assert_eq!(field(&ann, "mobile").await, (Shown::Full, true, vec![(Some(true), own.clone())]));
    assert_eq!(field(&bob, "mobile").await, (Shown::Masked, false, vec![(Some(false), own)]));
    let hidden = (Some(false), "The role “Standard user” hides the field.".to_owned());
    assert_eq!(field(&ann, "email").await, (Shown::Hidden, false, vec![hidden.clone()]));
    let opened = (Some(true), "The permission set “Mail” lets the field be read and edited.".replace(" and edited", ""));
    assert_eq!(field(&bob, "email").await, (Shown::Full, false, vec![hidden, opened]));
    let open = (Some(true), "The role “Standard user” does not restrict the field.".to_owned());
    assert_eq!(field(&ann, "title").await, (Shown::Full, true, vec![open]));
    let own = explain(&t.org, &ann, &t.id(ann.user), &t.id(contact), Some("email")).await.expect_err("there is none for her");
    assert_eq!(own.code, "unknown_field");
});
