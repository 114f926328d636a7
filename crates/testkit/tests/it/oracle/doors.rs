//! The doors that are read by, each held against the oracle.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_engine::bulk_edit::{self, BulkEdit};
use guanxi_engine::metadata::{self, Labels};
use guanxi_engine::{changes, notifications, read, recent, recycle, timeline};
use guanxi_model::{Ctx, Error, ErrorKind, Result};
use guanxi_query::Page;
use guanxi_testkit::oracle::{ALWAYS_OPEN, Door, Kind, OBJECTS, Record, Seed, Sight, Value, fields_of, kind_of};
use serde_json::{Value as Json, json};

use super::held::{Held, error_text};

/// Someone who asks.
pub struct Asker<'a> {
    pub held: &'a Held<'a>,
    pub user: usize,
    pub ctx: Ctx,
    pub r: Seed,
}

/// What a query gives.
pub struct Rows {
    pub records: Vec<Json>,
    pub total: Option<usize>,
}

impl Rows {
    fn of(page: &[u8]) -> Rows {
        let page: Json = serde_json::from_slice(page).expect("JSON");
        assert_eq!(page["next"], Json::Null, "all on one page");
        let total = page["total"].as_u64().map(|n| n as usize);
        Rows { records: page["records"].as_array().cloned().unwrap_or_default(), total }
    }
}

pub fn field_names(object: &str) -> impl Iterator<Item = &'static str> {
    fields_of(object).iter().map(|(field, _)| *field)
}

/// A number in whichever form an answer has it.
fn number(shown: &Json) -> Option<i64> {
    match shown {
        Json::Null => None,
        Json::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|n| n as i64)),
        Json::String(text) => text.split('.').next().and_then(|whole| whole.parse().ok()),
        Json::Object(parts) => parts.get("amount").and_then(number),
        other => panic!("no number: {other}"),
    }
}

