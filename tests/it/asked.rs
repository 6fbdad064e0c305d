//! The commands that ask a running server: by which address, and for how long.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use firstword::config::Config;

use super::world::{World, on_runtime, says};

/// Runs the binary with these variables and no other ones of ours.
fn firstword(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firstword"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FIRSTWORD_") {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    command
}

fn output(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let output = firstword(arguments, variables).output();
    output.expect("the binary was built for this test")
}

#[track_caller]
fn check_well(arguments: &[&str], variables: &[(&str, &str)]) {
    let output = output(arguments, variables);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{arguments:?} {variables:?}: {told}"
    );
}

#[test]
fn the_commands_find_the_server_by_the_variables_that_the_server_obeys() {
    on_runtime(async {
        let world = World::start(says("", 0)).await;
        let (public, private) = (world.server.public, world.server.private);
        let asking = tokio::task::spawn_blocking(move || {
            let (public, private) = (&*public.to_string(), &*private.to_string());
            // Nobody answers there.
            let nowhere = "127.0.0.1:1";
            let health = &["healthcheck"][..];
            check_well(health, &[("FIRSTWORD_LISTEN", public)]);
            check_well(health, &[("FIRSTWORD_SERVER_LISTEN", public)]);
            let both = [
                ("FIRSTWORD_LISTEN", ""),
                ("FIRSTWORD_SERVER_LISTEN", public),
            ];
            check_well(health, &both);
            // The long name is more exact, for the server too.
            let both = [
                ("FIRSTWORD_LISTEN", nowhere),
                ("FIRSTWORD_SERVER_LISTEN", public),
            ];
            check_well(health, &both);
            check_well(
                &["healthcheck", "--listen", public],
                &[("FIRSTWORD_LISTEN", nowhere)],
            );
            let top = &["top", "--once"][..];
            check_well(top, &[("FIRSTWORD_ADMIN_LISTEN", private)]);
            check_well(top, &[("FIRSTWORD_SERVER_ADMIN_LISTEN", private)]);
            let both = [
                ("FIRSTWORD_ADMIN_LISTEN", ""),
                ("FIRSTWORD_SERVER_ADMIN_LISTEN", private),
            ];
            check_well(top, &both);
            check_well(
                &["top", "--once", "--admin", private],
                &[("FIRSTWORD_ADMIN_LISTEN", nowhere)],
            );
        });
        asking.await.expect("each was well");
    });
}

#[test]
fn an_empty_variable_leaves_the_address_that_it_is_by_default() {
    let server = Config::addresses(|_| Some(String::new())).expect("it is as good as unset");
    let default = Config::default().server;
    assert_eq!(server.listen, default.listen);
    assert_eq!(server.admin_listen, default.admin_listen);
}

#[test]
fn a_server_that_listens_everywhere_is_asked_over_loopback() {
    on_runtime(async {
        let world = World::start(says("", 0)).await;
        let ports = (world.server.public.port(), world.server.private.port());
        let asking = tokio::task::spawn_blocking(move || {
            let everywhere = |port: u16| format!("0.0.0.0:{port}");
            check_well(
                &["healthcheck"],
                &[("FIRSTWORD_LISTEN", &everywhere(ports.0))],
            );
            check_well(
                &["top", "--once"],
                &[("FIRSTWORD_ADMIN_LISTEN", &everywhere(ports.1))],
            );
        });
        asking.await.expect("each was well");
    });
}

#[test]
fn a_variable_that_is_no_address_is_named() {
    for (command, name) in [
        ("healthcheck", "FIRSTWORD_LISTEN"),
        ("healthcheck", "FIRSTWORD_SERVER_LISTEN"),
        ("top", "FIRSTWORD_ADMIN_LISTEN"),
        ("top", "FIRSTWORD_SERVER_ADMIN_LISTEN"),
    ] {
        let output = output(&[command], &[(name, "8080")]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(64), "{command}: {told}");
        assert!(told.contains(name), "{told}");
    }
}

#[test]
fn a_demo_of_absurd_length_or_size_is_refused() {
    for arguments in [
        ["demo", "--for", "1e19s"],
        ["demo", "--for", "nan"],
        ["demo", "--outage", "1e19s-2e19s"],
        ["demo", "--callers", "18446744073709551615"],
    ] {
        let output = output(&arguments, &[]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
    }
}

/// A server that answers a byte now and then, for ever.
fn dripping() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody asks");
        let mut request = [0; 1024];
        let _ = stream.read(&mut request).expect("a request");
        // Ends when the far end is closed.
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    address
}

/// An answer of ten thousand bytes would last a quarter of an hour at this pace.
const LIMIT: Duration = Duration::from_secs(15);

#[test]
fn an_answer_that_never_ends_is_not_waited_for() {
    for arguments in [["healthcheck", "--listen"], ["top", "--admin"]] {
        let address = dripping().to_string();
        let mut child = firstword(&arguments, &[])
            .arg(address)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built for this test");
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("it is ours") {
                break Some(status);
            }
            if begun.elapsed() > LIMIT {
                child.kill().expect("it runs");
                child.wait().expect("it is ours");
                break None;
            }
            thread::sleep(Duration::from_millis(20));
        };
        let status = status.unwrap_or_else(|| panic!("{arguments:?} waits for ever"));
        assert_eq!(status.code(), Some(1), "{arguments:?}");
        let mut told = String::new();
        let errors = child.stderr.as_mut().expect("it is piped");
        errors.read_to_string(&mut told).expect("text");
        assert!(told.contains("in time"), "{told}");
    }
}
