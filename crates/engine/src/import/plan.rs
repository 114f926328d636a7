//! A mapping checked against the object and the file's header, in a form that rows run through fast.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use guanxi_access::Policy;
use guanxi_model::column::ADDRESS_PARTS;
use guanxi_model::meta::FieldType;
use guanxi_model::{Ctx, Error, Field, FieldError, Object, Result, Schema};
use jiff::tz::TimeZone;
use serde_json::Value;

use super::clean::Rules;
use super::model::{Mapping, MappingFile, Missing, Mode, UnknownValues};

/// How a lookup finds its record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Match {
    /// The cell is the record's id.
    Id,
    /// A field of the target has the cell's value.
    Field(String),
    /// A user: by e-mail where the cell has an `@`, by name otherwise.
    NameOrEmail,
}

/// A lookup of the mapping.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lookup {
    /// The objects to look in, in order.
    pub(crate) targets: Vec<String>,
    /// By what.
    pub(crate) by: Match,
    /// What if there is none.
    pub(crate) missing: Missing,
    /// Whether the record may be one of the rows of this same file.
    pub(crate) own: bool,
}

/// What a cell becomes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// The value of the field.
    Value,
    /// A part of a compound value.
    Part(String),
    /// One of a list of values, by value or label in lower case; `true`: several.
    Picklist {
        /// Values by what stands for them.
        known: Arc<HashMap<String, String>>,
        /// Whether only those are accepted.
        restricted: bool,
        /// Whether the cell holds several.
        multi: bool,
    },
    /// A reference.
    Lookup(Lookup),
}

/// A column and where it goes.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    /// The column, from 0.
    pub(crate) column: usize,
    /// The field.
    pub(crate) field: Field,
    /// What the cell becomes.
    pub(crate) target: Target,
    /// Cells to be read as other ones.
    pub(crate) values: HashMap<String, String>,
}

/// A value of records where the file gives none.
#[derive(Clone, Debug)]
pub(crate) enum Default {
    /// As it is.
    Value(Value),
    /// A text with columns in it.
    Template(Vec<Piece>),
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text.
    Text(String),
    /// The cell of a column.
    Column(usize),
}

/// A mapping ready to run.
pub(crate) struct Plan {
    /// The object imported into.
    pub(crate) object: Arc<Object>,
    /// Columns and their fields.
    pub(crate) bindings: Vec<Binding>,
    /// How records are found again: `id` or a unique field.
    pub(crate) key: Option<String>,
    /// What is done with rows.
    pub(crate) mode: Mode,
    /// What becomes of unknown picklist values.
    pub(crate) unknown: UnknownValues,
    /// Values where the file gives none.
    pub(crate) defaults: Vec<(Field, Default)>,
    /// How cells are cleaned.
    pub(crate) rules: Rules,
    /// Columns of the header.
    pub(crate) width: usize,
}

/// Checks a mapping.
///
/// # Errors
/// 422 with all that is wrong: columns and fields that do not exist, fields that cannot be set, a key that is not unique.
pub(crate) fn compile(
    schema: &Schema,
    ctx: &Ctx,
    object: &Arc<Object>,
    mapping: &MappingFile,
    headers: &[String],
    xlsx: bool,
) -> Result<Plan> {
    let policy = Policy::of(ctx, schema);
    let object = &policy.seen(object);
    let mut errors = Vec::new();
    let mut bindings = Vec::new();
    for column in &mapping.columns {
        match binding(policy, schema, object, column, headers) {
            Ok(found) => bindings.push(found),
            Err(error) => errors.push(error),
        }
    }
    if mapping.columns.is_empty() {
        errors.push(FieldError::new("columns", "nothing_mapped", "至少要映射一列", "map at least one column"));
    }
    check_twice(&bindings, &mut errors);
    check_key(object, mapping, &bindings, |key| policy.field(object, key).is_open(), &mut errors);
    let defaults = defaults(object, &mapping.defaults, &bindings, headers, &mut errors);
    if let Some(code) = &mapping.currency
        && !schema.settings.currencies.iter().any(|c| c.code() == code)
    {
        let enabled = schema.settings.currencies.iter().map(|c| c.code()).collect::<Vec<_>>().join(", ");
        errors.push(FieldError::new(
            "currency",
            "currency_not_enabled",
            format!("币种“{code}”未启用；已启用：{enabled}"),
            format!("the currency “{code}” is not switched on; these are: {enabled}"),
        ));
    }
    if !errors.is_empty() {
        return Err(Error { code: "bad_mapping", ..Error::validation(errors) });
    }
    let zone = TimeZone::get(&ctx.time_zone).unwrap_or(TimeZone::UTC);
    let rules = Rules { order: mapping.date_order, serial_dates: xlsx, zone, currency: mapping.currency.clone() };
    let key = mapping.key.clone().filter(|_| mapping.mode != Mode::Create);
    Ok(Plan {
        object: Arc::clone(object),
        bindings,
        key,
        mode: mapping.mode,
        unknown: mapping.unknown_values,
        defaults,
        rules,
        width: headers.len(),
    })
}

