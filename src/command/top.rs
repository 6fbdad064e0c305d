//! `firstword top`: the live page's figures in a terminal, from the private port of any running
//! server.
//!
//! Reads `/stats` once a second and draws it with plain ANSI. Names of calls come from outside, so
//! nothing is printed that could steer a terminal.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::telemetry::window::{COLUMN_MS, COLUMNS_MAX, row_end_us};

use super::ask::{self, Limits};

/// A server that is well answers in milliseconds, even while it renders for Prometheus. A quarter of an
/// hour of columns and 200 turns are under 100 KB.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(3),
    bytes: 4 * 1024 * 1024,
};

const SECOND: Duration = Duration::from_secs(1);

/// Cells of a bar; the budget is its middle.
const BAR: usize = 40;

/// Turns that are listed.
const TURNS: usize = 12;

/// Whether the figures are drawn again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Once,
    Live,
}

/// Draws until it is ended, or once.
///
/// # Errors
/// When the server does not answer or the terminal is gone.
pub fn run(admin: SocketAddr, mode: Mode, mut out: impl Write) -> io::Result<()> {
    loop {
        let text = screen(&stats(admin)?);
        match mode {
            Mode::Once => return out.write_all(text.as_bytes()),
            // Home, the text with each line's rest cleared, then what is below.
            Mode::Live => write!(out, "\x1b[H{}\x1b[J", text.replace('\n', "\x1b[K\n"))?,
        }
        out.flush()?;
        thread::sleep(SECOND);
    }
}

fn stats(admin: SocketAddr) -> io::Result<Value> {
    let answer = ask::get(admin, "/stats", LIMITS)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    if head.split(' ').nth(1) != Some("200") {
        let status = ask::status(head);
        return Err(io::Error::other(format!(
            "{admin} answered: {status}; is it the private port (server.admin_listen)?"
        )));
    }
    serde_json::from_str(body).map_err(io::Error::other)
}

/// One picture of the figures.
pub fn screen(stats: &Value) -> String {
    let figures = &stats["figures"];
    let number = |name: &str| figures[name].as_f64().unwrap_or(0.0);
    let budget_us = stats["budget_us"].as_u64().unwrap_or(0);
    let moment = |name: &str| stats[name].as_u64().unwrap_or(0);
    // The clock may have been set back since.
    let up_ms = moment("now_ms").saturating_sub(moment("started_ms"));
    let state = match figures["draining"].as_bool() {
        Some(true) => "draining",
        _ => "serving",
    };
    let mut lines = vec![
        format!(
            "firstword {}   {state}, up {} s   budget {}",
            plain(&stats["version"]),
            up_ms / 1000,
            time(budget_us)
        ),
        String::new(),
        format!(
            "calls {:>6} of {:<8} parked {:<6} turns {:<8} interruptions {:<7} merged {:<6}",
            number("calls_active"),
            number("calls"),
            number("calls_parked"),
            number("turns"),
            number("interruptions"),
            number("merged")
        ),
        format!(
            "model errors {:<5} stale sent {:<7} (counts since the start)",
            number("llm_errors"),
            number("stale_sent")
        ),
        String::new(),
    ];
    lines.extend(shares(stats));
    lines.push(String::new());
    lines.extend(percentiles(stats));
    lines.push(String::new());
    lines.extend(turns(stats, budget_us));
    lines.push(String::new());
    lines.join("\n")
}

/// Answers within the budget, recently and in all: the total alone would hide an outage for hours.
fn shares(stats: &Value) -> Vec<String> {
    let figures = &stats["figures"];
    let count = |name: &str| figures[name].as_f64().unwrap_or(0.0) as u64;
    let (answered, no_answer) = (count("answered"), count("no_answer"));
    let within = figures["within_budget"].as_f64();
    let p95 = stats["latency_us"]["first_chunk"]["p95"].as_u64();
    vec![
        share("", "in budget", "answered", "no answer", "p95"),
        recent(stats, "last minute", 60_000),
        recent(stats, "last 15 min", COLUMNS_MAX as u64 * COLUMN_MS),
        share(
            "since the start",
            &percent(within.filter(|_| answered.max(no_answer) > 0)),
            answered,
            no_answer,
            &some_time(p95.filter(|_| answered > 0)),
        ),
    ]
}

fn share(
    of: &str,
    part: &str,
    answered: impl Display,
    no_answer: impl Display,
    p95: &str,
) -> String {
    format!("{of:<16}{part:>12}{answered:>9}{no_answer:>10}{p95:>10}")
}

/// The same for the last `span_ms`, summed over the columns of the heatmap.
fn recent(stats: &Value, name: &str, span_ms: u64) -> String {
    let width_ms = stats["column_ms"].as_u64().unwrap_or(COLUMN_MS).max(1);
    let now = stats["now_ms"].as_u64().unwrap_or(0) / width_ms;
    let all = stats["columns"].as_array().cloned().unwrap_or_default();
    // Columns without turns are left out, so the newest may be old.
    let is_recent = |column: &&Value| {
        now.saturating_sub(column["at"].as_u64().unwrap_or(0)) < span_ms / width_ms
    };
    let columns: Vec<&Value> = all.iter().filter(is_recent).collect();
    let sum = |name: &str| {
        let counts = columns.iter().filter_map(|column| column[name].as_u64());
        counts.fold(0, u64::saturating_add)
    };
    let (answered, no_answer) = (sum("turns"), sum("no_answer"));
    let counted = answered.saturating_add(no_answer);
    let within = answered.saturating_sub(sum("over")) as f64 / counted as f64;
    share(
        name,
        &percent(Some(within).filter(|_| counted > 0)),
        answered,
        no_answer,
        &some_time(p95(&columns, answered)),
    )
}

