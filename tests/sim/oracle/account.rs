//! The plain account that the oracle keeps of a call.

use firstword::call::effect::{Ignored, Note, Source};
use firstword::call::event::{Event, PromptKind};
use firstword::call::time::{CallTime, Micros};

use crate::effects::{Message, Spoken};

use super::caller::Taken;
use super::held::{Held, answers};
use super::text::{has_marker, plain};
use super::turn::{Fate, Goodbye, Heard, Stream, Turn, Wish};
use super::{Oracle, Stage, Step};

/// A relay that is back begins by then to tell what happened meanwhile.
const TOLD: Micros = Micros::from_millis(1_000);

impl Oracle {
    /// Keeps what the event alone tells.
    pub(super) fn happened(&mut self, step: &Step<'_>, of_stream: bool) {
        match (self.stage, step.event) {
            (Stage::Fresh, Event::Setup(setup)) if setup.call_sid.is_some() => {
                self.stage = Stage::Talking;
                self.call_sid = setup.call_sid.as_deref().unwrap_or_default().to_owned();
                self.plays(step.now, self.rules.greeting.clone().as_str());
                self.take_all_early(step.now);
                // Keys that came before are taken now.
                self.expect.key_at = self.expect.key_at.map(|_| step.now);
            }
            (Stage::Fresh, event) => self.take_early(step.now, event),
            (Stage::Talking, event) if of_stream => self.model_said(event),
            (Stage::Talking, _) if self.is_after_end(step) => {}
            (Stage::Talking, _) => self.happened_in_talk(step),
            _ => {}
        }
        if let Event::Rejected(why) = step.event {
            self.flood.push((step.now, *why));
        }
        if let Event::Written(written) = step.event {
            self.was_written(step, written.turn.as_u32(), written.upto as usize);
        }
    }

    fn happened_in_talk(&mut self, step: &Step<'_>) {
        let now = step.now;
        let mut said = self.look_at_held(step);
        if !said.is_empty() && !matches!(step.event, Event::Prompt(_)) {
            self.hears_words(step, &said);
        }
        match step.event {
            Event::Interrupt(_) if step.seen.notes.contains(&Note::LateInterrupt) => {
                self.reply_before_stopped(now);
            }
            Event::Interrupt(_) => {
                self.drop_guess();
                self.interrupted(step);
                self.silent_at = self.silent_at.min(now);
                self.goodbye_stopped(now);
                self.let_keys_wait(now);
            }
            Event::Prompt(prompt) if prompt.kind == PromptKind::Partial => {
                let is_late = step.seen.ignored(Ignored::LatePartial);
                if !is_late && prompt.text.contains(char::is_alphanumeric) {
                    self.expect.hinted_at = Some(now);
                    // While a reply runs nobody guesses.
                    if self.live.is_none() {
                        self.partial = prompt.text.to_string();
                    }
                }
            }
            Event::Prompt(_) => {
                let text = Self::prompt_of(step.event).unwrap_or_default();
                // Whether it may be taken for one is judged by what truly came twice.
                let is_repeated = step.seen.ignored(Ignored::Duplicate);
                if self.holds(step) {
                    self.held.push(Held::new(now, text));
                } else if !text.is_empty() && (!is_repeated || answers(step)) {
                    said.push(text.to_owned());
                    self.hears_words(step, &said);
                }
            }
            // Keys that the model is not told mean nothing.
            Event::Dtmf(_) if step.seen.ignored(Ignored::Key) => {}
            Event::Dtmf(digit) => {
                self.objected();
                if self.rules.keypad.barge_in && self.takes_key(digit.as_char()) {
                    self.cut(Heard::Unknown);
                }
                self.press(now, digit.as_char());
                if self.live.is_none() && self.held.is_empty() && digit.as_char() == '#' {
                    let keys = self.whole_keys(now);
                    self.arrivals.extend(keys);
                }
            }
            Event::Parted => self.parted(now),
            Event::Rejoined => self.rejoined(now),
            Event::Drain | Event::Gone => self.stop(),
            _ if step.seen.closes().next().is_some() => self.stop(),
            Event::Timer if self.link.down.is_some() && step.phase == "over" => self.stop(),
            Event::Info { name, value, .. } if name == "agentSpeaking" => {
                self.tells_of_voice = true;
                self.told_of_voice(now, value == "on");
            }
            Event::Info { name, .. } if name == "tokensPlayed" => self.was_played(step),
            Event::Info { name, .. } if name == "clientSpeaking" => {
                self.expect.hinted_at = None;
            }
            _ => {}
        }
    }

