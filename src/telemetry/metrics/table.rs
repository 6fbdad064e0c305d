//! The table: name, help, labels. A new metric is a field of `Metrics` and an entry here.

use metrics::Label;

use crate::call::effect::{Cause, HeardBy, Ignored, Outcome, Source};
use crate::call::event::{Failure, Rejection};
use crate::config::Config;
use crate::speech::End;
use crate::telemetry::panics::Part;
use crate::telemetry::request::RequestEnd;
use crate::telemetry::stages::Stage;
use crate::telemetry::status::epoch_ms;

use super::Metrics;
use super::gen_ai::GenAi;
use super::process::Process;
use super::register::Register;

const RECEIVED: [&str; 8] = [
    "setup",
    "prompt",
    "long_prompt",
    "interrupt",
    "dtmf",
    "error",
    "error_of_ours",
    "info",
];
const SENT: [&str; 2] = ["text", "end"];
const CALL_ENDS: [&str; 10] = [
    "end_call_marker",
    "hand_off",
    "silence",
    "caller_hangup",
    "relay_error",
    "too_many_parked",
    "drain",
    "limit",
    "refused",
    "panic",
];
const SOCKET_LOSSES: [&str; 5] = ["gone", "silent", "write", "invalid", "closed"];
const SOCKET_NAMES: [&str; 2] = ["path", "setup"];
const QUEUES: [&str; 3] = ["samples", "marks", "journal"];
const SPAN_DROPS: [&str; 4] = ["queue", "refused", "unsent", "panic"];
const LINES_LOST: [&str; 2] = ["disk", "removed"];
const STALE_POINTS: [&str; 3] = ["intake", "outbox", "write"];
const TOKENS: [&str; 2] = ["input", "output"];
const INTERRUPTIONS: [&str; 3] = ["barge_in", "prompt_replaced", "late"];
const GUESSES: [&str; 2] = ["hit", "miss"];
const WRONG_MOUTH: [&str; 2] = ["prompt", "echo"];
const RANKS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
const SIGNATURES: [&str; 2] = ["valid", "invalid"];
const CUTS: [&str; 2] = ["unread", "full"];
const REFUSALS: [&str; 4] = ["query", "draining", "host", "origin"];

