//! Taking picklist values away again that an import added and that nobody needs after its undo.

use std::sync::Arc;

use guanxi_access::{Policy, Purpose, on_behalf_of_product};
use guanxi_model::meta::{FieldDef, FieldType, ObjectDef, PicklistValue, StageCategory, StageDef, ValueSource, check};
use guanxi_model::{Ctx, Error, Label, Object, Result, Schema};
use guanxi_query::tree::{Comparison, Expr, Literal};
use guanxi_query::{Page, Query};
use guanxi_store::MetaRow;
use serde::{Deserialize, Serialize};

use crate::metadata::{StoredObject, row};
use crate::{Organisation, metadata};

/// A value that an import added to a picklist field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AddedValue {
    /// The field.
    pub(crate) field: String,
    /// The value.
    pub(crate) value: String,
}

/// Takes values of an object's fields away and gives those that stay: a record outside the recycle bin has it, somebody has changed
/// it (label, colour, stage), it is a default, or the user may not change the schema.
///
/// # Errors
/// Those of the store.
pub(crate) async fn remove_unused(org: &Organisation, ctx: &Ctx, object: &str, added: &[AddedValue]) -> Result<Vec<AddedValue>> {
    if added.is_empty() {
        return Ok(Vec::new());
    }
    let _lock = org.schema_lock().await;
    if !Policy::of(ctx, &org.schema()).administrator() {
        return Ok(added.to_vec());
    }
    let mut stay = Vec::new();
    for one in added {
        if !remove(org, ctx, object, one).await? {
            stay.push(one.clone());
        }
    }
    Ok(stay)
}

/// Takes one value away; says whether it is gone.
async fn remove(org: &Organisation, ctx: &Ctx, object: &str, added: &AddedValue) -> Result<bool> {
    let schema = org.schema();
    let Some(object) = schema.object(object) else { return Ok(true) };
    let Some(field) = object.field(&added.field).filter(|f| schema.has_value(object, &f.def, &added.value)) else { return Ok(true) };
    let (FieldType::Picklist { source, .. } | FieldType::MultiPicklist { source, .. }) = &field.def.ty else { return Ok(true) };
    for (holder, def) in holders(&schema, object, &field.def, source) {
        let is_default = def
            .default
            .as_ref()
            .is_some_and(|d| d == &added.value || d.as_array().is_some_and(|a| a.contains(&added.value.clone().into())));
        if is_default || is_used(org, ctx, &schema, &holder, &def, &added.value).await? {
            return Ok(false);
        }
    }
    let Some(meta) = without(org, &schema, object, source, added).await? else { return Ok(false) };
    org.store().apply_schema(ctx, &[], &[meta]).await?;
    org.set_schema(metadata::load(org.store()).await?);
    Ok(true)
}

/// The fields that have the same list of values.
fn holders(schema: &Schema, object: &Arc<Object>, field: &FieldDef, source: &ValueSource) -> Vec<(Arc<Object>, FieldDef)> {
    let ValueSource::Picklist(_) = source else { return vec![(Arc::clone(object), field.clone())] };
    let same = |def: &FieldDef| matches!(&def.ty, FieldType::Picklist { source: s, .. } | FieldType::MultiPicklist { source: s, .. } if s == source);
    let all = schema.objects();
    all.iter().flat_map(|o| o.fields.iter().filter(|f| same(&f.def)).map(|f| (Arc::clone(o), f.def.clone()))).collect()
}

/// Whether a record that is not in the recycle bin has the value, whoever may see it.
async fn is_used(org: &Organisation, ctx: &Ctx, schema: &Schema, object: &Object, field: &FieldDef, value: &str) -> Result<bool> {
    let path = field.name.as_str().into();
    let literal = Literal::Text(value.to_owned());
    let has = if field.ty.is_multi() { Expr::Includes(path, vec![literal], false) } else { Expr::Compare(path, Comparison::Eq, literal) };
    let query = on_behalf_of_product(Purpose::Consistency, Query::fields(object.name(), &["id"]).and(has));
    let page = org.store().select(ctx, schema, &query, &Page { limit: 1, ..Page::default() }).await?;
    Ok(page.rows().next().is_some())
}

/// The definition without the value; nothing if somebody has changed the value, or the definition would not do without it.
async fn without(
    org: &Organisation,
    schema: &Schema,
    object: &Object,
    source: &ValueSource,
    added: &AddedValue,
) -> Result<Option<MetaRow>> {
    let as_added = |v: &PicklistValue| {
        *v == PicklistValue { value: added.value.clone(), label: Label::same(&added.value), color: None, inactive: false }
    };
    match source {
        ValueSource::Values(_) => {
            let mut stored = stored(org, object.name()).await?;
            let Some(values) = own_values(&mut stored.def, &added.field) else { return Ok(None) };
            let before = values.len();
            values.retain(|v| !as_added(v));
            let taken = values.len() < before;
            let sound = check::check_object(&stored.def, schema).is_empty();
            Ok((taken && sound).then(|| row("object", object.name(), &stored)))
        }
        ValueSource::Picklist(name) => {
            let Some(mut picklist) = schema.picklists.get(name).cloned() else { return Ok(None) };
            let before = picklist.values.len();
            picklist.values.retain(|v| !as_added(v));
            Ok((picklist.values.len() < before).then(|| row("picklist", name, &picklist)))
        }
        ValueSource::Stages(_) => {
            let as_added = |s: &StageDef| {
                s.value == added.value && s.label == Label::same(&added.value) && s.category == StageCategory::Open && s.color.is_none()
            };
            let Some(mut pipeline) = schema.pipelines_of(object.name()).first().map(|p| (*p).clone()) else { return Ok(None) };
            let before = pipeline.stages.len();
            pipeline.stages.retain(|s| !as_added(s));
            Ok((pipeline.stages.len() < before).then(|| row("pipeline", &pipeline.name.clone(), &pipeline)))
        }
        ValueSource::Pipelines(_) | ValueSource::Roles(_) => Ok(None),
    }
}

fn own_values<'a>(def: &'a mut ObjectDef, field: &str) -> Option<&'a mut Vec<PicklistValue>> {
    match &mut def.fields.iter_mut().find(|f| f.name == field)?.ty {
        FieldType::Picklist { source: ValueSource::Values(values), .. }
        | FieldType::MultiPicklist { source: ValueSource::Values(values), .. } => Some(values),
        _ => None,
    }
}

async fn stored(org: &Organisation, object: &str) -> Result<StoredObject> {
    let (_, rows) = org.store().load_meta().await?;
    let body = rows.into_iter().find(|r| r.kind == "object" && r.name == object).and_then(|r| r.body);
    serde_json::from_str(&body.unwrap_or_default()).map_err(|e| Error::internal(format!("metadata of {object}: {e}")))
}
