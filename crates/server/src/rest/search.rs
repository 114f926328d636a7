//! Search over all objects.

use axum::response::Response;
use guanxi_engine::search::{self, DEFAULT_LIMIT, MAX_LIMIT};
use guanxi_model::Error;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::answer;
use super::problems::Reading;
use crate::extract::Params;
use crate::problem::Result;
use crate::session::Session;

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// What is looked for, as typed: words, names by pinyin or first letters, four or more digits of a phone number. All of it must be
    /// found in a record; the beginning of a word is enough.
    #[param(max_length = 500)]
    q: String,
    /// API names of the objects to search, with commas between; all of them by default.
    #[serde(default)]
    #[param(nullable = false)]
    objects: Option<String>,
    /// The most records of each object, 5 by default.
    #[serde(default)]
    #[param(nullable = false, minimum = 1, maximum = 50)]
    limit: Option<usize>,
}

/// What was found.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form of guanxi_engine::search::Answer in the document")]
pub struct SearchAnswer {
    /// By object, the one with the best record first.
    groups: Vec<SearchGroup>,
    /// Whether all records could be looked through; `false` while the index is being made.
    complete: bool,
}

/// The records of one object that were found.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form of guanxi_engine::search::Group in the document")]
pub struct SearchGroup {
    /// API name of the object.
    object: String,
    /// Its label in the reader's language.
    label: String,
    /// The best records, at most as many as asked for.
    records: Vec<SearchHit>,
    /// Whether there are more that the reader may see.
    more: bool,
}

/// A record that was found.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form of guanxi_engine::search::Hit in the document")]
pub struct SearchHit {
    /// Record id.
    id: String,
    /// API name of the object.
    object: String,
    /// The record's name.
    name: String,
    /// The name in pieces, to show what was looked for.
    name_pieces: Vec<SearchPiece>,
    /// A line that tells it from others of the same name, in the reader's language.
    detail: Option<String>,
    /// Where it was found, if not in its name alone.
    highlight: Option<SearchHighlight>,
}

/// A piece of a text.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form of guanxi_engine::search::Piece in the document")]
pub struct SearchPiece {
    /// The text.
    text: String,
    /// Whether it is what was looked for.
    hit: bool,
}

/// A value that has what was looked for.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form of guanxi_engine::search::Highlight in the document")]
pub struct SearchHighlight {
    /// API name of the field.
    field: String,
    /// The field's label in the reader's language.
    label: String,
    /// The text around it.
    pieces: Vec<SearchPiece>,
}

/// The longest query in characters.
const MAX_TEXT: usize = 500;

/// Searches all objects.
#[utoipa::path(
    get, path = "/api/v1/search", tag = "query",
    params(SearchParams),
    responses((status = 200, description = "What was found.", body = SearchAnswer), Reading),
)]
pub async fn get_search(session: Session, Params(params): Params<SearchParams>) -> Result<Response> {
    if params.q.chars().count() > MAX_TEXT {
        return Err(Error::bad_request(
            "query_too_long",
            "搜索内容过长，最多 500 个字符。",
            "The search is too long: 500 characters at most.",
        )
        .into());
    }
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Error::bad_request("invalid_parameter", "limit 须在 1 到 50 之间。", "limit must be from 1 to 50.").into());
    }
    let objects: Option<Vec<&str>> = params.objects.as_deref().map(|names| names.split(',').map(str::trim).collect());
    Ok(answer::ok(&search::find(&session.org, &session.ctx, &params.q, objects.as_deref(), limit).await?))
}
