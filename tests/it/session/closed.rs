//! Who closes a socket: a caller who hangs up, or a proxy whose callers are still there.

use super::super::world::pipe;
use super::super::world::raw::{CLOSE, FINAL, frame};

const PARKED: &str = "firstword_calls_parked";

/// Room for all that a call writes in these tests.
const WIDE: usize = 64 * 1024;

/// A proxy that is restarted or fails says so on every socket; its callers are still there.
#[tokio::test(start_paused = true)]
async fn a_close_of_a_proxy_is_no_hang_up() {
    for (code, may_come_back) in [
        (1001_u16, true),
        (1011, true),
        (1012, true),
        (1014, true),
        (1000, false),
        (1008, false),
    ] {
        pipe::call(async |mut pipe| {
            let ask = pipe.asked("Go on.").await;
            pipe.settle().await;
            pipe.peer
                .put(&frame(FINAL | CLOSE, &code.to_be_bytes()))
                .await;
            pipe.settle().await;
            assert_eq!(ask.is_dropped(), !may_come_back, "{code}");
            if may_come_back {
                assert_eq!(pipe.peer.frame().await.close_code(), 1001);
                pipe.metrics().check(&[
                    (r#"firstword_sockets_parted_total{how="closed"}"#, 1.0),
                    (PARKED, 1.0),
                ]);
                pipe.reconnect(WIDE);
                ask.say("Here it is.");
                pipe.peer.hear("Here it is.").await;
            } else {
                assert_eq!(pipe.peer.frame().await.close_code(), code);
            }
        })
        .await;
    }
}
