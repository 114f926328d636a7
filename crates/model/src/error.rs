//! The errors of the domain. Each has a code, a text in both languages, and where it applies the fields concerned; the internal
//! half is for the log and never leaves the server.

use crate::lang::{Label, Lang};

/// The result of every use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The kind of an error: decides the HTTP status and whether a retry makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request's form is wrong (400).
    BadRequest,
    /// Nobody is signed in (401).
    Unauthenticated,
    /// The user may not do that (403).
    Forbidden,
    /// There is no such thing, or the user may not know of it (404).
    NotFound,
    /// It contradicts what is there (409).
    Conflict,
    /// The record has changed since it was read (412).
    VersionConflict,
    /// The input is larger than the limit (413).
    TooLarge,
    /// Values were refused (422).
    Validation,
    /// Too many attempts (429).
    RateLimited,
    /// A dependency is away for a moment (503).
    Unavailable,
    /// The disk is full (507).
    NoSpace,
    /// A fault of ours (500).
    Internal,
}

impl ErrorKind {
    /// The HTTP status (RFC 9110).
    pub fn status(self) -> u16 {
        match self {
            ErrorKind::BadRequest => 400,
            ErrorKind::Unauthenticated => 401,
            ErrorKind::Forbidden => 403,
            ErrorKind::NotFound => 404,
            ErrorKind::Conflict => 409,
            ErrorKind::VersionConflict => 412,
            ErrorKind::TooLarge => 413,
            ErrorKind::Validation => 422,
            ErrorKind::RateLimited => 429,
            ErrorKind::Unavailable => 503,
            ErrorKind::NoSpace => 507,
            ErrorKind::Internal => 500,
        }
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// API name of the field, with a path for parts (`address.city`).
    pub field: String,
    /// Stable machine-readable code, as `invalid_email`.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub message: Label,
}

impl FieldError {
    /// A field error with its texts.
    pub fn new(field: impl Into<String>, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> FieldError {
        FieldError { field: field.into(), code, message: Label::new(zh, en) }
    }
}

/// An error of the domain.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{code}: {}", message.en)]
pub struct Error {
    /// The kind.
    pub kind: ErrorKind,
    /// Stable machine-readable code.
    pub code: &'static str,
    /// What happened, for the user.
    pub message: Label,
    /// The fields concerned.
    pub fields: Vec<FieldError>,
    /// Offset in a query text, in characters.
    pub position: Option<usize>,
    /// The record as it is now, on a version conflict, already as the caller may see it.
    pub current: Option<Box<serde_json::Value>>,
    /// For the log only.
    pub internal: Option<String>,
}

impl Error {
    /// An error with its texts.
    pub fn new(kind: ErrorKind, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Error {
        Error { kind, code, message: Label::new(zh, en), fields: Vec::new(), position: None, current: None, internal: None }
    }

    /// Values were refused.
    pub fn validation(fields: Vec<FieldError>) -> Error {
        let join = |lang: Lang| fields.iter().map(|f| format!("{}: {}", f.field, f.message.get(lang))).collect::<Vec<_>>().join("; ");
        let (zh, en) = (join(Lang::Zh), join(Lang::En));
        Error {
            fields,
            ..Error::new(ErrorKind::Validation, "validation", format!("请检查填写的内容：{zh}"), format!("Please check the values: {en}"))
        }
    }

    /// One value was refused.
    pub fn field(field: FieldError) -> Error {
        Error::validation(vec![field])
    }

    /// A fault of ours; the detail goes to the log only.
    pub fn internal(detail: impl std::fmt::Display) -> Error {
        Error {
            internal: Some(detail.to_string()),
            ..Error::new(
                ErrorKind::Internal,
                "internal",
                "系统内部错误，已记录。请稍后再试。",
                "Something went wrong on our side; it has been logged. Please try again later.",
            )
        }
    }

    /// There is no such thing, or the caller may not know of it.
    pub fn not_found(zh: impl Into<String>, en: impl Into<String>) -> Error {
        Error::new(ErrorKind::NotFound, "not_found", zh, en)
    }

    /// There is no such record (or it is hidden from the caller, which must look the same).
    pub fn no_record() -> Error {
        Error::not_found("没有这条记录，或者您无权查看。", "There is no such record, or you may not see it.")
    }

    /// The caller may not do that.
    pub fn forbidden(zh: impl Into<String>, en: impl Into<String>) -> Error {
        Error::new(ErrorKind::Forbidden, "forbidden", zh, en)
    }

    /// The request's form is wrong.
    pub fn bad_request(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Error {
        Error::new(ErrorKind::BadRequest, code, zh, en)
    }

    /// With a position in the query text.
    #[must_use]
    pub fn at(self, position: usize) -> Error {
        Error { position: Some(position), ..self }
    }

    /// With a detail for the log.
    #[must_use]
    pub fn because(self, detail: impl std::fmt::Display) -> Error {
        Error { internal: Some(detail.to_string()), ..self }
    }
}
