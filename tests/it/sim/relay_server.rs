//! A tiny server of the relay protocol, scripted by a test.

use std::time::Duration;

use bytes::Bytes;
use fastwebsockets::upgrade::upgrade;
use fastwebsockets::{FragmentCollector, Frame, OpCode, Payload};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// What the server does on a frame from the caller.
pub enum Do {
    Nothing,
    Say(Vec<(&'static str, bool)>),
    End,
    Ping,
    Close(u16),
    Vanish,
}

/// Serves one call with a script; returns the URL, and everything that came as JSON. A close is
/// told as `{"close": code}`, a ping, once it is answered, as `{"ping": true}`.
pub async fn serve(
    script: impl Fn(&Value) -> Do + Clone + Send + Sync + 'static,
) -> (String, mpsc::UnboundedReceiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!(
        "ws://{}/relay?a=b",
        listener.local_addr().expect("it is bound")
    );
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a caller");
        let service = service_fn(move |request: Request<Incoming>| {
            let (script, tell) = (script.clone(), tell.clone());
            async move { accept(request, script, tell) }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let _ = connection.await;
    });
    (url, told)
}

type Refused = fastwebsockets::WebSocketError;

fn accept(
    mut request: Request<Incoming>,
    script: impl Fn(&Value) -> Do + Send + Sync + 'static,
    tell: mpsc::UnboundedSender<Value>,
) -> Result<Response<Empty<Bytes>>, Refused> {
    assert_eq!(request.uri().query(), Some("a=b"));
    let (response, upgraded) = upgrade(&mut request)?;
    tokio::spawn(async move {
        let mut socket = upgraded.await?;
        // The library would answer a ping without showing it.
        socket.set_auto_pong(false);
        let mut socket = FragmentCollector::new(socket);
        loop {
            let frame = socket.read_frame().await?;
            let told = match frame.opcode {
                OpCode::Text => serde_json::from_slice(&frame.payload).expect("JSON"),
                OpCode::Close => {
                    json!({"close": u16::from_be_bytes([frame.payload[0], frame.payload[1]])})
                }
                OpCode::Pong => json!({"pong": String::from_utf8_lossy(&frame.payload)}),
                OpCode::Ping => {
                    socket
                        .write_frame(Frame::pong(Payload::Borrowed(b"")))
                        .await?;
                    json!({"ping": true})
                }
                _ => continue,
            };
            let next = script(&told);
            let is_close = frame.opcode == OpCode::Close;
            let _ = tell.send(told);
            if is_close {
                return Ok::<_, Refused>(());
            }
            match next {
                Do::Nothing => {}
                Do::Say(chunks) => {
                    for (token, last) in chunks {
                        let text =
                            json!({"type": "text", "token": token, "last": last}).to_string();
                        socket
                            .write_frame(Frame::text(Payload::Owned(text.into_bytes())))
                            .await?;
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                }
                Do::End => {
                    let end = Payload::Borrowed(br#"{"type":"end"}"#);
                    socket.write_frame(Frame::text(end)).await?;
                }
                Do::Ping => {
                    let ping = Frame::new(true, OpCode::Ping, None, Payload::Borrowed(b"there?"));
                    socket.write_frame(ping).await?;
                }
                Do::Close(code) => socket.write_frame(Frame::close(code, b"")).await?,
                Do::Vanish => return Ok(()),
            }
        }
    });
    Ok(response)
}
