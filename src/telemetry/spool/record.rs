//! What crosses a ring to the journal's thread: records of bytes, each whole or not at all.

/// What a record means for the file of its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The bytes are a line.
    Line = 0,
    /// The bytes begin the file's name.
    Name = 1,
    /// So many lines are missing here: four bytes, little-endian.
    Gap = 2,
    /// There will be no more of this call. The bytes are a gap, and a name if none was sent before.
    Close = 3,
}

impl Kind {
    fn from_byte(byte: u8) -> Self {
        match byte {
            1 => Self::Name,
            2 => Self::Gap,
            3 => Self::Close,
            _ => Self::Line,
        }
    }
}

/// Before each record's bytes: their length, the call's number, the kind.
const HEAD_BYTES: usize = 9;

/// Takes a record whole or not at all; tells which.
pub fn send(ring: &mut rtrb::Producer<u8>, call: u32, kind: Kind, bytes: &[u8]) -> bool {
    let Ok(length) = u32::try_from(bytes.len()) else {
        return false;
    };
    let mut head = [0; HEAD_BYTES];
    head[..4].copy_from_slice(&length.to_le_bytes());
    head[4..8].copy_from_slice(&call.to_le_bytes());
    head[8] = kind as u8;
    let Ok(mut chunk) = ring.write_chunk(HEAD_BYTES + bytes.len()) else {
        return false;
    };
    let (first, second) = chunk.as_mut_slices();
    let behind = fill([first, second], &head);
    fill(behind, bytes);
    chunk.commit_all();
    true
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

/// The next record of a ring.
pub fn receive(ring: &mut rtrb::Consumer<u8>) -> Option<(u32, Kind, Vec<u8>)> {
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
