//! The pack files: each against its JSON Schema, without unknown keys, and all of them together by the model's own checks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use guanxi_model::FieldError;
use guanxi_model::meta::check::{self, DefSet};
use guanxi_model::meta::{LayoutDef, ObjectDef, PackDef, PicklistDef, PipelineDef, RoleDef, ViewDef};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Report;
use crate::repo::{files, read};
use crate::schema;

#[derive(Default)]
struct Packs {
    set: DefSet,
    packs: BTreeMap<String, PackDef>,
    layouts: Vec<(String, LayoutDef)>,
    views: Vec<(String, ViewDef)>,
    roles: Vec<(String, RoleDef)>,
    files: BTreeMap<String, String>,
}

struct Validator {
    schemas: Schemas,
    by_kind: BTreeMap<&'static str, SchemaIndex>,
}

impl Validator {
    fn new() -> Result<Validator, String> {
        let (mut schemas, mut compiler, mut by_kind) = (Schemas::new(), Compiler::new(), BTreeMap::new());
        for (kind, schema) in schema::all() {
            let name = format!("urn:guanxi:pack:{kind}");
            compiler.add_resource(&name, schema).map_err(|e| e.to_string())?;
            by_kind.insert(kind, compiler.compile(&name, &mut schemas).map_err(|e| e.to_string())?);
        }
        Ok(Validator { schemas, by_kind })
    }
}

pub(super) fn check(root: &Path, report: &mut Report) -> Result<(), String> {
    let validator = Validator::new()?;
    let mut packs = Packs::default();
    for file in files(root)?.iter().filter(|f| f.starts_with("packs/") && f.ends_with(".json") && !f.starts_with("packs/schema/")) {
        if let Err(error) = load(root, file, &validator, &mut packs) {
            report.error(format!("{file}: {error}"));
        }
    }
    if !report.errors.is_empty() {
        return Ok(());
    }
    check_manifests(&packs, report);
    check_definitions(&packs, report);
    check_prefixes(&packs, report);
    check_completeness(&packs, report);
    Ok(())
}

fn load(root: &Path, file: &str, validator: &Validator, packs: &mut Packs) -> Result<(), String> {
    let value: Value = serde_json::from_str(&read(root, file).ok_or("not UTF-8")?).map_err(|e| e.to_string())?;
    let parts: Vec<&str> = file.split('/').collect();
    let (kind, stem) = match parts.as_slice() {
        ["packs", _, "pack.json"] => ("pack", parts[1]),
        ["packs", _, folder, name] => (folder.trim_end_matches('s'), name.trim_end_matches(".json")),
        _ => return Err("no pack file lies here".to_owned()),
    };
    let index = validator.by_kind.get(kind).ok_or_else(|| format!("`{kind}` is no kind of pack file"))?;
    validator.schemas.validate(&value, *index).map_err(|e| format!("{e:#}"))?;
    let name = match kind {
        "pack" => keep(&value, |d: PackDef| (d.name.clone(), packs.packs.insert(d.name.clone(), d).is_some()))?,
        "object" => keep(&value, |d: ObjectDef| (d.name.clone(), packs.set.objects.insert(d.name.clone(), d).is_some()))?,
        "picklist" => keep(&value, |d: PicklistDef| (d.name.clone(), packs.set.picklists.insert(d.name.clone(), d).is_some()))?,
        "pipeline" => keep(&value, |d: PipelineDef| (d.name.clone(), packs.set.pipelines.insert(d.name.clone(), d).is_some()))?,
        "layout" => keep(&value, |d: LayoutDef| {
            let (name, twice) = (d.object.clone(), packs.layouts.iter().any(|(_, l)| l.object == d.object));
            packs.layouts.push((file.to_owned(), d));
            (name, twice)
        })?,
        "view" => keep(&value, |d: ViewDef| {
            let (name, twice) =
                (format!("{}.{}", d.object, d.name), packs.views.iter().any(|(_, v)| (&v.object, &v.name) == (&d.object, &d.name)));
            packs.views.push((file.to_owned(), d));
            (name, twice)
        })?,
        _ => keep(&value, |d: RoleDef| {
            let (name, twice) = (d.name.clone(), packs.roles.iter().any(|(_, r)| r.name == d.name));
            packs.set.roles.insert(d.name.clone(), d.clone());
            packs.roles.push((file.to_owned(), d));
            (name, twice)
        })?,
    };
    packs.files.insert(format!("{kind}.{name}"), file.to_owned());
    if name == stem { Ok(()) } else { Err(format!("defines `{name}`, which belongs in a file of that name")) }
}

/// Reads a definition strictly and puts it away; fails where a key is unknown or the name is taken.
fn keep<T: DeserializeOwned + Serialize>(value: &Value, put: impl FnOnce(T) -> (String, bool)) -> Result<String, String> {
    let def: T = serde_json::from_value(value.clone()).map_err(|e| e.to_string())?;
    let back = serde_json::to_value(&def).map_err(|e| e.to_string())?;
    if let Some(path) = lost(value, &back, String::new()) {
        return Err(format!("`{path}` is unknown, or only says the default"));
    }
    match put(def) {
        (name, false) => Ok(name),
        (name, true) => Err(format!("`{name}` is defined twice")),
    }
}

