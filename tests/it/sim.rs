//! The simulated ends of a call: does a model look like a model, a caller like a caller?
//!
//! Real sockets on ports that the system picks, real time, and generous deadlines that only a
//! failure ever reaches.

use std::future::Future;
use std::time::Duration;

mod call;
mod caller;
mod model;
mod person;
mod prospect;
mod relay_server;

/// Runs a test on the kind of runtime that the server's threads have.
fn on_runtime(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let test = async { tokio::time::timeout(Duration::from_secs(30), test).await };
    runtime
        .expect("a runtime needs only a few descriptors")
        .block_on(test)
        .expect("it hangs");
}

/// Waits until something is so; the test's own deadline is the limit.
async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