impl Asker<'_> {
    /// Asks by one door and compares.
    pub async fn ask(&mut self, door: Door) {
        match door {
            Door::Get => self.get().await,
            Door::List => self.list().await,
            Door::Query => self.all_fields().await,
            Door::Count => self.count().await,
            Door::Sort => self.sort().await,
            Door::Filter => self.filter().await,
            Door::Group => self.group().await,
            Door::Path => self.path().await,
            Door::Refused => self.refused().await,
            Door::History => self.history().await,
            Door::Feed => self.feed().await,
            Door::Timeline => self.timeline().await,
            Door::Bin => self.bin().await,
            Door::Preview => self.preview().await,
            Door::Metadata => self.metadata().await,
            Door::Recent => self.recent().await,
            Door::Notifications => self.notifications().await,
            // These need more than one who asks, and are asked elsewhere.
            Door::Export | Door::Search | Door::Write | Door::Undo => {}
        }
    }

    /// The answer to a query text, as bytes.
    pub async fn bytes(&self, text: &str) -> Result<Vec<u8>> {
        let page = Page { limit: 2_000, cursor: None, total: true };
        let org = &self.held.t().org;
        read::query(org, &self.ctx, text, &page).await.map(|rows| read::page_json(&org.schema(), &rows))
    }

    /// The answer to a query text, that shows nothing it must not.
    async fn query(&self, door: &str, text: &str) -> Result<Rows> {
        match self.bytes(text).await {
            Ok(page) => {
                self.held.clean(&format!("{door} {text}"), self.user, false, &page);
                Ok(Rows::of(&page))
            }
            Err(error) => {
                self.held.clean_error(door, self.user, &error);
                Err(error)
            }
        }
    }

    fn sight(&self, object: &str, field: &str) -> Sight {
        self.held.world.field(self.user, object, field)
    }

    /// The fields of an object that are open in every record.
    pub fn open(&self, object: &str) -> Vec<&'static str> {
        field_names(object).filter(|field| self.sight(object, field) == Sight::Full).collect()
    }

    /// The fields of an object that are there, be it in part.
    pub fn there(&self, object: &str) -> Vec<&'static str> {
        field_names(object).filter(|field| self.sight(object, field) != Sight::Hidden).collect()
    }

    /// An object that the user may read.
    fn readable(&mut self) -> Option<&'static str> {
        let readable: Vec<&str> = OBJECTS.into_iter().filter(|object| self.held.world.reads(self.user, object)).collect();
        (!readable.is_empty()).then(|| self.r.one(&readable))
    }

    fn ids(&self, rows: &[Json]) -> Vec<usize> {
        let place =
            |row: &Json| row["id"].as_str().and_then(|id| self.held.place(id)).unwrap_or_else(|| panic!("not of this world: {row}"));
        rows.iter().map(place).collect()
    }

    /// An answer has exactly these records.
    fn same(&self, door: &str, rows: &Rows, expected: &[usize]) {
        let found: BTreeSet<usize> = self.ids(&rows.records).into_iter().collect();
        let expected_set: BTreeSet<usize> = expected.iter().copied().collect();
        let odd: Vec<String> = found.symmetric_difference(&expected_set).map(|record| self.held.about(*record)).collect();
        let sharing = &self.held.world.sharing;
        assert!(
            odd.is_empty() && rows.records.len() == expected.len(),
            "{door} for user {}: found {found:?}, expected {expected_set:?}: {odd:?}, {sharing:?}",
            self.user
        );
        assert_eq!(rows.total.unwrap_or(expected.len()), expected.len(), "{door}: the total");
    }

    async fn get(&mut self) {
        for _ in 0..4 {
            let record = self.r.below(self.held.ids.len());
            let Record { object, deleted, .. } = self.held.world.records[record];
            let answer = read::get(&self.held.t().org, &self.ctx, object, &self.held.id(record), None).await;
            let visible = self.held.world.visible(self.user, record) && !deleted;
            match answer {
                Ok(found) => {
                    self.held.clean("get", self.user, false, &found.json);
                    assert!(visible, "get: {} is shown to user {}", self.held.about(record), self.user);
                    let shown: Json = serde_json::from_slice(&found.json).expect("JSON");
                    self.held.compare("get", self.user, record, &shown, field_names(object));
                    assert_eq!(shown["owner_id"], self.held.user_id(self.held.world.records[record].owner));
                }
                Err(error) => {
                    assert!(!visible, "get: {} is not shown to user {}: {error}", self.held.about(record), self.user);
                    let kind = if self.held.world.reads(self.user, object) { ErrorKind::NotFound } else { ErrorKind::Forbidden };
                    assert_eq!(error.kind, kind);
                    self.held.clean_error("get", self.user, &error);
                }
            }
        }
    }

    /// All lists, with the fields that a list has by itself.
    async fn list(&mut self) {
        for object in OBJECTS {
            let page = Page { limit: 2_000, cursor: None, total: true };
            let org = &self.held.t().org;
            let answer = read::list(org, &self.ctx, object, None, None, &page).await;
            if !self.held.world.reads(self.user, object) {
                assert_eq!(answer.expect_err("not to be read").kind, ErrorKind::Forbidden);
                continue;
            }
            let page = read::page_json(&org.schema(), &answer.expect("a list"));
            self.held.clean("list", self.user, false, &page);
            let rows = Rows::of(&page);
            self.same("list", &rows, &self.held.seen(self.user, object));
            for (record, shown) in self.ids(&rows.records).into_iter().zip(&rows.records) {
                self.held.compare("list", self.user, record, shown, field_names(object));
            }
        }
    }

    async fn all_fields(&mut self) {
        let Some(object) = self.readable() else { return };
        let there = self.there(object);
        let rows = self.query("query", &format!("SELECT id, {} FROM {object}", there.join(", "))).await.expect("rows");
        self.same("query", &rows, &self.held.seen(self.user, object));
        for (record, shown) in self.ids(&rows.records).into_iter().zip(&rows.records) {
            self.held.compare("query", self.user, record, shown, there.iter().copied());
        }
        if let Some(hidden) = field_names(object).find(|field| self.sight(object, field) == Sight::Hidden) {
            let refused = self.query("query", &format!("SELECT id, {hidden} FROM {object}")).await;
            assert_eq!(refused.err().map(|error| error.code), Some("unknown_field"), "{hidden} of {object} for user {}", self.user);
        }
    }

    fn numbers(&self, records: &[usize], field: &str) -> Vec<i64> {
        let value = |record: &usize| match self.held.world.records[*record].value(field) {
            Some(Value::Integer(n) | Value::Money(n)) => Some(*n),
            _ => None,
        };
        records.iter().filter_map(value).collect()
    }

    async fn count(&mut self) {
        for object in OBJECTS {
            let seen = self.held.seen(self.user, object);
            let counted = self.query("count", &format!("SELECT COUNT() FROM {object}")).await;
            if !self.held.world.reads(self.user, object) {
                assert_eq!(counted.err().map(|error| error.kind), Some(ErrorKind::Forbidden));
                continue;
            }
            assert_eq!(counted.expect("a count").records[0]["expr0"], seen.len(), "count of {object} for user {}", self.user);
            for (field, kind) in fields_of(object) {
                if !matches!(kind, Kind::Integer | Kind::Money) || self.sight(object, field) != Sight::Full {
                    continue;
                }
                let text = format!("SELECT COUNT({field}) n, SUM({field}) s, MIN({field}) a, MAX({field}) b FROM {object}");
                // Over no value, or over one, a sum is a canary that may be seen; over several it is none.
                let rows = self.query("sum", &text).await.expect("a sum");
                let found = ["n", "s", "a", "b"].map(|name| number(&rows.records[0][name]));
                let values = self.numbers(&seen, field);
                let sum = (!values.is_empty()).then(|| values.iter().sum());
                let expected = [Some(values.len() as i64), sum, values.iter().min().copied(), values.iter().max().copied()];
                assert_eq!(found, expected, "{text} for user {}", self.user);
            }
        }
    }

    /// A field that is open and holds no link.
    fn open_value(&mut self, object: &str) -> &'static str {
        let open: Vec<&str> = self.open(object).into_iter().filter(|field| !matches!(kind_of(object, field), Kind::Link(_))).collect();
        self.r.one(&open)
    }

    async fn sort(&mut self) {
        let Some(object) = self.readable() else { return };
        let field = self.open_value(object);
        let seen = self.held.seen(self.user, object);
        for (order, desc) in [("", false), (" DESC", true)] {
            let rows = self.query("sort", &format!("SELECT id FROM {object} ORDER BY {field}{order}")).await.expect("rows");
            self.same("sort", &rows, &seen);
            let value = |record: usize| self.held.world.records[record].value(field).map(Value::literal);
            let mut found: Vec<String> = self.ids(&rows.records).into_iter().filter_map(value).collect();
            if desc {
                found.reverse();
            }
            assert!(found.is_sorted(), "{object} by {field} for user {}: {found:?}", self.user);
        }
    }

    async fn filter(&mut self) {
        let Some(object) = self.readable() else { return };
        let field = self.open_value(object);
        let of_object: Vec<usize> = (0..self.held.ids.len()).filter(|place| self.held.world.records[*place].object == object).collect();
        let seen = self.held.seen(self.user, object);
        let has = |record: &usize, value: &Value| self.held.world.records[*record].value(field) == Some(value);
        if let Some(value) = (!of_object.is_empty()).then(|| self.r.one(&of_object)).and_then(|r| self.held.world.records[r].value(field)) {
            let expected: Vec<usize> = seen.iter().copied().filter(|record| has(record, value)).collect();
            let mut conditions = vec![format!("{field} = {}", value.literal())];
            if let Value::Text(text) | Value::Email(text) = value {
                conditions.push(format!("{field} LIKE '%{}%'", &text[1..7]));
            }
            for condition in conditions {
                let rows = self.query("filter", &format!("SELECT id FROM {object} WHERE {condition}")).await.expect("rows");
                self.same(&condition, &rows, &expected);
            }
        }
        let (empty, full): (Vec<usize>, Vec<usize>) =
            seen.iter().partition(|record| self.held.world.records[**record].value(field).is_none());
        for (condition, expected) in [(format!("{field} = NULL"), empty), (format!("{field} != NULL"), full)] {
            let rows = self.query("filter", &format!("SELECT id FROM {object} WHERE {condition}")).await.expect("rows");
            self.same(&condition, &rows, &expected);
        }
    }

    async fn group(&mut self) {
        let Some(object) = self.readable() else { return };
        let mut expected: BTreeMap<String, i64> = BTreeMap::new();
        let seen = self.held.seen(self.user, object);
        for record in &seen {
            *expected.entry(self.held.user_id(self.held.world.records[*record].owner)).or_default() += 1;
        }
        let rows = self.query("group", &format!("SELECT owner_id, COUNT(id) n FROM {object} GROUP BY owner_id")).await.expect("groups");
        let group = |row: &Json| (row["owner_id"].as_str().unwrap_or_default().to_owned(), number(&row["n"]).unwrap_or_default());
        assert_eq!(rows.records.iter().map(group).collect::<BTreeMap<_, _>>(), expected, "{object} by owner for user {}", self.user);

        let texts: Vec<&str> = self.open(object).into_iter().filter(|field| kind_of(object, field) == Kind::Text).collect();
        let field = self.r.one(&texts);
        let text = format!("SELECT {field}, COUNT(id) n FROM {object} GROUP BY {field}");
        let rows = self.query("group", &text).await.expect("groups");
        let values = seen.iter().map(|record| match self.held.world.records[*record].value(field) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        });
        let expected: BTreeSet<Option<String>> = values.collect();
        let found: BTreeSet<Option<String>> = rows.records.iter().map(|row| row[field].as_str().map(str::to_owned)).collect();
        assert_eq!(found, expected, "{text} for user {}", self.user);
    }

    /// A way over a lookup: object, lookup, its name in paths, and the object it leads to.
    fn ways(&self) -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
        let ways = [
            ("contact", "account_id", "account", "account"),
            ("opportunity", "account_id", "account", "account"),
            ("opportunity", "contact_id", "contact", "contact"),
        ];
        ways.into_iter().filter(|(object, ..)| self.held.world.reads(self.user, object)).collect()
    }

    async fn path(&mut self) {
        for (object, lookup, name, to) in self.ways() {
            let target: Vec<&str> = field_names(to).filter(|field| !matches!(kind_of(to, field), Kind::Link(_))).collect();
            let field = self.r.one(&target);
            let closed = self.sight(object, lookup) != Sight::Full;
            let text = format!("SELECT id, {name}.{field} FROM {object}");
            let rows = self.query("path", &text).await;
            if closed || self.sight(to, field) == Sight::Hidden {
                assert_eq!(rows.err().map(|error| error.code), Some("unknown_field"), "{text} for user {}", self.user);
                continue;
            }
            let rows = rows.expect("rows");
            self.same("path", &rows, &self.held.seen(self.user, object));
            for (record, shown) in self.ids(&rows.records).into_iter().zip(&rows.records) {
                let target = match self.held.world.records[record].value(lookup) {
                    Some(Value::Link(target)) if !self.held.world.records[*target].deleted => Some(*target),
                    _ => None,
                };
                let expected = target.and_then(|target| self.held.expected(self.user, target, field)).unwrap_or_default();
                assert_eq!(shown[name][field], expected, "{text}: {} for user {}", self.held.about(record), self.user);
                self.held.tally.borrow_mut().cells += 1;
            }
            if self.sight(to, field) == Sight::Full {
                self.by_path(object, lookup, name, to, field).await;
            }
        }
    }

    /// A condition on a field of another record: what is hidden there is as if it were empty.
    async fn by_path(&mut self, object: &str, lookup: &str, name: &str, to: &str, field: &str) {
        let targets: Vec<usize> = (0..self.held.ids.len()).filter(|place| self.held.world.records[*place].object == to).collect();
        if targets.is_empty() {
            return;
        }
        let target = self.r.one(&targets);
        let Some(value) = self.held.world.records[target].value(field) else { return };
        let shown = self.held.world.visible(self.user, target) && !self.held.world.records[target].deleted;
        let leads = |record: &usize| shown && self.held.world.records[*record].value(lookup) == Some(&Value::Link(target));
        let expected: Vec<usize> = self.held.seen(self.user, object).into_iter().filter(leads).collect();
        let text = format!("SELECT id FROM {object} WHERE {name}.{field} = {}", value.literal());
        let rows = self.query("path", &text).await.expect("rows");
        self.same(&text, &rows, &expected);
    }

    /// What is asked about a field that is not open is refused, in the same words whether there is such a value or not.
    async fn refused(&mut self) {
        for object in OBJECTS {
            if !self.held.world.reads(self.user, object) {
                continue;
            }
            let closed: Vec<&str> = field_names(object).filter(|field| self.sight(object, field) != Sight::Full).collect();
            if closed.is_empty() {
                continue;
            }
            let field = self.r.one(&closed);
            let code = if self.sight(object, field) == Sight::Hidden { "unknown_field" } else { "masked_field" };
            let values = self.held.world.records.iter().filter(|record| record.object == object).filter_map(|record| record.value(field));
            let known = values.max_by_key(|value| value.literal());
            let mut texts = vec![
                [format!("SELECT id FROM {object} WHERE {field} = NULL"), format!("SELECT id FROM {object} WHERE {field} = NULL")],
                [format!("SELECT id FROM {object} ORDER BY {field}"), format!("SELECT id FROM {object} ORDER BY {field} ")],
                [
                    format!("SELECT {field}, COUNT(id) n FROM {object} GROUP BY {field}"),
                    format!("SELECT {field}, COUNT(id) n FROM {object} WHERE name = 'x' GROUP BY {field}"),
                ],
                [format!("SELECT MAX({field}) m FROM {object}"), format!("SELECT MAX({field}) m FROM {object} WHERE name = 'x'")],
            ];
            if let Some(known) = known.filter(|known| !matches!(known, Value::Link(_))) {
                let with = |value: &Value| format!("SELECT id FROM {object} WHERE {field} = {}", value.literal());
                texts.push([with(known), with(&known.other(9_999))]);
            }
            for [match_text, other] in texts {
                let error = self.query("refused", &match_text).await.err().unwrap_or_else(|| panic!("{match_text} for user {}", self.user));
                assert_eq!(error.code, code, "{match_text} for user {}", self.user);
                let second = self.query("refused", &other).await.err().expect("refused");
                let said = |error: &Error| error_text(error);
                assert_eq!(said(&error), said(&second), "{match_text} and {other}");
                self.held.tally.borrow_mut().answers += 2;
            }
        }
    }

    async fn history(&mut self) {
        for _ in 0..2 {
            let record = self.r.below(self.held.ids.len());
            let Record { object, deleted, .. } = self.held.world.records[record];
            let answer = changes::history(&self.held.t().org, &self.ctx, object, &self.held.id(record), None, 200).await;
            let visible = self.held.world.visible(self.user, record) && !deleted;
            assert_eq!(answer.is_ok(), visible, "history of {} for user {}", self.held.about(record), self.user);
            match answer {
                Ok((changes, _)) => {
                    let text = serde_json::to_vec(&changes).expect("JSON");
                    self.held.clean("history", self.user, true, &text);
                    for change in &changes {
                        assert_eq!(change.id, self.held.id(record));
                        let shown: Vec<&str> = change.fields.iter().map(|field| field.field.as_str()).collect();
                        let hidden = field_names(object).find(|field| shown.contains(field) && self.sight(object, field) == Sight::Hidden);
                        assert_eq!(hidden, None, "a hidden field in the history, for user {}", self.user);
                    }
                }
                Err(error) => self.held.clean_error("history", self.user, &error),
            }
        }
    }

    async fn feed(&mut self) {
        let (changes, _) = changes::after(&self.held.t().org, &self.ctx, self.held.begin, 2_000).await.expect("the log");
        self.held.clean("feed", self.user, true, &serde_json::to_vec(&changes).expect("JSON"));
        let of_world = changes.iter().filter(|change| OBJECTS.contains(&change.object.as_str()));
        let found: BTreeSet<usize> = of_world.filter_map(|change| self.held.place(&change.id)).collect();
        let expected: BTreeSet<usize> = (0..self.held.ids.len()).filter(|record| self.held.world.visible(self.user, *record)).collect();
        let odd: Vec<String> = found.symmetric_difference(&expected).map(|record| self.held.about(*record)).collect();
        assert!(odd.is_empty(), "feed for user {}: {odd:?}", self.user);
    }

    async fn timeline(&mut self) {
        let record = self.r.below(self.held.ids.len());
        let Record { object, deleted, .. } = self.held.world.records[record];
        let answer = timeline::timeline(&self.held.t().org, &self.ctx, object, &self.held.id(record), None, 200).await;
        let visible = self.held.world.visible(self.user, record) && !deleted;
        assert_eq!(answer.is_ok(), visible, "timeline of {} for user {}", self.held.about(record), self.user);
        match answer {
            Ok((items, _)) => self.held.clean("timeline", self.user, true, &serde_json::to_vec(&items).expect("JSON")),
            Err(error) => self.held.clean_error("timeline", self.user, &error),
        }
    }

    async fn bin(&mut self) {
        let (list, _) = recycle::list(&self.held.t().org, &self.ctx, None, None, 200).await.expect("the bin");
        self.held.clean_json("bin", self.user, &list);
        let found: BTreeSet<usize> = list.iter().filter_map(|deleted| self.held.place(&deleted.id)).collect();
        let there = |record: &usize| self.held.world.records[*record].deleted && self.held.world.visible(self.user, *record);
        let expected: BTreeSet<usize> = (0..self.held.ids.len()).filter(there).collect();
        assert_eq!(found, expected, "the bin for user {}", self.user);
        for deleted in &list {
            let record = self.held.place(&deleted.id).expect("of this world");
            self.held.compare("bin", self.user, record, &json!({"name": deleted.name}), [ALWAYS_OPEN]);
        }
    }

    async fn preview(&mut self) {
        let Some(object) = self.readable() else { return };
        let texts: Vec<&str> = field_names(object).filter(|field| kind_of(object, field) == Kind::Text).collect();
        let field = self.r.one(&texts);
        let edit = json!({"q": format!("SELECT id FROM {object}"), "values": {field: "new"}});
        let edit: BulkEdit = serde_json::from_value(edit).expect("an edit");
        let preview = bulk_edit::preview(&self.held.t().org, &self.ctx, object, &edit).await.expect("a preview");
        let seen = self.held.seen(self.user, object);
        assert_eq!(preview.total, seen.len() as u64, "preview of {object} for user {}", self.user);
        assert_eq!(preview.rows.len(), seen.len().min(20));
        for row in &preview.rows {
            let record = self.held.place(&row.id).filter(|record| seen.contains(record)).expect("a record that is seen");
            let told = format!("{} {} {:?}", row.name, json!(row.changes), row.error.as_ref().map(error_text));
            self.held.clean("preview", self.user, false, told.as_bytes());
            let may = self.held.world.may_write(self.user, record, field);
            assert_eq!(row.error.is_none(), may, "{field} of {} by user {}: {:?}", self.held.about(record), self.user, row.error);
            if may {
                let [(name, old, new)] = row.changes.as_slice() else { panic!("one change: {:?}", row.changes) };
                assert_eq!((name.as_str(), new.clone()), (field, json!("new")));
                self.held.compare("preview", self.user, record, &json!({field: old}), [field]);
            }
        }
        let closed = field_names(object).find(|field| self.sight(object, field) != Sight::Full);
        if let Some(closed) = closed {
            let edit = json!({"q": format!("SELECT id FROM {object} WHERE {closed} = NULL"), "values": {"name": "new"}});
            let edit: BulkEdit = serde_json::from_value(edit).expect("an edit");
            assert!(bulk_edit::preview(&self.held.t().org, &self.ctx, object, &edit).await.is_err(), "by {closed} for user {}", self.user);
        }
    }

    async fn metadata(&mut self) {
        for object in OBJECTS {
            let shown = metadata::object(&self.held.t().org, &self.ctx, object, Labels::One(self.ctx.lang)).await;
            let reads = self.held.world.reads(self.user, object);
            assert_eq!(shown.is_ok(), reads, "{object} for user {}", self.user);
            let Ok(shown) = shown else { continue };
            let fields = shown["fields"].as_array().expect("fields");
            for name in field_names(object) {
                let sight = self.sight(object, name);
                let field = fields.iter().find(|field| field["name"] == name);
                assert_eq!(field.is_some(), sight != Sight::Hidden, "{name} of {object} for user {}", self.user);
                if let Some(field) = field {
                    assert_eq!(field["masked"], sight != Sight::Full, "{name} of {object} for user {}", self.user);
                }
                self.held.tally.borrow_mut().cells += 1;
            }
        }
    }

    /// Looks at a record, and asks what was looked at, before the rights have changed too.
    async fn recent(&mut self) {
        let record = self.r.below(self.held.ids.len());
        let noted = recent::note(&self.held.t().org, &self.ctx, &self.held.id(record)).await;
        let visible = self.held.world.visible(self.user, record) && !self.held.world.records[record].deleted;
        assert_eq!(noted.is_ok(), visible, "{} was looked at by user {}", self.held.about(record), self.user);
        let list = recent::list(&self.held.t().org, &self.ctx, 50).await.expect("a list");
        self.held.clean_json("recent", self.user, &list);
        for seen in list {
            let Some(record) = self.held.place(&seen.id) else { continue };
            assert!(
                self.held.seen(self.user, &seen.object).contains(&record),
                "recent: {} for user {}",
                self.held.about(record),
                self.user
            );
        }
    }

    async fn notifications(&mut self) {
        let list = notifications::list(&self.held.t().org, &self.ctx, None, false, 200).await.expect("a list");
        self.held.clean_json("notifications", self.user, &list.notifications);
        self.held.tally.borrow_mut().answers += list.notifications.len();
    }
}
