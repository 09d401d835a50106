//! MIDI files: their contents, the part that a request means, and where results go.

pub mod chords;
pub mod gaps;
pub mod info;
pub mod marked;
pub mod marks;
pub mod musical_order;
pub mod new_parts;
pub mod output;
pub mod part;
pub mod parts;
pub mod region;
pub mod same_song;
pub mod source;
pub mod span;
pub mod track;
