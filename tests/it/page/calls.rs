//! Calls and their timelines, as the private port tells them.

use firstword::call::effect::Source;
use firstword::command::top;
use firstword::sim::answer::{Answer, Asked, Step};
use firstword::speech::End;
use serde_json::Value;

use super::super::world::http::get;
use super::super::world::phone::Phone;
use super::super::world::raw::{Raw, setup};
use super::super::world::{World, hangs_after, ms, on_runtime, says, until};

const SID: &str = "CA00000000000000000000000000000000";

const WORDS: &[(&str, &str)] = &[("FIRSTWORD_LATENCY_TIMELINES", "words")];

async fn json(world: &World, path: &str) -> Value {
    let answer = get(world.server.private, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

/// The timeline of the call, once it holds a mark of that name.
async fn timeline(world: &World, mark: &str) -> Value {
    loop {
        let answer = get(world.server.private, &format!("/calls/{SID}.json")).await;
        if answer.status == 200 {
            let json: Value = serde_json::from_str(&answer.body).expect("JSON");
            if !marks(&json, mark).is_empty() {
                return json;
            }
        }
        tokio::time::sleep(ms(5)).await;
    }
}

/// The marks of that name, in their order.
fn marks<'a>(timeline: &'a Value, name: &str) -> Vec<&'a Value> {
    let all = timeline["marks"].as_array().expect("marks");
    all.iter().filter(|mark| mark["mark"] == name).collect()
}

#[test]
fn a_timeline_tells_a_turn_from_the_prompt_to_the_last_chunk() {
    on_runtime(async {
        let reply = "Sure, Tuesday works. Shall we say nine?";
        let world = World::with(says(reply, 2), "", WORDS).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Can we meet?").await;
        let heard = phone.hear(reply).await;
        let call = timeline(&world, "turn_ended").await;
        assert_eq!(call["sid"], SID);
        assert_eq!(marks(&call, "prompt")[0]["text"], "Can we meet?");
        let chunks = marks(&call, "chunk");
        let texts: Vec<_> = chunks.iter().map(|chunk| chunk["text"].as_str()).collect();
        let sent: Vec<_> = heard.iter().map(|text| Some(text.as_str())).collect();
        assert_eq!(texts, sent);
        let ends: Vec<_> = chunks.iter().map(|chunk| &chunk["end"]).collect();
        assert_eq!(*ends[0], "clause", "{ends:?}");
        assert!(ends.contains(&&Value::from("sentence")), "{ends:?}");
        assert_eq!(marks(&call, "written").len(), chunks.len());
        assert_eq!(marks(&call, "stream_ended")[0]["how"], "completed");

        let stages = marks(&call, "stages")[0];
        assert_eq!(stages["whole"], true);
        let parts = stages["stages"].as_object().expect("by name");
        let sum: u64 = parts.values().filter_map(Value::as_u64).sum();
        let first_chunk = stages["first_chunk"].as_u64().expect("microseconds");
        assert_eq!(sum, first_chunk, "the stages add up");
        let read = stages["read"].as_u64().expect("microseconds");
        assert_eq!(marks(&call, "written")[0]["t"], read + first_chunk);
        let times: Vec<_> = call["marks"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|mark| mark["t"].as_u64())
            .collect();
        assert!(times.is_sorted(), "{times:?}");
    });
}

#[test]
fn an_interrupt_is_on_the_timeline_with_what_was_heard() {
    on_runtime(async {
        let answer = hangs_after(&["One two three. ", "Four five six seven. ", "Eight "]);
        let world = World::with(move |_: &_| answer.clone(), "", WORDS).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Count.").await;
        let (first, _) = phone.chunk().await;
        phone.interrupt(&first, ms(100)).await;
        let call = timeline(&world, "turn_ended").await;
        assert_eq!(marks(&call, "interrupt")[0]["text"], first.as_str());
        let aborted = marks(&call, "aborted")[0];
        assert_eq!(aborted["cause"], "interrupt");
        assert_eq!(marks(&call, "stream_ended")[0]["how"], "cut");
        let heard = marks(&call, "heard")[0];
        assert_eq!(heard["turn"], 1);
        assert_eq!(heard["bytes"], first.len());
        assert_eq!(heard["by"], "exact");
        assert_eq!(marks(&call, "turn_ended")[0]["outcome"], "interrupted");
        assert_eq!(call["interrupts"], 1);
    });
}

#[test]
fn a_late_interrupt_is_told_of_the_turn_before() {
    on_runtime(async {
        let mind = |asked: &Asked| match asked.number {
            0 => Answer::say("One two three.", ms(1)),
            _ => hangs_after(&[]),
        };
        let world = World::with(mind, "", WORDS).await;
        let mut phone = Phone::call(&world).await;
        phone.say("One.").await;
        phone.hear("One two three.").await;
        phone.say("Two.").await;
        until(|| world.model.asked().len() == 2).await;
        phone.interrupt("One two", ms(100)).await;
        let call = timeline(&world, "heard").await;
        assert_eq!(marks(&call, "asked").len(), 2);
        let heard = marks(&call, "heard")[0];
        assert_eq!((&heard["turn"], &heard["bytes"]), (&1.into(), &7.into()));
    });
}

