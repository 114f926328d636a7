//! Files: bytes in a local folder or in an S3 bucket, described by records of the object `file` and their versions.
//!
//! A file is read by whoever may read its record and, where it hangs on another record, that one too. Bytes are never shown
//! inline: what the browser gets is always an attachment.

mod name;
mod records;
mod storage;

pub use name::{clean_name, content_disposition, content_type};
pub(crate) use records::forget;
pub use records::{FileInfo, FileVersion, Opened, info, new_version, open, upload, versions};
pub(crate) use storage::temporary;
pub use storage::{ByteStream, Files, S3, Stored};
