//! Signing in and out, cookies, other origins.

use axum::body::Body;
use axum::http::Method;
use guanxi_testkit::org::{ADMIN_EMAIL, ADMIN_PASSWORD};
use serde_json::{Value, json};

use crate::app::{Client, PASSWORD, TestApp};
use crate::server_test;

server_test!(a_session_begins_and_ends, |app: TestApp| async move {
    let answer = app.nobody().post("/api/v1/sessions", json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let session = answer.json();
    assert_eq!(session["user"]["administrator"], json!(true));
    let token = session["token"].as_str().unwrap().to_owned();
    let client = app.nobody().with("authorization", &format!("Bearer {token}"));
    assert_eq!(client.get("/api/v1/sessions/current").await.json()["user"]["email"], json!(ADMIN_EMAIL));
    assert_eq!(client.delete("/api/v1/sessions/current").await.status, 204);
    client.get("/api/v1/sessions/current").await.problem(401, "not_signed_in");
});

server_test!(wrong_passwords_are_refused_and_then_slowed, |app: TestApp| async move {
    let nobody = app.nobody().with("accept-language", "en");
    let wrong = json!({"email": ADMIN_EMAIL, "password": "wrong password"});
    let unknown = nobody.post("/api/v1/sessions", json!({"email": "nobody@example.com", "password": "wrong password"})).await;
    let known = nobody.post("/api/v1/sessions", wrong.clone()).await;
    // The same answer, whether or not there is such a user.
    assert_eq!(known.problem(401, "invalid_credentials"), unknown.problem(401, "invalid_credentials"));
    let mut last = known;
    for _ in 0..12 {
        last = nobody.post("/api/v1/sessions", wrong.clone()).await;
    }
    last.problem(429, "too_many_attempts");
    assert!(!last.header("retry-after").is_empty());
    let right = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
    nobody.post("/api/v1/sessions", right.clone()).await.problem(429, "too_many_attempts");
    app.test.clock.advance(10 * 60 * 1_000_000);
    assert_eq!(nobody.post("/api/v1/sessions", right).await.status, 201);
});

server_test!(the_cookie_is_strict, |app: TestApp| async move {
    let body = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
    let answer = app.nobody().post("/api/v1/sessions", body.clone()).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(
        cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/") && !cookie.contains("Secure"),
        "{cookie}"
    );
    let secure = app.nobody().with("x-forwarded-proto", "https").post("/api/v1/sessions", body).await;
    assert!(secure.header("set-cookie").contains("; Secure"));

    let pair = cookie.split(';').next().unwrap();
    let browser = app.nobody().with("cookie", pair);
    assert_eq!(browser.get("/api/v1/sessions/current").await.status, 200);
    let account = json!({"name": "北京云帆科技"});
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")]
    {
        browser.with(name, value).post("/api/v1/records/account", account.clone()).await.problem(403, "cross_origin");
    }
    browser.post("/api/v1/records/account", account.clone()).await.problem(403, "cross_origin");
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", "https://crm.example")] {
        assert_eq!(browser.with(name, value).post("/api/v1/records/account", account.clone()).await.status, 201);
    }
    let ended = browser.with("sec-fetch-site", "same-origin").delete("/api/v1/sessions/current").await;
    assert!(ended.header("set-cookie").contains("Max-Age=0"));
    browser.get("/api/v1/sessions/current").await.problem(401, "not_signed_in");
});

server_test!(nobody_signs_in_from_another_site, |app: TestApp| async move {
    let body = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
    app.nobody().with("origin", "https://evil.example").post("/api/v1/sessions", body.clone()).await.problem(403, "cross_origin");
    // A form of another site can send text/plain without asking first.
    let form = app.nobody().send(Method::POST, "/api/v1/sessions", Body::from(body.to_string()), Some("text/plain")).await;
    form.problem(415, "unsupported_media_type");
});