    /// Everything that runs is given up.
    fn stop(&mut self) {
        self.held.clear();
        self.drop_guess();
        self.cut(Heard::Unknown);
    }

    fn parted(&mut self, now: CallTime) {
        self.drop_guess();
        if self.rules.link.window.0 == 0 {
            self.cut(Heard::Unknown);
        }
        self.silent_at = self.silent_at.min(now);
        self.link.down.get_or_insert(now);
    }

    fn rejoined(&mut self, now: CallTime) {
        let down = self.link.down.take();
        if down.is_some_and(|since| now.since(since) > self.rules.link.fresh) {
            self.is_answer_lost |= self.live().is_some_and(|turn| !turn.is_ours);
            self.cut(Heard::Unknown);
        }
        self.link.rejoined = Some(now);
        self.expect.hinted_at = None;
        self.keys_outlive_the_socket(now);
        if let Goodbye::Due { at, latest } = &mut self.goodbye {
            *at = now.after(TOLD).after(self.rules.hang_up_delay).max(*at);
            *latest = (*latest).max(*at);
        }
    }

    /// The turn that speaks is over, and must be aborted.
    pub(super) fn cut(&mut self, heard: Heard) {
        if let Some(place) = self.live.take() {
            self.turns[place].fate = Fate::Cut;
            self.turns[place].heard = heard;
            self.dying.push(self.turns[place].number);
        }
    }

    pub(super) fn drop_guess(&mut self) {
        if let Some(place) = self.guess.take() {
            self.turns[place].fate = Fate::Cut;
            self.dying.push(self.turns[place].number);
        }
    }

    /// The core says so; whether it may is judged elsewhere.
    pub(super) fn aborted(&mut self, number: u32) {
        if let Some(place) = self.dying.iter().position(|dying| *dying == number) {
            self.dying.remove(place);
            return;
        }
        for open in [&mut self.live, &mut self.guess] {
            if let Some(place) = open.take_if(|place| self.turns[*place].number == number) {
                self.turns[place].fate = Fate::Cut;
                self.turns[place].heard = Heard::Unknown;
                let is_answer = !self.turns[place].is_ours;
                self.is_answer_lost |= is_answer && self.link.down.is_some();
            }
        }
    }

    fn model_said(&mut self, event: &Event<'_>) {
        let guess = self.guess.filter(|_| self.live.is_none());
        let Some(place) = self.live.or(guess) else {
            return;
        };
        let turn = &mut self.turns[place];
        match event {
            Event::Piece { text, .. } => {
                turn.pieces.push_str(text);
                if turn.wish == Wish::None && has_marker(&turn.pieces) {
                    turn.wants_end();
                }
            }
            Event::Finished { .. } => {
                turn.stream = Stream::Finished;
                turn.close_marker();
            }
            _ => {
                turn.stream = Stream::Failed;
                if turn.fate == Fate::Guess {
                    turn.fate = Fate::Cut;
                    self.guess = None;
                }
            }
        }
    }

    fn was_written(&mut self, step: &Step<'_>, number: u32, upto: usize) {
        let Some(place) = self.turns.iter().position(|turn| turn.number == number) else {
            return;
        };
        let turn = &mut self.turns[place];
        let text = turn.spoken[turn.written_bytes.min(upto)..upto].to_owned();
        turn.written += 1;
        turn.written_bytes = upto;
        if turn.fate == Fate::Live {
            self.plays(step.now, &text);
        }
        self.complete(step);
    }

    pub(super) fn asked(&mut self, number: u32, told: &[Message], is_barred: bool, is_again: bool) {
        self.turns.push(Turn {
            is_barred,
            is_again,
            ..Turn::new(number)
        });
        self.live = Some(self.turns.len() - 1);
        self.goodbye = Goodbye::None;
        self.told = Some(told.to_vec());
        self.is_answer_lost = false;
    }

