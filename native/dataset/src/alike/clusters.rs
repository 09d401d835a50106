//! Clusters of pieces that are similar, directly or through others.

use super::compare::is_alike;
use super::gram::mixed;
use super::sketch::{Sketch, hash_of};
use std::collections::HashMap;

/// Two pieces that share fewer grams are not compared, unless their names ask for it.
const LEAST: u32 = 3;
/// A gram of more pieces than this is compared with those before it in the order, and not with all: takes
/// of one song are adjacent, and a figure that all play says nothing.
const COMMON: usize = 24;
const BEFORE: usize = 4;

/// Cluster of each piece, by its first piece. `names`: of the song, as [`super::name_of_song`] tells it.
pub fn clusters(sketches: &[&Sketch], names: &[Option<u64>]) -> Vec<u32> {
    let mut clusters = Clusters::new(sketches.len());
    let is_alike =
        |a: u32, b: u32, has_name| is_alike(sketches[a as usize], sketches[b as usize], has_name);
    for (a, b) in candidates(sketches) {
        if !clusters.are_one(a, b) && is_alike(a, b, false) {
            clusters.join(a, b);
        }
    }
    let mut last_with: HashMap<u64, u32> = HashMap::new();
    for (piece, name) in (0u32..).zip(names) {
        let Some(name) = *name else { continue };
        if let Some(before) = last_with.insert(name, piece)
            && !clusters.are_one(before, piece)
            && is_alike(before, piece, true)
        {
            clusters.join(before, piece);
        }
    }
    clusters.firsts()
}

/// Pairs of pieces that share some grams, the later one first.
fn candidates(sketches: &[&Sketch]) -> Vec<(u32, u32)> {
    let mut seen = SeenTwice::new(sketches.iter().map(|sketch| sketch.len()).sum());
    for sketch in sketches {
        sketch.all().for_each(|gram| seen.add(hash_of(gram)));
    }
    // Sorted pairs take a fraction of a map's memory.
    let mut holders: Vec<(u64, u32)> = Vec::new();
    for (piece, sketch) in (0u32..).zip(sketches) {
        let hashes = sketch.all().map(hash_of);
        holders.extend(
            hashes
                .filter(|&hash| seen.has(hash))
                .map(|hash| (hash, piece)),
        );
    }
    holders.sort_unstable();
    // Of each gram, all its holders but the first, with where those before it begin and end.
    let mut shared: Vec<(u32, usize, usize)> = Vec::new();
    let mut from = 0;
    for group in holders.chunk_by(|a, b| a.0 == b.0) {
        let reach = if group.len() <= COMMON {
            COMMON
        } else {
            BEFORE
        };
        let later = group.iter().enumerate().skip(1);
        shared.extend(
            later.map(|(at, holder)| (holder.1, from + at.saturating_sub(reach), from + at)),
        );
        from += group.len();
    }
    shared.sort_unstable();
    let mut counts = vec![0; sketches.len()];
    let mut pairs = Vec::new();
    for shared in shared.chunk_by(|a, b| a.0 == b.0) {
        let earlier = || {
            let ranges = shared.iter().map(|&(_, from, to)| from..to);
            ranges
                .flat_map(|range| &holders[range])
                .map(|holder| holder.1)
        };
        earlier().for_each(|other| counts[other as usize] += 1);
        for other in earlier() {
            if std::mem::take(&mut counts[other as usize]) >= LEAST {
                pairs.push((shared[0].0, other));
            }
        }
    }
    pairs
}

/// Which hashes were seen at least twice, and some others: most grams are of one piece alone, and sorting
/// them would take most of the time.
struct SeenTwice {
    once: Vec<u64>,
    twice: Vec<u64>,
    shift: u32,
}

impl SeenTwice {
    /// For so many hashes, a byte each.
    fn new(count: usize) -> SeenTwice {
        let bits = (8 * count).next_power_of_two().max(64);
        SeenTwice {
            once: vec![0; bits / 64],
            twice: vec![0; bits / 64],
            shift: 64 - bits.trailing_zeros(),
        }
    }

    fn word_and_bit(&self, hash: u64) -> (usize, u64) {
        // Sampled hashes are the least ones, so that their upper bits are much alike.
        let position = mixed(hash) >> self.shift;
        ((position / 64) as usize, 1 << (position % 64))
    }

    fn add(&mut self, hash: u64) {
        let (at, bit) = self.word_and_bit(hash);
        self.twice[at] |= self.once[at] & bit;
        self.once[at] |= bit;
    }

    fn has(&self, hash: u64) -> bool {
        let (at, bit) = self.word_and_bit(hash);
        self.twice[at] & bit != 0
    }
}

/// Sets of pieces, each named by its first.
struct Clusters {
    parent: Vec<u32>,
}

impl Clusters {
    fn new(count: usize) -> Clusters {
        Clusters {
            parent: (0..count as u32).collect(),
        }
    }

    fn first(&mut self, mut at: u32) -> u32 {
        let parent = &mut self.parent;
        while parent[at as usize] != at {
            parent[at as usize] = parent[parent[at as usize] as usize];
            at = parent[at as usize];
        }
        at
    }

    fn are_one(&mut self, a: u32, b: u32) -> bool {
        self.first(a) == self.first(b)
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.first(a), self.first(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    fn firsts(mut self) -> Vec<u32> {
        (0..self.parent.len() as u32)
            .map(|at| self.first(at))
            .collect()
    }
}
