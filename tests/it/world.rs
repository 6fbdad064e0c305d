//! A small world for the tests of the whole server: a relay, the server, a model.
//!
//! Two kinds, never both in one test. `World` has real sockets on loopback, real time and deadlines
//! that only a failure reaches. `pipe` runs one call in memory, with virtual time and a model that
//! the test plays itself.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use firstword::config::Config;
use firstword::net::server::Server;
use firstword::sim::answer::{Answer, Asked, Mind, Step};
use firstword::sim::model::Model;

pub mod http;
pub mod http2;
pub mod phone;
pub mod pipe;
pub mod process;
pub mod raw;
pub mod script;

/// A real server and a model that is not real. Dropping it ends both.
pub struct World {
    pub server: Server,
    pub model: Model,
}

impl World {
    pub async fn start(mind: impl Mind) -> Self {
        Self::with(mind, "", &[]).await
    }

    /// With a configuration file's text and variables of the environment.
    pub async fn with(mind: impl Mind, file: &str, variables: &[(&str, &str)]) -> Self {
        let model = Model::start(free(), mind).await.expect("a free port");
        let server = start(&config(&model.base_url(), file, variables));
        Self { server, model }
    }

    pub fn relay_url(&self) -> String {
        format!("ws://{}/relay", self.server.public)
    }

    /// What Prometheus would read now.
    pub async fn metrics(&self) -> Metrics {
        let answer = http::get(self.server.private, "/metrics").await;
        assert_eq!(answer.status, 200);
        Metrics(answer.body)
    }

    /// Waits until a series has a value.
    pub async fn until(&self, series: &str, value: f64) {
        while self.metrics().await.value(series) != value {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

pub fn start(config: &Config) -> Server {
    Server::start(config).expect("free ports and a sound configuration")
}

/// A configuration for loopback with one serving thread and no journal, unless said otherwise.
pub fn config(base_url: &str, file: &str, variables: &[(&str, &str)]) -> Config {
    let ours = [
        ("FIRSTWORD_LISTEN", "127.0.0.1:0"),
        ("FIRSTWORD_ADMIN_LISTEN", "127.0.0.1:0"),
        ("FIRSTWORD_SERVER_THREADS", "1"),
        ("FIRSTWORD_JOURNAL_CONTENT", "off"),
        ("OPENAI_BASE_URL", base_url),
    ];
    let find = |name: &str| {
        let mut all = variables.iter().chain(&ours);
        let (_, value) = all.find(|(known, _)| *known == name)?;
        Some((*value).to_owned())
    };
    Config::parse(file, find).expect("the test's configuration is sound")
}

pub fn free() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// A rendered page of metrics.
pub struct Metrics(pub String);

impl Metrics {
    /// The value of a series, written as it stands on the page.
    #[track_caller]
    pub fn value(&self, series: &str) -> f64 {
        let mut lines = self.0.lines().filter_map(|line| line.rsplit_once(' '));
        match lines.find(|(name, _)| *name == series) {
            Some((_, value)) => value.parse().expect("values are numbers"),
            None => panic!("{series} is not on the page:\n{}", self.0),
        }
    }

    #[track_caller]
    pub fn check(&self, expected: &[(&str, f64)]) {
        let found: Vec<_> = expected
            .iter()
            .map(|(series, _)| (*series, self.value(series)))
            .collect();
        assert_eq!(found, expected);
    }

    /// No chunk of a dead turn got as far as the write point, let alone past it.
    #[track_caller]
    pub fn check_no_stale(&self) {
        self.check(&[
            ("firstword_stale_chunks_sent_total", 0.0),
            (
                r#"firstword_stale_chunks_dropped_total{point="write"}"#,
                0.0,
            ),
        ]);
    }
}

/// Runs a test with real sockets, on the kind of runtime that the server's threads have.
pub fn on_runtime(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let test = async { tokio::time::timeout(DEADLINE, test).await };
    runtime
        .expect("a runtime needs only a few descriptors")
        .block_on(test)
        .expect("it hangs");
}

/// Only a failure reaches it.
const DEADLINE: Duration = Duration::from_secs(40);

/// Waits until something is so; the test's own deadline is the limit.
pub async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A mind that says the same each time, its pieces `gap_ms` apart.
pub fn says(text: &'static str, gap_ms: u64) -> impl Mind {
    move |_: &Asked| Answer::say(text, ms(gap_ms))
}

/// A mind that gives one answer after the other, and the last one for ever.
pub fn answers(all: Vec<Answer>) -> impl Mind {
    move |asked: &Asked| all[asked.number.min(all.len() - 1)].clone()
}

/// A whole answer of these pieces, all at once.
pub fn at_once(pieces: &[&str]) -> Answer {
    let pieces = pieces.iter().map(|piece| Step::Piece((*piece).to_owned()));
    Answer::Stream(pieces.chain([Step::Finish("stop"), Step::Done]).collect())
}

/// Pieces, and then nothing more until the client goes.
pub fn hangs_after(pieces: &[&str]) -> Answer {
    let pieces = pieces.iter().map(|piece| Step::Piece((*piece).to_owned()));
    Answer::Stream(pieces.chain([Step::Hang]).collect())
}
