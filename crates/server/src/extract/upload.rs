//! Files as request bodies, passed on as they arrive.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::BodyDataStream;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::App;
use crate::extract::body::{content_length, too_large};
use crate::problem::ApiError;

/// The bytes of a file in the body.
pub struct Upload(BodyDataStream);

impl FromRequest<App> for Upload {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Upload, ApiError> {
        let limit = app.settings().max_upload;
        if content_length(request.headers()).is_some_and(|n| n > limit) {
            return Err(too_large(limit).into());
        }
        Ok(Upload(request.into_body().into_data_stream()))
    }
}

impl Stream for Upload {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx).map(|item| item.map(|piece| piece.map_err(std::io::Error::other)))
    }
}
