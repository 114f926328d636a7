//! Changes of the schema at run time: real tables and columns, no restart. Only administrators; one at a time.

use std::sync::Arc;

use guanxi_access::Policy;
use guanxi_model::id::custom_prefix;
use guanxi_model::meta::{FieldDef, FieldType, ObjectDef, PicklistValue, Scope, StageCategory, StageDef, ValueSource, check};
use guanxi_model::{Ctx, Error, ErrorKind, FieldError, Label, Object, Result, Schema};
use guanxi_store::{MetaRow, SchemaStep};
use serde_json::Value;

use crate::metadata::{StoredObject, row};
use crate::{Organisation, metadata, packs, settings};

/// What names of objects and fields made by users begin with, so that later packs never collide with them.
const OWN: &str = "x_";

/// Makes an object. Files can hang on its records.
///
/// # Errors
/// 403 unless an administrator asks; validation of the definition; 409 if there is an object of that name.
pub async fn create_object(org: &Organisation, ctx: &Ctx, def: ObjectDef) -> Result<()> {
    to_the_end(org, ctx, |org, ctx| async move { make_object(&org, &ctx, def).await }).await
}

async fn make_object(org: &Organisation, ctx: &Ctx, mut def: ObjectDef) -> Result<()> {
    let (_lock, schema) = begin(org, ctx).await?;
    own_name("name", &def.name)?;
    if schema.object(&def.name).is_some() {
        return Err(exists(&def.name));
    }
    def.key_prefix = None;
    for field in &mut def.fields {
        field.column = None;
    }
    let mut with = schema.as_ref().clone();
    let no = packs::next_object_no(org).await?;
    let object = Object::new(no, custom_prefix(no), def.clone());
    with.put_object(object.clone());
    valid(check::check_object(&def, &with))?;
    let meta = [row("object", &def.name, &StoredObject::of(&object)), row("object", FILE, &files_on(org, &def.name, true).await?)];
    apply(org, ctx, &[SchemaStep::CreateTable(Arc::new(object))], &meta).await
}

/// The object whose records are files, and its lookup to what they hang on.
const FILE: &str = "file";
const HANGS_ON: &str = "related_to_id";

/// The object `file` with another object on whose records files can hang, or without it.
async fn files_on(org: &Organisation, name: &str, can: bool) -> Result<StoredObject> {
    let mut file = stored(org, FILE).await?;
    for field in file.def.fields.iter_mut().filter(|f| f.name == HANGS_ON) {
        if let FieldType::Lookup { to, .. } = &mut field.ty {
            to.retain(|target| target != name);
            to.extend(can.then(|| name.to_owned()));
        }
    }
    Ok(file)
}

/// Changes an object's label, icon, module, name field, timeline or place in the navigation, or whether reading it is noted.
///
/// # Errors
/// 403; 404; validation of the result or of a member that cannot be changed.
pub async fn update_object(org: &Organisation, ctx: &Ctx, name: &str, patch: &Value) -> Result<()> {
    const CHANGEABLE: [&str; 7] = ["label", "module", "icon", "name_field", "timeline", "in_navigation", "sensitive"];
    let (_lock, schema) = begin(org, ctx).await?;
    let mut stored = stored(org, name).await?;
    stored.def = patched(&stored.def, patch, &CHANGEABLE)?;
    valid(check::check_object(&stored.def, schema.as_ref()))?;
    let mut with = schema.as_ref().clone();
    with.put_object(Object::new(stored.no, stored.prefix.clone(), stored.def.clone()));
    if let Some(role) =
        with.roles.values().find(|role| role.fields.get(name).is_some_and(|fields| fields.contains_key(&stored.def.name_field)))
    {
        let (zh, en) = (
            format!("角色“{}”限制了此字段；记录的名称不能隐藏", role.label.zh),
            format!("the role “{}” restricts this field; a record's name cannot be hidden", role.label.en),
        );
        return Err(Error::field(FieldError::new("name_field", "restricted", zh, en)));
    }
    apply(org, ctx, &[], &[row("object", name, &stored)]).await
}

