//! What a file is: a workbook or text, and then in which encoding and with which delimiter.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8};
use guanxi_model::Result;

use super::csv::{CsvTable, encoding};
use super::text::beginning;
use super::{bad, unreadable, xlsx};

/// How a CSV file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Name of the encoding.
    pub(crate) encoding: String,
    /// The byte between cells.
    pub(crate) delimiter: u8,
}

/// Bytes looked at for the delimiter.
const HEAD: usize = 64 * 1024;

/// Bytes looked at for the encoding, from the first that is not ASCII.
const SAMPLE: usize = 1 << 20;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Whether a file begins as a zip archive, which a workbook is.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn is_zip(path: &Path) -> Result<bool> {
    let head = head(path, 4)?;
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(bad(
            "old_workbook",
            "这是旧版 .xls 或加密的工作簿。请另存为 .xlsx 或 CSV。",
            "This is an old .xls or an encrypted workbook. Save it as .xlsx or CSV.",
        ));
    }
    Ok(head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06"))
}

/// The sheets of a workbook, after a check that it is none that explodes.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn sheets(path: &Path) -> Result<Vec<String>> {
    xlsx::sheets(path)
}

/// Finds out how a text file is written; what is given is taken as given. Then every line is read once, so that what is wrong
/// with the file is said at once. Gives the count of its rows too.
///
/// # Errors
/// `wrong_encoding`, `broken_quotes`, `line_too_long`, with the line.
pub(crate) fn detect(path: &Path, given_encoding: Option<&str>, given_delimiter: Option<u8>) -> Result<(Dialect, u64)> {
    let head = head(path, HEAD)?;
    let found = match given_encoding {
        Some(name) => encoding(name)?,
        None => guess_encoding(path, &head)?,
    };
    if found == UTF_8 && head.contains(&0) {
        return Err(bad("not_a_table", "文件不是 CSV 文本，也不是 XLSX 工作簿。", "The file is neither CSV text nor an XLSX workbook."));
    }
    let delimiter = given_delimiter.unwrap_or_else(|| guess_delimiter(&beginning(&head, found)));
    let dialect = Dialect { encoding: found.name().to_owned(), delimiter };
    let rows = CsvTable::open(path, &dialect)?.check()?;
    Ok((dialect, rows))
}

/// The beginning of a file as text in whatever encoding it has; none if it is no text.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn text_of(path: &Path, head: &[u8]) -> Result<Option<String>> {
    let encoding = guess_encoding(path, head)?;
    let text = beginning(head, encoding);
    let strange = text.chars().filter(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}') || *c == '\u{fffd}').count();
    Ok((strange * 200 <= text.chars().count()).then_some(text))
}

/// The first bytes of a file.
pub(crate) fn head(path: &Path, bytes: usize) -> Result<Vec<u8>> {
    let mut head = Vec::with_capacity(bytes);
    File::open(path).map_err(unreadable)?.take(bytes as u64).read_to_end(&mut head).map_err(unreadable)?;
    Ok(head)
}