#[test]
fn a_dead_model_leaves_a_turn_without_an_answer() {
    on_runtime(async {
        let world = World::with(says("Never.", 1), "", WORDS).await;
        world.model.kill().await;
        let mut phone = Phone::call(&world).await;
        phone.say("Anybody?").await;
        phone.chunk().await;
        let call = timeline(&world, "turn_ended").await;
        assert_eq!(marks(&call, "stages")[0]["verdict"], "no_answer");
        assert_eq!(marks(&call, "chunk")[0]["source"], "apology");
        assert_eq!(call["over"], 1, "it is among the calls over the budget");
        let stats = json(&world, "/stats").await;
        assert_eq!(stats["figures"]["within_budget"], 0.0);
        assert_eq!(stats["columns"][0]["no_answer"], 1);
    });
}

/// What leaves the server about a call that said these words.
async fn told(knob: &str, said: &str) -> String {
    let variables = [("FIRSTWORD_LATENCY_TIMELINES", knob)];
    let world = World::with(says("My answer is wisteria.", 1), "", &variables).await;
    let mut phone = Phone::call(&world).await;
    phone.say(said).await;
    phone.hear("My answer is wisteria.").await;
    if knob != "off" {
        timeline(&world, "turn_ended").await;
    }
    let mut all = String::new();
    let timeline = format!("/calls/{SID}.json");
    for path in [
        "/stats",
        "/calls.json",
        "/report.html",
        "/metrics",
        &timeline,
    ] {
        all.push_str(&get(world.server.private, path).await.body);
    }
    all
}

#[test]
fn words_leave_the_call_only_where_the_knob_allows() {
    on_runtime(async {
        for (knob, words, calls) in [
            ("words", true, true),
            ("times", false, true),
            ("off", false, false),
        ] {
            let told = told(knob, "My card is 4111 1111").await;
            assert_eq!(told.contains("4111 1111"), words, "{knob}: the caller's");
            assert_eq!(told.contains("wisteria"), words, "{knob}: the model's");
            assert_eq!(told.contains("\"mark\":\"chunk\""), calls, "{knob}");
            assert!(
                told.contains(SID),
                "{knob}: it is on the list of live calls"
            );
        }
    });
}

#[test]
fn hostile_words_stay_words() {
    on_runtime(async {
        let said = "</script><img src=x onerror=alert(1)>\u{2028}\"'`";
        let world = World::with(says("</script><b>hi there</b>", 1), "", WORDS).await;
        let mut phone = Phone::call(&world).await;
        phone.say(said).await;
        phone.chunk().await;
        let call = timeline(&world, "turn_ended").await;
        assert_eq!(marks(&call, "prompt")[0]["text"], said);
        let report = get(world.server.private, "/report.html").await.body;
        assert!(!report.contains("<img"), "no markup of a caller");
        assert!(!report.contains("<b>"), "no markup of a model");
        let ends = report.matches("</script>").count();
        assert_eq!(ends, 3, "the figures and two scripts, each closed once");
    });
}

#[test]
fn the_pages_script_knows_no_way_to_make_markup_of_text() {
    let script = firstword::admin::assets::SCRIPT;
    for way in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "srcdoc",
        "javascript:",
        "http:",
        "https:",
    ] {
        // The name of SVG's namespace is an address that nobody fetches.
        let found = script
            .replace("http://www.w3.org/2000/svg", "")
            .contains(way);
        assert!(!found, "{way}");
    }
}

#[test]
fn a_hostile_sid_becomes_a_harmless_name() {
    on_runtime(async {
        let world = World::with(says("Hi.", 1), "", WORDS).await;
        let mut phone = Phone::call_as(&world, "../<CA>\u{1b}[2J\"7").await;
        phone.say("Hello.").await;
        phone.hear("Hi.").await;
        let calls = json(&world, "/calls.json").await;
        assert_eq!(calls["live"][0]["sid"], "CA2J7");
        assert_eq!(calls["live"][0]["turn"], 1);
        assert_eq!(json(&world, "/calls/CA2J7.json").await["sid"], "CA2J7");
        phone.hang_up().await;
        world.until("firstword_calls_active", 0.0).await;
        let calls = json(&world, "/calls.json").await;
        assert_eq!(calls["live"].as_array().map(Vec::len), Some(0));
        assert_eq!(calls["outlines"][0]["ended"], "caller_hangup");
    });
}

