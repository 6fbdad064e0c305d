//! What the calls of one thread share, as in the server, and one call after the other on it.

use std::rc::Rc;
use std::sync::Arc;

use tokio::task::LocalSet;

use firstword::call::rules::Rules;
use firstword::call::time::CallTime;
use firstword::config::Config;
use firstword::net::worker::Worker;
use firstword::telemetry::latency::Latency;
use firstword::telemetry::metrics::Metrics;

use crate::relay::Relay;
use crate::script::Script;

use super::faults::Fault;
use super::log::{Log, Seen};
use super::model::Scripted;
use super::world::World;

pub struct Bench {
    worker: Rc<Worker<Scripted>>,
    metrics: Arc<Metrics>,
    _latency: Latency,
}

impl Bench {
    pub fn new() -> Self {
        let file = "[latency]\ntimelines = \"off\"\n[journal]\ncontent = \"off\"";
        let config = Config::parse(file, |_| None).expect("a sound configuration");
        let metrics = Arc::new(Metrics::new(&config));
        let latency = Latency::start(Arc::clone(&metrics)).expect("a thread");
        let worker = Rc::new(Worker::new(
            &config,
            Scripted::default(),
            Arc::clone(&metrics),
            latency.samples(),
            None,
            Arc::default(),
        ));
        Self {
            worker,
            metrics,
            _latency: latency,
        }
    }

    /// Gauges that are not where they were before the first call.
    pub fn gauges(&self) -> Vec<String> {
        let page = self.metrics.render();
        let lines = page.lines().filter(|line| {
            let mut words = line.split(' ');
            let name = words.next().unwrap_or_default();
            GAUGES.contains(&name) && words.next() != Some("0")
        });
        lines.map(str::to_owned).collect()
    }

    /// Plays a script to its end and gives what was seen.
    pub fn play(&mut self, script: &Script, fault: Option<Fault>) -> Played {
        let rules = script.knobs.rules();
        // Nothing of the call before is left, or `play` would have said so.
        let worker = Rc::get_mut(&mut self.worker).expect("no call is up");
        worker.rules = Rc::new(rules.clone());
        worker.drain = Rc::default();
        worker.switchboard = Arc::default();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("it needs no descriptors");
        let local = LocalSet::new();
        let worker = Rc::clone(&self.worker);
        let (log, left) = local.block_on(&runtime, async {
            let log = Log::begin();
            worker.model.begin(log.clone(), fault);
            let relay = Relay::new(script.knobs.get("voice_rate"));
            let mut world = World::new(worker, log.clone(), rules.clone(), relay, fault);
            for step in &script.steps {
                world.take(step.wait, &step.act).await;
            }
            let left = world.end().await;
            (log, left)
        });
        drop(local);
        drop(runtime);
        self.worker.model.end();
        if Rc::strong_count(&self.worker) > 1 {
            // It must not harm the next call.
            *self = Self::new();
        }
        Played {
            rules,
            seen: log.all(),
            left,
        }
    }
}

const GAUGES: [&str; 3] = [
    "firstword_calls_active",
    "firstword_calls_parked",
    "firstword_llm_streams_active",
];

/// All that there was to see of a call.
pub struct Played {
    pub rules: Rules,
    pub seen: Vec<(CallTime, Seen)>,
    pub left: Left,
}

/// What a call has left behind.
#[derive(Clone, Debug, Default)]
pub struct Left {
    /// The relay was connected at the end of the script, and the world came to rest.
    pub calm_from: Option<CallTime>,
    pub calm_to: Option<CallTime>,
    /// Handles of what the calls of a thread share, without our own.
    pub handles: usize,
    pub is_known: bool,
}
