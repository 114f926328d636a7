//! What the API says about objects, and saved views.

use guanxi_engine::{metadata, read, views};
use guanxi_model::{ErrorKind, Lang};
use guanxi_query::Page;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::json;

both_engines!(every_object_describes_itself_in_both_languages, |t: TestOrg| async move {
    for lang in [Lang::Zh, Lang::En] {
        let all = metadata::objects(&t.org, &t.admin(), metadata::Labels::One(lang));
        let names: Vec<&str> = all["objects"].as_array().into_iter().flatten().filter_map(|o| o["name"].as_str()).collect();
        assert!(names.len() >= 20, "{names:?}");
        for name in names {
            let object = metadata::object(&t.org, &t.admin(), name, metadata::Labels::One(lang)).await.expect(name);
            assert!(object["fields"].as_array().is_some_and(|f| f.len() > 8), "{name}");
            assert!(!object["label"].as_str().unwrap_or_default().is_empty(), "{name}");
        }
    }
});

both_engines!(every_packed_view_gives_a_page, |t: TestOrg| async move {
    t.create("account", json!({"name": "甲"})).await;
    for view in views::list(&t.org, &t.admin(), None).await.expect("views") {
        let columns: Vec<&str> = view.columns.iter().map(String::as_str).collect();
        let page = Page { limit: 5, cursor: None, total: true };
        read::list(&t.org, &t.admin(), &view.object, Some(&columns), Some(&view.id), &page)
            .await
            .unwrap_or_else(|e| panic!("{}: {e}", view.id));
    }
});

both_engines!(a_saved_view_is_its_makers_until_it_is_shared, |t: TestOrg| async move {
    let user = t.user("li", "standard").await;
    let view = |scope: &str| {
        serde_json::from_value(json!({
            "object": "account", "label": "我的大客户", "columns": ["name", "industry"], "scope": scope,
            "filter": {"all": [{"field": "employees", "op": ">", "value": 100}]}, "sort": [{"field": "name"}],
        }))
        .expect("a view")
    };
    let own = views::create(&t.org, &user, view("private")).await.expect("saved");
    let listed = |ctx: guanxi_model::Ctx, org: guanxi_engine::Organisation| async move {
        views::list(&org, &ctx, Some("account")).await.expect("views")
    };
    assert!(listed(user.clone(), t.org.clone()).await.iter().any(|v| v.id == own.id && v.editable));
    assert!(listed(t.admin(), t.org.clone()).await.iter().all(|v| v.id != own.id));
    assert_eq!(views::create(&t.org, &user, view("shared")).await.expect_err("no right").kind, ErrorKind::Forbidden);
    t.create("account", json!({"name": "大", "employees": 500})).await;
    t.create("account", json!({"name": "小", "employees": 5})).await;
    let page = Page { limit: 5, cursor: None, total: true };
    let rows = read::list(&t.org, &user, "account", Some(&["name"]), Some(&own.id), &page).await.expect("a page");
    assert_eq!(rows.total, Some(1));
    views::update(&t.org, &user, &own.id, &json!({"label": "大客户"})).await.expect("renamed");
    assert_eq!(views::delete(&t.org, &t.admin(), &own.id).await.expect_err("another's").kind, ErrorKind::NotFound);
    views::delete(&t.org, &user, &own.id).await.expect("deleted");
});

both_engines!(a_teams_view_is_seen_by_the_team, |t: TestOrg| async move {
    let team = t.create("team", json!({"name": "华东"})).await;
    let (li, wang, zhao) = (t.user("li", "standard").await, t.user("wang", "standard").await, t.user("zhao", "standard").await);
    let view = |scope: &str, default: bool| {
        serde_json::from_value(json!({
            "object": "account", "label": "华东客户", "columns": ["name", "region"], "widths": {"name": 420}, "pinned": 1,
            "scope": scope, "default": default,
        }))
        .expect("a view")
    };
    let refused = views::create(&t.org, &li, view("team", false)).await.expect_err("no team");
    assert_eq!((refused.kind, refused.fields[0].code), (ErrorKind::Validation, "no_team"));
    for member in [&li, &wang] {
        t.update_as(&t.admin(), member.user, json!({"team_id": t.id(team)})).await.expect("in the team");
    }
    let made = views::create(&t.org, &li, view("team", false)).await.expect("saved");
    let own = views::create(&t.org, &zhao, view("private", false)).await.expect("saved");
    let forced = json!({"scope": "team", "team": team.0});
    assert!(views::update(&t.org, &zhao, &own.id, &forced).await.is_err(), "nobody says for another team what it sees");
    assert_eq!((made.scope, made.widths.get("name"), made.pinned), ("team", Some(&420), 1));
    let org = t.org.clone();
    let listed = |ctx: guanxi_model::Ctx| {
        let org = org.clone();
        async move { views::list(&org, &ctx, Some("account")).await.expect("views") }
    };
    let seen = listed(wang.clone()).await;
    assert!(seen.iter().any(|v| v.id == made.id && !v.editable && v.scope == "team"));
    assert!(listed(zhao.clone()).await.iter().all(|v| v.id != made.id));
    assert!(listed(t.admin()).await.iter().all(|v| v.id != made.id));
    views::update(&t.org, &li, &made.id, &json!({"label": "华东"})).await.expect("renamed");
    assert!(listed(wang.clone()).await.iter().any(|v| v.id == made.id && v.label == "华东"));
    views::update(&t.org, &li, &made.id, &json!({"scope": "private"})).await.expect("taken back");
    assert!(listed(wang).await.iter().all(|v| v.id != made.id));
    // Of a user's own views the last one chosen opens.
    let first = views::create(&t.org, &zhao, view("private", true)).await.expect("saved");
    let second = views::create(&t.org, &zhao, view("private", true)).await.expect("saved");
    let defaults: Vec<String> = listed(zhao).await.into_iter().filter(|v| v.default && v.scope == "private").map(|v| v.id).collect();
    assert_eq!(defaults, [second.id]);
    assert_ne!(first.id, defaults[0]);
});

both_engines!(a_calendar_needs_a_date, |t: TestOrg| async move {
    let view = |date: &str, widths: serde_json::Value| {
        serde_json::from_value(json!({
            "object": "opportunity", "label": "日历", "kind": "calendar", "columns": ["name"], "calendar": {"date": date}, "widths": widths,
        }))
        .expect("a view")
    };
    views::create(&t.org, &t.admin(), view("close_date", json!({}))).await.expect("saved");
    let wrong = views::create(&t.org, &t.admin(), view("name", json!({}))).await.expect_err("no date");
    assert_eq!(wrong.fields[0].field, "calendar.date");
    let wide = views::create(&t.org, &t.admin(), view("close_date", json!({"name": 5000}))).await.expect_err("too wide");
    assert_eq!(wide.fields[0].field, "widths");
});