/// Removes an object made by a user, with all its records. Files that hung on them are seen by nobody any more.
///
/// # Errors
/// 403; 404; 409 for a pack's object or one that others look up to.
pub async fn delete_object(org: &Organisation, ctx: &Ctx, name: &str) -> Result<()> {
    let name = name.to_owned();
    to_the_end(org, ctx, |org, ctx| async move { drop_object(&org, &ctx, &name).await }).await
}

async fn drop_object(org: &Organisation, ctx: &Ctx, name: &str) -> Result<()> {
    let (_lock, schema) = begin(org, ctx).await?;
    schema.require(name)?;
    if !name.starts_with(OWN) {
        return Err(Error::new(ErrorKind::Conflict, "standard_object", "标准对象不能删除。", "A standard object cannot be removed."));
    }
    let references: Vec<_> = schema
        .references_to(name)
        .into_iter()
        .filter(|r| r.object.name() != name && (r.object.name(), r.field.as_str()) != (FILE, HANGS_ON))
        .collect();
    if let Some(reference) = references.first() {
        let (object, field) = (reference.object.name(), &reference.field);
        return Err(Error::new(
            ErrorKind::Conflict,
            "referenced",
            format!("字段 {object}.{field} 仍指向此对象，请先删除该字段。"),
            format!("The field {object}.{field} still looks up to this object; remove that field first."),
        ));
    }
    let mut sharing = vec![gone("sharing", name)];
    for def in schema.sharing.values().filter(|def| def.object != name) {
        let mut def = def.clone();
        let known = def.by_children.len();
        def.by_children.retain(|path| path.split('.').next() != Some(name));
        if def.by_children.len() < known {
            sharing.push(row("sharing", &def.object, &def));
        }
    }
    let shared = [gone("object", name), gone("layout", name), row("object", FILE, &files_on(org, name, false).await?)];
    sharing.extend(shared);
    apply(org, ctx, &[SchemaStep::DropTable(name.to_owned())], &sharing).await
}

/// Adds a field.
///
/// # Errors
/// 403; 404; validation of the definition; 409 if there is a field of that name.
pub async fn create_field(org: &Organisation, ctx: &Ctx, object: &str, field: FieldDef) -> Result<()> {
    let object = object.to_owned();
    to_the_end(org, ctx, |org, ctx| async move { make_field(&org, &ctx, &object, field).await }).await
}

async fn make_field(org: &Organisation, ctx: &Ctx, object: &str, mut field: FieldDef) -> Result<()> {
    let (_lock, schema) = begin(org, ctx).await?;
    let mut stored = stored(org, object).await?;
    own_name("name", &field.name)?;
    if schema.require(object)?.field(&field.name).is_some() {
        return Err(exists(&field.name));
    }
    field.column = free_column(&stored, &field.name);
    stored.def.fields.push(field.clone());
    let mut with = schema.as_ref().clone();
    let compiled = Object::new(stored.no, stored.prefix.clone(), stored.def.clone());
    with.put_object(compiled.clone());
    valid(check::check_object(&stored.def, &with))?;
    let compiled = Arc::new(compiled);
    let steps = [SchemaStep::AddColumns(Arc::clone(&compiled), field.name.clone()), SchemaStep::CreateIndexes(compiled, field.name)];
    apply(org, ctx, &steps, &[row("object", object, &stored)]).await
}

/// A physical column name that no removed field has used; `None` if the field's own name is free.
fn free_column(stored: &StoredObject, name: &str) -> Option<String> {
    let used = |column: &str| stored.retired.iter().any(|r| r == column);
    if !used(name) {
        return None;
    }
    (2..).map(|n| format!("{name}_{n}")).find(|c| !used(c))
}

/// Changes a field's label, help, requirement, default, uniqueness, index, values, bounds or length; not its kind of column.
///
/// # Errors
/// 403; 404; validation; 409 `not_unique` if values are there twice.
pub async fn update_field(org: &Organisation, ctx: &Ctx, object: &str, field: &str, patch: &Value) -> Result<()> {
    let (object, field, patch) = (object.to_owned(), field.to_owned(), patch.clone());
    to_the_end(org, ctx, |org, ctx| async move { alter_field(&org, &ctx, &object, &field, &patch).await }).await
}

