//! What handlers take from a request, each refusing with a problem document.

pub mod body;
pub mod headers;
pub mod upload;

pub use body::{Body, Raw};
pub use upload::Upload;

use axum::extract::FromRequestParts;

use crate::problem::ApiError;

/// Parameters in the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub struct Path<T>(pub T);

/// Parameters in the query string.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(ApiError))]
pub struct Params<T>(pub T);
