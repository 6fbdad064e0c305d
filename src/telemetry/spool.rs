//! The journal's thread: takes lines from the serving threads and appends them to files.
//!
//! Lines cross through a bounded lock-free ring of bytes. A file is opened, appended to and closed
//! for each batch, so ten thousand calls do not cost ten thousand descriptors. A disk that refuses
//! is counted and told once; calls never notice.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::output;

use super::metrics::Metrics;

/// Bytes of a ring: 100 ms of 10,000 calls at 30 pieces a second and 100 bytes a line.
const RING_BYTES: usize = 4 * 1024 * 1024;

/// How long a line waits in a ring at most.
const LOOK: Duration = Duration::from_millis(20);

/// A call's lines are written when they are this many bytes, or this old.
const BATCH_BYTES: usize = 16 * 1024;
const BATCH_AGE: Duration = Duration::from_secs(1);

/// What a record means for the file of its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The bytes are a line.
    Line = 0,
    /// The bytes are the file's name.
    Name = 1,
    /// There will be no more of this call.
    Close = 2,
}

impl Kind {
    fn from_byte(byte: u8) -> Self {
        match byte {
            1 => Self::Name,
            2 => Self::Close,
            _ => Self::Line,
        }
    }
}

/// Before each record's bytes: their length, the call's number, the kind.
const HEAD_BYTES: usize = 9;

/// The sending end, one for each serving thread.
#[derive(Debug)]
pub struct Sender(rtrb::Producer<u8>);

impl Sender {
    /// Takes the record whole or not at all; tells which.
    pub fn send(&mut self, call: u32, kind: Kind, bytes: &[u8]) -> bool {
        let Ok(length) = u32::try_from(bytes.len()) else {
            return false;
        };
        let mut head = [0; HEAD_BYTES];
        head[..4].copy_from_slice(&length.to_le_bytes());
        head[4..8].copy_from_slice(&call.to_le_bytes());
        head[8] = kind as u8;
        let Ok(mut chunk) = self.0.write_chunk(HEAD_BYTES + bytes.len()) else {
            return false;
        };
        let (first, second) = chunk.as_mut_slices();
        let behind = fill([first, second], &head);
        fill(behind, bytes);
        chunk.commit_all();
        true
    }
}

/// Copies `bytes` to the front of a room in two parts, which is large enough; gives what is left.
/// In slices, because a line of a hundred bytes goes through here for each piece.
fn fill<'a>([first, second]: [&'a mut [u8]; 2], bytes: &[u8]) -> [&'a mut [u8]; 2] {
    let (here, there) = bytes.split_at(bytes.len().min(first.len()));
    let (room, first) = first.split_at_mut(here.len());
    room.copy_from_slice(here);
    let (room, second) = second.split_at_mut(there.len());
    room.copy_from_slice(there);
    [first, second]
}

enum Command {
    Watch(rtrb::Consumer<u8>),
    Stop,
}

/// The handle of the thread.
#[derive(Debug)]
pub struct Spool {
    commands: mpsc::Sender<Command>,
    thread: Option<JoinHandle<()>>,
}

impl Spool {
    /// Makes the folder and starts the thread.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn start(dir: PathBuf, metrics: Arc<Metrics>) -> io::Result<Self> {
        fs::create_dir_all(&dir)?;
        let (commands, inbox) = mpsc::channel();
        let keeper = Keeper {
            dir,
            metrics,
            rings: Vec::new(),
            files: HashMap::new(),
            told: false,
        };
        let thread = thread::Builder::new()
            .name("journal".into())
            .spawn(move || keeper.run(&inbox))?;
        Ok(Self {
            commands,
            thread: Some(thread),
        })
    }

    pub fn sender(&self) -> Sender {
        let (ring, consumer) = rtrb::RingBuffer::new(RING_BYTES);
        // The thread runs until `self` is dropped.
        let _ = self.commands.send(Command::Watch(consumer));
        Sender(ring)
    }
}

