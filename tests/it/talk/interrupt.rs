//! The caller cuts in: nothing of the old reply is written any more, its stream is cut at once, and
//! the model is told what was heard.

use std::time::{Duration, Instant};

use firstword::sim::answer::{Answer, Asked, Step, pieces};
use tokio::task::JoinSet;

use super::super::world::phone::{Heard, Phone};
use super::super::world::{World, ms, on_runtime, until};
use super::messages;

const LONG: &str = "Our opening hours are simple. We start at eight on every working day, and we \
close at six in the evening. On Saturday, Dr. Moor is here from ten to two; please call first. If \
you would like to come earlier than that, the side door is open for deliveries and for anybody \
who knows the code, which changes every month.";

const AFTER: &str = "As you wish.";

/// Far more than a cut takes on a busy machine.
const CUT_MAX: Duration = Duration::from_secs(2);

/// Answers "whole" wholly, "more" shortly, and anything else with a reply that never finishes.
fn mind(gap: Duration) -> impl Fn(&Asked) -> Answer {
    move |asked| {
        let (_, words) = asked.messages.last().expect("a prompt");
        if words.contains("whole") {
            return Answer::say(LONG, gap);
        }
        if words.contains("more") {
            return Answer::say(AFTER, ms(1));
        }
        let pieces = pieces(LONG).into_iter();
        let steps = pieces.flat_map(|piece| [Step::Piece(piece.to_owned()), Step::Wait(gap)]);
        Answer::Stream(steps.chain([Step::Hang]).collect())
    }
}

/// The request whose newest prompt is `words`.
fn request(world: &World, words: &str) -> Option<Asked> {
    let is_it = |asked: &Asked| asked.messages.last().is_some_and(|(_, last)| last == words);
    world.model.asked().into_iter().find(is_it)
}

#[test]
fn an_interrupt_after_six_words_stops_the_reply_and_the_model_and_keeps_those_words() {
    on_runtime(async {
        let world = World::start(mind(ms(20))).await;
        let mut phone = Phone::call(&world).await;
        phone.say("When are you open?").await;
        let mut heard = String::new();
        while heard.split_whitespace().count() < 6 {
            heard.push_str(&phone.chunk().await.0);
        }
        let words: Vec<_> = heard.split_whitespace().take(6).collect();
        let words = words.join(" ");
        let sent = Instant::now();
        phone.interrupt(&words, ms(1800)).await;
        phone.until_pong().await;
        until(|| world.model.asked()[0].cut_at().is_some()).await;
        let cut = world.model.asked()[0].cut_at().expect("it was just seen") - sent;
        println!("one interrupt: the model's stream was cut after {cut:?}");
        assert!(cut < CUT_MAX, "the cut took {cut:?}");

        phone.say("Tell me more.").await;
        phone.hear(AFTER).await;
        let asked = world.model.asked();
        let said = [
            ("user", "When are you open?"),
            ("assistant", &format!("{words} \u{2014}")),
            ("user", "Tell me more."),
        ];
        assert_eq!(messages(&asked[1])[1..], said);
        world.metrics().await.check(&[
            (r#"firstword_interruptions_total{kind="barge_in"}"#, 1.0),
            (r#"firstword_heard_total{by="exact"}"#, 1.0),
            (r#"firstword_turns_total{outcome="interrupted"}"#, 1.0),
            (r#"firstword_llm_requests_total{outcome="cut"}"#, 1.0),
            (
                r#"firstword_stale_chunks_dropped_total{point="write"}"#,
                0.0,
            ),
            ("firstword_stale_chunks_sent_total", 0.0),
        ]);
    });
}

/// Interrupts a call of its own after the chunk of this index; gives the time to the cut.
async fn interrupt_after(world: &World, chunks: &[String], index: usize) -> Duration {
    let mut phone = Phone::call_as(world, &format!("CA{:032}", index + 1)).await;
    let question = format!("Question {index}?");
    phone.say(&question).await;
    for expected in &chunks[..=index] {
        assert_eq!(&phone.chunk().await.0, expected);
    }
    let heard = chunks[..=index].concat();
    let heard = heard.trim();
    let sent = Instant::now();
    phone.interrupt(heard, ms(100)).await;
    for crossed in phone.until_pong().await {
        assert!(matches!(crossed, Heard::Text { .. }), "{crossed:?}");
    }
    // The next frames are those of the next reply, and of nothing else.
    let more = format!("And more of {index}!");
    phone.say(&more).await;
    phone.hear(AFTER).await;
    phone.settle().await;

    let cut_at = || request(world, &question).and_then(|asked| asked.cut_at());
    until(|| cut_at().is_some()).await;
    let next = request(world, &more).expect("it was answered");
    let said = [
        ("user", question.as_str()),
        ("assistant", &format!("{heard} \u{2014}")),
        ("user", more.as_str()),
    ];
    assert_eq!(messages(&next)[1..], said);
    phone.hang_up().await;
    cut_at().expect("it was just seen") - sent
}

#[test]
fn an_interrupt_is_obeyed_after_every_chunk_of_a_long_reply() {
    on_runtime(async {
        let small = "[speech]\nmode = \"post\"";
        let world = std::sync::Arc::new(World::with(mind(ms(10)), small, &[]).await);
        let mut phone = Phone::call(&world).await;
        phone.say("The whole of it, please.").await;
        let chunks = phone.hear(LONG).await;
        assert!(chunks.len() > 15, "{chunks:?}");
        let mut calls = JoinSet::new();
        // The last chunk leaves only when its reply is over, and then there is nothing to cut.
        for index in 0..chunks.len() - 1 {
            let (world, chunks) = (world.clone(), chunks.clone());
            calls.spawn(async move { interrupt_after(&world, &chunks, index).await });
        }
        let mut cuts = calls.join_all().await;
        cuts.sort();
        let (median, most) = (cuts[cuts.len() / 2], cuts[cuts.len() - 1]);
        println!(
            "{} interrupts at once: cut after p50 {median:?}, max {most:?}",
            cuts.len()
        );
        assert!(most < CUT_MAX);
        world.metrics().await.check(&[
            ("firstword_stale_chunks_sent_total", 0.0),
            (
                r#"firstword_stale_chunks_dropped_total{point="write"}"#,
                0.0,
            ),
        ]);
    });
}

#[test]
fn an_interrupt_that_heard_nothing_leaves_no_trace_of_the_reply() {
    on_runtime(async {
        let world = World::start(mind(ms(10))).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Question?").await;
        phone.chunk().await;
        phone.interrupt("", ms(0)).await;
        phone.until_pong().await;
        phone.say("No, more.").await;
        phone.hear(AFTER).await;
        let asked = world.model.asked();
        assert_eq!(messages(&asked[1])[1..], [("user", "Question? No, more.")]);
    });
}

#[test]
fn an_interrupt_while_nothing_is_said_shortens_the_last_reply_and_nothing_else() {
    on_runtime(async {
        let world = World::start(mind(ms(1))).await;
        let mut phone = Phone::call(&world).await;
        phone.say("more").await;
        phone.hear(AFTER).await;
        phone.interrupt("As you", ms(300)).await;
        assert_eq!(phone.until_pong().await, []);
        phone.say("And more?").await;
        phone.hear(AFTER).await;
        let asked = world.model.asked();
        let said = [
            ("user", "more"),
            ("assistant", "As you \u{2014}"),
            ("user", "And more?"),
        ];
        assert_eq!(messages(&asked[1])[1..], said);
    });
}
