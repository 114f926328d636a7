//! Where the bytes lie: a folder of this machine, an S3 bucket, or memory (tests).

use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::stream::{BoxStream, Stream, StreamExt};
use guanxi_model::{Error, ErrorKind, Result};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, GetOptions, GetRange, GetResultPayload, ObjectStore, ObjectStoreExt, RetryConfig, WriteMultipart};
use sha2::{Digest, Sha256};

/// Bytes as they arrive.
pub type ByteStream = BoxStream<'static, std::io::Result<Bytes>>;

/// The size limit of one file where the configuration gives none.
const DEFAULT_LIMIT: u64 = 100 * 1024 * 1024;

/// Parts of an upload to the store; S3 wants at least 5 MiB.
const PART: usize = 5 * 1024 * 1024;

/// How long a bucket may take to be reached, and how long it may be silent.
const CONNECT: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(30);

/// How long a request to a bucket is tried again. Somebody waits for it.
const RETRY: Duration = Duration::from_secs(15);

/// An S3 bucket and the keys to it.
#[derive(Clone)]
pub struct S3 {
    /// Address of the service, `https://…`.
    pub endpoint: String,
    /// Region; `us-east-1` where the service has none.
    pub region: String,
    /// Bucket.
    pub bucket: String,
    /// Access key.
    pub access_key: String,
    /// Secret key.
    pub secret_key: String,
}

/// What has been stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// The place where bytes are kept. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    limit: u64,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Files({})", self.store)
    }
}

impl Files {
    /// Files in a folder, made if absent. Each file is synced to the disk before it counts as stored.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn local(folder: &FsPath) -> Result<Files> {
        std::fs::create_dir_all(folder).map_err(unavailable)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(unavailable)?.with_automatic_cleanup(true).with_fsync(true);
        Ok(Files { store: Arc::new(store), limit: DEFAULT_LIMIT })
    }

    /// Files in an S3 bucket.
    ///
    /// # Errors
    /// When the configuration makes no sense.
    pub fn s3(s3: &S3) -> Result<Files> {
        // No limit for a whole request: a large file to a slow reader takes its time.
        let client = ClientOptions::new()
            .with_allow_http(s3.endpoint.starts_with("http://"))
            .with_connect_timeout(CONNECT)
            .with_read_timeout(SILENCE)
            .with_timeout_disabled();
        let store = AmazonS3Builder::new()
            .with_client_options(client)
            .with_retry(RetryConfig { retry_timeout: RETRY, ..RetryConfig::default() })
            .with_endpoint(&s3.endpoint)
            .with_region(&s3.region)
            .with_bucket_name(&s3.bucket)
            .with_access_key_id(&s3.access_key)
            .with_secret_access_key(&s3.secret_key)
            .build()
            .map_err(unavailable)?;
        Ok(Files { store: Arc::new(store), limit: DEFAULT_LIMIT })
    }

    /// Files in memory, for tests.
    pub fn memory() -> Files {
        Files { store: Arc::new(InMemory::new()), limit: DEFAULT_LIMIT }
    }

    /// With every key under a folder: organisations that share a bucket have one each.
    #[must_use]
    pub fn within(self, folder: &str) -> Files {
        Files { store: Arc::new(PrefixStore::new(self.store, Path::from(folder))), limit: self.limit }
    }

    /// With another size limit of one file, in bytes.
    #[must_use]
    pub fn with_limit(self, limit: u64) -> Files {
        Files { limit, ..self }
    }

    /// The size limit of one uploaded file, in bytes.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Stores a stream under a key. Nothing remains if it fails.
    ///
    /// # Errors
    /// 413 `file_too_large` above `limit` bytes; 503 when the storage is away; 507 when it is full.
    pub async fn put<S>(&self, key: &str, mut stream: S, limit: u64) -> Result<Stored>
    where
        S: Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
    {
        let upload = self.store.put_multipart(&Path::from(key)).await.map_err(unavailable)?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, PART);
        match fill(&mut writer, &mut stream, limit).await {
            Ok(stored) => writer.finish().await.map(|_| stored).map_err(unavailable),
            Err(error) => {
                // The error of the upload is what matters; a part that remains is collected by the storage.
                let _ = writer.abort().await;
                Err(error)
            }
        }
    }

    /// The bytes of a key, from its beginning.
    ///
    /// # Errors
    /// 404 when there is none, 503 when the storage is away.
    pub async fn get(&self, key: &str) -> Result<ByteStream> {
        let found = self.store.get(&Path::from(key)).await.map_err(unavailable)?;
        Ok(found.into_stream().map(|piece| piece.map_err(std::io::Error::other)).boxed())
    }

    /// The bytes of a key from one place up to another, or to its end if that comes first; none if it has none there.
    ///
    /// # Errors
    /// 404 when there is no such key, 503 when the storage is away.
    pub async fn range(&self, key: &str, range: std::ops::Range<u64>) -> Result<ByteStream> {
        let size = self.store.head(&Path::from(key)).await.map_err(unavailable)?.size;
        if range.start >= size {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range.start..range.end.min(size))), ..GetOptions::default() };
        let found = self.store.get_opts(&Path::from(key), options).await.map_err(unavailable)?;
        Ok(found.into_stream().map(|piece| piece.map_err(std::io::Error::other)).boxed())
    }

    /// Where the bytes of a key lie on this machine, if they do.
    pub(crate) async fn path(&self, key: &str) -> Result<Option<PathBuf>> {
        match self.store.get(&Path::from(key)).await.map_err(unavailable)?.payload {
            GetResultPayload::File(_, path) => Ok(Some(path)),
            GetResultPayload::Stream(_) => Ok(None),
        }
    }

    /// All keys below a folder, or all there are.
    ///
    /// # Errors
    /// 503 when the storage is away.
    pub async fn keys(&self, folder: Option<&str>) -> Result<Vec<String>> {
        let folder = folder.map(Path::from);
        let listed = self.store.list(folder.as_ref()).map_ok(|found| found.location.to_string());
        listed.try_collect().await.map_err(unavailable)
    }

    /// Removes all keys below a folder.
    ///
    /// # Errors
    /// 503 when the storage is away.
    pub async fn delete_folder(&self, folder: &str) -> Result<()> {
        for key in self.keys(Some(folder)).await? {
            self.delete(&key).await?;
        }
        Ok(())
    }

    /// Removes a key; a key that is not there is no error.
    ///
    /// # Errors
    /// 503 when the storage is away.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match self.store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }
}

