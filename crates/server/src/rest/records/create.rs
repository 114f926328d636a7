//! A new record.

use axum::extract::OriginalUri;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::Response;
use guanxi_engine::write::{self, Operation, Options, Outcome};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::written;
use crate::extract::body::parse;
use crate::extract::headers::idempotency;
use crate::extract::{Path, Raw};
use crate::problem::Result;
use crate::request;
use crate::rest::answer;
use crate::rest::problems::Writing;
use crate::rest::shapes::Record;
use crate::session::Session;

/// Makes a record.
#[utoipa::path(
    post, path = "/api/v1/records/{object}", tag = "records",
    params(
        ("object" = String, Path, description = "API name of the object."),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same body gives the same answer for 24 hours; with another body 409."),
    ),
    request_body = Record,
    responses(
        (status = 201, description = "The record.", body = Record, headers(
            ("ETag" = String, description = "The record's version."),
            ("Location" = String, description = "The record's path."),
            ("Guanxi-Change-Set" = String, description = "The change set, for undo."),
        )),
        Writing,
    ),
)]
pub async fn create_record(
    session: Session,
    OriginalUri(uri): OriginalUri,
    Path(object): Path<String>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Response> {
    let values: Map<String, Value> = parse(&body)?;
    let idempotency = idempotency(&headers, "POST", uri.path(), &body)?;
    let options = Options { idempotency, ..Options::default() };
    let mut done = write::write_one(&session.org, &session.ctx, Operation::Create { object: object.clone(), values }, options).await?;
    if let Some((status, body)) = done.replay.take() {
        return Ok(replayed(&object, status, body));
    }
    let id = match done.outcomes.first() {
        Some(Outcome::Created(row)) => session.org.schema().id_text(row.id()),
        _ => String::new(),
    };
    let mut response = written(&session, done, StatusCode::CREATED)?;
    answer::set(response.headers_mut(), header::LOCATION, location(&object, &id));
    Ok(response)
}

fn location(object: &str, id: &str) -> String {
    format!("/api/v1/records/{object}/{id}")
}

/// The answer given before to the same request.
fn replayed(object: &str, status: u16, body: String) -> Response {
    #[derive(Deserialize)]
    struct Known {
        id: String,
        version: i64,
    }
    let known = serde_json::from_str::<Known>(&body).ok();
    let mut response = answer::json_bytes(request::status(status), body.into_bytes());
    let headers = response.headers_mut();
    answer::set(headers, HeaderName::from_static("idempotency-replayed"), "true");
    if let Some(known) = known {
        answer::set_version(headers, known.version);
        answer::set(headers, header::LOCATION, location(object, &known.id));
    }
    response
}
