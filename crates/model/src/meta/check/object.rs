//! Checks of objects with their fields, of picklists and of pipelines.

use std::collections::{BTreeMap, BTreeSet};

use super::path::{Step, field_of};
use super::{Definitions, Found};
use crate::error::FieldError;
use crate::lang::Label;
use crate::meta::{FieldDef, FieldType, ObjectDef, PicklistDef, PicklistValue, PipelineDef, StageCategory, ValueSource};
use crate::schema::SYSTEM_FIELDS;

/// The most fields an object may have (PostgreSQL allows 1,600 columns in a table).
const MAX_FIELDS: usize = 500;
const MAX_INDEX_FIELDS: usize = 4;

/// Checks an object; `defs` has the other definitions and may have this one already.
pub fn check_object(def: &ObjectDef, defs: &dyn Definitions) -> Vec<FieldError> {
    let mut found = Found::default();
    found.identifier("name", &def.name);
    found.label("label", &def.label);
    if let Some(prefix) = &def.key_prefix
        && (prefix.len() != 3 || !prefix.bytes().all(|b| b.is_ascii_alphanumeric()))
    {
        found.add("key_prefix", "invalid_prefix", "前缀必须是三个字母或数字。", "The key prefix is three letters or digits.");
    }
    if def.fields.len() > MAX_FIELDS {
        found.add("fields", "too_many", format!("字段不能超过 {MAX_FIELDS} 个。"), format!("An object has at most {MAX_FIELDS} fields."));
    }
    if let Some(path) = name_field_fault(def) {
        found.add(
            "name_field",
            path,
            "名称字段必须是文本、邮箱、电话或自动编号字段。",
            "The name field must be a text, e-mail, phone or auto-number field of the object.",
        );
    }
    check_fields(def, defs, &mut found);
    check_indexes(def, &mut found);
    check_binding(def, &mut found);
    found.0
}

fn name_field_fault(def: &ObjectDef) -> Option<&'static str> {
    let Some(field) = def.fields.iter().find(|f| f.name == def.name_field) else { return Some("unknown_name") };
    let good = matches!(field.ty, FieldType::Text { .. } | FieldType::Email | FieldType::Phone | FieldType::AutoNumber { .. });
    (!good).then_some("wrong_type")
}

fn check_fields(def: &ObjectDef, defs: &dyn Definitions, found: &mut Found) {
    let mut columns: BTreeSet<String> = SYSTEM_FIELDS.iter().chain(&["deleted_by_id"]).map(|s| (*s).to_owned()).collect();
    let mut names = BTreeSet::new();
    let mut headers: BTreeMap<&str, &str> = BTreeMap::new();
    for field in &def.fields {
        let at = format!("fields.{}", field.name);
        if !names.insert(&field.name) {
            found.duplicate(&at, &field.name);
            continue;
        }
        if SYSTEM_FIELDS.contains(&field.name.as_str()) {
            found.add(&at, "system_field", "系统字段，不能另行定义。", "Every object has this field; it cannot be declared.");
            continue;
        }
        for column in field.columns() {
            if !columns.insert(column.name.clone()) {
                found.duplicate(&at, &column.name);
            }
        }
        for alias in &field.aliases {
            if let Some(other) = headers.insert(alias, &field.name) {
                let (zh, en) = (format!("别名“{alias}”也属于“{other}”。"), format!("The alias “{alias}” is also one of “{other}”."));
                found.add(&at, "duplicate_alias", zh, en);
            }
        }
        check_field(field, &at, def, defs, found);
    }
}

fn check_field(field: &FieldDef, at: &str, object: &ObjectDef, defs: &dyn Definitions, found: &mut Found) {
    found.identifier(at, &field.name);
    found.label(at, &field.label);
    if let Some(relationship) = field.relationship() {
        found.identifier(at, relationship);
    }
    if field.ty.is_reference() != field.name.ends_with("_id") {
        found.add(
            at,
            "reference_name",
            "引用字段的名称以 _id 结尾，其他字段不以 _id 结尾。",
            "A reference's name ends in _id, and no other field's does.",
        );
    }
    if field.aliases.iter().any(|a| a.trim() != a || a.is_empty() || *a != a.to_lowercase()) {
        found.add(at, "invalid_alias", "别名必须是小写，且前后没有空格。", "Aliases are lower-case, without spaces around them.");
    }
    if (field.unique || field.external_key) && !can_be_unique(&field.ty) {
        found.add(at, "wrong_type", "此类型的字段不能设为唯一。", "A field of this type cannot be unique.");
    }
    if field.required && matches!(field.ty, FieldType::Boolean | FieldType::AutoNumber { .. }) {
        found.add(
            at,
            "wrong_type",
            "此类型的字段总有值，不需要设为必填。",
            "A field of this type always has a value; it is not marked required.",
        );
    }
    check_type(field, at, object, defs, found);
}

