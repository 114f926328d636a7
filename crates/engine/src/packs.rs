//! The packs inside the program, and how an organisation gets them: all of them when it is made, what is new in them when a newer
//! program opens it.

use std::sync::Arc;

use guanxi_model::meta::{FieldDef, LayoutDef, ObjectDef, PackDef, PicklistDef, PipelineDef, RoleDef, ViewDef};
use guanxi_model::schema::Settings;
use guanxi_model::{Door, Error, Object, Result, Schema};
use guanxi_store::{MetaRow, SchemaStep};
use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;

use crate::metadata::{StoredObject, row};
use crate::{Organisation, metadata, organisation};

#[derive(RustEmbed)]
#[folder = "../../packs/"]
struct Files;

/// The folder beside the packs that has the JSON Schemas of their files.
const SCHEMAS: &str = "schema";

/// A pack with all its definitions.
#[derive(Clone, Debug)]
pub struct Pack {
    /// `pack.json`.
    pub def: PackDef,
    /// `objects/`.
    pub objects: Vec<ObjectDef>,
    /// `picklists/`.
    pub picklists: Vec<PicklistDef>,
    /// `pipelines/`.
    pub pipelines: Vec<PipelineDef>,
    /// `layouts/`.
    pub layouts: Vec<LayoutDef>,
    /// `views/`.
    pub views: Vec<ViewDef>,
    /// `roles/`.
    pub roles: Vec<RoleDef>,
}

/// All packs of this program, each after those it depends on.
///
/// # Errors
/// `internal` naming the file that does not parse; CI checks the files, so this is a fault of the build.
pub fn all() -> Result<Vec<Pack>> {
    let mut names: Vec<String> =
        Files::iter().filter_map(|p| p.strip_suffix("/pack.json").map(str::to_owned)).filter(|p| p != SCHEMAS).collect();
    names.sort();
    let mut packs = names.iter().map(|name| load(name)).collect::<Result<Vec<_>>>()?;
    let mut ordered: Vec<Pack> = Vec::with_capacity(packs.len());
    while !packs.is_empty() {
        let ready = packs.iter().position(|p| p.def.depends.iter().all(|d| ordered.iter().any(|o| &o.def.name == d)));
        let ready = ready.ok_or_else(|| Error::internal("packs depend on each other in a circle or on one that is missing"))?;
        ordered.push(packs.remove(ready));
    }
    Ok(ordered)
}

fn load(name: &str) -> Result<Pack> {
    Ok(Pack {
        def: parse(&format!("{name}/pack.json"))?,
        objects: folder(name, "objects")?,
        picklists: folder(name, "picklists")?,
        pipelines: folder(name, "pipelines")?,
        layouts: folder(name, "layouts")?,
        views: folder(name, "views")?,
        roles: folder(name, "roles")?,
    })
}

fn folder<T: DeserializeOwned>(pack: &str, kind: &str) -> Result<Vec<T>> {
    let prefix = format!("{pack}/{kind}/");
    let mut paths: Vec<String> = Files::iter().filter(|p| p.starts_with(&prefix)).map(|p| p.into_owned()).collect();
    paths.sort();
    paths.iter().map(|path| parse(path)).collect()
}

fn parse<T: DeserializeOwned>(path: &str) -> Result<T> {
    let file = Files::get(path).ok_or_else(|| Error::internal(format!("pack file {path} is missing")))?;
    serde_json::from_slice(&file.data).map_err(|e| Error::internal(format!("pack file {path}: {e}")))
}

/// Brings the organisation's packs up to this program's; `settings` for a new organisation.
pub(crate) async fn install(org: &Organisation, settings: Option<&Settings>) -> Result<()> {
    let _lock = org.schema_lock().await;
    let (_, rows) = org.store().load_meta().await?;
    let version_of =
        |pack: &str| rows.iter().find(|r| r.kind == "pack" && r.name == pack).and_then(|r| r.body.as_deref()?.parse::<u32>().ok());
    let mut plan = Plan { org, schema: org.schema().as_ref().clone(), steps: Vec::new(), meta: Vec::new() };
    if let Some(settings) = settings {
        plan.schema.settings = settings.clone();
        plan.meta.push(row("settings", "organisation", &organisation::settings_json(settings)));
    }
    for pack in all()? {
        if version_of(&pack.def.name).is_none_or(|v| v < pack.def.version) {
            plan.add(&pack).await?;
        }
    }
    if plan.meta.is_empty() {
        return Ok(());
    }
    let ctx = org.system_ctx(Door::System);
    org.store().apply_schema(&ctx, &plan.steps, &plan.meta).await?;
    org.set_schema(metadata::load(org.store()).await?);
    Ok(())
}

