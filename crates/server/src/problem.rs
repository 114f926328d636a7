//! Errors as problem documents (RFC 9457), in the language of the request. The internal half of an error goes to the log only.

use std::any::Any;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guanxi_model::{Error, ErrorKind, FieldError, Label, Lang};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::request;

/// The one error type of all handlers.
#[derive(Debug)]
pub struct ApiError {
    /// What the domain says.
    pub error: Error,
    /// The HTTP status: that of the error's kind, but for what only HTTP knows (405, 415).
    pub status: StatusCode,
}

/// The result of a handler.
pub type Result<T, E = ApiError> = std::result::Result<T, E>;

impl From<Error> for ApiError {
    fn from(error: Error) -> ApiError {
        ApiError { status: request::status(error.kind.status()), error }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let ApiError { error, status } = self;
        if let Some(detail) = &error.internal {
            if status.is_server_error() {
                tracing::error!(request = request::id(), code = error.code, detail, "request failed");
            } else {
                tracing::info!(request = request::id(), code = error.code, detail, "request refused");
            }
        }
        let problem = Problem { status: status.as_u16(), title: title(status).to_owned(), ..Problem::new(&error, request::language()) };
        let mut response = (status, serde_json::to_vec(&problem).unwrap_or_default()).into_response();
        if error.kind == ErrorKind::Forbidden {
            response.extensions_mut().insert(Refused(error.code));
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match error.kind {
            ErrorKind::Unauthenticated => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"guanxi\""));
            }
            ErrorKind::Unavailable | ErrorKind::NoSpace => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            ErrorKind::RateLimited => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            }
            _ => {}
        }
        response
    }
}

/// The code of an answer that refuses a request for want of rights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused(pub(crate) &'static str);

/// A problem document (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:guanxi:problem:` and the code.
    #[serde(rename = "type")]
    pub type_: String,
    /// What the status means, for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable machine-readable code.
    pub code: String,
    /// What happened, in the language of the request.
    pub detail: String,
    /// What happened, in every language of the product.
    pub messages: Messages,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldProblem>,
    /// Offset in the query text, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub position: Option<u64>,
    /// The record as it is now, on a version conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::rest::shapes::Record>, nullable = false)]
    pub current: Option<Value>,
}

/// A text in both languages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Messages {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&Label> for Messages {
    fn from(label: &Label) -> Messages {
        Messages { zh: label.zh.clone(), en: label.en.clone() }
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// API name of the field, or the path in the body.
    pub field: String,
    /// Stable machine-readable code.
    pub code: String,
    /// What is wrong, in the language of the request.
    pub message: String,
    /// What is wrong, in every language of the product.
    pub messages: Messages,
}

impl Problem {
    /// The document of an error.
    pub fn new(error: &Error, lang: Lang) -> Problem {
        Problem {
            type_: format!("urn:guanxi:problem:{}", error.code),
            title: title(request::status(error.kind.status())).to_owned(),
            status: error.kind.status(),
            code: error.code.to_owned(),
            detail: error.message.get(lang).to_owned(),
            messages: Messages::from(&error.message),
            errors: error.fields.iter().map(|f| FieldProblem::new(f, lang)).collect(),
            position: error.position.map(|p| p as u64),
            current: error.current.as_deref().cloned(),
        }
    }
}

impl FieldProblem {
    fn new(error: &FieldError, lang: Lang) -> FieldProblem {
        FieldProblem {
            field: error.field.clone(),
            code: error.code.to_owned(),
            message: error.message.get(lang).to_owned(),
            messages: Messages::from(&error.message),
        }
    }
}

/// What a status means, in the language of the request.
fn title(status: StatusCode) -> &'static str {
    let (zh, en) = match status.as_u16() {
        400 => ("请求格式不正确", "The request is not well formed"),
        401 => ("尚未登录", "Not signed in"),
        403 => ("没有权限", "Not allowed"),
        404 => ("未找到", "Not found"),
        405 => ("方法不允许", "Method not allowed"),
        409 => ("与现有数据冲突", "In conflict with what is there"),
        412 => ("记录已被他人修改", "Changed by someone else"),
        413 => ("内容过大", "Too large"),
        415 => ("媒体类型不支持", "Unsupported media type"),
        422 => ("内容未通过检查", "Values were refused"),
        429 => ("尝试次数过多", "Too many attempts"),
        503 => ("暂时不可用", "Unavailable for the moment"),
        507 => ("磁盘空间不足", "No space left"),
        _ => ("系统错误", "A fault on our side"),
    };
    match request::language() {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> ApiError {
        Error::bad_request("invalid_path", "地址中的参数无效。", "A parameter in the path is not valid.")
            .because(rejection.body_text())
            .into()
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> ApiError {
        let text = rejection.body_text();
        let detail = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
        Error::bad_request("invalid_parameter", format!("查询参数无效：{detail}"), format!("A query parameter is not valid: {detail}"))
            .into()
    }
}

/// The answer of a path under `/api` that does not exist.
pub fn unknown_path() -> ApiError {
    Error { code: "unknown_path", ..Error::not_found("没有这个接口地址。", "There is no such path in this API.") }.into()
}

/// The answer of a known path asked with another method; axum adds `Allow`.
pub async fn method_not_allowed() -> ApiError {
    ApiError {
        error: Error::bad_request(
            "method_not_allowed",
            "此地址不支持该方法，请见 Allow 头。",
            "This path does not know that method; see the Allow header.",
        ),
        status: StatusCode::METHOD_NOT_ALLOWED,
    }
}

/// A body of another media type than the route takes.
pub fn unsupported_media_type() -> ApiError {
    ApiError {
        error: Error::bad_request("unsupported_media_type", "请求体须为 application/json。", "The body must be application/json."),
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
    }
}

/// The answer when a handler panicked. What the panic said goes to the log.
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let detail = panic.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    ApiError::from(Error::internal(format!("panic: {}", detail.unwrap_or_default()))).into_response()
}
