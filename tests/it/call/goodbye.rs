//! The goodbye in every split: the call ends, and nobody ever hears or reads the marker.

use firstword::call::event::Event;
use firstword::call::rules::{LastMode, Rules};
use firstword::call::turn::TurnId;

use crate::cutting::{EAGER, SAFE, split};
use crate::recorder::messages;

use super::story::Story;
use super::{check, rules};

const GOODBYE: &str = "goodbye [END_CALL]";

/// The text in one piece, in two, and in three, at every place.
fn splits() -> Vec<Vec<&'static str>> {
    let mut splits = vec![vec![GOODBYE]];
    for first in 1..GOODBYE.len() {
        splits.push(split(GOODBYE, &[first]));
        for second in first + 1..GOODBYE.len() {
            splits.push(split(GOODBYE, &[first, second]));
        }
    }
    splits
}

/// Plays the goodbye and the half second after it, up to the `end`.
fn say_goodbye(rules: &Rules, pieces: &[&str]) -> Story {
    let turn = TurnId::from_u32(1);
    let mut story = Story::play(rules, "caller: bye");
    for text in pieces {
        story.handle(Event::Piece { turn, text });
    }
    story.step("finished");
    story.step("written");
    story
}

#[test]
fn a_goodbye_ends_the_call_and_is_heard_without_its_marker_in_every_split() {
    let splits = splits();
    for style in [SAFE, EAGER] {
        for last in [LastMode::Sentence, LastMode::Reply] {
            let rules = Rules {
                style,
                last,
                ..rules()
            };
            for pieces in &splits {
                let mut story = say_goodbye(&rules, pieces);
                let told = messages(story.call.history());
                story.step("wait 1000 ms");
                let said = "ask 1: user bye | last [goodbye] | end";
                assert_eq!(story.effects(), said, "{pieces:?}");
                assert_eq!(told.len(), 2, "{pieces:?}: {told:?}");
                assert_eq!(told[1].1, "goodbye", "{pieces:?}");
            }
        }
    }
    println!("{} splits, each in two styles and two modes", splits.len());
    assert!(splits.len() >= 154, "{}", splits.len());
}

#[test]
fn a_goodbye_that_was_called_off_is_history_without_its_marker_in_every_split() {
    for pieces in splits() {
        let mut story = say_goodbye(&rules(), &pieces);
        story.step("caller: wait");
        let asked = "ask 2: user bye / assistant goodbye / user wait";
        assert!(story.effects().ends_with(asked), "{pieces:?}");
    }
}

#[test]
fn a_pause_between_two_sentences_is_not_the_end_of_the_goodbye() {
    // Each sentence is made by itself, and there is more to speak.
    let long = "x".repeat(100);
    let said = format!("ask 1: user bye | last [{long}.]");
    let pause = format!(
        "caller: bye | reply: {long}. [END_CALL] | written | voice on | wait 2000 ms | voice off"
    );
    check(
        &format!("{pause} | wait 1999 ms | voice on | wait 3000 ms"),
        &said,
    );
    check(&format!("{pause} | wait 2000 ms"), &format!("{said} | end"));
}
