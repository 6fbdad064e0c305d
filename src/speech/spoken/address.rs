//! Addresses of mail and of the web, read out as one would on a phone.

/// `a@b.com`: "a at b dot com".
pub(super) fn email(text: &str, words: &mut String) -> Option<usize> {
    let word = word(text);
    let (user, host) = word.split_once('@')?;
    let user_fits = !user.is_empty()
        && user
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte));
    (user_fits && is_host(host)).then(|| {
        say(word, words);
        word.len()
    })
}

/// `https://x.com/y`, `www.x.com`, `x.com`: "x dot com slash y". The scheme is not spoken.
pub(super) fn url(text: &str, words: &mut String) -> Option<usize> {
    let word = word(text);
    let bare = SCHEMES.iter().find_map(|scheme| word.strip_prefix(scheme));
    let address = bare.unwrap_or(word);
    let host = &address[..address.find(['/', '?', '#', ':']).unwrap_or(address.len())];
    let top = host.rsplit('.').next().unwrap_or_default();
    let known = bare.is_some() || host.starts_with("www.") || TOPS.contains(&top);
    let spoken = address.trim_end_matches('/');
    let fits = known && is_host(host) && spoken.is_ascii();
    fits.then(|| {
        say(spoken, words);
        word.len()
    })
}

/// The address at the start of `text`, without the punctuation of the sentence behind it.
fn word(text: &str) -> &str {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text[..end].trim_end_matches(|c: char| !c.is_alphanumeric() && c != '/')
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.contains('.')
        && host.split('.').all(label)
        && host.ends_with(|c: char| c.is_ascii_alphabetic())
}

/// Signs as words, the rest as it is.
fn say(address: &str, words: &mut String) {
    let mut gap = false;
    for c in address.chars() {
        let sign = match c {
            '@' => "at",
            '.' => "dot",
            '/' => "slash",
            '-' => "dash",
            '_' => "underscore",
            '+' => "plus",
            '?' => "question mark",
            '&' => "and",
            '=' => "equals",
            '#' => "hash",
            '%' => "percent",
            ':' => "colon",
            '~' => "tilde",
            c => {
                if gap {
                    words.push(' ');
                }
                gap = false;
                words.push(c);
                continue;
            }
        };
        if !words.is_empty() && !words.ends_with(char::is_whitespace) {
            words.push(' ');
        }
        words.push_str(sign);
        gap = true;
    }
}

const SCHEMES: [&str; 2] = ["https://", "http://"];

/// What an address without a scheme must end in, lest "Node.js" be taken for one.
const TOPS: &[&str] = &[
    "com", "org", "net", "edu", "gov", "io", "ai", "app", "dev", "co", "info", "uk", "de", "fr",
    "eu", "us", "ca",
];
