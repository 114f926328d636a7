//! The web UI out of the binary: hashed files for ever, the page with a fresh nonce each time, and every unknown path that is not the
//! API's is the page.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{OnceLock, PoisonError, RwLock};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use bytes::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::App;
use crate::problem::{method_not_allowed, unknown_path};
use crate::rest::answer::set;
use crate::security::page_policy;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// Where the page has the nonce.
const NONCE: &str = "__CSP_NONCE__";

/// What stands at `/` when the binary was built without the web UI.
const ABSENT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Guanxi</title>\
<h1>Guanxi 关系</h1><p>This binary was built without the web UI. Build it with <code>cd web &amp;&amp; pnpm install &amp;&amp; pnpm build</code>, \
then build the binary again. The API is at <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>.</p>\
<p lang=\"zh-CN\">此程序未包含网页界面。请先执行 <code>cd web &amp;&amp; pnpm install &amp;&amp; pnpm build</code>，再重新构建程序。</p></html>";

/// Answers whatever no route knows.
pub async fn serve(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return unknown_path().into_response();
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut response = method_not_allowed().await.into_response();
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let name = path.trim_start_matches('/');
    if !name.is_empty() && name != "index.html" {
        if let Some(file) = Dist::get(name) {
            return asset(name, file, request.headers());
        }
        if name.starts_with("assets/") || name.rsplit('/').next().is_some_and(|last| last.contains('.')) {
            return unknown_path().into_response();
        }
    }
    page(&app)
}

/// Which build of the web UI this is: the beginning of the page's hash.
pub fn build() -> Option<String> {
    let page = Dist::get("index.html")?;
    Some(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&page.metadata.sha256_hash()[..12]))
}

fn page(app: &App) -> Response {
    static PAGE: OnceLock<Option<String>> = OnceLock::new();
    let page = PAGE.get_or_init(|| Dist::get("index.html").map(|file| String::from_utf8_lossy(&file.data).into_owned()));
    let mut bytes = [0u8; 16];
    app.settings().random.fill(&mut bytes);
    let nonce = base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
    let html = page.as_deref().unwrap_or(ABSENT).replace(NONCE, &nonce);
    let mut response = Html(html).into_response();
    set(response.headers_mut(), header::CONTENT_SECURITY_POLICY, page_policy(&nonce));
    set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    response
}

fn asset(name: &str, file: EmbeddedFile, request: &HeaderMap) -> Response {
    let hash = file.metadata.sha256_hash();
    let etag = format!("\"{}\"", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash[..12]));
    let mut response = if request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (bytes, encoding) = encoded(name, file.data, accepted(request));
        let mut response = Response::new(axum::body::Body::from(bytes));
        set(response.headers_mut(), header::CONTENT_TYPE, media_type(name));
        if let Some(encoding) = encoding {
            set(response.headers_mut(), header::CONTENT_ENCODING, encoding.name());
        }
        response
    };
    let headers = response.headers_mut();
    set(headers, header::ETAG, etag);
    set(headers, header::VARY, "Accept-Encoding");
    set(headers, header::CACHE_CONTROL, if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" });
    set(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    response
}

/// A compression that browsers know.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Encoding::Brotli => "br",
            Encoding::Gzip => "gzip",
        }
    }
}

fn accepted(request: &HeaderMap) -> Option<Encoding> {
    let list = request.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |name: &str| {
        list.split(',').any(|part| {
            let mut pieces = part.split(';').map(str::trim);
            pieces.next() == Some(name) && !pieces.any(|p| p == "q=0" || p == "q=0.0")
        })
    };
    [Encoding::Brotli, Encoding::Gzip].into_iter().find(|encoding| takes(encoding.name()))
}

/// The bytes to send. A file is compressed when it is first asked for, and kept.
fn encoded(name: &str, plain: std::borrow::Cow<'static, [u8]>, wanted: Option<Encoding>) -> (Bytes, Option<Encoding>) {
    static KEPT: OnceLock<RwLock<HashMap<(String, Encoding), Bytes>>> = OnceLock::new();
    let as_is = |plain: std::borrow::Cow<'static, [u8]>| match plain {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let Some(encoding) = wanted.filter(|_| plain.len() > 1024 && is_text(name)) else { return (as_is(plain), None) };
    let kept = KEPT.get_or_init(RwLock::default);
    let key = (name.to_owned(), encoding);
    if let Some(bytes) = kept.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return (bytes.clone(), Some(encoding));
    }
    match compress(&plain, encoding) {
        Ok(bytes) => {
            kept.write().unwrap_or_else(PoisonError::into_inner).insert(key, bytes.clone());
            (bytes, Some(encoding))
        }
        Err(error) => {
            tracing::error!(%error, name, "cannot compress a file of the web UI");
            (as_is(plain), None)
        }
    }
}

fn compress(plain: &[u8], encoding: Encoding) -> std::io::Result<Bytes> {
    let mut out = Vec::with_capacity(plain.len() / 3);
    match encoding {
        Encoding::Brotli => {
            let mut writer = brotli::CompressorWriter::new(&mut out, 64 << 10, 9, 20);
            writer.write_all(plain)?;
            writer.flush()?;
        }
        Encoding::Gzip => {
            let mut writer = flate2::write::GzEncoder::new(&mut out, flate2::Compression::best());
            writer.write_all(plain)?;
            writer.finish()?;
        }
    }
    Ok(out.into())
}

fn is_text(name: &str) -> bool {
    matches!(extension(name), "js" | "css" | "html" | "svg" | "json" | "txt" | "webmanifest" | "map")
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn media_type(name: &str) -> &'static str {
    match extension(name) {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn compression_round_trips() {
        let plain = "export const a = 1;\n".repeat(500);
        let br = compress(plain.as_bytes(), Encoding::Brotli).unwrap();
        let mut back = String::new();
        brotli::Decompressor::new(&br[..], 4096).read_to_string(&mut back).unwrap();
        assert_eq!(back, plain);
        let gz = compress(plain.as_bytes(), Encoding::Gzip).unwrap();
        back.clear();
        flate2::read::GzDecoder::new(&gz[..]).read_to_string(&mut back).unwrap();
        assert_eq!(back, plain);
    }

    #[test]
    fn encodings_are_chosen_by_the_request() {
        let with = |value: &'static str| {
            accepted(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))])).map(Encoding::name)
        };
        assert_eq!(with("gzip, deflate, br, zstd"), Some("br"));
        assert_eq!(with("gzip;q=1.0, br;q=0"), Some("gzip"));
        assert_eq!(with("identity"), None);
    }
}
