//! What a user may do with records that are there, whoever owns them: by shares, by rules, with their parent. The write door asks before it
//! changes what the owner alone does not open.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use guanxi_access::{Need, Policy, authorize_ids};
use guanxi_model::{Cell, Ctx, Object, RecordId, Result};
use guanxi_query::Page;

use super::Row;
use crate::Organisation;

/// Records asked about at a time.
const CHUNK: usize = 1_000;

/// Says in rows, live ones or of the recycle bin, what sharing gives the user on their records.
///
/// # Errors
/// Those of the store.
pub(crate) async fn mark<'r>(org: &Organisation, ctx: &Ctx, rows: impl Iterator<Item = &'r mut Row>, deleted: bool) -> Result<()> {
    let schema = org.schema();
    let policy = Policy::of(ctx, &schema);
    let mut by_object: BTreeMap<u16, Vec<&'r mut Row>> = BTreeMap::new();
    rows.for_each(|row| by_object.entry(row.object.no).or_default().push(row));
    for rows in by_object.into_values() {
        let Some(object) = rows.first().map(|row| Arc::clone(&row.object)) else { continue };
        let mut rows = rows;
        for need in [Need::Read, Need::Edit, Need::Delete] {
            if policy.beside(&object, need).is_none() {
                continue;
            }
            let Some(owners) = policy.whose(&object, need) else { continue };
            let asked: Vec<RecordId> = rows.iter().filter(|row| !owners.has(row.owner())).map(|row| row.id()).collect();
            let found = within(org, ctx, &object, &asked, deleted, need).await?;
            for row in rows.iter_mut().filter(|row| found.contains(&row.id())) {
                match need {
                    Need::Read => row.shared.read = true,
                    Need::Edit => row.shared.edit = true,
                    Need::Delete => row.shared.delete = true,
                }
            }
        }
    }
    Ok(())
}

/// Which of these records the user may read, edit or delete.
///
/// # Errors
/// `forbidden` if the object may not be read; those of the store.
pub(crate) async fn within(
    org: &Organisation,
    ctx: &Ctx,
    object: &Object,
    ids: &[RecordId],
    deleted: bool,
    need: Need,
) -> Result<HashSet<RecordId>> {
    let mut found = HashSet::new();
    let schema = org.schema();
    for chunk in ids.chunks(CHUNK) {
        let query = authorize_ids(ctx, &schema, object, chunk, deleted, need)?;
        let page = Page { limit: chunk.len() as u32, ..Page::default() };
        let rows = org.store().select(ctx, &schema, &query, &page).await?;
        found.extend(rows.rows().filter_map(|row| row.first().and_then(Cell::as_int)).map(RecordId));
    }
    Ok(found)
}
