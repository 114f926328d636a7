//! What conditions mean, as SQL for SQLite.

use guanxi_model::{Cell, RecordId};
use guanxi_query::tree::{Comparison, Expr, Literal, Path, Query};
use guanxi_query::{Dialect, Page, plan};

use crate::sample::{BOTH, condition, ctx, plan_query, refused, schema};

fn sql(filter: &str) -> String {
    condition(filter).0
}

fn id(text_of: RecordId) -> String {
    schema().id_text(text_of)
}

#[test]
fn a_negated_condition_is_the_exact_complement() {
    for (filter, wanted) in [
        ("stage = 'won'", "t0.stage = $1"),
        ("stage != 'won'", "t0.stage <> $1 OR t0.stage IS NULL"),
        ("NOT stage = 'won'", "t0.stage <> $1 OR t0.stage IS NULL"),
        ("NOT stage != 'won'", "t0.stage = $1"),
        ("NOT NOT stage = 'won'", "t0.stage = $1"),
        ("seats > 5", "t0.seats > $1"),
        ("NOT seats > 5", "t0.seats <= $1 OR t0.seats IS NULL"),
        ("stage = null", "t0.stage IS NULL"),
        ("stage != null", "t0.stage IS NOT NULL"),
        ("NOT stage = null", "t0.stage IS NOT NULL"),
        ("stage IN ('a','b')", "t0.stage IN ($1, $2)"),
        ("stage IN ('a')", "t0.stage = $1"),
        ("stage NOT IN ('a','b')", "t0.stage NOT IN ($1, $2) OR t0.stage IS NULL"),
        ("stage IN ('a', null)", "t0.stage = $1 OR t0.stage IS NULL"),
        ("stage NOT IN ('a', null)", "(t0.stage <> $1 OR t0.stage IS NULL) AND t0.stage IS NOT NULL"),
        ("name NOT LIKE 'a%'", "t0.name NOT LIKE $1 ESCAPE '\\' OR t0.name IS NULL"),
        ("closed != true", "t0.closed <> $1"),
        ("account.active != true", "t1.active <> $1 OR t1.active IS NULL"),
        ("NOT (stage = 'a' AND seats < 5)", "t0.stage <> $1 OR t0.stage IS NULL OR t0.seats >= $2 OR t0.seats IS NULL"),
        ("NOT (stage = 'a' OR seats < 5)", "(t0.stage <> $1 OR t0.stage IS NULL) AND (t0.seats >= $2 OR t0.seats IS NULL)"),
        ("tags INCLUDES ('a;b', 'c')", "(instr(t0.tags, $1) > 0 AND instr(t0.tags, $2) > 0) OR instr(t0.tags, $3) > 0"),
        ("tags EXCLUDES ('a')", "instr(t0.tags, $1) = 0 OR t0.tags IS NULL"),
        ("tags = null", "t0.tags IS NULL"),
        ("amount = null", "t0.amount IS NULL"),
    ] {
        let found = sql(filter);
        assert!(found == wanted || found == format!("({wanted})"), "{filter}: {found}");
    }
}

#[test]
fn brackets_stand_where_or_meets_and() {
    assert_eq!(sql("stage = 'a' OR stage = 'b'"), "(t0.stage = $1 OR t0.stage = $2)");
    assert_eq!(sql("seats = 1 AND (stage = 'a' OR stage = 'b')"), "t0.seats = $1 AND (t0.stage = $2 OR t0.stage = $3)");
    assert_eq!(sql("seats = 1 OR seats = 2 AND seats = 3"), "(t0.seats = $1 OR (t0.seats = $2 AND t0.seats = $3))");
}

