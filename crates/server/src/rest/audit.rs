//! The audit log: checkpoint, tiles and key as C2SP tlog-tiles has them, and its entries for people.

use axum::body::Body as Bytes;
use axum::http::header;
use axum::response::Response;
use guanxi_engine::audit::{self, Every, Filter, Listed};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{Object, ObjectBuilder, Type};
use utoipa::{IntoParams, ToSchema};

use super::answer;
use super::problems::{Reading, Writing};
use super::query::limit_within;
use super::shapes::changes::ChangedField;
use super::shapes::people::Person;
use super::shapes::{self, AnyValue};
use crate::extract::{Body, Params, Path};
use crate::problem::{Problem, Result};
use crate::session::Session;

/// Entries a page.
const USUAL: u32 = 50;

/// The most entries a page.
const MOST: u32 = 500;

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Record id of the user who did it.
    #[serde(default)]
    #[param(nullable = false)]
    user: Option<String>,
    /// API name of the object.
    #[serde(default)]
    #[param(nullable = false)]
    object: Option<String>,
    /// Record id.
    #[serde(default)]
    #[param(nullable = false)]
    record: Option<String>,
    /// What happened.
    #[serde(default)]
    #[param(schema_with = kinds)]
    kind: Option<String>,
    /// Not before this time, RFC 3339.
    #[serde(default)]
    #[param(nullable = false)]
    from: Option<String>,
    /// Before this time, RFC 3339.
    #[serde(default)]
    #[param(nullable = false)]
    to: Option<String>,
    /// `next` of the page before.
    #[serde(default)]
    #[param(nullable = false)]
    cursor: Option<String>,
    /// Entries a page, 50 by default.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// The kinds as a schema.
fn kinds() -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(audit::KINDS.iter().copied())).build()
}

#[derive(Serialize)]
struct Page {
    entries: Vec<Listed>,
    next: Option<String>,
    signed: u64,
}

/// Entries of the audit log.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form of the page in the document")]
pub struct AuditPage {
    /// The latest first.
    entries: Vec<AuditEntry>,
    /// Where to go on; `null` at the end.
    #[schema(required)]
    next: Option<String>,
    /// How many entries the last signed checkpoint covers: those with a smaller `index` are in it.
    signed: u64,
}

/// An entry of the audit log.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form of guanxi_engine::audit::Listed in the document")]
pub struct AuditEntry {
    /// Its place in the tree.
    index: i64,
    /// The leaf, as it was hashed.
    entry: AuditLeaf,
    /// Who; `null` where nobody is known.
    #[schema(required)]
    by: Option<Person>,
    /// The record by name, where it is there and the reader sees it; `null` otherwise.
    #[schema(required)]
    about: Option<Person>,
    /// Whether the text outside is still there.
    text: AuditText,
    /// Whether the reader may not see the record: what changed is not told then.
    closed: bool,
    /// What changed, for a change of a record, as far as the reader sees the fields.
    fields: Vec<ChangedField>,
    /// What else there is to say, for an event or a change of the schema, as far as the reader's rights cover it.
    #[schema(value_type = AnyValue, required = false)]
    body: (),
}

/// A leaf of the audit log's tree.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form of guanxi_engine::audit::Entry in the document")]
pub struct AuditLeaf {
    /// The version of the form: 1.
    v: u32,
    /// The place in the change log, for a change.
    #[schema(nullable = false)]
    change: Option<i64>,
    /// The number of the event, for an event.
    #[schema(nullable = false)]
    event: Option<i64>,
    /// When, RFC 3339 in UTC.
    at: String,
    /// Who: record id.
    #[schema(nullable = false)]
    user: Option<String>,
    /// By which door: `rest`, `import`, `cli`, `system`.
    door: String,
    /// What happened.
    kind: String,
    /// API name of the object.
    #[schema(nullable = false)]
    object: Option<String>,
    /// Record id.
    #[schema(nullable = false)]
    record: Option<String>,
    /// The version of the record, or of the schema, after a change.
    #[schema(nullable = false)]
    version: Option<i64>,
    /// The change set, for undo.
    #[schema(nullable = false)]
    set: Option<String>,
    /// SHA-256 of a salt and the text outside, in base64.
    digest: String,
}

/// What became of the text outside the tree.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum AuditText {
    /// It is there, and is what the leaf says.
    Kept,
    /// It was taken away.
    Erased,
    /// It is not what the leaf says.
    Altered,
}

/// The last signed checkpoint, a signed note (C2SP tlog-checkpoint).
#[utoipa::path(
    get, path = "/api/v1/audit/checkpoint", tag = "audit",
    responses((status = 200, description = "The checkpoint.", body = String, content_type = "text/plain"), Reading),
)]
pub async fn audit_checkpoint(session: Session) -> Result<Response> {
    Ok(plain(audit::checkpoint(&session.org, &session.ctx).await?))
}

/// The public key of the checkpoints. Note it somewhere else: whoever has the database has this answer, too.
#[utoipa::path(
    get, path = "/api/v1/audit/key", tag = "audit",
    responses((status = 200, description = "The key, in the form of signed notes.", body = String, content_type = "text/plain"), Reading),
)]
pub async fn audit_key(session: Session) -> Result<Response> {
    let key = audit::verifier(&session.org, &session.ctx).await?;
    Ok(plain(format!("{key}\n")))
}

