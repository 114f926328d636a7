//! The compiled schema of an organisation: definitions with their look-ups by name, number and prefix, and with the fields that
//! every object has. Immutable; a change makes a new one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::column::Column;
use crate::error::{Error, Result};
use crate::id::{ObjectNo, RecordId};
use crate::lang::Label;
use crate::meta::{
    FieldDef, FieldType, LayoutDef, PicklistDef, PicklistValue, PipelineDef, RoleDef, RoleKind, SharingDef, StageDef, ValueSource, ViewDef,
};
use crate::meta::{LookupDelete, ObjectDef, Scope};
use crate::money::Currency;

/// A field with its columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The definition.
    pub def: FieldDef,
    /// Its columns, the main one first.
    pub columns: Vec<Column>,
    /// Whether every object has it.
    pub system: bool,
}

impl Field {
    fn new(def: FieldDef, system: bool) -> Field {
        Field { columns: def.columns(), def, system }
    }

    /// API name.
    pub fn name(&self) -> &str {
        &self.def.name
    }

    /// The column of a part (`""` for the main one).
    pub fn column(&self, part: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.part == part)
    }
}

/// An object with its fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Its number, part of its records' ids.
    pub no: ObjectNo,
    /// Key prefix of its records' ids.
    pub prefix: String,
    /// The definition.
    pub def: ObjectDef,
    /// All fields: `id`, `owner_id`, the object's own, then the other system fields.
    pub fields: Vec<Field>,
    by_name: HashMap<String, usize>,
}

impl Object {
    /// Compiles a definition.
    pub fn new(no: ObjectNo, prefix: String, def: ObjectDef) -> Object {
        let mut fields =
            vec![system_field("id", FieldType::Id, "编号", "ID"), system_field("owner_id", FieldType::User, "负责人", "Owner")];
        fields.extend(def.fields.iter().cloned().map(|f| Field::new(f, false)));
        fields.extend([
            system_field("created_at", FieldType::DateTime, "创建时间", "Created at"),
            system_field("created_by_id", FieldType::User, "创建人", "Created by"),
            system_field("updated_at", FieldType::DateTime, "更新时间", "Updated at"),
            system_field("updated_by_id", FieldType::User, "更新人", "Updated by"),
            system_field("version", FieldType::Integer { min: None, max: None }, "版本", "Version"),
        ]);
        let by_name = fields.iter().enumerate().map(|(i, f)| (f.def.name.clone(), i)).collect();
        Object { no, prefix, def, fields, by_name }
    }

    /// The same object without some of its own fields.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> Object {
        let mut def = self.def.clone();
        def.fields.retain(|field| keep(&field.name));
        Object::new(self.no, self.prefix.clone(), def)
    }

    /// API name, also the table's name.
    pub fn name(&self) -> &str {
        &self.def.name
    }

    /// A field by API name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).map(|i| &self.fields[*i])
    }

    /// The field that names a record.
    pub fn name_field(&self) -> &Field {
        self.field(&self.def.name_field).unwrap_or(&self.fields[0])
    }

    /// A reference field by relationship name (`account` for `account_id`).
    pub fn relationship(&self, name: &str) -> Option<&Field> {
        self.field(&format!("{name}_id")).filter(|f| f.def.ty.is_reference())
    }

    /// A record id in its 18-character form.
    pub fn id_text(&self, id: RecordId) -> String {
        id.encode(&self.prefix)
    }
}

/// Names of the fields that every object has and no pack may declare.
pub const SYSTEM_FIELDS: [&str; 8] =
    ["id", "owner_id", "created_at", "created_by_id", "updated_at", "updated_by_id", "version", "deleted_at"];

/// Headers under which import files name the owner.
const OWNER_HEADERS: [&str; 14] = [
    "负责人",
    "所有人",
    "拥有者",
    "归属人",
    "销售",
    "销售员",
    "业务员",
    "跟进人",
    "owner",
    "owner name",
    "sales_agent",
    "sales agent",
    "sales rep",
    "assigned to",
];

fn system_field(name: &str, ty: FieldType, zh: &str, en: &str) -> Field {
    let def = FieldDef {
        name: name.to_owned(),
        label: Label::new(zh, en),
        help: None,
        ty,
        required: false,
        unique: false,
        external_key: false,
        indexed: false,
        read_only: name != "owner_id",
        default: None,
        aliases: if name == "owner_id" { OWNER_HEADERS.map(str::to_owned).to_vec() } else { Vec::new() },
        column: None,
    };
    Field::new(def, true)
}

