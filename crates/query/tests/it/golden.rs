//! Golden SQL: every statement of the product that is made at run time, for both engines, in files under `tests/golden`.

use std::fmt::Write as _;
use std::sync::Arc;

use guanxi_model::Cell;
use guanxi_model::meta::FieldType;
use guanxi_query::side::{self, Side};
use guanxi_query::tree::{Comparison, Expr, Literal, Parent, Path, Reach, Shares};
use guanxi_query::{Dialect, Page, ddl, dml, parse, plan};

use crate::sample::{BOTH, ctx, schema, two_currencies};

const QUERIES: [&str; 41] = [
    "SELECT id, name FROM account",
    "SELECT id, name, owner.name FROM account WHERE owner_id = ME ORDER BY name LIMIT 50",
    "SELECT id FROM account WHERE owner_id = ME ORDER BY name DESC",
    "SELECT name FROM account ORDER BY created_at DESC",
    "SELECT name FROM account ORDER BY industry NULLS LAST, name DESC NULLS FIRST",
    "SELECT id, phone, address, address.city FROM account WHERE address.city = '上海'",
    "SELECT id FROM account WHERE address = null AND phone != null",
    "SELECT id FROM account WHERE phone = '+8613800138000'",
    "SELECT id FROM account WHERE phone != '138 0013 8000'",
    "SELECT id FROM account WHERE phone LIKE '%8000'",
    "SELECT id FROM account WHERE active = true AND industry != 'it'",
    "SELECT id FROM account WHERE parent_id = null",
    "SELECT parent.parent.name, parent.owner.email FROM account WHERE parent.parent.industry = 'it'",
    "SELECT id, name, account.name FROM opportunity WHERE stage IN ('won','lost') AND amount > 1000 AND close_date = THIS_QUARTER AND name LIKE '%网%' ORDER BY amount DESC NULLS LAST, name LIMIT 50",
    "SELECT id FROM opportunity WHERE NOT (stage = 'won' OR amount >= 10 AND closed = false)",
    "SELECT id FROM opportunity WHERE NOT (account.industry IN ('it', null) AND tags INCLUDES ('a;b', 'c'))",
    "SELECT id FROM opportunity WHERE tags EXCLUDES ('a', 'b')",
    "SELECT id FROM opportunity WHERE stage NOT IN ('won', 'lost')",
    "SELECT id FROM opportunity WHERE notes LIKE '50\\%%' OR notes = null",
    "SELECT id FROM opportunity WHERE close_date != TODAY AND created_at = LAST_N_DAYS:30",
    "SELECT id FROM opportunity WHERE created_at > 2026-11-21 AND updated_at <= 2026-11-21T08:30:00Z",
    "SELECT id FROM opportunity WHERE close_date IN (TODAY, LAST_MONTH) ORDER BY close_date",
    "SELECT id FROM opportunity WHERE amount.currency = 'USD' AND probability < 12.5 AND weight >= 0.125 AND seats = 3",
    "SELECT id FROM opportunity WHERE account.owner.email = 'Li@Example.com' ORDER BY account.name, account.owner.name DESC",
    "SELECT id FROM opportunity ORDER BY closed, id DESC",
    "SELECT name, account.name, account.owner.name FROM opportunity WHERE account.industry = 'it' ORDER BY probability DESC NULLS LAST",
    "SELECT subject, related_to.name FROM task WHERE related_to.name LIKE 'A%' ORDER BY related_to.name",
    "SELECT name, related_to.id FROM task WHERE related_to.id != null AND due_at < TOMORROW",
    "SELECT text, long_text, rich_text, integer, decimal, money, percent, boolean, date, date_time, duration FROM x_everything",
    "SELECT picklist, multi_picklist, email, phone, url, address, account_id, agent_id, picture_id, number, tags, rating, json FROM x_everything",
    "SELECT agent.name, picture.name, anything.name, account.name, url FROM x_everything WHERE json = null ORDER BY url",
    "SELECT COUNT() FROM account",
    "SELECT COUNT(id), COUNT(industry), COUNT_DISTINCT(owner_id) FROM account WHERE active = true",
    "SELECT stage, COUNT(id) n, SUM(amount) total FROM opportunity GROUP BY stage",
    "SELECT stage, AVG(amount), MIN(amount), MAX(amount) FROM opportunity GROUP BY stage ORDER BY AVG(amount) DESC, stage",
    "SELECT owner.name, stage, SUM(seats) FROM opportunity WHERE close_date = THIS_YEAR GROUP BY owner.name, stage ORDER BY expr0 DESC LIMIT 10",
    "SELECT amount.currency, SUM(amount) FROM opportunity GROUP BY amount.currency",
    "SELECT amount, COUNT() n FROM opportunity GROUP BY amount ORDER BY n DESC, amount",
    "SELECT MIN(close_date), MAX(created_at), AVG(probability), AVG(seats), SUM(weight) FROM opportunity",
    "SELECT related_to.name, COUNT(id) FROM task GROUP BY related_to.name",
    "SELECT phone, COUNT(phone) FROM account GROUP BY phone",
];