async fn alter_field(org: &Organisation, ctx: &Ctx, object: &str, field: &str, patch: &Value) -> Result<()> {
    let (_lock, schema) = begin(org, ctx).await?;
    let mut stored = stored(org, object).await?;
    let place = place_of(&stored, field)?;
    let old = stored.def.fields[place].clone();
    let new: FieldDef = patched(&old, patch, &[])?;
    if new.name != old.name || new.ty.name() != old.ty.name() || new.ty.scale() != old.ty.scale() || new.column != old.column {
        return Err(Error::field(FieldError::new(
            "type",
            "not_changeable",
            "字段的名称、类型和小数位数不能修改；请新建字段",
            "name, type and decimal digits of a field cannot change; make a new field",
        )));
    }
    stored.def.fields[place] = new.clone();
    let compiled = Arc::new(Object::new(stored.no, stored.prefix.clone(), stored.def.clone()));
    let mut with = schema.as_ref().clone();
    with.put_object(Object::clone(&compiled));
    valid(check::check_object(&stored.def, &with))?;
    let mut steps = Vec::new();
    if (old.is_unique(), old.indexed) != (new.is_unique(), new.indexed) {
        steps.push(SchemaStep::DropIndexes(Arc::clone(&compiled), field.to_owned()));
        steps.push(SchemaStep::CreateIndexes(compiled, field.to_owned()));
    }
    apply(org, ctx, &steps, &[row("object", object, &stored)]).await
}

/// Removes a field made by a user. The column stays, out of sight, since dropping it would lock the table; its name is not used again.
///
/// # Errors
/// 403; 404; 409 for a pack's field.
pub async fn delete_field(org: &Organisation, ctx: &Ctx, object: &str, field: &str) -> Result<()> {
    let (object, field) = (object.to_owned(), field.to_owned());
    to_the_end(org, ctx, |org, ctx| async move { drop_field(&org, &ctx, &object, &field).await }).await
}

async fn drop_field(org: &Organisation, ctx: &Ctx, object: &str, field: &str) -> Result<()> {
    let (_lock, schema) = begin(org, ctx).await?;
    let mut stored = stored(org, object).await?;
    let place = place_of(&stored, field)?;
    if !field.starts_with(OWN) {
        return Err(Error::new(ErrorKind::Conflict, "standard_field", "标准字段不能删除。", "A standard field cannot be removed."));
    }
    if let Some((zh, en)) = sharing_by(&schema, object, field) {
        return Err(Error::new(ErrorKind::Conflict, "used_by_rule", zh, en));
    }
    let compiled = Arc::new(Object::new(stored.no, stored.prefix.clone(), stored.def.clone()));
    let removed = stored.def.fields.remove(place);
    stored.retired.push(removed.column.clone().unwrap_or_else(|| removed.name.clone()));
    stored.def.indexes.retain(|fields| !fields.contains(&removed.name));
    let mut with = schema.as_ref().clone();
    with.put_object(Object::new(stored.no, stored.prefix.clone(), stored.def.clone()));
    valid(check::check_object(&stored.def, &with))?;
    apply(org, ctx, &[SchemaStep::DropIndexes(compiled, field.to_owned())], &[row("object", object, &stored)]).await
}

/// What says that records are shared by a field.
fn sharing_by(schema: &Schema, object: &str, field: &str) -> Option<(String, String)> {
    let path = format!("{object}.{field}");
    schema.sharing.values().find_map(|sharing| {
        let own = sharing.object == object;
        let rule = sharing.conditions().find(|(_, filter)| own && filter.fields().iter().any(|f| f.split('.').next() == Some(field)));
        if let Some((rule, _)) = rule {
            let label = &rule.label;
            return Some((
                format!("共享规则“{}”使用此字段，请先修改规则。", label.zh),
                format!("The sharing rule “{}” uses the field; change the rule first.", label.en),
            ));
        }
        let parent = own && sharing.parent.as_ref().is_some_and(|parent| parent.field == field);
        (parent || sharing.by_children.contains(&path)).then(|| {
            let of = &sharing.object;
            (format!("“{of}”的共享设置使用此字段，请先修改。"), format!("The sharing settings of “{of}” use the field; change them first."))
        })
    })
}

