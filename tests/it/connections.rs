//! Which connection a request to the model goes over.

use std::cell::Cell;
use std::sync::Arc;

use firstword::net::llm::connections::Connections;

/// Connections with numbers, and how to open the next one.
fn numbered() -> (Connections<u32>, impl Fn(&Connections<u32>) -> Arc<u32>) {
    let opened = Cell::new(0);
    let choose = move |connections: &Connections<u32>| {
        let build = || {
            opened.set(opened.get() + 1);
            Ok::<_, ()>(opened.get())
        };
        connections.choose(build).expect("nothing fails")
    };
    (Connections::new(0), choose)
}

#[test]
fn a_full_connection_gets_no_more_and_a_free_one_is_used_again() {
    let (connections, choose) = numbered();
    let mut running: Vec<_> = (0..40).map(|_| choose(&connections)).collect();
    let on = |number| running.iter().filter(|on| ***on == number).count();
    assert_eq!([on(0), on(1), on(2), on(3)], [16, 16, 8, 0]);
    running.truncate(3);
    assert_eq!(*choose(&connections), 0);
}

#[test]
fn a_connection_on_which_a_reply_has_stalled_is_replaced_once() {
    let (connections, choose) = numbered();
    let first = choose(&connections);
    let second = choose(&connections);
    connections.stalled(&first, true);
    connections.stalled(&second, true);
    let next = choose(&connections);
    assert_eq!((*first, *second, *next), (0, 0, 1));
    drop((first, second));
    assert_eq!(*choose(&connections), 1, "one new connection for both");
}

#[test]
fn a_request_that_never_began_beside_others_tells_the_limit_of_the_server() {
    let (connections, choose) = numbered();
    let mut running: Vec<_> = (0..4).map(|_| choose(&connections)).collect();
    let last = running.pop().expect("the fourth");
    connections.stalled(&last, false);
    let next: Vec<u32> = (0..4)
        .map(|_| {
            running.push(choose(&connections));
            **running.last().expect("it was put there")
        })
        .collect();
    assert_eq!(next, [1, 1, 1, 2], "three at most from now on");
}

#[test]
fn a_request_that_stalls_alone_tells_nothing_about_limits() {
    let (connections, choose) = numbered();
    connections.stalled(&choose(&connections), false);
    let running = [choose(&connections), choose(&connections)];
    let running = running.map(|on| *on);
    assert_eq!(running, [1, 1]);
}

#[test]
fn without_another_connection_the_least_busy_one_has_to_do() {
    let connections = Connections::new(0);
    let running: Vec<_> = (0..40)
        .map(|_| connections.choose(|| Err("no file descriptor")))
        .collect();
    assert!(
        running
            .iter()
            .all(|on| on.as_ref().is_ok_and(|on| **on == 0))
    );
    connections.stalled(running[0].as_ref().expect("it is one"), true);
    let none = connections.choose(|| Err("no file descriptor"));
    assert_eq!(none, Err("no file descriptor"));
}
