//! Reading one record, or a few, by their ids: the commonest queries of all, planned once and run many times.

use std::sync::Arc;

use guanxi_access::Authorized;
use guanxi_model::{Cell, Ctx, RecordId, Result, Schema};
use guanxi_query::plan::Output;
use guanxi_query::tree::{GIVEN, GIVEN_TIME};
use guanxi_query::{Page, PageRows, Query, plan};

use crate::store::Store;

/// A planned query for records whose ids are given when it is run. It holds the rights of the user it was authorised for, under the schema it was planned with:
/// whoever keeps it must drop it when either changes.
#[derive(Clone, Debug)]
pub struct ById {
    sql: String,
    params: Vec<Cell>,
    id_at: Vec<usize>,
    outputs: Arc<Vec<Output>>,
    width: usize,
}

impl Store {
    /// Plans a query whose condition compares ids with [`GIVEN`] as `Literal::Id`, as often as it shall read records at the most.
    ///
    /// # Errors
    /// Those of [`guanxi_query::plan()`].
    pub fn prepare_by_id(&self, ctx: &Ctx, schema: &Schema, query: &Authorized<Query>, most: u32) -> Result<ById> {
        let then = Ctx { now_us: GIVEN_TIME, ..ctx.clone() };
        let plan = plan(&then, schema, query.get(), &Page { limit: most, ..Page::default() }, self.dialect())?;
        let id_at = (0..plan.params.len()).filter(|i| plan.params[*i] == Cell::Int(GIVEN)).collect();
        Ok(ById { sql: plan.sql, params: plan.params, id_at, outputs: Arc::new(plan.outputs), width: plan.width })
    }

    /// Runs a planned query at a time for the records `ids`, which are no more than it was planned for; rows come in no order to count on.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn select_by_id(&self, query: &ById, ids: &[RecordId], now_us: i64) -> Result<PageRows> {
        debug_assert!(ids.len() <= query.id_at.len(), "more records than the query was planned for");
        let mut params = query.params.clone();
        params.iter_mut().filter(|param| **param == Cell::Int(GIVEN_TIME)).for_each(|param| *param = Cell::Int(now_us));
        for (nth, at) in query.id_at.iter().enumerate() {
            // Fewer records than places: one of them is named again.
            params[*at] = ids.get(nth).or(ids.last()).map_or(Cell::Int(GIVEN), |id| Cell::Int(id.0));
        }
        let rows = self.few_rows(&query.sql, &params).await?;
        let rows = PageRows { width: query.width, cells: rows.cells, outputs: Arc::clone(&query.outputs), next: None, total: None };
        Ok(rows.veiled())
    }
}
