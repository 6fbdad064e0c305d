//! The model's HTTP side, read with a plain hyper client.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use firstword::sim::answer::{Answer, Asked, Fate, Mind, Step, pieces};
use firstword::sim::model::Model;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::{on_runtime, until};

const COMPLETIONS: &str = "/v1/chat/completions";

async fn start(mind: impl Mind) -> Model {
    Model::start(SocketAddr::from(([127, 0, 0, 1], 0)), mind)
        .await
        .expect("a free port")
}

fn host(model: &Model) -> String {
    model.base_url().replace("http://", "").replace("/v1", "")
}

async fn send(model: &Model, method: Method, path: &str, body: String) -> Response<Incoming> {
    let stream = TcpStream::connect(host(model)).await.expect("it listens");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .expect("a socket");
    tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", host(model));
    let request = request
        .body(Full::new(Bytes::from(body)))
        .expect("a plain request");
    sender.send_request(request).await.expect("an answer")
}

async fn ask(model: &Model, more: Value) -> Response<Incoming> {
    let messages = json!([
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Hi "}, {"type": "text", "text": "there"}]},
    ]);
    let mut body = json!({"model": "gpt-test", "messages": messages, "stream": true});
    body.as_object_mut()
        .expect("an object")
        .extend(more.as_object().cloned().unwrap_or_default());
    send(model, Method::POST, COMPLETIONS, body.to_string()).await
}

/// Reads a body frame by frame; `None` at the end if it broke off.
async fn frames(response: Response<Incoming>) -> Vec<Option<String>> {
    let mut body = response.into_body();
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        let data = frame.ok().and_then(|frame| frame.into_data().ok());
        frames.push(data.map(|data| String::from_utf8(data.to_vec()).expect("UTF-8")));
    }
    frames
}

/// What is left of an event when all that every chunk has is taken away.
fn shape(event: &str) -> String {
    let data = event
        .strip_prefix("data: ")
        .and_then(|event| event.strip_suffix("\n\n"));
    let data = data.expect("one event in one HTTP chunk");
    let Ok(chunk) = serde_json::from_str::<Value>(data) else {
        return data.to_owned();
    };
    if !chunk["error"].is_null() {
        return format!("error {}", chunk["error"]["message"]);
    }
    assert_eq!(chunk["object"], "chat.completion.chunk");
    assert_eq!(chunk["model"], "gpt-test");
    assert!(chunk["id"].is_string() && chunk["created"].is_u64());
    match chunk["choices"].as_array().map(Vec::as_slice) {
        Some([choice]) => format!("{} {}", choice["delta"], choice["finish_reason"]),
        _ => format!("usage {}", chunk["usage"]["completion_tokens"]),
    }
}

fn check_stream(steps: Vec<Step>, more: Value, expected: &[&str], fate: Fate) {
    on_runtime(async {
        let model = start(move |_: &Asked| Answer::Stream(steps.clone())).await;
        let response = ask(&model, more).await;
        assert_eq!(response.status(), 200);
        assert_eq!(
            response.headers()["content-type"],
            "text/event-stream; charset=utf-8"
        );
        let seen: Vec<String> = frames(response)
            .await
            .iter()
            .map(|frame| frame.as_deref().map_or("broken off".to_owned(), shape))
            .collect();
        assert_eq!(seen, expected);
        until(|| model.asked()[0].fate == fate).await;
    });
}

const ROLE: &str = r#"{"content":"","refusal":null,"role":"assistant"} null"#;

