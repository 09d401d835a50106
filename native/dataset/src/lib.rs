//! Folders of MIDI files as something to train on.
//!
//! Owns finding and importing files, the mapped file of pieces, its manifest and its split. Knows
//! nothing about networks.

pub mod alike;
mod bars;
pub mod build;
mod checksum;
pub mod error;
pub mod export;
pub mod file;
pub mod find;
mod hex;
pub mod howl;
pub mod info;
pub mod journal;
pub mod manifest;
pub mod read;
pub mod stored;
pub mod verify;
pub mod whole;

pub use alike::Fingerprint;
pub use build::{BuildRequest, build};
pub use error::DatasetError;
pub use file::{Dataset, DatasetWriter, FILE, SplitEntry};
pub use find::find_midi_files;
pub use manifest::Manifest;
pub use stored::{StoredPiece, TempoPoint};
