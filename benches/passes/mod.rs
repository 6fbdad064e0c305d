//! Every pass over bytes that others chose, as a function of these bytes.
//!
//! The return value is unused: it keeps the work from being optimised away.

mod edges;

use std::borrow::Cow;
use std::rc::Rc;

use bytes::BytesMut;

use firstword::call::Call;
use firstword::call::effect::{Cause, Chunk, CloseCode, Effects, Farewell, Note, Source};
use firstword::call::event::{Event, Interrupt, Prompt, PromptKind, Setup, Written};
use firstword::call::heard::{self, Spoken};
use firstword::call::history::History;
use firstword::call::rules::{Rules, Speculate, Speculation};
use firstword::call::time::{CallTime, Micros};
use firstword::call::turn::TurnId;
use firstword::net::outbox::{Outbox, Patience};
use firstword::replay::Journal;
use firstword::speech::{End, Forms, Markers, Markup, Speech, Style, Voice};
use firstword::wire::completion::Reader;
use firstword::wire::form;
use firstword::wire::frame::{Checker, Limits};
use firstword::wire::inbound::Parser;
use firstword::wire::outbound;
use firstword::wire::signature::{Request, Verifier};
use firstword::wire::sse::Sse;
use firstword::wire::stream::{Part, Stream};
use firstword::wire::twiml;

pub type Pass = fn(&str) -> usize;

/// A pass, and the text that costs it most for each byte: `before`, then `motif` again and again,
/// then `behind`.
pub struct Worst {
    pub name: &'static str,
    pub pass: Pass,
    pub before: &'static str,
    pub motif: &'static str,
    pub behind: &'static str,
}

impl Worst {
    /// About `bytes` of the text.
    pub fn text(&self, bytes: usize) -> String {
        let motifs = bytes / self.motif.len();
        format!(
            "{}{}{}",
            self.before,
            self.motif.repeat(motifs),
            self.behind
        )
    }
}

const fn worst(name: &'static str, pass: Pass, parts: [&'static str; 3]) -> Worst {
    let [before, motif, behind] = parts;
    Worst {
        name,
        pass,
        before,
        motif,
        behind,
    }
}

pub const PASSES: &[Worst] = &[
    worst("neutralise", neutralise, ["", "\u{e01}_", ""]),
    worst("neutralise_tags", neutralise, ["", "[<", "\n."]),
    worst("prompt", prompt, ["[", "\u{e01}\nE", "\n."]),
    worst("partial", partial, ["<a ", "_\u{e01}", ""]),
    worst("heard", heard_reply, ["", "\u{e01}", " x."]),
    worst("heard_fuzzy", heard_fuzzy, ["", "ab\u{e01}", " x."]),
    worst("played", played, ["", "\u{2026}<", ""]),
    worst("speech_whole", speech_whole, ["", "[\u{2014}|/.", ""]),
    worst("speech_chars", speech_chars, ["1. ", ".", "."]),
    worst("speech_blank", speech_chars, ["", "\n", ""]),
    worst("spoken_whole", spoken_whole, ["", "+\u{2014}", ""]),
    worst("spoken_chars", spoken_chars, ["", "+\u{2014}", ""]),
    worst("verbatim_blank", verbatim_chars, ["a", " ", ""]),
    worst("call_whole", call_whole, ["", ".\u{2014}", ""]),
    worst("call_chars", call_chars, ["", "(<", ""]),
    worst("call_blank", call_chars, ["", "\n", ""]),
    worst("sse_whole", sse_whole, ["", "\n", ""]),
    worst("sse_bytes", sse_bytes, ["", "CALL\r<sub alias=\"", ""]),
    worst("stream_raw", stream_raw, ["", ",\r", ""]),
    worst("stream_words", stream_words, ["", "\n}", ""]),
    worst("inbound_raw", inbound_raw, ["", "\t\\", ""]),
    worst("inbound_prompt", inbound_prompt, ["", "\t", ""]),
    worst("inbound_parameters", inbound_parameters, ["", "\n", ""]),
    worst("frames", frames, ["", "a", ""]),
    worst("fragments", edges::fragments, ["", "a", ""]),
    worst("socket", edges::socket, ["", "a", ""]),
    worst("origins", edges::origins, ["", "localhosu\n", ""]),
    worst(
        "upgrade_lists",
        edges::upgrade_lists,
        ["", "upgradf,\n", ""],
    ),
    worst("form", form_parse, ["", "%5", ""]),
    worst("signature", signature, ["", "a=b&", ""]),
    worst("upgrade", upgrade, ["", "?\"", ""]),
    worst("twiml", twiml_render, ["", "\"", ""]),
    worst("outbound", outbound_text, ["", "<\\", ""]),
    worst("outbox", outbox, ["", "a", ""]),
    worst("replay", replay, ["", "\u{e01}_", ""]),
];

