//! The other side of the ratios over HTTP: a bare server of the same framework that answers fixed bytes, or runs one statement
//! through the raw driver and writes JSON.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use guanxi_model::Cell;
use guanxi_store::yardstick::{Prepared, Reader, Source};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Connections for reading, as many as the product's store opens.
const READERS: usize = 4;

/// What the bare server answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Bare {
    /// What is answered to requests for a record: headers and body.
    pub(crate) headers: Vec<(String, String)>,
    /// See `headers`.
    pub(crate) body: String,
    /// The statement of `/record`, its parameters, and which of them is the record's number.
    pub(crate) record: (String, Vec<serde_json::Value>, usize),
    /// The numbers of the records of `/record`, which are read in turn.
    pub(crate) ids: Vec<i64>,
    /// The SQLite file, or
    pub(crate) sqlite: Option<std::path::PathBuf>,
    /// the schema of the database of `--database-url`.
    pub(crate) schema: Option<String>,
    /// The statement of `/list`.
    pub(crate) sql: String,
    /// Its parameters: numbers or texts.
    pub(crate) params: Vec<serde_json::Value>,
}

/// A cell in the settings file.
pub(crate) fn param(cell: &Cell) -> serde_json::Value {
    match cell {
        Cell::Null => serde_json::Value::Null,
        Cell::Bool(b) => (*b).into(),
        Cell::Int(i) => (*i).into(),
        Cell::Text(t) => t.as_str().into(),
    }
}

fn cell(value: &serde_json::Value) -> Cell {
    match value {
        serde_json::Value::Bool(b) => Cell::Bool(*b),
        serde_json::Value::Number(n) => Cell::Int(n.as_i64().unwrap_or(0)),
        serde_json::Value::String(t) => Cell::Text(t.clone()),
        _ => Cell::Null,
    }
}

/// Serves until the process is ended.
pub(crate) async fn serve(settings: &Path, listen: &str, database_url: Option<String>) -> Result<(), Failure> {
    let told = |e: &dyn std::fmt::Display| Failure::new(format!("bare server: {e}"));
    let text = std::fs::read_to_string(settings).map_err(|e| told(&e))?;
    let bare: Bare = serde_json::from_str(&text).map_err(|e| told(&e))?;
    let source = match (bare.sqlite, bare.schema, database_url) {
        (Some(path), ..) => Source::Sqlite(path),
        (_, Some(schema), Some(url)) => Source::Postgres { url, schema },
        _ => return Err(Failure::new("bare server: no database")),
    };
    let readers = if matches!(source, Source::Sqlite(_)) { READERS } else { 16 };
    let reader = Reader::open(&source, readers).await?;
    let statement = reader.prepare(&bare.sql).await?;
    let params: Vec<Cell> = bare.params.iter().map(cell).collect();
    let record = reader.prepare(&bare.record.0).await?;
    let record = (record, bare.record.1.iter().map(cell).collect::<Vec<Cell>>(), bare.record.2, bare.ids);
    let all = Arc::new(All { reader, list: (statement, params), record, next: AtomicUsize::new(0) });
    let of_list = Arc::clone(&all);
    let answer = (headers(&bare.headers), Bytes::from(bare.body));
    let read = get(move || std::future::ready(answer.clone()));
    let router = Router::new()
        .route("/api/v1/records/{object}/{id}", read)
        .route("/list", get(move || Arc::clone(&of_list).list()))
        .route("/record", get(move || Arc::clone(&all).record()));
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|e| told(&e))?;
    let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
    axum::serve(listener, router).await.map_err(|e| told(&e))
}

/// What the statements need.
struct All {
    reader: Reader,
    list: (Prepared, Vec<Cell>),
    record: (Prepared, Vec<Cell>, usize, Vec<i64>),
    next: AtomicUsize,
}

impl All {
    async fn list(self: Arc<Self>) -> Response {
        let (statement, params) = &self.list;
        json(self.reader.run(self.next.fetch_add(1, Ordering::Relaxed), statement, params).await)
    }

    async fn record(self: Arc<Self>) -> Response {
        let (statement, params, place, ids) = &self.record;
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let mut params = params.clone();
        params[*place] = Cell::Int(ids[next % ids.len()]);
        json(self.reader.run(next, statement, &params).await)
    }
}

/// The product's own headers, without those that the framework adds.
fn headers(all: &[(String, String)]) -> HeaderMap {
    let own = all.iter().filter(|(name, _)| !["date", "content-length"].contains(&name.as_str()));
    own.filter_map(|(name, value)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))).collect()
}

fn json(body: guanxi_model::Result<Vec<u8>>) -> Response {
    let body = match body {
        Ok(body) => Bytes::from(body),
        Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    };
    ([(header::CONTENT_TYPE, "application/json"), (header::ETAG, "\"1\"")], body).into_response()
}
