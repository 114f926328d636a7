//! What can be seen of a file without opening it elsewhere: how a browser may show it, or its text taken out by the server. Nothing of a
//! file is ever given to the browser as a page: text goes as JSON, and bytes only under a media type that they themselves bear out.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use futures_util::StreamExt;
use guanxi_model::{Ctx, Error, ErrorKind, Result};
use guanxi_store::sys;
use serde::Serialize;
use tokio::sync::Semaphore;

use super::kind::{self, Kind};
use super::records::found;
use super::{Opened, office};
use crate::Organisation;
use crate::import::source::Source;
use crate::import::table;

/// Largest picture shown, in bytes and in points: a browser unpacks each point to four bytes.
const MAX_IMAGE: i64 = 25 << 20;
const MAX_POINTS: usize = 60_000_000;

/// Largest file whose text is taken out.
const MAX_READ: i64 = 30 << 20;

/// The most text shown, in bytes.
const MAX_TEXT: usize = 256 << 10;

/// The most rows and columns of a table, and blocks of a document.
const MAX_ROWS: usize = 200;
const MAX_COLUMNS: usize = 50;
const MAX_BLOCKS: usize = 2_000;

/// Files looked into at the same time; each may take up to some tens of megabytes.
static LOOKING: Semaphore = Semaphore::const_new(2);

/// How a file can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewKind {
    /// As a picture, from the address of its inline content.
    Image,
    /// By the browser's PDF viewer.
    Pdf,
    /// By the browser's player.
    Audio,
    /// By the browser's player.
    Video,
    /// `text` as it is.
    Text,
    /// `text` as Markdown.
    Markdown,
    /// `blocks`.
    Document,
    /// Not at all; `reason` says why.
    None,
}

/// What can be seen of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// How it can be shown.
    pub kind: PreviewKind,
    /// Its text.
    pub text: Option<String>,
    /// Its headings, paragraphs and tables.
    pub blocks: Vec<Block>,
    /// Whether the file has more than this.
    pub truncated: bool,
    /// Why there is nothing to see: `too_large`, `unknown_format` or `broken`.
    pub reason: Option<&'static str>,
}

impl Preview {
    fn of(kind: PreviewKind) -> Preview {
        Preview { kind, text: None, blocks: Vec::new(), truncated: false, reason: None }
    }

    fn nothing(reason: &'static str) -> Preview {
        Preview { reason: Some(reason), ..Preview::of(PreviewKind::None) }
    }
}

/// A piece of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Block {
    /// `heading`, `paragraph` or `table`.
    pub kind: &'static str,
    /// Of a heading or a paragraph.
    pub text: Option<String>,
    /// Of a table.
    pub rows: Option<Vec<Vec<String>>>,
}

impl Block {
    pub(super) fn heading(text: String) -> Block {
        Block { kind: "heading", text: Some(text), rows: None }
    }

    pub(super) fn paragraph(text: String) -> Block {
        Block { kind: "paragraph", text: Some(text), rows: None }
    }

    pub(super) fn table(rows: Vec<Vec<String>>) -> Block {
        Block { kind: "table", text: None, rows: Some(rows) }
    }
}

/// The pieces of a document as they are gathered, up to the limits.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) blocks: Vec<Block>,
    pub(super) bytes: usize,
    pub(super) truncated: bool,
}

impl Parts {
    /// Whether no more is wanted.
    pub(super) fn full(&self) -> bool {
        self.bytes >= MAX_TEXT || self.blocks.len() >= MAX_BLOCKS
    }

    pub(super) fn add(&mut self, block: Block) {
        self.bytes += block.text.as_ref().map_or(0, String::len);
        self.blocks.push(block);
        self.truncated |= self.full();
    }

    /// Adds a row to a table's rows; says whether another may follow.
    pub(super) fn take_row(&mut self, rows: &mut Vec<Vec<String>>, row: impl Iterator<Item = String>) -> bool {
        if rows.len() >= MAX_ROWS || self.bytes >= MAX_TEXT {
            self.truncated = true;
            return false;
        }
        let mut cells: Vec<String> = row.take(MAX_COLUMNS + 1).collect();
        self.truncated |= cells.len() > MAX_COLUMNS;
        cells.truncate(MAX_COLUMNS);
        self.bytes += cells.iter().map(String::len).sum::<usize>();
        rows.push(cells);
        true
    }

    fn preview(self) -> Preview {
        Preview { blocks: self.blocks, truncated: self.truncated, ..Preview::of(PreviewKind::Document) }
    }
}

