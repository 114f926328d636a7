//! Whether a workbook is one that explodes: its parts are unpacked once into nothing, under limits of size, ratio and of the
//! length of any one piece of its XML. What a part says about its own size is not believed.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use guanxi_model::{Error, Result};
use zip::ZipArchive;

use super::bad;

/// The most bytes of all parts unpacked.
const MAX_BYTES: u64 = 512 << 20;

/// The most bytes of the table of texts, which is held in memory.
const MAX_STRINGS: u64 = 96 << 20;

/// The most that a part over [`SMALL`] may shrink by packing.
const MAX_RATIO: u64 = 250;
const SMALL: u64 = 8 << 20;

/// The most parts.
const MAX_PARTS: usize = 10_000;

/// The longest text or tag.
const MAX_PIECE: usize = 1 << 20;

/// How much a document may unpack to.
pub(crate) struct Limits {
    /// The most bytes of all parts.
    pub(crate) bytes: u64,
    /// The most bytes of a workbook's table of texts.
    pub(crate) strings: u64,
}

/// Checks a workbook that is imported.
///
/// # Errors
/// `bad_workbook` when it is no archive; `workbook_too_large` when it unpacks to more than the limits.
pub(crate) fn check(path: &Path) -> Result<()> {
    check_within(path, &Limits { bytes: MAX_BYTES, strings: MAX_STRINGS })
}

/// Checks an office document.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_within(path: &Path, limits: &Limits) -> Result<()> {
    let file = File::open(path).map_err(super::unreadable)?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    if archive.len() > MAX_PARTS {
        return Err(too_large());
    }
    let mut total = 0u64;
    let mut block = vec![0u8; 64 * 1024];
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(broken)?;
        let name = part.name().map_err(broken)?.into_owned();
        let is_xml = name.ends_with(".xml");
        let limit = if name.ends_with("sharedStrings.xml") { limits.strings } else { limits.bytes };
        let ratio_limit = part.compressed_size().saturating_mul(MAX_RATIO).max(SMALL);
        if part.size() > limit.min(ratio_limit) {
            return Err(too_large());
        }
        let (mut size, mut pieces) = (0u64, Pieces::default());
        loop {
            let read = part.read(&mut block).map_err(broken)?;
            if read == 0 {
                break;
            }
            size += read as u64;
            total += read as u64;
            if size > limit.min(ratio_limit) || total > limits.bytes {
                return Err(too_large());
            }
            if is_xml && !pieces.see(&block[..read]) {
                return Err(too_large());
            }
        }
    }
    Ok(())
}

/// Follows texts and tags of XML just as far as their length.
#[derive(Default)]
struct Pieces {
    in_tag: bool,
    quote: u8,
    length: usize,
    after_open: bool,
}

impl Pieces {
    /// Whether every piece so far is of a length and kind that a spreadsheet program writes: no document types, no comments.
    fn see(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            self.length += 1;
            if self.length > MAX_PIECE || (self.after_open && *byte == b'!') {
                return false;
            }
            self.after_open = false;
            match (self.in_tag, self.quote, *byte) {
                (true, 0, b'>') => (self.in_tag, self.length) = (false, 0),
                (true, 0, q @ (b'"' | b'\'')) => self.quote = q,
                (true, q, b) if q != 0 && q == b => self.quote = 0,
                (false, _, b'<') => (self.in_tag, self.length, self.after_open) = (true, 0, true),
                _ => {}
            }
        }
        true
    }
}

fn broken(error: impl std::fmt::Display) -> Error {
    bad("bad_workbook", "文件不是有效的 XLSX 工作簿。", "The file is no valid XLSX workbook.").because(error)
}

fn too_large() -> Error {
    bad(
        "workbook_too_large",
        "工作簿解压后过大（上限 512 MB，文字表 96 MB）或结构异常。请另存为 CSV 后再导入。",
        "The workbook unpacks to too much (512 MB at most, 96 MB of texts) or is built strangely. Save it as CSV and import that.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn archive(parts: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut zip = zip::ZipWriter::new(file.reopen().unwrap());
        for (name, bytes) in parts {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
        file
    }

    #[test]
    fn bombs_are_refused() {
        let zeros = vec![b' '; 64 << 20];
        let doctype = b"<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">]><a/>".as_slice();
        let long = [b"<a>".as_slice(), &vec![b'x'; 2 << 20], b"</a>"].concat();
        for part in [zeros.as_slice(), doctype, &long] {
            assert_eq!(check(archive(&[("xl/worksheets/sheet1.xml", part)]).path()).unwrap_err().code, "workbook_too_large");
        }
        assert!(check(archive(&[("xl/worksheets/sheet1.xml", b"<a b='x>y'><c>text</c></a>")]).path()).is_ok());
    }

    #[test]
    fn a_size_that_lies_is_not_believed() {
        let bytes = vec![b' '; 64 << 20];
        let file = archive(&[("xl/worksheets/sheet1.xml", &bytes)]);
        let mut packed = std::fs::read(file.path()).unwrap();
        let honest = (64u32 << 20).to_le_bytes();
        let places: Vec<usize> = packed.windows(4).enumerate().filter(|(_, w)| *w == honest).map(|(at, _)| at).collect();
        assert!(!places.is_empty());
        for at in places {
            packed[at..at + 4].copy_from_slice(&100u32.to_le_bytes());
        }
        std::fs::write(file.path(), packed).unwrap();
        assert!(check(file.path()).is_err());
    }
}
