//! Long passages, and a filter that knows those of a training set.
//!
//! A passage is [`PASSAGE_NOTES`] notes of one track in a row, identified by onset gaps and intervals alone, so in
//! any key and at any place. Of each passage one fingerprint is kept, chosen by winnowing (Schleimer,
//! Wilkerson and Aiken 2003): two tracks that share a passage always share a fingerprint.

use multiversion::multiversion;

/// Notes of a passage that counts as taken from a piece.
pub const PASSAGE_NOTES: usize = 24;
/// Relations (gap, interval) under one hash.
const GRAM: usize = 17;
/// Hashes of one passage, of which the least is its fingerprint.
const GRAMS: usize = PASSAGE_NOTES - GRAM;
/// Bits that a fingerprint sets.
const PROBES: u64 = 7;
const MAGIC: [u8; 8] = *b"CNTORUNS";

/// Fingerprints of all passages in a track. `notes`: (onset in grid ticks, pitch), sorted; fewer than
/// [`PASSAGE_NOTES`] give none.
pub fn fingerprints(notes: &[(i32, u8)]) -> Vec<u64> {
    let mut line = Line::with_capacity(notes.len());
    notes.iter().for_each(|&note| line.push(note));
    let mut found = line.winnowed();
    found.dedup();
    found
}

/// A track, note by note.
pub struct Line {
    last: Option<(i32, u8)>,
    /// Of each note to the one before it.
    relations: Vec<u64>,
}

/// Hashes that are made at once, so that none waits for another.
const BLOCK: usize = 16;

impl Line {
    /// An empty line with room for so many notes.
    pub fn with_capacity(notes: usize) -> Line {
        Line {
            last: None,
            relations: Vec::with_capacity(notes + BLOCK + GRAM),
        }
    }

    /// The next note: (onset in grid ticks, pitch).
    #[inline]
    pub fn push(&mut self, note: (i32, u8)) {
        if let Some(last) = self.last.replace(note) {
            let gap = i64::from(note.0) - i64::from(last.0);
            let interval = i64::from(note.1) - i64::from(last.1);
            self.relations.push((gap * 512 + interval + 256) as u64);
        }
    }

    /// The fingerprint of each passage; passages beside each other often share one.
    pub fn winnowed(mut self) -> Vec<u64> {
        let notes = self.relations.len() + 1;
        let Some(later) = notes.checked_sub(PASSAGE_NOTES) else {
            return Vec::new();
        };
        let grams = later + GRAMS;
        // What is past the end counts for nothing.
        let blocks = grams.next_multiple_of(BLOCK);
        self.relations.resize(blocks + GRAM - 1, 0);
        let mut hashes = vec![0; blocks];
        hash_grams(&mut self.relations, &mut hashes);
        keep_least(&mut hashes);
        hashes.truncate(later + 1);
        hashes
    }
}

/// The hash of the grams from each relation on. Where a processor can, it makes several at once.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn hash_grams(relations: &mut [u64], hashes: &mut [u64]) {
    for relation in relations.iter_mut() {
        *relation = mixed(*relation);
    }
    for (hashes, from) in hashes.chunks_exact_mut(BLOCK).zip((0..).step_by(BLOCK)) {
        let mut block = [0u64; BLOCK];
        for shift in 0..GRAM {
            let next = &relations[from + shift..][..BLOCK];
            for (hash, &relation) in block.iter_mut().zip(next) {
                *hash = mixed(hash.rotate_left(5) ^ relation);
            }
        }
        hashes.copy_from_slice(&block);
    }
}

/// The least of each hash and those of the same passage after it, in its place.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn keep_least(hashes: &mut [u64]) {
    for at in 0..hashes.len().saturating_sub(GRAMS - 1) {
        let passage = &hashes[at..at + GRAMS];
        hashes[at] = passage
            .iter()
            .fold(u64::MAX, |least, &hash| least.min(hash));
    }
}

