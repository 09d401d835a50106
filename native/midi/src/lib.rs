//! Standard MIDI files: bytes to songs, and back by surgery.
//!
//! Owns parsing (formats 0, 1, 2, RIFF-wrapped), the tempo and meter maps, note pairing, and the
//! writer that replaces the notes of one region. Knows nothing about models or tokens.

mod anomaly;
mod bars;
mod conflicts;
mod container;
mod error;
mod event;
mod maps;
mod name;
mod new_file;
mod number;
mod output;
mod pairing;
mod parse;
mod replace;
mod song;
mod tempo;

pub use anomaly::Warning;
pub use bars::{BarPosition, Bars};
pub use conflicts::{Conflict, conflicts};
pub use container::{RawChunk, RawFile};
pub use error::{MAX_TICK, MidiError};
pub use event::{Event, EventKind, EventReader, META_END_OF_TRACK};
pub use name::decode_name;
pub use new_file::write_new;
pub use output::{WriteOptions, back_up, is_device_or_pipe, write_atomic, write_unless_there};
pub use parse::{ParseOptions, ParsedFile, parse, parse_song};
pub use replace::{ReplaceRequest, Replaced, exchange_notes, replace_region};
pub use song::{MeterChange, Note, Song, TempoChange, Track};
pub use tempo::TempoMap;
