//! Cards of an address book (vCard 2.1, 3.0, 4.0; RFC 2426, RFC 6350) as rows of a table with fixed columns, one card after the other.
//! What phones and WeChat write is read too: quoted-printable, character sets named or not, lines folded in either way.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use encoding_rs::{Encoding, GB18030};
use guanxi_model::Result;

use super::{MAX_ROW_BYTES, RawRow, bad, unreadable};

/// The columns, called so that fields of contacts and leads are found by their aliases. An export goes the same way back.
pub(crate) const HEADERS: [&str; 13] = [
    "Full name",
    "Company",
    "Department",
    "Job title",
    "Mobile",
    "Work phone",
    "Email",
    "WeChat",
    "Website",
    "Address",
    "Birthday",
    "Tags",
    "Notes",
];

/// The longest property, folded lines together; a photograph is longer, and is left out.
const MAX_PROPERTY: usize = 64 * 1024;

/// Whether a file begins as a card does.
pub(crate) fn is_vcard(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    head.get(..11).is_some_and(|begin| begin.eq_ignore_ascii_case(b"BEGIN:VCARD"))
}

/// Gives the header, then each card, until `each` says no.
///
/// # Errors
/// `line_too_long` for a line without end; whatever `each` refuses.
pub(crate) fn for_each_row(path: &Path, each: &mut dyn FnMut(RawRow) -> Result<bool>) -> Result<()> {
    if !each(RawRow { row: 1, cells: csv::StringRecord::from(HEADERS.to_vec()) })? {
        return Ok(());
    }
    let mut lines = Lines { reader: BufReader::new(File::open(path).map_err(unreadable)?), next: None };
    let (mut card, mut number) = (None::<Card>, 1);
    while let Some(line) = lines.property()? {
        let Some(property) = Property::parse(&line) else { continue };
        match (property.name.as_str(), property.is("VCARD")) {
            ("BEGIN", true) => card = Some(Card::default()),
            ("END", true) => {
                number += 1;
                if let Some(card) = card.take()
                    && !each(RawRow { row: number, cells: csv::StringRecord::from(card.cells().to_vec()) })?
                {
                    return Ok(());
                }
            }
            _ => {
                if let Some(card) = &mut card {
                    card.take(&property);
                }
            }
        }
    }
    Ok(())
}

/// Lines of a file, those that belong together joined.
struct Lines<R> {
    reader: R,
    next: Option<Vec<u8>>,
}

impl<R: BufRead> Lines<R> {
    fn line(&mut self) -> Result<Option<Vec<u8>>> {
        if let Some(line) = self.next.take() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        let mut limited = std::io::Read::take(&mut self.reader, MAX_ROW_BYTES as u64 + 1);
        if limited.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
            return Ok(None);
        }
        if line.len() > MAX_ROW_BYTES {
            return Err(bad("line_too_long", "文件中有超过 1 MB 的行。", "A line of the file is longer than 1 MB."));
        }
        while line.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
            line.pop();
        }
        Ok(Some(line))
    }

    /// The next property: a line with those that are indented, or follow the soft line break of quoted-printable.
    fn property(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(mut whole) = self.line()? else { return Ok(None) };
        let head = whole.split(|b| *b == b':').next().unwrap_or_default().to_ascii_uppercase();
        let quoted = head.windows(16).any(|w| w == b"QUOTED-PRINTABLE");
        while let Some(line) = self.line()? {
            let keep = whole.len() < MAX_PROPERTY;
            if quoted && whole.last() == Some(&b'=') {
                whole.pop();
                whole.extend_from_slice(if keep { &line } else { &[] });
            } else if matches!(line.first(), Some(b' ' | b'\t')) {
                whole.extend_from_slice(if keep { &line[1..] } else { &[] });
            } else {
                self.next = Some(line);
                break;
            }
        }
        Ok(Some(whole))
    }
}

/// One property.
struct Property {
    name: String,
    /// `TYPE` values and bare parameters, in capitals.
    types: Vec<String>,
    value: String,
}

