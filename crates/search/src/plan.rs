//! A query as the index answers it. Scores are whole numbers: how good a kind of match is. Among equals the newest record comes first.

use tantivy::Term;
use tantivy::query::{BooleanQuery, EmptyQuery, FuzzyTermQuery, Occur, Query as Search};
use tantivy::schema::Field;

use crate::either::EitherQuery;
use crate::fold::{Atom, phone_digits};
use crate::index::Fields;
use crate::lookup::Lookup;
use crate::pinyin::cuts;
use crate::query::{Query, Unit, is_fuzzy};
use crate::terms::{
    BEGINNING, CHAR, END, FIRST_SYLLABLE, GRAM, HEAD, INITIALS, LAST_SYLLABLE, LONG, PAIR, SHORT, START, SYLLABLE, SYLLABLES, WORD, grams,
    term,
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

/// A query as the index answers it.
pub(crate) enum Plan {
    /// One thing is looked for: kinds of match with their scores, the best first. Each is gone through by itself without counting
    /// scores, and only for objects of which better ones have not given enough: short beginnings fit a third of all records.
    Kinds(Vec<(Part, f32)>),
    /// Several things are looked for, each by its best kind of match.
    Scored(Part),
}

/// The plan of a query; `fuzzy` says whether words may be mistyped.
pub(crate) fn plan(fields: &Fields, query: &Query, fuzzy: bool) -> Plan {
    let planner = Planner { fields, fuzzy };
    match query.units.as_slice() {
        [] => Plan::Kinds(Vec::new()),
        [unit] => Plan::Kinds(planner.kinds(query, unit)),
        units => Plan::Scored(planner.all_of(query, units)),
    }
}

struct Planner<'a> {
    fields: &'a Fields,
    fuzzy: bool,
}

