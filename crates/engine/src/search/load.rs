//! Records that the index names, as the reader may see them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use guanxi_access::{Owners, Policy, authorize_query};
use guanxi_model::meta::FieldType;
use guanxi_model::money::currency;
use guanxi_model::{Cell, Ctx, ErrorKind, Field, Lang, Object, RecordId, Result, Schema};
use guanxi_query::Page;
use guanxi_query::Query as Select;
use guanxi_query::tree::{Expr, GIVEN, Literal};
use guanxi_search::Query;

use super::fields::{Columns, Weight, searched, text};
use super::{DEFAULT_LIMIT, Highlight, Hit, Piece};
use crate::export::{Out, Writer};
use crate::planned::Purpose;
use crate::{Organisation, read};

/// The most values in the line under a name.
const DETAILS: usize = 3;

/// Records that are read by the planned query; as many as an answer of the usual length needs.
const FEW: usize = DEFAULT_LIMIT + 1;

/// How many characters are shown before and after what was found in a long text.
const AROUND: usize = 24;

/// Those of `ids` that the user may see and that have everything looked for, in the order of `ids`.
pub(super) async fn hits(
    org: &Organisation,
    ctx: &Ctx,
    object: &Arc<Object>,
    ids: &[RecordId],
    query: &Query,
    fuzzy: bool,
) -> Result<Vec<Hit>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let schema = org.schema();
    let policy = Policy::of(ctx, &schema);
    let details = details(policy, &schema, object);
    // What the user sees in part serves for nothing: it is looked through in those records only where it is seen in full.
    let reach = |field: &Field| policy.field(object, field.name()).read.map(|scope| policy.owners(scope));
    let searched: Vec<_> = searched(object).into_iter().filter_map(|(field, weight)| Some((field, weight, reach(field)?))).collect();
    let select = |ids: Vec<Literal>| {
        let mut paths: Vec<&str> = vec!["id", "name", "owner_id"];
        paths.extend(details.iter().map(|(path, _)| path.as_str()));
        paths.extend(searched.iter().map(|(field, ..)| field.name()));
        Select::fields(object.name(), &paths).and(Expr::In("id".into(), ids, false))
    };
    let read = async {
        if ids.len() > FEW {
            let literals = ids.iter().map(|id| Literal::Id(id.0)).collect();
            return read::run(org, ctx, select(literals), &Page { limit: ids.len() as u32, ..Page::default() }).await;
        }
        let few = org.planned().get_or_plan(&schema, ctx, object, Purpose::Found, || {
            let query = authorize_query(ctx, &schema, select(vec![Literal::Id(GIVEN); FEW]))?;
            org.store().prepare_by_id(ctx, &schema, &query, FEW as u32)
        })?;
        org.store().select_by_id(&few, ids, ctx.now_us).await
    };
    let rows = match read.await {
        Ok(rows) => rows,
        Err(error) if error.kind == ErrorKind::Forbidden => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let columns = Columns::of(&rows);
    let reader = Reader { schema: &schema, ctx, object, details: &details, searched: &searched, columns: &columns };
    let mut found: HashMap<i64, Hit> =
        rows.rows().filter_map(|row| Some((columns.int(row, "id"), reader.hit(row, query, fuzzy)?))).collect();
    let mut hits: Vec<(RecordId, Hit)> = ids.iter().filter_map(|id| Some((*id, found.remove(&id.0)?))).collect();
    if policy.restricts_fields(object) {
        // The order of the index comes from all values, and would tell of those that are hidden.
        hits.sort_by_key(|(id, hit)| (hit.name_pieces.iter().all(|piece| !piece.hit), std::cmp::Reverse(*id)));
    }
    Ok(hits.into_iter().map(|(_, hit)| hit).collect())
}

/// What the line under a name is made of: the first highlights of the object's layout, as paths with their fields.
fn details<'a>(policy: Policy<'_>, schema: &Schema, object: &'a Arc<Object>) -> Vec<(String, &'a Field)> {
    let highlights = schema.layouts.get(object.name()).map(|layout| layout.highlights.as_slice()).unwrap_or_default();
    let fields = highlights.iter().filter_map(|name| object.field(name)).filter(|field| field.name() != object.name_field().name());
    fields
        .map(|field| (field.def.relationship().map_or_else(|| field.name().to_owned(), |relation| format!("{relation}.name")), field))
        .filter(|(path, _)| !policy.path(object, path).is_hidden())
        .collect()
}

struct Reader<'a> {
    schema: &'a Schema,
    ctx: &'a Ctx,
    object: &'a Arc<Object>,
    details: &'a [(String, &'a Field)],
    searched: &'a [(&'a Field, Weight, Owners)],
    columns: &'a Columns,
}

