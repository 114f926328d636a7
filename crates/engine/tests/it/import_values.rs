//! What an import adds to picklists, and what its undo takes away again.

use guanxi_engine::import;
use guanxi_engine::jobs::{self, Worker};
use guanxi_engine::schema_change;
use guanxi_testkit::both_engines;
use guanxi_testkit::org::TestOrg;
use serde_json::{Value, json};

use crate::import::{mapped, run};

/// The values of a field of an object.
fn values(t: &TestOrg, object: &str, field: &str) -> Vec<String> {
    let schema = t.org.schema();
    let object = schema.object(object).expect("an object");
    let field = object.field(field).expect("a field");
    schema.values_of(object, &field.def).into_iter().map(|v| v.value).collect()
}

/// Imports with unknown values accepted; the import's id.
async fn imported(t: &TestOrg, object: &str, text: &str, columns: &[&str]) -> String {
    let columns: Vec<Value> = columns.iter().map(|c| json!({"header": c, "field": c})).collect();
    let mapping = json!({"columns": columns, "unknown_values": "accept"});
    let import = mapped(t, &t.admin(), object, text, mapping).await.expect("an import");
    let result = run(t, &t.admin(), &import.id).await;
    assert_eq!(result.failed, 0, "{:?}", result.first_errors);
    import.id
}

/// Undoes an import and gives the job's result.
async fn undone(t: &TestOrg, id: &str) -> Value {
    let job = import::undo(&t.org, &t.admin(), id).await.expect("a job");
    Worker::new().run_pending(&t.org).await.expect("a run");
    let job = jobs::get(&t.org, &t.admin(), &job.id).await.expect("the job");
    assert_eq!(job.state, "succeeded", "{:?}", job.error);
    job.result.expect("a result")
}

both_engines!(undo_takes_away_the_values_that_the_import_added, |t: TestOrg| async move {
    let (industries, stages) = (values(&t, "account", "industry"), values(&t, "opportunity", "stage"));
    let accounts = imported(&t, "account", "name,industry\nA,space\nB,sea\nC,space\n", &["name", "industry"]).await;
    assert_eq!(values(&t, "account", "industry").len(), industries.len() + 2);
    let deals = imported(&t, "opportunity", "name,stage\nD,haggling\n", &["name", "stage"]).await;
    assert!(values(&t, "opportunity", "stage").contains(&"haggling".to_owned()));
    let result = undone(&t, &deals).await;
    assert_eq!((&result["values_removed"], &result["values_kept"]), (&json!(1), &json!([])));
    assert_eq!(values(&t, "opportunity", "stage"), stages);
    assert_eq!(undone(&t, &accounts).await["values_removed"], 2);
    assert_eq!(values(&t, "account", "industry"), industries);
});

both_engines!(values_that_are_still_used_stay, |t: TestOrg| async move {
    let ctx = t.admin();
    let before = values(&t, "account", "industry");
    let import = imported(&t, "account", "name,industry\nA,space\nB,land\nC,air\n", &["name", "industry"]).await;
    // The list is shared: a lead has one of its values too. What lies in the recycle bin does not count.
    t.create("lead", json!({"name": "Z", "industry": "space"})).await;
    let gone = t.create("account", json!({"name": "Y", "industry": "air"})).await;
    t.delete_as(&ctx, gone).await.unwrap();
    let result = undone(&t, &import).await;
    assert_eq!((&result["values_removed"], &result["values_kept"]), (&json!(2), &json!([{"field": "industry", "value": "space"}])));
    assert_eq!(values(&t, "account", "industry"), [before, vec!["space".to_owned()]].concat());
});

both_engines!(values_that_somebody_changed_stay, |t: TestOrg| async move {
    let ctx = t.admin();
    let values_of =
        |list: &[(&str, &str)]| -> Value { list.iter().map(|(v, l)| json!({"value": v, "label": {"zh": l, "en": l}})).collect() };
    let field = json!({"name": "x_way", "label": {"zh": "方式", "en": "Way"}, "type": "picklist", "values": values_of(&[("air", "Air")])});
    schema_change::create_field(&t.org, &ctx, "account", serde_json::from_value(field).unwrap()).await.unwrap();
    let import = imported(&t, "account", "name,x_way\nA,sea\nB,land\nC,rail\n", &["name", "x_way"]).await;
    assert_eq!(values(&t, "account", "x_way"), ["air", "sea", "land", "rail"]);
    let changed = values_of(&[("air", "Air"), ("sea", "By sea"), ("land", "land"), ("rail", "rail")]);
    schema_change::update_field(&t.org, &ctx, "account", "x_way", &json!({ "values": changed, "default": "rail" })).await.unwrap();
    assert_eq!(undone(&t, &import).await["values_removed"], 1);
    assert_eq!(values(&t, "account", "x_way"), ["air", "sea", "rail"]);
});
