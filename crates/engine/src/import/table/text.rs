//! Text out of bytes: decoding under a strict check, and a guard that knows where quotes open, so that a broken quote or an
//! endless line is refused with its line before it fills the memory.

use std::io::Read;

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding};
use guanxi_model::Error;

use super::{MAX_ROW_BYTES, bad};

/// Bytes read at a time.
const BLOCK: usize = 64 * 1024;

/// The least room that the decoder needs; a caller with less is served out of a spare buffer.
const SPARE: usize = 16;

/// Reads a file as UTF-8, whatever its encoding, and guards its rows.
pub(crate) struct TextReader<R> {
    source: R,
    decoder: Decoder,
    encoding: &'static Encoding,
    block: Box<[u8]>,
    filled: usize,
    used: usize,
    ended: bool,
    /// Whether the decoder has given its last: it must not be asked again.
    over: bool,
    guard: Guard,
    refusal: Option<Error>,
    spare: [u8; SPARE],
    spare_at: std::ops::Range<usize>,
}

impl<R: Read> TextReader<R> {
    /// A reader; a byte order mark is taken off.
    pub(crate) fn new(source: R, encoding: &'static Encoding, delimiter: u8) -> TextReader<R> {
        TextReader {
            source,
            decoder: encoding.new_decoder_with_bom_removal(),
            encoding,
            block: vec![0; BLOCK].into_boxed_slice(),
            filled: 0,
            used: 0,
            ended: false,
            over: false,
            guard: Guard::new(delimiter),
            refusal: None,
            spare: [0; SPARE],
            spare_at: 0..0,
        }
    }

    /// Why reading broke off, where the file itself is at fault.
    pub(crate) fn refusal(&mut self) -> Option<Error> {
        self.refusal.take()
    }

    fn refuse(&mut self, error: Error) -> std::io::Error {
        let text = error.to_string();
        self.refusal = Some(error);
        std::io::Error::new(std::io::ErrorKind::InvalidData, text)
    }

    fn decode(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while !self.over {
            if self.used == self.filled && !self.ended {
                self.filled = self.source.read(&mut self.block)?;
                self.used = 0;
                self.ended = self.filled == 0;
            }
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(&self.block[self.used..self.filled], out, self.ended);
            self.used += read;
            self.over = self.ended && result == DecoderResult::InputEmpty || matches!(result, DecoderResult::Malformed(..));
            match result {
                DecoderResult::Malformed(..) => {
                    let before = std::str::from_utf8(&out[..written]).map_or(0, |t| t.matches('\n').count() as u64);
                    let error = wrong_encoding(self.encoding.name(), self.guard.line + before);
                    return Err(self.refuse(error));
                }
                _ if written > 0 => return Ok(written),
                DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
            }
        }
        Ok(0)
    }
}

impl<R: Read> Read for TextReader<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if out.len() < SPARE {
            if self.spare_at.is_empty() {
                let mut spare = self.spare;
                self.spare_at = 0..self.read(&mut spare)?;
                self.spare = spare;
            }
            let n = out.len().min(self.spare_at.len());
            out[..n].copy_from_slice(&self.spare[self.spare_at.start..self.spare_at.start + n]);
            self.spare_at.start += n;
            return Ok(n);
        }
        let written = self.decode(out)?;
        let checked = if written == 0 { self.guard.finish() } else { self.guard.see(&out[..written]) };
        match checked {
            Ok(()) => Ok(written),
            Err(error) => Err(self.refuse(error)),
        }
    }
}

fn wrong_encoding(name: &str, line: u64) -> Error {
    bad(
        "wrong_encoding",
        format!("第 {line} 行不是有效的 {name} 文字。请另选编码，或把文件另存为 UTF-8。"),
        format!("Line {line} is no valid {name} text. Choose another encoding or save the file as UTF-8."),
    )
}

/// Where in a row the guard is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// At the beginning of a cell.
    Start,
    /// In a cell without quotes.
    Plain,
    /// Between quotes.
    Quoted,
    /// After a quote that closes a cell, or is the first of a doubled one.
    AfterQuote,
}

/// Follows the quotes and the length of rows.
struct Guard {
    delimiter: u8,
    at: At,
    line: u64,
    row_bytes: usize,
    row_line: u64,
    quote_line: u64,
}

impl Guard {
    fn new(delimiter: u8) -> Guard {
        Guard { delimiter, at: At::Start, line: 1, row_bytes: 0, row_line: 1, quote_line: 1 }
    }

