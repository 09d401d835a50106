//! The crate's tests: one module a behaviour, one binary, so that it is linked once.

mod bad_input;
mod drums;
mod exchange;
mod foreign;
mod new_file;
mod notes;
mod output;
mod real_files;
mod replace_bytes;
mod replace_notes;
mod replace_real;
mod support;
mod time;