impl Property {
    fn parse(line: &[u8]) -> Option<Property> {
        let colon = colon(line)?;
        let head = String::from_utf8_lossy(&line[..colon]).to_ascii_uppercase();
        let mut parts = head.split(';');
        let name = parts.next()?;
        let name = name.rsplit_once('.').map_or(name, |(_, name)| name).trim_start_matches('\u{feff}').trim().to_owned();
        let (mut types, mut charset, mut quoted) = (Vec::new(), None, false);
        for part in parts {
            match part.split_once('=') {
                Some(("CHARSET", label)) => charset = Encoding::for_label(label.trim_matches('"').as_bytes()),
                Some(("ENCODING", how)) => quoted = how == "QUOTED-PRINTABLE",
                Some(("TYPE", list)) => types.extend(list.trim_matches('"').split(',').map(str::to_owned)),
                Some(_) => {}
                None => {
                    quoted |= part == "QUOTED-PRINTABLE";
                    types.push(part.to_owned());
                }
            }
        }
        let value = &line[colon + 1..];
        let bytes = if quoted { unquoted(value) } else { value.to_vec() };
        Some(Property { name, types, value: text_of(&bytes, charset) })
    }

    fn is(&self, value: &str) -> bool {
        self.value.trim().eq_ignore_ascii_case(value)
    }

    fn has(&self, ty: &str) -> bool {
        self.types.iter().any(|t| t == ty)
    }

    /// The components of a structured value.
    fn components(&self) -> Vec<String> {
        split(&self.value, ';').into_iter().map(|part| unescaped(&part).trim().to_owned()).collect()
    }

    fn text(&self) -> String {
        unescaped(&self.value).trim().to_owned()
    }
}

/// The colon that ends the name and its parameters: one that is not in quotes.
fn colon(line: &[u8]) -> Option<usize> {
    let mut quoted = false;
    line.iter().position(|b| {
        quoted ^= *b == b'"';
        *b == b':' && !quoted
    })
}

/// Quoted-printable (RFC 2045, 6.7); what is none stays as it is.
fn unquoted(value: &[u8]) -> Vec<u8> {
    let hex = |b: u8| char::from(b).to_digit(16);
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        let digits = (value.get(at + 1).copied().and_then(hex), value.get(at + 2).copied().and_then(hex));
        match (value[at], digits) {
            (b'=', (Some(high), Some(low))) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// Bytes in the character set they name; else in UTF-8 if they are such, else in GB18030.
fn text_of(bytes: &[u8], charset: Option<&'static Encoding>) -> String {
    match charset {
        Some(encoding) if encoding != encoding_rs::UTF_8 => encoding.decode(bytes).0.into_owned(),
        _ => std::str::from_utf8(bytes).map_or_else(|_| GB18030.decode(bytes).0.into_owned(), str::to_owned),
    }
}

/// Parts between separators that are not escaped.
fn split(value: &str, separator: char) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for c in value.chars() {
        if c == separator && !escaped {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(part);
    parts
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            (c, false) => out.push(c),
        }
    }
    out
}

/// A card as it is gathered.
#[derive(Default)]
struct Card {
    full_name: String,
    composed: String,
    nickname: String,
    company: String,
    department: String,
    title: String,
    role: String,
    mobiles: Vec<String>,
    phones: Vec<String>,
    emails: Vec<String>,
    wechat: String,
    website: String,
    address: String,
    birthday: String,
    tags: String,
    notes: Vec<String>,
}

/// Sets a text that is still empty: of several properties the first counts.
fn first(slot: &mut String, text: String) {
    if slot.is_empty() {
        *slot = text;
    }
}

impl Card {
    fn take(&mut self, p: &Property) {
        match p.name.as_str() {
            "FN" => first(&mut self.full_name, p.text()),
            "N" => first(&mut self.composed, name_of(&p.components())),
            "NICKNAME" => first(&mut self.nickname, p.text()),
            "ORG" => {
                let mut parts = p.components().into_iter();
                first(&mut self.company, parts.next().unwrap_or_default());
                first(&mut self.department, parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" / "));
            }
            "TITLE" => first(&mut self.title, p.text()),
            "ROLE" => first(&mut self.role, p.text()),
            "TEL" => self.take_phone(p),
            "EMAIL" => push_new(&mut self.emails, p.text()),
            "URL" => first(&mut self.website, p.text()),
            "ADR" => first(&mut self.address, address_of(&p.components())),
            "BDAY" => first(&mut self.birthday, birthday_of(&p.text())),
            "CATEGORIES" => first(&mut self.tags, split(&p.value, ',').iter().map(|t| unescaped(t)).collect::<Vec<_>>().join(";")),
            "NOTE" => self.notes.push(p.text()),
            "X-WECHAT" | "X-WEIXIN" => first(&mut self.wechat, p.text()),
            "IMPP" | "X-SOCIALPROFILE" => {
                let text = p.text();
                if let Some((_, name)) = text
                    .split_once(':')
                    .filter(|(kind, _)| matches!(kind.to_ascii_lowercase().as_str(), "weixin" | "wechat" | "xmpp-wechat"))
                {
                    first(&mut self.wechat, name.trim_matches('/').to_owned());
                }
            }
            _ => {}
        }
    }

    fn take_phone(&mut self, p: &Property) {
        let text = p.text();
        let number = text.strip_prefix("tel:").unwrap_or(&text).split(';').next().unwrap_or_default().to_owned();
        if p.has("FAX") || p.has("PAGER") {
            return;
        }
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let national = digits.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(&digits);
        // Mobile numbers of China begin with 1 and have 11 digits, whatever the card calls them.
        let mobile = p.has("CELL") || p.has("IPHONE") || (national.len() == 11 && national.starts_with('1') && !p.has("WORK"));
        push_new(if mobile { &mut self.mobiles } else { &mut self.phones }, number);
    }

    /// The cells in the order of [`HEADERS`].
    fn cells(self) -> [String; HEADERS.len()] {
        let mut mobiles = self.mobiles.into_iter();
        let mut phones = self.phones.into_iter();
        // A field for one number alone gets whatever number there is.
        let mobile = mobiles.next().or_else(|| phones.next()).unwrap_or_default();
        let phone = phones.next().or_else(|| mobiles.next()).unwrap_or_default();
        let mut emails = self.emails.into_iter();
        let email = emails.next().unwrap_or_default();
        let mut notes: Vec<String> = self.notes.into_iter().filter(|n| !n.is_empty()).collect();
        // What has no column is not lost.
        notes.extend(mobiles.chain(phones).chain(emails));
        let or = |a: String, b: String| if a.is_empty() { b } else { a };
        let name = or(or(or(self.full_name, self.composed), self.nickname), self.company.clone());
        [
            name,
            self.company,
            self.department,
            or(self.title, self.role),
            mobile,
            phone,
            email,
            self.wechat,
            self.website,
            self.address,
            self.birthday,
            self.tags,
            notes.join("\n"),
        ]
    }
}

