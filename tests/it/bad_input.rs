//! Every bad input that a relay can send has a defined outcome and a counter: one test a row.

mod wire;
