//! Calls whose model speaks HTTP/1.1 and closes connections when it likes.

use std::cell::Cell;
use std::rc::Rc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

use super::world::phone::Phone;
use super::world::{config, free, on_runtime, start};

const REPLY: &str = "It is open.";

/// How many requests for a reply there were.
type Asked = Rc<Cell<usize>>;

/// Reads one request and answers it. False when it was closed without a byte instead.
async fn serve(
    stream: &mut BufReader<TcpStream>,
    asked: &Asked,
    closes: impl Fn(usize) -> bool,
) -> bool {
    let mut line = String::new();
    let mut length = 0;
    let mut is_reply = false;
    while !line.ends_with("\r\n\r\n") {
        let from = line.len();
        if !matches!(stream.read_line(&mut line).await, Ok(1..)) {
            return false;
        }
        let header = line[from..].to_ascii_lowercase();
        is_reply |= header.starts_with("post ");
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.expect("all of it");
    let number = asked.get();
    asked.set(number + usize::from(is_reply));
    if is_reply && closes(number) {
        return false;
    }
    let delta =
        format!(r#"{{"choices":[{{"delta":{{"content":"{REPLY}"}},"finish_reason":"stop"}}]}}"#);
    let body = format!("data: {delta}\n\ndata: [DONE]\n\n");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream";
    let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).await.is_ok()
}

/// Plays `test` in front of a model that closes the connection of a request if `closes` says so of its
/// number.
fn play(closes: impl Fn(usize) -> bool + Copy + 'static, test: impl AsyncFnOnce(Phone, Asked)) {
    on_runtime(LocalSet::new().run_until(async move {
        let listener = TcpListener::bind(free()).await.expect("a free port");
        let base_url = format!("http://{}/v1", listener.local_addr().expect("it is bound"));
        let asked = Asked::default();
        let counted = Rc::clone(&asked);
        spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let asked = Rc::clone(&counted);
                spawn_local(async move {
                    let mut stream = BufReader::new(stream);
                    while serve(&mut stream, &asked, closes).await {}
                });
            }
        });
        let server = start(&config(&base_url, "", &[]));
        let url = format!("ws://{}/relay", server.public);
        let phone = Phone::call_at(&url, "CA00000000000000000000000000000000").await;
        test(phone, asked).await;
    }));
}

#[test]
fn a_kept_connection_that_the_model_closes_under_a_request_costs_no_turn() {
    play(
        |number| number == 1,
        async |mut phone, asked| {
            for turn in 0..3 {
                phone.say(&format!("Is it open, {turn}?")).await;
                phone.hear(REPLY).await;
            }
            assert_eq!(asked.get(), 4);
        },
    );
}

#[test]
fn a_request_that_always_loses_its_connection_is_sent_twice() {
    play(
        |_| true,
        async |mut phone, asked| {
            phone.say("Is it open?").await;
            let (apology, _) = phone.chunk().await;
            assert_ne!(apology, REPLY);
            assert_eq!(asked.get(), 2);
        },
    );
}
