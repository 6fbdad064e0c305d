//! Turns of other kinds: begun before their prompt was final, or without any.

use firstword::sim::answer::{Answer, Asked};
use serde_json::{Value, json};

use super::super::world::phone::Phone;
use super::super::world::{hangs_after, ms, on_runtime, says, until};
use super::sink::{Span, attribute};
use super::{TAKES_ALL, check, run, sorted};

#[test]
fn an_answer_that_was_begun_before_the_prompt_was_final_has_a_span_right_or_wrong() {
    on_runtime(async {
        let variables = [
            ("FIRSTWORD_TURN_SPECULATE", "eager"),
            ("FIRSTWORD_LATENCY_TIMELINES", "words"),
        ];
        let mind = says("It is half past nine.", 1);
        let (sink, _) = run(mind, TAKES_ALL, &variables, async |world| {
            let mut phone = Phone::call(world).await;
            let requests = r#"firstword_llm_requests_total{outcome="completed"}"#;
            for (guessed, said, number) in [
                ("What time is it?", "What time is it?", 1.0),
                ("And tomorrow, then?", "Never mind.", 2.0),
            ] {
                phone.begin_to_say(guessed).await;
                world.until(requests, number).await;
                phone.say(said).await;
                phone.hear("It is half past nine.").await;
            }
            phone.settle().await;
            phone.hang_up().await;
        })
        .await;
        let (_, turns, requests) = sorted(&sink);
        assert_eq!((turns.len(), requests.len()), (3, 3));
        let shape = |turn: &Span| {
            let text = |key| turn.attribute(key).as_str().unwrap_or_default().to_owned();
            let guessed = turn.attribute("firstword.turn.guessed") == json!(true);
            (
                text("firstword.turn.outcome"),
                guessed,
                text("gen_ai.input.messages"),
            )
        };
        let said = |words: &str| {
            json!([{"role": "user", "parts": [{"type": "text", "content": words}]}]).to_string()
        };
        let shapes: Vec<_> = turns.iter().map(shape).collect();
        let expected = [
            ("completed".to_owned(), true, said("What time is it?")),
            ("wrong_guess".to_owned(), true, String::new()),
            ("completed".to_owned(), false, said("Never mind.")),
        ];
        assert_eq!(shapes, expected);
    });
}

#[test]
fn words_of_our_own_are_a_turn_without_a_request() {
    on_runtime(async {
        let variables = [("FIRSTWORD_TURN_SILENCE_SECONDS", "1")];
        let (sink, _) = run(says("Yes.", 1), TAKES_ALL, &variables, async |world| {
            let mut phone = Phone::call(world).await;
            phone.say("Is it?").await;
            phone.hear("Yes.").await;
            phone.chunk().await;
            phone.settle().await;
            phone.hang_up().await;
        })
        .await;
        let (_, turns, requests) = sorted(&sink);
        assert_eq!((turns.len(), requests.len()), (2, 1));
        check(
            &turns[1],
            &[
                ("firstword.turn.outcome", json!("own_words")),
                ("gen_ai.agent.invocation.end_reason", json!("completed")),
                ("error.type", Value::Null),
            ],
        );
    });
}

#[test]
fn what_was_heard_of_a_turn_is_told_of_no_later_one() {
    on_runtime(async {
        let mind = |asked: &Asked| match asked.number {
            0 => Answer::say("One two three.", ms(1)),
            _ => hangs_after(&[]),
        };
        let (sink, _) = run(mind, TAKES_ALL, &[], async |world| {
            let mut phone = Phone::call(world).await;
            phone.say("One.").await;
            phone.hear("One two three.").await;
            phone.say("Two.").await;
            until(|| world.model.asked().len() == 2).await;
            phone.interrupt("One two", ms(100)).await;
            phone.until_pong().await;
            phone.hang_up().await;
        })
        .await;
        let (call, turns, _) = sorted(&sink);
        let told = |span: &Span| span.events().contains(&"heard".to_owned());
        assert_eq!(turns.len(), 2);
        assert!(!turns.iter().any(told), "{turns:?}");
        // The span of its turn is sent already, so the call's says which it was.
        let place = call.events().iter().position(|name| name == "heard");
        let heard = &call.0["events"][place.expect("it is told")]["attributes"];
        assert_eq!(attribute(heard, "turn"), json!("1"));
    });
}

#[test]
fn keys_do_not_answer_a_prompt_that_was_ignored_before_them() {
    on_runtime(async {
        let variables = [("FIRSTWORD_LATENCY_TIMELINES", "words")];
        let (sink, _) = run(says("Yes.", 1), TAKES_ALL, &variables, async |world| {
            let mut phone = Phone::call(world).await;
            phone.say("?!").await;
            phone.press('1').await;
            phone.hear("Yes.").await;
            phone.hang_up().await;
        })
        .await;
        let (_, turns, _) = sorted(&sink);
        check(&turns[0], &[("gen_ai.input.messages", Value::Null)]);
    });
}