#[test]
fn literals_take_the_form_of_the_field() {
    let account = id(RecordId::new(9, 3));
    let user = id(RecordId::new(9, 1));
    for (filter, params) in [
        ("amount > 1000".to_owned(), vec![Cell::Int(100_000)]),
        ("amount = 10.5".to_owned(), vec![Cell::Int(1_050)]),
        ("probability = 12.5".to_owned(), vec![Cell::Int(1_250)]),
        ("weight <= -0.125".to_owned(), vec![Cell::Int(-125)]),
        ("seats = 1e2".to_owned(), vec![Cell::Int(100)]),
        ("closed = true".to_owned(), vec![Cell::Bool(true)]),
        ("amount.currency = 'USD'".to_owned(), vec!["USD".into()]),
        ("name = 'e\u{301}'".to_owned(), vec!["é".into()]),
        ("owner.email = 'Li@Example.COM'".to_owned(), vec!["li@example.com".into()]),
        ("account.phone = '138 0013'".to_owned(), vec!["1380013".into(), "138 0013".into()]),
        (format!("account_id = '{account}'"), vec![Cell::Int(RecordId::new(9, 3).0)]),
        (format!("account_id = '{}'", &account[..15]), vec![Cell::Int(RecordId::new(9, 3).0)]),
        (format!("account_id = '{user}'"), vec![]),
        (format!("owner_id IN ('{user}', ME)"), vec![Cell::Int(RecordId::new(9, 1).0), Cell::Int(ctx().user.0)]),
        ("owner_id = me".to_owned(), vec![Cell::Int(ctx().user.0)]),
        ("tags INCLUDES ('50%')".to_owned(), vec![";50%;".into()]),
        (r"name LIKE '50\%%'".to_owned(), vec![r"50\%%".into()]),
    ] {
        assert_eq!(condition(&filter).1, params, "{filter}");
    }
    assert_eq!(sql(&format!("account_id = '{user}'")), "FALSE");
    assert_eq!(sql(&format!("account_id != '{user}'")), "TRUE");
    assert_eq!(sql("account.phone = '1'"), "(t1.phone = $1 OR t1.phone_typed = $2)");
    assert_eq!(sql("account.phone = null"), "t1.phone IS NULL AND t1.phone_typed IS NULL");
    assert_eq!(sql("account.address != null").matches("IS NOT NULL").count(), 6);
}

#[test]
fn wrong_literals_are_refused_with_what_is_right() {
    for (filter, word) in [
        ("amount > 'x'", "a number"),
        ("amount > 1.005", "at most 2"),
        ("seats = 1.5", "without decimal"),
        ("seats = 99999999999999999999", "within range"),
        ("name = 5", "single quotes"),
        ("stage = true", "single quotes"),
        ("closed = 'true'", "true or false"),
        ("close_date = 'today'", "a date"),
        ("close_date = 2026-11-21T00:00:00Z", "a date"),
        ("created_at = 5", "a time or a date"),
        ("account_id = 'abc'", "record id"),
        ("account_id = 5", "record id"),
        ("account_id LIKE 'a%'", "no text"),
        ("amount LIKE '1%'", "no text"),
        ("notes = 'x'", "LIKE"),
        ("tags = 'x'", "INCLUDES"),
        ("tags INCLUDES (';')", "single quotes"),
        ("stage INCLUDES ('a')", "use IN"),
        ("account.address = 'x'", "parts"),
        ("seats > null", "= or !="),
        ("close_date = N_YEARS_AGO:9999", "a date"),
    ] {
        let error = refused(&format!("SELECT id FROM opportunity WHERE {filter}"));
        assert_eq!((error.code, error.position), ("bad_value", Some(33)), "{filter}: {error}");
        assert!(error.message.en.contains(word), "{filter}: {error}");
    }
}