fn push_new(list: &mut Vec<String>, text: String) {
    if !text.is_empty() && !list.contains(&text) {
        list.push(text);
    }
}

fn is_cjk(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3134f}'))
}

/// Family name, given name and additional names in the order of their language.
fn name_of(parts: &[String]) -> String {
    let part = |at: usize| parts.get(at).map(String::as_str).unwrap_or_default();
    let (family, given, more) = (part(0), part(1), part(2));
    if is_cjk(family) || is_cjk(given) {
        return format!("{family}{more}{given}");
    }
    [given, more, family].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Street, city, region, postal code and country in the order of their language.
fn address_of(parts: &[String]) -> String {
    let part = |at: usize| parts.get(at).map(|p| p.replace('\n', " ")).unwrap_or_default();
    let (extended, street, city, region, postal, country) = (part(1), part(2), part(3), part(4), part(5), part(6));
    if is_cjk(&street) || is_cjk(&city) || is_cjk(&region) {
        return format!("{region}{city}{street}{extended}");
    }
    [street, extended, city, region, postal, country].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ")
}

/// `1990-01-02` of the forms that cards have; without a year nothing.
fn birthday_of(text: &str) -> String {
    let date = text.split('T').next().unwrap_or_default();
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    // Phones write 1604 for a year that is not known.
    if digits.len() != 8 || date.starts_with("--") || digits.starts_with("1604") {
        return String::new();
    }
    format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let mut rows = Vec::new();
        for_each_row(file.path(), &mut |row| {
            rows.push(row.cells.iter().map(str::to_owned).collect());
            Ok(true)
        })
        .unwrap();
        rows.split_off(1)
    }

    fn cell<'a>(row: &'a [String], header: &str) -> &'a str {
        &row[HEADERS.iter().position(|h| *h == header).unwrap()]
    }

    #[test]
    fn an_iphone_card() {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Apple Inc.//iPhone OS 17.0//EN\r\nN:张;三;;;\r\nFN:张三\r\nORG:上海关系科技有限公司;销售部;\r\n\
                    TITLE:经理\r\nitem1.EMAIL;type=INTERNET;type=pref:San@Example.com\r\nTEL;type=CELL;type=VOICE;type=pref:+86 138 0013 8000\r\n\
                    TEL;type=WORK;type=VOICE:021-62345678\r\nTEL;type=HOME:021-11112222\r\nADR;type=WORK;type=pref:;;南京西路1号\\, 5楼;上海市;上海市;200041;中国\r\n\
                    BDAY;X-APPLE-OMIT-YEAR=1604:1604-05-06\r\nNOTE:第一行\\n第二行 折\r\n 行\r\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\n SkZJRg\r\nEND:VCARD\r\n";
        let rows = rows(text.as_bytes());
        let row = &rows[0];
        assert_eq!((cell(row, "Full name"), cell(row, "Company"), cell(row, "Department")), ("张三", "上海关系科技有限公司", "销售部"));
        assert_eq!((cell(row, "Mobile"), cell(row, "Work phone")), ("+86 138 0013 8000", "021-62345678"));
        assert_eq!((cell(row, "Email"), cell(row, "Birthday")), ("San@Example.com", ""));
        assert_eq!(cell(row, "Address"), "上海市上海市南京西路1号, 5楼");
        assert_eq!(cell(row, "Notes"), "第一行\n第二行 折行\n021-11112222");
    }

    #[test]
    fn old_cards_of_phones_in_their_character_sets() {
        let quoted = |bytes: &[u8]| bytes.iter().map(|b| format!("={b:02X}")).collect::<String>();
        let (gb, _, _) = GB18030.encode("李四");
        let (org, _, _) = GB18030.encode("北京某某公司");
        let long = quoted("王五六七八九十".as_bytes());
        let mut bytes = format!(
            "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=GB18030;ENCODING=QUOTED-PRINTABLE:{};;;;\nTEL;CELL:13900139000\nEND:VCARD\n\
             BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{}=\n{}\nTEL;WORK;VOICE:010-1234\nEND:VCARD\n\
             BEGIN:VCARD\nVERSION:2.1\nFN:",
            quoted(&gb),
            &long[..30],
            &long[30..]
        )
        .into_bytes();
        bytes.extend_from_slice(&gb);
        bytes.extend_from_slice(b"\nORG:");
        bytes.extend_from_slice(&org);
        bytes.extend_from_slice(b"\nEND:VCARD\n");
        let rows = rows(&bytes);
        assert_eq!(rows.iter().map(|r| cell(r, "Full name")).collect::<Vec<_>>(), ["李四", "王五六七八九十", "李四"]);
        assert_eq!(cell(&rows[1], "Mobile"), "010-1234");
        assert_eq!(cell(&rows[2], "Company"), "北京某某公司");
    }

    #[test]
    fn version_4_and_hostile_cards() {
        let four = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann Lee\r\nTEL;TYPE=\"voice,work\";VALUE=uri:tel:+1-555-555-0100;ext=5\r\nBDAY:19900102\r\n\
                    CATEGORIES:vip,friend\r\nIMPP:weixin:ann_wx\r\nEND:VCARD\r\n";
        let row = &rows(four.as_bytes())[0];
        assert_eq!((cell(row, "Mobile"), cell(row, "Birthday"), cell(row, "WeChat")), ("+1-555-555-0100", "1990-01-02", "ann_wx"));
        assert_eq!(cell(row, "Tags"), "vip;friend");
        let endless = format!("BEGIN:VCARD\nNOTE:x\n{}END:VCARD\n", " y\n".repeat(1_000_000));
        assert!(cell(&rows(endless.as_bytes())[0], "Notes").len() <= MAX_PROPERTY + 2);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("BEGIN:VCARD\nNOTE:{}", "x".repeat(2 << 20))).unwrap();
        assert_eq!(for_each_row(file.path(), &mut |_| Ok(true)).unwrap_err().code, "line_too_long");
        assert!(rows(b"BEGIN:VCARD\nFN:cut off").is_empty());
        assert!(rows("END:VCARD\nFN=\n:\n;;;\nBEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:=E4=Z\nEND:VCARD".as_bytes()).len() == 1);
        assert!(is_vcard(b"\xef\xbb\xbf\r\nbegin:vcard\r\n") && !is_vcard(b"name,begin:vcard\n"));
    }
}