impl Reader<'_> {
    /// The record of a row; `None` if something that was looked for is not in it.
    fn hit(&self, row: &[Cell], query: &Query, fuzzy: bool) -> Option<Hit> {
        let mut missing: Vec<usize> = (0..query.units.len()).collect();
        let mut name_places = Vec::new();
        let mut highlight = None;
        // The name comes first; other fields are looked through as long as something is missing.
        let owner = self.columns.cells(row, "owner_id").first().and_then(Cell::as_int).map(RecordId);
        for (field, weight, _) in self.searched.iter().filter(|(.., owners)| owners.has(owner)) {
            if missing.is_empty() {
                break;
            }
            let text = text(&field.def.ty, self.columns.cells(row, field.name()));
            let (units, places) = query.find(weight.kind(), &text, fuzzy);
            let new = missing.iter().any(|unit| units.contains(unit));
            missing.retain(|unit| !units.contains(unit));
            match weight {
                Weight::Name => name_places = places,
                _ if new && highlight.is_none() => {
                    let label = field.def.label.get(self.ctx.lang).to_owned();
                    highlight = Some(Highlight { field: field.name().to_owned(), label, pieces: excerpt(&text, &places) });
                }
                _ => {}
            }
        }
        if !missing.is_empty() {
            return None;
        }
        let id = RecordId(self.columns.int(row, "id"));
        let name = self.columns.cells(row, "name").first().and_then(Cell::as_text).unwrap_or_default().to_owned();
        Some(Hit {
            id: self.object.id_text(id),
            object: self.object.name().to_owned(),
            name_pieces: pieces(&name, 0..name.len(), &name_places),
            name,
            detail: self.detail(row),
            highlight,
        })
    }

    fn detail(&self, row: &[Cell]) -> Option<String> {
        let values = self.details.iter().filter_map(|(path, field)| {
            let cells = self.columns.cells(row, path);
            if field.def.ty.is_reference() {
                return cells.first().and_then(Cell::as_text).map(str::to_owned);
            }
            if matches!(field.def.ty, FieldType::Boolean) {
                return None;
            }
            self.value(field, cells)
        });
        let line: Vec<String> = values.filter(|v| !v.is_empty()).take(DETAILS).collect();
        (!line.is_empty()).then(|| line.join(" · "))
    }

    /// A value in words.
    fn value(&self, field: &Field, cells: &[Cell]) -> Option<String> {
        let labels = self.schema.values_of(self.object, &field.def);
        let label = |value: &str| labels.iter().find(|v| v.value == value).map(|v| v.label.get(self.ctx.lang).to_owned());
        match (Writer::new(self.schema, self.ctx).cell(&field.def.ty, cells, label), &field.def.ty) {
            (Out::Empty, _) => None,
            (Out::Number(amount), FieldType::Money) => {
                let code = cells.get(1).and_then(Cell::as_text).unwrap_or_default();
                let symbol = currency(code).map_or_else(|| format!("{code} "), |c| c.symbol().to_string());
                Some(format!("{symbol}{}", grouped(&amount)))
            }
            (Out::Text(text), FieldType::Date) => Some(dated(&text, self.ctx.lang).unwrap_or(text)),
            // To the minute, as lists show it.
            (Out::Text(text), FieldType::DateTime) => {
                let parts = text.split_once(' ').and_then(|(day, time)| Some((dated(day, self.ctx.lang)?, time.get(..5)?)));
                let between = if self.ctx.lang == Lang::Zh { " " } else { ", " };
                Some(parts.map_or_else(|| text.clone(), |(day, time)| format!("{day}{between}{time}")))
            }
            (Out::Number(number), FieldType::Percent { .. }) => Some(format!("{number}%")),
            (Out::Number(text) | Out::Text(text), _) => Some(text),
        }
    }
}

/// A day as lists show it: `2026/11/02`, `Nov 02, 2026`.
fn dated(day: &str, lang: Lang) -> Option<String> {
    let day: jiff::civil::Date = day.parse().ok()?;
    Some(day.strftime(if lang == Lang::Zh { "%Y/%m/%d" } else { "%b %d, %Y" }).to_string())
}

/// `1234567.50` as `1,234,567.50`.
fn grouped(amount: &str) -> String {
    let digits = amount.trim_start_matches('-');
    let whole = digits.find('.').unwrap_or(digits.len());
    let mut out = if digits.len() < amount.len() { "-".to_owned() } else { String::new() };
    for (i, c) in digits.char_indices() {
        if i > 0 && i < whole && (whole - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A part of a text in pieces.
fn pieces(text: &str, part: Range<usize>, places: &[Range<usize>]) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut at = part.start;
    let mut push = |range: Range<usize>, hit: bool| {
        if let Some(text) = text.get(range).filter(|t| !t.is_empty()) {
            out.push(Piece { text: text.to_owned(), hit });
        }
    };
    for place in places.iter().filter(|p| p.start >= part.start && p.end <= part.end) {
        push(at..place.start, false);
        push(place.clone(), true);
        at = place.end;
    }
    push(at..part.end, false);
    out
}

/// The text around the first place.
fn excerpt(text: &str, places: &[Range<usize>]) -> Vec<Piece> {
    let Some(first) = places.first() else { return Vec::new() };
    let start = text[..first.start].char_indices().rev().nth(AROUND - 1).map_or(0, |(i, _)| i);
    let end = text[first.end..].char_indices().nth(AROUND * 3).map_or(text.len(), |(i, _)| first.end + i);
    let mut out = pieces(text, start..end, places);
    if start > 0 {
        out.insert(0, Piece { text: "…".to_owned(), hit: false });
    }
    if end < text.len() {
        out.push(Piece { text: "…".to_owned(), hit: false });
    }
    out
}
