//! Terms that begin so. The library's own way makes a table of each beginning as if it could be mistyped, which takes longer than the
//! search.

use tantivy::query::{AutomatonWeight, EnableScoring, Query, Weight};
use tantivy::schema::Field;
use tantivy_fst::Automaton;

/// Finds records with a term that begins so.
#[derive(Clone, Debug)]
pub(crate) struct BeginningQuery {
    pub(crate) field: Field,
    pub(crate) text: String,
}

impl Query for BeginningQuery {
    fn weight(&self, _scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(AutomatonWeight::new(self.field, Beginning(self.text.clone().into_bytes()))))
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