/// Adds a value to a picklist field: to the field, its shared picklist, or (for a stage) to the object's default pipeline, as an
/// open stage before the closed ones. Nothing happens if it is there.
///
/// # Errors
/// 403; 404; validation for a field that is no picklist.
pub async fn add_picklist_value(org: &Organisation, ctx: &Ctx, object: &str, field: &str, value: &str) -> Result<()> {
    let (_lock, schema) = begin(org, ctx).await?;
    let compiled = Arc::clone(schema.require(object)?);
    let mut stored = stored(org, object).await?;
    let place = place_of(&stored, field)?;
    let def = &mut stored.def.fields[place];
    if schema.values_of(&compiled, def).iter().any(|v| v.value == value) {
        return Ok(());
    }
    let fresh = PicklistValue { value: value.to_owned(), label: Label::same(value), color: None, inactive: false };
    let (FieldType::Picklist { source, .. } | FieldType::MultiPicklist { source, .. }) = &mut def.ty else {
        return Err(Error::field(FieldError::new(field, "not_a_picklist", "不是选项字段", "is no picklist")));
    };
    let meta = match source {
        ValueSource::Values(values) => {
            values.push(fresh);
            row("object", object, &stored)
        }
        ValueSource::Picklist(name) => {
            let mut picklist = schema.picklists.get(name).cloned().ok_or_else(|| Error::internal(format!("picklist {name} is missing")))?;
            picklist.values.push(fresh);
            row("picklist", name, &picklist)
        }
        ValueSource::Stages(_) => {
            let mut pipeline = schema.pipelines_of(object).first().map(|p| (*p).clone()).ok_or_else(|| Error::internal("no pipeline"))?;
            let at = pipeline.stages.iter().position(|s| s.category != StageCategory::Open).unwrap_or(pipeline.stages.len());
            let probability = at.checked_sub(1).map_or(10, |i| pipeline.stages[i].probability);
            let stage =
                StageDef { value: value.to_owned(), label: Label::same(value), probability, category: StageCategory::Open, color: None };
            pipeline.stages.insert(at, stage);
            row("pipeline", &pipeline.name.clone(), &pipeline)
        }
        ValueSource::Pipelines(_) => {
            return Err(Error::field(FieldError::new(
                field,
                "not_a_value",
                "销售流程须在设置中新建",
                "a pipeline has to be made in the settings",
            )));
        }
        ValueSource::Roles(_) => {
            return Err(Error::field(FieldError::new(field, "not_a_value", "角色须在设置中新建", "a role has to be made in the settings")));
        }
    };
    apply(org, ctx, &[], &[meta]).await
}

/// Switches a currency on. It cannot be switched off again, since amounts may be in it from then on.
///
/// # Errors
/// 403; validation for a code that ISO 4217 does not have.
pub async fn enable_currency(org: &Organisation, ctx: &Ctx, code: &str) -> Result<()> {
    let (_lock, schema) = begin(org, ctx).await?;
    let currency = guanxi_model::money::currency(code).ok_or_else(|| {
        Error::field(FieldError::new(
            "currency",
            "unknown_currency",
            "须为 ISO 4217 货币代码，如 CNY",
            "must be an ISO 4217 code such as CNY",
        ))
    })?;
    if schema.settings.currencies.contains(&currency) {
        return Ok(());
    }
    let mut changed = schema.settings.clone();
    changed.currencies.push(currency);
    apply(org, ctx, &[], &[row("settings", "organisation", &settings::settings_json(&changed))]).await
}

/// Changes whose records standard users see: their own, their team's, those of the teams below too, or all.
///
/// # Errors
/// As [`settings::update`].
pub async fn set_standard_user_scope(org: &Organisation, ctx: &Ctx, scope: Scope) -> Result<()> {
    settings::update(org, ctx, settings::Changes { record_scope: Some(scope), ..settings::Changes::default() }).await
}

