//! Metadata definitions: what a pack's files, the schema API and the stored configuration say. The same JSON form everywhere;
//! `packs/schema/*.json` is generated from these types.

pub mod check;
pub mod field;
pub mod filter;
pub mod layout;
pub mod object;
pub mod pack;
pub mod role;
pub mod sharing;

pub use field::{FieldDef, FieldType, LookupDelete, PicklistValue, TextFormat, ValueSource};
pub use filter::{Filter, FilterOp};
pub use layout::{BoardDef, CalendarDef, LayoutDef, RelatedDef, SectionDef, SortDef, ViewDef, ViewKind};
pub use object::{Module, ObjectDef, PicklistDef, PipelineDef, StageBinding, StageCategory, StageDef};
pub use pack::PackDef;
pub use role::{FieldAccess, FieldRight, ObjectRights, RoleDef, RoleKind, Scope};
pub use sharing::{DefaultAccess, ParentAccess, ParentGives, ShareAccess, SharingDef, SharingRule};

/// The highest length of an API name.
pub const MAX_NAME: usize = 40;

/// Whether `name` is an API name: a lower-case letter, then lower-case letters, digits and single underscores, at most
/// [`MAX_NAME`] characters. Names become SQL identifiers, so nothing else is ever let through.
pub fn is_api_name(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !name.contains("__")
        && !name.ends_with('_')
}

#[cfg(test)]
mod tests {
    use super::is_api_name;

    #[test]
    fn api_names_are_safe_identifiers() {
        for good in ["account", "x_partner_id", "a1"] {
            assert!(is_api_name(good), "{good}");
        }
        for bad in ["", "1a", "A", "a b", "a\"b", "a;b", "名称", "a__b", "a_", &"a".repeat(41)] {
            assert!(!is_api_name(bad), "{bad}");
        }
    }
}
