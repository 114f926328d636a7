//! Request headers with a meaning of their own.

use axum::http::{HeaderMap, header};
use guanxi_model::Error;
use sha2::{Digest, Sha256};

use crate::problem::Result;

/// The version in `If-Match`; `None` without the header or with `*`.
///
/// # Errors
/// 400 `invalid_header` for anything that is not one ETag of this API.
pub fn if_match(headers: &HeaderMap) -> Result<Option<i64>> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or("").trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
    version.map(Some).ok_or_else(|| {
        Error::bad_request("invalid_header", "If-Match 须为一个版本，如 \"3\"。", "If-Match must be one version, as \"3\".").into()
    })
}

/// The tag in `If-Match` of something that has no number of its version; `None` without the header or with `*`.
///
/// # Errors
/// 400 `invalid_header` for anything that is not one ETag.
pub fn if_match_tag(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or("").trim();
    if text == "*" {
        return Ok(None);
    }
    let tag = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).filter(|t| !t.contains('"'));
    tag.map(|tag| Some(tag.to_owned()))
        .ok_or_else(|| Error::bad_request("invalid_header", "If-Match 须为一个 ETag。", "If-Match must be one ETag.").into())
}

/// The longest idempotency key.
const MAX_KEY: usize = 200;

/// The `Idempotency-Key` with the SHA-256 of method, path and body.
///
/// # Errors
/// 400 `invalid_header` for a key that is empty, longer than 200 characters or not visible ASCII.
pub fn idempotency(headers: &HeaderMap, method: &str, path: &str, body: &[u8]) -> Result<Option<(String, Vec<u8>)>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().unwrap_or("").trim();
    if key.is_empty() || key.len() > MAX_KEY {
        return Err(Error::bad_request(
            "invalid_header",
            "Idempotency-Key 须为 1 到 200 个可见 ASCII 字符。",
            "Idempotency-Key must be 1 to 200 visible ASCII characters.",
        )
        .into());
    }
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), b"\n", path.as_bytes(), b"\n", body] {
        hash.update(part);
    }
    Ok(Some((key.to_owned(), hash.finalize().to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: &'static str) -> Option<Option<i64>> {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, axum::http::HeaderValue::from_static(value));
        if_match(&headers).ok()
    }

    #[test]
    fn if_match_takes_one_version() {
        assert_eq!(with("\"3\""), Some(Some(3)));
        assert_eq!(with("*"), Some(None));
        for bad in ["3", "W/\"3\"", "\"3\", \"4\"", "\"x\"", ""] {
            assert_eq!(with(bad), None, "{bad}");
        }
    }
}
