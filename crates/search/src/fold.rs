//! Texts as they are compared: lower case, half width, without accents, simplified characters. One character stays one character, so
//! that a place in the folded text is a place in the text.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Traditional characters with their simplified ones, by OpenCC. Single characters only: words would change a text's length, and a
/// word cut in two by the query would fold otherwise than in the record.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let one = |text: &str| {
        let mut chars = text.chars();
        chars.next().filter(|_| chars.next().is_none())
    };
    hanconv::Dictionary::TSCharacters.iter().filter_map(|(from, to)| Some((one(from)?, one(to)?))).collect()
});

/// A character as it is compared.
pub fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    if is_han(c) {
        return SIMPLIFIED.get(&c).copied().unwrap_or(c);
    }
    let plain = c.nfkd().next().unwrap_or(c);
    let plain = if plain.is_ascii() { plain } else { c };
    plain.to_lowercase().next().unwrap_or(plain)
}

/// Whether a character is one of a script without spaces between words: Chinese, and by the same treatment Japanese and Korean.
pub fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// One thing that is looked for: a Chinese character, or a word of letters and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    /// Folded.
    pub text: String,
    /// Whether it is a Chinese character.
    pub han: bool,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// The longest word that is told apart from longer ones, in characters.
const MAX_WORD: usize = 64;

/// The atoms of a text; what stands between them (spaces, punctuation) is not looked for.
pub fn atoms(text: &str) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    let mut open = false;
    for (start, c) in text.char_indices() {
        let (folded, end) = (fold(c), start + c.len_utf8());
        if is_han(folded) {
            atoms.push(Atom { text: folded.to_string(), han: true, start, end });
            open = false;
        } else if !folded.is_alphanumeric() {
            open = false;
        } else {
            match atoms.last_mut().filter(|a| open && a.text.len() < MAX_WORD) {
                Some(word) => {
                    word.text.push(folded);
                    word.end = end;
                }
                None => atoms.push(Atom { text: folded.to_string(), han: false, start, end }),
            }
            open = true;
        }
    }
    atoms
}

/// The first `n` characters of a text.
pub fn head(text: &str, n: usize) -> &str {
    text.char_indices().nth(n).map_or(text, |(at, _)| &text[..at])
}

/// The digits of a phone number that tell it apart: without China's country code.
pub fn phone_digits(text: &str) -> String {
    let digits: String = text.chars().map(fold).filter(char::is_ascii_digit).collect();
    let china = |rest: &&str| rest.len() >= 10 || text.trim_start().starts_with(['+', '＋']);
    let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86").filter(china));
    national.map_or(digits.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_alike() {
        let folded = |text: &str| text.chars().map(fold).collect::<String>();
        assert_eq!(folded("臺灣雲帆科技ＡＣＭＥ Café"), "台湾云帆科技acme cafe");
        assert_eq!(folded("ПРИВЕТ"), "привет");
    }

    #[test]
    fn a_text_falls_into_characters_and_words() {
        let atoms = atoms("上海（雲帆）ACME-2号");
        let texts: Vec<&str> = atoms.iter().map(|a| a.text.as_str()).collect();
        assert_eq!(texts, ["上", "海", "云", "帆", "acme", "2", "号"]);
        assert_eq!(&"上海（雲帆）ACME-2号"[atoms[2].start..atoms[3].end], "雲帆");
    }

    #[test]
    fn phones_lose_the_country_code() {
        for (typed, digits) in
            [("+86 138-0013-8000", "13800138000"), ("021-6888 8888", "02168888888"), ("8613", "8613"), ("+1 650 253 0000", "16502530000")]
        {
            assert_eq!(phone_digits(typed), digits);
        }
    }
}
