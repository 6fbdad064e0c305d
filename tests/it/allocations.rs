//! No memory is taken for a piece: from the bytes of the model's stream to the frame written out.
//!
//! The real session runs, with journal and metrics on. A turn may take memory at its two ends; how
//! often it does is printed, and bounded so that it cannot creep up unseen.

use std::fs;
use std::path::PathBuf;

use firstword::config::Content;

use super::bench_inputs::reply::Reply;
use super::bench_inputs::rig::Rig;

const TURNS: usize = 20;
const PIECES_A_TURN: usize = 500;

/// The request's body, two messages of history, the turn itself and its reply take 26. Many more,
/// and a turn has learnt something expensive.
const TURN_MAX: u64 = 34;

#[test]
fn a_piece_costs_no_allocation_with_a_full_journal() {
    check(Content::Full);
}

#[test]
fn a_piece_costs_no_allocation_with_a_journal_of_hashes() {
    check(Content::Hash);
}

/// Plays a call of 10,000 pieces and counts what its thread allocates.
fn check(content: Content) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime with a timer only needs nothing that can be missing");
    let _context = runtime.enter();
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("allocations-{content:?}"));
    // A run that was killed may have left its journal.
    let _ = fs::remove_dir_all(&dir);
    let mut rig = Rig::start(content, &dir).expect("the target folder can be written to");
    let reply = Reply::new(PIECES_A_TURN);
    // The first turn warms up what a thread and a call keep: scratch memory, the line, the outbox.
    let turns: Vec<_> = (0..=TURNS).map(|_| turn(&mut rig, &reply)).collect();

    let edges: Vec<_> = turns.iter().map(|turn| turn.edges).collect();
    println!("{content:?}: allocations at the ends of each turn: {edges:?}");
    for (number, turn) in turns.iter().enumerate().skip(1) {
        assert_eq!(turn.pieces, 0, "turn {number}: {PIECES_A_TURN} pieces");
        assert!(
            turn.edges <= TURN_MAX,
            "turn {number}: {} at its ends",
            turn.edges
        );
    }

    let pieces = ((TURNS + 1) * PIECES_A_TURN) as f64;
    assert_eq!(rig.count("firstword_pieces_total"), pieces);
    assert_eq!(rig.count("firstword_queue_dropped_total"), 0.0);
    let chunks = rig.count("firstword_chunks_sent_total");
    assert!(chunks > pieces / 32.0, "{chunks} chunks");
    assert!(rig.written_bytes() > (TURNS + 1) * reply.pieces.concat().len());
    drop(rig);
    let lines: usize = fs::read_dir(&dir)
        .expect("the journal made it")
        .map(|file| fs::read_to_string(file.expect("it is there").path()).expect("it is text"))
        .map(|text| text.lines().count())
        .sum();
    assert!(lines as f64 > pieces, "{lines} lines");
    fs::remove_dir_all(&dir).expect("nobody else writes there");
}

/// What a turn allocated.
struct Turn {
    pieces: u64,
    /// Prompt, request and end of the reply.
    edges: u64,
}

fn turn(rig: &mut Rig, reply: &Reply) -> Turn {
    let count = |work: &mut dyn FnMut()| allocation_counter::measure(work).count_total;
    let begin = count(&mut || rig.begin_turn());
    let pieces = reply
        .events
        .iter()
        .map(|event| count(&mut || rig.read(event)))
        .sum();
    let end = count(&mut || rig.end_turn(reply));
    Turn {
        pieces,
        edges: begin + end,
    }
}
