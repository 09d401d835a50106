//! Music theory, computed rather than learned: one file per head.
//!
//! Each head gets sparse features (rows of a weight matrix, summed) and experts (distributions over
//! its classes that a learned gate mixes in). All look at everything visible within sixteen bars of
//! the region, beyond the attention's context.

mod arrangement;
pub mod bar;
pub mod duration;
pub mod pitch;
pub mod position;
pub mod velocity;

mod reference;

use crate::composer::Composer;
use crate::head_inputs::HeadInputs;
use crate::step::StepFields;
use crate::vocabulary::Head;
pub(crate) use reference::{REFERENCES, next_in_reference};

/// Rows that say how long the context match is, for every head.
pub(crate) const MATCH_ROWS: usize = 7;

pub(crate) fn match_bucket(longest: u8) -> usize {
    match longest {
        0..=3 => usize::from(longest),
        4..=5 => 4,
        6..=8 => 5,
        _ => 6,
    }
}

/// Bucket of a count: 0, 1, 2, 3-4, 5-8, 9-16, more.
pub(crate) const COUNT_BUCKETS: usize = 7;

pub(crate) fn count_bucket(count: usize) -> usize {
    match count {
        0..=2 => count,
        3..=4 => 3,
        5..=8 => 4,
        9..=16 => 5,
        _ => 6,
    }
}

impl Head {
    /// Length of the feature vector (given as a sparse list).
    pub fn features(self) -> usize {
        [
            bar::SIZE,
            position::SIZE,
            pitch::SIZE,
            duration::SIZE,
            velocity::SIZE,
        ][self as usize]
    }

    /// Number of experts: distributions over the classes that the head may lean on.
    pub fn experts(self) -> usize {
        [
            bar::EXPERTS,
            position::EXPERTS,
            pitch::EXPERTS,
            duration::EXPERTS,
            velocity::EXPERTS,
        ][self as usize]
    }
}

impl Composer {
    /// Compute the inputs of `head`, given the fields of this note drawn before it.
    pub fn head_inputs(&self, head: Head, drawn: &StepFields, out: &mut HeadInputs) {
        out.clear();
        match head {
            Head::Bar => bar::fill(self, out),
            Head::Position => position::fill(self, drawn, out),
            Head::Pitch => pitch::fill(self, drawn, out),
            Head::Duration => duration::fill(self, drawn, out),
            Head::Velocity => velocity::fill(self, drawn, out),
        }
    }
}
