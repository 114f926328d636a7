//! Requests to addresses that users chose. Nobody may use them to reach what only this machine or its network reaches: `https` only, no
//! redirects, no proxy, and the connection goes to the very addresses that were looked at, all of which must be public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use guanxi_model::{Error, ErrorKind, FieldError, Result};
use reqwest::{StatusCode, Url};

/// How long the other side may take to be reached, and to answer.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(20);

/// The longest address.
const MAX_URL: usize = 2_000;

/// Sends requests.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    unguarded: bool,
}

impl Outside {
    /// One that also speaks plain `http` and to this machine. There is no setting for it: only a test can make one.
    pub fn unguarded_for_tests() -> Outside {
        Outside { unguarded: true }
    }

    /// Reads an address and refuses one that must not be asked, as far as that can be seen without looking its name up. `field` is what the
    /// user filled in.
    ///
    /// # Errors
    /// Validation: `invalid_url`, `https_only`, `not_public`.
    pub fn address(&self, field: &str, text: &str) -> Result<Url> {
        let wrong = |code, zh: &str, en: &str| Err(Error::field(FieldError::new(field, code, zh, en)));
        let url = Url::parse(text.trim()).ok().filter(|url| text.len() <= MAX_URL && url.host().is_some());
        let Some(url) = url else {
            return wrong(
                "invalid_url",
                "不是完整的网址，应类似 https://example.com/path",
                "is no complete address; it should look like https://example.com/path",
            );
        };
        if url.scheme() != "https" && !(self.unguarded && url.scheme() == "http") {
            return wrong("https_only", "必须以 https:// 开头", "must begin with https://");
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return wrong("invalid_url", "网址中不能有用户名、密码或 #", "must have no user name, password or # in it");
        }
        if literal(&url).is_some_and(|ip| !self.allows(ip)) || is_local_name(&url) && !self.unguarded {
            return wrong(
                "not_public",
                "指向本机或内部网络；只能使用公网地址",
                "points to this machine or an internal network; only public addresses can be used",
            );
        }
        Ok(url)
    }

    /// Posts a body; whatever the other side answers with success is enough.
    ///
    /// # Errors
    /// `outside_refused` for what must not be asked or was answered with a refusal, which another attempt will not change; `outside_failed`
    /// for what may be better later.
    pub async fn post(&self, url: &Url, content_type: &str, body: Vec<u8>) -> Result<()> {
        let url = self.address("url", url.as_str())?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let addresses = self.addresses(&url, &host).await?;
        let client = client(addresses)?;
        let answer = client.post(url).header(reqwest::header::CONTENT_TYPE, content_type).body(body).send().await;
        match answer.map(|answer| answer.status()) {
            Ok(status) if status.is_success() => Ok(()),
            Ok(status) if status.is_redirection() => Err(refused(
                format!("{host} 要求转到其他网址（{}），系统不会跟随；请填写最终网址。", status.as_u16()),
                format!("{host} answers that it is elsewhere ({}), which is not followed; enter the final address.", status.as_u16()),
            )),
            Ok(status) => Err(answered(&host, status)),
            Err(error) if error.is_timeout() => {
                Err(failed(format!("{host} 没有及时回应。"), format!("{host} did not answer in time."), error))
            }
            Err(error) => Err(failed(format!("无法连接 {host}。"), format!("{host} cannot be reached."), error)),
        }
    }

    /// Where a host is: every address it has must be public.
    async fn addresses(&self, url: &Url, host: &str) -> Result<Vec<SocketAddr>> {
        let port = url.port_or_known_default().unwrap_or(443);
        let found: Vec<SocketAddr> = match literal(url) {
            Some(ip) => vec![SocketAddr::new(ip, port)],
            None => match tokio::net::lookup_host((host, port)).await {
                Ok(found) => found.collect(),
                Err(error) => {
                    let (zh, en) = (format!("找不到服务器 {host}。"), format!("The server {host} cannot be found."));
                    return Err(failed(zh, en, error));
                }
            },
        };
        if let Some(inside) = found.iter().find(|address| !self.allows(address.ip())) {
            let (zh, en) = (
                format!("{host} 指向内部网络地址，系统不会向其发送。"),
                format!("{host} points into an internal network; nothing is sent there."),
            );
            return Err(refused(zh, en).because(inside));
        }
        Ok(found)
    }

    fn allows(&self, ip: IpAddr) -> bool {
        self.unguarded || is_public(ip)
    }
}

/// The addresses that were looked at, whatever name is asked for: a second look-up might say something else.
struct Found(Vec<SocketAddr>);

