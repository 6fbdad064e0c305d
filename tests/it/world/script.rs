//! A model whose every read the test hands out: for tests in memory and virtual time.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use firstword::call::event::Failure;
use firstword::net::llm::{Model, Read, ReplyStream};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// All that was asked so far. Clones are the same model.
#[derive(Clone, Default)]
pub struct Script {
    asks: Rc<RefCell<Vec<Ask>>>,
    warmed: Rc<Cell<usize>>,
    panics_when_warmed: Rc<Cell<bool>>,
}

/// One request.
#[derive(Clone)]
pub struct Ask {
    pub body: Value,
    reads: UnboundedSender<Read>,
    taken: Rc<Cell<usize>>,
    dropped: Rc<Cell<bool>>,
    stalled: Rc<Cell<bool>>,
    panics: Rc<Cell<bool>>,
}

impl Script {
    /// The requests so far.
    pub fn count(&self) -> usize {
        self.asks.borrow().len()
    }

    /// How often a spare connection was wanted.
    pub fn warmed(&self) -> usize {
        self.warmed.get()
    }

    /// Plants a bug in what makes the spare connection.
    pub fn panic_when_warmed(&self) {
        self.panics_when_warmed.set(true);
    }

    /// The request of this number, once it is made.
    pub async fn ask(&self, number: usize) -> Ask {
        while self.count() <= number {
            tokio::task::yield_now().await;
        }
        self.asks.borrow()[number].clone()
    }
}

impl Ask {
    /// Role and text of each message but the system's.
    pub fn messages(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        let messages = self.body["messages"].as_array().expect("a list");
        messages
            .iter()
            .map(|message| (text(&message["role"]), text(&message["content"])))
            .filter(|(role, _)| role != "system")
            .collect()
    }

    pub fn read(&self, read: Read) {
        // A stream that was cut reads no more, which `is_cut` tells.
        let _ = self.reads.send(read);
    }

    pub fn headers(&self) {
        self.read(Read::Headers);
    }

    /// One delta, in a chunk of bytes of its own.
    pub fn piece(&self, text: &str) {
        self.event(&json!({"choices": [{"index": 0, "delta": {"content": text}}]}).to_string());
    }

    /// The reply is whole, though its body goes on.
    pub fn finish_reason(&self) {
        let choice = json!({"index": 0, "delta": {}, "finish_reason": "stop"});
        self.event(&json!({ "choices": [choice] }).to_string());
    }

    pub fn finish(&self) {
        self.finish_reason();
        self.event("[DONE]");
        self.read(Read::End);
    }

    /// A whole reply.
    pub fn say(&self, text: &str) {
        self.headers();
        self.piece(text);
        self.finish();
    }

    /// Plants a bug in the next read.
    pub fn panic_when_read(&self) {
        self.panics.set(true);
    }

    pub fn fail(&self, why: Failure) {
        self.read(Read::Failed(why));
    }

    fn event(&self, data: &str) {
        self.read(Read::Bytes(format!("data: {data}\n\n").into()));
    }

    /// Reads that the server has taken.
    pub fn taken(&self) -> usize {
        self.taken.get()
    }

    /// Whether the stream was told that it has stalled.
    pub fn is_stalled(&self) -> bool {
        self.stalled.get()
    }

    /// Whether the server has dropped the stream.
    pub fn is_dropped(&self) -> bool {
        self.dropped.get()
    }
}

impl Model for Script {
    type Stream = ScriptStream;

    fn ask(&self, body: Vec<u8>) -> ScriptStream {
        let (sender, reads) = unbounded_channel();
        let (taken, dropped, stalled) = (Rc::default(), Rc::default(), Rc::default());
        let panics: Rc<Cell<bool>> = Rc::default();
        self.asks.borrow_mut().push(Ask {
            body: serde_json::from_slice(&body).expect("JSON"),
            reads: sender,
            taken: Rc::clone(&taken),
            dropped: Rc::clone(&dropped),
            stalled: Rc::clone(&stalled),
            panics: Rc::clone(&panics),
        });
        ScriptStream {
            reads,
            taken,
            dropped,
            stalled,
            panics,
        }
    }

    fn warm(&self) -> impl Future<Output = ()> + 'static {
        self.warmed.set(self.warmed.get() + 1);
        let panics = self.panics_when_warmed.get();
        async move { assert!(!panics, "planted") }
    }
}

pub struct ScriptStream {
    reads: UnboundedReceiver<Read>,
    taken: Rc<Cell<usize>>,
    dropped: Rc<Cell<bool>>,
    stalled: Rc<Cell<bool>>,
    panics: Rc<Cell<bool>>,
}

impl ReplyStream for ScriptStream {
    async fn next(&mut self) -> Read {
        assert!(!self.panics.get(), "planted");
        let Some(read) = self.reads.recv().await else {
            return std::future::pending().await;
        };
        self.taken.set(self.taken.get() + 1);
        read
    }

    fn stalled(&mut self) {
        self.stalled.set(true);
    }
}

impl Drop for ScriptStream {
    fn drop(&mut self) {
        self.dropped.set(true);
    }
}
