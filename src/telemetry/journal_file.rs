//! The file of one journal: whole lines are appended to it, or nothing is.
//!
//! A write that fails may leave half a line, so the file is cut back to what was whole before, and
//! the lines that are missing are counted. The next write that succeeds says so first, in a line
//! `{"dropped":n}`. A file or folder that somebody removed is made again, likewise with a line that
//! says how much is missing. A file of somebody else is never appended to.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where journals go, and what their names are made of.
#[derive(Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    /// The last part of the newest name.
    number: u64,
}

/// Names that are tried before a file counts as one that cannot be made. Another process of the same
/// folder can have taken a few of them in this very millisecond.
const NAMES_TRIED: usize = 1_000;

impl Folder {
    pub fn new(dir: PathBuf) -> Self {
        Self { dir, number: 0 }
    }

    /// Makes the folder, if it is not there, and checks that files can be made in it.
    ///
    /// # Errors
    /// When a folder or a file cannot be made.
    pub fn check(&self) -> io::Result<()> {
        create_dir_all(&self.dir)?;
        let name = format!(".firstword-{:x}", fastrand::u64(..));
        let probe = self.dir.join(name);
        let mut create = OpenOptions::new();
        // What has the name already is not ours, and a link to a file must not empty that.
        let create = create.write(true).create_new(true);
        create.mode(FILE_MODE).open(&probe)?;
        fs::remove_file(&probe)
    }

    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// A new file whose name begins with `stem`, for appending.
    fn create(&mut self, stem: &str) -> io::Result<(PathBuf, File)> {
        for _ in 0..NAMES_TRIED {
            self.number += 1;
            let name = format!("{stem}-{}-{}.jsonl", epoch_ms(), self.number);
            let path = self.dir.join(name);
            match self.create_at(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                created => return Ok((path, created?)),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    /// A new file at `path`; makes the folder again if somebody has removed it.
    fn create_at(&self, path: &Path) -> io::Result<File> {
        let create = || {
            let mut create = OpenOptions::new();
            let create = create.append(true).create_new(true);
            create.mode(FILE_MODE).open(path)
        };
        match create() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                create_dir_all(&self.dir)?;
                create()
            }
            created => created,
        }
    }
}

/// Whether the folder is one that was set wrongly. Any other error is the disk's, which is full, fails or has
/// become read-only, and must not keep a server from answering calls.
pub(super) fn is_mistake(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::NotADirectory
            | ErrorKind::AlreadyExists
            | ErrorKind::InvalidInput
            | ErrorKind::InvalidFilename
    )
}

/// Callers' words and numbers may stand in a journal, so it is for its owner only, and so is a folder that is
/// made for it. One that was there is as its owner wants it.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

fn create_dir_all(dir: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(dir)
}

/// A number of lines.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lines {
    pub all: u64,
    /// Those among them that are known to be lost: one line stands for all that are missing in a place.
    pub missing: u64,
}

impl Lines {
    pub const ONE: Self = Self { all: 1, missing: 0 };

    pub fn missing(number: u64) -> Self {
        Self {
            all: number,
            missing: number,
        }
    }

    pub fn add(&mut self, other: Self) {
        self.all += other.all;
        self.missing += other.missing;
    }

    /// Lines that there are, or were.
    pub fn whole(self) -> u64 {
        self.all - self.missing
    }
}

/// A file that was made here.
#[derive(Debug)]
struct Made {
    path: PathBuf,
    identity: (u64, u64),
}

impl Made {
    /// None if somebody has removed it, or has put something else in its place.
    fn open(&self) -> io::Result<Option<(File, Metadata)>> {
        // Looked at first: to open a pipe takes until it has a reader.
        match fs::symlink_metadata(&self.path).and_then(|found| self.open_found(&found)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            opened => opened,
        }
    }

    fn open_found(&self, found: &Metadata) -> io::Result<Option<(File, Metadata)>> {
        // What came after a file may have its number.
        if !found.is_file() || identity(found) != self.identity {
            return Ok(None);
        }
        let file = OpenOptions::new().append(true).open(&self.path)?;
        let found = file.metadata()?;
        Ok((identity(&found) == self.identity).then_some((file, found)))
    }
}

/// What makes a file itself, whatever its name.
fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// What has been written of one journal.
#[derive(Debug, Default)]
pub(super) struct JournalFile {
    /// None before the first write.
    made: Option<Made>,
    /// Bytes of whole lines in the file.
    bytes: u64,
    /// Lines in the file, and those that it says are missing.
    lines: Lines,
    /// Lines that are lost and that the file does not say are missing.
    missing: u64,
    /// Lines that were written and that somebody has removed, until this is taken.
    removed: u64,
}

impl JournalFile {
    pub fn is_complete(&self) -> bool {
        self.missing == 0
    }

    /// How many lines were written and are found to be gone since this was asked.
    pub fn take_removed(&mut self) -> u64 {
        std::mem::take(&mut self.removed)
    }

    /// Appends `lines`; `stem` begins the name of a new file. They are lost at an error.
    ///
    /// # Errors
    /// When the file cannot be made, opened or written; the next write tells of the gap.
    pub fn append(
        &mut self,
        folder: &mut Folder,
        stem: &str,
        text: &[u8],
        lines: Lines,
    ) -> io::Result<()> {
        // Lost until they are known to be written, however this ends.
        self.missing += lines.all;
        let mut file = self.open(folder, stem)?;
        let mut all = Vec::new();
        let missing = self.missing - lines.all;
        let text = if missing > 0 {
            all.extend_from_slice(format!("{{\"dropped\":{missing}}}\n").as_bytes());
            all.extend_from_slice(text);
            &all
        } else {
            text
        };
        if let Err(error) = file.write_all(text) {
            // If this fails too, it is done before the next write.
            let _ = file.set_len(self.bytes);
            // An empty file would be left of each call for as long as the disk is full.
            if self.bytes == 0
                && let Some(made) = self.made.take()
            {
                let _ = fs::remove_file(made.path);
            }
            return Err(error);
        }
        self.bytes += text.len() as u64;
        self.missing = 0;
        self.lines.add(lines);
        self.lines.add(Lines::missing(missing));
        Ok(())
    }

    /// The file, at the end of its last whole line; another one if it is gone, or if what has its name
    /// now is not what was made.
    fn open(&mut self, folder: &mut Folder, stem: &str) -> io::Result<File> {
        if let Some(made) = &self.made
            && let Some((file, found)) = made.open()?
        {
            if found.len() < self.bytes {
                self.forget();
            }
            if found.len() != self.bytes {
                file.set_len(self.bytes)?;
            }
            return Ok(file);
        }
        let (path, file) = folder.create(stem)?;
        let identity = identity(&file.metadata()?);
        self.made = Some(Made { path, identity });
        self.forget();
        Ok(file)
    }

    /// What was written is gone.
    fn forget(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        self.removed += lines.whole();
        self.missing += lines.all;
        self.bytes = 0;
    }
}

/// The wall clock, for people who look for a file; nothing is decided by it.
fn epoch_ms() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis())
}
