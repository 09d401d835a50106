//! The part that a track plays in a band.

mod classify;
mod name;

pub use classify::{TrackShape, classify, classify_all, classify_piece, part_of_sound};
pub use name::part_of_name;

/// A role in an arrangement. The order is that of the part rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Drums,
    Bass,
    Chords,
    Melody,
    Counter,
    Pad,
    Arp,
}

/// Number of parts.
pub const PARTS: usize = 7;

/// General MIDI's snares, and what stands for them: side stick and clap.
pub const SNARES: [u8; 4] = [37, 38, 39, 40];

impl Part {
    /// In the order in which a band is written: each hears those before.
    pub const ALL: [Part; PARTS] = [
        Part::Drums,
        Part::Bass,
        Part::Chords,
        Part::Melody,
        Part::Counter,
        Part::Pad,
        Part::Arp,
    ];

    pub fn name(self) -> &'static str {
        ["drums", "bass", "chords", "melody", "counter", "pad", "arp"][self as usize]
    }

    pub fn by_name(name: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|p| p.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back() {
        for part in Part::ALL {
            assert_eq!(Part::by_name(part.name()), Some(part));
        }
    }
}
