//! A peer that reads slowly, or not at all: it costs bounded memory, and nobody else anything.

use firstword::net::llm::Read;

use super::super::world::ms;
use super::super::world::pipe::{self, Pipe};
use super::super::world::raw::{FINAL, PING, frame, prompt};

const LOST: &str = r#"firstword_sockets_parted_total{how="write"}"#;

/// What an outbox may hold, by its own word, and one read of the model on top.
const OUTBOX_BYTES: usize = 64 * 1024 + 4 * 1024;

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_reads_is_given_up_before_the_reply_fills_memory() {
    pipe::run("", 256, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Tell me all.").await;
        // A megabyte of reply, all of it ready at once.
        let piece = "four words and more, ";
        for _ in 0..50_000 {
            ask.piece(piece);
        }
        tokio::time::sleep(ms(5_100)).await;
        let spoken = ask.taken() * piece.len();
        assert!(
            spoken < OUTBOX_BYTES,
            "{spoken} bytes of reply were taken for nobody"
        );
        pipe.metrics().check(&[(LOST, 1.0)]);
        // Nor does it say more before the turn is given up.
        tokio::time::sleep(ms(5_100)).await;
        assert_eq!(ask.taken() * piece.len(), spoken);
        assert!(ask.is_dropped());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_pings_and_never_reads_is_given_up() {
    pipe::run("", 256, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ping = frame(FINAL | PING, &[b'x'; 125]);
        for _ in 0..10 * OUTBOX_BYTES / ping.len() {
            pipe.peer.put(&ping).await;
        }
        tokio::time::sleep(ms(5_100)).await;
        pipe.metrics().check(&[(LOST, 1.0)]);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_chunk_begun_before_its_turn_died_is_not_counted_as_stale() {
    pipe::run("", 16, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("One?").await;
        ask.piece("It began, ");
        pipe.settle().await;
        // The first 16 bytes of that chunk have gone. Two more turns die before the rest can.
        pipe.peer.put(&prompt("Two?")).await;
        pipe.model.ask(1).await;
        pipe.peer.put(&prompt("Three?")).await;
        pipe.model.ask(2).await.say("Three.");
        assert_eq!(pipe.peer.frame().await.token(), "It began,");
        pipe.peer.hear("Three.").await;
        pipe.metrics().check_no_stale();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_reads_does_not_keep_the_goodbye_waiting() {
    pipe::run("", 16, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Hello?").await;
        ask.read(Read::End);
        pipe.settle().await;
        pipe.worker.drain.raise();
        let over = pipe.until_over().await;
        assert!(over <= ms(2_000), "it took {over:?}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_peer_that_does_not_read_is_not_ours() {
    pipe::run("", 256, async |mut pipe: Pipe| {
        pipe.set_up().await;
        let ask = pipe.asked("Tell me all.").await;
        ask.piece("It began, ");
        assert_eq!(pipe.peer.frame().await.token(), "It began,");
        pipe.settle().await;
        assert_eq!(pipe.latency().overhead.count, 1);
        // More than the pipe holds: the peer takes it a while later.
        let piece = "and on it went, ";
        for _ in 0..50 {
            ask.piece(piece);
        }
        pipe.settle().await;
        tokio::time::sleep(ms(2_000)).await;
        ask.piece("and then no more.");
        ask.finish();
        pipe.peer
            .hear(&format!(" {}and then no more.", piece.repeat(50)))
            .await;
        pipe.settle().await;
        let overhead = pipe.latency().overhead;
        assert_eq!(overhead.max, 0, "of {} chunks", overhead.count);
        // It reads again, so the next reply's chunks are measured.
        pipe.peer.put(&prompt("And now?")).await;
        pipe.model.ask(1).await.say("Now it is over.");
        pipe.peer.hear("Now it is over.").await;
        assert!(pipe.latency().overhead.count > overhead.count);
    })
    .await;
}
