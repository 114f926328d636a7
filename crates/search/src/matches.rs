//! Where a query is found in a value: what is shown in bold, and the proof that a hit is one. The index may promise too much (pairs of
//! characters that are not next to each other, a value that has changed since, one that the reader may not see); this does not.

use std::ops::Range;

use crate::fold::{Atom, atoms, fold, head};
use crate::pinyin::for_each_reading;
use crate::query::{Query, Unit, is_fuzzy};
use crate::terms::{GRAM, without_zeros};

/// How a value is looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A record's name: by sound too.
    Name,
    /// Any other text.
    Text,
    /// A phone number: by digits.
    Phone,
}

/// The most places that are told of one value.
const MAX_PLACES: usize = 16;

impl Query {
    /// Which units a value has, by their numbers, and where: ranges of bytes in order, not overlapping.
    pub fn find(&self, kind: Kind, text: &str, fuzzy: bool) -> (Vec<usize>, Vec<Range<usize>>) {
        let atoms = if kind == Kind::Phone { Vec::new() } else { atoms(text) };
        let mut units = Vec::new();
        let mut places = Vec::new();
        for (i, unit) in self.units.iter().enumerate() {
            let before = places.len();
            match kind {
                Kind::Phone => phone(unit, text, &mut places),
                _ => in_atoms(unit, kind, text, &atoms, fuzzy, &mut places),
            }
            if places.len() > before {
                units.push(i);
            }
        }
        (units, merged(places))
    }
}

fn in_atoms(unit: &Unit, kind: Kind, text: &str, atoms: &[Atom], fuzzy: bool, places: &mut Vec<Range<usize>>) {
    match unit {
        Unit::Han(run) => han(run, atoms, places),
        Unit::Word(wanted) => {
            let before = places.len();
            word(wanted, text, atoms, places);
            if places.len() == before && kind == Kind::Name {
                sound(wanted, atoms, places);
            }
            if places.len() == before && fuzzy && is_fuzzy(wanted) {
                let close = atoms.iter().filter(|a| !a.han && near(wanted, &a.text));
                places.extend(close.take(MAX_PLACES).map(|a| a.start..a.end));
            }
        }
        Unit::Phone(_, words) => {
            let found: Vec<Vec<Range<usize>>> = words
                .iter()
                .map(|w| {
                    let mut places = Vec::new();
                    word(w, text, atoms, &mut places);
                    places
                })
                .collect();
            if found.iter().all(|places| !places.is_empty()) {
                places.extend(found.into_iter().flatten());
            }
        }
    }
}

fn han(run: &str, atoms: &[Atom], places: &mut Vec<Range<usize>>) {
    let wanted: Vec<&str> = run.char_indices().map(|(i, c)| &run[i..i + c.len_utf8()]).collect();
    for window in atoms.windows(wanted.len().max(1)) {
        if places.len() < MAX_PLACES && window.iter().map(|a| a.text.as_str()).eq(wanted.iter().copied()) {
            places.push(window[0].start..window[window.len() - 1].end);
        }
    }
}

fn word(wanted: &str, text: &str, atoms: &[Atom], places: &mut Vec<Range<usize>>) {
    let length = wanted.chars().count();
    for atom in atoms.iter().filter(|a| !a.han) {
        if places.len() == MAX_PLACES {
            return;
        }
        if atom.text.starts_with(wanted) {
            places.push(atom.start..atom.start + head(&text[atom.start..atom.end], length).len());
        } else if without_zeros(&atom.text).starts_with(wanted) {
            places.push(atom.start..atom.end);
        }
    }
}

/// Characters one after the other that are read as `letters`, the last one perhaps not to its end; or whose first letters these are.
fn sound(letters: &str, atoms: &[Atom], places: &mut Vec<Range<usize>>) {
    if !letters.bytes().all(|b| b.is_ascii_lowercase()) {
        return;
    }
    for from in 0..atoms.len() {
        let count = spelled(letters, &atoms[from..]).or_else(|| initials(letters, &atoms[from..]));
        if let Some(count) = count.filter(|_| places.len() < MAX_PLACES) {
            places.push(atoms[from].start..atoms[from + count - 1].end);
            return;
        }
    }
}

/// How many characters `letters` spell.
fn spelled(letters: &str, atoms: &[Atom]) -> Option<usize> {
    let (first, rest) = atoms.split_first().filter(|(first, _)| first.han)?;
    let mut best = None;
    for_each_reading(first.text.chars().next()?, |reading| {
        if best.is_some() {
            return;
        }
        if reading.starts_with(letters) {
            best = Some(1);
        } else if let Some(left) = letters.strip_prefix(reading) {
            best = spelled(left, rest).map(|n| n + 1);
        }
    });
    best
}

