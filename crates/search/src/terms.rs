//! What the index holds of a record. Names and texts are kept as terms without places: the first character of a term says what it is,
//! and what is found is compared with the record itself before it is shown ([`crate::matches`]), so that terms may promise a little too
//! much but never too little.

use crate::fold::{Atom, atoms, head, phone_digits};
use crate::pinyin::for_each_reading;

/// A Chinese character.
pub const CHAR: char = 'c';
/// Two characters one after the other.
pub const PAIR: char = 'b';
/// A word of letters and digits.
pub const WORD: char = 'w';
/// The first up to [`SHORT`] characters of a word.
pub const HEAD: char = 'h';
/// The first up to [`LONG`] characters of a word that has more than [`SHORT`].
pub const BEGINNING: char = 'i';
/// What a name begins with: its first word, its first character, its first two characters.
pub const START: char = 's';
/// What a name ends with.
pub const END: char = 'e';
/// A syllable.
pub const SYLLABLE: char = 'p';
/// Two syllables one after the other, with a space between.
pub const SYLLABLES: char = 'q';
/// First letters of two syllables.
pub const INITIALS: char = 'a';
/// The syllable a name begins with.
pub const FIRST_SYLLABLE: char = 'P';
/// The syllable a name ends with.
pub const LAST_SYLLABLE: char = 'E';

/// Characters in a [`HEAD`].
pub const SHORT: usize = 3;
/// Characters in a [`BEGINNING`].
pub const LONG: usize = 6;
/// How many digits of a phone number are kept together.
pub const GRAM: usize = 4;

/// A term of a kind.
pub fn term(kind: char, text: &str) -> String {
    let mut term = String::with_capacity(text.len() + 1);
    term.push(kind);
    term.push_str(text);
    term
}

/// The terms of a name.
pub fn of_name(text: &str) -> Vec<String> {
    let atoms = atoms(text);
    let mut terms = Vec::with_capacity(atoms.len() * 8);
    for (i, atom) in atoms.iter().enumerate() {
        if !atom.han {
            word(&mut terms, &atom.text);
            continue;
        }
        terms.push(term(CHAR, &atom.text));
        let next = atoms.get(i + 1).filter(|next| next.han);
        if let Some(next) = next {
            terms.push(pair(PAIR, atom, next));
        }
        sounds(&mut terms, atom, next);
    }
    ends(&mut terms, &atoms);
    unique(terms)
}

/// The terms of any other text.
pub fn of_text(text: &str) -> Vec<String> {
    let atoms = atoms(text);
    let mut terms = Vec::with_capacity(atoms.len() * 2);
    for (i, atom) in atoms.iter().enumerate() {
        let next = atoms.get(i + 1).filter(|next| next.han);
        match next {
            _ if !atom.han => word(&mut terms, &atom.text),
            Some(next) => terms.push(pair(PAIR, atom, next)),
            // The last of several is in a pair already; a search for one character looks for the beginnings of pairs, and for these.
            None => terms.push(term(CHAR, &atom.text)),
        }
    }
    unique(terms)
}

/// The terms of a phone number.
pub fn of_phone(text: &str) -> Vec<String> {
    unique(grams(&phone_digits(text)))
}

/// Every run of [`GRAM`] digits.
pub fn grams(digits: &str) -> Vec<String> {
    if !digits.is_ascii() {
        return Vec::new();
    }
    (GRAM..=digits.len()).map(|end| digits[end - GRAM..end].to_owned()).collect()
}

fn word(terms: &mut Vec<String>, text: &str) {
    terms.push(term(WORD, text));
    terms.push(term(HEAD, head(text, SHORT)));
    if text.chars().nth(SHORT).is_some() {
        terms.push(term(BEGINNING, head(text, LONG)));
    }
    // T-00012 is found as 12 too.
    let plain = without_zeros(text);
    if plain != text {
        word(terms, plain);
    }
}

/// A number without the zeros before it; any other word as it is.
pub fn without_zeros(word: &str) -> &str {
    if word.bytes().all(|b| b.is_ascii_digit()) {
        Some(word.trim_start_matches('0')).filter(|w| !w.is_empty()).unwrap_or(word)
    } else {
        word
    }
}

fn pair(kind: char, first: &Atom, second: &Atom) -> String {
    let mut text = term(kind, &first.text);
    text.push_str(&second.text);
    text
}

fn character(atom: &Atom) -> char {
    atom.text.chars().next().unwrap_or_default()
}

fn sounds(terms: &mut Vec<String>, atom: &Atom, next: Option<&Atom>) {
    for_each_reading(character(atom), |reading| {
        terms.push(term(SYLLABLE, reading));
        let Some(next) = next else { return };
        for_each_reading(character(next), |following| {
            terms.push(format!("{SYLLABLES}{reading} {following}"));
            terms.push(format!("{INITIALS}{}{}", &reading[..1], &following[..1]));
        });
    });
}

fn ends(terms: &mut Vec<String>, atoms: &[Atom]) {
    let (Some(first), Some(last)) = (atoms.first(), atoms.last()) else { return };
    terms.push(term(START, &first.text));
    terms.push(term(END, &last.text));
    if let [first, second, ..] = atoms
        && first.han
        && second.han
    {
        terms.push(pair(START, first, second));
    }
    if let [.., before, last] = atoms
        && before.han
        && last.han
    {
        terms.push(pair(END, before, last));
    }
    for (kind, atom) in [(FIRST_SYLLABLE, first), (LAST_SYLLABLE, last)].into_iter().filter(|(_, atom)| atom.han) {
        for_each_reading(character(atom), |reading| terms.push(term(kind, reading)));
    }
}

fn unique(mut terms: Vec<String>) -> Vec<String> {
    terms.sort_unstable();
    terms.dedup();
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_characters_words_and_sounds() {
        let terms = of_name("單雄信ACME007");
        for wanted in [
            "c雄",
            "b单雄",
            "b雄信",
            "wacme007",
            "hacm",
            "iacme00",
            "s单",
            "s单雄",
            "eacme007",
            "pxiong",
            "qshan xiong",
            "qdan xiong",
            "adx",
            "asx",
            "Pshan",
        ] {
            assert!(terms.iter().any(|t| t == wanted), "{wanted} in {terms:?}");
        }
    }

    #[test]
    fn a_text_is_found_by_pairs_and_words() {
        assert_eq!(of_text("采购 T-00012，好"), ["b采购", "c好", "c购", "h000", "h12", "ht", "i00012", "w00012", "w12", "wt"]);
    }

    #[test]
    fn a_phone_is_found_by_four_digits() {
        assert_eq!(of_phone("+86 138-001"), ["1380", "3800", "8001"].map(String::from));
        assert!(of_phone("123").is_empty());
    }
}
