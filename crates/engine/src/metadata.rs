//! Metadata as stored, compiled, and shown by the API.

use guanxi_access::Policy;
use guanxi_model::meta::{FieldType, LayoutDef, ObjectDef, RelatedDef};
use guanxi_model::{Ctx, Error, Field, Label, Lang, Object, ObjectNo, Result, Schema};
use guanxi_store::{MetaRow, Store};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Organisation, settings, views};

/// An object as its metadata row holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredObject {
    /// Its number.
    pub no: ObjectNo,
    /// Key prefix of its records' ids.
    pub prefix: String,
    /// The definition.
    pub def: ObjectDef,
    /// Physical columns of removed fields, which are not used again.
    #[serde(default)]
    pub retired: Vec<String>,
}

impl StoredObject {
    /// The stored form of an object without retired columns.
    pub fn of(object: &Object) -> StoredObject {
        StoredObject { no: object.no, prefix: object.prefix.clone(), def: object.def.clone(), retired: Vec::new() }
    }
}

/// A metadata row.
pub fn row(kind: &str, name: &str, body: &impl Serialize) -> MetaRow {
    MetaRow { kind: kind.to_owned(), name: name.to_owned(), body: Some(serde_json::to_string(body).unwrap_or_default()) }
}

/// Loads and compiles the schema.
///
/// # Errors
/// `internal` naming the row that does not parse.
pub async fn load(store: &Store) -> Result<Schema> {
    let (version, rows) = store.load_meta().await?;
    let mut schema = Schema::default();
    schema.version = version;
    let mut objects: Vec<StoredObject> = Vec::new();
    for row in &rows {
        let body = row.body.as_deref().unwrap_or("null");
        match row.kind.as_str() {
            "object" => objects.push(parse(row, body)?),
            "picklist" => drop(schema.picklists.insert(row.name.clone(), parse(row, body)?)),
            "pipeline" => drop(schema.pipelines.insert(row.name.clone(), parse(row, body)?)),
            "layout" => drop(schema.layouts.insert(row.name.clone(), parse(row, body)?)),
            "view" => schema.views.push(parse(row, body)?),
            "role" => drop(schema.roles.insert(row.name.clone(), parse(row, body)?)),
            "sharing" => drop(schema.sharing.insert(row.name.clone(), parse(row, body)?)),
            "settings" => schema.settings = settings::settings_of(&parse(row, body)?),
            _ => {}
        }
    }
    objects.sort_by_key(|o| o.no);
    for stored in objects {
        schema.put_object(Object::new(stored.no, stored.prefix, stored.def));
    }
    Ok(schema)
}

fn parse<T: serde::de::DeserializeOwned>(row: &MetaRow, body: &str) -> Result<T> {
    serde_json::from_str(body).map_err(|e| Error::internal(format!("metadata {} {}: {e}", row.kind, row.name)))
}

/// In which form labels are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// As text in one language.
    One(Lang),
    /// As `{"zh", "en"}`, for editing.
    All,
}

impl Labels {
    fn show(self, label: &Label) -> Value {
        match self {
            Labels::One(lang) => json!(label.get(lang)),
            Labels::All => json!(label),
        }
    }

    fn plural(self, label: &Label) -> Value {
        match self {
            Labels::One(lang) => json!(label.plural(lang)),
            Labels::All => json!({"zh": label.plural(Lang::Zh), "en": label.plural(Lang::En)}),
        }
    }
}

/// The objects the user may read, as `{"objects": […]}`.
pub fn objects(org: &Organisation, ctx: &Ctx, labels: Labels) -> Value {
    let schema = org.schema();
    let policy = Policy::of(ctx, &schema);
    let list: Vec<Value> = schema.objects().iter().filter(|o| policy.reads(o)).map(|o| summary(policy, o, labels)).collect();
    json!({ "objects": list })
}

/// One object with its fields, page, views and pipelines.
///
/// # Errors
/// 404 `unknown_object`, also for an object the user may not read.
pub async fn object(org: &Organisation, ctx: &Ctx, name: &str, labels: Labels) -> Result<Value> {
    let schema = org.schema();
    let object = schema.require(name)?;
    let policy = Policy::of(ctx, &schema);
    if !policy.reads(object) {
        return Err(Schema::default().require(name).map(|_| Error::no_record()).unwrap_or_else(|e| e));
    }
    let mut shown = summary(policy, object, labels);
    let layout = schema.layouts.get(name).cloned().unwrap_or_else(|| plain_layout(object));
    let stage = object
        .def
        .stage
        .as_ref()
        .map(|s| json!({"pipeline_field": s.pipeline_field, "stage_field": s.stage_field, "amount_field": s.amount_field.as_ref().filter(|f| policy.field(object, f).is_open())}));
    let pipelines: Vec<Value> = schema.pipelines_of(name).into_iter().map(|p| pipeline(p, labels)).collect();
    let fields: Vec<Value> = object.fields.iter().filter_map(|f| field(&schema, policy, object, f, labels)).collect();
    let views = views::list(org, ctx, Some(name)).await?;
    if let Value::Object(map) = &mut shown {
        map.extend([
            ("fields".to_owned(), json!(fields)),
            ("layout".to_owned(), layout_json(&schema, policy, object, &layout, labels)),
            ("views".to_owned(), json!(views)),
            ("pipelines".to_owned(), json!(pipelines)),
            ("stage".to_owned(), json!(stage)),
            ("timeline".to_owned(), json!(object.def.timeline)),
            ("sensitive".to_owned(), json!(object.def.sensitive)),
            ("related".to_owned(), json!(related_all(&schema, policy, object, labels))),
        ]);
    }
    Ok(shown)
}

