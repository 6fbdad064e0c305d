//! The integration tests: one binary, a module a subject.

mod assembler; // fragments become messages
mod chunk_command; // the command `chunk`: lines in, cuts out
mod chunker; // pieces become chunks: sizes, safe cuts, nothing lost
mod cutting; // helpers of the three around it: all splits of a text
mod form; // bodies of webhooks
mod frame; // what a client may send, by RFC 6455
mod inbound; // messages of the relay become events
mod marker; // [END_CALL] in every spelling and every split
mod outbound; // what we send to the relay
mod plain; // markup goes, words stay
mod public_url; // the configured address
mod sentence; // what ends a sentence, the golden rules among it
mod signature; // who sent a webhook or an upgrade
mod sim; // the callers and the model that are not real
mod spoken; // numbers, addresses and names in words
mod sse; // the framing of a model's stream
mod stream; // a model's stream becomes a reply
mod twiml; // what `/twiml` answers