/// The organisation's settings that the read and write doors need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The organisation's name as people write it.
    pub organisation: String,
    /// Its currency.
    pub currency: Currency,
    /// All currencies switched on, the first being `currency`. Never shrinks.
    pub currencies: Vec<Currency>,
    /// IANA time zone.
    pub time_zone: String,
    /// Whose records everyone sees who may read their object: never [`Scope::Setting`].
    pub standard_user_scope: Scope,
    /// What signing in asks of everybody.
    pub sign_in: SignInPolicy,
}

/// What signing in asks of everybody; roles may ask for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInPolicy {
    /// The shortest password that can be set, in characters.
    pub password_min: u32,
    /// How long a session lasts without use, in hours.
    pub idle_hours: u32,
    /// How long a session lasts at most, however much it is used, in days.
    pub longest_days: u32,
}

impl Default for SignInPolicy {
    fn default() -> SignInPolicy {
        SignInPolicy { password_min: 8, idle_hours: 7 * 24, longest_days: 60 }
    }
}

const HOUR_US: i64 = 3_600 * 1_000_000;

impl SignInPolicy {
    /// How long a session lasts at most, in microseconds.
    pub fn longest_us(&self) -> i64 {
        i64::from(self.longest_days) * 24 * HOUR_US
    }

    /// When a session ends that began then and was last used then; all in microseconds since the epoch.
    pub fn ends_at(&self, began: i64, used: i64) -> i64 {
        (used + i64::from(self.idle_hours) * HOUR_US).min(began + self.longest_us())
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            organisation: String::new(),
            currency: Currency::CNY,
            currencies: vec![Currency::CNY],
            time_zone: "Asia/Shanghai".to_owned(),
            standard_user_scope: Scope::All,
            sign_in: SignInPolicy::default(),
        }
    }
}

/// Everything an organisation's metadata says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// Counts the changes of the schema.
    pub version: i64,
    objects: Vec<Arc<Object>>,
    by_name: HashMap<String, usize>,
    by_no: HashMap<ObjectNo, usize>,
    by_prefix: HashMap<String, usize>,
    /// Shared picklists by name.
    pub picklists: BTreeMap<String, PicklistDef>,
    /// Pipelines by name.
    pub pipelines: BTreeMap<String, PipelineDef>,
    /// Layouts by object.
    pub layouts: BTreeMap<String, LayoutDef>,
    /// The packs' views.
    pub views: Vec<ViewDef>,
    /// Roles by name.
    pub roles: BTreeMap<String, RoleDef>,
    /// How objects are shared, by object; one that is missing is shared as [`SharingDef::of`] says.
    pub sharing: BTreeMap<String, SharingDef>,
    /// Settings.
    pub settings: Settings,
}

/// A reference field that can point at a certain object.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The object that holds the field.
    pub object: Arc<Object>,
    /// The field's API name.
    pub field: String,
    /// What happens when the target is deleted.
    pub on_delete: LookupDelete,
    /// Label of the related list.
    pub label: Option<Label>,
}

impl Schema {
    /// Adds or replaces an object.
    pub fn put_object(&mut self, object: Object) {
        let at = self.by_no.get(&object.no).copied().unwrap_or(self.objects.len());
        if let Some(old) = self.objects.get(at) {
            self.by_name.remove(old.name());
        }
        self.by_name.insert(object.name().to_owned(), at);
        self.by_no.insert(object.no, at);
        self.by_prefix.insert(object.prefix.clone(), at);
        let object = Arc::new(object);
        match self.objects.get_mut(at) {
            Some(slot) => *slot = object,
            None => self.objects.push(object),
        }
    }

    /// Takes an object out.
    pub fn remove_object(&mut self, name: &str) {
        let keep: Vec<_> = self.objects.drain(..).filter(|o| o.name() != name).collect();
        (self.by_name, self.by_no, self.by_prefix) = Default::default();
        for object in keep {
            self.put_object(Object::clone(&object));
        }
        self.layouts.remove(name);
        self.views.retain(|v| v.object != name);
    }

    /// All objects, in the order they were made.
    pub fn objects(&self) -> &[Arc<Object>] {
        &self.objects
    }

    /// An object by API name.
    pub fn object(&self, name: &str) -> Option<&Arc<Object>> {
        self.by_name.get(name).map(|i| &self.objects[*i])
    }

    /// An object by API name, or the error that says there is none.
    pub fn require(&self, name: &str) -> Result<&Arc<Object>> {
        self.object(name).ok_or_else(|| Error {
            code: "unknown_object",
            ..Error::not_found(format!("没有名为“{name}”的对象。"), format!("There is no object named “{name}”."))
        })
    }

    /// An object by number.
    pub fn by_no(&self, no: ObjectNo) -> Option<&Arc<Object>> {
        self.by_no.get(&no).map(|i| &self.objects[*i])
    }

