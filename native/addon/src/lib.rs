//! The door between JavaScript and the Rust core.
//!
//! Owns conversion, threads and the mapping of errors; every function takes one JSON request, works
//! off the JavaScript thread and answers with one JSON value. Holds no logic and lets no panic out:
//! what to do with files and notes is the business of `continuo-operations`.

pub mod functions;