#[test]
fn scopes_bind_the_main_record_and_every_joined_one() {
    let mine = || Expr::Compare(Path::from("owner_id"), Comparison::Eq, Literal::Id(7));
    let mut query = Query::fields("opportunity", &["account.parent.name", "owner.name"]);
    query.filter = Some(Expr::Or(vec![Expr::Never, Expr::Not(Box::new(Expr::Never))]));
    query.scopes.insert(4, mine());
    query.scopes.insert(3, Expr::Or(vec![mine(), Expr::Compare(Path::from("active"), Comparison::Eq, Literal::Bool(true))]));
    query.scopes.insert(1, Expr::Never);
    for dialect in BOTH {
        let plan = plan(&ctx(), &schema(), &query, &Page { limit: 50, total: true, ..Page::default() }, dialect).expect("a plan");
        for part in [
            "AS t1 ON t1.\"id\" = t0.\"account_id\" AND t1.\"deleted_at\" IS NULL AND (t1.\"owner_id\" = $1 OR t1.\"active\" = $2)",
            "AS t2 ON t2.\"id\" = t1.\"parent_id\" AND t2.\"deleted_at\" IS NULL AND (t2.\"owner_id\" = $3 OR t2.\"active\" = $4)",
            "AS t3 ON t3.\"id\" = t0.\"owner_id\" AND t3.\"deleted_at\" IS NULL AND FALSE",
            "WHERE t0.\"deleted_at\" IS NULL AND t0.\"owner_id\" = $5 AND (FALSE OR TRUE)",
        ] {
            assert!(plan.sql.contains(part), "{part} in {}", plan.sql);
        }
        let (count, params) = plan.count.expect("a total");
        assert_eq!(
            count,
            "SELECT COUNT(*) FROM \"opportunity\" AS t0 WHERE t0.\"deleted_at\" IS NULL AND t0.\"owner_id\" = $1 AND (FALSE OR TRUE)"
        );
        assert_eq!(params, [Cell::Int(7)]);
    }
    let mut hop = Query::fields("opportunity", &["id"]);
    hop.scopes.insert(4, Expr::Compare(Path::from("account.name"), Comparison::Eq, Literal::Text("x".into())));
    assert_eq!(plan_query(&hop, &Page::default()).expect_err("no references in row predicates").code, "internal");
}

#[test]
fn owners_travel_as_one_parameter() {
    let sql = |owners: i64, dialect| {
        let mut query = Query::fields("opportunity", &["name"]);
        query.scopes.insert(4, Expr::OneOf(Path::from("owner_id"), (0..owners).collect()));
        let plan = plan(&ctx(), &schema(), &query, &Page { limit: 50, ..Page::default() }, dialect).expect("a plan");
        (plan.sql, plan.params)
    };
    let (few, params) = sql(3, Dialect::Sqlite);
    assert!(few.contains("AND t0.\"owner_id\" IN (SELECT value FROM json_each('[' || $1 || ']'))"), "{few}");
    assert_eq!(params, [Cell::Text("0,1,2".into())]);
    let (many, _) = sql(500, Dialect::Sqlite);
    assert!(many.contains("AND +t0.\"owner_id\" IN (SELECT"), "the order's index is read, not that of owners: {many}");
    let (postgres, _) = sql(500, Dialect::Postgres);
    assert!(postgres.contains("AND t0.\"owner_id\" = ANY (string_to_array($1, ',')::bigint[])"), "{postgres}");
    let (nobody, params) = sql(0, Dialect::Postgres);
    assert!(nobody.contains("= ANY") && params == [Cell::Text(String::new())]);
}

#[test]
fn long_chains_become_balanced_trees() {
    let filter = vec!["seats = 1"; 5_000].join(" OR ");
    let text = sql(&filter);
    let depth = text.chars().fold((0_i32, 0), |(now, most), c| {
        let now = now + i32::from(c == '(') - i32::from(c == ')');
        (now, most.max(now))
    });
    assert!(depth.1 < 12, "nested {} deep", depth.1);
    let longest = text.split(['(', ')']).map(|run| run.matches("t0.seats").count()).max();
    assert!(longest <= Some(100), "a run of {longest:?}");
    let lists: Vec<String> = (0..4).map(|_| format!("seats IN ({})", vec!["1"; 9_000].join(","))).collect();
    assert_eq!(refused(&format!("SELECT id FROM opportunity WHERE {}", lists.join(" AND "))).code, "query_too_large");
}

#[test]
fn trees_from_code_cannot_overflow_either() {
    let mut expr = Expr::Compare(Path::from("seats"), Comparison::Eq, Literal::Number("1".into()));
    for _ in 0..400 {
        expr = Expr::Not(Box::new(expr));
    }
    let query = Query::fields("opportunity", &["id"]).and(expr);
    assert_eq!(plan_query(&query, &Page::default()).expect_err("too deep").code, "query_too_large");
}
