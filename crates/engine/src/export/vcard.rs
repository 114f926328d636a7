//! Records as cards of an address book (vCard 3.0, RFC 2426, which every phone and WeChat reads). Which field is what of a card is found
//! as for an import: by the columns that a card has there.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use guanxi_access::Policy;
use guanxi_model::meta::FieldType;
use guanxi_model::{Ctx, Error, FieldError, Object, Result, Schema};
use guanxi_query::tree::Select;
use guanxi_query::{Page, PageRows, Query};

use super::cells::{Out, Writer};
use super::sheet::unwritable;
use crate::import::table::VCARD_HEADERS;
use crate::import::{Column, suggest};
use crate::{Organisation, read};

/// Records a page.
const PAGE: u32 = 2_000;

/// The longest line in bytes, folds apart.
const LINE: usize = 75;

/// One column of a card and the path of the field that has it.
struct Part {
    header: &'static str,
    path: String,
}

/// The query for the records of another query with the fields that a card has.
///
/// # Errors
/// 422 `no_card` for an object that has no name with a phone number or an e-mail address.
pub(super) fn query(policy: Policy<'_>, schema: &Schema, query: Query) -> Result<Query> {
    let object = schema.require(&query.object)?;
    let parts = parts(policy, schema, object);
    let has = |headers: &[&str]| parts.iter().any(|p| headers.contains(&p.header));
    if !has(&["Full name"]) || !has(&["Mobile", "Work phone", "Email"]) || query.is_aggregate() {
        return Err(Error::field(FieldError::new(
            "format",
            "no_card",
            format!("“{}”没有姓名加电话或邮箱，不能导出为名片（vCard）", object.def.label.zh),
            format!(
                "{} have no name with a phone number or e-mail address, so they cannot be cards (vCard)",
                object.def.label.plural(guanxi_model::Lang::En)
            ),
        )));
    }
    Ok(Query { select: parts.into_iter().map(|p| Select::Field(p.path.as_str().into())).collect(), ..query })
}

/// Which fields of an object that the user sees a card has.
fn parts(policy: Policy<'_>, schema: &Schema, object: &Arc<Object>) -> Vec<Part> {
    let column = |(index, header): (usize, &&str)| Column {
        index,
        header: (*header).to_owned(),
        samples: Vec::new(),
        distinct: Vec::new(),
        suggested: None,
    };
    let mut columns: Vec<Column> = VCARD_HEADERS.iter().enumerate().map(column).collect();
    suggest::mapping(schema, object, &mut columns);
    let path = |field: &str| {
        let field = object.field(field)?;
        match &field.def.ty {
            FieldType::Lookup { to, .. } => {
                let target = schema.object(to.first()?)?;
                Some(format!("{}.{}", field.def.relationship()?, target.name_field().name()))
            }
            _ => Some(field.name().to_owned()),
        }
    };
    let parts = columns.iter().filter_map(|c| Some(Part { header: VCARD_HEADERS[c.index], path: path(&c.suggested.as_ref()?.field)? }));
    parts.filter(|part| !policy.path(object, &part.path).is_hidden()).collect()
}

/// Writes the cards of a query that [`query`] has made; gives their count, or nothing if `watch` said to stop.
///
/// # Errors
/// Those of the query; 507 when the disk is full.
pub(super) async fn write(
    org: &Organisation,
    ctx: &Ctx,
    cards: &Query,
    path: &Path,
    mut watch: impl FnMut(u64, Option<u64>) -> bool,
) -> Result<Option<u64>> {
    let schema = org.schema();
    let headers: Vec<&str> = parts(Policy::of(ctx, &schema), &schema, schema.require(&cards.object)?).iter().map(|p| p.header).collect();
    let writer = Writer::new(&schema, ctx);
    let mut file = BufWriter::new(File::create(path).map_err(unwritable)?);
    let (mut done, mut total) = (0u64, None);
    let mut page = Page { limit: PAGE, cursor: None, total: true };
    loop {
        let rows = read::run(org, ctx, cards.clone(), &page).await?;
        total = rows.total.and_then(|t| u64::try_from(t).ok()).or(total);
        done += rows.rows().len() as u64;
        for card in texts(&writer, &headers, &rows) {
            file.write_all(card.as_bytes()).map_err(unwritable)?;
        }
        if !watch(done, total) {
            return Ok(None);
        }
        let Some(next) = rows.next else { break };
        page = Page { cursor: Some(next), total: false, ..page };
    }
    file.flush().map_err(unwritable)?;
    Ok(Some(done))
}

