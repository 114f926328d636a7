//! Sign-in and sessions.

use guanxi_engine::settings::{self, Changes};
use guanxi_engine::sign_in::Credentials;
use guanxi_engine::{admission, sessions, sign_in, users};
use guanxi_model::ErrorKind;
use guanxi_model::schema::SignInPolicy;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::{ADMIN_EMAIL, ADMIN_PASSWORD, TestOrg};
use serde_json::json;

async fn enter(t: &TestOrg, email: &str, password: &str) -> guanxi_model::Result<String> {
    sign_in::sign_in(&t.org, Credentials::password(email, password), "192.0.2.1", "test", None).await.map(|s| s.token)
}

both_engines!(a_password_opens_a_session_until_sign_out, |t: TestOrg| async move {
    let token = enter(&t, " ADMIN@example.com ", ADMIN_PASSWORD).await.expect("signed in");
    assert_eq!(admission::organisation_of_token(&token), Some("acme"));
    let ctx = admission::authenticate(&t.org, &token, None, "192.0.2.1").await.expect("known");
    assert_eq!(users::me(&t.org, &ctx).await.expect("me")["email"], ADMIN_EMAIL);
    sign_in::sign_out(&t.org, &token).await.expect("out");
    assert_eq!(admission::authenticate(&t.org, &token, None, "192.0.2.1").await.expect_err("out").kind, ErrorKind::Unauthenticated);
});

both_engines!(wrong_and_unknown_look_the_same_and_are_limited, |t: TestOrg| async move {
    let wrong = enter(&t, ADMIN_EMAIL, "wrong password").await.expect_err("wrong");
    let unknown = enter(&t, "nobody@example.com", "wrong password").await.expect_err("unknown");
    assert_eq!((wrong.code, &wrong.message), (unknown.code, &unknown.message));
    for _ in 0..7 {
        enter(&t, ADMIN_EMAIL, "wrong password").await.expect_err("wrong");
    }
    assert_eq!(enter(&t, ADMIN_EMAIL, ADMIN_PASSWORD).await.expect_err("has to wait").kind, ErrorKind::RateLimited);
    let elsewhere = sign_in::sign_in(&t.org, Credentials::password(ADMIN_EMAIL, ADMIN_PASSWORD), "192.0.2.2", "test", None).await;
    assert!(elsewhere.is_ok(), "nobody can be locked out from elsewhere");
    t.clock.advance(301_000_000);
    enter(&t, ADMIN_EMAIL, ADMIN_PASSWORD).await.expect("after the wait");
});

both_engines!(a_session_ends_with_time_password_and_deactivation, |t: TestOrg| async move {
    let user = t.user("li", "standard").await;
    users::set_password(&t.org, &t.admin(), user.user, "first password").await.expect("set");
    let token = enter(&t, "li@example.com", "first password").await.expect("signed in");
    users::set_password(&t.org, &t.admin(), user.user, "second password").await.expect("set");
    assert!(admission::authenticate(&t.org, &token, None, "192.0.2.1").await.is_err(), "a new password ends sessions");
    let token = enter(&t, "li@example.com", "second password").await.expect("signed in");
    t.clock.advance(8 * 24 * 3_600 * 1_000_000);
    assert!(admission::authenticate(&t.org, &token, None, "192.0.2.1").await.is_err(), "a week without use ends it");
    let token = enter(&t, "li@example.com", "second password").await.expect("signed in");
    t.update_as(&t.admin(), user.user, json!({"active": false})).await.expect("deactivated");
    assert!(admission::authenticate(&t.org, &token, None, "192.0.2.1").await.is_err(), "deactivation ends it at once");
    assert!(enter(&t, "li@example.com", "second password").await.is_err());
});

