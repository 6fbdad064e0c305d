//! One part of the hot path, once, for callgrind to count: `benches/count` runs it.
//!
//! Unlike times, counts are the same on a busy machine. What is to be counted happens inside
//! `measured`, and callgrind looks at nothing else.

mod parts;
mod passes;
mod shared;

use std::path::Path;

use bytes::BytesMut;

use firstword::config::Content;
use firstword::speech::Style;
use firstword::wire::completion::Reader;
use firstword::wire::inbound::Parser;

use shared::reply::Reply;
use shared::rig::Rig;

const PIECES: usize = 500;

/// Prints how many things of which kind were done inside `measured`.
fn main() {
    let part = std::env::args().nth(1).unwrap_or_default();
    let reply = Reply::new(PIECES);
    match part.as_str() {
        "whole-off" => whole(Content::Off, &reply),
        "whole-hash" => whole(Content::Hash, &reply),
        "whole-full" => whole(Content::Full, &reply),
        "stream" => {
            let mut reader = Reader::default();
            warm_and_measured(&mut || parts::stream(&reply, &mut reader));
            println!("{PIECES} pieces");
        }
        "speech" => {
            warm_and_measured(&mut || parts::speech(Style::default(), &reply.pieces));
            println!("{PIECES} pieces");
        }
        "outbound" => {
            let (chunks, mut frames) = (parts::chunks(&reply), BytesMut::new());
            warm_and_measured(&mut || parts::outbound(&chunks, &mut frames));
            println!("{} chunks", chunks.len());
        }
        "inbound-prompt" => inbound(parts::PROMPT),
        "inbound-interrupt" => inbound(parts::INTERRUPT),
        "worst" => passes::PASSES
            .iter()
            .for_each(|pass| println!("{}", pass.name)),
        part => match part
            .strip_prefix("worst-")
            .and_then(|of| of.split_once('-'))
        {
            Some((name, bytes)) => worst(name, bytes.parse().expect("a number of bytes")),
            // `cargo bench` runs every bench with arguments of its own.
            None => println!("0 pieces: benches/count runs this"),
        },
    }
}

/// One of the passes over bytes that others chose, over so many bytes of its worst input.
fn worst(name: &str, bytes: usize) {
    let pass = passes::PASSES.iter().find(|pass| pass.name == name);
    let worst = pass.expect("a pass of `passes`");
    let text = worst.text(bytes);
    warm_and_measured(&mut || (worst.pass)(&text));
    println!("{} bytes", text.len());
}

/// Scratch memory grows the first time; that is not to be counted.
fn warm_and_measured(work: &mut dyn FnMut() -> usize) {
    work();
    measured(work);
}

/// Its name is what callgrind is told to look for.
#[inline(never)]
fn measured(work: &mut dyn FnMut() -> usize) {
    std::hint::black_box(work());
}

fn inbound(message: &str) {
    let (mut scratch, mut parser) = (Vec::new(), Parser::default());
    warm_and_measured(&mut || parts::inbound(message, &mut scratch, &mut parser).into());
    println!("1 message");
}

fn whole(content: Content, reply: &Reply) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a timer needs nothing that can be missing");
    let _context = runtime.enter();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("instructions");
    let mut rig = Rig::start(content, &dir).expect("the target folder can be written to");
    rig.begin_turn();
    parts::whole(&mut rig, reply);
    rig.end_turn(reply);
    rig.begin_turn();
    measured(&mut || parts::whole(&mut rig, reply));
    assert_eq!(rig.count("firstword_pieces_total"), 2.0 * PIECES as f64);
    assert_eq!(rig.count("firstword_queue_dropped_total"), 0.0);
    drop(rig);
    // Without a journal there is no folder.
    let _ = std::fs::remove_dir_all(&dir);
    println!("{PIECES} pieces");
}