fn cells(params: &[Cell]) -> String {
    params
        .iter()
        .map(|cell| match cell {
            Cell::Null => "null".to_owned(),
            Cell::Bool(b) => b.to_string(),
            Cell::Int(i) => i.to_string(),
            Cell::Text(t) => format!("'{t}'"),
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// The statements of a query: the first page of a user who sees own records only, its total, and the second page.
fn statements(text: &str, dialect: Dialect) -> String {
    let mut query = parse(text).expect(text);
    if text.contains("parent.parent") || text.contains("owner.name") {
        let mine = || Expr::Compare(Path::from("owner_id"), Comparison::Eq, Literal::Id(ctx().user.0));
        query.scopes.extend([(3, mine()), (4, mine())]);
    }
    let schema = if text.contains("amount.currency") { two_currencies() } else { schema() };
    let page = |cursor| Page { limit: 50, cursor, total: text.contains("ME") || text.contains("LIMIT") };
    let first = plan(&ctx(), &schema, &query, &page(None), dialect).expect(text);
    let mut out = format!("# {text}\n{}\n-- {}\n", first.sql, cells(&first.params));
    if let Some((sql, params)) = &first.count {
        writeln!(out, "{sql}\n-- {}", cells(params)).expect("a string");
    }
    if let Some(size) = first.page.filter(|_| text.contains("ORDER BY")) {
        let row: Vec<Cell> = select_list(&first.sql).into_iter().map(sample_cell).collect();
        let limit = query.limit.take();
        let unlimited = plan(&ctx(), &schema, &query, &page(None), dialect).expect(text);
        let next = unlimited.finish(vec![row; size as usize + 1].concat(), None).expect(text).next;
        let second = plan(&ctx(), &schema, &query, &page(next), dialect).expect(text);
        query.limit = limit;
        writeln!(out, "{}\n-- {}", second.sql, cells(&second.params)).expect("a string");
    }
    out
}

fn select_list(sql: &str) -> Vec<&str> {
    let list = &sql["SELECT ".len()..sql.find(" FROM").expect("a table")];
    let mut depth = 0;
    list.split(|c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    })
    .collect()
}

/// A cell of the column's type.
fn sample_cell(column: &str) -> Cell {
    let text = ["name", "industry", "url", "phone", "typed", "subject", "currency", "stage", "email", "address"];
    if column.contains("closed") {
        Cell::Bool(true)
    } else if text.iter().any(|t| column.contains(t)) {
        "m".into()
    } else {
        Cell::Int(42)
    }
}

fn name(dialect: Dialect, what: &str) -> String {
    format!("{what}_{}", format!("{dialect:?}").to_lowercase())
}

/// Compares with, or (with INSTA_UPDATE=always) writes, a file under `tests/golden`.
fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn queries() {
    for dialect in BOTH {
        let text: Vec<String> = QUERIES.iter().map(|q| statements(q, dialect)).collect();
        golden(&name(dialect, "queries"), &text.join("\n"));
    }
}

/// A page and the total of what a user owns or has shared (the forms that keep both quick where there are many shares), and of what goes with a
/// parent in reach.
#[test]
fn shared() {
    let shares = Shares { with: [-3, 7].into(), edit: false };
    let reach = Arc::new(Reach { owners: [10, 11].into(), shares: Some(shares), ..Reach::default() });
    let parent = Parent { column: "account_id".to_owned(), to: vec![("account".to_owned(), Some(Expr::Reach(Arc::clone(&reach))))] };
    let with_parent = Arc::new(Reach { owners: [10].into(), parent: Some(parent), ..Reach::default() });
    for dialect in BOTH {
        let mut text = String::new();
        for (q, reach) in [
            ("SELECT id, name FROM account ORDER BY name", &reach),
            ("SELECT id FROM account WHERE industry = 'it'", &reach),
            ("SELECT id FROM opportunity ORDER BY id", &with_parent),
        ] {
            let mut query = parse(q).expect(q);
            query.scopes.insert(if q.contains("account") { 3 } else { 4 }, Expr::Reach(Arc::clone(reach)));
            let page = Page { limit: 50, total: true, ..Page::default() };
            let plan = plan(&ctx(), &schema(), &query, &page, dialect).expect(q);
            let (total, params) = plan.count.expect("a total");
            writeln!(text, "# {q}\n{}\n-- {}\n{total}\n-- {}\n", plan.sql, cells(&plan.params), cells(&params)).expect("a string");
        }
        golden(&name(dialect, "shared"), &text);
    }
}

#[test]
fn writes() {
    let schema = schema();
    let account = schema.require("account").expect("account");
    for dialect in BOTH {
        let all = [
            dml::insert(account, &["id", "name", "address_city"], 1, dialect),
            dml::insert(account, &["id", "name", "address_city"], 3, dialect),
            dml::update(account, &["name", "owner_id"], dialect),
            dml::update(account, &[], dialect),
            dml::delete(account),
            dml::restore(account),
            dml::purge(account),
            dml::lock_live(account, 2, dialect),
            dml::referenced(account, "parent_id"),
            dml::select_by_ids(account, &["id", "version"], 3),
            dml::lock_by_ids(account, &["id", "version"], 1, dialect),
        ];
        golden(&name(dialect, "writes"), &all.join("\n"));
        assert_eq!(dml::max_rows(20, dialect), dialect.max_params() / 20);
        assert_eq!((dml::max_rows(0, dialect), dml::max_rows(1_000_000, dialect)), (dialect.max_params(), 1));
    }
}

#[test]
fn schema_changes() {
    let schema = schema();
    let everything = schema.require("x_everything").expect("an object");
    for dialect in BOTH {
        let mut all = ddl::create_object(everything, dialect);
        all.extend(ddl::create_object(schema.require("account").expect("account"), dialect));
        all.extend(everything.fields.iter().filter(|f| !f.system).flat_map(|f| ddl::add_column(everything, f, dialect)));
        let address = everything.fields.iter().find(|f| f.def.ty == FieldType::Address).expect("an address");
        all.extend(ddl::drop_column(everything, address));
        let index = &ddl::indexes(everything)[0];
        all.push(ddl::create_index(everything, index, dialect, true));
        all.push(ddl::drop_index(index, dialect, false));
        all.push(ddl::drop_index(index, dialect, true));
        all.push(ddl::drop_table(everything));
        golden(&name(dialect, "schema"), &all.join(";\n"));
    }
}

#[test]
fn indexes_in_slices() {
    let schema = schema();
    let everything = schema.require("x_everything").expect("an object");
    let mut all = vec![side::ADD_COLUMN.to_owned(), side::HAND_OVER.to_owned(), side::set_aside("x_everything", 1)];
    for (at, index) in ddl::indexes(everything).iter().enumerate().filter(|(at, _)| [0, 3, 6, 13].contains(at)) {
        for fresh in [vec![], index.columns.iter().map(|(name, _)| name.clone()).collect()] {
            let side = Side::new(everything, index, &fresh, at);
            all.push(format!("-- {}, new columns {fresh:?}, empty: {}", index.name, side.is_empty()));
            all.extend(
                side.make().into_iter().chain(side.follow()).chain([side.next(), side.copy()]).chain(side.leave()).chain(side.hand_over()),
            );
            all.extend([side::shorten(side.name()), side::drop_side("TABLE", side.name())]);
        }
    }
    all.push(side::is_larger("x_everything"));
    let index = &ddl::indexes(everything)[0];
    let text = ddl::create_index(everything, index, Dialect::Sqlite, false);
    all.extend(side::read_through("x_everything", &index.name, &text));
    all.extend(everything.fields.iter().filter(|f| !f.system).flat_map(side::column_definitions));
    golden("slices_sqlite", &all.join(";\n"));
}

/// SQLite numbers parameters by their first appearance.
#[test]
fn parameters_first_appear_in_order() {
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).expect("the golden files") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("text");
        for statement in text.lines() {
            let mut highest = 0;
            for piece in statement.split('$').skip(1) {
                let digits: String = piece.chars().take_while(char::is_ascii_digit).collect();
                let number: usize = digits.parse().expect("a number");
                assert!(number <= highest + 1, "${number} after ${highest} in {statement}");
                highest = highest.max(number);
            }
        }
    }
}

