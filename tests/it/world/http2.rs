//! A model that speaks HTTP/2 over TLS, as the providers do. A test says how many streams it allows
//! on a connection, and what it does with each request for a reply.
//!
//! Its certificate vouches for itself: the server under test takes it as the only root.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use h2::server::{Connection, SendResponse};
use h2::{Reason, RecvStream};
use hyper::{Method, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

/// The certificate's file, for a child's `SSL_CERT_FILE`.
pub const CERTIFICATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/data/tls/certificate.pem"
);
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tls/key.pem");

/// What it says where it answers.
pub const REPLY: &str = "It is open.";

/// What becomes of one request for a reply.
#[derive(Clone)]
pub enum Act {
    /// The whole reply at once.
    Answer,
    /// The same, when so many requests are there.
    AnswerTogether(Rc<Barrier>),
    /// A sentence, and nothing more.
    Hang,
    /// Its stream is refused.
    Refuse,
    /// The whole connection is dropped.
    Break,
    /// Nothing is read from the connection any more, and nothing written.
    Silence,
}

/// What a test is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A request for a reply came over this connection.
    Request { connection: usize },
    /// The stream of one that hangs was reset.
    Reset { connection: usize, reason: Reason },
}

pub struct Model {
    address: SocketAddr,
    seen: mpsc::UnboundedReceiver<(Instant, Seen)>,
    /// All connections up to this number are silent.
    silent: watch::Sender<Option<usize>>,
    newest: watch::Receiver<usize>,
}

/// What its connections share.
struct Mind<F> {
    streams_max: u32,
    decide: F,
    tell: mpsc::UnboundedSender<(Instant, Seen)>,
    silent: watch::Receiver<Option<usize>>,
}

impl Model {
    /// Must be called on a `LocalSet`.
    pub async fn start(streams_max: u32, decide: impl Fn(usize) -> Act + 'static) -> Self {
        let listener = TcpListener::bind(super::free()).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (tell, seen) = mpsc::unbounded_channel();
        let (silent, is_silent) = watch::channel(None);
        let (count, newest) = watch::channel(0);
        let mind = Rc::new(Mind {
            streams_max,
            decide: numbered(decide),
            tell,
            silent: is_silent,
        });
        let acceptor = acceptor();
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = *count.borrow();
                count.send_replace(number + 1);
                let (mind, acceptor) = (Rc::clone(&mind), acceptor.clone());
                tokio::task::spawn_local(async move { mind.serve(number, acceptor, stream).await });
            }
        });
        Self {
            address,
            seen,
            silent,
            newest,
        }
    }

    pub fn base_url(&self) -> String {
        format!("https://localhost:{}/v1", self.address.port())
    }

    /// The next thing that it has seen, and when.
    pub async fn seen(&mut self) -> (Instant, Seen) {
        self.seen.recv().await.expect("it is there")
    }

    /// The connection of the next request.
    pub async fn asked(&mut self) -> usize {
        match self.seen().await {
            (_, Seen::Request { connection }) => connection,
            (_, other) => panic!("{other:?} in place of a request"),
        }
    }

    /// What it has seen and was not asked about.
    pub fn seen_so_far(&mut self) -> Vec<Seen> {
        let seen = std::iter::from_fn(|| self.seen.try_recv().ok());
        seen.map(|(_, seen)| seen).collect()
    }

    /// All connections that there are fall silent; new ones are served.
    pub fn fall_silent(&self) {
        let newest = *self.newest.borrow();
        self.silent.send_replace(newest.checked_sub(1));
    }
}

/// The same with the number of the request.
fn numbered(decide: impl Fn(usize) -> Act) -> impl Fn() -> Act {
    let count = std::cell::Cell::new(0);
    move || {
        let number = count.get();
        count.set(number + 1);
        decide(number)
    }
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(CERTIFICATE).expect("it is a certificate");
    let key = PrivateKeyDer::from_pem_file(KEY).expect("it is a key");
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("they belong together");
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

impl<F: Fn() -> Act + 'static> Mind<F> {
    async fn serve(self: Rc<Self>, number: usize, acceptor: TlsAcceptor, stream: TcpStream) {
        // A client that made more connections than it needs drops some.
        let Ok(stream) = acceptor.accept(stream).await else {
            return;
        };
        let mut builder = h2::server::Builder::new();
        builder.max_concurrent_streams(self.streams_max);
        let Ok(mut connection) = builder.handshake(stream).await else {
            return;
        };
        let mut silent = self.silent.clone();
        let falls_silent = async {
            let is_meant = |newest: &Option<usize>| newest.is_some_and(|newest| number <= newest);
            // Nothing of the channel is held meanwhile.
            drop(silent.wait_for(is_meant).await);
        };
        tokio::select! {
            () = self.requests(number, &mut connection) => {}
            () = falls_silent => std::future::pending().await,
        }
    }

    async fn requests(
        &self,
        number: usize,
        connection: &mut Connection<TlsStream<TcpStream>, Bytes>,
    ) {
        while let Some(Ok((request, mut respond))) = connection.accept().await {
            if request.method() == Method::GET {
                // So is a connection made before it is needed.
                drop(respond.send_response(Response::new(()), true));
                continue;
            }
            let seen = Seen::Request { connection: number };
            self.tell(seen);
            match (self.decide)() {
                Act::Answer => answer(request.into_body(), respond, None),
                Act::AnswerTogether(all) => answer(request.into_body(), respond, Some(all)),
                Act::Hang => {
                    let tell = self.tell.clone();
                    hang(number, respond, tell);
                }
                Act::Refuse => respond.send_reset(Reason::REFUSED_STREAM),
                Act::Break => return,
                Act::Silence => std::future::pending().await,
            }
        }
    }

    fn tell(&self, seen: Seen) {
        // The test may be over.
        let _ = self.tell.send((Instant::now(), seen));
    }
}

/// Takes the whole request, then answers.
fn answer(mut body: RecvStream, mut respond: SendResponse<Bytes>, all: Option<Rc<Barrier>>) {
    tokio::task::spawn_local(async move {
        while let Some(Ok(_)) = body.data().await {}
        if let Some(all) = all {
            all.wait().await;
        }
        let events = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{REPLY}\"}}}}]}}\n\n\
             data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"stop\"}}]}}\n\n\
             data: [DONE]\n\n"
        );
        // The client may have gone.
        if let Ok(mut stream) = respond.send_response(head(), false) {
            let _ = stream.send_data(events.into(), true);
        }
    });
}

/// Begins to answer, and tells when it is cut off.
fn hang(
    connection: usize,
    mut respond: SendResponse<Bytes>,
    tell: mpsc::UnboundedSender<(Instant, Seen)>,
) {
    tokio::task::spawn_local(async move {
        let events =
            format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{REPLY} \"}}}}]}}\n\n");
        let mut stream = respond.send_response(head(), false).expect("it waits");
        stream.send_data(events.into(), false).expect("it waits");
        let reset = std::future::poll_fn(|context| stream.poll_reset(context)).await;
        let reason = reset.expect("the connection lives on");
        let _ = tell.send((Instant::now(), Seen::Reset { connection, reason }));
    });
}

fn head() -> Response<()> {
    Response::builder()
        .header("content-type", "text/event-stream")
        .body(())
        .expect("it is sound")
}