/// The last step of SplitMix64 (Steele, Lea and Flood 2014).
#[inline(always)]
fn mixed(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 31)).wrapping_add(0x9e37_79b9_7f4a_7c15)
}

/// A Bloom filter (Bloom 1970) of fingerprints: never misses one that it was given, and takes about
/// one in a hundred others for known at ten bits each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassageFilter {
    bits: Vec<u8>,
}

impl PassageFilter {
    /// A filter of `fingerprints`, ten bits each.
    pub fn new(fingerprints: &[u64]) -> PassageFilter {
        let mut filter = PassageFilter {
            bits: vec![0; (fingerprints.len() * 10).div_ceil(8).max(8)],
        };
        for &fingerprint in fingerprints {
            for probe in 0..PROBES {
                let (byte, bit) = filter.byte_and_bit(fingerprint, probe);
                filter.bits[byte] |= bit;
            }
        }
        filter
    }

    /// Is a fingerprint known?
    pub fn contains(&self, fingerprint: u64) -> bool {
        (0..PROBES).all(|probe| {
            let (byte, bit) = self.byte_and_bit(fingerprint, probe);
            self.bits[byte] & bit != 0
        })
    }

    fn byte_and_bit(&self, fingerprint: u64, probe: u64) -> (usize, u8) {
        let step = mixed(fingerprint) | 1;
        let at = fingerprint.wrapping_add(probe.wrapping_mul(step)) % (self.bits.len() as u64 * 8);
        ((at / 8) as usize, 1 << (at % 8))
    }

    /// The filter as a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&MAGIC[..], &self.bits].concat()
    }

    /// The filter in a file; `None` if the file is not a filter.
    pub fn from_bytes(bytes: &[u8]) -> Option<PassageFilter> {
        let bits = bytes.strip_prefix(&MAGIC)?;
        (!bits.is_empty()).then(|| PassageFilter {
            bits: bits.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(seed: u64, count: usize) -> Vec<(i32, u8)> {
        let mut state = seed;
        let mut onset = 0;
        (0..count)
            .map(|_| {
                state = mixed(state);
                onset += 6 * (1 + (state % 4) as i32);
                (onset, 50 + (state >> 8) as u8 % 30)
            })
            .collect()
    }

    #[test]
    fn a_shared_run_of_24_notes_is_always_found_wherever_and_in_whatever_key() {
        for seed in 0..200 {
            let piece = line(seed, 300);
            let filter = PassageFilter::new(&fingerprints(&piece));
            let from = (seed as usize * 7) % 270;
            let mut fill = line(seed + 1000, 9);
            let last = fill[8].0;
            let moved = piece[from..from + PASSAGE_NOTES].iter();
            fill.extend(moved.map(|n| (n.0 - piece[from].0 + last + 11, n.1 + 3)));
            let end = fill[32].0;
            fill.extend(line(seed + 2000, 9).iter().map(|n| (n.0 + end, n.1)));
            assert!(
                fingerprints(&fill).iter().any(|&f| filter.contains(f)),
                "seed {seed}"
            );
        }
    }

    #[test]
    fn other_music_is_rarely_taken_for_known() {
        let filter = PassageFilter::new(&fingerprints(&line(1, 20_000)));
        let other = fingerprints(&line(2, 20_000));
        let known = other.iter().filter(|&&f| filter.contains(f)).count();
        assert!(known * 50 < other.len(), "{known} of {}", other.len());
        assert!(fingerprints(&line(3, PASSAGE_NOTES - 1)).is_empty());
    }

    #[test]
    fn a_filter_survives_its_file() {
        let filter = PassageFilter::new(&fingerprints(&line(5, 500)));
        assert_eq!(PassageFilter::from_bytes(&filter.to_bytes()), Some(filter));
        assert_eq!(PassageFilter::from_bytes(b"something else"), None);
        assert_eq!(PassageFilter::from_bytes(&MAGIC), None);
    }
}