/// What quality rules keep out of SQL, so that the same text runs on a cluster.
#[test]
fn nothing_that_a_cluster_forbids() {
    let forbidden = [
        "now()",
        "current_",
        "random(",
        "trigger",
        "inherits",
        "merge ",
        "serial",
        "identity",
        "nextval",
        "notify",
        "listen",
        "advisory",
        "set local",
        "references ",
        "offset",
    ];
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).expect("the golden files") {
        let path = entry.expect("a file").path();
        if path.to_string_lossy().ends_with("_sqlite.snap") {
            continue; // No cluster runs on SQLite.
        }
        // `OFFSET 0` skips nothing: it only keeps the planner from taking a subquery apart.
        let text = std::fs::read_to_string(&path).expect("text").to_lowercase().replace(" offset 0)", ")");
        for word in forbidden {
            assert!(!text.contains(word), "“{word}” in {}", path.display());
        }
        for table in text.split("create table").skip(1) {
            assert!(table.contains("primary key"), "a table without a primary key in {}", path.display());
        }
    }
}

#[test]
fn index_names_are_short_and_differ() {
    let schema = schema();
    let mut names = std::collections::HashSet::new();
    for object in schema.objects() {
        for index in ddl::indexes(object) {
            assert!(index.name.len() <= 63, "{}", index.name);
            assert!(names.insert(index.name.clone()), "{} twice", index.name);
        }
        assert_eq!(ddl::changed_indexes(object, object), (vec![], vec![]));
    }
    let old = schema.require("account").expect("account");
    let mut def = old.def.clone();
    def.indexes = vec![vec!["name".to_owned()]];
    let new = guanxi_model::Object::new(old.no, old.prefix.clone(), def);
    let (gone, come) = ddl::changed_indexes(old, &new);
    let columns = |found: &[ddl::Index]| {
        found.iter().map(|i| i.columns.iter().map(|c| c.0.clone()).collect::<Vec<_>>().join(",")).collect::<Vec<_>>()
    };
    assert_eq!((columns(&gone), columns(&come)), (vec!["owner_id,name".to_owned()], vec!["owner_id".to_owned()]));
}
