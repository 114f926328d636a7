//! Help for tests; no part of the product.

pub mod oracle;
pub mod org;
pub mod postgres;

pub use guanxi_query::Dialect;