/// Sends a stream to an upload, of at most `limit` bytes.
async fn fill<S>(writer: &mut WriteMultipart, stream: &mut S, limit: u64) -> Result<Stored>
where
    S: Stream<Item = std::io::Result<Bytes>> + Send + Unpin,
{
    let mut hash = Sha256::new();
    let mut size = 0u64;
    while let Some(piece) = stream.next().await {
        let bytes = piece
            .map_err(|e| Error::bad_request("upload_broken", "上传中断，请重试。", "The upload broke off; please try again.").because(e))?;
        size += bytes.len() as u64;
        if size > limit {
            return Err(too_large(limit));
        }
        hash.update(&bytes);
        writer.wait_for_capacity(2).await.map_err(unavailable)?;
        writer.put(bytes);
    }
    Ok(Stored { size, sha256: hex(&hash.finalize()) })
}

fn too_large(limit: u64) -> Error {
    let mb = limit / (1024 * 1024);
    Error::new(
        ErrorKind::TooLarge,
        "file_too_large",
        format!("文件超过上限 {mb} MB。请压缩或拆分后再上传。"),
        format!("The file is larger than the limit of {mb} MB. Compress or split it and try again."),
    )
}

/// What the storage said, for people. A bucket that is not there is not the same as a file that is not there.
fn unavailable(error: impl std::fmt::Display + 'static) -> Error {
    use object_store::Error as Said;
    let text = error.to_string();
    let said = (&error as &dyn std::any::Any).downcast_ref::<Said>();
    let no_bucket = text.contains("NoSuchBucket");
    match said {
        Some(Said::NotFound { .. }) if !no_bucket => {
            return Error::not_found("文件内容已不存在。", "The file's content is no longer there.").because(text);
        }
        Some(Said::NotFound { .. } | Said::PermissionDenied { .. } | Said::Unauthenticated { .. }) => {
            return Error::new(
                ErrorKind::Unavailable,
                "storage_refused",
                "文件存储拒绝访问，请联系管理员检查存储桶、密钥和权限设置。",
                "The file storage refuses access; an administrator should check its bucket, keys and permissions.",
            )
            .because(text);
        }
        _ => {}
    }
    if text.contains("No space left") || text.contains("StorageFull") {
        return Error::new(
            ErrorKind::NoSpace,
            "storage_full",
            "存储空间已满，文件未保存。",
            "The storage is full; the file was not saved.",
        )
        .because(text);
    }
    Error::new(
        ErrorKind::Unavailable,
        "storage_unavailable",
        "文件存储暂时不可用，请稍后再试。",
        "The file storage is away for a moment; please try again.",
    )
    .because(text)
}

/// A path for a temporary file that nobody else uses.
pub(crate) fn temporary(kind: &str) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let nth = NEXT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("guanxi-{kind}-{}-{nth}", std::process::id()))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    fn pieces(parts: &[&'static [u8]]) -> impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin + use<> {
        stream::iter(parts.iter().map(|p| Ok(Bytes::from_static(p))).collect::<Vec<_>>())
    }

    #[tokio::test]
    async fn bytes_come_back_with_their_sum() {
        let folder = tempfile::tempdir().unwrap();
        for files in [Files::memory(), Files::local(folder.path()).unwrap()] {
            let stored = files.put("files/a", pieces(&[b"ab", b"c"]), 10).await.unwrap();
            assert_eq!(stored.size, 3);
            assert_eq!(stored.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
            let back: Vec<_> = files.get("files/a").await.unwrap().collect().await;
            let back: Vec<u8> = back.into_iter().flat_map(|b| b.unwrap().to_vec()).collect();
            assert_eq!(back, b"abc");
            files.delete("files/a").await.unwrap();
            files.delete("files/a").await.unwrap();
            assert_eq!(files.get("files/a").await.err().unwrap().kind, ErrorKind::NotFound);
        }
    }

    #[tokio::test]
    async fn too_much_is_refused_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::local(folder.path()).unwrap();
        let error = files.put("files/a", pieces(&[b"abc", b"defgh"]), 5).await.unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::TooLarge, "file_too_large"));
        assert!(files.get("files/a").await.is_err());
    }
}