    /// The object a record id belongs to.
    pub fn object_of(&self, id: RecordId) -> Option<&Arc<Object>> {
        self.by_no(id.object())
    }

    /// Reads a record id and finds its object; `None` if the text is no id of this organisation's objects.
    pub fn parse_id(&self, text: &str) -> Option<(&Arc<Object>, RecordId)> {
        let (prefix, id) = RecordId::decode(text).ok()?;
        let object = self.object_of(id)?;
        (object.prefix == prefix).then_some((object, id))
    }

    /// A record id in its 18-character form; a number of no known object is written with the prefix `000`.
    pub fn id_text(&self, id: RecordId) -> String {
        String::from_utf8_lossy(&self.id_bytes(id)).into_owned()
    }

    /// [`Schema::id_text`] as bytes of ASCII.
    pub fn id_bytes(&self, id: RecordId) -> [u8; 18] {
        id.bytes(self.object_of(id).map_or("000", |o| o.prefix.as_str()))
    }

    /// The reference fields of all objects that can point at `target`.
    pub fn references_to(&self, target: &str) -> Vec<Reference> {
        let mut found = Vec::new();
        for object in &self.objects {
            for field in &object.fields {
                if !field.def.ty.targets().contains(&target) || (field.system && field.name() != "owner_id") {
                    continue;
                }
                let (on_delete, label) = match &field.def.ty {
                    FieldType::Lookup { on_delete, related_label, .. } => (*on_delete, related_label.clone()),
                    FieldType::User => (LookupDelete::Restrict, None),
                    _ => (LookupDelete::Clear, None),
                };
                found.push(Reference { object: Arc::clone(object), field: field.name().to_owned(), on_delete, label });
            }
        }
        found
    }

    /// The pipelines of an object, the default one first.
    pub fn pipelines_of(&self, object: &str) -> Vec<&PipelineDef> {
        let mut found: Vec<_> = self.pipelines.values().filter(|p| p.object == object).collect();
        found.sort_by_key(|p| !p.default);
        found
    }

    /// The values that a picklist field can have: for stages, those of all the object's pipelines, each once.
    pub fn values_of(&self, object: &Object, field: &FieldDef) -> Vec<PicklistValue> {
        let (FieldType::Picklist { source, .. } | FieldType::MultiPicklist { source, .. }) = &field.ty else { return Vec::new() };
        match source {
            ValueSource::Values(values) => values.clone(),
            ValueSource::Picklist(name) => self.picklists.get(name).map(|p| p.values.clone()).unwrap_or_default(),
            ValueSource::Pipelines(_) => self
                .pipelines_of(object.name())
                .into_iter()
                .map(|p| PicklistValue { value: p.name.clone(), label: p.label.clone(), color: None, inactive: false })
                .collect(),
            ValueSource::Stages(_) => {
                let mut values: Vec<PicklistValue> = Vec::new();
                for stage in self.pipelines_of(object.name()).into_iter().flat_map(|p| &p.stages) {
                    if values.iter().all(|v| v.value != stage.value) {
                        values.push(stage_value(stage));
                    }
                }
                values
            }
            ValueSource::Roles(kind) => self
                .roles_of(*kind)
                .map(|r| PicklistValue { value: r.name.clone(), label: r.label.clone(), color: None, inactive: false })
                .collect(),
        }
    }

    /// The roles of a kind, by name.
    pub fn roles_of(&self, kind: RoleKind) -> impl Iterator<Item = &RoleDef> {
        self.roles.values().filter(move |r| r.kind == kind)
    }

    /// Whether a picklist field can have a value; as [`Schema::values_of`], without making the list.
    pub fn has_value(&self, object: &Object, field: &FieldDef, value: &str) -> bool {
        let (FieldType::Picklist { source, .. } | FieldType::MultiPicklist { source, .. }) = &field.ty else { return false };
        let mut pipelines = self.pipelines.values().filter(|p| p.object == object.name());
        match source {
            ValueSource::Values(values) => values.iter().any(|v| v.value == value),
            ValueSource::Picklist(name) => self.picklists.get(name).is_some_and(|p| p.values.iter().any(|v| v.value == value)),
            ValueSource::Pipelines(_) => pipelines.any(|p| p.name == value),
            ValueSource::Stages(_) => pipelines.flat_map(|p| &p.stages).any(|s| s.value == value),
            ValueSource::Roles(kind) => self.roles.get(value).is_some_and(|r| r.kind == *kind),
        }
    }

    /// Whether sums over money may meet several currencies.
    pub fn multi_currency(&self) -> bool {
        self.settings.currencies.len() > 1
    }
}

fn stage_value(stage: &StageDef) -> PicklistValue {
    PicklistValue { value: stage.value.clone(), label: stage.label.clone(), color: stage.color.clone(), inactive: false }
}
