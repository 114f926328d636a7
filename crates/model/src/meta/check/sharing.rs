//! Checks of how an object is shared.

use std::collections::BTreeSet;

use super::path::field_of;
use super::{Definitions, Found};
use crate::error::FieldError;
use crate::meta::{FieldType, Filter, ObjectDef, ParentAccess, SharingDef, SharingRule};

/// The most rules of an object.
pub const MAX_RULES: usize = 300;

/// The most children that open their record.
const MAX_CHILDREN: usize = 8;

/// Checks how an object is shared. Whether the ids of users, teams, positions and groups exist is not known here.
pub fn check_sharing(def: &SharingDef, defs: &dyn Definitions) -> Vec<FieldError> {
    let mut found = Found::default();
    let Some(object) = defs.object_def(&def.object) else {
        found.unknown("object", &def.object);
        return found.0;
    };
    if let Some(parent) = &def.parent {
        check_parent(parent, object, &mut found);
    }
    if def.by_children.len() > MAX_CHILDREN {
        let (zh, en) = (format!("最多 {MAX_CHILDREN} 个。"), format!("There can be at most {MAX_CHILDREN}."));
        found.add("by_children", "too_many", zh, en);
    }
    for path in &def.by_children {
        let leads = path.split_once('.').and_then(|(child, field)| Some(field_of(defs.object_def(child)?, field)?.ty().clone()));
        if leads.is_none_or(|ty| ty.targets() != [def.object.as_str()]) {
            let (zh, en) = (
                format!("“{path}”不是另一对象中只指向此对象的关联字段。"),
                format!("“{path}” is no lookup of another object that leads to this one alone."),
            );
            found.add("by_children", "not_a_reference", zh, en);
        }
    }
    if def.rules.len() > MAX_RULES {
        found.add("rules", "too_many", format!("最多 {MAX_RULES} 条规则。"), format!("There can be at most {MAX_RULES} rules."));
    }
    let mut names = BTreeSet::new();
    for (i, rule) in def.rules.iter().enumerate() {
        let at = format!("rules[{i}]");
        if !names.insert(&rule.name) {
            found.duplicate(&format!("{at}.name"), &rule.name);
        }
        check_rule(rule, &at, object, &mut found);
    }
    found.0
}

fn check_parent(parent: &ParentAccess, object: &ObjectDef, found: &mut Found) {
    let targets = field_of(object, &parent.field).map(|field| field.ty().clone());
    match targets {
        Some(FieldType::Lookup { to, .. }) if to.iter().all(|to| *to != object.name) => {}
        Some(FieldType::Lookup { .. }) => {
            let zh = "记录不能随同一对象的记录共享。";
            found.add("parent.field", "own_object", zh, "Records cannot go with records of their own object.");
        }
        _ => found.add("parent.field", "not_a_reference", "须为关联字段。", "This must be a lookup."),
    }
}

fn check_rule(rule: &SharingRule, at: &str, object: &ObjectDef, found: &mut Found) {
    found.name(&format!("{at}.name"), &rule.name);
    found.label(&format!("{at}.label"), &rule.label);
    if rule.with.is_empty() {
        found.add(format!("{at}.with"), "required", "请选择共享给谁。", "Say with whom the records are shared.");
    }
    match (&rule.filter, rule.owned_by.is_empty()) {
        (None, false) => {}
        (Some(filter), true) => check_filter(filter, &format!("{at}.filter"), object, found),
        _ => {
            let zh = "请按负责人或按条件选择记录，二者取一。";
            found.add(format!("{at}.filter"), "required", zh, "Say which records: by owner or by a condition, one of the two.");
        }
    }
}

/// A rule holds for a record whoever asks and whenever: until a value of the record itself changes.
fn check_filter(filter: &Filter, at: &str, object: &ObjectDef, found: &mut Found) {
    match filter {
        Filter::All { all: parts } | Filter::Any { any: parts } => {
            if parts.is_empty() {
                found.add(at, "required", "请填写条件。", "Say what must hold.");
            }
            parts.iter().for_each(|part| check_filter(part, at, object, found));
        }
        Filter::Not { not } => check_filter(not, at, object, found),
        Filter::Field { field, value, .. } => {
            let name = field.split('.').next().unwrap_or(field);
            if field.contains('.') && field_of(object, &format!("{name}_id")).is_some_and(|f| f.ty().is_reference()) {
                let (zh, en) =
                    (format!("“{field}”：规则只能用记录自己的字段。"), format!("“{field}”: a rule goes by the record's own fields only."));
                return found.add(at, "not_own_field", zh, en);
            }
            if field_of(object, name).is_none() {
                return found.unknown(at, field);
            }
            let relative = |value: &serde_json::Value| value.is_object();
            if relative(value) || value.as_array().is_some_and(|values| values.iter().any(relative)) {
                let (zh, en) = (
                    format!("“{field}”：规则不能用“今天”或“我”之类随时间或用户而变的值。"),
                    format!("“{field}”: a rule cannot use values that depend on the day or on who asks, such as “today” and “me”."),
                );
                found.add(at, "relative_value", zh, en);
            }
            if ["updated_at", "updated_by_id", "version"].contains(&name) {
                let (zh, en) = (
                    format!("“{field}”随每次修改而变，规则不能使用。"),
                    format!("“{field}” changes with every edit; a rule cannot use it."),
                );
                found.add(at, "not_own_field", zh, en);
            }
        }
    }
}
