//! The words of the domain: identifiers, values, metadata definitions, the compiled schema, the request context, the clock and
//! the errors. Nothing here does I/O.

pub mod cell;
pub mod change;
pub mod clock;
pub mod column;
pub mod ctx;
pub mod error;
pub mod id;
pub mod lang;
pub mod mask;
pub mod meta;
pub mod money;
pub mod network;
pub mod random;
pub mod render;
pub mod schema;

pub use cell::Cell;
pub use clock::Clock;
pub use ctx::{Colleagues, Ctx, Door, Entry, TokenScope};
pub use error::{Error, ErrorKind, FieldError, Result};
pub use id::{ObjectNo, RecordId};
pub use lang::{Label, Lang};
pub use random::Random;
pub use schema::{Field, Object, Schema};
