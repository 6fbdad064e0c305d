//! Whole conversations over real sockets: a relay, the server and a model that streams.

mod ending;
mod failure;
mod interrupt;

use firstword::sim::answer::{Answer, Asked};

use super::world::phone::Phone;
use super::world::{World, hangs_after, ms, on_runtime, says, until};

/// Role and text of the messages of a request, as a test writes them down.
fn messages(asked: &Asked) -> Vec<(&str, &str)> {
    let pairs = asked.messages.iter();
    pairs
        .map(|(role, text)| (role.as_str(), text.as_str()))
        .collect()
}

#[test]
fn a_reply_comes_in_chunks_and_the_next_request_holds_what_was_said() {
    on_runtime(async {
        let reply = "Sure, Tuesday works. Shall we say half past nine in the morning?";
        let world = World::with(says(reply, 2), "", &[("OPENAI_MODEL", "tiny")]).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Can we meet?").await;
        let chunks = phone.hear(reply).await;
        assert_eq!(chunks[0], "Sure,", "the first chunk leaves early");
        assert!(chunks.len() >= 4, "{chunks:?}");
        // A question is spoken before the model has said that nothing comes behind it.
        let completed = r#"firstword_turns_total{outcome="completed"}"#;
        world.until(completed, 1.0).await;
        phone.say("Fine.").await;
        phone.hear(reply).await;
        world.until(completed, 2.0).await;

        let asked = world.model.asked();
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[0].model, "tiny");
        let [("system", persona), ("user", "Can we meet?")] = messages(&asked[0])[..] else {
            panic!("{:?}", asked[0].messages);
        };
        assert!(persona.contains("[END_CALL]"), "it knows how to hang up");
        let said = [
            ("user", "Can we meet?"),
            ("assistant", reply),
            ("user", "Fine."),
        ];
        assert_eq!(messages(&asked[1])[1..], said);
        phone.hang_up().await;
        world.until("firstword_calls_active", 0.0).await;
        world.metrics().await.check(&[
            (completed, 2.0),
            (
                r#"firstword_calls_ended_total{reason="caller_hangup"}"#,
                1.0,
            ),
            (r#"firstword_llm_requests_total{outcome="completed"}"#, 2.0),
            ("firstword_stale_chunks_sent_total", 0.0),
        ]);
    });
}

#[test]
fn a_reply_that_is_whole_keeps_its_connection_for_the_next_turn() {
    on_runtime(async {
        let world = World::start(says("Yes.", 1)).await;
        let mut phone = Phone::call(&world).await;
        // A stream is over a little later than its reply: the counts of the bill come behind it.
        let over = "firstword_llm_streams_active";
        phone.say("First?").await;
        phone.hear("Yes.").await;
        world.until(over, 0.0).await;
        let connections = world.model.connections();
        for _ in 0..3 {
            phone.say("And then?").await;
            phone.hear("Yes.").await;
            world.until(over, 0.0).await;
        }
        assert_eq!(world.model.connections(), connections);
    });
}

#[test]
fn a_caller_who_answers_at_once_costs_no_connection_a_turn() {
    on_runtime(async {
        let world = World::start(says("Yes.", 1)).await;
        let mut phone = Phone::call(&world).await;
        phone.say("First?").await;
        phone.hear("Yes.").await;
        let connections = world.model.connections();
        for _ in 0..10 {
            phone.say("And then?").await;
            phone.hear("Yes.").await;
        }
        // The rest of one body may still be on its way when the next request goes out, so two
        // connections take turns.
        assert!(world.model.connections() <= connections + 2);
    });
}

#[test]
fn a_second_prompt_before_any_answer_is_merged_and_answered_once() {
    on_runtime(async {
        let mind = |asked: &Asked| match asked.number {
            0 => hangs_after(&[]),
            _ => Answer::say("Both, of course.", ms(1)),
        };
        let world = World::start(mind).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Do you have tea").await;
        until(|| world.model.asked().len() == 1).await;
        phone.say("or coffee?").await;
        phone.hear("Both, of course.").await;
        phone.settle().await;

        until(|| world.model.asked()[0].cut_at().is_some()).await;
        let asked = world.model.asked();
        assert_eq!(asked.len(), 2);
        let merged = [("user", "Do you have tea or coffee?")];
        assert_eq!(messages(&asked[1])[1..], merged);
        world.metrics().await.check(&[
            ("firstword_prompts_merged_total", 1.0),
            (
                r#"firstword_interruptions_total{kind="prompt_replaced"}"#,
                1.0,
            ),
            (r#"firstword_llm_requests_total{outcome="cut"}"#, 1.0),
        ]);
    });
}

#[test]
fn a_prompt_over_a_reply_replaces_it() {
    on_runtime(async {
        let mind = |asked: &Asked| match asked.number {
            0 => hangs_after(&["Well,", " let me", " think about", " that for a", " while."]),
            _ => Answer::say("Gone.", ms(1)),
        };
        let world = World::start(mind).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Explain.").await;
        assert_eq!(phone.chunk().await.0, "Well,");
        phone.say("Never mind.").await;
        let mut heard = phone.chunk().await.0;
        // What crossed the prompt on its way does not count.
        while !heard.starts_with("Gone") {
            heard = phone.chunk().await.0;
        }
        phone.settle().await;
        let asked = world.model.asked();
        let said = messages(&asked[1]);
        assert_eq!(said.last().map(|(role, _)| *role), Some("user"));
        assert!(
            said.last()
                .is_some_and(|(_, text)| text.ends_with("Never mind."))
        );
    });
}

#[test]
fn a_greeting_is_part_of_what_was_said() {
    on_runtime(async {
        let greeting = [("FIRSTWORD_RELAY_GREETING", "Hello, this is Ada.")];
        let world = World::with(says("Fine.", 1), "", &greeting).await;
        let mut phone = Phone::call(&world).await;
        phone.say("How are you?").await;
        phone.hear("Fine.").await;
        let said = [
            ("assistant", "Hello, this is Ada."),
            ("user", "How are you?"),
        ];
        assert_eq!(messages(&world.model.asked()[0])[1..], said);
    });
}
