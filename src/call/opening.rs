//! How a call begins: the setup, and words that come before it.

use super::effect::{CloseCode, Effects, Ignored, Note};
use super::event::{Digit, Event, Prompt, PromptKind, Setup};
use super::history::Said;
use super::machine::Call;
use super::phase::Phase;
use super::time::{CallTime, Micros};

/// What the caller said before the setup came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Early {
    at: CallTime,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum What {
    Prompt { text: String, lang: Option<String> },
    Digit(Digit),
}

/// Reliability page, row B17: so many messages wait for a setup, and so long.
const EARLY_MAX: usize = 8;
const EARLY_WAIT: Micros = Micros::from_millis(2_000);

impl Call {
    /// Something came before the setup. The caller's words wait for it; the rest means nothing.
    pub(super) fn before_setup(
        &mut self,
        now: CallTime,
        event: &Event<'_>,
        out: &mut impl Effects,
    ) {
        let what = match event {
            Event::Prompt(prompt) if prompt.kind == PromptKind::Final => Some(What::Prompt {
                text: prompt.text.clone().into_owned(),
                lang: prompt.lang.as_deref().map(str::to_owned),
            }),
            Event::Dtmf(digit) => Some(What::Digit(*digit)),
            _ => None,
        };
        match (&mut self.phase, what) {
            (Phase::Fresh(early), Some(what)) if early.len() < EARLY_MAX => {
                early.push(Early { at: now, what });
            }
            _ => out.note(Note::Ignored(Ignored::BeforeSetup)),
        }
    }

    /// No setup has come, so what waited for it means nothing.
    pub(super) fn forget_early(&mut self, out: &mut impl Effects) {
        if let Phase::Fresh(early) = &self.phase {
            for _ in early {
                out.note(Note::Ignored(Ignored::BeforeSetup));
            }
        }
    }

    /// When a setup that has not come is waited for no longer.
    pub(super) fn setup_at(&self, early: &[Early]) -> CallTime {
        let latest = CallTime::ZERO.after(self.rules.setup_timeout);
        let impatient = early.first().map(|early| early.at.after(EARLY_WAIT));
        impatient.map_or(latest, |at| at.min(latest))
    }

    /// The relay has told who calls. It speaks the greeting by itself, so that is history already.
    pub(super) fn begin(&mut self, now: CallTime, setup: &Setup<'_>, out: &mut impl Effects) {
        let Some(call_sid) = &setup.call_sid else {
            out.note(Note::Ignored(Ignored::Setup));
            return self.close(CloseCode::Policy, out);
        };
        self.call_sid = call_sid.as_ref().into();
        self.session_id = setup.session_id.as_ref().into();
        if !self.rules.greeting.trim().is_empty() {
            let text = self.rules.greeting.clone();
            self.playback.wrote(now, &text);
            self.history.said(Said::whole(text));
        }
        self.patience.quiet(self.playback.ends(now));
        let early = match self.take_phase() {
            Phase::Fresh(early) => early,
            _ => Vec::new(),
        };
        for Early { what, .. } in early {
            match what {
                What::Prompt { text, lang } => {
                    let prompt = Prompt {
                        text: text.into(),
                        lang: lang.map(Into::into),
                        kind: PromptKind::Final,
                    };
                    self.handle(now, Event::Prompt(prompt), out);
                }
                What::Digit(digit) => self.handle(now, Event::Dtmf(digit), out),
            }
        }
    }

    /// A setup for a call that has one: the relay has come back, or somebody else has come.
    pub(super) fn set_up_again(&mut self, setup: &Setup<'_>, out: &mut impl Effects) {
        out.note(Note::Ignored(Ignored::Setup));
        let mut other = setup.call_sid.iter().filter(|sid| ***sid != *self.call_sid);
        if other.next().is_some() {
            return self.refuse(CloseCode::Policy, out);
        }
        // After a `<Connect action>`, the same call has another session.
        self.session_id = setup.session_id.as_ref().into();
    }
}
