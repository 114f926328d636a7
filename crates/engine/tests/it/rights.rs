//! The golden matrix of the packed roles: what each may do with each object. A new object or role shows as a difference here, to be
//! looked at before it is accepted.

use std::sync::Arc;

use guanxi_access::{Policy, authorize_change};
use guanxi_engine::schema_change;
use guanxi_model::change::{Before, Change, ChangeSet, Op, Shared};
use guanxi_model::meta::{ObjectRights, RoleDef, RoleKind, Scope};
use guanxi_model::{Ctx, RecordId};
use guanxi_testkit::Dialect;
use guanxi_testkit::org::TestOrg;
use serde_json::json;

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
    generous.roles.insert("x_set".to_owned(), RoleDef { kind: RoleKind::PermissionSet, ..role.clone() });
    generous.roles.insert("read_only".to_owned(), role);
    let reader = Ctx { role: "read_only".to_owned(), ..t.admin() };
    for (object, writes) in [("account", true), ("user", false), ("team", false)] {
        let reach = Policy::of(&reader, &generous).reach(generous.require(object).expect("an object"));
        let may = [reach.create, reach.edit, reach.delete].map(|scope| scope.is_some());
        assert_eq!(may, [writes; 3], "{object}: what gives rights is for administrators");
    }
    for role in ["no_such_role", "x_set"] {
        let nobody = Ctx { role: role.to_owned(), permission_sets: Arc::from(["x_set".to_owned()]), ..t.admin() };
        let reads = generous.objects().iter().any(|o| Policy::of(&nobody, &generous).reads(o));
        assert!(!reads, "{role} is no profile, without which a permission set gives nothing");
    }
}

/// Doors ask before they put a set together; the gate asks again, so that a door that forgets lets nothing through.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_itself_refuses_what_a_door_forgot_to_ask() {
    let t = TestOrg::open(Dialect::Sqlite).await.expect("SQLite is always there");
    schema_change::set_standard_user_scope(&t.org, &t.admin(), Scope::Own).await.expect("set");
    let (admin, ann) = (t.admin(), t.user("ann", "standard").await);
    let schema = t.org.schema();
    let account = t.create("account", json!({"name": "甲"})).await;
    let gate = |ctx: &Ctx, op: Op, id: RecordId, owner: RecordId| {
        let before = Some(Before { version: 1, owner: Some(owner), shared: Shared::default() });
        let change = Change { op, id, before, values: Vec::new(), fields: Vec::new(), owner: None, diff: String::new() };
        let set = ChangeSet {
            id: 1,
            user: ctx.user,
            door: ctx.door,
            at: ctx.now_us,
            changes: vec![change],
            guards: Vec::new(),
            idempotency: None,
            jobs: Vec::new(),
        };
        authorize_change(ctx, &schema, set).map(drop).map_err(|error| error.code)
    };
    for op in [Op::Update, Op::Delete, Op::Restore, Op::Purge] {
        assert_eq!(gate(&ann, op, account, admin.user), Err("not_found"), "{op:?} of another's");
        let own = if op == Op::Purge { Err("forbidden") } else { Ok(()) };
        assert_eq!(gate(&ann, op, account, ann.user), own, "{op:?} of one's own");
        assert_eq!(gate(&admin, op, account, ann.user), Ok(()), "{op:?} by an administrator");
    }
    assert_eq!(gate(&ann, Op::Delete, admin.user, admin.user), Err("forbidden"), "a user");
}
