//! The text form: what is read, what is refused, and where.

use guanxi_query::parse;
use guanxi_query::parse::{MAX_DEPTH, MAX_LIST, MAX_TEXT, parse_condition};
use guanxi_query::tree::{Aggregate, Comparison, Expr, Literal, Path, Select};

fn literal(text: &str) -> Literal {
    match parse_condition(&format!("f = {text}")) {
        Ok(Expr::Compare(_, Comparison::Eq, literal)) => literal,
        other => panic!("{text}: {other:?}"),
    }
}

fn bare(mut path: Path) -> Path {
    path.position = 0;
    path
}

#[test]
fn a_whole_query_is_read() {
    let query = parse(
        "select id, account.name FROM opportunity Where stage IN ('won','lost') and amount > 1000 \
         ORDER BY amount desc nulls last, name LIMIT 50",
    )
    .expect("a sound query");
    assert_eq!(query.object, "opportunity");
    assert_eq!(query.limit, Some(50));
    assert_eq!(query.order.len(), 2);
    assert_eq!((query.order[0].desc, query.order[0].nulls_last), (true, Some(true)));
    assert_eq!((query.order[1].desc, query.order[1].nulls_last), (false, None));
    let Select::Field(path) = &query.select[1] else { panic!("a field") };
    assert_eq!((path.to_string().as_str(), path.position), ("account.name", 11));
    let Some(Expr::And(parts)) = &query.filter else { panic!("both conditions") };
    assert!(matches!(&parts[0], Expr::In(_, values, false) if values.len() == 2));
    assert!(matches!(&parts[1], Expr::Compare(_, Comparison::Gt, Literal::Number(n)) if n == "1000"));
}

#[test]
fn aggregates_have_names() {
    let query = parse("SELECT stage, COUNT(), SUM(amount) total, count_distinct(name) FROM opportunity GROUP BY stage ORDER BY COUNT_DISTINCT(name) DESC, total")
        .expect("a sound query");
    let names = Select::aggregate_names(&query.select);
    assert_eq!(names, [None, Some("expr0".into()), Some("total".into()), Some("expr1".into())]);
    assert!(matches!(&query.select[1], Select::Aggregate { function: Aggregate::Count, path: None, .. }));
    let order: Vec<String> = query.order.iter().map(|o| o.path.to_string()).collect();
    assert_eq!(order, ["expr1", "total"], "an aggregate in the order is the selected one, by its name");
}

#[test]
fn and_binds_tighter_than_or_and_brackets_win() {
    let words = |text: &str| guanxi_query::print::print_condition(&parse_condition(text).expect(text));
    assert_eq!(words("a = 1 OR b = 2 AND NOT c = 3"), "a = 1 OR (b = 2 AND NOT c = 3)");
    assert_eq!(words("(a = 1 OR b = 2) AND (NOT (c = 3 OR d = 4))"), "(a = 1 OR b = 2) AND NOT (c = 3 OR d = 4)");
    assert_eq!(words("a not like 'x' and b NOT in (1)"), "NOT a LIKE 'x' AND b NOT IN (1)");
}

#[test]
fn literals_of_every_kind() {
    assert_eq!(literal("null"), Literal::Null);
    assert_eq!(literal("TRUE"), Literal::Bool(true));
    assert_eq!(literal("-1.50"), Literal::Number("-1.50".into()));
    assert_eq!(literal("1e3"), Literal::Number("1e3".into()));
    assert_eq!(literal("2026-11-21"), Literal::Date("2026-11-21".into()));
    assert_eq!(literal("2026-11-21T08:30:00+08:00"), Literal::DateTime("2026-11-21T08:30:00+08:00".into()));
    assert_eq!(literal("2026-11-21T08:30:00.123456Z"), Literal::DateTime("2026-11-21T08:30:00.123456Z".into()));
    assert_eq!(literal("last_n_days:30"), Literal::Relative("LAST_N_DAYS".into(), Some(30)));
    assert_eq!(literal("This_Month"), Literal::Relative("THIS_MONTH".into(), None));
    assert_eq!(literal("me"), Literal::Me);
}

