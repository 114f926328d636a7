//! The packs inside the program, and how an organisation gets them: all of them when it is made, what is new in them when a newer
//! program opens it.

mod merge;

use std::sync::Arc;

use guanxi_model::meta::{LayoutDef, ObjectDef, PackDef, PicklistDef, PipelineDef, RoleDef, ViewDef};
use guanxi_model::schema::Settings;
use guanxi_model::{Door, Error, Object, Result};
use guanxi_store::{MetaRow, SCHEMA_CHANGED, SchemaStep};
use rust_embed::RustEmbed;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Organisation;
use crate::metadata::{StoredObject, row};
use crate::settings::settings_json;

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
    install_from(org, settings, &all()?).await
}

/// Brings the organisation's packs up to these. Nothing happens for those it has in this version or a later one.
///
/// # Errors
/// Those of the store. What an attempt that failed left in the database is taken up by the next one.
pub async fn upgrade(org: &Organisation, packs: &[Pack]) -> Result<()> {
    install_from(org, None, packs).await
}

async fn install_from(org: &Organisation, settings: Option<&Settings>, packs: &[Pack]) -> Result<()> {
    let _lock = org.schema_lock().await;
    let mut with_rules = true;
    for _ in 0..TRIES {
        match attempt(org, settings, packs, with_rules).await {
            // Another node opens the organisation at the same time.
            Err(error) if error.code == SCHEMA_CHANGED => tracing::info!("someone else changed the schema; looking again"),
            Err(error) if error.code == "not_unique" && with_rules => {
                tracing::warn!(?error, "a field that a newer pack makes unique has equal values here; the fields stay as they were");
                with_rules = false;
            }
            done => return done,
        }
    }
    attempt(org, settings, packs, with_rules).await
}

async fn attempt(org: &Organisation, settings: Option<&Settings>, packs: &[Pack], with_rules: bool) -> Result<()> {
    let (version, rows) = org.store().load_meta().await?;
    let mut plan = Plan { org, rows: &rows, with_rules, steps: Vec::new(), meta: Vec::new() };
    if let Some(settings) = settings {
        plan.meta.push(row("settings", "organisation", &settings_json(settings)));
    }
    for pack in packs {
        plan.pack(pack).await?;
    }
    if !plan.meta.is_empty() {
        org.store().apply_schema_at(&org.system_ctx(Door::System), version, &plan.steps, &plan.meta).await?;
    }
    // Also where there was nothing to do: an upgrade that was cut off may have come further than this process knows.
    org.load_schema().await
}

/// How often an upgrade is tried while others change the schema.
const TRIES: usize = 5;

/// The kind of the rows that keep a definition as the pack shipped it: what differs from it is the organisation's own doing.
const SHIPPED: &str = "shipped";

struct Plan<'a> {
    org: &'a Organisation,
    rows: &'a [MetaRow],
    /// Whether fields that are there become unique if a pack wants it.
    with_rules: bool,
    steps: Vec<SchemaStep>,
    meta: Vec<MetaRow>,
}

impl Plan<'_> {
    fn stored<T: DeserializeOwned>(&self, kind: &str, name: &str) -> Result<Option<T>> {
        let body = self.rows.iter().find(|r| r.kind == kind && r.name == name).and_then(|r| r.body.as_deref());
        body.map(|body| serde_json::from_str(body).map_err(|e| Error::internal(format!("metadata {kind} {name}: {e}")))).transpose()
    }

    async fn pack(&mut self, pack: &Pack) -> Result<()> {
        let name = &pack.def.name;
        match self.stored::<u32>("pack", name)? {
            Some(version) if version > pack.def.version => return Ok(()),
            Some(version) if version == pack.def.version => return self.remember(pack),
            _ => {}
        }
        for picklist in &pack.picklists {
            self.put("picklist", &picklist.name, picklist)?;
        }
        for pipeline in &pack.pipelines {
            self.put("pipeline", &pipeline.name, pipeline)?;
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
            self.put("role", &role.name, role)?;
        }
        self.meta.push(row("pack", name, &pack.def.version));
        self.shipped(pack);
        Ok(())
    }

    /// Keeps what the pack ships, for an organisation of a program that did not.
    fn remember(&mut self, pack: &Pack) -> Result<()> {
        let first = pack.objects.first().map(|o| format!("object/{}", o.name));
        if first.is_some_and(|name| self.rows.iter().all(|r| r.kind != SHIPPED || r.name != name)) {
            self.shipped(pack);
        }
        Ok(())
    }

    fn shipped(&mut self, pack: &Pack) {
        self.meta.extend(pack.objects.iter().map(|o| row(SHIPPED, &format!("object/{}", o.name), o)));
        self.meta.extend(pack.picklists.iter().map(|p| row(SHIPPED, &format!("picklist/{}", p.name), p)));
        self.meta.extend(pack.pipelines.iter().map(|p| row(SHIPPED, &format!("pipeline/{}", p.name), p)));
        self.meta.extend(pack.roles.iter().map(|r| row(SHIPPED, &format!("role/{}", r.name), r)));
    }

    fn put<T: Serialize + DeserializeOwned>(&mut self, kind: &str, name: &str, new: &T) -> Result<()> {
        let shipped = self.stored::<Value>(SHIPPED, &format!("{kind}/{name}"))?;
        let body = match self.stored::<T>(kind, name)? {
            Some(own) => row(kind, name, &merge::merged(shipped.as_ref(), &own, new)?),
            None => row(kind, name, new),
        };
        self.meta.push(body);
        Ok(())
    }

    async fn object(&mut self, new: &ObjectDef) -> Result<()> {
        let prefix = new.key_prefix.clone().ok_or_else(|| Error::internal(format!("pack object {} has no key prefix", new.name)))?;
        let Some(mut stored) = self.stored::<StoredObject>("object", &new.name)? else {
            let object = Object::new(next_object_no(self.org).await?, prefix, new.clone());
            self.meta.push(row("object", &new.name, &StoredObject::of(&object)));
            self.steps.push(SchemaStep::CreateTable(Arc::new(object)));
            return Ok(());
        };
        let shipped = self.stored::<Value>(SHIPPED, &format!("object/{}", new.name))?;
        let before = Arc::new(Object::new(stored.no, stored.prefix.clone(), stored.def.clone()));
        stored.def = merge::merged(shipped.as_ref(), &stored.def, new)?;
        for field in stored.def.fields.iter_mut().filter(|_| !self.with_rules) {
            if let Some(known) = before.field(&field.name).filter(|known| !known.def.is_unique()) {
                (field.unique, field.external_key) = (known.def.unique, known.def.external_key);
            }
        }
        let object = Arc::new(Object::new(stored.no, stored.prefix.clone(), stored.def.clone()));
        self.meta.push(row("object", &new.name, &stored));
        let fresh = object.def.fields.iter().filter(|f| before.field(&f.name).is_none());
        self.steps.extend(fresh.map(|f| SchemaStep::AddColumns(Arc::clone(&object), f.name.clone())));
        self.steps.push(SchemaStep::ChangeIndexes(before, object));
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_packs_parse_and_follow_their_order() {
        let packs = super::all().expect("packs");
        assert!(packs.iter().any(|p| p.def.name == "sales" && p.objects.iter().any(|o| o.name == "opportunity")));
        assert!(packs.iter().flat_map(|p| &p.roles).any(|r| r.administrator));
    }
}