fn neutralise(text: &str) -> usize {
    Markers::END_CALL
        .neutralise(text)
        .map_or(0, |text| text.len())
}

struct Nobody(usize);

impl Effects for Nobody {
    fn ask(&mut self, _: TurnId, history: &History) {
        self.0 += history.messages().count();
    }
    fn guess(&mut self, _: TurnId, history: &History) {
        self.0 += history.messages().count();
    }
    fn abort(&mut self, _: TurnId, _: Cause) {}
    fn cut_stream(&mut self, _: TurnId) {}
    fn speak(&mut self, chunk: Chunk<'_>) {
        self.0 += chunk.text.len();
    }
    fn hang_up(&mut self, _: Farewell) {}
    fn close(&mut self, _: CloseCode) {}
    fn note(&mut self, _: Note) {}
}

fn prompt_of(text: &str, kind: PromptKind) -> Event<'_> {
    Event::Prompt(Prompt {
        text: Cow::Borrowed(text),
        lang: None,
        kind,
    })
}

fn call(rules: Rules) -> (Call, Nobody) {
    let mut call = Call::new(Rc::new(rules));
    let mut nobody = Nobody(0);
    let setup = Box::new(Setup {
        call_sid: Some(Cow::Borrowed("CA1")),
        ..Setup::default()
    });
    call.handle(CallTime::default(), Event::Setup(setup), &mut nobody);
    (call, nobody)
}

fn at(seconds: u64) -> CallTime {
    CallTime::default().after(Micros(seconds * 1_000_000))
}

fn prompt(text: &str) -> usize {
    let (mut call, mut nobody) = call(Rules::default());
    call.handle(at(1), prompt_of(text, PromptKind::Final), &mut nobody);
    call.handle(at(2), prompt_of(text, PromptKind::Final), &mut nobody);
    nobody.0
}

fn partial(text: &str) -> usize {
    let (mut call, mut nobody) = call(Rules {
        speculation: Speculation {
            mode: Speculate::Eager,
            ..Speculation::default()
        },
        ..Rules::default()
    });
    call.handle(at(1), prompt_of(text, PromptKind::Partial), &mut nobody);
    call.handle(at(2), prompt_of(text, PromptKind::Final), &mut nobody);
    nobody.0
}

fn fit(text: &str, played: usize, words: &str) -> usize {
    let spoken = Spoken {
        text,
        written: text.len(),
        played,
    };
    heard::fit(spoken, words).map_or(0, |fit| fit.letters)
}

fn heard_reply(text: &str) -> usize {
    let half = text.floor_char_boundary(text.len() / 2);
    fit(text, half, &text[half..])
        + fit(text, half, &format!("{text}x"))
        + fit(text, 0, &text[..half])
}

fn heard_fuzzy(text: &str) -> usize {
    let wrong = |each: usize| -> String {
        text.chars()
            .enumerate()
            .map(|(at, c)| if at % each == each - 1 { 'q' } else { c })
            .collect()
    };
    let half = text.floor_char_boundary(text.len() / 2);
    fit(text, half, &wrong(9))
        + fit(
            text,
            half,
            &format!("zq{}", &text[..text.floor_char_boundary(450)]),
        )
}

fn played(text: &str) -> usize {
    let spoken = Spoken {
        text,
        written: text.len(),
        played: 0,
    };
    spoken.once_played("and no more")
}

fn speak(voice: Voice, style: Style, pieces: impl Iterator<Item = impl AsRef<str>>) -> usize {
    let mut speech = Speech::for_voice(style, &Rc::new(voice));
    let mut chunks = 0;
    for piece in pieces {
        speech.push(piece.as_ref(), &mut |_| chunks += 1);
    }
    speech.finish(&mut |_| chunks += 1);
    chunks
}

