//! The best records of each object that are in reach, in an order that is always the same.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use guanxi_model::{ObjectNo, RecordId};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

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

/// Collects the best `limit` records of each object.
pub(crate) struct Best {
    reach: BTreeMap<ObjectNo, Reach>,
    limit: usize,
}

impl Best {
    pub(crate) fn new(reach: BTreeMap<ObjectNo, Reach>, limit: usize) -> Best {
        Best { reach, limit }
    }
}

pub(crate) struct BestOfSegment {
    id: Arc<dyn ColumnValues<i64>>,
    owner: Arc<dyn ColumnValues<i64>>,
    updated: Arc<dyn ColumnValues<i64>>,
    /// By object number.
    few: Vec<Option<Few>>,
    limit: usize,
}

impl Collector for Best {
    type Fruit = Vec<Found>;
    type Child = BestOfSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<BestOfSegment> {
        let column = |name: &str| segment.fast_fields().column_first_or_default::<i64>(name);
        let highest = self.reach.keys().last().map_or(0, |no| usize::from(*no) + 1);
        let mut few: Vec<Option<Few>> = (0..highest).map(|_| None).collect();
        for (no, reach) in &self.reach {
            few[usize::from(*no)] = Some(Few { reach: *reach, heap: BinaryHeap::new(), more: false });
        }
        Ok(BestOfSegment { id: column(ID)?, owner: column(OWNER)?, updated: column(UPDATED)?, few, limit: self.limit })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Vec<(ObjectNo, Vec<Rank>, bool)>>) -> tantivy::Result<Vec<Found>> {
        let mut merged: BTreeMap<ObjectNo, Few> = BTreeMap::new();
        for (object, ranks, more) in segments.into_iter().flatten() {
            let few = merged.entry(object).or_insert_with(|| Few { reach: Reach::All, heap: BinaryHeap::new(), more: false });
            few.more |= more;
            ranks.into_iter().for_each(|rank| few.put(rank, self.limit));
        }
        let mut found: Vec<(Rank, Found)> = Vec::new();
        for (object, few) in merged {
            let ranks: Vec<Rank> = few.heap.into_sorted_vec().into_iter().map(|Reverse(rank)| rank).collect();
            let Some(best) = ranks.first().copied() else { continue };
            let hits = ranks.into_iter().map(|(score, _, id)| (RecordId(id), score as f32 / 2.0)).collect();
            found.push((best, Found { object, hits, more: few.more }));
        }
        found.sort_by_key(|(best, _)| Reverse(*best));
        Ok(found.into_iter().map(|(_, found)| found).collect())
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = Vec<(ObjectNo, Vec<Rank>, bool)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let id = self.id.get_val(doc);
        let Some(Some(few)) = self.few.get_mut(usize::from(RecordId(id).object())) else { return };
        if let Reach::Own(owner) = few.reach
            && self.owner.get_val(doc) != owner.0
        {
            return;
        }
        few.put(((score * 2.0) as i64, self.updated.get_val(doc), id), self.limit);
    }

    fn harvest(self) -> Self::Fruit {
        let all = self.few.into_iter().enumerate();
        all.filter_map(|(no, few)| few.map(|few| (no as ObjectNo, few.heap.into_iter().map(|Reverse(rank)| rank).collect(), few.more)))
            .collect()
    }
}
