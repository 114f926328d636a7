//! A small HTTP/1.1 client that keeps its connections, and a load of requests over several of them. The same client measures both
//! sides of every ratio.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::measure::{now, quantile};
use crate::demo::rng::Rng;
use crate::failure::Failure;

/// A connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers' names and values.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: &str) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(64 << 10) })
    }

    /// Sends a request and reads its answer, without its headers.
    pub(crate) async fn send(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.exchange(request, false).await
    }

    /// Sends a request and reads its answer; `whole`: with its headers.
    pub(crate) async fn exchange(&mut self, request: &[u8], whole: bool) -> std::io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let text = std::str::from_utf8(&self.buffer[..head]).map_err(|_| broken("head"))?;
        let status = text.get(9..12).and_then(|s| s.parse().ok()).ok_or_else(|| broken("status"))?;
        let header = |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        let headers = if whole { text.lines().filter_map(header).collect() } else { Vec::new() };
        let length = text.lines().filter_map(|l| l.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length: usize = length.and_then(|(_, n)| n.trim().parse().ok()).unwrap_or(0);
        while self.buffer.len() < head + length {
            self.more().await?;
        }
        Ok(Answer { status, headers, body: self.buffer[head..head + length].to_vec() })
    }

    async fn more(&mut self) -> std::io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(broken("end")),
            _ => Ok(()),
        }
    }
}

fn broken(what: &str) -> std::io::Error {
    std::io::Error::other(format!("the answer is broken: {what}"))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

/// A GET request.
pub(crate) fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\naccept: application/json\r\n\r\n").into_bytes()
}

/// A POST request with a JSON body.
pub(crate) fn post(path: &str, token: &str, body: &str) -> Vec<u8> {
    with_body("POST", path, token, body)
}

/// A PATCH request with a JSON body.
pub(crate) fn patch(path: &str, token: &str, body: &str) -> Vec<u8> {
    with_body("PATCH", path, token, body)
}

fn with_body(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\naccept: application/json\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A text as part of a URL's query.
pub(crate) fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// What a load gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Load {
    /// Requests a second.
    pub(crate) rate: f64,
    /// Requests answered in the time.
    pub(crate) requests: u64,
    /// The 50th and the 99th of a hundred answer times, in milliseconds.
    pub(crate) p50_ms: f64,
    /// See `p50_ms`.
    pub(crate) p99_ms: f64,
}

/// Sends requests over `connections` connections for some time, each as soon as the one before is answered.
pub(crate) async fn load<M>(address: &str, connections: usize, time: Duration, expected: u16, make: M) -> Result<Load, Failure>
where
    M: Fn(&mut Rng) -> Vec<u8> + Clone + Send + 'static,
{
    let began = now();
    let end = began + time;
    let mut tasks = Vec::new();
    for seed in 0..connections {
        let (address, make) = (address.to_owned(), make.clone());
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let mut rng = Rng::new(now().as_nanos() as u64).fork(seed as u64);
            let mut times = Vec::new();
            while now() < end {
                let request = make(&mut rng);
                let sent = now();
                let answer = connection.send(&request).await?;
                if answer.status != expected {
                    return Err(broken(&format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body))));
                }
                times.push(u32::try_from((now() - sent).as_micros()).unwrap_or(u32::MAX));
            }
            Ok(times)
        }));
    }
    let mut times: Vec<u32> = Vec::new();
    for task in tasks {
        let done = task.await.map_err(|e| Failure::new(e.to_string()))?;
        times.extend(done.map_err(|e| Failure::new(format!("load on {address}: {e}")))?);
    }
    let seconds = (now() - began).as_secs_f64();
    times.sort_unstable();
    Ok(Load {
        rate: times.len() as f64 / seconds,
        requests: times.len() as u64,
        p50_ms: quantile(&times, 0.5) / 1000.0,
        p99_ms: quantile(&times, 0.99) / 1000.0,
    })
}
