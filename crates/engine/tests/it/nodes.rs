//! What is remembered for speed must not be older than the database: sign-ins, the schema and figures, on this node and on another.

use guanxi_engine::sign_in::Credentials;
use guanxi_engine::{admission, recycle, schema_change, sign_in, undo, users};
use guanxi_model::meta::{FieldDef, Scope};
use guanxi_model::{Door, ErrorKind};
use guanxi_testkit::both_engines;
use guanxi_testkit::org::{ADMIN_EMAIL, ADMIN_PASSWORD, TestOrg};
use serde_json::{Value, json};

async fn enter(t: &TestOrg, email: &str, password: &str) -> String {
    sign_in::sign_in(&t.org, Credentials::password(email, password), "192.0.2.1", "test", None).await.expect("signed in").token
}

async fn out(t: &TestOrg, token: &str) -> bool {
    matches!(admission::authenticate(&t.org, token, None, "192.0.2.1").await, Err(e) if e.kind == ErrorKind::Unauthenticated)
}

both_engines!(another_node_learns_at_once_who_is_out, |t: TestOrg| async move {
    let Some(other) = t.another_node().await else { return };
    let user = t.user("li", "standard").await;
    users::set_password(&t.org, &t.admin(), user.user, "first password").await.expect("set");
    let tokens = [enter(&t, "li@example.com", "first password").await, enter(&t, "li@example.com", "first password").await];
    for token in &tokens {
        assert!(!out(&other, token).await && !out(&other, token).await, "known, then remembered");
    }
    sign_in::sign_out(&t.org, &tokens[0]).await.expect("out");
    assert!(out(&other, &tokens[0]).await, "signed out elsewhere");
    assert!(!out(&other, &tokens[1]).await);
    t.update_as(&t.admin(), user.user, json!({"role": "administrator"})).await.expect("promoted");
    let ctx = admission::authenticate(&other.org, &tokens[1], None, "192.0.2.1").await.expect("known");
    assert_eq!(ctx.role, "administrator", "the new role counts at once");
    t.update_as(&t.admin(), user.user, json!({"active": false})).await.expect("deactivated");
    assert!(out(&other, &tokens[1]).await, "deactivated elsewhere");
});

both_engines!(a_session_used_on_one_node_lasts_on_all, |t: TestOrg| async move {
    let Some(other) = t.another_node().await else { return };
    let token = enter(&t, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    assert!(!out(&other, &token).await);
    for _ in 0..3 {
        t.clock.advance(5 * 24 * 3_600 * 1_000_000);
        assert!(!out(&t, &token).await);
    }
    assert!(!out(&other, &token).await, "the other node must not go by what it remembers");
    t.clock.advance(8 * 24 * 3_600 * 1_000_000);
    assert!(out(&other, &token).await && out(&t, &token).await);
});

both_engines!(a_request_sees_the_schema_another_node_has_made, |t: TestOrg| async move {
    let Some(other) = t.another_node().await else { return };
    let token = enter(&t, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    let field: FieldDef =
        serde_json::from_value(json!({"name": "x_grade", "label": {"zh": "等级", "en": "Grade"}, "type": "text"})).expect("a field");
    schema_change::create_field(&t.org, &t.admin(), "account", field).await.expect("a field");
    let ctx = admission::authenticate(&other.org, &token, None, "192.0.2.1").await.expect("known");
    other.create_as(&ctx, "account", json!({"name": "甲", "x_grade": "A"})).await.expect("the field is known");
    assert_eq!(t.query("SELECT x_grade FROM account").await[0]["x_grade"], "A");
});

const SUM: &str = "SELECT stage, SUM(amount) total, COUNT(id) n FROM opportunity GROUP BY stage ORDER BY stage";
const COUNT: &str = "SELECT COUNT(id) n FROM opportunity WHERE account.name = '乙'";

async fn figures(t: &TestOrg) -> (Vec<(String, String, i64)>, i64) {
    // As every request and job does.
    let ctx = admission::act_as(&t.org, t.admin().user, Door::Rest).await.expect("an administrator");
    let sums = t.query_as(&ctx, SUM).await.expect("sums");
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let sums = sums.iter().map(|r| (text(&r["stage"]), text(&r["total"]["amount"]), r["n"].as_i64().unwrap_or(0))).collect();
    (sums, t.query_as(&ctx, COUNT).await.expect("a count")[0]["n"].as_i64().unwrap_or(-1))
}

fn sums(of: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
    of.iter().map(|(stage, total, n)| ((*stage).to_owned(), (*total).to_owned(), *n)).collect()
}

both_engines!(a_kept_figure_is_right_after_every_change, |t: TestOrg| async move {
    let other = t.another_node().await;
    let check = async |wanted: &[(&str, &str, i64)], of_account: i64| {
        for _ in 0..2 {
            assert_eq!(figures(&t).await, (sums(wanted), of_account));
            if let Some(other) = &other {
                assert_eq!(figures(other).await, (sums(wanted), of_account), "on the other node");
            }
        }
    };
    check(&[], 0).await;
    let account = t.create("account", json!({"name": "甲"})).await;
    let deal = |stage: &str, amount: &str| json!({"name": "单", "account_id": t.id(account), "stage": stage, "amount": amount});
    let first = t.create("opportunity", deal("prospecting", "100")).await;
    let second = t.create("opportunity", deal("prospecting", "50")).await;
    check(&[("prospecting", "150.00", 2)], 0).await;
    t.create("task", json!({"name": "回访"})).await;
    check(&[("prospecting", "150.00", 2)], 0).await;
    // The joined record changes, not the one counted.
    t.update_as(&t.admin(), account, json!({"name": "乙"})).await.expect("renamed");
    check(&[("prospecting", "150.00", 2)], 2).await;
    t.update_as(&t.admin(), first, json!({"amount": "70"})).await.expect("changed");
    check(&[("prospecting", "120.00", 2)], 2).await;
    let set = t.delete_as(&t.admin(), second).await.expect("deleted");
    check(&[("prospecting", "70.00", 1)], 1).await;
    undo::undo(&t.org, &t.admin(), set, |_, _| true).await.expect("undone");
    check(&[("prospecting", "120.00", 2)], 2).await;
    t.delete_as(&t.admin(), second).await.expect("deleted");
    check(&[("prospecting", "70.00", 1)], 1).await;
    recycle::restore(&t.org, &t.admin(), &[t.id(second)]).await.expect("restored");
    check(&[("prospecting", "120.00", 2)], 2).await;
});

both_engines!(a_kept_figure_is_for_its_user_only, |t: TestOrg| async move {
    let user = t.user("li", "standard").await;
    t.create("opportunity", json!({"name": "甲", "amount": "100", "stage": "prospecting"})).await;
    t.create_as(&user, "opportunity", json!({"name": "乙", "amount": "7", "stage": "prospecting"})).await.expect("own");
    assert_eq!(t.query(SUM).await[0]["n"], 2);
    assert_eq!(t.query_as(&user, SUM).await.expect("an answer")[0]["n"], 2);
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.expect("narrowed");
    assert_eq!(t.query_as(&user, SUM).await.expect("an answer")[0]["n"], 1, "the setting counts at once");
    assert_eq!(t.query(SUM).await[0]["n"], 2);
});
