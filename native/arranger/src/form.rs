//! The sections of a piece: how long, how loud, who plays.

use crate::dice::Dice;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Intro,
    Verse,
    Chorus,
    Bridge,
    Break,
    Ending,
}

/// Some bars that belong together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    pub kind: Kind,
    pub bars: usize,
    /// 0 quiet to 1 full.
    pub energy: f64,
    /// Which of the piece's progressions it goes by.
    pub progression: usize,
}

/// Shapes of whole pieces: songs, build and drop, head and solos, one mood.
const SHAPES: [&str; 9] = [
    "IVCVCBC E",
    "IVVCVCB CCE",
    "IVCVCE",
    "VVBVVBVE",
    "IVBCVBCE",
    "VCVCE",
    "IVVKCVKCE",
    "IVIVCCE",
    "VVVVE",
];

/// Sections with an even number of bars each; `unit`: bars of the progression.
pub fn form(unit: usize, dice: &mut Dice) -> Vec<Section> {
    let shape = dice.pick(&SHAPES);
    // Sections of a kind are equally long.
    let verse = fit(*dice.pick(&[8, 8, 16]), unit);
    let chorus = fit(8, unit);
    let bridge = fit(*dice.pick(&[4, 8]), unit);
    let mut rises = 0.0;
    let mut sections: Vec<Section> = Vec::new();
    for letter in shape.chars() {
        let (kind, bars, energy, progression) = match letter {
            'I' => (Kind::Intro, *dice.pick(&[2, 4, 4, 8]), 0.3, 0),
            'V' => (Kind::Verse, verse, 0.5, 0),
            'C' => (Kind::Chorus, chorus, 0.85, 1),
            'B' => (Kind::Bridge, bridge, 0.6, 2),
            'K' => (Kind::Break, *dice.pick(&[2, 4]), 0.2, 0),
            'E' => (Kind::Ending, 1, 0.7, 0),
            _ => continue,
        };
        sections.push(Section {
            kind,
            bars,
            energy: f64::min(energy + rises + 0.06 * dice.normal(), 1.0).max(0.1),
            progression,
        });
        rises += 0.02;
    }
    sections
}

/// The least multiple of a progression's length that is at least so long.
fn fit(bars: usize, unit: usize) -> usize {
    bars.div_ceil(unit.max(1)) * unit.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verses_are_whole_progressions_and_every_piece_ends() {
        for seed in 0..50 {
            let sections = form(12, &mut Dice::new(seed));
            assert_eq!(sections.last().map(|s| s.kind), Some(Kind::Ending));
            for section in sections
                .iter()
                .filter(|s| matches!(s.kind, Kind::Verse | Kind::Chorus))
            {
                assert_eq!(section.bars % 12, 0);
            }
        }
    }
}
