//! What is spoken: of the live turn only, all of it, and nothing else.

use firstword::call::effect::Source;
use firstword::call::event::Event;
use firstword::call::rules::LastMode;
use firstword::speech::{End, Markup, Mode};

use crate::effects::{Effect, Spoken};

use super::text::{has_marker, is_simple, plain, without_markers, without_torso, words};
use super::turn::{Fate, Stream, Turn, Wish};
use super::{Oracle, Stage, Step, Verdict, require};

impl Oracle {
    /// Tells whether the chunk opens a turn of its own; only the clock lets us speak unasked.
    pub(super) fn i01_words_of_ours_come_by_the_clock(
        &self,
        step: &Step<'_>,
        spoken: &Spoken,
    ) -> Result<bool, String> {
        if self.fate(spoken.turn).is_some() {
            return Ok(false);
        }
        let rules = &self.rules;
        let is_ours = match spoken.source {
            Source::Model | Source::Apology | Source::HandOff => false,
            Source::Goodbye => spoken.text == rules.goodbye,
            Source::Reprompt => rules.silence.phrases.contains(&spoken.text),
            Source::Recovery => spoken.text == rules.recovery.phrase,
            Source::Warning => spoken.text == rules.length.warning,
        };
        let is_free = self.live.is_none() && self.guess.is_none();
        let is_new = spoken.turn > self.newest().number;
        let holds = step.is_due() && is_ours && is_free && is_new && spoken.last;
        require(holds, || format!("{spoken:?} by {:?}", step.event)).map(|()| true)
    }

    pub(super) fn i01_no_word_of_a_guess_before_its_prompt(&self, spoken: &Spoken) -> Verdict {
        require(self.fate(spoken.turn) != Some(Fate::Guess), || {
            format!("{:?} of {}", spoken.text, spoken.turn)
        })
    }

    pub(super) fn i01_no_word_of_a_dead_turn(&self, spoken: &Spoken) -> Verdict {
        require(self.fate(spoken.turn) == Some(Fate::Live), || {
            format!("{:?} of {}", spoken.text, spoken.turn)
        })
    }

    /// What comes from no live stream has nothing to say, the timer aside; and a guess is silent.
    pub(super) fn i01_what_is_stale_says_nothing(
        &self,
        step: &Step<'_>,
        of_guess: bool,
    ) -> Verdict {
        let is_silent = match step.event {
            Event::Timer => true,
            Event::Piece { .. } | Event::Finished { .. } | Event::Failed { .. } => {
                let is_cut =
                    |effect: &Effect| of_guess && matches!(effect, Effect::CutStream { .. });
                step.seen.effects.iter().all(is_cut)
            }
            _ => step.seen.spoken().next().is_none(),
        };
        require(is_silent, || {
            format!("{:?}, of a guess: {of_guess}", step.seen.effects)
        })
    }

    pub(super) fn i02_turns_are_numbered_upwards(&self, number: u32) -> Verdict {
        let newest = self.newest().number;
        require(number > newest, || format!("{number} after {newest}"))
    }

    pub(super) fn i02_chunks_are_numbered_and_measured(&self, spoken: &Spoken) -> Verdict {
        let Some(turn) = self.live() else {
            return Err("no turn is live".to_owned());
        };
        let upto = turn.spoken.len() + spoken.text.len();
        let is_next = spoken.turn == turn.number && spoken.number == turn.chunks;
        require(is_next && spoken.upto as usize == upto, || {
            format!("{spoken:?} after {} chunks of {}", turn.chunks, turn.number)
        })
    }

    pub(super) fn i02_chunks_reach_the_socket_in_order(&self, step: &Step<'_>) -> Verdict {
        let Event::Written(written) = step.event else {
            return Ok(());
        };
        let turn = self.live().filter(|t| t.number == written.turn.as_u32());
        require(
            turn.is_none_or(|turn| turn.written == written.number),
            || format!("{written:?}"),
        )
    }

    /// What has been spoken is a beginning of what the model has said.
    pub(super) fn i03_what_is_spoken_is_the_reply(&self) -> Verdict {
        let Some(turn) = self.live() else {
            return Ok(());
        };
        let said = turn.said();
        let holds = if self.is_spoken_as_it_is(turn) {
            turn.pieces.trim_start().starts_with(said)
        } else {
            let (said, wanted) = (plain(said), plain(&certain(&turn.pieces)));
            wanted.starts_with(&said) || said.starts_with(&wanted)
        };
        require(holds, || format!("{said:?} of {:?}", turn.pieces))
    }

    /// When the stream is over all of it is out, and a reply without words has got some of ours.
    pub(super) fn i03_what_is_over_was_spoken_whole(&self, step: &Step<'_>) -> Verdict {
        let Some(turn) = self.live() else {
            return Ok(());
        };
        let ours = turn.spoken[turn.of_model..].trim();
        let (apology, goodbye) = (self.rules.apology.trim(), self.rules.goodbye.trim());
        let wants_end = turn.wish == Wish::EndCall;
        let wanted = without_torso(&without_markers(&turn.pieces)).to_owned();
        let has_words = wanted.contains(char::is_alphanumeric);
        let holds = match turn.stream {
            Stream::Running => true,
            // What it was to say was decided before the caller objected.
            Stream::Failed | Stream::Finished if step.is_due() && turn.wish == Wish::Withdrawn => {
                [apology, goodbye].contains(&ours) || (ours.is_empty() && self.is_whole(turn))
            }
            Stream::Failed if !wants_end => ours == apology,
            _ if has_words => ours.is_empty() && self.is_whole(turn),
            _ => ours == if wants_end { goodbye } else { apology },
        };
        require(holds, || {
            let said = turn.said();
            format!(
                "{said:?}, then {ours:?}, of {:?} by {:?}",
                turn.pieces, step.event
            )
        })
    }

