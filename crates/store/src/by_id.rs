//! Reading one record by its id: the commonest query of all, planned once and run many times.

use std::sync::Arc;

use guanxi_access::Authorized;
use guanxi_model::{Cell, Ctx, RecordId, Result, Schema};
use guanxi_query::plan::Output;
use guanxi_query::tree::{Expr, GIVEN};
use guanxi_query::{Page, PageRows, Query, plan};

use crate::store::Store;

/// A planned query for one record. It holds the rights of the user it was authorised for, under the schema it was planned with:
/// whoever keeps it must drop it when either changes.
#[derive(Clone, Debug)]
pub struct ById {
    sql: String,
    params: Vec<Cell>,
    id_at: Vec<usize>,
    outputs: Arc<Vec<Output>>,
    width: usize,
}

/// Records that a query may name by their ids to be counted among those that touch only a few pages.
const FEW: usize = 20;

/// Whether a query names the few records it is about: the hits of a search, what a list refers to.
pub(crate) fn names_few(query: &Query) -> bool {
    let few = |condition: &Expr| matches!(condition, Expr::In(path, ids, false) if ids.len() <= FEW && path.segments == ["id"]);
    match &query.filter {
        Some(Expr::And(all)) => all.iter().any(few),
        Some(one) => few(one),
        None => false,
    }
}

impl Store {
    /// Plans a query whose condition compares ids with [`GIVEN`] as `Literal::Id`.
    ///
    /// # Errors
    /// Those of [`guanxi_query::plan()`].
    pub fn prepare_by_id(&self, ctx: &Ctx, schema: &Schema, query: &Authorized<Query>) -> Result<ById> {
        let plan = plan(ctx, schema, query.get(), &Page { limit: 1, ..Page::default() }, self.dialect())?;
        let id_at = (0..plan.params.len()).filter(|i| plan.params[*i] == Cell::Int(GIVEN)).collect();
        Ok(ById { sql: plan.sql, params: plan.params, id_at, outputs: Arc::new(plan.outputs), width: plan.width })
    }

    /// Runs a planned query for the record `id`: one row or none.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn select_by_id(&self, query: &ById, id: RecordId) -> Result<PageRows> {
        let mut params = query.params.clone();
        for at in &query.id_at {
            params[*at] = Cell::Int(id.0);
        }
        let rows = self.few_rows(&query.sql, &params).await?;
        Ok(PageRows { width: query.width, cells: rows.cells, outputs: Arc::clone(&query.outputs), next: None, total: None })
    }
}
