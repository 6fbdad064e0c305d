//! Calls that outlive their sockets, over real ones: found by path and by setup, on one serving
//! thread and on several, and once with a burst of what happened meanwhile.

mod found;
mod journal;
mod over;
mod takeover;

use firstword::sim::answer::{Answer, Asked};

use super::world::raw::{FINAL, PING, PONG, Raw, frame, prompt, setup, text};
use super::world::{Metrics, World, ms, on_runtime, says, until};

const PARKED: &str = "firstword_calls_parked";

/// Everything that is spoken up to a chunk that is the last of its reply.
async fn rest(peer: &mut Raw<tokio::net::TcpStream>) -> String {
    let mut heard = String::new();
    loop {
        let frame = peer.frame().await;
        heard.push_str(&frame.token());
        if heard.ends_with(END) {
            return heard;
        }
    }
}

const REPLY: &str = "We open at eight, and we close at six. On Saturday we are here from ten to \
                     two. Please ring twice at the side door, and one of us comes down.";
const END: &str = "one of us comes down.";

#[test]
fn a_reset_in_the_middle_of_a_reply_leaves_the_reply_running() {
    on_runtime(async {
        let world = World::start(says(REPLY, 15)).await;
        let mut peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        peer.put(&prompt("When do you open?")).await;
        peer.frame().await.token();
        peer.reset();
        world.until(PARKED, 1.0).await;
        let mut peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        let heard = rest(&mut peer).await;
        assert!(REPLY.ends_with(&heard), "{heard}");
        peer.put(&prompt("Thank you.")).await;
        until(|| world.model.asked().len() == 2).await;
        let asked = world.model.asked();
        let said: Vec<_> = asked[1].messages[1..]
            .iter()
            .map(|(_, text)| &**text)
            .collect();
        assert_eq!(said, ["When do you open?", REPLY, "Thank you."]);
        world.metrics().await.check(&[
            (r#"firstword_sockets_parted_total{how="gone"}"#, 1.0),
            (r#"firstword_sockets_resumed_total{by="setup"}"#, 1.0),
            ("firstword_calls_started_total", 1.0),
            ("firstword_calls_active", 1.0),
            (PARKED, 0.0),
        ]);
    });
}

#[test]
fn an_end_without_a_close_is_a_lost_socket_too() {
    on_runtime(async {
        let world = World::start(says("Yes.", 1)).await;
        let peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        world.until("firstword_calls_active", 1.0).await;
        // A new sessionId, as behind a `<Connect action>`.
        drop(peer);
        world.until(PARKED, 1.0).await;
        let mut peer = Raw::connect(world.server.public, &setup("CA7", "VX2")).await;
        peer.put(&prompt("Are you there?")).await;
        peer.hear("Yes.").await;
        world
            .metrics()
            .await
            .check(&[("firstword_calls_started_total", 1.0), (PARKED, 0.0)]);
    });
}

/// The call goes on, over and over, on sockets that the kernel deals out to three threads.
#[test]
fn a_call_is_found_from_every_serving_thread() {
    on_runtime(async {
        let threads = [("FIRSTWORD_SERVER_THREADS", "3")];
        let mind = |asked: &Asked| Answer::say(&format!("Answer {}.", asked.number), ms(1));
        let world = World::with(mind, "", &threads).await;
        let mut peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        for number in 0..36 {
            peer.put(&prompt(&format!("Question {number}?"))).await;
            peer.hear(&format!("Answer {number}.")).await;
            // Not each one is lost first; and now and then the path names the call.
            if number % 2 == 0 {
                peer.reset();
                world.until(PARKED, 1.0).await;
                peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
            } else {
                let newer = Raw::connect_to(world.server.public, "/relay/CA7", b"").await;
                let mut old = std::mem::replace(&mut peer, newer);
                assert_eq!(old.frame().await.close_code(), 1001);
            }
        }
        let asked = world.model.asked();
        assert_eq!(asked.len(), 36);
        let history = &asked[35].messages[1..];
        assert_eq!(history.len(), 2 * 35 + 1, "nothing is forgotten");
        assert_eq!(history[0].1, "Question 0?");
        world.metrics().await.check(&[
            ("firstword_calls_started_total", 1.0),
            ("firstword_sockets_replaced_total", 18.0),
            (r#"firstword_sockets_resumed_total{by="setup"}"#, 18.0),
            ("firstword_stale_chunks_sent_total", 0.0),
        ]);
    });
}

#[test]
fn a_burst_of_all_that_happened_meanwhile_is_one_request_for_the_newest_words() {
    on_runtime(async {
        let world = World::start(says("I see.", 1)).await;
        let peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        world.until("firstword_calls_active", 1.0).await;
        peer.reset();
        world.until(PARKED, 1.0).await;
        let connections = world.model.connections();
        let mut peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        let partial = |number| {
            let words = format!("Word {number}");
            let json = serde_json::json!({"type": "prompt", "voicePrompt": words, "last": false});
            text(&json.to_string())
        };
        let both = |number| [partial(number), prompt(&format!("Word {number}."))].concat();
        let burst: Vec<_> = (0..250).flat_map(both).collect();
        peer.put(&burst).await;
        peer.hear("I see.").await;
        peer.put(&frame(FINAL | PING, b"all?")).await;
        assert_eq!(peer.frame().await.head, FINAL | PONG);
        let asked = world.model.asked();
        assert_eq!(asked.len(), 1);
        let (_, words) = asked[0].messages.last().expect("a prompt");
        assert!(words.ends_with("Word 248. Word 249."), "{words}");
        world.until("firstword_llm_streams_active", 0.0).await;
        world.metrics().await.check(&[
            (r#"firstword_llm_requests_total{outcome="completed"}"#, 1.0),
            (r#"firstword_llm_requests_total{outcome="cut"}"#, 0.0),
        ]);
        let more = world.model.connections() - connections;
        assert!(more <= 1, "{more} connections for one request");
    });
}

#[test]
fn a_call_may_come_back_while_the_server_drains_and_no_other_may_come() {
    on_runtime(async {
        let world = World::start(says("Still here.", 1)).await;
        let public = world.server.public;
        let peer = Raw::connect_to(public, "/relay/CA7", &setup("CA7", "VX1")).await;
        world.until("firstword_calls_active", 1.0).await;
        world.server.drain(ms(600_000));
        peer.reset();
        world.until(PARKED, 1.0).await;
        while super::world::http::get(public, "/readyz").await.status != 503 {}
        let mut peer = Raw::connect_to(public, "/relay/CA7", b"").await;
        peer.put(&prompt("Hello?")).await;
        peer.hear("Still here.").await;
        assert_eq!(found::refusal(public, "/relay/CA8").await, 503);
        peer.put(&frame(FINAL | 0x8, &1000_u16.to_be_bytes())).await;
        assert_eq!(peer.frame().await.close_code(), 1000);
        world.server.drained().await;
    });
}

#[test]
fn a_drain_ends_a_parked_call() {
    on_runtime(async {
        let world = World::start(says("Yes.", 1)).await;
        let peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        world.until("firstword_calls_active", 1.0).await;
        drop(peer);
        world.until(PARKED, 1.0).await;
        let metrics = std::sync::Arc::clone(&world.server.metrics);
        world.server.drain(ms(0));
        world.server.drained().await;
        Metrics(metrics.render()).check(&[
            (r#"firstword_calls_ended_total{reason="drain"}"#, 1.0),
            (PARKED, 0.0),
            ("firstword_calls_active", 0.0),
        ]);
    });
}
