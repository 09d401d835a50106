//! The crate's tests: one module a behaviour, one binary, so that it is linked once.

mod bad_input;
mod both_ways;
mod drums;
mod exchange;
mod foreign;
mod foreign_songs;
mod meters;
mod new_file;
mod notes;
mod output;
mod ports_programs;
mod real_files;
mod replace_bytes;
mod replace_notes;
mod replace_real;
mod support;
mod time;
