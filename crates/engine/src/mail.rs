//! Mail that the product itself sends. It goes through one seam; so far behind it there is the sandbox alone, which keeps what would have been
//! sent where administrators can read it.

use std::pin::Pin;

use guanxi_access::{Policy, sensitive};
use guanxi_model::render::time_text;
use guanxi_model::{Ctx, Error, RecordId, Result};
use guanxi_store::sys::KeptMail;
use serde::Serialize;

use crate::Organisation;

/// How long the sandbox keeps mails, in microseconds (30 days).
pub(crate) const KEPT_US: i64 = 30 * 86_400 * 1_000_000;

/// How many mails are listed.
const LISTED: u32 = 200;

/// A mail to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The user.
    pub user: RecordId,
    /// The user's address.
    pub to: String,
    /// Subject, one line.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// What a delivery gives.
pub type Delivery<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Delivers mail.
pub trait Mailer: Send + Sync {
    /// Delivers one mail, or says why it cannot.
    fn deliver<'a>(&'a self, org: &'a Organisation, mail: Mail) -> Delivery<'a>;
}

/// Keeps mails instead of sending them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sandbox;

impl Mailer for Sandbox {
    fn deliver<'a>(&'a self, org: &'a Organisation, mail: Mail) -> Delivery<'a> {
        Box::pin(async move {
            let Mail { user, to, subject, body } = mail;
            let kept = KeptMail { id: org.random().positive_i64(), at: org.now_us(), user, recipient: to, subject, body };
            org.store().mail_keep(&kept).await
        })
    }
}

/// A mail that the sandbox kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Its number.
    pub id: String,
    /// When it would have been sent, RFC 3339.
    pub at: String,
    /// To which address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// The last mails that the sandbox kept, the newest first. They hold links that let in whoever has them, so it is a sensitive act.
///
/// # Errors
/// 403 unless an administrator asks; those of [`sensitive::require`].
pub async fn list(org: &Organisation, ctx: &Ctx) -> Result<Vec<Shown>> {
    if !Policy::of(ctx, &org.schema()).administrator() {
        return Err(Error::forbidden("只有系统管理员可以查看发出的邮件。", "Only an administrator may see outgoing mail."));
    }
    sensitive::require(ctx)?;
    let mails = org.store().mails(LISTED).await?;
    let shown = mails.into_iter().map(|mail| Shown {
        id: mail.id.to_string(),
        at: time_text(mail.at),
        to: mail.recipient,
        subject: mail.subject,
        body: mail.body,
    });
    Ok(shown.collect())
}
