//! Files: bytes in a local folder or in an S3 bucket, described by records of the object `file` and their versions.
//!
//! A file is read by whoever may read its record and, where it hangs on another record, that one too. What the browser gets is an
//! attachment, except for pictures, PDF, sound and film that their own bytes show to be such; of everything else it gets text as JSON.

mod kind;
mod name;
mod office;
mod preview;
mod records;
mod storage;

pub use name::{clean_name, content_disposition, content_type};
pub use preview::{Block, Preview, PreviewKind, open_inline, preview};
pub(crate) use records::forget;
pub use records::{FileInfo, FileVersion, Opened, info, new_version, open, restore_version, upload, versions};
pub(crate) use storage::temporary;
pub use storage::{ByteStream, Files, S3, Stored};
