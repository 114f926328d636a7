//! Records with a term, and with terms that begin so. The library's own ways take longer than the search: of a term it makes a table for
//! scores that nobody asks for, of a beginning an automaton as if it could be mistyped and room for every record of the index.

use tantivy::query::{AutomatonWeight, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};
use tantivy_fst::Automaton;

use crate::either::explained;

/// Of so many records of a segment, one may have such a term for them to be gathered in a list.
const FEW: u32 = 32;

/// Finds records with a term, or with terms that begin so.
#[derive(Clone, Debug)]
pub(crate) struct Lookup {
    pub(crate) field: Field,
    pub(crate) text: String,
    /// Whether the text is all of the term.
    pub(crate) exact: bool,
}

impl Query for Lookup {
    fn weight(&self, _scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Lookup {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let index = reader.inverted_index(self.field)?;
        if self.exact {
            return Ok(match index.terms().get(&self.text)? {
                Some(term) => Box::new(ConstScorer::new(index.read_postings_from_terminfo(&term, IndexRecordOption::Basic)?, boost)),
                None => Box::new(EmptyScorer),
            });
        }
        let mut terms = index.terms().range().ge(&self.text).lt(after(self.text.as_bytes())).without_keys().into_stream()?;
        let (mut found, mut records, few) = (Vec::new(), 0, reader.max_doc() / FEW);
        let mut more = terms.advance();
        while more && records <= few {
            records += terms.value().doc_freq;
            found.push(terms.value().clone());
            more = terms.advance();
        }
        match found.as_slice() {
            [] => Ok(Box::new(EmptyScorer)),
            [only] if !more => Ok(Box::new(ConstScorer::new(index.read_postings_from_terminfo(only, IndexRecordOption::Basic)?, boost))),
            _ if records > few => AutomatonWeight::new(self.field, Beginning(self.text.clone().into_bytes())).scorer(reader, boost),
            several => {
                let mut docs = Vec::with_capacity(records as usize);
                for term in several {
                    let mut postings = index.read_block_postings_from_terminfo(term, IndexRecordOption::Basic)?;
                    while !postings.docs().is_empty() {
                        docs.extend_from_slice(postings.docs());
                        postings.advance();
                    }
                }
                docs.sort_unstable();
                docs.dedup();
                Ok(Box::new(ConstScorer::new(Listed { docs, at: 0 }, boost)))
            }
        }
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explained(self.scorer(reader, 1.0)?, doc)
    }
}

/// What comes after all that begin so. Texts are UTF-8, in which no byte is the highest.
fn after(text: &[u8]) -> Vec<u8> {
    let mut after = text.to_vec();
    if let Some(last) = after.last_mut() {
        *last += 1;
    }
    after
}

/// Records in a list, in order.
struct Listed {
    docs: Vec<DocId>,
    at: usize,
}

impl DocSet for Listed {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.at += self.docs.get(self.at..).map_or(0, |rest| rest.partition_point(|doc| *doc < target));
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        self.docs.len() as u32
    }
}

/// Goes along a term; its state is how many bytes were as wanted, `None` after another one.
struct Beginning(Vec<u8>);

impl Automaton for Beginning {
    type State = Option<usize>;

    fn start(&self) -> Option<usize> {
        Some(0)
    }

    fn is_match(&self, state: &Option<usize>) -> bool {
        *state == Some(self.0.len())
    }

    fn can_match(&self, state: &Option<usize>) -> bool {
        state.is_some()
    }

    fn will_always_match(&self, state: &Option<usize>) -> bool {
        self.is_match(state)
    }

    fn accept(&self, state: &Option<usize>, byte: u8) -> Option<usize> {
        let so_far = (*state)?;
        match self.0.get(so_far) {
            None => Some(so_far),
            Some(wanted) => (*wanted == byte).then_some(so_far + 1),
        }
    }
}
