//! Checks of layouts, views and roles.

use std::collections::BTreeSet;

use super::path::{field_of, resolve};
use super::{Definitions, Found};
use crate::error::FieldError;
use crate::meta::{
    FieldAccess, FieldRight, FieldType, Filter, FilterOp, LayoutDef, ObjectDef, RoleDef, RoleKind, Scope, SortDef, ViewDef, ViewKind,
};
use crate::network::Network;
use crate::schema::SYSTEM_FIELDS;

/// The most networks a profile names.
const MAX_NETWORKS: usize = 100;

/// Checks the page of an object.
pub fn check_layout(def: &LayoutDef, defs: &dyn Definitions) -> Vec<FieldError> {
    let mut found = Found::default();
    let Some(object) = defs.object_def(&def.object) else {
        found.unknown("object", &def.object);
        return found.0;
    };
    for name in &def.highlights {
        if field_of(object, name).is_none() {
            found.unknown("highlights", name);
        }
    }
    let mut seen = BTreeSet::new();
    for section in &def.sections {
        let at = format!("sections.{}", section.label.en);
        found.label(&at, &section.label);
        if !(1..=2).contains(&section.columns) {
            found.add(&at, "out_of_range", "一节有 1 或 2 列。", "A section has 1 or 2 columns.");
        }
        for name in &section.fields {
            if field_of(object, name).is_none() {
                found.unknown(&at, name);
            } else if !seen.insert(name) {
                found.duplicate(&at, name);
            }
        }
    }
    for related in &def.related {
        let at = format!("related.{}.{}", related.object, related.field);
        let Some(other) = defs.object_def(&related.object) else {
            found.unknown(&at, &related.object);
            continue;
        };
        if field_of(other, &related.field).is_none_or(|f| !f.ty().targets().contains(&def.object.as_str())) {
            let (zh, en) =
                (format!("“{}”不是指向此对象的字段。", related.field), format!("“{}” does not point to this object.", related.field));
            found.add(&at, "not_a_reference", zh, en);
        }
        check_columns(&related.columns, &at, other, defs, &mut found);
        check_sort(&related.sort, &at, other, defs, &mut found);
    }
    found.0
}

/// Checks a list or board.
pub fn check_view(def: &ViewDef, defs: &dyn Definitions) -> Vec<FieldError> {
    let mut found = Found::default();
    found.name("name", &def.name);
    found.label("label", &def.label);
    let Some(object) = defs.object_def(&def.object) else {
        found.unknown("object", &def.object);
        return found.0;
    };
    check_columns(&def.columns, "columns", object, defs, &mut found);
    check_sort(&def.sort, "sort", object, defs, &mut found);
    if let Some(filter) = &def.filter {
        check_filter(filter, object, defs, &mut found);
    }
    check_shape(def, object, &mut found);
    found.0
}

/// Checks what belongs to one kind of view only.
fn check_shape(def: &ViewDef, object: &ObjectDef, found: &mut Found) {
    for (column, width) in &def.widths {
        if !def.columns.contains(column) {
            found.unknown("widths", column);
        } else if !(40..=1_200).contains(width) {
            found.add("widths", "out_of_range", "列宽须为 40 到 1200 像素。", "A column is 40 to 1,200 pixels wide.");
        }
    }
    if usize::from(def.pinned) > def.columns.len() {
        found.add("pinned", "out_of_range", "固定的列不能多于显示的列。", "No more columns can stay in view than there are.");
    }
    match (&def.calendar, def.kind) {
        (None, ViewKind::Calendar) => found.add("calendar", "required", "日历需要日期字段。", "A calendar needs a date field."),
        (Some(calendar), ViewKind::Calendar) => {
            if field_of(object, &calendar.date).is_none_or(|f| !matches!(f.ty(), FieldType::Date | FieldType::DateTime)) {
                found.add("calendar.date", "wrong_type", "日历只能用日期或日期时间字段。", "A calendar needs a date or date-time field.");
            }
        }
        (Some(_), _) => found.add("calendar", "not_a_calendar", "此视图没有日历设置。", "This view has no calendar settings."),
        (None, _) => {}
    }
    match (&def.board, def.kind) {
        (None, ViewKind::Board) => found.add("board", "required", "看板需要分组字段。", "A board needs a field to group by."),
        (Some(_), ViewKind::List | ViewKind::Calendar) => {
            found.add("board", "not_a_board", "此视图没有看板设置。", "This view has no board settings.")
        }
        (Some(board), ViewKind::Board) => {
            if field_of(object, &board.group_by).is_none_or(|f| !matches!(f.ty(), FieldType::Picklist { .. })) {
                found.add("board.group_by", "wrong_type", "只能按单选字段分组。", "A board is grouped by a picklist field.");
            }
            if let Some(total) = &board.total
                && field_of(object, total).is_none_or(|f| !is_number(f.ty()))
            {
                found.add("board.total", "wrong_type", "只能合计金额或数字字段。", "Only a money or number field can be summed.");
            }
        }
        (None, ViewKind::List | ViewKind::Calendar) => {}
    }
}

fn is_number(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Money | FieldType::Integer { .. } | FieldType::Decimal { .. } | FieldType::Duration)
}

fn check_columns(columns: &[String], at: &str, object: &ObjectDef, defs: &dyn Definitions, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for path in columns {
        if resolve(defs, object, path).is_none() {
            found.unknown(at, path);
        } else if !seen.insert(path) {
            found.duplicate(at, path);
        }
    }
}