fn texts(writer: &Writer<'_>, headers: &[&str], rows: &PageRows) -> Vec<String> {
    let card = |row: &[guanxi_model::Cell]| {
        let (mut at, mut card) = (0, Vec::with_capacity(headers.len()));
        for (output, header) in rows.outputs.iter().zip(headers) {
            let own = row.get(at..at + output.cells).unwrap_or(&[]);
            at += output.cells;
            if let Out::Text(text) | Out::Number(text) = writer.cell(&output.ty, own, |_| None) {
                card.push((*header, text));
            }
        }
        text(&card)
    };
    rows.rows().map(card).collect()
}

/// One card.
fn text(cells: &[(&str, String)]) -> String {
    let get = |header: &str| cells.iter().find(|(h, _)| *h == header).map(|(_, text)| escaped(text));
    let name = get("Full name").unwrap_or_default();
    let mut out = String::new();
    let mut put = |property: &str, value: Option<String>| {
        if let Some(value) = value {
            fold(&mut out, &format!("{property}:{value}"));
        }
    };
    put("BEGIN", Some("VCARD".to_owned()));
    put("VERSION", Some("3.0".to_owned()));
    put("FN", Some(name.clone()));
    put("N", Some(structured(&name)));
    let organisation = (get("Company"), get("Department"));
    put(
        "ORG",
        match organisation {
            (None, None) => None,
            (company, department) => {
                Some([company.unwrap_or_default(), department.unwrap_or_default()].join(";").trim_end_matches(';').to_owned())
            }
        },
    );
    put("TITLE", get("Job title"));
    put("TEL;TYPE=CELL", get("Mobile"));
    put("TEL;TYPE=WORK", get("Work phone"));
    put("EMAIL;TYPE=INTERNET", get("Email"));
    put("X-WECHAT", get("WeChat"));
    put("URL", get("Website"));
    put("ADR;TYPE=WORK", get("Address").map(|address| format!(";;{address};;;;")));
    put("BDAY", get("Birthday"));
    put("CATEGORIES", get("Tags").map(|tags| tags.replace("\\; ", ",").replace("\\;", ",")));
    put("NOTE", get("Notes"));
    put("END", Some("VCARD".to_owned()));
    out
}

/// Family and given name. Of a Chinese name the first character, or the first two of a double surname, is the family's.
fn structured(name: &str) -> String {
    let cjk = name.chars().all(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
    let count = name.chars().count();
    if cjk && (2..=4).contains(&count) {
        let double = count > 2 && DOUBLE.iter().any(|d| name.starts_with(d));
        let at = name.char_indices().nth(if double { 2 } else { 1 }).map_or(name.len(), |(at, _)| at);
        return format!("{};{};;;", &name[..at], &name[at..]);
    }
    match name.rsplit_once(' ') {
        Some((given, family)) => format!("{family};{given};;;"),
        None => format!("{name};;;;"),
    }
}

/// The double surnames in common use.
const DOUBLE: [&str; 12] = ["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "司徒"];

/// What has a meaning in a card, escaped; line ends too, so that no value begins a property.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A property in lines of at most [`LINE`] bytes, cut between characters.
fn fold(out: &mut String, property: &str) {
    let mut length = 0;
    for c in property.chars() {
        if length + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_escaped_and_folded() {
        let cells = [("Full name", "欧阳明"), ("Company", "甲;乙"), ("Notes", "a\r\nEND:VCARD\nb,c\\d"), ("Tags", "vip; 老客户")];
        let card = text(&cells.map(|(h, t)| (h, t.to_owned())));
        assert_eq!(
            card,
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:欧阳明\r\nN:欧阳;明;;;\r\nORG:甲\\;乙\r\nCATEGORIES:vip,老客户\r\nNOTE:a\\nEND:VCARD\\nb\\,c\\\\d\r\nEND:VCARD\r\n"
        );
        let long = text(&[("Full name", "名".repeat(100))]);
        assert!(long.lines().all(|line| line.len() <= LINE));
        assert_eq!(structured("Ann Lee"), "Lee;Ann;;;");
        assert_eq!(structured("张三"), "张;三;;;");
    }
}
