//! The model fails, in every way there is: the caller hears words, and the call goes on.

use firstword::sim::answer::{Answer, Step};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::super::world::phone::Phone;
use super::super::world::{World, answers, hangs_after, ms, on_runtime, says, until};

const APOLOGY: &str = "Sorry, I didn't catch that. Could you say it again?";

/// A piece of text; a step of a stream.
fn piece(text: &str) -> Step {
    Step::Piece(text.to_owned())
}

/// One answer fails, the next is good: the caller hears `spoken`, then the good one.
fn check(answer: Answer, spoken: &str, kind: &str) {
    check_with(&[], answer, spoken, kind);
}

fn check_with(knobs: &[(&str, &str)], answer: Answer, spoken: &str, kind: &str) {
    on_runtime(async {
        let good = Answer::say("Well again.", ms(1));
        let world = World::with(answers(vec![answer, good]), "", knobs).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Hello?").await;
        phone.hear(spoken).await;
        phone.say("Are you there?").await;
        phone.hear("Well again.").await;
        phone.settle().await;
        // The end of a body comes behind the words in it.
        world.until("firstword_llm_streams_active", 0.0).await;
        let metrics = world.metrics().await;
        if !kind.is_empty() {
            let errors = format!("firstword_llm_errors_total{{kind=\"{kind}\"}}");
            metrics.check(&[(&errors, 1.0)]);
        }
        metrics.check(&[
            (r#"firstword_turns_total{outcome="error"}"#, 1.0),
            (r#"firstword_turns_total{outcome="completed"}"#, 1.0),
            ("firstword_calls_active", 1.0),
        ]);
    });
}

#[test]
fn a_status_that_is_no_success_is_answered_by_an_apology() {
    for status in [429, 500, 404] {
        check(Answer::Status(status, "{}".to_owned()), APOLOGY, "status");
    }
}

#[test]
fn a_reply_without_a_word_is_answered_by_an_apology() {
    let nothing = vec![Step::Finish("stop"), Step::Done];
    check(Answer::Stream(nothing), APOLOGY, "");
    let blank = vec![piece(" "), piece("\n"), Step::Finish("stop"), Step::Done];
    check(Answer::Stream(blank), APOLOGY, "");
}

#[test]
fn a_body_that_is_no_event_stream_is_answered_by_an_apology() {
    let page = "<html><body>502 Bad Gateway</body></html>";
    check(Answer::Status(200, page.to_owned()), APOLOGY, "truncated");
    let garbage = "data: <html>\n\n".repeat(5);
    check(
        Answer::Stream(vec![Step::Raw(garbage.into())]),
        APOLOGY,
        "malformed",
    );
}

#[test]
fn a_stream_that_breaks_off_is_closed_by_an_apology_after_its_whole_words() {
    let spoken = format!("I have found it. It is {APOLOGY}");
    let words = || [piece("I have found it."), piece(" It is"), piece(" hid")].to_vec();
    let reset = [words(), vec![Step::Wait(ms(5)), Step::Cut]].concat();
    check(Answer::Stream(reset), &spoken, "truncated");
    check(Answer::Stream(words()), &spoken, "truncated");
    let error = [words(), vec![Step::Error("overloaded".to_owned())]].concat();
    check(Answer::Stream(error), &spoken, "stream");
}

#[test]
fn a_model_that_stalls_has_failed_and_its_stream_is_cut() {
    let impatient = [("FIRSTWORD_MODEL_STALL_TIMEOUT_MS", "700")];
    check_with(&impatient, hangs_after(&[]), APOLOGY, "timeout");
    let spoken = format!("One moment {APOLOGY}");
    let begun = hangs_after(&["One moment", " plea"]);
    check_with(&impatient, begun, &spoken, "timeout");
}

#[test]
fn a_refusal_is_spoken() {
    on_runtime(async {
        let words = "I can't help with that.";
        let refusal = vec![
            Step::Refusal(words.to_owned()),
            Step::Finish("stop"),
            Step::Done,
        ];
        let world = World::start(answers(vec![Answer::Stream(refusal)])).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Do it.").await;
        phone.hear(words).await;
    });
}

#[test]
fn a_web_page_in_place_of_a_stream_is_never_read_out() {
    on_runtime(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.expect("a client");
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 16 * 1024]).await;
                    let page = "data: {\"choices\":[{\"delta\":{\"content\":\"Spam\"}}]}\n\n";
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\
                         connection: close\r\n\r\n{page}",
                        page.len()
                    );
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        // The world's own model is never asked.
        let elsewhere = [("OPENAI_BASE_URL", base.as_str())];
        let world = World::with(says("", 0), "", &elsewhere).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Hello?").await;
        phone.hear(APOLOGY).await;
        let errors = r#"firstword_llm_errors_total{kind="malformed"}"#;
        world.metrics().await.check(&[(errors, 1.0)]);
    });
}

#[test]
fn a_model_may_die_and_come_back_in_the_middle_of_a_call() {
    on_runtime(async {
        let world = World::start(says("All is well.", 1)).await;
        let mut phone = Phone::call(&world).await;
        phone.say("One?").await;
        phone.hear("All is well.").await;
        world.model.kill().await;
        for _ in 0..2 {
            phone.say("Two?").await;
            phone.hear(APOLOGY).await;
        }
        world.model.revive().await.expect("its port is still free");
        phone.say("Three?").await;
        phone.hear("All is well.").await;
        let metrics = world.metrics().await;
        metrics.check(&[
            (r#"firstword_llm_errors_total{kind="connect"}"#, 2.0),
            (r#"firstword_turns_no_answer_total{outcome="error"}"#, 2.0),
        ]);
        phone.hang_up().await;
    });
}

#[test]
fn a_model_that_dies_while_it_speaks_is_apologised_for() {
    on_runtime(async {
        let world = World::start(answers(vec![hangs_after(&["It goes like", " this"])])).await;
        let mut phone = Phone::call(&world).await;
        phone.say("How?").await;
        phone.chunk().await;
        world.model.kill().await;
        let (mut heard, mut is_over) = (String::new(), false);
        while !is_over {
            let (token, last) = phone.chunk().await;
            heard.push_str(&token);
            is_over = last;
        }
        assert!(heard.ends_with(APOLOGY), "{heard:?}");
        phone.settle().await;
    });
}

#[test]
fn a_model_out_of_reach_is_a_warning_at_start_and_no_more() {
    on_runtime(async {
        let world = World::start(says("Here I am.", 1)).await;
        world.model.kill().await;
        let config = super::super::world::config(&world.model.base_url(), "", &[]);
        let server = super::super::world::start(&config);
        let late = World {
            server,
            model: world.model,
        };
        let mut phone = Phone::call(&late).await;
        phone.say("Hello?").await;
        phone.hear(APOLOGY).await;
        late.model.revive().await.expect("its port is still free");
        phone.say("And now?").await;
        phone.hear("Here I am.").await;
        until(|| late.model.asked().len() == 1).await;
    });
}
