//! The process's own figures under the names that Prometheus's client libraries use.
//!
//! Read from `/proc/self` when somebody asks; elsewhere than on Linux there are none. Nothing else of `/proc`
//! is read: the unit in `deploy/` hides it. The CPU time is a fraction of a second, which the counters of
//! the `metrics` crate cannot hold.

use std::fmt::Write;
use std::fs;

/// Ticks a second in `/proc/self/stat`: `USER_HZ`, which Linux fixes at 100 for programs.
const TICKS: f64 = 100.0;

/// Appends the figures of a process that has run since `started_ms` to a rendered text.
pub fn render(text: &mut String, started_ms: u64) {
    for (name, kind, help, value) in figures(started_ms).into_iter().flatten() {
        // Writing to memory cannot fail.
        let _ = write!(
            text,
            "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n\n"
        );
    }
}

type Figure = (&'static str, &'static str, &'static str, f64);

fn figures(started_ms: u64) -> Option<[Figure; 7]> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name in front may hold spaces and brackets; behind it are numbers only.
    let (_, stat) = stat.rsplit_once(')')?;
    let stat: Vec<&str> = stat.split_whitespace().collect();
    // proc(5) counts from 1, and the first field here is its third.
    let field = |number: usize| stat.get(number - 3)?.parse::<f64>().ok();
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let resident_kib = resident.trim().strip_suffix(" kB")?.parse::<f64>().ok()?;
    let descriptors = fs::read_dir("/proc/self/fd").ok()?.count();
    Some([
        (
            "process_cpu_seconds_total",
            "counter",
            "CPU time, user and system",
            (field(14)? + field(15)?) / TICKS,
        ),
        (
            "process_resident_memory_bytes",
            "gauge",
            "Memory that is in RAM",
            resident_kib * 1024.0,
        ),
        (
            "process_virtual_memory_bytes",
            "gauge",
            "Memory that is addressed",
            field(23)?,
        ),
        (
            "process_open_fds",
            "gauge",
            "Open file descriptors",
            descriptors as f64,
        ),
        (
            "process_max_fds",
            "gauge",
            "Most file descriptors that may be open",
            descriptors_max().map_or(f64::INFINITY, |max| max as f64),
        ),
        ("process_threads", "gauge", "Threads", field(20)?),
        (
            "process_start_time_seconds",
            "gauge",
            "When the process started, in seconds since 1970",
            started_ms as f64 / 1e3,
        ),
    ])
}

/// The soft limit; `None` if there is none.
pub fn descriptors_max() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}
