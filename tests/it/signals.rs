//! What signals do to a server with a live call.

use std::process::Stdio;

use super::world::http::get;
use super::world::on_runtime;
use super::world::process::Process;
use super::world::raw::{CLOSE, FINAL, PING, PONG, Raw, frame, setup};

#[test]
fn a_hang_up_signal_ends_neither_the_server_nor_its_calls() {
    on_runtime(async {
        let process = Process::serve(&[], Stdio::null());
        let mut call = Raw::connect(process.public, &setup("CAlive", "VX1")).await;
        for _ in 0..3 {
            process.signal("HUP");
            assert_eq!(get(process.public, "/readyz").await.status, 200);
        }
        call.put(&frame(FINAL | PING, b"still there?")).await;
        let answer = call.frame().await;
        assert_eq!(
            (answer.head, &*answer.payload),
            (FINAL | PONG, &b"still there?"[..])
        );
        call.put(&frame(FINAL | CLOSE, &1000_u16.to_be_bytes()))
            .await;
        process.terminate();
        assert_eq!(process.wait().code(), Some(0));
    });
}
