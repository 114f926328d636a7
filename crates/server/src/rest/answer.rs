//! Answers in the forms the API has.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guanxi_engine::files::{Opened, content_disposition};
use serde::Serialize;

/// The header with the change set of a write, by which it can be undone.
pub const CHANGE_SET: HeaderName = HeaderName::from_static("guanxi-change-set");

/// JSON that is already text.
pub fn json_bytes(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    // Room for all headers, so that the map need not grow.
    response.headers_mut().reserve(12);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A value as JSON.
pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    json_bytes(status, serde_json::to_vec(body).unwrap_or_default())
}

/// A value as JSON with status 200.
pub fn ok<T: Serialize>(body: &T) -> Response {
    json(StatusCode::OK, body)
}

/// A new thing with its place.
pub fn created<T: Serialize>(location: String, body: &T) -> Response {
    let mut response = json(StatusCode::CREATED, body);
    set(response.headers_mut(), header::LOCATION, location);
    response
}

/// Nothing but the status.
pub fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// Sets a header whose value is made of ASCII; anything else is left out.
pub fn set(headers: &mut HeaderMap, name: HeaderName, value: impl AsRef<[u8]>) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_ref()) {
        headers.insert(name, value);
    }
}

/// The `ETag` of a version.
pub fn set_version(headers: &mut HeaderMap, version: i64) {
    set(headers, header::ETAG, format!("\"{version}\""));
}

/// The change set of a write; none where nothing was written.
pub fn set_change_set(headers: &mut HeaderMap, change_set: i64, last_seq: i64) {
    if last_seq > 0 {
        set(headers, CHANGE_SET, change_set.to_string());
    }
}

/// A download: always an attachment, never run or shown in this site's name.
pub fn download(file: Opened) -> Response {
    let mut response = Response::new(Body::from_stream(file.stream));
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, &file.content_type);
    set(headers, header::CONTENT_DISPOSITION, content_disposition("attachment", &file.name));
    set(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'");
    set(headers, header::CACHE_CONTROL, "private, no-cache");
    if let Some(size) = file.size {
        set(headers, header::CONTENT_LENGTH, size.to_string());
    }
    if let Some(hash) = &file.sha256 {
        set(headers, header::ETAG, format!("\"{hash}\""));
    }
    response
}

/// Content shown in place: of a type that its own bytes bear out, never run in this site's name. The PDF viewer of Chromium does not
/// start in a sandbox; it has a process and an origin of its own.
pub fn inline(file: Opened, range: Option<Range<u64>>) -> Response {
    let policy = match file.content_type.as_str() {
        "application/pdf" => "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'",
        _ => "default-src 'none'; sandbox; frame-ancestors 'self'",
    };
    let size = file.size.unwrap_or(0);
    let disposition = content_disposition("inline", &file.name);
    let mut response = download(file);
    let headers = response.headers_mut();
    set(headers, header::CONTENT_DISPOSITION, disposition);
    set(headers, header::CONTENT_SECURITY_POLICY, policy);
    set(headers, header::ACCEPT_RANGES, "bytes");
    if let Some(range) = range {
        set(headers, header::CONTENT_LENGTH, (range.end - range.start).to_string());
        set(headers, header::CONTENT_RANGE, format!("bytes {}-{}/{size}", range.start, range.end - 1));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}