impl reqwest::dns::Resolve for Found {
    fn resolve(&self, _name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let found: reqwest::dns::Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(std::future::ready(Ok(found)))
    }
}

/// A client that connects to these addresses only.
fn client(addresses: Vec<SocketAddr>) -> Result<reqwest::Client> {
    // The first of a process; the command line has installed one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    #[expect(clippy::disallowed_methods, reason = "this is the guarded client")]
    let builder = reqwest::Client::builder();
    let builder = builder.no_proxy().redirect(reqwest::redirect::Policy::none()).connect_timeout(CONNECT).timeout(ANSWER);
    builder.dns_resolver(Found(addresses)).build().map_err(Error::internal)
}

fn answered(host: &str, status: StatusCode) -> Error {
    let code = status.as_u16();
    let (zh, en) = (format!("{host} 拒绝接收（{code}）。"), format!("{host} does not take it ({code})."));
    let passing = status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT || status == StatusCode::TOO_MANY_REQUESTS;
    if passing { failed(zh, en, status) } else { refused(zh, en) }
}

fn refused(zh: String, en: String) -> Error {
    Error::new(ErrorKind::Conflict, "outside_refused", zh, en)
}

fn failed(zh: String, en: String, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Unavailable, "outside_failed", zh, en).because(why)
}

/// The address that an URL names by number. What stands for a number in an URL (`0x7f.1`, `2130706433`, `0177.0.0.1`) was made one when
/// it was read.
fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Names that never are public.
fn is_local_name(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    ["localhost", "local", "internal", "home.arpa"].iter().any(|name| host == *name || host.ends_with(&format!(".{name}")))
}

/// Whether an address is one of the public internet. Lists of the IANA registries of special-purpose addresses.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let inner = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match (a, b) {
        // An IPv4 address in the clothes of another: mapped, by NAT64, by 6to4.
        (0, 0) if (c, d, e, f) == (0, 0, 0, 0xffff) => inner(g, h),
        (0x64, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => inner(g, h),
        (0x2002, _) => inner(b, c),
        (0x2001, 0..=0x1ff | 0xdb8) => false,
        (0x3fff, 0..=0xfff) => false,
        (0x2000..=0x3fff, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for inside in [
            "127.0.0.1",
            "127.255.0.1",
            "0.0.0.0",
            "10.0.0.8",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.2.3",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:c0a8:101::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "4000::1",
            "100::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in [
            "1.1.1.1",
            "8.8.8.8",
            "172.15.0.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2002:101:101::",
            "64:ff9b::101:101",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn addresses_that_must_not_be_asked_are_refused_when_they_are_entered() {
        let outside = Outside::default();
        for (text, code) in [
            ("", "invalid_url"),
            ("example.com", "invalid_url"),
            ("https://", "invalid_url"),
            ("https://user:password@example.com/", "invalid_url"),
            ("https://example.com/#x", "invalid_url"),
            ("http://example.com/", "https_only"),
            ("file:///etc/passwd", "invalid_url"),
            ("https://127.0.0.1/", "not_public"),
            ("https://0177.0.0.1/", "not_public"),
            ("https://0x7f.1/", "not_public"),
            ("https://2130706433/", "not_public"),
            ("https://[::1]/", "not_public"),
            ("https://[::ffff:10.0.0.1]/", "not_public"),
            ("https://169.254.169.254/latest/meta-data", "not_public"),
            ("https://localhost/", "not_public"),
            ("https://LOCALHOST./", "not_public"),
            ("https://db.internal/", "not_public"),
            ("https://１２７.0.0.1/", "not_public"),
        ] {
            let refused = outside.address("url", text).unwrap_err();
            assert_eq!(refused.fields.first().map(|f| f.code), Some(code), "{text}");
        }
        for good in ["https://example.com", "https://example.com:8443/a?b=c", "https://1.1.1.1/"] {
            outside.address("url", good).unwrap();
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_asked() {
        // No test may depend on a resolver: this name is in every hosts file, and passes the first check by not being `localhost`.
        let outside = Outside::default();
        let url = Url::parse("https://127.0.0.1:1/").unwrap();
        let found = outside.addresses(&url, "127.0.0.1").await.unwrap_err();
        assert_eq!(found.code, "outside_refused");
        let by_name = Url::parse("https://localhost:1/").unwrap();
        assert_eq!(outside.addresses(&by_name, "localhost").await.unwrap_err().code, "outside_refused", "after it was looked up");
        assert_eq!(outside.post(&url, "text/plain", Vec::new()).await.unwrap_err().kind, ErrorKind::Validation);
    }
}
