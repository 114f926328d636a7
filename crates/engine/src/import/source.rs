//! The imported file on this machine: where it is stored, or a copy of it that goes when it is no longer needed.

use std::io::Write;
use std::path::{Path, PathBuf};

use futures_util::StreamExt;
use guanxi_model::Result;

use super::table::unreadable;
use crate::files::{Files, temporary};

/// A file to read.
pub(crate) struct Source {
    path: PathBuf,
    temporary: bool,
}

impl Source {
    /// A file that somebody else keeps.
    pub(crate) fn local(path: &Path) -> Source {
        Source { path: path.to_owned(), temporary: false }
    }

    /// A stored file; one that lies elsewhere is copied first.
    ///
    /// # Errors
    /// When the storage is away or there is no space for the copy.
    pub(crate) async fn stored(files: &Files, key: &str) -> Result<Source> {
        if let Some(path) = files.path(key).await? {
            return Ok(Source { path, temporary: false });
        }
        let source = Source { path: temporary("import"), temporary: true };
        let mut file = std::fs::File::create(&source.path).map_err(unreadable)?;
        let mut stream = files.get(key).await?;
        while let Some(piece) = stream.next().await {
            file.write_all(&piece.map_err(unreadable)?).map_err(unreadable)?;
        }
        Ok(source)
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(%error, path = %self.path.display(), "a temporary copy could not be removed");
        }
    }
}
