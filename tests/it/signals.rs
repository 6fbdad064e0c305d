//! What signals do to a server with a live call.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::net::unix::pipe;
use tokio::time::{sleep, timeout};

use super::journal::folder;
use super::world::http::get;
use super::world::process::Process;
use super::world::raw::{CLOSE, FINAL, PING, PONG, Raw, frame, setup};
use super::world::{Metrics, ms, on_runtime};

#[test]
fn a_hang_up_or_user_signal_ends_neither_the_server_nor_its_calls() {
    on_runtime(async {
        let process = Process::serve(&[], Stdio::null());
        let mut call = Raw::connect(process.public, &setup("CAlive", "VX1")).await;
        for name in ["HUP", "USR1", "USR2", "HUP"] {
            process.signal(name);
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

#[test]
fn a_server_that_stood_still_counts_every_moment_of_it() {
    on_runtime(async {
        let process = Process::serve(&[], Stdio::null());
        process.signal("STOP");
        sleep(ms(1_000)).await;
        process.signal("CONT");
        // A hundred beats were half a second late in the mean.
        let lag = async || {
            let page = Metrics(get(process.private, "/metrics").await.body);
            page.value("firstword_runtime_lag_seconds_sum")
        };
        while lag().await < 40.0 {}
    });
}

/// A call of a server that is told this address is over, and a name in the address is being looked up. The
/// end of the server does not wait for that.
#[cfg(target_env = "gnu")]
async fn end_while_a_name_is_looked_up(variable: &'static str) {
    // glibc reads this file before it asks a name server for a name without a dot.
    let folder = folder(variable);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let aliases = folder.join("aliases");
    let made = Command::new("mkfifo").arg(&aliases).status();
    assert!(made.expect("there is a `mkfifo`").success());
    let path = aliases.to_str().expect("UTF-8");
    let variables = [(variable, "http://nobody:1/"), ("HOSTALIASES", path)];
    let mut process = Process::serve(&variables, Stdio::null());
    let mut call = Raw::connect(process.public, &setup("CAover", "VX1")).await;
    call.put(&frame(FINAL | CLOSE, &1000_u16.to_be_bytes()))
        .await;
    let lookup = loop {
        // That fails until somebody reads, and what reads waits for as long as this is open.
        match pipe::OpenOptions::new().open_sender(&aliases) {
            Ok(lookup) => break lookup,
            Err(_) => sleep(ms(1)).await,
        }
    };
    process.terminate();
    let status = timeout(Duration::from_secs(10), process.ended()).await;
    assert_eq!(status.expect("the lookup holds it up").code(), Some(0));
    drop(lookup);
}

#[test]
#[cfg(target_env = "gnu")]
fn a_name_server_that_does_not_answer_does_not_hold_up_the_end() {
    on_runtime(async {
        tokio::join!(
            end_while_a_name_is_looked_up("OPENAI_BASE_URL"),
            end_while_a_name_is_looked_up("OTEL_EXPORTER_OTLP_ENDPOINT"),
        );
    });
}
