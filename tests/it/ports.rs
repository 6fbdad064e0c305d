//! A port belongs to one server: threads share it, processes do not.

use std::io;

use firstword::net::server::{Server, StartError};

use super::world::http::get;
use super::world::{World, config, on_runtime, says};

/// Starts a second server with this variable set to the address of the first.
#[track_caller]
fn check_refused(world: &World, threads: &str, variable: &str, address: std::net::SocketAddr) {
    let address = address.to_string();
    let variables = [("FIRSTWORD_SERVER_THREADS", threads), (variable, &*address)];
    let error = Server::start(&config("http://127.0.0.1:1", "", &variables));
    match error {
        Err(StartError::Bind(_, ref cause)) => {
            assert_eq!(cause.kind(), io::ErrorKind::AddrInUse);
        }
        other => panic!(
            "{variable} with {threads}: {other:?} beside {}",
            world.server.public
        ),
    }
    let told = error.expect_err("it was refused").to_string();
    assert!(
        told.contains(&address) && told.contains("choose another"),
        "{told}"
    );
}

#[test]
fn a_second_server_on_the_same_port_is_refused_whatever_its_threads() {
    on_runtime(async {
        for ours in ["1", "3"] {
            let threads = [("FIRSTWORD_SERVER_THREADS", ours)];
            let world = World::with(says("", 0), "", &threads).await;
            let server = &world.server;
            for theirs in ["1", "2"] {
                check_refused(&world, theirs, "FIRSTWORD_LISTEN", server.public);
                check_refused(&world, theirs, "FIRSTWORD_ADMIN_LISTEN", server.private);
            }
            assert_eq!(get(server.public, "/readyz").await.status, 200);
        }
    });
}

#[test]
fn a_port_can_be_taken_again_as_soon_as_its_server_has_stopped() {
    on_runtime(async {
        let threads = ("FIRSTWORD_SERVER_THREADS", "3");
        let world = World::with(says("", 0), "", &[threads]).await;
        let public = world.server.public.to_string();
        assert_eq!(get(world.server.public, "/readyz").await.status, 200);
        let stop = move || world.server.stop(std::time::Duration::ZERO);
        let stopping = tokio::task::spawn_blocking(stop);
        stopping.await.expect("stopping never panics");
        let again = config(
            "http://127.0.0.1:1",
            "",
            &[threads, ("FIRSTWORD_LISTEN", &public)],
        );
        let again = Server::start(&again).expect("nobody listens there");
        assert_eq!(again.public.to_string(), public);
    });
}
