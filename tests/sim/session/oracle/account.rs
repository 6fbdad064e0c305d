//! What the judge keeps in mind: sockets, requests, and what the caller waits for.

use super::*;

#[derive(Clone, Debug, Default)]
pub(super) struct Socket {
    pub opened_at: CallTime,
    pub set_up_at: Option<CallTime>,
    pub is_lost: bool,
    /// Its task is over: it went to a call that there is, or its call has ended.
    pub is_over: bool,
}

/// A request as the model sees it.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// Letters of all that the caller has said, and all keys.
    pub told: String,
    pub keys: String,
    pub asked_at: CallTime,
    pub sent_at: Option<CallTime>,
    /// When it had something more that could be spoken.
    pub heard_at: CallTime,
    pub pieces: String,
    pub wanted: Wanted,
    /// Letters that were spoken of it, by the first of the `Shares`.
    pub spoken: String,
    /// Words of ours that came after the model's.
    pub has_ours: bool,
    pub ended: Option<(CallTime, bool)>,
    pub dropped_at: Option<CallTime>,
    /// Nothing came from the relay since it was asked.
    pub is_quiet: bool,
    /// The caller spoke over it.
    pub is_cut: bool,
    /// A socket was lost: what was on its way may not have arrived.
    pub has_gap: bool,
    /// It ran when the socket was lost.
    pub was_open: bool,
    /// Whether it was spoken whole has been asked.
    pub is_judged: bool,
}

/// What is to be spoken of a reply, as far as it has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// So much of it was looked at.
    pub bytes: usize,
    /// Its letters.
    pub wanted: String,
    /// Those before a bracket, with which a marker may begin.
    pub before: Option<String>,
    /// How many letters there are, without those with which a marker may have begun.
    pub sure: usize,
}

/// Which letters were spoken of which reply. A relay that reads slowly may get words that stand in two
/// replies, and only what comes after them shows whose they were. Of two replies that of the older one
/// comes first.
#[derive(Clone, Debug, Default)]
pub(super) struct Shares {
    /// The newest reply of which there was a chunk.
    pub newest: usize,
    /// By the places of the replies.
    pub spoken: Vec<String>,
}

impl Shares {
    pub fn of(&self, place: usize) -> &str {
        self.spoken.get(place).map_or("", String::as_str)
    }
}

impl Request {
    pub fn runs(&self) -> bool {
        self.sent_at.is_some() && self.ended.is_none() && self.dropped_at.is_none()
    }

    /// Whether the caller has missed some of it, the relay having been away.
    pub fn missed(&mut self) -> bool {
        self.want();
        // Of a reply that ended without another word, all was heard.
        let is_whole = self.ended.is_some_and(|(_, is_whole)| is_whole);
        let is_heard = is_whole && self.spoken.len() >= self.wanted.wanted.len();
        self.sent_at.is_some() && self.was_open && !is_heard
    }

    /// Whether its words are ready to be compared.
    pub fn is_plain(&self) -> bool {
        !self.pieces.contains('[') && !letters(&self.pieces).contains("endcall")
    }
}

/// Something that the model is to be told.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub letters: String,
    pub since: CallTime,
    /// For so long nothing has kept the call from asking.
    pub waited: Micros,
    /// The request that tells of it.
    pub told_by: Option<usize>,
}

impl Waiting {
    fn new(letters: String, since: CallTime) -> Self {
        Self {
            letters,
            since,
            waited: Micros(0),
            told_by: None,
        }
    }
}

