//! Files as request bodies, passed on as they arrive.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use crate::App;
use crate::extract::body::{content_length, too_large};
use crate::problem::ApiError;

/// How long the rest of a refused upload is read, and how long a pause in it may be.
const REST: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(2);

/// The bytes of a file in the body.
pub struct Upload(BodyDataStream);

impl Upload {
    /// What a use case made of the upload. If it was refused halfway, the rest is read and thrown away: a client that still sends when
    /// the connection is closed sees a broken connection in the place of the reason.
    pub async fn heard<T, E>(mut self, result: Result<T, E>) -> Result<T, E> {
        if result.is_err() {
            let rest = async { while let Ok(Some(Ok(_))) = tokio::time::timeout(PAUSE, self.0.next()).await {} };
            let _ = tokio::time::timeout(REST, rest).await;
        }
        result
    }
}

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
