//! The best records of each object that are in reach, in an order that is always the same.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_model::{ObjectNo, RecordId};
use tantivy::columnar::ColumnValues;
use tantivy::query::{EnableScoring, Query};
use tantivy::{DocId, Score, Searcher, SegmentReader};

use crate::index::{Found, ID, OWNER, Reach, UPDATED};

/// Score (a whole number, doubled), time of the last change, id: the order of hits.
type Rank = (i64, i64, i64);

/// The greatest few of those put in.
struct Few {
    reach: Reach,
    heap: BinaryHeap<Reverse<Rank>>,
    /// Whether some did not fit.
    more: bool,
}

impl Few {
    fn put(&mut self, rank: Rank, limit: usize) {
        if self.heap.len() < limit {
            self.heap.push(Reverse(rank));
            return;
        }
        self.more = true;
        if let Some(mut least) = self.heap.peek_mut()
            && least.0 < rank
        {
            *least = Reverse(rank);
        }
    }
}

/// What is asked of each record of a segment.
pub(crate) struct Columns {
    id: Arc<dyn ColumnValues<i64>>,
    owner: Arc<dyn ColumnValues<i64>>,
    updated: Arc<dyn ColumnValues<i64>>,
}

impl Columns {
    fn open(segment: &SegmentReader) -> tantivy::Result<Columns> {
        // Every record has a value in every column; where the library is sure of that, it need not look whether there is one.
        let column = |name: &str| {
            let column = segment.fast_fields().i64(name)?;
            tantivy::Result::Ok(if column.get_cardinality().is_full() { column.values } else { column.first_or_default_col(0) })
        };
        Ok(Columns { id: column(ID)?, owner: column(OWNER)?, updated: column(UPDATED)? })
    }
}

/// The columns of all segments, opened by the first search in each state of the index.
#[derive(Default)]
pub(crate) struct Opened(Mutex<(u64, Arc<Vec<Columns>>)>);

impl Opened {
    pub(crate) fn columns(&self, searcher: &Searcher) -> tantivy::Result<Arc<Vec<Columns>>> {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = searcher.generation().generation_id();
        if opened.0 != generation || opened.1.len() != searcher.segment_readers().len() {
            *opened = (generation, Arc::new(searcher.segment_readers().iter().map(Columns::open).collect::<tantivy::Result<_>>()?));
        }
        Ok(Arc::clone(&opened.1))
    }
}

/// Collects the best `limit` records of each object in reach.
pub(crate) struct Best<'a> {
    searcher: &'a Searcher,
    columns: &'a [Columns],
    limit: usize,
    /// By object number; `None` for objects out of reach and those that have enough.
    few: Vec<Option<Few>>,
}

/// What was collected of one object, the best first, and whether there is more.
type Collected = (ObjectNo, Vec<Rank>, bool);

impl<'a> Best<'a> {
    pub(crate) fn new(searcher: &'a Searcher, columns: &'a [Columns], reach: &BTreeMap<ObjectNo, Reach>, limit: usize) -> Best<'a> {
        let highest = reach.keys().last().map_or(0, |no| usize::from(*no) + 1);
        let mut few: Vec<Option<Few>> = (0..highest).map(|_| None).collect();
        for (no, reach) in reach {
            few[usize::from(*no)] = Some(Few { reach: reach.clone(), heap: BinaryHeap::new(), more: false });
        }
        Best { searcher, columns, limit, few }
    }

    /// Goes through kinds of match, the best first, until every object in reach has enough.
    pub(crate) fn by_kinds(mut self, kinds: Vec<(Box<dyn Query>, f32)>) -> tantivy::Result<Vec<Found>> {
        let mut all: BTreeMap<ObjectNo, (Vec<Rank>, bool)> = BTreeMap::new();
        for (kind, score) in kinds {
            if self.few.iter().all(Option::is_none) {
                break;
            }
            self.gather(kind.as_ref(), Some(score))?;
            for (object, ranks, more) in self.take() {
                let (known, known_more) = all.entry(object).or_default();
                for rank in ranks {
                    if known.iter().all(|(_, _, id)| *id != rank.2) {
                        known.push(rank);
                    }
                }
                *known_more |= more;
                if known.len() >= self.limit {
                    known.truncate(self.limit);
                    *known_more = true;
                    self.few[usize::from(object)] = None;
                }
            }
        }
        Ok(answer(all.into_iter().map(|(object, (ranks, more))| (object, ranks, more)).collect()))
    }

    /// Goes through what a query scores.
    pub(crate) fn scored(mut self, query: &dyn Query) -> tantivy::Result<Vec<Found>> {
        self.gather(query, None)?;
        Ok(answer(self.take()))
    }

    /// Puts in what a query finds; `score` is that of all, without one each record's is asked for.
    fn gather(&mut self, query: &dyn Query, score: Option<f32>) -> tantivy::Result<()> {
        let scoring = match score {
            Some(_) => EnableScoring::disabled_from_searcher(self.searcher),
            None => EnableScoring::enabled_from_searcher(self.searcher),
        };
        let weight = query.weight(scoring)?;
        for (segment, columns) in self.searcher.segment_readers().iter().zip(self.columns) {
            let alive = segment.alive_bitset();
            let is_alive = |doc: DocId| alive.is_none_or(|alive| alive.is_alive(doc));
            match score {
                Some(score) => weight.for_each_no_score(segment, &mut |docs| {
                    docs.iter().filter(|doc| is_alive(**doc)).for_each(|doc| self.put(columns, *doc, score));
                })?,
                None => weight.for_each(segment, &mut |doc, score| {
                    if is_alive(doc) {
                        self.put(columns, doc, score);
                    }
                })?,
            }
        }
        Ok(())
    }

    fn put(&mut self, columns: &Columns, doc: DocId, score: Score) {
        let id = columns.id.get_val(doc);
        let Some(Some(few)) = self.few.get_mut(usize::from(RecordId(id).object())) else { return };
        let in_reach = match &few.reach {
            Reach::All => true,
            Reach::Own(owner) => columns.owner.get_val(doc) == owner.0,
            Reach::OneOf(owners) => owners.binary_search(&columns.owner.get_val(doc)).is_ok(),
            Reach::OneOfOr(owners, ids) => owners.binary_search(&columns.owner.get_val(doc)).is_ok() || ids.contains(&id),
        };
        if !in_reach {
            return;
        }
        few.put(((score * 2.0) as i64, columns.updated.get_val(doc), id), self.limit);
    }

    /// Takes out what was put in.
    fn take(&mut self) -> Vec<Collected> {
        let found = self.few.iter_mut().enumerate().filter_map(|(no, few)| {
            let few = few.as_mut().filter(|few| !few.heap.is_empty())?;
            let ranks = std::mem::take(&mut few.heap).into_sorted_vec().into_iter().map(|Reverse(rank)| rank);
            Some((no as ObjectNo, ranks.collect(), std::mem::take(&mut few.more)))
        });
        found.collect()
    }
}

/// As the answer of a search, the object with the best record first.
fn answer(mut collected: Vec<Collected>) -> Vec<Found> {
    collected.sort_by_key(|(_, ranks, _)| Reverse(ranks.first().copied()));
    let hits = |ranks: Vec<Rank>| ranks.into_iter().map(|(score, _, id)| (RecordId(id), score as f32 / 2.0)).collect();
    collected.into_iter().map(|(object, ranks, more)| Found { object, hits: hits(ranks), more }).collect()
}
