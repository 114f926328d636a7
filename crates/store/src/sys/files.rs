//! Versions of files. The bytes lie elsewhere, under `blob_key`.

use guanxi_model::{RecordId, Result};

use crate::store::Store;
use crate::unit::{Row, cells};

/// One version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileVersion {
    /// The record of the object `file`.
    pub file: RecordId,
    /// 1, 2, 3 …
    pub version: i64,
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    /// Size in bytes.
    pub size: i64,
    /// Media type.
    pub content_type: String,
    /// Where the bytes lie.
    pub blob_key: String,
    /// When it was uploaded, microseconds since the epoch.
    pub at: i64,
    /// Who uploaded it.
    pub user: RecordId,
}

const COLUMNS: &str = "file_id, version, sha256, size, content_type, blob_key, at, user_id";

fn read(row: &mut Row) -> Result<FileVersion> {
    Ok(FileVersion {
        file: RecordId(row.int()?),
        version: row.int()?,
        sha256: row.text()?,
        size: row.int()?,
        content_type: row.text()?,
        blob_key: row.text()?,
        at: row.int()?,
        user: RecordId(row.int()?),
    })
}

impl Store {
    /// Adds a version.
    ///
    /// # Errors
    /// `conflict` if the file has that version already.
    pub async fn file_version_insert(&self, v: &FileVersion) -> Result<()> {
        let sql = "INSERT INTO sys_file_version (file_id, version, sha256, size, content_type, blob_key, at, user_id) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (file_id, version) DO NOTHING";
        let (hash, ty, key) = (v.sha256.as_str(), v.content_type.as_str(), v.blob_key.as_str());
        let params = cells![v.file.0, v.version, hash, v.size, ty, key, v.at, v.user.0];
        match self.sys_execute(sql, params).await? {
            0 => Err(guanxi_model::Error::new(
                guanxi_model::ErrorKind::Conflict,
                "file_version_exists",
                "同一时间有人上传了该文件的新版本，请重试。",
                "Someone uploaded a new version of this file at the same time; please try again.",
            )),
            _ => Ok(()),
        }
    }

    /// All versions of a file, newest first.
    pub async fn file_versions(&self, file: RecordId) -> Result<Vec<FileVersion>> {
        let sql = format!("SELECT {COLUMNS} FROM sys_file_version WHERE file_id = $1 ORDER BY version DESC");
        self.rows_as(sql, cells![file.0], read).await
    }

    /// Forgets a version.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn file_version_delete(&self, file: RecordId, version: i64) -> Result<()> {
        self.sys_execute("DELETE FROM sys_file_version WHERE file_id = $1 AND version = $2", cells![file.0, version]).await.map(drop)
    }

    /// One version of a file; `None` asks for the newest.
    pub async fn file_version(&self, file: RecordId, version: Option<i64>) -> Result<Option<FileVersion>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM sys_file_version WHERE file_id = $1 AND version BETWEEN $2 AND $3 ORDER BY version DESC LIMIT 1"
        );
        let params = cells![file.0, version.unwrap_or(0), version.unwrap_or(i64::MAX)];
        self.rows_as(sql, params, read).await.map(|mut found| found.pop())
    }
}
