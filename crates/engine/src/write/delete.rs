//! What a delete brings with it: references that forbid it, lookups that are emptied, records that go too.

use std::collections::HashSet;
use std::sync::Arc;

use guanxi_access::{Purpose, on_behalf_of_product};
use guanxi_model::change::{Change, Guard, Op};
use guanxi_model::meta::LookupDelete;
use guanxi_model::schema::Reference;
use guanxi_model::{Cell, Ctx, Error, ErrorKind, Object, RecordId, Result, Schema};
use guanxi_query::tree::{Expr, Literal};
use guanxi_query::{Page, Query};

use super::build;
use super::row::Row;
use crate::{Organisation, changes, read};

/// The most records that one delete may take with it.
const MAX_CONSEQUENCES: usize = 20_000;

/// How many targets are looked up in one query.
const CHUNK: usize = 500;

/// Everything that follows from deleting some records.
#[derive(Default)]
pub struct Consequences {
    /// Further changes.
    pub changes: Vec<Change>,
    /// What must still hold in the transaction; `change` is the index among the roots.
    pub guards: Vec<Guard>,
}

/// Finds what follows from deleting `roots` (all of one object). `going` are all the records that the same change set deletes: they
/// neither forbid the delete nor need a change of their own.
///
/// # Errors
/// 409 `referenced` if a record is still needed; 409 `too_many_consequences`.
pub async fn consequences(
    org: &Organisation,
    ctx: &Ctx,
    schema: &Schema,
    roots: &[&Row],
    going: &HashSet<RecordId>,
) -> Result<Consequences> {
    let mut found = Consequences::default();
    let Some(first) = roots.first() else { return Ok(found) };
    let mut seen: HashSet<RecordId> = going.clone();
    seen.extend(roots.iter().map(|r| r.id()));
    let mut queue: Vec<(String, Vec<RecordId>)> = vec![(first.object.name().to_owned(), roots.iter().map(|r| r.id()).collect())];
    let mut top = true;
    while let Some((object, ids)) = queue.pop() {
        for reference in schema.references_to(&object) {
            let mut holders = holders(org, ctx, schema, &reference, &ids).await?;
            holders.retain(|h| !seen.contains(&h.id()));
            match reference.on_delete {
                LookupDelete::Restrict if !holders.is_empty() => return Err(referenced(org, ctx, &reference.object, &holders).await?),
                LookupDelete::Restrict if top => found.guards.extend(unreferenced(&reference, &ids)),
                LookupDelete::Restrict => {}
                LookupDelete::Clear => found.changes.extend(holders.iter().filter_map(|h| cleared(ctx, schema, h, &reference.field))),
                LookupDelete::Cascade => {
                    found.changes.extend(holders.iter().map(|h| build::bare(Op::Delete, h)));
                    let ids: Vec<RecordId> = holders.iter().map(Row::id).collect();
                    seen.extend(&ids);
                    if !ids.is_empty() {
                        queue.push((reference.object.name().to_owned(), ids));
                    }
                }
            }
            if found.changes.len() > MAX_CONSEQUENCES {
                return Err(Error::new(
                    ErrorKind::Conflict,
                    "too_many_consequences",
                    format!("此删除会影响超过 {MAX_CONSEQUENCES} 条相关记录，请先分批处理。"),
                    format!("This delete would touch more than {MAX_CONSEQUENCES} related records; delete those first."),
                ));
            }
        }
        top = false;
    }
    merge(&mut found.changes);
    Ok(found)
}

/// A record that both is emptied and goes only goes; one that is emptied twice is emptied once per field.
fn merge(changes: &mut Vec<Change>) {
    let gone: Vec<RecordId> = changes.iter().filter(|c| c.op == Op::Delete).map(|c| c.id).collect();
    let mut kept: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes.drain(..) {
        if change.op == Op::Update && gone.contains(&change.id) {
            continue;
        }
        match kept.iter_mut().find(|k| k.id == change.id && k.op == Op::Update && change.op == Op::Update) {
            Some(same) => {
                same.diff = format!("{},{}", same.diff.trim_end_matches('}'), change.diff.trim_start_matches('{'));
                same.values.extend(change.values);
                same.fields.extend(change.fields);
            }
            None => kept.push(change),
        }
    }
    *changes = kept;
}

/// The error of a record that others still need. It tells only of those that the user may see.
async fn referenced(org: &Organisation, ctx: &Ctx, object: &Arc<Object>, holders: &[Row]) -> Result<Error> {
    let ids: Vec<RecordId> = holders.iter().map(Row::id).collect();
    let seen = changes::existing(org, ctx, object, &ids, false).await?.len();
    let (zh, en) = match seen {
        0 => (
            "还有您无权查看的记录引用此记录，不能删除。".to_owned(),
            "Records that you may not see still refer to this one, so it cannot be deleted.".to_owned(),
        ),
        n => (
            format!("还有 {n} 条“{}”引用此记录，不能删除。", object.def.label.zh),
            format!("{} ({n}) still refer to this record, so it cannot be deleted.", object.def.label.plural(guanxi_model::Lang::En)),
        ),
    };
    Ok(Error::new(ErrorKind::Conflict, "referenced", zh, en))
}

/// That nothing comes to refer to the roots before they are gone.
fn unreferenced(reference: &Reference, ids: &[RecordId]) -> Vec<Guard> {
    let Some(column) = reference.object.field(&reference.field).and_then(|f| f.columns.first()) else { return Vec::new() };
    let guard = |(change, target): (usize, &RecordId)| Guard::Unreferenced {
        change,
        object: reference.object.no,
        column: column.name.clone(),
        target: *target,
    };
    ids.iter().enumerate().map(guard).collect()
}

fn cleared(ctx: &Ctx, schema: &Schema, holder: &Row, field: &str) -> Option<Change> {
    let mut row = holder.clone();
    row.set(field, vec![Cell::Null]);
    build::difference(ctx, schema, holder, row).change
}

/// The live records whose reference points at one of `ids`.
async fn holders(org: &Organisation, ctx: &Ctx, schema: &Schema, reference: &Reference, ids: &[RecordId]) -> Result<Vec<Row>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let targets = chunk.iter().map(|id| Literal::Id(id.0)).collect();
        let query = Query::fields(reference.object.name(), &read::field_names(&reference.object)).and(Expr::In(
            reference.field.as_str().into(),
            targets,
            false,
        ));
        let query = on_behalf_of_product(Purpose::Consistency, query);
        let page = Page { limit: MAX_CONSEQUENCES as u32 + 1, ..Page::default() };
        let rows = org.store().select(ctx, schema, &query, &page).await?;
        found.extend(Row::from_page(&Arc::clone(&reference.object), &rows));
    }
    Ok(found)
}
