//! What the relay's frames say, as the events that they become.

use std::borrow::Cow;

use firstword::call::event::{Digit, Event, Interrupt, Prompt, PromptKind, Rejection, Setup};

use crate::act::{Frame, News, Sid, Words};
use crate::oracle::Truth;

use super::World;

impl World {
    /// What the relay tells, if it is true and can be understood in one way only.
    pub(super) fn truth(&self, words: Words) -> Option<Truth> {
        let heard = self.relay.heard(self.now);
        let count = heard.split_whitespace().count();
        let is_clear = match words {
            Words::True | Words::Normalised => true,
            Words::Fragment => {
                let fragment = self.relay.tell(self.now, words).unwrap_or_default();
                heard.matches(&fragment).count() == 1
            }
            Words::Empty => count == 0,
            Words::Missing | Words::Wrong => false,
        };
        is_clear.then_some(Truth {
            turn: self.relay.turn,
            words: count,
        })
    }

    pub(super) fn event(&mut self, frame: &Frame) -> Event<'static> {
        let prompt = |text: &str, kind| {
            Event::Prompt(Prompt {
                text: Cow::Owned(text.to_owned()),
                lang: None,
                kind,
            })
        };
        match frame {
            Frame::Setup(sid) => Event::Setup(Box::new(Setup {
                call_sid: match sid {
                    Sid::Same => Some("CA1".into()),
                    Sid::Other => Some("CA2".into()),
                    Sid::Missing => None,
                },
                ..Setup::default()
            })),
            Frame::Partial(text) => prompt(text, PromptKind::Partial),
            Frame::Final(text) => prompt(text, PromptKind::Final),
            Frame::Interrupt {
                words,
                with_duration,
            } => Event::Interrupt(Interrupt {
                utterance: self.relay.tell(self.now, *words).map(Cow::Owned),
                duration: with_duration.then(|| self.relay.duration(self.now)),
            }),
            Frame::Digit(key) => {
                let mut room = [0; 4];
                let key = Digit::parse(key.encode_utf8(&mut room));
                key.map_or(Event::Rejected(Rejection::BadField), Event::Dtmf)
            }
            Frame::Complaint => Event::RelayError {
                description: "bad token".into(),
            },
            Frame::News(news) => self.news(*news),
            Frame::Rejected(why) => Event::Rejected(*why),
        }
    }

    fn news(&mut self, news: News) -> Event<'static> {
        let (name, value) = match news {
            News::AgentSpeaks => ("agentSpeaking", "on".into()),
            News::AgentSilent => ("agentSpeaking", "off".into()),
            News::CallerSpeaks => ("clientSpeaking", "on".into()),
            News::CallerSilent => ("clientSpeaking", "off".into()),
            News::Played => ("tokensPlayed", self.relay.played(self.now)),
        };
        Event::Info {
            name: name.into(),
            value: value.into(),
            at_epoch_ms: None,
        }
    }
}
