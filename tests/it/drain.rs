//! The server goes down: no new calls, live ones may end by themselves, late ones are closed.

mod promised;

use std::time::Duration;

use super::world::http::{exchange, get};
use super::world::phone::{Heard, Phone};
use super::world::raw::{CLOSE, FINAL, UPGRADE, frame, upgrade_request_to};
use super::world::{World, hangs_after, on_runtime, says};

const LONG: Duration = Duration::from_secs(600);

/// The caller has hung up: the relay closes.
fn hang_up() -> Vec<u8> {
    frame(FINAL | CLOSE, &1000_u16.to_be_bytes())
}

#[test]
fn while_it_drains_probes_hear_of_it_and_new_calls_are_refused_but_live_ones_go_on() {
    on_runtime(async {
        let world = World::start(says("Still here.", 1)).await;
        let public = world.server.public;
        let mut phone = Phone::call(&world).await;
        phone.settle().await;
        world.server.drain(LONG);
        while get(public, "/readyz").await.status != 503 {}
        assert_eq!(get(public, "/healthz").await.status, 200);
        let mut upgrade = UPGRADE.to_vec();
        upgrade.retain(|(name, _)| *name != "connection");
        upgrade.push(("connection", "upgrade, close"));
        let refused = exchange(public, &upgrade_request_to("/relay/CA9", &upgrade)).await;
        assert_eq!(refused.status, 503);
        phone.say("Hello?").await;
        phone.hear("Still here.").await;
        world
            .metrics()
            .await
            .check(&[("firstword_draining", 1.0), ("firstword_calls_active", 1.0)]);
        phone.hang_up().await;
        world.server.drained().await;
    });
}

#[test]
fn a_live_call_is_closed_with_1001_when_the_time_is_up() {
    on_runtime(async {
        let mind = |_: &firstword::sim::answer::Asked| hangs_after(&["Let me see"]);
        let world = World::start(mind).await;
        let mut phone = Phone::call(&world).await;
        phone.say("Hello?").await;
        phone.chunk().await;
        world.server.drain(LONG);
        phone.settle().await;
        // A second signal may shorten the time.
        world.server.drain(Duration::ZERO);
        assert_eq!(phone.next().await, Heard::Closed(Some(1001)));
        let metrics = std::sync::Arc::clone(&world.server.metrics);
        world.server.drained().await;
        let ended = r#"firstword_calls_ended_total{reason="drain"}"#;
        super::world::Metrics(metrics.render())
            .check(&[(ended, 1.0), ("firstword_calls_active", 0.0)]);
        super::world::until(|| world.model.asked()[0].cut_at().is_some()).await;
    });
}

#[test]
fn a_server_without_calls_stops_at_once_and_frees_its_ports() {
    on_runtime(async {
        let world = World::start(says("", 0)).await;
        let (public, private) = (world.server.public, world.server.private);
        let stopping = tokio::task::spawn_blocking(move || world.server.stop(LONG));
        stopping.await.expect("stopping never panics");
        for address in [public, private] {
            let refused = tokio::net::TcpStream::connect(address).await;
            assert!(refused.is_err(), "{address} still listens");
        }
    });
}

#[test]
fn several_threads_share_one_port_and_all_of_them_drain() {
    on_runtime(async {
        let threads = [("FIRSTWORD_SERVER_THREADS", "3")];
        let world = World::with(says("Yes.", 1), "", &threads).await;
        let mut phones = Vec::new();
        for number in 0..12 {
            let mut phone = Phone::call_as(&world, &format!("CA{number}")).await;
            phone.say("Hello?").await;
            phone.hear("Yes.").await;
            phones.push(phone);
        }
        world
            .metrics()
            .await
            .check(&[("firstword_calls_active", 12.0)]);
        world.server.drain(Duration::ZERO);
        for mut phone in phones {
            assert_eq!(phone.next().await, Heard::Closed(Some(1001)));
        }
        world.server.drained().await;
    });
}
