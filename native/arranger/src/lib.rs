//! An arranger that writes pieces for bands by rules and chance: music to train on that is our own.
//!
//! Owns styles, harmony, form, and a player each for drums, bass, chords, tunes and second voices;
//! `feel` turns what is written into what is played. Every piece is a function of its seed. Nothing
//! of it is part of the product's path: `cargo run -p continuo-arranger` writes a folder of files.

mod bass;
mod chart;
mod comp;
mod dice;
mod drums;
mod feel;
mod form;
mod harmony;
mod line;
mod melody;
mod meter;
mod passage;
mod piece;
mod style;
mod styles;

pub use dice::Dice;
pub use piece::{arrange, write_piece};
pub use style::Style;
pub use styles::styles;