#[test]
fn two_calls_of_one_sid_are_told_apart_by_their_numbers() {
    on_runtime(async {
        let world = World::with(says("Hi.", 1), "", WORDS).await;
        for words in ["First.", "Second."] {
            let mut phone = Phone::call(&world).await;
            phone.say(words).await;
            phone.hear("Hi.").await;
            phone.hang_up().await;
            world.until("firstword_calls_active", 0.0).await;
        }
        for (name, words) in [("1", "First."), ("2", "Second."), (SID, "Second.")] {
            let call = json(&world, &format!("/calls/{name}.json")).await;
            assert_eq!(call["sid"], SID);
            assert_eq!(marks(&call, "prompt")[0]["text"], words, "{name}");
        }
    });
}

#[test]
fn the_page_has_words_for_every_source_and_every_end_of_a_chunk() {
    let script = firstword::admin::assets::SCRIPT;
    let sources = Source::ALL.into_iter().map(Source::as_str);
    let ends = End::ALL.into_iter().map(End::as_str);
    // Of the model's chunks, their ends tell.
    for name in sources.filter(|name| *name != "model").chain(ends) {
        assert!(script.contains(&format!(" {name}: \"")), "{name}");
    }
}

#[test]
fn a_call_without_a_socket_is_told_as_parked_and_not_as_gone() {
    on_runtime(async {
        let world = World::start(says("Yes.", 1)).await;
        let until_it_is = async |phase: &str| {
            while json(&world, "/calls.json").await["live"][0]["phase"] != phase {
                tokio::time::sleep(ms(5)).await;
            }
        };
        let peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        until_it_is("listening").await;
        drop(peer);
        until_it_is("parked").await;
        let screen = top::screen(&json(&world, "/stats").await);
        assert!(
            screen.contains("calls      0 of 1        parked 1 "),
            "{screen}"
        );
        let _peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        until_it_is("listening").await;
        let screen = top::screen(&json(&world, "/stats").await);
        assert!(
            screen.contains("calls      1 of 1        parked 0 "),
            "{screen}"
        );
    });
}

#[test]
fn a_live_call_is_told_as_live_however_many_are_newer() {
    on_runtime(async {
        let world = World::start(says("Hi.", 1)).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Hello.").await;
        phone.hear("Hi.").await;
        timeline(&world, "turn_ended").await;
        let registry = world.server.latency.registry();
        let newer: Vec<_> = (0..600).map(|_| registry.enter("CAnewer", false)).collect();
        let calls = json(&world, "/calls.json").await;
        assert_eq!(calls["live_count"], 601);
        let live = calls["live"].as_array().expect("a list");
        assert_eq!(
            live.len(),
            501,
            "the newest 500, and the one with a timeline"
        );
        assert_eq!(live[500]["sid"], SID, "newest first");
        assert_eq!(calls["outlines"][0]["call"], live[500]["call"]);
        drop(newer);
        phone.hang_up().await;
        world.until("firstword_calls_active", 0.0).await;
        assert_eq!(json(&world, "/calls.json").await["live_count"], 0);
    });
}

#[test]
fn a_slow_turn_of_the_metrics_leads_to_its_timeline() {
    on_runtime(async {
        let gaps = |asked: &Asked| {
            Answer::Stream(vec![
                Step::Wait(ms([1, 40, 20][asked.number % 3])),
                Step::Piece("Yes, indeed.".to_owned()),
                Step::Finish("stop"),
                Step::Done,
            ])
        };
        let world = World::start(gaps).await;
        let mut phone = Phone::call_as(&world, "CAslow").await;
        for _ in 0..3 {
            phone.say("Is it?").await;
            phone.hear("Yes, indeed.").await;
        }
        world
            .until("firstword_time_to_first_chunk_seconds_count", 3.0)
            .await;
        let metrics = world.metrics().await;
        let series = |rank: u32| format!(r#"firstword_slowest_turn_seconds{{rank="{rank}"}}"#);
        let times: Vec<_> = (1..=4).map(|rank| metrics.value(&series(rank))).collect();
        assert!(times[0] > times[1] && times[1] > times[2], "{times:?}");
        assert_eq!(times[3], 0.0, "there are no more");
        let way = async |path: String| {
            let answer = get(world.server.private, &path).await;
            (
                answer.status,
                answer.header("location").map(ToOwned::to_owned),
            )
        };
        let to = |turn: u32| (302, Some(format!("/calls/1#turn-{turn}")));
        assert_eq!(way("/slowest/1".to_owned()).await, to(2));
        assert_eq!(way("/slowest/2".to_owned()).await, to(3));
        // The rank on a board may be an old one; the time is that of one turn.
        assert_eq!(way(format!("/slowest/1?seconds={}", times[2])).await, to(1));
        for path in [
            "4",
            "0",
            "-1",
            "one",
            "1?seconds=0.5",
            "1?seconds=NaN",
            "1?seconds=",
        ] {
            assert_eq!(way(format!("/slowest/{path}")).await, (404, None), "{path}");
        }
    });
}