fn binding(
    policy: Policy<'_>,
    schema: &Schema,
    object: &Arc<Object>,
    mapping: &Mapping,
    headers: &[String],
) -> Result<Binding, FieldError> {
    let column = column_of(mapping, headers)?;
    let (name, part) = mapping.field.split_once('.').map_or((mapping.field.as_str(), None), |(n, p)| (n, Some(p)));
    let field = object.field(name).ok_or_else(|| no_field(object, &mapping.field))?;
    let target = match (&field.def.ty, part) {
        (FieldType::Id, None) => Target::Value,
        _ if field.def.read_only || matches!(field.def.ty, FieldType::AutoNumber { .. }) => return Err(read_only(&mapping.field)),
        (FieldType::Address, Some(part)) if ADDRESS_PARTS.contains(&part) => Target::Part(part.to_owned()),
        (FieldType::Money, Some("currency")) => Target::Part("currency".to_owned()),
        (_, Some(_)) => return Err(no_field(object, &mapping.field)),
        (FieldType::Picklist { restricted, .. } | FieldType::MultiPicklist { restricted, .. }, None) => Target::Picklist {
            known: Arc::new(known_values(schema, object, field)),
            restricted: *restricted,
            multi: field.def.ty.is_multi(),
        },
        (ty, None) if ty.is_reference() => Target::Lookup(lookup(policy, schema, object, field, mapping)?),
        _ => Target::Value,
    };
    let values = mapping.values.iter().map(|(from, to)| (from.trim().to_owned(), to.trim().to_owned())).collect();
    Ok(Binding { column, field: field.clone(), target, values })
}

fn column_of(mapping: &Mapping, headers: &[String]) -> Result<usize, FieldError> {
    if let Some(index) = mapping.index {
        return if index < headers.len() {
            Ok(index)
        } else {
            let n = headers.len();
            Err(FieldError::new(
                &mapping.field,
                "no_such_column",
                format!("没有第 {} 列，文件共 {n} 列", index + 1),
                format!("there is no column {}; the file has {n}", index + 1),
            ))
        };
    }
    let wanted = mapping.header.as_deref().unwrap_or("").trim();
    let found = headers.iter().position(|h| h == wanted).or_else(|| headers.iter().position(|h| h.eq_ignore_ascii_case(wanted)));
    found.ok_or_else(|| {
        let have = headers.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
        FieldError::new(
            &mapping.field,
            "no_such_column",
            format!("文件中没有名为“{wanted}”的列；有：{have}"),
            format!("the file has no column “{wanted}”; it has: {have}"),
        )
    })
}

fn no_field(object: &Object, name: &str) -> FieldError {
    FieldError::new(
        name,
        "unknown_field",
        format!("“{}”没有字段“{name}”", object.def.label.zh),
        format!("{} has no field “{name}”", object.def.label.en),
    )
}

fn read_only(name: &str) -> FieldError {
    FieldError::new(name, "read_only", "此字段由系统填写，不能导入", "this field is set by the system and cannot be imported")
}

/// What may stand in a cell for each value of a picklist: the value and its labels, in lower case.
pub(crate) fn known_values(schema: &Schema, object: &Object, field: &Field) -> HashMap<String, String> {
    let values = schema.values_of(object, &field.def);
    let mut known = HashMap::with_capacity(values.len() * 3);
    // Later ones win: a value itself stands before any label.
    for way in 0..4 {
        known.extend(values.iter().map(|v| {
            let text = match way {
                0 => v.label.en.clone(),
                1 => v.label.zh.clone(),
                2 => v.value.replace('_', " "),
                _ => v.value.clone(),
            };
            (text.trim().to_lowercase(), v.value.clone())
        }));
    }
    known
}

