//! The journal of a call that had two sockets: it tells of both, and can be run again.

use std::fs;
use std::path::PathBuf;

use firstword::replay::Journal;

use super::super::world::raw::{CLOSE, FINAL, Raw, frame, prompt, setup};
use super::super::world::{World, ms, on_runtime, says};
use super::PARKED;

#[test]
fn the_journal_tells_of_both_sockets_and_runs_again() {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("resume-journal");
    // A run that was killed may have left its files.
    let _ = fs::remove_dir_all(&dir);
    let folder = dir.to_str().expect("UTF-8").to_owned();
    on_runtime(async {
        let journal = [
            ("FIRSTWORD_JOURNAL_DIR", folder.as_str()),
            ("FIRSTWORD_JOURNAL_CONTENT", "full"),
        ];
        let world = World::with(says("Still here.", 1), "", &journal).await;
        let mut peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        peer.put(&prompt("Hello?")).await;
        peer.hear("Still here.").await;
        peer.reset();
        world.until(PARKED, 1.0).await;
        let mut peer = Raw::connect(world.server.public, &setup("CA7", "VX1")).await;
        peer.put(&prompt("And now?")).await;
        peer.hear("Still here.").await;
        peer.put(&frame(FINAL | CLOSE, &1000_u16.to_be_bytes()))
            .await;
        assert_eq!(peer.frame().await.close_code(), 1000);
        let World { server, .. } = world;
        let stopping = tokio::task::spawn_blocking(move || server.stop(ms(0)));
        stopping.await.expect("stopping never panics");
    });
    let files: Vec<_> = fs::read_dir(&dir).expect("the journal made it").collect();
    let [Ok(file)] = &files[..] else {
        panic!("{files:?} in place of one journal")
    };
    let text = fs::read_to_string(file.path()).expect("it is text");
    let of = |event: &str| text.matches(&format!(r#""event":"{event}""#)).count();
    assert_eq!((of("parted"), of("rejoined"), of("gone")), (1, 1, 1));
    let journal = Journal::read(&text).unwrap_or_else(|why| panic!("{why}"));
    let same = journal.replay().unwrap_or_else(|why| panic!("{why}"));
    assert!(same.is_whole && same.turns == 2);
    fs::remove_dir_all(&dir).expect("nobody else writes there");
}
