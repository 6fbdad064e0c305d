//! The integration tests: one binary, a module a subject.

mod allocations; // a piece takes no memory
mod asked; // the commands that ask a running server
mod assembler; // fragments become messages
mod bad_input; // one test a row of the table of bad inputs
#[path = "../../benches/shared/mod.rs"]
mod bench_inputs; // the replies and the call in memory that the benches use
mod call; // stories of a call: events in, effects out
mod chunk_command; // the command `chunk`: lines in, cuts out
mod chunker; // pieces become chunks: sizes, safe cuts, nothing lost
mod config; // file, environment, defaults, refusals
mod connections; // which connection a request to the model goes over
mod cutting; // helpers of the three around it: all splits of a text
mod differential; // sentence ends against a naive reading of the whole text
mod drain; // the server goes down
mod echo; // marker text in the caller's mouth
mod form; // bodies of webhooks
mod frame; // what a client may send, by RFC 6455
mod heard; // what the caller heard of a reply
mod http; // the public and the private paths
mod http1; // a model that closes HTTP/1.1 connections
mod http2; // a model that speaks HTTP/2 over TLS, as the providers do
mod inbound; // messages of the relay become events
mod journal; // a call as lines of JSON
mod journal_lines; // what goes into a journal comes out of its file
mod marker; // [END_CALL] in every spelling and every split
mod measure; // counters, stages, budgets
mod naive; // that reading, and a maker of text that is full of traps
mod otel; // traces reach a collector
mod outbound; // what we send to the relay
mod outbox; // frames that wait for the socket
mod output; // standard output and standard error that nobody reads
mod pace; // sizes of chunks: modes, sound in hand, holds
mod page; // the live page, its figures and its timelines
mod panics; // bugs that are planted, and what they cost
mod plain; // markup goes, words stay
mod ports;
mod public_url; // the configured address
mod races; // what threads share, in every order
mod recorder; // what a call asked for, kept for the tests of the core
mod replay; // journals run again
mod resume; // calls that outlive their sockets, over real ones
mod rubbish; // peers that send what they must not
mod score; // how well sentences are found, in figures; the golden rules
mod sentence; // what ends a sentence
mod session; // the loop of a call, in virtual time
mod shape; // an event that is not parsed again
mod share; // the budget share, from the counters and from the journals
mod signals;
mod signature; // who sent a webhook or an upgrade
mod sim; // the callers and the model that are not real
mod spoken; // numbers, addresses and names in words
mod sse; // the framing of a model's stream
mod stream; // a model's stream becomes a reply
mod talk; // whole conversations over real sockets
mod telemetry; // what is measured beside the turns
mod tidy; // the rules of the house
mod twiml; // what `/twiml` answers
mod world; // helpers of the whole server's tests
