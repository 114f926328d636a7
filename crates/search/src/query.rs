//! What is asked for: a text as a person types it, taken apart into units that must all be found in one record.

use crate::fold::{Atom, atoms, fold, phone_digits};
use crate::terms::GRAM;
use crate::words::words;

/// One thing that must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Chinese characters, one after the other.
    Han(String),
    /// Letters and digits: the beginning of a word, or the sound of Chinese characters, or digits of a phone number.
    Word(String),
    /// A phone number as it is typed: its digits, and the words that it would be otherwise.
    Phone(String, Vec<String>),
}

/// A query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What must be found; empty for a query of spaces and punctuation, which finds nothing.
    pub units: Vec<Unit>,
    /// All of it, to compare with whole names.
    pub(crate) whole: Vec<Atom>,
}

/// The longest query in characters; the rest is ignored.
const MAX_LENGTH: usize = 200;

/// The most units; the rest is ignored.
const MAX_UNITS: usize = 12;

/// The shortest word that is found with a typing mistake.
const MIN_FUZZY: usize = 5;

impl Query {
    /// Takes a text apart.
    pub fn parse(text: &str) -> Query {
        let text = crate::fold::head(text.trim(), MAX_LENGTH);
        let whole = atoms(text);
        let digits = phone_digits(text);
        if digits.len() >= GRAM && whole.len() + usize::from(text.starts_with('+')) > 1 && text.chars().map(fold).all(is_phone) {
            let words = whole.iter().map(|a| a.text.clone()).collect();
            return Query { units: vec![Unit::Phone(digits, words)], whole };
        }
        let mut units: Vec<Unit> = Vec::new();
        let mut run = String::new();
        for (i, atom) in whole.iter().enumerate() {
            if !atom.han {
                units.push(Unit::Word(atom.text.clone()));
                continue;
            }
            run.push_str(&atom.text);
            if whole.get(i + 1).is_none_or(|next| !next.han || next.start != atom.end) {
                units.extend(words(&std::mem::take(&mut run)).into_iter().map(Unit::Han));
            }
        }
        let mut known = std::collections::HashSet::new();
        units.retain(|unit| known.insert(format!("{unit:?}")));
        units.truncate(MAX_UNITS);
        Query { units, whole }
    }

    /// Whether some word of it may be found with a typing mistake.
    pub fn may_be_mistyped(&self) -> bool {
        self.units.iter().any(|unit| matches!(unit, Unit::Word(word) if is_fuzzy(word)))
    }
}

/// Whether a word is found with a typing mistake.
pub(crate) fn is_fuzzy(word: &str) -> bool {
    word.chars().count() >= MIN_FUZZY && word.chars().all(char::is_alphabetic)
}

fn is_phone(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '(' | ')' | '.' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_falls_into_units() {
        let units = |text: &str| Query::parse(text).units;
        let han = |text: &str| Unit::Han(text.to_owned());
        let word = |text: &str| Unit::Word(text.to_owned());
        assert_eq!(units(" 張偉 ACME "), [han("张伟"), word("acme")]);
        assert_eq!(units("上海的采购会议"), [han("上海"), han("采购"), han("会议")]);
        assert_eq!(units("2026"), [word("2026")]);
        assert_eq!(units("138-0013"), [Unit::Phone("1380013".to_owned(), vec!["138".to_owned(), "0013".to_owned()])]);
        assert_eq!(units("+8613800138000"), [Unit::Phone("13800138000".to_owned(), vec!["8613800138000".to_owned()])]);
        assert_eq!(units("…！"), []);
        assert_eq!(units(&"a b c d e f g h i j k l m n o".repeat(3)).len(), 12);
    }
}
