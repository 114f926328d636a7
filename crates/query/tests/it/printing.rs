//! `parse(print(q)) == q` for every tree that the parser can make.

use std::collections::BTreeMap;

use guanxi_query::tree::{Aggregate, Comparison, Expr, Literal, Order, Path, Query, Select};
use guanxi_query::{parse, print};
use proptest::prelude::*;

fn path() -> impl Strategy<Value = Path> {
    // Words of the language are names too, where a name is expected.
    prop_oneof![Just("limit".to_owned()), Just("group.name".to_owned()), "[a-z][a-z0-9]{0,5}(\\.[a-z][a-z0-9_]{0,5}){0,3}"]
        .prop_map(|text| Path::from(text.as_str()))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,12}", "\\PC{0,8}", "['\\\\%_\n\r\t\u{7}\u{1f}网😀]{0,8}"]
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        Just(Literal::Me),
        text().prop_map(Literal::Text),
        any::<i64>().prop_map(|n| Literal::Number(n.to_string())),
        "-?[0-9]{1,5}\\.[0-9]{1,3}".prop_map(Literal::Number),
        (1900..2100, 1..13, 1..29).prop_map(|(y, m, d)| Literal::Date(format!("{y}-{m:02}-{d:02}"))),
        (0..24, 0..60).prop_map(|(h, m)| Literal::DateTime(format!("2026-11-21T{h:02}:{m:02}:00.5+08:00"))),
        Just(Literal::Relative("THIS_QUARTER".to_owned(), None)),
        (0..9_999_i64).prop_map(|n| Literal::Relative("N_WEEKS_AGO".to_owned(), Some(n))),
    ]
}

/// A pattern in the form the parser gives it: a backslash only before `%`, `_` and itself.
fn pattern() -> impl Strategy<Value = Literal> {
    let piece = prop_oneof![Just("%"), Just("_"), Just("\\%"), Just("\\_"), Just("\\\\"), Just("网"), Just("a'"), Just("\n")];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| Literal::Text(pieces.concat()))
}

fn expr() -> impl Strategy<Value = Expr> {
    let comparison =
        prop::sample::select(vec![Comparison::Eq, Comparison::Ne, Comparison::Lt, Comparison::Le, Comparison::Gt, Comparison::Ge]);
    let leaf = prop_oneof![
        (path(), comparison, literal()).prop_map(|(p, c, l)| Expr::Compare(p, c, l)),
        (path(), pattern()).prop_map(|(p, l)| Expr::Compare(p, Comparison::Like, l)),
        (path(), prop::collection::vec(literal(), 1..4), any::<bool>()).prop_map(|(p, l, n)| Expr::In(p, l, n)),
        (path(), prop::collection::vec(literal(), 1..4), any::<bool>()).prop_map(|(p, l, n)| Expr::Includes(p, l, n)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|e| Expr::Not(Box::new(e))),
        ]
    })
}

fn select() -> impl Strategy<Value = Select> {
    let function = prop::sample::select(Aggregate::NAMES.map(|(_, f)| f).to_vec());
    prop_oneof![
        path().prop_map(Select::Field),
        prop::option::of("[a-z]{1,6}").prop_map(|alias| Select::Aggregate { function: Aggregate::Count, path: None, alias }),
        (function, path(), prop::option::of("[a-z]{1,6}")).prop_map(|(function, path, alias)| Select::Aggregate {
            function,
            path: Some(path),
            alias
        }),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let order =
        (path(), any::<bool>(), prop::option::of(any::<bool>())).prop_map(|(path, desc, nulls_last)| Order { path, desc, nulls_last });
    (
        "[a-z][a-z0-9_]{0,8}",
        prop::collection::vec(select(), 1..4),
        prop::option::of(expr()),
        prop::collection::vec(path(), 0..3),
        prop::collection::vec(order, 0..3),
        prop::option::of(any::<u32>()),
    )
        .prop_map(|(object, select, filter, group_by, order, limit)| Query {
            object,
            select,
            filter,
            group_by,
            order,
            limit,
            deleted: false,
            scopes: BTreeMap::new(),
            masks: BTreeMap::new(),
            few: false,
        })
}

fn forget(path: &mut Path) {
    path.position = 0;
}

fn forget_expr(expr: &mut Expr) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter_mut().for_each(forget_expr),
        Expr::Not(inner) => forget_expr(inner),
        Expr::Compare(path, ..) | Expr::In(path, ..) | Expr::Includes(path, ..) | Expr::OneOf(path, _) => forget(path),
        Expr::Never | Expr::Reach(_) => {}
    }
}

/// Without positions.
fn forgotten(mut query: Query) -> Query {
    for item in &mut query.select {
        match item {
            Select::Field(path) => forget(path),
            Select::Aggregate { path, .. } => path.iter_mut().for_each(forget),
        }
    }
    query.filter.iter_mut().for_each(forget_expr);
    query.group_by.iter_mut().for_each(forget);
    query.order.iter_mut().for_each(|o| forget(&mut o.path));
    query
}

proptest! {
    #[test]
    fn a_printed_query_reads_the_same(query in query()) {
        let text = print::print(&query);
        let read = parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        prop_assert_eq!(forgotten(read), query, "{}", text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
        let _ = parse(&text);
        let _ = parse(&format!("SELECT id FROM x WHERE {text}"));
    }

    #[test]
    fn no_run_of_tokens_makes_the_parser_panic(words in prop::collection::vec(prop::sample::select(vec![
        "SELECT", "id", "FROM", "x", "WHERE", "(", ")", "AND", "OR", "NOT", "IN", "'a'", "1", "=", ",", "LIKE", "COUNT", "GROUP", "BY", "ORDER", "LIMIT", ":",
        "LAST_N_DAYS", "NULLS", "2026-11-21",
    ]), 0..20)) {
        let _ = parse(&words.join(" "));
        let _ = parse(&format!("SELECT id FROM x {}", words.join(" ")));
    }
}
