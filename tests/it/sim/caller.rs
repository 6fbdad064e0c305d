//! The caller on a real socket, against a server that the test scripts.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use firstword::sim::caller::{CallReport, Caller, Ended, Habits, Line};
use firstword::sim::relay::RelayClient;
use serde_json::Value;

use super::on_runtime;
use super::relay_server::{Do, serve};

const REPLY: &[(&str, bool)] = &[
    ("Well, it", false),
    (" depends on the", false),
    (" day, doesn't it?", true),
];

fn is_final(frame: &Value) -> bool {
    frame["type"] == "prompt" && frame["last"] == true
}

/// So fast that a turn takes little more than the breath between two turns.
fn quick(interrupt_share: f64) -> Habits {
    let (split_share, digit_share, partials, events) = (0.0, 0.0, false, false);
    Habits {
        interrupt_share,
        split_share,
        digit_share,
        partials,
        events,
        pace: 30.0,
        turns_max: 4,
    }
}

/// Makes a call, in a task of its own as the demo does, and returns its report and what the server
/// got.
async fn call(
    habits: Habits,
    stop: impl Future<Output = ()> + Send + 'static,
    script: impl Fn(&Value) -> Do + Clone + Send + Sync + 'static,
) -> (CallReport, Vec<Value>) {
    let (url, mut told) = serve(script).await;
    let caller = Caller {
        url,
        seed: 9,
        habits,
    };
    let report = tokio::spawn(caller.run(stop, |_| {}))
        .await
        .expect("a caller never panics");
    let mut frames = Vec::new();
    while let Some(frame) = told.recv().await {
        if frame["ping"].is_null() {
            frames.push(frame);
        }
    }
    (report, frames)
}

#[test]
fn a_call_goes_from_setup_to_the_servers_end() {
    on_runtime(async {
        let prompts = Arc::new(AtomicU32::new(0));
        let (report, frames) = call(quick(0.0), pending(), move |frame| match frame {
            _ if !is_final(frame) => Do::Nothing,
            _ if prompts.fetch_add(1, Ordering::Relaxed) == 2 => Do::End,
            _ => Do::Say(REPLY.to_vec()),
        })
        .await;
        assert_eq!(report.ended, Ended::ByServer);
        assert_eq!(
            (report.prompts, report.turns_answered, report.chunks),
            (3, 2, 6)
        );
        assert_eq!((report.interrupts, report.stale), (0, 0));
        assert_eq!(report.time_to_first_chunk.len(), 2);
        let reply = "Well, it depends on the day, doesn't it?".to_owned();
        let agent = Line::Agent {
            sent: reply.clone(),
            heard: reply,
        };
        assert_eq!(report.transcript[1], agent);
        assert_eq!(frames[0]["type"], "setup");
        for (key, start) in [("callSid", "CA"), ("sessionId", "VX"), ("accountSid", "AC")] {
            let id = frames[0][key].as_str().expect("an identity");
            assert!(id.starts_with(start) && id.len() == 34, "{id}");
        }
        assert!(frames[1..4].iter().all(is_final));
        assert_eq!(frames[4]["close"], 1000);
        assert_eq!(frames.len(), 5);
    });
}

#[test]
fn interrupts_carry_what_was_heard_and_come_before_the_words() {
    on_runtime(async {
        let long: &[(&str, bool)] = &[(
            "Well, that is a long story, and I should like to tell you all of it, if you have \
             the time, which I doubt, but then again who has, these days, at this hour?",
            true,
        )];
        let (report, frames) = call(quick(1.0), pending(), move |frame| {
            if is_final(frame) {
                Do::Say(long.to_vec())
            } else {
                Do::Nothing
            }
        })
        .await;
        assert_eq!(report.ended, Ended::ByCaller);
        let interrupts: Vec<usize> = (0..frames.len())
            .filter(|&at| frames[at]["type"] == "interrupt")
            .collect();
        assert_eq!(
            (interrupts.len(), report.interrupts, report.stale),
            (3, 3, 0)
        );
        for at in interrupts {
            let heard = frames[at]["utteranceUntilInterrupt"]
                .as_str()
                .expect("an utterance");
            let spoken_ms = frames[at]["durationUntilInterruptMs"]
                .as_u64()
                .expect("a time");
            assert!(long[0].0.starts_with(heard));
            assert!(
                heard.len() as u64 <= spoken_ms * 14 / 1000 + 1,
                "{heard:?} in {spoken_ms} ms"
            );
            assert!(is_final(&frames[at + 1]), "the words that cut in");
        }
    });
}