fn chars(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices()
        .map(|(at, c)| &text[at..at + c.len_utf8()])
}

fn all_forms() -> Voice {
    Voice {
        markup: Markup::Ssml,
        forms: Forms::ALL,
        ..Voice::default()
    }
}

fn speech_whole(text: &str) -> usize {
    speak(Voice::default(), Style::DEFAULT, std::iter::once(text))
}

fn speech_chars(text: &str) -> usize {
    speak(Voice::default(), Style::DEFAULT, chars(text))
}

fn spoken_whole(text: &str) -> usize {
    speak(all_forms(), Style::DEFAULT, std::iter::once(text))
}

fn spoken_chars(text: &str) -> usize {
    speak(all_forms(), Style::DEFAULT, chars(text))
}

fn verbatim_chars(text: &str) -> usize {
    speak(Voice::VERBATIM, Style::DEFAULT, chars(text))
}

fn reply<'a>(pieces: impl Iterator<Item = &'a str>) -> usize {
    let (mut call, mut nobody) = call(Rules::default());
    call.handle(
        at(1),
        prompt_of("hello there", PromptKind::Final),
        &mut nobody,
    );
    let Some(turn) = call.live_turn() else {
        return 0;
    };
    for (number, text) in (0..).zip(pieces) {
        let now = at(2).after(Micros(number));
        call.handle(now, Event::Piece { turn, text }, &mut nobody);
        nobody.0 += usize::from(call.deadline() > Some(now));
    }
    call.handle(at(90), Event::Finished { turn }, &mut nobody);
    let written = Written {
        turn,
        number: 0,
        upto: 1,
    };
    call.handle(at(91), Event::Written(written), &mut nobody);
    let interrupt = Interrupt {
        utterance: Some(Cow::Borrowed("so that")),
        duration: None,
    };
    call.handle(at(92), Event::Interrupt(interrupt), &mut nobody);
    nobody.0
}

fn call_whole(text: &str) -> usize {
    reply(std::iter::once(text))
}

fn call_chars(text: &str) -> usize {
    reply(chars(text))
}

fn sse_whole(text: &str) -> usize {
    let mut bytes = 0;
    let mut sse = Sse::default();
    let _ = sse.push(text.as_bytes(), &mut |event| bytes += event.data.len());
    sse.finish(&mut |event| bytes += event.data.len());
    bytes
}

fn sse_bytes(text: &str) -> usize {
    let mut bytes = 0;
    let mut sse = Sse::default();
    for byte in text.as_bytes().chunks(1) {
        if sse
            .push(byte, &mut |event| bytes += event.data.len())
            .is_err()
        {
            break;
        }
    }
    sse.finish(&mut |event| bytes += event.data.len());
    bytes
}

fn stream(bytes: &[u8], reads: usize) -> usize {
    let mut stream = Stream::default();
    let mut reader = Reader::default();
    let mut words = 0;
    for read in bytes.chunks(reads) {
        stream.push(read, &mut reader, &mut |part| {
            if let Part::Text(text) | Part::Error(text) = part {
                words += text.len();
            }
        });
    }
    words
}

fn stream_raw(text: &str) -> usize {
    stream(format!("data: {text}\n\n").as_bytes(), 1024)
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn stream_words(text: &str) -> usize {
    let mut events = String::new();
    for c in chars(text) {
        let c = quoted(c);
        events.push_str(&format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":{c}}}}}]}}\n\n"
        ));
    }
    stream(events.as_bytes(), 1024)
}

fn inbound(message: String) -> usize {
    let mut message = message.into_bytes();
    usize::from(!matches!(
        Parser::default().parse(&mut message),
        Event::Rejected(_)
    ))
}

fn inbound_raw(text: &str) -> usize {
    inbound(format!(
        "{{\"type\":\"prompt\",\"voicePrompt\":\"a\",{text}"
    )) + inbound(format!(
        "{{\"type\":\"prompt\",\"voicePrompt\":\"{text}\",\"last\":true}}"
    ))
}

fn inbound_prompt(text: &str) -> usize {
    let text = quoted(text);
    inbound(format!(
        "{{\"type\":\"prompt\",\"voicePrompt\":{text},\"last\":true}}"
    ))
}

