//! The figures of `/metrics` in Prometheus text form: requests and latencies by route, and what the process uses.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use axum::http::{Method, StatusCode};

/// Upper bounds of the latency buckets in microseconds.
const BOUNDS: [u64; 12] = [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000];

const METHODS: [&str; 6] = ["GET", "POST", "PATCH", "PUT", "DELETE", "OTHER"];

/// Figures of one route and method.
#[derive(Default)]
struct Figures {
    /// Answers by the first digit of their status.
    classes: [AtomicU64; 6],
    buckets: [AtomicU64; BOUNDS.len() + 1],
    sum_us: AtomicU64,
}

/// Counters since the process began.
#[derive(Default)]
pub struct Metrics {
    routes: RwLock<HashMap<Box<str>, [Figures; METHODS.len()]>>,
}

impl Metrics {
    /// Counters at zero.
    pub fn new() -> Metrics {
        Metrics::default()
    }

    /// Counts one answer.
    pub fn observe(&self, method: &Method, route: &str, status: StatusCode, elapsed: Duration) {
        let method = METHODS.iter().position(|m| *m == method.as_str()).unwrap_or(METHODS.len() - 1);
        let us = elapsed.as_micros() as u64;
        {
            let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(figures) = routes.get(route) {
                return figures[method].add(status, us);
            }
        }
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        routes.entry(route.into()).or_default()[method].add(status, us);
    }

    /// Writes them in Prometheus text form.
    pub fn write(&self, out: &mut String) {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<_> = routes.keys().collect();
        names.sort();
        let each =
            || names.iter().flat_map(|name| METHODS.iter().zip(&routes[*name]).map(move |(method, figures)| (name, method, figures)));
        out.push_str(
            "# HELP guanxi_http_requests_total Answers by route, method and class of status.\n# TYPE guanxi_http_requests_total counter\n",
        );
        for (route, method, figures) in each() {
            for (class, count) in figures.classes.iter().enumerate() {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    let _ =
                        writeln!(out, "guanxi_http_requests_total{{route=\"{route}\",method=\"{method}\",status=\"{class}xx\"}} {count}");
                }
            }
        }
        out.push_str("# HELP guanxi_http_request_seconds Time until the answer begins.\n# TYPE guanxi_http_request_seconds histogram\n");
        for (route, method, figures) in each() {
            figures.write_histogram(out, route, method);
        }
    }
}

impl Figures {
    fn add(&self, status: StatusCode, us: u64) {
        let class = usize::from(status.as_u16() / 100).min(5);
        self.classes[class].fetch_add(1, Ordering::Relaxed);
        let bucket = BOUNDS.partition_point(|bound| *bound < us);
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    fn write_histogram(&self, out: &mut String, route: &str, method: &str) {
        let total: u64 = self.buckets.iter().map(|b| b.load(Ordering::Relaxed)).sum();
        if total == 0 {
            return;
        }
        let labels = format!("route=\"{route}\",method=\"{method}\"");
        let mut below = 0;
        for (bound, count) in BOUNDS.iter().zip(&self.buckets) {
            below += count.load(Ordering::Relaxed);
            let _ = writeln!(out, "guanxi_http_request_seconds_bucket{{{labels},le=\"{}\"}} {below}", seconds(*bound));
        }
        let _ = writeln!(out, "guanxi_http_request_seconds_bucket{{{labels},le=\"+Inf\"}} {total}");
        let _ = writeln!(out, "guanxi_http_request_seconds_sum{{{labels}}} {}", seconds(self.sum_us.load(Ordering::Relaxed)));
        let _ = writeln!(out, "guanxi_http_request_seconds_count{{{labels}}} {total}");
    }
}

fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// Memory the process holds, in bytes; `None` where the system does not say.
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_upward() {
        let metrics = Metrics::new();
        for us in [100, 250, 251, 9_999_999] {
            metrics.observe(&Method::GET, "/x", StatusCode::OK, Duration::from_micros(us));
        }
        let mut out = String::new();
        metrics.write(&mut out);
        for line in [
            "guanxi_http_requests_total{route=\"/x\",method=\"GET\",status=\"2xx\"} 4",
            "guanxi_http_request_seconds_bucket{route=\"/x\",method=\"GET\",le=\"0.000250\"} 2",
            "guanxi_http_request_seconds_bucket{route=\"/x\",method=\"GET\",le=\"5.000000\"} 3",
            "guanxi_http_request_seconds_bucket{route=\"/x\",method=\"GET\",le=\"+Inf\"} 4",
            "guanxi_http_request_seconds_sum{route=\"/x\",method=\"GET\"} 10.000600",
        ] {
            assert!(out.contains(line), "{line} in\n{out}");
        }
    }
}
