//! What threads share, run in every order of threads that there is: the real code over a checked
//! lock and a checked word, and the same with planted faults, each of which must be found.

mod status;
mod switchboard;
