//! The golden matrix of the packed roles: what each may do with each object. A new object or role shows as a difference here, to be
//! looked at before it is accepted.

use guanxi_access::Policy;
use guanxi_engine::schema_change;
use guanxi_model::Ctx;
use guanxi_model::meta::Scope;
use guanxi_testkit::Dialect;
use guanxi_testkit::org::TestOrg;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_matrix_of_roles_and_objects() {
    let t = TestOrg::open(Dialect::Sqlite).await.expect("SQLite is always there");
    // What the setting decides shows as `Own`, what a role says itself as `All`.
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.expect("set");
    let schema = t.org.schema();
    let mut matrix = String::new();
    for role in schema.roles.keys() {
        let ctx = Ctx { role: role.clone(), ..t.admin() };
        let policy = Policy::of(&ctx, &schema);
        matrix.push_str(&format!(
            "{role} administrator={} import={} export={}\n",
            policy.administrator(),
            policy.import(),
            policy.export()
        ));
        for object in schema.objects() {
            let rights = policy.rights(object);
            let marks: String = [(rights.create, 'c'), (rights.read, 'r'), (rights.edit, 'e'), (rights.delete, 'd')]
                .into_iter()
                .map(|(may, mark)| if may { mark } else { '-' })
                .collect();
            matrix.push_str(&format!("  {:<18} {marks} {:?}\n", object.name(), rights.scope));
        }
    }
    insta::assert_snapshot!(matrix);
    let nobody = Ctx { role: "no_such_role".to_owned(), ..t.admin() };
    assert!(schema.objects().iter().all(|o| !Policy::of(&nobody, &schema).rights(o).read), "an unknown role has no rights");
}
