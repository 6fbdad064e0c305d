//! The integration tests: one binary, a module a subject.

mod call; // stories of a call: events in, effects out
mod chunk_command; // the command `chunk`: lines in, cuts out
mod chunker; // pieces become chunks: sizes, safe cuts, nothing lost
mod cutting; // helpers of the three around it: all splits of a text
mod effects; // what a call asked for, kept for the tests of the core
mod explore; // every order of events, judged by an oracle
mod form; // bodies of webhooks
mod heard; // what the caller heard of a reply
mod marker; // [END_CALL] in every spelling and every split
mod public_url; // the configured address
mod sentence; // what ends a sentence, the golden rules among it
mod signature; // who sent a webhook or an upgrade
mod sim; // the callers and the model that are not real
mod twiml; // what `/twiml` answers