server_test!(who_leaves_a_team_is_out_of_its_managers_sight_at_once, |app: TestApp| async move {
    app.own_records_only().await;
    let admin = app.admin().await;
    let (manager, li) = (app.user("manager", "sales_manager").await, app.user("li", "standard").await);
    let team = admin.post("/api/v1/records/team", json!({"name": "华东"})).await.json()["id"].clone();
    let users = admin.query("SELECT id, email FROM user").await["records"].clone();
    let id = |name: &str| {
        let email = format!("{name}@example.com");
        users
            .as_array()
            .and_then(|all| all.iter().find(|u| u["email"] == json!(email)))
            .map(|u| u["id"].as_str().unwrap().to_owned())
            .unwrap()
    };
    let put = async |name: &str, team: &Value| {
        let answer = admin.patch(&format!("/api/v1/records/user/{}", id(name)), json!({"team_id": team})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    put("manager", &team).await;
    let account = li.post("/api/v1/records/account", json!({"name": "北京云帆科技"})).await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/records/account/{account}");
    manager.get(&path).await.problem(404, "not_found");
    put("li", &team).await;
    assert_eq!(manager.get(&path).await.status, 200);
    assert_eq!(manager.query("SELECT COUNT(id) n FROM account").await["records"], json!([{"n": 1}]));
    put("li", &Value::Null).await;
    manager.get(&path).await.problem(404, "not_found");
    assert_eq!(manager.query("SELECT COUNT(id) n FROM account").await["records"], json!([{"n": 0}]));
    assert_eq!(li.get(&path).await.status, 200);
});

server_test!(a_deactivated_user_is_out_at_once, |app: TestApp| async move {
    let li = app.user("li", "standard").await;
    let id = li.get("/api/v1/sessions/current").await.json()["user"]["id"].as_str().unwrap().to_owned();
    let admin = app.admin().await;
    assert_eq!(admin.patch(&format!("/api/v1/records/user/{id}"), json!({"active": false})).await.status, 200);
    li.get("/api/v1/objects").await.problem(401, "not_signed_in");
    app.nobody()
        .post("/api/v1/sessions", json!({"email": "li@example.com", "password": PASSWORD}))
        .await
        .problem(401, "invalid_credentials");
});

server_test!(an_administrator_sets_passwords_and_everybody_their_own, |app: TestApp| async move {
    let put = async |client: &Client, id: &str, body: Value| {
        let path = format!("/api/v1/users/{id}/password");
        client.send(Method::PUT, &path, Body::from(body.to_string()), Some("application/json")).await
    };
    let id_of = async |client: &Client| client.get("/api/v1/sessions/current").await.json()["user"]["id"].as_str().unwrap().to_owned();
    let enter =
        async |password: &str| app.nobody().post("/api/v1/sessions", json!({"email": "li@example.com", "password": password})).await;
    let (admin, li) = (app.admin().await, app.user("li", "standard").await);
    let (admin_id, li_id) = (id_of(&admin).await, id_of(&li).await);

    put(&li, &admin_id, json!({"password": "taken over!"})).await.problem(403, "forbidden");
    let short = put(&admin, &li_id, json!({"password": "short"})).await.problem(422, "validation");
    assert_eq!(short["errors"][0]["field"], json!("password"));
    put(&admin, "001000000000000000", json!({"password": "long enough"})).await.problem(404, "not_found");
    assert_eq!(put(&admin, &li_id, json!({"password": "from the admin"})).await.status, 204);
    li.get("/api/v1/sessions/current").await.problem(401, "not_signed_in");

    let token = enter("from the admin").await.json()["token"].as_str().unwrap().to_owned();
    let li = app.nobody().with("authorization", &format!("Bearer {token}"));
    for wrong in [json!({"password": "of my own"}), json!({"password": "of my own", "current": "guessed"})] {
        let problem = put(&li, &li_id, wrong).await.problem(422, "validation");
        assert_eq!(problem["errors"][0]["field"], json!("current"));
    }
    assert_eq!(put(&li, &li_id, json!({"password": "of my own", "current": "from the admin"})).await.status, 204);
    assert_eq!(li.get("/api/v1/sessions/current").await.status, 200, "the session that asked goes on");
    assert_eq!(enter("of my own").await.status, 201);
    enter("from the admin").await.problem(401, "invalid_credentials");
    let guess = json!({"password": "long enough", "current": "guessed"});
    for _ in 0..8 {
        put(&li, &li_id, guess.clone()).await.problem(422, "validation");
    }
    put(&li, &li_id, guess).await.problem(429, "too_many_attempts");
});

server_test!(tokens_that_are_none, |app: TestApp| async move {
    for token in
        ["x", "gx_acme_short", "gx__aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "gx_other_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
    {
        let answer = app.nobody().with("authorization", &format!("Bearer {token}")).get("/api/v1/objects").await;
        answer.problem(401, "not_signed_in");
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
    app.nobody().get("/api/v1/records/account").await.problem(401, "not_signed_in");
});

server_test!(organisations_are_named_where_there_are_several, |app: TestApp| async move {
    let body = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD, "organisation": "nowhere"});
    let problem = app.nobody().post("/api/v1/sessions", body).await.problem(422, "validation");
    assert_eq!(problem["errors"][0]["field"], json!("organisation"));
    app.app.add("second", app.test.org.clone());
    let body = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
    let problem = app.nobody().post("/api/v1/sessions", body).await.problem(422, "validation");
    assert_eq!((&problem["errors"][0]["field"], &problem["errors"][0]["code"]), (&json!("organisation"), &json!("required")));
});

server_test!(me_can_be_changed, |app: TestApp| async move {
    let admin = app.admin().await;
    let me = admin.patch("/api/v1/me", json!({"language": "en", "theme": "dark", "time_zone": "Europe/Berlin"})).await.json();
    assert_eq!((&me["language"], &me["theme"], &me["time_zone"]), (&json!("en"), &json!("dark"), &json!("Europe/Berlin")));
    assert_eq!(me["organisation"]["administrator_roles"], json!(["administrator"]));
    // Without Accept-Language, messages are in the user's language from now on.
    assert_eq!(admin.get("/api/v1/objects/nothing").await.problem(404, "unknown_object")["title"], json!("Not found"));
    assert_eq!(admin.with("accept-language", "zh").get("/api/v1/objects/nothing").await.json()["title"], json!("未找到"));
    let me = admin.patch("/api/v1/me", json!({"density": "compact"})).await.json();
    assert_eq!((&me["density"], &me["theme"]), (&json!("compact"), &json!("dark")));
    let problem = admin.patch("/api/v1/me", json!({"theme": "pink"})).await.problem(422, "validation");
    assert_eq!(problem["errors"][0]["field"], json!("theme"));
    let problem = admin.patch("/api/v1/me", json!({"role": "administrator"})).await.problem(422, "validation");
    assert_eq!(problem["errors"][0]["code"], json!("unknown_member"));
});

server_test!(what_was_looked_at_lately_is_known_on_every_device, |app: TestApp| async move {
    app.own_records_only().await;
    let (admin, li) = (app.admin().await, app.user("li", "standard").await);
    let account =
        async |client: &Client, name: &str| client.post("/api/v1/records/account", json!({"name": name})).await.json()["id"].clone();
    let (hidden, first, second) = (account(&admin, "甲").await, account(&li, "乙").await, account(&li, "丙").await);
    for id in [&first, &second, &first] {
        assert_eq!(li.post("/api/v1/me/recent", json!({"id": id})).await.status, 204);
    }
    li.post("/api/v1/me/recent", json!({"id": hidden})).await.problem(404, "not_found");
    li.post("/api/v1/me/recent", json!({"id": "nothing"})).await.problem(404, "not_found");
    let names = async |client: &Client, query: &str| {
        let seen = client.get(&format!("/api/v1/me/recent{query}")).await.json();
        seen["records"].as_array().expect("records").iter().map(|r| r["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&li, "").await, [json!("乙"), json!("丙")]);
    assert_eq!(names(&li, "?limit=1").await, [json!("乙")]);
    assert_eq!(names(&admin, "").await, Vec::<Value>::new(), "another user's list is her own");
    li.delete(&format!("/api/v1/records/account/{}", first.as_str().expect("an id"))).await;
    assert_eq!(names(&li, "").await, [json!("丙")], "what was deleted is not shown");
});

server_test!(sessions_are_listed_and_ended, |app: TestApp| async move {
    let begin = async |agent: &str| {
        let body = json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD});
        let answer = app.nobody().with("user-agent", agent).post("/api/v1/sessions", body).await;
        app.nobody().with("authorization", &format!("Bearer {}", answer.json()["token"].as_str().unwrap()))
    };
    let (laptop, phone, tablet) = (begin("Laptop").await, begin("Phone").await, begin("Tablet").await);
    let listed = laptop.get("/api/v1/sessions").await.json()["sessions"].as_array().cloned().unwrap();
    let agents = |list: &[Value]| {
        let mut agents: Vec<String> = list.iter().map(|s| s["agent"].as_str().unwrap_or_default().to_owned()).collect();
        agents.sort();
        agents
    };
    assert!(["Laptop", "Phone", "Tablet"].iter().all(|a| agents(&listed).contains(&(*a).to_owned())), "{listed:?}");
    let own = listed.iter().find(|s| s["current"] == true).unwrap();
    assert_eq!((own["agent"].as_str(), own["address"].as_str().is_some_and(|a| !a.is_empty())), (Some("Laptop"), true));
    let id = listed.iter().find(|s| s["agent"] == "Phone").unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 16, "a part of the hash, not the token");
    assert_eq!(laptop.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    phone.get("/api/v1/sessions/current").await.problem(401, "not_signed_in");
    laptop.delete(&format!("/api/v1/sessions/{id}")).await.problem(404, "no_session");
    let ended = laptop.delete("/api/v1/sessions").await.json()["ended"].as_u64().unwrap();
    assert!(ended >= 1, "the tablet at least");
    tablet.get("/api/v1/sessions/current").await.problem(401, "not_signed_in");
    assert_eq!(laptop.get("/api/v1/sessions").await.json()["sessions"].as_array().map(Vec::len), Some(1));

    // Another's only for administrators.
    let ann = app.user("ann", "standard").await;
    let admin = app.test.id(app.test.admin().user);
    ann.get(&format!("/api/v1/sessions?user={admin}")).await.problem(403, "forbidden");
    ann.delete(&format!("/api/v1/sessions?user={admin}")).await.problem(403, "forbidden");
    let anns = ann.get("/api/v1/sessions").await.json()["sessions"].as_array().cloned().unwrap();
    let hers = ann.get("/api/v1/sessions/current").await.json()["user"]["id"].as_str().unwrap().to_owned();
    let id = anns[0]["id"].as_str().unwrap();
    assert_eq!(laptop.delete(&format!("/api/v1/sessions/{id}?user={hers}")).await.status, 204);
    ann.get("/api/v1/sessions/current").await.problem(401, "not_signed_in");
});

server_test!(no_session_lasts_for_ever, |app: TestApp| async move {
    let answer = app.nobody().post("/api/v1/sessions", json!({"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD})).await;
    let client = app.nobody().with("authorization", &format!("Bearer {}", answer.json()["token"].as_str().unwrap()));
    let day = 24 * 3_600 * 1_000_000;
    for _ in 0..11 {
        app.test.clock.advance(5 * day);
        assert_eq!(client.get("/api/v1/sessions/current").await.status, 200, "in use");
    }
    app.test.clock.advance(6 * day);
    client.get("/api/v1/sessions/current").await.problem(401, "not_signed_in");
});
