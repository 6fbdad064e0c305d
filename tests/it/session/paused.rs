//! A process that did not run for a while: its clock has moved on, and nothing was read.

use super::super::world::ms;
use super::super::world::pipe;

#[tokio::test(start_paused = true)]
async fn a_call_is_not_taken_for_dead_because_we_were_paused() {
    pipe::call(async |mut pipe| {
        pipe.settle().await;
        tokio::time::advance(ms(90_000)).await;
        pipe.peer.answer_ping().await;
        assert_eq!(pipe.now(), ms(90_000));
        let ask = pipe.asked("Still there?").await;
        ask.say("Still here.");
        pipe.peer.hear("Still here.").await;
        let silent = r#"firstword_sockets_parted_total{how="silent"}"#;
        pipe.metrics().check(&[(silent, 0.0)]);
    })
    .await;
}
