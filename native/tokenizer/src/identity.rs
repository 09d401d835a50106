//! Identifies the vocabulary that weights were trained on: a version for people, a hash for certainty.

use crate::vocabulary::{DURATIONS, Head, METERS, rows};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Raised whenever the meaning of a row, class, feature or expert changes.
pub const VERSION: u32 = 2;

/// Version 1: its rows, features and experts are the first of ours, with the same meaning.
pub mod version_1 {
    use crate::features::{bar, duration, pitch, position, velocity};
    use crate::vocabulary::{Head, rows};

    /// Rows of the embedding table.
    pub const ROWS: usize = rows::PROGRAM;

    /// Feature rows of a head.
    pub fn features(head: Head) -> usize {
        [
            bar::SIZE_1,
            position::SIZE_1,
            pitch::SIZE_1,
            duration::SIZE_1,
            velocity::SIZE_1,
        ][head as usize]
    }

    /// Experts of a head.
    pub fn experts(head: Head) -> usize {
        [
            bar::EXPERTS_1,
            position::EXPERTS_1,
            pitch::EXPERTS_1,
            duration::EXPERTS_1,
            velocity::EXPERTS_1,
        ][head as usize]
    }

    /// Hash that its models name.
    pub fn hash() -> String {
        super::hash_of(1, ROWS, features, experts)
    }
}

/// Hash of everything that weights depend on: hex sha256.
pub fn hash() -> String {
    hash_of(VERSION, rows::COUNT, Head::features, Head::experts)
}

fn hash_of(
    version: u32,
    rows: usize,
    features: impl Fn(Head) -> usize,
    experts: impl Fn(Head) -> usize,
) -> String {
    let mut text = format!("continuo vocabulary {version}; rows {rows}; ");
    for head in Head::ALL {
        let _ = write!(
            text,
            "{} {} {} {}; ",
            head.name(),
            head.classes(),
            features(head),
            experts(head)
        );
    }
    let _ = write!(text, "durations {DURATIONS:?}; meters {METERS:?}");
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_version_is_still_known_by_its_hash() {
        // As models that were shipped name it.
        let shipped = "6f19e4eb95ebcf1ce38f37ed803d6379bc764632c8ddee7577744c4a9413c04c";
        assert_eq!(version_1::hash(), shipped);
        assert_ne!(hash(), shipped);
    }
}