fn can_be_unique(ty: &FieldType) -> bool {
    use FieldType as T;
    matches!(
        ty,
        T::Text { .. } | T::Email | T::Phone | T::Url | T::Integer { .. } | T::AutoNumber { .. } | T::Lookup { .. } | T::User | T::Date
    )
}

fn check_type(field: &FieldDef, at: &str, object: &ObjectDef, defs: &dyn Definitions, found: &mut Found) {
    match &field.ty {
        FieldType::Id => found.add(at, "wrong_type", "不能定义此类型的字段。", "A field of this type cannot be declared."),
        FieldType::Text { max_length, .. } if *max_length == 0 || *max_length > 4_000 => {
            found.add(at, "out_of_range", "文本长度为 1 到 4000。", "The length of a text is 1 to 4,000.");
        }
        FieldType::LongText { max_length } if *max_length == 0 || *max_length > 1_000_000 => {
            found.add(at, "out_of_range", "长文本长度为 1 到 1000000。", "The length of a long text is 1 to 1,000,000.");
        }
        FieldType::Decimal { scale } | FieldType::Percent { scale } if *scale > 9 => {
            found.add(at, "out_of_range", "小数位数为 0 到 9。", "There are 0 to 9 decimal digits.");
        }
        FieldType::Integer { min: Some(min), max: Some(max) } if min > max => {
            found.add(at, "out_of_range", "最小值大于最大值。", "The lowest value is above the highest.");
        }
        FieldType::Rating { max } if *max == 0 || *max > 10 => {
            found.add(at, "out_of_range", "星级为 1 到 10。", "There are 1 to 10 stars.");
        }
        FieldType::AutoNumber { format } if !is_number_format(format) => {
            found.add(at, "invalid_format", "格式如 T-{00000}。", "The format is like T-{00000}.");
        }
        FieldType::Lookup { to, related_label, hierarchy, .. } => {
            check_lookup(to, at, object, defs, found, related_label.as_ref());
            if *hierarchy && *to != [object.name.as_str()] {
                found.add(
                    at,
                    "no_hierarchy",
                    "层级字段只能指向本对象的记录。",
                    "A lookup that makes a hierarchy points to records of its own object only.",
                );
            }
        }
        FieldType::Picklist { source, .. } | FieldType::MultiPicklist { source, .. } => {
            check_source(source, field, at, object, defs, found)
        }
        _ => {}
    }
}

fn check_lookup(to: &[String], at: &str, object: &ObjectDef, defs: &dyn Definitions, found: &mut Found, related: Option<&Label>) {
    if to.is_empty() {
        found.add(at, "no_target", "引用字段至少要有一个目标对象。", "A lookup needs at least one object to point to.");
    }
    for target in to {
        if *target != object.name && defs.object_def(target).is_none() {
            found.unknown(at, target);
        }
    }
    if to.iter().collect::<BTreeSet<_>>().len() != to.len() {
        found.duplicate(at, "to");
    }
    if let Some(label) = related {
        found.label(at, label);
    }
}

fn check_source(source: &ValueSource, field: &FieldDef, at: &str, object: &ObjectDef, defs: &dyn Definitions, found: &mut Found) {
    let bound = |pick: fn(&crate::meta::StageBinding) -> &str| object.stage.as_ref().is_some_and(|s| pick(s) == field.name);
    let values: Vec<&str> = match source {
        ValueSource::Values(values) => {
            check_values(values, at, found);
            values.iter().map(|v| v.value.as_str()).collect()
        }
        ValueSource::Picklist(name) => {
            let Some(list) = defs.picklist_def(name) else { return found.unknown(at, name) };
            list.values.iter().map(|v| v.value.as_str()).collect()
        }
        ValueSource::Pipelines(on) => {
            if !on || !bound(|s| &s.pipeline_field) {
                found.add(
                    at,
                    "not_bound",
                    "对象的 stage 没有绑定此字段。",
                    "The object's stage binding does not name this field as its pipeline.",
                );
            }
            defs.pipeline_defs(&object.name).into_iter().map(|p| p.name.as_str()).collect()
        }
        ValueSource::Stages(on) => {
            if !on || !bound(|s| &s.stage_field) {
                found.add(
                    at,
                    "not_bound",
                    "对象的 stage 没有绑定此字段。",
                    "The object's stage binding does not name this field as its stage.",
                );
            }
            defs.pipeline_defs(&object.name).into_iter().flat_map(|p| &p.stages).map(|s| s.value.as_str()).collect()
        }
        ValueSource::Roles(kind) => defs.role_defs(*kind).into_iter().map(|r| r.name.as_str()).collect(),
    };
    if let Some(default) = field.default.as_ref().and_then(serde_json::Value::as_str)
        && !values.contains(&default)
    {
        found.unknown(at, default);
    }
}

