//! Where the columns of a file probably go: by their headers in both languages, by what their cells look like, and which values
//! are probably misspelt.

use std::collections::{BTreeMap, HashMap, HashSet};

use guanxi_model::meta::FieldType;
use guanxi_model::{Field, Object, Schema};
use serde_json::Value;

use super::model::{Column, DateOrder, Mapping, MappingFile, Mode};
use super::{dates, numbers, plan};

/// Suggests a mapping for the whole file, and sets each column's own suggestion.
pub(crate) fn mapping(schema: &Schema, object: &Object, columns: &mut [Column]) -> MappingFile {
    let candidates: Vec<(&Field, HashMap<String, u32>)> = object
        .fields
        .iter()
        .filter(|f| can_be_set(f) && !(object.name() == "user" && f.name() == "owner_id"))
        .map(|f| (f, names(schema, f)))
        .collect();
    let mut scored = Vec::new();
    for (column, header) in columns.iter().map(|c| squeeze(&c.header)).enumerate() {
        for (at, (field, names)) in candidates.iter().enumerate() {
            let by_name = names.get(&header).copied().unwrap_or(0);
            let by_content = if by_name == 0 { content(field, &columns[column]) } else { 0 };
            if by_name.max(by_content) > 0 {
                scored.push((by_name.max(by_content), column, at));
            }
        }
    }
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    let (mut used_columns, mut used_fields) = (HashSet::new(), HashSet::new());
    for (_, column, at) in scored {
        if used_columns.contains(&column) || used_fields.contains(&at) {
            continue;
        }
        used_columns.insert(column);
        used_fields.insert(at);
        let field = candidates[at].0;
        let values = misspelt(schema, object, field, &columns[column]);
        let header = Some(columns[column].header.clone());
        columns[column].suggested =
            Some(Mapping { index: Some(column), header, field: field.name().to_owned(), values, ..Mapping::default() });
    }
    whole(object, columns)
}

fn whole(object: &Object, columns: &[Column]) -> MappingFile {
    let mapped: Vec<Mapping> = columns.iter().filter_map(|c| c.suggested.clone()).collect();
    let key = mapped.iter().find(|m| object.field(&m.field).is_some_and(|f| f.def.external_key)).map(|m| m.field.clone());
    let dates = columns.iter().filter(|c| {
        let field = c.suggested.as_ref().and_then(|m| object.field(&m.field));
        field.is_some_and(|f| matches!(f.def.ty, FieldType::Date | FieldType::DateTime))
    });
    let order = date_order(dates.flat_map(|c| c.distinct.iter().map(|d| d.value.as_str()).chain(c.samples.iter().map(String::as_str))));
    let defaults = name_from_others(object, columns, &mapped, key.as_deref());
    let mode = if key.is_some() { Mode::Upsert } else { Mode::Create };
    MappingFile { columns: mapped, key, mode, defaults, date_order: order, ..MappingFile::default() }
}

fn can_be_set(field: &Field) -> bool {
    !field.def.read_only && !matches!(field.def.ty, FieldType::Id | FieldType::AutoNumber { .. } | FieldType::File | FieldType::Json)
}

/// What a header may be called for a field, with how sure that is.
fn names(schema: &Schema, field: &Field) -> HashMap<String, u32> {
    let mut names = HashMap::new();
    let mut add = |name: &str, sure: u32| {
        let known = names.entry(squeeze(name)).or_insert(0);
        *known = sure.max(*known);
    };
    field.def.aliases.iter().for_each(|a| add(a, 80));
    if field.name() == "owner_id" {
        let person = schema.object("user").map(|u| u.name_field().def.aliases.clone()).unwrap_or_default();
        person.iter().for_each(|a| add(a, 60));
        ["owner", "owner name", "负责人", "所有人", "所有者", "归属人", "跟进人", "salesperson", "sales rep"]
            .iter()
            .for_each(|a| add(a, 85));
    }
    if let Some(relationship) = field.def.relationship() {
        add(relationship, 90);
        add(&format!("{relationship}_name"), 85);
    }
    add(&field.def.label.zh, 95);
    add(&field.def.label.en, 95);
    add(field.name(), 100);
    names.remove("");
    names
}