    fn see(&mut self, text: &[u8]) -> Result<(), Error> {
        for byte in text {
            self.row_bytes += 1;
            if *byte == b'\n' {
                self.line += 1;
            }
            self.at = match (self.at, byte) {
                (At::Start, b'"') => {
                    self.quote_line = self.line;
                    At::Quoted
                }
                (At::Quoted, b'"') => At::AfterQuote,
                (At::Quoted, _) => At::Quoted,
                (At::AfterQuote, b'"') => At::Quoted,
                (_, b'\n' | b'\r') => {
                    (self.row_bytes, self.row_line) = (0, self.line);
                    At::Start
                }
                (_, b) if *b == self.delimiter => At::Start,
                (At::AfterQuote, b' ') => At::AfterQuote,
                (At::AfterQuote, _) => return Err(text_after_quote(self.line)),
                (At::Start | At::Plain, _) => At::Plain,
            };
            if self.row_bytes > MAX_ROW_BYTES {
                return Err(if self.at == At::Quoted { open_quote(self.quote_line) } else { too_long(self.row_line) });
            }
        }
        Ok(())
    }

    fn finish(&self) -> Result<(), Error> {
        if self.at == At::Quoted { Err(open_quote(self.quote_line)) } else { Ok(()) }
    }
}

fn open_quote(line: u64) -> Error {
    bad(
        "broken_quotes",
        format!("第 {line} 行的引号没有闭合。单元格中的引号须写成两个（\"\"）。"),
        format!("The quote that opens in line {line} is never closed. A quote inside a cell is written twice (\"\")."),
    )
}

fn text_after_quote(line: u64) -> Error {
    bad(
        "broken_quotes",
        format!("第 {line} 行闭合引号之后还有文字。单元格中的引号须写成两个（\"\"）。"),
        format!("There is text after a closing quote in line {line}. A quote inside a cell is written twice (\"\")."),
    )
}

fn too_long(line: u64) -> Error {
    bad(
        "line_too_long",
        format!("第 {line} 行超过 1 MB，不像表格数据。"),
        format!("Line {line} is longer than 1 MB; that does not look like a table."),
    )
}

/// The first characters of a file decoded leniently, for guesses.
pub(crate) fn beginning(bytes: &[u8], encoding: &'static Encoding) -> String {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3));
    let (result, _, _) = decoder.decode_to_string(bytes, &mut text, false);
    debug_assert!(result == CoderResult::InputEmpty);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: &'static Encoding) -> Result<String, Error> {
        let mut reader = TextReader::new(bytes, encoding, b',');
        let mut text = String::new();
        match reader.read_to_string(&mut text) {
            Ok(_) => Ok(text),
            Err(error) => Err(reader.refusal().unwrap_or_else(|| Error::internal(error))),
        }
    }

    #[test]
    fn encodings_are_read_and_checked() {
        let (gb, _, _) = encoding_rs::GB18030.encode("名称,城市\n关系,北京\n");
        assert_eq!(read(&gb, encoding_rs::GB18030).unwrap(), "名称,城市\n关系,北京\n");
        assert_eq!(read("\u{feff}a,b\n".as_bytes(), encoding_rs::UTF_8).unwrap(), "a,b\n");
        let error = read(b"a,b\nc,\xff\n", encoding_rs::UTF_8).unwrap_err();
        assert_eq!(error.code, "wrong_encoding");
        assert!(error.message.en.contains("Line 2"), "{}", error.message.en);
    }

    #[test]
    fn whoever_reads_on_after_the_end_or_a_refusal_gets_nothing() {
        for (bytes, encoding) in [
            (&b"a,\xff"[..], encoding_rs::UTF_8),
            (b"a,\x81", encoding_rs::GB18030),
            (b"a,b", encoding_rs::UTF_8),
            (b"", encoding_rs::UTF_8),
        ] {
            let mut reader = TextReader::new(bytes, encoding, b',');
            let mut out = [0; 64];
            for _ in 0..5 {
                let _ = reader.read(&mut out);
            }
            assert_eq!(reader.read(&mut out).unwrap_or(0), 0);
        }
    }

    #[test]
    fn broken_quotes_are_found_with_their_line() {
        for (text, code, line) in [("a,b\n\"x,y\nz\n", "broken_quotes", "line 2"), ("a,b\n1,2\n\"x\"y,z\n", "broken_quotes", "line 3")] {
            let error = read(text.as_bytes(), encoding_rs::UTF_8).unwrap_err();
            assert_eq!(error.code, code);
            assert!(error.message.en.contains(line), "{}", error.message.en);
        }
        for good in ["a,b\n\"x\"\"y\",\"z\nz\"\n", "a,b\r\n\"x\" ,5\" pipe\r\n", "", "\"x\""] {
            assert!(read(good.as_bytes(), encoding_rs::UTF_8).is_ok(), "{good}");
        }
    }

    #[test]
    fn an_endless_line_is_refused_early() {
        struct Endless(u64);
        impl Read for Endless {
            fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
                out.fill(b'x');
                self.0 += out.len() as u64;
                assert!(self.0 < 2 << 20, "read far beyond the limit");
                Ok(out.len())
            }
        }
        let mut reader = TextReader::new(Endless(0), encoding_rs::UTF_8, b',');
        assert!(std::io::copy(&mut reader, &mut std::io::sink()).is_err());
        assert_eq!(reader.refusal().unwrap().code, "line_too_long");
    }
}
