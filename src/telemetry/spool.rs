//! The journal's thread: takes lines from the serving threads and appends them to files.
//!
//! Lines cross through a bounded lock-free ring of bytes. A file is opened, appended to and closed
//! for each batch, so ten thousand calls do not cost ten thousand descriptors. A disk that refuses
//! is counted and reported; calls never notice.

mod record;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::output;

use super::journal_file::{Folder, JournalFile, Lines, is_mistake};
use super::metrics::Metrics;
use super::panics::{self, Part};

use record::Kind;

/// Bytes of a ring: 100 ms of 10,000 calls at 30 pieces a second and 100 bytes a line.
const RING_BYTES: usize = 4 * 1024 * 1024;

/// How long a line waits in a ring at most.
const LOOK: Duration = Duration::from_millis(20);

/// A call's lines are written when they are this many bytes, or this old.
const BATCH_BYTES: usize = 16 * 1024;
const BATCH_AGE: Duration = Duration::from_secs(1);

/// Between two reports of writes that failed: each call fails on its own, thousands may in a second.
const REPORT_EVERY: Duration = Duration::from_secs(60);

/// How long the end of the server waits for one write. A disk that hangs must not hold up the end for
/// ever, and a slow one has its time.
const HANG: Duration = Duration::from_secs(5);

/// How long the start of the server waits for the folder: no call is lost for a disk that hangs.
const START: Duration = Duration::from_secs(2);

/// What begins the name of a file whose call never told its callSid.
const NAMELESS: &str = "nosetup";

/// The sending end, one for each serving thread.
#[derive(Debug)]
pub struct Sender {
    ring: rtrb::Producer<u8>,
    /// Which of the rings this is.
    number: usize,
    commands: mpsc::Sender<Command>,
}

impl Sender {
    /// Takes a line whole or not at all; tells which.
    pub fn line(&mut self, call: u32, line: &[u8]) -> bool {
        self.send(call, Kind::Line, line)
    }

    /// Takes what begins the name of the call's file; tells whether it did.
    pub fn name(&mut self, call: u32, stem: &str) -> bool {
        self.send(call, Kind::Name, stem.as_bytes())
    }

    /// Takes the number of lines that are missing here; tells whether it did.
    pub fn gap(&mut self, call: u32, dropped: u32) -> bool {
        self.send(call, Kind::Gap, &dropped.to_le_bytes())
    }

    /// The last of a call. It takes another way when the ring is full: the thread keeps what it has
    /// of a call until then.
    pub fn close(&mut self, call: u32, dropped: u32, stem: Option<&str>) {
        let mut bytes = dropped.to_le_bytes().to_vec();
        bytes.extend_from_slice(stem.unwrap_or_default().as_bytes());
        if !self.send(call, Kind::Close, &bytes) {
            // If the thread has ended, there is nothing left to close.
            let _ = self
                .commands
                .send(Command::Close((self.number, call), bytes));
        }
    }

    fn send(&mut self, call: u32, kind: Kind, bytes: &[u8]) -> bool {
        record::send(&mut self.ring, call, kind, bytes)
    }
}

/// By ring and call, since each serving thread counts its own calls.
type CallId = (usize, u32);

enum Command {
    Watch(usize, rtrb::Consumer<u8>),
    /// A record that its ring did not take.
    Close(CallId, Vec<u8>),
    Stop,
}

/// The handle of the thread.
#[derive(Debug)]
pub struct Spool {
    commands: mpsc::Sender<Command>,
    rings: AtomicUsize,
    /// Gets a word with each write, and is cut off by the end of the thread.
    written: Mutex<mpsc::Receiver<()>>,
}

