//! Full text: how texts are taken apart and compared, and the index that finds records by them. It knows neither rights nor the
//! database; the engine feeds it from the change log and checks what it finds.

mod collect;
mod either;
pub mod fold;
mod index;
mod lookup;
mod matches;
mod pinyin;
mod plan;
mod query;
mod terms;
mod words;
mod writer;

pub use index::{FORMAT, Found, Index, IndexError, Mark, Reach};
pub use matches::Kind;
pub use query::{Query, Unit};
pub use words::warm_up;
pub use writer::{Document, Writer};
