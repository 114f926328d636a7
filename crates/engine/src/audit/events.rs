//! Events of the audit log that are no changes of records. What is a change (of rights, too) is in the change log and comes from there.
//! A use case that shows what is hidden otherwise, or reads what is flagged sensitive, has its place here: a kind of its own, recorded
//! before the answer is given.

use guanxi_model::{Ctx, Door, Entry, Error, ErrorKind, Object, RecordId, Result};
use guanxi_store::sys::NewEvent;
use serde_json::{Value, json};

use crate::Organisation;
use crate::attempts::{Key, REFUSALS};

/// Codes of 403 that ask for something first, which the user then does.
const NO_REFUSALS: [&str; 2] = ["step_up_required", "second_factor_enrolment_required"];

/// Declares the kinds of events with their names in the log, so that the list of names is whole.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// The kinds of events. Beside these there is `sign_out`, which the store writes itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// The name in the log.
            fn name(self) -> &'static str {
                match self {
                    $(Kind::$kind => $name,)*
                }
            }
        }

        /// What an entry of the log may tell of: changes of records, of the schema and settings, events.
        pub const KINDS: &[&str] = &["create", "update", "delete", "restore", "purge", "schema", "sign_out", $($name,)*];
    };
}

kinds! {
    /// A session begins.
    SignIn = "sign_in",
    /// A sign-in was refused.
    SignInFailed = "sign_in_failed",
    /// A request was refused for want of rights (403). Records that are not there for the user, who hears 404, are none.
    Refused = "refused",
    /// Sessions of a user were ended from another; the record is the user whose they were.
    SessionEnd = "session_end",
    /// A user's password was set; the record is the user whose it is.
    PasswordChange = "password_change",
    /// The user of a session has shown once more to be who they are.
    StepUp = "step_up",
    /// A user has a second factor from now on.
    SecondFactorOn = "second_factor_on",
    /// A user's second factor is off; the record is the user whose it was.
    SecondFactorOff = "second_factor_off",
    /// A user has new recovery codes.
    RecoveryCodes = "recovery_codes",
    /// An administrator looks as a user does from now on; the record is the user.
    PreviewBegin = "preview_begin",
    /// An administrator no longer looks as a user does.
    PreviewEnd = "preview_end",
    /// A user can come in by a passkey.
    PasskeyAdded = "passkey_added",
    /// A passkey is gone.
    PasskeyRemoved = "passkey_removed",
    /// A link that sets a password was sent; the record is the user whose it is.
    LinkSent = "link_sent",
    /// A token for a program was made; the record is the user for whom it acts.
    TokenMade = "token_made",
    /// A token for a program was revoked.
    TokenRevoked = "token_revoked",
    /// A masked value was shown in full.
    Reveal = "reveal",
    /// A record was shared with someone, or on other terms.
    Share = "share",
    /// A share was ended.
    Unshare = "unshare",
    /// A record of an object that is flagged sensitive was opened.
    Read = "read",
    /// Records went out into a file.
    Export = "export",
    /// An import begins, or goes on.
    ImportStart = "import_start",
    /// An import is taken back.
    ImportUndo = "import_undo",
    /// Another key signs the log from now on.
    AuditKey = "audit_key",
    /// What is known of a person was erased.
    Erasure = "erasure",
    /// Checkpoints go to another address from now on, or nowhere.
    AuditPosting = "audit_posting",
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

/// Notes that a request was refused for want of rights, by its method and path and the code of the error. Of many in a row by one user only
/// the first are noted, the last of which says so.
///
/// # Errors
/// Those of the store.
pub async fn refused(org: &Organisation, ctx: &Ctx, code: &str, request: &str) -> Result<()> {
    if NO_REFUSALS.contains(&code) {
        return Ok(());
    }
    let key = Key::of(&ctx.user.0.to_string(), "refused");
    let count = org.attempts().failed(key, org.now_us(), REFUSALS);
    if count > REFUSALS.most {
        return Ok(());
    }
    let mut body = json!({"request": request, "code": code});
    if count == REFUSALS.most {
        body["more_are_not_noted"] = true.into();
    }
    record(org, &event(org, ctx, Kind::Refused, About::Nothing, body)).await
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