#[test]
fn strings_have_escapes() {
    assert_eq!(literal(r"'it\'s \\ \n\t\r 网 \u7f51 \uD83D\uDE00 100\% a\_b'"), Literal::Text("it's \\ \n\t\r 网 网 😀 100% a_b".into()));
    let pattern = parse_condition(r"f LIKE '%100\%\\ \u0025_'").expect("a pattern");
    let path = Path::from("f");
    let Expr::Compare(found, Comparison::Like, Literal::Text(text)) = pattern else { panic!("a pattern") };
    assert_eq!((bare(found), text.as_str()), (path, r"%100\%\\ \%_"), "what is escaped in a pattern stays so");
    assert_eq!(Literal::contains("50%_\\"), Literal::Text(r"%50\%\_\\%".into()));
    assert_eq!(Literal::starts_with("a"), Literal::Text("a%".into()));
}

#[test]
fn errors_say_what_was_expected_and_where() {
    for (text, position, word) in [
        ("", 0, "SELECT"),
        ("SELECT FROM x", 12, "FROM"),
        ("SELECT id FROM", 14, "name of an object"),
        ("SELECT id FROM a.b", 15, "name of an object"),
        ("SELECT id name FROM x", 10, "FROM"),
        ("SELECT 名称 FROM x", 7, "meaning"),
        ("SELECT id FROM x WHERE", 22, "field"),
        ("SELECT id FROM x WHERE a", 24, "comparison"),
        ("SELECT id FROM x WHERE a = ", 27, "value"),
        ("SELECT id FROM x WHERE a = 网", 27, "meaning"),
        ("SELECT id FROM x WHERE a = foo", 27, "value"),
        ("SELECT id FROM x WHERE a = \"b\"", 27, "single quotes"),
        ("SELECT id FROM x WHERE a = 'b", 27, "closing"),
        (r"SELECT id FROM x WHERE a = 'b\q'", 29, "escape"),
        (r"SELECT id FROM x WHERE a = '\u00'", 28, "hexadecimal"),
        (r"SELECT id FROM x WHERE a = '\uD83D\u0041'", 28, "no character"),
        (r"SELECT id FROM x WHERE a = '\uDE00'", 28, "no character"),
        (r"SELECT id FROM x WHERE a = '\u0000'", 33, "U+0000"),
        ("SELECT id FROM x WHERE a = 2026-13-01", 27, "no date"),
        ("SELECT id FROM x WHERE a = 1-2", 27, "no number"),
        ("SELECT id FROM x WHERE a LIKE 5", 30, "pattern"),
        ("SELECT id FROM x WHERE a IN ()", 29, "value"),
        ("SELECT id FROM x WHERE a = LAST_N_DAYS", 38, ":"),
        ("SELECT id FROM x WHERE a = LAST_N_DAYS:10000", 39, "9999"),
        ("SELECT id FROM x WHERE (a = 1", 29, ")"),
        ("SELECT id FROM x LIMIT -1", 23, "whole number"),
        ("SELECT id FROM x LIMIT 1 OFFSET 5", 25, "OFFSET"),
        ("SELECT id FROM x ORDER BY a NULLS", 33, "FIRST"),
        ("SELECT id FROM x ORDER BY SUM(a)", 26, "select list"),
        ("SELECT MEDIAN(a) FROM x", 7, "COUNT_DISTINCT"),
        ("SELECT id FROM x; DROP TABLE y", 16, "end of the query"),
        ("SELECT a..b FROM x", 11, "dot"),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!((error.code, error.position), ("query_syntax", Some(position)), "{text}: {error}");
        assert!(error.message.en.contains(word), "{text}: {error}");
        assert!(error.message.zh.chars().any(|c| c > '\u{2fff}'), "{text}: {}", error.message.zh);
    }
}

#[test]
fn hostile_texts_cost_little() {
    let deep = |n: usize| format!("SELECT id FROM x WHERE {}a = 1{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&deep(MAX_DEPTH)).is_ok());
    assert!(parse(&deep(MAX_DEPTH + 1)).expect_err("too deep").message.en.contains("deeper"));
    assert!(parse(&deep(20_000)).is_err());
    assert!(parse(&format!("SELECT id FROM x WHERE {} a = 1", "NOT ".repeat(20_000))).is_err());
    assert!(parse(&format!("SELECT id FROM x WHERE {} a = 1", "NOT (".repeat(20_000))).is_err());
    let list = |n: usize| format!("SELECT id FROM x WHERE a IN ({})", vec!["1"; n].join(","));
    assert!(parse(&list(MAX_LIST)).is_ok());
    assert!(parse(&list(MAX_LIST + 1)).is_err());
    assert!(parse(&"x".repeat(MAX_TEXT + 1)).is_err());
    assert!(parse(&format!("SELECT {} FROM x", vec!["a"; 2_000].join(","))).is_err());
}
