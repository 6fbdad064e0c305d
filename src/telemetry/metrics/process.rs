//! The process's own figures under the names that Prometheus's client libraries use.
//!
//! Read from `/proc/self` when somebody asks; elsewhere than on Linux there is only the start. Its files are
//! opened once, so that there are figures when no descriptor is left. Nothing else of `/proc` is read: the
//! unit in `deploy/` hides it. The CPU time is a fraction of a second, which the counters of the `metrics`
//! crate cannot hold.

use std::fmt::Write;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;

/// Ticks a second in `/proc/self/stat`: `USER_HZ`, which Linux fixes at 100 for programs.
const TICKS: f64 = 100.0;

/// Linux's number for a process that has as many descriptors as it may have.
const EMFILE: i32 = 24;

#[derive(Debug)]
pub struct Process {
    stat: Option<File>,
    status: Option<File>,
    limits: Option<File>,
    started_ms: u64,
}

type Figure = (&'static str, &'static str, &'static str, Option<f64>);

impl Process {
    /// This process, which has run since `started_ms`.
    pub fn new(started_ms: u64) -> Self {
        let open = |path| File::open(path).ok();
        Self {
            stat: open("/proc/self/stat"),
            status: open("/proc/self/status"),
            limits: open("/proc/self/limits"),
            started_ms,
        }
    }

    /// Appends the figures that can be known to a rendered text.
    pub fn render(&self, text: &mut String) {
        for (name, kind, help, value) in self.figures() {
            let Some(value) = value else { continue };
            // Writing to memory cannot fail.
            let _ = write!(
                text,
                "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n\n"
            );
        }
    }

    fn figures(&self) -> [Figure; 7] {
        let stat = read(self.stat.as_ref());
        let stat = stat.as_deref();
        let status = read(self.status.as_ref());
        let limits = read(self.limits.as_ref());
        let limit = limits.as_deref().map(|limits| match soft_limit(limits) {
            Some(max) => max as f64,
            None => f64::INFINITY,
        });
        let ticks = field(stat, 14).zip(field(stat, 15));
        [
            (
                "process_cpu_seconds_total",
                "counter",
                "CPU time, user and system",
                ticks.map(|(user, system)| (user + system) / TICKS),
            ),
            (
                "process_resident_memory_bytes",
                "gauge",
                "Memory that is in RAM",
                status.as_deref().and_then(resident_bytes),
            ),
            (
                "process_virtual_memory_bytes",
                "gauge",
                "Memory that is addressed",
                field(stat, 23),
            ),
            (
                "process_open_fds",
                "gauge",
                "Open file descriptors",
                descriptors(limit),
            ),
            (
                "process_max_fds",
                "gauge",
                "Most file descriptors that may be open",
                limit,
            ),
            ("process_threads", "gauge", "Threads", field(stat, 20)),
            (
                "process_start_time_seconds",
                "gauge",
                "When the process started, in seconds since 1970",
                Some(self.started_ms as f64 / 1e3),
            ),
        ]
    }
}

/// What the file says now.
fn read(file: Option<&File>) -> Option<String> {
    // Ten times what Linux writes, so that one read gets all of it: two could be of different moments.
    let mut bytes = vec![0; 16 * 1024];
    let length = file?.read_at(&mut bytes, 0).ok()?;
    bytes.truncate(length);
    String::from_utf8(bytes).ok()
}

/// A field of `stat` by its number in proc(5), which counts from 1.
fn field(stat: Option<&str>, number: usize) -> Option<f64> {
    // The second field is the name, which may hold spaces and brackets. Field 3 follows its last bracket.
    let (_, numbers) = stat?.rsplit_once(')')?;
    numbers.split_whitespace().nth(number - 3)?.parse().ok()
}

fn resident_bytes(status: &str) -> Option<f64> {
    let mut lines = status.lines();
    let resident = lines.find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = resident.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024.0)
}

/// How many are open. Counting needs one more; if that fails, the limit has been reached.
fn descriptors(limit: Option<f64>) -> Option<f64> {
    match fs::read_dir("/proc/self/fd") {
        Ok(entries) => Some(entries.count() as f64),
        Err(error) if error.raw_os_error() == Some(EMFILE) => limit,
        Err(_) => None,
    }
}

/// The soft limit of descriptors; `None` if there is none.
pub fn descriptors_max() -> Option<usize> {
    soft_limit(&fs::read_to_string("/proc/self/limits").ok()?)
}

fn soft_limit(limits: &str) -> Option<usize> {
    let mut lines = limits.lines();
    let line = lines.find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}
