//! Objects and fields: reading the metadata, changing it at run time.

pub mod read;
pub mod write;

use guanxi_engine::metadata::Labels;
use guanxi_model::{Ctx, Error};
use serde::Deserialize;

use crate::problem::Result;

/// Parameters of metadata routes. `labels=all` is for tools that edit metadata; as it changes the shape of the answer it stands in
/// docs/api.md and not in the OpenAPI document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetadataParams {
    #[serde(default)]
    labels: Option<String>,
}

impl MetadataParams {
    fn labels(&self, ctx: &Ctx) -> Result<Labels> {
        match self.labels.as_deref() {
            None => Ok(Labels::One(ctx.lang)),
            Some("all") => Ok(Labels::All),
            Some(_) => Err(Error::bad_request("invalid_parameter", "labels 只能为 all。", "labels can only be all.").into()),
        }
    }
}
