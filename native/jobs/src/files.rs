//! MIDI files: what is in them, which part of one is meant, and where results go.

pub mod chords;
pub mod gaps;
pub mod info;
pub mod marked;
pub mod marks;
pub mod new_parts;
pub mod output;
pub mod parts;
pub mod region;
pub mod same_song;
pub mod source;
pub mod span;
pub mod track;