impl Metrics {
    /// The budget becomes an edge, the model's name a label.
    pub fn new(config: &Config) -> Self {
        let budget = config.latency.budget();
        let r = Register::new(budget);
        r.gauge(
            "firstword_time_to_first_chunk_budget_seconds",
            "Budget for the time to the first chunk",
        )
        .set(budget.as_secs_f64());
        let version = Label::new("version", env!("CARGO_PKG_VERSION"));
        let commit = Label::new(
            "commit",
            option_env!("FIRSTWORD_COMMIT").unwrap_or("unknown"),
        );
        r.gauge_with(
            "firstword_build_info",
            "Always 1; the labels tell version and commit",
            vec![version, commit],
        )
        .set(1.0);
        Self {
            calls_active: r.gauge("firstword_calls_active", "Calls that are up"),
            calls_started: r.counter("firstword_calls_started_total", "Calls accepted"),
            calls_ended: r.counters(
                "firstword_calls_ended_total",
                "Calls ended, by what ended them",
                ("reason", CALL_ENDS),
            ),
            call_duration: r.histogram(
                "firstword_call_duration_seconds",
                "From the socket's start to its end",
            ),
            calls_parked: r.gauge(
                "firstword_calls_parked",
                "Calls whose socket was lost and that wait for the next one",
            ),
            sockets_parted: r.counters(
                "firstword_sockets_parted_total",
                "Sockets lost whose call could wait for another, by how they were lost",
                ("how", SOCKET_LOSSES),
            ),
            sockets_resumed: r.counters(
                "firstword_sockets_resumed_total",
                "Sockets that brought a parked call back, by what named the call",
                ("by", SOCKET_NAMES),
            ),
            sockets_replaced: r.counter(
                "firstword_sockets_replaced_total",
                "Sockets that were still open when a newer one of their call came",
            ),
            resume_gap: r.histogram(
                "firstword_resume_gap_seconds",
                "Socket lost to the next one there, of calls that came back",
            ),
            draining: r.gauge(
                "firstword_draining",
                "1 while the server lets its calls end",
            ),
            turns: r.counters(
                "firstword_turns_total",
                "Turns ended, by outcome",
                ("outcome", Outcome::ALL.map(Outcome::as_str)),
            ),
            turns_first_chunk: r.counter(
                "firstword_turns_first_chunk_total",
                "Turns in which a first chunk was written",
            ),
            turns_no_answer: r.counters(
                "firstword_turns_no_answer_total",
                "Turns without a chunk of the model's; those cut within the budget are in neither",
                ("outcome", Outcome::ALL.map(Outcome::as_str)),
            ),
            turns_over_budget: r.counters(
                "firstword_turns_over_budget_total",
                "Turns whose first chunk missed the budget, by the longest stage",
                ("stage", Stage::ALL.map(Stage::as_str)),
            ),
            time_to_first_chunk: r.histogram(
                "firstword_time_to_first_chunk_seconds",
                "Final prompt read to first chunk written",
            ),
            slowest_turns: r.gauges(
                "firstword_slowest_turn_seconds",
                "Time to first chunk of the slowest turns of the last 15 minutes; 0 where there are fewer",
                ("rank", RANKS),
            ),
            stages: r.histograms(
                "firstword_turn_stage_duration_seconds",
                "Stages of the time to the first chunk; they add up to it",
                ("stage", Stage::ALL.map(Stage::as_str)),
            ),
            time_to_first_piece: r.histogram(
                "firstword_llm_time_to_first_piece_seconds",
                "Request sent to first piece of the model's reply read",
            ),
            chunk_overhead: r.histogram(
                "firstword_chunk_overhead_seconds",
                "Releasing piece read to last byte of the chunk's frame taken by the kernel, of chunks that waited for no peer",
            ),
            cancel: r.histograms(
                "firstword_cancel_duration_seconds",
                "Interrupt or prompt frame read to stream dropped and chunks retracted",
                ("cause", Cause::ALL.map(Cause::as_str)),
            ),
            interruptions: r.counters(
                "firstword_interruptions_total",
                "Interrupts taken, and replies replaced by a new prompt",
                ("kind", INTERRUPTIONS),
            ),
            prompts_merged: r.counter(
                "firstword_prompts_merged_total",
                "Prompts joined to the unanswered one before",
            ),
            prompts_cut: r.counter(
                "firstword_prompts_cut_total",
                "Requests that left out the caller's first words, for want of room",
            ),
            heard: r.counters(
                "firstword_heard_total",
                "Replies cut to what was heard, by how that was found",
                ("by", HeardBy::ALL.map(HeardBy::as_str)),
            ),
            hang_ups_cancelled: r.counter(
                "firstword_hang_ups_cancelled_total",
                "Hang-ups that the caller stopped",
            ),
            replies_too_long: r.counter(
                "firstword_replies_too_long_total",
                "Replies that reached their longest, and whose streams were dropped",
            ),
            phrases: r.counters(
                "firstword_phrases_total",
                "Chunks by whose words they hold: the model's, or ours for a reason",
                ("source", Source::ALL.map(Source::as_str)),
            ),
            guesses: r.counters(
                "firstword_guesses_total",
                "Replies begun on a partial prompt, by whether the final one said the same",
                ("result", GUESSES),
            ),
            guess_saved: r.histogram(
                "firstword_guess_saved_seconds",
                "Head start of replies that were begun on a partial prompt, up to the first chunk",
            ),
            guess_pieces_wasted: r.counter(
                "firstword_guess_pieces_wasted_total",
                "Pieces of replies to partial prompts that nobody heard",
            ),
            wrong_mouth: r.counters(
                "firstword_markers_refused_total",
                "End-of-call markers in the caller's words, or repeated by the model after them",
                ("seen", WRONG_MOUTH),
            ),
            chunks_sent: r.counters(
                "firstword_chunks_sent_total",
                "Chunks written, by what closed them",
                ("boundary", End::ALL.map(End::as_str)),
            ),
            stale_dropped: r.counters(
                "firstword_stale_chunks_dropped_total",
                "Pieces and chunks of dead turns that were stopped; at `write` it must stay 0",
                ("point", STALE_POINTS),
            ),
            stale_sent: r.counter(
                "firstword_stale_chunks_sent_total",
                "Chunks begun after their turn had died; must stay 0",
            ),
            pieces: r.counter("firstword_pieces_total", "Pieces of replies read"),
            llm_streams_active: r.gauge("firstword_llm_streams_active", "Model streams open"),
            llm_requests: r.counters(
                "firstword_llm_requests_total",
                "Requests to the model, by outcome",
                ("outcome", RequestEnd::OUTCOMES),
            ),
            llm_errors: r.counters(
                "firstword_llm_errors_total",
                "Requests to the model that failed, by kind",
                ("kind", Failure::KINDS),
            ),
            llm_tokens: r.counters(
                "firstword_llm_tokens_total",
                "Tokens of the model, as the provider counted them",
                ("type", TOKENS),
            ),
            llm_pieces_wasted: r.counter(
                "firstword_llm_pieces_wasted_total",
                "Pieces read of replies that were cut, and never spoken",
            ),
            gen_ai: GenAi::new(&r, config.model()),
            received: r.counters(
                "firstword_ws_messages_received_total",
                "Messages of the relay that were understood, by type",
                ("type", RECEIVED),
            ),
            rejected: r.counters(
                "firstword_ws_messages_rejected_total",
                "Messages of the relay that were not, by reason",
                ("reason", Rejection::ALL.map(Rejection::as_str)),
            ),
            ignored: r.counters(
                "firstword_events_ignored_total",
                "Events without effect, by reason",
                ("reason", Ignored::ALL.map(Ignored::as_str)),
            ),
            sent: r.counters(
                "firstword_ws_messages_sent_total",
                "Messages written to the relay, by type",
                ("type", SENT),
            ),
            signatures: r.counters(
                "firstword_signatures_total",
                "Signatures checked, by result",
                ("result", SIGNATURES),
            ),
            connections_cut: r.counters(
                "firstword_connections_cut_total",
                "HTTP connections cut, by reason: answers that nobody reads, too many at a time",
                ("reason", CUTS),
            ),
            requests_refused: r.counters(
                "firstword_requests_refused_total",
                "Requests for TwiML or a socket that were refused, but for signatures, by reason",
                ("reason", REFUSALS),
            ),
            caller_gap: r.histogram(
                "firstword_caller_perceived_gap_seconds",
                "Caller's last sound to the reply's first, as the relay tells",
            ),
            relay_round_trip: r.histogram(
                "firstword_relay_round_trip_seconds",
                "Relay to us and back, as the relay tells",
            ),
            runtime_lag: r.histogram(
                "firstword_runtime_lag_seconds",
                "Lateness of a 10 ms tick of a serving thread, those that a stall left out among them; 1 ms is the timer's own",
            ),
            queue_dropped: r.counters(
                "firstword_queue_dropped_total",
                "Records that a full queue did not take",
                ("queue", QUEUES),
            ),
            journal_errors: r.counter(
                "firstword_journal_errors_total",
                "Journal writes that failed; how many lines each cost tells firstword_journal_lines_lost_total",
            ),
            journal_lines_lost: r.counters(
                "firstword_journal_lines_lost_total",
                "Journal lines that the disk did not take, and lines of calls that were still up whose file somebody removed or cut",
                ("why", LINES_LOST),
            ),
            panics: r.counters(
                "firstword_panics_total",
                "Bugs of ours that ended a call or a connection, or made a thread start again",
                ("part", Part::ALL.map(Part::as_str)),
            ),
            spans_exported: r.counter(
                "firstword_spans_exported_total",
                "Spans that the trace collector has taken",
            ),
            spans_dropped: r.counters(
                "firstword_spans_dropped_total",
                "Spans that a full queue did not take, that the collector refused, that a bug of ours lost, or that were left at the end",
                ("reason", SPAN_DROPS),
            ),
            span_exports_failed: r.counter(
                "firstword_span_exports_failed_total",
                "Posts to the trace collector that failed; their spans are sent again",
            ),
            handle: r.handle(),
            process: Process::new(epoch_ms()),
        }
    }
}
