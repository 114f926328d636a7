//! What operators and the scheduler ask of an organisation: does it answer, and away with what nobody needs any more.

use guanxi_model::Result;

use crate::{Organisation, sharing};

/// How long notifications are kept: 90 days, in microseconds.
const NOTIFICATIONS_US: i64 = 90 * 86_400 * 1_000_000;

/// How many of what nobody needs were removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Idempotency keys past their time.
    pub keys: u64,
    /// Sessions that have ended.
    pub sessions: u64,
}

/// Whether the store answers.
///
/// # Errors
/// Those of the store: it does not.
pub async fn answers(org: &Organisation) -> Result<()> {
    org.store().log_after(i64::MAX - 1, 1).await.map(drop)
}

/// How many commits this process has made, and how many writes were in them.
pub fn commits(org: &Organisation) -> (u64, u64) {
    org.store().commits()
}

/// Removes old idempotency keys, sessions, tokens, links, mails and notifications, and looks after the tables.
///
/// # Errors
/// Those of the store.
pub async fn clean(org: &Organisation) -> Result<Cleaned> {
    let keys = org.store().idempotency_purge().await?;
    let sessions = org.store().session_purge(org.now_us()).await?;
    org.store().challenges_purge(org.now_us()).await?;
    org.store().links_purge(org.now_us()).await?;
    org.store().mails_purge(org.now_us() - crate::mail::KEPT_US).await?;
    org.store().tokens_purge(org.now_us() - crate::tokens::KEPT_US).await?;
    org.store().notifications_purge(org.now_us() - NOTIFICATIONS_US).await?;
    org.store().shares_purge(org.now_us()).await?;
    sharing::take_up_later(org).await?;
    org.store().maintain(&org.schema()).await?;
    Ok(Cleaned { keys, sessions })
}