impl Spool {
    /// Starts the thread, which makes the folder. A disk that is full, fails or hangs is warned of only.
    ///
    /// # Errors
    /// When the folder cannot be made or written to where it is.
    pub fn start(dir: PathBuf, metrics: Arc<Metrics>) -> io::Result<Self> {
        let shown = dir.display().to_string();
        let (checked, verdict) = mpsc::channel();
        let mut checked = Some(checked);
        let (commands, inbox) = mpsc::channel();
        let (wrote, written) = mpsc::sync_channel(1);
        let mut keeper = Keeper {
            folder: Folder::new(dir),
            metrics,
            wrote,
            rings: Vec::new(),
            files: HashMap::new(),
            closing: Vec::new(),
            is_stopping: false,
            reported: None,
        };
        let metrics = Arc::clone(&keeper.metrics);
        panics::spawn(Part::Journal, metrics, move || {
            if let Some(checked) = checked.take() {
                // Too late, it is of no use.
                let _ = checked.send(keeper.check());
            }
            keeper.run(&inbox);
        })?;
        let why = match verdict.recv_timeout(START) {
            Ok(Ok(())) => None,
            Ok(Err(error)) if is_mistake(&error) => return Err(error),
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the disk does not answer".to_owned()),
        };
        if let Some(why) = why {
            output::error(format_args!(
                "warning: no journal can be written into {shown}: {why}; calls are taken without"
            ));
        }
        Ok(Self {
            commands,
            rings: AtomicUsize::new(0),
            written: Mutex::new(written),
        })
    }

    pub fn sender(&self) -> Sender {
        let (ring, consumer) = rtrb::RingBuffer::new(RING_BYTES);
        let number = self.rings.fetch_add(1, Ordering::Relaxed);
        // The thread runs until `self` is dropped.
        let _ = self.commands.send(Command::Watch(number, consumer));
        Sender {
            ring,
            number,
            commands: self.commands.clone(),
        }
    }
}

impl Drop for Spool {
    /// Writes what there is, and waits for that, unless the disk hangs.
    fn drop(&mut self) {
        let _ = self.commands.send(Command::Stop);
        let written = self.written.get_mut();
        let written = written.unwrap_or_else(PoisonError::into_inner);
        let end = loop {
            if let Err(end) = written.recv_timeout(HANG) {
                break end;
            }
        };
        if end == RecvTimeoutError::Timeout {
            output::error(format_args!(
                "journal: nothing could be written for {} s; what was not written is lost",
                HANG.as_secs()
            ));
        }
    }
}

struct Keeper {
    folder: Folder,
    metrics: Arc<Metrics>,
    wrote: mpsc::SyncSender<()>,
    rings: Vec<(usize, rtrb::Consumer<u8>)>,
    files: HashMap<CallId, Pending>,
    /// Calls that end when all that is in the rings has been taken.
    closing: Vec<(CallId, Vec<u8>)>,
    is_stopping: bool,
    /// When a write that failed was last reported.
    reported: Option<Instant>,
}

/// Lines of a call that wait to be written.
#[derive(Default)]
struct Pending {
    stem: Option<String>,
    file: JournalFile,
    text: Vec<u8>,
    /// Lines in `text`, and those that it says are missing.
    lines: Lines,
    /// When the first of them came.
    since: Option<Instant>,
}

impl Pending {
    fn push(&mut self, text: &[u8], lines: Lines) {
        self.since.get_or_insert_with(Instant::now);
        self.text.extend_from_slice(text);
        self.lines.add(lines);
    }

    fn gap(&mut self, dropped: &[u8]) {
        let dropped = dropped.first_chunk().map_or(0, |&n| u32::from_le_bytes(n));
        if dropped > 0 {
            let text = format!("{{\"dropped\":{dropped}}}\n");
            self.push(text.as_bytes(), Lines::missing(dropped.into()));
        }
    }

    /// Takes the name that the call has told; the first one stays.
    fn name(&mut self, stem: &[u8]) {
        if self.stem.is_none() && !stem.is_empty() {
            self.stem = Some(String::from_utf8_lossy(stem).into_owned());
        }
    }

    fn is_old(&self) -> bool {
        self.stem.is_some() && self.since.is_some_and(|since| since.elapsed() >= BATCH_AGE)
    }
}

impl Keeper {
    fn check(&self) -> io::Result<()> {
        let checked = self.folder.check();
        if checked.is_err() {
            self.metrics.journal_errors.increment(1);
        }
        checked
    }