struct Plan<'a> {
    org: &'a Organisation,
    schema: Schema,
    steps: Vec<SchemaStep>,
    meta: Vec<MetaRow>,
}

impl Plan<'_> {
    async fn add(&mut self, pack: &Pack) -> Result<()> {
        for picklist in &pack.picklists {
            let merged = with_own_values(picklist, self.schema.picklists.get(&picklist.name));
            self.meta.push(row("picklist", &picklist.name, &merged));
        }
        for pipeline in &pack.pipelines {
            let merged = with_own_stages(pipeline, self.schema.pipelines.get(&pipeline.name));
            self.meta.push(row("pipeline", &pipeline.name, &merged));
        }
        for object in &pack.objects {
            self.object(object).await?;
        }
        for layout in &pack.layouts {
            self.meta.push(row("layout", &layout.object, layout));
        }
        for view in &pack.views {
            self.meta.push(row("view", &format!("{}.{}", view.object, view.name), view));
        }
        for role in &pack.roles {
            self.meta.push(row("role", &role.name, role));
        }
        self.meta.push(row("pack", &pack.def.name, &pack.def.version));
        Ok(())
    }

    async fn object(&mut self, def: &ObjectDef) -> Result<()> {
        let prefix = def.key_prefix.clone().ok_or_else(|| Error::internal(format!("pack object {} has no key prefix", def.name)))?;
        let Some(old) = self.schema.object(&def.name).cloned() else {
            let no = next_object_no(self.org).await?;
            let object = Object::new(no, prefix, def.clone());
            self.meta.push(row("object", &def.name, &StoredObject::of(&object)));
            self.steps.push(SchemaStep::CreateTable(Arc::new(object)));
            return Ok(());
        };
        let mut merged = def.clone();
        merged.fields.extend(old.def.fields.iter().filter(|f| def.fields.iter().all(|n| n.name != f.name)).cloned());
        for field in &mut merged.fields {
            if let Some(known) = old.field(&field.name) {
                field.column.clone_from(&known.def.column);
            }
        }
        let fresh: Vec<FieldDef> = def.fields.iter().filter(|f| old.field(&f.name).is_none()).cloned().collect();
        let object = Arc::new(Object::new(old.no, old.prefix.clone(), merged));
        self.meta.push(row("object", &def.name, &StoredObject::of(&object)));
        for field in fresh {
            self.steps.push(SchemaStep::AddColumns(Arc::clone(&object), field.name.clone()));
            self.steps.push(SchemaStep::CreateIndexes(Arc::clone(&object), field.name));
        }
        Ok(())
    }
}

/// The next object number; numbers are never used again.
pub(crate) async fn next_object_no(org: &Organisation) -> Result<u16> {
    let no = org.store().allocate("object_no", 1).await?;
    u16::try_from(no).ok().filter(|n| *n <= guanxi_model::id::MAX_OBJECT_NO).ok_or_else(|| {
        Error::new(guanxi_model::ErrorKind::Conflict, "too_many_objects", "对象数量已达上限。", "There are no more object numbers left.")
    })
}

fn with_own_values(new: &PicklistDef, old: Option<&PicklistDef>) -> PicklistDef {
    let mut merged = new.clone();
    let own = old.into_iter().flat_map(|o| &o.values).filter(|v| new.values.iter().all(|n| n.value != v.value));
    merged.values.extend(own.cloned());
    merged
}

fn with_own_stages(new: &PipelineDef, old: Option<&PipelineDef>) -> PipelineDef {
    let mut merged = new.clone();
    let own = old.into_iter().flat_map(|o| &o.stages).filter(|s| new.stages.iter().all(|n| n.value != s.value));
    merged.stages.extend(own.cloned());
    merged
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_packs_parse_and_follow_their_order() {
        let packs = super::all().expect("packs");
        assert!(packs.iter().any(|p| p.def.name == "sales" && p.objects.iter().any(|o| o.name == "opportunity")));
        assert!(packs.iter().flat_map(|p| &p.roles).any(|r| r.administrator));
    }
}