fn lookup(policy: Policy<'_>, schema: &Schema, object: &Object, field: &Field, mapping: &Mapping) -> Result<Lookup, FieldError> {
    let targets: Vec<String> = field.def.ty.targets().iter().map(|t| (*t).to_owned()).collect();
    let by = match mapping.match_by.as_deref() {
        Some("id") => Match::Id,
        None | Some("name") if targets == ["user"] => Match::NameOrEmail,
        None | Some("name") => Match::Field("name".to_owned()),
        Some(name) => {
            let text = |o: &Object| o.field(name).is_some_and(|f| is_text_like(&f.def.ty)) && policy.field(o, name).is_open();
            let fits = targets.iter().all(|t| schema.object(t).is_some_and(|o| text(o)));
            if !fits {
                return Err(FieldError::new(
                    format!("{}.match", mapping.field),
                    "bad_match",
                    format!("不能按“{name}”查找：须为目标对象的文字类字段、name 或 id"),
                    format!("cannot look up by “{name}”: it must be a text field of the target, name or id"),
                ));
            }
            Match::Field(name.to_owned())
        }
    };
    let own = targets.iter().any(|t| t == object.name()) && by != Match::Id;
    Ok(Lookup { targets, by, missing: mapping.missing, own })
}

/// Whether lookups can be by fields of this type.
pub(crate) fn is_text_like(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Text { .. } | FieldType::Email | FieldType::Url | FieldType::AutoNumber { .. } | FieldType::Picklist { .. })
}

fn check_twice(bindings: &[Binding], errors: &mut Vec<FieldError>) {
    for (at, binding) in bindings.iter().enumerate() {
        let same = |b: &Binding| b.field.name() == binding.field.name() && part(&b.target) == part(&binding.target);
        if bindings[..at].iter().any(same) {
            errors.push(FieldError::new(binding.field.name(), "mapped_twice", "有两列映射到这个字段", "two columns go to this field"));
        }
    }
}

fn part(target: &Target) -> Option<&str> {
    if let Target::Part(part) = target { Some(part) } else { None }
}

/// `open` says whether records may be found by a field.
fn check_key(object: &Object, mapping: &MappingFile, bindings: &[Binding], open: impl Fn(&str) -> bool, errors: &mut Vec<FieldError>) {
    let Some(key) = mapping.key.as_deref() else {
        if mapping.mode != Mode::Create {
            errors.push(FieldError::new(
                "key",
                "key_needed",
                "更新已有记录须指定唯一字段作为匹配键",
                "to update records, name the unique field by which they are found",
            ));
        }
        if bindings.iter().any(|b| b.field.name() == "id") {
            errors.push(read_only("id"));
        }
        return;
    };
    let known = if key == "id" { mapping.mode != Mode::Upsert } else { object.field(key).is_some_and(|f| f.def.is_unique()) && open(key) };
    if !known {
        let unique = object.fields.iter().filter(|f| f.def.is_unique()).map(|f| f.name()).collect::<Vec<_>>().join(", ");
        errors.push(FieldError::new(
            "key",
            "key_not_unique",
            format!("匹配键“{key}”须为唯一字段；可用：{unique}"),
            format!("the key “{key}” must be a unique field; there are: {unique}"),
        ));
    } else if mapping.mode != Mode::Create && !bindings.iter().any(|b| b.field.name() == key) {
        errors.push(FieldError::new(
            "key",
            "key_not_mapped",
            format!("没有列映射到匹配键“{key}”"),
            format!("no column goes to the key “{key}”"),
        ));
    }
}

fn defaults(
    object: &Object,
    given: &BTreeMap<String, Value>,
    bindings: &[Binding],
    headers: &[String],
    errors: &mut Vec<FieldError>,
) -> Vec<(Field, Default)> {
    let mut found = Vec::new();
    for (name, value) in given {
        let Some(field) = object.field(name) else {
            errors.push(no_field(object, name));
            continue;
        };
        if field.def.read_only || bindings.iter().any(|b| b.field.name() == name && name == "id") {
            errors.push(read_only(name));
            continue;
        }
        let default = match value {
            Value::String(text) if text.contains('{') => match template(text, headers) {
                Ok(pieces) => Default::Template(pieces),
                Err(header) => {
                    errors.push(FieldError::new(
                        format!("defaults.{name}"),
                        "no_such_column",
                        format!("文件中没有名为“{header}”的列"),
                        format!("the file has no column “{header}”"),
                    ));
                    continue;
                }
            },
            other => Default::Value(other.clone()),
        };
        found.push((field.clone(), default));
    }
    found
}

fn template(text: &str, headers: &[String]) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (header, tail) = after.split_once('}').ok_or_else(|| after.to_owned())?;
        let column = headers.iter().position(|h| h.eq_ignore_ascii_case(header.trim())).ok_or_else(|| header.to_owned())?;
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Column(column));
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}
