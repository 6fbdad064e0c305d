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
        warnings
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
