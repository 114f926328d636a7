//! The text of office documents (Office Open XML): headings, paragraphs and tables of a text document, the texts of slides, the first
//! rows of sheets. Read as a stream under limits, so that a hostile document costs no more than an honest one.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use guanxi_model::{Error, ErrorKind, Result};
use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::preview::{Block, Parts};
use crate::import::table::{self, Limits};

/// Limits of a document that is looked into.
const LIMITS: Limits = Limits { bytes: 128 << 20, strings: 16 << 20 };

/// The most sheets and slides shown.
const MAX_SHEETS: usize = 10;
const MAX_SLIDES: usize = 100;

type Archive = ZipArchive<BufReader<File>>;

/// The parts of an office document; none if the archive is no such document.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parts(path: &Path) -> Result<Option<Parts>> {
    let names: Vec<String> = open(path)?.file_names().map(|name| name.map(|n| n.to_string()).unwrap_or_default()).collect();
    let has = |name: &str| names.iter().any(|n| n == name);
    if has("xl/workbook.xml") {
        return sheets(path).map(Some);
    }
    if has("word/document.xml") {
        table::check_within(path, &LIMITS)?;
        return document(path).map(Some);
    }
    if has("ppt/presentation.xml") {
        table::check_within(path, &LIMITS)?;
        return slides(path, &names).map(Some);
    }
    Ok(None)
}

fn open(path: &Path) -> Result<Archive> {
    ZipArchive::new(BufReader::new(File::open(path).map_err(table::unreadable)?)).map_err(broken)
}

fn sheets(path: &Path) -> Result<Parts> {
    table::check_within(path, &LIMITS)?;
    let names = table::sheets(path)?;
    let mut parts = Parts { truncated: names.len() > MAX_SHEETS, ..Parts::default() };
    for name in names.into_iter().take(MAX_SHEETS) {
        let mut rows = Vec::new();
        table::for_each_row(path, &name, &mut |row| Ok(parts.take_row(&mut rows, row.cells.iter().map(str::to_owned))))?;
        parts.add(Block::heading(name));
        parts.add(Block::table(rows));
        if parts.full() {
            break;
        }
    }
    Ok(parts)
}

fn document(path: &Path) -> Result<Parts> {
    let mut parts = Parts::default();
    read(open(path)?, "word/document.xml", &mut parts)?;
    Ok(parts)
}

fn slides(path: &Path, names: &[String]) -> Result<Parts> {
    let number = |n: &str| n.strip_prefix("ppt/slides/slide")?.strip_suffix(".xml")?.parse::<usize>().ok();
    let mut numbers: Vec<usize> = names.iter().filter_map(|n| number(n)).collect();
    numbers.sort_unstable();
    let mut parts = Parts { truncated: numbers.len() > MAX_SLIDES, ..Parts::default() };
    for n in numbers.into_iter().take(MAX_SLIDES) {
        parts.add(Block::heading(n.to_string()));
        read(open(path)?, &format!("ppt/slides/slide{n}.xml"), &mut parts)?;
        if parts.full() {
            break;
        }
    }
    Ok(parts)
}

/// Where in a document the reader stands.
#[derive(Default)]
struct Place {
    text: String,
    in_text: bool,
    heading: bool,
    /// Tables in tables: their text goes into the cell of the outer one.
    depth: usize,
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    cell: String,
}

/// Adds the paragraphs and tables of one part. WordprocessingML and DrawingML give them the same local names.
fn read(mut archive: Archive, name: &str, parts: &mut Parts) -> Result<()> {
    let part = archive.by_name(name).map_err(broken)?;
    let mut reader = Reader::from_reader(BufReader::new(part.take(LIMITS.bytes)));
    let mut place = Place::default();
    let mut buffer = Vec::new();
    while !parts.full() {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "tbl" => place.depth += 1,
                "t" => place.in_text = true,
                _ => {}
            },
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "ta" => place.text.push('\t'),
                "br" | "cr" => place.text.push('\n'),
                "pStyle" => place.heading = is_heading(&tag),
                _ => {}
            },
            Event::Text(text) if place.in_text => place.text.push_str(&text),
            Event::GeneralRef(name) if place.in_text => match name.resolve_char_ref().map_err(broken)? {
                Some(c) => place.text.push(c),
                None => place.text.push_str(entity(&name)),
            },
            Event::End(tag) => end(tag.local_name().as_ref(), &mut place, parts),
            Event::DocType(_) => return Err(broken("a document type")),
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(())
}

fn is_heading(tag: &quick_xml::events::BytesStart<'_>) -> bool {
    let value = tag.attributes().flatten().find(|a| a.key.local_name().as_ref() == "val");
    // Chinese Word names its heading styles 1, 2, 3 …
    value.is_some_and(|v| {
        v.value.starts_with("Heading")
            || v.value.as_ref() == "Title"
            || (v.value.len() == 1 && v.value.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// The five entities that XML knows of itself; a document type, which could define others, is refused.
fn entity(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

fn end(tag: &str, place: &mut Place, parts: &mut Parts) {
    match tag {
        "t" => place.in_text = false,
        "p" => {
            let text = std::mem::take(&mut place.text);
            let heading = std::mem::take(&mut place.heading);
            if place.depth > 0 {
                if !place.cell.is_empty() && !text.is_empty() {
                    place.cell.push('\n');
                }
                place.cell.push_str(&text);
            } else if !text.trim().is_empty() {
                parts.add(if heading { Block::heading(text) } else { Block::paragraph(text) });
            }
        }
        "tc" if place.depth == 1 => place.row.push(std::mem::take(&mut place.cell)),
        "tr" if place.depth == 1 => {
            let row = std::mem::take(&mut place.row);
            parts.take_row(&mut place.rows, row.into_iter());
        }
        "tbl" => {
            place.depth = place.depth.saturating_sub(1);
            if place.depth == 0 {
                parts.add(Block::table(std::mem::take(&mut place.rows)));
            }
        }
        _ => {}
    }
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Validation, "bad_document", "文档内部有误，无法预览。", "The document is broken inside and cannot be shown.")
        .because(error)
}
