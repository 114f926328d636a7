//! `guanxi bench`: measures this build on this machine.

use clap::Args;

use crate::config::Config;
use crate::failure::Failure;

/// `guanxi bench`.
#[derive(Args)]
pub(crate) struct BenchArgs {}

/// Runs the benchmark and prints its table.
pub(crate) async fn run(_config: Config, _args: BenchArgs) -> Result<(), Failure> {
    Err(Failure::new("this build has no benchmark"))
}
