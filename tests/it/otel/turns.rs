//! Turns of other kinds: begun before their prompt was final, or without any.

use serde_json::{Value, json};

use super::super::world::phone::Phone;
use super::super::world::{on_runtime, says};
use super::sink::Span;
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
