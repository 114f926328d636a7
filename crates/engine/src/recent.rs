//! What a user looked at lately, kept with the user so that another device knows it too.

use std::collections::HashMap;

use guanxi_model::render::time_text;
use guanxi_model::{Cell, Ctx, Error, ErrorKind, Object, RecordId, Result};
use guanxi_query::tree::{Expr, Literal};
use guanxi_query::{Page, Query};
use serde::Serialize;

use crate::{Organisation, read};

/// How many records are remembered of a user.
const KEPT: usize = 50;

/// The user setting that holds them: `[[record id, microseconds], …]`, the newest first.
const SETTING: &str = "recent";

/// A record that the user looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Its object's API name.
    pub object: String,
    /// Record id.
    pub id: String,
    /// Its name now.
    pub name: Option<String>,
    /// When, RFC 3339.
    pub at: String,
}

/// Remembers that the user looked at a record.
///
/// # Errors
/// 404 for a record the user may not see.
pub async fn note(org: &Organisation, ctx: &Ctx, id: &str) -> Result<()> {
    let schema = org.schema();
    let (object, record) = schema.parse_id(id).ok_or_else(Error::no_record)?;
    read::get(org, ctx, object.name(), id, Some(&["id"])).await?;
    let mut seen = stored(org, ctx).await?;
    seen.retain(|(other, _)| *other != record.0);
    seen.insert(0, (record.0, org.now_us()));
    seen.truncate(KEPT);
    let body = serde_json::to_string(&seen).map_err(Error::internal)?;
    org.store().user_setting_set(ctx.user, SETTING, Some(&body)).await
}

/// The records the user looked at, the newest first, as far as they are still there to be seen.
///
/// # Errors
/// Those of the store.
pub async fn list(org: &Organisation, ctx: &Ctx, limit: usize) -> Result<Vec<Seen>> {
    let schema = org.schema();
    let seen = stored(org, ctx).await?;
    let mut by_object: HashMap<u16, Vec<RecordId>> = HashMap::new();
    for (id, _) in &seen {
        if let Some(object) = schema.object_of(RecordId(*id)) {
            by_object.entry(object.no).or_default().push(RecordId(*id));
        }
    }
    let mut names = HashMap::new();
    for (no, ids) in by_object {
        if let Some(object) = schema.by_no(no) {
            names.extend(names_of(org, ctx, object, &ids).await?);
        }
    }
    let shown = seen.into_iter().filter_map(|(id, at)| {
        let name = names.remove(&RecordId(id))?;
        let object = schema.object_of(RecordId(id))?.name().to_owned();
        Some(Seen { object, id: schema.id_text(RecordId(id)), name, at: time_text(at) })
    });
    Ok(shown.take(limit).collect())
}

async fn stored(org: &Organisation, ctx: &Ctx) -> Result<Vec<(i64, i64)>> {
    let settings = org.store().user_settings(ctx.user).await?;
    let body = settings.into_iter().find(|(key, _)| key == SETTING);
    Ok(body.and_then(|(_, body)| serde_json::from_str(&body).ok()).unwrap_or_default())
}

/// The names of those records that the user may see.
pub(crate) async fn names_of(
    org: &Organisation,
    ctx: &Ctx,
    object: &Object,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, Option<String>>> {
    let limit = ids.len() as u32;
    let ids = ids.iter().map(|id| Literal::Id(id.0)).collect();
    let query = Query::fields(object.name(), &["id", object.name_field().name()]).and(Expr::In("id".into(), ids, false));
    match read::run(org, ctx, query, &Page { limit, ..Page::default() }).await {
        Ok(rows) => Ok(rows
            .rows()
            .filter_map(|row| {
                let id = RecordId(row.first().and_then(Cell::as_int)?);
                Some((id, row.get(1).and_then(Cell::as_text).map(str::to_owned)))
            })
            .collect()),
        Err(error) if error.kind == ErrorKind::Forbidden => Ok(HashMap::new()),
        Err(error) => Err(error),
    }
}
