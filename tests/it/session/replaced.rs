//! A newer socket while the old one looks open, in virtual time: the newest wins, and no byte of the
//! one gets into the other.

use tokio::io::AsyncReadExt;

use super::super::world::pipe::{self, POST, Pipe};
use super::super::world::raw::{CLOSE, FINAL, PING, PONG, TEXT, frame, interrupt, prompt};

const REPLACED: &str = "firstword_sockets_replaced_total";
const WIDE: usize = 64 * 1024;

#[tokio::test(start_paused = true)]
async fn the_newest_socket_wins_and_the_old_one_is_closed_1001_and_heard_no_more() {
    pipe::call(async |mut pipe| {
        let ask = pipe.asked("Go on.").await;
        ask.piece("One two three");
        assert_eq!(pipe.peer.frame().await.token(), "One two");
        let mut old = pipe.reconnect(WIDE);
        pipe.settle().await;
        assert_eq!(old.frame().await.close_code(), 1001);
        // An interrupt, and a close, on the old socket.
        old.put(&interrupt("One")).await;
        old.put(&frame(FINAL | CLOSE, &1000_u16.to_be_bytes()))
            .await;
        assert_eq!(old.next().await.expect("no reset"), None);
        assert!(!ask.is_dropped());
        ask.piece(" four five six.");
        ask.finish();
        pipe.peer.hear(" three four five six.").await;
        pipe.metrics().check(&[
            (REPLACED, 1.0),
            ("firstword_calls_active", 1.0),
            ("firstword_calls_parked", 0.0),
            (r#"firstword_interruptions_total{kind="barge_in"}"#, 0.0),
            (r#"firstword_turns_total{outcome="completed"}"#, 1.0),
        ]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_chunk_begun_on_the_old_socket_comes_whole_on_the_new_one() {
    // How much of the first frames the old socket takes.
    for bytes in 1..140 {
        pipe::run(POST, bytes, async |mut pipe: Pipe| {
            pipe.set_up().await;
            let ask = pipe.asked("Go on.").await;
            ask.piece("One two three four five six.");
            pipe.settle().await;
            let mut old = pipe.reconnect(WIDE);
            pipe.settle().await;
            let mut left = Vec::new();
            old.stream.read_to_end(&mut left).await.expect("no reset");
            let (whole, rest) = chunks(&left);
            // Half a frame is all that stands behind the whole ones, or else the close.
            let close = [&[FINAL | CLOSE, 2][..], &1001_u16.to_be_bytes()].concat();
            assert!(
                rest == close || rest.starts_with(&[FINAL | TEXT]),
                "{rest:?}"
            );
            assert!(rest != close || left.len() <= bytes + close.len());
            ask.piece(" And that is all.");
            ask.finish();
            let reply = "One two three four five six. And that is all.";
            let behind = reply.strip_prefix(&*whole).expect("the beginning");
            pipe.peer.hear(behind).await;
            let metrics = pipe.metrics();
            metrics.check(&[(REPLACED, 1.0), ("firstword_stale_chunks_sent_total", 0.0)]);
        })
        .await;
    }
}

/// The words of the whole chunks at the beginning of `bytes`, and what is behind them.
fn chunks(mut bytes: &[u8]) -> (String, &[u8]) {
    let mut words = String::new();
    while let [0x81, length @ ..=125, rest @ ..] = bytes {
        let Some((payload, behind)) = rest.split_at_checked(usize::from(*length)) else {
            break;
        };
        let json: serde_json::Value = serde_json::from_slice(payload).expect("JSON");
        words.push_str(json["token"].as_str().expect("a token"));
        bytes = behind;
    }
    (words, bytes)
}

#[tokio::test(start_paused = true)]
async fn a_chunk_begun_on_the_old_socket_is_dropped_if_its_turn_has_died() {
    pipe::run(POST, 16, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("One?").await;
        ask.piece("It began, and");
        pipe.settle().await;
        pipe.peer.put(&interrupt("It")).await;
        pipe.settle().await;
        pipe.reconnect(WIDE);
        pipe.peer.put(&frame(FINAL | PING, b"all?")).await;
        assert_eq!(pipe.peer.frame().await.head, FINAL | PONG);
        pipe.metrics().check_no_stale();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn of_two_sockets_at_once_the_newest_is_taken() {
    pipe::call(async |mut pipe| {
        pipe.settle().await;
        pipe.reconnect(WIDE);
        let mut passed_over = pipe.reconnect(WIDE);
        pipe.peer.put(&prompt("Hello?")).await;
        pipe.model.ask(0).await.say("Hello.");
        pipe.peer.hear("Hello.").await;
        assert_eq!(passed_over.next().await.expect("no reset"), None);
        pipe.metrics().check(&[("firstword_calls_active", 1.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_ping_of_the_old_socket_does_not_get_into_the_new_one() {
    pipe::run(POST, 16, async |mut pipe: Pipe| {
        pipe.set_up().await;
        pipe.peer.put(&frame(FINAL | PING, &[b'x'; 100])).await;
        pipe.settle().await;
        pipe.reconnect(WIDE);
        pipe.peer.put(&prompt("Hello?")).await;
        pipe.model.ask(0).await.say("Hello.");
        pipe.peer.hear("Hello.").await;
    })
    .await;
}