impl Planner<'_> {
    fn kinds(&self, query: &Query, unit: &Unit) -> Vec<(Part, f32)> {
        let mut kinds = self.unit(unit);
        kinds.extend(self.whole_name(query).into_iter().map(|(part, bonus)| (part, IN_NAME + bonus)));
        kinds.extend(self.whole_sound(query).into_iter().map(|(part, bonus)| (part, BY_SOUND + bonus)));
        kinds.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut grouped: Vec<(Vec<Part>, f32)> = Vec::new();
        for (part, score) in kinds {
            match grouped.last_mut().filter(|(_, last)| last.total_cmp(&score).is_eq()) {
                Some((parts, _)) => parts.push(part),
                None => grouped.push((vec![part], score)),
            }
        }
        grouped.into_iter().map(|(parts, score)| (any(parts), score)).collect()
    }

    fn all_of(&self, query: &Query, units: &[Unit]) -> Part {
        let best = |kinds| -> Part { Box::new(EitherQuery(kinds)) };
        let mut clauses: Vec<(Occur, Part)> = units.iter().map(|unit| (Occur::Must, best(self.unit(unit)))).collect();
        clauses.push((Occur::Should, best(self.whole_name(query))));
        Box::new(BooleanQuery::new(clauses))
    }

    /// The ways in which a unit is found.
    fn unit(&self, unit: &Unit) -> Vec<(Part, f32)> {
        match unit {
            Unit::Han(run) => self.han(run),
            Unit::Word(word) => self.word(word),
            Unit::Phone(digits, words) => {
                let typed = |(field, score)| (all(words.iter().map(|word| starting(field, word)).collect()), score);
                let texts = self.texts().into_iter().map(typed);
                texts.chain([(self.phone(digits), IN_DETAIL)]).collect()
            }
        }
    }

    /// The fields with words, by how much they say.
    fn texts(&self) -> [(Field, f32); 3] {
        [(self.fields.name, IN_NAME), (self.fields.detail, IN_DETAIL), (self.fields.text, IN_TEXT)]
    }

    fn han(&self, run: &str) -> Vec<(Part, f32)> {
        let pairs = pairs(run);
        let found = self.texts().into_iter().map(|(field, score)| {
            let part = match pairs.as_slice() {
                [] if field == self.fields.name => has(field, &term(CHAR, run)),
                [] => any(vec![beginning(field, &term(PAIR, run)), has(field, &term(CHAR, run))]),
                pairs => all(pairs.iter().map(|pair| has(field, pair)).collect()),
            };
            (part, score)
        });
        found.collect()
    }

    fn word(&self, word: &str) -> Vec<(Part, f32)> {
        let mut found = Vec::new();
        for (field, score) in self.texts() {
            found.push((starting(field, word), score));
            found.push((has(field, &term(WORD, word)), score + FULL));
            if self.fuzzy && is_fuzzy(word) {
                let wanted = Term::from_field_text(field, &term(WORD, word));
                found.push((Box::new(FuzzyTermQuery::new(wanted, 1, true)), MISTYPED));
            }
        }
        found.extend(cuts(word).iter().map(|cut| (self.sound(cut), BY_SOUND)));
        if word.len() >= 2 && word.bytes().all(|b| b.is_ascii_lowercase()) {
            let pairs = word.char_indices().filter_map(|(i, _)| word.get(i..i + 2));
            found.push((all(pairs.map(|pair| has(self.fields.name, &term(INITIALS, pair))).collect()), BY_INITIALS));
        }
        if word.len() >= GRAM && word.bytes().all(|b| b.is_ascii_digit()) {
            found.push((self.phone(&phone_digits(word)), IN_DETAIL));
        }
        found
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
    fn whole_name(&self, query: &Query) -> Vec<(Part, f32)> {
        let name = self.fields.name;
        let (Some(first), Some(last)) = (query.whole.first(), query.whole.last()) else { return Vec::new() };
        let inside = inside(&query.whole);
        let with = |ends: Vec<Part>| all(ends.into_iter().chain(inside.iter().map(|t| has(name, t))).collect());
        let (start, end) = (term(START, &first.text), term(END, &last.text));
        let begins = if query.whole.len() == 1 && !first.han { beginning(name, &start) } else { has(name, &start) };
        let mut parts = vec![(with(vec![begins]), BEGINS), (with(vec![has(name, &start), has(name, &end)]), WHOLE)];
        if inside.len() > 1 {
            parts.push((with(Vec::new()), TOGETHER));
        }
        parts
    }

    /// The same for a name typed by its sound.
    fn whole_sound(&self, query: &Query) -> Vec<(Part, f32)> {
        let [Unit::Word(word)] = query.units.as_slice() else { return Vec::new() };
        let name = self.fields.name;
        let mut parts = Vec::new();
        for cut in cuts(word) {
            let (Some(first), Some(last)) = (cut.first(), cut.last()) else { continue };
            let start = term(FIRST_SYLLABLE, first);
            if cut.len() == 1 {
                parts.push((beginning(name, &start), BEGINS));
                parts.push((all(vec![has(name, &start), has(name, &term(LAST_SYLLABLE, last))]), WHOLE));
                continue;
            }
            parts.push((all(vec![has(name, &start), self.sound(&cut)]), BEGINS));
            parts.push((all(vec![has(name, &start), self.sound(&cut), has(name, &term(LAST_SYLLABLE, last))]), WHOLE));
        }
        parts
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
    Box::new(Lookup { field, text: text.to_owned(), exact: true })
}

fn beginning(field: Field, text: &str) -> Part {
    Box::new(Lookup { field, text: text.to_owned(), exact: false })
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

fn all(mut parts: Vec<Part>) -> Part {
    match parts.len() {
        0 => Box::new(EmptyQuery),
        1 => parts.remove(0),
        _ => Box::new(BooleanQuery::intersection(parts)),
    }
}

fn any(mut parts: Vec<Part>) -> Part {
    if parts.len() == 1 { parts.remove(0) } else { Box::new(EitherQuery(parts.into_iter().map(|part| (part, 1.0)).collect())) }
}