/// The 95th percentile of the turns of all columns: the upper end of its heatmap row, so at most 9 % too high.
fn p95(columns: &[&Value], turns: u64) -> Option<u64> {
    let mut rows = BTreeMap::<usize, u64>::new();
    let of_columns = columns
        .iter()
        .filter_map(|column| column["rows"].as_array());
    for row in of_columns.flatten() {
        let number = |place: usize| row[place].as_u64().unwrap_or(0);
        let turns = rows.entry(number(0) as usize).or_default();
        *turns = turns.saturating_add(number(1));
    }
    let wanted = turns - turns / 20;
    let mut seen = 0_u64;
    let (row, _) = rows.into_iter().find(|(_, turns)| {
        seen = seen.saturating_add(*turns);
        seen >= wanted
    })?;
    let slowest = columns.iter().filter_map(|column| column["max"].as_u64());
    Some(row_end_us(row).min(slowest.max()?))
}

fn percentiles(stats: &Value) -> Vec<String> {
    const COLUMNS: [&str; 7] = ["p50", "p90", "p95", "p99", "p999", "p9999", "max"];
    let head: String = ["p50", "p90", "p95", "p99", "p99.9", "p99.99", "max"]
        .iter()
        .map(|name| format!("{name:>10}"))
        .collect();
    let mut lines = vec![format!("{:<16}{:>9}{head}", "since the start", "count")];
    let stages = stats["stages"].as_array().cloned().unwrap_or_default();
    let stages = stages.iter().filter_map(Value::as_str);
    let names = ["first_chunk", "first_piece", "overhead", "cancel"];
    for name in names.into_iter().chain(stages) {
        let of = &stats["latency_us"][name];
        let values: String = COLUMNS
            .iter()
            .map(|column| format!("{:>10}", time(of[column].as_u64().unwrap_or(0))))
            .collect();
        let count = of["count"].as_u64().unwrap_or(0);
        lines.push(format!("{:<16}{count:>9}{values}", ask::plain(name)));
    }
    lines
}

fn turns(stats: &Value, budget_us: u64) -> Vec<String> {
    let turns = stats["turns"].as_array().cloned().unwrap_or_default();
    let mut lines = vec![format!(
        "latest answers {:>7} {:>10}  . ours  # the model  = the chunker  | the budget",
        "ago", "1st chunk"
    )];
    let now_ms = stats["now_ms"].as_u64().unwrap_or(0);
    for turn in turns.iter().rev().take(TURNS) {
        let sid: String = plain(&turn["sid"]).chars().rev().take(8).collect();
        let sid: String = sid.chars().rev().collect();
        let over = if turn["over"] == true { "over" } else { "" };
        lines.push(format!(
            "{sid:>8} {:>4} {:>8} {:>10}  {} {over}",
            turn["turn"].as_u64().unwrap_or(0),
            age(now_ms.saturating_sub(turn["at_ms"].as_u64().unwrap_or(now_ms))),
            time(turn["first_chunk"].as_u64().unwrap_or(0)),
            bar(turn, budget_us)
        ));
    }
    lines
}

/// The stages of a turn, as cells of twice the budget.
fn bar(turn: &Value, budget_us: u64) -> String {
    let cell_us = (budget_us / (BAR as u64 / 2)).max(1);
    let stages = turn["stages"].as_array().cloned().unwrap_or_default();
    let stages: Vec<u64> = stages.iter().filter_map(Value::as_u64).collect();
    (0..BAR)
        .map(|cell| {
            let at = (cell as u64).saturating_mul(cell_us);
            let mut end = 0_u64;
            let stage = stages.iter().position(|took| {
                end = end.saturating_add(*took);
                at < end
            });
            match stage {
                _ if cell == BAR / 2 => '|',
                Some(2 | 3) => '#',
                Some(4) => '=',
                Some(_) => '.',
                None => ' ',
            }
        })
        .collect()
}

fn plain(value: &Value) -> String {
    ask::plain(value.as_str().unwrap_or("-"))
}

fn percent(part: Option<f64>) -> String {
    part.map_or("-".to_owned(), |part| format!("{:.2} %", part * 100.0))
}

fn some_time(us: Option<u64>) -> String {
    us.map_or("-".to_owned(), time)
}

fn age(ms: u64) -> String {
    match ms / 1_000 {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

fn time(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} us"),
        1_000..10_000 => format!("{:.2} ms", us as f64 / 1e3),
        10_000..10_000_000 => format!("{:.0} ms", us as f64 / 1e3),
        _ => format!("{:.1} s", us as f64 / 1e6),
    }
}
