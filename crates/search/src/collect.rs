//! The best records of each object that are in reach, in an order that is always the same.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_model::{ObjectNo, RecordId};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::query::Query;
use tantivy::{DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use crate::index::{Found, ID, OWNER, Reach, UPDATED};

/// Score (a whole number, doubled), time of the last change, id: the order of hits.
pub(crate) type Rank = (i64, i64, i64);

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

/// The columns of the segments that one search has opened: each of its kinds of match goes through the same segments.
#[derive(Clone, Default)]
pub(crate) struct Opened(Arc<Mutex<HashMap<SegmentOrdinal, Columns>>>);

/// What is asked of each record of a segment.
#[derive(Clone)]
struct Columns {
    id: Arc<dyn ColumnValues<i64>>,
    owner: Arc<dyn ColumnValues<i64>>,
    updated: Arc<dyn ColumnValues<i64>>,
}

impl Opened {
    fn columns(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Columns> {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(columns) = opened.get(&ordinal) {
            return Ok(columns.clone());
        }
        let column = |name: &str| segment.fast_fields().column_first_or_default::<i64>(name);
        let columns = Columns { id: column(ID)?, owner: column(OWNER)?, updated: column(UPDATED)? };
        opened.insert(ordinal, columns.clone());
        Ok(columns)
    }
}

/// Collects the best `limit` records of each object.
pub(crate) struct Best {
    /// The columns of the segments, which belong to one searcher.
    pub(crate) opened: Opened,
    /// Which records count.
    pub(crate) reach: BTreeMap<ObjectNo, Reach>,
    /// The most of each object.
    pub(crate) limit: usize,
    /// The score of all; without one each record's is asked for.
    pub(crate) score: Option<f32>,
}

/// What was collected of one object, the best first, and whether there is more.
pub(crate) type Collected = (ObjectNo, Vec<Rank>, bool);

/// Goes through kinds of match, the best first, until every object in reach has enough.
pub(crate) fn by_kinds(
    searcher: &Searcher,
    kinds: Vec<(Box<dyn Query>, f32)>,
    mut reach: BTreeMap<ObjectNo, Reach>,
    limit: usize,
) -> tantivy::Result<Vec<Collected>> {
    let mut all: BTreeMap<ObjectNo, (Vec<Rank>, bool)> = BTreeMap::new();
    let opened = Opened::default();
    for (kind, score) in kinds {
        if reach.is_empty() {
            break;
        }
        for (object, ranks, more) in
            searcher.search(&kind, &Best { opened: opened.clone(), reach: reach.clone(), limit, score: Some(score) })?
        {
            let (known, known_more) = all.entry(object).or_default();
            for rank in ranks {
                if known.iter().all(|(_, _, id)| *id != rank.2) {
                    known.push(rank);
                }
            }
            *known_more |= more;
            if known.len() >= limit {
                known.truncate(limit);
                *known_more = true;
                reach.remove(&object);
            }
        }
    }
    Ok(all.into_iter().map(|(object, (ranks, more))| (object, ranks, more)).collect())
}

/// As the answer of a search, the object with the best record first.
pub(crate) fn answer(mut collected: Vec<Collected>) -> Vec<Found> {
    collected.sort_by_key(|(_, ranks, _)| Reverse(ranks.first().copied()));
    let hits = |ranks: Vec<Rank>| ranks.into_iter().map(|(score, _, id)| (RecordId(id), score as f32 / 2.0)).collect();
    collected.into_iter().map(|(object, ranks, more)| Found { object, hits: hits(ranks), more }).collect()
}

pub(crate) struct BestOfSegment {
    columns: Columns,
    /// By object number.
    few: Vec<Option<Few>>,
    limit: usize,
    score: Option<f32>,
}

impl Collector for Best {
    type Fruit = Vec<Collected>;
    type Child = BestOfSegment;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<BestOfSegment> {
        let columns = self.opened.columns(ordinal, segment)?;
        let highest = self.reach.keys().last().map_or(0, |no| usize::from(*no) + 1);
        let mut few: Vec<Option<Few>> = (0..highest).map(|_| None).collect();
        for (no, reach) in &self.reach {
            few[usize::from(*no)] = Some(Few { reach: *reach, heap: BinaryHeap::new(), more: false });
        }
        Ok(BestOfSegment { columns, few, limit: self.limit, score: self.score })
    }

    fn requires_scoring(&self) -> bool {
        self.score.is_none()
    }

    fn merge_fruits(&self, segments: Vec<Vec<Collected>>) -> tantivy::Result<Vec<Collected>> {
        let mut merged: BTreeMap<ObjectNo, Few> = BTreeMap::new();
        for (object, ranks, more) in segments.into_iter().flatten() {
            let few = merged.entry(object).or_insert_with(|| Few { reach: Reach::All, heap: BinaryHeap::new(), more: false });
            few.more |= more;
            ranks.into_iter().for_each(|rank| few.put(rank, self.limit));
        }
        let sorted = |few: Few| few.heap.into_sorted_vec().into_iter().map(|Reverse(rank)| rank).collect::<Vec<_>>();
        let found = merged.into_iter().map(|(object, few)| (object, few.more, sorted(few)));
        Ok(found.filter(|(_, _, ranks)| !ranks.is_empty()).map(|(object, more, ranks)| (object, ranks, more)).collect())
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = Vec<Collected>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let id = self.columns.id.get_val(doc);
        let Some(Some(few)) = self.few.get_mut(usize::from(RecordId(id).object())) else { return };
        if let Reach::Own(owner) = few.reach
            && self.columns.owner.get_val(doc) != owner.0
        {
            return;
        }
        let score = self.score.unwrap_or(score);
        few.put(((score * 2.0) as i64, self.columns.updated.get_val(doc), id), self.limit);
    }

    fn harvest(self) -> Self::Fruit {
        let all = self.few.into_iter().enumerate();
        all.filter_map(|(no, few)| few.map(|few| (no as ObjectNo, few.heap.into_iter().map(|Reverse(rank)| rank).collect(), few.more)))
            .collect()
    }
}
