//! Where sentences end: the founding post's cases, what usually goes wrong.
//! The golden rules and the figures are in `score`.

use firstword::speech::{Mode, Speech, Style};

use crate::cutting::{EAGER, SAFE, characters, speak_in};

const SENTENCES: Style = Style {
    mode: Mode::Sentence,
    ..SAFE
};

/// `|` marks the sentence ends inside the text; the white space behind them is kept.
fn check(marked: &str) {
    check_in("en", marked);
}

fn check_in(lang: &str, marked: &str) {
    let lang = Some(lang);
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
        speak_in(lang, SAFE, [text.as_str()]).sentence_ends(),
        expected,
        "{marked:?}"
    );
    assert_eq!(
        speak_in(lang, SAFE, characters(&text)).sentence_ends(),
        expected,
        "{marked:?}"
    );
    assert_eq!(
        speak_in(lang, EAGER, characters(&text)).sentence_ends(),
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

#[test]
fn chatty_text_begins_its_sentences_as_it_likes() {
    check("ok.| thanks!| see you");
    check("Hmm... maybe later.| who knows?... not me");
    check("We met Sat. morning.| She sat.| we left");
    check("Thank You!| we loved it");
    check("She works at Yahoo! in Boston.");
    check("PRESS IT NOW.| IT WORKS!!!| GOOD");
}

#[test]
fn smileys_and_emoji_belong_to_the_sentence_before() {
    check("That works. :)| See you then. ;-)| bye");
    check("Thanks so much :)| Talk to you :D| Bye");
    check("Love it <3| Really");
    check("Good news \u{1f389}| I sent it");
    check("The ratio is 3:1 or so: (see below)");
}

#[test]
fn a_time_is_no_smiley() {
    check("It came at 03:33 PM by mail.| We saw the 3:3 Draw.");
    check("Nice work:)| We saw it.");
}

#[test]
fn what_people_put_into_letters_is_read_as_they_mean_it() {
    check("See you soon.| P.S. The key is in the box.| Bring it, esp. The blue one.");
    check("We met Sat. Sept. 23 and Sun. Oct. 1 at noon.| We rested on Sun.| Then we left.");
    check("I have two problems: 1. It leaks.| 2. It rattles.| Thanks.");
    check("Your total is: 20.| Anything else?");
    check("They were rude .| we left.");
    check("Noted by \"The Times.\"| http://example.com has it.| Read on...| www.example.com too.");
    check("It was signed. [12]| Then it was lost. [1, 3]| So it goes.");
    check("Do as follows: a) Open it| b) Close it");
    check("It works if a) you ask or b) you wait.");
}

#[test]
fn a_question_waits_for_nothing_when_nothing_can_hold_on_to_it() {
    for (text, chunks) in [
        ("Shall I book it?", 1),
        ("That is wonderful!", 1),
        // What follows may belong to these.
        ("Who knows?", 0),
        ("Do you work at Yahoo!", 0),
        ("He said \"Are you coming?", 0),
        ("(Shall I book it?", 0),
        ("Is it on www.example.com/a?", 0),
        ("That will do.", 0),
    ] {
        let mut speech = Speech::new(SENTENCES);
        let mut seen = 0;
        for piece in characters(text) {
            speech.push(piece, &mut |_| seen += 1);
        }
        assert_eq!(seen, chunks, "{text:?}");
    }
    check("She asked: \"Are you there?\" and left.| (Is it so?) he said.");
}

#[test]
fn short_forms_are_kept_whole_in_chains_and_eras() {
    check("He is in the U. A. E. at the moment.| She isn't.");
    check("The temple of c. 450 B.C. stands.| It is old.");
    check("Cover ends at noon.[12]| Read on.");
    check("It ends at 5 p.m. EST.| Call at 5 p.m. Friday, or at 11 a.m.| Maria knows.");
    check("It is 5 in. wide.| Come in.| we wait.| The bag is 9 in.| Fine.");
    check("See Fig. 3 there.| It was a fig.| He ate it.");
    check("He left.| ...and then he came back.");
}

#[test]
fn languages_have_rules_of_their_own() {
    check_in("de-DE", "Am 3. Mai um 5.| Z. B. bei Dr. Weber.| Ja.");
    check_in("fr", "M. Dupont, p. ex. ici.| Voilà.");
    check_in(
        "es-MX",
        "El Sr. Gómez va a EE. UU. a las 5 p. m. de hoy.| Vale.",
    );
    check_in("it", "Il Sig. Rossi e la dott.ssa Bianchi.| Va bene.");
    check_in("pt", "A Sra. Lima, av. Brasil.| Sim.");
    check_in("nl", "Dhr. de Vries, o.a. hier.| Goed.");
    check_in("pl", "Przy ul. Długiej, np. jutro, 5. piętro.| Tak.");
    check_in("ru", "В 2019 г. в Москве, т. е. здесь.| Да.");
    check_in("sk", "Na 10. pokus, XII. Pluk, č. 5.| Áno.");
    check_in("da", "På 5. gade, f.eks. her.| Ja.");
    check_in("el", "Τι ώρα θέλετε;| Στις οκτώ.");
    check_in("hy", "Ոչինչ:| Այո:");
    check_in("ja", "「はい。」と言いました。|「いいえ。」|次です。");
    check_in("zh", "他说：“明天见。”|一共是3.5元。|好。");
}

#[test]
fn a_quote_or_bracket_that_closes_behind_a_mark_is_closed() {
    check_in("ja", "「はい、」と言いました。|次です。");
    check_in("ja", "（！）次です。|はい。");
    check_in("zh", "他说：“明天见。后天见。”|一共是3.5元。|好。");
}

#[test]
fn a_foreign_letter_or_word_speaks_for_itself_only() {
    check("Υes, the letter π is Greek.| Dr. White is in; I asked.| we left");
    check("He is called Иван.| Ask Mr. Lee about it.| ok.| bye");
    check("Ask हैMar. in May.");
}

#[test]
fn the_script_tells_the_language_when_nobody_does() {
    check_in("xx", "В 2019 г. в Москве, т. е. здесь.| Да.");
    check_in("en", "Τι ώρα θέλετε;| Στις οκτώ.");
    check_in("", "डॉ. शर्मा आएंगे।| ठीक है?");
    check_in("en", "وقال د. ديفيد ذلك.| نعم.");
}
