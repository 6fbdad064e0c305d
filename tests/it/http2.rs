//! Calls whose model speaks HTTP/2 over TLS: the real binary, its real client, a real server.

use std::process::Stdio;
use std::rc::Rc;
use std::time::{Duration, Instant};

use h2::Reason;
use tokio::sync::Barrier;
use tokio::task::LocalSet;

use super::world::http::get;
use super::world::http2::{Act, CERTIFICATE, Model, REPLY, Seen};
use super::world::phone::Phone;
use super::world::process::Process;
use super::world::{Metrics, ms, on_runtime};

/// A server in front of a model.
struct World {
    process: Process,
    model: Model,
}

impl World {
    async fn metrics(&self) -> Metrics {
        Metrics(get(self.process.private, "/metrics").await.body)
    }

    /// Waits until so many requests are over, which is a little after their words were heard, and
    /// checks how they ended.
    async fn requests_are_over(&self, completed: f64, failed: f64) {
        let count = async |outcome: &str| {
            let series = format!("firstword_llm_requests_total{{outcome=\"{outcome}\"}}");
            self.metrics().await.value(&series)
        };
        while count("completed").await + count("error").await < completed + failed {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            (count("completed").await, count("error").await),
            (completed, failed)
        );
    }

    /// A call of its own.
    async fn call(&self, number: usize) -> Phone {
        let url = format!("ws://{}/relay", self.process.public);
        Phone::call_at(&url, &format!("CA{number:032}")).await
    }
}

/// Plays `test` with a model that allows `streams_max` requests at once on a connection.
fn play(streams_max: u32, decide: impl Fn(usize) -> Act + 'static, test: impl AsyncFnOnce(World)) {
    on_runtime(LocalSet::new().run_until(async move {
        let model = Model::start(streams_max, decide).await;
        let base_url = model.base_url();
        let knobs = [
            ("OPENAI_BASE_URL", base_url.as_str()),
            ("SSL_CERT_FILE", CERTIFICATE),
            ("NO_PROXY", "localhost"),
        ];
        let process = Process::serve(&knobs, Stdio::null());
        test(World { process, model }).await;
    }));
}

/// Asks, and hears the reply of the model and no apology.
async fn ask(phone: &mut Phone) -> Duration {
    let before = Instant::now();
    phone.say("Is it open?").await;
    phone.hear(REPLY).await;
    before.elapsed()
}

const CALLS: usize = 5;

/// No reply begins before all requests are there.
fn all_at_once(streams_max: u32) {
    let all = Rc::new(Barrier::new(CALLS));
    let decide = move |_| Act::AnswerTogether(Rc::clone(&all));
    play(streams_max, decide, async |world| {
        let mut phones = Vec::new();
        for number in 0..CALLS {
            let phone = world.call(number).await;
            phone.say("Is it open?").await;
            phones.push(phone);
        }
        for phone in &mut phones {
            phone.hear(REPLY).await;
        }
        world.requests_are_over(5.0, 0.0).await;
    });
}

#[test]
fn all_are_answered_although_a_connection_takes_two_requests_at_once() {
    all_at_once(2);
}

#[test]
fn all_are_answered_although_a_connection_takes_one_request_at_once() {
    all_at_once(1);
}

#[test]
fn a_connection_that_fell_silent_between_two_turns_costs_no_turn() {
    play(
        100,
        |_| Act::Answer,
        async |mut world| {
            let mut phone = world.call(0).await;
            ask(&mut phone).await;
            let first = world.model.asked().await;
            world.model.fall_silent();
            ask(&mut phone).await;
            let second = world.model.asked().await;
            assert!(first < second, "{first} {second}");
            let took = ask(&mut phone).await;
            assert_eq!(world.model.asked().await, second);
            assert!(took < ms(1_000), "{took:?}");
        },
    );
}

/// The first request for a reply meets `act`, all others are answered.
fn only_first(act: Act) -> impl Fn(usize) -> Act + 'static {
    move |number| match number {
        0 => act.clone(),
        _ => Act::Answer,
    }
}

/// A request that met `act` is answered over another connection, and counted once.
fn is_sent_again(act: Act) {
    play(100, only_first(act), async |mut world| {
        let mut phone = world.call(0).await;
        ask(&mut phone).await;
        let first = world.model.asked().await;
        let second = world.model.asked().await;
        assert_ne!(first, second);
        let took = ask(&mut phone).await;
        assert_eq!(world.model.asked().await, second);
        assert!(took < ms(1_000), "{took:?}");
        world.requests_are_over(2.0, 0.0).await;
        let active = "firstword_llm_streams_active";
        world.metrics().await.check(&[(active, 0.0)]);
    });
}

#[test]
fn a_connection_that_falls_silent_during_a_request_costs_no_turn() {
    is_sent_again(Act::Silence);
}

#[test]
fn a_connection_that_breaks_during_a_request_costs_no_turn() {
    is_sent_again(Act::Break);
}

#[test]
fn a_request_that_was_refused_is_sent_again() {
    is_sent_again(Act::Refuse);
}

#[test]
fn a_request_that_is_always_refused_is_sent_twice() {
    play(
        100,
        |_| Act::Refuse,
        async |mut world| {
            let mut phone = world.call(0).await;
            phone.say("Is it open?").await;
            let (apology, _) = phone.chunk().await;
            assert_ne!(apology, REPLY);
            world.model.asked().await;
            world.model.asked().await;
            assert_eq!(world.model.seen_so_far(), []);
            world.requests_are_over(0.0, 1.0).await;
        },
    );
}

#[test]
fn an_interrupt_resets_the_stream_and_keeps_the_connection() {
    play(100, only_first(Act::Hang), async |mut world| {
        let mut phone = world.call(0).await;
        phone.say("Is it open?").await;
        let connection = world.model.asked().await;
        phone.chunk().await;
        let before = Instant::now();
        phone.interrupt("It is", ms(300)).await;
        let (at, reset) = world.model.seen().await;
        let reason = Reason::CANCEL;
        assert_eq!(reset, Seen::Reset { connection, reason });
        let took = at - before;
        assert!(took < ms(1_000), "{took:?}");
        phone.until_pong().await;
        ask(&mut phone).await;
        assert_eq!(world.model.asked().await, connection);
    });
}