#[test]
fn a_stream_has_role_content_finish_and_done_in_chunks_of_their_own() {
    let Answer::Stream(steps) = Answer::say("Hello there!", Duration::from_millis(1)) else {
        panic!("a saying is a stream");
    };
    let content = [
        r#"{"content":"Hello"} null"#,
        r#"{"content":" there"} null"#,
    ];
    let end = [r#"{"content":"!"} null"#, r#"{} "stop""#];
    let plain = [ROLE, content[0], content[1], end[0], end[1], "[DONE]"];
    check_stream(steps.clone(), json!({}), &plain, Fate::Finished);
    let usage = [
        ROLE, content[0], content[1], end[0], end[1], "usage 3", "[DONE]",
    ];
    let more = json!({"stream_options": {"include_usage": true}});
    check_stream(steps, more, &usage, Fate::Finished);
}

#[test]
fn bad_streams_are_as_bad_as_they_are_written() {
    let refusal = r#"{"refusal":"No."} null"#;
    let said = r#"{"content":"Hi"} null"#;
    let hi = || Step::Piece("Hi".to_owned());
    let raw = || Step::Raw(Bytes::from_static(b"data: rubbish\n\n"));
    let no = || Step::Refusal("No.".to_owned());
    let broken = || Step::Error("out of luck".to_owned());
    check_stream(vec![no()], json!({}), &[ROLE, refusal], Fate::Finished);
    check_stream(
        vec![raw(), hi()],
        json!({}),
        &["rubbish", ROLE, said],
        Fate::Finished,
    );
    check_stream(
        vec![hi(), broken()],
        json!({}),
        &[ROLE, said, r#"error "out of luck""#],
        Fate::Finished,
    );
    check_stream(
        vec![hi(), Step::Cut],
        json!({}),
        &[ROLE, said, "broken off"],
        Fate::Broken,
    );
    check_stream(vec![], json!({}), &[], Fate::Finished);
}

#[test]
fn without_stream_the_same_steps_make_one_body() {
    on_runtime(async {
        let model = start(|_: &Asked| Answer::say("Hello there!", Duration::ZERO)).await;
        let response = ask(&model, json!({"stream": false})).await;
        let body = response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(body["object"], "chat.completion");
        assert_eq!(body["choices"][0]["message"]["content"], "Hello there!");
        assert_eq!(body["choices"][0]["finish_reason"], "stop");
        let asked = &model.asked()[0];
        assert_eq!((asked.number, asked.model.as_str()), (0, "gpt-test"));
        let user = ("user".to_owned(), "Hi there".to_owned());
        assert_eq!(
            asked.messages,
            [("system".to_owned(), "Be brief.".to_owned()), user]
        );
    });
}

#[test]
fn a_client_that_leaves_is_noticed_while_nothing_is_sent() {
    for silence in [Step::Hang, Step::Wait(Duration::from_secs(3600))] {
        on_runtime(async {
            let steps = vec![Step::Piece("Hi".to_owned()), silence];
            let model = start(move |_: &Asked| Answer::Stream(steps.clone())).await;
            let mut response = ask(&model, json!({})).await;
            response
                .frame()
                .await
                .expect("the role chunk")
                .expect("a whole chunk");
            assert_eq!(model.asked()[0].fate, Fate::Running);
            let left = std::time::Instant::now();
            drop(response);
            until(|| model.asked()[0].cut_at().is_some()).await;
            assert!(model.asked()[0].cut_at() >= Some(left));
            assert!(!model.asked()[0].finished());
        });
    }
}

#[test]
fn a_killed_model_resets_everything_and_comes_back_on_its_port() {
    on_runtime(async {
        let model =
            start(|_: &Asked| Answer::Stream(vec![Step::Piece("Hi".into()), Step::Hang])).await;
        let mut body = ask(&model, json!({})).await.into_body();
        body.frame()
            .await
            .expect("the role chunk")
            .expect("a whole chunk");
        let address = host(&model);
        model.kill().await;
        while let Some(Ok(_)) = body.frame().await {}
        assert_eq!(model.asked()[0].fate, Fate::Broken);
        let refused = TcpStream::connect(&address)
            .await
            .expect_err("nobody listens");
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
        model.kill().await;
        model.revive().await.expect("the port is free");
        model
            .revive()
            .await
            .expect("it runs, which is what was wanted");
        assert_eq!(host(&model), address);
        assert_eq!(ask(&model, json!({})).await.status(), 200);
        assert_eq!((model.asked().len(), model.connections()), (2, 2));
    });
}

#[test]
fn what_is_no_completion_gets_openais_errors() {
    on_runtime(async {
        let busy = r#"{"error":{"message":"busy"}}"#;
        let model = start(|_: &Asked| Answer::Status(503, busy.to_owned())).await;
        let good = r#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#;
        for (method, path, body, status) in [
            (Method::GET, "/v1/models", "", 200),
            (Method::POST, "/v1/models", "", 405),
            (Method::GET, COMPLETIONS, "", 405),
            (Method::POST, "/v2/nothing", "", 404),
            (Method::POST, COMPLETIONS, "rubbish", 400),
            (Method::POST, COMPLETIONS, "{}", 400),
            (
                Method::POST,
                COMPLETIONS,
                r#"{"model":"m","messages":[]}"#,
                400,
            ),
            (Method::POST, COMPLETIONS, good, 503),
        ] {
            let case = format!("{method} {path} {body}");
            let response = send(&model, method, path, body.to_owned()).await;
            assert_eq!(response.status(), status, "{case}");
            let body = response
                .into_body()
                .collect()
                .await
                .expect("a body")
                .to_bytes();
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            let key = if status == 200 { "data" } else { "error" };
            assert!(!body[key].is_null(), "{case}: {body}");
        }
        assert_eq!(
            model.asked().len(),
            1,
            "only the one good request is a question"
        );
    });
}

#[test]
fn pieces_are_words_with_the_space_before_them() {
    for (text, expected) in [
        ("Hello there! I'm in.", "Hello| there|!| I|'m| in|."),
        ("At 3:30, $49.99", "At| 3|:|30|,| $|49|.|99"),
        ("12345", "123|45"),
        ("Bye. [END_CALL]", "Bye|.| [|END|_|CALL|]"),
        ("a\n\n b ", "a|\n\n b| "),
        ("' 'é", "'| 'é"),
        ("", ""),
    ] {
        assert_eq!(pieces(text).join("|"), expected);
        assert_eq!(pieces(text).concat(), text);
    }
}
