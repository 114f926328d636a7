//! JSON bodies: strict, bounded, with errors that name the member concerned.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use guanxi_model::{Error, ErrorKind, FieldError, Label};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::problem::{ApiError, unsupported_media_type};

/// The largest JSON body, in bytes.
pub const MAX_JSON: usize = 16 << 20;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, ApiError> {
        let Raw(bytes) = Raw::from_request(request, state).await?;
        parse(&bytes).map(Body)
    }
}

/// The bytes of a JSON body, for handlers that need them too.
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Raw, ApiError> {
        if !is_json(request.headers()) {
            return Err(unsupported_media_type());
        }
        let announced = content_length(request.headers());
        if announced.is_some_and(|n| n > MAX_JSON as u64) {
            return Err(too_large(MAX_JSON as u64).into());
        }
        let bytes = axum::body::to_bytes(request.into_body(), MAX_JSON).await.map_err(|e| broken(&e, MAX_JSON as u64))?;
        Ok(Raw(bytes))
    }
}

/// Parses a JSON text. What is no JSON is 400; JSON of another shape is 422 with the member concerned.
///
/// # Errors
/// `invalid_json` and `validation`.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    check_object(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|e| {
        let path = e.path().to_string();
        let inner = e.into_inner();
        if inner.is_data() { shape_error(&path, &inner.to_string()) } else { syntax_error(&inner) }
    })?;
    deserializer.end().map_err(|e| syntax_error(&e))?;
    Ok(value)
}

/// Every body of this API is an object. (serde would take an array too, as the members in order.)
fn check_object(bytes: &[u8]) -> Result<(), ApiError> {
    if bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{') {
        return Ok(());
    }
    serde_json::from_slice::<IgnoredAny>(bytes).map_err(|e| syntax_error(&e))?;
    let message = Label::new("必须是 JSON 对象", "must be a JSON object");
    Err(Error::field(FieldError { field: ".".to_owned(), code: "invalid_value", message }).into())
}

fn syntax_error(error: &serde_json::Error) -> ApiError {
    Error::bad_request(
        "invalid_json",
        format!("请求体不是有效的 JSON（第 {} 行第 {} 列）。", error.line(), error.column()),
        format!("The body is not valid JSON: {error}."),
    )
    .into()
}

fn shape_error(path: &str, text: &str) -> ApiError {
    let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
    let quoted = text.split('`').nth(1).unwrap_or("");
    let within = |member: &str| match path {
        "." | "" => member.to_owned(),
        _ if path == member || path.ends_with(&format!(".{member}")) => path.to_owned(),
        _ => format!("{path}.{member}"),
    };
    let (field, code, label) = if text.starts_with("unknown field") {
        (within(quoted), "unknown_member", Label::new("没有这个成员", "there is no such member"))
    } else if text.starts_with("missing field") {
        (within(quoted), "required", Label::new("必须给出", "must be given"))
    } else if text.starts_with("unknown variant") {
        let known = text.split_once("expected ").map_or("", |(_, known)| known);
        (path.to_owned(), "invalid_value", Label::new(format!("取值无效，可用：{known}"), format!("must be {known}")))
    } else {
        (path.to_owned(), "invalid_value", Label::new(format!("类型或取值无效（{text}）"), text.to_owned()))
    };
    Error::field(FieldError { field, code, message: label }).into()
}

/// The announced length of a body.
pub fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(media_type) = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()) else { return false };
    let essence = media_type.split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// The error of a body over its limit.
pub fn too_large(limit: u64) -> Error {
    let size = if limit >= 1 << 20 { format!("{} MB", limit >> 20) } else { format!("{limit} B") };
    Error::new(
        ErrorKind::TooLarge,
        "body_too_large",
        format!("请求体超过上限 {size}。"),
        format!("The body is larger than the limit of {size}."),
    )
}

fn broken(error: &axum::Error, limit: u64) -> ApiError {
    let text = error.to_string();
    if text.contains("length limit") {
        return too_large(limit).into();
    }
    Error::bad_request("broken_body", "请求体不完整。", "The body ended early.").because(text).into()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::parse;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its parsing matters")]
        n: u8,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its parsing matters")]
        list: Vec<Inner>,
    }

    fn refusal(text: &str) -> (u16, String, String) {
        let error = parse::<Outer>(text.as_bytes()).map(|_| ()).unwrap_err().error;
        let field = error.fields.first().map(|f| f.field.clone()).unwrap_or_default();
        let code = error.fields.first().map_or(error.code, |f| f.code);
        (error.kind.status(), field, code.to_owned())
    }

    #[test]
    fn refusals_name_the_member() {
        assert_eq!(refusal("{"), (400, String::new(), "invalid_json".into()));
        assert_eq!(refusal("{} x"), (422, "list".into(), "required".into()));
        assert_eq!(refusal(r#"{"list":[]} x"#), (400, String::new(), "invalid_json".into()));
        assert_eq!(refusal(r#"{"list":[{"n":1},{"n":2,"m":3}]}"#), (422, "list[1].m".into(), "unknown_member".into()));
        assert_eq!(refusal(r#"{"list":[{"n":-1}]}"#).1, "list[0].n");
        assert_eq!(refusal("[[]]"), (422, ".".into(), "invalid_value".into()));
    }

    #[test]
    fn deep_json_is_refused() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        for text in [format!("{{\"a\": {deep}}}"), "[".repeat(100_000)] {
            let error = parse::<serde_json::Value>(text.as_bytes()).unwrap_err().error;
            assert_eq!((error.kind.status(), error.code), (400, "invalid_json"));
        }
    }
}
