//! The core's effects, carried out in the order in which they are wanted.
//!
//! Each is written down, counted and marked on the way; what it takes to do so is in `wires`.

use crate::call::effect::{Cause, Chunk, CloseCode, Effects, Farewell, Ignored, Note, Source};
use crate::call::history::History;
use crate::call::turn::TurnId;
use crate::telemetry::latency::Sample;
use crate::telemetry::stages::Stage;
use crate::telemetry::trail::{HangUp, Mark};

use super::super::llm::Model;
use super::Wires;

impl<M: Model> Effects for Wires<M> {
    fn ask(&mut self, turn: TurnId, history: &History) {
        self.read_out_request();
        self.mark(self.now(), Mark::Asked(turn));
        self.stages = Some(self.watch(turn));
        self.turn = Some(turn);
        if let Some(journal) = &mut self.journal {
            journal.ask(turn, history);
        }
        self.request(turn, history);
    }

    fn guess(&mut self, turn: TurnId, history: &History) {
        self.read_out_request();
        self.mark(self.now(), Mark::Guessed(turn));
        if let Some(journal) = &mut self.journal {
            journal.guess(turn, history);
        }
        self.request(turn, history);
    }

    fn abort(&mut self, turn: TurnId, cause: Cause) {
        self.drop_request(turn);
        let begun = self
            .outbox
            .straddling()
            .filter(|written| written.turn == turn);
        // A turn that dies without one may leave that of an older turn still on its way.
        self.dying = begun.or(self.dying);
        let retracted = self.outbox.retract(turn);
        let took = self.now().since(self.read_at);
        let metrics = &self.worker.metrics;
        for _ in 0..retracted {
            metrics.stale_dropped.increment("outbox");
        }
        if cause == Cause::NewPrompt {
            metrics.interruptions.increment("prompt_replaced");
        }
        self.worker.sample(Sample::Cancel(cause, took));
        let retracted = u32::try_from(retracted).unwrap_or(u32::MAX);
        self.mark(self.now(), Mark::Aborted(turn, cause, retracted));
        if let Some(journal) = &mut self.journal {
            journal.abort(turn, cause);
        }
    }

    fn cut_stream(&mut self, turn: TurnId) {
        if let Some(journal) = &mut self.journal {
            journal.cut_stream(turn);
        }
        self.worker.metrics.replies_too_long.increment(1);
        self.drop_request(turn);
    }

    fn speak(&mut self, chunk: Chunk<'_>) {
        self.turn = Some(chunk.turn);
        if let Some(journal) = &mut self.journal {
            journal.speak(&chunk);
        }
        if let Some(trail) = self.trail() {
            trail.chunk(self.read_at, &chunk);
        }
        self.outbox.speak(&chunk, self.read_at);
        if chunk.source == Source::Model
            && let Some(request) = self.requests.of_turn(chunk.turn)
        {
            request.watch.released(chunk.number);
        }
        if chunk.number == 0 && chunk.source != Source::Apology {
            self.reached(Stage::ChunkHold, self.now());
        }
    }

    fn hang_up(&mut self, why: Farewell) {
        self.outbox.hang_up(why);
        self.hung_up = Some(why);
        self.mark(self.now(), Mark::HangUp(HangUp::Sent));
        if let Some(journal) = &mut self.journal {
            journal.hang_up(why);
        }
    }

    fn close(&mut self, code: CloseCode) {
        self.leaving = Some(code);
        if let Some(journal) = &mut self.journal {
            journal.close(code);
        }
    }

    fn note(&mut self, note: Note) {
        if let Some(journal) = &mut self.journal {
            journal.note(note);
        }
        self.mark_note(note);
        let metrics = &self.worker.metrics;
        match note {
            Note::Ignored(why) => {
                metrics.ignored.increment(why.as_str());
                if why == Ignored::Stale {
                    metrics.stale_dropped.increment("intake");
                }
            }
            Note::BargeIn => metrics.interruptions.increment("barge_in"),
            Note::LateInterrupt => metrics.interruptions.increment("late"),
            Note::MarkerNeutralised => metrics.wrong_mouth.increment("prompt"),
            Note::MarkerEchoed => metrics.wrong_mouth.increment("echo"),
            Note::GuessHit { turn, saved } => self.guessed(turn, saved),
            Note::GuessMissed { pieces, .. } => {
                metrics.guesses.increment("miss");
                metrics.guess_pieces_wasted.increment(pieces.into());
            }
            Note::Merged => metrics.prompts_merged.increment(1),
            Note::WordsCut { .. } => metrics.prompts_cut.increment(1),
            Note::Heard { by, .. } => metrics.heard.increment(by.as_str()),
            Note::HangUpPlanned => {}
            Note::HangUpCancelled => metrics.hang_ups_cancelled.increment(1),
            Note::TurnEnded { turn, outcome } => self.turn_ended(turn, outcome),
        }
    }
}
