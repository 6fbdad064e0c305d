//! Faults planted around the core: each is found, by the invariant that it breaks, and its script
//! becomes short.

use super::core::Fault;
use super::run;
use super::shrink::shrink;

/// Each must be found in so many runs.
const SEEDS_MAX: u64 = 20_000;

/// Each fault, and the beginning of the name of the invariant that notices it.
const FAULTS: [(Fault, &str); Fault::ALL.len()] = [
    (Fault::AbortForgotten, "i06_whoever"),
    (Fault::WrongTurnAborted, "i06_only"),
    (Fault::AskForgotten, "i04_each_prompt"),
    (Fault::TurnNumberReused, "i02_turns"),
    (Fault::DeadTurnSpeaks, "i01_no_word"),
    (Fault::StalePieceTaken, "i03_what_is_spoken"),
    (Fault::RemainderSurvives, "i03_what_is_spoken"),
    (Fault::StaleEndFlushes, "i01_what_is_stale"),
    (Fault::EndForgotten, "i22_a_goodbye"),
    (Fault::EndSentTwice, "i10_the_end"),
    (Fault::EndTooEarly, "i11_the_end"),
    (Fault::EndFromCutTurn, "i12_only"),
    (Fault::DigitDoesNotCancel, "i11_the_end"),
    (Fault::PartialDoesNotDelay, "i22_the_timer"),
    (Fault::CloseForgotten, "i22_the_socket"),
    (Fault::TimerNotSet, "i22_the_timer"),
    (Fault::FirstHalfOfMergeLost, "i04_every_word"),
    (Fault::MergedThoughHeard, "i09_what"),
    (Fault::HeardTwoWordsTooLong, "i09_what"),
    (Fault::MarkerInHistory, "i05_no_marker_is_in_history"),
    (Fault::MarkerSpoken, "i05_no_marker_is_spoken"),
    (Fault::EmptyReplyIsSilent, "i03_what_is_over"),
    (Fault::ChunksNumberedFromOne, "i02_chunks_are"),
    (Fault::FinalLastMissing, "i13_a_whole"),
    (Fault::RetractEatsNewFrame, "i02_chunks_reach"),
    (Fault::DuplicateAnswered, "i04_nobody"),
    (Fault::OldSocketTaken, "i29_an_old"),
    (Fault::GuessSpoken, "i01_no_word_of_a_guess"),
    (Fault::VoiceUnheard, "i22_the_timer"),
    (Fault::TurnsKept, "i17_a_call"),
    (Fault::SequencesJoined, "i31_each_key"),
    (Fault::KeysForgotten, "i31_keys_are_told"),
    (Fault::OldWordsRefused, "i32_only"),
    (Fault::ReplayKnownByWords, "i32_a_replay"),
    (Fault::ClockStopsForGuess, "i33_each_clock"),
    (Fault::NoWayOut, "i33_every_state"),
    (Fault::CallerUnheard, "i34_nobody"),
    (Fault::HistoryUnbounded, "i35_what"),
    (Fault::MarkerTaken, "i36_a_marker"),
    (Fault::EndSaidOnce, "i37_a_lost_end"),
    (Fault::WarningAtTheEnd, "i38_no_warning"),
    (Fault::RecoveryForReprompt, "i39_the_recovery"),
    (Fault::NotAskedAgain, "i40_what"),
    (Fault::KeysNotAskedAgain, "i41_a_new_socket"),
    (Fault::AnswerLost, "i42_no_answer"),
    (Fault::AnswerTalksOver, "i44_no_answer_begins"),
];

#[test]
fn every_planted_fault_is_found_by_the_invariant_that_it_breaks() {
    let mut wrong = Vec::new();
    for (fault, rule) in FAULTS {
        let found = (0..SEEDS_MAX).find_map(|seed| {
            let run = run::seed(seed, Some(fault));
            let broken = run.outcome.err()?;
            // Much else may go wrong by it too, and be noticed before.
            let is_meant = broken.rule.starts_with(rule);
            is_meant.then_some((seed, run.script, broken))
        });
        let Some((seed, script, broken)) = found else {
            wrong.push(format!("{fault:?} was not found by {rule}"));
            continue;
        };
        let small = shrink(&script, broken.rule);
        println!(
            "{fault:?}: after {} seeds, {} steps, {} once shrunk: {}",
            seed + 1,
            script.steps.len(),
            small.steps.len(),
            broken.rule
        );
        if small.steps.len() > 12 {
            wrong.push(format!("{fault:?}: {broken}\n{small}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_long_script_of_a_planted_fault_becomes_a_short_one() {
    let fault = Some(Fault::StalePieceTaken);
    let long = (0..SEEDS_MAX).find_map(|seed| {
        let run = run::seed(seed, fault);
        let broken = run.outcome.err()?;
        (run.script.steps.len() > 60).then_some((run.script, broken))
    });
    let (script, broken) = long.expect("a call is long enough");
    let small = shrink(&script, broken.rule);
    println!(
        "{} steps become {}:\n{small}",
        script.steps.len(),
        small.steps.len()
    );
    assert!(small.steps.len() <= 8);
    let (outcome, _) = run::script(&small);
    assert_eq!(outcome.expect_err("it still fails").rule, broken.rule);
}
