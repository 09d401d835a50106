//! One target of a fill.

use std::ops::Range;

use continuo_tokenizer::part::Part as Role;

/// A region of a track, half-open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Index in `song.tracks`.
    pub track: usize,
    pub region: Range<u32>,
    /// What it is to do in the band; `None` leaves it to the track's sound and notes.
    pub role: Option<Role>,
}
