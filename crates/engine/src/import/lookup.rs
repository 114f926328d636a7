//! References by what people call records: looked up for many rows at once, by the read door, and remembered up to a bound.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_access::Policy;
use guanxi_model::{Cell, Ctx, Object, RecordId, Result};
use guanxi_query::tree::{Expr, Literal, Path};
use guanxi_query::{Page, Query};
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::model::{Missing, Refusal};
use super::plan::{Binding, Lookup, Match, Plan, Target};
use crate::write::{Operation, Options, Outcome};
use crate::{Organisation, read, write};

/// How many names are remembered for one lookup.
const REMEMBERED: usize = 100_000;

/// How many names one query looks for.
const ASKED: usize = 500;

/// The most records of one question; beyond that names are not told apart anyway.
const ANSWERED: u32 = 2_000;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// One record: its id as text.
    One(Arc<str>),
    /// Several records.
    Several,
    /// None that the user may see.
    Nothing,
    /// None yet, but one would be made (dry run).
    WouldBeMade,
}

/// The names remembered, by binding.
#[derive(Default)]
pub(crate) struct Lookups {
    known: HashMap<usize, HashMap<Box<str>, Found>>,
}

/// What lookups need of their surroundings.
pub(crate) struct Around<'a> {
    /// The organisation.
    pub(crate) org: &'a Organisation,
    /// Who imports.
    pub(crate) ctx: &'a Ctx,
    /// The import's change set.
    pub(crate) change_set: i64,
    /// Whether nothing is written.
    pub(crate) dry_run: bool,
}

/// The form in which names are compared.
pub(crate) fn standard(text: &str) -> String {
    text.trim().nfc().collect()
}

impl Lookups {
    /// What a name stands for, once [`Lookups::resolve`] has been asked for it.
    pub(crate) fn get(&self, binding: usize, text: &str) -> Option<&Found> {
        let names = self.known.get(&binding)?;
        names.get(text).or_else(|| names.get(standard(text).as_str()))
    }

    /// Finds the records of names that are not known yet. `later` says which names rows of this same file will have.
    pub(crate) async fn resolve(
        &mut self,
        around: &Around<'_>,
        plan: &Plan,
        index: usize,
        names: HashSet<String>,
        later: impl Fn(&str) -> bool,
    ) -> Result<()> {
        let binding = &plan.bindings[index];
        let Target::Lookup(lookup) = &binding.target else { return Ok(()) };
        let known = self.known.entry(index).or_default();
        let mut wanted: Vec<String> = names.iter().map(|n| standard(n)).filter(|n| !known.contains_key(n.as_str())).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if known.len() + wanted.len() > REMEMBERED {
            known.clear();
            wanted = names.iter().map(|n| standard(n)).collect();
        }
        let mut found = search(around, lookup, &wanted).await?;
        let missing: Vec<String> = wanted.iter().filter(|n| !found.contains_key(n.as_str()) && !later(n)).cloned().collect();
        if lookup.missing == Missing::Create {
            found.extend(make(around, binding, lookup, missing).await?);
        }
        for name in wanted {
            let what = found.remove(name.as_str());
            if what.is_none() && later(&name) {
                continue;
            }
            known.insert(name.into_boxed_str(), what.unwrap_or(Found::Nothing));
        }
        Ok(())
    }

    /// Forgets that names of a binding were not found: rows of this file have them by now.
    pub(crate) fn forget(&mut self, binding: usize) {
        if let Some(names) = self.known.get_mut(&binding) {
            names.retain(|_, found| *found != Found::Nothing);
        }
    }
}

/// The records of names, by the read door: only what the user may see is found.
async fn search(around: &Around<'_>, lookup: &Lookup, names: &[String]) -> Result<HashMap<String, Found>> {
    let schema = around.org.schema();
    let policy = Policy::of(around.ctx, &schema);
    let mut all = HashMap::new();
    for target in &lookup.targets {
        let Some(object) = schema.object(target).filter(|object| policy.reads(object)) else { continue };
        let mut by_field: HashMap<String, Vec<&String>> = HashMap::new();
        for name in names {
            if all.contains_key(name) {
                continue;
            }
            if let Some((of, id)) = schema.parse_id(name).filter(|_| name.len() == 18)
                && of.no == object.no
            {
                all.insert(name.clone(), Found::One(schema.id_text(id).into()));
                continue;
            }
            by_field.entry(field_of(object, lookup, name)).or_default().push(name);
        }
        // By a field that the user does not see in full nothing is found.
        for (field, names) in by_field.into_iter().filter(|(field, _)| policy.field(object, field).is_open()) {
            for asked in names.chunks(ASKED) {
                for (name, id) in ask(around, object, &field, asked).await? {
                    let one = Found::One(schema.id_text(id).into());
                    all.entry(name).and_modify(|known| *known = Found::Several).or_insert(one);
                }
            }
        }
    }
    Ok(all)
}