    fn is_whole(&self, turn: &Turn) -> bool {
        if self.is_spoken_as_it_is(turn) {
            return turn.is_cut_short || turn.said() == turn.pieces.trim();
        }
        let stripped = without_markers(&turn.pieces);
        turn.is_cut_short || stripped.contains('[') || plain(turn.said()) == plain(&stripped)
    }

    fn is_spoken_as_it_is(&self, turn: &Turn) -> bool {
        is_simple(&turn.pieces, self.rules.voice.markup == Markup::Kept)
    }

    /// What is held of a guess was not seen to be spoken.
    pub(super) fn i17_only_a_long_reply_is_cut(&self, number: u32) -> Verdict {
        let turn = self.turns.iter().find(|turn| turn.number == number);
        let Some(turn) = turn.filter(|turn| turn.stream == Stream::Running) else {
            return Err(format!("{number} has no stream"));
        };
        let max = self.rules.reply_bytes_max;
        let is_long = match turn.fate {
            Fate::Guess => turn.pieces.len() >= max,
            _ if self.answer_waits() => turn.pieces.len() >= max,
            _ => turn.spoken.len() >= max || turn.pieces.len() / TAKEN_SHARE >= max,
        };
        require(is_long, || format!("{number} after {:?}", turn.spoken))
    }

    /// It ends with the first sentence that is long enough, and is never much longer.
    pub(super) fn i17_a_reply_is_bounded(&self) -> Verdict {
        let Some(turn) = self.live() else {
            return Ok(());
        };
        let most = self.rules.reply_bytes_max + SENTENCE_BYTES_MAX;
        require(turn.said().len() <= most, || {
            format!("{} bytes in {}", turn.spoken.len(), turn.number)
        })
    }

    pub(super) fn i05_no_marker_is_spoken(&self) -> Verdict {
        let marked = self.live().filter(|turn| has_marker(&turn.spoken));
        marked.map_or(Ok(()), |turn| Err(turn.spoken.clone()))
    }

    pub(super) fn i13_nothing_follows_the_final_last(&self, spoken: &Spoken) -> Verdict {
        let Some(turn) = self.live() else {
            return Ok(());
        };
        let is_final = self.rules.last == LastMode::Reply && turn.lasts > 0;
        require(!is_final, || format!("{:?}", spoken.text))
    }

    pub(super) fn i13_a_whole_reply_is_closed_by_one_last(&self, step: &Step<'_>) -> Verdict {
        let Some(turn) = self.live().filter(|turn| turn.stream != Stream::Running) else {
            return Ok(());
        };
        let once = self.rules.last == LastMode::Sentence || turn.lasts == 1;
        require(turn.closed && once, || {
            format!("{} lasts by {:?}", turn.lasts, step.event)
        })
    }

    /// The relay's frames are small, and only the one that closes a reply may be empty.
    pub(super) fn i14_a_chunk_holds_something(&self, spoken: &Spoken) -> Verdict {
        let closes = spoken.text.is_empty() && spoken.end == End::Reply && spoken.number > 0;
        let is_small = spoken.text.len() <= CHUNK_BYTES_MAX;
        require(
            is_small && (closes || !spoken.text.trim().is_empty()),
            || format!("{spoken:?}"),
        )
    }

    /// A chunk that only has its words has as many as it must; time may let fewer go.
    pub(super) fn i15_a_chunk_is_worth_speaking(
        &self,
        step: &Step<'_>,
        spoken: &Spoken,
    ) -> Verdict {
        let style = self.rules.style;
        let is_cut_by_words = spoken.end == End::Words
            && spoken.source == Source::Model
            && matches!(style.mode, Mode::Adaptive | Mode::Post)
            && matches!(step.event, Event::Piece { .. });
        let least = if spoken.number == 0 {
            style.first_words
        } else {
            style.later_words
        };
        let count = words(&spoken.text).count();
        require(!is_cut_by_words || count >= least, || {
            format!("{count} words in {:?}", spoken.text)
        })
    }

    pub(super) fn i16_nothing_is_said_outside_the_call(&self, effect: &Effect) -> Verdict {
        let is_speech = matches!(effect, Effect::Speak(_) | Effect::Ask { .. });
        require(!is_speech || self.stage == Stage::Talking, || {
            format!("{effect:?} while {:?}", self.stage)
        })
    }
}

const CHUNK_BYTES_MAX: usize = 4 * 1024;

/// So many bytes that the model says to each that is spoken.
const TAKEN_SHARE: usize = 4;

/// The last sentence of a reply that is cut, and the chunk that goes beyond it.
const SENTENCE_BYTES_MAX: usize = 1024 + CHUNK_BYTES_MAX;

/// The part of a reply that what is still to come can't change: up to a bracket that stays.
fn certain(pieces: &str) -> String {
    let mut text = without_markers(pieces);
    if let Some(open) = text.find('[') {
        text.truncate(open);
    }
    text
}
