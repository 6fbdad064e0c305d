//! Rows about prompts: repeated, early, late, empty, and in bursts.

use super::check;

#[test]
fn b01_a_prompt_that_comes_twice_is_answered_once() {
    let once = "ask 1: user yes please | last [One two.]";
    let and_done = "reply: One two. | written";
    for twice in [
        "caller: yes please | caller: yes please",
        "caller: yes please | wait 1500 ms | caller: Yes,  please!",
        "caller: yes please | piece: One | caller: yes please",
        "caller: yes please | caller: yes please | caller: yes please",
    ] {
        let repeats = twice.matches("caller").count() - 1;
        let script = format!("{twice} | {and_done}").replace("piece: One | ", "");
        let ignored = vec!["ignored duplicate"; repeats].join(" | ");
        check(&script, once, &format!("{ignored} | 1 completed"));
    }
}

#[test]
fn b01_the_same_short_word_is_said_again_once_something_was_heard_in_between() {
    check(
        "caller: yes | reply: One two. | written | caller: yes",
        "ask 1: user yes | last [One two.] | ask 2: user yes / assistant One two. / user yes",
        "1 completed",
    );
    check(
        "caller: yes | wait 1501 ms | caller: yes",
        "ask 1: user yes | abort 1 | ask 2: user yes yes",
        "1 superseded | merged",
    );
    check(
        "caller: yes | piece: One two three | written | caller: yes",
        "ask 1: user yes | say [One two] | abort 1 | ask 2: user yes yes",
        "1 superseded | heard 0 elapsed | merged",
    );
}

#[test]
fn b01_a_relay_that_comes_back_may_repeat_its_last_prompts() {
    let first =
        "caller: one | reply: One two. | written | caller: two | reply: Three four. | written";
    let told = "ask 1: user one | last [One two.] | \
                ask 2: user one / assistant One two. / user two | last [Three four.]";
    check(
        &format!(
            "{first} | parted | wait 200 ms | rejoined | caller: one | caller: Two. | \
                  wait 200 ms"
        ),
        told,
        "1 completed | 2 completed | ignored duplicate | ignored duplicate",
    );
    check(
        &format!("{first} | parted | rejoined | wait 2001 ms | caller: one"),
        &format!(
            "{told} | ask 3: user one / assistant One two. / user two / \
             assistant Three four. / user one"
        ),
        "1 completed | 2 completed",
    );
}

#[test]
fn b02_a_prompt_before_the_first_word_is_merged_with_the_one_before() {
    check(
        "caller: I want | caller: a boat | reply: One two.",
        "ask 1: user I want | abort 1 | ask 2: user I want a boat | last [One two.]",
        "1 superseded | merged",
    );
}

#[test]
fn b03_a_prompt_into_a_reply_cuts_it_and_a_late_interrupt_mends_what_was_heard() {
    let asked = "ask 1: user hi | say [One two] | say [ three four five six] | abort 1 | \
                 ask 2: user hi / assistant One two / user no";
    let start = "caller: hi | piece: One two three four five six seven | written | wait 600 ms | \
                 caller: no";
    check(start, asked, "1 superseded | heard 7 elapsed");
    check(
        &format!(
            "{start} | interrupt: One two three | reply: So. | wait 2000 ms | written | caller: yes"
        ),
        &format!(
            "{asked} | last [So.] | ask 3: user hi / assistant One two three / user no / \
             assistant So. / user yes"
        ),
        "1 superseded | heard 7 elapsed | late | heard 13 exact | 2 completed",
    );
}

#[test]
fn b12_a_partial_prompt_is_no_turn_and_one_behind_its_final_is_dropped() {
    check("partial: he | partial: hello", "", "");
    check(
        "partial: hello | caller: hello you | partial: hello | partial: Hello, you",
        "ask 1: user hello you",
        "ignored late_partial | ignored late_partial",
    );
    check("caller: hello | partial: what is", "ask 1: user hello", "");
}

#[test]
fn b13_a_prompt_without_a_word_is_ignored() {
    for empty in ["", " ", "\t \u{a0}", "...", "?!"] {
        check(&format!("caller: {empty}"), "", "ignored empty_prompt");
    }
}

#[test]
fn b30_what_comes_after_the_end_is_ignored_and_what_comes_just_before_it_is_answered() {
    let bye = "caller: bye | reply: One two. [END_CALL] | written";
    check(
        &format!("{bye} | wait 9000 ms | caller: wait"),
        "ask 1: user bye | last [One two.] | end | close 1000",
        "1 ended_call | planned | ignored after_end",
    );
    check(
        &format!("{bye} | wait 100 ms | caller: wait | wait 9000 ms"),
        "ask 1: user bye | last [One two.] | \
         ask 2: user bye / assistant One two. / user wait",
        "1 ended_call | planned | cancelled",
    );
}

#[test]
fn b32_a_burst_of_prompts_has_one_answer_to_all_their_words() {
    let burst: Vec<_> = (0..500).map(|n| format!("caller: w{n}")).collect();
    let script = format!("{} | reply: One two. | written", burst.join(" | "));
    let story = crate::call::story::Story::play(&super::rules(), &script);
    let effects = story.effects();
    let (_, last) = effects.rsplit_once("ask ").expect("it is asked");
    let words: Vec<_> = (0..500).map(|n| format!("w{n}")).collect();
    assert_eq!(
        last,
        format!("500: user {} | last [One two.]", words.join(" "))
    );
    assert_eq!(effects.matches("last [").count(), 1, "one reply is spoken");
    assert_eq!(story.notes().matches("merged").count(), 499);
}
