//! Whether definitions make sense together: names are safe, references resolve, nothing is declared twice. The same check
//! serves the pack files (in CI) and changes of the schema at run time. Each function gives all findings, not only the first.

mod object;
mod page;
mod path;
mod sharing;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use object::{check_object, check_picklist, check_pipeline};
pub use page::{check_layout, check_role, check_view};
pub use path::{Step, field_of, resolve};
pub use sharing::{MAX_RULES, check_sharing};

use super::{ObjectDef, PicklistDef, PipelineDef, RoleDef, RoleKind, is_api_name};
use crate::error::FieldError;
use crate::lang::Label;
use crate::schema::Schema;

/// The definitions that others may refer to.
pub trait Definitions {
    /// An object by API name.
    fn object_def(&self, name: &str) -> Option<&ObjectDef>;
    /// A shared picklist by API name.
    fn picklist_def(&self, name: &str) -> Option<&PicklistDef>;
    /// The pipelines of an object.
    fn pipeline_defs(&self, object: &str) -> Vec<&PipelineDef>;
    /// The roles of a kind.
    fn role_defs(&self, kind: RoleKind) -> Vec<&RoleDef>;
}

impl Definitions for Schema {
    fn object_def(&self, name: &str) -> Option<&ObjectDef> {
        self.object(name).map(|o| &o.def)
    }

    fn picklist_def(&self, name: &str) -> Option<&PicklistDef> {
        self.picklists.get(name)
    }

    fn pipeline_defs(&self, object: &str) -> Vec<&PipelineDef> {
        self.pipelines_of(object)
    }

    fn role_defs(&self, kind: RoleKind) -> Vec<&RoleDef> {
        self.roles_of(kind).collect()
    }
}

/// Definitions that are not compiled into a [`Schema`], as those of pack files.
#[derive(Debug, Default)]
pub struct DefSet {
    /// Objects by name.
    pub objects: BTreeMap<String, ObjectDef>,
    /// Picklists by name.
    pub picklists: BTreeMap<String, PicklistDef>,
    /// Pipelines by name.
    pub pipelines: BTreeMap<String, PipelineDef>,
    /// Roles by name.
    pub roles: BTreeMap<String, RoleDef>,
}

impl Definitions for DefSet {
    fn object_def(&self, name: &str) -> Option<&ObjectDef> {
        self.objects.get(name)
    }

    fn picklist_def(&self, name: &str) -> Option<&PicklistDef> {
        self.picklists.get(name)
    }

    fn pipeline_defs(&self, object: &str) -> Vec<&PipelineDef> {
        self.pipelines.values().filter(|p| p.object == object).collect()
    }

    fn role_defs(&self, kind: RoleKind) -> Vec<&RoleDef> {
        self.roles.values().filter(|r| r.kind == kind).collect()
    }
}

/// Words of the query language; an object, field or relationship of that name could not be written in a query.
pub const RESERVED: [&str; 37] = [
    "all", "and", "asc", "avg", "by", "count", "cube", "desc", "excludes", "false", "fields", "first", "for", "from", "group", "having",
    "in", "includes", "last", "like", "limit", "max", "me", "min", "not", "null", "nulls", "offset", "or", "order", "rollup", "select",
    "sum", "true", "typeof", "using", "where",
];

/// The colour names that values, stages and modules may have.
pub const COLORS: [&str; 7] = ["blue", "green", "amber", "purple", "cyan", "grey", "red"];

/// Findings, gathered.
#[derive(Default)]
struct Found(Vec<FieldError>);

impl Found {
    fn add(&mut self, at: impl Into<String>, code: &'static str, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(FieldError::new(at, code, zh, en));
    }

    fn label(&mut self, at: &str, label: &Label) {
        if label.zh.trim().is_empty() || label.en.trim().is_empty() {
            self.add(at, "empty_label", "中文和英文名称都要填写。", "The label is needed in Chinese and in English.");
        }
    }

    fn name(&mut self, at: &str, name: &str) {
        if !is_api_name(name) {
            let zh = format!("“{name}”不是有效的 API 名称：小写字母开头，只含小写字母、数字和单个下划线，最长 40 个字符。");
            let en = format!(
                "“{name}” is no API name: a lower-case letter first, then lower-case letters, digits and single underscores, at most 40 characters."
            );
            self.add(at, "invalid_name", zh, en);
        }
    }

    /// A name that queries write.
    fn identifier(&mut self, at: &str, name: &str) {
        self.name(at, name);
        if RESERVED.contains(&name) {
            self.add(at, "reserved_name", format!("“{name}”是查询语言的保留字。"), format!("“{name}” is a word of the query language."));
        }
    }

    fn color(&mut self, at: &str, color: Option<&String>) {
        if let Some(color) = color.filter(|c| !COLORS.contains(&c.as_str())) {
            self.add(at, "unknown_color", format!("没有名为“{color}”的颜色。"), format!("There is no colour “{color}”."));
        }
    }

    fn duplicate(&mut self, at: &str, what: &str) {
        self.add(at, "duplicate", format!("“{what}”重复。"), format!("“{what}” is there twice."));
    }

    fn unknown(&mut self, at: &str, what: &str) {
        self.add(at, "unknown_name", format!("没有“{what}”。"), format!("There is no “{what}”."));
    }
}
