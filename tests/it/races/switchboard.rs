//! The switchboard: calls begin, look for their next socket and end, while sockets come.
//!
//! The real [`Switchboard`] over a checked lock. What `net/reception.rs` and `net/session.rs` do with
//! it needs sockets, so the few lines that use it are written again here, in [`Desk::arrives`] and
//! [`Desk::call`]; the bell between a socket and its call is tokio's own and taken for one step.

use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use firstword::net::line::{Arrival, Found};
use firstword::net::switchboard::{Handed, Lock, Mailboxes, Place, Switchboard};

const SID: &str = "CA1";

struct Checked(loom::sync::Mutex<Mailboxes>);

impl Lock for Checked {
    fn with<R>(&self, job: impl FnOnce(&mut Mailboxes) -> R) -> R {
        job(&mut self.0.lock().expect("nobody panics while holding it"))
    }
}

/// What may go wrong around one lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// A call that is looked up is taken to be there still when the socket is handed over.
    LookUpFirst,
    /// The place of a call that has ended is claimed behind the hand-over, not by it.
    ClaimAgain,
    /// A call ends without a last look.
    LeaveBlindly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// A call, old or new, has it.
    Served,
    /// A newer one came before the call looked.
    Replaced,
    /// It began a call that no other socket will find.
    Nameless,
}

struct Desk {
    board: Arc<Switchboard<Checked>>,
    fault: Fault,
    /// No lock of the model: nothing happens between threads while it is held.
    fates: Mutex<Vec<(u8, Fate)>>,
    is_up: AtomicBool,
}

/// It opens as an error that bears its number.
fn socket(number: u8) -> Arrival {
    Arrival::new(Found::Path, move || {
        Err(io::Error::other(number.to_string()))
    })
}

impl Desk {
    /// As `admit` does.
    fn arrives(&self, number: u8) {
        let place = match self.fault {
            Fault::LookUpFirst if self.board.knows(SID) => None,
            _ => self.board.claim(SID),
        };
        if let Some(place) = place {
            return self.call(socket(number), place);
        }
        match self.board.hand_over(SID, socket(number)) {
            Handed::Over => {}
            Handed::Instead(older) => self.note(older, Fate::Replaced),
            Handed::Homeless(arrival, place) => match self.fault {
                Fault::LookUpFirst => {}
                Fault::ClaimAgain => {
                    drop(place);
                    match self.board.claim(SID) {
                        Some(place) => self.call(arrival, place),
                        None => self.note(arrival, Fate::Nameless),
                    }
                }
                Fault::None | Fault::LeaveBlindly => self.call(arrival, place),
            },
        }
    }

    /// A call with its first socket: it looks for another one once, and ends.
    fn call(&self, arrival: Arrival, mut place: Place<Checked>) {
        let was_up = self.is_up.swap(true, Ordering::Relaxed);
        self.note(arrival, Fate::Served);
        // The lock is where the model changes threads; so the look comes before or behind a socket.
        let is_known = self.board.knows(SID);
        if let Some(arrival) = look(&mut place) {
            self.note(arrival, Fate::Served);
        }
        self.is_up.store(false, Ordering::Relaxed);
        let late = match self.fault {
            Fault::LeaveBlindly => None,
            _ => place.leave(),
        };
        if let Some((arrival, place)) = late {
            self.call(arrival, place);
        }
        assert!(is_known, "a call whose place was taken away");
        assert!(!was_up, "two calls of one name");
    }

    fn note(&self, arrival: Arrival, fate: Fate) {
        let number = arrival.open().err().expect("it is an error").to_string();
        let number = number.parse().expect("its number");
        let mut fates = self.fates.lock().expect("nobody panics while holding it");
        fates.push((number, fate));
    }
}

/// Whether there is a socket by now.
fn look(place: &mut Place<Checked>) -> Option<Arrival> {
    let next = pin!(place.next());
    match next.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(arrival) => Some(arrival),
        Poll::Pending => None,
    }
}

/// A call is up with socket 0 and ends, while each of `threads` gets its sockets one by one.
fn check(fault: Fault, threads: &'static [&'static [u8]]) {
    loom::model(move || {
        let lock = Checked(loom::sync::Mutex::new(Mailboxes::default()));
        let desk = Arc::new(Desk {
            board: Arc::new(Switchboard::new(lock)),
            fault,
            fates: Mutex::default(),
            is_up: AtomicBool::new(false),
        });
        let place = desk.board.claim(SID).expect("nobody has it");
        let spawn = |numbers: &'static [u8]| {
            let desk = Arc::clone(&desk);
            loom::thread::spawn(move || numbers.iter().for_each(|number| desk.arrives(*number)))
        };
        let running: Vec<_> = threads.iter().map(|numbers| spawn(numbers)).collect();
        desk.call(socket(0), place);
        for thread in running {
            thread.join().expect("it does not panic");
        }
        assert!(!desk.board.knows(SID), "the place of a call that is over");
        let fates = desk.fates.lock().expect("nobody panics while holding it");
        judge(&fates, threads);
    });
}

fn judge(fates: &[(u8, Fate)], threads: &[&[u8]]) {
    for number in threads.iter().copied().flatten() {
        let of = fates.iter().filter(|(of, _)| of == number);
        match of.map(|(_, fate)| *fate).collect::<Vec<_>>()[..] {
            [Fate::Served | Fate::Replaced] => {}
            [] => panic!("socket {number} is lost"),
            [Fate::Nameless] => panic!("socket {number} has a call without a name"),
            ref more => panic!("socket {number}: {more:?}"),
        }
    }
    if let [one] = threads {
        let served = fates.iter().rfind(|(_, fate)| *fate == Fate::Served);
        assert_eq!(served.map(|(number, _)| number), one.last(), "the newest");
    }
}

#[test]
fn a_socket_of_a_call_that_ends_is_looked_at_or_begins_another() {
    check(Fault::None, &[&[1]]);
}

#[test]
fn of_two_sockets_one_behind_the_other_the_newest_wins() {
    check(Fault::None, &[&[1, 2]]);
}

#[test]
fn of_two_sockets_at_once_none_is_lost_and_none_has_a_call_beside_the_call() {
    check(Fault::None, &[&[1], &[2]]);
}

#[test]
#[should_panic(expected = "socket 1 is lost")]
fn planted_a_look_up_that_is_believed_loses_a_socket() {
    check(Fault::LookUpFirst, &[&[1]]);
}

#[test]
#[should_panic(expected = "has a call without a name")]
fn planted_a_second_claim_may_come_too_late() {
    check(Fault::ClaimAgain, &[&[1], &[2]]);
}

#[test]
#[should_panic(expected = "socket 1 is lost")]
fn planted_a_call_that_leaves_without_a_look_loses_a_socket() {
    check(Fault::LeaveBlindly, &[&[1]]);
}
