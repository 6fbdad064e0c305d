//! More calls without a socket than a process keeps.

use firstword::net::switchboard::PARKED_MAX;

use super::super::world::pipe;

#[tokio::test(start_paused = true)]
async fn beyond_the_bound_a_call_ends_with_its_socket() {
    pipe::call(async |mut pipe| {
        pipe.settle().await;
        let claim = |number| {
            pipe.worker
                .switchboard
                .claim(&*format!("CA-other-{number}"))
        };
        let mut others: Vec<_> = (0..PARKED_MAX).filter_map(claim).collect();
        assert!(others.iter().all(|place| place.park()));
        let late = claim(PARKED_MAX).expect("nobody has it");
        assert!(!late.park());
        // One that comes back makes room, and so does one that ends.
        others[0].unpark();
        assert!(late.park());
        others.pop();
        assert!(others[0].park());
        pipe.cut();
        pipe.until_over().await;
        pipe.metrics().check(&[
            (
                r#"firstword_calls_ended_total{reason="too_many_parked"}"#,
                1.0,
            ),
            (r#"firstword_sockets_parted_total{how="gone"}"#, 0.0),
            ("firstword_calls_parked", 0.0),
            ("firstword_calls_active", 0.0),
        ]);
    })
    .await;
}