impl Judge<'_> {
    pub(super) fn opened(&mut self, socket: usize) {
        let gap = self.lost_at.map(|at| self.now.since(at));
        self.sockets.push(Socket {
            opened_at: self.now,
            ..Socket::default()
        });
        self.up = Some(socket);
        self.lost_at = None;
        // Whoever spoke when the socket was lost may go on.
        self.may_wait_until = self.may_wait_until.max(self.now.after(SPEAKS_ON));
        self.touch();
        for request in &mut self.requests {
            request.has_gap = true;
        }
        let fresh = self.rules.link.fresh.0 + 150_000;
        let missed = self.newest.is_some_and(|newest| {
            let request = &mut self.requests[newest];
            request.missed() && !request.is_cut
        });
        let is_due = gap.is_some_and(|gap| gap.0 > fresh) && missed && !self.speculates();
        self.again_since = (is_due && self.is_talking()).then_some(self.now);
        if let Some(at) = self.ended_at {
            let due = self.now.after(Micros::from_millis(1_000));
            let closes = at.after(self.rules.close_timeout);
            if due.after(Micros::from_millis(200)) < closes {
                self.end_again = Some((socket, due));
            }
        }
    }

    pub(super) fn lost(&mut self, socket: usize) {
        self.sockets[socket].is_lost = true;
        self.up = None;
        self.lost_at = Some(self.now);
        self.again_since = None;
        self.end_again = None;
        self.touch();
        for request in &mut self.requests {
            request.has_gap = true;
            // A reply that ended a moment ago may not have been heard either.
            request.was_open = request.runs();
        }
        if !self.is_set_up || self.rules.link.window.0 == 0 {
            self.forget();
        }
    }

    pub(super) fn wrote(&mut self, socket: usize, said: &Said) {
        if self.up != Some(socket) {
            return;
        }
        if !matches!(said, Said::CallerSpeaks | Said::Other | Said::Ping) {
            self.touch();
        }
        if matches!(
            said,
            Said::CallerSpeaks | Said::Partial(_) | Said::Interrupt(_)
        ) {
            self.may_wait_until = self.now.after(SPEAKS_ON);
        }
        match said {
            Said::Setup(Some(true)) => {
                self.sockets[socket].set_up_at.get_or_insert(self.now);
                self.is_set_up = true;
            }
            Said::Setup(_) => {
                self.odd_setup = true;
                self.forget();
            }
            Said::Final(text) => self.said(text),
            Said::Digit(key) => self.pressed(*key),
            Said::Interrupt(tells_words) => self.interrupted(*tells_words),
            Said::Rejected(_) => self.rejected += 1,
            Said::Close => {
                self.relay_closed = true;
                self.forget();
            }
            Said::CallerSpeaks => self.hears_the_caller = true,
            Said::Partial(_) | Said::Other | Said::Ping => {}
        }
        if matches!(said, Said::Final(_) | Said::Digit(_) | Said::Interrupt(_)) {
            self.again_since = None;
        }
    }

    fn said(&mut self, text: &str) {
        self.is_barred |= has_marker(text) || text.contains('[');
        let before = text.split('[').next().unwrap_or_default();
        let letters = letters(before);
        let is_new = !letters.is_empty() && !self.said.contains(&letters);
        self.said.push(letters.clone());
        if !is_new || !self.is_talking() || self.forgets_words() {
            return;
        }
        // It was asked about before it was final.
        let is_told = self.newest.is_some_and(|newest| {
            let request = &self.requests[newest];
            let is_alive = request.dropped_at.is_none() || request.ended.is_some();
            request.told.contains(&letters) && is_alive
        });
        if !is_told {
            self.words.push(Waiting::new(letters, self.now));
        }
    }

    /// With so little room, what was said may not even be told.
    fn forgets_words(&self) -> bool {
        self.rules.history_bytes_max < 2_000
    }

    fn pressed(&mut self, key: char) {
        let is_taken = self.rules.keypad.gap.0 > 0 && !self.forgets_words();
        if !is_taken || key == '#' || !self.is_talking() {
            return;
        }
        let mut keys = self.keys.take();
        let waiting = keys.get_or_insert_with(|| Waiting::new(String::new(), self.now));
        waiting.letters.push(key);
        waiting.since = self.now;
        waiting.waited = Micros(0);
        waiting.told_by = None;
        self.keys = keys;
    }

    fn interrupted(&mut self, tells_words: bool) {
        self.interrupted_at = Some(self.now);
        // What was asked about and is not answered yet is given up for the caller's next words.
        self.words.retain(|words| words.told_by.is_none());
        // Words may tell of the reply before.
        if let Some(newest) = self.newest.filter(|_| !tells_words) {
            self.requests[newest].is_cut = true;
        }
    }

    /// The relay did something, so what happens next may be for its sake.
    pub(super) fn touch(&mut self) {
        if self.touched_at == Some(self.now) {
            self.glued_at = Some(self.now);
        }
        self.touched_at = Some(self.now);
        for request in &mut self.requests {
            request.is_quiet = false;
        }
    }

    /// Nobody waits for anything any more.
    pub(super) fn forget(&mut self) {
        self.words.clear();
        self.keys = None;
        self.again_since = None;
    }

    pub(super) fn ended(&mut self, socket: usize) {
        self.ended_at.get_or_insert(self.now);
        if self.end_again.is_some_and(|(on, _)| on == socket) {
            self.end_again = None;
        }
        self.forget();
    }

    pub(super) fn closed(&mut self, socket: usize) {
        if self.up == Some(socket) {
            self.closed_at.get_or_insert(self.now);
            self.end_again = None;
            self.up = None;
            self.forget();
        }
    }

    pub(super) fn asked(&mut self, number: usize, messages: &[Message]) {
        let of_caller = messages.iter().filter(|message| message.is_caller);
        let all: Vec<&str> = of_caller.map(|message| message.text.as_str()).collect();
        let request = Request {
            told: letters(&all.join(" ")),
            keys: keys_of(&all.join(" ")),
            asked_at: self.now,
            sent_at: None,
            heard_at: self.now,
            pieces: String::new(),
            wanted: Wanted::default(),
            spoken: String::new(),
            has_ours: false,
            ended: None,
            dropped_at: None,
            // What came in the same breath may be read after the request was made.
            is_quiet: self.glued_at.is_none_or(|at| self.now.since(at).0 > 2_000),
            is_cut: false,
            has_gap: false,
            was_open: false,
            is_judged: false,
        };
        for waiting in &mut self.words {
            if request.told.contains(&waiting.letters) {
                waiting.told_by = Some(number);
            }
        }
        if let Some(keys) = &mut self.keys
            && request.keys.ends_with(&keys.letters)
        {
            keys.told_by = Some(number);
        }
        // A planted fault may hide a request.
        while self.requests.len() < number {
            let mut hidden = request.clone();
            hidden.dropped_at = Some(self.now);
            self.requests.push(hidden);
        }
        self.requests.push(request);
        self.again_since = None;
    }

    pub(super) fn sent(&mut self, number: usize) {
        let request = &mut self.requests[number];
        request.sent_at = Some(self.now);
        request.heard_at = self.now;
        self.newest = Some(number);
        self.words.retain(|waiting| waiting.told_by != Some(number));
        self.keys.take_if(|keys| keys.told_by == Some(number));
    }

    pub(super) fn piece(&mut self, number: usize, text: &str) {
        let request = &mut self.requests[number];
        request.want();
        let before = request.wanted.sure;
        request.pieces.push_str(text);
        request.want();
        if request.wanted.sure > before {
            request.heard_at = self.now;
        }
        self.may_end |= !request.is_plain();
    }

    pub(super) fn dropped(&mut self, number: usize) {
        self.requests[number].dropped_at = Some(self.now);
        let crossed = |at: CallTime| self.now.since(at).0 <= INSTANT.0;
        if self.interrupted_at.is_some_and(crossed) {
            self.words.retain(|words| words.told_by != Some(number));
        }
        for waiting in self.words.iter_mut().chain(&mut self.keys) {
            if waiting.told_by == Some(number) {
                waiting.told_by = None;
            }
        }
    }
}

/// All keys in the messages that keys make, one after the other.
fn keys_of(text: &str) -> String {
    let groups = text.split("(keypad: ").skip(1);
    let groups = groups.filter_map(|rest| rest.split(')').next());
    groups
        .flat_map(str::chars)
        .filter(|key| key.is_alphanumeric() || *key == '*')
        .collect()
}
