//! A query as the index answers it. Scores are whole numbers: how good a kind of match is. Among equals the newest record comes first.

use tantivy::Term;
use tantivy::query::{BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery, Occur, Query as Search, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::fold::Atom;
use crate::index::Fields;
use crate::pinyin::cuts;
use crate::query::{Query, Unit, is_fuzzy};
use crate::terms::{
    BEGINNING, CHAR, END, FIRST_SYLLABLE, HEAD, INITIALS, LAST_SYLLABLE, LONG, PAIR, SHORT, START, SYLLABLE, SYLLABLES, WORD, grams, term,
};

const IN_NAME: f32 = 40.0;
const BY_SOUND: f32 = 30.0;
const BY_INITIALS: f32 = 25.0;
const IN_DETAIL: f32 = 15.0;
const IN_TEXT: f32 = 5.0;
const MISTYPED: f32 = 1.0;
/// A word is there in full.
const FULL: f32 = 2.0;
/// The name is what was asked for.
const WHOLE: f32 = 16.0;
/// The name begins with what was asked for.
const BEGINS: f32 = 8.0;
/// The name has it all in one piece.
const TOGETHER: f32 = 4.0;

type Part = Box<dyn Search>;

/// The plan of a query; `fuzzy` says whether words may be mistyped.
pub(crate) fn plan(fields: &Fields, query: &Query, fuzzy: bool) -> Part {
    if query.units.is_empty() {
        return Box::new(EmptyQuery);
    }
    let planner = Planner { fields, fuzzy };
    let mut clauses: Vec<(Occur, Part)> = query.units.iter().map(|unit| (Occur::Must, planner.unit(unit))).collect();
    clauses.extend(planner.whole_name(query).into_iter().map(|part| (Occur::Should, part)));
    Box::new(BooleanQuery::new(clauses))
}

struct Planner<'a> {
    fields: &'a Fields,
    fuzzy: bool,
}

impl Planner<'_> {
    fn unit(&self, unit: &Unit) -> Part {
        let mut found = Vec::new();
        match unit {
            Unit::Han(run) => self.han(run, &mut found),
            Unit::Word(word) => self.word(word, &mut found),
            Unit::Phone(digits, words) => {
                found.push(scored(self.phone(digits), IN_DETAIL));
                for (field, score) in self.texts() {
                    found.push(scored(all(words.iter().map(|word| starting(field, word)).collect()), score));
                }
            }
        }
        best(found)
    }

    /// The fields with words, by how much they say.
    fn texts(&self) -> [(Field, f32); 3] {
        [(self.fields.name, IN_NAME), (self.fields.detail, IN_DETAIL), (self.fields.text, IN_TEXT)]
    }

    fn han(&self, run: &str, found: &mut Vec<Part>) {
        let pairs = pairs(run);
        for (field, score) in self.texts() {
            let part = match pairs.as_slice() {
                [] if field == self.fields.name => has(field, &term(CHAR, run)),
                [] => any(vec![beginning(field, &term(PAIR, run)), has(field, &term(CHAR, run))]),
                pairs => all(pairs.iter().map(|pair| has(field, pair)).collect()),
            };
            found.push(scored(part, score));
        }
    }

    fn word(&self, word: &str, found: &mut Vec<Part>) {
        for (field, score) in self.texts() {
            found.push(scored(starting(field, word), score));
            found.push(scored(has(field, &term(WORD, word)), score + FULL));
            if self.fuzzy && is_fuzzy(word) {
                let wanted = Term::from_field_text(field, &term(WORD, word));
                found.push(scored(Box::new(FuzzyTermQuery::new(wanted, 1, true)), MISTYPED));
            }
        }
        for cut in cuts(word) {
            found.push(scored(self.sound(&cut), BY_SOUND));
        }
        let initials = word.as_bytes();
        if initials.len() >= 2 && initials.iter().all(u8::is_ascii_lowercase) {
            let pairs = word.char_indices().filter_map(|(i, _)| word.get(i..i + 2));
            found.push(scored(all(pairs.map(|pair| has(self.fields.name, &term(INITIALS, pair))).collect()), BY_INITIALS));
        }
        if word.len() >= crate::terms::GRAM && word.bytes().all(|b| b.is_ascii_digit()) {
            found.push(scored(self.phone(&crate::fold::phone_digits(word)), IN_DETAIL));
        }
    }

    fn phone(&self, digits: &str) -> Part {
        all(grams(digits).iter().map(|gram| has(self.fields.phone, gram)).collect())
    }

    /// Syllables one after the other, the last one perhaps not typed to its end.
    fn sound(&self, cut: &[&str]) -> Part {
        if let [only] = cut {
            return beginning(self.fields.name, &term(SYLLABLE, only));
        }
        let last = cut.len().saturating_sub(2);
        let pairs = cut.windows(2).enumerate().map(|(i, pair)| {
            let pair = format!("{SYLLABLES}{} {}", pair[0], pair[1]);
            if i == last { beginning(self.fields.name, &pair) } else { has(self.fields.name, &pair) }
        });
        all(pairs.collect())
    }

    /// What makes a name better than others that have the same units.
    fn whole_name(&self, query: &Query) -> Vec<Part> {
        let name = self.fields.name;
        let (Some(first), Some(last)) = (query.whole.first(), query.whole.last()) else { return Vec::new() };
        let inside = inside(&query.whole);
        let with = |ends: Vec<Part>| all(ends.into_iter().chain(inside.iter().map(|t| has(name, t))).collect());
        let (start, end) = (term(START, &first.text), term(END, &last.text));
        let begins = if query.whole.len() == 1 && !first.han { beginning(name, &start) } else { has(name, &start) };
        let mut parts = vec![scored(with(vec![begins]), BEGINS), scored(with(vec![has(name, &start), has(name, &end)]), WHOLE)];
        if inside.len() > 1 {
            parts.push(scored(with(Vec::new()), TOGETHER));
        }
        if let [Unit::Word(word)] = query.units.as_slice() {
            cuts(word).iter().for_each(|cut| self.whole_sound(cut, &mut parts));
        }
        vec![best(parts)]
    }

    fn whole_sound(&self, cut: &[&str], parts: &mut Vec<Part>) {
        let name = self.fields.name;
        let (Some(first), Some(last)) = (cut.first(), cut.last()) else { return };
        let start = term(FIRST_SYLLABLE, first);
        let start = || if cut.len() == 1 { beginning(name, &start) } else { has(name, &start) };
        parts.push(scored(all(vec![start(), self.sound(cut)]), BEGINS));
        parts.push(scored(all(vec![start(), self.sound(cut), has(name, &term(LAST_SYLLABLE, last))]), WHOLE));
    }
}

