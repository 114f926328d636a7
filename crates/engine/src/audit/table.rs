//! The log as a table: the entries of a filter as CSV, page by page, so that memory does not grow with their count.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use guanxi_model::{Ctx, Error, ErrorKind, Lang, Result, Schema};
use guanxi_store::sys::LeafFilter;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::events::{self, About, Kind, check_right};
use super::list::{Filter, Listed, page, understood};
use crate::Organisation;
use crate::export::safe_cell;
use crate::files::Opened;

/// The most entries of a table.
pub const MOST: u32 = 50_000;

/// Entries that are read at a time.
const PAGE: u32 = 500;

/// The entries of a filter as CSV (UTF-8 with byte order mark, RFC 4180), the latest first: a line for each field that changed, one for each
/// entry without fields. Cells cannot become formulas. The log notes it before the first byte is given.
///
/// # Errors
/// 403 without the right to see the log, and without that to export; 400 for a filter that cannot be understood; 422 `too_many_entries` beyond [`MOST`].
pub async fn table(org: &Organisation, ctx: &Ctx, filter: &Filter) -> Result<Opened> {
    check_right(org, ctx)?;
    crate::export::check_right(org, ctx)?;
    let wanted = understood(org, filter, None)?;
    let count = org.store().audit_count(&wanted, MOST + 1).await?;
    if count > i64::from(MOST) {
        return Err(Error::new(
            ErrorKind::Validation,
            "too_many_entries",
            format!("符合条件的记录超过 {MOST} 条，请缩小时间范围或增加筛选条件后再导出。"),
            format!("More than {MOST} entries satisfy the filters; choose a shorter period or add a filter, then export again."),
        ));
    }
    let body = json!({ "audit": true, "rows": count, "format": "csv", "user": filter.user, "object": filter.object, "record": filter.record,
        "kind": filter.kind, "from": filter.from, "to": filter.to });
    events::record(org, &events::event(org, ctx, Kind::Export, About::Nothing, body)).await?;
    let at = State { org: org.clone(), ctx: ctx.clone(), schema: org.schema(), filter: wanted, left: true };
    let rest = stream::try_unfold(at, next);
    let head = stream::once(std::future::ready(Ok(Bytes::from(header(ctx.lang)))));
    let day = Timestamp::from_microsecond(org.now_us()).map(|t| t.to_zoned(zone(ctx)).date().to_string()).unwrap_or_default();
    Ok(Opened {
        name: crate::files::clean_name(&match ctx.lang {
            Lang::Zh => format!("审计日志 {day}.csv"),
            Lang::En => format!("Audit log {day}.csv"),
        }),
        content_type: "text/csv; charset=utf-8".to_owned(),
        size: None,
        sha256: None,
        stream: head.chain(rest).boxed(),
    })
}

struct State {
    org: Organisation,
    ctx: Ctx,
    schema: Arc<Schema>,
    filter: LeafFilter,
    left: bool,
}

async fn next(mut at: State) -> std::io::Result<Option<(Bytes, State)>> {
    if !at.left {
        return Ok(None);
    }
    // Whoever lost the right meanwhile gets no further page.
    let read = async {
        check_right(&at.org, &at.ctx)?;
        page(&at.org, &at.ctx, &at.filter, PAGE).await
    };
    let (entries, cursor) = read.await.map_err(std::io::Error::other)?;
    at.filter.before = cursor.as_deref().and_then(super::list::place);
    at.left = at.filter.before.is_some();
    let text = lines(&at, &entries).map_err(std::io::Error::other)?;
    Ok(Some((Bytes::from(text), at)))
}

fn zone(ctx: &Ctx) -> TimeZone {
    TimeZone::get(&ctx.time_zone).unwrap_or(TimeZone::UTC)
}

fn header(lang: Lang) -> Vec<u8> {
    let words = match lang {
        Lang::Zh => ["时间", "人员", "事件", "入口", "对象", "记录", "字段", "原值", "新值", "其他内容", "地址", "序号", "校验"],
        Lang::En => {
            ["Time", "Person", "Event", "Door", "Object", "Record", "Field", "Old value", "New value", "Other", "Address", "Place", "Check"]
        }
    };
    let mut out = "\u{feff}".as_bytes().to_vec();
    out.extend(line(&words.map(str::to_owned)).unwrap_or_default());
    out
}

fn lines(at: &State, entries: &[Listed]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(entries.len() * 160);
    for entry in entries {
        let member = |name: &str| entry.entry[name].as_str().unwrap_or_default().to_owned();
        let when = member("at").parse::<Timestamp>().map(|t| t.to_zoned(zone(&at.ctx)).strftime("%Y-%m-%d %H:%M:%S").to_string());
        let object = member("object");
        let object = at.schema.object(&object).map_or(object.clone(), |o| o.def.label.get(at.ctx.lang).to_owned());
        let mut other = entry.body.clone();
        let client = other.as_object_mut().and_then(|members| members.remove("client")).map(|client| plain(&client)).unwrap_or_default();
        let other = if other.as_object().is_some_and(|members| !members.is_empty()) { other.to_string() } else { String::new() };
        let row = |field: &str, old: String, new: String| {
            line(&[
                when.clone().unwrap_or_default(),
                entry.by.as_ref().map(|by| by.name.clone()).unwrap_or_default(),
                member("kind"),
                member("door"),
                object.clone(),
                member("record"),
                field.to_owned(),
                old,
                new,
                other.clone(),
                client.clone(),
                entry.index.to_string(),
                serde_json::to_value(entry.text).ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default(),
            ])
        };
        if entry.fields.is_empty() {
            out.extend(row("", String::new(), String::new())?);
        }
        for change in &entry.fields {
            out.extend(row(&change.label, plain(&change.old), plain(&change.new))?);
        }
    }
    Ok(out)
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn line(cells: &[String]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells.iter().map(|cell| safe_cell(cell).into_owned())).map_err(Error::internal)?;
    writer.into_inner().map_err(|error| Error::internal(error.error()))
}
