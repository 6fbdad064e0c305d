//! `firstword demo`: the real server with a built-in model and simulated callers, for a first look.
//!
//! Everything talks over real sockets on loopback, at the speed of life: the prospect of the
//! founding post answers, callers interrupt, object and book. No account and no key is needed.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep_until};

use crate::command::serve::Signals;
use crate::config::{Config, Content, Timelines, Url};
use crate::net::server::{Server, StartError};
use crate::output;
use crate::sim::caller::{CallReport, Caller, Ended, Habits};
use crate::sim::model::Model;
use crate::sim::prospect::Prospect;
use crate::telemetry::figures::Figures;

/// What the arguments say.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Ends by itself after this long; without it, at Ctrl-C.
    pub lasts: Option<Duration>,
    /// Picks what callers and prospect say and do. Times are real, so figures differ from run to run.
    pub seed: u64,
    pub callers: u64,
    /// Where full journals go; without it, none are written.
    pub journal_dir: Option<PathBuf>,
    /// The built-in model is killed at the first moment and back at the second.
    pub outage: Option<(Duration, Duration)>,
}

/// When a port is busy, this many next ones are tried.
const PORTS_TRIED: u16 = 20;

/// Between two calls of the same caller.
const REDIAL: Duration = Duration::from_millis(500);

/// How long the last calls may take to close once the callers have hung up.
const GRACE: Duration = Duration::from_secs(2);

/// What all calls of the demo's callers add up to.
#[derive(Debug, Default)]
struct Tally {
    calls: u64,
    dropped: u64,
    stale: u64,
}

impl Tally {
    fn add(&mut self, report: &CallReport) {
        self.calls += 1;
        self.dropped += u64::from(matches!(report.ended, Ended::Dropped(_)));
        self.stale += u64::from(report.stale);
    }
}

/// Runs the demo to its end.
///
/// # Errors
/// When no port is free or a folder cannot be made.
pub fn run(demo: &Demo) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(show(demo))
}

async fn show(demo: &Demo) -> Result<(), Box<dyn Error>> {
    let model = Model::start(loopback(0), Prospect::new(demo.seed)).await?;
    // Of the environment, only where traces shall go: a first look at those, too.
    let traced = |name: &str| name.starts_with("OTEL_").then(|| std::env::var(name).ok());
    let mut config = Config::parse("", |name| traced(name).flatten())?;
    config.models[0].base_url = Url::new(model.base_url());
    config.models[0].name = "prospect".to_owned();
    config.journal.content = Content::Off;
    config.latency.timelines = Timelines::Words;
    if let Some(dir) = &demo.journal_dir {
        config.journal.content = Content::Full;
        config.journal.dir.clone_from(dir);
    }
    let server = start(config)?;
    announce(demo, &server, &model);

    let (stop, stopped) = watch::channel(());
    let mut callers = JoinSet::new();
    for number in 0..demo.callers {
        let url = format!("ws://{}/relay", server.public);
        callers.spawn(keep_calling(url, demo.seed, number, stopped.clone()));
    }
    watch_it(demo, &server, &model).await?;
    drop(stop);
    let mut tally = Tally::default();
    while let Some(theirs) = callers.join_next().await {
        let Tally {
            calls,
            dropped,
            stale,
        } = theirs?;
        tally.calls += calls;
        tally.dropped += dropped;
        tally.stale += stale;
    }
    finish(demo, server, &tally).await
}

/// Starts the server on the usual ports, or on the next free ones.
fn start(mut config: Config) -> Result<Server, StartError> {
    let (public, private) = (
        config.server.listen.port(),
        config.server.admin_listen.port(),
    );
    let mut step = 0;
    loop {
        config.server.listen.set_port(public + step);
        config.server.admin_listen.set_port(private + step);
        match Server::start(&config) {
            Err(StartError::Bind(..)) if step < PORTS_TRIED => step += 1,
            started => return started,
        }
    }
}

fn announce(demo: &Demo, server: &Server, model: &Model) {
    output::line(format_args!("relay    ws://{}/relay", server.public));
    output::line(format_args!("live     http://{}/", server.private));
    output::line(format_args!("metrics  http://{}/metrics", server.private));
    output::line(format_args!("model    {} (built in)", model.base_url()));
    if let Some(dir) = &demo.journal_dir {
        output::line(format_args!("journals {}", dir.display()));
    }
    output::line(format_args!(
        "{} callers; talk yourself: firstword call ws://{}/relay",
        demo.callers, server.public
    ));
}

