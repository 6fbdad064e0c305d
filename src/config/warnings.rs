//! What works, but hardly as it was meant.

use crate::speech::Markers;

use super::Config;

impl Config {
    /// Sentences for whoever starts the server.
    pub fn warnings(&self) -> Vec<String> {
        let markers = self.speech.markers().unwrap_or_default();
        let mut warnings = Vec::new();
        let end = self.unmentioned(markers.names());
        warnings.extend(end.map(|marker| {
            format!(
                "turn.instructions do not mention [{marker}], so the model does not know how to end \
                 the call; add: When the conversation is over, say goodbye and write [{marker}] at \
                 the very end."
            )
        }));
        let hand_off = self.unmentioned(markers.hand_off_names());
        warnings.extend(hand_off.map(|marker| {
            format!(
                "turn.instructions do not mention [{marker}], so the model does not know how to hand \
                 the call over; say when it is to write [{marker}]"
            )
        }));
        let waits = [
            ("turn.silence_seconds", self.turn.silence_seconds),
            ("turn.recover_ms", self.turn.recover_ms),
        ];
        let knobs = waits.iter().filter(|(_, time)| *time > 0);
        warnings.extend(knobs.filter(|_| !self.hears_the_caller()).map(|(knob, _)| {
            format!(
                "{knob} also counts while the caller speaks, because the relay does not tell of that; \
                 add to [relay.attributes]: events = \"speaker-events\""
            )
        }));
        warnings
    }

    /// Whether the relay is asked to tell that the caller speaks, before the words are final.
    fn hears_the_caller(&self) -> bool {
        let mut attributes = self.relay.attributes.iter();
        attributes.any(|(name, value)| match name.as_str() {
            "events" | "debug" => value
                .as_str()
                .is_some_and(|list| list.contains("speaker-events")),
            "partialPrompts" => value.as_bool() == Some(true) || value.as_str() == Some("true"),
            _ => false,
        })
    }

    /// The first of `names`, if the instructions mention none of them.
    fn unmentioned(&self, names: impl Iterator<Item = String>) -> Option<String> {
        let names: Vec<_> = names.collect();
        let mentions = |name: &String| {
            let marker = Markers::new(&[name]);
            marker.is_ok_and(|marker| marker.neutralise(&self.turn.instructions).is_some())
        };
        if names.iter().any(mentions) {
            None
        } else {
            names.into_iter().next()
        }
    }
}
