//! Whether two sketches are of one piece, changed, or of one that is a part of the other.
//!
//! The figures were found on 6,839 pieces and changes of them (docs/design/0017-alike-pieces.md).

use super::gram::INTERVALS;
use super::sketch::{FIGURES, GROOVE, KINDS, MELODY, POSITION_NOTES, Sketch, hash_of, position_of};

/// What two sketches share of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    pub grams: usize,
    /// Grams of the smaller one, of those that both would keep.
    pub of: usize,
    /// Positions of the smaller one that they stand in, apart from each other.
    pub positions: usize,
}

impl Shared {
    fn is(&self, least: usize, share: f64) -> bool {
        self.grams >= least && self.grams as f64 >= share * self.of as f64
    }
}

/// Are two pieces so alike that one tells what is in the other? `has_name` where their files are named
/// as takes or copies of one song, which needs less to be believed.
pub fn is_alike(a: &Sketch, b: &Sketch, has_name: bool) -> bool {
    let [melody, figures, groove] = shared(a, b);
    let by_content = melody.is(4, 0.04) && melody.positions >= 4
        || melody.is(3, 0.3)
        || figures.is(8, 0.6)
        || figures.is(4, 0.9)
        || groove.is(6, 0.25)
        || groove.is(4, 0.5);
    let by_name = || melody.is(2, 0.03) || figures.is(4, 0.3) || groove.is(3, 0.15);
    by_content || has_name && by_name()
}

/// What two sketches share, by kind.
pub fn shared(a: &Sketch, b: &Sketch) -> [Shared; KINDS] {
    [MELODY, FIGURES, GROOVE].map(|kind| {
        let limit = a.limits[kind].min(b.limits[kind]);
        let kept = |sketch: &Sketch| sketch.grams[kind].partition_point(|&g| hash_of(g) <= limit);
        let (a, b) = (&a.grams[kind][..kept(a)], &b.grams[kind][..kept(b)]);
        let (smaller, larger) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let mut positions = Vec::new();
        let mut others = larger.iter().peekable();
        for &gram in smaller {
            while others
                .next_if(|&&other| hash_of(other) < hash_of(gram))
                .is_some()
            {}
            if others
                .peek()
                .is_some_and(|&&other| hash_of(other) == hash_of(gram))
            {
                positions.push(position_of(gram));
            }
        }
        Shared {
            grams: positions.len(),
            of: smaller.len(),
            positions: apart(positions),
        }
    })
}

/// How many positions are farther apart than a gram is long.
fn apart(mut positions: Vec<u64>) -> usize {
    let distance = (INTERVALS / POSITION_NOTES) as u64;
    positions.sort_unstable();
    let (mut count, mut last) = (0, None);
    for position in positions {
        if last.is_none_or(|last| position > last + distance) {
            count += 1;
            last = Some(position);
        }
    }
    count
}