fn inbound_parameters(text: &str) -> usize {
    let mut parameters = String::new();
    for c in chars(text) {
        let c = quoted(c);
        parameters.push_str(&format!("{c}:{c},"));
    }
    inbound(format!(
        "{{\"type\":\"setup\",\"callSid\":\"CA1\",\"customParameters\":{{{parameters}\"x\":[]}}}}"
    ))
}

fn frames(text: &str) -> usize {
    // Every byte a ping of its own, and every third one byte of a fragment.
    let mut bytes = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match at % 3 {
            0 => bytes.extend([0x89, 0x81, 0, 0, 0, 0, byte]),
            1 => bytes.extend([0x81, 0x81, 0, 0, 0, 0, byte]),
            _ => bytes.extend([0x8a, 0x80, 0, 0, 0, 0]),
        }
    }
    let mut checker = Checker::new(Limits::default());
    let whole = checker.check(&bytes).is_ok();
    let mut checker = Checker::new(Limits::default());
    let split = bytes.chunks(1).all(|byte| checker.check(byte).is_ok());
    usize::from(whole) + usize::from(split)
}

fn form_parse(text: &str) -> usize {
    form::parse(text.as_bytes()).map_or(0, |params| params.len())
}

fn verifier() -> Verifier {
    Verifier::new("https://voice.example.com", ["token"]).expect("it is an address")
}

const SIGNATURE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn signature(text: &str) -> usize {
    let params = form::parse(text.as_bytes()).unwrap_or_default();
    let request = Request::Form {
        path_and_query: "/twiml",
        params: &params,
    };
    usize::from(
        verifier().verify(&request, SIGNATURE, Some(text))
            == firstword::wire::signature::Verdict::Invalid,
    )
}

fn upgrade(text: &str) -> usize {
    let target = format!("/relay?{text}");
    let request = Request::Upgrade {
        path_and_query: &target,
    };
    let verdict = verifier().verify(&request, SIGNATURE, None);
    usize::from(verdict == firstword::wire::signature::Verdict::Invalid)
}

fn twiml_render(text: &str) -> usize {
    let relay = twiml::Relay {
        url: text.to_owned(),
        ..twiml::Relay::default()
    };
    twiml::render(&relay).len()
}

fn outbound_text(text: &str) -> usize {
    let mut out = BytesMut::new();
    outbound::text(&mut out, text, true);
    out.len()
}

/// A chunk for each character, taken by a kernel that takes a byte at a time, then taken back.
fn outbox(text: &str) -> usize {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};
    struct Drip;
    impl tokio::io::AsyncWrite for Drip {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<std::io::Result<usize>> {
            Poll::Ready(Ok(1))
        }
        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
            Poll::Ready(Ok(()))
        }
        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }
    let mut outbox = Outbox::default();
    let turn = TurnId::from_u32(1);
    for (number, text) in (0..).zip(chars(text)) {
        let chunk = Chunk {
            turn,
            number,
            text,
            last: false,
            end: End::Words,
            source: Source::Model,
            upto: number + 1,
        };
        outbox.speak(&chunk, CallTime::default());
    }
    let mut waker = Context::from_waker(Waker::noop());
    let mut flushed = 0;
    for _ in 0..text.len() {
        {
            let mut drip = Drip;
            let flush = std::pin::pin!(outbox.flush(&mut drip, Some(turn), Patience::Tell));
            let _ = std::future::Future::poll(flush, &mut waker);
        }
        flushed += usize::from(outbox.pop_written().is_some());
    }
    flushed + outbox.retract(turn)
}

const HEADER: &str = include_str!("../../tests/data/journals/quiet_call.jsonl");

fn replay(text: &str) -> usize {
    let mut lines = HEADER.lines();
    let header = lines.next().unwrap_or_default();
    let setup = lines.next().unwrap_or_default();
    let text = quoted(text);
    let journal = format!(
        "{header}\n{setup}\n{{\"t\":9000000,\"event\":\"prompt\",\"last\":true,\"lang\":\"en\",\"text\":{text},\"phase\":\"listening\"}}\n"
    );
    match Journal::read(&journal) {
        Ok(journal) => match journal.replay() {
            Ok(_) => 1,
            Err(difference) => difference.line,
        },
        Err(why) => format!("{why:?}").len(),
    }
}