fn initials(letters: &str, atoms: &[Atom]) -> Option<usize> {
    if letters.len() < 2 || letters.len() > atoms.len() {
        return None;
    }
    let reads = |atom: &Atom, letter: u8| {
        let mut good = false;
        let c = atom.text.chars().next().filter(|_| atom.han);
        for_each_reading(c.unwrap_or_default(), |reading| good |= reading.as_bytes().first() == Some(&letter));
        good
    };
    letters.bytes().zip(atoms).all(|(letter, atom)| reads(atom, letter)).then_some(letters.len())
}

/// Whether two words are one typing mistake apart: a letter more, less, other, or two exchanged.
fn near(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([], rest) | (rest, []) => rest.len() <= 1,
        ([_, x @ ..], [_, y @ ..]) if x == y => true,
        ([_, x @ ..], y) if x == y => true,
        (x, [_, y @ ..]) if x == y => true,
        ([p, q, x @ ..], [r, s, y @ ..]) => p == s && q == r && x == y,
        _ => false,
    }
}

fn phone(unit: &Unit, text: &str, places: &mut Vec<Range<usize>>) {
    let wanted = match unit {
        Unit::Phone(digits, _) => digits.clone(),
        Unit::Word(word) if word.bytes().all(|b| b.is_ascii_digit()) => crate::fold::phone_digits(word),
        _ => return,
    };
    if wanted.len() < GRAM {
        return;
    }
    let digits: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| fold(*c).is_ascii_digit()).collect();
    let folded: String = digits.iter().map(|(_, c)| fold(*c)).collect();
    if let Some(at) = folded.find(&wanted) {
        let (last, c) = digits[at + wanted.len() - 1];
        places.push(digits[at].0..last + c.len_utf8());
    }
}

fn merged(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|p| (p.start, p.end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for place in places {
        match out.last_mut().filter(|last| place.start <= last.end) {
            Some(last) => last.end = last.end.max(place.end),
            None => out.push(place),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(query: &str, kind: Kind, text: &str) -> Option<String> {
        let query = Query::parse(query);
        let (units, places) = query.find(kind, text, true);
        if units.len() < query.units.len() {
            return None;
        }
        Some(places.iter().map(|p| &text[p.clone()]).collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn places_are_found() {
        for (query, kind, text, expected) in [
            ("张伟", Kind::Name, "張偉", "張偉"),
            ("zhangwei", Kind::Name, "经理张伟", "张伟"),
            ("zhangw", Kind::Name, "张伟", "张伟"),
            ("zw", Kind::Name, "张伟民", "张伟"),
            ("chongqing", Kind::Name, "重庆长安", "重庆"),
            ("shan", Kind::Name, "单雄信", "单"),
            ("yfkj", Kind::Name, "上海云帆科技", "云帆科技"),
            ("云帆", Kind::Name, "上海（云）帆", "云）帆"),
            ("acm", Kind::Text, "the ACME company", "ACM"),
            ("acmee", Kind::Text, "the ACME company", "ACME"),
            ("12", Kind::Text, "T-00012", "00012"),
            ("8000", Kind::Phone, "+86 138-0013-8000", "8000"),
            ("0138", Kind::Phone, "138-0013-8000", "013-8"),
            ("采购会议", Kind::Text, "会议由采购召开", "会议|采购"),
        ] {
            assert_eq!(marked(query, kind, text).as_deref(), Some(expected), "{query} in {text}");
        }
        for (query, kind, text) in [
            ("张伟", Kind::Name, "张大伟"),
            ("zhangwei", Kind::Text, "张伟"),
            ("zhangwei", Kind::Name, "张大伟"),
            ("cme", Kind::Text, "ACME"),
            ("138", Kind::Phone, "13800138000"),
            ("beta", Kind::Text, "bets"),
        ] {
            assert_eq!(marked(query, kind, text), None, "{query} in {text}");
        }
    }

    #[test]
    fn one_mistake_is_near() {
        for (a, b, expected) in [
            ("salesforce", "salesforce", true),
            ("salesforce", "salseforce", true),
            ("salesforce", "saleforce", true),
            ("salesforce", "salesfforce", true),
            ("salesforce", "salesforze", true),
            ("salesforce", "saelfsorce", false),
            ("salesforce", "sales", false),
        ] {
            assert_eq!((near(a, b), near(b, a)), (expected, expected), "{a} {b}");
        }
    }
}
