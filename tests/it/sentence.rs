//! Where sentences end: the founding post's cases, what usually goes wrong.
//! The golden rules and the figures are in `score`.

use crate::cutting::{EAGER, SAFE, characters, speak};

/// `|` marks the sentence ends inside the text; the white space behind them is kept.
fn check(marked: &str) {
    let text = marked.replace('|', "");
    let mut expected = Vec::new();
    let mut letters = 0;
    for c in marked.chars() {
        letters += usize::from(c.is_alphanumeric());
        if c == '|' {
            expected.push(letters);
        }
    }
    assert_eq!(
        speak(SAFE, [text.as_str()]).sentence_ends(),
        expected,
        "{marked:?}"
    );
    assert_eq!(
        speak(SAFE, characters(&text)).sentence_ends(),
        expected,
        "{marked:?}"
    );
    assert_eq!(
        speak(EAGER, characters(&text)).sentence_ends(),
        expected,
        "{marked:?}"
    );
}

#[test]
fn the_founding_posts_abbreviations_end_no_sentence() {
    check("Dr. Smith will see you now.| Please wait.");
    for word in [
        "Mr", "Mrs", "Ms", "Dr", "Prof", "Jr", "Sr", "Inc", "Corp", "Ltd", "Co", "St", "Ave",
        "Blvd", "vs", "etc", "approx", "dept", "est", "govt", "vol",
    ] {
        check(&format!("We saw the {word}. of it all.| Then we left."));
    }
}

#[test]
fn no_is_a_word_unless_a_number_follows() {
    check("My answer is no.| Thanks.");
    check("No.| That won't do.");
    check("Take No. 5 please.| Thanks.");
}

#[test]
fn numbers_times_versions_and_money_stay_whole() {
    check("It costs $3.50 a month.| Fine.");
    check("It costs $3.| Fine.");
    check("Pi is 3.14.| Version 2.0.1 is out.| See you at 10.30.");
    check("We open at 9 a.m. and close at 6 p.m. on weekdays.");
    check("We close at 6 p.m.| The doors shut then.");
}

#[test]
fn initials_and_initialisms_need_a_starter_behind_them() {
    check("J. R. Smith called.| He will ring back.");
    check("I live in the U.S. Government housing.");
    check("I live in the U.S.| How about you?");
    check("So it is you and I.| Did you know?");
    check("Use tools, e.g. The Hammer, i.e. This one.");
    check("She has a Ph.D. in physics.| It helps.");
}

#[test]
fn titles_hold_their_name_and_streets_end_sentences() {
    check("Ask Prof. Jones or Mt. Sinai.| They know.");
    check("We are on Main St.| The door is red.");
    check("Go to Acme Inc.| They have it, etc.| We don't.");
}

#[test]
fn runs_ellipses_and_closing_marks_belong_to_the_sentence() {
    check("What?!| No way...| Really.");
    check("Well... maybe. . . .| Next one");
    check("He said \"stop.\" and left.| \"Go!\"| She went.");
    check("(It works.)| Good.");
    check("**Done.**| Next.");
    check("It is [...] so.");
}

#[test]
fn addresses_and_lost_spaces_are_told_apart() {
    check("Write to jane.doe@example.com.| Thanks.");
    check("Look at https://example.com/a.html?x=1.| Thanks.");
    check("Look at example.com and Node.js today.");
    check("This is done.|Next we go on.");
    check("Thank you!|Goodbye.");
}

#[test]
fn lists_are_cut_at_their_labels() {
    check("1. Open it| 2. Close it| 3. Done");
    check("Step 1. Open the door.| Step 2. Close it.");
    check("Choose:|\n- tea|\n- coffee");
}

#[test]
fn other_scripts_end_sentences_too() {
    check("你好。|今天好吗？|很好！");
    check("मैं ठीक हूँ।| आप कैसे हैं?");
    check("كيف حالك؟| أنا بخير.");
}
