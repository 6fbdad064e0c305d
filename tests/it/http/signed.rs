//! With an auth token, only who knows it gets TwiML or a socket.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::world::http::{Answer, exchange, get, send};
use super::super::world::raw::{UPGRADE, upgrade_request};
use super::super::world::{World, ms, on_runtime, says};

pub const TOKEN: &str = "12345678901234567890123456789012";
const PUBLIC_URL: &str = "https://voice.example.com";

pub async fn signed_world() -> World {
    let variables = [
        ("TWILIO_AUTH_TOKEN", TOKEN),
        ("FIRSTWORD_PUBLIC_URL", PUBLIC_URL),
        ("FIRSTWORD_TURN_SETUP_TIMEOUT_MS", "200"),
    ];
    World::with(says("Hello.", 1), "", &variables).await
}

/// The signature of an address and its sorted parameters (protocol page, section 5).
pub fn sign(token: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

async fn twiml(world: &World, signatures: &[&str], body: &str) -> u16 {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let signed = signatures
        .iter()
        .map(|value| ("X-Twilio-Signature", *value));
    let headers: Vec<_> = [form].into_iter().chain(signed).collect();
    let answer = send(world.server.public, "POST", "/twiml", &headers, body).await;
    assert_eq!(answer.body.contains("<Response>"), answer.status == 200);
    answer.status
}

#[test]
fn a_webhook_is_answered_if_its_signature_fits_and_else_refused() {
    on_runtime(async {
        let world = signed_world().await;
        let body = "To=%2B15550100004&From=%2B15550100003&CallSid=CA1";
        let signed = "https://voice.example.com/twimlCallSidCA1From+15550100003To+15550100004";
        let good = sign(TOKEN, signed);
        let other_token = sign("another", signed);
        let other_url = sign(TOKEN, &signed.replace("voice", "voices"));
        assert_eq!(twiml(&world, &[&good], body).await, 200);
        assert_eq!(twiml(&world, &[], body).await, 403);
        assert_eq!(twiml(&world, &[""], body).await, 403);
        assert_eq!(twiml(&world, &[&other_token], body).await, 403);
        assert_eq!(twiml(&world, &[&other_url], body).await, 403);
        assert_eq!(
            twiml(&world, &[&good, &good], body).await,
            403,
            "which one?"
        );
        assert_eq!(
            twiml(&world, &[&good], &body.replace("CA1", "CA2")).await,
            403
        );
        let metrics = world.metrics().await;
        metrics.check(&[
            (r#"firstword_signatures_total{result="valid"}"#, 1.0),
            (r#"firstword_signatures_total{result="invalid"}"#, 6.0),
        ]);
        // The rest needs no signature: probes have none.
        assert_eq!(get(world.server.public, "/healthz").await.status, 200);
        assert_eq!(get(world.server.public, "/readyz").await.status, 200);
    });
}

/// Asks for an upgrade; reads the status line only, since a socket that is up says nothing more.
async fn upgrade(world: &World, signature: Option<&str>) -> Answer {
    let mut headers = UPGRADE.to_vec();
    headers.retain(|(name, _)| *name != "connection");
    headers.push(("connection", "upgrade, close"));
    headers.extend(signature.map(|signature| ("x-twilio-signature", signature)));
    let request = upgrade_request(&headers);
    let waits = exchange(world.server.public, &request);
    tokio::time::timeout(ms(15_000), waits)
        .await
        .expect("the connection is closed by the server")
}

#[test]
fn an_upgrade_is_refused_before_its_101_unless_its_signature_fits() {
    on_runtime(async {
        let world = signed_world().await;
        let good = sign(TOKEN, "wss://voice.example.com/relay");
        let https = sign(TOKEN, "https://voice.example.com/relay");
        assert_eq!(upgrade(&world, None).await.status, 403);
        assert_eq!(upgrade(&world, Some("AAAA")).await.status, 403);
        assert_eq!(upgrade(&world, Some(&https)).await.status, 403);
        let started = "firstword_calls_started_total";
        world.metrics().await.check(&[(started, 0.0)]);
        // Without a setup, the server closes the socket by itself.
        assert_eq!(upgrade(&world, Some(&good)).await.status, 101);
        world.metrics().await.check(&[(started, 1.0)]);
    });
}
