//! `firstword top`: the live page's figures in a terminal, from the private port of any running
//! server.
//!
//! Reads `/stats` once a second and draws it with plain ANSI. Names of calls come from outside, so
//! nothing is printed that could steer a terminal.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use serde_json::Value;

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
            "in budget {:>6.2} %    no answer {:<5} model errors {:<5} stale sent {}",
            number("within_budget") * 100.0,
            number("no_answer"),
            number("llm_errors"),
            number("stale_sent")
        ),
        String::new(),
    ];
    lines.extend(percentiles(stats));
    lines.push(String::new());
    lines.extend(turns(stats, budget_us));
    lines.push(String::new());
    lines.join("\n")
}

fn percentiles(stats: &Value) -> Vec<String> {
    const COLUMNS: [&str; 7] = ["p50", "p90", "p95", "p99", "p999", "p9999", "max"];
    let head: String = ["p50", "p90", "p95", "p99", "p99.9", "p99.99", "max"]
        .iter()
        .map(|name| format!("{name:>10}"))
        .collect();
    let mut lines = vec![format!("{:<16}{:>9}{head}", "", "count")];
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
        "latest turns    {:>9}  . ours  # the model  = the chunker  | the budget",
        "1st chunk"
    )];
    for turn in turns.iter().rev().take(TURNS) {
        let sid: String = plain(&turn["sid"]).chars().rev().take(8).collect();
        let sid: String = sid.chars().rev().collect();
        let over = if turn["over"] == true { "over" } else { "" };
        lines.push(format!(
            "{sid:>8} {:>4}   {:>9}  {} {over}",
            turn["turn"].as_u64().unwrap_or(0),
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

fn time(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} us"),
        1_000..10_000 => format!("{:.2} ms", us as f64 / 1e3),
        10_000..10_000_000 => format!("{:.0} ms", us as f64 / 1e3),
        _ => format!("{:.1} s", us as f64 / 1e6),
    }
}
