//! Field paths as views and filters write them: `stage`, `amount.currency`, `account.industry`, `owner.team.name`.

use super::Definitions;
use crate::meta::{FieldDef, FieldType, ObjectDef};

/// What a path leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<'a> {
    /// A field of a definition.
    Field(&'a FieldDef),
    /// A field that every object has.
    System(FieldType),
    /// A part of a compound value (`currency`, `city`).
    Part(&'a FieldDef, &'static str),
}

impl Step<'_> {
    /// The field's type; of a part, that of the whole.
    pub fn ty(&self) -> &FieldType {
        match self {
            Step::Field(field) | Step::Part(field, _) => &field.ty,
            Step::System(ty) => ty,
        }
    }
}

/// How many relationships a path may cross.
const MAX_DEPTH: usize = 5;

/// A field of an object by name, system fields too.
pub fn field_of<'a>(object: &'a ObjectDef, name: &str) -> Option<Step<'a>> {
    object.fields.iter().find(|f| f.name == name).map(Step::Field).or_else(|| system(name).map(Step::System))
}

fn system(name: &str) -> Option<FieldType> {
    match name {
        "id" => Some(FieldType::Id),
        "owner_id" | "created_by_id" | "updated_by_id" => Some(FieldType::User),
        "created_at" | "updated_at" => Some(FieldType::DateTime),
        "version" => Some(FieldType::Integer { min: None, max: None }),
        _ => None,
    }
}

/// Follows a path from an object; `None` where it leads nowhere. Where a lookup has several targets, one that has the rest
/// of the path is enough.
pub fn resolve<'a>(defs: &'a dyn Definitions, object: &'a ObjectDef, path: &str) -> Option<Step<'a>> {
    step(defs, object, path, MAX_DEPTH)
}

fn step<'a>(defs: &'a dyn Definitions, object: &'a ObjectDef, path: &str, left: usize) -> Option<Step<'a>> {
    let Some((head, rest)) = path.split_once('.') else { return field_of(object, path) };
    if let Some(Step::Field(field)) = field_of(object, head) {
        let part = field.columns().into_iter().map(|c| c.part).find(|p| !p.is_empty() && *p == rest);
        return part.map(|p| Step::Part(field, p));
    }
    let reference = field_of(object, &format!("{head}_id"))?;
    let targets: Vec<String> = reference.ty().targets().into_iter().map(str::to_owned).collect();
    let next = left.checked_sub(1)?;
    targets.iter().find_map(|t| step(defs, defs.object_def(t)?, rest, next))
}