both_engines!(the_policy_ends_sessions_and_asks_for_longer_passwords, |t: TestOrg| async move {
    const HOUR_US: i64 = 3_600 * 1_000_000;
    let li = t.user("li", "standard").await;
    users::set_password(&t.org, &t.admin(), li.user, "eight ch").await.expect("set");
    let token = enter(&t, "li@example.com", "eight ch").await.expect("signed in");
    let refused = settings::update(&t.org, &li, Changes { idle_hours: Some(1), ..Changes::default() }).await.expect_err("no administrator");
    assert_eq!(refused.kind, ErrorKind::Forbidden);

    // Without use: at once also for those that began under another policy.
    t.clock.advance(2 * HOUR_US);
    settings::update(&t.org, &t.admin(), Changes { idle_hours: Some(1), ..Changes::default() }).await.expect("set");
    assert!(admission::authenticate(&t.org, &token, None, "192.0.2.1").await.is_err(), "not used for two hours");
    let fresh = enter(&t, "li@example.com", "eight ch").await.expect("signed in");
    let listed = sessions::list(&t.org, &li, li.user, &fresh).await.expect("listed");
    assert_eq!(listed.len(), 1, "one that has ended is not listed: {listed:?}");

    // With use: at the latest after so many days.
    settings::update(&t.org, &t.admin(), Changes { idle_hours: Some(24), longest_days: Some(2), ..Changes::default() }).await.expect("set");
    let token = enter(&t, "li@example.com", "eight ch").await.expect("signed in");
    for _ in 0..3 {
        t.clock.advance(15 * HOUR_US);
        admission::authenticate(&t.org, &token, None, "192.0.2.1").await.expect("it is used");
    }
    t.clock.advance(4 * HOUR_US);
    assert!(admission::authenticate(&t.org, &token, None, "192.0.2.1").await.is_err(), "two days are over");

    // A password that holds goes on; the next one has to be longer.
    settings::update(&t.org, &t.admin(), Changes { password_min: Some(14), ..Changes::default() }).await.expect("set");
    enter(&t, "li@example.com", "eight ch").await.expect("it holds");
    let short = users::set_password(&t.org, &t.admin(), li.user, "thirteen char").await.expect_err("too short");
    assert_eq!((short.fields[0].code, short.fields[0].message.en.as_str()), ("password_length", "a password has 14 to 256 characters"));
    users::set_password(&t.org, &t.admin(), li.user, "fourteen chars").await.expect("long enough");

    for (wrong, field) in [
        (Changes { password_min: Some(7), ..Changes::default() }, "sign_in.password_min"),
        (Changes { password_min: Some(65), ..Changes::default() }, "sign_in.password_min"),
        (Changes { idle_hours: Some(0), ..Changes::default() }, "sign_in.idle_hours"),
        (Changes { idle_hours: Some(-1), ..Changes::default() }, "sign_in.idle_hours"),
        (Changes { longest_days: Some(366), ..Changes::default() }, "sign_in.longest_days"),
    ] {
        let error = settings::update(&t.org, &t.admin(), wrong).await.expect_err(field);
        assert_eq!((error.fields[0].field.as_str(), error.fields[0].code), (field, "out_of_range"));
    }
    assert_eq!(t.org.schema().settings.sign_in, SignInPolicy { password_min: 14, idle_hours: 24, longest_days: 2 });
});

both_engines!(only_an_administrator_sets_anothers_password, |t: TestOrg| async move {
    let user = t.user("li", "standard").await;
    let refused = users::set_password(&t.org, &user, t.admin().user, "taken over!").await.expect_err("refused");
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    let short = users::set_password(&t.org, &user, user.user, "short").await.expect_err("too short");
    assert_eq!(short.fields[0].code, "password_length");
    let me = users::update_me(&t.org, &user, &json!({"language": "en", "theme": "dark"})).await.expect("changed");
    assert_eq!((&me["language"], &me["theme"]), (&json!("en"), &json!("dark")));
    assert!(users::update_me(&t.org, &user, &json!({"role": "administrator"})).await.is_err());
});