/// The first key of `given` that `understood` does not have.
fn lost(given: &Value, understood: &Value, at: String) -> Option<String> {
    match (given, understood) {
        (Value::Object(given), Value::Object(understood)) => given.iter().find_map(|(key, value)| match understood.get(key) {
            None => Some(format!("{at}.{key}")),
            Some(other) => lost(value, other, format!("{at}.{key}")),
        }),
        (Value::Array(given), Value::Array(understood)) => {
            given.iter().zip(understood).enumerate().find_map(|(n, (value, other))| lost(value, other, format!("{at}[{n}]")))
        }
        _ => None,
    }
}

fn check_manifests(packs: &Packs, report: &mut Report) {
    let mut ready: BTreeSet<&str> = BTreeSet::new();
    loop {
        let more: Vec<&str> = packs
            .packs
            .values()
            .filter(|p| !ready.contains(p.name.as_str()) && p.depends.iter().all(|d| ready.contains(d.as_str())))
            .map(|p| p.name.as_str())
            .collect();
        if more.is_empty() {
            break;
        }
        ready.extend(more);
    }
    for name in packs.packs.keys().filter(|n| !ready.contains(n.as_str())) {
        report.error(format!("packs/{name}/pack.json: `depends` names a pack that does not exist, or goes in a circle"));
    }
}

fn check_definitions(packs: &Packs, report: &mut Report) {
    let mut all: Vec<(String, Vec<FieldError>)> = Vec::new();
    let file = |kind: &str, name: &str| packs.files.get(&format!("{kind}.{name}")).cloned().unwrap_or_default();
    all.extend(packs.set.objects.values().map(|o| (file("object", &o.name), check::check_object(o, &packs.set))));
    all.extend(packs.set.picklists.values().map(|p| (file("picklist", &p.name), check::check_picklist(p))));
    all.extend(packs.set.pipelines.values().map(|p| (file("pipeline", &p.name), check::check_pipeline(p, &packs.set))));
    all.extend(packs.layouts.iter().map(|(f, l)| (f.clone(), check::check_layout(l, &packs.set))));
    all.extend(packs.views.iter().map(|(f, v)| (f.clone(), check::check_view(v, &packs.set))));
    all.extend(packs.roles.iter().map(|(f, r)| (f.clone(), check::check_role(r, &packs.set))));
    for (file, faults) in all {
        for fault in faults {
            report.error(format!("{file}: {}: {}", fault.field, fault.message.en));
        }
    }
}

fn check_prefixes(packs: &Packs, report: &mut Report) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for object in packs.set.objects.values() {
        match object.key_prefix.as_deref() {
            None => report.error(format!("{}: a pack's object needs a key_prefix", object.name)),
            Some(prefix) if prefix.starts_with('a') => {
                report.error(format!("{}: prefixes with `a` are those of objects made at run time", object.name))
            }
            Some(prefix) => {
                if let Some(other) = seen.insert(prefix, &object.name) {
                    report.error(format!("{}: has the key_prefix of {other}", object.name));
                }
            }
        }
    }
}

fn check_completeness(packs: &Packs, report: &mut Report) {
    for (name, object) in &packs.set.objects {
        if packs.layouts.iter().all(|(_, l)| l.object != *name) {
            report.error(format!("{name}: has no layout"));
        }
        let defaults = packs.views.iter().filter(|(_, v)| v.object == *name && v.default).count();
        if defaults != 1 {
            report.error(format!("{name}: has {defaults} default views instead of one"));
        }
        let pipelines = packs.set.pipelines.values().filter(|p| p.object == *name && p.default).count();
        if pipelines != usize::from(object.stage.is_some()) {
            report.error(format!("{name}: has {pipelines} default pipelines"));
        }
    }
    for role in ["administrator", "standard"] {
        if packs.roles.iter().all(|(_, r)| r.name != role) {
            report.error(format!("there is no role `{role}`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_keys_are_found_at_any_depth() {
        let field = json!({"name": "a", "label": {"zh": "甲", "en": "A"}, "type": "text", "requierd": true});
        let object = json!({"name": "a", "label": {"zh": "甲", "en": "A"}, "module": "sales", "fields": [field]});
        let error = keep(&object, |d: ObjectDef| (d.name, false)).expect_err("a misspelt key");
        assert!(error.contains(".fields[0].requierd"), "{error}");
    }

    #[test]
    fn the_schema_refuses_what_the_types_do_not_know() {
        let validator = Validator::new().expect("schemas compile");
        let fields = |field: Value| json!({"name": "a", "label": {"zh": "甲", "en": "A"}, "module": "sales", "fields": [field]});
        let label = json!({"zh": "甲", "en": "A"});
        let valid = |value: &Value| validator.schemas.validate(value, validator.by_kind["object"]).is_ok();
        assert!(valid(&fields(
            json!({"name": "a", "label": label, "type": "picklist", "values": [{"value": "b", "label": label}], "default": "b"})
        )));
        assert!(!valid(&fields(json!({"name": "a", "label": label, "type": "text", "requierd": true}))), "unknown key");
        assert!(!valid(&fields(json!({"name": "a", "label": label, "type": "txt"}))), "unknown type");
        assert!(!valid(&fields(json!({"name": "a", "label": label, "type": "decimal"}))), "scale is missing");
    }
}
