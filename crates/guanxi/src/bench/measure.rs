//! Time, medians and what the system says about processes.

use std::time::{Duration, Instant};

/// Runs something and says how long it took.
pub(crate) async fn timed<T>(work: impl Future<Output = T>) -> (T, f64) {
    let began = now();
    let done = work.await;
    (done, (now() - began).as_secs_f64())
}

/// The time since the program's first question for it.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn now() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    START.elapsed()
}

/// The middle value; of an even count the mean of the two in the middle. 0 for none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[n / 2],
        n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

/// The value that `share` (0–1) of the values do not exceed.
pub(crate) fn quantile(sorted: &[u32], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).map_or(0.0, |v| f64::from(*v))
}

/// A process's processor time in milliseconds.
pub(crate) fn cpu_ms(pid: u32) -> f64 {
    times_ms(pid).0
}

/// A process's processor time in milliseconds, and that of its children that have ended.
fn times_ms(pid: u32) -> (f64, f64) {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name is in brackets and may hold anything; the fields after it are counted from 3.
    let fields: Vec<&str> = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
    // utime, stime, cutime and cstime in clock ticks; Linux reports 100 a second to user space.
    ((ticks(11) + ticks(12)) * 10.0, (ticks(13) + ticks(14)) * 10.0)
}

/// Processor time in milliseconds of all PostgreSQL processes of this machine, those that have ended included.
pub(crate) fn postgres_cpu_ms() -> f64 {
    let pids = std::fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|c| c.trim() == "postgres"))
        .map(times_ms)
        .map(|(own, children)| own + children)
        .sum()
}

/// A line of `/proc/PID/status` in MB: `VmRSS` (memory now) or `VmHWM` (the most there was).
pub(crate) fn memory_mb(pid: u32, line: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kb = text.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(':')?.split_whitespace().next()?.parse::<f64>().ok());
    kb.unwrap_or(0.0) / 1024.0
}

/// The machine in one line.
pub(crate) fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpus.lines().find_map(|l| l.strip_prefix("model name")).map_or("unknown processor", |l| l.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kb = memory.lines().find_map(|l| l.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0);
    format!("{cores} cores of {model}, {:.0} GB of memory", kb / 1024.0 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middles_and_ends() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!((quantile(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.99) - 10.0).abs() < 1e-9);
        assert!(cpu_ms(std::process::id()) >= 0.0 && memory_mb(std::process::id(), "VmRSS") > 0.5);
    }
}
