//! Help for tests; no part of the product.

pub mod postgres;
