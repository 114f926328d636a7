//! The table of China's provinces, cities and districts, and looking a name up at the beginning of a text.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Provinces without indent; each line below them a city, then its districts and counties.
const TABLE: &str = include_str!("divisions.txt");

/// The longest name, in characters; no text is looked at beyond it.
const LONGEST: usize = 20;

/// A province, a city or a district.
pub(crate) struct Division {
    /// The full name, with 省, 市, 区 …
    pub(crate) name: &'static str,
    /// What it is commonly called, of at least two characters.
    short: Option<&'static str>,
}

/// A city with its districts.
pub(crate) struct City {
    pub(crate) own: Division,
    pub(crate) province: usize,
    pub(crate) districts: Vec<Division>,
}

/// The whole table.
pub(crate) struct Divisions {
    pub(crate) provinces: Vec<Division>,
    pub(crate) cities: Vec<City>,
    /// Districts and counties by full name: where they are.
    places: HashMap<&'static str, Vec<(usize, usize)>>,
}

/// How much of a name was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// All of it.
    Full,
    /// The short name.
    Short,
}

/// The table, read once.
pub(crate) static DIVISIONS: LazyLock<Divisions> = LazyLock::new(|| read(TABLE));

fn read(table: &'static str) -> Divisions {
    let mut all = Divisions { provinces: Vec::new(), cities: Vec::new(), places: HashMap::new() };
    for line in table.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
        let Some(names) = line.strip_prefix(' ') else {
            all.provinces.push(division(line));
            continue;
        };
        let mut names = names.split(' ').map(division);
        let Some(own) = names.next() else { continue };
        let (city, province) = (all.cities.len(), all.provinces.len().saturating_sub(1));
        // A county that is called as its city is found by its full name only.
        let districts: Vec<Division> = names.map(|d| Division { short: d.short.filter(|s| own.short != Some(s)), ..d }).collect();
        for (at, district) in districts.iter().enumerate() {
            all.places.entry(district.name).or_default().push((city, at));
        }
        all.cities.push(City { own, province, districts });
    }
    all
}

fn division(word: &'static str) -> Division {
    if let Some((name, short)) = word.split_once('=') {
        return Division { name, short: Some(short) };
    }
    let short = word.strip_suffix("特别行政区").or_else(|| word.strip_suffix("地区"));
    let short = short.or_else(|| word.char_indices().next_back().map(|(at, _)| &word[..at]));
    Division { name: word, short: short.filter(|s| s.chars().count() >= 2) }
}

impl Division {
    /// Whether a text begins with the name; what follows it, and how much of the name it was.
    pub(crate) fn at_start<'t>(&self, text: &'t str) -> Option<(&'t str, Written)> {
        // 长春市场 is a market.
        if let Some(rest) = text.strip_prefix(self.name).filter(|rest| !rest.starts_with('场')) {
            return Some((rest, Written::Full));
        }
        self.short.and_then(|short| text.strip_prefix(short)).map(|rest| (rest, Written::Short))
    }
}

/// The division among several that a text begins with: full names before short ones, longer ones before shorter ones.
pub(crate) fn first<'t, 'd>(text: &'t str, among: impl Iterator<Item = (usize, &'d Division)>) -> Option<(usize, &'t str, Written)> {
    among
        .filter_map(|(at, division)| division.at_start(text).map(|(rest, written)| (at, rest, written)))
        .min_by_key(|(_, rest, written)| (*written == Written::Short, rest.len()))
}

impl Divisions {
    /// Where the districts are whose full name a text begins with, and what follows it; the longest such name.
    pub(crate) fn places<'t>(&self, text: &'t str) -> Option<(&[(usize, usize)], &'t str)> {
        let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST);
        let ends: Vec<usize> = ends.collect();
        ends.into_iter().rev().find_map(|end| self.places.get(&text[..end]).map(|found| (found.as_slice(), &text[end..])))
    }

    /// The cities of a province with their places in the table.
    pub(crate) fn cities_of(&self, province: usize) -> impl Iterator<Item = (usize, &Division)> {
        self.cities.iter().enumerate().filter(move |(_, c)| c.province == province).map(|(at, c)| (at, &c.own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let all = &*DIVISIONS;
        assert_eq!((all.provinces.len(), all.cities.len() > 350, all.places.len() > 2_700), (34, true, true));
        for division in all.provinces.iter().chain(all.cities.iter().flat_map(|c| std::iter::once(&c.own).chain(&c.districts))) {
            let count = division.name.chars().count();
            assert!(
                (2..=LONGEST).contains(&count) && division.name.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{}",
                division.name
            );
        }
    }

    #[test]
    fn names_have_their_short_forms() {
        for (word, short) in
            [("北京市", Some("北京")), ("大兴安岭地区", Some("大兴安岭")), ("香港特别行政区", Some("香港")), ("赵县", None)]
        {
            assert_eq!(division(word).short, short);
        }
        assert_eq!(division("延边朝鲜族自治州=延边").short, Some("延边"));
    }
}