/// One person who calls again and again.
async fn keep_calling(url: String, seed: u64, number: u64, stopped: watch::Receiver<()>) -> Tally {
    let mut tally = Tally::default();
    let mut calls = 0;
    while stopped.has_changed().is_ok() {
        // Seeds of one caller are a thousand apart from the next one's, so no two calls are alike.
        let seed = seed
            .wrapping_mul(1_000_000)
            .wrapping_add(number * 1_000 + calls);
        let caller = Caller {
            url: url.clone(),
            seed,
            habits: Habits::default(),
        };
        tally.add(&caller.run(until_stopped(stopped.clone()), |_| ()).await);
        calls += 1;
        tokio::select! {
            () = tokio::time::sleep(REDIAL) => {}
            () = until_stopped(stopped.clone()) => {}
        }
    }
    tally
}

/// Ready when the sending end has been dropped.
async fn until_stopped(mut stopped: watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}

/// Prints a line a second until the demo's time is up, somebody ends it, or nobody reads any more.
async fn watch_it(demo: &Demo, server: &Server, model: &Model) -> std::io::Result<()> {
    let begun = Instant::now();
    let at = |moment: Option<Duration>| async move {
        match moment {
            Some(moment) => sleep_until(begun + moment).await,
            None => std::future::pending().await,
        }
    };
    let end = at(demo.lasts);
    let outage = async {
        at(demo.outage.map(|(from, _)| from)).await;
        model.kill().await;
        output::line("the model is down");
        at(demo.outage.map(|(_, to)| to)).await;
        let revived = model.revive().await;
        output::line("the model is back");
        revived
    };
    let mut signals = Signals::listen()?;
    let mut seconds = interval(Duration::from_secs(1));
    tokio::pin!(end, outage);
    let mut is_outage_over = false;
    loop {
        tokio::select! {
            () = &mut end => return Ok(()),
            () = signals.next() => return Ok(()),
            revived = &mut outage, if !is_outage_over => {
                is_outage_over = true;
                revived?;
            }
            _ = seconds.tick() => output::try_line(line(server, begun.elapsed()))?,
        }
    }
}

fn line(server: &Server, elapsed: Duration) -> String {
    let now = Figures::read(&server.metrics.render());
    let ttfc = server.latency.snapshot().first_chunk;
    let ms = |micros: u64| micros as f64 / 1e3;
    format!(
        "{:>4} s  calls {:>3} of {:<4} turns {:<5} interruptions {:<4} \
         first chunk p50 {:>6.1} p95 {:>6.1} p99 {:>6.1} ms  in budget {:>5.1} %",
        elapsed.as_secs(),
        now.calls_active,
        now.calls,
        now.turns,
        now.interruptions,
        ms(ttfc.p50),
        ms(ttfc.p95),
        ms(ttfc.p99),
        now.within_budget * 100.0,
    )
}

/// The server's metrics as anybody would read them.
async fn scrape(server: &Server) -> reqwest::Result<String> {
    // A proxy of the environment leads away from this machine.
    let client = reqwest::Client::builder().no_proxy().build()?;
    let url = format!("http://{}/metrics", server.private);
    let answer = client.get(url).send().await?.error_for_status()?;
    answer.text().await
}

/// Waits for the last call and prints what it all came to, as one line of JSON. Its counters are
/// read over HTTP, so that the line says what `/metrics` says.
async fn finish(demo: &Demo, server: Server, tally: &Tally) -> Result<(), Box<dyn Error>> {
    let deadline = Instant::now() + GRACE;
    let is_talking = || Figures::read(&server.metrics.render()).calls_active > 0.0;
    while is_talking() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let now = Figures::read(&scrape(&server).await?);
    let snapshot = server.latency.snapshot();
    let summary = |of: crate::telemetry::hdr::Summary| json!({"count": of.count, "p50": of.p50, "p95": of.p95, "p99": of.p99, "max": of.max});
    output::try_line(json!({
            "seed": demo.seed,
            "calls": now.calls as u64,
            "calls_made": tally.calls,
            "turns": now.turns as u64,
            "turns_answered": now.answered as u64,
            "interruptions": now.interruptions as u64,
            "llm_errors": now.llm_errors as u64,
            "dropped_calls": tally.dropped,
            "stale_chunks_sent": now.stale_sent as u64,
            "stale_chunks_heard": tally.stale,
            "within_budget": now.within_budget,
            "time_to_first_chunk_us": summary(snapshot.first_chunk),
            "chunk_overhead_us": summary(snapshot.overhead),
            "cancel_us": summary(snapshot.cancel),
    }))?;
    tokio::task::spawn_blocking(move || server.stop(GRACE)).await?;
    Ok(())
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