/// The field of the target that a name is compared with.
fn field_of(object: &Object, lookup: &Lookup, name: &str) -> String {
    match &lookup.by {
        Match::NameOrEmail if name.contains('@') => "email".to_owned(),
        Match::Field(field) if field != "name" => field.clone(),
        _ => object.name_field().name().to_owned(),
    }
}

async fn ask(around: &Around<'_>, object: &Arc<Object>, field: &str, names: &[&String]) -> Result<Vec<(String, RecordId)>> {
    let lower = object.field(field).is_some_and(|f| f.def.ty == guanxi_model::meta::FieldType::Email);
    let asked: HashMap<String, &String> = names.iter().map(|n| (if lower { n.to_lowercase() } else { (*n).clone() }, *n)).collect();
    let literals = asked.keys().map(|n| Literal::Text(n.clone())).collect();
    let query = Query::fields(object.name(), &["id", field]).and(Expr::In(Path::from(field), literals, false));
    let rows = read::run(around.org, around.ctx, query, &Page { limit: ANSWERED, ..Page::default() }).await?;
    let pair = |row: &[Cell]| {
        let id = row.first().and_then(Cell::as_int)?;
        let name = asked.get(row.get(1).and_then(Cell::as_text)?)?;
        Some(((*name).clone(), RecordId(id)))
    };
    Ok(rows.rows().filter_map(pair).collect())
}

/// Makes records for names that none has.
async fn make(around: &Around<'_>, binding: &Binding, lookup: &Lookup, names: Vec<String>) -> Result<HashMap<String, Found>> {
    let Some(target) = lookup.targets.first() else { return Ok(HashMap::new()) };
    if around.dry_run {
        return Ok(names.into_iter().map(|n| (n, Found::WouldBeMade)).collect());
    }
    let schema = around.org.schema();
    let object = schema.require(target)?;
    let mut made = HashMap::new();
    for part in names.chunks(ASKED) {
        let operations = part.iter().map(|name| create(object, lookup, name)).collect();
        let options = Options { change_set: Some(around.change_set), ..Options::default() };
        let written = write::write(around.org, around.ctx, operations, options).await?;
        for (name, outcome) in part.iter().zip(written.outcomes) {
            match outcome {
                Outcome::Created(row) => drop(made.insert(name.clone(), Found::One(schema.id_text(row.id()).into()))),
                Outcome::Failed(error) => tracing::debug!(field = binding.field.name(), %error, "a missing record could not be made"),
                _ => {}
            }
        }
    }
    Ok(made)
}

fn create(object: &Object, lookup: &Lookup, name: &str) -> Operation {
    let mut values = Map::new();
    let by = field_of(object, lookup, name);
    values.insert(object.name_field().name().to_owned(), Value::String(name.to_owned()));
    values.insert(by, Value::String(name.to_owned()));
    Operation::Create { object: object.name().to_owned(), values }
}

/// Why a name could not be used.
pub(crate) fn refusal(binding: &Binding, text: &str, found: &Found) -> Refusal {
    let label = &binding.field.def.label;
    match found {
        Found::Several => Refusal::new(
            binding.field.name(),
            format!("有多条记录叫“{text}”，无法确定“{}”；请改用编号或唯一字段匹配", label.zh),
            format!("several records are called “{text}”; match “{}” by id or by a unique field", label.en),
        ),
        _ => Refusal::new(
            binding.field.name(),
            format!("没有找到“{text}”（{}）；请更正、加入值映射，或选择留空或新建", label.zh),
            format!("“{text}” was not found ({}); correct it, map the value, or choose to leave it empty or to create it", label.en),
        ),
    }
}
