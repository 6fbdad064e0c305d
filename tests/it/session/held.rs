//! A prompt that may only be said again is held for a moment, and its caller waits meanwhile.

use super::super::world::raw::{SETUP, prompt, text};
use super::super::world::{ms, pipe};

/// Room for all that a call writes in this test.
const WIDE: usize = 64 * 1024;

#[tokio::test(start_paused = true)]
async fn the_time_for_which_a_prompt_is_held_is_a_part_of_its_turn() {
    pipe::call(async |mut pipe| {
        for (number, words) in ["Is it open?", "Until when?"].into_iter().enumerate() {
            pipe.peer.put(&prompt(words)).await;
            pipe.model.ask(number).await.say("Yes, it is.");
            pipe.peer.hear("Yes, it is.").await;
        }
        pipe.settle().await;
        assert_eq!(pipe.latency().first_chunk.max, 0);
        pipe.cut();
        pipe.settle().await;
        pipe.reconnect(WIDE);
        pipe.peer.put(&text(SETUP)).await;
        pipe.peer.answer_ping().await;
        pipe.peer.put(&prompt("Is it open?")).await;
        let said = pipe.now();
        tokio::time::sleep(ms(200)).await;
        pipe.model.ask(2).await.say("As I said.");
        pipe.peer.hear("As I said.").await;
        let waited = (pipe.now() - said).as_micros();
        assert!(waited >= 200_000, "it was not held: {waited}");
        pipe.settle().await;
        assert_eq!(u128::from(pipe.latency().first_chunk.max), waited);
    })
    .await;
}
