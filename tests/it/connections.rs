//! Which connection a request to the model goes over.

use std::cell::Cell;
use std::sync::Arc;

use firstword::net::llm::connections::{Connections, Protocol};

/// Clients with numbers.
struct World {
    connections: Connections<u32>,
    built: Cell<u32>,
}

impl World {
    fn new(protocol: Protocol) -> Self {
        Self {
            connections: Connections::new(protocol, 0),
            built: Cell::new(0),
        }
    }

    fn build(&self) -> Result<u32, ()> {
        self.built.set(self.built.get() + 1);
        Ok(self.built.get())
    }

    fn choose(&self) -> Arc<u32> {
        let chosen = self.connections.choose(|| self.build());
        chosen.expect("nothing fails")
    }

    fn spare(&self) -> Option<u32> {
        let spare = self.connections.spare(|| self.build());
        spare.map(|spare| *spare)
    }

    fn replace(&self, client: &Arc<u32>) -> Option<Arc<u32>> {
        self.connections.replace(client, || self.build())
    }
}

fn numbers<const N: usize>(clients: &[Arc<u32>; N]) -> [u32; N] {
    clients.each_ref().map(|client| **client)
}

#[test]
fn each_request_has_a_connection_to_itself_until_http_1_is_known() {
    for protocol in [Protocol::Unknown, Protocol::Http2] {
        let world = World::new(protocol);
        let [first, second, third] = [world.choose(), world.choose(), world.choose()];
        assert_eq!((*first, *second, *third), (0, 1, 2));
        drop(second);
        assert_eq!(*world.choose(), 1, "one that is free is used again");
        world.connections.learn(Protocol::Http1);
        let more = [world.choose(), world.choose()];
        assert_eq!(numbers(&more), [0, 0]);
    }
}

#[test]
fn with_http_1_the_first_client_opens_connections_as_it_needs_them() {
    let world = World::new(Protocol::Http1);
    let running = [world.choose(), world.choose(), world.choose()];
    assert_eq!(numbers(&running), [0, 0, 0]);
    assert_eq!(world.spare(), None);
    world.connections.learn(Protocol::Http2);
    assert_eq!(*world.choose(), 1, "the server may have been replaced");
}

#[test]
fn the_request_that_takes_the_last_connection_has_the_next_one_made() {
    let world = World::new(Protocol::Http2);
    assert_eq!(world.spare(), None, "there is one");
    let first = world.choose();
    assert_eq!((world.spare(), world.spare()), (Some(1), None));
    let second = world.choose();
    assert_eq!(*second, 1);
    drop(first);
    assert_eq!(world.spare(), None, "one is free again");
}

#[test]
fn a_connection_that_is_lost_goes_with_those_that_are_idle_and_is_replaced() {
    let world = World::new(Protocol::Http2);
    let running = [world.choose(), world.choose(), world.choose()];
    let [lost, idle, busy] = running;
    drop(idle);
    let another = world.replace(&lost).expect("nothing fails");
    drop((lost, another, busy));
    let next = [world.choose(), world.choose(), world.choose()];
    assert_eq!(numbers(&next), [3, 2, 4]);
}

#[test]
fn with_http_1_a_lost_connection_takes_its_client_and_all_that_is_idle_with_it() {
    let world = World::new(Protocol::Http1);
    let client = world.choose();
    assert_eq!(*world.replace(&client).expect("nothing fails"), 1);
    assert_eq!(*world.choose(), 1);
}

#[test]
fn a_connection_on_which_a_reply_has_stalled_gets_no_other_request() {
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let world = World::new(protocol);
        let client = world.choose();
        world.connections.stalled(&client);
        world.connections.stalled(&client);
        drop(client);
        let next = world.choose();
        assert_eq!(*next, 1, "{protocol:?}");
    }
}

#[test]
fn without_another_connection_the_least_busy_one_has_to_do() {
    let connections = Connections::new(Protocol::Http2, 0);
    let none = || Err("no file descriptor");
    let running = [connections.choose(none), connections.choose(none)];
    assert_eq!(running, [Ok(Arc::new(0)), Ok(Arc::new(0))]);
    let client = running[0].as_ref().expect("it is one");
    assert_eq!(connections.replace(client, none), None);
    connections.stalled(client);
    assert_eq!(connections.choose(none), Err("no file descriptor"));
}
