//! A call that ends with a close of the relay: nothing of it is left a second later.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use firstword::sim::answer::{Answer, Asked};

use super::super::world::http::get;
use super::super::world::raw::{CLOSE, FINAL, Raw, frame, prompt, setup};
use super::super::world::{World, hangs_after, ms, on_runtime, says};

fn hangs(_: &Asked) -> Answer {
    hangs_after(&["One moment, please,"])
}

#[test]
fn a_close_releases_everything_within_a_second() {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("resume-over");
    // A run that was killed may have left its files.
    let _ = fs::remove_dir_all(&dir);
    let folder = dir.to_str().expect("UTF-8").to_owned();
    on_runtime(async {
        let journal = [
            ("FIRSTWORD_JOURNAL_DIR", folder.as_str()),
            ("FIRSTWORD_JOURNAL_CONTENT", "full"),
        ];
        let world = World::with(hangs, "", &journal).await;
        let mut peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        peer.put(&prompt("Hello?")).await;
        peer.frame().await.token();
        assert_eq!(live(&world).await, 1);
        let closed = Instant::now();
        peer.put(&frame(FINAL | CLOSE, &1000_u16.to_be_bytes()))
            .await;
        world
            .until(
                r#"firstword_calls_ended_total{reason="caller_hangup"}"#,
                1.0,
            )
            .await;
        world.until("firstword_calls_active", 0.0).await;
        super::until(|| world.model.asked()[0].cut_at().is_some()).await;
        while live(&world).await > 0 {}
        super::until(|| last_line(&dir).contains(r#""event":"gone""#)).await;
        let took = closed.elapsed();
        assert!(took < ms(1_000), "{took:?}");
        world.metrics().await.check(&[
            ("firstword_calls_parked", 0.0),
            ("firstword_llm_streams_active", 0.0),
        ]);
    });
    fs::remove_dir_all(&dir).expect("nobody else writes there");
}

/// Behind a `<Connect action>` the same phone call comes again, in another session.
#[test]
fn another_session_that_comes_after_the_end_has_a_call_of_its_own() {
    on_runtime(async {
        let world = World::start(says("Bye. [END_CALL]", 1)).await;
        let mut peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        peer.put(&prompt("Goodbye.")).await;
        peer.hear("Bye.").await;
        assert_eq!(peer.frame().await.json()["type"], "end");
        let mut next = Raw::connect(world.server.public, &setup("CA7", "VX2")).await;
        assert_eq!(peer.frame().await.close_code(), 1001);
        next.put(&prompt("Hello again.")).await;
        next.hear("Bye.").await;
        assert_eq!(next.frame().await.json()["type"], "end");
        // The same session again, which may not have heard it.
        let mut again = Raw::connect(world.server.public, &setup("CA7", "VX2")).await;
        assert_eq!(again.frame().await.json()["type"], "end");
        let asked = world.model.asked();
        let told: Vec<_> = asked[1].messages[1..].iter().map(|it| &*it.1).collect();
        assert_eq!(told, ["Hello again."]);
        world.metrics().await.check(&[
            ("firstword_calls_started_total", 2.0),
            ("firstword_calls_active", 1.0),
        ]);
    });
}

#[test]
fn the_wait_for_a_socket_that_never_came_is_no_part_of_a_call() {
    on_runtime(async {
        let window = [("FIRSTWORD_SERVER_RESUME_SECONDS", "1")];
        let world = World::with(hangs, "", &window).await;
        let begun = Instant::now();
        let peer = Raw::connect(world.server.public, &setup("CA8", "VX1")).await;
        while live(&world).await == 0 {}
        drop(peer);
        world.until("firstword_calls_parked", 1.0).await;
        let had_a_socket = begun.elapsed();
        world
            .until("firstword_call_duration_seconds_count", 1.0)
            .await;
        assert!(begun.elapsed() >= ms(1_000), "it was waited for");
        let lasted = world.metrics().await;
        let lasted = lasted.value("firstword_call_duration_seconds_sum");
        assert!(lasted <= had_a_socket.as_secs_f64(), "{lasted} s");
        // The page says the same, as soon as it has heard of the end.
        let told = loop {
            let calls = get(world.server.private, "/calls.json").await.body;
            let calls: serde_json::Value = serde_json::from_str(&calls).expect("JSON");
            if let Some(told) = calls["outlines"][0]["lasted_us"].as_f64() {
                break told / 1e6;
            }
        };
        assert!((told - lasted).abs() < 1e-6, "{told} s, not {lasted} s");
    });
}

/// How many calls the live page shows as being up.
async fn live(world: &World) -> usize {
    let list = get(world.server.private, "/calls.json").await;
    let list: serde_json::Value = serde_json::from_str(&list.body).expect("JSON");
    list["live"].as_array().expect("a list").len()
}

/// The last line of the only journal there is, so far as it is written.
fn last_line(dir: &Path) -> String {
    let mut files = fs::read_dir(dir).expect("the journal made it");
    let Some(Ok(file)) = files.next() else {
        return String::new();
    };
    let text = fs::read_to_string(file.path()).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(lines, _)| lines);
    whole.lines().last().unwrap_or_default().to_owned()
}
