//! What each standard role may do with each object and each field, written down: a new role, object or field, and every change of a right, has to be
//! looked at in `tests/rights/matrix.txt` by whoever makes it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use guanxi_access::{FieldReach, Policy};
use guanxi_model::meta::{RoleKind, Scope};
use guanxi_model::{Ctx, Schema};
use guanxi_query::Dialect;
use guanxi_testkit::org::TestOrg;

const FILE: &str = "../../tests/rights/matrix.txt";

const HEAD: &str = "\
# Rights of the standard roles: role x object x field x action, as the packs and the settings of a new organisation give them.
# Written by a test; look at what changes: GUANXI_RENEW=1 cargo nextest run --workspace -E 'test(/matrix/)'
# Of an object: create, read, edit, delete and whose records. Of its fields: in whose records a value is read in full and written; else masked or hidden.
";

fn scope(scope: Option<Scope>) -> &'static str {
    match scope {
        None => "-",
        Some(Scope::Setting) => "setting",
        Some(Scope::Own) => "own",
        Some(Scope::Team) => "team",
        Some(Scope::TeamAndBelow) => "team+below",
        Some(Scope::All) => "all",
    }
}

fn field(reach: FieldReach) -> String {
    let FieldReach { read, masked, edit, reveal } = reach;
    let rest = if read == Some(Scope::All) {
        ""
    } else if masked {
        " else masked"
    } else {
        " else hidden"
    };
    format!("read {}{rest}, edit {}{}", scope(read), scope(edit), if reveal { ", may reveal" } else { "" })
}

fn matrix(schema: &Schema, admin: &Ctx) -> String {
    let mut out = HEAD.to_owned();
    // A permission set is seen beside a profile that gives nothing: then what is there comes from it.
    let nothing = serde_json::json!({"name": "x_nothing", "label": {"zh": "无", "en": "Nothing"}});
    let mut with = schema.clone();
    with.roles.insert("x_nothing".to_owned(), serde_json::from_value(nothing).expect("a profile"));
    let roles: Vec<_> = schema.roles.values().collect();
    let schema = &with;
    for role in roles {
        let (name, sets) = match role.kind {
            RoleKind::Profile => (role.name.clone(), Vec::new()),
            RoleKind::PermissionSet => ("x_nothing".to_owned(), vec![role.name.clone()]),
        };
        let ctx = Ctx { role: name, permission_sets: sets.into(), ..admin.clone() };
        let policy = Policy::of(&ctx, schema);
        let on = [
            ("administrator", policy.administrator()),
            ("import", policy.import()),
            ("export", policy.export()),
            ("audit", policy.view_audit()),
        ];
        let on: Vec<_> = on.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect();
        let kind = if role.kind == RoleKind::Profile { "profile" } else { "permission set" };
        writeln!(out, "\n{kind} {}: {}", role.name, if on.is_empty() { "-".to_owned() } else { on.join(", ") }).expect("text");
        let objects: BTreeMap<_, _> = schema.objects().iter().map(|object| (object.name(), object)).collect();
        for (name, object) in objects {
            let reach = policy.reach(object);
            let rights = [("create", reach.create), ("read", reach.read), ("edit", reach.edit), ("delete", reach.delete)];
            let rights: Vec<_> = rights.iter().map(|(action, of)| format!("{action} {}", scope(*of))).collect();
            writeln!(out, "  {name}: {}", rights.join(", ")).expect("text");
            let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for of in &object.fields {
                groups.entry(field(policy.field(object, of.name()))).or_default().push(of.name());
            }
            for (right, mut fields) in groups {
                fields.sort_unstable();
                writeln!(out, "    {right}: {}", fields.join(" ")).expect("text");
            }
        }
    }
    out
}

#[tokio::test]
async fn the_rights_of_the_standard_roles_are_those_written_down() {
    let t = TestOrg::open(Dialect::Sqlite).await.expect("SQLite is always there");
    let now = matrix(&t.org.schema(), &t.admin());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("GUANXI_RENEW").is_some() {
        std::fs::write(&file, &now).expect("written");
    }
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    let (before, after): (Vec<_>, Vec<_>) = (before.lines().collect(), now.lines().collect());
    let gone = before.iter().filter(|line| !after.contains(line)).map(|line| format!("- {line}"));
    let new = after.iter().filter(|line| !before.contains(line)).map(|line| format!("+ {line}"));
    let differs: Vec<String> = gone.chain(new).collect();
    assert!(
        before == after,
        "rights are not those in tests/rights/matrix.txt. If this is meant, renew it and look at the difference:\n  \
         GUANXI_RENEW=1 cargo nextest run --workspace -E 'test(/matrix/)'\n{}",
        differs.join("\n")
    );
}

#[tokio::test]
async fn what_is_new_is_noticed() {
    let t = TestOrg::open(Dialect::Sqlite).await.expect("SQLite is always there");
    let before = matrix(&t.org.schema(), &t.admin());
    let definition = serde_json::json!({"name": "x_secret", "label": {"zh": "机密", "en": "Secret"}, "type": "text"});
    let definition = serde_json::from_value(definition).expect("a field");
    guanxi_engine::schema_change::create_field(&t.org, &t.admin(), "account", definition).await.expect("made");
    let after = matrix(&t.org.schema(), &t.admin());
    let lines = |text: &str| text.lines().filter(|line| line.split(' ').any(|word| word == "x_secret")).count();
    assert_eq!((lines(&before), lines(&after)), (0, t.org.schema().roles.len()), "once for each role");
}
