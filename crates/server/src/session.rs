//! Who is asking: the bearer token or the cookie, and the rules for cookies.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use guanxi_engine::{Organisation, admission};
use guanxi_model::{Ctx, Error, ErrorKind};

use crate::problem::{ApiError, Result};
use crate::{App, gate, request};

/// The name of the cookie.
pub const COOKIE: &str = "guanxi_session";

/// A signed-in user and the organisation of the token.
pub struct Session {
    /// The organisation.
    pub org: Organisation,
    /// Who, for the doors.
    pub ctx: Arc<Ctx>,
    /// The token, to check it again or to end it.
    pub token: String,
    /// Where the request comes from.
    pub address: String,
}

impl FromRequestParts<App> for Session {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Session> {
        let (token, by_cookie) = token(&parts.headers).ok_or_else(not_signed_in)?;
        if by_cookie && !is_safe(&parts.method) && !same_origin(&parts.headers) {
            return Err(cross_origin().into());
        }
        let name = admission::organisation_of_token(token).ok_or_else(not_signed_in)?;
        let org = app.organisation(name).ok_or_else(not_signed_in)?;
        let address = address(parts, app);
        let ctx = Arc::new(admission::authenticate(&org, token, request::asked_language(), &address).await?);
        request::set_caller(&org, &ctx);
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        gate::check(&ctx.entry, &parts.method, route)?;
        Ok(Session { token: token.to_owned(), org, ctx, address })
    }
}

/// The token and whether it came by cookie; the header wins.
pub fn token(headers: &HeaderMap) -> Option<(&str, bool)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then_some((token.trim(), false));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    cookies.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=')).map(|token| (token, true))
}

pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the browser says that the request comes from this site's own pages. `Sec-Fetch-Site` decides where it is sent; otherwise
/// `Origin` must name the host asked. A request that says neither is refused: programs use the bearer token.
pub fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    match (text("origin").and_then(|o| o.split_once("://")), text("host")) {
        (Some((_, origin)), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

/// Whether the browser says that the request comes from another site.
pub fn from_elsewhere(headers: &HeaderMap) -> bool {
    (headers.contains_key("sec-fetch-site") || headers.contains_key("origin")) && !same_origin(headers)
}

/// The error of a request from another site's page.
pub fn cross_origin() -> Error {
    Error {
        code: "cross_origin", ..Error::forbidden("请求来自其他网站，已拒绝。", "The request came from another site and was refused.")
    }
}

/// The error of a request without a valid token.
pub fn not_signed_in() -> Error {
    Error::new(ErrorKind::Unauthenticated, "not_signed_in", "请先登录。", "Please sign in first.")
}

/// The `Set-Cookie` value that keeps `token`.
pub fn set_cookie(token: &str, max_age_s: i64, https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}", max_age_s.max(0))
}

/// Whether the user's connection is encrypted: by a proxy in front, as it says. Believing it wrongly only makes the cookie stricter.
pub fn is_https(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").and_then(|v| v.to_str().ok()).is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
}

/// The address a request comes from.
pub struct Client(pub String);

impl FromRequestParts<App> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Client> {
        Ok(Client(address(parts, app)))
    }
}

/// The peer's address, or the one that the proxy in front has seen.
fn address(parts: &Parts, app: &App) -> String {
    if app.settings().behind_proxy {
        let forwarded = parts.headers.get("x-forwarded-for").and_then(|v| v.to_str().ok());
        if let Some(last) = forwarded.and_then(|list| list.rsplit(',').next()) {
            return last.trim().to_owned();
        }
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical().to_string());
    peer.unwrap_or_else(|| "local".to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (axum::http::HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn the_header_wins_over_the_cookie() {
        assert_eq!(token(&headers(&[("cookie", "a=b; guanxi_session=gx_1")])), Some(("gx_1", true)));
        assert_eq!(token(&headers(&[("cookie", "guanxi_session=gx_1"), ("authorization", "Bearer gx_2")])), Some(("gx_2", false)));
        assert_eq!(token(&headers(&[("cookie", "xguanxi_session=gx_1; guanxi_sessionx=1")])), None);
        assert_eq!(token(&headers(&[("authorization", "Basic abc")])), None);
    }

    #[test]
    fn only_own_pages_are_same_origin() {
        assert!(same_origin(&headers(&[("sec-fetch-site", "same-origin"), ("origin", "http://dev:5173"), ("host", "x")])));
        assert!(same_origin(&headers(&[("origin", "https://crm.example"), ("host", "crm.example")])));
        assert!(!same_origin(&headers(&[("origin", "https://evil.example"), ("host", "crm.example")])));
        assert!(!same_origin(&headers(&[("sec-fetch-site", "same-site"), ("origin", "https://crm.example"), ("host", "crm.example")])));
        assert!(!same_origin(&headers(&[("host", "crm.example")])));
        assert!(!same_origin(&headers(&[("origin", "null"), ("host", "crm.example")])));
    }
}
