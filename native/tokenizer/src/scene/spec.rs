//! What a scene is made of: the tracks to fill, what is shown of the rest, and where chords come from.

use super::note::SceneNote;
use crate::chord::ChordSpan;
use crate::grid::GridTick;
use crate::part::Part;

/// Optional controls for one target; each a class, see the vocabulary. Pitches as in [`SceneNote`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Controls {
    pub density: Option<u8>,
    pub polyphony: Option<u8>,
    pub low: Option<u8>,
    pub high: Option<u8>,
    pub velocity: Option<u8>,
    /// Mean pitch, see [`crate::vocabulary::register_class`].
    pub register: Option<u8>,
}

/// One track to fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub track: u16,
    pub sound: u8,
    /// What it does in the band, where that is known or asked for.
    pub part: Option<Part>,
    pub controls: Controls,
    /// In training the notes to predict; in generation empty.
    pub notes: Vec<SceneNote>,
}

/// Which context is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visibility {
    pub before: bool,
    pub after: bool,
    pub target: bool,
    pub others: bool,
    /// Shift everything to C major or A minor.
    pub key_relative: bool,
}

impl Default for Visibility {
    fn default() -> Self {
        Visibility {
            before: true,
            after: true,
            target: true,
            others: true,
            key_relative: true,
        }
    }
}

/// Where a scene's chords come from.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum ChordSource<'a> {
    /// Estimated from what is visible.
    #[default]
    Visible,
    /// Estimated from all notes, the hidden ones too: training on songs whose chords are known.
    All,
    /// Given: grid ticks of the piece, pitch classes as they sound.
    Given(&'a [ChordSpan]),
}

/// What to look at: region [`start`, `end`) of the piece, and the tracks to fill.
#[derive(Clone, Copy, Debug, Default)]
pub struct SceneSpec<'a> {
    pub start: GridTick,
    pub end: GridTick,
    pub targets: &'a [u16],
    /// Tracks of which nothing is shown.
    pub hidden: &'a [u16],
    pub chords: ChordSource<'a>,
    pub visibility: Visibility,
    /// Added to every pitch beside the key's shift.
    pub transpose: i8,
}