    /// Can be run again after a panic: what is taken from a ring, the inbox or the map is gone from
    /// there before anything is done with it.
    fn run(&mut self, inbox: &mpsc::Receiver<Command>) {
        while !self.is_stopping {
            let command = inbox.recv_timeout(LOOK);
            let is_quiet = matches!(command, Err(RecvTimeoutError::Timeout));
            match command {
                Ok(Command::Watch(number, ring)) => self.rings.push((number, ring)),
                Ok(Command::Close(call, bytes)) => self.closing.push((call, bytes)),
                Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => self.is_stopping = true,
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.drain();
            while let Some((call, bytes)) = self.closing.pop() {
                self.close(call, &bytes);
            }
            if is_quiet {
                self.write_old();
            }
        }
        self.drain();
        while let Some(call) = self.files.keys().next().copied() {
            self.close(call, &[]);
        }
    }

    fn drain(&mut self) {
        for place in 0..self.rings.len() {
            let number = self.rings[place].0;
            while let Some((call, kind, bytes)) = record::receive(&mut self.rings[place].1) {
                self.take((number, call), kind, &bytes);
            }
        }
        let (files, closing) = (&self.files, &mut self.closing);
        self.rings.retain(|(number, ring)| {
            let is_over = ring.is_abandoned() && ring.is_empty();
            if is_over {
                // A serving thread that is gone closes no more calls.
                let left = files.keys().filter(|(ring, _)| ring == number);
                closing.extend(left.map(|call| (*call, Vec::new())));
            }
            !is_over
        });
    }

    fn take(&mut self, call: CallId, kind: Kind, bytes: &[u8]) {
        if kind == Kind::Close {
            return self.close(call, bytes);
        }
        let pending = self.files.entry(call).or_default();
        match kind {
            Kind::Name => pending.name(bytes),
            Kind::Gap => pending.gap(bytes),
            Kind::Line | Kind::Close => pending.push(bytes, Lines::ONE),
        }
        // A call whose name has not come by then is written without one, so that this is a bound.
        if pending.text.len() >= BATCH_BYTES {
            self.write(call);
        }
    }

    fn write_old(&mut self) {
        let old = self.files.iter().filter(|(_, pending)| pending.is_old());
        let calls: Vec<_> = old.map(|(call, _)| *call).collect();
        calls.into_iter().for_each(|call| self.write(call));
    }

    fn write(&mut self, call: CallId) {
        // If there is a word already, that will do.
        let _ = self.wrote.try_send(());
        if let Some(pending) = self.files.get_mut(&call)
            && let Err(error) = write(pending, &mut self.folder, &self.metrics)
        {
            self.failed(&error);
        }
    }

    /// Writes the last lines of a call, whose last record is `bytes`.
    fn close(&mut self, call: CallId, bytes: &[u8]) {
        let mut pending = match self.files.remove(&call) {
            Some(pending) => pending,
            // Nothing of it has come, not even its first line.
            None if !bytes.is_empty() => Pending::default(),
            None => return,
        };
        pending.gap(bytes);
        pending.name(bytes.get(GAP_BYTES..).unwrap_or_default());
        let _ = self.wrote.try_send(());
        let is_written = write(&mut pending, &mut self.folder, &self.metrics);
        if let Err(error) = is_written {
            self.failed(&error);
            // A disk that had no room for the lines may have some for the number of them.
            let _ = write(&mut pending, &mut self.folder, &self.metrics);
        }
    }

    fn failed(&mut self, error: &io::Error) {
        self.metrics.journal_errors.increment(1);
        let is_recent = |at: Instant| at.elapsed() < REPORT_EVERY;
        if !self.reported.is_some_and(is_recent) {
            self.reported = Some(Instant::now());
            output::error(format_args!(
                "journal: cannot write into {}: {error}; calls go on",
                self.folder.path().display()
            ));
        }
    }
}

/// Of the number at the front of a close.
const GAP_BYTES: usize = 4;

/// Writes what waits of a call, or the number of the lines that were lost before.
fn write(pending: &mut Pending, folder: &mut Folder, metrics: &Metrics) -> io::Result<()> {
    // Given away, not cleared: an idle call shall hold no memory here.
    let text = std::mem::take(&mut pending.text);
    let lines = std::mem::take(&mut pending.lines);
    pending.since = None;
    if text.is_empty() && pending.file.is_complete() {
        return Ok(());
    }
    let stem = pending.stem.get_or_insert_with(|| NAMELESS.to_owned());
    let written = pending.file.append(folder, stem, &text, lines);
    let lost = &metrics.journal_lines_lost;
    lost.add("removed", pending.file.take_removed());
    if written.is_err() {
        lost.add("disk", lines.whole());
    }
    written
}
