//! Many writes in one call.

use axum::response::Response;
use guanxi_engine::write::{self, Operation, Options, Outcome, Row};
use guanxi_model::{Error, ErrorKind, FieldError, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::record_id;
use crate::extract::{Body, Path};
use crate::problem::{Problem, Result};
use crate::request;
use crate::rest::answer;
use crate::rest::problems::Writing;
use crate::rest::shapes::Record;
use crate::session::Session;

/// What is to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// The operations, in order, at most 10,000.
    operations: Vec<BulkOperation>,
    /// Whether one refusal undoes all.
    all_or_none: bool,
}

/// The kind of an operation.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkOp {
    /// A new record: `values`.
    Create,
    /// New values of a record: `id`, `values`, perhaps `version`.
    Update,
    /// Create, or update the record that has the same value in the field `key`: `key`, `values`.
    Upsert,
    /// To the recycle bin: `id`, perhaps `version`.
    Delete,
}

/// One operation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkOperation {
    /// Its kind.
    op: BulkOp,
    /// The record, for `update` and `delete`.
    #[serde(default)]
    id: Option<String>,
    /// The unique field, for `upsert`.
    #[serde(default)]
    key: Option<String>,
    /// Values by field name.
    #[serde(default)]
    #[schema(value_type = Option<Record>)]
    values: Option<Map<String, Value>>,
    /// The version the change is made for.
    #[serde(default)]
    version: Option<i64>,
}

/// What became of the operations.
#[derive(Serialize, ToSchema)]
pub struct BulkResponse {
    /// The change set, for undo; null if nothing was written.
    #[schema(required)]
    change_set: Option<String>,
    /// One for each operation, in order.
    results: Vec<BulkResult>,
}

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkStatus {
    /// A record was made.
    Created,
    /// A record has these values now.
    Updated,
    /// A record went to the recycle bin.
    Deleted,
    /// It was refused.
    Error,
}

/// What became of one operation.
#[derive(Serialize, ToSchema)]
pub struct BulkResult {
    /// The record.
    #[schema(required)]
    id: Option<String>,
    /// What became of it.
    status: BulkStatus,
    /// Why it was refused.
    #[schema(required)]
    error: Option<Problem>,
}

/// Writes up to 10,000 operations: all or none, or each for itself.
#[utoipa::path(
    post, path = "/api/v1/records/{object}/bulk", tag = "records",
    params(("object" = String, Path, description = "API name of the object.")),
    request_body = BulkRequest,
    responses(
        (status = 200, description = "What became of each operation.", body = BulkResponse, headers(
            ("Guanxi-Change-Set" = String, description = "The change set, for undo; absent if nothing was written."),
        )),
        Writing,
    ),
)]
pub async fn bulk_records(session: Session, Path(object): Path<String>, Body(request): Body<BulkRequest>) -> Result<Response> {
    let schema = session.org.schema();
    schema.require(&object)?;
    let all_or_none = request.all_or_none;
    let mut results: Vec<Option<BulkResult>> = Vec::with_capacity(request.operations.len());
    let mut operations = Vec::with_capacity(request.operations.len());
    check_count(request.operations.len())?;
    for (at, operation) in request.operations.into_iter().enumerate() {
        match operation.into_operation(&schema, &object, at) {
            Ok(operation) => {
                operations.push(operation);
                results.push(None);
            }
            Err(error) if all_or_none => return Err(error.into()),
            Err(error) => results.push(Some(refused(&error))),
        }
    }
    let done = write::write(&session.org, &session.ctx, operations, Options { all_or_none, ..Options::default() }).await?;
    let mut outcomes = done.outcomes.into_iter().map(|outcome| result(&schema, outcome));
    let results = results.into_iter().filter_map(|known| known.or_else(|| outcomes.next())).collect();
    let change_set = (done.last_seq > 0).then(|| done.change_set.to_string());
    let mut response = answer::ok(&BulkResponse { change_set, results });
    answer::set_change_set(response.headers_mut(), done.change_set, done.last_seq);
    Ok(response)
}

fn check_count(count: usize) -> Result<()> {
    if count <= write::MAX_OPERATIONS {
        return Ok(());
    }
    let max = write::MAX_OPERATIONS;
    let (zh, en) =
        (format!("一次最多 {max} 项操作，这里有 {count} 项。"), format!("At most {max} operations in one call; there are {count}."));
    Err(Error::new(ErrorKind::TooLarge, "too_many_operations", zh, en).into())
}

impl BulkOperation {
    fn into_operation(self, schema: &Schema, object: &str, at: usize) -> Result<Operation, Error> {
        let missing = |member: &str| {
            Error::field(FieldError::new(
                format!("operations[{at}].{member}"),
                "required",
                "此操作必须给出",
                "must be given for this operation",
            ))
        };
        let id = |id: Option<String>| record_id(schema, object, &id.ok_or_else(|| missing("id"))?).map_err(|e| e.error);
        let object = object.to_owned();
        Ok(match self.op {
            BulkOp::Create => Operation::Create { object, values: self.values.ok_or_else(|| missing("values"))? },
            BulkOp::Update => {
                Operation::Update { id: id(self.id)?, values: self.values.ok_or_else(|| missing("values"))?, version: self.version }
            }
            BulkOp::Upsert => Operation::Upsert {
                object,
                key: self.key.ok_or_else(|| missing("key"))?,
                values: self.values.ok_or_else(|| missing("values"))?,
            },
            BulkOp::Delete => Operation::Delete { id: id(self.id)?, version: self.version },
        })
    }
}

fn result(schema: &Schema, outcome: Outcome) -> BulkResult {
    let with = |row: &Row, status| BulkResult { id: Some(schema.id_text(row.id())), status, error: None };
    match outcome {
        Outcome::Created(row) => with(&row, BulkStatus::Created),
        Outcome::Updated(row) | Outcome::Unchanged(row) => with(&row, BulkStatus::Updated),
        Outcome::Deleted(id) => BulkResult { id: Some(schema.id_text(id)), status: BulkStatus::Deleted, error: None },
        Outcome::Failed(error) => refused(&error),
    }
}

fn refused(error: &Error) -> BulkResult {
    BulkResult { id: None, status: BulkStatus::Error, error: Some(Problem::new(error, request::language())) }
}
