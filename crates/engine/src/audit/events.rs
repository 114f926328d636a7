//! Events of the audit log that are no changes of records. What is a change (of rights, too) is in the change log and comes from there.
//! A use case that shows what is hidden otherwise, or reads what is flagged sensitive, has its place here: a kind of its own, recorded
//! before the answer is given.

use guanxi_model::{Ctx, Door, Entry, Error, ErrorKind, Object, RecordId, Result};
use guanxi_store::sys::NewEvent;
use serde_json::Value;

use crate::Organisation;

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A session begins.
    SignIn,
    /// A sign-in was refused.
    SignInFailed,
    /// Sessions of a user were ended from another; the record is the user whose they were.
    SessionEnd,
    /// A user's password was set; the record is the user whose it is.
    PasswordChange,
    /// The user of a session has shown once more to be who they are.
    StepUp,
    /// A user has a second factor from now on.
    SecondFactorOn,
    /// A user's second factor is off; the record is the user whose it was.
    SecondFactorOff,
    /// A user has new recovery codes.
    RecoveryCodes,
    /// An administrator looks as a user does from now on; the record is the user.
    PreviewBegin,
    /// An administrator no longer looks as a user does.
    PreviewEnd,
    /// A user can come in by a passkey.
    PasskeyAdded,
    /// A passkey is gone.
    PasskeyRemoved,
    /// A link that sets a password was sent; the record is the user whose it is.
    LinkSent,
    /// A token for a program was made; the record is the user for whom it acts.
    TokenMade,
    /// A token for a program was revoked.
    TokenRevoked,
    /// A masked value was shown in full.
    Reveal,
    /// A record was shared with someone, or on other terms.
    Share,
    /// A share was ended.
    Unshare,
    /// A record of an object that is flagged sensitive was opened.
    Read,
    /// Records went out into a file.
    Export,
    /// An import begins, or goes on.
    ImportStart,
    /// An import is taken back.
    ImportUndo,
    /// Another key signs the log from now on.
    AuditKey,
    /// What is known of a person was erased.
    Erasure,
    /// Checkpoints go to another address from now on, or nowhere.
    AuditPosting,
}

impl Kind {
    /// The name in the log. Beside these there is `sign_out`, which the store writes itself.
    fn name(self) -> &'static str {
        match self {
            Kind::SignIn => "sign_in",
            Kind::SignInFailed => "sign_in_failed",
            Kind::SessionEnd => "session_end",
            Kind::PasswordChange => "password_change",
            Kind::StepUp => "step_up",
            Kind::SecondFactorOn => "second_factor_on",
            Kind::SecondFactorOff => "second_factor_off",
            Kind::RecoveryCodes => "recovery_codes",
            Kind::PreviewBegin => "preview_begin",
            Kind::PreviewEnd => "preview_end",
            Kind::PasskeyAdded => "passkey_added",
            Kind::PasskeyRemoved => "passkey_removed",
            Kind::LinkSent => "link_sent",
            Kind::TokenMade => "token_made",
            Kind::TokenRevoked => "token_revoked",
            Kind::Reveal => "reveal",
            Kind::Share => "share",
            Kind::Unshare => "unshare",
            Kind::Read => "read",
            Kind::Export => "export",
            Kind::ImportStart => "import_start",
            Kind::ImportUndo => "import_undo",
            Kind::AuditKey => "audit_key",
            Kind::Erasure => "erasure",
            Kind::AuditPosting => "audit_posting",
        }
    }
}

/// What an event is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About<'a> {
    /// Nothing of its own.
    Nothing,
    /// An object.
    Object(&'a Object),
    /// A record.
    Record(RecordId),
}

/// An event of a user, to be stored by the use case it reports, in the same transaction where there is one. What an administrator sees who
/// looks as somebody else is the administrator's doing.
pub(crate) fn event(org: &Organisation, ctx: &Ctx, kind: Kind, about: About<'_>, mut body: Value) -> NewEvent {
    if let Entry::Preview { by } = ctx.entry {
        body["as"] = org.schema().id_text(ctx.user).into();
        return of(org, by, ctx.door, kind, about, body);
    }
    of(org, ctx.user, ctx.door, kind, about, body)
}

/// An event before anybody has a context.
pub(crate) fn of(org: &Organisation, user: RecordId, door: Door, kind: Kind, about: About<'_>, body: Value) -> NewEvent {
    let (object, record) = match about {
        About::Nothing => (0, RecordId(0)),
        About::Object(object) => (object.no, RecordId(0)),
        About::Record(id) => (id.object(), id),
    };
    NewEvent { at: org.now_us(), user, door: door.name(), kind: kind.name(), object, record, body: body.to_string() }
}

/// Stores an event that is part of no transaction.
///
/// # Errors
/// Those of the store: what it reports must not happen then.
pub(crate) async fn record(org: &Organisation, new: &NewEvent) -> Result<()> {
    org.store().audit_record(new).await
}

/// Refuses whoever may not see the audit log.
///
/// # Errors
/// 403.
pub(crate) fn check_right(org: &Organisation, ctx: &Ctx) -> Result<()> {
    if guanxi_access::Policy::of(ctx, &org.schema()).view_audit() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Forbidden, "forbidden", "您没有查看审计日志的权限。", "You may not see the audit log."))
}