fn summary(policy: Policy<'_>, object: &Object, labels: Labels) -> Value {
    let reach = policy.reach(object);
    json!({
        "name": object.name(),
        "label": labels.show(&object.def.label),
        "label_plural": labels.plural(&object.def.label),
        "module": object.def.module,
        "icon": object.def.icon,
        "key_prefix": object.prefix,
        "name_field": object.def.name_field,
        "in_navigation": object.def.in_navigation,
        "rights": {"create": reach.create.is_some(), "read": reach.read.is_some(), "edit": reach.edit.is_some(), "delete": reach.delete.is_some()},
    })
}

/// A field as the user may use it; `None` if it is hidden.
fn field(schema: &Schema, policy: Policy<'_>, object: &Object, field: &Field, labels: Labels) -> Option<Value> {
    let ty = &field.def.ty;
    let reach = policy.field(object, field.name());
    if reach.is_hidden() {
        return None;
    }
    let values: Vec<Value> = schema
        .values_of(object, &field.def)
        .iter()
        .map(|v| json!({"value": v.value, "label": labels.show(&v.label), "color": v.color, "active": !v.inactive}))
        .collect();
    let restricted = matches!(ty, FieldType::Picklist { restricted: true, .. } | FieldType::MultiPicklist { restricted: true, .. });
    let max_length = match ty {
        FieldType::Text { max_length, .. } | FieldType::LongText { max_length } => Some(*max_length),
        _ => None,
    };
    let max = match ty {
        FieldType::Rating { max } => Some(i64::from(*max)),
        FieldType::Integer { max, .. } => *max,
        _ => None,
    };
    let long = matches!(ty, FieldType::LongText { .. } | FieldType::RichText | FieldType::Json);
    let compound = matches!(ty, FieldType::Address);
    Some(json!({
        "name": field.name(),
        "label": labels.show(&field.def.label),
        "help": field.def.help.as_ref().map(|h| labels.show(h)),
        "type": ty.name(),
        "required": field.def.required,
        "unique": field.def.is_unique(),
        "external_key": field.def.external_key,
        "read_only": field.def.read_only || matches!(ty, FieldType::AutoNumber { .. } | FieldType::Id) || reach.edit.is_none(),
        "masked": !reach.is_open(),
        "revealable": reach.reveal && !reach.is_open(),
        "system": field.system,
        "sortable": !long && !compound && !ty.is_multi() && reach.is_open(),
        "filterable": !compound && reach.is_open(),
        "relationship": field.def.relationship(),
        "to": ty.targets(),
        "values": values,
        "restricted": restricted,
        "scale": ty.scale(),
        "max": max,
        "max_length": max_length,
        "default": field.def.default,
    }))
}

fn pipeline(p: &guanxi_model::meta::PipelineDef, labels: Labels) -> Value {
    let stages: Vec<Value> = p
        .stages
        .iter()
        .map(|s| json!({"value": s.value, "label": labels.show(&s.label), "probability": s.probability, "category": s.category, "color": s.color}))
        .collect();
    json!({"name": p.name, "label": labels.show(&p.label), "default": p.default, "stages": stages})
}

fn layout_json(schema: &Schema, policy: Policy<'_>, object: &Object, layout: &LayoutDef, labels: Labels) -> Value {
    let shown = |fields: &[String]| fields.iter().filter(|f| policy.shows(object, f)).cloned().collect::<Vec<String>>();
    let sections = layout.sections.iter().map(|s| (s, shown(&s.fields))).filter(|(_, fields)| !fields.is_empty());
    let sections: Vec<Value> =
        sections.map(|(s, fields)| json!({"label": labels.show(&s.label), "columns": s.columns, "fields": fields})).collect();
    let related: Vec<Value> = layout.related.iter().filter_map(|r| related(schema, policy, r, labels)).collect();
    json!({"highlights": shown(&layout.highlights), "sections": sections, "related": related})
}

fn related(schema: &Schema, policy: Policy<'_>, def: &RelatedDef, labels: Labels) -> Option<Value> {
    let object = schema.object(&def.object).filter(|o| policy.reads(o) && policy.field(o, &def.field).is_open())?;
    let label = match &object.field(&def.field)?.def.ty {
        FieldType::Lookup { related_label: Some(label), .. } => labels.show(label),
        _ => labels.plural(&object.def.label),
    };
    let columns: Vec<&String> = def.columns.iter().filter(|path| !policy.path(object, path).is_hidden()).collect();
    let sort: Vec<_> = def.sort.iter().filter(|sort| policy.path(object, &sort.field).is_open()).collect();
    Some(json!({"object": def.object, "field": def.field, "label": label, "columns": columns, "sort": sort}))
}

/// The lists of all objects whose lookups point here and have a label for the list.
fn related_all(schema: &Schema, policy: Policy<'_>, object: &Object, labels: Labels) -> Vec<Value> {
    schema
        .references_to(object.name())
        .into_iter()
        .filter(|r| r.label.is_some() && policy.reads(&r.object))
        .filter_map(|r| {
            let columns = vec![r.object.def.name_field.clone(), "owner.name".to_owned(), "created_at".to_owned()];
            related(schema, policy, &RelatedDef { object: r.object.name().to_owned(), field: r.field, columns, sort: Vec::new() }, labels)
        })
        .collect()
}

/// The page of an object that has no layout of its own: all fields in one section.
fn plain_layout(object: &Object) -> LayoutDef {
    let fields = object.fields.iter().filter(|f| f.name() != "id" && f.name() != "version").map(|f| f.name().to_owned()).collect();
    let section = guanxi_model::meta::SectionDef { label: Label::new("基本信息", "Details"), columns: 2, fields };
    LayoutDef { object: object.name().to_owned(), highlights: Vec::new(), sections: vec![section], related: Vec::new() }
}
