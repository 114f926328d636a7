//! Lookups that make hierarchies: no record may come to stand above itself. Two writes at the same time can still make a circle together;
//! whatever reads hierarchies ends there.

use std::collections::HashMap;

use guanxi_access::{Purpose, on_behalf_of_product};
use guanxi_model::change::Op;
use guanxi_model::{Cell, Error, FieldError, Object, RecordId, Result};
use guanxi_query::Query;
use guanxi_query::tree::{Expr, Literal};

use super::{Batch, CHUNK, all_of};

/// The most levels that are climbed.
const MAX_LEVELS: usize = 100;

/// A changed record, and how far up from it one has come.
struct Climb {
    place: usize,
    from: RecordId,
    at: RecordId,
}

impl Batch<'_> {
    /// Refuses what would put a record above itself.
    pub(super) async fn check_hierarchies(&mut self) -> Result<()> {
        let mut all: HashMap<(u16, usize), Vec<Climb>> = HashMap::new();
        for (place, built) in &self.built {
            // A new record stands above none yet.
            if built.change.as_ref().is_none_or(|change| change.op != Op::Update) {
                continue;
            }
            let row = &built.row;
            for i in &built.touched {
                if let (true, Some(Cell::Int(above))) = (row.object.fields[*i].def.ty.is_hierarchy(), row.cells[*i].first()) {
                    all.entry((row.object.no, *i)).or_default().push(Climb { place: *place, from: row.id(), at: RecordId(*above) });
                }
            }
        }
        for ((no, field), climbs) in all {
            let object = self.schema.by_no(no).cloned().ok_or_else(|| Error::internal("a record of no object"))?;
            for place in self.circles(&object, field, climbs).await? {
                self.fail(place, Error::field(circle(object.fields[field].name())));
            }
        }
        Ok(())
    }

    /// The operations whose climb comes back to where it began.
    async fn circles(&self, object: &Object, field: usize, mut climbs: Vec<Climb>) -> Result<Vec<usize>> {
        let here = self.built.iter().map(|(_, built)| &built.row).filter(|row| row.object.no == object.no);
        let mut above: HashMap<i64, Option<i64>> = here.map(|row| (row.id().0, row.cells[field].first().and_then(Cell::as_int))).collect();
        let mut failed = Vec::new();
        for _ in 0..MAX_LEVELS {
            let (met, going): (Vec<Climb>, Vec<Climb>) = climbs.into_iter().partition(|climb| climb.at == climb.from);
            failed.extend(met.iter().map(|climb| climb.place));
            let mut unknown: Vec<i64> = going.iter().map(|climb| climb.at.0).filter(|id| !above.contains_key(id)).collect();
            unknown.sort_unstable();
            unknown.dedup();
            for chunk in unknown.chunks(CHUNK) {
                above.extend(self.stored_above(object, field, chunk).await?);
            }
            let next = |climb: Climb| above.get(&climb.at.0).copied().flatten().map(|at| Climb { at: RecordId(at), ..climb });
            climbs = going.into_iter().filter_map(next).collect();
            if climbs.is_empty() {
                break;
            }
        }
        Ok(failed)
    }

    /// What stands above these records.
    async fn stored_above(&self, object: &Object, field: usize, ids: &[i64]) -> Result<Vec<(i64, Option<i64>)>> {
        let among = Expr::In("id".into(), ids.iter().map(|id| Literal::Id(*id)).collect(), false);
        let query = Query::fields(object.name(), &["id", object.fields[field].name()]).and(among);
        let query = on_behalf_of_product(Purpose::Consistency, query);
        let rows = self.org.store().select(self.ctx, &self.schema, &query, &all_of(ids.len())).await?;
        Ok(rows.rows().filter_map(|row| Some((row.first()?.as_int()?, row.get(1).and_then(Cell::as_int)))).collect())
    }
}

fn circle(field: &str) -> FieldError {
    FieldError::new(
        field,
        "circle",
        "所选记录就是此记录或在它之下，不能作为它的上级；请选择其他记录",
        "the chosen record is this one or below it, so it cannot stand above it; choose another",
    )
}