impl Drop for Spool {
    /// Writes what there is, and waits for that.
    fn drop(&mut self) {
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Keeper {
    dir: PathBuf,
    metrics: Arc<Metrics>,
    rings: Vec<(usize, rtrb::Consumer<u8>)>,
    /// By ring and call, since each serving thread counts its own calls.
    files: HashMap<(usize, u32), Pending>,
    told: bool,
}

/// Lines of a call that wait to be written.
struct Pending {
    name: Option<String>,
    lines: Vec<u8>,
    since: Instant,
}

impl Keeper {
    fn run(mut self, inbox: &mpsc::Receiver<Command>) {
        let mut watched = 0;
        loop {
            let command = inbox.recv_timeout(LOOK);
            self.drain();
            match command {
                Ok(Command::Watch(ring)) => {
                    self.rings.push((watched, ring));
                    watched += 1;
                }
                Err(RecvTimeoutError::Timeout) => self.write_old(),
                Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let calls: Vec<_> = self.files.keys().copied().collect();
        calls.into_iter().for_each(|call| self.close(call));
    }

    fn drain(&mut self) {
        let mut rings = std::mem::take(&mut self.rings);
        for (number, ring) in &mut rings {
            while let Some((call, kind, bytes)) = receive(ring) {
                self.take((*number, call), kind, bytes);
            }
        }
        self.rings = rings;
    }

    fn take(&mut self, call: (usize, u32), kind: Kind, bytes: Vec<u8>) {
        let fresh = || Pending {
            name: None,
            lines: Vec::new(),
            since: Instant::now(),
        };
        let pending = self.files.entry(call).or_insert_with(fresh);
        match kind {
            Kind::Line => {
                if pending.lines.is_empty() {
                    pending.since = Instant::now();
                }
                pending.lines.extend_from_slice(&bytes);
                if pending.lines.len() >= BATCH_BYTES {
                    self.write(call);
                }
            }
            Kind::Name => pending.name = String::from_utf8(bytes).ok(),
            Kind::Close => self.close(call),
        }
    }

    fn write_old(&mut self) {
        let old =
            |pending: &Pending| !pending.lines.is_empty() && pending.since.elapsed() >= BATCH_AGE;
        let calls: Vec<_> = self
            .files
            .iter()
            .filter(|(_, pending)| old(pending))
            .map(|(call, _)| *call)
            .collect();
        calls.into_iter().for_each(|call| self.write(call));
    }

    /// Writes the last lines of a call; one that never told its name is kept under its number.
    fn close(&mut self, call: (usize, u32)) {
        if let Some(pending) = self.files.get_mut(&call) {
            pending
                .name
                .get_or_insert_with(|| format!("nosetup-{}-{}.jsonl", call.0, call.1));
        }
        self.write(call);
        self.files.remove(&call);
    }

    fn write(&mut self, call: (usize, u32)) {
        let Some(pending) = self.files.get_mut(&call) else {
            return;
        };
        let Some(name) = &pending.name else { return };
        let path = self.dir.join(name);
        let written = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(&pending.lines));
        // Given back, not cleared: an idle call shall hold no memory here.
        pending.lines = Vec::new();
        if let Err(error) = written {
            self.metrics.journal_errors.increment(1);
            if !std::mem::replace(&mut self.told, true) {
                output::error(format_args!(
                    "journal: cannot write {}: {error}; calls go on",
                    path.display()
                ));
            }
        }
    }
}

/// The next record of a ring.
fn receive(ring: &mut rtrb::Consumer<u8>) -> Option<(u32, Kind, Vec<u8>)> {
    let mut head = [0; HEAD_BYTES];
    ring.pop_entire_slice(&mut head).ok()?;
    let [a, b, c, d, e, f, g, h, kind] = head;
    let mut bytes = vec![0; u32::from_le_bytes([a, b, c, d]) as usize];
    // A record is committed whole, so its bytes are there when its head is.
    ring.pop_entire_slice(&mut bytes).ok()?;
    Some((
        u32::from_le_bytes([e, f, g, h]),
        Kind::from_byte(kind),
        bytes,
    ))
}