/// What can be seen of the newest or a given version of a file.
///
/// # Errors
/// 404 when it, or the record it hangs on, is hidden from the user, or there is no such version.
pub async fn preview(org: &Organisation, ctx: &Ctx, id: &str, version: Option<i64>) -> Result<Preview> {
    let (name, found) = found(org, ctx, id, version).await?;
    let head = head(org, &found).await?;
    let seen = |kind| if found.size > 0 { Preview::of(kind) } else { Preview::nothing("unknown_format") };
    Ok(match kind::of(&head) {
        Kind::Image(_) if found.size > MAX_IMAGE => Preview::nothing("too_large"),
        Kind::Image(_) => seen(PreviewKind::Image).within(&head),
        Kind::Pdf => seen(PreviewKind::Pdf),
        Kind::Audio(_) => seen(PreviewKind::Audio),
        Kind::Video(_) => seen(PreviewKind::Video),
        Kind::Zip | Kind::Other if found.size > MAX_READ => Preview::nothing("too_large"),
        kind => {
            let source = Source::stored(org.files(), &found.blob_key).await?;
            let _turn = LOOKING.acquire().await.map_err(Error::internal)?;
            tokio::task::spawn_blocking(move || look_into(source.path(), kind, &name)).await.map_err(Error::internal)?
        }
    })
}

impl Preview {
    /// The same unless the picture has more points than a browser should unpack.
    fn within(self, head: &[u8]) -> Preview {
        match imagesize::blob_size(head) {
            Ok(size) if size.width.saturating_mul(size.height) > MAX_POINTS => Preview::nothing("too_large"),
            _ => self,
        }
    }
}

/// Text out of a file on this machine. What is wrong with the file is a preview that says so, not an error.
fn look_into(path: &Path, kind: Kind, name: &str) -> Preview {
    let looked = match kind {
        Kind::Zip => office::parts(path).map(|parts| parts.map_or_else(|| Preview::nothing("unknown_format"), Parts::preview)),
        _ => text(path, name),
    };
    looked.unwrap_or_else(|error| {
        tracing::debug!(%error, name, "no preview");
        Preview::nothing(if error.code == "workbook_too_large" { "too_large" } else { "broken" })
    })
}

fn text(path: &Path, name: &str) -> Result<Preview> {
    let mut bytes = Vec::with_capacity(MAX_TEXT);
    File::open(path).map_err(table::unreadable)?.take(MAX_TEXT as u64 + 1).read_to_end(&mut bytes).map_err(table::unreadable)?;
    let truncated = bytes.len() > MAX_TEXT;
    bytes.truncate(MAX_TEXT);
    let Some(text) = table::text_of(path, &bytes)? else { return Ok(Preview::nothing("unknown_format")) };
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    if matches!(extension.as_str(), "csv" | "tsv") {
        let mut parts = Parts { truncated, ..Parts::default() };
        let mut rows = Vec::new();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(table::guess_delimiter(&text))
            .from_reader(text.as_bytes());
        for row in reader.records().map_while(std::result::Result::ok) {
            if !parts.take_row(&mut rows, row.iter().map(str::to_owned)) {
                break;
            }
        }
        parts.add(Block::table(rows));
        return Ok(parts.preview());
    }
    let kind = if matches!(extension.as_str(), "md" | "markdown") { PreviewKind::Markdown } else { PreviewKind::Text };
    Ok(Preview { text: Some(text), truncated, ..Preview::of(kind) })
}

/// The first bytes of a version.
async fn head(org: &Organisation, version: &sys::FileVersion) -> Result<Vec<u8>> {
    let mut stream = org.files().range(&version.blob_key, 0..kind::HEAD as u64 * 16).await?;
    let mut head = Vec::new();
    while let Some(piece) = stream.next().await {
        head.extend_from_slice(&piece.map_err(table::unreadable)?);
    }
    Ok(head)
}

/// Opens a version to be shown inline: pictures, PDF, sound and film only, under the media type that the bytes bear out.
/// `range` are the bytes wanted, from the first to the last.
///
/// # Errors
/// 404 as [`super::open`], and `not_viewable` for everything else.
pub async fn open_inline(
    org: &Organisation,
    ctx: &Ctx,
    id: &str,
    version: Option<i64>,
    range: Option<(u64, Option<u64>)>,
) -> Result<(Opened, Option<std::ops::Range<u64>>)> {
    let (name, found) = found(org, ctx, id, version).await?;
    let kind = kind::of(&head(org, &found).await?);
    let size = u64::try_from(found.size).unwrap_or(0);
    let shown = kind.inline_type().filter(|_| !matches!(kind, Kind::Image(_)) || found.size <= MAX_IMAGE);
    let Some(content_type) = shown else {
        return Err(Error::new(
            ErrorKind::NotFound,
            "not_viewable",
            "此文件不能在浏览器中显示，请下载后打开。",
            "This file cannot be shown in the browser; download it and open it.",
        ));
    };
    let range = range.filter(|(first, _)| *first < size).map(|(first, last)| first..last.map_or(size, |l| l.saturating_add(1).min(size)));
    let range = range.filter(|r| r.start < r.end);
    let stream = match &range {
        Some(range) => org.files().range(&found.blob_key, range.clone()).await?,
        None => org.files().get(&found.blob_key).await?,
    };
    let opened = Opened { name, content_type: content_type.to_owned(), size: Some(size), sha256: Some(found.sha256), stream };
    Ok((opened, range))
}
