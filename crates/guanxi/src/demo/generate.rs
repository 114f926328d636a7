//! The demo organisation's content.

use guanxi_engine::Organisation;
use guanxi_model::Result;
use guanxi_model::clock::ManualClock;

/// Fills the organisation through the write door. `clock` is the clock of `org`: it is moved through the past, so that the change
/// log tells a real history.
///
/// # Errors
/// Those of the write door.
pub(crate) async fn generate(org: &Organisation, clock: &ManualClock) -> Result<()> {
    let _ = (org, clock);
    Ok(())
}
