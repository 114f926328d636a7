//! The golden matrix of the packed roles: what each may do with each object. A new object or role shows as a difference here, to be
//! looked at before it is accepted.

use guanxi_access::Policy;
use guanxi_engine::schema_change;
use guanxi_model::Ctx;
use guanxi_model::meta::{ObjectRights, RoleDef, Scope};
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
            let reach = policy.reach(object);
            let scopes = [(reach.create, 'c'), (reach.read, 'r'), (reach.edit, 'e'), (reach.delete, 'd')];
            let marks: String = scopes.iter().map(|(scope, mark)| if scope.is_some() { *mark } else { '-' }).collect();
            assert!(
                scopes.iter().all(|(scope, _)| scope.is_none() || *scope == reach.read),
                "a packed role has one scope for all of an object"
            );
            matrix.push_str(&format!("  {:<18} {marks} {:?}\n", object.name(), reach.read.unwrap_or(Scope::Own)));
        }
    }
    insta::assert_snapshot!(matrix);
    let mut generous = (*schema).clone();
    let everything = ObjectRights { create: true, read: true, edit: true, delete: true, scope: Scope::All, ..ObjectRights::default() };
    let role = RoleDef { objects: [("*".to_owned(), everything)].into(), ..generous.roles["read_only"].clone() };
    generous.roles.insert("read_only".to_owned(), role);
    let reader = Ctx { role: "read_only".to_owned(), ..t.admin() };
    for (object, writes) in [("account", true), ("user", false), ("team", false)] {
        let reach = Policy::of(&reader, &generous).reach(generous.require(object).expect("an object"));
        let may = [reach.create, reach.edit, reach.delete].map(|scope| scope.is_some());
        assert_eq!(may, [writes; 3], "{object}: what gives rights is for administrators");
    }
    let nobody = Ctx { role: "no_such_role".to_owned(), ..t.admin() };
    assert!(schema.objects().iter().all(|o| !Policy::of(&nobody, &schema).reads(o)), "an unknown role has no rights");
}
