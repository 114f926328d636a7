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