fn guess_encoding(path: &Path, head: &[u8]) -> Result<&'static Encoding> {
    if let Some((marked, _)) = Encoding::for_bom(head) {
        return Ok(marked);
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let Some(at) = first_not_utf8(&mut file)? else { return Ok(UTF_8) };
    file.seek(SeekFrom::Start(at.saturating_sub(4096))).map_err(unreadable)?;
    let mut sample = Vec::with_capacity(SAMPLE);
    file.take(SAMPLE as u64).read_to_end(&mut sample).map_err(unreadable)?;
    if mostly_pairs(&sample) && GB18030.decode_without_bom_handling_and_without_replacement(cut(&sample)).is_some() {
        return Ok(GB18030);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    Ok(if guess == GBK { GB18030 } else { guess })
}

/// The sample without a character cut in two at its end: up to its last line end.
fn cut(sample: &[u8]) -> &[u8] {
    sample.iter().rposition(|b| *b == b'\n').map_or(sample, |at| &sample[..=at])
}

/// Whether what is not ASCII stands mostly in pairs of high bytes, as common Chinese characters do; in Western texts a high byte
/// stands alone among letters.
fn mostly_pairs(bytes: &[u8]) -> bool {
    let (mut pairs, mut alone, mut at) = (0usize, 0usize, 0usize);
    while at < bytes.len() {
        if bytes[at] < 0x80 {
            at += 1;
            continue;
        }
        match bytes.get(at + 1) {
            Some(second) if *second >= 0xa1 => pairs += 1,
            _ => alone += 1,
        }
        at += 2;
    }
    pairs > alone * 4
}

/// Where the file stops being UTF-8; `None` if it never does.
fn first_not_utf8(file: &mut File) -> Result<Option<u64>> {
    let mut block = vec![0u8; HEAD];
    let (mut kept, mut offset) = (0usize, 0u64);
    loop {
        let read = file.read(&mut block[kept..]).map_err(unreadable)?;
        let filled = kept + read;
        if read == 0 {
            return Ok((kept > 0).then_some(offset));
        }
        match std::str::from_utf8(&block[..filled]) {
            Ok(_) => (kept, offset) = (0, offset + filled as u64),
            Err(error) if error.error_len().is_some() => return Ok(Some(offset + error.valid_up_to() as u64)),
            Err(error) => {
                let valid = error.valid_up_to();
                block.copy_within(valid..filled, 0);
                (kept, offset) = (filled - valid, offset + valid as u64);
            }
        }
    }
}

/// The delimiter that cuts the first rows into the same count of cells, the more the better.
pub(crate) fn guess_delimiter(text: &str) -> u8 {
    let mut best = (0usize, b',');
    for delimiter in DELIMITERS {
        let counts = counts(text, delimiter);
        let Some(first) = counts.first().copied().filter(|n| *n > 0) else { continue };
        let same = counts.iter().filter(|n| **n == first).count();
        let score = same * 1000 / counts.len() * 100 + first.min(99);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

/// Delimiters outside quotes in each of the first rows.
fn counts(text: &str, delimiter: u8) -> Vec<usize> {
    let (mut counts, mut quoted, mut n, mut any) = (Vec::new(), false, 0usize, false);
    for byte in text.bytes() {
        match byte {
            b'"' => (quoted, any) = (!quoted, true),
            b'\n' if !quoted => {
                if any {
                    counts.push(n);
                }
                (n, any) = (0, false);
                if counts.len() == 30 {
                    break;
                }
            }
            b'\r' => {}
            b if b == delimiter && !quoted => (n, any) = (n + 1, true),
            _ => any = true,
        }
    }
    if counts.is_empty() && any {
        counts.push(n);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        use std::io::Write;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn delimiters_are_recognised() {
        for (text, want) in [
            ("a,b;c\n1,2\n", b','),
            ("a;b\n\"1,5\";2,5\n3,5;4\n", b';'),
            ("a\tb\n1\t2\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("only\none\n", b','),
        ] {
            assert_eq!(char::from(guess_delimiter(text)), char::from(want), "{text}");
        }
    }

    #[test]
    fn encodings_are_recognised() {
        let chinese = "客户名称,城市\n上海关系科技有限公司,上海\n北京某某,北京\n";
        let (gb, _, _) = GB18030.encode(chinese);
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend(chinese.encode_utf16().flat_map(u16::to_le_bytes));
        for (bytes, want) in [
            (chinese.as_bytes().to_vec(), "UTF-8"),
            (format!("\u{feff}{chinese}").into_bytes(), "UTF-8"),
            (gb.to_vec(), "gb18030"),
            (utf16, "UTF-16LE"),
            (b"name,city\nM\xfcller,K\xf6ln\nSch\xe4fer,N\xfcrnberg\n".to_vec(), "windows-1252"),
        ] {
            let file = file(&bytes);
            let (dialect, rows) = detect(file.path(), None, None).unwrap();
            assert_eq!(rows, 3);
            assert_eq!(dialect, Dialect { encoding: want.to_owned(), delimiter: b',' });
        }
        let mut late = "a,b\n".repeat(100_000).into_bytes();
        late.extend_from_slice(&GB18030.encode("公司,上海市浦东新区\n客户,联系人\n").0);
        assert_eq!(detect(file(&late).path(), None, None).unwrap().0.encoding, "gb18030");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert_eq!(detect(file(b"\x7fELF\x00\x00\x00").path(), None, None).unwrap_err().code, "not_a_table");
        assert_eq!(is_zip(file(&[0xd0, 0xcf, 0x11, 0xe0, 1]).path()).unwrap_err().code, "old_workbook");
        assert_eq!(detect(file(b"a,b\n\xff\xfe\n").path(), Some("UTF-8"), None).unwrap_err().code, "wrong_encoding");
    }
}