/// Carries a change out even if whoever asked for it stops waiting, which on a large table may be long: otherwise the schema in memory
/// could be an older one than that of the database.
async fn to_the_end<F>(org: &Organisation, ctx: &Ctx, change: impl FnOnce(Organisation, Ctx) -> F) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    tokio::spawn(change(org.clone(), ctx.clone())).await.map_err(Error::internal)?
}

pub(crate) async fn begin<'a>(org: &'a Organisation, ctx: &Ctx) -> Result<(tokio::sync::MutexGuard<'a, ()>, Arc<guanxi_model::Schema>)> {
    let lock = org.schema_lock().await;
    // Another node may have changed it.
    org.load_schema().await?;
    let schema = org.schema();
    if !Policy::of(ctx, &schema).administrator() {
        return Err(Error::forbidden(
            "只有系统管理员可以修改对象、字段和角色。",
            "Only an administrator may change objects, fields and roles.",
        ));
    }
    Ok((lock, schema))
}

pub(crate) async fn apply(org: &Organisation, ctx: &Ctx, steps: &[SchemaStep], meta: &[MetaRow]) -> Result<()> {
    org.store().apply_schema_at(ctx, org.schema().version, steps, meta).await?;
    org.set_schema(metadata::load(org.store()).await?);
    Ok(())
}

async fn stored(org: &Organisation, object: &str) -> Result<StoredObject> {
    org.schema().require(object)?;
    let (_, rows) = org.store().load_meta().await?;
    let body = rows.into_iter().find(|r| r.kind == "object" && r.name == object).and_then(|r| r.body);
    serde_json::from_str(&body.unwrap_or_default()).map_err(|e| Error::internal(format!("metadata of {object}: {e}")))
}

fn place_of(stored: &StoredObject, field: &str) -> Result<usize> {
    stored.def.fields.iter().position(|f| f.name == field).ok_or_else(|| Error {
        code: "unknown_field",
        ..Error::not_found(format!("没有名为“{field}”的字段。"), format!("There is no field named “{field}” that could be changed."))
    })
}

/// A definition with some members replaced; `only` names those that may be, empty for all.
fn patched<T: serde::Serialize + serde::de::DeserializeOwned>(def: &T, patch: &Value, only: &[&str]) -> Result<T> {
    let mut body = serde_json::to_value(def).map_err(Error::internal)?;
    let (Value::Object(body_map), Value::Object(patch)) = (&mut body, patch) else {
        return Err(Error::bad_request("not_object", "请求内容须为 JSON 对象。", "The body must be a JSON object."));
    };
    if let Some(key) = patch.keys().find(|k| !only.is_empty() && !only.contains(&k.as_str())) {
        return Err(Error::field(FieldError::new(key, "not_changeable", "此项不能修改", "this cannot be changed")));
    }
    for (key, value) in patch {
        if value.is_null() {
            body_map.remove(key);
        } else {
            body_map.insert(key.clone(), value.clone());
        }
    }
    serde_json::from_value(body).map_err(|e| {
        Error::bad_request("bad_definition", format!("定义不正确：{e}"), format!("The definition is not of the right form: {e}"))
    })
}

/// A definition that goes.
pub(crate) fn gone(kind: &str, name: &str) -> MetaRow {
    MetaRow { kind: kind.to_owned(), name: name.to_owned(), body: None }
}

pub(crate) fn own_name(field: &str, name: &str) -> Result<()> {
    if name.starts_with(OWN) {
        return Ok(());
    }
    Err(Error::field(FieldError::new(
        field,
        "own_prefix",
        "自建对象、字段和角色的名称须以 x_ 开头",
        "names of own objects, fields and roles begin with x_",
    )))
}

fn exists(name: &str) -> Error {
    Error::new(ErrorKind::Conflict, "exists", format!("“{name}”已存在。"), format!("“{name}” exists already."))
}

pub(crate) fn valid(errors: Vec<FieldError>) -> Result<()> {
    if errors.is_empty() { Ok(()) } else { Err(Error::validation(errors)) }
}