fn check_values(values: &[PicklistValue], at: &str, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for value in values {
        if value.value.trim() != value.value || value.value.is_empty() || value.value.contains(';') {
            found.add(at, "invalid_value", format!("“{}”不能作为选项值。", value.value), format!("“{}” cannot be a value.", value.value));
        }
        if !seen.insert(&value.value) {
            found.duplicate(at, &value.value);
        }
        found.label(at, &value.label);
        found.color(at, value.color.as_ref());
    }
}

fn is_number_format(format: &str) -> bool {
    let Some((_, rest)) = format.split_once('{') else { return false };
    let Some((zeros, _)) = rest.split_once('}') else { return false };
    (1..=12).contains(&zeros.len()) && zeros.bytes().all(|b| b == b'0') && format.len() <= 40
}

fn check_indexes(def: &ObjectDef, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for index in &def.indexes {
        let at = format!("indexes.{}", index.join("+"));
        if index.is_empty() || index.len() > MAX_INDEX_FIELDS {
            found.add(
                &at,
                "out_of_range",
                format!("索引有 1 到 {MAX_INDEX_FIELDS} 个字段。"),
                format!("An index has 1 to {MAX_INDEX_FIELDS} fields."),
            );
        }
        if !seen.insert(index) {
            found.duplicate(&at, &index.join("+"));
        }
        for name in index {
            match field_of(def, name) {
                None => found.unknown(&at, name),
                Some(step) if !can_be_indexed(step.ty()) => {
                    found.add(&at, "wrong_type", format!("“{name}”不能建索引。"), format!("“{name}” cannot be indexed."));
                }
                Some(_) => {}
            }
        }
    }
}

fn can_be_indexed(ty: &FieldType) -> bool {
    use FieldType as T;
    !matches!(ty, T::LongText { .. } | T::RichText | T::Json | T::Address | T::MultiPicklist { .. } | T::Tags)
}

fn check_binding(def: &ObjectDef, found: &mut Found) {
    let Some(stage) = &def.stage else { return };
    let mut expect = |name: Option<&String>, good: fn(&FieldType) -> bool| {
        let Some(name) = name else { return };
        match field_of(def, name) {
            Some(Step::Field(field)) if good(&field.ty) => {}
            Some(_) => found.add("stage", "wrong_type", format!("“{name}”的类型不符。"), format!("“{name}” has the wrong type.")),
            None => found.unknown("stage", name),
        }
    };
    expect(Some(&stage.pipeline_field), |t| matches!(t, FieldType::Picklist { source: ValueSource::Pipelines(true), .. }));
    expect(Some(&stage.stage_field), |t| matches!(t, FieldType::Picklist { source: ValueSource::Stages(true), .. }));
    expect(stage.probability_field.as_ref(), |t| matches!(t, FieldType::Percent { .. }));
    expect(stage.closed_field.as_ref(), |t| *t == FieldType::Boolean);
    expect(stage.won_field.as_ref(), |t| *t == FieldType::Boolean);
    expect(stage.entered_field.as_ref(), |t| *t == FieldType::DateTime);
    expect(stage.amount_field.as_ref(), |t| *t == FieldType::Money);
}

/// Checks a shared picklist.
pub fn check_picklist(def: &PicklistDef) -> Vec<FieldError> {
    let mut found = Found::default();
    found.name("name", &def.name);
    found.label("label", &def.label);
    check_values(&def.values, "values", &mut found);
    found.0
}

/// Checks a pipeline.
pub fn check_pipeline(def: &PipelineDef, defs: &dyn Definitions) -> Vec<FieldError> {
    let mut found = Found::default();
    found.name("name", &def.name);
    found.label("label", &def.label);
    if defs.object_def(&def.object).is_none_or(|o| o.stage.is_none()) {
        found.add(
            "object",
            "no_stages",
            format!("对象“{}”没有阶段。", def.object),
            format!("The object “{}” has no stage binding.", def.object),
        );
    }
    if def.stages.iter().all(|s| s.category != StageCategory::Open) {
        found.add("stages", "no_open_stage", "至少要有一个进行中的阶段。", "At least one stage must be open.");
    }
    let mut seen = BTreeSet::new();
    for stage in &def.stages {
        let at = format!("stages.{}", stage.value);
        found.name(&at, &stage.value);
        found.label(&at, &stage.label);
        found.color(&at, stage.color.as_ref());
        if !seen.insert(&stage.value) {
            found.duplicate(&at, &stage.value);
        }
        let good = match stage.category {
            StageCategory::Open => stage.probability <= 100,
            StageCategory::Won => stage.probability == 100,
            StageCategory::Lost => stage.probability == 0,
        };
        if !good {
            found.add(&at, "out_of_range", "赢单为 100，输单为 0，其余为 0 到 100。", "Won is 100, lost is 0, the others are 0 to 100.");
        }
    }
    found.0
}