/// A header without case, spaces, punctuation and what stands in brackets.
pub(crate) fn squeeze(header: &str) -> String {
    let before = header.split(['(', '（', '[', '【']).next().unwrap_or("");
    let kept = if before.trim().is_empty() { header } else { before };
    kept.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How sure the cells are of a field's type, where the header says nothing.
fn content(field: &Field, column: &Column) -> u32 {
    let all = |test: fn(&str) -> bool| !column.samples.is_empty() && column.samples.iter().all(|s| test(s));
    match field.def.ty {
        FieldType::Email if all(|s| s.contains('@') && s.contains('.') && !s.contains(' ')) => 40,
        FieldType::Url if all(|s| s.starts_with("http") || s.starts_with("www.")) => 40,
        FieldType::Phone if all(is_phone) => 30,
        _ => 0,
    }
}

/// A mobile number, or something with a plus or hyphens and many digits.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let other = text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    let marked = text.starts_with('+') || text.starts_with("0") && text.contains('-') || digits == 11 && text.starts_with('1');
    other
        && marked
        && (8..=15).contains(&digits)
        && dates::date(text, DateOrder::Ymd, false).is_none()
        && numbers::parse(text).is_none_or(|n| n.plain.len() >= 10)
}

/// Values that no picklist value is written like, but one nearly: `technolgy` for `technology`.
fn misspelt(schema: &Schema, object: &Object, field: &Field, column: &Column) -> BTreeMap<String, String> {
    if !matches!(field.def.ty, FieldType::Picklist { .. }) {
        return BTreeMap::new();
    }
    let known = plan::known_values(schema, object, field);
    let unknown = column.distinct.iter().filter(|d| !known.contains_key(&d.value.to_lowercase()));
    unknown
        .filter_map(|d| nearest(&d.value, known.iter().map(|(text, value)| (text.as_str(), value.as_str()))).map(|v| (d.value.clone(), v)))
        .collect()
}

/// The one candidate that is nearly written like the text; candidates are (writing, what it stands for).
pub(crate) fn nearest<'a>(text: &str, candidates: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let wanted = squeeze(text);
    let mut best: Option<(usize, &str)> = None;
    for (writing, value) in candidates {
        let writing = squeeze(writing);
        let allowed = match wanted.chars().count().min(writing.chars().count()) {
            0..=4 => 0,
            5..=8 => 1,
            _ => 2,
        };
        let Some(distance) = distance(&wanted, &writing, allowed) else { continue };
        match best {
            Some((d, v)) if d == distance && v != value => return None,
            Some((d, _)) if d <= distance => {}
            _ => best = Some((distance, value)),
        }
    }
    best.map(|(_, value)| value.to_owned())
}

/// The count of letters to insert, drop or change (Levenshtein), if it is at most `most`.
fn distance(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row.last().copied().filter(|d| *d <= most)
}

/// The order of day and month that all dates allow.
fn date_order<'a>(texts: impl Iterator<Item = &'a str>) -> DateOrder {
    let (mut day_first, mut month_first, mut any) = (true, true, false);
    for (dmy, mdy) in texts.filter_map(dates::possible_orders) {
        any = true;
        day_first &= dmy;
        month_first &= mdy;
    }
    match (any, day_first, month_first) {
        (true, _, true) => DateOrder::Mdy,
        (true, true, false) => DateOrder::Dmy,
        _ => DateOrder::Ymd,
    }
}

