//! Standard MIDI files: bytes to songs, and back by surgery.
//!
//! Owns parsing (formats 0, 1, 2, RIFF-wrapped), the tempo and meter maps, note pairing, and the
//! writer that replaces the notes of one region. Knows nothing about models or tokens.

mod song;

pub use song::{MeterChange, Note, Song, TempoChange, Track};