/// The terms of a name that has these atoms one after the other. The last word may not be typed to its end.
fn inside(atoms: &[Atom]) -> Vec<String> {
    let next = |i: usize| atoms.get(i + 1);
    let terms = atoms.iter().enumerate().filter_map(|(i, atom)| match next(i) {
        Some(next) if atom.han && next.han => Some(term(PAIR, &format!("{}{}", atom.text, next.text))),
        _ if atom.han => Some(term(CHAR, &atom.text)),
        Some(_) => Some(term(WORD, &atom.text)),
        None => None,
    });
    terms.collect()
}

fn pairs(run: &str) -> Vec<String> {
    let chars: Vec<char> = run.chars().collect();
    chars.windows(2).map(|pair| term(PAIR, &pair.iter().collect::<String>())).collect()
}

fn has(field: Field, text: &str) -> Part {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

fn beginning(field: Field, text: &str) -> Part {
    Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, text), 0, false))
}

/// A word that begins so. Short beginnings are terms of their own: to go through all words that begin with one letter would take long.
fn starting(field: Field, word: &str) -> Part {
    match word.chars().count() {
        n if n < SHORT => beginning(field, &term(HEAD, word)),
        SHORT => has(field, &term(HEAD, word)),
        n if n < LONG => beginning(field, &term(BEGINNING, word)),
        LONG => has(field, &term(BEGINNING, word)),
        _ => beginning(field, &term(WORD, word)),
    }
}

fn scored(part: Part, score: f32) -> Part {
    Box::new(ConstScoreQuery::new(part, score))
}

fn all(mut parts: Vec<Part>) -> Part {
    match parts.len() {
        0 => Box::new(EmptyQuery),
        1 => parts.remove(0),
        _ => Box::new(BooleanQuery::intersection(parts)),
    }
}

fn any(parts: Vec<Part>) -> Part {
    Box::new(BooleanQuery::union(parts))
}

fn best(mut parts: Vec<Part>) -> Part {
    if parts.len() == 1 { parts.remove(0) } else { Box::new(DisjunctionMaxQuery::new(parts)) }
}