/// A tile of hashes (`0/x001/067`, `1/000.p/5`) or a bundle of entries (`entries/x001/067`), as C2SP tlog-tiles names them.
#[utoipa::path(
    get, path = "/api/v1/audit/tile/{*path}", tag = "audit",
    params(("path" = String, Path, description = "Level and number, or `entries` and number; with `.p/` and a width for a part.")),
    responses((status = 200, description = "The file.", content((shapes::Bytes = "application/octet-stream"))), Reading),
)]
pub async fn audit_tile(session: Session, Path(path): Path<String>) -> Result<Response> {
    let content = audit::tile(&session.org, &session.ctx, &path).await?;
    let mut response = Response::new(Bytes::from(content));
    answer::set(response.headers_mut(), header::CONTENT_TYPE, "application/octet-stream");
    Ok(response)
}

/// Entries of the audit log by filter, the latest first, with old and new values where they are still there. Entries appear within seconds.
#[utoipa::path(
    get, path = "/api/v1/audit/entries", tag = "audit",
    params(AuditParams),
    responses((status = 200, description = "The entries.", body = AuditPage), Reading),
)]
pub async fn audit_entries(session: Session, Params(params): Params<AuditParams>) -> Result<Response> {
    let AuditParams { user, object, record, kind, from, to, cursor, limit } = params;
    let filter = Filter { user, object, record, kind, from, to };
    let limit = limit_within(limit, USUAL, MOST)?;
    let (entries, next) = audit::list(&session.org, &session.ctx, &filter, cursor.as_deref(), limit).await?;
    let signed = audit::signed(&session.org, &session.ctx).await?;
    Ok(answer::ok(&Page { entries, next, signed }))
}

/// Which entries go into a table.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditTableParams {
    /// Record id of the user who did it.
    #[serde(default)]
    #[param(nullable = false)]
    user: Option<String>,
    /// API name of the object.
    #[serde(default)]
    #[param(nullable = false)]
    object: Option<String>,
    /// Record id.
    #[serde(default)]
    #[param(nullable = false)]
    record: Option<String>,
    /// What happened, as for the entries.
    #[serde(default)]
    #[param(nullable = false)]
    kind: Option<String>,
    /// Not before this time, RFC 3339.
    #[serde(default)]
    #[param(nullable = false)]
    from: Option<String>,
    /// Before this time, RFC 3339.
    #[serde(default)]
    #[param(nullable = false)]
    to: Option<String>,
}

/// The entries of a filter as CSV, the latest first, at most 50,000: a line for each field that changed, one for each entry without fields.
/// The log notes the export.
#[utoipa::path(
    get, path = "/api/v1/audit/table", tag = "audit",
    params(AuditTableParams),
    responses((status = 200, description = "The table.", content((shapes::Bytes = "text/csv"))), Writing),
)]
pub async fn audit_table(session: Session, Params(params): Params<AuditTableParams>) -> Result<Response> {
    let AuditTableParams { user, object, record, kind, from, to } = params;
    let filter = Filter { user, object, record, kind, from, to };
    Ok(answer::download(audit::table(&session.org, &session.ctx, &filter).await?))
}

/// How often a checkpoint is posted.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditPostEvery {
    /// Each new one, as soon as the one before has arrived.
    Checkpoint,
    /// The newest, at most once an hour.
    Hour,
    /// The newest, at most once a day.
    Day,
}

/// Where checkpoints are posted, and how that went.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form of guanxi_engine::audit::Posting in the document")]
pub struct AuditPosting {
    /// The address; for others than administrators only which server it is. `null`: nowhere.
    #[schema(required)]
    url: Option<String>,
    /// How often.
    every: AuditPostEvery,
    /// When a checkpoint was last taken there, RFC 3339.
    #[schema(required)]
    posted_at: Option<String>,
    /// How many entries that one covers.
    #[schema(required)]
    posted_size: Option<u64>,
    /// Why the last attempt went wrong; `null` if it did not.
    #[schema(required)]
    error: Option<Problem>,
    /// When it went wrong.
    #[schema(required)]
    failed_at: Option<String>,
}

/// Where checkpoints are to be posted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAuditPosting {
    /// A public `https` address, or `mailto:` and an e-mail address; `null`: nowhere.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    url: Option<String>,
    /// How often; `hour` by default.
    #[serde(default)]
    every: Option<AuditPostEvery>,
}

/// Where the log's checkpoints are posted, and how that went.
#[utoipa::path(
    get, path = "/api/v1/audit/posting", tag = "audit",
    responses((status = 200, description = "The setting and its state.", body = AuditPosting), Reading),
)]
pub async fn audit_posting(session: Session) -> Result<Response> {
    Ok(answer::ok(&audit::posting(&session.org, &session.ctx).await?))
}

/// Posts or mails each new checkpoint (a signed note, `text/plain`) to an address from now on, beginning with the last one. For administrators. Redirects are not
/// followed, and addresses of internal networks refused.
#[utoipa::path(
    put, path = "/api/v1/audit/posting", tag = "audit",
    request_body = SetAuditPosting,
    responses((status = 200, description = "The setting and its state.", body = AuditPosting), Writing),
)]
pub async fn set_audit_posting(session: Session, Body(wanted): Body<SetAuditPosting>) -> Result<Response> {
    let every = match wanted.every {
        Some(AuditPostEvery::Checkpoint) => Every::Checkpoint,
        Some(AuditPostEvery::Hour) | None => Every::Hour,
        Some(AuditPostEvery::Day) => Every::Day,
    };
    Ok(answer::ok(&audit::set_posting(&session.org, &session.ctx, wanted.url.as_deref(), every).await?))
}

fn plain(text: String) -> Response {
    let mut response = Response::new(Bytes::from(text));
    answer::set(response.headers_mut(), header::CONTENT_TYPE, "text/plain; charset=utf-8");
    response
}
