//! Records that one of several parts finds, each with the score of the best part that finds it. The library's own way keeps a window of
//! thousands of records with their scores, which takes longer than a search for which there are a few parts.

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

/// Finds what one of the parts finds; with its score.
#[derive(Debug)]
pub(crate) struct EitherQuery(pub(crate) Vec<(Box<dyn Query>, Score)>);

impl Clone for EitherQuery {
    fn clone(&self) -> EitherQuery {
        EitherQuery(self.0.iter().map(|(part, score)| (part.box_clone(), *score)).collect())
    }
}

impl Query for EitherQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weights = self.0.iter().map(|(part, score)| {
            // Scores are those of the parts, not of the words in them.
            let scoring = match scoring {
                EnableScoring::Enabled { searcher, .. } => EnableScoring::disabled_from_searcher(searcher),
                disabled @ EnableScoring::Disabled { .. } => disabled,
            };
            Ok((part.weight(scoring)?, *score))
        });
        Ok(Box::new(EitherWeight(weights.collect::<tantivy::Result<_>>()?)))
    }
}

struct EitherWeight(Vec<(Box<dyn Weight>, Score)>);

impl Weight for EitherWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut parts = Vec::with_capacity(self.0.len());
        for (weight, score) in &self.0 {
            let part = weight.scorer(reader, 1.0)?;
            if part.doc() != TERMINATED {
                parts.push((part, *score * boost));
            }
        }
        let mut either = Either { parts, doc: 0 };
        either.settle();
        Ok(Box::new(either))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explained(self.scorer(reader, 1.0)?, doc)
    }
}

struct Either {
    parts: Vec<(Box<dyn Scorer>, Score)>,
    doc: DocId,
}

impl Either {
    fn settle(&mut self) -> DocId {
        self.doc = self.parts.iter().map(|(part, _)| part.doc()).min().unwrap_or(TERMINATED);
        self.doc
    }
}

impl DocSet for Either {
    fn advance(&mut self) -> DocId {
        for (part, _) in &mut self.parts {
            if part.doc() == self.doc {
                part.advance();
            }
        }
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for (part, _) in &mut self.parts {
            if part.doc() < target {
                part.seek(target);
            }
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.parts.iter().map(|(part, _)| part.size_hint()).fold(0, u32::saturating_add)
    }
}

impl Scorer for Either {
    fn score(&mut self) -> Score {
        let here = self.parts.iter().filter(|(part, _)| part.doc() == self.doc);
        here.map(|(_, score)| *score).fold(0.0, Score::max)
    }
}

/// What the library wants to be able to ask.
pub(crate) fn explained(mut scorer: Box<dyn Scorer>, doc: DocId) -> tantivy::Result<Explanation> {
    if scorer.doc() > doc || scorer.seek(doc) != doc {
        return Err(TantivyError::InvalidArgument(format!("record {doc} is not found")));
    }
    Ok(Explanation::new("constant", scorer.score()))
}