fn check_sort(sort: &[SortDef], at: &str, object: &ObjectDef, defs: &dyn Definitions, found: &mut Found) {
    for key in sort {
        match resolve(defs, object, &key.field) {
            None => found.unknown(at, &key.field),
            Some(step) if matches!(step.ty(), FieldType::LongText { .. } | FieldType::RichText | FieldType::Json) => {
                found.add(at, "not_sortable", format!("不能按“{}”排序。", key.field), format!("“{}” cannot be sorted by.", key.field));
            }
            Some(_) => {}
        }
    }
}

fn check_filter(filter: &Filter, object: &ObjectDef, defs: &dyn Definitions, found: &mut Found) {
    match filter {
        Filter::All { all: parts } | Filter::Any { any: parts } => parts.iter().for_each(|p| check_filter(p, object, defs, found)),
        Filter::Not { not } => check_filter(not, object, defs, found),
        Filter::Field { field, op, value } => {
            if resolve(defs, object, field).is_none() {
                found.unknown("filter", field);
            }
            let good = match op {
                FilterOp::In | FilterOp::NotIn | FilterOp::Includes | FilterOp::Excludes => value.is_array(),
                FilterOp::IsNull | FilterOp::NotNull => value.is_null(),
                FilterOp::Contains | FilterOp::StartsWith => value.is_string(),
                FilterOp::Eq | FilterOp::Ne => !value.is_array(),
                FilterOp::Lt | FilterOp::Le | FilterOp::Gt | FilterOp::Ge => !value.is_array() && !value.is_null(),
            };
            if !good {
                found.add(
                    "filter",
                    "wrong_value",
                    format!("“{field}”的条件值与运算符不符。"),
                    format!("The value for “{field}” does not fit the operator."),
                );
            }
        }
    }
}

/// Checks a role.
pub fn check_role(def: &RoleDef, defs: &dyn Definitions) -> Vec<FieldError> {
    let mut found = Found::default();
    found.name("name", &def.name);
    found.label("label", &def.label);
    for (object, rights) in &def.objects {
        let at = format!("objects.{object}");
        if object != "*" && defs.object_def(object).is_none() {
            found.unknown(&at, object);
        }
        if !rights.read && (rights.create || rights.edit || rights.delete) {
            found.add(&at, "needs_read", "没有查看权就不能新建、编辑或删除。", "Creating, editing and deleting need the right to read.");
        }
        if !rights.read && (rights.view_all || rights.modify_all) {
            found.add(&at, "needs_read", "“查看全部”和“修改全部”需要查看权。", "“View all” and “modify all” need the right to read.");
        }
    }
    if def.administrator && def.kind == RoleKind::PermissionSet {
        found.add(
            "administrator",
            "not_a_profile",
            "权限集不能是系统管理员，只有角色可以。",
            "Only a profile can be that of administrators.",
        );
    }
    if def.kind == RoleKind::PermissionSet && (def.second_factor || !def.addresses.is_empty()) {
        let at = if def.second_factor { "second_factor" } else { "addresses" };
        found.add(
            at,
            "not_a_profile",
            "登录要求只能在角色上设置，不能在权限集上设置。",
            "What signing in needs can be set on a profile only.",
        );
    }
    for (place, network) in def.addresses.iter().enumerate() {
        if let Err(error) = Network::parse(network) {
            found.add(format!("addresses[{place}]"), "invalid_network", error.message.zh, error.message.en);
        }
    }
    if def.addresses.len() > MAX_NETWORKS {
        let (zh, en) = (format!("最多 {MAX_NETWORKS} 个地址段。"), format!("At most {MAX_NETWORKS} networks."));
        found.add("addresses", "too_many", zh, en);
    }
    for (object, fields) in &def.fields {
        let Some(object_def) = defs.object_def(object) else {
            found.unknown(&format!("fields.{object}"), object);
            continue;
        };
        for (field, right) in fields {
            check_field_right(object_def, field, *right, &format!("fields.{object}.{field}"), &mut found);
        }
    }
    found.0
}

fn check_field_right(object: &ObjectDef, field: &str, right: FieldRight, at: &str, found: &mut Found) {
    let stage = object.stage.as_ref();
    if SYSTEM_FIELDS.contains(&field)
        || field == object.name_field
        || stage.is_some_and(|s| s.pipeline_field == field || s.stage_field == field)
    {
        let zh = "此字段与记录一同可见，不能单独限制。";
        return found.add(at, "always_open", zh, "This field is as open as its record; it cannot be restricted alone.");
    }
    if object.fields.iter().all(|f| f.name != field) {
        return found.unknown(at, field);
    }
    if right.scope == Scope::Setting {
        found.add(at, "invalid_scope", "须为 own、team、team_and_below 或 all。", "The scope must be own, team, team_and_below or all.");
    }
    if right.reveal && (right.access == FieldAccess::Hidden || (right.access > FieldAccess::Masked && right.scope == Scope::All)) {
        let zh = "只有部分隐藏的字段才能允许显示完整内容。";
        found.add(at, "invalid_reveal", zh, "Only what is shown in part can be revealed.");
    }
    if right.scope != Scope::All && right.access < FieldAccess::Read {
        let zh = "只有可查看或可编辑的字段才能限定范围。";
        found.add(at, "invalid_scope", zh, "Only a field that is read or edited can have a scope.");
    }
}