    pub(super) fn guessed(
        &mut self,
        number: u32,
        partial: Taken,
        told: &[Message],
        is_barred: bool,
    ) {
        self.told_in_guess = Some(told.to_vec());
        self.turns.push(Turn {
            fate: Fate::Guess,
            is_barred,
            question: Some(partial.text),
            ..Turn::new(number)
        });
        self.guess = Some(self.turns.len() - 1);
    }

    /// The guess was right: it is the answer to what has just been said.
    pub(super) fn hit(&mut self, now: CallTime, number: u32) {
        let Some(place) = self
            .guess
            .take_if(|place| self.turns[*place].number == number)
        else {
            return;
        };
        let taken = self.arrivals.pop_front();
        if let Some(taken) = &taken {
            self.learn_words(taken);
        }
        self.turns[place].fate = Fate::Live;
        self.turns[place].question = None;
        self.is_answer_lost = false;
        self.live = Some(place);
        self.goodbye = Goodbye::None;
        self.told = self.told_in_guess.take();
        if let Some(taken) = taken {
            self.goes_on_after(now, &taken);
        }
    }

    /// Words of ours that nobody has asked for.
    pub(super) fn speaks_for_itself(&mut self, spoken: &Spoken, now: CallTime) {
        let is_goodbye = spoken.source == Source::Goodbye;
        let max = self.rules.length.max;
        self.may_be_over |= is_goodbye && max.0 > 0 && now.as_micros() >= max.0;
        if is_goodbye {
            // What the caller objected to was another one.
            self.goodbye = Goodbye::None;
        }
        self.turns.push(Turn {
            stream: Stream::Finished,
            is_ours: true,
            wish: if is_goodbye {
                Wish::EndCall
            } else {
                Wish::None
            },
            ..Turn::new(spoken.turn)
        });
        self.live = Some(self.turns.len() - 1);
    }

    pub(super) fn spoke(&mut self, spoken: &Spoken) {
        let Some(place) = self.live else { return };
        let turn = &mut self.turns[place];
        turn.spoken.push_str(&spoken.text);
        if spoken.source == Source::Model {
            turn.of_model = turn.spoken.len();
        }
        turn.chunks += 1;
        turn.lasts += u32::from(spoken.last);
        turn.closed = spoken.last;
    }

    /// A reply is complete when its stream has ended and all of it has left us.
    pub(super) fn complete(&mut self, step: &Step<'_>) {
        let now = step.now;
        let Some(place) = self.live.take_if(|place| self.turns[*place].is_complete()) else {
            return;
        };
        self.turns[place].fate = Fate::Complete;
        // Whoever types objects, unless the time is up.
        let is_typing = self.keys.waits()
            && (!self.may_be_over || step.seen.notes.contains(&Note::HangUpCancelled));
        if self.turns[place].wish == Wish::EndCall && is_typing {
            self.turns[place].wish = Wish::Withdrawn;
            self.goodbye = Goodbye::Objected;
        } else if self.turns[place].wish == Wish::EndCall {
            let at = self.goodbye_heard_at(now);
            self.goodbye = Goodbye::Due { at, latest: at };
        }
    }

    /// Keeps what is true once the effects are out.
    pub(super) fn passed(&mut self, step: &Step<'_>) {
        self.complete(step);
        let is_talk = matches!(self.stage, Stage::Fresh | Stage::Talking);
        let is_lost = match step.event {
            Event::Gone => !is_talk,
            // A relay that has not heard the end may come back until the socket would be closed.
            Event::Parted => !is_talk && self.rules.link.window.0 == 0,
            _ => false,
        };
        if is_lost || (is_talk && step.phase == "over") {
            self.stage = Stage::Closed;
        }
    }

    pub(super) fn objected(&mut self) {
        if let Goodbye::Due { .. } = self.goodbye {
            self.goodbye = Goodbye::Objected;
        }
        if let Some(place) = self.live
            && self.turns[place].wish == Wish::EndCall
        {
            self.turns[place].wish = Wish::Withdrawn;
        }
    }

    /// The last words that were taken, in the way in which they are compared.
    pub(super) fn words_of_hit(&self) -> Option<String> {
        self.arrivals
            .front()
            .map(|taken| plain(&format!("{} {}", taken.keys, taken.text)))
    }
}
