//! The audit log of an organisation: a tamper-evident tree (C2SP tlog-tiles) over all changes and over events that are no changes. What a
//! leaf is about stays in the change log and in the table of events; the leaf has a salted digest of it, so that a person's text can be
//! taken away together with the salt, and the tree still verifies.

mod check;
pub(crate) mod events;
mod key;
mod leaf;
mod list;
mod merkle;
mod note;
mod path;
mod post;
mod sequence;
mod serve;
mod table;
mod verify;

pub use check::{Checked, check};
pub use events::{KINDS, refused as note_refused};
pub use leaf::Entry;
pub use list::{Filter, Listed, Text, list, signed};
pub use note::Verifier;
pub use path::File;
pub use post::{Every, Posting, posting, set_posting};
pub(crate) use post::{POST, run as run_post};
pub(crate) use sequence::bring_up;
pub use sequence::{Sequencer, behind, catch_up};
pub use serve::{checkpoint, export, renew_key, tile, verifier};
pub use table::{MOST as MOST_IN_TABLE, table};
pub use verify::{Older, Source, Verified, verify};

use guanxi_model::{Error, ErrorKind};

/// The code of a refusal to sign.
pub(crate) const REFUSED: &str = "audit_refused";

/// The log is not signed, and why.
fn refused(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Conflict, REFUSED, format!("审计日志未签名：{why}。"), format!("The audit log is not signed: {why}."))
}

/// The log in the database is broken.
fn damaged(why: impl std::fmt::Display) -> Error {
    Error::internal(format!("the audit log is damaged: {why}"))
}
