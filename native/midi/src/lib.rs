//! Standard MIDI files: bytes to songs, and back by editing only what changed.
//!
//! Owns parsing (formats 0, 1, 2, RIFF-wrapped), the tempo and meter maps, note pairing, and the
//! writer that replaces the notes of one region. Knows nothing about models or tokens.

mod anomaly;
mod append;
mod bars;
mod bytes;
mod chunks;
mod conflicts;
mod container;
mod controls;
mod drum_names;
mod drums;
mod error;
mod event;
mod file_name;
mod foreign;
mod maps;
mod new_file;
mod number;
mod output;
mod pairing;
mod parse;
mod patterns;
mod pitch;
mod ports;
mod programs;
mod replace;
mod silent;
mod song;
mod splice;
mod strikes;
mod tempo;
mod text;
mod tick;
mod warning;
mod words;
mod wrapper;

pub use append::append_tracks;
pub use bars::{BarPosition, Bars};
pub use chunks::RawChunk;
pub use conflicts::{Conflict, conflicts};
pub use container::RawFile;
pub use controls::{Control, SongControls, song_controls};
pub use drums::{DrumsReason, drums_of_sent_track};
pub use error::{MAX_TICK, MidiError};
pub use event::{BadData, Event, EventKind, EventReader, META_END_OF_TRACK};
pub use file_name::{MIDI_ENDINGS, is_midi_path};
pub use new_file::write_new;
pub use output::{WriteOptions, back_up, is_device_or_pipe, write_atomic, write_unless_there};
pub use parse::{ParseOptions, ParsedFile, parse, parse_nth, parse_song};
pub use pitch::pitch_name;
pub use replace::{
    ReplaceRequest, Replaced, bound_notes, end_held_notes, exchange_notes, replace_region,
};
pub use song::{
    MeterChange, Note, Pattern, ProgramChange, Song, TempoChange, Track, TrackDetails,
    TrackLocation,
};
pub use tempo::TempoMap;
pub use text::TextEncoding;
pub use tick::Tick;
pub use warning::Warning;