/// Where the record's name must be given and no column has it: made of the looked-up records and the key.
fn name_from_others(object: &Object, columns: &[Column], mapped: &[Mapping], key: Option<&str>) -> BTreeMap<String, Value> {
    let name = object.name_field();
    if !name.def.required || !can_be_set(name) || mapped.iter().any(|m| m.field == name.name()) {
        return BTreeMap::new();
    }
    let header = |m: &Mapping| {
        m.index.and_then(|i| columns.get(i)).map(|c| format!("{{{}}}", c.header)).filter(|h| h.matches(['{', '}']).count() == 2)
    };
    let lookups = mapped
        .iter()
        .filter(|m| m.field != "owner_id" && object.field(&m.field).is_some_and(|f| matches!(f.def.ty, FieldType::Lookup { .. })));
    let mut parts: Vec<String> = lookups.filter_map(header).collect();
    if let Some(key) = mapped.iter().find(|m| Some(m.field.as_str()) == key).and_then(header) {
        parts.push(key);
    }
    if parts.is_empty() {
        return BTreeMap::new();
    }
    BTreeMap::from([(name.name().to_owned(), Value::String(parts.join(" · ")))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lead() -> (Schema, Object) {
        let def = json!({"name": "lead", "label": {"zh": "线索", "en": "Lead"}, "module": "sales", "fields": [
            {"name": "name", "label": {"zh": "姓名", "en": "Name"}, "type": "text", "required": true},
            {"name": "lead_key", "label": {"zh": "线索编号", "en": "Lead key"}, "type": "text", "external_key": true, "aliases": ["mql id"]},
            {"name": "email", "label": {"zh": "邮箱", "en": "Email"}, "type": "email"},
            {"name": "industry", "label": {"zh": "行业", "en": "Industry"}, "type": "picklist", "values": [
                {"value": "technology", "label": {"zh": "信息技术", "en": "Technology"}}, {"value": "retail", "label": {"zh": "零售", "en": "Retail"}}]},
            {"name": "first_contact_date", "label": {"zh": "首次接触日期", "en": "First contact date"}, "type": "date"}]});
        (Schema::default(), Object::new(1, "00Q".to_owned(), serde_json::from_value(def).unwrap()))
    }

    fn column(index: usize, header: &str, samples: &[&str]) -> Column {
        let distinct = samples.iter().map(|s| super::super::model::Distinct { value: (*s).to_owned(), count: 1 }).collect();
        Column { index, header: header.to_owned(), samples: samples.iter().map(|s| (*s).to_owned()).collect(), distinct, suggested: None }
    }

    #[test]
    fn headers_and_contents_find_their_fields() {
        let (schema, object) = lead();
        let mut columns = vec![
            column(0, "MQL_ID", &["a1"]),
            column(1, "First Contact-Date", &["2/1/2018", "10/20/2017"]),
            column(2, "所属 行业", &["x"]),
            column(3, "行业（必填）", &["technolgy", "Retail"]),
            column(4, "kontakt", &["a@example.com"]),
        ];
        let mapping = mapping(&schema, &object, &mut columns);
        let fields: Vec<_> = columns.iter().map(|c| c.suggested.as_ref().map(|m| m.field.as_str())).collect();
        assert_eq!(fields, [Some("lead_key"), Some("first_contact_date"), None, Some("industry"), Some("email")]);
        assert_eq!((mapping.key.as_deref(), mapping.mode, mapping.date_order), (Some("lead_key"), Mode::Upsert, DateOrder::Mdy));
        assert_eq!(mapping.defaults["name"], json!("{MQL_ID}"));
        assert_eq!(columns[3].suggested.as_ref().unwrap().values, BTreeMap::from([("technolgy".to_owned(), "technology".to_owned())]));
    }

    #[test]
    fn near_misses_are_found_and_guesses_are_not_made() {
        let names = ["GTX Pro", "GTX Plus Pro", "MG Special"];
        let find = |text: &str| nearest(text, names.iter().map(|n| (*n, *n)));
        assert_eq!(find("GTXPro").as_deref(), Some("GTX Pro"));
        assert_eq!(find("MG Speical").as_deref(), Some("MG Special"));
        assert_eq!(find("GTK"), None);
        assert_eq!(nearest("abcdef", [("abcdeg", "1"), ("abcdeh", "2")].into_iter()), None);
    }
}