#[test]
fn a_relay_that_was_asked_to_tells_who_speaks_what_was_played_and_how_far_away_it_is() {
    on_runtime(async {
        let habits = Habits {
            events: true,
            ..quick(0.0)
        };
        let prompts = Arc::new(AtomicU32::new(0));
        let (_, frames) = call(habits, pending(), move |frame| match frame {
            _ if !is_final(frame) => Do::Nothing,
            _ if prompts.fetch_add(1, Ordering::Relaxed) == 1 => Do::End,
            _ => Do::Say(REPLY.to_vec()),
        })
        .await;
        let of = |frame: &Value| match frame["type"].as_str() {
            Some("info") => format!("{} {}", frame["name"], frame["value"]).replace('"', ""),
            Some(kind) => kind.to_owned(),
            None => "close".to_owned(),
        };
        let told: Vec<_> = frames.iter().map(of).collect();
        assert!(told[1].starts_with("roundTripDelayMs "), "{told:?}");
        assert_eq!(
            told[2..],
            [
                "clientSpeaking on",
                "clientSpeaking off",
                "prompt",
                "agentSpeaking on",
                "tokensPlayed Well, it depends on",
                "tokensPlayed the day, doesn't it?",
                "agentSpeaking off",
                "clientSpeaking on",
                "clientSpeaking off",
                "prompt",
                "close",
            ]
        );
        let times: Vec<_> = frames
            .iter()
            .filter_map(|frame| frame["ts"].as_u64())
            .collect();
        assert_eq!(times.len(), 6, "speaker events bear a time");
        assert!(
            times.is_sorted() && times[0] > 1_700_000_000_000,
            "{times:?}"
        );
        // At thirty times the speed of life, 40 characters take 95 ms.
        assert!(times[3] - times[2] >= 90, "{times:?}");
    });
}

#[test]
fn a_server_that_talks_on_after_an_interrupt_is_found_out() {
    on_runtime(async {
        let long = "A reply with so many words in it that there is time to cut in on it";
        // The ping comes right behind the interrupt, so what is said on it is said too late.
        let script = move |frame: &Value| match frame {
            _ if is_final(frame) => Do::Say(vec![(long, true)]),
            _ if frame["ping"] == true => Do::Say(vec![("and", false), (" on", false)]),
            _ => Do::Nothing,
        };
        let (report, _) = call(
            Habits {
                pace: 5.0,
                ..quick(1.0)
            },
            pending(),
            script,
        )
        .await;
        assert!(report.interrupts > 0 && report.stale > 0, "{report:?}");
    });
}

#[test]
fn however_a_call_is_lost_the_report_says_so() {
    on_runtime(async {
        let ended = async |what: fn() -> Do| {
            let act = move |frame: &Value| if is_final(frame) { what() } else { Do::Nothing };
            call(quick(0.0), pending(), act).await.0.ended
        };
        assert_eq!(
            ended(|| Do::Close(1001)).await,
            Ended::Dropped("the server closed with 1001".into())
        );
        assert!(matches!(ended(|| Do::Vanish).await, Ended::Dropped(_)));
    });
    on_runtime(async {
        let (url, seed, habits) = ("ws://127.0.0.1:1/relay".to_owned(), 1, quick(0.0));
        let report = Caller { url, seed, habits }.run(pending(), |_| {}).await;
        assert!(matches!(report.ended, Ended::Dropped(_)), "{report:?}");
    });
}

#[test]
fn a_stopped_caller_hangs_up_politely() {
    on_runtime(async {
        let stop = tokio::sync::Notify::new();
        let (url, mut told) = serve(|_: &Value| Do::Nothing).await;
        let call = Caller {
            url,
            seed: 2,
            habits: quick(0.0),
        }
        .run(stop.notified(), |_| {});
        let watch = async {
            while told.recv().await.is_some_and(|frame| !is_final(&frame)) {}
            stop.notify_one();
            told.recv().await
        };
        let (report, last) = tokio::join!(call, watch);
        assert_eq!((report.ended, report.prompts), (Ended::ByCaller, 1));
        assert_eq!(last.expect("a close")["close"], 1000);
    });
}

#[test]
fn pings_are_answered_with_their_own_payload() {
    on_runtime(async {
        let script = |frame: &Value| {
            if is_final(frame) {
                Do::Ping
            } else {
                Do::Nothing
            }
        };
        let (url, mut told) = serve(script).await;
        let client = RelayClient::connect(&url).await.expect("a server");
        let prompt = r#"{"type":"prompt","voicePrompt":"hi","last":true}"#;
        client.send(prompt).await.expect("a socket");
        assert!(told.recv().await.is_some_and(|frame| is_final(&frame)));
        assert_eq!(told.recv().await.expect("a pong")["pong"], "there?");
        client.close(1000).await;
    });
}

#[test]
fn a_url_that_cant_be_called_is_told_so() {
    on_runtime(async {
        for (url, why) in [
            ("wss://voice.example/relay", "plain ws:// port"),
            ("http://127.0.0.1:8080/", "must begin with ws://"),
            ("127.0.0.1:8080", "ws://"),
            ("no url at all", "not a URL"),
        ] {
            let error = RelayClient::connect(url)
                .await
                .err()
                .expect("nothing to call");
            assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
            assert!(error.to_string().contains(why), "{error}");
        }
    });
}
